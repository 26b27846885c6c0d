"""(d) Property and receipts: valuation (EAV), tax rates and Real Receipts."""

from __future__ import annotations

from ebf.language.evidence import from_guide, law_as_read, verified
from ebf.language.line import Line, line, named
from ebf.language.measure import Measure
from ebf.language.rounding import CUT_2
from ebf.language.vocabulary import Values, divide, equal, less, maximum, mean, minimum, where
from ebf.law.funding.causes import Cause

TAX_YEARS = ("first", "second", "third")


@line("18-8.15(d)(3)", Measure.RATE, law_as_read(20))
def abatement_rate(
    organization_type: Values,
    elementary_abatement_rate: Values,
    high_school_abatement_rate: Values,
    unit_abatement_rate: Values,
) -> Values:
    """The tax rate by which taxes abated are turned into EAV.

    >>> abatement_rate(units("unit", "elementary", "high_school"), 0.023, 0.0105, 0.03)
    [0.03, 0.023, 0.0105]
    """
    of_others = where(
        equal(organization_type, "high_school"), high_school_abatement_rate, unit_abatement_rate
    )
    return where(equal(organization_type, "elementary"), elementary_abatement_rate, of_others)


@line("18-8.15(d)(3)", Measure.DOLLARS, law_as_read(20))
def eav_of_taxes_abated(taxes_abated: Values, abatement_rate: Values) -> Values:
    """The EAV that taxes abated stand for.

    >>> eav_of_taxes_abated(30, 0.03)
    1000.0
    """
    return divide(taxes_abated, abatement_rate)


@line("18-8.15(d)(3)", Measure.DOLLARS, from_guide(20), refused_below_0=True)
def real_eav(
    original_eav: Values,
    abatements: Values,
    eav_of_taxes_abated: Values,
    enterprise_zone_abatements: Values,
    property_tax_appeal_board_decisions: Values,
    certificates_of_error: Values,
) -> Values:
    """The EAV that could be taxed: the original less what was taken off it.

    >>> real_eav(1000, 10, 50, 20, 30, 40)
    850
    """
    return (
        original_eav
        - abatements
        - eav_of_taxes_abated
        - enterprise_zone_abatements
        - property_tax_appeal_board_decisions
        - certificates_of_error
    )


def _of_tax_year(year: str) -> tuple[Line, Line]:
    suffix = f"{year}_preceding_tax_year"
    abated = named(
        eav_of_taxes_abated,
        f"eav_of_taxes_abated_{suffix}",
        (f"taxes_abated_{suffix}", abatement_rate.name),
        title=f"The EAV of taxes abated of the {year} preceding tax year",
    )
    real = named(
        real_eav,
        f"real_eav_{suffix}",
        tuple(f"{name}_{suffix}" for name in real_eav.reads),
        title=f"Real EAV of the {year} preceding tax year",
    )
    return abated, real


@line("18-8.15(d)(4)", Measure.DOLLARS, law_as_read(20))
def mean_real_eav(
    real_eav_first_preceding_tax_year: Values,
    real_eav_second_preceding_tax_year: Values,
    real_eav_third_preceding_tax_year: Values,
    first_year_after_reorganization: Values,
    second_year_after_reorganization: Values,
    latest_tax_year_alone_used_prior_fiscal_year: Values,
) -> Values:
    """The mean of three tax years; of two, where the latest alone was used the year before.

    After a reorganization it is the latest year alone, then the mean of two.

    >>> mean_real_eav(90, 120, 150, units(0, 1, 0, 0), units(0, 0, 1, 0), units(0, 0, 0, 1))
    [120.0, 90.0, 105.0, 105.0]
    """
    latest, second = (
        real_eav_first_preceding_tax_year,
        real_eav_second_preceding_tax_year,
    )
    three = mean(latest, second, real_eav_third_preceding_tax_year)
    two = mean(latest, second)
    after_one = where(latest_tax_year_alone_used_prior_fiscal_year, two, three)
    of_several = where(second_year_after_reorganization, two, after_one)
    return where(first_year_after_reorganization, latest, of_several)


@line("18-8.15(d)(4)", Measure.DOLLARS, from_guide(20))
def adjusted_eav(
    real_eav_first_preceding_tax_year: Values, mean_real_eav: Values, eav_decline: Values
) -> Values:
    """Adjusted EAV: the mean, or the latest year where that is 10 % or more below it.

    >>> adjusted_eav(90, 100, 0.1), adjusted_eav(91, 100, 0.1)
    (90, 100)
    """
    edge = mean_real_eav * (1 - eav_decline)
    fell = ~less(edge, real_eav_first_preceding_tax_year)
    return where(fell, real_eav_first_preceding_tax_year, mean_real_eav)


@line("18-8.15(d)(4)", Measure.DOLLARS, law_as_read(20), name="adjusted_eav")
def adjusted_eav_by_the_preceding_year(
    real_eav_first_preceding_tax_year: Values,
    real_eav_second_preceding_tax_year: Values,
    mean_real_eav: Values,
    eav_decline: Values,
) -> Values:
    """Adjusted EAV: the mean, or the latest year where less, 10 % or more below the one before.

    >>> adjusted_eav_by_the_preceding_year(units(90, 91, 90), 100, units(105, 105, 85), 0.1)
    [90, 105, 85]
    """
    edge = real_eav_second_preceding_tax_year * (1 - eav_decline)
    fell = ~less(edge, real_eav_first_preceding_tax_year)
    lesser = minimum(real_eav_first_preceding_tax_year, mean_real_eav)
    return where(fell, lesser, mean_real_eav)


