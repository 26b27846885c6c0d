"""(a) Counts: Average Student Enrollment, low-income pupils, English learners."""

from __future__ import annotations

from ebf.language.evidence import from_guide, law_as_read, verified
from ebf.language.line import Line, line, named
from ebf.language.measure import Measure
from ebf.language.rounding import CUT_2
from ebf.language.vocabulary import (
    Values,
    band_total,
    divide,
    equal,
    less,
    maximum,
    mean,
    mean_of_reported,
    regional_sum,
    regroup,
    where,
)
from ebf.law.funding.causes import Cause
from ebf.law.funding.grades import GRADES, REPORTED_GRADES, SETTLED_GRADES

KINDERGARTEN_MERGED = {
    grade: tuple(name for name, of in REPORTED_GRADES.members.items() if of == (grade,))
    for grade in GRADES.names
}

YEARS = ("first", "second", "third", "fourth")


@line("18-8.15(a)(4)", Measure.FLAG, law_as_read(28), cause=Cause.KIND)
def is_district(organization_type: Values) -> Values:
    """Whether the unit is a school district, with property of its own.

    >>> is_district(units("unit", "high_school", "regional_program"))
    [True, True, False]
    """
    return (
        equal(organization_type, "unit")
        | equal(organization_type, "hybrid")
        | equal(organization_type, "elementary")
        | equal(organization_type, "high_school")
    )


@line("18-8.15(a)(4)", Measure.FLAG, law_as_read(28), cause=Cause.KIND)
def is_regional_program(organization_type: Values) -> Values:
    """Whether the unit is a program of a regional office or service center.

    >>> is_regional_program(units("unit", "regional_program"))
    [False, True]
    """
    return equal(organization_type, "regional_program")


@line("18-8.15(a)(4)", Measure.SHARE, law_as_read(1), bands=REPORTED_GRADES)
def enrollment_weight(
    full_day_kindergarten_declared: Values,
    enrollment_weight_of_grade: Values,
    enrollment_weight_of_grade_full_day_declared: Values,
) -> Values:
    """The part of a pupil that a pupil of the grade counts for.

    A half-day kindergarten pupil and a pre-kindergarten special education pupil
    count one half; where the district declared full-day kindergarten in every
    school by the deadline, all its kindergarten pupils count whole.

    >>> enrollment_weight(units(0, 1), bands(0.5, 0.5, 1), bands(0.5, 1, 1))
    [[0.5, 0.5, 1.0], [0.5, 1.0, 1.0]]
    """
    return where(
        full_day_kindergarten_declared,
        enrollment_weight_of_grade_full_day_declared,
        enrollment_weight_of_grade,
    )


@line("18-8.15(a)(4)", Measure.STUDENTS, law_as_read(2), bands=GRADES)
def counted_enrollment(
    october: Values,
    march: Values,
    enrollment_weight: Values,
    is_regional_program: Values,
) -> Values:
    """One school year's enrollment: the mean of the October 1 and March 1 counts.

    A year with one count uses it. Regional programs use March 1 alone.

    >>> import numpy as np
    >>> october = np.array([[[10.0, 20, 30] + [0.0] * 12]])
    >>> march = np.array([[[14.0, 22, 30] + [0.0] * 12]])
    >>> weight = np.array([[[0.5, 0.5] + [1.0] * 13]])
    >>> counted_enrollment(october, march, weight, 0)[:2]
    [6.0, 40.5]
    >>> counted_enrollment(october, march, weight, 1)[:2]
    [7.0, 41.0]
    """
    heads = where(is_regional_program, march, mean_of_reported(october, march))
    return regroup(heads * enrollment_weight, REPORTED_GRADES.names, KINDERGARTEN_MERGED)


@line("18-8.15(a)(4)", Measure.STUDENTS, from_guide(2), bands=GRADES, last_year=2018)
def counted_enrollment_of_october(october: Values, enrollment_weight: Values) -> Values:
    """One school year's enrollment in FY2018: the October 1 count.

    >>> import numpy as np
    >>> october = np.array([[[10.0, 20, 30] + [0.0] * 12]])
    >>> counted_enrollment_of_october(october, np.array([[[0.5, 0.5] + [1.0] * 13]]))[:2]
    [5.0, 40.0]
    """
    return regroup(october * enrollment_weight, REPORTED_GRADES.names, KINDERGARTEN_MERGED)


