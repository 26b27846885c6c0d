"""Every name of the law: what a column may hold, and what stands behind a name that lines read.

Holds: Entry, entries, columns_of, column_of, may_be_blank, columns_read, salary_name, names_read,
expressions, bands_added_up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import inf
from types import MappingProxyType

import numpy as np

from ebf.language.line import Bands, Line
from ebf.language.measure import Measure
from ebf.language.symbols import Name, Operation, Term
from ebf.language.vocabulary import Values
from ebf.law.funding import ALL_LINES
from ebf.law.inputs import EVERY_KIND, NO_GRADES, WITH_PUPILS, Column, inputs
from ebf.law.parameters import parameters
from ebf.law.salaries import COLUMNS as SALARY_COLUMNS
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


@cache
def columns_read(name: str) -> tuple[str, ...]:
    """The single columns, parameters or salaries behind a name that lines read."""
    if columns := columns_of(name):
        return columns
    if name in parameters():
        return tuple(element.replace(".", "_") for element in parameters()[name].elements)
    return tuple(map(salary_name, SALARY_COLUMNS[name])) if name in SALARY_COLUMNS else (name,)


def salary_name(salary: str) -> str:
    """A salary of the table as formulas write it.

    >>> salary_name("teacher.k_8"), salary_name("assistant")
    ('teacher_salary_k_8', 'assistant_salary')
    """
    occupation, _, span = salary.partition(".")
    return f"{occupation}_salary{'_' * bool(span)}{span}"


@cache
def names_read(name: str) -> Values:
    """A name that lines read as symbols, a band each."""
    array = np.empty((1, 1, len(columns_read(name))), dtype=object)
    for band, column in enumerate(columns_read(name)):
        array[0, 0, band] = Name(column, name, band)
    return array


@cache
def expressions(line: Line, *, rounding: bool = False) -> tuple[Term, ...]:
    """The formula of a line, with or without its rounding, one a column."""
    result = line.compute(*map(names_read, line.reads), rounding=rounding)
    return tuple(np.broadcast_to(result, (1, 1, len(line.columns)))[0, 0].tolist())


def bands_added_up(term: Term) -> str | None:
    """``band_total(enrollment)`` for the total over all bands of a name; else None."""
    if isinstance(term, Operation) and term.operator == "band_total":
        first = term.operands[0]
        if isinstance(first, Name) and term.operands == tuple(names_read(first.name).flat):
            return f"band_total({first.name})"
    return None
