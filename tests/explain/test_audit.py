"""Explanations and audits: their formulas, read by themselves, recompute the state."""

from __future__ import annotations

import ast
import json
import math
import operator
import pickle
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, reduce
from graphlib import TopologicalSorter
from html.parser import HTMLParser
from importlib.metadata import version
from itertools import pairwise
from statistics import NormalDist
from typing import Any, TypeAlias

import depth
import handed
import numpy as np
import pandas as pd
import pydantic
import pytest
from in_words import values_in_words
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt
from pandas.testing import assert_frame_equal
from sample_states import in_company, law_of, units_of
from states import ANY_AMOUNT, Row, dollars, frame_of, unit_id

import ebf
from ebf.explain.explanation import Audit, Explanation
from ebf.explain.steps import Result, Source, Step
from ebf.language.cite import Cite
from ebf.law.funding import FUNDING
from ebf.law.names import symbols
from ebf.law.plain_names import plain_band, plain_column
from ebf.show.document import Formula, Heading, Link, Table

Kind: TypeAlias = type[Audit | Explanation]

BREADTH = 2.0**-48
"""Sixteen spacings of floats: values as close as this are equal, or on a cut."""

KINDS = (
    "unit",
    "hybrid",
    "elementary",
    "high_school",
    "laboratory_school",
    "regional_program",
    "specially_funded",
)
FLAGGED = (
    "ptell_district",
    "first_year_after_reorganization",
    "second_year_after_reorganization",
    "article_34_district",
)
TIERS = ("tier 1", "tier 2", "tier 3", "tier 4")
ONE_COUNT = "counted in October alone"
CHOSEN = (*KINDS, *TIERS, *FLAGGED, ONE_COUNT)
HYBRID_PLACE, ONE_COUNT_PLACE = 10, 20
LEAVES = {"input", "given line", "parameter", "salary"}


def units_of_every_kind() -> pd.DataFrame:
    """The sample state with a hybrid district, and a district with one count of a year."""
    units = ebf.sample().units
    districts = units.index[units["organization_type"] == "unit"]
    units.loc[districts[HYBRID_PLACE], "organization_type"] = "hybrid"
    march = [name for name in map(str, units.columns) if name.startswith("march_enrollment_second")]
    units.loc[districts[ONE_COUNT_PLACE], march] = np.nan
    return units


def calculated(units: pd.DataFrame, **options: Any) -> ebf.Ledger:
    """The ledger of a table of raw counts of FY2022."""
    return handed.calculate(units, ebf.sample().law, **options)


@cache
def state() -> ebf.Ledger:
    """The ledger of the state of every kind of unit."""
    return calculated(units_of_every_kind())


@cache
def few() -> ebf.Ledger:
    """The ledger of some 30 of its units."""
    units = units_of_every_kind()
    chosen = {unit for label, unit in chosen_units().items() if label in KINDS}
    some = units[(units.index % 40 == 0) | units["unit_id"].isin(chosen)]
    return calculated(in_company(some), new_state_funds=300e6)


@cache
def chosen_units() -> Mapping[str, str]:
    """A unit of every kind and of every tier, and of what else decides which rule is taken."""
    units = state().units
    found = {kind: units.index[units["organization_type"] == kind][0] for kind in KINDS}
    found |= {label: units.index[units["tier"] == int(label[-1])][0] for label in TIERS}
    found |= {flag: units.index[units[flag]][0] for flag in FLAGGED}
    blank = units["march_enrollment_second_preceding_year_grade_1"].isna()
    return found | {ONE_COUNT: units.index[blank][0]}


def results_of(account: Audit | Explanation) -> Iterator[tuple[Step, Result]]:
    """Every column of every line, with its line."""
    steps = (
        [step for section in account.sections for step in section.steps]
        if isinstance(account, Audit)
        else account.steps
    )
    return ((step, result) for step in steps for result in step.results)


def steps_of(audit: Audit) -> dict[str, Step]:
    """The lines of an audit by name."""
    return {step.line: step for section in audit.sections for step in section.steps}


def rounded(words: str | None, value: Any) -> Any:
    """A value as the words of its step round it."""
    if words is None:
        return value
    match = re.match(r"(cut|rounded) to (\d) decimals \(.+\)$", words)
    assert match, words
    scale = 10.0 ** int(match[2])
    scaled = value * scale
    if match[1] == "rounded":
        scaled = scaled + np.copysign(0.5, scaled)
    nearest = np.rint(scaled)
    is_on_it = np.isclose(scaled, nearest, rtol=BREADTH, atol=1e-9)
    return np.where(is_on_it, nearest, np.trunc(scaled)) / scale


# --- With numbers: what stands in the text gives the value ---------------------------


def mean_of_reported(first: float, second: float) -> float:
    """The mean of two, or the one that is not blank."""
    reported = [each for each in (first, second) if not math.isnan(each)]
    return sum(reported) / len(reported) if reported else math.nan


SCALARS: Mapping[str, Any] = {
    "__builtins__": {},
    "blank": math.nan,
    "divide": lambda a, b: a / b if b else 0.0,
    "minimum": min,
    "maximum": max,
    "mean_of_reported": mean_of_reported,
    "square_root": math.sqrt,
    "normal_cdf": NormalDist().cdf,
}


def value_of(numbers: str) -> Any:
    """What a formula in numbers comes to, as Python reads it."""
    return eval(numbers, dict(SCALARS))  # noqa: S307 - our own formula text


def breadth_of(numbers: str) -> float:
    """What fifteen digits leave open, of the greatest number in a text."""
    greatest = max([0.0, *map(float, re.findall(r"\d+(?:\.\d+)?", numbers))])
    return max(1e-9, 1e-14 * greatest)


def is_near(found: Any, expected: Any, breadth: float = 1e-9) -> bool:
    """Whether two values are the same; flags and blanks exactly."""
    if expected is None or (isinstance(expected, float) and math.isnan(expected)):
        return found is None or math.isnan(found)
    if isinstance(expected, (bool, np.bool_, str)):
        return bool(found == expected)
    return found is not None and math.isclose(found, expected, rel_tol=1e-9, abs_tol=breadth)


def own_numbers(ledger: ebf.Ledger, unit: str) -> dict[str, Any]:
    """What the ledger's frames say of a unit and of the state."""
    columns = {**ledger.units.loc[unit], **ledger.statewide}
    return {str(name): value for name, value in columns.items()}


def check_numbers(ledger: ebf.Ledger, unit: str) -> None:
    """Recompute every number of a unit from the text of its formula."""
    own = own_numbers(ledger, unit)
    seen = set()
    for step, result in results_of(ledger.audit(unit)):
        found, breadth = value_of(result.numbers), breadth_of(result.numbers)
        assert is_near(found, result.before_rounding, breadth), result
        assert is_near(rounded(step.rounding, found), result.value, breadth), result
        assert is_near(result.value, own[result.column]), result
        seen.add(result.column)
    assert seen == {each for line in ledger.steps for each in line.columns}


@pytest.mark.parametrize("label", CHOSEN)
def test_every_number_of_a_unit_follows_from_its_formula_in_numbers(label: str) -> None:
    check_numbers(state(), chosen_units()[label])


@pytest.mark.parametrize("label", CHOSEN)
def test_a_line_is_explained_alone_as_in_the_audit(label: str) -> None:
    unit = chosen_units()[label]
    in_audit = steps_of(state().audit(unit))
    own = own_numbers(state(), unit)
    given = 0
    names = [*state().values][CHOSEN.index(label) % depth.LINES_APART :: depth.LINES_APART]
    for name in names:
        explained = state().explain(unit, name, depth=0)
        assert explained.asked == name
        assert [*explained.steps] == [in_audit[name] for _ in [0] if name in state().computed]
        if name not in state().computed:
            assert explained.sources
            given += 1
            for source in explained.sources:
                assert source.column == name or source.column.startswith(f"{name}_")
                if source.kind != "parameter":
                    assert is_near(source.value, own[source.column])
    assert {*in_audit} == {*state().computed}
    assert given + sum(name in in_audit for name in names) == len(names)


def test_a_whole_explanation_has_the_steps_of_the_audit() -> None:
    for unit in chosen_units().values():
        explained = state().explain(unit, "semi_monthly_payment")
        in_audit = steps_of(state().audit(unit))
        assert len(explained.steps) > 150
        assert all(step == in_audit[step.line] for step in explained.steps)


