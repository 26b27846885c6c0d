"""The few functions that formulas may use, and the shape of every value.

Every value is an array of three axes: scenario, unit of the state, band of
grades. A statewide number is (1, 1, 1), one number a unit (1, units, 1), one
number a unit and band (1, units, 3); a leading axis longer than 1 holds
scenarios. So ``+ - * /`` broadcast by themselves, and a formula written once
serves one unit, a whole state, and many states at a time.

Binary floats cannot hold most cents, so 0.03 x 65,990 comes to
1979.6999999999998. A value closer to a cut or an edge than floating-point
arithmetic can tell apart is therefore *on* it: cutting and comparing both
allow for ``RELATIVE_TOLERANCE``, sixteen times the spacing of floats. Of
amounts near a billion dollars that is a hundredth of a cent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Values: TypeAlias = npt.NDArray[Any]

UNIT_AXIS, BAND_AXIS = -2, -1
RELATIVE_TOLERANCE = 2.0**-48
ABSOLUTE_TOLERANCE = 1e-9  # of the last decimal kept; for results near zero


def units(*values: float | str) -> Values:
    """One value a unit, as formulas take them.

    >>> units(1.0, 2.0).shape
    (1, 2, 1)
    """
    return np.array(values).reshape(1, -1, 1)


def bands(*values: float) -> Values:
    """One value a band, the same for every unit.

    >>> bands(15, 20, 20).shape
    (1, 1, 3)
    """
    return np.array(values, dtype=float).reshape(1, 1, -1)


def minimum(first: Values, second: Values | float) -> Values:
    """The lesser, element by element."""
    return np.minimum(first, second)


def maximum(first: Values, second: Values | float) -> Values:
    """The greater, element by element."""
    return np.maximum(first, second)


def where(condition: Values, then: Values | float, otherwise: Values | float) -> Values:
    """``then`` where the condition holds (or the flag is 1), else ``otherwise``."""
    return np.where(condition, then, otherwise)


def less(first: Values | float, second: Values) -> Values:
    """Whether first < second, a float's breadth apart counting as equal.

    >>> bool(less(np.float64(0.1 + 0.2), np.float64(0.3)))
    False
    >>> bool(less(np.float64(0.3), np.float64(0.1 + 0.2)))
    False
    """
    return first < second - RELATIVE_TOLERANCE * np.abs(second)


def equal(first: Values, second: Values | float | str) -> Values:
    """Whether two codes, counts or kinds are the same."""
    return np.asarray(first == second)


def divide(numerator: Values, denominator: Values) -> Values:
    """The quotient, and 0 where there is nothing to divide by.

    Only a unit without pupils, property or target has a zero denominator; the
    checks of the inputs refuse one wherever the law expects a number.
    """
    numerator, denominator = np.asarray(numerator), np.asarray(denominator)
    shape = np.broadcast_shapes(numerator.shape, denominator.shape)
    return np.divide(numerator, denominator, out=np.zeros(shape), where=denominator != 0)


def mean(*values: Values) -> Values:
    """The plain mean of the values handed over."""
    return sum(values[1:], start=values[0]) / len(values)


def mean_of_reported(first: Values, second: Values) -> Values:
    """The mean of two counts, or the one reported where the other is blank."""
    return np.where(np.isnan(first), second, np.where(np.isnan(second), first, mean(first, second)))


def square_root(values: Values) -> Values:
    """The square root."""
    return np.sqrt(values)


def normal_cdf(values: Values) -> Values:
    """The cumulative distribution function of the standard normal.

    >>> float(normal_cdf(np.float64(0)))
    0.5
    """
    from scipy.special import ndtr  # noqa: PLC0415 - import ebf stays quick

    return np.asarray(ndtr(values))


def truncate(values: Values, decimals: int) -> Values:
    """Cut, never rounded, to so many decimals: the state's TRUNC.

    >>> float(truncate(np.float64(0.03 * 65990), 2)), float(truncate(np.float64(662 / 3), 2))
    (1979.7, 220.66)
    """
    scale = 10.0**decimals
    scaled = np.asarray(values) * scale
    nearest = np.rint(scaled)
    tolerance = RELATIVE_TOLERANCE * np.abs(scaled) + ABSOLUTE_TOLERANCE
    return np.where(np.abs(scaled - nearest) <= tolerance, nearest, np.trunc(scaled)) / scale


def round_half_up(values: Values, decimals: int) -> Values:
    """Rounded to the nearest, a half away from zero.

    >>> float(round_half_up(np.float64(2.675), 2))
    2.68
    """
    half = 10.0**-decimals / 2
    return truncate(values + np.copysign(half, values), decimals)


def band_total(values: Values) -> Values:
    """The sum over the bands of one unit."""
    return values.sum(axis=BAND_AXIS, keepdims=True)


def regroup(values: Values, grades: Sequence[str], groups: Mapping[str, Sequence[str]]) -> Values:
    """Grades added up into groups of grades, in the order of ``groups``.

    >>> regroup(bands(1, 2, 4), ("a", "b", "c"), {"ab": ("a", "b"), "c": ("c",)}).tolist()
    [[[3.0, 4.0]]]
    """
    return np.stack(
        [
            sum(
                (values[..., grades.index(grade)] for grade in members[1:]),
                start=values[..., grades.index(members[0])],
            )
            for members in groups.values()
        ],
        axis=BAND_AXIS,
    )


def statewide_sum(values: Values) -> Values:
    """The sum over all units of the state."""
    return values.sum(axis=UNIT_AXIS, keepdims=True)


def statewide_maximum(values: Values) -> Values:
    """The greatest value of any unit of the state."""
    return values.max(axis=UNIT_AXIS, keepdims=True)


def regional_sum(values: Values, region: Values) -> Values:
    """For every unit, the sum over the units of its region.

    >>> regional_sum(units(1, 2, 4), units("01", "02", "01")).ravel().tolist()
    [5.0, 2.0, 5.0]
    """
    _, codes = np.unique(region[0, :, 0], return_inverse=True)
    rows = [np.bincount(codes, weights=row)[codes] for row in values[..., 0]]
    return np.array(rows)[..., np.newaxis]


def least_prefix_ratio(amount: Values, resources: Values, targets: Values) -> Values:
    """The ratio up to which ``amount`` lifts the units with the least resources.

    The ratio T with sum(max(0, T x target - resources)) = amount. Units stand
    in order of resources / target; every prefix has the ratio
    (amount + sum of resources) / sum of targets; T is the least of these. For
    any set of units the sum over the set is at most the amount, so T is at
    most the set's ratio; the set of units below T attains it. Units with
    target 0 stand aside.

    >>> least_prefix_ratio(np.array([[[30.0]]]), units(50, 90, 10), units(100, 100, 0)).item()
    0.8
    """
    present = targets > 0
    targets = where(present, targets, 0.0)
    resources = where(present, resources, 0.0)
    percent = where(present, divide(resources, targets), np.inf)
    order = np.argsort(percent, axis=UNIT_AXIS, kind="stable")
    in_order = divide(
        amount + np.cumsum(np.take_along_axis(resources, order, UNIT_AXIS), axis=UNIT_AXIS),
        np.cumsum(np.take_along_axis(targets, order, UNIT_AXIS), axis=UNIT_AXIS),
    )
    # The running sums find the prefix; summing it afresh is more exact.
    last = np.argmin(in_order, axis=UNIT_AXIS, keepdims=True)
    prefix = np.argsort(order, axis=UNIT_AXIS, kind="stable") <= last
    return divide(
        amount + statewide_sum(where(prefix, resources, 0.0)),
        statewide_sum(where(prefix, targets, 0.0)),
    )
