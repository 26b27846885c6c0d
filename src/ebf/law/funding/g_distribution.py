"""(g) The distribution: New State Funds over the four tiers."""

from __future__ import annotations

from ebf.language.evidence import law_as_read, verified
from ebf.language.line import Line, line, named
from ebf.language.measure import Measure
from ebf.language.rounding import CUT_2, CUT_2_OF_DIFFERENCE, WHOLE_CENTS
from ebf.language.vocabulary import (
    Values,
    divide,
    equal,
    least_prefix_ratio,
    less,
    maximum,
    minimum,
    statewide_maximum,
    statewide_sum,
    where,
)
from ebf.law.funding import g_base_funding_shortfall, g_new_state_funds, g_statewide_adequacy
from ebf.law.funding.causes import Cause
from ebf.law.funding.tiers import TIER_1, TIER_2, TIER_3, TIER_4, TIERS
from ebf.law.years import PROGRAMS_JOINED

# --- Who is in which tier ----------------------------------------------------


@line("18-8.15(g)(3)", Measure.FLAG, verified(28), first_year=PROGRAMS_JOINED)
def in_distribution(
    is_district: Values,
    is_regional_program: Values,
    organization_type: Values,
    adequacy_target: Values,
) -> Values:
    """Whether the unit is in the distribution: not the specially funded.

    Nor a unit without pupils, which has no Adequacy Target.

    >>> in_distribution(units(True, False, False, False), units(False, True, True, False),
    ...     units("unit", "regional_program", "regional_program", "specially_funded"),
    ...     units(5, 5, 0, 0))
    [True, True, False, False]
    """
    kind = is_district | is_regional_program | equal(organization_type, "laboratory_school")
    return kind & less(0.0, adequacy_target)


@line(
    "18-8.15(g)(3); P.A. 101-10",
    Measure.FLAG,
    verified(28),
    name="in_distribution",
    last_year=PROGRAMS_JOINED - 1,
)
def in_distribution_before_2020(
    is_district: Values, organization_type: Values, adequacy_target: Values
) -> Values:
    """Whether the unit is in the distribution; before FY2020 no regional program.

    >>> in_distribution_before_2020(
    ...     units(True, False, True), units("unit", "regional_program", "unit"), units(1, 5, 0))
    [True, False, False]
    """
    kind = is_district | equal(organization_type, "laboratory_school")
    return kind & less(0.0, adequacy_target)


@line("18-8.15(g)(4), (9)", Measure.SHARE, verified(27), statewide=True, cause=Cause.NEW_MONEY)
def tier_1_allocation_rate(
    tier_1_gap_share: Values,
    allocation_base: Values,
    new_state_funds: Values,
    minimum_funding_level: Values,
) -> Values:
    """The part of its gap that a Tier 1 unit is paid: 30 %, less in a shortfall.

    >>> tier_1_allocation_rate(0.3, 310e6, 310e6, 350e6)
    0.3
    >>> tier_1_allocation_rate(0.3, 300e6, 175e6, 350e6)
    0.15
    """
    reduced = tier_1_gap_share * divide(new_state_funds, minimum_funding_level)
    return where(less(new_state_funds, allocation_base), reduced, tier_1_gap_share)


@line("18-8.15(g)(5)", Measure.DOLLARS, verified(), statewide=True)
def tier_1_gap_reached(
    tier_1_allocation_less_shortfall: Values, tier_1_allocation_rate: Values
) -> Values:
    """The sum of Tier 1 gaps that Tier 1's money can serve.

    >>> round(tier_1_gap_reached(150e6, 0.3), 6)
    500000000.0
    """
    return divide(tier_1_allocation_less_shortfall, tier_1_allocation_rate)


@line("18-8.15(g)(5)", Measure.RATIO, verified(29), statewide=True, may_be_negative=True)
def tier_1_target_ratio(
    tier_1_gap_reached: Values,
    final_resources: Values,
    adequacy_target: Values,
    in_distribution: Values,
) -> Values:
    """The Tier 1 Target Ratio: how far Tier 1's money lifts those furthest behind.

    The ratio at which the gaps of all units below it add up to what the money
    serves: the least of (that sum + resources) / targets over the prefixes of
    the units in order of percent of adequacy.

    >>> # 30 lifts the first unit past the second, so both count: (30 + 140) / 200
    >>> tier_1_target_ratio(30, units(60, 80, 99), units(100, 100, 100), units(1, 1, 1))
    0.85
    >>> tier_1_target_ratio(30, units(60, 80, 0), units(100, 100, 100), units(1, 1, 0))
    0.85
    """
    targets = where(in_distribution, adequacy_target, 0.0)
    return least_prefix_ratio(tier_1_gap_reached, final_resources, targets)


