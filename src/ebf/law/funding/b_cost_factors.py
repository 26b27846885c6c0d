"""(b)(2) The 34 cost factors: the table is the law.

Most factors are positions: pupils divided by a ratio, cut, times a salary. A
row of ``POSITIONS`` says all there is to one; its two lines are made from it.
The factors with a rule of their own are functions below the table.
"""

from __future__ import annotations

from dataclasses import dataclass

from ebf.language.cite import Cite
from ebf.language.evidence import law_as_read, verified
from ebf.language.line import Line, line, named
from ebf.language.measure import Measure
from ebf.language.rounding import CUT_2
from ebf.language.vocabulary import Values, band_total, equal, where
from ebf.law.funding.grades import (
    CORE_TEACHER_BANDS,
    KINDERGARTEN_TO_12_BANDS,
    SCHOOL_BANDS,
)
from ebf.law.funding.tiers import TIER_1, TIER_2

BY_CORE_INVESTMENTS = "through core investments of FY2022's high school and elementary districts"
BY_ADDITIONAL_INVESTMENTS = "through additional investments of two thirds of FY2022's units"
BY_TEACHERS = "through the teachers of FY2022's high school and elementary districts together"
BY_PER_STUDENT_INVESTMENTS = (
    "through the not-regionalized part of FY2022's high school and elementary districts"
)


@dataclass(frozen=True)
class Position:
    """A cost factor that is a number of positions at a salary.

    ``students`` names the column divided by the ratio, ``salary`` the salary.
    The ratio is the parameter ``<name>.students_per_fte``.
    """

    letter: str
    name: str
    title: str
    students: str
    salary: str

    @property
    def is_banded(self) -> bool:
        """Whether elementary, middle and high bands have ratios of their own."""
        return self.students == "school_enrollment"


_TEACHER, _ASSISTANT = "teacher_salary_k_12", "assistant_salary"

CORE_POSITIONS = tuple(
    Position(letter, name, title, "school_enrollment", salary)
    for letter, name, title, salary in (
        (
            "C",
            "instructional_facilitator",
            "Instructional facilitators",
            "teacher_salary",
        ),
        (
            "D",
            "core_intervention_teacher",
            "Core intervention teachers",
            "teacher_salary",
        ),
        ("F", "school_counselor", "School counselors", "counselor_salary"),
        ("G", "nurse", "Nurses", "nurse_salary"),
        ("H", "supervisory_aide", "Supervisory aides", _ASSISTANT),
        ("I", "librarian", "Librarians", "librarian_salary"),
        ("I", "library_aide", "Library aides or media technicians", _ASSISTANT),
        ("J", "principal", "Principals", "principal_salary"),
        (
            "K",
            "assistant_principal",
            "Assistant principals",
            "assistant_principal_salary",
        ),
        ("L", "school_site_staff", "School site staff", "school_site_staff_salary"),
    )
)
_LOW_INCOME, _ENGLISH_LEARNER, _ALL = (
    "low_income_count",
    "english_learner_count",
    "average_student_enrollment",
)
LOW_INCOME_POSITIONS = tuple(
    Position(
        f"V)({number}",
        f"low_income_{name}",
        f"Low-income {title}",
        _LOW_INCOME,
        _TEACHER,
    )
    for number, name, title in (
        ("i", "intervention_teacher", "intervention teachers"),
        ("ii", "pupil_support_staff", "pupil support staff"),
        ("iii", "extended_day_teacher", "extended-day teachers"),
        ("iv", "summer_school_teacher", "summer-school teachers"),
    )
)
ENGLISH_LEARNER_POSITIONS = tuple(
    Position(
        "W",
        f"english_learner_{name}",
        f"English learner {title}",
        _ENGLISH_LEARNER,
        _TEACHER,
    )
    for name, title in (
        ("intervention_teacher", "intervention teachers"),
        ("pupil_support_staff", "pupil support staff"),
        ("extended_day_teacher", "extended-day teachers"),
        ("summer_school_teacher", "summer-school teachers"),
        ("core_teacher", "core teachers"),
    )
)
SPECIAL_EDUCATION_POSITIONS = tuple(
    Position("X", f"special_education_{name}", f"Special education {title}", _ALL, salary)
    for name, title, salary in (
        ("teacher", "teachers", _TEACHER),
        ("instructional_assistant", "instructional assistants", _ASSISTANT),
        ("psychologist", "psychologists", "psychologist_salary_k_12"),
    )
)
ADDITIONAL_POSITIONS = (
    *LOW_INCOME_POSITIONS,
    *ENGLISH_LEARNER_POSITIONS,
    *SPECIAL_EDUCATION_POSITIONS,
)


