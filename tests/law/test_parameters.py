"""The law's numbers: known years, unknown ones, and what a caller supplies."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from refusal import all_faults

import ebf
from ebf.language.cite import Cite
from ebf.language.measure import Measure
from ebf.law.funding import FUNDING
from ebf.law.parameters import Dated, Parameter, parameters, parameters_of
from ebf.law.years import FIRST_YEAR, LAST_YEAR, YEARS
from ebf.numbers import numbers_of

# (b)(2)(M)-(T), dollars a student, from the law (FY2018) and ISBE's later years
PER_STUDENT: dict[int, dict[str, object]] = {
    2018: {
        "gifted": 40,
        "professional_development": 125,
        "instructional_materials": 190,
        "assessments": 25,
        "computer_technology.every_unit": 285.5,
        "maintenance_and_operations": 1038,
        "central_office": 742,
        "central_services_salary_part": 721.4,
        "student_activities": [100, 200, 675],
    },
    2022: {
        "gifted": 90,
        "professional_development": 125,
        "instructional_materials": 247,
        "assessments": 28,
        "computer_technology.every_unit": 285.5,
        "computer_technology.tier_1_and_2": 285.5,
        "maintenance_and_operations": 1094,
        "central_office": 883,
        "central_services_salary_part": 850.48,
        "student_activities": [113, 226, 779],
    },
    2024: {
        "instructional_materials": 325,
        "assessments": 34,
        "maintenance_and_operations": 1361,
        "central_office": 937,
        "central_services_salary_part": 951.9,
        "student_activities_high": 859,
    },
    2025: {"maintenance_and_operations": 1501, "student_activities_high": 926},
}


@pytest.mark.parametrize("year", PER_STUDENT)
def test_per_student_amounts_of_the_years_known(year: int) -> None:
    known = ebf.law(year).table().set_index("parameter")["value"]
    for name, amount in PER_STUDENT[year].items():
        if isinstance(amount, list):
            bands = [f"{name}_{band}" for band in ("elementary", "middle", "high")]
            assert known[bands].tolist() == amount, name
        else:
            assert known[name] == amount, name


@pytest.mark.parametrize(("year", "total"), [(2018, 3120.50), (2022, 3531.50)])
def test_all_amounts_of_one_high_school_pupil_together(year: int, total: float) -> None:
    """A published check: the law's base of FY2018, and ISBE's FY2022."""
    names = [
        "gifted",
        "professional_development",
        "instructional_materials",
        "assessments",
        "computer_technology.every_unit",
        "maintenance_and_operations",
        "central_office",
    ]
    law = ebf.law(year)
    amounts = [law.value(name).item() for name in names]
    assert sum(amounts) + law.value("student_activities")[..., 2].item() == total


@pytest.mark.parametrize(
    ("year", "credit"),
    [(2018, 551_410_000), (2019, 581_788_000), (2020, 609_013_000), (2022, 667_180_000)],
)
def test_pension_credit_of_chicago(year: int, credit: float) -> None:
    assert ebf.law(year).value("pension_credit").item() == credit


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("school_days", 176),
        ("substitute.salary_days", 180),
        ("substitute.share_of_days", 0.057),
        ("substitute.share_of_salary", 0.3333),
        ("employee_benefits_share", 0.3),
        ("own_weight", 0.25),
        ("neighbors_weight", 0.75),
        ("own_weight_of_two_neighbors", 0.33),
        ("neighbors_weight_of_two_neighbors", 0.66),
        ("least_regionalization_factor", 0.9),
        ("elementary_grade_span", 9),
        ("high_school_grade_span", 4),
        ("full_grade_span", 13),
        ("greatest_local_capacity_percentage", 0.9),
        ("local_capacity_percentage_without_property", 0.1),
        ("eav_decline", 0.1),
        ("unit_abatement_rate", 0.03),
        ("elementary_abatement_rate", 0.023),
        ("high_school_abatement_rate", 0.0105),
        ("tier_1.share", 0.5),
        ("tier_2.share", 0.49),
        ("tier_3.share", 0.009),
        ("tier_4.share", 0.001),
        ("tier_1.gap_share", 0.3),
        ("tier_2.target_ratio", 0.9),
        ("tier_3.target_ratio", 1),
        ("payments_per_year", 22),
    ],
)
def test_numbers_of_the_law_that_stand_in_every_year(name: str, value: float) -> None:
    for year in YEARS:
        assert ebf.law(year).value(name).item() == value


@pytest.mark.parametrize(
    ("year", "level", "relief"),
    [(2018, 350e6, 0), (2019, 350e6, 50e6), (2025, 350e6, 50e6), (2026, 300e6, 0)],
)
def test_minimum_funding_level_and_relief_counted(year: int, level: float, relief: float) -> None:
    law = ebf.law(year)
    assert law.value("minimum_funding_level").item() == level
    assert law.value("property_tax_relief_counted").item() == relief


def test_the_weight_of_a_grade() -> None:
    weights = ebf.law(2022).value("enrollment_weight.of_grade").ravel().tolist()
    declared = ebf.law(2022).value("enrollment_weight.of_grade_full_day_declared").ravel().tolist()
    assert weights == [0.5, 0.5, 1.0] + [1.0] * 12
    assert declared == [0.5, 1.0, 1.0] + [1.0] * 12


def test_every_parameter_has_label_unit_cite_and_dated_sources() -> None:
    for parameter in parameters_of(FUNDING.section).values():
        assert parameter.label
        is_of_funding = parameter.folder == "funding"
        assert parameter.cite.startswith("18-8.15(") or not is_of_funding
        years = [dated.fiscal_year for dated in parameter.values]
        assert years == sorted(set(years))
        first = FIRST_YEAR if is_of_funding else 2000
        assert all(first <= year <= LAST_YEAR for year in years)
        low, high = parameter.measure.range
        for dated in parameter.values:
            assert dated.source
            assert dated.value
            assert all(low <= value <= high for value in dated.value.values())


def test_an_unknown_amount_is_an_error_that_says_how_to_supply_it() -> None:
    with pytest.raises(ebf.InputError) as caught:
        ebf.law(2019).value("maintenance_and_operations")
    (fault,) = caught.value.faults
    assert fault.place.words[1] == "maintenance_and_operations"
    assert "FY2019" in fault.found
    assert fault.allowed == "known: FY2018, FY2022, FY2024, FY2025"
    assert "ebf.law(2019, maintenance_and_operations=...)" in fault.fix


def test_a_band_that_is_not_known_is_named_alone() -> None:
    with pytest.raises(ebf.InputError) as caught:
        ebf.law(2024).value("student_activities")
    (fault,) = caught.value.faults
    assert fault.place.words[1] == "student_activities_elementary, student_activities_middle"


def test_an_amount_supplied_by_keyword_mapping_or_file(tmp_path: Path) -> None:
    file = tmp_path / "amounts.toml"
    file.write_text(
        "maintenance_and_operations = 1200\n[nurse.students_per_fte]\n"
        "[core_teacher]\nlow_income_k_3 = 14\n"
    )
    by_file = ebf.law(2019, file)
    by_keyword = ebf.law(2019, maintenance_and_operations=1200, core_teacher_low_income_k_3=14)
    by_name = ebf.law(
        2019, {"maintenance_and_operations": 1200, "core_teacher.low_income": [14, 20, 20]}
    )
    for law in (by_file, by_keyword, by_name):
        assert law.value("maintenance_and_operations").item() == 1200
        assert law.value("core_teacher_low_income").ravel().tolist() == [14, 20, 20]
    sources = by_file.table().set_index("parameter")["source"]
    assert sources["maintenance_and_operations"] == "supplied in amounts.toml"
    assert sources["core_teacher.low_income_4_8"] == "Public Act 100-465"


def test_supplying_amounts_leaves_the_enacted_law_as_it_is() -> None:
    ebf.law(2022, gifted=1)
    assert ebf.law(2022).value("gifted").item() == 90


def test_scenarios_of_a_number_and_of_bands() -> None:
    law = ebf.law(2022, {"gifted": [80, 90, 100], "core_teacher.low_income_k_3": [14, 15, 16]})
    assert law.value("gifted").shape == (3, 1, 1)
    assert law.value("core_teacher.low_income")[:, 0].tolist() == [
        [14, 20, 20],
        [15, 20, 20],
        [16, 20, 20],
    ]


def test_every_fault_of_the_amounts_at_once() -> None:
    with pytest.raises(ebf.InputError) as caught:
        ebf.law(
            2022,
            {
                "core_teacher.low_incom_k_3": 14,
                "gifted": -1,
                "tier_1.share": 1.5,
                "nurse.students_per_fte_high": 0,
                "assessments": "a lot",
                "school_days": [[1, 2]],
                "core_teacher.other": [1, 2],
            },
        )
    faults = {fault.place.words[1]: fault for fault in caught.value.faults}
    assert len(faults) == 7
    assert "core_teacher.low_income_k_3" in faults["core_teacher.low_incom_k_3"].fix
    assert "0 to 1" in faults["tier_1.share"].allowed


@pytest.mark.parametrize("year", [2017, 2028, "2022", 2022.5, None])
def test_a_year_outside_the_law(year: object) -> None:
    with pytest.raises(ebf.InputError, match="2018 to 2027"):
        ebf.law(year)  # type: ignore[arg-type]


@pytest.mark.parametrize("content", [None, b"a = [", b"\xff\xfe"])
def test_a_file_of_amounts_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "amounts.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ebf.InputError, match="TOML"):
        ebf.law(2022, file)


@pytest.mark.parametrize(
    ("name", "least", "greatest"),
    [
        ("tier_1.gap_share", 0, 1),
        ("central_office", 0, 1e13),
        ("principal.students_per_fte_elementary", 0.01, 1e13),
    ],
)
def test_a_number_of_the_law_at_its_limits_and_beyond(
    name: str, least: float, greatest: float
) -> None:
    for fine in (least, greatest):
        assert ebf.law(2022, {name: fine}).in_force[name].value.tolist() == [fine]
    for wrong in (np.nextafter(least, -1), np.nextafter(greatest, 1e15), np.nan):
        assert (
            all_faults(lambda wrong=wrong: ebf.law(2022, {name: wrong}))[0].place.words[1] == name
        )


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_law_of_one_scenario(count: int) -> None:
    shares = [0.2, 0.25, 0.3][:count]
    law = ebf.law(2022, {"tier_1.gap_share": shares})
    for place, share in enumerate(shares):
        one = law.of_scenario(place)
        assert one.value("tier_1.gap_share").tolist() == [[[share]]]
        assert one.value("tier_2.share").tolist() == [[[0.49]]]


def test_bands_stand_on_the_last_axis_and_scenarios_on_the_first() -> None:
    name = next(n for n, each in parameters().items() if len(each.bands) == 3)
    own = parameters()[name]
    single = ebf.law(2022, {own.name: [1, 2, 3]})
    assert single.value(name).tolist() == [[[1, 2, 3]]]
    double = ebf.law(2022, {own.name: [[1, 2, 3], [4, 5, 6]]})
    assert double.value(name).tolist() == [[[1, 2, 3]], [[4, 5, 6]]]
    for wrong in ([1, 2], [1, 2, 3, 4], [[1, 2], [3, 4], [5, 6]], [[[1, 2, 3]]], 1, []):
        (fault,) = all_faults(lambda wrong=wrong: ebf.law(2022, {own.name: wrong}))
        assert "not 3 bands" in fault.found
    for wrong in ([[1, 2]], []):
        (fault,) = all_faults(lambda wrong=wrong: ebf.law(2022, {own.elements[0]: wrong}))
        assert "not a number or one a scenario" in fault.found


def test_what_is_asked_for_where_a_banded_number_is_not_known() -> None:
    own = next(
        each
        for name, each in parameters().items()
        if len(each.bands) > 1 and name not in ebf.law(2026).known
    )
    fault = ebf.law(2026).fault_of(own.identifier)
    assert fault is not None
    lacking = [each for each in own.elements if each not in ebf.law(2026).in_force]
    assert fault.place.words[1] == ", ".join(lacking)
    assert f"ebf.law(2026, {lacking[0].replace('.', '_')}=...)" in fault.fix


@pytest.mark.parametrize(
    "wrong",
    ["1", True, [1, False], None, np.ma.array([1.0, 2.0], mask=[False, True]), 10**400,
     np.timedelta64(1, "D"), pd.Timestamp("2022-01-01"), [[1, 2], [3]], b"1", 1j],
    ids=str,
)  # fmt: skip
def test_what_is_no_number(wrong: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        numbers_of(wrong)


@pytest.mark.parametrize("parts", [50, 51, 60])
def test_a_file_with_names_of_endless_parts(tmp_path: Path, parts: int) -> None:
    path = tmp_path / "amounts.toml"
    path.write_text(".".join("a" * parts) + " = 1\n")
    (fault,) = all_faults(lambda: ebf.law(2022, path))
    assert ("a key of more than 50 parts" in fault.found) == (parts > 50)


def test_a_number_of_the_law_stands_in_a_file_once(tmp_path: Path) -> None:
    path = tmp_path / "amounts.toml"
    path.write_text('"tier_1.share" = 0.5\n[tier_1]\nshare = 0.4\n')
    (fault,) = all_faults(lambda: ebf.law(2022, path))
    assert fault.place.words[1] == "tier_1.share"
    path.write_text('"tier_1.share" = 0.5\n[tier_2]\nshare = 0.4\n')
    assert ebf.law(2022, path).value("tier_2.share").item() == 0.4


def test_a_number_that_carries_forward_is_known_from_its_first_year_on() -> None:
    known = Dated(2020, {"threshold": 300e6}, "a later Act")
    cite = Cite("18-8.15(g)(9.5)")
    later = Parameter(
        "threshold", "later law", Measure.DOLLARS, cite, (), yearly=False, values=(known,)
    )
    assert later.years_known("threshold") == "FY2020 on"
    assert later.at(2019) is None
    assert later.at(2024) is known


def test_a_law_of_several_scenarios_lists_the_numbers_of_all() -> None:
    table = ebf.law(2022).with_amounts({"new_state_funds": [1, 2]}).table()
    assert table.set_index("parameter")["value"]["new_state_funds"] == [1.0, 2.0]


# --- Salaries ----------------------------------------------------------------------


def test_salaries_from_a_mapping_and_a_file(tmp_path: Path) -> None:
    file = tmp_path / "salaries.toml"
    file.write_text(
        'fiscal_year = 2022\nsource = "a test"\nassistant = 27731\nillustrative = ["teacher.k_8"]\n'
        "[teacher]\nk_8 = 60000\n9_12 = 75268\n"
    )
    salaries = ebf.Salaries.from_toml(file)
    assert salaries["teacher.9_12"] == 75268
    assert salaries.value("teacher_salary").ravel().tolist() == [60000, 60000, 75268]
    assert salaries.value("assistant_salary").item() == 27731
    assert salaries.illustrative == ("teacher.k_8",)
    assert (salaries.fiscal_year, salaries.source) == (2022, "a test")
    assert "nurse.k_8" not in salaries


def test_every_fault_of_the_salaries_at_once() -> None:
    with pytest.raises(ebf.InputError) as caught:
        ebf.Salaries(
            {
                "teachers": {"k_8": 1},
                "teacher": {"k_9": 1, "k_8": -5, "9_12": float("nan")},
                "assistant": "much",
                "illustrative": ["nurse.k_8"],
            }
        )
    columns = [fault.place.words[1] for fault in caught.value.faults]
    assert columns == [
        "teachers",
        "teacher.k_9",
        "teacher.k_8",
        "teacher.9_12",
        "assistant",
        "illustrative",
    ]


def test_salaries_as_scenarios() -> None:
    salaries = ebf.Salaries({"teacher": {"k_8": [1, 2], "9_12": 3}})
    assert np.array_equal(
        salaries.value("teacher_salary"), np.array([[[1, 1, 3]], [[2, 2, 3]]], dtype=float)
    )


def test_a_salary_table_says_what_a_column_lacks_and_nothing_where_it_has_all() -> None:
    salaries = ebf.Salaries({"teacher": {"k_8": 60_000}, "assistant": 27_731})
    fault = salaries.fault_of("teacher_salary")
    assert fault is not None
    assert (fault.place.words[1], fault.found) == ("teacher.9_12", "no value")
    assert salaries.fault_of("assistant_salary") is None


def test_a_name_that_is_no_parameter_has_no_value() -> None:
    with pytest.raises(ebf.InputError, match=r"nearest known: tier_1\.share"):
        ebf.law(2022).value("tier_1.shar")


def test_a_number_of_some_years_is_unknown_in_the_others_and_the_fault_says_which() -> None:
    """(g)(9.5), a fact of each year."""
    frame = pd.DataFrame({"unit_id": ["0100100102600"], "organization_type": ["unit"]})
    frame["appropriated_new_state_funds"] = 4e8
    with pytest.raises(ebf.InputError) as caught:
        ebf.calculate(frame, ebf.law(2021), lines=["new_state_funds"])
    (relief,) = caught.value.faults
    assert relief.place.words[1] == "property_tax_relief"
    assert relief.found == "no known value for FY2021"
    assert relief.allowed == "known: FY2018 to FY2020, FY2022, FY2026"


def test_salaries_of_one_year_price_another_only_where_that_is_said() -> None:
    salaries = ebf.sample().law.salaries
    for take in (ebf.law(2021).with_amounts, partial(ebf.law, 2021)):
        (fault,) = all_faults(lambda take=take: take(salaries=salaries))
        assert fault.place.words == ("law", "salaries")
        assert (fault.found, fault.allowed) == ("those of FY2022", "those of FY2021")
    stood_for = ebf.law(2021, salaries=salaries.of_year(2021)).salaries
    assert stood_for["teacher.k_12"] == salaries["teacher.k_12"]
    assert stood_for.source == f"{salaries.source}; FY2022's, for FY2021"
    of_no_year = {"assistant": 27_731}
    assert ebf.law(2021, salaries=of_no_year).salaries["assistant"] == 27_731
