"""The census of bounds: counted by hand in small states, and anew in the sample state."""

from __future__ import annotations

from math import isnan
from statistics import NormalDist
from typing import Any

import depth
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from sample_states import law_of, units_of, wages
from states import (
    ANY_AMOUNT,
    SPECIALLY_FUNDED,
    State,
    calculated,
    dollars,
    frame_of,
    states,
    unit_id,
)
from swapped import swap_in

import ebf
from ebf.explain.census import COLUMNS, census
from ebf.law.funding import FUNDING
from ebf.law.funding.d_receipts_and_eav import adjusted_eav_by_the_preceding_year
from ebf.law.years import YEARS

examples = depth.CENSUS


@pytest.fixture(scope="module")
def sample() -> ebf.Ledger:
    """The sample state, with wage indices, so that regionalization is computed."""
    units = wages(ebf.sample().units)
    return ebf.calculate(units, ebf.sample().law)


def row_of(ledger: ebf.Ledger, line: str, text: str = "") -> dict[str, Any]:
    """The one bound of a line whose formula has the text in it."""
    found = census(ledger)
    is_it = (found["line"] == line) & found["bound"].str.contains(text, regex=False)
    (row,) = found[is_it].to_dict("records")
    return {str(name): value for name, value in row.items()}


def counts(row: dict[str, Any]) -> tuple[int, int]:
    return row["binds"], row["units"]


# --- By hand: the distribution -----------------------------------------------------

FIVE = (
    dollars(1, 1e6, 500_000, 0.1),
    dollars(2, 1e6, 850_000, 0.5, students=1_000),
    dollars(3, 1e6, 950_000, 0.5),
    dollars(4, 1e6, 1_200_000, 0.5, students=30),
    dollars(5, 0, 0, 0, students=0, base=700, kind=SPECIALLY_FUNDED),
)
"""One unit in each tier and one in none, with $100,000 of new money.

Tier 1's 50,000 pay 30 % of 166,666.67 and lift the first unit to 2 / 3 of its target.
Tier 2's 49,000 go to gaps of (900,000 - 500,000 - 50,000) x 0.9 = 315,000 and of
(900,000 - 850,000) x 0.5 = 25,000. Tier 3's 900 are 9 for each of 100 pupils.
"""
STEP_1_OF_SECOND = 25_000 * 49_000 / 340_000


@pytest.fixture(scope="module")
def five() -> ebf.Ledger:
    return calculated(State(FIVE, 10_000_000))


@pytest.mark.parametrize(
    ("limit", "expected", "students"),
    [
        ("tier_1_target_ratio", (1, 4), 100),
        ("tier_2_target_ratio", (1, 3), 1_000),
        ("tier_3_target_ratio", (1, 2), 100),
    ],
)
def test_an_edge_of_a_tier_is_asked_of_those_that_the_edges_below_left(
    five: ebf.Ledger, limit: str, expected: tuple[int, int], students: float
) -> None:
    row = row_of(five, "tier", f"< {limit}")
    assert counts(row) == expected
    assert row["students"] == students
    assert (row["kind"], row["side"], row["column"]) == ("comparison", limit, "tier")
    assert row["cite"] == "18-8.15(g)(3)"
    assert isnan(row["dollars"])
    assert row["can_bind"]


def test_a_unit_on_an_edge_is_not_below_it() -> None:
    on_edges = (dollars(1, 1e6, 9e5, 0.1), dollars(2, 1e6, 1e6, 0.1), dollars(3, 1e6, 8e5, 0.1))
    ledger = calculated(State(on_edges, 100))
    assert counts(row_of(ledger, "tier", "< tier_2_target_ratio")) == (0, 2)
    assert counts(row_of(ledger, "tier", "< tier_3_target_ratio")) == (1, 2)


def test_the_floor_of_tier_2_is_asked_of_tier_2_alone_and_moves_dollars(five: ebf.Ledger) -> None:
    row = row_of(five, "tier_2_funding_step_2")
    assert counts(row) == (1, 1)
    assert row["kind"] == "floor"
    floor = "average_student_enrollment * greatest_tier_3_funding_per_student"
    assert row["side"] == f"both vary: {floor}"
    assert row["bound"] == f"maximum(tier_2_funding_step_1, {floor})"
    assert row["students"] == 1_000
    assert row["dollars"] == pytest.approx(9 * 1_000 - STEP_1_OF_SECOND, rel=1e-12)


