"""A fact in a fiscal year: how it stands, by the law in force or by what its source says.

Holds: UNKNOWN, Status, Number, Found, YearOfFacts, Difference, fiscal_year_named, between,
since_national.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from ebf.language.measure import Measure
from ebf.law.evidence import evidence_of
from ebf.law.names import known_names
from ebf.law.parameters import Law, element_owners, identifier_of, law
from ebf.law.statutes import STATUTES
from ebf.ledger import Ledger
from ebf.reports.profile_facts import BRACES, Fact, FactsFile
from ebf.show.words import amount, dollars, number, percent

UNKNOWN: Final = "(not known)"
"""A number of a sentence, where it is not known."""
_PER: Final = 1_000
"""Rates in words are dollars per $1,000 of EAV, as the national profile has them."""


class Status(StrEnum):
    """How a fact stands in a year."""

    IN_FORCE = "in force"
    NOT_IN_FORCE = "not in force"
    NOT_KNOWN = "not known"
    NOT_DATED = "not dated"
    NEEDS_LEDGER = "needs a ledger"


@dataclass(frozen=True)
class Number:
    """A number of a fact in a year; None where it is not known.

    ``since`` is the first of the years with a known number in which it was what it is.
    """

    value: float | None
    measure: Measure
    cite: str
    source: str
    since: int | None = None

    @property
    def words(self) -> str:
        """As sentences have it."""
        value, measure = self.value, self.measure
        if value is None:
            return UNKNOWN
        if measure in {Measure.SHARE, Measure.RATIO}:
            return percent(value)
        if measure is Measure.RATE:
            return dollars(_PER * value)
        if measure.startswith(Measure.DOLLARS):
            return number(value, measure, alone=True)
        return amount(value)


@dataclass(frozen=True)
class Found:
    """A fact in a year: how it stands, what is to be said of that, its numbers by name."""

    fact: Fact
    status: Status
    note: str
    cite: str
    source: str
    numbers: Mapping[str, Number]

    @property
    def statement(self) -> str:
        """The statement with its numbers, and what is to be said beside it."""
        if self.status in {Status.NOT_IN_FORCE, Status.NEEDS_LEDGER}:
            return f"{self.status.capitalize()}: {self.note}."
        words = {name: each.words for name, each in self.numbers.items()}
        said = BRACES.sub(lambda name: words.get(name[1], UNKNOWN), self.fact.statement)
        return f"{said} {self.aside}".rstrip()

    @property
    def aside(self) -> str:
        """What is to be said beside the statement."""
        return f"({self.status.capitalize()}: {self.note}.)" if self.note else ""


@dataclass(frozen=True)
class YearOfFacts:
    """A fiscal year: its law and its ledger, where there are some, and what is true in it."""

    year: int
    own: Law | None
    ledger: Ledger | None
    file: FactsFile

    def law(self, section: str) -> Law | None:
        """The law of a statute in the year; None where the statute is not known for it."""
        if self.own is not None and self.own.section == section:
            return self.own
        return law(self.year, statute=section) if self.year in STATUTES[section].years else None

    def found(self, fact: Fact) -> Found:
        """How a fact stands in the year."""
        found = self._of_the_law(fact) if fact.is_of_the_law else self._from_outside(fact)
        if reason := self._not_in_force(fact):
            return replace(found, status=Status.NOT_IN_FORCE, note=reason, numbers={})
        return found

    def _not_in_force(self, fact: Fact) -> str:
        """Why it is not in force in the year; empty where it may be."""
        if fact.first_year is not None and self.year < fact.first_year:
            return f"from {fiscal_year_named(fact.first_year)} on"
        if fact.last_year is not None and self.year > fact.last_year:
            return f"to {fiscal_year_named(fact.last_year)}"
        national = self.file.national_year
        if fact.changed and national is not None and self.year <= national:
            return fact.changed
        return ""

    def _from_outside(self, fact: Fact) -> Found:
        measure = fact.measure or Measure.COUNT
        numbers = {
            name: Number(value, measure, fact.cite, fact.source)
            for name, value in fact.values.items()
        }
        status, note = Status.IN_FORCE, ""
        if fact.known is None:
            status, note = Status.NOT_DATED, "the source does not say of which years"
        elif not fact.known[0] <= self.year <= fact.known[1]:
            first, last = map(fiscal_year_named, fact.known)
            years = first if first == last else f"{first} to {last}"
            status, note = Status.NOT_DATED, f"the source speaks of {years}"
        return Found(fact, status, note, fact.cite, fact.source, numbers)

    def _of_the_law(self, fact: Fact) -> Found:
        own = self.law(fact.statute)
        if own is None:
            statute = STATUTES[fact.statute]
            first, last = (statute.year_in_words(statute.years[place]) for place in (0, -1))
            note = f"{fact.statute} is known for {first} to {last}"
            owners = {n: element_owners()[identifier_of(e)][0] for n, e in fact.numbers.items()}
            unknown = {n: Number(None, each.measure, each.cite, note) for n, each in owners.items()}
            return Found(fact, Status.NOT_KNOWN, note, fact.cite or fact.statute, "", unknown)
        numbers = {name: _parameter(own, each) for name, each in fact.numbers.items()}
        cites = [each.cite for each in numbers.values()]
        sources = [each.source for each in numbers.values()]
        status, note = _status(own, fact, numbers)
        about = [_line(own, name) for name in fact.lines]
        cites += [cite for cite, _ in about]
        sources += [source for _, source in about]
        if fact.count:
            numbers["count"] = _counted(own, *fact.count)
            cites.insert(0, fact.count[0])
        if fact.share:
            numbers["share"] = self._share(*fact.share)
            cites.append(numbers["share"].cite)
            sources.append(numbers["share"].source)
            if numbers["share"].value is None:
                status = Status.NEEDS_LEDGER
                note = numbers["share"].source.removeprefix(f"{status}: ")
        return Found(fact, status, note, fact.cite or _joined(cites), _joined(sources), numbers)

    def _share(self, part: str, whole: str) -> Number:
        """One column's sum over another's; None, and what is needed, without them."""
        cite = known_names()[part].cite
        year = fiscal_year_named(self.year)
        if self.ledger is None:
            needs = f"one of {year} that has {part} and {whole}"
            return Number(None, Measure.SHARE, cite, f"{Status.NEEDS_LEDGER}: {needs}")
        units = self.ledger.units
        lacking = [name for name in (part, whole) if name not in units]
        total = 0.0 if lacking else float(units[whole].sum())
        if not total:
            what = f"no {', no '.join(lacking)}" if lacking else f"no dollar of {whole}"
            needs = f"that of {year} has {what}"
            return Number(None, Measure.SHARE, cite, f"{Status.NEEDS_LEDGER}: {needs}")
        source = f"the ledger of {year}: {len(units):,} units"
        return Number(float(units[part].sum()) / total, Measure.SHARE, cite, source)


def _parameter(own: Law, element: str) -> Number:
    """A single number of the law as it is in force, and the first year known that it is since."""
    parameter, name = element_owners()[identifier_of(element)]
    known = own.in_force.get(name)
    if known is None:
        years = f"not known; known: {parameter.years_known(name)}"
        return Number(None, parameter.measure, parameter.cite, years)
    value, since = float(known.value.item()), known.fiscal_year
    for dated in reversed(parameter.values):
        if since is not None and dated.fiscal_year <= since:
            if dated.value.get(name) != value:
                break
            since = dated.fiscal_year
    return Number(value, parameter.measure, parameter.cite, known.source, since)


def _status(own: Law, fact: Fact, numbers: Mapping[str, Number]) -> tuple[Status, str]:
    """How parameters and lines stand in a year: begun or not, known or not."""
    lacking = [fact.numbers[name] for name, each in numbers.items() if each.value is None]
    statute = own.statute
    year = statute.year_in_words(own.fiscal_year)
    if lacking:
        owners = [element_owners()[identifier_of(each)][0] for each in lacking]
        first = min(each.values[0].fiscal_year for each in owners)
        if own.fiscal_year < first:
            return Status.NOT_IN_FORCE, f"from {statute.year_in_words(first)} on"
        known = ", ".join(
            f"{each}: {owner.years_known(each)}"
            for each, owner in zip(lacking, owners, strict=True)
        )
        return Status.NOT_KNOWN, f"no value in hand for {year}; known of {known}"
    is_line = {line.name for line in statute.all_lines}
    if absent := [name for name in fact.lines if name in is_line and name not in own.lines]:
        return Status.NOT_IN_FORCE, f"no line {', '.join(absent)} in {year}"
    return Status.IN_FORCE, ""


def _line(own: Law, name: str) -> tuple[str, str]:
    """The cite of a line, an input or a salary, and what it rests on."""
    line = own.lines.get(name)
    if line is not None:
        return line.cite, f"line {name}: {evidence_of(line)}"
    known = known_names()[name]
    return known.cite, f"{known.kind} {name}"


def _counted(own: Law, cite: str, ending: str) -> Number:
    """How many lines in force have such a cite and such a name."""
    lines = [
        name
        for name, line in own.lines.items()
        if line.cite.startswith(cite) and name.endswith(ending)
    ]
    year = own.statute.year_in_words(own.fiscal_year)
    return Number(len(lines), Measure.COUNT, cite, f"lines *{ending} in force in {year}")


def _joined(words: Sequence[str]) -> str:
    """Every text once; cites that differ in their last paragraph by that alone.

    >>> _joined(["18-8.15(b)(2)(F)", "18-8.15(b)(2)(G)", "18-8.15(g)(1)"])
    '18-8.15(b)(2)(F), (G); 18-8.15(g)(1)'
    """
    found: list[str] = []
    within = ""
    for each in dict.fromkeys(filter(None, words)):
        before, bracket, label = each.rpartition("(")
        if bracket and before == within and each.endswith(")"):
            found[-1] += f", ({label}"
        else:
            found.append(each)
        within = before
    return "; ".join(found)


# --- What differs ------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """What differs of a fact between two years, in words."""

    number: str
    before: str
    after: str
    cite: str
    since: str


def fiscal_year_named(year: int) -> str:
    """A fiscal year in words."""
    return f"FY{year}"


def between(before: Found, after: Found) -> list[Difference]:
    """What differs of a fact; what is not known in one of the two is no difference."""
    stands = [each.status is not Status.NOT_IN_FORCE for each in (before, after)]
    if stands[0] != stands[1]:
        first = after.fact.first_year
        since = fiscal_year_named(first) if first is not None and stands[1] else ""
        return [Difference("", _standing(before), _standing(after), after.cite, since)]
    return [
        Difference(
            name,
            was.words,
            now.words,
            now.cite,
            "" if now.since is None else fiscal_year_named(now.since),
        )
        for name, now in after.numbers.items()
        if (was := before.numbers.get(name)) is not None
        and None not in {was.value, now.value}
        and (was.value, was.measure) != (now.value, now.measure)
    ]


def _standing(found: Found) -> str:
    stands = Status.IN_FORCE if found.status is Status.NEEDS_LEDGER else found.status
    return str(stands)


def since_national(national: Found, now: Found, year: int) -> list[Difference]:
    """What differs from the year of the national profile, or is said to."""
    if now.fact.changed and now.status is not Status.NOT_IN_FORCE:
        when = f"after {fiscal_year_named(year)}; when, not dated"
        return [Difference("", now.fact.changed, _standing(now), now.cite, when)]
    return between(national, now)
