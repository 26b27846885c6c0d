"""A workbook that is being written: its formats, and sheets that are alike in look and print.

Holds: CREATED, Sheet, new_book, Book.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from ebf.engine.record import Record
from ebf.explain.workbook.layout import Kind, Layout
from ebf.explain.workbook.looks import FONT, KINDS, TITLE, Properties, marked_format, number_format
from ebf.language.formula_text import evaluate
from ebf.language.symbols import Term
from ebf.language.vocabulary import Values, nearly
from ebf.show.safe_text import printable

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

CREATED: Final = datetime(1980, 1, 1, tzinfo=UTC)
"""The date in every workbook, that of the files zipped in it: a ledger gives the same bytes."""

_PAGE: Final = 170
"""Characters of a page across, at some two thirds of their size."""
_MOST_IN_FOOTER: Final = 150
_LETTER: Final = 1
"""The number that Excel has for the paper."""

Sheet: TypeAlias = Any
"""A worksheet of XlsxWriter that takes cells in XML too: see new_book."""


def new_book(content: BytesIO) -> Workbook:
    """An empty workbook, whose sheets take cells in XML: half the time, of half a million."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - an extra
    from xlsxwriter.utility import xl_col_to_name  # noqa: PLC0415 - an extra
    from xlsxwriter.worksheet import Worksheet  # noqa: PLC0415 - an extra

    class Written(Worksheet):  # type: ignore[misc, unused-ignore]
        """A sheet that takes cells in XML too."""

        def __init__(self) -> None:
            super().__init__()
            self.shown: dict[int, Format] = {}
            """How the cells in XML are shown, by their columns."""
            self.begun: dict[int, tuple[str, str]] = {}
            """How the elements of their columns begin, before the row and behind it."""

        def _prepare_formula(self, formula: str, *_: Any, **__: Any) -> str:
            return formula.strip("{=}")  # without a search for newer functions

        def _calculate_spans(self) -> None:
            self.row_spans: dict[int, str] = {}  # a hint that readers do without

        def write_xml(self, row: int, column: int, inner: str) -> None:
            """A cell within the rows and columns that others have, by what is in its element."""
            self.table[row][column] = inner

        def _write_cell(self, row: int, col: int, cell: Any) -> None:
            if type(cell) is not str:
                super()._write_cell(row, col, cell)
                return
            begun = self.begun.get(col)
            if begun is None:
                style = self.shown[col]._get_xf_index()  # noqa: SLF001 - as the sheet does
                begun = self.begun[col] = f'<c r="{xl_col_to_name(col)}', f'" s="{style}">'
            self.fh.write(f"{begun[0]}{row + 1}{begun[1]}{cell}</c>")

    # in memory: no files but the one that is wanted
    book = Workbook(content, {"in_memory": True, "default_format_properties": dict(FONT)})
    book.set_properties({"created": CREATED})
    book.worksheet_class = Written
    return book


class Book:
    """A workbook of some units of a record, as its sheets are written."""

    def __init__(self, record: Record, places: Sequence[int], book: Workbook) -> None:
        """The units at these places of the record."""
        self.record: Record = record
        self.places: Sequence[int] = places
        self.book: Workbook = book
        self.layout: Layout = Layout(record, places)
        self._formats: dict[Any, Format] = {}

    # --- Values ----------------------------------------------------------------

    def values(self, term: Term) -> Values:
        """The numbers of a term for the units of the workbook."""
        found = nearly(np.atleast_3d(evaluate(term, self.record.everything)))
        whole = np.broadcast_to(found[0, :, 0], len(self.record.table.unit_ids))
        return whole[list(self.places)]

    def single(self, term: Term) -> Any:
        """The number of a term that the whole state has one of."""
        return nearly(np.atleast_3d(evaluate(term, self.record.everything))).flat[0]

    @cached_property
    def unit_ids(self) -> Sequence[str]:
        """The units of the workbook, in the order of its rows."""
        return [self.record.table.unit_ids[place] for place in self.places]

    def texts(self, name: str) -> Sequence[str]:
        """A text of the units; empty where they have none."""
        found = self.record.table.text.get(name)
        texts = [None if found is None else found[0, place] for place in self.places]
        return [printable(each) if isinstance(each, str) else "" for each in texts]

    @cached_property
    def names(self) -> Sequence[str]:
        """What the units are called: by their names, else by their ids."""
        return [
            name if name.strip() else unit_id
            for name, unit_id in zip(self.texts("name"), self.unit_ids, strict=True)
        ]

    # --- Formats ---------------------------------------------------------------

    def format(self, **properties: Any) -> Format:
        """A format, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(properties)
        return self._formats[key]

    def number(self, measure: str, kind: Kind = Kind.COMPUTED, **more: Any) -> Format:
        """How values of a measure are shown: numbers to the right, text to the left."""
        shown = number_format(measure)
        aligned = {"num_format": shown, "align": "right"} if shown else {"align": "left"}
        return self.format(**{**KINDS[kind], **aligned, **more})

    def marked(self, measure: str, letter: str, properties: Properties) -> Format:
        """How a number is shown that nobody published."""
        shown = marked_format(measure, letter)
        return self.format(num_format=shown, align="right", **properties)

    # --- Sheets ----------------------------------------------------------------

    def add_sheet(self, name: str, tab: str, *, landscape: bool = True) -> Sheet:
        """A sheet with its print set up: how its pages lie, and what stands below them."""
        sheet: Sheet = self.book.add_worksheet(name)
        sheet.set_tab_color(tab)
        sheet.set_paper(_LETTER)
        if landscape:
            sheet.set_landscape()
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
        sheet.set_footer(self._footer)
        sheet.fit_to_pages(1, 0)
        return sheet

    @cached_property
    def _footer(self) -> str:
        said = f"{self.year}{self.source and f', {self.source}'}"[:_MOST_IN_FOOTER]
        return f"&L&8&A&C&8Page &P of &N&R&8 {said.replace('&', '&&')}"

    @cached_property
    def year(self) -> str:
        """The year of the workbook in words."""
        return self.record.law.statute.year_in_words(self.record.fiscal_year)

    @cached_property
    def source(self) -> str:
        """The file that the units were read from; empty where they were handed over."""
        return "" if self.record.source is None else printable(self.record.source.file)

    def title(self, sheet: Sheet, text: str) -> None:
        """The title of a sheet, in its first row."""
        sheet.write_string(0, 0, text, self.format(**TITLE))
        sheet.set_row(0, 24)

    def across(self, sheet: Sheet, characters: float) -> None:
        """As many pages across as keep a sheet of so many characters legible."""
        sheet.fit_to_pages(max(1, round(characters / _PAGE)), 0)
