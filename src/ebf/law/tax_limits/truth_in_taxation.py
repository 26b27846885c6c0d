"""(18-55) Truth in taxation: the levy that needs a notice and a hearing."""

from __future__ import annotations

from ebf.language.evidence import law_as_read
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values, band_total, less, where

ACT = "35 ILCS 200/"


@line(f"{ACT}18-55", Measure.DOLLARS, law_as_read())
def levy_without_debt_service(levy: Values, debt_service_fund: Values) -> Values:
    """The aggregate levy: all funds but debt service.

    >>> levy_without_debt_service(bands(100, 30), bands(0, 1))
    100.0
    """
    return band_total(where(debt_service_fund, 0.0, levy))


@line(f"{ACT}18-60", Measure.DOLLARS, law_as_read())
def greatest_levy_without_notice(
    extended_last_year: Values, abated_last_year: Values, levy_growth_without_notice: Values
) -> Values:
    """The most that is levied without a notice: 105 % of last year's, abatements added back.

    >>> greatest_levy_without_notice(1000, 200, 0.25)
    1500.0
    """
    return (extended_last_year + abated_last_year) * (1 + levy_growth_without_notice)


@line(f"{ACT}18-70", Measure.FLAG, law_as_read())
def notice_needed(
    levy_without_debt_service: Values, greatest_levy_without_notice: Values
) -> Values:
    """Whether the levy needs a notice and a hearing.

    >>> notice_needed(units(1050, 1051), 1050)
    [False, True]
    """
    return less(greatest_levy_without_notice, levy_without_debt_service)


LINES: tuple[Line, ...] = (
    levy_without_debt_service,
    greatest_levy_without_notice,
    notice_needed,
)
