"""105 ILCS 5/17-1.5, the growth of administrative costs, as lines."""

from __future__ import annotations

from typing import Final

from ebf.language.cite import Cite
from ebf.language.line import Bands
from ebf.language.measure import Measure
from ebf.law.administrative_costs import growth, waiver
from ebf.law.administrative_costs.alternatives import ALTERNATIVES
from ebf.law.columns import Column
from ebf.law.statute import Statute
from ebf.law.years import YEARS

FUNCTIONS: Final = Bands(dict.fromkeys(("2320", "2330", "2490", "2510", "2570", "2610"), ()))
"""The functions of the accounts that are administrative expenditures."""

ADMINISTRATIVE_COSTS: Final = Statute(
    section="17-1.5",
    title="Administrative Costs",
    modules=(growth, waiver),
    years=YEARS,
    goals=("administrative_costs_above_limit", "administrative_growth_above_limit"),
    outcome=(growth, waiver),
    aside=tuple(line.name for line in waiver.LINES),
    inputs={
        "administrative_expenditure": Column(
            Measure.DOLLARS,
            Cite("17-1.5"),
            "Expenditure of an administrative function",
            bands=FUNCTIONS,
        ),
        "prior_year_administrative_expenditure": Column(
            Measure.DOLLARS,
            Cite("17-1.5"),
            "Expenditure of an administrative function, the year before",
            bands=FUNCTIONS,
        ),
    },
    alternatives=ALTERNATIVES,
    readings_in="administrative_costs.toml",
    parameters_in="administrative_costs",
)
"""105 ILCS 5/17-1.5."""
