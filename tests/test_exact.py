"""Exact arithmetic: what fractions give by hand, and where floats may part from them."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import erfc, sqrt
from pathlib import Path
from typing import Any, TypeAlias

import depth
import handed
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from distribution_by_hand import by_hand
from edges import FURTHEST_BEHIND, Tie, ties
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from published import YEARS, distributed
from published import units_of as published_units
from sample_states import law_of, one_of
from sample_states import units_of as units_of_any_year
from states import (
    ANY_AMOUNT,
    CENTS,
    Row,
    State,
    calculated,
    column,
    dollars,
    states,
    statewide,
    unit_id,
)

import ebf
from ebf.language import exact, vocabulary
from ebf.law.funding import FUNDING
from ebf.law.years import YEARS as EVERY_YEAR

Flags: TypeAlias = npt.NDArray[np.bool_]

examples = depth.EXACT

EXACT: Mapping[str, Any] = {"arithmetic": "exact"}
FAST: Mapping[str, Any] = {"arithmetic": "fast"}
COLUMNS = ["line", "column", "unit_id", "edge", "value", "limit", "apart", "fast", "exact"]
SPACINGS = 2.0**-48
"""Sixteen spacings of floats: more than a difference of sums is off by, as a part of the sums."""


@pytest.fixture(scope="session")
def sample() -> ebf.Ledger:
    """The sample state, or a part of it, in fast arithmetic; its ``exact`` is computed once."""
    units, law = ebf.sample()
    some = one_of(depth.SAMPLE_IN_FRACTIONS, units)
    return ebf.calculate(some, law.with_amounts(new_state_funds=300e6))


@pytest.fixture(scope="session")
def near(sample: ebf.Ledger) -> ebf.Ledger:
    """What is searched for near ties: the sample state, or a part of it."""
    if depth.SAMPLE_IN_NEAR_TIES == depth.SAMPLE_IN_FRACTIONS:
        return sample
    some = one_of(depth.SAMPLE_IN_NEAR_TIES, ebf.sample().units)
    return ebf.calculate(some, ebf.sample().law.with_amounts(new_state_funds=300e6))


def numbers(ledger: ebf.Ledger, name: str) -> list[Any]:
    """A line of every unit as it was computed, in the order of the caller's rows."""
    in_order: list[Any] = ledger.values[name][0, ledger.table.rows, 0].tolist()
    return in_order


def number(ledger: ebf.Ledger, name: str) -> Any:
    """A statewide line as it was computed."""
    return ledger.values[name].item()


def uncut(state: State) -> ebf.Ledger:
    """The exact distribution of the state's New State Funds, nothing rounded."""
    return ebf.calculate(
        state.frame,
        ANY_AMOUNT.with_amounts(new_state_funds=state.new_state_funds),
        rounding=False,
        arithmetic="exact",
    )


def line_of(name: str, columns: dict[str, Any], **options: Any) -> ebf.Ledger:
    """A line of districts from the columns it reads, in exact arithmetic unless told."""
    count = len(next(iter(columns.values())))
    frame = pd.DataFrame(
        {"unit_id": [unit_id(place) for place in range(count)], "organization_type": "unit"}
        | columns
    )
    return handed.calculate(frame, **{"law": ebf.law(2022), "lines": [name], **EXACT, **options})


# --- Fast and exact agree: how that is measured --------------------------------------


def places_apart(fast: ebf.Ledger, noise: Mapping[str, float] | None = None) -> dict[str, Flags]:
    """Where fast and exact differ, of the lines where they do.

    Inputs, flags, tiers, counts and rounded lines must be the same floats, other lines
    to a relative 1e-12; a line in ``noise`` may be off by that much beside.
    """
    found = {}
    for name, exactly in fast.exact.values.items():
        theirs = exactly.astype(np.float64)
        ours = np.broadcast_to(fast.values[name].astype(np.float64), theirs.shape)
        line = FUNDING.lines(fast.fiscal_year).get(name)
        is_same = name not in fast.computed or (line is not None and line.rounding is not None)
        allowed = 0.0 * theirs
        if not (is_same and fast.rounding) and exactly.dtype == object:
            allowed = 1e-12 * np.abs(theirs) + (noise or {}).get(name, 0.0)
        agree = (np.abs(ours - theirs) <= allowed) | (np.isnan(ours) & np.isnan(theirs))
        if not agree.all():
            found[name] = ~agree
    return found


A_DIFFERENCE = {"undistributed_new_state_funds": 1e-6}
"""Hundreds of millions less hundreds of millions."""


def noise_of(state: State, fast: ebf.Ledger) -> dict[str, float]:
    """How far floats can be off, in all that is computed from gaps to a ratio.

    A gap is the difference of amounts of the size of Adequacy Targets, a rate such
    differences over what it is multiplied with, and a floor one for every pupil.
    """
    most_students = max(row.students for row in state.rows) / 100
    gaps_off = SPACINGS * sum(row.target for row in state.rows) / CENTS
    dollars_off = gaps_off * (1 + most_students)
    noise = dict.fromkeys(
        (
            *("tier_1_funding_gap", "tier_1_funding", "tier_2_funding_gap", "tier_2_surplus"),
            *("total_tier_2_funding_gap", "tier_2_funding_step_1", "tier_2_funding_step_2"),
            *("tier_2_funding", "tier_3_aggregate_funding", "tier_4_aggregate_funding"),
            *("tier_3_funding", "tier_4_funding", "undistributed_new_state_funds"),
            "greatest_tier_3_funding_per_student",
        ),
        dollars_off,
    )
    noise |= dict.fromkeys(
        ("statewide_gap_to_tier_2_target_ratio", "statewide_gap_to_tier_3_target_ratio"), gaps_off
    )
    values = fast.exact.values
    target = values["adequacy_target"]
    multiplied = {
        "tier_2_allocation_rate": values["tier_2_funding_gap"],
        "tier_2_scaling_factor": values["tier_2_funding_step_2"],
        "tier_3_allocation_rate": np.where(values["in_tier_3"], target, 0),
        "tier_4_allocation_rate": np.where(values["in_tier_4"], target, 0),
    }
    for rate, of in multiplied.items():
        noise[rate] = dollars_off / float(of.sum() or 1)
    return noise


