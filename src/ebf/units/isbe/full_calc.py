"""The State Board's full-calculation workbook: every sheet found, read, and put beside the others.

Holds: BASE_CALC, SheetRead, FullCalc, is_full_calc, full_calc_of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from ebf.faults import (
    MOST_NAMES,
    Fault,
    InputError,
    Place,
    contradiction,
    described,
    missing,
    repeated,
    wrong_type,
)
from ebf.files import File, refusing_broken
from ebf.language.measure import Measure
from ebf.language.rounding import CUT_2
from ebf.law.names import entries
from ebf.units.cells import ERRORS, remedy
from ebf.units.ids import ID, id_in
from ebf.units.isbe.base_calc import (
    BESIDE,
    HALF_A_CENT,
    AsPublished,
    base_calc_as_published,
    fiscal_year_of,
    number_or_blank,
    table_rows,
)
from ebf.units.isbe.layout import Layout, SheetLayout, layout_of, layouts
from ebf.units.kept import ALWAYS_KEPT
from ebf.units.sheets import Book, book_of, is_number, letters_of, place_of, sheets_in, text_at

BASE_CALC: Final = "base_calc"
_FEWEST: Final = 3
"""Sheets of a layout that a workbook has beside Base Calc, to be taken for a full one."""
_OLDEST_FIRST: Final = ("third", "second", "first")
_NEARLY: Final = 1e-9
_YES, _NO = frozenset({"yes", "y", "true", "x"}), frozenset({"no", "n", "false"})


class SheetRead(NamedTuple):
    """A sheet as it was found: its name, its numbers by unit, and where they stand.

    ``columns`` are the letters of its columns by our name of them.
    """

    name: str
    layout: SheetLayout
    units: pd.DataFrame
    rows: Mapping[str, int]
    columns: Mapping[str, str]

    def place(self, column: str, unit_id: str) -> Place:
        """The place of a unit's number."""
        letters = self.columns.get(column, self.layout.unit_id)
        at = f"{letters}{self.rows.get(unit_id, '')} of sheet {self.name}"
        return Place(at=at, unit=unit_id, sheet=self.name, column=letters)


@dataclass(frozen=True)
class FullCalc:
    """The whole workbook: its sheets by the layout's names for them, and Base Calc as published.

    ``lacking`` are sheets of the layout that are not among the workbook's ``names``. Numbers of
    the law are by name, with the cells that they stand in.
    """

    layout: Layout
    base: AsPublished
    sheets: Mapping[str, SheetRead]
    lacking: tuple[SheetLayout, ...]
    names: tuple[str, ...]
    salaries: Mapping[str, tuple[float, str]]
    amounts: Mapping[str, tuple[float, str]]

    @cached_property
    def columns(self) -> Mapping[str, tuple[SheetRead, npt.NDArray[np.float64]]]:
        """Every column by its name, of the first sheet that has it, in the units' order."""
        ids = self.base.sheet.units[ID].tolist()
        found: dict[str, tuple[SheetRead, npt.NDArray[np.float64]]] = {}
        for sheet in self.sheets.values():
            numbers = sheet.units.reindex(ids).to_numpy(float).T
            for name, each in zip(map(str, sheet.units.columns), numbers, strict=True):
                found.setdefault(name, (sheet, each))
        return found


def is_full_calc(file: File) -> bool:
    """Whether a workbook has more of the full calculation than Base Calc."""
    with refusing_broken(file):
        if sheets_in(file) <= _FEWEST:
            return False
        with book_of(file) as book:
            return any(len(_found(layout, book.names)) > _FEWEST for layout in layouts())


def full_calc_of(
    file: File, fiscal_year: int | None = None, layout: Layout | None = None
) -> FullCalc:
    """Every sheet of the workbook that a layout knows.

    Raises:
        InputError: no layout for the year, no Base Calc, a sheet without its table, of another
            year, or with other units, a cell that is no number, numbers of two sheets that
            differ: sheet, cell, unit and both numbers are named.
    """
    with refusing_broken(file), book_of(file) as book:
        return _full_calc_of(book, fiscal_year, layout)


