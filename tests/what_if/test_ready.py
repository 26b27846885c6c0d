"""A state that is ready for scenarios gives what each gives by itself, and refuses the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import pytest
from depth import READY
from hypothesis import given
from hypothesis import strategies as st
from web import CLASS_SIZE, LOW_INCOME, UNIT, few, sample, served

import ebf
from ebf.doors.web.asked import Asked
from ebf.what_if.ready import Ready

RATE = "operating_tax_rate"


def outcome(call: Callable[[], ebf.Ledger]) -> ebf.Ledger | Sequence[ebf.Fault]:
    """The ledger, or the faults."""
    try:
        return call()
    except ebf.InputError as refused:
        return refused.faults


def check_same(ready: Ready, scenario: ebf.Scenario) -> ebf.Ledger | Sequence[ebf.Fault]:
    alone = outcome(lambda: scenario.calculate(ready.units, ready.law))
    assert outcome(lambda: ready.calculate(scenario)) == alone
    return alone


FEW = Ready(*few())
IDS = [*few().units["unit_id"], "0000000000000", "10-001-9606-26-00"]
CHANGES = st.builds(
    ebf.Change,
    value=st.sampled_from([0, 0.03, 10, 120, 1e12]),
    units=st.none() | st.lists(st.sampled_from(IDS), min_size=1, max_size=3),
)


@READY
@given(
    law=st.dictionaries(
        st.sampled_from([CLASS_SIZE, "core_teacher.other_k_3", "no.such"]),
        st.sampled_from([0, 14, 15, 20.5]),
        max_size=2,
    ),
    units=st.dictionaries(
        st.sampled_from([LOW_INCOME, RATE, "adequacy_target", "regionalization_factor", "what"]),
        st.sampled_from([0.03, 10]) | CHANGES | st.lists(CHANGES, min_size=1, max_size=2),
        max_size=2,
    ),
    salaries=st.dictionaries(
        st.sampled_from(["teacher.k_12", "nobody"]), st.sampled_from([70_000, -1]), max_size=1
    ),
    money=st.none() | st.sampled_from([4e8, ebf.Change(add=5e7), ebf.Change(multiply=1.1)]),
)
def test_any_scenario_comes_to_what_it_comes_to_by_itself(
    law: Any, units: Any, salaries: Any, money: Any
) -> None:
    scenario = ebf.Scenario("some", law=law, units=units, salaries=salaries, new_state_funds=money)
    check_same(FEW, scenario)


def test_the_whole_sample_comes_to_the_same() -> None:
    change = ebf.Change(value=300, units=[UNIT])
    scenario = ebf.Scenario("some", law={CLASS_SIZE: 14}, units={LOW_INCOME: change})
    assert isinstance(check_same(Ready(*sample()), scenario), ebf.Ledger)


def test_a_state_of_lines_keeps_what_stands_in() -> None:
    """Of lines beside their parts the parts are changed; a line that is changed stands in."""
    found = ebf.calculate(*few()).units.drop(columns=["tier_funding"])
    given = found[["name", "organization_type", "average_student_enrollment", "adequacy_target"]]
    beside = ["final_resources", "local_capacity_percentage", "base_funding_minimum"]
    law = ebf.law(2022, new_state_funds=6e6)
    ready = Ready(given.join(found[beside]).reset_index(), law)
    for column, value in (("adequacy_target", 7e6), ("base_funding_minimum", 3e6)):
        check_same(ready, ebf.Scenario("a", units={column: ebf.Change(value=value, units=[UNIT])}))
    assert not isinstance(check_same(ready, ebf.Scenario("b", law={CLASS_SIZE: 14})), ebf.Ledger)


@pytest.mark.parametrize("count", [300.0, 9_999.0])
def test_own_counts_of_raw_counts_are_columns_like_others(count: float) -> None:
    asked = Asked(counts={"Larkspurfirth": {LOW_INCOME: count}}, law={CLASS_SIZE: 14})
    own = pd.DataFrame([{"unit_id": UNIT, LOW_INCOME: count}])
    changed = asked.scenario.apply(*sample())
    alone = outcome(lambda: ebf.own_counts(*changed, UNIT, own, hold_rest=True).re_solved)
    assert isinstance(alone, ebf.Ledger) == (count == 300)
    assert outcome(lambda: served().found(asked).after) == alone
