"""The State Board's full-calculation workbook: read, proven, reconciled, and found out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import depth
import numpy as np
import openpyxl
import pandas as pd
import pytest
from full_calc import Sheets, plant, write_full_calc
from openpyxl.utils.cell import coordinate_to_tuple
from python_calamine import CalamineWorkbook
from sample_states import ILLUSTRATIVE, in_company, law_of, one_of, units_of
from typer.testing import CliRunner

import ebf
from ebf.doors.command import app
from ebf.units.isbe.base_calc import BESIDE, COLUMNS
from ebf.units.isbe.layout import layouts, read_layout

REGIONS = ("31",)
"""Of the sample: a small one, with a regional program."""


@pytest.fixture(scope="session")
def few() -> ebf.Ledger:
    """Some regions and the district of Article 34, paid a part of the money."""
    units, law = ebf.sample()
    chosen = units["unit_id"].str[:2].isin(REGIONS) | (units["article_34_district"] == 1)
    return ebf.calculate(units[chosen], law.with_amounts(new_state_funds=300e6))


@pytest.fixture(scope="session")
def written(few: ebf.Ledger, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Sheets]:
    """Its workbook, and where that has what."""
    path = tmp_path_factory.mktemp("full") / "full.xlsx"
    sheets = write_full_calc(path, few)
    return path.read_bytes(), sheets


@pytest.fixture
def workbook(written: tuple[bytes, Sheets], tmp_path: Path) -> tuple[Path, Sheets]:
    """A copy to change."""
    path = tmp_path / "FY22-EBF-Full-Calc.xlsx"
    path.write_bytes(written[0])
    return path, written[1]


def unit_of(ledger: ebf.Ledger, kind: str) -> str:
    units = ledger.units
    return str(units.index[units["organization_type"] == kind][0])


def same_money(one: ebf.Ledger, other: ebf.Ledger) -> bool:
    both = one.units["tier_funding"], other.units["tier_funding"].reindex(one.units.index)
    return bool((np.rint(both[0] * 100) == np.rint(both[1] * 100)).all())


def test_the_workbook_reads_back_to_the_same_money_from_counts_on(
    few: ebf.Ledger, workbook: tuple[Path, Sheets]
) -> None:
    state = ebf.read(workbook[0])
    ledger = ebf.calculate(*state)
    assert same_money(ledger, few)
    assert {"core_teacher_fte", "adjusted_eav", "local_capacity_percentage"} <= ledger.computed
    assert ledger.source is not None
    assert ledger.source.file == "FY22-EBF-Full-Calc.xlsx"
    smaller = ebf.Scenario("smaller", law={"core_teacher.low_income_k_3": 13})
    units, law = ebf.sample()
    own = law.with_amounts(new_state_funds=300e6)
    wanted = smaller.calculate(units[units["unit_id"].isin(few.units.index)], own)
    assert same_money(smaller.calculate(*state), wanted)


def test_what_is_not_in_the_file_is_recovered_and_marked(workbook: tuple[Path, Sheets]) -> None:
    units, law = ebf.sample()
    ledger = ebf.calculate(*ebf.read(workbook[0]))
    marked = ledger.table.marked
    chicago = units.loc[units["article_34_district"] == 1, "unit_id"].tolist()
    assert [*marked["article_34_district"]] == chicago
    doubled = units.set_index("unit_id").loc[ledger.units.index, "prior_year_tier"] <= 2
    more = law.value("computer_technology_tier_1_and_2").item()
    assert ledger.units["computer_technology_addition"].tolist() == [
        more if each else 0.0 for each in doubled
    ]
    assert len(marked["computer_technology_addition"]) == len(ledger.units)
    assert "corporate_personal_property_replacement_tax" not in marked  # on a sheet of its own


def test_every_number_is_reconciled(few: ebf.Ledger, workbook: tuple[Path, Sheets]) -> None:
    found = ebf.reconcile(workbook[0])
    assert found.is_explained
    assert found.differences.empty
    compared = {name for name, used in found.columns["used"].items() if used == "computed"}
    assert {"average_student_enrollment", "nurse_fte_high", "core_investments"} <= compared
    assert {"equalized_assessed_valuation", "local_capacity_target", "real_receipts"} <= compared
    assert {"base_funding_minimum", "tier_funding", "tier_1_target_ratio"} <= compared
    assert len(few.units) in set(found.columns["equal"])


KINDS = ("elementary", "unit") if depth.DEEP else ("unit",)
PLANTED = {
    "a grade": ("ENROLL-ALL", "grade_4", 7.0),
    "a low-income count": ("ENROLL- LOW INCOME", "low_income_count_first_preceding_year", 500.0),
    "a final count": ("ENROLL- LOW INCOME", "low_income_count", 1.0),
    "an English learner count": ("ENROLL - EL", "english_learner_count", 1.0),
    "a position": ("Core Investments", "nurse_fte_elementary", 0.01),
    "another position": ("Additional Investments", "low_income_pupil_support_staff_fte", 0.02),
    "a cent of core investments": ("Base Calc", "core_investments", 0.01),
    "a tax rate": ("ADJUSTED OTR", "adjusted_operating_tax_rate", 0.001),
    "a tax base": ("ADJUSTED_EAV", "equalized_assessed_valuation", 1000.0),
    "a percentage": ("Local Capacity Target", "local_capacity_percentage", 0.01),
    "a target": ("Local Capacity Target", "local_capacity_target", 1.0),
    "base funding": ("FY 21 BFM", "prior_year_tier_funding", 10.0),
    "new money": ("Base Calc", "tier_funding", 0.03),
}


INPUTS = {"grade_4", "low_income_count_first_preceding_year", "prior_year_tier_funding"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", [*PLANTED][:: depth.PLANTED_APART])
def test_a_wrong_number_is_found_at_its_cell(
    what: str, kind: str, few: ebf.Ledger, workbook: tuple[Path, Sheets]
) -> None:
    """Read, it is refused; reconciled, it is named; by the sheet, the cell and the unit."""
    path, sheets = workbook
    sheet, column, more = PLANTED[what]
    unit = unit_of(few, kind)
    cell = sheets.cell(sheet, column, unit)
    row, place = coordinate_to_tuple(cell)
    cells = CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()
    was = cells[row - 1][place - 1]
    plant(path, sheet, cell, float(was or 0) + more)
    with pytest.raises(ebf.InputError) as caught:
        ebf.read(path)
    faults = [fault for fault in caught.value.faults if fault.place.unit == unit]
    assert faults, str(caught.value)
    assert all(fault.place.sheet and fault.fix for fault in faults)
    if column not in INPUTS:  # those are found at the first line that is made of them
        assert any(f"{cell} of sheet {sheet}" in str(fault) for fault in faults)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda book: book.remove(book["Base Calc"]), "sheet"),
        (lambda book: _retitle(book["ENROLL-ALL"], 2021), "FY2021"),
        (lambda book: book["Core Investments"].insert_cols(30), "Core Investments"),
        (lambda book: book["ENROLL - EL"].delete_rows(9), "no row"),
        (lambda book: _swap(book["FY 21 BFM"], 9, 10), "FY 21 BFM"),
        (lambda book: _text(book["ADJUSTED OTR"], "C9"), "ADJUSTED OTR"),
    ],
    ids=["no Base Calc", "another year", "shifted", "a unit less", "swapped", "text"],
)
def test_a_workbook_that_was_tampered_with_is_refused(
    change: Callable[[openpyxl.Workbook], None], words: str, workbook: tuple[Path, Sheets]
) -> None:
    book = openpyxl.load_workbook(workbook[0])
    change(book)
    book.save(workbook[0])
    with pytest.raises(ebf.InputError, match=words):
        ebf.read(workbook[0])


def _retitle(sheet: openpyxl.worksheet.worksheet.Worksheet, year: int) -> None:
    for row in sheet.iter_rows(max_row=5):
        for cell in row:
            if isinstance(cell.value, str) and "Fiscal Year" in cell.value:
                cell.value = f"Distribution Calculations for Fiscal Year {year}"


def _swap(sheet: openpyxl.worksheet.worksheet.Worksheet, one: int, other: int) -> None:
    for cells in zip(sheet[one][:2], sheet[other][:2], strict=True):  # ids and names alone
        cells[0].value, cells[1].value = cells[1].value, cells[0].value


def _text(sheet: openpyxl.worksheet.worksheet.Worksheet, cell: str) -> None:
    sheet[cell] = "pending"


def test_a_renamed_sheet_is_missing_and_case_and_blanks_do_not_matter(
    workbook: tuple[Path, Sheets],
) -> None:
    path, _ = workbook
    book = openpyxl.load_workbook(path)
    book["ENROLL- LOW INCOME"].title = "enroll low_income"
    book["REAL EAV CALC"].title = "Something else"
    book.save(path)
    found = ebf.inspect_workbook(path)
    assert "A sheet that the layout has and the file has not: REAL EAV CALC." in found.left_out
    assert found.sheets.loc["enroll low_income", "columns"] == 6
    assert found.holds
    with pytest.raises(ebf.InputError, match="sheet REAL EAV CALC: found no such"):
        ebf.read(path)


def test_hidden_protected_and_merged_sheets_are_read_like_others(
    few: ebf.Ledger, workbook: tuple[Path, Sheets]
) -> None:
    path, _ = workbook
    book = openpyxl.load_workbook(path)
    book["Core Investments"].sheet_state = "hidden"
    book["ENROLL-ALL"].sheet_state = "veryHidden"
    book["ADJUSTED OTR"].protection.sheet = True
    book["Base Calc"].merge_cells("A1:D1")  # of the title
    book.save(path)
    assert same_money(ebf.calculate(*ebf.read(path)), few)


def test_a_formula_without_its_result_is_named(workbook: tuple[Path, Sheets]) -> None:
    path, sheets = workbook
    book = openpyxl.load_workbook(path)
    cell = sheets.cell("Core Investments", "nurse_fte_high", next(iter(sheets.rows["Base Calc"])))
    book["Core Investments"][cell] = "=1+1"
    book.save(path)
    with pytest.raises(ebf.InputError) as caught:
        ebf.read(path)
    (fault,) = caught.value.faults
    assert (fault.place.sheet, f"{fault.place.at}") == (
        "Core Investments",
        f"{cell} of sheet Core Investments",
    )
    assert "formula" in str(fault)


def test_it_is_read_from_bytes_and_open_files_too(
    few: ebf.Ledger, workbook: tuple[Path, Sheets]
) -> None:
    path, _ = workbook
    assert same_money(ebf.calculate(*ebf.read(path.read_bytes())), few)
    with path.open("rb") as opened:
        assert ebf.reconcile(opened).differences.empty


@pytest.mark.parametrize("year", [2023, 2027])
def test_later_years_have_layouts_of_their_own(year: int, tmp_path: Path) -> None:
    """Numbers that are not known of the year are those of the sheet Control Variables."""
    units = units_of(year)
    units = units[units["unit_id"].str[:2].isin(REGIONS) | (units["article_34_district"] == 1)]
    paid = ebf.sample().law.salaries.of_year(year)
    law = law_of(year).with_amounts(salaries=paid, new_state_funds=300e6)
    ledger = ebf.calculate(units, law)
    path = tmp_path / "later.xlsx"
    write_full_calc(path, ledger)
    others = ("pension_credit", "minimum_funding_level", "property_tax_relief_counted")
    left = {name: ILLUSTRATIVE[name] for name in others if name not in ebf.law(year).known}
    state = ebf.read(path, amounts=left)
    assert state.law.fiscal_year == year
    assert same_money(ebf.calculate(*state), ledger)
    assert ebf.reconcile(path, amounts=left).differences.empty


def test_ids_as_numbers_are_read(few: ebf.Ledger, tmp_path: Path) -> None:
    path = tmp_path / "numbers.xlsx"
    write_full_calc(path, few, ids="number")
    assert same_money(ebf.calculate(*ebf.read(path)), few)


@pytest.mark.parametrize("heading", [None, "DHS count"], ids=["of headings", "of the final count"])
def test_years_are_told_apart_in_whatever_order(
    heading: str | None, workbook: tuple[Path, Sheets]
) -> None:
    """By the years of their headings; without any by the final count, which the latest tells."""
    path, sheets = workbook
    before = ebf.read(path).units["low_income_count_first_preceding_year"].tolist()
    letters = sheets.letters["ENROLL- LOW INCOME"]
    columns = [letters[f"low_income_count_{each}_preceding_year"] for each in ("first", "third")]
    book = openpyxl.load_workbook(path)
    sheet = book["ENROLL- LOW INCOME"]
    for row in range(1, sheet.max_row + 1):
        one, other = (sheet[f"{at}{row}"] for at in columns)
        one.value, other.value = other.value, one.value
        for cell in (one, other):
            if heading and isinstance(cell.value, str):
                cell.value = heading
    book.save(path)
    assert ebf.read(path).units["low_income_count_first_preceding_year"].tolist() == before


def test_the_technology_amount_is_found_in_whatever_column(
    workbook: tuple[Path, Sheets],
) -> None:
    path, _ = workbook
    before = ebf.read(path).units["computer_technology_addition"].tolist()
    book = openpyxl.load_workbook(path)
    book["Per Student Investments"].insert_cols(8, amount=2)
    book.save(path)
    assert ebf.read(path).units["computer_technology_addition"].tolist() == before


def test_base_calc_alone_is_read_where_it_is_asked_for(workbook: tuple[Path, Sheets]) -> None:
    state = ebf.read(workbook[0], sheet="Base Calc")
    assert "grade_1" not in state.units


def test_layouts_cover_the_years_once() -> None:
    years = [year for each in layouts() for year in range(each.first_year, each.last_year + 1)]
    assert years == [*range(2018, 2028)]


def test_layouts_have_base_calc_where_its_own_reader_has_it() -> None:
    own = {**COLUMNS, **BESIDE}
    for layout in layouts():
        columns = layout.sheets["base_calc"].columns
        assert {name: columns[name] for name in own if name in columns} == {
            name: at for name, at in own.items() if name != "unit_id"
        }


def test_a_layout_of_ones_own(workbook: tuple[Path, Sheets], tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    said = 'title = "own"\nlike = "full_calc_2022"\nfirst_year = 2022\nlast_year = 2022\n'
    own.write_text(said, encoding="utf-8")
    assert ebf.read_full_calc(workbook[0], layout=own).units["grade_1"].notna().all()
    wrong = f'{said}[sheets.core]\nname = "Core"\n[sheets.core.columns]\nnurses = "A1"\n'
    own.write_text(wrong, encoding="utf-8")
    with pytest.raises(ebf.InputError) as caught:
        read_layout(own)
    assert [fault.found for fault in caught.value.faults] == ["no such column", "'A1'"]


def test_the_shell_inspects_and_writes_a_layout_to_start_from(
    workbook: tuple[Path, Sheets], tmp_path: Path
) -> None:
    run = CliRunner().invoke
    layout = tmp_path / "layout.toml"
    said = run(app, ["inspect", str(workbook[0]), "--write-layout", str(layout)])
    assert said.exit_code == 0, said.output
    assert 'core_investments = "H" # Core Investment Cost' in layout.read_text(encoding="utf-8")
    again = run(
        app, ["inspect", str(workbook[0]), "--layout", str(layout), "--output", "x.parquet"]
    )
    assert again.exit_code == 2
    said = run(app, ["reconcile", str(workbook[0]), "--output", str(tmp_path / "page.html")])
    assert said.exit_code == 0
    assert "0 differ" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_the_whole_state_reads_back_to_the_cent(tmp_path: Path) -> None:
    units, law = ebf.sample()
    some = in_company(one_of(depth.SAMPLE_IN_FULL_CALC, units))
    whole = ebf.calculate(some, law.with_amounts(new_state_funds=300e6))
    path = tmp_path / "whole.xlsx"
    write_full_calc(path, whole, revised=True)
    found = ebf.reconcile(path)
    assert found.is_explained
    assert found.differences.empty
    assert same_money(ebf.calculate(*ebf.read(path)), whole)
    assert isinstance(found.cells, pd.DataFrame)


def test_audits_and_explanations_say_the_file(workbook: tuple[Path, Sheets]) -> None:
    ledger = ebf.calculate(*ebf.read(workbook[0], sheet="Base Calc"))
    unit = str(ledger.units.index[0])
    assert ledger.source is not None
    for account in (ledger.audit(unit), ledger.explain(unit, "tier_funding", depth=0)):
        assert f"From {ledger.source}." in account.to_text(width=1000)
        assert json.loads(account.to_json())["about"]["from_file"]["sha256"] == ledger.source.sha256


def test_what_the_caller_asks_goes_before_what_the_file_states(
    workbook: tuple[Path, Sheets],
) -> None:
    """The file is proven by its own numbers, and then computed by those asked for."""
    path, _ = workbook
    before = ebf.calculate(*ebf.read(path))
    dearer = ebf.calculate(*ebf.read(path, gifted=before.law.value("gifted").item() + 10))
    pupils = before.units["kindergarten_to_12_enrollment_elementary"]
    more = dearer.units["gifted_cost_elementary"] - before.units["gifted_cost_elementary"]
    assert (more - 10 * pupils).abs().max() <= 0.011
    paid = before.law.salaries.with_amounts({"nurse.k_8": 70_000, "nurse.9_12": 70_000})
    nurses = ebf.calculate(*ebf.read(path, salaries=paid)).units
    assert (nurses["nurse_cost_high"] - 70_000 * nurses["nurse_fte_high"]).abs().max() < 0.011


def test_what_the_file_states_goes_before_the_known_law(few: ebf.Ledger, tmp_path: Path) -> None:
    units, law = ebf.sample()
    own = law.with_amounts(new_state_funds=300e6, instructional_materials=250.0)
    ledger = ebf.calculate(units[units["unit_id"].isin(few.units.index)], own)
    path = tmp_path / "stated.xlsx"
    write_full_calc(path, ledger)
    state = ebf.read(path)
    assert state.law.value("instructional_materials").item() == 250.0
    assert same_money(ebf.calculate(*state), ledger)
