"""The ledger as an Excel workbook in which every computed cell is a live formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ebf import formula
from ebf.columns import column_of
from ebf.engine import TEXT
from ebf.excel import ROW, TOLERANCE, Language, is_over_units, needs_array
from ebf.expressions import (
    bands_added_up,
    evaluate,
    expressions,
    formula_text,
    names_in,
    names_read,
)
from ebf.inputs import inputs
from ebf.line import Line, Unit
from ebf.origins import source_of
from ebf.proofs import ALLOWED, PROOFS
from ebf.safe_text import printable
from ebf.symbols import Name, Operation, Term
from ebf.vocabulary import RELATIVE_TOLERANCE, Values, nearly

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from ebf.ledger import Ledger

CONTENTS, PARAMETERS, STATEWIDE, INPUTS = "Contents", "Parameters", "Statewide", "Inputs"
TARGET_RATIO, CHECKS = "Target ratio", "Checks"

HEADER_ROW: Final = 1
FIRST_ROW: Final = 3
"""Rows counted from 0: a title, the names of the columns, their units, then the units."""
NAMED_BY: Final = ("unit_id", "name")
"""The columns that every sheet of units begins with."""

_FORMATS: Final[Mapping[str, str]] = {
    Unit.DOLLARS: "#,##0.00",
    Unit.DOLLARS_PER_STUDENT: "#,##0.00",
    Unit.DOLLARS_PER_DAY: "#,##0.00",
    Unit.STUDENTS: "#,##0.00",
    Unit.FTE: "#,##0.00",
    Unit.SHARE: "0.0000",
    Unit.RATIO: "0.000000",
    Unit.RATE: "0.000000",
}
_WIDTH, _WIDE = 16, 60
_HEADING: Final = {"bold": True, "text_wrap": True, "valign": "top"}
_GIVEN: Final = {"font_color": "#0000C0"}
_COMPUTED: Final[Mapping[str, Any]] = {}
_FIXED: Final = {"italic": True, "bg_color": "#EEEEEE"}


@dataclass(frozen=True)
class _Cells:
    """What one column of units, or one single value, has in its cells.

    ``term`` is the formula; None for what was handed over, and for what units
    decide that are not in the workbook.
    """

    name: Name
    unit: str
    about: str
    term: Term | None
    style: Mapping[str, Any]

    @cached_property
    def is_array(self) -> bool:
        """Whether it takes an array formula."""
        return self.term is not None and needs_array(self.term)


def write_workbook(ledger: Ledger, path: Path, places: Sequence[int]) -> None:
    """Write the units at these places of the ledger; see :meth:`ebf.Ledger.to_workbook`."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - an extra
    from xlsxwriter.worksheet import Worksheet  # noqa: PLC0415 - an extra

    class Sheet(Worksheet):  # type: ignore[misc, unused-ignore]
        """A sheet that does not search formulas for newer functions: half the time."""

        def _prepare_formula(self, formula: str, *_: Any, **__: Any) -> str:
            return formula.strip("{=}")

    with Workbook(path) as book:
        book.worksheet_class = Sheet
        _Writer(ledger, places, book).write()