@line("18-8.15(g)(6)", Measure.FLAG, law_as_read(31), statewide=True)
def tier_1_money_joins_tier_2(tier_1_target_ratio: Values, tier_2_target_ratio: Values) -> Values:
    """Whether Tier 1 would reach beyond 90 %, so that its money joins Tier 2's.

    >>> tier_1_money_joins_tier_2(0.91, 0.9), tier_1_money_joins_tier_2(0.9, 0.9)
    (True, False)
    """
    return less(tier_2_target_ratio, tier_1_target_ratio)


@line("18-8.15(g)(3)", Measure.TIER, verified())
def tier(
    final_percent_of_adequacy: Values,
    in_distribution: Values,
    tier_1_target_ratio: Values,
    tier_1_money_joins_tier_2: Values,
    tier_2_target_ratio: Values,
    tier_3_target_ratio: Values,
) -> Values:
    """The tier: 1 below the target ratio, 2 below 90 %, 3 below 100 %, else 4.

    0 for a unit that is not in the distribution. A unit on an edge is in the
    higher tier.

    >>> tier(units(0.6, 0.7, 0.9, 1, 0.5), units(1, 1, 1, 1, 0), 0.7, 0, 0.9, 1)
    [1, 2, 3, 4, 0]
    """
    below_1 = less(final_percent_of_adequacy, tier_1_target_ratio)
    lowest = below_1 & equal(tier_1_money_joins_tier_2, 0)
    below_2 = less(final_percent_of_adequacy, tier_2_target_ratio)
    below_3 = less(final_percent_of_adequacy, tier_3_target_ratio)
    by_percent = where(below_2, TIER_2, where(below_3, TIER_3, TIER_4))
    return where(in_distribution, where(lowest, TIER_1, by_percent), 0)


@line("18-8.15(g)(3)", Measure.FLAG, verified())
def in_tier_1(tier: Values) -> Values:
    """Whether the unit is in Tier 1.

    >>> in_tier_1(units(1, 2, 3, 4))
    [True, False, False, False]
    """
    return equal(tier, TIER_1)


@line("18-8.15(g)(3)", Measure.FLAG, verified())
def in_tier_2(tier: Values) -> Values:
    """Whether the unit is in Tier 2.

    >>> in_tier_2(units(1, 2, 3, 4))
    [False, True, False, False]
    """
    return equal(tier, TIER_2)


@line("18-8.15(g)(3)", Measure.FLAG, verified())
def in_tier_3(tier: Values) -> Values:
    """Whether the unit is in Tier 3.

    >>> in_tier_3(units(1, 2, 3, 4))
    [False, False, True, False]
    """
    return equal(tier, TIER_3)


@line("18-8.15(g)(3)", Measure.FLAG, verified())
def in_tier_4(tier: Values) -> Values:
    """Whether the unit is in Tier 4.

    >>> in_tier_4(units(1, 2, 3, 4))
    [False, False, False, True]
    """
    return equal(tier, TIER_4)


@line("18-8.15(g)(3)", Measure.COUNT, verified(), statewide=True)
def units_in_tier(in_this_tier: Values) -> Values:
    """How many units are in the tier.

    >>> units_in_tier(units(0, 1, 1, 0))
    2
    """
    return statewide_sum(in_this_tier)


# --- Tier 1 ------------------------------------------------------------------


@line("18-8.15(g)(1)", Measure.DOLLARS, verified())
def tier_1_funding_gap(
    in_tier_1: Values,
    tier_1_target_ratio: Values,
    adequacy_target: Values,
    final_resources: Values,
) -> Values:
    """A Tier 1 unit's gap: what it lacks to the Tier 1 Target Ratio.

    >>> tier_1_funding_gap(1, 0.7, 1000, 600), tier_1_funding_gap(0, 0.7, 1000, 600)
    (100.0, 0.0)
    """
    gap = tier_1_target_ratio * adequacy_target - final_resources
    return where(in_tier_1, gap, 0.0)


