"""The vocabulary on single exact numbers, the referee of floating-point arithmetic.

A number is a ``fractions.Fraction`` (a decimal as it was written: 0.03 is 3/100), a
blank NaN. Two functions have no exact values: the square root is taken to
``DIGITS`` digits, and the normal distribution as the correctly rounded float.

Holds: DIGITS, fraction, is_blank, lesser, greater, choice, is_less, is_equal, quotient,
mean_of_reported, square_root, normal_cdf, truncate, round_half_up, total.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from math import isfinite, isqrt
from threading import Lock
from typing import Any

from ebf.faults import require

DIGITS = 50


def fraction(number: Any) -> Any:
    """A float as the decimal that it is written as; anything else as it is.

    >>> fraction(0.03), fraction(2.0), fraction("unit")
    (Fraction(3, 100), Fraction(2, 1), 'unit')
    """
    if not isinstance(number, float) or not isfinite(number):
        return number
    return Fraction(int(number)) if number.is_integer() else Fraction(repr(float(number)))


def is_blank(number: Any) -> bool:
    """Whether the number is NaN."""
    return bool(number != number)  # noqa: PLR0124 - only NaN differs from itself


def lesser(first: Any, second: Any) -> Any:
    """The lesser; blank where either is."""
    return second if second < first or is_blank(second) else first


def greater(first: Any, second: Any) -> Any:
    """The greater; blank where either is."""
    return second if second > first or is_blank(second) else first


def choice(condition: Any, then: Any, otherwise: Any) -> Any:
    """``then`` where the condition holds."""
    return then if condition else otherwise


def is_less(first: Any, second: Any) -> bool:
    """Whether first < second."""
    return bool(first < second)


def is_equal(first: Any, second: Any) -> bool:
    """Whether they are the same."""
    return bool(first == second)


def quotient(numerator: Any, denominator: Any) -> Any:
    """The quotient, and 0 where there is nothing to divide by."""
    return numerator / denominator if denominator != 0 else Fraction(0)


def mean_of_reported(first: Any, second: Any) -> Any:
    """The mean of two, or the one where the other is blank."""
    if is_blank(first):
        return second
    return first if is_blank(second) else (first + second) / 2


def square_root(number: Any) -> Any:
    """The square root, cut to ``DIGITS`` digits behind the point."""
    scale = 10**DIGITS
    return Fraction(isqrt(number.numerator * scale**2 // number.denominator), scale)


def normal_cdf(number: Any) -> Any:
    """The distribution function of the standard normal: its correctly rounded float.

    Raises InputError where mpmath (the extra ``exact``) is missing.
    """
    require("mpmath", "exact")
    with _ALONE:
        context = _context()
        ratio = context.mpf(number.numerator) / context.mpf(number.denominator)
        return Fraction(float(context.ncdf(ratio)))


_ALONE = Lock()
"""One thread at a time: mpmath changes a context's precision, and its constants, as it goes."""


@cache
def _context() -> Any:
    """A context of our own, so that the caller's precision stays as it is."""
    import mpmath  # noqa: PLC0415 - an extra

    context = mpmath.MPContext()
    context.dps = DIGITS
    return context


def truncate(number: Any, decimals: int) -> Any:
    """Cut to so many decimals.

    >>> truncate(Fraction(662, 3), 2)
    Fraction(11033, 50)
    """
    if is_blank(number):
        return number
    scale = 10**decimals
    return Fraction(int(number * scale), scale)


def round_half_up(number: Any, decimals: int) -> Any:
    """Rounded to the nearest, a half away from zero."""
    half = Fraction(1, 2 * 10**decimals)
    return truncate(number + (half if number >= 0 else -half), decimals)


def total(numbers: Sequence[Any]) -> Any:
    """The sum, by halves, so that denominators grow late."""
    if len(numbers) == 1:
        return numbers[0]
    middle = len(numbers) // 2
    return total(numbers[:middle]) + total(numbers[middle:])
