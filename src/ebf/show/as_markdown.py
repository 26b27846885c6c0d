"""Documents as Markdown, in which text from outside stays text.

Holds: markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import singledispatch

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

_MARKED = re.compile(r"([\\`*_{}\[\]<>#|~$&!])")
_LISTS = re.compile(r"^(\d*)([-+.)])")
"""What would begin a list within an item."""


def markdown(document: Document) -> str:
    """Markdown."""
    return "\n".join(filter(None, map(_markdown, document.with_rows)))


def _marked(words: Text) -> str:
    return _MARKED.sub(r"\\\1", printable(joined(words)))


def _items(each: Iterable[Text]) -> str:
    marked = (_LISTS.sub(r"\1\\\2", _marked(joined(words).lstrip())) for words in each)
    return "".join(f"- {words}\n" for words in marked)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(_marked, cells))} |"


@singledispatch
def _markdown(block: Block) -> str:
    raise NotImplementedError(type(block))


@_markdown.register(Heading)
def _(block: Heading) -> str:
    return f"{'#' * block.level} {_marked(block.text)}\n"


@_markdown.register(Contents)
def _(_block: Contents) -> str:
    return ""  # Markdown has no anchors that all take


@_markdown.register(Paragraph)
def _(block: Paragraph) -> str:
    return f"{_marked(block.text)}\n"


@_markdown.register(Formula)
def _(block: Formula) -> str:
    equals = (f"  = {printable(joined(each))}" for each in block.equals)
    lines = "\n".join([printable(joined(block.name)), *equals])
    ticks = max((len(run) for run in re.findall("`+", lines)), default=0)
    fence = "`" * max(3, ticks + 1)
    return f"{fence}text\n{lines}\n{fence}\n"


@_markdown.register(Sentences)
def _(block: Sentences) -> str:
    return f"## {_marked(block.title)}\n\n{_items(block.sentences)}"


@_markdown.register(Figures)
def _(block: Figures) -> str:
    return _items(each.sentence for each in block.figures)


@_markdown.register(Table)
def _(block: Table) -> str:
    rule = ("---:" if block.is_number(n) else "---" for n in range(len(block.columns)))
    above = (column.heading for column in block.columns)
    rows = [_row(above), f"| {' | '.join(rule)} |", *map(_row, block.shown)]
    return "\n".join([f"**{_marked(block.caption)}**\n", *rows, ""])


@_markdown.register(Picture)
def _(block: Picture) -> str:
    table = f"\n{_markdown(block.table)}" if block.table.rows else ""
    return f"{_marked(block.says)}\n{table}"


@_markdown.register(Folded)
def _(block: Folded) -> str:
    return f"**{_marked(block.title)}**\n\n{_marked(block.elsewhere)}\n"


@_markdown.register(Entries)
def _(block: Entries) -> str:
    return "".join(f"- {_marked(name)}: {_marked(words)}\n" for name, words in block.entries)
