"""A document as data: headings, paragraphs, formulas and lists; rendering.py shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

_PICTURES = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
_UNSEEN = dict.fromkeys(
    (*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)),
    0xFFFD,
)


def printable(text: object) -> str:
    r"""The text with control characters made visible, so that it stays in its place.

    >>> printable("a\x07\nb")
    'a␇␊b'
    """
    return str(text).translate(_PICTURES | _UNSEEN)


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
