"""Numbers that nobody published: recovered from what was, or estimated; marked wherever shown.

Holds: NOT_PUBLISHED, NO_MARKS, Mark, Marked, mark, marked_in, sentences.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd

from ebf.language.vocabulary import Values
from ebf.law.plain_names import plain_column
from ebf.units.ids import ID

NOT_PUBLISHED: Final = "not_published"
"""Where a frame keeps its marks, as JSON: an attribute is copied with every step of pandas, and a
text costs nothing."""

NO_MARKS: Final = "{}"
_SHOWN: Final = 3


class Mark(StrEnum):
    """Where a number is from that was not published, in words."""

    RECOVERED = "recovered from published results, not published itself"
    ESTIMATED = "an estimate: Adjusted Local Capacity Target over Adequacy Target, cut and capped"


Marked: TypeAlias = Mapping[str, Mapping[str, Mark]]
"""The marks of units by their ids, by column."""


def mark(frame: pd.DataFrame, kind: Mark, column: str, which: Any) -> None:
    """Mark numbers of a column, those flagged; one that is changed later loses its mark."""
    ids = frame[ID] if ID in frame.columns else frame.index.to_series()
    numbers = dict(zip(ids[which].tolist(), frame.loc[which, column].tolist(), strict=True))
    marks = json.loads(frame.attrs.get(NOT_PUBLISHED, NO_MARKS))
    marks.setdefault(kind.name, {})[column] = numbers
    frame.attrs[NOT_PUBLISHED] = json.dumps(marks)


def marked_in(marks: str, values: Mapping[str, Values], places: Mapping[str, int]) -> Marked:
    """The marks of the values that still are what was marked."""
    found: dict[str, dict[str, Mark]] = {}
    for kind, columns in json.loads(marks).items():
        for column, numbers in columns.items():
            if column not in values:
                continue
            known = {unit: number for unit, number in numbers.items() if unit in places}
            at = [places[unit] for unit in known]
            is_same = (values[column][:, at, 0] == np.array([*known.values()])).all(axis=0)
            found.setdefault(column, {}).update(
                (unit, Mark[kind]) for unit, same in zip(known, is_same, strict=True) if same
            )
    return {column: units for column, units in found.items() if units}


def sentences(marked: Marked, when: str = "") -> Iterator[str]:
    """What a reader must know of them, ``when`` before or after a change."""
    for kind in Mark:
        of_kind = {
            column: [unit for unit, each in units.items() if each is kind]
            for column, units in marked.items()
        }
        names = ", ".join(
            f"{plain_column(column)} of {_counted(units)}"
            for column, units in sorted(of_kind.items())
            if units
        )
        if names:
            beginning = f"{when}, {kind}" if when else kind
            yield f"{beginning[0].upper()}{beginning[1:]}: {names}."


def _counted(units: list[str]) -> str:
    """How many units, and which, as far as they are few."""
    shown = f" ({', '.join(units)})" if len(units) <= _SHOWN else ""
    return f"{len(units):,} unit{'s' * (len(units) != 1)}{shown}"
