"""A change split into causes: by hand, against all orders of whole runs, in published years."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import combinations, permutations
from pathlib import Path
from typing import Any, TypeAlias
from xml.etree import ElementTree as ET

import depth
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from district import SALARIES, raw_row
from hypothesis import assume, given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_series_equal
from published import distributed, units_of
from states import ANY_AMOUNT, CENTS, Row, State, column, dollars, frame_of, states, unit_id

import ebf
from ebf.engine.compute import evaluate
from ebf.language.vocabulary import Values
from ebf.law.names import entries
from ebf.law.parameters import parameters
from ebf.law.salaries import COLUMNS as SALARY_COLUMNS
from ebf.what_if import between
from ebf.what_if.attribution import ENDS, OTHERS, Attribution, attribute
from ebf.what_if.causes import RULES, UNITS, default_groups

Floats: TypeAlias = npt.NDArray[np.float64]

examples = depth.ATTRIBUTION

CENT = 0.01
NOISE = 1e-6

TARGET = {"target": ["adequacy_target"]}
MONEY = {"money": ["new_state_funds"]}
RESOURCES = {"resources": ["final_resources", "local_capacity_percentage"]}
PUPILS = {"pupils": ["average_student_enrollment"]}
EVERY_CAUSE = TARGET | MONEY | RESOURCES | PUPILS


def paid(
    rows: Sequence[Row], money: float, law: ebf.Law = ANY_AMOUNT, **options: Any
) -> ebf.Ledger:
    return ebf.calculate(frame_of(rows), law.with_amounts(new_state_funds=money), **options)


def groups_of(found: Attribution) -> list[str]:
    return [name for name in found.parts.columns if name not in ENDS]


def row_of(found: Attribution, unit: str) -> dict[str, float]:
    rows: dict[Any, dict[Any, float]] = found.parts.to_dict("index")
    return rows[unit]


def causes_of(found: Attribution, unit: str, *causes: str) -> list[float]:
    return [row_of(found, unit)[cause] for cause in causes]


def assert_parts_sum_to_the_change(found: Attribution) -> None:
    parts = found.parts
    assert np.abs(parts[groups_of(found)].sum(axis=1) - parts["change"]).max() < NOISE
    assert (parts["after"] - parts["before"] == parts["change"]).all()


# --- By hand ---------------------------------------------------------------------------

# With so much money that every gap to 90 % is filled, and nobody in Tiers 3 and 4, a unit is
# paid (0.9 x target - resources) x (1 - local capacity percentage).
PLENTY = 1_000_000
OTHER_UNIT = dollars(2, 1e6, 8e5, 0.5)
FOUR = {
    (0, 0): (dollars(1, 1_000_000, 8e5, 0.5), 50_000),  # (900,000 - 800,000) x 0.5
    (1, 0): (dollars(1, 1_100_000, 8e5, 0.5), 95_000),  # (990,000 - 800,000) x 0.5
    (0, 1): (dollars(1, 1_000_000, 8e5, 0.2), 80_000),  # 100,000 x 0.8
    (1, 1): (dollars(1, 1_100_000, 8e5, 0.2), 152_000),  # 190,000 x 0.8
}
CAPACITY = {"capacity": ["local_capacity_percentage"]}


def of_four(target: int, capacity: int, **options: Any) -> ebf.Ledger:
    return paid((FOUR[target, capacity][0], OTHER_UNIT), PLENTY, **options)


@pytest.mark.parametrize("both", FOUR)
def test_the_four_ledgers_pay_what_the_law_gives_by_hand(both: tuple[int, int]) -> None:
    assert column(of_four(*both), "tier_funding").tolist() == [FOUR[both][1], 50_000]


@pytest.mark.parametrize("arithmetic", ["fast", "exact"])
def test_two_causes_by_hand(arithmetic: str) -> None:
    before, after = of_four(0, 0, arithmetic=arithmetic), of_four(1, 1, arithmetic=arithmetic)
    found = attribute(before, after, groups=TARGET | CAPACITY)
    # target: (95 - 50 + 152 - 80) / 2 thousand; capacity: (80 - 50 + 152 - 95) / 2
    expected = pd.DataFrame(
        {
            "before": [50_000.0, 50_000.0],
            "after": [152_000.0, 50_000.0],
            "change": [102_000.0, 0.0],
            "target": [58_500.0, 0.0],
            "capacity": [43_500.0, 0.0],
        },
        index=pd.Index([unit_id(1), unit_id(2)], name="unit_id"),
    )
    assert_frame_equal(found.parts, expected)
    assert found.changed == {
        "target": ("adequacy_target",),
        "capacity": ("local_capacity_percentage",),
    }
    assert_series_equal(found.statewide, expected.sum().rename("statewide"))


def test_the_waterfall_by_hand() -> None:
    found = attribute(of_four(0, 0), of_four(1, 1), groups=TARGET | CAPACITY)
    expected = pd.DataFrame(
        {
            "label": ["before", "target", "capacity", "after"],
            "start": [0.0, 50_000, 108_500, 0],
            "end": [50_000.0, 108_500, 152_000, 152_000],
            "change": [50_000.0, 58_500, 43_500, 152_000],
        }
    )
    assert_frame_equal(found.waterfall(unit_id(1)), expected)
    whole = found.waterfall()
    assert whole["start"].tolist() == [0, 100_000, 158_500, 0]
    assert whole["end"].tolist() == [100_000, 158_500, 202_000, 202_000]
    with pytest.raises(ebf.InputError, match=unit_id(1)):
        found.waterfall(unit_id(1)[:-1])


# Where all units are in Tier 4 they share the money by their Adequacy Targets.
MILLION = 1_000_000


def of_tier_4(money: float, first: float, second: float, **options: Any) -> ebf.Ledger:
    rows = (dollars(1, first, 1e7, 0.1), dollars(2, second, 1e7, 0.1))
    return paid(rows, money * MILLION, **options)


def test_money_and_target_by_hand_where_units_share() -> None:
    before, after = of_tier_4(1, 1e6, 1e6), of_tier_4(2, 3e6, 1e6)
    found = attribute(before, after, groups=MONEY | TARGET).parts
    # unit 1 is paid 500, 1,000 with the money, 750 with the target, 1,500 with both (thousands);
    # unit 2 is paid 500, 1,000, 250, 500
    assert found["before"].tolist() == [500_000, 500_000]
    assert found["after"].tolist() == [1_500_000, 500_000]
    assert found["money"].tolist() == [625_000, 375_000]
    assert found["target"].tolist() == [375_000, -375_000]


def test_ledgers_that_are_not_cut_are_not_cut_between_either() -> None:
    before, after = (of_tier_4(*each, rounding=False) for each in ((1, 1e6, 2e6), (2, 1e6, 1e6)))
    found = attribute(before, after, groups=MONEY | TARGET)
    # a third of a million; with the money two thirds, with the target a half, with both one
    expected = [MILLION * (1 / 3 + 1 / 2) / 2, MILLION * (1 / 6 + 1 / 3) / 2]
    assert causes_of(found, unit_id(1), "money", "target") == pytest.approx(expected, abs=NOISE)
    said = [any("cut and rounded" in each for each in attribute(*two).assumptions)
            for two in ((before, after), TWO)]  # fmt: skip
    assert said == [False, True]


def test_other_units_data_by_hand() -> None:
    before, after = of_tier_4(1, 1e6, 1e6), of_tier_4(2, 3e6, 3e6)
    of_all = attribute(before, after, groups=MONEY | TARGET).parts
    assert of_all["target"].tolist() == pytest.approx([0, 0], abs=NOISE)
    assert of_all["money"].tolist() == pytest.approx([500_000, 500_000], abs=NOISE)
    # Paid of 1,000 thousand: 500; with the money 1,000, own target 750, the other's 250; with
    # money and own 1,500, money and other's 500, both targets 500; all 1,000. Weights 1/3, 1/6,
    # 1/6, 1/3: money 500 / 3 + 750 / 6 + 250 / 6 + 500 / 3 = 500; own 250 / 3 + 500 / 6 + 250 / 6
    # + 500 / 3 = 375; the other's -375.
    for place in (1, 2):
        found = attribute(before, after, groups=MONEY | TARGET, unit_id=unit_id(place))
        assert list(found.parts.index) == [unit_id(place)]
        parts = causes_of(found, unit_id(place), "money", "target", OTHERS)
        assert parts == pytest.approx([500_000, 375_000, -375_000], abs=NOISE)


def test_a_unit_whose_own_data_did_not_change_owes_it_all_to_the_others_and_the_money() -> None:
    before, after = of_tier_4(1, 1e6, 1e6), of_tier_4(2, 3e6, 1e6)
    found = attribute(before, after, groups=MONEY | TARGET, unit_id=unit_id(2))
    assert causes_of(found, unit_id(2), "money", "target", OTHERS) == [375_000, 0, -375_000]
    assert found.changed == {"money": ("new_state_funds",), OTHERS: ("adequacy_target",)}
    own = attribute(before, after, groups=MONEY | TARGET, unit_id=unit_id(1))
    assert causes_of(own, unit_id(1), "money", "target", OTHERS) == [625_000, 375_000, 0]


def test_a_statewide_line_has_one_row() -> None:
    # One prefix: (money x 50 % / 30 % + resources) / targets, below 90 %
    def ratio(money: int, resources: float) -> ebf.Ledger:
        rows = (dollars(1, 1e6, resources, 0.5), dollars(2, 1e6, 99e4, 0.5))
        return paid(rows, money)

    before, after = ratio(60_000, 5e5), ratio(120_000, 5.5e5)
    found = attribute(before, after, "tier_1_target_ratio", MONEY | RESOURCES)
    assert list(found.parts.index) == ["statewide"]
    # 0.5 + 0.1, 0.55 + 0.2
    assert [*row_of(found, "statewide").values()] == pytest.approx([0.6, 0.75, 0.15, 0.1, 0.05])
    assert "0.750000" in found.to_text()


# --- Against all orders, each state run by itself ---------------------------------------


def mixed(old: State, new: State, causes: frozenset[str]) -> ebf.Ledger:
    """The ledger of the state with the causes as after."""
    before, after = old.frame, new.frame
    changed = {
        name: after[name] for cause in causes for name in EVERY_CAUSE[cause] if name in before
    }
    money = new.new_state_funds if "money" in causes else old.new_state_funds
    return ebf.calculate(before.assign(**changed), ANY_AMOUNT.with_amounts(new_state_funds=money))


def over_all_orders(old: State, new: State, line: str) -> dict[str, Floats]:
    """What every cause moves, the mean over all orders, in the order of the caller's rows."""
    return means_over_orders([*EVERY_CAUSE], lambda some: column(mixed(old, new, some), line))


