"""FY2019: by a threshold, set so that the grants of the rates above it come to the pool."""

from __future__ import annotations

from ebf.language.evidence import law_as_read
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.vocabulary import (
    Values,
    divide,
    less,
    maximum,
    minimum,
    statewide_maximum,
    statewide_sum,
    sum_of_ramps,
    where,
)
from ebf.law.relief_grants.relief import by_type

_IN_2019 = "2-3.170; P.A. 100-465"


@line(_IN_2019, Measure.RATE, law_as_read(6), first_year=2019, last_year=2019)
def unit_equivalent_tax_rate(
    adjusted_operating_tax_rate: Values, organization_type: Values, relief_grade_span: Values
) -> Values:
    """The rate as a unit district's: by 13 of 9 grades, by 13 of 4.

    >>> unit_equivalent_tax_rate(units(0.03125, 0.03125), units("unit", "high_school"),
    ...     bands(13, 9, 4))
    [0.03125, 0.1015625]
    """
    whole = relief_grade_span[..., 0:1]
    return (
        adjusted_operating_tax_rate * whole / by_type(organization_type, relief_grade_span, whole)
    )


@line(_IN_2019, Measure.DOLLARS, law_as_read(6), first_year=2019, last_year=2019)
def greatest_grant(
    applied: Values, real_eav: Values, relief_rate: Values, property_tax_multiplier: Values
) -> Values:
    """An applicant's grant if its rate is far enough above the threshold.

    >>> greatest_grant(1, 1_000_000, 0.01, 0.75)
    7500.0
    """
    return where(applied, real_eav * relief_rate * property_tax_multiplier, 0)


@line(_IN_2019, Measure.DOLLARS, law_as_read(6), first_year=2019, last_year=2019)
def grants_with_threshold_at_rate(
    greatest_grant: Values, unit_equivalent_tax_rate: Values, relief_ramp: Values
) -> Values:
    """What all grants would come to with the threshold at this district's rate.

    >>> grants_with_threshold_at_rate(units(100, 100), units(0.5, 0.75), 0.5)
    [50.0, 0.0]
    """
    rate = unit_equivalent_tax_rate
    return sum_of_ramps(greatest_grant, rate, relief_ramp, rate)


@line(_IN_2019, Measure.DOLLARS, law_as_read(6), first_year=2019, last_year=2019)
def grants_with_threshold_below_rate(
    greatest_grant: Values, unit_equivalent_tax_rate: Values, relief_ramp: Values
) -> Values:
    """The same with the threshold so far below that this district's relief is the greatest.

    >>> grants_with_threshold_below_rate(units(100, 100), units(0.5, 0.75), 0.5)
    [200.0, 150.0]
    """
    rate = unit_equivalent_tax_rate
    return sum_of_ramps(greatest_grant, rate, relief_ramp, rate - relief_ramp)


@line(_IN_2019, Measure.RATE, law_as_read(6), statewide=True, first_year=2019, last_year=2019,
      may_be_negative=True)  # fmt: skip
def threshold_too_low(
    grants_with_threshold_at_rate: Values,
    grants_with_threshold_below_rate: Values,
    unit_equivalent_tax_rate: Values,
    relief_ramp: Values,
    relief_pool: Values,
) -> Values:
    """The highest bend of the sum of grants at which it is still the pool or more.

    A bend is a district's rate, or a ramp below it; between two the sum is straight.

    >>> threshold_too_low(units(50, 0), units(200, 150), units(0.5, 0.75), 0.5, 100)
    0.25
    """
    at, below = grants_with_threshold_at_rate, grants_with_threshold_below_rate
    rate = unit_equivalent_tax_rate
    return statewide_maximum(
        maximum(
            where(less(at, relief_pool), 0 - 1, rate),
            where(less(below, relief_pool), 0 - 1, rate - relief_ramp),
        )
    )


@line(_IN_2019, Measure.RATE, law_as_read(6), statewide=True, first_year=2019, last_year=2019)
def threshold_too_high(
    grants_with_threshold_at_rate: Values,
    grants_with_threshold_below_rate: Values,
    unit_equivalent_tax_rate: Values,
    relief_ramp: Values,
    relief_pool: Values,
) -> Values:
    """The lowest bend of the sum of grants at which it is less than the pool.

    >>> threshold_too_high(units(50, 0), units(200, 150), units(0.5, 0.75), 0.5, 100)
    0.5
    """
    at, below = grants_with_threshold_at_rate, grants_with_threshold_below_rate
    rate = unit_equivalent_tax_rate
    return 0 - statewide_maximum(
        maximum(
            where(less(at, relief_pool), 0 - rate, 0 - 1),
            where(less(below, relief_pool), relief_ramp - rate, 0 - 1),
        )
    )


