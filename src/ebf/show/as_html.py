"""Documents as pages of HTML, all text escaped, with nothing that reaches out of them.

Holds: Setting, shared_style, html, html_blocks, html_page.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import singledispatch
from html import escape
from importlib.resources import files

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
    with_rows,
)
from ebf.show.safe_text import printable

_STYLE = (files("ebf.show") / "page.css").read_text(encoding="utf-8")
_ON_A_TELEPHONE = "@media screen and (max-width: 40rem)"
_NARROW = 2
"""Columns that fit beside each other on a telephone."""
_HALF_A_SHEET = 6
"""Columns that fit into half the width of a sheet of paper."""


@dataclass(frozen=True)
class Setting:
    """What stands around a page of a site, and what its pages share, by its address.

    The header has links to other pages. A browser loads nothing but the style, the scripts, and
    pictures that stand in the page.
    """

    style: str
    scripts: tuple[str, ...]
    ways: tuple[Link, ...]


_POLICY = (
    "default-src 'none'; img-src data:; style-src 'self' file:; style-src-attr 'unsafe-inline'; "
    "script-src 'self' file:; base-uri 'none'; form-action 'none'"
)
"""What a page of a site may load, beside the headings that its tables say as attributes.

Files opened from disk are no host's own ('self') everywhere."""
_MOST_COLUMNS = 60
"""Of a table in a site, whose style is one for all pages."""


def shared_style() -> str:
    """The style of all pages of a site."""
    return f"{_STYLE}{_headings_of_cells(_MOST_COLUMNS)}"


def html(document: Document) -> str:
    """A piece of HTML, all text escaped, for notebooks."""
    own = f"{_STYLE}{_headings_of_cells(_widest(document.blocks))}"
    return _section(document, f"<style>{own}</style>")


def html_blocks(blocks: Iterable[Block]) -> str:
    """Blocks of a page that has the style itself, all text escaped."""
    return _all(blocks)


def _section(document: Document, style: str = "") -> str:
    kind = "ebf columns" if document.in_columns else "ebf"
    return f'<section class="{kind}">{style}{_all(document.blocks)}</section>'


def html_page(document: Document, setting: Setting | None = None) -> str:
    """A whole page of HTML: one file with all in it, or a page of a site."""
    title = next(each.text for each in document.blocks if isinstance(each, Heading))
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"{'' if setting is None else _loaded(setting)}<title>{_escaped(title)}</title></head>"
        f'<body class="ebf-page">{"" if setting is None else _header(setting)}'
        f"<main>{html(document) if setting is None else _section(document)}</main></body></html>\n"
    )


def _loaded(setting: Setting) -> str:
    """What a page of a site loads, and that it may load nothing else."""
    scripts = "".join(
        f'<script defer src="{_attribute(each)}"></script>' for each in setting.scripts
    )
    return (
        f'<meta http-equiv="Content-Security-Policy" content="{_attribute(_POLICY)}">'
        f'<link rel="stylesheet" href="{_attribute(setting.style)}">{scripts}'
    )


def _header(setting: Setting) -> str:
    """The links above a page of a site."""
    ways = "".join(f"<li>{_piece(way)}</li>" for way in setting.ways)
    return f'<header class="ebf ways"><nav aria-label="Site"><ul>{ways}</ul></nav></header>'


def _escaped(text: str) -> str:
    """Text as it can stand between tags: the one way of text into a page."""
    return escape(printable(text), quote=False)


def _attribute(text: str) -> str:
    """Text as it can stand in an attribute."""
    return _escaped(text).replace('"', "&quot;")


def _text(text: Text) -> str:
    """Text, and links in it."""
    if isinstance(text, str):
        return _piece(text)
    return "".join(map(_piece, text))


def _piece(piece: str) -> str:
    if isinstance(piece, Link):
        return f'<a href="{_attribute(piece.address)}">{_escaped(piece)}</a>'
    return _escaped(piece)


def _anchored(anchor: str) -> str:
    return f' id="{_attribute(anchor)}"' if anchor else ""


def _all(blocks: Iterable[Block]) -> str:
    return "".join(map(_block, with_rows(blocks)))


# --- Blocks --------------------------------------------------------------------


@singledispatch
def _block(block: Block) -> str:
    raise NotImplementedError(type(block))


@_block.register(Heading)
def _(block: Heading) -> str:
    return f"<h{block.level}{_anchored(block.anchor)}>{_text(block.text)}</h{block.level}>"


@_block.register(Contents)
def _(block: Contents) -> str:
    items = "".join(f"<li>{_text(each)}</li>" for each in block.entries)
    return f'<nav aria-label="Contents"><ol>{items}</ol></nav>'


@_block.register(Paragraph)
def _(block: Paragraph) -> str:
    kind = ' class="lead"' if block.lead else ""
    return f"<p{kind}>{_text(block.text)}</p>"


