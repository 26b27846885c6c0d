"""The state that is served: computed once, shared by all requests, changed by none.

Holds: Found, Served.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from threading import Lock

import pandas as pd

from ebf.doors.web.asked import Asked
from ebf.doors.web.bounds import KEPT
from ebf.faults import InputError
from ebf.ledger import Ledger, calculate
from ebf.reports.legislative import Coverage, Legislative, legislative
from ebf.reports.own_counts import own_counts
from ebf.show.charts.chart import Chart
from ebf.units.ids import ID
from ebf.units.state import State
from ebf.version import version
from ebf.what_if.comparison import Comparison, compare


@dataclass(frozen=True)
class Found:
    """What a what-if comes to: the ledger after it, beside the one before.

    ``counted`` is the unit alone where its own counts were handed over, and ``held`` the lines
    of the state's table that they do not suffice for.
    """

    asked: Asked
    before: Ledger
    after: Ledger
    counted: Ledger | None = None
    held: tuple[str, ...] = ()
    coverage: Coverage | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether all stays as it is."""
        return self.asked.is_nothing

    @cached_property
    def comparison(self) -> Comparison:
        """Who gains and who loses new money."""
        return compare(self.before, self.after)

    @cached_property
    def legislative(self) -> Legislative:
        """Both ledgers by legislative district.

        Raises InputError where nothing says which units are in which.
        """
        return legislative(self.after, self.coverage, before=self.before)

    @cached_property
    def adequacy_chart(self) -> Chart:
        """How adequate the units are."""
        return self.after.chart()

    @cached_property
    def money_chart(self) -> Chart:
        """Where the new money goes."""
        return self.after.money_chart()

    @cached_property
    def changes_chart(self) -> Chart:
        """Who gains and who loses the most."""
        return self.comparison.chart()

    def ledger_of(self, unit_id: str, line: str) -> Ledger:
        """Where a line of a unit is computed: from its own counts alone, or in the state."""
        own = self.counted
        if own is None or unit_id not in own.table.places or line not in own.computed:
            return self.after
        return own

    def ledger_of_all(self, unit_id: str) -> Ledger:
        """Where a unit's lines are computed as far down as can be."""
        own = self.counted
        return self.after if own is None or unit_id not in own.table.places else own


@dataclass(frozen=True, eq=False)
class Served:
    """A state with its ledger; what is asked of it leaves it as it is.

    ``note`` is what is to be said beside every number: that the state is invented, say.
    ``coverage`` are units' shares in legislative districts, where there are any.
    """

    state: State
    note: str = ""
    coverage: Coverage | None = None
    _kept: OrderedDict[str, Found] = field(default_factory=OrderedDict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    @cached_property
    def ledger(self) -> Ledger:
        """The state as it is."""
        return calculate(*self.state)

    @cached_property
    def legislative(self) -> Legislative | None:
        """The state by legislative district; None where nothing says which units are in which."""
        try:
            return legislative(self.ledger, self.coverage)
        except InputError:
            if self.coverage is not None:
                raise
            return None

    @cached_property
    def digest(self) -> str:
        """What tells one served state from another: units, law and version."""
        units, law = self.state
        of_units = _bytes_of(units)
        columns = json.dumps([str(each) for each in units.columns])
        amounts = json.dumps({**law.salaries.amounts}, default=str)
        attributes = sorted((str(name), repr(each)) for name, each in units.attrs.items())
        said = (version(), columns, law.to_json(), amounts, self.note, attributes)
        of_shares = b"" if self.legislative is None else _bytes_of(self.legislative.parts)
        return sha256(of_units + of_shares + json.dumps(said).encode()).hexdigest()

    def prepare(self) -> Served:
        """The same, with all that every request needs computed."""
        _ = self.ledger, self.digest, self.legislative
        return self

    def found(self, asked: Asked) -> Found:
        """What a what-if comes to; the last ones are kept.

        Raises InputError as :class:`ebf.Scenario` and :func:`ebf.own_counts`.
        """
        key = asked.query
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = self._computed(asked)
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found

    def districts_of(self, found: Found) -> Legislative | None:
        """A what-if by legislative district; None where nothing says which units are in which."""
        if self.legislative is None or found.is_nothing:
            return self.legislative
        return found.legislative

    def _computed(self, asked: Asked) -> Found:
        if asked.is_nothing:
            return Found(asked, self.ledger, self.ledger, coverage=self.coverage)
        scenario = asked.scenario
        if not asked.counts:
            after = scenario.calculate(*self.state)
            return Found(asked, self.ledger, after, coverage=self.coverage)
        ((unit_id, counts),) = asked.counts.items()
        unit_id = self.ledger.unit_id(unit_id)
        changed = scenario.apply(*self.state)
        own = pd.DataFrame([{ID: unit_id, **counts}])
        impact = own_counts(*changed, unit_id, own, hold_rest=True)
        more = impact.counted, impact.held, self.coverage
        return Found(asked, self.ledger, impact.re_solved, *more)


def _bytes_of(frame: pd.DataFrame) -> bytes:
    """What tells a table from another."""
    hashed: bytes = pd.util.hash_pandas_object(frame, index=True).to_numpy().tobytes()
    return hashed
