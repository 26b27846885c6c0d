"""Charts of one record: how adequate its units are, where the money goes, and maps.

Holds: ADEQUACY, MONEY, TIER_COLORS_BY_NAME, Numbers, adequacy_picture, adequacy_chart,
money_chart, county_map, district_map.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from math import fsum
from os import PathLike
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ebf.data import DATA
from ebf.engine.record import Record, check_one_state
from ebf.explain.summary import title
from ebf.faults import (
    InputError,
    Place,
    check_type,
    contradiction,
    not_computed,
    unknown_name,
    unsuitable_name,
)
from ebf.language.measure import Measure
from ebf.language.vocabulary import nearly
from ebf.law.funding.tiers import TIER_NAMES, TIERS
from ebf.law.names import entries
from ebf.show.charts.chart import Caption, Chart, note_of
from ebf.show.charts.drawing import Mark, bars, histogram
from ebf.show.charts.maps import Area, area_map, areas_in
from ebf.show.charts.marking import Markable, markable
from ebf.show.charts.style import TIER_COLORS, cut
from ebf.show.document import Column, Picture, Table
from ebf.show.words import Value, number, short
from ebf.units.marks import sentences

ADEQUACY: Final = "final_percent_of_adequacy"
MONEY: Final = "tier_funding"
TIER_COLORS_BY_NAME: Final = dict(
    zip(
        [*(TIER_NAMES[tier] for tier in TIERS), TIER_NAMES[0]],
        [*TIER_COLORS, "#ffffff"],
        strict=True,
    )
)
_PUPILS, _TIER, _COUNTED = "average_student_enrollment", "tier", "in_distribution"
_TARGET, _RESOURCES = "adequacy_target", "final_resources"
_LEVELS: Final = ("tier_1_target_ratio", "tier_2_target_ratio", "tier_3_target_ratio")
_STEP: Final = 0.05
_MOST: Final = 2.0
"""From where on units are counted together: a few have many times their target."""
_SUMMED: Final = {Measure.DOLLARS, Measure.STUDENTS, Measure.FTE, Measure.COUNT}
_SHOWN: Final = 5
_LONGEST_NAME: Final = 72
"""Letters of a name that fit above a picture, its percent behind it."""

Numbers = npt.NDArray[np.float64]


def _note(record: Record) -> str:
    files = {} if record.source is None else {"units": record.source}
    illustrative = record.law.salaries.illustrative if not record.table.note else ()
    salaries = f"Illustrative salaries: {', '.join(illustrative)}" if illustrative else ""
    also = (record.table.note, salaries, *sentences(record.table.marked))
    return note_of([record.fiscal_year], files, also)


def _numbers(record: Record, names: Sequence[str]) -> dict[str, Numbers]:
    """Lines and inputs of one state, a number a unit; InputError names those that lack."""
    check_one_state(record)
    faults = [
        not_computed(Place("ledger", column=name), "not computed", "a ledger that has it")
        for name in names
        if name not in record.values
    ]
    if faults:
        raise InputError(faults)
    count = len(record.table.unit_ids)
    return {
        name: np.broadcast_to(nearly(record.values[name])[0, :, 0].astype(float), count)
        for name in names
    }


# --- How adequate ------------------------------------------------------------------


def adequacy_picture(record: Record, unit_id: str) -> Picture:
    """The picture of all units with one of them marked: drawn once, marked for each."""
    kept = record._said_of_all  # noqa: SLF001 - kept with the ledger
    drawn: Markable | None = kept.get(Markable)
    if drawn is None:
        drawn = kept[Markable] = markable(adequacy_chart(record), _levels(record))
    value = float(nearly(record.values[ADEQUACY])[0, record.table.places[unit_id], 0])
    name, percent = _name(record, unit_id), number(value, Measure.SHARE)
    mark = Mark(min(value, _MOST), f"{cut(name, _LONGEST_NAME)}: {percent}")
    return drawn.with_mark(mark, f"{drawn.chart.says} {name}: {percent}.")


def adequacy_chart(record: Record) -> Chart:
    """How many units have which percent of adequacy, in tiers."""
    found = _numbers(record, [ADEQUACY, _TIER])
    known = ~np.isnan(found[ADEQUACY]) & (found[_TIER] > 0)
    percent, tier = found[ADEQUACY][known], found[_TIER][known].astype(int)
    steps = np.floor(np.minimum(percent, _MOST) / _STEP + _A_NOISE).astype(int)
    rows: list[tuple[Value, ...]] = []
    for step in sorted({*steps.tolist()}):
        for code in TIERS:
            if count := int(((steps == step) & (tier == code)).sum()):
                low, high = round(step * _STEP, 2), round((step + 1) * _STEP, 2)
                rows.append((_range(low, high), low, high, TIER_NAMES[code], count))
    columns = (
        Column("percent_of_adequacy"),
        Column("from", Measure.SHARE),
        Column("to", Measure.SHARE),
        Column("tier"),
        Column("units", Measure.COUNT),
    )
    counts = {TIER_NAMES[code]: int((tier == code).sum()) for code in TIERS}
    below = int((percent < 1 - _A_NOISE).sum())
    tiers = ", ".join(f"{count:,} in {name}" for name, count in counts.items())
    says = (
        f"Of {len(percent):,} units in the distribution {below:,} have less than 100 % of their "
        f"Adequacy Target: {tiers}."
        if len(percent)
        else "No unit is in a tier."
    )
    together = f" Units with {100 * _MOST:.0f} % or more are drawn together."
    return histogram(
        Table("adequacy", "Units by percent of adequacy and tier", columns, tuple(rows)),
        Caption(
            title=f"How adequate the units are: {title(record)}",
            says=says,
            note=_note(record) + together * bool((percent >= _MOST).any()),
            fiscal_year=record.fiscal_year,
        ),
        ("from", "to"),
        "units",
        "tier",
        {name: color for name, color in TIER_COLORS_BY_NAME.items() if counts.get(name)},
        _levels(record) if rows else (),
        "Final Percent of Adequacy",
    )


_A_NOISE: Final = 1e-9
"""Of a step: a percent that a float leaves just below its edge is on it."""


def _name(record: Record, unit_id: str) -> str:
    return record.table.text_at("name", record.table.places[unit_id]) or unit_id


def _range(low: float, high: float) -> str:
    if low >= _MOST:
        return f"{100 * _MOST:.0f} % and more"
    return f"{100 * low:.0f} % to {100 * high:.0f} %"


def _levels(record: Record) -> list[Mark]:
    """The edges of the tiers, as they are known."""
    found = []
    for name in _LEVELS:
        value = record.everything.get(name)
        if (
            value is not None
            and value.size == 1
            and np.isfinite(ratio := float(nearly(value).item()))
        ):
            called = "Tier 1 Target Ratio " if name == _LEVELS[0] else ""
            words = f"{called}{short(ratio, Measure.SHARE)}".replace(".0 %", " %")
            found.append(Mark(ratio, words))
    return found


# --- Where the money goes ------------------------------------------------------------


def money_chart(record: Record, *, per_pupil: bool = False) -> Chart:
    """New money by tier, in all or for each pupil."""
    found = _numbers(record, [MONEY, _TIER, _PUPILS])
    tier, money, pupils = found[_TIER], np.nan_to_num(found[MONEY]), np.nan_to_num(found[_PUPILS])
    rows: list[tuple[Value, ...]] = []
    for code in (*TIERS, 0):
        within = tier == code
        paid, of_pupils = fsum(money[within]), fsum(pupils[within])
        if within.any() and (code or paid):
            each = paid / of_pupils if of_pupils else None
            rows.append((TIER_NAMES[code], int(within.sum()), of_pupils, paid, each))
    columns = (
        Column("tier"),
        Column("units", Measure.COUNT),
        Column("pupils", Measure.STUDENTS),
        Column("new_money", Measure.DOLLARS),
        Column("new_money_per_pupil", Measure.DOLLARS_PER_STUDENT),
    )
    whole = fsum(money)
    shares = ", ".join(
        f"{short(float(row[3] or 0), Measure.DOLLARS)} "
        f"({short(float(row[3] or 0) / whole if whole else 0.0, Measure.SHARE)}) to {row[0]}"
        for row in rows
    )
    says = (
        f"Of {short(whole, Measure.DOLLARS)} of new money goes {shares}."
        if rows
        else "No unit is in a tier."
    )
    of_each = "; for each pupil " + ", ".join(
        f"{number(row[4], Measure.DOLLARS, alone=True)} in {row[0]}"
        for row in rows
        if row[4] is not None
    )
    amount = "new_money_per_pupil" if per_pupil else "new_money"
    what = "New money for each pupil" if per_pupil else "Where the new money goes"
    return bars(
        Table("money", "New money by tier", columns, tuple(rows)),
        Caption(
            title=f"{what}: {title(record)}",
            says=says.removesuffix(".") + f"{of_each}." if per_pupil and rows else says,
            note=_note(record),
            fiscal_year=record.fiscal_year,
        ),
        "tier",
        amount,
    )


# --- Maps ----------------------------------------------------------------------------


@cache
def _counties() -> tuple[Area, ...]:
    text = (DATA / "counties" / "shapes.json").read_text(encoding="utf-8")
    return tuple(areas_in(json.loads(text), "name"))


def _key(county: str) -> str:
    return "".join(letter for letter in county.lower() if letter.isalpha())


def _line_drawn(line: str) -> str:
    """What a number of the line counts, as it is drawn; InputError for what cannot be."""
    check_type("line", line, str, "the name of a line")
    allowed = "a line or input with one number a unit"
    entry = entries().get(line)
    if entry is None or entry.about.statewide or entry.name != line:
        known = (name for name, each in entries().items() if not each.about.statewide)
        raise InputError(
            [unknown_name(Place("ledger", column=line), "no such column", allowed, known)]
        )
    measure = Measure.SHARE if line == ADEQUACY else entry.about.measure
    if measure in {Measure.TIER, Measure.FLAG}:
        fault = unsuitable_name(Place("ledger", column=line), str(measure), "a line of amounts")
        raise InputError([fault])
    return measure


def county_map(record: Record, line: str) -> Chart:
    """A line by county: sums; of the percent of adequacy resources over targets."""
    measure = _line_drawn(line)
    if line != ADEQUACY and measure not in _SUMMED:
        allowed = f"a line that can be added up over units (dollars, students), or {ADEQUACY}"
        place = Place("ledger", column=line)
        raise InputError([unsuitable_name(place, measure, allowed)])
    names = [_RESOURCES, _TARGET, ADEQUACY] if line == ADEQUACY else [line]
    found = _numbers(record, names)
    text = record.table.text.get("county")
    if text is None:
        place, fix = Place("table", column="county"), "hand over the county of every unit"
        raise InputError(
            [not_computed(place, "not handed over", "the county of every unit", fix=fix)]
        )
    of_key = {_key(area.key): area.key for area in _counties()}
    counties = [of_key.get(_key(each)) if isinstance(each, str) else None for each in text[0]]
    rows, lacking = list[tuple[Value, ...]](), list[str]()
    for area in _counties():
        within = np.array([county == area.key for county in counties])
        known = within & ~np.isnan(found[names[-1]])
        if line == ADEQUACY:  # resources of units without a target are over none
            known &= found[_TARGET] > 0
        value = _of_area([each[known] for each in found.values()]) if known.any() else None
        if value is None:
            lacking.append(area.key)
        rows.append((area.key, int(within.sum()), value))
    strange = [
        unit for unit, county in zip(record.table.unit_ids, counties, strict=True) if county is None
    ]
    how = "Final Resources over Adequacy Targets" if line == ADEQUACY else "sums over units"
    return _mapped(
        record,
        line,
        measure,
        list(_counties()),
        ("county", rows),
        (
            f"A county's value: {how}",
            _some("Counties without a value", lacking),
            _some("Units of no county of Illinois", strange),
        ),
    )


def _of_area(known: Sequence[Numbers]) -> float | None:
    """The sum of one; the ratio of the sums of two, of units that have a third."""
    sums = [fsum(each) for each in known]
    if len(sums) == 1:
        return sums[0]
    return sums[0] / sums[1] if sums[1] else None


def _some(what: str, names: Sequence[str]) -> str:
    """What lacks, how many, and the first of them; empty where nothing does."""
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return f"{what}: {len(names):,} ({', '.join(names[:_SHOWN])}{more})" if names else ""


def district_map(
    record: Record,
    geojson: str | PathLike[str] | Mapping[str, Any],
    line: str,
    unit_id_property: str,
) -> Chart:
    """A line by unit, over the areas of a GeoJSON that name their unit."""
    check_type("unit_id_property", unit_id_property, str, "the name of a property")
    measure = _line_drawn(line)
    (numbers,) = _numbers(record, [line]).values()
    read = areas_in(geojson, unit_id_property)
    by_digits = {_digits(unit): unit for unit in record.table.unit_ids}
    areas = [Area(by_digits.get(_digits(area.key), area.key), area.geometry) for area in read]
    drawn = {area.key for area in areas}
    units = record.table.places
    if not drawn & units.keys():
        place = Place("geojson", unit_id_property, argument="unit_id_property")
        found = f"{', '.join(list(drawn)[:_SHOWN])}: no unit of the ledger"
        raise InputError([contradiction(place, found, "ids of units, in any form")])
    rows: list[tuple[Value, ...]] = []
    for unit in (each for each in units if each in drawn):
        value = float(numbers[units[unit]])
        name = record.table.text_at("name", units[unit])
        rows.append((unit, name, None if np.isnan(value) else value))
    strange = list(dict.fromkeys(area.key for area in areas if area.key not in units))
    return _mapped(
        record,
        line,
        measure,
        areas,
        ("unit", rows),
        (
            _some("Areas that match no unit", strange),
            _some("Units without an area", [unit for unit in units if unit not in drawn]),
        ),
    )


def _digits(unit_id: str) -> str:
    """An id without what its forms differ in."""
    return "".join(each for each in unit_id.upper() if each.isalnum())


def _as_much(values: Sequence[tuple[float, str]], value: float) -> str:
    """How many areas more have the same value."""
    more = sum(each == value for each, _ in values) - 1
    return f" and {more:,} more" if more else ""


def _mapped(
    record: Record,
    line: str,
    measure: str,
    areas: list[Area],
    found: tuple[str, list[tuple[Value, ...]]],
    said: Sequence[str],
) -> Chart:
    what, rows = found
    label = line.replace("_", " ").capitalize()
    middle = ("units", Measure.COUNT) if what == "county" else ("name", "")
    columns = (Column(what), Column(*middle), Column(line, measure))
    values = [(float(row[2]), str(row[1] if what == "unit" and row[1] else row[0]))
              for row in rows if isinstance(row[2], (int, float))]  # fmt: skip
    (low, least), (high, most) = (min(values), max(values)) if values else ((0.0, ""), (0.0, ""))
    says = (
        f"The least is {short(low, measure)}, in {least}{_as_much(values, low)}; "
        f"the most {short(high, measure)}, in {most}{_as_much(values, high)}."
        if values
        else f"No {what} has a value."
    )
    counted = "counties" if what == "county" else "units"
    return area_map(
        areas,
        Table("map", f"{label} by {what}", columns, tuple(rows)),
        Caption(
            title=f"{label} by {what}: {record.law.known_as}, {len(rows):,} {counted}",
            says=says,
            note=" ".join([_note(record), *(f"{each}." for each in said if each)]),
            fiscal_year=record.fiscal_year,
        ),
        line,
        f"{label}, {'percent' if measure == Measure.SHARE else measure}",
        dark=line == ADEQUACY,
    )
