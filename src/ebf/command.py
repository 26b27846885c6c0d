"""The command line: calculate, audit, workbook, lines, law."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import pandas as pd
import typer
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from ebf import formula
from ebf.columns import entries
from ebf.engine import calculate
from ebf.explanation import Audit, Explanation
from ebf.faults import InputError
from ebf.files import write_files
from ebf.formula.b_cost_factors import COST_FACTORS
from ebf.ledger import Ledger
from ebf.line import FIRST_YEAR, LAST_YEAR
from ebf.parameters import law
from ebf.reading import read_base_calc, read_units
from ebf.salaries import Salaries
from ebf.sample import SAMPLE_NOTE, SAMPLE_YEAR, sample_salaries, sample_units
from ebf.summary import TIER_NAMES, Summary, summarize

EXIT_BAD_INPUT = 2
PIPED_WIDTH = 200
EXCEL = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}

app = typer.Typer(
    help="Illinois Evidence-Based Funding, 105 ILCS 5/18-8.15, line by line.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Form(StrEnum):
    """How an audit is written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"

    def write(self, account: Audit | Explanation) -> str:
        """The audit or explanation in this form."""
        return str(getattr(account, f"to_{self}")())


def _console() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=PIPED_WIDTH)


def _refuse(error: InputError) -> NoReturn:
    """Every fault on standard error, and exit status 2."""
    for fault in error.faults:
        typer.echo(f"ebf: {fault}", err=True)
    raise typer.Exit(EXIT_BAD_INPUT) from error


# --- From the command line to the ledger ------------------------------------------

File = Annotated[
    Path | None,
    typer.Argument(help="Units: CSV, Parquet, or ISBE's workbook. Left out: the sample state."),
]
Sheet = Annotated[str | None, typer.Option(help="Sheet of the workbook.")]
Year = Annotated[
    int, typer.Option("--fiscal-year", help=f"{FIRST_YEAR} to {LAST_YEAR}; 2022 ends June 2022.")
]
Money = Annotated[float | None, typer.Option(help="New money for the tiers, in dollars.")]
SalaryFile = Annotated[Path | None, typer.Option(help="TOML file of state-average salaries.")]
AmountFile = Annotated[
    Path | None, typer.Option(help="TOML file of parameters to supply or change.")
]


@contextmanager
def _failing_plainly() -> Iterator[None]:
    """Bad input ends with status 2 and every fault on standard error; a failed write with 1."""
    try:
        yield
    except InputError as error:
        _refuse(error)
    except OSError as error:
        typer.echo(f"ebf: {error}", err=True)
        raise typer.Exit(1) from error


@dataclass(frozen=True)
class _Given:
    """What every command that calculates is handed over."""

    file: Path | None
    sheet: str | None
    fiscal_year: int
    new_state_funds: float | None
    salaries: Path | None
    amounts: Path | None

    def calculate(self, lines: Sequence[str] | None = None) -> Ledger:
        """The ledger."""
        return calculate(
            self._units(),
            law(self.fiscal_year, self.amounts),
            salaries=self._salaries(),
            new_state_funds=self.new_state_funds,
            lines=lines,
        )

    def _salaries(self) -> Salaries:
        if self.salaries is not None:
            return Salaries.from_toml(self.salaries)
        return sample_salaries() if self.file is None else Salaries({})

    def _units(self) -> pd.DataFrame:
        if self.file is None:
            return sample_units()
        if self.sheet is not None or self.file.suffix.lower() in EXCEL:
            return read_base_calc(self.file, self.sheet)
        return read_units(self.file)

    def note(self, ledger: Ledger) -> str:
        """What of the numbers is invented; empty where nothing is."""
        if self.file is None:
            return f"The sample state. {SAMPLE_NOTE}"
        if ledger.salaries.illustrative:
            return f"Illustrative salaries: {', '.join(ledger.salaries.illustrative)}"
        return ""


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
    given = _Given(file, sheet, fiscal_year, new_state_funds, salaries, amounts)
    with _failing_plainly():
        ledger = given.calculate(wanted)
        if output is not None:
            ledger.to_csv(output)
    console = _console()
    _show(console, ledger, wanted)
    console.print(Text(given.note(ledger), style="italic"))
    if output is not None:
        console.print(Text(f"Written: {output / 'units.csv'}, {output / 'statewide.json'}"))


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
    given = _Given(file, sheet, fiscal_year, new_state_funds, salaries, amounts)
    with _failing_plainly():
        if line is None:
            account: Audit | Explanation = given.calculate().audit(unit_id)
        else:
            known = entries()[line].name if line in entries() else line
            is_line = known in formula.lines(law(fiscal_year).fiscal_year)
            ledger = given.calculate([known] if is_line else None)
            account = ledger.explain(unit_id, line, depth=depth)
        written = form.write(account)
        if output is not None:
            write_files(
                output.parent,
                {output.name: lambda path: path.write_text(written, encoding="utf-8")},
            )
    if output is None:
        typer.echo(written, nl=False)


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
    given = _Given(file, sheet, fiscal_year, new_state_funds, salaries, amounts)
    with _failing_plainly():
        given.calculate().to_workbook(output, unit or None)
    _console().print(Text(f"Written: {output}"))


