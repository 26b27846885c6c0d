"""The State Board's workbook: its Base Calc sheet, on which it publishes the distribution."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path
from typing import IO, Any, Final, TypeGuard

import numpy as np
import pandas as pd

from ebf.faults import Fault, InputError, described, nearest, require
from ebf.files import check_cells, check_unpacked, readable, refusing_broken
from ebf.language.line import Line
from ebf.language.measure import GREATEST
from ebf.language.rounding import CUT_2, CUT_4
from ebf.law.funding.b_adequacy_target import adequacy_target
from ebf.law.funding.f_percent_of_adequacy import final_percent_of_adequacy
from ebf.law.funding.g_distribution import tier_funding, total_state_contribution
from ebf.law.funding.tiers import TIER_1, TIER_2
from ebf.law.inputs import TEXT_COLUMNS
from ebf.law.parameters import law
from ebf.law.years import FIRST_YEAR
from ebf.units.table import id_fault

COLUMNS: Final = {
    "unit_id": "A",
    "name": "B",
    "county": "C",
    "organization_type": "D",
    "average_student_enrollment": "F",
    "core_investments": "H",
    "per_student_investments_subject_to_regionalization": "I",
    "additional_investments": "J",
    "per_student_investments_not_subject_to_regionalization": "K",
    "regionalization_factor": "M",
    "adequacy_target": "N",
    "adjusted_local_capacity_target": "Q",
    "adjusted_base_funding_minimum": "R",
    "final_resources": "S",
    "final_percent_of_adequacy": "T",
    "tier": "X",
    "tier_1_funding": "AB",
    "tier_2_funding_gap": "AC",
    "tier_2_funding": "AF",
    "tier_3_funding": "AL",
    "tier_4_funding": "AM",
    "tier_funding": "AN",
    "base_funding_minimum": "AP",
    "total_state_contribution": "AQ",
}
"""The columns of the sheet, as ISBE has laid them out since FY2018."""

_OUTCOME: Final = [
    "final_percent_of_adequacy",
    "tier",
    "tier_1_funding",
    "tier_2_funding_gap",
    "tier_2_funding",
    "tier_3_funding",
    "tier_4_funding",
    "tier_funding",
    "total_state_contribution",
]
"""What the sheet computes: it proves the sheet, and is left to ebf.calculate."""


def read_base_calc(path: str | PathLike[str], sheet: str | None = None) -> pd.DataFrame:
    """The units of ISBE's Base Calc sheet, ready for ebf.calculate.

    Columns are taken by their place in the sheet, and proven by the sheet's own
    sums before a number is used. The Local Capacity Percentage is not on the
    sheet: it is recovered from the Tier 2 gaps to its four decimals, and stays
    blank for units of Tier 3 and 4, which need none. ``new_state_funds`` is the
    appropriation above the table. Needs openpyxl (the extra ``excel``).

    Args:
        path: An .xlsx file with the sheet.
        sheet: The sheet's name; case, blanks, ``-`` and ``_`` do not matter.
            Left out, the sheet "Base Calc", or the only one.

    Raises:
        InputError: no such sheet, no table in it, or numbers that contradict
            each other: sheet, column letter, unit and both numbers are named.
    """
    file = readable(path, "an .xlsx file")
    with refusing_broken(file):
        name, rows = _sheet(file, sheet)
    header, totals = _table_rows(rows, name)
    places = [*map(_place, COLUMNS.values())]
    units = [row for row in rows[header + 1 : totals] if any(_text(row, at) for at in places)]
    if not units:
        raise InputError([Fault(f"sheet {name}", "A", "no units", "a row a unit")])
    frame = _frame(units, name)
    _prove(frame, name)
    _prove_totals(frame, rows[totals], name)
    frame["local_capacity_percentage"] = _recovered_percentage(frame, name)
    frame["new_state_funds"] = _appropriation(rows[:header], name)
    return frame.drop(columns=_OUTCOME)


# --- The sheet ---------------------------------------------------------------


def _sheet(file: Path, wanted: str | None) -> tuple[str, list[tuple[Any, ...]]]:
    """The sheet's name, and its rows from the first on, blanks as empty text."""
    require("openpyxl", "excel")
    from openpyxl import load_workbook  # noqa: PLC0415 - an extra

    with file.open("rb") as opened, warnings.catch_warnings(action="ignore"):
        _check_parts(file, opened)  # warnings are of what is not read: styles, validation
        book = load_workbook(opened, read_only=True, data_only=True, keep_links=False)
        by_name = {each.title: each for each in book.worksheets}
        name = _sheet_name(file, wanted, list(by_name))
        by_name[name].reset_dimensions()  # what a file says of its size may be wrong
        return name, _cells(file, by_name[name].iter_rows(values_only=True))


