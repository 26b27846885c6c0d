"""One district's own files: blank ones to fill in, and what comes of the counts in them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import ebf
from ebf.doors.command import app
from ebf.law.funding.b_cost_factors import COST_FACTORS
from ebf.law.names import entries
from ebf.units.isbe.base_calc import _OUTCOME, COLUMNS

UNIT = "1000196062600"
LOW_INCOME = "low_income_count_first_preceding_year"
SHOWN = ["adequacy_target", "final_resources", "tier_funding"]


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, [*map(str, arguments)])


@pytest.fixture(scope="module")
def of_lines() -> ebf.State:
    """The sample as the Base Calc sheet has it: lines in place of counts."""
    units, law = ebf.sample()
    found = ebf.calculate(units, law).units
    names = [each for each in COLUMNS if each not in {"unit_id", *_OUTCOME}]
    given = found[[each for each in (*names, "local_capacity_percentage") if each in found]]
    return ebf.State(given.reset_index(), law)


@pytest.fixture(scope="module")
def own() -> pd.DataFrame:
    """The unit's own counts and property, one count otherwise."""
    units = ebf.sample().units
    row = units[units["unit_id"] == UNIT].drop(columns=["name", "county"])
    return row.assign(**{LOW_INCOME: 300.0})


def test_counts_where_the_state_has_counts_are_a_data_impact() -> None:
    units, law = ebf.sample()
    counts = pd.DataFrame([{"unit_id": UNIT, LOW_INCOME: 300}])
    found = ebf.own_counts(units, law, "Larkspurfirth", counts)
    expected = ebf.data_impact(units, law, UNIT, {LOW_INCOME: 300})
    pd.testing.assert_frame_equal(found.frame, expected.frame)


def test_lines_that_the_state_gives_are_computed_from_the_counts(
    of_lines: ebf.State, own: pd.DataFrame
) -> None:
    """The Local Capacity Percentage is of the whole state: handed over, the rest follows."""
    raw = ebf.data_impact(*ebf.sample(), UNIT, {LOW_INCOME: 300}).frame
    percentage = float(raw["re_solved"]["local_capacity_percentage"])
    counts = own.assign(local_capacity_percentage=percentage)
    found = ebf.own_counts(*of_lines, UNIT, counts)
    for column in SHOWN[:2]:
        assert found.frame.loc[column, "re_solved"] == pytest.approx(raw.loc[column, "re_solved"])
    # the other units' percentages are those of the sheet
    assert found.frame.loc["tier_funding", "re_solved"] == pytest.approx(
        raw.loc["tier_funding", "re_solved"], abs=10
    )
    assert any("Computed from the unit's own counts" in each for each in found.assumptions)


def test_a_line_of_the_whole_state_is_refused_or_held(
    of_lines: ebf.State, own: pd.DataFrame
) -> None:
    with pytest.raises(ebf.InputError) as caught:
        ebf.own_counts(*of_lines, UNIT, own)
    (fault,) = caught.value.faults
    assert (fault.place.unit, fault.place.column) == (UNIT, "local_capacity_percentage")
    assert "the whole state" in fault.allowed
    assert "--hold local_capacity_percentage" in fault.fix
    found = ebf.own_counts(*of_lines, UNIT, own, hold=["local_capacity_percentage"])
    assert found.frame["change_re_solved"]["adequacy_target"] > 0
    assert any("Held as the state's file has it" in each for each in found.assumptions)


def test_counts_that_do_not_suffice_name_what_is_lacking(of_lines: ebf.State) -> None:
    counts = pd.DataFrame([{"unit_id": UNIT, LOW_INCOME: 300}])
    with pytest.raises(ebf.InputError) as caught:
        ebf.own_counts(*of_lines, UNIT, counts)
    assert {fault.place.column for fault in caught.value.faults} == {
        "core_investments",
        "additional_investments",
    }
    assert all("low_income_count_second_preceding_year" in f.allowed for f in caught.value.faults)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"unit_id": "0101690012600", LOW_INCOME: 3}, f"a row of {UNIT}"),
        ({"unit_id": UNIT, LOW_INCOME: None}, "a number that is changed"),
        ({"unit_id": UNIT, "low_incom_count": 3}, "unknown column"),
        ({"unit_id": UNIT, LOW_INCOME: "12a"}, "12a"),
        ({"unit_id": UNIT, LOW_INCOME: -1}, "0 or more"),
    ],
)
def test_counts_that_are_none_are_refused(counts: dict[str, Any], words: str) -> None:
    with pytest.raises(ebf.InputError, match=words):
        ebf.own_counts(*ebf.sample(), UNIT, pd.DataFrame([counts]))


