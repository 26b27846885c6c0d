"""Refuse what a calculation may not come to.

Holds: check_results, no_number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from ebf.engine.compute import evaluate
from ebf.faults import MOST_FAULTS, Fault, InputError, Place, missing, no_result
from ebf.language.line import Line
from ebf.language.measure import Measure
from ebf.language.vocabulary import BAND_AXIS, RELATIVE_TOLERANCE, Values, is_blank, nearly
from ebf.law.names import columns_of, may_be_blank
from ebf.units.estimates import PERCENTAGE, REMEDY
from ebf.units.ids import STATEWIDE
from ebf.units.table import Table

_NOT_MORE_THAN_THERE_IS: Final = "0 or more: what is taken off it is more than there is"
_A_CENT: Final = 0.01


def check_results(steps: Sequence[Line], values: Mapping[str, Values], table: Table) -> None:
    """Refuse what the law has no meaning for: shares above 1, less than nothing, blanks used."""
    faults: list[Fault] = []
    for line in steps:
        result = values[line.name]
        if line.measure is Measure.SHARE:
            low, high = -RELATIVE_TOLERANCE, 1 + RELATIVE_TOLERANCE
            if not (result.min() >= low and result.max() <= high):  # or blank
                wrong = (result < low) | (result > high)
                faults += _faults_at(wrong, result, table, line, line.measure.allowed)
        elif line.refused_below_0 and (wrong := result < -_least_told(line.measure)).any():
            faults += _faults_at(wrong, result, table, line, _NOT_MORE_THAN_THERE_IS)
    blank = {n for n in may_be_blank() & table.values.keys() if is_blank(values[n]).any()}
    for line in steps if blank else ():
        for name in () if line.may_be_blank else sorted(blank.intersection(line.reads)):
            faults += _blank_faults(line, values[line.name], name, values[name], table)
    if faults:
        raise InputError(faults)


def _least_told(measure: Measure) -> float:
    """How far below 0 is no trace of a difference: of a rate less than of dollars."""
    return RELATIVE_TOLERANCE if measure is Measure.RATE else _A_CENT


def _blank_faults(
    line: Line, result: Values, name: str, given: Values, table: Table
) -> Iterator[Fault]:
    """A fault for every unit whose line comes out blank for want of a value."""
    allowed = f"a value: the unit's {line.name} needs it"
    fix = REMEDY if name == PERCENTAGE else ""
    used = is_blank(given) & is_blank(result).any(axis=BAND_AXIS, keepdims=True)
    for unit, band in np.argwhere(used.any(axis=0))[:MOST_FAULTS].tolist():
        place = Place(unit=table.unit_ids[unit], column=columns_of(name)[band])
        yield missing(place, "blank", allowed, line.cite, fix)


def no_number(
    steps: Sequence[Line], values: Mapping[str, Values], table: Table, *, rounding: bool
) -> list[Fault]:
    """Where the first line is that comes to no number, or to none that a float holds."""
    allowed = "a finite number: what it is computed from is too large, or too near to 0"
    found = dict(values)
    for line in steps:
        try:
            with np.errstate(all="ignore"):
                found = evaluate([line], found, rounding=rounding)
            result = nearly(found[line.name])
        except ArithmeticError:  # fractions alone raise it
            return [no_result(Place("table", column=line.name), "no number", allowed, line.cite)]
        wrong = np.isinf(result) if line.may_be_blank else ~np.isfinite(result)
        if wrong.any():
            return _faults_at(wrong, result, table, line, allowed)
    return [no_result(Place("table", "numbers"), "no number", allowed)]


def _faults_at(wrong: Values, found: Values, table: Table, line: Line, allowed: str) -> list[Fault]:
    """A fault for every unit and band where something is wrong, of the first such scenario."""
    faults: list[Fault] = []
    for unit, band in np.argwhere(wrong.any(axis=0))[:MOST_FAULTS].tolist():
        value = float(found[wrong[:, unit, band].argmax(), unit, band])
        column = line.columns[band]
        of_unit = Place(unit=table.unit_ids[unit], column=column)
        place = Place(STATEWIDE, column=column) if line.statewide else of_unit
        shown = "no number" if np.isnan(value) else f"{value:.15g}"
        faults.append(no_result(place, shown, allowed, line.cite))
    return faults
