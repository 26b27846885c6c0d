"""(c)-(f) Property, local capacity, base funding and the percent of adequacy."""

from collections.abc import Mapping
from fractions import Fraction

from reference.arithmetic import ONE, ZERO, Unit, cut, quotient, share_below, square_root, total
from reference.counts import DISTRICTS

Amounts = Mapping[str, Fraction]

TAX_YEARS = ("first", "second", "third")
DEDUCTIONS = (
    "abatements",
    "enterprise_zone_abatements",
    "property_tax_appeal_board_decisions",
    "certificates_of_error",
)
# (d): the tax rate by which taxes abated become EAV.
ABATED_AT = {
    "unit": Fraction("0.03"),
    "elementary": Fraction("0.023"),
    "high_school": Fraction("0.0105"),
}
OF_PTELL = (
    "eav_used_prior_fiscal_year",
    "base_year_eav",
    "limiting_rate",
    "preceding_year_eav",
    "preceding_year_operating_rate",
    "consumer_price_change",
    "new_property",
    "recovered_tax_increment",
    "annexed_property",
    "disconnected_property",
)
ADDED_AFTER_RATE_INCREASE = ("new_property", "recovered_tax_increment", "annexed_property")
ALONE_BEFORE = "latest_tax_year_alone_used_prior_fiscal_year"
STEEP_FALL = Fraction("0.10")  # (d)
# (c): the grades served, of thirteen.
GRADES_SERVED = {
    "unit": ONE,
    "hybrid": ONE,
    "elementary": Fraction(9, 13),
    "high_school": Fraction(4, 13),
}
GREATEST_PERCENTAGE = Fraction("0.90")  # (c)
WITHOUT_PROPERTY = Fraction("0.10")  # (c)
GRANTS_OF_2017 = (  # (e)
    "general_state_aid_fy2017",
    "equity_grants_fy2017",
    "special_education_personnel_fy2017",
    "special_education_funding_for_children_fy2017",
    "special_education_summer_school_fy2017",
    "english_learner_education_fy2017",
    "summer_school_fy2017",
    "chicago_block_grant_parts_fy2017",
)


def eav(unit: Unit) -> None:
    """(d): Real EAV, Adjusted EAV, PTELL EAV, and the lesser of the last two."""
    real = []
    rate = unit["abatement_rate"] = ABATED_AT.get(unit["organization_type"], ABATED_AT["unit"])
    for year in TAX_YEARS:
        deducted = total(unit.get(f"{name}_{year}_preceding_tax_year", ZERO) for name in DEDUCTIONS)
        abated = unit.get(f"taxes_abated_{year}_preceding_tax_year", ZERO) / rate
        unit[f"eav_of_taxes_abated_{year}_preceding_tax_year"] = abated
        deducted += abated
        real.append(unit.get(f"original_eav_{year}_preceding_tax_year", ZERO) - deducted)
        unit[f"real_eav_{year}_preceding_tax_year"] = real[-1]
    if unit.get("first_year_after_reorganization"):
        real = real[:1]
    elif unit.get("second_year_after_reorganization") or unit.get(ALONE_BEFORE):
        real = real[:2]
    mean = total(real) / len(real)
    latest = real[0]
    fell = mean - latest >= STEEP_FALL * mean  # the guide
    unit["mean_real_eav"] = mean
    unit["adjusted_eav"] = min(latest, mean) if fell else mean
    ptell = {name: unit.get(f"ptell_{name}", ZERO) for name in OF_PTELL}
    ratio = unit["extension_limitation_ratio"] = quotient(
        ptell["base_year_eav"] * ptell["limiting_rate"],
        ptell["preceding_year_eav"] * ptell["preceding_year_operating_rate"],
    )
    used_before = ptell["eav_used_prior_fiscal_year"]
    added = sum(ptell[name] for name in ADDED_AFTER_RATE_INCREASE)
    unit["ptell_eav_after_rate_increase"] = (
        used_before * (1 + ptell["consumer_price_change"]) + added - ptell["disconnected_property"]
    )
    # New property is in the ratio already: nothing is added to it.
    unit["ptell_eav"] = (
        unit["ptell_eav_after_rate_increase"]
        if unit.get("ptell_rate_increase")
        else used_before * ratio
    )
    unit["equalized_assessed_valuation"] = (
        min(unit["adjusted_eav"], unit["ptell_eav"])
        if unit.get("ptell_district")
        else unit["adjusted_eav"]
    )


