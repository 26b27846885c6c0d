"""The tiers, by code and by name.

Holds: TIERS, TIER_1, TIER_2, TIER_3, TIER_4, TIER_NAMES.
"""

from __future__ import annotations

TIERS = TIER_1, TIER_2, TIER_3, TIER_4 = range(1, 5)
"""The codes of the tiers, as ISBE's Base Calc sheet writes them; 0 is no tier."""

TIER_NAMES = {code: f"Tier {code}" for code in TIERS} | {0: "not in a tier"}
