"""What the commands share: their options, and how they fail.

Holds: EXIT_BAD_INPUT, EXCEL, File, Sheet, Year, Money, SalaryFile, AmountFile, failing_plainly,
Given, refuse.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, NoReturn

import pandas as pd
import typer

from ebf.faults import InputError
from ebf.law.funding import NEW_MONEY
from ebf.law.parameters import Law, law
from ebf.law.salaries import Salaries
from ebf.law.years import FIRST_YEAR, LAST_YEAR
from ebf.ledger import Ledger, calculate
from ebf.units.csv_and_parquet import read_units
from ebf.units.isbe.base_calc import read_base_calc
from ebf.units.sample import SAMPLE_NOTE, sample_salaries, sample_units

EXIT_BAD_INPUT = 2
EXCEL = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}

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
def failing_plainly() -> Iterator[None]:
    """Bad input ends with status 2 and every fault on standard error; a failed write with 1."""
    try:
        yield
    except InputError as error:
        refuse(error)
    except OSError as error:
        if error.filename is None:
            raise  # the screen's, or the pipe's
        typer.echo(f"ebf: {error.filename}: {error.strerror}", err=True)
        raise typer.Exit(1) from error


@dataclass(frozen=True)
class Given:
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
            self.units,
            self.law,
            salaries=self.salary_table,
            new_state_funds=self.money,
            lines=lines,
        )

    @cached_property
    def law(self) -> Law:
        """The law of the year, with the amounts supplied."""
        return law(self.fiscal_year, self.amounts)

    @cached_property
    def salary_table(self) -> Salaries:
        """The salaries; the sample's with the sample."""
        if self.salaries is not None:
            return Salaries.from_toml(self.salaries)
        return sample_salaries() if self.file is None else Salaries({})

    @cached_property
    def money(self) -> float | None:
        """The new money asked for; else the workbook's own; None for the year's."""
        if self.new_state_funds is None and self._workbook is not None:
            return float(self._workbook[NEW_MONEY].iloc[0])
        return self.new_state_funds

    @cached_property
    def units(self) -> pd.DataFrame:
        """The table of units."""
        if self.file is None:
            return sample_units()
        if self._workbook is not None:
            return self._workbook.drop(columns=NEW_MONEY)
        return read_units(self.file)

    @cached_property
    def _workbook(self) -> pd.DataFrame | None:
        """The State Board's sheet, which has its year's new money; None for other files."""
        if self.file is None or (self.sheet is None and self.file.suffix.lower() not in EXCEL):
            return None
        return read_base_calc(self.file, self.sheet)

    @property
    def note(self) -> str:
        """What of the numbers is invented; empty where nothing is."""
        if self.file is None:
            return f"The sample state. {SAMPLE_NOTE}"
        if self.salary_table.illustrative:
            return f"Illustrative salaries: {', '.join(self.salary_table.illustrative)}"
        return ""


def refuse(error: InputError) -> NoReturn:
    """Every fault on standard error, and exit status 2."""
    for fault in error.faults:
        typer.echo(f"ebf: {fault}", err=True)
    raise typer.Exit(EXIT_BAD_INPUT) from error
