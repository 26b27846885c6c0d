"""What all units share stands once, and their audits lead to it."""

from __future__ import annotations

from functools import cache

import pytest

import ebf
from ebf.explain.shared import Shared
from ebf.show.as_text import text
from ebf.show.document import Block, Document, Entries, Formula, Heading, Link, joined

PAGE = "../law.html"


@cache
def ledger() -> ebf.Ledger:
    return ebf.calculate(*ebf.sample())


@cache
def shared() -> Shared:
    kinds = ledger().units.reset_index().groupby("organization_type")["unit_id"].first()
    return Shared.of((ledger().audit(unit) for unit in kinds), PAGE)


@cache
def audit() -> ebf.Audit:
    return ledger().audit("1000196062600")


def anchors(blocks: list[Block]) -> set[str]:
    return {each.anchor for each in blocks if isinstance(each, Heading)}


def words(blocks: list[Block]) -> str:
    return text(Document((Heading(1, "all"), *blocks)), 10_000)


def test_the_page_has_every_rule_and_what_is_one_number_for_the_state() -> None:
    said = words([*shared().blocks])
    for section in audit().sections:
        for step in section.steps:
            assert step.rule in said
            assert f"In data: {step.line}. " in said
    statewide = [step for each in audit().sections for step in each.steps if step.statewide]
    assert len(statewide) > 30
    for step in statewide:
        (result,) = step.results
        assert result.value == pytest.approx(ledger().statewide[step.line])
    assert "= 320" in said  # units in Tier 1
    assert "this unit" not in said


def test_what_a_unit_page_leaves_out_stands_there_and_is_linked() -> None:
    own = [*audit().blocks(3, "a-", shared())]
    whole = [*audit().blocks(3, "a-")]
    there = anchors([*shared().blocks])
    gone = {each.removeprefix("a-") for each in anchors(whole) - anchors(own)}
    assert shared().statewide <= gone
    assert gone <= there
    links = [
        piece for block in own for piece in _texts(block) if isinstance(piece, Link) and piece.page
    ]
    assert {each.page for each in links} == {PAGE}
    assert {each.anchor for each in links} <= there
    inside = {
        piece.anchor
        for block in own
        for piece in _texts(block)
        if isinstance(piece, Link) and not piece.page
    }
    assert inside <= anchors(own)


def test_a_unit_page_has_every_number_of_the_unit() -> None:
    own = words([*audit().blocks(3, "a-", shared())])
    for block in audit().blocks(3, "a-"):
        if isinstance(block, Formula) and block.equals:
            last = joined(block.equals[-1]).partition("; this unit's")[0]
            assert last in own or last in words([*shared().blocks]), block.name
    for each in audit().sources:
        if each.column in shared().inputs and isinstance(each.value, float) and each.value > 999:
            assert f"{each.value:,.15g}" in own


def _texts(block: Block) -> list[str]:
    """The pieces of text of a block in which links can stand."""
    found: list[str] = []
    for each in [
        getattr(block, "text", ""),
        getattr(block, "name", ""),
        *getattr(block, "equals", ()),
    ]:
        found += [each] if isinstance(each, str) else each
    for each in getattr(block, "entries", ()):
        for one in each if isinstance(block, Entries) else (each,):
            found += [one] if isinstance(one, str) else one
    return found
