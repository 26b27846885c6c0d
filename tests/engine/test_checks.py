"""What is handed over twice must agree, and what holds of every result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from refusal import all_faults
from states import ANY_AMOUNT, dollars, frame_of, unit_id

import ebf

DISTRICT = "1000196062600"  # of the sample, with 424 pupils


@pytest.fixture(scope="module")
def sample() -> ebf.State:
    return ebf.sample()


@pytest.fixture(scope="module")
def own_output(sample: ebf.State) -> pd.DataFrame:
    """The sample's ledger as a table: every input, and every line beside what it is of."""
    return ebf.calculate(*sample).units.reset_index()


# --- What is handed over twice ---------------------------------------------------------------


def test_a_ledgers_own_output_is_computed_anew(own_output: pd.DataFrame, sample: ebf.State) -> None:
    again = ebf.calculate(own_output, sample.law)
    assert {"adequacy_target", "tier", "tier_funding"} <= again.computed
    assert not again.standing
    assert again.units["tier_funding"].tolist() == own_output["tier_funding"].tolist()


@pytest.mark.parametrize("line", ["core_investments", "adequacy_target", "real_receipts"])
def test_a_line_off_by_a_dollar_is_named_with_both_numbers_and_the_remedy(
    line: str, own_output: pd.DataFrame, sample: ebf.State
) -> None:
    row = own_output.index[own_output["unit_id"] == DISTRICT]
    found = own_output.loc[row, line].item()
    off = own_output.copy()
    off.loc[row, line] += 1
    (fault,) = all_faults(lambda: ebf.calculate(off, sample.law))
    assert fault.place.words == (DISTRICT, line)
    assert fault.found == f"{found + 1:.15g} handed over"
    assert fault.allowed == f"{found:.15g}, as it is computed"
    assert f"given=['{line}']" in fault.fix


def test_a_line_may_be_off_by_its_rounding(own_output: pd.DataFrame, sample: ebf.State) -> None:
    dollars_alone = own_output.assign(adequacy_target=own_output["adequacy_target"].round(0))
    again = ebf.calculate(dollars_alone, sample.law)
    assert again.units["adequacy_target"].tolist() == own_output["adequacy_target"].tolist()


def test_what_the_county_says_is_there_too(sample: ebf.State) -> None:
    """The Regionalization Factor of the sample's counties is known, so targets are computed."""
    units, law = sample
    faults = all_faults(lambda: ebf.calculate(units.assign(adequacy_target=5e6), law))
    assert {fault.place.column for fault in faults} == {"adequacy_target"}
    assert len(faults) == len(units)


def test_what_is_said_to_stand_in_does_and_the_ledger_says_so(sample: ebf.State) -> None:
    units, law = sample
    ledger = ebf.calculate(units.assign(adequacy_target=5e6), law, given=["adequacy_target"])
    assert (ledger.units["adequacy_target"] == 5e6).all()
    assert ledger.standing == {"adequacy_target"}
    assert "adequacy_target" in ledger.to_text()


def test_an_outcome_never_stands_in_unasked() -> None:
    rows = frame_of((dollars(1, 1e6, 6e5, 0.5), dollars(2, 1e6, 1.1e6, 0.5)))
    law = ANY_AMOUNT.with_amounts(new_state_funds=1e5)
    (fault,) = all_faults(lambda: ebf.calculate(rows.assign(tier=[3, 4]), law))
    assert fault.place.words == (unit_id(1), "tier")
    assert (fault.found, fault.allowed) == ("3 handed over", "1, as it is computed")


@pytest.mark.parametrize(
    ("given", "found"),
    [(["nurse"], "no such line"), (["tier_funding"], "not in the table")],
)
def test_what_cannot_stand_in_is_refused(given: Any, found: str, sample: ebf.State) -> None:
    (fault,) = all_faults(lambda: ebf.calculate(*sample, given=given))
    assert (fault.place.argument, fault.place.column) == ("given", given[0])
    assert fault.found == found


# --- What holds of every result --------------------------------------------------------------


def test_every_check_of_the_sample_holds(sample: ebf.State) -> None:
    checks = ebf.calculate(*sample).checks
    assert checks.index.tolist() == [
        "shares of the tiers",
        "target ratios",
        "weights of wage indices",
        "money left over",
        "units in tiers",
        "pupils of the table",
    ]
    assert checks["holds"].all()


@pytest.mark.parametrize(
    ("amounts", "check", "found"),
    [
        ({"tier_1.share": 0.6}, "shares of the tiers", "1.1"),
        ({"tier_3.share": 0.0}, "shares of the tiers", "0.991"),
        ({"tier_2.target_ratio": 1.2}, "target ratios", "-0.2"),
    ],
)
def test_numbers_of_the_law_that_contradict_each_other_are_refused(
    amounts: dict[str, float], check: str, found: str, sample: ebf.State
) -> None:
    units, law = sample
    refused = {
        fault.place.words[1]: fault.found
        for fault in all_faults(lambda: ebf.calculate(units, law.with_amounts(amounts)))
    }
    assert float(refused[check]) == pytest.approx(float(found))


