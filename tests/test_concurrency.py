"""The same numbers from many threads and processes, and a machine left as it was."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from threading import Barrier
from typing import Any, Final, NamedTuple, TypeAlias

import depth
import mpmath
import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import ebf
from ebf.language import exact
from ebf.law.funding import FUNDING

EACH: Final = 2
"""How many tasks of its own a thread has."""
SOME: Final = ("calculate", "exact", "units", "audit", "sweep", "uncertainty", "files")
"""Some tasks, of all kinds."""
UNITS: Final = 10
SCENARIO: Final = ebf.Scenario("smaller", law={"core_teacher.low_income_k_3": 14})
MONEY: Final = 5e6

Found: TypeAlias = dict[str, str]
"""A digest of what each task found."""


# --- What is compared -----------------------------------------------------------------


def digest(found: Any) -> str:
    """Of every byte of a result, its types, and the order of its names."""
    made = sha256()
    for piece in _pieces(found):
        made.update(len(piece).to_bytes(8, "big") + piece)
    return made.hexdigest()


def _pieces(found: Any) -> Iterator[bytes]:
    yield type(found).__name__.encode()
    match found:
        case np.ndarray():
            yield f"{found.dtype} {found.shape} {found.flags.writeable}".encode()
            yield repr(found.tolist()).encode() if found.dtype == object else found.tobytes()
        case pd.Series() | pd.Index():
            yield f"{found.dtype} {found.name} {list(found)!r}".encode()
        case bytes():
            yield found
        case str() | bool() | int() | float() | np.generic() | None:
            yield repr(found).encode()
        case _:
            for each in _parts(found):
                yield from _pieces(each)


def _parts(found: Any) -> Iterable[Any]:
    match found:
        case pd.DataFrame():
            return [found.index, *found.columns, *(found[name] for name in found.columns)]
        case Mapping():
            return [*found, *found.values()]
        case list() | tuple():
            return found
        case set() | frozenset():
            return sorted(found)
    return [getattr(found, field.name) for field in dataclasses.fields(found)]


class State:
    """A state, and everything that is asked of it."""

    def __init__(self) -> None:
        units, law = ebf.sample()
        self.units, self.law = units.iloc[:UNITS], law.with_amounts(new_state_funds=MONEY)

    @property
    def inputs(self) -> str:
        """A digest of what is handed over."""
        in_force = {name: dataclasses.astuple(each) for name, each in self.law.in_force.items()}
        paid = self.law.salaries
        salaries = {name: paid.value(name) for name in sorted(paid.known)}
        return digest([self.units, in_force, salaries, paid.illustrative])

    def calculate(self, **options: Any) -> ebf.Ledger:
        return ebf.calculate(self.units, self.law, **options)

    @cached_property
    def ledger(self) -> ebf.Ledger:
        return self.calculate()

    @cached_property
    def after(self) -> ebf.Ledger:
        return SCENARIO.calculate(self.units, self.law)

    @cached_property
    def prepared(self) -> ebf.Prepared:
        return ebf.prepare(self.units, self.law)

    @cached_property
    def more(self) -> ebf.Law:
        return self.law.with_amounts(new_state_funds=MONEY + 1)

    @property
    def unit_id(self) -> str:
        return str(self.units["unit_id"].iloc[0])

    @property
    def tasks(self) -> dict[str, Callable[[], Any]]:
        """Every public way to a result; the ledgers are this state's, and shared."""
        units, law, unit_id = self.units, self.law, self.unit_id
        money = {"new_state_funds": [4e6, 5e6, 6e6]}
        names = ["lacking", "tier_fundin"]
        halves = units[["unit_id"]].assign(chamber="House", district=1, share=0.5)
        return {
            "calculate": lambda: _arrays(self.calculate()),
            "calculate scenarios": lambda: _arrays(ebf.calculate(units, law.with_amounts(money))),
            "calculate exactly": lambda: _arrays(self.calculate(arithmetic="exact")),
            "exact": lambda: _arrays(self.ledger.exact),
            "units": lambda: [self.ledger.units, self.ledger.statewide, self.ledger.computed],
            "audit": lambda: _read(self.ledger.audit(unit_id)),
            "explain": lambda: _shown(self.ledger.explain(unit_id, "tier_funding", depth=1)),
            "census": lambda: [self.ledger.census()],
            "sensitivity": lambda: self.ledger.sensitivity(unit_id, "tier_funding"),
            "near ties": lambda: [self.ledger.near_ties()],
            "compare": lambda: _shown(ebf.compare(self.ledger, self.after)),
            "attribute": lambda: _shown(ebf.attribute(self.ledger, self.after)),
            "releases": lambda: _shown(
                ebf.releases(ebf.State(units, law), ebf.State(units, self.more))
            ),
            "prepared": lambda: _arrays(self.prepared.with_law(self.more).calculate()),
            "prepared units": lambda: _arrays(self.prepared.with_units([PATCH]).calculate()),
            "sweep": lambda: ebf.sweep(units, law, money),
            "sweep scenarios": lambda: ebf.sweep(units, law, [SCENARIO]),
            "uncertainty": lambda: _shown(ebf.uncertainty(units, law, UNCERTAIN, draws=8, seed=7)),
            "project": lambda: _shown(ebf.project(units, law, 2)),
            "year reached": lambda: _shown(ebf.year_reached(units, law, 0.6, at_most_years=2)),
            "money needed": lambda: _shown(ebf.money_needed(units, law, 0.6, 2023)),
            "quick facts": lambda: _shown(ebf.quick_facts(self.ledger)),
            "legislative": lambda: _shown(ebf.legislative(self.ledger, halves)),
            "gap": lambda: _shown(ebf.adequacy_gap(self.ledger, unit_id, {"nurse": 0.5})),
            "data impact": lambda: _shown(
                ebf.data_impact(units, law, unit_id, {"low_income_count_first_preceding_year": 5})
            ),
            "files": lambda: _files(self),
            "workbook": lambda: _workbook(self.ledger, unit_id),
            "law": lambda: [law.table(), [*FUNDING.lines(2022)]],
            "faults": lambda: _faults(lambda: self.calculate(lines=names)),
            "faults of a table": lambda: _faults(
                lambda: ebf.calculate(units.assign(tier=7, total_enrolment=1), law)
            ),
        }


