"""Year by year through the formula: what a path of new money comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from ebf.engine.calculation import Calculation
from ebf.engine.preparation import prepare
from ebf.faults import Fault, InputError, described
from ebf.language.measure import GREATEST, Measure
from ebf.language.vocabulary import Values, divide, less, maximum, round_half_up, where
from ebf.law import funding
from ebf.law.funding.tiers import TIERS
from ebf.law.inputs import inputs
from ebf.law.names import column_of
from ebf.law.parameters import Law, check_law, parameters
from ebf.law.salaries import COLUMNS as SALARY_COLUMNS
from ebf.law.salaries import Salaries
from ebf.ledger import Ledger, ledger_of
from ebf.numbers import numbers_of
from ebf.show.answer import Shown
from ebf.show.words import amount_text, percent_text

Yearly: TypeAlias = float | Sequence[float] | Mapping[int, float] | npt.NDArray[Any] | pd.Series
"""A number for every year, or one a year: in order, or by fiscal year (a Series by its index)."""

Levels: TypeAlias = Mapping[str, Sequence[float]]

LONGEST: Final = 100
"""The most years that a projection looks ahead."""

_CENTS: Final = 2
_BASE, _PRIOR_BASE = "base_funding_minimum", "prior_year_base_funding_minimum"
_TIER_FUNDING, _PRIOR_TIER_FUNDING = "tier_funding", "prior_year_tier_funding"
_TARGET, _RESOURCES = "adequacy_target", "final_resources"
_PERCENT, _PUPILS = "final_percent_of_adequacy", "average_student_enrollment"
_OF_FIRST_YEAR: Final = (
    "property_tax_relief_grant",
    "district_intervention_money",
    "base_funding_correction",
    "new_regional_program",
    "no_pupils_prior_year",
    "base_funding_shortfall",
)
_LOCAL: Final = ("adjusted_local_capacity_target", "corporate_personal_property_replacement_tax")
_RATES: Final[Mapping[str, str]] = {
    "corporate_personal_property_replacement_tax": "replacement_tax",
    "pension_normal_cost": "prices",
    "retiree_health_cost": "prices",
    "transportation_expenditure": "prices",
    "transportation_reimbursement": "prices",
}


@dataclass(frozen=True)
class Growth:
    """What is assumed of the years to come, as rates a year (0.02 is 2 %).

    Each a number, or one for each year after the first: ``salaries`` of all
    positions; ``prices``: the law's dollars per student, pension, health and
    transportation; ``eav``: property and what is raised from it;
    ``replacement_tax``; ``enrollment``: every count of pupils, and of staff where
    that is handed over; ``adequacy_target``: the target and its parts, where
    they are handed over and not computed.
    """

    salaries: Yearly = 0.0
    prices: Yearly = 0.0
    eav: Yearly = 0.0
    replacement_tax: Yearly = 0.0
    enrollment: Yearly = 0.0
    adequacy_target: Yearly = 0.0


NO_GROWTH: Final = Growth()


@dataclass(frozen=True, kw_only=True, eq=False)
class Projection(Shown):
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

    def units(self, line: str = _TIER_FUNDING) -> pd.DataFrame:
        """A line of every unit (rows) in every fiscal year (columns).

        Raises InputError for a line that is not in every year's ledger.
        """
        columns = [ledger.units.get(line) for ledger in self.ledgers]
        of_units = [each for each in columns if each is not None]
        if len(of_units) < len(columns):
            allowed = "a line with one number a unit, in every year's ledger"
            raise InputError([Fault("projection", line, "no such column", allowed)])
        return pd.concat(of_units, axis="columns", keys=self.years.index)

    @property
    def title(self) -> str:
        """What it is called."""
        return f"FY{self.years.index[0]} to FY{self.years.index[-1]}"

    def _tables(self) -> list[tuple[str, pd.DataFrame]]:
        return [("By fiscal year", self.years.T.map(amount_text))]


def project(
    units: pd.DataFrame,
    law: Law,
    years: int,
    *,
    new_state_funds: Yearly,
    growth: Growth = NO_GROWTH,
    salaries: Salaries | Mapping[str, Any] | None = None,
) -> Projection:
    """Take a state through the formula year by year.

    Args:
        units: The table of units of the first year, as :func:`ebf.calculate`
            takes it: raw counts, or the columns of the distribution; one state.
        law: The numbers of the first year, which is the law's.
        years: How many years after the first; or the last fiscal year.
        new_state_funds: New money of every year, the first too; or one a year.
        growth: What is assumed of the years after the first.
        salaries: As for :func:`ebf.calculate`.

    Raises:
        InputError: as :func:`ebf.calculate`; for money, years or growth that
            cannot be; for several scenarios, all at once.
    """
    check_law(law)
    ahead, faults = years_ahead(law, years, "years")
    money, wrong = path_of(new_state_funds, law, ahead)
    course = course_of(units, law, salaries, growth, ahead, [*faults, *wrong])
    ledgers = tuple(course.ledgers(money))
    index = pd.Index(course.years, name="fiscal_year")
    return Projection(
        years=pd.DataFrame(map(_row, ledgers), index=index),
        ledgers=ledgers,
        assumptions=course.assumptions,
        left_out=course.left_out,
    )


# --- The course of years -------------------------------------------------------------


@dataclass(frozen=True)
class Course:
    """The first year, and each later one but for money and what the year before leaves it."""

    years: range
    first: Calculation
    later: tuple[Calculation, ...]
    assumptions: tuple[str, ...]
    left_out: tuple[str, ...]

    def ledgers(self, money: Sequence[float]) -> Iterator[Ledger]:
        """Each year's ledger in turn."""
        ledger = ledger_of(_with_money(self.first, money[0]))
        yield ledger
        for calculation, amount in zip(self.later, money[1:], strict=True):
            ledger = ledger_of(_with_money(_after(ledger, calculation), amount))
            yield ledger


