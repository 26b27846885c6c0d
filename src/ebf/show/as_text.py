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
    from rich.console import RenderableType

_INDENT = 2
_GAP = 2
_LEAST = 24
_MOST = 40
"""Characters to which text in a column is folded where the table is too wide; a word, its own."""
_UNDERLINED = 72


def text(document: Document, width: int) -> str:
    """Plain text, so many characters wide."""
    shown = (each for block in document.with_rows for each in _rich(block, width))
    return _printed(shown, width)


def _printed(renderables: Iterable[RenderableType], width: int) -> str:
    from rich.console import Console  # noqa: PLC0415 - import ebf stays quick

    console = Console(file=StringIO(), width=width, color_system=None, highlight=False)
    with console.capture() as capture:
        console.print(*renderables, sep="\n")
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"


# --- Blocks: what rich prints of each ------------------------------------------


def _line(words: Text) -> RenderableType:
    from rich.text import Text as Line  # noqa: PLC0415 - import ebf stays quick

    return Line(printable(joined(words)), overflow="fold")


def _indented(*within: RenderableType) -> RenderableType:
    from rich.console import Group  # noqa: PLC0415 - import ebf stays quick
    from rich.padding import Padding  # noqa: PLC0415 - import ebf stays quick

    return Padding(Group(*within), (0, 0, 0, _INDENT))


def _listed(sign: str, each: Iterable[Text]) -> RenderableType:
    from rich.table import Table as Grid  # noqa: PLC0415 - import ebf stays quick

    lines = Grid.grid(padding=(0, 1))
    for words in each:
        lines.add_row(sign, _line(words))
    return lines


def _titled(title: str) -> Iterator[RenderableType]:
    yield ""
    yield _line(title)


@singledispatch
def _rich(block: Block, width: int) -> Iterator[RenderableType]:
    raise NotImplementedError(type(block), width)


@_rich.register(Heading)
def _(block: Heading, width: int) -> Iterator[RenderableType]:
    if block.level > 1:
        yield ""
    yield _line(block.text)
    yield ("=" if block.level == 1 else "-") * min(len(printable(block.text)), _UNDERLINED, width)


@_rich.register(Contents)
def _(_block: Contents, _width: int) -> Iterator[RenderableType]:
    yield from ()  # a text has no links


@_rich.register(Paragraph)
def _(block: Paragraph, _width: int) -> Iterator[RenderableType]:
    yield _indented(_line(block.text))


@_rich.register(Formula)
def _(block: Formula, _width: int) -> Iterator[RenderableType]:
    yield _indented(_line(block.name), _listed("  =", block.equals))


@_rich.register(Sentences)
def _(block: Sentences, _width: int) -> Iterator[RenderableType]:
    yield from _titled(block.title)
    yield _listed("-", block.sentences)


@_rich.register(Figures)
def _(block: Figures, _width: int) -> Iterator[RenderableType]:
    yield _listed("-", (each.sentence for each in block.figures))


@_rich.register(Table)
def _(block: Table, width: int) -> Iterator[RenderableType]:
    yield from _titled(block.caption)
    yield from _grids(block, width)


@_rich.register(Picture)
def _(block: Picture, width: int) -> Iterator[RenderableType]:
    yield _indented(_line(block.says))
    if block.table.rows:
        yield from _rich(block.table, width)


@_rich.register(Folded)
def _(block: Folded, _width: int) -> Iterator[RenderableType]:
    yield from _titled(block.title)
    yield _indented(_line(block.elsewhere))


@_rich.register(Entries)
def _(block: Entries, _width: int) -> Iterator[RenderableType]:
    for name, words in block.entries:
        yield _line(name)
        yield _indented(_line(words))


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
