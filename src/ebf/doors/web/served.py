"""The state that is served: computed once, shared by all requests, changed by none.

Holds: Found, Served.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock

import pandas as pd

from ebf.contents import digest_of, same
from ebf.doors.web.asked import Asked
from ebf.doors.web.bounds import KEPT
from ebf.faults import InputError, Place, contradiction
from ebf.law.names import columns_of, entries
from ebf.ledger import Ledger, calculate, numbers_of_unit
from ebf.reports.district_page.page import DistrictPage
from ebf.reports.legislative import Coverage, Legislative, legislative
from ebf.reports.own_counts import own_counts
from ebf.reports.what_if_answer import WhatIf, what_if_answer
from ebf.show.charts.chart import Chart
from ebf.units.ids import ID
from ebf.units.state import State
from ebf.version import version
from ebf.what_if.comparison import Comparison, compare
from ebf.what_if.ready import Ready
from ebf.what_if.scenario import Scenario


@dataclass(frozen=True)
class Found:
    """What a what-if comes to: the ledger after it, beside the one before.

    ``counted`` is the unit alone where its own counts were handed over, and ``held`` the lines
    of the state's table that they do not suffice for; ``unread`` are counts that nothing reads.
    """

    asked: Asked
    before: Ledger
    after: Ledger
    counted: Ledger | None = None
    held: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
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
        own = self.of_unit(unit_id)
        return own if line in own.computed else self.after

    def of_unit(self, unit_id: str) -> Ledger:
        """The ledger that a unit is explained from: that of its own counts, where it has one.

        Raises InputError for an unknown unit.
        """
        unit = self.after.unit_id(unit_id)
        is_counted = self.counted is not None and unit in self.counted.table.places
        return self.counted if is_counted and self.counted is not None else self.after

    def page(self, unit_id: str) -> DistrictPage:
        """The page of a unit, beside the state as it is.

        Raises InputError as :meth:`ebf.Ledger.page`.
        """
        before = None if self.is_nothing else self.before
        counted = self.of_unit(unit_id)
        of_counts = None if counted is self.after else counted
        held = () if of_counts is None else self.held
        return self.after.page(unit_id, before=before, counted=of_counts, held=held)

    def answer(self, unit_id: str | None = None) -> WhatIf:
        """What it comes to in short, for a unit; left out: the one whose own counts it has.

        Raises InputError for an unknown unit.
        """
        asked = next(iter(self.asked.counts), None) if unit_id is None else unit_id
        return what_if_answer(
            self.before,
            self.comparison,
            self.asked.whole(self.before),
            link=self.asked.query,
            unit_id=asked,
            held=self.held,
            unread=self.unread,
        )


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
        """What tells one served state from another: units, law, shares and version."""
        said = [self.state.units, *([] if self.legislative is None else [self.legislative.parts])]
        frames = [pd.util.hash_pandas_object(each, index=True).to_numpy() for each in said]
        columns = [[str(name) for name in each.columns] for each in said]
        return digest_of([version(), self.ledger.digest, frames, columns, self.note])

    def prepare(self) -> Served:
        """The same, with all that every request needs computed."""
        _ = self.ledger, self.digest, self.legislative, self.ready.prepare()
        return self

    @cached_property
    def ready(self) -> Ready:
        """The state, ready for scenarios."""
        return Ready(*self.state)

    def found(self, asked: Asked) -> Found:
        """What a what-if comes to; the last ones are kept.

        Raises InputError as :class:`ebf.Scenario` and :func:`ebf.own_counts`.
        """
        key = asked.model_dump_json()  # the link leaves out what is refused
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
        if not asked.counts:
            after = self.ready.calculate(asked.scenario)
            return Found(asked, self.ledger, after, coverage=self.coverage)
        if not self._gives_lines:
            try:  # where nothing stands in for counts, they are columns like others
                after = self.ready.calculate(asked.whole(self.ledger))
            except InputError:
                pass  # own counts have their own words for it
            else:
                return Found(asked, self.ledger, after, coverage=self.coverage)
        ((unit_id, counts),) = asked.counts.items()
        unit_id = self.ledger.unit_id(unit_id)
        scenario = asked.scenario
        without = self.ready.calculate(scenario)  # refuses what nothing reads
        changed = scenario.apply(*self.state)
        own = pd.DataFrame([{ID: unit_id, **counts}])
        impact = own_counts(*changed, unit_id, own, hold_rest=True)
        _check_not_overruled(scenario, without, impact.re_solved, unit_id)
        more = impact.counted, impact.held, impact.unread, self.coverage
        return Found(asked, self.ledger, impact.re_solved, *more)

    @cached_property
    def _gives_lines(self) -> bool:
        """Whether the table has lines in place of the counts that they are computed from."""
        columns = map(str, self.state.units.columns)
        names = {entries()[each].name for each in columns if each in entries()}
        return bool(names & self.state.law.lines.keys() - self.ledger.computed)


def _check_not_overruled(scenario: Scenario, without: Ledger, after: Ledger, unit: str) -> None:
    """Refuse a change of a unit that its own counts overrule: it would be lost without a word."""
    asked, found = numbers_of_unit(without, unit), numbers_of_unit(after, unit)
    columns = (each for name in scenario.units for each in columns_of(name) or (name,))
    faults = [
        contradiction(
            Place("what-if", unit=unit, column=column),
            f"{asked[column]:,.15g} by a change, {found[column]:,.15g} by the unit's own counts",
            "one of them",
            fix="take back the change, or the counts",
        )
        for column in columns
        if column in asked and not same(asked[column], found.get(column))
    ]
    if faults:
        raise InputError(faults)
