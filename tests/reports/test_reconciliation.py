"""Published numbers against their own parts: what is equal, and where one differs first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import depth
import pandas as pd
import pytest
from checkout import ROOT
from full_calc import plant
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.cell import coordinate_to_tuple
from python_calamine import CalamineWorkbook
from states import unit_id
from typer.testing import CliRunner

import ebf
from ebf.doors.command import app
from ebf.reports.reconciliation import NEAR_TIE, UNEXPLAINED

YEARS = {2018: 25_783, 2020: 25_839, 2022: 25_867}
"""Numbers of the State Board's sheets that are computed from others of them."""


class Sheet(NamedTuple):
    """FY2022's own sheet, to plant faults in: its rows, and the file with it."""

    rows: Sequence[Sequence[Any]]
    content: bytes

    def value(self, cell: str) -> Any:
        row, column = coordinate_to_tuple(cell)
        return self.rows[row - 1][column - 1]


@pytest.fixture(scope="session")
def sheet_2022(published: Path) -> Sheet:
    file = published / "base_calc.xlsx"
    rows = (
        CalamineWorkbook.from_path(file).get_sheet_by_name("2022").to_python(skip_empty_area=False)
    )
    return Sheet(rows, file.read_bytes())


def reconciled_with(sheet: Sheet, cells: Mapping[str, Any], path: Path) -> pd.DataFrame:
    """What differs after some cells were changed."""
    path.write_bytes(sheet.content)
    for cell, value in cells.items():
        plant(path, "2022", cell, value)
    return ebf.reconcile(path, sheet="2022").differences


@pytest.mark.parametrize("year", YEARS)
def test_every_number_of_the_state_boards_sheets_is_reconciled(year: int, published: Path) -> None:
    """FY2018 and FY2020 show the pools of Tiers 1 and 2 before they are rounded to cents."""
    found = ebf.reconcile(published / "base_calc.xlsx", sheet=str(year))
    assert found.is_explained
    assert found.differences.empty
    rounded = 0 if year == 2022 else 2
    equal = YEARS[year] - rounded
    assert (found.counts["equal"], found.counts["equal_when_rounded"]) == (equal, rounded)
    cells = found.cells
    assert cells["computed"].equals(cells["published"] - cells["difference"])
    used = found.columns.groupby("used").size()
    assert (used["read"], used["recovered"]) == (8, 2)
    assert f"{YEARS[year]:,} published numbers" in found.to_text(width=10_000)


PLANTED = {
    # Payson: a cent of core investments is 0.9 cents of the target, which is cut
    "H14": (3001977.57, "0100100102600", "adequacy_target", "N14"),
    "N14": (6470609.23, "0100100102600", "adequacy_target", "N14"),
    "M14": (0.95, "0100100102600", "regionalization_factor", "M14"),
    "T14": (0.71, "0100100102600", "final_percent_of_adequacy", "T14"),
    "X14": (3, "0100100102600", "tier", "X14"),
    "AC14": (842955.0, "0100100102600", "tier_2_funding_gap", "AC14"),
    "AN14": (41748.28, "0100100102600", "tier_funding", "AN14"),
    "AQ14": (2330996.63, "0100100102600", "total_state_contribution", "AQ14"),
    "V14": (5, "0100100102600", "adequacy_funding_gap", "V14"),
    "AO14": (81.75, "0100100102600", "tier_funding_per_pupil", "AO14"),
    "AA6": (0.685, "statewide", "tier_1_target_ratio", "AA6"),
    "AB3": (361, "statewide", "units_in_tier_2", "AB3"),
    "V6": (150_000_001, "statewide", "tier_1_allocation", "V6"),
    "AN934": (3e8, "TOTALS", "tier_funding", "AN934"),
}


