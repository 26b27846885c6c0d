"""Any change of any name on any kind of table moves a number that lines read, or is refused."""

from __future__ import annotations

from functools import cache

import depth
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ebf
from ebf import Change, Scenario
from ebf.language.measure import Measure
from ebf.law.names import NameKind, entries, known_names
from ebf.law.parameters import element_owners, identifier_of
from ebf.law.salaries import COLUMNS as SALARY_COLUMNS

BASE_CALC = (
    "organization_type",
    "average_student_enrollment",
    "core_investments",
    "per_student_investments_subject_to_regionalization",
    "additional_investments",
    "per_student_investments_not_subject_to_regionalization",
    "regionalization_factor",
    "adequacy_target",
    "adjusted_local_capacity_target",
    "adjusted_base_funding_minimum",
    "final_resources",
    "base_funding_minimum",
    "local_capacity_percentage",
)
"""What the State Board's Base Calc sheet has, as it is read."""

TARGETS = (
    "organization_type",
    "average_student_enrollment",
    "adequacy_target",
    "final_resources",
    "local_capacity_percentage",
)


@cache
def tables() -> dict[str, tuple[pd.DataFrame, ebf.Ledger]]:
    """The sample as counts, as a Base Calc sheet, as targets, and as its own output."""
    units, law = ebf.sample()
    own = ebf.calculate(units, law).units.reset_index()
    of_dollars = ebf.law(2022, new_state_funds=3e8)
    made = {
        "counts": (units, law),
        "base calc": (own[["unit_id", *BASE_CALC]], of_dollars),
        "targets": (own[["unit_id", *TARGETS]], of_dollars),
        "own output": (own, law),
    }
    return {name: (each, ebf.calculate(each, by)) for name, (each, by) in made.items()}


def names() -> list[tuple[str, str]]:
    """Every number of the law, salary, and column that a table may have."""
    law = ebf.sample().law
    found = [("law", name) for name in law.in_force]
    found += [("salaries", name) for paid in SALARY_COLUMNS.values() for name in paid]
    found += [
        ("units", column)
        for column, entry in entries().items()
        if known_names()[entry.name].kind in {NameKind.INPUT, NameKind.LINE}
    ]
    return sorted(set(found))


@pytest.mark.parametrize("table", ["counts", "base calc", "targets", "own output"])
@depth.ANY_CHANGE
@given(data=st.data())
def test_a_change_of_any_name_is_read_or_refused(table: str, data: st.DataObject) -> None:
    units, before = tables()[table]
    room, name = data.draw(st.sampled_from(names()))
    factor = data.draw(st.sampled_from([0.9, 1.02, 1.1]))
    try:
        scenario = scenario_of(room, name, factor, before)
        after = scenario.calculate(units, before.law)
    except ebf.InputError:
        return
    called = identifiers(room, name)
    read = {each for line in after.steps for each in line.reads}
    assert called & (read | after.computed), f"{name} is changed, and nothing reads it"
    said = ebf.compare(before, after).to_text()
    computed = before.computed & after.computed
    assert (
        moved(before, after, computed)
        or "moves no unit's" in said
        or "nothing differs between them" in said
    )


def scenario_of(room: str, name: str, factor: float, before: ebf.Ledger) -> Scenario:
    """The name's number times a factor."""
    if room == "law":
        number = float(np.ravel(before.law.in_force[name].value)[0])
        return Scenario("x", law={name: number * factor})
    if room == "salaries":
        return Scenario("x", salaries={name: 60_000 * factor})
    if entries()[name].about.measure in {Measure.FLAG, Measure.TIER}:
        return Scenario("x", units={name: Change(value=1)})
    return Scenario("x", units={name: Change(multiply=factor)})


def identifiers(room: str, name: str) -> set[str]:
    """What lines call a name by."""
    if room == "law":
        return {element_owners()[identifier_of(name)][0].identifier}
    if room == "salaries":
        return {column for column, paid in SALARY_COLUMNS.items() if name in paid}
    return {entries()[name].name}


def moved(before: ebf.Ledger, after: ebf.Ledger, names: set[str] | frozenset[str]) -> bool:
    """Whether any of some numbers differs between two ledgers."""
    return any(
        not np.array_equal(
            np.nan_to_num(before.everything[name].astype(float)),
            np.nan_to_num(after.everything[name].astype(float)),
        )
        for name in names
        if name in before.everything and name in after.everything
    )