def test_formulas_read_as_the_law_does() -> None:
    steps = steps_of(state().audit(chosen_units()["regional_program"]))
    texts = {r.column: r.formula for step in steps.values() for r in step.results}
    by_hand = {
        "nurse_cost_high": "nurse_fte_high * nurse_salary_9_12",
        "average_student_enrollment": "band_total(enrollment)",
        "low_income_count": "regional_low_income_percentage * average_student_enrollment "
        "if is_regional_program else district_low_income_count",
        "final_resources": "adjusted_local_capacity_target + "
        "corporate_personal_property_replacement_tax + adjusted_base_funding_minimum",
        "final_percent_of_adequacy": "divide(final_resources, adequacy_target)",
        "tier_1_target_ratio": "least_prefix_ratio(tier_1_gap_reached, final_resources, "
        "adequacy_target if in_distribution else 0)",
        "in_tier_1": "tier == 1",
        "units_in_tier_1": "statewide_sum(in_tier_1)",
        "semi_monthly_payment": "total_state_contribution / payments_per_year",
    }
    assert {name: texts[name] for name in by_hand} == by_hand


def test_a_formula_has_the_same_names_for_every_unit() -> None:
    first, *others = (
        [(result.column, result.formula) for _, result in results_of(state().audit(unit))]
        for unit in chosen_units().values()
    )
    assert all(other == first for other in others)


def test_numbers_stand_for_names_with_all_their_digits() -> None:
    # 1,000 dollars of resources over a target of 3,000; the money lifts both units past 90 %.
    rows = (dollars(1, 3_000, 1_000, 0.1), dollars(2, 1_000, 950, 0.1))
    ledger = ebf.calculate(frame_of(rows), ANY_AMOUNT.with_amounts(new_state_funds=600))
    unit = rows[0].unit_id
    (percent,) = ledger.explain(unit, "final_percent_of_adequacy").steps[0].results
    assert percent.numbers == "divide(1000, 3000)"
    assert percent.value == 1_000 / 3_000
    (ratio,) = ledger.explain(unit, "tier_1_target_ratio").steps[0].results
    assert ratio.numbers == "divide(1000 + 1000, 3000)"  # 600 x 50 % / 30 % lifts the first alone
    assert ratio.value == 2_000 / 3_000


