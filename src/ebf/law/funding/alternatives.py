"""Lines of the alternatives that data/readings/funding.toml names: what else the law could mean.

Holds: NEAREST_4, NEAREST_5, low_income_percentage_of_all_at_most,
employee_benefits_cost_with_substitutes, adequacy_target_with_benefits_regionalized,
unit_comparable_wage_index_not_below_the_least, allocation_shortfall_without_relief,
tier_1_allocation_rate_without_relief, tier_2_funding_gap_beyond_tier_1s_gap,
tier_2_scaling_factor_with_tier_3_money, tier_funding_with_floor_from_tier_3, no_decline,
marked_funding_with_benefits, ALTERNATIVES.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from ebf.language.evidence import Evidence, Kind, law_as_read
from ebf.language.line import Line, line, named
from ebf.language.measure import Measure
from ebf.language.rounding import CUT_2, CUT_2_OF_DIFFERENCE, NEAREST_CENT, Rounding
from ebf.language.vocabulary import (
    Values,
    divide,
    less,
    maximum,
    minimum,
    statewide_sum,
    where,
)
from ebf.law.funding import (
    a_counts,
    b_adequacy_target,
    b_cost_factors,
    c_local_capacity,
    d_receipts_and_eav,
)
from ebf.law.funding.g_new_state_funds import tier_allocation
from ebf.law.funding.h_allocations import LINES as MARKS
from ebf.law.funding.tiers import TIER_3, TIER_4

NEAREST_4: Final = Rounding(4, cut=False, cite="rounded where the state cuts")
NEAREST_5: Final = Rounding(5, cut=False, cite="rounded where the state cuts")


# --- (a) -------------------------------------------------------------------------------


def _both_counts_of_2018() -> tuple[Line, ...]:
    return tuple(
        named(
            a_counts.counted_enrollment,
            f"counted_enrollment_{year}_preceding_year",
            (
                f"october_enrollment_{year}_preceding_year",
                f"march_enrollment_{year}_preceding_year",
                "enrollment_weight",
                "is_regional_program",
            ),
            last_year=2018,
        )
        for year in a_counts.YEARS
    )


def _without_the_pandemics_rule() -> tuple[Line, ...]:
    return tuple(
        named(
            a_counts.enrollment_of_year,
            f"enrollment_{year}_preceding_year",
            (f"counted_enrollment_{year}_preceding_year",),
            first_year=fiscal_year,
            last_year=fiscal_year,
        )
        for fiscal_year, year in zip(range(2022, 2025), a_counts.YEARS, strict=False)
    )


@line("18-8.15(a)(4)", Measure.RATIO, law_as_read(39), name="low_income_percentage")
def low_income_percentage_of_all_at_most(
    low_income_count: Values, average_student_enrollment: Values
) -> Values:
    """The low-income share of the unit's pupils, at most all of them.

    >>> low_income_percentage_of_all_at_most(units(30, 132), 120)
    [0.25, 1.0]
    """
    return minimum(divide(low_income_count, average_student_enrollment), 1.0)


# --- (b) -------------------------------------------------------------------------------


@line("18-8.15(b)(2)(U)", Measure.DOLLARS, law_as_read(11), name="employee_benefits_cost")
def employee_benefits_cost_with_substitutes(
    core_investments: Values,
    additional_investments: Values,
    average_student_enrollment: Values,
    central_services_salary_part: Values,
    employee_benefits_share: Values,
    pension_normal_cost: Values,
    retiree_health_cost: Values,
) -> Values:
    """Employee benefits: a share of all salaries, the substitutes' too.

    >>> round(employee_benefits_cost_with_substitutes(1000, 500, 2, 850.48, 0.3, 7, 0), 6)
    967.288
    """
    salaries = (
        core_investments
        + additional_investments
        + central_services_salary_part * average_student_enrollment
    )
    return employee_benefits_share * salaries + pension_normal_cost + retiree_health_cost


@line("18-8.15(b)(1)", Measure.DOLLARS, law_as_read(12), name="adequacy_target", rounding=CUT_2)
def adequacy_target_with_benefits_regionalized(
    core_investments: Values,
    per_student_investments_subject_to_regionalization: Values,
    additional_investments: Values,
    employee_benefits_cost: Values,
    regionalization_factor: Values,
    per_student_investments_not_subject_to_regionalization: Values,
) -> Values:
    """The Adequacy Target, where benefits are regionalized as the salaries are.

    >>> adequacy_target_with_benefits_regionalized(100, 20, 30, 40, 0.9, 90)
    221.0
    """
    regionalized = (
        core_investments
        + per_student_investments_subject_to_regionalization
        + additional_investments
        + employee_benefits_cost
    ) * regionalization_factor
    others = per_student_investments_not_subject_to_regionalization - employee_benefits_cost
    return regionalized + others


@line("18-8.15(b)(3)", Measure.RATIO, law_as_read(13), name="unit_comparable_wage_index")
def unit_comparable_wage_index_not_below_the_least(
    comparable_wage_index: Values,
    neighbors_weighted_comparable_wage_index: Values,
    least_regionalization_factor: Values,
) -> Values:
    """The unit's CWI, at least 0.90 before the statewide mean is taken.

    >>> unit_comparable_wage_index_not_below_the_least(units(0.8, 1.1), units(0.85, 1), 0.9)
    [0.9, 1.1]
    """
    greater = maximum(comparable_wage_index, neighbors_weighted_comparable_wage_index)
    return maximum(greater, least_regionalization_factor)


# --- (g) -------------------------------------------------------------------------------


@line(
    "18-8.15(g)(9)",
    Measure.DOLLARS,
    law_as_read(27),
    name="allocation_shortfall",
    statewide=True,
)
def allocation_shortfall_without_relief(
    minimum_funding_level: Values, new_state_funds: Values
) -> Values:
    """How far New State Funds fall short of the level, relief money not counted.

    >>> allocation_shortfall_without_relief(350e6, 300e6)
    50000000.0
    """
    return maximum(minimum_funding_level - new_state_funds, 0.0)


@line(
    "18-8.15(g)(9)",
    Measure.SHARE,
    law_as_read(27),
    name="tier_1_allocation_rate",
    statewide=True,
)
def tier_1_allocation_rate_without_relief(
    tier_1_gap_share: Values, new_state_funds: Values, minimum_funding_level: Values
) -> Values:
    """The part of its gap that a Tier 1 unit is paid, reduced wherever the level is missed.

    >>> round(tier_1_allocation_rate_without_relief(0.3, 300e6, 350e6), 6)
    0.257143
    """
    reduced = tier_1_gap_share * divide(new_state_funds, minimum_funding_level)
    return where(less(new_state_funds, minimum_funding_level), reduced, tier_1_gap_share)


@line("18-8.15(g)(1)", Measure.DOLLARS, law_as_read(30), name="tier_2_funding_gap")
def tier_2_funding_gap_beyond_tier_1s_gap(
    in_tier_1: Values,
    in_tier_2: Values,
    tier_2_target_ratio: Values,
    adequacy_target: Values,
    final_resources: Values,
    tier_1_funding_gap: Values,
    local_capacity_percentage: Values,
) -> Values:
    """A Tier 1 or 2 unit's gap to 90 % beyond Tier 1's gap, by its lack of local capacity.

    >>> round(tier_2_funding_gap_beyond_tier_1s_gap(1, 0, 0.9, 1000, 600, 100, 0.25), 6)
    150.0
    """
    short = tier_2_target_ratio * adequacy_target - final_resources - tier_1_funding_gap
    return where(in_tier_1 | in_tier_2, short * (1 - local_capacity_percentage), 0.0)


@line(
    "18-8.15(g)(2)",
    Measure.RATIO,
    law_as_read(32),
    name="tier_2_scaling_factor",
    statewide=True,
)
def tier_2_scaling_factor_with_tier_3_money(
    tier_2_available: Values,
    total_tier_2_funding_gap: Values,
    tier_2_funding_step_2: Values,
    tier_3_aggregate_funding: Values,
) -> Values:
    """What Tier 2 amounts are scaled by: by nothing, as far as Tier 3's money pays the floor.

    >>> tier_2_scaling_factor_with_tier_3_money(60, 100, units(30, 45), 20)
    1.0
    >>> tier_2_scaling_factor_with_tier_3_money(60, 100, units(30, 45), 7.5)
    0.9
    """
    paid = minimum(tier_2_available, total_tier_2_funding_gap) + tier_3_aggregate_funding
    return minimum(divide(paid, statewide_sum(tier_2_funding_step_2)), 1.0)


@line(
    "18-8.15(g)(1)",
    Measure.DOLLARS,
    law_as_read(32),
    name="tier_funding",
    rounding=CUT_2_OF_DIFFERENCE,
    of_every_kind=True,
)
def tier_funding_with_floor_from_tier_3(
    tier_1_funding: Values,
    tier_2_funding: Values,
    tier_3_funding: Values,
    tier_4_funding: Values,
    tier_2_available: Values,
    total_tier_2_funding_gap: Values,
    tier_3_aggregate_funding: Values,
) -> Values:
    """Tier funding, Tier 3's less what the floor of Tier 2 takes of its money.

    >>> tier_funding_with_floor_from_tier_3(
    ...     units(0, 0), units(75, 0), units(0, 20), units(0, 0), 60, 100, 20)
    [75.0, 5.0]
    """
    paid = minimum(tier_2_available, total_tier_2_funding_gap)
    taken = statewide_sum(tier_2_funding) - paid
    left = 1 - divide(taken, tier_3_aggregate_funding)
    return tier_1_funding + tier_2_funding + tier_3_funding * left + tier_4_funding


@line("18-8.15(g)(10)", Measure.DOLLARS, law_as_read(33), name="tier_1_and_2_decline")
def no_decline(in_tier_1: Values) -> Values:
    """What a Tier 1 or 2 unit's base falls by with its pupils: nothing.

    >>> no_decline(units(1, 0))
    [0.0, 0.0]
    """
    return where(in_tier_1, 0.0, 0.0)


# --- (h) -------------------------------------------------------------------------------


@line("18-8.15(h)", Measure.DOLLARS, law_as_read(34), rounding=CUT_2)
def marked_funding_with_benefits(
    tier_funding: Values,
    investments: Values,
    regionalization_factor: Values,
    employee_benefits_share: Values,
    adequacy_target: Values,
) -> Values:
    """The part of the new money marked for a population, benefits of its staff in it.

    >>> marked_funding_with_benefits(1000, 200, 0.9, 0.3, 3000)
    80.0
    """
    of_population = investments * (regionalization_factor + employee_benefits_share)
    return tier_funding * divide(of_population, adequacy_target)


def _marks_with_benefits() -> tuple[Line, ...]:
    made = []
    for mark in MARKS:
        population = mark.name.removesuffix("_funding")
        if f"{population}_investments" in mark.reads:
            reads = (
                "tier_funding",
                f"{population}_investments",
                "regionalization_factor",
                "employee_benefits_share",
                "adequacy_target",
            )
            made.append(named(marked_funding_with_benefits, mark.name, reads, title=mark.title))
    return tuple(made)


_LINES: Final[Mapping[tuple[int, str], tuple[Line, ...]]] = {
    (2, "both_counts"): _both_counts_of_2018(),
    (3, "without"): _without_the_pandemics_rule(),
    (5, "total"): (replace(a_counts.enrollment, rounding=None),),
    (11, "with_substitutes"): (employee_benefits_cost_with_substitutes,),
    (12, "regionalized"): (adequacy_target_with_benefits_regionalized,),
    (14, "rounded"): (replace(b_adequacy_target.regionalization_factor, rounding=NEAREST_5),),
    (13, "floored"): (unit_comparable_wage_index_not_below_the_least,),
    (16, "all_units"): (c_local_capacity.local_capacity_weight_of_all_units,),
    (17, "rounded"): (replace(c_local_capacity.local_capacity_percentage, rounding=NEAREST_4),),
    (18, "not_cut"): (replace(c_local_capacity.adjusted_local_capacity_target, rounding=None),),
    (20, "preceding_year"): (d_receipts_and_eav.adjusted_eav_by_the_preceding_year,),
    (22, "real_eav"): (d_receipts_and_eav.real_receipts_by_the_real_eav,),
    (27, "relief_not_counted"): (
        allocation_shortfall_without_relief,
        tier_1_allocation_rate_without_relief,
    ),
    (30, "tier_1_gap"): (tier_2_funding_gap_beyond_tier_1s_gap,),
    (32, "from_tier_3"): (
        tier_2_scaling_factor_with_tier_3_money,
        tier_funding_with_floor_from_tier_3,
    ),
    (33, "whole_base"): (no_decline,),
    (34, "with_benefits"): _marks_with_benefits(),
    (37, "not_cut"): tuple(
        replace(line, rounding=None)
        for line in b_cost_factors.LINES
        if line.name == "computer_technology_cost"
    ),
    (39, "held_at_1"): (low_income_percentage_of_all_at_most,),
    (36, "all_rounded"): tuple(
        named(
            tier_allocation,
            f"tier_{tier}_allocation",
            ("allocation_base", f"tier_{tier}_share"),
            rounding=NEAREST_CENT,
        )
        for tier in (TIER_3, TIER_4)
    ),
}
ALTERNATIVES: Final[Mapping[tuple[int, str], tuple[Line, ...]]] = {
    (number, name): tuple(
        replace(line, evidence=Evidence(Kind.LAW, (number,), f"the alternative {name!r}"))
        for line in lines
    )
    for (number, name), lines in _LINES.items()
}
"""The lines of every alternative that changes lines, by the reading's number and its name."""
