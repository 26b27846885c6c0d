"""One district's data changed: by hand, and against the formula at the base's rates."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import pandas as pd
import pytest
from scipy.special import ndtr
from states import ANY_AMOUNT, State, dollars, unit_id

import ebf
from ebf.law.funding import FUNDING
from ebf.what_if.data_impact import DataImpact, data_impact

FIRST = unit_id(1)

# One unit of 100 pupils a row: A and B in Tier 1, C in 2, D in 3, E in 4.
SMALL = State(
    (
        dollars(1, 1_000_000, 500_000, 0.2),
        dollars(2, 1_000_000, 600_000, 0.5),
        dollars(3, 1_000_000, 850_000, 0.5),
        dollars(4, 1_000_000, 950_000, 0.5),
        dollars(5, 1_000_000, 1_200_000, 0.5),
    ),
    10_000_000,
)


def of_small(
    changes: dict[str, object],
    new_state_funds: float | list[float] = 100_000.0,
    **options: Any,
) -> DataImpact:
    law = ANY_AMOUNT.with_amounts(new_state_funds=new_state_funds)
    return data_impact(SMALL.frame, law, FIRST, changes, **options)  # type: ignore[arg-type]


@cache
def of_sample(place: str, name: str, add: float) -> DataImpact:
    """The first unit district of a tier, a number added to one of its columns."""
    return data_impact(*ebf.sample(), of_tier(int(place)), {name: ebf.Change(add=add)})


@cache
def base() -> ebf.Ledger:
    return ebf.calculate(*ebf.sample())


def of_tier(tier: int) -> str:
    units = base().units
    chosen = units[(units["tier"] == tier) & (units["organization_type"] == "unit")]
    return str(chosen.index[0])


def cut(amount: Fraction | float) -> float:
    exact = Fraction(amount)
    decimal = Decimal(exact.numerator) / Decimal(exact.denominator)
    return float(decimal.quantize(Decimal("0.01"), ROUND_DOWN))


# --- By hand -----------------------------------------------------------------------------


def paid(resources: int) -> tuple[Fraction, Fraction, Fraction]:
    """What A, B and C are paid where A has these resources.

    Tier 1's 50,000 serve gaps of 50,000 / 0.3, shared by A and B; Tier 2's 49,000 are
    shared by the three gaps. C's part is far above Tier 3's 9 dollars a pupil.
    """
    ratio = Fraction(Fraction(500_000, 3) + resources + 600_000) / 2_000_000
    share = Fraction(3, 10)
    a, b = (share * (ratio * 1_000_000 - each) for each in (resources, 600_000))
    gaps = (
        (900_000 - resources - a) * Fraction(8, 10),
        (300_000 - b) * Fraction(1, 2),
        Fraction(25_000),
    )
    rate = Fraction(49_000) / (gaps[0] + gaps[1] + gaps[2])
    return a + gaps[0] * rate, b + gaps[1] * rate, gaps[2] * rate


def test_a_tier_1_unit_by_hand() -> None:
    found = of_small({"final_resources": 520_000.0})
    row = found.frame.loc["tier_funding"]
    assert row["before"] == cut(paid(500_000)[0])
    assert row["re_solved"] == cut(paid(520_000)[0])
    # held: ratio (166,666.67 + 1,100,000) / 2,000,000, gaps 288,000 + 145,000 + 25,000
    held = 34_000 + 276_800 * Fraction(49_000, 458_000)
    assert row["held_fixed"] == cut(held)
    assert row["change_held_fixed"] == pytest.approx(cut(held) - cut(paid(500_000)[0]))


def test_the_others_by_hand() -> None:
    found = of_small({"final_resources": ebf.Change(add=20_000)})
    before, after = paid(500_000), paid(520_000)
    gains = sum(cut(y) - cut(x) for x, y in zip(before[1:], after[1:], strict=True))
    assert found.others["sum of gains"] == pytest.approx(gains, abs=1e-6)
    assert found.others["sum of losses"] == 0
    assert found.others["units that gain"] == 2
    assert found.others["units"] == 4
    assert list(found.each_other.index) == [unit_id(number) for number in (2, 3, 4, 5)]
    unit = found.frame["change_re_solved"]["tier_funding"]
    assert unit + found.others["net"] == pytest.approx(0, abs=0.05)


# --- Properties --------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [{}, {"adequacy_target": ebf.Change(multiply=1)}])
def test_without_a_change_nothing_changes(changes: dict[str, object]) -> None:
    found = of_small(changes)
    for column in ("change_re_solved", "change_held_fixed"):
        assert (found.frame[column] == 0).all()
    assert (found.each_other["change"] == 0).all()
    assert (found.statewide["change"] == 0).all()


@pytest.mark.parametrize("tier", ["1", "2", "3", "4"])
def test_without_a_change_nothing_changes_in_the_sample(tier: str) -> None:
    found = of_sample(tier, "prior_year_base_funding_minimum", 0.0)
    assert (found.frame[["change_re_solved", "change_held_fixed"]] == 0).all().all()
    assert (found.others.drop("units") == 0).all()


def test_where_nothing_statewide_moves_held_fixed_is_re_solved() -> None:
    """Base funding that the given resources do not take in is the unit's own affair."""
    found = of_small({"base_funding_minimum": 12_345.0})
    pd.testing.assert_series_equal(
        found.frame["held_fixed"], found.frame["re_solved"], check_names=False
    )
    row = found.frame.loc["total_state_contribution"]
    assert row["change_held_fixed"] == pytest.approx(12_345)
    assert (found.statewide["change"] == 0).all()


