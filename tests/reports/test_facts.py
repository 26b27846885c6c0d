"""Quick facts: by hand on a small state, and added up anew from the sample's units."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from published import distributed
from states import ANY_AMOUNT, State, calculated, dollars

import ebf
from ebf.reports.quick_facts import QuickFacts, quick_facts


@cache
def sample() -> ebf.Ledger:
    return ebf.calculate(*ebf.sample())


@cache
def facts_of_sample() -> QuickFacts:
    return quick_facts(sample())


def value(facts: QuickFacts, fact: str) -> float:
    return float(facts.frame["value"][fact])


# Percents 50, 90 (on the edge), 95 and 120; targets of 1,000 dollars each.
SMALL = State(
    (
        dollars(1, 1000, 500, 0.5, 10),
        dollars(2, 1000, 900, 0.5, 20, kind="elementary"),
        dollars(3, 1000, 950, 0.5, 30),
        dollars(4, 1000, 1200, 0.5, 40),
        dollars(5, 0, 0, 0, 0, base=70, kind="specially_funded"),
    ),
    10_000,
)


def test_a_small_state_by_hand() -> None:
    facts = quick_facts(calculated(SMALL))
    expected = {
        "Units counted": 4,
        "Their pupils": 100,
        "New State Funds": 100,
        "Adequacy Targets": 4000,
        "Final Resources": 3550,
        "Statewide percent of adequacy": 3550 / 4000,
        "Least percent of adequacy of a unit": 0.5,
        "Median percent of adequacy of units": 0.925,
        "Greatest percent of adequacy of a unit": 1.2,
        "Units below 70 % of adequacy": 1,
        "Units at or above 90 % of adequacy": 3,
        "Share of units at or above 90 % of adequacy": 0.75,
        "Mean percent of adequacy of units below 90 %": 0.5,
        "Units below 90 % of adequacy": 1,
        "Share of units below 90 % of adequacy": 0.25,
        "Pupils below 90 % of adequacy": 10,
        "Share of pupils below 90 % of adequacy": 0.1,
        "Dollars lacking to 90 % of adequacy": 400,
        "Units below 100 % of adequacy": 3,
        "Share of units below 100 % of adequacy": 0.75,
        "Pupils below 100 % of adequacy": 60,
        "Share of pupils below 100 % of adequacy": 0.6,
        "Dollars lacking to 100 % of adequacy": 500 + 100 + 50,
    }
    for fact, number in expected.items():
        assert value(facts, fact) == pytest.approx(number, abs=1e-9), fact
    assert facts.by_tier["units"].to_dict() == {0: 1, 1: 1, 3: 2, 4: 1}
    assert facts.by_tier["pupils"].to_dict() == {0: 0, 1: 10, 3: 50, 4: 40}
    assert facts.by_both["units"].to_dict() == {
        (0, "specially_funded"): 1,
        (1, "unit"): 1,
        (3, "elementary"): 1,
        (3, "unit"): 1,
        (4, "unit"): 1,
    }


def test_new_money_of_the_small_state_by_hand() -> None:
    """Tier 1 is lifted by 50 / 0.3, and has 30 % of that and all of Tier 2's 49."""
    facts = quick_facts(calculated(SMALL))
    assert facts.by_tier["new_money"].to_dict() == pytest.approx(
        {0: 0, 1: 99, 3: 0.9, 4: 0.1}, abs=0.02
    )
    assert facts.by_tier["new_money_per_pupil"][1] == pytest.approx(9.9, abs=0.002)
    assert np.isnan(facts.by_tier["new_money_per_pupil"][0])
    share = value(facts, "Share of new money to units in Tiers 1 and 2")
    assert share == pytest.approx(0.99, abs=1e-4)


def test_the_edges_are_the_laws() -> None:
    law = ANY_AMOUNT.with_amounts({"tier_2.target_ratio": 0.96})
    facts = quick_facts(calculated(SMALL, law))
    assert value(facts, "Units below 96 % of adequacy") == 3
    assert value(facts, "Dollars lacking to 96 % of adequacy") == pytest.approx(460 + 60 + 10)
    assert "Units below 90 % of adequacy" not in facts.frame.index


def test_the_sample_added_up_anew() -> None:
    units, facts = sample().units, facts_of_sample()
    counted = units[units["tier"] > 0]
    percent = counted["final_resources"] / counted["adequacy_target"]
    pupils = counted["average_student_enrollment"]
    for level, edge in (("90 %", 0.9), ("100 %", 1.0)):
        below = percent < edge
        short = edge * counted["adequacy_target"] - counted["final_resources"]
        assert value(facts, f"Units below {level} of adequacy") == below.sum()
        assert value(facts, f"Pupils below {level} of adequacy") == pytest.approx(
            pupils[below].sum()
        )
        assert value(facts, f"Share of pupils below {level} of adequacy") == pytest.approx(
            pupils[below].sum() / pupils.sum()
        )
        assert value(facts, f"Dollars lacking to {level} of adequacy") == pytest.approx(
            short[below].sum()
        )
    assert value(facts, "Low-income pupils, share") == pytest.approx(
        counted["low_income_count"].sum() / pupils.sum()
    )
    assert value(facts, "English learners, share") == pytest.approx(
        counted["english_learner_count"].sum() / pupils.sum()
    )
    assert value(facts, "Median percent of adequacy of units") == pytest.approx(
        np.median(percent.to_numpy())
    )


