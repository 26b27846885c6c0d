"""(34-53) Chicago: the ceilings of the district under Article 34."""

from __future__ import annotations

from ebf.language.evidence import law_as_read
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values, maximum, where
from ebf.law.tax_limits.funds import FUNDS


@line("34-53", Measure.RATE, law_as_read(7))
def chicago_education_ceiling(
    chicago_education_rate: Values,
    school_finance_authority_greatest_rate: Values,
    school_finance_authority_rate: Values,
) -> Values:
    """Chicago's education ceiling: with what the School Finance Authority leaves of its rate.

    >>> chicago_education_ceiling(0.03125, 0.0078125, units(0, 0.00390625, 0.0625))
    [0.0390625, 0.03515625, 0.03125]
    """
    left = school_finance_authority_greatest_rate - school_finance_authority_rate
    return chicago_education_rate + maximum(left, 0.0)


@line("34-53", Measure.RATE, law_as_read(7), bands=FUNDS)
def chicago_fund_ceiling(
    chicago_education_ceiling: Values,
    chicago_pension_rate: Values,
    education_fund: Values,
    teachers_pension_fund: Values,
) -> Values:
    """Chicago's ceilings that are rates: of education, and of the teachers' pension.

    >>> chicago_fund_ceiling(0.0357, 0.00567, 1, 0), chicago_fund_ceiling(0.0357, 0.00567, 0, 1)
    (0.0357, 0.00567)
    """
    of_pension = where(teachers_pension_fund, chicago_pension_rate, 0.0)
    return where(education_fund, chicago_education_ceiling, of_pension)


@line("34-53.5", Measure.DOLLARS, law_as_read(7))
def capital_improvement_ceiling(
    capital_improvement_ceiling_last_year: Values,
    price_change_before_levy: Values,
    capital_improvement_base: Values,
) -> Values:
    """Chicago's ceiling of capital improvement: last year's, grown with prices, and the base's.

    2003 has none before it; it grows whether it is levied or not, and never falls.

    >>> capital_improvement_ceiling(units(0, 3562500), units(0.025, 0.03), 142500000)
    [3562500.0, 7944375.0]
    >>> capital_improvement_ceiling(3562500, -0.01, 142500000)
    3562500.0
    """
    last = capital_improvement_ceiling_last_year
    return last + (last + capital_improvement_base) * maximum(price_change_before_levy, 0.0)


LINES: tuple[Line, ...] = (
    chicago_education_ceiling,
    chicago_fund_ceiling,
    capital_improvement_ceiling,
)
