"""Two releases of a year's file: what changed in it, and what comes of that, by hand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import corruption
import depth
import jsonschema
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusal import all_faults
from states import ANY_AMOUNT, Row, dollars, frame_of, states, unit_id
from states import State as Invented

import ebf
from ebf.units.marks import Mark, mark

MONEY = 60_000
ROWS = (
    dollars(1, 1e6, 5e5, 0.5, base=400_000),
    dollars(2, 1e6, 8e5, 0.4, base=300_000),
    dollars(3, 2e6, 1.9e6, 0.1, 1_000, base=200_000),
    dollars(4, 1e6, 1.2e6, 0.1, base=100_000),
    dollars(5, 1e6, 3e6, 0.1, base=100_000),
)
"""Of Tiers 1, 2, 3, 4 and 4. Tier 4's 0.1 % of the new money, 60, is 30 for each: their targets
are equal."""
FOUR, FIVE, SIX = (unit_id(number) for number in (4, 5, 6))


def state(rows: Sequence[Row] = ROWS, money: float = MONEY, **columns: Any) -> ebf.State:
    law = ANY_AMOUNT.with_amounts(new_state_funds=money)
    return ebf.State(frame_of(rows).assign(**columns), law)


def changed(unit: str, **of_it: float) -> ebf.State:
    """The state with other numbers of one unit."""
    units, law = state()
    for column, value in of_it.items():
        units.loc[units["unit_id"] == unit, column] = value
    return ebf.State(units, law)


def named(found: ebf.Releases) -> list[tuple[str, str]]:
    """The unit and the column of every cell that changed."""
    return [*found.cells[["unit_id", "column"]].itertuples(index=False, name=None)]


def change(found: ebf.Releases, line: str) -> dict[str, float]:
    """Every unit's change of a line, of those that have one."""
    units = found.comparisons[line].units["change"]
    return {str(unit): float(each) for unit, each in units.items() if each}


# --- What changed ------------------------------------------------------------------


def test_an_input_changes_and_what_comes_of_it_stands_apart() -> None:
    """Of the 60 both units had 30; with twice the target the second has two parts of three, 40."""
    found = ebf.releases(state(), changed(FIVE, adequacy_target=2e6))
    (cell,) = found.cells.to_dict("records")
    assert (cell["unit_id"], cell["column"]) == (FIVE, "adequacy_target")
    assert (cell["old"], cell["new"], cell["change"], cell["mark"]) == (1e6, 2e6, 1e6, "")
    assert cell["label"].startswith("The Adequacy Target")
    assert found.law.empty
    assert found.alone.empty
    assert change(found, "tier_funding") == {FOUR: -10, FIVE: 10}
    lines = found.consequences.set_index("line")
    assert "adequacy_target" not in lines.index
    paid = lines.loc["tier_funding", ["units", "largest_change", "sum_of_changes"]]
    assert paid["units"] == 2
    assert abs(paid["largest_change"]) == pytest.approx(10)
    assert paid["sum_of_changes"] == pytest.approx(0, abs=1e-9)
    assert lines.loc["final_percent_of_adequacy", "units"] == 1  # 3 to 1.5
    assert lines.loc["final_percent_of_adequacy", "largest_change"] == -1.5
    assert lines.loc["statewide_adequacy_target", "largest_change"] == 1e6
    assert not {"tier", "tier_1_funding", "tier_2_funding", "tier_3_funding"} & {*lines.index}
    assert found.counts["units that change tier"] == 0
    assert found.counts["units whose tier funding changed"] == 2


def test_every_change_is_put_down_to_the_inputs_that_changed() -> None:
    """Of what a base gains the total gains all; the targets alone move tier funding."""
    first = changed(FIVE, adequacy_target=2e6, base_funding_minimum=101_234.5)
    found = ebf.releases(state(), first)
    total = found.attributions["total_state_contribution"]
    assert total.changed.keys() == {"prepared Adequacy Target", "base funding"}
    assert total.parts.loc[FIVE, "base funding"] == pytest.approx(1_234.50, abs=0.001)
    assert total.parts.loc[FIVE, "prepared Adequacy Target"] == pytest.approx(10, abs=0.001)
    assert total.parts.loc[FOUR, "prepared Adequacy Target"] == pytest.approx(-10, abs=0.001)
    for attribution in found.attributions.values():
        parts = attribution.parts
        causes = parts.drop(columns=["before", "after", "change"]).sum(axis=1)
        assert np.allclose(causes, parts["change"], rtol=0, atol=0.005)