@line("18-8.15(g)(1), (4)", Measure.DOLLARS, verified())
def tier_1_funding(tier_1_funding_gap: Values, tier_1_allocation_rate: Values) -> Values:
    """A Tier 1 unit's Tier 1 funding: 30 % of its gap.

    >>> tier_1_funding(100, 0.3)
    30.0
    """
    return tier_1_funding_gap * tier_1_allocation_rate


# --- Tier 2's gaps and what they leave ---------------------------------------


@line("18-8.15(g)(1)", Measure.DOLLARS, verified(30))
def tier_2_funding_gap(
    in_tier_1: Values,
    in_tier_2: Values,
    tier_2_target_ratio: Values,
    adequacy_target: Values,
    final_resources: Values,
    tier_1_funding: Values,
    local_capacity_percentage: Values,
) -> Values:
    """A Tier 1 or 2 unit's gap to 90 %, by its lack of local capacity.

    What Tier 1 pays is taken off, not Tier 1's gap.

    >>> round(tier_2_funding_gap(1, 0, 0.9, 1000, 600, 30, 0.25), 6)
    202.5
    >>> tier_2_funding_gap(0, 0, 0.9, 1000, 950, 0, 0.25)
    0.0
    """
    short = tier_2_target_ratio * adequacy_target - final_resources - tier_1_funding
    return where(in_tier_1 | in_tier_2, short * (1 - local_capacity_percentage), 0.0)


@line("18-8.15(g)(1)", Measure.DOLLARS, verified(), statewide=True)
def total_tier_2_funding_gap(tier_2_funding_gap: Values) -> Values:
    """The sum of all Tier 2 gaps.

    >>> total_tier_2_funding_gap(units(200, 50))
    250
    """
    return statewide_sum(tier_2_funding_gap)


@line("18-8.15(g)(1), (6), (7)", Measure.DOLLARS, law_as_read(31), statewide=True)
def tier_2_available(
    tier_2_allocation_less_shortfall: Values,
    tier_1_allocation_less_shortfall: Values,
    tier_3_allocation_less_shortfall: Values,
    tier_4_allocation_less_shortfall: Values,
    tier_1_money_joins_tier_2: Values,
    units_in_tier_3: Values,
    units_in_tier_4: Values,
) -> Values:
    """The money that Tier 2's gaps can be paid from.

    Its own; Tier 1's where that would reach beyond 90 %; and Tier 3's and 4's
    where no unit is in either.

    >>> tier_2_available(49, 50, 0.9, 0.1, 0, 4, 4), tier_2_available(49, 50, 1, 0, 1, 0, 0)
    (49.0, 100.0)
    """
    from_tier_1 = where(tier_1_money_joins_tier_2, tier_1_allocation_less_shortfall, 0.0)
    higher = tier_3_allocation_less_shortfall + tier_4_allocation_less_shortfall
    from_higher = where(equal(units_in_tier_3 + units_in_tier_4, 0), higher, 0.0)
    return tier_2_allocation_less_shortfall + from_tier_1 + from_higher


@line("18-8.15(g)(7)", Measure.DOLLARS, law_as_read(31), statewide=True)
def tier_2_surplus(tier_2_available: Values, total_tier_2_funding_gap: Values) -> Values:
    """What is left of Tier 2's money when every gap is filled.

    >>> tier_2_surplus(49, 45), tier_2_surplus(49, 450)
    (4.0, 0.0)
    """
    return maximum(tier_2_available - total_tier_2_funding_gap, 0.0)


# --- Tiers 3 and 4 -----------------------------------------------------------


@line("18-8.15(g)(1), (7)", Measure.DOLLARS, verified(31), statewide=True)
def higher_tier_aggregate_funding(
    own_allocation: Values,
    other_allocation: Values,
    own_share: Values,
    other_share: Values,
    units_in_own_tier: Values,
    units_in_other_tier: Values,
    tier_2_surplus: Values,
) -> Values:
    """The money of Tier 3 (or 4): its allocation and its share of Tier 2's surplus.

    Where the other of the two has no unit, its money too.

    >>> higher_tier_aggregate_funding(9, 1, 0.375, 0.125, 5, 5, 8)
    15.0
    >>> higher_tier_aggregate_funding(9, 1, 0.375, 0.125, 5, 0, 8)
    18.0
    >>> higher_tier_aggregate_funding(9, 1, 0.375, 0.125, 0, 5, 8)
    0.0
    >>> higher_tier_aggregate_funding(0, 0, 0, 0, 5, 5, 8)  # a law that gives them no share
    0.0
    """
    of_surplus = tier_2_surplus * divide(own_share, own_share + other_share)
    all_of_it = own_allocation + other_allocation + tier_2_surplus
    own = where(equal(units_in_other_tier, 0), all_of_it, own_allocation + of_surplus)
    return where(equal(units_in_own_tier, 0), 0.0, own)