def test_a_statewide_bound_is_asked_once_and_has_no_pupils(five: ebf.Ledger) -> None:
    row = row_of(five, "tier_2_surplus")
    assert counts(row) == (1, 1)
    assert (row["kind"], row["side"]) == ("floor", "0")
    assert isnan(row["students"])
    assert row["dollars"] == pytest.approx(340_000 - 49_000, rel=1e-12)
    rate = row_of(five, "tier_2_allocation_rate")
    assert counts(rate) == (0, 1)
    assert (rate["kind"], rate["side"]) == ("cap", "1")
    assert isnan(rate["dollars"])


def test_enough_money_binds_the_cap_of_the_rate_and_not_the_floor_of_the_surplus() -> None:
    rows = (dollars(1, 1e6, 8e5, 0.5), dollars(2, 1e6, 9.5e5, 0.5))
    ledger = calculated(State(rows, 100_000_000))  # a million; the gap is of 50,000
    assert counts(row_of(ledger, "tier_2_surplus")) == (0, 1)
    assert counts(row_of(ledger, "tier_2_allocation_rate")) == (1, 1)
    assert counts(row_of(ledger, "tier_1_money_joins_tier_2")) == (1, 1)
    first = row_of(ledger, "tier", "< tier_1_target_ratio")
    assert counts(first) == (2, 2)  # both are below it, and yet not in Tier 1
    assert counts(row_of(ledger, "tier", "< tier_2_target_ratio")) == (1, 2)


def test_who_has_an_adequacy_target_is_asked_of_everybody(five: ebf.Ledger) -> None:
    row = row_of(five, "in_distribution")
    assert counts(row) == (4, 5)
    assert row["bound"] == "0 < adequacy_target"
    assert row["students"] == 100 + 1_000 + 100 + 30


def test_a_minimum_funding_level_above_the_money_binds() -> None:
    law = ebf.law(2022, minimum_funding_level=150_000, property_tax_relief_counted=20_000)
    ledger = calculated(State(FIVE, 10_000_000), law)
    row = row_of(ledger, "allocation_base")
    assert counts(row) == (1, 1)
    assert row["side"] == "minimum_funding_level - property_tax_relief_counted"
    assert row["dollars"] == pytest.approx(30_000)
    assert counts(row_of(ledger, "tier_1_allocation_rate")) == (1, 1)
    # the shortfall of 30,000 is more than Tier 4's 0.1 % and Tier 3's 0.9 % of 130,000
    for tier, binds in ((4, 1), (3, 1), (2, 0), (1, 0)):
        name = f"tier_{tier}_allocation"
        emptied = row_of(ledger, f"{name}_less_shortfall", f"maximum({name} - ")
        assert counts(emptied) == (binds, 1)


def test_what_can_never_bind_is_told(five: ebf.Ledger) -> None:
    # The base is New State Funds or more, so the shortfall is never below 0.
    found = census(five)
    never = found.loc[~found["can_bind"].astype(bool), "bound"]
    assert never.tolist() == ["maximum(allocation_shortfall, 0)"]


def test_the_columns_and_the_order_of_the_statute(five: ebf.Ledger) -> None:
    found = census(five)
    assert tuple(found.columns) == COLUMNS
    order = list(FUNDING.lines(2022))
    places = [order.index(line) for line in found["line"]]
    assert places == sorted(places)
    assert not found.duplicated(["line", "column", "bound"]).any()


def test_exact_arithmetic_has_the_same_census(five: ebf.Ledger) -> None:
    assert_frame_equal(census(five.exact), census(five), rtol=1e-12)


def test_a_given_line_has_no_bounds_and_pupils_not_known_are_blank() -> None:
    frame = pd.DataFrame(
        {
            "unit_id": [unit_id(n) for n in range(3)],
            "organization_type": "unit",
            "real_receipts": [1_500.25, 900.0, 1_000.0],
            "local_capacity_target": 1_000.0,
            "local_capacity_percentage": 0.25,
        }
    )
    ledger = ebf.calculate(frame, ebf.law(2022), lines=["adjusted_local_capacity_target"])
    (row,) = census(ledger).to_dict("records")
    # the second's receipts are 100 below; the third's are on the target, so nothing is moved
    assert (row["binds"], row["units"], row["dollars"]) == (1, 3, 100)
    assert isnan(row["students"])


def test_several_scenarios_are_refused() -> None:
    ledger = ebf.calculate(frame_of(FIVE), ANY_AMOUNT.with_amounts(new_state_funds=[1.0, 2.0]))
    with pytest.raises(ebf.InputError, match="several scenarios"):
        census(ledger)
    assert not census(ledger.scenario(1)).empty


# --- By hand: counts, property, wages ------------------------------------------------


