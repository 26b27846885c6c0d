"""Sweeps: a batch is what its scenarios are one by one, whoever computes it and where it goes."""

from __future__ import annotations

import logging
import os
import signal
import sys
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from time import sleep
from typing import Any, Final, TypeAlias
from unittest.mock import patch

import depth
import numpy as np
import pandas as pd
import pytest
from checkout import needs
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from refusal import all_faults
from states import ANY_AMOUNT, State, dollars, frame_of, states, unit_id

import ebf
from ebf import Change, Scenario
from ebf.law.names import column_of, columns_of
from ebf.what_if.scenario import Changes

examples = depth.SWEEPS

CENT = 0.01
NOISE = 1e-4

SWEEP: Final = sys.modules[ebf.sweep.__module__]
BATCHES: Final = sys.modules["ebf.what_if.batches"]

Grid: TypeAlias = Mapping[str, Sequence[float]]

LINES = ("tier_funding", "tier", "in_tier_2", "tier_1_target_ratio")

FOUR = (
    dollars(1, 1e6, 8.0e5, 0.2, 100),
    dollars(2, 1e6, 8.5e5, 0.5, 100),
    dollars(3, 2e6, 1.9e6, 0.5, 1_000),
    dollars(4, 1e6, 1.2e6, 0.5, 100),
)
"""What new money gives them is worked out in test_properties.py, (g)(6) and (g)(7)."""
OF_90_000 = [63_600, 25_500, 810, 90]
OF_100_000 = [75_428.57, 23_571.42, 900, 100]
OF_200_000 = [80_000, 25_000, 85_500, 9_500]
BY_HAND = [*OF_90_000, *OF_100_000, *OF_200_000]
THREE_AMOUNTS: Grid = {"new_state_funds": (90_000, 100_000, 200_000)}


def four() -> pd.DataFrame:
    return frame_of(FOUR)


@contextmanager
def batches_of(rows: int) -> Iterator[None]:
    """Batches of so many units times scenarios."""
    with patch.object(BATCHES, "ROWS_IN_A_BATCH", rows):
        yield


# --- One by one ------------------------------------------------------------------------


def tidy(ledger: ebf.Ledger, label: object, lines: Iterable[str]) -> pd.DataFrame:
    """The rows of one scenario, made of the frames of a ledger."""
    columns = {column: line for line in lines for column in columns_of(line)}
    of_state = {column for column, line in columns.items() if column_of(line).statewide}
    statewide = ledger.statewide
    if of_state == columns.keys():
        row = {column: [float(statewide.loc[column])] for column in columns}
        return pd.DataFrame({"scenario": [label], **row})
    units = ledger.units
    return pd.DataFrame(
        {
            "scenario": [label] * len(units),
            "unit_id": units.index.to_list(),
            **{
                column: np.full(len(units), statewide.loc[column])
                if column in of_state
                else units[column].to_numpy(np.float64)
                for column in columns
            },
        }
    )


def one_by_one(
    units: pd.DataFrame,
    law: ebf.Law,
    scenarios: Iterable[Scenario],
    lines: Sequence[str] = LINES,
    **handed: Any,
) -> pd.DataFrame:
    return pd.concat(
        [
            tidy(each.calculate(units, law.with_amounts(**handed), lines=lines), each.name, lines)
            for each in scenarios
        ],
        ignore_index=True,
    )


def points(grid: Grid) -> list[dict[str, float]]:
    """Every combination, the last name the fastest."""
    return [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]


def grid_one_by_one(
    units: pd.DataFrame, law: ebf.Law, grid: Grid, lines: Sequence[str] = LINES, **handed: Any
) -> pd.DataFrame:
    frames = []
    for number, point in enumerate(points(grid)):
        ledger = ebf.calculate(units, law.with_amounts(**handed).with_amounts(point), lines=lines)
        frame = tidy(ledger, number, lines)
        first = len(frame.columns) - sum(len(columns_of(line)) for line in lines)
        for place, (name, value) in enumerate(point.items()):
            frame.insert(first + place, name, float(value))
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def assert_same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """The same columns, labels and floats, to the last bit; labels may be categories."""
    labels = [name for name in ("scenario", "unit_id") if name in found]
    plain = found.astype(dict.fromkeys(labels, object))
    wanted = expected.astype(dict.fromkeys(labels, object))
    assert_frame_equal(plain, wanted, check_exact=True)


# --- By hand ---------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 4, 8, 12, 30_000])
def test_a_grid_of_new_money_by_hand(rows: int) -> None:
    with batches_of(rows):
        found = ebf.sweep(four(), ANY_AMOUNT, THREE_AMOUNTS)
    assert found.columns.tolist() == ["scenario", "unit_id", "new_state_funds", "tier_funding"]
    assert found["scenario"].tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert found["unit_id"].tolist() == [unit_id(number) for number in (1, 2, 3, 4)] * 3
    assert found["new_state_funds"].tolist() == [9e4] * 4 + [1e5] * 4 + [2e5] * 4
    assert found["tier_funding"].tolist() == BY_HAND


ALL_TO_THE_HIGHER = {
    **dict.fromkeys(("tier_1.share", "tier_2.share"), 0),
    "tier_3.share": 0.9,
    "tier_4.share": 0.1,
}


def test_one_share_alone_is_refused_for_more_would_be_paid_than_there_is() -> None:
    law = ANY_AMOUNT.with_amounts(new_state_funds=100_000)
    with pytest.raises(
        ebf.InputError, match=r"shares of the tiers: found 1\.1; allowed: 1 together"
    ):
        ebf.sweep(four(), law, {"tier_1.share": [0.5, 0.6]})


