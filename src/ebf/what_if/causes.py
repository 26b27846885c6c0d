"""Causes of a change, where none are handed over: what was handed over, by the statute.

Holds: RULES, default_groups.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ebf.law.funding.causes import Cause
from ebf.law.names import known_names

RULES: Final = "the rules of the year"


def default_groups(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Names of what was handed over, each in one group, by the subsections of the statute.

    >>> default_groups(["tier_1_share", "corporate_personal_property_replacement_tax"])
    {'CPPRT': ('corporate_personal_property_replacement_tax',), 'the law': ('tier_1_share',)}
    """
    found: dict[str, list[str]] = {str(cause): [] for cause in Cause}
    for name in names:
        cause = Cause.LAW if name == RULES else known_names()[name].cause
        found.setdefault(str(cause), []).append(name)
    return {cause: tuple(sorted(members)) for cause, members in found.items() if members}
