"""Formulas as symbols, and their text."""

from __future__ import annotations

import numpy as np

from ebf.language.formula_text import evaluate, formula_text
from ebf.language.symbols import Name, Operation
from ebf.law.names import bands_added_up, names_read


def test_a_number_stands_on_the_side_of_a_sign_where_the_rule_has_it() -> None:
    name = Name("low_income_count", "low_income_count", 0)
    values = {"low_income_count": np.array([[[4.0]]])}
    for term, text, value in (
        (1 / name, "1 / low_income_count", 0.25),
        (name / 1, "low_income_count / 1", 4),
        (1 - name, "1 - low_income_count", -3),
        (0.5 * name, "0.5 * low_income_count", 2),
    ):
        assert formula_text(term) == text
        assert evaluate(term, values).item() == value


def test_only_the_total_over_all_bands_of_one_name_is_shown_by_the_name() -> None:
    grades = tuple(names_read("enrollment").flat)
    products = tuple(2 * grade for grade in grades)
    assert bands_added_up(Operation("band_total", grades)) == "band_total(enrollment)"
    assert bands_added_up(Operation("band_total", grades[:-1])) is None
    assert bands_added_up(Operation("band_total", products)) is None
    assert bands_added_up(Operation("statewide_sum", grades[:1])) is None