def test_what_is_held_is_a_line_of_the_file(of_lines: ebf.State, own: pd.DataFrame) -> None:
    with pytest.raises(ebf.InputError, match="nearest known: core_investments"):
        ebf.own_counts(*of_lines, UNIT, own, hold=["core_investmens"])


# --- Blank files --------------------------------------------------------------------------------


def test_a_template_explains_every_column_and_is_read_back(tmp_path: Path) -> None:
    out = tmp_path / "blank"
    result = run("template", "Larkspurfirth", "--output", out)
    assert result.exit_code == 0, result.output
    about = pd.read_csv(out / "columns.csv", dtype=str)
    for part in ("counts", "property"):
        blank = ebf.read_units(out / f"{part}.csv")
        assert blank["unit_id"].tolist() == [UNIT]
        columns = [each for each in blank.columns if each in entries()]
        assert columns == about.loc[about["file"] == f"{part}.csv", "column"].tolist()
        assert blank[columns].isna().all(axis=None)
    assert about[["label", "measure", "allowed", "cite"]].notna().all(axis=None)
    assert about["cite"].str.startswith("18-8.15(").all()
    staff = (out / "staff.toml").read_text(encoding="utf-8")
    assert tomllib.loads(staff) == {}
    filled = staff.replace("# nurse = ", "nurse = 0.5")
    assert tomllib.loads(filled) == {"nurse": 0.5}
    assert all(f"# {factor.name} = " in staff for factor in COST_FACTORS)
    (out / "staff.toml").write_text(filled)
    gap = run("gap", "Larkspurfirth", "--actual", out / "staff.toml")
    assert gap.exit_code == 0, gap.output


def test_a_kind_of_unit_has_the_columns_that_it_needs(tmp_path: Path) -> None:
    units = ebf.sample().units
    unit = units.loc[units["organization_type"] == "elementary", "unit_id"].iloc[0]
    assert run("template", unit, "--output", tmp_path / "e").exit_code == 0
    assert "grade_9" not in (tmp_path / "e" / "counts.csv").read_text()
    assert "grade_8" in (tmp_path / "e" / "counts.csv").read_text()


def test_blank_files_do_not_replace_filled_ones(tmp_path: Path) -> None:
    assert run("template", UNIT, "--output", tmp_path).exit_code == 0
    (tmp_path / "counts.csv").write_text("filled in")
    again = run("template", UNIT, "--output", tmp_path)
    assert again.exit_code == 2
    assert "which is there" in again.stderr
    assert (tmp_path / "counts.csv").read_text() == "filled in"


def test_a_filled_template_is_shown_as_a_page(tmp_path: Path) -> None:
    assert run("template", UNIT, "--output", tmp_path).exit_code == 0
    counts, page = tmp_path / "counts.csv", tmp_path / "page.html"
    pd.read_csv(counts, dtype=str).assign(**{LOW_INCOME: "300"}).to_csv(counts, index=False)
    asked = ("what-if", "Larkspurfirth", "--counts", counts)
    shown = run(*asked)
    assert shown.exit_code == 0, shown.output
    for words in ("before", "re solved", "held fixed", "adequacy_target", "invented"):
        assert words in shown.output
    assert run(*asked, "--output", page).exit_code == 0
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert "which is read" in run(*asked, "--output", counts).stderr
    both = (*asked, "--counts", tmp_path / "property.csv")
    assert run(*both).output == shown.output
    blank = run("what-if", UNIT, "--counts", tmp_path / "property.csv")
    assert blank.exit_code == 2
    assert "a number that is changed" in blank.stderr


def test_a_number_that_two_files_have_otherwise_is_named(tmp_path: Path) -> None:
    files = []
    for name, count in (("ours.csv", 300), ("theirs.csv", 310)):
        (tmp_path / name).write_text(f"unit_id,{LOW_INCOME}\n{UNIT},{count}\n")
        files += ["--counts", tmp_path / name]
    refused = run("what-if", UNIT, *files)
    assert refused.exit_code == 2
    for words in (LOW_INCOME, "theirs.csv", "found 310", "allowed: 300"):
        assert words in refused.stderr
