"""The ledger as an Excel workbook in which every computed cell is a live formula.

Holds: PARAMETERS, STATEWIDE, CHECKS, TITLE_ROW, write_workbook.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

import numpy as np

from ebf.engine.record import Record
from ebf.explain.workbook.book import Book, Sheet, new_book
from ebf.explain.workbook.cell_formulas import ROW, TOLERANCE
from ebf.explain.workbook.checks import ALLOWED, PROOFS
from ebf.explain.workbook.district import DISTRICT, UNITS, write_district, write_units
from ebf.explain.workbook.front_page import FRONT_PAGE, write_front_page
from ebf.explain.workbook.layout import (
    FIRST_ROW,
    INPUTS,
    NAMED_BY,
    TARGET_RATIO,
    Cells,
    Kind,
    reference,
)
from ebf.explain.workbook.looks import (
    HEADINGS,
    INVENTED,
    MARKS,
    TABS,
    count_format,
    height_of,
    number_format,
    number_width,
    shown_kind,
    sizes_of,
)
from ebf.language.measure import Measure
from ebf.language.symbols import Name, Operation
from ebf.language.vocabulary import RELATIVE_TOLERANCE, Values, prefixes
from ebf.law.funding import FUNDING
from ebf.law.names import NameKind, known_names
from ebf.law.salaries import COLUMNS as SALARY_COLUMNS
from ebf.show.safe_text import printable

if TYPE_CHECKING:
    from xlsxwriter.format import Format

PARAMETERS, STATEWIDE, CHECKS = "Parameters", "Statewide", "Checks"

TITLE_ROW: Final = 1
"""The row with the columns' titles, counted from 0; names, measures and cites stand below it."""

_VALUE: Final = 2
"""The column with the values of a sheet with a row a name, counted from 0."""
_ABOUT: Final = {
    DISTRICT: "One district, chosen by name, on two printed pages: its numbers and their cites",
    PARAMETERS: "Numbers of the law, salaries and defaults, each with its source",
    INPUTS: "What was handed over for every unit",
    STATEWIDE: "The lines that have one value for the whole state",
    TARGET_RATIO: "Solves the Tier 1 Target Ratio, unit by unit",
    CHECKS: "What must add up, and whether it does",
    UNITS: "The units by name, from which the sheet of one district chooses",
}
"""What the sheets have whose names do not tell it."""
_OF_NAMES: Final = (
    "What it is",
    "Name",
    "Value",
    "Measure, and what it is",
    "Cite",
    "Rule, or source",
    "Formula",
    "How sure it is",
)
_WIDTHS: Final = (50, 42, 21, 24, 22, 52, 52, 26)
"""What a sheet with a row a name has in its columns, and how wide they are."""
_LEAST_NAME, _MOST_NAME = 18, 46
"""Characters of the column with the names of units."""


def write_workbook(record: Record, path: Path, places: Sequence[int], chosen: int) -> None:
    """Write the units at these places of the ledger; see :meth:`ebf.Ledger.to_workbook`.

    ``chosen`` is the place of the unit that the sheet of one district begins with.
    """
    content = BytesIO()
    book = new_book(content)
    _Writer(record, places, book).write(chosen)
    book.close()
    path.write_bytes(content.getvalue())