def line_of(name: str, columns: dict[str, Any], kinds: Any = "unit") -> ebf.Ledger:
    """A line of units from the columns that it reads."""
    count = len(next(iter(columns.values())))
    about = {"unit_id": [unit_id(n) for n in range(count)], "organization_type": kinds}
    law = ebf.law(2022)
    given = [each for each in columns if each in law.lines]
    return ebf.calculate(pd.DataFrame(about | columns), law, lines=[name], given=given)


def test_the_cap_of_local_capacity_is_asked_of_districts_alone() -> None:
    # Ratios 1, 3 and 5 with weights 2, 1 and 1: mean 5 / 2, variance 11 / 4; the third is at
    # 1.5 deviations, above 90 %. The laboratory school has 10 % whatever its ratio.
    columns = {
        "average_student_enrollment": [200.0, 100.0, 100.0, 50.0],
        "adequacy_target": [100.0, 100.0, 100.0, 100.0],
        "equalized_assessed_valuation": [100.0, 300.0, 500.0, 0.0],
    }
    kinds = ["unit", "unit", "unit", "laboratory_school"]
    row = row_of(line_of("local_capacity_percentage", columns, kinds), "local_capacity_percentage")
    assert counts(row) == (1, 3)
    assert (row["kind"], row["side"]) == ("cap", "greatest_local_capacity_percentage")
    assert row["students"] == 100


def test_a_branch_of_a_branch_is_asked_of_those_who_come_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # By the year before, the first two fell by 10 % or more; of them only the second is below
    # its mean.
    latest = "real_eav_first_preceding_tax_year"
    columns = {
        latest: [90.0, 80.0, 91.0, 50.0],
        "real_eav_second_preceding_tax_year": [100.0, 100.0, 100.0, 40.0],
        "mean_real_eav": [70.0, 95.0, 95.0, 60.0],
    }
    swap_in(monkeypatch, adjusted_eav_by_the_preceding_year)
    ledger = line_of("adjusted_eav", columns)
    fell = row_of(ledger, "adjusted_eav", " < ")
    assert counts(fell) == (2, 4)  # the edge is below the latest: no fall
    cap = row_of(ledger, "adjusted_eav", "minimum")
    assert counts(cap) == (1, 2)
    assert cap["side"] == "both vary: mean_real_eav"
    assert cap["dollars"] == 20


def test_a_fall_is_one_below_the_mean() -> None:
    columns = {
        "real_eav_first_preceding_tax_year": [90.0, 91.0, 80.0],
        "mean_real_eav": [100.0, 100.0, 85.0],
    }
    fell = row_of(line_of("adjusted_eav", columns), "adjusted_eav")
    assert counts(fell) == (2, 3)  # those that did not fall so far


PTELL = (
    "ptell_eav_used_prior_fiscal_year",
    "ptell_base_year_eav",
    "ptell_limiting_rate",
    "ptell_preceding_year_eav",
    "ptell_preceding_year_operating_rate",
)


def test_only_ptell_districts_are_asked_for_the_lesser() -> None:
    columns = {
        "adjusted_eav": [1_100.0, 1_100.0, 1_100.0],
        "ptell_eav": [1_030.0, 1_200.0, 5.0],
        "ptell_district": [1, 1, 0],
    }
    reported = dict.fromkeys(PTELL, [0.01] * 3)
    ledger = line_of("equalized_assessed_valuation", columns | reported)
    row = row_of(ledger, "equalized_assessed_valuation")
    assert counts(row) == (1, 2)
    assert row["dollars"] == 70


def test_what_is_the_same_for_all_bands_is_one_bound(sample: ebf.Ledger) -> None:
    row = row_of(sample, "enrollment")
    assert row["column"] == "enrollment"
    units = sample.units
    grades = [f"enrollment_first_preceding_year_{grade}" for grade in GRADES]
    means = [f"mean_enrollment_{grade}" for grade in GRADES]
    latest, mean = units[grades].sum(axis=1), units[means].sum(axis=1)
    assert counts(row) == (int((latest < mean - 1e-9).sum()), len(units))


GRADES = (
    "prekindergarten_special_education",
    "kindergarten",
    *(f"grade_{number}" for number in range(1, 13)),
)


# --- The sample state, counted anew ---------------------------------------------------


