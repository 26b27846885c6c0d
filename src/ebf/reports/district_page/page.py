"""The page of one district: what a superintendent shows her board.

Holds: DistrictPage, district_page, attributed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ebf.engine.record import check_one_state
from ebf.explain.shared import Shared
from ebf.faults import InputError, Place, contradiction, not_computed
from ebf.files import Source, known_sources
from ebf.law.funding import FUNDING
from ebf.law.plain_names import plain_name
from ebf.ledger import Ledger, check_ledger
from ebf.reports.district_page.beside import similar
from ebf.reports.district_page.factors import Staff, factors
from ebf.reports.district_page.opening import key_numbers, opening, standing, to_adequacy
from ebf.reports.district_page.pupils import one_more
from ebf.reports.district_page.steps import steps
from ebf.reports.district_page.subject import AUDIT, Subject
from ebf.reports.grounds import departures
from ebf.show.answer import Shown
from ebf.show.document import (
    Block,
    Document,
    Folded,
    Heading,
    Link,
    Paragraph,
    Sentences,
    joined,
)
from ebf.show.words import dollars
from ebf.units.marks import Marked, sentences
from ebf.what_if.attribution import Attribution, attribute
from ebf.what_if.comparison import CENTS


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DistrictPage(Shown):
    """The page of one district; made by :meth:`ebf.Ledger.page`.

    Reads from the top: a sentence; key numbers; where it stands; six steps from pupils to
    dollars; what the target is made of; why it changed; what one more pupil is worth; what
    adequacy would take; similar districts; and, folded, every number by the law.
    """

    unit_id: str
    name: str
    pupils: float
    adequacy_target: float
    final_resources: float
    final_percent_of_adequacy: float
    tier: str
    tier_funding: float
    blocks: tuple[Block, ...] = field(repr=False)
    ledger: Ledger = field(repr=False)

    @property
    def title(self) -> str:
        """What it is called."""
        return f"{self.name}: Evidence-Based Funding, FY{self.ledger.fiscal_year}"

    @property
    def sentence(self) -> str:
        """What it opens with."""
        return next(joined(x.text) for x in self.blocks if isinstance(x, Paragraph) and x.lead)

    @property
    def document(self) -> Document:
        """What it shows."""
        return Document(self.blocks, in_columns=True)

    @property
    def _year(self) -> int:
        return self.ledger.fiscal_year

    def _sources(self) -> dict[str, Source]:
        return known_sources(units=self.ledger.source)


def district_page(
    ledger: Ledger,
    unit_id: str,
    *,
    before: Ledger | None = None,
    counted: Ledger | None = None,
    held: tuple[str, ...] = (),
    staff: Staff | None = None,
    shared: Shared | None = None,
) -> DistrictPage:
    """Make the page of one district; see :meth:`ebf.Ledger.page`.

    What is ``shared`` stands on a page of its own, to which the audit leads.
    """
    _check(ledger)
    unit = Subject(ledger, ledger.unit_id(unit_id), shared=shared)
    others = _earlier(before, unit, counted), _counted(counted, unit)
    return DistrictPage(
        unit_id=unit.unit_id,
        name=unit.name,
        pupils=unit.pupils,
        adequacy_target=unit.of("adequacy_target"),
        final_resources=unit.of("final_resources"),
        final_percent_of_adequacy=unit.percent,
        tier=unit.tier,
        tier_funding=unit.of("tier_funding"),
        blocks=tuple(_blocks(unit, *others, held, staff)),
        ledger=ledger,
    )


_CENT: Final = 0.01
_MONEY: Final = "tier_funding"
_NEEDED: Final = (
    "average_student_enrollment",
    "adequacy_target",
    "final_resources",
    "final_percent_of_adequacy",
    "tier",
    "tier_funding",
)


def _check(ledger: Ledger) -> None:
    """Refuse what has not what a page begins with."""
    check_ledger(ledger)
    check_one_state(ledger)
    if ledger.law.section != FUNDING.section:
        found = f"a ledger by {ledger.law.section}"
        raise InputError([contradiction(Place(argument="ledger"), found, "one by 18-8.15")])
    faults = [
        not_computed(Place("ledger", column=name), "not computed", "a ledger of all lines")
        for name in _NEEDED
        if name not in ledger.values
    ]
    if faults:
        raise InputError(faults)


def _earlier(before: Ledger | None, unit: Subject, counted: Ledger | None) -> Subject | None:
    """The same unit in the earlier ledger."""
    if before is None:
        return None
    check_ledger(before)
    check_one_state(before)
    if before.fiscal_year > unit.ledger.fiscal_year:
        allowed = f"a ledger of {unit.year}, or of a year before it"
        raise InputError(
            [contradiction(Place(argument="before"), f"FY{before.fiscal_year}", allowed)]
        )
    if unit.unit_id not in before.table.places:
        place, found = Place(argument="before", unit=unit.unit_id), "not in it"
        raise InputError([contradiction(place, found, "a ledger that has the unit, or none")])
    label = f"FY{before.fiscal_year}"
    if before.fiscal_year == unit.ledger.fiscal_year:
        label = "before" if counted is None else "the state's file"
    return Subject(before, before.unit_id(unit.unit_id), label)


def _counted(counted: Ledger | None, unit: Subject) -> Subject:
    """The unit where its own counts are computed: the same ledger, or the one handed over."""
    if counted is None:
        return unit
    check_ledger(counted)
    found = Subject(counted, counted.unit_id(unit.unit_id))
    faults = [
        contradiction(
            Place("counted", unit=unit.unit_id, column=name),
            f"{found.of(name):,.2f}",
            f"{unit.of(name):,.2f}, as the ledger of the state has it",
        )
        for name in _NEEDED
        if abs(found.of(name) - unit.of(name)) > _CENT
    ]
    if faults:
        raise InputError(faults)
    return found


def _blocks(
    unit: Subject,
    before: Subject | None,
    counted: Subject,
    held: tuple[str, ...],
    staff: Staff | None,
) -> Iterator[Block]:
    """The page from top to bottom."""
    yield Heading(1, unit.name)
    yield from opening(unit)
    yield Paragraph(_what(unit))
    if held:
        names = ", ".join(map(plain_name, held))
        yield Paragraph(
            "From the district's own counts. They do not suffice for these, which are as the "
            f"state's file has them: {names}."
        )
    yield key_numbers(unit, before)
    if unit.of("adequacy_target"):
        yield from standing(unit)
        yield from steps(counted)
        yield from factors(unit, counted, staff)
        if before is not None:
            yield from _why(unit, before)
        yield from one_more(counted)
        yield from to_adequacy(unit)
        yield from similar(unit)
    yield Sentences("rests_on", "What this page rests on", tuple(_rests_on(unit, before, counted)))
    yield Folded(
        "Every number, line by line of the law",
        (*_shared(counted), *counted.account.blocks(3, AUDIT, counted.shared)),
        f"ebf audit {unit.unit_id} shows it, ledger.audit({unit.unit_id!r}) in Python.",
        "every-number",
    )


def _shared(unit: Subject) -> Iterator[Block]:
    """Where the rest of the audit stands, where it does not stand here."""
    if unit.shared is not None:
        page = Link("a page for all units", page=unit.shared.page)
        yield Paragraph(
            (
                "Rules, statewide numbers, numbers of the law and salaries stand on ",
                page,
                "; each line leads to its own.",
            )
        )


def _what(unit: Subject) -> str:
    """Which unit, of which year."""
    county = unit.text("county").title()
    where = f", {county} County" if county else ""
    return (
        f"{unit.kind.capitalize()} {unit.unit_id}{where}. Evidence-Based Funding of {unit.year}, "
        "105 ILCS 5/18-8.15."
    )


def _why(unit: Subject, before: Subject) -> Iterator[Block]:
    """Why its new money is not what it was."""
    yield Heading(2, f"Why new money changed: {before.label} and now", "why-it-changed")
    change = round(unit.of("tier_funding") - before.of("tier_funding"), CENTS)
    if not change:
        yield Paragraph(f"It is the same to the cent: {dollars(unit.of(_MONEY))}.")
        return
    found = attributed(before.ledger, unit.ledger, unit.unit_id)
    if isinstance(found, InputError):
        yield Paragraph(f"It cannot be told from these two ledgers: {found.faults[0]}")
        return
    more = "more" if change >= 0 else "less"
    yield Paragraph(
        f"{dollars(abs(change))} {more} than {before.label}, by causes (Shapley values: what each "
        "moves, the mean over all orders in which they could have come)."
    )
    yield found.chart(unit.unit_id).picture
    if found.estimated:
        many = len(found.estimated)
        yield Paragraph(
            f"Of {many:,} unit{'s' * (many != 1)} the Local Capacity Percentage was not published "
            "and is estimated for this."
        )


def attributed(before: Ledger, after: Ledger, unit_id: str) -> Attribution | InputError:
    """A unit's change by causes; with estimated percentages where they are blank and needed.

    What makes it impossible is told, not raised: the rest of a page stands without it.
    """
    try:
        return attribute(before, after, unit_id=unit_id)
    except InputError:
        try:
            return attribute(before, after, unit_id=unit_id, estimate_percentages=True)
        except InputError as error:
            return error


def _rests_on(unit: Subject, before: Subject | None, counted: Subject) -> Iterator[str]:
    """Files, marks, and what is invented."""
    for each in (before, unit):
        if each is None:
            continue
        label = each.label or each.year
        source = each.ledger.source
        yield (
            f"{label}: from {source}." if source else f"{label}: from a table handed over, no file."
        )
        yield from sentences(_own_marks(each), each.label)
        if note := each.ledger.table.note:
            yield note
        standing = each.ledger.standing
        if each is unit:  # less what its own counts compute
            standing = standing - {*counted.ledger.computed}
        if standing:
            yield f"Taken as handed over: {', '.join(map(plain_name, sorted(standing)))}."
    yield from departures(unit.ledger)
    yield (
        "Computed by illinois-ebf by the law's own lines; readings of it where it is open are in "
        "the audit below."
    )


def _own_marks(unit: Subject) -> Marked:
    """The marks of this unit's numbers."""
    marked = unit.ledger.table.marked
    return {
        column: {unit.unit_id: units[unit.unit_id]}
        for column, units in marked.items()
        if unit.unit_id in units
    }
