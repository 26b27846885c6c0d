"""The course of the years: each later one prepared, and what the year before leaves it.

Holds: Course, course_of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import pandas as pd

from ebf.engine.calculation import Calculation
from ebf.engine.preparation import check_read, prepare
from ebf.faults import Fault, InputError, Place, several_scenarios, unsuitable_name
from ebf.language.growth import GrowsWith
from ebf.language.measure import Measure
from ebf.language.vocabulary import Values, round_half_up
from ebf.law import funding
from ebf.law.names import NameKind, column_of, entries, known_names
from ebf.law.parameters import Law, parameters
from ebf.ledger import Ledger, ledger_of
from ebf.numbers import Amount
from ebf.show.words import percent
from ebf.what_if.growth import Growth, by_year, levels_of

_CENTS: Final = 2
_BASE, _PRIOR_BASE = "base_funding_minimum", "prior_year_base_funding_minimum"
_PAID: Final = "base_funding_paid"
_TIER_FUNDING, _PRIOR_TIER_FUNDING = "tier_funding", "prior_year_tier_funding"
_TARGET, _RESOURCES = "adequacy_target", "final_resources"
_PERCENT: Final = "final_percent_of_adequacy"
_LOCAL: Final = ("adjusted_local_capacity_target", "corporate_personal_property_replacement_tax")
_DOLLARS_GROW_WITH: Final[Mapping[str, GrowsWith]] = {
    "b": GrowsWith.ADEQUACY_TARGET,
    "c": GrowsWith.EAV,
    "d": GrowsWith.EAV,
}
"""What dollars that are handed over grow with, by their subsection."""


@dataclass(frozen=True)
class Course:
    """The first year, and each later one but for money and what the year before leaves it."""

    years: range
    first: Calculation
    later: tuple[Calculation, ...]
    assumptions: tuple[str, ...]
    left_out: tuple[str, ...]

    def ledgers(self, money: Sequence[Amount]) -> Iterator[Ledger]:
        """Each year's ledger in turn; of several amounts a year, a scenario each."""
        ledger = ledger_of(_with_money(self.first, money[0]))
        yield ledger
        for calculation, amount in zip(self.later, money[1:], strict=True):
            ledger = ledger_of(_with_money(_after(ledger, calculation), amount))
            yield ledger


def _with_money(calculation: Calculation, amount: Amount) -> Calculation:
    return calculation.with_law(calculation.law.with_amounts({funding.NEW_MONEY: amount}))


def _after(before: Ledger, calculation: Calculation) -> Calculation:
    """A later year, with what the year before leaves it; (e)(2), (b)(2)(Q)."""
    given, was = dict(calculation.table.values), before.values
    new_money = was[_TIER_FUNDING]
    lost = was[_BASE] - _kept(was) if _BASE in was else 0.0
    if _PRIOR_BASE in given and _BASE in was:
        given |= {_PRIOR_BASE: _kept(was), _PRIOR_TIER_FUNDING: new_money}
    if "prior_year_tier" in given:
        given["prior_year_tier"] = was["tier"].astype(np.float64)
    for name in {_BASE, "adjusted_base_funding_minimum", _RESOURCES} & given.keys():
        given[name] = was[name] + new_money - lost
    if _RESOURCES in given:
        given[_RESOURCES] += sum(given[name] - was[name] for name in _LOCAL if name in given)
    return calculation.with_values(_unlike(given, calculation))


def _kept(was: Mapping[str, Values]) -> Values:
    """A year's base funding as paid: a reduced base stays reduced, (g)(10)."""
    return was.get(_PAID, was[_BASE])


def _unlike(given: Mapping[str, Values], calculation: Calculation) -> dict[str, Values]:
    """What is not the calculation's own."""
    own = calculation.table.values
    return {name: each for name, each in given.items() if each is not own[name]}


def course_of(
    units: pd.DataFrame,
    law: Law,
    growth: Growth,
    ahead: int | None,
    faults: Sequence[Fault],
) -> Course:
    """The course of the years; raises InputError with the faults so far and all others."""
    levels, wrong = levels_of(growth, law, ahead)
    every = [*faults, *wrong]
    try:
        first = prepare(units, law.with_amounts(new_state_funds=0.0))
    except InputError as error:
        raise InputError([*every, *error.faults]) from error
    every += _state_faults(first)
    if every or ahead is None:
        raise InputError(every)
    later_units, stands = _later_units(units, first)
    later = prepare(later_units, first.law, given=stands)
    if faults := _unread(later, growth):
        raise InputError(faults)
    years = range(law.fiscal_year, law.fiscal_year + ahead + 1)
    grown = tuple(
        _grown(later, {name: level[place] for name, level in levels.items()})
        for place in range(ahead)
    )
    return Course(years, first, grown, tuple(_assumptions(later, growth)), tuple(_left_out(later)))


