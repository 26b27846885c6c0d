"""What the names of the law are called in sentences and formulas, short and never two alike.

A name is called by its own words (``tier_1_funding_gap``: Tier 1 funding gap); here stand those
that are no plain words by themselves, and what flags say in full.

Holds: plain_name, plain_band, plain_column, plain_code, clauses_of, WORDING.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from ebf.language.formula_words import Wording
from ebf.language.symbols import Name
from ebf.law.names import symbols


def _capitalized(found: re.Match[str]) -> str:
    words = found[0].split()
    return " ".join(each if each == "of" else each.capitalize() for each in words)


_CALLED: Final[Mapping[str, str]] = {
    "organization_type": "Kind of unit",
    "region": "Region",
    "prior_year_tier": "Tier of the prior year",
    "own_weight": "Weight of the county's own index",
    "neighbors_weight": "Weight of the neighbors' index",
    "own_weight_of_two_neighbors": "Weight of the county's own index beside two neighbors",
    "neighbors_weight_of_two_neighbors": "Weight of the neighbors' index beside two neighbors",
    "neighbors_mean_comparable_wage_index": "Neighbors' mean Comparable Wage Index",
    "neighbors_weighted_comparable_wage_index": "Comparable Wage Index weighted with neighbors'",
    "neighbors_needed": "Neighboring counties that have weights of their own",
    "core_teacher_low_income": "Low-income students per core teacher",
    "core_teacher_other": "Other students per core teacher",
    "core_teacher_enrollment": "Core teacher enrollment",
    "kindergarten_to_12_enrollment": "Kindergarten to grade 12 enrollment",
    "gifted": "Gifted amount per student",
    "professional_development": "Professional development per student",
    "instructional_materials": "Instructional materials per student",
    "assessments": "Assessments per student",
    "student_activities": "Student activities per student",
    "maintenance_and_operations": "Maintenance and operations per student",
    "central_office": "Central office per student",
    "computer_technology_every_unit": "Computer technology per student",
    "computer_technology_tier_1_and_2": "Computer technology per student added in Tiers 1 and 2",
    "computer_technology_addition": "Computer technology addition per student",
    "central_services_salary_part": "Salary part of central services per student",
    "elementary_grade_span": "Grades of an elementary district",
    "high_school_grade_span": "Grades of a high school district",
    "full_grade_span": "Grades of a unit district",
    "relief_grade_span": "Grades by which rates are compared",
    "substitute_salary_days": "Days that a substitute's salary is divided by",
    "tier_1_and_2_decline": "Decline of a Tier 1 or 2 base",
    "tier_1_and_2_reduction": "Reduction of Tiers 1 and 2",
    "tier_1_and_2_reduction_rate": "Reduction rate of Tiers 1 and 2",
    "tier_3_and_4_reduction": "Reduction of Tiers 3 and 4",
    "tier_3_and_4_reduction_per_student": "Reduction of Tiers 3 and 4 per student",
    "greatest_tier_3_funding_per_student": "Greatest Tier 3 funding per student",
    "tier_2_funding_step_1": "First step of Tier 2 funding",
    "tier_2_funding_step_2": "Second step of Tier 2 funding",
    "statewide_gap_to_tier_2_target_ratio": "Statewide gap to the Tier 2 target ratio",
    "statewide_gap_to_tier_3_target_ratio": "Statewide gap to the Tier 3 target ratio",
    "weighted_mean_local_capacity_ratio": "Weighted mean of Local Capacity Ratios",
    "weighted_deviation_local_capacity_ratio": "Weighted deviation of Local Capacity Ratios",
    "in_distribution": "In the distribution",
    "first_year_after_reorganization": "First year after a reorganization",
    "second_year_after_reorganization": "Second year after a reorganization",
    "first_year_base_funding_minimum": "Base Funding Minimum of the first year",
    "prior_year_base_funding_minimum": "Base Funding Minimum of the prior year",
    "prior_year_tier_funding": "Tier funding of the prior year",
    "prior_year_average_student_enrollment": "Average Student Enrollment of the prior year",
    "prior_year_administrative_costs": "Administrative costs of the prior year",
    "prior_year_administrative_expenditure": "Administrative expenditure of the prior year",
    "price_index_december": "Price index of the last December",
    "price_index_december_before": "Price index of the December before",
    "tier_1_money_joins_tier_2": "Tier 1's money joins Tier 2's",
    "is_district": "School district",
    "is_regional_program": "Regional program",
    "greatest_grant": "Greatest relief grant",
    "rate_parts": "Parts of a dollar that rates are cut to",
    "capped": "Capped fund",
    "capped_levy": "Levy of capped funds",
    "applied": "Applied for a grant",
    "resolved": "Board resolved",
    "one_cent": "One cent",
    "report_card_whole": "100 percent",
    "rank_of_applicant": "Rank of the applicant",
    "threshold_too_low": "Threshold too low",
    "threshold_too_high": "Threshold too high",
    "pupils": "Students enrolled in fall",
    "article_34_district": "District under Article 34 (Chicago)",
    "ptell_district": "District under PTELL",
    "enrollment_weight_of_grade_full_day_declared": (
        "Enrollment weight of grade with full-day kindergarten declared"
    ),
}
"""Where a name's own words would not do."""

