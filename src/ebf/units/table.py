"""The table of units, checked as a whole: every fault is reported at once.

Holds: KIND, OF_YEAR, FROM_FILE, GIVEN, NOTE, Cells, Table, source_of, check_table,
check_cells_alone, column_faults, names_of, read_numbers, value_faults.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from itertools import repeat
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from ebf.contents import ByContents
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
    nearest,
    out_of_range,
    repeated,
    unknown_name,
    wrong_type,
)
from ebf.files import Source
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values
from ebf.law.columns import KINDS, Column
from ebf.law.funding import FUNDING
from ebf.law.inputs import TEXT_COLUMNS
from ebf.law.names import column_of, columns_of, columns_of_statute, entries
from ebf.law.years import LAST_YEAR
from ebf.numbers import Numbers, number_of
from ebf.units.cells import is_unicode, remedy
from ebf.units.ids import SCENARIO, are_text, frame_of, is_blank_cell, read_ids, texts_in_arrow
from ebf.units.isbe.headings import HEADINGS, NOTES, heading_key, kind_of_unit
from ebf.units.kept import kept_columns
from ebf.units.marks import NO_MARKS, NOT_PUBLISHED, Marked, marked_in
from ebf.units.relations import neighbors_of_counties, relations
from ebf.units.rules import rules

KIND = "organization_type"
OF_YEAR, FROM_FILE, GIVEN = "fiscal_year", "source", "given"
"""What a frame keeps among its attributes: of a file it was read from, and lines that stand in."""
NOTE = "note"
"""Where it keeps what is to be known of all its numbers: that they are invented."""
_LONGEST_TEXT: Final = 1_000
_CENT: Final = 0.01

Cells: TypeAlias = pd.DataFrame | Mapping[Any, pd.Series]
"""The columns of a table by their names."""


@dataclass(frozen=True, eq=False)
class Table(ByContents):
    """A checked table: units sorted by id, so that sums do not depend on row order.

    ``values`` are the inputs and lines given whole, three axes each;
    ``incomplete`` the columns that a banded one lacks. ``text`` has text columns
    of shape (scenarios, units), ``kept`` the caller's own. ``rows`` are the
    places of the caller's rows among the sorted ones. ``marks`` are those of numbers
    that were not published, as ``marked`` reads them. ``source`` is the file that the
    units were read from; ``note`` what is to be known of all of them.
    """

    unit_ids: tuple[str, ...]
    scenarios: tuple[Any, ...] | None
    text: Mapping[str, npt.NDArray[Any]]
    values: Mapping[str, Values]
    incomplete: Mapping[str, tuple[str, ...]]
    rows: npt.NDArray[np.intp]
    kept: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)
    marks: str = NO_MARKS
    source: Source | None = None
    note: str = ""

    def of_scenario(self, place: int) -> Table:
        """The table of one scenario, by its place."""
        if self.scenarios is None:
            return self
        count = len(self.unit_ids)
        return replace(
            self,
            scenarios=None,
            text={name: text[place : place + 1] for name, text in self.text.items()},
            kept={name: cells[place : place + 1] for name, cells in self.kept.items()},
            values={
                name: each[place : place + 1] if len(each) > 1 else each
                for name, each in self.values.items()
            },
            rows=self.rows[self.rows // count == place] - place * count,
        )

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where every unit stands among them."""
        return {unit: place for place, unit in enumerate(self.unit_ids)}

    def text_at(self, column: str, place: int) -> str | None:
        """A text of the unit at a place, its name or county, of one state; None without one."""
        texts = self.text.get(column)
        found = None if texts is None else texts[0, place]
        return found if isinstance(found, str) else None

    @cached_property
    def marked(self) -> Marked:
        """What was not published of the values, by column and unit."""
        return marked_in(self.marks, self.values, self.places)

    @cached_property
    def regions_by_id(self) -> bool:
        """Whether every unit's region is the one that its id begins with."""
        return bool((self.text["region"] == np.array(self.unit_ids, dtype="U2")).all())

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The numeric columns handed over, of inputs and lines that are whole."""
        return tuple(column for name in self.values for column in columns_of(name))

    def without(self, names: Collection[str]) -> Table:
        """The same table without some of its inputs and lines."""
        return replace(self, values={n: each for n, each in self.values.items() if n not in names})

    def with_values(self, changed: Mapping[str, Values]) -> Table:
        """The same table with other values of some of its inputs and lines."""
        return replace(self, values={**self.values, **changed})


def source_of(frame: pd.DataFrame) -> Source | None:
    """The file that a frame says it was read from; an attribute of the caller's own is none."""
    said = frame.attrs.get(FROM_FILE)
    names = Source.__dataclass_fields__.keys()
    return Source(**said) if isinstance(said, Mapping) and said.keys() == names else None


