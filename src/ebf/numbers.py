"""What counts as a number, in a cell and in an argument.

Holds: Amount, Numbers, NUMBER, number_of, numbers_of.
"""

from __future__ import annotations

import re
from decimal import Decimal
from math import isinf
from numbers import Real
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from ebf.faults import described

Amount: TypeAlias = npt.ArrayLike
"""A number, or a one-dimensional array of them, one a scenario."""

Numbers: TypeAlias = npt.NDArray[np.float64]

NUMBER: Final = (
    r"[ \t]*[+-]?(?:[0-9]{1,30}\.?[0-9]{0,30}|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,2})?[ \t]*"
)
"""A decimal number in text that no float takes for 0 or infinity."""
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
_NOT_ZERO = re.compile(r"[^eE]*[1-9]")


def number_of(value: object, *, is_flag: bool = False) -> float | None:
    """The number in a cell, NaN for a blank, None for what is no number.

    True and false are numbers where the column is a flag.

    >>> number_of("1.5e3"), number_of("1,500"), number_of("1_500"), number_of("1e-999")
    (1500.0, None, None, None)
    """
    if isinstance(value, str):
        return _number_in(value)
    if value is None or value is pd.NA:
        return np.nan
    if isinstance(value, (bool, np.bool_)):
        return float(value) if is_flag else None
    kinds = (int, float, np.integer, np.floating, Decimal)
    if not isinstance(value, kinds) or isinstance(value, np.timedelta64):
        return None
    try:
        number = float(value)
    except (OverflowError, ValueError):  # a whole number, or a decimal's signal
        return None
    return None if isinstance(value, Decimal) and number != number else number  # noqa: PLR0124 - only NaN differs from itself


def _number_in(text: str) -> float | None:
    if not text.strip():
        return np.nan
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    is_lost = isinf(number) or (number == 0 and _NOT_ZERO.match(text))
    return None if is_lost else number


_NO_NUMBERS: Final = frozenset({bool, np.timedelta64})
"""Types that count as numbers elsewhere."""


def numbers_of(amount: object) -> npt.NDArray[np.float64]:
    """A number, or an array of numbers, as floats of the caller's own.

    ValueError for what is none: text, true and false, dates, blanks, too large a whole number.
    """
    is_masked = isinstance(amount, np.ma.MaskedArray)  # what is under a mask is no number
    if isinstance(amount, np.ndarray) and not is_masked and amount.dtype.kind in "fiu":
        return amount.astype(np.float64)
    try:
        array = np.array(amount, dtype=object)
        kinds = {*map(type, array.flat)}
        if not (is_masked or kinds & _NO_NUMBERS) and all(
            issubclass(kind, (Real, Decimal)) for kind in kinds
        ):
            with np.errstate(over="ignore"):
                return array.astype(np.float64)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise ValueError(described(amount)) from error
    raise ValueError(described(amount))
