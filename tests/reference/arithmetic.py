"""Cutting, rounding, and the normal curve."""

from collections.abc import Iterable
from decimal import Decimal, localcontext
from fractions import Fraction
from math import trunc
from statistics import NormalDist
from typing import Any, TypeAlias

Unit: TypeAlias = dict[str, Any]

ZERO = Fraction(0)
ONE = Fraction(1)


def cut(value: Fraction, decimals: int = 2) -> Fraction:
    """The first decimals, the rest cut off, never rounded."""
    scale: int = 10**decimals
    return Fraction(trunc(value * scale), scale)


def to_the_cent(value: Fraction) -> Fraction:
    """The nearest cent of an amount that is not negative, halves up."""
    return cut(value + Fraction("0.005"))


def total(values: Iterable[Fraction]) -> Fraction:
    """The sum."""
    return sum(values, ZERO)


def quotient(dividend: Fraction, divisor: Fraction) -> Fraction:
    """The quotient; 0 where there is nothing to divide by."""
    return dividend / divisor if divisor else ZERO


def square_root(value: Fraction) -> Fraction:
    """To fifty digits."""
    with localcontext() as context:
        context.prec = 50
        return Fraction((Decimal(value.numerator) / Decimal(value.denominator)).sqrt())


def share_below(deviations: Fraction) -> Fraction:
    """The share of a normal distribution below so many standard deviations."""
    return Fraction(NormalDist().cdf(float(deviations)))
