"""One number of a unit, or every number, and where each came from: as data.

Holds: Explanation, Audit, section_heading.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, ClassVar, Self

import pandas as pd
from pydantic import TypeAdapter

from ebf.explain import step_expressions, step_words
from ebf.explain.steps import About, Section, Source, Step
from ebf.law.plain_names import plain_code, plain_column, plain_name
from ebf.show.answer import ABOUT, Shown
from ebf.show.document import Block, Contents, Document, Formula, Heading, Link, Paragraph


class _Account(Shown):
    """What an explanation and an audit share: their JSON is what they are declared to hold."""

    about: About
    sources: tuple[Source, ...]
    _expressions: ClassVar[bool] = False

    def with_expressions(self) -> Self:
        """The same, its documents with formulas as Python expressions, as its JSON has them."""
        made = copy(self)
        vars(made)["_expressions"] = True
        return made

    @property
    @abstractmethod
    def _steps(self) -> tuple[Step, ...]: ...

    @property
    @abstractmethod
    def _opening(self) -> str:
        """What the document is, in a sentence."""

    @abstractmethod
    def blocks(self, level: int = 2, prefix: str = "") -> Iterator[Block]:
        """All but the title, as a part of another document.

        Its headings begin at a level; ``prefix`` begins the names that links lead to.
        """

    @property
    def document(self) -> Document:
        """The content as headings, paragraphs, formulas and lists."""
        opening = () if self._expressions else (Paragraph(self._opening, lead=True),)
        return Document((Heading(1, self.title), *opening, *self.about.blocks, *self.blocks()))

    def _filled(
        self, prefix: str, elsewhere: step_words.Elsewhere | None = None
    ) -> step_words.Filled | None:
        """What formulas in words are filled in with; None where they are expressions."""
        if self._expressions:
            return None
        known = self._filled_before
        if (prefix, elsewhere) not in known:
            made = step_words.Filled.of(self._steps, self.sources, prefix, elsewhere)
            known[prefix, elsewhere] = made
        return known[prefix, elsewhere]

    @cached_property
    def _filled_before(self) -> dict[tuple[str, object], step_words.Filled]:
        """What formulas were filled in with for the documents that were made before."""
        return {}

    def _blocks_of_steps(
        self, steps: Sequence[Step], level: int, filled: step_words.Filled | None
    ) -> Iterator[Block]:
        for step in steps:
            if filled is None:
                yield from step_expressions.blocks_of_step(step, level)
            else:
                yield from step_words.blocks_of_step(step, level, filled)

    def _blocks_of_sources(
        self, level: int, prefix: str, elsewhere: step_words.Elsewhere | None = None
    ) -> Iterator[Block]:
        left_out = frozenset(() if elsewhere is None else elsewhere.columns)
        sources = [each for each in self.sources if each.column not in left_out]
        if self._expressions:
            yield from step_expressions.blocks_of_sources(self.about, sources)
        else:
            yield from step_words.blocks_of_sources(self.about, sources, level, prefix, elsewhere)

    @property
    def _year(self) -> int:
        return self.about.fiscal_year

    def _content(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(_adapter(type(self)).dump_json(self))
        return content

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """The JSON schema, version 1, of what ``to_json`` writes."""
        path = files("ebf.explain") / "schemas" / f"{cls._kind()}-1.json"
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return content

    @classmethod
    def made_schema(cls) -> dict[str, Any]:
        """The same made from the declarations, as the file is written when they change."""
        made = _adapter(cls).json_schema(mode="serialization")
        shown = super().json_schema()
        about = {name: shown["properties"][name] for name in ABOUT}
        required = [each for each in shown["required"] if each in about] + made["required"]
        properties = about | made["properties"]
        whole = {**made, "properties": properties, "required": required}
        return {"$schema": shown["$schema"], **whole}


@dataclass(frozen=True, repr=False, eq=False)
class Explanation(_Account):
    """Where one number of a unit came from; made by :meth:`ebf.Ledger.explain`.

    ``steps`` begin with the line asked for; its sources follow in turn, each
    once. ``sources`` are the inputs, parameters and salaries they end in.
    """

    about: About
    asked: str
    steps: tuple[Step, ...]
    sources: tuple[Source, ...]

    @property
    def title(self) -> str:
        """What it is called."""
        asked = self.asked if self._expressions else plain_column(self.asked)
        return f"{asked} of {_title(self.about)}"

    @property
    def _steps(self) -> tuple[Step, ...]:
        return self.steps

    @property
    def _opening(self) -> str:
        of = plain_column(self.asked)
        if not self.steps:
            return f"{of} is not computed: here is what it is, and where it is from."
        return (
            f"How {of} comes about: its rule, the formula in words and with this unit's numbers; "
            "then what it reads, each in turn."
        )

    def blocks(self, level: int = 2, prefix: str = "") -> Iterator[Block]:
        """The steps and the sources, as a part of another document."""
        yield from self._blocks_of_steps(self.steps, level, self._filled(prefix))
        yield from self._blocks_of_sources(level, prefix)


@dataclass(frozen=True, repr=False, eq=False)
class Audit(_Account):
    """Every number of a unit in the order of the statute; made by :meth:`ebf.Ledger.audit`.

    ``not_computed`` are the lines left out, with what they would need.
    """

    about: About
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    not_computed: Mapping[str, tuple[str, ...]]

    @property
    def title(self) -> str:
        """What it is called."""
        return f"Statement of {_title(self.about)}"

    @property
    def _steps(self) -> tuple[Step, ...]:
        return tuple(step for section in self.sections for step in section.steps)

    @property
    def _opening(self) -> str:
        return (
            "Every number that the law makes of this unit, in the order of the statute: each with "
            "its rule, the formula in words and with the unit's numbers, and what comes of it; at "
            "the end what they start from, and where that is from."
        )

    def blocks(
        self, level: int = 2, prefix: str = "", elsewhere: step_words.Elsewhere | None = None
    ) -> Iterator[Block]:
        """Contents, sections and sources, as a part of another document.

        What stands ``elsewhere`` is left out here, and linked.
        """
        anchors = [f"{prefix}section-{n}" for n in range(1, len(self.sections) + 1)]
        if not self._expressions:
            sections = (
                Link(section_heading(section), anchor)
                for section, anchor in zip(self.sections, anchors, strict=True)
            )
            sources = step_words.headings_of_sources(self.sources, prefix, elsewhere)
            yield Contents((*sections, *sources))
        filled = self._filled(prefix, elsewhere)
        left_out = frozenset(() if elsewhere is None else elsewhere.statewide)
        for section, anchor in zip(self.sections, anchors, strict=True):
            yield Heading(level, section_heading(section), "" if self._expressions else anchor)
            steps = [each for each in section.steps if each.line not in left_out]
            yield from self._blocks_of_steps(steps, level + 1, filled)
        yield from self._blocks_of_sources(level, prefix, elsewhere)
        if self.not_computed:
            called = str if self._expressions else plain_name
            wanting = (
                f"{called(name)} (needs {', '.join(needs)})"
                for name, needs in self.not_computed.items()
            )
            yield Paragraph(f"Not computed, for want of input: {'; '.join(wanting)}.")

    def worked(
        self,
        lines: Collection[str],
        prefix: str = "",
        elsewhere: step_words.Elsewhere | None = None,
    ) -> Mapping[str, list[Formula]]:
        """The formulas of some lines alone, filled in, with links to the steps that they read."""
        filled = self._filled(prefix, elsewhere)
        if filled is None:
            filled = step_words.Filled.of(self._steps, self.sources, prefix, elsewhere)
        blocks = {
            step.line: step_words.blocks_of_step(step, 2, filled)
            for step in self._steps
            if step.line in lines
        }
        return {line: [x for x in own if isinstance(x, Formula)] for line, own in blocks.items()}

    @property
    def frame(self) -> pd.DataFrame:
        """A row a column of a line: section, line, value, formula and all else known of it."""
        rows = [
            {
                "subsection": section.subsection,
                "line": step.line,
                **asdict(result),
                "measure": step.measure,
                "rounding": step.rounding,
                "cite": step.cite,
                "title": step.title,
                "evidence": step.evidence,
            }
            for section in self.sections
            for step in section.steps
            for result in step.results
        ]
        return pd.DataFrame(rows)


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


# --- As documents --------------------------------------------------------------


def _title(about: About) -> str:
    name = f"{about.name}, " if about.name else ""
    year = about.year_in_words(about.fiscal_year)
    return f"{name}{about.unit_id} ({plain_code(about.organization_type)}), {year}"


def section_heading(section: Section) -> str:
    """What the lines of a subsection are called."""
    within = f"({section.subsection}) " if section.subsection else ""
    return f"{within}{section.title}"
