"""Local Capacity Percentages that were not published, estimated on request.

Holds: PERCENTAGE, REMEDY, estimated_percentage, with_estimates.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from ebf.faults import InputError, Place, missing, unsuitable_name
from ebf.language.rounding import CUT_4
from ebf.language.vocabulary import Values, divide, minimum, nearly
from ebf.law.parameters import Law
from ebf.units.marks import Mark, mark

PERCENTAGE: Final = "local_capacity_percentage"
_LOCAL, _TARGET = "adjusted_local_capacity_target", "adequacy_target"
REMEDY: Final = (
    "hand it over, or say estimate_percentages=True (--estimate-percentages), "
    f"which takes {_LOCAL} / {_TARGET} for it"
)


def estimated_percentage(local: Values, target: Values, greatest: Values) -> Values:
    """The Adjusted Local Capacity Target over the Adequacy Target, cut and capped as the law does.

    Where receipts lie above the Local Capacity Target it is more than the percentage; blank
    without a target.
    """
    share = CUT_4(minimum(divide(local, target), greatest))
    return np.where(nearly(target) > 0, share, np.nan)


def with_estimates(units: pd.DataFrame, law: Law) -> pd.DataFrame:
    """The table with an estimate, marked as one, for every blank percentage.

    Raises InputError where nothing is blank, or what the estimate is made of is not there.
    """
    if lost := [name for name in (_LOCAL, _TARGET) if name not in units.columns]:
        allowed, fix = f"what {PERCENTAGE} is estimated by", "give it, or leave the estimate out"
        raise InputError(
            missing(Place("table", column=name), "no such column", allowed, fix=fix)
            for name in lost
        )
    local, target = (units[name].to_numpy(float) for name in (_LOCAL, _TARGET))
    share = estimated_percentage(local, target, law.value(f"greatest_{PERCENTAGE}").ravel())
    blank = np.full(len(units), np.nan)
    known = units[PERCENTAGE].to_numpy(float) if PERCENTAGE in units.columns else blank
    is_estimate = np.isnan(known) & ~np.isnan(share)
    if not is_estimate.any():
        place, allowed = Place(argument="estimate_percentages"), "a blank percentage to estimate"
        raise InputError([unsuitable_name(place, "none is blank", allowed, fix="leave it out")])
    found = units.assign(**{PERCENTAGE: np.where(is_estimate, share, known)})
    mark(found, Mark.ESTIMATED, PERCENTAGE, is_estimate)
    return found
