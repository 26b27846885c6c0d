"""The record of a calculation: every number, and what it was computed from.

Holds: Arithmetic, Record, steps_to, one_state_faults, check_one_state, places_of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal, Self, TypeAlias

from ebf.contents import ByContents
from ebf.engine.compute import evaluate, read_only
from ebf.faults import Fault, InputError, Place, missing, several_scenarios, unknown_unit
from ebf.files import Source
from ebf.language.line import Line
from ebf.language.vocabulary import Values, exactly
from ebf.law.parameters import Law
from ebf.units.table import Table

Arithmetic: TypeAlias = Literal["fast", "exact"]
"""In floats, or in fractions."""


@dataclass(frozen=True, eq=False)
class Record(ByContents):
    """What a calculation found, as :class:`ebf.Ledger` describes it."""

    law: Law
    table: Table = field(repr=False)
    values: Mapping[str, Values] = field(repr=False)
    everything: Mapping[str, Values] = field(repr=False)
    steps: tuple[Line, ...] = field(repr=False)
    not_computed: Mapping[str, tuple[str, ...]] = field(repr=False)
    rounding: bool = True
    arithmetic: Arithmetic = "fast"
    standing: frozenset[str] = frozenset()

    @property
    def fiscal_year(self) -> int:
        """The fiscal year calculated."""
        return self.law.fiscal_year

    @property
    def source(self) -> Source | None:
        """The file that the units were read from, whatever was changed of them since; or None."""
        return self.table.source

    @cached_property
    def computed(self) -> frozenset[str]:
        """The names of the lines that were computed, not given."""
        return frozenset(line.name for line in self.steps)

    @property
    def exact(self) -> Self:
        """The same computed in exact arithmetic; takes seconds for a state."""
        return self._exact  # kept; pyright does not read Self from a cached property

    @cached_property
    def _exact(self) -> Self:
        if self.arithmetic == "exact":
            return self
        everything = self.everything.items()
        given = read_only({n: exactly(v) for n, v in everything if n not in self.computed})
        exact = evaluate(self.steps, given, rounding=self.rounding)
        return replace(
            self,
            values=MappingProxyType({name: exact[name] for name in self.values}),
            everything=MappingProxyType(exact),
            arithmetic="exact",
        )

    def __getstate__(self) -> dict[str, Any]:
        """The contents; lines are functions, which travel by their names."""
        return {**super().__getstate__(), "steps": [line.name for line in self.steps]}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """The contents again, with the lines in force in the year."""
        in_force = state["law"].lines
        super().__setstate__({**state, "steps": tuple(map(in_force.__getitem__, state["steps"]))})
        for value in self.everything.values():
            value.flags.writeable = False

    @cached_property
    def scenarios(self) -> Sequence[Any] | None:
        """The scenarios' names or numbers; None where there is one state alone."""
        if self.table.scenarios is not None:
            return self.table.scenarios
        count = max(value.shape[0] for value in self.values.values())
        return range(count) if count > 1 else None

    @cached_property
    def _over_units(self) -> dict[Any, Values]:
        """What explanations found over all units, by its term: the same for every unit."""
        return {}

    @cached_property
    def _said_of_all(self) -> dict[Any, Any]:
        """What explanations say of one number for the whole state: the same for every unit."""
        return {}

    @cached_property
    def _about_names(self) -> dict[Any, Mapping[str, Any]]:
        """What explanations say of each source, but for its value: the same for every unit."""
        return {}


def steps_to(record: Record, name: str) -> tuple[Line, ...]:
    """The steps that lead to a line, itself the last."""
    needed, found = {name}, list[Line]()
    for step in reversed(record.steps):
        if step.name in needed:
            needed.update(step.reads)
            found.append(step)
    return tuple(reversed(found))


def one_state_faults(record: Record, where: str = "ledger") -> list[Fault]:
    """The fault of a record of several scenarios, where one state is asked about."""
    if record.scenarios is None:
        return []
    allowed, fix = "a ledger of one state", "choose one: ledger.scenario(name)"
    return [several_scenarios(Place(where, column="scenario"), allowed=allowed, fix=fix)]


def check_one_state(record: Record) -> None:
    """Refuse a record of several scenarios."""
    if faults := one_state_faults(record):
        raise InputError(faults)


def places_of(record: Record, unit_ids: Sequence[object]) -> list[int]:
    """Where units stand in the arrays of a ledger of one state, each once."""
    check_one_state(record)
    known = {unit_id: place for place, unit_id in enumerate(record.table.unit_ids)}
    place_of_ids, allowed = Place("ledger", column="unit_id"), "ids of units of this ledger"
    places = [known.get(each) if isinstance(each, str) else None for each in unit_ids]
    faults = [
        unknown_unit(place_of_ids, each, allowed, known)
        for each, place in zip(unit_ids, places, strict=True)
        if place is None
    ]
    if faults or not unit_ids:
        raise InputError(faults or [missing(place_of_ids, "no units", allowed)])
    return list(dict.fromkeys(place for place in places if place is not None))