@np.errstate(all="ignore")
def check_table(
    frame: pd.DataFrame, fiscal_year: int = LAST_YEAR, section: str = FUNDING.section
) -> Table:
    """Check a table of units and take it in.

    Args:
        frame: A row a unit; ``unit_id`` a column or the index (with scenarios
            the index levels ``scenario`` and ``unit_id``). Columns are raw
            inputs and lines by name.
        fiscal_year: The year whose rules apply.
        section: The statute whose inputs and lines the columns may be.

    Raises:
        InputError: with every fault of the table.
    """
    frame = frame_of(frame)
    _check_year(frame, fiscal_year)
    ids, scenario, faults = read_ids(frame)
    faults += column_faults(frame, section)
    if not ids or frame.columns.nlevels > 1 or not _can_be_found(frame):
        raise InputError(faults)
    names = names_of(frame)
    if len({*names}) < len(names):  # a fault says so
        frame = frame.loc[:, ~pd.Index(names).duplicated()]
    # pandas hands out the columns of a frame sooner together than by name
    cells = frame if len(names) > _FEW else dict(frame.items())
    kinds, kind_faults = _read_kinds(cells, ids)
    columns = tuple(name for name in dict.fromkeys(names) if name in entries())
    numbers, number_faults = read_numbers(cells, columns, ids)
    faults += kind_faults + number_faults + _text_faults(frame, ids)
    filled = _filled(numbers, columns, kinds, fiscal_year)
    faults += value_faults(numbers, filled, columns, ids, kinds, fiscal_year)
    faults += _statewide_faults(filled, columns, ids, scenario, fiscal_year)
    if section == FUNDING.section:  # what else reads these columns needs no others of them
        faults += relations(columns, filled, ids, kinds, fiscal_year, np.isnan(numbers))
    if "county" in frame.columns:
        faults += neighbors_of_counties(columns, numbers, ids, frame["county"].tolist())
    if faults:
        raise InputError(faults)
    return _take_in(frame, columns, filled, ids, kinds, scenario)


def check_cells_alone(frame: pd.DataFrame, fiscal_year: int = LAST_YEAR) -> None:
    """Check every cell by itself: not what a unit must have, nor how columns fit together.

    Raises InputError with every fault of the ids, the names of columns, and the cells.
    """
    ids, _, faults = read_ids(frame)
    faults += column_faults(frame)
    columns = tuple(name for name in names_of(frame) if name in entries())
    numbers, number_faults = read_numbers(frame, columns, ids)
    of_any_kind = np.full(len(ids), "")
    faults += number_faults + _text_faults(frame, ids)
    faults += value_faults(numbers, numbers, columns, ids, of_any_kind, fiscal_year)
    if faults:
        raise InputError(faults)


# --- Reading the frame ---------------------------------------------------------


def _check_year(frame: pd.DataFrame, fiscal_year: int) -> None:
    """Refuse units that were read as those of another fiscal year."""
    year = frame.attrs.get(OF_YEAR, fiscal_year)
    if year != fiscal_year:
        allowed = f"units of FY{fiscal_year}, the year of the law"
        fix = f"ebf.law({year}), or the units of FY{fiscal_year}"
        place = Place("table", argument="fiscal_year")
        raise InputError([contradiction(place, f"units of FY{year}", allowed, fix=fix)])


