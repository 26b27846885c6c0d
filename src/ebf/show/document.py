"""A document as data: headings, sentences, formulas, tables, pictures.

Holds: Link, Text, joined, Heading, Contents, Paragraph, Sentences, Formula, Entries, Figure,
Figures, Column, Table, Picture, Folded, Block, Document, with_rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

import numpy as np
import pandas as pd

from ebf.show.words import Value, heading, number


class Link(str):
    """Text that leads to a place; where there are no links, the text."""

    __slots__ = ("anchor", "page")
    anchor: str
    page: str

    def __new__(cls, text: str, anchor: str = "", page: str = "") -> Self:
        """Text, the anchor of the heading or fold that it leads to, and on which page.

        A page is an address from that of the document; without one it is the document itself.
        """
        made = super().__new__(cls, text)
        made.anchor, made.page = anchor, page
        return made

    @property
    def address(self) -> str:
        """Where it leads."""
        return f"{self.page}#{self.anchor}" if self.anchor else self.page

    def __reduce__(self) -> tuple[type[Link], tuple[str, str, str]]:
        """The text and its place, for copies."""
        return Link, (str(self), self.anchor, self.page)


Text: TypeAlias = str | tuple[str, ...]
"""Text, or pieces of it, links among them."""


def joined(text: Text) -> str:
    """The text without its links."""
    return text if isinstance(text, str) else "".join(text)


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the title. Links lead to its ``anchor``."""

    level: int
    text: str
    anchor: str = ""


@dataclass(frozen=True)
class Contents:
    """What a document has, each a link to where it stands."""

    entries: tuple[Link, ...]


@dataclass(frozen=True)
class Paragraph:
    """Running text; ``lead`` is what a document opens with."""

    text: Text
    lead: bool = False


@dataclass(frozen=True)
class Sentences:
    """Sentences, an item of a list each; ``name`` is what data calls them."""

    name: str
    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Formula:
    """What is computed, and then what it equals, line by line."""

    name: Text
    equals: tuple[Text, ...]


@dataclass(frozen=True)
class Entries:
    """A list of names with what is said of each."""

    entries: tuple[tuple[Text, Text], ...]


@dataclass(frozen=True)
class Figure:
    """A key number in words: what it is, what it comes to, and what is to be said of it."""

    label: str
    value: str
    note: str = ""

    @property
    def sentence(self) -> str:
        """All of it in a line."""
        return f"{self.label}: {self.value}{f' ({self.note})' if self.note else ''}"


@dataclass(frozen=True)
class Figures:
    """Key numbers, side by side."""

    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Column:
    """A column of a table; ``measure`` is that of all its numbers, where they have one."""

    name: str
    measure: str = ""

    @property
    def heading(self) -> str:
        """What stands above it."""
        return heading(self.name, self.measure)


@dataclass(frozen=True)
class Table:
    """Rows of values; ``name`` is what data calls the table.

    The first ``labels`` columns say what a row is. ``of_rows`` has the measure of each
    row, for the columns without one of their own. ``most`` rows are shown to readers;
    data has them all.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    of_rows: tuple[str, ...] = ()
    labels: int = 1
    most: int | None = None

    @classmethod
    def of(
        cls,
        name: str,
        title: str,
        frame: pd.DataFrame,
        measures: Mapping[str, str] | str = "",
        **more: Any,
    ) -> Self:
        """A frame as a table, its index as labels, and the measure of all columns or of each."""
        labels = [str(each or "") for each in frame.index.names]
        if isinstance(measures, str):
            measures = dict.fromkeys(map(str, frame), measures)
        rows = (
            (*(key if isinstance(key, tuple) else (key,)), *cells)
            for key, *cells in frame.itertuples(name=None)
        )
        return cls(
            name,
            title,
            tuple(Column(each, measures.get(each, "")) for each in (*labels, *map(str, frame))),
            tuple(tuple(map(_value, row)) for row in rows),
            labels=len(labels),
            **more,
        )

    @property
    def caption(self) -> str:
        """The title, and how many rows are not shown."""
        lacking = len(self.rows) - len(self.rows[: self.most])
        if not lacking:
            return self.title
        count = f"{len(self.rows):,}; {lacking:,} are not shown"
        return f"{self.title} (the first {self.most} of {count})"

    @property
    def shown(self) -> Iterator[tuple[str, ...]]:
        """The rows that readers see, in words."""
        measures = self.of_rows or ("",) * len(self.rows)
        for row, of_row in zip(self.rows[: self.most], measures, strict=False):
            labels = (
                each if isinstance(each, str) else "" if each is None else str(each)
                for each in row[: self.labels]
            )
            yield (
                *labels,
                *(
                    number(value, column.measure or of_row, alone=not column.measure)
                    for value, column in zip(
                        row[self.labels :], self.columns[self.labels :], strict=True
                    )
                ),
            )

    def is_number(self, place: int) -> bool:
        """Whether a column has numbers, to be set one below the other."""
        return place >= self.labels and not any(isinstance(row[place], str) for row in self.rows)


def _value(cell: Any) -> Value:
    """A cell of a frame as a plain value; a blank as None."""
    if isinstance(cell, np.generic):
        cell = cell.item()
    if isinstance(cell, (bool, int, str)):
        return cell
    if isinstance(cell, float):
        return None if np.isnan(cell) else cell
    return None if cell is None or cell is pd.NA or cell is pd.NaT else str(cell)


@dataclass(frozen=True)
class Picture:
    """A picture: what it shows in a sentence, and the table of what is drawn in it.

    ``svg`` is all of it, without script or reference; where no picture can be, there is the
    table.
    """

    svg: str
    says: str
    table: Table


@dataclass(frozen=True)
class Folded:
    """Blocks that a page shows when they are asked for; where nothing folds, where they are.

    Links lead to its ``anchor``; ``elsewhere`` says how else they are had.
    """

    title: str
    blocks: tuple[Block, ...]
    elsewhere: str
    anchor: str = ""


Block: TypeAlias = (
    Heading
    | Contents
    | Paragraph
    | Sentences
    | Formula
    | Entries
    | Figures
    | Table
    | Picture
    | Folded
)


@dataclass(frozen=True)
class Document:
    """Blocks in reading order; on paper ``in_columns``, two of them, where it is to be short."""

    blocks: tuple[Block, ...]
    in_columns: bool = False

    @property
    def with_rows(self) -> Iterator[Block]:
        """The blocks, but for tables without a row."""
        return with_rows(self.blocks)


def with_rows(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, but for tables without a row."""
    return (each for each in blocks if not isinstance(each, Table) or each.rows)