class _Writer(Book):
    """Writes a ledger into a workbook: where each name stands, and then the sheets."""

    def write(self, chosen: int) -> None:
        """All sheets."""
        first = self.add_sheet(FRONT_PAGE, TABS[Kind.COMPUTED], landscape=False)
        is_funding = self.record.law.statute is FUNDING
        if is_funding:
            write_district(self, self.places.index(chosen))
        self._write_single(PARAMETERS, self.layout.parameters, TABS[Kind.PARAMETER])
        for title, columns in self.layout.sheets.items():
            self._write_units(title, columns)
        self._write_single(STATEWIDE, self.layout.statewide, TABS[Kind.COMPUTED])
        if self.layout.prefix:
            self._write_prefixes(self.layout.prefix)
        if self.layout.is_whole:
            self._write_checks()
        if is_funding:
            write_units(self)
        write_front_page(self, first, _ABOUT)

    # --- Cells -----------------------------------------------------------------

    def _write_cell(
        self,
        sheet: Sheet,
        at: tuple[int, int],
        cells: Cells,
        text: str,
        value: Any,
        shown: Format,
    ) -> None:
        """One cell: its formula with the result, or the value handed over."""
        if isinstance(value, str):
            sheet.write_string(*at, printable(value), shown)
        elif np.isnan(value) and cells.name.name in self.record.law.statute.may_be_blank:
            sheet.write_formula(*at, "=NA()", shown, "#N/A")  # a blank would count as 0
        elif np.isnan(value):
            sheet.write_blank(*at, None, shown)
        elif not text:
            sheet.write_number(*at, float(value), shown)
        elif cells.is_array:
            sheet.write_array_formula(*at, *at, f"{{={text}}}", shown, float(value))
        else:
            sheet.write_formula(*at, f"={text}", shown, float(value))

    def _formula(self, sheet: str, cells: Cells) -> str:
        """The formula of the cells; empty where they hold values handed over."""
        if cells.term is None:
            return ""
        text = self.layout.language(sheet).formula(cells.term)
        return f"IF({text},1,0)" if cells.measure == Measure.FLAG else text

    # --- A row a unit ----------------------------------------------------------

    def _write_units(self, title: str, columns: Sequence[Cells]) -> None:
        values = [self.values(cells.name) for cells in columns]
        headings = [(c.title, c.name.column, shown_kind(c), c.cite) for c in columns]
        widths = [_width(c.measure, of) for c, of in zip(columns, values, strict=True)]
        is_text = [not number_format(cells.measure) for cells in columns]
        tab = TABS[Kind.GIVEN if title == INPUTS else Kind.COMPUTED]
        sheet = self._sheet_of_units(title, tab, headings, widths, is_text)
        for place, (cells, of_units) in enumerate(
            zip(columns, values, strict=True), start=len(NAMED_BY)
        ):
            sheet.write_comment(TITLE_ROW, place, cells.about, {"x_scale": 3, "y_scale": 3})
            text = self._formula(title, cells)
            # LibreOffice computes a column of like formulas in threads, and then finds circles
            # that are none where they read what other columns sum up to; so in such columns
            # every other formula stands in parentheses
            texts = (text, f"({text})") if self.layout.reads_statewide(cells) else (text,)
            in_xml = [escape(each) for each in texts]  # once a column, not once a cell
            shown = sheet.shown[place] = self.number(cells.measure, cells.kind)
            numbers = of_units.astype(float) if of_units.dtype == bool else of_units
            for row, value in enumerate(numbers.tolist(), start=FIRST_ROW):
                turn, number = row % len(texts), str(row + 1)
                if not isinstance(value, float) or isnan(value) or cells.is_array:
                    of_row = texts[turn].replace(ROW, number)
                    self._write_cell(sheet, (row, place), cells, of_row, value, shown)
                elif text:
                    of_row = in_xml[turn].replace(ROW, number)
                    sheet.write_xml(row, place, f"<f>{of_row}</f><v>{value}</v>")
                else:
                    sheet.write_xml(row, place, f"<v>{value:.16G}</v>")
            self._write_marked(sheet, place, cells, numbers)

    def _write_marked(self, sheet: Sheet, place: int, cells: Cells, numbers: Values) -> None:
        """The numbers that nobody published once more, marked."""
        marked = self.record.table.marked.get(cells.name.column, {})
        if cells.kind is not Kind.GIVEN or not marked:
            return
        for row, unit_id in enumerate(self.unit_ids, start=FIRST_ROW):
            if mark := marked.get(unit_id):
                shown = self.marked(cells.measure, *MARKS[mark])
                sheet.write_number(row, place, float(numbers[row - FIRST_ROW]), shown)

    def _sheet_of_units(
        self,
        title: str,
        tab: str,
        headings: Sequence[Sequence[str]],
        widths: Sequence[int],
        is_text: Sequence[bool],
    ) -> Sheet:
        """A sheet with a row a unit: its headings, names and ids."""
        sheet = self.add_sheet(title, tab)
        self.title(sheet, title)
        named = [
            (words, name, "text", "")
            for words, name in zip(("Unit", "Its id"), NAMED_BY, strict=True)
        ]
        longest = max(map(len, self.names))
        of_names = [
            min(_MOST_NAME, max(_LEAST_NAME, longest + 2)),
            max(map(len, self.unit_ids)) + 2,
        ]
        every = [*named, *headings]
        sizes = sizes_of(every, [*of_names, *widths])
        self._write_headings(sheet, every, [True, True, *is_text])
        for place, width in enumerate((*of_names, *sizes.widths[len(named) :])):
            sheet.set_column(place, place, width)
        for row, height in enumerate(sizes.heights, start=TITLE_ROW):
            sheet.set_row(row, height)
        left = self.format(align="left")
        for row, of_unit in enumerate(zip(self.names, self.unit_ids, strict=True), start=FIRST_ROW):
            for place, text in enumerate(of_unit):
                sheet.write_string(row, place, text, left)
        last = FIRST_ROW + len(self.places) - 1
        sheet.autofilter(FIRST_ROW - 1, 0, last, len(every) - 1)
        sheet.ignore_errors(
            {"formula_differs": "A1:XFD1048576", "number_stored_as_text": "A1:B1048576"}
        )
        sheet.freeze_panes(FIRST_ROW, len(NAMED_BY))
        sheet.repeat_rows(TITLE_ROW, FIRST_ROW - 1)
        sheet.repeat_columns(0, len(NAMED_BY) - 1)
        self.across(sheet, sum(sizes.widths))
        return sheet

    def _write_headings(
        self, sheet: Sheet, headings: Sequence[Sequence[str]], is_text: Sequence[bool]
    ) -> None:
        """Title, name, measure and cite of each column, over its numbers or its text."""
        for place, (texts, left) in enumerate(zip(headings, is_text, strict=True)):
            for row, (text, look) in enumerate(zip(texts, HEADINGS, strict=True), start=TITLE_ROW):
                shown = self.format(**look, align="left" if left else "right")
                sheet.write_string(row, place, text, shown)

    # --- A row a name ----------------------------------------------------------

    def _write_single(self, title: str, rows: Sequence[Cells], tab: str) -> None:
        """A sheet with a row a name: its value, measure, and what is known of it."""
        sheet = self.add_sheet(title, tab)
        of_law = title == PARAMETERS
        words = _OF_NAMES[:-2] if of_law else _OF_NAMES
        widths = _WIDTHS[: len(words)]
        for place, (text, width) in enumerate(zip(words, widths, strict=True)):
            aligned: dict[str, Any] = {"align": "right" if place == _VALUE else "left"}
            aligned |= {"indent": 1} if place > _VALUE else {}
            sheet.write_string(0, place, text, self.format(**HEADINGS[0], **aligned))
            sheet.set_column(place, place, width)
        rows = [_TOLERANCE_CELLS, *rows] if of_law else rows
        wrapped = self.format(text_wrap=True, align="left", valign="top", indent=1)
        plain = self.format(text_wrap=True, valign="top")
        small = self.format(text_wrap=True, font_size=8, font_color="#555555", valign="top")
        looks = (plain, small, *[wrapped] * len(words))
        for row, cells in enumerate(rows, start=1):
            value = RELATIVE_TOLERANCE if cells is _TOLERANCE_CELLS else self.single(cells.name)
            shown = self._single_format(cells, value)
            text = self._formula(title, cells)
            self._write_cell(sheet, (row, _VALUE), cells, text, value, shown)
            texts = (
                cells.title,
                cells.name.column,
                "",
                shown_kind(cells),
                cells.cite,
                *cells.details,
            )
            for place, (said, look) in enumerate(zip(texts, looks, strict=False)):
                if place != _VALUE:
                    sheet.write_string(row, place, said, look)
            in_words = [*texts[:1], "", *texts[2:]]  # a name goes in one line
            sheet.set_row(row, height_of(in_words, _WIDTHS))
            sheet.write_comment(row, 0, cells.about, {"x_scale": 3, "y_scale": 3})
            at = f"={reference(title)}$C${row + 1}"
            self.book.define_name(cells.name.column, at)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, len(rows), len(words) - 1)
        sheet.repeat_rows(0)
        self.across(sheet, sum(widths))

    def _single_format(self, cells: Cells, value: Any) -> Format:
        """How the one value of a name is shown; an illustrative salary with its mark."""
        top = {"valign": "top"}
        known = known_names().get(cells.name.name)
        if known is not None and known.kind is NameKind.SALARY:
            salary = SALARY_COLUMNS[known.name][cells.name.band]
            if salary in self.record.law.salaries.illustrative:
                return self.marked(cells.measure, *INVENTED)
        if cells.measure == Measure.COUNT:
            return self.number(cells.measure, cells.kind, num_format=count_format(value), **top)
        return self.number(cells.measure, cells.kind, **top)

    # --- What solves and what checks -------------------------------------------

    def _write_prefixes(self, term: Operation) -> None:
        """The sheet that solves the least prefix ratio: a row a unit."""
        titles = (
            ("Adequacy Target", Measure.DOLLARS),
            ("Resources", Measure.DOLLARS),
            ("Resources over the target", Measure.RATIO),
            ("Resources of all units up to it", Measure.DOLLARS),
            ("Targets of all units up to it", Measure.DOLLARS),
            ("Ratio, if it were the last unit reached", Measure.RATIO),
        )
        headings = [(title, "", f"{measure}; computed", "") for title, measure in titles]
        values = self._prefix_values(*map(self.values, term.operands))
        widths = [_width(measure, of) for (_, measure), of in zip(titles, values, strict=True)]
        tab = TABS[Kind.COMPUTED]
        sheet = self._sheet_of_units(TARGET_RATIO, tab, headings, widths, [False] * len(titles))
        language = self.layout.language(TARGET_RATIO)
        amount, resources, targets = term.operands
        percents = self.layout.range("$E")
        texts = (
            language.formula(targets),
            language.formula(resources),
            f'IF($C{ROW}>0,$D{ROW}/$C{ROW},"")',
            f"SUMPRODUCT(({percents}<=$E{ROW})*{self.layout.range('$D')})",
            f"SUMPRODUCT(({percents}<=$E{ROW})*{self.layout.range('$C')})",
            f'IF($C{ROW}>0,({language.formula(amount)}+$F{ROW})/$G{ROW},"")',
        )
        formats = [self.number(measure) for _, measure in titles]
        for row, of_row in enumerate(zip(*values, strict=True), start=FIRST_ROW):
            for place, (text, shown, value) in enumerate(
                zip(texts, formats, of_row, strict=True), start=len(NAMED_BY)
            ):
                cached = "" if np.isnan(value) else float(value)
                formula = f"={text.replace(ROW, str(row + 1))}"
                sheet.write_formula(row, place, formula, shown, cached)

    @staticmethod
    def _prefix_values(amount: Values, resources: Values, targets: Values) -> Sequence[Values]:
        """The numbers of that sheet, column by column; NaN for a unit without a target."""
        found = prefixes(*map(np.atleast_3d, (amount, resources, targets)))
        percent, order = found.percent.ravel(), found.order.ravel()
        last = np.searchsorted(percent[order], percent, side="right") - 1  # of equal units
        present = targets > 0
        sums = [
            np.where(present, each.ravel()[last], 0) for each in (found.resources, found.targets)
        ]
        ratio = np.where(present, found.ratio.ravel()[last], np.nan)
        return targets, resources, np.where(present, percent, np.nan), *sums, ratio

    def _write_checks(self) -> None:
        sheet = self.add_sheet(CHECKS, TABS[Kind.COMPUTED])
        for place, words in enumerate(("What must be equal", "One side", "Other side", "Holds")):
            shown = self.format(**HEADINGS[0], align="right" if place else "left")
            sheet.write_string(0, place, words, shown)
        known = [proof for proof in PROOFS if self.record.values.keys() >= {*proof.reads}]
        right = self.format(align="right")
        for row, proof in enumerate(known, start=1):
            sheet.write_string(row, 0, proof.title)
            for place, side in enumerate(proof.terms, start=1):
                text = self.layout.language(CHECKS).formula(side)
                at = (row, place)
                shown, value = self.number(proof.measure), float(self.single(side))
                sheet.write_array_formula(*at, *at, f"{{={text}}}", shown, value)
            apart = f"ABS(B{row + 1}-C{row + 1})<={ALLOWED}"
            holds = abs(np.subtract(*map(self.single, proof.terms))) <= ALLOWED
            formula, result = f'=IF({apart},"yes","NO")', "yes" if holds else "NO"
            sheet.write_formula(row, 3, formula, right, result)
        if known:
            wrong = self.book.add_format({"bold": True, "font_color": "#B00020"})
            rule = {"type": "cell", "criteria": "==", "value": '"NO"', "format": wrong}
            sheet.conditional_format(1, 3, len(known), 3, rule)
        sheet.set_column(0, 0, 74)
        sheet.set_column(1, 2, 22)
        sheet.set_column(3, 3, 10)
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)


def _width(measure: str, values: Values) -> int:
    """Characters that the values of a column take."""
    if not number_format(measure):
        return max(len(str(each)) for each in values) + 2
    known = np.abs(values.astype(float))
    return number_width(measure, float(np.nanmax(known, initial=0)))


_TOLERANCE_CELLS: Final = Cells(
    Name(TOLERANCE, TOLERANCE, 0),
    "part of the value",
    "What floats cannot tell apart: sixteen times their spacing",
    "",
    (),
    None,
    Kind.PARAMETER,
)
