"""Many scenarios, in batches on the scenario axis.

Holds: WAITING, OF_SWEEP, SweepError, sweep, sweep_to_parquet.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import asdict
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ebf.faults import InputError, Place, contradiction, require
from ebf.files import write_file
from ebf.law.parameters import Law
from ebf.numbers import Numbers
from ebf.units.ids import ID, SCENARIO
from ebf.what_if.batches import Batch, Grid, Job, job_asked, run_batch
from ebf.what_if.scenario import Scenario

WAITING: Final = 16
"""Batches that an executor has at a time."""


OF_SWEEP: Final = "sweep"
"""Where a frame keeps what it is of, as JSON: year, file, note; pictures say it."""


class SweepError(RuntimeError):
    """An executor failed; says what is done and where it is."""


# --- Into batches --------------------------------------------------------------------


# --- Computing them --------------------------------------------------------------------


def _results(
    job: Job, batches: Iterable[Batch], count: int, executor: Executor | None, *, progress: bool
) -> Iterator[tuple[Batch, dict[str, Numbers]]]:
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
    job: Job, batches: Iterable[Batch], executor: Executor
) -> Iterator[tuple[Batch, dict[str, Numbers]]]:
    """The same by an executor, which has a few batches at a time."""
    waiting: deque[tuple[Batch, Future[dict[str, Numbers]]]] = deque()
    ahead = iter(batches)
    done = 0
    try:
        while True:
            for batch in ahead:
                waiting.append((batch, executor.submit(run_batch, job, batch)))
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
    job: Job, labels: Sequence[Any], columns: Mapping[str, Numbers], values: Mapping[str, Numbers]
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
    frame = pd.DataFrame({**index, **numbers, **lines}, copy=False)
    own = job.calculation.table
    source = None if own.source is None else asdict(own.source)
    about = {"fiscal_year": job.law.fiscal_year, "source": source, "note": own.note}
    frame.attrs[OF_SWEEP] = json.dumps(about)
    return frame


def _repeated(values: npt.NDArray[Any], times: int) -> npt.NDArray[Any]:
    """Each value so many times over: what np.repeat does, ten times as fast."""
    return np.broadcast_to(values[:, np.newaxis], (len(values), times)).reshape(-1)


def sweep(
    units: pd.DataFrame,
    law: Law,
    scenarios: Iterable[Scenario] | Grid,
    *,
    lines: Iterable[str] = ("tier_funding",),
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
    job, asked = job_asked(units, law, scenarios, lines, executor, rounding=rounding)
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
    units: pd.DataFrame,
    law: Law,
    scenarios: Iterable[Scenario] | Grid,
    folder: str | PathLike[str],
    *,
    lines: Iterable[str] = ("tier_funding",),
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
    job, asked = job_asked(units, law, scenarios, lines, executor, rounding=rounding)
    count, values = asked.count, asked.values
    target = Path(folder)
    if there := sorted(target.glob("part-*.parquet")):
        allowed = "a folder without parts of a sweep"
        raise InputError(
            [
                contradiction(
                    Place(str(target), "folder", file=str(target)), f"{there[0].name}", allowed
                )
            ]
        )
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
