"""The commands about what districts levy: extension, levy.

Holds: SAMPLE_LEVY_YEAR, Decimals, Output, extension_command, levy_command.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import pandas as pd
import typer

from ebf.doors.options import (
    AmountFile,
    Given,
    ReadingChoice,
    Sheet,
    failing_plainly,
    of_a_state,
    table_of,
)
from ebf.doors.writing import check_not_read, form_of, write_results
from ebf.faults import InputError, Place, contradiction, malformed, missing
from ebf.numbers import number_of
from ebf.reports.extension import extension
from ebf.reports.levy import levy
from ebf.units.csv_and_parquet import read_units

SAMPLE_LEVY_YEAR: Final = 2025

Decimals = Annotated[
    int | None, typer.Option(help="Decimals that rates, as fractions of EAV, are cut to.")
]
Output = Annotated[
    Path | None, typer.Option(help="File: .csv has the table; .txt, .md, .html or .json all.")
]


def extension_command(
    file: Annotated[
        Path | None,
        typer.Argument(help="Levies, a row a district: CSV, Parquet, .xlsx. Left out: a sample."),
    ] = None,
    *,
    levy_year: Annotated[int | None, typer.Option(help="2025 is taxed in 2026.")] = None,
    rate_decimals: Decimals = None,
    price_index: Annotated[
        str | None,
        typer.Option(help="Index of the December before and of the last: 315.605,324.054."),
    ] = None,
    amounts: AmountFile = None,
    reading: ReadingChoice = None,
    sheet: Sheet = None,
    output: Output = None,
) -> None:
    """Hold levies against every limit: what may be extended by fund, and what binds."""
    with failing_plainly():
        form = form_of(output, table=True)
        if output is not None:
            check_not_read(output, [each for each in (file, amounts) if each is not None])
        note, year = "", levy_year
        if file is None:
            note, year = "The districts are invented.", levy_year or SAMPLE_LEVY_YEAR
        if year is None:
            allowed = "the levy year: 2025 is taxed in 2026"
            raise InputError([missing(Place(argument="--levy-year"), "left out", allowed)])
        found = extension(
            table_of(file, sheet, "levies"),
            year,
            rate_decimals=rate_decimals,
            price_index=_index(price_index),
            amounts=amounts,
            readings=Given(reading=reading).readings,
        )
        write_results([found], note, output, form, found.funds.to_csv)


def _index(said: str | None) -> tuple[float, float] | None:
    """The two indexes."""
    if said is None:
        return None
    numbers = [number_of(each) for each in said.split(",")]
    if len(numbers) != len(("before", "last")) or None in numbers:
        allowed = "two numbers: 315.605,324.054"
        raise InputError([malformed(Place(argument="--price-index"), repr(said), allowed)])
    return float(numbers[0] or 0.0), float(numbers[1] or 0.0)


@of_a_state
def levy_command(
    given: Given,
    unit_id: Annotated[str, typer.Argument(help="The district, by its id or its name.")],
    *,
    levies: Annotated[
        Path | None, typer.Option(help="File of its levy: the columns of `ebf extension`.")
    ] = None,
    rate: Annotated[
        float | None, typer.Option(help="Or its operating tax rate: 0.035 is 3.5 %.")
    ] = None,
    rate_decimals: Decimals = None,
    output: Output = None,
) -> None:
    """Put one district's levy into the state: what becomes of its state money."""
    form = form_of(output, table=True)
    if (levies is None) == (rate is None):
        found = "neither" if rate is None else "both"
        place, allowed = Place("arguments", argument="--levies"), "--levies FILE or --rate RATE"
        raise InputError([contradiction(place, found, allowed)])
    said = {"operating_tax_rate": rate} if levies is None else _one_row(levies)
    answer = levy(*given.state, unit_id, said, rate_decimals=rate_decimals)
    write_results([answer], given.note, output, form, answer.frame.to_csv)


def _one_row(file: Path) -> dict[str, Any]:
    """The one row of a file, without its blanks and without its own words."""
    frame = read_units(file)
    if len(frame) != 1:
        place, allowed = Place(str(file), "rows", file=str(file)), "the row of one district"
        raise InputError([contradiction(place, f"{len(frame)} rows", allowed)])
    row = frame.reset_index(drop=True).iloc[0].to_dict()
    words = {"name", "county"}
    return {str(n): cell for n, cell in row.items() if n not in words and not pd.isna(cell)}