def unexplained(state: State, fast: ebf.Ledger) -> list[tuple[str, str]]:
    """Lines and units where fast and exact differ without a reason.

    Reasons are a near tie listed of the place, and a difference of what the line reads.
    """
    noise = noise_of(state, fast)
    apart = places_apart(fast, noise)
    if not apart:
        return []
    ties_listed = fast.near_ties()
    listed = set(zip(ties_listed["line"], ties_listed["unit_id"], strict=True))
    found = []
    for name, places in apart.items():
        line = FUNDING.lines(fast.fiscal_year)[name]
        for place in np.argwhere(places)[:, 1].tolist():
            unit = "statewide" if line.statewide else fast.table.unit_ids[place]
            reads = [apart[read] for read in line.reads if read in apart]
            downstream = any(
                each.any() if line.statewide or each.shape[1] == 1 else each[0, place].any()
                for each in reads
            )
            if not (downstream or (name, unit) in listed):
                found.append((name, unit))
    return found


# --- Fast and exact agree: the sample, the published years, every year ----------------


def test_every_line_of_the_sample_state_agrees(sample: ebf.Ledger) -> None:
    assert not places_apart(sample, A_DIFFERENCE)
    assert sample.values.keys() == sample.exact.values.keys()
    assert len(sample.computed) > 150


@pytest.mark.parametrize("year", YEARS)
def test_every_line_of_the_published_years_agrees(published: Path, year: int) -> None:
    assert not places_apart(distributed(published, year), A_DIFFERENCE)


@pytest.mark.parametrize("year", YEARS)
def test_exact_tier_funding_is_the_published_to_the_cent(published: Path, year: int) -> None:
    theirs = published_units(published, year)
    ours = distributed(published, year).exact
    found = dict(
        zip(ours.table.unit_ids, ours.values["tier_funding"].ravel().tolist(), strict=True)
    )
    cents = {unit: round(amount * CENTS) for unit, amount in theirs["tier_funding"].items()}
    assert {unit: amount * CENTS for unit, amount in found.items()} == cents
    assert sum(cents.values()) > 250e6 * CENTS
    tiers = dict(zip(ours.table.unit_ids, ours.values["tier"].ravel().tolist(), strict=True))
    assert tiers == theirs["tier"].to_dict()


@pytest.mark.parametrize("year", YEARS)
def test_the_published_years_have_no_near_ties(published: Path, year: int) -> None:
    assert distributed(published, year).near_ties().empty


def some_units(year: int) -> pd.DataFrame:
    """A few units of every kind, with Chicago, of the sample state in a year."""
    units = units_of_any_year(year)
    chicago = units["article_34_district"] == 1
    first = units.groupby("organization_type").cumcount() < depth.EXACT_UNITS
    return units[chicago | first]


@pytest.mark.parametrize(
    ("money", "year"), depth.spread(itertools.product([0.0, 5e6, 310e6], EVERY_YEAR), 4)
)
def test_every_line_of_every_year_agrees_and_is_exact(year: int, money: float) -> None:
    funds = 0.0 if year == 2021 else money
    law, paid = law_of(year), ebf.sample().law.salaries.of_year(year)
    ledger = ebf.calculate(some_units(year), law.with_amounts(salaries=paid, new_state_funds=funds))
    assert not places_apart(ledger, A_DIFFERENCE)
    for name, values in ledger.exact.values.items():
        kinds = {type(each) for each in values.ravel().tolist()}
        assert kinds in ({Fraction}, {bool}, {int}), name


# --- Fast and exact agree: states made up ----------------------------------------------


@examples
@given(states(most=25))
def test_fast_and_exact_agree_in_states_made_up(state: State) -> None:
    fast = calculated(state)
    assert not unexplained(state, fast)
    assert numbers(fast, "tier") == numbers(fast.exact, "tier")
    lost = column(fast, "tier_funding") - column(fast.exact, "tier_funding")
    assert (np.abs(lost) < 0.011).all()


