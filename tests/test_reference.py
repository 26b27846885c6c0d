"""The library against a second, plain computation of the law (`reference/`), line by line.

EBF_EXAMPLES=5000 makes each test on invented states take that many of them.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import depth
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference.adequacy_target import adequacy_target
from reference.amounts import FACTOR_YEARS, FIXED, ILLUSTRATIVE, KNOWN, amounts, known
from reference.arithmetic import Unit, to_the_cent
from reference.counts import DISTRICTS, GRADES, PANDEMIC, bands, has_counts
from reference.distribution import State
from reference.made_distributions import made_distributions
from reference.made_from_counts import made_from_counts
from reference.resources import (
    ADDED_AFTER_RATE_INCREASE,
    ALONE_BEFORE,
    DEDUCTIONS,
    GRANTS_OF_2017,
    TAX_YEARS,
)
from reference.whole import Case, calculated
from sample_states import one_of

import ebf
from ebf.language.cite import Cite
from ebf.language.line import Line
from ebf.law.funding import FUNDING
from ebf.law.statutes import STATUTES
from ebf.law.years import YEARS

CENTS = 100
ALMOST = Fraction(10**30)
OF_CUT_MONEY = {
    "tier_funding",
    "special_education_funding",
    "english_learner_funding",
    "low_income_funding",
    "technology_funding",
    "special_education_funding_to_be_spent",
    "english_learner_funding_to_be_spent",
    "total_state_contribution",
    "semi_monthly_payment",
    "undistributed_new_state_funds",
}
KINDS = (*DISTRICTS, "laboratory_school", "regional_program", "specially_funded")


def fraction(value: Any) -> Any:
    """A number as the decimal it is written as; text as it is; None for a blank."""
    if isinstance(value, str):
        return value
    return None if pd.isna(value) else Fraction(str(value))


@cache
def numbers_of(fiscal_year: int) -> Mapping[str, float]:
    """The numbers of the law that the library knows of a year."""
    numbers = ebf.law(fiscal_year).table().set_index("parameter")["value"].dropna()
    return {str(name): float(number) for name, number in numbers.items()}


def law_of(case: Case) -> ebf.Law:
    """The library's law of the case's year, handed over what one of the two does not know."""
    year = case.fiscal_year
    known_to_both = known(year).keys() & numbers_of(year).keys()
    numbers = {n: number for n, number in amounts(year).items() if n not in known_to_both}
    numbers.pop("new_state_funds", None)  # handed over beside the law
    return ebf.law(year, {n: float(number) for n, number in {**numbers, **case.amounts}.items()})


def by_library(case: Case, arithmetic: str, lines: Iterable[str] | None = None) -> ebf.Ledger:
    """The library's ledger of a case."""
    frame = pd.DataFrame(
        [
            {
                name: float(value) if isinstance(value, Fraction) else value
                for name, value in unit.items()
            }
            for unit in case.units
        ]
    )
    if case.short_of_base:
        frame["base_funding_shortfall"] = float(case.short_of_base)
    funds = None if case.funds is None else float(case.funds)
    if case.appropriated:
        frame["appropriated_new_state_funds"], funds = funds, None
    salaries = None if case.salaries is None else nested(case.salaries)
    more: Mapping[str, Any] = {"arithmetic": arithmetic, "lines": lines}
    law = law_of(case).with_amounts(salaries=salaries, new_state_funds=funds)
    if "new_state_funds" in law.in_force and not case.appropriated:
        money = law.value("new_state_funds").item()  # of a part of the state, too
        law = law.with_amounts(new_state_funds=money)
    try:
        return ebf.calculate(frame, law, **more)
    except ebf.InputError as error:
        unread = {f.place.column for f in error.faults if f.found == "nothing reads it"}
        if len(unread) < len(error.faults):
            raise
    read = {name: each for name, each in law.in_force.items() if name not in unread}
    return ebf.calculate(frame, replace(law, in_force=read), **more)


def nested(salaries: Mapping[str, Fraction]) -> dict[str, Any]:
    """Salaries as the library takes them: a table a position."""
    table: dict[str, Any] = {}
    for name, salary in salaries.items():
        position, _, span = name.partition(".")
        if span:
            table.setdefault(position, {})[span] = float(salary)
        else:
            table[position] = float(salary)
    return table


# The comparison: it walks the lines of the library.


