"""One state: its units and its law, and where they are from.

Holds: State, state_of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

import pandas as pd

from ebf.contents import same
from ebf.faults import InputError, Place, contradiction, missing
from ebf.files import File, Source, source_in
from ebf.law.parameters import Law, law
from ebf.law.years import FIRST_YEAR, LAST_YEAR
from ebf.units.isbe.base_calc import BaseCalc
from ebf.units.table import FROM_FILE, OF_YEAR, source_of


class State(NamedTuple):
    """All units of Illinois in one fiscal year, with the year's law.

    ``units`` is the table that :func:`ebf.calculate` takes, ``law`` the numbers of its year:
    ``ebf.calculate(*state)``; ``units, law = state``.
    """

    units: pd.DataFrame
    law: Law

    def __repr__(self) -> str:
        """The year, how many units, and the file."""
        source = f", {self.source.file}" if self.source else ""
        return f"<State: FY{self.law.fiscal_year}, {len(self.units):,} units{source}>"

    def __eq__(self, other: object) -> bool:
        """Whether units, law and source are the same."""
        return (
            isinstance(other, State)
            and same(tuple(self), tuple(other))
            and self.source == other.source
        )

    def __hash__(self) -> int:
        """None: TypeError."""
        message = "unhashable type: 'State' holds a frame, which can be changed; use its source"
        raise TypeError(message)

    @property
    def source(self) -> Source | None:
        """The file that the units were read from; None where they were not."""
        return source_of(self.units)


def state_of(
    file: File, found: BaseCalc, fiscal_year: int | None, given: Mapping[str, Any]
) -> State:
    """Units found in a file, with the law of their year and what they are from.

    ``given`` is what the caller gives :func:`ebf.law` beside the year; money that is given
    goes before the sheet's.
    """
    year = _year(file, found.fiscal_year, fiscal_year)
    own: dict[str, Any] = (
        {} if found.new_state_funds is None else {"new_state_funds": found.new_state_funds}
    )
    own |= {name: amount for name, amount in given.items() if amount is not None}
    source = source_in(file, found.sheet, found.released)
    found.units.attrs |= {OF_YEAR: year, FROM_FILE: asdict(source)}
    return State(found.units, law(year, own.pop("amounts", None), **own))


def _place(file: File) -> Place:
    return Place(str(file), argument="fiscal_year", file=str(file))


def _year(file: File, says: int | None, said: int | None) -> int:
    """The fiscal year of a file: the one it says, else the one that the caller says."""
    if says is not None and said not in {None, says}:
        allowed = f"FY{says}, as the sheet's title says"
        fix = f"leave it out, or read the sheet of FY{said}"
        raise InputError([contradiction(_place(file), str(said), allowed, fix=fix)])
    if (year := says if said is None else said) is None:
        allowed = f"a fiscal year from {FIRST_YEAR} to {LAST_YEAR}"
        fix = "say it: fiscal_year=2022 (--fiscal-year 2022)"
        raise InputError([missing(_place(file), "not said", allowed, fix=fix)])
    return year