@st.composite
def ugly_states(draw: st.DrawFn) -> State:
    """Units of ten cents and of ten billion dollars, on 90 and 100 % and a cent beside."""
    rows = []
    for place in range(draw(st.integers(3, 8))):
        size = draw(st.sampled_from((1, 10**4, 10**8, 10**11)))
        tenth = draw(st.integers(size, 2 * size))
        part = draw(st.sampled_from((0, 6_000, 8_999, 9_000, 9_000, 10_000, 10_000, 12_000)))
        resources = tenth * part // 1_000 + draw(st.sampled_from((-1, 0, 1)))
        students = draw(st.sampled_from((100, 12_345, 5_000_000)))
        capacity = draw(st.integers(0, 9_000))
        rows.append(
            Row(unit_id(place), "unit", students, 10 * tenth, max(0, resources), capacity, 0)
        )
    total = sum(row.target for row in rows)
    return State(tuple(rows), total * draw(st.integers(0, 20_000)) // 1_000_000)


@examples
@given(ugly_states())
def test_where_fast_and_exact_part_in_ugly_states_there_is_a_near_tie(state: State) -> None:
    assert not unexplained(state, calculated(state))


@examples
@given(st.one_of(ties(), ties(Fraction(9, 10))), st.sampled_from((-1, 0, 1)))
@example(Tie(1, 2, ((20, 1),), (5, 7)), 0)
@example(Tie(9, 10, ((11 * 10**9, 10**9),), (10**10,)), 1)
def test_where_they_part_at_the_tier_1_target_ratio_there_is_a_near_tie(
    tie: Tie, cents_less: int
) -> None:
    state = tie.state(cents_less)
    assume(all(row.resources >= 0 for row in state.rows))
    fast = calculated(state)
    assert not unexplained(state, fast)
    assert number(fast.exact, "tier_1_target_ratio") == least_ratio_of_prefixes(state)
    if not cents_less:
        assert number(fast.exact, "tier_1_target_ratio") == tie.ratio
        on_it = 3 if tie.ratio == Fraction(9, 10) else 2
        expected = [1] * len(tie.below) + [on_it] * len(tie.tied)
        assert numbers(fast.exact, "tier") == numbers(fast, "tier") == expected
        assert "tier" not in set(fast.near_ties()["line"])


def least_ratio_of_prefixes(state: State) -> Fraction:
    """The Tier 1 Target Ratio: the least over the prefixes in order of percent."""
    rows = sorted(state.in_distribution, key=lambda row: row.percent)
    reached = Fraction((state.funds + 1) // 2 * 10, 3)  # half, to the nearest cent, over 30 %
    prefixes = (rows[:count] for count in range(1, len(rows) + 1))
    return min(ratio_of(reached, prefix) for prefix in prefixes)


def ratio_of(reached: Fraction, rows: Sequence[Row]) -> Fraction:
    """The ratio to which so many cents lift just these units."""
    return (reached + sum(row.resources for row in rows)) / sum(row.target for row in rows)


@pytest.mark.parametrize("tenth", [1, 10**3, 10**8 + 7, 10**11 + 3, 10**12])
def test_on_90_and_100_percent_and_a_cent_beside_both_give_the_tier_of_the_law(tenth: int) -> None:
    resources = (9 * tenth - 1, 9 * tenth, 9 * tenth + 1, 10 * tenth - 1, 10 * tenth, 11 * tenth)
    rows = tuple(
        Row(unit_id(place), "unit", 100, 10 * tenth, each, 5_000, 0)
        for place, each in enumerate(resources)
    )
    ledger = calculated(State((*rows, FURTHEST_BEHIND), 1_000))
    # of ten cents, nine and a cent more are all
    above_90 = 4 if tenth == 1 else 3
    expected = [2, 3, above_90, 3, 4, 4, 1]
    assert numbers(ledger, "tier") == numbers(ledger.exact, "tier") == expected
    assert ledger.near_ties().empty


# --- By hand ---------------------------------------------------------------------------


def test_a_product_that_floats_cannot_hold_is_exact_before_and_after_the_cut() -> None:
    # 0.15 x 20 % x 65,990 = 0.03 x 65,990 = 1,979.70; 0.07 x 33.33 % x 75,268 = 1,756.077708
    assert 0.03 * 65_990 < 1979.7
    name = "specialist_teacher_cost"
    given = {
        "core_teacher_fte_k_3": [0.15, 0.15],
        "core_teacher_fte_4_8": [0.0, 0.0],
        "core_teacher_fte_9_12": [0.0, 0.07],
    }
    salaries = {"teacher": {"k_8": 65_990, "9_12": 75_268, "k_12": 68_735}}
    for rounding, of_both in ((True, "3735.77"), (False, "3735.777708")):
        ledger = line_of(name, given, salaries=salaries, rounding=rounding)
        assert ledger.values[name].ravel().tolist() == [Fraction("1979.70"), Fraction(of_both)]
        assert all(isinstance(each, Fraction) for each in ledger.values[name].ravel())


def test_thirds_stay_thirds_until_they_are_cut() -> None:
    law = ebf.law(2022, {"special_education_teacher.students_per_fte": 3})
    name = "special_education_teacher_fte"
    pupils = {"average_student_enrollment": [662.0, 0.01, 1.0]}
    whole = line_of(name, pupils, law=law, rounding=False)
    assert numbers(whole, name) == [Fraction(662, 3), Fraction(1, 300), Fraction(1, 3)]
    cut = line_of(name, pupils, law=law)
    assert numbers(cut, name) == [Fraction("220.66"), 0, Fraction("0.33")]
    assert column(cut, name).tolist() == [220.66, 0, 0.33]


def test_a_mean_of_three_years_keeps_its_third() -> None:
    # (198.01 + 190 + 189) / 3 = 577.01 / 3
    eav = dict(zip(("first", "second", "third"), ([198.01], [190.0], [189.0]), strict=True))
    given = {f"real_eav_{year}_preceding_tax_year": each for year, each in eav.items()}
    assert numbers(line_of("adjusted_eav", given), "adjusted_eav") == [Fraction(57_701, 300)]


def test_numbers_of_the_law_are_the_decimals_they_are_written_as() -> None:
    # 1,000.10 x 50 %, 49 %, 0.9 % and 0.1 %; 500.05 / 30 %
    rows = (dollars(1, 1e6, 4e5, 0.1), dollars(2, 1e6, 9.5e5, 0.2), dollars(3, 1e6, 1.2e6, 0.2))
    ledger = uncut(State(rows, 100_010))
    pools = [number(ledger, f"tier_{tier}_allocation") for tier in range(1, 5)]
    assert pools == [Fraction(each) for each in ("500.05", "490.049", "9.0009", "1.0001")]
    assert number(ledger, "tier_1_gap_reached") == Fraction("500.05") / Fraction("0.3")


@given(st.integers(-(10**14), 10**14), st.integers(0, 6))
@depth.EXACT_DECIMALS
def test_a_float_is_taken_as_the_decimal_that_it_is_written_as(digits: int, places: int) -> None:
    written = Decimal(digits).scaleb(-places)
    assert exact.fraction(float(written)) == Fraction(digits, 10**places)


@pytest.mark.parametrize(
    ("value", "cut", "rounded"),
    [
        ("0.005", "0", "0.01"),
        ("0.00499999999999999999999", "0", "0"),
        ("1979.6999999999999999999", "1979.69", "1979.70"),
        ("-1.239", "-1.23", "-1.24"),
        ("-0.005", "0", "-0.01"),
        ("7.25", "7.25", "7.25"),
    ],
)
def test_cutting_and_rounding_take_nothing_for_near_enough(
    value: str, cut: str, rounded: str
) -> None:
    assert exact.truncate(Fraction(value), 2) == Fraction(cut)
    assert exact.round_half_up(Fraction(value), 2) == Fraction(rounded)


@examples
@given(st.fractions(0, 10**6, max_denominator=10**6))
def test_a_square_root_is_right_to_50_digits(square: Fraction) -> None:
    root = exact.square_root(square)
    assert root**2 <= square < (root + Fraction(1, 10**50)) ** 2


@examples
@given(states(most=8))
def test_the_tier_1_target_ratio_is_the_least_of_every_set_of_units(state: State) -> None:
    rows = state.in_distribution
    reached = Fraction((state.funds + 1) // 2 * 10, 3)
    sets = (each for count in range(1, len(rows) + 1) for each in combinations(rows, count))
    least = min(ratio_of(reached, each) for each in sets)
    ledger = calculated(state).exact
    assert number(ledger, "tier_1_target_ratio") == least
    assert isinstance(number(ledger, "tier_1_target_ratio"), Fraction)
    lacking = sum(max(Fraction(0), least * row.target - row.resources) for row in rows)
    assert lacking == reached


@examples
@given(st.one_of(states(most=20), ugly_states(), ties().map(Tie.state)))
def test_the_uncut_distribution_is_the_one_by_hand_without_tolerance(state: State) -> None:
    paid = by_hand(state)
    ledger = uncut(state)
    in_tiers = [place for place, row in enumerate(state.rows) if row.in_distribution]
    tiers, funding = numbers(ledger, "tier"), numbers(ledger, "tier_funding")
    assert [tiers[place] for place in in_tiers] == paid.tiers
    assert [funding[place] * CENTS for place in in_tiers] == paid.amounts


@examples
@given(st.one_of(states(most=20), ugly_states()))
def test_uncut_payments_and_what_nobody_can_take_sum_to_the_pool_exactly(state: State) -> None:
    ledger = uncut(state)
    funds = Fraction(state.funds, CENTS)
    paid = sum(numbers(ledger, "tier_funding"))
    assert paid + number(ledger, "undistributed_new_state_funds") == funds
    in_tiers_3_and_4 = {3, 4} & set(numbers(ledger, "tier"))
    if in_tiers_3_and_4 or number(ledger, "tier_2_allocation_rate") < 1:
        assert paid == funds
    if not number(ledger, "tier_1_money_joins_tier_2"):
        assert sum(numbers(ledger, "tier_1_funding")) == funds / 2
    if len(in_tiers_3_and_4) == 2 and not number(ledger, "tier_2_surplus"):
        assert sum(numbers(ledger, "tier_3_funding")) == funds * 9 / 1_000
        assert sum(numbers(ledger, "tier_4_funding")) == funds / 1_000


def test_a_state_by_hand_in_fractions() -> None:
    # 1,000 of new money lifts unit 1 by 500 / 0.3 to (500 / 0.3 + 700) / 3,000 = 71 / 90. Its
    # Tier 2 gap is 2,700 - 700 - 500 = 1,500, a third of it met by 490 of 1,500: all of 490.
    # Tier 3 has 9 for 1, Tier 4 has 1 for two of the same target.
    rows = (
        dollars(1, 3_000, 700, 0),
        dollars(2, 700, 650, 0.5),
        dollars(3, 900, 900, 0.5),
        dollars(4, 900, 1_000, 0.5),
    )
    ledger = uncut(State(rows, 100_000))
    assert number(ledger, "tier_1_target_ratio") == Fraction(71, 90)
    assert number(ledger, "tier_2_allocation_rate") == Fraction(49, 150)
    assert number(ledger, "tier_3_allocation_rate") == Fraction(9, 700)
    assert number(ledger, "tier_4_allocation_rate") == Fraction(1, 1_800)
    half = Fraction(1, 2)
    assert numbers(ledger, "tier_funding") == [990, 9, half, half]


# --- Near ties -----------------------------------------------------------------------


def at_the_edge(resources: float, **options: Any) -> ebf.Ledger:
    """A unit with a target of a million and another far behind, which is Tier 1 alone."""
    frame = pd.DataFrame(
        {
            "unit_id": [unit_id(1), unit_id(2)],
            "organization_type": "unit",
            "average_student_enrollment": 100.0,
            "adequacy_target": 1e6,
            "final_resources": [resources, 0.0],
            "local_capacity_percentage": 0.5,
        }
    )
    return ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=10), **options)


@pytest.mark.parametrize(
    ("resources", "limit", "apart", "fast_tier", "exact_tier"),
    [
        (899_999.9999999999, 0.9, -1e-16, 3, 2),
        (900_000.0000000001, 0.9, 1e-16, 3, 3),
        (999_999.9999999999, 1.0, -1e-16, 4, 3),
        (1_000_000.0000000001, 1.0, 1e-16, 4, 4),
    ],
)
def test_a_unit_beside_an_edge_is_listed(
    resources: float, limit: float, apart: float, fast_tier: int, exact_tier: int
) -> None:
    fast = at_the_edge(resources)
    assert numbers(fast, "tier") == [fast_tier, 1]
    assert numbers(fast.exact, "tier") == [exact_tier, 1]
    listed = fast.near_ties()
    assert list(listed.columns) == COLUMNS
    (tie,) = listed.query("line == 'tier'").to_dict("records")
    assert tie["unit_id"] == unit_id(1)
    assert tie["limit"] == limit
    assert tie["apart"] == apart
    assert tie["value"] == float(Fraction(str(limit)) + Fraction(str(apart)))
    assert "<" in tie["edge"]
    assert "final_percent_of_adequacy" in tie["edge"]
    assert (tie["fast"], tie["exact"]) == (0, apart < 0)


@pytest.mark.parametrize(("resources", "tier"), [(900_000.0, 3), (1_000_000.0, 4)])
def test_a_unit_on_an_edge_is_not_listed(resources: float, tier: int) -> None:
    fast = at_the_edge(resources)
    assert numbers(fast, "tier") == numbers(fast.exact, "tier") == [tier, 1]
    assert fast.near_ties().empty


@pytest.mark.parametrize(
    ("resources", "count"), [(900_000.000000006, 1), (900_000.000000007, 0), (899_999.999999993, 0)]
)
def test_near_is_within_32_spacings_of_the_edge_unless_told(resources: float, count: int) -> None:
    # 2**-47 of 0.9 are 6.4e-15, of a target of a million 6.4e-9 dollars
    fast = at_the_edge(resources)
    assert (fast.near_ties()["line"] == "tier").sum() == count
    assert (fast.near_ties(within=1e-14)["line"] == "tier").sum() == 1
    assert (fast.near_ties(within=1e-15)["line"] == "tier").sum() == 0


@pytest.mark.parametrize(
    ("resources", "fast_tier", "exact_tier", "count"),
    [
        (1_000_000.0, 2, 2, 0),  # (100,000 + 400,000) / 1,000,000 = 1/2, and so is the second
        (999_999.9999999999, 2, 1, 1),
        (1_000_000.0000000001, 2, 2, 1),
    ],
)
def test_a_unit_beside_the_tier_1_target_ratio_is_listed(
    resources: float, fast_tier: int, exact_tier: int, count: int
) -> None:
    frame = pd.DataFrame(
        {
            "unit_id": [unit_id(1), unit_id(2)],
            "organization_type": "unit",
            "average_student_enrollment": 100.0,
            "adequacy_target": [1e6, 2e6],
            "final_resources": [4e5, resources],
            "local_capacity_percentage": 0.5,
        }
    )
    fast = ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=60_000))
    assert numbers(fast, "tier") == [1, fast_tier]
    assert numbers(fast.exact, "tier") == [1, exact_tier]
    listed = fast.near_ties().query("line == 'tier'")
    assert listed["unit_id"].tolist() == [unit_id(2)] * count


