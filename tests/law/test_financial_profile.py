"""The financial profile and the growth of administrative costs: by hand, and by another hand."""

from __future__ import annotations

import doctest
import sys
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import depth
import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference.neighbors import financial as second
from typer.testing import CliRunner

import ebf
from ebf.doors.command import app
from ebf.language.line import Line
from ebf.language.vocabulary import bands, units
from ebf.law.administrative_costs import ADMINISTRATIVE_COSTS, FUNCTIONS
from ebf.law.financial_profile import FINANCIAL_PROFILE
from ebf.law.reading import readings_of
from ebf.reports.financial_profile import DESIGNATIONS

PROFILE, COSTS = FINANCIAL_PROFILE.section, ADMINISTRATIVE_COSTS.section
STATUTES = (FINANCIAL_PROFILE, ADMINISTRATIVE_COSTS)
LINES = [
    line
    for each in STATUTES
    for line in chain(each.all_lines, *each.alternatives.values())
]  # fmt: skip
INDICATORS = {
    "fund_balance_to_revenue": "fund_balance_to_revenue",
    "expenditure_to_revenue": "expenditure_to_revenue",
    "days_cash_on_hand": "days_cash",
    "short_term_borrowing_left": "short_term_borrowing_left",
    "long_term_borrowing_left": "long_term_borrowing_left",
}
"""The indicators, and what the second computation calls them."""
BEST = dict(zip(INDICATORS, (0.25, 1.0, 180, 0.75, 0.75), strict=True))
NOW = [f"administrative_expenditure_{each}" for each in FUNCTIONS.names]
BEFORE = [f"prior_year_{each}" for each in NOW]


EXACT = {Fraction, int, bool, np.int64, np.bool_}
"""What exact arithmetic leaves; no float."""


def rows(count: int, **columns: object) -> pd.DataFrame:
    ids = [f"{number:02d}00100102600" for number in range(1, count + 1)]
    return pd.DataFrame({"unit_id": ids, "organization_type": "unit", **columns})


def scored(**changed: object) -> pd.Series:
    """One district, the best in every indicator that is not changed."""
    frame = ebf.financial_profile(rows(1, **BEST | changed), 2022).frame
    found: pd.Series = frame.iloc[0]
    return found


def costs(
    now: Iterable[float], before: Iterable[float], pupils: Iterable[float], **columns: object
) -> ebf.FinancialProfile:
    """Districts with all their costs in one function."""
    now = [*now]
    of_others = dict.fromkeys([*NOW[1:], *BEFORE[1:]], 0.0)
    table = rows(
        len(now),
        **{NOW[0]: now, BEFORE[0]: [*before], "average_student_enrollment": [*pupils]},
        **of_others | columns,
    )
    return ebf.financial_profile(table, 2022)


# --- By hand ------------------------------------------------------------------------------


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.name} of {line.reads[0]}")
def test_every_line_has_a_worked_example_that_runs(line: Line) -> None:
    names = {**vars(sys.modules[line.function.__module__]), "units": units, "bands": bands}
    example = doctest.DocTestParser().get_doctest(line.rule, names, line.name, None, 0)
    assert example.examples
    told: list[str] = []
    doctest.DocTestRunner(verbose=False).run(example, out=told.append)
    assert not told, "".join(told)


@pytest.mark.parametrize(
    ("changed", "score", "designation"),
    [
        ({}, 4.0, "Recognition"),
        ({"days_cash_on_hand": 0}, 3.7, "Recognition"),  # 4 less 0.1 x 3
        ({"expenditure_to_revenue": 1.05, "days_cash_on_hand": 179}, 3.55, "Recognition"),
        ({"fund_balance_to_revenue": 0.05}, 3.3, "Review"),  # 4 less 0.35 x 2
        ({"fund_balance_to_revenue": -0.01, "days_cash_on_hand": 100}, 2.85, "Early Warning"),
        # 3, 4 and three times 2 points: 2.45 + 0.6, which no longer is Review
        (dict(zip(INDICATORS, (0.1, 1, 30, 0.25, 0.25), strict=True)), 3.05, "Early Warning"),
        (dict(zip(INDICATORS, (-1, 2, 0, 0, -1), strict=True)), 1, "Watch"),
    ],
)
def test_scores_by_hand(changed: dict[str, float], score: float, designation: str) -> None:
    found = scored(**changed)
    assert found["financial_profile_score"] == pytest.approx(score, abs=1e-12)
    assert found["financial_profile_designation"] == designation