def _full_calc_of(book: Book, fiscal_year: int | None, layout: Layout | None) -> FullCalc:
    names, known = book.names, layout or layouts()[0]
    if (base_name := _found(known, names).get(BASE_CALC)) is None:
        raise InputError([_no_base_calc(book)])
    base_rows = book.rows(base_name)
    year = _year_of(book, known, base_rows, base_name) if fiscal_year is None else fiscal_year
    layout = layout or layout_of(year)
    if layout is None:
        years = ", ".join(f"FY{each.first_year} to FY{each.last_year}" for each in layouts())
        place, fix = (
            Place(str(book.file), file=str(book.file)),
            "ebf inspect writes one to start from",
        )
        raise InputError([missing(place, f"no layout of FY{year}", years, fix=fix)])
    found = _found(layout, names)
    control = next((name for name in names if _is_control(layout, name)), None)
    base = base_calc_as_published(base_rows, base_name)
    ids = base.sheet.units[ID].tolist()
    faults: list[Fault] = []
    sheets: dict[str, SheetRead] = {}
    for key, name in found.items():
        try:
            rows = base_rows if key == BASE_CALC else book.rows(name)
            sheets[key] = _read(layout, layout.sheets[key], name, rows, year)
        except InputError as error:
            faults += error.faults
            continue
        faults += _other_units(sheets[key], ids)
    if not faults:
        faults = [*_apart(sheets, ids)]
    if faults:
        raise InputError(faults)
    control_rows = book.rows(control) if control else []
    return FullCalc(
        layout=layout,
        base=base,
        sheets=sheets,
        lacking=tuple(each for key, each in layout.sheets.items() if key not in found),
        names=tuple(names),
        salaries=_control(control_rows, layout.salaries),
        amounts=_control(control_rows, layout.amounts),
    )


# --- Its sheets --------------------------------------------------------------------------


def _found(layout: Layout, names: Sequence[str]) -> dict[str, str]:
    """The workbook's sheets by what the layout calls them."""
    called = {
        key: [name for name in names if sheet.is_called(name)]
        for key, sheet in layout.sheets.items()
    }
    return {key: found[0] for key, found in called.items() if len(found) == 1}


def _no_base_calc(book: Book) -> Fault:
    place = Place(str(book.file), file=str(book.file), argument="sheet")
    fix = f"the sheets are {', '.join(book.names)}; read one: sheet={book.names[0]!r}"
    return missing(place, "no sheet Base Calc", "the State Board's workbook", fix=fix)


def _is_control(layout: Layout, name: str) -> bool:
    return bool(layout.control) and SheetLayout(layout.control, {}, {}).is_called(name)


def _year_of(book: Book, layout: Layout, rows: Sequence[Sequence[Any]], name: str) -> int:
    """The fiscal year that Base Calc's title says."""
    header, _ = _table(rows, layout, name)
    if (year := fiscal_year_of(rows[:header])) is None:
        place = Place(str(book.file), file=str(book.file), argument="fiscal_year")
        fix = "say it: fiscal_year=2022 (--fiscal-year 2022)"
        raise InputError([missing(place, "not said in the title", "a fiscal year", fix=fix)])
    return year


def _table(rows: Sequence[Sequence[Any]], layout: Layout, name: str) -> tuple[int, int]:
    """The rows of the header and of the totals."""
    return table_rows(rows, name, (layout.header, layout.totals), "a table of units", "")


