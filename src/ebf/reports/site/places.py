"""Which pages a site has: where each stands, and the links that lead to them.

Holds: HOME, District, County, Places, link, root_from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Final, TypeAlias

from ebf.law.regionalization import county_called
from ebf.ledger import Ledger, name_of
from ebf.reports.legislative import Legislative
from ebf.show.document import Link
from ebf.units.ids import ID

HOME: Final = "index"
"""The page of the state, at the root; every other page stands in a folder there."""
_UNITS: Final = "units"
_COUNTIES: Final = "counties"
_UP: Final = "../"
_ENDING: Final = ".html"
_LONGEST: Final = 60

District: TypeAlias = tuple[str, int]
"""A chamber, and the number of one of its districts."""


@dataclass(frozen=True)
class County:
    """A county with units: what it is called, where its page stands, and its units by name."""

    name: str
    page: str
    unit_ids: tuple[str, ...]

    @property
    def title(self) -> str:
        """What its page is called."""
        return self.name if self.name.casefold().endswith("county") else f"{self.name} County"


@dataclass(frozen=True, eq=False)
class Places:
    """The pages of a site of a ledger, by their addresses from the root without an ending.

    ``districts`` is the ledger by legislative district, where it is known.
    """

    ledger: Ledger
    districts: Legislative | None = None

    # --- Units

    @staticmethod
    def page_of(unit_id: str) -> str:
        """The page of a unit."""
        return f"{_UNITS}/{unit_id}"

    def called(self, unit_id: str) -> str:
        """What a unit is called: its name, else its id."""
        return name_of(self.ledger, unit_id) or f"Unit {unit_id}"

    @cached_property
    def unit_ids(self) -> tuple[str, ...]:
        """Every unit, in the order of names."""
        return tuple(sorted(self.ledger.table.unit_ids, key=self._order))

    def _order(self, unit_id: str) -> tuple[str, str]:
        return self.called(unit_id).casefold(), unit_id

    @cached_property
    def _unit_called(self) -> Mapping[str, str]:
        """The units by their names, of names that only one has."""
        names = [self.called(unit) for unit in self.unit_ids]
        counts = Counter(names)
        pairs = zip(names, self.unit_ids, strict=True)
        return {name: unit for name, unit in pairs if counts[name] == 1}

    def unit_meant(self, texts: Sequence[str]) -> str | None:
        """The unit of an id among texts, else of a name that no other unit has; None for none."""
        ids = (each for each in texts if each in self.ledger.table.places)
        named = (self._unit_called[each] for each in texts if each in self._unit_called)
        return next(ids, None) or next(named, None)

    # --- Counties

    @cached_property
    def counties(self) -> tuple[County, ...]:
        """The counties with units, in the order of names."""
        names: dict[str, str] = {}
        units: dict[str, list[str]] = {}
        for unit in self.unit_ids:
            if name := self._county_said(unit):
                key = _file_of(name)
                names[key] = min(names.get(key, name), name)
                units.setdefault(key, []).append(unit)
        found = (
            County(name, f"{_COUNTIES}/{key}", tuple(units[key])) for key, name in names.items()
        )
        return tuple(sorted(found, key=lambda county: (county.name.casefold(), county.page)))

    def _county_said(self, unit_id: str) -> str:
        """The county of a unit as people write it; the State Board's files have capitals alone."""
        table = self.ledger.table
        said = (table.text_at("county", table.places[unit_id]) or "").strip()
        return county_called(said) or said

    @cached_property
    def county_of(self) -> Mapping[str, County]:
        """The county of every unit that has one."""
        return {unit: county for county in self.counties for unit in county.unit_ids}

    @cached_property
    def without_county(self) -> tuple[str, ...]:
        """The units of no county, in the order of names."""
        return tuple(unit for unit in self.unit_ids if unit not in self.county_of)

    # --- Legislative districts

    @staticmethod
    def page_of_district(district: District) -> str:
        """The page of a legislative district."""
        chamber, number = district
        return f"{chamber.lower()}/{number}"

    @cached_property
    def legislative_districts(self) -> tuple[District, ...]:
        """The legislative districts that have a part of a unit."""
        return tuple(sorted({each for every in self.districts_of.values() for each in every}))

    @cached_property
    def districts_of(self) -> Mapping[str, tuple[District, ...]]:
        """The legislative districts of every unit that is in some."""
        found: dict[str, list[District]] = {}
        if self.districts is not None:
            parts = self.districts.parts.reset_index()
            rows = parts[["chamber", "district", ID, "share"]].itertuples(index=False, name=None)
            for chamber, number, unit, share in rows:
                if number and share > 0:
                    found.setdefault(unit, []).append((chamber, number))
        return {unit: tuple(sorted(every)) for unit, every in found.items()}

    # --- Links

    def to_unit(self, unit_id: str, page: str) -> Link:
        """A link to a unit, from a page."""
        return link(self.called(unit_id), self.page_of(unit_id), page)

    def to_districts(self, unit_id: str, page: str) -> Iterator[Link]:
        """Links to the legislative districts of a unit."""
        for chamber, number in self.districts_of.get(unit_id, ()):
            words = f"{chamber} District {number}"
            yield link(words, self.page_of_district((chamber, number)), page)


def link(words: str, to: str, page: str, anchor: str = "") -> Link:
    """A link from one page to another."""
    return Link(words, anchor, f"{root_from(page)}{to}{_ENDING}")


def root_from(page: str) -> str:
    """What leads from a page to the root."""
    return _UP * page.count("/")


def _file_of(county: str) -> str:
    """The name of a county's file: its letters and digits, else a digest, for it is any text."""
    plain = "".join(letter for letter in county.casefold() if letter.isascii() and letter.isalnum())
    if plain and len(plain) <= _LONGEST:
        return plain
    return f"{plain[:_LONGEST]}-{sha256(county.encode(errors='replace')).hexdigest()[:8]}"
