"""What may be handed over, and how a fault is worded: where, what, allowed, why, the way out."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import handed
import numpy as np
import pandas as pd
import pydantic
import pytest
from refusal import all_faults
from states import ANY_AMOUNT, dollars, frame_of, unit_id

import ebf
from ebf.law.columns import KINDS
from ebf.law.names import columns_of
from ebf.units.table import check_table

IDS = ["0100100102600", "0100100200400", "0100100301600"]


def state(**columns: object) -> pd.DataFrame:
    """Three units ready for the distribution, with some columns changed or added."""
    return pd.DataFrame(
        {
            "unit_id": IDS,
            "organization_type": ["unit", "elementary", "high_school"],
            "average_student_enrollment": [100.0, 200.0, 300.0],
            "adequacy_target": [1e6, 2e6, 3e6],
            "final_resources": [0.6e6, 1.9e6, 3.1e6],
            "local_capacity_percentage": [0.2, 0.5, 0.9],
            **columns,
        }
    )


SOME_MONEY = ebf.law(2022, new_state_funds=1e5)


def faults_of(frame: pd.DataFrame, year: int = 2022, **options: Any) -> dict[str, ebf.Fault]:
    with pytest.raises(ebf.InputError) as caught:
        handed.calculate(frame, ebf.law(year), **options)
    return {" ".join(fault.place.words): fault for fault in caught.value.faults}


def test_every_fault_of_a_table_is_reported_at_once() -> None:
    frame = state(
        unit_id=[IDS[0], IDS[0], "100100301600"],
        organization_type=["unit", "elementry", "high_school"],
        adequacy_target=[np.inf, 2e6, -1.0],
        final_resources=["a lot", 1.9e6, None],
        local_capacity_percentage=[1.2, 0.5, 0.9],
        adequacy_tarjet=[1, 2, 3],
    )
    faults = faults_of(frame)
    assert set(faults) == {
        f"{IDS[0]} unit_id",
        "row 2 unit_id",
        "table adequacy_tarjet",
        f"{IDS[0]} organization_type",
        f"{IDS[0]} adequacy_target",
        f"{IDS[0]} final_resources",
        "100100301600 adequacy_target",
        "100100301600 final_resources",
        f"{IDS[0]} local_capacity_percentage",
    }
    assert faults["table adequacy_tarjet"].fix == "nearest known: adequacy_target"
    assert faults[f"{IDS[0]} organization_type"].fix == "nearest known: elementary"
    assert "dtype={'unit_id': str}" in faults["row 2 unit_id"].fix
    percentage = faults[f"{IDS[0]} local_capacity_percentage"]
    assert (percentage.found, percentage.allowed) == ("1.2", "a number from 0 to 1")
    assert percentage.cite == "18-8.15(c)(2)(A)-(C)"
    assert faults["100100301600 final_resources"].found == "blank"


def test_the_message_has_a_line_a_cause_and_says_how_many() -> None:
    many = pd.concat([state()] * 30, ignore_index=True)
    many["unit_id"] = [f"{number:013d}" for number in range(90)]
    many["average_student_enrollment"] = -1.0
    many.loc[7, "adequacy_target"] = -5.0
    with pytest.raises(ebf.InputError) as caught:
        ebf.calculate(many, ebf.law(2022))
    first, enrollment, target = str(caught.value).splitlines()
    assert first == "91 faults"
    assert "90 units: average_student_enrollment: found -1 (0000000000000, " in enrollment
    assert "0 or more" in enrollment
    assert target.startswith("  0000000000007: adequacy_target: found -5")
    assert len(caught.value.faults) == 91


def test_columns_with_the_same_fault_are_one_line() -> None:
    wrong = {f"tier_{tier}_funding": "#N/A" for tier in (1, 2, 3, 4)}
    with pytest.raises(ebf.InputError) as caught:
        ebf.calculate(state(**wrong), ebf.law(2022))
    assert len(caught.value.faults) == 12
    (line,) = str(caught.value).splitlines()[1:]
    assert "3 units: 4 columns (tier_1_funding, tier_2_funding, tier_3_funding, ...): found" in line
    assert "a formula failed there" in line


@pytest.mark.parametrize(
    ("ids", "hint"),
    [
        ([100100102600, 100100200400, 100100301600], "dtype"),
        ([1e12, 2e12, 3e12], "dtype"),
        ([pd.Timestamp("2022-01-01")] * 3, "dtype"),
        (["100100102600", "100100200400", "100100301600"], "dtype"),
        (["01-001-0010-26-00"] * 3, ""),
        (["51084003a2600"] * 3, ""),
        ([None] * 3, ""),
    ],
)
def test_ids_that_are_not_text_of_13_characters(ids: list[object], hint: str) -> None:
    faults = faults_of(state(unit_id=ids))
    assert {"row 0 unit_id", "row 1 unit_id", "row 2 unit_id"} <= set(faults)
    assert hint in faults["row 0 unit_id"].fix


def test_ids_with_letters_and_ids_as_index_are_fine() -> None:
    frame = state(unit_id=["51084003A2600", *IDS[1:]]).set_index("unit_id")
    assert list(ebf.calculate(frame, SOME_MONEY).units.index) == list(frame.index)


@pytest.mark.parametrize("column", ["unit_id", "organization_type"])
def test_a_table_without_the_columns_that_every_table_has(column: str) -> None:
    faults = faults_of(state().drop(columns=column))
    assert f"table {column}" in faults


def test_no_rows_and_no_frame() -> None:
    assert "table unit_id" in faults_of(state().iloc[:0])
    with pytest.raises(ebf.InputError, match="DataFrame"):
        ebf.calculate([1, 2], ebf.law(2022))  # type: ignore[arg-type]


def test_a_column_twice() -> None:
    frame = pd.concat([state(), state()[["adequacy_target"]]], axis=1)
    assert faults_of(frame)["table adequacy_target"].found == "the column twice"


def test_a_number_in_text_is_read_and_a_comma_is_a_fault() -> None:
    read = state(adequacy_target=["1000000", " 2e6 ", "3000000.00"])
    paid = ebf.calculate(read, SOME_MONEY).units["tier_funding"]
    assert paid.equals(ebf.calculate(state(), SOME_MONEY).units["tier_funding"])
    faults = faults_of(state(adequacy_target=["1,000,000", "2_000_000", "0x10"]))
    assert len(faults) == 3


@pytest.mark.parametrize(
    ("column", "value", "allowed"),
    [
        ("average_student_enrollment", -1, "0 or more"),
        ("average_student_enrollment", np.nan, "0 or more"),
        ("operating_tax_rate", 4.5, "a rate of 4.5 % is 0.045"),
        ("corporate_personal_property_replacement_tax", -0.01, "0 or more"),
        ("prior_year_tier", 5, "a whole number from 0 to 4"),
        ("prior_year_tier", 1.5, "a whole number from 0 to 4"),
        ("ptell_district", 2, "a whole number from 0 to 1"),
        ("neighboring_counties", 1, "2 or more"),
        ("adequacy_target", -np.inf, "0 or more"),
    ],
)
def test_a_value_out_of_range(column: str, value: float, allowed: str) -> None:
    frame = state()
    frame[column] = [value, *frame.get(column, pd.Series([2.0] * 3))[1:]]
    if column.endswith("rate") or column in {"ptell_district", "prior_year_tier"}:
        frame.loc[1:, column] = 0
    faults = faults_of(frame)
    assert allowed in faults[f"{IDS[0]} {column}"].allowed


def test_low_income_pupils_above_the_enrollment() -> None:
    """Up to one and a half times as many are real: reading 39."""
    most = state(low_income_count=[150.0, 200.0, 0.0])
    handed.calculate(most, ebf.law(2022), new_state_funds=1e5)
    faults = faults_of(state(low_income_count=[151.0, 200.0, 0.0]))
    fault = faults[f"{IDS[0]} low_income_count"]
    assert (fault.found, fault.allowed) == ("151", "at most 1.5 times the enrollment, 100")


def grades_of(**counts: float) -> dict[str, float]:
    return {grade: counts.get(grade, 0.0) for grade in columns_of("enrollment")}


def test_low_income_pupils_above_the_sum_of_the_grades() -> None:
    frame = pd.DataFrame([{**grades_of(grade_9=10), "unit_id": IDS[0], "low_income_count": 16,
                           "organization_type": "unit"}])  # fmt: skip
    faults = faults_of(frame, lines=["low_income_percentage"])
    assert faults[f"{IDS[0]} low_income_count"].allowed == "at most 1.5 times the enrollment, 10"


@pytest.mark.parametrize(
    ("kind", "grade"), [("elementary", "grade_9"), ("high_school", "kindergarten")]
)
def test_pupils_in_grades_that_the_district_cannot_have(kind: str, grade: str) -> None:
    frame = pd.DataFrame(
        [{**grades_of(**{grade: 3}), "unit_id": IDS[0], "organization_type": kind}]
    )
    faults = faults_of(frame, lines=["average_student_enrollment"])
    assert faults[f"{IDS[0]} {grade}"].allowed == f"0 or blank: the unit is {kind}"


def test_grades_that_no_unit_of_the_table_can_have_may_be_left_out() -> None:
    frame = pd.DataFrame(
        [{"unit_id": IDS[0], "organization_type": "high_school"}
         | {f"grade_{grade}": 5.0 for grade in range(9, 13)}]
    )  # fmt: skip
    ledger = ebf.calculate(frame, ebf.law(2022), lines=["average_student_enrollment"])
    assert ledger.units["average_student_enrollment"].item() == 20
    frame["organization_type"] = "unit"
    faults = faults_of(frame, lines=["average_student_enrollment"])
    (fault,) = faults.values()
    assert "kindergarten" in fault.place.words[1]
    assert "grade_9" not in fault.place.words[1]


# --- Raw counts ---------------------------------------------------------------------


def raw_counts(kind: str = "unit", /, **changes: object) -> pd.DataFrame:
    row: dict[str, object] = {"unit_id": IDS[0], "organization_type": kind}
    for year in ("first", "second", "third"):
        for date in ("october", "march"):
            row |= dict.fromkeys(columns_of(f"{date}_enrollment_{year}_preceding_year"), 10.0)
    return pd.DataFrame([row | changes])


def test_a_grade_with_neither_count_is_a_fault_and_with_one_is_not() -> None:
    october = "october_enrollment_first_preceding_year_grade_3"
    march = "march_enrollment_first_preceding_year_grade_3"
    lines = ["average_student_enrollment"]
    one = raw_counts(**{march: np.nan})
    ledger = ebf.calculate(one, ebf.law(2019), lines=lines)
    # pre-K and half-day kindergarten count a half: 5 + 5 + 13 x 10
    assert ledger.units["average_student_enrollment"].item() == 140
    faults = faults_of(raw_counts(**{march: np.nan, october: np.nan}), lines=lines)
    assert "October 1 or March 1" in faults[f"{IDS[0]} {march}"].allowed


def test_a_regional_program_needs_its_march_count() -> None:
    march = "march_enrollment_first_preceding_year_grade_3"
    faults = faults_of(
        raw_counts("regional_program", **{march: np.nan}), lines=["average_student_enrollment"]
    )
    assert f"{IDS[0]} {march}" in faults


def test_reported_low_income_pupils_above_the_heads_counted() -> None:
    name = "low_income_count_first_preceding_year"
    faults = faults_of(raw_counts(**{name: 226.0}), lines=["average_student_enrollment"])
    assert faults[f"{IDS[0]} {name}"].allowed == "at most 1.5 times the pupils counted, 150"


def test_a_ptell_district_after_a_rate_increase_needs_the_price_change_and_no_ratio() -> None:
    used = {"ptell_district": [1, 0, 0], "ptell_eav_used_prior_fiscal_year": [1e6, 0, 0]}
    faults = faults_of(state(**used, ptell_rate_increase=[1, 0, 0]))
    lacking = {each for each in faults if each.startswith(f"{IDS[0]} ptell_")}
    assert lacking == {f"{IDS[0]} ptell_consumer_price_change"}


def test_a_ptell_district_without_its_fields() -> None:
    faults = faults_of(state(ptell_district=[1, 0, 0]))
    lacking = {each for each in faults if each.startswith(f"{IDS[0]} ptell_")}
    assert len(lacking) == 5


def test_money_before_its_first_year() -> None:
    frame = state(property_tax_relief_grant=[5.0, 0.0, np.nan])
    assert f"{IDS[0]} property_tax_relief_grant" in faults_of(frame, 2019, new_state_funds=1e6)
    ebf.calculate(frame, ebf.law(2020, new_state_funds=1e6))


def test_a_statewide_line_given_twice_over() -> None:
    frame = state(tier_1_target_ratio=[0.7, 0.7, 0.71])
    fault = faults_of(frame)[f"{IDS[2]} tier_1_target_ratio"]
    assert "one value for the whole state" in fault.allowed
    ratio = ["tier_1_target_ratio"]
    held = ebf.calculate(state(tier_1_target_ratio=0.7), SOME_MONEY, given=ratio)
    assert held.statewide["tier_1_target_ratio"] == 0.7


def test_a_county_that_is_none() -> None:
    parts = {
        "core_investments": 1.0,
        "per_student_investments_subject_to_regionalization": 1.0,
        "additional_investments": 1.0,
        "per_student_investments_not_subject_to_regionalization": 1.0,
    }
    frame = state(county=["COOK", "Du Page", "Kook"], **parts).drop(columns="adequacy_target")
    faults = faults_of(frame, lines=["adequacy_target"])
    assert list(faults) == [f"{IDS[2]} county"]
    faults = faults_of(frame, 2021, lines=["adequacy_target"])
    (fault,) = faults.values()
    assert "by county it is known for FY2018, FY2019, FY2020, FY2022, FY2023" in str(fault)


# --- What is missing -----------------------------------------------------------------


def test_what_is_missing_is_named_all_at_once() -> None:
    frame = state().drop(columns=["adequacy_target", "local_capacity_percentage"])
    faults = faults_of(frame, 2019)
    assert {fault.place.words[1] for fault in faults.values()} == {
        "adequacy_target",
        "local_capacity_percentage",
        "new_state_funds",
    }


def test_unknown_amounts_and_salaries_are_named_with_the_way_to_supply_them() -> None:
    row = {
        "unit_id": IDS[0],
        "organization_type": "unit",
        "low_income_count": 1,
        "english_learner_count": 1,
        "prior_year_tier": 1,
        "regionalization_factor": 1.0,
    }
    frame = pd.DataFrame([row | grades_of(grade_9=10)])
    salaries = {"teacher": {"k_8": 6e4, "9_12": 7e4}}
    faults = faults_of(frame, 2023, lines=["adequacy_target"], salaries=salaries)
    named = " ".join(str(fault) for fault in faults.values())
    for part in ("maintenance_and_operations", "central_office", "teacher.k_12", "nurse.k_8"):
        assert part in named
    assert "ebf.law(2023, maintenance_and_operations=...)" in named


def test_lines_that_do_not_exist() -> None:
    faults = faults_of(state(), lines=["tier_fundin", "tier"])
    assert faults["lines tier_fundin"].fix == "nearest known: tier_funding"
    assert "lines (none)" in faults_of(state(), lines=[])


def test_a_blank_percentage_only_where_no_tier_needs_it() -> None:
    frame = state(local_capacity_percentage=[0.2, np.nan, np.nan])
    ledger = ebf.calculate(frame, ebf.law(2020, new_state_funds=300_000.0))
    assert ledger.units["tier"].tolist() == [2, 3, 4]
    faults = faults_of(state(local_capacity_percentage=[np.nan, 0.5, 0.9]))
    assert list(faults) == [f"{IDS[0]} local_capacity_percentage"]


def test_more_low_income_pupils_than_weighted_pupils_is_no_fault() -> None:
    """Heads, where the enrollment has halves of pupils: the percentage is as it comes."""
    only_prekindergarten = {
        column: 0.0
        for year in ("first", "second", "third")
        for date in ("october", "march")
        for column in columns_of(f"{date}_enrollment_{year}_preceding_year")[1:]
    }
    low_income = {
        f"low_income_count_{year}_preceding_year": 9.0 for year in ("first", "second", "third")
    }
    frame = raw_counts(**only_prekindergarten, **low_income)
    ledger = ebf.calculate(frame, ebf.law(2022), lines=["low_income_percentage"])
    assert ledger.units["low_income_percentage"].item() == 1.8


# --- One unit ------------------------------------------------------------------------


def test_one_unit_as_a_row_of_the_table() -> None:
    heads = ebf.EnrollmentByGrade(grade_9=10, grade_10=9, grade_11=8, grade_12=7)
    unit = ebf.UnitInput.model_validate(
        {
            "unit_id": IDS[2],
            "organization_type": "high_school",
            "october_enrollment_first_preceding_year": heads,
            "adequacy_target": 3e6,
        }
    )
    assert unit.columns() == {
        "unit_id": IDS[2],
        "organization_type": "high_school",
        "october_enrollment_first_preceding_year_grade_9": 10.0,
        "october_enrollment_first_preceding_year_grade_10": 9.0,
        "october_enrollment_first_preceding_year_grade_11": 8.0,
        "october_enrollment_first_preceding_year_grade_12": 7.0,
        "adequacy_target": 3e6,
    }
    assert list(ebf.table_of([unit])["unit_id"]) == [IDS[2]]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"unit_id": 100100102600}, "valid string"),
        ({"unit_id": "100"}, "13 characters"),
        ({"organization_type": "charter"}, "specially_funded"),
        ({"operating_tax_rate": 4.5}, "0.045"),
        ({"adequacy_tarjet": 1.0}, "nearest known: adequacy_target"),
        ({"corporate_personal_property_replacement_tax": -1}, "0 or more"),
        ({"october_enrollment_first_preceding_year": {"grade_13": 1}}, "grade_13"),
        ({"october_enrollment_first_preceding_year": {"grade_9": -1}}, "0 or more"),
    ],
)
def test_one_unit_with_a_fault(changes: dict[str, object], message: str) -> None:
    fields = {"unit_id": IDS[0], "organization_type": "unit", **changes}
    with pytest.raises(pydantic.ValidationError, match=message):
        ebf.UnitInput.model_validate(fields)


def test_every_kind_is_told_apart() -> None:
    frame = pd.DataFrame(
        {
            "unit_id": [f"01001{number}0002600" for number in range(len(KINDS))],
            "organization_type": KINDS,
            "adequacy_target": 100.0,
            "average_student_enrollment": 10.0,
            "final_resources": 50.0,
            "local_capacity_percentage": 0.1,
        }
    )
    tiers = ebf.calculate(frame, ebf.law(2022, new_state_funds=100)).units["tier"]
    assert (tiers > 0).tolist() == [kind != "specially_funded" for kind in KINDS]
    before = ebf.calculate(frame, ebf.law(2019, new_state_funds=100)).units["tier"]
    outside = {"specially_funded", "regional_program"}
    assert (before > 0).tolist() == [kind not in outside for kind in KINDS]


# --- What only the whole table tells ---------------------------------------------------


def sample_with(**columns: Any) -> tuple[pd.DataFrame, int]:
    """The sample state with columns of its sixth unit district changed, and that row."""
    units = ebf.sample().units
    row = int(units.index[units["organization_type"] == "unit"][5])
    for name, value in columns.items():
        units[name] = pd.Series(units.get(name, 0), units.index, dtype=object)
        units.loc[row, name] = value
    return units, row


def refused(units: pd.DataFrame, **options: Any) -> list[ebf.Fault]:
    with pytest.raises(ebf.InputError) as caught:
        handed.calculate(units, ebf.sample().law, **options)
    return list(caught.value.faults)


def test_more_taken_off_the_eav_than_there_is() -> None:
    units, row = sample_with(abatements_first_preceding_tax_year=9e11)
    (fault,) = refused(units)
    assert fault.place.words == (
        units["unit_id"][row],
        "real_eav_first_preceding_tax_year",
    )
    assert fault.allowed == "0 or more: what is taken off it is more than there is"


def test_more_taken_off_the_base_than_there_is() -> None:
    units, row = sample_with(base_funding_correction=-9e9)
    found = {fault.place.words for fault in refused(units)}
    assert (units["unit_id"][row], "base_funding_minimum") in found


def test_article_34_is_of_one_district() -> None:
    units, row = sample_with(article_34_district=1)
    flagged = units.loc[units["article_34_district"] == 1, "unit_id"]
    faults = refused(units)
    assert {fault.place.unit for fault in faults} == {*flagged}
    assert units["unit_id"][row] in {*flagged}
    assert len(faults) == 2


@pytest.mark.parametrize("flag", ["new_regional_program", "no_pupils_prior_year"])
def test_flags_of_regional_programs_are_theirs_alone(flag: str) -> None:
    similar = {"similar_program_base_funding_per_student": 1.0}
    units, row = sample_with(**{flag: 1}, **similar)
    (fault,) = refused(units)
    assert (*fault.place.words, fault.found) == (units["unit_id"][row], flag, "1")


def test_a_unit_is_in_one_year_after_a_reorganization() -> None:
    both = {f"{year}_year_after_reorganization": 1 for year in ("first", "second")}
    units, _ = sample_with(**both)
    (fault,) = refused(units)
    assert fault.allowed == "0, since first_year_after_reorganization is 1"


def test_a_regional_program_has_a_district_in_its_region() -> None:
    units = ebf.sample().units
    programs = units["organization_type"] == "regional_program"
    region = units["unit_id"].str[:2]
    units["region"] = region.where(~programs, region.astype(int).astype(str))  # "01" to "1"
    lost = programs & (region.str[0] == "0")
    faults = refused(units)
    assert {fault.place.unit for fault in faults} == {*units.loc[lost, "unit_id"]}
    assert all(fault.place.words[1] == "region" for fault in faults)
    assert faults[0].found == "'1'"


@pytest.mark.parametrize("year", [2019, 2020, 2022])
def test_a_regional_program_alone(year: int) -> None:
    """From FY2020 on it is in the formula, and its low-income pupils are its region's share."""
    frame = raw_counts("regional_program", district_low_income_count=0)
    if year < 2020:
        ebf.calculate(frame, ebf.law(year), lines=["low_income_count"])
        return
    faults = faults_of(frame, year, lines=["low_income_count"])
    assert [fault.place.words[1] for fault in faults.values()] == ["region"]


