"""Ids of units and scenarios: what names the rows of a table, and what is wrong with them.

Holds: SCENARIO, ID, STATEWIDE, LINES, ID_PATTERN, frame_of, check_frame, read_ids, are_text,
texts_in_arrow, id_faults, id_fault, id_in, is_blank_cell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from os import PathLike
from typing import Any

import pandas as pd

from ebf.faults import (
    MOST_FAULTS,
    SHOWN,
    Fault,
    InputError,
    Place,
    as_name,
    contradiction,
    described,
    malformed,
    missing,
    repeated,
    require,
    wrong_type,
)

SCENARIO = "scenario"
ID = "unit_id"
STATEWIDE = "statewide"
"""What stands in a unit's place where a number is the whole state's."""
LINES = "lines"
"""Where a frame keeps the lines of its file on which ids stand that are none, or stand twice."""
_ID_LENGTH = 13
ID_PATTERN = f"[0-9A-Z]{{{_ID_LENGTH}}}"
_ID = re.compile(ID_PATTERN)
_CHARACTERS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ID_ALLOWED = f"text of {_ID_LENGTH} characters, digits and capitals"
_ID_CITE = "ISBE's region-county-district-type code"
_READ_AS_TEXT = (
    "read ids as text: ebf.read_units, or dtype={'unit_id': str} "
    "(polars: schema_overrides={'unit_id': polars.String})"
)
_LOST_ZERO = "its leading zero is lost, where a spreadsheet took it for a number: {}"
_LOST_DIGITS = "a spreadsheet took it for a number and wrote it short: take the id from its source"
_SHORT_ID = re.compile(r"[0-9]+(\.[0-9]+)?[eE]\+?[0-9]+")


def frame_of(units: object, argument: str = "units") -> pd.DataFrame:
    """The table as a pandas DataFrame, whichever library made it. Raises InputError for no table.

    A frame of another library is taken by its own ``to_pandas``, else as Arrow columns.
    """
    if isinstance(units, pd.DataFrame):
        return units
    try:
        if callable(to_pandas := getattr(units, "to_pandas", None)):
            units = to_pandas()
        elif hasattr(units, "__arrow_c_stream__") or hasattr(units, "__dataframe__"):
            require("pyarrow", "parquet")
            units = _from_arrow(units)
    except InputError:
        raise
    except Exception as error:  # another library fails in its own ways
        place, found = Place("table", argument=argument), f"{_said(units)} that cannot be read"
        raise InputError([wrong_type(place, f"{found}: {error}", _FRAMES)]) from error
    check_frame(units, argument)
    return units  # type: ignore[return-value]  # checked


def _from_arrow(units: Any) -> pd.DataFrame:
    import pyarrow as pa  # noqa: PLC0415 - an extra
    from pyarrow.interchange import from_dataframe  # noqa: PLC0415

    table = pa.table(units) if hasattr(units, "__arrow_c_stream__") else from_dataframe(units)
    found: pd.DataFrame = table.to_pandas()
    return found


_FRAMES = "a pandas DataFrame, or a frame with to_pandas() or of Arrow columns"


def _said(units: object) -> str:
    """What was handed over, by its library and type."""
    library = type(units).__module__.partition(".")[0]
    return type(units).__name__ if library == "builtins" else f"a {library} {type(units).__name__}"


def check_frame(frame: object, argument: str = "units") -> None:
    """Refuse what is no table, and say how it becomes one."""
    if isinstance(frame, pd.DataFrame):
        return
    ways = ("to_pandas", "collect", "compute")
    how = next((way for way in ways if callable(getattr(frame, way, None))), None)
    fix = "" if how is None else f"hand over {argument}.{how}()"
    if isinstance(frame, (str, bytes, PathLike)):
        fix = "ebf.read(path) reads a file"
    place = Place("table", argument=argument)
    raise InputError([wrong_type(place, _said(frame), _FRAMES, fix=fix)])


def read_ids(
    frame: pd.DataFrame,
) -> tuple[list[str], list[Any] | None, list[Fault]]:
    """Unit ids and scenarios of the rows, with what is wrong with them."""
    if faults := _index_faults(frame):
        return [], None, faults
    ids, faults = _ids_of(frame)
    if faults:
        return [], None, faults
    if not ids:
        return [], None, [missing(Place("table", column=ID), "no rows", "at least one unit")]
    scenario = None
    if SCENARIO in frame.index.names:
        scenario = frame.index.get_level_values(SCENARIO).tolist()
    if not len(ids) == len(scenario or ids) == len(frame.index):  # pandas can make such an index
        place, allowed = Place("table", "index"), "one value a row"
        return [], None, [malformed(place, "levels of several lengths", allowed)]
    lines = frame.attrs.get(LINES, {})
    if are_text(ids) and _are_ids(ids):
        return ids, scenario, _row_faults(ids, scenario, lines)
    as_text = [as_name(each) for each in ids]
    faults = id_faults(ids, lines) + _row_faults(as_text, scenario, lines)
    return as_text, scenario, faults


def _are_ids(texts: Sequence[str]) -> bool:
    """Whether all are of the form of an id, looked at together: there are many."""
    text = "\n".join((*texts, "")).encode(errors="replace")
    ends = text[_ID_LENGTH :: _ID_LENGTH + 1]
    return len(ends) == len(texts) and ends == text.translate(None, _CHARACTERS)


def _ids_of(frame: pd.DataFrame) -> tuple[list[Any], list[Fault]]:
    """The ids of the rows as they stand in the column or the index."""
    if ID in frame.columns:
        column: pd.Series | pd.DataFrame = frame[ID]  # a fault says where it stands twice
        one = column.iloc[:, 0] if isinstance(column, pd.DataFrame) else column
        texts = texts_in_arrow(one)
        ids = one.tolist() if texts is None else texts.to_numpy().tolist()
        return ids, _contradicted(frame, ids)
    if ID in frame.index.names:
        return frame.index.get_level_values(ID).tolist(), []
    place = Place("table", column=ID)
    return [], [missing(place, "no such column or index", _ID_ALLOWED, _ID_CITE)]


def _contradicted(frame: pd.DataFrame, ids: Sequence[object]) -> list[Fault]:
    """Rows whose id in the index is another than in the column."""
    if ID not in frame.index.names or len(frame.index) != len(ids):
        return []
    pairs = enumerate(zip(ids, frame.index.get_level_values(ID).tolist(), strict=True))
    fix = "units.reset_index(drop=True), or leave the column out"
    return [
        contradiction(
            Place("index" if own is None else described(own), row=row, column=ID),
            f"{described(own)} in the column",
            f"{described(other)}, as in the index",
            _ID_CITE,
            fix,
        )
        for row, (own, other) in pairs
        if own != other and not (is_blank_cell(own) and is_blank_cell(other))
    ][:MOST_FAULTS]


def _index_faults(frame: pd.DataFrame) -> list[Fault]:
    levels = [*frame.index.names]
    if levels.count(ID) > 1 or levels.count(SCENARIO) > 1:
        return [repeated(Place("table", "index"), "a level twice", "every level once")]
    if SCENARIO in frame.columns:
        fix = f"units.set_index([{SCENARIO!r}, {ID!r}])"
        return [
            malformed(Place("table", column=SCENARIO), "a column", "a level of the index", fix=fix)
        ]
    return []


def are_text(cells: Iterable[object]) -> bool:
    """Whether every cell is text."""
    return {*map(type, cells)} == {str}


def texts_in_arrow(cells: pd.Series) -> Any:
    """The texts of a column as Arrow has them, which is quicker with them; None for all else.

    None where a cell is blank too.
    """
    if not isinstance(cells.dtype, pd.StringDtype) or cells.dtype.storage != "pyarrow":
        return None
    array: Any = cells.array
    texts = array.__arrow_array__()
    return None if texts.null_count else texts


def id_faults(ids: Sequence[object], lines: Mapping[str, Sequence[int]]) -> list[Fault]:
    """What is wrong with the ids of rows; ``lines`` of their file, where it has them."""
    left = {found: iter(places) for found, places in lines.items()}

    def place(row: int, found: object) -> Place:
        line = next(left.get(as_name(found), iter(())), None)
        at = f"row {row}" if line is None else f"line {line}"
        return Place(at, row=row, line=line, column=ID)

    faults = (
        id_fault(place(row, each), each)
        for row, each in enumerate(ids)
        if not (isinstance(each, str) and _ID.fullmatch(each))
    )
    return list(islice(filter(None, faults), MOST_FAULTS))


def id_fault(place: Place, found: object) -> Fault | None:
    """What is wrong with the unit id in a place, or None."""
    if isinstance(found, str) and _ID.fullmatch(found):
        return None
    is_blank = is_blank_cell(found) or (isinstance(found, str) and not found)
    shown = "blank" if is_blank else described(found)
    return malformed(place, shown, _ID_ALLOWED, _ID_CITE, _id_fix(found))


_DASHED = re.compile(r"[0-9]{2}-[0-9]{3}-[0-9]{3}[0-9A-Z]-[0-9]{2}(-[0-9]{2}){0,2}|"
                     r"[0-9]{2}-[0-9]{3}-[0-9]{3}[0-9A-Z]-[0-9]{2}-[0-9]{4}")  # fmt: skip
_PARTS = re.compile(r"(?P<region>[0-9]{2})(?P<county>[0-9]{3})(?P<district>[0-9]{3}[0-9A-Z])"
                    r"(?P<type>[0-9]{2})(?P<school>[0-9]*)")  # fmt: skip
_SCHOOL_LENGTH = 15
_SCHOOL = re.compile(r"[0-9]{5}[0-9A-Z]{4}[0-9]{2}[0-9A-Z]{4}")
_REGIONS, _COUNTIES = range(1, 66), range(109)
_TYPES = frozenset(
    ["00", "02", "03", "04", "05", "13", "15", "16", "17", "19", "22", "24", "25", "26", "27", "80"]
)
_NO_DISTRICT = "0000"
_LEAST_TOO_LONG = 10**15


def id_in(found: object) -> str | None:
    """The 13-character id that a cell unmistakably holds in one of its other forms, or None.

    The State Board writes it with 15 characters (the school's, whose district's end in 0000),
    with 11 (without a school), and with dashes; programs take a number for it, and then its
    leading zero is lost.

    >>> id_in("01-001-0010-26-00"), id_in(100100102600), id_in("1001001026")
    ('0100100102600', '0100100102600', '0100100102600')
    >>> id_in("010010010260000"), id_in("010010010260001")
    ('0100100102600', None)
    """
    if isinstance(found, bool):
        return None
    if isinstance(found, (int, float)) and 0 < found < _LEAST_TOO_LONG and found == found // 1:
        found = str(int(found))
    if not isinstance(found, str):
        return None
    text = found.strip().upper()
    if _ID.fullmatch(text):
        return text
    if _DASHED.fullmatch(text):
        text = text.replace("-", "")
    elif (digits := text.removesuffix(".0")).isascii() and digits.isdigit():
        text = f"0{digits}" if len(digits) in {10, 12, 14} else digits
    if (parts := _PARTS.fullmatch(text)) is None:
        return None
    is_known = (
        int(parts["region"]) in _REGIONS
        and int(parts["county"]) in _COUNTIES
        and parts["type"] in _TYPES
    )
    school = {0: "00", 2: parts["school"], 4: parts["school"][:2]}.get(len(parts["school"]), "")
    is_a_school = parts["school"][2:] not in {"", "00"}
    is_program = parts["district"] == _NO_DISTRICT and not parts["school"]  # there are several
    if not is_known or not school or is_a_school or is_program:
        return None
    return text[:11] + school


def school_in(found: object) -> str:
    """The id of a school as text, the same whichever of its forms a cell has it in.

    The State Board's has 15 characters, also with dashes, and where a program took it for a
    number its leading zero is lost. An id of one's own stays as it is written.

    >>> school_in("01-016-9057-04-2003"), school_in(10169057042003), school_in(" Lincoln ")
    ('010169057042003', '010169057042003', 'Lincoln')
    """
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    text = as_name(found).strip()
    own = text.removesuffix(".0").replace("-", "").upper()
    if own.isascii() and own.isdigit() and len(own) == _SCHOOL_LENGTH - 1:
        own = f"0{own}"
    return own if _SCHOOL.fullmatch(own) else text


def _id_fix(found: object) -> str:
    """How to mend an id that was taken for something else on its way, or is of another form."""
    meant = id_in(found)
    if not isinstance(found, str):
        is_blank = is_blank_cell(found) or found is pd.NaT
        lost = "" if meant is None else f"{_LOST_ZERO.format(meant)}; "
        return "" if is_blank else f"{lost}{_READ_AS_TEXT}"
    if found.isascii() and found.isdigit() and len(found) == _ID_LENGTH - 1:
        return f"{_LOST_ZERO.format(meant or f'0{found}')}; {_READ_AS_TEXT}"
    if _SHORT_ID.fullmatch(found):
        return f"{_LOST_DIGITS}; {_READ_AS_TEXT}"
    text = found.strip().upper().replace("-", "")
    if meant is None and _PARTS.fullmatch(text) and len(text) > _ID_LENGTH:
        return f"a school's id; nearest: {text[:11]}00, its district's"
    form = "the region, county, district and type, 11 digits, and 00 behind them"
    return form if meant is None else f"nearest: {meant}"


def _row_faults(
    ids: Sequence[str], scenario: Sequence[Any] | None, lines: Mapping[str, Sequence[int]]
) -> list[Fault]:
    """Units twice, and scenarios that do not have the same units."""
    keys = ids if scenario is None else list(zip(scenario, ids, strict=True))
    faults = []
    if len(set(keys)) < len(keys):
        counts = Counter(keys)
        faults = [
            repeated(
                _of_key(key), f"{count} rows{_on(lines.get(str(key)))}", "one row a unit", _ID_CITE
            )
            for key, count in counts.items()
            if count > 1
        ][:MOST_FAULTS]
    if scenario is not None and len(set(ids)) * len(set(scenario)) != len(ids):
        found = f"{len(ids)} rows of {len(set(ids))} units in {len(set(scenario))} scenarios"
        faults.append(
            contradiction(
                Place("table", column=SCENARIO), found, "the same units in every scenario"
            )
        )
    return faults


def _on(lines: Sequence[int] | None) -> str:
    """The lines of a file on which a unit stands."""
    return "" if not lines else f", on lines {', '.join(map(str, lines[:SHOWN]))}"


def _of_key(key: Any) -> Place:
    """Where a unit is, by its id, or by scenario and id."""
    scenario, unit = key if isinstance(key, tuple) else (None, key)
    name = None if scenario is None else as_name(scenario)
    return Place(str(key), unit=unit, scenario=name, column=ID)


def is_blank_cell(cell: object) -> bool:
    """Whether a cell of a frame holds nothing."""
    return cell is None or cell is pd.NA or (isinstance(cell, float) and cell != cell)  # noqa: PLR0124 - only NaN differs from itself
