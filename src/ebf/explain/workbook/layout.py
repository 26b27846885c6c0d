"""What the sheets of a workbook hold, and where each name stands.

Holds: INPUTS, TARGET_RATIO, PREFIX, FIRST_ROW, NAMED_BY, LONGEST_NAME, Kind, Cells, sheet_name,
reference, title_of, salary_in_words, Layout.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Final

from ebf.engine.record import Record
from ebf.explain.sources import source_of
from ebf.explain.workbook.cell_formulas import ROW, Language, needs_array
from ebf.language.formula_text import formula_text, is_over_units, names_in
from ebf.language.line import Line
from ebf.language.symbols import Name, Operation, Term, parts_of
from ebf.law.evidence import evidence_of
from ebf.law.inputs import TEXT_READ
from ebf.law.names import NameKind, bands_added_up, expressions, known_names, names_read
from ebf.law.salaries import COLUMNS as SALARY_COLUMNS
from ebf.show.safe_text import printable

INPUTS, TARGET_RATIO = "Inputs", "Target ratio"

PREFIX = "least_prefix_ratio"

FIRST_ROW: Final = 5
"""The row of the first unit, counted from 0: below the sheet's title, and the columns' titles,
names, measures and cites."""
NAMED_BY: Final = ("name", "unit_id")
"""The columns that every sheet of units begins with."""
LONGEST_NAME: Final = 31
"""Characters of a sheet's name, by Excel."""


class Kind(Enum):
    """What stands in cells, as their headings say it."""

    GIVEN = "given"
    PARAMETER = "number of the law"
    COMPUTED = "computed"
    FIXED = "fixed"


@dataclass(frozen=True)
class Cells:
    """What one column of units, or one single value, has in its cells.

    ``details`` are what is known of it beside title and cite: of a line the rule, the
    formula and the evidence, of what was given its source; ``term`` is the formula of what
    is computed here, else None.
    """

    name: Name
    measure: str
    title: str
    cite: str
    details: tuple[str, ...]
    term: Term | None
    kind: Kind

    @property
    def about(self) -> str:
        """All that is known of it."""
        return "\n".join((self.title, self.cite, *self.details))

    @cached_property
    def is_array(self) -> bool:
        """Whether it takes an array formula."""
        return self.term is not None and needs_array(self.term)


def sheet_name(title: str, taken: Collection[str] = ()) -> str:
    """A title as Excel takes the name of a sheet: short, of its characters, unlike the others.

    >>> sheet_name("(c) Local capacity"), sheet_name("Costs: [all] / some", {"Costs- -all- - some"})
    ('(c) Local capacity', 'Costs- -all- - some 2')
    >>> sheet_name("Evidence-Based Funding of organizational units")
    'Evidence-Based Funding of organ'
    """
    allowed = re.sub(r"[\[\]:*?/\\]", "-", printable(title)).strip("' ") or "Sheet"
    lower = {each.lower() for each in taken}
    name, count = allowed[:LONGEST_NAME].strip("' "), 1
    while name.lower() in lower:
        count += 1
        name = f"{allowed[: LONGEST_NAME - len(f' {count}')].rstrip()} {count}"
    return name


def reference(sheet: str) -> str:
    """A sheet as formulas write it, before a cell.

    >>> reference("Next year's base")
    "'Next year''s base'!"
    """
    return f"""'{sheet.replace("'", "''")}'!"""


def title_of(name: Name, label: str) -> str:
    """A label with the band of the name in words.

    >>> title_of(Name("nurse_cost_high", "nurse_cost", 2), "Nurses")
    'Nurses (high)'
    >>> title_of(Name("core_teacher_cost_k_3", "core_teacher_cost", 0), "Core teachers")
    'Core teachers (grades K-3)'
    >>> title_of(Name("tier", "tier", 0), "The tier")
    'The tier'
    """
    known = known_names().get(name.name)
    if known is not None and known.kind is NameKind.SALARY:
        salary = SALARY_COLUMNS[name.name][name.band]
        return f"State-average salary: {salary_in_words(salary)}"
    band = "" if name.column == name.name else name.column.removeprefix(f"{name.name}_")
    return f"{label} ({_band_in_words(band)})" if band else label


def salary_in_words(salary: str) -> str:
    """A salary of the table in words.

    >>> salary_in_words("assistant_principal.k_8"), salary_in_words("school_site_staff")
    ('assistant principal (grades K-8)', 'school site staff')
    """
    occupation, _, span = salary.partition(".")
    words = occupation.replace("_", " ")
    return f"{words} ({_band_in_words(span)})" if span else words


def _band_in_words(band: str) -> str:
    span = re.fullmatch(r"(k|\d+)_(\d+)", band)
    return f"grades {span[1].upper()}-{span[2]}" if span else band.replace("_", " ")


