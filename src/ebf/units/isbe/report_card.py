"""The State Board's report card data set: the rows of its districts, as far as they speak of money.

Holds: OF_CARD, OfCard, read_report_card, card_of, is_report_card.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from os import PathLike
from types import MappingProxyType
from typing import IO, Any, Final, TypeAlias

import numpy as np
import pandas as pd

from ebf.faults import (
    MOST_FAULTS,
    Fault,
    InputError,
    Place,
    check_type,
    contradiction,
    described,
    malformed,
    missing,
    out_of_range,
    repeated,
    unknown_name,
    unreadable,
    wrong_type,
)
from ebf.files import File, Source, format_of, readable, refusing_broken, source_in
from ebf.law.columns import DISTRICTS
from ebf.law.years import YEARS
from ebf.numbers import number_of
from ebf.units.cells import remedy
from ebf.units.csv_rows import rows_of_csv
from ebf.units.ids import ID, id_in
from ebf.units.isbe.headings import kind_of_unit
from ebf.units.sheets import Book, book_of

_FILES: Final = "a .csv or .xlsx file of the report card data set"
_ANY: Final = "a .csv, .parquet or .xlsx file"
_KIND, _RECORD = "organization_type", "record"
OF_CARD: Final = "report_card"
"""Where a frame keeps what is known of the card that it was read from: an OfCard as a mapping."""


@dataclass(frozen=True)
class OfCard:
    """What is known of a card beside the rows of its districts.

    ``lacking`` are the columns that its file has no heading of, ``state`` what its row of the
    state says; ``schools`` and ``without_figures`` how many rows of schools, and of districts
    without any figure, were passed over.
    """

    year: int
    lacking: tuple[str, ...]
    state: Mapping[str, float]
    schools: int
    without_figures: int
    source: Source


_HEADINGS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        ID: ("rcdts", "rcdt", "rcdts code", "district id", "unit id"),
        "name": ("name", "district", "district name"),
        "county": ("county", "county name"),
        _KIND: ("district type", "organization type", "org type"),
        _RECORD: ("type", "level", "record type"),
        "tier": ("tier", "ebf tier", "tier assignment", "evidence based funding tier"),
        "percent_of_adequacy": (
            "percent ebf capacity to meet expectations",
            "ebf capacity to meet expectations",
            "percent of adequacy",
            "final percent of adequacy",
            "ebf percent of adequacy",
            "ebf final percent of adequacy",
            "evidence based funding percent of adequacy",
            "evidence based funding final percent of adequacy",
        ),
        "eav_per_pupil": ("eav per pupil", "equalized assessed valuation per pupil"),
        "total_tax_rate_per_100": (
            "total tax rate per 100",
            "total school tax rate per 100",
            "total tax rate per 100 eav",
        ),
        "general_administration_expenditure": (
            "general administration",
            "general administration dollars",
            "general administration expenditure",
            "general administration expenditures",
            "expenditure general administration",
            "expenditures general administration",
        ),
        "total_expenditure": (
            "total expenditures dollars",
            "total expenditure",
            "total expenditures",
            "expenditure total",
            "expenditures total",
        ),
        "administrative_costs_percent": (
            "administrative costs percent",
            "percent administrative costs",
            "administrative costs",
            "percent general administration",
            "general administration percent",
        ),
        "pupils": (
            "pupils",
            "enrollment",
            "student enrollment",
            "student enrollment total",
            "total enrollment",
        ),
        "low_income_share": (
            "low income percent",
            "percent low income",
            "percent student enrollment low income",
            "student enrollment low income percent",
        ),
        "special_education_share": (
            "special education percent",
            "iep percent",
            "percent student enrollment iep",
            "student enrollment iep percent",
            "percent student enrollment children with disabilities",
        ),
        "english_learner_share": (
            "english learner percent",
            "el percent",
            "percent student enrollment el",
            "student enrollment el percent",
            "percent student enrollment english learners",
        ),
    }
)
"""The headings of every column, as _key writes them."""

_COLUMN_OF: Final = {heading: name for name, every in _HEADINGS.items() for heading in every}
_TEXT: Final = (ID, "name", "county", _KIND, _RECORD)
_FIGURES: Final = tuple(name for name in _HEADINGS if name not in _TEXT)
_SHARES: Final = tuple(name for name in _FIGURES if name.endswith("_share"))
_PART_AND_WHOLE: Final = ("general_administration", "total")
_WHOLE: Final = 100.0
_PERCENTS: Final = (
    (("percent_of_adequacy",), 1.0, 3.0),
    (("low_income_share", "special_education_share"), _WHOLE, 1.0),
)
"""Columns, what makes percents of what was read, and what not all of a file's are at or below."""
_TIERS: Final = range(5)
_MOST_TITLES: Final = 20
"""Rows among which the headings are looked for."""
_YEAR: Final = re.compile(r"\b(fy|sy|ty)? ?'?(19|20)\d\d( ?[-/ ] ?(\d{4}|\d\d))?\b")
_WORDS: Final = re.compile(r"[^a-z0-9%]+")
_STATE: Final = re.compile(r"[0-9]{2}0000000[0-9A-Z]*|state(wide)?|", re.IGNORECASE)
"""The ids that the state's own row has: none, or county and district of zeros."""
_SCHOOL: Final = re.compile(r"[0-9]{5}[0-9A-Z]{4}[0-9]{2}(?!0000)[0-9A-Z]{4}")
_NO_DISTRICT: Final = frozenset({"school", "state", "statewide"})
_REDACTED: Final = frozenset({"*", "**", "***"})
_Cells: TypeAlias = dict[str, tuple[Any, Place]]
"""The cells of a row by their columns, each with its place."""


