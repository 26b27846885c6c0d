"""The command line: calculate, audit, workbook, releases, readings, lines, law.

Holds: WIDE, app, calculate_command, audit_command, workbook_command, releases_command,
StatuteAsked, lines_command, readings_command, law_command.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from ebf.doors.levy_commands import extension_command, levy_command
from ebf.doors.numbers_about import rows_about
from ebf.doors.options import (
    AmountFile,
    Given,
    Sheet,
    Year,
    failing_plainly,
    of_a_state,
)
from ebf.doors.page_commands import page_command
from ebf.doors.profile_commands import profile_command
from ebf.doors.relief_commands import relief_command
from ebf.doors.report_card_commands import report_card_command, reviews_command
from ebf.doors.school_finance_commands import facility_tax_command, financial_profile_command
from ebf.doors.serve_command import serve_command
from ebf.doors.site_commands import site_command
from ebf.doors.state_file_commands import inspect_command, reconcile_command
from ebf.doors.what_if_commands import (
    compare_command,
    gap_command,
    legislative_command,
    project_command,
    sweep_command,
    template_command,
    what_if_command,
)
from ebf.doors.writing import (
    Form,
    check_ending,
    check_folder,
    check_not_read,
    form_of,
    width_of_screen,
    write_results,
    write_text,
)
from ebf.explain.explanation import Audit, Explanation
from ebf.explain.summary import summary
from ebf.faults import InputError, Place, contradiction, out_of_range
from ebf.law.evidence import evidence_of
from ebf.law.funding import FUNDING
from ebf.law.funding.b_cost_factors import COST_FACTORS
from ebf.law.names import name_behind
from ebf.law.parameters import Law, law
from ebf.law.readings import Readings, readings
from ebf.law.statutes import STATUTES
from ebf.reports.reading_effects import reading_effects
from ebf.reports.releases import releases
from ebf.show.answer import Shown
from ebf.show.as_text import text
from ebf.show.document import Column, Document, Heading, Paragraph, Table
from ebf.units.sample import SAMPLE_YEAR
from ebf.version import version

WIDE = 200
"""Characters of a list of many columns, where nobody reads along."""

app: typer.Typer = typer.Typer(
    help="Illinois Evidence-Based Funding, 105 ILCS 5/18-8.15, line by line.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _show_version(asked: bool) -> None:  # noqa: FBT001 - typer hands it over so
    if asked:
        typer.echo(version())
        raise typer.Exit


@app.callback()
def _ebf(
    *,
    _: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Illinois Evidence-Based Funding, 105 ILCS 5/18-8.15, line by line."""


app.command("compare")(compare_command)
app.command("what-if")(what_if_command)
app.command("template")(template_command)
app.command("sweep")(sweep_command)
app.command("project")(project_command)
app.command("gap")(gap_command)
app.command("page")(page_command)
app.command("site")(site_command)
app.command("legislative")(legislative_command)
app.command("serve")(serve_command)
app.command("reconcile")(reconcile_command)
app.command("inspect")(inspect_command)
app.command("relief")(relief_command)
app.command("profile")(profile_command)
app.command("extension")(extension_command)
app.command("levy")(levy_command)
app.command("facility-tax")(facility_tax_command)
app.command("financial-profile")(financial_profile_command)
app.command("report-card")(report_card_command)
app.command("reviews")(reviews_command)


# --- Commands ----------------------------------------------------------------------


@app.command("calculate")
@of_a_state
def calculate_command(
    given: Given,
    *,
    lines: Annotated[str | None, typer.Option(help="Only these lines: a,b,c.")] = None,
    output: Annotated[
        Path | None, typer.Option(help="Folder for units.csv and statewide.json.")
    ] = None,
) -> None:
    """Compute a year's funding, and show what it comes to statewide."""
    wanted = None if lines is None else [each.strip() for each in lines.split(",")]
    if output is not None:
        check_folder(output, "units.csv and statewide.json")
    ledger = given.calculate(wanted)
    if output is not None:
        ledger.to_csv(output)
    blocks = [*summary(ledger, wanted).blocks, *([Paragraph(given.note)] if given.note else [])]
    write_text(text(Document(tuple(blocks)), width_of_screen()))
    if output is not None:
        write_text(f"Written: {output / 'units.csv'}, {output / 'statewide.json'}\n")


@app.command("audit")
@of_a_state
def audit_command(
    given: Given,
    unit_id: Annotated[str, typer.Argument(help="The unit, by its id or its name.")],
    *,
    line: Annotated[
        str | None, typer.Option(help="Only this line, and what it comes from.")
    ] = None,
    depth: Annotated[
        int | None, typer.Option(min=0, help="With --line: levels of sources to explain.")
    ] = None,
    form: Annotated[
        Form | None,
        typer.Option("--format", help="How it is written on the screen: text if left out."),
    ] = None,
    expressions: Annotated[
        bool,
        typer.Option("--expressions", help="Formulas as Python expressions, as JSON has them."),
    ] = False,
    output: Annotated[Path | None, typer.Option(help="File: .txt, .md, .html or .json.")] = None,
) -> None:
    """State where every number of a unit comes from, or one of them."""
    chosen = form_of(output, form)
    if depth is not None and line is None:
        fix = "name the line, or leave it out"
        place = Place("arguments", argument="--depth")
        raise InputError([contradiction(place, str(depth), "with --line", fix=fix)])
    if line is None:
        account: Audit | Explanation = given.calculate().audit(unit_id)
    else:
        known = name_behind(line)
        is_line = known in given.state.law.lines
        ledger = given.calculate([known] if is_line else None)
        account = ledger.explain(unit_id, line, depth=depth)
    shown = account.with_expressions() if expressions else account
    write_results([shown], "", output, chosen)


