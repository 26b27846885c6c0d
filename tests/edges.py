"""States whose units stand on the edges of tiers exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from hypothesis import strategies as st
from states import Row, State, unit_id

FURTHEST_BEHIND = Row(unit_id(999_999_999), "unit", 10_000, 10**9, 0, 1_000, 0)
"""A unit with nothing: ten dollars of new money lift it to two millionths of its target."""


class Tie(NamedTuple):
    """Units whose Tier 1 Target Ratio is p/q exactly, and units that stand at p/q.

    A unit with target q x a and resources p x a - 10 x p x e lacks 10 x p x e to p/q. Half of
    6 x p x sum(e) over 30 % is 10 x p x sum(e): what all of them lack. Units at p/q add nothing.
    """

    p: int
    q: int
    below: tuple[tuple[int, int], ...]
    """a and e of every unit below."""
    tied: tuple[int, ...]
    """a of every unit exactly at the ratio."""

    @property
    def ratio(self) -> Fraction:
        """The Tier 1 Target Ratio."""
        return Fraction(self.p, self.q)

    def state(self, cents_less: int = 0) -> State:
        """The state, the units at the ratio so many cents below it."""
        amounts = [(self.q * a, self.p * (a - 10 * e)) for a, e in self.below]
        amounts += [(self.q * a, self.p * a - cents_less) for a in self.tied]
        rows = tuple(
            Row(unit_id(place), "unit", 10_000, target, resources, 5_000, 0)
            for place, (target, resources) in enumerate(amounts)
        )
        return State(rows, 6 * self.p * sum(e for _, e in self.below))


@st.composite
def ties(draw: st.DrawFn, ratio: Fraction | None = None) -> Tie:
    """Ties at any ratio below 90 %, or at the one given; of cents up to 100 billion dollars."""
    if ratio is None:
        q = draw(st.integers(2, 1_000))
        p = draw(st.integers(1, max(1, (9 * q - 1) // 10)))
    else:
        p, q = ratio.numerator, ratio.denominator
    largest = draw(st.sampled_from((10, 10**4, 10**8)))
    below = tuple(
        (10 * e + more, e)
        for e, more in draw(
            st.lists(
                st.tuples(st.integers(1, largest), st.integers(0, largest)), min_size=1, max_size=10
            )
        )
    )
    most = sum(a for a, _ in below)
    tied = tuple(draw(st.lists(st.integers(2, most), min_size=1, max_size=10)))
    return Tie(p, q, below, tied)
