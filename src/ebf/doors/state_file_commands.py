"""The commands about the State Board's own files: reconcile, inspect.

Holds: EXIT_UNEXPLAINED, reconcile_command, inspect_command.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ebf.doors.options import Given, Year, failing_plainly, of_a_state
from ebf.doors.writing import check_ending, check_not_read, form_of, write_results
from ebf.faults import InputError, Place, missing, unsuitable_name
from ebf.files import write_file
from ebf.law.years import LAST_YEAR
from ebf.reports.inspection import inspect_workbook, layout_to_start_from
from ebf.reports.reconciliation import reconcile

EXIT_UNEXPLAINED = 1


@of_a_state
def reconcile_command(
    given: Given,
    *,
    output: Annotated[
        Path | None,
        typer.Option(help="File: .csv has every cell; .txt, .md, .html or .json the whole."),
    ] = None,
) -> None:
    """Compute every published number of a file from its own parts; 1 where one is unexplained."""
    form = form_of(output, table=True)
    if given.file is None:
        place, allowed = Place(argument="FILE"), "the State Board's workbook, or a table"
        raise InputError([missing(place, "no file", allowed, fix="the sample was not published")])
    without_effect = {
        "--given": given.given,
        "--keep": given.keep,
        "--estimate-percentages": given.estimate_percentages,
    }
    if faults := [
        unsuitable_name(Place(argument=option), "without effect here", "left out")
        for option, said in without_effect.items()
        if said
    ]:
        raise InputError(faults)
    found = reconcile(
        given.file,
        sheet=given.sheet,
        fiscal_year=given.fiscal_year,
        amounts=given.amounts,
        salaries=given.paid,
        readings=given.readings,
        new_state_funds=given.new_state_funds,
    )
    write_results([found], "", output, form, found.to_csv)
    if not found.is_explained:
        raise typer.Exit(EXIT_UNEXPLAINED)


def inspect_command(
    file: Annotated[Path, typer.Argument(help="The State Board's workbook, .xlsx.")],
    *,
    fiscal_year: Year = None,
    layout: Annotated[
        Path | None, typer.Option(help="TOML file of a layout of your own (data/layouts/).")
    ] = None,
    write_layout: Annotated[
        Path | None, typer.Option(help="Write a layout of this file to start from, .toml.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="File: .csv has the identities; .txt, .md, .html, .json.")
    ] = None,
) -> None:
    """Show what a workbook has, sheet by sheet, and which identities hold; 1 where one does not."""
    with failing_plainly():
        form = form_of(output, table=True)
        for written in (output, write_layout):
            if written is not None:
                check_not_read(written, [file, *([layout] if layout else [])])
        if write_layout is not None:
            check_ending(write_layout, ".toml")
        found = inspect_workbook(file, fiscal_year, layout=layout)
        if write_layout is not None:
            text = layout_to_start_from(file, found.fiscal_year or LAST_YEAR)
            write_file(write_layout, lambda path: path.write_text(text, encoding="utf-8"))
        write_results([found], "", output, form, found.identities.to_csv)
        if not found.holds:
            raise typer.Exit(EXIT_UNEXPLAINED)
