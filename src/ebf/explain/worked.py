"""One line of a unit, worked out in words.

Holds: worked.
"""

from __future__ import annotations

from collections.abc import Iterator

from ebf.engine.record import Record
from ebf.explain.audit import explain
from ebf.show.document import Block, Formula


def worked(record: Record, unit_id: str, line: str) -> Iterator[Block]:
    """The formula of a line with names, with the unit's numbers, and what it comes to."""
    found = explain(record, unit_id, line, 0)
    yield from (each for each in found.document.blocks if isinstance(each, Formula))