class _Writer:
    """Writes a ledger into a workbook: where each name stands, and then the sheets."""

    def __init__(self, ledger: Ledger, places: Sequence[int], book: Workbook) -> None:
        self.ledger, self.places, self.book = ledger, places, book
        self.is_whole = len(places) == len(ledger.table.unit_ids)
        self.formats: dict[tuple[Any, ...], Format] = {}
        self.prefix: Operation | None = None

    def write(self) -> None:
        """All sheets."""
        contents = self.book.add_worksheet(CONTENTS)
        self._write_single(PARAMETERS, self.parameters)
        for title, columns in self.sheets.items():
            self._write_units(title, columns)
        self._write_single(STATEWIDE, self.statewide)
        if self.prefix:
            self._write_prefixes(self.prefix)
        if self.is_whole:
            self._write_checks()
        self._write_contents(contents)

    # --- What there is, and where it stands ------------------------------------

    @cached_property
    def lines(self) -> list[Line]:
        """The lines of the ledger in statute order."""
        in_force = formula.lines(self.ledger.fiscal_year)
        return [line for name, line in in_force.items() if name in self.ledger.values]

    @cached_property
    def sheets(self) -> Mapping[str, list[_Cells]]:
        """The columns of every sheet of units."""
        given = [name for name in self.ledger.values if name in inputs()]
        named = [
            self._given(each)
            for name in (*TEXT, *given)
            if name in TEXT or not column_of(name).statewide
            for each in names_read(name).flat
        ]
        sheets = {INPUTS: named}
        for module in formula.SUBSECTIONS:
            columns = [
                self._of_line(line, band)
                for line in self.lines
                if line in module.LINES and not line.statewide
                for band in range(len(line.columns))
            ]
            if columns:
                letter, title = formula.heading(module)
                sheets[f"({letter}) {title.partition(':')[0]}"] = columns
        return sheets

    @cached_property
    def statewide(self) -> list[_Cells]:
        """The statewide inputs and lines."""
        given = [n for n in self.ledger.values if n in inputs() and column_of(n).statewide]
        return [
            *(self._given(names_read(name).item()) for name in given),
            *(self._of_line(line, 0) for line in self.lines if line.statewide),
        ]

    @cached_property
    def parameters(self) -> list[_Cells]:
        """The parameters, salaries and defaults that the lines read."""
        elsewhere = {*self.ledger.values, *TEXT}
        read = (
            name
            for line in self.ledger.steps
            for term in expressions(line)
            for name in names_in(term)
            if name.name not in elsewhere
        )
        by_column = {name.column: name for name in read}
        return [self._given(name) for name in by_column.values()]

    def _given(self, name: Name) -> _Cells:
        source = source_of(self.ledger, name, None)
        year = f" FY{source.fiscal_year}" if source.fiscal_year else ""
        about = f"{source.label}\n{source.cite}\n{source.source}{year}"
        return _Cells(name, source.unit, about, None, _GIVEN)

    def _of_line(self, line: Line, band: int) -> _Cells:
        name = Name(line.columns[band], line.name, band)
        if line.name not in self.ledger.computed:
            return self._given(name)
        term = expressions(line, rounding=self.ledger.rounding)[band]
        about = [
            line.title,
            line.cite,
            line.words,
            f"= {formula_text(expressions(line)[band], bands_added_up)}",
            *([str(line.rounding)] if line.rounding and self.ledger.rounding else []),
            f"Evidence: {line.evidence}",
        ]
        if is_over_units(term) and not self.is_whole:
            about.insert(0, "Fixed: units that are not in this workbook decide it too.")
            return _Cells(name, str(line.unit), "\n".join(about), None, _FIXED)
        return _Cells(name, str(line.unit), "\n".join(about), term, _COMPUTED)

    @cached_property
    def places_of(self) -> Mapping[tuple[str, int], tuple[str, int]]:
        """Sheet and column of every name that has a value for every unit."""
        return {
            (each.name.name, each.name.band): (title, place)
            for title, columns in self.sheets.items()
            for place, each in enumerate(columns, start=len(NAMED_BY))
        }

    def _language(self, sheet: str) -> Language:
        """How names stand in the formulas of a sheet."""
        from xlsxwriter.utility import xl_col_to_name  # noqa: PLC0415 - an extra

        def place(name: Name) -> tuple[str, str] | None:
            found = self.places_of.get((name.name, name.band))
            if found is None:
                return None
            on_sheet = "" if found[0] == sheet else f"'{found[0]}'!"
            return on_sheet, xl_col_to_name(found[1], col_abs=True)

        def cell(name: Name) -> str:
            found = place(name)
            return name.column if found is None else f"{found[0]}{found[1]}{ROW}"

        def column(name: Name) -> str:
            found = place(name)
            if found is None:
                return name.column
            return f"{found[0]}{self._range(found[1])}"

        def least_prefix_ratio(term: Operation) -> str:
            self.prefix = term
            return f"MIN('{TARGET_RATIO}'!{self._range('$H')})"

        return Language(cell, column, least_prefix_ratio)

    def _range(self, column: str) -> str:
        return f"{column}${FIRST_ROW + 1}:{column}${FIRST_ROW + len(self.places)}"

    # --- Values ----------------------------------------------------------------

    def _values(self, term: Term) -> Values:
        """The numbers of a term for the units of the workbook."""
        found = nearly(np.atleast_3d(evaluate(term, self.ledger.everything)))
        whole = np.broadcast_to(found[0, :, 0], len(self.ledger.table.unit_ids))
        return whole[list(self.places)]

    def _single(self, term: Term) -> Any:
        return nearly(np.atleast_3d(evaluate(term, self.ledger.everything))).flat[0]

    def _format(self, unit: str, style: Mapping[str, Any]) -> Format:
        key = (unit, *style.items())
        if key not in self.formats:
            number = {"num_format": _FORMATS[unit]} if unit in _FORMATS else {}
            self.formats[key] = self.book.add_format({**style, **number})
        return self.formats[key]

    # --- Sheets ----------------------------------------------------------------

    def _write_cell(
        self, sheet: Worksheet, at: tuple[int, int], cells: _Cells, text: str, value: Any
    ) -> None:
        """One cell: its formula with the result, or the value handed over."""
        shown = self._format(cells.unit, cells.style)
        if isinstance(value, str):
            sheet.write_string(*at, printable(value), shown)
        elif np.isnan(value):
            sheet.write_blank(*at, None, shown)
        elif not text:
            sheet.write_number(*at, float(value), shown)
        elif cells.is_array:
            sheet.write_array_formula(*at, *at, f"{{={text}}}", shown, float(value))
        else:
            sheet.write_formula(*at, f"={text}", shown, float(value))

    def _formula(self, sheet: str, cells: _Cells) -> str:
        """The formula of the cells; empty where they hold values handed over."""
        if cells.term is None:
            return ""
        text = self._language(sheet).formula(cells.term)
        return f"IF({text},1,0)" if cells.unit == Unit.FLAG else text

    def _row_by_row(self, cells: _Cells, text: str) -> tuple[str, ...]:
        """The formula in the forms that its rows take in turn.

        LibreOffice computes a column of like formulas in threads, and then finds
        circles that are none where they read a number that other columns sum up
        to. So in such columns every other formula stands in parentheses.
        """
        read = names_in(cells.term) if cells.term is not None else ()
        statewide = {each.name.name for each in self.statewide}
        is_read = any(name.name in statewide for name in read)
        return (text, f"({text})") if is_read else (text,)

    def _write_units(self, title: str, columns: Sequence[_Cells]) -> None:
        sheet = self._sheet_of_units(title, [each.name.column for each in columns])
        for place, cells in enumerate(columns, start=len(NAMED_BY)):
            sheet.write_string(HEADER_ROW + 1, place, cells.unit)
            sheet.write_comment(HEADER_ROW, place, cells.about, {"x_scale": 3, "y_scale": 3})
            text = self._formula(title, cells)
            texts = self._row_by_row(cells, text)
            for row, value in enumerate(self._values(cells.name), start=FIRST_ROW):
                of_row = texts[row % len(texts)].replace(ROW, str(row + 1))
                self._write_cell(sheet, (row, place), cells, of_row, value)

    def _sheet_of_units(self, title: str, columns: Sequence[str]) -> Worksheet:
        """A sheet with a row a unit: its headings, ids and names."""
        sheet = self.book.add_worksheet(title)
        sheet.write_string(0, 0, title, self.book.add_format({"bold": True}))
        heading = self.book.add_format(_HEADING)
        for place, name in enumerate((*NAMED_BY, *columns)):
            sheet.write_string(HEADER_ROW, place, name, heading)
        table = self.ledger.table
        for row, place in enumerate(self.places, start=FIRST_ROW):
            sheet.write_string(row, 0, table.unit_ids[place])
            if "name" in table.text:
                sheet.write_string(row, 1, printable(table.text["name"][0, place] or ""))
        sheet.set_row(HEADER_ROW, 90)
        sheet.set_column(0, len(columns) + 1, _WIDTH)
        sheet.freeze_panes(FIRST_ROW, len(NAMED_BY))
        return sheet

    def _write_single(self, title: str, rows: Sequence[_Cells]) -> None:
        """A sheet with a row a name: its value, unit, and what is known of it."""
        sheet = self.book.add_worksheet(title)
        heading = self.book.add_format(_HEADING)
        for place, words in enumerate(
            ("Name", "Value", "Unit", "What it is, cite, source or rule")
        ):
            sheet.write_string(0, place, words, heading)
        if title == PARAMETERS:
            rows = [_TOLERANCE_CELLS, *rows]
        for row, cells in enumerate(rows, start=1):
            value = RELATIVE_TOLERANCE if cells is _TOLERANCE_CELLS else self._single(cells.name)
            sheet.write_string(row, 0, cells.name.column)
            self._write_cell(sheet, (row, 1), cells, self._formula(title, cells), value)
            sheet.write_string(row, 2, cells.unit)
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
        language = self._language(TARGET_RATIO)
        amount, resources, targets = term.operands
        money = self._format(Unit.DOLLARS, _COMPUTED)
        ratio = self._format(Unit.RATIO, _COMPUTED)
        percents = self._range("$E")
        cells = (
            (language.formula(targets), money),
            (language.formula(resources), money),
            (f'IF($C{ROW}>0,$D{ROW}/$C{ROW},"")', ratio),
            (f"SUMPRODUCT(({percents}<=$E{ROW})*{self._range('$D')})", money),
            (f"SUMPRODUCT(({percents}<=$E{ROW})*{self._range('$C')})", money),
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
        percent = np.full(len(targets), np.nan)
        np.divide(resources, targets, out=percent, where=targets > 0)
        order = np.argsort(percent, kind="stable")[: int((targets > 0).sum())]
        last = np.searchsorted(percent[order], percent, side="right") - 1
        last[np.isnan(percent)] = 0
        sums = [
            np.where(targets > 0, np.cumsum(each[order])[last], 0) for each in (resources, targets)
        ]
        ratio = np.full(len(targets), np.nan)
        np.divide(amount + sums[0], sums[1], out=ratio, where=targets > 0)
        return targets, resources, percent, *sums, ratio

    def _write_checks(self) -> None:
        sheet = self.book.add_worksheet(CHECKS)
        heading = self.book.add_format(_HEADING)
        for place, words in enumerate(("What must be equal", "One side", "Other side", "Holds")):
            sheet.write_string(0, place, words, heading)
        known = [proof for proof in PROOFS if self.ledger.values.keys() >= {*proof.reads}]
        money = self._format(Unit.DOLLARS, _COMPUTED)
        for row, proof in enumerate(known, start=1):
            sheet.write_string(row, 0, proof.title)
            for place, side in enumerate(proof.terms, start=1):
                text = self._language(CHECKS).formula(side)
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
        year, count = self.ledger.fiscal_year, len(self.places)
        lines = [
            f"Illinois Evidence-Based Funding, 105 ILCS 5/18-8.15, FY{year}: {count:,} units",
            "Every computed cell is a formula on the cells of this workbook; change a blue value "
            "and the state is solved anew."
            if self.is_whole
            else "These are some of the units of the state. What the others decide too is fixed "
            "(grey, italic): the target ratio, the rates and the floor are not solved anew here.",
            "Blue: handed over. Black: computed. Parameters and statewide lines are defined names.",
            "Notes on the headings say what each column is, and by which paragraph.",
            f"A cut takes a value within {TOLERANCE} (a part of it) below a cent as on it.",
        ]
        if self.ledger.salaries.illustrative:
            lines.append("Some salaries are illustrative, not published: see Parameters.")
        for row, words in enumerate(lines):
            sheet.write_string(row, 0, words)
        for row, other in enumerate(self.book.worksheets()[1:], start=len(lines) + 1):
            sheet.write_url(row, 0, f"internal:'{other.get_name()}'!A1", string=other.get_name())
        sheet.set_column(0, 0, _WIDTH)


_TOLERANCE_CELLS = _Cells(
    Name(TOLERANCE, TOLERANCE, 0),
    "part of the value",
    "What floats cannot tell apart: sixteen times their spacing",
    None,
    _COMPUTED,
)
