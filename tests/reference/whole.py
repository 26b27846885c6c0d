"""The whole formula, from raw counts to dollars."""

from fractions import Fraction

from reference.adequacy_target import DAY, SUBSTITUTE_DAYS, adequacy_target, comparable_wages
from reference.amounts import published_factor
from reference.arithmetic import ZERO, Unit
from reference.counts import counts, has_counts
from reference.distribution import State, allocations, base_funding_paid, distribute, marked
from reference.resources import base_funding_minimum, final_resources, local_capacity

Amounts = dict[str, Fraction]


def calculate(
    units: list[Unit],
    fiscal_year: int,
    salaries: Amounts,
    amounts: Amounts,
    funds: Fraction,
    minimum_funding: tuple[Fraction, Fraction],
    short_of_base: Fraction = ZERO,
) -> State:
    """Set every line of every unit; return the statewide ones."""
    state: State = {}
    with_target = [unit for unit in units if has_counts(unit, fiscal_year)]
    counts(with_target, fiscal_year)
    if "comparable_wage_index" in with_target[0]:
        state["statewide_weighted_comparable_wage_index"] = comparable_wages(with_target)
    else:
        for unit in with_target:
            unit["regionalization_factor"] = published_factor(unit["county"], fiscal_year)
    state["substitute_days"] = SUBSTITUTE_DAYS
    state["teacher_substitute_daily_rate"] = DAY * salaries["teacher.k_12"]
    state["assistant_substitute_daily_rate"] = DAY * salaries["assistant"]
    for unit in with_target:
        adequacy_target(unit, salaries, amounts, fiscal_year)
    mean, deviation = local_capacity(with_target)
    state["weighted_mean_local_capacity_ratio"] = mean
    state["weighted_deviation_local_capacity_ratio"] = deviation
    for unit in units:
        base_funding_minimum(unit, fiscal_year)
        unit["final_resources"] = unit["base_funding_minimum"]
    for unit in with_target:
        final_resources(unit, amounts, fiscal_year)
    distribution(state, units, fiscal_year, funds, minimum_funding, short_of_base)
    for unit in with_target:
        marked(unit)
    return state


def distribution(
    state: State,
    units: list[Unit],
    fiscal_year: int,
    funds: Fraction,
    minimum_funding: tuple[Fraction, Fraction],
    short_of_base: Fraction = ZERO,
) -> None:
    """(g) alone, of units with their targets and resources."""
    for unit in units:
        for name in ("average_student_enrollment", "adequacy_target", "final_resources"):
            unit.setdefault(name, ZERO)
    allocations(state, funds, *minimum_funding)
    distribute(state, units, fiscal_year)
    base_funding_paid(state, units, short_of_base)