@line("18-8.15(g)(4)", Measure.RATIO, verified(), statewide=True)
def higher_tier_allocation_rate(
    aggregate_funding: Values, adequacy_target: Values, in_this_tier: Values
) -> Values:
    """The money of Tier 3 (or 4) over the Adequacy Targets of its units.

    >>> higher_tier_allocation_rate(6, units(1000, 2000, 5000), units(1, 1, 0))
    0.002
    """
    return divide(aggregate_funding, statewide_sum(where(in_this_tier, adequacy_target, 0.0)))


@line("18-8.15(g)(1), (4)", Measure.DOLLARS, verified())
def higher_tier_funding(
    in_this_tier: Values, adequacy_target: Values, allocation_rate: Values
) -> Values:
    """The funding of a Tier 3 (or 4) unit: its Adequacy Target times the rate.

    >>> higher_tier_funding(1, 1000, 0.002), higher_tier_funding(0, 1000, 0.002)
    (2.0, 0.0)
    """
    return where(in_this_tier, adequacy_target * allocation_rate, 0.0)


def _higher_tier_lines(own: int, other: int) -> tuple[Line, ...]:
    money, rate = f"tier_{own}_aggregate_funding", f"tier_{own}_allocation_rate"
    return (
        named(
            higher_tier_aggregate_funding,
            money,
            (
                f"tier_{own}_allocation_less_shortfall",
                f"tier_{other}_allocation_less_shortfall",
                f"tier_{own}_share",
                f"tier_{other}_share",
                f"units_in_tier_{own}",
                f"units_in_tier_{other}",
                "tier_2_surplus",
            ),
            title=f"The money of Tier {own}",
        ),
        named(
            higher_tier_allocation_rate,
            rate,
            (money, "adequacy_target", f"in_tier_{own}"),
            title=f"Tier {own}'s money over the Adequacy Targets of its units",
        ),
        named(
            higher_tier_funding,
            f"tier_{own}_funding",
            (f"in_tier_{own}", "adequacy_target", rate),
            title=f"The funding of a Tier {own} unit",
        ),
    )


@line("18-8.15(g)(2)", Measure.DOLLARS_PER_STUDENT, verified(), statewide=True)
def greatest_tier_3_funding_per_student(
    tier_3_funding: Values, average_student_enrollment: Values
) -> Values:
    """The greatest funding per pupil of any Tier 3 unit: the floor of Tier 2.

    >>> greatest_tier_3_funding_per_student(units(0, 300, 500), units(10, 10, 20))
    30.0
    """
    return statewide_maximum(divide(tier_3_funding, average_student_enrollment))


# --- Tier 2 ------------------------------------------------------------------


@line("18-8.15(g)(4)", Measure.SHARE, verified(), statewide=True)
def tier_2_allocation_rate(tier_2_available: Values, total_tier_2_funding_gap: Values) -> Values:
    """The part of its gap that a Tier 2 unit is paid, at most all of it.

    >>> tier_2_allocation_rate(49, 980), tier_2_allocation_rate(49, 45)
    (0.05, 1.0)
    """
    return minimum(divide(tier_2_available, total_tier_2_funding_gap), 1.0)


@line("18-8.15(g)(1), (4)", Measure.DOLLARS, verified())
def tier_2_funding_step_1(tier_2_funding_gap: Values, tier_2_allocation_rate: Values) -> Values:
    """Tier 2 funding by the gap.

    >>> tier_2_funding_step_1(200, 0.05)
    10.0
    """
    return tier_2_funding_gap * tier_2_allocation_rate


