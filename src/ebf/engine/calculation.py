"""A calculation: checked inputs and planned lines, computed; some lines settled before.

Holds: APPROPRIATED, RecordKind, check_options, Calculation, check_money_once, check_scenarios.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, TypeVar, get_args

import numpy as np

from ebf.engine.compute import evaluate
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
    wrong_type,
)
from ebf.language.line import Line
from ebf.language.vocabulary import Values, exactly, nearly
from ebf.law import funding
from ebf.law.parameters import Law, element_owners, identifier_of
from ebf.law.salaries import Salaries
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


@dataclass(frozen=True)
class Calculation:
    """What a calculation is made of: checked inputs, the plan, and all values it begins with.

    ``given`` are the names handed over; ``values`` has them, and what lines read beside
    them; ``settled`` the lines computed already, with the rounding of the last.
    """

    law: Law
    salaries: Salaries
    table: Table
    plan: Plan
    given: tuple[str, ...]
    values: Mapping[str, Values]
    settled: Mapping[str, Values] = field(default_factory=dict)
    settled_rounding: bool = True

    def record(
        self, kind: type[RecordKind], *, rounding: bool = True, arithmetic: Arithmetic = "fast"
    ) -> RecordKind:
        """Compute the plan into a record of that kind."""
        as_settled = arithmetic == "fast" and rounding == self.settled_rounding
        settled = self.settled if as_settled else {}
        values = {**self.values, **settled}
        if arithmetic == "exact":
            values = {name: exactly(value) for name, value in values.items()}
        steps = [line for line in self.plan.steps if line.name not in settled]
        values = self._evaluated(steps, values, rounding=rounding)
        check_results(self.plan, values, self.table)
        shown = (*self.given, *(line.name for line in self.plan.steps))
        return kind(
            law=self.law,
            salaries=self.salaries,
            table=self.table,
            values=MappingProxyType({name: values[name] for name in shown}),
            everything=MappingProxyType(values),
            steps=self.plan.steps,
            not_computed=self.plan.lacking,
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
        """The names that have another value by another law; InputError where it lacks one."""
        own, owners = self.law.in_force, element_owners()
        if lacking := own.keys() - law.in_force.keys():
            elements = sorted(map(identifier_of, lacking))
            faults = (law.fault_of(owners[each][0].identifier) for each in elements)
            raise InputError(fault for fault in faults if fault)
        others = {
            owners[identifier_of(element)][0].identifier
            for element, known in law.in_force.items()
            if known is not own.get(element)
        }
        return frozenset((others & self.values.keys()) - self.table.values.keys())

    def settle(self, changing: frozenset[str], *, rounding: bool = True) -> Calculation:
        """The same with all lines computed that stand on none of these names.

        For many runs that change nothing else.
        """
        moving = self._moved_by(changing)
        fixed = [line for line in self.plan.steps if line.name not in moving]
        values = self._evaluated(fixed, self.values, rounding=rounding)
        settled = {line.name: values[line.name] for line in fixed}
        return replace(self, settled=settled, settled_rounding=rounding)

    def _moved_by(self, names: frozenset[str]) -> frozenset[str]:
        """The names, and the lines that stand on them."""
        moving = set(names)
        for line in self.plan.steps:
            if not moving.isdisjoint(line.reads):
                moving.add(line.name)
        return frozenset(moving)

    def with_law(self, law: Law) -> Calculation:
        """The same with other numbers of the law, of the same fiscal year."""
        money = funding.NEW_MONEY
        if law.in_force.get(money) is not self.law.in_force.get(money):
            check_money_once(self.table)
        read = self.changed_by(law)
        values = {**self.values, **{name: law.value(name) for name in read}}
        check_scenarios(values)
        moved = self._moved_by(read)
        settled = {name: each for name, each in self.settled.items() if name not in moved}
        return replace(self, law=law, values=values, settled=settled)


def check_money_once(table: Table) -> None:
    """Refuse a table that has the new money too, where it is handed over beside it."""
    twice = [each for each in (funding.NEW_MONEY, APPROPRIATED) if each in table.values]
    if twice:
        allowed = "new money once: as a column or as new_state_funds"
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
    counts = {name: value.shape[0] for name, value in values.items() if value.shape[0] > 1}
    if len(set(counts.values())) > 1:
        allowed = "the same number of scenarios everywhere, or one"
        raise InputError(
            contradiction(Place("scenarios", column=name), f"{count} scenarios", allowed)
            for name, count in counts.items()
        )
