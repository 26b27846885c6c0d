"""The states between two ledgers: what changed, and the line in every combination of causes.

Holds: Floats, Flags, Places, Whose, Causes, Side, Between, between, solved.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from ebf.engine.compute import evaluate
from ebf.engine.record import steps_to
from ebf.faults import Fault, InputError, Place, missing
from ebf.language.line import Line
from ebf.language.vocabulary import Values, exactly, is_blank, nearly
from ebf.law.names import columns_of, entries
from ebf.ledger import Ledger
from ebf.units.estimates import PERCENTAGE, REMEDY, estimated_percentage
from ebf.units.ids import STATEWIDE
from ebf.what_if.causes import RULES, UNITS

Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Places: TypeAlias = npt.NDArray[np.intp]

Whose: TypeAlias = Literal["all", "own", "others"]
Causes: TypeAlias = Mapping[str, Mapping[str, Whose]]
"""What changed of every group: names, and of which units."""

_LOCAL, _TARGET = "adjusted_local_capacity_target", "adequacy_target"
_ALWAYS: Final[Flags] = np.ones((1, 1, 1), dtype=bool)
_AT_A_TIME: Final = 5
"""Causes of which all combinations are solved at once: more leave the processor's cache."""
_KEPT: Final = 4
"""Causes of which a step's values are kept for every combination."""


@dataclass(frozen=True, eq=False)
class Side:
    """The units of one ledger, with what both have of them.

    ``handed_over`` has it before and after; who is in this ledger alone has the same twice.
    ``rows`` are the units to read, ``own`` flags the one asked about. ``estimated`` flags
    the units whose Local Capacity Percentage is estimated on both sides.
    """

    unit_ids: tuple[str, ...]
    rows: Places
    own: Flags
    handed_over: Mapping[str, tuple[Values, Values]]
    estimated: Flags

    def flags_of(self, whose: Whose) -> Flags:
        """Flags of the units whose data a cause is."""
        if whose == "all":
            return _ALWAYS
        return self.own if whose == "own" else ~self.own


@dataclass(frozen=True, eq=False)
class Between:
    """What leads to a line in two ledgers: the rules, the units, and what was handed over.

    ``sides`` are the units before and after, ``steps`` the rules. ``differs`` has what
    changed of the common units, and whether one unit's can be told from the others'.
    ``of_one_law`` is read under one of the laws alone, ``blank_in_one`` is blank on one side.
    """

    line: str
    before: Ledger
    after: Ledger
    steps: tuple[tuple[Line, ...], tuple[Line, ...]]
    sides: tuple[Side, Side]
    differs: Mapping[str, Flags]
    of_one_law: Sequence[str]
    blank_in_one: Sequence[str]

    @property
    def leaves(self) -> list[str]:
        """The names of what was handed over."""
        return [*self.sides[0].handed_over]

    @property
    def row_names(self) -> list[str]:
        """The units read, or the word for the state."""
        if entries()[self.line].about.statewide:
            return [STATEWIDE]
        return [self.sides[0].unit_ids[place] for place in self.sides[0].rows]

    @property
    def ends(self) -> tuple[Floats, Floats]:
        """The line in the two ledgers, a row each."""
        first, second = self.sides
        return self.read(self.before.everything, first), self.read(self.after.everything, second)

    def read(self, values: Mapping[str, Values], side: Side, states: int = 1) -> Floats:
        """The line, a row a state."""
        entry = entries()[self.line]
        band = nearly(values[entry.name][..., columns_of(entry.name).index(self.line)])
        units = 1 if entry.about.statewide else len(side.unit_ids)
        return np.broadcast_to(band, (states, units))[:, side.rows].astype(np.float64)


# --- What changed -------------------------------------------------------------------------