def test_scenarios_of_every_sort_keep_their_order_by_hand() -> None:
    scenarios = [
        Scenario("more", new_state_funds=200_000),
        Scenario("doubled", units={"adequacy_target": Change(multiply=2)}),
        Scenario("as it is"),
        Scenario("paid", new_state_funds=90_000),
        Scenario("half", law=ALL_TO_THE_HIGHER),
    ]
    found = ebf.sweep(four(), ANY_AMOUNT.with_amounts(new_state_funds=100_000), iter(scenarios))
    assert found["scenario"].tolist() == [each.name for each in scenarios for _ in FOUR]
    by_name = {
        str(name): rows["tier_funding"].tolist()
        for name, rows in found.groupby("scenario", observed=True)
    }
    assert by_name["more"] == OF_200_000
    assert by_name["as it is"] == OF_100_000
    assert by_name["paid"] == OF_90_000
    assert by_name["half"] == [0, 0, 90_000, 10_000]
    doubled = ebf.calculate(
        four().assign(adequacy_target=four()["adequacy_target"] * 2),
        ANY_AMOUNT.with_amounts(new_state_funds=100_000),
    )
    assert by_name["doubled"] == doubled.units["tier_funding"].tolist()


def test_a_grid_is_every_combination_in_order() -> None:
    ratios = [0.9, 0.85, 0.8]
    grid = {"tier_1.gap_share": [0.3, 0.2], "tier_2.target_ratio": ratios, "new_state_funds": [1e5]}
    found = ebf.sweep(four(), ANY_AMOUNT, grid)
    first = found.drop_duplicates("scenario")
    assert first["scenario"].tolist() == [0, 1, 2, 3, 4, 5]
    assert first["tier_1.gap_share"].tolist() == [0.3, 0.3, 0.3, 0.2, 0.2, 0.2]
    assert first["tier_2.target_ratio"].tolist() == ratios * 2
    assert first["new_state_funds"].tolist() == [1e5] * 6
    assert found["scenario"].value_counts().tolist() == [4] * 6


def test_statewide_lines_alone_give_a_row_a_scenario() -> None:
    lines = ["tier_1_target_ratio", "units_in_tier_1", "new_state_funds"]
    law = ANY_AMOUNT.with_amounts(new_state_funds=100_000)
    scenarios = [
        Scenario(f"{share}", law={"tier_1.share": share, "tier_2.share": 0.99 - share})
        for share in (0.45, 0.5)
    ]
    found = ebf.sweep(four(), law, scenarios, lines=lines)
    assert found.columns.tolist() == ["scenario", *lines]
    assert found["scenario"].tolist() == ["0.45", "0.5"]
    assert found["units_in_tier_1"].tolist() == [2, 0]  # 45,000 reach 90 %, 50,000 beyond it
    assert found["tier_1_target_ratio"].iloc[0] == pytest.approx(0.9, rel=1e-12)
    assert found["new_state_funds"].tolist() == [1e5, 1e5]


def test_a_statewide_line_beside_others_stands_in_every_row() -> None:
    found = ebf.sweep(four(), ANY_AMOUNT, THREE_AMOUNTS, lines=["units_in_tier_1", "tier"])
    assert found["units_in_tier_1"].tolist() == [2] * 4 + [0] * 8
    assert found["tier"].tolist() == [1, 1, 3, 4, 2, 2, 3, 4, 2, 2, 3, 4]


def test_one_line_may_be_named_by_itself_and_lines_may_be_uncut() -> None:
    found = ebf.sweep(four(), ANY_AMOUNT, {"new_state_funds": [1e5]}, lines="tier_funding",
                      rounding=False)  # fmt: skip
    assert found["tier_funding"].iloc[0] == pytest.approx(80_000 * 99 / 105, rel=1e-14)


def test_what_is_handed_over_stays_as_it_was() -> None:
    frame = four()
    law = ebf.law(2022, minimum_funding_level=1, property_tax_relief_counted=1)
    numbers = {name: each.value.tolist() for name, each in law.in_force.items()}
    grid = {"tier_1.gap_share": [0.4, 0.3], "new_state_funds": [1e5]}
    change = Scenario("s", units={"adequacy_target": Change(add=1)})
    ebf.sweep(frame, law, grid)
    ebf.sweep(frame, law.with_amounts(new_state_funds=1e5), [change])
    assert_frame_equal(frame, four(), check_exact=True)
    assert {name: each.value.tolist() for name, each in law.in_force.items()} == numbers
    assert grid == {"tier_1.gap_share": [0.4, 0.3], "new_state_funds": [1e5]}


# --- A batch is what its scenarios are one by one --------------------------------------

shares = st.integers(0, 60).map(lambda percent: percent / 100)
kinds = st.sampled_from(("law", "money", "units", "nothing", "law and units"))


@st.composite
def scenario(draw: st.DrawFn, number: int, state: State) -> Scenario:
    """A scenario of any sort."""
    kind, name = draw(kinds), f"scenario {number}"
    law = {"tier_1.gap_share": draw(shares), "tier_2.target_ratio": 0.7 + draw(shares) / 2}
    some = [row.unit_id for row in state.rows if draw(st.booleans())] or None
    units: Changes = {
        "adequacy_target": Change(multiply=1 + draw(shares), units=some),
        "final_resources": [Change(add=draw(shares) * 1e6), Change(multiply=0.9)],
    }
    match kind:
        case "law":
            return Scenario(name, law=law)
        case "money":
            return Scenario(name, new_state_funds=state.new_state_funds * draw(shares))
        case "units":
            return Scenario(name, units=units)
        case "law and units":
            return Scenario(name, law=law, units=units, new_state_funds=draw(shares) * 1e6)
    return Scenario(name)


