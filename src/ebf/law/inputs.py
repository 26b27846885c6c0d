"""What is known of one unit: the columns that a caller may hand over.

``RawInputs`` declares each raw input once, with its unit, cite and who needs it.
Any line of the formula may be handed over by its name too, and then stands in
for its rule. :mod:`ebf.units.table` checks a whole table by these declarations,
:class:`ebf.UnitInput` one unit.

Holds: NO_GRADES, COUNTED, WAGES, EAV, EAV_COUNTED, RATES, BASE, LATER_BASE, EnrollmentByGrade,
RawInputs, TEXT, TEXT_COLUMNS, TEXT_READ, inputs.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import inf, isnan
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, ValidationInfo, field_validator
from pydantic_core import CoreSchema

from ebf.faults import InputError, Place, described, wrong_type
from ebf.language.cite import Cite
from ebf.language.growth import GrowsWith
from ebf.language.measure import Measure
from ebf.law.columns import DISTRICTS, EVERY_KIND, WITH_PUPILS, Column, OrganizationType
from ebf.law.funding.causes import Cause
from ebf.law.funding.grades import ELEMENTARY_GRADES, HIGH_SCHOOL_GRADES, REPORTED_GRADES
from ebf.numbers import number_of

NO_GRADES: Final[Mapping[str, tuple[str, ...]]] = {
    "elementary": HIGH_SCHOOL_GRADES,
    "high_school": ELEMENTARY_GRADES,
}
"""The grades that a kind of district cannot have."""


COUNTED: Final = Cite("18-8.15(a)(4)")
WAGES: Final = Cite("18-8.15(b)(3)")
EAV: Final = Cite("18-8.15(d)(3)")
EAV_COUNTED: Final = Cite("18-8.15(d)(4)")
RATES: Final = Cite("18-8.15(a)(4)")
BASE: Final = Cite("18-8.15(e)(1)")
LATER_BASE: Final = Cite("18-8.15(e)(2)")


class EnrollmentByGrade(BaseModel):
    """Heads counted on one date, by grade; a grade that the unit lacks stays None."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)

    prekindergarten_special_education: float | None = None
    kindergarten_half_day: float | None = None
    kindergarten_full_day: float | None = None
    grade_1: float | None = None
    grade_2: float | None = None
    grade_3: float | None = None
    grade_4: float | None = None
    grade_5: float | None = None
    grade_6: float | None = None
    grade_7: float | None = None
    grade_8: float | None = None
    grade_9: float | None = None
    grade_10: float | None = None
    grade_11: float | None = None
    grade_12: float | None = None

    @field_validator("*", mode="before")
    @classmethod
    def _read(cls, value: object, info: ValidationInfo) -> float | None:
        """The number of heads, as tables read it: true is none."""
        number = number_of(value)
        if number is None:
            place, allowed = Place(column=info.field_name), Measure.STUDENTS.allowed
            raise InputError([wrong_type(place, described(value), allowed, COUNTED)])
        return None if isnan(number) else number

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The JSON schema, with what is counted."""
        made = handler.resolve_ref_schema(handler(core))
        low, high = Measure.STUDENTS.range
        for grade, about in made["properties"].items():
            about |= {"description": f"Pupils of {grade}", "measure": Measure.STUDENTS.value}
            about |= {"cite": str(COUNTED), "minimum": low, "maximum": high}
        return made


def _count(date: str, year: str, kinds: frozenset[str]) -> Column:
    return Column(
        Measure.STUDENTS,
        COUNTED,
        f"Pupils of the {year} preceding school year on {date} 1, heads by grade",
        kinds,
        may_be_blank=True,
        bands=REPORTED_GRADES,
    )


def _october(year: str) -> Column:
    return _count("October", year, WITH_PUPILS - {"regional_program"})


def _march(year: str) -> Column:
    return _count("March", year, WITH_PUPILS)


def _low_income(year: str) -> Column:
    label = f"Low-income pupils on July 1, {year} preceding year"
    return Column(
        Measure.STUDENTS,
        COUNTED,
        label,
        WITH_PUPILS - {"regional_program"},
        cause=Cause.LOW_INCOME,
    )


def _english_learners(year: str) -> Column:
    label = f"English learners, pre-kindergarten to 12, {year} preceding year"
    return Column(Measure.STUDENTS, COUNTED, label, WITH_PUPILS, cause=Cause.ENGLISH_LEARNERS)


def _eav(what: str, year: str, default: float | None = None) -> Column:
    return Column(Measure.DOLLARS, EAV, f"{what}, {year} preceding tax year", default=default)


def _ptell(measure: Measure, label: str) -> Column:
    return Column(measure, EAV_COUNTED, f"PTELL: {label}", default=0.0)


def _flag(
    cite: Cite,
    label: str,
    kinds: frozenset[str] = DISTRICTS,
    *,
    of_one_year: bool = False,
) -> Column:
    return Column(Measure.FLAG, cite, label, kinds, default=0.0, of_one_year=of_one_year)


def _grant(label: str, default: float | None = None) -> Column:
    return Column(Measure.DOLLARS, BASE, f"FY2017: {label}", EVERY_KIND, default)


def _within_base(population: str) -> Column:
    label = f"FY2017's grants for {population} within the Base Funding Minimum"
    return Column(Measure.DOLLARS, Cite("18-8.15(h)"), label, EVERY_KIND, first_year=2019)


class RawInputs(BaseModel):
    """Every raw input of a unit: a field a column, its :class:`Column` as metadata."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow", frozen=True)

    unit_id: str
    organization_type: OrganizationType | None = None
    name: str | None = None
    county: str | None = None
    region: str | None = None

    full_day_kindergarten_declared: Annotated[
        float | None,
        _flag(COUNTED, "Full-day kindergarten in every school, declared by the deadline"),
    ] = None
    october_enrollment_first_preceding_year: Annotated[
        EnrollmentByGrade | None, _october("first")
    ] = None
    march_enrollment_first_preceding_year: Annotated[EnrollmentByGrade | None, _march("first")] = (
        None
    )
    october_enrollment_second_preceding_year: Annotated[
        EnrollmentByGrade | None, _october("second")
    ] = None
    march_enrollment_second_preceding_year: Annotated[
        EnrollmentByGrade | None, _march("second")
    ] = None
    october_enrollment_third_preceding_year: Annotated[
        EnrollmentByGrade | None, _october("third")
    ] = None
    march_enrollment_third_preceding_year: Annotated[EnrollmentByGrade | None, _march("third")] = (
        None
    )
    october_enrollment_fourth_preceding_year: Annotated[
        EnrollmentByGrade | None, _october("fourth")
    ] = None
    march_enrollment_fourth_preceding_year: Annotated[
        EnrollmentByGrade | None, _march("fourth")
    ] = None
    low_income_count_first_preceding_year: Annotated[float | None, _low_income("first")] = None
    low_income_count_second_preceding_year: Annotated[float | None, _low_income("second")] = None
    low_income_count_third_preceding_year: Annotated[float | None, _low_income("third")] = None
    english_learner_count_first_preceding_year: Annotated[
        float | None, _english_learners("first")
    ] = None
    english_learner_count_second_preceding_year: Annotated[
        float | None, _english_learners("second")
    ] = None
    english_learner_count_third_preceding_year: Annotated[
        float | None, _english_learners("third")
    ] = None
    prior_year_tier: Annotated[
        float | None,
        Column(
            Measure.TIER,
            Cite("18-8.15(b)(2)(Q)"),
            "Tier of the prior fiscal year, 0 for none; for FY2022 the tier that FY2021's percent "
            "of adequacy gives, though FY2021 had no new money",
            WITH_PUPILS,
            cause=Cause.PER_STUDENT,
        ),
    ] = None
    pension_normal_cost: Annotated[
        float | None,
        Column(
            Measure.DOLLARS,
            Cite("18-8.15(b)(2)(U)"),
            "Certified normal cost of pensions that the district bears",
            default=0.0,
            cause=Cause.PER_STUDENT,
            grows_with=GrowsWith.PRICES,
        ),
    ] = None
    retiree_health_cost: Annotated[
        float | None,
        Column(
            Measure.DOLLARS,
            Cite("18-8.15(b)(2)(U)"),
            "Retiree health cost (Chicago)",
            default=0.0,
            cause=Cause.PER_STUDENT,
            grows_with=GrowsWith.PRICES,
        ),
    ] = None
    comparable_wage_index: Annotated[
        float | None,
        Column(Measure.RATIO, WAGES, "Comparable Wage Index of the county", WITH_PUPILS),
    ] = None
    neighboring_counties: Annotated[
        float | None,
        Column(Measure.COUNT, WAGES, "Neighbouring counties in Illinois", WITH_PUPILS, low=2),
    ] = None
    neighbors_mean_comparable_wage_index: Annotated[
        float | None,
        Column(
            Measure.RATIO,
            WAGES,
            "Mean Comparable Wage Index of the neighbouring counties",
            WITH_PUPILS,
        ),
    ] = None
    original_eav_first_preceding_tax_year: Annotated[
        float | None, _eav("Original EAV", "first")
    ] = None
    abatements_first_preceding_tax_year: Annotated[
        float | None, _eav("Abatements, in dollars of EAV", "first", 0.0)
    ] = None
    taxes_abated_first_preceding_tax_year: Annotated[
        float | None, _eav("Taxes abated, in dollars of tax", "first", 0.0)
    ] = None
    enterprise_zone_abatements_first_preceding_tax_year: Annotated[
        float | None, _eav("Enterprise-zone abatements", "first", 0.0)
    ] = None
    property_tax_appeal_board_decisions_first_preceding_tax_year: Annotated[
        float | None, _eav("Property Tax Appeal Board decisions", "first", 0.0)
    ] = None
    certificates_of_error_first_preceding_tax_year: Annotated[
        float | None, _eav("Certificates of error", "first", 0.0)
    ] = None
    original_eav_second_preceding_tax_year: Annotated[
        float | None, _eav("Original EAV", "second")
    ] = None
    abatements_second_preceding_tax_year: Annotated[
        float | None, _eav("Abatements, in dollars of EAV", "second", 0.0)
    ] = None
    taxes_abated_second_preceding_tax_year: Annotated[
        float | None, _eav("Taxes abated, in dollars of tax", "second", 0.0)
    ] = None
    enterprise_zone_abatements_second_preceding_tax_year: Annotated[
        float | None, _eav("Enterprise-zone abatements", "second", 0.0)
    ] = None
    property_tax_appeal_board_decisions_second_preceding_tax_year: Annotated[
        float | None, _eav("Property Tax Appeal Board decisions", "second", 0.0)
    ] = None
    certificates_of_error_second_preceding_tax_year: Annotated[
        float | None, _eav("Certificates of error", "second", 0.0)
    ] = None
    original_eav_third_preceding_tax_year: Annotated[
        float | None, _eav("Original EAV", "third")
    ] = None
    abatements_third_preceding_tax_year: Annotated[
        float | None, _eav("Abatements, in dollars of EAV", "third", 0.0)
    ] = None
    taxes_abated_third_preceding_tax_year: Annotated[
        float | None, _eav("Taxes abated, in dollars of tax", "third", 0.0)
    ] = None
    enterprise_zone_abatements_third_preceding_tax_year: Annotated[
        float | None, _eav("Enterprise-zone abatements", "third", 0.0)
    ] = None
    property_tax_appeal_board_decisions_third_preceding_tax_year: Annotated[
        float | None, _eav("Property Tax Appeal Board decisions", "third", 0.0)
    ] = None
    certificates_of_error_third_preceding_tax_year: Annotated[
        float | None, _eav("Certificates of error", "third", 0.0)
    ] = None
    first_year_after_reorganization: Annotated[
        float | None,
        _flag(EAV_COUNTED, "First year after a reorganization: one tax year counts"),
    ] = None
    second_year_after_reorganization: Annotated[
        float | None,
        _flag(EAV_COUNTED, "Second year after a reorganization: two tax years count"),
    ] = None
    latest_tax_year_alone_used_prior_fiscal_year: Annotated[
        float | None,
        _flag(EAV_COUNTED, "The latest tax year alone used the prior fiscal year: two years count"),
    ] = None
    ptell_district: Annotated[
        float | None,
        _flag(EAV_COUNTED, "Under the Property Tax Extension Limitation Law"),
    ] = None
    ptell_eav_used_prior_fiscal_year: Annotated[
        float | None, _ptell(Measure.DOLLARS, "EAV used the prior fiscal year")
    ] = None
    ptell_base_year_eav: Annotated[
        float | None, _ptell(Measure.DOLLARS, "EAV of the base tax year")
    ] = None
    ptell_limiting_rate: Annotated[
        float | None, _ptell(Measure.RATE, "limiting rate of the base tax year")
    ] = None
    ptell_preceding_year_eav: Annotated[
        float | None, _ptell(Measure.DOLLARS, "EAV of the tax year before")
    ] = None
    ptell_preceding_year_operating_rate: Annotated[
        float | None, _ptell(Measure.RATE, "operating rate of the tax year before")
    ] = None
    ptell_rate_increase: Annotated[
        float | None,
        _flag(
            EAV_COUNTED,
            "PTELL: a rate increase approved under 35 ILCS 200/18-190 affects the base tax year",
        ),
    ] = None
    ptell_consumer_price_change: Annotated[
        float | None,
        _ptell(Measure.SHARE, "change of the Consumer Price Index, after a rate increase"),
    ] = None
    ptell_new_property: Annotated[
        float | None, _ptell(Measure.DOLLARS, "new property, after a rate increase")
    ] = None
    ptell_recovered_tax_increment: Annotated[
        float | None,
        _ptell(Measure.DOLLARS, "recovered tax increment value, after a rate increase"),
    ] = None
    ptell_annexed_property: Annotated[
        float | None, _ptell(Measure.DOLLARS, "annexed property, after a rate increase")
    ] = None
    ptell_disconnected_property: Annotated[
        float | None, _ptell(Measure.DOLLARS, "disconnected property, after a rate increase")
    ] = None
    operating_tax_rate: Annotated[
        float | None,
        Column(
            Measure.RATE,
            RATES,
            "Operating tax rate of the first preceding tax year",
            cause=Cause.PROPERTY,
        ),
    ] = None
    transportation_expenditure: Annotated[
        float | None,
        Column(
            Measure.DOLLARS,
            RATES,
            "Transportation expenditure of the rate's tax year",
            cause=Cause.PROPERTY,
            grows_with=GrowsWith.PRICES,
        ),
    ] = None
    transportation_reimbursement: Annotated[
        float | None,
        Column(
            Measure.DOLLARS,
            RATES,
            "State reimbursement of that transportation",
            cause=Cause.PROPERTY,
            grows_with=GrowsWith.PRICES,
        ),
    ] = None
    corporate_personal_property_replacement_tax: Annotated[
        float | None,
        Column(
            Measure.DOLLARS,
            RATES,
            "Corporate Personal Property Replacement Tax received",
            cause=Cause.REPLACEMENT_TAX,
            grows_with=GrowsWith.REPLACEMENT_TAX,
        ),
    ] = None
    article_34_district: Annotated[
        float | None, _flag(Cite("18-8.15(c)(2)(D)"), "Organized under Article 34 (Chicago)")
    ] = None
    general_state_aid_fy2017: Annotated[float | None, _grant("General State Aid")] = None
    equity_grants_fy2017: Annotated[float | None, _grant("equity grants")] = None
    special_education_personnel_fy2017: Annotated[
        float | None, _grant("special education personnel")
    ] = None
    special_education_funding_for_children_fy2017: Annotated[
        float | None, _grant("special education funding for children")
    ] = None
    special_education_summer_school_fy2017: Annotated[
        float | None, _grant("special education summer school")
    ] = None
    english_learner_education_fy2017: Annotated[
        float | None, _grant("English learner education")
    ] = None
    summer_school_fy2017: Annotated[float | None, _grant("summer school")] = None
    chicago_block_grant_parts_fy2017: Annotated[
        float | None, _grant("parts of the block grant (Chicago)", 0.0)
    ] = None
    prior_year_base_funding_minimum: Annotated[
        float | None,
        Column(
            Measure.DOLLARS,
            LATER_BASE,
            "Base Funding Minimum of the prior fiscal year",
            EVERY_KIND,
        ),
    ] = None
    prior_year_tier_funding: Annotated[
        float | None,
        Column(
            Measure.DOLLARS,
            LATER_BASE,
            "Tier funding of the prior fiscal year",
            EVERY_KIND,
        ),
    ] = None
    property_tax_relief_grant: Annotated[
        float | None,
        Column(
            Measure.DOLLARS,
            Cite("105 ILCS 5/2-3.170"),
            "Property Tax Relief Grant received",
            EVERY_KIND,
            0.0,
            first_year=2020,
            of_one_year=True,
            cause=Cause.BASE_FUNDING,
        ),
    ] = None
    district_intervention_money: Annotated[
        float | None,
        Column(
            Measure.DOLLARS,
            Cite("18-8.15(e)(3)"),
            "District Intervention Money",
            EVERY_KIND,
            0.0,
            first_year=2022,
            of_one_year=True,
        ),
    ] = None
    base_funding_correction: Annotated[
        float | None,
        Column(
            Measure.DOLLARS,
            LATER_BASE,
            "Correction of the base, either way",
            EVERY_KIND,
            0.0,
            -inf,
            of_one_year=True,
        ),
    ] = None
    new_regional_program: Annotated[
        float | None,
        _flag(LATER_BASE, "A regional program in its first year", EVERY_KIND, of_one_year=True),
    ] = None
    similar_program_base_funding_per_student: Annotated[
        float | None,
        Column(
            Measure.DOLLARS_PER_STUDENT,
            LATER_BASE,
            "Least base funding per pupil of a similar program",
            EVERY_KIND,
            0.0,
        ),
    ] = None
    no_pupils_prior_year: Annotated[
        float | None,
        _flag(
            LATER_BASE,
            "A regional program without pupils the prior year",
            EVERY_KIND,
            of_one_year=True,
        ),
    ] = None
    supplemental_grant_funding_fy2017: Annotated[
        float | None,
        Column(
            Measure.DOLLARS,
            Cite("18-8.15(f)(4)"),
            "Supplemental grant within the General State Aid of FY2017",
            cause=Cause.BASE_FUNDING,
        ),
    ] = None
    first_year_base_funding_minimum: Annotated[
        float | None,
        Column(
            Measure.DOLLARS,
            Cite("18-8.15(g)(10)"),
            "Base Funding Minimum of FY2018",
            EVERY_KIND,
            0.0,
        ),
    ] = None
    prior_year_average_student_enrollment: Annotated[
        float | None,
        Column(
            Measure.STUDENTS,
            Cite("18-8.15(g)(10)"),
            "Average Student Enrollment of the prior year, where base funding falls short",
            EVERY_KIND,
            0.0,
            of_one_year=True,
        ),
    ] = None
    special_education_grants_within_base: Annotated[
        float | None, _within_base("special education")
    ] = None
    english_learner_grants_within_base: Annotated[
        float | None, _within_base("English learners")
    ] = None
    appropriated_new_state_funds: Annotated[
        float | None,
        Column(
            Measure.DOLLARS,
            Cite("18-8.15(g)(9.5)"),
            "New money appropriated, relief grants included",
            EVERY_KIND,
            statewide=True,
        ),
    ] = None
    base_funding_shortfall: Annotated[
        float | None,
        Column(
            Measure.DOLLARS,
            Cite("18-8.15(g)(10)"),
            "How far the appropriation falls short of base funding",
            EVERY_KIND,
            0.0,
            statewide=True,
            of_one_year=True,
        ),
    ] = None


TEXT: Final[Mapping[str, tuple[str, Cite]]] = {
    "unit_id": ("Id of the unit", Cite("18-8.15(a)")),
    "organization_type": ("Kind of unit", Cite("18-8.15(a)")),
    "name": ("Name of the unit", Cite("18-8.15(a)")),
    "county": ("County, which has a Regionalization Factor", WAGES),
    "region": ("Region of the regional office of education", COUNTED),
}
"""What every column of text is, and its cite."""

TEXT_COLUMNS: Final = tuple(TEXT)
TEXT_READ: Final = ("organization_type", "region")
"""The columns of text that formulas read."""


@cache
def inputs() -> Mapping[str, Column]:
    """Every raw input by name, in statute order."""
    return MappingProxyType(
        {
            name: meta
            for name, field in RawInputs.model_fields.items()
            for meta in field.metadata
            if isinstance(meta, Column)
        }
    )
