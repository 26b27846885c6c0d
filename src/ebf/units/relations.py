"""Checks between the columns of a table: what no single column can tell.

Holds: relations, neighbors_of_counties.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isnan

import numpy as np
import numpy.typing as npt

from ebf.faults import MOST_FAULTS, Fault, Place, contradiction, missing
from ebf.law.funding.a_counts import YEARS
from ebf.law.funding.d_receipts_and_eav import extension_limitation_ratio
from ebf.law.names import columns_of
from ebf.law.regionalization import neighboring_counties_of
from ebf.law.years import FIRST_YEAR
from ebf.numbers import Numbers

_ENOUGH = 0.005
_MOST_LOW_INCOME = 1.5
"""How many times its pupils a unit's low-income count may be: the highest known is 1.10."""
"""Pupils by which a count may exceed the enrollment: less than the state shows."""

_COUNTS = "18-8.15(a)(4)"
_DATES = ("october", "march")

_NEEDED_WITH = (
    ("ptell_district", "ptell_eav_used_prior_fiscal_year", "18-8.15(d)(4)"),
    *(("ptell_district", name, "18-8.15(d)(4)") for name in extension_limitation_ratio.reads),
    ("ptell_rate_increase", "ptell_consumer_price_change", "18-8.15(d)(4)"),
    (
        "new_regional_program",
        "similar_program_base_funding_per_student",
        "18-8.15(e)(2)",
    ),
    ("base_funding_shortfall", "first_year_base_funding_minimum", "18-8.15(g)(10)"),
    ("base_funding_shortfall", "prior_year_average_student_enrollment", "18-8.15(g)(10)"),
)
"""A column that is not 0, the column that must then be above 0, and the cite."""


_OF_PROGRAMS = ("new_regional_program", "no_pupils_prior_year")
"""Flags of regional programs: another unit's base would be lost by them."""


@dataclass(frozen=True)
class _Columns:
    """The columns of the table by name."""

    place: Mapping[str, int]
    numbers: Numbers
    ids: Sequence[str]
    kinds: npt.NDArray[np.str_]

    def get(self, name: str) -> Numbers | None:
        """The column, or None where it is not given."""
        return self.numbers[:, self.place[name]] if name in self.place else None

    def all_of(self, name: str) -> Numbers | None:
        """The columns of a banded input that are given, or None without any."""
        places = [self.place[each] for each in columns_of(name) if each in self.place]
        return np.ascontiguousarray(self.numbers[:, places]) if places else None


def relations(
    columns: tuple[str, ...],
    numbers: Numbers,
    ids: Sequence[str],
    kinds: npt.NDArray[np.str_],
    fiscal_year: int,
    blank: npt.NDArray[np.bool_],
) -> list[Fault]:
    """Every fault between columns; ``blank`` where there was none of the numbers filled in."""
    place = {name: position for position, name in enumerate(columns)}
    table = _Columns(place, numbers, ids, kinds)
    return [
        *_low_income_within_enrollment(table),
        *_reported_low_income_within_heads(table),
        *(
            _counted_in_october(table, blank)
            if fiscal_year == FIRST_YEAR
            else _every_grade_counted(table)
        ),
        *_needed_with(table),
        *_of_programs_alone(table),
        *_one_reorganization(table),
        *_one_article_34_district(table),
    ]


def neighbors_of_counties(
    columns: tuple[str, ...], numbers: Numbers, ids: Sequence[str], counties: Sequence[object]
) -> list[Fault]:
    """A fault of every unit that has other neighbours than its county."""
    name = "neighboring_counties"
    if name not in columns:
        return []
    faults = []
    for unit, county, found in zip(
        ids, counties, numbers[:, columns.index(name)].tolist(), strict=True
    ):
        neighbors = neighboring_counties_of(county) if isinstance(county, str) else ()
        if neighbors and not isnan(found) and found != len(neighbors):
            place, allowed = Place(unit=unit, column=name), f"{len(neighbors)}, as {county} has"
            faults.append(contradiction(place, f"{found:g}", allowed, "18-8.15(b)(3)"))
    return faults[:MOST_FAULTS]


def _low_income_within_enrollment(table: _Columns) -> list[Fault]:
    low_income = table.get("low_income_count")
    students = table.get("average_student_enrollment")
    if students is None and (grades := table.all_of("enrollment")) is not None:
        students = grades.sum(axis=1)
    if low_income is None or students is None:
        return []
    return [
        contradiction(
            Place(unit=table.ids[row], column="low_income_count"),
            f"{low_income[row]:.15g}",
            f"at most {_MOST_LOW_INCOME:g} times the enrollment, {students[row]:.15g}",
            _COUNTS,
        )
        for row in np.flatnonzero(low_income > _MOST_LOW_INCOME * students + _ENOUGH)[
            :MOST_FAULTS
        ].tolist()
    ]


def _reported_low_income_within_heads(table: _Columns) -> list[Fault]:
    faults = []
    for year in YEARS[:-1]:
        name = f"low_income_count_{year}_preceding_year"
        counted = table.get(name)
        dates = (f"{date}_enrollment_{year}_preceding_year" for date in ("october", "march"))
        heads = [np.nansum(each, axis=1) for d in dates if (each := table.all_of(d)) is not None]
        if counted is None or not heads:
            continue
        most = np.maximum.reduce(heads)
        for row in np.flatnonzero(counted > _MOST_LOW_INCOME * most + _ENOUGH)[
            :MOST_FAULTS
        ].tolist():
            found, allowed = (
                f"{counted[row]:.15g}",
                f"at most {_MOST_LOW_INCOME:g} times the pupils counted, {most[row]:.15g}",
            )
            faults.append(
                contradiction(Place(unit=table.ids[row], column=name), found, allowed, _COUNTS)
            )
    return faults