def read_report_card(
    path: str | PathLike[str] | bytes | IO[bytes], year: int, *, sheet: str | None = None
) -> pd.DataFrame:
    """The districts of the State Board's report card data set of a year.

    A row a district: ``unit_id`` (of 13 characters), ``name``, ``county``,
    ``organization_type``, and what the file has of ``tier``, ``percent_of_adequacy``,
    ``eav_per_pupil``, ``total_tax_rate_per_100``, ``general_administration_expenditure``,
    ``total_expenditure``, ``administrative_costs_percent`` (percents as published), ``pupils``,
    ``low_income_share``, ``special_education_share`` and ``english_learner_share``. Headings may
    have the year in them and stand in any order; others are ignored. Rows of schools and of
    districts without any figure are passed over, the state's is kept aside. A redacted cell
    (``*``) is blank.

    Args:
        path: The file's path; or its bytes, or such a file open for reading bytes.
        year: The card's: 2022 is the school year 2021-22.
        sheet: The workbook's sheet; left out, all that have ids of districts.

    Raises:
        InputError: every cell that is no number, id that is none, district twice, kind of
            district that is none; a file without the ids, the kinds, or any figure.
    """
    allowed = f"the year of a report card, {YEARS[0]} to {YEARS[-1]}"
    check_type("year", year, (int, np.integer), allowed)
    if year not in YEARS:
        raise InputError([out_of_range(Place(argument="year"), described(year), allowed)])
    file = readable(path, _FILES)
    sheets = _sheets(file, sheet)
    only = sheets[0].name if len(sheets) == 1 else None
    return _districts(file, sheets, int(year), source_in(file, only))


def card_of(frame: pd.DataFrame) -> OfCard | None:
    """What is known of the card that a frame was read from; None of any other frame."""
    said = frame.attrs.get(OF_CARD)
    if not isinstance(said, Mapping) or said.keys() != OfCard.__dataclass_fields__.keys():
        return None
    return OfCard(**{**said, "source": Source(**said["source"])})


def is_report_card(path: str | PathLike[str] | bytes) -> bool:
    """Whether a file has the State Board's heading of ids, RCDTS."""
    file = readable(path, _ANY)
    if format_of(file, _ANY) == ".parquet":
        return False
    rows = (row for sheet in _sheets(file, None) for row in sheet.rows[:_MOST_TITLES])
    return any(_key(cell).startswith("rcdts") for row in rows for cell in row)


def _key(heading: object) -> str:
    """A heading without case, signs and years.

    >>> _key("Total Tax Rate per $100 (2018-19)"), _key("% Administrative_Costs")
    ('total tax rate per 100', 'percent administrative costs')
    """
    words = _WORDS.sub(" ", str(heading).casefold()).replace("%", " percent ")
    return " ".join(_YEAR.sub(" ", words).split())


# --- Which cells there are ------------------------------------------------------------------