def between(
    before: Ledger, after: Ledger, line: str, unit_id: str | None, *, estimate: bool = False
) -> Between:
    """What leads to the line in both, and what changed of it."""
    entry = entries()[line]
    steps = steps_to(before, entry.name), steps_to(after, entry.name)
    reads = {read for step in (*steps[0], *steps[1]) for read in step.reads}
    leaves = sorted(reads - before.computed - after.computed)
    found = {name: _value(before, name) + _value(after, name) for name in leaves}
    both = {name: (values[0], values[-1]) for name, values in found.items()}
    if estimate and PERCENTAGE in both:
        both["estimate"] = _estimated(before), _estimated(after)
    blank_in_one: list[str] = []
    ids = before.table.unit_ids, after.table.unit_ids
    in_order = [before.table.unit_ids[place] for place in before.table.rows]
    common = [unit for unit in in_order if unit in after.table.places]
    asked = common if unit_id is None else [unit_id]
    sides = []
    for unit_ids in ids:
        places = _places(unit_ids, ids[0]), _places(unit_ids, ids[1])
        handed_over = {name: _of_units(*values, *places) for name, values in both.items()}
        guess = handed_over.pop("estimate", None)
        estimated = np.zeros((1, len(unit_ids), 1), dtype=bool)
        for name in before.law.statute.may_be_blank & handed_over.keys():
            old, new = handed_over[name]
            blank_in_one += [name] if (is_blank(old) != is_blank(new)).any() else []
            old, new = np.where(is_blank(old), new, old), np.where(is_blank(new), old, new)
            if name == PERCENTAGE and guess is not None:
                estimated = is_blank(old)
                first, second = (np.where(is_blank(a), b, a) for a, b in (guess, guess[::-1]))
                old, new = np.where(estimated, first, old), np.where(estimated, second, new)
            handed_over[name] = old, new
        rows = np.array([0]) if entry.about.statewide else _places(asked, unit_ids)
        own = np.array([unit == unit_id for unit in unit_ids]).reshape(1, -1, 1)
        sides.append(Side(unit_ids, rows, own, handed_over, estimated))
    differs: dict[str, Flags] = {}
    differs |= {RULES: _ALWAYS} if {*steps[0]} != {*steps[1]} else {}
    differs |= {UNITS: _ALWAYS} if ids[0] != ids[1] else {}
    for name, (old, new) in sides[0].handed_over.items():
        same = (old == new) | (is_blank(old) & is_blank(new))
        differs |= {} if same.all() else {name: ~same.all(axis=-1, keepdims=True)}
    return Between(
        line=line,
        before=before,
        after=after,
        steps=steps,
        sides=(sides[0], sides[1]),
        differs=differs,
        of_one_law=[name for name, values in found.items() if len(values) == 1],
        blank_in_one=sorted({*blank_in_one}),
    )


def _value(ledger: Ledger, name: str) -> list[Values]:
    """What the ledger has for a name; its law's or salaries' where no line of it reads it."""
    if name in ledger.everything:
        return [ledger.everything[name]]
    known = [each.value(name) for each in (ledger.law, ledger.law.salaries) if name in each.known]
    return [exactly(value) if ledger.arithmetic == "exact" else value for value in known]


def _places(wanted: Sequence[str], unit_ids: Sequence[str]) -> Places:
    """Where units stand among others; -1 where they do not."""
    places = {unit: place for place, unit in enumerate(unit_ids)}
    return np.array([places.get(unit, -1) for unit in wanted], dtype=np.intp)


def _of_units(
    old: Values, new: Values, in_before: Places, in_after: Places
) -> tuple[Values, Values]:
    """Values before and after of some units; who is on one side alone has the same twice."""
    if old.shape[1] == new.shape[1] == 1:
        return old, new
    first = old if old.shape[1] == 1 else old[:, in_before]
    second = new if new.shape[1] == 1 else new[:, in_after]
    comes, goes = in_before.reshape(1, -1, 1) < 0, in_after.reshape(1, -1, 1) < 0
    if not (comes.any() or goes.any()):
        return first, second
    return np.where(comes, second, first), np.where(goes, first, second)


