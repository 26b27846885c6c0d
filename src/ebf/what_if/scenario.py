"""What if: named changes to the law, to units, to salaries and to money.

Holds: Change, Changes, Handed, Scenario, each_change.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import partial
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeAlias

import numpy as np
import pandas as pd

from ebf.contents import ByContents
from ebf.engine.calculation import Calculation
from ebf.engine.preparation import check_read, instead_of_given, prepare
from ebf.faults import (
    MOST_FAULTS,
    MOST_NAMES,
    SHOWN,
    Fault,
    InputError,
    Place,
    as_name,
    check_type,
    described,
    malformed,
    missing,
    unknown_name,
    unknown_unit,
    unsuitable_name,
    wrong_type,
)
from ebf.files import flattened, read_toml
from ebf.language.measure import GREATEST, Measure
from ebf.law import funding
from ebf.law.inputs import TEXT_COLUMNS
from ebf.law.names import columns_of, entries
from ebf.law.parameters import Law, check_law, element_owners, identifier_of
from ebf.law.salaries import COLUMNS as SALARY_COLUMNS
from ebf.ledger import Ledger, ledger_of
from ebf.numbers import Amount, number_of, numbers_of
from ebf.show.answer import Shown
from ebf.show.document import Document, Heading, Sentences
from ebf.show.words import number
from ebf.units.ids import ID
from ebf.units.table import GIVEN, check_table, names_of

_NAMED = 3
"""Units that a change names in words; of more it says how many."""


@dataclass(frozen=True, eq=False)
class Change(ByContents):
    """A change of a column: to a ``value``, or by a factor, or by an amount added.

    ``units`` are the ids of the units it is for; None for all.
    """

    value: float | None = None
    multiply: float | None = None
    add: float | None = None
    units: Sequence[str] | None = None

    def __post_init__(self) -> None:
        """Raises InputError unless it says one thing."""
        said: list[Any] = [x for x in (self.value, self.multiply, self.add) if x is not None]
        allowed = f"one of value, multiply, add: a number up to {GREATEST:g}"
        if len(said) != 1:
            raise InputError(
                [malformed(Place("scenario", argument="change"), f"{len(said)} of them", allowed)]
            )
        number = None if isinstance(said[0], str) else number_of(said[0])
        if number is None or not abs(number) <= GREATEST:
            raise InputError(
                [wrong_type(Place("scenario", argument="change"), described(said[0]), allowed)]
            )
        units: object = self.units
        if units is not None and not (
            getattr(units, "ndim", 1) == 1
            and isinstance(units, (str, Sequence, pd.Index, pd.Series, np.ndarray))
            and all(isinstance(each, str) for each in units)
        ):
            allowed = "ids of units, as text"
            raise InputError(
                [wrong_type(Place("scenario", argument="units"), described(units), allowed)]
            )
        if units is not None and not self.ids:
            place, allowed = (
                Place("scenario", argument="units"),
                "one unit or more; all: leave it out",
            )
            raise InputError([missing(place, "an empty choice of units", allowed)])

    @property
    def ids(self) -> Sequence[str]:
        """The ids of the units named."""
        return (
            [self.units]
            if isinstance(self.units, str)
            else []
            if self.units is None
            else [*self.units]
        )

    @property
    def in_words(self) -> str:
        """What it does, and for whom."""
        few = ", ".join(self.ids) if 0 < len(self.ids) <= _NAMED else f"{len(self.ids):,} units"
        whose = "all units" if self.units is None else few
        return f"{self.deed} for {whose}"

    @property
    def deed(self) -> str:
        """What it does, whoever it is for."""
        if self.value is not None:
            return f"becomes {_amounts(self.value)}"
        if self.multiply is not None:
            return f"is multiplied by {_amounts(self.multiply)}"
        return f"has {_amounts(self.add or 0.0)} added"

    def of(self, numbers: pd.Series, default: float | None = None) -> pd.Series:
        """The numbers, changed; what a blank is read as is added to, else a blank stays one."""
        if self.value is not None:
            return pd.Series(self.value, numbers.index, dtype=float)
        if self.multiply is not None:
            return numbers * self.multiply
        read = numbers if default is None else numbers.fillna(default)
        return read + (self.add or 0.0)


_SAYS = frozenset(each.name for each in fields(Change))
"""What a change may say."""

Changes: TypeAlias = Mapping[str, "Change | float | Sequence[Change]"]


class Handed(NamedTuple):
    """What :func:`ebf.calculate` takes."""

    units: pd.DataFrame
    law: Law


@dataclass(frozen=True, repr=False, eq=False)
class Scenario(Shown):
    """Named changes; what is not named stays as it is.

    Args:
        name: What it is called in results.
        law: Numbers of the law by the names of the parameter files.
        units: Columns of the table of units: a number for all units, a
            :class:`Change`, or several in turn. The name of a banded input
            stands for all its columns.
        salaries: Salaries by name (``teacher.k_12``).
        new_state_funds: New money for the tiers in dollars; or a :class:`Change` of the
            law's, so that ``Change(add=50e6)`` is 50 million more.

    Every scenario re-solves the whole state: target ratio, rates and floor.
    """

    name: str
    law: Mapping[str, Amount] = field(default_factory=dict)
    units: Changes = field(default_factory=dict)
    salaries: Mapping[str, Amount] = field(default_factory=dict)
    new_state_funds: Amount | Change | None = None

    def __post_init__(self) -> None:
        """Raises InputError for a name that is no text."""
        check_type("name", self.name, str, "text")

    @property
    def title(self) -> str:
        """What it is called."""
        return self.name

    @property
    def document(self) -> Document:
        """Its changes, a sentence each."""
        said = tuple(self._said()) or ("Nothing: everything stays as it is.",)
        return Document(
            (Heading(1, f"Scenario {self.name}"), Sentences("changes", "What it changes", said))
        )

    @property
    def _year(self) -> None:
        return None

    def _said(self) -> Iterator[str]:
        for room, changes in (("The law", self.law), ("Salaries", self.salaries)):
            for name, amount in changes.items():
                yield f"{room}: {name} becomes {_amounts(amount)}."
        for column, said in self.units.items():
            for change in each_change(said):
                yield f"Units: {column} {change.in_words}."
        if isinstance(self.new_state_funds, Change):
            yield f"New State Funds: what the law has, in dollars, {self.new_state_funds.deed}."
        elif self.new_state_funds is not None:
            yield f"New State Funds become {_amounts(self.new_state_funds)} dollars."

    @classmethod
    def from_toml(cls, path: str | PathLike[str]) -> Self:
        """The scenario of a TOML file.

        Its keys are ``name``, ``new_state_funds`` and the tables ``law``,
        ``salaries`` and ``units``; a column under ``units`` is a number, or a
        table (or an array of tables) of ``value``, ``multiply`` or ``add``, and
        ``units``; so is ``new_state_funds``, but for ``units``:
        ``new_state_funds = { add = 50_000_000 }``.

        Raises InputError where it cannot be read or has other keys.
        """
        content, file = read_toml(path), Path(path)
        return cls._of(content, file.stem, partial(Place, file=str(file)))

    @classmethod
    def from_mapping(cls, content: Mapping[str, Any]) -> Self:
        """The scenario of what a file of it holds, such as the body of a request.

        Its keys are those of :meth:`from_toml`. Raises InputError where it has others.

        >>> more = Scenario.from_mapping({"new_state_funds": {"add": 50e6}})
        >>> print(*more._said())
        New State Funds: what the law has, in dollars, has 50,000,000 added.
        """
        check_type("content", content, Mapping, "a mapping of what a scenario's file holds")
        return cls._of(content, "scenario", partial(Place, "scenario"))

    @classmethod
    def _of(cls, content: Mapping[str, Any], name: str, place: Callable[..., Place]) -> Self:
        """The scenario of what a file has; ``place`` is where its faults are."""
        allowed = ("name", "new_state_funds", "law", "salaries", "units")
        faults = [
            unknown_name(place(column=key), "unknown key", ", ".join(allowed), allowed)
            for key in map(as_name, islice(content, MOST_NAMES))
            if key not in allowed
        ]
        faults += [
            wrong_type(place(column=key), repr(content[key]), "a table")
            for key in ("law", "salaries", "units")
            if not isinstance(content.get(key, {}), Mapping)
        ]
        tables = content.get("units", {})
        units, wrong = _changes_in(place, tables if isinstance(tables, Mapping) else {})
        money = content.get(funding.NEW_MONEY)
        if isinstance(money, Mapping):
            changes, wrong_money = _changes_in(place, {funding.NEW_MONEY: money})
            wrong, money = (
                [*wrong, *wrong_money],
                next(iter(changes.get(funding.NEW_MONEY, ())), None),
            )
        if faults or wrong:
            raise InputError([*faults, *wrong])
        return cls(
            name=str(content.get("name", name)),
            law=flattened(place, content.get("law", {})),
            units=units,
            salaries=flattened(place, content.get("salaries", {})),
            new_state_funds=money,
        )

    def money_by(self, law: Law) -> Amount | None:
        """New money for the tiers in dollars, changed; None where nothing of it is said.

        Raises InputError for what cannot be changed: money for some units, or none known.
        """
        said = self.new_state_funds
        if not isinstance(said, Change):
            return said
        known = law.in_force.get(funding.NEW_MONEY)
        place = Place("scenario", column=funding.NEW_MONEY)
        if said.units is not None:
            allowed, fix = (
                "a change of all new money, which the formula distributes",
                "leave out units",
            )
            raise InputError([unsuitable_name(place, said.in_words, allowed, fix=fix)])
        if said.value is not None:
            return said.value
        if known is None:
            allowed = "new money that is known, where it is multiplied or added to"
            fix = f"name it: ebf.law(..., {funding.NEW_MONEY}=...), --new-state-funds"
            raise InputError([missing(place, "not known in the year", allowed, fix=fix)])
        return said.of(pd.Series(known.value)).tolist()

    def law_from(self, law: Law) -> Law:
        """The law with its numbers, money and salaries; raises InputError with every fault."""
        faults: list[Fault] = []
        try:
            money = self.money_by(law)
            source = f"scenario {self.name}"
            law = law.with_amounts(self.law, source=source, new_state_funds=money)
        except InputError as error:
            faults += error.faults
        if self.salaries:
            try:
                law = law.with_amounts(salaries=law.salaries.with_amounts(self.salaries))
            except InputError as error:
                faults += error.faults
        if faults:
            raise InputError(faults)
        return law

    def apply(self, units: pd.DataFrame, law: Law) -> Handed:
        """Units and law, changed; raises InputError with every fault of the scenario.

        Lines of the table that are computed from what is beside them are left out, so that a
        change moves them; a line that the scenario itself changes stands in.
        """
        check_law(law)
        faults: list[Fault] = []
        try:
            law = self.law_from(law)
        except InputError as error:
            faults += error.faults
        changed, wrong = _changed(units, self.units)
        faults += wrong
        if faults:
            raise InputError(faults)
        return Handed(_as_computed(changed, law, frozenset(self.units)), law)

    def calculate(self, units: pd.DataFrame, law: Law, **options: Any) -> Ledger:
        """:func:`ebf.calculate` with the changes; ``options`` are its other arguments.

        Raises InputError for a change that no line computed reads, and names the columns
        handed over that stand in its way.
        """
        handed = self.apply(units, law)
        calculation = prepare(handed.units, handed.law, lines=options.pop("lines", None))
        self.check_read(calculation)
        return ledger_of(calculation, **options)

    def check_read(self, calculation: Calculation) -> None:
        """Refuse changes that no line of a calculation with them reads."""
        owners = element_owners()
        called: dict[str, Collection[str]] = {
            name: {owners[identifier_of(name)][0].identifier} for name in self.law
        }
        for name in self.salaries:
            called[name] = [column for column, paid in SALARY_COLUMNS.items() if name in paid]
        for name in self.units:
            if name not in TEXT_COLUMNS:
                called[name] = {entries()[name].name if name in entries() else name}
        if self.new_state_funds is not None:
            called[funding.NEW_MONEY] = {funding.NEW_MONEY}
        given, lines = calculation.table.values, calculation.law.lines
        check_read(calculation.plan, lines, called, given, f"scenario {self.name}")


def _as_computed(units: pd.DataFrame, law: Law, changed: frozenset[str]) -> pd.DataFrame:
    """The table without lines that are computed from what is beside them, but for those changed."""
    columns = {*names_of(units)}
    names = {entries()[name].name for name in columns if name in entries()}
    names = {name for name in names if columns.issuperset(columns_of(name))}
    names |= columns & {"county"}
    own = {entries()[name].name if name in entries() else name for name in changed}
    standing = frozenset(own & law.lines.keys()) | frozenset(units.attrs.get(GIVEN, ()))
    instead = instead_of_given(names, law, standing)
    drop = [column for name in instead for column in columns_of(name)]
    if not drop and not own & law.lines.keys():
        return units
    left = units.drop(columns=drop)
    left.attrs = {**units.attrs, GIVEN: tuple(sorted(standing & names))}
    return left


def _amounts(amount: Amount) -> str:
    """An amount in words; of several, one a scenario, each."""
    try:
        return ", ".join(map(number, np.ravel(numbers_of(amount)).tolist()))
    except ValueError:  # no number: refused where it is used
        return described(amount)


def _changes_in(
    place_of: Callable[..., Place], tables: Mapping[str, Any]
) -> tuple[dict[str, Sequence[Change]], list[Fault]]:
    """The changes of units that a file names, and what is wrong with them."""
    changes: dict[str, Sequence[Change]] = {}
    faults: list[Fault] = []
    for column, said in tables.items():
        each = said if isinstance(said, list) else [said]
        place = place_of(column=as_name(column))
        tables_of = [one for one in each if isinstance(one, Mapping)]
        if unknown := [key for one in tables_of for key in one if key not in _SAYS]:
            allowed = "a number, or value, multiply or add, and units"
            faults.append(malformed(place, ", ".join(unknown), allowed))
            continue
        try:
            changes[column] = [
                Change(**one) if isinstance(one, Mapping) else Change(value=one) for one in each
            ]
        except InputError as error:
            faults += [replace(fault, place=place) for fault in error.faults]
    return changes, faults


def _changed(units: pd.DataFrame, changes: Any) -> tuple[pd.DataFrame, list[Fault]]:
    """The table with the changes, and what is wrong with them."""
    if not isinstance(changes, Mapping):
        allowed = "columns with their changes"
        return units, [wrong_type(Place("scenario", argument="units"), described(changes), allowed)]
    if not changes:
        return units, []
    if not _is_sound(units):
        check_table(units)  # says what is wrong
    frame = units.copy()
    ids = frame[ID] if ID in frame.columns else frame.index.get_level_values(ID)
    known, faults = frozenset(ids.tolist()), list[Fault]()
    for name, said in changes.items():
        if len(faults) >= MOST_NAMES:
            break
        columns = [each for each in (columns_of(name) or (name,)) if each in frame.columns]
        turns, wrong = _turns(name, said)
        faults += wrong
        for change in turns:
            wrong = list(_faults(name, change, columns, known))
            faults += wrong
            if wrong:
                continue
            rows = np.ones(len(frame), bool) if change.units is None else ids.isin(change.ids)
            for column in columns or columns_of(name) or [name]:
                numbers = _numbers(frame, column)
                if numbers is None:
                    check_table(units)  # names the cells
                    about = entries()[column].about
                    faults.append(
                        wrong_type(
                            Place("scenario", column=column), "cells without number", about.allowed
                        )
                    )
                else:
                    default = entries()[column].about.default
                    frame[column] = numbers.where(~rows, change.of(numbers, default))
    return frame, faults


def _turns(name: object, said: Any) -> tuple[Sequence[Change], list[Fault]]:
    """The changes of a column, or what is wrong with them."""
    try:
        return each_change(said), []
    except InputError as error:
        return [], [
            replace(fault, place=replace(fault.place, argument=None, column=str(name)))
            for fault in error.faults
        ]


def _is_sound(units: object) -> bool:
    """Whether it is a table whose units and columns can be told apart."""
    if not isinstance(units, pd.DataFrame) or not units.columns.is_unique:
        return False
    return ID in units.columns or ID in units.index.names


def _numbers(frame: pd.DataFrame, column: str) -> pd.Series | None:
    """The column as numbers, blanks as NaN; None where it holds other text."""
    if column not in frame:
        return pd.Series(0.0, frame.index)
    if frame[column].dtype.kind in "fiub":
        return pd.Series(frame[column].to_numpy(float, na_value=np.nan), frame.index)
    is_flag = entries()[column].about.measure is Measure.FLAG
    numbers = [number_of(cell, is_flag=is_flag) for cell in frame[column].to_numpy(object)]
    return None if None in numbers else pd.Series(numbers, frame.index, dtype=float)


def each_change(said: Any) -> Sequence[Change]:
    """The changes of a column, in turn."""
    if isinstance(said, Change):
        return [said]
    if isinstance(said, Sequence) and said and all(isinstance(each, Change) for each in said):
        return said
    return [Change(value=said)]


def _faults(
    name: str, change: Change, columns: Sequence[str], ids: frozenset[str]
) -> Iterator[Fault]:
    known = entries()
    if name not in known and not columns_of(name):
        allowed = "a column of the table of units"
        yield unknown_name(
            Place("scenario", column=as_name(name)), "unknown column", allowed, known
        )
    elif not columns and (change.value is None or change.units is not None):
        allowed = "a column of the table, where it is multiplied, added to, or for some units"
        yield missing(Place("scenario", column=name), "not in the table of units", allowed)
    unknown = [unit for unit in change.ids if unit not in ids][:MOST_FAULTS]
    for place, unit in enumerate(unknown):
        known_ids = ids if place < SHOWN else ()
        yield unknown_unit(
            Place("scenario", column=name), unit, "ids of units of the table", known_ids
        )
