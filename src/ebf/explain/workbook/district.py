"""The sheet of one district: chosen in a cell, everything else looked up on the other sheets.

Holds: DISTRICT, UNITS, write_units, write_district.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, isnan
from typing import Any, Final

from ebf.explain.workbook.book import Book, Sheet
from ebf.explain.workbook.layout import Cells, Kind, reference
from ebf.explain.workbook.looks import HEADINGS, KINDS, TABS, height_of, number_format
from ebf.language.measure import Measure
from ebf.law.funding.b_cost_factors import (
    ADDITIONAL_FACTORS,
    BENEFITS,
    CORE_FACTORS,
    PER_STUDENT_FACTORS,
    CostFactor,
)

DISTRICT, UNITS = "One district", "Units"

_PUPILS: Final = "average_student_enrollment"
_PERCENT: Final = "final_percent_of_adequacy"
"""A ratio, since it may exceed 1, which is read as a percentage."""
_KEYS: Final = (
    "tier_funding",
    "total_state_contribution",
    "base_funding_minimum",
    "tier",
    _PERCENT,
)
_WAY: Final[Mapping[str, Sequence[str]]] = {
    "Pupils": (
        _PUPILS,
        "low_income_count",
        "low_income_percentage",
        "english_learner_count",
    ),
    "What its staff, programs and buildings cost": (
        "core_investments",
        "per_student_investments",
        "employee_benefits_cost",
        "additional_investments",
        "regionalization_factor",
        "adequacy_target",
    ),
    "What it is expected to raise itself": (
        "adjusted_eav",
        "equalized_assessed_valuation",
        "adjusted_operating_tax_rate",
        "real_receipts",
        "local_capacity_ratio",
        "local_capacity_percentage",
        "local_capacity_target",
        "adjusted_local_capacity_target",
    ),
    "What it has": (
        "corporate_personal_property_replacement_tax",
        "adjusted_base_funding_minimum",
        "final_resources",
        "preliminary_percent_of_adequacy",
    ),
    "From the percent of adequacy to the new money": (
        "tier_1_target_ratio",
        "tier_1_funding_gap",
        "tier_1_allocation_rate",
        "tier_1_funding",
        "tier_2_funding_gap",
        "tier_2_allocation_rate",
        "tier_2_funding",
        "tier_3_funding",
        "tier_4_funding",
        "base_funding_paid",
    ),
    "What the new money is for, and how it is paid": (
        "special_education_funding",
        "english_learner_funding",
        "low_income_funding",
        "technology_funding",
        "special_education_funding_to_be_spent",
        "english_learner_funding_to_be_spent",
        "semi_monthly_payment",
    ),
}
_FACTORS: Final[Mapping[str, tuple[Sequence[CostFactor], str]]] = {
    "Core investments": (CORE_FACTORS, "core_investments"),
    "Per-student investments": (PER_STUDENT_FACTORS, "per_student_investments"),
    "Employee benefits": ((BENEFITS,), ""),
    "Additional investments": (ADDITIONAL_FACTORS, "additional_investments"),
}
"""The cost factors in the order of the statute, and the line that adds each group up."""

_SMALL: Final = {"font_size": 8, "font_color": "#555555"}
_CHOICE, _PLACE = (2, 1), (2, 4)
_ASKED, _ROW = "$B$3", "$E$3"
_CALLED: Final = {
    "english_learner_count": "English learners",
    "low_income_percentage": "The low-income share of the pupils",
}
"""Lines whose titles say what they are beside the others of their sheet alone."""
_WIDTHS: Final = (57, 18, 18, 17, 31)
_LINE, _HIGH = 15, 24
"""Points of a line, and of a heading with some room above it."""
_PAGE: Final = 1070
"""Points that are more than a page has, at the size at which these widths fit it."""
_FIRST: Final = 4
"""The row of the first unit on the sheet of units."""
_LABEL: Final = 120
"""Characters of a name where it is chosen; Excel compares 255."""


def _costs() -> Iterator[set[str]]:
    """The lines with the dollars of the cost factors."""
    return ({each.cost for each in factors} for factors, _ in _FACTORS.values())


def _called(cells: Cells) -> str:
    """What a line is called in one line of the page: its title without the rule in it."""
    short = re.split(r"[:;]", cells.title)[0]
    return _CALLED.get(cells.name.name, short)


def _labels(book: Book) -> list[str]:
    """What each unit is chosen by: its name with its id."""
    return [
        unit_id if name == unit_id else f"{name[:_LABEL]} ({unit_id})"
        for name, unit_id in zip(book.names, book.unit_ids, strict=True)
    ]


def _order(book: Book) -> list[int]:
    """The units by their labels, whatever the case: where each stands in the workbook."""
    labels = [each.casefold() for each in _labels(book)]
    return sorted(range(len(labels)), key=labels.__getitem__)


def write_units(book: Book) -> None:
    """The sheet with the units by name, their rows, and what of their numbers is not published."""
    sheet = book.add_sheet(UNITS, TABS[Kind.COMPUTED])
    book.title(sheet, "Units by name")
    words = "Unit, as it is chosen", "Name", "Its id", "Row", "Kind", "County", "Not published"
    small = "The list that the sheet of one district chooses from"
    sheet.write_string(1, 0, small, book.format(font_color="#555555"))
    for place, text in enumerate(words):
        align = "right" if place == 3 else "left"  # noqa: PLR2004 - the row's number
        sheet.write_string(_FIRST - 1, place, text, book.format(**HEADINGS[0], align=align))
    kinds = [each.replace("_", " ") for each in book.texts("organization_type")]
    columns = [_labels(book), book.names, book.unit_ids]
    beside = book.format(indent=1)
    more = [kinds, book.texts("county"), _marks(book)]
    for row, place in enumerate(_order(book), start=_FIRST):
        for at, texts in enumerate(columns):
            sheet.write_string(row, at, texts[place])
        sheet.write_number(row, 3, place + 1)
        for at, texts in enumerate(more, start=4):
            if texts[place]:
                sheet.write_string(row, at, texts[place], beside)
    last = _FIRST + len(book.places) - 1
    sheet.autofilter(_FIRST - 1, 0, last, len(words) - 1)
    for place, width in enumerate((60, 46, 18, 8, 20, 18, 50)):
        sheet.set_column(place, place, width)
    sheet.ignore_errors({"number_stored_as_text": "A1:C1048576"})
    sheet.freeze_panes(_FIRST, 1)
    sheet.repeat_rows(_FIRST - 1)


def _marks(book: Book) -> list[str]:
    """What of each unit's numbers was not published."""
    of_unit: dict[str, list[str]] = {}
    for column, units in book.record.table.marked.items():
        for unit_id, mark in units.items():
            of_unit.setdefault(unit_id, []).append(f"{column}: {mark}")
    return ["; ".join(of_unit.get(each, [])) for each in book.unit_ids]


