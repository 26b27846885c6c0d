"""Years to come: by hand, by another way round, and by what holds in every state."""

from __future__ import annotations

import copy
from dataclasses import fields
from itertools import pairwise
from typing import Any

import depth
import handed
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sample_states import law_of, one_of, units_of
from states import ANY_AMOUNT, State, column, dollars, frame_of, states, statewide, unit_id

import ebf
from ebf.law.years import YEARS
from ebf.units.table import GIVEN
from ebf.what_if.goals import money_needed, year_reached
from ebf.what_if.growth import Growth
from ebf.what_if.projection import project, shares_at

examples = depth.PROJECTIONS

CENT, NOISE = 0.01, 1e-4

POOR = frame_of([dollars(1, 1000, 0, 0.9, students=10)])
"""One unit of $1,000, with nothing: Tier 1 and Tier 2 have a half of the money each.

Tiers 3 and 4 are empty and their 1 % joins Tier 2's 49 %. With M dollars and r of
resources it is paid M / 2 of Tier 1 and the lesser of M / 2 and a tenth of
900 - r - M / 2 of Tier 2; Tier 1 keeps its money while M / 0.6 + r is 900 at most.
"""

SAMPLE = ebf.sample().units
SAMPLE_LAW = ebf.law(2022)
SALARIES = ebf.sample().law.salaries


def series(projection_line: pd.DataFrame) -> list[float]:
    """The line of the only unit."""
    return projection_line.iloc[0].round(2).tolist()


# --- By hand -------------------------------------------------------------------------


def test_a_unit_of_ten_years_by_hand() -> None:
    found = project(POOR, ANY_AMOUNT, 7, new_state_funds=100)
    # Tier 2: 50 of 85, 50 of 75, 50 of 65, 50 of 55; then less than 50: 45, 35.5, 26.95, 19.255
    assert series(found.units("tier_funding")) == [100, 100, 100, 100, 95, 85.5, 76.95, 69.25]
    resources = [0, 100, 200, 300, 400, 495, 580.5, 657.45]
    assert series(found.units("final_resources")) == resources
    assert series(found.units("base_funding_minimum")) == resources
    years = found.years
    assert years.index.tolist() == list(range(2022, 2030))
    assert years["percent_of_adequacy"].tolist() == pytest.approx([r / 1000 for r in resources])
    assert years["cost_to_90_percent"].tolist() == pytest.approx([900 - r for r in resources])
    assert years["cost_to_100_percent"].tolist() == pytest.approx([1000 - r for r in resources])
    ratios = [50 / 0.3 / 1000 + r / 1000 for r in resources]
    assert years["tier_1_target_ratio"].tolist() == pytest.approx(ratios)
    undistributed = [0, 0, 0, 0, 5, 14.5, 23.05, 30.75]
    assert years["undistributed_new_state_funds"].tolist() == pytest.approx(undistributed)
    assert (years["units_in_tier_1"] == 1).all()


def test_shares_and_costs_of_a_year_by_hand() -> None:
    rows = [
        dollars(1, 1000, 500, 0.1, students=100),
        dollars(2, 1000, 900, 0.1, students=300),
        dollars(3, 1000, 1000, 0.1, students=600),
        dollars(4, 0, 0, 0, students=0, base=700, kind="specially_funded"),
    ]
    year = project(frame_of(rows), ANY_AMOUNT, 0, new_state_funds=10).years.loc[2022]
    assert year["share_of_units_at_90_percent"] == pytest.approx(2 / 3)
    assert year["share_of_units_at_100_percent"] == pytest.approx(1 / 3)
    assert year["share_of_pupils_at_90_percent"] == pytest.approx(0.9)
    assert year["share_of_pupils_at_100_percent"] == pytest.approx(0.6)
    assert year["cost_to_90_percent"] == pytest.approx(400)
    assert year["cost_to_100_percent"] == pytest.approx(600)
    assert year["percent_of_adequacy"] == pytest.approx(0.8)
    assert [year[f"units_in_tier_{tier}"] for tier in (1, 2, 3, 4)] == [1, 0, 1, 1]


def test_a_path_of_money_and_rates_one_a_year() -> None:
    unit = POOR.assign(
        final_resources=300.0,
        adjusted_local_capacity_target=200.0,
        corporate_personal_property_replacement_tax=40.0,
    )
    growth = Growth(
        eav=[0.1, 0.2],
        replacement_tax=[0, 0.5],
        adequacy_target=[0.00123, 0],
        enrollment=[0.5, 0.001],
    )
    found = project(unit, ANY_AMOUNT, 2, new_state_funds=[10, 0, 20], growth=growth)
    # 10 is paid; the local target grows by 20, then by 44; the tax by nothing, then by 20
    assert series(found.units("final_resources")) == [300, 330, 394]
    assert series(found.units("adequacy_target")) == [1000, 1001.23, 1001.23]
    assert series(found.units("average_student_enrollment")) == [10, 15, 15.01]
    assert found.years["new_state_funds"].tolist() == [10, 0, 20]
    by_year = project(
        unit, ANY_AMOUNT, 2024, new_state_funds={2024: 20, 2022: 10, 2023: 0}, growth=growth
    )
    pd.testing.assert_frame_equal(by_year.years, found.years)


