"""A user's module: the public interface, used as it is meant, with the types it has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, assert_type

import pandas as pd
from scipy import stats

import ebf


def funding(folder: Path) -> ebf.Ledger:
    """Compute a state, and write it."""
    units, its_law = ebf.sample()
    assert_type(units, pd.DataFrame)
    assert_type(its_law, ebf.Law)
    state = assert_type(ebf.read("state.xlsx", sheet="Base Calc", new_state_funds=3e8), ebf.State)
    assert_type(ebf.calculate(*state), ebf.Ledger)
    prepared = assert_type(ebf.prepare(units, its_law), ebf.Prepared)
    patch = ebf.UnitPatch(unit_id="0100100102600", low_income_count_first_preceding_year=5)
    assert_type(prepared.with_units([patch]).with_law(its_law).calculate(), ebf.Ledger)
    law = assert_type(ebf.law(2022, {"maintenance_and_operations": 1550}), ebf.Law)
    law = ebf.law(2022, maintenance_and_operations=[1550, 1600])
    law = law.with_amounts({"core_teacher.low_income_k_3": 14})
    salaries = assert_type(ebf.sample().law.salaries, ebf.Salaries)
    ledger = ebf.calculate(
        units, law.with_amounts(salaries=salaries, new_state_funds=3e8), lines=["tier_funding"]
    )
    ledger = ebf.calculate(
        units, law.with_amounts(salaries={"assistant": 27731}), arithmetic="exact"
    )
    assert_type(ledger, ebf.Ledger)
    assert_type(ledger.units, pd.DataFrame)
    assert_type(ledger.statewide["tier_1_target_ratio"], float)
    assert_type(ledger.statewide_by_scenario, pd.DataFrame)
    assert_type(ledger.fiscal_year, int)
    assert_type(ebf.__version__, str)
    assert_type(ledger.exact, ebf.Ledger)
    assert_type(ledger.near_ties(), pd.DataFrame)
    assert_type(ledger.census(), pd.DataFrame)
    assert_type(salaries["teacher.k_12"], float)
    ledger.to_csv(folder)
    ledger.to_parquet(str(folder))
    ledger.to_workbook(folder / "state.xlsx", unit_ids=["0100100102600"])
    return ledger.scenario(0)


def one_unit() -> pd.DataFrame:
    """Hand over a unit, typed."""
    enrollment = ebf.EnrollmentByGrade(grade_1=20, grade_2=21.5)
    unit = ebf.UnitInput(
        unit_id="0100100102600",
        organization_type="unit",
        october_enrollment_first_preceding_year=enrollment,
    )
    assert_type(unit.columns(), dict[str, Any])
    unit = ebf.UnitInput(unit_id="0100100102600", organization_type="unit", adequacy_target=5e6)
    patch = ebf.UnitPatch(unit_id="0100100102600", final_resources=4e6)
    assert_type(patch.columns(), dict[str, Any])
    return ebf.table_of([unit])


def explained(ledger: ebf.Ledger, unit_id: str) -> str:
    """Explain a number and audit a unit."""
    explanation = assert_type(ledger.explain(unit_id, "tier_funding", depth=1), ebf.Explanation)
    audit = assert_type(ledger.audit(unit_id), ebf.Audit)
    assert_type(audit.frame, pd.DataFrame)
    assert_type(ebf.Audit.json_schema(), dict[str, Any])
    assert_type(ledger.sensitivity(unit_id, "tier_funding"), pd.DataFrame)
    return explanation.to_text() + audit.to_markdown() + audit.to_html() + audit.to_json()


def ledger_in_every_form(ledger: ebf.Ledger) -> str:
    """A ledger, like every result, shows itself."""
    assert_type(ebf.Comparison.json_schema(), dict[str, Any])
    return ledger.to_text() + ledger.to_markdown() + ledger.to_html() + ledger.to_json()


def what_if(units: pd.DataFrame, law: ebf.Law, unit_id: str, folder: Path) -> None:
    """Ask every question."""
    scenario = ebf.Scenario(
        "smaller classes",
        law={"core_teacher.low_income_k_3": 14},
        units={"final_resources": ebf.Change(multiply=1.1), "tier": 2.0},
        new_state_funds=3e8,
    )
    before, after = ebf.calculate(units, law), scenario.calculate(units, law)
    comparison = assert_type(ebf.compare(before, after), ebf.Comparison)
    assert_type(comparison.winners, pd.DataFrame)
    assert_type(comparison.to_text(80), str)
    assert_type(ledger_in_every_form(before), str)
    assert_type(ebf.sweep(units, law, [scenario]), pd.DataFrame)
    grid: Mapping[str, list[float]] = {"new_state_funds": [1e8, 2e8]}
    assert_type(ebf.sweep_to_parquet(units, law, grid, folder), tuple[Path, ...])
    known = {"final_resources": ebf.Uncertain(stats.norm(1, 0.02), of_each_unit=False)}
    uncertainty = assert_type(ebf.uncertainty(units, law, known, seed=1), ebf.Uncertainty)
    assert_type(uncertainty.quantiles("tier_funding"), pd.DataFrame)
    attribution = assert_type(ebf.attribute(before, after), ebf.Attribution)
    assert_type(attribution.waterfall(unit_id), pd.DataFrame)
    growth = ebf.Growth(salaries=0.02, eav=[0.01, 0.02])
    projection = ebf.project(units, law, 2, new_state_funds=3e8, growth=growth)
    assert_type(projection, ebf.Projection)
    assert_type(projection.ledgers, tuple[ebf.Ledger, ...])
    reached = ebf.year_reached(units, law, 0.9, new_state_funds=3e8, by="pupils")
    assert_type(reached.fiscal_year, int | None)
    needed = assert_type(ebf.money_needed(units, law, 0.9, 2030), ebf.MoneyNeeded)
    assert_type(needed.new_state_funds, float | None)
    impact = ebf.data_impact(units, law, unit_id, {"low_income_count": ebf.Change(add=10)})
    assert_type(impact, ebf.DataImpact)
    assert_type(ebf.adequacy_gap(before, unit_id, {"nurse": 1.5, "gifted": None}), ebf.AdequacyGap)
    assert_type(ebf.quick_facts(before), ebf.QuickFacts)
    assert_type(ebf.legislative(before, "coverage.csv"), ebf.Legislative)
    assert_type(ebf.legislative(before).sums, pd.DataFrame)
    of_one = ebf.legislative(before, before=before).district("House", 94)
    assert_type(of_one, ebf.LegislativeDistrict)
    assert_type(ebf.policy_profile(2018, ebf.law(2022)), ebf.PolicyProfile)
    assert_type(ebf.policy_profile(2022, ledger=[before]).ledger, ebf.Ledger | None)
    found = assert_type(ebf.reconcile(units, law), ebf.Reconciliation)
    assert_type(found.is_explained, bool)
    assert_type(ebf.reconcile("calc.xlsx", sheet="2022").cells, pd.DataFrame)
    assert_type(ebf.read_full_calc("calc.xlsx"), ebf.State)
    assert_type(ebf.inspect_workbook("calc.xlsx").holds, bool)
    released = assert_type(ebf.releases("old.xlsx", ebf.State(units, law)), ebf.Releases)
    assert_type(released.cells, pd.DataFrame)


def faults(path: Path) -> tuple[ebf.Fault, ...]:
    """Read files, and say what is wrong with them."""
    try:
        assert_type(ebf.read_units(path), pd.DataFrame)
        state = ebf.read(str(path), sheet="Base Calc")
        assert_type(state.units, pd.DataFrame)
        assert_type(ebf.prepare(*state).with_law(state.law).calculate(), ebf.Ledger)
    except ebf.InputError as error:
        return error.faults
    except ebf.SweepError:
        raise
    return (
        ebf.Fault(
            ebf.FaultKind.OUT_OF_RANGE, ebf.Place(file="file", line=2), "1", "2", cite="18-8.15(c)"
        ),
    )
