"""What is assumed of the years to come: growth, and a number a year.

Holds: Yearly, Levels, LONGEST, Growth, NO_GROWTH, years_ahead, by_year, path_of, levels_of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from ebf.contents import ByContents
from ebf.faults import (
    Fault,
    Place,
    contradiction,
    described,
    malformed,
    out_of_range,
    repeated,
    several_scenarios,
    wrong_type,
)
from ebf.language.measure import GREATEST
from ebf.law import funding
from ebf.law.parameters import Law
from ebf.numbers import numbers_of

Yearly: TypeAlias = float | Sequence[float] | Mapping[int, float] | npt.NDArray[Any] | pd.Series
"""A number for every year, or one a year: in order, or by fiscal year (a Series by its index)."""

Levels: TypeAlias = Mapping[str, Sequence[float]]

LONGEST: Final = 100
"""The most years that a projection looks ahead."""

_LEAST_RATE: Final = -0.5
_MOST_RATE: Final = float(np.nextafter(1.0, 0.0))
_RATES: Final = "a rate from -0.5 to less than 1 (2 % is 0.02)"


@dataclass(frozen=True, eq=False)
class Growth(ByContents):
    """What is assumed of the years to come, as rates a year (0.02 is 2 %).

    Each a number, or one for each year after the first: ``salaries`` of all
    positions; ``prices``: the law's dollars per student that are recalibrated, pension,
    health and transportation; ``eav``: property and what is raised from it;
    ``replacement_tax``; ``enrollment``: every count of pupils, and of staff where
    that is handed over; ``adequacy_target``: the target and its parts, where
    they are handed over and not computed.
    """

    salaries: Yearly = 0.0
    prices: Yearly = 0.0
    eav: Yearly = 0.0
    replacement_tax: Yearly = 0.0
    enrollment: Yearly = 0.0
    adequacy_target: Yearly = 0.0


NO_GROWTH: Final = Growth()


def years_ahead(law: Law, said: Any, argument: str) -> tuple[int | None, list[Fault]]:
    """How many years after the first, from their count or from the last fiscal year."""
    first, counts = law.fiscal_year, argument != "by_year"
    if isinstance(said, (int, np.integer)) and not isinstance(said, (bool, np.timedelta64)):
        ahead = int(said) - (0 if counts and said <= LONGEST else first)
        if 0 <= ahead <= LONGEST:
            return ahead, []
    allowed = f"a fiscal year from {first} to {first + LONGEST}"
    if counts:
        allowed = f"0 to {LONGEST} years after FY{first}, or {allowed}"
    return None, [out_of_range(Place(argument=argument), described(said), allowed)]


def by_year(said: Any) -> Any:
    """A Series with an index of its own by that; one numbered from 0 in order."""
    if isinstance(said, pd.Series) and not said.index.equals(pd.RangeIndex(len(said))):
        return said.to_dict()
    return said


def _one_a_year(
    name: str, said: Any, years: range | None, bounds: tuple[float, float], allowed: str
) -> tuple[list[float], list[Fault]]:
    """A number within bounds for every year, and what is wrong with it."""
    if years is not None:
        allowed += f"; one for all or one for each of {len(years)} years"
        allowed += f", FY{years[0]} to FY{years[-1]}" if years else ""
    if isinstance(said, pd.Series) and not said.index.is_unique:
        twice = said.index[said.index.duplicated()].tolist()
        return [], [repeated(Place(argument=name), f"{described(twice)} twice", allowed)]
    said = by_year(said)
    if isinstance(said, Mapping):
        if years is not None and {*said} != {*years}:
            found = f"the years {described(list(said))}"
            return [], [contradiction(Place(argument=name), found, allowed)]
        said = list(said.values()) if years is None else [said[year] for year in years]
    try:
        numbers = numbers_of(said)
    except ValueError:
        return [], [wrong_type(Place(argument=name), described(said), allowed)]
    if numbers.ndim > 1 or (numbers.ndim and years is not None and len(numbers) != len(years)):
        return [], [malformed(Place(argument=name), f"{numbers.size} numbers", allowed)]
    wrong = np.extract(~((numbers >= bounds[0]) & (numbers <= bounds[1])), numbers).tolist()
    faults = [out_of_range(Place(argument=name), f"{each:.15g}", allowed) for each in wrong]
    if faults or years is None:
        return [], faults
    return np.broadcast_to(numbers, len(years)).tolist(), []


def path_of(said: Any, law: Law, ahead: int | None) -> tuple[list[float], list[Fault]]:
    """The new money of every year, the first too."""
    first = law.fiscal_year
    if said is None:
        if fault := law.fault_of(funding.NEW_MONEY):
            return [], [fault]
        known = law.value(funding.NEW_MONEY)
        if known.size > 1:
            place = Place("scenarios", column=funding.NEW_MONEY)
            found, allowed = f"{known.size} scenarios", "one number for all years"
            return [], [several_scenarios(place, found, allowed)]
        said = known.item()
    years = None if ahead is None else range(first, first + ahead + 1)
    allowed = "a finite number, 0 or more"
    return _one_a_year(funding.NEW_MONEY, said, years, (0.0, GREATEST), allowed)


def levels_of(growth: Any, law: Law, ahead: int | None) -> tuple[Levels, list[Fault]]:
    """What every rate comes to in each year after the first, which is at 1."""
    first = law.fiscal_year + 1
    years = None if ahead is None else range(first, first + ahead)
    levels, faults = {}, []
    if not isinstance(growth, Growth):
        return {}, [wrong_type(Place(argument="growth"), described(growth), "ebf.Growth(...)")]
    for rate in fields(Growth):
        name, said = f"growth.{rate.name}", getattr(growth, rate.name)
        rates, wrong = _one_a_year(name, said, years, (_LEAST_RATE, _MOST_RATE), _RATES)
        with np.errstate(over="ignore"):
            levels[rate.name] = np.cumprod(1 + np.array(rates)).tolist()
        faults += wrong
        if any(level > GREATEST for level in levels[rate.name]):
            allowed = f"rates that come to {GREATEST:g} times at most"
            faults.append(out_of_range(Place(argument=name), "growth beyond all numbers", allowed))
    return levels, faults
