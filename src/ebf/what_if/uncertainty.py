"""What uncertain inputs make of a unit's funding: quantiles, and the odds of each tier.

Holds: QUANTILES, Distribution, ROWS_AT_A_TIME, MOST_DRAWS, Uncertain, Uncertainty, uncertainty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from ebf.contents import ByContents
from ebf.engine.calculation import Calculation
from ebf.engine.preparation import check_read, prepare
from ebf.explain.charts import TIER_COLORS_BY_NAME
from ebf.faults import (
    Fault,
    InputError,
    Place,
    check_type,
    described,
    malformed,
    missing,
    out_of_range,
    several_scenarios,
    unknown_name,
    unknown_unit,
    wrong_type,
)
from ebf.files import known_sources
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values
from ebf.law.funding.tiers import TIER_NAMES, TIERS
from ebf.law.names import entries, known_names
from ebf.law.parameters import Law
from ebf.ledger import columns_found, ledger_of
from ebf.numbers import number_of
from ebf.show.answer import Answer
from ebf.show.charts.chart import Chart, caption_of
from ebf.show.charts.drawing import intervals, stacked_bars
from ebf.show.document import Column, Table
from ebf.show.words import number, percent, short
from ebf.units.ids import ID, SCENARIO, STATEWIDE

QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
_SHOWN: Final = 10
_DRAWN: Final = 15
_MEDIAN: Final = 0.5
_BANDS: Final = "Thin: nine of ten draws; thick: half of them; the tick: the median."
_TIER = "tier"


class Distribution(Protocol):
    """A frozen distribution of scipy.stats, such as ``scipy.stats.norm(1, 0.02)``."""

    def rvs(self, size: Any = ..., random_state: Any = ...) -> Any:
        """Random draws."""


ROWS_AT_A_TIME: Final = 30_000
"""Units times draws computed at a time. The draws of a seed hang on it: it stays."""

MOST_DRAWS: Final = 1_000_000
"""Draws, of which every unit's lines are kept."""