def _later_units(units: pd.DataFrame, first: Calculation) -> tuple[pd.DataFrame, Collection[str]]:
    """The table of the years after the first: base funding as (e)(2) carries it on.

    With it comes the line that stands in, where the first year's rule is of that year alone.
    """
    computed = {line.name for line in first.plan.steps}
    columns: dict[str, float] = {
        name: 0.0
        for name in map(str, units)
        if name in entries() and entries()[name].about.of_one_year
    }
    carries = first.law.lines[_BASE]
    drop = {_PERCENT}
    if _BASE in computed or _BASE in first.given:
        if _PRIOR_BASE in carries.reads:
            columns |= {_PRIOR_BASE: 0.0, _PRIOR_TIER_FUNDING: 0.0}
            drop |= {_BASE}
        else:
            columns[_BASE] = 0.0
    later = units.drop(columns=list(drop & {*units.columns})).assign(**columns)
    return later, {_BASE} & columns.keys()


def _rate_of(name: str) -> GrowsWith | None:
    """The rate by which an input, or a line that is handed over, grows."""
    known = known_names()[name]
    if known.grows_with is None and known.measure in {Measure.STUDENTS, Measure.FTE}:
        return GrowsWith.ENROLLMENT
    if known.grows_with is None and known.measure in {Measure.DOLLARS, Measure.DOLLARS_PER_DAY}:
        return _DOLLARS_GROW_WITH.get(known.cite.subsection)
    return known.grows_with


def _grown(later: Calculation, level: Mapping[str, float]) -> Calculation:
    """A later year's inputs, law and salaries at their levels, the first year's being 1."""
    lines = later.law.lines
    given = dict(later.table.values)
    for name, value in given.items():
        rate = _rate_of(name)
        if rate is not None and level[rate] != 1:
            grown = value * level[rate]
            rounding = lines[name].rounding if name in lines else None
            given[name] = rounding(grown) if rounding else grown
    law, paid = later.law, later.law.salaries
    if level["prices"] != 1:
        prices = {
            element: round_half_up(law.in_force[element].value * level["prices"], _CENTS)
            for name in _prices(later)
            for element in parameters()[name].elements
        }
        law = law.with_amounts(prices, source=f"FY{law.fiscal_year}'s, grown in a projection")
    if level["salaries"] != 1:
        whole = {n: round_half_up(each * level["salaries"], 0) for n, each in paid.amounts.items()}
        law = law.with_amounts(salaries=paid.with_amounts(whole))
    return later.with_values(_unlike(given, later)).with_law(law)


def _prices(calculation: Calculation) -> list[str]:
    """The law's dollar amounts that are read and grow: per student, and the pension credit."""
    read = calculation.values.keys() & parameters().keys() - calculation.table.values.keys()
    return [name for name in read if known_names()[name].grows_with is GrowsWith.PRICES]


def _salaries(calculation: Calculation) -> list[str]:
    return [n for n in calculation.values if known_names()[n].kind is NameKind.SALARY]


def _assumptions(later: Calculation, growth: Growth) -> Iterator[str]:
    """What a projection stands on, in sentences."""
    given = later.table.values.keys()
    yield f"Every year has the rules and numbers of FY{later.law.fiscal_year}, but for what grows."
    yield "A year's percent of adequacy and tiers are those before its own new money arrives."
    if _PRIOR_BASE in given or _BASE in given:
        yield "Base funding is the year before's, and its tier funding, (e)(2)."
    if _RESOURCES in given:
        parts = [name for name in _LOCAL if name in given]
        local = f", and the growth of {' and '.join(parts)}" if parts else " alone"
        yield f"Final resources are handed over: they grow by the year's tier funding{local}."
    elif "adjusted_base_funding_minimum" in given:
        yield "The adjusted base is handed over: it grows by the year's tier funding."
    if _TARGET in given:
        yield "Adequacy targets are handed over: they grow by their own rate, not by enrollment."
    if stays := [n for n in given if column_of(n).measure in {Measure.SHARE, Measure.RATIO}]:
        yield f"Handed over, and stays: {', '.join(stays)}."
    yield (
        "What grows is rounded as the state rounds it: salaries to the dollar, amounts of the "
        "law to the cent, lines handed over as their rule is."
    )
    yield (
        "Counts of all years looked back on grow alike, and so does property; tax rates stay, and "
        "which tax years count."
    )
    for rate, words in _rates(growth).items():
        effect = _without_effect(later, _growing(later, rate)) if words else ""
        yield f"Growth of {rate.replace('_', ' ')}: {words or 'none'}{effect}."


