"""The pages of a site, each made into its files: the page itself, and its numbers as JSON.

Holds: Site, Page, Home, OfAll, OfCounty, OfDistrict, OfUnit, linked.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from ebf.explain.shared import Shared
from ebf.ledger import Ledger
from ebf.reports.district_page.page import district_page
from ebf.reports.site.law_page import LAW, LawPage, shared_in
from ebf.reports.site.notes import note_of_all, rests_on, salaries_said
from ebf.reports.site.places import HOME, County, District, Places, link, root_from
from ebf.reports.site.shared import INDEX, SCRIPT, SHEET
from ebf.reports.site.summaries import Summaries
from ebf.show.answer import Shown
from ebf.show.as_html import Setting, html_page
from ebf.show.document import Block, Document, Heading, Link, Paragraph, Sentences, Table
from ebf.show.words import Value

_LIES: Final = "legislative-districts"
_RESTS_ON: Final = "rests_on"


@dataclass(frozen=True, eq=False)
class Site:
    """What the pages of a site are made from."""

    places: Places
    before: Ledger | None = None

    @cached_property
    def summaries(self) -> Summaries:
        """The state and its counties."""
        return Summaries(self.places, self.before)

    @cached_property
    def shared(self) -> Shared:
        """What all units share, which stands on one page."""
        page = link("", LAW, Places.page_of("")).page
        return shared_in(self.places.ledger, page)

    @cached_property
    def note(self) -> str:
        """What of all numbers is invented or not published."""
        return note_of_all(self.places.ledger)

    @property
    def pages(self) -> Iterator[Page]:
        """Every page, the longest to make first."""
        yield Home()
        yield OfAll()
        yield from map(OfUnit, self.places.unit_ids)
        yield from map(OfCounty, self.places.counties)
        yield from map(OfDistrict, self.places.legislative_districts)


@dataclass(frozen=True)
class Page(ABC):
    """One page of a site."""

    @property
    @abstractmethod
    def place(self) -> str:
        """Its address from the root, without an ending."""

    @property
    def files(self) -> tuple[str, str]:
        """Its files, from the root."""
        return f"{self.place}.html", f"{self.place}.json"

    @property
    def unit_id(self) -> str | None:
        """The unit that it is of, if it is of one."""
        return None

    @abstractmethod
    def shown(self, site: Site) -> Shown:
        """What it shows."""

    def blocks(self, blocks: tuple[Block, ...], site: Site) -> tuple[Block, ...]:
        """The blocks of what it shows, with links to other pages."""
        return tuple(linked(blocks, site.places, self.place))

    def ways(self, site: Site) -> Iterator[Link]:
        """Links to what it is in."""
        yield link(f"Illinois, FY{site.places.ledger.fiscal_year}", HOME, self.place)

    def content(self, site: Site) -> tuple[str, str]:
        """What its files hold."""
        shown = self.shown(site)
        root = root_from(self.place)
        data = Link("This page as data", page=f"{self.place.rpartition('/')[2]}.json")
        setting = Setting(
            f"{root}{SHEET}",
            (f"{root}{INDEX}", f"{root}{SCRIPT}"),
            (*self.ways(site), data),
        )
        document = shown.document  # made once: it takes its time
        whole = Document(self.blocks(document.blocks, site), document.in_columns)
        return html_page(whole, setting), _compact(shown.to_json(site.note))


@dataclass(frozen=True)
class Home(Page):
    """The page of the state."""

    @property
    def place(self) -> str:
        """Its address."""
        return HOME

    def shown(self, site: Site) -> Shown:
        """What the state comes to."""
        return site.summaries.state

    def ways(self, site: Site) -> Iterator[Link]:
        """Links to its own parts."""
        yield from super().ways(site)
        if site.places.counties:
            yield Link("Counties", "counties")
        if site.places.districts is not None:
            yield Link("Legislative districts", _LIES)
        yield Link("Every unit", "every-unit")
        yield link("The law, line by line", LAW, self.place)


@dataclass(frozen=True)
class OfAll(Page):
    """The page of what is the same for every unit."""

    @property
    def place(self) -> str:
        """Its address."""
        return LAW

    def shown(self, site: Site) -> Shown:
        """The rules, statewide numbers, and what they are read from."""
        ledger = site.places.ledger
        said = tuple(rests_on(ledger))
        return LawPage(fiscal_year=ledger.fiscal_year, shared=site.shared, rests_on=said)


@dataclass(frozen=True)
class OfCounty(Page):
    """The page of a county."""

    county: County

    @property
    def place(self) -> str:
        """Its address."""
        return self.county.page

    def shown(self, site: Site) -> Shown:
        """What the county comes to."""
        return site.summaries.county(self.county)


@dataclass(frozen=True)
class OfDistrict(Page):
    """The page of a legislative district."""

    district: District

    @property
    def place(self) -> str:
        """Its address."""
        return Places.page_of_district(self.district)

    def shown(self, site: Site) -> Shown:
        """What comes to the district."""
        if site.places.districts is None:
            raise AssertionError(self.district)
        return site.places.districts.district(*self.district)

    def blocks(self, blocks: tuple[Block, ...], site: Site) -> tuple[Block, ...]:
        """What comes to it, and what the ledger rests on, which the answer says of its files."""
        said = tuple(rests_on(site.places.ledger))
        return (*super().blocks(blocks, site), Sentences(_RESTS_ON, "What the ledger is", said))


@dataclass(frozen=True)
class OfUnit(Page):
    """The page of a unit."""

    unit: str

    @property
    def place(self) -> str:
        """Its address."""
        return Places.page_of(self.unit)

    @property
    def unit_id(self) -> str:
        """The unit that it is of."""
        return self.unit

    def shown(self, site: Site) -> Shown:
        """The page that a board is shown; beside last year's, where the unit was there."""
        before = site.before
        if before is not None and self.unit not in before.table.places:
            before = None
        ledger, shared = site.places.ledger, site.shared
        return district_page(ledger, self.unit, before=before, shared=shared)

    def ways(self, site: Site) -> Iterator[Link]:
        """Links to what it is in: the state, its county, its legislative districts."""
        yield from super().ways(site)
        if county := site.places.county_of.get(self.unit):
            yield link(county.title, county.page, self.place)
        if self.unit in site.places.districts_of:
            yield Link("Legislative districts", _LIES)

    def blocks(self, blocks: tuple[Block, ...], site: Site) -> tuple[Block, ...]:
        """The page, and before what it rests on the legislative districts."""
        blocks = super().blocks(blocks, site)
        at = next(
            n for n, x in enumerate(blocks) if isinstance(x, Sentences) and x.name == _RESTS_ON
        )
        own = self._in_districts(site)
        said = map(Paragraph, salaries_said(site.places.ledger))
        return (*blocks[:at], *own, blocks[at], *said, *blocks[at + 1 :])

    def _in_districts(self, site: Site) -> Iterator[Block]:
        """The legislative districts that it lies in."""
        every = [*site.places.to_districts(self.unit, self.place)]
        if every:
            yield Heading(2, "Its legislative districts", _LIES)
            yield Paragraph(tuple(piece for each in every for piece in (each, "; "))[:-1])


def _compact(written: str) -> str:
    """JSON without the blanks that people read it by: nine hundred files of it are served."""
    return json.dumps(json.loads(written), separators=(",", ":"), ensure_ascii=False) + "\n"


# --- Links -----------------------------------------------------------------------------


def linked(blocks: tuple[Block, ...], places: Places, page: str) -> Iterator[Block]:
    """The blocks, in whose tables the name of each unit is a link, or its id without one."""
    for block in blocks:
        if isinstance(block, Table):
            yield replace(block, rows=tuple(_linked(row, places, page) for row in block.rows))
        else:
            yield block


def _linked(row: tuple[Value, ...], places: Places, page: str) -> tuple[Value, ...]:
    """A row, in which one unit may be: by its id, or by a name that it alone has."""
    texts = [each for each in row if isinstance(each, str)]
    unit = places.unit_meant(texts)
    if unit is None or places.page_of(unit) == page or any(isinstance(x, Link) for x in texts):
        return row
    called = places.called(unit)
    words = called if called in texts else unit
    to = link(words, places.page_of(unit), page)
    return tuple(to if isinstance(each, str) and each == words else each for each in row)
