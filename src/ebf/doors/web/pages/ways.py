"""Ways from page to page, each with the what-if that is looked at.

Holds: Ways.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from ebf.law.names import column_of, columns_of, name_behind
from ebf.show.document import Link


@dataclass(frozen=True)
class Ways:
    """Addresses of pages; ``query`` is that of the what-if, which every one of them carries."""

    query: str = ""

    def to(self, path: str, more: Iterable[tuple[str, str]] = ()) -> str:
        """The address of a path."""
        query = "&".join(each for each in (urlencode([*more]), self.query) if each)
        return f"{path}?{query}" if query else path

    def unit(self, unit_id: str, part: str = "") -> str:
        """A unit's page, or a part of it."""
        return self.to(f"/units/{_safe(unit_id)}{part}")

    def line(self, name: str, unit_id: str) -> str:
        """The walk of a line: of the unit, or of the state where it is one number for all."""
        line = name_behind(name)
        if columns_of(line) and column_of(line).statewide:
            return self.to(f"/lines/{_safe(line)}")
        return self.unit(unit_id, f"/lines/{_safe(line)}")

    def district(self, chamber: str, number: int) -> str:
        """A legislative district."""
        return self.to(f"/{chamber.lower()}/{number}")

    def to_unit(self, words: str, unit_id: str) -> Link:
        """Words that lead to a unit."""
        return Link(words, page=self.unit(unit_id))


def _safe(part: str) -> str:
    return quote(part, safe="")
