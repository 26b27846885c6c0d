"""Uncertain inputs: seeded draws, quantiles, the odds of the tiers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from scipy.stats import norm, randint, uniform
from states import ANY_AMOUNT, dollars, frame_of

import ebf
from ebf import Uncertain, uncertainty

EXACTLY_ONE = uniform(1, 0)
NEARLY = norm(1, 0.02)
ROWS = (
    dollars(3, 1e6, 6e5, 0.2),
    dollars(1, 1e6, 8.9e5, 0.3),
    dollars(2, 2e6, 1.9e6, 0.4),
    dollars(4, 1e6, 1.3e6, 0.5),
)


def drawn(uncertain: dict[str, Uncertain], **options: Any) -> ebf.Uncertainty:
    given = {"draws": 50, "seed": 7, **options}
    law = ANY_AMOUNT.with_amounts(new_state_funds=given.pop("new_state_funds", 1e5))
    return uncertainty(frame_of(ROWS), law, uncertain, **given)


def test_a_factor_of_one_changes_nothing() -> None:
    base = ebf.calculate(frame_of(ROWS), ANY_AMOUNT.with_amounts(new_state_funds=1e5)).units
    found = drawn({"final_resources": Uncertain(EXACTLY_ONE)}, lines=["tier_funding"])
    assert (found.draws["tier_funding"] == base["tier_funding"].to_numpy()).all()
    assert found.unit_ids == tuple(base.index)
    odds = found.tiers
    codes = base["tier"].to_numpy()
    assert (odds.to_numpy() == (codes[:, np.newaxis] == np.arange(5))).all()


def test_every_draw_is_the_state_solved_with_its_factors() -> None:
    found = drawn({"final_resources": Uncertain(NEARLY)}, draws=3)
    stream = np.random.default_rng([7, 0])
    in_order = np.argsort([row.unit_id for row in ROWS])
    for draw in range(3):
        factors = np.empty(len(ROWS))
        factors[in_order] = NEARLY.rvs(size=(1, len(ROWS), 1), random_state=stream).ravel()
        frame = frame_of(ROWS)
        frame["final_resources"] *= factors
        alone = ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=1e5)).units
        assert found.draws["tier_funding"][draw].tolist() == alone["tier_funding"].tolist()
        assert found.draws["tier"][draw].tolist() == alone["tier"].tolist()


def test_the_same_seed_gives_the_same_draws_whatever_the_batches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uncertain = {
        "final_resources": Uncertain(NEARLY),
        "new_state_funds": Uncertain(norm(1, 0.1)),
    }
    whole = drawn(uncertain)
    monkeypatch.setattr("ebf.what_if.uncertainty.ROWS_AT_A_TIME", 12)
    in_parts = drawn(uncertain)
    assert_frame_equal(whole.quantiles("tier_funding"), in_parts.quantiles("tier_funding"))
    assert (whole.draws["tier"] == in_parts.draws["tier"]).all()
    other = drawn(uncertain, seed=8)
    assert (whole.draws["tier_funding"] != other.draws["tier_funding"]).any()


def test_random_numbers_of_others_are_untouched() -> None:
    before = str(np.random.get_state())  # noqa: NPY002 - that it stays as it was
    drawn({"final_resources": Uncertain(NEARLY)})
    assert str(np.random.get_state()) == before  # noqa: NPY002


def test_quantiles_and_odds_are_those_of_the_draws() -> None:
    found = drawn({"final_resources": Uncertain(norm(1, 0.2))}, draws=200)
    amounts = found.draws["tier_funding"]
    table = found.quantiles("tier_funding", (0.1, 0.5))
    assert table["mean"].iloc[0] == amounts[:, 0].mean()
    assert table[0.5].iloc[0] == np.median(amounts[:, 0])
    odds = found.tiers
    assert odds.sum(axis=1).to_numpy() == pytest.approx(np.ones(4))
    counted = [(found.draws["tier"][:, 1] == tier).sum() / 200 for tier in (1, 2, 3, 4)]
    assert odds.iloc[1].tolist()[1:] == counted
    assert 0 < counted[1] < 1


def test_a_factor_for_the_whole_state_is_the_same_for_every_unit() -> None:
    two_or_three = randint(2, 4)
    one = {"final_resources": Uncertain(two_or_three, of_each_unit=False)}
    tiers = drawn(one).draws["tier"]
    assert (tiers == tiers[:, :1]).all()  # doubled, every unit is above 100 %
    own = {"base_funding_minimum": Uncertain(two_or_three)}
    base = frame_of(ROWS).assign(base_funding_minimum=100.0)
    paid = uncertainty(
        base,
        ANY_AMOUNT.with_amounts(new_state_funds=0),
        own,
        draws=50,
        seed=1,
        lines=["base_funding_paid"],
    ).draws["base_funding_paid"]
    assert set(np.unique(paid)) == {200, 300}
    assert (paid != paid[:, :1]).any()


def test_a_statewide_line_has_one_row_and_salaries_can_be_uncertain() -> None:
    units, salaries = ebf.sample().units, ebf.sample().law.salaries
    found = uncertainty(
        units,
        ebf.law(2022, salaries=salaries),
        {"assistant_salary": Uncertain(uniform(2, 0)), "school_days": Uncertain(NEARLY)},
        draws=4,
        seed=0,
        lines=["assistant_substitute_daily_rate", "substitute_days"],
    )
    rate = found.quantiles("assistant_substitute_daily_rate")
    assert list(rate.index) == ["statewide"]
    # an assistant's pay, over 180 days, times the share that a substitute has
    assert rate["mean"].item() == pytest.approx(2 * salaries["assistant"] / 180 * 0.3333)
    assert len(set(found.draws["substitute_days"].tolist())) == 4


def test_the_text_says_what_was_drawn() -> None:
    text = str(drawn({"final_resources": Uncertain(NEARLY)}, draws=5))
    assert "5 draws, seed 7; the whole state is solved anew for every draw." in text
    assert "final_resources times a factor of norm(1, 0.02), one for each unit" in text
    assert "Odds of each tier" in text
    assert "independent" in text.partition("Left out")[2]


def test_it_shows_itself_in_a_notebook_too() -> None:
    found = drawn({"final_resources": Uncertain(EXACTLY_ONE)}, lines=["tier_funding"])
    html = found._repr_html_()
    assert "<h1>Uncertainty: 50 draws, seed 7</h1>" in html
    assert html in found.to_html()
    assert all(f"<li>{each}</li>" in html for each in (*found.assumptions, *found.left_out))
    paid = ebf.calculate(frame_of(ROWS), ANY_AMOUNT.with_amounts(new_state_funds=1e5)).units[
        "tier_funding"
    ]
    assert str(found).count(f"{paid.iloc[0]:,.2f}") == 6  # the mean and five quantiles
    assert "not shown" not in html


def test_of_many_units_the_first_are_shown_and_how_many_are_not() -> None:
    rows = [dollars(n, 1e6, 5e5, 0.2) for n in range(1, 13)]
    found = uncertainty(
        frame_of(rows),
        ANY_AMOUNT.with_amounts(new_state_funds=1e5),
        {"final_resources": Uncertain(NEARLY)},
        draws=2,
        seed=1,
        lines=["tier_funding", "tier_1_target_ratio"],
    )
    text = str(found)
    for title in ("tier_funding: mean and quantiles", "Odds of each tier"):
        assert f"{title} (the first 10 of 12; 2 are not shown)\n" in text
    assert "tier_1_target_ratio: mean and quantiles\n" in text
    assert [text.count(each) for each in found.unit_ids] == [2] * 10 + [0] * 2


def test_it_is_what_it_holds_and_is_short_in_a_list() -> None:
    found, same = (drawn({"final_resources": Uncertain(EXACTLY_ONE)}) for _ in range(2))
    assert found == same
    assert {found: 1}[same] == 1
    assert found != drawn({"final_resources": Uncertain(EXACTLY_ONE)}, seed=8)
    assert "array" not in repr(found)
    assert found.unit_ids[0] not in repr(found)


class NotANumber:
    """A distribution whose draws are numbers but for the last unit's."""

    def rvs(self, size: Any = 1, random_state: Any = None) -> Any:
        factors = random_state.uniform(0.9, 1.1, size)
        factors[:, -1] = np.nan
        return factors


