"""The commands' files: nothing that was read is written over, and endings say the format."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import ebf
from ebf.__main__ import main
from ebf.doors.command import app

HEADER = (
    "unit_id,name,organization_type,average_student_enrollment,adequacy_target,"
    "final_resources,local_capacity_percentage"
)
ROWS = (
    "0100100102600,Alder\u2011North CUSD 1,unit,500,6000000,3600000,0.35",
    "0100100202600,Birch CUSD 2,unit,700,8000000,7000000,0.5",
    "0100100300400,Cedar SD 3,elementary,300,3000000,2850000,0.6",
    "1501629902500,Dogwood SD 299,unit,900,9000000,9900000,0.7",
)
YEAR = ("--fiscal-year", "2022", "--new-state-funds", "400000")


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, [*map(str, arguments)])


@pytest.fixture
def state(tmp_path: Path) -> Path:
    file = tmp_path / "units.csv"
    file.write_text("\n".join([HEADER, *ROWS, ""]), encoding="utf-8")
    return file


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    file = tmp_path / "more.toml"
    file.write_text('name = "more"\nnew_state_funds = 800000\n')
    return file


# --- Nothing that was read is written over ------------------------------------------------------


@pytest.mark.parametrize("folder", [".", "", "./", "linked"])
def test_a_folder_whose_units_were_read(
    folder: str, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(state.parent)
    Path("linked").symlink_to(state.parent)
    before = state.read_bytes()
    for read in ("units.csv", state):
        result = run("calculate", read, *YEAR, "--output", folder)
        assert result.exit_code == 2
        assert "which is read" in result.stderr
        assert "another folder" in result.stderr
    assert state.read_bytes() == before
    assert not Path("statewide.json").exists()


def test_a_file_that_was_read_by_any_option(state: Path, scenario: Path, tmp_path: Path) -> None:
    (tmp_path / "linked.csv").symlink_to(state)
    os.link(state, tmp_path / "hard.csv")
    asked = ("compare", state, *YEAR, "--scenario", scenario)
    before = state.read_bytes()
    for output in (state, tmp_path / "linked.csv", tmp_path / "hard.csv"):
        assert "which is read" in run(*asked, "--output", output).stderr
        grid = ("sweep", state, *YEAR, "--grid", "new_state_funds=1e5")
        assert "which is read" in run(*grid, "--output", output).stderr
    assert state.read_bytes() == before
    workbook = tmp_path / "units.xlsx"
    pd.read_csv(state, dtype={"unit_id": str}).to_excel(workbook, index=False)
    assert "which is read" in run("workbook", workbook, *YEAR, "--output", workbook).stderr
    assert (
        run(
            "compare", state, *YEAR, "--scenario", scenario, "--output", tmp_path / "c.csv"
        ).exit_code
        == 0
    )


# --- Endings, and options without effect --------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "output", "allowed"),
    [
        (("workbook",), "w.csv", ".xlsx"),
        (("workbook",), "w", ".xlsx"),
        (("workbook",), "w.xls", ".xlsx"),
        (("compare", "--scenario", "more.toml"), "c.parquet", ".csv"),
        (("compare", "--scenario", "more.toml"), "c.xlsx", ".csv"),
        (("sweep", "--grid", "new_state_funds=3e5"), "r.xlsx", "a folder"),
        (("sweep", "--grid", "new_state_funds=3e5"), "r.parquet", "a folder"),
        (("calculate",), "out.csv", "a folder"),
        (("calculate",), "out.xlsx", "a folder"),
        (("project", "--years", "1"), "p.parquet", ".csv"),
        (("audit", "Cedar"), "a.csv", ".html"),
    ],
)
def test_an_ending_says_the_format_or_is_refused(
    command: tuple[str, ...], output: str, allowed: str, state: Path, scenario: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(scenario.parent)
    first, *rest = command
    own = rest[:1] if first == "audit" else []
    result = run(first, *own, state, *rest[len(own) :], *YEAR, "--output", output)
    assert result.exit_code == 2
    assert "--output" in result.stderr
    assert allowed in result.stderr
    assert not Path(output).exists()


@pytest.mark.parametrize(
    ("options", "option"),
    [
        (("audit", "Cedar", "units.csv", *YEAR, "--depth", "0"), "--depth"),
        (("calculate", "units.csv", *YEAR, "--sheet", "x"), "sheet"),
        (("audit", "Cedar", "units.csv", *YEAR, "--sheet", "x"), "sheet"),
        (("calculate", "--sheet", "x"), "--sheet"),
        (("calculate", "--keep", "note"), "--keep"),
        (
            ("audit", "Cedar", "units.csv", *YEAR, "--format", "json", "--output", "a.md"),
            "--format",
        ),
    ],
)
def test_an_option_without_effect_is_refused(
    options: tuple[str, ...], option: str, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(state.parent)
    result = run(*options)
    assert result.exit_code == 2
    assert option in result.stderr
    assert "leave" in result.stderr


# --- The screen ---------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["cp1252", "cp437:strict"])
@pytest.mark.parametrize("command", [("calculate",), ("audit", "0100100102600")])
def test_a_screen_that_lacks_a_character_shows_a_substitute(
    encoding: str, command: tuple[str, ...], state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, _, errors = encoding.partition(":")
    screen = TextIOWrapper(BytesIO(), name, errors or "strict")
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setattr(sys, "argv", ["ebf", *command, str(state), *YEAR])
    before = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(SystemExit) as ended:
            main()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended.value.code == 0
    screen.flush()
    assert b"Alder?North CUSD 1" in screen.buffer.getvalue()


def test_the_screen_of_a_process_that_lacks_a_character_shows_a_substitute(state: Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "ebf", "audit", "0100100102600", str(state), *YEAR],
        capture_output=True, env={**os.environ, "PYTHONIOENCODING": "cp437:strict"}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert b"Alder?North CUSD 1" in done.stdout


# --- Faults by cause, columns kept, units by name ------------------------------------------------


def test_standard_error_has_a_line_a_cause(state: Path) -> None:
    text = state.read_text(encoding="utf-8")
    for number in ("6000000", "8000000", "3000000", "9000000"):
        text = text.replace(f",{number},", f",{number}x,")
    state.write_text(text.replace("unit,", "Charter,"), encoding="utf-8")
    kind, target = sorted(run("calculate", state, *YEAR).stderr.splitlines())
    assert target.startswith("ebf: 4 units: adequacy_target: found '6000000x' (0100100102600)")
    assert kind.startswith("ebf: 3 units: organization_type: found 'Charter' (0100100102600")


def test_columns_are_kept_where_they_are_named(state: Path, tmp_path: Path) -> None:
    lines = state.read_text(encoding="utf-8").splitlines()
    state.write_text(
        "\n".join(f"{x},{y}" for x, y in zip(lines, ("rep_no", 94, 95, 96, 97), strict=True))
    )
    refused = run("calculate", state, *YEAR)
    assert refused.exit_code == 2
    assert "rep_no: found unknown column" in refused.stderr
    assert "--keep" in refused.stderr
    out = tmp_path / "out"
    assert run("calculate", state, *YEAR, "--keep", "rep_no", "--output", out).exit_code == 0
    kept = ebf.read_units(out / "units.csv", keep=["rep_no"])
    assert kept["rep_no"].tolist() == [94, 95, 96, 97]


def test_a_unit_is_asked_for_by_its_name(state: Path) -> None:
    by_id = run("audit", "0100100300400", state, *YEAR)
    assert by_id.exit_code == 0
    for asked in ("Cedar SD 3", "cedar", "01-001-0030-04", "01001003004"):
        assert run("audit", asked, state, *YEAR).output == by_id.output
    several = run("audit", "CUSD", state, *YEAR)
    assert several.exit_code == 2
    assert "0100100202600 Birch CUSD 2" in several.stderr