@dataclass(frozen=True)
class Layout:
    """The sheets of a workbook of these units of a ledger, by their places in it."""

    record: Record
    places: Sequence[int]

    @property
    def is_whole(self) -> bool:
        """Whether it has all units of the state."""
        return len(self.places) == len(self.record.table.unit_ids)

    @cached_property
    def _lines(self) -> list[Line]:
        """The lines of the ledger in statute order."""
        in_force = self.record.law.lines
        return [line for name, line in in_force.items() if name in self.record.values]

    @cached_property
    def _inputs(self) -> list[str]:
        """The inputs that were handed over, lines of other statutes among them."""
        lines = self.record.law.lines
        return [name for name in self.record.values if name not in lines]

    @cached_property
    def sheets(self) -> Mapping[str, list[Cells]]:
        """The columns of every sheet of units."""
        named = [
            self._given(each)
            for name in (*TEXT_READ, *self._inputs)
            if not known_names()[name].statewide
            for each in names_read(name).flat
        ]
        statute = self.record.law.statute
        sheets = {INPUTS: named}
        for module in statute.modules:
            columns = [
                self._of_line(line, band)
                for line in self._lines
                if line in module.LINES and not line.statewide
                for band in range(len(line.columns))
            ]
            if columns:
                letter, title = statute.heading(module)
                within = f"({letter}) " if letter else ""
                sheets[sheet_name(f"{within}{title.partition(':')[0]}", sheets)] = columns
        return sheets

    @cached_property
    def statewide(self) -> list[Cells]:
        """The statewide inputs and lines."""
        given = [name for name in self._inputs if known_names()[name].statewide]
        return [
            *(self._given(names_read(name).item()) for name in given),
            *(self._of_line(line, 0) for line in self._lines if line.statewide),
        ]

    @cached_property
    def parameters(self) -> list[Cells]:
        """The parameters, salaries and defaults that the lines read."""
        elsewhere = {*self.record.values, *TEXT_READ}
        read = (
            name
            for line in self.record.steps
            for term in expressions(line)
            for name in names_in(term)
            if name.name not in elsewhere
        )
        by_column = {name.column: name for name in read}
        return [self._given(name) for name in by_column.values()]

    def _given(self, name: Name) -> Cells:
        source = source_of(self.record, name, None)
        in_words = self.record.law.statute.year_in_words
        year = in_words(source.fiscal_year) if source.fiscal_year else ""
        known = source.source.endswith(year)
        of_law = {"parameter", "salary"}
        return Cells(
            name,
            source.measure,
            title_of(name, source.label),
            str(source.cite),
            (source.source if known else f"{source.source} {year}",),
            None,
            Kind.PARAMETER if source.kind in of_law else Kind.GIVEN,
        )

    def _of_line(self, line: Line, band: int) -> Cells:
        name = Name(line.columns[band], line.name, band)
        if line.name not in self.record.computed:
            return self._given(name)
        term = expressions(line, rounding=self.record.rounding)[band]
        is_fixed = is_over_units(term) and not self.is_whole
        fixed = "Fixed: units that are not in this workbook decide it too. "
        rounded = [str(line.rounding)] if line.rounding and self.record.rounding else []
        formula = f"= {formula_text(expressions(line)[band], bands_added_up)}"
        return Cells(
            name,
            str(line.measure),
            title_of(name, line.title),
            str(line.cite),
            (
                f"{fixed * is_fixed}{line.words}",
                "; ".join([formula, *rounded]),
                f"Evidence: {evidence_of(line)}",
            ),
            None if is_fixed else term,
            Kind.FIXED if is_fixed else Kind.COMPUTED,
        )

    @cached_property
    def _places_of(self) -> Mapping[tuple[str, int], tuple[str, int]]:
        """Sheet and column of every name that has a value for every unit."""
        return {
            (each.name.name, each.name.band): (title, place)
            for title, columns in self.sheets.items()
            for place, each in enumerate(columns, start=len(NAMED_BY))
        }

    def language(self, sheet: str) -> Language:
        """How names stand in the formulas of a sheet."""
        from xlsxwriter.utility import xl_col_to_name  # noqa: PLC0415 - an extra

        def place(name: Name) -> tuple[str, str] | None:
            found = self._places_of.get((name.name, name.band))
            if found is None:
                return None
            on_sheet = "" if found[0] == sheet else reference(found[0])
            return on_sheet, xl_col_to_name(found[1], col_abs=True)

        def cell(name: Name) -> str:
            found = place(name)
            return name.column if found is None else f"{found[0]}{found[1]}{ROW}"

        def column(name: Name) -> str:
            found = place(name)
            if found is None:
                return name.column
            return f"{found[0]}{self.range(found[1])}"

        def least_prefix_ratio(_: Operation) -> str:
            return f"MIN({reference(TARGET_RATIO)}{self.range('$H')})"

        return Language(cell, column, least_prefix_ratio, self.range("$A"))

    def column_of(self, name: str) -> list[str]:
        """All cells of a name that has a value for every unit, a reference a band."""
        from xlsxwriter.utility import xl_col_to_name  # noqa: PLC0415 - an extra

        return [
            f"{reference(sheet)}{self.range(xl_col_to_name(place, col_abs=True))}"
            for (each, _), (sheet, place) in self._places_of.items()
            if each == name
        ]

    def range(self, column: str) -> str:
        """All cells of a column, one a unit."""
        return f"{column}${FIRST_ROW + 1}:{column}${FIRST_ROW + len(self.places)}"

    @cached_property
    def prefix(self) -> Operation | None:
        """The least prefix ratio that is solved in the workbook."""
        parts = (part for cells in self.statewide if cells.term for part in parts_of(cells.term))
        return next((p for p in parts if isinstance(p, Operation) and p.operator == PREFIX), None)

    def reads_statewide(self, cells: Cells) -> bool:
        """Whether a formula reads a number that the whole state makes."""
        read = names_in(cells.term) if cells.term is not None else ()
        statewide = {each.name.name for each in self.statewide}
        return any(name.name in statewide for name in read)
