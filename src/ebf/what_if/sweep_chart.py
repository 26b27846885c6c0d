"""A picture of a sweep: what a line comes to along one of the numbers that were swept over.

Holds: sweep_chart.
"""

from __future__ import annotations

import json
from typing import Any, Final

import pandas as pd

from ebf.faults import (
    InputError,
    Place,
    check_type,
    contradiction,
    missing,
    unknown_name,
    unknown_unit,
    unsuitable_name,
)
from ebf.files import Source
from ebf.language.measure import Measure
from ebf.law.names import entries
from ebf.law.parameters import element_owners, identifier_of
from ebf.show.charts.chart import Caption, Chart, note_of
from ebf.show.charts.drawing import bars, lines
from ebf.show.document import Column, Table
from ebf.show.words import short
from ebf.units.ids import ID, SCENARIO
from ebf.what_if.sweep import OF_SWEEP

_SUMMED: Final = {Measure.DOLLARS, Measure.STUDENTS, Measure.FTE, Measure.COUNT}
_ROWS: Final = 50


def sweep_chart(
    found: pd.DataFrame,
    across: str = SCENARIO,
    line: str = "tier_funding",
    *,
    by: str | None = None,
    unit_id: str | None = None,
) -> Chart:
    """Draw what :func:`ebf.sweep` found: a line along a number that was swept over.

    Args:
        found: The frame of the sweep.
        across: The number along which it is drawn; left out, a bar a scenario.
        line: The line; without ``unit_id`` its sum over the units, of a statewide one itself.
        by: Another number of the grid: a line in the picture for each of its values.
        unit_id: The unit.

    Raises:
        InputError: for what is no such frame, column or unit; for a line that cannot be added
            up; where the grid has more numbers than are named; without the extra ``charts``.
    """
    check_type("found", found, pd.DataFrame, "what ebf.sweep gave")
    named = [across, line, *([] if by is None else [by])]
    faults = [
        unknown_name(Place("sweep", column=str(each)), "no such column", "a column of the sweep",
                     map(str, found.columns))
        for each in named
        if each not in found.columns
    ]  # fmt: skip
    if faults:
        raise InputError(faults)
    measure = Measure.SHARE if line.endswith("percent_of_adequacy") else _measure(line)
    rows = _of_unit(found, unit_id) if unit_id is not None else found
    keys = list(dict.fromkeys([SCENARIO, across, *([] if by is None else [by])]))
    is_of_units = ID in found.columns and unit_id is None
    if is_of_units and measure not in _SUMMED:
        allowed = "a line that can be added up over units, or unit_id"
        raise InputError([unsuitable_name(Place("sweep", column=line), measure, allowed)])
    grouped = rows.groupby(keys, sort=False, observed=True)[line]
    drawn = (grouped.sum() if is_of_units else grouped.first()).reset_index()
    if drawn.duplicated([each for each in keys if each != SCENARIO or across == SCENARIO]).any():
        place, fix = Place("sweep", column=across), "name the other number of the grid: by=..."
        allowed = "one scenario a point"
        raise InputError([contradiction(place, "several scenarios", allowed, fix=fix)])
    whom = "" if unit_id is None else f" of {unit_id}"
    words = f"{'sum of ' * is_of_units}{line.replace('_', ' ')}{whom}"
    caption = _caption(found, drawn, across, line, words, measure)
    if across == SCENARIO:
        each = zip(drawn[SCENARIO].astype(str), drawn[line].tolist(), strict=True)
        own = (Column(SCENARIO), Column(line, measure))
        table = Table("sweep", words, own, tuple(each), most=_ROWS)
        return bars(table, caption, SCENARIO, line, words)
    by_names = [""] * len(drawn) if by is None else [f"{by} {each:g}" for each in drawn[by]]
    columns = (Column(across, _measure(across)), Column("by"), Column(line, measure))
    points = zip(drawn[across].tolist(), by_names, drawn[line].tolist(), strict=True)
    table = Table("sweep", words, columns, tuple(points), most=_ROWS)
    return lines(table, caption, across, line, "by", words=("", words), zero=False)


def _measure(name: str) -> str:
    """What a column counts: of a line, an input, or a number of the law."""
    if name in entries():
        return entries()[name].about.measure
    owner = element_owners().get(identifier_of(name))
    return "" if owner is None else owner[0].measure


def _of_unit(found: pd.DataFrame, unit_id: str) -> pd.DataFrame:
    """The rows of a unit."""
    ids = found[ID].astype(str) if ID in found.columns else pd.Series(dtype=str)
    rows = found[ids == unit_id] if len(ids) else found.iloc[:0]
    if rows.empty:
        place, allowed = Place("sweep", column=ID), "the id of a unit of the sweep"
        raise InputError([unknown_unit(place, unit_id, allowed, ids.unique().tolist())])
    return rows


def _caption(
    found: pd.DataFrame, drawn: pd.DataFrame, across: str, line: str, words: str, measure: str
) -> Caption:
    said: Any = found.attrs.get(OF_SWEEP)
    about: dict[str, Any] = json.loads(said) if isinstance(said, str) else {}
    if not about:
        place, allowed = Place("sweep", argument="found"), "the frame as ebf.sweep gave it"
        fix = "a copy keeps its attrs; one made anew has lost the year and the source"
        raise InputError([missing(place, "no fiscal year", allowed, fix=fix)])
    source = about["source"]
    ordered = drawn.sort_values(line, kind="stable")
    least, most = ordered.iloc[0], ordered.iloc[-1]
    return Caption(
        title=f"{words[:1].upper()}{words[1:]}, along {across.replace('_', ' ')}",
        says=(
            f"Of {len(drawn):,} scenarios the least is {short(least[line], measure)} at "
            f"{across.replace('_', ' ')} {_worded(least[across], across)}, the most "
            f"{short(most[line], measure)} at {_worded(most[across], across)}."
        ),
        note=note_of(
            [about["fiscal_year"]],
            {} if source is None else {"units": Source(**source)},
            [about["note"]],
        ),
        fiscal_year=about["fiscal_year"],
    )


def _worded(value: Any, name: str) -> str:
    """A value of a number that was swept over, as the axis has it."""
    return short(value, _measure(name)) if isinstance(value, float) else str(value)
