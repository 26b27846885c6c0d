"""Relief: what a district may abate, and what the State pays of it."""

from __future__ import annotations

from ebf.language.evidence import from_guide, law_as_read
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.rounding import CUT_0
from ebf.language.vocabulary import Values, equal, less, minimum, where


def by_type(organization_type: Values, banded: Values, otherwise: Values | float) -> Values:
    """The number of the district's type: unit, elementary, high school."""
    return where(
        equal(organization_type, "unit"),
        banded[..., 0:1],
        where(
            equal(organization_type, "elementary"),
            banded[..., 1:2],
            where(equal(organization_type, "high_school"), banded[..., 2:3], otherwise),
        ),
    )


@line("2-3.170", Measure.RATIO, law_as_read(1))
def property_tax_multiplier(local_capacity_percentage: Values) -> Values:
    """The share of the relief that the State pays: 1 less the percentage squared.

    >>> property_tax_multiplier(0.2624)
    0.93114624
    """
    return 1 - local_capacity_percentage * local_capacity_percentage


@line("2-3.170", Measure.RATE, from_guide(), refused_below_0=True)
def relief_rate(organization_type: Values, greatest_relief_rate: Values, applied: Values) -> Values:
    """Greatest relief per dollar of EAV by type of district; a type without one cannot apply.

    >>> relief_rate(units("unit", "high_school", "hybrid"), bands(0.01, 0.0069, 0.0031), 0)
    [0.01, 0.0031, 0.0]
    """
    return by_type(organization_type, greatest_relief_rate, 0 - where(applied, 1, 0))


@line("2-3.170", Measure.DOLLARS, from_guide(2), first_year=2020)
def greatest_abatement(
    real_eav: Values, relief_rate: Values, local_capacity_percentage: Values
) -> Values:
    """What a district may abate at most: EAV, the rate, and the part not in its percentage.

    >>> round(greatest_abatement(387_629_000, 0.0069, 0.2624), 2)
    1972814.54
    """
    left: Values = 1 - local_capacity_percentage
    return real_eav * relief_rate * left


@line("2-3.170", Measure.DOLLARS, from_guide(3), rounding=CUT_0, first_year=2020)
def relief_applied_for(
    applied: Values, greatest_abatement: Values, intended_relief: Values
) -> Values:
    """An applicant's relief in whole dollars: what it means to give, at most the greatest.

    >>> relief_applied_for(1, 1000.7, 0), relief_applied_for(1, 1000.7, 800.2)
    (1000.0, 800.0)
    >>> relief_applied_for(0, 1000.7, 0)
    0.0
    """
    intended = where(
        less(0, intended_relief), minimum(intended_relief, greatest_abatement), greatest_abatement
    )
    return where(applied, intended, 0)


LINES: tuple[Line, ...] = (
    property_tax_multiplier,
    relief_rate,
    greatest_abatement,
    relief_applied_for,
)
