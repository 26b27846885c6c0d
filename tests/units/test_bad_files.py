"""Files made to do harm, or saved by a program that did: each refused, in so many words."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

import corruption
import depth
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from corruption import IDS
from pyarrow import parquet

import ebf
from ebf.units.isbe.base_calc import read_base_calc

SECONDS = 30
MEBIBYTES = 1024


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(ebf.InputError) as caught, corruption.within(SECONDS):
        call()
    return str(caught.value)


# --- Too much of it --------------------------------------------------------------------

MEASURING = """
import json, os, resource, signal, sys, time
import openpyxl, pandas, pyarrow.parquet
import ebf

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

for line in sys.stdin:
    if os.fork():
        _, status = os.wait()
        if status:
            print(json.dumps([0, 0, f"ended with status {status}"]), flush=True)
        continue
    signal.alarm(60)
    name, path = json.loads(line)
    call = eval(name)
    memory, started = peak(), time.process_time()
    try:
        call(path)
        found = "accepted"
    except ebf.InputError as error:
        found = str(error)[:2000]
    print(json.dumps([time.process_time() - started, peak() - memory, found]), flush=True)
    os._exit(0)
"""
Measured: TypeAlias = Callable[..., str]


@pytest.fixture(scope="module")
def measured() -> Iterator[Measured]:
    """What becomes of a file in a process of its own, which has little time and memory.

    The processes are forks of one that has imported what they need.
    """
    # a trace of the branches would be measured too
    untraced = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", MEASURING],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=untraced,
    ) as forking:  # fmt: skip
        assert forking.stdin
        assert forking.stdout
        asked, answers = forking.stdin, forking.stdout

        def measure(path: Path, call: str = "ebf.read_units") -> str:
            asked.write(json.dumps([call, str(path)]) + "\n")
            asked.flush()
            seconds, mebibytes, found = json.loads(answers.readline())
            assert seconds < SECONDS
            assert mebibytes < MEBIBYTES
            return str(found)

        yield measure
        asked.close()


def sheet_of(xml: bytes) -> bytes:
    """A workbook whose sheet is this XML."""
    parts = corruption.parts_of(corruption.workbook_of([["a"]]))
    return corruption.packed(parts | {"xl/worksheets/sheet1.xml": xml})


BEGIN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
END = b"</sheetData></worksheet>"


def zip_bomb(size: int) -> bytes:
    """A workbook whose sheet unpacks to so many bytes."""
    good = corruption.parts_of(corruption.workbook_of([["a"]]))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in good.items():
            if name != "xl/worksheets/sheet1.xml":
                archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(BEGIN)
            for _ in range(size >> 20):
                sheet.write(b" " * (1 << 20))
            sheet.write(END)
    return file.getvalue()


def row(number: int, cells: bytes = b"") -> bytes:
    return b'<row r="%d">%s</row>' % (number, cells)


def of_rows(rows: Iterable[bytes]) -> bytes:
    """A workbook whose sheet has these rows."""
    return sheet_of(BEGIN + b"".join(rows) + END)


LAUGHS = (
    b'<!DOCTYPE lolz [<!ENTITY l0 "lol">'
    + b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 11))
    + b"]>" + BEGIN + row(1, b'<c t="inlineStr"><is><t>&l10;</t></is></c>') + END
)  # fmt: skip
CELL = b'<c t="inlineStr"><is><t>%s</t></is></c>'
WORKBOOKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip bomb": (lambda: zip_bomb(depth.BOMB), "bytes unpacked"),
    "million rows": (
        lambda: of_rows([b"<row>%s</row>" % (b"<c><v>1</v></c>" * 3)] * 1_000_000),
        "tags",
    ),
    "far cell": (lambda: of_rows([row(1048576, b'<c r="XFD1048576"><v>1</v></c>')]), "no row"),
    "far rows": (lambda: of_rows([row(10**12, b"<c><v>1</v></c>")]), "cells or more"),
    "wide rows": (
        lambda: of_rows(row(n, b'<c r="XFD%d"/>' % n) for n in range(1, 500)),
        "cells or more",
    ),
    "tags": (lambda: of_rows([b"<c/>" * 20_000_000]), "tags"),
    "long text": (lambda: of_rows([row(1, CELL % (b"x" * depth.LONG_TEXT))]), "no row"),
    "laughs": (lambda: sheet_of(LAUGHS), "readable file"),
}


@pytest.mark.parametrize("name", depth.spread(WORKBOOKS, 2))
def test_workbooks_that_unpack_to_too_much(name: str, measured: Measured, tmp_path: Path) -> None:
    make, words = WORKBOOKS[name]
    (tmp_path / "bomb.xlsx").write_bytes(make())
    found = measured(tmp_path / "bomb.xlsx", "ebf.read")
    assert words in found


HEADER = "unit_id,organization_type,adequacy_target\n"
CSVS: dict[str, tuple[Callable[[Path], object], str]] = {
    "one line": (lambda f: f.write_bytes(b"x" * 100_000_000), "longer line"),
    "columns": (lambda f: f.write_text(",".join(f"c{n}" for n in range(10**6))), "longer line"),
    "commas": (lambda f: f.write_bytes(b"," * 50_000_000), "longer line"),
    "one-letter columns": (lambda f: f.write_text("a," * 499_000), "column twice"),
    "rows": (
        lambda f: f.write_text(HEADER + "0100100102600,unit,1e6\n" * 1_000_001),
        "cells or more",
    ),
    "garbage": (lambda f: f.write_text(HEADER + "x,y,z\n" * depth.ROWS_TAKEN), "accepted"),
    "blank lines": (lambda f: f.write_text(HEADER + "\n" * depth.BLANK_LINES), "accepted"),
    "open quote": (lambda f: f.write_text(HEADER + '"' + "x\n" * 30_000_000), ""),
    "short rows": (lambda f: f.write_text(HEADER + "x\n" * 10**7), "10,000 faults"),
    "bytes": (lambda f: f.write_bytes(b"x\n" * 60_000_000), "120,000,000 bytes"),
}


@pytest.mark.parametrize("name", depth.spread(CSVS, 2))
def test_csvs_of_too_much(name: str, measured: Measured, tmp_path: Path) -> None:
    make, words = CSVS[name]
    make(tmp_path / "units.csv")
    assert words in measured(tmp_path / "units.csv")


def test_a_table_of_nothing_but_faults_is_refused_in_time(
    measured: Measured, tmp_path: Path
) -> None:
    line = "x,y,z,1,a\n"
    file = tmp_path / "units.csv"
    file.write_text(
        "unit_id,organization_type,adequacy_target,name,county\n" + line * depth.FAULTY_ROWS
    )
    found = measured(file, "lambda p: ebf.calculate(ebf.read_units(p), ebf.law(2022))")
    assert "faults" in found


def test_many_unknown_columns_are_refused_in_time() -> None:
    frame = corruption.state()
    more = pd.DataFrame(0.0, frame.index, [f"adequacy_tarjet_{n}" for n in range(20_000)])
    assert "faults" in refusal(lambda: corruption.calculated(frame.join(more)))


def test_parquet_of_too_much(measured: Measured, tmp_path: Path) -> None:
    file = tmp_path / "units.parquet"
    table = pa.table({name: pa.array([1.0]).take(pa.array([0] * 10**6)) for name in "abcd"})
    parquet.write_table(table, file)
    assert "cells or more" in measured(file)
    numbers = pa.ListArray.from_arrays([0, 3_000_001], np.zeros(3_000_001))
    parquet.write_table(pa.table({"a": numbers}), file)
    assert "cells or more" in measured(file)
    parquet.write_table(pa.table({"name": ["x" * 101_000_000]}), file, use_dictionary=False)
    assert "unpacked" in measured(file)


@pytest.mark.parametrize(
    "text",
    [
        "a." * 50_000 + "a = 1",
        "[" + "a." * 200_000 + "a]",
        "x = " + "[" * 100_000,
        "x = " + "{a = " * 100_000,
        "x = " + "9" * 100_000,
        "x = 1e" + "9" * 100_000,
        '"" . ' * 50_000 + "a = 1",
        "#" + "x" * 1_000_001,
        "".join(f"tier_one_{n} = 1\n" for n in range(depth.UNKNOWN_NAMES)),
        "x = {" + ", ".join(f"a.b.c{n} = 1" for n in range(20_000)) + "}",
    ],
    ids=range(10),
)
def test_toml_of_too_much(text: str, measured: Measured, tmp_path: Path) -> None:
    file = tmp_path / "amounts.toml"
    file.write_text(text)
    assert "fault" in measured(file, "lambda p: ebf.law(2022, p)")
    assert "fault" in measured(file, "ebf.Salaries.from_toml")
    assert "fault" in measured(file, "ebf.Scenario.from_toml")


def test_parquet_text_of_another_encoding_is_refused_when_read(tmp_path: Path) -> None:
    file, ends = tmp_path / "units.parquet", pa.array([0, 8], pa.int32()).buffers()[1]
    name = pa.Array.from_buffers(
        pa.string(), 1, [None, ends, pa.py_buffer("Lasallé!".encode("latin-1"))]
    )
    parquet.write_table(pa.table({"name": name}), file)
    assert "UTF8" in refusal(lambda: ebf.read_units(file))


def test_without_pyarrow_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "units.parquet").touch()
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert "illinois-ebf[parquet]" in refusal(lambda: ebf.read_units(tmp_path / "units.parquet"))


# --- No file ---------------------------------------------------------------------------

READERS: dict[str, Callable[[str], object]] = {
    "units.csv": ebf.read_units,
    "units.parquet": ebf.read_units,
    "calc.xlsx": read_base_calc,
    "amounts.toml": lambda path: ebf.law(2022, path),
    "salaries.toml": ebf.Salaries.from_toml,
    "scenario.toml": ebf.Scenario.from_toml,
}


@pytest.mark.parametrize("name", READERS)
def test_what_is_no_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read, path = READERS[name], tmp_path / name
    assert "No such file" in refusal(lambda: read(str(path)))
    assert "null" in refusal(lambda: read(f"{path}\0"))
    assert "too long" in refusal(lambda: read("x" * 5000 + name))
    path.mkdir()
    assert "a folder" in refusal(lambda: read(str(path)))
    path.rmdir()
    os.mkfifo(path)
    assert "a pipe or device" in refusal(lambda: read(str(path)))
    path.unlink()
    path.symlink_to("/dev/zero")
    assert "a pipe or device" in refusal(lambda: read(str(path)))
    path.unlink()
    path.symlink_to(path)
    refusal(lambda: read(str(path)))
    path.unlink()
    path.write_bytes(b"x")

    def locked(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(io, "open", locked)
    monkeypatch.setattr("builtins.open", locked)
    monkeypatch.setattr(Path, "open", locked)
    assert "fault" in refusal(lambda: read(str(path)))


@pytest.mark.parametrize("name", ["units.csv", "units.parquet", "calc.xlsx"])
def test_an_empty_file(name: str, tmp_path: Path) -> None:
    (tmp_path / name).touch()
    assert "1 fault" in refusal(lambda: READERS[name](str(tmp_path / name)))


# --- CSV as programs save it ------------------------------------------------------------


def csv_file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "units.csv"
    file.write_bytes(text.encode(encoding))
    return file


GOOD = "unit_id,organization_type,adequacy_target\n0100100102600,unit,1000000.5\n"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_line_ends_and_byte_order_marks_are_taken(
    newline: str, encoding: str, tmp_path: Path
) -> None:
    units = ebf.read_units(csv_file(tmp_path, GOOD.replace("\n", newline), encoding))
    assert units.to_dict("records") == [
        {"unit_id": "0100100102600", "organization_type": "unit", "adequacy_target": 1000000.5}
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_other_encodings_are_named(encoding: str, tmp_path: Path) -> None:
    assert "UTF-8" in refusal(lambda: ebf.read_units(csv_file(tmp_path, GOOD, encoding)))


def test_latin_1_is_named(tmp_path: Path) -> None:
    text = "unit_id,name\n0100100102600,Lasallé\n"
    found = refusal(lambda: ebf.read_units(csv_file(tmp_path, text, "latin-1")))
    assert "the byte 0xe9" in found
    assert "save it as CSV UTF-8" in found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD.replace(",", ";"), "semicolons"),
        (GOOD.replace(",", "\t"), "tabs"),
        (GOOD.replace("1000000.5", "1000000,5"), "4 cells; allowed: 3"),
        (GOOD.replace(",1000000.5", ""), "2 cells; allowed: 3"),
        (GOOD.replace("1000000.5", '"1000000.5'), "unexpected end"),
        (GOOD.replace("1000000.5", '"1000000".5'), "expected after"),
        (GOOD.replace("00.5", "00\0.5"), "code 0"),
        (GOOD.replace("adequacy_target", "unit_id"), "the column twice"),
        (GOOD.replace("adequacy_target", ""), "without a name"),
        ("\n\n", "no header"),
        (",,\n1,2,3\n", "no header"),
    ],
)
def test_a_csv_whose_cells_are_not_in_place(text: str, words: str, tmp_path: Path) -> None:
    assert words in refusal(lambda: ebf.read_units(csv_file(tmp_path, text)))


def test_blank_lines_and_blank_columns_at_the_end_are_no_fault(tmp_path: Path) -> None:
    text = GOOD.replace("\n", ",,\n") + "\n\n"
    assert list(ebf.read_units(csv_file(tmp_path, text)).columns) == HEADER.strip().split(",")


def test_a_header_alone_is_a_table_without_units(tmp_path: Path) -> None:
    units = ebf.read_units(csv_file(tmp_path, HEADER.strip()))
    assert "no rows" in refusal(lambda: ebf.calculate(units, ebf.law(2022)))


@pytest.mark.parametrize(
    "cell",
    ["12a", '"1,200"', "1e400", "1e-400", "½", "\uff11\uff12", "0x10", "1_000", "TRUE",
    "2022-01-01",
     "nan", "inf", "\u22125", "5\u00a0", "\u200e5", "5%", "(5)", "1e13.", "-0.01", "1e308"],
)  # fmt: skip
def test_a_cell_that_is_no_amount_is_named_as_it_stands(cell: str, tmp_path: Path) -> None:
    text = GOOD.replace("1000000.5", cell)
    units = ebf.read_units(csv_file(tmp_path, text))
    assert "0100100102600: adequacy_target: found" in refusal(
        lambda: ebf.calculate(units, ebf.law(2022))
    )


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ("100100102600", "leading zero is lost, where a spreadsheet took it for a number: 0100"),
        (100100102600, "its leading zero is lost"),
        (100100102600.0, "its leading zero is lost"),
        ("1.001E+11", "wrote it short: take the id from its source"),
        (pd.Timestamp("2022-01-01"), "read ids as text"),
        ("0100100102600 ", "nearest: 0100100102600"),
        ("51084003a2600", "nearest: 51084003A2600"),
        ("O100100102600\u200b", "\\u200b"),
    ],
)
def test_ids_that_a_program_took_for_something_else(found: object, words: str) -> None:
    frame = corruption.state().assign(unit_id=pd.Series([found, *IDS[1:]], dtype=object))
    assert words in refusal(lambda: corruption.calculated(frame))


def test_a_date_for_an_id_in_a_workbook(tmp_path: Path) -> None:
    rows = corruption.sheet()
    rows[4][0] = pd.Timestamp("2022-01-01").to_pydatetime()
    (tmp_path / "calc.xlsx").write_bytes(corruption.workbook_of(rows))
    found = refusal(lambda: read_base_calc(tmp_path / "calc.xlsx"))
    assert "datetime.datetime(2022, 1, 1" in found
    rows[4][0] = 100100102600
    (tmp_path / "calc.xlsx").write_bytes(corruption.workbook_of(rows))
    assert read_base_calc(tmp_path / "calc.xlsx").units["unit_id"][0] == IDS[0]


def test_a_blank_in_a_workbook_is_no_zero_but_where_a_unit_is_specially_funded(
    tmp_path: Path,
) -> None:
    rows = corruption.sheet()
    rows[4][corruption.place_of("Q")] = None
    (tmp_path / "calc.xlsx").write_bytes(corruption.workbook_of(rows))
    assert f"{IDS[0]}: Q of sheet Base Calc: found blank" in refusal(
        lambda: read_base_calc(tmp_path / "calc.xlsx")
    )


def test_numbers_that_no_float_holds_are_a_fault_of_their_line() -> None:
    frame = corruption.state().assign(average_student_enrollment=[5e-324, 200.0, 300.0, 20.0])
    frame = frame.assign(low_income_count=0.004)
    found = refusal(lambda: corruption.calculated(frame, lines=["low_income_percentage"]))
    assert "a finite number: what it is computed from is too large, or too near to 0" in found


def test_a_negative_zero_is_a_zero(tmp_path: Path) -> None:
    frame = corruption.state().assign(final_resources=-0.0)
    ledger = corruption.calculated(frame)
    ledger.to_csv(tmp_path)
    assert "-0.0" not in (tmp_path / "units.csv").read_text()
    assert str(ledger.units["final_resources"].tolist()) == "[0.0, 0.0, 0.0, 0.0]"


def test_a_number_of_the_law_under_two_names() -> None:
    with pytest.raises(ebf.InputError, match="a second value"):
        ebf.law(2022, {"tier_1.gap_share": 0.4, "tier_1_gap_share": 0.5})
