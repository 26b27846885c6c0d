"""The commands that ask what if, when and where: compare, sweep, project, gap and their like.

Holds: RATES, compare_command, what_if_command, joined_counts, template_command, sweep_command,
project_command, gap_command, legislative_command.
"""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer

from ebf.doors.options import Given, of_a_state
from ebf.doors.writing import TABLE, check_folder, check_new, form_of, write_results, write_text
from ebf.faults import (
    Fault,
    FaultKind,
    InputError,
    Place,
    contradiction,
    malformed,
    missing,
    nearest,
    repeated,
)
from ebf.files import read_toml, write_file, write_files
from ebf.language.measure import GREATEST
from ebf.law.funding.b_cost_factors import COST_FACTORS
from ebf.ledger import calculate
from ebf.numbers import number_of
from ebf.reports.adequacy_gap import adequacy_gap
from ebf.reports.blank_files import blank_files
from ebf.reports.legislative import legislative
from ebf.reports.own_counts import own_counts
from ebf.show.answer import Shown
from ebf.units.csv_and_parquet import read_units
from ebf.units.ids import ID
from ebf.what_if.batches import MOST_SCENARIOS
from ebf.what_if.comparison import compare
from ebf.what_if.goals import money_needed
from ebf.what_if.growth import Growth
from ebf.what_if.projection import project
from ebf.what_if.scenario import Scenario
from ebf.what_if.sweep import sweep, sweep_to_parquet

RATES = tuple(field.name for field in fields(Growth))


@of_a_state
def compare_command(
    given: Given,
    *,
    scenario: Annotated[Path, typer.Option(help="TOML file of the changes.")],
    line: Annotated[str, typer.Option(help="The line compared.")] = "tier_funding",
    output: Annotated[
        Path | None,
        typer.Option(
            help="File: .csv has every unit; .txt, .md, .html or .json the summary; .svg or .png a "
            "picture."
        ),
    ] = None,
) -> None:
    """Solve the state with and without a scenario: who wins, who loses, who moves tier."""
    form = form_of(output, table=True, picture=True)
    changes = Scenario.from_toml(scenario)
    after = changes.calculate(*given.state)
    found = compare(given.calculate(), after, line)
    write_results([found], given.note, output, form, found.to_csv, found.chart)


