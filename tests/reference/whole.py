"""The whole formula, from raw counts to dollars.

A unit outside the formula (section 0) has no pupils, property or target: what it does not
hand over is 0, and every line of it is worked out of nothing.
"""

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from reference.adequacy_target import (
    DAY,
    SUBSTITUTE_DAYS,
    adequacy_target,
    comparable_wages,
)
from reference.amounts import amounts, published_factor
from reference.arithmetic import ZERO, Unit
from reference.counts import counts, kinds
from reference.distribution import (
    State,
    allocations,
    base_funding_paid,
    distribute,
    facts,
    marked,
    marked_for_technology,
    new_state_funds,
    to_be_spent,
)
from reference.resources import base_funding_minimum, final_resources, local_capacity

Amounts = Mapping[str, Fraction]


class Case(NamedTuple):
    """A state and a year's money, as they are handed over."""

    fiscal_year: int
    units: tuple[Unit, ...]
    funds: Fraction | None
    """New State Funds; None for the year's own."""
    appropriated: bool = False
    """Whether the relief grants of (g)(9.5) are still in the funds."""
    amounts: Amounts = MappingProxyType({})
    """Amounts in place of the year's own."""
    short_of_base: Fraction = ZERO
    """What the appropriation lacks for base funding, (g)(10)."""
    salaries: Amounts | None = None
    """None where the units have their targets and resources already."""


def calculated(case: Case) -> tuple[list[Unit], State]:
    """Every line of every unit beside what was handed over of it, and the statewide lines."""
    units = [dict(unit) for unit in case.units]
    of_the_year = {**amounts(case.fiscal_year), **case.amounts}
    for unit in units:
        kinds(unit)
    state: State = {}
    if case.salaries is not None:
        state = up_to_resources(units, case.fiscal_year, case.salaries, of_the_year)
    state |= distribution(case, units, of_the_year)
    for unit in units:
        if case.salaries is not None:
            marked(unit)
            to_be_spent(unit, case.fiscal_year)
            if case.fiscal_year > 2018:
                marked_for_technology(unit)
    return units, state


def up_to_resources(
    units: list[Unit], fiscal_year: int, salaries: Amounts, amounts: Amounts
) -> State:
    """(a) to (f)."""
    state: State = {}
    counts(units, fiscal_year)
    if any("comparable_wage_index" in unit for unit in units):
        state["statewide_weighted_comparable_wage_index"] = comparable_wages(units)
    else:
        for unit in units:
            unit["regionalization_factor"] = published_factor(unit.get("county"), fiscal_year)
    state["substitute_days"] = SUBSTITUTE_DAYS
    state["teacher_substitute_daily_rate"] = DAY * salaries["teacher.k_12"]
    state["assistant_substitute_daily_rate"] = DAY * salaries["assistant"]
    for unit in units:
        adequacy_target(unit, salaries, amounts, fiscal_year)
    mean, deviation = local_capacity(units)
    state["weighted_mean_local_capacity_ratio"] = mean
    state["weighted_deviation_local_capacity_ratio"] = deviation
    for unit in units:
        base_funding_minimum(unit, fiscal_year)
        final_resources(unit, amounts, fiscal_year)
    return state


def distribution(case: Case, units: list[Unit], amounts: Amounts) -> State:
    """(g) of units with their targets and resources."""
    for unit in units:
        for name in ("average_student_enrollment", "adequacy_target", "final_resources"):
            unit.setdefault(name, ZERO)
    state = new_state_funds(case.funds, amounts, appropriated=case.appropriated)
    allocations(state, amounts)
    distribute(state, units, case.fiscal_year)
    facts(state, units)
    base_funding_paid(state, units, case.short_of_base)
    return state
