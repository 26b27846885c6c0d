"""How long things take and how much memory: `python -m pytest benchmarks`.

Each at one, ten and a hundred times the state, where that makes sense. `peak_mib` is the most
memory that Python and NumPy held at a time in one run of its own.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from timeit import timeit
from typing import Any

import floor
import numpy as np
import pandas as pd
import pytest
import row_by_row
from pytest_benchmark.fixture import BenchmarkFixture
from sizes import LAW, SALARIES, SIZES, columns, counts, distribution, money

import ebf
from ebf.engine.compute import evaluate
from ebf.engine.preparation import prepare
from ebf.ledger import ledger_of
from ebf.what_if.between import between

every_size = pytest.mark.parametrize("times", SIZES)


def measure(
    benchmark: BenchmarkFixture, function: Callable[[], Any], *, rounds: int | None = None
) -> Any:
    """Time the function, and its memory once more apart; its result."""
    tracemalloc.start()
    result = function()
    benchmark.extra_info["peak_mib"] = round(tracemalloc.get_traced_memory()[1] / 2**20, 1)
    tracemalloc.stop()
    if rounds is None:
        benchmark(function)
    else:  # what takes long, once and not warmed up
        benchmark.pedantic(function, rounds=rounds, warmup_rounds=int(rounds > 1))
    return result


def assert_same_cents(found: Any, funding: Any) -> None:
    """The same dollars; of ten thousand units one may be a cent off, for want of care at cuts."""
    apart = np.rint(np.abs(np.asarray(found) - np.asarray(funding)) * 100)
    assert apart.max() <= 1
    assert apart.sum() <= len(apart) / 10_000


# --- The distribution, and what it is held against ------------------------------------


@every_size
@pytest.mark.benchmark(group="distribution")
def test_floor_in_numpy(benchmark: BenchmarkFixture, times: int) -> None:
    """A plain program, no engine and no checks; the same cents."""
    inside, arrays = columns(distribution(times))
    found = measure(benchmark, lambda: floor.tier_funding(*arrays, money(times)))
    ledger = ebf.calculate(distribution(times), LAW.with_amounts(new_state_funds=money(times)))
    assert_same_cents(found, ledger.units["tier_funding"].loc[inside["unit_id"]])


@every_size
@pytest.mark.benchmark(group="distribution")
def test_engine(benchmark: BenchmarkFixture, times: int) -> None:
    """All lines of the distribution, the table checked and taken in before."""
    prepared = prepare(distribution(times), LAW.with_amounts(new_state_funds=money(times)))
    found = measure(benchmark, lambda: ledger_of(prepared))
    assert found.values["tier_funding"].sum() > 0


@every_size
@pytest.mark.benchmark(group="distribution")
def test_calculate_the_distribution(benchmark: BenchmarkFixture, times: int) -> None:
    """The same from the table, checks and all."""
    units = distribution(times)
    call = lambda: ebf.calculate(units, LAW.with_amounts(new_state_funds=money(times)))
    assert measure(benchmark, call).statewide["units_in_tier_1"] > 0


@pytest.mark.parametrize("times", [1, 10])
@pytest.mark.benchmark(group="distribution")
def test_row_by_row_in_pandas(benchmark: BenchmarkFixture, times: int) -> None:
    """What people use today; the same cents."""
    inside, _ = columns(distribution(times))
    call = lambda: row_by_row.tier_funding(inside, money(times))
    found = measure(benchmark, call, rounds=3)
    ledger = ebf.calculate(distribution(times), LAW.with_amounts(new_state_funds=money(times)))
    assert_same_cents(found, ledger.units["tier_funding"].loc[inside["unit_id"]])


@pytest.mark.skipif(not find_spec("openfisca_core"), reason="pip install openfisca-core first")
@pytest.mark.benchmark(group="distribution")
def test_distribution_in_openfisca(benchmark: BenchmarkFixture) -> None:
    """Five quantities of a framework for rules as code, nothing checked; dollars nearly the same.

    Its numbers have seven digits: a unit may be a dollar off, and one at an edge in another tier.
    """
    import openfisca_distribution  # noqa: PLC0415 - it needs OpenFisca

    inside, _ = columns(distribution(1))
    system, names = openfisca_distribution.system(), openfisca_distribution.INPUTS

    def call() -> dict[str, Any]:
        inputs = {name: inside[name].to_numpy() for name in names}
        inputs["new_state_funds"] = np.full(len(inside), money(1))
        return openfisca_distribution.calculated(system, inputs, len(inside))

    found = measure(benchmark, call)
    ledger = ebf.calculate(distribution(1), LAW.with_amounts(new_state_funds=money(1)))
    own = ledger.units.loc[inside["unit_id"]]
    assert (found["tier"] == own["tier"]).mean() > 0.99
    assert np.abs(found["tier_funding"] - own["tier_funding"]).median() < 1


# --- From counts ------------------------------------------------------------------------


@every_size
@pytest.mark.benchmark(group="from counts")
def test_calculate_from_counts(benchmark: BenchmarkFixture, times: int) -> None:
    units = counts(times)
    call = lambda: ebf.calculate(units, LAW.with_amounts(salaries=SALARIES))
    assert not measure(benchmark, call).not_computed


@every_size
@pytest.mark.benchmark(group="from counts")
def test_calculate_from_counts_and_build_the_frame(benchmark: BenchmarkFixture, times: int) -> None:
    units = counts(times)
    call = lambda: ebf.calculate(units, LAW.with_amounts(salaries=SALARIES)).units
    assert len(measure(benchmark, call)) == len(units)


@pytest.mark.benchmark(group="from counts")
def test_calculate_from_counts_exactly(benchmark: BenchmarkFixture) -> None:
    call = lambda: ebf.calculate(counts(1), LAW.with_amounts(salaries=SALARIES), arithmetic="exact")
    assert measure(benchmark, call, rounds=2).near_ties().empty


# --- What-ifs on a prepared state ---------------------------------------------------------


def counts_of_one(units: pd.DataFrame) -> pd.DataFrame:
    """Five low-income pupils more in one unit."""
    column = "low_income_count_first_preceding_year"
    one = units.loc[units["organization_type"] == "unit", ["unit_id", column]].head(1)
    return one.assign(**{column: one[column] + 5})


@pytest.mark.parametrize("times", [1, 10])
@pytest.mark.benchmark(group="what-if from counts")
def test_bare_lines_that_a_change_of_counts_moves(benchmark: BenchmarkFixture, times: int) -> None:
    """The lines alone, by the functions of the law: nothing checked, no ledger made."""
    units = counts(times)
    prepared = ebf.prepare(units, LAW.with_amounts(salaries=SALARIES))
    own = prepared.with_units(counts_of_one(units)).calculation
    steps = [line for line in own.plan.steps if line.name not in own.settled]
    values = {**own.values, **own.settled}
    found = measure(benchmark, lambda: evaluate(steps, values, rounding=True))
    assert found["tier_funding"].sum() > 0


@pytest.mark.parametrize("times", [1, 10])
@pytest.mark.benchmark(group="what-if from counts")
def test_what_if_on_a_prepared_state(benchmark: BenchmarkFixture, times: int) -> None:
    """The change checked, the lines that it moves computed and checked, the ledger."""
    units = counts(times)
    prepared = ebf.prepare(units, LAW.with_amounts(salaries=SALARIES))
    changed = counts_of_one(units)
    found = measure(benchmark, lambda: prepared.with_units(changed).calculate())
    assert found.values["tier_funding"].sum() > 0


@pytest.mark.parametrize("times", [1, 10])
@pytest.mark.benchmark(group="what-if from counts")
def test_what_if_computed_anew(benchmark: BenchmarkFixture, times: int) -> None:
    """The same without a prepared state."""
    units, law = counts(times), LAW.with_amounts(salaries=SALARIES)
    changed = counts_of_one(units).set_index("unit_id")
    anew = units.set_index("unit_id")
    anew.loc[changed.index, changed.columns] = changed
    assert measure(benchmark, lambda: ebf.calculate(anew, law)).values["tier_funding"].sum() > 0


# --- Sweeps -------------------------------------------------------------------------------


@every_size
@pytest.mark.benchmark(group="sweep")
def test_floor_for_a_sweep_of_new_money(benchmark: BenchmarkFixture, times: int) -> None:
    """The plain program once a scenario: a thousand states' worth of units."""
    _, arrays = columns(distribution(times))
    amounts = [money(times) * (1 + step / 1000) for step in range(1000 // times)]
    call = lambda: [floor.tier_funding(*arrays, each) for each in amounts]
    assert len(measure(benchmark, call, rounds=3)) == len(amounts)


@every_size
@pytest.mark.benchmark(group="sweep")
def test_engine_for_a_sweep_of_new_money(benchmark: BenchmarkFixture, times: int) -> None:
    """As many scenarios by the engine: what new money does not move is computed once."""
    prepared = prepare(distribution(times), LAW.with_amounts(new_state_funds=money(times)))
    changing = frozenset({"new_state_funds"})
    amounts = [money(times) * (1 + step / 1000) for step in range(1000 // times)]
    batch = max(1, 100 // times)

    def call() -> int:
        settled, units = prepared.settle(changing), 0
        for first in range(0, len(amounts), batch):
            law = prepared.law.with_amounts({"new_state_funds": amounts[first : first + batch]})
            units += ledger_of(settled.with_law(law)).values["tier_funding"].size
        return units

    assert measure(benchmark, call, rounds=3) == len(distribution(times)) * len(amounts)


@every_size
@pytest.mark.benchmark(group="sweep")
def test_sweep_new_money(benchmark: BenchmarkFixture, times: int) -> None:
    """As many scenarios, the frame of all units built."""
    units = distribution(times)
    grid = {"new_state_funds": [money(times) * (1 + s / 1000) for s in range(1000 // times)]}
    found = measure(benchmark, lambda: ebf.sweep(units, LAW, grid), rounds=3)
    assert len(found) == len(units) * (1000 // times)


@every_size
@pytest.mark.benchmark(group="sweep")
def test_sweep_a_staffing_ratio_from_counts(benchmark: BenchmarkFixture, times: int) -> None:
    units = counts(times)
    grid = {"core_teacher.low_income_k_3": [12 + 3 * s / 100 for s in range(100 // times)]}
    call = lambda: ebf.sweep(units, LAW.with_amounts(salaries=SALARIES), grid)
    assert len(measure(benchmark, call, rounds=2)) == len(units) * (100 // times)


# --- Causes ----------------------------------------------------------------------------

CHANGED = ("october", "low_income_count", "english_learner_count", "original_eav", "corporate")
"""Beginnings of the columns that change with ``AMOUNTS``, from counts to new money."""
AMOUNTS = {"gifted": 45.0, "assessments": 26.0, "tier_1.share": 0.51, "tier_2.share": 0.48}


@pytest.mark.parametrize("causes", [8, 16])
@pytest.mark.benchmark(group="causes")
def test_attribute_a_change_from_counts(benchmark: BenchmarkFixture, causes: int) -> None:
    """2^8 and 2^16 states of the whole state."""
    units = counts(1)
    names = [name for name in map(str, units) if name.startswith(CHANGED)]
    moved = units.assign(**{name: units[name] * 1.01 for name in names})
    law = LAW.with_amounts(salaries=SALARIES)
    before = ebf.calculate(units, law.with_amounts(new_state_funds=money(1)))
    paid = {name: np.round(each * 1.02) for name, each in SALARIES.amounts.items()}
    new = law.with_amounts(
        AMOUNTS, salaries=SALARIES.with_amounts(paid), new_state_funds=money(1) * 1.1
    )
    after = ebf.calculate(moved, new)
    differs = sorted(between(before, after, "tier_funding", None).differs)
    groups = {str(n): differs[n::causes] for n in range(causes)}
    call = lambda: ebf.attribute(before, after, groups=groups)
    assert len(measure(benchmark, call, rounds=1).changed) == causes


# --- Explanations and workbooks -------------------------------------------------------


@every_size
@pytest.mark.benchmark(group="explain")
def test_explain_the_tier_funding_of_a_unit(benchmark: BenchmarkFixture, times: int) -> None:
    ledger = ebf.calculate(counts(times), LAW.with_amounts(salaries=SALARIES))
    unit = ledger.units.index[0]
    assert measure(benchmark, lambda: ledger.explain(unit, "tier_funding"), rounds=10).steps


@every_size
@pytest.mark.benchmark(group="explain")
def test_audit_a_hundred_units(benchmark: BenchmarkFixture, times: int) -> None:
    ledger = ebf.calculate(counts(times), LAW.with_amounts(salaries=SALARIES))
    some = ledger.units.index[:100]
    assert measure(benchmark, lambda: [ledger.audit(each) for each in some], rounds=2)


@pytest.mark.benchmark(group="explain")
def test_audit_all_units(benchmark: BenchmarkFixture) -> None:
    ledger = ebf.calculate(counts(1), LAW.with_amounts(salaries=SALARIES))
    call = lambda: sum(len(ledger.audit(each).sections) for each in ledger.units.index)
    assert measure(benchmark, call, rounds=1)


@pytest.mark.benchmark(group="explain")
def test_audit_a_unit_as_text(benchmark: BenchmarkFixture) -> None:
    ledger = ebf.calculate(counts(1), LAW.with_amounts(salaries=SALARIES))
    assert measure(benchmark, ledger.audit(ledger.units.index[0]).to_text, rounds=3)


@pytest.mark.benchmark(group="explain")
def test_audit_a_unit_as_html(benchmark: BenchmarkFixture) -> None:
    """The audit made and written, as a web page shows it."""
    ledger = ebf.calculate(counts(1), LAW.with_amounts(salaries=SALARIES))
    unit = ledger.units.index[0]
    assert measure(benchmark, lambda: ledger.audit(unit).to_html(), rounds=20)


@pytest.mark.parametrize("times", [1, 10])
@pytest.mark.benchmark(group="workbook")
def test_write_the_workbook(benchmark: BenchmarkFixture, times: int, tmp_path: Path) -> None:
    """A hundred states would be some 29 million formulas, which no spreadsheet opens."""
    ledger = ebf.calculate(counts(times), LAW.with_amounts(salaries=SALARIES))
    path = tmp_path / "state.xlsx"
    measure(benchmark, lambda: ledger.to_workbook(path), rounds=1)
    assert path.exists()


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not on this machine")
@pytest.mark.benchmark(group="workbook")
def test_libreoffice_recalculates_the_workbook(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """Open, recalculate every formula, save: what an analyst waits for after a change."""
    path = tmp_path / "state.xlsx"
    ebf.calculate(counts(1), LAW.with_amounts(salaries=SALARIES)).to_workbook(path)
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'own').as_uri()}", "--headless"]
    command += ["--convert-to", "ods", "--outdir", str(tmp_path / "done"), str(path)]
    call = lambda: subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    benchmark.pedantic(call, rounds=2, warmup_rounds=1)
    assert (tmp_path / "done" / "state.ods").exists()


# --- What-ifs, reading, importing ---------------------------------------------------------


@pytest.mark.parametrize("moved", ["law", "counts"])
@pytest.mark.benchmark(group="what if")
def test_compare(benchmark: BenchmarkFixture, moved: str) -> None:
    """Two ledgers of one state: other numbers of the law, or of the units."""
    units, law = counts(1), LAW.with_amounts(salaries=SALARIES)
    before = ebf.calculate(units, law)
    if moved == "law":
        after = ebf.calculate(units, law.with_amounts({"gifted": 45.0}))
    else:
        column = "low_income_count_first_preceding_year"
        after = ebf.calculate(units.assign(**{column: units[column] + 1}), law)
    found = measure(benchmark, lambda: ebf.compare(before, after), rounds=30)
    assert len(found.units) == len(units)


@pytest.mark.benchmark(group="what if")
def test_data_impact(benchmark: BenchmarkFixture) -> None:
    """``calculations`` is how many calculations, the table prepared for each, take as long."""
    units, law = counts(1), LAW.with_amounts(salaries=SALARIES)
    change = {"low_income_count_first_preceding_year": ebf.Change(add=5)}
    unit = units["unit_id"].iloc[2]
    call = lambda: ebf.data_impact(units, law, unit, change)
    prepared = lambda: ebf.prepare(units, law).calculate()
    assert measure(benchmark, call, rounds=10).before.values
    # in turn, so that both have the machine as it is
    times = [[timeit(each, number=1) for each in (call, prepared)] for _ in range(10)]
    of_impact, of_calculation = map(min, zip(*times, strict=True))
    benchmark.extra_info["calculations"] = round(of_impact / of_calculation, 1)


@pytest.mark.benchmark(group="what if")
def test_project_ten_years(benchmark: BenchmarkFixture) -> None:
    call = lambda: ebf.project(
        counts(1), LAW.with_amounts(salaries=SALARIES), 10, new_state_funds=3e8
    )
    found = measure(benchmark, call, rounds=5)
    assert len(found.ledgers) == len(found.years)


@pytest.mark.parametrize("times", [1, 10])
@pytest.mark.benchmark(group="read")
def test_read_units(benchmark: BenchmarkFixture, times: int, tmp_path: Path) -> None:
    """A file of a hundred states is refused: it is no table of Illinois."""
    path = tmp_path / "units.csv"
    counts(times).to_csv(path, index=False)
    found = measure(benchmark, lambda: ebf.read_units(path), rounds=3)
    assert len(found) == len(counts(times))


def _import(names: str) -> None:
    subprocess.run([sys.executable, "-c", f"import {names}"], check=True)  # noqa: S603 - ours


@pytest.mark.benchmark(group="import")
def test_import_pandas(benchmark: BenchmarkFixture) -> None:
    """What importing pandas alone takes, to subtract from the next."""
    benchmark.pedantic(_import, ("pandas",), rounds=10, warmup_rounds=1)


@pytest.mark.benchmark(group="import")
def test_import_pandas_and_ebf(benchmark: BenchmarkFixture) -> None:
    benchmark.pedantic(_import, ("pandas, ebf",), rounds=10, warmup_rounds=1)
