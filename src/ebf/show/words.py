"""Numbers in words: how every result writes its amounts, shares and counts.

Holds: Value, TEXT_WIDTH, plain, amount, number, dollars, whole_dollars, percent_to,
percent_beside, percent, short, heading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import numpy as np

from ebf.language.measure import Measure

Value: TypeAlias = bool | int | float | str | None
"""A number, a flag or text; None for a blank."""
TEXT_WIDTH = 100
_DIGITS = 15
_ONE_PERCENT = 0.01
_DOLLARS = {Measure.DOLLARS, Measure.DOLLARS_PER_STUDENT, Measure.DOLLARS_PER_DAY}
_DECIMALS: Mapping[str, int] = {
    **dict.fromkeys((Measure.COUNT, Measure.TIER, Measure.FLAG), 0),
    **dict.fromkeys((Measure.RATIO, Measure.RATE), 6),
    Measure.PERCENT: 1,
}
"""Where they are not two."""
_WITHOUT_MEASURE = {Measure.FLAG, Measure.TIER, Measure.SHARE, Measure.RATIO, Measure.COUNT}


def plain(value: Value) -> str:
    """A value as formulas write it: the fifteen digits that a float can be trusted with.

    >>> plain(1e-7), plain(0.1 + 0.2), plain(None), plain("unit")
    ('0.0000001', '0.3', 'blank', "'unit'")
    """
    if value is None:
        return "blank"
    if isinstance(value, float):
        text = f"{value:.{_DIGITS}g}"
        if "e" not in text:  # by far the usual, and the quicker
            return text
        return np.format_float_positional(float(text), trim="-")
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


def number(value: Value, measure: str = "", *, alone: bool = False) -> str:
    """A value as tables have it: dollars in cents, shares in percent, ratios as decimals.

    Without a measure it has all its digits. ``alone`` is what stands in no column of its
    measure: dollars then carry their sign, and shares below one percent four decimals.

    >>> number(1234.5, "dollars"), number(-1234.5, "dollars", alone=True), number(3.0, "count")
    ('1,234.50', '-$1,234.50', '3')
    >>> number(0.99, "share"), number(0.00007, "share", alone=True), number(0.685, "ratio")
    ('99.00 %', '0.0070 %', '0.685000')
    >>> number(0.8571425), number(None, "students"), number("Payson")
    ('0.8571425', '', 'Payson')
    """
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool) or not measure:
        return amount(value)
    if measure in _DOLLARS:
        sign = "-" if alone and round(value, 2) < 0 else ""
        return f"{sign}${abs(value):,.2f}" if alone else f"{value:z,.2f}"
    if measure == Measure.SHARE:
        is_small = alone and 0 < abs(value) < _ONE_PERCENT
        return f"{100 * value:z,.{4 if is_small else 2}f} %"
    return f"{value:z,.{_DECIMALS.get(measure, 2)}f}"


def dollars(value: float) -> str:
    """Dollars in a sentence.

    >>> dollars(1234.5), dollars(-1234.0)
    ('$1,234.50', '-$1,234.00')
    """
    return number(value, Measure.DOLLARS, alone=True)


def whole_dollars(value: float) -> str:
    """Dollars in a sentence in which cents do not matter.

    >>> whole_dollars(1234.5), whole_dollars(-0.4)
    ('$1,234', '$0')
    """
    sign = "-" if round(value) < 0 else ""
    return f"{sign}${abs(round(value)):,}"


def percent_to(share: float, decimals: int) -> str:
    """A share in a sentence, with so many decimals.

    >>> percent_to(0.66684, 1)
    '66.7 %'
    """
    return f"{100 * float(share):z,.{decimals}f} %"


def percent_beside(share: float, decimals: int, edges: Iterable[float]) -> str:
    """A share in a sentence, with as many more decimals as keep it on its side of the edges.

    >>> percent_beside(0.99971, 1, [0.9, 1.0]), percent_beside(1.0, 1, [0.9, 1.0])
    ('99.97 %', '100.0 %')
    """
    sides = [(100 * float(edge), share < edge) for edge in edges]
    shown = 100 * float(share)
    enough = (
        many
        for many in range(decimals, _DIGITS)
        if all((round(shown, many) < edge) == is_below for edge, is_below in sides)
    )
    return percent_to(share, next(enough, _DIGITS))


def percent(share: float) -> str:
    """A share in a sentence.

    >>> percent(0.025), percent(0.9)
    ('2.5 %', '90 %')
    """
    return f"{100 * float(share):.6g} %"


_SHORTENED = {1e9: "B", 1e6: "M", 1e3: "K"}
_FROM = 10_000


def short(value: float, measure: str = "") -> str:
    """A number as pictures write it: three digits of much money, shares in percent.

    >>> short(304_125_000.0, "dollars"), short(-1234.4, "dollars"), short(0.7034, "share")
    ('$304M', '-$1,234', '70.3 %')
    >>> short(12_345.0, "dollars per student"), short(2.25, "FTE"), short(1200, "students")
    ('$12.3K', '2.25', '1,200')
    """
    if measure == Measure.SHARE:
        return f"{100 * value:z.1f} %"
    if measure not in _DOLLARS:
        return f"{value:z,.2f}".rstrip("0").rstrip(".")
    size = abs(value)
    sign = "-" if round(value, 2) < 0 else ""
    for unit, letter in _SHORTENED.items():
        if size >= max(unit, _FROM):
            return f"{sign}${float(f'{size / unit:.3g}'):g}{letter}"
    return f"{sign}${size:,.0f}" if size >= _WHOLE or not size else f"{sign}${size:.2f}"


_WHOLE = 100
"""Dollars from which on cents say nothing."""


def heading(name: str, measure: str = "") -> str:
    """What stands above a column.

    >>> heading("change_per_student", "dollars per student"), heading("formula_fte", "FTE")
    ('change per student, $', 'formula fte')
    """
    return f"{name.replace('_', ' ')}{', $' if measure in _DOLLARS else ''}"
