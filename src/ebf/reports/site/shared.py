"""What all pages of a site share: their style, the script of the search, and what it looks through.

Holds: INDEX, SCRIPT, SHEET, shared.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Final

from ebf.reports.site.places import Places
from ebf.show.as_html import shared_style
from ebf.show.safe_text import printable

INDEX: Final = "search-index.js"
SCRIPT: Final = "search.js"
SHEET: Final = "page.css"
_UNSAFE: Final = str.maketrans({sign: f"\\u{ord(sign):04x}" for sign in "<>&"})


def shared(places: Places) -> dict[str, str]:
    """The files that all pages share, by name: style, script, and what the script looks through."""
    own = files("ebf.reports.site")
    return {
        SHEET: shared_style() + (own / "site.css").read_text(encoding="utf-8"),
        SCRIPT: (own / SCRIPT).read_text(encoding="utf-8"),
        INDEX: _index(places),
    }


def _index(places: Places) -> str:
    """Every unit with its name and county, as a script: pages opened from disk can read no data.

    All that is not plain ASCII is escaped, and what a page would take for a tag.
    """
    county_of = places.county_of
    rows = (
        (unit, places.called(unit), county_of[unit].title if unit in county_of else "")
        for unit in places.unit_ids
    )
    written = (json.dumps([*map(printable, row)]).translate(_UNSAFE) for row in rows)
    lines = ",\n".join(written)
    return f"const EBF_UNITS = [\n{lines}\n];\n"