@line("18-8.15(d)(4)", Measure.RATIO, law_as_read(21))
def extension_limitation_ratio(
    ptell_base_year_eav: Values,
    ptell_limiting_rate: Values,
    ptell_preceding_year_eav: Values,
    ptell_preceding_year_operating_rate: Values,
) -> Values:
    """Extension Limitation Ratio: the extension allowed over the one before it.

    >>> round(extension_limitation_ratio(1040, 0.05, 1000, 0.051), 6)
    1.019608
    """
    return divide(
        ptell_base_year_eav * ptell_limiting_rate,
        ptell_preceding_year_eav * ptell_preceding_year_operating_rate,
    )


@line("18-8.15(d)(4)", Measure.DOLLARS, law_as_read(21), may_be_negative=True)
def ptell_eav_after_rate_increase(
    ptell_eav_used_prior_fiscal_year: Values,
    ptell_consumer_price_change: Values,
    ptell_new_property: Values,
    ptell_annexed_property: Values,
    ptell_recovered_tax_increment: Values,
    ptell_disconnected_property: Values,
) -> Values:
    """The EAV under PTELL where a rate increase under 35 ILCS 200/18-190 affects the base year.

    >>> ptell_eav_after_rate_increase(1000, 0.02, 10, 4, 5, 9)
    1030.0
    """
    return (
        ptell_eav_used_prior_fiscal_year * (1 + ptell_consumer_price_change)
        + ptell_new_property
        + ptell_annexed_property
        + ptell_recovered_tax_increment
        - ptell_disconnected_property
    )


@line("18-8.15(d)(4)", Measure.DOLLARS, law_as_read(21), refused_below_0=True)
def ptell_eav(
    ptell_eav_used_prior_fiscal_year: Values,
    extension_limitation_ratio: Values,
    ptell_rate_increase: Values,
    ptell_eav_after_rate_increase: Values,
) -> Values:
    """The EAV under the Property Tax Extension Limitation Law (PTELL).

    Nothing is added to the ratio, which has new property in it.

    >>> ptell_eav(1000, 1.02, units(0, 1), 1030)
    [1020.0, 1030.0]
    """
    by_ratio = ptell_eav_used_prior_fiscal_year * extension_limitation_ratio
    return where(ptell_rate_increase, ptell_eav_after_rate_increase, by_ratio)


@line("18-8.15(d)(4)", Measure.DOLLARS, from_guide(21))
def equalized_assessed_valuation(
    adjusted_eav: Values, ptell_eav: Values, ptell_district: Values
) -> Values:
    """The EAV of the Local Capacity Ratio: under PTELL the lesser of the two.

    >>> equalized_assessed_valuation(1100, 1030, 1), equalized_assessed_valuation(1100, 1030, 0)
    (1030, 1100)
    """
    return where(ptell_district, minimum(adjusted_eav, ptell_eav), adjusted_eav)


@line("18-8.15(a)(4), (d)(1)", Measure.RATE, from_guide(22), cause=Cause.PROPERTY)
def transportation_rate(
    transportation_expenditure: Values,
    transportation_reimbursement: Values,
    real_eav_first_preceding_tax_year: Values,
) -> Values:
    """The tax rate that pays for transportation beyond the state's reimbursement.

    All of it is of the operating rate's tax year, the latest of the three averaged.

    >>> transportation_rate(700, 200, 100000), transportation_rate(100, 200, 100000)
    (0.005, 0.0)
    """
    own_cost = transportation_expenditure - transportation_reimbursement
    return divide(maximum(own_cost, 0.0), real_eav_first_preceding_tax_year)


@line("18-8.15(a)(4), (d)(1)", Measure.RATE, from_guide(22), cause=Cause.PROPERTY)
def adjusted_operating_tax_rate(operating_tax_rate: Values, transportation_rate: Values) -> Values:
    """The operating tax rate, without transportation.

    >>> adjusted_operating_tax_rate(0.0625, 0.03125), adjusted_operating_tax_rate(0.004, 0.005)
    (0.03125, 0.0)
    """
    return maximum(operating_tax_rate - transportation_rate, 0.0)


@line(
    "18-8.15(d)(1)",
    Measure.DOLLARS,
    verified(18, 22, note="whole cents, FY2018"),
    rounding=CUT_2,
)
def real_receipts(
    adjusted_eav: Values, adjusted_operating_tax_rate: Values, is_district: Values
) -> Values:
    """Real Receipts: Adjusted EAV, never PTELL's, times the adjusted operating rate.

    >>> real_receipts(1000000.55, 0.0345, 1), real_receipts(1000, 0.0345, 0)
    (34500.01, 0.0)
    """
    return where(is_district, adjusted_eav * adjusted_operating_tax_rate, 0.0)


@line("18-8.15(d)(1)", Measure.DOLLARS, from_guide(18, 22), name="real_receipts", rounding=CUT_2)
def real_receipts_by_the_real_eav(
    real_eav_first_preceding_tax_year: Values,
    adjusted_operating_tax_rate: Values,
    is_district: Values,
) -> Values:
    """Real Receipts: real EAV of the rate's own tax year times the adjusted operating rate.

    >>> real_receipts_by_the_real_eav(1000000.55, 0.0345, units(1, 0))
    [34500.01, 0.0]
    """
    return where(is_district, real_eav_first_preceding_tax_year * adjusted_operating_tax_rate, 0.0)


LINES: tuple[Line, ...] = (
    abatement_rate,
    *(each for year in TAX_YEARS for each in _of_tax_year(year)),
    mean_real_eav,
    adjusted_eav,
    extension_limitation_ratio,
    ptell_eav_after_rate_increase,
    ptell_eav,
    equalized_assessed_valuation,
    transportation_rate,
    adjusted_operating_tax_rate,
    real_receipts,
)