def test_a_unit_more_shares_what_there_is() -> None:
    """60 in four parts, two of them the new one's: 15, 15 and 30."""
    came = dollars(6, 2e6, 3e6, 0.1, base=50_000)
    found = ebf.releases(state(), state([*ROWS, came]))
    assert found.alone[["release", "tier_funding"]].to_dict("index") == {
        SIX: {"release": "new", "tier_funding": 30}
    }
    assert found.cells.empty
    assert change(found, "tier_funding") == {FOUR: -15, FIVE: -15}
    parts = found.attributions["tier_funding"].parts["units that came or went"]
    assert parts[[FOUR, FIVE]].tolist() == [-15, -15]
    went = ebf.releases(state([*ROWS, came]), state())
    assert went.alone["release"].to_dict() == {SIX: "old"}
    assert went.counts[["units that came", "units that went"]].tolist() == [0, 1]


def test_a_name_changes_and_nothing_comes_of_it() -> None:
    names = ["One", "Two", "Three", "Four", "Five"]
    found = ebf.releases(state(name=names), state(name=[*names[:4], "Fifth"]))
    (cell,) = found.cells.to_dict("records")
    assert (cell["column"], cell["label"]) == ("name", "Name of the unit")
    assert (cell["old"], cell["new"]) == ("Five", "Fifth")
    assert pd.isna(cell["change"])
    assert found.consequences.empty
    assert found.title.endswith("what differs")


def test_the_kind_and_columns_of_the_files_own_are_compared() -> None:
    first = state(senator_number=[1, 2, 3, 4, 5])
    second = state(senator_number=[1, 2, 3, 4, 59], organization_type=["unit"] * 4 + ["hybrid"])
    found = ebf.releases(first, second)
    assert named(found) == [(FIVE, "organization_type"), (FIVE, "senator_number")]
    assert found.cells["new"].tolist() == ["hybrid", 59]


def test_another_amount_of_new_money_is_a_number_of_the_law() -> None:
    found = ebf.releases(state(), state(money=2 * MONEY))
    (number,) = found.law.to_dict("records")
    assert (number["number"], number["old"], number["new"]) == ("new_state_funds", 6e4, 12e4)
    assert found.cells.empty
    assert "new_state_funds" not in {*found.consequences["line"]}
    assert change(found, "tier_funding")[FIVE] == 30
    assert found.attributions["tier_funding"].changed == {"new money": ("new_state_funds",)}


def test_who_moves_tier_is_counted() -> None:
    """Resources of 0.95 of the target are Tier 3's, 1.2 were Tier 4's."""
    found = ebf.releases(state(), changed(FOUR, final_resources=95e4))
    assert named(found) == [(FOUR, "final_resources")]
    assert found.counts["units that change tier"] == 1
    assert found.consequences.set_index("line").loc["tier", "units"] == 1


def test_a_blank_in_one_release_is_a_change_without_an_amount() -> None:
    blank = state(local_capacity_percentage=[0.5, 0.4, 0.1, 0.1, np.nan])
    found = ebf.releases(state(), blank)
    (cell,) = found.cells.to_dict("records")
    assert (cell["unit_id"], cell["old"]) == (FIVE, 0.1)
    assert pd.isna(cell["new"])
    assert pd.isna(cell["change"])


def test_what_was_recovered_is_marked() -> None:
    second = state(local_capacity_percentage=[0.5, 0.4, 0.1, 0.1, 0.2])
    is_five = second.units["unit_id"] == FIVE
    mark(second.units, Mark.RECOVERED, "local_capacity_percentage", is_five)
    assert ebf.releases(state(), second).cells["mark"].tolist() == ["recovered"]


def test_a_column_of_one_release_is_said_not_compared() -> None:
    found = ebf.releases(state(), state(senator_number=[1, 2, 3, 4, 5], nurse_fte_high=1.0))
    assert found.cells.empty
    assert "senator_number is in the new release alone: not compared." in found.left_out
    assert "nurse_fte lacks a band, so it is not compared." in found.left_out


