"""Steps and sources as Python expressions, by the names that data and files have.

Holds: blocks_of_step, blocks_of_sources.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ebf.explain.steps import About, Result, Source, Step
from ebf.show.document import Block, Entries, Formula, Heading, Paragraph
from ebf.show.words import amount, plain


def blocks_of_step(step: Step, level: int) -> Iterator[Block]:
    """A line: its rule, its formula with names and with numbers, and what they come to."""
    yield Heading(level, f"{step.line} [{step.cite}]")
    yield Paragraph(step.rule)
    for result in step.results:
        yield Formula(result.column, tuple(dict.fromkeys(_equals(step, result))))
    for total in step.totals:
        yield Formula(total.formula, (f"{amount(total.value)}: {total.made_of}",))
    evidence = f"Evidence: {step.evidence}."
    yield Paragraph(f"One number for the whole state. {evidence}" if step.statewide else evidence)


def _equals(step: Step, result: Result) -> Iterator[str]:
    yield result.formula
    yield result.numbers
    if step.rounding:
        yield plain(result.before_rounding)
    rounding = f", {step.rounding}" if step.rounding else ""
    yield f"{amount(result.value, step.measure)}{rounding}"


_HEADINGS: Mapping[str, str] = {
    "input": "Inputs",
    "given line": "Lines given",
    "line": "Lines not explained here",
    "parameter": "Parameters",
    "salary": "Salaries",
}


def blocks_of_sources(about: About, sources: Iterable[Source]) -> list[Block]:
    """What is read and not explained, by its kind."""
    blocks: list[Block] = []
    by_kind: dict[str, list[Source]] = {kind: [] for kind in _HEADINGS}
    for source in sources:
        by_kind[source.kind].append(source)
    for kind, of_kind in by_kind.items():
        if not of_kind:
            continue
        entries = tuple((_shown(each), _about(about, each)) for each in of_kind)
        blocks += [Heading(2, _HEADINGS[kind]), Entries(entries)]
    return blocks


def _shown(source: Source) -> str:
    return f"{source.column} = {amount(source.value, source.measure)}"


def _about(about: About, source: Source) -> str:
    since = "since " if source.kind == "parameter" else ""
    dated = source.fiscal_year
    year = "" if dated is None else f", {since}{about.year_in_words(dated)}"
    return f"{source.label} [{source.cite}]; {source.source}{year}"
