"""What explanations are made of: lines filled in for one unit, and values from elsewhere.

Holds: Kind, OF_THE_UNIT, Source, Total, Result, Step, Section, About.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from ebf.files import Source as FromFile
from ebf.law.statutes import STATUTES
from ebf.show.document import Block, Paragraph
from ebf.show.words import Value

Kind: TypeAlias = Literal["input", "given line", "parameter", "salary", "line"]
"""What a source is; "line" where an explanation stops at a depth."""


OF_THE_UNIT: Final = "; this unit's is "
"""Before what a unit adds to a sum, the last words of what the sum is made of."""


@dataclass(frozen=True)
class Source:
    """A value that formulas read and that is not computed here.

    ``source`` says where it is from; ``fiscal_year`` is the year from which a
    parameter stands, or that of a table of salaries.
    """

    column: str
    value: Value
    kind: Kind
    label: str
    measure: str
    cite: str
    source: str
    fiscal_year: int | None


@dataclass(frozen=True)
class Total:
    """A part of a formula that takes many values in, and what it comes to."""

    formula: str
    value: Value
    made_of: str


@dataclass(frozen=True)
class Result:
    """One column of a line: its formula with names and with numbers, and what that gives.

    Both are Python expressions in the vocabulary of docs/audit.md; documents say them in words.
    """

    column: str
    formula: str
    numbers: str
    before_rounding: Value
    value: Value


@dataclass(frozen=True)
class Step:
    """One line of the law, computed for one unit. ``reads`` are the columns it takes."""

    line: str
    title: str
    cite: str
    rule: str
    measure: str
    rounding: str | None
    evidence: str
    statewide: bool
    results: tuple[Result, ...]
    totals: tuple[Total, ...]
    reads: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """The lines of a subsection of the statute, in its order."""

    subsection: str
    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class About:
    """The unit, and the calculation that its numbers are from: its statute, year, arithmetic."""

    unit_id: str
    name: str | None
    organization_type: str
    section: str
    fiscal_year: int
    arithmetic: str
    from_file: FromFile | None

    def year_in_words(self, year: int) -> str:
        """A year of the statute: ``FY2022``."""
        return STATUTES[self.section].year_in_words(year)

    @property
    def blocks(self) -> list[Block]:
        """The file that the units are from, where they are from one."""
        return [Paragraph(f"From {self.from_file}.")] if self.from_file else []