@line(_IN_2019, Measure.DOLLARS, law_as_read(6), statewide=True, first_year=2019, last_year=2019)
def grants_with_threshold_too_low(
    greatest_grant: Values,
    grants_with_threshold_at_rate: Values,
    grants_with_threshold_below_rate: Values,
    relief_pool: Values,
) -> Values:
    """The least sum of grants at a bend that is still the pool or more.

    >>> grants_with_threshold_too_low(units(100, 100), units(50, 0), units(200, 150), 100)
    150
    """
    at, below = grants_with_threshold_at_rate, grants_with_threshold_below_rate
    all_grants = statewide_sum(greatest_grant)
    return 0 - statewide_maximum(
        maximum(
            where(less(at, relief_pool), 0 - all_grants, 0 - at),
            where(less(below, relief_pool), 0 - all_grants, 0 - below),
        )
    )


@line(_IN_2019, Measure.DOLLARS, law_as_read(6), statewide=True, first_year=2019, last_year=2019)
def grants_with_threshold_too_high(
    grants_with_threshold_at_rate: Values,
    grants_with_threshold_below_rate: Values,
    relief_pool: Values,
) -> Values:
    """The greatest sum of grants at a bend that is less than the pool.

    >>> grants_with_threshold_too_high(units(50, 0), units(200, 150), 100)
    50
    """
    at, below = grants_with_threshold_at_rate, grants_with_threshold_below_rate
    return statewide_maximum(
        maximum(where(less(at, relief_pool), at, 0), where(less(below, relief_pool), below, 0))
    )


@line(_IN_2019, Measure.RATE, law_as_read(6), statewide=True, first_year=2019, last_year=2019)
def relief_threshold(
    threshold_too_low: Values,
    threshold_too_high: Values,
    grants_with_threshold_too_low: Values,
    grants_with_threshold_too_high: Values,
    greatest_grant: Values,
    relief_pool: Values,
    applied: Values,
    unit_equivalent_tax_rate: Values,
    relief_ramp: Values,
) -> Values:
    """The rate above which there is relief: where the grants come to the pool.

    Where the pool is enough for all, a ramp below the lowest rate that applied.

    >>> relief_threshold(0.25, 0.5, 150, 50, units(100, 100), 100, 1, units(0.5, 0.75), 0.5)
    0.375
    >>> relief_threshold(-1, 0, -9, 200, units(100, 100), 300, 1, units(0.5, 0.75), 0.25)
    0.25
    """
    beyond = divide(
        grants_with_threshold_too_low - relief_pool,
        grants_with_threshold_too_low - grants_with_threshold_too_high,
    )
    solved = threshold_too_low + (threshold_too_high - threshold_too_low) * beyond
    lowest = 0 - statewide_maximum(where(applied, 0 - unit_equivalent_tax_rate, 0 - 1))
    is_scarce = less(relief_pool, statewide_sum(greatest_grant))
    return where(is_scarce, solved, lowest - relief_ramp)


@line(_IN_2019, Measure.DOLLARS, law_as_read(6, 7), first_year=2019, last_year=2019)
def relief_granted(
    applied: Values,
    real_eav: Values,
    relief_rate: Values,
    unit_equivalent_tax_rate: Values,
    relief_threshold: Values,
    relief_ramp: Values,
) -> Values:
    """An applicant's relief: none at the threshold, rising to the greatest a ramp above it.

    >>> relief_granted(1, 1_000_000, 0.0078125, units(0.25, 0.375, 1), 0.25, 0.5)
    [0.0, 1953.125, 7812.5]
    """
    above = maximum(unit_equivalent_tax_rate - relief_threshold, 0)
    rate = minimum(relief_rate, above * relief_rate / relief_ramp)
    return where(applied, real_eav * rate, 0)


@line(_IN_2019, Measure.DOLLARS, law_as_read(6), first_year=2019, last_year=2019)
def relief_grant(relief_granted: Values, property_tax_multiplier: Values) -> Values:
    """The grant: the State's share of the relief.

    >>> relief_grant(1000, 0.75)
    750.0
    """
    return relief_granted * property_tax_multiplier


LINES: tuple[Line, ...] = (
    unit_equivalent_tax_rate,
    greatest_grant,
    grants_with_threshold_at_rate,
    grants_with_threshold_below_rate,
    threshold_too_low,
    threshold_too_high,
    grants_with_threshold_too_low,
    grants_with_threshold_too_high,
    relief_threshold,
    relief_granted,
    relief_grant,
)