def _estimated(ledger: Ledger) -> Values:
    """Every unit's Adjusted Local Capacity Target over its Adequacy Target, blank without."""
    known = ledger.everything
    nothing = np.full((1, len(ledger.table.unit_ids), 1), np.nan)
    if _LOCAL not in known or _TARGET not in known:
        return nothing
    (most,) = _value(ledger, f"greatest_{PERCENTAGE}")
    return estimated_percentage(known[_LOCAL], known[_TARGET], most)


# --- The states ---------------------------------------------------------------------------


def _work(steps: Iterable[Line], names: Collection[str]) -> int:
    """How many columns the steps read that names move, directly or not."""
    moved, work = {*names}, 0
    for step in steps:
        if not moved.isdisjoint(step.reads):
            moved.add(step.name)
            work += sum(max(1, len(columns_of(read))) for read in step.reads)
    return work


def solved(between: Between, causes: Causes) -> Iterator[tuple[Flags, Floats, set[str]]]:
    """The line in every state between the two ledgers, some states at a time, a row a state.

    Before it come flags of the causes that are as after, behind it the units whose estimated
    percentage was read. Raises InputError where a blank was.

    Causes of most work are decided first, so that what stands on them alone is computed
    once for all that the others do.
    """
    of_all = {label for label, names in causes.items() if not {RULES, UNITS}.isdisjoint(names)}
    reach = {label: _work(between.steps[1], causes[label]) for label in causes}
    others = sorted(causes.keys() - of_all, key=lambda label: (-reach[label], label))
    order = [*sorted(of_all), *others]
    back = [order.index(label) for label in causes]
    for first in product((False, True), repeat=len(of_all)):
        as_after = [causes[label] for label, flag in zip(order, first, strict=False) if flag]
        side = between.sides[any(UNITS in names for names in as_after)]
        steps = between.steps[any(RULES in names for names in as_after)]
        states = _States(between, side, steps, [causes[label] for label in others])
        values = {name: old for name, (old, _) in side.handed_over.items()}
        for names in as_after:
            values |= states.moved(values, names, _ALWAYS)
        for flags, line in states.walk(states.evaluated(0, values, ()), ()):
            together = _beside(first, flags)
            is_between = together.any(axis=1) & ~together.all(axis=1)
            yield together[is_between][:, back], line[is_between], states.estimates_read


def _beside(first: Sequence[bool], flags: Flags) -> Flags:
    """The same first flags in every row."""
    return np.hstack([np.tile(np.array(first, dtype=bool), (len(flags), 1)), flags])


