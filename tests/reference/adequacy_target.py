"""(b) The Adequacy Target of a unit from its pupils, salaries and Regionalization Factor."""

from fractions import Fraction
from typing import Any

from reference.arithmetic import cut

Unit = dict[str, Any]
Salaries = dict[tuple[str, str], Fraction]  # by position and span

ZERO = Fraction(0)

# (b)(2)(A): pupils to a core teacher; low-income, other.
CORE_TEACHERS = {"k_3": (15, 20), "4_8": (20, 25), "9_12": (20, 25)}
# (b)(2)(B): specialist teachers to a core teacher. 33.33 %, not a third.
SPECIALISTS = {"k_3": Fraction("0.20"), "4_8": Fraction("0.20"), "9_12": Fraction("0.3333")}
# (b)(2)(C)-(L): pupils to a position in the elementary, middle and high band; the salary.
BY_BAND = {
    "instructional_facilitator": (200, 200, 200, "teacher"),  # (C)
    "core_intervention_teacher": (450, 450, 600, "teacher"),  # (D)
    "school_counselor": (450, 250, 250, "counselor"),  # (F)
    "nurse": (750, 750, 750, "nurse"),  # (G)
    "supervisory_aide": (225, 225, 200, "assistant"),  # (H)
    "librarian": (450, 450, 600, "librarian"),  # (I)
    "library_aide": (300, 300, 300, "assistant"),  # (I)
    "principal": (450, 450, 600, "principal"),  # (J)
    "assistant_principal": (450, 450, 600, "assistant_principal"),  # (K)
    "school_site_staff": (225, 225, 200, "school_site_staff"),  # (L)
}
# (b)(2)(V), (W), (X): the count, pupils to a position, the K-12 salary.
ADDITIONAL = {
    "low_income_intervention_teacher": ("low_income_count", 125, "teacher"),  # (V)(i)
    "low_income_pupil_support": ("low_income_count", 125, "teacher"),  # (V)(ii)
    "low_income_extended_day_teacher": ("low_income_count", 120, "teacher"),  # (V)(iii)
    "low_income_summer_school_teacher": ("low_income_count", 120, "teacher"),  # (V)(iv)
    "english_learner_intervention_teacher": ("english_learner_count", 125, "teacher"),  # (W)
    "english_learner_pupil_support": ("english_learner_count", 125, "teacher"),
    "english_learner_extended_day_teacher": ("english_learner_count", 120, "teacher"),
    "english_learner_summer_school_teacher": ("english_learner_count", 120, "teacher"),
    "english_learner_core_teacher": ("english_learner_count", 100, "teacher"),
    "special_education_teacher": ("average_student_enrollment", 141, "teacher"),  # (X)
    "special_education_assistant": ("average_student_enrollment", 141, "assistant"),
    "special_education_psychologist": ("average_student_enrollment", 1000, "psychologist"),
}
# (b)(2)(E): the days of a substitute, and a day's share of a salary.
SUBSTITUTE_DAYS = Fraction("0.057") * 176
WORKING_DAYS = 180
SUBSTITUTE_PAY = Fraction("0.3333")
# (b)(2)(E): whose absences teachers' substitutes fill; pupil support is not among them.
SUBSTITUTED = (
    "core_teacher",
    "specialist_teacher",
    "instructional_facilitator",
    "core_intervention_teacher",
    "nurse",
    "low_income_intervention_teacher",
    "low_income_extended_day_teacher",
    "low_income_summer_school_teacher",
    "english_learner_intervention_teacher",
    "english_learner_extended_day_teacher",
    "english_learner_summer_school_teacher",
    "english_learner_core_teacher",
    "special_education_teacher",
)
BENEFITS = Fraction("0.30")  # (b)(2)(U)


def span_of(band: str) -> str:
    """The span of a band's salaries."""
    return "9_12" if band == "9_12" else "k_8"


def core_teachers(unit: Unit, salaries: Salaries) -> None:
    """(A), (B): core and specialist teachers of the bands K-3, 4-8 and 9-12."""
    share = unit["low_income_percentage"]
    fte, specialists, cost, specialist_cost = [], [], [], []
    for band, (low_income, other) in CORE_TEACHERS.items():
        pupils = unit["bands"][band]
        salary = salaries["teacher", span_of(band)]
        # One cut for the sum of low-income and other.
        teachers = cut(pupils * share / low_income + pupils * (1 - share) / other)
        fte.append(teachers)
        cost.append(teachers * salary)
        specialists.append(cut(teachers * SPECIALISTS[band]))
        specialist_cost.append(cut(teachers * SPECIALISTS[band] * salary))
    unit["fte"]["core_teacher"], unit["cost"]["core_teacher"] = fte, cost
    unit["fte"]["specialist_teacher"] = specialists
    unit["cost"]["specialist_teacher"] = specialist_cost


