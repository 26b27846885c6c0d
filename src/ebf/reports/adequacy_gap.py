"""A unit's actual staff and dollars against the 34 cost factors of (b)(2).

Holds: AdequacyGap, adequacy_gap, not_computed_of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import fsum, nan
from typing import Any, Final, NamedTuple

import pandas as pd

from ebf.engine.record import places_of
from ebf.faults import (
    MOST_NAMES,
    Fault,
    InputError,
    Place,
    described,
    missing,
    not_computed,
    out_of_range,
    repeated,
    unknown_name,
    wrong_type,
)
from ebf.files import known_sources
from ebf.language.measure import GREATEST, Measure
from ebf.language.vocabulary import nearly
from ebf.law.funding.b_cost_factors import BENEFITS, COST_FACTORS, PER_STUDENT_FACTORS, CostFactor
from ebf.law.names import columns_of
from ebf.law.salaries import COLUMNS as SALARY_COLUMNS
from ebf.ledger import Ledger, check_ledger, name_of
from ebf.numbers import number_of
from ebf.show.answer import Answer
from ebf.show.charts.chart import Chart, caption_of
from ebf.show.charts.drawing import bars
from ebf.show.document import Column, Table
from ebf.show.words import dollars, number
from ebf.what_if.comparison import CENTS

_FACTOR, _PART = "regionalization_factor", "per_student_investments_subject_to_regionalization"
_BEFORE, _AFTER = "formula_dollars_before_regionalization", "formula_dollars_after_regionalization"
_FTE: Final = ("formula_fte", "actual_fte", "fte_short")
_DOLLARS: Final = (_BEFORE, _FACTOR, _AFTER, "actual_dollars", "dollars_short")
_NOISE: Final = 9
"""Decimals of FTE that are not float noise."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AdequacyGap(Answer):
    """What :func:`adequacy_gap` found.

    ``frame`` has a row a cost factor: what the formula gives in FTE, and in
    dollars before and after the Regionalization Factor; what is actual; what is
    short (below 0: over). ``actual_dollars`` and ``dollars_short`` are after the
    factor. ``totals`` are of the factors given alone; ``left_out`` names the others.
    """

    unit_id: str
    name: str
    fiscal_year: int
    frame: pd.DataFrame
    totals: pd.DataFrame

    def chart(self) -> Chart:
        """A picture of the positions short and over, by cost factor, of those that were given.

        Raises InputError without the extra ``charts``.
        """
        given = self.frame[self.frame["fte_short"].notna()]
        given = given.sort_values("fte_short", ascending=False, kind="stable")
        columns = (Column("title"), Column("letter"), *(Column(each, Measure.FTE) for each in _FTE))
        rows = tuple(given[[each.name for each in columns]].itertuples(index=False, name=None))
        lacking, over = (
            given["fte_short"].clip(lower=0).sum(),
            -given["fte_short"].clip(upper=0).sum(),
        )
        says = (
            f"Of {len(given)} cost factor{'s' * (len(given) != 1)} given, "
            f"{number(lacking, Measure.FTE)} FTE are short and "
            f"{number(over, Measure.FTE)} over what the formula has."
            if len(given)
            else "No positions were given."
        )
        table = Table("positions", "Positions short, FTE; over is below 0", columns, rows, labels=2)
        name = f"{self.unit_id} {self.name}".strip()
        caption = caption_of(self, [self.fiscal_year], f"Positions short and over: {name}", says)
        return bars(table, caption, "title", "fte_short", "short of the formula (below 0: over)")

    @property
    def title(self) -> str:
        """What it is called."""
        name = f" {self.name}" if self.name else ""
        return f"Adequacy gap, FY{self.fiscal_year}: {self.unit_id}{name}"

    @property
    def _year(self) -> int:
        return self.fiscal_year

    def _tables(self) -> list[Table]:
        rows = self.frame.set_index("title")
        positions = rows.loc[rows["formula_fte"].notna(), ["letter", *_FTE]]
        fte = dict.fromkeys(_FTE, Measure.FTE)
        money = dict.fromkeys(_DOLLARS, Measure.DOLLARS) | {_FACTOR: ""}
        return [
            Table.of("positions", "Positions, FTE", positions, fte),
            Table.of("dollars", "Dollars", rows[["letter", *_DOLLARS]], money),
            Table.of(
                "totals",
                "Totals, only of the cost factors given",
                self.totals.rename_axis("total"),
                {"cost_factors": Measure.COUNT},
                of_rows=(Measure.FTE, Measure.DOLLARS),
            ),
        ]


