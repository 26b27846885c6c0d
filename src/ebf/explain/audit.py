"""Explanations and audits of a ledger: each line's formula, filled in for one unit.

Holds: Piece, explain, audit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from math import fsum
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ebf.engine.record import Record, places_of
from ebf.explain.explanation import About, Audit, Explanation, Result, Section, Source, Step, Total
from ebf.explain.sources import source_of_any
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
    evaluate_floats,
    formula_text,
    is_over_units,
    names_in,
)
from ebf.language.line import Line
from ebf.language.symbols import Name, Operation, Term, parts_of
from ebf.language.vocabulary import Values, divide, no_further_than
from ebf.law.evidence import evidence_of
from ebf.law.names import bands_added_up, expressions, name_behind, names_read
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
        sources=tuple(unit.sources(names, {each.name for each in lines})),
    )


def audit(record: Record, unit_id: str) -> Audit:
    """State every line of a unit; see :meth:`ebf.Ledger.audit`."""
    unit = _Unit(record, *places_of(record, [unit_id]))
    statute = record.law.statute
    computed = [line for line in record.law.lines.values() if line.name in record.computed]
    sections = []
    for module in statute.modules:
        of_module = frozenset(module.LINES)
        steps = tuple(unit.step(line) for line in computed if line in of_module)
        if steps:
            sections.append(Section(*statute.heading(module), steps))
    given = [name for each in record.values for name in names_read(each).flat]
    return Audit(
        about=unit.about,
        sections=tuple(sections),
        sources=tuple(unit.sources([*given, *_sources(computed)], record.computed)),
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
    def own(self) -> Mapping[str, Values]:
        """All that lines read, of this unit alone."""
        here = slice(self.place, self.place + 1)
        everything = self.record.everything.items()
        return {name: each[:, here] if each.shape[1] > 1 else each for name, each in everything}

    @cached_property
    def own_bands(self) -> Mapping[str, Values]:
        """The same, of each name its bands alone."""
        return {name: each[0, 0] for name, each in self.own.items()}

    @cached_property
    def numbers(self) -> Mapping[str, tuple[Value, ...]]:
        """The same as plain values, one a band."""
        return {name: tuple(map(_number, each.tolist())) for name, each in self.own_bands.items()}

    @cached_property
    def texts(self) -> Mapping[str, tuple[str, ...]]:
        """The same as formulas write them."""
        return {name: tuple(map(plain, each)) for name, each in self.numbers.items()}

    def value_of(self, term: Term) -> Value:
        """What a term comes to for the unit."""
        if isinstance(term, Name):
            return self.numbers[term.name][term.band]
        if is_over_units(term):
            return self.at(self.of_all(term))
        if self.record.arithmetic == "fast":
            return _number(evaluate_floats(term, self.own_bands)[()])
        return _number(np.atleast_3d(evaluate(term, self.own))[0, 0, 0])

    def of_all(self, term: Term) -> Values:
        """What a term comes to for every unit."""
        found = self.record._over_units  # noqa: SLF001 - kept with the ledger
        if term not in found:
            found[term] = np.atleast_3d(evaluate(term, self.record.everything))
        return found[term]

    def sources(self, names: Iterable[Name], explained: Iterable[str]) -> Iterator[Source]:
        """What is read and not explained, each column once."""
        seen = set()
        explained = frozenset(explained)
        for name in names:
            if name.name not in explained and name.column not in seen:
                seen.add(name.column)
                known = self._known_of(name)
                marks = self.record.table.marked.get(name.column, {})
                source = str(marks.get(self.about.unit_id, known["source"]))
                yield Source(**{**known, "value": self.value_of(name), "source": source})

    def _known_of(self, name: Name) -> Mapping[str, Any]:
        """What is known of a source, whoever's value it is."""
        known = self.record._about_names  # noqa: SLF001 - kept with the ledger
        if name not in known:
            known[name] = vars(source_of_any(self.record, name, None))
        return known[name]

    def step(self, line: Line) -> Step:
        """The line, filled in."""
        record = self.record
        results = tuple(
            Result(
                column=each.name.column,
                formula=each.formula,
                numbers="".join(
                    [x if isinstance(x, str) else self._filled_in(x) for x in each.pieces]
                ),
                before_rounding=self.value_of(each.term if line.rounding else each.name),
                value=self.value_of(each.name),
            )
            for each in _columns(line)
        )
        rounding = f"{line.rounding} ({line.rounding.cite})" if line.rounding else None
        return Step(
            **_said(line),
            rounding=rounding if record.rounding else None,
            results=results,
            totals=tuple(total for part in _aggregates(line) for total in self._totals(part)),
        )

    def _filled_in(self, piece: Name | Operation) -> str:
        """The unit's number in a formula, for a name or for what takes many values in."""
        if isinstance(piece, Name):
            return self.texts[piece.name][piece.band]
        if piece.operator == "least_prefix_ratio":
            return _prefix(self, piece).division
        return plain(self.value_of(piece))

    def _totals(self, term: Operation) -> Iterator[Total]:
        """What an operation on many values takes in."""
        if term.operator == "least_prefix_ratio":
            yield from _prefix(self, term).totals(self, term)
            return
        if term.operator == "band_total":
            made_of = " + ".join([plain(self.value_of(each)) for each in term.operands])
        else:
            made_of = self._units_taken_in(term)
        yield Total(_text(term), self.value_of(term), made_of)

    def _units_taken_in(self, term: Operation) -> str:
        table = self.record.table
        values = self.of_all(term.operands[0])
        own = f"this unit's is {amount(self.at(values))}"
        if term.operator == "statewide_maximum":
            if not values.any():
                return "no unit has any"
            return f"the greatest is that of {self.named(int(values[0, :, 0].argmax()))}; {own}"
        if term.operator == "sum_before":
            order = ", then ".join(map(_text, term.operands[1:]))
            return f"the sum over the units before this one in order of {order}; {own}"
        if term.operator == "sum_of_ramps":
            return f"the sum over the units of what theirs come to at this one's; {own}"
        taken_in = np.ones(len(table.unit_ids), dtype=bool)
        where = "the state"
        if term.operator == "regional_sum":
            by = term.operands[1]
            groups = self.of_all(by)[0, :, 0]
            taken_in = groups == groups[self.place]
            where = f"{_text(by)} {groups[self.place]}"
        counted = np.broadcast_to(values[0, :, 0] != 0, taken_in.shape)
        return (
            f"the sum over {taken_in.sum():,} units of {where}, "
            f"{(taken_in & counted).sum():,} of them not 0; {own}"
        )

    def named(self, place: int) -> str:
        """A unit's id, and its name where it has one."""
        name = self._name(place)
        return f"{self.record.table.unit_ids[place]}{f' ({name})' if name else ''}"

    def _name(self, place: int) -> str | None:
        """A unit's name, where it has one."""
        names = self.record.table.text.get("name")
        name = None if names is None else names[0, place]
        return name if isinstance(name, str) else None


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
        which = f"the {self.count:,} units furthest behind"
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
