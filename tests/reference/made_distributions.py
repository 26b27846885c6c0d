"""Made distributions, the same in every run: every turn that (g) takes."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple

from reference.amounts import known
from reference.arithmetic import ONE, ZERO, Unit
from reference.distribution import State
from reference.whole import Case

Reached = Callable[[State, list[Unit]], bool]

NAMES = (
    "average_student_enrollment",
    "adequacy_target",
    "final_resources",
    "local_capacity_percentage",
    "base_funding_minimum",
    "first_year_base_funding_minimum",
    "prior_year_average_student_enrollment",
)
# Of the low tiers two have the same percent; of the others two stand on the edges.
LOW = (
    "unit 260000.25 3400000000.01 2040000000.33 0.4321 1500000000.55 1400000000 260100",
    "elementary 812.5 11000000 6820000 0.2 5000000.5 5000000.5 820",
    "hybrid 1500.33 20000000 12400000 0.35 9000000 8000000 1400",
    "regional_program 50.25 900000 585000 0.1 500000.01 1 50.25",
    "high_school 2000 30000000 25200000 0.9 4000000 4500000 2000",
    "unit 1000.66 14000000 12599999.99 0.55 6000000 5500000 1000.66",
)
THIRD = (
    "unit 100 1400000 1260000 0.5 700000 100000 100",
    "elementary 900.66 12000000 11400000 0.75 3000000 2999000 900.66",
    "laboratory_school 300 4000000 3999999.99 0.1 3500000 3400000 300",
    "elementary 0 500000 475000 0.25 200000 150000 1",
)
FOURTH = (
    "high_school 700 10000000 10000000 0.88 1000000 999999.99 700",
    "unit 1200.01 17000000 22100000 0.9 2000000 1000000 1200.01",
)
OUTSIDE = (
    "specially_funded 10 200000 50000 0.1 800000 700000 10",
    "unit 0 0 0 0 12345.67 12345.67 1",
)
EVERY = (*LOW, *THIRD, *FOURTH, *OUTSIDE)
# A level of its own, so that no year's moves what is made for a turn.
LEVEL = MappingProxyType(
    {
        "minimum_funding_level": Fraction(350_000_000),
        "property_tax_relief_counted": Fraction(50_000_000),
    }
)


class Made(NamedTuple):
    """A distribution, and what shows that the law takes the turn it is made for."""

    name: str
    case: Case
    reached: Reached


def table(rows: tuple[str, ...], **changes: Fraction) -> tuple[Unit, ...]:
    """The units of some rows, with other numbers for those that have any."""
    units = []
    for number, row in enumerate(rows):
        kind, *numbers = row.split()
        unit: Unit = {"unit_id": f"01{number:09d}00", "organization_type": kind}
        unit |= zip(NAMES, map(Fraction, numbers), strict=True)
        units.append(unit | changes if unit["adequacy_target"] else unit)
    return tuple(units)


def tiers(units: list[Unit]) -> set[int]:
    """The tiers that have a unit."""
    return {unit["tier"] for unit in units} - {0}


def left(state: State) -> str:
    """What (g)(9) leaves of the money of Tiers 1, 2, 3 and 4: all, part or none."""
    words = []
    for tier in (1, 2, 3, 4):
        money = state[f"tier_{tier}_allocation_less_shortfall"]
        words.append("part" if money < state[f"tier_{tier}_allocation"] else "all")
        words[-1] = words[-1] if money else "none"
    return " ".join(words)


def losing(state: State, units: list[Unit]) -> str:
    """Who loses base funding, (g)(10): with their pupils, down to a floor, and so everyone."""
    declining = state["tier_1_and_2_reduction_rate"] > 0
    each = state["tier_3_and_4_reduction_per_student"]
    floored = any(
        unit["tier_3_and_4_reduction"] < each * unit["average_student_enrollment"]
        for unit in units
        if unit["tier"] in {3, 4}
    )
    everyone = state["further_reduction_per_student"] > 0
    words = f"{'floored' if floored else 'free'} {'everyone' if everyone else 'no other'}"
    return f"declining {words}" if declining else words


def made_distributions(fiscal_year: int) -> Iterator[Made]:
    """Distributions of a fiscal year."""

    def made(
        name: str, funds: str | None, reached: Reached, rows: tuple[str, ...] = EVERY, **more: Any
    ) -> Made:
        given = {"amounts": LEVEL, "units": table(rows), **more}
        money = None if funds is None else Fraction(funds)
        return Made(name, Case(fiscal_year=fiscal_year, funds=money, **given), reached)

    def relief(funds: str, relief: str) -> Made:
        return made(
            f"{relief} of {funds} for relief",
            funds,
            lambda state, _: state["new_state_funds"] == Fraction(funds) - Fraction(relief),
            appropriated=True,
            amounts={**LEVEL, "property_tax_relief": Fraction(relief)},
        )

    def short(funds: str, words: str) -> Made:
        return made(f"{funds}: {words}", funds, lambda state, _: left(state) == words)

    def base(short_of_base: str, words: str, **changes: Fraction) -> Made:
        return made(
            f"{short_of_base} of base: {words}",
            "310000000",
            lambda state, units: losing(state, units) == words,
            units=table(EVERY, **changes),
            short_of_base=Fraction(short_of_base),
        )

    def much(name: str, funds: str, share: str, *, joins: bool, filled: bool) -> Made:
        return made(
            name,
            funds,
            lambda state, _: (
                (state["tier_1_money_joins_tier_2"] > 0, state["tier_2_surplus"] > 0)
                == (joins, filled)
            ),
            units=table(EVERY, local_capacity_percentage=Fraction(share)),
        )

    def alone(those: set[int], rows: tuple[str, ...]) -> Made:
        name = f"units in Tiers {those} alone"
        return made(name, "310000000", lambda _, units: tiers(units) == those, rows)

    yield made(
        "the year's own level",
        "310000000.01",
        lambda _, units: tiers(units) == {1, 2, 3, 4},
        amounts={},
    )
    yield made(
        "the year's own level, not met",
        "280000000",
        lambda state, _: state["allocation_shortfall"] > 0,
        amounts={},
    )
    if "new_state_funds" in known(fiscal_year):
        yield made("the year's own money", None, lambda _, units: bool(units), amounts={})
    yield relief("290000000", "0")
    yield relief("400000000.77", "49702924.01")
    yield short("299000000", "all all part none")
    yield short("250000000", "all part none none")
    yield short("120000000.99", "part none none none")
    yield short("0", "none none none none")
    yield made(
        "no relief counted",
        "310000000",
        lambda state, _: state["allocation_shortfall"] == 40_000_000,
        amounts={**LEVEL, "property_tax_relief_counted": ZERO},
    )
    yield made(
        "(g)(2): the floor of Tier 2 binds",
        "310000000",
        lambda _, units: any(
            unit["tier_2_funding_step_2"] > unit["tier_2_funding_step_1"] for unit in units
        ),
    )
    yield made(
        "a target ratio of just 90 %",
        "600000000",
        lambda state, _: state["tier_1_target_ratio"] == Fraction("0.9"),
        ("unit 1000 2000000000 800000000 0.25 0 0 1000", *THIRD, *FOURTH),
    )
    yield much("(g)(6)", "700000000", "0", joins=True, filled=False)
    yield much("(g)(6) and (7)", "3000000000", "0.5", joins=True, filled=True)
    yield much("(g)(7)", "600000000", "0.9", joins=False, filled=True)
    yield alone({1, 2, 4}, (*LOW, *FOURTH, *OUTSIDE))
    yield alone({1, 2, 3}, (*LOW, *THIRD, *OUTSIDE))
    yield alone({1, 2}, (*LOW, *OUTSIDE))
    yield alone({1, 2, 3, 4}, (*LOW, *THIRD[:2], *FOURTH))
    yield alone({3, 4}, (*THIRD, *FOURTH))
    yield alone({3}, THIRD)
    yield base("1000000", "declining free no other", first_year_base_funding_minimum=ONE)
    yield base("1", "declining free no other")
    yield base("90000000.05", "declining floored everyone")
    yield base("90000000.05", "floored everyone", prior_year_average_student_enrollment=ONE)
