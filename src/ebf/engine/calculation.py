"""A calculation: checked inputs and planned lines, computed; some lines settled before.

Holds: APPROPRIATED, RecordKind, check_options, Calculation, check_money_once, check_scenarios.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, TypeVar, get_args

import numpy as np

from ebf.contents import ByContents
from ebf.engine.checks import check_all, check_claims
from ebf.engine.compute import evaluate, read_only
from ebf.engine.plan import Plan
from ebf.engine.record import Arithmetic, Record
from ebf.engine.refusals import check_results, no_number
from ebf.faults import (
    InputError,
    Place,
    contradiction,
    described,
    out_of_range,
    repeated,
    unsuitable_name,
    wrong_type,
)
from ebf.language.line import Line
from ebf.language.vocabulary import Values, exactly, is_blank, nearly
from ebf.law import funding
from ebf.law.names import known_names
from ebf.law.parameters import Law, element_owners, identifier_of
from ebf.law.salaries import COLUMNS as SALARY_COLUMNS
from ebf.units.table import Table

APPROPRIATED: Final = "appropriated_new_state_funds"

RecordKind = TypeVar("RecordKind", bound=Record)


def check_options(rounding: object, arithmetic: object = "fast") -> None:
    """Refuse what is neither rounding nor arithmetic."""
    faults = []
    if not isinstance(arithmetic, str) or arithmetic not in get_args(Arithmetic):
        allowed = " or ".join(get_args(Arithmetic))
        faults.append(out_of_range(Place(argument="arithmetic"), described(arithmetic), allowed))
    if not isinstance(rounding, (bool, np.bool_)):
        faults.append(wrong_type(Place(argument="rounding"), described(rounding), "True or False"))
    if faults:
        raise InputError(faults)


@dataclass(frozen=True, eq=False)
class Calculation(ByContents):
    """What a calculation is made of: checked inputs, the plan, and all values it begins with.

    ``given`` are the names handed over; ``values`` has them, and what lines read beside
    them; ``settled`` the lines computed already, with the rounding of the last.
    ``claims`` are lines handed over that are computed all the same, and must agree;
    ``standing`` those that the caller says stand in.
    """

    law: Law
    table: Table
    plan: Plan
    given: tuple[str, ...]
    values: Mapping[str, Values]
    settled: Mapping[str, Values] = field(default_factory=dict)
    settled_rounding: bool = True
    claims: Mapping[str, Values] = field(default_factory=dict)
    standing: frozenset[str] = frozenset()

    def __getstate__(self) -> dict[str, Any]:
        """The contents; lines are functions, which travel by their names."""
        steps, lacking = [line.name for line in self.plan.steps], {**self.plan.lacking}
        return {**super().__getstate__(), "plan": (steps, lacking, self.plan.missing)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """The contents again, with the lines in force in the year."""
        names, lacking, missing = state["plan"]
        steps = tuple(map(state["law"].lines.__getitem__, names))
        plan = Plan(steps, MappingProxyType(lacking), missing)
        super().__setstate__({**state, "plan": plan})
        for value in (*self.values.values(), *self.settled.values()):
            value.flags.writeable = False

    def record(
        self, kind: type[RecordKind], *, rounding: bool = True, arithmetic: Arithmetic = "fast"
    ) -> RecordKind:
        """Compute the plan into a record of that kind."""
        as_settled = arithmetic == "fast" and rounding == self.settled_rounding
        settled = self.settled if as_settled else {}
        values = {**self.values, **settled}
        if arithmetic == "exact":
            values = {**read_only({name: exactly(value) for name, value in values.items()})}
        steps = [line for line in self.plan.steps if line.name not in settled]
        values = self._evaluated(steps, values, rounding=rounding)
        check_results(steps, values, self.table)
        check_all(self.law, values, self.table, self.standing)
        if rounding:
            check_claims(self.claims, self.plan.steps, values, self.table)
        shown = (*self.given, *(line.name for line in self.plan.steps))
        return kind(
            law=self.law,
            table=self.table,
            values=MappingProxyType({name: values[name] for name in shown}),
            everything=MappingProxyType(values),
            steps=self.plan.steps,
            not_computed=self.plan.lacking,
            standing=self.standing,
            rounding=rounding,
            arithmetic=arithmetic,
        )

    def _evaluated(
        self, steps: Sequence[Line], values: Mapping[str, Values], *, rounding: bool
    ) -> dict[str, Values]:
        """The steps computed; InputError where one comes to no number."""
        try:
            with np.errstate(over="raise", divide="raise", invalid="raise"):
                found = evaluate(steps, values, rounding=rounding)
                for line in steps:
                    nearly(found[line.name])  # fractions can outgrow the floats of frames
                return found
        except ArithmeticError as error:
            raise InputError(no_number(steps, values, self.table, rounding=rounding)) from error

    def changed_by(self, law: Law) -> frozenset[str]:
        """The names that have another value by another law.

        Raises InputError where it lacks one, or has one for want of which a line was left out.
        """
        if lost := self.law.salaries.known - law.salaries.known:
            raise InputError(filter(None, map(law.salaries.fault_of, sorted(lost))))
        own, owners = self.law.in_force, element_owners()
        if lacking := own.keys() - law.in_force.keys():
            elements = sorted(map(identifier_of, lacking))
            faults = (law.fault_of(owners[each][0].identifier) for each in elements)
            raise InputError(fault for fault in faults if fault)
        new = (law.known | law.salaries.known) - (self.law.known | self.law.salaries.known)
        if waiting := [line for line, needs in self.plan.lacking.items() if new & {*needs}]:
            allowed, fix = "numbers of the law it was prepared with", "prepare the state anew"
            found = f"one that {waiting[0]} was left out for"
            raise InputError(
                contradiction(Place("law", column=name), found, allowed, fix=fix)
                for name in sorted(new)
            )
        others = {
            owners[identifier_of(element)][0].identifier
            for element, known in law.in_force.items()
            if known is not own.get(element)
        }
        others |= law.salaries.columns_unlike(self.law.salaries)
        return frozenset((others & self.values.keys()) - self.table.values.keys())

    def settle(self, changing: frozenset[str], *, rounding: bool = True) -> Calculation:
        """The same with all lines computed that stand on none of these names.

        For many runs that change nothing else.
        """
        moving = self._moved_by(changing)
        fixed = [line for line in self.plan.steps if line.name not in moving]
        values = self._evaluated(fixed, self.values, rounding=rounding)
        check_results(fixed, values, self.table)
        settled = {line.name: values[line.name] for line in fixed}
        return replace(self, settled=settled, settled_rounding=rounding)

    def settled_as(self, found: Mapping[str, Values], changing: frozenset[str]) -> Calculation:
        """The same with lines taken as they were found, rounded, where no changing name moves them.

        ``found`` are the values of a record that differs in the changing names alone.
        """
        moving = self._moved_by(changing)
        lines = [line.name for line in self.plan.steps if line.name not in moving]
        return replace(self, settled={name: found[name] for name in lines}, settled_rounding=True)

    def _moved_by(self, names: frozenset[str]) -> frozenset[str]:
        """The names, and the lines that stand on them."""
        return _moved(self.plan.steps, names)

    def with_law(self, law: Law) -> Calculation:
        """The same with other numbers of the law, of the same fiscal year."""
        money = funding.NEW_MONEY
        if law.in_force.get(money) is not self.law.in_force.get(money):
            check_money_once(self.table)
        if law.fiscal_year != self.law.fiscal_year:
            found, allowed = f"FY{law.fiscal_year}", f"a law of FY{self.law.fiscal_year}"
            raise InputError([contradiction(Place("law", argument="fiscal_year"), found, allowed)])
        if law.readings != self.law.readings:
            place, fix = Place("law", argument="readings"), "prepare the state anew"
            found, allowed = law.known_as, f"the readings of {self.law.known_as}"
            raise InputError([contradiction(place, found, allowed, fix=fix)])
        changed = {name: _number_of(law, name) for name in self.changed_by(law)}
        return replace(self.with_values(changed), law=law)

    def with_values(self, changed: Mapping[str, Values]) -> Calculation:
        """The same with other values of names that it begins with.

        The one way to change a value: every line settled that stands on it is dropped, and
        what no column may hold is refused. A blank stays one.
        """
        faults = []
        for name, found in changed.items():
            if name not in self.values:
                allowed = "a name that is handed over, or that lines read"
                faults.append(
                    unsuitable_name(Place("changed", column=name), "nothing reads it", allowed)
                )
            elif found.dtype.kind == "f" and (wrong := _cannot_be(name, found, self.values)).any():
                low, high = known_names()[name].range
                allowed = f"from {low:g} to {high:g}"
                place = Place("changed", column=name)
                faults.append(out_of_range(place, f"{found[wrong][0]:.15g}", allowed))
        if faults:
            raise InputError(faults)
        values = {**self.values, **read_only(changed)}
        check_scenarios(values)
        moved = self._moved_by(frozenset(changed))
        return replace(
            self,
            table=self.table.with_values(
                {name: each for name, each in changed.items() if name in self.table.values}
            ),
            values=values,
            settled={name: each for name, each in self.settled.items() if name not in moved},
            claims={name: each for name, each in self.claims.items() if name not in moved},
        )


@lru_cache(maxsize=256)
def _moved(steps: tuple[Line, ...], names: frozenset[str]) -> frozenset[str]:
    """The names, and the steps that stand on them."""
    moving = set(names)
    for line in steps:
        if not moving.isdisjoint(line.reads):
            moving.add(line.name)
    return frozenset(moving)


def _cannot_be(name: str, found: Values, before: Mapping[str, Values]) -> Values:
    """Where a number is beyond what a column may hold, or lost."""
    low, high = known_names()[name].range
    is_lost = np.isnan(found) & ~is_blank(before[name])
    return np.asarray((found < low) | (found > high) | np.isinf(found) | is_lost)


def _number_of(law: Law, name: str) -> Values:
    """A number of the law or a salary, as lines read it."""
    return law.salaries.value(name) if name in SALARY_COLUMNS else law.value(name)


def check_money_once(table: Table) -> None:
    """Refuse a table that has the new money too, where it is handed over beside it."""
    twice = [each for each in (funding.NEW_MONEY, APPROPRIATED) if each in table.values]
    if twice:
        allowed = "new money once: as a column, or in the law as new_state_funds"
        raise InputError(
            repeated(
                Place("table", column=each),
                "new money twice",
                allowed,
                fix=f"drop the column {each}",
            )
            for each in twice
        )


def check_scenarios(values: Mapping[str, Values]) -> None:
    """Refuse values for different counts of scenarios."""
    counts = {name: count for name, value in values.items() if (count := len(value)) > 1}
    if len(set(counts.values())) > 1:
        allowed = "the same number of scenarios everywhere, or one"
        raise InputError(
            contradiction(Place("scenarios", column=name), f"{count} scenarios", allowed)
            for name, count in counts.items()
        )
