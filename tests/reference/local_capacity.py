"""(c)-(f) Property wealth, local capacity, base funding and the percent of adequacy."""

from fractions import Fraction
from typing import Any

from reference.arithmetic import cut, mean, normal_distribution, rounded, square_root, weighted_mean

Unit = dict[str, Any]

ZERO = Fraction(0)
ONE = Fraction(1)
# (c): the grades a kind of unit serves, of the thirteen.
GRADES_SERVED = {
    "unit": ONE,
    "hybrid": ONE,
    "elementary": Fraction(9, 13),
    "high_school": Fraction(4, 13),
}
MOST = Fraction("0.90")  # (c): the Local Capacity Percentage
WITHOUT_PROPERTY = Fraction("0.10")  # (c): laboratory schools and regional programs
STEEP_FALL = Fraction("0.10")  # (d): of the latest year's EAV


def adjusted_eav(real_eav: list[Fraction]) -> Fraction:
    """(d): the mean of three years, or the latest if it fell by a tenth and is less."""
    average = mean(real_eav[-3:])
    latest, before = real_eav[-1], real_eav[-2]
    if latest <= before * (1 - STEEP_FALL):
        return min(latest, average)
    return average


def ptell_eav(
    prior: Fraction, limiting_extension: Fraction, operating_extension: Fraction, net_new: Fraction
) -> Fraction:
    """(d): last year's EAV grown by the extension limitation ratio, and new property."""
    return prior * limiting_extension / operating_extension + net_new


def adjusted_operating_tax_rate(
    rate: Fraction, expenditure: Fraction, reimbursement: Fraction, real_eav: Fraction
) -> Fraction:
    """(d): the operating rate less the transportation rate, where that is positive."""
    return rate - max(ZERO, (expenditure - reimbursement) / real_eav)


def local_capacity_ratio(unit: Unit) -> Fraction:
    """(c): EAV by Adequacy Target, for the grades served."""
    ratio: Fraction = unit["eav"] / unit["adequacy_target"] * GRADES_SERVED[unit["kind"]]
    return ratio


def local_capacity(units: list[Unit], fiscal_year: int) -> tuple[Fraction, Fraction]:
    """(c): every unit's percentage; the weighted mean and standard deviation of the ratios."""
    with_property = [u for u in units if u["kind"] in GRADES_SERVED and u["adequacy_target"] > 0]
    for unit in with_property:
        unit["local_capacity_ratio"] = local_capacity_ratio(unit)
    ratios = [u["local_capacity_ratio"] for u in with_property]
    weights = [u["average_student_enrollment"] for u in with_property]
    centre = weighted_mean(ratios, weights)
    spread = square_root(weighted_mean([(ratio - centre) ** 2 for ratio in ratios], weights))
    for unit in units:
        if unit["kind"] in {"laboratory_school", "regional_program"}:
            unit["local_capacity_percentage"] = WITHOUT_PROPERTY
    for unit in with_property:
        deviations = (unit["local_capacity_ratio"] - centre) / spread if spread else ZERO
        unit["local_capacity_percentage"] = min(MOST, rounded(normal_distribution(deviations), 4))
    return centre, spread


def resources(unit: Unit, fiscal_year: int) -> None:
    """(c)(2), (e), (f): targets, adjusted base and percent of adequacy.

    Reads of a unit: adequacy_target, local_capacity_percentage, real_receipts, cpprt,
    base_funding_minimum, supplemental_grant, pension_credit.
    """
    percentage, target = unit["local_capacity_percentage"], unit["adequacy_target"]
    unit["local_capacity_target"] = cut(percentage * target)
    above = max(ZERO, unit["real_receipts"] - unit["local_capacity_target"])
    unit["adjusted_local_capacity_target"] = (
        unit["local_capacity_target"] + above * percentage - unit["pension_credit"]
    )
    base = unit["base_funding_minimum"]
    unit["preliminary_percent_of_adequacy"] = min(
        ONE, (unit["local_capacity_target"] + unit["cpprt"] + base) / target
    )
    adjusted = base - unit["supplemental_grant"] * (1 - unit["preliminary_percent_of_adequacy"])
    unit["adjusted_base_funding_minimum"] = adjusted if fiscal_year == 2018 else cut(adjusted)
    unit["final_resources"] = (
        unit["adjusted_local_capacity_target"]
        + unit["cpprt"]
        + unit["adjusted_base_funding_minimum"]
    )
    unit["final_percent_of_adequacy"] = unit["final_resources"] / target


def next_base_funding_minimum(
    unit: Unit, relief_grant: Fraction, intervention: Fraction
) -> Fraction:
    """(e): this year's base and tier funding, with the grants that join the base."""
    base: Fraction = (
        unit["base_funding_minimum"] + unit["tier_funding"] + relief_grant + intervention
    )
    return base