def test_a_number_of_the_whole_state_is_a_cell_of_no_unit() -> None:
    """New money, handed over as a column."""
    units = frame_of(ROWS)
    units[["adequacy_target", "final_resources"]] *= 10_000  # as much as the state's
    first, second = (
        ebf.State(units.assign(appropriated_new_state_funds=each), ANY_AMOUNT)
        for each in (600e6, 610e6)
    )
    assert named(ebf.releases(first, second)) == [("statewide", "appropriated_new_state_funds")]


def test_a_factor_known_by_the_county_comes_of_the_county() -> None:
    """In FY2022 Adams has a factor of 0.9, Cook of 1.05685."""
    county = ["Adams"] * 5
    found = ebf.releases(state(county=county), state(county=[*county[:4], "Cook"]))
    assert named(found) == [(FIVE, "county")]
    assert found.consequences["line"].tolist() == ["regionalization_factor"]
    assert found.consequences["largest_change"].tolist() == [pytest.approx(0.15685)]


def test_two_that_are_the_same_are_said_to_be() -> None:
    found = ebf.releases(state(), state())
    assert found.title == "Two releases of FY2022: the same, nothing differs"
    assert not found.counts.drop("units in both").any()
    assert change(found, "tier_funding") == {}


COLUMNS = {
    "average_student_enrollment": 0.01,
    "adequacy_target": 0.01,
    "final_resources": 0.01,
    "local_capacity_percentage": -0.0001,
    "base_funding_minimum": 0.01,
}


@depth.ATTRIBUTION
@given(states(most=8), st.sampled_from([*COLUMNS]), st.integers(0, 7))
def test_the_one_cell_that_changed_is_the_one_that_is_named(
    invented: Invented, column: str, place: int
) -> None:
    law = ANY_AMOUNT.with_amounts(new_state_funds=invented.new_state_funds)
    rows = invented.in_distribution
    row = rows[place % len(rows)]
    units, at = invented.frame, invented.frame["unit_id"] == row.unit_id
    other = units.copy()
    other.loc[at, column] = (units.loc[at, column] + COLUMNS[column]).abs().round(4)
    found = ebf.releases(ebf.State(units, law), ebf.State(other, law))
    assert named(found) == [(row.unit_id, column)]
    assert found.law.empty
    assert found.alone.empty
    for line, attribution in found.attributions.items():
        causes = attribution.parts.drop(columns=["before", "after", "change"]).sum(axis=1)
        assert np.allclose(causes, found.comparisons[line].units["change"], rtol=0, atol=0.005)


# --- What is refused ---------------------------------------------------------------


def test_two_fiscal_years_are_refused() -> None:
    units = frame_of(ROWS)
    other = ebf.law(2018, new_state_funds=MONEY)
    (fault,) = all_faults(lambda: ebf.releases(state(), ebf.State(units, other)))
    assert fault.found == "FY2022 and FY2018"
    assert "ebf.attribute" in fault.fix


def test_what_is_wrong_with_both_files_is_said_at_once() -> None:
    faults = all_faults(lambda: ebf.releases("lost.xlsx", "gone.xlsx"))
    assert {fault.place.file for fault in faults} == {"lost.xlsx", "gone.xlsx"}
    (fault,) = all_faults(lambda: ebf.releases(state(), state(), sheet="Base Calc"))
    assert fault.place.argument == "sheet"


# --- The files -----------------------------------------------------------------------


PREPARED = "Prepared by State Funding & Forecasting Staff, {}"
DEWEY = corruption.IDS[3]


def workbook(path: Path, base: float, released: str | None) -> Path:
    """The made Base Calc sheet, with another base of the specially funded unit."""
    rows = corruption.sheet()
    rows[7][corruption.place_of("AP")] = rows[7][corruption.place_of("AQ")] = base
    rows[2][2] = released and PREPARED.format(released)
    path.write_bytes(corruption.workbook_of(rows))
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return (
        workbook(tmp_path / "first.xlsx", 1_000, "April 2018"),
        workbook(tmp_path / "revised.xlsx", 1_500.25, "April 2018 - Updated"),
    )


