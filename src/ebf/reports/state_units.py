"""The units of a state as a list, and the numbers of one of them.

Holds: Units, UnitNumbers, state_units, unit_numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from ebf.engine.record import check_one_state
from ebf.files import known_sources
from ebf.language.measure import Measure
from ebf.law.names import entries
from ebf.law.plain_names import plain_column
from ebf.ledger import TEXT_SHOWN, Ledger, check_ledger, name_of, numbers_of_unit, units_with
from ebf.show.answer import Answer
from ebf.show.document import Table
from ebf.units.marks import sentences

_TIER, _PERCENT, _MONEY = "tier", "final_percent_of_adequacy", "tier_funding"
_MEASURES: Final = {_TIER: Measure.TIER, _PERCENT: Measure.SHARE, _MONEY: Measure.DOLLARS}
_SHOWN: Final = 60


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Units(Answer):
    """What :func:`state_units` found: ``frame`` has a row a unit, in the caller's order."""

    fiscal_year: int
    frame: pd.DataFrame

    @property
    def title(self) -> str:
        """The year, and how many units."""
        return f"FY{self.fiscal_year}: {len(self.frame):,} units"

    @property
    def _year(self) -> int:
        return self.fiscal_year

    def _tables(self) -> list[Table]:
        return [Table.of("units", "Units", self.frame, _MEASURES, most=_SHOWN)]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class UnitNumbers(Answer):
    """What :func:`unit_numbers` found: ``frame`` has a row a column, in statute order."""

    fiscal_year: int
    unit_id: str
    name: str
    organization_type: str
    county: str
    frame: pd.DataFrame

    @property
    def title(self) -> str:
        """The unit, and the year."""
        return f"{self.unit_id} {self.name}".strip() + f", FY{self.fiscal_year}"

    @property
    def _year(self) -> int:
        return self.fiscal_year

    def _tables(self) -> list[Table]:
        measures = tuple(str(entries()[str(name)].about.measure) for name in self.frame.index)
        return [Table.of("numbers", "Its numbers", self.frame, of_rows=measures)]


def state_units(ledger: Ledger) -> Units:
    """List the units of a state: id, name, kind, county, tier, percent of adequacy, new money.

    Raises InputError for several scenarios. What the ledger has not is left out.
    """
    check_ledger(ledger)
    check_one_state(ledger)
    frame = units_with(ledger, _MEASURES)
    frame = frame[[name for name in (*TEXT_SHOWN[:3], *_MEASURES) if name in frame]]
    return Units(
        assumptions=tuple(sentences(ledger.table.marked)),
        left_out=tuple(
            f"{name}: not in the ledger." for name in _MEASURES if name not in ledger.values
        ),
        sources=known_sources(units=ledger.source),
        note=ledger.table.note,
        fiscal_year=ledger.fiscal_year,
        frame=frame,
    )


def unit_numbers(ledger: Ledger, unit_id: str) -> UnitNumbers:
    """List every number of a unit, handed over and computed, by column.

    Args:
        ledger: Of one state.
        unit_id: The unit, by its id in any form or its name.

    Raises InputError for an unknown unit; for several scenarios.
    """
    check_ledger(ledger)
    check_one_state(ledger)
    unit = ledger.unit_id(unit_id)
    place = ledger.table.places[unit]
    numbers = numbers_of_unit(ledger, unit)
    rows = {
        column: {
            "title": plain_column(column),
            "value": numbers[column],
            "cite": str(entry.about.cite),
            "computed": entry.name in ledger.computed,
        }
        for column, entry in entries().items()
        if column in numbers
    }
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis("column")
    return UnitNumbers(
        assumptions=tuple(sentences(ledger.table.marked)),
        left_out=(),
        sources=known_sources(units=ledger.source),
        note=ledger.table.note,
        fiscal_year=ledger.fiscal_year,
        unit_id=unit,
        name=name_of(ledger, unit),
        organization_type=ledger.table.text_at("organization_type", place) or "",
        county=ledger.table.text_at("county", place) or "",
        frame=frame,
    )
