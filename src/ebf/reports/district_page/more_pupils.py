"""A district with so many more pupils of a kind: the state solved anew, for several at once.

Holds: Counts, After, Tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count
from math import ceil, isfinite, prod
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from ebf.engine.reached import reached
from ebf.faults import InputError
from ebf.language.vocabulary import Values
from ebf.law.names import columns_of, name_behind
from ebf.ledger import ledger_of
from ebf.numbers import Numbers
from ebf.reports.district_page.opening import tier_below
from ebf.reports.district_page.subject import Subject
from ebf.units.changes import changed_units, may_be_changed
from ebf.units.ids import ID

Counts: TypeAlias = tuple[str, ...]
"""The columns of the counts in which one more is counted."""
_POINTS: Final = 3
"""Numbers tried before that a guess is made of."""
_APART: Final = 4
"""A number is far from two others that is no less than a part of their distance from both."""
_FAR: Final = 6
"""The first guess is tried so large a part of it to either side."""
_SOON: Final = 3
"""Turns after which a guess is not relied on."""


class After(NamedTuple):
    """What the unit comes to, by line, and the ratio that its tier begins at."""

    adequacy_target: float
    final_resources: float
    final_percent_of_adequacy: float
    tier: float
    tier_funding: float
    edge: float

    @property
    def spare(self) -> float:
        """The resources that it has beyond its tier's edge: nearly even, pupil by pupil."""
        return self.final_resources - self.edge * self.adequacy_target