def test_a_tier_3_units_capacity_moves_nothing_statewide() -> None:
    found = data_impact(
        SMALL.frame,
        ANY_AMOUNT.with_amounts(new_state_funds=100_000),
        unit_id(4),
        {"local_capacity_percentage": 0.1},
    )
    pd.testing.assert_series_equal(
        found.frame["held_fixed"], found.frame["re_solved"], check_names=False
    )
    assert found.frame["change_held_fixed"]["tier_funding"] == 0


@pytest.mark.parametrize("tier", ["1", "2", "3", "4"])
def test_held_fixed_is_the_unit_alone_at_the_bases_rates(tier: str) -> None:
    found = of_sample(tier, "prior_year_base_funding_minimum", 1_000.0)
    held, rates = found.frame["held_fixed"], base().statewide
    target, resources = held["adequacy_target"], held["final_resources"]
    assert held["tier"] == int(tier)
    floor = rates["greatest_tier_3_funding_per_student"] * held["average_student_enrollment"]
    first = 0.3 * (rates["tier_1_target_ratio"] * target - resources) if tier == "1" else 0.0
    lacking = (0.9 * target - resources - first) * (1 - held["local_capacity_percentage"])
    second = lacking * rates["tier_2_allocation_rate"]
    if tier == "2":
        second = max(second, floor)
    expected = {
        "1": first + second * rates["tier_2_scaling_factor"],
        "2": second * rates["tier_2_scaling_factor"],
        "3": target * rates["tier_3_allocation_rate"],
        "4": target * rates["tier_4_allocation_rate"],
    }[tier]
    assert held["tier_funding"] == pytest.approx(expected, abs=0.0101)
    assert held["tier_funding"] <= expected + 1e-6


def test_more_base_funding_is_more_resources_but_for_the_supplemental_grant() -> None:
    found = of_sample("4", "prior_year_base_funding_minimum", 1_000.0)
    change = found.frame["change_held_fixed"]
    assert change["base_funding_minimum"] == pytest.approx(1_000)
    assert change["final_resources"] >= 1_000 - 0.01