def test_a_target_ratio_beside_90_percent_is_listed_as_statewide() -> None:
    # 30,000 / 0.3 lifts the unit to 900,000.0000000001 of a million: beyond 90 %, barely.
    frame = pd.DataFrame(
        {
            "unit_id": [unit_id(1)],
            "organization_type": "unit",
            "average_student_enrollment": 100.0,
            "adequacy_target": 1e6,
            "final_resources": 800_000.0000000001,
            "local_capacity_percentage": 0.5,
        }
    )
    fast = ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=60_000))
    ratio = Fraction(9, 10) + Fraction(1, 10**16)
    assert number(fast.exact, "tier_1_target_ratio") == ratio
    assert not number(fast, "tier_1_money_joins_tier_2")
    assert number(fast.exact, "tier_1_money_joins_tier_2")
    listed = fast.near_ties().set_index("line").loc["tier_1_money_joins_tier_2"]
    assert listed["unit_id"] == "statewide"
    assert (listed["fast"], listed["exact"]) == (0, 1)
    assert (listed["value"], listed["limit"], listed["apart"]) == (0.9, float(ratio), -1e-16)


def test_a_cut_just_under_a_cent_near_5_billion_is_listed_and_exact_is_right() -> None:
    # N cents x 0.9999 = N - N / 10,000. With N = 5 x 10^11 + j that is 499,950,000,000 cents
    # + j - j / 10,000: it ends in .9999 of a cent for j = 1, and on a cent for j = 0.
    extra = range(40)
    given = {
        "adequacy_target": [(5 * 10**11 + each) / CENTS for each in extra],
        "local_capacity_percentage": [0.9999] * len(extra),
    }
    name = "local_capacity_target"
    fast, right = line_of(name, given, **FAST), line_of(name, given)
    by_hand = [Fraction(499_950_000_000 + max(0, each - 1), CENTS) for each in extra]
    assert numbers(right, name) == numbers(fast.exact, name) == by_hand
    assert column(right, name).tolist() == [float(each) for each in by_hand]
    wrong = np.flatnonzero(column(fast, name) != column(right, name)).tolist()
    assert 1 in wrong
    assert column(fast, name)[1] == 4_999_500_000.01
    listed = fast.near_ties().set_index("unit_id")
    # 2**-47 of 499,950,000,000 cents are 0.00355 of a cent
    assert listed.index.tolist() == [unit_id(each) for each in range(1, 36)]
    assert set(listed["line"]) == set(listed["column"]) == {name}
    assert set(listed["edge"]) == {"cut to 2 decimals"}
    for each in range(1, 36):
        tie = listed.loc[unit_id(each)]
        assert tie["limit"] == (499_950_000_000 + each) / CENTS
        assert tie["apart"] == pytest.approx(-each / 10_000 / CENTS, rel=1e-12)
        assert tie["exact"] == float(by_hand[each])
        assert tie["fast"] == column(fast, name)[each]
    assert set(wrong) <= set(range(1, 36))
    assert line_of(name, given, **FAST, rounding=False).near_ties().empty


