"""What each alternative reading of the law moves: computed, state by state.

Holds: ReadingEffects, reading_effects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from ebf.engine.record import check_one_state
from ebf.faults import InputError, check_type
from ebf.files import known_sources
from ebf.language.measure import Measure
from ebf.law.parameters import Law, check_law
from ebf.law.reading import Alternative, Reading
from ebf.law.readings import readings as every_reading
from ebf.ledger import Ledger, calculate
from ebf.show.answer import Answer
from ebf.show.document import Table

_SHOWN: Final = 10
_MONEY, _TIER = "tier_funding", "tier"
_SUMS: Final = ("adequacy_target", "final_resources")
_MEASURES: Final[Mapping[str, str]] = {
    "adequacy_target": Measure.DOLLARS,
    "final_resources": Measure.DOLLARS,
    "new_money_moved": Measure.DOLLARS,
    "units_changing_tier": Measure.COUNT,
    "lines_moved": Measure.COUNT,
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ReadingEffects(Answer):
    """What :func:`reading_effects` found.

    ``frame`` has a row an alternative, by reading and name: the change of the sums of
    Adequacy Targets and Final Resources (dollars), the new money moved (half the sum of
    all units' changes of tier funding, dollars), and the units that change tier, and the
    lines that come out otherwise; those that the state does not compute are ``left_out``.
    ``units`` has a row a unit, and the change of its
    tier funding (dollars) by each alternative computed.
    """

    fiscal_year: int
    frame: pd.DataFrame
    units: pd.DataFrame

    @property
    def title(self) -> str:
        """What it is called."""
        return f"Evidence-Based Funding, FY{self.fiscal_year}: what other readings move"

    @property
    def _year(self) -> int:
        return self.fiscal_year

    def _tables(self) -> list[Table]:
        largest = self.units.abs().max(axis=1).sort_values(ascending=False, kind="stable")
        by_unit = self.units.loc[largest.index[largest > 0]]
        by_unit.columns = [" ".join(map(str, column)) for column in by_unit.columns.to_flat_index()]
        title = "Change of tier funding by unit, the largest first"
        return [
            Table.of("readings", "Alternatives", self.frame, _MEASURES),
            Table.of("units", title, by_unit, Measure.DOLLARS, most=_SHOWN),
        ]


def reading_effects(
    units: pd.DataFrame, law: Law, readings: Iterable[int] | None = None
) -> ReadingEffects:
    """Compute what every alternative reading would move in a state.

    Args:
        units: The table of units, as of :func:`ebf.calculate`.
        law: The law; each alternative is read beside those that it is read by already.
        readings: The numbers of some readings; None for all.

    Returns:
        The effects by alternative, and by unit.

    Raises:
        InputError: for an unknown reading, for several scenarios, and whatever
            :func:`ebf.calculate` refuses.
    """
    check_law(law)
    listed = every_reading()
    if readings is not None:
        check_type("readings", readings, Iterable, "numbers of readings")
        listed_numbers = [listed[number].number for number in readings]
    else:
        listed_numbers = [each.number for each in listed]
    before = calculate(units, law)
    check_one_state(before)
    rows, changes, left_out = {}, {}, []
    for reading in map(listed.__getitem__, listed_numbers):
        for alternative in reading.alternatives.values():
            key = reading.number, alternative.name
            if law.readings.get(reading.number):
                left_out.append(f"Reading {reading.number}: the law handed over is read otherwise")
                continue
            try:
                after = calculate(units, law.with_readings({reading.number: alternative.name}))
            except InputError as error:
                left_out.append(_why_not(reading, alternative, error))
                continue
            rows[key] = _row(alternative, before, after)
            changes[key] = after.units[_MONEY] - before.units[_MONEY]
    names = ["reading", "alternative"]
    index = pd.MultiIndex.from_tuples(list(rows), names=names)
    frame = pd.DataFrame(list(rows.values()), index=index, columns=["words", *_MEASURES])
    by_unit = pd.DataFrame(changes, index=before.units.index)
    return ReadingEffects(
        sources=known_sources(units=before.source),
        assumptions=(
            "Each alternative by itself, the whole state solved anew.",
            "New money moved is half the sum of all units' changes of tier funding.",
        ),
        left_out=tuple(left_out),
        fiscal_year=before.fiscal_year,
        frame=frame,
        units=by_unit,
    )


def _row(alternative: Alternative, before: Ledger, after: Ledger) -> dict[str, object]:
    """The effect of an alternative."""
    old, new = before.units, after.units
    sums = {name: (new[name] - old[name]).sum() if name in old else None for name in _SUMS}
    return {
        "words": alternative.words,
        **sums,
        "new_money_moved": (new[_MONEY] - old[_MONEY]).abs().sum() / 2,
        "units_changing_tier": int((new[_TIER] != old[_TIER]).sum()),
        "lines_moved": sum(
            not np.array_equal(value, after.values[name], equal_nan=True)
            for name, value in before.values.items()
            if name in after.values
        ),
    }


def _why_not(reading: Reading, alternative: Alternative, error: InputError) -> str:
    """Why an alternative is not computed here; any other fault is raised again."""
    if any(fault.place.argument != "readings" for fault in error.faults):
        raise error
    (fault,) = error.faults
    why = fault.fix or "no line computed here reads it"
    why = fault.found.partition(", ")[2] or why
    return f"Reading {reading.number} {alternative.name}: {why}."
