"""The State Board's Base Calc sheet, written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from states import ANY_AMOUNT, unit_id
from typer.testing import CliRunner

import ebf
from ebf.doors.command import app
from ebf.units.isbe.base_calc import read_base_calc

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
        "A3": "Distribution Calculations for Fiscal Year 2022",
        "L1": "Remaining Appropriation Available for Tier Funding",
        "L2": 60_000.0,
        f"A{FIRST_ROW - 1}": "District ID",
        f"B{FIRST_ROW - 1}": "District Name",
        f"B{FIRST_ROW + len(UNITS)}": "TOTALS",
    }
    for row, unit in enumerate(UNITS, start=FIRST_ROW):
        name, kind, students, target, resources, tier, first, gap, second, third, fourth = unit
        paid = first + second + third + fourth
        subject = round(students * 850.48, 2)
        parts = (subject, 0, round(target - 0.9 * subject, 2))
        row_of_sheet = (
            *(unit_id(row), name, "Adams", kind, students, 0, *parts, 0.9, target),
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
        read_base_calc(path, sheet)
    return {fault.place.words: fault for fault in caught.value.faults}


@pytest.mark.parametrize(("year", "others"), [("base_calc", ["Notes"]), ("FY2022", [])])
def test_a_sheet_gives_units_and_money_and_they_what_it_paid(
    year: str, others: list[str], tmp_path: Path
) -> None:
    """The sheet is found by its name, however written, or as the only one."""
    read = read_base_calc(base_calc(tmp_path, {}, *others, year=year))
    units = read.units
    assert units["organization_type"].tolist() == ["unit", "elementary", "high_school", "unit"]
    recovered = units["local_capacity_percentage"].to_numpy()
    assert np.array_equal(recovered, [0.5, 0.4, np.nan, np.nan], equal_nan=True)
    assert (read.new_state_funds, read.fiscal_year) == (60_000, 2022)
    ledger = ebf.calculate(units, ANY_AMOUNT.with_amounts(new_state_funds=read.new_state_funds))
    assert ledger.statewide["tier_1_target_ratio"] == pytest.approx(0.6, abs=1e-12)
    assert ledger.units["tier_funding"].tolist() == PAID
    assert ledger.units["base_funding_minimum"].tolist() == [BASE] * len(UNITS)


PERCENTAGE = "local_capacity_percentage"
TAX = "corporate_personal_property_replacement_tax"
RECOVERED = "recovered from published results, not published itself"
A_UNIT, C_UNIT = unit_id(FIRST_ROW), unit_id(FIRST_ROW + 2)


def source_of(ledger: ebf.Ledger, unit: str, column: str, line: str) -> str:
    sources = ledger.explain(unit, line).sources
    return next(each.source for each in sources if each.column == column)


def as_one_line(shown: ebf.Ledger | ebf.Comparison) -> str:
    return " ".join(shown.to_text(width=10_000).split())


def test_what_was_recovered_is_marked_wherever_it_is_shown(tmp_path: Path) -> None:
    state = ebf.read(base_calc(tmp_path))
    ledger = ebf.calculate(*state)
    tax, percentage = "Corporate Personal Property Replacement Tax", "Local Capacity Percentage"
    words = f"{RECOVERED}: {tax} of 4 units, {percentage} of 2 units ({A_UNIT}, "
    assert words.capitalize()[:30] in as_one_line(ledger)
    assert words[1:] in as_one_line(ledger)
    assert source_of(ledger, A_UNIT, PERCENTAGE, "tier_2_funding_gap") == RECOVERED
    assert source_of(ledger, C_UNIT, TAX, "final_resources") == RECOVERED
    more = ebf.Scenario("more", new_state_funds=7e4).calculate(*state)
    assert f"After, {words}" in as_one_line(ebf.compare(ledger, more))


def test_what_is_changed_is_recovered_no_longer(tmp_path: Path) -> None:
    units, law = ebf.read(base_calc(tmp_path))
    by_scenario = ebf.Change(value=0.75, units=[A_UNIT])
    changed = ebf.Scenario("own", units={PERCENTAGE: by_scenario}).calculate(units, law)
    own = units.assign(**{PERCENTAGE: [0.75, *units[PERCENTAGE][1:]]})
    for ledger in (changed, ebf.calculate(own, law)):
        of_a = source_of(ledger, A_UNIT, PERCENTAGE, "tier_2_funding_gap")
        assert of_a == "column of the table of units"
        words = f"Local Capacity Percentage of 1 unit ({unit_id(FIRST_ROW + 1)})."
        assert words in as_one_line(ledger)


def test_replacement_tax_is_what_resources_have_beside_their_parts(tmp_path: Path) -> None:
    """Local 1,000, base 499,000 and resources 500,000 of A leave none; 12.34 less base, 12.34."""
    path = base_calc(tmp_path, {f"R{FIRST_ROW}": 499_000 - 12.34})
    units = read_base_calc(path).units
    assert units[TAX].tolist() == [12.34, 0, 0, 0]
    ledger = ebf.calculate(units, ANY_AMOUNT.with_amounts(new_state_funds=60_000))
    assert "final_resources" in ledger.computed
    assert ledger.units["tier_funding"].tolist() == PAID


@pytest.mark.parametrize("beside", [0.004, -0.01])
def test_a_replacement_tax_below_0_or_of_half_cents_is_refused(
    beside: float, tmp_path: Path
) -> None:
    path = base_calc(tmp_path, {f"R{FIRST_ROW}": 499_000 - beside})
    (fault,) = faults_of(path).values()
    assert (fault.place.unit, fault.place.column) == (A_UNIT, "S")


def test_a_blank_percentage_is_estimated_on_request_and_marked(tmp_path: Path) -> None:
    """C's 1,000 of local capacity are 0.05 % of its target; with twice the target it needs it."""
    path, column = base_calc(tmp_path), "per_student_investments_not_subject_to_regionalization"
    dearer = ebf.Scenario("dearer", units={column: ebf.Change(multiply=2, units=[C_UNIT])})
    with pytest.raises(ebf.InputError, match="estimate_percentages") as caught:
        dearer.calculate(*ebf.read(path))
    assert {fault.place.words for fault in caught.value.faults} == {(C_UNIT, PERCENTAGE)}
    state = ebf.read(path, estimate_percentages=True)
    assert state.units[PERCENTAGE].tolist() == [0.5, 0.4, 0.0005, 0.001]
    ledger, after = ebf.calculate(*state), dearer.calculate(*state)
    blank = ebf.calculate(*ebf.read(path)).units["tier_funding"]
    assert ledger.units["tier_funding"].tolist() == blank.tolist()
    source = source_of(after, C_UNIT, PERCENTAGE, "tier_2_funding_gap")
    assert source.startswith("an estimate: Adjusted Local Capacity Target over Adequacy Target")
    assert "After, an estimate: " in as_one_line(ebf.compare(ledger, after))


