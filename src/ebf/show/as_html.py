"""Documents as pages of HTML, all text escaped, with nothing that reaches out of them.

Holds: html, html_blocks, html_page.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from functools import singledispatch
from importlib.resources import files
from xml.etree.ElementTree import Element, SubElement, tostring

from ebf.show.document import (
    Block,
    Contents,
    Document,
    Entries,
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
    with_rows,
)
from ebf.show.safe_text import printable

_STYLE = (files("ebf.show") / "page.css").read_text(encoding="utf-8")
_NARROW = 2
"""Columns that fit beside each other on a telephone."""
_HALF_A_SHEET = 6
"""Columns that fit into half the width of a sheet of paper."""


def html(document: Document) -> str:
    """A piece of HTML, all text escaped, for notebooks."""
    return _written(_section(document))


def html_blocks(blocks: Iterable[Block]) -> str:
    """Blocks of a page that has the style itself, all text escaped."""
    section = Element("section")
    for block in with_rows(blocks):
        _put_block(block, section)
    return "".join(map(_written, section))


def html_page(document: Document) -> str:
    """A whole page of HTML."""
    page = Element("html", lang="en")
    head = SubElement(page, "head")
    SubElement(head, "meta", charset="utf-8")
    SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    SubElement(head, "meta", name="color-scheme", content="light dark")
    titles = [each.text for each in document.blocks if isinstance(each, Heading)]
    SubElement(head, "title").text = printable(titles[0])
    body = SubElement(page, "body", {"class": "ebf-page"})
    SubElement(body, "main").append(_section(document))
    return f"<!DOCTYPE html>\n{_written(page)}\n"


_LESS_THAN = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for ``<`` in attributes until all is written, for ElementTree leaves it bare there."""


def _attribute(text: str) -> str:
    return printable(text).replace("<", _LESS_THAN)


def _written(element: Element) -> str:
    return tostring(element, encoding="unicode", method="html").replace(_LESS_THAN, "&lt;")


def _section(document: Document) -> Element:
    section = Element("section", {"class": "ebf columns" if document.in_columns else "ebf"})
    SubElement(section, "style").text = _STYLE
    for block in document.with_rows:
        _put_block(block, section)
    return section


def _put(element: Element, text: Text) -> Element:
    """The element with text in it, and links."""
    last: Element | None = None
    for piece in (text,) if isinstance(text, str) else text:
        words = printable(piece)
        if isinstance(piece, Link):
            last = SubElement(element, "a", href=_attribute(piece.address))
            last.text = words
        elif last is None:
            element.text = (element.text or "") + words
        else:
            last.tail = (last.tail or "") + words
    return element


def _anchored(anchor: str) -> dict[str, str]:
    return {"id": printable(anchor)} if anchor else {}


# --- Blocks --------------------------------------------------------------------


@singledispatch
def _put_block(block: Block, within: Element) -> None:
    raise NotImplementedError(type(block), within)


@_put_block.register(Heading)
def _(block: Heading, within: Element) -> None:
    _put(SubElement(within, f"h{block.level}", _anchored(block.anchor)), block.text)


@_put_block.register(Contents)
def _(block: Contents, within: Element) -> None:
    listed = SubElement(SubElement(within, "nav", {"aria-label": "Contents"}), "ol")
    for each in block.entries:
        _put(SubElement(listed, "li"), (each,))


@_put_block.register(Paragraph)
def _(block: Paragraph, within: Element) -> None:
    _put(SubElement(within, "p", {"class": "lead"} if block.lead else {}), block.text)


@_put_block.register(Formula)
def _(block: Formula, within: Element) -> None:
    found = SubElement(within, "div", {"class": "formula"})
    _put(SubElement(found, "div"), block.name)
    for each in block.equals:
        _put(SubElement(found, "div", {"class": "equals"}), each)


@_put_block.register(Sentences)
def _(block: Sentences, within: Element) -> None:
    _put(SubElement(within, "h2"), block.title)
    items = SubElement(within, "ul")
    for each in block.sentences:
        _put(SubElement(items, "li"), each)


@_put_block.register(Figures)
def _(block: Figures, within: Element) -> None:
    listed = SubElement(within, "dl", {"class": "figures"})
    for figure in block.figures:
        one = SubElement(listed, "div")
        _put(SubElement(one, "dt"), figure.label)
        _put(SubElement(one, "dd", {"class": "value"}), figure.value)
        if figure.note:
            _put(SubElement(one, "dd"), figure.note)


@_put_block.register(Picture)
def _(block: Picture, within: Element) -> None:
    """The picture, which cannot reach out of itself, and its table, folded."""
    figure = SubElement(within, "figure")
    encoded = b64encode(block.svg.encode()).decode()
    source = f"data:image/svg+xml;base64,{encoded}"
    SubElement(figure, "img", src=source, alt=_attribute(block.says))
    if block.table.rows:
        folded = SubElement(figure, "details")
        _put(SubElement(folded, "summary"), f"The numbers: {block.table.title}")
        _put_block(block.table, folded)


@_put_block.register(Folded)
def _(block: Folded, within: Element) -> None:
    folded = SubElement(within, "details", _anchored(block.anchor))
    _put(SubElement(folded, "summary"), block.title)
    for each in with_rows(block.blocks):
        _put_block(each, folded)


@_put_block.register(Entries)
def _(block: Entries, within: Element) -> None:
    listed = SubElement(within, "dl")
    for name, words in block.entries:
        _put(SubElement(listed, "dt"), name)
        _put(SubElement(listed, "dd"), words)


@_put_block.register(Table)
def _(block: Table, within: Element) -> None:
    """The table, which a narrow screen shows row by row, each cell behind its heading."""
    found = SubElement(within, "table")
    if len(block.columns) > _NARROW:
        found.attrib["class"] = "stacks spans" if len(block.columns) > _HALF_A_SHEET else "stacks"
    _put(SubElement(found, "caption"), block.caption)
    kinds = [{"class": "number"} if block.is_number(n) else {} for n in range(len(block.columns))]
    headings = [_attribute(column.heading) for column in block.columns]
    above = SubElement(SubElement(found, "thead"), "tr")
    for column, kind in zip(block.columns, kinds, strict=True):
        SubElement(above, "th", kind, scope="col").text = printable(column.heading)
    body = SubElement(found, "tbody")
    for row in block.shown:
        line = SubElement(body, "tr")
        for place, (words, kind) in enumerate(zip(row, kinds, strict=True)):
            if place < block.labels:
                cell = SubElement(line, "th", kind, scope="row")
            else:
                cell = SubElement(line, "td", {**kind, "data-heading": headings[place]})
            _put(cell, (words,))
