"""Plain names: short, in plain words, and never two alike."""

from __future__ import annotations

import re
from collections import Counter

from ebf.language.formula_words import Wording
from ebf.language.measure import Measure
from ebf.language.symbols import Name, parts_of
from ebf.law.names import expressions, known_names, symbols
from ebf.law.plain_names import WORDING, clauses_of, plain_column, plain_name
from ebf.law.statutes import STATUTES


def test_no_two_names_read_the_same() -> None:
    called = Counter(plain_name(name).casefold() for name in known_names())
    assert [each for each, count in called.items() if count > 1] == []
    columns = Counter(plain_column(column).casefold() for column in symbols())
    assert [each for each, count in columns.items() if count > 1] == []


def test_names_are_words_that_begin_with_a_capital() -> None:
    for column in symbols():
        said = plain_column(column)
        assert re.fullmatch(r"(?!.*  )[A-Z0-9][\w',. ()-]*", said), said
        assert "_" not in said
    assert plain_column("tier_1_funding_gap") == "Tier 1 funding gap"
    assert plain_column("nurse_salary_9_12") == "Nurse salary (9-12)"
    assert plain_column("grade_1") == "Enrollment (grade 1)"


def test_every_flag_that_a_formula_asks_says_what_it_is_in_full() -> None:
    asked = {
        part
        for statute in STATUTES.values()
        for line in statute.all_lines
        for term in expressions(line)
        for part in parts_of(term)
        if isinstance(part, Name) and known_names()[part.name].measure is Measure.FLAG
    }
    assert len({each.name for each in asked}) > 25
    for name in asked:
        clauses = clauses_of(name)
        assert clauses, name.name
        so, not_so = clauses
        assert len(re.findall(r"\b(?:is|was)\b", so)) == 1, so
        assert re.sub(r"\b(is|was) not\b", r"\1", not_so) == so
    assert isinstance(WORDING, Wording)
