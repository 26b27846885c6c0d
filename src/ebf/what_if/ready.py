"""A state prepared once, on which scenarios are calculated as they are by themselves, sooner.

Holds: Ready.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ebf.faults import InputError
from ebf.law.names import columns_of, entries
from ebf.law.parameters import Law
from ebf.ledger import Ledger, Prepared, prepare
from ebf.units.ids import ID
from ebf.what_if.scenario import Changes, Scenario, each_change


@dataclass(frozen=True, eq=False)
class Ready:
    """A state, ready for many scenarios; threads may share it."""

    units: pd.DataFrame
    law: Law

    @cached_property
    def _prepared(self) -> Prepared:
        """The state, its lines that are computed from what is beside them left out."""
        return prepare(*Scenario("as it is").apply(self.units, self.law))

    def prepare(self) -> Ready:
        """The same, with all that every scenario needs computed."""
        _ = self._prepared
        return self

    def calculate(self, scenario: Scenario) -> Ledger:
        """The ledger that :meth:`ebf.Scenario.calculate` gives, and what it raises."""
        try:
            found = self._sooner(scenario)
        except InputError:
            found = None  # the scenario by itself has the words for it, or another way
        return scenario.calculate(self.units, self.law) if found is None else found

    def _sooner(self, scenario: Scenario) -> Ledger | None:
        """The ledger by the state that is prepared; None for changes that it does not take."""
        rows = self._rows(scenario.units)
        if rows is None:
            return None
        changed = self._prepared
        law = scenario.law_from(changed.law)
        if law is not changed.law:
            changed = changed.with_law(law)
        if rows:
            frame = pd.DataFrame.from_dict(dict(rows), orient="index")
            changed = changed.with_units(frame.rename_axis(ID))
        scenario.check_read(changed.calculation)
        return changed.calculate()

    def _rows(self, changes: Changes) -> dict[str, dict[str, float]] | None:
        """What becomes of some units by their ids; None for changes of another kind."""
        table, lines = self._prepared.calculation.table, self.law.lines
        there = {*table.columns}
        rows: dict[str, dict[str, float]] = {}
        for name, said in changes.items():
            columns = [each for each in columns_of(name) or (name,) if each in there]
            is_input = name in entries() and entries()[name].name not in lines
            turns = each_change(said)
            if not (columns and is_input and all(each.value is not None for each in turns)):
                return None
            for change in turns:
                if change.units is None or not table.places.keys() >= {*change.ids}:
                    return None
                for unit in change.ids:
                    of_unit = rows.setdefault(unit, {})
                    of_unit |= dict.fromkeys(columns, float(change.value or 0.0))
        return rows
