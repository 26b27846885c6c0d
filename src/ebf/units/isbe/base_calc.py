"""The State Board's workbook: its Base Calc sheet, on which it publishes the distribution.

Holds: COLUMNS, BaseCalc, read_base_calc, is_base_calc, base_calc_of, HEADER, TOTALS, table_rows,
BESIDE, AsPublished, base_calc_as_published, number_or_blank, fiscal_year_of, HALF_A_CENT.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from os import PathLike
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from ebf.faults import (
    Fault,
    InputError,
    Place,
    contradiction,
    described,
    malformed,
    missing,
    out_of_range,
    wrong_type,
)
from ebf.files import format_of, readable, refusing_broken
from ebf.language.line import Line
from ebf.language.rounding import CUT_2, CUT_4
from ebf.law.funding.b_adequacy_target import adequacy_target
from ebf.law.funding.f_percent_of_adequacy import final_percent_of_adequacy, final_resources
from ebf.law.funding.g_distribution import tier_funding, total_state_contribution
from ebf.law.funding.tiers import TIER_1, TIER_2
from ebf.law.inputs import TEXT_COLUMNS
from ebf.law.parameters import law
from ebf.law.years import FIRST_YEAR
from ebf.numbers import number_of
from ebf.units.cells import ERRORS, dollars_of, numbers_shown, remedy
from ebf.units.csv_rows import rows_of_csv
from ebf.units.ids import ID, id_fault, id_in
from ebf.units.isbe.headings import (
    HEADINGS,
    KINDS_OF_UNIT,
    OUTCOMES,
    column_under,
    heading_key,
    kind_of_unit,
)
from ebf.units.marks import Mark, mark
from ebf.units.sheets import is_number, letters_of, place_of, rows_of_sheet, text_at

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

_PERCENTAGE, _TAX = "local_capacity_percentage", "corporate_personal_property_replacement_tax"
"""What is not on the sheet, but follows from what is."""

_MAY_LACK: Final = {"representative_number": "AU", "senator_number": "AV"}
"""Columns that are kept where the sheet has them."""

_ALL: Final = {**COLUMNS, **_MAY_LACK}
_OUTCOME: Final = [*OUTCOMES]


class BaseCalc(NamedTuple):
    """What a Base Calc sheet has: units, fiscal year, New State Funds in dollars, its name.

    ``released`` is when it was prepared, as it says it: "August 2021", "April 2018 - Updated".
    """

    units: pd.DataFrame
    fiscal_year: int | None
    new_state_funds: float | None
    sheet: str | None
    released: str | None = None


def read_base_calc(
    path: str | PathLike[str] | bytes | IO[bytes], sheet: str | None = None
) -> BaseCalc:
    """The units of ISBE's Base Calc sheet, ready for ebf.calculate, with its year and money.

    Columns are taken by their place in the sheet, and proven by the sheet's own
    sums before a number is used. Two columns are not on the sheet, are recovered from
    what is, and marked so: the Local Capacity Percentage from the Tier 2 gaps to its
    four decimals, blank for units of Tier 3 and 4, which need none; the replacement
    tax as what Final Resources have beside their other parts. The fiscal year is that of the
    title, None where it says none; New State Funds are the appropriation above the
    table. Needs openpyxl (the extra ``excel``), but for a sheet saved as CSV.

    Args:
        path: An .xlsx file with the sheet, or the sheet as .csv.
        sheet: The sheet's name; case, blanks, ``-`` and ``_`` do not matter.
            Left out, the sheet "Base Calc", or the only one.

    Raises:
        InputError: no such sheet, no table in it, or numbers that contradict
            each other: sheet, column letter, unit and both numbers are named.
    """
    allowed = "an .xlsx or .csv file"
    file = readable(path, allowed)
    with refusing_broken(file):
        if format_of(file, allowed) == ".csv":
            rows, _ = rows_of_csv(file)
            return base_calc_of(rows, Path(file.name).stem)
        name, cells = rows_of_sheet(file, sheet)
    return base_calc_of(cells, name)


def is_base_calc(rows: Sequence[Sequence[Any]]) -> bool:
    """Whether rows are those of a Base Calc sheet: a header somewhere, and totals below it."""
    second = [text_at(row, 1) for row in rows]
    return HEADER in second and TOTALS in second


def base_calc_of(rows: Sequence[Sequence[Any]], name: str) -> BaseCalc:
    """What the rows of a Base Calc sheet have, as :func:`read_base_calc` gives it."""
    header, totals = table_rows(rows, name)
    _check_headings(rows[header], name)
    of_units = _rows_of_units(rows, header, totals, name)
    frame, shown_to = _frame([*of_units.values()], name)
    _prove(frame, shown_to, name)
    _prove_totals(frame, rows[totals], name)
    frame[_PERCENTAGE] = _recovered_percentage(frame, name)
    frame[_TAX] = _recovered_tax(frame, max(shown_to[each] for each in _RESOURCES), name)
    money = _appropriation(rows[:header], name)
    read = frame.drop(columns=_OUTCOME)
    _mark_recovered(read)
    above = rows[:header]
    return BaseCalc(read, fiscal_year_of(above), money, name, _released(above))


# --- The sheet ---------------------------------------------------------------


HEADER: Final = "District Name"
TOTALS: Final = "TOTALS"
_YEAR: Final = re.compile(r"(?i)fiscal year (\d{4})")
_PREPARED: Final = re.compile(r"(?i)prepared by .*, *([^,]+)")


def table_rows(
    rows: Sequence[Sequence[Any]],
    sheet: str,
    words: tuple[str, str] = (HEADER, TOTALS),
    allowed: str = "ISBE's Base Calc sheet",
    fix: str = "or a table of units, with the names of columns in its first row",
) -> tuple[int, int]:
    """The rows of the header and of the totals, by what column B reads.

    Raises InputError where one is not there.
    """
    second = [text_at(row, 1) for row in rows]
    if lost := [word for word in words if word not in second]:
        place = Place(sheet=sheet, column="B")
        raise InputError(
            missing(place, f"no row reading {word!r}", allowed, fix=fix) for word in lost
        )
    header, totals = map(second.index, words)
    return header, totals


def _check_headings(header: Sequence[Any], sheet: str) -> None:
    """Refuse a sheet in which a known heading stands over another column than ISBE's."""
    by_heading = {column: heading for heading, column in [*HEADINGS.items()][::-1]}
    for name, letters in _ALL.items():
        heading = text_at(header, place_of(letters))
        key = heading_key(heading)
        known = HEADINGS.get(key) or column_under(heading)
        if known not in {None, name}:
            place = Place(at=f"{letters} of sheet {sheet}", sheet=sheet, column=letters)
            allowed = f"{by_heading[name]!r}, as ISBE lays the sheet out"
            fix = "a column was inserted or taken out before it: lay the sheet out as it was"
            raise InputError([malformed(place, repr(heading), allowed, fix=fix)])