def test_half_a_dollar_less_than_nothing_is_refused() -> None:
    year = "first_preceding_tax_year"
    frame = state(**{f"original_eav_{year}": 100.0, f"abatements_{year}": [100.0, 100.5, 0.0]})
    faults = faults_of(frame, lines=[f"real_eav_{year}"])
    assert [fault.place.unit for fault in faults.values()] == [IDS[1]]


def test_a_unit_of_an_unknown_kind_has_one_fault() -> None:
    units, row = sample_with(organization_type="Elementary")
    (fault,) = refused(units)
    assert (fault.place.unit, fault.fix) == (units["unit_id"][row], "nearest known: elementary")


def test_a_blank_county_is_called_blank() -> None:
    units, row = sample_with(county=np.nan)
    (fault,) = refused(units.drop(columns="regionalization_factor", errors="ignore"))
    assert (*fault.place.words, fault.found) == (units["unit_id"][row], "county", "blank")


def test_a_column_of_scenarios_belongs_in_the_index() -> None:
    faults = faults_of(state(scenario=[1, 1, 1]), new_state_funds=1e5)
    assert faults["table scenario"].fix
    several = pd.concat([state(scenario=["a"] * 3), state(scenario=["b"] * 3)])
    with pytest.raises(ebf.InputError) as caught:
        ebf.calculate(several, ebf.law(2022))
    assert caught.value.faults[0].fix == "units.set_index(['scenario', 'unit_id'])"
    indexed = several.set_index(["scenario", "unit_id"])
    assert ebf.calculate(indexed, SOME_MONEY).scenarios == ("a", "b")