@line("18-8.15(b)(2)", Measure.FTE, verified(), rounding=CUT_2)
def full_time_equivalents(students: Values, students_per_fte: Values) -> Values:
    """Positions: the pupils divided by the pupils that one position serves, cut.

    >>> full_time_equivalents(1955.33, 250)
    7.82
    """
    return students / students_per_fte


@line("18-8.15(b)(2)", Measure.DOLLARS, verified())
def position_cost(fte: Values, salary: Values) -> Values:
    """The cost of the positions at the state's average salary.

    >>> position_cost(2.5, 60000)
    150000.0
    """
    return fte * salary


def _position_lines(position: Position) -> tuple[Line, Line]:
    cite = Cite(f"18-8.15(b)(2)({position.letter})")
    bands = SCHOOL_BANDS if position.is_banded else None
    note = BY_CORE_INVESTMENTS if position.is_banded else BY_ADDITIONAL_INVESTMENTS
    fte, cost = f"{position.name}_fte", f"{position.name}_cost"
    evidence = verified(note=note)
    about = {"cite": cite, "bands": bands, "evidence": evidence}
    reads = (position.students, f"{position.name}_students_per_fte")
    return (
        named(full_time_equivalents, fte, reads, title=f"{position.title}, FTE", **about),
        named(position_cost, cost, (fte, position.salary), title=position.title, **about),
    )


@line(
    "18-8.15(b)(2)(A)",
    Measure.FTE,
    verified(7, note=BY_CORE_INVESTMENTS),
    bands=CORE_TEACHER_BANDS,
    rounding=CUT_2,
)
def core_teacher_fte(
    core_teacher_enrollment: Values,
    low_income_percentage: Values,
    core_teacher_low_income: Values,
    core_teacher_other: Values,
) -> Values:
    """Core teachers, FTE: smaller classes for low-income pupils; one cut for the sum.

    A band's low-income pupils are the unit's percentage of the band.

    >>> core_teacher_fte(bands(100, 0, 100), 0.25, bands(15, 20, 20), bands(20, 25, 25))
    [5.41, 0.0, 4.25]
    """
    low_income = core_teacher_enrollment * low_income_percentage
    other = core_teacher_enrollment - low_income
    return low_income / core_teacher_low_income + other / core_teacher_other


@line("18-8.15(b)(2)(B)", Measure.FTE, verified(8, note=BY_TEACHERS), rounding=CUT_2)
def specialist_teacher_fte(
    core_teacher_fte: Values, specialist_teacher_share_of_core_teachers: Values
) -> Values:
    """Specialist teachers, FTE: a share of each band's core teachers, cut once for the unit.

    >>> specialist_teacher_fte(bands(5.41, 0.33, 4.25), bands(0.2, 0.2, 0.3333))  # 2.564525
    2.56
    """
    return band_total(core_teacher_fte * specialist_teacher_share_of_core_teachers)


