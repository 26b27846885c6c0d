"""Many scenarios, in batches on the scenario axis."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from itertools import groupby
from math import prod
from os import PathLike
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from ebf.engine.calculation import Calculation, check_options
from ebf.engine.preparation import prepare
from ebf.faults import Fault, InputError, check_type, described, require
from ebf.files import write_file
from ebf.law import funding
from ebf.law.parameters import InForce, Law, check_law, element_owners, identifier_of, unknown_name
from ebf.law.salaries import Salaries
from ebf.ledger import columns_found, ledger_of
from ebf.numbers import Numbers, numbers_of
from ebf.units.table import ID, SCENARIO, check_frame
from ebf.what_if.scenario import Scenario

Grid: TypeAlias = Mapping[str, Sequence[float]]

ROWS_IN_A_BATCH: Final = 100_000
"""Units times scenarios computed at a time, so that their numbers stay in the cache."""

LARGER_ELSEWHERE: Final = 8
"""How much more an executor takes at a time, since its workers prepare the state anew."""

MOST_SCENARIOS: Final = 10_000_000
"""Combinations of a grid, which are listed before the first is computed."""

WAITING: Final = 16
"""Batches that an executor has at a time."""


class SweepError(RuntimeError):
    """An executor failed; says what is done and where it is."""


@dataclass(frozen=True)
class _Batch:
    """Scenarios computed together: numbers of the law, one each; or one that changes units."""

    first: int
    labels: tuple[Any, ...]
    amounts: Mapping[str, Numbers]
    scenario: Scenario | None = None


@dataclass(frozen=True)
class _Job:
    """All that a batch needs, in this process or another."""

    units: pd.DataFrame
    law: Law
    salaries: Salaries
    new_state_funds: float | None
    lines: tuple[str, ...]
    rounding: bool
    begins: Scenario
    """The first scenario: what it supplies may be known there alone."""

    def __reduce__(self) -> tuple[Any, ...]:
        """For other processes, which prepare the state themselves."""
        handed = (self.units, self.law, self.salaries, self.new_state_funds, self.lines)
        return _Job, (*handed, self.rounding, self.begins)

    @cached_property
    def base(self) -> Law:
        """The law that scenarios change, with the new money handed over."""
        return _with_money(self.law, self.new_state_funds)

    @cached_property
    def calculation(self) -> Calculation:
        """The state, prepared once."""
        handed = self.begins.apply(
            self.units, self.law, salaries=self.salaries, new_state_funds=self.new_state_funds
        )
        return prepare(
            handed.units,
            handed.law,
            salaries=handed.salaries,
            new_state_funds=handed.new_state_funds,
            lines=self.lines,
        )

    @cached_property
    def _settled(self) -> Callable[[frozenset[str]], Calculation]:
        """The state with all lines computed that do not stand on these names."""
        settle = partial(self.calculation.settle, rounding=self.rounding)
        return lru_cache(maxsize=8)(settle)

    def run(self, batch: _Batch) -> dict[str, Numbers]:
        """The columns of the lines."""
        if batch.scenario is None:
            changed = self.base.with_amounts(batch.amounts)
            settled = self._settled(self.calculation.changed_by(changed))
            ledger = ledger_of(settled.with_law(changed), rounding=self.rounding)
        else:
            ledger = batch.scenario.calculate(
                self.units,
                self.law,
                salaries=self.salaries,
                new_state_funds=self.new_state_funds,
                lines=self.lines,
                rounding=self.rounding,
            )
        return columns_found(ledger, self.lines, len(batch.labels))


def _run(job: _Job, batch: _Batch) -> dict[str, Numbers]:
    """For executors, which take functions by name."""
    return job.run(batch)


def _with_money(law: Law, new_state_funds: float | None) -> Law:
    check_law(law)
    if new_state_funds is None:
        return law
    return law.with_amounts({funding.NEW_MONEY: new_state_funds})


# --- Into batches --------------------------------------------------------------------


@dataclass(frozen=True)
class _Asked:
    """What is swept over: the batches, their count, and the values of a grid, one a scenario."""

    batches: Iterator[_Batch]
    count: int
    values: Mapping[str, Numbers]
    begins: Scenario


def _asked(
    units: pd.DataFrame,
    law: Law,
    salaries: Salaries,
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
        Fault("sweep", name, "the name twice", "every name once")
        for name, times in Counter(names).items()
        if times > 1
    ] or ([] if listed else [Fault("sweep", "scenarios", "none", "one or more")])
    for each in listed:
        faults += _faults(each, units, law, salaries)
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
        raise InputError(Fault("sweep", "scenarios", described(each), allowed) for each in wrong)
    return listed


def _sides(grid: Grid) -> dict[str, Numbers]:
    """The values of every name of a grid; all faults at once."""
    sides: dict[str, Numbers] = {}
    faults: list[Fault] = [] if grid else [Fault("sweep", "grid", "no names", "one name or more")]
    owners = element_owners()
    grid = {str(name): side for name, side in grid.items()}
    spelled = Counter(identifier_of(name) for name in grid)
    for name, side in grid.items():
        if identifier_of(name) not in owners:
            faults.append(unknown_name(name))
        elif (owner := owners[identifier_of(name)])[1] not in owner[0].elements:
            allowed = f"a band of it: {', '.join(owner[0].elements)}"
            faults.append(Fault("sweep", name, "a name with bands", allowed))
        if spelled[identifier_of(name)] > 1:
            faults.append(Fault("sweep", name, "the number twice", "every number once"))
        try:
            sides[name] = numbers_of(list(side))
        except (TypeError, ValueError):
            faults.append(Fault("sweep", str(name), described(side), "a sequence of numbers"))
            continue
        if sides[name].ndim != 1 or not sides[name].size:
            faults.append(Fault("sweep", name, "no values", "one value or more, in a row"))
    count = prod(side.size for side in sides.values())
    if count > MOST_SCENARIOS:
        allowed = f"at most {MOST_SCENARIOS:,}"
        faults.append(Fault("sweep", "grid", f"{count:,} combinations", allowed))
    if faults:
        raise InputError(faults)
    return sides


def _faults(
    scenario: Scenario, units: pd.DataFrame, law: Law, salaries: Salaries
) -> Iterator[Fault]:
    """What is wrong with a scenario, before any is computed."""
    try:
        if scenario.units or scenario.salaries:
            handed = scenario.apply(units, law, salaries=salaries)
            sizes = {name: known.value.size for name, known in handed.law.in_force.items()}
            sizes |= {name: each.size for name, each in handed.salaries.amounts.items()}
            sizes[funding.NEW_MONEY] = np.asarray(handed.new_state_funds).size
            for name, size in sizes.items():
                if size > 1:
                    allowed = "one number, in every scenario or in the law"
                    yield Fault(f"scenario {scenario.name}", name, f"{size} values", allowed)
        else:
            _amounts(law, [scenario])
    except InputError as error:
        for fault in error.faults:
            yield replace(fault, unit=f"scenario {scenario.name}: {fault.unit}")


def _of_grid(values: Mapping[str, Numbers], count: int, size: int) -> Iterator[_Batch]:
    for first in range(0, count, size):
        last = min(first + size, count)
        amounts = {name: each[first:last] for name, each in values.items()}
        yield _Batch(first, tuple(range(first, last)), amounts)


def _of_scenarios(law: Law, scenarios: Sequence[Scenario], size: int) -> Iterator[_Batch]:
    """Scenarios of the law and of money together; those of units or salaries alone."""
    first = 0
    for alone, run in groupby(scenarios, key=lambda each: bool(each.units or each.salaries)):
        waiting = list(run)
        step = 1 if alone else size
        for start in range(0, len(waiting), step):
            some = waiting[start : start + step]
            labels = tuple(each.name for each in some)
            if alone:
                yield _Batch(first, labels, {}, some[0])
            else:
                yield _Batch(first, labels, _amounts(law, some))
            first += len(some)


def _amounts(law: Law, scenarios: Sequence[Scenario]) -> dict[str, Numbers]:
    """Every number of the law that one of the scenarios changes, for all of them."""
    money = [
        {} if each.new_state_funds is None else {funding.NEW_MONEY: each.new_state_funds}
        for each in scenarios
    ]
    laws = [
        law.with_amounts({**each.law, **funds})
        for each, funds in zip(scenarios, money, strict=True)
    ]
    changed = dict.fromkeys(
        name
        for each in laws
        for name, known in each.in_force.items()
        if known is not law.in_force.get(name)
    )
    faults = [
        Fault(scenario.name, name, found, "one number, in every scenario or in the law")
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


# --- Computing them --------------------------------------------------------------------


def _results(
    job: _Job, batches: Iterable[_Batch], count: int, executor: Executor | None, *, progress: bool
) -> Iterator[tuple[_Batch, dict[str, Numbers]]]:
    """Every batch with its columns, in order."""
    pairs = (
        ((batch, job.run(batch)) for batch in batches)
        if executor is None
        else _executed(job, batches, executor)
    )
    if not progress:  # a bar that is disabled still ends a line in some versions of rich
        yield from pairs
        return
    from rich.console import Console  # noqa: PLC0415 - import ebf stays quick
    from rich.progress import Progress  # noqa: PLC0415 - import ebf stays quick

    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("scenarios", total=count)
        for batch, columns in pairs:
            yield batch, columns
            bar.advance(task, len(batch.labels))


def _executed(
    job: _Job, batches: Iterable[_Batch], executor: Executor
) -> Iterator[tuple[_Batch, dict[str, Numbers]]]:
    """The same by an executor, which has a few batches at a time."""
    waiting: deque[tuple[_Batch, Future[dict[str, Numbers]]]] = deque()
    ahead = iter(batches)
    done = 0
    try:
        while True:
            for batch in ahead:
                waiting.append((batch, executor.submit(_run, job, batch)))
                if len(waiting) == WAITING:
                    break
            if not waiting:
                return
            batch, future = waiting.popleft()
            columns = future.result()
            done += len(batch.labels)
            yield batch, columns
    except InputError:
        raise
    except Exception as error:  # executors fail in their own ways
        message = f"the executor failed after {done:,} scenarios: {type(error).__name__}: {error}"
        raise SweepError(message) from error
    finally:
        for _, future in waiting:
            future.cancel()


def _frame(
    job: _Job, labels: Sequence[Any], columns: Mapping[str, Numbers], values: Mapping[str, Numbers]
) -> pd.DataFrame:
    """The tidy frame: a row a scenario and unit, or a row a scenario."""
    units = next((each.shape[1] for each in columns.values() if each.ndim > 1), 0)
    times = units or 1
    index: dict[str, Any] = {
        SCENARIO: pd.Categorical.from_codes(
            _repeated(np.arange(len(labels), dtype=np.int32), times), pd.Index(labels)
        )
    }
    if units:
        table = job.calculation.table
        in_order = np.empty(units, dtype=np.int32)
        in_order[...] = table.rows
        codes = np.tile(in_order, len(labels))
        index[ID] = pd.Categorical.from_codes(codes, pd.Index(table.unit_ids))
    numbers = {name: _repeated(each, times) for name, each in values.items()}
    lines = {
        name: each.reshape(-1) if each.ndim > 1 else _repeated(each, times)
        for name, each in columns.items()
    }
    return pd.DataFrame({**index, **numbers, **lines}, copy=False)


def _repeated(values: npt.NDArray[Any], times: int) -> npt.NDArray[Any]:
    """Each value so many times over: what np.repeat does, ten times as fast."""
    return np.broadcast_to(values[:, np.newaxis], (len(values), times)).reshape(-1)


def sweep(
    units: pd.DataFrame,
    law: Law,
    scenarios: Iterable[Scenario] | Grid,
    *,
    lines: Iterable[str] = ("tier_funding",),
    salaries: Salaries | Mapping[str, Any] | None = None,
    new_state_funds: float | None = None,
    executor: Executor | None = None,
    progress: bool = False,
    rounding: bool = True,
) -> pd.DataFrame:
    """Solve the state for every scenario.

    Args:
        units: The table of units, as :func:`ebf.calculate` takes it; one state.
        law: The numbers of the fiscal year.
        scenarios: Scenarios; or a grid: names of the law's numbers (and
            ``new_state_funds``), each with its values, of which every
            combination is a scenario.
        lines: The lines wanted.
        salaries: As for :func:`ebf.calculate`.
        new_state_funds: New money where a scenario does not say.
        executor: Any ``concurrent.futures.Executor``; left out, this process.
        progress: Whether to show a progress bar.
        rounding: Whether lines are cut and rounded.

    Returns:
        A row a scenario and unit: ``scenario``, ``unit_id``, the values of a
        grid, the lines; where all lines are statewide a row a scenario.

    Raises:
        InputError: as :func:`ebf.calculate`; unknown names; no scenarios.
        SweepError: where the executor fails.
    """
    job, asked = _job_asked(
        units, law, scenarios, lines, salaries, new_state_funds, executor, rounding=rounding
    )
    count, values = asked.count, asked.values
    labels: list[Any] = []
    columns: dict[str, Numbers] = {}
    for batch, found in _results(job, asked.batches, count, executor, progress=progress):
        for name, each in found.items():
            whole = columns.setdefault(name, np.empty((count, *each.shape[1:])))
            whole[batch.first : batch.first + len(batch.labels)] = each
        labels += batch.labels
    return _frame(job, labels, columns, values)


def sweep_to_parquet(
    folder: str | PathLike[str],
    units: pd.DataFrame,
    law: Law,
    scenarios: Iterable[Scenario] | Grid,
    *,
    lines: Iterable[str] = ("tier_funding",),
    salaries: Salaries | Mapping[str, Any] | None = None,
    new_state_funds: float | None = None,
    executor: Executor | None = None,
    progress: bool = False,
    rounding: bool = True,
) -> tuple[Path, ...]:
    """Solve the state for every scenario and write it part by part, as Parquet files.

    Memory does not grow with the scenarios, but for a grid's own values. Each part is
    written whole; where an executor fails, those before it stay and can be read
    (``pandas.read_parquet(folder)`` reads all). Arguments and errors as of
    :func:`sweep`; needs pyarrow (the extra ``parquet``), and a folder without
    parts of another sweep.

    Returns:
        The files.
    """
    require("pyarrow", "parquet")
    job, asked = _job_asked(
        units, law, scenarios, lines, salaries, new_state_funds, executor, rounding=rounding
    )
    count, values = asked.count, asked.values
    target = Path(folder)
    if there := sorted(target.glob("part-*.parquet")):
        allowed = "a folder without parts of a sweep"
        raise InputError([Fault(str(target), "folder", f"{there[0].name}", allowed)])
    written: list[Path] = []
    try:
        for batch, found in _results(job, asked.batches, count, executor, progress=progress):
            here = slice(batch.first, batch.first + len(batch.labels))
            frame = _frame(job, batch.labels, found, {n: each[here] for n, each in values.items()})
            name = f"part-{batch.first:08d}.parquet"
            write_file(target / name, partial(frame.to_parquet, write_page_checksum=True))
            written.append(target / name)
    except SweepError as error:
        message = f"{error}; {len(written)} parts are written in {target}"
        raise SweepError(message) from error
    return tuple(written)


def _job_asked(
    units: pd.DataFrame,
    law: Law,
    scenarios: Iterable[Scenario] | Grid,
    lines: Iterable[str],
    salaries: Salaries | Mapping[str, Any] | None,
    new_state_funds: float | None,
    executor: Executor | None,
    *,
    rounding: bool,
) -> tuple[_Job, _Asked]:
    """The job, and the scenarios asked of it; raises InputError where it is not one state."""
    if executor is not None:
        check_type("executor", executor, Executor, "of concurrent.futures, or one like it")
    paid, size = Salaries.of(salaries), _size(units, executor)
    asked = _asked(units, _with_money(law, new_state_funds), paid, scenarios, size)
    check_type("lines", lines, Iterable, "names of lines")
    check_options(rounding)
    wanted = tuple([lines] if isinstance(lines, str) else lines)
    job = _Job(units, law, paid, new_state_funds, wanted, rounding, asked.begins)
    several = [n for n, each in job.calculation.values.items() if each.shape[0] > 1]
    if several or job.calculation.table.scenarios is not None:
        found = f"several scenarios of {', '.join(several) or 'the table'}"
        raise InputError([Fault("sweep", SCENARIO, found, "one state, and scenarios of it")])
    return job, asked


def _size(units: pd.DataFrame, executor: Executor | None) -> int:
    check_frame(units)
    rows = ROWS_IN_A_BATCH * (1 if executor is None else LARGER_ELSEWHERE)
    return max(1, rows // max(1, len(units)))
