"""Effort: what a district levies and raises, beside what it has. No rule of the section."""

from __future__ import annotations

from ebf.language.evidence import law_as_read
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values, regional_sum

_CITE = "2-3.170"


@line(_CITE, Measure.RATE, law_as_read(5))
def effort_mean_rate_of_type(
    adjusted_operating_tax_rate: Values, organization_type: Values
) -> Values:
    """The mean operating rate of the districts of the type, each counted once.

    >>> effort_mean_rate_of_type(units(0.05, 0.03, 0.02), units("unit", "unit", "elementary"))
    [0.04, 0.04, 0.02]
    """
    one_each = 1 + 0 * adjusted_operating_tax_rate
    rates = regional_sum(adjusted_operating_tax_rate, organization_type)
    return rates / regional_sum(one_each, organization_type)


@line(_CITE, Measure.RATIO, law_as_read(5))
def effort_by_rate(adjusted_operating_tax_rate: Values, effort_mean_rate_of_type: Values) -> Values:
    """The operating rate over the mean of its type.

    >>> effort_by_rate(0.05, 0.04)
    1.25
    """
    return adjusted_operating_tax_rate / effort_mean_rate_of_type


@line(_CITE, Measure.RATE, law_as_read(5))
def effort_by_revenue(local_revenue: Values, effort_eav: Values) -> Values:
    """Local revenue over the EAV that it is raised on.

    >>> effort_by_revenue(4_000_000, 100_000_000)
    0.04
    """
    return local_revenue / effort_eav


LINES: tuple[Line, ...] = (effort_mean_rate_of_type, effort_by_rate, effort_by_revenue)