@line("18-8.15(b)(2)(B)", Measure.DOLLARS, verified(8, note=BY_CORE_INVESTMENTS), rounding=CUT_2)
def specialist_teacher_cost(
    core_teacher_fte: Values,
    specialist_teacher_share_of_core_teachers: Values,
    teacher_salary: Values,
) -> Values:
    """Specialist teachers: priced before their positions are cut, then cut once for the unit.

    >>> specialist_teacher_cost(bands(0.13, 0, 4.25), bands(0.2, 0.2, 0.3333), bands(3, 3, 75268))
    106619.08
    """
    return band_total(core_teacher_fte * specialist_teacher_share_of_core_teachers * teacher_salary)


@line("18-8.15(b)(2)(E)", Measure.COUNT, verified(note=BY_CORE_INVESTMENTS), statewide=True)
def substitute_days(substitute_share_of_days: Values, school_days: Values) -> Values:
    """Days of the school year that a teacher's place is taken by a substitute.

    >>> round(substitute_days(0.057, 176), 9)
    10.032
    """
    return substitute_share_of_days * school_days


@line(
    "18-8.15(b)(2)(E)",
    Measure.DOLLARS_PER_DAY,
    verified(9, note=BY_CORE_INVESTMENTS),
    statewide=True,
)
def substitute_daily_rate(
    salary: Values, substitute_salary_days: Values, substitute_share_of_salary: Values
) -> Values:
    """A substitute's pay for a day: a third of the daily salary it stands in for.

    >>> round(substitute_daily_rate(68735, 180, 0.3333), 6)
    127.274308
    """
    return salary / substitute_salary_days * substitute_share_of_salary


_DAILY = ("substitute_salary_days", "substitute_share_of_salary")
DAILY_RATES = (
    named(
        substitute_daily_rate,
        "teacher_substitute_daily_rate",
        (_TEACHER, *_DAILY),
        title="A substitute teacher's pay for a day",
    ),
    named(
        substitute_daily_rate,
        "assistant_substitute_daily_rate",
        (_ASSISTANT, *_DAILY),
        title="A substitute assistant's pay for a day",
    ),
)

SUBSTITUTED_FTE = (
    "core_teacher_fte",
    "specialist_teacher_fte",
    "instructional_facilitator_fte",
    "core_intervention_teacher_fte",
    "nurse_fte",
    "low_income_intervention_teacher_fte",
    "low_income_extended_day_teacher_fte",
    "low_income_summer_school_teacher_fte",
    "english_learner_intervention_teacher_fte",
    "english_learner_extended_day_teacher_fte",
    "english_learner_summer_school_teacher_fte",
    "english_learner_core_teacher_fte",
    "special_education_teacher_fte",
)
"""The teachers that substitutes stand in for; pupil support staff is not among them."""


@line("18-8.15(b)(2)(E)", Measure.FTE, verified(9, note=BY_CORE_INVESTMENTS))
def total_over_bands(*values: Values) -> Values:
    """The sum over the parts and over the bands of each.

    >>> total_over_bands(bands(1, 2, 3), 4)
    10.0
    """
    return sum((band_total(value) for value in values[1:]), start=band_total(values[0]))


@line(
    "18-8.15(b)(2)(E)",
    Measure.DOLLARS,
    verified(9, note=BY_CORE_INVESTMENTS),
    rounding=CUT_2,
)
def substitute_teacher_cost(
    substituted_teacher_fte: Values,
    special_education_instructional_assistant_fte: Values,
    substitute_days: Values,
    teacher_substitute_daily_rate: Values,
    assistant_substitute_daily_rate: Values,
) -> Values:
    """Substitute teachers, for teachers and special education assistants; one cut.

    >>> substitute_teacher_cost(100, 10, 10, 127.2743, 51.3485)
    132409.15
    """
    teachers = substituted_teacher_fte * substitute_days * teacher_substitute_daily_rate
    assistants = (
        special_education_instructional_assistant_fte
        * substitute_days
        * assistant_substitute_daily_rate
    )
    return teachers + assistants


