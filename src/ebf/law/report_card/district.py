"""(2) District: what a district's card says of its money.

A district without an Adequacy Target has figures of 0 here, as the formula's own percent has;
cards show a blank. What is not reported is blank, and so is what stands on it.
"""

from __future__ import annotations

from ebf.language.evidence import from_guide, law_as_read, verified
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values, divide, where


@line("10-17a(2)(G)", Measure.DOLLARS_PER_STUDENT, law_as_read(1), may_be_blank=True)
def normal_cost_per_pupil(trs_normal_cost_paid_by_state: Values, pupils: Values) -> Values:
    """Normal cost of teachers' pensions that the State paid, per pupil.

    >>> normal_cost_per_pupil(3000, 40)
    75.0
    """
    return divide(trs_normal_cost_paid_by_state, pupils)


@line("10-17a(2)(H)", Measure.DOLLARS, from_guide(), may_be_blank=True)
def article_34_pension_contribution(
    state_pension_contribution: Values, article_34_district: Values
) -> Values:
    """The State's contribution to teachers' pensions in Chicago; of no other district.

    >>> article_34_pension_contribution(7, 1), article_34_pension_contribution(7, 0)
    (7.0, 0.0)
    """
    return where(article_34_district, state_pension_contribution, 0.0)


@line("10-17a(2)(H)", Measure.DOLLARS, from_guide(), may_be_blank=True)
def article_34_health_contribution(
    state_health_contribution: Values, article_34_district: Values
) -> Values:
    """The State's contribution for health in Chicago; of no other district.

    >>> article_34_health_contribution(5, 1), article_34_health_contribution(5, 0)
    (5.0, 0.0)
    """
    return where(article_34_district, state_health_contribution, 0.0)


@line(
    "10-17a(2)(I)",
    Measure.PERCENT,
    verified(note="every district of the card of 2018"),
    may_be_negative=True,
)
def percent_of_adequacy_on_card(
    final_percent_of_adequacy: Values, report_card_whole: Values
) -> Values:
    """Final Percent of Adequacy in percent; it may exceed 100.

    >>> percent_of_adequacy_on_card(1.25, 100)
    125.0
    """
    return report_card_whole * final_percent_of_adequacy


@line("10-17a(2)(J)", Measure.PERCENT, law_as_read(2), may_be_blank=True)
def local_capacity_percent_by_law(
    local_capacity_percentage: Values, report_card_whole: Values
) -> Values:
    """The Local Capacity Target as a percentage, by the law: of 18-8.15(c)(2).

    >>> local_capacity_percent_by_law(0.25, 100)
    25.0
    """
    return report_card_whole * local_capacity_percentage


@line("10-17a(2)(J)", Measure.PERCENT, from_guide(2))
def local_capacity_percent_by_state_board(
    adjusted_local_capacity_target: Values, adequacy_target: Values, report_card_whole: Values
) -> Values:
    """The Local Capacity Target as a percentage, by the State Board: the adjusted one's.

    >>> local_capacity_percent_by_state_board(321, 1000, 100)
    32.1
    """
    return report_card_whole * divide(adjusted_local_capacity_target, adequacy_target)


@line("10-17a(2)(K)", Measure.PERCENT, from_guide())
def real_receipts_percent(
    real_receipts: Values, adequacy_target: Values, report_card_whole: Values
) -> Values:
    """Real Receipts over the Adequacy Target.

    >>> real_receipts_percent(600, 800, 100)
    75.0
    """
    return report_card_whole * divide(real_receipts, adequacy_target)


@line("10-17a(2)(L)", Measure.DOLLARS, law_as_read(3), may_be_blank=True)
def administrative_costs_by_law(general_administration_expenditure: Values) -> Values:
    """Administrative costs by the law: what directing the district costs.

    >>> administrative_costs_by_law(30)
    30
    """
    return general_administration_expenditure


@line(
    "10-17a(2)(L)",
    Measure.PERCENT,
    verified(3, note="every district of the cards of 2018, 2020 and 2021"),
    may_be_blank=True,
)
def administrative_costs_percent(
    general_administration_expenditure: Values, total_expenditure: Values, report_card_whole: Values
) -> Values:
    """Administrative costs by the State Board: general administration of all expenditures.

    >>> administrative_costs_percent(30, 800, 100)
    3.75
    """
    return report_card_whole * divide(general_administration_expenditure, total_expenditure)


@line("10-17a(2)(K)", Measure.PERCENT, from_guide())
def receipts_percent_of_adjusted_target(
    real_receipts: Values, adjusted_local_capacity_target: Values, report_card_whole: Values
) -> Values:
    """Real Receipts over the adjusted Local Capacity Target.

    >>> receipts_percent_of_adjusted_target(900, 600, 100)
    150.0
    """
    return report_card_whole * divide(real_receipts, adjusted_local_capacity_target)


@line("10-17a(2)", Measure.DOLLARS_PER_STUDENT, from_guide(), may_be_blank=True)
def eav_per_pupil_on_card(
    eav_of_card_tax_year: Values, nine_month_average_daily_attendance: Values
) -> Values:
    """Equalized assessed valuation per pupil in average daily attendance.

    >>> eav_per_pupil_on_card(900, 9)
    100.0
    """
    return divide(eav_of_card_tax_year, nine_month_average_daily_attendance)


LINES: tuple[Line, ...] = (
    normal_cost_per_pupil,
    article_34_pension_contribution,
    article_34_health_contribution,
    percent_of_adequacy_on_card,
    local_capacity_percent_by_law,
    local_capacity_percent_by_state_board,
    real_receipts_percent,
    receipts_percent_of_adjusted_target,
    administrative_costs_by_law,
    administrative_costs_percent,
    eav_per_pupil_on_card,
)
