"""Formulas in words: the rule, the branch that is taken and why, the numbers."""

# ruff: noqa: RUF001 - signs as they are typeset

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from in_words import values_in_words

from ebf.language.formula_text import AGGREGATES, evaluate_parts, formula_text, names_in
from ebf.language.formula_words import (
    as_text,
    decided,
    numbers_in_words,
    parts_with_values,
    reasons_in_words,
    rule_in_words,
)
from ebf.language.line import Line
from ebf.language.measure import Measure
from ebf.language.symbols import Name, Operation, Term, parts_of
from ebf.law.names import bands_added_up, expressions, formula_behind, known_names
from ebf.law.plain_names import WORDING
from ebf.law.statutes import STATUTES

PYTHON = re.compile(r"_| if | else |==|True|False|None|\bnan\b|'(unit|hybrid|elementary)|\*|np\.")
"""What no sentence may have of an expression."""
KINDS = ("unit", "elementary", "high_school", "hybrid", "laboratory_school", "regional_program")


@cache
def lines() -> tuple[Line, ...]:
    """Every rule of every statute and year, and every alternative."""
    return tuple(
        line
        for statute in STATUTES.values()
        for line in (*statute.all_lines, *(x for of in statute.alternatives.values() for x in of))
    )


def by_text(text: str) -> Term:
    """The term of a formula's text."""
    return formula_behind(text)


def rule(text: str) -> str:
    """The words of a formula."""
    return as_text(rule_in_words(by_text(text), WORDING))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tier_1_funding_gap * tier_1_allocation_rate",
         "Tier 1 funding gap × Tier 1 allocation rate"),
        ("final_resources / (adequacy_target - final_resources)",
         "Final Resources ÷ (Adequacy Target − Final Resources)"),
        ("minimum(adjusted_eav, ptell_eav) if ptell_district else adjusted_eav",
         ("(the lesser of Adjusted EAV and PTELL EAV) where the district is under PTELL; "
          "otherwise Adjusted EAV")),
        ("statewide_sum(adequacy_target if in_tier_3 else 0)",
         "the sum of Adequacy Target over all units where the unit is in Tier 3"),
        ("statewide_sum(in_tier_3)", "the number of units where the unit is in Tier 3"),
        ("band_total(enrollment)", "the sum of Enrollment over all bands"),
        ("grade_1 + grade_2", "Enrollment (grade 1) + Enrollment (grade 2)"),
        ("organization_type == 'unit' or organization_type == 'hybrid'",
         "Kind of unit is unit district or hybrid district"),
        ("0 < adequacy_target and not in_tier_1",
         "Adequacy Target is more than 0 and the unit is not in Tier 1"),
    ],
)  # fmt: skip
def test_a_rule_reads_as_a_sentence(text: str, words: str) -> None:
    assert rule(text) == words


NUMBERS = {
    "adjusted_eav": 5.0, "ptell_eav": 3.0, "ptell_district": 1.0, "in_tier_1": False,
    "in_tier_2": True, "organization_type": "high_school", "tier_1_money_joins_tier_2": False,
    "final_percent_of_adequacy": 0.9, "tier_1_target_ratio": 0.7, "tier_2_target_ratio": 0.9,
    "tier_3_target_ratio": 1.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "branch", "why"),
    [
        ("minimum(adjusted_eav, ptell_eav) if ptell_district else adjusted_eav",
         "the lesser of 5 and 3, here the second", "the district is under PTELL"),
        ("adjusted_eav if in_tier_1 or in_tier_2 else 0", "5", "the unit is in Tier 2"),
        ("adjusted_eav if in_tier_1 and in_tier_2 else 0", "0", "the unit is not in Tier 1"),
        ("adjusted_eav if not (in_tier_1 or ptell_eav < adjusted_eav) else ptell_eav", "3",
         "PTELL EAV (3) is less than Adjusted EAV (5)"),
        ("adjusted_eav if organization_type == 'unit' else ptell_eav", "3",
         "Kind of unit (high school district) is not unit district"),
        (("adjusted_eav if organization_type == 'elementary' else "
         "(ptell_eav if organization_type == 'high_school' else 0)"), "3",
         "Kind of unit is high school district"),
        (("1 if final_percent_of_adequacy < tier_1_target_ratio and tier_1_money_joins_tier_2 == 0 "
          "else (2 if final_percent_of_adequacy < tier_2_target_ratio else 3)"), "3",
         ("Final Percent of Adequacy (0.9) is not less than Tier 1 target ratio (0.7) and "
          "Final Percent of Adequacy (0.9) is not less than Tier 2 target ratio (0.9)")),
    ],
)  # fmt: skip
def test_the_branch_that_is_taken_and_why(text: str, branch: str, why: str) -> None:
    def value_of(part: Term) -> Any:
        assert isinstance(part, Name)
        return NUMBERS[part.name]

    def number(part: Term) -> str:
        value = value_of(part)
        return WORDING.code(value) if isinstance(value, str) else f"{value:g}"

    found = decided(by_text(text), value_of)
    assert as_text(numbers_in_words(found.term, WORDING, number, value_of)) == branch
    assert as_text(reasons_in_words(found.reasons, WORDING, number)) == why