@app.command("workbook")
@of_a_state
def workbook_command(
    given: Given,
    *,
    output: Annotated[Path, typer.Option(help="The .xlsx file to write.")],
    unit: Annotated[
        list[str] | None, typer.Option(help="Only this unit, by its id or name; may be repeated.")
    ] = None,
    district: Annotated[
        str | None,
        typer.Option(help="The unit that the sheet of one district begins with, by id or name."),
    ] = None,
) -> None:
    """Write an Excel workbook of live formulas, which solves the state anew when changed."""
    check_ending(output, ".xlsx")
    given.calculate().to_workbook(output, unit or None, district=district)
    write_text(f"Written: {output}\n")


@app.command("releases")
def releases_command(
    old: Annotated[Path, typer.Argument(help="The file released first, as of `calculate`.")],
    new: Annotated[Path, typer.Argument(help="The one released later.")],
    *,
    sheet: Sheet = None,
    fiscal_year: Year = None,
    amounts: AmountFile = None,
    estimate_percentages: Annotated[
        bool,
        typer.Option(
            "--estimate-percentages",
            help="Estimate Local Capacity Percentages that are blank in both and needed between "
            "them; said to be estimates.",
        ),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(help="File: .csv has the inputs that changed; .txt, .md, .html or .json all."),
    ] = None,
) -> None:
    """Set two releases of a year's file side by side: what changed, and what comes of it."""
    with failing_plainly():
        form = form_of(output, table=True)
        if output is not None:
            check_not_read(output, [old, new, *([amounts] if amounts else [])])
        found = releases(
            old,
            new,
            sheet=sheet,
            fiscal_year=fiscal_year,
            amounts=amounts,
            estimate_percentages=estimate_percentages,
        )
        write_results([found], "", output, form, found.to_csv)


# --- What is known ------------------------------------------------------------------

StatuteAsked = Annotated[str, typer.Option(help=f"The section of the law: {', '.join(STATUTES)}.")]


@app.command("lines")
def lines_command(
    fiscal_year: Annotated[int, typer.Option(help="The fiscal year.")] = SAMPLE_YEAR,
    statute: StatuteAsked = FUNDING.section,
) -> None:
    """List every line of a fiscal year: cite, unit, rounding, evidence."""
    with failing_plainly():
        asked = law(fiscal_year, statute=statute)
    in_force = asked.lines.values()
    headings = ("line", "cite", "measure", "rounding", "evidence", "what it is")
    rows = tuple(
        (
            line.name,
            line.cite.within if statute == FUNDING.section else line.cite,
            str(line.measure),
            str(line.rounding or ""),
            evidence_of(line),
            line.title,
        )
        for line in in_force
    )
    title = f"Lines in force in {asked.known_as}"
    counts = Counter(line.evidence.kind for line in in_force)
    by_kind = ", ".join(f"{count} {kind}" for kind, count in counts.most_common())
    factors = f" {len(COST_FACTORS)} cost factors of (b)(2)." if statute == FUNDING.section else ""
    said = f"{len(rows)} lines: {by_kind}.{factors}"
    table = Table("lines", title, tuple(map(Column, headings)), rows)
    write_text(text(Document((table, Paragraph(said))), width_of_screen(WIDE)))


@app.command("readings")
@of_a_state
def readings_command(
    given: Given,
    *,
    number: Annotated[
        list[int] | None, typer.Option(help="Only this reading, in full; may be repeated.")
    ] = None,
    statute: StatuteAsked = FUNDING.section,
    output: Annotated[
        Path | None,
        typer.Option(help="File: .csv has a row an alternative; .txt, .md, .html, .json."),
    ] = None,
) -> None:
    """List where the law is open, and compute what other readings of it would move."""
    form = form_of(output, table=True)
    every = readings(statute)
    if statute != FUNDING.section:
        if given != Given():
            place, allowed = Place(argument="--statute"), "without a file and options of a state"
            said = "a state, for readings of another law"
            raise InputError([contradiction(place, said, allowed)])
        listed = Readings(statute, tuple(every[each].number for each in number or every.numbers))
        write_results([listed], "", output, form, listed.frame.to_csv)
        return
    effects = reading_effects(*given.state, number)
    found: list[Shown] = [effects]
    if number:
        found.insert(0, Readings(every.section, tuple(every[each].number for each in number)))
    write_results(found, given.note, output, form, effects.frame.to_csv)


@app.command("law")
def law_command(
    fiscal_year: Annotated[int, typer.Argument(help="The fiscal year.")],
    statute: StatuteAsked = FUNDING.section,
    about: Annotated[
        str | None,
        typer.Option(help="Only numbers that have all of these words: 'class size low-income'."),
    ] = None,
) -> None:
    """Show the numbers of the law in force in a fiscal year: names, for scenarios, and sources."""
    with failing_plainly():
        found = law(fiscal_year, statute=statute)
        shown = found.document if about is None else _numbers_about(found, about)
    write_text(text(shown, width_of_screen(WIDE)))


def _numbers_about(found: Law, words: str) -> Document:
    """The numbers whose name, label or cite have all of the words; refuses where none has."""
    rows = rows_about(found, words)
    if rows.empty:
        place, allowed = Place(argument="--about"), "words of the names and labels of numbers"
        fix = f"try fewer of them, or see all: ebf law {found.fiscal_year}"
        raise InputError([out_of_range(place, repr(words), allowed, fix=fix)])
    title = Heading(1, f"The law of {found.known_as} about {words}")
    return Document((title, Table.of("numbers", "Numbers in force", rows)))
