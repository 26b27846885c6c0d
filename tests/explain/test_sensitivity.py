"""Derivatives: against differences of whole states computed anew, and where the piece ends."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, isinf
from typing import Any, NamedTuple

import depth
import handed
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sample_states import one_of, wages
from states import (
    ANY_AMOUNT,
    SPECIALLY_FUNDED,
    State,
    calculated,
    column,
    dollars,
    frame_of,
    states,
    statewide,
    unit_id,
)

import ebf
from ebf.explain.sensitivity import COLUMNS, sensitivity
from ebf.law.names import entries, salary_name
from ebf.law.parameters import parameters

examples = depth.SENSITIVITY

FROM_BOTH_SIDES = {-2: 1, -1: -8, 1: 8, 2: -1}
FROM_ABOVE = {0: -25, 1: 48, 2: -36, 3: 16, 4: -3}
FROM_BELOW = {-place: -weight for place, weight in FROM_ABOVE.items()}
TWELFTHS = 12
"""Differences of the fourth order: what they are off by falls with the step's fourth power."""


class Case(NamedTuple):
    """What a state was computed from."""

    frame: pd.DataFrame
    law: ebf.Law = ANY_AMOUNT
    salaries: ebf.Salaries | None = None
    new_state_funds: float | None = None

    def ledger(self, **options: Any) -> ebf.Ledger:
        """Computed without rounding."""
        money = options.pop("new_state_funds", self.new_state_funds)
        law = self.law.with_amounts(salaries=self.salaries, new_state_funds=money)
        return ebf.calculate(self.frame, law, rounding=False, **options)

    def changed(self, ledger: ebf.Ledger, unit: str, name: str, values: list[float]) -> ebf.Ledger:
        """The state once for each value of a column of the unit, parameter or salary."""
        if name == "new_state_funds":
            return self.ledger(new_state_funds=values)
        if name in {each.replace(".", "_") for p in parameters().values() for each in p.elements}:
            return self._replace(law=self.law.with_amounts({name: values})).ledger()
        if name in entries():
            frame = self.frame.set_index("unit_id")
            if name not in frame:
                frame[name] = ledger.units.get(name, np.nan)
            many = pd.concat([frame] * len(values), keys=range(len(values)))
            many.index.names = ["scenario", "unit_id"]
            many[name] = many[name].astype(float)
            for scenario, value in enumerate(values):
                many.loc[(scenario, unit), name] = value
            return self._replace(frame=many).ledger()
        return self._replace(salaries=self._paid(name, values)).ledger()

    def _paid(self, name: str, values: list[float]) -> ebf.Salaries:
        assert self.salaries is not None
        table: dict[str, Any] = {}
        for salary, amount in self.salaries.amounts.items():
            occupation, _, span = salary.partition(".")
            paid = values if salary_name(salary) == name else float(amount.item())
            if span:
                table.setdefault(occupation, {})[span] = paid
            else:
                table[occupation] = paid
        return ebf.Salaries(table)


def range_of(name: str) -> tuple[float, float]:
    """The values that a column may have."""
    if name in entries():
        return entries()[name].about.range
    by_element = {
        each.replace(".", "_"): p.measure.range
        for p in parameters().values()
        for each in p.elements
    }
    return by_element.get(name, (0.0, inf))


def number(ledger: ebf.Ledger, unit: str, line: str) -> Any:
    """A line of a unit, one a scenario."""
    if line in ledger.statewide_by_scenario:
        return ledger.statewide_by_scenario[line].to_numpy()
    units = ledger.units
    return units.xs(unit, level="unit_id")[line].to_numpy()


NOISE = 1e-13
"""What floats may be off by in a number of a unit, as a part of the greatest Adequacy Target:
some hundreds of their spacings, since the slope weighs numbers up to eightfold and rates are
quotients of differences."""


SHARES = {f"tier_{tier}_share" for tier in (1, 2, 3, 4)}
"""A state whose shares do not sum to 1 is refused, so that none can be changed alone."""


