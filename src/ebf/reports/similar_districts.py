"""Similar districts: those of a kind whose pupils are most like a district's.

Holds: SHARES, nearest, beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from ebf.language.exact import fraction
from ebf.language.vocabulary import less
from ebf.units.ids import ID

SHARES: Final = ("low_income_share", "special_education_share", "english_learner_share")
"""The enrollments by which districts are compared, 10-17a: shares of a district's pupils."""

_WHOLE: Final = 100
_NOISE: Final = 1e-9


def nearest(
    units: pd.DataFrame, unit_id: str, count: int, by: Sequence[str] = SHARES
) -> pd.DataFrame:
    """The nearest districts of the same kind, nearest first; ties by unit id.

    A row a district: its distance ``by`` these columns (of shares, in percentage points), and
    the columns. Empty where the district has not all of them; others that have not stand aside.
    """
    values = units[[*by]].to_numpy(float)
    kinds = units["organization_type"].to_numpy(object)
    place = units.index.get_loc(unit_id)
    is_known = ~np.isnan(values).any(axis=1)
    others = np.flatnonzero(is_known & (kinds == kinds[place]) & (units.index != unit_id))
    columns = ["name", "distance", *by]
    if not is_known[place] or not others.size:
        return pd.DataFrame(columns=columns, index=pd.Index([], name=ID))
    mine, theirs = values[place], values[others]
    about = ((theirs - mine) ** 2).sum(axis=1)
    enough = np.partition(about, count - 1)[count - 1] if count < len(about) else np.inf
    some = others[about <= enough * (1 + _NOISE)]  # others are further, whatever floats lose
    own = mine.tolist()
    squared = {each: _squared(own, values[each].tolist()) for each in some.tolist()}
    near = sorted(squared, key=lambda each: (squared[each], units.index[each]))[:count]
    distance = np.sqrt([float(squared[each]) for each in near])
    found = units.iloc[near].reindex(columns=columns).assign(distance=distance)
    return found.rename_axis(ID)


def _squared(own: Sequence[Any], theirs: Sequence[Any]) -> Any:
    """The squared distance, exactly: floats would part districts that are equally far."""
    pairs = zip(own, theirs, strict=True)
    apart = (_WHOLE * (fraction(float(one)) - fraction(float(other))) for one, other in pairs)
    return sum(each * each for each in apart)


def beside(own: float, theirs: pd.Series[float]) -> tuple[float, float, int]:
    """Their median, the district's rank with them (the highest first), and how many they are.

    Those without a value stand aside; who are equal share the better rank.

    >>> beside(4.0, pd.Series([1.0, 4.0, 7.0, 9.0, np.nan]))
    (5.5, 3.0, 4)
    """
    values = theirs.dropna().to_numpy(float)
    if not values.size:
        return np.nan, np.nan, 0
    rank = np.nan if np.isnan(own) else 1.0 + less(np.float64(own), values).sum()
    return float(np.median(values)), float(rank), len(values)
