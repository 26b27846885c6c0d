"""Documents as plain text, so many characters wide.

Holds: text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, singledispatch
from io import StringIO
from typing import TYPE_CHECKING

from ebf.show.document import (
    Block,
    Contents,
    Document,
    Entries,
    Figures,
    Folded,
    Formula,
    Heading,
    Paragraph,
    Picture,
    Sentences,
    Table,
    Text,
    joined,
)
from ebf.show.safe_text import printable

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_INDENTED = "  "
_GAP = 2
_LEAST = 24
_MOST = 40
"""Characters to which text in a column is folded where the table is too wide; a word, its own."""
_UNDERLINED = 72


def text(document: Document, width: int) -> str:
    """Plain text, so many characters wide."""
    lines = (line for block in document.with_rows for line in _lines(block, width))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _folded(words: Text, width: int, before: str = "") -> Iterator[str]:
    """The words behind what stands before them, in as many lines as they need."""
    from rich.text import Text as Line  # noqa: PLC0415 - import ebf stays quick

    shown, room = printable(joined(words)), width - len(before)
    if _cells(shown) <= room:  # most are: nothing is to be folded
        yield before + shown
        return
    for place, line in enumerate(Line(shown).wrap(_console(width), room, overflow="fold")):
        yield (" " * len(before) if place else before) + line.plain


def _listed(sign: str, each: Iterable[Text], width: int) -> Iterator[str]:
    for words in each:
        yield from _folded(words, width, sign)


def _titled(title: str, width: int) -> Iterator[str]:
    yield ""
    yield from _folded(title, width)


def _printed(renderables: Iterable[RenderableType], width: int) -> list[str]:
    console = _console(width)
    with console.capture() as capture:
        console.print(*renderables, sep="\n")
    return capture.get().splitlines()


def _console(width: int) -> Console:
    from rich.console import Console  # noqa: PLC0415 - import ebf stays quick

    return Console(file=StringIO(), width=width, color_system=None, highlight=False)


# --- Blocks --------------------------------------------------------------------


@singledispatch
def _lines(block: Block, width: int) -> Iterator[str]:
    raise NotImplementedError(type(block), width)


@_lines.register(Heading)
def _(block: Heading, width: int) -> Iterator[str]:
    if block.level > 1:
        yield ""
    yield from _folded(block.text, width)
    yield ("=" if block.level == 1 else "-") * min(len(printable(block.text)), _UNDERLINED, width)


@_lines.register(Contents)
def _(_block: Contents, _width: int) -> Iterator[str]:
    yield from ()  # a text has no links


@_lines.register(Paragraph)
def _(block: Paragraph, width: int) -> Iterator[str]:
    yield from _folded(block.text, width, _INDENTED)


@_lines.register(Formula)
def _(block: Formula, width: int) -> Iterator[str]:
    yield from _folded(block.name, width, _INDENTED)
    yield from _listed(f"{_INDENTED}  = ", block.equals, width)


@_lines.register(Sentences)
def _(block: Sentences, width: int) -> Iterator[str]:
    yield from _titled(block.title, width)
    yield from _listed("- ", block.sentences, width)


@_lines.register(Figures)
def _(block: Figures, width: int) -> Iterator[str]:
    yield from _listed("- ", (each.sentence for each in block.figures), width)


@_lines.register(Table)
def _(block: Table, width: int) -> Iterator[str]:
    yield from _titled(block.caption, width)
    yield from _printed(_grids(block, width), width)


@_lines.register(Picture)
def _(block: Picture, width: int) -> Iterator[str]:
    yield from _folded(block.says, width, _INDENTED)
    if block.table.rows:
        yield from _lines(block.table, width)


@_lines.register(Folded)
def _(block: Folded, width: int) -> Iterator[str]:
    yield from _titled(block.title, width)
    yield from _folded(block.elsewhere, width, _INDENTED)


@_lines.register(Entries)
def _(block: Entries, width: int) -> Iterator[str]:
    for name, words in block.entries:
        yield from _folded(name, width)
        yield from _folded(words, width, _INDENTED)


# --- Tables --------------------------------------------------------------------


def _cells(words: str) -> int:
    """How wide text is on a screen."""
    from rich.cells import cell_len  # noqa: PLC0415 - import ebf stays quick

    return cell_len(words)


@dataclass(frozen=True)
class _Laid:
    """A column as text: its heading, its cells, and the widths that it can have."""

    heading: str
    cells: tuple[str, ...]
    is_number: bool

    @cached_property
    def whole(self) -> int:
        """The width of all in it."""
        return max(map(_cells, (self.heading, *self.cells)))

    @cached_property
    def least(self) -> int:
        """What it needs: numbers whole; words whole, up to a limit."""
        cells = max(map(_cells, self.cells))
        words = [word for each in self.cells for word in each.split()]
        longest = max(map(_cells, words), default=0)
        text = min(cells, max(_LEAST, min(longest, _MOST)))
        above = max(map(_cells, self.heading.split()), default=0)
        return max(above, cells if self.is_number else text)


def _grids(table: Table, width: int) -> Iterator[RenderableType]:
    """The table; a wide one in pieces, each with the labels and as many columns as fit."""
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - import ebf stays quick
    from rich.table import Table as Grid  # noqa: PLC0415 - import ebf stays quick
    from rich.text import Text  # noqa: PLC0415 - import ebf stays quick

    columns = [
        _Laid(printable(column.heading), tuple(map(printable, cells)), table.is_number(place))
        for place, (column, cells) in enumerate(
            zip(table.columns, zip(*table.shown, strict=True), strict=True)
        )
    ]
    for piece in _pieces(columns, table.labels, width):
        grid = Grid(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, _GAP - 1, 0, 0))
        left = max(0, width - sum(each.least + _GAP for each in piece) + _GAP)
        wanted = sum(each.whole - each.least for each in piece)
        for each in piece:
            more = each.whole - each.least
            more = more if wanted <= left else more * left // wanted
            grid.add_column(
                Text(each.heading),
                justify="right" if each.is_number else "left",
                width=each.least + more,
                overflow="fold",
            )
        for cells in zip(*(each.cells for each in piece), strict=True):
            grid.add_row(*map(Text, cells))
        yield grid


def _pieces(columns: Sequence[_Laid], labels: int, width: int) -> Iterator[list[_Laid]]:
    """The columns that stand beside each other; the labels before each piece."""
    piece = [*columns[:labels]]
    for column in columns[labels:]:
        needed = sum(each.least + _GAP for each in (*piece, column)) - _GAP
        if needed > width and len(piece) > labels:
            yield piece
            piece = [*columns[:labels]]
        piece.append(column)
    yield piece
