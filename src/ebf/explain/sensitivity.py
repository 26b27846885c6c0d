"""What a unit's number moves by, for each thing it stands on, and how far that holds.

The formulas are differentiated forward, line by line and for all units at once,
since rates move with everybody. The leading axis of a tangent, elsewhere that of
scenarios, holds the columns differentiated by; no tangent is one of zeros.

Holds: COLUMNS, SWITCHES, Tangent, sensitivity, Rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import inf, pi, sqrt
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd

from ebf.engine.record import Record, places_of, steps_to
from ebf.explain.census import asked_of
from ebf.explain.sources import source_of
from ebf.faults import InputError, Place, as_name, not_computed, unknown_name, unsuitable_name
from ebf.language.formula_text import evaluate, formula_text, names_in
from ebf.language.line import Line
from ebf.language.measure import Measure
from ebf.language.symbols import Name, Operation, Term, parts_of
from ebf.language.vocabulary import (
    UNIT_AXIS,
    Values,
    divide,
    least_prefix_ratio,
    less,
    nearly,
    no_further_than,
)
from ebf.law.names import bands_added_up, columns_of, entries, expressions, known_names, name_behind
from ebf.units.ids import STATEWIDE

COLUMNS = (
    "column",
    "name",
    "kind",
    "measure",
    "value",
    "derivative",
    "below",
    "above",
    "edge_below",
    "edge_above",
)
SWITCHES: Final = (
    "less",
    "equal",
    "minimum",
    "maximum",
    "statewide_maximum",
    "least_prefix_ratio",
)
"""The operations whose formula has pieces."""

_AT_ZERO_AS_BELOW: Final = frozenset({"minimum", "statewide_maximum", "least_prefix_ratio"})
"""The switches that decide alike where both sides are equal and where the first is less."""

_AT_ONCE: Final = 32
"""Columns differentiated by in one go, so that tangents of a state fit in memory."""

_NOISE: Final = 2.0**-36
"""How little two sides may part, of what each moves, and still be taken to move together."""

Tangent: TypeAlias = Values | None


def sensitivity(record: Record, unit_id: str, line: str) -> pd.DataFrame:
    """Differentiate a number of a unit by all that it stands on.

    By the unit's own inputs and given lines, statewide ones, parameters and
    salaries; not by flags, tiers, text, blanks and grades that the unit cannot
    have. The whole state moves with each, so what comes back through rates and
    ratios is in it. Rounding is left out: the derivative is that of what is cut.

    Args:
        record: Of one state, in fast or exact arithmetic.
        unit_id: The unit. A statewide line is the same for all.
        line: A computed line, or a column of one (``nurse_cost_high``).

    Returns:
        A row a column: ``column`` and the ``name`` that it is a band of, ``kind``,
        ``measure``, ``value``; ``derivative``, exact in the present piece of the
        formulas, in units of the line for one of the column's. ``below`` and
        ``above`` say how far down and up the column goes to the nearest change of
        piece, by the tangents: a comparison, floor, cap or greatest value of any
        unit on the line's way that turns out otherwise; infinite where there is
        none. ``edge_below`` and ``edge_above`` say what happens there, and to whom.

    Raises:
        InputError: for an unknown unit or line; for several scenarios; for a line that
            stands on an order of the units.
    """
    (place,) = places_of(record, [unit_id])
    asked = _column_asked(record, line)
    _check_smooth(record, asked)
    rows = _rows(_State(record, asked.name), asked, place)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _check_smooth(record: Record, asked: Name) -> None:
    """Refuse a line on whose way units are put in order: its steps have no derivative."""
    on_the_way = steps_to(record, asked.name)
    faults = [
        unsuitable_name(Place("ledger", column=asked.name), f"{line.name} {why}", allowed)
        for why, operators in {"orders the units": {"sum_before", "sum_of_ramps"}}.items()
        for allowed in ["a line that stands on no order of units"]
        for line in on_the_way
        if any(
            isinstance(part, Operation) and part.operator in operators
            for term in expressions(line)
            for part in parts_of(term)
        )
    ]
    if faults:
        raise InputError(faults[:1])


def _rows(state: _State, asked: Name, place: int) -> Iterator[dict[str, Any]]:
    columns = list(_columns(state, place))
    for first in range(0, len(columns), _AT_ONCE):
        some = columns[first : first + _AT_ONCE]
        tangents = _Tangents(state, _seeds(some, place, len(state.record.table.unit_ids)))
        derivatives = tangents.at(asked, place, len(some))
        for column, derivative, below, above in zip(
            some, derivatives, *tangents.edges(len(some)), strict=True
        ):
            yield {
                **column.about,
                "derivative": derivative,
                "below": below.distance,
                "above": above.distance,
                "edge_below": below.words,
                "edge_above": above.words,
            }


def _column_asked(record: Record, line: object) -> Name:
    """The band of a computed line that a column names."""
    line = as_name(line)
    name = name_behind(line)
    if name not in record.computed:
        place, allowed = Place("ledger", column=line), "a computed line of this ledger"
        if name in record.values:
            found = "given, not computed"
            raise InputError([not_computed(place, found, allowed)])
        raise InputError([unknown_name(place, "no such line", allowed, record.computed)])
    columns = columns_of(name)
    if line not in columns and len(columns) > 1:
        allowed = f"one of its columns: {', '.join(columns)}"
        raise InputError(
            [unsuitable_name(Place("ledger", column=name), "a line of several columns", allowed)]
        )
    band = columns.index(line) if line in columns else 0
    return Name(columns[band], name, band)


# --- What a line stands on ---------------------------------------------------------


class _State:
    """The lines on the way to the one asked for, and every value, once."""

    def __init__(self, record: Record, name: str) -> None:
        self.record = record
        self.lines = steps_to(record, name)
        self._numbers = {each: nearly(values) for each, values in record.everything.items()}
        self._known: dict[Operation, Values] = {}

    def value(self, term: Term) -> Values:
        """The value of a term for every unit."""
        if not isinstance(term, Operation):
            return evaluate(term, self._numbers)
        if term not in self._known:
            self._known[term] = np.atleast_3d(evaluate(term, self._numbers))
        return self._known[term]

    @cached_property
    def switches(self) -> tuple[_Switch, ...]:
        """Every change of piece on the way."""
        return tuple(
            _Switch(line, term, asked, self)
            for line in self.lines
            for term, (_, asked) in asked_of(line, self.record, SWITCHES).items()
        )


@dataclass
class _Column:
    """A column to differentiate by, and the names that formulas read it under."""

    about: dict[str, Any]
    is_statewide: bool
    names: list[Name] = field(default_factory=list)


def _columns(state: _State, place: int) -> Iterator[_Column]:
    """The numbers that no line computes, in the order in which lines read them."""
    found: dict[str, _Column | None] = {}
    terms = [term for line in state.lines for term in expressions(line)]
    for name in names_in(*terms):
        if name.name in state.record.computed:
            continue
        if name.column not in found:
            found[name.column] = _column(state, name, place)
        if column := found[name.column]:
            column.names.append(name)
    yield from (column for column in found.values() if column)


def _column(state: _State, name: Name, place: int) -> _Column | None:
    """What is known of a column; None where one cannot differentiate by it."""
    values = state.value(name)
    value = values[0, place if values.shape[UNIT_AXIS] > 1 else 0, 0]
    if isinstance(value, str) or np.isnan(value):
        return None
    kind = str(state.record.table.text["organization_type"][0, place])
    if name.column in entries() and kind in entries()[name.column].never_of:
        return None
    source = source_of(state.record, name, float(value))
    if source.measure in {Measure.FLAG, Measure.TIER}:
        return None
    about = {
        "column": name.column,
        "name": name.name,
        "kind": source.kind,
        "measure": source.measure,
        "value": float(value),
    }
    return _Column(about, known_names()[name.name].statewide)


def _seeds(columns: Sequence[_Column], place: int, units: int) -> dict[tuple[str, int], Values]:
    """One for the column itself, of a unit's own for the unit alone."""
    seeds = {}
    for number, column in enumerate(columns):
        seed = np.zeros((len(columns), 1 if column.is_statewide else units, 1))
        seed[number, 0 if column.is_statewide else place] = 1
        seeds.update({(name.name, name.band): seed for name in column.names})
    return seeds


