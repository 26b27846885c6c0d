"""(g)(10) Base funding when the appropriation falls short of it."""

from __future__ import annotations

from ebf.language.evidence import law_as_read
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values, divide, less, maximum, minimum, statewide_sum, where


@line("18-8.15(g)(10)", Measure.DOLLARS, law_as_read(33))
def tier_1_and_2_decline(
    in_tier_1: Values,
    in_tier_2: Values,
    base_funding_minimum: Values,
    average_student_enrollment: Values,
    prior_year_average_student_enrollment: Values,
) -> Values:
    """What a Tier 1 or 2 unit's base falls by with its pupils, the same per pupil as before.

    Of a unit whose pupils grew, or that had none the year before, nothing.

    >>> tier_1_and_2_decline(units(1, 0, 0), units(0, 1, 0), 1000, 75, units(100, 60, 100))
    [250.0, 0.0, 0.0]
    """
    part = divide(average_student_enrollment, prior_year_average_student_enrollment)
    had_pupils = less(0.0, prior_year_average_student_enrollment)
    kept = where(had_pupils, minimum(part, 1.0), 1.0)
    return where(in_tier_1 | in_tier_2, base_funding_minimum * (1 - kept), 0.0)


@line("18-8.15(g)(10)", Measure.SHARE, law_as_read(33), statewide=True)
def tier_1_and_2_reduction_rate(
    base_funding_shortfall: Values, tier_1_and_2_decline: Values
) -> Values:
    """The part of those declines that a shortfall takes: all, or what it comes to.

    >>> tier_1_and_2_reduction_rate(60, units(20, 0)), tier_1_and_2_reduction_rate(5, units(20, 0))
    (1.0, 0.25)
    """
    return minimum(divide(base_funding_shortfall, statewide_sum(tier_1_and_2_decline)), 1.0)


@line("18-8.15(g)(10)", Measure.DOLLARS, law_as_read(33))
def tier_1_and_2_reduction(
    tier_1_and_2_decline: Values, tier_1_and_2_reduction_rate: Values
) -> Values:
    """A Tier 1 or 2 unit's reduction: held harmless per pupil, it loses with its pupils alone.

    >>> tier_1_and_2_reduction(20, 1)
    20
    """
    return tier_1_and_2_decline * tier_1_and_2_reduction_rate


@line("18-8.15(g)(10)", Measure.DOLLARS_PER_STUDENT, law_as_read(33), statewide=True)
def tier_3_and_4_reduction_per_student(
    base_funding_shortfall: Values,
    tier_1_and_2_reduction: Values,
    in_tier_3: Values,
    in_tier_4: Values,
    average_student_enrollment: Values,
) -> Values:
    """What the shortfall then takes per pupil from Tier 3 and 4 units.

    >>> tier_3_and_4_reduction_per_student(
    ...     80, units(20, 0, 0), units(0, 1, 0), units(0, 0, 1), units(10, 10, 20))
    2.0
    """
    students = where(in_tier_3 | in_tier_4, average_student_enrollment, 0.0)
    left = maximum(base_funding_shortfall - statewide_sum(tier_1_and_2_reduction), 0.0)
    return divide(left, statewide_sum(students))


@line("18-8.15(g)(10)", Measure.DOLLARS, law_as_read(33))
def tier_3_and_4_reduction(
    in_tier_3: Values,
    in_tier_4: Values,
    average_student_enrollment: Values,
    tier_3_and_4_reduction_per_student: Values,
    base_funding_minimum: Values,
    first_year_base_funding_minimum: Values,
) -> Values:
    """A Tier 3 or 4 unit's reduction, never below the base of the first year.

    >>> tier_3_and_4_reduction(units(0, 1, 0, 0), units(0, 0, 1, 1), units(10, 10, 20, 20), 2,
    ...     units(90, 90, 90, 90), units(5, 50, 75, 90))
    [0.0, 20.0, 15.0, 0.0]
    """
    above_first_year = maximum(base_funding_minimum - first_year_base_funding_minimum, 0.0)
    per_student = average_student_enrollment * tier_3_and_4_reduction_per_student
    return where(in_tier_3 | in_tier_4, minimum(per_student, above_first_year), 0.0)


@line("18-8.15(g)(10)", Measure.DOLLARS_PER_STUDENT, law_as_read(33), statewide=True)
def further_reduction_per_student(
    base_funding_shortfall: Values,
    tier_1_and_2_reduction: Values,
    tier_3_and_4_reduction: Values,
    average_student_enrollment: Values,
) -> Values:
    """What is still short, per pupil of all units.

    >>> further_reduction_per_student(80, units(20, 0, 0), units(0, 20, 15), units(10, 20, 20))
    0.5
    """
    taken = statewide_sum(tier_1_and_2_reduction) + statewide_sum(tier_3_and_4_reduction)
    still_short = maximum(base_funding_shortfall - taken, 0.0)
    return divide(still_short, statewide_sum(average_student_enrollment))


@line("18-8.15(g)(10)", Measure.DOLLARS, law_as_read(33), refused_below_0=True, of_every_kind=True)
def base_funding_paid(
    base_funding_minimum: Values,
    tier_1_and_2_reduction: Values,
    tier_3_and_4_reduction: Values,
    average_student_enrollment: Values,
    further_reduction_per_student: Values,
) -> Values:
    """The Base Funding Minimum, less the unit's part in a shortfall.

    >>> base_funding_paid(90, 0, 15, 20, 0.5)
    65.0
    """
    further = average_student_enrollment * further_reduction_per_student
    return base_funding_minimum - tier_1_and_2_reduction - tier_3_and_4_reduction - further


LINES: tuple[Line, ...] = (
    tier_1_and_2_decline,
    tier_1_and_2_reduction_rate,
    tier_1_and_2_reduction,
    tier_3_and_4_reduction_per_student,
    tier_3_and_4_reduction,
    further_reduction_per_student,
    base_funding_paid,
)
