"""What a calculation comes to statewide, in short: tiers, rates, the largest amounts.

Holds: title, summary, lines_table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import fsum
from typing import Final

import numpy as np
import numpy.typing as npt

from ebf.engine.record import Record
from ebf.language.line import Line
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values, nearly
from ebf.law.funding.tiers import TIER_NAMES
from ebf.show.document import Block, Column, Document, Heading, Paragraph, Table
from ebf.show.words import Value
from ebf.units.marks import sentences

_PUPILS, _MONEY, _TIER = "average_student_enrollment", "tier_funding", "tier"
_STATEWIDE: Final = {
    "new_state_funds": ("New State Funds", Measure.DOLLARS),
    "tier_1_target_ratio": ("Tier 1 Target Ratio", Measure.RATIO),
    "statewide_percent_of_adequacy": ("Statewide adequacy", Measure.SHARE),
}
"""The statewide numbers in it, by what they are called, and how they are read."""
_SUMMED: Final = (_TIER, _PUPILS, _MONEY, *_STATEWIDE)
"""The lines that a summary is made of."""
_MOST_SHOWN: Final = 10
_FEW: Final = 20


def title(record: Record) -> str:
    """The year, and how many units."""
    what = f"{record.law.statute.title} {record.law.known_as}"
    return f"{what}, {len(record.table.unit_ids):,} units"


def summary(record: Record, lines: Iterable[str] | None = None) -> Document:
    """What a record comes to, or the lines named of it.

    Of several scenarios it says how many; where the numbers of a summary are not there,
    it shows the lines, of many those alone that no other line reads.
    """
    return Document((Heading(1, title(record)), *_blocks(record, lines)))


def _blocks(record: Record, lines: Iterable[str] | None) -> Iterator[Block]:
    if record.source is not None:
        yield Paragraph(f"From {record.source}")
    if record.scenarios is not None:
        yield Paragraph(f"{len(record.scenarios):,} scenarios: ledger.scenario(name) is one.")
    elif lines is None and record.values.keys() >= {*_SUMMED}:
        yield from (_tiers(record), _statewide(record), _largest(record))
    else:
        yield lines_table(record, _last(record) if lines is None else lines)
    if record.standing:
        names = ", ".join(sorted(record.standing))
        yield Paragraph(f"Taken as handed over, whatever is beside it: {names}.")
    yield from map(Paragraph, sentences(record.table.marked))
    if lines is None and record.not_computed:
        yield Paragraph(f"Not computed, for want of input: {', '.join(record.not_computed)}.")


def _of_units(record: Record, values: Values) -> npt.NDArray[np.float64]:
    """A number a unit, of a record of one state."""
    return np.broadcast_to(nearly(values)[0, :, 0].astype(float), len(record.table.unit_ids))


def _known(number: np.float64) -> float | None:
    return None if np.isnan(number) else float(number)


def _total(numbers: npt.NDArray[np.float64]) -> float:
    """The sum of what is known."""
    return fsum(numbers[~np.isnan(numbers)])


def _tiers(record: Record) -> Table:
    """Units, pupils and new money by tier, and in all."""
    tier, pupils, money = (_of_units(record, record.values[n]) for n in (_TIER, _PUPILS, _MONEY))
    groups = {name: tier == code for code, name in TIER_NAMES.items() if (tier == code).any()}
    rows: list[tuple[Value, ...]] = []
    for name, within in [*groups.items(), ("State", np.ones(len(tier), dtype=bool))]:
        of_pupils, of_money = _total(pupils[within]), _total(money[within])
        per_pupil = of_money / of_pupils if of_pupils else None
        rows.append((name, int(within.sum()), of_pupils, of_money, per_pupil))
    columns = (
        Column("tier"),
        Column("units", Measure.COUNT),
        Column("pupils", Measure.STUDENTS),
        Column("new_money", Measure.DOLLARS),
        Column("new_money_per_pupil", Measure.DOLLARS_PER_STUDENT),
    )
    return Table("tiers", "By tier", columns, tuple(rows))


def _statewide(record: Record) -> Table:
    rows = tuple((words, float(record.values[n].item())) for n, (words, _) in _STATEWIDE.items())
    measures = tuple(measure for _, measure in _STATEWIDE.values())
    columns = (Column("number"), Column("value"))
    return Table("statewide", "The state", columns, rows, measures)


def _largest(record: Record) -> Table:
    """The units with the most new money."""
    tier, money = (_of_units(record, record.values[name]) for name in (_TIER, _MONEY))
    rows = record.table.rows
    order = rows[np.argsort(-money[rows], kind="stable")]
    found: list[tuple[Value, ...]] = []
    for place in order.tolist():
        name = record.table.text_at("name", place)
        found.append(
            (record.table.unit_ids[place], name, *map(_known, (tier[place], money[place])))
        )
    columns = (
        Column("unit"),
        Column("name"),
        Column(_TIER, Measure.TIER),
        Column("new_money", Measure.DOLLARS),
    )
    return Table("units", "Largest amounts", columns, tuple(found), most=_MOST_SHOWN)


def _last(record: Record) -> list[str]:
    """The lines computed; of many those that no other one reads."""
    read = {name for line in record.steps for name in line.reads}
    is_many = len(record.steps) > _FEW
    return [line.name for line in record.steps if not (is_many and line.name in read)]


def lines_table(record: Record, names: Iterable[str]) -> Table:
    """The sum, the least and the greatest of each line; of a statewide one its value."""
    found = [row for name in names for row in _rows(record, record.law.lines[name])]
    headings = ("line", "value or sum", "least", "greatest")
    rows, measures = tuple(row for row, _ in found), tuple(measure for _, measure in found)
    return Table("lines", "Lines", tuple(map(Column, headings)), rows, measures)


def _rows(record: Record, line: Line) -> Iterator[tuple[tuple[Value, ...], str]]:
    values = nearly(record.values[line.name]).astype(float)
    for band, column in enumerate(line.columns):
        if line.statewide:
            yield (column, float(values[0, 0, band]), None, None), line.measure
            continue
        known = _of_units(record, values[..., band : band + 1])
        known = known[~np.isnan(known)]
        ends = (float(known.min()), float(known.max())) if len(known) else (None, None)
        yield (column, _total(known), *ends), line.measure