@pytest.mark.parametrize("cell", [*PLANTED][:: depth.PLANTED_APART])
def test_a_wrong_cell_is_named_once_where_it_stands(
    cell: str, sheet_2022: Sheet, tmp_path: Path
) -> None:
    value, unit, column, named = PLANTED[cell]
    found = reconciled_with(sheet_2022, {cell: value}, tmp_path / "2022.xlsx")
    units = found.drop(index="TOTALS", errors="ignore") if unit != "TOTALS" else found
    assert units.index.tolist() == [unit]
    row = units.iloc[0]
    assert (row["column"], row["cell"], row["explains"]) == (column, named, "unexplained")
    if cell == named:
        assert row["published"] == value
        right = sheet_2022.value(cell)
        assert row["computed"] == pytest.approx(right, rel=1e-9)
        assert row["difference"] == pytest.approx(value - right, rel=1e-4)


def test_two_units_whose_numbers_are_swapped_are_both_named(
    sheet_2022: Sheet, tmp_path: Path
) -> None:
    swapped = {"N14": sheet_2022.value("N12"), "N12": sheet_2022.value("N14")}
    found = reconciled_with(sheet_2022, swapped, tmp_path / "2022.xlsx")
    assert found.index.tolist() == ["0100000000092", "0100100102600"]  # the total is the same
    assert found["cell"].tolist() == ["N12", "N14"]


def own_table() -> tuple[pd.DataFrame, ebf.Law]:
    """The sample, its lines handed over as if they had been published."""
    units, law = ebf.sample()
    ledger = ebf.calculate(units, law, lines=["final_percent_of_adequacy"])
    return ledger.units.reset_index(), law


def test_a_table_with_published_lines_is_reconciled_from_counts_on() -> None:
    units, law = own_table()
    found = ebf.reconcile(units, law)
    assert found.differences.empty
    in_formula = units["organization_type"] != "specially_funded"
    assert found.columns.loc["core_teacher_fte_k_3", "equal"] == in_formula.sum()
    more = units["nurse_fte_high"].to_numpy().copy()
    more[3] += 0.01
    differences = ebf.reconcile(units.assign(nurse_fte_high=more), law).differences
    assert differences.index.tolist() == [units["unit_id"][3]]
    assert differences["column"].tolist() == ["nurse_fte_high"]
    assert differences["difference"].tolist() == pytest.approx([0.01])


def test_a_file_of_ones_own_is_reconciled_too(tmp_path: Path) -> None:
    units, law = own_table()
    path = tmp_path / "own.parquet"
    units.to_parquet(path)
    with path.open("rb") as opened:
        for file in (path, opened, path.read_bytes()):
            found = ebf.reconcile(file, fiscal_year=2022, salaries=law.salaries)
            assert found.differences.empty


def test_what_another_reading_comes_to_is_explained_by_it() -> None:
    """Reading 37: the technology amount is cut band by band, or not at all."""
    units, law = ebf.sample()
    other = ebf.calculate(units, law.with_readings({37: "not_cut"}))
    table = units.copy()
    for band in ("elementary", "middle", "high"):
        name = f"computer_technology_cost_{band}"
        table[name] = other.units[name].reindex(units["unit_id"]).to_numpy()
    found = ebf.reconcile(table, law)
    assert not found.differences.empty
    assert set(found.differences["explains"]) == {"reading 37, alternative not_cut"}
    assert found.is_explained
    assert "all explained" in found.to_text(width=10_000)


def test_a_cent_that_floats_decide_is_a_near_tie() -> None:
    """0.9 x 100.10 dollars are 90.09, which a float is a breadth below: a sheet may cut it."""
    parts = {
        "core_investments": 100.1,
        "per_student_investments_subject_to_regionalization": 0.0,
        "additional_investments": 0.0,
        "per_student_investments_not_subject_to_regionalization": 0.0,
        "regionalization_factor": 0.9,
    }
    units = pd.DataFrame([{"unit_id": unit_id(1), "organization_type": "unit", **parts}])
    for published, explained in ((90.09, []), (90.08, [NEAR_TIE]), (90.07, [UNEXPLAINED])):
        found = ebf.reconcile(units.assign(adequacy_target=published), ebf.law(2022))
        assert found.differences["explains"].tolist() == explained