@line("18-8.15(b)(2)", Measure.DOLLARS, verified(note=BY_PER_STUDENT_INVESTMENTS))
def amount_for_all_students(average_student_enrollment: Values, amount: Values) -> Values:
    """An amount for every pupil of the Average Student Enrollment.

    >>> amount_for_all_students(100.5, 125)
    12562.5
    """
    return average_student_enrollment * amount


@line("18-8.15(b)(2)", Measure.DOLLARS, verified(note=BY_PER_STUDENT_INVESTMENTS))
def amount_by_band(enrollment: Values, amount: Values) -> Values:
    """An amount for every pupil of the band.

    >>> amount_by_band(bands(10, 20, 30), bands(100, 200, 675))
    [1000.0, 4000.0, 20250.0]
    """
    return enrollment * amount


@line(
    "18-8.15(b)(2)(Q)",
    Measure.DOLLARS_PER_STUDENT,
    verified(10, note="FY2022's high school and elementary districts"),
    first_year=2019,
)
def computer_technology_addition(
    computer_technology_tier_1_and_2: Values, prior_year_tier: Values
) -> Values:
    """Computer technology, what a pupil of a unit in Tier 1 or 2 the prior year has more.

    >>> computer_technology_addition(285.5, units(1, 2, 3, 0))
    [285.5, 285.5, 0.0, 0.0]
    """
    in_tier_1_or_2 = equal(prior_year_tier, TIER_1) | equal(prior_year_tier, TIER_2)
    return where(in_tier_1_or_2, computer_technology_tier_1_and_2, 0.0)


@line(
    "18-8.15(b)(2)(Q)",
    Measure.DOLLARS,
    law_as_read(10, 37),
    name="computer_technology_cost",
    bands=SCHOOL_BANDS,
    rounding=CUT_2,
    last_year=2018,
)
def computer_technology_cost_of_2018(
    school_enrollment: Values, computer_technology_every_unit: Values
) -> Values:
    """Computer technology, for every pupil; no unit was in a tier the year before.

    >>> computer_technology_cost_of_2018(bands(100, 0.25, 0), 285.5)  # 71.375
    [28550.0, 71.37, 0.0]
    """
    return school_enrollment * computer_technology_every_unit


@line(
    "18-8.15(b)(2)(Q)",
    Measure.DOLLARS,
    verified(10, 37, note=BY_PER_STUDENT_INVESTMENTS),
    bands=SCHOOL_BANDS,
    rounding=CUT_2,
    first_year=2019,
)
def computer_technology_cost(
    school_enrollment: Values,
    computer_technology_every_unit: Values,
    computer_technology_addition: Values,
) -> Values:
    """Computer technology, and the addition; one cut for the two in each band.

    >>> computer_technology_cost(bands(100, 0.25, 0), 285.5, 285.5)
    [57100.0, 142.75, 0.0]
    """
    return school_enrollment * (computer_technology_every_unit + computer_technology_addition)


@line(
    "18-8.15(b)(2)(U)",
    Measure.DOLLARS,
    verified(11, note=BY_PER_STUDENT_INVESTMENTS),
)
def employee_benefits_cost(
    core_investments: Values,
    substitute_teacher_cost: Values,
    additional_investments: Values,
    average_student_enrollment: Values,
    central_services_salary_part: Values,
    employee_benefits_share: Values,
    pension_normal_cost: Values,
    retiree_health_cost: Values,
) -> Values:
    """Employee benefits: a share of all salaries but the substitutes'.

    The salary part of maintenance and central office counts before it is cut.
    A district that bears its pension's normal cost or retirees' health has them
    added.

    >>> round(employee_benefits_cost(1000, 100, 500, 2, 850.48, 0.3, 7, 0), 6)
    937.288
    """
    salaries = (
        core_investments
        - substitute_teacher_cost
        + additional_investments
        + central_services_salary_part * average_student_enrollment
    )
    return employee_benefits_share * salaries + pension_normal_cost + retiree_health_cost