BESIDE: Final = {
    "investments": "L",
    "adequacy_target_per_student": "O",
    "adequacy_funding_gap": "V",
    "final_adequacy_level": "W",
    "in_tier_1": "Y",
    "tier_1_funding_gap": "AA",
    "tier_2_funding_step_1": "AD",
    "tier_2_funding_step_2": "AE",
    "tier_1_per_student": "AG",
    "original_tier_2_per_student": "AH",
    "final_tier_2_per_student": "AI",
    "tier_3_per_student": "AJ",
    "tier_4_per_student": "AK",
    "tier_funding_per_pupil": "AO",
    "prior_year_adjustments": "AR",
    "net_state_contribution": "AS",
}
"""What else the sheet has of a unit: lines that follow from others, and what is no line."""


_TIERS: Final = range(1, 5)
_FIGURES: Final = {
    **{f"units_in_tier_{n}": ("District Tier Counts", 1, n - 1) for n in _TIERS},
    **{f"tier_{n}_allocation": ("New Appropriation Allocation", 2, n - 1) for n in _TIERS},
    "tier_1_target_ratio": ("Target Ratios", 2, 0),
    "greatest_tier_3_funding_per_student": ("T3", 1, 0),
    **{f"tier_{n}_allocation_rate": ("Funding Allocation Rates", 2, n - 1) for n in _TIERS},
    "tier_2_scaling_factor": ("Tier 2 Step 1 Orig / Revised Step 2 Funding %", 0, 3),
}
"""Figures of the whole state: the label they stand by, and how far below and right of it."""


