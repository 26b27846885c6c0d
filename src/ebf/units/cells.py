"""Cells of files: numbers as spreadsheets show them, and what to do about cells that are none.

Holds: ERRORS, UnsolvedFormula, numbers_shown, dollars_of, remedy, is_unicode.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from ebf.language.measure import Measure
from ebf.law.names import entries
from ebf.numbers import NUMBER, Numbers

ERRORS: Final = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"}
)
"""What a cell reads where a formula failed."""


@dataclass(frozen=True)
class UnsolvedFormula:
    """A cell whose formula was saved without its result."""

    cell: str
    formula: str

    def __repr__(self) -> str:
        """What it is, in words."""
        return f"a formula without a stored result in {self.cell}, {self.formula[:60]}"

    def __str__(self) -> str:
        """As a cell it is not blank."""
        return repr(self)


_GROUPED: Final = re.compile(r"\s*[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?\s*", re.ASCII)
_UNGROUPED: Final = re.compile(r"\s*[+-]?[0-9]{0,3}(\.[0-9]*)?\s*", re.ASCII)
"""A number of less than a thousand, or a blank."""
_SEVERAL: Final = 2
_PLAIN: Final = re.compile(NUMBER)


def numbers_shown(cells: Sequence[Any]) -> list[Any] | None:
    """A column of numbers as text, the commas between thousands taken out; or None.

    Only where a whole column of several is so, every thousand with its comma.

    >>> numbers_shown([" 1,200.50 ", "7", ""])
    [' 1200.50 ', '7', '']
    >>> numbers_shown(["1,200", "1300"]), numbers_shown(["1,5", "7"])
    (None, None)
    """
    filled = [cell for cell in cells if not isinstance(cell, str) or cell.strip()]
    if len(filled) < _SEVERAL or not all(isinstance(cell, str) for cell in filled):
        return None
    if all(_GROUPED.fullmatch(cell) or _UNGROUPED.fullmatch(cell) for cell in cells):
        return [cell.replace(",", "") for cell in cells]
    return None


_NOISE: Final = 4 * float(np.finfo(float).eps)


def dollars_of(name: str, numbers: Sequence[float]) -> Numbers:
    """A column of a spreadsheet: dollars that sums left a float's breadth from a cent are it.

    >>> dollars_of("final_resources", [0.1 + 0.2, 0.305]).tolist()
    [0.3, 0.305]
    """
    found = np.array(numbers, dtype=float) + 0.0  # no negative zeros
    if name not in entries() or entries()[name].about.measure is not Measure.DOLLARS:
        return found
    cents = np.round(found, 2)
    return np.where(np.abs(found - cents) <= _NOISE * np.abs(found), cents, found)


_REMEDIES: Final = (
    (re.compile(r"#\w.*[!?A]|#N/A"), "a formula failed there: mend it, or leave the cell blank"),
    (
        re.compile(r"\s*[(-]?\s*\$?\s*[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?\)?\s*"),
        "a number as text: write it without commas, or in a file of several rows all with them",
    ),
    (re.compile(r"\s*-?[0-9][0-9.,]*\s*%\s*"), "a percent: write 5 % as 0.05"),
    (re.compile(r"\s*\$\s*-?[0-9].*|\s*-?[0-9].*\$\s*"), "write it without the dollar sign"),
    (re.compile(r"\s*\(\s*\$?[0-9].*\)\s*"), "a number below 0 is written -5"),
    (re.compile(r"(?i)\s*(-+|\.|n/?a|n\.a\.|none|null|nan|\*+|tbd|\s*-\s*)\s*"), "leave it blank"),
    (re.compile(r"\s*[0-9]+,[0-9]{1,2}\s*"), "decimals are behind a point: 1.5"),
)


def remedy(cell: object) -> str:
    """What to do about a cell that is no number, where that is known.

    >>> remedy("5%")
    'a percent: write 5 % as 0.05'
    """
    if isinstance(cell, UnsolvedFormula):
        return "open and save the workbook in Excel or LibreOffice, which stores it"
    if not isinstance(cell, str):
        return ""
    if _PLAIN.fullmatch(cell):
        return "a number as text: make the whole column one or the other"
    return next((said for form, said in _REMEDIES if form.fullmatch(cell)), "")


def is_unicode(text: str) -> bool:
    """Whether files can hold it: a lone half of a pair of code units is no character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
