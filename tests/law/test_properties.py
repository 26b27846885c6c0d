"""Laws of the distribution, (c) and (g), that hold in every state."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import depth
import numpy as np
import pandas as pd
import pytest
from distribution_by_hand import by_hand
from hypothesis import assume, given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_series_equal
from states import (
    ANY_AMOUNT,
    CENTS,
    SPECIALLY_FUNDED,
    WITHOUT_PROPERTY,
    State,
    calculated,
    column,
    dollars,
    frame_of,
    states,
    statewide,
    unit_id,
)

import ebf

examples = depth.DISTRIBUTION
few_examples = depth.DISTRIBUTION_TWICE

CENT = 0.01
NOISE = 1e-4
"""A hundredth of a cent: more than floats can be off in states of tens of billions of dollars."""

TIERS = (1, 2, 3, 4)


def all_scenarios(ledger: ebf.Ledger) -> pd.DataFrame:
    """The statewide lines of a ledger with scenarios."""
    return ledger.statewide_by_scenario


# --- Money -----------------------------------------------------------------------


def somebody_can_take_all(ledger: ebf.Ledger) -> bool:
    """Whether a unit stands ready for money that Tier 2's gaps leave over."""
    in_tier_3_or_4 = np.isin(column(ledger, "tier"), (3, 4)).any()
    return bool(in_tier_3_or_4) or statewide(ledger, "tier_2_allocation_rate") < 1


@examples
@given(states(whole_pools=True))
def test_payments_sum_to_new_state_funds_but_for_less_than_a_cent_a_unit(state: State) -> None:
    ledger = calculated(state)
    left = state.new_state_funds - column(ledger, "tier_funding").sum()
    if somebody_can_take_all(ledger):
        assert -NOISE < left < CENT * len(state.in_distribution) + NOISE
    assert left > -NOISE
    assert statewide(ledger, "undistributed_new_state_funds") == pytest.approx(left, abs=NOISE)


@examples
@given(states(), st.integers(0, 3_000), st.integers(0, 1_000))
def test_payments_sum_to_new_state_funds_whatever_the_minimum_funding_level(
    state: State, level: int, relief: int
) -> None:
    # Four pools rounded to the cent, each by half a cent at most: two cents either way.
    law = ebf.law(
        2022,
        minimum_funding_level=1 + state.funds * level // 100_000,
        property_tax_relief_counted=state.funds * relief // 100_000,
    )
    ledger = calculated(state, law)
    left = state.new_state_funds - column(ledger, "tier_funding").sum()
    if somebody_can_take_all(ledger):
        assert -2 * CENT - NOISE < left < CENT * (len(state.in_distribution) + 2) + NOISE
    assert statewide(ledger, "undistributed_new_state_funds") == pytest.approx(left, abs=NOISE)


def test_money_that_no_unit_can_take_is_shown_as_undistributed() -> None:
    # Both units lack 100,000 to 90 %; Tier 2 pays 100,000 x (1 - 0.5) each, and with no unit
    # in Tier 3 or 4 nobody can take the other 900,000.
    rows = (dollars(1, 1e6, 8e5, 0.5), dollars(2, 1e6, 8e5, 0.5))
    ledger = calculated(State(rows, 100_000_000))
    assert column(ledger, "tier_funding").tolist() == [50_000, 50_000]
    assert statewide(ledger, "undistributed_new_state_funds") == 900_000


@examples
@given(states())
def test_nobody_is_below_its_base(state: State) -> None:
    ledger = calculated(state)
    assert (column(ledger, "tier_funding") >= 0).all()
    base = state.frame["base_funding_minimum"].to_numpy()
    assert (column(ledger, "base_funding_paid") == base).all()
    paid = column(ledger, "total_state_contribution")
    assert (paid >= base).all()
    assert paid == pytest.approx(base + column(ledger, "tier_funding"), abs=NOISE)
    special = (state.frame["organization_type"] == SPECIALLY_FUNDED).to_numpy()
    assert (paid[special] == base[special]).all()


@examples
@given(states(whole_pools=True))
def test_cutting_to_the_cent_takes_less_than_a_cent_from_a_unit(state: State) -> None:
    lost = column(calculated(state, rounding=False), "tier_funding") - column(
        calculated(state), "tier_funding"
    )
    assert (lost > -NOISE).all()
    assert (lost < CENT).all()


def test_a_year_without_new_money_pays_base_funding_and_nothing_else() -> None:
    # FY2021: nothing was appropriated for the tiers. With no pool the Tier 1 Target Ratio is
    # the least percent of adequacy, so nobody is in Tier 1.
    rows = (
        dollars(1, 1e6, 4e5, 0.1, base=1_000),
        dollars(2, 1e6, 8e5, 0.2, base=2_000),
        dollars(3, 1e6, 9.5e5, 0.3, base=3_000),
        dollars(4, 1e6, 1.2e6, 0.4, base=4_000),
    )
    ledger = ebf.calculate(frame_of(rows), ebf.law(2021))
    assert column(ledger, "tier_funding").tolist() == [0, 0, 0, 0]
    assert column(ledger, "total_state_contribution").tolist() == [1_000, 2_000, 3_000, 4_000]
    assert column(ledger, "tier").tolist() == [2, 2, 3, 4]
    assert statewide(ledger, "new_state_funds") == 0
    assert statewide(ledger, "tier_1_target_ratio") == 0.4
    assert np.isfinite(ledger.units.select_dtypes("number").to_numpy(np.float64)).all()


@few_examples
@given(states())
def test_no_new_money_gives_zeros_in_every_state(state: State) -> None:
    ledger = ebf.calculate(state.frame, ebf.law(2021))
    assert (column(ledger, "tier_funding") == 0).all()
    assert not column(ledger, "in_tier_1").any()