def _read(
    layout: Layout, sheet: SheetLayout, name: str, rows: Sequence[Sequence[Any]], year: int
) -> SheetRead:
    """A sheet's numbers by unit."""
    header, totals = _table(rows, layout, name)
    said = fiscal_year_of(rows[:header])
    if said not in {None, year}:
        place = Place(at=f"title of sheet {name}", sheet=name)
        raise InputError([contradiction(place, f"FY{said}", f"FY{year}, as the workbook's")])
    columns = _letters(sheet, rows[header])
    if sheet.scanned:
        widest = max(map(len, rows[header : totals + 1]))
        columns |= {letters_of(place): letters_of(place) for place in range(2, widest)}
    at_id = place_of(sheet.unit_id)
    numbered = [
        (number, row)
        for number, row in enumerate(rows[header + 1 : totals], start=header + 2)
        if text_at(row, at_id)
    ]
    ids = [id_in(row[at_id]) or text_at(row, at_id) for _, row in numbered]
    twice = sorted({each for each in ids if ids.count(each) > 1}) if len({*ids}) < len(ids) else []
    faults: list[Fault] = [
        repeated(Place(at=f"sheet {name}", unit=each, sheet=name), "twice", "a row a unit")
        for each in twice
    ]
    numbers: dict[str, list[float]] = {}
    for column, letters in columns.items():
        cells = [row[at] if (at := place_of(letters)) < len(row) else "" for _, row in numbered]
        numbers[column] = [_number(cell) for cell in cells]
        faults += [
            wrong_type(
                Place(at=f"{letters}{row} of sheet {name}", unit=unit, sheet=name, column=letters),
                described(cell),
                f"a number: {column}",
                fix=remedy(cell),
            )
            for (row, _), unit, cell, read in zip(
                numbered, ids, cells, numbers[column], strict=True
            )
            if np.isnan(read) and not _may_be_blank(cell) and not sheet.optional
        ]
    faults += [
        missing(
            Place(at=f"{letters} of sheet {name}", sheet=name, column=letters),
            "blank",
            f"numbers: {column}",
            fix="a column was put in or taken out before it, or the layout is another",
        )
        for column, letters in columns.items()
        if numbered
        and np.isnan(numbers[column]).all()
        and column not in _MAY_BE_BLANK
        and not sheet.optional
    ]
    if faults:
        raise InputError(faults)
    for stem in sheet.by_year:
        _put_in_order(stem, numbers)
    frame = pd.DataFrame(numbers, index=pd.Index(ids, name=ID))
    row_of = {unit: row for unit, (row, _) in zip(ids, numbered, strict=True)}
    return SheetRead(name, sheet, frame, row_of, columns)


_MAY_BE_BLANK: Final = frozenset(
    {
        *BESIDE,
        *ALWAYS_KEPT,
        "comparable_wage_index",
        "neighboring_counties",
        "neighbors_mean_comparable_wage_index",
    }
)
"""Columns that a sheet may have nothing in."""
_TEXT: Final = frozenset({"name", "county", "organization_type"})


def _letters(sheet: SheetLayout, header: Sequence[Any]) -> dict[str, str]:
    """The letters of every column of numbers, those of three years told apart."""
    columns = {name: at for name, at in sheet.columns.items() if name not in _TEXT}
    for stem, letters in sheet.by_year.items():
        years = [_year_in(text_at(header, place_of(at))) for at in letters]
        by_year = sorted(zip(years, letters, strict=True)) if all(years) else []
        in_order = [at for _, at in by_year] or letters
        for which, at in zip(_OLDEST_FIRST, in_order, strict=True):
            column = f"{stem}_{which}_preceding_year"
            columns[column if column in entries() else f"{stem}_{which}_preceding_tax_year"] = at
    return columns


def _put_in_order(stem: str, numbers: dict[str, list[float]]) -> None:
    """Turn three years round where the final count is the greater of the mean and the oldest.

    Headings need not say their years; the count that is chosen tells the latest.
    """
    first, third = (f"{stem}_{which}_preceding_year" for which in ("first", "third"))
    if not {stem, first, third} <= numbers.keys():
        return
    final = np.array(numbers[stem])
    years = [np.array(numbers[f"{stem}_{which}_preceding_year"]) for which in _OLDEST_FIRST]
    mean = CUT_2(sum(years, np.zeros_like(final)) / len(years))
    fits = {
        name: np.sum(np.abs(np.maximum(numbers[name], mean) - final) < HALF_A_CENT)
        for name in (first, third)
    }
    if fits[third] > fits[first]:
        numbers[first], numbers[third] = numbers[third], numbers[first]


