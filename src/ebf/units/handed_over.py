"""A table that a caller hands over for a law beside the formula: a frame, or a file of one.

Holds: FrameOrFile, frame_or_file, ids_of_rows, handed_over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from os import PathLike
from typing import IO, TypeAlias

import pandas as pd

from ebf.faults import Fault, InputError, Place, as_name, described, malformed, missing, repeated
from ebf.units.csv_and_parquet import read_units
from ebf.units.ids import ID, frame_of

FrameOrFile: TypeAlias = "pd.DataFrame | str | PathLike[str] | bytes | IO[bytes]"
"""A table, or a file of one as :func:`ebf.read_units` reads it."""


def frame_or_file(said: object, argument: str) -> pd.DataFrame:
    """The frame that is handed over, or that of the file. Raises InputError for no table."""
    if isinstance(said, (str, bytes, PathLike)) or hasattr(said, "read"):
        return read_units(said)  # type: ignore[arg-type]  # a file
    return frame_of(said, argument)


def ids_of_rows(frame: pd.DataFrame) -> list[str]:
    """What a fault calls each row by: its ``unit_id``, of the column or the index."""
    return [as_name(each) for each in (frame[ID] if ID in frame.columns else frame.index)]


def handed_over(said: object, argument: str) -> pd.DataFrame:
    """The table, its columns told apart: each once, under a text; what is sparse is filled in.

    Raises InputError for no table, one without a row, and for columns that cannot be told apart.
    """
    frame = frame_or_file(said, argument)
    if faults := [*_faults(frame, argument)]:
        raise InputError(faults)
    sparse = [name for name, kind in frame.dtypes.items() if isinstance(kind, pd.SparseDtype)]
    return frame.astype(dict.fromkeys(sparse, object)) if sparse else frame


def _faults(frame: pd.DataFrame, argument: str) -> Iterator[Fault]:
    if frame.columns.nlevels > 1:
        found = "names of several levels"
        yield malformed(Place("table", "columns", argument=argument), found, "one name a column")
        return
    every = [*frame.columns, *(name for name in frame.index.names if name is not None)]
    for name in every:
        if not isinstance(name, str):
            place = Place("table", column=described(name), argument=argument)
            yield malformed(place, "no text", "a text as the column's name")
    for name, count in Counter(map(as_name, every)).items():
        if count > 1:
            place = Place("table", column=name, argument=argument)
            yield repeated(place, "the column twice", "every column once, or in the index")
    if not len(frame):
        yield missing(Place("table", argument=argument), "no rows", "a row each")