def _with_money(calculation: Calculation, amount: float) -> Calculation:
    return calculation.with_law(calculation.law.with_amounts({funding.NEW_MONEY: amount}))


def _after(before: Ledger, calculation: Calculation) -> Calculation:
    """A later year, with what the year before leaves it; (e)(1), (b)(2)(Q)."""
    given, was = dict(calculation.table.values), before.values
    new_money = was[_TIER_FUNDING]
    if _PRIOR_BASE in given and _BASE in was:
        given |= {_PRIOR_BASE: was[_BASE], _PRIOR_TIER_FUNDING: new_money}
    if "prior_year_tier" in given:
        given["prior_year_tier"] = was["tier"].astype(np.float64)
    for name in {_BASE, "adjusted_base_funding_minimum", _RESOURCES} & given.keys():
        given[name] = was[name] + new_money
    if _RESOURCES in given:
        given[_RESOURCES] += sum(given[name] - was[name] for name in _LOCAL if name in given)
    return _given(calculation, given)


def _given(calculation: Calculation, given: Mapping[str, Values]) -> Calculation:
    table = replace(calculation.table, values=given)
    return replace(calculation, table=table, values={**calculation.values, **given})


def course_of(
    units: pd.DataFrame,
    law: Law,
    salaries: Salaries | Mapping[str, Any] | None,
    growth: Growth,
    ahead: int | None,
    faults: Sequence[Fault],
) -> Course:
    """The course of the years; raises InputError with the faults so far and all others."""
    levels, wrong = _levels(growth, law, ahead)
    every = [*faults, *wrong]
    try:
        first = prepare(units, law, salaries=salaries, new_state_funds=0.0)
    except InputError as error:
        raise InputError([*every, *error.faults]) from error
    every += _state_faults(first)
    if every or ahead is None:
        raise InputError(every)
    later = prepare(_later_units(units, first), law, salaries=first.salaries, new_state_funds=0.0)
    years = range(law.fiscal_year, law.fiscal_year + ahead + 1)
    grown = tuple(
        _grown(later, {name: level[place] for name, level in levels.items()})
        for place in range(ahead)
    )
    return Course(years, first, grown, tuple(_assumptions(later, growth)), tuple(_left_out(later)))


def _later_units(units: pd.DataFrame, first: Calculation) -> pd.DataFrame:
    """The table of the years after the first: base funding as (e)(1) carries it on."""
    computed = {line.name for line in first.plan.steps}
    columns: dict[str, float] = {name: 0.0 for name in _OF_FIRST_YEAR if name in units}
    carries = funding.lines(first.law.fiscal_year)[_BASE]
    drop = {_PERCENT}
    if _BASE in computed or _BASE in first.given:
        if _PRIOR_BASE in carries.reads:
            columns |= {_PRIOR_BASE: 0.0, _PRIOR_TIER_FUNDING: 0.0}
            drop |= {_BASE}
        else:
            columns[_BASE] = 0.0
    return units.drop(columns=list(drop & {*units.columns})).assign(**columns)