def test_a_minimum_funding_level_of_nothing_is_met_by_nothing() -> None:
    rows = (dollars(1, 1e6, 4e5, 0.1), dollars(2, 1e6, 9.5e5, 0.2), dollars(3, 1e6, 1.2e6, 0.2))
    law = ebf.law(2022, minimum_funding_level=0, property_tax_relief_counted=0)
    none = ebf.calculate(frame_of(rows), law.with_amounts(new_state_funds=0))
    assert column(none, "tier_funding").tolist() == [0, 0, 0]
    some = ebf.calculate(frame_of(rows), law.with_amounts(new_state_funds=1_000))
    assert column(some, "tier_funding").tolist() == [990, 9, 1]


# --- Tiers -----------------------------------------------------------------------


@examples
@given(states())
def test_every_unit_is_in_one_tier_and_the_specially_funded_in_none(state: State) -> None:
    ledger = calculated(state)
    tier = column(ledger, "tier")
    flags = np.array([column(ledger, f"in_tier_{number}") for number in TIERS])
    in_tiers = np.array([row.in_distribution for row in state.rows])
    assert (flags.sum(axis=0) == in_tiers).all()
    assert (tier == np.array(TIERS) @ flags).all()
    counts = [statewide(ledger, f"units_in_tier_{number}") for number in TIERS]
    assert counts == flags.sum(axis=1).tolist()


@examples
@given(states())
def test_tiers_3_and_4_begin_at_90_and_at_100_percent(state: State) -> None:
    # In whole numbers, so that a unit exactly at an edge is judged exactly.
    tier = column(calculated(state), "tier")
    for row, found in zip(state.rows, tier, strict=True):
        if not row.in_distribution:
            continue
        assert (found == 4) == (row.resources >= row.target)
        assert (found == 3) == (10 * row.resources >= 9 * row.target > 0 and found != 4)


@examples
@given(states())
def test_a_unit_is_paid_from_the_pools_of_its_tier_alone(state: State) -> None:
    ledger = calculated(state)
    tier = column(ledger, "tier")
    for number, of in {1: (1,), 2: (1, 2), 3: (3,), 4: (4,)}.items():
        paid = column(ledger, f"tier_{number}_funding")
        assert (paid >= 0).all()
        assert (paid[~np.isin(tier, of)] == 0).all()


@examples
@given(states(whole_pools=True))
def test_the_tier_1_target_ratio_satisfies_its_equation(state: State) -> None:
    # 30 % x sum(max(0, T x target - resources)) = half of New State Funds; 30 % of what all
    # lack to 90 % tells whether T would exceed 0.90.
    ledger = calculated(state)
    targets = np.array([row.target for row in state.in_distribution]) / CENTS
    resources = np.array([row.resources for row in state.in_distribution]) / CENTS

    def needed(ratio: float) -> float:
        return float(0.3 * np.maximum(0, ratio * targets - resources).sum())

    pool = state.new_state_funds / 2
    at_90_percent = needed(0.9)
    assume(at_90_percent != pytest.approx(pool, rel=1e-9))
    assert statewide(ledger, "tier_1_money_joins_tier_2") == (at_90_percent < pool)
    if at_90_percent > pool:
        ratio = statewide(ledger, "tier_1_target_ratio")
        assert needed(ratio) == pytest.approx(pool, rel=1e-9, abs=NOISE)
        assert column(ledger, "tier_1_funding").sum() == pytest.approx(pool, rel=1e-9, abs=NOISE)
    else:
        assert not column(ledger, "in_tier_1").any()


# --- The distribution by hand, in exact fractions ------------------------------------


@depth.DISTRIBUTION_IN_FRACTIONS
@given(states(whole_pools=True))
def test_the_distribution_is_the_one_worked_out_in_fractions(state: State) -> None:
    paid = by_hand(state)
    assume(paid.clear)
    ledger = calculated(state)
    in_tiers = np.array([row.in_distribution for row in state.rows])
    assert column(ledger, "tier")[in_tiers].tolist() == paid.tiers
    expected = np.array([float(amount / CENTS) for amount in paid.amounts])
    found = column(calculated(state, rounding=False), "tier_funding")[in_tiers]
    # A gap is the small difference of large amounts: floats hold it to some ulps of those.
    atol = 1e-14 * state.frame["adequacy_target"].sum()
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=atol)
    lost = expected - column(ledger, "tier_funding")[in_tiers]
    assert (lost > -NOISE).all()
    assert (lost < CENT + NOISE).all()


# --- Need ------------------------------------------------------------------------


@few_examples
@given(states(most=25, whole_pools=True), st.sampled_from((10, 1_000, 30_000)))
def test_more_need_never_means_less_money_while_the_tiers_stay_as_they_are(
    state: State, millionths: int
) -> None:
    # One unit's Adequacy Target is raised, a scenario for each unit. Where every unit of the
    # state stays in its tier, its tier funding does not fall (by a cent or more, for the cut):
    # - Tiers 3 and 4: a larger part of a fixed pool.
    # - Tier 1: T falls, so the others' Tier 1 funding falls and its own rises by as much, a.
    #   Its Tier 2 gap widens; the others' gaps widen by a at most, which takes less than a.
    # - Tier 2: its gap widens, all others stand still, its part of the pool grows.
    # A limit of the law as it is: a unit that drops out of Tier 1 may begin to draw on the
    # floor of (g)(2) and so take from all; and so may it where its gap takes the last surplus.
    cases: list[pd.DataFrame] = []
    for place, row in enumerate(state.rows):
        if not row.in_distribution:
            continue
        more = row._replace(target=row.target + row.target * millionths // 1_000_000 + 1)
        cases.append(frame_of((*state.rows[:place], more, *state.rows[place + 1 :])))
    places = [place for place, row in enumerate(state.rows) if row.in_distribution]
    frame = pd.concat(
        [case.set_index("unit_id") for case in cases], keys=places, names=["scenario", "unit_id"]
    )
    before = calculated(state)
    after = ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=state.new_state_funds))
    by_case = (len(places), len(state.rows))
    tier, tiers = column(before, "tier"), column(after, "tier").reshape(by_case)
    paid, payments = column(before, "tier_funding"), column(after, "tier_funding").reshape(by_case)
    surplus = all_scenarios(after)["tier_2_surplus"].to_numpy(np.float64)
    had_surplus = before.statewide["tier_2_surplus"] > 0
    for case, place in enumerate(places):
        same_tiers = (tiers[case] == tier).all()
        if same_tiers and had_surplus == (surplus[case] > 0):
            assert payments[case, place] > paid[place] - CENT - NOISE


