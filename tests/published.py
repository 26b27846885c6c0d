"""The years that the State Board published, read and distributed anew."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pandas as pd

import ebf

YEARS = (2018, 2020, 2022)


@cache
def units_of(folder: Path, year: int) -> pd.DataFrame:
    """A published year, a row a unit."""
    return ebf.read_units(folder / f"fy{year}.csv").set_index("unit_id")


@cache
def statewide_of(folder: Path, year: int) -> dict[str, float]:
    content: dict[str, dict[str, float]] = json.loads((folder / "statewide.json").read_text())
    return content[str(year)]


DISTRIBUTION = [
    "name",
    "organization_type",
    "average_student_enrollment",
    "adequacy_target",
    "final_resources",
    "local_capacity_percentage",
]


@cache
def distributed(folder: Path, year: int) -> ebf.Ledger:
    """A published year's targets and resources, distributed by the library."""
    given = units_of(folder, year)[[*DISTRIBUTION, "base_funding_minimum"]]
    return ebf.calculate(
        given, ebf.law(year, new_state_funds=statewide_of(folder, year)["new_state_funds"])
    )
