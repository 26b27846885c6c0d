"""Explanations and audits of a ledger: each line's formula, filled in for one unit.

Holds: Piece, explain, audit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from math import fsum
from types import ModuleType
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ebf.engine.record import Record, places_of
from ebf.explain.explanation import Audit, Explanation
from ebf.explain.sources import source_of_any
from ebf.explain.steps import OF_THE_UNIT, About, Result, Section, Source, Step, Total
from ebf.faults import (
    InputError,
    Place,
    as_name,
    described,
    not_computed,
    out_of_range,
    unknown_name,
)
from ebf.language.formula_text import (
    AGGREGATES,
    evaluate,
    formula_text,
    is_over_units,
    names_in,
)
from ebf.language.formula_words import as_text, rule_in_words
from ebf.language.line import Line
from ebf.language.symbols import Name, Operation, Term, parts_of
from ebf.language.vocabulary import Values, divide, no_further_than
from ebf.law.evidence import evidence_of
from ebf.law.names import bands_added_up, expressions, name_behind, names_read
from ebf.law.plain_names import WORDING, plain_code
from ebf.show.words import Value, amount, plain

_MARK = "\0"
"""Stands in a formula on both sides of a place that is filled in."""

Piece: TypeAlias = str | Name | Operation
"""A piece of a formula: text, or what a number stands for."""


def explain(record: Record, unit_id: str, line: str, depth: object = None) -> Explanation:
    """Explain a line of a unit; see :meth:`ebf.Ledger.explain`."""
    unit = _Unit(record, *places_of(record, [unit_id]))
    name = _name(record, line)
    if depth is not None and not (isinstance(depth, int) and depth >= 0):
        raise InputError(
            [out_of_range(Place(argument="depth"), described(depth), "a whole number, 0 or more")]
        )
    lines = _in_turn(record, name, depth)
    names = _sources(lines) if lines else names_read(name).flat
    return Explanation(
        about=unit.about,
        asked=line,
        steps=tuple(unit.step(each) for each in lines),
        sources=tuple(map(unit.source, _unexplained(names, {each.name for each in lines}))),
    )


def audit(record: Record, unit_id: str) -> Audit:
    """State every line of a unit; see :meth:`ebf.Ledger.audit`."""
    unit = _Unit(record, *places_of(record, [unit_id]))
    statute, state = record.law.statute, unit.state
    return Audit(
        about=unit.about,
        sections=tuple(
            Section(*statute.heading(module), tuple(map(unit.step, lines)))
            for module, lines in state.sections
        ),
        sources=tuple(map(unit.source, state.sources)),
        not_computed=dict(record.not_computed),
    )


# --- What is asked for -----------------------------------------------------------


def _name(record: Record, line: object) -> str:
    """The name of the line or input that a name or a column stands for."""
    line = as_name(line)
    name = name_behind(line)
    if name in record.values:
        return name
    lacking = record.not_computed.get(name)
    place, allowed = Place("ledger", column=line), "a line or input of this ledger"
    if lacking:
        found = f"not computed: needs {', '.join(lacking)}"
        raise InputError([not_computed(place, found, allowed)])
    raise InputError([unknown_name(place, "no such line", allowed, record.values)])


def _in_turn(record: Record, name: str, depth: int | None) -> list[Line]:
    """The computed lines that a line comes from, itself first, in the order they are read.

    With a depth, only those no further from it.
    """
    in_force = record.law.lines
    level = {name: 0} if name in record.computed else {}
    waiting = list(level)
    for each in waiting:  # grows as sources are found
        for read in in_force[each].reads:
            if read in record.computed and read not in level:
                level[read] = level[each] + 1
                waiting.append(read)
    order: dict[str, None] = {}

    def visit(each: str) -> None:
        if each in order or level.get(each) is None:
            return
        if depth is not None and level[each] > depth:
            return
        order[each] = None
        for read in in_force[each].reads:
            visit(read)

    visit(name)
    return [in_force[each] for each in order]


def _sources(lines: Iterable[Line]) -> Iterator[Name]:
    for line in lines:
        yield from _names(line)


def _unexplained(names: Iterable[Name], explained: Collection[str]) -> Iterable[Name]:
    """What is read and not explained, each column once."""
    found: dict[str, Name] = {}
    for name in names:
        if name.name not in explained:
            found.setdefault(name.column, name)
    return found.values()


# --- One unit ------------------------------------------------------------------


@dataclass(frozen=True)
class _Unit:
    """One unit of a ledger of one state: its place in the arrays."""

    record: Record
    place: int

    @cached_property
    def about(self) -> About:
        table = self.record.table
        return About(
            unit_id=table.unit_ids[self.place],
            name=self._name(self.place),
            organization_type=str(table.text["organization_type"][0, self.place]),
            section=self.record.law.section,
            fiscal_year=self.record.fiscal_year,
            arithmetic=self.record.arithmetic,
            from_file=self.record.source,
        )

    def at(self, values: Values) -> Value:
        """The unit's own number of an array with one band."""
        return _number(values[0, self.place if values.shape[1] > 1 else 0, 0])

    @cached_property
    def state(self) -> _State:
        """What is the same for every unit."""
        kept = self.record._said_of_all  # noqa: SLF001 - kept with the ledger
        found: _State = kept.get(_State) or kept.setdefault(_State, _State.of(self.record))
        return found

    @cached_property
    def own(self) -> Mapping[str, Values]:
        """All that lines read, of this unit alone."""
        here = slice(self.place, self.place + 1)
        everything = self.record.everything.items()
        return {name: each[:, here] if each.shape[1] > 1 else each for name, each in everything}

    @cached_property
    def numbers(self) -> Mapping[str, tuple[Value, ...]]:
        """The same as plain values, one a band."""
        of_units = ((name, each[0, self.place]) for name, each in self.state.of_units.items())
        own = {name: tuple(map(_number, each.tolist())) for name, each in of_units}
        return {**self.state.numbers, **own}

    @cached_property
    def texts(self) -> Mapping[str, tuple[str, ...]]:
        """The same as formulas write them."""
        own = {name: tuple(map(plain, self.numbers[name])) for name in self.state.of_units}
        return {**self.state.texts, **own}

    def value_of(self, term: Term) -> Value:
        """What a term comes to for the unit."""
        if isinstance(term, Name):
            return self.numbers[term.name][term.band]
        if is_over_units(term):
            return self.at(self.of_all(term))
        if self.record.arithmetic == "fast":
            return self._of_block(term)
        return _number(np.atleast_3d(evaluate(term, self.own))[0, 0, 0])

    def of_all(self, term: Term) -> Values:
        """What a term comes to for every unit."""
        found = self.record._over_units  # noqa: SLF001 - kept with the ledger
        values = found.get(term)
        if values is None:
            values = found[term] = np.atleast_3d(evaluate(term, self.record.everything))
        return values

    def source(self, name: Name) -> Source:
        """What is read and not explained."""
        is_of_unit = name.name in self.state.of_units or name.column in self.record.table.marked
        if is_of_unit:
            return self._source(name)
        found = self.state.of_state.get(name.column)
        return found or self.state.of_state.setdefault(name.column, self._source(name))

    def _source(self, name: Name) -> Source:
        known = self.record._about_names  # noqa: SLF001 - kept with the ledger
        about = known.get(name.column)
        if about is None:
            about = known[name.column] = vars(source_of_any(self.record, name, None))
        mark = self.record.table.marked.get(name.column, {}).get(self.about.unit_id)
        source = about["source"] if mark is None else str(mark)
        return Source(**{**about, "value": self.value_of(name), "source": source})

    def step(self, line: Line) -> Step:
        """The line, filled in."""
        record = self.record
        results = self.state.results.get(line.name)
        if results is None:
            results = self._results(line)
            if line.statewide and self.state.is_of_state(line):
                self.state.results[line.name] = results
        rounding = f"{line.rounding} ({line.rounding.cite})" if line.rounding else None
        return Step(
            **_said(line),
            rounding=rounding if record.rounding else None,
            results=results,
            totals=tuple(total for part in _aggregates(line) for total in self._totals(part)),
        )

    def _results(self, line: Line) -> tuple[Result, ...]:
        own = self.numbers[line.name]
        return tuple(
            Result(
                column=each.name.column,
                formula=each.formula,
                numbers="".join(map(self._filled_in, each.pieces)),
                before_rounding=self.value_of(each.term) if line.rounding else own[each.name.band],
                value=own[each.name.band],
            )
            for each in _columns(line)
        )

    def _of_block(self, term: Term) -> Value:
        """What a term comes to, computed for some units at once."""
        block, place = divmod(self.place, _TOGETHER)
        done, numbers = self.state.blocks.get(term, (None, ()))
        if done != block:
            found = np.atleast_3d(evaluate(term, self._block))[0, :, 0].tolist()
            numbers = found if len(found) > 1 else found * _TOGETHER
            self.state.blocks[term] = block, numbers
        return _number(numbers[place])

    @cached_property
    def _block(self) -> Mapping[str, Values]:
        """What lines read, of the unit and those beside it."""
        first = self.place // _TOGETHER * _TOGETHER
        here = slice(first, first + _TOGETHER)
        everything = self.record.everything.items()
        return {name: each[:, here] if each.shape[1] > 1 else each for name, each in everything}

    def _filled_in(self, piece: Piece) -> str:
        """A piece of a formula; for a name, or what takes many values in, the unit's number."""
        if isinstance(piece, str):
            return piece
        if isinstance(piece, Name):
            return self.texts[piece.name][piece.band]
        if piece.operator == "least_prefix_ratio":
            return self._prefix(piece).division
        return plain(self.value_of(piece))

    def _totals(self, term: Operation) -> Iterator[Total]:
        """What an operation on many values takes in."""
        if term.operator == "least_prefix_ratio":
            yield from self._prefix(term).totals(self, term)
            return
        if term.operator == "band_total":
            made_of = " + ".join([plain(self.value_of(each)) for each in term.operands])
        else:
            made_of = self._units_taken_in(term)
        yield Total(_text(term), self.value_of(term), made_of)

    def _prefix(self, term: Operation) -> _Prefix:
        found = self.state.prefixes.get(term)
        return found or self.state.prefixes.setdefault(term, _prefix(self, term))

    def _units_taken_in(self, term: Operation) -> str:
        groups = self.of_all(term.operands[1])[0, :, 0] if term.operator == "regional_sum" else None
        group = "" if groups is None else str(groups[self.place])
        known, values = self.state.taken_in, self.of_all(term.operands[0])
        said = known.get((term, group))
        if said is None:
            known[term, group] = said = self._taken_in(term, values[0, :, 0], groups, group)
        return f"{said}{OF_THE_UNIT}{amount(self.at(values))}" if said else "no unit has any"

    def _taken_in(self, term: Operation, values: Values, groups: Values | None, group: str) -> str:
        """The units that a sum or a maximum looks at; empty where none has any."""
        if term.operator == "statewide_maximum":
            return f"the greatest is that of {self.named(int(values.argmax()))}" * bool(
                values.any()
            )
        if term.operator == "sum_before":
            order = ", then ".join(map(_in_words, term.operands[1:]))
            return f"the sum over the units before this one in order of {order}"
        if term.operator == "sum_of_ramps":
            return "the sum over the units of what theirs come to at this one's"
        count = len(self.record.table.unit_ids)
        taken_in = np.ones(count, dtype=bool) if groups is None else groups == group
        where = "the state" if groups is None else _group(term.operands[1], group)
        counted = np.broadcast_to(values != 0, taken_in.shape)
        return (
            f"the sum over {taken_in.sum():,} units of {where}, "
            f"{(taken_in & counted).sum():,} of them not 0"
        )

    def named(self, place: int) -> str:
        """A unit's id, and its name where it has one."""
        name = self._name(place)
        return f"{self.record.table.unit_ids[place]}{f' ({name})' if name else ''}"

    def _name(self, place: int) -> str | None:
        """A unit's name, where it has one."""
        return self.record.table.text_at("name", place)


