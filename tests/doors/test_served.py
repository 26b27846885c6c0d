"""One district's own counts beside other changes of a what-if: none is lost without a word."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from checkout import ROOT
from hononegah import HONONEGAH, own_counts

import ebf
from ebf.doors.web.asked import Asked
from ebf.doors.web.served import Served


@pytest.fixture(scope="module")
def served(published: Path) -> Served:
    """FY2022 as the State Board published it."""
    paid = ebf.Salaries.from_toml(ROOT / "data" / "sample" / "salaries.toml")
    return Served(ebf.read(published / "base_calc.xlsx", sheet="2022", salaries=paid))


def test_a_change_that_counts_overrule_is_refused(served: Served) -> None:
    change = {"value": 1_000, "units": [HONONEGAH]}
    both = {"counts": {HONONEGAH: own_counts(353)}, "units": {"average_student_enrollment": change}}
    with pytest.raises(ebf.InputError) as caught:
        served.found(Asked.model_validate(both))
    (fault,) = caught.value.faults
    assert fault.kind is ebf.FaultKind.CONTRADICTION
    assert (fault.place.unit, fault.place.column) == (HONONEGAH, "average_student_enrollment")
    assert "1,000 by a change, 1,955.33 by the unit's own counts" in str(fault)


def test_a_change_that_counts_do_not_move_stands_beside_them(
    served: Served,
) -> None:
    change = {"value": 20e6, "units": [HONONEGAH]}
    both = {"counts": {HONONEGAH: own_counts(353)}, "units": {"final_resources": change}}
    after = served.found(Asked.model_validate(both)).after.units.loc[HONONEGAH]
    assert after["final_resources"] == 20e6
    assert after["average_student_enrollment"] == 1_955.33  # as published


def test_other_shares_or_another_number_are_another_state() -> None:
    units, law = ebf.sample()
    unit = str(units["unit_id"].iloc[-1])

    def digest(share: float, money: float = 300e6) -> str:
        rows = [("House", 1, unit, share), ("House", 2, unit, 1 - share)]
        shares = pd.DataFrame(rows, columns=["chamber", "district", "unit_id", "share"])
        state = ebf.State(units, law.with_amounts(new_state_funds=money))
        return Served(state, coverage=shares).digest

    assert digest(0.25) == digest(0.25)
    assert len({digest(0.25), digest(0.5), digest(0.25, 301e6)}) == 3
