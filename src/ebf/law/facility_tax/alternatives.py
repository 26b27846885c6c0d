"""Other ways to read the law, as lines that stand in the place of those of their names.

Holds: facility_tax_kept_of_receipts, ALTERNATIVES.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ebf.language.evidence import law_as_read
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values


@line(
    "105 ILCS 5/3-14.31",
    Measure.DOLLARS,
    law_as_read(1),
    name="facility_tax_kept_by_regional_office",
    statewide=True,
)
def facility_tax_kept_of_receipts(
    facility_tax_receipts: Values, facility_tax_regional_share_kept: Values
) -> Values:
    """What the regional office of education keeps, by its share of all receipts.

    >>> facility_tax_kept_of_receipts(1_000_000, 0.01)
    10000.0
    """
    return facility_tax_receipts * facility_tax_regional_share_kept


ALTERNATIVES: Final[Mapping[tuple[int, str], tuple[Line, ...]]] = {
    (1, "both_of_receipts"): (facility_tax_kept_of_receipts,),
}
