"""Why a line changed between two ledgers: every unit's change split into causes.

Holds: Groups, OTHERS, ENDS, MOST_CAUSES, Attribution, attribute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import comb
from typing import Final, TypeAlias

import numpy as np
import pandas as pd

from ebf.engine.record import one_state_faults
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
from ebf.files import known_sources
from ebf.law.names import NameKind, column_of, columns_of, entries, known_names
from ebf.ledger import Ledger, check_ledger
from ebf.show.answer import Answer
from ebf.show.charts.chart import Chart, caption_of
from ebf.show.charts.drawing import waterfall
from ebf.show.document import Column, Table
from ebf.show.words import short
from ebf.units.estimates import PERCENTAGE
from ebf.units.ids import ID, STATEWIDE
from ebf.what_if.between import Between, Causes, Floats, Whose, between, solved
from ebf.what_if.causes import RULES, UNITS, default_groups

Groups: TypeAlias = Mapping[str, Sequence[str]]

OTHERS: Final = "other units' data"
ENDS: Final = ("before", "after", "change")
MOST_CAUSES: Final = 16
_SHOWN: Final = 10
_NAMED: Final = 5
"""Causes that the sentence of a picture names."""

# --- What it comes to ------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Attribution(Answer):
    """A line's change split into causes; made by :func:`attribute`.

    ``parts`` has a row a unit (of a statewide line one row): ``before``, ``after``,
    ``change``, and a column a group. ``changed`` names what changed of every group;
    ``alone`` has a row a unit that one ledger alone has, which ``parts`` leaves out: the
    line before or after. ``estimated`` are the units whose Local Capacity Percentage is an
    estimate. ``names`` are the units'. ``assumptions`` say what is held fixed.
    """

    line: str
    fiscal_years: tuple[int, int]
    changed: Mapping[str, tuple[str, ...]]
    parts: pd.DataFrame
    names: Mapping[str, str]
    alone: pd.DataFrame = field(default_factory=pd.DataFrame)
    estimated: tuple[str, ...] = ()

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

    def chart(self, unit_id: str | None = None) -> Chart:
        """A picture of the way from before to after, a step a cause that moves something.

        Of a unit, or of the sum over all.

        Raises InputError for an unknown unit, and without the extra ``charts``.
        """
        steps, measure = self.waterfall(unit_id), entries()[self.line].about.measure
        is_end = steps.index.isin((0, len(steps) - 1))
        steps = steps[is_end | (steps["change"] != 0)]
        whom = "the sum over the units" if unit_id is None else self._shown(unit_id)
        if unit_id is None and len(self.parts) == 1:
            whom = self._shown(self.parts.index[0])
        columns = (Column("label"), *(Column(n, measure) for n in ("start", "end", "change")))
        rows = tuple(steps[[each.name for each in columns]].itertuples(index=False, name=None))
        moved = steps.iloc[1:-1].sort_values("change", key=abs, ascending=False, kind="stable")
        causes = [
            f"{label} {short(change, measure)}"
            for label, change in zip(moved["label"], moved["change"], strict=True)
            if change
        ]
        before, after = steps["end"].iloc[0], steps["end"].iloc[-1]
        named = "; ".join(causes[:_NAMED]) or "nothing moves it"
        says = f"From {short(before, measure)} to {short(after, measure)}: {named}."
        title = f"Why {self.line.replace('_', ' ')} changed: {whom}"
        caption = caption_of(self, self.fiscal_years, title, says)
        table = Table("waterfall", "From before to after", columns, rows)
        return waterfall(table, caption, "label", ("start", "end"))

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
        if len(self.alone):
            alone = self.alone.rename(index=self._shown).rename_axis("unit")
            title = "Units of one ledger alone"
            tables.append(Table.of("alone", title, alone, measure, most=_SHOWN))
        return tables


# --- The causes, and their parts -------------------------------------------------------


def _causes(found: Between, groups: Groups, unit_id: str | None) -> Causes:
    """What changed of every group, sorted, so that the order of groups moves nothing."""
    own = found.sides[0].own
    causes: dict[str, dict[str, Whose]] = {}
    for label, names in groups.items():
        for name in found.differs.keys() & {*names}:
            differs = found.differs[name]
            if unit_id is None or differs.shape[1] == 1:
                causes.setdefault(label, {})[name] = "all"
                continue
            if (differs & own).any():
                causes.setdefault(label, {})[name] = "own"
            if (differs & ~own).any():
                causes.setdefault(OTHERS, {})[name] = "others"
    return {label: causes[label] for label in sorted(causes)}


def _shapley(
    found: Between, causes: Causes, before: Floats, change: Floats
) -> tuple[Floats, set[str]]:
    """The parts, a row a cause, and the units whose estimated percentage was read.

    The ends are the ledgers' own, so the parts sum to the change.
    """
    count = len(causes)
    weight = np.array([1 / (count * comb(count - 1, size)) for size in range(count)])
    parts = np.tile(change / max(count, 1), (count, 1))
    estimates_read: set[str] = set()
    for after, line, read in solved(found, causes):
        size = after.sum(axis=1, keepdims=True)
        signed = np.where(after, weight[size - 1], -weight[size])
        parts += np.einsum("sc,su->cu", signed, line - before)
        estimates_read |= read
    return parts, estimates_read


# --- The split -------------------------------------------------------------------------


def attribute(
    before: Ledger,
    after: Ledger,
    line: str = "tier_funding",
    groups: Groups | None = None,
    *,
    unit_id: str | None = None,
    estimate_percentages: bool = False,
) -> Attribution:
    """Split every unit's change of a line between two ledgers into causes.

    A part is a Shapley value: what a group moves by going from before to after, the
    mean over all orders in which the groups can go. A unit's parts sum to its change;
    a group that did not change has 0. For k changed groups, 2^k states are solved whole.

    A group is the data of all units at once: a unit's part does not tell its own data
    from the others'. With ``unit_id`` it does, for that unit: its groups are then its
    own data (and what is one for the state), and the data of all other units together
    are one more cause, "other units' data".

    Units that one ledger alone has are set aside; that they came or went, and so share what
    there is or do not, is a cause of its own for all others.

    Args:
        before: A ledger of one state.
        after: Another, given the same names: of another year or law.
        line: The line, or the column of a banded one (``nurse_cost_high``).
        groups: Names of what was handed over, by the group: inputs, given lines,
            parameters, salaries, and "the rules of the year" where two years have
            other rules. What the line does not read may be left out. Without it,
            groups by the subsections of the statute. "units that came or went" is a
            group by itself unless it is named in one.
        unit_id: The unit whose own data are told from the others'.
        estimate_percentages: Where a Local Capacity Percentage is blank in both ledgers and
            needed between them, take the Adjusted Local Capacity Target over the Adequacy
            Target for it, at most the law's greatest, cut to four decimals.

    Raises:
        InputError: all at once: ledgers that cannot be compared, unknown names, names
            in two groups, changes in no group, more than 16 changed groups, percentages
            that are blank and needed.
    """
    check_ledger(before)
    check_ledger(after)
    check_type("line", line, str, "the name of a line")
    check_type("groups", {} if groups is None else groups, Mapping, "names by the group")
    check_type("estimate_percentages", estimate_percentages, bool, "True or False")
    for label, names in (groups or {}).items():
        check_type(f"groups[{label!r}]", names, Iterable, "names")
    faults = [*_ledger_faults(before, after), *_asked_faults((before, after), line, unit_id)]
    in_groups = [*_group_faults(before, after, groups or {})]
    if faults:
        raise InputError([*faults, *in_groups])
    found = between(before, after, line, unit_id, estimate=estimate_percentages)
    named = (
        default_groups([*found.leaves, RULES, *found.differs.keys() & {UNITS}])
        if groups is None
        else groups
    )
    by_group = {label: _members(names) for label, names in named.items()}
    if UNITS in found.differs and UNITS not in {n for names in by_group.values() for n in names}:
        by_group[UNITS] = (UNITS,)
    causes = _causes(found, by_group, unit_id)
    if in_groups := [*in_groups, *_change_faults(found, by_group, causes)]:
        raise InputError(in_groups)
    shown = [*by_group] if unit_id is None else [*by_group, OTHERS]
    start, end = found.ends
    parts, estimated = _shapley(found, causes, start, end - start)
    alone = _alone(found)
    units = {**_names_of(after), **_names_of(before)}
    return Attribution(
        sources=known_sources(before=before.source, after=after.source),
        line=line,
        fiscal_years=(before.fiscal_year, after.fiscal_year),
        changed={label: tuple(sorted(causes[label])) for label in shown if label in causes},
        parts=_frame(found, shown, dict(zip(causes, parts, strict=True))),
        assumptions=tuple(_assumptions(found, unit_id, sorted(estimated))),
        left_out=(*_LEFT_OUT, *_set_aside(found, alone)),
        names=units,
        alone=alone,
        estimated=tuple(sorted(estimated)),
        note=after.table.note or before.table.note,
    )


def _members(names: Sequence[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(dict.fromkeys(names))


def _names_of(ledger: Ledger) -> dict[str, str]:
    names = ledger.table.text.get("name", np.empty((1, 0)))[0].tolist()
    both = zip(ledger.table.unit_ids, names, strict=False)
    return {unit: name for unit, name in both if isinstance(name, str)}


def _frame(found: Between, shown: Iterable[str], parts: Mapping[str, Floats]) -> pd.DataFrame:
    """A row a unit in the caller's order; the causes that did not change have 0."""
    start, end = (each[0] for each in found.ends)
    columns = dict(zip(ENDS, (start, end, end - start), strict=True))
    columns |= dict.fromkeys(shown, np.zeros(len(start)))
    columns |= parts
    return pd.DataFrame(columns, index=pd.Index(found.row_names, name=ID))


