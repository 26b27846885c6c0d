"""(h) The amounts of new funding marked for groups of pupils and for technology."""

from fractions import Fraction
from typing import Any


def marked(unit: dict[str, Any]) -> dict[str, Fraction]:
    """A group's part of the Adequacy Target by the target, of the unit's new funding.

    The additional investments stand in the target times the Regionalization Factor.
    """
    share = unit["tier_funding"] / unit["adequacy_target"]
    factor = unit["regionalization_factor"]
    return {
        "low_income": unit["low_income_investments"] * factor * share,
        "english_learner": unit["english_learner_investments"] * factor * share,
        "special_education": unit["special_education_investments"] * factor * share,
        "computer_technology": unit["per_student"]["computer_technology"] * share,
    }
