"""Documents as text, Markdown and HTML, all text from outside kept text.

Holds: text, markdown, html, html_page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from ebf.show.document import (
    Block,
    Document,
    Entries,
    Formula,
    Heading,
    Paragraph,
    Sentences,
    Table,
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
_MARKED = re.compile(r"([\\`*_{}\[\]<>#|~$&!])")
_LISTS = re.compile(r"^(\d*)([-+.)])")
"""What would begin a list within an item."""
_STYLE = """
.ebf { font-family: system-ui, sans-serif; line-height: 1.4; max-width: 60rem; }
.ebf pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .3em 0 .3em 1.5em; }
.ebf dt { font-family: monospace; overflow-wrap: anywhere; }
.ebf table { border-collapse: collapse; margin: 1em 0; }
.ebf caption { text-align: left; font-weight: bold; padding: .3em 0; }
.ebf th, .ebf td { text-align: left; vertical-align: top; padding: .1em .6em .1em 0; }
.ebf thead th { border-bottom: 1px solid; vertical-align: bottom; }
.ebf .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.ebf thead .number { white-space: normal; }
"""


def _blocks(document: Document) -> list[Block]:
    """The blocks, but for tables without a row."""
    return [each for each in document.blocks if not isinstance(each, Table) or each.rows]


# --- Text ----------------------------------------------------------------------


def text(document: Document, width: int) -> str:
    """Plain text, so many characters wide."""
    return _printed((_rich(block, width) for block in _blocks(document)), width)


def _printed(renderables: Iterable[RenderableType], width: int) -> str:
    from rich.console import Console  # noqa: PLC0415 - import ebf stays quick

    console = Console(file=StringIO(), width=width, color_system=None, highlight=False)
    with console.capture() as capture:
        console.print(*renderables, sep="\n")
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"


def _rich(block: Block, width: int) -> RenderableType:
    from rich.console import Group  # noqa: PLC0415 - import ebf stays quick
    from rich.padding import Padding  # noqa: PLC0415 - import ebf stays quick
    from rich.table import Table as Grid  # noqa: PLC0415 - import ebf stays quick
    from rich.text import Text  # noqa: PLC0415 - import ebf stays quick

    def listed(signs: str, each: Iterable[str]) -> RenderableType:
        lines = Grid.grid(padding=(0, 1))
        for words in each:
            lines.add_row(signs, Text(printable(words), overflow="fold"))
        return lines

    def indented(words: str) -> RenderableType:
        return Padding(Text(printable(words), overflow="fold"), (0, 0, 0, _INDENT))

    match block:
        case Heading(level, words):
            underline = "=" if level == 1 else "-"
            shown = printable(words)
            line = underline * min(len(shown), _UNDERLINED, width)
            return Padding(Text(f"{shown}\n{line}"), (level > 1, 0, 0, 0))
        case Paragraph(words):
            return indented(words)
        case Formula(name, equals):
            return Padding(Group(Text(printable(name)), listed("  =", equals)), (0, 0, 0, _INDENT))
        case Sentences(title=title, sentences=sentences):
            return Group(Text(f"\n{printable(title)}"), listed("-", sentences))
        case Table():
            return Group(Text(f"\n{printable(block.caption)}"), *_grids(block, width))
        case Entries(entries):  # pragma: no branch - the last kind of block
            return Group(*(Group(Text(printable(n)), indented(words)) for n, words in entries))


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


# --- Markdown ------------------------------------------------------------------


def markdown(document: Document) -> str:
    """Markdown, in which text from outside stays text."""
    return "\n".join(_markdown(block) for block in _blocks(document))


def _marked(words: str) -> str:
    return _MARKED.sub(r"\\\1", printable(words))


def _markdown(block: Block) -> str:
    match block:
        case Heading(level, words):
            return f"{'#' * level} {_marked(words)}\n"
        case Paragraph(words):
            return f"{_marked(words)}\n"
        case Formula(name, equals):
            lines = "\n".join([printable(name), *(f"  = {printable(each)}" for each in equals)])
            ticks = max((len(run) for run in re.findall("`+", lines)), default=0)
            fence = "`" * max(3, ticks + 1)
            return f"{fence}text\n{lines}\n{fence}\n"
        case Sentences(title=title, sentences=sentences):
            items = (_LISTS.sub(r"\1\\\2", _marked(each.lstrip())) for each in sentences)
            said = "".join(f"- {each}\n" for each in items)
            return f"## {_marked(title)}\n\n{said}"
        case Table():
            rule = ("---:" if block.is_number(n) else "---" for n in range(len(block.columns)))
            above = (column.heading for column in block.columns)
            rows = [_row(above), f"| {' | '.join(rule)} |", *map(_row, block.shown)]
            return "\n".join([f"**{_marked(block.caption)}**\n", *rows, ""])
        case Entries(entries):  # pragma: no branch - the last kind of block
            return "".join(f"- {_marked(name)}: {_marked(words)}\n" for name, words in entries)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(_marked, cells))} |"


# --- HTML ----------------------------------------------------------------------


def html(document: Document) -> str:
    """A piece of HTML, all text escaped, for notebooks."""
    return tostring(_section(document), encoding="unicode", method="html")


def html_page(document: Document) -> str:
    """A whole page of HTML."""
    page = Element("html", lang="en")
    head = SubElement(page, "head")
    SubElement(head, "meta", charset="utf-8")
    titles = [each.text for each in document.blocks if isinstance(each, Heading)]
    SubElement(head, "title").text = printable(titles[0])
    SubElement(page, "body").append(_section(document))
    return f"<!DOCTYPE html>\n{tostring(page, encoding='unicode', method='html')}\n"


def _section(document: Document) -> Element:
    section = Element("section", {"class": "ebf"})
    SubElement(section, "style").text = _STYLE
    for block in _blocks(document):
        match block:
            case Heading(level, words):
                SubElement(section, f"h{level}").text = printable(words)
            case Paragraph(words):
                SubElement(section, "p").text = printable(words)
            case Formula(name, equals):
                lines = [printable(name), *(f"  = {printable(each)}" for each in equals)]
                SubElement(section, "pre").text = "\n".join(lines)
            case Sentences(title=title, sentences=sentences):
                SubElement(section, "h2").text = printable(title)
                items = SubElement(section, "ul")
                for each in sentences:
                    SubElement(items, "li").text = printable(each)
            case Table():
                section.append(_table(block))
            case Entries(entries):  # pragma: no branch - the last kind of block
                listed = SubElement(section, "dl")
                for name, words in entries:
                    SubElement(listed, "dt").text = printable(name)
                    SubElement(listed, "dd").text = printable(words)
    return section


def _table(table: Table) -> Element:
    found = Element("table")
    SubElement(found, "caption").text = printable(table.caption)
    kinds = [{"class": "number"} if table.is_number(n) else {} for n in range(len(table.columns))]
    above = SubElement(SubElement(found, "thead"), "tr")
    for column, kind in zip(table.columns, kinds, strict=True):
        SubElement(above, "th", kind, scope="col").text = printable(column.heading)
    body = SubElement(found, "tbody")
    for row in table.shown:
        line = SubElement(body, "tr")
        for place, (words, kind) in enumerate(zip(row, kinds, strict=True)):
            is_label = place < table.labels
            cell = SubElement(line, "th" if is_label else "td", kind)
            cell.attrib |= {"scope": "row"} if is_label else {}
            cell.text = printable(words)
    return found