def _alone(found: Between) -> pd.DataFrame:
    """The units that one ledger alone has, with the line of those that have one."""
    columns = {}
    is_one = entries()[found.line].about.statewide
    ids = [{*side.unit_ids} for side in found.sides]
    for label, ledger, other in zip(ENDS, (found.before, found.after), ids[::-1], strict=False):
        units = [unit for unit in ledger.table.unit_ids if unit not in other]
        line = np.nan if is_one else ledger.units.loc[units, found.line]
        columns[label] = pd.Series(line, index=pd.Index(units, name=ID), dtype=float)
    return pd.DataFrame(columns).rename_axis(ID)


_LEFT_OUT: Final = (
    "What people would do otherwise.",
    "What one year's money adds to the next year's base, unless it was handed over.",
)


def _set_aside(found: Between, alone: pd.DataFrame) -> Iterator[str]:
    for side, other in zip(found.sides, found.sides[::-1], strict=True):
        units = [unit for unit in alone.index if unit not in {*other.unit_ids}]
        if units:
            label = "before" if side is found.sides[0] else "after"
            yield f"{_counted(units)} only in {label}: set aside, in no row and no sum."


def _counted(units: Sequence[str]) -> str:
    """How many units, and which, as far as they are few."""
    more = f" and {len(units) - _SHOWN:,} more" if len(units) > _SHOWN else ""
    return f"{len(units):,} unit{'s' * (len(units) != 1)} ({', '.join(units[:_SHOWN])}{more})"