PATCH: Final = ebf.UnitPatch(unit_id="0101690012600", low_income_count_first_preceding_year=120)
UNCERTAIN: Final = {
    "teacher_salary": ebf.Uncertain(norm(1, 0.02)),
    "new_state_funds": ebf.Uncertain(norm(1, 0.1)),
}


def _arrays(ledger: ebf.Ledger) -> Any:
    one = ledger.scenarios is None
    statewide = ledger.statewide if one else ledger.statewide_by_scenario
    return [ledger.values, ledger.everything, ledger.not_computed, ledger.units, statewide]


def _shown(found: Any) -> Any:
    """In every form that it has."""
    forms = ("to_text", "to_html", "to_markdown", "to_json", "_repr_html_")
    words = [getattr(found, form)() for form in forms if hasattr(found, form)]
    frames = [getattr(found, name, None) for name in ("frame", "units", "parts", "years", "draws")]
    return [words, [each for each in frames if isinstance(each, pd.DataFrame | dict)]]


def _read(audit: Any) -> Any:
    """What is quick of it; an explanation is shown in the same forms."""
    return [audit.to_json(), audit.to_html(), audit.frame]


def _files(state: State) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        state.ledger.to_csv(folder)
        state.ledger.to_parquet(folder)
        ebf.sweep_to_parquet(state.units, state.law, [SCENARIO], folder)
        ebf.compare(state.ledger, state.after).to_csv(folder / "change.csv")
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def _workbook(ledger: ebf.Ledger, unit_id: str) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        ledger.to_workbook(Path(name, "state.xlsx"), unit_id)
        return Path(name, "state.xlsx").read_bytes()


def _faults(refused: Callable[[], Any]) -> str:
    with pytest.raises(ebf.InputError) as caught:
        refused()
    return str(caught.value)


