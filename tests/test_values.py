"""What is public is an ordinary value: it pickles, copies, compares and hashes, or says why not."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import depth
import numpy as np
import pandas as pd
import pytest
from corruption import sheet, workbook_of
from scipy import stats

import ebf
from ebf.contents import hash_of, same
from ebf.law.years import FIRST_YEAR

UNIT = "1000196062600"
COVERAGE = ("chamber", "district", "unit_id", "share")


@cache
def workbook() -> bytes:
    return workbook_of(sheet())


@cache
def ledger(money: float = 3e8) -> ebf.Ledger:
    units, law = ebf.sample()
    return ebf.calculate(units, law.with_amounts(new_state_funds=money))


def prepared() -> pd.DataFrame:
    return (
        ebf.sample()
        .units[["unit_id", "organization_type"]]
        .assign(
            adequacy_target=1e6,
            final_resources=7e5,
            average_student_enrollment=100.0,
            local_capacity_percentage=0.5,
            base_funding_minimum=1e5,
        )
    )


def some() -> pd.DataFrame:
    """Of these units one of so many, where every one of them is shown."""
    return prepared().iloc[:: depth.SAMPLE_IN_VALUES]


def _two_releases() -> tuple[ebf.State, ebf.State]:
    law = ebf.law(2022, new_state_funds=1e6)
    return ebf.State(some(), law), ebf.State(some().assign(name="new"), law)


MADE: dict[str, Callable[[], Any]] = {
    "AdequacyGap": lambda: ebf.adequacy_gap(ledger(), UNIT, {"nurse": 1.5}),
    "Attribution": lambda: ebf.attribute(ledger(), ledger(4e8)),
    "Audit": lambda: ebf.calculate(prepared(), ebf.law(2022, new_state_funds=1e6)).audit(
        prepared()["unit_id"].iloc[0]
    ),
    "Change": lambda: ebf.Change(multiply=1.1, units=[UNIT]),
    "Chart": lambda: ledger().money_chart(),
    "Comparison": lambda: ebf.compare(ledger(), ledger(4e8)),
    "DataImpact": lambda: ebf.data_impact(
        prepared(), ebf.law(2022, new_state_funds=1e6), UNIT, {"final_resources": 8e5}
    ),
    "DistrictPage": lambda: ebf.calculate(prepared(), ebf.law(2022, new_state_funds=1e6)).page(
        prepared()["unit_id"].iloc[0]
    ),
    "DistrictCard": lambda: ebf.report_card(ledger()).district(UNIT),
    "EnrollmentByGrade": lambda: ebf.EnrollmentByGrade(grade_1=20),
    "Explanation": lambda: ledger().explain(UNIT, "tier", depth=2),
    "Extension": lambda: ebf.extension(ebf.sample_table("levies"), 2025),
    "FacilityTax": lambda: ebf.facility_tax(ebf.sample_table("facility_tax"), rate=0.01),
    "Fault": lambda: ebf.Fault(ebf.FaultKind.MISSING, ebf.Place("table"), "blank", "a number"),
    "FaultKind": lambda: ebf.FaultKind.MISSING,
    "FinancialProfile": lambda: ebf.financial_profile(ebf.sample_table("financial_profile"), 2022),
    "Growth": lambda: ebf.Growth(eav=[0.01, 0.02]),
    "InputError": lambda: ebf.InputError([MADE["Fault"]()]),
    "Inspection": lambda: ebf.inspect_workbook(workbook()),
    "Law": lambda: ebf.law(2022, tier_1_share=[0.5, 0.6]),
    "Ledger": ledger,
    "Legislative": lambda: ebf.legislative(
        ledger(), pd.DataFrame([("House", 1, UNIT, 0.5)], columns=[*COVERAGE])
    ),
    "LegislativeDistrict": lambda: MADE["Legislative"]().district("House", 1),
    "LevyImpact": lambda: ebf.levy(*ebf.sample(), "1000196062600", {"operating_tax_rate": 0.05}),
    "MoneyNeeded": lambda: ebf.money_needed(
        prepared().assign(local_capacity_percentage=0.1), ebf.law(2022), 0.75, 2023
    ),
    "NextBase": lambda: ebf.next_base(ledger()),
    "Place": lambda: ebf.Place(unit=UNIT, column="tier"),
    "PolicyProfile": lambda: ebf.policy_profile(2018, 2022, ledger=ledger()),
    "Prepared": lambda: ebf.prepare(prepared(), ebf.law(2022, new_state_funds=1e6)),
    "Projection": lambda: ebf.project(prepared(), ebf.law(2022), 1, new_state_funds=1e6),
    "QuickFacts": lambda: ebf.quick_facts(ledger()),
    "Reconciliation": lambda: ebf.reconcile(
        some().assign(final_percent_of_adequacy=0.5), ebf.law(2022, new_state_funds=1e6)
    ),
    "ReadingEffects": lambda: ebf.reading_effects(prepared(), ebf.law(2022, new_state_funds=1e6)),
    "Readings": ebf.readings,
    "Releases": lambda: ebf.releases(*_two_releases()),
    "ReliefGrants": lambda: ebf.relief_grants(ebf.sample_table("relief_grants"), 2020, 5e6),
    "ReportCard": lambda: ebf.report_card(ledger()),
    "Response": lambda: ebf.response(
        prepared(),
        ebf.law(2022, new_state_funds=1e6),
        prepared()["unit_id"].iloc[0],
        "final_resources",
        values=[8e5],
    ),
    "Reviews": lambda: ebf.reviews(ebf.sample_table("school_designations")),
    "Salaries": lambda: ebf.Salaries({"assistant": [1, 2]}),
    "Scenario": lambda: ebf.Scenario(
        "s", law={"tier_1.share": np.array([0.5])}, units={"tier": [MADE["Change"]()]}
    ),
    "State": ebf.sample,
    "SweepError": lambda: ebf.SweepError("part 1 failed"),
    "Uncertain": lambda: ebf.Uncertain(stats.norm(1, 0.02)),
    "Uncertainty": lambda: ebf.uncertainty(
        prepared(),
        ebf.law(2022, new_state_funds=1e6),
        {"final_resources": MADE["Uncertain"]()},
        draws=2,
        seed=1,
    ),
    "UnitInput": lambda: ebf.UnitInput(unit_id=UNIT, organization_type="unit"),
    "UnitPatch": lambda: ebf.UnitPatch(unit_id=UNIT, county=None, final_resources=1.0),
    "WrittenSite": lambda: ebf.WrittenSite(Path("site"), pages=9, made=2),
    "YearReached": lambda: ebf.year_reached(prepared(), ebf.law(2022), 0.9, new_state_funds=1e6),
}
"""One of every public type."""

OWN_EYES = {"InputError", "SweepError"}
"""Errors are equal to themselves alone, as all of Python's are."""

