"""One district's data changed: its line before and after, the state re-solved or held fixed.

Holds: DataImpact, data_impact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from ebf.engine.calculation import Calculation
from ebf.engine.preparation import prepare, prepare_checked
from ebf.faults import (
    Fault,
    InputError,
    Place,
    as_name,
    check_type,
    contradiction,
    several_scenarios,
    unknown_name,
    unknown_unit,
    unsuitable_name,
)
from ebf.files import known_sources
from ebf.language.formula_text import is_over_units
from ebf.language.measure import Measure
from ebf.law.names import column_of, columns_of, entries, expressions
from ebf.law.parameters import Law
from ebf.ledger import Ledger, calculate, ledger_of, name_of, numbers_of_unit
from ebf.show.answer import Answer, Shown
from ebf.show.document import Table
from ebf.units.changes import changed_units
from ebf.units.ids import ID
from ebf.what_if.comparison import CENTS, compare
from ebf.what_if.scenario import Changes, Handed, Scenario, each_change

_MONEY: Final = "tier_funding"
_NOISE: Final = 9
"""Decimals of what counts as a change: float noise does not."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DataImpact(Answer):
    """What :func:`data_impact` found.

    ``frame`` has a row a column of the unit: ``before``; ``re_solved`` and
    ``held_fixed`` after the change; the change of each. ``others`` sums up what
    the state, solved anew, gives to or takes from the other units; ``each_other``
    has them a row each. ``statewide`` are the numbers before and after, re-solved,
    and whether they were ``held`` fixed. ``before``, ``re_solved`` and
    ``held_fixed`` are the ledgers; of the last only the unit's own row counts. ``counted`` is
    the unit alone, computed from its own counts, where :func:`ebf.own_counts` was handed them,
    ``held`` the lines of the state's table that were left as they are, and ``unread`` the counts
    that nothing of it reads.
    """

    unit_id: str
    name: str
    frame: pd.DataFrame
    others: pd.Series
    each_other: pd.DataFrame
    statewide: pd.DataFrame
    before: Ledger
    re_solved: Ledger
    held_fixed: Ledger
    counted: Ledger | None = None
    held: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    def page(self, staff: Mapping[str, float | None] | pd.Series | None = None) -> Shown:
        """The page of the unit after the change, beside before; see :meth:`ebf.Ledger.page`."""
        return self.re_solved.page(
            self.unit_id, before=self.before, counted=self.counted, held=self.held, staff=staff
        )

    @property
    def title(self) -> str:
        """What it is called."""
        name = f" {self.name}" if self.name else ""
        return f"Data impact, FY{self.before.fiscal_year}: {self.unit_id}{name}"

    @property
    def _year(self) -> int:
        return self.before.fiscal_year

    def _tables(self) -> list[Table]:
        changes = self.frame[["change_re_solved", "change_held_fixed"]]
        moved = (changes.fillna(0.0).round(_NOISE) != 0).any(axis=1)
        moved |= self.frame.index.isin([_MONEY])
        statewide = self.statewide[self.statewide["change"].round(_NOISE) != 0]
        unit = self.frame[moved].drop(columns=["title", "cite"])
        others = self.others.rename_axis("what").to_frame("value")
        return [
            Table.of("unit", "The unit: what changes", unit, of_rows=_measures(unit)),
            Table.of(
                "others",
                "The other units' tier funding, the state re-solved",
                others,
                of_rows=tuple(
                    Measure.COUNT if each.startswith("units") else Measure.DOLLARS
                    for each in others.index
                ),
            ),
            Table.of(
                "statewide",
                "Statewide numbers that move where the state is re-solved",
                statewide.rename_axis("line"),
                of_rows=_measures(statewide),
            ),
        ]


def _measures(frame: pd.DataFrame) -> tuple[str, ...]:
    """What the row of each column or line counts."""
    return tuple(entries()[name].about.measure for name in frame.index)