_CLAUSES: Final[Mapping[str, str]] = {
    "is_district": "the unit is a school district",
    "is_regional_program": "the unit is a regional program",
    "in_distribution": "the unit is in the distribution",
    **{f"in_tier_{tier}": f"the unit is in Tier {tier}" for tier in range(1, 5)},
    "tier_1_money_joins_tier_2": "Tier 1's money is joined to Tier 2's",
    "full_day_kindergarten_declared": "full-day kindergarten is declared",
    "first_year_after_reorganization": "it is the first year after a reorganization",
    "second_year_after_reorganization": "it is the second year after a reorganization",
    "latest_tax_year_alone_used_prior_fiscal_year": (
        "the latest tax year alone was used the prior fiscal year"
    ),
    "ptell_district": "the district is under PTELL",
    "ptell_rate_increase": "the base tax year is affected by a rate increase (35 ILCS 200/18-190)",
    "article_34_district": "the district is under Article 34 (Chicago)",
    "new_regional_program": "the regional program is in its first year",
    "no_pupils_prior_year": "the program was without students the prior year",
    "applied": "the district is an applicant",
    "abated_first_year": "the grant's first levy was abated",
    "abated_second_year": "the next levy was abated too",
    "formed_of_coterminous_districts": ("the district is newly formed of coterminous districts"),
    "reduced_by_petition": "last year's extension was reduced by petition",
    "fund_has_ceiling": "the fund is bound by a ceiling",
    "capped": "the fund is capped",
    "notice_needed": "a notice is needed",
    "resolved": "the board is resolved to put the question",
    "facility_tax_on_ballot": "the question is on the ballot",
    "administrative_growth_above_limit": "the growth is above the limit",
    "may_waive_administrative_limit": "the district is free to waive the limit",
    "for_review": "the district is up for review",
    "referendum_rate_as_voted": "the fund is without a greatest rate by referendum",
    "fund_without_ceiling": "the fund is without a rate set by law",
    "exempt_under_ptell": "the fund is free of its ceiling under PTELL",
    "fund_outside_chicago": "the fund is one of districts outside Chicago",
    "fund_in_chicago": "the fund is one of Chicago's with a rule at hand",
    "education_fund": "the fund is education",
    "capital_improvement_fund": "the fund is capital improvement",
    "teachers_pension_fund": "the fund is the teachers' pension",
    "fund_within_limitation": "the fund is within the aggregate extension",
    "fund_in_operating_rate": "the fund is counted in the operating tax rate",
    "debt_service_fund": "the fund is debt service",
}
"""What flags say; each has one ``is`` or ``was``, which ``not`` follows where it is not so."""