class AsPublished(NamedTuple):
    """A Base Calc sheet as it stands, nothing proven: its outcomes, and what is beside them.

    ``rows`` are the units' as Excel counts them; ``figures`` those of the whole state, with
    their cells; ``totals`` the sheet's own sums of its columns.
    """

    sheet: BaseCalc
    beside: pd.DataFrame
    rows: Mapping[str, int]
    figures: Mapping[str, tuple[float, str]]
    totals: Mapping[str, float]


def base_calc_as_published(rows: Sequence[Sequence[Any]], name: str) -> AsPublished:
    """What the rows of a Base Calc sheet have, outcomes and all, for their reconciliation.

    A percentage or tax that does not follow from the sheet is the nearest that could.
    """
    header, totals = table_rows(rows, name)
    _check_headings(rows[header], name)
    of_units = _rows_of_units(rows, header, totals, name)
    frame, _ = _frame([*of_units.values()], name)
    frame[_PERCENTAGE], _ = _nearest_percentage(frame)
    frame[_TAX], _ = _nearest_tax(frame)
    _mark_recovered(frame)
    beside = {
        column: [_number_at(row, place_of(at)) for row in of_units.values()]
        for column, at in BESIDE.items()
    }
    above = rows[:header]
    money, released = _appropriation(above, name), _released(above)
    published = BaseCalc(frame, fiscal_year_of(above), money, name, released)
    numbers = {**dict(zip(frame[ID], of_units, strict=True)), TOTALS: totals + 1}
    sums = {
        column: total
        for column, at in {**COLUMNS, **BESIDE}.items()
        if not np.isnan(total := _number_at(rows[totals], place_of(at)))
    }
    by_unit = pd.DataFrame(beside, index=pd.Index(frame[ID]))
    return AsPublished(published, by_unit, numbers, _figures(rows), sums)


def _figures(rows: Sequence[Sequence[Any]]) -> dict[str, tuple[float, str]]:
    """The figures of the whole state that stand where their labels say, with their cells."""
    labels = {
        cell.strip(): (number, place)
        for number, row in enumerate(rows)
        for place, cell in enumerate(row)
        if isinstance(cell, str)
    }
    found = {}
    for name, (label, down, right) in _FIGURES.items():
        if label not in labels:
            continue
        number, place = labels[label][0] + down, labels[label][1] + right
        figure = _number_at(rows[number] if number < len(rows) else (), place)
        if not np.isnan(figure):
            found[name] = figure, f"{letters_of(place)}{number + 1}"
    return found


def number_or_blank(cell: Any) -> float:
    """The number of a cell, also where it is text; a blank where there is none."""
    number = number_of(cell) if isinstance(cell, str) and cell.strip() else cell
    return float(number) if is_number(number) else np.nan


def _number_at(row: Sequence[Any], place: int) -> float:
    return number_or_blank(row[place]) if place < len(row) else np.nan


def _rows_of_units(
    rows: Sequence[Sequence[Any]], header: int, totals: int, name: str
) -> dict[int, Sequence[Any]]:
    """The rows that have something of a unit, by their number as Excel counts."""
    places = [*map(place_of, COLUMNS.values())]
    units = {
        number: row
        for number, row in enumerate(rows[header + 1 : totals], start=header + 2)
        if any(text_at(row, at) for at in places)
    }
    if not units:
        raise InputError([missing(Place(sheet=name, column="A"), "no units", "a row a unit")])
    return units


def _mark_recovered(frame: pd.DataFrame) -> None:
    for column in (_PERCENTAGE, _TAX):
        mark(frame, Mark.RECOVERED, column, frame[column].notna())


