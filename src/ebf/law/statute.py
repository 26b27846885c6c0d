"""A statute: a section of the law as lines, and what a calculation of it is for.

Holds: Chosen, Statute.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from types import MappingProxyType, ModuleType
from typing import TypeAlias

from ebf.faults import InputError, Place, out_of_range
from ebf.language.cite import Cite, Paragraph
from ebf.language.line import Line
from ebf.law.columns import Column

Chosen: TypeAlias = tuple[tuple[int, str], ...]
"""Alternatives that a law is read by: the reading's number, and the alternative's name."""


@dataclass(frozen=True, eq=False)
class Statute:
    """A section of the law as lines, and what a calculation of it is for.

    ``modules`` are its subsections in statute order: each has ``LINES``, and begins its
    docstring with its letter and title. Those of ``outcome`` are what the state works
    out; a caller may well have the lines of the others. ``years`` are the fiscal years
    that it is known for. A calculation for which no lines are asked must arrive at the
    ``goals``, and goes on as far as it can; lines ``aside`` do not stand on the goals,
    and are computed wherever they can be. ``usually_given`` are lines that a caller has
    from the state, rather than what they are computed from. ``inputs`` are the raw
    columns that it reads beside those of every unit, and ``causes`` say what a change
    of what a paragraph speaks of is put down to. ``readings_in`` is the file of data/readings/ with
    the readings of where it is open, and ``alternatives`` are the lines of those that change
    lines, by the reading's number and the alternative's name. ``parameters_in`` is the
    folder of data/parameters/ with its numbers, ``year_is`` what a year of it is called;
    ``act`` the act that the section is of.
    """

    section: str
    title: str
    modules: tuple[ModuleType, ...]
    years: Sequence[int]
    goals: tuple[str, ...]
    outcome: tuple[ModuleType, ...] = ()
    aside: tuple[str, ...] = ()
    usually_given: frozenset[str] = frozenset()
    inputs: Mapping[str, Column] = field(default_factory=dict)
    causes: Mapping[Paragraph, str] = field(default_factory=dict)
    alternatives: Mapping[tuple[int, str], tuple[Line, ...]] = field(default_factory=dict)
    readings_in: str = ""
    parameters_in: str = ""
    year_is: str = "FY"
    act: str = "105 ILCS 5/"

    def year_in_words(self, year: int) -> str:
        """A year of it: ``FY2022``, ``levy year 2022``."""
        return f"{self.year_is}{year}"

    @cached_property
    def all_lines(self) -> tuple[Line, ...]:
        """Every rule of every fiscal year, in statute order."""
        return tuple(line for module in self.modules for line in module.LINES)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of its lines, of its inputs, and of what its lines read beside them."""
        read = {name for line in self.all_lines for name in (line.name, *line.reads)}
        others = {n for lines in self.alternatives.values() for line in lines for n in line.reads}
        return frozenset({*read, *others, *self.inputs})

    @cached_property
    def prepared(self) -> frozenset[str]:
        """The lines that a caller may well have, since they are no outcome."""
        before = (module for module in self.modules if module not in self.outcome)
        return frozenset(line.name for module in before for line in module.LINES)

    @cached_property
    def may_be_blank(self) -> frozenset[str]:
        """The lines that may be given with blanks, for units whose funding does not read them."""
        return frozenset(line.name for line in self.all_lines if line.may_be_blank)

    def lines(self, fiscal_year: int, chosen: Chosen = ()) -> Mapping[str, Line]:
        """The lines in force in a fiscal year, by name: where a rule changed, its then version.

        ``chosen`` are alternatives that it is read by. Raises InputError for a year that
        the statute is not known for.
        """
        return _in_force(self, fiscal_year, chosen)

    def lines_of_reading(self, number: int) -> tuple[Line, ...]:
        """The lines that rest on a reading."""
        return tuple(line for line in self.all_lines if number in line.evidence.readings)

    def heading(self, module: ModuleType) -> tuple[str, str]:
        """The letter of a subsection and its title; no letter where the section has none."""
        first = (module.__doc__ or "").partition("\n")[0].strip().rstrip(".")
        if not first.startswith("("):
            return "", first
        letter, _, title = first.partition(" ")
        return letter.strip("()"), title.strip()

    def cause_of(self, cite: Cite) -> str:
        """What a change of what the first paragraph of a cite speaks of is put down to."""
        labels = next(iter(cite.paragraphs), ())
        found = (self.causes.get(labels[:count]) for count in range(len(labels), 0, -1))
        return next((cause for cause in found if cause), self.title)


@cache
def _in_force(statute: Statute, fiscal_year: int, chosen: Chosen) -> Mapping[str, Line]:
    if fiscal_year not in statute.years:
        first, last = statute.years[0], statute.years[-1]
        allowed = f"a year of {statute.section}, {first} to {last}"
        place = Place("law", argument="fiscal_year")
        raise InputError([out_of_range(place, str(fiscal_year), allowed)])
    in_force: dict[str, Line] = {}
    for line in statute.all_lines:
        if line.is_in_force(fiscal_year):
            if line.name in in_force:
                message = f"two rules for {line.name} in FY{fiscal_year}"
                raise ValueError(message)
            in_force[line.name] = line
    for number, name in chosen:
        for line in statute.alternatives.get((number, name), ()):
            if line.is_in_force(fiscal_year):
                in_force[line.name] = line
    return MappingProxyType(in_force)