def difference_quotient(
    case: Case, ledger: ebf.Ledger, unit: str, line: str, row: Mapping[str, Any]
) -> tuple[float, float] | None:
    """The slope that states computed anew give, and how far floats may be off; None on an edge."""
    name, value = row["column"], row["value"]
    if name in SHARES:
        return None
    size = abs(value) or (1e5 if row["measure"] == "dollars" else 1.0)
    # of the distance to an edge a hundredth, since rates grow like its inverse
    step = min(1e-3 * size, row["below"] / 100, row["above"] / 100)
    if step < 1e-6 * size:
        return None
    low, high = range_of(name)
    weights = FROM_BOTH_SIDES
    if value - 2 * step < low:
        weights = FROM_ABOVE
    elif value + 2 * step > high:
        weights = FROM_BELOW
    values = [value + place * step for place in weights]
    found = number(case.changed(ledger, unit, name, values), unit, line)
    slope = float(found @ np.array(list(weights.values()))) / TWELFTHS / step
    return slope, NOISE * float(ledger.units["adequacy_target"].max()) / step


def assert_slopes(case: Case, ledger: ebf.Ledger, unit: str, line: str, rows: pd.DataFrame) -> int:
    """Every derivative is the slope to a relative 1e-6; the count of those compared."""
    compared = 0
    for row in rows.to_dict("records"):
        about = {str(name): value for name, value in row.items()}
        expected = difference_quotient(case, ledger, unit, line, about)
        if expected is not None:
            slope, noise = expected
            assert about["derivative"] == pytest.approx(slope, rel=1e-6, abs=noise), about
            compared += 1
    return compared


# --- Against states computed anew -------------------------------------------------------


def some_units() -> pd.DataFrame:
    return one_of(depth.SAMPLE_IN_DERIVATIVES, ebf.sample().units)


@pytest.fixture(scope="module")
def sample() -> tuple[Case, ebf.Ledger]:
    """The sample state, or a part of it, without rounding."""
    case = Case(some_units(), ebf.law(2022, new_state_funds=300e6), ebf.sample().law.salaries)
    return case, case.ledger()


@pytest.fixture(scope="module")
def with_wages() -> tuple[Case, ebf.Ledger]:
    """The same with wage indices in place of factors by county."""
    case = Case(
        wages(some_units()), ebf.law(2022, new_state_funds=300e6), ebf.sample().law.salaries
    )
    return case, case.ledger()


SOME = depth.COLUMNS_APART
"""Of the sample's columns every so manieth is compared, from another one on for each unit."""


@pytest.mark.parametrize("tier", [1, 2, 3, 4])
def test_tier_funding_of_the_sample_moves_as_the_state_computed_anew(
    sample: tuple[Case, ebf.Ledger], tier: int
) -> None:
    case, ledger = sample
    unit = ledger.units.index[ledger.units["tier"] == tier][5]
    rows = sensitivity(ledger, unit, "tier_funding")
    assert assert_slopes(case, ledger, unit, "tier_funding", rows[tier::SOME]) > 90 / SOME


MONEY = ("new_state_funds", "tier_1_share", "tier_1_gap_share", "tier_2_target_ratio")