def write_district(book: Book, chosen: int) -> None:
    """The sheet of one district, with the one chosen that has this row of the workbook's."""
    _District(book, book.add_sheet(DISTRICT, TABS[Kind.GIVEN], landscape=False), chosen).write()


@dataclass(frozen=True)
class _Row:
    """A row of the sheet: where its values are looked up, a name's bands added up."""

    columns: Sequence[str]
    values: Sequence[float]
    is_single: bool

    @property
    def value(self) -> float:
        """The value of the district chosen."""
        return self.values[0] if len(self.values) == 1 else fsum(self.values)


class _District:
    """Writes the sheet from the top down."""

    def __init__(self, book: Book, sheet: Sheet, chosen: int) -> None:
        self.book, self.sheet, self.chosen = book, sheet, chosen
        self.row, self.points = 0, 0.0
        layout = book.layout
        every = [each for columns in layout.sheets.values() for each in columns]
        self.known: dict[str, list[Cells]] = {}
        for cells in (*every, *layout.statewide):
            self.known.setdefault(cells.name.name, []).append(cells)
        self.statewide = {cells.name.name for cells in layout.statewide}
        self.small = book.format(**_SMALL, indent=1, align="left", valign="top")

    def write(self) -> None:
        """All of it."""
        self._write_choice()
        self._write_lines("Key numbers", _KEYS, bold=True)
        for title, names in _WAY.items():
            self._write_lines(title, names)
        if all(factors <= self.known.keys() for factors in _costs()):
            # where all is fitted to pages, Excel knows no break but the end of one
            self.row += max(0, round((_PAGE - self.points) / _LINE))
            self._write_factors()
        for place, width in enumerate(_WIDTHS):
            self.sheet.set_column(place, place, width)
        self.sheet.print_area(0, 0, self.row - 1, len(_WIDTHS) - 1)
        self.sheet.fit_to_pages(1, 2)
        self.sheet.repeat_rows(0, _CHOICE[0])
        self.sheet.freeze_panes(_CHOICE[0] + 1, 0)
        self.sheet.hide_gridlines(2)
        self.sheet.ignore_errors({"number_stored_as_text": "B3"})

    # --- Which district --------------------------------------------------------

    def _write_choice(self) -> None:
        """The cell in which it is chosen, and the row that it has on the other sheets."""
        book, sheet, statute = self.book, self.sheet, self.book.record.law.statute
        book.title(sheet, f"One district: {statute.title}, {book.year}")
        sheet.write_string(1, 0, "Choose it in the yellow cell: from the list, or by id or name.")
        sheet.write_string(2, 0, "District", book.format(bold=True, font_size=11, align="left"))
        yellow = KINDS[Kind.GIVEN]
        shown = book.format(
            **yellow, bold=True, font_size=11, align="left", num_format="@", border=1
        )
        sheet.merge_range(*_CHOICE, 2, 3, "", shown)
        sheet.write_string(*_CHOICE, _labels(book)[self.chosen], shown)
        sheet.data_validation(
            *_CHOICE,
            *_CHOICE,
            {
                "validate": "list",
                "source": f"={reference(UNITS)}{self._listed('A')}",
                "error_type": "information",
                "error_title": "Not in the list",
                "error_message": "An id or a name as the workbook has it is found too.",
            },
        )
        label, unit_id, name = (
            f'MATCH(TRUE,EXACT({self._cells(column)},{_ASKED}&""),0)' for column in "ACB"
        )
        found = f"INDEX({self._cells('D')},IFERROR({label},IFERROR({unit_id},{name})))"
        count = f'"unit "0" of {len(book.places):,}"'
        gray = book.format(**_SMALL, num_format=count, align="right")
        sheet.write_array_formula(*_PLACE, *_PLACE, f"{{={found}}}", gray, self.chosen + 1)
        missing = f'=IF(ISNA({_ROW}),"No such unit: choose one from the list.","")'
        warning = book.format(bold=True, font_color="#B00020", font_size=8)
        sheet.write_formula(1, 4, missing, warning, "")
        self.row, self.points = 3, 4.0 * _LINE
        kinds = [each.replace("_", " ") for each in book.texts("organization_type")]
        for words, column, texts in (
            ("Kind of unit", "E", kinds),
            ("County", "F", book.texts("county")),
            ("Not published", "G", _marks(book)),
        ):
            if any(texts):
                at = f"MATCH({_ROW},{self._cells('D')},0)"
                formula = f'=INDEX({self._cells(column)},{at})&""'
                left = book.format(align="left")
                sheet.write_string(self.row, 0, words)
                sheet.write_formula(self.row, 1, formula, left, texts[self.chosen])
                self.row += 1
                self.points += _LINE

    def _listed(self, column: str) -> str:
        last = _FIRST + len(self.book.places)
        return f"${column}${_FIRST + 1}:${column}${last}"

    def _cells(self, column: str) -> str:
        """A column of the sheet of units."""
        return f"{reference(UNITS)}{self._listed(column)}"

    # --- What it has -----------------------------------------------------------

    def _looked_up(self, name: str) -> _Row:
        """Where a name's values are, and what they are."""
        cells = self.known[name]
        single = name in self.statewide
        if single:
            return _Row([name], [float(self.book.single(cells[0].name))], is_single=True)
        columns = self.book.layout.column_of(name)
        values = [float(self.book.values(each.name)[self.chosen]) for each in cells]
        return _Row(columns, values, is_single=False)

    def _formula(self, name: str, row: _Row) -> str:
        if row.is_single:
            return row.columns[0]
        looked_up = [f"INDEX({each},{_ROW})" for each in row.columns]
        if len(looked_up) > 1:
            return "+".join(looked_up)
        (one,) = looked_up
        if self.known[name][0].kind is Kind.COMPUTED:
            return one
        return f'IF(ISNA({one}),"not known",IF({one}="","not given",{one}))'

    def _write_number(self, place: int, name: str, *, bold: bool = False) -> None:
        row, measure = self._looked_up(name), self.known[name][0].measure
        more: dict[str, Any] = {"bold": True} if bold else {}
        more |= {"num_format": number_format(Measure.SHARE)} if name == _PERCENT else {}
        shown = self.book.number(measure, Kind.COMPUTED, valign="top", **more)
        blank = "not known" if name in self.book.record.law.statute.may_be_blank else "not given"
        value = blank if isnan(row.value) else row.value
        formula = f"={self._formula(name, row)}"
        self.sheet.write_formula(self.row, place, formula, shown, value)

    def _write_words(self, text: str, *, bold: bool = False) -> None:
        """What a row is, in as many lines as it takes."""
        more = {"bold": True} if bold else {}
        shown = self.book.format(text_wrap=True, valign="top", align="left", **more)
        self.sheet.write_string(self.row, 0, text, shown)
        self._set_height(height_of([text], _WIDTHS))

    def _set_height(self, points: float) -> None:
        self.sheet.set_row(self.row, points)
        self.points += points

    def _end_row(self, cite: str, name: str) -> None:
        """Cite and name of the row's line."""
        self.sheet.write_string(self.row, 3, cite, self.small)
        self.sheet.write_string(self.row, 4, name, self.small)
        self.row += 1

    def _write_heading(self, *words: str) -> None:
        self._set_height(_HIGH)
        for place, text in enumerate(words):
            align = "right" if place in {1, 2} else "left"
            more = {"indent": 1} if place > 2 else {}  # noqa: PLR2004 - beside the numbers
            shown = self.book.format(**{**HEADINGS[0], "valign": "bottom", **more}, align=align)
            self.sheet.write_string(self.row, place, text, shown)
        self.row += 1

    def _write_lines(self, title: str, names: Sequence[str], *, bold: bool = False) -> None:
        """Lines with their values, what that is per pupil, and where the law has them."""
        known = [name for name in names if name in self.known]
        if not known:
            return
        has_pupils = _PUPILS in self.known
        per_pupil = "Per pupil" if has_pupils else ""
        self._write_heading(title, "", per_pupil, "Cite", "Name of the line")
        for name in known:
            cells = self.known[name][0]
            self._write_words(_called(cells), bold=bold)
            self._write_number(1, name, bold=bold)
            if has_pupils and cells.measure == Measure.DOLLARS and name not in self.statewide:
                self._write_per_pupil(name)
            self._end_row(cells.cite, name)

    def _write_per_pupil(self, name: str) -> None:
        pupils, money = self._looked_up(_PUPILS), self._looked_up(name).value
        of_pupils = f"INDEX({pupils.columns[0]},{_ROW})"
        formula = (
            f'=IF(ISNUMBER(B{self.row + 1}),IF({of_pupils}=0,"",B{self.row + 1}/{of_pupils}),"")'
        )
        value = money / pupils.value if pupils.value else float("nan")
        shown = self.book.number(Measure.DOLLARS_PER_STUDENT, valign="top")
        self.sheet.write_formula(self.row, 2, formula, shown, "" if isnan(value) else value)

    # --- The cost factors ------------------------------------------------------

    def _write_factors(self) -> None:
        title = "The 34 cost factors, before regionalization"
        self._write_heading(title, "Positions, FTE", "Dollars", "Cite", "Name of the line")
        for group, (factors, added_up) in _FACTORS.items():
            for factor in factors:
                fte, cost = f"{factor.name}_fte", factor.cost
                self._write_words(f"({factor.letter}) {factor.title}")
                if fte in self.known:
                    self._write_number(1, fte)
                self._write_number(2, cost)
                self._end_row(self.known[cost][0].cite, cost)
            if added_up in self.known:
                self._write_total(f"{group}, together", added_up)
        for name in ("regionalization_factor", "adequacy_target"):
            if name in self.known:
                self._write_total(_called(self.known[name][0]), name)

    def _write_total(self, words: str, name: str) -> None:
        """A row that the factors lead to."""
        self._write_words(words, bold=True)
        self._write_number(2, name, bold=True)
        self._end_row(self.known[name][0].cite, name)