HOLD_FRAMES = {
    "AdequacyGap", "Attribution", "Comparison", "DataImpact", "Extension", "FacilityTax",
    "FinancialProfile", "Inspection", "Legislative", "LegislativeDistrict", "LevyImpact",
    "MoneyNeeded", "NextBase", "PolicyProfile", "Projection", "QuickFacts", "ReadingEffects",
    "Reconciliation", "Releases", "ReliefGrants", "State", "YearReached",
    "Response", "DistrictCard", "ReportCard", "Reviews",
}  # fmt: skip


@cache
def made(name: str) -> Any:
    return MADE[name]()


def carried(value: Any) -> Any:
    """What a value is known by where it comes back: errors carry words and faults."""
    return (type(value), value.args) if isinstance(value, Exception) else value


def test_every_public_type_is_here() -> None:
    types = {name for name in ebf.__all__ if isinstance(getattr(ebf, name), type)}
    assert types == MADE.keys()


@pytest.mark.parametrize("name", ebf.__all__)
def test_public_names_pickle_by_their_names(name: str) -> None:
    thing = getattr(ebf, name)
    assert pickle.loads(pickle.dumps(thing)) is thing  # noqa: S301 - our own


@pytest.mark.parametrize("name", depth.spread(MADE))
def test_values_pickle_and_copy_and_come_back_equal(name: str) -> None:
    value = made(name)
    shown = str(value)
    copies = (
        pickle.loads(pickle.dumps(value)),  # noqa: S301 - our own
        copy.deepcopy(value),
        copy.copy(value),
    )
    for again in copies:
        assert type(again) is type(value)
        assert carried(again) == carried(value)
    for again in copies[: depth.COPIES_SHOWN]:
        assert " at 0x" in shown or str(again) == shown  # of scipy.stats