def test_more_need_means_more_money_in_each_tier() -> None:
    # The same law where every tier has two units, so that it cannot be kept by doing nothing.
    rows = (
        dollars(1, 1e6, 4.0e5, 0.1),
        dollars(2, 1e6, 4.5e5, 0.1),
        dollars(3, 1e6, 8.0e5, 0.2),
        dollars(4, 1e6, 8.5e5, 0.2),
        dollars(5, 1e6, 9.2e5, 0.3),
        dollars(6, 1e6, 9.5e5, 0.3),
        dollars(7, 1e6, 1.1e6, 0.4),
        dollars(8, 1e6, 1.2e6, 0.4),
    )
    before = calculated(State(rows, 10_000_000))
    assert column(before, "tier").tolist() == [1, 1, 2, 2, 3, 3, 4, 4]
    for place, row in enumerate(rows):
        more = row._replace(target=row.target + 1_000_000)
        after = calculated(State((*rows[:place], more, *rows[place + 1 :]), 10_000_000))
        assert column(after, "tier").tolist() == [1, 1, 2, 2, 3, 3, 4, 4]
        gained = column(after, "tier_funding") - column(before, "tier_funding")
        assert gained[place] > 0


def test_a_unit_that_leaves_tier_1_for_the_floor_takes_from_a_needier_one() -> None:
    # Why the law above asks that every unit stay in its tier. 100,000 of new money; unit 2 is
    # a hair below T = (166,666.67 + 1,166,600) / 2,000,000 and gets 10 of Tier 1's money.
    # With 1,000 more of need of unit 1, T is below unit 2; in Tier 2 its 1,000 pupils are
    # raised to Tier 3's 90 each, 90,000, more than the pool.
    rows = (
        dollars(1, 1e6, 500_000, 0.1, 100),
        dollars(2, 1e6, 666_600, 0.5, 1_000),
        dollars(3, 1e6, 950_000, 0.5, 10),
        dollars(4, 1e6, 1_100_000, 0.5, 100),
    )
    before = calculated(State(rows, 10_000_000))
    assert column(before, "tier").tolist() == [1, 1, 3, 4]
    needier = rows[0]._replace(target=100_100_000)
    after = calculated(State((needier, *rows[1:]), 10_000_000))
    assert column(after, "tier").tolist() == [1, 2, 3, 4]
    # 49,990 + 49,000 x 315,009 / 431,704; 50,000 + 49,000 x s / (s + 90,000),
    # where s = 49,000 x 315,810 / 432,510.
    assert column(before, "tier_funding")[0] == 85_744.68
    assert column(after, "tier_funding")[0] == 63_938.44


def test_a_gap_is_filled_and_no_more_where_money_is_left() -> None:
    # 100,000 of new money joins Tier 2 but for 900 and 100; the gaps are 1,000 and 97,000 of
    # 99,000. Of the 1,000 left Tier 3 has 900 more, 1,800 for 100 pupils: a floor of 18 for
    # unit 1's 1,000 pupils would pay it 18,000 x 98,000 / 115,000, and with 500 more of need
    # less (reading 32). With it the gap is 1,450.
    rows = (
        dollars(1, 100_000, 89_000, 0, 1_000),
        dollars(2, 1e6, 803_000, 0, 100),
        dollars(3, 1e6, 950_000, 0.5, 100),
        dollars(4, 1e6, 1_100_000, 0.5, 100),
    )
    before = calculated(State(rows, 10_000_000))
    needier = rows[0]._replace(target=10_050_000)
    after = calculated(State((needier, *rows[1:]), 10_000_000))
    assert column(before, "tier").tolist() == column(after, "tier").tolist() == [2, 2, 3, 4]
    assert column(before, "tier_funding")[0] == 1_000
    assert column(after, "tier_funding")[0] == 1_450


# --- Sameness --------------------------------------------------------------------


@few_examples
@given(states(), st.randoms(use_true_random=False))
def test_the_order_of_rows_is_irrelevant_to_the_last_bit(state: State, random: Any) -> None:
    shuffled = list(state.rows)
    random.shuffle(shuffled)
    in_order = calculated(state)
    out_of_order = calculated(State(tuple(shuffled), state.funds))
    assert out_of_order.units.index.tolist() == [row.unit_id for row in shuffled]
    back = out_of_order.units.loc[in_order.units.index]
    assert_frame_equal(back, in_order.units, check_exact=True)
    assert_same_statewide(out_of_order, in_order)


def assert_same_statewide(first: ebf.Ledger, second: ebf.Ledger) -> None:
    """The statewide lines of two ledgers without scenarios, bit for bit."""
    assert_series_equal(first.statewide, second.statewide, check_exact=True)


