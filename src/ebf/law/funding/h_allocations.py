"""(h) Marks and payments: what a unit's new money is for, and how it is paid."""

from __future__ import annotations

from ebf.language.evidence import law_as_read
from ebf.language.line import Line, line, named
from ebf.language.measure import Measure
from ebf.language.rounding import CUT_2
from ebf.language.vocabulary import Values, divide


@line("18-8.15(h)(4), (a)(4)", Measure.DOLLARS, law_as_read(34), rounding=CUT_2)
def marked_funding(
    tier_funding: Values,
    investments: Values,
    regionalization_factor: Values,
    adequacy_target: Values,
) -> Values:
    """The part of the new money marked for a population, by its part of the target.

    >>> marked_funding(1000, 200, 0.9, 3000), marked_funding(1000, 200, 1, 3000)
    (60.0, 66.66)
    """
    return tier_funding * divide(investments * regionalization_factor, adequacy_target)


@line("18-8.15(h)(4), (a)(4)", Measure.DOLLARS, law_as_read(34), rounding=CUT_2, first_year=2019)
def technology_funding(
    tier_funding: Values,
    average_student_enrollment: Values,
    computer_technology_addition: Values,
    adequacy_target: Values,
) -> Values:
    """The part of the new money marked for technology: of what is added for some units alone.

    It is not regionalized.

    >>> technology_funding(1000, 2, units(285.5, 0), 6000)  # 95.1666...
    [95.16, 0.0]
    """
    addition = average_student_enrollment * computer_technology_addition
    return tier_funding * divide(addition, adequacy_target)


@line("18-8.15(h)(4)", Measure.DOLLARS, law_as_read(38))
def funding_to_be_spent(marked: Values, *grants_within_base: Values) -> Values:
    """What must be spent on a population: what is marked for it, and its grants in the base.

    >>> funding_to_be_spent(60, 500, 300, 20)
    880
    """
    return sum(grants_within_base, start=marked)


def _marked(population: str, words: str) -> Line:
    return named(
        marked_funding,
        f"{population}_funding",
        (
            "tier_funding",
            f"{population}_investments",
            "regionalization_factor",
            "adequacy_target",
        ),
        title=f"New money marked for {words}",
    )


def _to_be_spent(population: str, words: str, *grants_of_2017: str) -> tuple[Line, Line]:
    """In FY2018 the base is made of the grants; later years hand over what of it they are."""
    marked, name = f"{population}_funding", f"{population}_funding_to_be_spent"
    later = (marked, f"{population}_grants_within_base")
    title = f"What must be spent on {words}"
    return (
        named(funding_to_be_spent, name, (marked, *grants_of_2017), title=title, last_year=2018),
        named(funding_to_be_spent, name, later, title=title, first_year=2019),
    )


@line("18-8.15(h)(5)", Measure.DOLLARS, law_as_read(35), of_every_kind=True)
def semi_monthly_payment(total_state_contribution: Values, payments_per_year: Values) -> Values:
    """One of the 22 equal payments, twice a month from August to June.

    >>> semi_monthly_payment(2200, 22)
    100.0
    """
    return total_state_contribution / payments_per_year


LINES: tuple[Line, ...] = (
    _marked("special_education", "special education"),
    _marked("english_learner", "English learners"),
    _marked("low_income", "low-income pupils"),
    technology_funding,
    *_to_be_spent(
        "special_education",
        "special education",
        "special_education_personnel_fy2017",
        "special_education_funding_for_children_fy2017",
        "special_education_summer_school_fy2017",
    ),
    *_to_be_spent("english_learner", "English learners", "english_learner_education_fy2017"),
    semi_monthly_payment,
)
