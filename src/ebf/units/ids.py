"""Ids of units and scenarios: what names the rows of a table, and what is wrong with them.

Holds: SCENARIO, ID, STATEWIDE, ID_PATTERN, check_frame, read_ids, are_text, id_fault,
is_blank_cell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import pandas as pd

from ebf.faults import (
    MOST_FAULTS,
    Fault,
    InputError,
    Place,
    as_name,
    contradiction,
    described,
    malformed,
    missing,
    repeated,
    wrong_type,
)

SCENARIO = "scenario"
ID = "unit_id"
STATEWIDE = "statewide"
"""What stands in a unit's place where a number is the whole state's."""
_ID_LENGTH = 13
ID_PATTERN = f"[0-9A-Z]{{{_ID_LENGTH}}}"
_ID = re.compile(ID_PATTERN)
_IDS = re.compile(rf"({ID_PATTERN}\n)*{ID_PATTERN}")
_ID_ALLOWED = f"text of {_ID_LENGTH} characters, digits and capitals"
_ID_CITE = "ISBE's region-county-district-type code"
_READ_AS_TEXT = "read ids as text: ebf.read_units, or dtype={'unit_id': str}"
_LOST_ZERO = "its leading zero is lost, where a spreadsheet took it for a number: {}"
_LOST_DIGITS = "a spreadsheet took it for a number and wrote it short: take the id from its source"
_SHORT_ID = re.compile(r"[0-9]+(\.[0-9]+)?[eE]\+?[0-9]+")


def check_frame(frame: object) -> None:
    """Refuse what is no table."""
    if not isinstance(frame, pd.DataFrame):
        found = type(frame).__name__
        raise InputError(
            [wrong_type(Place("table", argument="units"), found, "a pandas DataFrame")]
        )


def read_ids(
    frame: pd.DataFrame,
) -> tuple[list[str], list[Any] | None, list[Fault]]:
    """Unit ids and scenarios of the rows, with what is wrong with them."""
    if faults := _index_faults(frame):
        return [], None, faults
    if ID in frame.columns:
        column: pd.Series | pd.DataFrame = frame[ID]  # a fault says where it stands twice
        ids = (column.iloc[:, 0] if isinstance(column, pd.DataFrame) else column).tolist()
    elif ID in frame.index.names:
        ids = frame.index.get_level_values(ID).tolist()
    else:
        fault = missing(Place("table", column=ID), "no such column or index", _ID_ALLOWED, _ID_CITE)
        return [], None, [fault]
    if not ids:
        return [], None, [missing(Place("table", column=ID), "no rows", "at least one unit")]
    scenario = None
    if SCENARIO in frame.index.names:
        scenario = frame.index.get_level_values(SCENARIO).tolist()
    if not len(ids) == len(scenario or ids) == len(frame.index):  # pandas can make such an index
        place, allowed = Place("table", "index"), "one value a row"
        return [], None, [malformed(place, "levels of several lengths", allowed)]
    if are_text(ids) and {*map(len, ids)} == {_ID_LENGTH} and _IDS.fullmatch("\n".join(ids)):
        return ids, scenario, _row_faults(ids, scenario)
    as_text = [as_name(each) for each in ids]
    faults = _id_faults(ids) + _row_faults(as_text, scenario)
    return as_text, scenario, faults


def _index_faults(frame: pd.DataFrame) -> list[Fault]:
    levels = [*frame.index.names]
    if levels.count(ID) > 1 or levels.count(SCENARIO) > 1:
        return [repeated(Place("table", "index"), "a level twice", "every level once")]
    if SCENARIO in frame.columns:
        fix = f"units.set_index([{SCENARIO!r}, {ID!r}])"
        return [
            malformed(Place("table", column=SCENARIO), "a column", "a level of the index", fix=fix)
        ]
    return []


def are_text(cells: Iterable[object]) -> bool:
    """Whether every cell is text."""
    return {*map(type, cells)} == {str}


def _id_faults(ids: Sequence[object]) -> list[Fault]:
    faults = (
        id_fault(Place(f"row {row}", row=row, column=ID), each) for row, each in enumerate(ids)
    )
    return list(islice(filter(None, faults), MOST_FAULTS))


def id_fault(place: Place, found: object) -> Fault | None:
    """What is wrong with the unit id in a place, or None."""
    if isinstance(found, str) and _ID.fullmatch(found):
        return None
    return malformed(place, described(found), _ID_ALLOWED, _ID_CITE, _id_fix(found))


def _id_fix(found: object) -> str:
    """How to mend an id that was taken for something else on its way."""
    if not isinstance(found, str):
        if is_blank_cell(found) or found is pd.NaT:
            return ""
        fix = _id_fix(described(found).removesuffix(".0"))
        return fix if _READ_AS_TEXT in fix else _READ_AS_TEXT
    if found.isascii() and found.isdigit() and len(found) == _ID_LENGTH - 1:
        return f"{_LOST_ZERO.format(f'0{found}')}; {_READ_AS_TEXT}"
    if _SHORT_ID.fullmatch(found):
        return f"{_LOST_DIGITS}; {_READ_AS_TEXT}"
    if _ID.fullmatch(found.strip().upper()):
        return f"nearest: {found.strip().upper()}"
    return _READ_AS_TEXT if found.isdigit() else ""


def _row_faults(ids: Sequence[str], scenario: Sequence[Any] | None) -> list[Fault]:
    """Units twice, and scenarios that do not have the same units."""
    keys = ids if scenario is None else list(zip(scenario, ids, strict=True))
    faults = []
    if len(set(keys)) < len(keys):
        counts = Counter(keys)
        faults = [
            repeated(_of_key(key), f"{count} rows", "one row a unit", _ID_CITE)
            for key, count in counts.items()
            if count > 1
        ][:MOST_FAULTS]
    if scenario is not None and len(set(ids)) * len(set(scenario)) != len(ids):
        found = f"{len(ids)} rows of {len(set(ids))} units in {len(set(scenario))} scenarios"
        faults.append(
            contradiction(
                Place("table", column=SCENARIO), found, "the same units in every scenario"
            )
        )
    return faults


def _of_key(key: Any) -> Place:
    """Where a unit is, by its id, or by scenario and id."""
    scenario, unit = key if isinstance(key, tuple) else (None, key)
    name = None if scenario is None else as_name(scenario)
    return Place(str(key), unit=unit, scenario=name, column=ID)


def is_blank_cell(cell: object) -> bool:
    """Whether a cell of a frame holds nothing."""
    return cell is None or cell is pd.NA or (isinstance(cell, float) and cell != cell)  # noqa: PLR0124 - only NaN differs from itself
