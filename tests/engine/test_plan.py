"""What is asked for where something is missing."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from refusal import all_faults
from states import ANY_AMOUNT, dollars, frame_of, unit_id

import ebf


def test_two_columns_are_asked_for_themselves_and_more_as_the_line_they_make() -> None:
    frame = pd.DataFrame({"unit_id": [unit_id(1)], "organization_type": ["unit"]})
    missing = all_faults(lambda: ebf.calculate(frame, ebf.law(2022)))
    asked = {each.place.words[1] for each in missing}
    assert {"adequacy_target", "average_student_enrollment"} <= asked
    assert not [each for each in asked if each.startswith("october_")]


def test_the_columns_that_a_line_still_lacks_are_counted() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5),)).assign(nurse_cost_high=1e4)

    def fault_of(frame: pd.DataFrame) -> ebf.Fault:
        (fault,) = all_faults(lambda: ebf.calculate(frame, ANY_AMOUNT, lines=["nurse_cost"]))
        return fault

    two = fault_of(frame)
    assert two.place.column == "nurse_cost_elementary, nurse_cost_middle"
    assert two.fix.startswith("give these columns")
    one = fault_of(frame.assign(nurse_cost_middle=1e4))
    assert one.place.column == "nurse_cost_elementary"
    assert one.fix.startswith("give this column")


def test_counties_are_named_where_their_factor_alone_is_missing() -> None:
    frame = pd.DataFrame({"unit_id": [unit_id(1)], "organization_type": ["unit"]})
    for line in ("regionalization_factor", "transportation_rate", "adequacy_target"):
        (fault,) = all_faults(lambda each=line: ebf.calculate(frame, ebf.law(2022), lines=[each]))
        assert fault.place.words[1] == line
        assert ("by county it is known for FY2018" in fault.fix) == (
            line == "regionalization_factor"
        )


def test_a_line_without_a_name_is_shown_as_such() -> None:
    frame = frame_of((dollars(1, 1e6, 9e5, 0.5),))
    nameless: Any = ["", 5]
    faults = all_faults(lambda: ebf.calculate(frame, ANY_AMOUNT, lines=nameless))
    found = [str(each).partition("; allowed")[0] for each in faults]
    assert found == [
        "lines: (blank): found no line of that name",
        "lines: 5: found no line of that name",
    ]


def test_a_missing_input_is_asked_for_itself_and_a_line_for_what_it_comes_from_too() -> None:
    frame = pd.DataFrame({"unit_id": [unit_id(1)], "organization_type": ["unit"]})

    def fix(line: str) -> str:
        with pytest.raises(ebf.InputError) as caught:
            ebf.calculate(frame, ebf.law(2022), lines=[line])
        (fault,) = caught.value.faults
        return fault.fix

    assert fix("real_eav_first_preceding_tax_year") == "give this column"
    assert fix("mean_enrollment") == "give these columns, or what it is computed from"
