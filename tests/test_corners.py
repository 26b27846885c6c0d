"""Corners: the state board's sheet written by hand, and what other tests never come to."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from states import ANY_AMOUNT, dollars, frame_of, unit_id
from typer.testing import CliRunner

import ebf
from ebf.__main__ import main
from ebf.command import app
from ebf.expressions import bands_added_up, evaluate, formula_text, names_read
from ebf.symbols import Name, Operation

# --- ISBE's Base Calc sheet ------------------------------------------------------------

# New money of 60,000 lifts A alone to the target ratio: 30,000 / 0.3 is 60 % of its target
# less its resources. To 90 % A lacks 370,000 and B 100,000; of these 0.5 and 0.6 are not
# theirs to raise, and Tier 2's 29,400 are 12 % of the gaps. C alone is in Tier 3, D in 4.
UNITS = (
    ("A", "Unit", 100, 1_000_000, 500_000, 1, 30_000, 185_000, 22_200, 0, 0),
    ("B", "Elementary", 100, 1_000_000, 800_000, 2, 0, 60_000, 7_200, 0, 0),
    ("C", "High School", 1_000, 2_000_000, 1_900_000, 3, 0, 0, 0, 540, 0),
    ("D", "Unit", 100, 1_000_000, 1_200_000, 4, 0, 0, 0, 0, 60),
)
PAID = [52_200, 7_200, 540, 60]
BASE = 400_000.25
LETTERS = (*"ABCDFHIJKMNQRSTX", "AB", "AC", "AF", "AL", "AM", "AN", "AP", "AQ")
FIRST_ROW = 5
"""Of the units, as Excel counts rows: the money, a blank row and the header stand above."""


def cells() -> dict[str, object]:
    """A sheet of four units, laid out as the state board does, by its cells."""
    filled: dict[str, object] = {
        "L1": "Remaining Appropriation Available for Tier Funding",
        "L2": 60_000.0,
        f"A{FIRST_ROW - 1}": "District ID",
        f"B{FIRST_ROW - 1}": "District Name",
        f"B{FIRST_ROW + len(UNITS)}": "TOTALS",
    }
    for row, unit in enumerate(UNITS, start=FIRST_ROW):
        name, kind, students, target, resources, tier, first, gap, second, third, fourth = unit
        paid = first + second + third + fourth
        row_of_sheet = (
            *(unit_id(row), name, "Adams", kind, students, target, 0, 0, 0, 1, target),
            *(1_000, resources - 1_000, resources, resources / target, tier),
            *(first, gap, second, third, fourth, paid, BASE, BASE + paid),
        )
        filled |= {f"{each}{row}": cell for each, cell in zip(LETTERS, row_of_sheet, strict=True)}
    sums = {"F": 1_300, "N": 5_000_000, "S": 4_400_000, "AN": 60_000}
    return filled | {f"{each}{FIRST_ROW + len(UNITS)}": added for each, added in sums.items()}


def base_calc(
    folder: Path, changes: Mapping[str, object] | None = None, *names: str, year: str = "Base Calc"
) -> Path:
    """The sheet in a workbook with some cells changed, and sheets of other names beside it."""
    path = folder / "calc.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet(year)
        for cell, value in {**cells(), **(changes or {})}.items():
            sheet.write(cell, value)
        for name in names:
            workbook.add_worksheet(name)
    return path


def faults_of(path: Path, sheet: str | None = None) -> dict[tuple[str, str], ebf.Fault]:
    with pytest.raises(ebf.InputError) as caught:
        ebf.read_base_calc(path, sheet)
    return {(fault.unit, fault.column): fault for fault in caught.value.faults}


@pytest.mark.parametrize(("year", "others"), [("base_calc", ["Notes"]), ("FY2022", [])])
def test_a_sheet_gives_units_and_money_and_they_what_it_paid(
    year: str, others: list[str], tmp_path: Path
) -> None:
    """The sheet is found by its name, however written, or as the only one."""
    units = ebf.read_base_calc(base_calc(tmp_path, {}, *others, year=year))
    assert units["organization_type"].tolist() == ["unit", "elementary", "high_school", "unit"]
    recovered = units["local_capacity_percentage"].to_numpy()
    assert np.array_equal(recovered, [0.5, 0.4, np.nan, np.nan], equal_nan=True)
    assert set(units["new_state_funds"]) == {60_000}
    ledger = ebf.calculate(units, ANY_AMOUNT)
    assert ledger.statewide["tier_1_target_ratio"] == pytest.approx(0.6, abs=1e-12)
    assert ledger.units["tier_funding"].tolist() == PAID
    assert ledger.units["base_funding_minimum"].tolist() == [BASE] * len(UNITS)


def test_of_several_sheets_none_is_guessed(tmp_path: Path) -> None:
    path = base_calc(tmp_path, {}, "Notes", year="FY2022")
    assert {column for _, column in faults_of(path)} == {"sheet"}
    assert {column for _, column in faults_of(path, "FY2021")} == {"sheet"}
    assert ebf.read_base_calc(path, "fy-2022")["name"].tolist() == ["A", "B", "C", "D"]


def test_a_sheet_without_header_and_totals_names_both(tmp_path: Path) -> None:
    last = FIRST_ROW + len(UNITS)
    path = base_calc(tmp_path, {f"B{FIRST_ROW - 1}": "District", f"B{last}": "Sums"})
    with pytest.raises(ebf.InputError) as caught:
        ebf.read_base_calc(path)
    said = str(caught.value)
    assert "'District Name'" in said
    assert "'TOTALS'" in said


def test_cells_that_are_no_numbers_and_unknown_kinds_are_named_all_at_once(tmp_path: Path) -> None:
    found = faults_of(base_calc(tmp_path, {"N5": "n/a", "AQ7": True, "D6": "Charter"}))
    assert found.keys() == {
        (unit_id(5), "N of sheet Base Calc"),
        (unit_id(7), "AQ of sheet Base Calc"),
        (unit_id(6), "D of sheet Base Calc"),
    }
    assert found[unit_id(5), "N of sheet Base Calc"].found == "'n/a'"
    assert "charter" in found[unit_id(6), "D of sheet Base Calc"].found.casefold()


@pytest.mark.parametrize(
    ("cell", "wrong", "column", "by_the_law"),
    [
        ("H5", 999_000, "N", "999000"),  # what the target's parts come to
        ("T6", 0.81, "T", "0.8"),
        ("AB5", 30_001, "AN", "52201"),
        ("AQ8", 400_061.25, "AQ", "400060.25"),
    ],
)
def test_numbers_that_do_not_follow_from_each_other_are_refused(
    cell: str, wrong: float, column: str, by_the_law: str, tmp_path: Path
) -> None:
    ((where, fault),) = faults_of(base_calc(tmp_path, {cell: wrong})).items()
    assert where == (unit_id(int(cell[-1])), f"{column} of sheet Base Calc")
    assert by_the_law in fault.allowed
    assert fault.cite.startswith("18-8.15")


@pytest.mark.parametrize("shown", [60_000.01, "sixty thousand"])
def test_totals_that_are_not_the_units_sum_are_refused(shown: object, tmp_path: Path) -> None:
    ((where, fault),) = faults_of(base_calc(tmp_path, {"AN9": shown})).items()
    assert where == ("TOTALS", "AN of sheet Base Calc")
    assert fault.found == repr(shown)
    assert "60000" in fault.allowed


def test_a_sheet_without_the_label_of_the_money_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ebf.InputError, match="Remaining Appropriation Available for Tier Funding"):
        ebf.read_base_calc(base_calc(tmp_path, {"L1": "Money"}))


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
    monkeypatch.delitem(sys.modules, "ebf.command")
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


def test_a_sheet_from_the_shell_pays_what_it_paid(tmp_path: Path) -> None:
    (tmp_path / "amounts.toml").write_text(
        "minimum_funding_level = 1\nproperty_tax_relief_counted = 1\n"
    )
    path, out = base_calc(tmp_path, {}, "Notes"), tmp_path / "out"
    result = run(
        *("calculate", str(path), "--amounts", str(tmp_path / "amounts.toml")),
        *("--output", str(out)),
    )
    assert result.exit_code == 0, result.output
    assert ebf.read_units(out / "units.csv")["tier_funding"].tolist() == PAID


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