def test_four_columns_suffice() -> None:
    unit = POOR.drop(columns="base_funding_minimum")
    found = project(unit, ANY_AMOUNT, 2, new_state_funds=100)
    assert series(found.units("final_resources")) == [0, 100, 200]
    with pytest.raises(ebf.InputError, match="base_funding_minimum: found no such column"):
        found.units("base_funding_minimum")


def test_the_sheet_of_the_state_board_has_its_adjusted_base_carried_on() -> None:
    unit = POOR.drop(columns="final_resources").assign(
        adjusted_local_capacity_target=200.0,
        corporate_personal_property_replacement_tax=40.0,
        adjusted_base_funding_minimum=60.0,
        base_funding_minimum=75.0,
    )
    growth = Growth(eav=0.1, replacement_tax=0.5)
    found = project(unit, ANY_AMOUNT, 1, new_state_funds=10, growth=growth)
    assert series(found.units("adjusted_base_funding_minimum")) == [60, 70]
    assert series(found.units("base_funding_minimum")) == [75, 85]
    assert series(found.units("final_resources")) == [300, 350]


# --- By another way round ------------------------------------------------------------


def scaled(frame: pd.DataFrame, names: list[str], factor: float) -> None:
    frame[names] = frame[names] * factor


def test_the_sample_from_raw_counts_as_if_each_year_were_handed_over() -> None:
    growth = Growth(salaries=0.02, prices=0.03, eav=0.015, replacement_tax=-0.1, enrollment=-0.01)
    found = project(
        SAMPLE, SAMPLE_LAW.with_amounts(salaries=SALARIES), 3, new_state_funds=310e6, growth=growth
    )
    prices = SAMPLE_LAW.table().set_index("parameter")
    amounts = prices["value"][prices["measure"] == "dollars per student"].to_dict()
    for fixed_in_the_law in (
        "professional_development",
        "computer_technology.every_unit",
        "computer_technology.tier_1_and_2",
    ):
        del amounts[fixed_in_the_law]
    amounts["pension_credit"] = SAMPLE_LAW.value("pension_credit").item()
    names = list(map(str, SAMPLE.columns))
    pupils = [n for n in names if "_enrollment_" in n or "_count_" in n]
    property_of = [n for n in names if n.endswith("_tax_year")]
    property_of += [
        n for n in names if n.startswith("ptell_") and n != "ptell_district" and "rate" not in n
    ]
    transportation = [n for n in names if n.startswith("transportation_")]
    money: dict[str, Any] = {"salaries": SALARIES, "new_state_funds": 310e6}
    before = handed.calculate(SAMPLE, SAMPLE_LAW, **money)
    for year in range(1, 4):
        units = SAMPLE.copy()
        scaled(units, pupils, 0.99**year)
        scaled(units, property_of, 1.015**year)
        scaled(units, transportation, 1.03**year)
        scaled(units, ["corporate_personal_property_replacement_tax"], 0.9**year)
        for name in ("property_tax_relief_grant", "district_intervention_money"):
            units[name] = 0.0
        units["base_funding_correction"] = 0.0
        in_order = before.units.loc[units["unit_id"]]
        units["prior_year_base_funding_minimum"] = in_order["base_funding_minimum"].to_numpy()
        units["prior_year_tier_funding"] = in_order["tier_funding"].to_numpy()
        units["prior_year_tier"] = in_order["tier"].to_numpy()
        law = ebf.law(
            2022, {str(n): np.floor(a * 1.03**year * 100 + 0.5) / 100 for n, a in amounts.items()}
        )
        paid = SALARIES.with_amounts(
            {n: np.floor(a * 1.02**year + 0.5) for n, a in SALARIES.amounts.items()}
        )
        before = handed.calculate(units, law, **{**money, "salaries": paid})
        ledger = found.ledgers[year]
        assert (ledger.units["tier"] == before.units["tier"]).all()
        for name in ("adequacy_target", "final_resources", "tier_funding", "base_funding_minimum"):
            off = np.abs(column(ledger, name) - column(before, name))
            assert off.max() <= 1.5 * CENT  # rates compounded year by year, or at once
            assert (off > NOISE).sum() < 0.02 * len(units)
    assert found.ledgers[0].units["tier_funding"].sum() == pytest.approx(310e6, abs=10)


def test_the_technology_amount_doubles_by_the_tier_of_the_year_before() -> None:
    found = project(SAMPLE, SAMPLE_LAW.with_amounts(salaries=SALARIES), 2, new_state_funds=300e6)
    for before, after in pairwise(found.ledgers):
        in_1_or_2 = np.isin(column(before, "tier"), (1, 2))
        expected = column(after, "average_student_enrollment") * 285.5 * (1 + in_1_or_2)
        expected[column(after, "tier") == 0] = 0
        cost = after.units.filter(like="computer_technology_cost").sum(axis=1)
        off = np.abs(cost.to_numpy() - expected)
        assert off.max() < 3 * CENT  # each band is cut


