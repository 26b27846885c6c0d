"""The five indicators: balance, expenditure, cash, and borrowing left."""

from __future__ import annotations

from ebf.language.evidence import law_as_read
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values

_CITE = "1A-8"


@line(_CITE, Measure.RATIO, law_as_read(1), may_be_negative=True)
def fund_balance_to_revenue(
    operating_fund_balance: Values, operating_fund_revenue: Values
) -> Values:
    """The balance of the operating funds over their revenue.

    >>> fund_balance_to_revenue(2_500_000, 10_000_000)
    0.25
    """
    return operating_fund_balance / operating_fund_revenue


@line(_CITE, Measure.RATIO, law_as_read(1))
def expenditure_to_revenue(
    operating_fund_expenditure: Values, operating_fund_revenue: Values
) -> Values:
    """The expenditure of the operating funds over their revenue.

    >>> expenditure_to_revenue(11_000_000, 10_000_000)
    1.1
    """
    return operating_fund_expenditure / operating_fund_revenue


@line(_CITE, Measure.COUNT, law_as_read(2), may_be_negative=True)
def days_cash_on_hand(
    cash_and_investments: Values,
    operating_fund_expenditure: Values,
    financial_profile_days_of_a_year: Values,
) -> Values:
    """Days that cash and investments pay for at a day's share of the year's expenditure.

    >>> days_cash_on_hand(2_750_000, 11_000_000, 360)
    90.0
    """
    return cash_and_investments * financial_profile_days_of_a_year / operating_fund_expenditure


@line(_CITE, Measure.RATIO, law_as_read(1), may_be_negative=True)
def short_term_borrowing_left(short_term_debt: Values, short_term_debt_limit: Values) -> Values:
    """The part of the short-term debt allowed that is not yet taken up.

    >>> short_term_borrowing_left(250_000, 1_000_000)
    0.75
    """
    return 1 - short_term_debt / short_term_debt_limit


@line(_CITE, Measure.RATIO, law_as_read(1), may_be_negative=True)
def long_term_borrowing_left(long_term_debt: Values, long_term_debt_limit: Values) -> Values:
    """The part of the long-term debt allowed that is not yet taken up.

    >>> long_term_borrowing_left(6_000_000, 8_000_000)
    0.25
    """
    return 1 - long_term_debt / long_term_debt_limit


LINES: tuple[Line, ...] = (
    fund_balance_to_revenue,
    expenditure_to_revenue,
    days_cash_on_hand,
    short_term_borrowing_left,
    long_term_borrowing_left,
)