@_block.register(Formula)
def _(block: Formula) -> str:
    lines = "".join(f"<div>{_text(each)}</div>" for each in block.equals)
    return f'<div class="formula"><div>{_text(block.name)}</div>{lines}</div>'


@_block.register(Sentences)
def _(block: Sentences) -> str:
    items = "".join(f"<li>{_text(each)}</li>" for each in block.sentences)
    return f"<h2>{_text(block.title)}</h2><ul>{items}</ul>"


@_block.register(Figures)
def _(block: Figures) -> str:
    return f'<dl class="figures">{"".join(map(_figure, block.figures))}</dl>'


def _figure(figure: Figure) -> str:
    note = f"<dd>{_text(figure.note)}</dd>" if figure.note else ""
    value = f'<dd class="value">{_text(figure.value)}</dd>'
    return f"<div><dt>{_text(figure.label)}</dt>{value}{note}</div>"


@_block.register(Picture)
def _(block: Picture) -> str:
    """The picture, which cannot reach out of itself, and its table, folded."""
    encoded = b64encode(block.svg.encode()).decode()
    image = f'<img src="data:image/svg+xml;base64,{encoded}" alt="{_attribute(block.says)}">'
    if not block.table.rows:
        return f"<figure>{image}</figure>"
    title = _text(f"The numbers: {block.table.title}")
    folded = f"<details><summary>{title}</summary>{_block(block.table)}</details>"
    return f"<figure>{image}{folded}</figure>"


@_block.register(Folded)
def _(block: Folded) -> str:
    title = f"<summary>{_text(block.title)}</summary>"
    return f"<details{_anchored(block.anchor)}>{title}{_all(block.blocks)}</details>"


@_block.register(Entries)
def _(block: Entries) -> str:
    entries = (f"<dt>{_text(name)}</dt><dd>{_text(words)}</dd>" for name, words in block.entries)
    return f"<dl>{''.join(entries)}</dl>"


# --- Tables ---------------------------------------------------------------------


@_block.register(Table)
def _(block: Table) -> str:
    """The table, which a narrow screen shows row by row, each cell behind its heading.

    Cells are of numbers, where nothing else is said of them.
    """
    places = range(len(block.columns))
    is_number = [block.is_number(place) for place in places]
    headings = [_escaped(column.heading) for column in block.columns]
    above = "".join(
        f'<th class="number">{heading}</th>' if of_number else f"<th>{heading}</th>"
        for heading, of_number in zip(headings, is_number, strict=True)
    )
    tags = ["th" if n < block.labels else "td" for n in places]
    kinds = ["" if tags[n] == "th" or is_number[n] else ' class="words"' for n in places]
    before = [f"<{tag}{kind}>" for tag, kind in zip(tags, kinds, strict=True)]
    after = [f"</{tag}>" for tag in tags]
    cells = (
        [a + _piece(words) + b for a, words, b in zip(before, row, after, strict=True)]
        for row in block.shown
    )
    rows = "".join(["<tr>" + "".join(each) + "</tr>" for each in cells])
    caption = f"<caption>{_text(block.caption)}</caption>"
    opening = f"<table{_stacked(block)}>{caption}<thead><tr>{above}</tr></thead>"
    return f"{opening}<tbody>{rows}</tbody></table>"


def _stacked(table: Table) -> str:
    """What makes rows of cells one below the other on a narrow screen, with their headings."""
    if len(table.columns) <= _NARROW:
        return ""
    kind = "stacks spans" if len(table.columns) > _HALF_A_SHEET else "stacks"
    headings = ";".join(
        f"--{place}:{_quoted(column.heading)}"
        for place, column in enumerate(table.columns, start=1)
        if place > table.labels
    )
    return f' class="{kind}" style="{_attribute(headings)}"'


def _quoted(text: str) -> str:
    """A text as a style has it, between quotes."""
    return "'" + printable(text).replace("\\", r"\\").replace("'", r"\'") + "'"


def _widest(blocks: Iterable[Block]) -> int:
    """The most columns of a table that is stacked on a narrow screen; 0 without any."""
    counts = [0]
    for each in blocks:
        if isinstance(each, Folded):
            counts.append(_widest(each.blocks))
        elif isinstance(table := each.table if isinstance(each, Picture) else each, Table):
            counts.append(len(table.columns))
    return max(counts) if max(counts) > _NARROW else 0


def _headings_of_cells(count: int) -> str:
    """Where a cell takes its heading from: its table says it once for every column."""
    rules = "".join(
        f"  .ebf .stacks td:nth-child({place})::before {{ content: var(--{place}); }}\n"
        for place in range(1, count + 1)
    )
    return f"{_ON_A_TELEPHONE} {{\n{rules}}}\n" if rules else ""
