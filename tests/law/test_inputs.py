"""What the declarations say of what may be handed over: of whom, when, how much."""

from __future__ import annotations

import numpy as np
import pydantic
import pytest
from states import ANY_AMOUNT, dollars, frame_of

import ebf
from ebf.language.measure import Measure
from ebf.law.columns import DISTRICTS, WITH_PUPILS
from ebf.law.inputs import EnrollmentByGrade, inputs
from ebf.law.names import entries


def test_inputs_that_need_not_be_given_are_0() -> None:
    left_out = {name: each.default for name, each in inputs().items() if each.default is not None}
    assert set(left_out.values()) == {0.0}
    ledger = ebf.calculate(
        frame_of((dollars(1, 1e6, 9e5, 0.5),)), ANY_AMOUNT.with_amounts(new_state_funds=1e4)
    )
    assert ledger.everything["base_funding_shortfall"].tolist() == [[[0.0]]]
    flags = [name for name in left_out if inputs()[name].measure is Measure.FLAG]
    assert flags
    for name in flags:
        assert ledger.everything.get(name, np.zeros(1, dtype=bool)).dtype == bool


def test_whose_inputs_are_whose() -> None:
    assert {"unit", "hybrid", "elementary", "high_school"} == DISTRICTS
    with_pupils = {*DISTRICTS, "laboratory_school", "regional_program"}
    assert with_pupils == WITH_PUPILS


def test_what_an_amount_of_either_sign_may_be() -> None:
    about = entries()["final_resources"].about
    assert about.range == (-1e13, 1e13)
    assert about.allowed == "a number from -1e+13 to 1e+13"
    counties = entries()["neighboring_counties"].about
    assert counties.range == (2, 1e13)
    assert counties.allowed == "a finite number, 2 or more, up to 1e+13"


def test_of_programs_counts_are_asked_from_fy2020_on() -> None:
    march = entries()["march_enrollment_first_preceding_year_grade_1"]
    assert [march.is_needed_by("regional_program", year) for year in (2019, 2020)] == [False, True]
    assert march.is_needed_by("elementary", 2018)
    assert not march.is_needed_by("specially_funded", 2022)
    high = entries()["march_enrollment_first_preceding_year_grade_9"]
    assert not high.is_needed_by("elementary", 2022)
    assert high.is_needed_by("high_school", 2022)
    assert not entries()["nurse_cost_high"].never_of


def test_counts_of_enrollment_alone_may_be_blank() -> None:
    blank = {name for name, column in inputs().items() if column.may_be_blank}
    years = ("first", "second", "third", "fourth")
    assert blank == {
        f"{month}_enrollment_{year}_preceding_year"
        for month in ("october", "march")
        for year in years
    }


def test_bands_of_grades_that_a_unit_has_none_of() -> None:
    never = {name: entry.never_of for name, entry in entries().items()}
    assert never["school_enrollment_high"] == {"elementary"}  # of all grades of the band
    assert "high_school" in never["school_enrollment_middle"]
    assert not never["nurse_cost_high"]  # dollars, which are no pupils


def test_what_a_regional_program_must_have_before_it_is_in_the_formula() -> None:
    """Its Base Funding Minimum is paid on from FY2018; in the formula it is from FY2020."""
    base, target = entries()["base_funding_minimum"], entries()["adequacy_target"]
    assert base.is_needed_by("regional_program", 2019)
    assert not target.is_needed_by("regional_program", 2019)
    assert target.is_needed_by("regional_program", 2020)


def test_a_units_counts_cannot_be_changed() -> None:
    counts = EnrollmentByGrade(grade_1=10)
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        counts.grade_1 = 11
