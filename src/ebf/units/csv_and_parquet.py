"""Tables of units, from CSV, Parquet and .xlsx files; and into CSV, so that they come back.

Holds: TABLES, Grid, read_units, grid_of, units_of, header_of, write_csv, write_safe_csv.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from os import PathLike
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import pandas as pd

from ebf.faults import (
    MOST_FAULTS,
    InputError,
    Place,
    contradiction,
    malformed,
    missing,
    repeated,
    require,
    unreadable,
)
from ebf.files import (
    File,
    check_cells,
    check_unpacked,
    format_of,
    readable,
    refusing_broken,
    source_in,
)
from ebf.law.inputs import TEXT_COLUMNS
from ebf.law.names import entries
from ebf.numbers import NUMBER, number_of
from ebf.show.safe_text import guarded, unguarded
from ebf.units.cells import UnsolvedFormula, dollars_of, numbers_shown
from ebf.units.csv_rows import is_blank, rows_of_csv
from ebf.units.ids import ID, LINES, SCENARIO, id_in
from ebf.units.isbe.headings import column_under, heading_key, kind_of_unit
from ebf.units.kept import ALWAYS_KEPT, check_keep, keeping
from ebf.units.sheets import rows_of_sheet
from ebf.units.table import FROM_FILE

TABLES: Final = "a .csv, .parquet or .xlsx file"

_KIND: Final = "organization_type"
_MOST_TITLES: Final = 20
"""Rows of a sheet among which the headings are looked for."""


@dataclass(frozen=True)
class Grid:
    """The rows of a CSV file or of a sheet that are not blank, and the line of each."""

    rows: Sequence[Sequence[Any]]
    lines: Sequence[int]
    sheet: str | None = None


def read_units(
    path: str | PathLike[str] | bytes | IO[bytes],
    *,
    keep: Iterable[str] = (),
    sheet: str | None = None,
) -> pd.DataFrame:
    """A table of units from a CSV (UTF-8), Parquet or .xlsx file, ids as text.

    The State Board's own headings (District ID, Total ASE), kinds of unit (High School) and
    forms of ids (of 15, 11 or 10 digits, or with dashes) are taken where they are
    unmistakable; what its sheet computes is left out. Numbers may have commas between
    thousands where the whole column is so. A column ``scenario`` becomes a level of the index,
    as :func:`ebf.calculate` takes it. Parquet needs pyarrow (the extra ``parquet``), .xlsx
    openpyxl (``excel``). A file of more than 100 MB or three million cells is refused: hand
    over a DataFrame.

    Args:
        path: The file's path; or its bytes, or such a file open for reading bytes.
        keep: Columns of the caller's own that :func:`ebf.calculate` is to pass on.
        sheet: The workbook's sheet; left out, the only one.

    Raises:
        InputError: the file cannot be read, has a column twice, or rows of
            other lengths than the header's.
    """
    names = check_keep(keep)
    file = readable(path, TABLES)
    grid = grid_of(file, sheet)
    units = units_of(file, grid, names)
    units.attrs[FROM_FILE] = asdict(source_in(file, None if grid is None else grid.sheet))
    return units


def grid_of(file: File, sheet: str | None = None) -> Grid | None:
    """The rows of a CSV file or of a workbook's sheet; None of Parquet, which has columns."""
    kind = format_of(file, TABLES)
    if sheet is not None and kind != ".xlsx":
        place, allowed = Place(str(file), argument="sheet"), "a workbook, which has sheets"
        raise InputError([contradiction(place, sheet, allowed, fix="leave it out")])
    with refusing_broken(file):
        match kind:
            case ".csv":
                return Grid(*rows_of_csv(file))
            case ".xlsx":
                name, rows = rows_of_sheet(file, sheet)
                return Grid(rows, range(1, len(rows) + 1), name)
    return None


def units_of(file: File, grid: Grid | None, keep: Sequence[str] = ()) -> pd.DataFrame:
    """The table of units of a file, as :func:`read_units` gives it."""
    with refusing_broken(file):
        frame = _read_parquet(file) if grid is None else _table_of(file, grid, keep)
        return keeping(_by_scenario(_in_our_words(frame)), keep)


