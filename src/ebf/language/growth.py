"""What a value grows with, where years to come are reckoned.

Holds: GrowsWith.
"""

from __future__ import annotations

from enum import StrEnum


class GrowsWith(StrEnum):
    """What a value grows with; how fast that is, is for the one who looks ahead to say."""

    SALARIES = "salaries"
    PRICES = "prices"
    EAV = "eav"
    REPLACEMENT_TAX = "replacement_tax"
    ENROLLMENT = "enrollment"
    ADEQUACY_TARGET = "adequacy_target"
