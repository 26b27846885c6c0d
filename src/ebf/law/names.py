"""What the columns of a table of units may hold: raw inputs, and lines by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from math import inf
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from ebf.language.line import Bands, Line
from ebf.language.measure import Measure
from ebf.law.funding import ALL_LINES
from ebf.law.inputs import EVERY_KIND, KINDS, NO_GRADES, WITH_PUPILS, Column, inputs
from ebf.law.years import PROGRAMS_JOINED

_LINES_OF_EVERY_KIND = frozenset(
    {
        "base_funding_minimum",
        "base_funding_paid",
        "tier_funding",
        "total_state_contribution",
        "semi_monthly_payment",
    }
)

_LINES_OF_EITHER_SIGN = frozenset(
    {
        "adjusted_local_capacity_target",
        "final_resources",
        "final_percent_of_adequacy",
        "tier_1_target_ratio",
    }
)
"""A pension credit may exceed what it is taken off."""


@dataclass(frozen=True)
class Entry:
    """One numeric column: the input or line it holds, or the band of one."""

    name: str
    about: Column
    never_of: frozenset[str]
    """The kinds of unit that cannot have pupils of the column's grades."""

    def is_needed_by(self, kind: str, fiscal_year: int) -> bool:
        """Whether a unit of the kind must have a value; otherwise a blank is 0."""
        if kind in self.never_of:
            return False
        if kind == "regional_program" and fiscal_year < PROGRAMS_JOINED:
            return self.about.kinds == EVERY_KIND
        return kind in self.about.kinds

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers are allowed."""
        return self.about.measure in {Measure.FLAG, Measure.TIER}


@cache
def entries() -> Mapping[str, Entry]:
    """Every numeric column that a table may have, by its name."""
    found: dict[str, Entry] = {}
    columns = {**inputs(), **{line.name: _about(line) for line in ALL_LINES}}
    for name, column in columns.items():
        for each, grades in _bands(name, column.bands):
            counts_pupils = grades and column.measure is Measure.STUDENTS
            never = {k for k, none in NO_GRADES.items() if counts_pupils and grades <= set(none)}
            found[each] = Entry(name, column, frozenset(never))
    return MappingProxyType(found)


def _about(line: Line) -> Column:
    """What a line handed over as a column may hold."""
    return Column(
        line.measure,
        line.cite,
        line.title,
        EVERY_KIND if line.name in _LINES_OF_EVERY_KIND else WITH_PUPILS,
        low=-inf if line.name in _LINES_OF_EITHER_SIGN else None,
        may_be_blank=line.may_be_blank,
        statewide=line.statewide,
        bands=line.bands,
    )


def _bands(name: str, bands: Bands | None) -> list[tuple[str, frozenset[str]]]:
    if bands is None:
        return [(name, frozenset())]
    grades = map(frozenset, bands.members.values())
    return list(zip(bands.columns(name), grades, strict=True))


@cache
def columns_of(name: str) -> tuple[str, ...]:
    """The columns that hold an input or a line."""
    return tuple(column for column, entry in entries().items() if entry.name == name)


def column_of(name: str) -> Column:
    """What is known of an input or a line."""
    return entries()[columns_of(name)[0]].about


@cache
def may_be_blank() -> frozenset[str]:
    """The inputs and lines that may be given with blanks."""
    return frozenset(entry.name for entry in entries().values() if entry.about.may_be_blank)


@dataclass(frozen=True)
class Rules:
    """What columns may hold, as arrays with an element a column.

    ``whole``, ``never`` (by kind of unit) and ``later`` are the places of the columns of whole
    numbers, of pupils that the kind cannot have, and of years yet to come.
    """

    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    whole: npt.NDArray[np.intp]
    default: npt.NDArray[np.float64]
    may_be_blank: npt.NDArray[np.bool_]
    needed: Mapping[str, npt.NDArray[np.bool_]]
    never: Mapping[str, npt.NDArray[np.intp]]
    later: npt.NDArray[np.intp]


@lru_cache(maxsize=64)
def rules(columns: tuple[str, ...], fiscal_year: int) -> Rules:
    """The rules of some columns for a fiscal year."""
    known = [entries()[column] for column in columns]
    abouts = [entry.about for entry in known]
    return Rules(
        low=np.array([column.range[0] for column in abouts]),
        high=np.array([column.range[1] for column in abouts]),
        whole=np.flatnonzero([entry.is_whole for entry in known]),
        default=np.array([np.nan if c.default is None else c.default for c in abouts]),
        may_be_blank=np.array([column.may_be_blank for column in abouts], dtype=bool),
        needed={
            kind: np.array([entry.is_needed_by(kind, fiscal_year) for entry in known], dtype=bool)
            for kind in KINDS
        },
        never={kind: np.flatnonzero([kind in entry.never_of for entry in known]) for kind in KINDS},
        later=np.flatnonzero([column.first_year > fiscal_year for column in abouts]),
    )