@few_examples
@given(states())
def test_two_runs_are_the_same_to_the_last_bit_and_leave_the_frame_alone(state: State) -> None:
    frame = state.frame
    kept = frame.copy(deep=True)
    first = ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=state.new_state_funds))
    handed_out = first.units  # the caller's own
    handed_out["tier_funding"] = -1.0
    second = ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=state.new_state_funds))
    assert_frame_equal(frame, kept, check_exact=True)
    assert_frame_equal(first.units, second.units, check_exact=True)
    assert_same_statewide(first, second)


def scaled(state: State, factor: float) -> ebf.Ledger:
    """Everything in dollars, the law's amounts too, times a factor; not cut."""
    frame = state.frame
    money = ["adequacy_target", "final_resources", "base_funding_minimum"]
    frame[money] *= factor
    funds = state.new_state_funds * factor
    law = ebf.law(
        2022,
        minimum_funding_level=1.25 * funds + factor,
        property_tax_relief_counted=0.125 * funds + factor,
    )
    return ebf.calculate(frame, law.with_amounts(new_state_funds=funds), rounding=False)


@few_examples
@given(states(whole_pools=True), st.sampled_from((0.25, 2.0, 1024.0)))
def test_twice_the_dollars_are_twice_the_funding_to_the_last_bit(
    state: State, factor: float
) -> None:
    once, more = scaled(state, 1), scaled(state, factor)
    for name in ("tier_funding", "tier_1_funding", "tier_2_funding", "total_state_contribution"):
        assert (column(more, name) == column(once, name) * factor).all()
    assert (column(more, "tier") == column(once, "tier")).all()
    assert statewide(more, "tier_1_target_ratio") == statewide(once, "tier_1_target_ratio")


@few_examples
@given(states(whole_pools=True), st.sampled_from((3.0, 7.0, 0.9, 100.0)))
def test_any_multiple_of_all_dollars_is_that_multiple_of_the_funding(
    state: State, factor: float
) -> None:
    once, more = scaled(state, 1), scaled(state, factor)
    ratio = statewide(once, "tier_1_target_ratio")
    percents = [float(row.percent) for row in state.in_distribution]
    # A unit at the ratio within float's breadth may fall on either side of it.
    assume(all(abs(each - ratio) > 1e-12 for each in (*percents, 0.9)))
    expected = column(once, "tier_funding") * factor
    # A gap is the small difference of large amounts: floats hold it to some ulps of those.
    atol = 1e-14 * factor * state.frame["adequacy_target"].sum()
    np.testing.assert_allclose(column(more, "tier_funding"), expected, rtol=1e-9, atol=atol)


# --- Scenarios -------------------------------------------------------------------


def assert_scenario_is(scenarios: ebf.Ledger, name: Any, alone: ebf.Ledger) -> None:
    """One scenario's units and statewide lines are those of a run alone, bit for bit."""
    units = scenarios.units.loc[name]
    assert_frame_equal(units[list(alone.units.columns)], alone.units, check_exact=True)
    row = all_scenarios(scenarios).loc[name]
    assert isinstance(row, pd.Series)
    assert_series_equal(
        row[alone.statewide.index].astype(float),
        alone.statewide,
        check_exact=True,
        check_names=False,
    )


@few_examples
@given(states(), st.lists(st.integers(0, 10**12), min_size=2, max_size=5))
def test_amounts_of_money_as_scenarios_equal_runs_one_by_one(
    state: State, amounts: list[int]
) -> None:
    funds = [amount / CENTS for amount in amounts]
    together = ebf.calculate(state.frame, ANY_AMOUNT.with_amounts(new_state_funds=funds))
    assert list(all_scenarios(together).index) == list(range(len(funds)))
    for place, amount in enumerate(funds):
        alone = ebf.calculate(state.frame, ANY_AMOUNT.with_amounts(new_state_funds=amount))
        assert_scenario_is(together, place, alone)


@few_examples
@given(states(), st.lists(st.integers(8_000, 9_900), min_size=2, max_size=4))
def test_numbers_of_the_law_as_scenarios_equal_runs_one_by_one(
    state: State, ratios: list[int]
) -> None:
    targets = [ratio / 10_000 for ratio in ratios]
    levels = [1 + place * state.new_state_funds for place in range(len(ratios))]

    def law(ratio: Any, level: Any) -> ebf.Law:
        amounts = {"tier_2.target_ratio": ratio, "minimum_funding_level": level}
        return ebf.law(2022, amounts, property_tax_relief_counted=1)

    together = calculated(state, law(targets, levels))
    for place, (ratio, level) in enumerate(zip(targets, levels, strict=True)):
        assert_scenario_is(together, place, calculated(state, law(ratio, level)))


@few_examples
@given(states(), st.lists(st.integers(50, 150), min_size=2, max_size=4))
def test_inputs_money_and_law_as_scenarios_together_equal_runs_one_by_one(
    state: State, parts: list[int]
) -> None:
    names = [f"case {place}" for place in range(len(parts))]
    frames = []
    for part in parts:
        frame = state.frame.set_index("unit_id")
        frame["final_resources"] = (frame["final_resources"] * part).round() / 100
        frames.append(frame)
    funds = [state.new_state_funds * part / 100 for part in parts]
    shares = [part / 500 for part in parts]
    together = ebf.calculate(
        pd.concat(frames, keys=names, names=["scenario", "unit_id"]),
        ebf.law(
            2022,
            {"tier_1.gap_share": shares},
            minimum_funding_level=1,
            property_tax_relief_counted=1,
            new_state_funds=funds,
        ),
    )
    for name, frame, amount, share in zip(names, frames, funds, shares, strict=True):
        law = ebf.law(
            2022,
            {"tier_1.gap_share": share},
            minimum_funding_level=1,
            property_tax_relief_counted=1,
        )
        alone = ebf.calculate(frame, law.with_amounts(new_state_funds=amount))
        assert_scenario_is(together, name, alone)