@dataclass(frozen=True)
class _State:
    """What is the same for every unit of a record: numbers of the state, and what is said of them.

    ``of_units`` are the values with a number a unit, ``numbers`` and ``texts`` the others;
    ``sections`` and ``sources`` those of every audit. As they are first asked for: ``results``
    of statewide lines, ``of_state``, the sources with one number, ``prefixes``, ``taken_in`` of
    sums and maxima, and ``blocks``, the last units that a term was computed for, with their
    numbers.
    """

    of_units: Mapping[str, Values]
    numbers: Mapping[str, tuple[Value, ...]]
    texts: Mapping[str, tuple[str, ...]]
    sections: Sequence[tuple[ModuleType, Sequence[Line]]]
    sources: Sequence[Name]
    results: dict[str, tuple[Result, ...]] = field(default_factory=dict)
    of_state: dict[str, Source] = field(default_factory=dict)
    prefixes: dict[Operation, _Prefix] = field(default_factory=dict)
    taken_in: dict[tuple[Operation, str], str] = field(default_factory=dict)
    blocks: dict[Term, tuple[int, Sequence[Any]]] = field(default_factory=dict)

    @classmethod
    def of(cls, record: Record) -> _State:
        everything = record.everything.items()
        bands = {name: each[0, 0] for name, each in everything if each.shape[1] == 1}
        numbers = {name: tuple(map(_number, each.tolist())) for name, each in bands.items()}
        texts = {name: tuple(map(plain, each)) for name, each in numbers.items()}
        of_units = {name: each for name, each in everything if name not in bands}
        lines = [line for line in record.law.lines.values() if line.name in record.computed]
        of_modules = ((each, frozenset(each.LINES)) for each in record.law.statute.modules)
        sections = [(each, [x for x in lines if x in own]) for each, own in of_modules]
        given = (name for each in record.values for name in names_read(each).flat)
        sources = _unexplained([*given, *_sources(lines)], record.computed)
        return cls(
            of_units,
            numbers,
            texts,
            sections=[(module, own) for module, own in sections if own],
            sources=[*sources],
        )

    def is_of_state(self, line: Line) -> bool:
        """Whether the line's formula shows no number that is a unit's own."""
        shown = [piece for each in _columns(line) for piece in each.pieces]
        names = [each.name for each in shown if isinstance(each, Name)]
        held = [each.operator for each in shown if isinstance(each, Operation)]
        return self.of_units.keys().isdisjoint(names) and _OF_UNITS.isdisjoint(held)


