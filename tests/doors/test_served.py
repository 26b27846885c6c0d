"""One district's own counts beside other changes of a what-if: none is lost without a word."""

from __future__ import annotations

from pathlib import Path

import pytest
from checkout import ROOT

import ebf
from ebf.doors.web.asked import Asked
from ebf.doors.web.served import Served

HONONEGAH = "0410120701600"
GRADES = {"9": (488, 488, 492), "10": (489, 489, 489), "11": (489, 489, 489), "12": (488,) * 3}
"""Counts of three years that come to the published 1,955.33: the mean, the latest being less."""


@pytest.fixture(scope="module")
def served(published: Path) -> Served:
    """FY2022 as the State Board published it."""
    paid = ebf.Salaries.from_toml(ROOT / "data" / "sample" / "salaries.toml")
    return Served(ebf.read(published / "base_calc.xlsx", sheet="2022", salaries=paid))


@pytest.fixture
def counts() -> dict[str, float]:
    """The district's pupils by grade."""
    return {
        f"{date}_enrollment_{year}_preceding_year_grade_{grade}": heads[place]
        for place, year in enumerate(("first", "second", "third"))
        for grade, heads in GRADES.items()
        for date in ("october", "march")
    }


def test_a_change_that_counts_overrule_is_refused(served: Served, counts: dict[str, float]) -> None:
    change = {"value": 1_000, "units": [HONONEGAH]}
    both = {"counts": {HONONEGAH: counts}, "units": {"average_student_enrollment": change}}
    with pytest.raises(ebf.InputError) as caught:
        served.found(Asked.model_validate(both))
    (fault,) = caught.value.faults
    assert fault.kind is ebf.FaultKind.CONTRADICTION
    assert (fault.place.unit, fault.place.column) == (HONONEGAH, "average_student_enrollment")
    assert "1,000 by a change, 1,955.33 by the unit's own counts" in str(fault)


def test_a_change_that_counts_do_not_move_stands_beside_them(
    served: Served, counts: dict[str, float]
) -> None:
    change = {"value": 20e6, "units": [HONONEGAH]}
    both = {"counts": {HONONEGAH: counts}, "units": {"final_resources": change}}
    after = served.found(Asked.model_validate(both)).after.units.loc[HONONEGAH]
    assert after["final_resources"] == 20e6
    assert after["average_student_enrollment"] == 1_955.33  # as published
