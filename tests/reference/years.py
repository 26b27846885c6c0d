"""The dollar amounts of a fiscal year, (b)(2)(M)-(T), and other numbers of single years.

A known amount stands until the next known one; the law's base of FY2018 stands first.
"""

from fractions import Fraction
from typing import Any

Dated = dict[int, str]

# (b)(2)(M)-(T), dollars a pupil.
PER_STUDENT: dict[str, Dated] = {
    "gifted": {2018: "40", 2022: "90"},
    "professional_development": {2018: "125"},
    "instructional_materials": {2018: "190", 2022: "247", 2024: "325"},
    "assessments": {2018: "25", 2022: "28", 2024: "34"},
    "computer_technology": {2018: "285.50"},
    "student_activities_elementary": {2018: "100", 2022: "113"},
    "student_activities_middle": {2018: "200", 2022: "226"},
    "student_activities_high": {2018: "675", 2022: "779", 2024: "859", 2025: "926"},
    "maintenance_and_operations": {2018: "1038", 2022: "1094", 2024: "1361", 2025: "1501"},
    "central_office": {2018: "742", 2022: "883", 2024: "937"},
}
# (b)(2)(S), (T): the part of both together that is salaries.
SALARY_PART: Dated = {
    2018: "721.40",
    2019: "766.32",
    2020: "784.13",
    2022: "850.48",
    2023: "904.17",
    2024: "951.90",
}
# (c)(2)(D): Chicago's pension credit.
PENSION_CREDIT: Dated = {
    2018: "551410000",
    2019: "581788000",
    2020: "609013000",
    2022: "667180000",
    2023: "551652000",
}


def standing(dated: Dated, fiscal_year: int) -> Fraction:
    """The latest known value not after the fiscal year."""
    return Fraction(dated[max(year for year in dated if year <= fiscal_year)])


def amounts(fiscal_year: int) -> dict[str, Any]:
    """Every amount of a pupil in a fiscal year."""
    found = {name: standing(dated, fiscal_year) for name, dated in PER_STUDENT.items()}
    found["salary_part"] = standing(SALARY_PART, fiscal_year)
    return found