def data_impact(
    units: pd.DataFrame,
    law: Law,
    unit_id: str,
    changes: Changes,
    *,
    lines: Iterable[str] | None = None,
) -> DataImpact:
    """Change one unit's data; show its line re-solved and with the state held fixed.

    Args:
        units: As :func:`ebf.calculate` takes it, of one state.
        law: The numbers of the fiscal year.
        unit_id: The unit whose data change.
        changes: As ``units`` of :class:`ebf.Scenario`: columns to a number, an
            :class:`ebf.Change`, or several in turn; for this unit alone.
        lines: The lines or inputs shown of the unit; None for all.

    Raises:
        InputError: every fault of the table; or of the other arguments.
    """
    own = prepare(units, law).settle(frozenset())  # what a change does not move is computed once
    before = ledger_of(own)
    shown = _checked(before, unit_id, lines, changes)
    changed, held = _changed(unit_id, changes), _held(before)
    handed = changed.apply(units, law)
    calculation = _of_changed(own, units, handed, changed, unit_id)
    changed.check_read(calculation)
    re_solved = before if calculation is own else ledger_of(calculation)
    held_fixed = _held_fixed(calculation, re_solved, handed, held)
    compared = compare(before, re_solved, _MONEY)
    others = compared.units.drop(index=unit_id)
    return DataImpact(
        sources=known_sources(units=before.source),
        unit_id=unit_id,
        name=name_of(before, unit_id),
        frame=_of_ledgers((before, re_solved, held_fixed), unit_id, shown),
        others=_summed(others),
        each_other=others,
        statewide=compared.statewide.assign(held=compared.statewide.index.isin(held)),
        before=before,
        re_solved=re_solved,
        held_fixed=held_fixed,
        assumptions=_assumptions(before, held),
        left_out=_LEFT_OUT,
    )


# --- What is asked for -----------------------------------------------------------


def _checked(
    ledger: Ledger, unit_id: str, lines: Iterable[str] | None, changes: Changes
) -> list[str] | None:
    """The lines to show; raises InputError with every fault of the arguments."""
    check_type("changes", changes, Mapping, "columns with their changes")
    check_type("lines", [] if lines is None else lines, Iterable, "names of lines")
    shown = None if lines is None else [lines] if isinstance(lines, str) else list(lines)
    if faults := [*_faults(ledger, unit_id, shown), *_change_faults(changes, unit_id)]:
        raise InputError(faults)
    return shown


def _faults(ledger: Ledger, unit_id: Any, shown: Sequence[Any] | None) -> Iterator[Fault]:
    if ledger.scenarios is not None:
        yield several_scenarios(Place("table", column="scenario"))
    ids = ledger.table.unit_ids
    if not isinstance(unit_id, str) or unit_id not in ids:
        yield unknown_unit(
            Place("arguments", argument="unit_id"), unit_id, "an id of the table", ids
        )
    shown_names = [name for name in ledger.values if not column_of(name).statewide]
    columns = [column for name in shown_names for column in columns_of(name)]
    known = {*columns, *(entries()[column].name for column in columns)}
    for name in [] if shown is None else shown or ["(none)"]:
        if not isinstance(name, str) or name not in known:
            allowed = "lines or inputs of the ledger"
            yield unknown_name(
                Place(argument="lines", column=as_name(name)),
                "no line of that name",
                allowed,
                known,
            )


def _change_faults(changes: Changes, unit_id: str) -> Iterator[Fault]:
    """Changes of what has one value for the state, or of other units, or of no column."""
    for name, said in changes.items():
        column = name if name in entries() else next(iter(columns_of(name)), None)
        if column is None:
            allowed = "a column of the table of units"
            yield unknown_name(
                Place(argument="changes", column=name), "unknown column", allowed, entries()
            )
        elif entries()[column].about.statewide:
            allowed = "data of one unit; for the whole state use ebf.Scenario"
            yield unsuitable_name(
                Place(argument="changes", column=name), "one value for the whole state", allowed
            )
        for change in each_change(said):
            if change.units is not None and {*change.ids} != {unit_id}:
                found = ", ".join(map(repr, change.ids)) or "no unit"
                yield contradiction(
                    Place(argument="changes", column=name),
                    found,
                    f"{unit_id!r}, or no units at all",
                )


def _changed(unit_id: str, changes: Changes) -> Scenario:
    """The unit's data changed."""
    of_unit = {
        column: [replace(change, units=(unit_id,)) for change in each_change(said)]
        for column, said in changes.items()
    }
    return Scenario("data impact", units=of_unit)


def _of_changed(
    own: Calculation, before: pd.DataFrame, handed: Handed, changed: Scenario, unit_id: str
) -> Calculation:
    """The calculation with the unit's data changed; of inputs alone, on what is checked already."""
    columns = [
        column
        for name in changed.units
        for column in columns_of(name) or (name,)
        if column in handed.units
    ]
    is_of_inputs = {entries()[column].name for column in columns}.isdisjoint(own.law.lines)
    is_checked = {*columns} <= {*own.table.columns} and not (own.claims or own.standing)
    if columns and is_of_inputs and is_checked:
        rows = (_row_of(units, unit_id, columns) for units in (before, handed.units))
        was, row = (each.dropna(axis="columns") for each in rows)
        if {*was} <= {*row}:  # a number that becomes a blank is for the whole table to say
            if row.empty:  # nothing is added to a blank
                return own
            try:
                return own.with_values(changed_units(own.table, row, own.law.fiscal_year))
            except InputError:
                pass  # a fault too
    return prepare(handed.units, handed.law)