def test_weights_that_belong_together_are_checked_together(sample: ebf.State) -> None:
    units, law = sample
    of_wages = {"neighboring_counties": 3, "neighbors_mean_comparable_wage_index": 1.0}
    units = units.drop(columns="county").assign(comparable_wage_index=1.0, **of_wages)
    heavier = law.with_amounts({"neighbors_weight": 0.9})
    (fault,) = all_faults(lambda: ebf.calculate(units, heavier))
    assert fault.place.words == ("statewide", "weights of wage indices")


def test_a_sweep_checks_every_scenario(sample: ebf.State) -> None:
    grid = {"tier_1.share": [0.5, 0.6]}
    faults = all_faults(lambda: ebf.sweep(*sample, grid))
    assert ("statewide", "shares of the tiers") in {fault.place.words for fault in faults}


def test_the_states_money_is_not_for_one_district(sample: ebf.State) -> None:
    units, law = sample
    alone = units[units["unit_id"] == DISTRICT]
    of_the_year = ebf.law(2022, salaries=law.salaries)
    (fault,) = all_faults(lambda: ebf.calculate(alone, of_the_year))
    assert fault.place.words == ("statewide", "pupils of the table")
    assert "ebf.data_impact" in fault.allowed
    ledger = ebf.calculate(alone, of_the_year.with_amounts(new_state_funds=1e5))
    assert ledger.units["tier_funding"].item() == 1e5


@pytest.mark.parametrize(
    ("column", "factor", "line"),
    [("supplemental_grant_funding_fy2017", 100, "adjusted_base_funding_minimum")],
)
def test_what_is_taken_off_is_no_more_than_there_is(
    column: str, factor: float, line: str, sample: ebf.State
) -> None:
    units, law = sample
    wrong = units.copy()
    wrong.loc[wrong["unit_id"] == DISTRICT, column] *= factor
    (fault,) = all_faults(lambda: ebf.calculate(wrong, law))
    assert fault.place.words == (DISTRICT, line)
    assert fault.allowed.startswith("0 or more")


@pytest.mark.parametrize(
    ("factor", "allowed"), [(0.8, "0.9 or more, up to 20"), (95, "a ratio from 0 to 20")]
)
def test_a_factor_below_the_least_or_in_percent_is_refused(factor: float, allowed: str) -> None:
    rows = (dollars(1, 1e6, 6e5, 0.5), dollars(2, 1e6, 1.1e6, 0.5))
    frame = frame_of(rows).assign(regionalization_factor=[factor, 0.9])
    (fault,) = all_faults(
        lambda: ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=1e5))
    )
    assert fault.place.words == (unit_id(1), "regionalization_factor")
    assert fault.allowed.startswith(allowed)


# --- A ledger's own files read back ----------------------------------------------------------


def read_back(units: pd.DataFrame, law: ebf.Law, folder: Path) -> tuple[ebf.Ledger, ebf.Ledger]:
    """A ledger, and the one of the file that it writes."""
    ledger = ebf.calculate(units, law)
    ledger.to_csv(folder)
    return ledger, ebf.calculate(ebf.read_units(folder / "units.csv"), law)


def test_a_region_of_the_callers_own_is_read_back(tmp_path: Path, sample: ebf.State) -> None:
    """Regional programs' low-income pupils are reckoned by it, so that it moves money."""
    units, law = sample
    regions = units["unit_id"].str[:2].replace({"01": "A", "02": "A"})
    ledger, again = read_back(units.assign(region=regions), law, tmp_path)
    assert ledger.units["region"].tolist() == regions.tolist()
    assert again.units["tier_funding"].tolist() == ledger.units["tier_funding"].tolist()
    assert "region" not in ebf.calculate(units, law).units


def test_a_blank_that_is_not_needed_stays_a_blank(tmp_path: Path, sample: ebf.State) -> None:
    units, law = sample
    of_wages = {
        "comparable_wage_index": 1.0,
        "neighboring_counties": 3.0,
        "neighbors_mean_comparable_wage_index": 1.0,
    }
    units = units.drop(columns="county").assign(**of_wages)
    without = units["organization_type"] == "specially_funded"
    units.loc[without, [*of_wages]] = None
    ledger, again = read_back(units, law, tmp_path)
    counties = ledger.units["neighboring_counties"]
    assert counties.isna().tolist() == without.tolist()
    assert again.units["tier_funding"].tolist() == ledger.units["tier_funding"].tolist()
