"""(g)(10) Base funding when the appropriation falls short of it."""

from __future__ import annotations

from ebf.language.evidence import law_as_read
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values, divide, maximum, minimum, statewide_sum, where


@line("18-8.15(g)(10)", Measure.DOLLARS_PER_STUDENT, law_as_read(33), statewide=True)
def tier_3_and_4_reduction_per_student(
    base_funding_shortfall: Values,
    in_tier_3: Values,
    in_tier_4: Values,
    average_student_enrollment: Values,
) -> Values:
    """What a shortfall of base funding takes per pupil from Tier 3 and 4 units.

    >>> tier_3_and_4_reduction_per_student(60, units(0, 1, 0), units(0, 0, 1), units(10, 10, 20))
    2.0
    """
    students = where(in_tier_3 | in_tier_4, average_student_enrollment, 0.0)
    return divide(base_funding_shortfall, statewide_sum(students))


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
    tier_3_and_4_reduction: Values,
    average_student_enrollment: Values,
) -> Values:
    """What is still short, per pupil of all units.

    >>> further_reduction_per_student(60, units(0, 20, 15), units(10, 20, 20))
    0.5
    """
    still_short = base_funding_shortfall - statewide_sum(tier_3_and_4_reduction)
    return divide(maximum(still_short, 0.0), statewide_sum(average_student_enrollment))


@line("18-8.15(g)(10)", Measure.DOLLARS, law_as_read(33), refused_below_0=True, of_every_kind=True)
def base_funding_paid(
    base_funding_minimum: Values,
    tier_3_and_4_reduction: Values,
    average_student_enrollment: Values,
    further_reduction_per_student: Values,
) -> Values:
    """The Base Funding Minimum, less the unit's part in a shortfall.

    >>> base_funding_paid(90, 15, 20, 0.5)
    65.0
    """
    further = average_student_enrollment * further_reduction_per_student
    return base_funding_minimum - tier_3_and_4_reduction - further


LINES: tuple[Line, ...] = (
    tier_3_and_4_reduction_per_student,
    tier_3_and_4_reduction,
    further_reduction_per_student,
    base_funding_paid,
)
