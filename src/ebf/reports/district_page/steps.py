"""From pupils to new money in six steps, each with its cite and the way down to the counts.

Holds: steps, shortened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final, NamedTuple

from ebf.law.funding.tiers import TIER_1, TIER_2
from ebf.law.plain_names import plain_name
from ebf.reports.district_page.subject import AUDIT, Subject
from ebf.show.document import Block, Formula, Heading, Link, Paragraph, Text, joined
from ebf.show.words import number


class _Step(NamedTuple):
    """A step: what it is called, what it means, and the lines that are worked out in it."""

    title: str
    means: str
    lines: tuple[str, ...]


_TARGET = _Step(
    "What their education takes: the Adequacy Target",
    "34 cost factors give positions for so many pupils, at the state's average salaries, and "
    "dollars a pupil. Where wages are higher, what is salary is multiplied.",
    ("adequacy_target",),
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
_TIER_JOINED = _TIER._replace(
    means="Tier 1's money would lift those furthest behind to 90 % and beyond, so it is joined to "
    "Tier 2's, and no unit is in Tier 1: Tier 2 lies below 90 %, Tier 3 below 100 %."
)


def steps(unit: Subject) -> Iterator[Block]:
    """The six steps, with the unit's own numbers."""
    yield Heading(2, "From pupils to dollars in six steps", "six-steps")
    yield Paragraph(
        "Amounts are to the cent here; each name leads to the same with every digit, and so "
        "down to the counts."
    )
    tier = _TIER_JOINED if unit.of("tier_1_money_joins_tier_2") else _TIER
    every = (_pupils(unit), _TARGET, _resources(unit), _PERCENT, tier, _money(unit))
    lines = {name for step in every for name in step.lines}
    formulas = unit.account.worked(lines, AUDIT, unit.shared)
    for place, step in enumerate(every, start=1):
        yield Heading(3, f"{place}. {step.title}")
        yield Paragraph(step.means)
        for name in step.lines:
            if unit.has(name):
                yield from _worked(unit, name, formulas.get(name, []))


def _pupils(unit: Subject) -> _Step:
    """The first step: by the dates and years that the law counts for such a unit."""
    lines = unit.ledger.law.lines
    of_march = f"march_enrollment{_LATEST}" in lines[f"counted_enrollment{_LATEST}"].reads
    dates = "October and March" if of_march else "October"
    mean = "mean of three"
    if unit.is_program:
        dates = "March" if of_march else dates
        mean = "mean that the law has for programs" if unit.has_mean_of_its_own else mean
    means = (
        f"Pupils are counted by grade each {dates}. What counts is the greater of the latest "
        f"school year and the {mean}."
    )
    return _Step("Pupils", means, ("average_student_enrollment",))


_LATEST: Final = "_first_preceding_year"


def _resources(unit: Subject) -> _Step:
    """The third step: by whether it has property to tax."""
    means = (
        "What the district can be expected to raise from its own property, replacement tax, "
        "and the state's base funding."
        if unit.is_district
        else "It has no property to tax: a set part of its target stands for what it can "
        "raise. To that come replacement tax and the state's base funding."
    )
    lines = ("adjusted_local_capacity_target", "final_resources")
    return _Step("What there is to work with: Final Resources", means, lines)


def _money(unit: Subject) -> _Step:
    """The last step: by tier."""
    tier = round(unit.of("tier"))
    step_1, step_2 = "tier_2_funding_step_1", "tier_2_funding_step_2"
    is_floor = tier == TIER_2 and unit.has(step_1) and unit.of(step_2) > unit.of(step_1)
    lines = {
        TIER_1: ("tier_1_funding_gap", "tier_1_funding", "tier_2_funding_gap", "tier_2_funding"),
        TIER_2: ("tier_2_funding_gap", *((step_2,) if is_floor else ()), "tier_2_funding"),
    }.get(tier, (f"tier_{tier}_funding",) if tier else ())
    means = {
        TIER_1: "A part of what it lacks to Tier 1's ratio, and its part of Tier 2's money.",
        TIER_2: "No less a pupil than any Tier 3 unit has, which is more than its part of what it "
        "lacks to 90 %."
        if is_floor and not unit.of("tier_2_surplus")
        else "A part of what it lacks to 90 %, the less the more it can raise itself.",
    }.get(tier, f"Its part of {unit.tier}'s money, by its Adequacy Target.")
    return _Step("What it is paid: tier funding", means, (*lines, "tier_funding"))


def _worked(unit: Subject, name: str, formulas: Sequence[Formula]) -> Iterator[Formula]:
    """A line worked out, its name leading to the audit; or the number that stands in."""
    line = unit.ledger.law.lines[name]
    if not formulas:
        value = number(unit.of(name), line.measure, alone=True)
        yield Formula(f"{plain_name(name)} [{line.cite}]", (f"{value}, as it is handed over",))
        return
    cited: Text = (unit.walk(plain_name(name), name), f" [{line.cite}]")
    first, *more = map(_short, formulas)
    yield from (replace(first, name=cited), *more)


def _short(formula: Formula) -> Formula:
    """A formula to the cent and to six decimals; the audit has every digit."""
    equals = (
        shortened(each) if isinstance(each, str) else tuple(map(_short_piece, each))
        for each in formula.equals
    )
    *lines, last = equals
    if ", cut to" in joined(last) and joined(lines[-1]) in {*map(shortened, _uncut(formula))}:
        lines.pop()  # shown to the cent, it would look rounded where it is cut
    return Formula(formula.name, (*lines, last))


def _uncut(formula: Formula) -> Iterator[str]:
    """Lines that are a number alone."""
    yield from (joined(each) for each in formula.equals if _NUMBER.fullmatch(joined(each)))


def _short_piece(piece: str) -> str:
    return piece if isinstance(piece, Link) else shortened(piece)


def shortened(text: str) -> str:
    """Text with its dollars to the cent and its other numbers to six decimals.

    >>> shortened("0.685000000347187 + $5,696,199.58 + $1,031.0152832938")
    '0.685 + $5,696,199.58 + $1,031.02'
    """
    return _LONG.sub(lambda found: _rounded(*found.groups()), _WHOSE_CUT.sub("", text))


_NUMBER: Final = re.compile(r"\$?[\d,.]+")
_WHOSE_CUT: Final = re.compile(r" \(ISBE[^)]*\)")
_LONG: Final = re.compile(r"(\$?)(\d[\d,]*\.\d{3,})")


def _rounded(sign: str, digits: str) -> str:
    number = Decimal(digits.replace(",", ""))
    if sign:
        return f"{sign}{number:,.2f}"
    return f"{number:,.6f}".rstrip("0").rstrip(".")
