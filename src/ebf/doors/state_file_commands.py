"""The commands about the State Board's own files: reconcile.

Holds: EXIT_UNEXPLAINED, reconcile_command.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ebf.doors.options import Given, of_a_state
from ebf.doors.writing import form_of, write_results
from ebf.faults import InputError, Place, missing, unsuitable_name
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
