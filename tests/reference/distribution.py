"""(g) New State Funds from adequacy targets and resources; (g)(10) when base funding is short."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from reference.arithmetic import cut, rounded

Unit = dict[str, Any]

ZERO = Fraction(0)
# (g): the pools' shares of New State Funds.
SHARES = (Fraction("0.50"), Fraction("0.49"), Fraction("0.009"), Fraction("0.001"))
TIER_1_RATE = Fraction("0.30")  # (g)(1)
TIER_2_LIMIT = Fraction("0.90")  # (g): Tier 2 is below, Tier 3 at or above
FULL_ADEQUACY = Fraction(1)  # (g): Tier 4 is at or above
MINIMUM_FUNDING_LEVEL = Fraction(350_000_000)  # (g)(9)
RELIEF_COUNTED = Fraction(50_000_000)  # (g)(9): property tax relief money, from FY2019
FIRST_YEAR_OF_RELIEF = 2019  # (g)(9)
FIRST_YEAR_OF_REGIONAL_PROGRAMS = 2020  # section 0, P.A. 101-10


def minimum_funding(fiscal_year: int) -> tuple[Fraction, Fraction]:
    """The Minimum Funding Level and the relief money counted towards it, (g)(9)."""
    if fiscal_year < FIRST_YEAR_OF_RELIEF:
        return MINIMUM_FUNDING_LEVEL, ZERO
    if fiscal_year == 2026:
        # FY2026, relief paused: the level less what relief would have stood for (a reading).
        return MINIMUM_FUNDING_LEVEL - RELIEF_COUNTED, ZERO
    return MINIMUM_FUNDING_LEVEL, RELIEF_COUNTED


def in_tiers(unit: Unit, fiscal_year: int) -> bool:
    """Whether a unit shares in New State Funds: section 0; no target, no percent of it."""
    if unit["kind"] == "specially_funded":
        return False
    if unit["kind"] == "regional_program" and fiscal_year < FIRST_YEAR_OF_REGIONAL_PROGRAMS:
        return False
    return bool(unit["adequacy_target"] > 0)


def pools_of(
    new_state_funds: Fraction, level: Fraction, relief: Fraction
) -> tuple[list[Fraction], Fraction]:
    """The four pools, to the nearest cent, and the Tier 1 rate: (g), (g)(9)."""
    shortfall = level - relief - new_state_funds
    if shortfall <= 0:
        return [rounded(share * new_state_funds, 2) for share in SHARES], TIER_1_RATE
    pools = [rounded(share * (level - relief), 2) for share in SHARES]
    for tier in (3, 2, 1, 0):
        taken = min(pools[tier], shortfall)
        pools[tier] -= taken
        shortfall -= taken
    return pools, TIER_1_RATE * new_state_funds / level


def target_ratio(units: list[Unit], pool: Fraction, rate: Fraction) -> Fraction:
    """The ratio at which the rate's share of the gaps below it makes the Tier 1 pool.

    The least, over the prefixes of the units in order of percent, of
    (pool / rate + resources) / targets.
    """
    targets = resources = ZERO
    ratios = []
    for unit in sorted(units, key=lambda u: Fraction(u["final_percent_of_adequacy"])):
        targets += unit["adequacy_target"]
        resources += unit["final_resources"]
        # With a rate of 0 there is no money either: the poorest unit's percent.
        ratios.append(((pool / rate if rate else ZERO) + resources) / targets)
    return min(ratios)


def tier_of(percent: Fraction, ratio: Fraction) -> int:
    """The tier of a percent of adequacy; no Tier 1 when its ratio exceeds 0.90, (g)(6)."""
    if ratio <= TIER_2_LIMIT and percent < ratio:
        return 1
    if percent < TIER_2_LIMIT:
        return 2
    return 3 if percent < FULL_ADEQUACY else 4


def per_target(units: list[Unit], pool: Fraction) -> Fraction:
    """The rate of Tier 3 or Tier 4: its pool by the targets of its units."""
    targets = sum((u["adequacy_target"] for u in units), ZERO)
    return pool / targets if targets else ZERO


def distribute(
    units: list[Unit],
    new_state_funds: Fraction,
    level: Fraction,
    relief: Fraction,
    fiscal_year: int,
) -> dict[str, Any]:
    """Set every unit's tier and tier funding; return the statewide numbers.

    Reads of a unit: kind, adequacy_target, final_resources, average_student_enrollment,
    local_capacity_percentage, base_funding_minimum.
    """
    pools, rate = pools_of(new_state_funds, level, relief)
    state: dict[str, Any] = {"tier_1_allocation_rate": rate}
    for unit in units:
        unit["tier"] = 0
        for tier in (1, 2, 3, 4):
            unit[f"tier_{tier}_funding"] = ZERO
    sharing = [u for u in units if in_tiers(u, fiscal_year)]
    for unit in sharing:
        unit["final_percent_of_adequacy"] = unit["final_resources"] / unit["adequacy_target"]
    if sharing:
        distribute_among(sharing, pools, rate, state)
    for unit in units:
        unit["tier_funding"] = cut(sum((unit[f"tier_{t}_funding"] for t in (1, 2, 3, 4)), ZERO))
        unit["total"] = unit["base_funding_minimum"] + unit["tier_funding"]
    return state


def distribute_among(
    units: list[Unit], pools: list[Fraction], rate: Fraction, state: dict[str, Any]
) -> None:
    """(g)(1)-(7) for the units that share."""
    pool_1, pool_2, pool_3, pool_4 = pools
    ratio = target_ratio(units, pool_1, rate)
    for unit in units:
        unit["tier"] = tier_of(unit["final_percent_of_adequacy"], ratio)
    tiers = {tier: [u for u in units if u["tier"] == tier] for tier in (1, 2, 3, 4)}
    if ratio > TIER_2_LIMIT:  # (g)(6)
        pool_1, pool_2 = ZERO, pool_1 + pool_2

    for unit in tiers[1]:
        gap = ratio * unit["adequacy_target"] - unit["final_resources"]
        unit["tier_1_funding"] = rate * gap

    low = tiers[1] + tiers[2]
    for unit in low:
        unit["tier_2_funding_gap"] = (
            TIER_2_LIMIT * unit["adequacy_target"]
            - unit["final_resources"]
            - unit["tier_1_funding"]
        ) * (1 - unit["local_capacity_percentage"])
    gaps = sum((u["tier_2_funding_gap"] for u in low), ZERO)
    rate_2 = min(FULL_ADEQUACY, pool_2 / gaps) if gaps else ZERO

    # (g)(7): what is left once every gap is filled goes to Tiers 3 and 4, in the
    # proportion of their own shares.
    left = max(ZERO, pool_2 - gaps)
    pool_2 -= left
    pool_3 += left * SHARES[2] / (SHARES[2] + SHARES[3])
    pool_4 += left * SHARES[3] / (SHARES[2] + SHARES[3])
    rate_3, rate_4 = per_target(tiers[3], pool_3), per_target(tiers[4], pool_4)
    for unit in tiers[3]:
        unit["tier_3_funding"] = rate_3 * unit["adequacy_target"]
    for unit in tiers[4]:
        unit["tier_4_funding"] = rate_4 * unit["adequacy_target"]

    floor = floor_of(tiers[3])
    for unit in low:
        unit["step_1"] = unit["tier_2_funding_gap"] * rate_2
        unit["step_2"] = unit["step_1"]
        if unit["tier"] == 2:
            unit["step_2"] = max(unit["step_1"], unit["average_student_enrollment"] * floor)
    steps = sum((u["step_2"] for u in low), ZERO)
    scale = pool_2 / steps if steps else ZERO
    for unit in low:
        unit["tier_2_funding"] = unit["step_2"] * scale

    state |= {
        "tier_1_target_ratio": ratio,
        "pools": [pool_1, pool_2, pool_3, pool_4],
        "tier_2_allocation_rate": rate_2,
        "tier_2_floor": floor,
        "tier_2_scale": scale,
        "tier_3_allocation_rate": rate_3,
        "tier_4_allocation_rate": rate_4,
    }


def floor_of(units: list[Unit]) -> Fraction:
    """(g)(2): the greatest Tier 3 funding per pupil."""
    return max(
        (
            u["tier_3_funding"] / u["average_student_enrollment"]
            for u in units
            if u["average_student_enrollment"] > 0
        ),
        default=ZERO,
    )


def reduce_base_funding(units: list[Unit], appropriation: Fraction) -> None:
    """(g)(10): spread what the appropriation is short of base funding.

    Tiers 3 and 4 lose an equal amount a pupil, never below the base of the first year;
    what that leaves open every unit loses, an equal amount a pupil.
    """
    short = max(ZERO, sum((u["base_funding_minimum"] for u in units), ZERO) - appropriation)
    for unit in units:
        unit["reduction"] = ZERO
    high = [u for u in units if u["tier"] in {3, 4}]
    short = spread(high, short, lambda u: u["base_funding_minimum"] - u["first_year_base"])
    spread(units, short, lambda u: u["base_funding_minimum"])


def spread(units: list[Unit], short: Fraction, most: Callable[[Unit], Fraction]) -> Fraction:
    """Take an equal amount a pupil, from none more than `most`; return what stays open."""
    room = {
        id(u): max(ZERO, most(u) - u["reduction"])
        for u in units
        if u["average_student_enrollment"] > 0
    }
    open_units = [u for u in units if id(u) in room]
    open_units.sort(key=lambda u: room[id(u)] / u["average_student_enrollment"])
    while open_units and short > 0:
        pupils = sum((u["average_student_enrollment"] for u in open_units), ZERO)
        each = short / pupils
        first = open_units[0]
        if each * first["average_student_enrollment"] <= room[id(first)]:
            for unit in open_units:
                unit["reduction"] += each * unit["average_student_enrollment"]
            return ZERO
        first["reduction"] += room[id(first)]
        short -= room[id(first)]
        open_units.pop(0)
    return short
