"""Cuts to the cent and ties at the edges of tiers, where floats and the law could part."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from math import isqrt, trunc

import depth
import numpy as np
import pandas as pd
import pytest
from edges import FURTHEST_BEHIND, Tie, ties
from hypothesis import given
from hypothesis import strategies as st
from states import (
    ANY_AMOUNT,
    CENTS,
    TEN_DOLLARS,
    Row,
    State,
    calculated,
    column,
    frame_of,
    statewide,
    unit_id,
)

import ebf
from ebf.language.vocabulary import truncate
from ebf.law.funding import FUNDING

examples = depth.EDGES


def cut(value: float, decimals: int = 2) -> float:
    """A number cut by the library."""
    return float(truncate(np.array(value), decimals))


def exactly_cut(value: Decimal, decimals: int = 2) -> float:
    """A decimal number cut toward zero, and then the float next to it."""
    return float(value.quantize(Decimal(1).scaleb(-decimals), ROUND_DOWN))


def line_of(name: str, columns: dict[str, list[float]], fiscal_year: int = 2022) -> list[float]:
    """A line of districts, from the lines it reads."""
    count = len(next(iter(columns.values())))
    frame = pd.DataFrame(
        {
            "unit_id": [unit_id(place) for place in range(count)],
            "organization_type": ["unit"] * count,
            **columns,
        }
    )
    law = ebf.law(fiscal_year)
    given = [each for each in columns if each in law.lines]
    ledger = ebf.calculate(frame, law, lines=[name], given=given)
    return [float(each) for each in column(ledger, name)]


# --- Cutting ---------------------------------------------------------------------


def test_positions_times_a_salary_keep_their_cents() -> None:
    assert cut(2.16 * 65_990) == 142_538.40


@pytest.mark.parametrize("salary", [65_990, 68_735, 75_268])
def test_products_that_floats_put_below_the_cent_keep_their_cents(salary: int) -> None:
    exact = {fte: float(Decimal(fte).scaleb(-2) * salary) for fte in range(1, 3_000)}
    below = [fte for fte, product in exact.items() if fte / 100 * salary < product]
    lost = [fte for fte, product in exact.items() if trunc(fte / 100 * salary * 100) < fte * salary]
    assert below  # why cutting needs care: 0.03 x 65,990 comes to 1979.6999999999998
    assert lost
    assert [cut(fte / 100 * salary) for fte in exact] == list(exact.values())


def test_the_product_keeps_its_cents_in_a_specialist_teachers_cost() -> None:
    # 10.80 core teachers x 20 % x 65,990 dollars, one cut.
    frame = pd.DataFrame(
        {
            "unit_id": [unit_id(1)],
            "organization_type": ["unit"],
            "core_teacher_fte_k_3": [10.80],
            "core_teacher_fte_4_8": [0.0],
            "core_teacher_fte_9_12": [0.0],
        }
    )
    ledger = ebf.calculate(
        frame,
        ebf.law(2022, salaries={"teacher": {"k_8": 65_990, "9_12": 75_268, "k_12": 68_735}}),
        lines=["specialist_teacher_cost"],
    )
    assert ledger.units.loc[unit_id(1), "specialist_teacher_cost"] == 142_538.40


def test_the_product_keeps_its_cents_in_an_adequacy_target() -> None:
    columns = {
        "core_investments": [2.16 * 65_990],
        "per_student_investments_subject_to_regionalization": [0.0],
        "additional_investments": [0.0],
        "regionalization_factor": [1.0],
        "per_student_investments_not_subject_to_regionalization": [0.0],
    }
    assert line_of("adequacy_target", columns) == [142_538.40]


def test_a_third_is_cut_not_rounded() -> None:
    assert cut(662 / 3) == 220.66
    assert cut(2 / 3, 4) == 0.6666


def test_a_third_is_cut_in_a_calculated_position() -> None:
    frame = pd.DataFrame(
        {
            "unit_id": [unit_id(1)],
            "organization_type": ["unit"],
            "average_student_enrollment": [662.0],
        }
    )
    law = ebf.law(2022, {"special_education_teacher.students_per_fte": 3})
    ledger = ebf.calculate(frame, law, lines=["special_education_teacher_fte"])
    assert column(ledger, "special_education_teacher_fte").tolist() == [220.66]


@examples
@given(st.integers(0, 9_999_999), st.integers(0, 9_999_999))
def test_a_product_of_two_decimal_numbers_is_cut_as_decimal_does(first: int, second: int) -> None:
    exact = Decimal(first).scaleb(-2) * Decimal(second).scaleb(-2)
    assert cut(first / 100 * (second / 100)) == exactly_cut(exact)


@examples
@given(st.integers(0, 9_999_999), st.integers(1, 999))
def test_a_product_on_the_cent_exactly_is_left_there(whole: int, hundredths: int) -> None:
    # The second is a multiple of 1.00 in hundredths, so the product has no more than two decimals.
    product = Decimal(whole) * Decimal(hundredths).scaleb(-2)
    assert cut(whole * (hundredths / 100)) == float(product)
    assert cut(-whole * (hundredths / 100)) == -float(product)


@examples
@given(
    st.lists(
        st.tuples(st.integers(0, 25_000_000_000), st.integers(0, 9_000)), min_size=1, max_size=30
    )
)
def test_a_local_capacity_target_is_cut_as_decimal_does(units: list[tuple[int, int]]) -> None:
    # Targets up to 250 million dollars: floats tell a hundredth of a hundredth of a cent apart.
    found = line_of(
        "local_capacity_target",
        {
            "adequacy_target": [(1 + target) / CENTS for target, _ in units],
            "local_capacity_percentage": [share / 10_000 for _, share in units],
        },
    )
    expected = [
        exactly_cut(Decimal(1 + target).scaleb(-2) * Decimal(share).scaleb(-4))
        for target, share in units
    ]
    assert found == expected


@examples
@given(st.lists(st.integers(0, 50_000_000), min_size=1, max_size=30))
def test_positions_are_cut_as_whole_division_does(students: list[int]) -> None:
    # Hundredths of pupils over 141 are hundredths of positions; multiples of 141 are exact.
    counts = [each for number in students for each in (1 + number, 141 * (1 + number // 141))]
    found = line_of(
        "special_education_teacher_fte",
        {"average_student_enrollment": [count / 100 for count in counts]},
    )
    assert found == [count // 141 / 100 for count in counts]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(-1.239, -1.23), (-662 / 3, -220.66), (-0.009, 0), (-2.16 * 65_990, -142_538.40), (-5, -5)],
)
def test_a_negative_amount_is_cut_toward_zero(value: float, expected: float) -> None:
    assert cut(value) == expected


@examples
@given(st.integers(-9_999_999, 9_999_999), st.integers(0, 9_999_999))
def test_a_negative_product_is_cut_as_decimal_does(first: int, second: int) -> None:
    exact = Decimal(first).scaleb(-2) * Decimal(second).scaleb(-2)
    assert cut(first / 100 * (second / 100)) == exactly_cut(exact)


def test_a_negative_adjusted_base_is_cut_toward_zero() -> None:
    # 0 - 1,000 x (1 - 0.998761) = -1.239; FY2018 did not cut.
    name = "adjusted_base_funding_minimum"
    assert FUNDING.lines(2022)[name](0.0, 1_000.0, 0.998761) == -1.23
    assert FUNDING.lines(2018)[name](0.0, 1_000.0, 0.998761) == pytest.approx(-1.239, rel=1e-9)


def test_a_supplemental_grant_beyond_the_base_is_refused() -> None:
    """One with two digits too many had made resources negative without a word."""
    columns = {
        "base_funding_minimum": [900.0],
        "supplemental_grant_funding_fy2017": [100_000.0],
        "preliminary_percent_of_adequacy": [0.9],
    }
    with pytest.raises(
        ebf.InputError, match="adjusted_base_funding_minimum: found -9100; allowed: 0"
    ):
        line_of("adjusted_base_funding_minimum", columns)


# --- Ties at 90 and 100 percent ----------------------------------------------------


def tiers_of(amounts: list[tuple[int, int]], law: ebf.Law = ANY_AMOUNT) -> list[float]:
    """The tiers of units with targets and resources in cents."""
    rows = [
        Row(unit_id(place), "unit", 10_000, target, resources, 5_000, 0)
        for place, (target, resources) in enumerate(amounts)
    ]
    ledger = calculated(State((*rows, FURTHEST_BEHIND), TEN_DOLLARS), law)
    *tiers, behind = map(float, column(ledger, "tier"))
    assert behind == 1
    return tiers


sizes = st.one_of(st.integers(10, 10**6), st.integers(10**6, 10**11), st.integers(10**11, 10**12))
many_sizes = st.lists(sizes, min_size=1, max_size=30)


@examples
@given(many_sizes)
def test_exactly_90_percent_is_tier_3_and_a_cent_less_tier_2(tenths: list[int]) -> None:
    assert tiers_of([(10 * each, 9 * each) for each in tenths]) == [3] * len(tenths)
    assert tiers_of([(10 * each, 9 * each - 1) for each in tenths]) == [2] * len(tenths)


@examples
@given(many_sizes)
def test_exactly_100_percent_is_tier_4_and_a_cent_less_tier_3(targets: list[int]) -> None:
    assert tiers_of([(each, each) for each in targets]) == [4] * len(targets)
    assert tiers_of([(each, each - 1) for each in targets]) == [3] * len(targets)


@examples
@given(many_sizes, st.integers(50, 99))
def test_exactly_at_whatever_ratio_the_law_sets_is_tier_3_and_a_cent_less_tier_2(
    hundredths: list[int], ratio: int
) -> None:
    law = ebf.law(
        2022,
        {"tier_2.target_ratio": ratio / 100},
        minimum_funding_level=1,
        property_tax_relief_counted=1,
    )
    at = [(100 * each, ratio * each) for each in hundredths]
    below = [(target, resources - 1) for target, resources in at]
    assert tiers_of(at, law) == [3] * len(at)
    assert tiers_of(below, law) == [2] * len(below)


# --- Ties at the Tier 1 Target Ratio -------------------------------------------------


@examples
@given(ties())
def test_exactly_at_the_tier_1_target_ratio_is_tier_2(tie: Tie) -> None:
    ledger = calculated(tie.state())
    assert statewide(ledger, "tier_1_target_ratio") == pytest.approx(float(tie.ratio), rel=1e-14)
    expected = [1] * len(tie.below) + [2] * len(tie.tied)
    assert column(ledger, "tier").tolist() == expected
    assert (column(ledger, "tier_1_funding")[len(tie.below) :] == 0).all()


@examples
@given(ties())
def test_a_cent_below_the_tier_1_target_ratio_is_tier_1(tie: Tie) -> None:
    # The unit a cent short lowers the ratio, by less than the cent is of its own target.
    one = tie._replace(tied=tie.tied[:1])
    ledger = calculated(one.state(cents_less=1))
    assert column(ledger, "tier").tolist() == [1] * (len(one.below) + 1)


@examples
@given(ties())
def test_a_cent_above_the_tier_1_target_ratio_is_tier_2(tie: Tie) -> None:
    one = tie._replace(tied=tie.tied[:1])
    state = one.state(cents_less=-1)
    expected = 2 if 10 * state.rows[-1].resources < 9 * state.rows[-1].target else 3
    assert column(calculated(state), "tier").tolist() == [1] * len(one.below) + [expected]


@examples
@given(ties(Fraction(9, 10)))
def test_a_target_ratio_of_exactly_90_percent_keeps_its_money_in_tier_1(tie: Tie) -> None:
    # (g)(6) speaks of a ratio beyond 90 %; units at 90 % are in Tier 3.
    state = tie.state()
    ledger = calculated(state)
    assert statewide(ledger, "tier_1_money_joins_tier_2") == 0
    assert column(ledger, "tier").tolist() == [1] * len(tie.below) + [3] * len(tie.tied)
    two_cents_more = calculated(State(state.rows, state.funds + 2))
    assert statewide(two_cents_more, "tier_1_money_joins_tier_2") == 1
    assert not column(two_cents_more, "in_tier_1").any()


@pytest.mark.parametrize("size", [1, 7, 10**3, 10**6 + 3, 10**9 + 7])
@pytest.mark.parametrize("ratio", [Fraction(1, 3), Fraction(2, 7), Fraction(69, 97)])
def test_ties_at_ratios_that_floats_cannot_hold(size: int, ratio: Fraction) -> None:
    tie = Tie(*ratio.as_integer_ratio(), ((10 * size + isqrt(size), size),), (2 * size, 3 * size))
    assert column(calculated(tie.state()), "tier").tolist() == [1, 2, 2]


def test_units_of_the_same_percent_share_a_tier_whatever_their_size() -> None:
    # Three units at 1/3 exactly, all the furthest behind: all in Tier 1, paid by their targets.
    # 600 lift them: half over 30 % is 1,000 for targets of 3 + 300 + 30,000.
    rows = tuple(
        Row(unit_id(place), "unit", 10_000, 3 * size, size, 5_000, 0)
        for place, size in enumerate((100, 10_000, 1_000_000))
    )
    ledger = ebf.calculate(frame_of(rows), ANY_AMOUNT.with_amounts(new_state_funds=600))
    assert column(ledger, "tier").tolist() == [1, 1, 1]
    paid = column(ledger, "tier_1_funding")
    assert paid == pytest.approx([300 / 10_101, 30_000 / 10_101, 3_000_000 / 10_101], rel=1e-9)
