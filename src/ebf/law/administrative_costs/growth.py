"""The limit: administrative costs and their growth over a year."""

from __future__ import annotations

from ebf.language.evidence import law_as_read
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values, band_total, less, maximum

_CITE = "17-1.5"


@line(_CITE, Measure.DOLLARS, law_as_read(1))
def administrative_costs(administrative_expenditure: Values) -> Values:
    """Administrative expenditures: the sum over their functions.

    >>> administrative_costs(bands(500, 100, 50, 200, 100, 50))
    1000.0
    """
    return band_total(administrative_expenditure)


@line(_CITE, Measure.DOLLARS, law_as_read(1))
def prior_year_administrative_costs(prior_year_administrative_expenditure: Values) -> Values:
    """The same of the year before.

    >>> prior_year_administrative_costs(bands(500, 100, 50, 200, 50, 50))
    950.0
    """
    return band_total(prior_year_administrative_expenditure)


@line(_CITE, Measure.DOLLARS, law_as_read(2))
def greatest_administrative_costs(
    prior_year_administrative_costs: Values, administrative_growth_limit: Values
) -> Values:
    """What they may come to without a waiver.

    >>> greatest_administrative_costs(1000, 0.05)
    1050.0
    """
    greatest: Values = prior_year_administrative_costs * (1 + administrative_growth_limit)
    return greatest


@line(_CITE, Measure.DOLLARS, law_as_read(2))
def administrative_costs_above_limit(
    administrative_costs: Values, greatest_administrative_costs: Values
) -> Values:
    """How far they are above that.

    >>> administrative_costs_above_limit(units(1060, 1040), 1050)
    [10.0, 0.0]
    """
    return maximum(administrative_costs - greatest_administrative_costs, 0.0)


@line(_CITE, Measure.FLAG, law_as_read(2))
def administrative_growth_above_limit(
    administrative_costs: Values, greatest_administrative_costs: Values
) -> Values:
    """Whether they grow by more than the limit; exactly by it they do not.

    >>> administrative_growth_above_limit(units(1060, 1050), 1050)
    [True, False]
    """
    return less(greatest_administrative_costs, administrative_costs)


LINES: tuple[Line, ...] = (
    administrative_costs,
    prior_year_administrative_costs,
    greatest_administrative_costs,
    administrative_costs_above_limit,
    administrative_growth_above_limit,
)