@pytest.mark.parametrize(
    ("indicator", "values"),
    [  # of 4, 3, 2 and 1 points: on the step, and next to it on the worse side
        ("fund_balance_to_revenue", [0.25, 0.1, 0, -0.000001]),
        ("expenditure_to_revenue", [1, 1.1, 1.2, 1.200001]),
        ("days_cash_on_hand", [180, 90, 30, 29.999]),
        ("short_term_borrowing_left", [0.75, 0.5, 0.25, 0.249999]),
        ("long_term_borrowing_left", [0.75, 0.5, 0.25, 0.249999]),
    ],
)
def test_an_indicator_on_a_step_reaches_it(indicator: str, values: list[float]) -> None:
    table = rows(4, **{**BEST, indicator: values})
    ledger = ebf.financial_profile(table, 2022).ledger
    short = {"fund_balance_to_revenue": "fund_balance", "expenditure_to_revenue": "expenditure"}
    name = short.get(indicator, indicator.removesuffix("_left").removesuffix("_on_hand"))
    assert ledger.units[f"{name}_points"].tolist() == [4, 3, 2, 1]


def test_indicators_of_dollars() -> None:
    """Of the sample's second district, by hand."""
    found = ebf.financial_profile(ebf.sample_table("financial_profile"), 2022)
    second_one = found.frame.loc["0100100202600"]
    assert second_one["fund_balance_to_revenue"] == 900_000 / 9_800_000
    assert second_one["expenditure_to_revenue"] == 10_400_000 / 9_800_000
    assert second_one["days_cash_on_hand"] == 45  # 1,300,000 x 360 / 10,400,000
    assert second_one["short_term_borrowing_left"] == pytest.approx(0.8)  # 300,000 of 1,500,000
    assert second_one["long_term_borrowing_left"] == pytest.approx(11.5 / 20.5)
    # 2, 3, 2, 4 and 3 points: 0.70 + 1.05 + 0.2 + 0.4 + 0.3
    assert second_one["financial_profile_score"] == pytest.approx(2.65)
    assert second_one["financial_profile_designation"] == "Early Warning"
    assert found.designations["districts"].tolist() == [3, 1, 2, 1]
    # units' rates are 0.0585, 0.0512, 0.0431 and 0.0489: their mean is 0.050425
    assert second_one["effort_mean_rate_of_type"] == pytest.approx(0.050425)
    assert second_one["effort_by_rate"] == pytest.approx(0.0512 / 0.050425)
    table = rows(1, **BEST, local_revenue=4e6, effort_eav=1e8)
    assert ebf.financial_profile(table, 2022).frame["effort_by_revenue"].item() == 0.04


def test_growth_by_hand() -> None:
    found = costs([105, 105.01, 50, 10], [100, 100, 100, 0], [10, 10, 10, 10]).frame
    assert found["administrative_growth_above_limit"].tolist() == [False, True, False, True]
    assert found["administrative_growth"][:3].tolist() == pytest.approx([0.05, 0.0501, -0.5])
    assert np.isnan(found["administrative_growth"].iloc[3])
    assert found["administrative_costs_above_limit"].round(2).tolist() == [0, 0.01, 0, 10]


def test_the_waiver_by_hand() -> None:
    """Of five units a quarter is 1.25: the second least costs per pupil. Types stand apart."""
    kinds = ["unit"] * 5 + ["elementary", "high_school", "hybrid"]
    before = [50, 10, 40, 20, 30, 99, 98, 97]
    found = costs([1] * 8, before, [1] * 8, organization_type=kinds)
    assert found.frame["may_waive_administrative_limit"].tolist() == [
        *[False, True, False, True, False],
        *[True] * 3,
    ]
    assert found.frame["administrative_costs_percentile_of_type"].tolist() == [20] * 5 + [
        99,
        98,
        97,
    ]
    # of four a quarter is 1: who is exactly at the least may too
    tied = costs([1] * 4, [10, 10, 20, 30], [1] * 4).frame
    assert tied["may_waive_administrative_limit"].tolist() == [True, True, False, False]
    apart = costs([1] * 4, [10, 11, 20, 30], [1] * 4).frame
    assert apart["may_waive_administrative_limit"].tolist() == [True, False, False, False]
    assert any("elementary 1, high_school 1, hybrid 1, unit 5" in s for s in found.assumptions)


