"""One unit at a time: what models refuse, what they document, and a partial one."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest
from pydantic import BaseModel, ValidationError

import ebf
from ebf.law.inputs import TEXT, inputs
from ebf.law.names import column_of, known_names
from ebf.units.isbe.base_calc import _OUTCOME as OUTCOME
from ebf.units.isbe.base_calc import COLUMNS

UNIT = "0100100102600"
PREPARED: dict[str, Any] = {
    "adequacy_target": 1e6,
    "final_resources": 7e5,
    "average_student_enrollment": 100.0,
    "local_capacity_percentage": 0.5,
    "base_funding_minimum": 1e5,
}


def refused_by_model(model: type[BaseModel], **fields: Any) -> list[str]:
    """The faults of the model, in words."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate({"unit_id": UNIT, "organization_type": "unit", **fields})
    (error,) = caught.value.errors()
    return [str(fault) for fault in error["ctx"]["error"].faults]


def refused_by_table(**columns: Any) -> list[str]:
    frame = pd.DataFrame([{"unit_id": UNIT, "organization_type": "unit", **PREPARED, **columns}])
    with pytest.raises(ebf.InputError) as caught:
        ebf.calculate(frame, ebf.law(2022))
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("adequacy_target", True),
        ("adequacy_target", "1_500"),
        ("adequacy_target", "x"),
        ("adequacy_target", -1.0),
        ("local_capacity_percentage", 80),
        ("prior_year_tier", 2.5),
        ("nurse_cost_high", False),
        ("county", "Atlantis"),
    ],
)
def test_a_model_refuses_what_a_table_refuses_in_its_words(column: str, value: Any) -> None:
    in_table = refused_by_table(**{column: value})
    assert refused_by_model(ebf.UnitInput, **PREPARED | {column: value}) == in_table
    if column != "county":  # which fits with other columns, or does not
        assert refused_by_model(ebf.UnitPatch, **{column: value}) == in_table


@pytest.mark.parametrize(
    ("column", "value", "taken"),
    [
        ("ptell_district", False, 0.0),
        ("adequacy_target", "1.5e3", 1500.0),
        ("adequacy_target", np.float64(2), 2.0),
        ("nurse_cost_high", 3, 3.0),
        ("county", "DU PAGE", "DU PAGE"),
    ],
)
def test_a_model_takes_what_a_table_takes(column: str, value: Any, taken: Any) -> None:
    unit = ebf.UnitInput.model_validate(
        {"unit_id": UNIT, "organization_type": "unit", column: value}
    )
    assert unit.columns()[column] == taken


@pytest.mark.parametrize("blank", [None, "", float("nan")])
def test_a_blank_is_not_known(blank: Any) -> None:
    fields = {"adequacy_target": blank, "nurse_cost_high": blank}
    unit = ebf.UnitInput.model_validate({"unit_id": UNIT, "organization_type": "unit", **fields})
    assert unit.columns() == {"unit_id": UNIT, "organization_type": "unit"}


def test_any_county_will_do_where_its_factor_is_given_or_nobody_needs_one() -> None:
    ebf.UnitInput(
        unit_id=UNIT, organization_type="unit", county="Atlantis", regionalization_factor=1
    )
    ebf.UnitInput(unit_id=UNIT, organization_type="specially_funded", county="Atlantis")


def test_heads_are_numbers_too() -> None:
    with pytest.raises(ValidationError, match="grade_1: found True"):
        ebf.EnrollmentByGrade(grade_1=True)
    assert ebf.EnrollmentByGrade.model_validate({"grade_1": "12.5", "grade_2": ""}).grade_2 is None


@pytest.mark.parametrize("model", [ebf.UnitInput, ebf.UnitPatch])
def test_the_schema_says_of_every_field_what_the_law_says_of_the_column(
    model: type[BaseModel],
) -> None:
    made = json.loads(json.dumps(model.model_json_schema()))
    jsonschema.Draft202012Validator.check_schema(made)
    fields = made["properties"]
    assert fields.keys() >= {*TEXT, *inputs()}
    for name, field in fields.items():
        known = known_names()[name]
        assert field["description"] == (known.label if name not in TEXT else TEXT[name][0])
        assert field["cite"].startswith(("18-8.15(", "105 ILCS 5/"))
        if name not in TEXT:
            assert field["measure"] == column_of(name).measure.value
            assert (field["minimum"], field["maximum"]) == column_of(name).range
    assert fields["local_capacity_percentage"]["maximum"] == 1
    assert fields["prior_year_tier"]["multipleOf"] == 1
    assert re.fullmatch(fields["unit_id"]["pattern"], UNIT)
    for grade in made["$defs"]["EnrollmentByGrade"]["properties"].values():
        assert (grade["measure"], grade["minimum"]) == ("students", 0)
        assert grade["description"]


def test_the_schema_refuses_what_the_model_refuses() -> None:
    valid = jsonschema.Draft202012Validator(ebf.UnitInput.model_json_schema()).is_valid
    unit = {"unit_id": UNIT, "organization_type": "unit"}
    assert valid(unit | PREPARED | {"nurse_cost_high": 3})
    for wrong in (
        {"unit_id": "100100102600"},
        {"organization_type": "charter"},
        {"operating_tax_rate": 4.5},
        {"adequacy_target": True},
        {"october_enrollment_first_preceding_year": {"grade_9": -1}},
        {"prior_year_tier": 1.5},
    ):
        assert not valid(unit | wrong), wrong


def test_the_lines_of_the_sheet_are_fields() -> None:
    of_sheet = COLUMNS.keys() - {*TEXT, *OUTCOME} | {"local_capacity_percentage", "new_state_funds"}
    assert ebf.UnitInput.model_fields.keys() == {*TEXT, *inputs(), *of_sheet}
    assert ebf.UnitPatch.model_fields.keys() == ebf.UnitInput.model_fields.keys()


def test_a_patch_has_what_is_set_and_what_is_to_be_blank() -> None:
    sent = {
        "unit_id": UNIT,
        "final_resources": 8e5,
        "local_capacity_percentage": None,
        "march_enrollment_first_preceding_year": {"grade_1": 20},
        "nurse_cost_high": 3,
    }
    patch = ebf.UnitPatch.model_validate_json(json.dumps(sent))
    assert patch.columns() == {
        "unit_id": UNIT,
        "march_enrollment_first_preceding_year_grade_1": 20.0,
        "final_resources": 8e5,
        "nurse_cost_high": 3.0,
        "local_capacity_percentage": None,
    }


def test_a_patch_needs_no_more_than_an_id() -> None:
    assert ebf.UnitPatch(unit_id=UNIT).columns() == {"unit_id": UNIT}
    assert ebf.UnitPatch(unit_id=UNIT, ptell_district=1).columns()["ptell_district"] == 1
    with pytest.raises(ValidationError, match="unit_id"):
        ebf.UnitPatch.model_validate({"final_resources": 1})
    with pytest.raises(ValidationError, match="13 characters"):
        ebf.UnitPatch(unit_id="1")
    with pytest.raises(ValidationError, match="nearest known: adequacy_target"):
        ebf.UnitPatch.model_validate({"unit_id": UNIT, "adequacy_tarjet": 1})


def test_a_patch_is_no_unit() -> None:
    with pytest.raises(ebf.InputError, match=r"an ebf\.UnitInput"):
        ebf.table_of([ebf.UnitPatch(unit_id=UNIT)])  # type: ignore[list-item]
