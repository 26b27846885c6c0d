"""The lines computed, one after the other.

Holds: evaluate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ebf.language.line import Line
from ebf.language.vocabulary import Values


def evaluate(
    steps: Sequence[Line], values: Mapping[str, Values], *, rounding: bool
) -> dict[str, Values]:
    """Compute the steps from the values given; three axes each, units in one order.

    All values come back read-only.
    """
    known = dict(values)
    for line in steps:
        known[line.name] = line.compute(*(known[name] for name in line.reads), rounding=rounding)
    for value in known.values():
        value.flags.writeable = False
    return known
