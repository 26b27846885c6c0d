"""Steps and sources in words: plain names, formulas typeset, the branch that was taken and why.

All is said from what a step holds. Its formula is read back from its text; which branch was
taken follows from the values themselves, compared as the computation compares.

Holds: Elsewhere, Filled, title_of_step, evidence_of_step, blocks_of_step, headings_of_sources,
blocks_of_sources, blocks_of_inputs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from math import isnan, nan
from typing import Any, Final, Protocol

from ebf.explain.steps import About, Result, Source, Step, Total
from ebf.language.formula_text import evaluate_parts, formula_text
from ebf.language.formula_words import (
    Decided,
    Piece,
    Pieces,
    Reason,
    as_text,
    decided,
    numbers_in_words,
    parts_with_values,
    reasons_in_words,
    rule_in_words,
)
from ebf.language.measure import Measure
from ebf.language.symbols import Name, Operation, Term, parts_of
from ebf.law.names import bands_added_up, formula_behind, known_names, symbols
from ebf.law.plain_names import WORDING, plain_band, plain_code, plain_column, plain_name
from ebf.show.document import (
    Block,
    Column,
    Entries,
    Formula,
    Heading,
    Link,
    Paragraph,
    Table,
    Text,
)
from ebf.show.words import Value, amount

_DOLLARS: Final = frozenset({Measure.DOLLARS, Measure.DOLLARS_PER_STUDENT, Measure.DOLLARS_PER_DAY})
_SUM_OF: Final = "sum of "
_BARE: Final = frozenset({*_DOLLARS, "", "text", Measure.SHARE, Measure.RATIO, Measure.COUNT})
"""Measures that a value does not name behind it."""


_EXTREMES: Final = frozenset({"minimum", "maximum"})


class Elsewhere(Protocol):
    """What stands on another page, for all units: see :class:`ebf.explain.shared.Shared`."""

    @property
    def page(self) -> str:
        """The address of the page."""

    @property
    def lines(self) -> Collection[str]:
        """Lines whose rule and evidence stand there."""

    @property
    def statewide(self) -> Collection[str]:
        """Lines that stand there whole."""

    @property
    def columns(self) -> Collection[str]:
        """Columns of the sources that stand there."""

    @property
    def inputs(self) -> Collection[str]:
        """Columns of the inputs of which it says what they are."""


@dataclass(frozen=True)
class Filled:
    """What the formulas of an account are filled in with.

    ``values`` are those of the columns that formulas read; ``places`` where names lead to:
    lines by their names, sources by their columns; ``rules`` where the rules of lines stand,
    of those that do not stand with them.
    """

    values: Mapping[str, Value]
    places: dict[str, Link]
    rules: dict[str, Link]
    made: dict[str, tuple[Block, ...]] = field(default_factory=dict, compare=False, repr=False)
    """The blocks of lines, without their titles, as they were first asked for."""

    @classmethod
    def of(
        cls,
        steps: Sequence[Step],
        sources: Sequence[Source],
        prefix: str = "",
        elsewhere: Elsewhere | None = None,
    ) -> Filled:
        """From steps and sources; ``prefix`` begins every anchor, so that pages hold several."""
        values = {each.column: each.value for each in sources}
        values |= {result.column: result.value for step in steps for result in step.results}
        places = {each.column: Link("", f"{prefix}{_ANCHORS[each.kind]}") for each in sources}
        places |= {step.line: Link("", f"{prefix}{step.line}") for step in steps}
        if elsewhere is None:
            return cls(values, places, {})
        page, kinds = elsewhere.page, {each.column: each.kind for each in sources}
        places |= {
            column: Link("", _ANCHORS[kind], page)
            for column, kind in kinds.items()
            if column in elsewhere.columns
        }
        rules = {line: Link("", line, page) for line in elsewhere.lines}
        places |= {line: rules[line] for line in elsewhere.statewide}
        return cls(values, places, rules)

    def linked(self, pieces: Pieces) -> Text:
        """Pieces with a link for each name that stands in the account."""
        return tuple(
            each if isinstance(each, str) else self._link(each.text, each.name) for each in pieces
        )

    def _link(self, text: str, name: Name) -> str:
        place = self.places.get(name.name, self.places.get(name.column))
        return text if place is None else Link(text, place.anchor, place.page)


# --- Numbers -------------------------------------------------------------------


def _number(value: Value, *, is_dollars: bool = False) -> str:
    """A value with all the digits that a float can be trusted with.

    >>> _number(6470609.2, is_dollars=True), _number(0.1 + 0.2), _number(5.0, is_dollars=True)
    ('$6,470,609.20', '0.3', '$5')
    """
    if isinstance(value, (bool, str)) or value is None:
        return amount(value)
    digits = f"{abs(value):,.15g}"
    if "e" in digits:  # very small, or very large
        digits = amount(abs(value))
    if is_dollars and "." in digits:
        whole, _, decimals = digits.partition(".")
        digits = f"{whole}.{decimals:0<2}"
    return f"{'−' * (value < 0)}{'$' * is_dollars}{digits}"  # noqa: RUF001 - typeset


def _worded(value: Value, measure: str) -> str:
    """A value as people read it, with its measure.

    >>> _worded(90.0, "dollars per student"), _worded(1.0, "0 or 1"), _worded(35.5, "students")
    ('$90', 'yes', '35.5 students')
    """
    if measure == Measure.FLAG and value is not None:
        return "yes" if value else "no"
    if measure == Measure.TIER or isinstance(value, (bool, str)) or value is None:
        return amount(value)
    number = _number(value, is_dollars=measure in _DOLLARS)
    return number if measure in _BARE else f"{number} {measure}"


def _alone(value: Value, measure: str) -> str:
    """A value whose measure stands elsewhere."""
    if measure == Measure.FLAG:
        return _worded(value, measure)
    return _number(value, is_dollars=measure in _DOLLARS)


def _value_in_words(source_column: str, value: Value, measure: str) -> str:
    is_code = source_column == "organization_type" and isinstance(value, str)
    return plain_code(str(value)) if is_code else _worded(value, measure)


@cache
def _is_dollars(term: Term) -> bool:  # noqa: PLR0911 - a kind of term a line
    """Whether a term comes to dollars, as far as its names say."""
    if isinstance(term, Name):
        return known_names()[term.name].measure in _DOLLARS
    if not isinstance(term, Operation):
        return False
    found = [*map(_is_dollars, term.operands)]
    match term.operator:
        case "divide" | "/":
            return found[0] and not found[1]
        case "where":
            return found[1] or found[2]
        case "statewide_sum" | "statewide_maximum" | "regional_sum" | "sum_before" | "sum_of_ramps":
            return found[0]
        case "+" | "-" | "*" | "minimum" | "maximum" | "band_total" | "mean_of_reported":
            return any(found)
    return False


@cache
def _text(term: Term) -> str:
    return formula_text(term, bands_added_up)


@cache
def _rule(term: Term, *, bands: bool = True) -> Pieces:
    return rule_in_words(term, WORDING, bands=bands)


@cache
def _why(reasons: Sequence[Reason]) -> Pieces:
    """Reasons without numbers and bands."""
    return reasons_in_words(reasons, WORDING, bands=False) if reasons else ()


_MARK: Final = "\0"
"""Stands in a formula for a number."""


@cache
def _frame(term: Term) -> tuple[tuple[str, ...], tuple[Term, ...]] | None:
    """The text between the numbers of a formula, and what they are of.

    None where the words themselves hang on numbers: which of several is the least.
    """
    if not _EXTREMES.isdisjoint(e.operator for e in parts_of(term) if isinstance(e, Operation)):
        return None
    marked: list[Term] = []

    def mark(part: Term) -> str:
        marked.append(part)
        return _MARK

    said = as_text(numbers_in_words(term, WORDING, mark, lambda _: 1.0))
    return tuple(said.split(_MARK)), tuple(marked)


@dataclass(frozen=True)
class _Numbers:
    """What the terms of a step come to: its names, and what takes many values in."""

    values: Mapping[str, Value]
    totals: Mapping[str, Value]

    def value_of(self, term: Term) -> Any:
        """What a name comes to, or an operation that takes many values in."""
        if isinstance(term, Name):
            value = self.values[term.column]
        elif isinstance(term, Operation) and term.operator == "least_prefix_ratio":
            return evaluate_parts(self._division(term), self.value_of)
        else:
            value = self.totals[_text(term)]
        return nan if value is None else value

    def number(self, term: Term) -> str:
        """The same in words; of any term."""
        if isinstance(term, Operation) and term.operator == "least_prefix_ratio":
            return self._prefix(term)
        if isinstance(term, Name):
            value = self.values[term.column]
        else:
            value = evaluate_parts(term, self.value_of).item()
        if isinstance(value, str):
            return plain_code(value)
        is_blank = isinstance(value, float) and isnan(value)
        return _number(None if is_blank else value, is_dollars=_is_dollars(term))

    def formula(self, term: Term) -> str:
        """A formula with its numbers."""
        frame = _frame(term)
        if frame is not None:
            between, marked = frame
            numbers = [self.number(each) for each in marked]
            # below 0 they stand in parentheses, and nothing is divided by 0
            if not any(each in {"0", "$0", "blank"} or each[0] == "−" for each in numbers):  # noqa: RUF001 - typeset
                return "".join(
                    x for pair in zip(between, [*numbers, ""], strict=True) for x in pair
                )
        return as_text(numbers_in_words(term, WORDING, self.number, self.value_of))

    def _division(self, term: Operation) -> Term:
        resources, targets = (self.totals[_SUM_OF + _text(each)] for each in term.operands[1:])
        assert isinstance(resources, float)  # noqa: S101 - sums
        assert isinstance(targets, float)  # noqa: S101 - sums
        return Operation("divide", (Operation("+", (term.operands[0], resources)), targets))

    def _prefix(self, term: Operation) -> str:
        """The division that lifts the units furthest behind as far as the money goes."""
        resources, targets = (self.totals[_SUM_OF + _text(each)] for each in term.operands[1:])
        above = _number(resources, is_dollars=_is_dollars(term.operands[1]))
        below = _number(targets, is_dollars=_is_dollars(term.operands[2]))
        return f"({self.number(term.operands[0])} + {above}) ÷ {below}"


# --- A step ----------------------------------------------------------------------


def title_of_step(step: Step) -> str:
    """What a line is called, and where it stands in the law."""
    return f"{plain_name(step.line)} [{step.cite}]"


def evidence_of_step(step: Step) -> Paragraph:
    """What data calls a line, and how sure it is."""
    statewide = "One number for the whole state. " if step.statewide else ""
    return Paragraph(f"{statewide}In data: {step.line}. Evidence: {step.evidence}.")


def blocks_of_step(step: Step, level: int, filled: Filled) -> Iterator[Block]:
    """A line: its rule, its formula with names and with numbers, and what they come to."""
    title, rule = title_of_step(step), filled.rules.get(step.line)
    if rule is not None:
        title = Link(title, rule.anchor, rule.page)
    yield Heading(level, title, filled.places[step.line].anchor)
    if step.line not in filled.made:
        filled.made[step.line] = tuple(_below_the_title(step, filled))
    yield from filled.made[step.line]


def _below_the_title(step: Step, filled: Filled) -> Iterator[Block]:
    is_whole = step.line not in filled.rules
    if is_whole:
        yield Paragraph(step.rule)
    numbers = _Numbers(filled.values, {each.formula: each.value for each in step.totals})
    for said in _alike(step, numbers):
        if len(said) == 1:
            formula = _formula(step, said[0], filled, numbers)
            is_titled = not is_whole and formula.name == plain_name(step.line)
            yield replace(formula, name="") if is_titled else formula
        else:
            yield from _bands(step, said, filled, numbers)
    for total in step.totals:
        yield _total(total, numbers)
    if is_whole:
        yield evidence_of_step(step)


@dataclass(frozen=True)
class _Said:
    """A result with the branch that was taken."""

    result: Result
    found: Decided

    @cached_property
    def without_bands(self) -> tuple[str, str]:
        """What its formula and reasons are for any band."""
        return as_text(_rule(self.found.term, bands=False)), as_text(_why(self.found.reasons))


def _alike(step: Step, numbers: _Numbers) -> Iterable[list[_Said]]:
    """The results of a step, those together that differ by their band alone."""
    said = [
        _Said(each, decided(formula_behind(each.formula), numbers.value_of))
        for each in step.results
    ]
    if len(said) == 1:
        return [said]
    groups: dict[tuple[str, str], list[_Said]] = {}
    for each in said:
        groups.setdefault(each.without_bands, []).append(each)
    return groups.values()


def _formula(step: Step, said: _Said, filled: Filled, numbers: _Numbers) -> Formula:
    result, (term, reasons) = said.result, said.found
    why: Pieces = ()
    if reasons:
        why = (", since ", *reasons_in_words(reasons, WORDING, numbers.number))
    lines: list[Text] = []
    last = _value_line(step, result)
    if isinstance(term, (Name, Operation)):
        is_statement = step.measure == Measure.FLAG and not isinstance(term, Name)
        rule = _rule(term)
        if is_statement:
            lines += [filled.linked(rule), filled.linked((last, *why))]
        else:
            lines += [filled.linked((*rule, *why)), numbers.formula(term)]
            if step.rounding:
                lines.append(_before_rounding(step, result))
            lines.append(last)
    else:
        lines += [filled.linked((last, *why))]
    return Formula(plain_column(result.column), tuple(_without_repeats(lines, step)))


def _without_repeats(lines: Sequence[Text], step: Step) -> Iterator[Text]:
    """Each line once: a number alone is not said before its value with its measure."""
    texts = ["".join(each) for each in lines]
    for place, line in enumerate(lines):
        after = texts[place + 1 :]
        measured = f"{texts[place]} {step.measure}"
        if not any(each in {texts[place], measured} for each in after):
            yield line


def _before_rounding(step: Step, result: Result) -> str:
    return _number(result.before_rounding, is_dollars=step.measure in _DOLLARS)


def _value_line(step: Step, result: Result) -> str:
    said = _worded(result.value, step.measure)
    return f"{said}, {_rounding(step)}" if step.rounding else said


def _rounding(step: Step) -> str:
    """How the step is rounded; dollars to the cent."""
    said = step.rounding or ""
    if step.measure not in _DOLLARS:
        return said
    return said.replace("to 2 decimals", "to the cent").replace("to 0 decimals", "to the dollar")


def _bands(
    step: Step, group: Sequence[_Said], filled: Filled, numbers: _Numbers
) -> Iterator[Block]:
    """Bands that differ by their numbers alone: the formula once, and a table of them."""
    term, reasons = group[0].found
    rule: Pieces = (_worded(group[0].result.value, step.measure),)
    if isinstance(term, (Name, Operation)):
        rule = _rule(term, bands=False)
    why: list[Piece] = []
    for place, reason in enumerate(reasons):
        number = None if _is_of_band(group, place) else numbers.number
        join = ", since " if not place else " and " if reason is reasons[-1] else ", "
        why += [join, *reasons_in_words([reason], WORDING, number, bands=False)]
    which = "every band" if len(group) == len(step.results) else "these bands"
    name = f"{plain_name(step.line)}, in {which}"
    yield Formula(name, (filled.linked((*rule, *why)),))
    yield _table_of_bands(step, group, numbers)


def _is_of_band(group: Sequence[_Said], place: int) -> bool:
    """Whether a reason reads other columns in other bands."""
    return len({each.found.reasons[place].term for each in group}) > 1


def _table_of_bands(step: Step, group: Sequence[_Said], numbers: _Numbers) -> Table:
    """What goes in and what comes out, a row a band."""
    dollars = ", $" * (step.measure in _DOLLARS)
    parts = [_parts(group, each) for each in group]
    given = [Column(_heading(each)) for each in parts[0]]
    last = [Column(f"{plain_name(step.line)}{dollars}")]
    is_rounded = bool(step.rounding) and not isinstance(group[0].found.term, Name)
    if is_rounded:
        last.insert(0, Column(f"Not yet rounded{dollars}"))
    rows = []
    for said, own in zip(group, parts, strict=True):
        found = [said.result.before_rounding] * is_rounded + [said.result.value]
        rows.append(
            (
                plain_band(symbols()[said.result.column]),
                *(_cell(numbers, each) for each in own),
                *(_plain(value, step.measure) for value in found),
            )
        )
    rounding = f", {_rounding(step)}" if step.rounding else ""
    title = f"{plain_name(step.line)} by band{rounding}"
    return Table(step.line, title, (Column("Band"), *given, *last), tuple(rows))


def _heading(part: Name | Operation) -> str:
    of_any = as_text(_rule(part, bands=False))
    return f"{of_any[:1].upper()}{of_any[1:]}{', $' * _is_dollars(part)}"


def _parts(group: Sequence[_Said], said: _Said) -> list[Name | Operation]:
    """What the formula of a band is filled in with, and what its reasons compare of the band."""
    every = [*parts_with_values(said.found.term)]
    for place, reason in enumerate(said.found.reasons):
        if _is_of_band(group, place) and not isinstance(reason.term, Name):
            every += parts_with_values(reason.term)
    return [*dict.fromkeys(every)]


def _cell(numbers: _Numbers, part: Name | Operation) -> Value:
    value = numbers.value_of(part)
    if isinstance(value, str):
        return plain_code(value)
    measure = known_names()[part.name].measure if isinstance(part, Name) else None
    return _plain(None if isnan(value) else value, str(measure or ""))


def _plain(value: Value, measure: str) -> Value:
    """A value for a table: flags in words, and no 0 below 0."""
    if measure == Measure.FLAG and value is not None:
        return "yes" if value else "no"
    if value is None:
        return "blank"
    return value if isinstance(value, (bool, str)) else value + 0.0


def _total(total: Total, numbers: _Numbers) -> Formula:
    """What takes many values in: what it comes to, and what it is made of."""
    name, of = total.formula, ""
    if name.startswith(_SUM_OF):
        name, of = name.removeprefix(_SUM_OF), "the sum, over these units, of "
    term = formula_behind(name)
    made_of = total.made_of
    if isinstance(term, Operation) and term.operator == "band_total":
        made_of = " + ".join(map(numbers.number, term.operands))
    number = _number(total.value, is_dollars=_is_dollars(term))
    return Formula(f"{of}{as_text(_rule(term))}", (f"{number}: {made_of}",))


# --- Sources ---------------------------------------------------------------------

_HEADINGS: Final[Mapping[str, str]] = {
    "input": "Inputs",
    "given line": "Lines given",
    "line": "Lines not explained here",
    "parameter": "Numbers of the law",
    "salary": "Salaries",
}
_ANCHORS: Final[Mapping[str, str]] = {
    kind: heading.lower().replace(" ", "-") for kind, heading in _HEADINGS.items()
}


def headings_of_sources(
    sources: Iterable[Source], prefix: str = "", elsewhere: Elsewhere | None = None
) -> Iterator[Link]:
    """The headings that sources stand under, each a link to it."""
    there = frozenset(() if elsewhere is None else elsewhere.columns)
    here: dict[str, bool] = {}
    for each in sources:
        here[each.kind] = here.get(each.kind, False) or each.column not in there
    for kind, heading in _HEADINGS.items():
        if here.get(kind):
            yield Link(heading, f"{prefix}{_ANCHORS[kind]}")
        elif kind in here and elsewhere is not None:
            yield Link(heading, _ANCHORS[kind], elsewhere.page)


def blocks_of_sources(
    about: About,
    sources: Sequence[Source],
    level: int = 2,
    prefix: str = "",
    elsewhere: Elsewhere | None = None,
) -> Iterator[Block]:
    """What is read and not explained, by its kind; the bands of a name together."""
    for kind, heading in _HEADINGS.items():
        groups = _together(each for each in sources if each.kind == kind)
        if not groups:
            continue
        described = elsewhere is not None and all(
            each.column in elsewhere.inputs for group in groups for each in group
        )
        if described and elsewhere is not None:
            heading = Link(heading, _ANCHORS[kind], elsewhere.page)  # noqa: PLW2901
        yield Heading(level, heading, f"{prefix}{_ANCHORS[kind]}")
        yield Entries(tuple(_entry(about, group, described=described) for group in groups))


def blocks_of_inputs(sources: Sequence[Source], level: int = 2) -> Iterator[Block]:
    """What inputs are, whatever their values."""
    for kind in ("input", "given line"):
        if groups := _together(each for each in sources if each.kind == kind):
            yield Heading(level, _HEADINGS[kind], _ANCHORS[kind])
            entries = (
                (_name_of(group), f"{_meaning(group[0])}. {_in_data(group)}") for group in groups
            )
            yield Entries(tuple(entries))


def _together(sources: Iterable[Source]) -> Sequence[Sequence[Source]]:
    """Sources of which the same is said but for their values: the bands of a name."""
    alike: dict[tuple[object, ...], list[Source]] = {}
    for each in sources:
        name = symbols()[each.column].name if each.column in symbols() else each.column
        key = (name, each.label, each.cite, each.source, each.fiscal_year)
        alike.setdefault(key, []).append(each)
    return [*alike.values()]


def _meaning(source: Source) -> str:
    return f"{source.label} [{source.cite}]"


def _name_of(group: Sequence[Source]) -> str:
    name = symbols().get(group[0].column)
    is_one = len(group) == 1 or name is None
    return plain_column(group[0].column) if is_one or name is None else plain_name(name.name)


def _in_data(group: Sequence[Source]) -> str:
    """What data call it."""
    name = symbols().get(group[0].column)
    if len(group) == 1 or name is None:
        return f"In data: {group[0].column}."
    return f"In data: {name.name}, by band."


def _entry(about: About, group: Sequence[Source], *, described: bool = False) -> tuple[str, str]:
    """A value, or those of the bands of a name: what it is, and where it is from."""
    first = group[0]
    name = symbols().get(first.column)
    since = "since " if first.kind == "parameter" else ""
    dated = first.fiscal_year
    year = "" if dated is None else f", {since}{about.year_in_words(dated)}"
    said = f"{first.source}{year}."
    if not described:
        said = f"{_meaning(first)}; {said} {_in_data(group)}"
    if len(group) == 1 or name is None:
        value = _value_in_words(first.column, first.value, first.measure)
        return f"{plain_column(first.column)}: {value}", said
    each = "; ".join(
        f"{plain_band(symbols()[one.column])}: {_alone(one.value, one.measure)}" for one in group
    )
    measure = "" if first.measure in {*_BARE, Measure.FLAG} else f" ({first.measure})"
    return f"{plain_name(name.name)}{measure}", f"{each}. {said}"
