"""The law line by line, as data: what pages of reference say of its lines, numbers and columns.

All of it is read off the lines and what is declared beside them. Where something is explained
is an address, ``18-8.15/g_distribution#tier``: section, page of it, anchor on the page; the
links of these texts lead to addresses.

Holds: PARAMETERS, COLUMNS, runs_of_years, ParameterReference, parameter_references, subsection_of,
ColumnReference, column_references, BandFormula, LineReference, line_references.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from typing import Final

from ebf.language.cite import Cite
from ebf.language.evidence import Kind
from ebf.language.formula_words import Pieces, as_text, rule_in_words
from ebf.language.line import Line
from ebf.language.measure import Measure
from ebf.language.symbols import Name, Term
from ebf.law.columns import DISTRICTS, KINDS, Column
from ebf.law.evidence import measured
from ebf.law.funding import FUNDING
from ebf.law.inputs import inputs
from ebf.law.names import (
    Known,
    NameKind,
    column_of,
    expressions,
    known_names,
)
from ebf.law.parameters import Dated, Parameter, identifier_of, parameters, parameters_of
from ebf.law.plain_names import WORDING, plain_band, plain_code, plain_name
from ebf.law.reading import Reading, readings_of
from ebf.law.statute import Statute
from ebf.law.statutes import STATUTES
from ebf.show.document import Link, Text
from ebf.show.words import amount, number, percent

PARAMETERS: Final = "parameters"
COLUMNS: Final = "inputs"
"""The pages of a section that have no lines: its numbers, and the columns it reads."""

_NOT_KNOWN: Final = "not known"
_RESTS_ON: Final[Mapping[Kind, str]] = {
    Kind.VERIFIED: "verified against published values",
    Kind.GUIDE: "from the state's guide or workbook; no published value tests it",
    Kind.LAW: "the law as read; no published value tests it",
}
_FEW_BANDS: Final = 3
_FIRST, _LAST = 0, 9999
"""Years before and after all that a rule has."""


def runs_of_years(years: Sequence[int], said: Mapping[int, object]) -> list[tuple[int, int]]:
    """Years in a row of which the same is said, by the first and the last.

    >>> runs_of_years([2018, 2019, 2020, 2021], {2018: "a", 2019: "a", 2020: "b", 2021: "a"})
    [(2018, 2019), (2020, 2020), (2021, 2021)]
    """
    turns = [after for before, after in pairwise(years) if said[before] != said[after]]
    firsts = [years[0], *turns]
    lasts = [*(year - 1 for year in turns), years[-1]]
    return list(zip(firsts, lasts, strict=True))


# --- Numbers of the law --------------------------------------------------------


@dataclass(frozen=True, eq=False)
class ParameterReference:
    """A number of the law, or one a band, year by year."""

    statute: Statute
    parameter: Parameter

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return self.parameter.identifier

    @property
    def address(self) -> str:
        """Where it is explained."""
        return f"{self.statute.section}/{PARAMETERS}#{self.anchor}"

    @cached_property
    def by_year(self) -> Mapping[int, str]:
        """Its value in words in every year of the statute; what is not known says so."""
        return {year: self._said(self.parameter.at(year)) for year in self.statute.years}

    @property
    def is_constant(self) -> bool:
        """Whether it is the same in every year of the statute."""
        return len(set(self.by_year.values())) == 1

    @property
    def sources(self) -> tuple[Dated, ...]:
        """Its dated values, each with where it is from."""
        return self.parameter.values

    @property
    def read_by(self) -> tuple[Link, ...]:
        """The lines that read it."""
        return _readers(self.parameter.identifier)

    def _said(self, dated: Dated | None) -> str:
        if dated is None:
            return _NOT_KNOWN
        name = self.parameter.identifier
        values = {
            plain_band(Name(identifier_of(element), name, place)): dated.value.get(element)
            for place, element in enumerate(self.parameter.elements)
        }
        if self.parameter.measure is Measure.FLAG:
            marked = [band for band, value in values.items() if value]
            return ", ".join(marked) if self.parameter.bands else "yes" if marked else "no"
        said: dict[str, list[str]] = {}
        for band, value in values.items():
            said.setdefault(_in_words(value, self.parameter.measure), []).append(band)
        return "; ".join(_by_value(said))


def _by_value(said: Mapping[str, list[str]]) -> Iterator[str]:
    """Values with the bands that have them; of many bands with one value, all the others."""
    many, bands = max(said.items(), key=lambda each: len(each[1]))
    for value, own in said.items():
        if value != many or len(bands) <= _FEW_BANDS:
            yield f"{', '.join(own)}: {value}" if len(said) > 1 else value
    if len(bands) > _FEW_BANDS:
        yield f"all others: {many}" if len(said) > 1 else many


def _in_words(value: float | None, measure: Measure) -> str:
    """A number with all its digits."""
    if value is None:
        return _NOT_KNOWN
    if measure is Measure.SHARE:
        return percent(value)
    if measure in {Measure.DOLLARS, Measure.DOLLARS_PER_STUDENT, Measure.DOLLARS_PER_DAY}:
        return number(value, measure, alone=True)
    return amount(value)


@cache
def parameter_references(statute: Statute) -> tuple[ParameterReference, ...]:
    """The numbers of a statute, in its order."""
    own = parameters_of(statute.section).values()
    return tuple(ParameterReference(statute, parameter) for parameter in own)


@cache
def _parameter(identifier: str) -> ParameterReference:
    every = (each for statute in STATUTES.values() for each in parameter_references(statute))
    return next(each for each in every if each.anchor == identifier)


def subsection_of(statute: Statute, cite: Cite) -> str:
    """What a cite is grouped under: its subsection with its title, else its section.

    >>> subsection_of(FUNDING, Cite("18-8.15(f)(4)"))
    "(f) Percent of adequacy: a unit's resources over its Adequacy Target"
    >>> subsection_of(FUNDING, Cite("105 ILCS 5/2-3.170"))
    '105 ILCS 5/2-3.170'
    """
    if cite.section != statute.section or not cite.subsection:
        return cite.section
    titles = dict(map(statute.heading, statute.modules))
    return f"({cite.subsection}) {titles.get(cite.subsection, '')}".strip()


# --- Columns -------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class ColumnReference:
    """What is handed over: an input, a column of text, or a salary of the year."""

    statute: Statute
    known: Known
    column: Column | None

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return self.known.name

    @property
    def address(self) -> str:
        """Where it is explained."""
        return f"{self.statute.section}/{COLUMNS}#{self.anchor}"

    @property
    def subsection(self) -> str:
        """What it is grouped under."""
        return subsection_of(self.statute, self.known.cite)

    @property
    def measure(self) -> str:
        """Its unit."""
        return str(self.known.measure or "text")

    @property
    def allowed(self) -> str:
        """The values that it may have, in words."""
        if self.column:
            return self.column.allowed
        return self.known.measure.allowed if self.known.measure else "text"

    @property
    def needed_by(self) -> str:
        """The kinds of unit that must have it, or what stands in its place."""
        if self.known.kind is NameKind.SALARY:
            return "a calculation of what is priced at it"
        if self.column is None:
            return "every unit" if self.known.name in _OF_EVERY_UNIT else "no unit; may be left out"
        said = _kinds_in_words(self.column.kinds)
        if self.column.statewide:
            said = "the state: one value for all units"
        if self.column.default is not None:
            said = f"no unit; left out or blank it is {self.column.default:g}"
        if self.column.may_be_blank:
            said += "; may be blank, and is read so"
        return said

    @property
    def years(self) -> str:
        """The first year that has it, where it is not the statute's first."""
        first = self.column.first_year if self.column else self.statute.years[0]
        return "" if first <= FUNDING.years[0] else f"from {self.statute.year_in_words(first)}"

    @property
    def read_by(self) -> tuple[Link, ...]:
        """The lines that read it."""
        return _readers(self.known.name)