def run(state: State, names: Sequence[str] | None = None) -> Found:
    """One task after the other."""
    tasks = state.tasks
    return {name: digest(tasks[name]()) for name in names or tasks}


def some_tasks() -> list[str]:
    """Tasks of all kinds: as many as this run tries."""
    return [*State().tasks][:: depth.TASKS_APART]


def run_in_threads(states: Sequence[State]) -> list[Found]:
    """A thread a state, all at once, each its tasks; the first ones the same for all."""
    together = Barrier(len(states))
    names = some_tasks()

    def of_thread(place: int) -> Found:
        some = [names[(place * 2 + each) % len(names)] for each in range(EACH)]
        together.wait()
        return run(states[place], ["calculate", "units", *some])

    with ThreadPoolExecutor(len(states)) as executor:
        found = list(executor.map(of_thread, range(len(states))))
    assert {name for each in found for name in each} >= {*names}
    return found


@contextmanager
def switching_often(seconds: float = 1e-6) -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(seconds)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)


LOOK = """
import json, sys, machine
machine.import_others()
before = machine.snapshot()
import ebf
changed = {"import": machine.changed(before, machine.snapshot())}
import test_concurrency
state = test_concurrency.State()
inputs, ledger = state.inputs, test_concurrency.of_ledger(state)
found, changing = {}, []
for name, task in state.tasks.items():
    before = machine.snapshot()
    result = task()
    changed[name] = machine.changed(before, machine.snapshot())
    found[name] = test_concurrency.digest(result)
    changing += [name] if state.inputs != inputs else []
changing += ["ledger"] if test_concurrency.of_ledger(state) != ledger else []
json.dump([found, changing, changed], sys.stdout)
"""


class Witness(NamedTuple):
    """What one thread of a new process finds, what it changed of what it was given, and where."""

    found: Found
    changing: list[str]
    changed: dict[str, list[str]]


def of_ledger(state: State) -> str:
    return digest(_arrays(state.ledger))


@pytest.fixture(scope="module")
def witness() -> Witness:
    return Witness(*said(begin(LOOK, PYTHONWARNINGS="error", PYTHONDEVMODE="")))


@pytest.fixture(scope="module")
def alone(witness: Witness) -> Found:
    assert {*witness.found} == {*State().tasks}
    return witness.found


def assert_same(found: Mapping[str, str], alone: Found) -> None:
    assert [name for name in found if found[name] != alone[name]] == []


# --- Threads ---------------------------------------------------------------------------


def test_a_second_run_finds_the_same_and_another_state_does_not(alone: Found) -> None:
    assert_same(run(State(), SOME), alone)
    state = State()
    state.units = ebf.sample().units.iloc[1 : UNITS + 1]
    other = run(state, SOME)
    assert [name for name in SOME if other[name] == alone[name]] == []


def test_many_threads_may_share_a_ledger(alone: Found) -> None:
    state = State()
    for found in run_in_threads([state] * depth.THREADS):
        assert_same(found, alone)


def test_threads_leave_the_precision_of_others_and_find_the_same() -> None:
    numbers = [Fraction(place, 7) for place in range(-30, 31)]
    expected = [exact.normal_cdf(number) for number in numbers]
    own = exact._context()  # noqa: SLF001 - the lock is for its precision
    before = mpmath.mp.prec, own.prec
    with switching_often(), ThreadPoolExecutor(8) as executor:
        found = list(
            executor.map(lambda _: [exact.normal_cdf(each) for each in numbers], range(24))
        )
    assert (mpmath.mp.prec, own.prec) == before
    assert found == [expected] * 24


def test_the_normal_distribution_is_the_same_whatever_the_precision_of_others() -> None:
    numbers = [Fraction(place, 7) for place in range(-30, 31)]
    expected = [exact.normal_cdf(number) for number in numbers]
    with mpmath.workdps(5):
        assert [exact.normal_cdf(number) for number in numbers] == expected


