"""The front page of a workbook: what it is, how it is used, what stands where, and what stands in.

Holds: FRONT_PAGE, write_front_page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ebf.explain.workbook.book import Book, Sheet
from ebf.explain.workbook.cell_formulas import TOLERANCE
from ebf.explain.workbook.district import DISTRICT
from ebf.explain.workbook.layout import Kind, reference, salary_in_words
from ebf.explain.workbook.looks import HEADINGS, INVENTED, LINK, MARKS, Properties, height_of
from ebf.language.measure import Measure
from ebf.show.safe_text import printable
from ebf.units.marks import Mark, sentences

FRONT_PAGE: Final = "Read me"

_KINDS: Final[Mapping[Kind, str]] = {
    Kind.GIVEN: "Given: a number of a unit, or of the state, that was handed over. Change it.",
    Kind.PARAMETER: "A number of the law, or a salary, with its source. Change it for a what-if.",
    Kind.COMPUTED: "Computed: a formula on the other cells. Leave it.",
    Kind.FIXED: "Fixed: units that are not in this workbook decide it too.",
}
_MARKS: Final[Mapping[Mark, str]] = {
    Mark.RECOVERED: "Recovered from published results, not published itself.",
    Mark.ESTIMATED: "An estimate, not published.",
}
_OF_LAW: Final = "The lines of the law under this heading: a row a unit, a column a line"
_MOST_CHARACTERS: Final = 32_000
"""Of a cell; Excel takes 32,767."""
_NUMBER: Final = 1234.5
"""What the legend shows each kind of cell with."""
_WIDTHS: Final = (30, 98)


def write_front_page(book: Book, sheet: Sheet, about: Mapping[str, str]) -> None:
    """Write it last, when all other sheets are there; ``about`` are what some of them have."""
    _FrontPage(book, sheet).write(about)


class _FrontPage:
    """Writes the page from the top down."""

    def __init__(self, book: Book, sheet: Sheet) -> None:
        self.book, self.sheet, self.row = book, sheet, 0
        self.words = book.format(text_wrap=True, valign="top")
        self.beside = book.format(text_wrap=True, valign="top", indent=1)

    def write(self, about: Mapping[str, str]) -> None:
        """All of it."""
        self._write_title()
        self._write_all("How to use it", self._uses())
        self._write_legend()
        self._write_sheets(about)
        self._write_all("What stands in", self._stand_ins())
        for place, width in enumerate(_WIDTHS):
            self.sheet.set_column(place, place, width)
        self.sheet.hide_gridlines(2)
        self.sheet.fit_to_pages(1, 0)

    def _write_title(self) -> None:
        record, count = self.book.record, len(self.book.places)
        statute = record.law.statute
        title = (
            f"Illinois {statute.title}, {statute.act}{statute.section}, {self.book.year}: "
            f"{count:,} units"
        )
        self.book.title(self.sheet, title)
        self.row = 1
        source = "handed over" if record.source is None else str(record.source)
        for label, text in (("Year", self.book.year), ("Units", self._units), ("Source", source)):
            self._write_pair(label, text)

    @property
    def _units(self) -> str:
        every, count = len(self.book.record.table.unit_ids), len(self.book.places)
        return f"all {every:,}" if self.book.layout.is_whole else f"{count:,} of {every:,}"

    def _uses(self) -> Iterator[str]:
        yield (
            "Every computed cell is a formula on the cells of this workbook; change a yellow or a "
            "green one and the state is solved anew."
            if self.book.layout.is_whole
            else "These are some of the units of the state. What the others decide too is fixed "
            "(grey, italic): the target ratio, the rates and the floor are not solved anew here."
        )
        if DISTRICT in self._sheets:
            yield (
                f"The sheet {DISTRICT} has the numbers of the district that is chosen in its "
                "yellow cell, by name or id; it prints on two pages."
            )
        yield (
            "Filter the units as you like, but do not sort them: the sheets read each other row "
            "by row."
        )
        yield (
            "Headings have the title first, then the name, the measure and the cite. The notes on "
            "them say the rule, the formula, and how sure it is."
        )
        yield "Parameters and statewide lines are defined names, which formulas use."
        yield f"A cut takes a value within {TOLERANCE} (a part of it) below a cent as on it."

    def _stand_ins(self) -> Iterator[str]:
        """What is not the state's own number, and what is not there."""
        record = self.book.record
        if invented := record.law.salaries.illustrative:
            words = "; ".join(map(salary_in_words, invented))
            yield f"Some salaries are illustrative, not published: {words}."
        yield from sentences(record.table.marked)
        if record.standing:
            names = ", ".join(sorted(record.standing))
            yield f"Taken as handed over, whatever is beside it: {names}."
        if record.not_computed:
            yield f"Not computed, for want of input: {', '.join(record.not_computed)}."

    @property
    def _sheets(self) -> list[str]:
        """The other sheets, in their order."""
        return [each.get_name() for each in self.book.book.worksheets()[1:]]

    # --- Pieces ----------------------------------------------------------------

    def _write_heading(self, text: str) -> None:
        self.row += 1
        for place, words in enumerate((text, "")):
            shown = self.book.format(**HEADINGS[0], align="left")
            self.sheet.write_string(self.row, place, words, shown)
        self.row += 1

    def _write_all(self, title: str, sentences: Iterator[str]) -> None:
        """A heading, and sentences over the width of the page."""
        said = [*sentences]
        if not said:
            return
        self._write_heading(title)
        for text in said:
            shown = printable(text)[:_MOST_CHARACTERS]
            self.sheet.merge_range(self.row, 0, self.row, 1, "", self.words)
            self.sheet.write_string(self.row, 0, shown, self.words)
            # merged cells do not grow with their text
            self.sheet.set_row(self.row, height_of([shown], [sum(_WIDTHS)]))
            self.row += 1

    def _write_pair(self, label: str, text: str) -> None:
        self.sheet.write_string(self.row, 0, label, self.book.format(bold=True, valign="top"))
        self.sheet.write_string(self.row, 1, printable(text), self.beside)
        self.row += 1

    def _write_legend(self) -> None:
        self._write_heading("What the cells are")
        samples = [
            *(
                (self.book.number(Measure.DOLLARS, kind, valign="top"), text)
                for kind, text in self._kinds()
            ),
            *((self.book.marked(Measure.DOLLARS, *of), text) for of, text in self._marks()),
        ]
        for shown, text in samples:
            self.sheet.write_number(self.row, 0, _NUMBER, shown)
            self.sheet.write_string(self.row, 1, text, self.beside)
            self.row += 1

    def _kinds(self) -> Iterator[tuple[Kind, str]]:
        for kind, text in _KINDS.items():
            if kind is not Kind.FIXED or not self.book.layout.is_whole:
                yield kind, text

    def _marks(self) -> Iterator[tuple[tuple[str, Properties], str]]:
        """The marks that some number in the workbook has, by their letters."""
        present = {
            mark for units in self.book.record.table.marked.values() for mark in units.values()
        }
        for mark, text in _MARKS.items():
            if mark in present:
                yield MARKS[mark], f"({MARKS[mark][0]}) {text}"
        if self.book.record.law.salaries.illustrative:
            yield INVENTED, f"({INVENTED[0]}) An illustrative salary: invented, not published."

    def _write_sheets(self, about: Mapping[str, str]) -> None:
        self._write_heading("Sheets")
        for name in self._sheets:
            target = f"internal:{reference(name)}A1"
            self.sheet.write_url(self.row, 0, target, self.book.format(**LINK), string=name)
            self.sheet.write_string(self.row, 1, about.get(name, _OF_LAW), self.beside)
            self.row += 1