@pytest.mark.parametrize(
    "names",
    [
        pytest.param([pd.Timestamp("2022-07-01"), pd.Timestamp("2023-07-01")], id="dates"),
        pytest.param([Decimal("0.5"), Decimal("0.6")], id="decimals"),
        pytest.param(["first", "=second"], id="words"),
    ],
)
def test_scenarios_of_any_name_are_written(names: list[Any], tmp_path: Path) -> None:
    table = pd.concat([state(scenario=[name] * 3) for name in names])
    table = table.set_index(["scenario", "unit_id"])
    ledger = ebf.calculate(table, ebf.law(2022, new_state_funds=1e5))
    ledger.to_csv(tmp_path)
    written = json.loads((tmp_path / "statewide.json").read_text())
    assert [each["scenario"] for each in written["scenarios"]] == [str(name) for name in names]
    back = ebf.calculate(ebf.read_units(tmp_path / "units.csv"), ebf.law(2022, new_state_funds=1e5))
    assert back.units["tier_funding"].tolist() == ledger.units["tier_funding"].tolist()
    for name, written_name in zip(names, back.scenarios or (), strict=True):
        assert str(name).startswith(str(written_name))  # of a date without a time, its day


def test_a_column_at_its_limits_and_beyond() -> None:
    frame = frame_of((dollars(1, 1e6, 9e5, 0.5), dollars(2, 1e13, 9e5, 1)))
    ledger = ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=1e4))
    assert ledger.units["adequacy_target"].tolist() == [1e6, 1e13]
    frame["adequacy_target"] = [1e6, np.nextafter(1e13, 1e14)]
    frame["local_capacity_percentage"] = [-0.0, np.nextafter(1, 2)]
    faults = all_faults(lambda: ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=1e4)))
    assert [each.place.words for each in faults] == [
        (unit_id(2), "adequacy_target"),
        (unit_id(2), "local_capacity_percentage"),
    ]


