"""(17-2) Ceilings: the greatest rate of each fund, without a vote and by one."""

from __future__ import annotations

from ebf.language.evidence import law_as_read
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values, equal, less, maximum, minimum, where
from ebf.law.tax_limits.funds import FUNDS


def _of_kind(
    organization_type: Values, elementary: Values, high_school: Values, unit: Values | float
) -> Values:
    """What the kind of district has; a unit district's for all others."""
    of_others = where(equal(organization_type, "high_school"), high_school, unit)
    return where(equal(organization_type, "elementary"), elementary, of_others)


@line("17-2", Measure.DOLLARS, law_as_read(5), bands=FUNDS, refused_below_0=True)
def levy_covered_by_rules(
    levy: Values,
    organization_type: Values,
    article_34_district: Values,
    fund_outside_chicago: Values,
    fund_in_chicago: Values,
) -> Values:
    """The levy; below 0, and so refused, where no rule for such a district's fund is at hand.

    >>> levy_covered_by_rules(7, units("unit", "hybrid", "unit"), units(0, 0, 1), 1, 0)
    [7, -7, -7]
    """
    is_modelled = _of_kind(
        organization_type,
        fund_outside_chicago,
        fund_outside_chicago,
        where(equal(organization_type, "unit"), fund_outside_chicago, 0.0),
    )
    covered = where(article_34_district, fund_in_chicago, is_modelled)
    return where(covered, levy, 0 - levy)


@line("17-2", Measure.RATE, law_as_read(2), bands=FUNDS)
def ceiling_without_referendum(
    organization_type: Values,
    rate_without_referendum_elementary: Values,
    rate_without_referendum_high_school: Values,
    rate_without_referendum_unit: Values,
) -> Values:
    """The rate that the board may levy of itself; 0 where the fund needs a vote.

    >>> ceiling_without_referendum(units("elementary", "unit"), 0.0092, 0.0092, 0.0184)
    [0.0092, 0.0184]
    """
    return _of_kind(
        organization_type,
        rate_without_referendum_elementary,
        rate_without_referendum_high_school,
        rate_without_referendum_unit,
    )


@line("17-2", Measure.RATE, law_as_read(2, 3), bands=FUNDS)
def ceiling_by_referendum(
    organization_type: Values,
    referendum_rate: Values,
    levies_since_referendum: Values,
    greatest_referendum_rate_elementary: Values,
    greatest_referendum_rate_high_school: Values,
    greatest_referendum_rate_unit: Values,
    referendum_rate_as_voted: Values,
    referendum_years: Values,
) -> Values:
    """The rate that voters approved, up to the greatest that they may, while it lasts.

    >>> ceiling_by_referendum("unit", units(0.03, 0.05), 0, 0.035, 0.035, 0.04, 0, 0)
    [0.03, 0.04]
    >>> ceiling_by_referendum("unit", 0.005, units(5, 6), 0, 0, 0.0075, 0, 6)
    [0.005, 0.0]
    >>> ceiling_by_referendum("unit", 0.003, 0, 0, 0, 0, 1, 0)
    0.003
    """
    greatest = _of_kind(
        organization_type,
        greatest_referendum_rate_elementary,
        greatest_referendum_rate_high_school,
        greatest_referendum_rate_unit,
    )
    rate = where(referendum_rate_as_voted, referendum_rate, minimum(referendum_rate, greatest))
    while_it_lasts = where(less(levies_since_referendum, referendum_years), rate, 0.0)
    return where(less(0.0, referendum_years), while_it_lasts, rate)