def test_the_same_cut_of_millions_is_no_near_tie_and_right_in_floats() -> None:
    # 5,000,000.01 x 0.9999 = 4,999,500.009999
    given = {"adequacy_target": [5_000_000.01], "local_capacity_percentage": [0.9999]}
    fast = line_of("local_capacity_target", given, **FAST)
    assert column(fast, "local_capacity_target").tolist() == [4_999_500.0]
    assert fast.near_ties().empty
    assert len(fast.near_ties(within=1e-12)) == 1


def cuts_within(ledger: ebf.Ledger, within: Fraction) -> set[tuple[str, str]]:
    """The columns and units whose exact value is so near a cut, but not on it."""
    lines = FUNDING.lines(ledger.fiscal_year)
    found = set()
    for line in (lines[name] for name in ledger.computed):
        if line.rounding is None or not line.rounding.cut:
            continue
        scale = 10**line.rounding.decimals
        values = line.compute(*(ledger.exact.everything[n] for n in line.reads), rounding=False)
        for (_, unit, band), value in np.ndenumerate(values):
            cut = Fraction(round(value * scale), scale)
            if cut and 0 < abs(value - cut) <= within * abs(cut):
                found.add((line.columns[band], ledger.table.unit_ids[unit]))
    return found


def test_the_sample_state_has_no_near_ties_but_further_out_some(near: ebf.Ledger) -> None:
    none = near.near_ties()
    assert none.empty
    assert list(none.columns) == COLUMNS
    some = near.near_ties(within=1e-11)
    assert list(some.columns) == COLUMNS
    assert (some["fast"] == some["exact"]).all()  # as every line of the sample agrees
    cuts = some[some["edge"].str.startswith("cut") & (some["limit"] != 0)]
    found = set(zip(cuts["column"], cuts["unit_id"], strict=True))
    assert found == cuts_within(near, Fraction(1, 10**11))
    assert len(found) > 20 / depth.SAMPLE_IN_NEAR_TIES
    assert_frame_equal(near.exact.near_ties(within=1e-11), some)


