"""When a state is adequate, and the new money that makes it so.

Holds: YearReached, MoneyNeeded, year_reached, money_needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, get_args

import numpy as np
import pandas as pd

from ebf.faults import Fault, Place, described, out_of_range
from ebf.files import known_sources
from ebf.language.measure import GREATEST, Measure
from ebf.language.vocabulary import less
from ebf.law.funding.tiers import TIERS
from ebf.law.parameters import Law, check_law
from ebf.show.answer import Answer
from ebf.show.document import Table
from ebf.show.words import dollars, percent
from ebf.what_if.course import Course, course_of
from ebf.what_if.growth import NO_GROWTH, Growth, Yearly, path_of, years_ahead
from ebf.what_if.projection import shares_at
from ebf.what_if.search import Counted, Search

_TARGET: Final = "adequacy_target"
_HIGHEST: Final = 2.0
"""Beyond twice its Adequacy Target a level is one in percent, or a slip."""
_NEAR: Final = 3


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class YearReached(Answer):
    """What :func:`year_reached` found: ``fiscal_year`` is None where it is not reached.

    ``shares`` has the share at the level in every year looked at.
    """

    level: float
    share: float
    by: Counted
    fiscal_year: int | None
    shares: pd.Series = field(repr=False)

    @property
    def title(self) -> str:
        """What it is called."""
        share, level = percent(self.share), percent(self.level)
        what = f"{share} of {self.by} with {level} of adequacy or more"
        if self.fiscal_year is None:
            last, best = self.shares.index[-1], percent(self.shares.max())
            return f"{what}: not by FY{last}; the most is {best}"
        return f"{what}: first in FY{self.fiscal_year}"

    @property
    def _year(self) -> int:
        return int(self.shares.index[-1])

    def _tables(self) -> list[Table]:
        return [Table.of("shares", "By fiscal year", self.shares.to_frame(), Measure.SHARE)]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MoneyNeeded(YearReached):
    """What :func:`money_needed` found: what holds in ``by_year``, and not with a dollar less.

    ``fiscal_year`` is the first year from which it holds through ``by_year``. Where no
    amount tried suffices, it and ``new_state_funds`` are None; ``highest_level`` is then the
    highest that an amount tried reaches, and ``near`` has the money for levels near it.
    ``gap_a_year`` is what all units lack to the level in ``by_year`` without new money, over
    the years whose money counts by then; None where there is no such year.
    """

    by_year: int
    new_state_funds: float | None
    highest_level: float | None = None
    gap_a_year: float | None = None
    near: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    @property
    def title(self) -> str:
        """What it is called."""
        what = f"{percent(self.share)} of {self.by} with {percent(self.level)} of adequacy or more"
        if self.new_state_funds is None or self.fiscal_year is None:
            highest = percent(self.highest_level or 0.0)
            return f"{what}: no money does in FY{self.by_year}; the highest level is {highest}"
        money = dollars(self.new_state_funds).removesuffix(".00")
        first, last = self.fiscal_year, self.by_year
        when = f"from FY{first} through FY{last}" if first < last else f"in FY{last}"
        return f"{money} of new money a year. {what}: {when}"

    def _tables(self) -> list[Table]:
        tables = super()._tables()
        if len(self.near):
            measures = {"level": Measure.SHARE, "new_state_funds": Measure.DOLLARS}
            near = self.near.rename_axis("rank")
            tables.append(Table.of("near", "Levels that money reaches", near, measures))
        return tables


def year_reached(
    units: pd.DataFrame,
    law: Law,
    level: float,
    *,
    new_state_funds: Yearly | None = None,
    growth: Growth = NO_GROWTH,
    share: float = 1.0,
    by: Counted = "units",
    at_most_years: int = 50,
) -> YearReached:
    """Find the first fiscal year in which enough units have a percent of adequacy.

    Args:
        units: As of :func:`project`, like all that is not named here.
        law: The numbers of the first year.
        level: The percent of adequacy, 0.9 for 90 %.
        new_state_funds: New money of every year, or one a year; left out, the law's.
        growth: What is assumed of the years after the first.
        share: The share of the units in the distribution, or of their pupils.
        by: Whether units or pupils are counted.
        at_most_years: How many years after the first to look at.

    Raises:
        InputError: as :func:`project`.
    """
    check_law(law)
    ahead, faults = years_ahead(law, at_most_years, "at_most_years")
    money, wrong = path_of(new_state_funds, law, ahead)
    faults += [*wrong, *_goal_faults(level, share, by)]
    course = course_of(units, law, growth, ahead, faults)
    found, shares = _reached(course, _Goal(level, share, by), money)
    return YearReached(
        sources=known_sources(units=course.first.table.source),
        level=level,
        share=share,
        by=by,
        fiscal_year=found,
        shares=shares,
        assumptions=course.assumptions,
        left_out=course.left_out,
    )


def money_needed(
    units: pd.DataFrame,
    law: Law,
    level: float,
    by_year: int,
    *,
    growth: Growth = NO_GROWTH,
    share: float = 1.0,
    by: Counted = "units",
) -> MoneyNeeded:
    """Find the least new money, the same every year, with which a level holds in a year.

    To the dollar. More money can reach less: where it lets Tier 1's join Tier 2's, (g)(6),
    whose gaps are paid less of. So amounts are tried eight a doubling, and more between
    them wherever the level reached falls. The result suffices; a dollar less does not,
    nor does any lesser amount tried.

    Args:
        units: As of :func:`project`, like all that is not named here.
        law: The numbers of the first year.
        level: The percent of adequacy, 0.9 for 90 %.
        by_year: The fiscal year in which it is to hold.
        growth: What is assumed of the years after the first.
        share: The share of the units in the distribution, or of their pupils.
        by: Whether units or pupils are counted.

    Raises:
        InputError: as :func:`project`.
    """
    check_law(law)
    ahead, faults = years_ahead(law, by_year, "by_year")
    faults += _goal_faults(level, share, by)
    course = course_of(units, law, growth, ahead, faults)
    goal = _Goal(level, share, by)
    search = Search(course, share, by)
    gap, most = _gap_and_most(course, level)
    found = search.least(level, most)
    highest, best = search.highest
    amount = best if found is None else found
    shares = _shares(course, goal, [float(amount)] * len(course.years))
    constant = "New State Funds are the same every year, the first too."
    untried = (
        "Amounts not tried: eight a doubling are, and more where the level falls with more "
        "money; a lesser one between two of them may suffice, more may not."
    )
    later = len(course.later)
    each_year = gap / later if later else None
    sentences = [constant]
    if each_year is not None:
        sentences.append(
            f"Without new money the units lack {dollars(gap)} to the level in FY{by_year}: "
            f"{dollars(gap / later)} a year over {later} year{'s' * (later != 1)}."
        )
    if found is None:
        sentences += _in_the_way(course, search, level, best)
    return MoneyNeeded(
        sources=known_sources(units=course.first.table.source),
        level=level,
        share=share,
        by=by,
        fiscal_year=None if found is None else _first_through(shares, share),
        shares=shares,
        by_year=by_year,
        new_state_funds=None if found is None else float(found),
        highest_level=highest if found is None else None,
        gap_a_year=each_year,
        near=_near(search, most) if found is None else pd.DataFrame(),
        assumptions=(*course.assumptions, *sentences),
        left_out=(*course.left_out, untried),
    )


# --- The goal, and the way to it ------------------------------------------------------


class _Goal(NamedTuple):
    """A share of units or pupils that is to have a percent of adequacy."""

    level: float
    share: float
    by: Counted


def _reached(course: Course, goal: _Goal, money: Sequence[float]) -> tuple[int | None, pd.Series]:
    """The first year that reaches the goal, and the shares up to it."""
    found, shares = None, []
    for year, ledger in zip(course.years, course.ledgers(money), strict=False):
        shares.append(shares_at(ledger, goal.level)[goal.by])
        if not less(shares[-1], np.asarray(goal.share)):
            found = year
            break
    index = pd.Index(course.years[: len(shares)], name="fiscal_year")
    return found, pd.Series(shares, index, dtype=float, name=f"share of {goal.by}")


def _shares(course: Course, goal: _Goal, money: Sequence[float]) -> pd.Series:
    """The shares at the level in every year."""
    shares = [shares_at(ledger, goal.level)[goal.by] for ledger in course.ledgers(money)]
    index = pd.Index(course.years, name="fiscal_year")
    return pd.Series(shares, index, dtype=float, name=f"share of {goal.by}")


def _first_through(shares: pd.Series, share: float) -> int:
    """The first year from which the share is reached in every year to the last."""
    lost = shares.index[less(shares.to_numpy(), np.asarray(share))]
    return int(shares.index[0] if lost.empty else lost[-1] + 1)


def _gap_and_most(course: Course, level: float) -> tuple[float, int]:
    """What all units lack to a level in the last year without new money, and the most to try.

    With the most, the least tier's part would lift the whole state.
    """
    ledgers = [*course.ledgers([0.0] * len(course.years))]
    last = ledgers[-1].values
    short = np.maximum(level * last[_TARGET] - last["final_resources"], 0.0)
    law = course.first.law
    parts = [law.value(f"tier_{tier}_share").item() for tier in TIERS]
    targets = max(ledger.values[_TARGET].sum() for ledger in ledgers)
    most = level * targets / min(part for part in parts if part > 0)
    return float(short[last["in_distribution"]].sum()), int(min(most, GREATEST))


def _near(search: Search, most: int) -> pd.DataFrame:
    """The highest level that money reaches and whole percents below it, with the money."""
    highest, best = search.highest
    whole = [count / 100 for count in range(int(highest * 100), 0, -1)][:_NEAR]
    money = {highest: best} | {each: search.least(each, most) for each in whole}
    rows = [(each, float(found)) for each, found in money.items() if found is not None]
    return pd.DataFrame(rows, columns=["level", "new_state_funds"])


def _in_the_way(course: Course, search: Search, level: float, best: int) -> Iterator[str]:
    """The rules that keep more money from reaching more."""
    if not course.later:
        year = course.years[0]
        yield f"In the way: FY{year}'s percent of adequacy is that before FY{year}'s new money."
        return
    ratio = course.first.law.value("tier_2_target_ratio").item()
    yield (
        "In the way: Tier 2 pays at most the part 1 - local_capacity_percentage of what a unit "
        f"lacks to {percent(ratio)}, (g)(1), every year, however much money there is."
    )
    if level > ratio:
        yield (
            f"In the way: beyond {percent(ratio)} a unit is paid by its Adequacy Target alone, of "
            "what Tiers 3 and 4 have, (g)(4)."
        )
    if (joins := search.joins(best)) is not None:
        yield (
            f"In the way: with {dollars(joins)} a year Tier 1 would in some year reach beyond "
            f"{percent(ratio)}, so that its money joins Tier 2's, (g)(6), and lifts those furthest "
            "behind no more."
        )


def _is_number(said: Any) -> bool:
    return isinstance(said, (int, float)) and not isinstance(said, bool)


def _goal_faults(level: Any, share: Any, by: Any) -> list[Fault]:
    faults = []
    if not _is_number(level) or not 0 < level <= _HIGHEST:
        allowed = f"above 0, up to {_HIGHEST:g}: 90 % is 0.9"
        faults.append(out_of_range(Place(argument="level"), described(level), allowed))
    if not _is_number(share) or not 0 < share <= 1:
        faults.append(
            out_of_range(Place(argument="share"), described(share), "a number above 0, at most 1")
        )
    if not isinstance(by, str) or by not in get_args(Counted):
        allowed = " or ".join(map(repr, get_args(Counted)))
        faults.append(out_of_range(Place(argument="by"), described(by), allowed))
    return faults
