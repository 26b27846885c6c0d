"""The distribution as a plain NumPy program: no engine, no checks, no cases but the usual.

The floor that the library's speed is held against. It computes what `tier_funding` is where
every tier has units, New State Funds meet the Minimum Funding Level, and Tier 1 ends below
90 %; numbers of FY2022.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def tier_funding(
    adequacy_target: Array,
    final_resources: Array,
    local_capacity_percentage: Array,
    enrollment: Array,
    new_state_funds: float,
) -> Array:
    """Tier funding in dollars, cut to the cent; arrays of one dimension, units in any order."""
    tier_1, tier_2, tier_3, tier_4 = (new_state_funds * each for each in (0.5, 0.49, 0.009, 0.001))
    percent = final_resources / adequacy_target
    order = np.argsort(percent)
    lifted = tier_1 / 0.3 + np.cumsum(final_resources[order])
    ratio = (lifted / np.cumsum(adequacy_target[order])).min()

    in_1, below_90, below_100 = percent < ratio, percent < 0.9, percent < 1
    first = 0.3 * np.where(in_1, ratio * adequacy_target - final_resources, 0)
    gap = (0.9 * adequacy_target - final_resources - first) * (1 - local_capacity_percentage)
    gap = np.where(below_90, gap, 0)

    of_tier_3 = np.where(below_100 & ~below_90, adequacy_target, 0)
    third = of_tier_3 * (tier_3 / of_tier_3.sum())
    of_tier_4 = np.where(below_100, 0, adequacy_target)
    fourth = of_tier_4 * (tier_4 / of_tier_4.sum())

    second = gap * (tier_2 / gap.sum())
    floor = enrollment * (third / enrollment).max()
    second = np.where(below_90 & ~in_1, np.maximum(second, floor), second)
    second *= tier_2 / second.sum()
    funding: Array = np.trunc((first + second + third + fourth) * 100 + 1e-6) / 100
    return funding
