"""The statute as lines, a module a subsection, in statute order."""

from __future__ import annotations

from typing import Final

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
from ebf.law.funding.alternatives import ALTERNATIVES
from ebf.law.funding.causes import BY_PARAGRAPH
from ebf.law.statute import Statute
from ebf.law.years import YEARS

NEW_MONEY: Final = "new_state_funds"

FUNDING: Final = Statute(
    section="18-8.15",
    title="Evidence-Based Funding",
    modules=(
        a_counts,
        b_adequacy_target,
        c_local_capacity,
        d_receipts_and_eav,
        e_base_funding_minimum,
        f_percent_of_adequacy,
        g_distribution,
        h_allocations,
    ),
    years=YEARS,
    goals=("tier", "tier_funding"),
    outcome=(g_distribution, h_allocations),
    aside=tuple(line.name for line in g_statewide_adequacy.LINES),
    usually_given=frozenset({NEW_MONEY, "regionalization_factor"}),
    causes=BY_PARAGRAPH,
    alternatives=ALTERNATIVES,
    readings_in="funding.toml",
    parameters_in="funding",
)
"""105 ILCS 5/18-8.15."""
