"""The State Board's own words: the headings of its sheets and its kinds of unit, by ours.

Holds: HEADINGS, OUTCOMES, NOTES, KINDS_OF_UNIT, heading_key, column_under, kind_of_unit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ebf.law.columns import KINDS

HEADINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "district id": "unit_id",
        "rcdt": "unit_id",
        "rcdts": "unit_id",
        "district name": "name",
        "county": "county",
        "county name": "county",
        "organization type": "organization_type",
        "org type": "organization_type",
        "total ase": "average_student_enrollment",
        "core investment cost": "core_investments",
        "per student investment cost (subject to cwi)": (
            "per_student_investments_subject_to_regionalization"
        ),
        "additional investments cost": "additional_investments",
        "per student investment cost (not subject to cwi)": (
            "per_student_investments_not_subject_to_regionalization"
        ),
        "regionalization factor (cwi)": "regionalization_factor",
        "regionalization factor": "regionalization_factor",
        "final adequacy target (adjusted for regionalization factor)": "adequacy_target",
        "final adequacy target": "adequacy_target",
        "adjusted local capacity target": "adjusted_local_capacity_target",
        "adjusted base funding minimum": "adjusted_base_funding_minimum",
        "final resources": "final_resources",
        "final percent of adequacy": "final_percent_of_adequacy",
        "tier assignment": "tier",
        "tier 1 funding": "tier_1_funding",
        "tier 2 funding gap": "tier_2_funding_gap",
        "tier 2 funding step 3": "tier_2_funding",
        "tier 3 funding": "tier_3_funding",
        "tier 4 funding": "tier_4_funding",
        "calculated new funding (tier funding)": "tier_funding",
        "new funding": "tier_funding",
        "gross base funding minimum": "base_funding_minimum",
        "base funding minimum": "base_funding_minimum",
        "total gross state contribution": "total_state_contribution",
        "rep no.": "representative_number",
        "senator no.": "senator_number",
    }
)
"""The columns here by the headings of the Base Calc sheet, as heading_key writes them."""

OUTCOMES: Final = (
    "final_percent_of_adequacy",
    "tier",
    "tier_1_funding",
    "tier_2_funding_gap",
    "tier_2_funding",
    "tier_3_funding",
    "tier_4_funding",
    "tier_funding",
    "total_state_contribution",
)
"""What the sheet computes: it proves the sheet, and is left to ebf.calculate."""

_LEFT: Final = re.compile(
    r"final adequacy target per student.*|adequacy funding gap|final adequacy level|flag tier 1"
    r"|tier 1 funding gap|tier 2 funding step [12]|(original |final )?tier [1-4] per student"
    r"|tier funding per pupil|ebf adjustments|total net state contribution"
)
"""Columns of the sheet that follow from others, or are paid beside the formula."""

NOTES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "adequacy target": (
            "on the State Board's sheet the sum before regionalization; if it is the final one, "
            "name it adequacy_target"
        ),
        "percent of adequacy": "name it final_percent_of_adequacy, as a fraction (0.9 for 90 %)",
        "enrollment": "name it average_student_enrollment, if it is the ASE",
    }
)
"""What to do about headings that might be one column or another."""

KINDS_OF_UNIT: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{kind.replace("_", " "): kind for kind in KINDS},
        "unit district": "unit",
        "elem": "elementary",
        "elementary district": "elementary",
        "high school district": "high_school",
        "hs": "high_school",
        "lab": "laboratory_school",
        "labs": "laboratory_school",
        "lab school": "laboratory_school",
        "lab schools": "laboratory_school",
        "laboratory": "laboratory_school",
        "regional": "regional_program",
        "regional programs": "regional_program",
        "specially funded unit": "specially_funded",
    }
)
"""The kinds of unit here by the words for them."""

_YEAR: Final = re.compile(r"\bfy ?'?(\d{4}|\d{2})\b")
_PARTS: Final = re.compile(r"[\s\-_]+")


def heading_key(heading: str) -> str:
    r"""A heading without case, line ends and fiscal years.

    >>> heading_key(" Calculated New FY 22 Funding\n(Tier Funding)")
    'calculated new funding (tier funding)'
    """
    return _PARTS.sub(" ", _YEAR.sub("", _PARTS.sub(" ", heading.casefold()))).strip()


def column_under(heading: str) -> str | None:
    """The column here under a heading of the State Board; empty for one that is left out.

    None where it is no heading of the State Board's, or might be one column or another.

    >>> column_under("Total ASE"), column_under("Flag Tier 1"), column_under("Notes")
    ('average_student_enrollment', '', None)
    """
    key = heading_key(heading)
    column = HEADINGS.get(key)
    if column is None:
        return "" if _LEFT.fullmatch(key) else None
    return "" if column in OUTCOMES else column


def kind_of_unit(words: str) -> str | None:
    """The kind of unit that some words name, or None.

    >>> kind_of_unit("High School"), kind_of_unit("Charter")
    ('high_school', None)
    """
    return KINDS_OF_UNIT.get(_PARTS.sub(" ", words.casefold()).strip())