def test_values_a_breadth_apart_take_the_branch_of_equal_ones() -> None:
    """0.1 + 0.2 is above 0.3 by less than floats can tell, so it is not less than it, nor more."""
    term = by_text("1 if tier_1_target_ratio < final_percent_of_adequacy else 2")
    values = {"tier_1_target_ratio": 0.3, "final_percent_of_adequacy": 0.1 + 0.2}
    found = decided(term, lambda part: values[part.name])  # type: ignore[union-attr]
    assert found.term == 2


def test_every_formula_is_read_back_from_its_text() -> None:
    for line in lines():
        for term in expressions(line):
            text = formula_text(term, bands_added_up)
            assert formula_text(formula_behind(text), bands_added_up) == text, line.name


@cache
def divisors() -> frozenset[str]:
    """The names by which rules divide, and that checks keep from being 0."""
    return frozenset(
        name.name
        for line in lines()
        for term in expressions(line)
        for part in parts_of(term)
        if isinstance(part, Operation) and part.operator == "/"
        for name in names_in(part.operands[1])
    )


def invented(seed: int) -> Callable[[Term], Any]:
    """Values of names, and of what takes many values in, by chance."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    known: dict[Term, Any] = {}

    def value(part: Term) -> Any:
        if isinstance(part, Operation):
            return float(chance.randint(1, 9))
        assert isinstance(part, Name)
        match known_names()[part.name].measure:
            case None:
                return chance.choice(KINDS)
            case Measure.FLAG:
                return bool(chance.getrandbits(1))
            case Measure.SHARE | Measure.RATIO:
                return chance.choice((0.25, 0.5, 1.5))
            case Measure.STUDENTS if "march" in part.name or "october" in part.name:
                return chance.choice((math.nan, 3.0))
        return float(chance.randint(part.name in divisors(), 4))

    def value_of(part: Term) -> Any:
        key = part.column if isinstance(part, Name) else part
        if key not in known:
            known[key] = value(part)
        return known[key]

    return value_of


@cache
def terms() -> tuple[tuple[Line, Term], ...]:
    """Every formula once, whatever band it is of."""
    found: dict[tuple[str, str], tuple[Line, Term]] = {}
    for line in lines():
        for term in expressions(line):
            words = as_text(rule_in_words(term, WORDING, bands=False))
            found.setdefault((line.name, words), (line, term))
    return tuple(found.values())


@pytest.mark.parametrize("seed", range(3))
def test_every_rule_has_words_in_every_branch_and_its_numbers_come_to_the_value(seed: int) -> None:
    value_of = invented(seed)

    def number(part: Term) -> str:
        value = evaluate_parts(part, value_of).item()
        if isinstance(value, str):
            return WORDING.code(value)
        return f"{float(value):,.15g}".replace("-", "−")

    count = 0
    for line, term in terms():
        found = decided(term, value_of)
        value = evaluate_parts(term, value_of).item()
        numbers = as_text(numbers_in_words(found.term, WORDING, number, value_of))
        said = [
            as_text(rule_in_words(term, WORDING)),
            as_text(rule_in_words(found.term, WORDING)),
            as_text(reasons_in_words(found.reasons, WORDING, number)) if found.reasons else "",
        ]
        assert not any(PYTHON.search(each) for each in said), (line.name, said)
        if line.measure is Measure.FLAG and isinstance(value, bool):
            continue
        assert " where " not in numbers.replace("which is 0 where", ""), numbers
        came = values_in_words(numbers)
        assert came == pytest.approx(value, rel=1e-9, abs=1e-9, nan_ok=True), (line.name, numbers)
        count += 1
    assert count > 300


def test_aggregates_are_parts_as_a_whole() -> None:
    term = by_text("divide(tier_3_aggregate_funding, statewide_sum(adequacy_target))")
    names, totals = parts_with_values(term)
    assert isinstance(names, Name)
    assert isinstance(totals, Operation)
    assert totals.operator in AGGREGATES
