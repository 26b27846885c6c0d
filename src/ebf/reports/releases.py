"""Two releases of one fiscal year's file: what changed in it, and what comes of that.

Holds: Release, Releases, releases.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from os import PathLike
from typing import IO, Any, Final, TypeAlias

import numpy as np
import pandas as pd

from ebf.faults import Fault, InputError, Place, contradiction
from ebf.files import known_sources, write_file
from ebf.language.measure import Measure
from ebf.law.inputs import TEXT
from ebf.law.names import columns_of, entries
from ebf.law.parameters import Law, check_law, element_owners, identifier_of
from ebf.ledger import Ledger, calculate
from ebf.numbers import Amount
from ebf.show.answer import Answer
from ebf.show.document import Column, Table
from ebf.units.csv_and_parquet import write_safe_csv
from ebf.units.ids import ID, STATEWIDE
from ebf.units.reading import read
from ebf.units.state import State
from ebf.what_if.attribution import Attribution, attribute
from ebf.what_if.comparison import Comparison, compare

Release: TypeAlias = State | str | PathLike[str] | bytes | IO[bytes]

_MONEY, _TOTAL = "tier_funding", "total_state_contribution"
_SHOWN: Final = 50
_ADD_UP: Final = {Measure.DOLLARS, Measure.STUDENTS, Measure.FTE}
_NOT_TAKEN_IN: Final = "Columns of the files that ebf.read does not take in."
_NOISE: Final = 1e-12
_LEAST_DOLLARS: Final = 1e-4
"""A hundredth of a cent."""
_VALUES: Final = ("old", "new", "change", "mark")
_CELL: Final = (ID, "name", "column", "label", *_VALUES)
_NUMBER: Final = ("number", "label", "old", "new", "change")
_LINE: Final = ("line", "label", "units", "largest_change", "sum_of_changes")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Releases(Answer):
    """What :func:`releases` found.

    ``cells`` has a row a cell of an input that changed: unit, column, old, new, change
    (of numbers), and whether it was recovered or estimated, not published. ``law`` has the
    numbers of the law that differ, ``alone`` the units of one release alone. What comes of
    them: ``consequences`` has a row a computed line that changed; ``comparisons`` and
    ``attributions`` have every unit's tier funding, and its total where the releases have
    base funding: before and after, and split into the inputs that changed.
    """

    fiscal_year: int
    cells: pd.DataFrame
    law: pd.DataFrame
    alone: pd.DataFrame
    consequences: pd.DataFrame
    comparisons: Mapping[str, Comparison]
    attributions: Mapping[str, Attribution]

    @property
    def counts(self) -> pd.Series:
        """How much changed."""
        units = self.comparisons[_MONEY].units
        return pd.Series(
            {
                "units in both": len(units),
                "units that went": int((self.alone["release"] == "old").sum()),
                "units that came": int((self.alone["release"] == "new").sum()),
                "input cells that changed": len(self.cells),
                "units with such a cell": self.cells.loc[self.cells[ID] != STATEWIDE, ID].nunique(),
                "numbers of the law that differ": len(self.law),
                "lines that changed with them": len(self.consequences),
                "units whose tier funding changed": int((units["change"] != 0).sum()),
                "units that change tier": int((units["tier_before"] != units["tier_after"]).sum()),
            }
        )

    @property
    def title(self) -> str:
        """What it is called; whether anything differs is said first."""
        changed = self.counts.drop("units in both")
        found = "what differs" if changed.any() else "the same, nothing differs"
        return f"Two releases of FY{self.fiscal_year}: {found}"

    def to_csv(self, path: str | PathLike[str]) -> None:
        """Every input cell that changed, as a CSV file, safe to open with a spreadsheet.

        Raises OSError where the file cannot be written.
        """
        write_file(path, partial(write_safe_csv, self.cells))

    @property
    def _year(self) -> int:
        return self.fiscal_year

    def _tables(self) -> list[Table]:
        counts = tuple((str(what), int(count)) for what, count in self.counts.items())
        columns = Column("what"), Column("count", Measure.COUNT)
        cells = self.cells.set_index([ID, "name", "column"])[[*_VALUES, "label"]]
        tables = [
            Table("counts", "What changed", columns, counts),
            Table.of("alone", "Units of one release alone", self.alone, _DOLLARS),
            Table.of(
                "cells",
                "Inputs that changed",
                cells,
                of_rows=tuple(map(_measure_of, self.cells["column"])),
                most=_SHOWN,
            ),
            Table.of(
                "law",
                "Numbers of the law that differ",
                self.law.set_index("number"),
                of_rows=tuple(map(_measure_of_number, self.law["number"])),
            ),
            Table.of(
                "consequences",
                "Lines that changed with them (of a statewide one its change)",
                self.consequences.set_index("line"),
                {"units": Measure.COUNT},
                of_rows=tuple(map(_measure_of, self.consequences["line"])),
            ),
        ]
        for line, attribution in self.attributions.items():
            sums = {"summary", "moved"} if line == _MONEY else {"summary"}
            tables += _of(self.comparisons[line], line, sums)
            tables += _of(attribution, line, {"waterfall", "units"})
        return tables


_DOLLARS: Final = dict.fromkeys((_MONEY, _TOTAL), Measure.DOLLARS)


def _of(answer: Answer, line: str, wanted: set[str]) -> Iterator[Table]:
    """Tables of another answer, called after the line."""
    for block in answer.document.blocks:
        if isinstance(block, Table) and block.name in wanted:
            label, _, _ = entries()[line].about.label.partition(":")
            title = f"{label}: {block.title[0].lower()}{block.title[1:]}"
            yield replace(block, name=f"{line}_{block.name}", title=title)


def releases(
    old: Release,
    new: Release,
    *,
    sheet: str | None = None,
    fiscal_year: int | None = None,
    amounts: Mapping[str, Amount] | str | PathLike[str] | None = None,
    estimate_percentages: bool = False,
) -> Releases:
    """Set two releases of one fiscal year's file side by side.

    What was handed over (cells of inputs, numbers of the law, units) is told apart from what
    is computed from it, and the change of every unit's money is split into the inputs that
    changed, as :func:`ebf.attribute` does it.

    Args:
        old: The file that was released first, as :func:`ebf.read` takes it; or a state.
        new: The one released later.
        sheet: The workbooks' sheet, as of :func:`ebf.read`.
        fiscal_year: Of files that do not say it.
        amounts: Numbers of the law to supply or change, for both files.
        estimate_percentages: As of :func:`ebf.attribute`, for percentages blank in both.

    Raises:
        InputError: a file that cannot be read; two fiscal years; an option of files where
            both are states; what :func:`ebf.calculate` and :func:`ebf.attribute` refuse.
    """
    options = {"sheet": sheet, "fiscal_year": fiscal_year, "amounts": amounts}
    states = _states((old, new), options)
    years = [state.law.fiscal_year for state in states]
    if years[0] != years[1]:
        found, allowed = " and ".join(f"FY{year}" for year in years), "two releases of one year"
        fix = "ebf.attribute and ebf.compare take two years"
        raise InputError([contradiction(Place("releases"), found, allowed, fix=fix)])
    first, second = (calculate(*state) for state in states)
    lines = [_MONEY] + [_TOTAL] * (_TOTAL in first.computed & second.computed)
    attributions = {
        line: attribute(first, second, line, estimate_percentages=estimate_percentages)
        for line in lines
    }
    comparisons = {line: compare(first, second, line) for line in lines}
    # the last attribution, of the total, says all that the one of tier funding says
    answers = comparisons[_MONEY], attributions[lines[-1]]
    columns, of_one = _columns(first, second)
    return Releases(
        sources=known_sources(old=first.source, new=second.source),
        fiscal_year=years[0],
        cells=_cells(first, second, columns),
        law=_law(first.law, second.law),
        alone=_alone(first, second, lines),
        consequences=_consequences(first, second, columns),
        comparisons=comparisons,
        attributions=attributions,
        assumptions=(*_said(first, second), *_once(each.assumptions for each in answers)),
        left_out=(_NOT_TAKEN_IN, *of_one, *_once(each.left_out for each in answers)),
    )


def _states(handed_over: tuple[Release, Release], options: Mapping[str, Any]) -> list[State]:
    """The two states; what is wrong with both files is said at once."""
    faults = list[Fault]()
    if all(isinstance(each, State) for each in handed_over):
        allowed = "an option of files: both are states, read already"
        faults = [
            contradiction(Place("releases", argument=name), "said", allowed, fix="leave it out")
            for name, value in options.items()
            if value is not None
        ]
    found = list[State]()
    for each in handed_over:
        try:
            state = each if isinstance(each, State) else read(each, **options)
            check_law(state.law)
            found.append(state)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return found


# --- What was handed over ----------------------------------------------------------


def _columns(old: Ledger, new: Ledger) -> tuple[list[str], list[str]]:
    """The columns that stand in both as they were handed over; and what of one is not compared."""
    computed = {c for name in old.computed | new.computed for c in columns_of(name)}
    first, second = (
        [
            *(c for c in (*TEXT, *each.table.kept) if c in each.units),
            *(c for c in each.table.columns if c not in computed),
        ]
        for each in (old, new)
    )
    of_one = {name: "old" for name in first if name not in second}
    of_one |= {name: "new" for name in second if name not in first}
    words = "is in the {} release alone: not compared."
    said = [f"{name} {words.format(which)}" for name, which in of_one.items()]
    incomplete = {*old.table.incomplete, *new.table.incomplete}
    said += [f"{name} lacks a band, so it is not compared." for name in sorted(incomplete)]
    return [name for name in second if name not in of_one], said


def _cells(old: Ledger, new: Ledger, columns: list[str]) -> pd.DataFrame:
    """A row a cell that changed, of the units in both, and of the state."""
    names = _names(new)
    rows = [
        (
            *(unit, names.get(unit, ""), column, _label(column)),
            *(one, other, _change(one, other), _mark(old, new, column, unit)),
        )
        for unit, column, one, other in _changed(old, new, columns)
    ]
    return pd.DataFrame(rows, columns=[*_CELL])


def _changed(old: Ledger, new: Ledger, columns: list[str]) -> Iterator[tuple[str, str, Any, Any]]:
    """Unit, column, old and new of every cell that changed."""
    before, after = old.units, new.units
    both = before.index[before.index.isin(after.index)]
    of_units = [column for column in columns if column in after]
    first, second = (_plain(each.loc[both, of_units]) for each in (before, after))
    differs = first.ne(second) & ~(first.isna() & second.isna())
    old_cells, new_cells = first.to_numpy(), second.to_numpy()
    for row, place in np.argwhere(differs.to_numpy(bool)).tolist():
        yield str(both[row]), of_units[place], old_cells[row, place], new_cells[row, place]
    for column in columns:
        if column not in after and old.statewide[column] != new.statewide[column]:
            yield STATEWIDE, column, float(old.statewide[column]), float(new.statewide[column])


def _names(ledger: Ledger) -> dict[str, str]:
    """The units' names, of those that have one."""
    names = ledger.units.get("name", pd.Series(dtype=object)).dropna()
    return {str(unit): str(name) for unit, name in names.items()}


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Cells as Python has them, every blank None."""
    cells = frame.astype(object)
    return cells.where(cells.notna(), None)


def _change(old: Any, new: Any) -> float | None:
    """The difference of two numbers as they are written; None of text, flags and blanks."""
    if not {type(old), type(new)} <= {int, float}:
        return None
    return float(Decimal(repr(new)) - Decimal(repr(old)))


def _label(column: str) -> str:
    if column in entries():
        return entries()[column].about.label
    return TEXT[column][0] if column in TEXT else "A column of the file's own"


def _measure_of(column: str) -> str:
    return entries()[column].about.measure if column in entries() else ""


def _mark(old: Ledger, new: Ledger, column: str, unit: str) -> str:
    """What of the cell was not published: recovered, or estimated; empty where it was."""
    marks = (each.table.marked.get(column, {}).get(unit) for each in (new, old))
    return next((mark.name.lower() for mark in marks if mark), "")


def _numbers(law: Law) -> dict[str, float]:
    """Every number of a law of one state, salaries among them."""
    parameters = {name: known.value for name, known in law.in_force.items()}
    every = {**parameters, **law.salaries.amounts}
    return {name: float(value.item()) for name, value in every.items()}


def _law(old: Law, new: Law) -> pd.DataFrame:
    """A row a number of the law, or a salary, that differs or that one has alone."""
    first, second = _numbers(old), _numbers(new)
    rows = [
        (name, _label_of_number(name), one, other, _change(one, other))
        for name in dict.fromkeys([*first, *second])
        for one, other in [(first.get(name), second.get(name))]
        if one != other
    ]
    return pd.DataFrame(rows, columns=[*_NUMBER])


def _label_of_number(name: str) -> str:
    owner = element_owners().get(identifier_of(name))
    return f"State-average salary: {name}" if owner is None else owner[0].label


def _measure_of_number(name: str) -> str:
    owner = element_owners().get(identifier_of(name))
    return Measure.DOLLARS if owner is None else owner[0].measure


def _alone(old: Ledger, new: Ledger, lines: list[str]) -> pd.DataFrame:
    """The units of one release alone, with their money there."""
    sides = []
    for which, own, other in (("old", old, new), ("new", new, old)):
        units = own.units.loc[~own.units.index.isin(other.units.index), lines]
        units.insert(0, "name", units.index.map(_names(own)))
        units.insert(1, "release", which)
        sides.append(units)
    return pd.concat(sides)


# --- What comes of it --------------------------------------------------------------


def _consequences(old: Ledger, new: Ledger, handed_over: list[str]) -> pd.DataFrame:
    """A row a line (a band of it) that changed for a unit, or for the state.

    It was computed, or is known by the county.
    """
    before, after = old.units, new.units
    both = before.index[before.index.isin(after.index)]
    rows = list[tuple[Any, ...]]()
    found = [name for name in new.values if name in old.values and name not in new.law.known]
    for column in (column for name in found for column in columns_of(name)):
        if column in handed_over:
            continue
        about = entries()[column].about
        if about.statewide:
            first, second = (np.array([each.statewide[column]]) for each in (old, new))
        else:
            first, second = (each.loc[both, column].to_numpy(float) for each in (before, after))
        changed = _differ(first, second, about.measure)
        if changed.any():
            change = np.nan_to_num((second - first)[changed])
            largest = float(change[np.abs(change).argmax()])
            added = change.sum() if about.measure in _ADD_UP and not about.statewide else None
            units = None if about.statewide else int(changed.sum())
            rows.append((column, about.label, units, largest, added))
    return pd.DataFrame(rows, columns=[*_LINE])


def _differ(old: Any, new: Any, measure: str) -> Any:
    """Where numbers differ by more than float noise, which a changed ratio leaves in all gaps."""
    least = _LEAST_DOLLARS if measure == Measure.DOLLARS else 0.0
    return ~np.isclose(old, new, rtol=_NOISE, atol=least, equal_nan=True)


def _once(sentences: Iterable[Iterable[str]]) -> Iterator[str]:
    """Sentences of several answers, each once."""
    return iter(dict.fromkeys(each for of_one in sentences for each in of_one))


def _said(old: Ledger, new: Ledger) -> Iterator[str]:
    """What a reader must know of the two files."""
    if old.source and new.source and old.source.sha256 == new.source.sha256:
        yield "Both were read from one and the same file: their SHA-256 is equal."
    yield "Before is the old release, after the new one."
