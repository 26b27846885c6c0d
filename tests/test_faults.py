"""Faults for machines: every one has a kind and a place, and its words come of them."""

from __future__ import annotations

import ast
import json
import pickle
from collections.abc import Callable
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

import ebf
from ebf.faults import FaultKind, Place, several_scenarios, unknown_name, unknown_unit

UNIT, OTHER = "0100100102600", "0100100202600"


def units(**columns: Any) -> pd.DataFrame:
    """Two units from prepared lines, with some columns otherwise."""
    return pd.DataFrame(
        {
            "unit_id": [UNIT, OTHER],
            "organization_type": "unit",
            "adequacy_target": [1e6, 2e6],
            "final_resources": [0.5e6, 2e6],
            "average_student_enrollment": 100.0,
            "local_capacity_percentage": 0.5,
            "base_funding_minimum": 1e5,
            **columns,
        }
    )


def calculated(**columns: Any) -> ebf.Ledger:
    return ebf.calculate(units(**columns), ebf.law(2022, new_state_funds=1e5))


def two_states() -> ebf.Ledger:
    return ebf.calculate(units(), ebf.law(2022, new_state_funds=[1e5, 2e5]))


def in_file(text: str, read: Callable[[Path], Any], tmp_path: Path, suffix: str = ".csv") -> Any:
    path = tmp_path / f"asked{suffix}"
    path.write_text(text, encoding="utf-8")
    return read(path)


WRONG: dict[str, tuple[Callable[[], Any], FaultKind, Place]] = {
    "unknown column": (
        lambda: calculated(adequacy_tarjet=1.0),
        FaultKind.UNKNOWN_NAME,
        Place("table", column="adequacy_tarjet"),
    ),
    "text for a number": (
        lambda: calculated(adequacy_target=["1", "x"]),
        FaultKind.WRONG_TYPE,
        Place(unit=OTHER, column="adequacy_target"),
    ),
    "a share above 1": (
        lambda: calculated(local_capacity_percentage=[0.5, 1.5]),
        FaultKind.OUT_OF_RANGE,
        Place(unit=OTHER, column="local_capacity_percentage"),
    ),
    "no column of kinds": (
        lambda: ebf.calculate(units().drop(columns="organization_type"), ebf.law(2022)),
        FaultKind.MISSING,
        Place("table", column="organization_type"),
    ),
    "an id without its zero": (
        lambda: calculated(unit_id=[UNIT[1:], OTHER]),
        FaultKind.MALFORMED,
        Place("row 0", row=0, column="unit_id"),
    ),
    "a unit twice": (
        lambda: calculated(unit_id=[UNIT, UNIT]),
        FaultKind.REPEATED,
        Place(UNIT, unit=UNIT, column="unit_id"),
    ),
    "more of low income than pupils": (
        lambda: calculated(low_income_count=[1.0, 151.0]),
        FaultKind.CONTRADICTION,
        Place(unit=OTHER, column="low_income_count"),
    ),
    "no table": (
        lambda: ebf.calculate([1], ebf.law(2022)),  # type: ignore[arg-type]
        FaultKind.WRONG_TYPE,
        Place("table", argument="units"),
    ),
    "another arithmetic": (
        lambda: ebf.calculate(units(), ebf.law(2022), arithmetic="slow"),  # type: ignore[arg-type]
        FaultKind.OUT_OF_RANGE,
        Place(argument="arithmetic"),
    ),
    "no line of that name": (
        lambda: ebf.calculate(units(), ebf.law(2022), lines=["teir"]),
        FaultKind.UNKNOWN_NAME,
        Place(argument="lines", column="teir"),
    ),
    "a year outside of the law": (
        lambda: ebf.law(1999),
        FaultKind.OUT_OF_RANGE,
        Place("law", argument="fiscal_year"),
    ),
    "no number of the law": (
        lambda: ebf.law(2022, tier_9=1),
        FaultKind.UNKNOWN_NAME,
        Place(argument="law", column="tier_9"),
    ),
    "a number not known": (
        lambda: ebf.law(2019).value("maintenance_and_operations"),
        FaultKind.NOT_KNOWN,
        Place(argument="law", column="maintenance_and_operations"),
    ),
    "no salary": (
        lambda: ebf.Salaries({"janitor": 1}),
        FaultKind.UNKNOWN_NAME,
        Place(argument="salaries", column="janitor"),
    ),
    "no such unit": (
        lambda: calculated().explain("0" * 13, "tier"),
        FaultKind.UNKNOWN_UNIT,
        Place("ledger", unit="0" * 13, column="unit_id"),
    ),
    "no such line in the ledger": (
        lambda: calculated().explain(UNIT, "teir"),
        FaultKind.UNKNOWN_NAME,
        Place("ledger", column="teir"),
    ),
    "a given line has no slope": (
        lambda: calculated().sensitivity(UNIT, "adequacy_target"),
        FaultKind.NOT_COMPUTED,
        Place("ledger", column="adequacy_target"),
    ),
    "which of two states": (
        lambda: two_states().audit(UNIT),
        FaultKind.SEVERAL_SCENARIOS,
        Place("ledger", column="scenario"),
    ),
    "no third state": (
        lambda: two_states().scenario(2),
        FaultKind.UNKNOWN_NAME,
        Place("ledger", "scenario", scenario="2"),
    ),
    "a scenario's unit": (
        lambda: ebf.Scenario("s", units={"tier": ebf.Change(value=1, units=["0" * 13])}).apply(
            units(tier=1), ebf.law(2022)
        ),
        FaultKind.UNKNOWN_UNIT,
        Place("scenario", unit="0" * 13, column="tier"),
    ),
    "in one of the scenarios": (
        lambda: ebf.sweep(units(), ebf.law(2022), [ebf.Scenario("s", law={"tier_9": 1})]),
        FaultKind.UNKNOWN_NAME,
        Place("scenario s: law", argument="law", column="tier_9", scenario="s"),
    ),
    "no dollars": (
        lambda: ebf.compare(calculated(), calculated(), "tier"),
        FaultKind.UNSUITABLE_NAME,
        Place(argument="before", column="tier"),
    ),
    "too much to sweep": (
        lambda: ebf.sweep(units(), ebf.law(2022), {"new_state_funds": np.ones(10**7 + 1)}),  # type: ignore[arg-type]
        FaultKind.TOO_LARGE,
        Place("sweep", argument="grid"),
    ),
    "a file that is not there": (
        lambda: ebf.read_units("nowhere.csv"),
        FaultKind.UNREADABLE_FILE,
        Place(file="nowhere.csv"),
    ),
}