@pytest.mark.parametrize("year", YEARS)
def test_base_funding_accumulates_by_the_rules_of_every_year(year: int) -> None:
    units = units_of(year)
    law = law_of(year).with_amounts(salaries=SALARIES.of_year(year))
    found = project(units, law, 2, new_state_funds=310e6)
    base, paid = found.units("base_funding_minimum"), found.units("tier_funding")
    assert [*base.columns] == [year, year + 1, year + 2]
    for before, after in pairwise(base.columns):
        np.testing.assert_allclose(base[after], base[before] + paid[before], rtol=1e-15)
    later = found.ledgers[2]
    assert later.fiscal_year == year
    some = later.table.unit_ids[0]
    assert "Final Resources" in later.explain(some, "tier_funding", depth=2).to_text()


# --- What holds in every state --------------------------------------------------------


@examples
@given(states(most=12))
def test_without_money_and_growth_all_stays(state: State) -> None:
    found = project(state.frame, ANY_AMOUNT, 3, new_state_funds=0)
    first = found.ledgers[0]
    for ledger in found.ledgers[1:]:
        for name in ("tier", "final_resources", "adequacy_target", "base_funding_minimum"):
            assert (column(ledger, name) == column(first, name)).all()
    assert (found.units("tier_funding") == 0).to_numpy().all()
    assert len(found.years.drop_duplicates()) == 1


@examples
@given(states(most=12), st.lists(st.floats(0, 3), min_size=3, max_size=3))
def test_every_years_money_is_paid_out(state: State, parts: list[float]) -> None:
    money = [round(part * state.new_state_funds, 2) for part in parts]
    found = project(state.frame, ANY_AMOUNT, 2, new_state_funds=money)
    base = found.units("base_funding_minimum")
    for amount, ledger in zip(money, found.ledgers, strict=True):
        paid = column(ledger, "tier_funding")
        noise = NOISE + 1e-12 * amount
        assert (paid >= 0).all()
        assert paid.sum() <= amount + noise
        has_a_taker = np.isin(column(ledger, "tier"), (3, 4)).any()
        if has_a_taker or statewide(ledger, "tier_2_allocation_rate") < 1:
            assert amount - paid.sum() <= CENT * len(paid) + noise
    for before, after in pairwise(base.columns):
        assert (base[after] >= base[before]).all()


@st.composite
def states_without_capacity(draw: st.DrawFn) -> pd.DataFrame:
    """Units below 90 % of adequacy whose Local Capacity Percentage is 0."""
    targets = draw(st.lists(st.integers(10_000, 10_000_000), min_size=1, max_size=6))
    percents = [draw(st.integers(0, 85)) for _ in targets]
    return frame_of(
        [
            dollars(n, target, target * percent / 100, 0)
            for n, (target, percent) in enumerate(zip(targets, percents, strict=True))
        ]
    )


@examples
@given(
    states_without_capacity(),
    st.floats(0.01, 0.5),
    st.floats(1.2, 5),
    st.sampled_from((0.3, 0.5, 0.7, 0.85)),
    st.sampled_from((0.5, 1.0)),
)
def test_more_money_is_never_later_where_gaps_are_paid_whole(
    units: pd.DataFrame, part: float, more: float, level: float, share: float
) -> None:
    # A unit with r comes to (1 - rate) max(r, 0.7 r + 0.3 T target) + rate 0.9 target, and T
    # and the rate grow with the money and with everybody's r; so does what it comes to.
    money = round(part * units["adequacy_target"].sum())
    assume(money > 0)
    by: dict[str, Any] = {"growth": Growth(), "share": share, "at_most_years": 12}
    less = year_reached(units, ANY_AMOUNT, level, new_state_funds=money, **by).fiscal_year
    more = round(more * money, 2)
    found = year_reached(units, ANY_AMOUNT, level, new_state_funds=more, **by).fiscal_year
    assert less is None or (found is not None and found <= less)


def test_more_money_is_later_where_tier_1_joins_tier_2() -> None:
    # 540 / 0.6 is 900, so Tier 1 keeps its money: 270 and a tenth of 630, 333 in all.
    # 541 is beyond: a tenth of all gaps and no more: 90, 81, 72.9, 65.61.
    found = year_reached(POOR, ANY_AMOUNT, 0.3, new_state_funds=540)
    assert (found.fiscal_year, found.shares.tolist()) == (2023, [0, 1])
    found = year_reached(POOR, ANY_AMOUNT, 0.3, new_state_funds=541)
    assert found.fiscal_year == 2026


# --- The year that a level is reached, and the money for it -------------------------------


def test_the_year_reached_by_hand() -> None:
    found = year_reached(POOR, ANY_AMOUNT, 0.5, new_state_funds=100)
    assert found.fiscal_year == 2028  # 495 in 2027, 580.50 in 2028
    assert year_reached(POOR, ANY_AMOUNT, 0.495, new_state_funds=100).fiscal_year == 2027
    assert "first in FY2028" in str(found)
    found = year_reached(POOR, ANY_AMOUNT, 0.5, new_state_funds=100, at_most_years=5)
    assert found.fiscal_year is None
    assert "not by FY2027; the most is 0 %" in str(found)
    assert year_reached(POOR, ANY_AMOUNT, 0.9, new_state_funds=100).fiscal_year is None


