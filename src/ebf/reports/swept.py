"""What a sweep came to, as an answer: a row a state and unit.

Holds: Swept, swept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from ebf.files import known_sources
from ebf.law.names import entries
from ebf.law.parameters import element_owners, identifier_of
from ebf.ledger import Ledger
from ebf.show.answer import Answer
from ebf.show.document import Table
from ebf.units.ids import ID, SCENARIO

_SHOWN: Final = 60


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Swept(Answer):
    """What :func:`swept` shows: ``frame`` is that of :func:`ebf.sweep`, of some units."""

    fiscal_year: int
    states: int
    frame: pd.DataFrame

    @property
    def title(self) -> str:
        """The year, and how many states."""
        return f"Sweep, FY{self.fiscal_year}: {self.states:,} states"

    @property
    def _year(self) -> int:
        return self.fiscal_year

    def _tables(self) -> list[Table]:
        labels = [name for name in (SCENARIO, ID) if name in self.frame]
        frame = self.frame.set_index(labels)
        measures = {str(name): _measure(str(name)) for name in frame}
        return [Table.of("states", "State by state", frame, measures, most=_SHOWN)]


def _measure(name: str) -> str:
    """The measure of a line, or of a number that was swept over."""
    if name in entries():
        return str(entries()[name].about.measure)
    return str(element_owners()[identifier_of(name)][0].measure)


def swept(found: pd.DataFrame, ledger: Ledger, unit_ids: Sequence[str] = ()) -> Swept:
    """Show what :func:`ebf.sweep` found of a state.

    Args:
        found: The frame of the sweep.
        ledger: The state that was swept.
        unit_ids: The units shown, by their ids in any form or their names; none: all.

    Raises InputError for an unknown unit.
    """
    units = [ledger.unit_id(each) for each in unit_ids]
    frame = found[found[ID].isin(units)] if units and ID in found else found
    return Swept(
        assumptions=("Each state is solved whole: target ratio, rates and floor.",),
        left_out=("What districts and taxpayers would do differently.",),
        sources=known_sources(units=ledger.source),
        note=ledger.table.note,
        fiscal_year=ledger.fiscal_year,
        states=int(found[SCENARIO].nunique()),
        frame=frame,
    )
