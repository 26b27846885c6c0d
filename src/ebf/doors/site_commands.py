"""The command for a whole site of a state: site.

Holds: site_command.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ebf.doors.options import Given, of_a_state
from ebf.doors.page_commands import earlier_ledger
from ebf.doors.writing import check_folder, write_text
from ebf.reports.site.writer import Told, write_site


@of_a_state
def site_command(
    given: Given,
    *,
    output: Annotated[
        Path, typer.Option(help="Folder of the site: a new one, or that of a site before.")
    ],
    before: Annotated[
        Path | None,
        typer.Option(help="The State Board's file of an earlier year, to set beside."),
    ] = None,
    before_sheet: Annotated[str | None, typer.Option(help="Its sheet.")] = None,
    coverage: Annotated[
        Path | None,
        typer.Option(
            help="Table of chamber, district, unit_id, share. Left out: the Base Calc sheet's "
            "representative and senator numbers, where it has them."
        ),
    ] = None,
    processes: Annotated[
        int | None, typer.Option(help="How many make pages. Left out: one a core.")
    ] = None,
) -> None:
    """Write a site: a page a unit, county, legislative district and the state, with a search."""
    check_folder(output, "pages")
    earlier = None if before is None else earlier_ledger(before, before_sheet, given)
    ledger = given.calculate()
    with _bar() as progress:
        found = write_site(
            ledger,
            output,
            before=earlier,
            coverage=coverage,
            processes=processes,
            progress=progress,
        )
    write_text(
        f"{found.pages:,} pages, {found.made:,} of them made: {output / 'index.html'}\n"
        + (f"{given.note}\n" if given.note else "")
    )


@contextmanager
def _bar() -> Iterator[Told | None]:
    """A progress bar on standard error; none where nobody looks."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = TextColumn("pages"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("pages", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