def test_property_is_placed_in_the_distribution_of_before() -> None:
    found = of_sample("2", "original_eav_first_preceding_tax_year", 50_000_000.0)
    held, rates = found.frame["held_fixed"], base().statewide
    deviations = (
        held["local_capacity_ratio"] - rates["weighted_mean_local_capacity_ratio"]
    ) / rates["weighted_deviation_local_capacity_ratio"]
    share = min(float(ndtr(deviations)), 0.9)
    assert held["local_capacity_percentage"] == pytest.approx(share, abs=1.01e-4)
    assert held["local_capacity_percentage"] <= share + 1e-12
    resolved = found.re_solved.statewide["weighted_mean_local_capacity_ratio"]
    assert resolved != rates["weighted_mean_local_capacity_ratio"]


@pytest.mark.parametrize("change", [ebf.Change(add=5), ebf.Change(multiply=1.1), ebf.Change(add=0)])
@pytest.mark.parametrize("place", [0, 2, 10, 500])  # blank for the third, a regional program
def test_the_ledgers_are_those_of_the_whole_table(place: int, change: ebf.Change) -> None:
    """What is checked and computed once is not computed otherwise."""
    units, law = ebf.sample()
    unit, column = units["unit_id"].iloc[place], "low_income_count_first_preceding_year"
    found = data_impact(units, law, unit, {column: change})
    its_own = units["unit_id"] == unit
    moved = units.assign(**{column: units[column].mask(its_own, change.of(units[column], None))})
    assert found.re_solved == ebf.calculate(moved, law)
    held = found.statewide.index[found.statewide["held"]]
    as_before = found.before.statewide[held]
    assert found.held_fixed == ebf.calculate(moved.assign(**as_before), law, given=held)


def test_every_number_that_is_held_stays_as_it_was() -> None:
    found = of_sample("1", "original_eav_first_preceding_tax_year", 50_000_000.0)
    held = found.statewide.index[found.statewide["held"]]
    assert {"tier_1_target_ratio", "total_tier_2_funding_gap", "tier_2_scaling_factor"} <= {*held}
    shared = found.before.statewide.index.intersection(found.held_fixed.statewide.index)
    assert {*held} <= {*shared}
    for name in shared.drop(["undistributed_new_state_funds", *FUNDING.aside]):  # sums over units
        assert found.held_fixed.statewide[name] == found.before.statewide[name], name
    assert any("tier_1_target_ratio" in each for each in found.assumptions)


def test_the_callers_table_is_its_own_and_new_money_may_be_a_column() -> None:
    frame = SMALL.frame.assign(new_state_funds=100_000.0)
    before = frame.copy()
    found = data_impact(frame, ANY_AMOUNT, FIRST, {"final_resources": 520_000.0})
    pd.testing.assert_frame_equal(frame, before)
    expected = of_small({"final_resources": 520_000.0}).frame
    pd.testing.assert_frame_equal(found.frame, expected)


# --- What is shown -----------------------------------------------------------------------


def test_only_the_lines_asked_for_are_shown() -> None:
    found = of_small({"final_resources": 520_000.0}, lines=["tier_funding", "final_resources"])
    assert list(found.frame.index) == ["final_resources", "tier_funding"]
    one = of_small({"final_resources": 520_000.0}, lines="tier_funding")
    assert list(one.frame.index) == ["tier_funding"]


def test_a_change_that_no_line_reads_is_refused_with_what_stands_in_its_way() -> None:
    frame = SMALL.frame.assign(low_income_count=10.0)
    law = ANY_AMOUNT.with_amounts(new_state_funds=100_000)
    with pytest.raises(ebf.InputError) as caught:
        data_impact(frame, law, FIRST, {"low_income_count": 20.0})
    (fault,) = caught.value.faults
    assert fault.place.words == ("scenario data impact", "low_income_count")
    assert fault.fix.startswith("handed over in its place: adequacy_target, which stay")
    assert "take a file of raw counts" in fault.fix