@dataclass(frozen=True)
class _Sheet:
    """The rows of a CSV file or of a sheet, and the line of each."""

    rows: Sequence[Sequence[Any]]
    lines: Sequence[int]
    name: str | None = None


def _sheets(file: File, wanted: str | None) -> list[_Sheet]:
    """The rows of the file; of a workbook without a sheet named, of all that have ids."""
    kind = format_of(file, _FILES)
    with refusing_broken(file):
        if kind == ".csv" and wanted is None:
            return [_Sheet(*rows_of_csv(file))]
        if kind == ".xlsx":
            with book_of(file) as book:
                return _of_book(book, wanted)
    found = "a sheet's name" if kind == ".csv" else kind
    raise InputError([unreadable(Place(file=str(file)), found, _FILES)])


def _of_book(book: Book, wanted: str | None) -> list[_Sheet]:
    """The sheet that is named, or all that have ids of districts."""
    if wanted is not None and wanted not in book.names:
        place = Place(file=str(book.file), argument="sheet", sheet=wanted)
        allowed = f"one of {', '.join(book.names)}"
        raise InputError([unknown_name(place, wanted, allowed, book.names)])
    names = book.names if wanted is None else [wanted]
    every = {name: book.rows(name) for name in names}
    sheets = [_Sheet(rows, range(1, len(rows) + 1), name) for name, rows in every.items()]
    return [each for each in sheets if ID in _headings(each.rows)[1].values()] or sheets


def _headings(rows: Sequence[Sequence[Any]]) -> tuple[int, dict[int, str]]:
    """Which row has the headings, and the columns by their places: the row with the most."""
    found = [
        {place: name for place, cell in enumerate(row) if (name := _COLUMN_OF.get(_key(cell)))}
        for row in rows[:_MOST_TITLES]
    ]
    row = max(range(len(found)), key=lambda each: len(found[each]), default=0)
    return row, found[row] if found else {}


def _check_headings(file: str, sheets: Sequence[_Sheet]) -> None:
    """Refuse a file without ids, kinds or figures, and a sheet with one of them twice."""
    faults, known = [], set[str]()
    for sheet in sheets:
        header, columns = _headings(sheet.rows)
        known |= {*columns.values()}
        for name in {*columns.values()}:
            said = [str(sheet.rows[header][at]) for at, each in columns.items() if each == name]
            if len(said) > 1:
                found = f"the column twice: {' and '.join(said)}"
                place = Place(file=file, column=name, sheet=sheet.name)
                faults.append(repeated(place, found, "every column once"))
    for name in (ID, _KIND):
        if name not in known:
            allowed = f"one of the headings {', '.join(_HEADINGS[name])}"
            faults.append(missing(Place(file=file, column=name), "no such heading", allowed))
    if not known & {*_FIGURES}:
        allowed = f"at least one of {', '.join(_FIGURES)}"
        faults.append(missing(Place(file=file, at="headings"), "no figure", allowed))
    if faults:
        raise InputError(faults)


def _rows(file: str, sheet: _Sheet) -> Iterator[_Cells]:
    """The rows below the headings that are not blank."""
    header, columns = _headings(sheet.rows)
    for row, line in zip(sheet.rows[header + 1 :], sheet.lines[header + 1 :], strict=True):
        cells = {
            name: (row[at], Place(file=file, line=line, sheet=sheet.name, column=name))
            for at, name in columns.items()
            if at < len(row)
        }
        if any(_text(cells, name) for name in cells):
            yield cells


def _text(cells: _Cells, name: str) -> str:
    """The text of a cell; empty where there is none."""
    return str(cells[name][0]).strip() if name in cells else ""


# --- What they say -------------------------------------------------------------------------


