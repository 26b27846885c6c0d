"""A unit's line along one of its inputs: what it comes to at many values, and the edges between.

Holds: MOST_VALUES, Response, response.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final

import numpy as np
import pandas as pd

from ebf.engine.calculation import Calculation
from ebf.explain.sensitivity import sensitivity
from ebf.faults import (
    Fault,
    InputError,
    Place,
    check_type,
    described,
    missing,
    out_of_range,
    too_large,
    unsuitable_name,
)
from ebf.files import known_sources
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values
from ebf.law.funding.tiers import TIER_NAMES
from ebf.law.names import entries
from ebf.law.parameters import Law
from ebf.ledger import Ledger, columns_found, ledger_of, name_of, prepare
from ebf.numbers import number_of
from ebf.show.answer import Answer
from ebf.show.charts.chart import Chart, caption_of
from ebf.show.charts.drawing import Mark, lines
from ebf.show.document import Column, Table
from ebf.show.words import short
from ebf.units.changes import changed_units
from ebf.units.ids import ID
from ebf.what_if.comparison import CENTS

_TIER: Final = "tier"
_POINTS: Final = 61
_BREADTH: Final = 0.5
"""How far from the unit's own number the values go that nobody names, as a part of it."""
MOST_VALUES: Final = 2_000
_DIGITS: Final = 9


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Response(Answer):
    """What :func:`response` found.

    ``frame`` has a row a value of the input: the line and the tier of the unit. ``edges``
    has a row an edge: the value, and what happens there, as ``ledger.sensitivity`` finds it
    about the unit's own number, or between two values where the tier changes.
    """

    unit_id: str
    name: str
    column: str
    line: str
    value: float
    fiscal_year: int
    frame: pd.DataFrame = field(repr=False)
    edges: pd.DataFrame = field(repr=False)

    @property
    def title(self) -> str:
        """What it is called."""
        name = f" {self.name}" if self.name else ""
        words = f"{self.line} along {self.column}".replace("_", " ")
        return f"{words.capitalize()}, FY{self.fiscal_year}: {self.unit_id}{name}"

    @property
    def _year(self) -> int:
        return self.fiscal_year

    def _measures(self) -> dict[str, str]:
        names = {name: entries()[name].about.measure for name in (self.column, self.line)}
        return {**names, _TIER: Measure.TIER}

    def _tables(self) -> list[Table]:
        measures = self._measures()
        course = self.frame.set_index(self.column)
        edges = self.edges.set_index("value")
        return [
            Table.of("edges", "Edges", edges),
            Table.of("course", "From value to value", course, measures, most=_POINTS),
        ]

    def chart(self) -> Chart:
        """A picture of the line along the input, with the unit's own number and the edges.

        Raises InputError without the extra ``charts``.
        """
        measures = self._measures()
        columns = (
            Column(self.column, measures[self.column]),
            Column("unit"),
            Column(self.line, measures[self.line]),
        )
        called = self.name or self.unit_id
        along, amounts = self.frame[self.column], self.frame[self.line]
        rows = tuple((x, called, y) for x, y in zip(along, amounts, strict=True))
        now = f"now {short(self.value, measures[self.column])}"
        edges = [
            Mark(value, edge)
            for value, edge in zip(self.edges["value"], self.edges["short"], strict=True)
            if along.min() <= value <= along.max()
        ]
        low, high = (short(each, measures[self.column]) for each in (along.min(), along.max()))
        first, last = (
            short(each, measures[self.line]) for each in (amounts.iloc[0], amounts.iloc[-1])
        )
        words = self.column.replace("_", " ")
        happens = "; ".join(
            f"at {short(mark.value, measures[self.column])} {mark.words}" for mark in edges
        )
        says = (
            f"{called}: from {first} at {low} to {last} at {high} of {words}. "
            f"Edges: {happens or 'none'}."
        )
        table = Table("course", "From value to value", columns, rows)
        caption = caption_of(self, [self.fiscal_year], self.title, says)
        marks = [Mark(self.value, now), *edges]
        return lines(
            table, caption, self.column, self.line, "unit", marks=marks, points=False, zero=False
        )


def response(
    units: pd.DataFrame,
    law: Law,
    unit_id: str,
    column: str,
    line: str = "tier_funding",
    *,
    values: Iterable[float] | None = None,
) -> Response:
    """Compute a unit's line at many values of one of its inputs, the rest as it is.

    The whole state is solved anew for every value.

    Args:
        units: The table of units, as :func:`ebf.calculate` takes it; one state.
        law: The numbers of the fiscal year.
        unit_id: The unit, by its id in any form or its name.
        column: The column that moves: one that was handed over.
        line: The line wanted, with one number a unit.
        values: The values of the column; left out, from half the unit's own to one and a
            half of it, as far as they can be.

    Raises:
        InputError: as :func:`ebf.calculate`; for an unknown unit, column or line; for values
            that the column cannot have.
    """
    for argument, said in (("column", column), ("line", line)):
        check_type(argument, said, str, "the name of a column")
    entry = entries().get(line)
    if entry is None or entry.name != line or entry.about.statewide:
        place, allowed = Place(argument="line", column=line), "a line with one number a unit"
        raise InputError([unsuitable_name(place, described(line), allowed)])
    state = prepare(units, law, lines=list(dict.fromkeys([line, _TIER])))
    ledger = state.calculate()
    unit = ledger.unit_id(unit_id)
    own = _own(ledger, unit, column)
    asked = _around(own, column) if values is None else _said(own, column, values)
    changed, refused = _changes(ledger, unit, column, asked, own if values is None else None)
    frame = _course(state.calculation, unit, column, line, changed)
    edges, unknown = _edges(ledger, unit, column, line, own, frame)
    return Response(
        sources=known_sources(units=ledger.source),
        note=ledger.table.note,
        unit_id=unit,
        name=name_of(ledger, unit),
        column=column,
        line=line,
        value=own,
        fiscal_year=ledger.fiscal_year,
        frame=frame,
        edges=edges,
        assumptions=(
            f"{len(changed):,} values of {column}; the whole state is solved anew for each.",
            "Edges about the unit's own number are by tangents, as ledger.sensitivity has them.",
            "Edges of tiers lie between two values.",
        ),
        left_out=(*refused, *unknown, "What the unit's other numbers would do."),
    )