def faults_of(ask: Callable[[], Any]) -> tuple[ebf.Fault, ...]:
    with pytest.raises(ebf.InputError) as caught:
        ask()
    return caught.value.faults


@cache
def faults_in(case: str) -> tuple[ebf.Fault, ...]:
    return faults_of(WRONG[case][0])


@pytest.mark.parametrize("case", WRONG)
def test_a_machine_reads_what_is_wrong_and_where(case: str) -> None:
    _, kind, place = WRONG[case]
    assert (kind, place) in {(fault.kind, fault.place) for fault in faults_in(case)}


@pytest.mark.parametrize("case", WRONG)
def test_every_fault_has_a_kind_and_a_place_and_is_an_ordinary_value(case: str) -> None:
    for fault in faults_in(case):
        assert isinstance(fault.kind, FaultKind)
        assert any(each is not None for each in asdict(fault.place).values())
        where, what = fault.place.words
        assert str(fault).startswith(f"{where}: {what}: found ")
        assert pickle.loads(pickle.dumps(fault)) == fault  # noqa: S301 - our own
        assert json.loads(json.dumps(asdict(fault)))["kind"] == fault.kind.value
    error = ebf.InputError(faults_in(case))
    assert pickle.loads(pickle.dumps(error)).faults == error.faults  # noqa: S301 - our own


def test_a_row_of_a_file_is_told_by_the_line_an_editor_shows(tmp_path: Path) -> None:
    text = f'unit_id,name,tier\n{UNIT},"a name\nof two lines",1\n\n{OTHER},b,1,2\n'
    (fault,) = faults_of(partial(in_file, text, ebf.read_units, tmp_path))
    assert (fault.kind, fault.place.line) == (FaultKind.MALFORMED, 5)
    assert fault.place.file == str(tmp_path / "asked.csv")
    assert fault.place.words[1] == f"row {OTHER!r}"


def test_a_character_of_code_0_is_told_by_its_line(tmp_path: Path) -> None:
    (fault,) = faults_of(partial(in_file, "unit_id\n\n\0\n", ebf.read_units, tmp_path))
    assert (fault.kind, fault.place.line) == (FaultKind.UNREADABLE_FILE, 3)


def test_a_key_of_a_file(tmp_path: Path) -> None:
    read = ebf.Scenario.from_toml
    (fault,) = faults_of(partial(in_file, "lwa = 1\n", read, tmp_path, ".toml"))
    assert (fault.kind, fault.place.column) == (FaultKind.UNKNOWN_NAME, "lwa")
    assert (fault.place.file, fault.fix) == (str(tmp_path / "asked.toml"), "nearest known: law")


def test_models_hand_on_the_faults() -> None:
    with pytest.raises(ValidationError) as caught:
        ebf.UnitInput(unit_id=UNIT, organization_type="unit", ptell_limiting_rate=2.0)
    (error,) = caught.value.errors()
    (fault,) = error["ctx"]["error"].faults
    assert (fault.kind, fault.place.unit) == (FaultKind.OUT_OF_RANGE, UNIT)


def test_kinds_stay_what_they_are() -> None:
    assert all(kind.value == kind.name.lower() for kind in FaultKind)


def test_what_many_places_build_is_built_in_one() -> None:
    place = Place(argument="lines", column="teir")
    assert str(unknown_name(place, "no line", "a line", ["tier"])) == (
        "lines: teir: found no line; allowed: a line; nearest known: tier"
    )
    of_unit = unknown_unit(Place("ledger", column="unit_id"), UNIT[1:], "an id", [UNIT])
    assert of_unit.place.unit == UNIT[1:]
    assert str(of_unit) == (
        f"ledger: unit_id: found {UNIT[1:]!r}; allowed: an id; nearest known: {UNIT}"
    )
    assert str(several_scenarios(Place("ledger", column="scenario"))) == (
        "ledger: scenario: found several scenarios; allowed: one state"
    )


def test_no_fault_of_the_library_is_without_a_place() -> None:
    places = [
        node
        for path in sorted(Path(ebf.__file__).parent.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id == "Place"
    ]
    assert len(places) > 100
    assert all(place.args or place.keywords for place in places)
