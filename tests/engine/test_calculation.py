"""A prepared calculation: what is settled once, and what is computed anew."""

from __future__ import annotations

from fractions import Fraction

import pytest
from states import ANY_AMOUNT, dollars, frame_of

import ebf
from ebf.engine.preparation import prepare
from ebf.ledger import ledger_of


def test_what_was_settled_is_computed_anew_where_it_moves_or_is_not_rounded() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5), dollars(2, 7e5, 6.5e5, 0.5)))
    prepared = prepare(frame, ANY_AMOUNT.with_amounts(new_state_funds=1e5 / 3))
    settled = prepared.settle(frozenset())
    assert settled.settled.keys() >= {"tier", "tier_funding"}
    for rounding in (True, False):
        again, anew = (ledger_of(each, rounding=rounding) for each in (settled, prepared))
        assert again.units.equals(anew.units)
    more = prepared.law.with_amounts({"new_state_funds": 2e5})
    assert ledger_of(settled.with_law(more)).units.equals(ledger_of(prepared.with_law(more)).units)
    less = ebf.law(2019)
    with pytest.raises(ebf.InputError, match="no known value"):
        prepared.with_law(less)


def test_what_was_settled_in_floats_is_computed_anew_in_fractions() -> None:
    frame = frame_of((dollars(1, 3e6, 1e6, 0.5),))
    settled = prepare(frame, ANY_AMOUNT.with_amounts(new_state_funds=1e5)).settle(frozenset())
    exact = ledger_of(settled, arithmetic="exact").values["final_percent_of_adequacy"]
    assert exact.item() == Fraction(1, 3)


def test_a_prepared_state_is_rounded_where_nothing_else_is_said() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5),))
    assert ledger_of(prepare(frame, ANY_AMOUNT.with_amounts(new_state_funds=1e5))).rounding


def test_amounts_of_several_scenarios_give_way_to_others() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5), dollars(2, 7e5, 6.5e5, 0.5)))
    prepared = prepare(frame, ANY_AMOUNT.with_amounts(new_state_funds=[1e5, 2e5]))
    others = prepared.law.with_amounts({"new_state_funds": [3e5, 4e5]})
    found = ledger_of(prepared.with_law(others)).units
    assert found.equals(
        ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=[3e5, 4e5])).units
    )
