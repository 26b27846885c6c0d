"""The ledger: how it is computed, and that its numbers stay."""

from __future__ import annotations

from typing import Any

import pytest
from refusal import all_faults
from states import ANY_AMOUNT, dollars, frame_of

import ebf


def test_a_ledger_can_be_handed_over_again() -> None:
    """Resources below 0, by a pension credit, and so their percent of the target."""
    frame = frame_of((dollars(1, 1e6, -5.0, 0.5),))
    ledger = ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=1e5))
    units = ledger.units.assign(new_state_funds=1e5).reset_index()
    assert (
        ebf.calculate(units, ANY_AMOUNT).units["tier_funding"].equals(ledger.units["tier_funding"])
    )


def test_a_ledgers_numbers_cannot_be_written_over() -> None:
    ledger = ebf.calculate(
        frame_of((dollars(1, 1e6, 9e5, 0.5),)), ANY_AMOUNT.with_amounts(new_state_funds=1e4)
    )
    for values in ledger.everything.values():
        with pytest.raises(ValueError, match="read-only"):
            values[...] = values


def test_arithmetic_is_fast_or_exact() -> None:
    frame = frame_of((dollars(1, 1e6, 9e5, 0.5),))
    for wrong in ("slow", 1):
        other: Any = wrong
        (fault,) = all_faults(lambda each=other: ebf.calculate(frame, ANY_AMOUNT, arithmetic=each))
        assert (fault.place.words[1], fault.allowed) == ("arithmetic", "fast or exact")