class _States:
    """States of one set of units by one set of rules.

    ``stages`` are the steps by the last cause that moves them: those that none does, those of
    each of the first causes in turn, and those of all the rest, decided together. ``kept_by``
    has the turns that a step is kept by.
    """

    def __init__(
        self,
        between: Between,
        side: Side,
        steps: Sequence[Line],
        causes: Sequence[Mapping[str, Whose]],
    ) -> None:
        self.between, self.side, self.steps = between, side, steps
        turns = max(len(causes) - _AT_A_TIME, 0)
        self.turns, self.together = causes[:turns], causes[turns:]
        moved_by: dict[str, set[int]] = {}
        for turn, names in enumerate(causes):
            for name in names:
                moved_by.setdefault(name, set()).add(turn)
        self.stages: list[list[Line]] = [[] for _ in range(turns + 2)]
        self.kept_by: dict[str, tuple[int, ...]] = {}
        for step in steps:
            by = set[int]().union(*(moved_by.get(read, ()) for read in step.reads))
            moved_by[step.name] = by
            stage = min(max(by, default=-1), turns) + 1
            self.stages[stage].append(step)
            first = tuple(sorted(turn for turn in by if turn < turns))
            if len(first) < min(stage, turns) and len(first) <= _KEPT:
                self.kept_by[step.name] = first
        self.kept: dict[tuple[str, tuple[bool, ...]], Values] = {}
        self.estimates_read: set[str] = set()

    def walk(
        self, values: Mapping[str, Values], flags: tuple[bool, ...]
    ) -> Iterator[tuple[Flags, Floats]]:
        """Every state with the first causes as flagged; flags and the line, a row a state."""
        if len(flags) == len(self.turns):
            yield self._together(values, flags)
            return
        for flag in (False, True):
            names = self.turns[len(flags)] if flag else {}
            chosen = {**values, **self.moved(values, names, _ALWAYS)}
            decided = (*flags, flag)
            yield from self.walk(self.evaluated(len(decided), chosen, decided), decided)

    def _together(
        self, values: Mapping[str, Values], first: tuple[bool, ...]
    ) -> tuple[Flags, Floats]:
        """All combinations of the last causes at once."""
        count = len(self.together)
        flags = (np.arange(2**count)[:, None] >> np.arange(count)) & 1 == 1
        chosen = {**values}
        for flag, names in zip(flags.T, self.together, strict=True):
            chosen |= self.moved(chosen, names, flag.reshape(-1, 1, 1))
        chosen = self.evaluated(len(self.turns) + 1, chosen, first)
        line = self.between.read(chosen, self.side, len(flags))
        if np.isnan(line).any():
            raise InputError(self._blanks(chosen))
        return _beside(first, flags), line

    def moved(
        self, values: Mapping[str, Values], names: Mapping[str, Whose], flags: Flags
    ) -> dict[str, Values]:
        """The values of names as after where flagged."""
        handed_over = self.side.handed_over
        return {
            name: np.where(flags & self.side.flags_of(whose), handed_over[name][1], values[name])
            for name, whose in names.items()
            if name in handed_over
        }

    def evaluated(
        self, stage: int, values: Mapping[str, Values], flags: tuple[bool, ...]
    ) -> dict[str, Values]:
        """The values, and the steps of a stage with the first causes as flagged.

        Steps that few of those move are kept for the others' combinations.
        """
        keys = {
            step.name: (step.name, tuple(flags[turn] for turn in self.kept_by[step.name]))
            for step in self.stages[stage]
            if step.name in self.kept_by
        }
        known = {name: self.kept[key] for name, key in keys.items() if key in self.kept}
        steps = [step for step in self.stages[stage] if step.name not in known]
        found = evaluate(steps, {**values, **known}, rounding=self.between.before.rounding)
        self.kept |= {key: found[name] for name, key in keys.items()}
        if self.side.estimated.any():
            self._note_estimates(steps, found)
        return found

    def _note_estimates(self, steps: Iterable[Line], values: Mapping[str, Values]) -> None:
        """Keep the units whose estimated percentage these steps read."""
        blank = {**values, PERCENTAGE: np.where(self.side.estimated, np.nan, values[PERCENTAGE])}
        for step in steps:
            if PERCENTAGE in step.reads:
                of_blanks = step.compute(*(blank[name] for name in step.reads))
                read = is_blank(of_blanks) & self.side.estimated
                places = np.flatnonzero(read.any(axis=(0, 2))).tolist()
                self.estimates_read.update(self.side.unit_ids[place] for place in places)

    def _blanks(self, values: Mapping[str, Values]) -> Iterator[Fault]:
        """What was handed over blank and is needed between the two ledgers."""
        for step in self.steps:
            for name in self.side.handed_over.keys() & {*step.reads}:
                used = is_blank(values[name]) & is_blank(values[step.name])
                for place in np.flatnonzero(used.any(axis=(0, 2))).tolist():
                    allowed = f"a value: between the two ledgers the unit's {step.name} needs it"
                    at = Place(unit=self.side.unit_ids[place], column=name)
                    fix = REMEDY if name == PERCENTAGE else ""
                    yield missing(at, "blank", allowed, step.cite, fix)
