"""What a what-if comes to, in short: one unit, the state, and how many gain and lose.

Holds: WhatIf, what_if_answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from ebf.files import known_sources
from ebf.language.measure import Measure
from ebf.law.funding.tiers import TIER_NAMES
from ebf.law.names import column_of
from ebf.law.plain_names import plain_name
from ebf.ledger import Ledger, name_of, numbers_of_unit
from ebf.show.answer import Answer
from ebf.show.document import Column, Sentences, Table
from ebf.what_if.comparison import Comparison
from ebf.what_if.scenario import Scenario

_LINES: Final = (
    "average_student_enrollment",
    "low_income_count",
    "english_learner_count",
    "adequacy_target",
    "base_funding_minimum",
    "final_resources",
    "final_percent_of_adequacy",
    "tier",
    "tier_funding",
    "total_state_contribution",
)
"""The lines of a unit that are shown, in the order of the statute."""
_BOTH: Final = ("before", "after", "change")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class WhatIf(Answer):
    """What :func:`what_if_answer` found.

    ``unit`` has a row a line of the unit asked about: before, after, change; ``state`` a row
    a statewide line. ``moved`` counts the units that go from a tier to another. ``gain`` and
    ``lose`` count the units whose new money becomes more and less. ``link`` asks the same.
    """

    fiscal_year: int
    link: str
    unit_id: str
    name: str
    units: int
    gain: int
    lose: int
    unchanged: int
    sum_of_gains: float
    sum_of_losses: float
    unit: pd.DataFrame
    state: pd.DataFrame
    moved: pd.DataFrame

    @property
    def title(self) -> str:
        """The year, and the unit."""
        whom = f", {self.unit_id} {self.name}".rstrip() if self.unit_id else ""
        return f"What if, FY{self.fiscal_year}{whom}"

    @property
    def _year(self) -> int:
        return self.fiscal_year

    def _tables(self) -> list[Table]:
        counts = (
            ("units", self.units, Measure.COUNT),
            ("gain", self.gain, Measure.COUNT),
            ("lose", self.lose, Measure.COUNT),
            ("unchanged", self.unchanged, Measure.COUNT),
            ("sum_of_gains", self.sum_of_gains, Measure.DOLLARS),
            ("sum_of_losses", self.sum_of_losses, Measure.DOLLARS),
        )
        summary = Table(
            "summary",
            "New money",
            (Column("what"), Column("value")),
            tuple((what, value) for what, value, _ in counts),
            of_rows=tuple(measure for *_, measure in counts),
        )
        moved = Table.of("moved", "Units that change tier", self.moved, Measure.COUNT)
        own = [_of_lines("unit", "The unit", self.unit)] if self.unit_id else []
        return [*own, summary, moved, _of_lines("state", "The state", self.state)]


def _of_lines(name: str, title: str, frame: pd.DataFrame) -> Table:
    columns = tuple(map(Column, ("line", "title", *_BOTH)))
    found = frame.itertuples(name=None)
    rows = tuple((line, plain_name(str(line)), *numbers) for line, *numbers in found)
    measures = tuple(str(column_of(str(line)).measure) for line in frame.index)
    return Table(name, title, columns, rows, of_rows=measures)


def what_if_answer(
    before: Ledger,
    comparison: Comparison,
    scenario: Scenario,
    *,
    link: str = "",
    unit_id: str | None = None,
    held: Sequence[str] = (),
    unread: Sequence[str] = (),
) -> WhatIf:
    """Say in short what a scenario comes to.

    Args:
        before: The ledger without it.
        comparison: Of that ledger and the one with it.
        scenario: What is changed.
        link: What asks the same of a service.
        unit_id: The unit asked about, by its id in any form or its name; None for none.
        held: Lines that were left as the state's file has them, though a change moves them.
        unread: Own counts that nothing of the state's file reads.

    Raises InputError for an unknown unit.
    """
    after = comparison.after
    unit = None if unit_id is None else before.unit_id(unit_id)
    counts = comparison.summary
    said = {
        "Held as the state's file has it, though a change moves it": held,
        "Without effect, since nothing of the state's file reads it": unread,
    }
    left_out = [f"{what}: {', '.join(names)}." for what, names in said.items() if names]
    return WhatIf(
        assumptions=(*_changes(scenario), *comparison.assumptions),
        left_out=(*left_out, *comparison.left_out),
        sources=known_sources(units=before.source),
        note=comparison.note,
        fiscal_year=after.fiscal_year,
        link=link,
        unit_id=unit or "",
        name="" if unit is None else name_of(before, unit),
        units=int(counts["units"]),
        gain=int(counts["winners"]),
        lose=int(counts["losers"]),
        unchanged=int(counts["unchanged"]),
        sum_of_gains=float(counts["sum of gains"]),
        sum_of_losses=float(counts["sum of losses"]),
        unit=_of_unit(before, after, unit),
        state=comparison.statewide[[*_BOTH]],
        moved=_moved(comparison.units),
    )


def _changes(scenario: Scenario) -> Iterable[str]:
    """What is changed, a sentence each."""
    blocks = scenario.document.blocks
    return (each for block in blocks if isinstance(block, Sentences) for each in block.sentences)


def _of_unit(before: Ledger, after: Ledger, unit: str | None) -> pd.DataFrame:
    """The lines of the unit that both ledgers have."""
    if unit is None:
        return pd.DataFrame(columns=[*_BOTH])
    then, now = (numbers_of_unit(each, unit, _LINES) for each in (before, after))
    lines = [line for line in _LINES if line in then and line in now]
    rows = {line: (then[line], now[line], now[line] - then[line]) for line in lines}
    return pd.DataFrame.from_dict(rows, orient="index", columns=[*_BOTH])


def _moved(units: pd.DataFrame) -> pd.DataFrame:
    """A row a way from a tier to another, with how many units go it."""
    if "tier_before" not in units:
        return pd.DataFrame(columns=["units"])
    pairs = zip(units["tier_before"].tolist(), units["tier_after"].tolist(), strict=True)
    ways = Counter((int(was), int(becomes)) for was, becomes in pairs if was != becomes)
    called = [(TIER_NAMES[was], TIER_NAMES[becomes]) for was, becomes in sorted(ways)]
    index = pd.MultiIndex.from_tuples(called, names=["before", "after"])
    return pd.DataFrame({"units": [ways[way] for way in sorted(ways)]}, index=index)