def _place(sheet: str, letters: str, unit: str) -> Place:
    """The place of a unit's cell in a column of the sheet."""
    return Place(at=f"{letters} of sheet {sheet}", unit=unit, sheet=sheet, column=letters)


def fiscal_year_of(above: Sequence[Sequence[Any]]) -> int | None:
    """The fiscal year of the title; None where none or several are said."""
    said = {found for row in above for cell in row for found in _YEAR.findall(str(cell))}
    return int(said.pop()) if len(said) == 1 else None


def _released(above: Sequence[Sequence[Any]]) -> str | None:
    """What follows who prepared the sheet; None where that is not said once."""
    cells = (cell.strip() for row in above for cell in row if isinstance(cell, str))
    said = {found[1] for cell in cells if (found := _PREPARED.fullmatch(cell))}
    return said.pop() if len(said) == 1 else None


# --- Its units ---------------------------------------------------------------

_NO_KIND: Final = "specially_funded"


def _frame(units: Sequence[Sequence[Any]], sheet: str) -> tuple[pd.DataFrame, dict[str, float]]:
    """The units, and how far off the numbers of a column can be that are shown rounded."""
    faults: list[Fault] = []
    columns: dict[str, Any] = {}
    shown_to: dict[str, float] = {}
    at_kind = place_of(COLUMNS["organization_type"])
    kinds = [text_at(row, at_kind) for row in units]
    ids = [id_in(row[0]) or text_at(row, 0) for row in units]
    for name, letters in _columns_of(units).items():
        at = place_of(letters)
        cells = [row[at] if at < len(row) else "" for row in units]
        columns[name] = cells
        place = partial(_place, sheet, letters)
        if name == "unit_id":
            columns[name] = [id_in(cell) or cell for cell in cells]
            where = Place(f"{letters} of sheet {sheet}", sheet=sheet, column="unit_id")
            faults += filter(None, (id_fault(where, cell) for cell in columns[name]))
        elif name in TEXT_COLUMNS:
            faults += [
                wrong_type(place(unit), described(cell), f"text: {name}", fix=remedy(cell))
                for unit, cell in zip(ids, cells, strict=True)
                if not isinstance(cell, str) or cell in ERRORS
            ]
        else:
            columns[name], shown_to[name] = _numbers(cells)
            if name in COLUMNS:  # a blank of the specially funded, who have no kind, is 0
                columns[name] = [
                    0.0 if cell == "" and not kind else cell
                    for cell, kind in zip(columns[name], kinds, strict=True)
                ]
            faults += [
                wrong_type(
                    place(unit),
                    described(cell) if cell != "" else "blank",
                    f"a number: {name}",
                    fix=remedy(cell),
                )
                for unit, cell in zip(ids, columns[name], strict=True)
                if not is_number(cell) and not (cell == "" and name in _MAY_LACK)
            ]
    ours = [kind_of_unit(kind) if kind else _NO_KIND for kind in kinds]
    faults += _kind_faults(sheet, ids, kinds)
    if faults:
        raise InputError(faults)
    for name in TEXT_COLUMNS & columns.keys():
        columns[name] = [cell.strip() for cell in columns[name]]
    columns["organization_type"] = ours
    for name in columns.keys() - {*TEXT_COLUMNS}:
        numbers = [np.nan if cell == "" else float(cell) for cell in columns[name]]
        columns[name] = dollars_of(name, numbers)
    return _with_districts(pd.DataFrame(columns)), shown_to


def _with_districts(frame: pd.DataFrame) -> pd.DataFrame:
    """The numbers of legislative districts as whole ones."""
    named = [name for name in _MAY_LACK if name in frame.columns]
    whole = [name for name in named if (frame[name].dropna() % 1 == 0).all()]
    return frame.astype(dict.fromkeys(whole, "Int64"))


def _columns_of(units: Sequence[Sequence[Any]]) -> dict[str, str]:
    """The columns and their letters, of those kept the ones that the sheet has."""
    kept = _MAY_LACK.items()
    return COLUMNS | {n: at for n, at in kept if any(text_at(row, place_of(at)) for row in units)}


