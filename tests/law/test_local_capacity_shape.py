"""The shape of (c), tested without any EAV in hand.

Where elementary districts tile a high school district exactly, its EAV is the sum of theirs. A
published Local Capacity Percentage gives a district's EAV in deviations of the Local Capacity
Ratio: 13/9 (elementary) or 13/4 (high school) x Adequacy Target x (m + z), where z is the normal
quantile of the percentage, and m the state's mean over its deviation. m alone is not published:
it is the one number a year that is fitted here.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import cache
from math import log, pi, sqrt
from pathlib import Path
from statistics import NormalDist
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
from published import YEARS, units_of

from ebf.language import vocabulary
from ebf.law.funding import FUNDING

Floats: TypeAlias = npt.NDArray[np.float64]
Quantile: TypeAlias = Callable[[float], float]

WHOLE = 0.999  # of an area, but for slivers along a boundary
SPANS = (9, 4, 13)
GREATEST, WITHOUT_PROPERTY = 0.9, 0.1
GRID = np.arange(1.0, 4.0, 0.001)
NORMAL = NormalDist().inv_cdf
# Each with a mean of 0 and a deviation of 1, as the normal distribution.
OTHERS: dict[str, Quantile] = {
    "logistic": lambda share: sqrt(3) / pi * log(share / (1 - share)),
    "linear": lambda share: sqrt(12) * (share - 0.5),
}


@cache
def tiled(folder: Path) -> dict[str, tuple[str, ...]]:
    """The high school districts that elementary districts tile, and those elementary districts."""
    with (folder / "dual_districts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found: dict[str, tuple[str, ...]] = {}
    for high_school in {row["high_school_unit_id"]: None for row in rows}:
        tiles = [row for row in rows if row["high_school_unit_id"] == high_school]
        inside = min(float(row["share_of_elementary_area_inside"]) for row in tiles)
        covered = sum(float(row["share_of_high_school_area"]) for row in tiles)
        if min(inside, covered) > WHOLE:
            found[high_school] = tuple(row["elementary_unit_id"] for row in tiles)
    return found


@cache
def groups(folder: Path, year: int) -> list[tuple[Floats, Floats]]:
    """Targets and percentages of tiled high school districts, each with its tiles behind it.

    Only those of which every percentage is known and below the cap, which hides the EAV.
    """
    units = units_of(folder, year)[["adequacy_target", "local_capacity_percentage"]]
    found = []
    for high_school, tiles in tiled(folder).items():
        group = units.reindex([high_school, *tiles])
        shares = group["local_capacity_percentage"].to_numpy(float)
        if ((shares > 0) & (shares < GREATEST)).all():
            found.append((group["adequacy_target"].to_numpy(float), shares))
    return found


def sums(folder: Path, year: int, quantile: Quantile) -> Floats:
    """Of a group: target, and target x quantile, of the high school and of its tiles together."""
    rows = []
    for targets, shares in groups(folder, year):
        placed = targets * [quantile(share) for share in shares.tolist()]
        rows.append((targets[0], placed[0], targets[1:].sum(), placed[1:].sum()))
    return np.array(rows)


def ratios(of: Floats, mean: float | Floats) -> Floats:
    """Target x (m + z) of the tiles over that of the high school: 9/4, where EAV adds up."""
    found: Floats = (of[:, 2] * mean + of[:, 3]) / (of[:, 0] * mean + of[:, 1])
    return found


def errors(of: Floats, mean: float | Floats, factor: float = 9 / 4) -> Floats:
    """How far the EAV of each high school district is from the sum of its tiles'."""
    return np.abs(factor / ratios(of, mean) - 1)


def best(of: Floats, factor: float = 9 / 4) -> float:
    """The mean, in deviations, with the least median error."""
    medians = np.median(errors(of, GRID[:, np.newaxis], factor), axis=1)
    return float(GRID[medians.argmin()])


def median_error(folder: Path, quantile: Quantile, factor: float = 9 / 4) -> float:
    """The median error of all years' groups, each year at its best mean."""
    every = [sums(folder, year, quantile) for year in YEARS]
    return float(np.median(np.concatenate([errors(of, best(of, factor), factor) for of in every])))


@pytest.mark.parametrize(("year", "mean"), [(2018, 1.699), (2020, 1.675), (2022, 1.696)])
def test_eav_adds_up_with_the_normal_distribution(published: Path, year: int, mean: float) -> None:
    """With the mean over the deviation as it is known to be recovered: FY2022's, as revised."""
    of = sums(published, year, NORMAL)
    assert len(of) >= 17
    assert np.median(errors(of, mean)) < 0.002
    assert best(of) == pytest.approx(mean, abs=0.01)


def test_no_other_factor_fits_as_nine_to_four(published: Path) -> None:
    for year in YEARS:
        of = sums(published, year, NORMAL)
        assert np.median(ratios(of, best(of))) == pytest.approx(9 / 4, abs=0.003)
    fit = median_error(published, NORMAL)
    assert fit < 0.001
    for factor in (2.2, 2.3, 9 / 5, 8 / 4, 9 / 3):
        assert median_error(published, NORMAL, factor) > 5 * fit


@pytest.mark.parametrize(("shape", "least"), [("logistic", 0.003), ("linear", 0.006)])
def test_no_other_curve_fits_as_the_normal_distribution(
    published: Path, shape: str, least: float
) -> None:
    """Though each may have its own best mean; with the normal one's it is off by percents."""
    error = median_error(published, OTHERS[shape])
    assert error > least
    assert error > 5 * median_error(published, NORMAL)
    for year in YEARS:
        mean = best(sums(published, year, NORMAL))
        assert np.median(errors(sums(published, year, OTHERS[shape]), mean)) > 0.01


def test_the_lines_give_a_high_schools_percentage_from_its_tiles(published: Path) -> None:
    apart: list[float] = []
    for year in YEARS:
        mean = best(sums(published, year, NORMAL))
        lines = FUNDING.lines(year)
        for targets, shares in groups(published, year):
            eav = sum(
                13 / 9 * target * (mean + NORMAL(share))
                for target, share in zip(targets[1:].tolist(), shares[1:].tolist(), strict=True)
            )
            kind = vocabulary.units("high_school")
            ratio = lines["local_capacity_ratio"](eav, targets[0], kind, *SPANS)
            share = lines["local_capacity_percentage"](
                ratio, mean, 1.0, 1, GREATEST, WITHOUT_PROPERTY
            )
            apart.append(abs(share - shares[0]))
    assert np.median(apart) < 0.0005
