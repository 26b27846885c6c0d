"""Good files and arguments made bad: byte by byte, cell by cell, value by value."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import re
import signal
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd
import xlsxwriter

import ebf
from ebf.units.isbe import base_calc

Grid: TypeAlias = list[list[Any]]

SECONDS: Final = 20
"""What no input may take longer than, of the processor's time."""
WAITING: Final = 5
"""How many times as long it may be on a machine that others use, and where it waits for nothing."""

TRIED: Final[Counter[tuple[str, str]]] = Counter()
"""Inputs by way in and by what became of them."""

IDS: Final = ("0100100102600", "0100100200400", "0100100301600", "51084003A2600")

# --- Trying an input ---------------------------------------------------------------


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail what computes longer, however busy the machine; and what waits far longer."""

    def late(*_: object) -> None:
        message = f"no answer within {seconds} seconds"
        raise AssertionError(message)

    timers = {
        signal.SIGPROF: (signal.ITIMER_PROF, seconds),
        signal.SIGALRM: (signal.ITIMER_REAL, WAITING * seconds),
    }
    before = {number: signal.signal(number, late) for number in timers}
    for timer, limit in timers.values():
        signal.setitimer(timer, limit)
    try:
        yield
    finally:
        for number, (timer, _) in timers.items():
            signal.setitimer(timer, 0)
            signal.signal(number, before[number])


def tried(way: str, call: Callable[[], Any]) -> Any:
    """What the call returns, or None where it is refused; all else it raises is a failure."""
    try:
        with within(SECONDS):
            found = call()
    except ebf.InputError as error:
        refused = error
    else:
        TRIED[way, "accepted"] += 1
        return found
    TRIED[way, "refused"] += 1
    assert refused.faults
    assert all(fault.found and fault.allowed for fault in refused.faults)
    str(refused).encode()  # what cannot be shown is a failure, too
    return None


@cache
def sample_ledger() -> ebf.Ledger:
    """The sample state, computed."""
    return ebf.calculate(*ebf.sample())


# --- Bytes -------------------------------------------------------------------------


def corrupted(good: bytes, draw: random.Random) -> bytes:
    """The bytes with one to four places cut, doubled, overwritten or swapped."""
    bad = bytearray(good)
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        start = draw.randrange(len(bad) + 1)
        end = min(len(bad), start + draw.choice((1, 1, 2, 8, 100)))
        match draw.randrange(7):
            case 0:
                del bad[start:end]
            case 1:
                bad[start:start] = bad[start:end]
            case 2:
                bad[start:end] = draw.randbytes(end - start)
            case 3:
                bad[start:end] = draw.choice(BYTES)
            case 4:
                bad[start:start] = draw.choice(BYTES)
            case 5:
                del bad[start:]
            case _:
                if start < len(bad):
                    bad[start] ^= 1 << draw.randrange(8)
        if not bad:
            break
    return bytes(bad)


BYTES: Final = (
    b"", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b'"', b'""', b"'", b",", b",,", b";", b"\t",
    b"\r", b"\n", b"\r\n", b"\n\n", b"=", b"[", b"]]", b"{", b"}", b"#", b"-", b"-0", b"1e999",
    b"nan", b"inf", b"0x10", b"1_0", b"\xc2\xa0", b"\xe2\x80\x8f", "½".encode(), "\uff11".encode(),
    "é".encode("latin-1"), b"\x1a", b"\\", b"\x80" * 20, b"9" * 500, b"<", b"&a;", b"]]>", b".",
    b"e",
)  # fmt: skip


# --- Cells -------------------------------------------------------------------------

TEXTS: Final = (
    "", " ", "  ", "\u00a0", "12a", "a12", "1,2,3", "1,5", "1.000,50", "1;5", "1e400", "-1e400",
    "1e-400", "5e-324", "1e308", "1.7976931348623157e308", "½", "\uff11\uff12", "٣", "²", "0x10",
    "0b1",
    "0o7", "1_000", "1__0", "TRUE", "False", "true", "yes", "2022-01-01", "1/2/2022", "01-Jan",
    "nan", "NaN", "NAN", "-nan", "inf", "-inf", "Infinity", "+inf", "#N/A", "#DIV/0!", "N/A", "NA",
    "null", "None", "-", "--", "+", ".", "-.", "e5", "1e", "1e+", "1.2.3", "--1", "+-1", "-0",
    "-0.0", "+0", "00012", "0.1", "1.", ".5", "+5", "1E2", "1e+2", " 7", "7 ", "\t7", "7\u00a0",
    "\u200e7", "7\u200f", "\u202e7", "\ufeff7", "\u22125", "7\u200b", "$5", "5%", "5 000", "5'000",
    "5\u202f000", "(5)", "=1+1", "'5", "@5", "0.30000000000000004", "123456789.29", "9" * 20,
    "9" * 400, "0." + "0" * 400 + "1", "1" + "0" * 29 + "e-29", "1e15", "1e14", "9e12", "-1",
    "-1e-9",
    "1.0000000001", "\x00", "\x07", "a\nb", 'a"b', "a,b", "x" * 2000, "x" * 140_000,
    "=cmd|' /C'!A0",
    "<b>", "{}", "[1]", "100100102600", "0100100102600", "1.00100102600E+11", "0100100102600 ",
    "\u00a00100100102600", "O100100102600", "0100100102600\u200b", "01-001-0010-26-00", "unit",
    "Unit", "unit ", "specially_funded", "regional_program", "COOK", "\ud800",
)  # fmt: skip
"""Cells of text, some of them numbers written otherwise."""

VALUES: Final[tuple[Any, ...]] = (
    None, True, False, 0, 1, -1, 2, 10**13, 10**16, 10**400, -(10**400), 10**5000, 0.0, -0.0, 0.5,
    1e308, -1e308, 5e-324, 1e-200, float("nan"), float("inf"), float("-inf"), 1 + 2j, b"12",
    b"\xff",
    bytearray(b"1"), Decimal("1.5"), Decimal("NaN"), Decimal("sNaN"), Decimal("1e999"),
    Decimal("-0"),
    Fraction(1, 3), Fraction(10**400), pd.NA, pd.NaT, pd.Timestamp("2022-07-01"),
    pd.Timedelta("1D"), pd.Period("2022"), pd.Interval(0, 1), dt.date(2022, 7, 1),
    dt.datetime(2022, 7, 1, tzinfo=dt.UTC), dt.timedelta(1), np.float16(0.5),
    np.float32(0.1), np.longdouble("1e400"), np.float64(2), np.int8(3), np.uint64(2**64 - 1),
    np.bool_(True), np.complex128(1j), np.datetime64("2022-07-01"), np.timedelta64(1, "D"),  # noqa: FBT003
    np.str_("5"), np.array(5.0), np.array([1.0, 2.0]), np.array([]), np.array([[1.0], [2.0]]),
    np.array(["1", "2"]), np.array([True]), np.ma.masked, [], [1], [1, "2"], [[1], [2, 3]], [None],
    (), (1, 2), {}, {"a": 1}, set(), {1}, frozenset({1}), range(3), iter([1]), slice(1), object(),
    type, len, ..., NotImplemented, pd.Series([1.0, 2.0]), pd.Series(dtype=float), pd.Index([1]),
    pd.DataFrame({"a": [1]}), pd.Categorical(["a"]), "", " ", "5", "nan", "tier_funding", "\0",
    "\ud800", "x" * 10_000, IDS[0], ["tier_funding"], [IDS[0]], "2022", 2022, 2022.0, 2022.5,
)  # fmt: skip
"""Values of every type, some of them numbers."""


def junk(draw: random.Random) -> Any:
    """One of the texts and values."""
    return draw.choice(draw.choice((TEXTS, VALUES)))


# --- Good files --------------------------------------------------------------------


def state() -> pd.DataFrame:
    """Four units ready for the distribution."""
    return pd.DataFrame(
        {
            "unit_id": list(IDS),
            "name": ["Adams", "Brown", "Clark", "=Dewey"],
            "organization_type": ["unit", "elementary", "high_school", "regional_program"],
            "county": ["Adams", "Cook", "Cook", "Will"],
            "average_student_enrollment": [100.5, 200.0, 300.0, 20.0],
            "low_income_count": [50.0, 20.0, 0.0, 20.0],
            "adequacy_target": [1000000.25, 2000000.0, 3000000.0, 200000.0],
            "final_resources": [600000.0, 1900000.1, 3100000.0, 150000.0],
            "local_capacity_percentage": [0.2, 0.5, 0.9, 0.1],
            "base_funding_minimum": [400000.0, 100000.0, 50000.0, 150000.0],
            "property_tax_relief_grant": [0.0, 10.0, 0.0, 0.0],
            "ptell_district": [0, 0, 0, 0],
        }
    )


def calculated(
    frame: pd.DataFrame, salaries: ebf.Salaries | None = None, **options: Any
) -> ebf.Ledger:
    """The distribution of some new money."""
    money = {"minimum_funding_level": 1, "new_state_funds": 300_000.0}
    return ebf.calculate(frame, ebf.law(2022, money, salaries=salaries), **options)


def cells_of(frame: pd.DataFrame) -> Grid:
    """The table as text, the header first."""
    texts = [[str(cell) for cell in row] for row in frame.itertuples(index=False)]
    return [list(frame.columns), *texts]


def csv_of(grid: Grid, newline: str = "\n") -> bytes:
    """A CSV file of the cells."""
    text = io.StringIO()
    has_returns = any("\r" in cell for row in grid for cell in row)  # the writer leaves them bare
    if has_returns:
        csv.writer(text, lineterminator=newline, quoting=csv.QUOTE_ALL).writerows(grid)
    else:
        csv.writer(text, lineterminator=newline).writerows(grid)
    return text.getvalue().encode("utf-8", "surrogatepass")


def split(text: str) -> Grid:
    """The cells of CSV text, blank lines left out: by hand, where nothing is quoted."""
    if '"' in text:
        return [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    return [line.split(",") for line in re.split("\r\n|\r|\n", text) if line]


def sheet() -> Grid:
    """A Base Calc sheet of three units and a specially funded one, that proves itself."""
    frame = pd.DataFrame(
        {
            "unit_id": list(IDS),
            "name": ["Adams", "Brown", "Clark", "Dewey"],
            "county": ["Adams", "Cook", "Cook", "Will"],
            "organization_type": ["unit", "elementary", "high_school", "specially_funded"],
            "average_student_enrollment": [100.0, 200.0, 300.0, 0.0],
            "core_investments": [9e5, 18e5, 27e5, 0.0],
            "per_student_investments_subject_to_regionalization": [
                72140.0,
                144280.0,
                216420.0,
                0.0,
            ],
            "additional_investments": [5e4, 9e4, 13e4, 0.0],
            "per_student_investments_not_subject_to_regionalization": [1e4, 3e4, 5e4, 0.0],
            "regionalization_factor": [0.9, 1.05745, 1.05745, 0.0],
            "adjusted_local_capacity_target": [2e5, 15e5, 31e5, 0.0],
            "adjusted_base_funding_minimum": [4e5, 3e5, 1e5, 0.0],
            "corporate_personal_property_replacement_tax": [0.0, 0.0, 0.0, 0.0],
            "base_funding_minimum": [4e5, 3e5, 1e5, 1000.0],
            "local_capacity_percentage": [0.2, 0.5, 0.9, 0.0],
        }
    )
    units = ebf.calculate(frame, ebf.law(2018, new_state_funds=300_000.0)).units.reset_index()
    letters = [place_of(each) for each in base_calc.COLUMNS.values()]
    rows: Grid = [[None] * (max(letters) + 1) for _ in range(9)]
    rows[0][5], rows[1][5] = "Remaining Appropriation Available for Tier Funding", 300_000
    rows[2][0] = "Distribution Calculations for Fiscal Year 2018"
    rows[3][1], rows[8][1] = "District Name", "TOTALS"
    kinds = ["Unit", "Elementary", "High School", None]
    for name, place in zip(base_calc.COLUMNS, letters, strict=True):
        cells = kinds if name == "organization_type" else units[name].tolist()
        for row, cell in zip(rows[4:8], cells, strict=True):
            row[place] = cell
        if name not in {"unit_id", "name", "county", "organization_type"}:
            rows[8][place] = float(sum(cells))
    return rows


def place_of(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def workbook_of(rows: Grid) -> bytes:
    """A workbook with the sheet."""
    file = io.BytesIO()
    options = {"in_memory": True, "nan_inf_to_errors": True, "remove_timezone": True}
    with xlsxwriter.Workbook(file, options) as book:
        page = book.add_worksheet("Base Calc")
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, dt.date):
                    page.write_datetime(number, place, cell, date)
                elif isinstance(cell, bool):
                    page.write_boolean(number, place, cell)
                elif isinstance(cell, (int, float)):
                    page.write_number(number, place, cell)
                elif cell is not None:
                    page.write_string(number, place, cell)
    return file.getvalue()


def parts_of(packed: bytes) -> dict[str, bytes]:
    """The parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    """A workbook of parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def changed(grid: Grid, draw: random.Random, texts: Sequence[Any] = TEXTS) -> Grid:
    """The cells with one or a few overwritten, or a row or column moved, doubled or left out."""
    bad = [list(row) for row in grid]
    for _ in range(draw.choice((1, 1, 1, 2, 5))):
        row = draw.randrange(len(bad))
        place = draw.randrange(len(bad[row]) or 1)
        match draw.randrange(14):
            case 0:
                bad.insert(row, list(bad[row]))
            case 1 if len(bad) > 1:
                del bad[row]
            case 2:
                bad[row] = bad[row][: place + 1]
            case 3:
                bad[row].insert(place, draw.choice(texts))
            case 4:
                other = draw.randrange(len(bad))
                bad[row], bad[other] = bad[other], bad[row]
            case 5:
                for each in bad:
                    each[place : place + 1] = each[place : place + 1] * draw.choice((0, 2))
            case _ if bad[row]:
                bad[row][place] = draw.choice(texts)
    return bad
