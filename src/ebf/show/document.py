"""A document as data: headings, paragraphs, formulas and lists; rendering.py shows it.

Holds: Heading, Paragraph, Formula, Entries, Block, Document.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the title."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True)
class Formula:
    """What is computed, and then what it equals, line by line."""

    name: str
    equals: tuple[str, ...]


@dataclass(frozen=True)
class Entries:
    """A list of names with what is said of each."""

    entries: tuple[tuple[str, str], ...]


Block: TypeAlias = Heading | Paragraph | Formula | Entries


@dataclass(frozen=True)
class Document:
    """Blocks in reading order."""

    blocks: tuple[Block, ...]