def test_an_id_has_no_line_break_in_it() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5), dollars(2, 1e6, 5e5, 0.5)))
    frame["unit_id"] = [f"{unit_id(1)}\n{unit_id(3)}", unit_id(2)]
    (fault,) = all_faults(
        lambda: ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=1e5))
    )
    assert fault.place.words == ("row 0", "unit_id")


def test_a_blank_statewide_cell_is_one_fault_a_row() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5), dollars(2, 1e6, 5e5, 0.5)))
    frame["new_state_funds"] = [np.nan, np.nan]
    faults = all_faults(lambda: ebf.calculate(frame, ANY_AMOUNT))
    assert [each.place.unit for each in faults] == [unit_id(1), unit_id(2)]


def test_a_units_inputs_cannot_be_changed() -> None:
    unit = ebf.UnitInput(unit_id=unit_id(1), organization_type="unit")
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        unit.name = "another"


def test_a_unit_missing_in_one_scenario_is_refused() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5), dollars(2, 1e6, 6e5, 0.5)))
    both = pd.concat({"low": frame, "high": frame.iloc[:1]}, names=["scenario"])
    states = both.reset_index("scenario").set_index(["scenario", "unit_id"])
    with pytest.raises(ebf.InputError) as caught:
        ebf.calculate(states, ANY_AMOUNT.with_amounts(new_state_funds=1e5))
    (fault,) = caught.value.faults
    assert (fault.place.words[1], fault.found) == ("scenario", "3 rows of 2 units in 2 scenarios")


