"""Files in: tables of units, and the sheet on which ISBE publishes the distribution."""

from __future__ import annotations

import csv
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import IO, Any, Final, TextIO, TypeAlias, TypeGuard, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from ebf.faults import MOST_FAULTS, Fault, InputError, described, nearest, require
from ebf.files import readable
from ebf.formula.b_adequacy_target import adequacy_target
from ebf.formula.f_percent_of_adequacy import final_percent_of_adequacy
from ebf.formula.g_distribution import tier_funding, total_state_contribution
from ebf.formula.tiers import TIER_1, TIER_2
from ebf.inputs import TEXT_COLUMNS
from ebf.line import CUT_2, CUT_4, GREATEST, Line
from ebf.parameters import law
from ebf.safe_text import unguarded
from ebf.table import NUMBER, id_fault, number_of

Result = TypeVar("Result")
Numbers: TypeAlias = npt.NDArray[np.float64]


# The limits below keep a file from filling the memory, however it was made. They are far
# above what a state needs; a table larger than them is handed over as a DataFrame.
_MOST_BYTES: Final = 100_000_000
"""Bytes of a file, and of a workbook's largest part when unpacked."""
_MOST_CELLS: Final = 3_000_000
"""Cells of a table: fifteen states with every column."""
_LONGEST_LINE: Final = 1_000_000
"""Characters of a line of CSV."""
_MOST_TAGS: Final = 4_000_000
"""Tags in a workbook's largest part: a million cells."""


def read_units(path: str | PathLike[str]) -> pd.DataFrame:
    """A table of units from a CSV (UTF-8) or Parquet file, ids as text.

    Parquet needs pyarrow (the extra ``parquet``). A file of more than 100 MB or
    three million cells is refused: hand over a DataFrame.

    Raises:
        InputError: the file cannot be read, has a column twice, or rows of
            other lengths than the header's.
    """
    allowed = "a .csv or .parquet file"
    file = readable(path, _MOST_BYTES, allowed)
    match file.suffix.lower():
        case ".csv":
            return _reading(file, _read_csv)
        case ".parquet":
            return _reading(file, _read_parquet)
    found = f"a file ending in {file.suffix!r}"
    raise InputError([Fault(str(file), "file", found, allowed)])


def _reading(file: Path, read: Callable[[Path], Result]) -> Result:
    """What ``read`` makes of the file; an InputError where it fails."""
    try:
        return read(file)
    except (InputError, ImportError):
        raise
    except UnicodeDecodeError as error:
        found = f"the byte {error.object[error.start]:#04x}, which is not UTF-8"
        raise InputError([_not_utf_8(file, found)]) from error
    except Exception as error:  # a broken file fails in its library's own ways
        found = f"{type(error).__name__}: {error}"
        raise InputError([Fault(str(file), "file", found, "a whole, readable file")]) from error


def _not_utf_8(file: Path, found: str) -> Fault:
    return Fault(str(file), "file", found, "UTF-8 text", fix="save it as CSV UTF-8")


def _check_cells(file: Path, count: int) -> None:
    if count > _MOST_CELLS:
        found, allowed = f"{count:,} cells or more", f"at most {_MOST_CELLS:,}"
        fix = "hand over a DataFrame"
        raise InputError([Fault(str(file), "file", found, allowed, fix=fix)])


