"""Other values of some units, in scenarios side by side: lines computed where they are moved alone.

A line that takes no other units in has another value for the units alone that a change reaches;
one that sums over the state, or stands on such a sum, is computed for all. The numbers are those
of the whole state computed anew.

Holds: Reached, reached.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

import numpy as np

from ebf.engine.calculation import Calculation
from ebf.engine.checks import check_all
from ebf.engine.refusals import check_results
from ebf.faults import InputError
from ebf.language.formula_text import is_over_units
from ebf.language.line import Line
from ebf.language.vocabulary import UNIT_AXIS, Values
from ebf.law.names import expressions, may_be_blank

_FEW: Final = 8
"""A line moved for no more than one unit in so many is followed for these alone."""


class _Moved(NamedTuple):
    """Values of a name in every scenario: at some places among the units, or whole."""

    places: tuple[int, ...] | None
    values: Values


class Reached(Mapping[str, Values]):
    """What comes of a change, by name, of all units: as it was, where the change does not reach."""

    def __init__(self, calculation: Calculation, changed: Mapping[str, _Moved]) -> None:
        """Before anything is computed."""
        self._before = {**calculation.values, **calculation.settled}
        self._table = calculation.table
        self._moved = dict(changed)
        self._wholes: dict[str, Values] = {}
        self.lines: list[Line] = []

    def at(self, name: str, place: int) -> Values:
        """The numbers of one unit, one a scenario; of a name with one band."""
        values = self[name]
        return values[:, place if values.shape[UNIT_AXIS] > 1 else 0, 0]

    def add(self, line: Line) -> None:
        """Compute a line, where anything of it is moved."""
        moved = [self._moved[name].places for name in line.reads if name in self._moved]
        if not moved:
            return
        few = [each for each in moved if each is not None]
        if len(few) == len(moved) and not _takes_others_in(line):
            places = few[0] if len({*few}) == 1 else tuple(sorted({*(x for y in few for x in y)}))
            read = [self._at(name, places) for name in line.reads]
            self._moved[line.name] = _Moved(places, line.compute(*read))
        elif found := self._followed(line, line.compute(*map(self.__getitem__, line.reads))):
            self._moved[line.name] = found
        else:
            return
        self.lines.append(line)

    def _followed(self, line: Line, values: Values) -> _Moved | None:
        """The values where they are moved; None where they are not."""
        differs = values != self._before[line.name]
        if not differs.any():
            return None
        if values.shape[UNIT_AXIS] == 1:
            return _Moved(None, values)
        places = np.flatnonzero(differs.any(axis=(0, 2)))
        if len(places) * _FEW > len(self._table.unit_ids):
            return _Moved(None, values)
        return _Moved(tuple(places.tolist()), values.take(places, axis=UNIT_AXIS))

    def __getitem__(self, name: str) -> Values:
        """The values of all units."""
        moved = self._moved.get(name)
        if moved is None:
            return self._before[name]
        if moved.places is None:
            return moved.values
        if name not in self._wholes:
            self._wholes[name] = self._mixed(name, moved, None, moved.places)
        return self._wholes[name]

    def __iter__(self) -> Iterator[str]:
        """Every name."""
        return iter(self._before)

    def __len__(self) -> int:
        """How many names there are."""
        return len(self._before)

    def check(self) -> None:
        """Refuse what no line may come to, of the units reached."""
        found = {line.name: self._moved[line.name].values for line in self.lines}
        blank = may_be_blank() & self._table.values.keys()
        plain = [line for line in self.lines if blank.isdisjoint(line.reads)]
        check_results(plain, self._before | found, self._table)
        for line in self.lines:
            if not blank.isdisjoint(line.reads):
                places = self._moved[line.name].places
                given = {name: self._at(name, places) if places else self[name] for name in blank}
                check_results([line], found | given, self._table)

    def _at(self, name: str, places: tuple[int, ...]) -> Values:
        """The values at some places; of the state, where there is one for all."""
        moved = self._moved.get(name)
        if moved is None or moved.places is None:
            values = self._before[name] if moved is None else moved.values
            return values if values.shape[UNIT_AXIS] == 1 else values.take(places, axis=UNIT_AXIS)
        if moved.places == places:
            return moved.values
        among = {place: number for number, place in enumerate(places)}
        return self._mixed(name, moved, places, [among[each] for each in moved.places])

    def _mixed(
        self, name: str, moved: _Moved, places: tuple[int, ...] | None, of_moved: Sequence[int]
    ) -> Values:
        """The values at some places, or at all, where some are moved."""
        before = self._before[name]
        if places is not None and before.shape[UNIT_AXIS] > 1:
            before = before.take(places, axis=UNIT_AXIS)
        count = len(self._table.unit_ids) if places is None else len(places)
        shape = len(moved.values), count, before.shape[-1]
        mixed = np.empty(shape, np.result_type(before, moved.values))
        mixed[:] = before
        mixed[:, of_moved] = moved.values
        return mixed


def reached(
    calculation: Calculation, place: int, otherwise: Mapping[str, Values]
) -> Reached | None:
    """What comes of other values of one unit; None where a scenario is refused.

    Args:
        calculation: Of one state, with every line settled, rounded.
        place: The unit's, among the units.
        otherwise: The values of inputs, of the unit alone: (scenario, 1, band). They are such
            as may be handed over (:func:`ebf.units.changes.may_be_changed`).

    One that is refused has to be computed by itself, to say why.
    """
    found = Reached(
        calculation, {name: _Moved((place,), values) for name, values in otherwise.items()}
    )
    try:
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            for line in calculation.plan.steps:
                found.add(line)
        found.check()
        check_all(calculation.law, found, calculation.table, calculation.standing)
    except (ArithmeticError, InputError):
        return None
    return found


@cache
def _takes_others_in(line: Line) -> bool:
    """Whether a line's value hangs on other units than its own."""
    return any(map(is_over_units, expressions(line)))