def test_other_readings_and_numbers() -> None:
    table = rows(1, **{**BEST, "cash_and_investments": 90.0, "operating_fund_expenditure": 360.0})
    table = table.drop(columns="days_cash_on_hand")
    by_360 = ebf.financial_profile(table, 2022)
    assert by_360.frame["days_cash_on_hand"].item() == 90
    by_365 = ebf.financial_profile(table, 2022, readings={PROFILE: {2: "days_365"}})
    assert by_365.frame["days_cash_on_hand"].item() == 91.25
    assert any("days_365" in each for each in by_365.assumptions)
    steps = {"financial_profile.days_cash_steps": [100, 95, 90]}
    changed = ebf.financial_profile(table, 2022, amounts={PROFILE: steps})
    assert changed.ledger.units["days_cash_points"].item() == 2
    sample = ebf.sample_table("financial_profile")
    same = ebf.financial_profile(sample, 2022, readings={COSTS: {4: "same_year"}}).frame
    assert same["administrative_costs_per_pupil"].iloc[0] == pytest.approx(638_600 / 1_350)
    before = ebf.financial_profile(sample, 2022).frame
    assert before["administrative_costs_per_pupil"].iloc[0] == pytest.approx(620_000 / 1_350)


def test_either_part_may_be_left_out() -> None:
    alone = ebf.financial_profile(rows(1, **BEST), 2022)
    assert [*alone.ledgers] == [PROFILE]
    assert "the table has no column of 17-1.5" in " ".join(alone.left_out)
    pupils = ebf.financial_profile(rows(1, average_student_enrollment=0, **BEST), 2022)
    assert [*pupils.ledgers] == [PROFILE]
    other = costs([1], [1], [1])
    assert [*other.ledgers] == [COSTS]
    assert other.ledger is other.ledgers[COSTS]
    assert other.designations.empty
    assert "the table has no column of 1A-8" in " ".join(other.left_out)
    without = rows(1, **dict.fromkeys([*NOW, *BEFORE], 1.0))
    lacking = " ".join(ebf.financial_profile(without, 2022).left_out)
    assert "may_waive_administrative_limit: the table has no average_student" in lacking


def test_effort_needs_no_accounts() -> None:
    table = rows(2, adjusted_operating_tax_rate=[0.05, 0.03])
    by_rate = ebf.financial_profile(table, 2022)
    assert by_rate.frame["effort_by_rate"].tolist() == pytest.approx([1.25, 0.75])
    assert "financial_profile_designation: the table has no accounts" in " ".join(by_rate.left_out)
    assert by_rate.designations.empty
    beside = table.assign(**dict.fromkeys([*NOW, *BEFORE], 1.0))
    assert [*ebf.financial_profile(beside, 2022).ledgers] == [PROFILE, COSTS]
    revenue = rows(1, local_revenue=4e6, effort_eav=1e8)
    assert ebf.financial_profile(revenue, 2022).frame["effort_by_revenue"].tolist() == [0.04]
    with pytest.raises(ebf.InputError, match=r"^1 fault\n.*effort_eav: found no such column"):
        ebf.financial_profile(revenue.drop(columns="effort_eav"), 2022)


# --- Refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "column", "found"),
    [
        ({"expenditure_to_revenue": None}, "expenditure_to_revenue", "blank"),
        ({"long_term_borrowing_left": "x"}, "long_term_borrowing_left", "'x'"),
        ({"days_cash_on_hand": float("inf")}, "days_cash_on_hand", "inf"),
        ({"organization_type": "regional_program"}, "organization_type", "regional_program"),
        ({"organization_type": "district"}, "organization_type", "'district'"),
        ({"budget": 1}, "budget", "unknown column"),
        ({NOW[0]: 1.0}, ", ".join(NOW[1:]), "no such column"),
        ({"fund_balance_to_revenue": 25}, "fund_balance_to_revenue", "25"),
    ],
)
def test_wrong_and_missing_input_is_named(
    changed: Mapping[str, object], column: str, found: str
) -> None:
    with pytest.raises(ebf.InputError) as error:
        ebf.financial_profile(rows(1, **{**BEST, **changed}), 2022)
    assert (column, found) in [(each.place.words[1], each.found) for each in error.value.faults]


