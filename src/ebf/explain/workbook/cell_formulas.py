"""Formulas in the language of spreadsheets: each operation of the vocabulary as Excel has it.

Holds: ROW, TOLERANCE, Language, needs_array.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ebf.language.formula_text import BY_UNIT, OVER_UNITS
from ebf.language.symbols import Name, Operation, Term, parts_of
from ebf.language.vocabulary import DIFFERENCE_TOLERANCE

ROW: Final = "\N{SECTION SIGN}"
"""Stands in a formula for the number of its row, so that it is made once a column."""

TOLERANCE: Final = "float_tolerance"
"""The defined name of the vocabulary's RELATIVE_TOLERANCE."""

_ATOM: Final = 9
_BINDS: Final = {"+": 2, "-": 2, "*": 3, "/": 3}

_IN_A_CELL: Final[Mapping[str, str]] = {
    "where": "IF({0},{1},{2})",
    "and": "AND({0},{1})",
    "or": "OR({0},{1})",
    "not": "NOT({0})",
    "minimum": "MIN({0},{1})",
    "maximum": "MAX({0},{1})",
    "divide": "IF({1}=0,0,{0}/{1})",
    "less": f"({{0}}<{{1}}-{TOLERANCE}*ABS({{1}}))",
    "equal": "({0}={1})",
    "mean_of_reported": 'IF({0}="",{1},IF({1}="",{0},({0}+{1})/2))',
    "square_root": "SQRT({0})",
    "normal_cdf": "NORMSDIST({0})",
    # TRUNC of LibreOffice first rounds to twelve digits; QUOTIENT does not
    "truncate": f"QUOTIENT({{0}}*(1+{TOLERANCE})*10^{{1}},1)/10^{{1}}",
    "truncate_difference": (
        f"QUOTIENT({{0}}*(1+{TOLERANCE})*10^{{1}}+SIGN({{0}})*{DIFFERENCE_TOLERANCE:g},1)/10^{{1}}"
    ),
    "round_half_up": "ROUND({0},{1})",
}
_IN_AN_ARRAY: Final[Mapping[str, str]] = {
    **_IN_A_CELL,
    # AND, OR, MIN and MAX would take the whole array in at once
    "and": "({0}*{1})",
    "or": "(({0}+{1})>0)",
    "not": "(1-{0})",
    "minimum": "IF({0}<{1},{0},{1})",
    "maximum": "IF({0}>{1},{0},{1})",
}


@dataclass(frozen=True)
class Language:
    """How names stand in the formulas of a workbook.

    ``cell`` is the name's cell in the same row, or its one cell of the workbook;
    ``column`` all its cells, one a unit; ``least_prefix_ratio`` the formula for
    that of a term; ``rows`` are some cells, one a unit.
    """

    cell: Callable[[Name], str]
    column: Callable[[Name], str]
    least_prefix_ratio: Callable[[Operation], str]
    rows: str

    def formula(self, term: Term) -> str:
        """The formula of a cell, without its equals sign; ROW where its row's number goes."""
        return self._text(term, is_array=False)[0]

    def _text(self, term: Term, *, is_array: bool) -> tuple[str, int]:
        """The text, and how tightly it binds."""
        if isinstance(term, Name):
            return (self.column if is_array else self.cell)(term), _ATOM
        if not isinstance(term, Operation):
            return f'"{term}"' if isinstance(term, str) else f"{term:g}", _ATOM
        if term.operator in OVER_UNITS:
            return self._over_units(term), _ATOM
        operands = [self._text(each, is_array=is_array) for each in term.operands]
        if binds := _BINDS.get(term.operator):
            (left, left_binds), (right, right_binds) = operands
            left = left if left_binds >= binds else f"({left})"
            right = right if right_binds > binds else f"({right})"
            return f"{left}{term.operator}{right}", binds
        if term.operator == "band_total":
            texts = [text for text, _ in operands]
            return f"({'+'.join(texts)})" if is_array else f"SUM({','.join(texts)})", _ATOM
        closed = (text if binds == _ATOM else f"({text})" for text, binds in operands)
        return (_IN_AN_ARRAY if is_array else _IN_A_CELL)[term.operator].format(*closed), _ATOM

    def _over_units(self, term: Operation) -> str:
        if term.operator == "least_prefix_ratio":
            return self.least_prefix_ratio(term)
        values = self._text(term.operands[0], is_array=True)[0]
        if term.operator == "regional_sum":
            all_regions = self._text(term.operands[1], is_array=True)[0]
            own_region = self._text(term.operands[1], is_array=False)[0]
            return f"SUM(IF({all_regions}={own_region},{values},0))"
        if term.operator == "sum_before":
            return f"SUM(IF({self._stands_before(term.operands[1:])},{values},0))"
        if term.operator == "sum_of_ramps":
            tops, width = (f"({self._text(each, is_array=True)[0]})" for each in term.operands[1:3])
            below = f"({tops}-({self._text(term.operands[3], is_array=False)[0]}))"
            risen = f"IF({below}<0,0,IF({below}>{width},1,{below}/{width}))"
            return f"SUM(({values})*{risen})"
        return f"{'MAX' if term.operator == 'statewide_maximum' else 'SUM'}({values})"

    def _stands_before(self, keys: Sequence[Term]) -> str:
        """Whether the unit of a row of whole columns stands before this one."""
        if not keys:
            return f"ROW({self.rows})<{ROW}"
        every = self._text(keys[0], is_array=True)[0]
        own = self._text(keys[0], is_array=False)[0]
        return f"(({every})<({own}))+(({every})=({own}))*({self._stands_before(keys[1:])})"


def needs_array(term: Term) -> bool:
    """Whether a formula computes with whole columns, and so must be an array formula."""
    return any(
        isinstance(part, Operation)
        and (
            part.operator in BY_UNIT
            or (part.operator.startswith("statewide") and not isinstance(part.operands[0], Name))
        )
        for part in parts_of(term)
    )
