"""Where the sheets of the State Board's workbook have what: a file in data/layouts/ a layout.

Holds: BESIDE_LINES, SheetLayout, Layout, key_of, layouts, layout_of, read_layout.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from os import PathLike
from typing import Any, Final

from ebf.data import DATA
from ebf.faults import Fault, InputError, Place, described, malformed, missing, unknown_name
from ebf.files import read_toml
from ebf.law.inputs import TEXT_COLUMNS
from ebf.law.names import entries, known_names
from ebf.units.isbe.base_calc import BESIDE, HEADER, TOTALS
from ebf.units.kept import ALWAYS_KEPT

_BY_YEAR: Final = "_by_year"
BESIDE_LINES: Final = frozenset(
    {*BESIDE, "non_ptell_flag", "years_used_prior_fiscal_year", "decrease_of_a_tenth"}
)
"""What the sheets have beside inputs, lines, and sums of lines."""
_LETTERS: Final = re.compile("[A-Z]{1,3}")
_THREE: Final = 3


@dataclass(frozen=True)
class SheetLayout:
    """One sheet: a pattern of its name, and the letters of its columns by our name of them.

    ``by_year`` has three letters each, of three years. ``some_units`` has a sheet of a kind of
    units alone; what an ``optional`` one has is taken where it can be; of a ``scanned`` one
    every column is read, by its letters.
    """

    name: str
    columns: Mapping[str, str]
    by_year: Mapping[str, tuple[str, ...]]
    some_units: bool = False
    optional: bool = False
    scanned: bool = False
    unit_id: str = "A"

    def is_called(self, name: str) -> bool:
        """Whether a sheet of that name is this one."""
        return fnmatchcase(key_of(name), key_of(self.name))


@dataclass(frozen=True)
class Layout:
    """A workbook's sheets, in the fiscal years that it holds for."""

    title: str
    first_year: int
    last_year: int
    header: str
    totals: str
    sheets: Mapping[str, SheetLayout]
    control: str = ""
    salaries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    amounts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def key_of(name: str) -> str:
    """A sheet's name without case, blanks, hyphens and underscores."""
    return re.sub(r"[\s\-_]+", "", name).casefold()


@cache
def layouts() -> tuple[Layout, ...]:
    """The layouts that are known."""
    return tuple(_made(read_toml(path)) for path in sorted((DATA / "layouts").glob("*.toml")))


def layout_of(fiscal_year: int) -> Layout | None:
    """The layout of a fiscal year's workbook, where one is known."""
    of_year = (each for each in layouts() if each.first_year <= fiscal_year <= each.last_year)
    return next(of_year, None)


def read_layout(path: str | PathLike[str]) -> Layout:
    """A layout of the caller's own.

    Raises InputError with every name that is no column, and every column that is no letters.
    """
    return _made(read_toml(path), str(path))


def _made(said: Mapping[str, Any], file: str = "layout") -> Layout:
    whole = _with_another(said)
    if faults := [*_faults(whole, file)]:
        raise InputError(faults)
    control = whole.get("control_variables", {})
    return Layout(
        title=str(whole["title"]),
        first_year=int(whole["first_year"]),
        last_year=int(whole["last_year"]),
        header=str(whole.get("header", HEADER)),
        totals=str(whole.get("totals", TOTALS)),
        sheets={key: _sheet(each) for key, each in whole["sheets"].items()},
        control=str(control.get("name", "")),
        salaries={label: tuple(names) for label, names in control.get("salaries", {}).items()},
        amounts={label: tuple(names) for label, names in control.get("amounts", {}).items()},
    )


def _with_another(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """With the sheets of the layout that it says it is like."""
    if "like" not in said:
        return said
    other = _with_another(read_toml(DATA / "layouts" / f"{said['like']}.toml"))
    return {**other, **said, "sheets": {**other["sheets"], **said.get("sheets", {})}}


def _sheet(said: Mapping[str, Any]) -> SheetLayout:
    columns = said["columns"]
    return SheetLayout(
        name=str(said["name"]),
        columns={name: at for name, at in columns.items() if isinstance(at, str)},
        by_year={
            name.removesuffix(_BY_YEAR): tuple(at)
            for name, at in columns.items()
            if not isinstance(at, str)
        },
        some_units=bool(said.get("some_units", False)),
        optional=bool(said.get("optional", False)),
        scanned=bool(said.get("scanned", False)),
        unit_id=str(said.get("unit_id", "A")),
    )


def _faults(said: Mapping[str, Any], file: str) -> Iterator[Fault]:
    for name in ("title", "first_year", "last_year", "sheets"):
        if name not in said:
            allowed = "title, first_year, last_year and sheets"
            yield missing(Place(file=file, column=name), "not said", allowed)
    known = {*entries(), *known_names(), *TEXT_COLUMNS, *ALWAYS_KEPT, *BESIDE_LINES}
    for sheet in said.get("sheets", {}).values():
        if not {"name", "columns"} <= sheet.keys():
            allowed = "a sheet with its name and its columns"
            yield missing(Place(file=file, column="sheets"), "no name or columns", allowed)
            continue
        for name, at in sheet["columns"].items():
            place = Place(file=file, sheet=sheet["name"], column=name)
            letters = [at] if isinstance(at, str) else at
            is_three = name.endswith(_BY_YEAR) and len(letters) == _THREE
            if not (name in known or is_three):
                allowed = "an input, a line, or what the sheets have beside"
                yield unknown_name(place, "no such column", allowed, known)
            if not all(isinstance(each, str) and _LETTERS.fullmatch(each) for each in letters):
                yield malformed(place, described(at), "a column's letters: AB")
