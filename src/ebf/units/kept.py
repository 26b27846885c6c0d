"""Columns kept for the caller: not of the law, passed through to the ledger's frames and files.

Holds: KEPT, ALWAYS_KEPT, check_keep, keeping, kept_columns.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import pandas as pd

from ebf.faults import (
    InputError,
    Place,
    described,
    unknown_name,
    unsuitable_name,
    wrong_type,
)
from ebf.law.inputs import TEXT_COLUMNS
from ebf.law.names import entries

KEPT = "kept"
"""Where a frame keeps the names of the columns that are its owner's own."""

ALWAYS_KEPT: Final = ("representative_number", "senator_number")
"""Of the Base Calc sheet: the legislative districts of a unit, which no line reads."""


def check_keep(keep: Any) -> tuple[str, ...]:
    """The names; refuses what are none, and those of the law, which are taken anyway."""
    if isinstance(keep, str) or not isinstance(keep, Iterable):
        place = Place(argument="keep")
        fix = f"keep=[{keep!r}]" if isinstance(keep, str) else ""
        allowed = "a list of names of columns"
        raise InputError([wrong_type(place, described(keep), allowed, fix=fix)])
    faults = []
    names = tuple(keep)
    for name in names:
        place = Place("keep", argument="keep")
        if not isinstance(name, str):
            faults.append(wrong_type(place, described(name), "the name of a column"))
        elif name in entries() or name in TEXT_COLUMNS:
            allowed = "columns of one's own: this one is of the law, and in the ledger anyway"
            faults.append(unsuitable_name(place, name, allowed, fix="leave it out"))
    if faults:
        raise InputError(faults)
    return names


def keeping(units: pd.DataFrame, keep: Iterable[str]) -> pd.DataFrame:
    """The table with the names of the columns that are to be kept.

    Raises InputError for one that it does not have.
    """
    if not (names := check_keep(keep)):
        return units
    if lost := [name for name in names if name not in units.columns]:
        known, allowed = [str(name) for name in units.columns], "a column of the table"
        raise InputError(
            unknown_name(Place("keep", column=name), "no such column", allowed, known)
            for name in lost
        )
    found = units.copy(deep=False)
    found.attrs[KEPT] = [*dict.fromkeys([*units.attrs.get(KEPT, ()), *names])]
    return found


def kept_columns(frame: pd.DataFrame) -> list[str]:
    """The columns that are kept, in the frame's order."""
    said = {*frame.attrs.get(KEPT, ()), *ALWAYS_KEPT}
    names: list[Any] = frame.columns.tolist()
    found = [name for name in names if isinstance(name, str) and name in said]
    return [name for name in found if name not in entries() and name not in TEXT_COLUMNS]