def _districts(file: File, sheets: Sequence[_Sheet], year: int, source: Source) -> pd.DataFrame:
    """The rows of districts, put together from all sheets."""
    _check_headings(str(file), sheets)
    districts: dict[str, _Cells] = {}
    state: _Cells = {}
    schools, faults = set[str](), list[Fault]()
    for sheet in sheets:
        seen = set[str]()
        for cells in _rows(str(file), sheet):
            said = _text(cells, ID)
            of_record = _text(cells, _RECORD).casefold()
            if _STATE.fullmatch(said) or of_record.startswith("state"):
                state = cells | state
            elif _SCHOOL.fullmatch(said) or of_record in _NO_DISTRICT:
                schools.add(said)
            else:
                unit = id_in(cells[ID][0]) or said
                if unit in seen:
                    found = f"{unit} a second time"
                    faults.append(repeated(cells[ID][1], found, "one row a district"))
                seen.add(unit)
                districts[unit] = cells | districts.get(unit, {})
    bare = [each for each, cells in districts.items() if not any(_text(cells, f) for f in _FIGURES)]
    rows = [_read(cells, faults) for each, cells in districts.items() if each not in {*bare}]
    faults += _fraction_faults(str(file), rows)
    of_state = _numbers(state, faults)
    if not rows:
        faults.append(missing(Place(file=str(file)), "no row of a district", "a row a district"))
    if faults:
        raise InputError(faults[:MOST_FAULTS])
    known = {name for cells in districts.values() for name in cells}
    given = [name for name in (ID, "name", "county", _KIND, *_FIGURES) if name in known]
    frame = pd.DataFrame(rows, columns=given)
    about = OfCard(
        year=year,
        lacking=tuple(name for name in _FIGURES if name not in known),
        state={name: value for name, value in of_state.items() if not np.isnan(value)},
        schools=len(schools),
        without_figures=len(bare),
        source=source,
    )
    frame.attrs[OF_CARD] = asdict(about)
    return frame


def _read(cells: _Cells, faults: list[Fault]) -> dict[str, Any]:
    """The row of a district; what is wrong with it goes to the faults."""
    unit, kind = id_in(cells[ID][0]), kind_of_unit(_text(cells, _KIND))
    if unit is None:
        allowed = "an id of 15 digits that ends in 0000, or of 13 characters"
        faults.append(malformed(cells[ID][1], described(cells[ID][0]), allowed))
    if kind not in DISTRICTS:
        allowed = "a kind of district: unit, elementary, high school"
        place = replace(cells.get(_KIND, cells[ID])[1], column=_KIND)
        faults.append(out_of_range(place, described(_text(cells, _KIND)), allowed))
    numbers = _numbers(cells, faults)
    part, whole = (numbers.get(f"{name}_expenditure", np.nan) for name in _PART_AND_WHOLE)
    if part > whole:
        allowed = f"at most the total expenditure, {whole:,.15g}"
        place = cells["general_administration_expenditure"][1]
        faults.append(contradiction(place, f"{part:,.15g}", allowed, "10-17a(2)(L)"))
    text: dict[str, Any] = {n: _text(cells, n) or None for n in ("name", "county") if n in cells}
    return {ID: unit, **text, _KIND: kind, **numbers}


def _fraction_faults(file: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    """Columns of percents that are fractions in all rows: the percents would be a hundredth."""
    for names, whole, most in _PERCENTS:
        said = [whole * row[name] for row in rows for name in names if row.get(name, 0.0) > 0]
        if said and max(said) <= most:
            place = Place(file=file, column=next(name for name in names if name in rows[0]))
            found, allowed = f"{max(said):.15g} at most", "percents, as the data set has them: 59.4"
            yield out_of_range(place, found, allowed, fix="fractions: multiply them by 100")


def _numbers(cells: _Cells, faults: list[Fault]) -> dict[str, float]:
    """The figures of a row; what is none goes to the faults."""
    found = {}
    for name, (cell, place) in cells.items():
        if name not in _FIGURES:
            continue
        number = _number(cell)
        if number is None or number < 0:
            allowed, fix = "a number, 0 or more; * where it is redacted; or a blank", remedy(cell)
            faults.append(wrong_type(place, described(cell), allowed, fix=fix))
            continue
        if name == "tier" and not np.isnan(number) and number not in _TIERS:
            faults.append(
                out_of_range(place, described(cell), "a tier, 1 to 4; 0 or a blank: none")
            )
            continue
        found[name] = number / (_WHOLE if name in _SHARES else 1.0)
    return found


def _number(cell: Any) -> float | None:
    """The number of a cell as the data set writes them; NaN where there is none."""
    if not isinstance(cell, str):
        return number_of(cell)
    text = cell.strip()
    if text in _REDACTED:
        return np.nan
    text = text.removeprefix("$").removesuffix("%").strip()
    if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?", text):
        text = text.replace(",", "")
    return number_of(re.sub(r"(?i)^tier\s*", "", text))