def test_a_level_is_reached_by_a_floats_breadth() -> None:
    unit = POOR.assign(final_resources=300)
    assert year_reached(unit, ANY_AMOUNT, 0.1 + 0.2, new_state_funds=0).fiscal_year == 2022


def test_a_percent_of_adequacy_that_is_handed_over_is_of_the_first_year() -> None:
    unit = POOR.assign(final_resources=300, final_percent_of_adequacy=0.3)
    found = project(unit, ANY_AMOUNT, 1, new_state_funds=100)
    assert series(found.units("final_percent_of_adequacy")) == [0.3, 0.4]


def test_units_and_pupils_and_a_share_of_them() -> None:
    rows = [
        dollars(1, 1000, 500, 0.5, students=900),
        dollars(2, 1000, 800, 0.5, students=100),
    ]
    some: dict[str, Any] = {"new_state_funds": 0, "at_most_years": 1}
    units = frame_of(rows)
    assert year_reached(units, ANY_AMOUNT, 0.8, share=0.5, **some).fiscal_year == 2022
    assert year_reached(units, ANY_AMOUNT, 0.8, share=0.51, **some).fiscal_year is None
    assert year_reached(units, ANY_AMOUNT, 0.8, share=0.1, by="pupils", **some).fiscal_year == 2022
    assert year_reached(units, ANY_AMOUNT, 0.8, share=0.2, by="pupils", **some).fiscal_year is None


@pytest.mark.parametrize(
    ("level", "dollars_needed"),
    [
        (0.3, 467),  # 0.5 M + (900 - 0.5 M) / 10 is 300 at 466.67
        (0.1, 100),  # where Tier 2's half is less than the tenth: 0.5 M + 0.5 M
        (0.33, 534),  # 533.33, between the doublings 512 and 1,024, of which neither suffices
    ],
)
def test_the_money_needed_by_hand(level: float, dollars_needed: int) -> None:
    found = money_needed(POOR, ANY_AMOUNT, level, 2023)
    assert found.new_state_funds == dollars_needed
    assert found.fiscal_year == 2023
    assert f"${dollars_needed} of new money a year" in str(found)


def held_in(units: pd.DataFrame, year: int, level: float, money: float, **more: Any) -> bool:
    """Whether a level holds in a year with so much money a year, by the years one by one."""
    share, by = more.pop("share", 1.0), more.pop("by", "units")
    law = more.pop("law", ANY_AMOUNT)
    last = project(units, law, year, new_state_funds=money, **more).ledgers[-1]
    return bool(shares_at(last, level)[by] >= share - 1e-12)


def test_the_money_needed_holds_in_the_year_asked_for() -> None:
    # at 92.3 % in FY2022, and with a target that grows by 1 % a year at 88.7 % in FY2026
    unit = frame_of([dollars(1, 130_000, 119_989.46, 0.5, students=50)])
    by: dict[str, Any] = {"growth": Growth(adequacy_target=0.01)}
    assert not held_in(unit, 2026, 0.9, 0, **by)
    found = money_needed(unit, ANY_AMOUNT, 0.9, 2026, **by)
    # in Tier 3 or 4 it has all of the money: four years of it against 0.9 x target - resources
    target = np.floor(130_000 * 1.01**4 * 100 + 0.5) / 100
    lacks = 0.9 * target - 119_989.46
    assert found.gap_a_year == pytest.approx(lacks / 4, abs=CENT)
    assert found.new_state_funds == np.ceil(lacks / 4)
    assert (found.fiscal_year, found.by_year) == (2022, 2026)
    assert found.shares.tolist() == [1.0] * 5
    assert "from FY2022 through FY2026" in str(found)


def test_the_first_year_is_that_from_which_it_holds_through_the_last() -> None:
    # The target doubles nearly in FY2023; by then the unit is far behind, and comes back.
    unit = frame_of([dollars(1, 1000, 950, 0.0, students=10)])
    growth = Growth(adequacy_target=[0.9, 0, 0, 0])
    found = money_needed(unit, ANY_AMOUNT, 0.6, 2026, growth=growth)
    assert found.fiscal_year is not None
    assert found.shares.tolist() == [1, 0, 0, 0, 1]
    assert found.fiscal_year == 2026
    more = money_needed(unit, ANY_AMOUNT, 0.5, 2026, growth=growth)
    assert more.new_state_funds == 0
    assert more.fiscal_year == 2022  # 950 / 1,900 is 50 %


def test_an_amount_between_two_doublings_is_found() -> None:
    rows = [
        dollars(1, 320_000, 128_101.18, 0.5, students=50),
        dollars(2, 490_000, 423_346.77, 0.9, students=0),
    ]
    some: dict[str, Any] = {"by": "pupils"}
    units = frame_of(rows)
    found = money_needed(units, ANY_AMOUNT, 0.8, 2024, **some)
    assert found.new_state_funds is not None
    assert found.new_state_funds <= 102_000
    assert held_in(units, 2024, 0.8, found.new_state_funds, **some)
    assert not held_in(units, 2024, 0.8, found.new_state_funds - 1, **some)
    for power in range(10, 30):  # no doubling of a dollar does
        assert not held_in(units, 2024, 0.8, 2.0**power, **some)