def _check_names(file: Path, names: Iterable[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise InputError(
            Fault(str(file), name, "the column twice", "every column once") for name in twice
        )


def _read_csv(file: Path) -> pd.DataFrame:
    """The table; not by pandas, which cuts long rows, fills short ones and ends cells at NUL."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.reader(_lines(file, opened), strict=True)
        header = next(reader, [])
        if len(header) == 1 and re.search(r"[;\t]", header[0]):
            found, fix = "columns parted by semicolons or tabs", "save it as CSV with commas"
            raise InputError([Fault(str(file), "file", found, "commas between", fix=fix)])
        if not any(header):
            raise InputError([Fault(str(file), "file", "no header", "the names of columns")])
        _check_names(file, filter(None, header))
        rows = _rows(file, reader, len(header))
    cells = zip(*rows, strict=True) if rows else ((),) * len(header)
    columns = {name: column for name, column in zip(header, cells, strict=True) if name}
    _check_nameless(file, header, rows)
    return pd.DataFrame({name: _typed(name, column) for name, column in columns.items()})


def _lines(file: Path, opened: TextIO) -> Iterator[str]:
    """The lines, none of them so long that it would fill the memory."""
    while line := opened.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            found, allowed = "a longer line", f"lines of less than {_LONGEST_LINE:,} characters"
            raise InputError([Fault(str(file), "file", found, allowed)])
        if "\0" in line:
            raise InputError([_not_utf_8(file, "a character of code 0")])
        yield line


def _rows(file: Path, reader: Iterator[list[str]], width: int) -> list[list[str]]:
    """The rows that are not blank, all of the header's width."""
    rows: list[list[str]] = []
    faults: list[Fault] = []
    for row in reader:
        if len(faults) == MOST_FAULTS:
            break
        if row and len(row) != width:
            found, allowed = f"{len(row)} cells", f"{width}, as the header has"
            fix = "a comma within a cell needs quotes around the cell"
            faults.append(Fault(str(file), f"row {row[0]!r}"[:100], found, allowed, fix=fix))
        elif row:
            rows.append(row)
            _check_cells(file, len(rows) * width)
    if faults:
        raise InputError(faults)
    return rows


def _check_nameless(file: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A column may lack a name where it is blank, as spreadsheets leave them."""
    places = [place for place, name in enumerate(header) if not name]
    if places and any(row[place] for row in rows for place in places):
        found = "a column without a name"
        raise InputError([Fault(str(file), "header", found, "a name for every column")])


_NUMBERS: Final = re.compile(rf"(?:(?:{NUMBER})?\n)*+(?:{NUMBER})?")
"""Numbers and blanks, a line each."""


def _typed(name: str, cells: Sequence[str]) -> pd.Series:
    """Numbers where all cells are; read by Python, since pandas rounds some cents off."""
    if name in TEXT_COLUMNS:
        texts = pd.Series(map(unguarded, cells), dtype=str)
        return texts.where(texts != "")
    whole = "\n".join(cells)
    if _NUMBERS.fullmatch(whole) and whole.count("\n") == len(cells) - 1:
        numbers: list[Any] = [float(cell) if cell.strip() else np.nan for cell in cells]
    else:
        numbers = [number_of(cell) for cell in cells]
    if None in numbers:
        return pd.Series(cells, dtype=str)  # the check of the table names the cells
    return pd.Series(numbers, dtype=float) + 0.0  # no negative zeros


def _read_parquet(file: Path) -> pd.DataFrame:
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415 - an extra

    with ParquetFile(file, page_checksum_verification=True) as opened:
        about = opened.metadata
        groups = [about.row_group(place) for place in range(about.num_row_groups)]
        values = sum(
            group.column(place).num_values for group in groups for place in range(group.num_columns)
        )
        rows = sum(group.num_rows for group in groups)
        if rows != about.num_rows:
            found, allowed = f"{rows:,} rows", f"{about.num_rows:,}, as the file says"
            raise InputError([Fault(str(file), "file", found, allowed)])
        _check_cells(file, max(values, rows * about.num_columns))
        _check_unpacked(file, sum(group.total_byte_size for group in groups))
        _check_names(file, opened.schema_arrow.names)
        frame: pd.DataFrame = opened.read().to_pandas()
    return frame


def _check_unpacked(file: Path, size: int) -> None:
    if size > _MOST_BYTES:
        found, allowed = f"{size:,} bytes unpacked", f"at most {_MOST_BYTES:,}"
        raise InputError([Fault(str(file), "file", found, allowed)])


# --- ISBE's Base Calc sheet ------------------------------------------------------

BASE_CALC_COLUMNS: Final = {
    "unit_id": "A",
    "name": "B",
    "county": "C",
    "organization_type": "D",
    "average_student_enrollment": "F",
    "core_investments": "H",
    "per_student_investments_subject_to_regionalization": "I",
    "additional_investments": "J",
    "per_student_investments_not_subject_to_regionalization": "K",
    "regionalization_factor": "M",
    "adequacy_target": "N",
    "adjusted_local_capacity_target": "Q",
    "adjusted_base_funding_minimum": "R",
    "final_resources": "S",
    "final_percent_of_adequacy": "T",
    "tier": "X",
    "tier_1_funding": "AB",
    "tier_2_funding_gap": "AC",
    "tier_2_funding": "AF",
    "tier_3_funding": "AL",
    "tier_4_funding": "AM",
    "tier_funding": "AN",
    "base_funding_minimum": "AP",
    "total_state_contribution": "AQ",
}
"""The columns of the sheet, as ISBE has laid them out since FY2018."""

_OUTCOME: Final = [
    "final_percent_of_adequacy",
    "tier",
    "tier_1_funding",
    "tier_2_funding_gap",
    "tier_2_funding",
    "tier_3_funding",
    "tier_4_funding",
    "tier_funding",
    "total_state_contribution",
]
"""What the sheet computes: it proves the sheet, and is left to ebf.calculate."""

_KINDS: Final = {
    "unit": "unit",
    "elementary": "elementary",
    "high school": "high_school",
    "labs": "laboratory_school",
    "regional": "regional_program",
    "": "specially_funded",
}

_PROOFS: Final[tuple[Line, ...]] = (
    adequacy_target,
    final_percent_of_adequacy,
    tier_funding,
    total_state_contribution,
)
"""Lines that the sheet's own numbers must reproduce before any is used."""

_ADDED_UP: Final = (
    "average_student_enrollment",
    "adequacy_target",
    "final_resources",
    "tier_funding",
)
_PROVEN_TO: Final = {"dollars": 0.0051, "ratio": 1e-9}
_HEADER: Final = "District Name"
_TOTALS: Final = "TOTALS"
_MONEY_LABEL: Final = "Remaining Appropriation Available for Tier Funding"


def read_base_calc(path: str | PathLike[str], sheet: str | None = None) -> pd.DataFrame:
    """The units of ISBE's Base Calc sheet, ready for ebf.calculate.

    Columns are taken by their place in the sheet, and proven by the sheet's own
    sums before a number is used. The Local Capacity Percentage is not on the
    sheet: it is recovered from the Tier 2 gaps to its four decimals, and stays
    blank for units of Tier 3 and 4, which need none. ``new_state_funds`` is the
    appropriation above the table. Needs openpyxl (the extra ``excel``).

    Args:
        path: An .xlsx file with the sheet.
        sheet: The sheet's name; case, blanks, ``-`` and ``_`` do not matter.
            Left out, the sheet "Base Calc", or the only one.

    Raises:
        InputError: no such sheet, no table in it, or numbers that contradict
            each other: sheet, column letter, unit and both numbers are named.
    """
    file = readable(path, _MOST_BYTES, "an .xlsx file")
    name, rows = _reading(file, lambda each: _sheet(each, sheet))
    header, totals = _table_rows(rows, name)
    places = [*map(_place, BASE_CALC_COLUMNS.values())]
    units = [row for row in rows[header + 1 : totals] if any(_text(row, at) for at in places)]
    if not units:
        raise InputError([Fault(f"sheet {name}", "A", "no units", "a row a unit")])
    frame = _frame(units, name)
    _prove(frame, name)
    _prove_totals(frame, rows[totals], name)
    frame["local_capacity_percentage"] = _recovered_percentage(frame, name)
    frame["new_state_funds"] = _appropriation(rows[:header], name)
    return frame.drop(columns=_OUTCOME)


def _sheet(file: Path, wanted: str | None) -> tuple[str, list[tuple[Any, ...]]]:
    """The sheet's name, and its rows from the first on, blanks as empty text."""
    require("openpyxl", "excel")
    from openpyxl import load_workbook  # noqa: PLC0415 - an extra

    with file.open("rb") as opened, warnings.catch_warnings(action="ignore"):
        _check_parts(file, opened)  # warnings are of what is not read: styles, validation
        book = load_workbook(opened, read_only=True, data_only=True, keep_links=False)
        by_name = {each.title: each for each in book.worksheets}
        name = _sheet_name(file, wanted, list(by_name))
        by_name[name].reset_dimensions()  # what a file says of its size may be wrong
        return name, _cells(file, by_name[name].iter_rows(values_only=True))


def _check_parts(file: Path, opened: IO[bytes]) -> None:
    """Refuse a workbook that would fill the memory: its parts are packed."""
    with zipfile.ZipFile(opened) as archive:
        _check_unpacked(file, sum(part.file_size for part in archive.infolist()))
        for part in archive.infolist():
            tags = 0
            with archive.open(part) as unpacked:
                while block := unpacked.read(1 << 20):
                    tags += block.count(b"<")
            if tags > _MOST_TAGS:
                found, allowed = f"{tags:,} tags in {part.filename}", f"at most {_MOST_TAGS:,}"
                raise InputError([Fault(str(file), "file", found, allowed)])


def _sheet_name(file: Path, wanted: str | None, names: list[str]) -> str:
    like = [each for each in names if _key(each) == _key(wanted or "Base Calc")]
    if wanted is None and not like and len(names) == 1:
        like = names
    if len(like) != 1:
        found = f"{len(like)} sheets like {wanted or 'Base Calc'!r}"
        fix = nearest(wanted or "", names)
        raise InputError([Fault(str(file), "sheet", found, f"one of {', '.join(names)}", fix=fix)])
    return like[0]


def _cells(file: Path, rows: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """The rows, as far apart as the sheet has them."""
    found: list[tuple[Any, ...]] = []
    count = 0
    for row in rows:
        count += len(row) + 1
        _check_cells(file, count)
        found.append(tuple("" if cell is None else cell for cell in row))
    return found


def _key(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter not in " -_")


def _text(row: Sequence[Any], place: int) -> str:
    value = row[place] if place < len(row) else ""
    return str(value).strip()


def _table_rows(rows: Sequence[Sequence[Any]], sheet: str) -> tuple[int, int]:
    """The rows of the header and of the totals, by what column B reads."""
    second = [_text(row, 1) for row in rows]
    missing = [word for word in (_HEADER, _TOTALS) if word not in second]
    if missing:
        raise InputError(
            Fault(f"sheet {sheet}", "B", f"no row reading {word!r}", "ISBE's Base Calc sheet")
            for word in missing
        )
    return second.index(_HEADER), second.index(_TOTALS)


def _place(letters: str) -> int:
    """The place of a column, from 0, by its letters."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


_ERRORS: Final = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"}
)
"""What a cell reads where a formula failed."""


def _frame(units: Sequence[Sequence[Any]], sheet: str) -> pd.DataFrame:
    faults: list[Fault] = []
    columns: dict[str, list[Any]] = {}
    kinds = [_text(row, _place(BASE_CALC_COLUMNS["organization_type"])).casefold() for row in units]
    for name, letters in BASE_CALC_COLUMNS.items():
        cells = [row[_place(letters)] if _place(letters) < len(row) else "" for row in units]
        columns[name] = cells
        column = f"{letters} of sheet {sheet}"
        if name == "unit_id":
            faults += [each for row in cells if (each := id_fault(column, row))]
        elif name in TEXT_COLUMNS:
            faults += [
                Fault(_text(row, 0), column, described(cell), f"text: {name}")
                for row, cell in zip(units, cells, strict=True)
                if not isinstance(cell, str) or cell in _ERRORS
            ]
        else:
            columns[name] = [
                0.0 if cell == "" and not kind else cell
                for cell, kind in zip(cells, kinds, strict=True)
            ]  # specially funded
            faults += [
                Fault(_text(row, 0), column, described(cell) if cell != "" else "blank",
                      f"a number: {name}")
                for row, cell in zip(units, columns[name], strict=True)
                if not _is_number(cell)
            ]  # fmt: skip
    column = f"{BASE_CALC_COLUMNS['organization_type']} of sheet {sheet}"
    faults += [
        Fault(_text(row, 0), column, repr(kind), f"one of {', '.join(_KINDS)}")
        for row, kind in zip(units, kinds, strict=True)
        if kind not in _KINDS
    ]
    if faults:
        raise InputError(faults)
    for name in TEXT_COLUMNS & columns.keys():
        columns[name] = [cell.strip() for cell in columns[name]]
    columns["organization_type"] = [_KINDS[kind] for kind in kinds]
    for name in columns.keys() - {*TEXT_COLUMNS}:
        columns[name] = [float(cell) + 0.0 for cell in columns[name]]  # no negative zeros
    return pd.DataFrame(columns)


def _is_number(cell: object) -> TypeGuard[float]:
    return isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) <= GREATEST


def _prove(frame: pd.DataFrame, sheet: str) -> None:
    """Refuse a sheet whose numbers do not follow from each other by the law."""
    faults: list[Fault] = []
    for line in _PROOFS:
        sources = [name.replace("base_funding_paid", "base_funding_minimum") for name in line.reads]
        with np.errstate(all="ignore"):
            by_hand = line.compute(*(frame[name].to_numpy().reshape(1, -1, 1) for name in sources))
        shown = frame[line.name].to_numpy()
        apart = ~(np.abs(by_hand.ravel() - shown) <= _PROVEN_TO[line.unit])
        for row in np.flatnonzero(apart).tolist():
            column = f"{BASE_CALC_COLUMNS[line.name]} of sheet {sheet}"
            found, allowed = f"{shown[row]:.15g}", f"{by_hand.ravel()[row]:.15g}: {line.title}"
            faults.append(Fault(frame["unit_id"][row], column, found, allowed, line.cite))
    if faults:
        raise InputError(faults)


def _prove_totals(frame: pd.DataFrame, totals: Sequence[Any], sheet: str) -> None:
    faults = []
    for name in _ADDED_UP:
        letters = BASE_CALC_COLUMNS[name]
        shown = totals[_place(letters)] if _place(letters) < len(totals) else ""
        added = float(frame[name].sum())
        if not _is_number(shown) or not abs(shown - added) <= _PROVEN_TO["dollars"]:
            column = f"{letters} of sheet {sheet}"
            faults.append(Fault(_TOTALS, column, described(shown), f"{added:.15g}, the units' sum"))
    if faults:
        raise InputError(faults)


def _recovered_percentage(frame: pd.DataFrame, sheet: str) -> Numbers:
    """The percentage that turns what a unit is short of 90 % into its Tier 2 gap."""
    ratio = law(2018).value("tier_2.target_ratio").item()
    short = ratio * frame["adequacy_target"] - frame["final_resources"] - frame["tier_1_funding"]
    has_gap = frame["tier"].isin([TIER_1, TIER_2]).to_numpy()
    with np.errstate(all="ignore"):
        share = 1 - frame["tier_2_funding_gap"].to_numpy() / np.where(has_gap, short, 1.0)
    found = np.where(has_gap, np.round(share, CUT_4.decimals), np.nan) + 0.0
    allowed = "a gap from which a Local Capacity Percentage from 0 to 1 follows"
    column = f"{BASE_CALC_COLUMNS['tier_2_funding_gap']} of sheet {sheet}"
    gaps, wrong = frame["tier_2_funding_gap"], has_gap & ~((found >= 0) & (found <= 1))
    faults = [
        Fault(frame["unit_id"][row], column, f"{gaps[row]:.15g}", allowed, "18-8.15(g)(5)")
        for row in np.flatnonzero(wrong).tolist()
    ]
    if faults:
        raise InputError(faults)
    return found


def _appropriation(above: Sequence[Sequence[Any]], sheet: str) -> float:
    """The money for the tiers, from the cell below its label."""
    for number, row in enumerate(above[:-1]):
        for place, cell in enumerate(row):
            if isinstance(cell, str) and cell.strip() == _MONEY_LABEL:
                below = above[number + 1]
                money = below[place] if place < len(below) else ""
                if _is_number(money) and money >= 0:
                    return round(float(money), CUT_2.decimals) + 0.0
                where, allowed = f"below {_MONEY_LABEL!r}", "dollars, 0 or more"
                raise InputError([Fault(f"sheet {sheet}", where, described(money), allowed)])
    raise InputError(
        [Fault(f"sheet {sheet}", "above the table", "no such label", repr(_MONEY_LABEL))]
    )
