"""From pupils to new money in six steps, each with its cite and the way down to the counts.

Holds: steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ebf.explain.worked import worked
from ebf.law.funding.tiers import TIER_1, TIER_2
from ebf.reports.district_page.subject import Subject, walk
from ebf.show.document import Block, Heading, Paragraph
from ebf.show.words import number


class _Step(NamedTuple):
    """A step: what it is called, what it means, and the lines that are worked out in it."""

    title: str
    means: str
    lines: tuple[str, ...]


_PUPILS = _Step(
    "Pupils",
    "Pupils are counted by grade each October and March. What counts is the greater of the "
    "latest school year and the mean of three.",
    ("average_student_enrollment",),
)
_TARGET = _Step(
    "What their education takes: the Adequacy Target",
    "34 cost factors give positions for so many pupils, at the state's average salaries, and "
    "dollars a pupil. Where wages are higher, what is salary is multiplied.",
    ("adequacy_target",),
)
_RESOURCES = _Step(
    "What there is to work with: Final Resources",
    "What the district can be expected to raise from its own property, replacement tax, and "
    "the state's base funding.",
    ("adjusted_local_capacity_target", "final_resources"),
)
_PERCENT = _Step(
    "How far that goes: percent of adequacy",
    "Resources over the target.",
    ("final_percent_of_adequacy",),
)
_TIER = _Step(
    "Who is furthest behind: the tier",
    "New money goes first to those furthest from their targets: Tier 1 lies below the ratio "
    "to which the year's money for it lifts the last of them, Tier 2 below 90 %, Tier 3 below "
    "100 %.",
    ("tier",),
)


def steps(unit: Subject) -> Iterator[Block]:
    """The six steps, with the unit's own numbers."""
    yield Heading(2, "From pupils to dollars in six steps", "six-steps")
    every = (_PUPILS, _TARGET, _RESOURCES, _PERCENT, _TIER, _money(unit))
    for place, step in enumerate(every, start=1):
        yield from _shown(unit, place, step)


def _money(unit: Subject) -> _Step:
    """The last step: by tier."""
    tier = round(unit.of("tier"))
    lines = {
        TIER_1: ("tier_1_funding_gap", "tier_1_funding", "tier_2_funding_gap", "tier_2_funding"),
        TIER_2: ("tier_2_funding_gap", "tier_2_funding"),
    }.get(tier, (f"tier_{tier}_funding",) if tier else ())
    means = {
        TIER_1: "A part of what it lacks to Tier 1's ratio, and its part of Tier 2's money.",
        TIER_2: "A part of what it lacks to 90 %, the less the more it can raise itself.",
    }.get(tier, "A small amount by its Adequacy Target.")
    return _Step("What it is paid: tier funding", means, (*lines, "tier_funding"))


def _shown(unit: Subject, place: int, step: _Step) -> Iterator[Block]:
    in_force = unit.ledger.law.lines
    known = [name for name in step.lines if unit.has(name)]
    yield Heading(3, f"{place}. {step.title}")
    yield Paragraph(step.means)
    for name in known:
        line = in_force[name]
        if name in unit.ledger.computed:
            yield from worked(unit.ledger, unit.unit_id, name)
            yield Paragraph((f"{line.cite}; ", walk("down to the counts", name), "."))
        else:
            value = number(unit.of(name), line.measure, alone=True)
            yield Paragraph(f"{line.title} {value}, as it is handed over. {line.cite}")
