"""(f) Percent of adequacy: a unit's resources over its Adequacy Target."""

from __future__ import annotations

from dataclasses import replace

from ebf.language.evidence import verified
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.rounding import CUT_2_OF_DIFFERENCE
from ebf.language.vocabulary import Values, divide, minimum
from ebf.law.funding.causes import Cause


@line("18-8.15(f)(2)", Measure.SHARE, verified(25, note="through the adjusted base"))
def preliminary_percent_of_adequacy(
    local_capacity_target: Values,
    corporate_personal_property_replacement_tax: Values,
    base_funding_minimum: Values,
    adequacy_target: Values,
) -> Values:
    """Preliminary percent of adequacy, before the receipts adjustment; at most 1.

    >>> preliminary_percent_of_adequacy(400, 100, 250, 1000)
    0.75
    >>> preliminary_percent_of_adequacy(900, 100, 250, 1000)
    1.0
    """
    resources = (
        local_capacity_target + corporate_personal_property_replacement_tax + base_funding_minimum
    )
    return minimum(divide(resources, adequacy_target), 1.0)


@line(
    "18-8.15(f)(4)",
    Measure.DOLLARS,
    verified(25),
    rounding=CUT_2_OF_DIFFERENCE,
    first_year=2019,
    refused_below_0=True,
    cause=Cause.BASE_FUNDING,
)
def adjusted_base_funding_minimum(
    base_funding_minimum: Values,
    supplemental_grant_funding_fy2017: Values,
    preliminary_percent_of_adequacy: Values,
) -> Values:
    """Base Funding Minimum less part of FY2017's supplemental grant: the part short.

    >>> adjusted_base_funding_minimum(1000, 200.01, 0.75)
    949.99
    """
    short = 1 - preliminary_percent_of_adequacy
    return base_funding_minimum - supplemental_grant_funding_fy2017 * short


adjusted_base_funding_minimum_of_2018: Line = replace(
    adjusted_base_funding_minimum,
    evidence=verified(25, note="not cut; the grant comes to whole cents"),
    rounding=None,
    first_year=None,
    last_year=2018,
)


@line(
    "18-8.15(f)(3)",
    Measure.DOLLARS,
    verified(note="the tax comes to whole cents"),
    may_be_negative=True,
)
def final_resources(
    adjusted_local_capacity_target: Values,
    corporate_personal_property_replacement_tax: Values,
    adjusted_base_funding_minimum: Values,
) -> Values:
    """Final Resources: what the unit has to work with.

    >>> final_resources(54347.75, 0, 286736.34)
    341084.09
    """
    return (
        adjusted_local_capacity_target
        + corporate_personal_property_replacement_tax
        + adjusted_base_funding_minimum
    )


@line("18-8.15(f)(4)", Measure.RATIO, verified(), may_be_negative=True)
def final_percent_of_adequacy(final_resources: Values, adequacy_target: Values) -> Values:
    """Final Percent of Adequacy: resources over the target; it may exceed 1.

    >>> final_percent_of_adequacy(900, 1000)
    0.9
    """
    return divide(final_resources, adequacy_target)


LINES: tuple[Line, ...] = (
    preliminary_percent_of_adequacy,
    adjusted_base_funding_minimum_of_2018,
    adjusted_base_funding_minimum,
    final_resources,
    final_percent_of_adequacy,
)
