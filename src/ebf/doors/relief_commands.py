"""The command about Property Tax Relief Grants: relief.

Holds: relief_command.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ebf.doors.options import Sheet, failing_plainly
from ebf.doors.writing import check_not_read, form_of, write_results
from ebf.faults import InputError, Place, contradiction, missing
from ebf.reports.relief_grants import relief_grants
from ebf.units.csv_and_parquet import read_units
from ebf.units.sample import INVENTED, sample_table

_SAMPLE_POOL, _SAMPLE_YEAR = 6_000_000, 2022


def relief_command(
    file: Annotated[
        Path | None,
        typer.Argument(help="Districts: CSV, Parquet or .xlsx. Left out: an invented table."),
    ] = None,
    *,
    fiscal_year: Annotated[int | None, typer.Option(help="FY2019 on.")] = None,
    pool: Annotated[
        float | None, typer.Option(help="Dollars; known for FY2019 and FY2020.")
    ] = None,
    sheet: Sheet = None,
    output: Annotated[
        Path | None, typer.Option(help="File: .csv has the applicants; .txt, .md, .html, .json.")
    ] = None,
) -> None:
    """Property Tax Relief Grants: who gets one of the pool, and how much stays in the base."""
    with failing_plainly():
        form = form_of(output, table=True)
        if output is not None and file is not None:
            check_not_read(output, [file])
        if file is None and sheet is not None:
            place, allowed = Place("arguments", argument="--sheet"), "with a workbook"
            raise InputError([contradiction(place, sheet, allowed, fix="name the file")])
        if file is None:
            year = _SAMPLE_YEAR if fiscal_year is None else fiscal_year
            money = _SAMPLE_POOL if pool is None else pool
            found, note = relief_grants(sample_table("relief_grants"), year, money), INVENTED
        else:
            found, note = relief_grants(read_units(file, sheet=sheet), _said(fiscal_year), pool), ""
        write_results([found], note, output, form, found.to_csv)


def _said(fiscal_year: int | None) -> int:
    """The fiscal year, which a file of one's own needs."""
    if fiscal_year is None:
        place = Place("arguments", argument="--fiscal-year")
        raise InputError([missing(place, "not said", "a fiscal year: --fiscal-year 2022")])
    return fiscal_year