def _assumptions(found: Between, unit_id: str | None, estimated: Sequence[str]) -> Iterator[str]:
    yield (
        "Every number between the two ledgers re-solves the whole state: target ratio, rates, "
        "floor"
        + ("; lines are cut and rounded as the state does." if found.before.rounding else ".")
    )
    yield "A part is the mean of what a cause moves over all orders of the causes (Shapley value)."
    yield (
        "A cause is the data of all units at once; a unit's own are not told from the others'."
        if unit_id is None
        else f"Causes are the unit's own data; those of all others together are {OTHERS!r}."
    )
    if UNITS in found.differs:
        yield f"{UNITS.capitalize()} have their own data throughout; the cause is that they share."
    given = [n for n in found.leaves if n in found.before.law.lines]
    for words, names in (
        ("Handed over, and so not moved by other causes", given),
        ("Read under one of the two laws alone, and the same on both sides", found.of_one_law),
        ("A blank on one side is taken as unchanged", found.blank_in_one),
    ):
        if names:
            yield f"{words}: {', '.join(names)}."
    if estimated:
        yield (
            f"An estimate, where both ledgers are blank and a state between them needs it: the "
            f"{PERCENTAGE} of {_counted(estimated)}."
        )


# --- What cannot be split --------------------------------------------------------------


def _unknown_unit(unit_id: object, known: Iterable[str]) -> Fault:
    return unknown_unit(Place("ledgers", column=ID), unit_id, "the id of a unit in both", known)


def _handed_over(ledger: Ledger) -> set[str]:
    return {*ledger.values} - ledger.computed


def _ledger_faults(before: Ledger, after: Ledger) -> Iterator[Fault]:
    sides = (("before", before, after), ("after", after, before))
    for side, ledger, other in sides:
        yield from one_state_faults(ledger, side)
        for name in sorted(_handed_over(ledger) - _handed_over(other)):
            found, allowed = f"given {side} only", "the same names given to both ledgers"
            yield contradiction(Place("ledgers", column=name), found, allowed, column_of(name).cite)
    if {*before.table.unit_ids}.isdisjoint(after.table.unit_ids):
        place, allowed = Place("ledgers", column=ID), "some units in both ledgers"
        yield contradiction(place, "no unit in both", allowed)
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
    known = [unit for unit in ledgers[0].table.unit_ids if unit in ledgers[1].table.places]
    if unit_id is not None and unit_id not in known:
        yield _unknown_unit(unit_id, known)


def _group_faults(before: Ledger, after: Ledger, groups: Groups) -> Iterator[Fault]:
    computed = before.computed | after.computed
    no_lines = (name for name, each in known_names().items() if each.kind is not NameKind.LINE)
    known = {RULES, UNITS, *before.everything, *after.everything, *no_lines} - computed
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


def _change_faults(found: Between, groups: Groups, causes: Causes) -> Iterator[Fault]:
    for name in sorted(found.differs.keys() - {n for names in groups.values() for n in names}):
        yield missing(
            Place(argument="groups", column=name),
            "changed, and in no group",
            "what changed in one group",
        )
    if len(causes) > MOST_CAUSES:
        place = Place(argument="groups", column=", ".join(causes))
        many, allowed = f"{len(causes)} changed groups", f"at most {MOST_CAUSES}"
        yield too_large(place, many, allowed, fix="join some of them")
