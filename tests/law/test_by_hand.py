"""One district from counts to dollars, worked out by hand from the law."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal

import pandas as pd
import pytest
from district import ID, SALARIES, raw_row
from refusal import all_faults
from states import ANY_AMOUNT, dollars, frame_of, unit_id
from swapped import swap_in

import ebf
from ebf.language import vocabulary
from ebf.law.funding import FUNDING
from ebf.law.funding.c_local_capacity import local_capacity_weight_of_all_units
from ebf.law.funding.d_receipts_and_eav import (
    adjusted_eav_by_the_preceding_year,
    real_receipts_by_the_real_eav,
)

CENTS = Decimal("0.01")


# Enrollment 1,307 = 5 + 90 + 12 x 101; bands 600, 303, 404; low-income 330, learners 50.
FTE = {
    # 99.227 / 15 + 293.773 / 20; 127.506 / 20 + 377.494 / 25; 102.004 / 20 + 301.996 / 25
    "core_teacher": ("21.30", "21.47", "17.18"),
    "instructional_facilitator": ("3.00", "1.51", "2.02"),
    "core_intervention_teacher": ("1.33", "0.67", "0.67"),
    "school_counselor": ("1.33", "1.21", "1.61"),
    "nurse": ("0.80", "0.40", "0.53"),
    "supervisory_aide": ("2.66", "1.34", "2.02"),
    "librarian": ("1.33", "0.67", "0.67"),
    "library_aide": ("2.00", "1.01", "1.34"),
    "principal": ("1.33", "0.67", "0.67"),
    "assistant_principal": ("1.33", "0.67", "0.67"),
    "school_site_staff": ("2.66", "1.34", "2.02"),
}
SALARY = {
    "core_teacher": (60_000, 60_000, 70_000),
    "instructional_facilitator": (60_000, 60_000, 70_000),
    "core_intervention_teacher": (60_000, 60_000, 70_000),
    "school_counselor": (61_000, 61_000, 71_000),
    "nurse": (52_000, 52_000, 53_000),
    "supervisory_aide": (27_000, 27_000, 27_000),
    "librarian": (54_000, 54_000, 64_000),
    "library_aide": (27_000, 27_000, 27_000),
    "principal": (95_000, 95_000, 99_000),
    "assistant_principal": (85_000, 85_000, 89_000),
    "school_site_staff": (33_000, 33_000, 33_000),
}
ADDITIONAL = {
    "low_income_intervention_teacher": ("2.64", 65_000),
    "low_income_pupil_support_staff": ("2.64", 65_000),
    "low_income_extended_day_teacher": ("2.75", 65_000),
    "low_income_summer_school_teacher": ("2.75", 65_000),
    "english_learner_intervention_teacher": ("0.40", 65_000),
    "english_learner_pupil_support_staff": ("0.40", 65_000),
    "english_learner_extended_day_teacher": ("0.41", 65_000),
    "english_learner_summer_school_teacher": ("0.41", 65_000),
    "english_learner_core_teacher": ("0.50", 65_000),
    "special_education_teacher": ("9.26", 65_000),
    "special_education_instructional_assistant": ("9.26", 27_000),
    "special_education_psychologist": ("1.30", 77_000),
}


def cut(amount: Decimal) -> Decimal:
    return amount.quantize(CENTS, ROUND_DOWN)


@pytest.fixture(scope="module")
def found() -> pd.Series:
    ledger = ebf.calculate(
        pd.DataFrame([raw_row()]), ebf.law(2022, salaries=SALARIES), lines=["adequacy_target"]
    )
    return ledger.units.iloc[0]


def test_positions_of_every_band(found: pd.Series) -> None:
    assert found["average_student_enrollment"] == 1307
    assert (found["low_income_count"], found["english_learner_count"]) == (330, 50)
    for name, by_band in FTE.items():
        suffixes = (
            ("k_3", "4_8", "9_12") if name == "core_teacher" else ("elementary", "middle", "high")
        )
        ours = [found[f"{name}_fte_{suffix}"] for suffix in suffixes]
        assert ours == [float(each) for each in by_band], name
    for name, (fte, _) in ADDITIONAL.items():
        assert found[f"{name}_fte"] == float(fte), name
    # 21.30 x 0.2 + 21.47 x 0.2 + 17.18 x 0.3333 = 14.280094; band by band it were 14.27
    assert found["specialist_teacher_fte"] == 14.28


def expected_core() -> tuple[Decimal, Decimal]:
    """Core investments, and the substitutes within them."""
    priced = sum(
        Decimal(fte) * salary
        for name, salaries in SALARY.items()
        for fte, salary in zip(FTE[name], salaries, strict=True)
    )
    # 8.554 x 60,000 + 5.726094 x 70,000
    specialists = Decimal("914066.58")
    # core 59.95, specialist 14.28, facilitator 6.53, intervention 2.67, nurse 1.73,
    # low-income 2.64 + 2.75 + 2.75, learners 0.40 + 0.41 + 0.41 + 0.50, special education 9.26
    teachers = Decimal("104.28")
    days = Decimal("10.032")
    daily = [Decimal(salary) / 180 * Decimal("0.3333") for salary in (65_000, 27_000)]
    substitutes = cut(teachers * days * daily[0] + Decimal("9.26") * days * daily[1])
    return Decimal(priced) + specialists + substitutes, substitutes


def test_investments_and_the_target(found: pd.Series) -> None:
    core, substitutes = expected_core()
    assert found["core_investments"] == pytest.approx(float(core), abs=1e-6)
    additional = Decimal(sum(Decimal(fte) * salary for fte, salary in ADDITIONAL.values()))
    assert found["additional_investments"] == pytest.approx(float(additional), abs=1e-6)
    students = Decimal(1307)
    subject = cut(Decimal("850.48") * students)
    assert found["per_student_investments_subject_to_regionalization"] == float(subject)
    # gifted and activities without the 5 of pre-kindergarten; technology twice
    per_student = (
        90 * Decimal(1302)
        + (125 + 247 + 28 + 2 * Decimal("285.5") + 1094 + 883) * students
        + 113 * Decimal(595)
        + 226 * Decimal(303)
        + 779 * Decimal(404)
    )
    salaries = core - substitutes + additional + Decimal("850.48") * students
    not_subject = per_student - subject + Decimal("0.3") * salaries
    column = "per_student_investments_not_subject_to_regionalization"
    assert found[column] == pytest.approx(float(not_subject), abs=1e-6)
    target = cut((core + subject + additional) * Decimal("0.9") + not_subject)
    assert found["adequacy_target"] == float(target)


def test_what_a_district_bears_itself_is_added_to_its_benefits(found: pd.Series) -> None:
    bears = raw_row(pension_normal_cost=1000.0, retiree_health_cost=200.0)
    ledger = ebf.calculate(
        pd.DataFrame([bears]), ebf.law(2022, salaries=SALARIES), lines=["employee_benefits_cost"]
    )
    more = ledger.units["employee_benefits_cost"].item() - found["employee_benefits_cost"]
    assert more == pytest.approx(1200, abs=1e-6)


def test_full_day_kindergarten_declared_counts_whole() -> None:
    ledger = ebf.calculate(
        pd.DataFrame([raw_row(full_day_kindergarten_declared=1)]),
        ebf.law(2022),
        lines=["average_student_enrollment"],
    )
    assert ledger.units["average_student_enrollment"].item() == 1317


# --- Enrollment by year ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "counts", "expected"),
    [
        (2019, (80, 100, 90), 90),  # the mean of three is greater
        (2019, (100, 80, 90), 100),  # the latest year is greater
        (2022, (80, 100, 90), 100),  # 2019-20 stands for 2020-21
        (2023, (80, 60, 90), 86.66),  # (80 + 90 + 90) / 3, cut
        (2024, (80, 90, 60, 100), 90),  # (80 + 90 + 100) / 3
        (2025, (80, 60, 90), 80),
    ],
)
def test_enrollment_of_a_high_school(year: int, counts: tuple[float, ...], expected: float) -> None:
    assert enrollment("high_school", year, counts) == expected


@pytest.mark.parametrize(
    ("year", "expected"),
    [(2020, 80), (2021, 90), (2025, 100)],  # one year; mean of two; mean of three
)
def test_enrollment_of_a_regional_program(year: int, expected: float) -> None:
    assert enrollment("regional_program", year, (80, 100, 120)) == expected


def enrollment(kind: str, year: int, counts: tuple[float, ...]) -> float:
    row: dict[str, object] = {"unit_id": ID, "organization_type": kind}
    for name, pupils in zip(("first", "second", "third", "fourth"), counts, strict=False):
        for date in ("october", "march"):
            column = f"{date}_enrollment_{name}_preceding_year"
            grades = ("prekindergarten_special_education", "kindergarten_half_day",
                      "kindergarten_full_day", *(f"grade_{g}" for g in range(1, 13)))  # fmt: skip
            row |= {f"{column}_{grade}": 0.0 for grade in grades}
            row[f"{column}_grade_9"] = pupils
    ledger = ebf.calculate(pd.DataFrame([row]), ebf.law(year), lines=["average_student_enrollment"])
    return float(ledger.units["average_student_enrollment"].item())


def test_fy2018_counts_october_alone() -> None:
    row = raw_row()
    ledger = ebf.calculate(pd.DataFrame([row]), ebf.law(2018), lines=["average_student_enrollment"])
    assert ledger.units["average_student_enrollment"].item() == 5 + 90 + 12 * 100


def test_low_income_pupils_of_a_regional_program() -> None:
    """Region 01: 30 and 60 of 100 and 200 pupils, so 30 %; the other region does not count."""
    frame = pd.DataFrame(
        {
            "unit_id": ["0100100102600", "0100100200400", "0200100102600", "0100000000092"],
            "organization_type": ["unit", "elementary", "unit", "regional_program"],
            "average_student_enrollment": [100.0, 200.0, 500.0, 10.55],
            "low_income_count_first_preceding_year": [30.0, 60.0, 500.0, None],
            "low_income_count_second_preceding_year": [30.0, 60.0, 500.0, None],
            "low_income_count_third_preceding_year": [30.0, 60.0, 500.0, None],
        }
    )
    units = ebf.calculate(frame, ebf.law(2022), lines=["low_income_count"]).units
    assert units["low_income_count"].tolist() == pytest.approx([30, 60, 500, 3.165])
    assert units["regional_low_income_percentage"]["0100000000092"] == pytest.approx(0.3)


# --- Property, receipts, resources ---------------------------------------------------------

PROPERTY = {
    "unit_id": ID,
    "organization_type": "unit",
    "average_student_enrollment": 1000.0,
    "adequacy_target": 10_000_000.0,
    "original_eav_first_preceding_tax_year": 200_000_000.0,
    "abatements_first_preceding_tax_year": 1_000_000.0,
    "enterprise_zone_abatements_first_preceding_tax_year": 500_000.0,
    "property_tax_appeal_board_decisions_first_preceding_tax_year": 300_000.0,
    "certificates_of_error_first_preceding_tax_year": 200_000.0,
    "original_eav_second_preceding_tax_year": 190_000_000.0,
    "original_eav_third_preceding_tax_year": 188_000_000.0,
    "operating_tax_rate": 0.04,
    "transportation_expenditure": 1_000_000.0,
    "transportation_reimbursement": 10_000.0,
    "corporate_personal_property_replacement_tax": 100_000.0,
    "prior_year_base_funding_minimum": 1_000_000.0,
    "prior_year_tier_funding": 50_000.0,
    "property_tax_relief_grant": 10_000.0,
    "district_intervention_money": 5_000.0,
    "base_funding_correction": -1_000.0,
    "supplemental_grant_funding_fy2017": 200_000.0,
}


TAXES_ABATED: dict[str, object] = {"taxes_abated_first_preceding_tax_year": 60_000.0}
ELEMENTARY = {"organization_type": "elementary"}
HIGH_SCHOOL = {"organization_type": "high_school"}
UNDER_PTELL: dict[str, object] = {
    "ptell_district": 1,
    "ptell_eav_used_prior_fiscal_year": 180e6,
    "ptell_base_year_eav": 200e6,
    "ptell_limiting_rate": 0.0306,
    "ptell_preceding_year_eav": 200e6,
    "ptell_preceding_year_operating_rate": 0.03,
    "ptell_new_property": 3e6,
    "ptell_recovered_tax_increment": 1e6,
    "ptell_annexed_property": 0.5e6,
    "ptell_disconnected_property": 0.6e6,
}
RATE_INCREASE = {"ptell_rate_increase": 1, "ptell_consumer_price_change": 0.02}
ALONE_BEFORE = {"latest_tax_year_alone_used_prior_fiscal_year": 1}
SECOND_YEAR = {"second_year_after_reorganization": 1}


def real_eavs(*millions: float) -> dict[str, object]:
    """Original EAV of three tax years, the latest first; of that, 2 million are taken off."""
    years = ("first", "second", "third")
    off = (2, 0, 0)
    return {
        f"original_eav_{year}_preceding_tax_year": (real + less) * 1e6
        for year, real, less in zip(years, millions, off, strict=True)
    }


def with_property(**changes: object) -> pd.Series:
    ledger = ebf.calculate(
        pd.DataFrame([PROPERTY | changes]),
        ebf.law(2022, pension_credit=1e6),
        lines=["final_percent_of_adequacy"],
    )
    return ledger.units.iloc[0]


def test_resources_of_a_district_with_receipts_above_its_target() -> None:
    units = with_property()
    expected = {
        "real_eav_first_preceding_tax_year": 198_000_000,
        "adjusted_eav": 192_000_000,  # (198 + 190 + 188) / 3
        "equalized_assessed_valuation": 192_000_000,
        "transportation_rate": 0.005,  # 990,000 / 198,000,000
        "adjusted_operating_tax_rate": 0.035,
        "real_receipts": 6_720_000,
        "local_capacity_ratio": 19.2,
        "local_capacity_percentage": 0.5,  # alone in its state, at the mean
        "local_capacity_target": 5_000_000,
        "adjusted_local_capacity_target": 5_860_000,  # + 1,720,000 x 0.5
        "base_funding_minimum": 1_064_000,
        "preliminary_percent_of_adequacy": 0.6164,
        "adjusted_base_funding_minimum": 987_280,  # - 200,000 x 0.3836
        "final_resources": 6_947_280,
        "final_percent_of_adequacy": 0.694728,
    }
    for name, value in expected.items():
        assert units[name] == pytest.approx(value, rel=1e-12), name


def test_transportation_is_of_the_operating_rates_own_tax_year() -> None:
    """Tax years 2017, 2018 and 2019 for FY2022, whose rate is of 2019: 1.3 of 130 million, 1 %."""
    units = with_property(
        **real_eavs(130, 115, 100),
        transportation_expenditure=1_500_000.0,
        transportation_reimbursement=200_000.0,
    )
    assert units["transportation_rate"] == pytest.approx(0.01, rel=1e-12)
    assert units["adjusted_operating_tax_rate"] == pytest.approx(0.03, rel=1e-12)
    assert units["adjusted_eav"] == 115_000_000
    assert units["real_receipts"] == 3_450_000


@pytest.mark.parametrize(
    ("changes", "column", "expected"),
    [
        # taxes abated, beside abatements in EAV: 60,000 / 3 % are 2 million, and so on
        (TAXES_ABATED, "real_eav_first_preceding_tax_year", 196e6),
        (TAXES_ABATED | {"organization_type": "hybrid"}, "adjusted_eav", 574e6 / 3),
        (TAXES_ABATED | ELEMENTARY, "real_eav_first_preceding_tax_year", 198e6 - 60_000 / 0.023),
        (TAXES_ABATED | HIGH_SCHOOL, "real_eav_first_preceding_tax_year", 198e6 - 60_000 / 0.0105),
        # PTELL: 180 x (200 x 0.0306) / (200 x 0.03), nothing added
        (UNDER_PTELL, "local_capacity_ratio", 18.36),
        # after a rate increase: 180 x 1.02 + 3 + 1 + 0.5 - 0.6; the ratio is not used
        (UNDER_PTELL | RATE_INCREASE, "local_capacity_ratio", 18.75),
        # the receipts are of Adjusted EAV, never of PTELL's
        (UNDER_PTELL, "real_receipts", 6_720_000),
        # more than Adjusted EAV: the lesser enters the ratio
        (UNDER_PTELL | {"ptell_limiting_rate": 0.04}, "local_capacity_ratio", 19.2),
        ({"first_year_after_reorganization": 1}, "adjusted_eav", 198e6),
        ({"second_year_after_reorganization": 1}, "adjusted_eav", 194e6),
        ({"latest_tax_year_alone_used_prior_fiscal_year": 1}, "adjusted_eav", 194e6),
        # 10 % below the year before and 9.8 % below the mean, 189.67: no fall by the mean
        (real_eavs(171, 190, 208), "adjusted_eav", 569e6 / 3),
        # exactly 10 % below the mean, 180, but less below the year before
        (real_eavs(162, 178, 200), "adjusted_eav", 162e6),
        # a second year: 162 is 9 % below the mean of two, 178; 140 is 14.1 % below 163
        (real_eavs(162, 194, 300) | ALONE_BEFORE, "adjusted_eav", 178e6),
        (real_eavs(140, 186, 100) | ALONE_BEFORE, "adjusted_eav", 140e6),
        (real_eavs(140, 186, 100) | SECOND_YEAR, "adjusted_eav", 140e6),
        ({"organization_type": "elementary"}, "local_capacity_ratio", 19.2 * 9 / 13),
        ({"organization_type": "high_school"}, "local_capacity_ratio", 19.2 * 4 / 13),
        ({"organization_type": "hybrid"}, "local_capacity_ratio", 19.2),
        ({"article_34_district": 1}, "adjusted_local_capacity_target", 5_860_000 - 1_000_000),
    ],
)
def test_property_under_other_rules(
    changes: dict[str, object], column: str, expected: float
) -> None:
    assert with_property(**changes)[column] == pytest.approx(expected, rel=1e-12)


THREE_RATIOS = pd.DataFrame(
    {
        "unit_id": ["0100100102600", "0100100202600", "0100000000092"],
        "organization_type": ["unit", "unit", "regional_program"],
        "average_student_enrollment": [200.0, 100.0, 700.0],
        "adequacy_target": [100.0, 100.0, 100.0],
        "equalized_assessed_valuation": [100.0, 400.0, 0.0],
    }
)


def test_weighted_mean_deviation_and_percentage() -> None:
    """Ratios 1 and 4, weights 200 and 100: mean 2, variance (200 + 400) / 300 = 2."""
    ledger = ebf.calculate(THREE_RATIOS, ebf.law(2022), lines=["local_capacity_percentage"])
    assert ledger.statewide["weighted_mean_local_capacity_ratio"] == 2
    deviation = ledger.statewide["weighted_deviation_local_capacity_ratio"]
    assert deviation == pytest.approx(2**0.5)
    # normal table: P(Z < -0.70711) = 0.23975, P(Z < 1.41421) = 0.92135, above 0.90
    assert ledger.units["local_capacity_percentage"].tolist() == [0.2397, 0.9, 0.1]


def test_other_readings_of_property(monkeypatch: pytest.MonkeyPatch) -> None:
    swap_in(
        monkeypatch,
        adjusted_eav_by_the_preceding_year,
        real_receipts_by_the_real_eav,
        local_capacity_weight_of_all_units,
    )
    # 171 is exactly 10 % below 190, the year before, though not below the mean
    assert with_property(**real_eavs(171, 190, 208))["adjusted_eav"] == 171e6
    assert with_property()["real_receipts"] == 6_930_000  # 198 million x 0.035
    # ratios 1, 4 and 0 with weights 200, 100 and 700: mean 0.6, mean of squares 1.8
    ledger = ebf.calculate(THREE_RATIOS, ebf.law(2022), lines=["local_capacity_percentage"])
    assert ledger.statewide["weighted_mean_local_capacity_ratio"] == pytest.approx(0.6)
    deviation = ledger.statewide["weighted_deviation_local_capacity_ratio"]
    assert deviation == pytest.approx((1.8 - 0.36) ** 0.5)


def test_the_wage_index_and_the_factor() -> None:
    """0.25 + 0.75 x 1.2 = 1.15; 0.33 x 0.8 + 0.66 x 0.9 = 0.858, not raised; mean 1.004."""
    frame = pd.DataFrame(
        {
            "unit_id": ["0100100102600", "0100100202600"],
            "organization_type": ["unit", "unit"],
            "average_student_enrollment": [100.0, 100.0],
            "comparable_wage_index": [1.0, 0.8],
            "neighboring_counties": [3, 2],
            "neighbors_mean_comparable_wage_index": [1.2, 0.9],
        }
    )
    ledger = ebf.calculate(frame, ebf.law(2026), lines=["regionalization_factor"])
    assert ledger.units["unit_comparable_wage_index"].tolist() == pytest.approx([1.15, 0.858])
    assert ledger.statewide["statewide_weighted_comparable_wage_index"] == pytest.approx(1.004)
    # 1.15 / 1.004 = 1.145418; 0.858 / 1.004 = 0.8546, raised to the least factor
    assert ledger.units["regionalization_factor"].tolist() == [1.14541, 0.9]


# --- Base funding and what is marked ---------------------------------------------------------


def test_base_funding_of_fy2018_is_the_grants_it_replaced() -> None:
    grants = [f"{name}_fy2017" for name in (
        "general_state_aid", "equity_grants", "special_education_personnel",
        "special_education_funding_for_children", "special_education_summer_school",
        "english_learner_education", "summer_school", "chicago_block_grant_parts")]  # fmt: skip
    row = {"unit_id": ID, "organization_type": "unit"} | {
        name: 10.0**power for power, name in enumerate(grants)
    }
    ledger = ebf.calculate(pd.DataFrame([row]), ebf.law(2018), lines=["base_funding_minimum"])
    assert ledger.units["base_funding_minimum"].item() == 11_111_111


def test_base_funding_of_a_new_program_and_of_one_without_pupils() -> None:
    frame = pd.DataFrame(
        {
            "unit_id": ["0100000000092", "0100000000093"],
            "organization_type": "regional_program",
            "average_student_enrollment": [40.0, 30.0],
            "prior_year_base_funding_minimum": [0.0, 9000.0],
            "prior_year_tier_funding": [0.0, 100.0],
            "new_regional_program": [1, 0],
            "similar_program_base_funding_per_student": [2500.5, 0.0],
            "no_pupils_prior_year": [0, 1],
        }
    )
    ledger = ebf.calculate(frame, ebf.law(2022), lines=["base_funding_minimum"])
    assert ledger.units["base_funding_minimum"].tolist() == [100_020, 0]


def test_new_money_marked_for_populations_and_the_payments() -> None:
    row = {
        "unit_id": ID,
        "organization_type": "unit",
        "tier_funding": 1000.01,  # 180.0018, 90.0009 and 270.0027 are cut
        "adequacy_target": 10e6,
        "regionalization_factor": 0.9,
        "low_income_investments": 2e6,
        "english_learner_investments": 1e6,
        "special_education_investments": 3e6,
        "average_student_enrollment": 1751.32,
        "prior_year_tier": 2,
        "special_education_grants_within_base": 4000.5,
        "english_learner_grants_within_base": 0.0,
        "total_state_contribution": 22_000.0,
    }
    marked = {
        "low_income_funding": 180,
        "english_learner_funding": 90,
        "special_education_funding": 270,
        # 285.50 x 1,751.32 = 500,001.86; 50.00068601
        "technology_funding": 50,
        "special_education_funding_to_be_spent": 4270.5,
        "english_learner_funding_to_be_spent": 90,
        "semi_monthly_payment": 1000,
    }
    law = ebf.law(2022)
    given = [name for name in row if name in law.lines]
    ledger = ebf.calculate(pd.DataFrame([row]), law, lines=list(marked), given=given)
    assert ledger.units.loc[ID, list(marked)].to_dict() == marked


@pytest.mark.parametrize(("tier", "marked"), [(0, 0), (1, 50), (2, 50), (3, 0), (4, 0)])
def test_technology_is_marked_for_the_addition_alone(tier: int, marked: float) -> None:
    """Of 2,855,000 for 10,000 pupils of 57.1 million; who has no addition has nothing marked."""
    frame = pd.DataFrame(
        {
            "unit_id": [ID],
            "organization_type": ["unit"],
            "tier_funding": [1000.0],
            "adequacy_target": [57.1e6],
            "average_student_enrollment": [10_000.0],
            "prior_year_tier": [tier],
        }
    )
    lines, given = ["technology_funding"], ["tier_funding"]
    ledger = ebf.calculate(frame, ebf.law(2027), lines=lines, given=given)
    assert ledger.units["technology_funding"].tolist() == [marked]
    assert "technology_funding" not in ebf.law(2018).lines


def test_what_must_be_spent_holds_the_grants_of_fy2017() -> None:
    frame = pd.DataFrame(
        {
            "unit_id": [ID],
            "organization_type": ["unit"],
            "special_education_funding": [60.5],
            "english_learner_funding": [7.25],
            "special_education_personnel_fy2017": [500.0],
            "special_education_funding_for_children_fy2017": [300.0],
            "special_education_summer_school_fy2017": [20.0],
            "english_learner_education_fy2017": [40.0],
        }
    )
    names = ["special_education_funding_to_be_spent", "english_learner_funding_to_be_spent"]
    given = ["special_education_funding", "english_learner_funding"]
    ledger = ebf.calculate(frame, ebf.law(2018), lines=names, given=given)
    assert ledger.units[names].to_numpy().tolist() == [[880.5, 47.25]]
    with pytest.raises(ebf.InputError, match="special_education_grants_within_base") as caught:
        ebf.calculate(frame.iloc[:, :4], ebf.law(2022), lines=names, given=given)
    assert len(caught.value.faults) == 2


def test_what_must_be_spent_is_left_out_without_the_grants_in_the_base() -> None:
    units, law = ebf.sample()
    grants = ["special_education_grants_within_base", "english_learner_grants_within_base"]
    ledger = ebf.calculate(units.drop(columns=grants), law)
    assert {*ledger.not_computed} == {
        "special_education_funding_to_be_spent",
        "english_learner_funding_to_be_spent",
    }
    units.loc[7, grants[0]] = float("nan")
    (fault,) = all_faults(lambda: ebf.calculate(units, law))
    assert fault.place.words == (units["unit_id"][7], grants[0])


def test_ratios_all_the_same_have_no_deviation() -> None:
    line = FUNDING.lines(2022)["weighted_deviation_local_capacity_ratio"]
    ratios = vocabulary.units(0.1, 0.1, 0.1)
    weights = vocabulary.units(3, 7, 11)
    mean = FUNDING.lines(2022)["weighted_mean_local_capacity_ratio"].compute(ratios, weights)
    assert line.compute(ratios, weights, mean).item() == 0


def test_a_program_that_began_later_has_no_base_of_the_first_year() -> None:
    rows = (dollars(1, 1e6, 9.5e5, 0.5, base=5e5), dollars(2, 1e6, 9.5e5, 0, base=5e5))
    frame = frame_of(rows).assign(base_funding_shortfall=1_000.0)
    frame["organization_type"] = ["unit", "regional_program"]
    frame["first_year_base_funding_minimum"] = [4e5, 0.0]
    frame["prior_year_average_student_enrollment"] = [100.0, 0.0]
    ledger = ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=1e5))
    assert ledger.units["base_funding_paid"].tolist() == [499_500, 499_500]
    frame["first_year_base_funding_minimum"] = [0.0, 0.0]
    (fault,) = all_faults(
        lambda: ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=1e5))
    )
    assert fault.place.words == (unit_id(1), "first_year_base_funding_minimum")