def test_text_and_html_show_the_sentences_and_escape_names() -> None:
    frame = SMALL.frame.assign(name="<b>A</b>\x07")
    found = data_impact(
        frame,
        ANY_AMOUNT.with_amounts(new_state_funds=100_000),
        FIRST,
        {"final_resources": 520_000.0},
    )
    text, html = found.to_text(), found._repr_html_()
    assert text == str(found)
    assert "\x07" not in text
    assert "<b>" not in html
    for sentence in (*found.assumptions, *found.left_out):
        assert sentence in " ".join(text.split())
    assert "tier_1_target_ratio" in html


# --- Faults ------------------------------------------------------------------------------


def test_every_fault_at_once() -> None:
    changes: dict[str, ebf.Change | float] = {
        "new_state_funds": 5.0,
        "final_resources": ebf.Change(add=1, units=(unit_id(2),)),
    }
    with pytest.raises(ebf.InputError) as caught:
        data_impact(
            SMALL.frame,
            ANY_AMOUNT.with_amounts(new_state_funds=100_000),
            "000000001260",
            changes,
            lines=["tier_fundng"],
        )
    columns = [fault.place.words[1] for fault in caught.value.faults]
    assert columns == ["unit_id", "tier_fundng", "new_state_funds", "final_resources"]
    assert all("nearest known" in fault.fix for fault in caught.value.faults[:2])


def test_a_change_may_name_the_unit_that_it_is_of() -> None:
    named = of_small({"final_resources": ebf.Change(add=100, units=FIRST)})
    assert named.frame.equals(of_small({"final_resources": ebf.Change(add=100)}).frame)
    with pytest.raises(ebf.InputError, match=f"found '{unit_id(2)}'; allowed: '{FIRST}'"):
        of_small({"final_resources": ebf.Change(add=100, units=unit_id(2))})


def test_an_unknown_column_is_refused() -> None:
    with pytest.raises(ebf.InputError, match="nearest known: final_resources"):
        of_small({"final_resorces": 1.0})
    with pytest.raises(ebf.InputError, match="not in the table"):
        of_small({"prior_year_tier_funding": 1.0})


def test_new_money_twice_and_several_scenarios_are_refused() -> None:
    frame = SMALL.frame.assign(new_state_funds=100_000.0)
    with pytest.raises(ebf.InputError, match="new money twice"):
        data_impact(frame, ANY_AMOUNT.with_amounts(new_state_funds=100_000), FIRST, {})
    with pytest.raises(ebf.InputError, match="several scenarios"):
        of_small({}, new_state_funds=[1.0, 2.0])


def test_new_money_that_was_handed_over_is_said_to_be() -> None:
    changes = {"base_funding_minimum": 22_000.0}
    law = ebf.law(2019, new_state_funds=100_000, minimum_funding_level=1)
    found = data_impact(SMALL.frame, law, FIRST, changes)
    assert found.frame["change_held_fixed"]["semi_monthly_payment"] == pytest.approx(1_000)
    assert "Handed over, and so the same throughout: new_state_funds." in found.assumptions


@pytest.mark.parametrize("line", ["tier_1_target_ratio", "organization_type"])
def test_lines_shown_are_numbers_of_the_unit(line: str) -> None:
    with pytest.raises(ebf.InputError, match=f"{line}: found no line of that name"):
        data_impact(
            SMALL.frame, ANY_AMOUNT.with_amounts(new_state_funds=1e5), FIRST, {}, lines=[line]
        )


def test_a_ratio_below_0_can_be_held() -> None:
    """One unit owes more than it has, and there is no new money to lift it."""
    frame = SMALL.frame.assign(final_resources=[-1e6, *SMALL.frame["final_resources"][1:]])
    found = data_impact(
        frame,
        ANY_AMOUNT.with_amounts(new_state_funds=0),
        FIRST,
        {"average_student_enrollment": 5.0},
    )
    assert found.before.statewide["tier_1_target_ratio"] < 0