def test_an_estimate_of_nothing_is_refused(tmp_path: Path) -> None:
    path = base_calc(tmp_path)
    state = ebf.read(path, estimate_percentages=True)
    table = tmp_path / "own.csv"
    state.units.to_csv(table, index=False)
    with pytest.raises(ebf.InputError, match="none is blank"):
        ebf.read(table, 2022, new_state_funds=6e4, estimate_percentages=True)
    state.units.drop(columns="adequacy_target").to_csv(table, index=False)
    with pytest.raises(ebf.InputError, match="adequacy_target: found no such column"):
        ebf.read(table, 2022, new_state_funds=6e4, estimate_percentages=True)


def test_dollars_a_floats_breadth_from_a_cent_are_that_cent(tmp_path: Path) -> None:
    noisy = BASE + 2 * np.spacing(BASE)  # as sums of a spreadsheet are
    path = base_calc(tmp_path, {f"AP{FIRST_ROW}": noisy})
    assert noisy != BASE
    assert read_base_calc(path).units["base_funding_minimum"][0] == BASE
    apart = base_calc(tmp_path, {f"AP{FIRST_ROW}": BASE + 1e-6, f"AQ{FIRST_ROW}": BASE + PAID[0]})
    assert read_base_calc(apart).units["base_funding_minimum"][0] == BASE + 1e-6


