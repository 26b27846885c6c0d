"""The sheets of an Excel workbook: which there are, and the cells of one.

Holds: rows_of_sheet, text_at, place_of, ERRORS, is_number.
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any, Final, TypeGuard

from ebf.faults import Fault, FaultKind, InputError, Place, nearest, require, too_large
from ebf.files import check_cells, check_unpacked
from ebf.language.measure import GREATEST


def rows_of_sheet(file: Path, wanted: str | None) -> tuple[str, list[tuple[Any, ...]]]:
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


_MOST_TAGS: Final = 4_000_000
"""Tags in a workbook's largest part: a million cells; more would fill the memory."""


def _check_parts(file: Path, opened: IO[bytes]) -> None:
    """Refuse a workbook that would fill the memory: its parts are packed."""
    with zipfile.ZipFile(opened) as archive:
        check_unpacked(file, sum(part.file_size for part in archive.infolist()))
        for part in archive.infolist():
            tags = 0
            with archive.open(part) as unpacked:
                while block := unpacked.read(1 << 20):
                    tags += block.count(b"<")
            if tags > _MOST_TAGS:
                found, allowed = f"{tags:,} tags in {part.filename}", f"at most {_MOST_TAGS:,}"
                raise InputError([too_large(Place(file=str(file)), found, allowed)])


def _sheet_name(file: Path, wanted: str | None, names: list[str]) -> str:
    like = [each for each in names if _key(each) == _key(wanted or "Base Calc")]
    if wanted is None and not like and len(names) == 1:
        like = names
    if len(like) != 1:
        found = f"{len(like)} sheets like {wanted or 'Base Calc'!r}"
        fix = nearest(wanted or "", names)
        place, allowed = Place(file=str(file), argument="sheet"), f"one of {', '.join(names)}"
        raise InputError([Fault(FaultKind.UNKNOWN_NAME, place, found, allowed, fix=fix)])
    return like[0]


def _cells(file: Path, rows: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """The rows, as far apart as the sheet has them."""
    found: list[tuple[Any, ...]] = []
    count = 0
    for row in rows:
        count += len(row) + 1
        check_cells(file, count)
        found.append(tuple("" if cell is None else cell for cell in row))
    return found


def _key(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter not in " -_")


def text_at(row: Sequence[Any], place: int) -> str:
    """The text of a cell, without the blanks around it; empty beyond the row's end."""
    value = row[place] if place < len(row) else ""
    return str(value).strip()


def place_of(letters: str) -> int:
    """The place of a column, from 0, by its letters."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


ERRORS: Final = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"}
)
"""What a cell reads where a formula failed."""


def is_number(cell: object) -> TypeGuard[float]:
    """Whether a cell holds a number that an amount can be."""
    return isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) <= GREATEST