def _rate_of(name: str) -> str | None:
    """The rate by which an input, or a line that is handed over, grows."""
    about = column_of(name)
    part = about.cite.removeprefix("18-8.15")[:3]
    if name in _RATES or about.measure in {Measure.STUDENTS, Measure.FTE}:
        return _RATES.get(name, "enrollment")
    if about.measure in {Measure.DOLLARS, Measure.DOLLARS_PER_DAY}:
        return {"(b)": _TARGET, "(c)": "eav", "(d)": "eav"}.get(part)
    return None


def _grown(later: Calculation, level: Mapping[str, float]) -> Calculation:
    """A later year's inputs, law and salaries at their levels, the first year's being 1."""
    lines = funding.lines(later.law.fiscal_year)
    given = dict(later.table.values)
    for name, value in given.items():
        rate = _rate_of(name)
        if rate is not None and level[rate] != 1:
            grown = value * level[rate]
            rounding = lines[name].rounding if name in lines else None
            given[name] = rounding(grown) if rounding else grown
    law, paid = later.law, later.salaries
    if level["prices"] != 1:
        prices = {
            element: round_half_up(law.in_force[element].value * level["prices"], _CENTS)
            for name in _prices(later)
            for element in parameters()[name].elements
        }
        law = law.with_amounts(prices, source=f"FY{law.fiscal_year}'s, grown in a projection")
    if level["salaries"] != 1:
        whole = {n: round_half_up(each * level["salaries"], 0) for n, each in paid.amounts.items()}
        paid = paid.with_amounts(whole)
    read = {name: paid.value(name) for name in _salaries(later)}
    later = replace(later, salaries=paid, values={**later.values, **read})
    return _given(later, given).with_law(law)


def _prices(calculation: Calculation) -> list[str]:
    """The law's dollar amounts that are read and grow: per student, and the pension credit."""
    read = calculation.values.keys() & parameters().keys() - calculation.table.values.keys()
    per_student = Measure.DOLLARS_PER_STUDENT
    return [n for n in read if n == "pension_credit" or parameters()[n].measure is per_student]


def _salaries(calculation: Calculation) -> set[str]:
    return calculation.values.keys() & SALARY_COLUMNS.keys() - calculation.table.values.keys()


def _assumptions(later: Calculation, growth: Growth) -> Iterator[str]:
    """What a projection stands on, in sentences."""
    given = later.table.values.keys()
    yield f"Every year has the rules and numbers of FY{later.law.fiscal_year}, but for what grows."
    yield "A year's percent of adequacy and tiers are those before its own new money arrives."
    if _PRIOR_BASE in given or _BASE in given:
        yield "Base funding is the year before's, and its tier funding, (e)(1)."
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
        "which tax years count after a reorganization."
    )
    used = {rate for name in given if (rate := _rate_of(name))}
    used |= {"prices"} if _prices(later) else set()
    used |= {"salaries"} if _salaries(later) else set()
    for each in fields(Growth):
        yearly = _by_year(getattr(growth, each.name))
        is_by_year = isinstance(yearly, Mapping)
        rates = [yearly[y] for y in sorted(yearly)] if is_by_year else np.ravel(yearly).tolist()
        words = ", ".join(map(percent_text, rates if len({*rates}) > 1 else rates[:1])) + " a year"
        if not any(rates):
            words = "none"
        elif each.name not in used:
            words += ", of no effect: nothing that is handed over or read grows by it"
        yield f"Growth of {each.name.replace('_', ' ')}: {words}."


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
    targets = where(values["in_distribution"], values[_TARGET], 0.0)
    resources = where(values["in_distribution"], values[_RESOURCES], 0.0)
    row = {funding.NEW_MONEY: values[funding.NEW_MONEY].item()}
    for name in ("tier_2_target_ratio", "tier_3_target_ratio"):
        level = ledger.law.value(name).item()
        label = f"{100 * level:g}_percent"
        shares = shares_at(ledger, level)
        row |= {f"share_of_{each}_at_{label}": share for each, share in shares.items()}
        row[f"cost_to_{label}"] = float(maximum(level * targets - resources, 0.0).sum())
    row["percent_of_adequacy"] = float(divide(resources.sum(), targets.sum()))
    row |= {(name := f"units_in_tier_{tier}"): values[name].item() for tier in TIERS}
    last = ("tier_1_target_ratio", "undistributed_new_state_funds")
    return row | {name: values[name].item() for name in last}