@line("18-8.15(a)(4)", Measure.STUDENTS, law_as_read(2), bands=GRADES)
def enrollment_of_year(counted: Values) -> Values:
    """The enrollment that stands for the school year: the year's own.

    >>> enrollment_of_year(bands(10, 20))
    [10.0, 20.0]
    """
    return counted


@line("18-8.15(a)(4)", Measure.STUDENTS, law_as_read(3), bands=GRADES)
def enrollment_of_2020_21(counted: Values, counted_of_2019_20: Values) -> Values:
    """The enrollment that stands for 2020-21: the greater of it and of 2019-20.

    Decided on the total; the grades are those of the year chosen.

    >>> enrollment_of_2020_21(bands(10, 20), bands(15, 16))
    [15.0, 16.0]
    """
    fell = less(band_total(counted), band_total(counted_of_2019_20))
    return where(fell, counted_of_2019_20, counted)


def _counted(year: str) -> str:
    return f"counted_enrollment_{year}_preceding_year"


def _standing(year: str) -> str:
    return f"enrollment_{year}_preceding_year"


def _yearly_lines() -> tuple[Line, ...]:
    """For each year looked back on: the enrollment counted, and what stands for it."""
    lines: list[Line] = []
    for back, year in enumerate(YEARS):
        october, march = (
            f"{date}_enrollment_{year}_preceding_year" for date in ("october", "march")
        )
        weight = "enrollment_weight"
        fiscal_year_of_pandemic = 2022 + back  # its look-back year `year` is 2020-21
        is_last = back == len(YEARS) - 1
        lines.append(named(counted_enrollment_of_october, _counted(year), (october, weight)))
        lines.append(
            named(
                counted_enrollment,
                _counted(year),
                (october, march, weight, "is_regional_program"),
                first_year=2019,
            )
        )
        if is_last:  # looked back on in FY2024 alone, to stand in for 2020-21
            continue
        own = (_counted(year),)
        pandemic = (_counted(year), _counted(YEARS[back + 1]))
        before = {"last_year": fiscal_year_of_pandemic - 1}
        during = {
            "first_year": fiscal_year_of_pandemic,
            "last_year": fiscal_year_of_pandemic,
        }
        after = {"first_year": fiscal_year_of_pandemic + 1}
        lines.append(named(enrollment_of_year, _standing(year), own, **before))
        lines.append(named(enrollment_of_2020_21, _standing(year), pandemic, **during))
        lines.append(named(enrollment_of_year, _standing(year), own, **after))
    return tuple(lines)


@line("18-8.15(a)(4)", Measure.STUDENTS, from_guide(), bands=GRADES)
def mean_of_three_years(first: Values, second: Values, third: Values) -> Values:
    """The mean enrollment of the three school years before the fiscal year.

    >>> mean_of_three_years(bands(10, 20), bands(13, 20), bands(13, 23))
    [12.0, 21.0]
    """
    return mean(first, second, third)


@line("18-8.15(a)(4)", Measure.STUDENTS, law_as_read(4), bands=GRADES)
def mean_with_programs_first_year(
    first: Values, second: Values, third: Values, is_regional_program: Values
) -> Values:
    """The mean of three years; regional programs have their latest year alone.

    >>> mean_with_programs_first_year(bands(10, 20), bands(13, 20), bands(13, 23), 1)
    [10.0, 20.0]
    >>> mean_with_programs_first_year(bands(10, 20), bands(13, 20), bands(13, 23), 0)
    [12.0, 21.0]
    """
    return where(is_regional_program, first, mean(first, second, third))


@line("18-8.15(a)(4)", Measure.STUDENTS, law_as_read(4), bands=GRADES)
def mean_with_programs_two_years(
    first: Values, second: Values, third: Values, is_regional_program: Values
) -> Values:
    """The mean of three years; regional programs have that of two.

    >>> mean_with_programs_two_years(bands(10, 20), bands(13, 20), bands(13, 23), 1)
    [11.5, 20.0]
    >>> mean_with_programs_two_years(bands(10, 20), bands(13, 20), bands(13, 23), 0)
    [12.0, 21.0]
    """
    return where(is_regional_program, mean(first, second), mean(first, second, third))


def _mean_lines() -> tuple[Line, ...]:
    """The mean that the latest year is held against, by fiscal year."""
    years = tuple(_standing(year) for year in YEARS[:-1])
    of_programs = (*years, "is_regional_program")
    name = "mean_enrollment"
    return (
        named(mean_of_three_years, name, years, last_year=2019),
        named(
            mean_with_programs_first_year,
            name,
            of_programs,
            first_year=2020,
            last_year=2020,
        ),
        named(
            mean_with_programs_two_years,
            name,
            of_programs,
            first_year=2021,
            last_year=2021,
        ),
        named(mean_of_three_years, name, years, first_year=2022),
    )


