"""Why a line changed between two ledgers: every unit's change split into causes.

Holds: Floats, Flags, Groups, Causes, OTHERS, ENDS, MOST_CAUSES, Attribution, attribute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from ebf.engine.compute import evaluate
from ebf.engine.record import one_state_faults, steps_to
from ebf.faults import (
    Fault,
    InputError,
    Place,
    check_type,
    contradiction,
    missing,
    nearest,
    not_computed,
    repeated,
    too_large,
    unknown_name,
    unknown_unit,
    unsuitable_name,
)
from ebf.language.line import Line
from ebf.language.vocabulary import Values, exactly, is_blank, nearly
from ebf.law.names import NameKind, column_of, columns_of, entries, known_names
from ebf.ledger import Ledger, check_ledger
from ebf.show.answer import Answer
from ebf.show.document import Table
from ebf.units.ids import ID, STATEWIDE
from ebf.what_if.causes import RULES, default_groups

Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Groups: TypeAlias = Mapping[str, Sequence[str]]
Causes: TypeAlias = Mapping[str, Mapping[str, Flags]]
"""What changed of every group: names, with flags of the units whose value it is."""

OTHERS: Final = "other units' data"
ENDS: Final = ("before", "after", "change")
MOST_CAUSES: Final = 16
_AT_A_TIME, _SHOWN = 64, 10
_ALL: Flags = np.ones((1, 1, 1), dtype=bool)

# --- What it comes to ------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Attribution(Answer):
    """A line's change split into causes; made by :func:`attribute`.

    ``parts`` has a row a unit (of a statewide line one row): ``before``, ``after``,
    ``change``, and a column a group. ``changed`` names what changed of every group;
    ``names`` are the units'. ``assumptions`` say what is held fixed.
    """

    line: str
    fiscal_years: tuple[int, int]
    changed: Mapping[str, tuple[str, ...]]
    parts: pd.DataFrame
    names: Mapping[str, str]

    @property
    def statewide(self) -> pd.Series:
        """The sums over the rows of ``parts``."""
        return self.parts.sum().rename(STATEWIDE)

    def waterfall(self, unit_id: str | None = None) -> pd.DataFrame:
        """The way from before to after, a row a step: label, start, end, change.

        The first and the last row rise from nothing. Without ``unit_id`` the sums over
        the rows. Raises InputError for an unknown unit.
        """
        if unit_id is not None:
            check_type("unit_id", unit_id, str, "the id of a unit")
        if unit_id is not None and unit_id not in self.parts.index:
            raise InputError([_unknown_unit(unit_id, self.parts.index)])
        row = self.statewide if unit_id is None else self.parts.loc[unit_id]
        ends = row["before"] + row.drop(list(ENDS)).cumsum()
        steps = {
            "label": ["before", *ends.index, "after"],
            "start": [0.0, *[row["before"], *ends][: len(ends)], 0.0],
            "end": [row["before"], *ends, row["after"]],
        }
        return pd.DataFrame(steps).assign(change=lambda frame: frame["end"] - frame["start"])

    @property
    def title(self) -> str:
        """What it is called."""
        years = " to ".join(f"FY{year}" for year in dict.fromkeys(self.fiscal_years))
        one = f", {self._shown(self.parts.index[0])}" if len(self.parts) == 1 else ""
        return f"{self.line} by causes of its change, {years}{one}"

    @property
    def _year(self) -> int:
        return self.fiscal_years[-1]

    def _shown(self, unit_id: object) -> str:
        return f"{unit_id} {self.names.get(str(unit_id), '')}".strip()

    def _tables(self) -> list[Table]:
        measure = entries()[self.line].about.measure
        steps = self.waterfall().set_index("label")
        tables = [Table.of("waterfall", "From before to after", steps, measure)]
        if len(self.parts) > 1:
            largest = self.parts["change"].abs().sort_values(ascending=False, kind="stable").index
            units = self.parts.loc[largest, [*ENDS, *self.changed]]
            units = units.rename(index=self._shown).rename_axis("unit")
            title = "The units that changed most"
            tables.append(Table.of("units", title, units, measure, most=_SHOWN))
        return tables


# --- The two ledgers, and the states between them --------------------------------------


@dataclass(frozen=True)
class _Between:
    """What leads to a line in two ledgers: the rules, and what was handed over.

    ``handed_over`` has it before and after, ``differs`` the flags of the units where it
    changed; ``of_one_law`` is read under one of the laws alone, ``blank_in_one`` is
    blank on one side. ``rows`` are the units to read.
    """

    line: str
    before: Ledger
    rows: npt.NDArray[np.intp]
    steps: tuple[tuple[Line, ...], tuple[Line, ...]]
    handed_over: Mapping[str, tuple[Values, Values]]
    differs: Mapping[str, Flags]
    of_one_law: Sequence[str]
    blank_in_one: Sequence[str]

    def read(self, values: Mapping[str, Values], states: int = 1) -> Floats:
        """The line, a row a state."""
        entry = entries()[self.line]
        band = nearly(values[entry.name][..., columns_of(entry.name).index(self.line)])
        units = 1 if entry.about.statewide else len(self.before.table.unit_ids)
        return np.broadcast_to(band, (states, units))[:, self.rows].astype(np.float64)

    def solve(self, causes: Causes, after: Flags) -> Floats:
        """The line with the causes flagged as after, a row a state; InputError if blank."""
        values: dict[str, Values] = {}
        for name, (old, new) in self.handed_over.items():
            values[name] = old
            for flags, names in zip(after.T, causes.values(), strict=True):
                if name in names:
                    chosen = flags.reshape(-1, 1, 1) & names[name]
                    values[name] = np.where(chosen, new, values[name])
        cause_of_law = [RULES in names for names in causes.values()]
        steps = self.steps[int(after[0, cause_of_law].any())]
        values = evaluate(steps, values, rounding=self.before.rounding)
        found = self.read(values, len(after))
        if np.isnan(found).any():
            raise InputError(self._blanks(values, steps))
        return found

    def _blanks(self, values: Mapping[str, Values], steps: Iterable[Line]) -> Iterator[Fault]:
        """What was handed over blank and is needed between the two ledgers."""
        for step in steps:
            for name in self.handed_over.keys() & {*step.reads}:
                used = is_blank(values[name]) & is_blank(values[step.name])
                for place in np.flatnonzero(used.any(axis=(0, 2))).tolist():
                    allowed = f"a value: between the two ledgers the unit's {step.name} needs it"
                    unit = self.before.table.unit_ids[place]
                    yield missing(Place(unit=unit, column=name), "blank", allowed, step.cite)


def _value(ledger: Ledger, name: str) -> list[Values]:
    """What the ledger has for a name; its law's or salaries' where no line of it reads it."""
    if name in ledger.everything:
        return [ledger.everything[name]]
    known = [each.value(name) for each in (ledger.law, ledger.law.salaries) if name in each.known]
    return [exactly(value) if ledger.arithmetic == "exact" else value for value in known]


def _between(before: Ledger, after: Ledger, line: str, place: int | None) -> _Between:
    entry = entries()[line]
    steps = steps_to(before, entry.name), steps_to(after, entry.name)
    reads = {read for step in (*steps[0], *steps[1]) for read in step.reads}
    leaves = sorted(reads - before.computed - after.computed)
    found = {name: _value(before, name) + _value(after, name) for name in leaves}
    handed_over = {name: (values[0], values[-1]) for name, values in found.items()}
    blank_in_one = []
    for name in before.law.statute.may_be_blank & handed_over.keys():
        old, new = handed_over[name]
        handed_over[name] = np.where(is_blank(old), new, old), np.where(is_blank(new), old, new)
        blank_in_one += [name] if (is_blank(old) != is_blank(new)).any() else []
    differs = {} if {*steps[0]} == {*steps[1]} else {RULES: _ALL}
    for name, (old, new) in handed_over.items():
        same = (old == new) | (is_blank(old) & is_blank(new))
        differs |= {} if same.all() else {name: ~same.all(axis=-1, keepdims=True)}
    rows = before.table.rows if place is None else np.array([place])
    return _Between(
        line=line,
        before=before,
        rows=np.array([0]) if entry.about.statewide else rows,
        steps=steps,
        handed_over=handed_over,
        differs=differs,
        of_one_law=[name for name, values in found.items() if len(values) == 1],
        blank_in_one=sorted(blank_in_one),
    )


def _causes(between: _Between, groups: Groups, place: int | None) -> Causes:
    """What changed of every group, sorted, so that the order of groups moves nothing."""
    own = np.arange(len(between.before.table.unit_ids)).reshape(1, -1, 1) == place
    found: dict[str, dict[str, Flags]] = {}
    for label, names in groups.items():
        for name in between.differs.keys() & {*names}:
            differs = between.differs[name]
            is_split = place is not None and differs.shape[1] > 1
            for cause, flags in {label: own, OTHERS: ~own}.items() if is_split else [(label, _ALL)]:
                if (differs & flags).any():
                    found.setdefault(cause, {})[name] = flags
    return {label: found[label] for label in sorted(found)}


def _states_between(causes: Causes) -> Iterator[Flags]:
    """Flags of the causes as after, a row a state; some states at a time, of one law."""
    after = (np.arange(1, 2 ** len(causes) - 1)[:, None] >> np.arange(len(causes))) & 1 == 1
    is_law = np.array([RULES in names for names in causes.values()], dtype=bool)
    new_law = (after & is_law).any(axis=1)
    for states in (after[~new_law], after[new_law]):
        for start in range(0, len(states), _AT_A_TIME):
            yield states[start : start + _AT_A_TIME]


def _shapley(between: _Between, causes: Causes, before: Floats, change: Floats) -> Floats:
    """The parts, a row a cause: the ends are the ledgers' own, so they sum to the change."""
    count = len(causes)
    weight = np.array([1 / (count * comb(count - 1, size)) for size in range(count)])
    parts = np.tile(change / max(count, 1), (count, 1))
    for after in _states_between(causes):
        moved = between.solve(causes, after) - before
        size = after.sum(axis=1, keepdims=True)
        parts += np.where(after, weight[size - 1], -weight[size]).T @ moved
    return parts


