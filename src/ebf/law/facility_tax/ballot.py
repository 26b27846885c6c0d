"""The ballot: whether boards with enough pupils resolved to put the question."""

from __future__ import annotations

from ebf.language.evidence import law_as_read
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values, less, statewide_sum, where


@line("55 ILCS 5/5-1006.7", Measure.STUDENTS, law_as_read(4), statewide=True)
def pupils_of_boards_that_resolved(resolved: Values, resident_pupils_in_county: Values) -> Values:
    """Pupils in the county of the districts whose boards resolved to put the question.

    >>> pupils_of_boards_that_resolved(units(True, False, True), units(600, 300, 100))
    700.0
    """
    return statewide_sum(where(resolved, resident_pupils_in_county, 0.0))


@line("55 ILCS 5/5-1006.7", Measure.FLAG, law_as_read(4), statewide=True)
def facility_tax_on_ballot(
    pupils_of_boards_that_resolved: Values,
    facility_tax_ballot_share: Values,
    county_resident_pupils: Values,
) -> Values:
    """Whether the question goes on the ballot: boards with more than half of the pupils resolved.

    >>> facility_tax_on_ballot(501, 0.5, 1000), facility_tax_on_ballot(500, 0.5, 1000)
    (True, False)
    """
    return less(facility_tax_ballot_share * county_resident_pupils, pupils_of_boards_that_resolved)


LINES: tuple[Line, ...] = (pupils_of_boards_that_resolved, facility_tax_on_ballot)