def means_over_orders(
    causes: Sequence[str], run: Callable[[frozenset[str]], Floats]
) -> dict[str, Floats]:
    """What every cause moves, the mean over all orders of whole runs."""
    worth = {
        frozenset(some): run(frozenset(some))
        for size in range(len(causes) + 1)
        for some in combinations(causes, size)
    }
    orders = list(permutations(causes))
    found = {cause: np.zeros(len(worth[frozenset()])) for cause in causes}
    for order in orders:
        for place, cause in enumerate(order):
            moved = worth[frozenset(order[: place + 1])] - worth[frozenset(order[:place])]
            found[cause] += moved / len(orders)
    return found


@st.composite
def two_years(draw: st.DrawFn) -> tuple[State, State]:
    """A state, and the same units with other data and money."""
    old = draw(states(most=8))
    percents = st.integers(80, 125)
    new = tuple(
        row._replace(
            students=row.students * draw(percents) // 100,
            target=row.target * draw(percents) // 100,
            resources=row.resources * draw(percents) // 100,
            capacity=min(row.capacity * draw(percents) // 100, 9_000),
        )
        for row in old.rows
    )
    return old, State(new, old.funds * draw(st.integers(0, 300)) // 100)


def ledgers(years: tuple[State, State], **options: Any) -> tuple[ebf.Ledger, ebf.Ledger]:
    old, new = (paid(each.rows, each.new_state_funds, **options) for each in years)
    return old, new


@examples
@given(two_years())
def test_parts_are_the_means_over_all_orders_of_whole_runs(years: tuple[State, State]) -> None:
    found = attribute(*ledgers(years), groups=EVERY_CAUSE)
    for cause, expected in over_all_orders(*years, "tier_funding").items():
        assert np.abs(found.parts[cause] - expected).max() <= CENT, cause


@examples
@given(two_years(), st.booleans())
def test_parts_of_every_unit_sum_to_its_change(
    years: tuple[State, State],
    rounding: bool,  # noqa: FBT001
) -> None:
    before, after = ledgers(years, rounding=rounding)
    found = attribute(before, after)
    assert_parts_sum_to_the_change(found)
    assert found.parts["before"].tolist() == column(before, "tier_funding").tolist()
    assert found.parts["after"].tolist() == column(after, "tier_funding").tolist()
    for unit in before.table.unit_ids[:2]:
        one = attribute(before, after, unit_id=unit)
        assert_parts_sum_to_the_change(one)
        assert row_of(one, unit)["change"] == row_of(found, unit)["change"]


@examples
@given(two_years(), st.permutations(list(EVERY_CAUSE)))
def test_the_order_of_groups_and_names_moves_nothing(
    years: tuple[State, State], order: list[str]
) -> None:
    before, after = ledgers(years)
    found = attribute(before, after, groups=EVERY_CAUSE)
    other = attribute(before, after, groups={cause: EVERY_CAUSE[cause][::-1] for cause in order})
    assert groups_of(other) == order
    assert_frame_equal(other.parts[found.parts.columns], found.parts, check_exact=True)


@examples
@given(two_years(), st.sets(st.sampled_from(sorted(EVERY_CAUSE))))
def test_a_group_that_did_not_change_has_zero(years: tuple[State, State], same: set[str]) -> None:
    old, new = years
    changed = frozenset(EVERY_CAUSE.keys() - same)
    found = attribute(mixed(old, new, frozenset()), mixed(old, new, changed), groups=EVERY_CAUSE)
    assert (found.parts[sorted(same)] == 0).all(axis=None)
    assert changed >= found.changed.keys()


@examples
@given(two_years())
def test_back_again_is_the_same_with_the_other_sign(years: tuple[State, State]) -> None:
    before, after = ledgers(years)
    there, back = attribute(before, after), attribute(after, before)
    assert_frame_equal(there.parts[groups_of(there)], -back.parts[groups_of(there)], atol=NOISE)


def test_rows_stand_in_the_callers_order() -> None:
    rows = (dollars(3, 1e6, 5e5, 0.1), dollars(1, 1e6, 6e5, 0.2), dollars(2, 1e6, 9.5e5, 0.3))
    before, after = paid(rows, 1e5), paid(rows[::-1], 2e5)
    found = attribute(before, after).parts
    assert list(found.index) == [row.unit_id for row in rows]
    assert found["after"].to_dict() == after.units["tier_funding"].to_dict()


# --- The law and its rules ---------------------------------------------------------------

# P.A. 101-10 let regional programs in from FY2020 on.
WITH_PROGRAM = (
    dollars(1, 1e6, 5e5, 0.1),
    dollars(2, 1e6, 9.5e5, 0.3),
    dollars(3, 1e6, 4e5, 0.1, kind="regional_program"),
)
LAW = {"law": [RULES]}


def of_year(year: int, money: float) -> ebf.Ledger:
    law = ebf.law(year, minimum_funding_level=1, property_tax_relief_counted=1)
    return paid(WITH_PROGRAM, money, law)


def test_the_rules_of_two_years_are_a_cause() -> None:
    worth = {
        (year, money): column(of_year(year, money), "tier_funding")
        for year in (2019, 2020)
        for money in (1e5, 2e5)
    }
    assert worth[2019, 1e5][2] == 0 < worth[2020, 1e5][2]
    found = attribute(of_year(2019, 1e5), of_year(2020, 2e5), groups=LAW | MONEY)
    old = worth[2020, 1e5] - worth[2019, 1e5]
    new = worth[2020, 2e5] - worth[2019, 2e5]
    assert np.abs(found.parts["law"] - (old + new) / 2).max() <= CENT
    assert_parts_sum_to_the_change(found)
    assert found.changed["law"] == (RULES,)
    assert "FY2019 to FY2020" in str(found)


def test_a_change_of_the_rules_alone_is_all_the_laws() -> None:
    found = attribute(of_year(2019, 1e5), of_year(2020, 1e5))
    assert (found.parts["the law"] == found.parts["change"]).all()
    assert found.parts["change"].abs().max() > 0
    assert [*found.changed] == ["the law"]


def test_changed_rules_in_no_group_are_refused() -> None:
    with pytest.raises(ebf.InputError, match=RULES):
        attribute(of_year(2019, 1e5), of_year(2020, 2e5), groups=MONEY)


def test_a_parameter_read_under_one_law_alone_is_no_cause() -> None:
    # computer technology for Tiers 1 and 2 is a second amount from FY2019 on
    row = {"unit_id": unit_id(1), "organization_type": "unit", "prior_year_tier": 1}
    row |= {f"school_enrollment_{band}": 0 for band in ("elementary", "middle")}
    row["school_enrollment_high"] = 100
    name = "computer_technology_cost"
    known = dict(ebf.law(2018).in_force)
    del known["computer_technology.tier_1_and_2"]
    unaware = replace(ebf.law(2018), in_force=known)
    old = ebf.calculate(pd.DataFrame([row]), unaware, lines=[name])
    law = ebf.law(2022, computer_technology_every_unit=300)
    new = ebf.calculate(pd.DataFrame([row]), law, lines=[name])
    found = attribute(old, new, f"{name}_high").parts.loc[unit_id(1)]
    # every unit's amount 285.50 to 300; the second amount is 285.50, and with it comes the rule
    assert found["change"] == pytest.approx(1_450 + 28_550)
    assert found["per-student amounts"] == pytest.approx(1_450)
    assert found["the law"] == pytest.approx(28_550)
    said = " ".join(attribute(old, new, f"{name}_high").assumptions)
    assert "one of the two laws alone" in said
    assert "computer_technology_tier_1_and_2" in said


def test_a_line_that_one_law_alone_computes_is_not_taken_as_handed_over() -> None:
    # FY2024 counts the third preceding year as no less than the fourth
    row = {"unit_id": unit_id(1), "organization_type": "elementary"}
    for year, pupils in zip(
        ("first", "second", "third", "fourth"), (60, 60, 120, 240), strict=True
    ):
        for date in ("october", "march"):
            for name in ebf.EnrollmentByGrade.model_fields:
                row[f"{date}_enrollment_{year}_preceding_year_{name}"] = "0"
            row[f"{date}_enrollment_{year}_preceding_year_grade_1"] = str(pupils)
    frame, line = pd.DataFrame([row]), "average_student_enrollment"
    before, after = (ebf.calculate(frame, ebf.law(year), lines=[line]) for year in (2023, 2024))
    found = attribute(before, after, line)
    # FY2023: second year 120 by the third; mean (60 + 120 + 120) / 3. FY2024: (60 + 60 + 240) / 3
    assert causes_of(found, unit_id(1), *ENDS, "the law") == [100, 120, 20, 20]
    assert not any("counted_enrollment" in sentence for sentence in found.assumptions)


# --- The default groups --------------------------------------------------------------------

EVERY_NAME = sorted(
    {
        *(entry.name for entry in entries().values()),
        *parameters(),
        *SALARY_COLUMNS,
        "organization_type",
        "region",
        RULES,
        UNITS,
    }
)


def test_every_name_there_is_has_one_default_group() -> None:
    groups = default_groups(EVERY_NAME)
    named = sorted(name for members in groups.values() for name in members)
    assert named == EVERY_NAME


@pytest.mark.parametrize(
    ("group", "names"),
    {
        "enrollment": (
            "october_enrollment_first_preceding_year",
            "average_student_enrollment",
            "full_day_kindergarten_declared",
            "school_enrollment",
        ),
        "low-income pupils": ("low_income_count_first_preceding_year", "low_income_count"),
        "English learners": ("english_learner_count_third_preceding_year",),
        "wages": ("regionalization_factor", "comparable_wage_index", "teacher_salary"),
        "per-student amounts": (
            "gifted",
            "central_services_salary_part",
            "prior_year_tier",
            "per_student_investments_not_subject_to_regionalization",
        ),
        "prepared Adequacy Target": ("adequacy_target", "core_teacher_cost"),
        "core investments": ("core_investments",),
        "additional investments": ("additional_investments", "special_education_investments"),
        "property and receipts": (
            "original_eav_first_preceding_tax_year",
            "operating_tax_rate",
            "ptell_limiting_rate",
            "local_capacity_percentage",
            "equalized_assessed_valuation",
        ),
        "CPPRT": ("corporate_personal_property_replacement_tax",),
        "base funding": (
            "base_funding_minimum",
            "prior_year_tier_funding",
            "property_tax_relief_grant",
            "general_state_aid_fy2017",
            "english_learner_education_fy2017",
            "supplemental_grant_funding_fy2017",
            "adjusted_base_funding_minimum",
        ),
        "prepared resources": ("final_resources", "final_percent_of_adequacy"),
        "new money": (
            "new_state_funds",
            "appropriated_new_state_funds",
            "minimum_funding_level",
        ),
        "the law": (
            "tier_1_share",
            "tier_2_target_ratio",
            "core_teacher_low_income",
            "employee_benefits_share",
            "pension_credit",
            RULES,
        ),
    }.items(),
)
def test_default_groups_by_name(group: str, names: tuple[str, ...]) -> None:
    assert default_groups(names) == {group: tuple(sorted(names))}


def from_counts(**changes: object) -> ebf.Ledger:
    """Two districts from their counts to the Adequacy Target, the first with changes."""
    rows = [raw_row(**changes), raw_row(unit_id=unit_id(2), regionalization_factor=1.0)]
    law = ebf.law(2022)
    return ebf.calculate(
        pd.DataFrame(rows), law.with_amounts(salaries=SALARIES), lines=["adequacy_target"]
    )


def test_counts_and_wages_of_an_adequacy_target() -> None:
    changes = {"regionalization_factor": 1.0, "english_learner_count_first_preceding_year": 500}
    before, after = from_counts(), from_counts(**changes)
    found = attribute(before, after, "adequacy_target")
    first, second = found.parts.to_dict("records")
    assert first["wages"] > 0 < first["English learners"]
    assert first["wages"] + first["English learners"] == pytest.approx(first["change"], abs=NOISE)
    assert second["change"] == second["wages"] == second["English learners"] == 0
    assert [*found.changed] == ["English learners", "wages"]


def test_a_column_of_a_banded_line() -> None:
    before, after = from_counts(), from_counts(low_income_count_first_preceding_year=600)
    found = attribute(before, after, "core_teacher_fte_k_3").parts["low-income pupils"]
    expected = after.units["core_teacher_fte_k_3"] - before.units["core_teacher_fte_k_3"]
    assert found.tolist() == expected.tolist()
    assert found.iloc[0] > 0
    with pytest.raises(ebf.InputError, match="core_teacher_fte_k_3"):
        attribute(before, after, "core_teacher_fte")


@cache
def sample(money: float, more: float = 1.0) -> ebf.Ledger:
    units = ebf.sample().units
    for name in units.columns:
        if name.startswith(("original_eav", "corporate_personal")):
            units[name] *= more
    return ebf.calculate(
        units, ebf.law(2022, salaries=ebf.sample().law.salaries, new_state_funds=money)
    )


def test_the_sample_state_from_counts() -> None:
    found = attribute(sample(3e8), sample(3.5e8, 1.05))
    assert_parts_sum_to_the_change(found)
    assert {*found.changed} == {"new money", "CPPRT", "property and receipts"}
    pennies = CENT * len(found.parts)
    assert found.statewide["new money"] == pytest.approx(5e7, abs=pennies)
    assert found.statewide["CPPRT"] == pytest.approx(0, abs=pennies)


def test_nothing_changed_has_no_parts() -> None:
    found = attribute(sample(3e8), sample(3e8))
    assert not found.changed
    assert (found.parts.drop(columns=["before", "after"]) == 0).all(axis=None)


def one_cause_each(causes: int) -> tuple[ebf.Ledger, ebf.Ledger, dict[str, list[str]]]:
    """Two ledgers of nine units, and so many changes of nine, each a group."""
    numbers = range(1, 10)
    names = ("tier_1_share", "tier_2_share", "tier_1_gap_share", "tier_2_target_ratio")
    moved = {"tier_1_share": -0.01, "tier_2_share": 0.01}
    value = {name: ebf.law(2022).value(name).item() for name in names}
    changes: dict[str, Any] = {n: each + moved.get(n, -0.01 * each) for n, each in value.items()}
    changes = dict(list(changes.items())[: causes - 5])
    before = paid([dollars(n, 1e6, 5e5, 0.1) for n in numbers], 1e5)
    law = ANY_AMOUNT.with_amounts(changes)
    after = paid([dollars(n, 1.1e6, 5.1e5, 0.11, 110) for n in numbers], 2e5, law)
    of_data = [name for names in EVERY_CAUSE.values() for name in names]
    return before, after, {name: [name] for name in (*of_data, *changes)}


@pytest.mark.parametrize("causes", [5, 7, 9])
def test_states_are_solved_a_few_at_a_time_and_each_once(
    monkeypatch: pytest.MonkeyPatch, causes: int
) -> None:
    runs: list[int] = []

    def counted(steps: Any, values: Mapping[str, Values], *, rounding: bool) -> dict[str, Values]:
        found = evaluate(steps, values, rounding=rounding)
        if "tier_funding" in {step.name for step in steps}:
            runs.append(len(found["tier_funding"]))
        return found

    before, after, groups = one_cause_each(causes)
    monkeypatch.setattr(between, "evaluate", counted)
    found = attribute(before, after, groups=groups)
    assert len(found.changed) == causes
    assert sum(runs) == 2**causes
    assert max(runs) <= 32
    assert_parts_sum_to_the_change(found)


def test_a_step_is_computed_as_often_as_its_own_causes_move_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    times: Counter[str] = Counter()

    def counted(steps: Any, values: Mapping[str, Values], *, rounding: bool) -> dict[str, Values]:
        found = evaluate(steps, values, rounding=rounding)
        times.update({step.name: len(found[step.name]) for step in steps})
        return found

    before, after, groups = one_cause_each(9)
    monkeypatch.setattr(between, "evaluate", counted)
    attribute(before, after, groups=groups)
    assert times["in_distribution"] <= 2  # the target alone moves it
    assert times["final_percent_of_adequacy"] <= 2 * 32  # and resources, decided among the last
    assert times["tier_1_allocation"] <= 2 * 32  # money and a share
    assert times["tier_funding"] == 2**9


# --- Blanks --------------------------------------------------------------------------------


def with_capacity(capacity: float | None, resources: float, target: float = 1e6) -> ebf.Ledger:
    rows = (dollars(1, target, resources, 0.5), dollars(2, 1e6, 6e5, 0.2))
    frame = frame_of(rows).astype({"local_capacity_percentage": float})
    frame.loc[0, "local_capacity_percentage"] = np.nan if capacity is None else capacity
    return ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=1e5))


