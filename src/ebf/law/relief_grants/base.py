"""The base: a grant is in the next Base Funding Minimum, and stays if the levy is abated again."""

from __future__ import annotations

from ebf.language.evidence import from_guide
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values, where


@line("2-3.170", Measure.DOLLARS, from_guide())
def relief_grant_in_next_base(relief_grant: Values, abated_first_year: Values) -> Values:
    """What of the grant is in the next fiscal year's base: all, where the levy was abated.

    >>> relief_grant_in_next_base(1_836_999, units(1, 0))
    [1836999, 0]
    """
    return where(abated_first_year, relief_grant, 0)


@line("2-3.170; P.A. 101-17", Measure.DOLLARS, from_guide(8), first_year=2020)
def relief_grant_in_later_bases(
    relief_grant_in_next_base: Values, abated_second_year: Values
) -> Values:
    """What of it stays in the bases after that: all, where the next levy was abated too.

    >>> relief_grant_in_later_bases(1_836_999, units(1, 0))
    [1836999, 0]
    """
    return where(abated_second_year, relief_grant_in_next_base, 0)


@line("2-3.170; P.A. 100-465", Measure.DOLLARS, from_guide(), name="relief_grant_in_later_bases",
      last_year=2019)  # fmt: skip
def relief_grant_of_2019_in_later_bases(relief_grant_in_next_base: Values) -> Values:
    """What of it stays in the bases after that: all; one levy had to be abated.

    >>> relief_grant_of_2019_in_later_bases(1000)
    1000
    """
    return relief_grant_in_next_base


LINES: tuple[Line, ...] = (
    relief_grant_in_next_base,
    relief_grant_of_2019_in_later_bases,
    relief_grant_in_later_bases,
)
