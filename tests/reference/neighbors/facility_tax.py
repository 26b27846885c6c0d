"""County school facility and resources tax, 55 ILCS 5/5-1006.7, 105 ILCS 5/3-14.31. Section 4."""

from collections.abc import Mapping
from fractions import Fraction
from math import floor

from reference.arithmetic import ZERO, total

STEP = Fraction("0.0025")
GREATEST = Fraction("0.01")
STEPS = tuple(STEP * steps for steps in range(1, 5))


def is_step(rate: Fraction) -> bool:
    """Section 4: 0.25 % to 1 %, by 0.25 %."""
    return rate in STEPS


def may_levy(county: str) -> bool:
    """Section 4: any county but Cook."""
    return county.removesuffix(" County").strip().casefold() != "cook"


def goes_on_ballot(resolved: Mapping[str, bool], pupils: Mapping[str, int]) -> bool:
    """Section 4: boards with more than half of the county's pupils resolve it."""
    for_it = sum(count for unit_id, count in pupils.items() if resolved.get(unit_id))
    return 2 * for_it > sum(pupils.values())


def passes(votes_for: int, votes_against: int) -> bool:
    """Section 4: the majority of voters."""
    return votes_for > votes_against


def refused(county: str, rate: Fraction, pupils: Mapping[str, Fraction]) -> list[str]:
    """Section 4: why nothing is computed, an empty list where nothing is against it."""
    reasons = {
        "Cook": not may_levy(county),
        "rate": not is_step(rate),
        "pupils": not total(pupils.values()),
    }
    return [reason for reason, holds in reasons.items() if holds]


def net(
    taxable_sales: Fraction,
    rate: Fraction,
    state_share: Fraction = ZERO,
    regional_share: Fraction = ZERO,
) -> Fraction:
    """Section 4."""
    return net_of_receipts(taxable_sales * rate, state_share, regional_share)


def net_of_receipts(
    receipts: Fraction, state_share: Fraction = ZERO, regional_share: Fraction = ZERO
) -> Fraction:
    """Section 4: receipts are before either share is kept (decided)."""
    return receipts * (1 - state_share) * (1 - regional_share)


def distribution(money: Fraction, pupils: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Section 4: by resident pupils, in cents by largest remainder, ties by unit id.

    Of the money whole cents are distributed, the rest cut off (decided).
    """
    every = total(pupils.values())
    cents = floor(money * 100)
    exact = {unit_id: cents * Fraction(count) / every for unit_id, count in pupils.items()}
    given = {unit_id: floor(value) for unit_id, value in exact.items()}
    order = sorted(exact, key=lambda unit_id: (given[unit_id] - exact[unit_id], unit_id))
    for unit_id in order[: cents - sum(given.values())]:
        given[unit_id] += 1
    return {unit_id: Fraction(value, 100) for unit_id, value in given.items()}
