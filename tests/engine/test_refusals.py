"""Blanks that some unit needs, and results that are no numbers."""

from __future__ import annotations

from typing import Any

import handed
import numpy as np
import pandas as pd
import pytest
from refusal import all_faults
from states import ANY_AMOUNT, dollars, frame_of, unit_id

import ebf


def test_a_blank_is_a_fault_of_the_units_alone_that_need_it() -> None:
    rows = (dollars(1, 1e6, 6e5, 0.5), dollars(2, 1e6, 1.1e6, 0.5), dollars(3, 1e6, 7.5e5, 0.5))
    frame = frame_of(rows).assign(tier=[1, 4, 2], tier_funding=[2e3, 1, 1e3])
    frame["local_capacity_percentage"] = [0.5, np.nan, np.nan]
    faults = all_faults(lambda: ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=1e5)))
    assert [each.place.words for each in faults] == [(unit_id(3), "local_capacity_percentage")]


def refused(frame: pd.DataFrame, law: ebf.Law, **options: Any) -> dict[tuple[str, str], str]:
    """What is said of each unit and column."""
    with pytest.raises(ebf.InputError) as caught:
        handed.calculate(frame, law, **options)
    return {fault.place.words: str(fault) for fault in caught.value.faults}


def test_fy2018_asks_for_october_where_march_alone_is_given() -> None:
    kinds = ["unit", "regional_program"]
    counts = {
        f"{date}_enrollment_first_preceding_year_{grade}": 10.0
        for date in ("october", "march")
        for grade in ("grade_1", "grade_2")
    }
    frame = pd.DataFrame(
        {"unit_id": [unit_id(1), unit_id(2)], "organization_type": kinds, **counts}
    )
    grade_1 = "october_enrollment_first_preceding_year_grade_1"
    grade_2 = "october_enrollment_first_preceding_year_grade_2"
    frame.loc[0, grade_2] = np.nan
    frame.loc[1, [grade_1, grade_2]] = np.nan
    found = refused(frame, ebf.law(2018), lines=["average_student_enrollment"])
    assert {(unit_id(1), grade_2), (unit_id(2), grade_1)} <= set(found)
    assert "October 1, which alone FY2018 reads" in found[unit_id(1), grade_2]


def test_a_blank_that_some_line_needs_is_a_fault_though_the_goals_do_not_need_it() -> None:
    frame = frame_of((dollars(1, 1e6, 7.5e5, 0.5), dollars(2, 1e6, 6e5, 0.2)))
    frame = frame.assign(tier=[2, 1], tier_funding=[1e3, 2e3])
    frame["local_capacity_percentage"] = [np.nan, 0.2]
    found = refused(frame, ANY_AMOUNT, new_state_funds=1e5)
    ((where, said),) = found.items()
    assert where == (unit_id(1), "local_capacity_percentage")
    assert "the unit's tier_2_funding_gap needs it" in said


def test_what_a_unit_does_not_need_may_be_blank_where_a_number_has_a_least_value() -> None:
    frame = pd.DataFrame(
        {
            "unit_id": [unit_id(1), unit_id(2)],
            "organization_type": ["unit", "specially_funded"],
            "average_student_enrollment": [100.0, np.nan],
            "comparable_wage_index": [1.0, np.nan],
            "neighboring_counties": [3, np.nan],  # at least 2
            "neighbors_mean_comparable_wage_index": [1.0, np.nan],
        }
    )
    ledger = ebf.calculate(frame, ebf.law(2024), lines=["regionalization_factor"])
    assert ledger.units["regionalization_factor"].tolist()[0] == 1


def test_new_money_that_the_law_was_given_is_not_lost_beside_a_column_of_it() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5),)).assign(new_state_funds=1e5)
    law = ebf.law(2022, minimum_funding_level=1, new_state_funds=2e5)
    (fault,) = all_faults(lambda: ebf.calculate(frame, law))
    assert fault.found == "new money twice"


def test_a_share_below_nothing_is_refused() -> None:
    """Handed over as Tier 1's, a unit that the money lifts beyond 90 % has a negative gap."""
    frame = frame_of((dollars(1, 1e6, 7e5, 0.5),)).assign(tier=[1], tier_funding=[1e3])
    law, given = ANY_AMOUNT.with_amounts(new_state_funds=1e6), ["tier", "tier_funding"]
    (fault,) = all_faults(lambda: ebf.calculate(frame, law, given=given))
    assert fault.place.words == ("statewide", "tier_2_allocation_rate")
    assert fault.found == "-6.66666666666667"
    assert fault.allowed == "a number from 0 to 1"


def test_a_number_that_no_float_holds_is_named_with_its_line() -> None:
    """Tier 3's dollars over next to no pupils."""
    rows = (dollars(1, 1e6, 5e5, 0.5), dollars(2, 1e6, 9.5e5, 0.5))
    frame = frame_of(rows)
    frame["average_student_enrollment"] = [100, 5e-324]
    (fault,) = all_faults(
        lambda: ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=1e5))
    )
    assert fault.place.words == ("statewide", "greatest_tier_3_funding_per_student")
    assert (fault.found, fault.cite) == ("inf", "18-8.15(g)(2)")
    grid = {"tier_1.gap_share": [0.3, 0.4]}
    assert all_faults(
        lambda: ebf.sweep(frame, ANY_AMOUNT.with_amounts(new_state_funds=1e5), grid)
    ) == [fault]
    fixed = frame.assign(adequacy_target=[1e6, 5e-324])  # no scenario moves this line
    both, money = ["final_percent_of_adequacy", "tier_funding"], {"new_state_funds": [1e5, 2e5]}
    (of_line,) = all_faults(lambda: ebf.sweep(fixed, ANY_AMOUNT, money, lines=both))
    assert of_line.place.words == (unit_id(2), "final_percent_of_adequacy")


def test_fractions_that_no_float_holds_are_a_fault_of_their_line() -> None:
    counts = {"average_student_enrollment": 5e-324, "low_income_count": 0.004}
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5),)).assign(**counts)
    lines = ["low_income_percentage"]
    (fault,) = all_faults(lambda: ebf.calculate(frame, ANY_AMOUNT, lines=lines, arithmetic="exact"))
    assert (fault.place.words[1], fault.found) == ("low_income_percentage", "no number")


@pytest.mark.parametrize("arithmetic", ["fast", "exact"])
def test_a_divisor_of_0_in_the_law_is_a_fault_of_the_line(arithmetic: Any) -> None:
    law = ebf.law(2022, payments_per_year=0)
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5),)).assign(base_funding_minimum=1e5)
    lines = ["semi_monthly_payment"]
    (fault,) = all_faults(
        lambda: ebf.calculate(
            frame, law.with_amounts(new_state_funds=1e5), lines=lines, arithmetic=arithmetic
        )
    )
    assert fault.place.words[1] == "semi_monthly_payment"
    assert fault.found == ("inf" if arithmetic == "fast" else "no number")


def test_nothing_divided_by_nothing_is_a_fault_of_the_line() -> None:
    law = ebf.law(2022, payments_per_year=0)
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5),)).assign(total_state_contribution=0)
    lines, given = ["semi_monthly_payment"], ["total_state_contribution"]
    (fault,) = all_faults(lambda: ebf.calculate(frame, law, lines=lines, given=given))
    assert fault.place.words == (unit_id(1), "semi_monthly_payment")
    assert fault.found == "no number"