_OF_EVERY_UNIT: Final = frozenset({"unit_id", "organization_type"})


def _kinds_in_words(kinds: frozenset[str]) -> str:
    """Kinds of unit: all, the districts, or by name."""
    if kinds == DISTRICTS:
        return "districts"
    lacking = [plain_code(kind) for kind in KINDS if kind not in kinds]
    if not lacking:
        return "every unit"
    if kinds > DISTRICTS:
        return f"every kind of unit but {', '.join(lacking)}"
    return ", ".join(plain_code(kind) for kind in KINDS if kind in kinds)


@cache
def column_references(statute: Statute) -> tuple[ColumnReference, ...]:
    """What may be handed over for a statute beside its lines, in its order."""
    own = [*(inputs() if statute is FUNDING else ()), *statute.inputs]
    if statute is FUNDING:
        others = {NameKind.TEXT, NameKind.SALARY}
        own = [*(n for n, known in known_names().items() if known.kind in others), *own]
    return tuple(
        ColumnReference(statute, known, column_of(known.name) if known.is_column else None)
        for known in map(known_names().__getitem__, own)
    )


@cache
def _column(name: str) -> ColumnReference:
    every = (each for statute in STATUTES.values() for each in column_references(statute))
    return next(each for each in every if each.anchor == name)