def test_tables_add_up_to_the_state() -> None:
    units, facts = sample().units, facts_of_sample()
    for table in (facts.by_tier, facts.by_organization_type, facts.by_both):
        assert table["units"].sum() == len(units)
        assert table["pupils"].sum() == pytest.approx(units["average_student_enrollment"].sum())
        assert table["new_money"].sum() == pytest.approx(units["tier_funding"].sum())
        assert table["share_of_new_money"].sum() == pytest.approx(1)
    both = facts.by_both.reset_index()
    for tier, kind, count in zip(
        both["tier"], both["organization_type"], both["units"], strict=True
    ):
        chosen = units[(units["tier"] == tier) & (units["organization_type"] == kind)]
        assert count == len(chosen)
        money = facts.by_both["new_money"][(tier, kind)]
        assert money == pytest.approx(chosen["tier_funding"].sum())


def test_below_each_edge_are_the_units_of_the_tiers_beneath_it() -> None:
    facts = facts_of_sample()
    tiers = facts.by_tier["units"]
    assert value(facts, "Units below 90 % of adequacy") == tiers[1] + tiers[2]
    assert value(facts, "Units below 100 % of adequacy") == tiers[1] + tiers[2] + tiers[3]


def test_exact_arithmetic_states_the_same_facts() -> None:
    fast, exact = calculated(SMALL), calculated(SMALL).exact
    pd.testing.assert_frame_equal(quick_facts(fast).frame, quick_facts(exact).frame)


def test_every_fact_has_a_unit_and_a_cite() -> None:
    frame = facts_of_sample().frame
    assert frame["cite"].str.startswith("18-8.15(").all()
    assert (frame["measure"] != "").all()
    assert facts_of_sample().left_out == ()


def test_what_the_ledger_has_not_got_is_left_out_and_named() -> None:
    ledger = ebf.calculate(*ebf.sample(), lines=["adequacy_target"])
    facts = quick_facts(ledger)
    assert "New money paid" not in facts.frame.index
    assert facts.by_tier.empty
    assert "New money paid: the ledger has no tier_funding, no in_distribution." in facts.left_out
    words = " ".join(facts.to_text().split())
    assert all(each in words for each in (*facts.left_out, *facts.assumptions))
    small = quick_facts(calculated(SMALL))
    assert any(each.startswith("English learners, share") for each in small.left_out)


def test_no_new_money_has_no_shares() -> None:
    facts = quick_facts(calculated(SMALL._replace(funds=0)))
    assert "Share of new money to units in Tiers 1 and 2" not in facts.frame.index
    assert any("nothing to divide by" in each for each in facts.left_out)


def test_text_and_html() -> None:
    facts = facts_of_sample()
    text, html = facts.to_text(), facts._repr_html_()
    assert text == str(facts)
    assert "New State Funds" in text
    assert "$300,000,000.00" in text
    assert "Tier 1" in html
    assert "<table" in html
    assert all(each in html for each in facts.assumptions)


def test_several_scenarios_are_refused() -> None:
    ledger = ebf.calculate(SMALL.frame, ANY_AMOUNT.with_amounts(new_state_funds=[1.0, 2.0]))
    with pytest.raises(ebf.InputError, match="several scenarios"):
        quick_facts(ledger)


def of_published_year(published: Path, year: int) -> QuickFacts:
    return quick_facts(distributed(published, year))


def test_what_others_said_of_fy2018(published: Path) -> None:
    """The State Board (August 2024, August 2025), a law magazine (February 2025), the Center for
    Tax and Budget Accountability by the State Journal-Register."""
    facts = of_published_year(published, 2018)
    assert value(facts, "Units at or above 90 % of adequacy") == 194
    assert round(100 * value(facts, "Share of units at or above 90 % of adequacy"), 1) == 22.7
    assert value(facts, "Units below 70 % of adequacy") == 430
    mean = value(facts, "Mean percent of adequacy of units below 90 %")
    assert round(100 * mean, 1) == 67.1
    assert value(facts, "Units below 100 % of adequacy") == 707
    assert round(100 * value(facts, "Share of units below 100 % of adequacy")) == 83
    assert 0.89 < value(facts, "Share of new money to units in Tier 1") < 0.9
    assert 0.095 < value(facts, "Share of new money to units in Tier 2") < 0.1