def test_two_workbooks_from_their_files(files: tuple[Path, Path]) -> None:
    found = ebf.releases(*files)
    assert named(found) == [(DEWEY, "base_funding_minimum")]
    assert found.cells["change"].tolist() == [500.25]
    assert change(found, "tier_funding") == {}
    assert change(found, "total_state_contribution") == {DEWEY: 500.25}


def test_an_answer_carries_the_digests_of_its_files(files: tuple[Path, Path]) -> None:
    found = ebf.releases(*files)
    written = json.loads(found.to_json())
    jsonschema.validate(written, ebf.Releases.json_schema())
    digests = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    assert written["sources"] == {
        which: {"file": name, "sha256": digest, "sheet": "Base Calc", "released": released}
        for which, name, digest, released in (
            ("old", "first.xlsx", digests[0], "April 2018"),
            ("new", "revised.xlsx", digests[1], "April 2018 - Updated"),
        )
    }
    said = f"from first.xlsx, sheet Base Calc, released April 2018, SHA-256 {digests[0][:8]}…"
    for shown in (found.to_text(200), found.to_markdown(), found.to_html()):
        assert said in shown
        assert str(files[0].parent) not in shown


def test_one_file_handed_over_twice_is_said(files: tuple[Path, Path]) -> None:
    found = ebf.releases(files[0], files[0])
    assert "Both were read from one and the same file: their SHA-256 is equal." in found.assumptions
    assert found.title.endswith("nothing differs")
    assert not any("one and the same" in each for each in ebf.releases(*files).assumptions)


def test_a_csv_of_the_cells_is_safe_in_a_spreadsheet(tmp_path: Path) -> None:
    found = ebf.releases(state(name="One"), state(name=["One"] * 4 + ["=1+1"]))
    found.to_csv(tmp_path / "cells.csv")
    cells = pd.read_csv(tmp_path / "cells.csv", dtype=str)
    assert cells["unit_id"].tolist() == [FIVE]
    assert cells["new"].tolist() == ["'=1+1"]


def test_every_ledger_carries_the_file_that_its_units_are_from(files: tuple[Path, Path]) -> None:
    state = ebf.read(files[0])
    ledger = ebf.calculate(*state)
    more = ebf.Scenario("more", new_state_funds=4e5).calculate(*state)
    assert ledger.source == more.source == state.source
    assert ledger.source
    assert ledger.source.released == "April 2018"
    assert f"From {ledger.source}" in ledger.to_text(200)
    written = json.loads(ledger.to_json())
    assert written["sources"]["units"]["sha256"] == ledger.source.sha256
    compared = ebf.compare(ledger, more)
    assert f"Before, from {ledger.source}" in compared.to_text(200)
    assert compared.sources == {"before": ledger.source, "after": ledger.source}
    assert ebf.calculate(*ebf.sample(), lines=["tier"]).source is None


def test_numbers_that_are_the_same_are_so_whatever_file_they_are_from(tmp_path: Path) -> None:
    one = ebf.read(workbook(tmp_path / "one.xlsx", 1_000, "April 2018"))
    two = ebf.read(workbook(tmp_path / "two.xlsx", 1_000, "May 2018"))
    ledgers = ebf.calculate(*one), ebf.calculate(*two)
    assert ledgers[0] != ledgers[1]
    assert "nothing differs" in ebf.compare(*ledgers).to_text(200)
    assert ebf.releases(one, two).title.endswith("nothing differs")


def test_an_attribute_of_the_callers_own_is_no_file() -> None:
    units, law = state()
    for said in ("a list of mine", {"file": "mine.csv"}):
        units.attrs["source"] = said
        assert ebf.calculate(units, law).source is None


@pytest.mark.parametrize(
    ("year", "released"),
    [(2018, "April 2018 - Updated"), (2020, "August 2019"), (2022, "August 2021")],
)
def test_the_state_boards_sheets_say_when_they_were_prepared(
    year: int, released: str, published: Path
) -> None:
    source = ebf.read(published / "base_calc.xlsx", sheet=str(year)).source
    assert source
    assert source.released == released
