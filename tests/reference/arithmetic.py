"""Cutting, rounding, and the normal curve."""

from decimal import Decimal, localcontext
from fractions import Fraction
from math import trunc
from statistics import NormalDist


def cut(value: Fraction) -> Fraction:
    """Two decimals, the rest cut off, never rounded."""
    return Fraction(trunc(value * 100), 100)


def rounded(value: Fraction, decimals: int) -> Fraction:
    """To the nearest, halves away from zero, as spreadsheets do."""
    scale = 10**decimals
    sign = -1 if value < 0 else 1
    return Fraction(sign * trunc(abs(value) * scale + Fraction(1, 2)), scale)


def square_root(value: Fraction) -> Fraction:
    """To fifty digits."""
    with localcontext() as context:
        context.prec = 50
        return Fraction((Decimal(value.numerator) / Decimal(value.denominator)).sqrt())


def normal_distribution(deviations: Fraction) -> Fraction:
    """The share of a standard normal distribution below so many standard deviations."""
    return Fraction(NormalDist().cdf(float(deviations)))


def mean(values: list[Fraction]) -> Fraction:
    """The plain mean."""
    return sum(values, Fraction(0)) / len(values)


def weighted_mean(values: list[Fraction], weights: list[Fraction]) -> Fraction:
    """The weighted mean."""
    pairs = zip(values, weights, strict=True)
    return sum((v * w for v, w in pairs), Fraction(0)) / sum(weights, Fraction(0))
