"""(19-1) Debt limit: the most that a district may owe."""

from __future__ import annotations

from ebf.language.evidence import law_as_read
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values, equal, where


@line("19-1", Measure.DOLLARS, law_as_read())
def debt_limit(
    organization_type: Values,
    current_eav: Values,
    debt_limit_rate: Values,
    debt_limit_rate_of_unit: Values,
) -> Values:
    """The debt limit: a share of the EAV, of a unit district twice that of the others.

    >>> debt_limit(units("elementary", "high_school", "unit"), 1000, 0.0625, 0.125)
    [62.5, 62.5, 125.0]
    """
    is_unit = equal(organization_type, "unit")
    return current_eav * where(is_unit, debt_limit_rate_of_unit, debt_limit_rate)


@line("19-1", Measure.DOLLARS, law_as_read(), may_be_negative=True)
def debt_room(debt_limit: Values, debt_outstanding: Values) -> Values:
    """What may still be borrowed; below 0 where more is owed than the limit.

    >>> debt_room(100, units(70, 120))
    [30, -20]
    """
    return debt_limit - debt_outstanding


LINES: tuple[Line, ...] = (debt_limit, debt_room)
