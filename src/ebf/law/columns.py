"""What a raw column may hold, and which kinds of unit need it.

Holds: OrganizationType, KINDS, DISTRICTS, WITH_PUPILS, EVERY_KIND, Column.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Final, Literal, get_args

from ebf.language.cite import Cite
from ebf.language.growth import GrowsWith
from ebf.language.line import Bands
from ebf.language.measure import GREATEST, Measure
from ebf.law.years import FIRST_YEAR

OrganizationType = Literal[
    "unit",
    "hybrid",
    "elementary",
    "high_school",
    "laboratory_school",
    "regional_program",
    "specially_funded",
]
KINDS: Final[tuple[str, ...]] = get_args(OrganizationType)
DISTRICTS: Final = frozenset(KINDS[:4])
WITH_PUPILS: Final = frozenset(KINDS[:6])
EVERY_KIND: Final = frozenset(KINDS)


@dataclass(frozen=True)
class Column:
    """What is known of a raw input.

    ``kinds`` are the units that need it; for others a blank is 0. A column with
    a ``default`` may be left out or blank. ``may_be_blank`` inputs keep their
    blanks for the formula to read (a year with one count date). What is ``of_one_year``
    is not carried on into later ones. ``cause`` is what a change of it is put down to,
    where the statute has no word for its paragraph; ``grows_with`` what moves it from
    year to year, where its measure does not say so.
    """

    measure: Measure
    cite: Cite
    label: str
    kinds: frozenset[str] = DISTRICTS
    default: float | None = None
    low: float | None = None
    first_year: int = FIRST_YEAR
    may_be_blank: bool = False
    statewide: bool = False
    bands: Bands | None = None
    of_one_year: bool = False
    cause: str = ""
    grows_with: GrowsWith | None = None

    @property
    def range(self) -> tuple[float, float]:
        """The least and the greatest value allowed."""
        low, high = self.measure.range
        return (low if self.low is None else max(self.low, -GREATEST)), high

    @property
    def allowed(self) -> str:
        """The allowed values in words."""
        if self.low is None:
            return self.measure.allowed
        if self.low == -inf and self.measure is Measure.RATIO:
            return f"a ratio up to {self.range[1]:g}, below 0 too (90 % is 0.9)"
        if self.low == -inf:
            return f"a number from {-GREATEST:g} to {GREATEST:g}"
        return f"a finite number, {self.low:g} or more, up to {self.range[1]:g}"