def adequacy_gap(
    ledger: Ledger, unit_id: str, actual: Mapping[str, float | None] | pd.Series
) -> AdequacyGap:
    """Set a unit's actual staff and dollars against the cost factors of (b)(2).

    Args:
        ledger: Of one state, with the cost factors computed.
        unit_id: The unit, by its id in any form or its name.
        actual: By cost factor (``nurse``), or by column (``nurse_fte``, for all
            bands, or ``nurse_fte_high``) the FTE; of factors without positions
            (``gifted``, ``gifted_cost``) the dollars spent. None or NaN is not given.

    Raises:
        InputError: every fault of the arguments and of the ledger.
    """
    check_ledger(ledger)
    given, faults = _read(actual)
    try:
        unit_id = ledger.unit_id(unit_id)
        place = places_of(ledger, [unit_id])[0]
    except InputError as error:
        faults += error.faults
    faults += not_computed_of(ledger)
    if faults:
        raise InputError(faults)
    unit = _Unit(ledger, place)
    if faults := [f for name in given for f in unit.bands_lacking(name, given[name])]:
        raise InputError(faults)
    rows = [unit.row(factor, given.get(factor.name, {})) for factor in COST_FACTORS]
    frame = pd.DataFrame(rows, index=pd.Index(_BY_NAME, name="cost_factor"))
    return AdequacyGap(
        sources=known_sources(units=ledger.source),
        unit_id=unit_id,
        name=name_of(ledger, unit_id),
        fiscal_year=ledger.fiscal_year,
        frame=frame,
        totals=_totals(frame),
        assumptions=_assumptions(unit),
        left_out=tuple(_left_out(frame, given)),
        note=ledger.table.note,
    )


# --- What is given -----------------------------------------------------------------

_BY_NAME: Final = {factor.name: factor for factor in COST_FACTORS}


class _Place(NamedTuple):
    """A cost factor, and the band of it; None for all bands together."""

    factor: str
    band: int | None


@cache
def _is_position(name: str) -> bool:
    return bool(columns_of(f"{name}_fte"))


def _line_of(name: str) -> str:
    """The line that what is actual is set against."""
    return f"{name}_fte" if _is_position(name) else _BY_NAME[name].cost


@cache
def _places() -> Mapping[str, _Place]:
    """Every name that may be given."""
    found: dict[str, _Place] = {}
    for name in _BY_NAME:
        bands = columns_of(_line_of(name))
        found |= {column: _Place(name, band) for band, column in enumerate(bands)}
        found |= {name: _Place(name, None), _line_of(name): _Place(name, None)}
    return found


_Given = dict[int | None, float]


def _read(actual: object) -> tuple[dict[str, _Given], list[Fault]]:
    """What is given by cost factor and band, and what is wrong with it."""
    if not isinstance(actual, (Mapping, pd.Series)):
        allowed = "a mapping or Series of names to numbers"
        return {}, [wrong_type(Place("actual", argument="actual"), type(actual).__name__, allowed)]
    given: dict[str, _Given] = {}
    faults: list[Fault] = []
    for key, value in actual.items():
        if len(faults) >= MOST_NAMES:
            break
        place = _places().get(key) if isinstance(key, str) else None
        if place is None:
            faults.append(
                unknown_name(
                    Place(argument="actual", column=str(key)), "unknown", "a cost factor", _places()
                )
            )
            continue
        number = _number(value)
        if number is None:
            what = "FTE" if _is_position(place.factor) else "dollars"
            allowed = f"{what}: a finite number, 0 or more"
            faults.append(
                out_of_range(Place(argument="actual", column=str(key)), described(value), allowed)
            )
        elif number == number:  # noqa: PLR0124 - a blank is not given
            of_factor = given.setdefault(place.factor, {})
            if of_factor and (place.band is None or None in of_factor or place.band in of_factor):
                allowed = "once: in all, or by band"
                faults.append(
                    repeated(Place(argument="actual", column=str(key)), "given twice", allowed)
                )
            of_factor[place.band] = number
    return given, faults


def _number(value: Any) -> float | None:
    """The number, NaN for a blank, None for what cannot be."""
    number = None if isinstance(value, str) else number_of(value)
    return None if number is None or number < 0 or number > GREATEST else number


def not_computed_of(ledger: Ledger) -> Iterator[Fault]:
    """A fault for each line that the ledger would need."""
    in_force = ledger.law.lines
    of_factors = (name for f in COST_FACTORS for name in dict.fromkeys([_line_of(f.name), f.cost]))
    for name in (*of_factors, _PART, _FACTOR):
        if name not in ledger.values:
            allowed, fix = "a ledger with every cost factor", "calculate it from enrollment"
            yield not_computed(
                Place("ledger", column=name), "not computed", allowed, in_force[name].cite, fix
            )


# --- The unit ----------------------------------------------------------------------