@examples
@given(st.data(), states(most=8), st.integers(1, 60))
def test_scenarios_in_batches_are_what_they_are_one_by_one(
    data: st.DataObject, state: State, rows: int
) -> None:
    count = data.draw(st.integers(1, 9))
    scenarios = [data.draw(scenario(number, state)) for number in range(count)]
    funds = state.new_state_funds
    with batches_of(rows):
        found = ebf.sweep(
            state.frame, ANY_AMOUNT.with_amounts(new_state_funds=funds), scenarios, lines=LINES
        )
    expected = one_by_one(state.frame, ANY_AMOUNT, scenarios, new_state_funds=funds)
    assert_same(found, expected)


@examples
@given(states(most=8), st.lists(shares, min_size=1, max_size=4), st.integers(1, 60))
def test_the_points_of_a_grid_are_what_they_are_one_by_one(
    state: State, values: list[float], rows: int
) -> None:
    grid = {
        "tier_1.gap_share": values,
        "new_state_funds": [state.new_state_funds, 1e6],
        "tier_2_target_ratio": [0.9, 0.8],
    }
    with batches_of(rows):
        found = ebf.sweep(state.frame, ANY_AMOUNT, grid, lines=LINES)
    assert_same(found, grid_one_by_one(state.frame, ANY_AMOUNT, grid))


SAMPLE_GRID: Grid = {
    "core_teacher.low_income_k_3": (13, 15, 17),
    "maintenance_and_operations": (1_000, 1_094, 1_203.5),
    "new_state_funds": (250_000_000, 300_000_000),
}
SAMPLE_LINES = ("tier_funding", "adequacy_target", "librarian_fte", "tier_2_surplus", "tier")


@cache
def sample_grid() -> pd.DataFrame:
    """The grid point by point, with the rows of the sample in another order."""
    return grid_one_by_one(
        shuffled(), ebf.law(2022), SAMPLE_GRID, SAMPLE_LINES, salaries=ebf.sample().law.salaries
    )


def shuffled() -> pd.DataFrame:
    return ebf.sample().units.sample(frac=1, random_state=5)


@pytest.mark.parametrize("rows", [1_000, 4_000, 30_000])
def test_the_sample_in_batches_is_the_sample_point_by_point(rows: int) -> None:
    with batches_of(rows):
        found = ebf.sweep(shuffled(), ebf.sample().law, SAMPLE_GRID, lines=SAMPLE_LINES)
    in_order = [f"librarian_fte_{band}" for band in ("elementary", "middle", "high")]
    assert [name for name in found if "librarian" in str(name)] == in_order
    assert found["unit_id"].tolist()[: len(shuffled())] == shuffled()["unit_id"].tolist()
    assert_same(found, sample_grid())


def test_scenarios_of_the_sample_are_what_they_are_one_by_one() -> None:
    scenarios = [
        Scenario("librarians", law={"librarian.students_per_fte": [400, 410, 420]}),
        Scenario("money", new_state_funds=350_000_000),
        Scenario("one school", law={"librarian.students_per_fte_middle": 300}),
        Scenario("pay", salaries={"teacher.k_8": 70_000}),
        Scenario("pupils", units={"march_enrollment_first_preceding_year": Change(multiply=1.1)}),
        Scenario("gifted", law={"gifted": 100}),
        Scenario("as it is"),
    ]
    units, law, salaries = ebf.sample().units, ebf.law(2022), ebf.sample().law.salaries
    found = ebf.sweep(units, law.with_amounts(salaries=salaries), scenarios, lines=SAMPLE_LINES)
    assert_same(found, one_by_one(units, law, scenarios, SAMPLE_LINES, salaries=salaries))


@examples
@given(states(most=12, whole_pools=True), st.lists(shares, min_size=1, max_size=5))
def test_every_scenario_pays_out_its_money_within_a_cent_a_unit(
    state: State, parts: list[float]
) -> None:
    amounts = [state.new_state_funds * part for part in parts]
    lines = ["tier_funding", "tier", "tier_2_allocation_rate"]
    found = ebf.sweep(state.frame, ANY_AMOUNT, {"new_state_funds": amounts}, lines=lines)
    for number, rows in found.groupby("scenario", observed=True):
        left = amounts[int(str(number))] - rows["tier_funding"].sum()
        assert left > -3 * CENT  # four pools, each rounded to the cent
        somebody_can_take_all = rows["tier"].isin((3, 4)).any()
        if somebody_can_take_all or (rows["tier_2_allocation_rate"] < 1).all():
            assert left < CENT * (len(state.rows) + 2) + NOISE


def test_every_scenario_of_the_sample_pays_out_its_money() -> None:
    found = sample_grid()
    paid = found.groupby("scenario")["tier_funding"].sum()
    money = found.groupby("scenario")["new_state_funds"].first()
    assert len(paid) == 18
    assert (paid <= money + 2 * CENT).all()
    assert (paid > money - CENT * len(ebf.sample().units)).all()


def test_money_that_only_the_scenarios_say_is_enough() -> None:
    # FY2025's new money is not among the known amounts; every scenario says it.
    law = ebf.law(2025, minimum_funding_level=1, property_tax_relief_counted=1)
    assert "new_state_funds" not in law.known
    assert ebf.sweep(four(), law, THREE_AMOUNTS)["tier_funding"].tolist() == BY_HAND


