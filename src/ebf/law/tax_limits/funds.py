"""The funds that a district levies for, as bands, each with its cite.

Holds: CITES, CHICAGO_CITES, FUNDS.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ebf.language.cite import Cite
from ebf.language.line import Bands

CITES: Final[Mapping[str, Cite]] = {
    "education": Cite("17-2(1)"),
    "operations_and_maintenance": Cite("17-5"),
    "capital_improvement": Cite("17-2.3"),
    "transportation": Cite("17-4"),
    "summer_school": Cite("17-2.1"),
    "special_education": Cite("17-2.2a"),
    "leasing_and_technology": Cite("17-2.2c"),
    "area_vocational_building": Cite("17-2.4"),
    "fire_prevention_and_safety": Cite("17-2.11"),
    "working_cash": Cite("20-3"),
    "tort": Cite("745 ILCS 10/9-107"),
    "municipal_retirement": Cite("40 ILCS 5/7-171"),
    "social_security": Cite("40 ILCS 5/21-110"),
    "medicare": Cite("40 ILCS 5/21-110"),
    "bonds_and_interest": Cite("19-1"),
    "teachers_pension": Cite("34-53"),
}
"""Every fund, and where its tax stands; tort has unemployment and workers' compensation too."""

CHICAGO_CITES: Final[Mapping[str, Cite]] = {
    "education": Cite("34-53"),
    "capital_improvement": Cite("34-53.5"),
}
"""Where the Article 34 district has a section of its own."""

FUNDS: Final = Bands(dict.fromkeys(CITES, ()))
"""The funds as bands: ``levy_education`` and so on."""
