"""A unit by what people call it: its id in any form, or its name.

Holds: unit_asked_for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ebf.faults import SHOWN, Fault, FaultKind, InputError, Place, as_name, described, nearest
from ebf.units.ids import id_in
from ebf.units.table import Table


def unit_asked_for(table: Table, asked: object, within: str = "ledger") -> str:
    """The id of the unit that is asked for, by its id in any form, its name, or words of it.

    Raises InputError where there is none, and where there are several: each is named.
    """
    if isinstance(asked, str) and asked in table.places:
        return asked
    meant = id_in(asked)
    if meant in table.places:
        return str(meant)
    names = _names(table)
    found = _named(asked, names) if isinstance(asked, str) else []
    if len(found) == 1:
        return found[0]
    place = Place(within, column="unit_id", unit=as_name(asked))
    if found:
        some = ", ".join(f"{unit} {names[unit]}" for unit in found[:SHOWN])
        more = f", and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
        what = f"{described(asked)}, the name of {len(found):,} units"
        fault = Fault(FaultKind.UNKNOWN_UNIT, place, what, f"one of {some}{more}")
        raise InputError([fault])
    allowed = "the id or the name of a unit of the table"
    known = [*table.unit_ids, *names.values()]
    fix = nearest(as_name(meant or asked), known)
    raise InputError([Fault(FaultKind.UNKNOWN_UNIT, place, described(asked), allowed, fix=fix)])


def _names(table: Table) -> Mapping[str, str]:
    """The units' names by their ids, of those that have one."""
    if "name" not in table.text:
        return {}
    pairs = zip(table.unit_ids, np.atleast_2d(table.text["name"])[0].tolist(), strict=True)
    return {unit: name for unit, name in pairs if isinstance(name, str)}


def _named(asked: str, names: Mapping[str, str]) -> Sequence[str]:
    """The units of that very name; else those that have all its words."""
    words = _words(asked)
    if not words:
        return []
    split = {unit: _words(name) for unit, name in names.items()}
    same = [unit for unit, own in split.items() if own == words]
    return same or [unit for unit, own in split.items() if {*words} <= {*own}]


def _words(name: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in name.casefold()).split()
