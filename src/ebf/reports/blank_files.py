"""Blank files for one district: its counts, its property and its actual staff, explained.

Holds: blank_files, counts_asked_of.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from ebf.files import Writer
from ebf.law.columns import Column
from ebf.law.funding.b_cost_factors import COST_FACTORS
from ebf.law.inputs import inputs
from ebf.law.names import columns_of, entries
from ebf.ledger import Ledger, name_of
from ebf.show.safe_text import guarded, printable

_PARTS: Mapping[str, tuple[str, ...]] = {
    "counts": ("18-8.15(a)", "18-8.15(b)"),
    "property": ("18-8.15(c)", "18-8.15(d)"),
}
"""The files by the subsections whose inputs they hold."""


def blank_files(ledger: Ledger, unit_id: str) -> dict[str, Writer]:
    """The files of one unit to fill in, by name, each with what writes it.

    ``counts.csv`` and ``property.csv`` have a column an input and one row, the unit's, as
    :func:`ebf.read_units` reads it; what stays blank is not changed. ``columns.csv`` says of
    every column what it is, what it may hold, its cite, and what a blank means. ``staff.toml``
    has a line a cost factor, as ``ebf gap --actual`` reads it.

    Args:
        ledger: Of one state, for the unit's name and kind.
        unit_id: The unit, by its id in any form or its name.

    Raises InputError where there is no such unit.
    """
    unit = ledger.unit_id(unit_id)
    row = ledger.units.loc[unit]
    kind, name = str(row["organization_type"]), name_of(ledger, unit)
    about: list[list[object]] = []
    files: dict[str, Writer] = {}
    for part in _PARTS:
        columns = _columns(part, kind)
        header = ["unit_id", "name", "organization_type", *columns]
        filled = [unit, guarded(name), kind, *[""] * len(columns)]
        files[f"{part}.csv"] = _table([header, filled])
        about += [[f"{part}.csv", *_about(column)] for column in columns]
    titles = ["file", "column", "label", "measure", "allowed", "cite", "if left blank"]
    files["columns.csv"] = _table([titles, *about])
    files["staff.toml"] = _text(_staff(unit, name))
    return files


def counts_asked_of(kind: str) -> list[str]:
    """The columns of ``counts.csv`` of a kind of unit."""
    return _columns("counts", kind)


def _columns(part: str, kind: str) -> list[str]:
    """The columns of a file of a kind of unit."""
    return [
        column
        for each, told in inputs().items()
        if str(told.cite).startswith(_PARTS[part]) and kind in told.kinds and not told.statewide
        for column in columns_of(each)
        if kind not in entries()[column].never_of
    ]


def _about(column: str) -> list[str]:
    """What a column is: its label, measure, bounds and cite, and what a blank means."""
    about: Column = entries()[column].about
    label, band = about.label, column.removeprefix(f"{entries()[column].name}_")
    if about.bands is not None:
        label = f"{label}: {band.replace('_', ' ')}"
    blank = "not changed" if about.default is None else f"not changed; {about.default:g} if new"
    return [column, label, str(about.measure), about.allowed, str(about.cite), blank]


def _table(rows: Sequence[Sequence[object]]) -> Writer:
    def write(path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)

    return write


def _text(text: str) -> Writer:
    return lambda path: path.write_text(text, encoding="utf-8")


def _staff(unit: str, name: str) -> str:
    """A line a cost factor, behind the sign of a comment until it is filled in."""
    title = printable(f"Actual staff of {unit} {name}".strip())
    lines = [
        f"# {title}: FTE, or dollars where a factor has no positions.",
        "# Take the # off a line that is filled in.",
    ]
    for factor in COST_FACTORS:
        staffed = columns_of(f"{factor.name}_fte")
        measure = "FTE" if staffed else "dollars"
        cite = entries()[columns_of(factor.cost)[0]].about.cite
        lines += ["", f"# {factor.title}, {measure} [{cite}]", f"# {factor.name} = "]
        if len(staffed) > 1:
            lines += [f"# or by band: {', '.join(staffed)}"]
    return "\n".join(lines) + "\n"
