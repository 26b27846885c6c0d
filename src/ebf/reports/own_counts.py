"""One district's own counts put into the state's file: what they compute, and what comes of it.

Holds: own_counts, counts_in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, NamedTuple

import pandas as pd

from ebf.faults import (
    Fault,
    InputError,
    Place,
    as_name,
    check_type,
    contradiction,
    missing,
    unknown_name,
    unsuitable_name,
)
from ebf.language.formula_text import is_over_units
from ebf.language.measure import Measure
from ebf.law.inputs import TEXT_COLUMNS, inputs
from ebf.law.names import columns_of, entries, expressions, name_behind
from ebf.law.parameters import Law
from ebf.ledger import Ledger, calculate, numbers_of_unit
from ebf.units.ids import ID, frame_of
from ebf.units.table import check_cells_alone, names_of
from ebf.what_if.data_impact import DataImpact, data_impact


def own_counts(
    units: pd.DataFrame,
    law: Law,
    unit_id: str,
    counts: pd.DataFrame,
    *,
    hold: Iterable[str] = (),
    hold_rest: bool = False,
) -> DataImpact:
    """Put one unit's own raw counts into the state, and show what comes of it.

    Lines that the state's table gives in place of counts (the Base Calc sheet's) and that the
    counts move are computed from them, for this unit alone.

    Args:
        units: As :func:`ebf.calculate` takes it, of one state.
        law: The numbers of the fiscal year; what the counts compute needs its salaries.
        unit_id: The unit, by its id in any form or its name.
        counts: A row of the unit, ``unit_id`` a column or the index, and columns of the
            table of units. What is blank is not changed.
        hold: Lines that the state's table gives, and that stay as they are though the counts
            move them.
        hold_rest: Hold all lines that the counts move and do not suffice for; the answer names
            them.

    Raises:
        InputError: every fault of the counts; a line of the state's table that they move and
            do not suffice for, with what it lacks, unless it is held.
    """
    check_type("hold", hold, Iterable, "names of lines that the table of units gives")
    table = frame_of(units)
    before = calculate(table, law)
    unit = before.unit_id(unit_id)
    given = counts_in(frame_of(counts), unit)
    held = [hold] if isinstance(hold, str) else [*hold]
    moved = _Moved(before, table.columns.tolist(), _own_row(table, unit), given, frozenset(held))
    _check_held(held, moved)
    changes, faults = moved.changes()
    lacked = faults
    while hold_rest and moved.lacking:
        held += moved.lacking
        moved = replace(moved, hold=frozenset(held))
        changes, faults = moved.changes()
    if faults:
        raise InputError(lacked)  # of all that the counts move; holding the rest left nothing
    impact = data_impact(table, law, unit, changes)
    return replace(
        impact,
        counted=moved.counted(impact.re_solved),
        held=tuple(held),
        unread=moved.unread,
        assumptions=(*impact.assumptions, *_assumptions(changes, given, held)),
        left_out=(*impact.left_out, *_left_out(moved.unread)),
    )


def counts_in(counts: pd.DataFrame, unit: str) -> Mapping[str, float]:
    """The numbers of the unit's row that are not blank, by column.

    Raises InputError for a table without one.
    """
    frame = counts.reset_index() if ID in counts.index.names and ID not in counts else counts
    if ID not in frame.columns and len(frame) == 1:
        frame = frame.assign(**{ID: unit})
    check_cells_alone(frame)
    row = frame[frame[ID] == unit]
    place = Place("counts", column=ID)
    if row.empty:
        found = ", ".join(map(as_name, frame[ID].tolist()[:3]))
        raise InputError([contradiction(place, found, f"a row of {unit}, the unit asked about")])
    numbers = {
        name: float(row[name].iloc[0])
        for name in names_of(frame)
        if name in entries() and not pd.isna(row[name].iloc[0])
    }
    if not numbers:
        raise InputError([missing(Place("counts"), "no number", "a number that is changed")])
    return numbers


def _own_row(table: pd.DataFrame, unit: str) -> dict[str, Any]:
    """What the state's table has of the unit, blanks left out."""
    frame = table if ID in table.columns else table.reset_index()
    row = frame[frame[ID] == unit].iloc[0].to_dict()
    known = {ID, *TEXT_COLUMNS, *entries()}
    return {str(n): cell for n, cell in row.items() if n in known and not pd.isna(cell)}