_TOGETHER = 64
"""Units whose formulas are computed at once: little more than for one, and others follow."""
_OF_UNITS = frozenset({"band_total", "regional_sum"})
"""What takes many values in, but comes to a number a unit."""


@dataclass(frozen=True)
class _Prefix:
    """The units up to a least prefix ratio, furthest behind first, and what they sum to."""

    amount: Value
    resources: float
    targets: float
    last: tuple[int, float] | None
    beyond: tuple[int, float] | None
    """Place and percent of the last unit among them, and of the first that is not."""
    count: int

    @property
    def division(self) -> str:
        return f"divide({plain(self.amount)} + {plain(self.resources)}, {plain(self.targets)})"

    def totals(self, unit: _Unit, term: Operation) -> Iterator[Total]:
        _, resources, targets = (formula_text(each) for each in term.operands)
        if not self.last:
            return
        place, percent = self.last
        many = f"{self.count:,} units" if self.count > 1 else "unit"
        which = f"the {many} furthest behind"
        last = f"the last of them is {unit.named(place)} at {plain(percent)}"
        beyond = "no unit is beyond"
        if self.beyond:
            place, percent = self.beyond
            beyond = f"the next, beyond it, is {unit.named(place)} at {plain(percent)}"
        yield Total(f"sum of {resources}", self.resources, f"{which}; {last}; {beyond}")
        yield Total(f"sum of {targets}", self.targets, which)


