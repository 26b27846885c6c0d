"""What columns may hold, as arrays with an element a column.

Holds: Rules, rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ebf.law.columns import KINDS
from ebf.law.names import entries
from ebf.law.years import FIRST_YEAR


@dataclass(frozen=True)
class Rules:
    """What columns may hold, as arrays with an element a column.

    ``whole``, ``never`` (by kind of unit), ``later`` and ``statewide`` are the places of the
    columns of whole numbers, of pupils that the kind cannot have, of years yet to come, and of
    one value for the whole state.
    """

    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    whole: npt.NDArray[np.intp]
    default: npt.NDArray[np.float64]
    may_be_blank: npt.NDArray[np.bool_]
    needed: Mapping[str, npt.NDArray[np.bool_]]
    never: Mapping[str, npt.NDArray[np.intp]]
    later: npt.NDArray[np.intp]
    statewide: npt.NDArray[np.intp]


@lru_cache(maxsize=64)
def rules(columns: tuple[str, ...], fiscal_year: int) -> Rules:
    """The rules of some columns for a fiscal year."""
    known = [entries()[column] for column in columns]
    abouts = [entry.about for entry in known]
    return Rules(
        low=np.array([column.range[0] for column in abouts]),
        high=np.array([column.range[1] for column in abouts]),
        whole=np.flatnonzero([entry.is_whole for entry in known]),
        default=np.array([np.nan if c.default is None else c.default for c in abouts]),
        may_be_blank=np.array([column.may_be_blank for column in abouts], dtype=bool),
        needed={
            kind: np.array([entry.is_needed_by(kind, fiscal_year) for entry in known], dtype=bool)
            for kind in KINDS
        },
        never={kind: np.flatnonzero([kind in entry.never_of for entry in known]) for kind in KINDS},
        later=np.flatnonzero([FIRST_YEAR < each.first_year > fiscal_year for each in abouts]),
        statewide=np.flatnonzero([column.statewide for column in abouts]),
    )
