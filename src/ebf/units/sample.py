"""The sample state: an invented Illinois of FY2022, for trying things out.

Holds: SAMPLE_YEAR, SAMPLE_NOTE, INVENTED, sample, sample_units, sample_table, sample_salaries.
"""

from __future__ import annotations

from functools import cache

import pandas as pd

from ebf.data import DATA
from ebf.faults import InputError, Place, described, unknown_name
from ebf.law.parameters import law
from ebf.law.salaries import Salaries
from ebf.units.csv_and_parquet import grid_of, units_of
from ebf.units.state import State
from ebf.units.table import NOTE

SAMPLE_YEAR = 2022
"""The latest fiscal year whose amounts are all known."""

SAMPLE_NOTE = "The units are invented, and the split of salaries marked illustrative."


INVENTED = "The table is invented: no district and no dollar in it is real."


def sample() -> State:
    """The sample state: invented units, and the law of FY2022 with the sample's salaries."""
    return State(sample_units(), law(SAMPLE_YEAR, salaries=sample_salaries()))


def sample_units() -> pd.DataFrame:
    """The units of the sample state, raw counts and all: invented, none is real.

    A frame of the caller's own, a row a unit.
    """
    return _units().copy()


@cache
def _units() -> pd.DataFrame:
    file = DATA / "sample" / "units.csv"
    units = units_of(file, grid_of(file))  # no file of the caller's, so no source
    units.attrs[NOTE] = SAMPLE_NOTE
    return units


def sample_table(name: str) -> pd.DataFrame:
    """An invented table to try a neighboring law with, by its name: ``relief_grants``.

    Its column ``unit_id`` and other ids are text. Raises InputError for an unknown name.

    >>> sample_table("relief_grants")["unit_id"].str.len().unique().tolist()
    [13]
    """
    folder = DATA / "sample" / "neighbors"
    known = sorted(path.stem for path in folder.glob("*.csv"))
    if name not in known:
        place, allowed = Place(argument="name"), f"one of {', '.join(known)}"
        raise InputError([unknown_name(place, described(name), allowed, known)])
    return pd.read_csv(folder / f"{name}.csv", dtype={"unit_id": str, "school_id": str})


@cache
def sample_salaries() -> Salaries:
    """FY2022's averages; of three the sum is known, and its split marked illustrative."""
    return Salaries.from_toml(DATA / "sample" / "salaries.toml")
