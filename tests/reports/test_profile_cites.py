"""Cites of the profile's facts whose parameters carry what several sections say."""

from __future__ import annotations

import pytest

import ebf

CITES = {
    "education_ceiling": "17-2(1)-(3), 17-3",
    "operations_ceiling": "17-2, 17-5",
    "special_education_ceiling": "17-2.2a",
    "transportation_ceiling": "17-2(5)-(7), 17-4",
    "capital_ceiling": "17-2(4), 17-2.3",
    "summer_school_ceiling": "17-2(8), 17-2.1",
    "vocational_building_ceiling": "17-2.4",
    "other_ceilings": "17-2.2c, 17-2.11, 20-3",
}


def test_every_ceiling_has_the_cite_of_its_fund() -> None:
    facts = ebf.policy_profile(2022).facts
    assert facts.loc[[*CITES], "cite"].to_dict() == CITES


@pytest.mark.parametrize(
    "fact",
    ["transportation_ceiling", "summer_school_ceiling", "other_ceilings",
     "special_education_ceiling"],
)  # fmt: skip
def test_what_is_generally_known_alone_says_so_where_it_is_shown(fact: str) -> None:
    said = str(ebf.policy_profile(2022).facts.loc[fact, "FY2022"])
    assert "s generally known" in said


def test_a_fact_of_the_law_without_a_cite_of_its_own_has_the_laws() -> None:
    assert ebf.policy_profile(2022).facts.loc["gifted", "cite"] == "18-8.15(b)(2)(M)"


def test_a_year_whose_relief_is_paused_is_not_said_to_pay() -> None:
    said = str(ebf.policy_profile(2026).facts.loc["relief_grants", "FY2026"])
    assert "$0.00 of new money" in said
    assert "a year with none of it pays none" in said