# --- What may be handed over -----------------------------------------------------------


def years_ahead(law: Law, said: Any, argument: str) -> tuple[int | None, list[Fault]]:
    """How many years after the first, from their count or from the last fiscal year."""
    first, counts = law.fiscal_year, argument != "by_year"
    if isinstance(said, (int, np.integer)) and not isinstance(said, (bool, np.timedelta64)):
        ahead = int(said) - (0 if counts and said <= LONGEST else first)
        if 0 <= ahead <= LONGEST:
            return ahead, []
    allowed = f"a fiscal year from {first} to {first + LONGEST}"
    if counts:
        allowed = f"0 to {LONGEST} years after FY{first}, or {allowed}"
    return None, [Fault("arguments", argument, described(said), allowed)]


def _state_faults(first: Calculation) -> list[Fault]:
    """A state that no year can follow: several scenarios, or its outcome handed over."""
    counts = {name: len(value) for name, value in first.values.items() if len(value) > 1}
    scenarios = [
        Fault("scenarios", name, f"{count} scenarios", "one state, with one number each")
        for name, count in counts.items()
    ]
    outcome = first.table.values.keys() - inputs().keys() - funding.PREPARED
    allowed = "no line of (g) or (h): they are computed every year"
    return scenarios + [Fault("table", n, "handed over", allowed) for n in sorted(outcome)]


def _by_year(said: Any) -> Any:
    """A Series with an index of its own by that; one numbered from 0 in order."""
    if isinstance(said, pd.Series) and not said.index.equals(pd.RangeIndex(len(said))):
        return said.to_dict()
    return said


def _one_a_year(
    name: str, said: Any, years: range | None, least: float, allowed: str
) -> tuple[list[float], list[Fault]]:
    """A number of ``least`` or more for every year, and what is wrong with it."""
    if years is not None:
        allowed += f"; one for all or one for each of {len(years)} years"
        allowed += f", FY{years[0]} to FY{years[-1]}" if years else ""
    said = _by_year(said)
    if isinstance(said, Mapping):
        if years is not None and {*said} != {*years}:
            found = f"the years {described(list(said))}"
            return [], [Fault("arguments", name, found, allowed)]
        said = list(said.values()) if years is None else [said[year] for year in years]
    try:
        numbers = numbers_of(said)
    except ValueError:
        return [], [Fault("arguments", name, described(said), allowed)]
    if numbers.ndim > 1 or (numbers.ndim and years is not None and len(numbers) != len(years)):
        return [], [Fault("arguments", name, f"{numbers.size} numbers", allowed)]
    wrong = np.extract(~((numbers >= least) & (numbers <= GREATEST)), numbers).tolist()
    faults = [Fault("arguments", name, f"{each:.15g}", allowed) for each in wrong]
    if faults or years is None:
        return [], faults
    return np.broadcast_to(numbers, len(years)).tolist(), []


def path_of(said: Any, law: Law, ahead: int | None) -> tuple[list[float], list[Fault]]:
    """The new money of every year, the first too."""
    first = law.fiscal_year
    years = None if ahead is None else range(first, first + ahead + 1)
    return _one_a_year(funding.NEW_MONEY, said, years, 0.0, "a finite number, 0 or more")


def _levels(growth: Any, law: Law, ahead: int | None) -> tuple[Levels, list[Fault]]:
    """What every rate comes to in each year after the first, which is at 1."""
    first, least = law.fiscal_year + 1, float(np.nextafter(-1.0, 0.0))
    years = None if ahead is None else range(first, first + ahead)
    levels, faults = {}, []
    if not isinstance(growth, Growth):
        return {}, [Fault("arguments", "growth", described(growth), "ebf.Growth(...)")]
    for rate in fields(Growth):
        name, said = f"growth.{rate.name}", getattr(growth, rate.name)
        rates, wrong = _one_a_year(name, said, years, least, "a finite rate above -1 (2 % is 0.02)")
        with np.errstate(over="ignore"):
            levels[rate.name] = np.cumprod(1 + np.array(rates)).tolist()
        faults += wrong
        if any(level > GREATEST for level in levels[rate.name]):
            allowed = f"rates that come to {GREATEST:g} times at most"
            faults.append(Fault("arguments", name, "growth beyond all numbers", allowed))
    return levels, faults