@dataclass(frozen=True)
class _Unit:
    """One unit of a ledger, and what the formula gives it."""

    ledger: Ledger
    place: int

    def of(self, name: str) -> list[float]:
        """What the unit has of a line, an input or a salary, by band."""
        values = nearly(self.ledger.everything[name])
        row: list[float] = values[0, self.place if values.shape[1] > 1 else 0].tolist()
        return row

    def factor(self, factor: CostFactor) -> float:
        """What the law multiplies the cost factor's dollars by."""
        is_regionalized = factor not in {*PER_STUDENT_FACTORS, BENEFITS}
        return self.of(_FACTOR)[0] if is_regionalized else 1.0

    def bands_lacking(self, name: str, given: _Given) -> Iterator[Fault]:
        """Bands in which the formula gives something, where others alone are given."""
        for band, formula_gives in enumerate(self.of(_line_of(name))):
            if formula_gives and not given.keys() & {band, None}:
                column = columns_of(_line_of(name))[band]
                allowed = f"given too ({formula_gives:g} by the formula), or {name} in all"
                yield missing(Place(argument="actual", column=column), "not given", allowed)

    def row(self, factor: CostFactor, given: _Given) -> dict[str, Any]:
        """The cost factor's row; blank where nothing actual is given."""
        dollars, multiplied = fsum(self.of(factor.cost)), self.factor(factor)
        actual_fte = fte_short = formula_fte = nan
        actual = fsum(given.values()) if given else nan
        if _is_position(factor.name):
            formula_fte = round(fsum(self.of(_line_of(factor.name))), _NOISE)
            actual_fte, fte_short = actual, round(formula_fte - actual, _NOISE)
            priced = [number * self.price(factor, band) for band, number in given.items() if number]
            actual = fsum(priced) * multiplied if given else nan
        return {
            "letter": f"({factor.letter})",
            "title": factor.title,
            "cite": self.ledger.law.lines[factor.cost].cite,
            "formula_fte": formula_fte,
            "actual_fte": actual_fte,
            "fte_short": fte_short,
            _BEFORE: dollars,
            _FACTOR: multiplied,
            _AFTER: dollars * multiplied,
            "actual_dollars": actual,
            "dollars_short": round(dollars * multiplied - actual, CENTS) + 0.0,
        }

    def price(self, factor: CostFactor, band: int | None) -> float:
        """What the formula pays for a position of the band, or of all; NaN without one."""
        costs, fte = self.of(factor.cost), self.of(_line_of(factor.name))
        chosen = range(len(fte)) if band is None else [band]
        if positions := fsum(fte[each] for each in chosen):
            return fsum(costs[each] for each in chosen) / positions
        reads = self.ledger.law.lines[factor.cost].reads
        salary = [self.of(n) for n in reads if n in SALARY_COLUMNS and n in self.ledger.everything]
        # given in all, the salaries of all bands: the law has specialists for the unit alone
        prices = {
            each for of in salary for each in (of if band is None or len(of) == 1 else [of[band]])
        }
        return prices.pop() if len(prices) == 1 else nan


# --- What is said of it --------------------------------------------------------------


def _totals(frame: pd.DataFrame) -> pd.DataFrame:
    """The sums over the cost factors given, and of those the ones that have a price."""
    sums = {}
    for label, of_formula, actual, short in (
        ("positions, FTE", "formula_fte", "actual_fte", "fte_short"),
        ("dollars after regionalization", _AFTER, "actual_dollars", "dollars_short"),
    ):
        given = frame[frame[short].notna()]
        gaps = given[short]
        sums[label] = {
            "cost_factors": len(given),
            "formula": given[of_formula].sum(),
            "actual": given[actual].sum(),
            "net_short": gaps.sum(),
            "sum_of_shorts": gaps.clip(lower=0).sum(),
            "sum_of_overs": gaps.clip(upper=0).sum(),
        }
    return pd.DataFrame(sums).T.round(_NOISE)


def _assumptions(unit: _Unit) -> tuple[str, ...]:
    (factor,) = unit.of(_FACTOR)
    moved = unit.of(_PART)[0] * (factor - 1)
    sentences = [
        f"{_BEFORE} is before the Regionalization Factor; all other dollars are after it.",
        f"The Regionalization Factor is {number(factor)}.",
        "The law regionalizes (A) to (L) and (V) to (X) whole, (M) to (R) and (U) not at all.",
        "Of (S) and (T) it regionalizes the salary part, one amount for both: not in their rows.",
        f"That moves the Adequacy Target by {dollars(moved)}, which is in no total.",
        "Actual positions given by band are priced as the formula prices the band's.",
        "Positions given in all are priced at the mean cost of the unit's by the formula.",
        "Where the formula gives none, they are priced at the state's average salary.",
        "Actual dollars of factors without positions are as given: what was spent.",
    ]
    return tuple(sentences)


def _left_out(frame: pd.DataFrame, given: Mapping[str, _Given]) -> Iterator[str]:
    named = frame["letter"] + " " + frame["title"]
    is_given = frame.index.isin(given)
    if not is_given.all():
        count = f"{(~is_given).sum()} of the {len(frame)} cost factors"
        names = ", ".join(named[~is_given])
        yield f"The totals leave out {count}, for which nothing actual was given: {names}."
    unpriced = is_given & frame["actual_dollars"].isna()
    if unpriced.any():
        names = ", ".join(named[unpriced])
        yield f"The dollars leave out, for want of one price for all bands: {names}."
