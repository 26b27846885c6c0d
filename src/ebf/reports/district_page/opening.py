"""What the page of a district opens with: one sentence, key numbers, where it stands.

Holds: FIGURES, opening, key_numbers, standing, tier_below, to_adequacy.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Final

from ebf.explain.charts import adequacy_picture
from ebf.language.measure import Measure
from ebf.law.funding.tiers import TIER_NAMES
from ebf.reports.district_page.subject import Subject
from ebf.show.document import Block, Column, Figure, Figures, Heading, Paragraph, Table
from ebf.show.words import dollars, number, percent_beside, percent_to, whole_dollars
from ebf.what_if.comparison import CENTS

FIGURES: Final = (
    ("Pupils (Average Student Enrollment)", "average_student_enrollment", Measure.STUDENTS),
    ("What the formula says it needs (Adequacy Target)", "adequacy_target", Measure.DOLLARS),
    ("What it has to work with (Final Resources)", "final_resources", Measure.DOLLARS),
    ("Percent of adequacy", "final_percent_of_adequacy", Measure.SHARE),
    ("Tier", "tier", Measure.TIER),
    ("New state money of the year (tier funding)", "tier_funding", Measure.DOLLARS),
    ("State money in all (base and new)", "total_state_contribution", Measure.DOLLARS),
)
"""The key numbers: what each is called, its line, and how it is read."""
_PERCENT: Final = "final_percent_of_adequacy"
_OF_A_TARGET: Final = {"adequacy_target", "final_resources", _PERCENT, "tier"}
"""Those that say nothing of a unit without one."""


def opening(unit: Subject) -> Iterator[Block]:
    """What a board must know, in a few sentences."""
    target, resources = unit.of("adequacy_target"), unit.of("final_resources")
    if not target:
        said = f"{unit.name} has no Adequacy Target of its own"
    else:
        apart = f"{whole_dollars(abs(unit.short))} {'short' if unit.short > 0 else 'more'}"
        said = (
            f"{unit.name} has {_percent(unit, 1)} of the money that Illinois' formula "
            f"says its pupils' education takes: {whole_dollars(resources)} of "
            f"{whole_dollars(target)}, {apart if unit.short else 'no more and no less'}"
        )
    yield Paragraph(f"{said}. {_money(unit)}", lead=True)


def _money(unit: Subject) -> str:
    """What it is paid, and why so much."""
    new, paid = unit.of("tier_funding"), unit.number("total_state_contribution")
    per_pupil = f", {dollars(new / unit.pupils)} a pupil" if unit.pupils and new else ""
    place = f"as a {unit.tier} unit" if unit.of("tier") else "in no tier"
    in_all = f" With its base funding the state pays {dollars(paid)}." if paid is not None else ""
    return f"In {unit.year}, {place}, it gets {dollars(new)} of new state money{per_pupil}.{in_all}"


def key_numbers(unit: Subject, before: Subject | None) -> Figures:
    """The numbers that it is asked for, each with the earlier one where there is one."""
    return Figures(
        tuple(
            Figure(label, _figure(unit, name, measure), _was(name, measure, before))
            for label, name, measure in FIGURES
            if unit.has(name) and (unit.of("adequacy_target") or name not in _OF_A_TARGET)
        )
    )


def _figure(unit: Subject, name: str, measure: Measure) -> str:
    """A key number as it is read."""
    if name == _PERCENT:
        return _percent(unit, 2)
    return number(unit.number(name), measure, alone=True)


def _percent(unit: Subject, decimals: int) -> str:
    """Its percent of adequacy, never rounded into another tier."""
    return percent_beside(unit.percent, decimals, [edge for _, edge in _edges(unit)])


def _was(name: str, measure: Measure, before: Subject | None) -> str:
    """What it was before."""
    if before is None or not before.has(name):
        return ""
    if not before.of("adequacy_target") and name in _OF_A_TARGET:
        return f"{before.label}: none"
    return f"{before.label}: {_figure(before, name, measure)}"


def standing(unit: Subject) -> Iterator[Block]:
    """Where it stands between the tiers, and what it would take to the next."""
    yield Heading(2, "Where it stands", "where-it-stands")
    if not unit.of("tier"):
        yield Paragraph("It is in no tier: it takes no part in the distribution of new money.")
        return
    edges = _edges(unit)
    below = [edge for edge in edges if edge[1] <= unit.percent]
    above = [edge for edge in edges if edge[1] > unit.percent]
    said = [f"At {_percent(unit, 2)} it is in {unit.tier}"]
    if above:
        name, edge = above[0]
        more = edge * unit.of("adequacy_target") - unit.of("final_resources")
        said.append(
            f"{whole_dollars(ceil(round(more, CENTS)))} more of resources would take it to {name}"
        )
    if below:
        name, edge = below[-1]
        less = unit.of("final_resources") - edge * unit.of("adequacy_target")
        how_much = f"{whole_dollars(less)} less" if round(less) else "any less"
        said.append(f"{how_much} would take it below {percent_to(edge, 2)}")
    yield Paragraph(f"{'; '.join(said)}, if nothing else changed.")
    if not unit.alone:
        yield adequacy_picture(unit.ledger, unit.unit_id)


def _edges(unit: Subject) -> list[tuple[str, float]]:
    """The tiers but the first, each with the percent of adequacy at which it begins."""
    edges = [(f"Tier {n + 1}", unit.of(f"tier_{n}_target_ratio")) for n in (1, 2, 3)]
    return edges[1:] if unit.of("tier_1_money_joins_tier_2") else edges


def tier_below(unit: Subject) -> tuple[str, float] | None:
    """The tier below the unit's, and the percent of adequacy below which it is in it."""
    reached = [edge for _, edge in _edges(unit) if edge <= unit.percent]
    tier = round(unit.of("tier"))
    return (TIER_NAMES[tier - 1], reached[-1]) if reached and tier else None


def to_adequacy(unit: Subject) -> Iterator[Block]:
    """What 90 % and 100 % of adequacy would take of this district."""
    yield Heading(2, "What adequacy would take", "what-adequacy-would-take")
    target, resources = unit.of("adequacy_target"), unit.of("final_resources")
    new = unit.of("tier_funding")
    rows = []
    for share in (unit.of("tier_2_target_ratio"), unit.of("tier_3_target_ratio")):
        lacking = max(share * target - resources, 0.0)
        years = f"about {lacking / new:,.1f}" if lacking and new else None
        per_pupil = lacking / unit.pupils if unit.pupils else None
        rows.append((percent_to(share, 0), lacking, per_pupil, years))
    columns = (
        Column("of its Adequacy Target"),
        Column("lacking", Measure.DOLLARS),
        Column("a pupil", Measure.DOLLARS_PER_STUDENT),
        Column("years at this year's new money"),
    )
    reached = all(row[1] == 0.0 for row in rows)
    if reached:
        yield Paragraph("It has reached its Adequacy Target: nothing is lacking.")
        return
    yield Table("to_adequacy", f"To adequacy, at {unit.year}'s target", columns, tuple(rows))
    yield Paragraph(
        "Years are dollars lacking over this year's new money: as if target, resources and new "
        "money stayed as they are, and new money became base funding year after year."
    )
