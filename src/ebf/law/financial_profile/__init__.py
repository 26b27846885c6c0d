"""The State Board's financial profile of school districts as lines, and their tax effort."""

from __future__ import annotations

from math import inf
from typing import Final

from ebf.language.cite import Cite
from ebf.language.measure import Measure
from ebf.law.columns import Column
from ebf.law.financial_profile import effort, indicators, scoring
from ebf.law.statute import Statute
from ebf.law.years import YEARS

_PROFILE: Final = Cite("1A-8")
_EFFORT: Final = Cite("2-3.170")

FINANCIAL_PROFILE: Final = Statute(
    section="1A-8",
    title="School District Financial Profile",
    modules=(indicators, scoring, effort),
    years=YEARS,
    goals=("financial_profile_score", "financial_profile_designation"),
    outcome=(scoring,),
    aside=tuple(line.name for line in effort.LINES),
    inputs={
        "operating_fund_balance": Column(
            Measure.DOLLARS, _PROFILE, "Balance of the operating funds, either way", low=-inf
        ),
        "operating_fund_revenue": Column(
            Measure.DOLLARS, _PROFILE, "Revenue of the operating funds"
        ),
        "operating_fund_expenditure": Column(
            Measure.DOLLARS, _PROFILE, "Expenditure of the operating funds"
        ),
        "cash_and_investments": Column(
            Measure.DOLLARS, _PROFILE, "Cash and investments of the operating funds", low=-inf
        ),
        "short_term_debt": Column(Measure.DOLLARS, _PROFILE, "Short-term debt outstanding"),
        "short_term_debt_limit": Column(
            Measure.DOLLARS, _PROFILE, "Short-term debt that the district may have"
        ),
        "long_term_debt": Column(Measure.DOLLARS, _PROFILE, "Long-term debt outstanding"),
        "long_term_debt_limit": Column(
            Measure.DOLLARS, Cite("19-1"), "Long-term debt that the district may have"
        ),
        "local_revenue": Column(Measure.DOLLARS, _EFFORT, "Revenue from local sources"),
        "effort_eav": Column(Measure.DOLLARS, _EFFORT, "EAV that local revenue is raised on"),
    },
    readings_in="financial_profile.toml",
    parameters_in="financial_profile",
)
"""105 ILCS 5/1A-8, as generally known the home of the financial profile."""