# --- Scenarios, frames, other tables -------------------------------------------------


@depth.EXACT_SCENARIOS
@given(states(most=12), st.lists(st.integers(0, 10**11), min_size=2, max_size=3), st.booleans())
def test_scenarios_in_exact_are_the_runs_one_by_one(
    state: State,
    amounts: list[int],
    rounding: bool,  # noqa: FBT001
) -> None:
    funds = [amount / CENTS for amount in amounts]

    def run(money: Any) -> ebf.Ledger:
        return ebf.calculate(
            state.frame,
            ANY_AMOUNT.with_amounts(new_state_funds=money),
            rounding=rounding,
            arithmetic="exact",
        )

    together = run(funds)
    for place, amount in enumerate(funds):
        alone = run(amount)
        for name, values in alone.values.items():
            of_all = together.values[name]
            assert (of_all[place if len(of_all) > 1 else 0] == values[0]).all(), name
        shown = together.units.loc[[place]].droplevel("scenario")
        assert_frame_equal(shown[alone.units.columns], alone.units, check_exact=True)


def test_scenarios_of_inputs_in_exact_are_the_runs_one_by_one() -> None:
    rows = (dollars(1, 3_000, 700, 0.1), dollars(2, 900, 850, 0.5), dollars(3, 900, 1_000, 0.5))
    poorer = (rows[0]._replace(resources=60_001), *rows[1:])
    cases = [State(each, 100_000) for each in (rows, poorer)]
    frame = pd.concat(
        [case.frame.set_index("unit_id") for case in cases],
        keys=["as is", "poorer"],
        names=["scenario", "unit_id"],
    )
    together = ebf.calculate(
        frame, ANY_AMOUNT.with_amounts(new_state_funds=1_000), arithmetic="exact"
    )
    for place, case in enumerate(cases):
        alone = calculated(case).exact
        for name, values in alone.values.items():
            of_all = together.values[name]
            assert (of_all[place if len(of_all) > 1 else 0] == values[0]).all(), name


