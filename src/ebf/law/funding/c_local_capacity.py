"""(c) Local capacity: what a unit is expected to raise itself."""

from __future__ import annotations

from dataclasses import replace

from ebf.language.evidence import law_as_read, verified
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.rounding import CUT_2, CUT_2_OF_DIFFERENCE, CUT_4
from ebf.language.vocabulary import (
    Values,
    divide,
    equal,
    less,
    maximum,
    minimum,
    normal_cdf,
    square_root,
    statewide_sum,
    where,
)

BY_SHAPE = "its shape verified, without EAV"


@line("18-8.15(c)(2)(A)-(C)", Measure.WEALTH, law_as_read(15, note=BY_SHAPE))
def local_capacity_ratio(
    equalized_assessed_valuation: Values,
    adequacy_target: Values,
    organization_type: Values,
    elementary_grade_span: Values,
    high_school_grade_span: Values,
    full_grade_span: Values,
) -> Values:
    """The Local Capacity Ratio: property wealth over the target, by grades served.

    An elementary district serves 9 of 13 grades, a high school district 4 of 13.

    >>> local_capacity_ratio(units(130, 130, 130), units(10, 10, 10),
    ...     units("unit", "elementary", "high_school"), 9, 4, 13)
    [13.0, 9.0, 4.0]
    """
    span = where(
        equal(organization_type, "elementary"),
        elementary_grade_span,
        where(
            equal(organization_type, "high_school"),
            high_school_grade_span,
            full_grade_span,
        ),
    )
    return divide(equalized_assessed_valuation, adequacy_target) * span / full_grade_span


@line("18-8.15(c)(2)(A)-(C)", Measure.STUDENTS, law_as_read(16))
def local_capacity_weight(average_student_enrollment: Values, is_district: Values) -> Values:
    """The unit's weight in the mean and deviation: its ASE; without property, none.

    >>> local_capacity_weight(units(200, 30), units(1, 0))
    [200.0, 0.0]
    """
    return where(is_district, average_student_enrollment, 0.0)


@line("18-8.15(c)(2)(A)-(C)", Measure.STUDENTS, law_as_read(16), name="local_capacity_weight")
def local_capacity_weight_of_all_units(
    average_student_enrollment: Values, in_distribution: Values
) -> Values:
    """The unit's weight in the mean and deviation: its ASE; its ratio without property is 0.

    >>> local_capacity_weight_of_all_units(units(200, 30, 8), units(1, 1, 0))
    [200.0, 30.0, 0.0]
    """
    return where(in_distribution, average_student_enrollment, 0.0)


@line("18-8.15(c)(2)(A)-(C)", Measure.WEALTH, law_as_read(16), statewide=True)
def weighted_mean_local_capacity_ratio(
    local_capacity_ratio: Values, local_capacity_weight: Values
) -> Values:
    """The mean Local Capacity Ratio of the state, weighted by ASE.

    >>> weighted_mean_local_capacity_ratio(units(1, 4), units(200, 100))
    2.0
    """
    return divide(
        statewide_sum(local_capacity_ratio * local_capacity_weight),
        statewide_sum(local_capacity_weight),
    )


@line("18-8.15(c)(2)(A)-(C)", Measure.WEALTH, law_as_read(16), statewide=True)
def weighted_deviation_local_capacity_ratio(
    local_capacity_ratio: Values,
    local_capacity_weight: Values,
    weighted_mean_local_capacity_ratio: Values,
) -> Values:
    """The standard deviation of the Local Capacity Ratio, weighted by ASE.

    One that floats cannot tell from nothing is 0: all ratios are the same.

    >>> weighted_deviation_local_capacity_ratio(units(1, 2), units(100, 100), 1.5)
    0.5
    >>> weighted_deviation_local_capacity_ratio(units(0.3, 0.1 + 0.2), units(1, 1), 0.3)
    0.0
    """
    apart = local_capacity_ratio - weighted_mean_local_capacity_ratio
    variance = divide(
        statewide_sum(local_capacity_weight * apart * apart),
        statewide_sum(local_capacity_weight),
    )
    deviation = square_root(variance)
    mean = weighted_mean_local_capacity_ratio
    return where(less(mean, mean + deviation), deviation, 0.0)


@line(
    "18-8.15(c)(2)(A)-(C)",
    Measure.SHARE,
    law_as_read(15, 17, note=BY_SHAPE),
    rounding=CUT_4,
    may_be_blank=True,
)
def local_capacity_percentage(
    local_capacity_ratio: Values,
    weighted_mean_local_capacity_ratio: Values,
    weighted_deviation_local_capacity_ratio: Values,
    is_district: Values,
    greatest_local_capacity_percentage: Values,
    local_capacity_percentage_without_property: Values,
) -> Values:
    """The Local Capacity Percentage: the unit's place in the normal distribution.

    At most 90 %; 10 % for laboratory schools and regional programs.

    >>> local_capacity_percentage(2.5, 2.5, 1.5, 1, 0.9, 0.1)
    0.5
    >>> local_capacity_percentage(9, 2.5, 1.5, 1, 0.9, 0.1)
    0.9
    >>> local_capacity_percentage(0, 2.5, 1.5, 0, 0.9, 0.1)
    0.1
    """
    deviations = divide(
        local_capacity_ratio - weighted_mean_local_capacity_ratio,
        weighted_deviation_local_capacity_ratio,
    )
    of_district = minimum(normal_cdf(deviations), greatest_local_capacity_percentage)
    return where(is_district, of_district, local_capacity_percentage_without_property)


@line(
    "18-8.15(c)(2)",
    Measure.DOLLARS,
    verified(note="units without receipts above it"),
    rounding=CUT_2,
)
def local_capacity_target(local_capacity_percentage: Values, adequacy_target: Values) -> Values:
    """The Local Capacity Target: the percentage of the Adequacy Target.

    >>> local_capacity_target(0.1, 543477.51)
    54347.75
    """
    return local_capacity_percentage * adequacy_target


@line(
    "18-8.15(c)(3), (c)(2)(D)",
    Measure.DOLLARS,
    verified(18, 19, note="units without receipts above the target"),
    rounding=CUT_2_OF_DIFFERENCE,
    first_year=2019,
    refused_below_0=True,
)
def adjusted_local_capacity_target(
    local_capacity_target: Values,
    real_receipts: Values,
    local_capacity_percentage: Values,
    article_34_district: Values,
    pension_credit: Values,
) -> Values:
    """The Local Capacity Target, adjusted for Real Receipts above it.

    The percentage of what the receipts exceed the target by is added; the
    district under Article 34 (Chicago) has its pension cost credited.

    >>> adjusted_local_capacity_target(1000, 1500.27, 0.25, 0, 0)  # 1125.0675
    1125.06
    >>> adjusted_local_capacity_target(1000, 900, 0.25, 1, 300)
    700.0
    """
    above = maximum(real_receipts - local_capacity_target, 0.0)
    credit = where(article_34_district, pension_credit, 0.0)
    return local_capacity_target + above * local_capacity_percentage - credit


adjusted_local_capacity_target_of_2018: Line = replace(
    adjusted_local_capacity_target,
    evidence=verified(18, 19, note="not cut; receipts come to whole cents"),
    rounding=None,
    first_year=None,
    last_year=2018,
)

LINES: tuple[Line, ...] = (
    local_capacity_ratio,
    local_capacity_weight,
    weighted_mean_local_capacity_ratio,
    weighted_deviation_local_capacity_ratio,
    local_capacity_percentage,
    local_capacity_target,
    adjusted_local_capacity_target_of_2018,
    adjusted_local_capacity_target,
)
