"""Tax limits as lines: ceilings of the School Code, PTELL, truth in taxation, the debt limit."""

from __future__ import annotations

from math import inf
from typing import Final

from ebf.language.cite import Cite
from ebf.language.measure import Measure
from ebf.law.columns import Column
from ebf.law.statute import Statute
from ebf.law.tax_limits import (
    ceilings,
    chicago,
    debt_limit,
    extension_limitation,
    truth_in_taxation,
    valuation,
)
from ebf.law.tax_limits.funds import FUNDS

_PTELL: Final = Cite("35 ILCS 200/18-185")
_EAV: Final = Cite("18-8.15(d)(3)(B)")
_CAPITAL: Final = Cite("34-53.5")


def _of(measure: Measure, cite: str, label: str, default: float | None = 0.0) -> Column:
    return Column(measure, Cite(cite), label, default=default)


def _eav(cite: str, label: str) -> Column:
    return _of(Measure.DOLLARS, cite, f"EAV of {label}")


def _last_extension(year: str) -> Column:
    return _of(Measure.DOLLARS, _PTELL, f"Extension of capped funds, {year} preceding levy year")


INPUTS: Final = {
    "levy": Column(Measure.DOLLARS, Cite("17-11"), "Levy by fund", bands=FUNDS),
    "referendum_rate": Column(
        Measure.RATE, Cite("17-3"), "Rate of the fund that voters approved; 0: none",
        default=0.0, bands=FUNDS,
    ),
    "levies_since_referendum": Column(
        Measure.COUNT, Cite("17-2.3"), "Levies made by the vote before this one",
        default=0.0, bands=FUNDS,
    ),
    "formed_of_coterminous_districts": _of(
        Measure.FLAG, "17-3", "A unit formed of coterminous districts, first or second levy"
    ),
    "predecessors_education_rate": _of(
        Measure.RATE, "17-3", "Education rates of the districts before it, added up"
    ),
    "assessed_value": _of(Measure.DOLLARS, _EAV, "Assessed value", None),
    "equalizer": _of(Measure.RATIO, _EAV, "State equalizer", None),
    "exemptions": _of(Measure.DOLLARS, _EAV, "Exemptions, in dollars of EAV"),
    "increment_areas_initial_eav": _eav(_EAV, "tax increment areas when they began"),
    "increment_areas_current_eav": _eav(_EAV, "tax increment areas now; an ended one left out"),
    "school_finance_authority_rate": _of(
        Measure.RATE, "34-53", "Rate extended for the School Finance Authority"
    ),
    "capital_improvement_ceiling_last_year": _of(
        Measure.DOLLARS, _CAPITAL, "Last levy year's ceiling of capital improvement, levied or not"
    ),
    "price_change_before_levy": Column(
        Measure.SHARE, _CAPITAL, "Price change of 12 months, to two months before the levy",
        default=0.0, low=-1.0,
    ),
    "price_index_december": Column(
        Measure.COUNT, _PTELL, "Index (CPI-U) of the last December", statewide=True
    ),
    "price_index_december_before": Column(
        Measure.COUNT, _PTELL, "Index (CPI-U) of the December before", statewide=True
    ),
    "voted_extension_limitation": _of(
        Measure.RATE, "35 ILCS 200/18-205", "Extension limitation that voters approved; 0: none"
    ),
    "capped_extension_first_preceding_levy_year": _last_extension("first"),
    "capped_extension_second_preceding_levy_year": _last_extension("second"),
    "capped_extension_third_preceding_levy_year": _last_extension("third"),
    "reduced_by_petition": _of(
        Measure.FLAG, "35 ILCS 200/18-206", "Last year's extension was reduced by petition"
    ),
    "extension_base_adjustment": Column(
        Measure.DOLLARS, _PTELL, "Adjustments of the base: 18-135, 18-206, 18-215, 18-230, 18-233",
        default=0.0, low=-inf,
    ),
    "new_property": _eav(_PTELL, "new property"),
    "recovered_tax_increment": _eav(_PTELL, "recovered tax increment"),
    "annexed_property": _eav(_PTELL, "annexed property"),
    "disconnected_property": _eav(_PTELL, "disconnected property"),
    "voted_limiting_rate": _of(
        Measure.RATE, "35 ILCS 200/18-190", "Limiting rate that voters approved; 0: none"
    ),
    "new_rates_voted": _of(Measure.RATE, "35 ILCS 200/18-190", "New rates voted, added"),
    "rate_decrease_voted": _of(Measure.RATE, "35 ILCS 200/18-190", "Decrease voted, taken off"),
    "extended_last_year": _of(
        Measure.DOLLARS, "35 ILCS 200/18-55", "Last year's extension without debt service", None
    ),
    "abated_last_year": _of(
        Measure.DOLLARS, "35 ILCS 200/18-55", "Abated of last year's extension, added back"
    ),
    "debt_outstanding": _of(Measure.DOLLARS, "19-1", "Debt that counts", None),
}  # fmt: skip
"""What a district's levy, its property and its votes are; beside them the 18-8.15 flags
``ptell_district`` and ``article_34_district``."""

TAX_LIMITS: Final = Statute(
    section="18-185",
    title="Tax Rates and Extensions",
    modules=(
        valuation,
        ceilings,
        chicago,
        extension_limitation,
        truth_in_taxation,
        debt_limit,
    ),
    years=range(2003, 2031),
    goals=("extension",),
    outcome=(ceilings, chicago, extension_limitation, truth_in_taxation, debt_limit),
    aside=(
        *(line.name for line in truth_in_taxation.LINES),
        *(line.name for line in debt_limit.LINES),
        extension_limitation.price_change_by_index.name,
    ),
    inputs=INPUTS,
    alternatives=extension_limitation.ALTERNATIVES,
    readings_in="tax_limits.toml",
    parameters_in="tax_limits",
    year_is="levy year ",
    act="35 ILCS 200/",
)
"""35 ILCS 200/18-185 and what goes with it: all of a district's levy in one calculation.

Its years are levy years: from Chicago's first of capital improvement to the last that 34-53.5
is at hand for.
"""
