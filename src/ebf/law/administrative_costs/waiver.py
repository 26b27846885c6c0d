"""The waiver: who may go beyond the limit, by costs per pupil."""

from __future__ import annotations

from ebf.language.evidence import law_as_read
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values, equal, less, regional_sum, sum_before, where

_CITE = "17-1.5"
_TYPES = ("unit", "hybrid", "elementary", "high_school")


@line(_CITE, Measure.DOLLARS_PER_STUDENT, law_as_read(4))
def administrative_costs_per_pupil(
    prior_year_administrative_costs: Values, average_student_enrollment: Values
) -> Values:
    """Administrative costs of the year before over pupils.

    >>> administrative_costs_per_pupil(1000, 50)
    20.0
    """
    return prior_year_administrative_costs / average_student_enrollment


@line(_CITE, Measure.COUNT, law_as_read(3))
def administrative_costs_rank_of_type(
    administrative_costs_per_pupil: Values, organization_type: Values
) -> Values:
    """Rank among the districts of its type, the least costs per pupil first; ties by unit id.

    >>> administrative_costs_rank_of_type(units(9, 5, 7, 5),
    ...     units("unit", "unit", "elementary", "unit"))
    [3.0, 1.0, 1.0, 2.0]
    """
    one_each = rank = 1 + 0 * administrative_costs_per_pupil
    for kind in _TYPES:
        is_of_it = where(equal(organization_type, kind), one_each, 0)
        rank = rank + is_of_it * sum_before(is_of_it, administrative_costs_per_pupil)
    return rank


@line(_CITE, Measure.COUNT, law_as_read(3))
def districts_of_type(administrative_costs_per_pupil: Values, organization_type: Values) -> Values:
    """How many districts of its type there are.

    >>> districts_of_type(units(9, 5, 7), units("unit", "unit", "elementary"))
    [2.0, 2.0, 1.0]
    """
    return regional_sum(1 + 0 * administrative_costs_per_pupil, organization_type)


@line(_CITE, Measure.DOLLARS_PER_STUDENT, law_as_read(3))
def administrative_costs_percentile_of_type(
    administrative_costs_per_pupil: Values,
    administrative_costs_rank_of_type: Values,
    districts_of_type: Values,
    administrative_waiver_percentile: Values,
    organization_type: Values,
) -> Values:
    """The costs per pupil that a quarter of the districts of its type do not exceed.

    They are those of the first district whose rank is a quarter of all or more.

    >>> administrative_costs_percentile_of_type(units(9, 5, 7, 6, 8), units(5, 1, 3, 2, 4),
    ...     5, 0.25, units("unit", "unit", "unit", "unit", "unit"))
    [6.0, 6.0, 6.0, 6.0, 6.0]
    """
    part = administrative_waiver_percentile * districts_of_type
    comes_before = less(administrative_costs_rank_of_type, part)
    comes_after = less(administrative_costs_rank_of_type - 1, part)
    at_it = where(comes_after, administrative_costs_per_pupil, 0.0)
    return regional_sum(where(comes_before, 0.0, at_it), organization_type)


@line(_CITE, Measure.FLAG, law_as_read(3))
def may_waive_administrative_limit(
    administrative_costs_per_pupil: Values, administrative_costs_percentile_of_type: Values
) -> Values:
    """Whether the district may waive the limit: its costs per pupil are at most those.

    >>> may_waive_administrative_limit(units(5, 6, 7), 6)
    [True, True, False]
    """
    return ~less(administrative_costs_percentile_of_type, administrative_costs_per_pupil)


LINES: tuple[Line, ...] = (
    administrative_costs_per_pupil,
    administrative_costs_rank_of_type,
    districts_of_type,
    administrative_costs_percentile_of_type,
    may_waive_administrative_limit,
)