def test_a_percentage_blank_on_one_side_is_taken_as_unchanged() -> None:
    # in Tier 3 before, where nobody reads it
    found = attribute(with_capacity(None, 9.5e5), with_capacity(0.3, 7e5))
    known = attribute(with_capacity(0.3, 9.5e5), with_capacity(0.3, 7e5))
    assert_frame_equal(found.parts, known.parts)
    assert "local_capacity_percentage" in " ".join(s for s in found.assumptions if "blank" in s)
    assert not any("blank" in sentence for sentence in known.assumptions)


def test_a_percentage_blank_on_both_sides_and_needed_between_is_refused_with_the_remedy() -> None:
    # Tier 3 on both sides; with the old resources and the new target, Tier 2
    old, new = with_capacity(None, 9.5e5), with_capacity(None, 11.4e5, target=1.2e6)
    with pytest.raises(ebf.InputError, match="between the two ledgers") as caught:
        attribute(old, new)
    assert {each.place.words for each in caught.value.faults} == {
        (unit_id(1), "local_capacity_percentage")
    }
    (fix,) = {each.fix for each in caught.value.faults}
    assert fix == (
        "hand it over, or say estimate_percentages=True (--estimate-percentages), which takes "
        "adjusted_local_capacity_target / adequacy_target for it"
    )
    with pytest.raises(ebf.InputError, match="between the two ledgers"):
        attribute(old, new, estimate_percentages=True)  # nothing to estimate it from