@pytest.mark.parametrize(
    ("level", "year", "highest", "best"),
    [
        (0.34, 2023, 0.333, 540),  # 540 / 0.6 is 900; 0.5 x 540 + 630 / 10 is 333
        (0.5, 2023, 0.333, 540),
        (0.1, 2022, 0.0, 0),  # FY2022's own money comes after it
    ],
)
def test_what_no_money_reaches_is_a_result(
    level: float, year: int, highest: float, best: int
) -> None:
    found = money_needed(POOR, ANY_AMOUNT, level, year)
    assert (found.new_state_funds, found.fiscal_year) == (None, None)
    assert found.highest_level == pytest.approx(highest)
    assert f"no money does in FY{year}" in found.title
    said = [each for each in found.assumptions if each.startswith("In the way")]
    if year == 2022:
        assert found.gap_a_year is None
        assert "before FY2022's new money" in said[0]
        assert found.near["new_state_funds"].tolist() == [0]
        return
    assert found.near["level"].tolist() == pytest.approx([highest, 0.33, 0.32, 0.31])
    # 0.5 M + (900 - 0.5 M) / 10 is 330, 320 and 310
    assert found.near["new_state_funds"].tolist() == [best, 534, 512, 489]
    assert found.gap_a_year == pytest.approx(level * 1000)
    assert "1 - local_capacity_percentage" in said[0]
    assert "(g)(1)" in said[0]
    assert "(g)(6)" in said[1]
    text = " ".join(str(found).split())
    assert "Levels that money reaches" in text
    assert f"$ {level * 1000:.2f}".replace("$ ", "$") in text


def test_beyond_90_percent_tiers_3_and_4_are_in_the_way() -> None:
    # in Tier 3 with 5 % to go; its part is its own money, which suffices
    rich = frame_of([dollars(1, 1000, 950, 0.9, students=10)])
    assert money_needed(rich, ANY_AMOUNT, 1.0, 2023).new_state_funds == 50
    # below 90 % a tenth of the gap is paid in a year, and no more
    found = money_needed(POOR.assign(final_resources=880), ANY_AMOUNT, 1.0, 2023)
    assert found.new_state_funds is None
    said = [each for each in found.assumptions if each.startswith("In the way")]
    assert "beyond 90 % a unit is paid by its Adequacy Target alone" in said[1]


def test_a_level_that_holds_without_money_needs_none() -> None:
    found = money_needed(POOR.assign(final_resources=500), ANY_AMOUNT, 0.5, 2022)
    assert found.new_state_funds == 0
    assert found.highest_level is None


@pytest.mark.parametrize("by_year", [2022, 2024])
def test_a_state_of_no_unit_in_the_distribution_reaches_nothing(by_year: int) -> None:
    none = frame_of([dollars(1, 0, 0, 0, students=0, base=700, kind="specially_funded")])
    found = money_needed(none, ANY_AMOUNT, 0.5, by_year)
    assert (found.new_state_funds, found.highest_level) == (None, 0.0)


def check_inverse(
    level: float, by_year: int, units: pd.DataFrame, law: ebf.Law, **more: Any
) -> None:
    """The money needed has the level hold in the year, and a dollar less does not."""
    law = law.with_amounts(salaries=more.pop("salaries", None))
    needed = money_needed(units, law, level, by_year, **more)
    money = needed.new_state_funds
    if money is None:
        assert needed.highest_level is not None
        best = needed.near["new_state_funds"].iloc[0]
        for each in (best, 2 * best, 1e9):  # what is called the highest is no less than others
            assert not held_in(units, by_year, level, each, law=law, **more)
        highest = needed.highest_level
        assert held_in(units, by_year, highest * (1 - 1e-12), best, law=law, **more)
        return
    assert held_in(units, by_year, level, money, law=law, **more)
    if money:
        assert not held_in(units, by_year, level, money - 1, law=law, **more)
    found = year_reached(units, law, level, new_state_funds=money, **more)
    assert needed.fiscal_year is not None
    assert found.fiscal_year is not None
    assert found.fiscal_year <= needed.fiscal_year <= by_year
    share = more.get("share", 1.0)
    held = needed.shares.to_numpy() >= share - 1e-12
    assert held[needed.shares.index >= needed.fiscal_year].all()
    assert (
        needed.fiscal_year == law.fiscal_year
        or not held[needed.shares.index == needed.fiscal_year - 1]
    )


@depth.INVERSES
@given(states_without_capacity(), st.sampled_from((0.3, 0.6, 0.85)), st.integers(2023, 2026))
def test_the_year_and_the_money_are_each_others_inverse(
    units: pd.DataFrame, level: float, by_year: int
) -> None:
    check_inverse(level, by_year, units, ANY_AMOUNT)


@depth.INVERSES
@given(
    states(most=8),
    st.sampled_from((0.5, 0.8, 0.9, 1.0)),
    st.integers(2022, 2025),
    st.sampled_from((0.5, 1.0)),
    st.sampled_from(("units", "pupils")),
    st.sampled_from((-0.02, 0.0, 0.03)),
)
def test_the_money_holds_in_the_year_in_every_state(
    state: State, level: float, by_year: int, share: float, by: str, rate: float
) -> None:
    growth = Growth(adequacy_target=rate)
    check_inverse(level, by_year, state.frame, ANY_AMOUNT, share=share, by=by, growth=growth)


