"""One state: its units and its law, and where they are from.

Holds: Source, State, read, state_of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import IO, Any, NamedTuple

import pandas as pd

from ebf.contents import same
from ebf.faults import InputError, Place, check_type, contradiction, missing
from ebf.files import File, readable
from ebf.law.parameters import Law, law
from ebf.law.salaries import Salaries
from ebf.law.years import FIRST_YEAR, LAST_YEAR
from ebf.numbers import Amount
from ebf.units.csv_and_parquet import TABLES, Grid, grid_of, header_of, units_of
from ebf.units.estimates import with_estimates
from ebf.units.isbe.base_calc import BaseCalc, base_calc_of, is_base_calc
from ebf.units.kept import check_keep, keeping
from ebf.units.table import FROM_FILE, OF_YEAR


@dataclass(frozen=True)
class Source:
    """The file that a state was read from: its name and SHA-256, of a workbook the sheet."""

    file: str
    sha256: str
    sheet: str | None = None


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
        return Source(**said) if (said := self.units.attrs.get(FROM_FILE)) else None


def read(
    path: str | PathLike[str] | bytes | IO[bytes],
    fiscal_year: int | None = None,
    amounts: Mapping[str, Amount] | str | PathLike[str] | None = None,
    *,
    sheet: str | None = None,
    salaries: Salaries | Mapping[str, Any] | None = None,
    readings: Mapping[int, str] | None = None,
    keep: Iterable[str] = (),
    estimate_percentages: bool = False,
    **more: Amount | None,
) -> State:
    """Read a state from a file: its units, and the law of its year.

    Args:
        path: A table of units as CSV, Parquet or .xlsx (:func:`ebf.read_units`), or ISBE's Base
            Calc sheet as .xlsx or .csv, which says its fiscal year and its New State Funds. Or
            the bytes of such a file, or one that is open for reading bytes.
        fiscal_year: Of a file that does not say it.
        amounts: Numbers of the law to supply or change, as of :func:`ebf.law`.
        sheet: The workbook's sheet; left out, the sheet "Base Calc", or the only one.
        salaries: State-average salaries, where positions are to be priced.
        readings: Alternatives that the law is read by, as of :func:`ebf.law`.
        keep: Columns of the caller's own that :func:`ebf.calculate` is to pass on.
        estimate_percentages: Whether a blank Local Capacity Percentage (those of Tiers 3 and 4
            are not published, and a what-if may need one) is estimated as Adjusted Local
            Capacity Target over Adequacy Target. It is marked as an estimate wherever shown.
        more: As of :func:`ebf.law`.

    Raises:
        InputError: the file cannot be used; its year is not known, or another than the one
            said; whatever :func:`ebf.law` refuses.
    """
    names = check_keep(keep)
    check_type("estimate_percentages", estimate_percentages, bool, "True or False")
    file = readable(path, TABLES)
    grid = grid_of(file, sheet)
    given = {"amounts": amounts, "salaries": salaries, "readings": readings, **more}
    if grid is not None and (is_base_calc(grid.rows) or not _is_table(grid)):
        found = base_calc_of(grid.rows, grid.sheet or Path(file.name).stem)
        state = state_of(
            file, found._replace(units=keeping(found.units, names)), fiscal_year, given
        )
    else:
        sheet = None if grid is None else grid.sheet
        table = BaseCalc(units_of(file, grid, names), None, None, sheet)
        state = state_of(file, table, fiscal_year, given)
    return State(with_estimates(*state), state.law) if estimate_percentages else state


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
    with file.open("rb") as opened:
        source = Source(file.name, sha256(opened.read()).hexdigest(), found.sheet)
    found.units.attrs |= {OF_YEAR: year, FROM_FILE: asdict(source)}
    return State(found.units, law(year, own.pop("amounts", None), **own))


def _is_table(grid: Grid) -> bool:
    """Whether a sheet is a table of units, with its headings; a CSV file is none other."""
    return grid.sheet is None or header_of(grid.rows) is not None


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
