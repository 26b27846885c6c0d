"""(e) The Base Funding Minimum: what a unit had before, and keeps."""

from __future__ import annotations

from ebf.language.evidence import from_guide, law_as_read
from ebf.language.line import Line, line
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values, where


@line(
    "18-8.15(e)(1)",
    Measure.DOLLARS,
    law_as_read(23),
    name="base_funding_minimum",
    last_year=2018,
    refused_below_0=True,
    of_every_kind=True,
)
def base_funding_minimum_of_2018(
    general_state_aid_fy2017: Values,
    equity_grants_fy2017: Values,
    special_education_personnel_fy2017: Values,
    special_education_funding_for_children_fy2017: Values,
    special_education_summer_school_fy2017: Values,
    english_learner_education_fy2017: Values,
    summer_school_fy2017: Values,
    chicago_block_grant_parts_fy2017: Values,
) -> Values:
    """The Base Funding Minimum of FY2018: the grants of FY2017 that it replaced.

    >>> base_funding_minimum_of_2018(100, 20, 30, 4, 5, 6, 7, 0)
    172
    """
    return (
        general_state_aid_fy2017
        + equity_grants_fy2017
        + special_education_personnel_fy2017
        + special_education_funding_for_children_fy2017
        + special_education_summer_school_fy2017
        + english_learner_education_fy2017
        + summer_school_fy2017
        + chicago_block_grant_parts_fy2017
    )


@line("18-8.15(e)(2)", Measure.DOLLARS, from_guide(24))
def base_funding_of_new_program(
    average_student_enrollment: Values, similar_program_base_funding_per_student: Values
) -> Values:
    """A new regional program's base: its ASE at the least per pupil of its like.

    >>> base_funding_of_new_program(40, 2500.5)
    100020.0
    """
    return average_student_enrollment * similar_program_base_funding_per_student


@line(
    "18-8.15(e)(2)",
    Measure.DOLLARS,
    from_guide(23, 24),
    first_year=2019,
    refused_below_0=True,
    of_every_kind=True,
)
def base_funding_minimum(
    prior_year_base_funding_minimum: Values,
    prior_year_tier_funding: Values,
    property_tax_relief_grant: Values,
    district_intervention_money: Values,
    base_funding_correction: Values,
    new_regional_program: Values,
    base_funding_of_new_program: Values,
    no_pupils_prior_year: Values,
) -> Values:
    """The Base Funding Minimum: last year's, and last year's tier funding.

    From FY2020 the Property Tax Relief Grant received is added, from FY2022
    District Intervention Money. A regional program without pupils the year
    before has none.

    >>> base_funding_minimum(1000, 50, 10, 5, -2, 0, 0, 0)
    1063.0
    >>> base_funding_minimum(1000, 50, 0, 0, 0, units(0, 1, 0), 800, units(0, 0, 1))
    [1050.0, 800.0, 0.0]
    """
    carried = (
        prior_year_base_funding_minimum
        + prior_year_tier_funding
        + property_tax_relief_grant
        + district_intervention_money
        + base_funding_correction
    )
    kept = where(no_pupils_prior_year, 0.0, carried)
    return where(new_regional_program, base_funding_of_new_program, kept)


LINES: tuple[Line, ...] = (
    base_funding_minimum_of_2018,
    base_funding_of_new_program,
    base_funding_minimum,
)
