"""What the commands share: their options, and how they fail.

Holds: EXIT_BAD_INPUT, File, Sheet, Year, Money, SalaryFile, AmountFile, ReadingChoice, GivenLines,
Keep, Estimates, failing_plainly, table_of, readings_in, Given, of_a_state, refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, NoReturn

import pandas as pd
import typer

from ebf.doors.writing import OUTPUT, check_not_read
from ebf.faults import InputError, Place, by_cause, contradiction, malformed, repeated
from ebf.law.parameters import law
from ebf.law.salaries import Salaries
from ebf.law.years import FIRST_YEAR, LAST_YEAR
from ebf.ledger import Ledger, calculate
from ebf.units.csv_and_parquet import read_units
from ebf.units.reading import read
from ebf.units.sample import (
    SAMPLE_NOTE,
    SAMPLE_YEAR,
    sample_salaries,
    sample_table,
    sample_units,
)
from ebf.units.state import State
from ebf.units.table import GIVEN

EXIT_BAD_INPUT = 2

File = Annotated[
    Path | None,
    typer.Argument(
        help="Units: CSV, Parquet, .xlsx, or ISBE's Base Calc sheet. Left out: the sample state."
    ),
]
Sheet = Annotated[str | None, typer.Option(help="Sheet of the workbook.")]
Year = Annotated[
    int | None,
    typer.Option(
        "--fiscal-year",
        help=f"{FIRST_YEAR} to {LAST_YEAR}; 2022 ends June 2022. A workbook says its own.",
    ),
]
Money = Annotated[float | None, typer.Option(help="New money for the tiers, in dollars.")]
SalaryFile = Annotated[Path | None, typer.Option(help="TOML file of state-average salaries.")]
AmountFile = Annotated[
    Path | None, typer.Option(help="TOML file of parameters to supply or change.")
]

ReadingChoice = Annotated[
    list[str] | None,
    typer.Option(help="NUMBER=NAME: an alternative reading of the law (ebf readings); repeated."),
]

GivenLines = Annotated[
    list[str] | None,
    typer.Option(help="A line of the table that stands in whatever is beside it; repeated."),
]
Keep = Annotated[
    list[str] | None,
    typer.Option(help="A column of your own that is passed through to units.csv; repeated."),
]
Estimates = Annotated[
    bool,
    typer.Option(
        "--estimate-percentages",
        help="Estimate blank Local Capacity Percentages by Adjusted Local Capacity Target over "
        "Adequacy Target; marked as estimates wherever shown.",
    ),
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


def table_of(file: Path | None, sheet: str | None, sample: str) -> pd.DataFrame:
    """The table of a file, of one of its sheets, or of the sample."""
    if file is not None:
        return read_units(file, sheet=sheet)
    if sheet is not None:
        place, allowed = Place("arguments", argument="--sheet"), "with a workbook"
        raise InputError([contradiction(place, sheet, allowed, fix="name the file")])
    return sample_table(sample)


def readings_in(said_of: Sequence[str] | None) -> dict[int, str]:
    """The alternatives that ``NUMBER=NAME`` options choose."""
    chosen: dict[int, str] = {}
    faults = []
    for said in said_of or []:
        number, _, name = said.partition("=")
        place = Place("arguments", argument="--reading")
        if not (number.isdecimal() and name):
            faults.append(malformed(place, said, "a reading with an alternative: 17=rounded"))
        elif int(number) in chosen:
            faults.append(repeated(place, said, "one alternative of a reading"))
        else:
            chosen[int(number)] = name
    if faults:
        raise InputError(faults)
    return chosen


@dataclass(frozen=True)
class Given:
    """What every command that calculates is handed over: options declared once."""

    file: File = None
    sheet: Sheet = None
    fiscal_year: Year = None
    new_state_funds: Money = None
    salaries: SalaryFile = None
    amounts: AmountFile = None
    reading: ReadingChoice = None
    given: GivenLines = None
    keep: Keep = None
    estimate_percentages: Estimates = False

    @cached_property
    def state(self) -> State:
        """Units and law: the file's, or the sample's; the units with the lines that stand in."""
        units, law = self._state
        units.attrs[GIVEN] = tuple(self.given or ())
        return State(units, law)

    @cached_property
    def _state(self) -> State:
        paid = self.paid
        if self.file is not None:
            return read(
                self.file,
                self.fiscal_year,
                self.amounts,
                sheet=self.sheet,
                salaries=paid,
                readings=self.readings,
                keep=self.keep or (),
                estimate_percentages=self.estimate_percentages,
                new_state_funds=self.new_state_funds,
            )
        self._check_sample()
        year = SAMPLE_YEAR if self.fiscal_year is None else self.fiscal_year
        paid = sample_salaries() if paid is None else paid
        own = law(
            year,
            self.amounts,
            salaries=paid,
            readings=self.readings,
            new_state_funds=self.new_state_funds,
        )
        return State(sample_units(), own)

    def _check_sample(self) -> None:
        """Refuse options that are of a file, where there is none."""
        said = {
            "--sheet": self.sheet,
            "--keep": ", ".join(self.keep or []) or None,
            "--estimate-percentages": "said" if self.estimate_percentages else None,
        }
        faults = [
            contradiction(
                Place("arguments", argument=option),
                value,
                "with a file of units: the sample state has no such thing",
                fix="name the file, or leave it out",
            )
            for option, value in said.items()
            if value is not None
        ]
        if faults:
            raise InputError(faults)

    @property
    def paid(self) -> Salaries | None:
        """The salaries of the file that is named."""
        return None if self.salaries is None else Salaries.from_toml(self.salaries)

    @property
    def readings(self) -> dict[int, str]:
        """The alternatives that the law is to be read by."""
        return readings_in(self.reading)

    def calculate(self, lines: Sequence[str] | None = None) -> Ledger:
        """The ledger."""
        return calculate(*self.state, lines=lines, given=self.given or ())

    @property
    def note(self) -> str:
        """What of the numbers is invented; empty where nothing is."""
        if self.file is None:
            return f"The sample state. {SAMPLE_NOTE}"
        if invented := self.state.law.salaries.illustrative:
            return f"Illustrative salaries: {', '.join(invented)}"
        return ""


def of_a_state(command: Callable[..., None]) -> Callable[..., None]:
    """A command whose argument ``given`` is made of the options of :class:`Given`.

    Its own positional arguments come first, then the file; bad input ends it plainly.
    """
    shared = signature(Given, eval_str=True).parameters
    own = [p for p in signature(command, eval_str=True).parameters.values() if p.name != "given"]

    @wraps(command)
    def run(**said: Any) -> None:
        files = [
            each
            for name, value in said.items()
            for each in (value if isinstance(value, list) else [value])
            if isinstance(each, Path) and name != OUTPUT
        ]
        given = Given(**{name: said.pop(name) for name in shared})
        with failing_plainly():
            if (output := said.get(OUTPUT)) is not None:
                check_not_read(output, files)
            command(given, **said)

    file, *others = (p.replace(kind=Parameter.KEYWORD_ONLY) for p in shared.values())
    first = [p for p in own if p.kind is not Parameter.KEYWORD_ONLY]
    options = [p for p in own if p.kind is Parameter.KEYWORD_ONLY]
    taken = [*(p.replace(kind=Parameter.KEYWORD_ONLY) for p in first), file, *options, *others]
    run.__signature__ = Signature(taken)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in taken}
    del run.__wrapped__  # typer would read that one's
    return run


def refuse(error: InputError) -> NoReturn:
    """A line a cause on standard error, and exit status 2."""
    for line in by_cause(error.faults):
        typer.echo(f"ebf: {line}", err=True)
    raise typer.Exit(EXIT_BAD_INPUT) from error