def test_near_ties_of_scenarios_name_the_scenario() -> None:
    # 90 % in one scenario, a hair less in the other
    frame = pd.concat(
        [at_the_edge(each).units for each in (900_000.0, 899_999.9999999999)],
        keys=["on", "beside"],
        names=["scenario", "unit_id"],
    )[["organization_type", "average_student_enrollment", "adequacy_target", "final_resources",
       "local_capacity_percentage"]]  # fmt: skip
    listed = ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=10)).near_ties()
    assert list(listed.columns) == ["scenario", *COLUMNS]
    (tie,) = listed.query("line == 'tier'").to_dict("records")
    assert (tie["scenario"], tie["unit_id"]) == ("beside", unit_id(1))


def test_frames_of_an_exact_ledger_show_the_nearest_floats(sample: ebf.Ledger) -> None:
    units = sample.exact.units
    assert_frame_equal(units, sample.units, rtol=1e-12, atol=1e-12)
    for name in ("final_percent_of_adequacy", "local_capacity_ratio", "tier_2_funding"):
        for found, value in zip(units[name], numbers(sample.exact, name), strict=True):
            half_a_spacing = Fraction(float(np.spacing(found))) / 2
            assert abs(Fraction(found) - value) <= half_a_spacing
    ratio = number(sample.exact, "tier_1_target_ratio")
    assert statewide(sample.exact, "tier_1_target_ratio") == ratio.numerator / ratio.denominator


def test_files_of_an_exact_ledger_are_those_of_its_frames(tmp_path: Path) -> None:
    ledger = at_the_edge(899_999.9999999999, **EXACT)
    ledger.to_csv(tmp_path)
    found = pd.read_csv(tmp_path / "units.csv", dtype={"unit_id": str}).set_index("unit_id")
    assert found["tier"].tolist() == [2, 1]
    assert found["tier_funding"].tolist() == ledger.units["tier_funding"].tolist()


@pytest.mark.parametrize("rounding", [True, False])
def test_the_exact_ledger_of_a_fast_one_is_the_one_calculated_so_and_is_kept(
    rounding: bool,  # noqa: FBT001
) -> None:
    rows = (dollars(1, 3_000, 700, 0.1), dollars(2, 900, 850, 0.5), dollars(3, 900, 1_000, 0.5))
    state = State(rows, 100_001)
    fast = calculated(state, rounding=rounding)
    asked = ebf.calculate(
        state.frame,
        ANY_AMOUNT.with_amounts(new_state_funds=1_000.01),
        rounding=rounding,
        arithmetic="exact",
    )
    assert fast.exact is fast.exact
    assert asked.exact is asked
    assert (fast.arithmetic, fast.exact.arithmetic, asked.arithmetic) == ("fast", "exact", "exact")
    assert fast.exact.rounding == asked.rounding == rounding
    assert fast.exact.values.keys() == asked.values.keys()
    for name, values in asked.values.items():
        assert (fast.exact.values[name] == values).all(), name


def test_arithmetic_of_another_name_is_refused_with_the_names_allowed() -> None:
    with pytest.raises(ebf.InputError, match="exakt") as caught:
        at_the_edge(0, arithmetic="exakt")
    (fault,) = caught.value.faults
    assert fault.place.words[1] == "arithmetic"
    assert fault.allowed == "fast or exact"


# --- The normal distribution ---------------------------------------------------------

NORMAL = {
    1: "0.84134474606854294859",
    2: "0.97724986805182079280",
    3: "0.99865010196836990547",
}
"""From tables of the standard normal distribution."""


@pytest.mark.parametrize(("deviations", "known"), NORMAL.items())
def test_the_normal_distribution_is_its_correctly_rounded_float(
    deviations: int, known: str
) -> None:
    found = exact.normal_cdf(Fraction(deviations))
    assert isinstance(found, Fraction)
    assert found == Fraction(float(known))
    other_tail = exact.normal_cdf(Fraction(-deviations))
    assert other_tail == pytest.approx(1 - Fraction(known), rel=1e-15)


def test_the_normal_distribution_at_one_deviation_and_at_none() -> None:
    assert float(exact.normal_cdf(Fraction(1))) == 0.8413447460685429
    assert exact.normal_cdf(Fraction(0)) == Fraction(1, 2)


@examples
@given(st.fractions(-8, 8, max_denominator=10**6))
def test_the_normal_distribution_is_the_one_of_the_error_function(deviations: Fraction) -> None:
    expected = erfc(-float(deviations) / sqrt(2)) / 2
    assert float(exact.normal_cdf(deviations)) == pytest.approx(expected, rel=1e-13)


RATIOS = {
    "average_student_enrollment": [200.0, 100.0, 100.0],
    "adequacy_target": [100.0, 100.0, 100.0],
    "equalized_assessed_valuation": [100.0, 300.0, 500.0],
}
"""Ratios 1, 3 and 5 with weights 2, 1 and 1: mean 5 / 2, variance (9 + 1 + 25) / 4 / 4 = 11 / 4."""