def test_what_cannot_be_scored_is_refused() -> None:
    dollars = ebf.sample_table("financial_profile")
    four = rows(1, **BEST).drop(columns="long_term_borrowing_left")
    with pytest.raises(
        ebf.InputError, match=r"long_term_debt: .*or in its place long_term_borrowing_left"
    ):
        ebf.financial_profile(four, 2022)
    twice = pd.concat([dollars, dollars[["short_term_debt"]]], axis="columns")
    with pytest.raises(
        ebf.InputError, match=r"^1 fault\n.*short_term_debt: found the column twice"
    ):
        ebf.financial_profile(twice, 2022)
    for column, line in (
        ("operating_fund_revenue", "fund_balance_to_revenue"),
        ("short_term_debt_limit", "short_term_borrowing_left"),
        ("average_student_enrollment", "administrative_costs_per_pupil"),
    ):
        with pytest.raises(
            ebf.InputError, match=f"{column}: found 0; allowed: more than 0: {line}"
        ):
            ebf.financial_profile(dollars.assign(**{column: [0, *[5] * 6]}), 2022)
    with pytest.raises(ebf.InputError, match="none of a section"):
        ebf.financial_profile(rows(1), 2022)
    with pytest.raises(ebf.InputError, match=r"operating_fund_balance.*no such column"):
        ebf.financial_profile(dollars.drop(columns="operating_fund_balance"), 2022)
    with pytest.raises(ebf.InputError, match="a whole number from 2018 to 2027"):
        ebf.financial_profile(dollars, 2017)
    weights = {PROFILE: {"financial_profile.weight.days_cash": 0.5}}
    with pytest.raises(ebf.InputError, match=r"found 1\.4 together; allowed: weights that come"):
        ebf.financial_profile(dollars, 2022, amounts=weights)
    years = {PROFILE: {"financial_profile.days_of_a_year": [360, 365]}}
    with pytest.raises(ebf.InputError, match="found several scenarios"):
        ebf.financial_profile(dollars, 2022, amounts=years)
    said: dict[str, Any]
    for said in ({"17-2": {}}, {COSTS: {}}):
        for argument in ("readings", "amounts"):
            with pytest.raises(ebf.InputError, match="a section that is computed: 1A-8"):
                ebf.financial_profile(rows(1, **BEST), 2022, **{argument: said})


# --- Against the second computation, and laws ------------------------------------------------


def near(*steps: float) -> st.SearchStrategy[float]:
    """A ratio in thousandths, on a step and around it more often."""
    around = [step + off for step in steps for off in (-0.001, 0, 0.001)]
    return st.sampled_from(around).map(lambda x: round(x, 3)) | st.integers(-2_000, 3_000).map(
        lambda x: x / 1_000
    )


VALUES = st.tuples(
    near(0.25, 0.1, 0),
    near(1, 1.1, 1.2).map(abs),
    near(180, 90, 30),
    near(0.75, 0.5, 0.25),
    near(0.75, 0.5, 0.25),
)


@depth.FINANCE
@given(st.lists(VALUES, min_size=1, max_size=6))
def test_scores_are_as_computed_by_another_hand(values: list[tuple[float, ...]]) -> None:
    table = rows(len(values), **dict(zip(INDICATORS, zip(*values, strict=True), strict=True)))
    found = ebf.financial_profile(table, 2022)
    exact = found.ledger.exact.values["financial_profile_score"].ravel().tolist()
    for row, value, score in zip(found.frame.itertuples(), values, exact, strict=True):
        of_one = {
            name: Fraction(str(number))
            for name, number in zip(INDICATORS.values(), value, strict=True)
        }
        expected = second.score(of_one)
        assert score == expected
        assert row.financial_profile_score == pytest.approx(float(expected), abs=1e-12)
        assert row.financial_profile_designation == second.designation(expected)
        assert 1 <= expected <= 4


CASES = st.lists(
    st.tuples(
        st.sampled_from(["unit", "hybrid", "elementary", "high_school"]),
        st.lists(st.integers(0, 40), min_size=6, max_size=6),
        st.lists(st.integers(0, 40), min_size=6, max_size=6),
        st.integers(1, 12),
    ),
    min_size=1,
    max_size=9,
)


@depth.FINANCE
@given(CASES)
def test_growth_and_waivers_are_as_computed_by_another_hand(
    cases: list[tuple[str, list[int], list[int], int]],
) -> None:
    kinds, now, before, pupils = zip(*cases, strict=True)
    table = rows(len(cases), organization_type=kinds, average_student_enrollment=pupils)
    table[NOW], table[BEFORE] = np.array(now, dtype=float), np.array(before, dtype=float)
    found = ebf.financial_profile(table, 2022)
    assert [int(each) for each in FUNCTIONS.names] == [*second.ADMINISTRATIVE_FUNCTIONS]
    now_sums, sums = ([Fraction(sum(each)) for each in many] for many in (now, before))
    per_pupil = [total / count for total, count in zip(sums, pupils, strict=True)]
    frame, exact = found.frame, found.ledger.exact.units
    for place, kind in enumerate(kinds):
        row = frame.iloc[place]
        assert row["administrative_costs"] == now_sums[place]
        grown = second.growth(sums[place], now_sums[place])
        assert pd.isna(row["administrative_growth"]) == (grown is None)
        if grown is not None:
            assert row["administrative_growth"] == pytest.approx(float(grown), abs=1e-12)
        above = second.grows_too_much(sums[place], now_sums[place])
        assert row["administrative_growth_above_limit"] == above
        of_type = [x for x, of in zip(per_pupil, kinds, strict=True) if of == kind]
        may = second.waivable(per_pupil[place], of_type)
        assert row["may_waive_administrative_limit"] == may
        assert exact["may_waive_administrative_limit"].iloc[place] == may