@dataclass(frozen=True, eq=False)
class Uncertain(ByContents):
    """An input known but for a factor, drawn from a distribution.

    ``of_each_unit`` where every unit has a factor of its own; otherwise, and for
    salaries and numbers of the law, a draw has one for the whole state.
    """

    factor: Distribution
    of_each_unit: bool = True

    def _contents(self) -> dict[str, Any]:
        """Distributions of scipy.stats do not compare: their names and arguments do."""
        factor: Any = self.factor
        if not hasattr(factor, "dist"):
            return super()._contents()
        named = (factor.dist.name, factor.args, factor.kwds)
        return {"factor": named, "of_each_unit": self.of_each_unit}

    def __getstate__(self) -> dict[str, Any]:
        """The distribution itself travels."""
        return dict(vars(self))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Uncertainty(Answer):
    """What :func:`uncertainty` found.

    ``draws`` has for every line, and for the tier, an array (draws, units in the
    caller's order), or (draws,) for a statewide one; ``tiers`` the odds, a row a unit.
    ``names`` are the units'.
    """

    unit_ids: tuple[str, ...] = field(repr=False)
    draws: Mapping[str, npt.NDArray[np.float64]] = field(repr=False)
    seed: int
    fiscal_year: int
    names: Mapping[str, str] = field(default_factory=dict, repr=False)

    def quantiles(self, line: str, quantiles: Sequence[float] = QUANTILES) -> pd.DataFrame:
        """A row a unit (or one, of a statewide line): mean and quantiles of a line.

        Raises InputError for a column that was not drawn, and for what is no quantile.
        """
        check_type("line", line, str, "the name of a column")
        if line not in self.draws:
            allowed = ", ".join(self.draws)
            raise InputError(
                [unknown_name(Place("uncertainty", column=line), "not drawn", allowed, self.draws)]
            )
        check_type("quantiles", quantiles, Sequence, "numbers from 0 to 1")
        faults = [
            out_of_range(Place(argument="quantiles"), described(each), "a number from 0 to 1")
            for each in quantiles
            if (asked := number_of(each)) is None or not 0 <= asked <= 1
        ]
        if faults:
            raise InputError(faults)
        drawn = self.draws[line]
        by_unit = drawn if drawn.ndim > 1 else drawn[:, np.newaxis]
        index = pd.Index(self.unit_ids, name=ID) if drawn.ndim > 1 else pd.Index([STATEWIDE])
        found = np.quantile(by_unit, quantiles, axis=0).T
        frame = pd.DataFrame(found, index=index, columns=list(quantiles))
        frame.insert(0, "mean", by_unit.mean(axis=0))
        return frame

    @property
    def tiers(self) -> pd.DataFrame:
        """A row a unit: the part of the draws in which it is in each tier; 0 is no tier."""
        tier = self.draws[_TIER]
        odds = {code: (tier == code).mean(axis=0) for code in (0, *TIERS)}
        return pd.DataFrame(odds, index=pd.Index(self.unit_ids, name=ID))

    def chart(self, line: str | None = None, unit_ids: Sequence[str] | None = None) -> Chart:
        """A picture of what a line can come to: a band from the 5 % to the 95 % quantile.

        Args:
            line: One of those drawn; left out, the first.
            unit_ids: The units; left out, the 15 whose bands are widest for their mean.

        Raises:
            InputError: for a line or unit that was not drawn; without the extra ``charts``.
        """
        asked = (
            next((each for each in self.draws if each != _TIER), _TIER) if line is None else line
        )
        found = self.quantiles(asked)
        first, *_, last = QUANTILES
        if unit_ids is None:
            width = (found[last] - found[first]) / found["mean"].abs()
            widest = width.sort_values(ascending=False, kind="stable")
            chosen = [*widest.head(_DRAWN).index]
        else:
            chosen = self._asked(unit_ids)
        if len(found) == 1:
            chosen = [*found.index]
        measure = entries()[asked].about.measure
        names = [percent(each) for each in QUANTILES]
        rows = ((self._called(unit), unit, *found.loc[unit, [*QUANTILES]]) for unit in chosen)
        columns = (Column("name"), Column("unit_id"), *(Column(each, measure) for each in names))
        words = asked.replace("_", " ")
        row = found.loc[chosen[0]] if chosen else None
        says = (
            "No unit was drawn."
            if row is None
            else f"{self._called(chosen[0])}: in nine of ten draws from "
            f"{short(row[first], measure)} to {short(row[last], measure)}, "
            f"in the median {short(row[_MEDIAN], measure)}."
        )
        title = f"What {words} can come to: {len(chosen):,} of {len(found):,}"
        table = Table("bands", f"{words}: quantiles", columns, tuple(rows), labels=2)
        caption = caption_of(self, [self.fiscal_year], title, f"{says} {_BANDS}")
        return intervals(table, caption, "name", names, words)

    def tier_chart(self, unit_ids: Sequence[str] | None = None) -> Chart:
        """A picture of the odds of each tier, of the units named or the 15 least sure of theirs.

        Raises InputError for a unit that was not drawn, and without the extra ``charts``.
        """
        odds = self.tiers
        unsure = odds.max(axis="columns").sort_values(kind="stable")
        unsure = unsure[unsure < 1]
        chosen = [*unsure.head(_DRAWN).index] if unit_ids is None else self._asked(unit_ids)
        there = [code for code in (*TIERS, 0) if (odds.loc[chosen, code] > 0).any()]
        rows = tuple(
            (self._called(unit), unit, TIER_NAMES[code], odds.loc[unit, code])
            for unit in chosen
            for code in there
        )
        columns = (Column("name"), Column("unit_id"), Column("tier"), Column("odds", Measure.SHARE))
        says = f"Of {len(odds):,} units {len(unsure):,} are in more than one tier over the draws."
        caption = caption_of(self, [self.fiscal_year], "The odds of each tier", says)
        table = Table("odds", "Odds of each tier", columns, rows, labels=3)
        colors = {TIER_NAMES[code]: TIER_COLORS_BY_NAME[TIER_NAMES[code]] for code in there}
        return stacked_bars(table, caption, "name", "odds", "tier", colors, "share of the draws")

    def _asked(self, unit_ids: Sequence[str]) -> list[str]:
        """The units named; InputError for what is none."""
        named = [unit_ids] if isinstance(unit_ids, str) else [*unit_ids]
        place, allowed = Place("uncertainty", column=ID), "ids of units that were drawn"
        faults = [
            unknown_unit(place, each, allowed, self.unit_ids)
            for each in named
            if each not in self.unit_ids
        ]
        if faults:
            raise InputError(faults)
        return named

    def _called(self, unit: str) -> str:
        return self.names.get(unit, unit)

    @property
    def title(self) -> str:
        """What it is called."""
        return f"Uncertainty: {len(self.draws[_TIER]):,} draws, seed {self.seed}"

    @property
    def _year(self) -> int:
        return self.fiscal_year

    def _tables(self) -> list[Table]:
        tables = []
        for line in self.draws:
            if line != _TIER:
                frame, measure = self.quantiles(line), entries()[line].about.measure
                frame = frame.rename(columns=lambda each: each if each == "mean" else percent(each))
                title = f"{line}: mean and quantiles"
                tables.append(Table.of(line, title, frame, measure, most=_SHOWN))
        odds = self.tiers.rename(columns=TIER_NAMES)
        return [*tables, Table.of("tiers", "Odds of each tier", odds, Measure.SHARE, most=_SHOWN)]


