"""(2) State: the same figures of all districts together, ratios of sums.

A district that lacks what is divided, or what it is divided by, counts in neither sum.
"""

from __future__ import annotations

from ebf.language.evidence import law_as_read, verified
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values, divide, less, statewide_sum, where


def _ratio_of_sums(dividend: Values, divisor: Values) -> Values:
    """The dividends over the divisors, of the districts that have something to divide by."""
    has = less(0.0, divisor)
    return divide(statewide_sum(where(has, dividend, 0.0)), statewide_sum(where(has, divisor, 0.0)))


@line("10-17a(2)(G)", Measure.DOLLARS_PER_STUDENT, law_as_read(1, 4), statewide=True)
def state_normal_cost_per_pupil(trs_normal_cost_paid_by_state: Values, pupils: Values) -> Values:
    """Normal cost of teachers' pensions that the State paid, over all pupils.

    >>> state_normal_cost_per_pupil(units(10, 10), units(1, 4))
    4.0
    """
    return _ratio_of_sums(trs_normal_cost_paid_by_state, pupils)


@line("10-17a(2)(I)", Measure.PERCENT, law_as_read(4), statewide=True, may_be_negative=True)
def state_percent_of_adequacy(
    final_resources: Values, adequacy_target: Values, report_card_whole: Values
) -> Values:
    """Final Resources over Adequacy Targets.

    >>> state_percent_of_adequacy(units(50, 270), units(100, 300), 100)
    80.0
    """
    return report_card_whole * _ratio_of_sums(final_resources, adequacy_target)


@line("10-17a(2)(J)", Measure.PERCENT, law_as_read(2, 4), statewide=True, may_be_blank=True)
def state_local_capacity_percent_by_law(
    local_capacity_percentage: Values, adequacy_target: Values, report_card_whole: Values
) -> Values:
    """Local Capacity Targets by the percentage, over Adequacy Targets; of all districts or blank.

    >>> state_local_capacity_percent_by_law(units(0.25, 0.5), units(100, 300), 100)
    43.75
    """
    by_percentage = local_capacity_percentage * adequacy_target
    return report_card_whole * _ratio_of_sums(by_percentage, adequacy_target)


@line("10-17a(2)(J)", Measure.PERCENT, law_as_read(2, 4), statewide=True)
def state_local_capacity_percent_by_state_board(
    adjusted_local_capacity_target: Values, adequacy_target: Values, report_card_whole: Values
) -> Values:
    """Adjusted Local Capacity Targets over Adequacy Targets.

    >>> state_local_capacity_percent_by_state_board(units(25, 150), units(100, 300), 100)
    43.75
    """
    return report_card_whole * _ratio_of_sums(adjusted_local_capacity_target, adequacy_target)


@line("10-17a(2)(K)", Measure.PERCENT, law_as_read(4), statewide=True)
def state_real_receipts_percent(
    real_receipts: Values, adequacy_target: Values, report_card_whole: Values
) -> Values:
    """Real Receipts over Adequacy Targets.

    >>> state_real_receipts_percent(units(25, 150), units(100, 300), 100)
    43.75
    """
    return report_card_whole * _ratio_of_sums(real_receipts, adequacy_target)


@line("10-17a(2)(K)", Measure.PERCENT, law_as_read(4), statewide=True)
def state_receipts_percent_of_adjusted_target(
    real_receipts: Values, adjusted_local_capacity_target: Values, report_card_whole: Values
) -> Values:
    """Real Receipts over adjusted Local Capacity Targets.

    >>> state_receipts_percent_of_adjusted_target(units(90, 60), units(60, 40), 100)
    150.0
    """
    return report_card_whole * _ratio_of_sums(real_receipts, adjusted_local_capacity_target)


@line(
    "10-17a(2)(L)",
    Measure.PERCENT,
    verified(3, 4, note="the cards of 2018, 2020 and 2021, to one decimal"),
    statewide=True,
)
def state_administrative_costs_percent(
    general_administration_expenditure: Values, total_expenditure: Values, report_card_whole: Values
) -> Values:
    """General administration over all expenditures.

    >>> state_administrative_costs_percent(units(30, 10), units(800, 200), 100)
    4.0
    """
    return report_card_whole * _ratio_of_sums(general_administration_expenditure, total_expenditure)


LINES: tuple[Line, ...] = (
    state_normal_cost_per_pupil,
    state_percent_of_adequacy,
    state_local_capacity_percent_by_law,
    state_local_capacity_percent_by_state_board,
    state_real_receipts_percent,
    state_receipts_percent_of_adjusted_target,
    state_administrative_costs_percent,
)
