"""A line of the law: a pure function, and what is known about it as data.

The name of the function is the column it makes; the names of its arguments are
the columns, parameters and salaries it reads. Everything else in this package
is a reading of these lines.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

import numpy as np

from ebf.language.vocabulary import Values, round_half_up, truncate, truncate_difference

FIRST_YEAR, LAST_YEAR = 2018, 2026


GREATEST: Final = 1e13
"""The greatest amount: much more, and a float does not hold every cent."""

_GREATEST_RATE: Final = 0.2
"""The greatest tax rate: above it a rate was given in percent."""

_LEAST_STUDENTS_PER_FTE: Final = 0.01
"""The least ratio: below it positions outgrow all staff there could be."""


class Unit(StrEnum):
    """What a value counts, and so the values it can have."""

    DOLLARS = "dollars"
    DOLLARS_PER_STUDENT = "dollars per student"
    DOLLARS_PER_DAY = "dollars per day"
    STUDENTS = "students"
    STUDENTS_PER_FTE = "students per FTE"
    FTE = "FTE"
    SHARE = "share"
    RATIO = "ratio"
    RATE = "dollars per dollar of EAV"
    COUNT = "count"
    FLAG = "0 or 1"
    TIER = "tier"

    @property
    def range(self) -> tuple[float, float]:
        """The least and the greatest value allowed."""
        return {
            Unit.SHARE: (0.0, 1.0),
            Unit.FLAG: (0.0, 1.0),
            Unit.TIER: (0.0, 4.0),
            Unit.RATE: (0.0, _GREATEST_RATE),
            Unit.STUDENTS_PER_FTE: (_LEAST_STUDENTS_PER_FTE, GREATEST),
        }.get(self, (0.0, GREATEST))

    @property
    def allowed(self) -> str:
        """The allowed values in words."""
        low, high = self.range
        if self in {Unit.FLAG, Unit.TIER}:
            return f"a whole number from {low:.0f} to {high:.0f}"
        if self is Unit.RATE:
            return f"{low:g} to {high:g} dollars per dollar of EAV (a rate of 4.5 % is 0.045)"
        if high < GREATEST:
            return f"a number from {low:g} to {high:g}"
        return f"a finite number, {low:g} or more, up to {GREATEST:g}"


@dataclass(frozen=True)
class Bands:
    """The named bands of a value, each with the grades it holds.

    ``bare`` bands name their columns by themselves (``grade_1``), the others
    behind the name of the line (``nurse_cost_high``).
    """

    members: Mapping[str, tuple[str, ...]]
    bare: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The bands, in order."""
        return tuple(self.members)

    def columns(self, name: str) -> tuple[str, ...]:
        """The columns that hold the value of that name."""
        return self.names if self.bare else tuple(f"{name}_{band}" for band in self.names)


@dataclass(frozen=True)
class Rounding:
    """How the state rounds a line, and the source that says so.

    ``of_difference`` where the line is a difference of larger amounts, whose
    noise in floats must not cost it a cent.
    """

    decimals: int
    cut: bool = True
    cite: str = "ISBE's workbook: TRUNC"
    of_difference: bool = False

    def __call__(self, values: Values) -> Values:
        """The rounded values."""
        if not self.cut:
            return round_half_up(values, self.decimals)
        return (truncate_difference if self.of_difference else truncate)(values, self.decimals)

    def __str__(self) -> str:
        """In words."""
        return f"{'cut' if self.cut else 'rounded'} to {self.decimals} decimals"


CUT_2 = Rounding(2)
CUT_2_OF_DIFFERENCE = Rounding(2, of_difference=True)
CUT_4 = Rounding(4)
CUT_5 = Rounding(5)
NEAREST_CENT = Rounding(2, cut=False, cite="ISBE's Base Calc sheet, New Appropriation Allocation")
WHOLE_CENTS = Rounding(2, cut=False, cite="a sum of whole cents")


@dataclass(frozen=True)
class Evidence:
    """How sure we are of a line.

    ``matched`` of ``compared`` published values are reproduced (the tests
    measure both); ``readings`` are the numbers in docs/readings.md.
    """

    kind: str
    matched: int = 0
    compared: int = 0
    readings: tuple[int, ...] = ()
    note: str = ""

    def __str__(self) -> str:
        """In words."""
        counts = f" {self.matched:,} of {self.compared:,}" if self.compared else ""
        note = f" ({self.note})" if self.note else ""
        readings = ", ".join(map(str, self.readings))
        return f"{self.kind}{counts}{note}" + (f"; reading {readings}" if readings else "")


def verified(matched: int, compared: int, *readings: int, note: str = "") -> Evidence:
    """Reproduces published numbers."""
    return Evidence("verified", matched, compared, readings, note)


def from_guide(*readings: int) -> Evidence:
    """From the state's guide or workbook layout; no published number tests it."""
    return Evidence("guide", readings=readings)


def law_as_read(*readings: int) -> Evidence:
    """The law as read in the numbered readings."""
    return Evidence("law", readings=readings)


@dataclass(frozen=True, eq=False)
class Line:
    """One line of the law.

    ``reads`` are the names handed to ``function``, in its order. ``first_year``
    and ``last_year`` say for which fiscal years the rule stands. A line that is
    ``may_be_blank`` may be given with blanks for units that do not need it.
    """

    name: str
    function: Callable[..., Values] = field(repr=False)
    reads: tuple[str, ...]
    cite: str
    unit: Unit
    evidence: Evidence
    title: str = ""
    bands: Bands | None = None
    rounding: Rounding | None = None
    statewide: bool = False
    first_year: int = FIRST_YEAR
    last_year: int = LAST_YEAR
    may_be_blank: bool = False

    @property
    def rule(self) -> str:
        """The rule in words, with a worked example."""
        return inspect.getdoc(self.function) or ""

    @property
    def words(self) -> str:
        """The rule in words, without the example."""
        return " ".join(self.rule.partition(">>>")[0].split())

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a frame that hold this line."""
        return self.bands.columns(self.name) if self.bands else (self.name,)

    def compute(self, *values: Values, rounding: bool = True) -> Values:
        """The line's values from those it reads, all with three axes."""
        result = self.function(*values)
        return self.rounding(result) if rounding and self.rounding else result

    def __call__(self, *values: Values | float) -> Any:
        """The line computed by hand: rounded, a number or a list of numbers."""
        result = self.compute(*map(np.atleast_3d, values))
        return np.squeeze(result).tolist()


def line(
    cite: str,
    unit: Unit,
    evidence: Evidence,
    *,
    name: str = "",
    bands: Bands | None = None,
    rounding: Rounding | None = None,
    statewide: bool = False,
    first_year: int = FIRST_YEAR,
    last_year: int = LAST_YEAR,
    may_be_blank: bool = False,
) -> Callable[[Callable[..., Values]], Line]:
    """Make the decorated function a line of its own name, or of ``name``."""

    def decorate(function: Callable[..., Values]) -> Line:
        doc = inspect.getdoc(function) or ""
        return Line(
            name=name or function.__name__,
            function=function,
            reads=tuple(inspect.signature(function).parameters),
            cite=cite,
            unit=unit,
            evidence=evidence,
            title=doc.partition("\n")[0].rstrip("."),
            bands=bands,
            rounding=rounding,
            statewide=statewide,
            first_year=first_year,
            last_year=last_year,
            may_be_blank=may_be_blank,
        )

    return decorate


def named(pattern: Line, name: str, reads: tuple[str, ...], **changes: Any) -> Line:
    """The same rule under another name, reading other columns."""
    return replace(pattern, name=name, reads=reads, **changes)
