"""Causes of a change, where none are handed over: what was handed over, by the statute.

Holds: RULES, default_groups.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from ebf.language.measure import Measure
from ebf.law import funding
from ebf.law.inputs import TEXT_COLUMNS
from ebf.law.names import column_of
from ebf.law.parameters import parameters
from ebf.law.salaries import COLUMNS as SALARY_COLUMNS

RULES: Final = "the rules of the year"

_LAW, _KIND, _WAGES, _MONEY = "the law", "kind and region", "wages", "new money"
_PER_STUDENT, _BASE = "per-student amounts", "base funding"
_BY_NAME_AND_CITE: Final[Mapping[str, str]] = {
    r"^is_.*\(a\)": _KIND,
    r"^(district_|regional_)?low_income.*\(a\)": "low-income pupils",
    r"^english_learner.*\(a\)": "English learners",
    r"8\.15\(a\)|enrollment .*\(b\)\(2\)": "enrollment",
    r"\(b\)\(3\)": _WAGES,
    r"^(prior_year_tier|pension_normal_cost|retiree_health_cost) ": _PER_STUDENT,
    r"\(b\)": "prepared Adequacy Target",
    r"\(d\)\(5\)": "CPPRT",
    r"\(c\)|\(d\)": "property and receipts",
    r"\(e\)|2-3\.170|\(g\)\(10\)|(base_funding_minimum|supplemental.*) .*\(f\)": _BASE,
    r"\(f\)": "prepared resources",
    r"\(9\)|\(9\.5\)": _MONEY,
    "": "prepared distribution",
}
"""The first pattern found in the name and cite of an input or a line decides."""


def _default_group(name: str) -> str:
    if name in {RULES, *SALARY_COLUMNS}:
        return _LAW if name == RULES else _WAGES
    if name in TEXT_COLUMNS:
        return _KIND
    if name in parameters() and name != funding.NEW_MONEY:
        parameter = parameters()[name]
        if parameter.measure is Measure.DOLLARS_PER_STUDENT:
            return _PER_STUDENT
        return _MONEY if parameter.cite.endswith("(g)(9)") else _LAW
    about = f"{name} {column_of(name).cite}"
    return next(group for pattern, group in _BY_NAME_AND_CITE.items() if re.search(pattern, about))


def default_groups(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Names of what was handed over, each in one group, by the subsections of the statute.

    >>> default_groups(["tier_1_share", "corporate_personal_property_replacement_tax"])
    {'CPPRT': ('corporate_personal_property_replacement_tax',), 'the law': ('tier_1_share',)}
    """
    found = {group: list[str]() for group in (*_BY_NAME_AND_CITE.values(), _LAW)}
    for name in names:
        found[_default_group(name)].append(name)
    return {group: tuple(sorted(members)) for group, members in found.items() if members}