@line("18-8.15(a)(4)", Measure.STUDENTS, verified(5), bands=SETTLED_GRADES, rounding=CUT_2)
def enrollment(enrollment_first_preceding_year: Values, mean_enrollment: Values) -> Values:
    """Enrollment by grade: the latest year's or the three years' mean.

    Whichever has the greater total; each grade is cut to two decimals.

    >>> enrollment(bands(220, 100), bands(662 / 3, 101))
    [220.66, 101.0]
    >>> enrollment(bands(222, 100), bands(662 / 3, 101))
    [222.0, 100.0]
    """
    fell = less(band_total(enrollment_first_preceding_year), band_total(mean_enrollment))
    return where(fell, mean_enrollment, enrollment_first_preceding_year)


@line("18-8.15(a)(4)", Measure.STUDENTS, verified(5), rounding=CUT_2)
def average_student_enrollment(enrollment: Values) -> Values:
    """Average Student Enrollment (ASE), the sum of the grades.

    >>> average_student_enrollment(bands(220.66, 101.33))
    321.99
    """
    return band_total(enrollment)


@line("18-8.15(a)(4)", Measure.STUDENTS, from_guide(), rounding=CUT_2)
def greater_of_year_and_mean(first: Values, second: Values, third: Values) -> Values:
    """The unit's own count: the prior year's or the three years' mean, if greater.

    >>> greater_of_year_and_mean(350, 360, 350), greater_of_year_and_mean(360, 350, 350)
    (353.33, 360.0)
    """
    return maximum(first, mean(first, second, third))


def _greater_of(name: str, reported: str, cause: Cause) -> Line:
    years = tuple(f"{reported}_{year}_preceding_year" for year in YEARS[:-1])
    return named(greater_of_year_and_mean, name, years, cause=cause)


@line("18-8.15(a)(4)", Measure.RATIO, from_guide(6), cause=Cause.LOW_INCOME)
def regional_low_income_percentage(
    district_low_income_count: Values,
    average_student_enrollment: Values,
    is_district: Values,
    region: Values,
) -> Values:
    """The low-income percentage of the region's districts, taken together.

    >>> regional_low_income_percentage(
    ...     units(30, 50, 0), units(100, 100, 8), units(1, 1, 0), units("01", "01", "01"))
    [0.4, 0.4, 0.4]
    """
    return divide(
        regional_sum(where(is_district, district_low_income_count, 0.0), region),
        regional_sum(where(is_district, average_student_enrollment, 0.0), region),
    )


@line("18-8.15(a)(4)", Measure.STUDENTS, from_guide(6), cause=Cause.LOW_INCOME)
def low_income_count(
    district_low_income_count: Values,
    regional_low_income_percentage: Values,
    average_student_enrollment: Values,
    is_regional_program: Values,
) -> Values:
    """The Low-Income Count; a regional program's by its region's percentage, not cut.

    >>> low_income_count(30.0, 0.25, 100, 0), low_income_count(0, 0.25, 10.5, 1)
    (30.0, 2.625)
    """
    return where(
        is_regional_program,
        regional_low_income_percentage * average_student_enrollment,
        district_low_income_count,
    )


@line(
    "18-8.15(a)(4)",
    Measure.RATIO,
    verified(7, 39, note="high school and elementary districts of FY2022"),
    cause=Cause.LOW_INCOME,
)
def low_income_percentage(low_income_count: Values, average_student_enrollment: Values) -> Values:
    """The low-income share of the unit's pupils, not rounded, nor held at all of them.

    >>> low_income_percentage(30, 120), low_income_percentage(132, 120)
    (0.25, 1.1)
    """
    return divide(low_income_count, average_student_enrollment)


LINES: tuple[Line, ...] = (
    is_district,
    is_regional_program,
    enrollment_weight,
    *_yearly_lines(),
    *_mean_lines(),
    enrollment,
    average_student_enrollment,
    _greater_of("district_low_income_count", "low_income_count", Cause.LOW_INCOME),
    regional_low_income_percentage,
    low_income_count,
    low_income_percentage,
    _greater_of("english_learner_count", "english_learner_count", Cause.ENGLISH_LEARNERS),
)