# --- (c): laboratory schools and regional programs -----------------------------------

lines_of_c = st.lists(
    st.tuples(
        st.sampled_from(("unit", "elementary", "high_school", *WITHOUT_PROPERTY)),
        st.integers(100, 1_000_000),
        st.integers(5_000, 25_000),
        st.integers(0, 10**11),
    ),
    min_size=2,
    max_size=20,
)


def local_capacity_percentages(units: list[tuple[str, int, int, int]]) -> list[float]:
    """The line, of units with a kind, hundredths of pupils, dollars a pupil and cents of EAV."""
    frame = pd.DataFrame(
        {
            "unit_id": [unit_id(place) for place in range(len(units))],
            "organization_type": [kind for kind, _, _, _ in units],
            "average_student_enrollment": [students / 100 for _, students, _, _ in units],
            "adequacy_target": [students * each / 100 for _, students, each, _ in units],
            "equalized_assessed_valuation": [
                0 if kind in WITHOUT_PROPERTY else eav / 100 for kind, _, _, eav in units
            ],
        }
    )
    ledger = ebf.calculate(frame, ebf.law(2022), lines=["local_capacity_percentage"])
    return [float(each) for each in column(ledger, "local_capacity_percentage")]


@examples
@given(lines_of_c)
def test_laboratory_schools_and_regional_programs_are_at_10_percent(
    units: list[tuple[str, int, int, int]],
) -> None:
    assume(sum(kind not in WITHOUT_PROPERTY for kind, _, _, _ in units) > 1)
    found = local_capacity_percentages(units)
    for (kind, _, _, _), percentage in zip(units, found, strict=True):
        if kind in WITHOUT_PROPERTY:
            assert percentage == 0.1
        assert 0 <= percentage <= 0.9
        assert percentage == round(percentage, 4)


@examples
@given(lines_of_c)
def test_the_local_capacity_percentage_is_the_place_in_the_normal_distribution(
    units: list[tuple[str, int, int, int]],
) -> None:
    # Districts alone: whether units without property enter the mean is a reading.
    districts = [unit for unit in units if unit[0] not in WITHOUT_PROPERTY]
    assume(len(districts) > 1)
    grades = {"unit": 1.0, "elementary": 9 / 13, "high_school": 4 / 13}
    weights = np.array([students for _, students, _, _ in districts], dtype=float)
    ratios = np.array(
        [eav / (students * each) * grades[kind] for kind, students, each, eav in districts]
    )
    mean = float((weights * ratios).sum() / weights.sum())
    deviation = float(np.sqrt((weights * (ratios - mean) ** 2).sum() / weights.sum()))
    assume(deviation > 1e-6 * (1 + mean))
    found = local_capacity_percentages(districts)
    for ratio, percentage in zip(ratios.tolist(), found, strict=True):
        place = min(0.9, NormalDist(mean, deviation).cdf(ratio))
        assert percentage == pytest.approx(place, abs=1.001e-4)


# --- (g)(2), (6), (7), (9), (9.5), (10) by hand ---------------------------------------


def test_the_floor_of_g_2_raises_tier_2_units_at_the_cost_of_tier_2_alone() -> None:
    # 100,000 of new money. T: (50,000 / 0.3 + 500,000) / 1,000,000 = 2/3; unit 1 gets 50,000.
    # Gaps: (900,000 - 500,000 - 50,000) x 0.9 = 315,000 and (900,000 - 890,000) x 0.5 = 5,000;
    # rate 49,000 / 320,000; step 1: 48,234.375 and 765.625.
    # Tier 3 pays 900 to 10 pupils, 90 each: unit 2 is raised to 100 x 90 = 9,000, unit 1, in
    # Tier 1, is not. Both x 49,000 / 57,234.375: 41,294.840... and 7,705.159...
    rows = (
        dollars(1, 1e6, 5.0e5, 0.1, 10_000),
        dollars(2, 1e6, 8.9e5, 0.5, 100),
        dollars(3, 1e6, 9.5e5, 0.5, 10),
        dollars(4, 1e6, 1.1e6, 0.5, 100),
    )
    ledger = calculated(State(rows, 10_000_000))
    assert statewide(ledger, "tier_1_target_ratio") == pytest.approx(2 / 3, rel=1e-14)
    per_student = statewide(ledger, "greatest_tier_3_funding_per_student")
    assert per_student == pytest.approx(90, rel=1e-12)
    assert statewide(ledger, "tier_2_allocation_rate") == pytest.approx(0.153125, rel=1e-12)
    step_1 = column(ledger, "tier_2_funding_step_1")
    assert step_1 == pytest.approx([48_234.375, 765.625, 0, 0], rel=1e-12)
    step_2 = column(ledger, "tier_2_funding_step_2")
    assert step_2 == pytest.approx([48_234.375, 9_000, 0, 0], rel=1e-12)
    scale = 49_000 / 57_234.375
    assert statewide(ledger, "tier_2_scaling_factor") == pytest.approx(scale, rel=1e-12)
    assert column(ledger, "tier_funding").tolist() == [91_294.84, 7_705.15, 900, 100]


ABOVE_90 = (
    dollars(1, 1e6, 8.0e5, 0.2, 100),
    dollars(2, 1e6, 8.5e5, 0.5, 100),
    dollars(3, 2e6, 1.9e6, 0.5, 1_000),
    dollars(4, 1e6, 1.2e6, 0.5, 100),
)
"""Two units that lack 100,000 and 50,000 to 90 %: Tier 1 needs 45,000 to lift them there."""