@lru_cache(maxsize=64)
def _counts_of(columns: tuple[str, ...]) -> tuple[list[str], npt.NDArray[np.intp]]:
    """For every grade of every year the column asked for, and where both dates' stand; else -1."""
    place = {name: position for position, name in enumerate(columns)}
    names, places = [], []
    for year in YEARS:
        both = (columns_of(f"{date}_enrollment_{year}_preceding_year") for date in _DATES)
        for october, march in zip(*both, strict=True):
            if place.keys() & {october, march}:
                names.append(march if march in place else october)
                places.append((place.get(october, -1), place.get(march, -1)))
    return names, np.array(places, dtype=np.intp).reshape(-1, len(_DATES))


def _every_grade_counted(table: _Columns) -> list[Fault]:
    """A year given at all has, for every grade, a count of at least one date."""
    names, places = _counts_of(tuple(table.place))
    if not names:
        return []
    lost = np.hstack([np.isnan(table.numbers), np.ones((len(table.ids), 1), dtype=bool)])
    october, march = lost[:, places].transpose(2, 0, 1)
    programs = (table.kinds == "regional_program")[:, np.newaxis]
    blank = (october & march) | (programs & march & (places[:, 1] >= 0))
    if not blank.any():
        return []
    allowed = "a count of October 1 or March 1 (regional programs: March 1)"
    columns = zip(names, blank.T, strict=True)
    return [each for name, rows in columns for each in _not_counted(table, name, rows, allowed)]


def _counted_in_october(table: _Columns, blank: npt.NDArray[np.bool_]) -> list[Fault]:
    """FY2018 reads the counts of October 1 alone; those of March 1 cannot stand for them."""
    faults: list[Fault] = []
    allowed = f"a count of October 1, which alone FY{FIRST_YEAR} reads (not March 1)"
    programs = table.kinds == "regional_program"
    for year in YEARS:
        columns = columns_of(f"october_enrollment_{year}_preceding_year")
        in_march = columns_of(f"march_enrollment_{year}_preceding_year")
        for october, march in zip(columns, in_march, strict=True):
            if (count := table.get(october)) is None:
                continue
            pupils = table.get(march)
            # a program need not count in October, so its blank has become 0
            was_blank = programs & blank[:, table.place[october]]
            lost = was_blank & (pupils > 0) if pupils is not None else np.zeros_like(was_blank)
            faults += _not_counted(table, october, np.isnan(count) | lost, allowed)
    return faults


def _not_counted(
    table: _Columns, name: str, blank: npt.NDArray[np.bool_], allowed: str
) -> list[Fault]:
    """A fault for every unit with pupils whose count is blank."""
    if not blank.any():
        return []
    rows = np.flatnonzero(blank & ~np.isin(table.kinds, ["specially_funded", ""]))[:MOST_FAULTS]
    return [
        missing(Place(unit=table.ids[row], column=name), "blank", allowed, _COUNTS)
        for row in rows.tolist()
    ]


def _needed_with(table: _Columns) -> list[Fault]:
    faults = []
    for flag, needed, cite in _NEEDED_WITH:
        flags, values = table.get(flag), table.get(needed)
        if flags is None:
            continue
        lacking = flags != 0 if values is None else (flags != 0) & ~(values > 0)
        if values is not None and flag == "base_funding_shortfall":
            lacking &= table.kinds != "regional_program"  # one that began later has neither
        if needed == "prior_year_average_student_enrollment":
            lacking &= table.kinds != "specially_funded"
        increase = table.get("ptell_rate_increase")
        if increase is not None and needed in extension_limitation_ratio.reads:
            lacking &= increase == 0  # after a rate increase no ratio is used
        for row in np.flatnonzero(lacking)[:MOST_FAULTS].tolist():
            found = "no such column" if values is None else f"{values[row]:g}"
            allowed = f"a number above 0, since {flag} is {flags[row]:g}"
            faults.append(
                contradiction(Place(unit=table.ids[row], column=needed), found, allowed, cite)
            )
    return faults


def _of_programs_alone(table: _Columns) -> list[Fault]:
    faults = []
    for name in _OF_PROGRAMS:
        if (flags := table.get(name)) is None:
            continue
        wrong = (flags != 0) & (table.kinds != "regional_program")
        for row in np.flatnonzero(wrong)[:MOST_FAULTS].tolist():
            allowed = "0: the unit is no regional program"
            faults.append(
                contradiction(
                    Place(unit=table.ids[row], column=name),
                    f"{flags[row]:g}",
                    allowed,
                    "18-8.15(e)(2)",
                )
            )
    return faults


def _one_reorganization(table: _Columns) -> list[Fault]:
    names = ("first_year_after_reorganization", "second_year_after_reorganization")
    first, second = map(table.get, names)
    if first is None or second is None:
        return []
    return [
        contradiction(
            Place(unit=table.ids[row], column=names[1]),
            "1",
            f"0, since {names[0]} is 1",
            "18-8.15(d)(4)",
        )
        for row in np.flatnonzero((first != 0) & (second != 0))[:MOST_FAULTS].tolist()
    ]


def _one_article_34_district(table: _Columns) -> list[Fault]:
    """Each would be given the whole pension credit of the one."""
    name = "article_34_district"
    if (flags := table.get(name)) is None:
        return []
    found = sorted({table.ids[row] for row in np.flatnonzero(flags).tolist()})
    if len(found) < 2:  # noqa: PLR2004 - more than one
        return []
    allowed = "one district of the state: Article 34 is Chicago's"
    return [
        contradiction(Place(unit=unit, column=name), "1", allowed, "18-8.15(c)(2)(D)")
        for unit in found[:MOST_FAULTS]
    ]
