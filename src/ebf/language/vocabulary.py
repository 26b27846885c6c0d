"""The few functions that formulas may use, and the shape of every value.

Every value is an array of three axes: scenario, unit of the state, band of
grades. A statewide number is (1, 1, 1), one number a unit (1, units, 1), one
number a unit and band (1, units, 3); a leading axis longer than 1 holds
scenarios. So ``+ - * /`` broadcast by themselves, and a formula written once
serves one unit, a whole state, and many states at a time.

The elements are floats; or, in arrays of objects, fractions
(:mod:`ebf.language.exact`) or symbols (:mod:`ebf.language.symbols`), from which the same formula
gives the exact number or its own text.

Binary floats cannot hold most cents, so 0.03 x 65,990 comes to
1979.6999999999998. A value closer to a cut or an edge than floating-point
arithmetic can tell apart is therefore *on* it: cutting and comparing both
allow for ``RELATIVE_TOLERANCE``, sixteen times the spacing of floats. Of a
billion dollars that is 0.0004 of a cent.

Holds: Values, UNIT_AXIS, BAND_AXIS, RELATIVE_TOLERANCE, ABSOLUTE_TOLERANCE, DIFFERENCE_TOLERANCE,
units, bands, exactly, nearly, is_blank, minimum, maximum, where, less, equal, divide, mean,
mean_of_reported, square_root, normal_cdf, truncate, truncate_difference, round_half_up,
band_total, regroup, statewide_sum, statewide_maximum, regional_sum, sum_before, sum_of_ramps,
Prefixes, prefixes, no_further_than, least_prefix_ratio.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeAlias

import numpy as np
import numpy.typing as npt

from ebf.language import exact
from ebf.language.symbols import Operation, Symbol

Values: TypeAlias = npt.NDArray[Any]

UNIT_AXIS, BAND_AXIS = -2, -1
RELATIVE_TOLERANCE = 2.0**-48
ABSOLUTE_TOLERANCE = 1e-9  # of the last decimal kept; for results near zero
DIFFERENCE_TOLERANCE = 1e-6  # the same, of differences of amounts of up to $30 million


def units(*values: float | str) -> Values:
    """One value a unit, as formulas take them.

    >>> units(1.0, 2.0).shape
    (1, 2, 1)
    """
    return np.array(values).reshape(1, len(values), 1)


def bands(*values: float) -> Values:
    """One value a band, the same for every unit.

    >>> bands(15, 20, 20).shape
    (1, 1, 3)
    """
    return np.array(values, dtype=float).reshape(1, 1, len(values))


def exactly(values: Values) -> Values:
    """Floats as fractions, each the decimal that it is written as; flags and text as they are.

    >>> exactly(units(0.03, 2)).ravel().tolist()
    [Fraction(3, 100), Fraction(2, 1)]
    """
    if values.dtype.kind != "f":
        return values
    return np.asarray(np.frompyfunc(exact.fraction, 1, 1)(values))


def nearly(values: Values) -> Values:
    """Fractions as the nearest floats; all else as it is."""
    return values.astype(np.float64) if values.dtype is _OBJECT else values


def is_blank(values: Values) -> Values:
    """Where a number is not known (NaN)."""
    return np.asarray(values != values, dtype=bool)  # noqa: PLR0124 - only NaN differs from itself


_Arguments = ParamSpec("_Arguments")
_OBJECT = np.dtype(object)


def _are_objects(values: Sequence[Any]) -> bool:
    return any(getattr(value, "dtype", None) is _OBJECT for value in values)


def _are_symbols(*values: Values) -> bool:
    return _are_objects(values) and any(
        isinstance(element, Symbol) for value in values for element in value.flat
    )


def _of_elements(name: str, of_fractions: Callable[..., Any]) -> Callable[..., Values]:
    """A function on arrays of objects: of fractions, or symbolically, element by element."""

    def of_one(*elements: Any) -> Any:
        if any(isinstance(element, Symbol) for element in elements):
            return Operation(name, elements)
        return of_fractions(*map(exact.fraction, elements))

    def function(*values: Any) -> Values:
        with np.errstate(invalid="ignore"):  # comparing blanks
            result = np.asarray(np.frompyfunc(of_one, len(values), 1)(*values))
        is_flag = all(isinstance(element, bool) for element in result.flat)
        return result.astype(bool) if is_flag else result

    return function


def _exactly(
    of_fractions: Callable[..., Any],
) -> Callable[[Callable[_Arguments, Values]], Callable[_Arguments, Values]]:
    """Let a function of floats act on arrays of fractions and of symbols too."""

    def decorate(of_floats: Callable[_Arguments, Values]) -> Callable[_Arguments, Values]:
        of_objects = _of_elements(of_floats.__name__, of_fractions)

        @wraps(of_floats)
        def function(*values: _Arguments.args, **named: _Arguments.kwargs) -> Values:
            for value in values:
                if getattr(value, "dtype", None) is _OBJECT:
                    return of_objects(*values, *named.values())
            return of_floats(*values, **named)

        return function

    return decorate


@_exactly(exact.lesser)
def minimum(first: Values, second: Values | float) -> Values:
    """The lesser, element by element."""
    return np.minimum(first, second)


@_exactly(exact.greater)
def maximum(first: Values, second: Values | float) -> Values:
    """The greater, element by element."""
    return np.maximum(first, second)


@_exactly(exact.choice)
def where(condition: Values, then: Values | float, otherwise: Values | float) -> Values:
    """``then`` where the condition holds (or the flag is 1), else ``otherwise``."""
    return np.where(condition, then, otherwise)


@_exactly(exact.is_less)
def less(first: Values | float, second: Values) -> Values:
    """Whether first < second, a float's breadth apart counting as equal.

    >>> bool(less(np.float64(0.1 + 0.2), np.float64(0.3)))
    False
    >>> bool(less(np.float64(0.3), np.float64(0.1 + 0.2)))
    False
    """
    return first < second - RELATIVE_TOLERANCE * np.abs(second)


@_exactly(exact.is_equal)
def equal(first: Values, second: Values | float | str) -> Values:
    """Whether two codes, counts or kinds are the same."""
    return np.asarray(first == second)


@_exactly(exact.quotient)
def divide(numerator: Values, denominator: Values) -> Values:
    """The quotient, and 0 where there is nothing to divide by.

    Only a unit without pupils, property or target has a zero denominator; the
    checks of the inputs refuse one wherever the law expects a number.
    """
    numerator, denominator = np.asarray(numerator), np.asarray(denominator)
    if denominator.all():  # by far the usual, and the quicker
        return np.asarray(numerator / denominator)
    found = np.zeros(np.broadcast(numerator, denominator).shape)
    return np.divide(numerator, denominator, out=found, where=denominator != 0)


def mean(*values: Values) -> Values:
    """The plain mean of the values handed over."""
    return sum(values[1:], start=values[0]) / len(values)


@_exactly(exact.mean_of_reported)
def mean_of_reported(first: Values, second: Values) -> Values:
    """The mean of two counts, or the one reported where the other is blank."""
    return np.where(np.isnan(first), second, np.where(np.isnan(second), first, mean(first, second)))


@_exactly(exact.square_root)
def square_root(values: Values) -> Values:
    """The square root."""
    return np.sqrt(values)


@_exactly(exact.normal_cdf)
def normal_cdf(values: Values) -> Values:
    """The cumulative distribution function of the standard normal.

    >>> float(normal_cdf(np.float64(0)))
    0.5
    """
    from scipy.special import ndtr  # noqa: PLC0415 - import ebf stays quick

    return np.asarray(ndtr(values))


@_exactly(exact.truncate)
def truncate(values: Values, decimals: int) -> Values:
    """Cut, never rounded, to so many decimals: the state's TRUNC.

    >>> float(truncate(np.float64(0.03 * 65990), 2)), float(truncate(np.float64(662 / 3), 2))
    (1979.7, 220.66)
    """
    return _truncated(values, decimals, ABSOLUTE_TOLERANCE)


@_exactly(exact.truncate)
def truncate_difference(values: Values, decimals: int) -> Values:
    """The same for a difference of larger amounts, which keeps their noise.

    >>> float(truncate_difference(np.float64(717204.64 - 717196.54), 2))
    8.1
    """
    return _truncated(values, decimals, DIFFERENCE_TOLERANCE)


def _truncated(values: Values, decimals: int, breadth: float) -> Values:
    scale = 10.0**decimals
    scaled = np.asarray(values) * scale
    nearest = np.rint(scaled)
    tolerance = np.abs(scaled)
    tolerance *= RELATIVE_TOLERANCE
    tolerance += breadth
    is_near = np.abs(scaled - nearest) <= tolerance
    return np.where(is_near, nearest, np.trunc(scaled)) / scale


@_exactly(exact.round_half_up)
def round_half_up(values: Values, decimals: int) -> Values:
    """Rounded to the nearest, a half away from zero.

    >>> float(round_half_up(np.float64(2.675), 2))
    2.68
    """
    half = 10.0**-decimals / 2
    return truncate(values + np.copysign(half, values), decimals)


def band_total(values: Values) -> Values:
    """The sum over the bands of one unit."""
    if _are_symbols(values):
        bands_of_unit = tuple(values[0, 0])
        whole = Operation("band_total", bands_of_unit)
        return _one(whole if len(bands_of_unit) > 1 else bands_of_unit[0])
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


def _one(element: Any) -> Values:
    """An array of one element."""
    array = np.empty((1, 1, 1), dtype=object)
    array.fill(element)
    return array


def _over_units(name: str, of_fractions: Callable[..., Any], values: Values) -> Values:
    """A function of all units, on fractions or as a symbol."""
    if _are_symbols(values):
        return np.asarray(np.frompyfunc(lambda each: Operation(name, (each,)), 1, 1)(values))
    result = np.empty((len(values), 1, values.shape[BAND_AXIS]), dtype=object)
    for scenario, band in np.ndindex(len(values), values.shape[BAND_AXIS]):
        result[scenario, 0, band] = of_fractions(values[scenario, :, band])
    return result


def statewide_sum(values: Values) -> Values:
    """The sum over all units of the state."""
    if values.dtype is _OBJECT:
        return _over_units("statewide_sum", exact.total, values)
    return values.sum(axis=UNIT_AXIS, keepdims=True)


def statewide_maximum(values: Values) -> Values:
    """The greatest value of any unit of the state."""
    if values.dtype is _OBJECT:
        return _over_units("statewide_maximum", max, values)
    return values.max(axis=UNIT_AXIS, keepdims=True)


def regional_sum(values: Values, region: Values) -> Values:
    """For every unit, the sum over the units of its region.

    >>> regional_sum(units(1, 2, 4), units("01", "02", "01")).ravel().tolist()
    [5.0, 2.0, 5.0]
    """
    if _are_symbols(values):
        return _one(Operation("regional_sum", (values.item(), region.item())))
    count = max(len(values), len(region))
    of_units = np.broadcast_to(values, (count, *values.shape[1:]))[..., 0]
    codes = [np.unique(each, return_inverse=True)[1] for each in region[..., 0]]
    every = codes * (count // len(codes))
    return np.array([*map(_sums_of_regions, of_units, every)])[..., np.newaxis]


def _sums_of_regions(row: Values, codes: Values) -> Values:
    """For every unit of one state, the sum over its region."""
    if not _are_objects([row]):
        return np.bincount(codes, weights=row)[codes]
    sums = [exact.total(row[codes == code]) for code in range(codes.max() + 1)]
    return np.array(sums, dtype=object)[codes]


def sum_before(values: Values, *keys: Values) -> Values:
    """For every unit, the sum over the units before it: of the least keys, then by their ids.

    Units stand in the order of the first key, where that is equal of the next, and where all
    are in the order of their ids. So ``1 + sum_before(1, -need)`` is a unit's rank by need.

    >>> sum_before(units(5, 7, 9), units(2, 1, 2)).ravel().tolist()
    [7.0, 0.0, 12.0]
    """
    if _are_symbols(values, *keys):
        return _one(Operation("sum_before", (values.item(), *(key.item() for key in keys))))
    shape = np.broadcast_shapes(*(each.shape for each in (values, *keys)))
    of_units = np.broadcast_to(values, shape)
    found = np.empty(shape, dtype=_OBJECT if _are_objects([values]) else float)
    for scenario in range(shape[0]):
        in_turn = [np.broadcast_to(key, shape)[scenario, :, 0] for key in reversed(keys)]
        order = np.lexsort([each.astype(float) for each in in_turn])  # stable: then by their ids
        row = of_units[scenario, order, 0]
        found[scenario, order, 0] = np.cumsum(row) - row
    return found


def sum_of_ramps(weights: Values, tops: Values, width: Values, at: Values) -> Values:
    """For every unit, the sum of what each unit's ramp comes to at this unit's place.

    A unit's ramp is 0 from its top on, rises evenly below it, and is its weight from
    ``width`` below the top down: weights x min(1, max(0, tops - at) / width).

    >>> sum_of_ramps(units(10, 10), units(3, 4), units(2), units(3, 2)).ravel().tolist()
    [5.0, 15.0]
    """
    if _are_symbols(weights, tops, width, at):
        operands = (weights.item(), tops.item(), width.item(), at.item())
        return _one(Operation("sum_of_ramps", operands))
    every = np.swapaxes(at, UNIT_AXIS, BAND_AXIS)  # an axis for the places beside that of units
    risen = minimum(divide(maximum(tops - every, 0.0), width), 1.0)
    whole = np.broadcast_to(weights * risen, np.broadcast_shapes(weights.shape, risen.shape))
    return np.swapaxes(statewide_sum(whole), UNIT_AXIS, BAND_AXIS)


def _of_units(values: Values, places: Values) -> Values:
    """What stands at some places among the units, in every scenario its own."""
    if len(places) == 1:  # the quicker of the two
        return values.take(places.ravel(), axis=UNIT_AXIS)
    return np.take_along_axis(values, places, UNIT_AXIS)


def _running_sums(values: Values, order: Values) -> Values:
    """The sums of the first one, two, three units in that order."""
    return _of_units(values, order).cumsum(axis=UNIT_AXIS)


class Prefixes(NamedTuple):
    """The units furthest behind first: what the first one, two, three of them come to.

    ``percent`` is every unit's resources / target, infinite without a target, in the order
    of the units. All else stands in the order of ``order``: the sums of resources and of
    targets up to each unit, and the ``ratio`` to which an amount lifts them all.
    """

    percent: Values
    order: Values
    resources: Values
    targets: Values
    ratio: Values


def prefixes(amount: Values, resources: Values, targets: Values) -> Prefixes:
    """Every prefix of the units in order of resources / target; equal ones in any order.

    >>> prefixes(np.array([[[30.0]]]), units(90, 50), units(100, 100)).ratio.ravel().tolist()
    [0.8, 0.85]
    """
    present = targets > 0
    percent = where(present, divide(resources, targets), np.inf)
    order = percent.argsort(axis=UNIT_AXIS)
    behind = _running_sums(where(present, resources, 0.0), order)
    wanted = _running_sums(targets, order)
    return Prefixes(percent, order, behind, wanted, divide(amount + behind, wanted))


def no_further_than(ratio: Values, resources: Values, targets: Values) -> Values:
    """The units whose resources are at most that ratio of their target; those on it too."""
    return np.asarray((targets > 0) & ~less(ratio, divide(resources, targets)))


def least_prefix_ratio(amount: Values, resources: Values, targets: Values) -> Values:
    """The ratio up to which ``amount`` lifts the units with the least resources.

    The ratio T with sum(max(0, T x target - resources)) = amount. Units stand
    in order of resources / target; every prefix has the ratio
    (amount + sum of resources) / sum of targets; T is the least of these. For
    any set of units the sum over the set is at most the amount, so T is at
    most the set's ratio; the set of units below T attains it. Targets are 0 or
    more; units with target 0 stand aside.

    >>> least_prefix_ratio(np.array([[[30.0]]]), units(50, 90, 10), units(100, 100, 0)).item()
    0.8
    >>> least_prefix_ratio(np.array([[[19.5]]]), units(60, 80, -1000), units(100, 100, 0)).item()
    0.795
    """
    if _are_symbols(amount, resources, targets):
        operands = (amount.item(), resources.item(), targets.item())
        return _one(Operation("least_prefix_ratio", operands))
    found = prefixes(amount, resources, targets)
    # The running sums find the prefix; summing it afresh, in the order of the units, is more
    # exact, and does not hang on how a sort orders equal units.
    last = found.ratio.argmin(axis=UNIT_AXIS, keepdims=True)
    reached = _of_units(found.percent, _of_units(found.order, last))
    prefix = (targets > 0) & (found.percent <= reached)
    return divide(
        amount + statewide_sum(where(prefix, resources, 0.0)),
        statewide_sum(where(prefix, targets, 0.0)),
    )