def test_g_6_tier_1_money_joins_tier_2_once_it_reaches_beyond_90_percent() -> None:
    # 50,000 is more than the 45,000 needed, so Tier 2 has 99,000 for gaps of
    # 100,000 x 0.8 + 50,000 x 0.5 = 105,000: 75,428.571... and 23,571.428...
    ledger = calculated(State(ABOVE_90, 10_000_000))
    assert statewide(ledger, "tier_1_money_joins_tier_2") == 1
    assert column(ledger, "tier").tolist() == [2, 2, 3, 4]
    assert column(ledger, "tier_1_funding").tolist() == [0, 0, 0, 0]
    assert statewide(ledger, "tier_2_allocation_rate") == pytest.approx(99 / 105, rel=1e-12)
    assert statewide(ledger, "tier_2_surplus") == 0
    assert column(ledger, "tier_funding").tolist() == [75_428.57, 23_571.42, 900, 100]


def test_g_6_money_that_lifts_to_exactly_90_percent_stays_in_tier_1() -> None:
    # 90,000: Tier 1's 45,000 lift both to exactly 90 %, which is not beyond it. Tier 1 pays
    # 30,000 and 15,000; the gaps left are 70,000 x 0.8 and 35,000 x 0.5, together 73,500,
    # of Tier 2's 44,100, or 0.6: 33,600 and 10,500.
    ledger = calculated(State(ABOVE_90, 9_000_000))
    assert statewide(ledger, "tier_1_money_joins_tier_2") == 0
    assert column(ledger, "tier").tolist() == [1, 1, 3, 4]
    assert column(ledger, "tier_funding").tolist() == [63_600, 25_500, 810, 90]


def test_g_7_what_is_left_when_every_gap_is_filled_goes_to_tiers_3_and_4() -> None:
    # 200,000: Tier 2 has 198,000 for gaps of 105,000. Of the 93,000 left Tier 3 gets nine
    # tenths, 83,700, and Tier 4 9,300, besides their own 1,800 and 200.
    ledger = calculated(State(ABOVE_90, 20_000_000))
    assert statewide(ledger, "tier_2_allocation_rate") == 1
    assert statewide(ledger, "tier_2_surplus") == pytest.approx(93_000, abs=NOISE)
    assert column(ledger, "tier_funding").tolist() == [80_000, 25_000, 85_500, 9_500]


def test_g_7_without_g_6_where_local_capacity_leaves_small_gaps() -> None:
    # 80,000; both districts at 90 % local capacity. T: (40,000 / 0.3 + 1,650,000) / 2,000,000
    # = 0.891666...; Tier 1 pays 27,500 and 12,500. Gaps: (100,000 - 27,500) x 0.1 = 7,250 and
    # (50,000 - 12,500) x 0.1 = 3,750. Of 39,200 - 11,000 = 28,200, 25,380 and 2,820 go on.
    rows = tuple(row._replace(capacity=9_000) for row in ABOVE_90)
    ledger = calculated(State(rows, 8_000_000))
    assert statewide(ledger, "tier_1_money_joins_tier_2") == 0
    assert column(ledger, "tier").tolist() == [1, 1, 3, 4]
    assert column(ledger, "tier_1_funding") == pytest.approx([27_500, 12_500, 0, 0], rel=1e-9)
    assert statewide(ledger, "tier_2_surplus") == pytest.approx(28_200, abs=NOISE)
    assert column(ledger, "tier_funding").tolist() == [34_750, 16_250, 26_100, 2_900]


@pytest.mark.parametrize(
    ("without", "expected"),
    [
        (4, [75_428.57, 23_571.42, 1_000]),  # Tier 4's 100 joins Tier 3's 900
        (3, [75_428.57, 23_571.42, 1_000]),  # Tier 3's 900 joins Tier 4's 100
    ],
)
def test_the_pool_of_a_tier_without_units_joins_the_other_of_3_and_4(
    without: int, expected: list[float]
) -> None:
    rows = tuple(row for row in ABOVE_90 if row.unit_id != unit_id(without))
    ledger = calculated(State(rows, 10_000_000))
    assert column(ledger, "tier_funding").tolist() == expected


def test_the_pools_of_tiers_3_and_4_join_tier_2_where_neither_has_a_unit() -> None:
    # All 100,000 for gaps of 105,000: 80,000 / 1.05 = 76,190.476..., 25,000 / 1.05 = 23,809.523...
    ledger = calculated(State(ABOVE_90[:2], 10_000_000))
    assert column(ledger, "tier_funding").tolist() == [76_190.47, 23_809.52]


LARGE = (
    dollars(1, 3e9, 3.0e8, 0.2, 100_000),
    dollars(2, 1e9, 8.9e8, 0.5, 10_000),
    dollars(3, 1e9, 9.5e8, 0.5, 100_000),
    dollars(4, 1e9, 1.1e9, 0.5, 100_000),
)
"""One unit a tier, and new money of hundreds of millions."""

# Unit 1 is alone in Tier 1 and takes that pool whole, 150,000,000. The gaps of Tier 2 are
# (2,700,000,000 - 300,000,000 - 150,000,000) x 0.8 = 1,800,000,000 and
# (900,000,000 - 890,000,000) x 0.5 = 5,000,000: 360 and 1 of 361 parts.


