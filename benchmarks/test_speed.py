"""How long things take: `python -m pytest benchmarks`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import ebf

DISTRIBUTION = [
    "unit_id",
    "organization_type",
    "average_student_enrollment",
    "adequacy_target",
    "final_resources",
    "local_capacity_percentage",
]


def test_calculate_from_raw_counts(benchmark: BenchmarkFixture) -> None:
    units, law, salaries = ebf.sample_units(), ebf.law(2022), ebf.sample_salaries()
    ledger = benchmark(ebf.calculate, units, law, salaries=salaries)
    assert not ledger.not_computed


def test_calculate_and_build_the_frame(benchmark: BenchmarkFixture) -> None:
    units, law, salaries = ebf.sample_units(), ebf.law(2022), ebf.sample_salaries()
    frame = benchmark(lambda: ebf.calculate(units, law, salaries=salaries).units)
    assert len(frame) == len(units)


def test_distribution_from_targets_and_resources(benchmark: BenchmarkFixture) -> None:
    whole = ebf.calculate(ebf.sample_units(), ebf.law(2022), salaries=ebf.sample_salaries())
    units, law = whole.units.reset_index()[DISTRIBUTION], ebf.law(2022)
    ledger = benchmark(ebf.calculate, units, law)
    assert ledger.units["tier_funding"].equals(whole.units["tier_funding"])


def test_calculate_exactly(benchmark: BenchmarkFixture) -> None:
    units, law, salaries = ebf.sample_units(), ebf.law(2022), ebf.sample_salaries()
    exact = benchmark(ebf.calculate, units, law, salaries=salaries, arithmetic="exact")
    assert exact.near_ties().empty


@pytest.fixture(scope="module")
def ledger() -> ebf.Ledger:
    """The sample state's."""
    return ebf.calculate(ebf.sample_units(), ebf.law(2022), salaries=ebf.sample_salaries())


def test_explain_the_tier_funding_of_a_unit(
    benchmark: BenchmarkFixture, ledger: ebf.Ledger
) -> None:
    assert benchmark(ledger.explain, ledger.units.index[0], "tier_funding").steps


def test_audit_a_unit(benchmark: BenchmarkFixture, ledger: ebf.Ledger) -> None:
    assert benchmark(ledger.audit, ledger.units.index[0]).sections


def test_audit_a_unit_as_text(benchmark: BenchmarkFixture, ledger: ebf.Ledger) -> None:
    assert benchmark(lambda: ledger.audit(ledger.units.index[0]).to_text())


def test_write_the_workbook(
    benchmark: BenchmarkFixture, ledger: ebf.Ledger, tmp_path: Path
) -> None:
    path = tmp_path / "state.xlsx"
    benchmark(ledger.to_workbook, path)
    assert path.exists()


def test_sweep_a_thousand_scenarios_of_the_distribution(
    benchmark: BenchmarkFixture, ledger: ebf.Ledger
) -> None:
    units = ledger.units.reset_index()[DISTRIBUTION]
    grid = {"new_state_funds": [3e8 + 1e5 * step for step in range(1000)]}
    assert len(benchmark(ebf.sweep, units, ebf.law(2022), grid)) == 1000 * len(units)


def test_sweep_a_hundred_scenarios_from_counts(benchmark: BenchmarkFixture) -> None:
    units, law, salaries = ebf.sample_units(), ebf.law(2022), ebf.sample_salaries()
    grid = {"core_teacher.low_income_k_3": [12 + step / 20 for step in range(100)]}
    assert len(benchmark(ebf.sweep, units, law, grid, salaries=salaries)) == 100 * len(units)


def test_project_ten_years(benchmark: BenchmarkFixture) -> None:
    units, law, salaries = ebf.sample_units(), ebf.law(2022), ebf.sample_salaries()
    found = benchmark(ebf.project, units, law, 10, new_state_funds=3e8, salaries=salaries)
    assert len(found.ledgers) == len(found.years)


def test_read_the_sample(benchmark: BenchmarkFixture) -> None:
    from ebf.data import DATA  # noqa: PLC0415 - not a public name

    assert len(benchmark(ebf.read_units, DATA / "sample" / "units.csv"))


def _import(names: str) -> None:
    subprocess.run([sys.executable, "-c", f"import {names}"], check=True)  # noqa: S603 - ours


def test_import_pandas(benchmark: BenchmarkFixture) -> None:
    """What importing pandas alone takes, to subtract from the next."""
    benchmark(_import, "pandas")


def test_import_pandas_and_ebf(benchmark: BenchmarkFixture) -> None:
    benchmark(_import, "pandas, ebf")