# --- The split -------------------------------------------------------------------------


def attribute(
    before: Ledger,
    after: Ledger,
    line: str = "tier_funding",
    groups: Groups | None = None,
    *,
    unit_id: str | None = None,
) -> Attribution:
    """Split every unit's change of a line between two ledgers into causes.

    A part is a Shapley value: what a group moves by going from before to after, the
    mean over all orders in which the groups can go. A unit's parts sum to its change;
    a group that did not change has 0. For k changed groups, 2^k states are solved whole.

    A group is the data of all units at once: a unit's part does not tell its own data
    from the others'. With ``unit_id`` it does, for that unit: its groups are then its
    own data (and what is one for the state), and the data of all other units together
    are one more cause, "other units' data".

    Args:
        before: A ledger of one state.
        after: Another of the same units, given the same names: of another year or law.
        line: The line, or the column of a banded one (``nurse_cost_high``).
        groups: Names of what was handed over, by the group: inputs, given lines,
            parameters, salaries, and "the rules of the year" where two years have
            other rules. What the line does not read may be left out. Without it,
            groups by the subsections of the statute.
        unit_id: The unit whose own data are told from the others'.

    Raises:
        InputError: all at once: ledgers that cannot be compared, unknown names, names
            in two groups, changes in no group, more than 16 changed groups.
    """
    check_ledger(before)
    check_ledger(after)
    check_type("line", line, str, "the name of a line")
    check_type("groups", {} if groups is None else groups, Mapping, "names by the group")
    for label, names in (groups or {}).items():
        check_type(f"groups[{label!r}]", names, Iterable, "names")
    faults = [*_ledger_faults(before, after), *_asked_faults((before, after), line, unit_id)]
    in_groups = [*_group_faults(before, after, groups or {})]
    if faults:
        raise InputError([*faults, *in_groups])
    place = None if unit_id is None else before.table.unit_ids.index(unit_id)
    between = _between(before, after, line, place)
    named = default_groups([*between.handed_over, RULES]) if groups is None else groups
    by_group = {label: _members(names) for label, names in named.items()}
    causes = _causes(between, by_group, place)
    if in_groups := [*in_groups, *_change_faults(between, by_group, causes)]:
        raise InputError(in_groups)
    shown = [*by_group] if place is None else [*by_group, OTHERS]
    names = before.table.text.get("name", np.empty((1, 0)))[0].tolist()
    return Attribution(
        line=line,
        fiscal_years=(before.fiscal_year, after.fiscal_year),
        changed={label: tuple(sorted(causes[label])) for label in shown if label in causes},
        parts=_parts(between, after, shown, causes),
        assumptions=tuple(_assumptions(between, unit_id)),
        left_out=_LEFT_OUT,
        names={
            unit: name
            for unit, name in zip(before.table.unit_ids, names, strict=False)
            if isinstance(name, str)
        },
    )