@pytest.mark.parametrize(
    ("funds", "pools"),
    [
        (300_000_000, (150_000_000, 147_000_000, 2_700_000, 300_000)),  # no shortfall
        (299_900_000, (150_000_000, 147_000_000, 2_700_000, 200_000)),  # 100,000 from Tier 4
        (299_700_000, (150_000_000, 147_000_000, 2_700_000, 0)),  # all of Tier 4
        (299_000_000, (150_000_000, 147_000_000, 2_000_000, 0)),  # 300,000, then Tier 3
        (297_000_000, (150_000_000, 147_000_000, 0, 0)),
        (250_000_000, (150_000_000, 100_000_000, 0, 0)),  # 3,000,000, then 47,000,000 of Tier 2
    ],
)
def test_g_9_a_shortfall_is_taken_from_tier_4_then_3_then_2(
    funds: int, pools: tuple[int, int, int, int]
) -> None:
    # The level is 350,000,000, of which 50,000,000 are relief grants: the pools are shares of
    # 300,000,000, less what is short. Tier 3 never pays 100 pupils as much as Tier 2's gap does.
    ledger = ebf.calculate(frame_of(LARGE), ebf.law(2022, new_state_funds=funds))
    assert column(ledger, "tier").tolist() == [1, 2, 3, 4]
    tier_1, tier_2, tier_3, tier_4 = pools
    expected = [tier_1 + tier_2 * 360 / 361, tier_2 / 361, tier_3, tier_4]
    paid = column(ledger, "tier_funding")
    assert (paid <= np.array(expected) + NOISE).all()
    assert (paid > np.array(expected) - CENT - NOISE).all()


def test_g_9_a_great_shortfall_empties_tier_2_and_lowers_the_tier_1_rate() -> None:
    # 100,000,000: 200,000,000 short, of which 150,000,000 are all of Tiers 4, 3 and 2, and
    # 50,000,000 come from Tier 1. The rate is 30 % x 100 / 350, at which 100,000,000 serve a
    # gap of 1,166,666,666.67: T = 1,466,666,666.67 / 3,000,000,000 = 22/45.
    ledger = ebf.calculate(frame_of(LARGE), ebf.law(2022, new_state_funds=100_000_000))
    rate = statewide(ledger, "tier_1_allocation_rate")
    assert rate == pytest.approx(0.3 * 100 / 350, rel=1e-12)
    assert statewide(ledger, "tier_1_target_ratio") == pytest.approx(22 / 45, rel=1e-12)
    assert column(ledger, "tier").tolist() == [1, 2, 3, 4]
    assert column(ledger, "tier_funding").tolist() == [100_000_000, 0, 0, 0]


@pytest.mark.parametrize(("fiscal_year", "relief"), [(2018, 0), (2019, 50e6), (2026, 0)])
def test_g_9_5_the_years_relief_is_no_new_state_funds(fiscal_year: int, relief: float) -> None:
    frame = frame_of(LARGE).assign(appropriated_new_state_funds=400e6)
    ledger = ebf.calculate(frame, ebf.law(fiscal_year))
    assert statewide(ledger, "new_state_funds") == 400e6 - relief
    assert column(ledger, "tier_funding").sum() == pytest.approx(400e6 - relief, abs=4 * CENT)


def test_g_9_5_relief_that_is_not_known_is_asked_for() -> None:
    frame = frame_of(LARGE).assign(appropriated_new_state_funds=350e6)
    with pytest.raises(
        ebf.InputError, match="property_tax_relief: found no known value for FY2025"
    ):
        ebf.calculate(frame, ebf.law(2025))
    ledger = ebf.calculate(frame, ebf.law(2025, property_tax_relief=50e6))
    assert statewide(ledger, "new_state_funds") == 300e6


def with_shortfall(
    shortfall: float, first_year_bases: list[float], before: tuple[float, ...] = (100, 100)
) -> ebf.Ledger:
    """Five units, one of them specially funded, in a year of cuts and without new money.

    ``before`` are the pupils of the first two the year before.
    """
    rows = (
        dollars(1, 1e6, 5.0e5, 0.1, 100, base=100_000),
        dollars(2, 1e6, 8.0e5, 0.2, 100, base=100_000),
        dollars(3, 1e6, 9.5e5, 0.3, 300, base=100_000),
        dollars(4, 1e6, 1.2e6, 0.4, 200, base=100_000),
        dollars(5, 0, 0, 0, 0, base=100_000, kind=SPECIALLY_FUNDED),
    )
    frame = frame_of(rows)
    frame["base_funding_shortfall"] = shortfall
    frame["first_year_base_funding_minimum"] = first_year_bases
    frame["prior_year_average_student_enrollment"] = [*before, 400, 100, 0]
    return ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=0))


def test_g_10_tiers_3_and_4_bear_a_shortfall_alike_per_pupil() -> None:
    # 50,000 over 500 pupils: 100 each.
    ledger = with_shortfall(50_000, [1_000] * 5)
    assert column(ledger, "tier").tolist() == [2, 2, 3, 4, 0]
    assert column(ledger, "tier_3_and_4_reduction").tolist() == [0, 0, 30_000, 20_000, 0]
    assert statewide(ledger, "further_reduction_per_student") == 0
    expected = [100_000, 100_000, 70_000, 80_000, 100_000]
    assert column(ledger, "base_funding_paid").tolist() == expected
    assert column(ledger, "total_state_contribution").tolist() == expected


def test_g_10_what_the_first_years_base_protects_every_unit_bears_per_pupil() -> None:
    # Unit 4 may lose 6,000 of its 20,000; the other 14,000 over 700 pupils are 20 each, of
    # unit 3 above its 30,000 and of unit 4 above its 6,000.
    ledger = with_shortfall(50_000, [1_000, 1_000, 1_000, 94_000, 1_000])
    assert column(ledger, "tier_3_and_4_reduction").tolist() == [0, 0, 30_000, 6_000, 0]
    assert statewide(ledger, "further_reduction_per_student") == pytest.approx(20, rel=1e-12)
    expected = [98_000, 98_000, 64_000, 90_000, 100_000]
    assert column(ledger, "base_funding_paid").tolist() == expected


