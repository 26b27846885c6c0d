"""The commands that ask what if: compare and sweep."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from ebf.batches import sweep, sweep_to_parquet
from ebf.comparison import compare
from ebf.faults import Fault, InputError
from ebf.files import write_files
from ebf.options import (
    AmountFile,
    File,
    Given,
    Money,
    SalaryFile,
    Sheet,
    Year,
    failing_plainly,
    write_text,
)
from ebf.sample import SAMPLE_YEAR
from ebf.scenario import Scenario

HTML = {".html", ".htm"}


def compare_command(
    file: File = None,
    *,
    scenario: Annotated[Path, typer.Option(help="TOML file of the changes.")],
    line: Annotated[str, typer.Option(help="The line compared.")] = "tier_funding",
    output: Annotated[
        Path | None, typer.Option(help="File: .csv has every unit, .html or text the summary.")
    ] = None,
    sheet: Sheet = None,
    fiscal_year: Year = SAMPLE_YEAR,
    new_state_funds: Money = None,
    salaries: SalaryFile = None,
    amounts: AmountFile = None,
) -> None:
    """Solve the state with and without a scenario: who wins, who loses, who moves tier."""
    given = Given(file, sheet, fiscal_year, new_state_funds, salaries, amounts)
    with failing_plainly():
        changes = Scenario.from_toml(scenario)
        after = changes.calculate(
            given.units,
            given.law,
            salaries=given.salary_table,
            new_state_funds=given.new_state_funds,
        )
        found = compare(given.calculate(), after, line)
        if output is not None and output.suffix == ".csv":
            write_files(output.parent, {output.name: found.to_csv})
            return
        is_page = output is not None and output.suffix in HTML
        note = given.note
        text = found.to_html() if is_page else f"{found.to_text()}\n{note}\n"
        write_text(text, output)


def sweep_command(
    file: File = None,
    *,
    grid: Annotated[
        list[str],
        typer.Option(help="NAME=1,2,3 or NAME=first:last:count; may be repeated."),
    ],
    lines: Annotated[str, typer.Option(help="The lines wanted: a,b,c.")] = "tier_funding",
    output: Annotated[
        Path | None,
        typer.Option(help="A .csv file; or a folder, for Parquet files part by part."),
    ] = None,
    sheet: Sheet = None,
    fiscal_year: Year = SAMPLE_YEAR,
    new_state_funds: Money = None,
    salaries: SalaryFile = None,
    amounts: AmountFile = None,
) -> None:
    """Solve the state for every combination of numbers of the law and of money."""
    given = Given(file, sheet, fiscal_year, new_state_funds, salaries, amounts)
    wanted = [each.strip() for each in lines.split(",")]
    with failing_plainly():
        values = _grid(grid)
        if output is not None and output.suffix != ".csv":
            parts = sweep_to_parquet(
                output,
                given.units,
                given.law,
                values,
                lines=wanted,
                salaries=given.salary_table,
                new_state_funds=given.new_state_funds,
                progress=True,
            )
            typer.echo(f"Written: {len(parts)} parts in {output}")
            return
        frame = sweep(
            given.units,
            given.law,
            values,
            lines=wanted,
            salaries=given.salary_table,
            new_state_funds=given.new_state_funds,
            progress=True,
        )
        if output is None:
            write_text(f"{frame.to_string()}\n{given.note}\n", None)
            return
        write_files(output.parent, {output.name: lambda path: frame.to_csv(path, index=False)})
        typer.echo(f"Written: {len(frame):,} rows in {output}")


def _grid(said: list[str]) -> dict[str, list[float]]:
    """The values of every name; raises InputError for what is no such list."""
    values: dict[str, list[float]] = {}
    faults: list[Fault] = []
    for each in said:
        name, _, numbers = each.partition("=")
        try:
            if numbers.count(":") == 2:  # noqa: PLR2004 - first:last:count
                first, last, count = numbers.split(":")
                values[name] = np.linspace(float(first), float(last), int(count)).tolist()
            else:
                values[name] = [float(number) for number in numbers.split(",")]
        except ValueError:
            allowed = "NAME=1,2,3 or NAME=first:last:count"
            faults.append(Fault("sweep", "--grid", each, allowed))
    if faults:
        raise InputError(faults)
    return values