def uncertainty(
    units: pd.DataFrame,
    law: Law,
    uncertain: Mapping[str, Uncertain],
    *,
    draws: int = 1000,
    seed: int,
    lines: Iterable[str] = ("tier_funding",),
) -> Uncertainty:
    """Draw uncertain inputs, and solve the whole state for every draw.

    Args:
        units: The table of units, as :func:`ebf.calculate` takes it; one state.
        law: The numbers of the fiscal year.
        uncertain: Inputs and lines handed over, salaries (``teacher_salary``) or
            numbers of the law by the names that formulas read, each with the
            distribution of the factor it is multiplied by. A banded input has
            one factor for all its bands.
        draws: How many.
        seed: Of the random numbers: the same seed gives the same draws.
        lines: The lines wanted; the tier comes with them.

    Raises:
        InputError: unknown names; several scenarios; draws that are no numbers, or
            outside of what a column may hold.
    """
    check_type("lines", lines, Iterable, "names of lines")
    check_type("uncertain", uncertain, Mapping, "names with what is uncertain of each")
    check_type("draws", draws, (int, np.integer), "a whole number, 1 or more")
    check_type("seed", seed, (int, np.integer), "a whole number, 0 or more")
    wanted = tuple(dict.fromkeys([*([lines] if isinstance(lines, str) else lines), _TIER]))
    calculation = prepare(units, law, lines=wanted)
    faults = [*_faults(calculation, uncertain, draws, seed)]
    if faults:
        raise InputError(faults)
    streams = {
        name: np.random.default_rng([seed, place]) for place, name in enumerate(sorted(uncertain))
    }
    count = len(calculation.table.unit_ids)
    found: dict[str, list[Values]] = {}
    for first in range(0, draws, size := max(1, ROWS_AT_A_TIME // count)):
        drawn = min(size, draws - first)
        changed = {
            name: calculation.values[name]
            * _factors(calculation, name, each, streams[name], (drawn, count))
            for name, each in uncertain.items()
        }
        ledger = ledger_of(calculation.with_values(changed))
        for name, each in columns_found(ledger, wanted, drawn).items():
            found.setdefault(name, []).append(each)
    ids = calculation.table.unit_ids
    return Uncertainty(
        sources=known_sources(units=calculation.table.source),
        unit_ids=tuple(ids[row] for row in calculation.table.rows),
        draws={name: np.concatenate(each) for name, each in found.items()},
        seed=seed,
        fiscal_year=law.fiscal_year,
        names=_names(calculation),
        note=calculation.table.note,
        assumptions=_assumptions(calculation, uncertain, draws, seed),
        left_out=_LEFT_OUT,
    )


def _names(calculation: Calculation) -> dict[str, str]:
    """The units' names, as far as they have some."""
    names = calculation.table.text.get("name", np.empty((1, 0)))[0].tolist()
    both = zip(calculation.table.unit_ids, names, strict=False)
    return {unit: name for unit, name in both if isinstance(name, str)}


def _is_of_each_unit(calculation: Calculation, name: str, uncertain: Uncertain) -> bool:
    """Whether every unit has a factor of its own."""
    is_of_units = name in calculation.given and not known_names()[name].statewide
    return is_of_units and uncertain.of_each_unit


def _factors(
    calculation: Calculation,
    name: str,
    uncertain: Uncertain,
    stream: np.random.Generator,
    shape: tuple[int, int],
) -> Values:
    """The factors of some draws: (draws, units or 1, 1)."""
    draws, count = shape
    size = (draws, count if _is_of_each_unit(calculation, name, uncertain) else 1, 1)
    try:
        drawn = np.asarray(uncertain.factor.rvs(size=size, random_state=stream))
    except Exception as error:  # a distribution may refuse its parameters in any way
        place = Place(argument="uncertain", column=name)
        allowed = (
            "a distribution of one number a unit, or of one for the state, of sound parameters"
        )
        raise InputError(
            [malformed(place, f"{_words(uncertain.factor)}: {error}", allowed)]
        ) from error
    if drawn.shape != size or drawn.dtype.kind not in "fiu":
        found = f"draws of type {drawn.dtype} and shape {drawn.shape}"
        raise InputError(
            [malformed(Place(argument="uncertain", column=name), found, f"numbers of shape {size}")]
        )
    return drawn.astype(np.float64)


def _faults(
    calculation: Calculation, uncertain: Mapping[str, Any], draws: int, seed: int
) -> Iterator[Fault]:
    read = {name for line in calculation.plan.steps for name in line.reads}
    known = [
        name
        for name, each in calculation.values.items()
        if each.dtype.kind == "f" and known_names()[name].measure is not Measure.TIER
    ]
    allowed = "an input or line handed over, a salary or a number of the law that is read"
    for name, each in uncertain.items():
        if name not in known:
            yield unknown_name(
                Place(argument="uncertain", column=str(name)), "unknown name", allowed, known
            )
        elif name not in read:
            try:
                check_read(calculation.plan, calculation.law.lines, {name: {name}},
                           calculation.table.values, "uncertain")  # fmt: skip
            except InputError as error:
                yield from error.faults
        if not isinstance(each, Uncertain) or not callable(getattr(each.factor, "rvs", None)):
            fault = "ebf.Uncertain of a distribution of scipy.stats"
            yield wrong_type(Place(argument="uncertain", column=str(name)), described(each), fault)
    if not uncertain:
        yield missing(Place("uncertain", argument="names"), "none", "one name or more")
    if seed < 0:
        yield out_of_range(Place(argument="seed"), described(seed), "a whole number, 0 or more")
    if not 1 <= draws <= MOST_DRAWS:
        allowed = f"a whole number, 1 or more, up to {MOST_DRAWS:,}"
        yield out_of_range(Place(argument="draws"), described(draws), allowed)
    several = [name for name, each in calculation.values.items() if each.shape[0] > 1]
    of = "the table" if calculation.table.scenarios is not None else ", ".join(several)
    if of:
        yield several_scenarios(
            Place(argument="uncertain", column=SCENARIO), f"scenarios of {of}", "one state"
        )


_LEFT_OUT: Final = (
    "All that is not named as uncertain: it is taken as handed over.",
    "Errors of different names that go together: their draws are independent.",
    "Errors that some units share: a factor is drawn for each unit alone, or for the whole state.",
)


def _assumptions(
    calculation: Calculation, uncertain: Mapping[str, Uncertain], draws: int, seed: int
) -> tuple[str, ...]:
    one = {
        name: "each unit" if _is_of_each_unit(calculation, name, each) else "the whole state"
        for name, each in uncertain.items()
    }
    return (
        f"{draws:,} draws, seed {seed}; the whole state is solved anew for every draw.",
        *(
            f"{name} times a factor of {_words(each.factor)}, "
            f"one for {one[name]}; draws of different names are independent."
            for name, each in uncertain.items()
        ),
    )


def _words(distribution: Distribution) -> str:
    """A frozen distribution in words: its name and its parameters."""
    name = getattr(getattr(distribution, "dist", None), "name", type(distribution).__name__)
    arguments = map(_worded, getattr(distribution, "args", ()))
    named = [f"{key}={_worded(each)}" for key, each in getattr(distribution, "kwds", {}).items()]
    return f"{name}({', '.join([*arguments, *named])})"


def _worded(argument: object) -> str:
    return number(argument) if isinstance(argument, (int, float)) else str(argument)
