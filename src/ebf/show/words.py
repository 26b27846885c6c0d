"""Numbers in words: how every result writes its amounts, shares and counts.

Holds: Value, TEXT_WIDTH, plain, amount, amount_text, percent_text, number_text.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from ebf.language.measure import Measure

Value: TypeAlias = bool | int | float | str | None
"""A number, a flag or text; None for a blank."""
TEXT_WIDTH = 100
_DIGITS = 15
_WITHOUT_MEASURE = {Measure.FLAG, Measure.TIER, Measure.SHARE, Measure.RATIO, Measure.COUNT}


def plain(value: Value) -> str:
    """A value as formulas write it: the fifteen digits that a float can be trusted with.

    >>> plain(1e-7), plain(0.1 + 0.2), plain(None), plain("unit")
    ('0.0000001', '0.3', 'blank', "'unit'")
    """
    if value is None:
        return "blank"
    if isinstance(value, float):
        return np.format_float_positional(float(f"{value:.{_DIGITS}g}"), trim="-")
    return repr(value)


def amount(value: Value, measure: str = "") -> str:
    """A value as people read it, with its measure.

    >>> amount(6470609.2, "dollars"), amount(True, "0 or 1"), amount(None, "students")
    ('6,470,609.20 dollars', 'yes', 'blank')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) or value is None:
        return value or "blank"
    whole, point, decimals = plain(value).partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    cents = decimals.ljust(2, "0") if decimals and measure.startswith(Measure.DOLLARS) else decimals
    number = f"{sign}{int(digits):,}{point}{cents}"
    return number if measure in _WITHOUT_MEASURE or not measure else f"{number} {measure}"


def amount_text(number: float) -> str:
    """Dollars and counts in whole, shares with six decimals."""
    return f"{number:,.0f}" if abs(number) > 1 or number == int(number) else f"{number:.6f}"


def percent_text(share: float) -> str:
    """A share in words."""
    return f"{100 * float(share):.6g} %"


def number_text(number: float) -> str:
    """Two decimals; of what is less than 1 and has more of them, six.

    >>> number_text(1234.5), number_text(0.25), number_text(0.0012)
    ('1,234.50', '0.25', '0.001200')
    """
    short = f"{number:,.2f}"
    is_short = abs(number) >= 1 or float(short) == number
    return short if is_short else f"{number:,.6f}"
