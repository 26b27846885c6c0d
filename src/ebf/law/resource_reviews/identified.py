"""(d) Identified schools: how many, what share of the district's, and the order of districts."""

from __future__ import annotations

from ebf.language.evidence import from_guide, law_as_read
from ebf.language.line import Bands, Line, line
from ebf.language.measure import Measure
from ebf.language.vocabulary import (
    Values,
    band_total,
    divide,
    less,
    regroup,
    statewide_sum,
    sum_before,
    where,
)
from ebf.law.resource_reviews.designations import CLASSES, COMPREHENSIVE, TARGETED

_CITE = "1111(d)(3)(A)(ii)"


@line(_CITE, Measure.COUNT, from_guide())
def designated_schools(schools_by_designation: Values) -> Values:
    """Schools with a designation.

    >>> designated_schools(bands(0, 1, 1, 2, 0))
    4.0
    """
    return band_total(schools_by_designation)


@line(_CITE, Measure.COUNT, from_guide())
def schools_of_district(designated_schools: Values, schools_without_designation: Values) -> Values:
    """All schools of the district.

    >>> schools_of_district(4, 1)
    5
    """
    return designated_schools + schools_without_designation


@line("1111(d)(3)(A)(ii)(I)", Measure.COUNT, law_as_read(3))
def schools_of_comprehensive_support(schools_by_designation: Values) -> Values:
    """Schools identified for comprehensive support: Comprehensive and Intensive.

    >>> schools_of_comprehensive_support(bands(1, 2, 4, 0, 0))
    3.0
    """
    return regroup(schools_by_designation, CLASSES, {"comprehensive": COMPREHENSIVE})


@line("1111(d)(3)(A)(ii)(II)", Measure.COUNT, law_as_read(3))
def schools_of_targeted_support(schools_by_designation: Values) -> Values:
    """Schools that implement targeted support plans.

    >>> schools_of_targeted_support(bands(1, 2, 4, 0, 0))
    4.0
    """
    return regroup(schools_by_designation, CLASSES, {"targeted": TARGETED})


@line(_CITE, Measure.COUNT, law_as_read(3))
def identified_schools(
    schools_of_comprehensive_support: Values, schools_of_targeted_support: Values
) -> Values:
    """Schools identified for support of either kind.

    >>> identified_schools(1, 1)
    2
    """
    return schools_of_comprehensive_support + schools_of_targeted_support


@line(_CITE, Measure.SHARE, law_as_read(1))
def share_identified(identified_schools: Values, designated_schools: Values) -> Values:
    """The share of the designated schools that is identified.

    >>> share_identified(2, 4)
    0.5
    """
    return divide(identified_schools, designated_schools)


@line(_CITE, Measure.SHARE, law_as_read(1))
def share_identified_of_all(identified_schools: Values, schools_of_district: Values) -> Values:
    """The share of all schools that is identified, those without a designation among them.

    >>> share_identified_of_all(2, 5)
    0.4
    """
    return divide(identified_schools, schools_of_district)


@line(_CITE, Measure.SHARE, law_as_read(1), bands=Bands(dict.fromkeys(CLASSES, ())))
def share_by_designation(schools_by_designation: Values, designated_schools: Values) -> Values:
    """The share of the designated schools that each class has.

    >>> share_by_designation(bands(0, 1, 1, 2, 0), 4)
    [0.0, 0.25, 0.25, 0.5, 0.0]
    """
    return divide(schools_by_designation, designated_schools)


@line(_CITE, Measure.COUNT, law_as_read(2))
def review_rank(
    schools_of_district: Values,
    designated_schools: Values,
    share_identified: Values,
    identified_schools: Values,
) -> Values:
    """The district's place: the greatest share first, then the most schools, then by unit id.

    >>> review_rank(units(5, 9, 2, 4), units(4, 8, 0, 4), units(0.5, 0.5, 0, 0), units(2, 4, 0, 0))
    [2.0, 1.0, 4.0, 3.0]
    """
    each = where(less(0, schools_of_district), 1, 0)
    without = where(less(0, designated_schools), 0, 1)
    return 1 + sum_before(each, without, 0 - share_identified, 0 - identified_schools)


@line(_CITE, Measure.FLAG, law_as_read(4))
def for_review(
    designated_schools: Values,
    identified_schools: Values,
    share_identified: Values,
    least_identified_schools: Values,
    least_identified_share: Values,
) -> Values:
    """Whether the district reaches both thresholds.

    >>> for_review(units(4, 4), units(2, 1), units(0.5, 0.25), 2, 0.5)
    [True, False]
    """
    has_number = ~less(identified_schools, least_identified_schools)
    has_share = ~less(share_identified, least_identified_share)
    return less(0, designated_schools) & has_number & has_share


@line(_CITE, Measure.COUNT, from_guide(), statewide=True)
def identified_schools_of_state(identified_schools: Values) -> Values:
    """Identified schools of the state.

    >>> identified_schools_of_state(units(2, 1))
    3
    """
    return statewide_sum(identified_schools)


@line(_CITE, Measure.COUNT, law_as_read(5), statewide=True)
def improved_schools_of_state(improved_schools: Values) -> Values:
    """Schools of the state whose designation improved.

    >>> improved_schools_of_state(units(1, 2))
    3
    """
    return statewide_sum(improved_schools)


LINES: tuple[Line, ...] = (
    designated_schools,
    schools_of_district,
    schools_of_comprehensive_support,
    schools_of_targeted_support,
    identified_schools,
    share_identified,
    share_identified_of_all,
    share_by_designation,
    review_rank,
    for_review,
    identified_schools_of_state,
    improved_schools_of_state,
)
