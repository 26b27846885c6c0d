"""(a)(4) Average Student Enrollment, low-income pupils and English learners.

A school year is a dict of grade to number of pupils.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from reference.arithmetic import cut, mean

Grades = dict[str, Fraction]

ZERO = Fraction(0)
GRADES = ("pre_kindergarten", "kindergarten", *(str(number) for number in range(1, 13)))
HALF = Fraction("0.5")  # (a)(4): half-day kindergarten, pre-kindergarten special education


def weighed(
    pre_kindergarten: Fraction,
    half_day: Fraction,
    full_day: Fraction,
    grades: Mapping[str, Fraction],
    *,
    declared_full_day: bool,
) -> Grades:
    """One count of pupils, (a)(4): halves for pre-kindergarten and half-day kindergarten."""
    kindergarten = full_day + half_day * (1 if declared_full_day else HALF)
    return {
        "pre_kindergarten": pre_kindergarten * HALF,
        "kindergarten": kindergarten,
        **grades,
    }


def total(grades: Grades) -> Fraction:
    """The pupils of all grades."""
    return sum(grades.values(), ZERO)


def mean_of(counts: list[Grades]) -> Grades:
    """The mean, grade by grade: of October and March, of three years."""
    return {grade: mean([count[grade] for count in counts]) for grade in GRADES}


def greater(one: Grades, other: Grades) -> Grades:
    """The greater set of grades, decided on the total."""
    return one if total(one) >= total(other) else other


def average_student_enrollment(years: list[Grades]) -> tuple[Fraction, Grades]:
    """ASE and its grades: the greater of the latest year and the mean of the latest three."""
    chosen = greater(years[-1], mean_of(years[-3:]))
    return cut(total(chosen)), chosen


def greater_count(years: list[Fraction]) -> Fraction:
    """Low-income pupils, English learners: the latest year or the three-year mean, cut."""
    return cut(max(years[-1], mean(years[-3:])))


def bands(grades: Grades) -> dict[str, Fraction]:
    """The bands of (b)(2)."""

    def span(first: int, last: int) -> Fraction:
        return sum((grades[str(number)] for number in range(first, last + 1)), ZERO)

    pre_kindergarten, kindergarten = grades["pre_kindergarten"], grades["kindergarten"]
    return {
        # Core teachers.
        "k_3": kindergarten + span(1, 3),
        "4_8": span(4, 8),
        # Every other school-level factor.
        "pk_5": pre_kindergarten + kindergarten + span(1, 5),
        "6_8": span(6, 8),
        "9_12": span(9, 12),
        # Gifted, student activities.
        "k_5": kindergarten + span(1, 5),
    }


def regional_low_income(programs: list[dict[str, Any]], districts: list[dict[str, Any]]) -> None:
    """Low-income pupils of regional programs: the percentage of their region's districts."""
    for program in programs:
        there = [d for d in districts if d["region"] == program["region"]]
        pupils = sum((d["average_student_enrollment"] for d in there), ZERO)
        low_income = sum((d["low_income_count"] for d in there), ZERO)
        percentage = low_income / pupils if pupils else ZERO
        program["low_income_percentage"] = percentage
        program["low_income_count"] = percentage * program["average_student_enrollment"]
