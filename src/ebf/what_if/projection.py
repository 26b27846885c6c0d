"""Year by year through the formula: what a path of new money comes to.

Holds: Projection, project, shares_at.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ebf.faults import Fault, FaultKind, InputError, Place
from ebf.files import known_sources
from ebf.language.measure import Measure
from ebf.language.vocabulary import divide, less, where
from ebf.law import funding
from ebf.law.funding.tiers import TIERS
from ebf.law.names import column_of
from ebf.law.parameters import Law, check_law
from ebf.ledger import Ledger
from ebf.show.answer import Answer
from ebf.show.charts.chart import Chart, caption_of
from ebf.show.charts.drawing import lines
from ebf.show.document import Column, Table
from ebf.show.words import short
from ebf.what_if.course import course_of
from ebf.what_if.growth import NO_GROWTH, Growth, Yearly, path_of, years_ahead

_PERCENT, _PUPILS = "final_percent_of_adequacy", "average_student_enrollment"
_OF_LINES = {"percent_of_adequacy": "statewide_percent_of_adequacy"}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Projection(Answer):
    """What :func:`project` found.

    ``years`` has a row a fiscal year: the new money; of the units in the
    distribution the shares (and of their pupils) that have at least the Tier 2
    and Tier 3 target ratios of adequacy, the dollars that the others lack to
    them, the statewide percent of adequacy; units per tier; the Tier 1 Target
    Ratio. All are of the year's calculation, before its new money arrives.
    ``ledgers`` are the years' calculations, by the rules of the first year.
    """

    years: pd.DataFrame = field(repr=False)
    ledgers: tuple[Ledger, ...] = field(repr=False)

    def units(self, line: str = "tier_funding") -> pd.DataFrame:
        """A line of every unit (rows) in every fiscal year (columns).

        Raises InputError for a line that is not in every year's ledger.
        """
        columns = [ledger.units.get(line) for ledger in self.ledgers]
        of_units = [each for each in columns if each is not None]
        if len(of_units) < len(columns):
            allowed = "a line with one number a unit, in every year's ledger"
            place = Place("projection", column=line)
            raise InputError([Fault(FaultKind.UNKNOWN_NAME, place, "no such column", allowed)])
        return pd.concat(of_units, axis="columns", keys=self.years.index)

    def chart(self) -> Chart:
        """A picture of the shares of units and pupils at the two levels, year by year.

        With them the state's own percent of adequacy. Raises InputError without the extra
        ``charts``.
        """
        names = map(str, self.years)
        shares = [each for each in names if each.startswith("share_of") or each in _OF_LINES]
        return self._by_year(shares, "share", Measure.SHARE, "On the way to adequacy")

    def money_chart(self) -> Chart:
        """A picture of the dollars that units lack to the two levels, year by year.

        Beside them the new money. Raises InputError without the extra ``charts``.
        """
        names = map(str, self.years)
        dollars = [n for n in names if n.startswith("cost_to") or n == funding.NEW_MONEY]
        return self._by_year(dollars, "amount", Measure.DOLLARS, "What adequacy lacks")

    def _by_year(self, names: list[str], what: str, measure: Measure, title: str) -> Chart:
        """Some numbers of the years, a line each."""
        rows = tuple(
            (f"FY{year}", _called(name), value)
            for name in names
            for year, value in self.years[name].items()
        )
        columns = (Column("fiscal_year"), Column("number"), Column(what, measure))
        first, last = self.years.iloc[0], self.years.iloc[-1]
        moves = (
            f"{_called(name)} {short(first[name], measure)}, then {short(last[name], measure)}"
            for name in names
        )
        years = [*map(int, self.years.index)]
        says = f"In FY{years[0]}, then in FY{years[-1]}: {'; '.join(moves)}."
        caption = caption_of(self, years, f"{title}, {self.title}", says)
        table = Table("years", "By fiscal year", columns, rows, labels=2)
        return lines(table, caption, "fiscal_year", what, "number")

    @property
    def title(self) -> str:
        """What it is called."""
        return f"FY{self.years.index[0]} to FY{self.years.index[-1]}"

    @property
    def _year(self) -> int:
        return int(self.years.index[-1])

    def _tables(self) -> list[Table]:
        by_year = self.years.T.rename_axis("number")
        measures = tuple(map(_measure, by_year.index))
        return [Table.of("years", "By fiscal year", by_year, of_rows=measures)]


def _called(name: str) -> str:
    """A number of a year in words: ``share_of_units_at_90_percent`` is "units at 90 %"."""
    if name in _OF_LINES:
        return f"the state's {name.replace('_', ' ')}"
    return name.removeprefix("share_of_").replace("_", " ").replace(" percent", " %")


def _measure(name: str) -> Measure:
    """What a number of a year counts."""
    if name in _OF_LINES:
        return column_of(_OF_LINES[name]).measure
    if name.startswith("cost_to"):
        return Measure.DOLLARS
    return Measure.SHARE if name.startswith("share_of") else column_of(name).measure


def project(
    units: pd.DataFrame,
    law: Law,
    years: int,
    *,
    new_state_funds: Yearly | None = None,
    growth: Growth = NO_GROWTH,
) -> Projection:
    """Take a state through the formula year by year.

    Args:
        units: The table of units of the first year, as :func:`ebf.calculate`
            takes it: raw counts, or the columns of the distribution; one state.
        law: The numbers of the first year, which is the law's.
        years: How many years after the first; or the last fiscal year.
        new_state_funds: New money of every year, the first too, or one a year; left out,
            the law's.
        growth: What is assumed of the years after the first.

    Raises:
        InputError: as :func:`ebf.calculate`; for money, years or growth that
            cannot be; for several scenarios, all at once.
    """
    check_law(law)
    ahead, faults = years_ahead(law, years, "years")
    money, wrong = path_of(new_state_funds, law, ahead)
    course = course_of(units, law, growth, ahead, [*faults, *wrong])
    ledgers = tuple(course.ledgers(money))
    index = pd.Index(course.years, name="fiscal_year")
    return Projection(
        sources=known_sources(units=course.first.table.source),
        years=pd.DataFrame(map(_row, ledgers), index=index),
        ledgers=ledgers,
        assumptions=course.assumptions,
        left_out=course.left_out,
        note=course.first.table.note,
    )


# --- The course of years -------------------------------------------------------------


# --- What a year comes to -----------------------------------------------------------


def shares_at(ledger: Ledger, level: float) -> dict[str, float]:
    """The shares of units and of pupils in the distribution that have the level."""
    within = ledger.values["in_distribution"]
    there = within & ~less(ledger.values[_PERCENT], np.asarray(level))
    pupils = where(within, ledger.values[_PUPILS], 0.0)
    return {
        "units": float(divide(there.sum(), within.sum())),
        "pupils": float(divide(where(there, pupils, 0.0).sum(), pupils.sum())),
    }


def _row(ledger: Ledger) -> dict[str, float]:
    """The row of a year."""
    values = ledger.values
    row = {funding.NEW_MONEY: values[funding.NEW_MONEY].item()}
    for name in ("tier_2_target_ratio", "tier_3_target_ratio"):
        level = ledger.law.value(name).item()
        label = f"{100 * level:g}_percent"
        shares = shares_at(ledger, level)
        row |= {f"share_of_{each}_at_{label}": share for each, share in shares.items()}
        row[f"cost_to_{label}"] = values[f"statewide_gap_to_{name}"].item()
    row["percent_of_adequacy"] = values["statewide_percent_of_adequacy"].item()
    row |= {(name := f"units_in_tier_{tier}"): values[name].item() for tier in TIERS}
    last = ("tier_1_target_ratio", "undistributed_new_state_funds")
    return row | {name: values[name].item() for name in last}


# --- What may be handed over -----------------------------------------------------------
