"""Where the law's bounds decide: every floor, cap and comparison, and the units it decides for.

Holds: COLUMNS, KINDS, Range, census, asked_of.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import inf, isinf, nan, sqrt
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd

from ebf.engine.record import Record, check_one_state
from ebf.language.formula_text import BY_UNIT, OVER_UNITS, evaluate, formula_text
from ebf.language.line import Line
from ebf.language.measure import Measure
from ebf.language.rounding import Rounding
from ebf.language.symbols import Name, Operation, Term
from ebf.language.vocabulary import UNIT_AXIS, Values, less, nearly
from ebf.law.names import NameKind, bands_added_up, expressions, known_names

COLUMNS = (
    "line",
    "column",
    "cite",
    "kind",
    "bound",
    "side",
    "binds",
    "units",
    "students",
    "dollars",
    "can_bind",
)
KINDS: Final[Mapping[str, str]] = {"maximum": "floor", "minimum": "cap", "less": "comparison"}
"""What each operation of the vocabulary is that can decide a number."""

_FIXED, _STATEWIDE, _BY_UNIT = range(3)
_BOTH = {_FIXED: "both fixed", _STATEWIDE: "both statewide", _BY_UNIT: "both vary"}

Range: TypeAlias = tuple[float, float]
"""The least and the greatest value that a term can have."""

_ANYTHING: Final[Range] = (-inf, inf)
_SHARE: Final[Range] = Measure.SHARE.range


def census(record: Record) -> pd.DataFrame:
    """Count for every floor, cap and comparison of the law the units that it decides for.

    Only the lines computed are asked, in statute order, and only what the law asks
    of a unit counts: in a branch of a formula, the units whose condition takes it.
    Values a float's breadth apart are equal, so a unit on its bound is not bound.

    Args:
        record: Of one state, in fast or exact arithmetic.

    Returns:
        A row a bound: ``line``, ``column`` (the line itself where the bound is
        the same for all its bands), ``cite``; ``kind`` (floor, cap, comparison)
        and ``bound`` as formula; ``side``, the operand that is the bound: what
        varies least, of a number or parameter, a statewide value and a unit's
        own, and of two alike, so marked, the second. ``binds`` are the units for
        which the bound decides, of a comparison those for which it holds;
        ``units`` those that it is asked of (a statewide line is asked once);
        ``students`` the Average Student Enrollment of the units bound, blank
        where not known; ``dollars`` what the bound moves, summed up, blank in
        lines that are not in dollars. ``can_bind`` is False where no allowed
        input could make it bind.

    Raises:
        InputError: for several scenarios.
    """
    check_one_state(record)
    ranges = _Ranges(record)
    rows = [
        {**bound.row(record), "can_bind": ranges.can_bind(bound)}
        for line in record.law.lines.values()
        if line.name in record.computed
        for bound in _bounds(line, record)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


# --- The bounds of a line --------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Bound:
    """An operation that can decide a number, and whom the law asks it of."""

    line: Line
    column: str
    term: Operation
    asked: Values

    @property
    def kind(self) -> str:
        """A floor, a cap or a comparison."""
        return KINDS[self.term.operator]

    @cached_property
    def _variation(self) -> tuple[int, ...]:
        return tuple(map(_variation, self.term.operands))

    @property
    def place(self) -> int:
        """Which operand is the bound: what varies less, of two alike the second."""
        first, second = self._variation
        return int(first >= second)

    @property
    def sides(self) -> tuple[Term, Term]:
        """What is bounded, and its bound."""
        return self.term.operands[1 - self.place], self.term.operands[self.place]

    @property
    def side(self) -> str:
        """The operand that is the bound, in words."""
        text = formula_text(self.sides[1], bands_added_up)
        first, second = self._variation
        return f"{_BOTH[first]}: {text}" if first == second else text

    def decides(self, values: Mapping[str, Values]) -> Values:
        """The units of those asked for which the bound decides."""
        if self.kind == "comparison":
            return self.asked & evaluate(self.term, values)
        bounded, bound = (evaluate(side, values) for side in self.sides)
        beyond = less(bounded, bound) if self.kind == "floor" else less(bound, bounded)
        return self.asked & beyond

    def row(self, record: Record) -> dict[str, Any]:
        """The bound counted."""
        decides = self.decides(record.everything)
        return {
            "line": self.line.name,
            "column": self.column,
            "cite": self.line.cite,
            "kind": self.kind,
            "bound": formula_text(self.term, bands_added_up),
            "side": self.side,
            "binds": int(decides.sum()),
            "units": int(self.asked.sum()),
            "students": self._students(record, decides),
            "dollars": self._dollars(record, decides),
        }

    def _students(self, record: Record, decides: Values) -> float:
        """The pupils of the units bound; of what is asked of the state as a whole, blank."""
        students = record.everything.get("average_student_enrollment")
        if students is None or (self.line.statewide and decides.shape[UNIT_AXIS] == 1):
            return nan
        return float(np.where(decides, nearly(students), 0.0).sum())

    def _dollars(self, record: Record, decides: Values) -> float:
        """What the bound moves, summed up over the units bound."""
        if self.line.measure is not Measure.DOLLARS or self.kind == "comparison":
            return nan
        bounded, bound = (nearly(evaluate(s, record.everything)) for s in self.sides)
        return float(np.where(decides, np.abs(bound - bounded), 0.0).sum())


def _bounds(line: Line, record: Record) -> Iterator[_Bound]:
    for term, (columns, asked) in asked_of(line, record, KINDS).items():
        column = line.name if len(columns) > 1 else columns[0]
        yield _Bound(line, column, term, asked)


def asked_of(
    line: Line, record: Record, operators: Container[str]
) -> dict[Operation, tuple[tuple[str, ...], Values]]:
    """The operations in a line's formula, each once, with its columns and whom it is asked of.

    A flag a unit says whether a branch that the unit takes holds the operation;
    one flag where the state is asked as a whole.
    """
    count = 1 if line.statewide else len(record.table.unit_ids)
    everybody = np.ones((1, count, 1), dtype=bool)
    found: dict[Operation, tuple[tuple[str, ...], Values]] = {}
    for column, term in zip(line.columns, expressions(line), strict=True):
        for part, asked in _asked(term, everybody, record):
            if part.operator in operators:
                columns, before = found.get(part, ((), np.False_))
                found[part] = tuple(dict.fromkeys((*columns, column))), before | asked
    return found


def _asked(term: Term, asked: Values, record: Record) -> Iterator[tuple[Operation, Values]]:
    """The operations within a term, and the units for which their value is asked."""
    if not isinstance(term, Operation):
        return
    yield term, asked
    each = [asked] * len(term.operands)
    if term.operator == "where":
        holds = np.asarray(evaluate(term.operands[0], record.everything)).astype(bool)
        each = [asked, asked & holds, asked & ~holds]
    elif term.operator in OVER_UNITS:
        count = len(record.table.unit_ids)
        each = [np.full((1, count, 1), asked.any())] * len(term.operands)
    for operand, of_operand in zip(term.operands, each, strict=True):
        yield from _asked(operand, of_operand, record)


def _variation(term: Term) -> int:
    """Whether a term is fixed by the law, differs by state, or by unit."""
    if isinstance(term, Operation) and term.operator in OVER_UNITS:
        return _BY_UNIT if term.operator in BY_UNIT else _STATEWIDE
    if isinstance(term, Operation):
        return max(map(_variation, term.operands))
    if not isinstance(term, Name):
        return _FIXED
    known = known_names()[term.name]
    if known.kind in {NameKind.PARAMETER, NameKind.SALARY}:
        return _FIXED
    return _STATEWIDE if known.statewide else _BY_UNIT


# --- Whether it could bind at all -------------------------------------------------


class _Ranges:
    """The ranges of terms, from those of the columns and parameters handed over.

    A computed line has the range of its formula; of a difference it is known
    besides that ``maximum(a, b) - a`` is never below 0.
    """

    def __init__(self, record: Record) -> None:
        self._computed = {line.name: line for line in record.steps}
        self._rounding = record.rounding
        self._known: dict[Name, Range] = {}

    def can_bind(self, bound: _Bound) -> bool:
        """Whether the ranges of the two sides let the bound decide."""
        if bound.kind == "comparison":
            first, second = map(self.of, bound.term.operands)
            return first[0] < second[1]
        bounded, limit = map(self.of, bound.sides)
        return bounded[0] < limit[1] if bound.kind == "floor" else bounded[1] > limit[0]

    def of(self, term: Term) -> Range:
        """The range of a term."""
        if isinstance(term, Name):
            if term not in self._known:
                self._known[term] = self._of_name(term)
            return self._known[term]
        if isinstance(term, Operation):
            return self._of_operation(term)
        return (term, term) if isinstance(term, (int, float)) else _ANYTHING

    def _of_name(self, name: Name) -> Range:
        line = self._computed.get(name.name)
        if line is not None:
            range_ = self.of(expressions(line)[name.band])
            return _rounded(range_, line.rounding) if self._rounding else range_
        return known_names()[name.name].range

    def _of_operation(self, term: Operation) -> Range:
        range_ = _RULES[term.operator](*map(self.of, term.operands))
        if term.operator == "-" and self._is_above(*term.operands):
            return max(range_[0], 0.0), range_[1]
        return range_

    def _is_above(self, term: Term, other: Term) -> bool:
        """Whether the term is by its formula the greater of the other and something else."""
        if isinstance(term, Name) and (line := self._computed.get(term.name)) and not line.rounding:
            term = expressions(line)[term.band]
        return isinstance(term, Operation) and term.operator == "maximum" and other in term.operands


def _rounded(range_: Range, rounding: Rounding | None) -> Range:
    """The range after rounding, which keeps the order of values."""
    if rounding is None:
        return range_
    low, high = (x if isinf(x) else float(rounding(np.asarray(x))) for x in range_)
    return low, high


def _hull(*ranges: Range) -> Range:
    return min(low for low, _ in ranges), max(high for _, high in ranges)


def _sum(*ranges: Range) -> Range:
    return sum(low for low, _ in ranges), sum(high for _, high in ranges)


def _difference(first: Range, second: Range) -> Range:
    return first[0] - second[1], first[1] - second[0]


def _product(first: Range, second: Range) -> Range:
    ends = [0.0 if 0 in {a, b} else a * b for a in first for b in second]
    return min(ends), max(ends)


def _quotient(first: Range, second: Range) -> Range:
    if second[0] < 0:
        return _ANYTHING
    ends = [_over(a, b) for a in first for b in second]
    return min(ends), max(ends)


def _over(numerator: float, denominator: float) -> float:
    if numerator == 0 or isinf(denominator):
        return 0.0
    return numerator / denominator if denominator else numerator * inf


def _quotient_or_0(first: Range, second: Range) -> Range:
    return _hull(_quotient(first, second), (0.0, 0.0))


def _sum_of_many(values: Range, *_: Range) -> Range:
    """Of any number of values only the sign is known."""
    return (0.0 if values[0] >= 0 else -inf), (0.0 if values[1] <= 0 else inf)


def _least_prefix_ratio(amount: Range, resources: Range, targets: Range) -> Range:
    added = _sum(amount, _sum_of_many(resources))
    return _quotient_or_0(added, _sum_of_many(targets))


def _flag(*_: Range) -> Range:
    return Measure.FLAG.range


_RULES: Final[Mapping[str, Callable[..., Range]]] = {
    "+": _sum,
    "band_total": _sum,
    "-": _difference,
    "*": _product,
    "/": _quotient,
    "divide": _quotient_or_0,
    "minimum": lambda a, b: (min(a[0], b[0]), min(a[1], b[1])),
    "maximum": lambda a, b: (max(a[0], b[0]), max(a[1], b[1])),
    "where": lambda _, then, otherwise: _hull(then, otherwise),
    "mean_of_reported": _hull,
    "square_root": lambda a: (sqrt(max(a[0], 0.0)), sqrt(max(a[1], 0.0))),
    "normal_cdf": lambda _: _SHARE,
    "statewide_sum": _sum_of_many,
    **dict.fromkeys(BY_UNIT, _sum_of_many),
    "statewide_maximum": lambda a: a,
    "least_prefix_ratio": _least_prefix_ratio,
    **dict.fromkeys(("less", "equal", "and", "or", "not"), _flag),
}
