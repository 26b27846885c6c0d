"""The tests' own full-calculation workbook keeps the identities of the state's layout.

Read anew by the layout's positions, counted from 0, not by where the writer says it wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from math import floor
from pathlib import Path
from shutil import copyfile
from typing import Any, Final, TypeAlias

import depth
import numpy as np
import numpy.typing as npt
import pytest
from full_calc import TOTALS, Cell, Sheets, plant, write_full_calc
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook
from sample_states import in_company, law_of, one_of, units_of, wages

import ebf

Numbers: TypeAlias = npt.NDArray[np.float64]

SHEETS: Final = [
    "District Results Summary", "Base Calc", "Control Variables", "Core Investments",
    "Per Student Investments", "Additional Investments", "Local Capacity Target", "Tier $",
    "ENROLL-ALL", "ENROLL- LOW INCOME", "ENROLL - LI - ROE", "ROE-LI Data", "ENROLL - EL",
    "REGION FACTOR", "ADJUSTED OTR", "ADJUSTED_EAV", "REAL EAV CALC", "PTELL EAV CALC",
    "FY 21 BFM",
]  # fmt: skip

CENT: Final = 0.005


@dataclass(frozen=True)
class Table:
    """The rows of units of a sheet, and their totals."""

    rows: list[list[Any]]
    totals: list[Any]

    def column(self, place: int) -> Numbers:
        return np.array([row[place] or 0.0 for row in self.rows], dtype=float)

    def columns(self, first: int, last: int) -> Numbers:
        """The columns from the first to the last, a row each."""
        return np.array([self.column(place) for place in range(first, last + 1)])

    def words(self, place: int) -> npt.NDArray[np.str_]:
        return np.array([str(row[place]) for row in self.rows])


def tables_of(path: Path) -> dict[str, Table]:
    """The tables of units, found by the words in column B."""
    book = CalamineWorkbook.from_path(path)
    found = {}
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        second = [row[1] for row in rows]
        if "District Name" in second:
            first, last = second.index("District Name") + 1, second.index(TOTALS)
            found[name] = Table(rows[first:last], rows[last])
    return found


def values_in(path: Path, sheet: str, cells: str) -> list[Any]:
    """The cells of a column, errors too, which calamine shows as blank."""
    with closing(load_workbook(path, read_only=True)) as book:
        return [row[0].value for row in book[sheet][cells]]


@pytest.fixture(scope="module")
def ledger() -> ebf.Ledger:
    units, law = ebf.sample()
    some = in_company(one_of(depth.SAMPLE_IN_FULL_CALC, units))
    return ebf.calculate(some, law.with_amounts(new_state_funds=300e6))


@pytest.fixture(scope="module")
def written(ledger: ebf.Ledger, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sheets]:
    path = tmp_path_factory.mktemp("full_calc") / "FY22-EBF-Full-Calc.xlsx"
    return path, write_full_calc(path, ledger)


@pytest.fixture(scope="module")
def tables(written: tuple[Path, Sheets]) -> Mapping[str, Table]:
    return tables_of(written[0])


def small(year: int, *, with_wages: bool = False) -> ebf.Ledger:
    """A part of the sample state in another year."""
    units = in_company(one_of(20, units_of(year)))
    salaries = ebf.sample().law.salaries.of_year(year)
    law = law_of(year).with_amounts({"new_state_funds": 20e6}, salaries=salaries)
    if with_wages:
        units = wages(units).drop(columns="regionalization_factor")
    return ebf.calculate(units, law)


def programs(table: Table) -> npt.NDArray[np.bool_]:
    return np.array([kind == "Regional" for kind in table.words(3)])


def test_sheets_stand_in_the_order_of_the_layout(written: tuple[Path, Sheets]) -> None:
    assert CalamineWorkbook.from_path(written[0]).sheet_names == SHEETS


def test_units_are_the_same_on_every_sheet(ledger: ebf.Ledger, tables: Mapping[str, Table]) -> None:
    programs_alone, districts_alone = "ENROLL - LI - ROE", "ROE-LI Data"
    for name, table in tables.items():
        if name not in {programs_alone, districts_alone}:
            assert list(table.words(0)) == list(ledger.units.index), name
            assert list(table.words(1)) == list(ledger.units["name"]), name
    kinds = ledger.units["organization_type"]
    is_program = kinds == "regional_program"
    assert list(tables[programs_alone].words(0)) == list(kinds.index[is_program])
    is_district = ledger.units["is_district"] == 1
    assert sorted(tables[districts_alone].words(1)) == sorted(kinds.index[is_district])


def test_grades_and_bands_sum_to_enrollment(tables: Mapping[str, Table]) -> None:
    table = tables["ENROLL-ALL"]
    ase, prekindergarten = table.column(5), table.column(22)
    for parts in (
        table.columns(22, 35).sum(axis=0),
        table.column(36),
        table.columns(13, 15).sum(axis=0),
        table.column(17) + table.column(19) + table.column(20),
        # pre-kindergarten is in no band that starts at kindergarten
        table.column(7) + table.column(8) + prekindergarten,
        table.column(7) + table.column(10) + table.column(11) + prekindergarten,
        table.columns(18, 20).sum(axis=0) + prekindergarten,
    ):
        assert np.abs(parts - ase).max() < CENT
    assert np.array_equal(ase, tables["Base Calc"].column(5))


def test_low_income_and_other_pupils_make_the_band(tables: Mapping[str, Table]) -> None:
    table = tables["ENROLL- LOW INCOME"]
    final, ase = table.column(6), table.column(8)
    assert (final <= ase + CENT).all()
    assert np.allclose(table.column(9) * ase, final)
    drivers = tables["Core Investments"].columns(6, 11)
    for band, first in enumerate((10, 14, 18)):
        everyone, low_income, other = table.columns(first, first + 2)
        assert np.allclose(low_income + other, everyone, atol=CENT)
        assert np.array_equal(drivers[2 * band : 2 * band + 2], [low_income, other])


def test_final_counts_are_the_greater_of_the_latest_year_and_the_mean(
    tables: Mapping[str, Table],
) -> None:
    low_income, learners = tables["ENROLL- LOW INCOME"], tables["ENROLL - EL"]
    by_region = programs(tables["Base Calc"])
    for table, mean, final, counted in (
        (low_income, 5, 6, ~by_region),
        (learners, 6, 8, np.ones_like(by_region)),
    ):
        greater = np.maximum(table.column(4), table.column(mean))
        assert np.abs(greater - table.column(final))[counted].max() < CENT
        assert np.abs(table.columns(2, 4).mean(axis=0) - table.column(mean)).max() < 0.01
    of_region = tables["ENROLL - LI - ROE"].column(6)
    ase = low_income.column(8)[by_region]
    assert np.allclose(of_region * ase, low_income.column(6)[by_region])


CORE_RATIOS: Final[Mapping[int, tuple[float, float, float]]] = {
    30: (200, 200, 200),
    35: (450, 450, 600),
    45: (450, 250, 250),
    50: (750, 750, 750),
    55: (225, 225, 200),
    60: (450, 450, 600),
    65: (300, 300, 300),
    70: (450, 450, 600),
    75: (450, 450, 600),
    80: (225, 225, 200),
}
"""Pupils per position by the first column of the three, (b)(2)(C) to (L)."""

ADDITIONAL_RATIOS: Final[Mapping[int, Mapping[int, float]]] = {
    6: {9: 125, 12: 125, 15: 120, 18: 120},
    20: {22: 125, 25: 125, 28: 120, 31: 120, 34: 100},
    36: {38: 141, 41: 141, 44: 1000},
}
"""The same by the column of what is divided, (b)(2)(V) to (X)."""


def is_cut(positions: Numbers, uncut: Numbers) -> bool:
    """Whether positions are the uncut ones cut; a cent of a position is left to floats."""
    return all(
        floor(each * 100 + 1e-6) == round(cut * 100)
        for cut, each in zip(positions.tolist(), uncut.tolist(), strict=True)
    )


def test_positions_are_pupils_over_the_ratio_cut(tables: Mapping[str, Table]) -> None:
    core, additional = tables["Core Investments"], tables["Additional Investments"]
    for first, ratios in CORE_RATIOS.items():
        for band, ratio in enumerate(ratios):
            assert is_cut(core.column(first + band), core.column(13 + band) / ratio), first
    for driver, positions in ADDITIONAL_RATIOS.items():
        for place, ratio in positions.items():
            assert is_cut(additional.column(place), additional.column(driver) / ratio), place
    classes = ((15, 20), (20, 25), (20, 25))
    for band, (low_income, other) in enumerate(classes):
        pupils = core.columns(6 + 2 * band, 7 + 2 * band)
        assert is_cut(core.column(22 + band), pupils[0] / low_income + pupils[1] / other)
    specialists = (core.columns(22, 24) * np.array([[0.2], [0.2], [0.3333]])).sum(axis=0)
    assert is_cut(core.column(27), specialists)
    salaries = {25: (65442, 65442, 75268), 48: (69784, 69784, 81154), 53: (59460, 59460, 59460)}
    for place, by_band in salaries.items():
        cost = (core.columns(place - 3, place - 1) * np.array(by_band)[:, np.newaxis]).sum(axis=0)
        assert np.allclose(core.column(place), cost, atol=CENT)


def test_costs_add_up_to_base_calc(tables: Mapping[str, Table]) -> None:
    base, core = tables["Base Calc"], tables["Core Investments"]
    additional, per_student = tables["Additional Investments"], tables["Per Student Investments"]
    costs = [core.column(place) for place in (25, 28, *range(33, 84, 5))]
    assert np.allclose(np.sum(costs, axis=0), core.column(85), atol=CENT)
    assert np.allclose(core.column(85), base.column(7), atol=CENT)
    of_additional = (10, 13, 16, 19, 23, 26, 29, 32, 35, 39, 42, 45)
    costs = [additional.column(place) for place in of_additional]
    assert np.allclose(np.sum(costs, axis=0), additional.column(46), atol=CENT)
    assert np.allclose(additional.column(46), base.column(9), atol=CENT)
    whole = per_student.columns(7, 12).sum(axis=0) + per_student.columns(14, 16).sum(axis=0)
    assert np.allclose(whole, per_student.columns(18, 19).sum(axis=0), atol=CENT)
    assert np.array_equal(per_student.column(18), base.column(8))
    assert np.array_equal(per_student.column(19), base.column(10))
    assert np.allclose(base.columns(7, 10).sum(axis=0), base.column(11), atol=CENT)
    target = base.columns(7, 9).sum(axis=0) * base.column(12) + base.column(10)
    assert np.abs(target - base.column(13)).max() < 0.01


def test_property_wealth_is_of_three_years(tables: Mapping[str, Table]) -> None:
    table = tables["ADJUSTED_EAV"]
    assert np.allclose(table.columns(6, 8).mean(axis=0), table.column(10))
    assert np.array_equal(table.column(17), tables["Local Capacity Target"].column(7))
    latest = tables["REAL EAV CALC"]
    assert np.allclose(latest.column(2) - latest.columns(3, 6).sum(axis=0), latest.column(7))
    assert np.array_equal(latest.column(7), table.column(8))
    ptell = tables["PTELL EAV CALC"]
    ratio = ptell.column(7) * ptell.column(5) * ptell.column(6)
    assert np.allclose(ptell.column(3) * ptell.column(4), ratio)
    rates = tables["ADJUSTED OTR"]
    assert np.allclose(np.maximum(rates.column(11), 0), rates.column(13))
    assert np.allclose(rates.column(2) - rates.column(9), rates.column(11))


def test_local_capacity_and_resources_add_up(tables: Mapping[str, Table]) -> None:
    table, base = tables["Local Capacity Target"], tables["Base Calc"]
    percentage, target = table.column(19), table.column(8)
    assert (percentage <= 0.9).all()
    assert is_cut(table.column(21), percentage * target)
    district = np.isin(table.words(3), ["Unit", "Elementary", "High School"])
    assert np.abs(np.minimum(table.column(18), 0.9) - percentage)[district].max() < 1e-4
    resources = table.column(21) + table.column(23) + table.column(24)
    assert np.allclose(resources, table.column(25))
    credit = 667_180_000  # of Chicago, the largest
    adjusted = table.column(21) + table.column(30)
    adjusted[table.column(5).argmax()] -= credit
    assert np.abs(adjusted - table.column(31)).max() < 0.011
    short = table.column(33) * (1 - table.column(26))
    assert np.abs(table.column(24) - short - table.column(35)).max() < 0.011
    final = table.column(31) + table.column(23) + table.column(35)
    assert np.allclose(final, table.column(36), atol=CENT)
    for place, of_base in ((5, 5), (8, 13), (31, 16), (35, 17), (36, 18), (37, 19)):
        assert np.array_equal(table.column(place), base.column(of_base)), place


def test_base_funding_adds_up(tables: Mapping[str, Table]) -> None:
    table = tables["FY 21 BFM"]
    assert np.allclose(table.columns(2, 5).sum(axis=0), table.column(7))
    assert np.array_equal(table.column(7), tables["Base Calc"].column(41))


def test_totals_are_sums_and_an_error_makes_its_total_one(
    written: tuple[Path, Sheets], tables: Mapping[str, Table]
) -> None:
    for name, table in tables.items():
        for place, total in enumerate(table.totals):
            if isinstance(total, float) and (name, place) != ("Base Calc", 15):
                assert np.isclose(table.column(place).sum(), total), (name, place)
    path, sheets = written
    is_program = programs(tables["Base Calc"])
    first = sheets.rows["REGION FACTOR"][tables["Base Calc"].rows[0][0]]
    shown = values_in(path, "REGION FACTOR", f"E{first}:E{first + len(is_program)}")
    found = np.array([value == "#N/A" for value in shown])
    assert np.array_equal(found, [*is_program, True])


def test_ids_lose_a_leading_zero_as_numbers(tmp_path: Path) -> None:
    ledger = small(2022)
    path = tmp_path / "FY22-EBF-Full-Calc-Revised.xlsx"
    write_full_calc(path, ledger, ids="number", revised=True)
    book = CalamineWorkbook.from_path(path)
    rows = book.get_sheet_by_name("ENROLL-ALL").to_python(skip_empty_area=False)
    assert any("Revised" in str(row[0]) for row in rows[:6])
    for table in (tables_of(path)[name] for name in ("ENROLL-ALL", "Base Calc")):
        assert list(table.column(0)) == [float(unit_id) for unit_id in ledger.units.index]


@pytest.mark.parametrize("year", [2023, 2027])
def test_later_years_have_a_column_and_sheets_more(year: int, tmp_path: Path) -> None:
    ledger = small(year)
    path = tmp_path / "full_calc.xlsx"
    written = write_full_calc(path, ledger)
    sheets = [*SHEETS[:-1], f"FY {year - 2001} BFM"]
    new = ["NEW ROE BFM", "ROE BFM", "Indices"] if year == 2027 else []
    assert CalamineWorkbook.from_path(path).sheet_names == [*sheets, *new]
    tables = tables_of(path)
    relief = ledger.units["property_tax_relief_grant"]
    assert np.array_equal(tables[sheets[-1]].column(4), relief)
    assert written.letters["ADJUSTED_EAV"]["equalized_assessed_valuation"] == "S"


def test_wage_indices_stand_where_the_ledger_has_them(tmp_path: Path) -> None:
    ledger = small(2022, with_wages=True)
    path = tmp_path / "full_calc.xlsx"
    write_full_calc(path, ledger)
    table = tables_of(path)["REGION FACTOR"]
    inside = table.column(20) > 0
    own, weighted, final = table.column(5), table.column(14), table.column(16)
    assert np.allclose(table.column(8) * own + table.column(9) * table.column(12), weighted)
    assert np.allclose(table.column(6) * table.column(12), table.column(10))
    assert np.array_equal(final, np.maximum(own, weighted))
    factor = np.maximum(final[inside] / table.column(18)[inside], 0.9)
    assert np.abs(factor - table.column(20)[inside]).max() < 1e-5


@pytest.mark.parametrize("value", [12.5, "x & y", "#N/A", None])
def test_a_planted_cell_alone_is_changed(
    value: Cell,
    written: tuple[Path, Sheets],
    tables: Mapping[str, Table],
    ledger: ebf.Ledger,
    tmp_path: Path,
) -> None:
    path, sheets, name = tmp_path / "planted.xlsx", written[1], "Core Investments"
    copyfile(written[0], path)
    unit_id = str(ledger.units.index[17])
    cell = sheets.cell(name, "nurse_fte_high", unit_id)
    assert cell.startswith("BA")
    rows = [list(row) for row in tables[name].rows]
    assert rows[17][52] == ledger.units["nurse_fte_high"].iloc[17]
    plant(path, name, cell, value)
    assert values_in(path, name, f"{cell}:{cell}") == [value]
    rows[17][52] = value if isinstance(value, float) or value == "x & y" else ""
    assert tables_of(path) == {**tables, name: Table(rows, tables[name].totals)}


def test_what_is_blank_is_listed(written: tuple[Path, Sheets], tables: Mapping[str, Table]) -> None:
    sheets = written[1]
    assert all(sheets.left_blank.values())
    for (sheet, column), why in sheets.left_blank.items():
        if sheet in tables:
            letters = sheets.letters[sheet][column]
            place = 0
            for letter in letters:
                place = place * 26 + ord(letter) - ord("A") + 1
            assert set(tables[sheet].words(place - 1)) <= {"", "#N/A"}, (sheet, column, why)
