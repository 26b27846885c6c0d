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


@line("18-8.15(h)(4), (a)(4)", Measure.DOLLARS, law_as_read(34), rounding=CUT_2)
def technology_funding(
    tier_funding: Values, computer_technology_cost: Values, adequacy_target: Values
) -> Values:
    """The part of the new money marked for technology, which is not regionalized.

    >>> technology_funding(1000, 200, 3000)  # 66.666...
    66.66
    """
    return tier_funding * divide(computer_technology_cost, adequacy_target)


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
    semi_monthly_payment,
)