def test_threads_that_write_tables_leave_pandas_as_it_was_and_find_the_same() -> None:
    state = State()
    wide = state.units.assign(name=[f"{'long ' * 20}{place}" for place in range(UNITS)])
    found = ebf.compare(
        ebf.calculate(wide, state.law),
        SCENARIO.calculate(wide, state.law),
    )
    expected = found.to_text(), found.to_html()
    assert all(words.count("long") >= 20 for words in expected)
    before = pd.describe_option("", _print_desc=False)
    with switching_often(), ThreadPoolExecutor(8) as executor:
        several = list(executor.map(lambda _: (found.to_text(), found.to_html()), range(16)))
    assert pd.describe_option("", _print_desc=False) == before
    assert several == [expected] * 16


# --- Processes -------------------------------------------------------------------------


def run_anew() -> Found:
    """In another process."""
    return run(State(), some_tasks())


def run_some() -> Found:
    """The same, of some tasks."""
    return run(State(), SOME)


def report(kind: str) -> None:
    """What a new process finds, for the test that began it."""
    found: list[Found]
    if kind == "threads":
        with switching_often(1e-4):
            found = run_in_threads([State() for _ in range(depth.THREADS)])
    else:
        with ProcessPoolExecutor(1, mp_context=get_context("fork")) as executor:
            found = [run(State(), SOME), executor.submit(run_anew).result()]
    sys.stdout.write(json.dumps(found))


def begin(script: str, **environment: str) -> subprocess.Popen[str]:
    paths = {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    return subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", script],
        env={**os.environ, **paths, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said(process: subprocess.Popen[str]) -> Any:
    out, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    return json.loads(out)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize(
    "settings",
    [
        (("threads", "0", "1"), ("alone", "1", "2")),
        (("alone", "2", "1"), ("threads", "random", "2")),
    ],
)
def test_new_processes_find_the_same_whatever_their_hashes_and_threads(
    settings: tuple[tuple[str, str, str], ...], alone: Found
) -> None:
    """Of one kind many threads make their first calls at once; the other forks."""
    running = [
        begin(
            f"import test_concurrency; test_concurrency.report({kind!r})",
            PYTHONHASHSEED=seed,
            OMP_NUM_THREADS=threads,
            OPENBLAS_NUM_THREADS=threads,
        )
        for kind, seed, threads in settings[: depth.PROCESSES]
    ]
    for (kind, *_), process in zip(settings, running, strict=False):
        found = said(process)
        assert len(found) == (depth.THREADS if kind == "threads" else 2)
        for each in found:
            assert_same(each, alone)


def test_pools_of_processes_find_the_same(alone: Found) -> None:
    known = {"spawn", "forkserver"}.intersection(get_all_start_methods())
    pools = [ProcessPoolExecutor(1, mp_context=get_context(each)) for each in sorted(known)]
    asked = [pool.submit(run_some) for pool in pools]
    for each in asked:
        assert_same(each.result(timeout=300), alone)
    for pool in pools:
        pool.shutdown()


# --- What others hold ------------------------------------------------------------------


def test_the_machine_is_left_as_it_was(witness: Witness) -> None:
    assert {*witness.changed} == {"import", *State().tasks}
    assert {name: each for name, each in witness.changed.items() if each} == {}


def test_what_is_handed_over_is_left_as_it_was(witness: Witness) -> None:
    assert witness.changing == []


def test_arrays_handed_over_stay_the_callers_and_the_ledger_its_own() -> None:
    state = State()
    units, money, ratio = state.units.copy(), np.array([4e6, 5e6]), np.array([14.0, 15.0])
    ledger = ebf.calculate(
        units,
        state.law.with_amounts({"core_teacher.low_income_k_3": ratio}, new_state_funds=money),
    )
    before = digest(_arrays(ledger))
    units["organization_type"] = "unit"
    units.iloc[:, 5:] = 1
    money[:] = 1
    ratio[:] = 1
    assert digest(_arrays(ledger)) == before
    table = ledger.units
    table["tier_funding"] = 0.0
    table.loc[:, "adequacy_target"] = 0.0
    assert digest(_arrays(ledger)) == before