def with_local(
    capacity: float | None, local: float, target: float, resources: float, **options: Any
) -> ebf.Ledger:
    """A unit that is in Tier 3 by itself, and one in Tier 1; without blanks but for the first."""
    rows = (dollars(1, target, resources, 0.5), dollars(2, 1e6, 6e5, 0.2))
    frame = frame_of(rows).astype({"local_capacity_percentage": float})
    frame["adjusted_local_capacity_target"] = [local, 2e5]
    frame.loc[0, "local_capacity_percentage"] = np.nan if capacity is None else capacity
    return ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=1e5), **options)


@pytest.mark.parametrize("arithmetic", ["fast", "exact"])
@pytest.mark.parametrize(
    ("local", "estimates"),
    [
        ((350_000, 370_000), (0.35, 0.3083)),  # 0.30833 is cut
        ((950_000, 600_000), (0.9, 0.5)),  # at most 0.90, (c)(3)
        ((123_456, 1_140_000), (0.1234, 0.9)),
    ],
)
def test_a_percentage_is_estimated_on_request(
    arithmetic: str, local: tuple[float, float], estimates: tuple[float, float]
) -> None:
    sides = tuple(zip(local, (1e6, 1.2e6), (9.5e5, 11.4e5), strict=True))
    blank = [with_local(None, *side, arithmetic=arithmetic) for side in sides]
    known = [
        with_local(each, *side, arithmetic=arithmetic)
        for each, side in zip(estimates, sides, strict=True)
    ]
    found = attribute(blank[0], blank[1], estimate_percentages=True)
    assert_frame_equal(found.parts, attribute(known[0], known[1]).parts)
    assert found.estimated == (unit_id(1),)
    said = [each for each in found.assumptions if each.startswith("An estimate")]
    assert f"local_capacity_percentage of 1 unit ({unit_id(1)})." in said[0]
    assert said[0] in " ".join(found.to_text().split())