# --- Differentiation ---------------------------------------------------------------


class _Tangents:
    """How every line on the way moves with some columns."""

    def __init__(self, state: _State, seeds: Mapping[tuple[str, int], Values]) -> None:
        self.state = state
        self._known = dict(seeds)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            for line in state.lines:
                for band, term in enumerate(expressions(line)):
                    tangent = self.of(term)
                    if tangent is not None:
                        self._known[line.name, band] = tangent

    def of(self, term: Term) -> Tangent:
        """The tangent of a term, for every unit."""
        if isinstance(term, Name):
            return self._known.get((term.name, term.band))
        if not isinstance(term, Operation) or term.operator in _FLAT:
            return None
        tangents = [self.of(each) for each in term.operands]
        if all(each is None for each in tangents):
            return None
        values = [self.state.value(each) for each in term.operands]
        moved = [0.0 if each is None else each for each in tangents]
        return _RULES[term.operator](values, moved)

    def at(self, name: Name, place: int, count: int) -> list[float]:
        """The derivatives of a unit's number."""
        tangent = self._known.get((name.name, name.band))
        if tangent is None:
            return [0.0] * count
        of_unit = tangent[:, place if tangent.shape[UNIT_AXIS] > 1 else 0, 0]
        numbers: list[float] = np.broadcast_to(of_unit, count).tolist()
        return numbers

    def edges(self, count: int) -> tuple[list[_Edge], list[_Edge]]:
        """For each column the nearest change of piece below and above."""
        below, above = [_Edge()] * count, [_Edge()] * count
        for switch in self.state.switches:
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                distances = switch.distances(self)
            for best, distance in zip((below, above), distances or (), strict=False):
                places = distance.argmin(axis=1)
                for number, place in enumerate(places.tolist()):
                    nearer = float(distance[number, place])
                    if nearer < best[number].distance:
                        best[number] = _Edge(nearer, switch, place)
        return below, above


