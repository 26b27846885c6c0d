"""What the served state has where a what-if has something else, and what both are called.

Holds: Told, Own, law_number, said_of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import isnan
from typing import Any, Final

from ebf.doors.web.asked import Asked, Key, key_in
from ebf.doors.web.served import Served
from ebf.language.measure import Measure
from ebf.law import funding
from ebf.law.names import entries, salary_name, symbols
from ebf.law.parameters import element_owners, identifier_of
from ebf.law.plain_names import plain_band, plain_column
from ebf.ledger import Ledger, name_of
from ebf.numbers import number_of
from ebf.show.words import amount, number
from ebf.units.ids import frame_of

_COUNTS: Final = "counts"
_NOTHING: Final = {"add": 0.0, "multiply": 1.0}
"""What leaves a number as it is."""


@dataclass(frozen=True)
class Told:
    """A change of a what-if in words, and the query of the link without it."""

    words: str
    without: str


@dataclass(frozen=True, eq=False)
class Own:
    """What a served state has, by the keys of links."""

    served: Served

    @property
    def ledger(self) -> Ledger:
        """The state as it is."""
        return self.served.ledger

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table of units."""
        return tuple(map(str, frame_of(self.served.state.units)))

    @cached_property
    def _rows(self) -> Mapping[str, Mapping[str, Any]]:
        """The table of units as it was handed over, by id."""
        table = self.ledger.table
        ids = [table.unit_ids[row] for row in table.rows]
        frame = frame_of(self.served.state.units)
        cells = zip(*(frame[name].tolist() for name in frame), strict=True)
        return {
            unit: dict(zip(self.columns, row, strict=True))
            for unit, row in zip(ids, cells, strict=True)
        }

    def prepare(self) -> Own:
        """The same, with all that every request needs made."""
        _ = self._rows
        return self

    def cell(self, unit_id: str, column: str) -> float | None:
        """A number of a unit as it was handed over; None where it is blank or not there."""
        cell = self._rows.get(unit_id, {}).get(column)
        found = number_of(cell, is_flag=True)
        return None if found is None or isnan(found) else found

    def number(self, key: Key) -> float | None:
        """What the state has; None where it has nothing, or it is another unit by unit."""
        if not key.is_value:
            return _NOTHING[key.deed]
        in_force = self.ledger.law.in_force
        match key.room:
            case "unit":
                return self.cell(key.unit, key.name)
            case "law":
                owner = element_owners().get(identifier_of(key.name))
                known = None if owner is None else in_force.get(owner[1])
            case funding.NEW_MONEY:
                known = in_force.get(funding.NEW_MONEY)
            case "salaries":
                paid = self.ledger.law.salaries.amounts.get(key.name)
                return None if paid is None else float(paid[0])
            case _:
                return None
        return None if known is None else float(known.value[0])

    def kept(self, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """The keys and texts of a form or link that say something: blank or unchanged, they do not.

        What cannot be understood is kept, for whoever understands it to refuse it.
        """
        return [
            (key, text) for key, text in pairs if text.strip() and not self._is_as_it_is(key, text)
        ]

    def _is_as_it_is(self, said: str, text: str) -> bool:
        key = key_in(said)
        return key is not None and number_of(text.strip()) == self.number(key) is not None

    # --- In words ------------------------------------------------------------------------

    def called(self, key: Key) -> str:
        """What a key is of, as people call it."""
        match key.room:
            case "law":
                return law_number(key.name)
            case "salaries":
                return f"{plain_column(salary_name(key.name))}, state average"
            case funding.NEW_MONEY:
                return "New State Funds"
            case "units":
                return f"{plain_column(key.name)} of all units"
        return f"{plain_column(key.name)} of {self.unit(key.unit)}"

    def unit(self, unit_id: str) -> str:
        """What a unit is called: its name, else its id."""
        known = unit_id in self.ledger.table.places
        return (name_of(self.ledger, unit_id) if known else "") or f"unit {unit_id}"

    def measure(self, key: Key) -> Measure:
        """What a key's number counts."""
        if key.room == "law":
            owner = element_owners().get(identifier_of(key.name))
            return Measure.COUNT if owner is None else owner[0].measure
        known = entries().get(key.name)
        return Measure.DOLLARS if known is None else known.about.measure

    def told(self, asked: Asked) -> Iterator[Told]:
        """The changes of a what-if, own counts together, each with the link without it."""
        pairs = asked.pairs
        for said, text in pairs:
            key = key_in(said)
            if key is not None and key.room != _COUNTS:
                without = Asked.of_query(pair for pair in pairs if pair[0] != said)
                yield Told(self._told(key, float(text)), without.query)
        for unit_id, counts in asked.counts.items():
            without = asked.model_copy(update={_COUNTS: {}})
            many = f"{len(counts):,} own count{'s' * (len(counts) != 1)} of {self.unit(unit_id)}"
            yield Told(f"{many}, in place of what the state's file has.", without.query)

    def _told(self, key: Key, value: float) -> str:
        called, measure = self.called(key), self.measure(key)
        if key.deed == "multiply":
            return f"{called}, times {amount(value)}."
        if not key.is_value:
            more = "more" if value >= 0 else "less"
            return f"{called}: {said_of(abs(value), measure)} {more}."
        was = self.number(key)
        instead = "" if was is None else f" in place of {said_of(was, measure)}"
        return f"{called}: {said_of(value, measure)}{instead}."


def law_number(name: str) -> str:
    """What a number of the law is called: its label, and its band."""
    identifier = identifier_of(name)
    owner = element_owners().get(identifier)
    if owner is None:
        return name
    symbol: Any = symbols().get(identifier)
    band = "" if symbol is None else plain_band(symbol)
    return f"{owner[0].label} ({band})" if band else owner[0].label


def said_of(value: float, measure: Measure) -> str:
    """A number with its measure, dollars with their sign."""
    if measure in {Measure.DOLLARS, Measure.DOLLARS_PER_STUDENT, Measure.DOLLARS_PER_DAY}:
        return number(value, measure, alone=True)
    if measure is Measure.FLAG:
        return "yes" if value else "no"
    return amount(value, measure)