_AMOUNTS_FOR_ALL = (
    ("N", "professional_development", "Professional development"),
    ("O", "instructional_materials", "Instructional materials"),
    ("P", "assessments", "Assessments"),
    ("S", "maintenance_and_operations", "Maintenance and operations"),
    ("T", "central_office", "Central office"),
)
_AMOUNTS_BY_BAND = (
    ("M", "gifted", "Gifted pupils"),
    ("R", "student_activities", "Student activities"),
)


def _amount_lines() -> tuple[Line, ...]:
    for_all = (
        named(
            amount_for_all_students,
            f"{name}_cost",
            (_ALL, name),
            title=title,
            cite=Cite(f"18-8.15(b)(2)({letter})"),
        )
        for letter, name, title in _AMOUNTS_FOR_ALL
    )
    by_band = (
        named(
            amount_by_band,
            f"{name}_cost",
            ("kindergarten_to_12_enrollment", name),
            title=title,
            cite=Cite(f"18-8.15(b)(2)({letter})"),
            bands=KINDERGARTEN_TO_12_BANDS,
        )
        for letter, name, title in _AMOUNTS_BY_BAND
    )
    return (*by_band, *for_all)


@dataclass(frozen=True)
class CostFactor:
    """One of the 34 cost factors of (b)(2), and the name of its cost's line."""

    letter: str
    name: str
    title: str

    @property
    def cost(self) -> str:
        """The line with the factor's dollars."""
        return f"{self.name}_cost"


def _factors(positions: tuple[Position, ...]) -> tuple[CostFactor, ...]:
    return tuple(CostFactor(p.letter, p.name, p.title) for p in positions)


CORE_FACTORS = tuple(
    sorted(
        (
            CostFactor("A", "core_teacher", "Core teachers"),
            CostFactor("B", "specialist_teacher", "Specialist teachers"),
            CostFactor("E", "substitute_teacher", "Substitute teachers"),
            *_factors(CORE_POSITIONS),
        ),
        key=lambda factor: factor.letter,
    )
)
PER_STUDENT_FACTORS = tuple(
    sorted(
        (
            *(CostFactor(*row) for row in (*_AMOUNTS_BY_BAND, *_AMOUNTS_FOR_ALL)),
            CostFactor("Q", "computer_technology", "Computer technology"),
        ),
        key=lambda factor: factor.letter,
    )
)
BENEFITS = CostFactor("U", "employee_benefits", "Employee benefits")
ADDITIONAL_FACTORS = _factors(ADDITIONAL_POSITIONS)
COST_FACTORS = (*CORE_FACTORS, *PER_STUDENT_FACTORS, BENEFITS, *ADDITIONAL_FACTORS)
"""The 34 cost factors in the order of the statute."""

LINES: tuple[Line, ...] = (
    core_teacher_fte,
    named(
        position_cost,
        "core_teacher_cost",
        ("core_teacher_fte", "teacher_salary"),
        title="Core teachers",
        cite=Cite("18-8.15(b)(2)(A)"),
        evidence=verified(note=BY_CORE_INVESTMENTS),
        bands=CORE_TEACHER_BANDS,
    ),
    specialist_teacher_fte,
    specialist_teacher_cost,
    *(made for position in CORE_POSITIONS for made in _position_lines(position)),
    *(made for position in ADDITIONAL_POSITIONS for made in _position_lines(position)),
    substitute_days,
    *DAILY_RATES,
    named(
        total_over_bands,
        "substituted_teacher_fte",
        SUBSTITUTED_FTE,
        title="Teachers that substitutes stand in for, FTE",
    ),
    substitute_teacher_cost,
    *_amount_lines(),
    computer_technology_addition,
    computer_technology_cost_of_2018,
    computer_technology_cost,
    employee_benefits_cost,
)
