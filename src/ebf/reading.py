"""Files in: tables of units, and the sheet on which ISBE publishes the distribution."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from ebf.faults import Fault, InputError, nearest
from ebf.formula.b_adequacy_target import adequacy_target
from ebf.formula.b_cost_factors import TIER_1, TIER_2
from ebf.formula.f_percent_of_adequacy import final_percent_of_adequacy
from ebf.formula.g_distribution import tier_funding, total_state_contribution
from ebf.inputs import TEXT_COLUMNS
from ebf.line import CUT_4, Line
from ebf.parameters import law
from ebf.safe_text import unguarded

Result = TypeVar("Result")
Numbers: TypeAlias = npt.NDArray[np.float64]


def read_units(path: str | PathLike[str]) -> pd.DataFrame:
    """A table of units from a CSV (UTF-8) or Parquet file, ids as text.

    Parquet needs pyarrow (the extra ``parquet``).

    Raises:
        InputError: the file cannot be read, or has a column twice.
    """
    file = Path(path)
    match file.suffix.lower():
        case ".csv":
            return _reading(file, _read_csv)
        case ".parquet":
            return _reading(file, pd.read_parquet)
    found = f"a file ending in {file.suffix!r}"
    raise InputError([Fault(str(file), "file", found, "a .csv or .parquet file")])


def _reading(file: Path, read: Callable[[Path], Result]) -> Result:
    """What ``read`` makes of the file; an InputError where it fails."""
    try:
        return read(file)
    except (InputError, ImportError):
        raise
    except Exception as error:  # a broken file fails in its library's own ways
        found = f"{type(error).__name__}: {error}"
        raise InputError([Fault(str(file), "file", found, "a whole, readable file")]) from error


def _read_csv(file: Path) -> pd.DataFrame:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        header = next(csv.reader(lines), [])
    twice = [name for name in dict.fromkeys(header) if header.count(name) > 1]
    if twice:
        raise InputError(
            Fault(str(file), name, "the column twice", "every column once") for name in twice
        )
    texts = pd.read_csv(
        file, dtype=str, encoding="utf-8-sig", na_filter=False, index_col=False, low_memory=False
    )
    return pd.DataFrame({name: _typed(name, texts[name]) for name in texts.columns})


def _typed(name: str, texts: pd.Series) -> pd.Series:
    """Numbers where all cells are; read by Python, since pandas rounds some cents off."""
    if name in TEXT_COLUMNS:
        return texts.where(texts != "").map(unguarded, na_action="ignore")
    cells = texts.to_numpy(object)
    try:
        return pd.Series(np.where(cells == "", "nan", cells).astype(float))
    except ValueError:
        return texts  # the check of the table names the cells


# --- ISBE's Base Calc sheet ------------------------------------------------------

BASE_CALC_COLUMNS: Final = {
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

_KINDS: Final = {
    "unit": "unit",
    "elementary": "elementary",
    "high school": "high_school",
    "labs": "laboratory_school",
    "regional": "regional_program",
    "": "specially_funded",
}

_PROOFS: Final[tuple[Line, ...]] = (
    adequacy_target,
    final_percent_of_adequacy,
    tier_funding,
    total_state_contribution,
)
"""Lines that the sheet's own numbers must reproduce before any is used."""

_ADDED_UP: Final = (
    "average_student_enrollment",
    "adequacy_target",
    "final_resources",
    "tier_funding",
)
_PROVEN_TO: Final = {"dollars": 0.0051, "ratio": 1e-9}
_HEADER: Final = "District Name"
_TOTALS: Final = "TOTALS"
_MONEY_LABEL: Final = "Remaining Appropriation Available for Tier Funding"


def read_base_calc(path: str | PathLike[str], sheet: str | None = None) -> pd.DataFrame:
    """The units of ISBE's Base Calc sheet, ready for ebf.calculate.

    Columns are taken by their place in the sheet, and proven by the sheet's own
    sums before a number is used. The Local Capacity Percentage is not on the
    sheet: it is recovered from the Tier 2 gaps to its four decimals, and stays
    blank for units of Tier 3 and 4, which need none. ``new_state_funds`` is the
    appropriation above the table. Needs python-calamine (the extra ``excel``).

    Args:
        path: An .xlsx file with the sheet.
        sheet: The sheet's name; case, blanks, ``-`` and ``_`` do not matter.
            Left out, the sheet "Base Calc", or the only one.

    Raises:
        InputError: no such sheet, no table in it, or numbers that contradict
            each other: sheet, column letter, unit and both numbers are named.
    """
    file = Path(path)
    name, rows = _reading(file, lambda each: _sheet(each, sheet))
    header, totals = _table_rows(rows, name)
    units = [row for row in rows[header + 1 : totals] if _text(row, 0)]
    frame = _frame(units, name)
    _prove(frame, name)
    _prove_totals(frame, rows[totals], name)
    frame["local_capacity_percentage"] = _recovered_percentage(frame)
    frame["new_state_funds"] = _appropriation(rows[:header], name)
    return frame.drop(columns=_OUTCOME)