# --- What is refused -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scenarios", "fault"),
    [
        ({}, "no names"),
        ([], "scenarios: found none"),
        ({"tier_1.shar": [0.5]}, "nearest known: tier_1.share"),
        ({"tier_1.share": []}, "tier_1.share: found no values"),
        ({"tier_1.share": [0.5, 1.5]}, "tier_1.share"),
        ({"new_state_funds": [1e5, -1]}, "new_state_funds"),
        ({"new_state_funds": [np.nan]}, "new_state_funds"),
        ({"new_state_funds": ["much"]}, "new_state_funds"),
        ({"tier_1.share": [0.5, 0.4], "tier_1_share": [0.3]}, "tier_1_share"),
        # a grid has no room for a number a band; three values are not the three bands
        ({"librarian.students_per_fte": [400, 450]}, "librarian.students_per_fte"),
        ({"librarian.students_per_fte": [400, 450, 600]}, "librarian.students_per_fte"),
        ([Scenario("twice"), Scenario("once"), Scenario("twice")], "twice: found the name twice"),
        ([Scenario("s", new_state_funds=-1)], "new_state_funds"),
        ([Scenario("s", new_state_funds=[1, 2])], "new_state_funds"),
        ([Scenario("s", law={"tier_1.share": [0.5, 0.4]})], "tier_1.share"),
        ([Scenario("s", law={"tier_1.shar": 0.5})], "nearest known: tier_1.share"),
        ([Scenario("s", units={"adequacy_tarjet": 5})], "nearest known: adequacy_target"),
        ([Scenario("s", salaries={"teacher.k12": 5})], "nearest known: teacher.k_12"),
    ],
)
def test_scenarios_that_cannot_be_are_refused(scenarios: Any, fault: str) -> None:
    with pytest.raises(ebf.InputError, match=fault):
        ebf.sweep(four(), ANY_AMOUNT.with_amounts(new_state_funds=100_000), scenarios)


def test_money_of_one_scenario_is_no_money_of_another() -> None:
    """FY2023's New State Funds are not known: the second scenario has none."""
    scenarios = [Scenario("with", new_state_funds=1e5), Scenario("without")]
    with pytest.raises(ebf.InputError) as caught:
        ebf.sweep(four(), ebf.law(2023, minimum_funding_level=1), scenarios)
    (fault,) = caught.value.faults
    assert (*fault.place.words, fault.found) == (
        "without",
        "new_state_funds",
        "no known value",
    )


def test_all_names_without_values_are_named_at_once() -> None:
    grid: Grid = {"tier_1.share": [], "tier_2.share": [0.5], "tier_3.share": []}
    with pytest.raises(ebf.InputError) as caught:
        ebf.sweep(four(), ANY_AMOUNT.with_amounts(new_state_funds=100_000), grid)
    assert [each.place.words[1] for each in caught.value.faults] == ["tier_1.share", "tier_3.share"]


def test_a_fault_in_a_scenario_of_a_batch_is_that_of_calculate() -> None:
    # In the second a percentage exceeds 1; in the first nothing is wrong.
    wrong = {"local_capacity_percentage": Change(multiply=3)}
    scenarios = [Scenario("fine"), Scenario("wrong", units=wrong)]
    with pytest.raises(ebf.InputError, match=r"local_capacity_percentage: found 1\.5"):
        ebf.sweep(four(), ANY_AMOUNT.with_amounts(new_state_funds=100_000), scenarios)


def test_unknown_lines_and_a_state_that_cannot_be_computed_are_refused() -> None:
    with pytest.raises(ebf.InputError, match="nearest known: tier_funding"):
        ebf.sweep(four(), ANY_AMOUNT, THREE_AMOUNTS, lines=["tier_funbing"])
    with pytest.raises(ebf.InputError, match="names of lines"):
        ebf.sweep(four(), ANY_AMOUNT, THREE_AMOUNTS, lines=[])
    with pytest.raises(ebf.InputError, match="final_resources"):
        ebf.sweep(four().drop(columns="final_resources"), ANY_AMOUNT, THREE_AMOUNTS)


@pytest.mark.parametrize("count", [1, 2])
def test_a_table_of_states_is_refused(count: int) -> None:
    several = pd.concat(
        [four().set_index("unit_id")] * count,
        keys=["a", "b"][:count],
        names=["scenario", "unit_id"],
    )
    with pytest.raises(ebf.InputError, match="one state"):
        ebf.sweep(several, ANY_AMOUNT, THREE_AMOUNTS)


@pytest.mark.parametrize("scenarios", [[Scenario("a")], {"tier_2.target_ratio": [0.9, 0.8]}])
@pytest.mark.parametrize(
    ("law", "handed"),
    [
        (ANY_AMOUNT.with_amounts({"tier_1.gap_share": [0.5, 0.4]}), {"new_state_funds": 1e5}),
        (ANY_AMOUNT, {"new_state_funds": [1e5, 2e5]}),
    ],
)
def test_what_has_several_scenarios_already_is_refused(
    law: ebf.Law, handed: Any, scenarios: Any
) -> None:
    # Else a grid of as many values would be taken pair by pair, silently.
    with pytest.raises(ebf.InputError):
        ebf.sweep(four(), law.with_amounts(**handed), scenarios)