def test_a_unit_on_an_edge_but_for_a_floats_breadth_is_told_to_be_on_it() -> None:
    # Nine tenths of a target in whole cents, whose quotient as floats falls short of 0.9.
    target = next(t for t in range(10, 10**6, 10) if (t // 10 * 9 / 100) / (t / 100) < 0.9)
    row = Row(unit_id(1), "unit", 10_000, target, target // 10 * 9, 0, 0)
    rows = (row, dollars(2, 10**6, 10**5, 0.0))
    ledger = ebf.calculate(frame_of(rows), ANY_AMOUNT.with_amounts(new_state_funds=100))
    (tier,) = ledger.explain(row.unit_id, "tier", depth=0).steps[0].results
    assert own_numbers(ledger, row.unit_id)["final_percent_of_adequacy"] < 0.9
    assert "(2 if 0.9 < 0.9 else" in tier.numbers
    assert value_of(tier.numbers) == tier.value == 3


# --- With names: the text recomputes every unit of the state --------------------------

Column: TypeAlias = Any
"""A number of every unit, or one for all."""


def is_below(first: Column, second: Column) -> Column:
    """Whether first < second by more than a float's breadth."""
    return first < second - BREADTH * np.abs(second)


OPERATORS: Mapping[type[ast.AST], Callable[..., Column]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.And: lambda *flags: reduce(np.logical_and, flags),
    ast.Or: lambda *flags: reduce(np.logical_or, flags),
    ast.Not: np.logical_not,
    ast.Lt: is_below,
    ast.Eq: operator.eq,
    ast.IfExp: np.where,
}


def divided(numerator: Column, denominator: Column) -> Column:
    """The quotient, 0 where there is nothing to divide by."""
    over, under = np.broadcast_arrays(np.asarray(numerator, float), denominator)
    quotients = [a / b if b else 0.0 for a, b in zip(over.flat, under.flat, strict=True)]
    return np.array(quotients).reshape(over.shape)


def lifted_up_to(amount: Column, resources: Column, targets: Column) -> float:
    """The ratio to which the amount lifts those below it, closed in on by halves."""
    low, high = 0.0, 1e6
    while low < (middle := (low + high) / 2) < high:
        lifting = math.fsum(np.maximum(middle * targets - resources, 0)[targets > 0])
        low, high = (middle, high) if lifting < np.max(amount) else (low, middle)
    return high


def vocabulary(count: int) -> Mapping[str, Callable[..., Column]]:
    """What formulas may call, on columns of so many units."""

    def statewide_sum(values: Column) -> float:
        return math.fsum(np.broadcast_to(values, count))

    def regional_sum(values: Column, region: Column) -> Column:
        sums = {each: math.fsum(values[region == each]) for each in set(region)}
        return np.array([sums[each] for each in region])

    return {
        "divide": divided,
        "minimum": np.minimum,
        "maximum": np.maximum,
        "mean_of_reported": lambda a, b: np.nanmean(np.stack([a, b]), axis=0),
        "square_root": np.sqrt,
        "normal_cdf": np.vectorize(NormalDist().cdf),
        "band_total": lambda *bands: sum(bands),
        "statewide_sum": statewide_sum,
        "statewide_maximum": np.max,
        "regional_sum": regional_sum,
        "least_prefix_ratio": lifted_up_to,
    }


def operation(
    node: ast.expr, functions: Mapping[str, Callable[..., Column]]
) -> tuple[Callable[..., Column], list[ast.expr]]:
    """What an expression does, and what with."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=operands, keywords=[]):
            return functions[name], operands
        case ast.BinOp(left=left, op=sign, right=right):
            return OPERATORS[type(sign)], [left, right]
        case ast.Compare(left=left, ops=[sign], comparators=[right]):
            return OPERATORS[type(sign)], [left, right]
        case ast.BoolOp(op=sign, values=operands):
            return OPERATORS[type(sign)], operands
        case ast.UnaryOp(op=sign, operand=operand):
            return OPERATORS[type(sign)], [operand]
        case ast.IfExp(test=test, body=body, orelse=otherwise):
            return OPERATORS[type(node)], [test, body, otherwise]
    raise AssertionError(ast.dump(node))


def column_of(
    node: ast.expr, values: Mapping[str, Column], functions: Mapping[str, Callable[..., Column]]
) -> Column:
    """What a formula in names comes to, for all units at once."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return values[node.id]
    function, operands = operation(node, functions)
    return function(*(column_of(each, values, functions) for each in operands))


@cache
def parsed(text: str) -> ast.expr:
    """A formula as a tree."""
    return ast.parse(text, mode="eval").body


@cache
def names_in(text: str) -> frozenset[str]:
    """The names that a formula reads, without the functions it calls."""
    nodes = [*ast.walk(parsed(text))]
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    names = (node for node in nodes if isinstance(node, ast.Name) and id(node) not in called)
    return frozenset(node.id for node in names)


def given_columns(ledger: ebf.Ledger) -> dict[str, Column]:
    """All that was handed over: inputs, parameters, salaries, defaults, by formulas' names."""
    table = ledger.law.table()
    elements = [name.replace(".", "_") for name in table["parameter"]]
    known: dict[str, Column] = dict(zip(elements, table["value"].tolist(), strict=True))
    paid = ledger.law.salaries
    for who in ("teacher", "counselor", "librarian", "nurse", "principal", "assistant_principal"):
        known |= {f"{who}_salary_{span}": paid[f"{who}.{span}"] for span in ("k_8", "9_12")}
    for who in ("teacher", "psychologist"):
        known[f"{who}_salary_k_12"] = paid[f"{who}.k_12"]
    for who in ("school_site_staff", "assistant"):
        known[f"{who}_salary"] = paid[who]
    audit = ledger.audit(str(ledger.units.index[0]))
    defaults = [each for each in audit.sources if each.source == "not given: its default"]
    assert {each.value for each in defaults} <= {0}
    known |= {each.column: each.value for each in defaults}
    computed = {each for line in ledger.steps for each in line.columns}
    frames = {**ledger.units, **ledger.statewide}
    known |= {
        str(name): column.to_numpy() if isinstance(column, pd.Series) else column
        for name, column in frames.items()
        if name not in computed
    }
    return known | {"region": np.array([each[:2] for each in ledger.units.index])}


def recomputed(ledger: ebf.Ledger) -> dict[str, Column]:
    """Every line of every unit, from what was handed over and the text of formulas alone."""
    by_column = {
        result.column: (step, result)
        for step, result in results_of(ledger.audit(str(ledger.units.index[0])))
    }
    graph = {column: names_in(result.formula) for column, (_, result) in by_column.items()}
    bands = {
        step.line: {result.column for result in step.results}
        for step, _ in by_column.values()
        if len(step.results) > 1
    }
    assert not bands.keys() & graph.keys()
    values = given_columns(ledger)
    functions = vocabulary(len(ledger.units))
    for name in TopologicalSorter({**graph, **bands}).static_order():
        if name in bands:  # as band_total(name) reads it
            values[name] = sum(values[each] for each in bands[name])
        elif name in by_column:
            step, result = by_column[name]
            with np.errstate(invalid="ignore", divide="ignore"):
                found = column_of(parsed(result.formula), values, functions)
            values[name] = rounded(step.rounding, found)
    return {name: values[name] for name in by_column}


def short_of_money() -> ebf.Ledger:
    """The state when new money and base funding both fall short."""
    units = units_of_every_kind().assign(
        base_funding_shortfall=250e6, prior_year_average_student_enrollment=500.0
    )
    return calculated(units, new_state_funds=200e6)


def ledger_of_year(year: int) -> ebf.Ledger:
    """The sample state in another year."""
    return ebf.calculate(
        units_of(year),
        law_of(year).with_amounts(
            salaries=ebf.sample().law.salaries.of_year(year), new_state_funds=310e6
        ),
    )


LEFT_OVER = "undistributed_new_state_funds"
"""Dollars left of hundreds of millions, of which floats hold few digits."""

LEDGERS: Mapping[str, Callable[[], ebf.Ledger]] = {
    "2022": state,
    "2022 short of money": short_of_money,
    "2018": lambda: ledger_of_year(2018),
    "2024": lambda: ledger_of_year(2024),
}


@pytest.mark.parametrize("which", LEDGERS)
def test_the_state_is_recomputed_from_the_text_of_formulas_alone(which: str) -> None:
    ledger = LEDGERS[which]()
    found = recomputed(ledger)
    frames = {**ledger.units, **ledger.statewide}
    for name, column in found.items():
        expected = np.asarray(frames[name])
        if expected.dtype == bool:
            assert (column == expected).all(), name
        np.testing.assert_allclose(
            np.broadcast_to(column, expected.shape).astype(float),
            expected.astype(float),
            rtol=1e-9,
            atol=1e-6 if name == LEFT_OVER else 1e-9,
            err_msg=name,
        )
    assert {line.name for line in ledger.steps} == ledger.computed
    assert len(found) == sum(len(line.columns) for line in ledger.steps)


@pytest.mark.parametrize("year", [2018, 2024])
def test_numbers_of_other_years_follow_from_their_formulas(year: int) -> None:
    ledger = ledger_of_year(year)
    for kind in ("unit", "regional_program"):
        unit = str(ledger.units.index[ledger.units["organization_type"] == kind][0])
        check_numbers(ledger, unit)
        assert ledger.audit(unit).about.fiscal_year == year


# --- Where it comes from ---------------------------------------------------------------


@cache
def columns_named_in(text: str) -> frozenset[str]:
    """The columns that a formula reads; those of all its bands for ``band_total(name)``."""
    lines = FUNDING.lines(2022)
    return frozenset(
        column
        for name in names_in(text)
        for column in (lines[name].columns if f"band_total({name})" in text else (name,))
    )


def columns_named(steps: Iterable[Step]) -> set[str]:
    """The columns that the formulas of lines read."""
    texts = {result.formula for step in steps for result in step.results}
    return {column for text in texts for column in columns_named_in(text)}


@pytest.mark.parametrize("label", ["hybrid", "regional_program", "specially_funded", ONE_COUNT])
def test_every_explanation_ends_in_what_was_handed_over(label: str) -> None:
    unit = chosen_units()[label]
    names = (
        sorted(state().computed)[:: depth.LINES_APART]
        if label == "hybrid"
        else ("tier_funding", "adequacy_target")
    )
    for name in names:
        explained = state().explain(unit, name)
        columns = [result.column for step in explained.steps for result in step.results]
        sources = [source.column for source in explained.sources]
        assert explained.steps[0].line == name
        assert len({*columns, *sources}) == len(columns) + len(sources)
        named = columns_named(explained.steps)
        assert named - {*columns} == {*sources}
        assert {source.kind for source in explained.sources} <= LEAVES
        for step in explained.steps:
            assert {*step.reads} == columns_named([step])
            assert step is explained.steps[0] or any(r.column in named for r in step.results)


def test_what_is_given_says_where_it_is_from() -> None:
    unit = chosen_units()["hybrid"]
    own = own_numbers(state(), unit)
    parameters = state().law.table().set_index("parameter")["value"]
    parameters.index = parameters.index.str.replace(".", "_")
    sources = {source.column: source for source in state().audit(unit).sources}
    assert {source.kind for source in sources.values()} == LEAVES
    for source in sources.values():
        assert source.label
        assert source.source
        assert re.match(r"18-8\.15\([a-h]\)|105 ILCS 5/", source.cite)
        if source.kind == "parameter":
            assert source.value == parameters[source.column]
            assert source.fiscal_year in range(2018, 2023)
        elif source.kind in {"input", "given line"} and source.column in own:
            assert is_near(source.value, own[source.column])
    assert sources["gifted"] == Source(
        "gifted", 90.0, "parameter", "Gifted, per pupil of kindergarten to grade 12",
        "dollars per student", "18-8.15(b)(2)(M)", "ISBE, FY2022", 2022,
    )  # fmt: skip
    assert sources["tier_1_share"].fiscal_year == 2018
    assert sources["organization_type"].value == "hybrid"
    assert sources["region"].value == unit[:2]
    assert sources["regionalization_factor"].kind == "given line"
    assert sources["regionalization_factor"].source == "ISBE's factors by county"
    assert sources["new_state_funds"].value == 300e6
    assert sources["pension_normal_cost"].source == "not given: its default"


def test_what_a_caller_supplied_says_so() -> None:
    units = units_of_every_kind().assign(regionalization_factor=1.01)
    law = ebf.law(2022, gifted=95)
    law = law.with_amounts(salaries=ebf.sample().law.salaries, new_state_funds=310e6)
    ledger = ebf.calculate(units, law, given=["regionalization_factor"])
    explained = ledger.explain(chosen_units()["unit"], "total_state_contribution")
    sources = {source.column: source for source in explained.sources}
    for name, value in (("gifted", 95), ("new_state_funds", 310e6)):
        assert sources[name].value == value
        assert sources[name].source == "supplied by the caller"
        assert sources[name].fiscal_year is None
    assert sources["regionalization_factor"].source == "column of the table of units"
    assert sources["regionalization_factor"].value == 1.01
    as_column = calculated(units_of_every_kind().assign(new_state_funds=310e6))
    (given,) = as_column.explain(chosen_units()["unit"], "new_state_funds").sources
    assert (given.kind, given.value) == ("given line", 310e6)


def test_illustrative_salaries_say_so_and_no_others() -> None:
    paid = ebf.sample().law.salaries
    sources = state().audit(chosen_units()["unit"]).sources
    salaries = {
        s.label.removeprefix("State-average salary: "): s for s in sources if s.kind == "salary"
    }
    said = {name for name, source in salaries.items() if source.source.startswith("illustrative")}
    assert said == {*paid.illustrative} & salaries.keys()
    assert "principal.k_8" in said
    assert salaries["nurse.k_8"].source == paid.source
    assert "nurse.9_12" in salaries.keys() - said
    assert all(source.value == paid[name] for name, source in salaries.items())
    assert {source.fiscal_year for source in salaries.values()} == {2022}


# --- What takes many values in -----------------------------------------------------------


def total_of(ledger: ebf.Ledger, unit: str, line: str, text: str) -> tuple[Any, str]:
    """A total of a line: its value, and what it is made of."""
    totals = ledger.explain(unit, line, depth=0).steps[0].totals
    (total,) = (each for each in totals if each.formula == text)
    return total.value, total.made_of


def test_the_tier_1_target_ratio_names_the_units_at_which_it_stops() -> None:
    inside = state().units.query("in_distribution").sort_values("final_percent_of_adequacy")
    amount = 300e6 * 0.5 / 0.3
    resources, targets = inside["final_resources"].cumsum(), inside["adequacy_target"].cumsum()
    ratios = (amount + resources) / targets
    count = int(ratios.argmin()) + 1
    last, beyond = inside.iloc[count - 1], inside.iloc[count]
    percents = inside["final_percent_of_adequacy"]
    assert percents.iloc[count - 1] < ratios.min() < percents.iloc[count]
    for label in ("unit", "specially_funded"):  # the same whoever asks
        unit = chosen_units()[label]
        value, made_of = total_of(state(), unit, "tier_1_target_ratio", "sum of final_resources")
        assert value == pytest.approx(resources.iloc[count - 1], rel=1e-12)
        assert made_of == (
            f"the {count} units furthest behind; the last of them is {last.name} "
            f"({last['name']}) at {percents.iloc[count - 1]:.15g}; the next, beyond it, is "
            f"{beyond.name} ({beyond['name']}) at {percents.iloc[count]:.15g}"
        )
        text = "sum of adequacy_target if in_distribution else 0"
        value, made_of = total_of(state(), unit, "tier_1_target_ratio", text)
        assert value == pytest.approx(targets.iloc[count - 1], rel=1e-12)
        assert made_of == f"the {count} units furthest behind"
        (result,) = state().explain(unit, "tier_1_target_ratio", depth=0).steps[0].results
        match = re.fullmatch(r"divide\(([\d.]+) \+ ([\d.]+), ([\d.]+)\)", result.numbers)
        assert match
        sums = (amount, resources.iloc[count - 1], targets.iloc[count - 1])
        assert [float(each) for each in match.groups()] == pytest.approx(sums, rel=1e-12)
        assert result.value == pytest.approx(ratios.min(), rel=1e-12)


def test_a_single_unit_furthest_behind_is_one() -> None:
    """Without money the first unit alone is reached: 600 of 1,000 dollars."""
    rows = [dollars(1, 1_000, 600, 0.1), dollars(2, 2_000, 1_900, 0.2)]
    ledger = ebf.calculate(frame_of(rows), ANY_AMOUNT.with_amounts(new_state_funds=0))
    said = ledger.explain(unit_id(1), "tier_1_target_ratio", depth=0).to_text()
    assert "$600: the unit furthest behind" in said


def test_the_tier_1_target_ratio_may_reach_all_units_and_one_on_its_edge() -> None:
    rows = (dollars(1, 1_000, 600, 0.1), dollars(2, 1_000, 980, 0.1))
    ledger = ebf.calculate(frame_of(rows), ANY_AMOUNT.with_amounts(new_state_funds=1_200))
    line, text = "tier_1_target_ratio", "sum of final_resources"
    value, made_of = total_of(ledger, rows[0].unit_id, line, text)
    assert value == 1_580
    assert made_of == (
        f"the 2 units furthest behind; the last of them is {rows[1].unit_id} at 0.98; "
        "no unit is beyond"
    )
    # 150 / 0.3 lifts the first to 75 %, where the second already is
    three = (dollars(1, 2_000, 1_000, 0.1), dollars(2, 4_000, 3_000, 0.1), dollars(3, 100, 90, 0.1))
    ledger = ebf.calculate(frame_of(three), ANY_AMOUNT.with_amounts(new_state_funds=300))
    (result,) = ledger.explain(three[2].unit_id, line).steps[0].results
    assert result.value == 0.75
    assert value_of(result.numbers) == 0.75
    _, made_of = total_of(ledger, three[2].unit_id, line, text)
    assert f"beyond it, is {three[2].unit_id} at 0.9" in made_of


def test_a_state_with_nobody_in_the_distribution_is_explained() -> None:
    rows = [dollars(n, 0, 0, 0, 0, base=100, kind="specially_funded") for n in (1, 2)]
    ledger = ebf.calculate(frame_of(rows), ANY_AMOUNT.with_amounts(new_state_funds=100))
    check_numbers(ledger, rows[0].unit_id)
    assert ledger.explain(rows[1].unit_id, "tier_funding").steps[0].results[0].value == 0


def test_sums_over_the_state_and_a_region_say_of_how_many_units() -> None:
    units, unit = state().units, chosen_units()["regional_program"]
    text = "statewide_sum(in_tier_2)"
    value, made_of = total_of(state(), unit, "units_in_tier_2", text)
    count = int((units["tier"] == 2).sum())
    assert value == count
    assert made_of.startswith(f"the sum over {len(units)} units of the state, {count} of them")
    text = "regional_sum(district_low_income_count if is_district else 0, region)"
    value, made_of = total_of(state(), unit, "regional_low_income_percentage", text)
    region = units[units.index.str[:2] == unit[:2]]
    districts = region[region["organization_type"].isin(KINDS[:4])]
    counted = districts["district_low_income_count"]
    assert value == pytest.approx(counted.sum(), rel=1e-12)
    assert made_of == (
        f"the sum over {len(region)} units of region {unit[:2]}, {(counted > 0).sum()} of them "
        "not 0; this unit's is 0"
    )


def test_a_greatest_value_names_its_unit() -> None:
    units = state().units
    per_student = units["tier_3_funding"] / units["average_student_enrollment"]
    greatest = str(per_student.idxmax())
    name = own_numbers(state(), greatest)["name"]
    (step,) = (
        state()
        .explain(chosen_units()["tier 4"], "greatest_tier_3_funding_per_student", depth=0)
        .steps
    )
    (total,) = step.totals
    assert total.formula == step.results[0].formula
    assert total.value == pytest.approx(per_student.max(), rel=1e-12)
    assert total.made_of == (f"the greatest is that of {greatest} ({name}); this unit's is 0")


@pytest.mark.parametrize("label", ["unit", "regional_program"])
def test_all_that_takes_many_values_in_is_accounted_for(label: str) -> None:
    band_totals = 0
    for step in steps_of(state().audit(chosen_units()[label])).values():
        texts = {
            ast.unparse(node)
            for result in step.results
            for node in ast.walk(parsed(result.formula))
            if isinstance(node, ast.Call)
            and re.match(r"band_total|statewide_|regional_sum", ast.unparse(node))
        }
        totals = {
            ast.unparse(parsed(total.formula)): total
            for total in step.totals
            if not total.formula.startswith("sum of ")
        }
        assert totals.keys() == texts, step.line
        for text, total in totals.items():
            if text.startswith("band_total"):
                band_totals += 1
                assert value_of(total.made_of) == pytest.approx(total.value, rel=1e-12)
    assert band_totals > 20


# --- How far an explanation goes ---------------------------------------------------------


@pytest.mark.parametrize("line", ["adequacy_target", "tier_funding", "nurse_cost"])
def test_a_depth_stops_the_explanation_and_names_the_lines_cut_off(line: str) -> None:
    unit, in_force = chosen_units()["unit"], FUNDING.lines(2022)

    def lines(depth: int | None) -> set[str]:
        found = state().explain(unit, line, depth=depth)
        cut_off = {source.column for source in found.sources if source.kind == "line"}
        shown = {step.line for step in found.steps}
        read = {name for each in shown for name in in_force[each].reads} & state().computed
        assert cut_off == {c for name in read - shown for c in in_force[name].columns}
        return shown

    assert lines(0) == {line}
    assert lines(1) == {line, *in_force[line].reads} & state().computed
    shown, depth = lines(1), 1
    while lines(depth + 1) > shown:
        shown, depth = lines(depth + 1), depth + 1
    assert shown == lines(None)
    assert depth > 2


def test_a_column_of_a_line_explains_the_line() -> None:
    unit = chosen_units()["unit"]
    by_column = state().explain(unit, "nurse_cost_high")
    by_line = state().explain(unit, "nurse_cost")
    assert by_column.asked == "nurse_cost_high"
    assert (by_column.steps, by_column.sources) == (by_line.steps, by_line.sources)
    assert [r.column for r in by_line.steps[0].results] == [
        "nurse_cost_elementary", "nurse_cost_middle", "nurse_cost_high",
    ]  # fmt: skip
    assert state().explain(unit, "grade_1").steps[0].line == "enrollment"


def test_an_input_is_its_own_source() -> None:
    unit = chosen_units()["unit"]
    explained = state().explain(unit, "prior_year_tier")
    assert explained.steps == ()
    (source,) = explained.sources
    assert (source.column, source.kind) == ("prior_year_tier", "input")
    by_grade = state().explain(unit, "october_enrollment_first_preceding_year").sources
    assert len(by_grade) == 15
    assert {source.kind for source in by_grade} == {"input"}


def refusal(call: Callable[..., object], *arguments: object) -> str:
    """The one fault of a call that is refused."""
    with pytest.raises(ebf.InputError) as caught:
        call(*arguments)
    (fault,) = caught.value.faults
    return str(fault)


def test_an_unknown_unit_is_refused_and_the_nearest_named() -> None:
    unit = chosen_units()["unit"]
    mistyped = f"{unit[:-1]}X"
    for message in (
        refusal(state().explain, mistyped, "tier"),
        refusal(state().audit, mistyped),
    ):
        assert repr(mistyped) in message
        assert f"nearest known: {unit[:5]}" in message
    assert "nearest" not in refusal(state().audit, "nobody")


def test_an_unknown_line_is_refused_and_the_nearest_named() -> None:
    unit = chosen_units()["unit"]
    message = refusal(state().explain, unit, "adequacy_tarjet")
    assert "adequacy_tarjet: found no such line" in message
    assert "nearest known: adequacy_target" in message


TWO = (dollars(1, 1_000, 600, 0.1), dollars(2, 1_000, 980, 0.1))


def test_a_line_not_computed_says_what_it_needs() -> None:
    ledger = ebf.calculate(frame_of(TWO), ANY_AMOUNT.with_amounts(new_state_funds=1_000))
    for name, needs in ledger.not_computed.items():
        message = refusal(ledger.explain, TWO[0].unit_id, name)
        assert f"{name}: found not computed: needs {', '.join(needs)};" in message
    assert "low_income_investments" in ledger.not_computed["low_income_funding"]
    unused = frame_of(TWO).assign(operating_tax_rate=0.04)
    ledger = ebf.calculate(unused, ANY_AMOUNT.with_amounts(new_state_funds=1_000))
    audit = ledger.audit(TWO[0].unit_id)
    assert {s.column: s.value for s in audit.sources}["operating_tax_rate"] == 0.04
    assert dict(audit.not_computed) == dict(ledger.not_computed)
    assert [section.subsection for section in audit.sections] == ["a", "f", "g", "h"]
    text = audit.to_text(10_000)
    assert "Low-income funding (needs low_income_investments, regionalization_factor)" in text


# --- Scenarios ---------------------------------------------------------------------------


def test_of_several_scenarios_one_must_be_chosen() -> None:
    ledger = ebf.calculate(frame_of(TWO), ANY_AMOUNT.with_amounts(new_state_funds=[1_000, 2_000]))
    unit = TWO[0].unit_id
    assert "ledger.scenario(name)" in refusal(ledger.explain, unit, "tier")
    assert "ledger.scenario(name)" in refusal(ledger.audit, unit)
    assert "allowed: 0, 1" in refusal(ledger.scenario, 2)
    alone = ebf.calculate(frame_of(TWO), ANY_AMOUNT.with_amounts(new_state_funds=1_000))
    assert "one state" in refusal(alone.scenario, 0)


def test_a_scenario_by_number_is_explained_as_if_alone() -> None:
    funds = [200e6, 300e6, 400e6]
    together = calculated(units_of_every_kind(), new_state_funds=funds)
    unit = chosen_units()["tier 1"]
    found = []
    for place, money in enumerate(funds):
        alone = calculated(units_of_every_kind(), new_state_funds=money)
        one = together.scenario(place)
        assert one.scenarios is None
        assert one.explain(unit, "tier_funding") == alone.explain(unit, "tier_funding")
        assert one.audit(unit) == alone.audit(unit)
        assert_frame_equal(one.units, alone.units)
        assert dict(one.statewide) == dict(alone.statewide)
        found.append(one.explain(unit, "tier_funding").steps[0].results[0].value)
    assert len(set(found)) == len(funds)


def test_a_scenario_by_name_is_explained_as_if_alone() -> None:
    # In each scenario the rows stand in another order, and in the table mixed.
    base = units_of_every_kind()
    tables = {
        "as it is": base,
        "backwards": base.iloc[::-1].assign(prior_year_tier_funding=0.0),
        "shuffled": base.sample(frac=1, random_state=1).assign(operating_tax_rate=0.04),
    }
    stacked = pd.concat(
        {name: units.set_index("unit_id") for name, units in tables.items()}, names=["scenario"]
    ).sort_values("original_eav_first_preceding_tax_year", kind="stable")
    together = calculated(stacked)
    assert together.units.index.equals(stacked.index)
    for name in tables:
        alone = calculated(stacked[stacked.index.get_level_values("scenario") == name].droplevel(0))
        one = together.scenario(name)
        assert_frame_equal(one.units, alone.units)
        assert_frame_equal(one.units, together.units.loc[[name]].droplevel(0))
        for unit in (chosen_units()["tier 2"], chosen_units()["regional_program"]):
            assert one.audit(unit) == alone.audit(unit)
            assert one.explain(unit, "tier_funding") == alone.explain(unit, "tier_funding")
    assert "'as it is', 'backwards', 'shuffled'" in refusal(together.scenario, "sideways")


def test_a_scenario_has_regions_of_its_own() -> None:
    units = units_of_every_kind()
    merged = units.assign(region="01")
    tables = {"apart": units.assign(region=units["unit_id"].str[:2]), "merged": merged}
    indexed = {name: table.set_index("unit_id") for name, table in tables.items()}
    together = calculated(pd.concat(indexed, names=["scenario"]))
    unit = chosen_units()["regional_program"]
    alone = calculated(merged).explain(unit, "low_income_count")
    assert together.scenario("merged").explain(unit, "low_income_count") == alone


def test_a_scenario_of_the_law_is_explained_with_its_own_number() -> None:
    law = ebf.law(2022, gifted=[90, 95])
    ledger = ebf.calculate(
        units_of_every_kind(), law.with_amounts(salaries=ebf.sample().law.salaries)
    )
    for place, gifted in enumerate([90, 95]):
        alone = ebf.calculate(
            units_of_every_kind(), ebf.law(2022, gifted=gifted, salaries=ebf.sample().law.salaries)
        )
        unit = chosen_units()["unit"]
        explained = ledger.scenario(place).explain(unit, "adequacy_target")
        assert explained == alone.explain(unit, "adequacy_target")
        assert ledger.scenario(place).law.value("gifted").item() == gifted
        assert {s.column: s.value for s in explained.sources}["gifted"] == gifted


# --- As text, Markdown and HTML ----------------------------------------------------------

HOSTILE = (
    '<script>alert(1)</script> | *x* \x07\n=HYPERLINK("a") `y` ``` [red]z[/red] '
    "\x1b[31m\x7f\x9b\u202e# &amp; ~~"
)
SHOWN = re.compile(
    re.escape("<script>alert(1)</script> | *x* ")
    + r"[^\x00-\x1f]{2}"  # what stands for the bell and for the new line
    + re.escape('=HYPERLINK("a") `y` ``` [red]z[/red] ')
    + r"[^\x1b]\[31m[^\x7f][^\x9b][^\u202e]"
    + re.escape("# &amp; ~~")
)
"""The name as readers may see it: all its characters, those of control as others."""


@cache
def hostile() -> tuple[ebf.Ledger, str]:
    """A state of which a unit's name, county and region are made to do harm."""
    units = units_of_every_kind()
    units = units[units.index % 40 == 0].assign(regionalization_factor=1.0)
    units["region"] = units["unit_id"].str[:2]
    place = units.index[units["organization_type"] == "unit"][0]
    units.loc[place, ["name", "region"]] = HOSTILE
    units.loc[place, "county"] = "\"Cook\" & 'Lake'"
    # furthest behind, and alone there: the Tier 1 Target Ratio and its region name it
    ledger = calculated(in_company(units), given=["regionalization_factor"], new_state_funds=300e6)
    return ledger, str(units.loc[place, "unit_id"])


def accounts_of_harm() -> dict[str, Audit | Explanation]:
    """What is shown of the hostile unit, and of another that names it."""
    ledger, unit = hostile()
    return {
        "audit": ledger.audit(unit),
        "explanation": ledger.explain(unit, "low_income_count"),
        "input": ledger.explain(unit, "prior_year_tier"),
    }


class Page(HTMLParser):
    """The texts of an HTML page as Markdown has them, a row of a table and a formula in one.

    ``texts`` are all, each with the element it stands in, ``rows`` the places of rows in the
    content; ``links`` and ``anchors`` where links lead to, and what they can lead to.
    """

    IN_LINE = frozenset({"a", "b", "small"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.tags: set[str] = set()
        self.texts: list[tuple[str, str]] = []
        self.content: list[str] = []
        self.links: list[str] = []
        self.linked: list[str] = []
        self.anchors: list[str] = []
        self.rows: list[int] = []
        self.said = ""
        self.is_named = False
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        known = {"class", "lang", "charset", "id", "aria-label"}
        more = {"meta": {"name", "content"}, "a": {"href"}, "table": {"style"}}
        assert {*given} - known <= more.get(tag, set())
        if "style" in given:  # headings of columns between quotes, and nothing else
            assert re.fullmatch(r"(--\d+:'([^'\\]|\\['\\])*'(;|$))+", given["style"])
        self.tags.add(tag)
        if "id" in given:
            self.anchors.append(given["id"])
        if tag == "a":
            assert given["href"].startswith("#")
            self.links.append(given["href"][1:])
        if tag == "tr":
            self.rows.append(len(self.content))
            self.content.append("")
        if tag != "meta":
            within = self.open[-1][1] if self.open else ""
            kind = given.get("class", "")
            if tag == "div" and within == "formula":
                kind = "equals" if self.is_named else ""
                self.is_named = True
            self.is_named &= kind != "formula"
            self.open.append((tag, kind))
        if tag not in self.IN_LINE:
            self.said = ""

    def handle_endtag(self, tag: str) -> None:
        opened, kind = self.open.pop()
        assert opened == tag
        if tag == "a":
            return
        said, self.said = self.said, ""
        if not said.strip():
            return
        self.texts.append((tag, said))
        if "nav" in {each for each, _ in self.open} or tag in {"title", "style"}:
            return
        if tag == "dd":
            self.content[-1] += f": {said}"
        elif kind == "equals":
            self.content[-1] += f"\n  = {said}"
        elif tag in {"td", "th"}:
            self.content[-1] += f" | {said}" if self.content[-1] else said
        else:
            self.content.append(said)

    def handle_data(self, data: str) -> None:
        self.said += data
        if self.open and self.open[-1][0] == "a":
            self.linked.append(data)


def without_control(text: str) -> bool:
    """Whether nothing but new lines and visible characters is in a text."""
    return all(each == "\n" or unicodedata.category(each) not in {"Cc", "Cf"} for each in text)


@pytest.mark.parametrize("which", ["audit", "explanation", "input"])
def test_html_shows_a_hostile_name_as_text(which: str) -> None:
    account = accounts_of_harm()[which]
    html = account.to_html()
    assert "<script" not in html
    assert without_control(html)
    page = Page(html)
    assert page.tags <= {
        "html", "head", "meta", "title", "body", "main", "section", "style",
        "h1", "h2", "h3", "p", "div", "dl", "dt", "dd", "nav", "ol", "li", "a",
        "table", "caption", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    assert [tag for tag, text in page.texts if tag in {"title", "h1"} and SHOWN.search(text)] == [
        "title", "h1",
    ]  # fmt: skip
    assert page.content[0] == page.texts[0][1]
    if which != "input":  # the region too
        assert any(tag == "dt" and SHOWN.search(text) for tag, text in page.texts)
    piece = account._repr_html_()
    assert piece in html
    assert Page(piece).content == page.content


def texts_of_markdown(markdown: str) -> list[str]:
    """The texts of headings, paragraphs, entries, formulas and rows; nothing else may be there."""
    said: list[str] = []
    in_row = False
    kinds = r"heading|paragraph|bullet_list|list_item|table|thead|tbody|tr|th|td"
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown):
        assert re.fullmatch(rf"({kinds})_(open|close)|inline|fence", token.type), token
        if token.type in {"tr_open", "tr_close"}:
            in_row = token.type == "tr_open"
            said += [""] * in_row
        if token.type == "fence":
            assert token.info == "text"
            said.append(token.content.rstrip("\n"))
        elif token.type == "inline":
            children = token.children or ()
            found = {child.type for child in children}
            is_caption = found == {"text", "strong_open", "strong_close"}
            assert is_caption or found <= {"text"}, token.content
            text = "".join(child.content for child in children)
            if not in_row:
                said.append(text)
            elif text:
                said[-1] += f" | {text}" if said[-1] else text
    return said


@pytest.mark.parametrize("which", ["audit", "explanation", "input"])
def test_markdown_says_what_html_says_and_no_name_is_markup(which: str) -> None:
    account = accounts_of_harm()[which]
    markdown = account.to_markdown()
    assert without_control(markdown)
    said = texts_of_markdown(markdown)
    assert said == Page(account.to_html()).content
    assert SHOWN.search(said[0])
    assert len(re.findall(r"^# ", markdown, re.MULTILINE)) == 1


@pytest.mark.parametrize("which", ["audit", "explanation", "input"])
def test_text_is_as_wide_as_asked_and_says_what_html_says(which: str) -> None:
    account = accounts_of_harm()[which]
    for width in (80,) if which == "audit" else (40, 80, 100):
        text = account.to_text(width=width)
        assert without_control(text)
        assert max(map(len, text.splitlines())) <= width
        assert width < 100 or text == str(account)
    wide = account.to_text(width=10_000)
    title, underline = wide.splitlines()[:2]
    assert SHOWN.search(title)
    assert set(underline) == {"="}
    lines = {" ".join(line.split()) for line in wide.splitlines()}
    page = Page(account.to_html())
    for tag, piece in page.texts:
        if tag not in {"title", "style", "th", "td", "li"}:
            said = " ".join(piece.split())
            assert said in lines or f"= {said}" in lines
    rows = [page.content[place] for place in page.rows]
    assert (which == "input") == (not rows)
    assert {" ".join(row.replace(" | ", " ").split()) for row in rows} <= lines


def test_a_unit_is_named_in_totals_without_harm() -> None:
    rows = [dollars(1, 1_000, 600, 0.1), dollars(2, 1_000, 980, 0.1)]
    frame = frame_of(rows).assign(name=[HOSTILE, "plain"])
    ledger = ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=100))
    explained = ledger.explain(rows[1].unit_id, "tier_1_target_ratio", depth=0)
    assert HOSTILE in explained.steps[0].totals[0].made_of
    for text in (explained.to_text(), explained.to_markdown(), explained.to_html()):
        assert without_control(text)
    assert texts_of_markdown(explained.to_markdown()) == Page(explained.to_html()).content
    (made_of,) = (each for each in Page(explained.to_html()).content if "last of" in each)
    assert SHOWN.search(made_of)


def test_a_name_stays_on_its_line_and_a_blank_one_is_left_out() -> None:
    rows = [dollars(1, 1_000, 600, 0.1), dollars(2, 1_000, 980, 0.1)]
    names = pd.Series(["one\u2028two\u2029three\x85four", None], dtype=object)
    frame = frame_of(rows).assign(name=names)
    ledger = ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=1_200))
    for row in rows:
        explained = ledger.explain(row.unit_id, "tier_1_target_ratio", depth=0)
        title, underline, *_ = explained.to_text().split("\n")
        assert title.endswith(f"{row.unit_id} (unit district), FY2022")
        assert underline == "=" * min(len(title), 72)
        (made_of, _) = (total.made_of for total in explained.steps[0].totals)
        assert f"the last of them is {rows[1].unit_id} at 0.98;" in made_of
    assert explained.about.name is None


def test_amounts_are_shown_with_unit_and_rounding() -> None:
    rows = [dollars(1, 1_234_567.89, 600_000, 0.1), dollars(2, 1_000, 980, 0.1)]
    ledger = ebf.calculate(frame_of(rows), ANY_AMOUNT.with_amounts(new_state_funds=100_000))
    text = ledger.explain(rows[0].unit_id, "tier_1_allocation").to_text()
    assert "= Allocation base \u00d7 Tier 1 share\n" in text
    assert "= $100,000 \u00d7 0.5\n" in text
    assert "= $50,000, rounded to the cent (" in text
    text = ledger.explain(rows[0].unit_id, "tier", depth=0).to_text()
    assert "Adequacy Target: " not in text
    text = ledger.explain(rows[0].unit_id, "in_distribution").to_text()
    assert "Adequacy Target: $1,234,567.89\n" in text
    assert (
        "= yes, since the unit is a school district and Adequacy Target ($1,234,567.89) is more"
        in text
    )


def test_expressions_are_shown_where_they_are_asked_for() -> None:
    rows = [dollars(1, 1_234_567.89, 600_000, 0.1), dollars(2, 1_000, 980, 0.1)]
    ledger = ebf.calculate(frame_of(rows), ANY_AMOUNT.with_amounts(new_state_funds=100_000))
    explained = ledger.explain(rows[0].unit_id, "tier_1_allocation")
    asked = explained.with_expressions()
    text = asked.to_text()
    assert "= allocation_base * tier_1_share\n" in text
    assert "= 100000 * 0.5\n" in text
    assert "= 50,000 dollars, rounded to 2 decimals (" in text
    assert asked.to_json() == explained.to_json()
    assert explained.to_text() != text
    assert "adequacy_target = 1,234,567.89 dollars\n" in (
        ledger.audit(rows[0].unit_id).with_expressions().to_text(10_000)
    )
    assert texts_of_markdown(asked.to_markdown()) == Page(asked.to_html()).content


# --- As JSON -----------------------------------------------------------------------------


def strictly(text: str) -> Any:
    """JSON as the standard has it: no NaN, no infinity."""

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    return json.loads(text, parse_constant=refuse)


def documents() -> Iterator[Audit | Explanation]:
    """Explanations and audits of all sorts."""
    for label in ("unit", "specially_funded", ONE_COUNT):
        yield state().audit(chosen_units()[label])
        yield state().explain(chosen_units()[label], "tier_funding")
    yield from accounts_of_harm().values()
    nameless = ebf.calculate(frame_of(TWO), ANY_AMOUNT.with_amounts(new_state_funds=1_000))
    yield nameless.audit(TWO[0].unit_id)
    yield nameless.explain(TWO[0].unit_id, "final_resources", depth=0)


def without(ignored: set[str], part: Any) -> Any:
    """A part of a schema without some keys."""
    if isinstance(part, dict):
        return {key: without(ignored, each) for key, each in part.items() if key not in ignored}
    return [without(ignored, each) for each in part] if isinstance(part, list) else part


@pytest.mark.parametrize("kind", [Explanation, Audit])
def test_the_schema_handed_out_is_that_of_the_declarations(kind: Kind) -> None:
    of_pydantic = tuple(map(int, pydantic.VERSION.split(".")[:2]))
    ignored = {"description", "enum"} if of_pydantic < (2, 13) else set()  # spelled otherwise then
    schema = kind.json_schema()
    assert without(ignored, schema) == without(ignored, kind.made_schema())
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


def test_json_is_as_its_schema_says() -> None:
    seen = set()
    for account in documents():
        found = strictly(account.to_json())
        Draft202012Validator(account.json_schema()).validate(found)
        assert found["fiscal_year"] == account.about.fiscal_year
        assert found["version"] == version("illinois-ebf")
        seen.add(found["schema"])
        other: Kind = Audit if isinstance(account, Explanation) else Explanation
        assert not Draft202012Validator(other.json_schema()).is_valid(found)
    assert seen == {"ebf/explanation/1", "ebf/audit/1"}


def test_json_has_every_number_and_text_whole() -> None:
    unit = chosen_units()["regional_program"]
    explained = state().explain(unit, "tier_funding")
    found = strictly(explained.to_json())
    for step, written in zip(explained.steps, found["steps"], strict=True):
        assert written["line"] == step.line
        assert written["rule"] == step.rule
        assert written["reads"] == [*step.reads]
        for result, of_column in zip(step.results, written["results"], strict=True):
            assert of_column == vars(result)
        for total, of_total in zip(step.totals, written["totals"], strict=True):
            assert of_total == vars(total)
    assert found["sources"] == [vars(source) for source in explained.sources]
    assert found["about"] == vars(explained.about)
    ledger, harmful = hostile()
    assert strictly(ledger.audit(harmful).to_json())["about"]["name"] == HOSTILE


def test_blanks_are_null_in_json_and_blank_in_text() -> None:
    explained = state().explain(
        chosen_units()[ONE_COUNT], "counted_enrollment_second_preceding_year"
    )
    sources = {each["column"]: each for each in strictly(explained.to_json())["sources"]}
    march = sources["march_enrollment_second_preceding_year_grade_3"]
    assert march["value"] is None
    october = sources["october_enrollment_second_preceding_year_grade_3"]["value"]
    (third,) = (r for r in explained.steps[0].results if r.column.endswith("_grade_3"))
    assert f"mean_of_reported({october:g}, blank)" in third.numbers
    assert third.value == october
    shown = explained.to_text(10_000)
    assert "March enrollment of the second preceding year (students)\n" in shown
    assert "; grade 3: blank; " in shown
    assert "since the unit is not a regional program and March enrollment" in shown


def broken(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A document without one of its fields, each in turn; and with what must not be."""

    def copy() -> dict[str, Any]:
        again: dict[str, Any] = json.loads(json.dumps(document))
        return again

    steps = ("sections", 0, "steps") if "sections" in document else ("steps",)
    within = [
        (), ("about",), ("sources", 0), (*steps, 0), (*steps, 0, "results", 0),
        *([("sections", 0)] if "sections" in document else []),
    ]  # fmt: skip
    for path in within:
        for key in reduce(operator.getitem, path, document):
            wrong = copy()
            del reduce(operator.getitem, path, wrong)[key]
            yield f"{path} without {key}", wrong
    for key, value in (("schema", "ebf/audit/2"), ("schema", "ebf/ledger/1"), ("sources", {})):
        yield f"{key} = {value}", {**document, key: value}
    wrong = copy()
    wrong["sources"][0]["kind"] = "rumour"
    yield "a source of no known kind", wrong
    wrong = copy()
    wrong["about"]["fiscal_year"] = "2022"
    yield "a year as text", wrong


@pytest.mark.parametrize("kind", [Explanation, Audit])
def test_a_wrong_document_does_not_validate(kind: Kind) -> None:
    unit = chosen_units()["unit"]
    account = state().audit(unit) if kind is Audit else state().explain(unit, "tier", depth=0)
    validator = Draft202012Validator(kind.json_schema())
    document = strictly(account.to_json())
    for section in document.get("sections", []):
        section["steps"] = section["steps"][:1]  # one is like another
    assert validator.is_valid(document)
    for what, wrong in broken(document):
        assert not validator.is_valid(wrong), what


# --- The audit ---------------------------------------------------------------------------


def test_an_audit_has_all_lines_in_the_order_of_the_statute() -> None:
    audit = state().audit(chosen_units()["unit"])
    assert [section.subsection for section in audit.sections] == list("abcdefgh")
    assert all(section.title for section in audit.sections)
    lines = [step.line for section in audit.sections for step in section.steps]
    assert lines == [name for name in FUNDING.lines(2022) if name in state().computed]
    assert len(lines) == len(state().computed)
    for section in audit.sections:
        for step in section.steps:
            cited = {paragraph[0] for paragraph in Cite(step.cite).paragraphs}
            assert section.subsection in cited, step.line
    assert not audit.not_computed
    sources = [source.column for source in audit.sources]
    columns = [result.column for _, result in results_of(audit)]
    assert len({*sources, *columns}) == len(sources) + len(columns)
    given = {column for column in state().units if column not in {"name", "county", *columns}}
    assert given <= {*sources}


def test_the_frame_of_an_audit_has_a_row_a_column() -> None:
    unit = chosen_units()["tier 1"]
    audit = state().audit(unit)
    frame = audit.frame
    own = own_numbers(state(), unit)
    assert list(frame["column"]) == [result.column for _, result in results_of(audit)]
    assert frame["column"].is_unique
    assert {"subsection", "line", "value", "formula", "numbers", "cite"} <= {*frame.columns}
    for row in frame.to_dict("records"):
        assert is_near(row["value"], own[row["column"]])
    by_column = frame.set_index("column")
    assert by_column.loc["nurse_cost_high", "line"] == "nurse_cost"
    assert by_column.loc["nurse_cost_high", "subsection"] == "b"
    assert by_column.loc["tier", "value"] == 1


def test_exact_arithmetic_is_explained_with_the_same_numbers() -> None:
    exact = few().exact
    for kind in ("unit", "regional_program"):
        unit = chosen_units()[kind]
        fast, audit = few().audit(unit), exact.audit(unit)
        assert (fast.about.arithmetic, audit.about.arithmetic) == ("fast", "exact")
        pairs = zip(results_of(fast), results_of(audit), strict=True)
        for (_, nearly), (step, result) in pairs:
            assert result.formula == nearly.formula
            breadth = breadth_of(result.numbers)
            assert is_near(result.value, nearly.value, breadth), result
            assert is_near(result.before_rounding, nearly.before_rounding, breadth), result
            assert is_near(value_of(result.numbers), result.before_rounding, breadth), result
            assert type(result.value) is type(nearly.value), step.line
        for nearly_source, source in zip(fast.sources, audit.sources, strict=True):
            assert is_near(source.value, nearly_source.value)
        Draft202012Validator(Audit.json_schema()).validate(strictly(audit.to_json()))


def test_without_rounding_every_value_is_that_before_rounding() -> None:
    ledger = calculated(units_of_every_kind(), rounding=False)
    unit = chosen_units()["unit"]
    cut_otherwise = 0
    rounded_otherwise = steps_of(state().audit(unit))
    for step, result in results_of(ledger.audit(unit)):
        assert step.rounding is None
        assert result.value == result.before_rounding
        cut_otherwise += rounded_otherwise[step.line].rounding is not None
    assert cut_otherwise > 50
    check_numbers(ledger, unit)
    assert "cut to" not in ledger.explain(unit, "adequacy_target", depth=0).to_text()
    assert "cut to" in state().explain(unit, "adequacy_target", depth=0).to_text()


# --- What is asked for wrongly, and one scenario of several ------------------------------


@pytest.mark.parametrize("depth", [-1, 1.5, "1"])
def test_a_depth_that_is_no_count_is_refused(depth: Any) -> None:
    ledger = ebf.calculate(
        frame_of([dollars(1, 1_000, 600, 0.1)]), ANY_AMOUNT.with_amounts(new_state_funds=9)
    )
    with pytest.raises(ebf.InputError, match="a whole number, 0 or more"):
        ledger.explain(unit_id(1), "tier", depth=depth)


@pytest.mark.parametrize(("unit", "line"), [(unit_id(1), None), ([unit_id(1)], "tier")])
def test_what_is_no_id_or_name_is_refused(unit: Any, line: Any) -> None:
    ledger = ebf.calculate(
        frame_of([dollars(1, 1_000, 600, 0.1)]), ANY_AMOUNT.with_amounts(new_state_funds=9)
    )
    with pytest.raises(ebf.InputError):
        ledger.explain(unit, line)


def test_a_scenario_has_salaries_of_its_own() -> None:
    salaries = ebf.Salaries({"assistant": [27_731, 28_000]})
    units = pd.DataFrame(
        {
            "unit_id": [unit_id(1)],
            "organization_type": ["unit"],
            "supervisory_aide_fte_elementary": [1.0],
            "supervisory_aide_fte_middle": [0.0],
            "supervisory_aide_fte_high": [0.0],
        }
    )
    ledger = ebf.calculate(units, ebf.law(2022, salaries=salaries), lines=["supervisory_aide_cost"])
    assert ledger.scenario(1).law.salaries["assistant"] == 28_000


def test_a_regional_sum_counts_the_units_of_the_units_own_region() -> None:
    units = units_of_every_kind().assign(region="7")
    unit = chosen_units()["regional_program"]
    units.loc[units["unit_id"].isin([unit, chosen_units()["elementary"]]), "region"] = "8"
    explained = calculated(units).explain(unit, "regional_low_income_percentage", depth=0)
    made_of = [total.made_of for total in explained.steps[0].totals]
    assert all(each.startswith("the sum over 2 units of region 8,") for each in made_of)
    assert len(made_of) == 2


# --- In words ------------------------------------------------------------------------------

PYTHON = re.compile(r"(?<!In data: )\b[a-z]+_[a-z_]+| if | else |==|True|False|None|\bnan\b|'unit'")
"""What no formula shown in words may have of an expression."""


def formulas_of(page: Page) -> list[str]:
    """The formulas of a page."""
    return [each for each in page.content if "\n  = " in each]


@cache
def audit_of(label: str) -> Audit:
    """The audit of a chosen unit."""
    return state().audit(chosen_units()[label])


@pytest.mark.parametrize("label", ["unit", "regional_program", "specially_funded", ONE_COUNT])
def test_numbers_in_words_are_those_of_the_data(label: str) -> None:
    audit = audit_of(label)
    by_name = {plain_column(result.column): (step, result) for step, result in results_of(audit)}
    page = Page(audit.to_html())
    checked = 0
    for formula in formulas_of(page):
        name, *lines = formula.split("\n  = ")
        if name not in by_name or len(lines) < 2:
            continue
        step, result = by_name[name]
        numbers = re.split(r", (?:cut|rounded) to", lines[1])[0]
        if step.measure == "0 or 1" or numbers == "blank" or numbers.endswith(step.measure):
            continue
        came, breadth = values_in_words(numbers), breadth_of(result.numbers)
        if isinstance(result.before_rounding, (int, float)):
            assert is_near(came, result.before_rounding, breadth), formula
            checked += 1
    assert checked > 100


def test_bands_in_a_table_are_worked_out_by_the_one_formula() -> None:
    audit = audit_of("unit")
    checked = 0
    blocks = audit.document.blocks
    for block, table in pairwise(blocks):
        if isinstance(block, Formula) and isinstance(table, Table):
            rule = "".join(block.equals[0]).partition(", since ")[0]
            step = steps_of(audit)[table.name]
            results = {plain_band(symbols()[each.column]): each for each in step.results}
            for band, *cells in table.rows:
                filled = rule
                headings = [each.name.removesuffix(", $") for each in table.columns[1:]]
                given = dict(zip(headings, cells, strict=True))
                for heading in sorted(given, key=len, reverse=True):
                    filled = filled.replace(heading, f"{given[heading]}")
                result = results[str(band)]
                assert is_near(cells[-1], result.value)
                if not re.search(r"[A-Za-z]", filled):
                    assert is_near(values_in_words(filled), result.before_rounding), filled
                    checked += 1
    assert checked > 60


def test_every_name_in_a_formula_leads_to_where_it_is_explained() -> None:
    audit = audit_of("unit")
    page = Page(audit.to_html())
    assert len(page.anchors) == len({*page.anchors})
    assert {*page.links} <= {*page.anchors}
    assert {step.line for section in audit.sections for step in section.steps} <= {*page.anchors}
    assert len(page.links) > 500
    for formula in formulas_of(page):
        name, rule = formula.split("\n  = ")[:2]
        if name == "Tier 1 funding":
            assert rule == "Tier 1 funding gap \u00d7 Tier 1 allocation rate"
    place = page.linked.index("Tier 1 allocation rate")
    assert page.links[place] == "tier_1_allocation_rate"


def test_an_audit_is_a_part_of_another_page() -> None:
    audit = audit_of("unit")
    blocks = [*audit.blocks(level=3, prefix="audit-")]
    headings = [each for each in blocks if isinstance(each, Heading)]
    assert {each.level for each in headings} == {3, 4}
    assert all(each.anchor.startswith("audit-") for each in headings)
    links = [
        piece.anchor
        for block in blocks
        if isinstance(block, Formula)
        for line in block.equals
        for piece in line
        if isinstance(piece, Link)
    ]
    assert len(links) > 400
    assert {*links} <= {each.anchor for each in headings}


def years_shown() -> Sequence[int]:
    """Years whose audits are shown; the words of every rule are tried beside its formula."""
    return FUNDING.years[:: depth.count(4, 1)]


@cache
def shown_in_other_years() -> tuple[Audit, ...]:
    """Audits of several kinds of unit in every year."""
    found = []
    for year in years_shown():
        ledger = ebf.calculate(
            in_company(units_of(year).iloc[::60]),
            law_of(year).with_amounts(
                salaries=ebf.sample().law.salaries.of_year(year), new_state_funds=310e6
            ),
        )
        kinds = [*ledger.units.groupby("organization_type").head(1).index]
        kinds = kinds if depth.DEEP else [kinds[(year + n) % len(kinds)] for n in range(2)]
        found += [ledger.audit(str(unit)) for unit in kinds]
    return tuple(found)


def test_no_form_but_json_has_anything_of_an_expression() -> None:
    """Of every line in force, for several kinds of unit."""
    seen = set()
    for audit in shown_in_other_years():
        for block in audit.blocks():
            if isinstance(block, Formula):
                for line in (block.name, *block.equals):
                    said = "".join(line)
                    assert not PYTHON.search(said), said
        seen |= {(audit.about.fiscal_year, step.line) for s in audit.sections for step in s.steps}
    for year in years_shown():
        assert {name for at, name in seen if at == year} <= {*FUNDING.lines(year)}
        assert len([name for at, name in seen if at == year]) > 150
    last = shown_in_other_years()[-1]
    for text in (last.to_text(), last.to_markdown(), last.to_html()):
        assert not re.search(r"\w == |\bTrue\b|\bFalse\b|divide\(", text)


def test_an_explanation_carried_elsewhere_says_the_same() -> None:
    explained = state().explain(chosen_units()["tier 2"], "tier_funding", depth=3)
    carried = pickle.loads(pickle.dumps(explained))  # noqa: S301 - our own
    assert carried.to_markdown() == explained.to_markdown()
    asked = explained.with_expressions()
    assert pickle.loads(pickle.dumps(asked)).to_markdown() == asked.to_markdown()  # noqa: S301 - our own


def test_exact_arithmetic_takes_the_same_branches_in_words() -> None:
    unit = chosen_units()["unit"]
    assert [*map(first_lines, (few().exact.audit(unit), few().audit(unit)))].count([]) == 0
    assert first_lines(few().exact.audit(unit)) == first_lines(few().audit(unit))


def first_lines(audit: Audit) -> list[str]:
    """The rules of an audit as they are taken, without numbers."""
    return [
        re.sub(r"[\d.,$]+", "", "".join(block.equals[0]))
        for block in audit.blocks()
        if isinstance(block, Formula)
    ]