def test_what_no_state_between_needs_is_not_called_an_estimate() -> None:
    # Tier 3 in every state
    old, new = with_local(None, 3e5, 1e6, 9.5e5), with_local(None, 3e5, 1e6, 9.6e5)
    found = attribute(old, new, estimate_percentages=True)
    assert found.estimated == ()
    assert not any("estimate" in each for each in found.assumptions)
    assert_frame_equal(found.parts, attribute(old, new).parts)


# --- Units that came or went ---------------------------------------------------------------

STAYS, GOES, COMES = dollars(1, 1e6, 1e7, 0.1), dollars(2, 1e6, 1e7, 0.1), dollars(3, 3e6, 1e7, 0.1)


def test_units_that_came_or_went_by_hand() -> None:
    # all in Tier 4: of one million a half; of two, beside thrice the target, a quarter
    before, after = paid((STAYS, GOES), 1e6), paid((STAYS, COMES), 2e6)
    found = attribute(before, after, groups=MONEY)
    # paid 500; with the money 1,000; with the others 250; with both 500 (thousands)
    assert found.parts.to_dict("index") == {
        unit_id(1): {
            "before": 500_000,
            "after": 500_000,
            "change": 0,
            "money": 375_000,
            UNITS: -375_000,
        }
    }
    assert found.changed == {"money": ("new_state_funds",), UNITS: (UNITS,)}
    expected = pd.DataFrame(
        {"before": [500_000, np.nan], "after": [np.nan, 1_500_000.0]},
        index=pd.Index([unit_id(2), unit_id(3)], name="unit_id"),
    )
    assert_frame_equal(found.alone, expected)
    assert f"1 unit ({unit_id(2)}) only in before: set aside, in no row and no sum." in (
        found.left_out
    )
    assert f"1 unit ({unit_id(3)}) only in after: set aside, in no row and no sum." in (
        found.left_out
    )
    assert "Units of one ledger alone" in found.to_text()


