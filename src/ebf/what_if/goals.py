"""When a state is adequate, and the new money that makes it so.

Holds: Counted, YearReached, MoneyNeeded, year_reached, money_needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
import pandas as pd

from ebf.faults import Fault, InputError, Place, described, no_result, out_of_range
from ebf.language.measure import GREATEST, Measure
from ebf.language.vocabulary import less
from ebf.law.funding.tiers import TIERS
from ebf.law.parameters import Law, check_law
from ebf.ledger import Ledger
from ebf.show.answer import Answer
from ebf.show.document import Table
from ebf.show.words import dollars, percent
from ebf.what_if.course import Course, course_of
from ebf.what_if.growth import NO_GROWTH, Growth, Yearly, path_of, years_ahead
from ebf.what_if.projection import shares_at

Counted: TypeAlias = Literal["units", "pupils"]

_TARGET = "adequacy_target"


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
    """What :func:`money_needed` found: with a dollar less a year it is reached too late."""

    by_year: int
    new_state_funds: float

    @property
    def title(self) -> str:
        """What it is called."""
        money = dollars(self.new_state_funds).removesuffix(".00")
        return f"{money} of new money a year. {super().title}"


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
    """Find the least new money, the same every year, that reaches a level by a year.

    To the dollar: doubled until it reaches, then halved in between. More money
    can be later where it lets Tier 1's join Tier 2's, (g)(6), whose gaps are
    paid less of. So the result suffices and a dollar less does not; but more
    may not suffice either, and a lesser amount between two doublings may.

    Args:
        units: As of :func:`project`, like all that is not named here.
        law: The numbers of the first year.
        level: The percent of adequacy, 0.9 for 90 %.
        by_year: The fiscal year by which it is to be reached.
        growth: What is assumed of the years after the first.
        share: The share of the units in the distribution, or of their pupils.
        by: Whether units or pupils are counted.

    Raises:
        InputError: as :func:`project`; where no amount tried suffices: none of
            the doublings, up to one of which the least tier's part would lift
            the whole state, nor the most that keeps Tier 1 its own money.
    """
    check_law(law)
    ahead, faults = years_ahead(law, by_year, "by_year")
    faults += _goal_faults(level, share, by)
    course = course_of(units, law, growth, ahead, faults)
    goal = _Goal(level, share, by)
    money = float(_least_dollars(course, goal))
    found, shares = _reached(course, goal, [money] * len(course.years))
    constant = "New State Funds are the same every year, the first too."
    untried = "Amounts not tried: a lesser one between two doublings may suffice, more may not."
    return MoneyNeeded(
        level=level,
        share=share,
        by=by,
        fiscal_year=found,
        shares=shares,
        by_year=by_year,
        new_state_funds=money,
        assumptions=(*course.assumptions, constant),
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


def _least_dollars(course: Course, goal: _Goal) -> int:
    """The whole dollars a year: doubled until they reach the goal, then halved in between."""

    def ledgers(dollars: int) -> Iterator[Ledger]:
        return course.ledgers([float(dollars)] * len(course.years))

    def reaches(dollars: int) -> bool:
        return _reached(course, goal, [float(dollars)] * len(course.years))[0] is not None

    def joins(dollars: int) -> bool:
        spent = islice(ledgers(dollars), len(course.later))
        return any(each.values["tier_1_money_joins_tier_2"].item() for each in spent)

    if reaches(0):
        return 0
    law = course.first.law
    parts = [law.value(f"tier_{tier}_share").item() for tier in TIERS]
    targets = max(ledger.values[_TARGET].sum() for ledger in ledgers(0))
    most = goal.level * targets / min(part for part in parts if part > 0)
    powers = (1 << power for power in range(int(most).bit_length() + 1))
    doubled = [each for each in powers if each <= GREATEST]
    high = next(filter(reaches, doubled), None)
    if high is None:  # the most that keeps Tier 1 its own money, (g)(6), may do what more does not
        high = _least(joins, 0, doubled[-1]) - 1
        if not reaches(high):
            found = f"not reached by FY{course.years[-1]} with $1, doubled up to ${doubled[-1]:,}"
            allowed = "a level, a share and a year that money can reach"
            fix = "Tier 2's gaps are paid by 1 - local_capacity_percentage, at most"
            fault = no_result(
                Place("money_needed", argument="level"), found, allowed, "18-8.15(g)(1)", fix
            )
            raise InputError([fault])
    return _least(reaches, max((each for each in doubled if each < high), default=0), high)


def _least(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The least number that holds, between one that does not and one that does."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _is_number(said: Any) -> bool:
    return isinstance(said, (int, float)) and not isinstance(said, bool)


def _goal_faults(level: Any, share: Any, by: Any) -> list[Fault]:
    faults = []
    if not _is_number(level) or not 0 < level <= GREATEST:
        faults.append(
            out_of_range(
                Place(argument="level"), described(level), "above 0: 0.9 is 90 % of adequacy"
            )
        )
    if not _is_number(share) or not 0 < share <= 1:
        faults.append(
            out_of_range(Place(argument="share"), described(share), "a number above 0, at most 1")
        )
    if not isinstance(by, str) or by not in get_args(Counted):
        allowed = " or ".join(map(repr, get_args(Counted)))
        faults.append(out_of_range(Place(argument="by"), described(by), allowed))
    return faults
