"""Where a value is from that no line of the ledger computed.

Holds: GIVEN, BY_DEFAULT, BY_NEIGHBORS, BY_COUNTY, BY_ID, source_of, source_of_any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from ebf.engine.record import Record
from ebf.explain.steps import Source
from ebf.language.symbols import Name
from ebf.law.names import NameKind, known_names
from ebf.law.parameters import parameters
from ebf.law.salaries import CITE as SALARIES_CITE
from ebf.law.salaries import COLUMNS as SALARY_COLUMNS
from ebf.show.words import Value

GIVEN = "column of the table of units"
BY_DEFAULT = "not given: its default"
BY_NEIGHBORS = "the county's neighbours, U.S. Census Bureau"
BY_COUNTY = "ISBE's factors by county"
BY_ID = f"{GIVEN}, or the beginning of the unit's id"


def source_of(record: Record, name: Name, value: Value) -> Source:
    """What is known of a value that lines read: label, unit, cite, where it is from.

    With how many units' were not published.
    """
    source = source_of_any(record, name, value)
    counts = Counter(record.table.marked.get(name.column, {}).values())
    said = "".join(f"; of {count:,} units {mark}" for mark, count in counts.items())
    return replace(source, source=source.source + said)


def source_of_any(record: Record, name: Name, value: Value) -> Source:
    """The same, whether or not a unit's own was published."""
    kind = known_names()[name.name].kind
    of_table = name.name in record.computed or name.name in record.table.values
    if not of_table and name.name in parameters():  # New State Funds too, where the law has them
        kind = NameKind.PARAMETER
    return _BY_KIND[kind](record, name, value)


def _line(record: Record, name: Name, value: Value) -> Source:
    line = record.law.lines.get(name.name)
    if line is None:  # of another statute, which this one reads
        return _input(record, name, value)
    is_computed, is_given = name.name in record.computed, name.name in record.table.values
    source = "computed" if is_computed else GIVEN if is_given else BY_COUNTY
    return Source(
        column=name.column,
        value=value,
        kind="line" if is_computed else "given line",
        label=line.title,
        measure=str(line.measure),
        cite=line.cite,
        source=source,
        fiscal_year=record.fiscal_year if source is BY_COUNTY else None,
    )


def _input(record: Record, name: Name, value: Value) -> Source:
    about = known_names()[name.name]
    is_given, is_filled_in = name.name in record.table.values, name.name in record.values
    return Source(
        column=name.column,
        value=value,
        kind="input",
        label=about.label,
        measure=str(about.measure),
        cite=about.cite,
        source=GIVEN if is_given else BY_NEIGHBORS if is_filled_in else BY_DEFAULT,
        fiscal_year=None,
    )


def _text(_: Record, name: Name, value: Value) -> Source:
    about = known_names()[name.name]
    return Source(
        column=name.column,
        value=value,
        kind="input",
        label=about.label,
        measure="text",
        cite=about.cite,
        source=BY_ID if name.name == "region" else GIVEN,
        fiscal_year=None,
    )


def _parameter(record: Record, name: Name, value: Value) -> Source:
    parameter = parameters()[name.name]
    in_force = record.law.in_force[parameter.elements[name.band]]
    return Source(
        column=name.column,
        value=value,
        kind="parameter",
        label=parameter.label,
        measure=str(parameter.measure),
        cite=parameter.cite,
        source=in_force.source,
        fiscal_year=in_force.fiscal_year,
    )


def _salary(record: Record, name: Name, value: Value) -> Source:
    salary, salaries = SALARY_COLUMNS[name.name][name.band], record.law.salaries
    is_invented = salary in salaries.illustrative
    return Source(
        column=name.column,
        value=value,
        kind="salary",
        label=f"State-average salary: {salary}",
        measure="dollars",
        cite=SALARIES_CITE,
        source="illustrative: not a published salary" if is_invented else salaries.source,
        fiscal_year=salaries.fiscal_year,
    )


_BY_KIND: Final[Mapping[NameKind, Callable[[Record, Name, Value], Source]]] = {
    NameKind.LINE: _line,
    NameKind.INPUT: _input,
    NameKind.PARAMETER: _parameter,
    NameKind.SALARY: _salary,
    NameKind.TEXT: _text,
}
