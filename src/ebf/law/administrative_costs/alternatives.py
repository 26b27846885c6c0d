"""Other ways to read the law, as lines that stand in the place of those of their names.

Holds: ALTERNATIVES.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ebf.language.line import Line, named
from ebf.law.administrative_costs.waiver import administrative_costs_per_pupil

ALTERNATIVES: Final[Mapping[tuple[int, str], tuple[Line, ...]]] = {
    (4, "same_year"): (
        named(
            administrative_costs_per_pupil,
            "administrative_costs_per_pupil",
            ("administrative_costs", "average_student_enrollment"),
        ),
    ),
}
