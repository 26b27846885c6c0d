"""One number of a unit, or every number, and where each came from: as data.

Holds: Kind, Source, Total, Result, Step, Section, About, Explanation, Audit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias

import pandas as pd
from pydantic import TypeAdapter

from ebf.files import Source as FromFile
from ebf.law.statutes import STATUTES
from ebf.show.answer import ABOUT, Shown
from ebf.show.document import Block, Document, Entries, Formula, Heading, Paragraph
from ebf.show.words import Value, amount, plain

Kind: TypeAlias = Literal["input", "given line", "parameter", "salary", "line"]
"""What a source is; "line" where an explanation stops at a depth."""


@dataclass(frozen=True)
class Source:
    """A value that formulas read and that is not computed here.

    ``source`` says where it is from; ``fiscal_year`` is the year from which a
    parameter stands, or that of a table of salaries.
    """

    column: str
    value: Value
    kind: Kind
    label: str
    measure: str
    cite: str
    source: str
    fiscal_year: int | None


@dataclass(frozen=True)
class Total:
    """A part of a formula that takes many values in, and what it comes to."""

    formula: str
    value: Value
    made_of: str


@dataclass(frozen=True)
class Result:
    """One column of a line: its formula with names and with numbers, and what that gives.

    Both are Python expressions in the vocabulary of docs/audit.md.
    """

    column: str
    formula: str
    numbers: str
    before_rounding: Value
    value: Value


@dataclass(frozen=True)
class Step:
    """One line of the law, computed for one unit. ``reads`` are the columns it takes."""

    line: str
    title: str
    cite: str
    rule: str
    measure: str
    rounding: str | None
    evidence: str
    statewide: bool
    results: tuple[Result, ...]
    totals: tuple[Total, ...]
    reads: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """The lines of a subsection of the statute, in its order."""

    subsection: str
    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class About:
    """The unit, and the calculation that its numbers are from: its statute, year, arithmetic."""

    unit_id: str
    name: str | None
    organization_type: str
    section: str
    fiscal_year: int
    arithmetic: str
    from_file: FromFile | None

    def year_in_words(self, year: int) -> str:
        """A year of the statute: ``FY2022``."""
        return STATUTES[self.section].year_in_words(year)

    @property
    def blocks(self) -> list[Block]:
        """The file that the units are from, where they are from one."""
        return [Paragraph(f"From {self.from_file}.")] if self.from_file else []


class _Account(Shown):
    """What an explanation and an audit share: their JSON is what they are declared to hold."""

    about: About

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
        return f"{self.asked} of {_title(self.about)}"

    @property
    def document(self) -> Document:
        """The content as headings, paragraphs, formulas and lists."""
        return Document(
            (
                Heading(1, self.title),
                *self.about.blocks,
                *(block for step in self.steps for block in _step_blocks(step, 2)),
                *_source_blocks(self.about, self.sources),
            )
        )


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
    def document(self) -> Document:
        """The content as headings, paragraphs, formulas and lists."""
        blocks: list[Block] = [Heading(1, self.title), *self.about.blocks]
        for section in self.sections:
            within = f"({section.subsection}) " if section.subsection else ""
            blocks.append(Heading(2, f"{within}{section.title}"))
            blocks += [block for step in section.steps for block in _step_blocks(step, 3)]
        blocks += _source_blocks(self.about, self.sources)
        if self.not_computed:
            left_out = (
                f"{name} (needs {', '.join(needs)})" for name, needs in self.not_computed.items()
            )
            blocks.append(Paragraph(f"Not computed, for want of input: {'; '.join(left_out)}."))
        return Document(tuple(blocks))

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
    return f"{name}{about.unit_id} ({about.organization_type}), {year}"


def _step_blocks(step: Step, level: int) -> Iterator[Block]:
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


def _source_blocks(about: About, sources: Iterable[Source]) -> list[Block]:
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