def test_salaries_of_several_scenarios_are_refused() -> None:
    salaries = ebf.sample().law.salaries.with_amounts({"assistant": [27_731, 30_000]})
    lines, grid = ["adequacy_target"], {"gifted": [90, 100]}
    with pytest.raises(ebf.InputError):
        ebf.sweep(ebf.sample().units, ebf.law(2022, salaries=salaries), grid, lines=lines)


@pytest.mark.parametrize("column", ["new_state_funds", "appropriated_new_state_funds"])
@pytest.mark.parametrize("scenarios", [THREE_AMOUNTS, [Scenario("s", new_state_funds=90_000)]])
def test_new_money_in_the_table_and_in_the_scenarios_is_new_money_twice(
    column: str, scenarios: Any
) -> None:
    # As Scenario.calculate has it; else the scenarios' money would move nothing, silently.
    frame = four().assign(**{column: 100_000.0})
    with pytest.raises(ebf.InputError, match="new money twice"):
        Scenario("s", new_state_funds=90_000).calculate(frame, ANY_AMOUNT)
    with pytest.raises(ebf.InputError, match="new money twice"):
        ebf.sweep(frame, ANY_AMOUNT, scenarios)


@pytest.mark.parametrize("changes", [{}, {"final_resources": Change(add=0)}])
def test_new_money_among_the_laws_numbers_is_taken_as_one_by_one(
    changes: Mapping[str, Change],
) -> None:
    said = Scenario("s", law={"new_state_funds": 90_000}, units=changes)
    found = ebf.sweep(four(), ANY_AMOUNT.with_amounts(new_state_funds=200_000), [said], lines=LINES)
    assert_same(found, one_by_one(four(), ANY_AMOUNT, [said], new_state_funds=200_000))


def test_new_money_that_changes_beside_a_column_of_it_is_refused() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5),)).assign(new_state_funds=1e5)
    grid = {"tier_1.gap_share": [0.2, 0.3]}
    both = ebf.sweep(frame, ANY_AMOUNT, grid, lines=["tier_funding"])
    assert both["tier_funding"].tolist() == [100_000, 100_000]
    (fault, *_) = all_faults(lambda: ebf.sweep(frame, ANY_AMOUNT, {"new_state_funds": [1e5, 2e5]}))
    assert (fault.place.words[1], fault.found) == ("new_state_funds", "new money twice")


def test_no_scenario_is_computed_with_anothers_number() -> None:
    """FY2019's New State Funds are not known, so each scenario has to say them."""
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5), dollars(2, 1e6, 8e5, 0.5)))
    law = ebf.law(2019, minimum_funding_level=1, property_tax_relief_counted=1)
    said = ebf.Scenario("said", new_state_funds=1e5)
    doubled = ebf.Scenario(
        "doubled", units={"adequacy_target": ebf.Change(multiply=2)}, new_state_funds=2e5
    )
    unsaid = ebf.Scenario("unsaid", law={"tier_1.gap_share": 0.2})
    for scenarios in ([said, doubled, unsaid], [said, unsaid], [unsaid, said], [unsaid]):
        faults = all_faults(lambda each=scenarios: ebf.sweep(frame, law, each))
        assert {each.place.words[1] for each in faults} == {"new_state_funds"}
    found = ebf.sweep(frame, law, [said, doubled]).set_index("scenario")["tier_funding"]
    for scenario in (said, doubled):
        alone = scenario.calculate(frame, law).units["tier_funding"]
        assert found[scenario.name].tolist() == alone.tolist()


def test_rounding_of_a_sweep_is_yes_or_no() -> None:
    frame = frame_of((dollars(1, 1e6, 5e5, 0.5),))
    no: Any = "no"
    grid = {"new_state_funds": [1e5]}
    (fault,) = all_faults(lambda: ebf.sweep(frame, ANY_AMOUNT, grid, rounding=no))
    assert fault.place.words[1] == "rounding"


# --- The progress bar ------------------------------------------------------------------


def test_a_progress_bar_shows_where_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    ebf.sweep(four(), ANY_AMOUNT, THREE_AMOUNTS)
    quiet = capsys.readouterr()
    assert quiet.out == quiet.err == ""
    with batches_of(1):
        ebf.sweep(four(), ANY_AMOUNT, THREE_AMOUNTS, progress=True)
    shown = capsys.readouterr()
    assert "scenarios" in shown.out + shown.err
    assert "100%" in shown.out + shown.err


# --- Executors -------------------------------------------------------------------------


