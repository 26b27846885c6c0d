"""Causes of a change, where none are handed over: what was handed over, by the statute.

Holds: RULES, UNITS, default_groups.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from ebf.law.funding.causes import Cause
from ebf.law.names import known_names

RULES: Final = "the rules of the year"
UNITS: Final = "units that came or went"
"""That other units share what there is: a cause, and the name of its group."""

_CORE: Final = "core investments"
_ADDITIONAL: Final = "additional investments"
_OF_PARTS: Final[Mapping[str, str]] = {
    "core_investments": _CORE,
    "additional_investments": _ADDITIONAL,
    "special_education_investments": _ADDITIONAL,
    "low_income_investments": Cause.LOW_INCOME,
    "english_learner_investments": Cause.ENGLISH_LEARNERS,
    "per_student_investments": Cause.PER_STUDENT,
    "per_student_investments_subject_to_regionalization": Cause.PER_STUDENT,
    "per_student_investments_not_subject_to_regionalization": Cause.PER_STUDENT,
    UNITS: UNITS,
    RULES: Cause.LAW,
}
"""Parts of an Adequacy Target say more than that it is prepared."""


def default_groups(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Names of what was handed over, each in one group, by the subsections of the statute.

    >>> default_groups(["tier_1_share", "corporate_personal_property_replacement_tax"])
    {'CPPRT': ('corporate_personal_property_replacement_tax',), 'the law': ('tier_1_share',)}
    """
    in_order: list[str] = [*Cause]
    place = in_order.index(Cause.ADEQUACY_TARGET)
    in_order[place:place] = [_CORE, _ADDITIONAL]
    found: dict[str, list[str]] = {str(cause): [] for cause in in_order}
    for name in names:
        cause = _OF_PARTS.get(name) or known_names()[name].cause
        found.setdefault(str(cause), []).append(name)
    return {cause: tuple(sorted(members)) for cause, members in found.items() if members}