def test_units_that_came_are_a_cause_in_a_group_of_the_callers() -> None:
    before, after = paid((STAYS,), 1e6), paid((STAYS, COMES), 2e6)
    together = attribute(before, after, groups={"all": ["new_state_funds", UNITS]})
    assert causes_of(together, unit_id(1), *ENDS, "all") == [1e6, 5e5, -5e5, -5e5]
    by_itself = attribute(before, after)
    assert [*by_itself.changed] == ["new money", UNITS]
    back = attribute(after, before)
    for cause in ("new money", UNITS):
        assert back.parts[cause].tolist() == (-by_itself.parts[cause]).tolist()
    one = attribute(before, after, unit_id=unit_id(1))
    assert row_of(one, unit_id(1))[UNITS] == row_of(by_itself, unit_id(1))[UNITS]


def test_a_statewide_line_of_other_units() -> None:
    before, after = paid((STAYS, GOES), 1e6), paid((STAYS, COMES), 1e6)
    found = attribute(before, after, "statewide_adequacy_target")
    assert causes_of(found, "statewide", *ENDS, UNITS) == [2e6, 4e6, 2e6, 2e6]
    assert found.alone.index.tolist() == [unit_id(2), unit_id(3)]


def test_many_units_that_went_are_counted_and_the_first_named() -> None:
    gone = [dollars(n, 1e6, 5e5, 0.1) for n in range(2, 15)]
    found = attribute(paid((STAYS, *gone), 1e5), paid((STAYS,), 1e5))
    (said,) = (each for each in found.left_out if "set aside" in each)
    assert said.startswith(f"13 units ({unit_id(2)}, ")
    assert f"{unit_id(11)} and 3 more) only in before" in said
    assert len(found.alone) == 13


@examples
@given(two_years(), st.integers(1, 3), st.integers(1, 3))
def test_other_units_are_a_cause_as_whole_runs_have_it(
    years: tuple[State, State], gone: int, came: int
) -> None:
    old, new = years
    assume(len(old.rows) > gone + came)
    old, new = old._replace(rows=old.rows[gone:]), new._replace(rows=new.rows[:-came])
    data = [name for cause in EVERY_CAUSE.keys() - {"money"} for name in EVERY_CAUSE[cause]]
    groups = MONEY | {"data": data, UNITS: [UNITS]}
    found = attribute(*ledgers((old, new)), groups=groups)
    assert_parts_sum_to_the_change(found)
    common = old.frame["unit_id"][old.frame["unit_id"].isin(new.frame["unit_id"])].tolist()
    assert found.parts.index.tolist() == common

    def run(causes: frozenset[str]) -> Floats:
        first, second = (each.frame.set_index("unit_id") for each in (old, new))
        frame = (second if UNITS in causes else first).copy()
        there = [name for name in data if name in frame]
        frame.loc[common, there] = (second if "data" in causes else first).loc[common, there]
        money = new.new_state_funds if "money" in causes else old.new_state_funds
        ledger = ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=money))
        funding: Floats = ledger.units.loc[common, "tier_funding"].to_numpy(np.float64)
        return funding

    for cause, expected in means_over_orders([*groups], run).items():
        assert np.abs(found.parts[cause] - expected).max() <= CENT, cause


# --- What is refused ---------------------------------------------------------------------


def faults_of(*arguments: Any, **named: Any) -> dict[tuple[str, str], ebf.Fault]:
    with pytest.raises(ebf.InputError) as caught:
        attribute(*arguments, **named)
    return {each.place.words: each for each in caught.value.faults}


TWO = of_four(0, 0), of_four(1, 1)


