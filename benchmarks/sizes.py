"""The sample state, and states ten and a hundred times its size."""

from __future__ import annotations

from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

import ebf

Array: TypeAlias = npt.NDArray[np.float64]
SIZES = (1, 10, 100)
LAW = ebf.law(2022)
SALARIES = ebf.sample().law.salaries
DISTRIBUTION = [
    "unit_id",
    "organization_type",
    "average_student_enrollment",
    "adequacy_target",
    "final_resources",
    "local_capacity_percentage",
]


def money(times: int) -> float:
    """New State Funds of the larger state, in dollars."""
    return 300e6 * times


def _several(units: pd.DataFrame, times: int) -> pd.DataFrame:
    """The units so many times over, each with an id of its own in its region; one Chicago."""
    others = units.assign(article_34_district=0) if "article_34_district" in units else units
    one_after_another = pd.concat([units, *[others] * (times - 1)], ignore_index=True)
    region = one_after_another["unit_id"].str[:2]
    numbers = pd.Series(range(len(one_after_another))).map("{:07d}".format)
    return one_after_another.assign(unit_id=region + numbers + "2600")


@cache
def counts(times: int) -> pd.DataFrame:
    """Raw counts of every unit."""
    return _several(ebf.sample().units, times)


@cache
def distribution(times: int) -> pd.DataFrame:
    """What the distribution reads; resources differ somewhat between the copies."""
    one = ebf.calculate(ebf.sample().units, LAW.with_amounts(salaries=SALARIES)).units.reset_index()
    units = _several(one[DISTRIBUTION], times)
    rest = slice(len(one), None)
    spread = np.random.default_rng(1).uniform(0.98, 1.02, len(units))[rest]
    resources = units["final_resources"].to_numpy(copy=True)
    resources[rest] = np.floor(resources[rest] * spread * 100) / 100
    return units.assign(final_resources=resources)


def columns(units: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Array, Array, Array, Array]]:
    """Those in the distribution, and their numbers as the floor takes them."""
    inside = units[
        (units["adequacy_target"] > 0) & (units["organization_type"] != "specially_funded")
    ]
    return inside, (
        inside["adequacy_target"].to_numpy(np.float64),
        inside["final_resources"].to_numpy(np.float64),
        inside["local_capacity_percentage"].to_numpy(np.float64),
        inside["average_student_enrollment"].to_numpy(np.float64),
    )
