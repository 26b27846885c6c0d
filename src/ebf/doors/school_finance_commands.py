"""The commands beside the formula about taxes and accounts: facility-tax, financial-profile.

Holds: facility_tax_command, financial_profile_command.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ebf.doors.options import (
    ReadingChoice,
    Sheet,
    Year,
    failing_plainly,
    readings_in,
    table_of,
)
from ebf.doors.writing import check_not_read, form_of, write_results
from ebf.faults import InputError, Place, malformed, missing
from ebf.law.years import LAST_YEAR
from ebf.reports.facility_tax import facility_tax
from ebf.reports.financial_profile import financial_profile
from ebf.units.sample import SAMPLE_YEAR

_SAMPLE_NOTE = "The sample table of invented districts: none is real."


def facility_tax_command(
    file: Annotated[
        Path | None,
        typer.Argument(help="Districts: CSV, Parquet or .xlsx. Left out: an invented table."),
    ] = None,
    *,
    county: Annotated[
        list[str] | None, typer.Option(help="The county of all rows, or one of theirs; repeated.")
    ] = None,
    rate: Annotated[float | None, typer.Option(help="0.0025, 0.005, 0.0075 or 0.01.")] = None,
    taxable_sales: Annotated[
        float | None, typer.Option(help="Sales of the one county that the tax is on, in dollars.")
    ] = None,
    receipts: Annotated[
        float | None, typer.Option(help="What the tax of the one county brings, in their place.")
    ] = None,
    state_share_kept: Annotated[
        float | None, typer.Option(help="Another share that the state keeps: 0.02.")
    ] = None,
    regional_share_kept: Annotated[
        float | None, typer.Option(help="Another share that the regional office keeps: 0.01.")
    ] = None,
    fiscal_year: Year = None,
    reading: ReadingChoice = None,
    sheet: Sheet = None,
    output: Annotated[
        Path | None,
        typer.Option(help="File: .csv has the districts; .txt, .md, .html or .json all."),
    ] = None,
) -> None:
    """Distribute a county's sales tax for school facilities to its districts."""
    with failing_plainly():
        form = form_of(output, table=True)
        if output is not None and file is not None:
            check_not_read(output, [file])
        found = facility_tax(
            table_of(file, sheet, "facility_tax"),
            county=county or None,
            rate=rate,
            taxable_sales=taxable_sales,
            receipts=receipts,
            fiscal_year=LAST_YEAR if fiscal_year is None else fiscal_year,
            state_share_kept=state_share_kept,
            regional_share_kept=regional_share_kept,
            readings=readings_in(reading),
        )
        note = _SAMPLE_NOTE if file is None else ""
        write_results([found], note, output, form, found.to_csv)


def financial_profile_command(
    file: Annotated[
        Path | None,
        typer.Argument(help="Districts: CSV, Parquet or .xlsx. Left out: an invented table."),
    ] = None,
    *,
    fiscal_year: Year = None,
    reading: Annotated[
        list[str] | None,
        typer.Option(help="SECTION:NUMBER=NAME: another reading, 1A-8:2=days_365; repeated."),
    ] = None,
    sheet: Sheet = None,
    output: Annotated[
        Path | None,
        typer.Option(help="File: .csv has the districts; .txt, .md, .html or .json all."),
    ] = None,
) -> None:
    """Score districts' accounts, and say whose administrative costs grow beyond the limit."""
    with failing_plainly():
        form = form_of(output, table=True)
        if output is not None and file is not None:
            check_not_read(output, [file])
        if file is not None and fiscal_year is None:
            place = Place("arguments", argument="--fiscal-year")
            raise InputError([missing(place, "no year", "the year of the accounts")])
        found = financial_profile(
            table_of(file, sheet, "financial_profile"),
            SAMPLE_YEAR if fiscal_year is None else fiscal_year,
            readings=_by_section(reading or []),
        )
        note = _SAMPLE_NOTE if file is None else ""
        write_results([found], note, output, form, found.to_csv)


def _by_section(said: list[str]) -> dict[str, dict[int, str]]:
    """The alternatives that options choose, by the section that they are of."""
    options: dict[str, list[str]] = {}
    for each in said:
        section, _, choice = each.partition(":")
        if not choice:
            place = Place("arguments", argument="--reading")
            raise InputError([malformed(place, each, "SECTION:NUMBER=NAME: 1A-8:2=days_365")])
        options.setdefault(section, []).append(choice)
    return {section: readings_in(chosen) for section, chosen in options.items()}
