"""The ledger as an Excel workbook in which every computed cell is a live formula.

Holds: CONTENTS, PARAMETERS, STATEWIDE, CHECKS, CREATED, HEADER_ROW, write_workbook.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

import numpy as np

from ebf.engine.record import Record
from ebf.explain.workbook.cell_formulas import ROW, TOLERANCE
from ebf.explain.workbook.checks import ALLOWED, PROOFS
from ebf.explain.workbook.layout import FIRST_ROW, NAMED_BY, TARGET_RATIO, Cells, Kind, Layout
from ebf.language.formula_text import evaluate
from ebf.language.measure import Measure
from ebf.language.symbols import Name, Operation, Term
from ebf.language.vocabulary import RELATIVE_TOLERANCE, Values, nearly, prefixes
from ebf.show.safe_text import printable

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet


CONTENTS, PARAMETERS, STATEWIDE, CHECKS = "Contents", "Parameters", "Statewide", "Checks"

CREATED: Final = datetime(1980, 1, 1, tzinfo=UTC)
"""The date in every workbook, that of the files zipped in it: a ledger gives the same bytes."""

HEADER_ROW: Final = 1
"""The row with the columns' names, counted from 0; their units stand below it."""

_FORMATS: Final[Mapping[str, str]] = {
    Measure.DOLLARS: "#,##0.00",
    Measure.DOLLARS_PER_STUDENT: "#,##0.00",
    Measure.DOLLARS_PER_DAY: "#,##0.00",
    Measure.STUDENTS: "#,##0.00",
    Measure.FTE: "#,##0.00",
    Measure.SHARE: "0.0000",
    Measure.RATIO: "0.000000",
    Measure.RATE: "0.000000",
}
_WIDTH, _WIDE = 16, 60
_HEADING: Final = {"bold": True, "text_wrap": True, "valign": "top"}
_STYLES: Final[Mapping[Kind, Mapping[str, Any]]] = {
    Kind.GIVEN: {"font_color": "#0000C0"},
    Kind.COMPUTED: {},
    Kind.FIXED: {"italic": True, "bg_color": "#EEEEEE"},
}