@pytest.mark.parametrize(
    ("column", "dtype", "found"),
    [
        ("final_resources", "float32", "float32, which has 750000.4 as 750000.375"),
        ("final_resources", "Float32", "float32, which has 750000.4 as 750000.375"),
        ("local_capacity_percentage", "float32", "float32, which has 0.3 as 0.300000011920929"),
        ("average_student_enrollment", "float16", "float16, which has 95.3 as 95.3125"),
    ],
)
def test_a_column_of_floats_too_short_for_its_numbers_is_named(
    column: str, dtype: str, found: str
) -> None:
    frame = frame_of((dollars(1, 1e6, 750_000.4, 0.3),)).assign(average_student_enrollment=95.3)
    (fault,) = all_faults(lambda: check_table(frame.astype({column: dtype})))
    assert fault.place.words == ("table", column)
    assert (fault.found, fault.allowed) == (found, "float64")


def test_whole_numbers_in_short_floats_are_what_they_are() -> None:
    frame = frame_of((dollars(1, 1e6, 75_000.0, 0.5),))
    short = frame.astype({"final_resources": "float32", "local_capacity_percentage": "float16"})
    table = check_table(short)
    assert table.values["final_resources"].item() == 75_000
    assert table.values["local_capacity_percentage"].item() == 0.5