@pytest.mark.parametrize("kind", ["regional_program", "laboratory_school", "high_school"])
def test_every_kind_of_unit_moves_as_the_state_computed_anew(
    with_wages: tuple[Case, ebf.Ledger], kind: str
) -> None:
    case, ledger = with_wages
    kinds = case.frame.set_index("unit_id")["organization_type"]
    unit = str(kinds.index[kinds == kind][0])
    rows = sensitivity(ledger, unit, "tier_funding")
    some = rows[rows["column"].isin(MONEY) | (rows.index % (2 * SOME) == 1)]
    assert set(MONEY) <= set(some["column"])
    assert assert_slopes(case, ledger, unit, "tier_funding", some) > 72 / SOME


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("tier_1_target_ratio", "march_enrollment_second_preceding_year_grade_10"),
        ("regionalization_factor", "comparable_wage_index"),
        ("low_income_count", "low_income_count_first_preceding_year"),
        ("local_capacity_percentage", "original_eav_first_preceding_tax_year"),
        ("weighted_deviation_local_capacity_ratio", "original_eav_first_preceding_tax_year"),
        ("tier_1_target_ratio", "tier_1_gap_share"),
        ("nurse_cost_elementary", "nurse_salary_k_8"),
        ("core_teacher_cost_k_3", "teacher_salary_k_8"),
    ],
)
def test_other_lines_move_as_the_state_computed_anew(
    with_wages: tuple[Case, ebf.Ledger], line: str, column: str
) -> None:
    case, ledger = with_wages
    moving = 0
    for unit in ledger.units.index[5 :: 40 // depth.SAMPLE_IN_DERIVATIVES]:
        rows = sensitivity(ledger, unit, line)
        about = {str(k): v for row in rows[rows["column"] == column].to_dict("records")
                 for k, v in row.items()}  # fmt: skip
        if about and (expected := difference_quotient(case, ledger, unit, line, about)):
            allowed = 1e-11 / (about["value"] or 1)
            assert about["derivative"] == pytest.approx(expected[0], rel=1e-6, abs=allowed)
            moving += about["derivative"] != 0
        if moving == depth.MOVING:
            return
    pytest.fail("no unit whose line moves with the column")


@examples
@given(states(least=4, most=15), st.data())
def test_any_state_moves_as_it_does_computed_anew(state: State, data: st.DataObject) -> None:
    case = Case(state.frame, new_state_funds=state.new_state_funds)
    ledger = case.ledger()
    chosen = data.draw(st.sampled_from([row.unit_id for row in state.in_distribution]))
    assert_slopes(case, ledger, chosen, "tier_funding", sensitivity(ledger, chosen, "tier_funding"))


# --- By hand ------------------------------------------------------------------------------

FOUR = (
    dollars(1, 1e6, 500_000, 0.1),
    dollars(2, 1e6, 850_000, 0.5, students=1_000),
    dollars(3, 2e6, 1_900_000, 0.5),
    dollars(4, 1e6, 1_200_000, 0.5),
)
"""With $100,000 of new money, Tier 1's 50,000 pay 30 % of the first unit's 166,666.67.

They lift it to 2 / 3; at 210,000 they would lift it to the second unit's 85 %.
"""
FUNDS = 100_000
FIRST, SECOND, THIRD = unit_id(1), unit_id(2), unit_id(3)


@pytest.fixture(scope="module")
def four() -> ebf.Ledger:
    return calculated(State(FOUR, FUNDS * 100), rounding=False)


def row_of(ledger: ebf.Ledger, unit: str, line: str, column: str) -> dict[str, Any]:
    found = sensitivity(ledger, unit, line)
    (row,) = found[found["column"] == column].to_dict("records")
    return {str(name): value for name, value in row.items()}


def test_new_money_lifts_the_ratio_until_it_reaches_the_next_unit(four: ebf.Ledger) -> None:
    row = row_of(four, THIRD, "tier_1_target_ratio", "new_state_funds")
    assert row["derivative"] == pytest.approx(0.5 / 0.3 / 1e6, rel=1e-12)
    assert (row["kind"], row["measure"], row["value"]) == ("parameter", "dollars", FUNDS)
    assert row["above"] == pytest.approx(110_000, rel=1e-9)
    assert row["below"] == pytest.approx(100_000, rel=1e-9)
    assert row["edge_above"].startswith(f"tier_1_target_ratio, {SECOND}: least_prefix_ratio(")
    assert row["edge_above"].endswith(" takes the unit in")


def test_a_unit_alone_in_tier_1_has_all_of_its_money_whatever_its_resources(
    four: ebf.Ledger,
) -> None:
    assert row_of(four, FIRST, "tier_1_funding", "new_state_funds")["derivative"] == (
        pytest.approx(0.5, rel=1e-12)
    )
    row = row_of(four, FIRST, "tier_1_funding", "final_resources")
    assert row["derivative"] == pytest.approx(0, abs=1e-12)
    # 166,666.67 of gap reach 85 % where the resources are 683,333.33
    assert row["above"] == pytest.approx(850_000 - 500_000 - 50_000 / 0.3, rel=1e-9)
    assert SECOND in row["edge_above"]


def test_tier_3_is_paid_by_its_part_of_the_targets(four: ebf.Ledger) -> None:
    # alone in Tier 3, so its own target moves nothing; Tier 3 has 0.9 % of new money
    assert row_of(four, THIRD, "tier_funding", "new_state_funds")["derivative"] == pytest.approx(
        0.009, rel=1e-12
    )
    row = row_of(four, THIRD, "tier_3_funding", "adequacy_target")
    assert row["derivative"] == pytest.approx(0, abs=1e-15)
    # it is at 95 %; the percent 1.9 / (2 + t) moves by 0.475 a million
    assert row["below"] == pytest.approx(0.05 / 0.475 * 1e6, rel=1e-9)
    assert row["edge_below"] == (
        f"tier, {THIRD}: final_percent_of_adequacy < tier_3_target_ratio ceases to hold"
    )


def line_of(name: str, columns: dict[str, Any], **options: Any) -> ebf.Ledger:
    """A line of units from the columns that it reads."""
    count = len(next(iter(columns.values())))
    about = {"unit_id": [unit_id(n) for n in range(count)], "organization_type": "unit"}
    frame = pd.DataFrame(about | columns)
    return handed.calculate(frame, ebf.law(2022), lines=[name], **options)


def test_a_floor_takes_over_where_it_is_said_to() -> None:
    columns = {"local_capacity_target": [1_000.0], "local_capacity_percentage": [0.25]}
    line = "adjusted_local_capacity_target"
    below = line_of(line, columns | {"real_receipts": [900.0]})
    row = row_of(below, unit_id(0), line, "real_receipts")
    assert (row["derivative"], row["below"], row["above"]) == (0, inf, 100)
    floor = "maximum(real_receipts - local_capacity_target, 0)"
    assert row["edge_below"] == ""
    assert row["edge_above"] == (
        f"{line}, {unit_id(0)}: {floor} takes real_receipts - local_capacity_target"
    )
    beyond = line_of(line, columns | {"real_receipts": [1_000.01]})
    row = row_of(beyond, unit_id(0), line, "real_receipts")
    assert row["derivative"] == 0.25
    assert row["below"] == pytest.approx(0.01)
    assert row["edge_below"] == f"{line}, {unit_id(0)}: {floor} takes 0"
    percent = row_of(beyond, unit_id(0), line, "local_capacity_percentage")
    assert percent["derivative"] == pytest.approx(0.01)


def test_on_an_edge_only_the_side_that_leaves_it_is_at_hand() -> None:
    line = "district_low_income_count"
    years = {f"low_income_count_{year}_preceding_year": [300.0] for year in YEARS}
    ledger = line_of(line, years)
    latest, before = (f"low_income_count_{year}_preceding_year" for year in YEARS[:2])
    row = row_of(ledger, unit_id(0), line, latest)
    assert (row["derivative"], row["below"], row["above"]) == (1, 0, inf)
    row = row_of(ledger, unit_id(0), line, before)
    assert (row["derivative"], row["below"], row["above"]) == (0, inf, 0)


YEARS = ("first", "second", "third")


def test_a_branch_not_taken_has_no_edge() -> None:
    years = {f"real_eav_{year}_preceding_tax_year": [100.0] for year in YEARS}
    first = {**years, "real_eav_first_preceding_tax_year": [95.0]}
    row = row_of(
        line_of("adjusted_eav", first), unit_id(0), "adjusted_eav", next(iter(years))
    )  # 3.4 % below the mean, which stands; 600 / 7 is 10 % below a mean of 2,000 / 21
    assert row["derivative"] == pytest.approx(1 / 3)
    assert row["below"] == pytest.approx(95 - 600 / 7)
    assert row["edge_below"].endswith(" < real_eav_first_preceding_tax_year ceases to hold")
    assert row["above"] == inf


# --- At the edges -------------------------------------------------------------------------


def is_below_ratio(ledger: ebf.Ledger, state: State, unit: str) -> bool:
    ids = [row.unit_id for row in state.rows]
    percent = column(ledger, "final_percent_of_adequacy")[ids.index(unit)]
    return bool(percent < statewide(ledger, "tier_1_target_ratio"))


@examples
@given(states(least=4, most=15), st.sampled_from(("below", "above")))
def test_at_the_edge_announced_the_switch_announced_happens_and_not_before(
    state: State, side: str
) -> None:
    ledger = calculated(state, rounding=False)
    chosen = state.in_distribution[0].unit_id
    row = row_of(ledger, chosen, "tier_1_target_ratio", "new_state_funds")
    distance = row[side]
    words = row[f"edge_{side}"]
    assert isinf(distance) == (not words)
    assume(words.startswith("tier_1_target_ratio, "))
    assume(distance > 1)
    unit = words.split(", ")[1].split(":")[0]
    sign = -1 if side == "below" else 1
    little = max(1e-7 * state.new_state_funds, 1e-6 * distance, 1e-3)
    assume(little < distance)
    assume(side == "above" or distance + little < state.new_state_funds)
    case = Case(state.frame)
    before, after = (
        case.ledger(new_state_funds=state.new_state_funds + sign * (distance + each))
        for each in (-little, little)
    )
    was = is_below_ratio(ledger, state, unit)
    assert was == words.endswith("leaves the unit out")
    assert is_below_ratio(before, state, unit) == was
    assert is_below_ratio(after, state, unit) != was


@pytest.mark.parametrize(("side", "sign"), [("below", -1), ("above", 1)])
def test_a_unit_of_the_sample_changes_its_tier_where_it_is_said_to(
    sample: tuple[Case, ebf.Ledger], side: str, sign: int
) -> None:
    case, ledger = sample
    given_resources = case.frame.set_index("unit_id")[["organization_type"]].assign(
        **{name: ledger.units[name] for name in DISTRIBUTION}
    )
    alone = Case(given_resources.reset_index(), case.law)
    state = alone.ledger()
    unit = state.units.index[state.units["tier"] == 3][2]
    row = row_of(state, unit, "tier", "final_resources")
    assert row[f"edge_{side}"].startswith(f"tier, {unit}: final_percent_of_adequacy < tier_")
    at_edge = row["value"] + sign * row[side]
    changed = alone.changed(
        state, unit, "final_resources", [at_edge - sign * 0.01, at_edge + sign * 0.01]
    )
    tiers = changed.units["tier"].xs(unit, level="unit_id").tolist()
    assert tiers == [3, 3 + sign]


DISTRIBUTION = (
    "average_student_enrollment",
    "adequacy_target",
    "final_resources",
    "local_capacity_percentage",
    "base_funding_minimum",
)


# --- What is listed, and what is refused ----------------------------------------------------


def test_what_a_unit_cannot_have_is_not_listed(sample: tuple[Case, ebf.Ledger]) -> None:
    case, ledger = sample
    kinds = case.frame.set_index("unit_id")["organization_type"]
    elementary = str(kinds.index[kinds == "elementary"][0])
    found = sensitivity(ledger, elementary, "tier_funding")
    assert tuple(found.columns) == COLUMNS
    assert found["column"].is_unique
    assert not found["value"].isna().any()
    listed = set(found["column"])
    assert "march_enrollment_first_preceding_year_grade_8" in listed
    assert "march_enrollment_first_preceding_year_grade_9" not in listed
    assert not listed & {"organization_type", "region", "ptell_district", "prior_year_tier"}
    assert {"input", "parameter", "salary", "given line"} == set(found["kind"])
    assert (found[["below", "above"]] >= 0).all(axis=None)


def test_exact_arithmetic_has_the_same_derivatives(four: ebf.Ledger) -> None:
    fast, exact = (sensitivity(each, SECOND, "tier_funding") for each in (four, four.exact))
    assert exact["derivative"].to_numpy() == pytest.approx(fast["derivative"].to_numpy(), rel=1e-9)
    assert exact["edge_above"].tolist() == fast["edge_above"].tolist()


def test_what_cannot_be_asked_is_refused_with_what_can(four: ebf.Ledger) -> None:
    with pytest.raises(ebf.InputError, match="nearest known: tier_funding"):
        sensitivity(four, FIRST, "tier_fundin")
    with pytest.raises(ebf.InputError, match="given, not computed"):
        sensitivity(four, FIRST, "final_resources")
    with pytest.raises(ebf.InputError, match="ids of units of this ledger"):
        sensitivity(four, unit_id(99), "tier_funding")
    many = ebf.calculate(frame_of(FOUR), ANY_AMOUNT.with_amounts(new_state_funds=[1.0, 2.0]))
    with pytest.raises(ebf.InputError, match="several scenarios"):
        sensitivity(many, FIRST, "tier_funding")


def test_of_a_line_with_bands_one_is_to_be_named(sample: tuple[Case, ebf.Ledger]) -> None:
    _, ledger = sample
    unit = ledger.units.index[0]
    with pytest.raises(ebf.InputError, match="nurse_cost_high"):
        sensitivity(ledger, unit, "nurse_cost")
    assert not sensitivity(ledger, unit, "nurse_cost_high").empty


def test_a_unit_outside_the_distribution_is_paid_nothing_more() -> None:
    outside = dollars(5, 0, 0, 0, students=0, base=700, kind=SPECIALLY_FUNDED)
    ledger = calculated(State((*FOUR, outside), FUNDS * 100))
    found = sensitivity(ledger, outside.unit_id, "tier_funding")
    assert (found["derivative"] == 0).all()
