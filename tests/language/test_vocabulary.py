"""The words of the formula, on floats, fractions and symbols."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ebf.language import vocabulary
from ebf.language.symbols import Operation
from ebf.law.funding import FUNDING
from ebf.law.names import expressions, names_read


def test_quotients_of_any_sign_and_of_nothing() -> None:
    numerator, denominator = vocabulary.units(1, 1, 1), vocabulary.units(-2, 0, 4)
    assert vocabulary.divide(numerator, denominator).ravel().tolist() == [-0.5, 0, 0.25]


def test_sums_of_regions_in_fractions() -> None:
    numbers = vocabulary.exactly(vocabulary.units(0.1, 2, 0.4))
    regions = vocabulary.units("01", "02", "01")
    sums = vocabulary.regional_sum(numbers, regions).ravel().tolist()
    assert sums == [Fraction(1, 2), 2, Fraction(1, 2)]


def test_fractions_are_made_of_floats_alone() -> None:
    text, flags = np.array([[["unit"]]]), np.array([[[True]]])
    assert vocabulary.exactly(text) is text
    assert vocabulary.exactly(flags) is flags
    exact = vocabulary.exactly(np.array([[[0.5]]]))
    assert exact.dtype == object
    assert vocabulary.nearly(exact).dtype == np.float64
    assert vocabulary.nearly(text) is text
    assert vocabulary.nearly(flags) is flags


def test_a_band_total_of_symbols_names_every_band() -> None:
    grades = names_read("enrollment")
    total = vocabulary.band_total(grades).item()
    assert isinstance(total, Operation)
    assert total.operands == tuple(grades.flat)
    target = names_read("adequacy_target")
    assert vocabulary.band_total(target).item() is target.item()
    (students,) = expressions(FUNDING.lines(2022)["average_student_enrollment"])
    assert students == total


def test_flags_of_symbols_and_of_fractions() -> None:
    less = vocabulary.less(vocabulary.exactly(np.array([[[0.1]]])), np.array([[[0.2]]]))
    assert less.dtype == bool
    assert less.item() is True
    symbol = vocabulary.less(names_read("adequacy_target"), names_read("final_resources"))
    assert isinstance(symbol.item(), Operation)
    lesser = vocabulary.minimum(vocabulary.exactly(np.array([[[0.1]]])), 0.2)
    assert lesser.dtype == object
