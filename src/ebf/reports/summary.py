"""What a state's ledger comes to, in a few numbers."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ebf.law.funding.tiers import TIER_NAMES
from ebf.ledger import Ledger

SUMMED = (
    "tier",
    "average_student_enrollment",
    "adequacy_target",
    "final_resources",
    "tier_funding",
    "new_state_funds",
    "tier_1_target_ratio",
)
"""The lines that a summary is made of."""


@dataclass(frozen=True)
class Summary:
    """A statewide summary of one ledger.

    ``tiers`` has a row a tier: units, pupils, dollars, dollars per pupil.
    ``largest`` are the units with the largest amounts of new money.
    """

    fiscal_year: int
    new_state_funds: float
    tier_1_target_ratio: float
    statewide_percent_of_adequacy: float
    tiers: pd.DataFrame
    largest: pd.DataFrame


def summarize(ledger: Ledger, largest: int = 10) -> Summary:
    """Summarize a ledger of one state that has :data:`SUMMED`."""
    units = ledger.units
    in_tiers = units[units["tier"] > 0]
    by_tier = units.groupby("tier").agg(
        units=("tier", "size"),
        pupils=("average_student_enrollment", "sum"),
        dollars=("tier_funding", "sum"),
    )
    by_tier["dollars_per_pupil"] = by_tier["dollars"] / by_tier["pupils"]
    shown = [name for name in ("name", "organization_type", "tier") if name in units]
    return Summary(
        fiscal_year=ledger.fiscal_year,
        new_state_funds=ledger.values["new_state_funds"].item(),
        tier_1_target_ratio=ledger.values["tier_1_target_ratio"].item(),
        statewide_percent_of_adequacy=float(
            in_tiers["final_resources"].sum() / in_tiers["adequacy_target"].sum()
        ),
        tiers=by_tier.reindex([code for code in TIER_NAMES if code in by_tier.index]),
        largest=units.nlargest(largest, "tier_funding")[[*shown, "tier_funding"]],
    )
