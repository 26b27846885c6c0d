"""Documents as text, Markdown and HTML, all text from outside kept text.

Holds: text, markdown, html, html_page.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from io import StringIO
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from ebf.show.document import (
    Block,
    Contents,
    Document,
    Entries,
    Figure,
    Figures,
    Folded,
    Formula,
    Heading,
    Link,
    Paragraph,
    Picture,
    Sentences,
    Table,
    Text,
)
from ebf.show.safe_text import printable

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_INDENT = 2
_INDENTED = " " * _INDENT
_GAP = 2
_LEAST = 24
_MOST = 40
"""Characters to which text in a column is folded where the table is too wide; a word, its own."""
_UNDERLINED = 72
_NARROW = 2
"""Columns that fit beside each other on a telephone."""
_MARKED = re.compile(r"([\\`*_{}\[\]<>#|~$&!])")
_LISTS = re.compile(r"^(\d*)([-+.)])")
"""What would begin a list within an item."""
_STYLE = (files("ebf.show") / "page.css").read_text(encoding="utf-8")


def _with_rows(blocks: Iterable[Block]) -> list[Block]:
    """The blocks, but for tables without a row."""
    return [each for each in blocks if not isinstance(each, Table) or each.rows]


def _joined(text: Text) -> str:
    """Text without its links."""
    return printable(text if isinstance(text, str) else "".join(text))


# --- Text ----------------------------------------------------------------------


def text(document: Document, width: int) -> str:
    """Plain text, so many characters wide."""
    lines = (line for block in _with_rows(document.blocks) for line in _lines(block, width))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _lines(block: Block, width: int) -> Iterator[str]:  # noqa: C901 - a case a kind of block
    def listed(signs: str, each: Iterable[Text], left: int = 0) -> Iterator[str]:
        for words in each:
            yield from _folded(_joined(words), width, " " * left + signs)

    match block:
        case Heading(level, words):
            shown = printable(words)
            yield from [""] * (level > 1)
            yield from _folded(shown, width)
            yield ("=" if level == 1 else "-") * min(len(shown), _UNDERLINED, width)
        case Paragraph(words):
            yield from _folded(_joined(words), width, _INDENTED)
        case Formula(name, equals):
            yield from _folded(printable(name), width, _INDENTED)
            yield from listed("  = ", equals, _INDENT)
        case Contents():
            pass
        case Figures(figures):
            yield from listed(
                "- ",
                (
                    f"{each.label}: {each.value}{f' ({each.note})' * bool(each.note)}"
                    for each in figures
                ),
            )
        case Picture(says=says, table=table):
            yield from _folded(_joined(says), width, _INDENTED)
            yield from _lines(table, width)
        case Folded(title, elsewhere=elsewhere):
            yield from ("", *_folded(printable(title), width))
            yield from _folded(_joined(elsewhere), width, _INDENTED)
        case Sentences(title=title, sentences=sentences):
            yield from ("", *_folded(printable(title), width))
            yield from listed("- ", sentences)
        case Table():
            yield from ("", *_folded(printable(block.caption), width))
            yield from _printed(_grids(block, width), width)
        case Entries(entries):  # pragma: no branch - the last kind of block
            for name, words in entries:
                yield from _folded(printable(name), width)
                yield from _folded(_joined(words), width, _INDENTED)


def _folded(words: str, width: int, before: str = "") -> Iterator[str]:
    """The words behind what stands before them, in as many lines as they need."""
    from rich.text import Text as Line  # noqa: PLC0415 - import ebf stays quick

    room = width - len(before)
    if _cells(words) <= room:  # most are: nothing is to be folded
        yield before + words
        return
    for place, line in enumerate(Line(words).wrap(_console(width), room, overflow="fold")):
        yield (" " * len(before) if place else before) + line.plain


def _printed(renderables: Iterable[RenderableType], width: int) -> list[str]:
    console = _console(width)
    with console.capture() as capture:
        console.print(*renderables, sep="\n")
    return capture.get().splitlines()


def _console(width: int) -> Console:
    from rich.console import Console  # noqa: PLC0415 - import ebf stays quick

    return Console(file=StringIO(), width=width, color_system=None, highlight=False)


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
    return "\n".join(_markdown(block) for block in _with_rows(document.blocks))


def _marked(words: str) -> str:
    return _MARKED.sub(r"\\\1", printable(words))


def _markdown(block: Block) -> str:
    match block:
        case Heading(level, words):
            return f"{'#' * level} {_marked(words)}\n"
        case Contents():
            return ""
        case Paragraph(words):
            return f"{_marked(_joined(words))}\n"
        case Figures(figures):
            said = (
                f"{each.label}: {each.value}{f' ({each.note})' * bool(each.note)}"
                for each in figures
            )
            return "".join(f"- {_marked(each)}\n" for each in said)
        case Picture(says=says, table=table):
            return f"{_marked(says)}\n\n{_markdown(table)}"
        case Folded(title, elsewhere=elsewhere):
            return f"**{_marked(title)}**\n\n{_marked(elsewhere)}\n"
        case Formula(name, equals):
            lines = "\n".join([printable(name), *(f"  = {_joined(each)}" for each in equals)])
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
    SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    SubElement(head, "meta", name="color-scheme", content="light dark")
    titles = [each.text for each in document.blocks if isinstance(each, Heading)]
    SubElement(head, "title").text = printable(titles[0])
    SubElement(SubElement(page, "body"), "main").append(_section(document))
    return f"<!DOCTYPE html>\n{tostring(page, encoding='unicode', method='html')}\n"


def _section(document: Document) -> Element:
    section = Element("section", {"class": "ebf"})
    SubElement(section, "style").text = _STYLE
    _put_blocks(section, document.blocks)
    return section


def _put_blocks(within: Element, blocks: Iterable[Block]) -> None:
    for block in _with_rows(blocks):
        match block:
            case Heading(level, words, anchor):
                _put(SubElement(within, f"h{level}", _anchored(anchor)), words)
            case Contents(entries):
                listed = SubElement(SubElement(within, "nav", {"aria-label": "Contents"}), "ol")
                for each in entries:
                    _put(SubElement(listed, "li"), (each,))
            case Paragraph(words, lead):
                _put(SubElement(within, "p", {"class": "lead"} if lead else {}), words)
            case Formula(name, equals):
                found = SubElement(within, "div", {"class": "formula"})
                _put(SubElement(found, "div"), name)
                for each in equals:
                    _put(SubElement(found, "div", {"class": "equals"}), each)
            case Sentences(title=title, sentences=sentences):
                _put(SubElement(within, "h2"), title)
                items = SubElement(within, "ul")
                for each in sentences:
                    _put(SubElement(items, "li"), each)
            case Figures(figures):
                _put_figures(within, figures)
            case Table():
                within.append(_table(block))
            case Picture():
                _put_picture(within, block)
            case Folded(title, inner, _, anchor):
                folded = SubElement(within, "details", _anchored(anchor))
                _put(SubElement(folded, "summary"), title)
                _put_blocks(folded, inner)
            case Entries(entries):  # pragma: no branch - the last kind of block
                listed = SubElement(within, "dl")
                for name, words in entries:
                    _put(SubElement(listed, "dt"), name)
                    _put(SubElement(listed, "dd"), words)


def _anchored(anchor: str) -> dict[str, str]:
    return {"id": printable(anchor)} if anchor else {}


def _put(element: Element, text: Text) -> None:
    """Text, and links in it, at the end of an element that has nothing yet."""
    last: Element | None = None
    for piece in (text,) if isinstance(text, str) else text:
        words = printable(piece)
        if isinstance(piece, Link):
            last = SubElement(element, "a", href=f"#{printable(piece.anchor)}")
            last.text = words
        elif last is None:
            element.text = (element.text or "") + words
        else:
            last.tail = (last.tail or "") + words


def _put_figures(within: Element, figures: Iterable[Figure]) -> None:
    listed = SubElement(within, "dl", {"class": "figures"})
    for figure in figures:
        one = SubElement(listed, "div")
        _put(SubElement(one, "dt"), figure.label)
        _put(SubElement(one, "dd", {"class": "value"}), figure.value)
        if figure.note:
            _put(SubElement(one, "dd"), figure.note)


def _put_picture(within: Element, picture: Picture) -> None:
    """The picture, which cannot reach out of itself, and its table, folded."""
    figure = SubElement(within, "figure")
    encoded = b64encode(picture.svg.encode()).decode()
    source = f"data:image/svg+xml;base64,{encoded}"
    SubElement(figure, "img", src=source, alt=printable(picture.says))
    folded = SubElement(figure, "details")
    _put(SubElement(folded, "summary"), f"The numbers: {picture.table.title}")
    folded.append(_table(picture.table))


def _table(table: Table) -> Element:
    """The table, which a narrow screen shows row by row, each cell behind its heading."""
    found = Element("table", {"class": "stacks"} if len(table.columns) > _NARROW else {})
    _put(SubElement(found, "caption"), table.caption)
    kinds = [{"class": "number"} if table.is_number(n) else {} for n in range(len(table.columns))]
    above = SubElement(SubElement(found, "thead"), "tr")
    headings = [printable(column.heading) for column in table.columns]
    for words, kind in zip(headings, kinds, strict=True):
        SubElement(above, "th", kind, scope="col").text = words
    body = SubElement(found, "tbody")
    for row in table.shown:
        line = SubElement(body, "tr")
        for place, (words, kind) in enumerate(zip(row, kinds, strict=True)):
            if place < table.labels:
                cell = SubElement(line, "th", kind, scope="row")
            else:
                cell = SubElement(line, "td", {**kind, "data-heading": headings[place]})
            _put(cell, (words,))
    return found