def differences(
    case: Case, ledger: ebf.Ledger, units: Sequence[Unit], state: State, *, cents: int = 0
) -> list[str]:
    """Every line that one of the two computations lacks, or has another number of, and where.

    ``cents``: how many are let pass in what is cut, or is a sum of it.
    """
    lines = ledger.law.lines
    in_ledger = [line for line in lines.values() if line.name in ledger.values]
    by_id = {unit["unit_id"]: unit for unit in units}
    in_order = [by_id[unit_id] for unit_id in ledger.table.unit_ids]
    found = [
        *(f"{name}: the reference has no such line" for name in lacking(in_ledger, units, state)),
        *(f"{name}: the library has no such line" for name in beyond(case, lines, units, state)),
    ]
    for line in in_ledger:
        holders: Sequence[Mapping[str, Any]] = [state] if line.statewide else in_order
        shape = (1, len(holders), len(line.columns))
        numbers = np.broadcast_to(ledger.values[line.name], shape)[0].tolist()
        found += [
            f"{holder.get('unit_id', 'the state')}: {column}: "
            f"{float(number)!r}, reference {float(holder[column])!r}"
            for holder, row in zip(holders, numbers, strict=True)
            for column, number in zip(line.columns, row, strict=True)
            if column in holder and not is_the_same(line.name, number, holder[column], cents)
        ]
    return [f"FY{case.fiscal_year}: {each}" for each in found]


def lacking(lines: Iterable[Line], units: Sequence[Unit], state: State) -> Iterator[str]:
    """The columns of lines that the reference does not have of every unit, with their cites."""
    for line in lines:
        holders: Sequence[Mapping[str, Any]] = [state] if line.statewide else units
        for column in line.columns:
            if any(column not in holder for holder in holders):
                yield f"{line.cite}: {column}"


def beyond(
    case: Case, lines: Mapping[str, Line], units: Sequence[Unit], state: State
) -> Iterable[str]:
    """The names of the reference that the library does not have in that year."""
    statewide = {line.name for line in lines.values() if line.statewide}
    of_units = {column for line in lines.values() if not line.statewide for column in line.columns}
    inputs = set().union(*case.units)
    computed = set().union(*units) - inputs
    return sorted(computed - of_units | state.keys() - statewide)


def is_the_same(name: str, number: Any, value: Any, cents: int) -> bool:
    """Whether two numbers are one: fractions to thirty digits, floats to a part of a cent."""
    if isinstance(number, (int, Fraction)):
        return bool(number == value) or abs(number - value) <= max(abs(value), 1) / ALMOST
    allowed = max(1e-4, 1e-9 * abs(float(value)))  # far less than a cent, or nine digits
    if name in OF_CUT_MONEY:
        allowed += cents / CENTS
    return bool(abs(number - float(value)) <= allowed)


def assert_the_same(case: Case, arithmetic: str) -> None:
    """The library's numbers are the reference's; base below 0 the library refuses."""
    units, state = calculated(case)
    if any(unit.get("base_funding_paid", 0) < Fraction(-1, CENTS) for unit in units):
        with pytest.raises(ebf.InputError, match=r"base_funding_paid: .* 0 or more"):
            by_library(case, arithmetic)
        return
    ledger = by_library(case, arithmetic)
    cents = cents_of_floats(units, arithmetic)
    assert differences(case, ledger, units, state, cents=cents) == []


def cents_of_floats(units: Sequence[Unit], arithmetic: str) -> int:
    """The cents that floats may be off by, in all.

    Where a target is above $30 million (see the README), and where an amount is so
    little below a cent that floats take it as being on it.
    """
    if arithmetic == "exact":
        return 0
    for unit in units:
        new = sum((unit[f"tier_{tier}_funding"] for tier in (1, 2, 3, 4)), Fraction(0))
        amounts_cut = (new, unit["base_funding_paid"] + unit["tier_funding"])
        if unit["adequacy_target"] > 30_000_000 or any(map(just_below_a_cent, amounts_cut)):
            return len(units)
    return 0


def just_below_a_cent(amount: Fraction) -> bool:
    """Whether an amount is less than two millionths of a cent below a cent."""
    below = -amount * CENTS % 1
    return 0 < below < Fraction(1, 500_000)


# Made states of every year, the same in every run.


class Outcome(NamedTuple):
    """What the made states of a year show."""

    differences: list[str]
    compared: set[str]
    """The lines compared, every column of them with a number other than 0."""
    not_reached: list[str]
    """What a distribution was made for, and did not come to."""