@line("18-8.15(g)(2)", Measure.DOLLARS, verified(32))
def tier_2_funding_step_2(
    in_tier_2: Values,
    tier_2_funding_step_1: Values,
    average_student_enrollment: Values,
    greatest_tier_3_funding_per_student: Values,
    tier_2_surplus: Values,
) -> Values:
    """Tier 2 funding, for Tier 2 units no less per pupil than any Tier 3 unit has.

    Where money is left over every gap is filled, and no more is paid.

    >>> tier_2_funding_step_2(1, 10, 2, 30, 0), tier_2_funding_step_2(0, 10, 2, 30, 0)
    (60, 10)
    >>> tier_2_funding_step_2(1, 10, 2, 30, 4)
    10
    """
    floor = average_student_enrollment * greatest_tier_3_funding_per_student
    raised = maximum(tier_2_funding_step_1, floor)
    return where(in_tier_2 & equal(tier_2_surplus, 0), raised, tier_2_funding_step_1)


@line("18-8.15(g)(2)", Measure.RATIO, verified(32), statewide=True)
def tier_2_scaling_factor(
    tier_2_available: Values, total_tier_2_funding_gap: Values, tier_2_funding_step_2: Values
) -> Values:
    """What every Tier 2 amount is scaled by, so that the floor costs Tier 2 alone.

    >>> tier_2_scaling_factor(60, 100, units(30, 45)), tier_2_scaling_factor(60, 45, units(30, 15))
    (0.8, 1.0)
    """
    paid = minimum(tier_2_available, total_tier_2_funding_gap)
    return divide(paid, statewide_sum(tier_2_funding_step_2))


@line("18-8.15(g)(2)", Measure.DOLLARS, verified(32))
def tier_2_funding(tier_2_funding_step_2: Values, tier_2_scaling_factor: Values) -> Values:
    """Tier 2 funding, scaled to the money there is; Tier 1 units' too.

    >>> tier_2_funding(60, 0.8)
    48.0
    """
    return tier_2_funding_step_2 * tier_2_scaling_factor


# --- The sum -----------------------------------------------------------------


@line(
    "18-8.15(g)(1)", Measure.DOLLARS, verified(), rounding=CUT_2_OF_DIFFERENCE, of_every_kind=True
)
def tier_funding(
    tier_1_funding: Values,
    tier_2_funding: Values,
    tier_3_funding: Values,
    tier_4_funding: Values,
) -> Values:
    """Tier funding: the unit's new money of the year, cut to the cent.

    >>> tier_funding(12458.659923947665, 6901.572886582705, 0, 0)
    19360.23
    """
    return tier_1_funding + tier_2_funding + tier_3_funding + tier_4_funding


@line("18-8.15(g)(7)", Measure.DOLLARS, law_as_read(31), statewide=True, rounding=WHOLE_CENTS)
def undistributed_new_state_funds(new_state_funds: Values, tier_funding: Values) -> Values:
    """New State Funds that no unit is paid: the cents cut off, and surplus without a taker.

    >>> undistributed_new_state_funds(300000000, units(299999995.36))  # 4.63999998569489
    4.64
    """
    return new_state_funds - statewide_sum(tier_funding)


@line("18-8.15(g)(1)", Measure.DOLLARS, verified(), rounding=CUT_2, of_every_kind=True)
def total_state_contribution(base_funding_paid: Values, tier_funding: Values) -> Values:
    """Total state contribution: base funding and tier funding.

    >>> total_state_contribution(300343.557, 19360.23)
    319703.78
    """
    return base_funding_paid + tier_funding


LINES: tuple[Line, ...] = (
    *g_new_state_funds.LINES,
    in_distribution_before_2020,
    in_distribution,
    tier_1_allocation_rate,
    tier_1_gap_reached,
    tier_1_target_ratio,
    tier_1_money_joins_tier_2,
    tier,
    in_tier_1,
    in_tier_2,
    in_tier_3,
    in_tier_4,
    *(
        named(
            units_in_tier,
            f"units_in_tier_{tier}",
            (f"in_tier_{tier}",),
            title=f"Units in Tier {tier}",
        )
        for tier in TIERS
    ),
    tier_1_funding_gap,
    tier_1_funding,
    tier_2_funding_gap,
    total_tier_2_funding_gap,
    tier_2_available,
    tier_2_surplus,
    *_higher_tier_lines(TIER_3, TIER_4),
    *_higher_tier_lines(TIER_4, TIER_3),
    greatest_tier_3_funding_per_student,
    tier_2_allocation_rate,
    tier_2_funding_step_1,
    tier_2_funding_step_2,
    tier_2_scaling_factor,
    tier_2_funding,
    tier_funding,
    undistributed_new_state_funds,
    *g_base_funding_shortfall.LINES,
    total_state_contribution,
    *g_statewide_adequacy.LINES,
)
