"""The command line: calculate, audit, workbook, lines, law.

Holds: app, Form, calculate_command, audit_command, workbook_command, lines_command, law_command.
"""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from ebf.doors.options import (
    AmountFile,
    File,
    Given,
    Money,
    SalaryFile,
    Sheet,
    Year,
    console,
    failing_plainly,
    write_text,
)
from ebf.doors.what_if_commands import compare_command, gap_command, project_command, sweep_command
from ebf.explain.explanation import Audit, Explanation
from ebf.law.evidence import evidence_of
from ebf.law.funding.b_cost_factors import COST_FACTORS
from ebf.law.funding.tiers import TIER_NAMES
from ebf.law.names import name_behind
from ebf.law.parameters import law
from ebf.ledger import Ledger
from ebf.reports.quick_facts import QuickFacts, quick_facts
from ebf.units.sample import SAMPLE_YEAR

app: typer.Typer = typer.Typer(
    help="Illinois Evidence-Based Funding, 105 ILCS 5/18-8.15, line by line.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


app.command("compare")(compare_command)
app.command("sweep")(sweep_command)
app.command("project")(project_command)
app.command("gap")(gap_command)


class Form(StrEnum):
    """How an audit is written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"

    def write(self, account: Audit | Explanation) -> str:
        """The audit or explanation in this form."""
        return str(getattr(account, f"to_{self}")())


# --- Commands ----------------------------------------------------------------------


@app.command("calculate")
def calculate_command(
    file: File = None,
    *,
    sheet: Sheet = None,
    fiscal_year: Year = SAMPLE_YEAR,
    new_state_funds: Money = None,
    salaries: SalaryFile = None,
    amounts: AmountFile = None,
    lines: Annotated[str | None, typer.Option(help="Only these lines: a,b,c.")] = None,
    output: Annotated[
        Path | None, typer.Option(help="Folder for units.csv and statewide.json.")
    ] = None,
) -> None:
    """Compute a year's funding, and show what it comes to statewide."""
    wanted = None if lines is None else [each.strip() for each in lines.split(",")]
    given = Given(file, sheet, fiscal_year, new_state_funds, salaries, amounts)
    with failing_plainly():
        ledger = given.calculate(wanted)
        if output is not None:
            ledger.to_csv(output)
    screen = console()
    _show(screen, ledger, wanted)
    screen.print(Text(given.note, style="italic"))
    if output is not None:
        screen.print(Text(f"Written: {output / 'units.csv'}, {output / 'statewide.json'}"))


@app.command("audit")
def audit_command(
    unit_id: Annotated[str, typer.Argument(help="The unit, by its id of 13 characters.")],
    file: File = None,
    *,
    line: Annotated[
        str | None, typer.Option(help="Only this line, and what it comes from.")
    ] = None,
    depth: Annotated[
        int | None, typer.Option(min=0, help="With --line: levels of sources to explain.")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="How it is written.")] = Form.TEXT,
    output: Annotated[Path | None, typer.Option(help="File to write it to.")] = None,
    sheet: Sheet = None,
    fiscal_year: Year = SAMPLE_YEAR,
    new_state_funds: Money = None,
    salaries: SalaryFile = None,
    amounts: AmountFile = None,
) -> None:
    """State where every number of a unit comes from, or one of them."""
    given = Given(file, sheet, fiscal_year, new_state_funds, salaries, amounts)
    with failing_plainly():
        if line is None:
            account: Audit | Explanation = given.calculate().audit(unit_id)
        else:
            known = name_behind(line)
            is_line = known in law(fiscal_year).lines
            ledger = given.calculate([known] if is_line else None)
            account = ledger.explain(unit_id, line, depth=depth)
        written = form.write(account)
        write_text(written, output)


@app.command("workbook")
def workbook_command(
    file: File = None,
    *,
    output: Annotated[Path, typer.Option(help="The .xlsx file to write.")],
    unit: Annotated[
        list[str] | None, typer.Option(help="Only this unit, by its id; may be repeated.")
    ] = None,
    sheet: Sheet = None,
    fiscal_year: Year = SAMPLE_YEAR,
    new_state_funds: Money = None,
    salaries: SalaryFile = None,
    amounts: AmountFile = None,
) -> None:
    """Write an Excel workbook of live formulas, which solves the state anew when changed."""
    given = Given(file, sheet, fiscal_year, new_state_funds, salaries, amounts)
    with failing_plainly():
        given.calculate().to_workbook(output, unit or None)
    console().print(Text(f"Written: {output}"))


# --- What is shown -----------------------------------------------------------