def _sheet(file: Path, wanted: str | None) -> tuple[str, list[list[Any]]]:
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - an extra

    workbook = CalamineWorkbook.from_path(str(file))
    names = workbook.sheet_names
    like = [each for each in names if _key(each) == _key(wanted or "Base Calc")]
    if wanted is None and not like and len(names) == 1:
        like = names
    if len(like) != 1:
        found = f"{len(like)} sheets like {wanted or 'Base Calc'!r}"
        fix = nearest(wanted or "", names)
        raise InputError([Fault(str(file), "sheet", found, f"one of {', '.join(names)}", fix=fix)])
    return like[0], workbook.get_sheet_by_name(like[0]).to_python(skip_empty_area=False)


def _key(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter not in " -_")


def _text(row: Sequence[Any], place: int) -> str:
    value = row[place] if place < len(row) else ""
    return str(value).strip()


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


def _frame(units: Sequence[Sequence[Any]], sheet: str) -> pd.DataFrame:
    faults: list[Fault] = []
    columns: dict[str, list[Any]] = {}
    for name, letters in BASE_CALC_COLUMNS.items():
        cells = [row[_place(letters)] if _place(letters) < len(row) else "" for row in units]
        if name in TEXT_COLUMNS:
            columns[name] = [str(cell).strip() for cell in cells]
            continue
        columns[name] = [0.0 if cell == "" else cell for cell in cells]  # specially funded
        faults += [
            Fault(_text(row, 0), f"{letters} of sheet {sheet}", repr(cell), f"a number: {name}")
            for row, cell in zip(units, columns[name], strict=True)
            if isinstance(cell, bool) or not isinstance(cell, (int, float))
        ]
    kinds = [kind.casefold() for kind in columns["organization_type"]]
    faults += [
        Fault(_text(row, 0), f"D of sheet {sheet}", repr(kind), f"one of {', '.join(_KINDS)}")
        for row, kind in zip(units, kinds, strict=True)
        if kind not in _KINDS
    ]
    if faults:
        raise InputError(faults)
    columns["organization_type"] = [_KINDS[kind] for kind in kinds]
    return pd.DataFrame(columns)


def _prove(frame: pd.DataFrame, sheet: str) -> None:
    """Refuse a sheet whose numbers do not follow from each other by the law."""
    faults: list[Fault] = []
    for line in _PROOFS:
        sources = [name.replace("base_funding_paid", "base_funding_minimum") for name in line.reads]
        by_hand = line.compute(*(frame[name].to_numpy().reshape(1, -1, 1) for name in sources))
        shown = frame[line.name].to_numpy()
        apart = np.abs(by_hand.ravel() - shown) > _PROVEN_TO[line.unit]
        for row in np.flatnonzero(apart).tolist():
            column = f"{BASE_CALC_COLUMNS[line.name]} of sheet {sheet}"
            found, allowed = f"{shown[row]:.15g}", f"{by_hand.ravel()[row]:.15g}: {line.title}"
            faults.append(Fault(frame["unit_id"][row], column, found, allowed, line.cite))
    if faults:
        raise InputError(faults)


def _prove_totals(frame: pd.DataFrame, totals: Sequence[Any], sheet: str) -> None:
    faults = []
    for name in _ADDED_UP:
        letters = BASE_CALC_COLUMNS[name]
        shown, added = totals[_place(letters)], float(frame[name].sum())
        if not isinstance(shown, (int, float)) or abs(shown - added) > _PROVEN_TO["dollars"]:
            column = f"{letters} of sheet {sheet}"
            faults.append(Fault(_TOTALS, column, repr(shown), f"{added:.15g}, the units' sum"))
    if faults:
        raise InputError(faults)


def _recovered_percentage(frame: pd.DataFrame) -> Numbers:
    """The percentage that turns what a unit is short of 90 % into its Tier 2 gap."""
    ratio = law(2018).value("tier_2.target_ratio").item()
    short = ratio * frame["adequacy_target"] - frame["final_resources"] - frame["tier_1_funding"]
    has_gap = frame["tier"].isin([TIER_1, TIER_2]).to_numpy()
    share = 1 - frame["tier_2_funding_gap"].to_numpy() / np.where(has_gap, short, 1.0)
    return np.where(has_gap, np.round(share, CUT_4.decimals), np.nan)


def _appropriation(above: Sequence[Sequence[Any]], sheet: str) -> float:
    """The money for the tiers, from the cell below its label."""
    for number, row in enumerate(above[:-1]):
        for place, cell in enumerate(row):
            if str(cell).strip() == _MONEY_LABEL:
                return round(float(above[number + 1][place]), 2)
    raise InputError(
        [Fault(f"sheet {sheet}", "above the table", "no such label", repr(_MONEY_LABEL))]
    )