def _kind_faults(sheet: str, ids: Sequence[str], kinds: Sequence[str]) -> list[Fault]:
    place = partial(_place, sheet, COLUMNS["organization_type"])
    allowed = f"one of {', '.join(KINDS_OF_UNIT)}, or blank"
    return [
        out_of_range(place(unit), repr(kind), allowed)
        for unit, kind in zip(ids, kinds, strict=True)
        if kind and kind_of_unit(kind) is None
    ]


_LEAST_SHOWN: Final = 2
"""Decimals that a column has throughout where a spreadsheet rounds what it shows."""
_DECIMALS: Final = re.compile(r"[^.]*\.([0-9]*)\s*")


def _numbers(cells: Sequence[Any]) -> tuple[list[Any], float]:
    """A column of numbers; where the whole is text, as shown, read, and half of its last place."""
    filled = [cell for cell in cells if cell != ""]
    if not filled or not all(isinstance(cell, str) for cell in filled):
        return [*cells], 0.0
    texts = numbers_shown(cells) or cells
    numbers = [number_of(text) if text.strip() else "" for text in texts]
    if None in numbers:
        return [*cells], 0.0
    decimals = {len(found[1]) if (found := _DECIMALS.fullmatch(each)) else 0 for each in filled}
    is_rounded = len(decimals) == 1 and min(decimals) >= _LEAST_SHOWN
    return numbers, 0.5 * 10.0 ** -decimals.pop() if is_rounded else 0.0


# --- Its proofs --------------------------------------------------------------

HALF_A_CENT: Final = 0.0051
_NOISE: Final = 1e-4
"""What floats of a billion dollars make of a whole cent."""
_EXACT: Final = 1e-9
_PROOFS: Final[tuple[tuple[Line, float], ...]] = (
    (adequacy_target, HALF_A_CENT),
    (final_percent_of_adequacy, _EXACT),
    (tier_funding, 0.01 + HALF_A_CENT),  # ISBE's own sheets are a cent off twice in five years
    (total_state_contribution, HALF_A_CENT),
)
"""Lines that the sheet's own numbers must reproduce before any is used, and how nearly."""

_ADDED_UP: Final = (
    "average_student_enrollment",
    "adequacy_target",
    "final_resources",
    "tier_funding",
)


def _prove(frame: pd.DataFrame, shown_to: Mapping[str, float], sheet: str) -> None:
    """Refuse a sheet whose numbers do not follow from each other by the law."""
    faults: list[Fault] = []
    # The sheet has one column of base funding: no year had a shortfall, (g)(10), that cut it.
    given = frame.assign(base_funding_paid=frame["base_funding_minimum"])
    for line, nearly in _PROOFS:
        with np.errstate(all="ignore"):
            columns = (given[name].to_numpy().reshape(1, -1, 1) for name in line.reads)
            by_hand = line.compute(*columns).ravel()
        shown = frame[line.name].to_numpy()
        apart = ~(np.abs(by_hand - shown) <= max(nearly, shown_to[line.name] + _EXACT))
        for row in np.flatnonzero(apart).tolist():
            place = _place(sheet, COLUMNS[line.name], frame["unit_id"][row])
            found, allowed = f"{shown[row]:.15g}", f"{by_hand[row]:.15g}: {line.title}"
            faults.append(contradiction(place, found, allowed, line.cite))
    if faults:
        raise InputError(faults)


def _one_number(cell: Any) -> Any:
    """A number by itself; from text, where it is shown so."""
    (number, _), _ = _numbers([cell, cell])  # a column of several may have commas
    return number


def _prove_totals(frame: pd.DataFrame, totals: Sequence[Any], sheet: str) -> None:
    faults = []
    for name in _ADDED_UP:
        letters = COLUMNS[name]
        shown = _one_number(totals[place_of(letters)] if place_of(letters) < len(totals) else "")
        added = float(frame[name].sum())
        if not is_number(shown) or not abs(shown - added) <= HALF_A_CENT:
            place = Place(TOTALS, f"{letters} of sheet {sheet}", sheet=sheet, column=letters)
            faults.append(
                contradiction(
                    place,
                    described(shown),
                    f"{added:.15g}, the units' sum",
                )
            )
    if faults:
        raise InputError(faults)