def test_they_are_in_the_sample() -> None:
    units = one_of(depth.SAMPLE_IN_INVERSES, SAMPLE)
    check_inverse(0.8, 2027, units, SAMPLE_LAW, salaries=SALARIES)
    growth = Growth(salaries=0.01, prices=0.01, eav=0.02)
    check_inverse(
        0.75, 2024, units, SAMPLE_LAW, salaries=SALARIES, growth=growth, share=0.8, by="pupils"
    )


# --- What is refused, and what is shown ----------------------------------------------


def test_bad_input_is_refused_all_at_once() -> None:
    growth = Growth(salaries=-1, eav=[0.1], prices=float("nan"), enrollment=float("inf"))
    units = POOR.assign(tier=1, adequacy_tarjet=5)
    with pytest.raises(ebf.InputError) as caught:
        project(units, ANY_AMOUNT, 2, new_state_funds=[1, -2, 3], growth=growth)
    faults = {fault.place.words[1]: fault for fault in caught.value.faults}
    assert faults.keys() == {
        "new_state_funds",
        "growth.salaries",
        "growth.eav",
        "growth.prices",
        "growth.enrollment",
        "adequacy_tarjet",
    }
    assert faults["new_state_funds"].found == "-2"
    assert "each of 3 years, FY2022 to FY2024" in faults["new_state_funds"].allowed
    assert "each of 2 years, FY2023 to FY2024" in faults["growth.eav"].allowed


@pytest.mark.parametrize("money", [[1, 2], {2022: 1, 2023: 2, 2025: 3}, "much", [[1, 2, 3]]])
def test_a_path_that_is_not_one_a_year_is_refused(money: object) -> None:
    with pytest.raises(ebf.InputError) as caught:
        project(POOR, ANY_AMOUNT, 2, new_state_funds=money)  # type: ignore[arg-type]
    assert {fault.place.words[1] for fault in caught.value.faults} <= {"new_state_funds"}


@pytest.mark.parametrize("years", [-1, 101, 2021, 2123, 1.5, "2024"])
def test_years_that_cannot_be_are_refused_with_all_else(years: object) -> None:
    with pytest.raises(ebf.InputError) as caught:
        project(POOR, ANY_AMOUNT, years, new_state_funds=-1)  # type: ignore[arg-type]
    assert [fault.place.words[1] for fault in caught.value.faults] == ["years", "new_state_funds"]


def test_goals_that_cannot_be_are_refused_all_at_once() -> None:
    with pytest.raises(ebf.InputError) as caught:
        money_needed(POOR, ANY_AMOUNT, 0, 2021, share=1.5, by="schools")  # type: ignore[arg-type]
    names = ["by_year", "level", "share", "by"]
    assert [fault.place.words[1] for fault in caught.value.faults] == names
    for share in (0.0, float("nan")):
        with pytest.raises(ebf.InputError, match="share"):
            year_reached(POOR, ANY_AMOUNT, 0.9, new_state_funds=1, share=share)


def test_several_scenarios_and_outcomes_are_refused() -> None:
    both = pd.concat({"one": POOR, "two": POOR}, names=["scenario", None])
    both = both.set_index("unit_id", append=True).droplevel(1)
    with pytest.raises(ebf.InputError, match="allowed: one state"):
        project(both, ANY_AMOUNT, 1, new_state_funds=1)
    law = ebf.law(2022, {"tier_2.target_ratio": [0.9, 0.8]})
    with pytest.raises(ebf.InputError, match="tier_2_target_ratio: found 2 scenarios"):
        project(POOR, law, 1, new_state_funds=1)
    stands = POOR.assign(tier=1)
    stands.attrs[GIVEN] = ("tier",)
    with pytest.raises(ebf.InputError, match="tier: found handed over"):
        project(stands, ANY_AMOUNT, 1, new_state_funds=1)


def test_results_of_the_first_year_that_were_handed_over_are_computed_in_every_year() -> None:
    first = project(POOR, ANY_AMOUNT, 7, new_state_funds=100)
    with_results = POOR.assign(tier=1, tier_1_funding=50.0, final_percent_of_adequacy=0.0)
    found = project(with_results, ANY_AMOUNT, 7, new_state_funds=100)
    pd.testing.assert_frame_equal(found.years, first.years)


def test_the_caller_keeps_the_table_and_the_order_of_its_rows() -> None:
    rows = [dollars(n, 1000 + n, 500, 0.5) for n in (3, 1, 2)]
    units = frame_of(rows)
    untouched = units.copy()
    found = project(units, ANY_AMOUNT, 2, new_state_funds=10).units()
    pd.testing.assert_frame_equal(units, untouched)
    assert found.index.tolist() == [unit_id(n) for n in (3, 1, 2)]