@pytest.mark.parametrize("name", depth.spread(sorted(MADE.keys() - OWN_EYES)))
def test_values_are_equal_by_what_they_hold(name: str) -> None:
    assert MADE[name]() == made(name)
    assert made(name) != "another thing"
    others = (other for other in MADE if other != name)
    assert all(made(name) != made(other) for other in others if other in ("Law", "Change"))


@pytest.mark.parametrize("name", sorted(MADE.keys() - OWN_EYES))
def test_values_hash_by_what_they_hold_or_say_why_not(name: str) -> None:
    if name in HOLD_FRAMES:
        with pytest.raises(TypeError, match="holds a frame, which can be changed"):
            hash(made(name))
    else:
        assert {MADE[name](): 1}[made(name)] == 1


def test_one_number_makes_a_difference() -> None:
    assert ledger() != ledger(3e8 + 1)
    of_few = ebf.calculate(prepared(), ebf.law(2022, new_state_funds=1e6))
    assert of_few != of_few.exact
    assert ebf.law(2022) != ebf.law(2023)
    assert ebf.law(2022, tier_1_share=0.5) == ebf.law(2022, tier_1_share=np.float64(0.5))
    assert ebf.Growth(eav=0.01) != ebf.Growth(eav=0.02)
    assert ebf.Uncertain(stats.norm(1, 0.02)) != ebf.Uncertain(stats.norm(1, 0.03))


def test_a_pickle_holds_no_caches_and_stays_read_only() -> None:
    fresh = ebf.calculate(prepared(), ebf.law(2022, new_state_funds=1e6))
    size = len(pickle.dumps(fresh))
    assert len(fresh.units) == len(prepared())
    assert fresh.exact.arithmetic == "exact"
    assert len(pickle.dumps(fresh)) == size
    back = pickle.loads(pickle.dumps(fresh))  # noqa: S301 - our own
    with pytest.raises(TypeError):
        back.values["tier"] = 1
    with pytest.raises(ValueError, match="read-only"):
        back.values["tier"][0] = 1
    assert back.explain(UNIT, "tier").to_text() == fresh.explain(UNIT, "tier").to_text()


def test_what_holds_frames_tells_another_frame() -> None:
    frame = pd.DataFrame({"a": [1.0, np.nan]}, index=pd.Index(["x", "y"], name="unit"))
    assert same(frame, frame.copy())
    assert not same(frame, frame.rename_axis("other"))
    assert not same(frame, frame.rename(columns={"a": "b"}))
    assert not same(frame, frame["a"])


def test_what_is_the_same_has_one_hash() -> None:
    pairs: list[tuple[Any, Any]] = [
        (np.array([0.0, np.nan]), np.array([-0.0, -np.nan])),
        (np.array([1, 2]), np.array([1.0, 2.0])),
        (np.array(["a", None], dtype=object), np.array(["a", None], dtype=object)),
        ({"a": 1, "b": [np.nan]}, {"b": [float("nan")], "a": 1.0}),
    ]
    for one, other in pairs:
        assert same(one, other)
        assert hash_of(one) == hash_of(other)
    assert not same(np.array([1.0]), np.array([[1.0]]))
    assert not same(np.array(["1"]), np.array([1.0]))
    assert not same([1], (1,))


@pytest.mark.parametrize("name", ["Ledger", "Law", "Salaries"])
def test_python_writes_them_in_a_line(name: str) -> None:
    assert len(repr(made(name))) < 100


def test_every_json_says_what_made_it(tmp_path: Path) -> None:
    ledger().to_csv(tmp_path)
    written = [(tmp_path / "statewide.json").read_text()]
    written += [made(name).to_json() for name in MADE if hasattr(made(name), "to_json")]
    schemas = set()
    for found in map(json.loads, written):
        assert found["version"] == ebf.__version__
        assert found["fiscal_year"] is None or found["fiscal_year"] >= FIRST_YEAR
        schemas.add(found["schema"])
    assert len(schemas) == len(written)
    assert {"ebf/statewide/1", "ebf/audit/1", "ebf/ledger/1", "ebf/scenario/1"} <= schemas
