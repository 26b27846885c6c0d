"""105 ILCS 5/2-3.170, Property Tax Relief Grants: the State pays for property taxes abated.

Holds: RELIEF_GRANTS.
"""

from __future__ import annotations

from typing import Final

from ebf.language.cite import Cite
from ebf.language.measure import Measure
from ebf.law.columns import DISTRICTS, Column
from ebf.law.relief_grants import base, by_rank, by_threshold, relief
from ebf.law.statute import Statute
from ebf.law.years import LAST_YEAR

_CITE: Final = Cite("2-3.170")
_FIRST_YEAR: Final = 2019
_LEAST_INTENDED: Final = 0.01


def _flag(label: str, default: float) -> Column:
    return Column(Measure.FLAG, _CITE, label, frozenset(), default, first_year=_FIRST_YEAR)


RELIEF_GRANTS: Final = Statute(
    section="2-3.170",
    title="Property Tax Relief Grants",
    modules=(relief, by_threshold, by_rank, base),
    years=range(_FIRST_YEAR, LAST_YEAR + 1),
    goals=("relief_grant",),
    outcome=(by_threshold, by_rank, base),
    aside=("rank_of_applicant",),
    inputs={
        "applied": _flag("Whether the district applied for the fiscal year's grant", 0.0),
        "real_eav": Column(
            Measure.DOLLARS,
            _CITE,
            "Real EAV of the one tax year three before the fiscal year, after corrections; "
            "neither PTELL's nor a mean",
            DISTRICTS,
        ),
        "intended_relief": Column(
            Measure.DOLLARS,
            _CITE,
            "Relief that the district means to give; blank: the greatest it may",
            frozenset(),
            default=0.0,
            low=_LEAST_INTENDED,
        ),
        "abated_first_year": _flag("Whether the grant's first levy was abated", 1.0),
        "abated_second_year": _flag("Whether the next levy was abated too", 1.0),
    },
    parameters_in="relief_grants",
    readings_in="relief_grants.toml",
)
"""105 ILCS 5/2-3.170."""