@cache
def outcome(year: int) -> Outcome:
    """All made states of a year, by both computations, in floats and exactly."""
    lines = FUNDING.lines(year)
    found: dict[str, None] = {}
    computed: set[str] = set()
    alive: set[str] = set()
    not_reached: list[str] = []

    def compare(case: Case, wanted: Iterable[str] | None = None) -> tuple[list[Unit], State]:
        units, state = calculated(case)
        fast = by_library(case, "fast", wanted)
        for ledger in (fast, fast.exact):
            cents = cents_of_floats(units, ledger.arithmetic)
            found.update(dict.fromkeys(differences(case, ledger, units, state, cents=cents)))
            computed.update(ledger.computed)
        for holder in (*units, state):
            alive.update(name for name, value in holder.items() if value)
        return units, state

    enough, *others = made_from_counts(year, appropriated=True)
    compare(enough, lines)
    for other in others:
        compare(other)
    for name, case, reached in made_distributions(year):
        units, state = compare(case)
        if not reached(state, units):
            not_reached.append(f"FY{year}: {name}")
    compared = {name for name in computed & lines.keys() if alive.issuperset(lines[name].columns)}
    return Outcome(list(found), compared, not_reached)


@pytest.mark.parametrize("year", depth.spread(YEARS))
def test_every_line_of_the_year_is_that_of_the_reference(year: int) -> None:
    assert outcome(year).differences == []


@pytest.mark.parametrize("year", YEARS)
def test_every_turn_of_the_distribution_is_taken(year: int) -> None:
    assert outcome(year).not_reached == []


def test_every_line_of_every_year_is_compared() -> None:
    compared = {(year, name) for year in YEARS for name in outcome(year).compared}
    assert compared == {(year, name) for year in YEARS for name in FUNDING.lines(year)}


@pytest.mark.parametrize("year", YEARS)
def test_no_amount_is_known_to_the_library_alone(year: int) -> None:
    names = {*ILLUSTRATIVE, *FIXED, *KNOWN} & numbers_of(year).keys()
    theirs = {name: float(number) for name, number in known(year).items()}
    assert {name: (numbers_of(year)[name], theirs.get(name)) for name in names} == {
        name: (theirs.get(name), theirs.get(name)) for name in names
    }


# What the comparison finds: lines invented, lost, and changed in one year alone.


@cache
def first_made(year: int) -> tuple[Case, list[Unit], State]:
    """The first made state of a year, and what the reference computes of it."""
    case, *_ = made_from_counts(year, appropriated=True)
    return case, *calculated(case)


