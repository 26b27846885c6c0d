"""The distribution: by resident pupils, in cents that add up."""

from __future__ import annotations

from ebf.language.evidence import law_as_read
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.rounding import WHOLE_CENTS
from ebf.language.vocabulary import (
    Values,
    divide,
    less,
    statewide_sum,
    sum_before,
    truncate,
    where,
)

_CITE = "105 ILCS 5/3-14.31"


@line(_CITE, Measure.STUDENTS, law_as_read(2), statewide=True)
def county_resident_pupils(resident_pupils_in_county: Values) -> Values:
    """Pupils of all districts who live in the county.

    >>> county_resident_pupils(units(600, 300, 100))
    1000
    """
    return statewide_sum(resident_pupils_in_county)


@line(_CITE, Measure.COUNT, law_as_read(2, 3))
def facility_tax_whole_cents(
    facility_tax_cents: Values, resident_pupils_in_county: Values, county_resident_pupils: Values
) -> Values:
    """The district's share by its pupils, in cents, cut.

    >>> facility_tax_whole_cents(100, units(1, 2), 3)
    [33.0, 66.0]
    """
    return truncate(facility_tax_cents * resident_pupils_in_county / county_resident_pupils, 0)


@line(_CITE, Measure.COUNT, law_as_read(3))
def facility_tax_remainder(
    facility_tax_cents: Values,
    resident_pupils_in_county: Values,
    facility_tax_whole_cents: Values,
    county_resident_pupils: Values,
) -> Values:
    """What cutting took off the share: cents times the county's pupils, a whole number.

    >>> facility_tax_remainder(100, units(1, 2), units(33, 66), 3)
    [1, 2]
    """
    whole = facility_tax_whole_cents * county_resident_pupils
    cut_off: Values = facility_tax_cents * resident_pupils_in_county - whole
    return cut_off


@line(_CITE, Measure.COUNT, law_as_read(3))
def facility_tax_rank(resident_pupils_in_county: Values, facility_tax_remainder: Values) -> Values:
    """Rank by what was cut off, the largest first; of equal ones by unit id.

    >>> facility_tax_rank(units(1, 2, 1), units(1, 2, 1))
    [2.0, 1.0, 3.0]
    """
    one_each = 1 + 0 * resident_pupils_in_county
    return 1 + sum_before(one_each, 0 - facility_tax_remainder)


@line(_CITE, Measure.COUNT, law_as_read(3), statewide=True)
def facility_tax_cents_left(facility_tax_cents: Values, facility_tax_whole_cents: Values) -> Values:
    """Cents that cutting left, fewer than there are districts.

    >>> facility_tax_cents_left(100, units(33, 66))
    1
    """
    return facility_tax_cents - statewide_sum(facility_tax_whole_cents)


@line(_CITE, Measure.DOLLARS, law_as_read(3), rounding=WHOLE_CENTS)
def facility_tax_of_district(
    facility_tax_whole_cents: Values,
    facility_tax_rank: Values,
    facility_tax_cents_left: Values,
    one_cent: Values,
) -> Values:
    """What the district gets: its whole cents, and one more if its rank is among the cents left.

    >>> facility_tax_of_district(units(33, 66), units(2, 1), 1, 0.01)
    [0.33, 0.67]
    """
    one_more = where(less(facility_tax_cents_left, facility_tax_rank), 0, 1)
    return (facility_tax_whole_cents + one_more) * one_cent


@line(_CITE, Measure.DOLLARS_PER_STUDENT, law_as_read(2))
def facility_tax_per_pupil(
    facility_tax_of_district: Values, resident_pupils_in_county: Values
) -> Values:
    """What that is for each of its pupils in the county; 0 without any.

    >>> facility_tax_per_pupil(582_120, 600)
    970.2
    """
    return divide(facility_tax_of_district, resident_pupils_in_county)


LINES: tuple[Line, ...] = (
    county_resident_pupils,
    facility_tax_whole_cents,
    facility_tax_remainder,
    facility_tax_rank,
    facility_tax_cents_left,
    facility_tax_of_district,
    facility_tax_per_pupil,
)