def test_the_floor_of_the_regionalization_factor(sample: ebf.Ledger) -> None:
    units = sample.units
    index, students = units["unit_comparable_wage_index"], units["average_student_enrollment"]
    factor = index / ((index * students).sum() / students.sum())
    row = row_of(sample, "regionalization_factor")
    assert counts(row) == (int((factor < 0.90).sum()), len(units))
    assert 0 < row["binds"] < row["units"]
    assert row["students"] == pytest.approx(students[factor < 0.90].sum())
    assert row["side"] == "least_regionalization_factor"
    assert row["bound"].startswith("maximum(divide(unit_comparable_wage_index, ")
    own, weighted = (
        units["comparable_wage_index"],
        units["neighbors_weighted_comparable_wage_index"],
    )
    greater = row_of(sample, "unit_comparable_wage_index")
    assert counts(greater) == (int((own < weighted).sum()), len(units))


def test_the_cap_of_the_local_capacity_percentage(sample: ebf.Ledger) -> None:
    units = sample.units
    districts = units[units["is_district"]]
    weight, ratio = districts["average_student_enrollment"], districts["local_capacity_ratio"]
    mean = (weight * ratio).sum() / weight.sum()
    deviation = np.sqrt((weight * (ratio - mean) ** 2).sum() / weight.sum())
    above = ((ratio - mean) / deviation).map(NormalDist().cdf) > 0.90
    row = row_of(sample, "local_capacity_percentage")
    assert counts(row) == (int(above.sum()), len(districts))
    assert row["students"] == pytest.approx(weight[above].sum())
    assert row["binds"] > 0


def test_receipts_above_the_local_capacity_target(sample: ebf.Ledger) -> None:
    units = sample.units
    above = units["real_receipts"] - units["local_capacity_target"]
    row = row_of(sample, "adjusted_local_capacity_target")
    assert counts(row) == (int((above < 0).sum()), len(units))
    assert row["dollars"] == pytest.approx(-above[above < 0].sum(), rel=1e-12)


def test_the_floor_of_tier_2_per_pupil(sample: ebf.Ledger) -> None:
    units = sample.units
    students = units["average_student_enrollment"]
    with_pupils = units[students > 0]
    greatest = (with_pupils["tier_3_funding"] / with_pupils["average_student_enrollment"]).max()
    tier_2 = units[units["tier"] == 2]
    raised = tier_2["average_student_enrollment"] * greatest - tier_2["tier_2_funding_step_1"]
    row = row_of(sample, "tier_2_funding_step_2")
    assert counts(row) == (int((raised > 0).sum()), len(tier_2))
    assert row["dollars"] == pytest.approx(raised[raised > 0].sum(), rel=1e-9)
    assert row["students"] == pytest.approx(students[raised.index[raised > 0]].sum())


def test_the_edges_of_the_tiers(sample: ebf.Ledger) -> None:
    tiers = sample.units["tier"].value_counts()
    in_tiers = int(tiers[[1, 2, 3, 4]].sum())
    assert counts(row_of(sample, "tier", "< tier_1_")) == (tiers[1], in_tiers)
    assert counts(row_of(sample, "tier", "< tier_2_")) == (tiers[2], in_tiers - tiers[1])
    assert counts(row_of(sample, "tier", "< tier_3_")) == (tiers[3], tiers[3] + tiers[4])


# --- Every state ------------------------------------------------------------------------


def assert_makes_sense(found: pd.DataFrame, count: int) -> None:
    assert (found["binds"] >= 0).all()
    assert (found["binds"] <= found["units"]).all()
    assert (found["units"] <= count).all()
    assert (found.loc[~found["can_bind"].astype(bool), "binds"] == 0).all()
    assert not (found["dollars"] < 0).any()
    unmoved = found["binds"] == 0
    assert (found.loc[unmoved, "dollars"].fillna(0) == 0).all()
    assert (found.loc[unmoved, "students"].fillna(0) == 0).all()


@examples
@given(states(), st.randoms())
def test_no_more_are_bound_than_asked_whatever_the_order_of_rows(state: State, random: Any) -> None:
    found = census(calculated(state))
    assert_makes_sense(found, len(state.rows))
    shuffled = list(state.rows)
    random.shuffle(shuffled)
    again = census(calculated(State(tuple(shuffled), state.funds)))
    assert_frame_equal(found, again, check_exact=True)


@pytest.mark.parametrize("year", YEARS)
def test_every_year_has_a_census(year: int) -> None:
    funds = 0.0 if year == 2021 else 310e6
    ledger = ebf.calculate(
        units_of(year),
        law_of(year).with_amounts(
            salaries=ebf.sample().law.salaries.of_year(year), new_state_funds=funds
        ),
    )
    found = census(ledger)
    assert_makes_sense(found, len(ledger.units))
    has_edges = found[found["line"] == "tier"]
    assert len(has_edges) == 3