@of_a_state
def what_if_command(
    given: Given,
    unit_id: Annotated[str, typer.Argument(help="The unit, by its id or its name.")],
    *,
    counts: Annotated[
        list[Path],
        typer.Option(help="The unit's own counts or property (ebf template); may be repeated."),
    ],
    hold: Annotated[
        list[str] | None,
        typer.Option(help="A line of the state's file that stays as it is; may be repeated."),
    ] = None,
    hold_rest: Annotated[
        bool, typer.Option("--hold-rest", help="Hold all lines that the counts do not suffice for.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option(help="File: .csv has the unit's lines; .txt, .md, .html, .json.")
    ] = None,
) -> None:
    """Put one district's own counts into the state: before, re-solved, and held fixed."""
    form = form_of(output, table=True)
    own = joined_counts(counts)
    found = own_counts(*given.state, unit_id, own, hold=hold or (), hold_rest=hold_rest)
    write_results([found], given.note, output, form, found.frame.to_csv)


def joined_counts(files: list[Path]) -> pd.DataFrame:
    """The tables of one district beside each other; a column of several must agree."""
    rows, faults = pd.DataFrame(), list[Fault]()
    for file in files:
        own = _of_own(file)
        both = own.columns.intersection(rows.columns)
        faults += [
            contradiction(
                Place(str(file), column=name, file=str(file)),
                ", ".join(map(str, own[name])),
                f"{', '.join(map(str, rows[name]))}, as a file before it has",
                fix="leave it out of one of the files",
            )
            for name in both
            if not rows[name].equals(own[name])
        ]
        rows = pd.concat([rows, own.drop(columns=both)], axis=1)
    if faults:
        raise InputError(faults)
    return rows


def _of_own(file: Path) -> pd.DataFrame:
    """The table of one district by its id."""
    frame = read_units(file)
    if ID not in frame.columns:
        place, allowed = Place(str(file), column=ID, file=str(file)), "the unit's id"
        raise InputError([missing(place, "no such column", allowed, fix="ebf template has it")])
    return frame.set_index(ID)


@of_a_state
def template_command(
    given: Given,
    unit_id: Annotated[str, typer.Argument(help="The unit, by its id or its name.")],
    *,
    output: Annotated[
        Path, typer.Option(help="Folder for counts.csv, property.csv, columns.csv, staff.toml.")
    ] = Path(),
) -> None:
    """Write blank files of one district: its counts, its property and its actual staff."""
    check_folder(output, "the blank files")
    units, own = given.state
    files = blank_files(calculate(units, own, lines=["is_district"]), unit_id)
    check_new(output, [*files])
    write_files(output, files)
    write_text(f"Written: {', '.join(str(output / name) for name in files)}\n")


@of_a_state
def sweep_command(
    given: Given,
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
) -> None:
    """Solve the state for every combination of numbers of the law and of money."""
    wanted = [each.strip() for each in lines.split(",")]
    if output is not None and output.suffix.lower() != TABLE:
        check_folder(output, "Parquet files (or a .csv file is)")
    values = _grid(grid)
    asked: dict[str, Any] = {"lines": wanted, "progress": True}
    if output is None:
        said = sweep(*given.state, values, **asked).to_string()
    elif output.suffix.lower() == TABLE:
        frame = sweep(*given.state, values, **asked)
        write_file(output, lambda path: frame.to_csv(path, index=False))
        said = f"Written: {len(frame):,} rows in {output}"
    else:
        parts = sweep_to_parquet(*given.state, values, output, **asked)
        said = f"Written: {len(parts)} parts in {output}"
    write_text(f"{said}\n{given.note}\n")


def _grid(said: list[str]) -> dict[str, list[float]]:
    """The values of every name; raises InputError for what is no such list."""
    values: dict[str, list[float]] = {}
    faults: list[Fault] = []
    for each in said:
        name, _, numbers = each.partition("=")
        try:
            side = _side(numbers)
        except ValueError:
            allowed = f"NAME=1,2,3 or NAME=first:last:count, {MOST_SCENARIOS:,} at most"
            faults.append(malformed(Place("sweep", argument="--grid"), each, allowed))
            continue
        if name in values:
            faults.append(repeated(Place("sweep", argument="--grid"), each, "every name once"))
        values[name] = side
    if faults:
        raise InputError(faults)
    return values


def _side(said: str) -> list[float]:
    """The values of one name."""
    if said.count(":") == 2:  # noqa: PLR2004 - first:last:count
        first, last, count = said.split(":")
        if not re.fullmatch("[0-9]{1,9}", count) or int(count) > MOST_SCENARIOS:
            raise ValueError(count)
        found: list[float] = np.linspace(_number(first), _number(last), int(count)).tolist()
        return found
    return [_number(number) for number in said.split(",")]


def _number(said: str) -> float:
    """The number; ValueError for what is none, or blank."""
    number = number_of(said)
    if number is None or not abs(number) <= GREATEST:
        raise ValueError(said)
    return number


@of_a_state
def project_command(
    given: Given,
    *,
    years: Annotated[int, typer.Option(help="How many years ahead, or the last fiscal year.")],
    growth: Annotated[
        list[str] | None,
        typer.Option(help=f"NAME=0.02, a rate a year, of {', '.join(RATES)}; may be repeated."),
    ] = None,
    level: Annotated[
        float | None, typer.Option(help="With --by-year: percent of adequacy, 0.9 for 90 %.")
    ] = None,
    by_year: Annotated[
        int | None, typer.Option(help="Fiscal year by which every unit is to be at the level.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            help="File: .csv has the years; .txt, .md, .html or .json all; .svg or .png a picture."
        ),
    ] = None,
) -> None:
    """Take the state through the years: who is adequate when, and what it costs."""
    form = form_of(output, table=True, picture=True)
    assumed = _growth(growth or [])
    if (level is None) != (by_year is None):
        name = "--level" if level is None else "--by-year"
        allowed = "--level and --by-year together, or neither"
        raise InputError([missing(Place(argument=name), "left out", allowed)])
    projection = project(*given.state, years, growth=assumed)
    found: list[Shown] = [projection]
    if level is not None and by_year is not None:
        found.append(money_needed(*given.state, level, by_year, growth=assumed))
    write_results(found, given.note, output, form, projection.years.to_csv, projection.chart)


def _growth(said: list[str]) -> Growth:
    """The rates of growth; raises InputError for what is none."""
    rates: dict[str, float] = {}
    faults: list[Fault] = []
    for each in said:
        name, _, rate = each.partition("=")
        try:
            if name in rates:
                faults.append(
                    repeated(Place("projection", argument="--growth"), each, "every name once")
                )
            rates[name] = _number(rate)
        except ValueError:
            faults.append(malformed(Place("projection", argument="--growth"), each, "NAME=0.02"))
        if name not in RATES:
            fix = nearest(name, RATES)
            faults.append(
                Fault(
                    FaultKind.UNKNOWN_NAME,
                    Place("projection", argument="--growth"),
                    name,
                    ", ".join(RATES),
                    fix=fix,
                )
            )
    if faults:
        raise InputError(faults)
    return Growth(**rates)


@of_a_state
def gap_command(
    given: Given,
    unit_id: Annotated[str, typer.Argument(help="The unit, by its id or its name.")],
    *,
    actual: Annotated[
        Path, typer.Option(help="TOML file: FTE (or dollars) by cost factor, nurse = 2.5.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(help="File: .csv, .txt, .md, .html or .json; .svg or .png a picture."),
    ] = None,
) -> None:
    """Set a unit's actual staff against the 34 cost factors: FTE and dollars short or over."""
    form = form_of(output, table=True, picture=True)
    ledger = given.calculate([factor.cost for factor in COST_FACTORS] + ["adequacy_target"])
    found = adequacy_gap(ledger, unit_id, read_toml(actual))
    write_results([found], given.note, output, form, found.frame.to_csv, found.chart)


@of_a_state
def legislative_command(
    given: Given,
    *,
    coverage: Annotated[
        Path | None,
        typer.Option(
            help="Table of chamber, district, unit_id, share. Left out: the Base Calc sheet's "
            "representative and senator numbers."
        ),
    ] = None,
    scenario: Annotated[
        Path | None,
        typer.Option(help="TOML file of changes, a bill's: every number before and after them."),
    ] = None,
    district: Annotated[
        str | None,
        typer.Option(help="Only this one, unit by unit: 'House 94', 'Senate 47'."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            help="File: .csv has a row a district, or with --district a row a unit; .txt, .md, "
            ".html or .json all."
        ),
    ] = None,
) -> None:
    """Roll the state up to House and Senate districts: money, gap, tiers; what a bill changes."""
    form = form_of(output, table=True)
    asked = None if district is None else _district(district)
    changes = None if scenario is None else Scenario.from_toml(scenario)
    before = given.calculate()
    if changes is None:
        found = legislative(before, coverage)
    else:
        found = legislative(changes.calculate(*given.state), coverage, before=before)
    if asked is None:
        write_results([found], given.note, output, form, found.frame.to_csv)
    else:
        of_one = found.district(*asked)
        write_results([of_one], given.note, output, form, of_one.to_csv)


def _district(said: str) -> tuple[str, int]:
    """The chamber and the number; raises InputError for what is none."""
    chamber, _, number = said.strip().rpartition(" ")
    if not chamber or not re.fullmatch("[0-9]{1,9}", number):
        allowed = "a chamber and the number of a district: 'House 94'"
        raise InputError([malformed(Place(argument="--district"), said, allowed)])
    return re.sub(" district$", "", chamber, flags=re.IGNORECASE), int(number)
