"""The templates of pages, in which all text is escaped.

Holds: written_page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ebf.show.safe_text import printable


def written_page(
    template: str, html: Mapping[str, str], sides: Iterable[tuple[str, str]] = (), **content: Any
) -> str:
    """A page; ``html`` and the second of ``sides`` are of ebf.show, where all is escaped."""
    safe = {name: Markup(each) for name, each in html.items()}  # noqa: S704 - escaped there
    both = [(title, Markup(each)) for title, each in sides]  # noqa: S704 - escaped there
    return _environment().get_template(template).render(**safe, sides=both, **content)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("ebf.doors.web.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["printable"] = printable
    return made
