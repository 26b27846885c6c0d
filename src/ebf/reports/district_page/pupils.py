"""What one more pupil of each kind is worth to a district, and how far the next edge is.

Holds: one_more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from ebf.faults import InputError
from ebf.language.measure import Measure
from ebf.law.funding.grades import CORE_TEACHER_BANDS, KINDERGARTEN, SCHOOL_BANDS
from ebf.law.names import columns_of
from ebf.reports.district_page.more_pupils import Counts, Tried
from ebf.reports.district_page.opening import tier_below
from ebf.reports.district_page.subject import Subject
from ebf.show.document import Block, Column, Heading, Paragraph, Table
from ebf.show.words import number

_YEARS: Final = ("first", "second", "third", "fourth")
_OF_SERVICES: Final = {
    "of those there are, one more low-income": "low_income_count",
    "of those there are, one more English learner": "english_learner_count",
}


class _More(NamedTuple):
    """One more of a kind: what it brings, what it does to percent, how many until an edge."""

    kind: str
    target: float
    money: float
    percent: float
    until: int | None


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
    tried = _with_one_more(unit, kinds)
    every = [each for each in tried if isinstance(each, _More)]
    found = [each for each in every if each.target]
    held = f"Held as they are: {', '.join(unit.held)}." if unit.held else ""
    if every and not found:
        yield Paragraph(f"One more moves nothing that is computed here. {held}".strip())
        return
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
        (each.kind, each.target, each.money, 100 * each.percent, *([each.until] if edge else []))
        for each in found
    )
    how = "the state's rates as they are" if unit.alone else "the state solved anew"
    yield Table("one_more", f"One more in every year that is counted, {how}", columns, rows)
    yield Paragraph(f"{_which_count(unit)} {held}".strip())
    if still := [each.kind for each in every if not each.target]:
        yield Paragraph(f"Moves nothing that is computed here: {'; '.join(still)}.")
    if edge and any(each.until is None for each in found):
        yield Paragraph(
            f"Where no number stands below {edge[0]}, there cannot be so many more, or as many "
            "more as it has pupils do not suffice."
        )
    if unit.is_program:
        yield Paragraph(
            "A regional program has the low-income percentage of its region: counts of its own "
            "low-income pupils move nothing."
        )
    for each in tried:
        if isinstance(each, InputError):
            yield Paragraph(f"Left out, since it cannot be: {each.faults[0]}")


def _kinds(unit: Subject) -> Mapping[str, Counts]:
    """Kinds of pupil, each with the columns of the counts in which one more is counted."""
    found: dict[str, Counts] = {}
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
        if name == "low_income_count" and unit.is_program:
            continue  # it has its region's
        found[label] = _counted(unit, (name,), "")
    return found


def _counted(unit: Subject, names: tuple[str, ...], grade: str) -> Counts:
    """The unit's columns of counts of all years."""
    every = (f"{name}_{year}_preceding_year{grade}" for year in _YEARS for name in names)
    return tuple(each for each in every if each in unit.numbers)


def _with_one_more(unit: Subject, kinds: Mapping[str, Counts]) -> list[_More | InputError]:
    """The state solved anew with one more of each kind; or why there cannot be one more."""
    tried = Tried(unit, kinds.values())
    tried.try_all((counts, 1) for counts in kinds.values())
    fall = [
        counts
        for counts in kinds.values()
        if (after := tried.after(counts, 1))
        and after.final_percent_of_adequacy < tried.before.final_percent_of_adequacy
    ]
    until = tried.until_below(fall) if tried.is_above_another else {}
    return [_of_kind(tried, kind, counts, until.get(counts)) for kind, counts in kinds.items()]


def _of_kind(tried: Tried, kind: str, counts: Counts, until: int | None) -> _More | InputError:
    after, before = tried.after(counts, 1), tried.before
    if after is None:  # more of a kind than pupils
        refused = tried.by_itself(counts, 1)
        assert isinstance(refused, InputError)  # noqa: S101 - as it was among the others
        return refused
    target, money, percent = (
        getattr(after, name) - getattr(before, name)
        for name in ("adequacy_target", "tier_funding", "final_percent_of_adequacy")
    )
    return _More(kind, target, money, percent, until)


def _which_count(unit: Subject) -> str:
    """Which of the counts stands, and how far the other is; nothing where neither is computed."""
    if "average_student_enrollment" not in unit.ledger.computed or "enrollment" in unit.held:
        return ""
    counted, latest, mean = (
        sum(unit.of(column) for column in columns_of(name))
        for name in (
            "counted_enrollment_first_preceding_year",
            "enrollment_first_preceding_year",
            "mean_enrollment",
        )
    )
    apart = number(abs(latest - mean), Measure.STUDENTS)
    is_stood_for = latest > counted
    of = "a mean of years" if unit.has_mean_of_its_own else "the mean of three"
    if apart == number(0.0, Measure.STUDENTS):
        return f"The latest school year's enrollment counts; {of} is the same."
    if latest >= mean:
        fall = f"{apart} pupils above {of}"
        if is_stood_for:
            return (
                f"The year before the latest counts, which stands for the latest and is {fall}: "
                "a pupil more in the latest year alone moves nothing."
            )
        return (
            f"The latest school year's enrollment counts, {fall}: so far it may fall before the "
            "mean takes its place."
        )
    if unit.has_mean_of_its_own:
        return f"A mean of years counts, {apart} pupils above the latest year."
    alone = "nothing, since the year before stands for it" if is_stood_for else "it by a third"
    return (
        f"The mean of three school years counts, {apart} pupils above the latest year: a pupil "
        f"more in the latest year alone moves {alone}."
    )