def test_g_10_a_base_never_above_the_first_years_loses_only_the_further_reduction() -> None:
    # Nothing above the first year's base in Tiers 3 and 4: all 7,000 over 700 pupils, 10 each.
    ledger = with_shortfall(7_000, [1_000, 1_000, 100_000, 120_000, 1_000])
    assert column(ledger, "tier_3_and_4_reduction").tolist() == [0, 0, 0, 0, 0]
    expected = [99_000, 99_000, 97_000, 98_000, 100_000]
    assert column(ledger, "base_funding_paid").tolist() == expected


def test_g_10_tiers_1_and_2_are_held_harmless_per_pupil() -> None:
    # 125 pupils to 100: a fifth of 100,000; none of unit 2, whose pupils grew. The other 30,000
    # over 500 pupils are 60 each.
    ledger = with_shortfall(50_000, [1_000] * 5, (125, 50))
    reduced = column(ledger, "tier_1_and_2_reduction")
    assert reduced == pytest.approx([20_000, 0, 0, 0, 0], rel=1e-12)
    expected = [80_000, 100_000, 82_000, 88_000, 100_000]
    assert column(ledger, "total_state_contribution").tolist() == expected
    exact = ledger.exact.values["base_funding_paid"]
    assert exact[0, ledger.table.rows, 0].tolist() == expected


def test_g_10_no_more_goes_with_the_pupils_than_the_shortfall() -> None:
    # 20,000 and 50,000 would go; 7,000 are short, a tenth of them.
    ledger = with_shortfall(7_000, [1_000] * 5, (125, 200))
    expected = [98_000, 95_000, 100_000, 100_000, 100_000]
    assert column(ledger, "base_funding_paid") == pytest.approx(expected, rel=1e-12)


def test_g_10_no_shortfall_takes_nothing() -> None:
    ledger = with_shortfall(0, [1_000] * 5)
    assert column(ledger, "base_funding_paid").tolist() == [100_000] * 5


@examples
@given(states(), st.integers(0, 1_000), st.integers(1, 1_000), st.integers(50, 200))
def test_g_10_a_shortfall_is_taken_in_full_and_spares_tiers_1_and_2_where_it_can(
    state: State, shortfall: int, first_year: int, before: int
) -> None:
    frame = state.frame
    base = frame["base_funding_minimum"].to_numpy() + 1
    frame["base_funding_minimum"] = base
    frame["first_year_base_funding_minimum"] = base * first_year / 1_000
    students = frame["average_student_enrollment"].to_numpy()
    frame["prior_year_average_student_enrollment"] = np.maximum(students * before / 100, 0.01)
    short = float(base.sum()) * shortfall / 1_000
    frame["base_funding_shortfall"] = short
    try:
        ledger = ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=0), rounding=False)
    except ebf.InputError as error:
        if {fault.place.words[1] for fault in error.faults} != {"base_funding_paid"}:
            raise
        return  # more would be taken of a unit than its base
    lost = base - column(ledger, "base_funding_paid")
    assert lost.sum() == pytest.approx(short, rel=1e-9, abs=NOISE)
    tier = column(ledger, "tier")
    further = statewide(ledger, "further_reduction_per_student")
    held_harmless = np.isin(tier, (1, 2))
    at_most = further * students + base * max(0, 1 - 100 / before)
    assert (lost[held_harmless] <= (at_most + NOISE)[held_harmless]).all()
    if further > NOISE or before <= 100:
        assert lost[held_harmless] == pytest.approx(at_most[held_harmless], rel=1e-9, abs=NOISE)
    reduced = column(ledger, "tier_3_and_4_reduction")
    most = base - frame["first_year_base_funding_minimum"].to_numpy()
    assert (reduced <= most + NOISE).all()
    alike = np.isin(tier, (3, 4)) & (reduced < most - NOISE)
    if alike.any():
        per_pupil = reduced[alike] / students[alike]
        assert per_pupil == pytest.approx(np.full(per_pupil.shape, per_pupil[0]), rel=1e-9)


def test_money_that_the_law_gives_no_tier_stays_undistributed() -> None:
    halves = {f"tier_{tier}.share": 0.5 if tier < 3 else 0 for tier in (1, 2, 3, 4)}
    units = frame_of(
        tuple(dollars(tier, 1e6, has, 0.5) for tier, has in ((2, 89e4), (3, 99e4), (4, 2e6)))
    )
    found = ebf.calculate(units, ANY_AMOUNT.with_amounts(halves).with_amounts(new_state_funds=2e6))
    assert found.units["tier_funding"].tolist() == [5_000, 0, 0]  # (90 % - 89 %) of 1e6, half of it
    assert found.statewide["undistributed_new_state_funds"] == 1_995_000


def test_where_money_is_left_over_every_gap_is_filled_and_no_more() -> None:
    """(g)(6), (7): gaps of 6.5 and 5 million are paid of 29.7 million; the rest goes to Tier 3.

    By the floor of (g)(2), 18,500 dollars a pupil, the second unit would be paid beyond its gap.
    """
    rows = (
        dollars(1, 15e6, 7e6, 0, 1_000),
        dollars(2, 150e6, 130e6, 0, 10_000),
        dollars(3, 15e6, 14e6, 0.3, 1_000),
    )
    ledger = ebf.calculate(frame_of(rows), ANY_AMOUNT.with_amounts(new_state_funds=30e6))
    assert ledger.units["tier"].tolist() == [2, 2, 3]
    assert ledger.units["tier_funding"].tolist() == [6.5e6, 5e6, 18.5e6]
    assert ledger.statewide["tier_2_scaling_factor"] == 1
