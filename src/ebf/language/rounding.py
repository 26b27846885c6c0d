"""How the state rounds a line, and the source that says so.

Holds: Rounding, CUT_0, CUT_2, CUT_2_OF_DIFFERENCE, CUT_4, CUT_5, NEAREST_CENT, WHOLE_CENTS.
"""

from __future__ import annotations

from dataclasses import dataclass

from ebf.language.vocabulary import Values, round_half_up, truncate, truncate_difference


@dataclass(frozen=True)
class Rounding:
    """How the state rounds a line, and the source that says so.

    ``of_difference`` where the line is a difference of larger amounts, whose
    noise in floats must not cost it a cent.
    """

    decimals: int
    cut: bool = True
    cite: str = "ISBE's workbook: TRUNC"
    of_difference: bool = False

    def __call__(self, values: Values) -> Values:
        """The rounded values."""
        if not self.cut:
            return round_half_up(values, self.decimals)
        return (truncate_difference if self.of_difference else truncate)(values, self.decimals)

    def __str__(self) -> str:
        """In words."""
        return f"{'cut' if self.cut else 'rounded'} to {self.decimals} decimals"


CUT_0 = Rounding(0)
CUT_2 = Rounding(2)
CUT_2_OF_DIFFERENCE = Rounding(2, of_difference=True)
CUT_4 = Rounding(4)
CUT_5 = Rounding(5)
NEAREST_CENT = Rounding(2, cut=False, cite="ISBE's Base Calc sheet, New Appropriation Allocation")
WHOLE_CENTS = Rounding(2, cut=False, cite="a sum of whole cents")
