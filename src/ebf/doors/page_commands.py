"""The command for what a board is shown: page.

Holds: page_command, earlier_ledger.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ebf.doors.options import Given, of_a_state
from ebf.doors.what_if_commands import joined_counts
from ebf.doors.writing import form_of, write_results
from ebf.faults import InputError, Place, contradiction
from ebf.files import read_toml
from ebf.ledger import Ledger, calculate
from ebf.reports.own_counts import own_counts
from ebf.units.reading import read


@of_a_state
def page_command(
    given: Given,
    unit_id: Annotated[str, typer.Argument(help="The unit, by its id or its name.")],
    *,
    before: Annotated[
        Path | None,
        typer.Option(help="The State Board's file of an earlier year, to set beside."),
    ] = None,
    before_sheet: Annotated[str | None, typer.Option(help="Its sheet.")] = None,
    counts: Annotated[
        list[Path] | None,
        typer.Option(help="The unit's own counts or property (ebf template); may be repeated."),
    ] = None,
    hold: Annotated[
        list[str] | None,
        typer.Option(help="A line of the state's file that stays as it is; may be repeated."),
    ] = None,
    staff: Annotated[
        Path | None,
        typer.Option(help="TOML file of actual staff: FTE (or dollars) by factor, nurse = 2.5."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="File: page.html, or .txt, .md, .json.")
    ] = None,
) -> None:
    """Make the page of one district: what its board is shown, and the walk to the last cent."""
    form = form_of(output)
    actual = None if staff is None else read_toml(staff)
    if counts:
        _check_one_before(before)
        own = joined_counts(counts)
        found = own_counts(*given.state, unit_id, own, hold=hold or (), hold_rest=True)
        page = found.page(actual)
    else:
        _check_held(hold)
        earlier = None if before is None else earlier_ledger(before, before_sheet, given)
        page = given.calculate().page(unit_id, before=earlier, staff=actual)
    write_results([page], given.note, output, form)


def earlier_ledger(file: Path, sheet: str | None, given: Given) -> Ledger:
    """The ledger of an earlier year's file."""
    state = read(file, sheet=sheet, estimate_percentages=given.estimate_percentages)
    return calculate(*state)


def _check_one_before(before: Path | None) -> None:
    """Refuse another state before: with own counts it is the state's file as it is."""
    if before is not None:
        place, allowed = Place("arguments", argument="--before"), "without --counts"
        found = f"{before}, and --counts, which are set beside the state's file as it is"
        raise InputError([contradiction(place, found, allowed)])


def _check_held(hold: list[str] | None) -> None:
    """Refuse lines held where nothing moves them."""
    if hold:
        place, allowed = Place("arguments", argument="--hold"), "with --counts"
        raise InputError([contradiction(place, ", ".join(hold), allowed)])