def _prefix(unit: _Unit, term: Operation) -> _Prefix:
    amount, *sides = map(unit.of_all, term.operands)
    resources, targets = np.broadcast_arrays(*sides)
    percent = divide(resources, targets)[0, :, 0]
    places = np.flatnonzero(targets > 0)
    order = places[np.argsort(percent[places], kind="stable")]
    is_reached = no_further_than(unit.of_all(term), resources, targets)[0, order, 0]
    reached, beyond = order[is_reached], order[~is_reached]

    def unit_at(place: int) -> tuple[int, float]:
        return int(place), float(percent[place])

    return _Prefix(
        amount=unit.at(amount),
        resources=fsum(resources[0, reached, 0]),
        targets=fsum(targets[0, reached, 0]),
        last=unit_at(reached[-1]) if reached.size else None,
        beyond=unit_at(beyond[0]) if beyond.size else None,
        count=len(reached),
    )


# What is the same for every unit, made once.


@cache
def _names(line: Line) -> tuple[Name, ...]:
    return tuple(names_in(*expressions(line)))


class _Column(NamedTuple):
    """A column of a line: its formula, whole, as text, and in pieces to fill in."""

    name: Name
    term: Term
    formula: str
    pieces: tuple[Piece, ...]


@cache
def _columns(line: Line) -> tuple[_Column, ...]:
    return tuple(
        _Column(Name(column, line.name, band), term, _text(term), _pieces(term))
        for band, (column, term) in enumerate(zip(line.columns, expressions(line), strict=True))
    )