_FLAT: Final = frozenset({"less", "equal", "and", "or", "not"})
"""What does not move until it turns."""

Rule: TypeAlias = Callable[[Sequence[Values], Sequence[Any]], Values]
"""The tangent of an operation from the values and the tangents of its operands."""


def _taken(is_first: Values, first: Any, second: Any) -> Values:
    return np.asarray(np.where(is_first, first, second))


def _band_total(_: Sequence[Values], moved: Sequence[Any]) -> Values:
    return np.asarray(sum(moved[1:], start=moved[0]))


def _quotient(values: Sequence[Values], moved: Sequence[Any]) -> Values:
    numerator, denominator = values
    ratio = divide(numerator, denominator)
    return np.where(denominator != 0, (moved[0] - ratio * moved[1]) / denominator, 0.0)


def _mean_of_reported(values: Sequence[Values], moved: Sequence[Any]) -> Values:
    first, second = (np.isnan(value) for value in values)
    mean = (moved[0] + moved[1]) / len(moved)
    return _taken(first, moved[1], _taken(second, moved[0], mean))


def _square_root(values: Sequence[Values], moved: Sequence[Any]) -> Values:
    root = np.sqrt(values[0])
    return np.where(root != 0, moved[0] / (2 * root), 0.0)


def _normal_cdf(values: Sequence[Values], moved: Sequence[Any]) -> Values:
    density = np.exp(-(values[0] ** 2) / 2) / sqrt(2 * pi)
    return np.asarray(density * moved[0])


def _of_each_unit(moved: Values, values: Values) -> Values:
    """A tangent with a number for each unit that the values have one for."""
    units = max(moved.shape[UNIT_AXIS], values.shape[UNIT_AXIS])
    return np.broadcast_to(moved, (moved.shape[0], units, moved.shape[2]))


def _statewide_sum(values: Sequence[Values], moved: Sequence[Any]) -> Values:
    return np.asarray(_of_each_unit(moved[0], values[0]).sum(axis=UNIT_AXIS, keepdims=True))


def _statewide_maximum(values: Sequence[Values], moved: Sequence[Any]) -> Values:
    greatest = int(values[0].argmax(axis=UNIT_AXIS).item())
    return _of_each_unit(moved[0], values[0])[:, greatest : greatest + 1]


def _regional_sum(values: Sequence[Values], moved: Sequence[Any]) -> Values:
    _, codes = np.unique(values[1].ravel(), return_inverse=True)
    is_member = codes[:, np.newaxis] == np.arange(codes.max() + 1)
    of_units = _of_each_unit(moved[0], np.broadcast_to(values[0], values[1].shape))[..., 0]
    return np.asarray((of_units @ is_member)[:, codes, np.newaxis])


def _least_prefix_ratio(values: Sequence[Values], moved: Sequence[Any]) -> Values:
    """Of the units up to the ratio; a unit on it is among them."""
    resources, targets = values[1:]
    ratio, reached = _reached(values)
    total = np.where(reached, targets, 0.0).sum(axis=UNIT_AXIS, keepdims=True)
    lifted = _of_each_unit(moved[1] - ratio * moved[2], resources)
    sums = np.where(reached, lifted, 0.0).sum(axis=UNIT_AXIS, keepdims=True)
    return divide(moved[0] + sums, total)


def _reached(values: Sequence[Values]) -> tuple[Values, Values]:
    """The least prefix ratio, and the units that are no further than it."""
    resources, targets = values[1:]
    ratio = least_prefix_ratio(*values)
    return ratio, no_further_than(ratio, resources, targets)