def test_assumptions_stand_with_every_rendering() -> None:
    growth = Growth(enrollment=[0.01, 0.02], adequacy_target=0.025)
    found = project(POOR, ANY_AMOUNT, 2, new_state_funds=1, growth=growth)
    by = Growth(enrollment=0.02)
    reached = year_reached(POOR, ANY_AMOUNT, 0.1, new_state_funds=100, growth=by)
    needed = money_needed(POOR, ANY_AMOUNT, 0.1, 2023)
    for each in (found, reached, needed):
        assert "rules and numbers of FY2022" in each.to_text() == str(each)
        assert "rules and numbers of FY2022" in each._repr_html_()
        assert each._repr_html_() in each.to_html()
    text = " ".join(str(found).split())
    assert "Growth of enrollment: 1 %, 2 % a year." in text
    assert "Growth of adequacy target: 2.5 % a year." in text
    assert "Growth of prices: none." in text
    assert "Final resources are handed over: they grow by the year's tier funding alone." in text
    assert "Handed over, and stays: local_capacity_percentage." in text
    assert "the same every year" in str(needed)


def test_years_are_shown_with_each_number_by_its_measure() -> None:
    text = str(project(POOR, ANY_AMOUNT, 1, new_state_funds=100))
    title, _, _, table, above, _, *rows = text.splitlines()
    assert (title, table) == ("FY2022 to FY2023", "By fiscal year")
    assert above.split() == ["number", "2022", "2023"]
    shown = {name: cells for name, *cells in (row.split() for row in rows[:14])}
    assert shown["new_state_funds"] == ["$100.00", "$100.00"]
    assert shown["cost_to_100_percent"] == ["$1,000.00", "$900.00"]
    assert shown["percent_of_adequacy"] == ["0.000000", "0.100000"]
    assert shown["share_of_units_at_90_percent"] == ["0.00", "%", "0.00", "%"]
    assert shown["tier_1_target_ratio"] == ["0.166667", "0.266667"]  # 50 / 0.3 / 1000, and 0.1 more


def test_what_is_left_out_is_said() -> None:
    found = project(POOR, ANY_AMOUNT, 1, new_state_funds=1)
    assert [each.split()[0] for each in found.left_out] == ["Changes", "Units", "Relief"]
    without_base = POOR.drop(columns="base_funding_minimum")
    assert project(without_base, ANY_AMOUNT, 1, new_state_funds=1).left_out == found.left_out[:2]
    needed = money_needed(POOR, ANY_AMOUNT, 0.1, 2023)
    assert needed.left_out[:-1] == found.left_out
    for each in needed.left_out:
        assert each in " ".join(needed.to_text().split())
    assert "Amounts not tried" in needed.to_html()


def test_results_are_equal_where_they_hold_the_same_and_are_short_in_a_list() -> None:
    some: dict[str, Any] = {"new_state_funds": 100}
    other = project(POOR, ANY_AMOUNT, 1, new_state_funds=101)
    for found in (
        project(POOR, ANY_AMOUNT, 1, **some),
        year_reached(POOR, ANY_AMOUNT, 0.1, **some),
        money_needed(POOR, ANY_AMOUNT, 0.1, 2023),
    ):
        assert found == copy.deepcopy(found)
        assert found != other
        with pytest.raises(TypeError, match="holds a frame"):
            hash(found)
        assert "2023 " not in repr(found)


def test_a_series_is_read_by_its_index() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5, 100), dollars(2, 1e6, 6e5, 0.5, 100)))
    by_year = pd.Series({2024: 3e5, 2023: 2e5, 2022: 1e5})
    found = project(frame, ANY_AMOUNT, 2, new_state_funds=by_year)
    assert found.years["new_state_funds"].tolist() == [1e5, 2e5, 3e5]
    in_order = project(frame, ANY_AMOUNT, 2, new_state_funds=pd.Series([1e5, 2e5, 3e5]))
    assert in_order.years.equals(found.years)
    other_years: Any = pd.Series({2030: 3e5, 2031: 2e5, 2032: 1e5})
    with pytest.raises(ebf.InputError, match="new_state_funds"):
        project(frame, ANY_AMOUNT, 2, new_state_funds=other_years)


@pytest.mark.parametrize("kind", [dict, pd.Series])
def test_rates_are_said_in_the_order_of_the_years(kind: Any) -> None:
    growth = Growth(adequacy_target=kind({2024: 0.05, 2023: 0.01}))
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5, 100),))
    found = project(frame, ANY_AMOUNT, 2, new_state_funds=1e5, growth=growth)
    assert "Growth of adequacy target: 1 %, 5 % a year." in found.assumptions


# --- Percent for a fraction, and what nothing reads ---------------------------------------


@pytest.mark.parametrize("level", [2.1, 9, 80, 90.0, 100, 1e13, float("nan"), "0.9", True])
def test_a_level_in_percent_is_refused(level: Any) -> None:
    with pytest.raises(ebf.InputError, match=r"level: .*90 % is 0\.9"):
        year_reached(POOR, ANY_AMOUNT, level, new_state_funds=1)
    with pytest.raises(ebf.InputError, match=r"level: .*90 % is 0\.9"):
        money_needed(POOR, ANY_AMOUNT, level, 2024)


def test_a_level_of_twice_the_target_is_taken() -> None:
    assert year_reached(POOR, ANY_AMOUNT, 2.0, new_state_funds=0).fiscal_year is None
    twice = POOR.assign(final_resources=2000)
    assert year_reached(twice, ANY_AMOUNT, 2.0, new_state_funds=0).fiscal_year == 2022