def test_the_local_capacity_percentage_in_exact() -> None:
    ledger = line_of("local_capacity_percentage", RATIOS)
    assert number(ledger, "weighted_mean_local_capacity_ratio") == Fraction(5, 2)
    deviation = number(ledger, "weighted_deviation_local_capacity_ratio")
    assert deviation**2 == pytest.approx(Fraction(11, 4), rel=1e-45)
    # normal table: P(Z < -0.904534) = 0.18285, P(Z < 0.301511) = 0.61848; the third is above 0.90
    expected = [Fraction("0.1828"), Fraction("0.6184"), Fraction("0.9")]
    assert numbers(ledger, "local_capacity_percentage") == expected


def test_without_mpmath_the_extra_is_named_where_it_is_needed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "mpmath", None)
    with pytest.raises(ebf.InputError, match="mpmath") as caught:
        line_of("local_capacity_percentage", RATIOS)
    assert "illinois-ebf[exact]" in str(caught.value)
    fast = line_of("local_capacity_percentage", RATIOS, **FAST)
    assert column(fast, "local_capacity_percentage").tolist() == [0.1828, 0.6184, 0.9]
    assert numbers(at_the_edge(0, **EXACT), "tier") == [1, 1]


# --- Where floats once parted from fractions, and no near tie told ----------------------


def is_right_or_listed(fast: ebf.Ledger, name: str) -> bool:
    """Whether the fast line is the exact one to a relative 1e-12, or a near tie is listed."""
    return name not in places_apart(fast) or name in set(fast.near_ties()["line"])


@pytest.mark.parametrize(
    ("target", "resources", "funds", "expected"),
    [
        (568_263.00, 289_757.30, 2_000, "1980.00"),
        (9_141_713.00, 6_339_777.96, 3_380, "3346.20"),
    ],
)
def test_a_unit_alone_below_90_percent_is_paid_99_percent_of_the_money_or_listed(
    target: float, resources: float, funds: int, expected: str
) -> None:
    # Nobody else takes of Tier 1's 50 % and Tier 2's 49 %.
    rows = (
        dollars(1, target, resources, 0.1),
        dollars(2, 1e7, 9.5e6, 0.1),
        dollars(3, 1e7, 1.2e7, 0.1),
    )
    fast = calculated(State(rows, funds * CENTS))
    assert numbers(fast.exact, "tier_funding")[0] == Fraction(expected)
    assert is_right_or_listed(fast, "tier_funding")


def test_a_base_less_nearly_all_of_it_keeps_its_cents_or_is_listed() -> None:
    given = {
        "base_funding_minimum": [717_204.64],
        "supplemental_grant_funding_fy2017": [717_196.54],
        "preliminary_percent_of_adequacy": [0.0],
    }
    fast = line_of("adjusted_base_funding_minimum", given, **FAST)
    assert numbers(fast.exact, "adjusted_base_funding_minimum") == [Fraction("8.10")]
    assert is_right_or_listed(fast, "adjusted_base_funding_minimum")


def test_districts_that_are_all_at_the_mean_have_half_or_are_listed() -> None:
    given = {
        "average_student_enrollment": [100.0, 200.0],
        "adequacy_target": [300_000.0, 600_000.0],
        "equalized_assessed_valuation": [1_000_000.0, 2_000_000.0],
    }
    fast = line_of("local_capacity_percentage", given, **FAST)
    half = Fraction(1, 2)
    assert numbers(fast.exact, "local_capacity_percentage") == [half, half]
    assert is_right_or_listed(fast, "local_capacity_percentage")


def test_funds_that_just_meet_the_minimum_funding_level_are_no_shortfall_or_are_listed() -> None:
    # 8,353,988.70 - 8,308,498.06 = 45,490.64
    law = ebf.law(
        2022, minimum_funding_level=8_353_988.70, property_tax_relief_counted=8_308_498.06
    )
    rows = (dollars(1, 1e6, 4e5, 0.1), dollars(2, 1e6, 9.5e5, 0.5))
    fast = calculated(State(rows, 4_549_064), law)
    assert number(fast.exact, "allocation_shortfall") == 0
    assert number(fast.exact, "tier_1_allocation_rate") == Fraction(3, 10)
    assert is_right_or_listed(fast, "tier_1_allocation_rate")


def test_values_of_the_exact_ledger_are_read_only() -> None:
    ledger = at_the_edge(0).exact
    assert not any(values.flags.writeable for values in ledger.values.values())


def test_blanks_are_passed_over_or_stay_blank_in_fractions_as_in_floats() -> None:
    known = np.array([[[Fraction(3, 2)]]], dtype=object)
    blank = np.array([[[np.nan]]], dtype=object)
    assert vocabulary.mean_of_reported(known, known + 1).item() == 2
    assert vocabulary.mean_of_reported(blank, known).item() == Fraction(3, 2)
    assert vocabulary.mean_of_reported(known, blank).item() == Fraction(3, 2)
    floats = blank.astype(float)
    for each in (blank, floats):
        results = [
            vocabulary.mean_of_reported(each, each),
            vocabulary.truncate(each, 2),
            vocabulary.round_half_up(each, 2),
            vocabulary.minimum(each, known if each is blank else known.astype(float)),
        ]
        assert [vocabulary.is_blank(result).item() for result in results] == [True] * len(results)
