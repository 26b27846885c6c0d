"""Scenarios in batches on the scenario axis: what is swept over, and each batch computed.

Holds: Grid, ROWS_IN_A_BATCH, LARGER_ELSEWHERE, MOST_SCENARIOS, Batch, Job, run_batch, job_asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from itertools import groupby
from math import prod
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd

from ebf.engine.calculation import Calculation, check_options
from ebf.engine.preparation import check_read, prepare
from ebf.faults import (
    Fault,
    InputError,
    Place,
    check_type,
    described,
    missing,
    repeated,
    several_scenarios,
    too_large,
    unsuitable_name,
    wrong_type,
)
from ebf.law.parameters import (
    InForce,
    Law,
    check_law,
    element_owners,
    identifier_of,
    unknown_parameter,
)
from ebf.ledger import columns_found, ledger_of
from ebf.numbers import Numbers, numbers_of
from ebf.units.ids import SCENARIO, check_frame
from ebf.what_if.scenario import Scenario

Grid: TypeAlias = Mapping[str, Sequence[float]]
ROWS_IN_A_BATCH: Final = 100_000
"""Units times scenarios computed at a time, so that their numbers stay in the cache."""
LARGER_ELSEWHERE: Final = 8
"""How much more an executor takes at a time, since its workers prepare the state anew."""
MOST_SCENARIOS: Final = 10_000_000
"""Combinations of a grid, which are listed before the first is computed."""


@dataclass(frozen=True)
class Batch:
    """Scenarios computed together: numbers of the law, one each; or one that changes units."""

    first: int
    labels: tuple[Any, ...]
    amounts: Mapping[str, Numbers]
    scenario: Scenario | None = None
    scenarios: tuple[Scenario, ...] = ()
    """Those of the law alone that it is of."""


@dataclass(frozen=True)
class Job:
    """All that a batch needs, in this process or another."""

    units: pd.DataFrame
    law: Law
    lines: tuple[str, ...]
    rounding: bool
    begins: Scenario
    """The first scenario: what it supplies may be known there alone."""

    def __reduce__(self) -> tuple[Any, ...]:
        """For other processes, which prepare the state themselves."""
        return Job, (self.units, self.law, self.lines, self.rounding, self.begins)

    @cached_property
    def calculation(self) -> Calculation:
        """The state, prepared once."""
        return prepare(*self.begins.apply(self.units, self.law), lines=self.lines)

    @cached_property
    def _settled(self) -> Callable[[frozenset[str]], Calculation]:
        """The state with all lines computed that do not stand on these names."""
        settle = partial(self.calculation.settle, rounding=self.rounding)
        return lru_cache(maxsize=8)(settle)

    def run(self, batch: Batch) -> dict[str, Numbers]:
        """The columns of the lines."""
        if batch.scenario is None:
            changed = self.law.with_amounts(batch.amounts)
            for scenario in batch.scenarios:
                scenario.check_read(self.calculation)
            settled = self._settled(self.calculation.changed_by(changed))
            ledger = ledger_of(settled.with_law(changed), rounding=self.rounding)
        else:
            ledger = batch.scenario.calculate(
                self.units, self.law, lines=self.lines, rounding=self.rounding
            )
        return columns_found(ledger, self.lines, len(batch.labels))


def run_batch(job: Job, batch: Batch) -> dict[str, Numbers]:
    """For executors, which take functions by name."""
    return job.run(batch)


@dataclass(frozen=True)
class _Asked:
    """What is swept over: the batches, their count, and the values of a grid, one a scenario."""

    batches: Iterator[Batch]
    count: int
    values: Mapping[str, Numbers]
    begins: Scenario


def _asked(
    units: pd.DataFrame,
    law: Law,
    scenarios: Iterable[Scenario] | Grid,
    size: int,
) -> _Asked:
    if isinstance(scenarios, Mapping):
        sides = _sides(scenarios)
        meshed = np.meshgrid(*sides.values(), indexing="ij")
        values = {name: mesh.ravel() for name, mesh in zip(sides, meshed, strict=True)}
        law.with_amounts(values)  # their ranges
        count = prod(map(len, sides.values()))
        first = {name: float(side[0]) for name, side in sides.items()}
        begins = Scenario("the first of the grid", law=first)
        return _Asked(_of_grid(values, count, size), count, values, begins)
    listed = _listed(scenarios)
    names = [each.name for each in listed]
    faults = [
        repeated(Place("sweep", column=name), "the name twice", "every name once")
        for name, times in Counter(names).items()
        if times > 1
    ] or ([] if listed else [missing(Place("sweep", argument="scenarios"), "none", "one or more")])
    for each in listed:
        faults += _faults(each, units, law)
    if faults:
        raise InputError(faults)
    of_law = [each for each in listed if not each.units and not each.salaries]
    first = {name: float(each[0]) for name, each in _amounts(law, of_law).items()}
    begins = Scenario(of_law[0].name, law=first) if of_law else listed[0]
    return _Asked(_of_scenarios(law, listed, size), len(listed), {}, begins)


def _listed(scenarios: Any) -> list[Scenario]:
    allowed = "scenarios, or a grid of names with their values"
    check_type("scenarios", scenarios, Iterable, allowed)
    listed = list(scenarios)
    if wrong := [each for each in listed if not isinstance(each, Scenario)]:
        raise InputError(
            wrong_type(Place("sweep", argument="scenarios"), described(each), allowed)
            for each in wrong
        )
    return listed


def _is_row(side: object) -> bool:
    """Whether it is an array already, of which a list takes long."""
    return type(side) is np.ndarray and side.ndim == 1


def _sides(grid: Grid) -> dict[str, Numbers]:
    """The values of every name of a grid; all faults at once."""
    sides: dict[str, Numbers] = {}
    faults: list[Fault] = (
        [] if grid else [missing(Place("sweep", argument="grid"), "no names", "one name or more")]
    )
    owners = element_owners()
    grid = {str(name): side for name, side in grid.items()}
    spelled = Counter(identifier_of(name) for name in grid)
    for name, side in grid.items():
        if identifier_of(name) not in owners:
            faults.append(unknown_parameter(name))
        elif (owner := owners[identifier_of(name)])[1] not in owner[0].elements:
            allowed = f"a band of it: {', '.join(owner[0].elements)}"
            faults.append(
                unsuitable_name(Place("sweep", column=name), "a name with bands", allowed)
            )
        if spelled[identifier_of(name)] > 1:
            faults.append(
                repeated(Place("sweep", column=name), "the number twice", "every number once")
            )
        try:
            sides[name] = numbers_of(side if _is_row(side) else list(side))
        except (TypeError, ValueError):
            faults.append(
                wrong_type(
                    Place("sweep", column=str(name)), described(side), "a sequence of numbers"
                )
            )
            continue
        if sides[name].ndim != 1 or not sides[name].size:
            faults.append(
                missing(Place("sweep", column=name), "no values", "one value or more, in a row")
            )
    count = prod(side.size for side in sides.values())
    if count > MOST_SCENARIOS:
        allowed = f"at most {MOST_SCENARIOS:,}"
        faults.append(
            too_large(Place("sweep", argument="grid"), f"{count:,} combinations", allowed)
        )
    if faults:
        raise InputError(faults)
    return sides


def _faults(scenario: Scenario, units: pd.DataFrame, law: Law) -> Iterator[Fault]:
    """What is wrong with a scenario, before any is computed."""
    try:
        if scenario.units or scenario.salaries:
            _, changed = scenario.apply(units, law)
            sizes = {name: known.value.size for name, known in changed.in_force.items()}
            sizes |= {name: each.size for name, each in changed.salaries.amounts.items()}
            for name, size in sizes.items():
                if size > 1:
                    allowed = "one number, in every scenario or in the law"
                    yield several_scenarios(
                        Place(scenario=scenario.name, column=name),
                        f"{size} values",
                        allowed,
                    )
        else:
            _amounts(law, [scenario])
    except InputError as error:
        for fault in error.faults:
            yield replace(fault, place=fault.place.of_scenario(scenario.name))


def _of_grid(values: Mapping[str, Numbers], count: int, size: int) -> Iterator[Batch]:
    for first in range(0, count, size):
        last = min(first + size, count)
        amounts = {name: each[first:last] for name, each in values.items()}
        yield Batch(first, tuple(range(first, last)), amounts)


def _of_scenarios(law: Law, scenarios: Sequence[Scenario], size: int) -> Iterator[Batch]:
    """Scenarios of the law and of money together; those of units or salaries alone."""
    first = 0
    for alone, run in groupby(scenarios, key=lambda each: bool(each.units or each.salaries)):
        waiting = list(run)
        step = 1 if alone else size
        for start in range(0, len(waiting), step):
            some = waiting[start : start + step]
            labels = tuple(each.name for each in some)
            if alone:
                yield Batch(first, labels, {}, some[0])
            else:
                yield Batch(first, labels, _amounts(law, some), scenarios=tuple(some))
            first += len(some)


def _amounts(law: Law, scenarios: Sequence[Scenario]) -> dict[str, Numbers]:
    """Every number of the law that one of the scenarios changes, for all of them."""
    laws = [law.with_amounts(each.law, new_state_funds=each.money_by(law)) for each in scenarios]
    changed = dict.fromkeys(
        name
        for each in laws
        for name, known in each.in_force.items()
        if known is not law.in_force.get(name)
    )
    faults = [
        several_scenarios(
            Place(scenario.name, scenario=scenario.name, column=name),
            found,
            "one number, in every scenario or in the law",
        )
        for scenario, each in zip(scenarios, laws, strict=True)
        for name in changed
        if (found := _wrong(each.in_force.get(name)))
    ]
    if faults:
        raise InputError(faults)
    return {name: np.array([each.in_force[name].value.item() for each in laws]) for name in changed}


def _wrong(known: InForce | None) -> str:
    """What keeps a number from being one of a scenario; empty where nothing does."""
    if known is None:
        return "no known value"
    return "" if known.value.size == 1 else f"{known.value.size} values"


def job_asked(
    units: pd.DataFrame,
    law: Law,
    scenarios: Iterable[Scenario] | Grid,
    lines: Iterable[str],
    executor: Executor | None,
    *,
    rounding: bool,
) -> tuple[Job, _Asked]:
    """The job, and the scenarios asked of it; raises InputError where it is not one state."""
    if executor is not None:
        check_type("executor", executor, Executor, "of concurrent.futures, or one like it")
    check_law(law)
    asked = _asked(units, law, scenarios, _size(units, executor))
    check_type("lines", lines, Iterable, "names of lines")
    check_options(rounding)
    wanted = tuple([lines] if isinstance(lines, str) else lines)
    job = Job(units, law, wanted, rounding, asked.begins)
    _check_read(job.calculation, scenarios)
    several = [n for n, each in job.calculation.values.items() if each.shape[0] > 1]
    if several or job.calculation.table.scenarios is not None:
        found = f"several scenarios of {', '.join(several) or 'the table'}"
        place, allowed = Place("sweep", column=SCENARIO), "one state, and scenarios of it"
        raise InputError([several_scenarios(place, found, allowed)])
    return job, asked


def _check_read(calculation: Calculation, scenarios: Iterable[Scenario] | Grid) -> None:
    """Refuse what is swept over where no line reads it."""
    if not isinstance(scenarios, Mapping):
        return  # each scenario is checked by itself
    called = {
        name: {element_owners()[identifier_of(str(name))][0].identifier} for name in scenarios
    }
    given, lines = calculation.table.values, calculation.law.lines
    check_read(calculation.plan, lines, called, given, "sweep")


def _size(units: pd.DataFrame, executor: Executor | None) -> int:
    check_frame(units)
    rows = ROWS_IN_A_BATCH * (1 if executor is None else LARGER_ELSEWHERE)
    return max(1, rows // max(1, len(units)))