def column_faults(frame: pd.DataFrame, section: str = FUNDING.section) -> list[Fault]:
    """Columns that the statute does not know, that are twice there, or without a name."""
    if frame.columns.nlevels > 1:
        return [
            malformed(Place("table", "columns"), "names of several levels", "one name a column")
        ]
    names = frame.columns.tolist()
    kept = {*kept_columns(frame)}
    known = _known_columns(section)
    if are_text(names) and len({*names}) == len(names) and known >= {*names} - kept:
        return []
    own = _KEEP_IT if section == FUNDING.section else _LEAVE_IT
    faults: list[Fault] = []
    for name, count in Counter(names_of(frame)).items():
        if name == SCENARIO:  # a fault of the index
            continue
        shown = _label(name)
        if count > 1:
            faults.append(
                repeated(Place("table", column=shown), "the column twice", "every column once")
            )
        if name not in known | kept:
            of = "" if section == FUNDING.section else f" --statute {section}"
            allowed = f"an input, or a line by its name (ebf lines{of})"
            like = sorted(known) if len(faults) < SHOWN else ()
            fault = unknown_name(Place("table", column=shown), "unknown column", allowed, like)
            faults.append(replace(fault, fix=_column_fix(name) or fault.fix or own))
    return faults[:MOST_FAULTS]


_LEAVE_IT: Final = "a column of your own is left out, or named: ebf.read_units(..., keep=[...])"
_KEEP_IT: Final = "a column of your own is passed through where it is named: keep=[...], --keep"


def _column_fix(heading: str) -> str:
    """What a heading of the State Board's is called here."""
    key = heading_key(heading)
    if key in HEADINGS:
        return f"its name here: {HEADINGS[key]}"
    return NOTES.get(key, "")


@cache
def _known_columns(section: str) -> frozenset[str]:
    return frozenset({*columns_of_statute(section), *TEXT_COLUMNS})


def names_of(frame: pd.DataFrame) -> list[str]:
    """The columns' names; of what is no text, how Python writes it."""
    names: list[Any] = frame.columns.tolist()
    return [as_name(name) for name in names]


def _can_be_found(frame: pd.DataFrame) -> bool:
    """Whether columns can be told apart by their names."""
    names: list[Any] = frame.columns.tolist()
    return are_text(names) or all(isinstance(name, Hashable) for name in names)


def _label(name: str) -> str:
    """A column's name; as Python writes it, where it is blank or has blanks around it."""
    return name if name and name == name.strip() else described(name)


def _text_faults(frame: pd.DataFrame, ids: Sequence[str]) -> list[Fault]:
    """Cells of text columns that hold something else, or a book."""
    faults = []
    allowed = f"text in Unicode of at most {_LONGEST_TEXT:,} characters"
    for name in ("name", "county", "region"):
        if name not in frame.columns:
            continue
        cells = frame[name].tolist()
        lengths = [*map(len, cells)] if are_text(cells) else [_LONGEST_TEXT + 1]
        is_short = (min(lengths) or name != "region") and max(lengths) <= _LONGEST_TEXT
        if is_short and is_unicode("".join(cells)):
            continue
        wrong = [
            wrong_type(
                Place(unit=unit, column=name),
                "blank" if is_blank_cell(cell) else described(cell),
                allowed,
            )
            for unit, cell in zip(ids, cells, strict=False)
            if (
                len(cell) > _LONGEST_TEXT or not is_unicode(cell)
                if isinstance(cell, str)
                else name == "region" or not is_blank_cell(cell)
            )
        ]
        faults += wrong[:MOST_FAULTS]
    return faults


def _codes(kinds: pd.Series) -> npt.NDArray[np.intp]:
    """The place of each among the kinds of unit, -1 for what is none."""
    if (texts := texts_in_arrow(kinds)) is None:
        return _codes_of(kinds.tolist())
    found = texts.combine_chunks().dictionary_encode()  # few, found sooner than all are objects
    return _codes_of(found.dictionary.to_pylist()).take(found.indices.to_numpy())


def _codes_of(kinds: Sequence[object]) -> npt.NDArray[np.intp]:
    try:
        return np.array(list(map(_KIND_CODES.get, kinds, repeat(-1))), dtype=np.intp)
    except TypeError:  # something without a hash is among them
        known = [_KIND_CODES.get(each, -1) if isinstance(each, str) else -1 for each in kinds]
        return np.array(known, dtype=np.intp)