class Tried:
    """What was tried of one unit: so many more in some counts, and what came of them."""

    def __init__(self, unit: Subject, kinds: Iterable[Counts]) -> None:
        """Before anything is tried."""
        self.unit = unit
        self._columns = [*dict.fromkeys(name for counts in kinds for name in counts)]
        self._numbers = np.array([[unit.numbers[name] for name in self._columns]])
        self.is_above_another: bool = tier_below(unit) is not None
        tier = round(unit.of("tier"))
        self._edge = f"tier_{max(1, tier - 1)}_target_ratio"
        self.before: After = self._after(unit)
        self._found: dict[tuple[Counts, int], After | None] = {}

    def after(self, counts: Counts, many: int) -> After | None:
        """What came of so many more; None where there cannot be so many."""
        return self._found[counts, many]

    def try_all(self, asked: Iterable[tuple[Counts, int]]) -> None:
        """Solve the whole state for each, side by side."""
        every = [each for each in dict.fromkeys(asked) if each not in self._found]
        if not every:
            return
        own, unit = self.unit.calculation, self.unit.unit_id
        places = {name: place for place, name in enumerate(self._columns)}
        numbers = np.repeat(self._numbers, len(every), axis=0)
        for row, (counts, many) in zip(numbers, every, strict=True):
            row[[places[name] for name in counts]] += many
        year = self.unit.ledger.fiscal_year
        can_be = may_be_changed(own.table, unit, self._columns, numbers, year)
        self._found |= dict.fromkeys(every)
        some = [each for each, can in zip(every, can_be, strict=True) if can]
        if some:
            found = self._together(numbers[can_be])
            if found is None:  # one of them is refused: each for itself
                found = [self.by_itself(*each) for each in some]
            for each, after in zip(some, found, strict=True):
                self._found[each] = after if isinstance(after, After) else None

    def _together(self, numbers: Numbers) -> Sequence[After | InputError] | None:
        """What comes of each row of numbers; None where one is refused."""
        table = self.unit.calculation.table
        place = table.places[self.unit.unit_id]
        inputs: dict[str, Values] = {}
        for column, own in zip(self._columns, numbers.T, strict=True):
            name = name_behind(column)
            if name not in inputs:
                before = table.values[name][:, place if table.values[name].shape[1] > 1 else 0]
                inputs[name] = np.repeat(before[:, np.newaxis], len(numbers), axis=0)
            inputs[name][:, 0, columns_of(name).index(column)] = own
        found = reached(self.unit.calculation, place, inputs)
        if found is None:
            return None
        names = (*After._fields[:-1], self._edge)
        of_lines = (
            np.broadcast_to(found.at(name, place) if name in found else 0.0, len(numbers))
            for name in names
        )
        return [*map(After._make, zip(*(each.tolist() for each in of_lines), strict=True))]

    def by_itself(self, counts: Counts, many: int) -> After | InputError:
        """What comes of so many more; or why there cannot be so many."""
        row = {name: [self.unit.numbers[name] + many] for name in counts}
        frame = pd.DataFrame(row, index=pd.Index([self.unit.unit_id], name=ID))
        own, year = self.unit.calculation, self.unit.ledger.fiscal_year
        try:
            changed = own.with_values(changed_units(own.table, frame, year))
            return self._after(Subject(ledger_of(changed), self.unit.unit_id))
        except InputError as error:
            return error

    def _after(self, unit: Subject) -> After:
        return After._make(map(unit.of, (*After._fields[:-1], self._edge)))

    @property
    def most(self) -> int:
        """The most that are tried: as many as it has pupils."""
        return ceil(self.unit.pupils)

    def until_below(self, several: Iterable[Counts]) -> dict[Counts, int | None]:
        """How many more take it into the tier below; None where as many as it has pupils do not.

        Tried, not reckoned: what is reckoned from the numbers tried before is tried with those
        beside it, until one suffices where one fewer does not.
        """
        beyond_most = self.most + 1
        between = dict.fromkeys(several, (0, beyond_most))
        for turn in count():
            waiting = {each: ends for each, ends in between.items() if ends[1] - ends[0] > 1}
            if not waiting:
                break
            tries = {each: self._guesses(each, *ends, turn) for each, ends in waiting.items()}
            self.try_all((each, many) for each, some in tries.items() for many in some)
            for each, some in tries.items():
                least, enough = between[each]
                enough = min([n for n in some if self._is_beyond(each, n)], default=enough)
                least = max([n for n in some if n < enough], default=least)
                between[each] = least, enough
        ends = {each: enough for each, (_, enough) in between.items()}
        return {
            each: enough if enough < beyond_most and self.after(each, enough) else None
            for each, enough in ends.items()
        }

    def _is_beyond(self, counts: Counts, many: int) -> bool:
        after = self.after(counts, many)
        return after is None or after.tier < self.before.tier

    def _guesses(self, counts: Counts, least: int, enough: int, turn: int) -> list[int]:
        """Numbers between two to try next: about where a curve through what is known crosses.

        At first far from it on both sides, then beside it; and the middle, where that did not
        end it soon.
        """
        known = {many: after for (of, many), after in self._found.items() if of == counts and after}
        known[0] = self.before
        guess = _crossing([(known[many].spare, many) for many in _apart([*known], least, enough)])
        guess = min(max(guess, least + 1), enough - 1)
        by = (guess - least) // _FAR if not turn else 0
        around = {guess - by - 1, guess + by} | ({guess + 1} if turn else set())
        if turn >= _SOON:
            around.add((least + enough) // 2)
        return sorted(each for each in around if least < each < enough)


def _apart(known: Sequence[int], least: int, enough: int) -> list[int]:
    """Of numbers that are known the two about what is looked for, and one far from both.

    Numbers beside each other say little of a curve: amounts are cut to cents, positions rounded.
    """
    ends = [each for each in (least, enough) if each in known]
    others = sorted({*known} - {*ends}, key=lambda each: abs(each - least))
    far = [x for x in others if all(_APART * abs(x - end) >= enough - least for end in ends)]
    return [*ends, *(far if len(ends) > 1 else others)[: _POINTS - len(ends)]]


def _crossing(points: Sequence[tuple[float, int]]) -> int:
    """The whole number from which on spare is below 0, by a curve through (spare, number).

    >>> _crossing([(10.0, 0), (6.0, 2)]), _crossing([(10.0, 0), (6.0, 2), (-30.0, 10)])
    (5, 5)
    """
    found = 0.0
    for spare, many in points:
        others = [other for other, _ in points if other != spare]
        found += many * prod(other / (other - spare) for other in others)
    return ceil(found) if isfinite(found) else 0
