"""A histogram drawn once, in which one value after another is marked: a picture each, at once.

Holds: Markable, markable.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from xml.sax.saxutils import escape

from ebf.show.charts.chart import Chart
from ebf.show.charts.drawing import LINE, Mark, breadth_of, dots_along, in_lines
from ebf.show.charts.style import INK
from ebf.show.document import Picture
from ebf.show.safe_text import printable

_EDGE: Final = 12
"""Dots around a picture."""
_ABOVE: Final = 7
"""Dots from a picture's axes up to the feet of the first line of words above them."""
_BOLD: Final = 1.1
"""How much longer words are in bold."""
_PLACE: Final = re.compile(r"translate\((-?[\d.]+),(-?[\d.]+)\)")
_WIDTH: Final = re.compile(r' width="([\d.]+)"')
_TITLE: Final = re.compile("(?<=<title>)[^<]*")
_END: Final = "</svg>"


@dataclass(frozen=True)
class Markable:
    """A chart drawn with room for one mark more: its axes' place, breadth and height in dots."""

    chart: Chart
    marks: tuple[tuple[Mark, int], ...]
    domain: tuple[float, float]
    place: tuple[float, float]
    height: float
    width: float
    """Of all of it."""

    def with_mark(self, mark: Mark, says: str) -> Picture:
        """The picture with a value marked, its words in bold where they are in no other's way."""
        at = dots_along(mark.value, self.domain)
        left, top = self.place
        half = _BOLD * breadth_of(mark.words) / 2
        least, most = half + _EDGE - left, self.width - _EDGE - left - half
        middle = max(least, min(at, most))
        taken = {line for other, line in self.marks if self._is_near(other, middle, half)}
        line = next(n for n in range(len(self.marks) + 1) if n not in taken)
        own = (
            f'<g transform="translate({left:g},{top:g})" fill="{INK}">'
            f'<path d="M{at:.2f},0v{self.height:g}" stroke="{INK}" stroke-width="3"/>'
            f'<text x="{middle:.2f}" y="{-_ABOVE - LINE * line}" text-anchor="middle" '
            f'font-weight="bold">{escape(printable(mark.words))}</text></g>'
        )
        title = escape(printable(f"{self.chart.title}. {says}"))
        svg = _TITLE.sub(lambda _: title, self.chart.to_svg(), count=1)
        return Picture(f"{svg.removesuffix(_END)}{own}{_END}", says, self.chart.table)

    def _is_near(self, other: Mark, middle: float, half: float) -> bool:
        """Whether another's words would touch words that reach so far to either side."""
        apart = abs(dots_along(other.value, self.domain) - middle)
        return apart <= half + breadth_of(other.words) / 2


def markable(chart: Chart, marks: Sequence[Mark]) -> Markable:
    """The histogram, which has these marks, with a line more above it for another's words."""
    drawn = chart.specification
    domain = drawn["layer"][0]["encoding"]["x"]["scale"]["domain"]
    title = {**drawn["title"], "offset": drawn["title"]["offset"] + LINE}
    roomy = replace(chart, specification={**drawn, "title": title})
    svg = roomy.to_svg()
    place, width = _PLACE.search(svg), _WIDTH.search(svg)
    assert place  # noqa: S101 - Vega's first group is at the axes
    assert width  # noqa: S101 - as every drawing has
    return Markable(
        chart=roomy,
        marks=tuple(in_lines(marks, domain)),
        domain=(domain[0], domain[1]),
        place=(float(place[1]), float(place[2])),
        height=drawn["height"],
        width=float(width[1]),
    )