def _read_kinds(cells: Cells, ids: Sequence[str]) -> tuple[npt.NDArray[np.str_], list[Fault]]:
    allowed = f"one of {', '.join(KINDS)}"
    if KIND not in cells:
        fault = missing(Place("table", column=KIND), "no such column", allowed, "18-8.15(a)")
        return np.full(len(ids), ""), [fault]
    codes = _codes(cells[KIND])
    wrong = np.flatnonzero(codes < 0)[:MOST_FAULTS].tolist()
    found = cells[KIND].tolist() if wrong else []
    faults = [
        out_of_range(
            Place(unit=ids[row], column=KIND),
            shown,
            allowed,
            "18-8.15(a)",
            nearest(shown.casefold(), KINDS) or _kind_fix(found[row]),
        )
        for row in wrong
        for shown in ["blank" if is_blank_cell(found[row]) else described(found[row])]
    ]
    return _KINDS_AND_NONE.take(codes), faults


_KIND_CODES: Final[Mapping[object, int]] = {kind: number for number, kind in enumerate(KINDS)}
_KINDS_AND_NONE: Final = np.array((*KINDS, ""))


def _kind_fix(found: object) -> str:
    known = kind_of_unit(found) if isinstance(found, str) else None
    return "" if known is None else f"its name here: {known}"


def read_numbers(
    cells: Cells, columns: tuple[str, ...], ids: Sequence[str]
) -> tuple[Numbers, list[Fault]]:
    """The numeric columns as one matrix, a blank NaN."""
    numbers = np.empty((len(columns), len(ids))).T  # a column lies in one piece
    faults: list[Fault] = []
    together = _read_together(cells, columns, numbers)
    for position, name in enumerate(columns):
        if position in together:
            continue
        column, about = cells[name], entries()[name].about
        is_flag = about.measure is Measure.FLAG
        if column.dtype in _PLAIN:
            numbers[:, position] = column.to_numpy()
            continue
        if column.dtype.kind in ("fiub" if is_flag else "fiu"):
            numbers[:, position] = column.to_numpy(dtype=np.float64, na_value=np.nan)
            faults += _short_floats(column, about)
            continue
        for row, value in enumerate(column.tolist()):
            number = number_of(value, is_flag=is_flag)
            numbers[row, position] = 0.0 if number is None else number
            if number is None and len(faults) < MOST_FAULTS:
                faults.append(
                    wrong_type(
                        Place(unit=ids[row], column=name),
                        described(value),
                        about.allowed,
                        about.cite,
                        remedy(value),
                    )
                )
    numbers += 0.0  # no negative zeros
    return numbers, faults


_FEW: Final = 16
"""Columns that are read sooner one by one: pandas takes its time to pick out some."""


def _read_together(cells: Cells, columns: Sequence[str], numbers: Numbers) -> Collection[int]:
    """Read the columns that NumPy has as numbers, where they are many; their places."""
    if len(columns) <= _FEW or not isinstance(cells, pd.DataFrame):
        return ()
    kinds, at = cells.dtypes.tolist(), {name: at for at, name in enumerate(names_of(cells))}
    plain = [place for place, name in enumerate(columns) if kinds[at[name]] in _PLAIN]
    of_frame = cells.iloc[:, [at[columns[place]] for place in plain]]
    numbers[:, plain] = of_frame.to_numpy(dtype=np.float64)
    return frozenset(plain)


_PLAIN: Final = frozenset(map(np.dtype, ("f8", "i8", "i4", "i2", "i1", "u1", "u2", "u4", "u8")))
_WHOLE_FLOATS: Final = 8
"""Bytes of a float that holds the cents of any amount allowed."""


def _short_floats(column: pd.Series, about: Column) -> Iterator[Fault]:
    """A column of floats too short for its numbers: cents, pupils or ratios are cut off."""
    kind: Any = getattr(column.dtype, "numpy_dtype", column.dtype)
    kind = getattr(kind, "subtype", kind)  # of a sparse column
    if kind.kind != "f" or kind.itemsize >= _WHOLE_FLOATS:
        return
    held = column.dropna().to_numpy(kind)
    meant = np.array([float(str(each)) for each in held])
    cut = meant != held.astype(float)
    if about.measure is Measure.DOLLARS:
        cut |= np.spacing(np.abs(held)) > _CENT
    if cut.any():
        found = f"{kind}, which has {meant[cut][0]:.15g} as {float(held[cut][0]):.15g}"
        fix = "read the column anew as float64: what was cut off is lost"
        yield wrong_type(Place("table", column=str(column.name)), found, "float64", about.cite, fix)


