"""Documents as text, Markdown and HTML.

Holds: text, markdown, html, html_page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import StringIO
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from ebf.show.document import Block, Document, Entries, Formula, Heading, Paragraph
from ebf.show.safe_text import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

_INDENT = 2
_UNDERLINED = 72
_MARKED = re.compile(r"([\\`*_{}\[\]<>#|~$&!])")
_STYLE = """
.ebf { font-family: system-ui, sans-serif; line-height: 1.4; max-width: 60rem; }
.ebf pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .3em 0 .3em 1.5em; }
.ebf dt { font-family: monospace; overflow-wrap: anywhere; }
"""


# --- Text ----------------------------------------------------------------------


def text(document: Document, width: int) -> str:
    """Plain text, so many characters wide."""
    return _printed((_rich(block, width) for block in document.blocks), width)


def _printed(renderables: Iterable[RenderableType], width: int) -> str:
    from rich.console import Console  # noqa: PLC0415 - import ebf stays quick

    console = Console(file=StringIO(), width=width, color_system=None, highlight=False)
    with console.capture() as capture:
        console.print(*renderables, sep="\n")
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"


def _rich(block: Block, width: int) -> RenderableType:
    from rich.console import Group  # noqa: PLC0415 - import ebf stays quick
    from rich.padding import Padding  # noqa: PLC0415 - import ebf stays quick
    from rich.table import Table  # noqa: PLC0415 - import ebf stays quick
    from rich.text import Text  # noqa: PLC0415 - import ebf stays quick

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
            lines = Table.grid(padding=(0, 1))
            for each in equals:
                lines.add_row("  =", Text(printable(each), overflow="fold"))
            return Padding(Group(Text(printable(name)), lines), (0, 0, 0, _INDENT))
        case Entries(entries):  # pragma: no branch - the last kind of block
            return Group(*(Group(Text(printable(n)), indented(words)) for n, words in entries))


# --- Markdown ------------------------------------------------------------------


def markdown(document: Document) -> str:
    """Markdown, in which text from outside stays text."""
    return "\n".join(_markdown(block) for block in document.blocks)


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
        case Entries(entries):  # pragma: no branch - the last kind of block
            return "".join(f"- {_marked(name)}: {_marked(words)}\n" for name, words in entries)


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
    for block in document.blocks:
        match block:
            case Heading(level, words):
                SubElement(section, f"h{level}").text = printable(words)
            case Paragraph(words):
                SubElement(section, "p").text = printable(words)
            case Formula(name, equals):
                lines = [printable(name), *(f"  = {printable(each)}" for each in equals)]
                SubElement(section, "pre").text = "\n".join(lines)
            case Entries(entries):  # pragma: no branch - the last kind of block
                listed = SubElement(section, "dl")
                for name, words in entries:
                    SubElement(listed, "dt").text = printable(name)
                    SubElement(listed, "dd").text = printable(words)
    return section
