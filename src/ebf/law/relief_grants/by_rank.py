"""FY2020 on: by rank, the highest rate against its type's mean first, until the pool is spent."""

from __future__ import annotations

from ebf.language.evidence import from_guide
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.rounding import CUT_0
from ebf.language.vocabulary import (
    Values,
    divide,
    equal,
    less,
    maximum,
    minimum,
    regional_sum,
    statewide_sum,
    sum_before,
    where,
)


@line("2-3.170", Measure.RATE, from_guide(), first_year=2020)
def mean_rate_of_type(adjusted_operating_tax_rate: Values, organization_type: Values) -> Values:
    """The plain mean rate of the district's type, over applicants and all others.

    >>> mean_rate_of_type(units(0.0625, 0.03125, 0.5), units("unit", "unit", "elementary"))
    [0.046875, 0.046875, 0.5]
    """
    one = where(equal(organization_type, organization_type), 1, 0)
    rates = regional_sum(adjusted_operating_tax_rate, organization_type)
    return divide(rates, regional_sum(one, organization_type))


@line("2-3.170", Measure.RATIO, from_guide(), first_year=2020)
def rate_to_mean_of_type(adjusted_operating_tax_rate: Values, mean_rate_of_type: Values) -> Values:
    """How the district's rate stands to the mean of its type.

    >>> rate_to_mean_of_type(0.0625, 0.03125)
    2.0
    """
    return divide(adjusted_operating_tax_rate, mean_rate_of_type)


@line("2-3.170", Measure.COUNT, from_guide(4), first_year=2020)
def rank_of_applicant(applied: Values, rate_to_mean_of_type: Values) -> Values:
    """The applicant's place, the highest rate against the mean first; 0 for others.

    >>> rank_of_applicant(units(1, 0, 1), units(1.2, 3, 1.5))
    [2.0, 0.0, 1.0]
    """
    before = sum_before(where(applied, 1, 0), 0 - rate_to_mean_of_type)
    return where(applied, 1 + before, 0)


@line("2-3.170", Measure.DOLLARS, from_guide(3), rounding=CUT_0, first_year=2020)
def grant_applied_for(relief_applied_for: Values, property_tax_multiplier: Values) -> Values:
    """The grant for the relief in whole dollars, if the pool reaches it.

    >>> grant_applied_for(1_972_837, 0.93114624)
    1836999.0
    """
    return relief_applied_for * property_tax_multiplier


@line("2-3.170", Measure.DOLLARS, from_guide(4), first_year=2020)
def grants_ranked_before(grant_applied_for: Values, rate_to_mean_of_type: Values) -> Values:
    """What the applicants of higher rank take of the pool.

    >>> grants_ranked_before(units(54, 64, 0), units(1.5, 1.2, 3))
    [0.0, 54.0, 0.0]
    """
    return sum_before(grant_applied_for, 0 - rate_to_mean_of_type)


@line("2-3.170", Measure.DOLLARS, from_guide(), first_year=2020)
def relief_grant(
    grant_applied_for: Values, grants_ranked_before: Values, relief_pool: Values
) -> Values:
    """The grant: in full while the pool lasts; whom it does not reach in full has what is left.

    >>> relief_grant(units(54, 64, 10), units(0, 54, 118), 100)
    [54, 46, 0]
    """
    return minimum(grant_applied_for, maximum(relief_pool - grants_ranked_before, 0))


@line("2-3.170", Measure.DOLLARS, from_guide(5), first_year=2020)
def relief_granted(
    relief_applied_for: Values,
    relief_grant: Values,
    grant_applied_for: Values,
    property_tax_multiplier: Values,
    grants_ranked_before: Values,
    relief_pool: Values,
) -> Values:
    """The relief that the grant pays for; where it is cut short, as much as it pays for.

    None where the pool was too small for those before, though it be for a grant of 0.

    >>> relief_granted(60, 54, 54, 0.9, 0, 100), relief_granted(80, 46, 64, 0.8, 54, 100)
    (60.0, 57.5)
    >>> relief_granted(2, 0, 0, 0.25, 118, 100)
    0.0
    """
    short = less(relief_grant, grant_applied_for)
    spent = less(relief_pool, grants_ranked_before)
    paid_for = where(short, divide(relief_grant, property_tax_multiplier), relief_applied_for)
    return where(spent, 0, paid_for)


@line("2-3.170", Measure.DOLLARS, from_guide(), statewide=True, first_year=2020)
def relief_pool_left(relief_pool: Values, relief_grant: Values) -> Values:
    """What nobody takes of the pool.

    >>> relief_pool_left(100, units(54, 16))
    30
    """
    return relief_pool - statewide_sum(relief_grant)


LINES: tuple[Line, ...] = (
    mean_rate_of_type,
    rate_to_mean_of_type,
    rank_of_applicant,
    grant_applied_for,
    grants_ranked_before,
    relief_grant,
    relief_granted,
    relief_pool_left,
)
