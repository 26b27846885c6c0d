"""(18-185) Extension limitation: the limiting rate (PTELL), and what is extended by fund."""

from __future__ import annotations

from ebf.language.evidence import law_as_read
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.rounding import Rounding
from ebf.language.vocabulary import (
    Values,
    band_total,
    divide,
    less,
    maximum,
    minimum,
    truncate,
    where,
)
from ebf.law.tax_limits.funds import FUNDS

ACT = "35 ILCS 200/"


def _cut(rate: Values, rate_parts: Values) -> Values:
    """The rate cut to so many parts of a dollar; whole where they are 0."""
    cut = divide(truncate(rate * rate_parts, 0), rate_parts)
    return where(less(0.0, rate_parts), cut, rate)


@line(
    f"{ACT}18-185",
    Measure.RATIO,
    law_as_read(9),
    rounding=Rounding(3, cut=False, cite="the Department of Revenue's history of the index"),
    statewide=True,
    may_be_negative=True,
)
def price_change_by_index(
    price_index_december: Values, price_index_december_before: Values
) -> Values:
    """The change of the index, December to December, to a tenth of a percent.

    >>> price_change_by_index(225.672, 219.179), price_change_by_index(324.054, 315.605)
    (0.03, 0.027)
    """
    return divide(price_index_december, price_index_december_before) - 1


@line(f"{ACT}18-185", Measure.RATE, law_as_read(9))
def extension_limitation(
    consumer_price_change: Values,
    greatest_extension_limitation: Values,
    voted_extension_limitation: Values,
) -> Values:
    """The extension limitation: the lesser of 5 % and prices, or what voters approved.

    >>> extension_limitation(units(0.029, 0.07, 0.07), 0.05, units(0, 0, 0.06))
    [0.029, 0.05, 0.06]
    """
    lesser = minimum(greatest_extension_limitation, consumer_price_change)
    return where(less(0.0, voted_extension_limitation), voted_extension_limitation, lesser)


@line(f"{ACT}18-185", Measure.FLAG, law_as_read(8, 10), bands=FUNDS)
def capped(ptell_district: Values, fund_within_limitation: Values) -> Values:
    """Whether the fund is within the aggregate extension that is limited.

    >>> capped(units(1, 0), 1), capped(1, 0)
    ([1.0, 0.0], 0.0)
    """
    return where(ptell_district, where(fund_within_limitation, 1.0, 0.0), 0.0)


@line(f"{ACT}18-185", Measure.DOLLARS, law_as_read(11), refused_below_0=True)
def capped_extension_base(
    capped_extension_first_preceding_levy_year: Values,
    capped_extension_second_preceding_levy_year: Values,
    capped_extension_third_preceding_levy_year: Values,
    reduced_by_petition: Values,
    extension_base_adjustment: Values,
) -> Values:
    """What the limitation starts from: last year's extension, or of three the highest.

    The highest, where last year's was reduced; but not where a petition reduced it (18-206).

    >>> capped_extension_base(units(90, 100, 90), 95, 110, units(0, 0, 1), 0)
    [110, 100, 90]
    """
    last, second = (
        capped_extension_first_preceding_levy_year,
        capped_extension_second_preceding_levy_year,
    )
    highest = maximum(maximum(last, second), capped_extension_third_preceding_levy_year)
    after_cut = where(reduced_by_petition, last, highest)
    return where(less(last, second), after_cut, last) + extension_base_adjustment


@line(
    f"{ACT}18-185", Measure.DOLLARS, law_as_read(11), name="capped_extension_base",
    refused_below_0=True,
)  # fmt: skip
def highest_capped_extension_base(
    capped_extension_first_preceding_levy_year: Values,
    capped_extension_second_preceding_levy_year: Values,
    capped_extension_third_preceding_levy_year: Values,
    reduced_by_petition: Values,
    extension_base_adjustment: Values,
) -> Values:
    """What the limitation starts from: the highest of three, whichever year was reduced.

    >>> highest_capped_extension_base(100, 95, 110, units(0, 1), 0)
    [110, 100]
    """
    last, second = (
        capped_extension_first_preceding_levy_year,
        capped_extension_second_preceding_levy_year,
    )
    highest = maximum(maximum(last, second), capped_extension_third_preceding_levy_year)
    return where(reduced_by_petition, last, highest) + extension_base_adjustment


