"""A state as it was published: what was handed over beside what it comes to, and where it stands.

Holds: Published, published_in.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, Final, NamedTuple

import pandas as pd

from ebf.files import File, readable, refusing_broken
from ebf.law.names import entries
from ebf.units.csv_and_parquet import TABLES, grid_of
from ebf.units.full_workbook import FullState, full_state
from ebf.units.ids import ID, STATEWIDE
from ebf.units.isbe.base_calc import BESIDE, COLUMNS, base_calc_as_published, is_base_calc
from ebf.units.isbe.full_calc import SheetRead, is_full_calc
from ebf.units.isbe.layout import read_layout
from ebf.units.reading import read
from ebf.units.state import State, state_of

_NOWHERE: Final[Mapping[str, str]] = MappingProxyType({})
_NO_TOTALS: Final[Mapping[str, float]] = MappingProxyType({})
_NO_SHEETS: Final[Mapping[str, SheetRead]] = MappingProxyType({})
_NO_ROWS: Final[Mapping[str, int]] = MappingProxyType({})


class Published(NamedTuple):
    """A state with its published lines, what is published beside them, and the cells they are in.

    ``columns`` are letters of the sheet by our name of them, ``rows`` the units', ``figures``
    the cells of what is of the whole state, ``totals`` the sheet's own sums of its columns.
    ``sheets`` are those of the whole workbook, by the columns that are read from them.
    """

    state: State
    beside: pd.DataFrame | None = None
    columns: Mapping[str, str] = _NOWHERE
    rows: Mapping[str, int] = _NO_ROWS
    figures: Mapping[str, str] = _NOWHERE
    totals: Mapping[str, float] = _NO_TOTALS
    sheets: Mapping[str, SheetRead] = _NO_SHEETS

    def cell(self, column: str, unit_id: str) -> str:
        """The cell of a unit's number; empty where there is no sheet."""
        if unit_id == STATEWIDE:
            return self.figures.get(column, "")
        if column in self.sheets and unit_id in self.sheets[column].rows:
            return str(self.sheets[column].place(column, unit_id).at)
        if column not in self.columns or unit_id not in self.rows:
            return ""
        return f"{self.columns[column]}{self.rows[unit_id]}"


def published_in(
    path: str | PathLike[str] | bytes | IO[bytes],
    fiscal_year: int | None = None,
    *,
    sheet: str | None = None,
    layout: str | PathLike[str] | None = None,
    **given: Any,
) -> Published:
    """The state of the State Board's workbook, with its outcomes; nothing of it is proven.

    Of a table of units what is handed over beside what it is computed from.

    Raises:
        InputError: no such sheet, a year that is not known, a file that cannot be read, and
            whatever :func:`ebf.law` refuses.
    """
    file = readable(path, TABLES)
    own = None if layout is None else read_layout(layout)
    if own is not None or (sheet is None and is_full_calc(file)):
        return _of_the_whole(full_state(file, fiscal_year, own, given))
    with refusing_broken(file):
        grid = grid_of(file, sheet)
    if grid is None or not is_base_calc(grid.rows):
        return Published(read(_again(file), fiscal_year, sheet=sheet, **given))
    found = base_calc_as_published(grid.rows, grid.sheet or Path(file.name).stem)
    lines = [column for column in BESIDE if column in entries()]
    by_unit = found.beside.loc[found.sheet.units[ID].tolist(), lines]
    units = found.sheet.units.assign(
        **{name: by_unit[name].to_numpy() for name in lines if by_unit[name].notna().any()}
    )
    units = units.assign(**{name: figure for name, (figure, _) in found.figures.items()})
    units.attrs = found.sheet.units.attrs
    state = state_of(file, found.sheet._replace(units=units), fiscal_year, given)
    figures = {name: cell for name, (_, cell) in found.figures.items()}
    beside = found.beside.drop(columns=lines)
    columns = {**COLUMNS, **BESIDE}
    return Published(state, beside, columns, found.rows, figures, found.totals)


class _Again(BytesIO):
    """The bytes of an open file once more, under its name: it was read to the end."""

    name: str


def _again(file: File) -> Path | _Again:
    """What is read as the file is."""
    if isinstance(file, Path):
        return file
    again = _Again(file.content)
    again.name = file.name
    return again


def _of_the_whole(found: FullState) -> Published:
    """The whole workbook as it was published: each number, on the sheet that it is read from."""
    base = found.calc.base
    state = found.state
    units = state.units.assign(**{name: figure for name, (figure, _) in base.figures.items()})
    units.attrs = state.units.attrs
    return Published(
        State(units, state.law),
        base.beside[[name for name in base.beside if name not in entries()]],
        {**COLUMNS, **BESIDE},
        base.rows,
        {name: f"{cell} of sheet {base.sheet.sheet}" for name, (_, cell) in base.figures.items()},
        base.totals,
        {name: sheet for name, (sheet, _) in found.calc.columns.items()},
    )
