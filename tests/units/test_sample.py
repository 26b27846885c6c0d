"""The sample state: raw counts to dollars, and its likeness to the real year."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from checkout import ROOT

import ebf
from ebf.law.funding import FUNDING
from ebf.law.inputs import inputs

SAMPLE = ROOT / "data" / "sample"


@cache
def ledger() -> ebf.Ledger:
    return ebf.calculate(*ebf.sample())


def test_the_kinds_of_unit() -> None:
    kinds = ebf.sample().units["organization_type"].value_counts()
    assert kinds["unit"] == 386
    assert kinds["elementary"] == 368
    assert kinds["high_school"] == 97
    assert kinds["regional_program"] == 69
    assert kinds["laboratory_school"] == 2
    assert kinds["specially_funded"] > 0


def test_its_outcome_resembles_the_real_year() -> None:
    units = ledger().units
    tiers = units["tier"].value_counts()
    for tier, real in {1: 320, 2: 362, 3: 65, 4: 175}.items():
        assert abs(tiers[tier] - real) <= 10
    in_tiers = units[units["tier"] > 0]
    adequacy = in_tiers["final_resources"].sum() / in_tiers["adequacy_target"].sum()
    assert adequacy == pytest.approx(0.78, abs=0.015)
    students = in_tiers["average_student_enrollment"]
    assert students.max() / students.sum() == pytest.approx(0.19, abs=0.02)
    assert (in_tiers["regionalization_factor"] == 0.9).mean() == pytest.approx(0.5, abs=0.05)


def test_only_raw_inputs_and_every_name_marked_invented() -> None:
    units = ebf.sample().units
    known = FUNDING.lines(2022)
    assert not set(units.columns) & set(known)
    assert units["name"].str.contains("invented").all()


def test_every_line_of_the_year_is_computed_from_it() -> None:
    assert not ledger().not_computed
    # a published factor by county stands in for the wage index, the year's known
    # New State Funds for the appropriation; FY2022 looks back on three years
    assert set(FUNDING.lines(2022)) - set(ledger().values) == {
        "neighbors_weighted_comparable_wage_index",
        "unit_comparable_wage_index",
        "statewide_weighted_comparable_wage_index",
        "counted_enrollment_fourth_preceding_year",
    }


def test_of_the_salaries_the_split_of_one_sum_alone_is_illustrative() -> None:
    salaries = ebf.sample().law.salaries
    known = {
        "teacher.k_8": 65442,
        "teacher.9_12": 75268,
        "teacher.k_12": 68735,
        "counselor.k_8": 69784,
        "counselor.9_12": 81154,
        "nurse.k_8": 59460,
        "nurse.9_12": 59460,
        "psychologist.k_12": 77834,
        "school_site_staff": 33276,
        "assistant": 27731,
    }
    together = ("librarian", "principal", "assistant_principal")
    split = {f"{name}.{span}" for span in ("k_8", "9_12") for name in together}
    assert {*salaries.amounts} == {*known, *split}
    assert {name: salaries[name] for name in known} == known
    assert {*salaries.illustrative} == split
    for span in ("k_8", "9_12"):
        assert sum(salaries[f"{name}.{span}"] for name in together) == 285196


def test_the_salaries_are_the_published_ones(published: Path) -> None:
    theirs = json.loads((published / "fy2022_salaries.json").read_text())
    ours = ebf.sample().law.salaries
    for name, salary in theirs.items():
        if name == "fiscal_year":
            assert ours.fiscal_year == salary
            continue
        positions, _, span = name.partition(".")
        span = span or ("k_12" if positions == "psychologist" else "")
        names = [f"{position}.{span}".rstrip(".") for position in positions.split("+")]
        assert sum(ours[each] for each in names) == salary, name


def test_the_callers_frame_is_its_own() -> None:
    units = ebf.sample().units
    before = units.copy()
    found = ebf.calculate(units, ebf.sample().law)
    pd.testing.assert_frame_equal(units, before)
    taken = found.units
    taken["tier"] = 0
    assert (found.units["tier"] > 0).any()
    units["name"] = "x"
    assert (ebf.sample().units["name"] != "x").all()


def test_order_of_rows_is_kept_and_moves_no_number() -> None:
    shuffled = ebf.sample().units.sample(frac=1, random_state=1)
    found = ebf.calculate(shuffled, ebf.sample().law)
    assert list(found.units.index) == list(shuffled["unit_id"])
    pd.testing.assert_frame_equal(found.units.sort_index(), ledger().units.sort_index())
    assert found.statewide.to_dict() == ledger().statewide.to_dict()


def test_scenarios_from_raw_counts_equal_one_by_one_runs() -> None:
    changes = {"core_teacher.low_income_k_3": [13.0, 15.0, 17.0], "gifted": [80.0, 90.0, 95.0]}
    money = [2e8, 3e8, 4e8]
    together = ebf.calculate(
        ebf.sample().units,
        ebf.law(2022, changes, salaries=ebf.sample().law.salaries, new_state_funds=money),
    )
    for number, new_money in enumerate(money):
        alone = ebf.calculate(
            ebf.sample().units,
            ebf.law(
                2022,
                {name: values[number] for name, values in changes.items()},
                salaries=ebf.sample().law.salaries,
                new_state_funds=new_money,
            ),
        )
        same = together.units.xs(number, level="scenario")
        pd.testing.assert_frame_equal(pd.DataFrame(same), alone.units, check_exact=True)
        assert together.statewide_by_scenario.loc[number].to_dict() == alone.statewide.to_dict()


def test_salaries_as_scenarios_and_unequal_numbers_of_them() -> None:
    table = {"teacher": {"k_8": [6e4, 7e4], "9_12": 7e4}}
    wanted = ["core_teacher_cost"]
    found = ebf.calculate(ebf.sample().units, ebf.law(2022, salaries=table), lines=wanted)
    assert set(found.units.index.get_level_values("scenario")) == {0, 1}
    with pytest.raises(ebf.InputError, match="3 scenarios"):
        ebf.calculate(
            ebf.sample().units,
            ebf.law(2022, {"core_teacher.other_k_3": [20, 21, 22]}, salaries=table),
            lines=wanted,
        )


def test_every_input_of_the_sample_is_declared() -> None:
    declared = {column for name in inputs() for column in _columns(name)}
    text = {"unit_id", "name", "organization_type", "county", "region"}
    assert set(ebf.sample().units.columns) <= declared | text


def _columns(name: str) -> tuple[str, ...]:
    bands = inputs()[name].bands
    return bands.columns(name) if bands else (name,)


def test_the_generator_makes_the_files_again(tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    folder.mkdir()
    (folder / "generate.py").write_bytes((SAMPLE / "generate.py").read_bytes())
    factors = "regionalization.toml"
    (tmp_path / factors).write_bytes((SAMPLE.parent / factors).read_bytes())
    subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, str(folder / "generate.py")], check=True, capture_output=True
    )
    assert (folder / "salaries.toml").read_text() == (SAMPLE / "salaries.toml").read_text()
    # another machine's arithmetic may differ in the last place of a drawn number
    again, kept = (ebf.read_units(each / "units.csv") for each in (folder, SAMPLE))
    pd.testing.assert_frame_equal(again, kept, check_exact=False, rtol=1e-6)
