"""A what-if as files that the command line reads: a scenario, and a unit's own counts.

Holds: scenario_file, counts_file.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

from ebf.doors.web.asked import Asked, Changed, written
from ebf.law import funding
from ebf.ledger import Ledger, name_of
from ebf.show.safe_text import guarded
from ebf.units.ids import ID


def scenario_file(asked: Asked) -> str:
    """The scenario as TOML, as ``ebf compare --scenario`` reads it; own counts are not of it."""
    return "\n".join(_lines(asked)) + "\n"


def _lines(asked: Asked) -> Iterator[str]:
    if asked.counts:
        yield "# Own counts are no part of a scenario: counts.csv has them (ebf what-if, ebf page)."
    yield 'name = "what-if"'
    money = asked.new_state_funds
    if money is not None:
        yield f"{funding.NEW_MONEY} = {_change(money)}"
    for room, numbers in (("law", asked.law), ("salaries", asked.salaries)):
        if numbers:
            yield f"\n[{room}]"
            yield from (f"{json.dumps(name)} = {written(each)}" for name, each in numbers.items())
    if asked.units:
        yield "\n[units]"
    for column, said in asked.units.items():
        changes = said if isinstance(said, tuple) else (said,)
        yield f"{json.dumps(column)} = [{', '.join(map(_table, changes))}]"


def _change(said: float | Changed) -> str:
    return _table(said) if isinstance(said, Changed) else written(said)


def _table(said: float | Changed) -> str:
    """A change as a table of TOML."""
    changed = said if isinstance(said, Changed) else Changed(value=said)
    content: dict[str, Any] = changed.model_dump(exclude_none=True)
    units = content.pop("units", None)
    pairs = [f"{deed} = {written(value)}" for deed, value in content.items()]
    if units is not None:
        pairs.append(f"units = [{', '.join(map(json.dumps, units))}]")
    return f"{{ {', '.join(pairs)} }}"


def counts_file(ledger: Ledger, asked: Asked, unit_id: str) -> str:
    """A unit's own counts as CSV, as ``ebf what-if`` and ``ebf page --counts`` read it."""
    counts = asked.counts.get(unit_id, {})
    text = StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow([ID, "name", *counts])
    rows.writerow([unit_id, guarded(name_of(ledger, unit_id)), *map(written, counts.values())])
    return text.getvalue()