def receipts(unit: Unit) -> None:
    """(d): Real Receipts, of Adjusted EAV, never PTELL's."""
    spent = unit.get("transportation_expenditure", ZERO)
    spent -= unit.get("transportation_reimbursement", ZERO)
    # Of the tax year that the rate is of, the latest of the three.
    unit["transportation_rate"] = max(
        ZERO, quotient(spent, unit["real_eav_first_preceding_tax_year"])
    )
    unit["adjusted_operating_tax_rate"] = max(
        ZERO, unit.get("operating_tax_rate", ZERO) - unit["transportation_rate"]
    )
    # Cut (reading 18).
    unit["real_receipts"] = cut(unit["adjusted_eav"] * unit["adjusted_operating_tax_rate"])


def local_capacity(units: list[Unit]) -> tuple[Fraction, Fraction]:
    """(c): every unit's percentage; the weighted mean and deviation of the ratios."""
    for unit in units:
        eav(unit)
        receipts(unit)
        unit["local_capacity_ratio"] = quotient(
            unit["equalized_assessed_valuation"]
            * GRADES_SERVED.get(unit["organization_type"], ONE),
            unit["adequacy_target"],
        )
    districts = [u for u in units if u["organization_type"] in DISTRICTS]  # reading 16
    pupils = total(u["average_student_enrollment"] for u in districts)
    mean = quotient(
        total(u["average_student_enrollment"] * u["local_capacity_ratio"] for u in districts),
        pupils,
    )
    variance = quotient(
        total(
            u["average_student_enrollment"] * (u["local_capacity_ratio"] - mean) ** 2
            for u in districts
        ),
        pupils,
    )
    deviation = square_root(variance)
    for unit in units:
        unit["local_capacity_weight"] = ZERO
        unit["local_capacity_percentage"] = WITHOUT_PROPERTY
    for unit in districts:
        unit["local_capacity_weight"] = unit["average_student_enrollment"]
        # No deviation: in the middle (reading 15). Cut (reading 17).
        place = quotient(unit["local_capacity_ratio"] - mean, deviation)
        unit["local_capacity_percentage"] = cut(min(GREATEST_PERCENTAGE, share_below(place)), 4)
    return mean, deviation


def base_funding_minimum(unit: Unit, fiscal_year: int) -> None:
    """(e)."""
    new = unit.get("average_student_enrollment", ZERO) * unit.get(
        "similar_program_base_funding_per_student", ZERO
    )
    unit["base_funding_of_new_program"] = new
    if fiscal_year == 2018:
        base = total(unit.get(grant, ZERO) for grant in GRANTS_OF_2017)
    elif unit.get("new_regional_program"):
        base = new
    elif unit.get("no_pupils_prior_year"):
        base = ZERO
    else:
        base = unit["prior_year_base_funding_minimum"] + unit["prior_year_tier_funding"]
        if fiscal_year >= 2020:
            base += unit.get("property_tax_relief_grant", ZERO)
        if fiscal_year >= 2022:
            base += unit.get("district_intervention_money", ZERO)
        base += unit.get("base_funding_correction", ZERO)
    unit["base_funding_minimum"] = base


def final_resources(unit: Unit, amounts: Amounts, fiscal_year: int) -> None:
    """(c)(2), (f)."""

    def cut_from_2019(value: Fraction) -> Fraction:  # readings 18, 25
        return value if fiscal_year == 2018 else cut(value)

    percentage, target = unit["local_capacity_percentage"], unit["adequacy_target"]
    capacity = unit["local_capacity_target"] = cut(percentage * target)
    adjusted = capacity + max(ZERO, unit.get("real_receipts", ZERO) - capacity) * percentage
    if unit.get("article_34_district"):
        adjusted -= amounts["pension_credit"]
    unit["adjusted_local_capacity_target"] = cut_from_2019(adjusted)
    taxes = unit.get("corporate_personal_property_replacement_tax", ZERO)
    base = unit["base_funding_minimum"]
    unit["preliminary_percent_of_adequacy"] = min(ONE, quotient(capacity + taxes + base, target))
    unit["adjusted_base_funding_minimum"] = cut_from_2019(
        base
        - unit.get("supplemental_grant_funding_fy2017", ZERO)
        * (1 - unit["preliminary_percent_of_adequacy"])
    )
    unit["final_resources"] = (
        unit["adjusted_local_capacity_target"] + taxes + unit["adjusted_base_funding_minimum"]
    )