# --- What its columns do not have --------------------------------------------


def _nearest_percentage(frame: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The percentage that turns what a unit is short of 90 % into its Tier 2 gap; what it comes to.

    Blank for units without such a gap.
    """
    # A sheet need not say its year. The ratio has been the same in all of them; by another one
    # the gaps would not come to percentages of four decimals, and be refused here.
    ratio = law(FIRST_YEAR).value("tier_2.target_ratio").item()
    short = ratio * frame["adequacy_target"] - frame["final_resources"] - frame["tier_1_funding"]
    gaps = frame["tier_2_funding_gap"]
    has_gap = frame["tier"].isin([TIER_1, TIER_2]) | (gaps != 0)
    found: pd.Series = (1 - gaps / short).round(CUT_4.decimals).clip(0, 1)
    return found.where(has_gap) + 0.0, short  # no negative zeros


def _recovered_percentage(frame: pd.DataFrame, sheet: str) -> pd.Series:
    """The nearest percentage, from which the gap must follow to the cent."""
    found, short = _nearest_percentage(frame)
    gaps = frame["tier_2_funding_gap"]
    wrong = (short * (1 - found) - gaps).abs() > HALF_A_CENT
    place = partial(_place, sheet, COLUMNS["tier_2_funding_gap"])
    percentage = "a Local Capacity Percentage from 0 to 1, of four decimals"
    faults = [
        contradiction(
            place(frame["unit_id"][row]),
            f"{gaps[row]:.15g}",
            f"{short[row]:.15g} x (1 - {percentage})",
            "18-8.15(g)(1)",
        )
        for row in np.flatnonzero(wrong).tolist()
    ]
    if faults:
        raise InputError(faults)
    return found


_RESOURCES: Final = (
    "final_resources",
    "adjusted_local_capacity_target",
    "adjusted_base_funding_minimum",
)


def _nearest_tax(frame: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """What Final Resources have beside their two other parts, in whole cents, 0 or more; as is."""
    whole, *parts = (frame[name] for name in _RESOURCES)
    left = whole - sum(parts)
    return left.round(CUT_2.decimals).clip(lower=0) + 0.0, left  # no negative zeros


def _recovered_tax(frame: pd.DataFrame, shown_to: float, sheet: str) -> pd.Series:
    """The nearest tax, with which the resources must follow."""
    whole, *parts = (frame[name] for name in _RESOURCES)
    tax, left = _nearest_tax(frame)
    apart = (left - tax).abs() > max(_NOISE, len(_RESOURCES) * shown_to)
    place = partial(_place, sheet, COLUMNS["final_resources"])
    allowed = "the two parts on the sheet and a replacement tax in whole cents, 0 or more"
    faults = [
        contradiction(
            place(frame[ID][row]),
            f"{whole[row]:.15g}",
            f"{sum(part[row] for part in parts):.15g} and more: {allowed}",
            final_resources.cite,
        )
        for row in np.flatnonzero(apart).tolist()
    ]
    if faults:
        raise InputError(faults)
    return tax


_MONEY_LABEL: Final = "Remaining Appropriation Available for Tier Funding"


def _appropriation(above: Sequence[Sequence[Any]], sheet: str) -> float:
    """The money for the tiers, from the cell below its label."""
    for number, row in enumerate(above[:-1]):
        for place, cell in enumerate(row):
            if isinstance(cell, str) and cell.strip() == _MONEY_LABEL:
                below = above[number + 1]
                money = _one_number(below[place] if place < len(below) else "")
                if is_number(money) and money >= 0:
                    return round(float(money), CUT_2.decimals) + 0.0
                where, allowed = f"below {_MONEY_LABEL!r}", "dollars, 0 or more"
                raise InputError(
                    [wrong_type(Place(at=where, sheet=sheet), described(money), allowed)]
                )
    raise InputError(
        [
            missing(
                Place(at="above the table", sheet=sheet),
                "no such label",
                repr(_MONEY_LABEL),
            )
        ]
    )
