"""Tables of units, from CSV and Parquet files; and into CSV, so that they come back.

Holds: read_units, write_csv.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Final, TextIO

import numpy as np
import pandas as pd

from ebf.faults import (
    MOST_FAULTS,
    Fault,
    InputError,
    Place,
    malformed,
    missing,
    repeated,
    require,
    too_large,
    unreadable,
)
from ebf.files import check_cells, check_unpacked, readable, refusing_broken
from ebf.law.inputs import TEXT_COLUMNS
from ebf.numbers import NUMBER, number_of
from ebf.show.safe_text import guarded, unguarded
from ebf.units.ids import ID, SCENARIO

_LONGEST_LINE: Final = 1_000_000
"""Characters of a line of CSV; a longer one would fill the memory."""


def read_units(path: str | PathLike[str]) -> pd.DataFrame:
    """A table of units from a CSV (UTF-8) or Parquet file, ids as text.

    A column ``scenario`` becomes a level of the index, as :func:`ebf.calculate` takes it.
    Parquet needs pyarrow (the extra ``parquet``). A file of more than 100 MB or
    three million cells is refused: hand over a DataFrame.

    Raises:
        InputError: the file cannot be read, has a column twice, or rows of
            other lengths than the header's.
    """
    allowed = "a .csv or .parquet file"
    file = readable(path, allowed)
    with refusing_broken(file):
        match file.suffix.lower():
            case ".csv":
                return _by_scenario(_read_csv(file))
            case ".parquet":
                return _by_scenario(_read_parquet(file))
    found = f"a file ending in {file.suffix!r}"
    raise InputError([unreadable(Place(file=str(file)), found, allowed)])


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table of units as :func:`read_units` reads it again.

    Flags are 1 and 0; text that a spreadsheet would take for a formula has an apostrophe
    before it.
    """
    frame = frame.astype(dict.fromkeys(frame.select_dtypes(bool).columns, int))
    for name in {*TEXT_COLUMNS} & {*frame.columns}:
        frame[name] = frame[name].map(guarded)
    if SCENARIO in frame.index.names:
        frame = frame.rename(index=guarded, level=SCENARIO)
    frame.to_csv(path, lineterminator="\n")


def _by_scenario(frame: pd.DataFrame) -> pd.DataFrame:
    """With an index of scenarios, where the file has a column of them."""
    if not {SCENARIO, ID} <= {*frame.columns}:
        return frame
    return frame.set_index([SCENARIO, ID])


def _check_names(file: Path, names: Iterable[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise InputError(
            repeated(Place(file=str(file), column=name), "the column twice", "every column once")
            for name in twice
        )


def _read_csv(file: Path) -> pd.DataFrame:
    """The table; not by pandas, which cuts long rows, fills short ones and ends cells at NUL."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.reader(_lines(file, opened), strict=True)
        header = next(reader, [])
        if len(header) == 1 and re.search(r"[;\t]", header[0]):
            found, fix = "columns parted by semicolons or tabs", "save it as CSV with commas"
            raise InputError([unreadable(Place(file=str(file)), found, "commas between", fix=fix)])
        if not any(header):
            raise InputError(
                [unreadable(Place(file=str(file)), "no header", "the names of columns")]
            )
        _check_names(file, filter(None, header))
        rows = _rows(file, reader, len(header))
    cells = zip(*rows, strict=True) if rows else ((),) * len(header)
    columns = {name: column for name, column in zip(header, cells, strict=True) if name}
    _check_nameless(file, header, rows)
    return pd.DataFrame({name: _typed(name, column) for name, column in columns.items()})


def _lines(file: Path, opened: TextIO) -> Iterator[str]:
    """The lines, none of them so long that it would fill the memory."""
    try:
        number = 0
        while line := opened.readline(_LONGEST_LINE):
            number += 1
            if len(line) == _LONGEST_LINE:
                place = Place(file=str(file), line=number)
                found, allowed = "a longer line", f"lines of less than {_LONGEST_LINE:,} characters"
                raise InputError([too_large(place, found, allowed)])
            if "\0" in line:
                place = Place(file=str(file), line=number)
                raise InputError([_not_utf_8(place, "a character of code 0")])
            yield line
    except UnicodeDecodeError as error:
        found = f"the byte {error.object[error.start]:#04x}, which is not UTF-8"
        raise InputError([_not_utf_8(Place(file=str(file)), found)]) from error


def _not_utf_8(place: Place, found: str) -> Fault:
    return unreadable(place, found, "UTF-8 text", fix="save it as CSV UTF-8")


def _rows(file: Path, reader: Any, width: int) -> list[list[str]]:
    """The rows that are not blank, all of the header's width."""
    rows: list[list[str]] = []
    faults: list[Fault] = []
    ends = reader.line_num
    for row in reader:
        begins, ends = ends + 1, reader.line_num  # a cell in quotes may have several lines
        if len(faults) == MOST_FAULTS:
            break
        if row and len(row) != width:
            found, allowed = f"{len(row)} cells", f"{width}, as the header has"
            fix = "a comma within a cell needs quotes around the cell"
            place = Place(at=f"row {row[0]!r}"[:100], file=str(file), line=begins)
            faults.append(malformed(place, found, allowed, fix=fix))
        elif row:
            rows.append(row)
            check_cells(file, len(rows) * width)
    if faults:
        raise InputError(faults)
    return rows


def _check_nameless(file: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A column may lack a name where it is blank, as spreadsheets leave them."""
    places = [place for place, name in enumerate(header) if not name]
    if places and any(row[place] for row in rows for place in places):
        found = "a column without a name"
        place = Place(at="header", file=str(file), line=1)
        raise InputError([missing(place, found, "a name for every column")])


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
        names = map(unguarded, cells) if name == SCENARIO else cells
        return pd.Series(names, dtype=str)  # the check of the table names the cells
    return pd.Series(numbers, dtype=float) + 0.0  # no negative zeros


def _read_parquet(file: Path) -> pd.DataFrame:
    require("pyarrow", "parquet")
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
            raise InputError([unreadable(Place(file=str(file)), found, allowed)])
        check_cells(file, max(values, rows * about.num_columns))
        check_unpacked(file, sum(group.total_byte_size for group in groups))
        _check_names(file, opened.schema_arrow.names)
        table = opened.read()
    table.validate(full=True)  # text that is not UTF-8 would fail wherever it is first looked at
    frame: pd.DataFrame = table.to_pandas()
    return frame
