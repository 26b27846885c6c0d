"""The sheets of an Excel workbook: which there are, and the cells of one.

Holds: rows_of_sheet, Book, sheets_in, book_of, text_at, place_of, letters_of, is_number.
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, Final, TypeGuard

from ebf.faults import Fault, FaultKind, InputError, Place, nearest, require, too_large
from ebf.files import File, check_cells, check_unpacked
from ebf.language.measure import GREATEST
from ebf.units.cells import UnsolvedFormula


def rows_of_sheet(file: File, wanted: str | None) -> tuple[str, list[tuple[Any, ...]]]:
    """The sheet's name, and its rows from the first on, blanks as empty text."""
    with book_of(file) as book:
        name = _sheet_name(file, wanted, book.names)
        return name, book.rows(name)


@dataclass(frozen=True)
class Book:
    """An open workbook; a sheet is read whenever its rows are asked for."""

    file: File
    _values: Any
    _written: Any

    @property
    def names(self) -> list[str]:
        """The names of its sheets."""
        return [each.title for each in self._values.worksheets]

    def rows(self, name: str) -> list[tuple[Any, ...]]:
        """The rows of a sheet from the first on, blanks as empty text."""
        self._values[name].reset_dimensions()  # what a file says of its size may be wrong
        rows = _cells(self.file, self._values[name].iter_rows(values_only=True))
        if self._written is None:
            return rows
        self._written[name].reset_dimensions()
        return _with_formulas(rows, self._written[name].iter_rows(values_only=True))


def sheets_in(file: File) -> int:
    """How many sheets a workbook has, by its parts; 0 of what is none."""
    with file.open("rb") as opened:
        if not zipfile.is_zipfile(opened):
            return 0
        with zipfile.ZipFile(opened) as archive:
            return sum(name.startswith("xl/worksheets/") for name in archive.namelist())


@contextmanager
def book_of(file: File) -> Iterator[Book]:
    """A workbook, opened. Raises InputError where it would fill the memory."""
    require("openpyxl", "excel")
    from openpyxl import load_workbook  # noqa: PLC0415 - an extra

    with file.open("rb") as opened, warnings.catch_warnings(action="ignore"):
        has_formulas = _check_parts(file, opened)  # warnings are of what is not read: styles
        values = load_workbook(opened, read_only=True, data_only=True, keep_links=False)
        written = load_workbook(opened, read_only=True, keep_links=False) if has_formulas else None
        yield Book(file, values, written)


def _with_formulas(
    rows: list[tuple[Any, ...]], written: Iterable[Sequence[Any]]
) -> list[tuple[Any, ...]]:
    """The rows, with a word for every formula that was saved without its result."""
    found = []
    for number, (row, formulas) in enumerate(zip(rows, written, strict=True), start=1):
        unsolved = {
            place: UnsolvedFormula(f"{letters_of(place)}{number}", str(formula))
            for place, (cell, formula) in enumerate(zip(row, formulas, strict=False))
            if cell == "" and formula is not None
        }
        found.append(
            tuple(unsolved.get(p, cell) for p, cell in enumerate(row)) if unsolved else row
        )
    return found


_MOST_TAGS: Final = 4_000_000
"""Tags in a workbook's largest part: a million cells; more would fill the memory."""


def _check_parts(file: File, opened: IO[bytes]) -> bool:
    """Refuse a workbook that would fill the memory, its parts being packed.

    Whether there are formulas in it.
    """
    has_formulas = False
    with zipfile.ZipFile(opened) as archive:
        check_unpacked(file, sum(part.file_size for part in archive.infolist()))
        for part in archive.infolist():
            tags, end = 0, b""
            with archive.open(part) as unpacked:
                while block := unpacked.read(1 << 20):
                    tags += block.count(b"<")
                    has_formulas |= b"<f>" in (seen := end + block) or b"<f " in seen
                    end = block[-2:]
            if tags > _MOST_TAGS:
                found, allowed = f"{tags:,} tags in {part.filename}", f"at most {_MOST_TAGS:,}"
                raise InputError([too_large(Place(file=str(file)), found, allowed)])
    return has_formulas


def _sheet_name(file: File, wanted: str | None, names: list[str]) -> str:
    like = [each for each in names if _key(each) == _key(wanted or "Base Calc")]
    if wanted is None and not like and len(names) == 1:
        like = names
    if len(like) != 1:
        found = f"{len(like)} sheets like {wanted or 'Base Calc'!r}"
        fix = nearest(wanted or "", names)
        place, allowed = Place(file=str(file), argument="sheet"), f"one of {', '.join(names)}"
        raise InputError([Fault(FaultKind.UNKNOWN_NAME, place, found, allowed, fix=fix)])
    return like[0]


def _cells(file: File, rows: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
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


def letters_of(place: int) -> str:
    """The letters of a column, by its place from 0.

    >>> letters_of(0), letters_of(27)
    ('A', 'AB')
    """
    letters = ""
    while place >= 0:
        place, last = place // 26 - 1, place % 26
        letters = chr(ord("A") + last) + letters
    return letters


def is_number(cell: object) -> TypeGuard[float]:
    """Whether a cell holds a number that an amount can be."""
    return isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) <= GREATEST
