"""The lines computed, one after the other.

Holds: evaluate, read_only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ebf.language.line import Line
from ebf.language.vocabulary import Values


def evaluate(
    steps: Sequence[Line], values: Mapping[str, Values], *, rounding: bool
) -> dict[str, Values]:
    """Compute the steps from the values given; three axes each, units in one order.

    What is computed comes back read-only.
    """
    known = dict(values)
    for line in steps:
        found = line.compute(*[known[name] for name in line.reads], rounding=rounding)
        found.setflags(write=False)
        known[line.name] = found
    return known


def read_only(values: Mapping[str, Values]) -> Mapping[str, Values]:
    """The same values, which nobody can write over."""
    for value in values.values():
        value.setflags(write=False)
    return values
