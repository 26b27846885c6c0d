"""The library against a second, plain computation of the law (`reference/`), line by line.

Some hundreds of invented states a test; EBF_EXAMPLES=5000 makes it that many.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference import amounts, whole
from reference.arithmetic import Unit, to_the_cent
from reference.counts import DISTRICTS, GRADES, PANDEMIC, has_counts
from reference.distribution import State, relief_pool
from reference.resources import DEDUCTIONS, GRANTS_OF_2017, TAX_YEARS

import ebf

EXAMPLES = int(os.environ.get("EBF_EXAMPLES", "250"))
examples = settings(
    deadline=None,
    max_examples=EXAMPLES,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

CENTS = 100
OF_CUT_MONEY = {
    "tier_funding",
    "total_state_contribution",
    "semi_monthly_payment",
    "undistributed_new_state_funds",
}
KINDS = (*DISTRICTS, "laboratory_school", "regional_program", "specially_funded")
YEARS = (2018, 2020, 2022, 2024, 2026)


class Case(NamedTuple):
    """A state handed to both computations."""

    fiscal_year: int
    units: tuple[Mapping[str, Any], ...]
    funds: Fraction
    minimum_funding: tuple[Fraction, Fraction] | None = None
    """The Minimum Funding Level and the relief counted; None for the year's own."""
    short_of_base: Fraction = Fraction(0)
    salaries: Mapping[str, Fraction] | None = None


def fraction(value: Any) -> Any:
    """A number as the decimal it is written as; text as it is; None for a blank."""
    if isinstance(value, str):
        return value
    return None if pd.isna(value) else Fraction(str(value))


# Amounts for what is not known of a year, of the right size.
ILLUSTRATIVE = {
    "gifted": Fraction(60),
    "professional_development": Fraction(125),
    "instructional_materials": Fraction("219.35"),
    "assessments": Fraction(30),
    "computer_technology.every_unit": Fraction("285.50"),
    "computer_technology.tier_1_and_2": Fraction("285.50"),
    "student_activities_elementary": Fraction(111),
    "student_activities_middle": Fraction("222.22"),
    "student_activities_high": Fraction(801),
    "maintenance_and_operations": Fraction("1100.10"),
    "central_office": Fraction(901),
    "central_services_salary_part": Fraction("801.33"),
    "pension_credit": Fraction(600_000_000),
}


def supplied(fiscal_year: int) -> dict[str, Fraction]:
    """What has to be supplied for a year: all that the reference does not know."""
    known = amounts.known(fiscal_year)
    return {name: value for name, value in ILLUSTRATIVE.items() if name not in known}


def law_of(case: Case) -> ebf.Law:
    """The library's law of the case's year."""
    more = {name: float(value) for name, value in supplied(case.fiscal_year).items()}
    if case.minimum_funding is not None:
        level, relief = case.minimum_funding
        more |= {"minimum_funding_level": float(level), "property_tax_relief_counted": float(relief)}
    return ebf.law(case.fiscal_year, more)


def by_library(case: Case, arithmetic: str) -> ebf.Ledger:
    """The library's ledger of a case."""
    frame = pd.DataFrame([
        {
            name: float(value) if isinstance(value, Fraction) else value
            for name, value in unit.items()
        }
        for unit in case.units
    ])
    if case.short_of_base:
        frame["base_funding_shortfall"] = float(case.short_of_base)
    salaries = None
    if case.salaries is not None:
        salaries = nested(case.salaries)
    exact: Mapping[str, Any] = {"arithmetic": arithmetic}
    return ebf.calculate(
        frame, law_of(case), salaries=salaries, new_state_funds=float(case.funds), **exact
    )


def nested(salaries: Mapping[str, Fraction]) -> dict[str, Any]:
    """Salaries as the library takes them: a table a position."""
    table: dict[str, Any] = {}
    for name, salary in salaries.items():
        position, _, span = name.partition(".")
        if span:
            table.setdefault(position, {})[span] = float(salary)
        else:
            table[position] = float(salary)
    return table


def by_reference(case: Case) -> tuple[list[Unit], State]:
    """The reference's units and statewide lines of a case."""
    units = [dict(unit) for unit in case.units]
    minimum = case.minimum_funding or amounts.minimum_funding(case.fiscal_year)
    if case.salaries is None:
        state: State = {}
        whole.distribution(state, units, case.fiscal_year, case.funds, minimum, case.short_of_base)
        return units, state
    known = amounts.known(case.fiscal_year) | supplied(case.fiscal_year)
    salaries = dict(case.salaries)
    state = whole.calculate(
        units, case.fiscal_year, salaries, known, case.funds, minimum, case.short_of_base
    )
    return units, state


def differences(
    ledger: ebf.Ledger, units: Sequence[Unit], state: State, *, cents: int = 0
) -> list[str]:
    """Every number in which the two computations differ, and where.

    ``cents``: how many are let pass in what is cut, or is a sum of it.
    """
    found = []

    def compare(where: str, name: str, number: Any, value: Fraction | int) -> None:
        allowed = max(1e-4, 1e-9 * abs(float(value)))  # far less than a cent, or nine digits
        if name in OF_CUT_MONEY:
            allowed += cents / CENTS
        if abs(float(number) - float(value)) > allowed:
            found.append(f"{where}: {name}: {float(number)!r}, reference {float(value)!r}")

    statewide = ledger.statewide
    assert isinstance(statewide, pd.Series)
    for name, value in state.items():
        if name in statewide.index:
            compare("the state", name, statewide[name], value)
    table = ledger.units
    columns = {str(name): table[name].to_numpy() for name in table.columns}
    places = {unit_id: place for place, unit_id in enumerate(table.index)}
    for unit in units:
        place = places[unit["unit_id"]]
        for name, value in unit.items():
            if name in columns and value is not None and not isinstance(value, str):
                compare(unit["unit_id"], name, columns[name][place], value)
    return found


