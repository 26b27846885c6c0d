"""Uploaded files: read in a process of their own, which leaves nothing and tells no path."""

from __future__ import annotations

import json
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from checkout import PUBLISHED
from depth import count
from web import ask

import ebf
from ebf.doors.web.api import uploads
from ebf.doors.web.api.reading_process import ANSWER, ASKED, FAULTS, UPLOAD, main
from ebf.doors.web.bounds import MOST_READ, MOST_UPLOAD
from ebf.doors.web.refusals import faults_as_json, faults_from_json
from ebf.faults import FaultKind

TABLE = (
    "unit_id,organization_type,final_resources,adequacy_target,final_percent_of_adequacy\n"
    "1000196062600,unit,90,100,0.9\n"
    "1000196062601,unit,80,100,0.7\n"
)
"""Of the second unit the percent is not what its parts come to: 80 of 100."""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where uploads lie while they are read."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def upload(content: bytes, query: str = "") -> Any:
    return ask("POST", f"/reconcile/file{query}", content=content)


def read_as(folder: Path, content: bytes, **said: Any) -> dict[str, Any]:
    """What the process writes, without a process."""
    asked = {"name": "table.csv", "sheet": None, "fiscal_year": None, "new_state_funds": None}
    (folder / UPLOAD).write_bytes(content)
    (folder / ASKED).write_text(json.dumps(asked | said))
    main(folder)
    (written,) = [folder / each for each in (ANSWER, FAULTS) if (folder / each).exists()]
    answer: dict[str, Any] = json.loads(written.read_text())
    return answer


def test_files_are_reconciled_and_nothing_of_them_stays(temporary: Path) -> None:
    """A table; in depth the State Board's Base Calc sheet too, where it is at hand."""
    files: list[tuple[bytes, dict[str, Any], str]] = [
        (TABLE.encode(), {"fiscal_year": 2022}, "table.csv")
    ]
    board = PUBLISHED / "base_calc.xlsx"
    files += [(board.read_bytes(), {"sheet": "2022"}, "FY22.xlsx")] if board.exists() else []
    for content, said, name in files[: count(1, 2)]:
        answer = upload(content, f"?{urlencode(said)}&name=../{name}")
        assert [*temporary.iterdir()] == []
        assert str(temporary) not in answer.text
        found, own = answer.json(), json.loads(ebf.reconcile(BytesIO(content), **said).to_json())
        assert found["tables"] == own["tables"]
        assert found["sources"]["file"] == own["sources"]["file"] | {"file": name}


def test_a_table_is_held_against_itself(tmp_path: Path) -> None:
    found = read_as(tmp_path, TABLE.encode(), fiscal_year=2022)
    assert found["schema"] == "ebf/reconciliation/1"
    (row,) = found["tables"]["differences"]["rows"]
    assert row["unit_id"] == "1000196062601"
    assert (row["published"], row["computed"]) == (0.7, pytest.approx(0.8))


@pytest.mark.parametrize(
    ("content", "said", "kind"),
    [
        (b"/etc/passwd", {"fiscal_year": 2022}, None),  # bytes that would be a path
        (b"", {}, FaultKind.UNREADABLE_FILE),
        (b"PK\x03\x04 and no more", {"name": "a.xlsx"}, FaultKind.UNREADABLE_FILE),
        (b"%PDF-1.4", {"name": "../../etc/passwd"}, FaultKind.UNREADABLE_FILE),
        (TABLE.encode(), {}, FaultKind.MISSING),  # of which year?
        (b"\xff\xfe\x00" * 50, {"fiscal_year": 2022}, FaultKind.UNREADABLE_FILE),
    ],
)
def test_what_cannot_be_read_is_said_by_its_kind_and_no_path(
    tmp_path: Path, content: bytes, said: Any, kind: FaultKind | None
) -> None:
    found = read_as(tmp_path, content, **said)
    assert found["faults"]
    if kind is not None:
        assert found["faults"][0]["kind"] == kind
    for secret in ("root:", str(tmp_path)):
        assert secret not in json.dumps(found)


def test_faults_are_the_same_after_their_way_through_json() -> None:
    with pytest.raises(ebf.InputError) as caught:
        ebf.calculate(ebf.sample().units.drop(columns="organization_type"), ebf.law(2022))
    assert faults_from_json(faults_as_json(caught.value.faults)) == [*caught.value.faults]


def test_what_takes_too_long_is_ended(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "UPLOAD_SECONDS", 0.01)
    answer = upload(TABLE.encode(), "?fiscal_year=2022")
    assert answer.status_code == 422
    (fault,) = answer.json()["faults"]
    assert (fault["kind"], fault["place"]["file"]) == ("too_large", "the upload")
    assert [*temporary.iterdir()] == []


def test_who_comes_while_others_are_read_is_told_to_come_back() -> None:
    rooms = uploads._ROOMS  # noqa: SLF001 - as if others were in them
    for _ in range(MOST_READ):
        assert rooms.acquire(blocking=False)
    try:
        answer = upload(TABLE.encode())
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
    finally:
        rooms.release(MOST_READ)


def test_a_file_of_more_bytes_is_not_taken() -> None:
    answer = ask(
        "POST", "/reconcile/file", content=b"", headers={"content-length": str(MOST_UPLOAD + 1)}
    )
    assert answer.status_code == 413