# --- Checking the numbers --------------------------------------------------------


def _filled(
    numbers: Numbers,
    columns: tuple[str, ...],
    kinds: npt.NDArray[np.str_],
    fiscal_year: int,
) -> Numbers:
    """With defaults for blanks, and 0 where the unit's kind does not need a value."""
    blank = np.isnan(numbers)
    if not blank.any():
        return numbers
    rule = rules(columns, fiscal_year)
    filled = np.where(blank, rule.default, numbers)
    for kind in set(kinds.tolist()) & rule.needed.keys():
        filled[np.isnan(filled) & (kinds == kind)[:, None] & ~rule.needed[kind]] = 0.0
    return filled


def value_faults(
    numbers: Numbers,
    filled: Numbers,
    columns: tuple[str, ...],
    ids: Sequence[str],
    kinds: npt.NDArray[np.str_],
    fiscal_year: int,
) -> list[Fault]:
    """Numbers that their columns cannot hold, of such a unit in such a year."""
    rule = rules(columns, fiscal_year)
    right = (numbers >= rule.low) & (numbers <= rule.high)  # a blank is neither
    if not right.all():
        blank = np.isnan(numbers)
        right |= blank & (rule.may_be_blank | ~np.isnan(filled))
        right |= blank & (kinds == "")[:, np.newaxis]  # who it is, is a fault of its own
    if rule.whole.size:
        counted = numbers[:, rule.whole]
        right[:, rule.whole] &= (counted == np.rint(counted)) | np.isnan(counted)
    faults = []
    for row, position in _places(~right):
        about, value = entries()[columns[position]].about, numbers[row, position]
        found = "blank" if np.isnan(value) else f"{value:.15g}"
        faults.append(
            out_of_range(
                Place(unit=ids[row], column=columns[position]), found, about.allowed, about.cite
            )
        )
    for kind, never in rule.never.items():
        if not never.size:
            continue
        rows = np.flatnonzero(kinds == kind)
        for row, position in _places(numbers[np.ix_(rows, never)] > 0):
            found = f"{numbers[rows[row], never[position]]:g}"
            allowed = f"0 or blank: the unit is {kind}"
            name = columns[never[position]]
            faults.append(
                contradiction(
                    Place(unit=ids[rows[row]], column=name),
                    found,
                    allowed,
                    entries()[name].about.cite,
                )
            )
    for row, position in _places(numbers[:, rule.later] > 0) if rule.later.size else ():
        name = columns[rule.later[position]]
        about = entries()[name].about
        found = f"{numbers[row, rule.later[position]]:.15g} in FY{fiscal_year}"
        allowed = f"0 or blank before FY{about.first_year}"
        faults.append(contradiction(Place(unit=ids[row], column=name), found, allowed, about.cite))
    return faults


def _places(wrong: npt.NDArray[np.bool_]) -> list[list[int]]:
    """Rows and columns of what is wrong, as many as are told."""
    return np.argwhere(wrong)[:MOST_FAULTS].tolist() if wrong.any() else []


def _statewide_faults(
    numbers: Numbers,
    columns: tuple[str, ...],
    ids: Sequence[str],
    scenario: Sequence[Any] | None,
    fiscal_year: int,
) -> list[Fault]:
    """Statewide columns that differ between the units of a state."""
    faults: list[Fault] = []
    for position in rules(columns, fiscal_year).statewide.tolist():
        name = columns[position]
        first: dict[Any, float] = {}
        known = numbers[~np.isnan(numbers[:, position]), position]
        if (known == known[:1]).all():  # the usual
            continue
        for row, value in enumerate(numbers[:, position]):
            if np.isnan(value):  # a fault of its own
                continue
            state = None if scenario is None else scenario[row]
            if first.setdefault(state, value) != value and len(faults) < MOST_FAULTS:
                allowed = f"{first[state]:.15g}, as above: one value for the whole state"
                faults.append(
                    contradiction(
                        Place(unit=ids[row], column=name),
                        f"{value:.15g}",
                        allowed,
                        entries()[name].about.cite,
                    )
                )
    return faults


