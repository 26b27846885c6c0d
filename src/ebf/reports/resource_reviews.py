"""Resource Allocation Reviews: the districts with identified schools, and those that improved.

Holds: Schools, Reviews, reviews.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from os import PathLike
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd

from ebf.engine.record import check_one_state
from ebf.faults import (
    MOST_FAULTS,
    SHOWN,
    Fault,
    InputError,
    Place,
    as_name,
    check_type,
    contradiction,
    described,
    malformed,
    missing,
    nearest,
    out_of_range,
    repeated,
    unknown_name,
    unknown_unit,
)
from ebf.files import known_sources, write_file
from ebf.language.measure import Measure
from ebf.law.funding import FUNDING
from ebf.law.funding.tiers import TIER_2
from ebf.law.parameters import law
from ebf.law.reading import readings_of
from ebf.law.resource_reviews import RESOURCE_REVIEWS
from ebf.law.resource_reviews.designations import CLASSES, SCALES, YEARS_COMPARED
from ebf.ledger import Ledger, calculate, check_ledger
from ebf.numbers import number_of
from ebf.show.answer import Answer
from ebf.show.document import Table
from ebf.show.words import percent
from ebf.units.cells import is_unicode
from ebf.units.csv_and_parquet import write_csv
from ebf.units.handed_over import FrameOrFile, handed_over
from ebf.units.ids import ID, id_fault, id_in, is_blank_cell, school_in
from ebf.units.table import source_of

Schools: TypeAlias = FrameOrFile
"""A table of designations, or a file of one."""

_SCHOOL, _YEAR, _CLASS = "school_id", "year", "designation"
_COLUMNS: Final = (_SCHOOL, ID, _YEAR, _CLASS)
_KIND: Final = "organization_type"
_CITE: Final = "1111(d)(3)(A)(ii)"
_IDENTIFIED: Final = ("intensive", "comprehensive", "targeted")
_FROM: Final = ("targeted", "comprehensive")
"""The designations that a school can improve from, for the first time."""
_PERCENT, _TARGET, _RESOURCES = "final_percent_of_adequacy", "adequacy_target", "final_resources"
_PUPILS, _TIER, _GAP = "average_student_enrollment", "tier", "gap_per_pupil"
_EDGE: Final = f"tier_{TIER_2}_target_ratio"
_UNITS_SHOWN: Final = 30
_NONE: Final = pd.DataFrame(columns=[ID, "before", "after"], index=pd.Index([], name=_SCHOOL))
"""No school that improved."""
_MEASURES: Final = {
    **dict.fromkeys(
        ("review_rank", "schools_of_district", "designated_schools", "identified_schools",
         "schools_of_comprehensive_support", "schools_of_targeted_support", "improved_schools",
         *CLASSES),
        Measure.COUNT,
    ),
    "share_identified": Measure.SHARE,
    "share_identified_of_all": Measure.SHARE,
    _PERCENT: Measure.SHARE,
    _GAP: Measure.DOLLARS_PER_STUDENT,
    _TIER: Measure.TIER,
}  # fmt: skip
_OF_LEDGER: Final = (
    *("review_rank", "identified_schools", "designated_schools", "share_identified"),
    *("schools_of_district", "share_identified_of_all"),
    *("schools_of_comprehensive_support", "schools_of_targeted_support"),
)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Reviews(Answer):
    """What :func:`reviews` found.

    ``frame`` has a row a district, by rank: its schools, how many are designated and how many
    identified, shares by either denominator (blank of a district without a designated school),
    federal (I) and (II) apart, a column a class, those that improved, ``for_review`` where
    thresholds are given; and, where a ledger is, percent of adequacy, gap to 90 % per pupil and
    tier. ``improved`` has a row a school that improved. ``ledger`` is the calculation.
    """

    year: int
    frame: pd.DataFrame
    improved: pd.DataFrame
    ledger: Ledger

    def to_csv(self, path: str | PathLike[str]) -> None:
        """A row a district, as a CSV file, safe to open with a spreadsheet.

        Raises OSError where the file cannot be written.
        """
        write_file(path, partial(write_csv, self.frame))

    @property
    def title(self) -> str:
        """What it is called."""
        return f"Schools identified for support, report cards of {self.year}"

    @property
    def _year(self) -> int:
        return self.year

    def _tables(self) -> list[Table]:
        state = self.ledger.statewide.to_frame("schools").rename_axis("of_the_state")
        return [
            Table.of("state", "The state", state, Measure.COUNT),
            Table.of("districts", "By district", self.frame, _MEASURES, most=_UNITS_SHOWN),
            Table.of("improved", "Schools that improved", self.improved, most=_UNITS_SHOWN),
        ]


def reviews(
    schools: Schools,
    ledger: Ledger | None = None,
    *,
    year: int | None = None,
    least_number: float | None = None,
    least_share: float | None = None,
) -> Reviews:
    """Which districts have how many schools identified for support, and where schools improved.

    Args:
        schools: A row a school and year, or a file of them: ``school_id``, ``unit_id`` of its
            district, ``year`` of the report card, ``designation`` or a blank.
        ledger: Of one state, by 18-8.15: what is known of the districts beside it.
        year: The report card's; left out, the latest of the table.
        least_number: The least number of identified schools for a review. The State publishes
            none: left out, with the share too, districts are ranked alone.
        least_share: The least share of identified schools for a review.

    Raises:
        InputError: every fault of the table; for a year whose scale has other classes, which
            are not compared: 2018 to 2021, and the proposed one of 2026.
    """
    rows, source = _read(schools)
    asked = _year_of(rows, year)
    if ledger is not None:
        _check(ledger, rows[rows[_YEAR] == asked])
    improved, rests_on, not_known = _improved(rows, asked)
    counts = _counts(rows[rows[_YEAR] == asked], improved)
    kinds = ledger.units[_KIND] if ledger else pd.Series("unit", counts.index)
    thresholds = _thresholds(least_number, least_share)
    own = law(asked, thresholds, statute=RESOURCE_REVIEWS.section)
    computed = calculate(counts.assign(**{_KIND: kinds.reindex(counts.index)}), own)
    return Reviews(
        year=asked,
        frame=_frame(computed, ledger),
        improved=_NONE if improved is None else improved,
        ledger=computed,
        sources=known_sources(schools=source, units=ledger.source if ledger else None),
        assumptions=(*_rests_on(computed, ledger, asked), *rests_on),
        left_out=(*not_known, *_gone(rows, asked), *_left_out(computed, ledger, thresholds)),
    )


# --- What is handed over ---------------------------------------------------------------


def _read(schools: Schools) -> tuple[pd.DataFrame, Any]:
    """The rows, checked: ids of districts of 13 characters, years, classes in small letters."""
    frame = handed_over(schools, "schools")
    source = source_of(frame)
    frame = frame.reset_index() if {_SCHOOL, ID} & {*frame.index.names} else frame
    names = frame.columns.tolist()
    faults = []
    for name in _COLUMNS:
        place, allowed = Place("schools", column=name), f"the columns {', '.join(_COLUMNS)}"
        if name not in names:
            fix = nearest(name, map(str, names))
            faults.append(missing(place, "no such column", allowed, fix=fix))
    known = (*_COLUMNS, "name", "school_name")
    faults += [
        unknown_name(Place("schools", column=as_name(name)), "unknown column",
                     f"one of {', '.join(known)}", known)
        for name in names
        if name not in known
    ]  # fmt: skip
    if faults:
        raise InputError(faults)
    cells = zip(*(frame[name].tolist() for name in _COLUMNS), strict=True)
    rows = [
        _row(place, school, unit, year, said, faults)
        for place, (school, unit, year, said) in enumerate(cells)
    ]
    twice = Counter((school, year) for school, _, year, _ in rows)
    for (school, year), count in twice.items():
        if count > 1 and school and year:  # a year that is none has a fault of its own
            place = Place("schools", at=school, column=_SCHOOL)
            faults.append(repeated(place, f"{count} rows of {year}", "one row a school and year"))
    if faults:
        raise InputError(faults[:MOST_FAULTS])
    # sums and lists are by no order of rows
    return pd.DataFrame(rows, columns=[*_COLUMNS]).sort_values([_YEAR, _SCHOOL]), source


def _row(
    row: int, school: object, unit: object, year: object, said: object, faults: list[Fault]
) -> tuple[str, str, int, str]:
    """A row as it is meant; what is wrong with it goes to the faults."""
    name = "" if is_blank_cell(school) else school_in(school)
    at = name or f"row {row}"
    if name and not is_unicode(name):
        place = Place("schools", at, row=row, column=_SCHOOL)
        faults.append(malformed(place, described(school), "the id of a school, text in Unicode"))
    if not name:
        place = Place("schools", at, row=row, column=_SCHOOL)
        faults.append(missing(place, "blank", "the id of a school"))
    district = id_in(unit)
    if district is None:
        fault = id_fault(Place(at, row=row, column=ID), unit)
        faults += [fault] if fault else []
    number = number_of(year)
    if number is None or number not in SCALES:
        place = Place(at, row=row, column=_YEAR)
        allowed = f"the year of a report card, {min(SCALES)} to {max(SCALES)}"
        faults.append(out_of_range(place, described(year), allowed))
        return name, district or "", 0, ""
    given = "" if is_blank_cell(said) else as_name(said).strip()
    scale = {each.casefold(): each for each in SCALES[int(number)]}
    if given and given.casefold() not in scale:
        place = Place(at, row=row, column=_CLASS)
        allowed = f"of {number:.0f} {', '.join(scale.values()) or 'none: a blank'}, or a blank"
        faults.append(out_of_range(place, described(given), allowed, _CITE, nearest(given, scale)))
    return name, district or "", int(number), given.casefold()


def _year_of(rows: pd.DataFrame, year: int | None) -> int:
    """The year that is asked for, of the scale that has the classes."""
    there = sorted(rows[_YEAR].unique().tolist())
    if year is not None:
        allowed = f"the year of a report card as a whole number: {YEARS_COMPARED[-1]}"
        check_type("year", year, (int, np.integer), allowed)
    asked = there[-1] if year is None else int(year)
    place = Place(argument="year")
    if asked not in YEARS_COMPARED:
        allowed = f"{YEARS_COMPARED[0]} to {YEARS_COMPARED[-1]}"
        scale = ", ".join(SCALES.get(asked, ())) or "none"
        fix = f"its designations are of another scale ({scale}), which is not compared with these"
        raise InputError([out_of_range(place, str(asked), allowed, _CITE, fix)])
    if asked not in there:
        raise InputError([missing(place, f"no row of {asked}", f"one of {_in_words(there)}")])
    return int(asked)


def _check(ledger: Ledger, rows: pd.DataFrame) -> None:
    """Refuse a ledger by another statute, and districts that it has not."""
    check_ledger(ledger)
    check_one_state(ledger)
    if ledger.law.section != FUNDING.section:
        found, allowed = f"a ledger by {ledger.law.section}", f"one by {FUNDING.section}"
        raise InputError([contradiction(Place(argument="ledger"), found, allowed)])
    unknown = sorted({*rows[ID]} - {*ledger.table.unit_ids})
    near = ledger.table.unit_ids if len(unknown) <= SHOWN else ()
    if unknown:
        place, allowed = Place("schools", column=ID), "a unit of the ledger"
        raise InputError(unknown_unit(place, each, allowed, near) for each in unknown)


def _thresholds(number: float | None, share: float | None) -> dict[str, float]:
    """The thresholds; where one alone is given, the other asks for nothing."""
    if number is None and share is None:
        return {}
    faults, found = [], {}
    for argument, said, name, most in (
        ("least_number", number, "least_identified_schools", np.inf),
        ("least_share", share, "least_identified_share", 1.0),
    ):
        value = 0.0 if said is None else number_of(said)
        if value is None or not 0 <= value <= most:
            allowed = "0 or more" if most > 1 else "a share from 0 to 1 (25 % is 0.25)"
            faults.append(out_of_range(Place(argument=argument), described(said), allowed, _CITE))
        else:
            found[name] = value
    if faults:
        raise InputError(faults)
    return found


# --- Counting, which is preparation ------------------------------------------------------


def _counts(rows: pd.DataFrame, improved: pd.DataFrame | None) -> pd.DataFrame:
    """The schools of every district by their designations; those that improved, where known."""
    by_class = pd.crosstab(rows[ID], rows[_CLASS]).reindex(columns=["", *CLASSES], fill_value=0)
    counts = by_class[[*CLASSES]].add_prefix("schools_by_designation_")
    counts = counts.assign(schools_without_designation=by_class[""])
    if improved is not None:
        better = improved[ID].value_counts().reindex(counts.index, fill_value=0)
        counts = counts.assign(improved_schools=better)
    return counts.astype(float).rename_axis(columns=None)


def _improved(rows: pd.DataFrame, year: int) -> tuple[pd.DataFrame | None, list[str], list[str]]:
    """The schools that improved, what that rests on, and what is not known of it."""
    said = {
        each: dict(
            zip(of_year[_SCHOOL], zip(of_year[_CLASS], of_year[ID], strict=True), strict=True)
        )
        for each in YEARS_COMPARED
        for of_year in [rows[rows[_YEAR] == each]]
    }
    if not said.get(year - 1):
        why = (
            f"the designations of {year - 1} are not in hand"
            if year - 1 in YEARS_COMPARED
            else f"{year} is the first year of its scale, which is not compared with others"
        )
        return None, [], [f"Improved schools: {why}."]
    earlier = range(YEARS_COMPARED[0], year - 1)
    seen = {s for each in earlier for s, (was, _) in said[each].items() if was in _IDENTIFIED}
    found = [
        (school, unit, was.capitalize(), now.capitalize())
        for school, (now, unit) in said[year].items()
        for was in [said[year - 1].get(school, ("", ""))[0]]
        if was in _FROM and now and school not in seen and CLASSES.index(now) > CLASSES.index(was)
    ]
    frame = pd.DataFrame(found, columns=[_SCHOOL, *_NONE.columns]).set_index(_SCHOOL)
    rests_on = [
        f"Improved from {year - 1} to {year}.",
        "Designations before 2022 are of another scale and say nothing of the first time.",
    ]
    lacking = [each for each in earlier if not said[each]]
    not_known = (
        f"Whether improved schools were identified for the first time: the designations of "
        f"{_in_words(lacking)} are not in hand, so some may have been identified before."
    )
    return frame, rests_on, [not_known] if lacking else []


# --- What is shown ---------------------------------------------------------------------


def _frame(computed: Ledger, ledger: Ledger | None) -> pd.DataFrame:
    """The districts by rank, with what the ledger has of them."""
    own = computed.units
    found = own[[*_OF_LEDGER]].copy()
    has_designated = own["designated_schools"] > 0
    found["share_identified"] = own["share_identified"].where(has_designated)
    for name in CLASSES:
        found[name] = own[f"schools_by_designation_{name}"]
    if "improved_schools" in own:
        found["improved_schools"] = own["improved_schools"]
    if "for_review" in own:
        found["for_review"] = own["for_review"].astype(bool)
    counts = [name for name in found if _MEASURES.get(str(name)) is Measure.COUNT]
    found = found.astype(dict.fromkeys(counts, int)).sort_values("review_rank")
    if ledger is None:
        return found
    beside = ledger.units.reindex(found.index)
    if "name" in beside:
        found.insert(0, "name", beside["name"])
    for name in (_PERCENT, _TIER):
        if name in beside:
            found[name] = beside[name]
    if {_TARGET, _RESOURCES, _PUPILS} <= {*beside}:
        edge = float(ledger.law.value(_EDGE).item())
        gap = (edge * beside[_TARGET] - beside[_RESOURCES]).clip(lower=0.0)
        found[_GAP] = (gap / beside[_PUPILS]).where(beside[_PUPILS] > 0)
    return found


def _rests_on(computed: Ledger, ledger: Ledger | None, year: int) -> Iterator[str]:
    """The readings, and of which year what is beside them is."""
    readings = readings_of(RESOURCE_REVIEWS)
    numbers = {number for line in computed.steps for number in line.evidence.readings}
    yield from (f"Reading {number}: {readings[number].chosen}" for number in sorted(numbers))
    if ledger is None:
        yield "Kinds of districts are not handed over: all are called unit, which moves nothing."
    else:
        edge = percent(float(ledger.law.value(_EDGE).item()))
        yield (
            f"Percents, gaps to {edge} of adequacy and tiers are those of FY{ledger.fiscal_year}, "
            f"designations of the cards of {year}."
        )


def _gone(rows: pd.DataFrame, year: int) -> Iterator[str]:
    """Districts, and identified schools of the year before, without a row of the year."""
    now, before = rows[rows[_YEAR] == year], rows[rows[_YEAR] == year - 1]
    if districts := len({*rows[ID]} - {*now[ID]}):
        yield f"Districts with rows of other years, and none of {year}: {districts:,}."
    identified = before[before[_CLASS].isin(_IDENTIFIED)]
    if year - 1 in YEARS_COMPARED and (schools := len({*identified[_SCHOOL]} - {*now[_SCHOOL]})):
        yield f"Schools identified in {year - 1} without a row of {year}: {schools:,}."


def _left_out(
    computed: Ledger, ledger: Ledger | None, thresholds: dict[str, float]
) -> Iterator[str]:
    """What is not known, and what was not asked for."""
    if not thresholds:
        yield "Which districts are for review: the State publishes no threshold, and none is given."
    if none := int((computed.units["designated_schools"] == 0).sum()):
        yield f"Shares of districts without a designated school: {none:,}."
    if ledger is None:
        yield "Percent of adequacy, gap and tier: no ledger is handed over."
        return
    needs = (_PERCENT, _TIER, _TARGET, _RESOURCES, _PUPILS)
    if lacking := [name for name in needs if name not in ledger.values]:
        yield f"Beside the districts: the ledger has no {', no '.join(lacking)}."


def _in_words(years: list[int]) -> str:
    return ", ".join(map(str, years))