def _rates(growth: Growth) -> dict[str, str]:
    """Every rate in words, empty where it is 0."""
    found = {}
    for each in fields(Growth):
        yearly = by_year(getattr(growth, each.name))
        is_by_year = isinstance(yearly, Mapping)
        rates = [yearly[y] for y in sorted(yearly)] if is_by_year else np.ravel(yearly).tolist()
        words = ", ".join(map(percent, rates if len({*rates}) > 1 else rates[:1])) + " a year"
        found[each.name] = words if any(rates) else ""
    return found


def _growing(later: Calculation, rate: str) -> list[str]:
    """What grows by a rate, and is read."""
    if rate == GrowsWith.SALARIES:
        return _salaries(later)
    given = later.table.values
    read = {name for step in later.plan.steps for name in step.reads}
    read |= {*_LOCAL} if _RESOURCES in given else set()
    prices = _prices(later) if rate == GrowsWith.PRICES else []
    return [*prices, *(name for name in given if name in read and _rate_of(name) == rate)]


def _without_effect(later: Calculation, names: Sequence[str]) -> str:
    """In words that what grows moves no unit's funding, where it does not."""
    moved = {name for name in names if np.nan_to_num(later.values[name]).any()}
    if not moved:
        return f", of no effect: {', '.join(names)} is 0"
    if _RESOURCES in later.table.values and not moved.isdisjoint(_LOCAL):
        moved.add(_RESOURCES)
    for step in later.plan.steps:
        moved |= {step.name} if not moved.isdisjoint(step.reads) else set()
    if _TIER_FUNDING in moved:
        return ""
    return f", of no effect: no unit's funding stands on {', '.join(names)}"


def _unread(later: Calculation, growth: Growth) -> list[Fault]:
    """Growth by which nothing grows that is read, and what stands in its way."""
    read = {name for step in later.plan.steps for name in step.reads}
    computed = {step.name for step in later.plan.steps}
    names: dict[str, Collection[str]] = {
        f"growth.{rate}": [
            name
            for name, known in known_names().items()
            if name not in computed | read
            and (rate == (GrowsWith.SALARIES if known.kind is NameKind.SALARY else _rate_of(name)))
        ]
        for rate, words in _rates(growth).items()
        if words and not _growing(later, rate)
    }
    try:
        check_read(later.plan, later.law.lines, names, later.table.values, "projection")
    except InputError as error:
        return [*error.faults]
    return []


def _left_out(later: Calculation) -> Iterator[str]:
    """What a projection has not got, in sentences."""
    given = later.table.values.keys()
    yield f"Changes of the law after FY{later.law.fiscal_year}, but for the growth assumed."
    yield "Units outside of the distribution: no share, percent of adequacy or cost has them."
    if _PRIOR_BASE in given or _BASE in given:
        yield (
            "Relief grants, intervention money, corrections, new programs, programs without "
            "pupils and shortfalls of base funding in the years after the first."
        )


def _state_faults(first: Calculation) -> list[Fault]:
    """A state that no year can follow: several scenarios, or its outcome handed over."""
    counts = {name: len(value) for name, value in first.values.items() if len(value) > 1}
    scenarios = [
        several_scenarios(
            Place("scenarios", column=name), f"{count} scenarios", "one state, with one number each"
        )
        for name, count in counts.items()
    ]
    prepared = first.law.statute.prepared
    outcome = [
        name
        for name in first.table.values
        if known_names()[name].kind is NameKind.LINE and name not in prepared
    ]
    allowed = "no line of (g) or (h): they are computed every year"
    return scenarios + [
        unsuitable_name(Place("table", column=n), "handed over", allowed) for n in sorted(outcome)
    ]
