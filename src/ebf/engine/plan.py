"""Which lines to compute, in what order, and what is missing for them.

Holds: MANY_COLUMNS, Plan, plan, computed_instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from graphlib import TopologicalSorter
from types import MappingProxyType

from ebf.contents import ByContents
from ebf.language.line import Line
from ebf.law.names import NameKind, known_names
from ebf.law.statute import Chosen, Statute

MANY_COLUMNS = 2
"""More missing columns than this, and the line they make is asked for instead."""


@dataclass(frozen=True, eq=False)
class Plan(ByContents):
    """The lines to compute, in an order that has every line's sources before it.

    ``lacking`` are the lines left out, with the names they would need; ``missing``
    is what the goals lack.
    """

    steps: tuple[Line, ...]
    lacking: Mapping[str, tuple[str, ...]]
    missing: tuple[str, ...]

    @cached_property
    def reads(self) -> frozenset[str]:
        """All names that the steps read."""
        return frozenset(name for line in self.steps for name in line.reads)


@lru_cache(maxsize=256)
def plan(
    statute: Statute,
    fiscal_year: int,
    chosen: Chosen,
    given: frozenset[str],
    known: frozenset[str],
    incomplete: frozenset[str],
    wanted: tuple[str, ...] | None,
) -> Plan:
    """Sort the lines needed for ``wanted``, or for the goals and all that follows.

    Args:
        statute: The statute whose lines they are.
        fiscal_year: The year whose rules apply.
        chosen: The alternatives that they are read by.
        given: Names of the inputs and lines handed over.
        known: Names of all else that has a value: defaults, parameters, salaries.
        incomplete: Names of banded ones of which some columns were handed over.
        wanted: Lines asked for; None for the goals and what can be had beyond.
    """
    lines = statute.lines(fiscal_year, chosen)
    lacking = _lacking(statute, lines, given, known, incomplete)
    goals = wanted or statute.goals
    beyond = () if wanted else (*_beyond(goals, lines), *statute.aside)
    had = [name for name in beyond if name not in lacking]
    computed = _ancestors([*goals, *had], lines, given) & lines.keys() - given - lacking.keys()
    sources = {
        name: [read for read in line.reads if read in computed]
        for name, line in lines.items()
        if name in computed
    }
    return Plan(
        steps=tuple(lines[name] for name in TopologicalSorter(sources).static_order()),
        lacking=MappingProxyType({n: lacking[n] for n in beyond if n in lacking}),
        missing=tuple(dict.fromkeys(need for goal in goals for need in lacking.get(goal, ()))),
    )


@lru_cache(maxsize=256)
def computed_instead(
    statute: Statute,
    fiscal_year: int,
    chosen: Chosen,
    given: frozenset[str],
    known: frozenset[str],
    standing: frozenset[str],
) -> frozenset[str]:
    """The lines handed over that are computed all the same, and held against what was given.

    A line is computed where all that it reads is there, some of it from the caller. What the
    state works out is never taken for its line, even where it cannot be computed. Only
    ``standing`` lines stand in whatever is beside them.
    """
    lines = statute.lines(fiscal_year, chosen)
    outcome = {line.name for module in statute.outcome for line in module.LINES}
    outcome -= statute.usually_given
    found: set[str] = set()
    there = {*known, *(given - lines.keys())}
    from_caller = {*(given - lines.keys())}
    for name in _sources_first(lines):
        if name not in lines:
            continue
        reads = lines[name].reads
        can_be = there.issuperset(reads) and not from_caller.isdisjoint(reads)
        stands = name in given and (name in standing or not (can_be or name in outcome))
        if name in given and not stands:
            found.add(name)
        if stands or can_be:
            there.add(name)
            from_caller.add(name)
        elif there.issuperset(reads):
            there.add(name)
    return frozenset(found)


def _sources_first(lines: Mapping[str, Line]) -> Iterable[str]:
    """All names that lines have or read, each behind those it is computed from."""
    return TopologicalSorter({n: line.reads for n, line in lines.items()}).static_order()


def _beyond(goals: Iterable[str], lines: Mapping[str, Line]) -> tuple[str, ...]:
    """The lines that read the goals, directly or not, in statute order."""
    reached = set(goals)
    for name in _sources_first(lines):
        if name in lines and reached.intersection(lines[name].reads):
            reached.add(name)
    return tuple(name for name in lines if name in reached)


def _lacking(
    statute: Statute,
    lines: Mapping[str, Line],
    given: frozenset[str],
    known: frozenset[str],
    incomplete: frozenset[str],
) -> dict[str, tuple[str, ...]]:
    """For every name without a value, the names that would have to be given.

    Who has no counts is asked for the Adequacy Target, not for a hundred
    columns; who has begun to give what a line is computed from, for the rest.
    """
    lacking: dict[str, tuple[str, ...]] = {}
    begun = set(incomplete)
    for name in _sources_first(lines):
        if name in given or name in known:
            begun |= {name} & given if _is_input(name) else set()
            continue
        if name not in lines or name in incomplete:
            lacking[name] = (name,)
            continue
        line = lines[name]
        begun |= {name} if begun.intersection(line.reads) else set()
        needs = (need for read in line.reads for need in lacking.get(read, ()))
        if missing := tuple(dict.fromkeys(needs)):
            started = name in begun or not given.isdisjoint(line.reads)
            itself = not started and _is_asked_for_itself(statute, line, missing)
            usual = name in statute.usually_given and not started
            lacking[name] = (name,) if itself or usual else missing
    return lacking


def _is_input(name: str) -> bool:
    known = known_names().get(name)
    return known is not None and known.kind is NameKind.INPUT


def _is_asked_for_itself(statute: Statute, line: Line, missing: Sequence[str]) -> bool:
    """Whether to ask for a line instead of for the names it is missing."""
    columns = sum(map(_is_input, missing))
    takes_much = columns > MANY_COLUMNS or any(name in statute.prepared for name in missing)
    return line.name in statute.prepared and takes_much


def _ancestors(
    names: Iterable[str], lines: Mapping[str, Line], stop: frozenset[str]
) -> frozenset[str]:
    """The names and all that they read, directly or not, but nothing behind ``stop``."""
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in lines and name not in stop:
            waiting.extend(lines[name].reads)
    return frozenset(seen)
