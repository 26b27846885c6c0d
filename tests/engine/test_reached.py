"""What a change of one unit reaches: every number is that of the whole state computed anew."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import ebf
from ebf.engine.calculation import Calculation
from ebf.engine.preparation import prepare
from ebf.engine.reached import reached
from ebf.language.vocabulary import Values
from ebf.ledger import ledger_of

LOW_INCOME, ENROLLMENT = "low_income_count_", "october_enrollment_"
"""Those of a region move its programs; those of a unit its own target alone."""
YEARS = ("first", "second", "third")


@cache
def state() -> Calculation:
    return prepare(*ebf.sample()).settle(frozenset())


def more(unit_id: str, begin: str, amounts: list[float]) -> dict[str, Values]:
    """So many more in a unit's counts of three years, a scenario each."""
    table = state().table
    names = [f"{begin}{year}_preceding_year" for year in YEARS]
    own = {name: table.values[name][:, [table.places[unit_id]]] for name in names}
    add = np.array(amounts)[:, np.newaxis, np.newaxis]
    return {name: each + add * (each > 0) for name, each in own.items()}


@pytest.mark.parametrize("begin", [LOW_INCOME, ENROLLMENT])
@pytest.mark.parametrize("kind", ["unit", "elementary", "regional_program"])
def test_what_is_reached_is_what_the_whole_state_comes_to(kind: str, begin: str) -> None:
    table = state().table
    kinds = table.text["organization_type"][0]
    place = int(np.flatnonzero(kinds == kind)[0])
    otherwise = more(table.unit_ids[place], begin, [1.0, 25.0, 0.0])
    found = reached(state(), place, otherwise)
    assert found is not None
    everywhere = {}
    for name, values in otherwise.items():
        everywhere[name] = np.repeat(table.values[name], 3, axis=0)
        everywhere[name][:, [place]] = values
    whole = ledger_of(state().with_values(everywhere)).everything
    assert (whole["tier_1_target_ratio"] != state().settled["tier_1_target_ratio"]).any() or (
        kind == "regional_program"  # which has its region's low-income pupils, and few of its own
    )
    for name, values in whole.items():
        if name not in otherwise and values.dtype.kind != "O":
            shape = np.broadcast_shapes(values.shape, found[name].shape)
            one, other = (np.broadcast_to(x, shape) for x in (values, found[name]))
            assert np.array_equal(one, other, equal_nan=values.dtype.kind == "f"), name


def test_what_is_refused_is_not_reached() -> None:
    """No float holds a target of so many pupils' teachers."""
    unit = "1000196062600"
    place = state().table.places[unit]
    assert reached(state(), place, more(unit, "october_enrollment_", [1.0])) is not None
    assert reached(state(), place, more(unit, "october_enrollment_", [1.0, 1e305])) is None
