"""What was found in a workbook of the State Board's: its sheets, and which identities hold.

Holds: Inspection, inspect_workbook, layout_to_start_from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import IO, Any, Final

import pandas as pd

from ebf.faults import InputError
from ebf.files import readable, refusing_broken, source_in
from ebf.language.measure import Measure
from ebf.show.answer import Answer
from ebf.show.document import Table
from ebf.units.full_workbook import full_state
from ebf.units.isbe.base_calc import HEADER, TOTALS
from ebf.units.isbe.headings import column_under
from ebf.units.isbe.layout import Layout, read_layout
from ebf.units.sheets import Book, book_of, letters_of, text_at

_COUNTS: Final = dict.fromkeys(("row", "units", "columns", "hold", "differ"), Measure.COUNT)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Inspection(Answer):
    """What :func:`inspect_workbook` found.

    ``sheets`` has a row a sheet of the workbook: the row its units stand below, how many, and
    how many columns were read. ``identities`` has a row a line that the sheets have beside what
    it is computed from: of how many units it holds, and of how many it does not.
    """

    file: str
    fiscal_year: int | None
    sheets: pd.DataFrame
    identities: pd.DataFrame

    @property
    def title(self) -> str:
        """The file, and its year."""
        year = "" if self.fiscal_year is None else f", FY{self.fiscal_year}"
        return f"Inspection of {self.file}{year}"

    @property
    def _year(self) -> int | None:
        return self.fiscal_year

    @property
    def holds(self) -> bool:
        """Whether the workbook was read, and every identity holds."""
        return not self.identities.empty and not self.identities["differ"].any()

    def _tables(self) -> list[Table]:
        tables = [Table.of("sheets", "Sheets", self.sheets, _COUNTS)]
        if not self.identities.empty:
            title = "Lines that follow from what the sheets have"
            tables.append(Table.of("identities", title, self.identities, _COUNTS))
        return tables


def inspect_workbook(
    path: str | PathLike[str] | bytes | IO[bytes],
    fiscal_year: int | None = None,
    *,
    layout: str | PathLike[str] | None = None,
    **given: Any,
) -> Inspection:
    """Say what a workbook has, sheet by sheet, and which identities hold of how many units.

    Args:
        path: An .xlsx file, its bytes, or one that is open for reading bytes.
        fiscal_year: Of a workbook whose titles do not say it.
        layout: A TOML file of a layout; left out, the one that is known of the year.
        given: As of :func:`ebf.law`.

    Raises:
        InputError: no workbook, or a layout that cannot be read.
    """
    own: Layout | None = None if layout is None else read_layout(layout)
    file = readable(path, "an .xlsx file")
    with refusing_broken(file), book_of(file) as book:
        rows = [*_sheets(book)]
    sheets = pd.DataFrame(rows).set_index("sheet")
    identities = pd.DataFrame(columns=["sheet", "hold", "differ", "made_of"])
    year, left_out = fiscal_year, list[str]()
    try:
        found = full_state(file, fiscal_year, own, given)
    except InputError as error:
        left_out = [f"Not read: {fault}" for fault in error.faults]
    else:
        year = found.state.law.fiscal_year
        for sheet in found.calc.sheets.values():
            sheets.loc[sheet.name, "columns"] = len(sheet.columns)
        identities = pd.DataFrame(
            {
                "line": proof.line.title,
                "sheet": found.calc.columns[proof.line.columns[0]][0].name,
                "hold": int((~proof.differs.any(axis=1)).sum()),
                "differ": int(proof.differs.any(axis=1).sum()),
                "made_of": "the file" if proof.is_proven else "the file, and what is taken for 0",
            }
            for proof in found.proofs
        ).set_index("line")
        left_out += [f"A sheet that the layout has and the file has not: {sheet.name}."
                     for sheet in found.calc.lacking]  # fmt: skip
    return Inspection(
        sources={"file": source_in(file, None)},
        file=file.name,
        fiscal_year=year,
        sheets=sheets,
        identities=identities,
        assumptions=("Columns are where the layout has them (data/layouts/).",),
        left_out=tuple(left_out),
    )


def _sheets(book: Book) -> Iterator[dict[str, Any]]:
    for name in book.names:
        rows = book.rows(name)
        header = _header(rows)
        below = [] if header is None else [text_at(row, 1) for row in rows[header + 1 :]]
        last = below.index(TOTALS) if TOTALS in below else len(below)
        units = sum(map(bool, below[:last]))
        yield {"sheet": name, "row": None if header is None else header + 1, "units": units,
               "columns": 0}  # fmt: skip


def _header(rows: Sequence[Sequence[Any]]) -> int | None:
    """The row of headings, by what column B reads."""
    second = [text_at(row, 1) for row in rows]
    return second.index(HEADER) if HEADER in second else None


def layout_to_start_from(path: str | PathLike[str] | bytes | IO[bytes], fiscal_year: int) -> str:
    """A layout file to start from, as TOML: every sheet with a table of units, its headings beside.

    Columns under a heading that is known are in it; the others are comments to fill in.

    Raises:
        InputError: no workbook.
    """
    file = readable(path, "an .xlsx file")
    lines = [
        f'title = "FY{fiscal_year}, to be completed"',
        f"first_year = {fiscal_year}",
        f"last_year = {fiscal_year}",
        f'header = "{HEADER}"',
        f'totals = "{TOTALS}"',
    ]
    with refusing_broken(file), book_of(file) as book:
        for number, name in enumerate(book.names, start=1):
            rows = book.rows(name)
            if (header := _header(rows)) is not None:
                lines += ["", *_sheet_in_toml(number, name, rows[header])]
    return "\n".join(lines) + "\n"


def _sheet_in_toml(number: int, name: str, headings: Sequence[Any]) -> Iterator[str]:
    key = "base_calc" if column_under(text_at(headings, 5)) and "base" in name.casefold() else ""
    yield f"[sheets.{key or f'sheet_{number}'}]"
    yield f"name = {_quoted(name)}"
    yield ""
    yield f"[sheets.{key or f'sheet_{number}'}.columns]"
    for place in range(1, len(headings)):
        if heading := " ".join(text_at(headings, place).split()):
            column = column_under(heading)
            line = f'{column or "..."} = "{letters_of(place)}" # {heading}'
            yield line if column else f"# {line}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
