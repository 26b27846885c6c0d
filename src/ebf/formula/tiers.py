"""The tiers, by code and by name."""

from __future__ import annotations

TIERS = TIER_1, TIER_2, TIER_3, TIER_4 = range(1, 5)
"""The codes of the tiers, as ISBE's Base Calc sheet writes them; 0 is no tier."""

TIER_NAMES = {1: "Tier 1", 2: "Tier 2", 3: "Tier 3", 4: "Tier 4", 0: "not in a tier"}