# --- Taking it in ----------------------------------------------------------------


def _take_in(
    frame: pd.DataFrame,
    columns: tuple[str, ...],
    numbers: Numbers,
    ids: Sequence[str],
    kinds: npt.NDArray[np.str_],
    scenario: Sequence[Any] | None,
) -> Table:
    scenarios = None if scenario is None else tuple(dict.fromkeys(scenario))
    by_id = np.frombuffer("".join(ids).encode(), dtype="S13")  # each has as many characters
    unit_ids = sorted(ids if scenario is None else {*ids})
    order: Any = slice(None)
    if unit_ids != ids:  # as they are often in order
        keys = [by_id]
        if scenario is not None:
            place = {each: number for number, each in enumerate(scenarios or ())}
            keys.append(np.array([place[each] for each in scenario]))
        order = np.lexsort(keys)
    shape = (len(scenarios or (None,)), -1)
    rows = np.empty(len(ids), dtype=np.intp)
    rows[order] = np.arange(len(ids))

    def text(name: str) -> npt.NDArray[Any]:
        return frame[name].to_numpy(object, copy=True)[order].reshape(shape)

    region = (
        np.array([str(each) for each in frame["region"].tolist()])
        if "region" in frame.columns
        else _beginnings(by_id)  # an id begins with its region
    )
    values, incomplete = _arrays(columns, numbers.T[:, order], shape, kinds)
    return Table(
        unit_ids=tuple(unit_ids),
        scenarios=scenarios,
        text={name: text(name) for name in ("name", "county") if name in frame.columns}
        | {KIND: kinds[order].reshape(shape), "region": region[order].reshape(shape)},
        values=values,
        incomplete=incomplete,
        rows=rows,
        kept={name: text(name) for name in kept_columns(frame)},
        marks=frame.attrs.get(NOT_PUBLISHED, NO_MARKS),
        source=source_of(frame),
        note=str(frame.attrs.get(NOTE, "")),
    )


def _beginnings(ids: npt.NDArray[np.bytes_]) -> npt.NDArray[np.str_]:
    """The first two characters of ids; NumPy takes ten times as long to make text of bytes."""
    codes = ids.view(np.uint8).reshape(len(ids), -1)[:, :2]
    return codes.astype(np.uint32).view("U2")[:, 0]


def _arrays(
    columns: tuple[str, ...], numbers: Numbers, shape: tuple[int, int], kinds: npt.NDArray[np.str_]
) -> tuple[dict[str, Values], dict[str, tuple[str, ...]]]:
    """The inputs and lines as arrays of three axes, and the columns that banded ones lack."""
    names, are_lacking = _names_of(columns)
    there = set(kinds.tolist()) if are_lacking else set()
    values: dict[str, Values] = {}
    incomplete: dict[str, tuple[str, ...]] = {}
    for name, (about, places) in names.items():
        lacking = [column for column, place in places.items() if place is None]
        needed = [each for each in lacking if not there <= entries()[each].never_of]
        if needed and about.default is None:
            incomplete[name] = tuple(needed)
            continue
        lacked = np.full(numbers.shape[1] if lacking else 0, about.default or 0.0)
        by_band = [lacked if place is None else numbers[place] for place in places.values()]
        array = by_band[0] if len(by_band) == 1 else np.stack(by_band, axis=-1)
        array = array.reshape(*shape, len(by_band))
        if about.statewide:
            array = array[:, :1].copy()
        values[name] = array.astype(bool) if about.measure is Measure.FLAG else array
    return values, incomplete


@lru_cache(maxsize=64)
def _names_of(
    columns: tuple[str, ...],
) -> tuple[dict[str, tuple[Column, dict[str, int | None]]], bool]:
    """The inputs and lines that columns hold, with the place of each band; whether one lacks."""
    at = {name: place for place, name in enumerate(columns)}
    found = {
        name: (column_of(name), {each: at.get(each) for each in columns_of(name)})
        for name in dict.fromkeys(entries()[column].name for column in columns)
    }
    return found, any(None in places.values() for _, places in found.values())