# --- What is shown -----------------------------------------------------------


def _show(console: Console, ledger: Ledger, wanted: list[str] | None) -> None:
    if wanted is None:
        _show_summary(console, summarize(ledger))
        if ledger.not_computed:
            left_out = ", ".join(ledger.not_computed)
            console.print(Text(f"Not computed, for want of input: {left_out}", style="dim"))
    else:
        _show_lines(console, ledger, wanted)


def _grid(title: str, *columns: str, left: int = 1) -> Grid:
    grid = Grid(title=title, title_justify="left")
    for place, column in enumerate(columns):
        grid.add_column(column, justify="left" if place < left else "right", overflow="fold")
    return grid


def _show_summary(console: Console, summary: Summary) -> None:
    year = f"FY{summary.fiscal_year}"
    tiers = _grid(
        f"Evidence-Based Funding {year}", "Tier", "Units", "Pupils", "New money, $", "$ per pupil"
    )
    for code, row in summary.tiers.iterrows():
        tiers.add_row(
            TIER_NAMES[int(str(code))],
            f"{row['units']:,.0f}",
            f"{row['pupils']:,.2f}",
            f"{row['dollars']:,.2f}",
            f"{row['dollars_per_pupil']:,.2f}" if row["pupils"] else "",
        )
    total = summary.tiers.sum()
    tiers.add_section()
    tiers.add_row(
        "State", f"{total['units']:,.0f}", f"{total['pupils']:,.2f}", f"{total['dollars']:,.2f}"
    )
    console.print(tiers)
    console.print(f"New State Funds          ${summary.new_state_funds:,.2f}")
    console.print(f"Tier 1 Target Ratio      {summary.tier_1_target_ratio:.6%}")
    console.print(f"Statewide adequacy       {summary.statewide_percent_of_adequacy:.2%}")
    largest = _grid("Largest amounts", "Unit", "Name", "Tier", "New money, $", left=2)
    for unit, row in summary.largest.iterrows():
        cells = str(unit), str(row.get("name", "")), str(row["tier"]), f"{row['tier_funding']:,.2f}"
        largest.add_row(*map(Text, cells))
    console.print(largest)


def _show_lines(console: Console, ledger: Ledger, wanted: list[str]) -> None:
    grid = _grid(f"FY{ledger.fiscal_year}", "Line", "Unit", "Sum", "Least", "Greatest", left=2)
    statewide, units = ledger.statewide, ledger.units
    for name in wanted:
        line = formula.lines(ledger.fiscal_year)[name]
        if line.statewide:
            grid.add_row(name, str(line.unit), f"{statewide[name]:,.6f}")
            continue
        for column in line.columns:
            cells = (f"{each:,.2f}" for each in units[column].agg(["sum", "min", "max"]))
            grid.add_row(column, str(line.unit), *cells)
    console.print(grid)


@app.command("lines")
def lines_command(fiscal_year: Year = SAMPLE_YEAR) -> None:
    """List every line of a fiscal year: cite, unit, rounding, evidence."""
    with _failing_plainly():
        in_force = formula.lines(law(fiscal_year).fiscal_year).values()
    grid = _grid(f"Lines in force in FY{fiscal_year}",
                 "Line", "Cite", "Unit", "Rounding", "Evidence", "What it is", left=6)  # fmt: skip
    for line in in_force:
        rounding = str(line.rounding or "")
        cells = (line.name, line.cite.removeprefix("18-8.15"), line.unit, rounding)
        grid.add_row(*map(Text, (*cells, str(line.evidence), line.title)))
    console = _console()
    console.print(grid)
    counts = Counter(line.evidence.kind for line in in_force)
    by_kind = ", ".join(f"{count} {kind}" for kind, count in counts.most_common())
    console.print(f"{len(in_force)} lines: {by_kind}. {len(COST_FACTORS)} cost factors of (b)(2).")


@app.command("law")
def law_command(fiscal_year: Annotated[int, typer.Argument(help="The fiscal year.")]) -> None:
    """Show the parameters in force in a fiscal year, with their sources."""
    grid = _grid(f"Parameters of FY{fiscal_year}",
                 "Parameter", "Value", "Unit", "Cite", "Source", left=1)  # fmt: skip
    with _failing_plainly():
        table = law(fiscal_year).table()
    for _, row in table.iterrows():
        value = "not known" if pd.isna(row["value"]) else f"{row['value']:,}"
        cells = row["parameter"], value, row["unit"], row["cite"], row["source"]
        grid.add_row(*map(Text, cells))
    _console().print(grid)