_CODES: Final[Mapping[str, str]] = {
    "unit": "unit district",
    "hybrid": "hybrid district",
    "elementary": "elementary district",
    "high_school": "high school district",
    "specially_funded": "specially funded unit",
}
_BANDS: Final[Mapping[str, str]] = {
    "prekindergarten_special_education": "pre-kindergarten special education",
    "kindergarten_half_day": "half-day kindergarten",
    "kindergarten_full_day": "full-day kindergarten",
}
_OF_THE_LAW: Final = (
    "adequacy target",
    "average student enrollment",
    "base funding minimum",
    "comparable wage index",
    "corporate personal property replacement tax",
    "final percent of adequacy",
    "final resources",
    "general state aid",
    "local capacity percentage",
    "local capacity ratio",
    "local capacity target",
    "minimum funding level",
    "new state funds",
    "property tax appeal board",
    "property tax relief grant",
    "real receipts",
    "regionalization factor",
    "school finance authority",
)
"""What the law writes with capitals."""
_AS_WRITTEN: Final[tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...]] = (
    *((rf"\b{words}\b", _capitalized) for words in _OF_THE_LAW),
    (r"\b(eav|ptell|fte|trs|fy\d{4})\b", lambda found: found[0].upper()),
    (r"\b(tier|article) (\d+)", lambda found: f"{found[1].capitalize()} {found[2]}"),
    (r"\b(k|\d+) (\d+)\b", r"\1-\2"),
    (r"\bk-(\d)", r"K-\1"),
    (
        r"\b(october|march|december|english|chicago|illinois)\b",
        lambda found: found[0].capitalize(),
    ),
    (r"\blow income\b", "low-income"),
    (r"\b(full|half) day\b", r"\1-day"),
    (r"\b(semi) (monthly)\b", r"\1-\2"),
    (r"\blong term\b", "long-term"),
    (r"\bshort term\b", "short-term"),
    (r" (first|second|third|fourth) (preceding)", r" of the \1 \2"),
    (r"\bper student (investments)", r"per-student \1"),
    (r"\bteachers pension\b", "teachers' pension"),
    (r"\bneighbors\b", "neighbors'"),
    (r"\bpredecessors\b", "predecessors'"),
)
"""Words as sentences have them: what the letters of a name stand for."""


@cache
def _words(name: str) -> str:
    words = name.replace("_", " ")
    for pattern, written in _AS_WRITTEN:
        words = re.sub(pattern, written, words)
    return words


@cache
def plain_name(name: str) -> str:
    """What a line, input, parameter or salary is called.

    >>> plain_name("tier_1_funding_gap"), plain_name("original_eav_first_preceding_tax_year")
    ('Tier 1 funding gap', 'Original EAV of the first preceding tax year')
    """
    words = _CALLED.get(name) or _words(name)
    return words[:1].upper() + words[1:]


@cache
def plain_band(name: Name) -> str:
    """The band of a name, empty where it has one alone.

    >>> plain_band(Name("grade_1", "enrollment", 2)), plain_band(Name("tier", "tier", 0))
    ('grade 1', '')
    """
    if name.column == name.name:
        return ""
    band = name.column.removeprefix(f"{name.name}_")
    return _BANDS.get(band) or _words(band)


@cache
def plain_column(column: str) -> str:
    """What a column is called: the name behind it, and its band.

    >>> plain_column("nurse_cost_high"), plain_column("grade_1"), plain_column("teacher_salary_k_8")
    ('Nurse cost (high)', 'Enrollment (grade 1)', 'Teacher salary (K-8)')
    """
    name = symbols().get(column) or Name(column, column, 0)
    band = plain_band(name)
    return f"{plain_name(name.name)} ({band})" if band else plain_name(name.name)


def plain_code(code: str) -> str:
    """A code, such as a kind of unit."""
    return _CODES.get(code) or _words(code)


@cache
def clauses_of(name: Name) -> tuple[str, str] | None:
    """What a flag says, and what it says where it is not so; None for what is no flag.

    >>> clauses_of(Name("in_tier_1", "in_tier_1", 0))
    ('the unit is in Tier 1', 'the unit is not in Tier 1')
    """
    clause = _CLAUSES.get(name.name)
    return None if clause is None else (clause, re.sub(r"\b(is|was)\b", r"\1 not", clause, count=1))


WORDING: Final = Wording(
    called=lambda name: plain_name(name.name),
    band=plain_band,
    clause=clauses_of,
    code=plain_code,
)
"""How formulas of the law say what they hold."""