def test_a_draw_that_is_no_number_is_refused_where_there_was_one() -> None:
    with pytest.raises(ebf.InputError, match="final_resources: found nan; allowed: from"):
        drawn({"final_resources": Uncertain(NotANumber())})


class Drawn:
    """A distribution that draws the same whatever is asked for."""

    def __init__(self, drawn: Any) -> None:
        self.drawn = drawn

    def rvs(self, size: Any = 1, random_state: Any = None) -> Any:  # noqa: ARG002 - as of scipy
        return self.drawn


@pytest.mark.parametrize("factors", [1.0, [1.0, 1.1], "much", [["a"]], None])
def test_draws_that_are_not_as_many_numbers_as_asked_for_are_refused(factors: Any) -> None:
    with pytest.raises(ebf.InputError, match="final_resources: found draws of type"):
        drawn({"final_resources": Uncertain(Drawn(factors))})


def test_what_is_blank_may_stay_blank() -> None:
    october = "october_enrollment_first_preceding_year"
    units = ebf.sample().units  # which has the counts of March 1 too
    blank = units.assign(**{str(n): np.nan for n in units.filter(regex=f"^{october}")})
    uncertain = {october: Uncertain(NotANumber())}
    law = ebf.sample().law
    found = uncertainty(blank, law, uncertain, draws=1, seed=1)
    base = ebf.calculate(blank, law).units
    assert found.draws["tier_funding"][0].tolist() == base["tier_funding"].tolist()
    with pytest.raises(ebf.InputError, match=f"{october}: found nan"):
        uncertainty(units, law, uncertain, draws=1, seed=1)


