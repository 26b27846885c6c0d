"""The statute as lines, a module a subsection, in statute order."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType, ModuleType

from ebf.language.line import Line
from ebf.law.funding import (
    a_counts,
    b_adequacy_target,
    c_local_capacity,
    d_receipts_and_eav,
    e_base_funding_minimum,
    f_percent_of_adequacy,
    g_distribution,
    g_statewide_adequacy,
    h_allocations,
)

_UP_TO_F = (
    a_counts,
    b_adequacy_target,
    c_local_capacity,
    d_receipts_and_eav,
    e_base_funding_minimum,
    f_percent_of_adequacy,
)
SUBSECTIONS = (*_UP_TO_F, g_distribution, h_allocations)


def heading(module: ModuleType) -> tuple[str, str]:
    """The letter of a subsection and its title.

    >>> heading(a_counts)[0]
    'a'
    """
    letter, _, title = (module.__doc__ or "").partition(" ")
    return letter.strip("()"), title.strip().rstrip(".")


ALL_LINES: tuple[Line, ...] = tuple(line for module in SUBSECTIONS for line in module.LINES)
"""Every rule of every fiscal year, in statute order."""

PREPARED = frozenset(line.name for module in _UP_TO_F for line in module.LINES)
"""The lines up to (f), which a caller may well have; from (g) on they are the outcome."""

MAY_BE_BLANK = frozenset(line.name for line in ALL_LINES if line.may_be_blank)
"""The lines that may be given with blanks, for units whose funding does not read them."""

GOALS = ("tier", "tier_funding")
"""What a calculation must arrive at where no lines are asked for; it goes on as far as it can."""

ASIDE = tuple(line.name for line in g_statewide_adequacy.LINES)
"""The lines that do not stand on the goals, and are computed wherever they can be."""

NEW_MONEY = "new_state_funds"
USUALLY_GIVEN = frozenset({NEW_MONEY, "regionalization_factor"})
"""The lines that a caller has from the state, rather than what they are computed from."""


@cache
def lines(fiscal_year: int) -> Mapping[str, Line]:
    """The lines in force in a fiscal year, by name: where a rule changed, its then version."""
    in_force: dict[str, Line] = {}
    for line in ALL_LINES:
        if line.is_in_force(fiscal_year):
            if line.name in in_force:
                message = f"two rules for {line.name} in FY{fiscal_year}"
                raise ValueError(message)
            in_force[line.name] = line
    return MappingProxyType(in_force)
