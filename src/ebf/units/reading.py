"""A state read from whatever is unmistakable: a table, a Base Calc sheet, the whole workbook.

Holds: read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import IO, Any

from ebf.faults import InputError, Place, check_type, unsuitable_name
from ebf.files import File, readable
from ebf.law.salaries import Salaries
from ebf.numbers import Amount
from ebf.units.csv_and_parquet import TABLES, Grid, grid_of, header_of, units_of
from ebf.units.estimates import with_estimates
from ebf.units.full_workbook import full_calc_state
from ebf.units.isbe.base_calc import BaseCalc, base_calc_of, is_base_calc
from ebf.units.isbe.full_calc import is_full_calc
from ebf.units.kept import check_keep, keeping
from ebf.units.state import State, state_of


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
    given = {"amounts": amounts, "salaries": salaries, "readings": readings, **more}
    if sheet is None and is_full_calc(file):
        if estimate_percentages:
            place, fix = Place(argument="estimate_percentages"), "leave it out"
            allowed = "a Base Calc sheet alone: the whole workbook has every percentage"
            raise InputError([unsuitable_name(place, "none is blank", allowed, fix=fix)])
        return _full(file, fiscal_year, names, given)
    grid = grid_of(file, sheet)
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


def _full(
    file: File, fiscal_year: int | None, names: tuple[str, ...], given: Mapping[str, Any]
) -> State:
    """The whole workbook; a fault of it says how to read less."""
    try:
        state = full_calc_state(file, fiscal_year, None, given)
    except InputError as error:
        fix = "mend the sheet, or read Base Calc alone: sheet='Base Calc' (--sheet 'Base Calc')"
        raise InputError(
            replace(fault, fix=fault.fix or fix) if fault.place.sheet else fault
            for fault in error.faults
        ) from error
    return State(keeping(state.units, names), state.law)


def _is_table(grid: Grid) -> bool:
    """Whether a sheet is a table of units, with its headings; a CSV file is none other."""
    return grid.sheet is None or header_of(grid.rows) is not None