# --- Lines ---------------------------------------------------------------------


@dataclass(frozen=True)
class BandFormula:
    """The formula of some bands of a line; of all of them where none are named."""

    bands: tuple[str, ...]
    text: Text


@dataclass(frozen=True, eq=False)
class LineReference:
    """One rule of a line: what is known of it, what it reads, and what reads it."""

    statute: Statute
    page: str
    anchor: str
    line: Line

    @property
    def title(self) -> str:
        """The name in words, with the years of a rule that does not stand in all."""
        words = plain_name(self.line.name)
        return f"{words} ({self._era})" if self.line.era else words

    @property
    def address(self) -> str:
        """Where it is explained."""
        return f"{self.statute.section}/{self.page}#{self.anchor}"

    @property
    def years(self) -> str:
        """The years for which the rule stands."""
        first, last = self.statute.years[0], self.statute.years[-1]
        own = self.statute.year_in_words
        return self._era or f"every year known: {own(first)} to {own(last)}"

    @property
    def _era(self) -> str:
        return self.line.era.replace("FY", self.statute.year_is)

    @property
    def rule(self) -> tuple[str, ...]:
        """The rule in words, a paragraph each."""
        said = self.line.rule.partition(">>>")[0].split("\n\n")
        return tuple(" ".join(each.split()) for each in said if each.strip())

    @property
    def rounding(self) -> str:
        """How the state rounds it, and the source that says so."""
        rounding = self.line.rounding
        return f"{rounding} ({rounding.cite})" if rounding else "not rounded"

    @property
    def evidence(self) -> str:
        """How sure we are of it, with the counts measured."""
        own = self.line.evidence
        matches = measured().get(self.line.full_name)
        counts = f": {matches} are reproduced" if matches else ""
        return f"{_RESTS_ON[own.kind]}{counts}{f' ({own.note})' * bool(own.note)}"

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The readings that it rests on, and those with an alternative that changes it."""
        own = readings_of(self.statute)
        changed = {
            number
            for (number, _), lines in self.statute.alternatives.items()
            if any(other.name == self.line.name and _meet(other, self.line) for other in lines)
        }
        numbers = sorted({*self.line.evidence.readings, *changed})
        return tuple(own[number] for number in numbers)

    @property
    def bands(self) -> tuple[str, ...]:
        """Its bands in words; none where it has one value."""
        columns = self.line.columns if self.line.bands else ()
        return tuple(plain_band(Name(each, self.line.name, n)) for n, each in enumerate(columns))

    @property
    def formulas(self) -> tuple[BandFormula, ...]:
        """The formula in words; bands whose formulas differ by the band alone have one together."""
        terms = expressions(self.line)
        if not self.line.bands:
            return (BandFormula((), self._linked(rule_in_words(terms[0], WORDING))),)
        groups: dict[str, list[tuple[str, Term]]] = {}
        for band, term in zip(self.bands, terms, strict=True):
            said = as_text(rule_in_words(term, WORDING, bands=False))
            groups.setdefault(said, []).append((band, term))
        return tuple(self._of_bands(group, alone=len(groups) == 1) for group in groups.values())

    def _of_bands(self, group: Sequence[tuple[str, Term]], *, alone: bool) -> BandFormula:
        """The formula of bands that have one together; of a single one with its bands named."""
        bands = () if alone else tuple(band for band, _ in group)
        _, term = group[0]
        pieces = rule_in_words(term, WORDING, bands=len(group) == 1)
        return BandFormula(bands, self._linked(pieces))

    def _linked(self, pieces: Pieces) -> Text:
        """A formula whose names lead to where they are explained."""
        return tuple(
            each
            if isinstance(each, str)
            else Link(each.text, _links(each.name.name, self.line)[-1].anchor)
            for each in pieces
        )

    @property
    def example(self) -> str:
        """The worked example by hand, as its docstring has it."""
        _, sign, told = self.line.rule.partition(">>>")
        return f"{sign}{told}"

    @property
    def reads(self) -> tuple[Link, ...]:
        """The lines and what is handed over that it reads."""
        names = [name for name in self.line.reads if name not in self._numbers]
        return tuple(link for name in names for link in _links(name, self.line))

    @property
    def read_by(self) -> tuple[Link, ...]:
        """The lines that read it."""
        return _readers(self.line.name, self.line)

    @property
    def numbers(self) -> tuple[ParameterReference, ...]:
        """The numbers of the law that it reads, or that it is where the law has it."""
        return tuple(map(_parameter, self._numbers))

    @property
    def _numbers(self) -> tuple[str, ...]:
        own = parameters()
        by_kind = known_names()
        return tuple(
            name
            for name in (self.line.name, *self.line.reads)
            if name in own and (name == self.line.name or by_kind[name].kind is NameKind.PARAMETER)
        )


@cache
def line_references(statute: Statute) -> tuple[LineReference, ...]:
    """Every rule of a statute in its order; the last one of a name has the name as its anchor."""
    last = {line.name: line for line in statute.all_lines}
    return tuple(
        LineReference(
            statute,
            module.__name__.rpartition(".")[-1],
            line.name if line is last[line.name] else _anchor(line),
            line,
        )
        for module in statute.modules
        for line in module.LINES
    )


def _anchor(line: Line) -> str:
    """The anchor of a rule that another one followed."""
    return f"{line.name}-{line.era.replace(' ', '-').lower()}"


@cache
def _by_name() -> Mapping[str, tuple[LineReference, ...]]:
    """Every rule by the name of its line."""
    found: dict[str, tuple[LineReference, ...]] = {}
    for statute in STATUTES.values():
        for each in line_references(statute):
            found[each.line.name] = (*found.get(each.line.name, ()), each)
    return found


def _meet(one: Line, other: Line) -> bool:
    """Whether two rules have a year together."""
    first = max(one.first_year or _FIRST, other.first_year or _FIRST)
    return first <= min(one.last_year or _LAST, other.last_year or _LAST)


def _links(name: str, line: Line) -> tuple[Link, ...]:
    """Where a name that a line reads is explained; of lines every rule of the same years."""
    known = known_names()[name]
    if known.kind is NameKind.PARAMETER:
        return (Link(known.label, _parameter(name).address),)
    if known.kind is NameKind.LINE:
        rules = [each for each in _by_name()[name] if _meet(each.line, line)]
        return tuple(Link(each.title, each.address) for each in rules)
    return (Link(plain_name(name), _column(name).address),)


def _readers(name: str, line: Line | None = None) -> tuple[Link, ...]:
    """The rules that read a name; those of the same years as a line, where it is one."""
    return tuple(
        Link(each.title, each.address)
        for each in _rules_reading().get(name, ())
        if line is None or _meet(each.line, line)
    )


@cache
def _rules_reading() -> Mapping[str, tuple[LineReference, ...]]:
    """The rules that read each name."""
    found: dict[str, tuple[LineReference, ...]] = {}
    for name, rule in _read():
        found[name] = (*found.get(name, ()), rule)
    return found


def _read() -> Iterator[tuple[str, LineReference]]:
    for rules in _by_name().values():
        for rule in rules:
            for name in rule.line.reads:
                yield name, rule
