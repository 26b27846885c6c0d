"""(a)(4) Average Student Enrollment, low-income pupils and English learners."""

from fractions import Fraction

from reference.arithmetic import ONE, ZERO, Unit, cut, quotient, total

Grades = dict[str, Fraction]

NUMBERED = tuple(f"grade_{number}" for number in range(1, 13))
PRE_KINDERGARTEN = "prekindergarten_special_education"
HALF_DAY, FULL_DAY = "kindergarten_half_day", "kindergarten_full_day"
REPORTED = (PRE_KINDERGARTEN, HALF_DAY, FULL_DAY, *NUMBERED)
GRADES = (PRE_KINDERGARTEN, "kindergarten", *NUMBERED)
HALF = Fraction("0.5")
YEARS = ("first", "second", "third", "fourth")
# FY2022 to FY2024: where the school year 2020-21 stands among the years before.
PANDEMIC = {2022: 0, 2023: 1, 2024: 2}
DISTRICTS = ("unit", "hybrid", "elementary", "high_school")


def kinds(unit: Unit) -> None:
    """What kind of unit it is."""
    unit["is_district"] = ONE if unit["organization_type"] in DISTRICTS else ZERO
    is_program = unit["organization_type"] == "regional_program"
    unit["is_regional_program"] = ONE if is_program else ZERO


def has_counts(unit: Unit, fiscal_year: int) -> bool:
    """Whether a unit has an Adequacy Target at all: section 0."""
    if unit["organization_type"] == "regional_program":
        return fiscal_year >= 2020  # P.A. 101-10
    return bool(unit["organization_type"] != "specially_funded")


def counts_of(unit: Unit, fiscal_year: int) -> tuple[str, ...]:
    """The months whose counts are used."""
    if unit["organization_type"] == "regional_program":
        return ("march",)
    return ("october",) if fiscal_year == 2018 else ("october", "march")


def heads(unit: Unit, year: str, grade: str, months: tuple[str, ...]) -> Fraction:
    """One grade's pupils of a school year: the mean of its counts, or the only one."""
    found = [unit.get(f"{month}_enrollment_{year}_preceding_year_{grade}") for month in months]
    given = [count for count in found if count is not None]
    return quotient(total(given), Fraction(len(given)))


def weights(unit: Unit) -> Grades:
    """What a pupil counts for, by the grade reported: half-day pupils a half (reading 1)."""
    half_day = ONE if unit.get("full_day_kindergarten_declared") else HALF
    return dict.fromkeys(REPORTED, ONE) | {PRE_KINDERGARTEN: HALF, HALF_DAY: half_day}


def school_year(unit: Unit, year: str, fiscal_year: int) -> Grades:
    """One school year's enrollment by grade, every pupil by his weight."""
    months = counts_of(unit, fiscal_year)
    pupils = {
        grade: weight * heads(unit, year, grade, months) for grade, weight in weights(unit).items()
    }
    pupils["kindergarten"] = pupils.pop(HALF_DAY) + pupils.pop(FULL_DAY)
    return pupils


def mean(years: list[Grades]) -> Grades:
    """The mean, grade by grade."""
    return {grade: total(year[grade] for year in years) / len(years) for grade in GRADES}


def greater(one: Grades, other: Grades) -> Grades:
    """The greater set of grades, decided on the total."""
    return one if total(one.values()) >= total(other.values()) else other


def enrollment(unit: Unit, fiscal_year: int) -> None:
    """ASE and its grades: the latest year's, or the three-year mean if greater."""
    for grade, weight in weights(unit).items():
        unit[f"enrollment_weight_{grade}"] = weight
    years = [school_year(unit, year, fiscal_year) for year in YEARS]
    record(unit, "counted_enrollment", years)
    place = PANDEMIC.get(fiscal_year)
    if place is not None:
        years[place] = greater(years[place], years[place + 1])
    record(unit, "enrollment", years[:3])
    latest, averaged = years[0], years[:3]
    if unit["organization_type"] == "regional_program":
        # FY2020 the first year's count, FY2021 two years.
        averaged = years[: {2020: 1, 2021: 2}.get(fiscal_year, 3)]
    chosen = greater(latest, mean(averaged))
    for grade, pupils in mean(averaged).items():
        unit[f"mean_enrollment_{grade}"] = pupils
    for grade in GRADES:
        unit[grade] = cut(chosen[grade])  # reading 5: each grade is cut
    unit["average_student_enrollment"] = total(unit[grade] for grade in GRADES)


def record(unit: Unit, name: str, years: list[Grades]) -> None:
    """Keep the years' grades by the names of their columns."""
    for place, grades in zip(YEARS, years, strict=False):
        for grade, pupils in grades.items():
            unit[f"{name}_{place}_preceding_year_{grade}"] = pupils


def greater_count(unit: Unit, name: str) -> Fraction:
    """A count of pupils: the prior year's or the three years' mean, if greater; cut."""
    years = [unit.get(f"{name}_{year}_preceding_year", ZERO) for year in YEARS[:3]]
    return cut(max(years[0], total(years) / 3))


def bands(unit: Unit) -> None:
    """The bands of (b)(2)."""

    def grades(first: int, last: int) -> Fraction:
        return total(unit[f"grade_{number}"] for number in range(first, last + 1))

    kindergarten = unit["kindergarten"]
    middle, high = grades(6, 8), grades(9, 12)
    unit["core_teacher_enrollment_k_3"] = kindergarten + grades(1, 3)
    unit["core_teacher_enrollment_4_8"] = grades(4, 8)
    unit["core_teacher_enrollment_9_12"] = high
    unit["school_enrollment_elementary"] = (
        unit["prekindergarten_special_education"] + kindergarten + grades(1, 5)
    )
    unit["kindergarten_to_12_enrollment_elementary"] = kindergarten + grades(1, 5)
    for name in ("school_enrollment", "kindergarten_to_12_enrollment"):
        unit[f"{name}_middle"], unit[f"{name}_high"] = middle, high


def region(unit: Unit) -> str:
    """The region of a unit (reading 6)."""
    given = unit.get("region")
    return str(given) if given else str(unit["unit_id"])[:2]


def low_income(units: list[Unit]) -> None:
    """The Low-Income Count; a regional program's by the share of its region's districts."""
    for unit in units:
        unit["district_low_income_count"] = greater_count(unit, "low_income_count")
        unit["low_income_count"] = unit["district_low_income_count"]
        percentage(unit)
    regions = {region(unit) for unit in units}
    share = {where: share_of([u for u in units if region(u) == where]) for where in regions}
    for unit in units:
        unit["regional_low_income_percentage"] = share[region(unit)]
        if unit["is_regional_program"]:
            # Not cut.
            unit["low_income_count"] = share[region(unit)] * unit["average_student_enrollment"]
            percentage(unit)


def share_of(region: list[Unit]) -> Fraction:
    """The low-income share of the pupils of a region's districts."""
    there = [unit for unit in region if unit["is_district"]]
    return quotient(
        total(d["low_income_percentage"] * d["average_student_enrollment"] for d in there),
        total(d["average_student_enrollment"] for d in there),
    )


def percentage(unit: Unit) -> None:
    """The low-income share of the unit's pupils, not rounded."""
    unit["low_income_percentage"] = quotient(
        unit["low_income_count"], unit["average_student_enrollment"]
    )


def counts(units: list[Unit], fiscal_year: int) -> None:
    """(a) of every unit."""
    for unit in units:
        enrollment(unit, fiscal_year)
        bands(unit)
        unit["english_learner_count"] = greater_count(unit, "english_learner_count")
    low_income(units)
