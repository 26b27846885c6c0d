"""What must add up in every state, written in the vocabulary: the workbook's check sheet.

Holds: Sides, ALLOWED, Proof, PROOFS.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from ebf.language.measure import Measure
from ebf.language.symbols import Term
from ebf.language.vocabulary import Values, maximum, statewide_sum, where
from ebf.law.names import names_read

Sides: TypeAlias = tuple[Values, Values]

ALLOWED: Final = 0.02
"""How far the two sides may be apart: two cents, since two of the pools are rounded."""


@dataclass(frozen=True)
class Proof:
    """Two sides that must be equal, from the lines that the arguments name."""

    sides: Callable[..., Sides]
    measure: Measure = Measure.DOLLARS

    @property
    def title(self) -> str:
        """What is proven."""
        return (inspect.getdoc(self.sides) or "").rstrip(".")

    @property
    def reads(self) -> tuple[str, ...]:
        """The lines that it takes."""
        return tuple(inspect.signature(self.sides).parameters)

    @property
    def terms(self) -> tuple[Term, Term]:
        """The two sides as formulas."""
        one, other = self.sides(*map(names_read, self.reads))
        return one.item(), other.item()


def _pools_add_up(
    tier_1_allocation_less_shortfall: Values,
    tier_2_allocation_less_shortfall: Values,
    tier_3_allocation_less_shortfall: Values,
    tier_4_allocation_less_shortfall: Values,
    new_state_funds: Values,
) -> Sides:
    """The money of the four tiers is the New State Funds."""
    lower = tier_1_allocation_less_shortfall + tier_2_allocation_less_shortfall
    higher = tier_3_allocation_less_shortfall + tier_4_allocation_less_shortfall
    return lower + higher, new_state_funds


def _tier_1_paid_out(
    tier_1_funding: Values,
    tier_1_money_joins_tier_2: Values,
    tier_1_allocation_less_shortfall: Values,
) -> Sides:
    """Tier 1's money is paid to its units, unless it joins Tier 2's."""
    own = where(tier_1_money_joins_tier_2, 0, tier_1_allocation_less_shortfall)
    return statewide_sum(tier_1_funding), own


def _tier_2_paid_out(
    tier_2_funding: Values, tier_2_available: Values, tier_2_surplus: Values
) -> Sides:
    """Tier 2's money, less its surplus, is paid to the units of Tiers 1 and 2."""
    return statewide_sum(tier_2_funding), tier_2_available - tier_2_surplus


def _tier_3_paid_out(tier_3_funding: Values, tier_3_aggregate_funding: Values) -> Sides:
    """Tier 3's money is paid to its units."""
    return statewide_sum(tier_3_funding), tier_3_aggregate_funding


def _tier_4_paid_out(tier_4_funding: Values, tier_4_aggregate_funding: Values) -> Sides:
    """Tier 4's money is paid to its units."""
    return statewide_sum(tier_4_funding), tier_4_aggregate_funding


def _units_add_up(
    units_in_tier_1: Values,
    units_in_tier_2: Values,
    units_in_tier_3: Values,
    units_in_tier_4: Values,
    in_distribution: Values,
) -> Sides:
    """The units of the four tiers are the units in the distribution."""
    tiers = units_in_tier_1 + units_in_tier_2 + units_in_tier_3 + units_in_tier_4
    return tiers, statewide_sum(in_distribution)


def _ratio_is_reached(
    in_distribution: Values,
    tier_1_target_ratio: Values,
    adequacy_target: Values,
    final_resources: Values,
    tier_1_gap_reached: Values,
) -> Sides:
    """The gaps of all units below the Tier 1 Target Ratio are what its money serves."""
    gap = maximum(tier_1_target_ratio * adequacy_target - final_resources, 0)
    return statewide_sum(where(in_distribution, gap, 0)), tier_1_gap_reached


PROOFS: Final = (
    Proof(_pools_add_up),
    Proof(_tier_1_paid_out),
    Proof(_tier_2_paid_out),
    Proof(_tier_3_paid_out),
    Proof(_tier_4_paid_out),
    Proof(_units_add_up, Measure.COUNT),
    Proof(_ratio_is_reached),
)
