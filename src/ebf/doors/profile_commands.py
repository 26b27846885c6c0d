"""The command about how the state pays for schools: profile.

Holds: profile_command.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ebf.doors.options import Sheet, failing_plainly
from ebf.doors.writing import check_not_read, form_of, write_results
from ebf.faults import InputError, Place, contradiction
from ebf.ledger import calculate
from ebf.reports.policy_profile import policy_profile
from ebf.units.reading import read
from ebf.units.sample import SAMPLE_YEAR


def profile_command(
    year: Annotated[int, typer.Argument(help="The fiscal year.")] = SAMPLE_YEAR,
    other: Annotated[
        int | None, typer.Argument(help="A second one, to be set beside it: what differs.")
    ] = None,
    *,
    units: Annotated[
        Path | None,
        typer.Option(
            help="Units of the last year named, for what is computed of them: as FILE of "
            "`calculate`. Left out: such facts say what they need."
        ),
    ] = None,
    sheet: Sheet = None,
    facts: Annotated[
        Path | None, typer.Option(help="TOML file of facts of your own, as of another state.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="File: .csv has every number; .txt, .md, .html or .json the whole."),
    ] = None,
) -> None:
    """State how Illinois pays for schools in a year, each fact cited; of two, what differs."""
    with failing_plainly():
        form = form_of(output, table=True)
        files = [each for each in (units, facts) if each is not None]
        if output is not None:
            check_not_read(output, files)
        if sheet is not None and units is None:
            place = Place("arguments", argument="--sheet")
            raise InputError([contradiction(place, sheet, "with --units, whose sheet it is")])
        last = year if other is None else other
        ledger = None if units is None else calculate(*read(units, last, sheet=sheet))
        found = policy_profile(year, other, facts=facts, ledger=ledger)
        write_results([found], "", output, form, found.to_csv)
