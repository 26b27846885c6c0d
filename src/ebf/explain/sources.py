"""Where a value is from that no line of the ledger computed.

Holds: GIVEN, BY_DEFAULT, BY_COUNTY, source_of.
"""

from __future__ import annotations

from ebf.engine.record import Record
from ebf.explain.explanation import Source
from ebf.language.symbols import Name
from ebf.law import funding
from ebf.law.inputs import inputs
from ebf.law.parameters import parameters
from ebf.law.salaries import CITE as SALARIES_CITE
from ebf.law.salaries import COLUMNS as SALARY_COLUMNS
from ebf.show.words import Value

GIVEN = "column of the table of units"
BY_DEFAULT = "not given: its default"
BY_COUNTY = "ISBE's factors by county"
_TEXT = {
    "organization_type": ("Kind of unit", "18-8.15(a)", GIVEN),
    "region": (
        "Region of the regional office of education",
        "18-8.15(a)(4)",
        f"{GIVEN}, or the beginning of the unit's id",
    ),
}


def source_of(record: Record, name: Name, value: Value) -> Source:
    """What is known of a value that lines read: label, unit, cite, where it is from."""
    if name.name not in record.computed and name.name not in record.table.values:
        if name.name in parameters():
            return _parameter(record, name, value)
        if name.name in SALARY_COLUMNS:
            return _salary(record, name, value)
        if name.name in _TEXT:
            return _text(name, value)
    if name.name in inputs():
        return _input(record, name, value)
    return _line(record, name, value)


def _line(record: Record, name: Name, value: Value) -> Source:
    line = funding.lines(record.fiscal_year)[name.name]
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
    about = inputs()[name.name]
    return Source(
        column=name.column,
        value=value,
        kind="input",
        label=about.label,
        measure=str(about.measure),
        cite=about.cite,
        source=GIVEN if name.name in record.table.values else BY_DEFAULT,
        fiscal_year=None,
    )


def _text(name: Name, value: Value) -> Source:
    label, cite, source = _TEXT[name.name]
    return Source(
        column=name.column,
        value=value,
        kind="input",
        label=label,
        measure="text",
        cite=cite,
        source=source,
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
    salary, salaries = SALARY_COLUMNS[name.name][name.band], record.salaries
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
