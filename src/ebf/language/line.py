"""A line of the law: a pure function, and what is known about it as data.

The name of the function is the column it makes; the names of its arguments are
the columns, parameters and salaries it reads. Everything else in this package
is a reading of these lines.

Holds: Bands, Line, line, named.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ebf.language.cite import Cite
from ebf.language.evidence import Evidence
from ebf.language.growth import GrowsWith
from ebf.language.measure import Measure
from ebf.language.rounding import Rounding
from ebf.language.vocabulary import Values


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


@dataclass(frozen=True, eq=False)
class Line:
    """One line of the law.

    ``reads`` are the names handed to ``function``, in its order. ``first_year``
    and ``last_year`` say for which fiscal years the rule stands, None without an
    end on that side.

    Of a line that is given instead of computed: it ``may_be_blank`` for units that do
    not need it, ``may_be_negative``, and one ``of_every_kind`` is needed of units
    without pupils too. One ``refused_below_0`` is what is left of something, and the
    law does not say what is done with less than nothing. ``cause`` is what a change of
    it is put down to, where the statute has no word for its paragraph;
    ``grows_with`` what moves it from year to year, where its measure does not say so.
    """

    name: str
    function: Callable[..., Values] = field(repr=False)
    reads: tuple[str, ...]
    cite: Cite
    measure: Measure
    evidence: Evidence
    title: str = ""
    bands: Bands | None = None
    rounding: Rounding | None = None
    statewide: bool = False
    first_year: int | None = None
    last_year: int | None = None
    may_be_blank: bool = False
    may_be_negative: bool = False
    refused_below_0: bool = False
    of_every_kind: bool = False
    cause: str = ""
    grows_with: GrowsWith | None = None

    def is_in_force(self, fiscal_year: int) -> bool:
        """Whether the rule stands in a fiscal year."""
        first, last = self.first_year or fiscal_year, self.last_year or fiscal_year
        return first <= fiscal_year <= last

    @property
    def era(self) -> str:
        """The fiscal years for which the rule stands, in words; empty where it is all."""
        first, last = self.first_year, self.last_year
        if first is None:
            return "" if last is None else f"to FY{last}"
        if last is None:
            return f"FY{first} on"
        return f"FY{first}" if first == last else f"FY{first} to FY{last}"

    @property
    def full_name(self) -> str:
        """The name, with the years of a rule that does not stand in all."""
        return f"{self.name} ({self.era})" if self.era else self.name

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
    measure: Measure,
    evidence: Evidence,
    *,
    name: str = "",
    bands: Bands | None = None,
    rounding: Rounding | None = None,
    statewide: bool = False,
    first_year: int | None = None,
    last_year: int | None = None,
    may_be_blank: bool = False,
    may_be_negative: bool = False,
    refused_below_0: bool = False,
    of_every_kind: bool = False,
    cause: str = "",
    grows_with: GrowsWith | None = None,
) -> Callable[[Callable[..., Values]], Line]:
    """Make the decorated function a line of its own name, or of ``name``."""

    def decorate(function: Callable[..., Values]) -> Line:
        doc = inspect.getdoc(function) or ""
        return Line(
            name=name or function.__name__,
            function=function,
            reads=tuple(inspect.signature(function).parameters),
            cite=Cite(cite),
            measure=measure,
            evidence=evidence,
            title=doc.partition("\n")[0].rstrip("."),
            bands=bands,
            rounding=rounding,
            statewide=statewide,
            first_year=first_year,
            last_year=last_year,
            may_be_blank=may_be_blank,
            may_be_negative=may_be_negative,
            refused_below_0=refused_below_0,
            of_every_kind=of_every_kind,
            cause=cause,
            grows_with=grows_with,
        )

    return decorate


def named(pattern: Line, name: str, reads: tuple[str, ...], **changes: Any) -> Line:
    """The same rule under another name, reading other columns."""
    return replace(pattern, name=name, reads=reads, **changes)
