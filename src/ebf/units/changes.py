"""Some units of a checked state changed: their rows checked, the rest of the state not again.

Holds: changed_units, may_be_changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from ebf.faults import (
    Fault,
    InputError,
    Place,
    check_type,
    missing,
    nearest,
    several_scenarios,
    unknown_unit,
    unsuitable_name,
)
from ebf.language.vocabulary import Values
from ebf.law.names import columns_of, entries
from ebf.numbers import Numbers
from ebf.units.ids import ID, SCENARIO, frame_of, read_ids
from ebf.units.relations import neighbors_of_counties, relations
from ebf.units.table import KIND, Table, column_faults, names_of, read_numbers, value_faults
from ebf.units.unit import UnitPatch


@np.errstate(all="ignore")
def changed_units(
    table: Table, changed: pd.DataFrame | Iterable[UnitPatch], fiscal_year: int
) -> dict[str, Values]:
    """Other numbers for some units of a checked table of one state.

    Args:
        table: Of one state.
        changed: Patches; or a row a unit changed, ``unit_id`` a column or the index, columns
            those of the table. A blank in a row leaves the unit's number as it is.
        fiscal_year: The year whose rules apply.

    Returns:
        The values of the inputs and lines changed, of all units.

    Raises:
        InputError: with every fault of the rows, as :func:`ebf.units.table.check_table` finds
            them; for a unit or a column that the table has not.
    """
    if isinstance(changed, pd.DataFrame) or hasattr(changed, "to_pandas"):
        frame = frame_of(changed)
    else:
        frame = _frame_of(changed)
    ids, scenario, faults = read_ids(frame)
    faults += column_faults(frame)
    if faults or not ids:
        raise InputError(faults or [missing(Place("table", column=ID), "no units", "a row a unit")])
    if scenario is not None or table.scenarios is not None:
        raise InputError([several_scenarios(Place("table", column=SCENARIO))])
    columns = tuple(name for name in names_of(frame) if name != ID)
    if faults := [*_unknown(table, ids, columns)]:
        raise InputError(faults)
    rows = np.array([table.places[unit] for unit in ids])
    numbers, faults = read_numbers(frame, columns, ids)
    faults += _nothing(numbers, columns, ids)
    whole = _rows(table, rows)
    place = {column: number for number, column in enumerate(table.columns)}
    for own, column in zip(numbers.T, columns, strict=True):
        np.copyto(whole[:, place[column]], own, where=~np.isnan(own))
    faults += _faults(table, whole, rows, fiscal_year)
    if faults:
        raise InputError(faults)
    values = {name: table.values[name].copy() for name in {entries()[c].name for c in columns}}
    for name, each in values.items():
        for band, column in enumerate(columns_of(name)):
            each[0, rows, band] = whole[:, place[column]]
    return values


@np.errstate(all="ignore")
def may_be_changed(
    table: Table, unit_id: str, columns: Sequence[str], numbers: Numbers, fiscal_year: int
) -> list[bool]:
    """Whether one unit of a checked table may have other numbers, for row after row of them.

    Args:
        table: Of one state.
        unit_id: The unit.
        columns: Columns of the table.
        numbers: A row a try, a column each of these.
        fiscal_year: The year whose rules apply.
    """
    place = {column: number for number, column in enumerate(table.columns)}
    rows = np.full(len(numbers), table.places[unit_id])
    whole = np.repeat(_rows(table, rows[:1]), len(rows), axis=0)
    whole[:, [place[column] for column in columns]] = numbers
    if not _faults(table, whole, rows, fiscal_year):  # the usual
        return [True] * len(rows)
    each = range(len(rows))
    return [not _faults(table, whole[n : n + 1], rows[n : n + 1], fiscal_year) for n in each]


def _faults(table: Table, whole: Numbers, rows: Values, fiscal_year: int) -> list[Fault]:
    """What is wrong with the numbers of units that stand in these rows of the table."""
    ids = [table.unit_ids[row] for row in rows.tolist()]
    kinds = table.text[KIND][0, rows].astype(str)
    faults = value_faults(whole, whole, table.columns, ids, kinds, fiscal_year)
    faults += relations(table.columns, whole, ids, kinds, fiscal_year, np.isnan(whole))
    if "county" in table.text:
        counties = table.text["county"][0, rows].tolist()
        faults += neighbors_of_counties(table.columns, whole, ids, counties)
    return faults


def _frame_of(patches: Iterable[UnitPatch]) -> pd.DataFrame:
    """Patches as rows; a number cannot be made blank, since that moves which lines there are."""
    check_type("changed", patches, Iterable, "patches, each an ebf.UnitPatch, or a DataFrame")
    rows, faults = [], []
    for each in patches:
        check_type("changed", each, UnitPatch, "an ebf.UnitPatch")
        rows.append(each.columns())
        for name, value in rows[-1].items():
            if value is None:
                place, fix = Place(unit=each.unit_id, column=name), "or prepare the state anew"
                faults.append(missing(place, "blank", "a number", fix=fix))
    if faults:
        raise InputError(faults)
    return pd.DataFrame(rows)


def _nothing(numbers: Numbers, columns: Sequence[str], ids: Sequence[str]) -> Iterator[Fault]:
    """Rows and columns that change nothing."""
    blank = np.isnan(numbers)
    for row in np.flatnonzero(blank.all(axis=1)).tolist():
        yield missing(Place(unit=ids[row], column="columns"), "no number", "one that is changed")
    for place in np.flatnonzero(blank.all(axis=0)).tolist():
        where = Place("table", column=columns[place])
        yield missing(where, "blank for every unit", "a number of a unit that is changed")


def _unknown(table: Table, ids: Sequence[str], columns: Sequence[str]) -> Iterator[Fault]:
    """Units and columns that cannot be changed."""
    for unit in ids:
        if unit not in table.places:
            yield unknown_unit(Place(unit, ID), unit, "a unit of the table", table.unit_ids)
    known = {*table.columns}
    for name in columns:
        if name not in known or entries()[name].about.statewide:
            allowed = "a column that was handed over, with a number a unit"
            fix = "; ".join(filter(None, [nearest(name, known), "or prepare the state anew"]))
            yield unsuitable_name(Place("table", column=name), "no such column", allowed, fix=fix)


def _rows(table: Table, rows: Values) -> Numbers:
    """The numbers of some units, a column a column of the table."""
    values = (each if each.shape[1] > 1 else each[:, [0] * (1 + max(rows))] for each in
              table.values.values())  # fmt: skip
    return np.concatenate([each[0, rows].astype(float) for each in values], axis=-1)