def found_with(lines: Iterable[Line], year: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The differences of a year's made state with other lines in the library."""
    changed = ModuleType("changed", "(g) Other lines.")
    vars(changed)["LINES"] = tuple(lines)
    statute = replace(FUNDING, modules=(changed,))
    monkeypatch.setitem(STATUTES, FUNDING.section, statute)
    case, units, state = first_made(year)
    ledger = by_library(case, "fast", statute.lines(year))
    return differences(case, ledger, units, state)


def the_line(name: str) -> Line:
    """A line that has one rule for all years."""
    (line,) = (each for each in FUNDING.all_lines if each.name == name)
    return line


@pytest.mark.parametrize("like", ["tier_2_surplus", "tier_funding", "nurse_cost"])
@pytest.mark.parametrize(("first", "last"), [(2026, None), (2020, 2020)])
def test_a_line_of_the_library_alone_is_found(
    like: str, first: int, last: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    invented = replace(
        the_line(like),
        name="invented",
        cite=Cite("18-8.15(g)(12)"),
        first_year=first,
        last_year=last,
    )
    for year in (first - 1, first, first + 1):
        with monkeypatch.context() as patch:
            found = found_with((*FUNDING.all_lines, invented), year, patch)
        columns = invented.columns if invented.is_in_force(year) else ()
        assert found == [
            f"FY{year}: 18-8.15(g)(12): {column}: the reference has no such line"
            for column in columns
        ]


@pytest.mark.parametrize("year", [2020, YEARS[-1]])
def test_a_line_of_the_reference_alone_is_found(year: int, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = the_line("semi_monthly_payment")
    found = found_with((line for line in FUNDING.all_lines if line is not lost), year, monkeypatch)
    assert found == [f"FY{year}: semi_monthly_payment: the library has no such line"]


def test_a_rule_of_one_year_alone_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = the_line("tier_2_funding_gap")
    others = [line for line in FUNDING.all_lines if line is not rule]
    of_2021 = replace(rule, function=lambda *read: rule.function(*read) * 1.001)
    changed = [
        replace(rule, last_year=2020),
        replace(of_2021, first_year=2021, last_year=2021),
        replace(rule, first_year=2022),
    ]
    for year in YEARS:
        with monkeypatch.context() as patch:
            found = found_with((*others, *changed), year, patch)
        assert bool(found) == (year == 2021)
        assert any("tier_2_funding_gap" in each for each in found) == (year == 2021)


# The distribution alone.

percents = st.one_of(
    st.sampled_from((0, 9_000, 10_000)),  # nothing, and the edges of the tiers
    st.integers(1, 8_999),
    st.integers(8_990, 10_010),
    st.integers(10_000, 30_000),
)
targets = st.one_of(  # cents
    st.sampled_from((1, 99, 100_000)),
    st.integers(1, 10**6),
    st.integers(10**8, 3 * 10**9),
    st.integers(10**9, 10**12),
)
multiples = st.sampled_from([Fraction(number) for number in ("0", "0.5", "1", "1.1", "2", "30")])
parts = st.sampled_from([Fraction(number) for number in ("0", "1/7", "1")])
pupils = st.one_of(st.sampled_from((0, 1, 100)), st.integers(0, 10**6), st.integers(0, 4 * 10**7))


@st.composite
def shares(draw: st.DrawFn, kind: str, number: int, few: Sequence[int]) -> dict[str, Any]:
    """What the distribution reads of one unit."""
    unit: dict[str, Any] = {
        "unit_id": f"{number:011d}00",
        "organization_type": kind,
        "base_funding_minimum": Fraction(draw(st.integers(0, 10**9)), CENTS),
        "average_student_enrollment": Fraction(0),
        "adequacy_target": Fraction(0),
        "final_resources": Fraction(0),
        "local_capacity_percentage": Fraction("0.1"),
    }
    # Asked for, and above 0, where base funding falls short.
    first_year = unit["base_funding_minimum"] * draw(multiples)
    unit["first_year_base_funding_minimum"] = max(Fraction(1, CENTS), to_the_cent(first_year))
    unit["prior_year_average_student_enrollment"] = Fraction(1)
    empty = draw(st.integers(0, 11)) == 0 and number > 0
    if kind == "specially_funded" or empty:
        return unit
    target = draw(targets)
    resources = target * draw(st.one_of(st.sampled_from(few), percents)) // 10_000
    resources = max(0, resources + draw(st.sampled_from((0, 0, 0, -1, 1))))
    unit["average_student_enrollment"] = Fraction(draw(pupils), 100)
    before = unit["average_student_enrollment"] * draw(multiples)
    unit["prior_year_average_student_enrollment"] = max(Fraction(1, 100), before)
    unit["adequacy_target"] = Fraction(target, CENTS)
    unit["final_resources"] = Fraction(resources, CENTS)
    if kind in DISTRICTS:
        ten_thousandths = draw(st.one_of(st.sampled_from((0, 9_000)), st.integers(0, 9_000)))
        unit["local_capacity_percentage"] = Fraction(ten_thousandths, 10_000)
    return unit


@st.composite
def distributions(draw: st.DrawFn) -> Case:
    """A state of one to twelve units and new money from nothing to far too much."""
    fiscal_year = draw(st.sampled_from(YEARS))
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=12))
    kinds[0] = draw(st.sampled_from((*DISTRICTS, "laboratory_school")))
    few = draw(st.lists(percents, min_size=1, max_size=2))  # so that percents are often equal
    units = tuple(draw(shares(kind, number, few)) for number, kind in enumerate(kinds))
    need = sum(int(unit["adequacy_target"] * CENTS) for unit in units)
    part = draw(st.one_of(st.sampled_from((0, 1, 10**6)), st.integers(0, 10**5)))
    funds = Fraction(need * part // 10**6, CENTS)
    # The level as a multiple of the new money, and what of it is relief.
    level = to_the_cent(funds * draw(multiples))
    level = max(Fraction(1), level)
    relief = to_the_cent(level * draw(parts))
    minimum = {"minimum_funding_level": level, "property_tax_relief_counted": relief}
    if need > 10**9 * CENTS and draw(st.booleans()):  # the year's own
        minimum = {}
        funds = Fraction(draw(st.integers(10**8, 5 * 10**10)), CENTS)
    base = sum(int(unit["base_funding_minimum"] * CENTS) for unit in units)
    short = Fraction(base * draw(st.sampled_from((0, 0, 1, 10, 60))) // 100, CENTS)
    appropriated = funds > 0 and draw(st.booleans())
    minimum |= {"property_tax_relief": to_the_cent(funds * draw(parts))} if appropriated else {}
    return Case(fiscal_year, units, funds, appropriated, minimum, short)


@depth.against_reference(30, 150)
@given(case=distributions(), arithmetic=st.sampled_from(("fast", "exact")))
def test_the_distribution_is_that_of_the_reference(case: Case, arithmetic: str) -> None:
    assert_the_same(case, arithmetic)


# From raw counts to dollars.

RAW_GRADES = ("kindergarten_half_day", "kindergarten_full_day", *GRADES[2:])
SERVED = {
    "elementary": (GRADES[0], *RAW_GRADES[:10]),
    "high_school": RAW_GRADES[10:],
}
EVERY_GRADE = (GRADES[0], *RAW_GRADES)
SPANS = ("k_8", "9_12", "k_12")
POSITIONS = ("teacher", "counselor", "librarian", "nurse", "principal", "assistant_principal")
COUNTIES = ("Cook", "Lake", "St Clair", "Adams", "McLean", "Winnebago")
PLACES = ("first", "second", "third", "fourth")


def scattered(salt: int, *where: int) -> int:
    """A whole number that looks like chance, from one drawn and a place in a table."""
    number = salt
    for part in where:
        number = (number * 1_103_515_245 + part * 12_345 + 98_765) % 2**31
    return number // 2**8


@st.composite
def salary_tables(draw: st.DrawFn) -> dict[str, Fraction]:
    """State averages in whole dollars, as the law has them; sometimes none at all."""
    salt = draw(st.integers(0, 10**6))
    names = [f"{position}.{span}" for position in POSITIONS for span in SPANS]
    names += ["psychologist.k_12", "assistant", "school_site_staff"]
    lowest = draw(st.sampled_from((20_000, 65_990)))
    return {
        name: Fraction(lowest + scattered(salt, place) % 60_000) for place, name in enumerate(names)
    }


def heads_by_grade(
    kind: str, fiscal_year: int, size: int, salt: int, spread: int
) -> dict[str, Fraction | None]:
    """Pupils by grade on every day of counting."""
    found: dict[str, Fraction | None] = {}
    months = () if kind == "regional_program" else ("october",)
    if fiscal_year > 2018:
        months = (*months, "march")
    years = PLACES if fiscal_year == max(PANDEMIC) else PLACES[:3]
    for month, mark in zip(months, (1, 2), strict=False):
        for year, place in enumerate(years):
            # Now and then a day without a count, but not both days of a year.
            if len(months) == 2 and month == "october" and scattered(salt, year, 77) % 9 == 0:
                found |= dict.fromkeys(
                    f"october_enrollment_{place}_preceding_year_{grade}" for grade in EVERY_GRADE
                )
                continue
            for number, grade in enumerate(SERVED.get(kind, EVERY_GRADE)):
                more = scattered(salt, mark, year, number) % spread
                found[f"{month}_enrollment_{place}_preceding_year_{grade}"] = Fraction(size + more)
    return found


@st.composite
def property_of(draw: st.DrawFn, size: int) -> dict[str, Any]:
    """Property, taxes and receipts of a district."""
    wealth = draw(st.sampled_from((0, 60_000, 150_000, 400_000)))
    unit: dict[str, Any] = {}
    for place in TAX_YEARS:
        original = (size * wealth * draw(st.integers(80, 120))) // 100
        unit[f"original_eav_{place}_preceding_tax_year"] = Fraction(original)
        deducted = draw(st.integers(0, 3))
        for name in DEDUCTIONS[:deducted]:
            unit[f"{name}_{place}_preceding_tax_year"] = Fraction(original // 50)
        unit[f"taxes_abated_{place}_preceding_tax_year"] = Fraction(original * deducted // 10_000)
    reorganized = draw(st.integers(0, 7))
    if reorganized in {1, 2}:
        flag = ("first", "second")[reorganized - 1]
        unit[f"{flag}_year_after_reorganization"] = Fraction(1)
    if draw(st.integers(0, 3)) == 0:
        unit[ALONE_BEFORE] = Fraction(1)
    if draw(st.booleans()) and wealth and size:
        unit["ptell_district"] = Fraction(1)
        for name in ("eav_used_prior_fiscal_year", "base_year_eav", "preceding_year_eav"):
            unit[f"ptell_{name}"] = Fraction(size * wealth * draw(st.integers(70, 110)) // 100)
        unit["ptell_limiting_rate"] = Fraction(draw(st.integers(10_000, 60_000)), 10**6)
        unit["ptell_preceding_year_operating_rate"] = Fraction(
            draw(st.integers(20_000, 60_000)), 10**6
        )
        if draw(st.booleans()):
            unit["ptell_rate_increase"] = Fraction(1)
        unit["ptell_consumer_price_change"] = Fraction(draw(st.integers(1, 50)), 1_000)
        for name in (*ADDED_AFTER_RATE_INCREASE, "disconnected_property"):
            unit[f"ptell_{name}"] = Fraction(draw(st.integers(0, size * 1_000)))
    unit["operating_tax_rate"] = Fraction(draw(st.integers(0, 60_000)), 10**6)
    unit["transportation_expenditure"] = Fraction(draw(st.integers(0, size * 300_000)), CENTS)
    unit["transportation_reimbursement"] = Fraction(draw(st.integers(0, size * 200_000)), CENTS)
    unit["corporate_personal_property_replacement_tax"] = Fraction(
        draw(st.integers(0, size * 50_000)), CENTS
    )
    unit["supplemental_grant_funding_fy2017"] = Fraction(
        draw(st.sampled_from((0, size * 12_345))), CENTS
    )
    unit["article_34_district"] = Fraction(0)
    unit["full_day_kindergarten_declared"] = Fraction(draw(st.integers(0, 1)))
    if draw(st.integers(0, 9)) == 0:
        unit["pension_normal_cost"] = Fraction(draw(st.integers(0, size * 50_000)), CENTS)
        unit["retiree_health_cost"] = Fraction(draw(st.integers(0, size * 5_000)), CENTS)
    return unit


@st.composite
def base_of(draw: st.DrawFn, kind: str, size: int, fiscal_year: int) -> dict[str, Any]:
    """What base funding is made of."""
    most = max(1, size) * 12_000 * CENTS
    unit: dict[str, Any] = {}
    if fiscal_year == 2018:
        part = draw(st.integers(0, most))
        for place, grant in enumerate(GRANTS_OF_2017):
            unit[grant] = Fraction(part // (place + 1) ** 2, CENTS)
        return unit
    unit["prior_year_base_funding_minimum"] = Fraction(draw(st.integers(0, most)), CENTS)
    unit["prior_year_tier_funding"] = Fraction(draw(st.integers(0, most // 20)), CENTS)
    unit["base_funding_correction"] = Fraction(draw(st.sampled_from((0, 0, 1_234))), CENTS)
    if fiscal_year >= 2020:
        unit["property_tax_relief_grant"] = Fraction(draw(st.integers(0, most // 50)), CENTS)
    if fiscal_year >= 2022:
        unit["district_intervention_money"] = Fraction(
            draw(st.sampled_from((0, most // 99))), CENTS
        )
    if kind == "regional_program" and fiscal_year >= 2020:
        case = draw(st.integers(0, 5))
        if case == 1:
            unit = {
                "new_regional_program": Fraction(1),
                "similar_program_base_funding_per_student": Fraction(
                    draw(st.integers(1, 600_000)), CENTS
                ),
                "prior_year_base_funding_minimum": Fraction(0),
                "prior_year_tier_funding": Fraction(0),
            }
        if case == 2:
            unit["no_pupils_prior_year"] = Fraction(1)
    for population in ("special_education", "english_learner"):
        grants = Fraction(draw(st.integers(0, most // 9)), CENTS)
        unit[f"{population}_grants_within_base"] = grants
    return unit


@st.composite
def raw_units(
    draw: st.DrawFn, number: int, kind: str, fiscal_year: int, *, wages: bool
) -> dict[str, Any]:
    """One unit as it is handed over."""
    # Regions of two digits.
    unit: dict[str, Any] = {
        "unit_id": f"{draw(st.sampled_from(('01', '34', '65')))}{number:09d}00",
        "organization_type": kind,
    }
    size = draw(st.one_of(st.sampled_from((0, 1)), st.integers(0, 400), st.integers(0, 20_000)))
    unit |= draw(base_of(kind, size, fiscal_year))
    if not has_counts(unit, fiscal_year):
        return unit
    salt = draw(st.integers(0, 10**6))
    spread = draw(st.sampled_from((1, 2, 50))) if size else draw(st.sampled_from((1, 1, 3)))
    unit |= heads_by_grade(kind, fiscal_year, size, salt, spread)
    everyone = size * len(SERVED.get(kind, EVERY_GRADE))
    poor = draw(st.integers(0, 100)) if everyone else 0
    learners = draw(st.sampled_from((0, 3, 40))) if everyone else 0
    for place in PLACES[:3]:
        if kind != "regional_program":
            # Heads; of ASE, which counts some as halves, never more than all.
            pupils = max(0, everyone * poor // 115 - draw(st.integers(0, 2)))
            unit[f"low_income_count_{place}_preceding_year"] = Fraction(pupils)
        pupils = everyone * learners // 250 + draw(st.integers(0, 2)) * (learners > 0)
        pupils = min(pupils, everyone)
        unit[f"english_learner_count_{place}_preceding_year"] = Fraction(pupils)
    if fiscal_year > 2018:
        unit["prior_year_tier"] = Fraction(draw(st.integers(0, 4)))
    if kind in DISTRICTS:
        of_base = [
            each
            for name, each in unit.items()
            if name.endswith("_fy2017") or "prior_year_b" in name
        ]
        unit |= draw(property_of(everyone))
        most = sum(of_base, start=Fraction(0))  # the grant was a part of the base
        grant = unit["supplemental_grant_funding_fy2017"]
        unit["supplemental_grant_funding_fy2017"] = min(grant, most)
    if wages:
        unit["comparable_wage_index"] = Fraction(draw(st.integers(80, 125)), 100)
        unit["neighboring_counties"] = Fraction(draw(st.sampled_from((2, 3, 7))))
        unit["neighbors_mean_comparable_wage_index"] = Fraction(
            draw(st.integers(800, 1_250)), 1_000
        )
    else:
        unit["county"] = draw(st.sampled_from(COUNTIES))
    return unit


@st.composite
def raw_states(draw: st.DrawFn) -> Case:
    """A state of two to nine units as it is handed over, and new money."""
    fiscal_year = draw(st.sampled_from(YEARS))
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=2, max_size=9))
    kinds[0] = "unit"
    wages = fiscal_year not in FACTOR_YEARS or draw(st.booleans())
    units = tuple(
        draw(raw_units(number, kind, fiscal_year, wages=wages)) for number, kind in enumerate(kinds)
    )
    units = tuple(in_the_region(unit, units[0]) for unit in units)
    funds = Fraction(draw(st.integers(0, 10**9)), CENTS)
    level = max(Fraction(1), to_the_cent(funds * draw(multiples)))
    minimum = {"minimum_funding_level": level, "property_tax_relief_counted": Fraction(0)}
    return Case(fiscal_year, units, funds, amounts=minimum, salaries=draw(salary_tables()))


def in_the_region(unit: Mapping[str, Any], district: Mapping[str, Any]) -> dict[str, Any]:
    """A regional program in the region of a district; any other unit as it is."""
    if unit["organization_type"] != "regional_program":
        return dict(unit)
    return {**unit, "unit_id": district["unit_id"][:2] + unit["unit_id"][2:]}


@depth.against_reference(12, 60)
@given(case=raw_states(), arithmetic=st.sampled_from(("fast", "exact")))
def test_the_whole_formula_is_that_of_the_reference(case: Case, arithmetic: str) -> None:
    assert_the_same(case, arithmetic)


# The sample state and the published years.


def sample_case() -> Case:
    """The sample state as it is handed over, in decimals."""
    salaries = ebf.sample().law.salaries
    spans = (*SPANS, "")
    names = [f"{position}.{span}" for position in (*POSITIONS, "psychologist") for span in spans]
    names += ["assistant", "school_site_staff"]
    units = tuple(
        {str(name): fraction(value) for name, value in unit.items()}
        for unit in one_of(depth.SAMPLE_IN_REFERENCE, ebf.sample().units).to_dict("records")
    )
    return Case(
        2022,
        tuple({name: value for name, value in unit.items() if value is not None} for unit in units),
        Fraction(300_000_000),
        salaries={name: fraction(salaries[name]) for name in names if name in salaries},
    )


def test_the_sample_state_is_that_of_the_reference() -> None:
    case = sample_case()
    assert differences(case, by_library(case, "fast"), *calculated(case)) == []


OF_WORDS = {
    "computer_doubled",
    "unit_id",
    "name",
    "county",
    "organization_type",
    "local_capacity_percentage_basis",
}
PUBLISHED_YEARS = (2018, 2020, 2022)
SHARED = (
    "unit_id",
    "organization_type",
    "average_student_enrollment",
    "adequacy_target",
    "final_resources",
    "local_capacity_percentage",
    "base_funding_minimum",
)


def published_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a published file, numbers as the decimals they are written as."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            {
                name: value if name in OF_WORDS else Fraction(value)
                for name, value in row.items()
                if value
            }
            for row in csv.DictReader(file)
        ]


@pytest.mark.parametrize("year", PUBLISHED_YEARS)
def test_both_give_the_published_distribution(published: Path, year: int) -> None:
    theirs = published_rows(published / f"fy{year}.csv")
    statewide = json.loads((published / "statewide.json").read_text())[str(year)]
    given = [{name: row[name] for name in SHARED if name in row} for row in theirs]
    for unit in given:  # not recoverable of Tiers 3 and 4, who do not need it
        unit.setdefault("local_capacity_percentage", Fraction("0.5"))
    case = Case(year, tuple(given), Fraction(str(statewide["new_state_funds"])))
    units, state = calculated(case)
    assert [unit["tier"] for unit in units] == [row["tier"] for row in theirs]
    assert [unit["tier_funding"] for unit in units] == [row["tier_funding"] for row in theirs]
    for name in ("tier_1_target_ratio", "tier_2_scaling_factor"):
        assert float(state[name]) == pytest.approx(statewide[name], rel=1e-12)
    assert differences(case, by_library(case, "fast"), units, state) == []


def salaries_of_2022(published: Path) -> dict[str, Fraction]:
    """The averages of FY2022; of three with the same ratio the sum alone is known: put on one."""
    found = dict.fromkeys((f"{position}.{span}" for position in POSITIONS for span in SPANS), 0)
    found |= json.loads((published / "fy2022_salaries.json").read_text())
    found["psychologist.k_12"] = found["psychologist"]
    for span in ("k_8", "9_12"):
        found[f"principal.{span}"] = found[f"librarian+principal+assistant_principal.{span}"]
    return {name: Fraction(salary) for name, salary in found.items()}


def targeted(row: Mapping[str, Any], pupils: Mapping[str, Fraction], published: Path) -> Unit:
    """A district of FY2022 from its pupils by grade, through the reference's (b)."""
    unit: Unit = {**row, **dict.fromkeys(GRADES, Fraction(0)), **pupils}
    unit["low_income_percentage"] = row["low_income_count"] / row["average_student_enrollment"]
    unit["prior_year_tier"] = 2 if row.get("computer_doubled") == "True" else 3
    unit["regionalization_factor"] = Fraction(1)
    bands(unit)
    adequacy_target(unit, salaries_of_2022(published), known(2022), 2022)
    return unit


def test_the_reference_gives_the_published_high_schools(published: Path) -> None:
    rows = published_rows(published / "fy2022_high_school_inputs.csv")
    for row in rows:
        unit = targeted(row, {"grade_9": row["average_student_enrollment"]}, published)
        for name in ("core_investments", "additional_investments"):
            assert unit[name] == row[name], (row["name"], name)
    assert len(rows) == 49


def test_the_reference_gives_the_published_elementary_districts(published: Path) -> None:
    """Two have more low-income pupils than pupils: the state takes their percentage as it is."""
    rows = published_rows(published / "fy2022_elementary_inputs.csv")
    for row in rows:
        pupils = {
            "prekindergarten_special_education": row["pk_special_education"],
            "kindergarten": row["k_3"],
            "grade_4": row["grades_4_8"] - row["grades_6_8"],
            "grade_6": row["grades_6_8"],
        }
        unit = targeted(row, pupils, published)
        assert unit["core_investments"] == row["core_investments"], row["name"]
        if row["n_solutions"] == 1:  # no other split into the amounts' bands comes to it
            name = "per_student_investments_not_subject_to_regionalization"
            assert abs(unit[name] - row["psi_not_cwi"]) < Fraction(1, 10**5), row["name"]
    assert len(rows) == 179
    assert sum(row["low_income_count"] > row["average_student_enrollment"] for row in rows) == 2