def test_more_is_never_worse() -> None:
    """The better an indicator, the better the score; the weights are one together."""
    own = ebf.law(2022, statute=PROFILE)
    edges = own.value("financial_profile.designation_steps")
    assert edges.ravel().tolist() == [3.54, 3.08, 2.62]
    weights = [each for name, each in own.in_force.items() if ".weight." in name]
    assert len(weights) == 5
    assert sum(each.value.item() for each in weights) == pytest.approx(1)
    for name in INDICATORS:
        values = np.linspace(0, 3, 40) * (100 if name == "days_cash_on_hand" else 1)
        better = values if name != "expenditure_to_revenue" else values[::-1]
        table = rows(40, **{**BEST, name: better})
        scores = ebf.financial_profile(table, 2022).frame["financial_profile_score"]
        assert all(one <= other for one, other in pairwise(scores))


# --- Explained, laid out, shown ----------------------------------------------------------------


def test_every_line_is_explained_and_laid_out(tmp_path: Path) -> None:
    table = ebf.sample_table("financial_profile").assign(local_revenue=4e6, effort_eav=1e8)
    found = ebf.financial_profile(table, 2022)
    unit = "0100100202600"
    for statute in STATUTES:
        ledger = found.ledgers[statute.section]
        assert {each.name for each in ledger.steps} == {each.name for each in statute.all_lines}
        for line in statute.all_lines:
            assert ledger.explain(unit, line.name).steps[0].line == line.name
        assert len(ledger.audit(unit).sections) == len(statute.modules)
        ledger.to_workbook(tmp_path / "book.xlsx")
        sheets = openpyxl.load_workbook(tmp_path / "book.xlsx").sheetnames
        assert {statute.heading(each)[1].partition(":")[0] for each in statute.modules} <= {*sheets}
        exact = ledger.exact.values
        assert {type(each) for name in ledger.computed for each in exact[name].flat} <= EXACT
    groups = found.ledgers[PROFILE].explain(unit, "effort_mean_rate_of_type").to_text()
    assert "the sum over 4 units of the kind unit district" in " ".join(groups.split())


@pytest.mark.parametrize("statute", STATUTES, ids=lambda each: each.section)
def test_every_reading_is_one_of_a_line(statute: Any) -> None:
    lines = [line for line in LINES if line in statute.all_lines]
    numbers = {number for line in lines for number in line.evidence.readings}
    assert numbers == {*readings_of(statute)}
    assert {line.evidence.kind.value for line in lines} <= {"law", "guide"}
    assert all(line.evidence.readings for line in lines if line.evidence.kind.value == "law")


def test_the_command_and_its_files(tmp_path: Path) -> None:
    def run(*said: str) -> Any:
        return CliRunner().invoke(app, ["financial-profile", *said])

    shown = run()
    assert shown.exit_code == 0, shown.output
    assert "Early Warning" in shown.output
    assert "invented" in shown.output.splitlines()[-1]
    file, written = tmp_path / "accounts.csv", tmp_path / "found.csv"
    ebf.sample_table("financial_profile").to_csv(file, index=False)
    year = ("--fiscal-year", "2022")
    assert run(str(file), *year, "--output", str(written)).exit_code == 0
    content = pd.read_csv(written, dtype={"unit_id": str}).set_index("unit_id")
    assert content.loc["0100100302600", "financial_profile_designation"] == "Watch"
    other = run(str(file), *year, "--reading", "1A-8:2=days_365", "--output", str(written))
    assert other.exit_code == 0, other.output
    again = pd.read_csv(written, dtype={"unit_id": str}).set_index("unit_id")
    assert again.loc["0100100202600", "days_cash_on_hand"] == pytest.approx(45 * 365 / 360)
    for refused in (
        (str(file),),
        (str(file), *year, "--reading", "2=days_365"),
        (str(file), *year, "--reading", "17-2:2=days_365"),
        (str(file), *year, "--output", str(file)),
    ):
        result = run(*refused)
        assert result.exit_code == 2, result.output
        assert result.stderr.startswith("ebf: ")


def test_designations_stand_from_the_worst_to_the_best() -> None:
    assert [*DESIGNATIONS] == [name for _, name in reversed(second.DESIGNATIONS)]
