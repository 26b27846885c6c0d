"""The commands about report cards and reviews: report-card, reviews.

Holds: report_card_command, reviews_command.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ebf.doors.options import Given, Sheet, Year, failing_plainly, of_a_state
from ebf.doors.writing import check_not_read, form_of, write_results
from ebf.faults import Fault, InputError, Place, contradiction, malformed
from ebf.ledger import calculate
from ebf.reports.report_card import Card, DistrictCard, ReportCard, report_card
from ebf.reports.resource_reviews import reviews
from ebf.units.isbe.report_card import is_report_card
from ebf.units.reading import read
from ebf.units.sample import sample_table


@of_a_state
def report_card_command(
    given: Given,
    *,
    unit: Annotated[
        str | None, typer.Option(help="The district, by id or name. Left out: all of them.")
    ] = None,
    finances: Annotated[
        Path | None,
        typer.Option(help="A table of finances, or the State Board's report card data set."),
    ] = None,
    earlier: Annotated[
        list[str] | None,
        typer.Option(
            help="YEAR=FILE: a state of one of the five years before, or the State Board's card; "
            "repeated."
        ),
    ] = None,
    similar: Annotated[
        int | None, typer.Option(help="How many similar districts, with --unit; else 10.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="File: .csv has the figures; .txt, .md, .html or .json all.")
    ] = None,
) -> None:
    """Show what report cards say about money, 10-17a(2)(G) to (L): of one district, or of all."""
    form = form_of(output, table=True)
    if similar is not None and unit is None:
        place, allowed = Place("arguments", argument="--similar"), "with --unit, beside whose card"
        raise InputError([contradiction(place, str(similar), allowed)])
    invented = given.file is None and finances is None
    handed_over = sample_table("report_card_finances") if invented else finances
    files = _by_year(earlier or [])
    if output is not None:
        check_not_read(output, [*files.values()])
    before = {year: _earlier(file, year) for year, file in files.items()}
    if given.file is None and finances is not None and is_report_card(finances):
        cards = report_card(finances=finances, year=given.fiscal_year, earlier=before)
        note = ""
    else:
        cards = report_card(given.calculate(), handed_over, earlier=before)
        note = given.note
    found: ReportCard | DistrictCard = cards
    if unit is not None:
        count = {} if similar is None else {"similar": similar}
        found = cards.district(unit, **count)
    note = f"{note} The finances are invented." if invented else note
    write_results([found], note, output, form, found.to_csv)


def _by_year(said: list[str]) -> dict[int, Path]:
    """The files by the years that they are said to be of."""
    found, faults = {}, list[Fault]()
    for each in said:
        year, _, file = each.partition("=")
        if year.isdecimal() and file:
            found[int(year)] = Path(file)
        else:
            place = Place("arguments", argument="--earlier")
            faults.append(malformed(place, each, "a year and its file: 2020=state.csv"))
    if faults:
        raise InputError(faults)
    return found


def _earlier(file: Path, year: int) -> Card:
    """The ledger of an earlier year, or what the State Board's card of it says."""
    if is_report_card(file):
        return report_card(finances=file, year=year)
    return calculate(*read(file, year))


def reviews_command(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="Designations: school_id, unit_id, year, designation. Else the sample."
        ),
    ] = None,
    *,
    state: Annotated[
        Path | None, typer.Option(help="Units of a state: percents, gaps and tiers beside them.")
    ] = None,
    sheet: Sheet = None,
    fiscal_year: Year = None,
    year: Annotated[int | None, typer.Option(help="The report card's; else the latest.")] = None,
    least_number: Annotated[
        float | None, typer.Option(help="Least number of identified schools for a review.")
    ] = None,
    least_share: Annotated[
        float | None, typer.Option(help="Least share of identified schools: 0.25 is 25 %.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="File: .csv has the districts; .txt, .md, .html, .json all.")
    ] = None,
) -> None:
    """Show which districts have how many schools identified for support, ESSA 1111(d)."""
    with failing_plainly():
        form = form_of(output, table=True)
        if output is not None:
            check_not_read(output, [each for each in (file, state) if each is not None])
        of_state = {"--sheet": sheet, "--fiscal-year": fiscal_year}
        if state is None and (said := {k: v for k, v in of_state.items() if v is not None}):
            raise InputError(
                contradiction(
                    Place("arguments", argument=option),
                    str(value),
                    "with --state, whose it is",
                    fix="--year is the report card's",
                )
                for option, value in said.items()
            )
        ledger = None if state is None else calculate(*read(state, fiscal_year, sheet=sheet))
        schools = sample_table("school_designations") if file is None else file
        found = reviews(
            schools, ledger, year=year, least_number=least_number, least_share=least_share
        )
        note = "" if file else "The schools are invented."
        write_results([found], note, output, form, found.to_csv)
