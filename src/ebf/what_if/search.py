"""The level that a state holds in the last of some years, by the new money of each year.

Holds: Counted, Search.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from ebf.language.vocabulary import Values, less
from ebf.ledger import Ledger
from ebf.what_if.course import Course

Counted: TypeAlias = Literal["units", "pupils"]

_PERCENT, _PUPILS = "final_percent_of_adequacy", "average_student_enrollment"
_JOINS: Final = "tier_1_money_joins_tier_2"
_A_DOUBLING: Final = 8
_DOUBLINGS: Final = 26
"""Below the most to try; what is less than that is one step of the search."""
_AT_A_TIME: Final = 64
_CLOSER: Final = 15
"""Amounts tried between two, again and again."""
_MOST_FALLS: Final = 6
"""Falls of the level that are looked into, those from the highest level first."""


class Search:
    """The level that a share of units or pupils holds in the last year, dollar by dollar.

    Amounts are solved many at a time, a scenario each, and each once.
    """

    def __init__(self, course: Course, share: float, by: Counted) -> None:
        """Nothing is tried yet."""
        self.course: Course = course
        self.share: float = share
        self.by: Counted = by
        self.level: dict[int, float] = {}
        self._joins: dict[int, bool] = {}

    @property
    def highest(self) -> tuple[float, int]:
        """The highest level of all amounts tried, and the least of these that reaches it."""
        level = max(self.level.values())
        return level, min(amount for amount, each in self.level.items() if each == level)

    def joins(self, above: int) -> int | None:
        """The least amount tried, of this or more, that lets Tier 1's money join Tier 2's."""
        return min((n for n, joins in self._joins.items() if joins and n >= above), default=None)

    def least(self, level: float, most: int) -> int | None:
        """The least amount found that holds the level; None where none tried does."""
        grid = _grid(most)
        tried = 0
        while tried < len(grid) and self._first(level, grid[:tried]) is None:
            self._try(grid[tried : tried + _AT_A_TIME])
            tried += _AT_A_TIME
        grid = grid[:tried]
        self._look_into_falls(grid, level)
        found = self._first(level, sorted(self.level))
        while found:
            below = max(amount for amount in self.level if amount < found)
            if found - below == 1:
                break
            self._try(_between(below, found))
            found = self._first(level, sorted(self.level))
        return found

    def _look_into_falls(self, grid: Sequence[int], level: float) -> None:
        """Find the top before every fall of the level, as far as none before it suffices."""
        end = self._first(level, grid)
        falls = [
            (place - 1, place + 1)
            for place, (one, two) in enumerate(pairwise(grid))
            if less(np.float64(self.level[two]), np.asarray(self.level[one]))
            and (end is None or one < end)
        ]
        falls.sort(key=lambda fall: -self.level[grid[fall[0] + 1]])
        for first, last in falls[:_MOST_FALLS]:
            low, high = grid[max(first, 0)], grid[last]
            while high - low > 1:
                points = [low, *_between(low, high), high]
                self._try(points)
                top = max(range(len(points)), key=lambda n: (self.level[points[n]], -n))
                near = points[max(top - 1, 0)], points[min(top + 1, len(points) - 1)]
                if near == (low, high):
                    break
                low, high = near

    def _first(self, level: float, amounts: Iterable[int]) -> int | None:
        """The first of the amounts that holds the level."""
        wanted = np.asarray(level)
        holds = (n for n in amounts if not less(np.float64(self.level[n]), wanted))
        return next(holds, None)

    def _try(self, amounts: Iterable[int]) -> None:
        """Solve the years with each of the amounts that is not tried yet."""
        new = [amount for amount in dict.fromkeys(amounts) if amount not in self.level]
        for start in range(0, len(new), _AT_A_TIME):
            some = new[start : start + _AT_A_TIME]
            money = np.array(some, dtype=np.float64)
            joins = np.zeros(len(some), dtype=bool)
            years = self.course.years
            for year, ledger in zip(years, self.course.ledgers([money] * len(years)), strict=True):
                if year < years[-1]:  # the last year's money comes too late
                    joins |= np.broadcast_to(ledger.values[_JOINS], (len(some), 1, 1)).ravel()
                else:
                    self.level.update(zip(some, self._levels(ledger, len(some)), strict=True))
            self._joins.update(zip(some, joins.tolist(), strict=True))

    def _levels(self, ledger: Ledger, count: int) -> list[float]:
        """The highest level that the share holds, a number an amount."""
        values = ledger.values
        within = values["in_distribution"]
        weight: Values = values[_PUPILS] if self.by == "pupils" else np.ones((1, 1, 1))
        shape = (count, len(ledger.table.unit_ids), 1)
        percent, weight, within = (
            np.broadcast_to(each, shape)[..., 0]
            for each in (values[_PERCENT], np.where(within, weight, 0.0), within)
        )
        order = np.argsort(-np.where(within, percent, -np.inf), axis=1, kind="stable")
        sums = np.cumsum(np.take_along_axis(weight, order, axis=1), axis=1)
        whole = np.where(sums[:, -1:] > 0, sums[:, -1:], 1.0)
        enough = ~less(sums / whole, np.asarray(self.share))
        first = enough.argmax(axis=1)[:, np.newaxis]
        level = np.take_along_axis(np.take_along_axis(percent, order, axis=1), first, axis=1)
        found: list[float] = np.where(enough.any(axis=1), level[:, 0], 0.0).tolist()
        return found


def _grid(most: int) -> list[int]:
    """Nothing, and whole dollars so many a doubling up to the most."""
    bits = max(most, 1).bit_length()
    steps = np.arange(_A_DOUBLING * max(bits - _DOUBLINGS, 0), _A_DOUBLING * bits + 1)
    amounts: npt.NDArray[np.int64] = np.rint(2.0 ** (steps / _A_DOUBLING)).astype(np.int64)
    return [0, *(n for n in dict.fromkeys(amounts.tolist()) if n <= most)]


def _between(low: int, high: int) -> list[int]:
    """Some whole dollars between two."""
    step = max(1, -(-(high - low) // (_CLOSER + 1)))
    return list(range(low + step, high, step))