def _members(names: Sequence[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(dict.fromkeys(names))


def _parts(between: _Between, after: Ledger, shown: Iterable[str], causes: Causes) -> pd.DataFrame:
    """A row a unit in the caller's order; the causes that did not change have 0."""
    start, end = between.read(between.before.everything), between.read(after.everything)
    columns = dict(zip(ENDS, (start[0], end[0], (end - start)[0]), strict=True))
    columns |= dict.fromkeys(shown, np.zeros(len(between.rows)))
    columns |= dict(zip(causes, _shapley(between, causes, start, end - start), strict=True))
    ids = pd.Index(between.before.table.unit_ids, name=ID)[between.rows]
    is_one = entries()[between.line].about.statewide
    return pd.DataFrame(columns, index=pd.Index([STATEWIDE], name=ID) if is_one else ids)


_LEFT_OUT: Final = (
    "What people would do otherwise.",
    "What one year's money adds to the next year's base, unless it was handed over.",
)


def _assumptions(between: _Between, unit_id: str | None) -> Iterator[str]:
    yield (
        "Every number between the two ledgers re-solves the whole state: target ratio, rates, "
        "floor"
        + ("; lines are cut and rounded as the state does." if between.before.rounding else ".")
    )
    yield "A part is the mean of what a cause moves over all orders of the causes (Shapley value)."
    yield (
        "A cause is the data of all units at once; a unit's own are not told from the others'."
        if unit_id is None
        else f"Causes are the unit's own data; those of all others together are {OTHERS!r}."
    )
    given = [n for n in between.handed_over if n in between.before.law.lines]
    for words, names in (
        ("Handed over, and so not moved by other causes", given),
        ("Read under one of the two laws alone, and the same on both sides", between.of_one_law),
        ("A blank on one side is taken as unchanged", between.blank_in_one),
    ):
        if names:
            yield f"{words}: {', '.join(names)}."


# --- What cannot be split --------------------------------------------------------------


def _unknown_unit(unit_id: object, known: Iterable[str]) -> Fault:
    return unknown_unit(Place("ledgers", column=ID), unit_id, "the id of a unit in both", known)


def _handed_over(ledger: Ledger) -> set[str]:
    return {*ledger.values} - ledger.computed


def _ledger_faults(before: Ledger, after: Ledger) -> Iterator[Fault]:
    sides = (("before", before, after), ("after", after, before))
    for side, ledger, other in sides:
        yield from one_state_faults(ledger, side)
        for unit in sorted({*ledger.table.unit_ids} - {*other.table.unit_ids}):
            yield contradiction(
                Place(unit=unit, column=ID), f"only in {side}", "the same units in both ledgers"
            )
        for name in sorted(_handed_over(ledger) - _handed_over(other)):
            found, allowed = f"given {side} only", "the same names given to both ledgers"
            yield contradiction(Place("ledgers", column=name), found, allowed, column_of(name).cite)
    for name in ("rounding", "arithmetic"):
        first, second = getattr(before, name), getattr(after, name)
        if first != second:
            yield contradiction(
                Place("ledgers", column=name), f"{first} and {second}", "the same in both"
            )


def _asked_faults(ledgers: Sequence[Ledger], line: str, unit_id: str | None) -> Iterator[Fault]:
    common = [name for name in ledgers[0].computed if name in ledgers[1].computed]
    columns = [column for name in common for column in columns_of(name)]
    if line not in columns:
        place, allowed = Place("ledgers", column=line), "a line of both ledgers"
        fix = nearest(line, columns)
        if line in common:
            found, allowed = "a line of several bands", f"one of {', '.join(columns_of(line))}"
            yield unsuitable_name(place, found, allowed, fix=fix)
        elif line in entries():
            yield not_computed(place, "not computed", allowed, fix=fix)
        else:
            yield unknown_name(place, "no line", allowed, columns)
    known = ledgers[0].table.unit_ids
    if unit_id is not None and unit_id not in known:
        yield _unknown_unit(unit_id, known)


def _group_faults(before: Ledger, after: Ledger, groups: Groups) -> Iterator[Fault]:
    computed = before.computed | after.computed
    no_lines = (name for name, each in known_names().items() if each.kind is not NameKind.LINE)
    known = {RULES, *before.everything, *after.everything, *no_lines} - computed
    member_of: dict[str, list[str]] = {}
    for label, names in groups.items():
        if label in {*ENDS, OTHERS}:
            yield unsuitable_name(
                Place(argument="groups", column=label), "a name of the result's own", "another name"
            )
        for name in _members(names):
            member_of.setdefault(name, []).append(label)
    for name, labels in member_of.items():
        if name not in known:
            place = Place(argument="groups", column=name)
            allowed = f"in {labels[0]!r} what was handed over"
            if name in computed:
                fix = nearest(name, known)
                yield unsuitable_name(place, "computed", allowed, fix=fix)
            else:
                yield unknown_name(place, "no such name", allowed, known)
        if len(labels) > 1:
            yield repeated(
                Place(argument="groups", column=name),
                f"in {', '.join(map(repr, labels))}",
                "one group",
            )


def _change_faults(between: _Between, groups: Groups, causes: Causes) -> Iterator[Fault]:
    for name in sorted(between.differs.keys() - {n for names in groups.values() for n in names}):
        yield missing(
            Place(argument="groups", column=name),
            "changed, and in no group",
            "what changed in one group",
        )
    if len(causes) > MOST_CAUSES:
        found, allowed = f"{len(causes)} changed groups", f"at most {MOST_CAUSES}"
        yield too_large(
            Place(argument="groups", column=", ".join(causes)),
            found,
            allowed,
            fix="join some of them",
        )
