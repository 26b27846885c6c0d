"""The rows of a CSV file, each with the line on which it begins.

Holds: rows_of_csv, is_blank.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any, Final

from ebf.faults import MOST_FAULTS, Fault, InputError, Place, too_large, unreadable
from ebf.files import File, check_cells

_LONGEST_LINE: Final = 1_000_000
"""Characters of a line of CSV; a longer one would fill the memory."""


def rows_of_csv(file: File) -> tuple[list[list[str]], list[int]]:
    """The rows that are not blank, and their lines; not by pandas, which cuts and fills rows.

    Of rows of other lengths than the first's no more are read than are told.
    """
    rows: list[list[str]] = []
    lines: list[int] = []
    with file.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.reader(_lines(file, opened), strict=True)
        count, ends, width, others = 0, 0, 0, 0
        for row in _parted(file, reader):
            begins, ends = ends + 1, reader.line_num  # a cell in quotes may have several lines
            if not any(map(str.strip, row)):  # as spreadsheets save them below a table
                continue
            if not rows:
                width = len(row)
                _check_commas(file, row)
            rows.append(row)
            lines.append(begins)
            count += len(row)
            check_cells(file, count)
            others += len(row) != width
            if others == MOST_FAULTS:
                break
    return rows, lines


def _check_commas(file: File, header: Sequence[str]) -> None:
    if len(header) == 1 and re.search(r"[;\t]", header[0]):
        found, fix = "columns parted by semicolons or tabs", "save it as CSV with commas"
        place = Place(file=str(file))
        raise InputError([unreadable(place, found, "commas between", fix=fix)])


def is_blank(row: Iterable[Any]) -> bool:
    """Whether the cells of a row are all blank."""
    return not any(str(cell).strip() for cell in row)


def _parted(file: File, reader: Any) -> Iterator[list[str]]:
    """The rows as they are parted; a quote that is not closed is named with its line."""
    try:
        yield from reader
    except csv.Error as error:
        place = Place(file=str(file), line=reader.line_num)
        fix = "a quote within a cell is written twice, in quotes"
        raise InputError([unreadable(place, str(error), "CSV text", fix=fix)]) from error


def _lines(file: File, opened: IO[str]) -> Iterator[str]:
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
