"""A chart: a picture, what it says in a sentence, and the table of what is drawn.

Holds: LIBRARIES, check_libraries, Caption, note_of, caption_of, Chart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from ebf.faults import require
from ebf.files import Source
from ebf.show.answer import Answer, Shown
from ebf.show.as_html import html
from ebf.show.charts.small_svg import small
from ebf.show.document import Document, Heading, Paragraph, Picture, Table
from ebf.show.safe_text import printable

if TYPE_CHECKING:
    import altair as alt

LIBRARIES: Final = ("altair", "vl_convert")
_EXTRA: Final = "charts"
_NO_FILE: Final = "Units handed over as a table, without a file"
_DOTS_A_POINT: Final = 2
"""Of a PNG, so that it is sharp in print and on screens of today."""
_OPENING: Final = "<svg "


def check_libraries() -> None:
    """Refuse, where a library of the extra ``charts`` is missing."""
    for library in LIBRARIES:
        require(library, _EXTRA)


@dataclass(frozen=True, kw_only=True)
class Caption:
    """What is said with a chart: what it is called, the finding, the year and the source."""

    title: str
    says: str
    note: str
    fiscal_year: int | None


def note_of(years: Sequence[int], sources: Mapping[str, Source], also: Iterable[str] = ()) -> str:
    """What stands below a chart: the years, the files, and what is to be known of the numbers.

    >>> note_of([2022, 2022], {}, ["All is invented."])
    'FY2022. Units handed over as a table, without a file. All is invented.'
    """
    said = [
        " to ".join(f"FY{year}" for year in sorted({min(years), max(years)})),
        *(f"{name.capitalize()} from {source}" for name, source in sources.items()),
        "" if sources else _NO_FILE,
        *also,
    ]
    return " ".join(f"{each.removesuffix('.')}." for each in said if each)


def caption_of(result: Answer, years: Sequence[int], title: str, says: str) -> Caption:
    """The caption of a result's chart, with the result's files and note."""
    return Caption(
        title=title,
        says=says,
        note=note_of(years, result.sources, [result.note]),
        fiscal_year=max(years),
    )


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Chart(Shown):
    """A picture of a result; ``chart()`` of a result makes it.

    ``says`` is the finding in words, for those who do not see the picture; ``note`` the
    year, the source, and what of the numbers is invented or estimated. ``table`` has what is
    drawn. ``specification`` is the picture in Vega-Lite, data and all: plain values.
    """

    caption: Caption
    table: Table
    specification: Mapping[str, Any] = field(repr=False)

    @property
    def title(self) -> str:
        """What it is called."""
        return self.caption.title

    @property
    def says(self) -> str:
        """What it shows, in words and with its numbers."""
        return self.caption.says

    @property
    def note(self) -> str:
        """The fiscal year, the source, and what is to be known of the numbers."""
        return self.caption.note

    @property
    def _year(self) -> int | None:
        return self.caption.fiscal_year

    @property
    def document(self) -> Document:
        """What it shows: the title, the picture with its table, the note."""
        return Document((Heading(1, self.title), self.picture, Paragraph(self.note)))

    def _repr_html_(self) -> str:
        """In a notebook: the picture, in which title and note stand, and its table."""
        return html(Document((self.picture,)))

    @property
    def picture(self) -> Picture:
        """The picture with its sentence and its table, as a block of a document."""
        return Picture(self.to_svg(), self.says, self.table)

    @property
    def altair(self) -> alt.Chart:
        """An Altair chart to go on from, of whatever kind this one is."""
        check_libraries()
        import altair as alt  # noqa: PLC0415 - import ebf stays quick

        made: alt.Chart = alt.Chart.from_dict(dict(self.specification))
        return made

    def to_svg(self) -> str:
        """The picture as SVG: text stays text, nothing is loaded; its title is the sentence."""
        return self._svg

    @cached_property
    def _svg(self) -> str:
        check_libraries()
        import vl_convert  # noqa: PLC0415 - import ebf stays quick

        drawn: str = vl_convert.vegalite_to_svg(
            dict(self.specification), vl_version=self._version, allowed_base_urls=[]
        )
        rest = small(drawn).removeprefix(_OPENING)
        opening, _, inside = rest.partition(">")
        said = escape(printable(f"{self.title}. {self.says}"))
        return f'{_OPENING}role="img" {opening}><title>{said}</title>{inside}'

    def to_png(self) -> bytes:
        """The picture as PNG."""
        check_libraries()
        import vl_convert  # noqa: PLC0415 - import ebf stays quick

        drawn: bytes = vl_convert.vegalite_to_png(
            dict(self.specification),
            vl_version=self._version,
            scale=_DOTS_A_POINT,
            allowed_base_urls=[],
        )
        return drawn

    @property
    def _version(self) -> str:
        """The version of Vega-Lite that it is written in: ``6.1`` of ``.../v6.1.0.json``."""
        name = str(self.specification["$schema"]).rpartition("/v")[2]
        return ".".join(name.split(".")[:2])

    def _forms(self) -> Mapping[str, Callable[[], str | bytes]]:
        return {".svg": self.to_svg, ".png": self.to_png, **super()._forms()}