@pytest.mark.parametrize("draws", [2, 5])
def test_several_scenarios_are_refused_wherever_they_come_from(draws: int) -> None:
    sure = {"final_resources": Uncertain(EXACTLY_ONE)}
    with pytest.raises(ebf.InputError, match="scenarios of new_state_funds; allowed: one state"):
        drawn(sure, draws=draws, new_state_funds=[3e8, 9e8])
    law = ebf.law(2022, {"tier_2.target_ratio": [0.9, 0.8], "minimum_funding_level": 1})
    with pytest.raises(ebf.InputError, match="scenarios of tier_2_target_ratio; allowed"):
        uncertainty(
            frame_of(ROWS), law.with_amounts(new_state_funds=1e5), sure, draws=draws, seed=1
        )


def test_what_the_state_has_one_of_is_said_to_have_one_factor() -> None:
    of_the_state = ("assistant_salary", "school_days", "new_state_funds")
    of_units = "low_income_count_first_preceding_year"
    found = uncertainty(
        *ebf.sample(),
        {name: Uncertain(EXACTLY_ONE) for name in (*of_the_state, of_units)},
        draws=1,
        seed=1,
    )
    said = {each.split()[0]: each for each in found.assumptions}
    for name in of_the_state:
        assert "one for the whole state" in said[name]
    assert "one for each unit" in said[of_units]


@pytest.mark.parametrize(
    ("uncertain", "options", "message"),
    [
        ({"final_resource": Uncertain(NEARLY)}, {}, "nearest known: final_resources"),
        ({"in_tier_1": Uncertain(NEARLY)}, {}, "unknown name"),
        ({}, {}, "one name or more"),
        ({"final_resources": Uncertain(NEARLY)}, {"draws": 0}, "1 or more"),
        ({"local_capacity_percentage": Uncertain(uniform(3, 0))}, {}, "from 0 to 1"),
        ({"adequacy_target": Uncertain(uniform(-1, 0))}, {}, "from 0 to 1e"),
        ({"final_resources": Uncertain(NEARLY)}, {"lines": ["tier_fundin"]}, "tier_funding"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    uncertain: dict[str, Uncertain], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ebf.InputError, match=message):
        drawn(uncertain, **options)


def test_a_table_of_several_states_is_refused() -> None:
    frame = pd.concat(
        {name: frame_of(ROWS).set_index("unit_id") for name in ("a", "b")}, names=["scenario"]
    )
    with pytest.raises(ebf.InputError, match="scenarios of the table; allowed: one state"):
        uncertainty(
            frame,
            ANY_AMOUNT.with_amounts(new_state_funds=1e5),
            {"final_resources": Uncertain(NEARLY)},
            seed=1,
        )


def test_numbers_of_the_law_keep_to_their_ranges() -> None:
    with pytest.raises(ebf.InputError, match=r"tier_1_share: .* from 0 to 1"):
        drawn({"tier_1_share": Uncertain(uniform(3, 0.01))})


def test_a_tier_is_no_number_to_multiply() -> None:
    units = ebf.sample().units
    with pytest.raises(ebf.InputError, match="prior_year_tier: found unknown name"):
        uncertainty(
            units, ebf.sample().law, {"prior_year_tier": Uncertain(NEARLY)}, draws=1, seed=1
        )


def test_quantiles_are_of_columns_drawn_and_from_0_to_1() -> None:
    found = drawn({"final_resources": Uncertain(NEARLY)})
    for line, quantiles in (("tier_fundin", [0.5]), ("tier_funding", [5, 95])):
        with pytest.raises(ebf.InputError):
            found.quantiles(line, quantiles)
    wrong: Any = 0.5
    with pytest.raises(ebf.InputError, match="quantiles"):
        found.quantiles("tier_funding", wrong)
    assert found.quantiles("tier_funding", [0, 1]).columns.tolist() == ["mean", 0, 1]


def test_a_distribution_of_arrays_is_worded_as_it_is() -> None:
    found = drawn({"final_resources": Uncertain(norm(loc=[1], scale=[0.01]))})
    assert "norm(loc=[1], scale=[0.01])" in " ".join(found.assumptions)
