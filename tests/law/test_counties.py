"""Counties and their neighbours: (b)(3)."""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest
from published import YEARS, units_of
from refusal import all_faults
from states import unit_id

import ebf
from ebf.data import DATA
from ebf.law.columns import DISTRICTS
from ebf.law.regionalization import neighboring_counties_of

COUNTIES = tomllib.loads((DATA / "regionalization.toml").read_text(encoding="utf-8"))
FACTOR = "regionalization_factor"


def state(**columns: object) -> pd.DataFrame:
    """Two units, of Boone (four neighbours) and Lake (two), with wage indices."""
    return pd.DataFrame(
        {
            "unit_id": [unit_id(1), unit_id(2)],
            "organization_type": "unit",
            "county": ["Boone", "LAKE"],
            "average_student_enrollment": 100.0,
            "comparable_wage_index": [1.0, 0.9],
            "neighbors_mean_comparable_wage_index": [1.2, 1.1],
            **columns,
        }
    )


def test_the_neighbours_are_those_of_the_census(published: Path) -> None:
    theirs: dict[str, set[str]] = defaultdict(set)
    with (published / "county_adjacency.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            theirs[row["county"]].add(row["adjacent_county"].replace(".", ""))
    assert len(theirs) == len(COUNTIES) == 102
    for county, neighbors in theirs.items():
        ours = {name.casefold().replace(" ", "") for name in neighboring_counties_of(county)}
        assert ours == {name.casefold().replace(" ", "") for name in neighbors}, county


def test_every_county_is_a_neighbour_of_its_neighbours() -> None:
    for county in COUNTIES:
        neighbors = neighboring_counties_of(county)
        assert len(neighbors) >= 2
        assert all(county in neighboring_counties_of(each) for each in neighbors)


def test_the_number_of_neighbours_is_the_countys() -> None:
    """0.25 + 0.75 x 1.2 = 1.15 with four; 0.33 x 0.9 + 0.66 x 1.1 = 1.023 with two."""
    ledger = ebf.calculate(state(), ebf.law(2026), lines=[FACTOR])
    assert ledger.units["neighboring_counties"].tolist() == [4, 2]
    assert ledger.units["unit_comparable_wage_index"].tolist() == pytest.approx([1.15, 1.023])
    given = ebf.calculate(state(neighboring_counties=[4, 2]), ebf.law(2026), lines=[FACTOR])
    assert given.units[FACTOR].equals(ledger.units[FACTOR])
    (source,) = (
        each
        for each in ledger.explain(unit_id(1), FACTOR).sources
        if each.column == "neighboring_counties"
    )
    assert source.source == "the county's neighbours, U.S. Census Bureau"


def test_another_number_of_neighbours_is_refused() -> None:
    frame = state(neighboring_counties=[4, 3])
    (fault,) = all_faults(lambda: ebf.calculate(frame, ebf.law(2026), lines=[FACTOR]))
    assert fault.place.words == (unit_id(2), "neighboring_counties")
    assert (fault.found, fault.allowed) == ("3", "2, as LAKE has")


def test_a_patch_with_another_number_of_neighbours_is_refused() -> None:
    units = ebf.sample().units.assign(
        comparable_wage_index=1.0,
        neighbors_mean_comparable_wage_index=1.0,
        neighboring_counties=lambda frame: [
            len(neighboring_counties_of(county)) for county in frame["county"]
        ],
    )
    prepared = ebf.prepare(units, ebf.sample().law)
    first, county = (str(units[name].iloc[0]) for name in ("unit_id", "county"))
    other = len(neighboring_counties_of(county)) + 1
    patch = ebf.UnitPatch(unit_id=first, neighboring_counties=other)
    (fault,) = all_faults(lambda: prepared.with_units([patch]))
    assert fault.place.words == (first, "neighboring_counties")


def test_a_county_that_is_none_of_illinois() -> None:
    law = ebf.law(2026)
    frame = state(county=["Boone", "Polk"])
    (fault,) = all_faults(lambda: ebf.calculate(frame, law, lines=[FACTOR]))
    assert (fault.place.unit, fault.fix) == (unit_id(2), "or give neighboring_counties")
    given = ebf.calculate(frame.assign(neighboring_counties=[4, 7]), law, lines=[FACTOR])
    assert given.units["neighboring_counties"].tolist() == [4, 7]


def mean_of_the_least(units: pd.DataFrame) -> float:
    """The mean index, over Cook's, of the counties with the least factor.

    As the factors imply it, if the statewide index is weighted by the units' ASE.
    """
    students, factor = units["average_student_enrollment"], units[FACTOR]
    least = factor <= 0.9
    above = (students * factor)[~least].sum()
    return float((students.sum() - above) / students[least].sum() / factor.max())


def test_the_statewide_index_is_weighted_by_all_units(published: Path) -> None:
    """With all of them it is one number, as far as five decimals of factors tell."""
    years = [units_of(published, year).query("tier > 0") for year in YEARS]
    of_all = [mean_of_the_least(units) for units in years]
    assert max(of_all) - min(of_all) < 0.00004
    of_districts = [
        mean_of_the_least(units[units["organization_type"].isin(DISTRICTS)]) for units in years
    ]
    assert max(of_districts) - min(of_districts) > 0.0003