class _Anew(NamedTuple):
    """The lines that are otherwise, what others lack, and all that were computed anew."""

    new: Mapping[str, list[float]]
    lacking: Mapping[str, str]
    computed: AbstractSet[str]


@dataclass(frozen=True)
class _Moved:
    """What a unit's own counts move of the lines that the state's table gives."""

    before: Ledger
    columns: list[Any]
    row: dict[str, Any]
    given: Mapping[str, float]
    hold: frozenset[str]

    @cached_property
    def lines(self) -> list[str]:
        """The lines with a number a unit that the table gives and that stand in."""
        names = dict.fromkeys(name_behind(each) for each in self.columns if each in entries())
        in_force = self.before.law.lines
        standing = [n for n in names if n not in self.before.computed]
        return [n for n in standing if n in in_force and not in_force[n].statewide]

    @cached_property
    def _of_the_state(self) -> AbstractSet[str]:
        """The lines that look at every unit; of a regional program, at its region too."""
        lines = self.before.law.lines.values()
        is_program = self.row["organization_type"] == "regional_program"
        wide = [each for each in lines if each.statewide or is_program]
        return {each.name for each in wide if any(map(is_over_units, expressions(each)))}

    @property
    def lacking(self) -> list[str]:
        """The lines of the table that the counts move and do not suffice for."""
        lacked = self._anew.lacking.keys() & {*self.lines}
        # for want of another line that the table gives, that one is told
        return [n for n in self.lines if n in lacked and not lacked & self._behind(n)]

    def changes(self) -> tuple[dict[str, float], list[Fault]]:
        """The columns of the table that become otherwise, and the lines that cannot."""
        changes = {name: number for name, number in self.given.items() if name in self.columns}
        new, lacking, computed = self._anew
        faults = []
        roots = {*self.lacking}
        for name in self.lines:
            if name in roots:
                found = "given in the state's file, and moved by the counts, which do not suffice"
                place = Place(unit=self.row[ID], column=name)
                fix = f"give that too, or leave {name} as it is: hold (--hold {name})"
                faults.append(missing(place, found, lacking[name], fix=fix))
            elif name in new:
                changes |= dict(zip(columns_of(name), new[name], strict=True))
        read = {name for line in self.before.steps for name in line.reads}
        in_force = self.before.law.lines
        behind = {name: name_behind(name) for name in changes}
        changes = {  # of lines in a row the last, which stands in
            name: number
            for name, number in changes.items()
            if behind[name] in read or behind[name] not in in_force
        }
        if not changes and not faults and not computed:
            unread = ", ".join([*self.given][:3])
            allowed = "a column of the state's file, or one that a line given in it stands on"
            place = Place("counts", column=unread)
            faults.append(unsuitable_name(place, "what nothing of the state's file reads", allowed))
        return changes, faults

    @property
    def unread(self) -> tuple[str, ...]:
        """Counts that the state's file has not, and that no line given in it stands on."""
        order = self._in_order(self.lines)
        read = {*order, *(each for name in order for each in self.before.law.lines[name].reads)}
        own = {*self.columns}
        return tuple(n for n in self.given if n not in own and not {n, name_behind(n)} & read)

    def counted(self, after: Ledger) -> Ledger | None:
        """The unit alone, computed from its own counts within a state; None where that has them."""
        new = self._anew.new
        if not self.lines:
            return None
        stale = {column for name in new for column in columns_of(name)}
        row = numbers_of_unit(after, self.row[ID])
        own = {n: row.get(n, cell) for n, cell in self.row.items() if n not in stale}
        statewide = _statewide(after)
        frame = pd.DataFrame([{**statewide, **own, **self.given}])
        of_the_state = [n for n in self.lines if n not in new and self._is_of_others(n, statewide)]
        return calculate(frame, after.law, given=[*statewide, *of_the_state, *self.hold])

    def _is_of_others(self, name: str, known: Mapping[str, float]) -> bool:
        """Whether a line stands on what looks at every unit and is not known."""
        waiting, seen = [name], {name}
        for each in waiting:  # grows as what lines read is found
            if each in self._of_the_state:
                return True
            reads = self.before.law.lines[each].reads if each in self.before.law.lines else ()
            more = [read for read in reads if read not in known and read not in seen]
            waiting += more
            seen.update(more)
        return False

    @cached_property
    def _anew(self) -> _Anew:
        """The lines that the counts move, each computed; and what is lacking for the others.

        Each is computed behind those it reads, so that it reads what they have become. What a
        flag decides is not moved where the flag stays as it was.
        """
        moved = {name_behind(column) for column in self.given}
        new: dict[str, list[float]] = {}
        lacking: dict[str, str] = {}
        computed = set[str]()
        in_force = self.before.law.lines
        for name in self._in_order(self.lines):
            line = in_force[name]
            is_settled = name in moved or name in self.hold or line.statewide
            if is_settled or moved.isdisjoint(line.reads):
                continue
            if name not in self.lines and line.measure is not Measure.FLAG:
                moved.add(name)  # computed with the lines that the table gives
                continue
            try:
                found = self._computed(name, moved, new)
            except InputError as error:
                lacking[name] = _what_lacks(error)
                moved.add(name)
                continue
            computed.add(name)
            was = self.before.units.loc[self.row[ID]].reindex(columns_of(name))
            if [float(each) for each in was] != found:
                new[name] = found
                moved.add(name)
        return _Anew(new, lacking, computed)

    def _behind(self, name: str) -> AbstractSet[str]:
        """The lines that a line stands on."""
        return {*self._in_order([name])} - {name}

    def _in_order(self, wanted: Sequence[str]) -> list[str]:
        """Some lines and those they stand on, each behind those it reads."""
        in_force = self.before.law.lines
        order: dict[str, None] = {}

        def add(name: str) -> None:
            if name in in_force and name not in order:
                for read in in_force[name].reads:
                    add(read)
                order[name] = None

        for name in wanted:
            add(name)
        return [*order]

    def _computed(
        self, name: str, moved: AbstractSet[str], new: Mapping[str, Sequence[float]]
    ) -> list[float]:
        """A line of the unit from what is known of it alone; InputError where that is too little.

        Statewide numbers are those of the state as it was.
        """
        stale = {column for each in {*moved, name} for column in columns_of(each)}
        row = {column: cell for column, cell in self.row.items() if column not in stale}
        fresh = {
            column: number
            for each, numbers in new.items()
            for column, number in zip(columns_of(each), numbers, strict=True)
        }
        frame = pd.DataFrame([{**_statewide(self.before), **row, **fresh, **self.given}])
        law = self.before.law
        whole = dict.fromkeys(name_behind(each) for each in map(str, frame) if each in entries())
        given = [n for n in whole if n in law.lines and {*columns_of(n)} <= {*frame.columns}]
        ledger = calculate(frame, law, lines=[name], given=given)
        for step in ledger.steps:
            if step.name in self._of_the_state:
                allowed = "a number of the whole state, which one unit's counts do not give"
                raise InputError([missing(Place(column=step.name), "not known", allowed)])
        return [float(ledger.units[column].iloc[0]) for column in columns_of(name)]


