"""The designations of schools by report cards, and which scales they are of.

Holds: CLASSES, COMPREHENSIVE, TARGETED, SCALES, YEARS_COMPARED.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

CLASSES: Final = ("intensive", "comprehensive", "targeted", "commendable", "exemplary")
"""The classes of the cards of 2022 to 2025, from the worst place to the best."""
COMPREHENSIVE: Final = ("intensive", "comprehensive")
"""Those identified for comprehensive support and improvement."""
TARGETED: Final = ("targeted",)
"""Those that implement targeted support and improvement plans."""

_FIRST: Final = ("Lowest-Performing", "Underperforming", "Commendable", "Exemplary")
_NOW: Final = tuple(name.capitalize() for name in CLASSES)
_PROPOSED: Final = ("Comprehensive", "Developing", "Approaching", "Commendable", "Exemplary")

SCALES: Final[Mapping[int, tuple[str, ...]]] = MappingProxyType(
    {
        **dict.fromkeys((2018, 2019), _FIRST),
        **dict.fromkeys((2020, 2021), ()),
        2022: _NOW[1:],
        **dict.fromkeys((2023, 2024, 2025), _NOW),
        2026: _PROPOSED,
    }
)
"""The designations that a card's year has, from the worst to the best: none in the pandemic;
those of 2026 are proposed in the fifth amendment of the state plan."""

YEARS_COMPARED: Final = range(2022, 2026)
"""The years of one scale, which 2023 made longer by Intensive."""
