"""(b) The Adequacy Target from pupils, salaries and the Regionalization Factor."""

from collections.abc import Mapping
from fractions import Fraction

from reference.arithmetic import ZERO, Unit, cut, quotient, total

Amounts = Mapping[str, Fraction]

# (b)(2)(A): pupils to a core teacher: low-income, other.
CORE_TEACHERS = {"k_3": (15, 20), "4_8": (20, 25), "9_12": (20, 25)}
# (b)(2)(B): specialist teachers to a core teacher; 33.33 %, not a third.
SPECIALISTS = {"k_3": Fraction("0.20"), "4_8": Fraction("0.20"), "9_12": Fraction("0.3333")}
# (b)(2)(C)-(L): pupils to a position of elementary, middle and high schools; the salary.
BY_SCHOOL = {
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
SCHOOLS = ("elementary", "middle", "high")
# (b)(2)(V), (W), (X): pupils to a position; the salary, K-12.
BY_COUNT = {
    "low_income_count": {
        "low_income_intervention_teacher": (125, "teacher"),  # (V)(i)
        "low_income_pupil_support_staff": (125, "teacher"),  # (V)(ii)
        "low_income_extended_day_teacher": (120, "teacher"),  # (V)(iii)
        "low_income_summer_school_teacher": (120, "teacher"),  # (V)(iv)
    },
    "english_learner_count": {
        "english_learner_intervention_teacher": (125, "teacher"),
        "english_learner_pupil_support_staff": (125, "teacher"),
        "english_learner_extended_day_teacher": (120, "teacher"),
        "english_learner_summer_school_teacher": (120, "teacher"),
        "english_learner_core_teacher": (100, "teacher"),
    },
    "average_student_enrollment": {
        "special_education_teacher": (141, "teacher"),
        "special_education_instructional_assistant": (141, "assistant"),
        "special_education_psychologist": (1000, "psychologist"),
    },
}
INVESTMENTS = {
    "low_income_investments": "low_income_count",
    "english_learner_investments": "english_learner_count",
    "special_education_investments": "average_student_enrollment",
}
# (b)(2)(E): whom substitute teachers stand in for; pupil support is not among them.
SUBSTITUTED = (
    *(f"core_teacher_fte_{band}" for band in CORE_TEACHERS),
    "specialist_teacher_fte",
    *(
        f"{teacher}_fte_{school}"
        for teacher in ("instructional_facilitator", "core_intervention_teacher", "nurse")
        for school in SCHOOLS
    ),
    "low_income_intervention_teacher_fte",
    "low_income_extended_day_teacher_fte",
    "low_income_summer_school_teacher_fte",
    "english_learner_intervention_teacher_fte",
    "english_learner_extended_day_teacher_fte",
    "english_learner_summer_school_teacher_fte",
    "english_learner_core_teacher_fte",
    "special_education_teacher_fte",
)
# (b)(2)(E): 5.7 % of 176 days, and a day's share of a salary.
SUBSTITUTE_DAYS = Fraction("0.057") * 176
DAY = Fraction("0.3333") / 180
# (b)(2)(N)-(T): dollars for every pupil.
FOR_EVERYONE = (
    "professional_development",
    "instructional_materials",
    "assessments",
    "maintenance_and_operations",
    "central_office",
)
BENEFITS = Fraction("0.30")  # (b)(2)(U)
LEAST_FACTOR = Fraction("0.9")  # (b)(3): of the factor, not of the unit's index


def salary_of(salaries: Amounts, position: str, span: str) -> Fraction:
    """A state average; assistants and site staff have one for all spans."""
    return salaries[position] if position in salaries else salaries[f"{position}.{span}"]


def core_teachers(unit: Unit, salaries: Amounts) -> None:
    """(A), (B): core and specialist teachers."""
    positions, costs = [], []
    for band, (low_income, other) in CORE_TEACHERS.items():
        pupils = unit[f"core_teacher_enrollment_{band}"]
        poor = unit["low_income_percentage"] * pupils
        salary = salaries["teacher.9_12" if band == "9_12" else "teacher.k_8"]
        # One cut for the sum of the two.
        fte = cut(poor / low_income + (pupils - poor) / other)
        unit[f"core_teacher_fte_{band}"] = fte
        unit[f"core_teacher_cost_{band}"] = fte * salary
        positions.append(fte * SPECIALISTS[band])
        costs.append(positions[-1] * salary)
    # Cut once for the unit.
    unit["specialist_teacher_fte"] = cut(total(positions))
    unit["specialist_teacher_cost"] = cut(total(costs))


def by_school(unit: Unit, salaries: Amounts) -> None:
    """(C), (D), (F)-(L): positions of elementary, middle and high schools."""
    for factor, (*ratios, position) in BY_SCHOOL.items():
        for school, ratio in zip(SCHOOLS, ratios, strict=True):
            fte = cut(unit[f"school_enrollment_{school}"] / ratio)
            salary = salary_of(salaries, position, "9_12" if school == "high" else "k_8")
            unit[f"{factor}_fte_{school}"] = fte
            unit[f"{factor}_cost_{school}"] = fte * salary


def by_count(unit: Unit, salaries: Amounts) -> None:
    """(V), (W), (X): the additional investments."""
    for count, factors in BY_COUNT.items():
        for factor, (ratio, position) in factors.items():
            unit[f"{factor}_fte"] = cut(unit[count] / ratio)
            unit[f"{factor}_cost"] = unit[f"{factor}_fte"] * salary_of(salaries, position, "k_12")
    for name, count in INVESTMENTS.items():
        unit[name] = total(unit[f"{factor}_cost"] for factor in BY_COUNT[count])
    unit["additional_investments"] = total(unit[name] for name in INVESTMENTS)


def core_investments(unit: Unit, salaries: Amounts) -> None:
    """(A)-(L), substitutes (E) among them."""
    unit["substituted_teacher_fte"] = total(unit[name] for name in SUBSTITUTED)
    assistants = unit["special_education_instructional_assistant_fte"]
    # One cut for the sum of teachers and assistants.
    unit["substitute_teacher_cost"] = cut(
        unit["substituted_teacher_fte"] * SUBSTITUTE_DAYS * DAY * salaries["teacher.k_12"]
        + assistants * SUBSTITUTE_DAYS * DAY * salaries["assistant"]
    )
    positions = [f"core_teacher_cost_{band}" for band in CORE_TEACHERS]
    positions += ["specialist_teacher_cost"]
    positions += [f"{factor}_cost_{school}" for factor in BY_SCHOOL for school in SCHOOLS]
    unit["core_investments"] = (
        total(unit[name] for name in positions) + unit["substitute_teacher_cost"]
    )


def computer_technology(unit: Unit, amounts: Amounts, fiscal_year: int) -> None:
    """(Q), with an addition for Tier 1 or 2 of the year before; in FY2018 for nobody."""
    technology = amounts["computer_technology.every_unit"]
    if fiscal_year > 2018:
        low = unit.get("prior_year_tier") in {1, 2}
        added = amounts["computer_technology.tier_1_and_2"] if low else ZERO
        unit["computer_technology_addition"] = added
        technology += added
    for school in SCHOOLS:
        # One cut for the two amounts (reading 37).
        unit[f"computer_technology_cost_{school}"] = cut(
            technology * unit[f"school_enrollment_{school}"]
        )


def per_student(unit: Unit, amounts: Amounts, fiscal_year: int) -> None:
    """(M)-(T): dollars for pupils."""
    everyone = unit["average_student_enrollment"]
    for factor in FOR_EVERYONE:
        unit[f"{factor}_cost"] = amounts[factor] * everyone
    computer_technology(unit, amounts, fiscal_year)
    for school in SCHOOLS:
        pupils = unit[f"kindergarten_to_12_enrollment_{school}"]
        unit[f"gifted_cost_{school}"] = amounts["gifted"] * pupils
        unit[f"student_activities_cost_{school}"] = amounts[f"student_activities_{school}"] * pupils
    unit["per_student_investments"] = total(
        unit[f"{factor}_cost"] for factor in FOR_EVERYONE
    ) + total(
        unit[f"{factor}_cost_{school}"]
        for factor in ("gifted", "student_activities", "computer_technology")
        for school in SCHOOLS
    )


def comparable_wages(units: list[Unit]) -> Fraction:
    """(b)(3): every unit's index and factor; the statewide index."""
    for unit in units:
        own = unit.get("comparable_wage_index", ZERO)
        neighbours = unit.get("neighbors_mean_comparable_wage_index", ZERO)
        weights = (
            (Fraction("0.33"), Fraction("0.66"))
            if unit.get("neighboring_counties") == 2
            else (Fraction("0.25"), Fraction("0.75"))
        )
        weighted = weights[0] * own + weights[1] * neighbours
        unit["neighbors_weighted_comparable_wage_index"] = weighted
        unit["unit_comparable_wage_index"] = max(own, weighted)
    statewide = quotient(
        total(u["unit_comparable_wage_index"] * u["average_student_enrollment"] for u in units),
        total(u["average_student_enrollment"] for u in units),
    )
    for unit in units:
        factor = max(LEAST_FACTOR, quotient(unit["unit_comparable_wage_index"], statewide))
        unit["regionalization_factor"] = cut(factor, 5)  # reading 14
    return statewide


def adequacy_target(unit: Unit, salaries: Amounts, amounts: Amounts, fiscal_year: int) -> None:
    """(b)(1) of one unit."""
    core_teachers(unit, salaries)
    by_school(unit, salaries)
    by_count(unit, salaries)
    core_investments(unit, salaries)
    per_student(unit, amounts, fiscal_year)
    salary_part = amounts["central_services_salary_part"] * unit["average_student_enrollment"]
    subject = cut(salary_part)
    # Of the salary part before it is cut.
    unit["employee_benefits_cost"] = (
        BENEFITS
        * (
            unit["core_investments"]
            - unit["substitute_teacher_cost"]
            + unit["additional_investments"]
            + salary_part
        )
        + unit.get("pension_normal_cost", ZERO)
        + unit.get("retiree_health_cost", ZERO)
    )
    not_subject = unit["per_student_investments"] - subject + unit["employee_benefits_cost"]
    unit["per_student_investments_subject_to_regionalization"] = subject
    unit["per_student_investments_not_subject_to_regionalization"] = not_subject
    unit["adequacy_target"] = cut(
        (unit["core_investments"] + subject + unit["additional_investments"])
        * unit["regionalization_factor"]
        + not_subject
    )