def _own(ledger: Ledger, unit: str, column: str) -> float:
    """The unit's own number of a column that was handed over."""
    entry = entries().get(column)
    is_given = entry is not None and column in ledger.table.columns
    if entry is None or not is_given or entry.about.statewide or entry.is_whole:
        place, allowed = Place("table", column=column), "a column of amounts that was handed over"
        raise InputError([unsuitable_name(place, "no such column", allowed)])
    return float(ledger.units[column][unit])


def _said(own: float, column: str, values: Iterable[float]) -> list[float]:
    """The values that a caller names, in order, and the unit's own number."""
    check_type("values", values, Iterable, "numbers")
    found, faults = [own], list[Fault]()
    for each in values:
        number = number_of(each)
        if number is None or not isfinite(number):
            place = Place(argument="values", column=column)
            faults.append(out_of_range(place, described(each), "a finite number"))
        else:
            found.append(number)
        if len(found) > MOST_VALUES:
            place = Place(argument="values", column=column)
            raise InputError([too_large(place, "more values", f"{MOST_VALUES:,} at most")])
    if not faults and len(found) == 1:
        faults.append(missing(Place(argument="values"), "none", "one value or more"))
    if faults:
        raise InputError(faults)
    return sorted({*found})


def _around(own: float, column: str) -> list[float]:
    """From half the unit's own number to one and a half, as far as the column goes."""
    breadth = _BREADTH * own or 1.0
    low, high = entries()[column].about.range
    ends = max(low, own - breadth), min(high, own + breadth)
    return sorted({own, *np.linspace(*ends, _POINTS).round(_DIGITS).tolist()})


def _changes(
    ledger: Ledger, unit: str, column: str, asked: Iterable[float], own: float | None
) -> tuple[dict[float, Mapping[str, Values]], list[str]]:
    """The inputs of all units by the value; where nobody named them, without those refused."""
    found, refused = dict[float, Mapping[str, Values]](), list[float]()
    for each in asked:
        row = pd.DataFrame({ID: [unit], column: [each]})
        try:
            found[each] = changed_units(ledger.table, row, ledger.fiscal_year)
        except InputError:
            if own is None or each == own:
                raise
            refused.append(each)
    if not refused:
        return found, []
    count = f"{len(refused)} of {len(refused) + len(found)} values of {column}"
    return found, [f"{count}, which the unit cannot have: its other numbers forbid them."]


def _course(
    calculation: Calculation,
    unit: str,
    column: str,
    line: str,
    changed: Mapping[float, Mapping[str, Values]],
) -> pd.DataFrame:
    """The unit's line and tier at every value, all solved side by side."""
    (name,) = {name for each in changed.values() for name in each}
    stacked = np.concatenate([each[name] for each in changed.values()])
    ledger = ledger_of(calculation.with_values({name: stacked}))
    wanted = list(dict.fromkeys([line, _TIER]))
    place = [ledger.table.unit_ids[row] for row in ledger.table.rows].index(unit)
    found = columns_found(ledger, wanted, len(changed))
    return pd.DataFrame({column: [*changed], **{n: found[n][:, place] for n in wanted}})


def _edges(
    ledger: Ledger, unit: str, column: str, line: str, own: float, frame: pd.DataFrame
) -> tuple[pd.DataFrame, list[str]]:
    """The edges about the unit's own number, and those of tiers; what could not be found."""
    rows, unknown = list[tuple[float, str, str]](), list[str]()
    if line in ledger.computed:
        try:
            found = sensitivity(ledger, unit, line).set_index("column")
        except InputError as error:
            unknown.append(f"Edges about the unit's own number: {error.faults[0].found}.")
        else:
            if column in found.index:
                row: Any = found.loc[column]
                low, high = entries()[column].about.range
                sides = ((-row["below"], row["edge_below"]), (row["above"], row["edge_above"]))
                for distance, edge in sides:
                    if low <= own + distance <= high and isfinite(distance):
                        what = f"{edge.partition(',')[0].replace('_', ' ')} switches"
                        rows.append((own + distance, edge, what))
    rows += _tiers(frame, column)
    edges = pd.DataFrame(rows, columns=["value", "edge", "short"])
    return edges.sort_values("value", kind="stable", ignore_index=True), unknown


def _tiers(frame: pd.DataFrame, column: str) -> Iterator[tuple[float, str, str]]:
    """Where the tier changes, in the middle of two values."""
    tiers, along = frame[_TIER].tolist(), frame[column].tolist()
    for place in range(1, len(tiers)):
        if tiers[place] != tiers[place - 1]:
            old, new = (TIER_NAMES[int(each)] for each in tiers[place - 1 : place + 1])
            middle = round((along[place - 1] + along[place]) / 2, CENTS)
            yield middle, f"{old} becomes {new}", f"{new} begins"