def write_workbook(record: Record, path: Path, places: Sequence[int]) -> None:
    """Write the units at these places of the ledger; see :meth:`ebf.Ledger.to_workbook`."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - an extra
    from xlsxwriter.utility import xl_rowcol_to_cell_fast  # noqa: PLC0415 - an extra
    from xlsxwriter.worksheet import Worksheet  # noqa: PLC0415 - an extra

    class Sheet(Worksheet):  # type: ignore[misc, unused-ignore]
        """A sheet that takes cells in XML too: half the time, of half a million of them."""

        def __init__(self) -> None:
            super().__init__()
            self.shown: dict[int, Format] = {}
            """How the cells in XML are shown, by their columns."""

        def _prepare_formula(self, formula: str, *_: Any, **__: Any) -> str:
            return formula.strip("{=}")  # without a search for newer functions

        def write_xml(self, row: int, column: int, inner: str) -> None:
            """A cell within the rows and columns that others have, by what is in its element."""
            self.table[row][column] = inner

        def _write_cell(self, row: int, col: int, cell: Any) -> None:
            if type(cell) is str:
                style = self.shown[col]._get_xf_index()  # noqa: SLF001 - as the sheet does
                self.fh.write(f'<c r="{xl_rowcol_to_cell_fast(row, col)}" s="{style}">{cell}</c>')
            else:
                super()._write_cell(row, col, cell)

    content = BytesIO()
    book = Workbook(content, {"in_memory": True})  # no files but the one that is wanted
    book.set_properties({"created": CREATED})
    book.worksheet_class = Sheet
    _Writer(record, places, book).write()
    book.close()
    path.write_bytes(content.getvalue())


class _Writer:
    """Writes a ledger into a workbook: where each name stands, and then the sheets."""

    def __init__(self, record: Record, places: Sequence[int], book: Workbook) -> None:
        self.record, self.places, self.book = record, places, book
        self.layout = Layout(record, places)
        self.formats: dict[tuple[str, Kind], Format] = {}

    def write(self) -> None:
        """All sheets."""
        contents = self.book.add_worksheet(CONTENTS)
        self._write_single(PARAMETERS, self.layout.parameters)
        for title, columns in self.layout.sheets.items():
            self._write_units(title, columns)
        self._write_single(STATEWIDE, self.layout.statewide)
        if self.layout.prefix:
            self._write_prefixes(self.layout.prefix)
        if self.layout.is_whole:
            self._write_checks()
        self._write_contents(contents)

    # --- Values ----------------------------------------------------------------

    def _values(self, term: Term) -> Values:
        """The numbers of a term for the units of the workbook."""
        found = nearly(np.atleast_3d(evaluate(term, self.record.everything)))
        whole = np.broadcast_to(found[0, :, 0], len(self.record.table.unit_ids))
        return whole[list(self.places)]

    def _single(self, term: Term) -> Any:
        return nearly(np.atleast_3d(evaluate(term, self.record.everything))).flat[0]

    def _format(self, measure: str, kind: Kind = Kind.COMPUTED) -> Format:
        if (measure, kind) not in self.formats:
            number = {"num_format": _FORMATS[measure]} if measure in _FORMATS else {}
            self.formats[measure, kind] = self.book.add_format({**_STYLES[kind], **number})
        return self.formats[measure, kind]

    # --- Sheets ----------------------------------------------------------------

    def _write_cell(
        self, sheet: Worksheet, at: tuple[int, int], cells: Cells, text: str, value: Any
    ) -> None:
        """One cell: its formula with the result, or the value handed over."""
        shown = self._format(cells.measure, cells.kind)
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

    def _write_units(self, title: str, columns: Sequence[Cells]) -> None:
        sheet = self._sheet_of_units(title, [each.name.column for each in columns])
        for place, cells in enumerate(columns, start=len(NAMED_BY)):
            sheet.write_string(HEADER_ROW + 1, place, cells.measure)
            sheet.write_comment(HEADER_ROW, place, cells.about, {"x_scale": 3, "y_scale": 3})
            text = self._formula(title, cells)
            # LibreOffice computes a column of like formulas in threads, and then finds circles
            # that are none where they read what other columns sum up to; so in such columns
            # every other formula stands in parentheses
            texts = (text, f"({text})") if self.layout.reads_statewide(cells) else (text,)
            in_xml = [escape(each) for each in texts]  # once a column, not once a cell
            sheet.shown[place] = self._format(cells.measure, cells.kind)
            values = self._values(cells.name)
            values = values.astype(float) if values.dtype == bool else values
            for row, value in enumerate(values.tolist(), start=FIRST_ROW):
                turn, number = row % len(texts), str(row + 1)
                if not isinstance(value, float) or isnan(value) or cells.is_array:
                    of_row = texts[turn].replace(ROW, number)
                    self._write_cell(sheet, (row, place), cells, of_row, value)
                elif text:
                    of_row = in_xml[turn].replace(ROW, number)
                    sheet.write_xml(row, place, f"<f>{of_row}</f><v>{value}</v>")
                else:
                    sheet.write_xml(row, place, f"<v>{value:.16G}</v>")

    def _sheet_of_units(self, title: str, columns: Sequence[str]) -> Any:
        """A sheet with a row a unit: its headings, ids and names."""
        sheet = self.book.add_worksheet(title)
        sheet.write_string(0, 0, title, self.book.add_format({"bold": True}))
        heading = self.book.add_format(_HEADING)
        for place, name in enumerate((*NAMED_BY, *columns)):
            sheet.write_string(HEADER_ROW, place, name, heading)
        table = self.record.table
        for row, place in enumerate(self.places, start=FIRST_ROW):
            sheet.write_string(row, 0, table.unit_ids[place])
            if "name" in table.text and isinstance(table.text["name"][0, place], str):
                sheet.write_string(row, 1, printable(table.text["name"][0, place]))
        sheet.ignore_errors({"formula_differs": "A1:XFD1048576"})
        sheet.set_row(HEADER_ROW, 90)
        sheet.set_column(0, len(columns) + 1, _WIDTH)
        sheet.freeze_panes(FIRST_ROW, len(NAMED_BY))
        return sheet

    def _write_single(self, title: str, rows: Sequence[Cells]) -> None:
        """A sheet with a row a name: its value, measure, and what is known of it."""
        sheet = self.book.add_worksheet(title)
        heading = self.book.add_format(_HEADING)
        for place, words in enumerate(
            ("Name", "Value", "Measure", "What it is, cite, source or rule")
        ):
            sheet.write_string(0, place, words, heading)
        if title == PARAMETERS:
            rows = [_TOLERANCE_CELLS, *rows]
        for row, cells in enumerate(rows, start=1):
            value = RELATIVE_TOLERANCE if cells is _TOLERANCE_CELLS else self._single(cells.name)
            sheet.write_string(row, 0, cells.name.column)
            self._write_cell(sheet, (row, 1), cells, self._formula(title, cells), value)
            sheet.write_string(row, 2, cells.measure)
            for place, words in enumerate(cells.about.split("\n"), start=3):
                sheet.write_string(row, place, words)
            sheet.write_comment(row, 0, cells.about, {"x_scale": 3, "y_scale": 3})
            self.book.define_name(cells.name.column, f"='{title}'!$B${row + 1}")
        sheet.set_column(0, 0, _WIDE)
        sheet.set_column(1, 2, _WIDTH)
        sheet.set_column(3, 3, _WIDE)
        sheet.freeze_panes(1, 1)

    def _write_prefixes(self, term: Operation) -> None:
        """The sheet that solves the least prefix ratio: a row a unit."""
        columns = (
            "target",
            "resources",
            "percent",
            "resources of all units up to it",
            "targets of all units up to it",
            "ratio, if it were the last unit reached",
        )
        sheet = self._sheet_of_units(TARGET_RATIO, columns)
        language = self.layout.language(TARGET_RATIO)
        amount, resources, targets = term.operands
        money = self._format(Measure.DOLLARS)
        ratio = self._format(Measure.RATIO)
        percents = self.layout.range("$E")
        cells = (
            (language.formula(targets), money),
            (language.formula(resources), money),
            (f'IF($C{ROW}>0,$D{ROW}/$C{ROW},"")', ratio),
            (f"SUMPRODUCT(({percents}<=$E{ROW})*{self.layout.range('$D')})", money),
            (f"SUMPRODUCT(({percents}<=$E{ROW})*{self.layout.range('$C')})", money),
            (f'IF($C{ROW}>0,({language.formula(amount)}+$F{ROW})/$G{ROW},"")', ratio),
        )
        values = self._prefix_values(*map(self._values, term.operands))
        for row, of_row in enumerate(zip(*values, strict=True), start=FIRST_ROW):
            for place, ((text, shown), value) in enumerate(
                zip(cells, of_row, strict=True), start=2
            ):
                cached = "" if np.isnan(value) else float(value)
                sheet.write_formula(
                    row, place, f"={text.replace(ROW, str(row + 1))}", shown, cached
                )

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
        sheet = self.book.add_worksheet(CHECKS)
        heading = self.book.add_format(_HEADING)
        for place, words in enumerate(("What must be equal", "One side", "Other side", "Holds")):
            sheet.write_string(0, place, words, heading)
        known = [proof for proof in PROOFS if self.record.values.keys() >= {*proof.reads}]
        money = self._format(Measure.DOLLARS)
        for row, proof in enumerate(known, start=1):
            sheet.write_string(row, 0, proof.title)
            for place, side in enumerate(proof.terms, start=1):
                text = self.layout.language(CHECKS).formula(side)
                at = (row, place)
                sheet.write_array_formula(
                    *at, *at, f"{{={text}}}", money, float(self._single(side))
                )
            apart = f"ABS(B{row + 1}-C{row + 1})<={ALLOWED}"
            holds = abs(np.subtract(*map(self._single, proof.terms))) <= ALLOWED
            sheet.write_formula(row, 3, f'=IF({apart},"yes","NO")', None, "yes" if holds else "NO")
        sheet.set_column(0, 0, _WIDE)
        sheet.set_column(1, 3, _WIDTH)

    def _write_contents(self, sheet: Worksheet) -> None:
        count, statute = len(self.places), self.record.law.statute
        year = statute.year_in_words(self.record.fiscal_year)
        lines = [
            f"Illinois {statute.title}, {statute.act}{statute.section}, {year}: {count:,} units",
            "Every computed cell is a formula on the cells of this workbook; change a blue value "
            "and the state is solved anew."
            if self.layout.is_whole
            else "These are some of the units of the state. What the others decide too is fixed "
            "(grey, italic): the target ratio, the rates and the floor are not solved anew here.",
            "Blue: handed over. Black: computed. Parameters and statewide lines are defined names.",
            "Notes on the headings say what each column is, and by which paragraph.",
            f"A cut takes a value within {TOLERANCE} (a part of it) below a cent as on it.",
        ]
        if self.record.law.salaries.illustrative:
            lines.append("Some salaries are illustrative, not published: see Parameters.")
        for row, words in enumerate(lines):
            sheet.write_string(row, 0, words)
        for row, other in enumerate(self.book.worksheets()[1:], start=len(lines) + 1):
            sheet.write_url(row, 0, f"internal:'{other.get_name()}'!A1", string=other.get_name())
        sheet.set_column(0, 0, _WIDTH)


_TOLERANCE_CELLS = Cells(
    Name(TOLERANCE, TOLERANCE, 0),
    "part of the value",
    "What floats cannot tell apart: sixteen times their spacing",
    None,
    Kind.COMPUTED,
)