COMPUTED = (
    "core_teacher_fte_k_3",
    "specialist_teacher_fte",
    "nurse_cost_high",
    "low_income_intervention_teacher_fte",
    "core_investments",
    "additional_investments",
    "adequacy_target",
    "local_capacity_target",
    "adjusted_base_funding_minimum",
    "final_resources",
    "tier_2_funding_gap",
    "tier_funding",
    "total_state_contribution",
)


@pytest.fixture(scope="module")
def few_published() -> tuple[pd.DataFrame, ebf.Law]:
    """A few units with every line as if it had been published."""
    units, law = ebf.sample()
    own = law.with_amounts(new_state_funds=5e6)
    districts = units[units["organization_type"].isin(["unit", "elementary", "high_school"])]
    return ebf.calculate(districts.iloc[::21], own).units.reset_index(), own


@depth.WRONG_NUMBERS
@given(
    column=st.sampled_from(COMPUTED),
    row=st.integers(0, 39),
    cents=st.integers(-500, 500).filter(lambda cents: abs(cents) > 1),
)
def test_any_wrong_number_is_the_first_of_its_unit(
    few_published: tuple[pd.DataFrame, ebf.Law], column: str, row: int, cents: int
) -> None:
    units, law = few_published
    published = units[column].to_numpy(float).copy()
    published[row] += cents / 100
    if published[row] < 0:
        return  # refused by the table: nothing is below 0
    found = ebf.reconcile(units.assign(**{column: published}), law).differences
    unit = units["unit_id"][row]
    assert found.loc[[unit], "column"].tolist() == [column]
    assert found.loc[unit, "difference"] == pytest.approx(cents / 100, abs=1e-5)
    assert set(found.index) <= {unit, "statewide"}


@pytest.mark.parametrize("year", [2021, 2023])
def test_a_sheet_of_another_year_is_refused(year: int, published: Path) -> None:
    with pytest.raises(ebf.InputError, match="FY2022, as the sheet's title says"):
        ebf.reconcile(published / "base_calc.xlsx", sheet="2022", fiscal_year=year)


def test_arguments_of_a_file_are_refused_beside_a_table() -> None:
    units, law = ebf.sample()
    with pytest.raises(ebf.InputError, match="sheet: found beside a table"):
        ebf.reconcile(units, law, sheet="2022")
    with pytest.raises(ebf.InputError, match="law"):
        ebf.reconcile(units)
    with pytest.raises(ebf.InputError, match="beside a workbook"):
        ebf.reconcile("calc.xlsx", law)


def test_the_command_ends_with_1_where_a_number_is_unexplained(
    published: Path, sheet_2022: Sheet, tmp_path: Path
) -> None:
    run = CliRunner().invoke
    whole = [str(published / "base_calc.xlsx"), "--sheet", "2022"]
    said = run(app, ["reconcile", *whole, "--output", str(tmp_path / "cells.csv")])
    assert said.exit_code == 0, said.output
    assert len(pd.read_csv(tmp_path / "cells.csv")) == YEARS[2022]
    reconciled_with(sheet_2022, {"N14": 6470609.23}, tmp_path / "wrong.xlsx")
    said = run(app, ["reconcile", str(tmp_path / "wrong.xlsx"), "--sheet", "2022"])
    assert said.exit_code == 1
    assert "N14" in said.output
    assert run(app, ["reconcile"]).exit_code == 2
    assert run(app, ["reconcile", *whole, "--keep", "county"]).exit_code == 2


def test_the_pages_say_how_many_numbers_are_reconciled() -> None:
    rounded = {2018: 2, 2020: 2, 2022: 0}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"{sum(YEARS.values()):,} numbers" in readme
    assert f"{sum(YEARS.values()) - sum(rounded.values()):,} as they stand" in readme
    page = (ROOT / "docs" / "state_files.md").read_text(encoding="utf-8")
    for year, count in YEARS.items():
        row = f"| FY{year} | {count:,} | {count - rounded[year]:,} | {rounded[year]} | 0 |"
        assert row in page