def test_faults_of_groups_come_all_at_once() -> None:
    groups = {
        "target": ["adequacy_tarjet", "average_student_enrollment"],
        "pupils": ["average_student_enrollment"],
        "tiers": ["tier"],
        "change": ["new_state_funds"],
        OTHERS: ["final_resources"],
    }
    found = faults_of(*TWO, groups=groups)
    assert found.keys() == {
        ("groups", name)
        for name in (
            "adequacy_tarjet",
            "average_student_enrollment",
            "tier",
            "change",
            OTHERS,
            "adequacy_target",
            "local_capacity_percentage",
        )
    }
    assert "adequacy_target" in found["groups", "adequacy_tarjet"].fix
    assert "'target', 'pupils'" in found["groups", "average_student_enrollment"].found
    assert found["groups", "tier"].found == "computed"
    assert "no group" in found["groups", "adequacy_target"].found


def test_changes_that_the_line_does_not_read_need_no_group() -> None:
    rows = (FOUR[0, 0][0], OTHER_UNIT)
    richer = tuple(row._replace(base=100_000 * CENTS) for row in rows)
    found = attribute(paid(rows, 1e5), paid(richer, 2e5), groups=MONEY)
    assert (found.parts["money"] == found.parts["change"]).all()
    assert ("groups", "base_funding_minimum") in faults_of(
        paid(rows, 1e5), paid(richer, 2e5), "total_state_contribution", MONEY
    )


def test_other_columns_and_units_are_named_all_at_once() -> None:
    before = paid((dollars(1, 1e6, 5e5, 0.1), dollars(2, 1e6, 5e5, 0.1)), 1e5)
    frame = frame_of((dollars(1, 1e6, 5e5, 0.1), dollars(3, 1e6, 5e5, 0.1)))
    after = ebf.calculate(
        frame.drop(columns="base_funding_minimum"),
        ANY_AMOUNT.with_amounts(new_state_funds=1e5),
        rounding=False,
    )
    found = faults_of(before, after, "tier_fundin", {"x": ["tear"]}, unit_id="nobody")
    assert found.keys() == {
        ("ledgers", "base_funding_minimum"),
        ("ledgers", "rounding"),
        ("ledgers", "tier_fundin"),
        ("ledgers", "unit_id"),
        ("groups", "tear"),
    }
    assert "tier_funding" in found["ledgers", "tier_fundin"].fix
    one_alone = faults_of(before, paid((dollars(1, 1e6, 5e5, 0.1),), 1e5), unit_id=unit_id(2))
    assert one_alone["ledgers", "unit_id"].allowed == "the id of a unit in both"


def test_ledgers_without_a_unit_in_common_are_refused() -> None:
    found = faults_of(paid((STAYS,), 1e5), paid((COMES,), 1e5))
    assert found["ledgers", "unit_id"].found == "no unit in both"


def test_exact_and_fast_ledgers_do_not_mix() -> None:
    found = faults_of(TWO[0], TWO[1].exact)
    assert found["ledgers", "arithmetic"].found == "fast and exact"


def test_several_scenarios_are_refused() -> None:
    rows = (FOUR[0, 0][0], OTHER_UNIT)
    many = ebf.calculate(frame_of(rows), ANY_AMOUNT.with_amounts(new_state_funds=[1e5, 2e5]))
    found = faults_of(many, many)
    assert found.keys() == {("before", "scenario"), ("after", "scenario")}
    chosen = attribute(many.scenario(0), many.scenario(1))
    assert [*chosen.changed] == ["new money"]


def test_a_line_that_was_handed_over_is_refused() -> None:
    assert faults_of(*TWO, "adequacy_target")["ledgers", "adequacy_target"].found == "not computed"


def test_too_many_changed_groups_are_refused_and_few_enough_not() -> None:
    rows = [raw_row(), raw_row(unit_id=unit_id(2))]
    names = sorted(
        name for name in parameters() if name.endswith("students_per_fte") and name in EVERY_NAME
    )[:17]
    law = ebf.law(2022)
    amounts = {name: np.ravel(law.value(name)) + 1 for name in names}
    before, after = (
        ebf.calculate(
            pd.DataFrame(rows), each.with_amounts(salaries=SALARIES), lines=["adequacy_target"]
        )
        for each in (law, law.with_amounts(amounts))
    )
    one_each = {name: [name] for name in names}
    (fault,) = faults_of(before, after, "adequacy_target", one_each).values()
    assert fault.found == "17 changed groups"
    assert fault.allowed == "at most 16"
    few = {"all": names}
    assert attribute(before, after, "adequacy_target", few).changed == {"all": tuple(names)}


# --- As text and HTML --------------------------------------------------------------------

HOSTILE = "<script>\x1b[31m & 'x'"


def hostile() -> Attribution:
    frames = [
        frame_of((row, OTHER_UNIT)).assign(name=HOSTILE) for row in (FOUR[0, 0][0], FOUR[1, 1][0])
    ]
    both = [ebf.calculate(each, ANY_AMOUNT.with_amounts(new_state_funds=PLENTY)) for each in frames]
    return attribute(both[0], both[1], groups={HOSTILE: ["adequacy_target"]} | CAPACITY)


@pytest.mark.parametrize("width", [60, 100, 140])
def test_text_says_what_is_held_fixed_and_shows_the_numbers(width: int) -> None:
    text = attribute(*TWO, groups=TARGET | CAPACITY).to_text(width)
    assert max(map(len, text.splitlines())) <= width
    words = " ".join(text.split())
    for sentence in attribute(*TWO, groups=TARGET | CAPACITY).assumptions:
        assert " ".join(sentence.split()) in words
    for number in ("58,500.00", "43,500.00", "102,000.00", "152,000.00"):
        assert number in text
    assert "-0.00" not in text


def test_assumptions_name_what_is_held_fixed() -> None:
    said = " ".join(attribute(*TWO).assumptions)
    assert "re-solves the whole state: target ratio, rates, floor" in said
    assert "final_resources" in said
    assert "all units at once" in said
    one = " ".join(attribute(*TWO, unit_id=unit_id(1)).assumptions)
    assert OTHERS in one
    assert "all units at once" not in one