def _statewide(ledger: Ledger) -> dict[str, float]:
    """The statewide numbers that a table may have, beside those of the law."""
    of_state = ledger.statewide.drop(labels=[*ledger.law.in_force], errors="ignore")
    return {str(n): float(v) for n, v in of_state.items() if n in entries()}


_NAMED: Final = 6
"""Inputs lacking that are named."""


def _what_lacks(error: InputError) -> str:
    """What a line lacks: inputs, else the lines that are not known."""
    names = [fault.place.words[1].partition(", ")[0] for fault in error.faults]
    raw = [name for name in names if name_behind(name) in inputs()] or names
    some = dict.fromkeys(name_behind(name) for name in raw)
    more = f" and {len(some) - _NAMED} more" if len(some) > _NAMED else ""
    why = error.faults[0].allowed if len(error.faults) == 1 else "which are not in the counts"
    return f"{', '.join([*some][:_NAMED])}{more}: {why}"


def _check_held(held: Iterable[str], moved: _Moved) -> None:
    known = moved.lines
    faults = [
        unknown_name(
            Place("counts", argument="hold", column=as_name(name)),
            "no such line",
            "a line that the table of units gives",
            known,
        )
        for name in held
        if name not in known
    ]
    if faults:
        raise InputError(faults)


def _assumptions(
    changes: Mapping[str, float], given: Mapping[str, float], held: Iterable[str]
) -> Iterable[str]:
    computed = [name for name in changes if name not in given]
    if computed:
        yield f"Computed from the unit's own counts: {', '.join(computed)}."
    if held:
        yield f"Held as the state's file has it, though the counts move it: {', '.join(held)}."


def _left_out(unread: Sequence[str]) -> Iterable[str]:
    if unread:
        yield f"Counts that nothing of the state's file reads: {_some(unread)}."


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"
