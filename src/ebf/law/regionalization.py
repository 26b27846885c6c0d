"""Counties: their Regionalization Factors, as ISBE published them, and their neighbours.

Holds: factor_years, regionalization_factor_of, neighboring_counties_of, county_called,
county_fault.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache

from ebf.data import DATA
from ebf.faults import Fault, FaultKind, Place


def _key(county: str) -> str:
    return "".join(letter for letter in county.lower() if letter.isalpha())


@cache
def _published() -> Mapping[int, Mapping[str, float]]:
    """The factors of each fiscal year, by county."""
    text = (DATA / "regionalization.toml").read_text(encoding="utf-8")
    found: dict[int, dict[str, float]] = {}
    for county, factors in tomllib.loads(text).items():
        for year, factor in factors.items():
            found.setdefault(int(year.removeprefix("FY")), {})[_key(county)] = factor
    return found


def factor_years() -> tuple[int, ...]:
    """The fiscal years whose factors are in hand."""
    return tuple(sorted(_published()))


def regionalization_factor_of(county: str, fiscal_year: int) -> float | None:
    """The published factor, or None for a county or year that is not in hand.

    Case, blanks and full stops in the county's name do not matter.

    >>> regionalization_factor_of("DU PAGE", 2022), regionalization_factor_of("Cook", 2021)
    (1.05685, None)
    """
    return _published().get(fiscal_year, {}).get(_key(county))


@cache
def _neighbors() -> Mapping[str, tuple[str, ...]]:
    """The neighbours of every county."""
    text = (DATA / "county_neighbors.toml").read_text(encoding="utf-8")
    return {_key(county): tuple(neighbors) for county, neighbors in tomllib.loads(text).items()}


def neighboring_counties_of(county: str) -> tuple[str, ...]:
    """The neighbouring counties within Illinois; none of a county that is not one of Illinois.

    >>> neighboring_counties_of("boone"), neighboring_counties_of("Polk")
    (('DeKalb', 'McHenry', 'Ogle', 'Winnebago'), ())
    """
    return _neighbors().get(_key(county), ())


@cache
def _names() -> Mapping[str, str]:
    """Every county as it is written."""
    text = (DATA / "county_neighbors.toml").read_text(encoding="utf-8")
    return {_key(county): county for county in tomllib.loads(text)}


def county_called(county: str) -> str | None:
    """A county of Illinois as it is written, whichever way a file has it; None for another.

    >>> county_called("DE KALB"), county_called("st. clair"), county_called("Polk")
    ('DeKalb', 'St Clair', None)
    """
    return _names().get(_key(county))


def county_fault(
    unit_id: str, county: str | None, instead: str = "regionalization_factor"
) -> Fault:
    """The fault of a unit whose county has no factor or neighbours, None where it is blank."""
    return Fault(
        FaultKind.UNKNOWN_NAME,
        Place(unit=unit_id, column="county"),
        "blank" if county is None else repr(county),
        "one of Illinois' 102 counties",
        "18-8.15(b)(3)",
        f"or give {instead}",
    )