_MOST_TAGS: Final = 4_000_000
"""Tags in a workbook's largest part: a million cells; more would fill the memory."""


def _check_parts(file: Path, opened: IO[bytes]) -> None:
    """Refuse a workbook that would fill the memory: its parts are packed."""
    with zipfile.ZipFile(opened) as archive:
        check_unpacked(file, sum(part.file_size for part in archive.infolist()))
        for part in archive.infolist():
            tags = 0
            with archive.open(part) as unpacked:
                while block := unpacked.read(1 << 20):
                    tags += block.count(b"<")
            if tags > _MOST_TAGS:
                found, allowed = f"{tags:,} tags in {part.filename}", f"at most {_MOST_TAGS:,}"
                raise InputError([Fault(str(file), "file", found, allowed)])


def _sheet_name(file: Path, wanted: str | None, names: list[str]) -> str:
    like = [each for each in names if _key(each) == _key(wanted or "Base Calc")]
    if wanted is None and not like and len(names) == 1:
        like = names
    if len(like) != 1:
        found = f"{len(like)} sheets like {wanted or 'Base Calc'!r}"
        fix = nearest(wanted or "", names)
        raise InputError([Fault(str(file), "sheet", found, f"one of {', '.join(names)}", fix=fix)])
    return like[0]


def _cells(file: Path, rows: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """The rows, as far apart as the sheet has them."""
    found: list[tuple[Any, ...]] = []
    count = 0
    for row in rows:
        count += len(row) + 1
        check_cells(file, count)
        found.append(tuple("" if cell is None else cell for cell in row))
    return found


def _key(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter not in " -_")


def _text(row: Sequence[Any], place: int) -> str:
    value = row[place] if place < len(row) else ""
    return str(value).strip()


_HEADER: Final = "District Name"
_TOTALS: Final = "TOTALS"


def _table_rows(rows: Sequence[Sequence[Any]], sheet: str) -> tuple[int, int]:
    """The rows of the header and of the totals, by what column B reads."""
    second = [_text(row, 1) for row in rows]
    missing = [word for word in (_HEADER, _TOTALS) if word not in second]
    if missing:
        raise InputError(
            Fault(f"sheet {sheet}", "B", f"no row reading {word!r}", "ISBE's Base Calc sheet")
            for word in missing
        )
    return second.index(_HEADER), second.index(_TOTALS)


def _place(letters: str) -> int:
    """The place of a column, from 0, by its letters."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


# --- Its units ---------------------------------------------------------------

_KINDS: Final = {
    "unit": "unit",
    "elementary": "elementary",
    "high school": "high_school",
    "labs": "laboratory_school",
    "regional": "regional_program",
    "": "specially_funded",
}

_ERRORS: Final = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"}
)
"""What a cell reads where a formula failed."""


def _frame(units: Sequence[Sequence[Any]], sheet: str) -> pd.DataFrame:
    faults: list[Fault] = []
    columns: dict[str, list[Any]] = {}
    kinds = [_text(row, _place(COLUMNS["organization_type"])).casefold() for row in units]
    for name, letters in COLUMNS.items():
        cells = [row[_place(letters)] if _place(letters) < len(row) else "" for row in units]
        columns[name] = cells
        column = f"{letters} of sheet {sheet}"
        if name == "unit_id":
            faults += [each for cell in cells if (each := id_fault(column, cell))]
        elif name in TEXT_COLUMNS:
            faults += [
                Fault(_text(row, 0), column, described(cell), f"text: {name}")
                for row, cell in zip(units, cells, strict=True)
                if not isinstance(cell, str) or cell in _ERRORS
            ]
        else:
            columns[name] = [  # a blank of the specially funded, who have no kind, is 0
                0.0 if cell == "" and not kind else cell
                for cell, kind in zip(cells, kinds, strict=True)
            ]
            faults += [
                Fault(_text(row, 0), column, described(cell) if cell != "" else "blank",
                      f"a number: {name}")
                for row, cell in zip(units, columns[name], strict=True)
                if not _is_number(cell)
            ]  # fmt: skip
    column = f"{COLUMNS['organization_type']} of sheet {sheet}"
    faults += [
        Fault(_text(row, 0), column, repr(kind), f"one of {', '.join(_KINDS)}")
        for row, kind in zip(units, kinds, strict=True)
        if kind not in _KINDS
    ]
    if faults:
        raise InputError(faults)
    for name in TEXT_COLUMNS & columns.keys():
        columns[name] = [cell.strip() for cell in columns[name]]
    columns["organization_type"] = [_KINDS[kind] for kind in kinds]
    for name in columns.keys() - {*TEXT_COLUMNS}:
        columns[name] = [float(cell) + 0.0 for cell in columns[name]]  # no negative zeros
    return pd.DataFrame(columns)


def _is_number(cell: object) -> TypeGuard[float]:
    return isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) <= GREATEST


# --- Its proofs --------------------------------------------------------------

_HALF_A_CENT: Final = 0.0051
_PROOFS: Final[tuple[tuple[Line, float], ...]] = (
    (adequacy_target, _HALF_A_CENT),
    (final_percent_of_adequacy, 1e-9),
    (tier_funding, 0.01 + _HALF_A_CENT),  # ISBE's own sheets are a cent off twice in five years
    (total_state_contribution, _HALF_A_CENT),
)
"""Lines that the sheet's own numbers must reproduce before any is used, and how nearly."""

_ADDED_UP: Final = (
    "average_student_enrollment",
    "adequacy_target",
    "final_resources",
    "tier_funding",
)


def _prove(frame: pd.DataFrame, sheet: str) -> None:
    """Refuse a sheet whose numbers do not follow from each other by the law."""
    faults: list[Fault] = []
    # The sheet has one column of base funding: no year had a shortfall, (g)(10), that cut it.
    given = frame.assign(base_funding_paid=frame["base_funding_minimum"])
    for line, nearly in _PROOFS:
        with np.errstate(all="ignore"):
            columns = (given[name].to_numpy().reshape(1, -1, 1) for name in line.reads)
            by_hand = line.compute(*columns).ravel()
        shown = frame[line.name].to_numpy()
        apart = ~(np.abs(by_hand - shown) <= nearly)
        for row in np.flatnonzero(apart).tolist():
            column = f"{COLUMNS[line.name]} of sheet {sheet}"
            found, allowed = f"{shown[row]:.15g}", f"{by_hand[row]:.15g}: {line.title}"
            faults.append(Fault(frame["unit_id"][row], column, found, allowed, line.cite))
    if faults:
        raise InputError(faults)


def _prove_totals(frame: pd.DataFrame, totals: Sequence[Any], sheet: str) -> None:
    faults = []
    for name in _ADDED_UP:
        letters = COLUMNS[name]
        shown = totals[_place(letters)] if _place(letters) < len(totals) else ""
        added = float(frame[name].sum())
        if not _is_number(shown) or not abs(shown - added) <= _HALF_A_CENT:
            column = f"{letters} of sheet {sheet}"
            faults.append(Fault(_TOTALS, column, described(shown), f"{added:.15g}, the units' sum"))
    if faults:
        raise InputError(faults)


# --- What its columns do not have --------------------------------------------


def _recovered_percentage(frame: pd.DataFrame, sheet: str) -> pd.Series:
    """The percentage that turns what a unit is short of 90 % into its Tier 2 gap."""
    # A sheet need not say its year. The ratio has been the same in all of them; by another one
    # the gaps would not come to percentages of four decimals, and be refused here.
    ratio = law(FIRST_YEAR).value("tier_2.target_ratio").item()
    short = ratio * frame["adequacy_target"] - frame["final_resources"] - frame["tier_1_funding"]
    gaps, has_gap = frame["tier_2_funding_gap"], frame["tier"].isin([TIER_1, TIER_2])
    found: pd.Series = (1 - gaps / short).round(CUT_4.decimals).clip(0, 1)
    follows = (short * (1 - found) - gaps).abs() <= _HALF_A_CENT
    column = f"{COLUMNS['tier_2_funding_gap']} of sheet {sheet}"
    percentage = "a Local Capacity Percentage from 0 to 1, of four decimals"
    faults = [
        Fault(frame["unit_id"][row], column, f"{gaps[row]:.15g}",
              f"{short[row]:.15g} x (1 - {percentage})", "18-8.15(g)(5)")
        for row in np.flatnonzero(has_gap & ~follows).tolist()
    ]  # fmt: skip
    if faults:
        raise InputError(faults)
    return found.where(has_gap) + 0.0  # no negative zeros


_MONEY_LABEL: Final = "Remaining Appropriation Available for Tier Funding"


def _appropriation(above: Sequence[Sequence[Any]], sheet: str) -> float:
    """The money for the tiers, from the cell below its label."""
    for number, row in enumerate(above[:-1]):
        for place, cell in enumerate(row):
            if isinstance(cell, str) and cell.strip() == _MONEY_LABEL:
                below = above[number + 1]
                money = below[place] if place < len(below) else ""
                if _is_number(money) and money >= 0:
                    return round(float(money), CUT_2.decimals) + 0.0
                where, allowed = f"below {_MONEY_LABEL!r}", "dollars, 0 or more"
                raise InputError([Fault(f"sheet {sheet}", where, described(money), allowed)])
    raise InputError(
        [Fault(f"sheet {sheet}", "above the table", "no such label", repr(_MONEY_LABEL))]
    )
