"""The walk: a line filled in, every value in it a link to its own line, down to the counts.

Holds: walk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from ebf.doors.web.pages.ways import Ways
from ebf.explain.explanation import Explanation
from ebf.explain.step_words import Filled, blocks_of_sources, blocks_of_step
from ebf.explain.steps import Source
from ebf.law.names import column_of, columns_of, name_behind
from ebf.show.document import Block, Entries, Formula, Heading, Link, Paragraph, Text

_LINES: Final = ("line", "given line")


def walk(said: Explanation, ways: Ways, unit_id: str | None, prefix: str = "") -> Iterator[Block]:
    """The line of an explanation of depth 0, and what it reads.

    Lines that it reads lead to their own pages, inputs and numbers of the law to where they
    stand below, with their sources; ``prefix`` begins what those links lead to. Without a unit the
    lines of the state alone have pages.
    """
    lines = _lines_read(said)
    pages = {name: _page(name, ways, unit_id) for name in lines}
    filled = Filled.of(said.steps, said.sources, prefix)
    filled = replace(
        filled, places=filled.places | {name: Link("", name) for name in lines}, made={}
    )
    for step in said.steps:
        _, *blocks = blocks_of_step(step, 2, filled)  # its title is that of the page
        yield from (_leading(each, pages) for each in blocks)
    if not said.steps:
        yield Paragraph("It is not computed: here is what it is, and where it is from.")
    if lines:
        yield Heading(2, "Made of these lines, each with its own walk")
    for name, own in lines.items():
        for block in blocks_of_sources(said.about, own):
            if isinstance(block, Entries):
                yield _entries(block, pages.get(name))
    others = [each for each in said.sources if name_behind(each.column) not in lines]
    yield from blocks_of_sources(said.about, others, 2, prefix)


def _lines_read(said: Explanation) -> dict[str, list[Source]]:
    """The lines that it reads, each with its columns."""
    found: dict[str, list[Source]] = {}
    for each in said.sources:
        if each.kind in _LINES and (said.steps or name_behind(each.column) != said.asked):
            found.setdefault(name_behind(each.column), []).append(each)
    return found


def _page(name: str, ways: Ways, unit_id: str | None) -> str | None:
    """The page of a line; None where there is none."""
    if unit_id is not None:
        return ways.line(name, unit_id)
    return ways.to(f"/lines/{name}") if columns_of(name) and column_of(name).statewide else None


def _leading(block: Block, pages: Mapping[str, str | None]) -> Block:
    """A block whose links to lines lead to their pages."""
    if isinstance(block, Formula):
        return Formula(_text(block.name, pages), tuple(_text(each, pages) for each in block.equals))
    if isinstance(block, Paragraph):
        return replace(block, text=_text(block.text, pages))
    return block


def _text(text: Text, pages: Mapping[str, str | None]) -> Text:
    pieces = (text,) if isinstance(text, str) else text
    return tuple(_piece(each, pages) for each in pieces)


def _piece(piece: str, pages: Mapping[str, str | None]) -> str:
    if not isinstance(piece, Link) or piece.anchor not in pages:
        return piece
    page = pages[piece.anchor]
    return str(piece) if page is None else Link(piece, page=page)


def _entries(block: Entries, page: str | None) -> Entries:
    """What a line comes to, leading to its page where it has one."""
    if page is None:
        return block
    return Entries(tuple((Link("".join(name), page=page), words) for name, words in block.entries))