def test_html_is_whole_escaped_and_has_the_assumptions() -> None:
    found = hostile()
    page = found.to_html()
    assert "<script" not in page
    assert "\x1b" not in page + str(found)
    assert found._repr_html_() in page
    body = ET.fromstring(found._repr_html_())  # noqa: S314 - our own text
    shown = "".join(body.itertext())
    for sentence in found.assumptions:
        assert sentence in shown
    assert shown.count("<script>␛[31m & 'x'") >= 4
    assert "58,500.00" in shown
    said = replace(found, assumptions=("<b>",))
    assert "<b>" not in said.to_html()
    assert "- <b>" in said.to_text()


def test_a_unit_alone_is_shown_by_its_way_from_before_to_after() -> None:
    found = attribute(*TWO, groups=TARGET | CAPACITY, unit_id=unit_id(1))
    assert unit_id(1) in found.to_text().splitlines()[0]
    assert "changed most" not in found.to_text()
    assert found.waterfall()["change"].tolist() == pytest.approx(
        [50_000, 58_500, 43_500, 0, 152_000]
    )
    assert str(found) == found.to_text()
    assert "parts" not in repr(found)


# --- The published years -------------------------------------------------------------------

CAME = "5100000000095"
"""An Alternative Learning Opportunities Program in FY2022's sheet, and in no year before."""


@cache
def state_of(folder: Path, year: int) -> ebf.State:
    """A published Base Calc sheet."""
    return ebf.read(folder / "base_calc.xlsx", sheet=str(year))


@cache
def sheet_of(folder: Path, year: int) -> ebf.Ledger:
    """The same, computed."""
    return ebf.calculate(*state_of(folder, year))


def two_of(folder: Path, before: int, after: int) -> tuple[ebf.Ledger, ebf.Ledger]:
    return sheet_of(folder, before), sheet_of(folder, after)


def assert_published(found: Attribution, folder: Path, before: int, after: int) -> None:
    """Every common unit goes from what was published to what was, part by part."""
    old, new = (units_of(folder, year)["tier_funding"] for year in (before, after))
    common = old.index.intersection(new.index)
    parts = found.parts
    assert {*parts.index} == {*common}
    assert (parts["before"] - old[parts.index]).abs().max() < CENT / 2
    assert (parts["after"] - new[parts.index]).abs().max() < CENT / 2
    published = (new - old)[parts.index]
    assert (parts[groups_of(found)].sum(axis=1) - published).abs().max() < CENT / 2
    assert {*found.alone.index} == {*old.index.symmetric_difference(new.index)}


def test_published_years_are_split_whole(published: Path) -> None:
    before, after = (distributed(published, year) for year in (2020, 2022))
    found = attribute(before, after)
    assert len(found.parts) == 921
    assert_published(found, published, 2020, 2022)
    assert {*found.changed} == {
        "enrollment",
        "prepared Adequacy Target",
        "property and receipts",
        "prepared resources",
        "new money",
        UNITS,
    }
    assert found.estimated == ()


@pytest.mark.parametrize(("before", "after"), [(2018, 2020), (2018, 2022), (2020, 2022)])
def test_published_sheets_are_split_whole(published: Path, before: int, after: int) -> None:
    found = attribute(*two_of(published, before, after), estimate_percentages=True)
    assert len(found.parts) == 921
    assert_published(found, published, before, after)
    changed = {"core investments", "additional investments", "per-student amounts", "wages"}
    changed |= {"enrollment", "property and receipts", "CPPRT", "base funding", "new money", UNITS}
    assert {*found.changed} == changed | ({"the law"} if before == 2018 else set())
    assert "prepared Adequacy Target" not in found.parts
    assert 0 < len(found.estimated) < 30
    assert f"{len(found.estimated)} units (" in found.assumptions[-1]
    assert (CAME in found.alone.index) == (after == 2022)


def test_published_sheets_name_the_remedy_of_blank_percentages(published: Path) -> None:
    found = faults_of(*two_of(published, 2020, 2022))
    assert {name for _, name in found} == {"local_capacity_percentage"}
    assert all("estimate_percentages=True" in fault.fix for fault in found.values())


def test_published_money_is_the_states(published: Path) -> None:
    before, after = two_of(published, 2020, 2022)
    common = [unit for unit in before.table.unit_ids if unit in after.table.places]
    both = []
    for year in (2020, 2022):
        units, law = state_of(published, year)
        both.append(ebf.calculate(units[units["unit_id"].isin(common)], law))
    found = attribute(both[0], both[1], estimate_percentages=True)
    # all money is paid out in every state between, but for less than a cent a unit
    less = both[1].values["new_state_funds"].item() - both[0].values["new_state_funds"].item()
    pennies = CENT * len(found.parts)
    assert found.statewide["new money"] == pytest.approx(less, abs=pennies)
    for cause in found.changed.keys() - {"new money"}:
        assert found.statewide[cause] == pytest.approx(0, abs=pennies)


def test_published_change_of_one_unit_with_the_others_apart(published: Path) -> None:
    before, after = (distributed(published, year) for year in (2020, 2022))
    chicago = "1501629902500"
    found = attribute(before, after, unit_id=chicago)
    assert_parts_sum_to_the_change(found)
    parts = row_of(found, chicago)
    assert parts[OTHERS] != 0
    whole = row_of(attribute(before, after), chicago)
    assert parts["change"] == whole["change"]
    assert parts[UNITS] != 0 != whole[UNITS]
    exact = {name: Fraction(str(value)) for name, value in parts.items()}
    assert abs(sum(exact[cause] for cause in found.changed) - exact["change"]) < Fraction(1, 10**6)
    # its own resources grew, which alone would have it paid less
    resources = [ledger.units["final_resources"].to_dict()[chicago] for ledger in (before, after)]
    assert resources[0] < resources[1]
    assert parts["prepared resources"] < 0


def test_arguments_of_another_type_are_refused() -> None:
    ledger = of_four(1, 1)
    wrong: Any = {"a": None}
    with pytest.raises(ebf.InputError, match=r"groups\['a'\]: found None"):
        attribute(ledger, ledger, groups=wrong)
    several: Any = ["x"]
    with pytest.raises(ebf.InputError, match="unit_id"):
        attribute(ledger, ledger, groups=EVERY_CAUSE).waterfall(several)