def header_of(rows: Sequence[Sequence[Any]]) -> int | None:
    """Which row of a sheet has the headings of a table of units; None where none has.

    The first that is not blank, or one below a title that has our own heading of the ids.
    """
    first = next((place for place, row in enumerate(rows) if not is_blank(row)), None)
    if first is None or ID in _named(rows[first]).values():
        return first
    return next((place for place, row in enumerate(rows[:_MOST_TITLES]) if ID in row), None)


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table of units as :func:`read_units` reads it again.

    Flags are 1 and 0; text that a spreadsheet would take for a formula has an apostrophe
    before it.
    """
    frame = frame.copy(deep=False)
    for name in frame.select_dtypes(bool).columns:
        frame[name] = frame[name].astype(int)
    for name in frame.select_dtypes([object, "string"]).columns:
        frame[name] = frame[name].map(lambda cell: guarded(cell) if isinstance(cell, str) else cell)
    frame = frame.rename(columns=guarded)
    if SCENARIO in frame.index.names:
        frame = frame.rename(index=guarded, level=SCENARIO)
    frame.to_csv(path, lineterminator="\n")


def write_safe_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write rows that nobody reads back, without their index; text as :func:`write_csv` has it."""
    safe = frame.map(lambda cell: guarded(cell) if isinstance(cell, str) else cell)
    safe.to_csv(path, index=False, lineterminator="\n")


def _by_scenario(frame: pd.DataFrame) -> pd.DataFrame:
    """With an index of scenarios, where the file has a column of them."""
    if not {SCENARIO, ID} <= {*frame.columns}:
        return frame
    return frame.set_index([SCENARIO, ID])


def _check_names(file: File, names: Mapping[str, Sequence[str]]) -> None:
    """Refuse a column twice, under one heading or under two of one meaning."""
    twice = [(name, said) for name, said in names.items() if len(said) > 1]
    if twice:
        raise InputError(
            repeated(
                Place(file=str(file), column=name),
                "the column twice" + f": {' and '.join(said)}" * (len({*said}) > 1),
                "every column once",
            )
            for name, said in twice
        )


def _named(headings: Iterable[Any], keep: Iterable[str] = ()) -> dict[int, str]:
    """The columns' names by their places; those of the State Board's that are left out not."""
    named = {}
    for place, heading in enumerate(headings):
        if not isinstance(heading, str) or not heading:
            continue
        heading = unguarded(heading)  # noqa: PLW2901 - as it was before it was made safe
        name = heading if heading in keep else _our_name(heading)
        if name:
            named[place] = name
    return named


def _our_name(heading: str) -> str:
    """The column's name here: the State Board's, ours in other letters, or as it stands."""
    if heading in entries() or heading in TEXT_COLUMNS:
        return heading
    if (isbe := column_under(heading)) is not None:
        return isbe
    ours = heading_key(heading).replace(" ", "_")
    is_ours = (ours in entries() or ours in TEXT_COLUMNS) and ours != "adequacy_target"
    return ours if is_ours else heading


def _table_of(file: File, grid: Grid, keep: Sequence[str]) -> pd.DataFrame:
    """The table below a header, which is the first row that is not blank."""
    filled = [
        (row, line) for row, line in zip(grid.rows, grid.lines, strict=True) if not is_blank(row)
    ]
    is_csv = grid.sheet is None
    filled = filled if is_csv else filled[header_of([row for row, _ in filled]) or 0 :]
    header = filled[0][0] if filled else ()
    if not any(header) or (is_csv and filled[0][1] > 1 and len(filled) == 1):
        raise InputError([unreadable(Place(file=str(file)), "no header", "the names of columns")])
    named = _named(header, keep)
    said: dict[str, list[str]] = {}
    for place, name in named.items():
        said.setdefault(name, []).append(str(header[place]))
    _check_names(file, said)
    lines = [line for _, line in filled[1:]]
    rows = [row for row, _ in filled[1:]]
    if is_csv:
        _check_widths(file, rows, lines, len(header))
    else:
        rows = [(*row, *[""] * (len(header) - len(row))) for row in rows]
    _check_nameless(file, header, rows)
    cells = [*zip(*rows, strict=False)] or [()] * len(header)
    own = {*keep, *ALWAYS_KEPT}
    columns = {
        name: _typed(name, cells[place], is_kept=name in own) for place, name in named.items()
    }
    frame = pd.DataFrame(columns, index=pd.RangeIndex(len(rows)))
    if ID in frame.columns:
        ids = frame[ID].tolist()
        forms = {each: id_in(each) or each for each in {*ids}}
        frame[ID] = [forms[each] for each in ids]
        counts = Counter(frame[ID].tolist())
        right = {each for each in counts if id_in(each) == each}
        wrong: dict[str, list[int]] = {}
        for unit, line in zip(frame[ID], lines, strict=True):
            if (counts[unit] > 1 and SCENARIO not in frame.columns) or unit not in right:
                wrong.setdefault(str(unit), []).append(line)
        if wrong:
            frame.attrs[LINES] = wrong
    return frame


def _in_our_words(frame: pd.DataFrame) -> pd.DataFrame:
    """The kinds of unit by their names here, where they are known by others."""
    if _KIND in frame.columns:
        kinds = frame[_KIND].tolist()
        ours = [(kind_of_unit(each) or each) if isinstance(each, str) else each for each in kinds]
        if ours != kinds:
            frame = frame.assign(**{_KIND: ours})
    return frame