def cents_of_floats(units: Sequence[Unit], arithmetic: str) -> int:
    """The cents that floats may be off by, in all.

    Where a target is above $30 million (see the README), and where an amount is so
    little below a cent that floats take it as being on it.
    """
    if arithmetic == "exact":
        return 0
    for unit in units:
        cents = sum(unit[f"tier_{tier}_funding"] for tier in (1, 2, 3, 4)) * CENTS
        if unit["adequacy_target"] > 30_000_000 or 0 < ceil(cents) - cents < Fraction(1, 500_000):
            return len(units)
    return 0


# The distribution alone.

percents = st.one_of(
    st.sampled_from((0, 9_000, 10_000)),  # nothing, and the edges of the tiers
    st.integers(1, 8_999),
    st.integers(8_990, 10_010),
    st.integers(10_000, 30_000),
)
targets = st.one_of(  # cents
    st.sampled_from((1, 99, 100_000)),
    st.integers(1, 10**6),
    st.integers(10**8, 3 * 10**9),
    st.integers(10**9, 10**12),
)
pupils = st.one_of(st.sampled_from((0, 1, 100)), st.integers(0, 10**6), st.integers(0, 4 * 10**7))


@st.composite
def shares(draw: st.DrawFn, kind: str, number: int, few: Sequence[int]) -> dict[str, Any]:
    """What the distribution reads of one unit."""
    unit: dict[str, Any] = {
        "unit_id": f"{number:011d}00",
        "organization_type": kind,
        "base_funding_minimum": Fraction(draw(st.integers(0, 10**9)), CENTS),
        "average_student_enrollment": Fraction(0),
        "adequacy_target": Fraction(0),
        "final_resources": Fraction(0),
        "local_capacity_percentage": Fraction("0.1"),
    }
    # Asked for, and above 0, where base funding falls short.
    first_year = unit["base_funding_minimum"] * draw(st.sampled_from((0, 1, Fraction(1, 2), 2)))
    unit["first_year_base_funding_minimum"] = max(Fraction(1, CENTS), to_the_cent(first_year))
    empty = draw(st.integers(0, 11)) == 0 and number > 0
    if kind == "specially_funded" or empty:
        return unit
    target = draw(targets)
    resources = target * draw(st.one_of(st.sampled_from(few), percents)) // 10_000
    resources = max(0, resources + draw(st.sampled_from((0, 0, 0, -1, 1))))
    unit["average_student_enrollment"] = Fraction(draw(pupils), 100)
    unit["adequacy_target"] = Fraction(target, CENTS)
    unit["final_resources"] = Fraction(resources, CENTS)
    if kind in DISTRICTS:
        ten_thousandths = draw(st.one_of(st.sampled_from((0, 9_000)), st.integers(0, 9_000)))
        unit["local_capacity_percentage"] = Fraction(ten_thousandths, 10_000)
    return unit


@st.composite
def distributions(draw: st.DrawFn) -> Case:
    """A state of one to twelve units and new money from nothing to far too much."""
    fiscal_year = draw(st.sampled_from((2018, 2020, 2021, 2022, 2025, 2026)))
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=12))
    kinds[0] = draw(st.sampled_from((*DISTRICTS, "laboratory_school")))
    few = draw(st.lists(percents, min_size=1, max_size=2))  # so that percents are often equal
    units = tuple(draw(shares(kind, number, few)) for number, kind in enumerate(kinds))
    need = sum(int(unit["adequacy_target"] * CENTS) for unit in units)
    part = draw(st.one_of(st.sampled_from((0, 1, 10**6)), st.integers(0, 10**5)))
    funds = Fraction(need * part // 10**6, CENTS)
    # The level as a multiple of the new money, and what of it is relief.
    level = to_the_cent(funds * draw(st.sampled_from((0, 1, Fraction(11, 10), 2, 30))))
    level = max(Fraction(1), level)
    relief = to_the_cent(level * draw(st.sampled_from((0, Fraction(1, 7), 1))))
    minimum: tuple[Fraction, Fraction] | None = (level, relief)
    if need > 10**9 * CENTS and draw(st.booleans()):  # the year's own
        minimum = None
        funds = Fraction(draw(st.integers(10**8, 5 * 10**10)), CENTS)
    base = sum(int(unit["base_funding_minimum"] * CENTS) for unit in units)
    short = Fraction(base * draw(st.sampled_from((0, 0, 1, 10, 60))) // 100, CENTS)
    return Case(fiscal_year, units, funds, minimum, short)


@examples
@given(case=distributions(), arithmetic=st.sampled_from(("fast", "exact")))
def test_the_distribution_is_that_of_the_reference(case: Case, arithmetic: str) -> None:
    units, state = by_reference(case)
    ledger = by_library(case, arithmetic)
    assert differences(ledger, units, state, cents=cents_of_floats(units, arithmetic)) == []