def _row_of(units: pd.DataFrame, unit_id: str, columns: list[str]) -> pd.DataFrame:
    """Some columns of one unit."""
    ids = units[ID] if ID in units else units.index.get_level_values(ID)
    at = ids.tolist().index(unit_id)
    index = pd.Index([unit_id], name=ID)
    return pd.DataFrame({name: units[name].array[at : at + 1] for name in columns}, index)


def _held_fixed(
    calculation: Calculation, re_solved: Ledger, handed: Handed, held: Mapping[str, float]
) -> Ledger:
    """The ledger with statewide lines held fixed, on the table that is checked already."""
    ranges = (column_of(name).range for name in held)
    may_be = all(low <= x <= high for x, (low, high) in zip(held.values(), ranges, strict=True))
    if calculation.claims or not may_be:  # for the whole table to say
        return calculate(handed.units.assign(**held), handed.law, given=held)
    values = {
        name: np.full((1, 1, 1), value).astype(bool if _is_flag(name) else float)
        for name, value in held.items()
    }
    table = calculation.table.with_values(values)
    standing = calculation.standing.union(held)
    fixed = prepare_checked(table, calculation.law, None, standing)
    return ledger_of(fixed.settled_as(re_solved.everything, frozenset(held)))


def _is_flag(name: str) -> bool:
    return column_of(name).measure is Measure.FLAG


def _held(ledger: Ledger) -> dict[str, float]:
    """The statewide lines that look at units and that other lines read, as they came out."""
    read = {name for line in ledger.steps for name in line.reads}
    return {
        line.name: float(ledger.values[line.name].item())
        for line in ledger.steps
        if line.statewide and line.name in read and any(map(is_over_units, expressions(line)))
    }


# --- What comes out --------------------------------------------------------------


def _of_ledgers(
    ledgers: tuple[Ledger, ...], unit_id: str, shown: Sequence[str] | None
) -> pd.DataFrame:
    """The unit's columns in three ledgers, inputs and lines in statute order."""
    of_unit = (numbers_of_unit(ledger, unit_id) for ledger in ledgers)
    rows = dict(zip(("before", "re_solved", "held_fixed"), of_unit, strict=True))
    wanted = [name for name in entries() if all(name in row for row in rows.values())]
    if shown is not None:
        wanted = [name for name in wanted if {name, entries()[name].name} & {*shown}]
    numbers = {label: np.array([row[name] for name in wanted]) for label, row in rows.items()}
    changes = {
        f"change_{label}": numbers[label] - numbers["before"]
        for label in ("re_solved", "held_fixed")
    }
    abouts = [entries()[name].about for name in wanted]
    text = {"title": [each.label for each in abouts], "cite": [each.cite for each in abouts]}
    return pd.DataFrame({**text, **numbers, **changes}, index=pd.Index(wanted, name="column"))


def _summed(others: pd.DataFrame) -> pd.Series:
    change = others["change"]
    moved = others["tier_before"] != others["tier_after"]
    return pd.Series(
        {
            "units": len(others),
            "units that gain": int((change > 0).sum()),
            "units that lose": int((change < 0).sum()),
            "units that change tier": int(moved.sum()),
            "sum of gains": round(float(change[change > 0].sum()), CENTS),
            "sum of losses": round(float(change[change < 0].sum()), CENTS),
            "net": round(float(change.sum()), CENTS),
        },
        dtype=float,
    )


_LEFT_OUT = (
    "Other units, where the state is held fixed: they are taken to keep what they had.",
    "The sum over all units, held fixed: it need not come to the New State Funds.",
    "Later years: the tier funding of this year is base funding of the next.",
)


def _assumptions(before: Ledger, held: Mapping[str, float]) -> tuple[str, ...]:
    in_force = before.law.lines
    titles = [f"{name} ({in_force[name].cite})" for name in held]
    given = [name for name in before.statewide.index if name not in before.computed]
    sentences = [
        "Held fixed are the statewide lines that look at units, as they came out before.",
        f"They are: {', '.join(titles) or 'none'}.",
        "Re-solved, they are computed anew with the unit's data as changed; all else is as it was.",
    ]
    if given:
        sentences.append(f"Handed over, and so the same throughout: {', '.join(given)}.")
    return tuple(sentences)