def by_band(unit: Unit, salaries: Salaries) -> None:
    """(C), (D), (F)-(L): positions of the bands PK-5, 6-8 and 9-12."""
    for factor, (*ratios, position) in BY_BAND.items():
        fte, cost = [], []
        for band, ratio in zip(("pk_5", "6_8", "9_12"), ratios, strict=True):
            positions = cut(unit["bands"][band] / ratio)
            fte.append(positions)
            cost.append(positions * salaries[position, span_of(band)])
        unit["fte"][factor], unit["cost"][factor] = fte, cost


def additional(unit: Unit, salaries: Salaries) -> None:
    """(V), (W), (X): positions by counts of pupils."""
    for factor, (count, ratio, position) in ADDITIONAL.items():
        positions = cut(unit[count] / ratio)
        unit["fte"][factor] = [positions]
        unit["cost"][factor] = [positions * salaries[position, "k_12"]]


def day(salary: Fraction) -> Fraction:
    """A substitute's pay for a day."""
    return salary / WORKING_DAYS * SUBSTITUTE_PAY


def substitutes(unit: Unit, salaries: Salaries) -> Fraction:
    """(E): one cut for teachers and assistants together."""
    teachers = sum((sum(unit["fte"][factor], ZERO) for factor in SUBSTITUTED), ZERO)
    assistants = sum(unit["fte"]["special_education_assistant"], ZERO)
    return cut(
        teachers * SUBSTITUTE_DAYS * day(salaries["teacher", "k_12"])
        + assistants * SUBSTITUTE_DAYS * day(salaries["assistant", "k_12"])
    )


def per_student(unit: Unit, amounts: dict[str, Fraction]) -> dict[str, Fraction]:
    """(M)-(T): dollars a pupil."""
    bands, everyone = unit["bands"], unit["average_student_enrollment"]
    technology = amounts["computer_technology"] * everyone
    again = unit["prior_year_tier"] in {1, 2}  # (Q): Tier 1 and 2 of the year before
    return {
        "gifted": amounts["gifted"] * (bands["k_5"] + bands["6_8"] + bands["9_12"]),
        "professional_development": amounts["professional_development"] * everyone,
        "instructional_materials": amounts["instructional_materials"] * everyone,
        "assessments": amounts["assessments"] * everyone,
        "computer_technology": technology * (2 if again else 1),
        "student_activities": amounts["student_activities_elementary"] * bands["k_5"]
        + amounts["student_activities_middle"] * bands["6_8"]
        + amounts["student_activities_high"] * bands["9_12"],
        "maintenance_and_operations": amounts["maintenance_and_operations"] * everyone,
        "central_office": amounts["central_office"] * everyone,
    }


def adequacy_target(unit: Unit, salaries: Salaries, amounts: dict[str, Fraction]) -> None:
    """Set every part of a unit's Adequacy Target.

    Reads of a unit: bands, average_student_enrollment, low_income_percentage,
    low_income_count, english_learner_count, prior_year_tier, regionalization_factor,
    employer_pension_cost (what the law shifts to the district, else 0).
    """
    unit["fte"], unit["cost"] = {}, {}
    core_teachers(unit, salaries)
    by_band(unit, salaries)
    core_positions = list(unit["cost"])
    additional(unit, salaries)

    def dollars(factors: list[str]) -> Fraction:
        return sum((sum(unit["cost"][factor], ZERO) for factor in factors), ZERO)

    unit["substitutes"] = substitutes(unit, salaries)
    unit["core_investments"] = dollars(core_positions) + unit["substitutes"]
    unit["low_income_investments"] = dollars([f for f in ADDITIONAL if f[:3] == "low"])
    unit["english_learner_investments"] = dollars([f for f in ADDITIONAL if f[:3] == "eng"])
    unit["special_education_investments"] = dollars([f for f in ADDITIONAL if f[:3] == "spe"])
    unit["additional_investments"] = dollars(list(ADDITIONAL))

    unit["per_student"] = per_student(unit, amounts)
    salary_part = amounts["salary_part"] * unit["average_student_enrollment"]
    unit["per_student_investments_subject_to_regionalization"] = cut(salary_part)
    unit["benefits"] = (
        BENEFITS
        * (
            unit["core_investments"]
            - unit["substitutes"]
            + unit["additional_investments"]
            + salary_part  # not cut
        )
        + unit["employer_pension_cost"]
    )
    unit["per_student_investments_not_subject_to_regionalization"] = (
        sum(unit["per_student"].values(), ZERO)
        - unit["per_student_investments_subject_to_regionalization"]
        + unit["benefits"]
    )
    unit["adequacy_target"] = cut(
        (
            unit["core_investments"]
            + unit["per_student_investments_subject_to_regionalization"]
            + unit["additional_investments"]
        )
        * unit["regionalization_factor"]
        + unit["per_student_investments_not_subject_to_regionalization"]
    )
