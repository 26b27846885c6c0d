"""The money on a district's report card, 105 ILCS 5/10-17a(2)(G)-(L), as lines."""

from __future__ import annotations

from typing import Final

from ebf.language.cite import Cite
from ebf.language.measure import Measure
from ebf.law.columns import Column
from ebf.law.report_card import district, state
from ebf.law.statute import Statute
from ebf.law.years import YEARS


def _reported(measure: Measure, paragraph: str, label: str) -> Column:
    """What is reported of a district; a blank, where it is not in hand, stays one."""
    cite = Cite(f"10-17a(2){paragraph}")
    return Column(measure, cite, label, may_be_blank=True)


REPORT_CARD: Final = Statute(
    section="10-17a",
    title="Report Cards",
    modules=(district, state),
    years=YEARS,
    goals=("percent_of_adequacy_on_card",),
    aside=tuple(line.name for line in (*district.LINES, *state.LINES)),
    inputs={
        "trs_normal_cost_paid_by_state": _reported(
            Measure.DOLLARS, "(G)", "Normal cost of teachers' pensions that the State paid"
        ),
        "pupils": _reported(Measure.STUDENTS, "(G)", "Pupils enrolled in fall"),
        "state_pension_contribution": _reported(
            Measure.DOLLARS, "(H)", "State's contribution to teachers' pensions, in Chicago"
        ),
        "state_health_contribution": _reported(
            Measure.DOLLARS, "(H)", "State's contribution for health, in Chicago"
        ),
        "general_administration_expenditure": _reported(
            Measure.DOLLARS, "(L)", "Expenditures for general administration"
        ),
        "total_expenditure": _reported(Measure.DOLLARS, "(L)", "Total expenditures"),
        "eav_of_card_tax_year": _reported(
            Measure.DOLLARS, "", "Equalized assessed valuation of the card's tax year"
        ),
        "nine_month_average_daily_attendance": _reported(
            Measure.STUDENTS, "", "Nine-month average daily attendance"
        ),
    },
    causes={
        ("2", "G"): "normal cost",
        ("2", "H"): "Chicago's contributions",
        ("2", "L"): "expenditures",
    },
    readings_in="report_card.toml",
    parameters_in="report_card",
)
"""105 ILCS 5/10-17a, as far as it speaks of money."""
