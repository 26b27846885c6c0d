"""What one more pupil of each kind is worth to a district, and how far the next edge is.

Holds: one_more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Final, NamedTuple

import pandas as pd

from ebf.faults import InputError
from ebf.language.measure import Measure
from ebf.law.funding.grades import CORE_TEACHER_BANDS, KINDERGARTEN, SCHOOL_BANDS
from ebf.law.names import columns_of
from ebf.ledger import ledger_of
from ebf.reports.district_page.opening import tier_below
from ebf.reports.district_page.subject import Subject
from ebf.show.document import Block, Column, Heading, Paragraph, Table
from ebf.show.words import number
from ebf.units.changes import changed_units
from ebf.units.ids import ID

_YEARS: Final = ("first", "second", "third", "fourth")
_OF_SERVICES: Final = {
    "of those there are, one more low-income": "low_income_count",
    "of those there are, one more English learner": "english_learner_count",
}


class _More(NamedTuple):
    """One more of a kind: the target and new money that it brings, and what it does to percent."""

    kind: str
    target: float
    money: float
    percent: float


def one_more(unit: Subject) -> Iterator[Block]:
    """A table of kinds of pupil, each computed anew with one more; or why there is none."""
    yield Heading(2, "What one more pupil is worth", "one-more-pupil")
    kinds = {kind: columns for kind, columns in _kinds(unit).items() if columns}
    if not kinds:
        yield Paragraph(
            "The state's file has no counts of pupils, so this cannot be computed from it; with "
            "the district's own counts it can."
        )
        return
    tried = [_with_one_more(unit, kind, columns) for kind, columns in kinds.items()]
    found = [each for each in tried if isinstance(each, _More)]
    edge = tier_below(unit)
    heading = f"until {edge[0]}, about" if edge else ""
    columns = (
        Column("one more pupil"),
        Column("Adequacy Target", Measure.DOLLARS),
        Column("new money", Measure.DOLLARS),
        Column("points of percent of adequacy", Measure.POINTS),
        *([Column(heading, Measure.COUNT)] if edge else []),
    )
    rows = tuple(
        (each.kind, each.target, each.money, 100 * each.percent,
         *([_until(unit, each, edge[1])] if edge else []))
        for each in found
    )  # fmt: skip
    how = "the state's rates as they are" if unit.alone else "the state solved anew"
    yield Table("one_more", f"One more in every year that is counted, {how}", columns, rows)
    held = ", ".join(unit.held)
    yield Paragraph(f"{_which_count(unit)}{f' Held as they are: {held}.' if held else ''}")
    for each in tried:
        if isinstance(each, InputError):
            yield Paragraph(f"Left out, since it cannot be: {each.faults[0]}")


def _kinds(unit: Subject) -> Mapping[str, list[str]]:
    """Kinds of pupil, each with the columns of the counts in which one more is counted."""
    found: dict[str, list[str]] = {}
    for core in CORE_TEACHER_BANDS.members.values():
        for school in SCHOOL_BANDS.members.values():
            grades = [each for each in core if each in school and each != KINDERGARTEN]
            served = [each for each in grades if unit.of(each)]  # enrollment, settled
            if served:
                most = max(served, key=unit.of)
                label = f"in {most.replace('_', ' ')}"
                found[label] = _counted(
                    unit, ("october_enrollment", "march_enrollment"), f"_{most}"
                )
    for label, name in _OF_SERVICES.items():
        found[label] = _counted(unit, (name,), "")
    return found


def _counted(unit: Subject, names: tuple[str, ...], grade: str) -> list[str]:
    """The unit's columns of counts of all years."""
    every = (f"{name}_{year}_preceding_year{grade}" for year in _YEARS for name in names)
    return [each for each in every if each in unit.numbers]


def _with_one_more(unit: Subject, kind: str, columns: list[str]) -> _More | InputError:
    """The state solved anew with one more in these counts; or why there cannot be one more."""
    row = {name: [unit.numbers[name] + 1] for name in columns}
    frame = pd.DataFrame(row, index=pd.Index([unit.unit_id], name=ID))
    own, year = unit.calculation, unit.ledger.fiscal_year
    try:
        changed = own.with_values(changed_units(own.table, frame, year))
    except InputError as error:  # more of a kind than pupils
        return error
    after = Subject(ledger_of(changed), unit.unit_id)

    def change(name: str) -> float:
        return after.of(name) - unit.of(name)

    return _More(
        kind,
        change("adequacy_target"),
        change("tier_funding"),
        change("final_percent_of_adequacy"),
    )


def _until(unit: Subject, more: _More, edge: float) -> int | None:
    """How many more, each worth the same, take the unit below a tier's edge."""
    return ceil((unit.percent - edge) / -more.percent) if more.percent < 0 else None


def _which_count(unit: Subject) -> str:
    """Which of the counts stands, and how far the other is."""
    latest, mean = (
        sum(unit.of(column) for column in columns_of(name))
        for name in ("enrollment_first_preceding_year", "mean_enrollment")
    )
    apart = number(abs(latest - mean), Measure.STUDENTS)
    if latest >= mean:
        return (
            f"The latest school year's enrollment counts, {apart} pupils above the mean of three: "
            "so far it may fall before the mean takes its place."
        )
    return (
        f"The mean of three school years counts, {apart} pupils above the latest year: a pupil "
        "more in the latest year alone moves it by a third."
    )
