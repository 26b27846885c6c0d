"""What the audits of all units of a ledger share, for pages that say it once and lead to it.

Holds: Shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from ebf.explain import step_words
from ebf.explain.explanation import Audit, section_heading
from ebf.explain.steps import OF_THE_UNIT, About, Section, Source, Step
from ebf.law.names import entries
from ebf.show.document import Block, Heading, Paragraph

_ALIKE: Final = frozenset({"parameter", "salary"})
"""Kinds of source that are the same for every unit."""


def _is_statewide(column: str) -> bool:
    return column in entries() and entries()[column].about.statewide


def _of_no_unit(step: Step) -> Step:
    """The step without what one unit adds to its sums."""
    totals = (replace(each, made_of=each.made_of.partition(OF_THE_UNIT)[0]) for each in step.totals)
    return replace(step, totals=tuple(totals))


@dataclass(frozen=True, eq=False)
class Shared:
    """Rules, statewide lines, numbers of the law and salaries, which are the same for all units.

    ``page`` is the address of the page that has them, from the pages that lead to it.
    """

    page: str
    about: About
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    read: tuple[Source, ...]
    """Inputs and lines given, of which the page says what they are, not what they come to."""

    @classmethod
    def of(cls, audits: Iterable[Audit], page: str) -> Shared:
        """What these audits share: of one unit of each kind, say."""
        audits = [*audits]
        steps: dict[str, dict[str, Step]] = {}
        sections: dict[str, Section] = {}
        sources: dict[str, Source] = {}
        read: dict[str, Source] = {}
        for each in audits:
            for section in each.sections:
                sections.setdefault(section.title, section)
                known = steps.setdefault(section.title, {})
                for step in section.steps:
                    known.setdefault(step.line, _of_no_unit(step))
            for source in each.sources:
                if source.kind in _ALIKE or _is_statewide(source.column):
                    sources.setdefault(source.column, source)
                else:
                    read.setdefault(source.column, replace(source, value=None, source=""))
        whole = (
            Section(section.subsection, title, tuple(steps[title].values()))
            for title, section in sections.items()
        )
        return cls(
            page, audits[0].about, tuple(whole), tuple(sources.values()), tuple(read.values())
        )

    @cached_property
    def lines(self) -> frozenset[str]:
        """Lines whose rule and evidence stand there."""
        return frozenset(step.line for each in self.sections for step in each.steps)

    @cached_property
    def statewide(self) -> frozenset[str]:
        """Lines that stand there whole."""
        every = (step for each in self.sections for step in each.steps)
        return frozenset(step.line for step in every if step.statewide)

    @cached_property
    def columns(self) -> frozenset[str]:
        """Columns of the sources that stand there."""
        return frozenset(each.column for each in self.sources)

    @cached_property
    def inputs(self) -> frozenset[str]:
        """Columns of the inputs of which it says what they are."""
        return frozenset(each.column for each in self.read)

    @property
    def blocks(self) -> Iterator[Block]:
        """All of it, in the order of the statute."""
        every = [step for each in self.sections for step in each.steps if step.statewide]
        filled = step_words.Filled.of(every, self.sources)
        for section in self.sections:
            yield Heading(2, section_heading(section))
            for step in section.steps:
                if step.statewide:
                    yield from step_words.blocks_of_step(step, 3, filled)
                else:
                    yield Heading(3, step_words.title_of_step(step), step.line)
                    yield Paragraph(step.rule)
                    yield step_words.evidence_of_step(step)
        yield from step_words.blocks_of_inputs(self.read)
        yield from step_words.blocks_of_sources(self.about, self.sources)