_RULES: Final[Mapping[str, Rule]] = {
    "+": lambda _, moved: moved[0] + moved[1],
    "-": lambda _, moved: moved[0] - moved[1],
    "*": lambda values, moved: moved[0] * values[1] + values[0] * moved[1],
    "/": _quotient,
    "divide": _quotient,
    "band_total": _band_total,
    "where": lambda values, moved: _taken(values[0], moved[1], moved[2]),
    "minimum": lambda values, moved: _taken(values[0] <= values[1], moved[0], moved[1]),
    "maximum": lambda values, moved: _taken(values[0] >= values[1], moved[0], moved[1]),
    "mean_of_reported": _mean_of_reported,
    "square_root": _square_root,
    "normal_cdf": _normal_cdf,
    "statewide_sum": _statewide_sum,
    "statewide_maximum": _statewide_maximum,
    "regional_sum": _regional_sum,
    "least_prefix_ratio": _least_prefix_ratio,
}


# --- Where the piece ends ----------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Switch:
    """An operation that takes one of two sides, for the units that it is asked of."""

    line: Line
    term: Operation
    asked: Values
    state: _State

    @property
    def sides(self) -> tuple[Term, Term]:
        """What is held against what."""
        if self.term.operator == "statewide_maximum":
            return self.term.operands[0], self.term
        if self.term.operator == "least_prefix_ratio":
            _, resources, targets = self.term.operands
            return resources, Operation("*", (self.term, targets))
        first, second = self.term.operands
        return first, second

    @cached_property
    def gap(self) -> Values:
        """The first side less the second; 0 where they are a float's breadth apart."""
        first, second = map(self.state.value, self.sides)
        with np.errstate(invalid="ignore"):
            return np.where(less(first, second) | less(second, first), first - second, 0.0)

    @cached_property
    def takes_part(self) -> Values:
        """The units that it is asked of; of a least ratio those with a target."""
        if self.term.operator != "least_prefix_ratio":
            return self.asked
        return self.asked & (self.state.value(self.term.operands[2]) > 0)

    def distances(self, tangents: _Tangents) -> tuple[Values, Values] | None:
        """How far down and up each column goes until a unit switches; None where none moves."""
        moved = [tangents.of(side) for side in self.sides]
        if all(each is None for each in moved):
            return None
        first, second = (np.zeros((1, 1, 1)) if each is None else each for each in moved)
        closing = first - second
        together = np.abs(closing) <= _NOISE * (np.abs(first) + np.abs(second))
        distance = -self.gap / closing
        is_up = np.where(self.gap == 0, (closing > 0) == self._is_below_at_0, distance > 0)
        counts = self.takes_part & ~together & np.isfinite(distance)
        distance = np.abs(distance)
        either = (self.gap == 0) & (self.term.operator == "equal")  # it ends both ways
        down = np.where(counts & (~is_up | either), distance, inf)
        return down[..., 0], np.where(counts & (is_up | either), distance, inf)[..., 0]

    @property
    def _is_below_at_0(self) -> bool:
        return self.term.operator in _AT_ZERO_AS_BELOW

    def words(self, place: int) -> str:
        """The line, whom it happens to, and what."""
        operator, text = self.term.operator, formula_text(self.term, bands_added_up)
        gaps = np.broadcast_to(self.gap, np.broadcast_shapes(self.gap.shape, self.asked.shape))
        gap = float(gaps[0, place, 0])
        is_below = gap < 0 or (self._is_below_at_0 and gap == 0)
        of_state = self.line.statewide and gaps.shape[UNIT_AXIS] == 1
        whom = STATEWIDE if of_state else self.state.record.table.unit_ids[place]
        if operator in {"minimum", "maximum"}:
            other = self.sides[is_below == (operator == "minimum")]
            what = f"takes {formula_text(other, bands_added_up)}"
        elif operator in {"less", "equal"}:
            holds = gap == 0 if operator == "equal" else is_below
            what = "ceases to hold" if holds else "begins to hold"
        elif operator == "statewide_maximum":
            what = "becomes the unit's"
        else:
            what = "leaves the unit out" if is_below else "takes the unit in"
        return f"{self.line.name}, {whom}: {text} {what}"


@dataclass(frozen=True)
class _Edge:
    """The nearest switch on one side of a column's value."""

    distance: float = inf
    switch: _Switch | None = None
    place: int = 0

    @property
    def words(self) -> str:
        """The line, whom it happens to, and what."""
        return "" if self.switch is None else self.switch.words(self.place)
