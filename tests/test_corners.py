"""Corners: what other tests never come to."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from states import ANY_AMOUNT, dollars, frame_of, unit_id
from typer.testing import CliRunner

import ebf
from ebf.__main__ import main
from ebf.doors.command import app
from ebf.language.formula_text import evaluate, formula_text
from ebf.language.symbols import Name, Operation
from ebf.law.names import bands_added_up, names_read

# --- Tables and inputs -------------------------------------------------------------------


def test_a_unit_missing_in_one_scenario_is_refused() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5), dollars(2, 1e6, 6e5, 0.5)))
    both = pd.concat({"low": frame, "high": frame.iloc[:1]}, names=["scenario"])
    states = both.reset_index("scenario").set_index(["scenario", "unit_id"])
    with pytest.raises(ebf.InputError) as caught:
        ebf.calculate(states, ANY_AMOUNT, new_state_funds=1e5)
    (fault,) = caught.value.faults
    assert (fault.column, fault.found) == ("scenario", "3 rows of 2 units in 2 scenarios")


def test_a_missing_input_is_asked_for_itself_and_a_line_for_what_it_comes_from_too() -> None:
    frame = pd.DataFrame({"unit_id": [unit_id(1)], "organization_type": ["unit"]})

    def fix(line: str) -> str:
        with pytest.raises(ebf.InputError) as caught:
            ebf.calculate(frame, ebf.law(2022), lines=[line])
        (fault,) = caught.value.faults
        return fault.fix

    assert fix("real_eav_first_preceding_tax_year") == "give this column"
    assert fix("mean_enrollment") == "give these columns, or what it is computed from"


# --- The shell ---------------------------------------------------------------------------


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Two units in a file."""
    file = tmp_path / "state.csv"
    rows = (dollars(1, 1e9, 5e8, 0.5, 1e5), dollars(2, 1e9, 9.5e8, 0.5, 1e5))
    frame_of(rows).to_csv(file, index=False)
    return file


def test_without_typer_the_command_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typer", None)
    monkeypatch.delitem(sys.modules, "ebf.doors.command")
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == "ebf: typer is missing: pip install 'illinois-ebf[command]'"


def test_illustrative_salaries_of_a_file_are_said_to_be(state: Path, tmp_path: Path) -> None:
    file = tmp_path / "salaries.toml"
    file.write_text('assistant = 27731\nschool_site_staff = 1\nillustrative = ["assistant"]\n')
    result = run("calculate", str(state), "--salaries", str(file))
    assert result.exit_code == 0, result.output
    assert "Illustrative salaries: assistant\n" in result.output


def test_a_projection_goes_on_with_the_years_own_new_money(state: Path) -> None:
    """$300 million in FY2022; that of FY2023 is not known."""
    own, same = (
        run("project", str(state), "--years", "1", *money)
        for money in ([], ["--new-state-funds", "300000000"])
    )
    other = run("project", str(state), "--years", "1", "--new-state-funds", "200000000")
    assert own.exit_code == same.exit_code == other.exit_code == 0
    assert own.output == same.output != other.output
    unknown = run("project", str(state), "--years", "1", "--fiscal-year", "2023")
    assert unknown.exit_code == 2
    assert "new_state_funds: found no known value for FY2023" in unknown.stderr


# --- Money left over, and values that are blank --------------------------------------------


def test_where_money_is_left_over_every_gap_is_filled_and_no_more() -> None:
    """(g)(6), (7): gaps of 6.5 and 5 million are paid of 29.7 million; the rest goes to Tier 3.

    By the floor of (g)(2), 18,500 dollars a pupil, the second unit would be paid beyond its gap.
    """
    rows = (
        dollars(1, 15e6, 7e6, 0, 1_000),
        dollars(2, 150e6, 130e6, 0, 10_000),
        dollars(3, 15e6, 14e6, 0.3, 1_000),
    )
    ledger = ebf.calculate(frame_of(rows), ANY_AMOUNT, new_state_funds=30e6)
    assert ledger.units["tier"].tolist() == [2, 2, 3]
    assert ledger.units["tier_funding"].tolist() == [6.5e6, 5e6, 18.5e6]
    assert ledger.statewide["tier_2_scaling_factor"] == 1


def refused(frame: pd.DataFrame, law: ebf.Law, **options: Any) -> dict[tuple[str, str], str]:
    """What is said of each unit and column."""
    with pytest.raises(ebf.InputError) as caught:
        ebf.calculate(frame, law, **options)
    return {(fault.unit, fault.column): str(fault) for fault in caught.value.faults}


