"""What a line is, and its units, roundings and evidence."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from ebf.language.evidence import Evidence, Kind, from_guide, law_as_read, verified
from ebf.language.line import Line
from ebf.language.measure import GREATEST, Measure
from ebf.language.rounding import CUT_2, CUT_2_OF_DIFFERENCE, NEAREST_CENT
from ebf.law.evidence import Matches
from ebf.law.funding import FUNDING


def test_what_a_line_is_where_nothing_is_said() -> None:
    said = {each.name: each.default for each in fields(Line)}
    assert not said["statewide"]
    assert not said["may_be_blank"]
    assert said["bands"] is said["rounding"] is None
    assert said["first_year"] is said["last_year"] is None
    assert from_guide(6) == Evidence(Kind.GUIDE, (6,))
    assert law_as_read(28) == Evidence(Kind.LAW, (28,))


def test_what_is_said_of_roundings_and_of_evidence() -> None:
    assert str(CUT_2) == "cut to 2 decimals"
    assert str(NEAREST_CENT) == "rounded to 2 decimals"
    assert from_guide(6).in_words() == "guide; reading 6"
    assert verified(note="one a cent off").in_words(str(Matches(1_849, 1_850))) == (
        "verified 1,849 of 1,850 (one a cent off)"
    )


def test_a_line_tells_its_rule_in_words_and_its_first_sentence() -> None:
    line = FUNDING.lines(2022)["tier_funding"]
    assert line.title == "Tier funding: the unit's new money of the year, cut to the cent"
    assert line.words == f"{line.title}."
    gap = FUNDING.lines(2022)["tier_2_funding_gap"]
    assert gap.words == f"{gap.title}. What Tier 1 pays is taken off, not Tier 1's gap."


RANGES = {
    Measure.RATIO: (0, 20),
    Measure.SHARE: (0, 1),
    Measure.FLAG: (0, 1),
    Measure.TIER: (0, 4),
    Measure.RATE: (0, 0.2),
    Measure.STUDENTS_PER_FTE: (0.01, 1e13),
    Measure.PERCENT: (0, 10_000),
    Measure.POINTS: (0, 4),
}


def test_the_range_of_every_unit() -> None:
    assert {each: each.range for each in Measure} == {
        each: RANGES.get(each, (0, 1e13)) for each in Measure
    }
    assert GREATEST == 10_000_000_000_000


def test_a_difference_keeps_the_cents_that_larger_amounts_blur() -> None:
    blurred = np.array([[[717204.64 - 717196.54]]])  # 8.0999999999767
    assert CUT_2_OF_DIFFERENCE(blurred).item() == 8.1
    assert CUT_2(blurred).item() == 8.09
