"""Formulas in words, worked out as a reader would: from the innermost parentheses outward."""

# ruff: noqa: RUF001 - signs as they are typeset

from __future__ import annotations

import math
import re
from statistics import NormalDist


def values_in_words(text: str) -> float:
    """What a formula in words and numbers comes to, worked out from the innermost parentheses."""
    text = text.replace("−", "-").replace("$", "")
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    while found := re.search(r"\(([^()]*)\)", text):
        value = _without_parentheses(found[1])
        text = f"{text[: found.start()]}{value!r}{text[found.end() :]}"
    return _without_parentheses(text)


def _without_parentheses(text: str) -> float:
    for words, function in (
        ("the square root of ", math.sqrt),
        ("the normal distribution's part below ", NormalDist().cdf),
        ("the whole part of ", lambda value: math.trunc(round(value, 9))),
    ):
        if text.startswith(words):
            return float(function(_without_parentheses(text.removeprefix(words))))
    if match := re.match(r"the (lesser|least|greater|greatest) of (.*)", text):
        of, _, here = match[2].partition(", here the ")
        of, are_equal, _ = of.partition(", which are equal")
        values = [_without_parentheses(each) for each in re.split(r", | and ", of)]
        extreme = (min if match[1] in {"lesser", "least"} else max)(values)
        ordinals = ("first", "second", "third")
        if here:
            assert values[ordinals.index(here)] == extreme
        elif are_equal:
            assert len(set(values)) == 1
        return extreme
    if match := re.match(r"(.*) ÷ \S+, which is 0 where there is nothing to divide by$", text):
        return 0.0
    if text in {"nan", "blank"}:
        return math.nan
    return float(eval(text.replace("×", "*").replace("÷", "/"), {"nan": math.nan}))  # noqa: S307 - our own text