@cache
def _text(term: Term) -> str:
    return formula_text(term, bands_added_up)


@cache
def _in_words(term: Term) -> str:
    return as_text(rule_in_words(term, WORDING))


def _group(term: Term, code: str) -> str:
    """The units that are added up for a unit: ``region 01``, ``the kind elementary district``."""
    is_kind = isinstance(term, Name) and term.name == "organization_type"
    return f"the kind {plain_code(code)}" if is_kind else f"{_in_words(term).lower()} {code}"


def _pieces(term: Term) -> tuple[Piece, ...]:
    """The text of a formula, and between it what each unit has its own number for."""
    own: list[Name | Operation] = []

    def mark(part: Term) -> str | None:
        if isinstance(part, Name) or (isinstance(part, Operation) and part.operator in AGGREGATES):
            own.append(part)
            return f"{_MARK}{len(own) - 1}{_MARK}"
        return None

    texts = formula_text(term, mark).split(_MARK)  # text and places of the own in turn
    return tuple(own[int(each)] if place % 2 else each for place, each in enumerate(texts))


@cache
def _said(line: Line) -> Mapping[str, Any]:
    """What a step says of a line, whoever it is computed for."""
    return {
        "line": line.name,
        "title": line.title,
        "cite": line.cite,
        "rule": line.words,
        "measure": str(line.measure),
        "evidence": evidence_of(line),
        "statewide": line.statewide,
        "reads": tuple(name.column for name in _names(line)),
    }


@cache
def _aggregates(line: Line) -> tuple[Operation, ...]:
    """What takes many values in, each once."""
    found = (part for term in expressions(line) for part in parts_of(term))
    held = (each for each in found if isinstance(each, Operation) and each.operator in AGGREGATES)
    return tuple(dict.fromkeys(held))


def _number(value: Any) -> Value:
    """An element of an array as a plain Python value; a blank as None."""
    if isinstance(value, float):
        return None if value != value else float(value)  # noqa: PLR0124 - only NaN differs from itself
    if isinstance(value, (str, bool, np.bool_)):
        return str(value) if isinstance(value, str) else bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    number = float(value)
    return None if np.isnan(number) else number