@line(f"{ACT}18-185", Measure.DOLLARS, law_as_read(), refused_below_0=True)
def eav_without_growth(
    current_eav: Values,
    new_property: Values,
    recovered_tax_increment: Values,
    annexed_property: Values,
    disconnected_property: Values,
) -> Values:
    """The EAV of the property that was there last year.

    >>> eav_without_growth(210, 10, 3, 2, 5)
    200
    """
    grown = new_property + recovered_tax_increment + annexed_property
    return current_eav - grown + disconnected_property


@line(f"{ACT}18-185", Measure.RATE, law_as_read(12, 13), refused_below_0=True)
def limiting_rate(
    capped_extension_base: Values,
    extension_limitation: Values,
    eav_without_growth: Values,
    voted_limiting_rate: Values,
    new_rates_voted: Values,
    rate_decrease_voted: Values,
    rate_parts: Values,
) -> Values:
    """The limiting rate: the base grown by the limitation over the old property, or as voted.

    >>> limiting_rate(5000000, 0.02, 200000000, units(0, 0.03125), 0, 0, 0)
    [0.0255, 0.03125]
    >>> limiting_rate(5000000, 0.02, 200000000, 0, 0.002, 0.0005, 1000)
    0.027
    """
    by_formula = divide(capped_extension_base * (1 + extension_limitation), eav_without_growth)
    rate = where(less(0.0, voted_limiting_rate), voted_limiting_rate, by_formula)
    return _cut(rate + new_rates_voted - rate_decrease_voted, rate_parts)


@line(f"{ACT}18-195", Measure.DOLLARS, law_as_read())
def greatest_capped_extension(
    limiting_rate: Values, current_eav: Values, ptell_district: Values
) -> Values:
    """The most that capped funds may extend: the limiting rate on all EAV; 0 without PTELL.

    >>> greatest_capped_extension(0.0255, 210000000, units(1, 0))
    [5355000.0, 0.0]
    """
    return where(ptell_district, limiting_rate * current_eav, 0.0)


@line(f"{ACT}18-185", Measure.DOLLARS, law_as_read(10))
def capped_levy(levy_within_ceiling: Values, capped: Values) -> Values:
    """The levies of the capped funds, within their ceilings, together.

    >>> capped_levy(bands(7, 5, 3), bands(1, 1, 0))
    12.0
    """
    return band_total(where(capped, levy_within_ceiling, 0.0))


@line(f"{ACT}18-195", Measure.SHARE, law_as_read(13))
def share_of_capped_levies(
    capped_levy: Values, greatest_capped_extension: Values, ptell_district: Values
) -> Values:
    """The share of its capped levies that a district extends: all, or what the greatest pays.

    >>> share_of_capped_levies(units(120, 80), 90, 1), share_of_capped_levies(120, 0, 0)
    ([0.75, 1.0], 1.0)
    """
    paid = divide(greatest_capped_extension, capped_levy)
    reduced = where(less(greatest_capped_extension, capped_levy), paid, 1.0)
    return where(ptell_district, reduced, 1.0)


@line(f"{ACT}18-195", Measure.DOLLARS, law_as_read(13), bands=FUNDS)
def levy_within_limits(
    levy_within_ceiling: Values, capped: Values, share_of_capped_levies: Values
) -> Values:
    """The levy within its ceiling; of a capped fund reduced like every other.

    >>> levy_within_limits(40, units(1, 0), 0.75)
    [30.0, 40.0]
    """
    return where(capped, levy_within_ceiling * share_of_capped_levies, levy_within_ceiling)


@line(f"{ACT}18-45", Measure.RATE, law_as_read(13), bands=FUNDS)
def fund_tax_rate(levy_within_limits: Values, current_eav: Values, rate_parts: Values) -> Values:
    """The fund's tax rate, cut where the clerk cuts rates.

    >>> fund_tax_rate(30, 1600, 0), fund_tax_rate(30, 1600, 1000)
    (0.01875, 0.018)
    """
    return _cut(divide(levy_within_limits, current_eav), rate_parts)


