"""The score: 1 to 4 points an indicator, weighted, and the designation."""

from __future__ import annotations

from ebf.language.evidence import from_guide, law_as_read
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values, band_total, less, where

_CITE = "1A-8"


def _reached(value: Values, steps: Values) -> Values:
    """How many of the steps a value is at or above."""
    return band_total(where(less(value, steps), 0, 1))


@line(_CITE, Measure.POINTS, law_as_read(3))
def fund_balance_points(
    fund_balance_to_revenue: Values, financial_profile_fund_balance_steps: Values
) -> Values:
    """Points of the balance: one more for each step that it reaches.

    >>> fund_balance_points(units(0.25, 0.1, 0, -0.01), bands(0.25, 0.1, 0))
    [4, 3, 2, 1]
    """
    return 1 + _reached(fund_balance_to_revenue, financial_profile_fund_balance_steps)


@line(_CITE, Measure.POINTS, law_as_read(3, 4))
def expenditure_points(
    expenditure_to_revenue: Values, financial_profile_expenditure_steps: Values
) -> Values:
    """Points of the expenditure: one more for each step that it is not above.

    >>> expenditure_points(units(1, 1.1, 1.2, 1.21), bands(1, 1.1, 1.2))
    [4, 3, 2, 1]
    """
    above = less(financial_profile_expenditure_steps, expenditure_to_revenue)
    return 1 + band_total(where(above, 0, 1))


@line(_CITE, Measure.POINTS, law_as_read(3))
def days_cash_points(
    days_cash_on_hand: Values, financial_profile_days_cash_steps: Values
) -> Values:
    """Points of the cash: one more for each step that its days reach.

    >>> days_cash_points(units(180, 90, 30, 29), bands(180, 90, 30))
    [4, 3, 2, 1]
    """
    return 1 + _reached(days_cash_on_hand, financial_profile_days_cash_steps)


@line(_CITE, Measure.POINTS, law_as_read(3))
def short_term_borrowing_points(
    short_term_borrowing_left: Values, financial_profile_borrowing_steps: Values
) -> Values:
    """Points of the short-term borrowing left: one more for each step that it reaches.

    >>> short_term_borrowing_points(units(1, 0.5, 0.25, 0), bands(0.75, 0.5, 0.25))
    [4, 3, 2, 1]
    """
    return 1 + _reached(short_term_borrowing_left, financial_profile_borrowing_steps)


@line(_CITE, Measure.POINTS, law_as_read(3))
def long_term_borrowing_points(
    long_term_borrowing_left: Values, financial_profile_borrowing_steps: Values
) -> Values:
    """Points of the long-term borrowing left: one more for each step that it reaches.

    >>> long_term_borrowing_points(units(0.75, 0.74, 0.3, -1), bands(0.75, 0.5, 0.25))
    [4, 3, 2, 1]
    """
    return 1 + _reached(long_term_borrowing_left, financial_profile_borrowing_steps)


@line(_CITE, Measure.POINTS, from_guide())
def financial_profile_score(
    fund_balance_points: Values,
    expenditure_points: Values,
    days_cash_points: Values,
    short_term_borrowing_points: Values,
    long_term_borrowing_points: Values,
    financial_profile_weight_fund_balance: Values,
    financial_profile_weight_expenditure: Values,
    financial_profile_weight_days_cash: Values,
    financial_profile_weight_short_term_borrowing: Values,
    financial_profile_weight_long_term_borrowing: Values,
) -> Values:
    """The sum of the points, each with its weight: from 1 to 4.

    >>> round(financial_profile_score(4, 3, 2, 4, 1, 0.35, 0.35, 0.1, 0.1, 0.1), 10)
    3.15
    """
    score: Values = (
        fund_balance_points * financial_profile_weight_fund_balance
        + expenditure_points * financial_profile_weight_expenditure
        + days_cash_points * financial_profile_weight_days_cash
        + short_term_borrowing_points * financial_profile_weight_short_term_borrowing
        + long_term_borrowing_points * financial_profile_weight_long_term_borrowing
    )
    return score


@line(_CITE, Measure.COUNT, from_guide())
def financial_profile_designation(
    financial_profile_score: Values, financial_profile_designation_steps: Values
) -> Values:
    """The designation: 4 Recognition, 3 Review, 2 Early Warning, 1 Watch.

    >>> financial_profile_designation(units(3.54, 3.5, 3.05, 2.6), bands(3.54, 3.08, 2.62))
    [4, 3, 2, 1]
    """
    return 1 + _reached(financial_profile_score, financial_profile_designation_steps)


LINES: tuple[Line, ...] = (
    fund_balance_points,
    expenditure_points,
    days_cash_points,
    short_term_borrowing_points,
    long_term_borrowing_points,
    financial_profile_score,
    financial_profile_designation,
)