def _check_widths(
    file: File, rows: Sequence[Sequence[str]], lines: Sequence[int], width: int
) -> None:
    faults = []
    for row, line in zip(rows, lines, strict=True):
        if len(row) != width:
            found, allowed = f"{len(row)} cells", f"{width}, as the header has"
            fix = "a comma within a cell needs quotes around the cell"
            place = Place(at=f"row {row[0]!r}"[:100], file=str(file), line=line)
            faults.append(malformed(place, found, allowed, fix=fix))
            if len(faults) == MOST_FAULTS:
                break
    if faults:
        raise InputError(faults)


def _check_nameless(file: File, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> None:
    """A column may lack a name where it is blank, as spreadsheets leave them."""
    width = len(header)
    places = [place for place, name in enumerate(header) if not isinstance(name, str) or not name]
    if any(row[place] != "" for row in rows for place in places) or any(
        not is_blank(row[width:]) for row in rows
    ):
        found = "a column without a name"
        place = Place(at="header", file=str(file), line=1)
        raise InputError([missing(place, found, "a name for every column")])


_NUMBERS: Final = re.compile(rf"(?:(?:{NUMBER})?\n)*+(?:{NUMBER})?")
"""Numbers and blanks, a line each."""


def _typed(name: str, cells: Sequence[Any], *, is_kept: bool) -> pd.Series:
    """Numbers where all cells are; read by Python, since pandas rounds some cents off."""
    if not {*map(type, cells)} <= {str}:
        return _of_sheet(name, cells)
    if name in TEXT_COLUMNS:
        texts = pd.Series(map(unguarded, cells), dtype=str)
        return texts.where(texts != "")
    if is_kept:
        return _kept(cells)
    whole = "\n".join(cells)
    if _NUMBERS.fullmatch(whole) and whole.count("\n") == len(cells) - 1:
        numbers: list[Any] = [float(cell) if cell.strip() else np.nan for cell in cells]
    else:
        shown = None if name == SCENARIO else numbers_shown(cells)
        numbers = [number_of(cell) for cell in (cells if shown is None else shown)]
    if None in numbers:
        names = map(unguarded, cells) if name == SCENARIO else cells
        return pd.Series(names, dtype=str)  # the check of the table names the cells
    return pd.Series(numbers, dtype=float) + 0.0  # no negative zeros


def _kept(cells: Sequence[str]) -> pd.Series:
    """A column of the caller's own as it stands; whole numbers that are no codes as such."""
    if all(re.fullmatch("|0|-?[1-9][0-9]{0,14}", cell.strip()) for cell in cells):
        return pd.Series([int(cell) if cell.strip() else pd.NA for cell in cells], dtype="Int64")
    texts = [unguarded(cell) or None for cell in cells]
    numbers = [number_of(cell) for cell in cells]
    if None in numbers or any(re.match(r"\s*0[0-9]", cell) for cell in cells):
        return pd.Series(texts, dtype=object)
    return pd.Series(numbers, dtype=float)


def _of_sheet(name: str, cells: Sequence[Any]) -> pd.Series:
    """Cells of a sheet, some of them no text; a blank is None."""
    found = [None if isinstance(cell, str) and not cell.strip() else cell for cell in cells]
    if name in TEXT_COLUMNS:
        return pd.Series([unguarded(c) if isinstance(c, str) else c for c in found], dtype=object)
    if all(cell is None or isinstance(cell, (int, float)) for cell in found) and not any(
        isinstance(cell, (bool, UnsolvedFormula)) for cell in found
    ):
        return pd.Series(dollars_of(name, [np.nan if c is None else float(c) for c in found]))
    return pd.Series(found, dtype=object)


def _read_parquet(file: File) -> pd.DataFrame:
    require("pyarrow", "parquet")
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415 - an extra

    with file.open("rb") as source, ParquetFile(source, page_checksum_verification=True) as opened:
        about = opened.metadata
        groups = [about.row_group(place) for place in range(about.num_row_groups)]
        values = sum(
            group.column(place).num_values for group in groups for place in range(group.num_columns)
        )
        rows = sum(group.num_rows for group in groups)
        if rows != about.num_rows:
            found, allowed = f"{rows:,} rows", f"{about.num_rows:,}, as the file says"
            raise InputError([unreadable(Place(file=str(file)), found, allowed)])
        check_cells(file, max(values, rows * about.num_columns))
        check_unpacked(file, sum(group.total_byte_size for group in groups))
        names = opened.schema_arrow.names
        _check_names(file, {name: [name] * names.count(name) for name in names})
        table = opened.read()
    table.validate(full=True)  # text that is not UTF-8 would fail wherever it is first looked at
    frame: pd.DataFrame = table.to_pandas()
    return frame
