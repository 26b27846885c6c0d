"""Pages that sum up units: the state's and a county's.

Holds: StatePage, CountyPage, Summaries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import fsum, isnan
from typing import Any, Final

import pandas as pd

from ebf.files import Source, known_sources
from ebf.language.measure import Measure
from ebf.ledger import Ledger, units_with
from ebf.reports.grounds import grounds
from ebf.reports.legislative_district import DISTRICTS
from ebf.reports.quick_facts import quick_facts
from ebf.reports.site.notes import rests_on
from ebf.reports.site.places import HOME, County, Places, link
from ebf.show.answer import Shown
from ebf.show.document import (
    Block,
    Column,
    Document,
    Entries,
    Figure,
    Figures,
    Folded,
    Heading,
    Paragraph,
    Sentences,
    Table,
    Text,
)
from ebf.show.words import Value, dollars, number, percent_to, whole_dollars

_PUPILS, _TARGET, _RESOURCES = (
    "average_student_enrollment",
    "adequacy_target",
    "final_resources",
)
_PERCENT, _TIER, _MONEY, _PAID = (
    "final_percent_of_adequacy",
    "tier",
    "tier_funding",
    "total_state_contribution",
)
_LINES: Final = (_PUPILS, _TARGET, _RESOURCES, _PERCENT, _TIER, _MONEY, _PAID)
_SHOWN: Final = (_PUPILS, _PERCENT, _TIER, _MONEY, _PAID)
_COLUMNS: Final = (
    Column("district"),
    Column("unit id"),
    Column("pupils", Measure.STUDENTS),
    Column("percent of adequacy", Measure.SHARE),
    Column("tier", Measure.TIER),
    Column("new money", Measure.DOLLARS),
    Column("state money in all", Measure.DOLLARS),
)
_OF_COUNTIES: Final = (
    Column("county"),
    Column("units", Measure.COUNT),
    Column("pupils", Measure.STUDENTS),
    Column("percent of adequacy", Measure.SHARE),
    Column("new money", Measure.DOLLARS),
    Column("new money per pupil", Measure.DOLLARS_PER_STUDENT),
)
_SHOWN_OF_DISTRICTS: Final = {
    "units": Measure.COUNT,
    _PUPILS: Measure.STUDENTS,
    _MONEY: Measure.DOLLARS,
    "gap_to_tier_2_target_ratio": Measure.DOLLARS,
}


@dataclass(frozen=True)
class _Sums:
    """What some units come to together; the percent is of those with an Adequacy Target."""

    units: int
    pupils: float
    target: float
    resources: float
    new: float
    paid: float

    @classmethod
    def of(cls, frame: pd.DataFrame) -> _Sums:
        """The sums of the units of a frame of ``_LINES``."""
        rated = frame[frame[_TARGET] > 0] if _TARGET in frame else frame
        return cls(
            len(frame),
            *(_sum(frame, _PUPILS), _sum(rated, _TARGET), _sum(rated, _RESOURCES)),
            *(_sum(frame, _MONEY), _sum(frame, _PAID)),
        )

    @property
    def percent(self) -> float | None:
        """Their resources over their targets."""
        return self.resources / self.target if self.target else None

    @property
    def each(self) -> float | None:
        """New money for each pupil."""
        return self.new / self.pupils if self.pupils else None

    @property
    def figures(self) -> Iterator[tuple[str, float | None, Measure]]:
        """The key numbers, with what they are called."""
        yield "Units", self.units, Measure.COUNT
        yield "Pupils (Average Student Enrollment)", self.pupils, Measure.STUDENTS
        yield "What the formula says they need (Adequacy Targets)", self.target, Measure.DOLLARS
        yield "What they have to work with (Final Resources)", self.resources, Measure.DOLLARS
        yield "Percent of adequacy", self.percent, Measure.SHARE
        yield "New state money of the year (tier funding)", self.new, Measure.DOLLARS
        if self.paid:
            yield "State money in all (base and new)", self.paid, Measure.DOLLARS


def _sum(frame: pd.DataFrame, name: str) -> float:
    return fsum(frame[name].dropna()) if name in frame else 0.0


def _figures(now: _Sums, then: _Sums | None, label: str) -> Figures:
    """Key numbers, each with the earlier one where there is one."""
    earlier = {} if then is None else {name: value for name, value, _ in then.figures}
    return Figures(
        tuple(
            Figure(
                name,
                number(value, measure, alone=True),
                f"{label}: {number(earlier[name], measure, alone=True)}"
                if earlier.get(name) is not None
                else "",
            )
            for name, value, measure in now.figures
            if value is not None
        )
    )


# --- The pages -------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class _Summary(Shown):
    """A page that sums up units."""

    name: str
    fiscal_year: int
    units: int
    pupils: float
    adequacy_target: float
    final_resources: float
    tier_funding: float
    blocks: tuple[Block, ...] = field(repr=False)
    source: Source | None = None

    @property
    def title(self) -> str:
        """What it is called."""
        return f"{self.name}: Evidence-Based Funding, FY{self.fiscal_year}"

    @property
    def document(self) -> Document:
        """What it shows."""
        return Document(self.blocks)

    @property
    def _year(self) -> int:
        return self.fiscal_year

    def _sources(self) -> dict[str, Source]:
        return known_sources(units=self.source)


class StatePage(_Summary):
    """The page of a state."""


class CountyPage(_Summary):
    """The page of a county."""


@dataclass(frozen=True, eq=False)
class Summaries:
    """The ledger of a site, and an earlier one beside it, summed up."""

    places: Places
    before: Ledger | None = None

    @cached_property
    def _units(self) -> pd.DataFrame:
        return units_with(self.places.ledger, _LINES)

    @cached_property
    def _earlier(self) -> pd.DataFrame | None:
        return None if self.before is None else units_with(self.before, _LINES)

    @property
    def _label(self) -> str:
        return "" if self.before is None else f"FY{self.before.fiscal_year}"

    @property
    def _year(self) -> int:
        return self.places.ledger.fiscal_year

    def _both(self, unit_ids: Sequence[str]) -> tuple[_Sums, _Sums | None]:
        """The units now; and before, where all of them were there."""
        then = self._earlier
        if then is not None and not {*unit_ids} <= {*then.index}:
            then = None
        old = None if then is None else _Sums.of(then.loc[[*unit_ids]])
        return _Sums.of(self._units.loc[[*unit_ids]]), old

    def _rests_on(self, unit_ids: Sequence[str] | None = None) -> Sentences:
        ledgers = [self.places.ledger, *([] if self.before is None else [self.before])]
        said = dict.fromkeys(words for each in ledgers for words in rests_on(each, unit_ids))
        own = [
            "Percents are sums over sums; units without an Adequacy Target count for neither.",
            "Computed by illinois-ebf by the law's own lines; pages of units have every one.",
        ]
        return Sentences("rests_on", "What this page rests on", (*said, *own))

    def _table(self, name: str, title: str, unit_ids: Iterable[str], page: str) -> Table:
        """Units, each a link to its page."""
        frame = self._units.reindex(columns=[*_SHOWN])
        numbers = dict(zip(frame.index, frame.to_numpy(float).tolist(), strict=True))
        rows = []
        for unit in unit_ids:
            pupils, percent, tier, *money = (None if isnan(n) else n for n in numbers[unit])
            of_target = (percent or None, tier or None)  # 0 where there is no target, and no tier
            rows.append((self.places.to_unit(unit, page), unit, pupils, *of_target, *money))
        return Table(name, title, _COLUMNS, tuple(rows), labels=2)

    # --- A county

    def county(self, county: County) -> CountyPage:
        """The page of a county: its units, and what they come to."""
        now, then = self._both(county.unit_ids)
        blocks = (
            Heading(1, county.title),
            Paragraph(self._of_county(county, now), lead=True),
            _figures(now, then, self._label),
            self._table(
                "units", f"The units of {county.title}, by name", county.unit_ids, county.page
            ),
            self._rests_on(county.unit_ids),
        )
        return CountyPage(name=county.title, blocks=blocks, **self._about(now))

    def _of_county(self, county: County, now: _Sums) -> str:
        units = "unit" if now.units == 1 else f"{now.units:,} units"
        verb = "has" if now.units == 1 else "have"
        gets = "it gets" if now.units == 1 else "they get"
        said = f"The {units} of {county.title} {verb} no Adequacy Target"
        if now.percent is not None:
            said = (
                f"The {units} of {county.title} {verb} {percent_to(now.percent, 1)} of the money "
                f"that Illinois' formula says {'its' if now.units == 1 else 'their'} pupils' "
                f"education takes: {whole_dollars(now.resources)} of {whole_dollars(now.target)}"
            )
        each = "" if not now.each else f", {dollars(now.each)} a pupil"
        return f"{said}. In FY{self._year} {gets} {dollars(now.new)} of new state money{each}."

    def _about(self, now: _Sums) -> dict[str, Any]:
        """What its data say of it."""
        return {
            "fiscal_year": self._year,
            "units": now.units,
            "pupils": now.pupils,
            "adequacy_target": now.target,
            "final_resources": now.resources,
            "tier_funding": now.new,
            "source": self.places.ledger.source,
        }

    # --- The state

    @property
    def state(self) -> StatePage:
        """The page of the state: what it comes to, and the way to every other page."""
        now, then = self._both(self.places.unit_ids)
        blocks = self._of_state(now, then)
        return StatePage(name="Illinois", blocks=tuple(blocks), **self._about(now))

    def _of_state(self, now: _Sums, then: _Sums | None) -> Iterator[Block]:
        ledger = self.places.ledger
        yield Heading(1, f"Illinois Evidence-Based Funding, FY{self._year}")
        yield Paragraph(self._in_words(now), lead=True)
        yield Paragraph(
            "The law's formula, 105 ILCS 5/18-8.15, for every unit: a page a unit, with every "
            "number walked down to its counts."
        )
        yield _figures(now, then, self._label)
        yield Heading(2, "How adequate the units are", "adequacy")
        yield ledger.chart().picture
        if self.places.counties:
            yield ledger.county_map().picture
        yield Heading(2, "Where the new money goes", "new-money")
        yield ledger.money_chart().picture
        yield from self._facts()
        yield from self._counties()
        yield from self._districts()
        yield Heading(2, "Every unit, by county", "every-unit")
        yield Entries(tuple(self._listed()))
        yield self._rests_on()
        said = tuple(grounds(ledger))
        yield Folded(
            "The numbers of the law, and how it was read where it is open",
            (Sentences("grounds", "What the law has", said),),
            "ebf law and ebf readings show them.",
            "grounds",
        )

    def _in_words(self, now: _Sums) -> str:
        """What the state comes to, in a sentence or two."""
        said = f"Illinois has {now.units:,} units without an Adequacy Target"
        if now.percent is not None:
            said = (
                f"Illinois' schools have {percent_to(now.percent, 1)} of the money that the "
                f"state's formula says their pupils' education takes: "
                f"{whole_dollars(now.resources)} of {whole_dollars(now.target)}"
            )
        each = "" if not now.each else f", {dollars(now.each)} a pupil"
        return (
            f"{said}. In FY{self._year} the state gives them {whole_dollars(now.new)} of new "
            f"money{each}."
        )

    def _facts(self) -> Iterator[Block]:
        """The facts that are asked for most: by tier, the largest amounts, and all of them."""
        blocks = quick_facts(self.places.ledger).document.blocks
        tables = {each.name: each for each in blocks if isinstance(each, Table)}
        yield tables["by_tier"]
        yield tables["largest"]
        rest = [each for each in blocks[1:] if each not in (tables["by_tier"], tables["largest"])]
        yield Folded("Quick facts", tuple(rest), "ebf.quick_facts(ledger) has them.", "quick-facts")

    def _counties(self) -> Iterator[Block]:
        """Every county with what its units come to."""
        rows: list[tuple[Value, ...]] = []
        for county in self.places.counties:
            own = _Sums.of(self._units.loc[[*county.unit_ids]])
            to = link(county.name, county.page, HOME)
            rows.append((to, own.units, own.pupils, own.percent, own.new, own.each))
        if rows:
            yield Heading(2, "Counties", "counties")
            title = f"The {len(rows):,} counties with units"
            yield Folded(
                "What the units of each county come to",
                (Table("counties", title, _OF_COUNTIES, tuple(rows)),),
                "The page of each county has it.",
            )

    def _districts(self) -> Iterator[Block]:
        """Every legislative district with what its units come to."""
        found = self.places.districts
        if found is None:
            return
        yield Heading(2, "Legislative districts", "legislative-districts")
        shown = [name for name in _SHOWN_OF_DISTRICTS if name in found.frame]
        frame = found.frame[shown]
        sums = dict(zip(frame.index, frame.to_numpy(float).tolist(), strict=True))
        for chamber in DISTRICTS:
            own = [each for each in self.places.legislative_districts if each[0] == chamber]
            rows = []
            for district in own:
                to = self.places.page_of_district(district)
                rows.append((link(f"{chamber} District {district[1]}", to, HOME), *sums[district]))
            columns = (Column("district"), *(Column(n, _SHOWN_OF_DISTRICTS[n]) for n in shown))
            if rows:
                name, title = f"{chamber.lower()}_districts", f"{chamber} districts with units"
                yield Folded(
                    f"{chamber} districts",
                    (Table(name, title, columns, tuple(rows)),),
                    "ebf.legislative(ledger) has them.",
                )

    def _listed(self) -> Iterator[tuple[Text, Text]]:
        """Every county with links to its units, in the order of names."""
        for county in self.places.counties:
            yield (link(county.title, county.page, HOME),), self._linked(county.unit_ids)
        if self.places.without_county:
            yield "Units of no county", self._linked(self.places.without_county)

    def _linked(self, unit_ids: Sequence[str]) -> Text:
        """Links to units, parted by semicolons."""
        pieces = [piece for unit in unit_ids for piece in (self.places.to_unit(unit, HOME), "; ")]
        return tuple(pieces[:-1])