@line(f"{ACT}18-45", Measure.DOLLARS, law_as_read(13), bands=FUNDS)
def extension(
    levy_within_limits: Values, fund_tax_rate: Values, current_eav: Values, rate_parts: Values
) -> Values:
    """What is extended for the fund: its rate on all EAV.

    >>> extension(30, 0.015625, 1600, units(0, 1000000))
    [30.0, 25.0]
    """
    return where(less(0.0, rate_parts), fund_tax_rate * current_eav, levy_within_limits)


@line(f"{ACT}18-45", Measure.DOLLARS, law_as_read())
def total_extension(extension: Values) -> Values:
    """What is extended for all funds.

    >>> total_extension(bands(7, 5))
    12.0
    """
    return band_total(extension)


@line(f"{ACT}18-45", Measure.RATE, law_as_read())
def total_tax_rate(total_extension: Values, current_eav: Values) -> Values:
    """The district's rate for all funds.

    >>> total_tax_rate(30, 1600)
    0.01875
    """
    return divide(total_extension, current_eav)


@line("18-8.15(a)(4)", Measure.RATE, law_as_read(15))
def operating_rate_of_levy(
    extension: Values, fund_in_operating_rate: Values, current_eav: Values
) -> Values:
    """The operating tax rate that the levy makes, as Evidence-Based Funding will read it.

    >>> operating_rate_of_levy(bands(30, 9), bands(1, 0), 1600)
    0.01875
    """
    counted = band_total(where(fund_in_operating_rate, extension, 0.0))
    return divide(counted, current_eav)


@line(f"{ACT}18-206", Measure.DOLLARS, law_as_read(14))
def greatest_cut_by_petition(
    extension: Values,
    education_fund: Values,
    final_percent_of_adequacy: Values,
    adequacy_target: Values,
    percent_of_adequacy_for_petition: Values,
    greatest_share_cut_by_petition: Values,
) -> Values:
    """The most that voters may cut education by: a tenth, and not to below 110 % of adequacy.

    >>> greatest_cut_by_petition(1000, 1, units(1.5, 1.125, 1), 800, 1.125, 0.125)
    [125.0, 0.0, 0.0]
    >>> greatest_cut_by_petition(1000, 1, 1.25, 800, 1.125, 0.125)
    100.0
    """
    education = band_total(where(education_fund, extension, 0.0))
    beyond = maximum(final_percent_of_adequacy - percent_of_adequacy_for_petition, 0.0)
    return minimum(education * greatest_share_cut_by_petition, beyond * adequacy_target)


@line(f"{ACT}18-206", Measure.DOLLARS, law_as_read(14), name="greatest_cut_by_petition")
def greatest_cut_by_petition_in_share(
    extension: Values,
    education_fund: Values,
    final_percent_of_adequacy: Values,
    percent_of_adequacy_for_petition: Values,
    greatest_share_cut_by_petition: Values,
) -> Values:
    """The most that voters may cut education by: a tenth, wherever 110 % is exceeded.

    >>> greatest_cut_by_petition_in_share(1000, 1, units(1.125, 1.1), 1.1, 0.1)
    [100.0, 0.0]
    """
    education = band_total(where(education_fund, extension, 0.0))
    exceeds = less(percent_of_adequacy_for_petition, final_percent_of_adequacy)
    return where(exceeds, education * greatest_share_cut_by_petition, 0.0)


LINES: tuple[Line, ...] = (
    price_change_by_index,
    extension_limitation,
    capped,
    capped_extension_base,
    eav_without_growth,
    limiting_rate,
    greatest_capped_extension,
    capped_levy,
    share_of_capped_levies,
    levy_within_limits,
    fund_tax_rate,
    extension,
    total_extension,
    total_tax_rate,
    operating_rate_of_levy,
    greatest_cut_by_petition,
)

ALTERNATIVES = {
    (11, "highest_of_three"): (highest_capped_extension_base,),
    (14, "tenth_alone"): (greatest_cut_by_petition_in_share,),
}
"""Lines of the alternatives that data/readings/tax_limits.toml names."""