@pytest.mark.parametrize("year", [2018, 2020, 2022])
def test_in_fractions_each_unit_is_paid_the_published_cent(year: int, published: Path) -> None:
    state = ebf.read(published / "base_calc.xlsx", sheet=str(year))
    exact = ebf.calculate(*state, arithmetic="exact").units["total_state_contribution"]
    text = {"unit_id": str}
    paid = pd.read_csv(published / f"fy{year}.csv", dtype=text).set_index("unit_id")
    assert (exact - paid["total_state_contribution"]).abs().max() < 0.005


def test_a_cent_apart_is_the_state_boards_and_two_are_a_fault(tmp_path: Path) -> None:
    """Of five years' tier funding two are a cent from the sum of their parts."""
    total = sum(PAID)
    for cents, is_refused in ((1, False), (2, True)):
        off = {
            f"AN{FIRST_ROW}": PAID[0] - cents / 100,
            f"AQ{FIRST_ROW}": BASE + PAID[0] - cents / 100,
            f"AN{FIRST_ROW + len(UNITS)}": total - cents / 100,
        }
        path = base_calc(tmp_path, off)
        if is_refused:
            assert (unit_id(FIRST_ROW), "AN of sheet Base Calc") in faults_of(path)
        else:
            assert len(read_base_calc(path).units) == len(UNITS)


def test_of_several_sheets_none_is_guessed(tmp_path: Path) -> None:
    path = base_calc(tmp_path, {}, "Notes", year="FY2022")
    assert {column for _, column in faults_of(path)} == {"sheet"}
    assert {column for _, column in faults_of(path, "FY2021")} == {"sheet"}
    assert read_base_calc(path, "fy-2022").units["name"].tolist() == ["A", "B", "C", "D"]


def test_a_sheet_without_header_and_totals_names_both(tmp_path: Path) -> None:
    last = FIRST_ROW + len(UNITS)
    path = base_calc(tmp_path, {f"B{FIRST_ROW - 1}": "District", f"B{last}": "Sums"})
    with pytest.raises(ebf.InputError) as caught:
        read_base_calc(path)
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
        ("H5", 999_000, "N", "1899100"),  # 0.9 x 999,000 more than the target
        ("T6", 0.81, "T", "0.8"),
        ("AB5", 30_001, "AN", "52201"),
        ("AC5", 185_001, "AC", "370000 x"),  # by a percentage of 0.499997
        ("AC5", 195_000, "AC", "370000 x"),  # by a Target Ratio of 92 %
        ("AC6", 100_001, "AC", "100000 x"),  # more than the unit is short of
        ("AC6", -1, "AC", "100000 x"),
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
        read_base_calc(base_calc(tmp_path, {"L1": "Money"}))


def test_a_sheet_from_the_shell_pays_what_it_paid(tmp_path: Path) -> None:
    (tmp_path / "amounts.toml").write_text(
        "minimum_funding_level = 1\nproperty_tax_relief_counted = 1\n"
    )
    path, out = base_calc(tmp_path, {}, "Notes"), tmp_path / "out"
    arguments = ["calculate", str(path), "--amounts", str(tmp_path / "amounts.toml")]
    result = CliRunner().invoke(app, [*arguments, "--output", str(out)])
    assert result.exit_code == 0, result.output
    assert ebf.read_units(out / "units.csv")["tier_funding"].tolist() == PAID