def test_fy2018_asks_for_october_where_march_alone_is_given() -> None:
    kinds = ["unit", "regional_program"]
    counts = {
        f"{date}_enrollment_first_preceding_year_{grade}": 10.0
        for date in ("october", "march")
        for grade in ("grade_1", "grade_2")
    }
    frame = pd.DataFrame(
        {"unit_id": [unit_id(1), unit_id(2)], "organization_type": kinds, **counts}
    )
    grade_1 = "october_enrollment_first_preceding_year_grade_1"
    grade_2 = "october_enrollment_first_preceding_year_grade_2"
    frame.loc[0, grade_2] = np.nan
    frame.loc[1, [grade_1, grade_2]] = np.nan
    found = refused(frame, ebf.law(2018), lines=["average_student_enrollment"])
    assert {(unit_id(1), grade_2), (unit_id(2), grade_1)} <= set(found)
    assert "October 1, which alone FY2018 reads" in found[unit_id(1), grade_2]


def test_a_blank_that_some_line_needs_is_a_fault_though_the_goals_do_not_need_it() -> None:
    frame = frame_of((dollars(1, 1e6, 7.5e5, 0.5), dollars(2, 1e6, 6e5, 0.2)))
    frame = frame.assign(tier=[2, 1], tier_funding=[1e3, 2e3])
    frame["local_capacity_percentage"] = [np.nan, 0.2]
    found = refused(frame, ANY_AMOUNT, new_state_funds=1e5)
    ((where, said),) = found.items()
    assert where == (unit_id(1), "local_capacity_percentage")
    assert "the unit's tier_2_funding_gap needs it" in said


def test_what_a_unit_does_not_need_may_be_blank_where_a_number_has_a_least_value() -> None:
    frame = pd.DataFrame(
        {
            "unit_id": [unit_id(1), unit_id(2)],
            "organization_type": ["unit", "specially_funded"],
            "average_student_enrollment": [100.0, np.nan],
            "comparable_wage_index": [1.0, np.nan],
            "neighboring_counties": [3, np.nan],  # at least 2
            "neighbors_mean_comparable_wage_index": [1.0, np.nan],
        }
    )
    ledger = ebf.calculate(frame, ebf.law(2024), lines=["regionalization_factor"])
    assert ledger.units["regionalization_factor"].tolist()[0] == 1


def test_a_program_that_began_later_has_no_base_of_the_first_year() -> None:
    rows = (dollars(1, 1e6, 9.5e5, 0.5, base=5e5), dollars(2, 1e6, 9.5e5, 0, base=5e5))
    frame = frame_of(rows).assign(base_funding_shortfall=1_000.0)
    frame["organization_type"] = ["unit", "regional_program"]
    frame["first_year_base_funding_minimum"] = [4e5, 0.0]
    ledger = ebf.calculate(frame, ANY_AMOUNT, new_state_funds=1e5)
    assert ledger.units["base_funding_paid"].tolist() == [499_500, 499_500]
    frame["first_year_base_funding_minimum"] = [0.0, 0.0]
    found = refused(frame, ANY_AMOUNT, new_state_funds=1e5)
    assert set(found) == {(unit_id(1), "first_year_base_funding_minimum")}


# --- Formulas as symbols -----------------------------------------------------------------


def test_a_number_stands_on_the_side_of_a_sign_where_the_rule_has_it() -> None:
    name = Name("low_income_count", "low_income_count", 0)
    values = {"low_income_count": np.array([[[4.0]]])}
    for term, text, value in (
        (1 / name, "1 / low_income_count", 0.25),
        (name / 1, "low_income_count / 1", 4),
        (1 - name, "1 - low_income_count", -3),
        (0.5 * name, "0.5 * low_income_count", 2),
    ):
        assert formula_text(term) == text
        assert evaluate(term, values).item() == value


def test_only_the_total_over_all_bands_of_one_name_is_shown_by_the_name() -> None:
    grades = tuple(names_read("enrollment").flat)
    products = tuple(2 * grade for grade in grades)
    assert bands_added_up(Operation("band_total", grades)) == "band_total(enrollment)"
    assert bands_added_up(Operation("band_total", grades[:-1])) is None
    assert bands_added_up(Operation("band_total", products)) is None
    assert bands_added_up(Operation("statewide_sum", grades[:1])) is None
