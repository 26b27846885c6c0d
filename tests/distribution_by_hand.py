"""The distribution of (g) worked out in fractions, apart from the library."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate
from typing import NamedTuple

from states import Row, State


class Paid(NamedTuple):
    """What the law gives every unit in a tier, before cutting."""

    tiers: list[int]
    amounts: list[Fraction]
    clear: bool
    """Whether no unit stands within float's breadth of the Tier 1 Target Ratio."""


def by_hand(state: State) -> Paid:
    """(g)(1) to (7) in fractions of a cent, for pools in whole cents."""
    rows = state.in_distribution
    pools = [Fraction(state.funds) * share / 1_000 for share in (500, 490, 9, 1)]
    in_order = sorted(rows, key=lambda row: row.percent)
    sums = zip(
        accumulate(row.resources for row in in_order),
        accumulate(row.target for row in in_order),
        strict=True,
    )
    ratio = min((pools[0] * 10 / 3 + resources) / targets for resources, targets in sums)
    distances = [abs(row.percent - ratio) for row in rows] + [abs(ratio - Fraction(9, 10))]
    clear = all(each == 0 or each > Fraction(1, 10**11) for each in distances)
    if ratio > Fraction(9, 10):  # (g)(6)
        pools[1] += pools[0]
        ratio = Fraction(0)

    def tier_of(row: Row) -> int:
        edges = (ratio, Fraction(9, 10), Fraction(1))
        return 1 + sum(row.percent >= edge for edge in edges)

    tiers = [tier_of(row) for row in rows]
    if 3 not in tiers and 4 not in tiers:
        pools[1] += pools[2] + pools[3]
    elif 3 not in tiers:
        pools[3] += pools[2]
    elif 4 not in tiers:
        pools[2] += pools[3]
    first = [
        Fraction(3, 10) * (ratio * row.target - row.resources) if tier == 1 else Fraction(0)
        for row, tier in zip(rows, tiers, strict=True)
    ]
    gaps = [
        (Fraction(9, 10) * row.target - row.resources - paid) * (10_000 - row.capacity) / 10_000
        if tier <= 2
        else Fraction(0)
        for row, tier, paid in zip(rows, tiers, first, strict=True)
    ]
    total = sum(gaps, Fraction(0))
    surplus = max(Fraction(0), pools[1] - total)  # (g)(7)
    pools[1] -= surplus
    if 3 in tiers and 4 in tiers:
        pools[2] += surplus * 9 / 10
        pools[3] += surplus / 10
    elif 3 in tiers:
        pools[2] += surplus
    elif 4 in tiers:
        pools[3] += surplus
    rates = {
        tier: pools[tier - 1] / sum(r.target for r, t in zip(rows, tiers, strict=True) if t == tier)
        for tier in {3, 4} & set(tiers)
    }
    last = [
        row.target * rates.get(tier, Fraction(0)) for row, tier in zip(rows, tiers, strict=True)
    ]
    floor = max(
        (
            100 * paid / row.students
            for row, tier, paid in zip(rows, tiers, last, strict=True)
            if tier == 3
        ),
        default=Fraction(0),
    )
    rate = min(Fraction(1), pools[1] / total) if total else Fraction(0)
    raised = [
        # (g)(2), where no money is left over (reading 32)
        max(gap * rate, floor * row.students / 100) if tier == 2 and not surplus else gap * rate
        for row, tier, gap in zip(rows, tiers, gaps, strict=True)
    ]
    scale = pools[1] / sum(raised) if any(raised) else Fraction(0)
    second = [amount * scale for amount in raised]
    return Paid(
        tiers, [sum(parts, Fraction(0)) for parts in zip(first, second, last, strict=True)], clear
    )