def _year_in(heading: str) -> int:
    """The year of a heading, 0 where it has none."""
    years = [int(word) for word in heading.replace("-", " ").split() if word.isdecimal()]
    return next((year for year in years if 1990 < year < 2100), 0)  # noqa: PLR2004 - years


def _number(cell: Any) -> float:
    """A number; a blank where there is none, and of a word whether it says yes."""
    if isinstance(cell, bool):
        return float(cell)
    word = cell.strip().casefold() if isinstance(cell, str) else ""
    return float(word in _YES) if word in _YES | _NO else number_or_blank(cell)


def _may_be_blank(cell: Any) -> bool:
    return isinstance(cell, str) and (not cell.strip() or cell.strip() in {"-", *ERRORS})


def _other_units(sheet: SheetRead, ids: Sequence[str]) -> Iterator[Fault]:
    """Units that a sheet has not, or has beyond Base Calc."""
    known, there = {*ids}, {*sheet.rows}
    for unit in sorted(there - known)[:MOST_NAMES]:
        yield contradiction(sheet.place(ID, unit), "a unit", "the units of Base Calc alone")
    if sheet.layout.some_units or sheet.layout.optional:
        return
    for unit in sorted(known - there)[:MOST_NAMES]:
        place = Place(at=f"sheet {sheet.name}", unit=unit, sheet=sheet.name)
        yield missing(place, "no row", "a row for every unit of Base Calc")


def _apart(sheets: Mapping[str, SheetRead], ids: list[str]) -> Iterator[Fault]:
    """Numbers of a unit that two sheets have, and that differ."""
    first: dict[str, SheetRead] = {}
    for sheet in sheets.values():
        for column in map(str, sheet.units.columns):
            other = first.setdefault(column, sheet)
            if other is sheet:
                continue
            one = other.units[column].reindex(ids).to_numpy(float)
            two = sheet.units[column].reindex(ids).to_numpy(float)
            dollars = column in entries() and entries()[column].about.measure is Measure.DOLLARS
            near = np.maximum(_NEARLY * np.abs(one), HALF_A_CENT if dollars else _NEARLY)
            for row in np.flatnonzero(np.abs(one - two) > near)[:MOST_NAMES].tolist():
                at = other.place(column, ids[row]).at
                allowed = f"{one[row]:.15g}, as {at} has"
                yield contradiction(sheet.place(column, ids[row]), f"{two[row]:.15g}", allowed)


# --- Its numbers of the law --------------------------------------------------------------


def _control(
    rows: Sequence[Sequence[Any]], wanted: Mapping[str, Sequence[str]]
) -> dict[str, tuple[float, str]]:
    """The numbers that stand right of their labels, below the headings of their sections.

    Raises InputError where one number is two.
    """
    found: dict[str, tuple[float, str]] = {}
    faults: list[Fault] = []
    for label, names in wanted.items():
        section, _, words = label.partition("/")
        row = _row_of(rows, section, words)
        if row is None:
            continue
        for name, (place, number) in zip(names, _numbers_of(rows[row]), strict=False):
            cell = f"{letters_of(place)}{row + 1}"
            if found.setdefault(name, (number, cell))[0] != number:
                where = Place(at=f"{cell} of sheet Control Variables", column=name)
                allowed = f"{found[name][0]:.15g}, as {found[name][1]} has"
                faults.append(contradiction(where, f"{number:.15g}", allowed))
    if faults:
        raise InputError(faults)
    return found


def _row_of(rows: Sequence[Sequence[Any]], section: str, words: str) -> int | None:
    within = False
    for number, row in enumerate(rows):
        labels = {_words(cell) for cell in row if isinstance(cell, str) and cell.strip()}
        if _words(section) in labels:
            within = True
        elif within and _words(words) in labels:
            return number
    return None


def _words(text: str) -> str:
    return " ".join(text.casefold().split())


def _numbers_of(row: Sequence[Any]) -> list[tuple[int, float]]:
    return [(at, float(cell)) for at, cell in enumerate(row) if is_number(cell)]
