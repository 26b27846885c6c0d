"""Every name of the law: what a column may hold, and what stands behind a name that lines read.

Holds: NameKind, Known, known_names, Entry, entries, columns_of, columns_of_statute, column_of,
name_behind, range_of, may_be_blank, salary_name, names_read, expressions, bands_added_up, symbols,
formula_behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from math import inf
from types import MappingProxyType

import numpy as np

from ebf.language.cite import Cite
from ebf.language.formula_text import formula_from
from ebf.language.growth import GrowsWith
from ebf.language.line import Bands, Line
from ebf.language.measure import GREATEST, Measure
from ebf.language.symbols import Name, Operation, Term
from ebf.language.vocabulary import Values
from ebf.law.columns import EVERY_KIND, WITH_PUPILS, Column
from ebf.law.funding import FUNDING
from ebf.law.funding.causes import Cause
from ebf.law.inputs import NO_GRADES, TEXT, WAGES, inputs
from ebf.law.parameters import identifier_of, parameters
from ebf.law.salaries import COLUMNS as SALARY_COLUMNS
from ebf.law.statute import Statute
from ebf.law.statutes import STATUTES
from ebf.law.years import PROGRAMS_JOINED


class NameKind(StrEnum):
    """What a name stands for."""

    LINE = "line"
    INPUT = "input"
    PARAMETER = "parameter"
    SALARY = "salary"
    TEXT = "text"


@dataclass(frozen=True)
class Known:
    """What is known of a name, whatever it stands for.

    ``measure`` is None of text; ``columns`` are the single columns, parameters or
    salaries behind the name, one a band. What is ``statewide`` has one value for the
    whole state. A change of it is put down to its ``cause``, and ``grows_with`` is what
    moves it from year to year, where its measure does not say so.
    """

    name: str
    kind: NameKind
    label: str
    measure: Measure | None
    cite: Cite
    range: tuple[float, float]
    columns: tuple[str, ...]
    statewide: bool
    cause: str
    grows_with: GrowsWith | None = None

    @property
    def is_column(self) -> bool:
        """Whether it may be a column of the table of units."""
        return self.kind in {NameKind.LINE, NameKind.INPUT}


@cache
def known_names() -> Mapping[str, Known]:
    """Every name that lines have or read.

    A line that is a parameter too (New State Funds) is known as the line.

    >>> str(known_names()["nurse_cost"].kind), known_names()["nurse_salary"].columns[-1]
    ('line', 'nurse_salary_9_12')
    """
    every = (*_texts(), *_salaries(), *_parameters(), *_columns())
    return MappingProxyType({known.name: known for known in every})


def _texts() -> Iterator[Known]:
    for name, (label, cite) in TEXT.items():
        kind, anything = NameKind.TEXT, (-inf, inf)
        yield Known(name, kind, label, None, cite, anything, (name,), False, Cause.KIND)  # noqa: FBT003


def _salaries() -> Iterator[Known]:
    for name, salaries in SALARY_COLUMNS.items():
        yield Known(
            name=name,
            kind=NameKind.SALARY,
            label=f"State-average salary: {name}",
            measure=Measure.DOLLARS,
            cite=WAGES,
            range=Measure.DOLLARS.range,
            columns=tuple(map(salary_name, salaries)),
            statewide=True,
            cause=Cause.WAGES,
            grows_with=GrowsWith.SALARIES,
        )


def _parameters() -> Iterator[Known]:
    for name, parameter in parameters().items():
        per_student = parameter.measure is Measure.DOLLARS_PER_STUDENT
        recalibrated = per_student and parameter.yearly  # the others are fixed in the law
        yield Known(
            name=name,
            kind=NameKind.PARAMETER,
            label=parameter.label,
            measure=parameter.measure,
            cite=parameter.cite,
            range=parameter.measure.range,
            columns=tuple(map(identifier_of, parameter.elements)),
            statewide=True,
            cause=parameter.cause or (Cause.PER_STUDENT if per_student else Cause.LAW),
            grows_with=parameter.grows_with or (GrowsWith.PRICES if recalibrated else None),
        )


def _columns() -> Iterator[Known]:
    for name, (statute, kind, about) in _inputs_and_lines().items():
        yield Known(
            name=name,
            kind=kind,
            label=about.label,
            measure=about.measure,
            cite=about.cite,
            range=about.range,
            columns=columns_of(name),
            statewide=about.statewide,
            cause=about.cause or statute.cause_of(about.cite),
            grows_with=about.grows_with,
        )


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
    for name, (_, _, column) in _inputs_and_lines().items():
        for each, grades in _bands(name, column.bands):
            counts_pupils = grades and column.measure is Measure.STUDENTS
            never = {k for k, none in NO_GRADES.items() if counts_pupils and grades <= set(none)}
            found[each] = Entry(name, column, frozenset(never))
    return MappingProxyType(found)


def _inputs_and_lines() -> Mapping[str, tuple[Statute, NameKind, Column]]:
    """Every input and line with its statute; of several rules for a line the last."""
    found = {name: (FUNDING, NameKind.INPUT, column) for name, column in inputs().items()}
    for statute in STATUTES.values():
        for name, column in statute.inputs.items():
            found[name] = statute, NameKind.INPUT, column
        for line in statute.all_lines:
            found[line.name] = statute, NameKind.LINE, _about(line)
    return found


def _about(line: Line) -> Column:
    """What a line handed over as a column may hold."""
    return Column(
        line.measure,
        line.cite,
        line.title,
        EVERY_KIND if line.of_every_kind else WITH_PUPILS,
        low=-inf if line.may_be_negative else None,
        may_be_blank=line.may_be_blank,
        statewide=line.statewide,
        bands=line.bands,
        cause=line.cause,
        grows_with=line.grows_with,
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


@cache
def columns_of_statute(section: str) -> frozenset[str]:
    """The columns that a table may have for a calculation of a statute."""
    statute = STATUTES[section]
    own = {*statute.names, *(inputs() if statute is FUNDING else ())}
    return frozenset(column for column, entry in entries().items() if entry.name in own)


def column_of(name: str) -> Column:
    """What is known of an input or a line."""
    return entries()[columns_of(name)[0]].about


def name_behind(column: str) -> str:
    """The input or line that a column holds, or holds a band of; any other name as it is.

    >>> name_behind("nurse_cost_high"), name_behind("nurse_cost"), name_behind("nurse_salary")
    ('nurse_cost', 'nurse_cost', 'nurse_salary')
    """
    entry = entries().get(column)
    return column if entry is None else entry.name


@cache
def range_of(name: str) -> tuple[float, float]:
    """The least and the greatest that an input, line, number of the law or salary may be."""
    if columns_of(name):
        return column_of(name).range
    return parameters()[name].measure.range if name in parameters() else (0.0, GREATEST)


@cache
def may_be_blank() -> frozenset[str]:
    """The inputs and lines that may be given with blanks."""
    return frozenset(entry.name for entry in entries().values() if entry.about.may_be_blank)


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
    columns = known_names()[name].columns
    array = np.empty((1, 1, len(columns)), dtype=object)
    for band, column in enumerate(columns):
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


@cache
def symbols() -> Mapping[str, Name]:
    """What lines read, by the column, parameter or salary that stands in a formula."""
    found = {each.column: each for name in known_names() for each in names_read(name).flat}
    return MappingProxyType(found)


@cache
def formula_behind(text: str) -> Term:
    """The term that a formula's text is of.

    >>> formula_behind("nurse_fte_high * nurse_salary_9_12").operator
    '*'
    """
    known = symbols()
    return formula_from(
        text, lambda name: [known[name]] if name in known else names_read(name).ravel().tolist()
    )