RATES = [each.name for each in fields(Growth)]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("said", [1, 2, 50.0, -0.51, -1, -2, [0.02, 2], {2023: 2, 2024: 0.02}])
def test_a_rate_in_percent_is_refused(rate: str, said: Any) -> None:
    with pytest.raises(ebf.InputError, match=rf"growth\.{rate}: .*2 % is 0\.02"):
        project(POOR, ANY_AMOUNT, 2, new_state_funds=1, growth=Growth(**{rate: said}))


@pytest.mark.parametrize("said", [-0.5, 0.99, [0.5, -0.5]])
def test_a_rate_within_its_bounds_is_taken(said: Any) -> None:
    found = project(POOR, ANY_AMOUNT, 2, new_state_funds=1, growth=Growth(adequacy_target=said))
    rates = np.broadcast_to(said, 2)
    expected = [1000, *(1000 * np.cumprod(1 + rates)).round(2)]
    assert series(found.units("adequacy_target")) == pytest.approx(expected, abs=CENT)


@pytest.mark.parametrize(
    ("rate", "way"),
    [
        ("salaries", "adequacy_target"),
        ("prices", "adequacy_target"),
        ("eav", "final_resources"),
        ("replacement_tax", "final_resources"),
    ],
)
def test_growth_that_nothing_reads_is_refused_with_what_stands_in_its_way(
    rate: str, way: str
) -> None:
    growth = Growth(**{rate: 0.02}, adequacy_target=0.01)
    for call in (
        lambda: project(POOR, ANY_AMOUNT, 1, new_state_funds=1, growth=growth),
        lambda: year_reached(POOR, ANY_AMOUNT, 0.5, new_state_funds=1, growth=growth),
        lambda: money_needed(POOR, ANY_AMOUNT, 0.5, 2024, growth=growth),
    ):
        with pytest.raises(ebf.InputError) as caught:
            call()
        (fault,) = caught.value.faults
        assert fault.place.words == ("projection", f"growth.{rate}")
        assert fault.found == "nothing reads it"
        assert way in fault.fix


def test_growth_of_a_target_that_is_computed_is_refused() -> None:
    law = SAMPLE_LAW.with_amounts(salaries=SALARIES)
    some = one_of(60, SAMPLE)
    with pytest.raises(ebf.InputError, match=r"growth\.adequacy_target: found nothing reads it"):
        project(some, law, 1, new_state_funds=1e6, growth=Growth(adequacy_target=0.01))
    growth = Growth(salaries=0.01, prices=0.01, eav=0.01, replacement_tax=0.01, enrollment=0.01)
    assert not any(
        "no effect" in each
        for each in project(some, law, 1, new_state_funds=1e6, growth=growth).assumptions
    )


def test_what_is_read_and_moves_nothing_is_said() -> None:
    unit = POOR.assign(
        adjusted_local_capacity_target=0.0, corporate_personal_property_replacement_tax=0.0
    )
    growth = Growth(eav=0.02, adequacy_target=0.01)
    found = project(unit, ANY_AMOUNT, 1, new_state_funds=1, growth=growth)
    said = [each for each in found.assumptions if each.startswith("Growth of eav")]
    name = "adjusted_local_capacity_target"
    assert said == [f"Growth of eav: 2 % a year, of no effect: {name} is 0."]
    moves = project(unit.assign(**{name: 5.0}), ANY_AMOUNT, 1, new_state_funds=1, growth=growth)
    assert "Growth of eav: 2 % a year." in moves.assumptions


@pytest.mark.parametrize("kind", [dict, pd.Series])
@pytest.mark.parametrize("what", ["money", "growth"])
def test_what_is_labelled_by_year_is_aligned_by_label_or_refused(kind: Any, what: str) -> None:
    def run(said: Any) -> pd.DataFrame:
        money = said if what == "money" else 100
        growth = Growth() if what == "money" else Growth(adequacy_target=said)
        return project(POOR, ANY_AMOUNT, 2, new_state_funds=money, growth=growth).years

    years = [2022, 2023, 2024] if what == "money" else [2023, 2024]
    numbers = [100, 50, 20] if what == "money" else [0.05, 0.01]
    right = run(numbers)
    for order in (years, years[::-1], [years[-1], *years[:-1]]):
        labelled = kind({year: numbers[years.index(year)] for year in order})
        pd.testing.assert_frame_equal(run(labelled), right)
    for other in (
        [year + 1 for year in years],  # a year off
        years[:-1],
        [*years, 2025],
        [str(year) for year in years],
    ):
        labelled = kind(dict(zip(other, [*numbers, 0.0], strict=False)))
        with pytest.raises(ebf.InputError, match=f"FY{years[0]} to FY{years[-1]}"):
            run(labelled)


def test_a_series_with_a_year_twice_is_refused() -> None:
    twice = pd.Series([1.0, 2.0, 3.0, 4.0], index=[2022, 2023, 2024, 2024])
    with pytest.raises(ebf.InputError, match=r"new_state_funds: found \[2024\] twice"):
        project(POOR, ANY_AMOUNT, 2, new_state_funds=twice)