class Around(Executor):
    """An executor around another: at one of the submissions it does something first.

    It waits for what was submitted before, so that so much is done.
    """

    def __init__(
        self, inner: Executor, at: int = -1, do: Callable[[], object] = lambda: None
    ) -> None:
        self.inner, self.at, self.do = inner, at, do
        self.submitted: list[Future[Any]] = []

    def submit(self, function: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        if len(self.submitted) == self.at:
            wait(self.submitted)
            self.do()
        future = self.inner.submit(function, *args, **more)
        self.submitted.append(future)
        return future


class AtOnce(Executor):
    """An executor that computes when asked; from one submission on its futures fail."""

    def __init__(self, fails_at: int = -1, error: BaseException | None = None) -> None:
        self.fails_at, self.error = fails_at, error or OSError("out of order")
        self.futures: list[Future[Any]] = []
        self.computed = 0

    def submit(self, function: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        future: Future[Any] = Future()
        number = len(self.futures)
        self.futures.append(future)
        if 0 <= self.fails_at <= number:
            future.set_exception(self.error)
            return future
        try:
            future.set_result(function(*args, **more))
        except Exception as error:  # noqa: BLE001 - as executors do
            future.set_exception(error)
        return future


class Counting(Executor):
    """An executor that counts the batches it has and whose results nobody has taken."""

    def __init__(self) -> None:
        self.has = self.most = self.all = 0

    def submit(self, function: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        executor = self

        class Counted(Future[Any]):
            def result(self, timeout: float | None = None) -> Any:
                executor.has -= 1
                return super().result(timeout)

        future = Counted()
        future.set_result(function(*args, **more))
        self.has += 1
        self.all += 1
        self.most = max(self.most, self.has)
        return future


def new_pool(count: int = 2) -> ProcessPoolExecutor:
    """Processes of their own, not forks of this one and its threads."""
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"))


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with new_pool() as executor:
        yield executor


MANY: Grid = {
    "new_state_funds": tuple(range(50_000, 200_000, 3_000)),
    "tier_1.gap_share": (0.3, 0.2),
}
"""A hundred scenarios."""
COUNT = 100


@contextmanager
def batches_of_scenarios(count: int, waiting: int = 16) -> Iterator[None]:
    """Batches of so many scenarios of four units for an executor, and so many at a time."""
    eighth = count * len(FOUR) / BATCHES.LARGER_ELSEWHERE
    assert eighth == int(eighth)
    with batches_of(int(eighth)), patch.object(SWEEP, "WAITING", waiting):
        yield


@cache
def many() -> pd.DataFrame:
    """The hundred point by point."""
    return grid_one_by_one(four(), ANY_AMOUNT, MANY)


def mixed() -> list[Scenario]:
    """Scenarios of which some are computed together and some alone."""

    def more(number: int) -> Changes:
        return {"adequacy_target": Change(multiply=1 + number / 10)} if number % 3 == 0 else {}

    return [
        Scenario(
            f"number {number}",
            law={"tier_1.gap_share": 0.1 + number / 50},
            units=more(number),
            new_state_funds=50_000 + 1_000 * number,
        )
        for number in range(20)
    ]


def test_threads_compute_the_same() -> None:
    with ThreadPoolExecutor(3) as executor, batches_of_scenarios(2):
        found = ebf.sweep(four(), ANY_AMOUNT, MANY, lines=LINES, executor=executor)
        of_mixed = ebf.sweep(four(), ANY_AMOUNT, mixed(), lines=LINES, executor=executor)
    assert_same(found, many())
    assert_same(of_mixed, one_by_one(four(), ANY_AMOUNT, mixed()))


def test_other_processes_compute_the_same(pool: ProcessPoolExecutor) -> None:
    with batches_of_scenarios(6):
        found = ebf.sweep(four(), ANY_AMOUNT, MANY, lines=LINES, executor=pool)
        of_mixed = ebf.sweep(four(), ANY_AMOUNT, mixed(), lines=LINES, executor=pool)
    assert_same(found, many())
    assert_same(of_mixed, one_by_one(four(), ANY_AMOUNT, mixed()))


def test_other_processes_compute_the_sample_the_same(
    pool: ProcessPoolExecutor, tmp_path: Path
) -> None:
    handed: dict[str, Any] = {"lines": SAMPLE_LINES}
    with batches_of(1_000):
        found = ebf.sweep(shuffled(), ebf.sample().law, SAMPLE_GRID, executor=pool, **handed)
        files = ebf.sweep_to_parquet(
            shuffled(), ebf.sample().law, SAMPLE_GRID, tmp_path, executor=pool, **handed
        )
    assert_same(found, sample_grid())
    assert len(files) == 3
    assert_same(pd.read_parquet(tmp_path), sample_grid())


def test_batches_are_done_in_order_even_where_the_last_comes_first() -> None:
    class Backwards(Executor):
        """Computes only once it has three, the last first."""

        def __init__(self) -> None:
            self.waiting: list[Callable[[], None]] = []

        def submit(self, function: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
            future: Future[Any] = Future()
            self.waiting.append(lambda: future.set_result(function(*args, **more)))
            if len(self.waiting) == 3:
                while self.waiting:
                    self.waiting.pop()()
            return future

    with batches_of_scenarios(2), patch.object(SWEEP, "WAITING", 3):
        three = {"new_state_funds": (1e4, 2e4, 3e4, 4e4, 5e4, 6e4)}
        found = ebf.sweep(four(), ANY_AMOUNT, three, executor=Backwards(), lines=LINES)
    assert_same(found, grid_one_by_one(four(), ANY_AMOUNT, three))


def test_an_executor_never_has_more_than_a_few_batches() -> None:
    executor = Counting()
    with batches_of_scenarios(2, waiting=5):
        ebf.sweep(four(), ANY_AMOUNT, MANY, executor=executor)
    assert (executor.all, executor.most, executor.has) == (COUNT // 2, 5, 0)


def test_an_executor_that_fails_says_how_many_scenarios_are_done() -> None:
    executor = AtOnce(fails_at=3)
    with (
        batches_of_scenarios(10, waiting=2),
        pytest.raises(ebf.SweepError, match="after 30 scenarios: OSError: out of order") as caught,
    ):
        ebf.sweep(four(), ANY_AMOUNT, MANY, executor=executor)
    assert isinstance(caught.value.__cause__, OSError)


def test_an_executor_that_takes_nothing_any_more_is_one_that_failed() -> None:
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with pytest.raises(ebf.SweepError, match="after 0 scenarios: RuntimeError: cannot schedule"):
        ebf.sweep(four(), ANY_AMOUNT, MANY, executor=executor)


def test_what_still_waits_is_cancelled_where_a_batch_fails() -> None:
    class Never(AtOnce):
        """Computes two; the third fails; the others stay waiting."""

        def submit(self, function: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
            if len(self.futures) > 2:
                self.futures.append(Future())
                return self.futures[-1]
            return super().submit(function, *args, **more)

    executor = Never(fails_at=2)
    with batches_of_scenarios(2), pytest.raises(ebf.SweepError, match="after 4 scenarios"):
        ebf.sweep(four(), ANY_AMOUNT, MANY, executor=executor)
    waiting = executor.futures[3:]
    assert waiting
    assert all(future.cancelled() for future in waiting)


def test_an_interrupt_is_not_taken_for_a_failure() -> None:
    executor = AtOnce(fails_at=1, error=KeyboardInterrupt())
    with batches_of_scenarios(2), pytest.raises(KeyboardInterrupt):
        ebf.sweep(four(), ANY_AMOUNT, MANY, executor=executor)


WRONG = Scenario("wrong", units={"local_capacity_percentage": Change(multiply=3)})


def test_bad_input_found_by_a_worker_comes_out_as_bad_input(pool: ProcessPoolExecutor) -> None:
    with pytest.raises(ebf.InputError) as caught:
        ebf.sweep(
            four(),
            ANY_AMOUNT.with_amounts(new_state_funds=1e5),
            [Scenario("fine"), WRONG],
            executor=pool,
        )
    assert [(*fault.place.words, fault.found) for fault in caught.value.faults] == [
        (unit_id(number), "local_capacity_percentage", "1.5") for number in (2, 3, 4)
    ]


# --- In files --------------------------------------------------------------------------


def test_parts_written_and_read_are_the_sweep(tmp_path: Path) -> None:
    folder = tmp_path / "to be made"
    with batches_of(40):
        files = ebf.sweep_to_parquet(four(), ANY_AMOUNT, MANY, str(folder), lines=LINES)
    assert len(files) == COUNT // 10
    assert list(files) == sorted(folder.iterdir())
    assert_same(pd.read_parquet(folder), many())
    whole = ebf.sweep(four(), ANY_AMOUNT, MANY, lines=LINES)
    for number, file in enumerate(files):
        part = whole.iloc[40 * number : 40 * (number + 1)].reset_index(drop=True)
        assert_same(pd.read_parquet(file), part)


def test_parts_of_named_scenarios_keep_their_names_and_order(tmp_path: Path) -> None:
    with batches_of(8):
        ebf.sweep_to_parquet(four(), ANY_AMOUNT, mixed(), tmp_path, lines=LINES)
    assert_same(pd.read_parquet(tmp_path), one_by_one(four(), ANY_AMOUNT, mixed()))


def test_parts_of_statewide_lines_have_a_row_a_scenario(tmp_path: Path) -> None:
    lines = ["tier_1_target_ratio"]
    with batches_of(40):
        files = ebf.sweep_to_parquet(four(), ANY_AMOUNT, MANY, tmp_path, lines=lines)
    assert len(files) == COUNT // 10
    assert_same(pd.read_parquet(tmp_path), grid_one_by_one(four(), ANY_AMOUNT, MANY, lines))


def test_a_second_sweep_into_the_folder_is_refused_and_leaves_the_first(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a part")
    ebf.sweep_to_parquet(four(), ANY_AMOUNT, THREE_AMOUNTS, tmp_path)
    with pytest.raises(ebf.InputError, match="a folder without parts of a sweep"):
        ebf.sweep_to_parquet(four(), ANY_AMOUNT, MANY, tmp_path)
    (part,) = tmp_path.glob("*.parquet")
    assert pd.read_parquet(part)["tier_funding"].tolist() == BY_HAND


def test_nothing_is_written_where_a_scenario_names_what_there_is_not(tmp_path: Path) -> None:
    typo = Scenario("typo", units={"adequacy_tarjet": 5})
    scenarios = [*mixed(), typo]
    with batches_of(8), pytest.raises(ebf.InputError, match="nearest known: adequacy_target"):
        ebf.sweep_to_parquet(four(), ANY_AMOUNT, scenarios, tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_faults_of_all_scenarios_are_named_at_once() -> None:
    scenarios = [
        Scenario("a", law={"tier_1.shar": 0.5}),
        Scenario("b", units={"adequacy_tarjet": 5}),
        Scenario("c", salaries={"teacher.k12": 5}),
    ]
    with pytest.raises(ebf.InputError) as caught:
        ebf.sweep(four(), ANY_AMOUNT.with_amounts(new_state_funds=1e5), scenarios)
    assert {fault.place.words[1] for fault in caught.value.faults} == {
        "tier_1.shar",
        "adequacy_tarjet",
        "teacher.k12",
    }


def test_parts_before_a_failure_stay_and_are_the_first_scenarios(tmp_path: Path) -> None:
    message = f"after 30 scenarios: OSError: out of order; 3 parts are written in {tmp_path}"
    with batches_of_scenarios(10, waiting=2), pytest.raises(ebf.SweepError) as caught:
        ebf.sweep_to_parquet(
            four(), ANY_AMOUNT, MANY, tmp_path, lines=LINES, executor=AtOnce(fails_at=3)
        )
    assert message in str(caught.value)
    assert len(list(tmp_path.iterdir())) == 3
    assert_same(pd.read_parquet(tmp_path), many().iloc[: 30 * 4])


@pytest.mark.parametrize("end", ["killed", "exits"])
def test_parts_before_a_process_dies_stay_and_are_the_first_scenarios(
    end: str, tmp_path: Path
) -> None:
    with new_pool(depth.PROCESSES) as inner:

        def die() -> None:
            if end == "killed":
                os.kill(inner.submit(os.getpid).result(), signal.SIGKILL)
                wait([inner.submit(sleep, 60)])  # until the pool has noticed
            else:
                wait([inner.submit(os._exit, 1)])

        executor = Around(inner, at=5, do=die)
        with (
            batches_of_scenarios(10, waiting=2),
            pytest.raises(ebf.SweepError, match=r"BrokenProcessPool.*parts are written") as caught,
        ):
            ebf.sweep_to_parquet(four(), ANY_AMOUNT, MANY, tmp_path, lines=LINES, executor=executor)
    parts = sorted(tmp_path.iterdir())
    # Five batches were done when it died, of which one may not have been taken yet.
    assert 4 <= len(parts) <= 5
    done = 10 * len(parts)
    assert f"after {done} scenarios" in str(caught.value)
    assert f"{len(parts)} parts are written" in str(caught.value)
    assert_same(pd.read_parquet(tmp_path), many().iloc[: 4 * done])


def test_memory_does_not_grow_with_the_scenarios(tmp_path: Path) -> None:
    # 120 units, 100 scenarios a batch: a batch is a column of 12,000 numbers, and its lines.
    rows = tuple(dollars(n, 1e6, 5e5 + 5_000 * n, 0.5) for n in range(120))
    frame = frame_of(rows)

    def peak(scenarios: int) -> int:
        grid = {"new_state_funds": range(1_000_000, 1_000_000 + scenarios)}
        tracemalloc.start()
        try:
            folder = tmp_path / str(scenarios)
            with batches_of(12_000):
                files = ebf.sweep_to_parquet(frame, ANY_AMOUNT, grid, folder, lines=LINES)
            assert len(files) == scenarios // 100
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(100)
    few, ten_times = peak(300), peak(3_000)
    all_rows = 3_000 * len(rows) * 8 * len(LINES)
    assert ten_times - few < all_rows / 20
    assert ten_times < 1.2 * few


# --- Dask ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Two processes of a cluster of this machine."""
    needs("dask", find_spec("distributed") is not None, "distributed is not installed")
    from distributed import Client, LocalCluster  # noqa: PLC0415 - it is an extra

    with (
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
            local_directory=str(tmp_path_factory.mktemp("dask")),
        ) as cluster,
        Client(cluster) as connected,  # type: ignore[no-untyped-call]
    ):
        yield connected


def test_dask_computes_the_same(client: Any) -> None:
    with batches_of_scenarios(10):
        found = ebf.sweep(four(), ANY_AMOUNT, MANY, lines=LINES, executor=client.get_executor())
        of_mixed = ebf.sweep(
            four(), ANY_AMOUNT, mixed(), lines=LINES, executor=client.get_executor()
        )
    assert_same(found, many())
    assert_same(of_mixed, one_by_one(four(), ANY_AMOUNT, mixed()))


def test_bad_input_found_by_a_worker_of_dask_comes_out_as_bad_input(client: Any) -> None:
    executor = client.get_executor()
    with pytest.raises(ebf.InputError, match=r"local_capacity_percentage: found 1\.5"):
        ebf.sweep(four(), ANY_AMOUNT.with_amounts(new_state_funds=1e5), [WRONG], executor=executor)


def test_dask_computes_the_same_where_a_worker_is_killed_midway(
    client: Any, tmp_path: Path
) -> None:
    before = set(client.run(os.getpid).values())
    assert len(before) == 2

    def kill_one() -> None:
        os.kill(min(before), signal.SIGKILL)

    executor = Around(client.get_executor(), at=5, do=kill_one)
    with batches_of_scenarios(10, waiting=4):
        ebf.sweep_to_parquet(four(), ANY_AMOUNT, MANY, tmp_path, lines=LINES, executor=executor)
    assert len(executor.submitted) == COUNT // 10
    assert_same(pd.read_parquet(tmp_path), many())
    client.wait_for_workers(2, timeout=30)
    after = set(client.run(os.getpid).values())
    assert min(before) not in after
    assert len(after) == 2


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario("x", units={"final_resources": 5e5}, new_state_funds=[1e5, 2e5]),
        Scenario("x", units={"final_resources": 5e5}, law={"tier_1.gap_share": [0.5, 0.4]}),
    ],
)
def test_a_scenario_of_units_is_one_state(scenario: Scenario) -> None:
    with pytest.raises(ebf.InputError, match="found 2 values; allowed: one number"):
        ebf.sweep(four(), ANY_AMOUNT.with_amounts(new_state_funds=1e5), [scenario])


def test_what_is_lacking_may_come_with_scenarios_of_units_alone() -> None:
    scenario = Scenario("x", units={"final_resources": Change(multiply=1)}, new_state_funds=90_000)
    found = ebf.sweep(four(), ebf.law(2026, minimum_funding_level=1), [scenario])
    alone = scenario.calculate(four(), ebf.law(2026, minimum_funding_level=1))
    assert found["tier_funding"].tolist() == alone.units["tier_funding"].tolist()


def test_what_is_no_executor() -> None:
    threads: Any = "threads"
    with pytest.raises(ebf.InputError, match="executor: found 'threads'"):
        ebf.sweep(four(), ANY_AMOUNT, {"new_state_funds": [1e5]}, executor=threads)
