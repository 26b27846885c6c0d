"""What a value counts, and so the values it can have.

Holds: GREATEST, Measure.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

GREATEST: Final = 1e13
"""The greatest amount: much more, and a float does not hold every cent."""
_GREATEST_RATE: Final = 0.2
"""The greatest tax rate: above it a rate was given in percent."""
_GREATEST_RATIO: Final = 20.0
"""The greatest ratio, as of resources to the target: above it one was given in percent."""
_GREATEST_PERCENT: Final = 10_000.0
"""The greatest percentage that a report card shows: receipts far above a small target's."""
_LEAST_STUDENTS_PER_FTE: Final = 0.01
"""The least ratio: below it positions outgrow all staff there could be."""


class Measure(StrEnum):
    """What a value counts, and so the values it can have."""

    DOLLARS = "dollars"
    DOLLARS_PER_STUDENT = "dollars per student"
    DOLLARS_PER_DAY = "dollars per day"
    STUDENTS = "students"
    STUDENTS_PER_FTE = "students per FTE"
    FTE = "FTE"
    SHARE = "share"
    RATIO = "ratio"
    WEALTH = "dollars of EAV per dollar of the target"
    RATE = "dollars per dollar of EAV"
    COUNT = "count"
    FLAG = "0 or 1"
    TIER = "tier"
    PERCENT = "percent"
    POINTS = "points"

    @property
    def range(self) -> tuple[float, float]:
        """The least and the greatest value allowed."""
        return {
            Measure.SHARE: (0.0, 1.0),
            Measure.RATIO: (0.0, _GREATEST_RATIO),
            Measure.FLAG: (0.0, 1.0),
            Measure.TIER: (0.0, 4.0),
            Measure.PERCENT: (0.0, _GREATEST_PERCENT),
            Measure.POINTS: (0.0, 4.0),
            Measure.RATE: (0.0, _GREATEST_RATE),
            Measure.STUDENTS_PER_FTE: (_LEAST_STUDENTS_PER_FTE, GREATEST),
        }.get(self, (0.0, GREATEST))

    @property
    def allowed(self) -> str:
        """The allowed values in words."""
        low, high = self.range
        if self in {Measure.FLAG, Measure.TIER}:
            return f"a whole number from {low:.0f} to {high:.0f}"
        if self is Measure.RATE:
            return f"{low:g} to {high:g} dollars per dollar of EAV (a rate of 4.5 % is 0.045)"
        if self is Measure.RATIO:
            return f"a ratio from {low:g} to {high:g} (90 % is 0.9)"
        if high < GREATEST:
            return f"a number from {low:g} to {high:g}"
        return f"a finite number, {low:g} or more, up to {GREATEST:g}"