def _show(screen: Console, ledger: Ledger, wanted: list[str] | None) -> None:
    if ledger.scenarios is not None:
        screen.print(f"{len(ledger.scenarios):,} scenarios: --output writes every unit of each.")
    elif wanted is None and ledger.values.keys() >= {*_SUMMED}:
        _show_summary(screen, ledger, quick_facts(ledger))
    else:
        _show_lines(screen, ledger, wanted or [line.name for line in ledger.steps])
    if wanted is None and ledger.not_computed:
        left_out = ", ".join(ledger.not_computed)
        screen.print(Text(f"Not computed, for want of input: {left_out}", style="dim"))


def _grid(title: str, *columns: str, left: int = 1) -> Grid:
    grid = Grid(title=title, title_justify="left")
    for place, column in enumerate(columns):
        grid.add_column(column, justify="left" if place < left else "right", overflow="fold")
    return grid


_SUMMED = (
    "tier",
    "average_student_enrollment",
    "tier_funding",
    "new_state_funds",
    "tier_1_target_ratio",
    "statewide_percent_of_adequacy",
)
"""The lines that a summary is made of."""


def _show_summary(screen: Console, ledger: Ledger, facts: QuickFacts) -> None:
    year, statewide = f"FY{facts.fiscal_year}", ledger.statewide
    tiers = _grid(
        f"Evidence-Based Funding {year}", "Tier", "Units", "Pupils", "New money, $", "$ per pupil"
    )
    in_order = facts.by_tier.reindex([code for code in TIER_NAMES if code in facts.by_tier.index])
    for code, row in in_order.iterrows():
        tiers.add_row(
            TIER_NAMES[int(str(code))],
            f"{row['units']:,.0f}",
            f"{row['pupils']:,.2f}",
            f"{row['new_money']:,.2f}",
            f"{row['new_money_per_pupil']:,.2f}" if row["pupils"] else "",
        )
    total = facts.by_tier.sum()
    tiers.add_section()
    tiers.add_row(
        "State", f"{total['units']:,.0f}", f"{total['pupils']:,.2f}", f"{total['new_money']:,.2f}"
    )
    screen.print(tiers)
    screen.print(f"New State Funds          ${statewide['new_state_funds']:,.2f}")
    screen.print(f"Tier 1 Target Ratio      {statewide['tier_1_target_ratio']:.6%}")
    screen.print(f"Statewide adequacy       {statewide['statewide_percent_of_adequacy']:.2%}")
    largest = _grid("Largest amounts", "Unit", "Name", "Tier", "New money, $", left=2)
    for unit, row in facts.largest.iterrows():
        name = "" if pd.isna(row.get("name")) else str(row["name"])
        cells = str(unit), name, f"{row['tier']:.0f}", f"{row['tier_funding']:,.2f}"
        largest.add_row(*map(Text, cells))
    screen.print(largest)


def _show_lines(screen: Console, ledger: Ledger, wanted: list[str]) -> None:
    grid = _grid(f"FY{ledger.fiscal_year}", "Line", "Measure", "Sum", "Least", "Greatest", left=2)
    statewide, units = ledger.statewide, ledger.units
    for name in wanted:
        line = ledger.law.lines[name]
        if line.statewide:
            grid.add_row(name, str(line.measure), f"{statewide[name]:,.6f}")
            continue
        for column in line.columns:
            cells = (f"{each:,.2f}" for each in units[column].agg(["sum", "min", "max"]))
            grid.add_row(column, str(line.measure), *cells)
    screen.print(grid)


@app.command("lines")
def lines_command(fiscal_year: Year = SAMPLE_YEAR) -> None:
    """List every line of a fiscal year: cite, unit, rounding, evidence."""
    with failing_plainly():
        in_force = law(fiscal_year).lines.values()
    headings = ("Line", "Cite", "Measure", "Rounding", "Evidence", "What it is")
    grid = _grid(f"Lines in force in FY{fiscal_year}", *headings, left=len(headings))
    for line in in_force:
        rounding = str(line.rounding or "")
        cells = (line.name, line.cite.within, line.measure, rounding)
        grid.add_row(*map(Text, (*cells, evidence_of(line), line.title)))
    screen = console()
    screen.print(grid)
    counts = Counter(line.evidence.kind for line in in_force)
    by_kind = ", ".join(f"{count} {kind}" for kind, count in counts.most_common())
    screen.print(f"{len(in_force)} lines: {by_kind}. {len(COST_FACTORS)} cost factors of (b)(2).")


@app.command("law")
def law_command(fiscal_year: Annotated[int, typer.Argument(help="The fiscal year.")]) -> None:
    """Show the parameters in force in a fiscal year, with their sources."""
    grid = _grid(f"Parameters of FY{fiscal_year}",
                 "Parameter", "Value", "Measure", "Cite", "Source", left=1)  # fmt: skip
    with failing_plainly():
        table = law(fiscal_year).table()
    for _, row in table.iterrows():
        value = "not known" if pd.isna(row["value"]) else f"{row['value']:,}"
        cells = row["parameter"], value, row["measure"], row["cite"], row["source"]
        grid.add_row(*map(Text, cells))
    console().print(grid)