@line("17-3", Measure.RATE, law_as_read(4), bands=FUNDS)
def ceiling_of_coterminous_unit(
    organization_type: Values,
    formed_of_coterminous_districts: Values,
    predecessors_education_rate: Values,
    coterminous_unit_rate: Values,
    education_fund: Values,
) -> Values:
    """The rate of a unit formed of coterminous districts, in its first two levy years.

    Of education it is what its predecessors levied together, up to a greatest rate.

    >>> ceiling_of_coterminous_unit("unit", 1, units(0.05, 0.07), 0.06, 1)
    [0.05, 0.06]
    >>> ceiling_of_coterminous_unit("unit", units(1, 0), 0.05, 0.011, 0)
    [0.011, 0.0]
    """
    lesser = minimum(predecessors_education_rate, coterminous_unit_rate)
    rate = where(education_fund, lesser, coterminous_unit_rate)
    of_unit = where(formed_of_coterminous_districts, rate, 0.0)
    return where(equal(organization_type, "unit"), of_unit, 0.0)


@line("17-2", Measure.RATE, law_as_read(3, 4), bands=FUNDS)
def fund_ceiling(
    ceiling_without_referendum: Values,
    ceiling_by_referendum: Values,
    ceiling_of_coterminous_unit: Values,
    chicago_fund_ceiling: Values,
    article_34_district: Values,
) -> Values:
    """The greatest rate of the fund: the greatest of what the law gives the district.

    >>> fund_ceiling(0.0184, units(0, 0.03), 0, 0.0357, 0)
    [0.0184, 0.03]
    >>> fund_ceiling(0.0184, 0, 0, 0.0357, 1)
    0.0357
    """
    of_voters = maximum(ceiling_without_referendum, ceiling_by_referendum)
    outside = maximum(of_voters, ceiling_of_coterminous_unit)
    return where(article_34_district, chicago_fund_ceiling, outside)


@line("17-3.6", Measure.FLAG, law_as_read(6), bands=FUNDS)
def fund_has_ceiling(
    fund_without_ceiling: Values,
    exempt_under_ptell: Values,
    ptell_district: Values,
    article_34_district: Values,
) -> Values:
    """Whether a ceiling binds; education's not under PTELL, outside Chicago, from 2016 on.

    >>> fund_has_ceiling(0, 1, units(0, 1, 1), units(0, 0, 1))
    [1.0, 0.0, 1.0]
    >>> fund_has_ceiling(1, 0, 0, 0)
    0.0
    """
    exempt = where(ptell_district, exempt_under_ptell, 0.0)
    under_rates = where(article_34_district, 1.0, where(exempt, 0.0, 1.0))
    return where(fund_without_ceiling, 0.0, under_rates)


@line("17-2", Measure.DOLLARS, law_as_read(), bands=FUNDS)
def fund_ceiling_in_dollars(
    fund_ceiling: Values,
    current_eav: Values,
    capital_improvement_ceiling: Values,
    capital_improvement_fund: Values,
    article_34_district: Values,
) -> Values:
    """What the ceiling comes to; Chicago's of capital improvement is one of dollars.

    >>> fund_ceiling_in_dollars(0.02, 1000, 70, 1, units(0, 1))
    [20.0, 70.0]
    """
    of_rate = fund_ceiling * current_eav
    of_dollars = where(capital_improvement_fund, capital_improvement_ceiling, of_rate)
    return where(article_34_district, of_dollars, of_rate)


@line("17-2", Measure.DOLLARS, law_as_read(), bands=FUNDS)
def levy_within_ceiling(
    levy_covered_by_rules: Values, fund_ceiling_in_dollars: Values, fund_has_ceiling: Values
) -> Values:
    """The levy, or the ceiling where the levy is above it.

    >>> levy_within_ceiling(30, 20, units(1, 0))
    [20, 30]
    """
    lesser = minimum(levy_covered_by_rules, fund_ceiling_in_dollars)
    return where(fund_has_ceiling, lesser, levy_covered_by_rules)


LINES: tuple[Line, ...] = (
    levy_covered_by_rules,
    ceiling_without_referendum,
    ceiling_by_referendum,
    ceiling_of_coterminous_unit,
    fund_ceiling,
    fund_has_ceiling,
    fund_ceiling_in_dollars,
    levy_within_ceiling,
)
