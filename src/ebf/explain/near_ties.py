"""Values so close to a cut or an edge that a float could fall on either side of it.

Holds: COLUMNS, near_ties.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ebf.engine.record import Record
from ebf.language.formula_text import evaluate, formula_text
from ebf.language.line import Line
from ebf.language.rounding import Rounding
from ebf.language.symbols import Operation, Term, parts_of
from ebf.language.vocabulary import (
    ABSOLUTE_TOLERANCE,
    Values,
    less,
    nearly,
    round_half_up,
    truncate,
)
from ebf.law.names import expressions
from ebf.units.ids import ID, SCENARIO, STATEWIDE

COLUMNS = ("line", "column", ID, "edge", "value", "limit", "apart", "fast", "exact")


@dataclass(frozen=True)
class _Edge:
    """A place in a formula where a breadth decides: a cut, or a comparison with a limit."""

    line: Line
    column: str
    value: Term
    limit: Term | Rounding

    def __str__(self) -> str:
        if isinstance(self.limit, Rounding):
            return str(self.limit)
        return formula_text(Operation("less", (self.value, self.limit)))

    def sides(self, values: Mapping[str, Values]) -> tuple[Values, Values]:
        """The value, and the limit or the nearest number at which a cut changes it."""
        value = evaluate(self.value, values)
        if not isinstance(self.limit, Rounding):
            return value, evaluate(self.limit, values)
        decimals = self.limit.decimals
        if self.limit.cut:
            return value, round_half_up(value, decimals)
        return value, truncate(value, decimals) + truncate(value * 0 + 1, 0) / (2 * 10**decimals)

    def outcome(self, value: Values, limit: Values) -> Values:
        """The rounded value, or whether it is less than the limit."""
        return self.limit(value) if isinstance(self.limit, Rounding) else less(value, limit)

    @property
    def breadth(self) -> float:
        """How far apart counts as near where the limit is zero."""
        if not isinstance(self.limit, Rounding):
            return 0.0
        return float(ABSOLUTE_TOLERANCE / 10**self.limit.decimals)


def near_ties(record: Record, within: float) -> pd.DataFrame:
    """List the cuts and comparisons that floats cannot be trusted with.

    They are found in the exact ledger, which takes seconds for a state; where
    fast and exact arithmetic differ, the place is listed in any case. A value
    exactly on a cut or an edge is else no near tie: the fast arithmetic takes it
    as on it.

    Args:
        record: Of fast or of exact arithmetic.
        within: How far apart counts as near, as a part of the limit.

    Returns:
        A row a near tie: ``line``, ``column``, ``unit_id`` (of a statewide line
        "statewide"), ``scenario`` where there are several; the ``edge`` in
        words, ``value`` and ``limit``, how far they are ``apart``, and what
        ``fast`` and ``exact`` arithmetic make of it: the rounded value, or
        whether it is less.
    """
    rows = [row for edge in _edges(record) for row in _rows(record, edge, within)]
    columns = COLUMNS if record.scenarios is None else (SCENARIO, *COLUMNS)
    return pd.DataFrame(rows, columns=list(columns))


def _edges(record: Record) -> Iterator[_Edge]:
    for line in record.law.lines.values():
        if line.name not in record.computed:
            continue
        for column, term in zip(line.columns, expressions(line), strict=True):
            if line.rounding and record.rounding:
                yield _Edge(line, column, term, line.rounding)
        for part in dict.fromkeys(p for term in expressions(line) for p in parts_of(term)):
            if isinstance(part, Operation) and part.operator == "less":
                yield _Edge(line, line.name, *part.operands)


def _rows(record: Record, edge: _Edge, within: float) -> Iterator[dict[str, Any]]:
    value, limit = edge.sides(record.exact.everything)
    exact = nearly(edge.outcome(value, limit))
    read = {name: nearly(record.everything[name]) for name in edge.line.reads}
    fast = edge.outcome(*edge.sides(read))
    near = _is_near(edge, value, limit, within) & np.asarray(value != limit, dtype=bool)
    near = near | (np.abs(exact.astype(float) - fast.astype(float)) > edge.breadth)
    if not near.any():
        return
    near, value, limit, fast, exact = np.broadcast_arrays(near, value, limit, fast, exact)
    for at in map(tuple, np.argwhere(near).tolist()):
        scenario, unit, _ = at
        yield {
            "line": edge.line.name,
            "column": edge.column,
            ID: STATEWIDE if edge.line.statewide else record.table.unit_ids[unit],
            SCENARIO: None if record.scenarios is None else record.scenarios[scenario],
            "edge": str(edge),
            "value": float(value[at]),
            "limit": float(limit[at]),
            "apart": float(value[at] - limit[at]),
            "fast": float(fast[at]),
            "exact": float(exact[at]),
        }


def _is_near(edge: _Edge, value: Values, limit: Values, within: float) -> Values:
    """Where value and limit are close enough; blanks are not."""
    with np.errstate(invalid="ignore"):
        apart = nearly(np.asarray(abs(value - limit)))
        return np.asarray(apart <= within * np.abs(nearly(np.asarray(limit))) + edge.breadth)
