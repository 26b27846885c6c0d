"""The second computation of the neighbors against their specification's examples and records.

Every expected number is written out: from the specification, from what was published, or
reckoned by hand beside the assertion.
"""

from __future__ import annotations

import csv
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

import pytest

from reference.arithmetic import cut, to_the_cent, total
from reference.neighbors import (
    extension,
    facility_tax,
    financial,
    relief,
    report_card,
    reviews,
)

F = Fraction
KINDS = ("elementary", "high_school", "unit")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def by_id(path: Path) -> dict[str, dict[str, str]]:
    """By the 13 digits of a unit, also of the cards' 15."""
    return {(row.get("unit_id") or row["rcdts"])[:13]: row for row in rows(path)}


def tenth(value: Fraction | None) -> Fraction:
    """As the cards show it: one decimal, halves up."""
    assert value is not None
    return F(floor(value * 10 + F(1, 2)), 10)


# --- Section 1: report card -------------------------------------------------------


MATTESON: dict[str, Any] = {
    "unit_id": "0701616200200",
    "organization_type": "elementary",
    "final_percent_of_adequacy": F("24975582.82") / F("35247457.85"),
    "adequacy_target": F("35247457.85"),
    "final_resources": F("24975582.82"),
    "tier": F(2),
    "local_capacity_percentage": F("0.2383"),
    "adjusted_local_capacity_target": F("11327899.28"),
    "real_receipts": F("20688307.14"),
}


def test_matteson_on_the_card_of_2022() -> None:
    card = report_card.metrics(MATTESON)
    assert tenth(card["i_percent_of_adequacy"]) == F("70.9")
    assert tenth(card["j_law"]) == F("23.8")
    assert tenth(card["j_state_board"]) == F("32.1")
    assert tenth(card["k_real_receipts"]) == F("58.7")
    assert tenth(card["receipts_of_adjusted_target"]) == F("182.6")
    assert card["tier"] == 2
    assert card["adequacy_target"] == F("35247457.85")
    assert card["h_pension"] is card["g_normal_cost"] is card["l_state_board"] is None


def test_mattesons_receipts_by_the_adjustment() -> None:
    target = cut(F("0.2383") * F("35247457.85"))
    assert target == F("8399469.20")
    receipts = report_card.receipts_by_adjustment(F("11327899.28"), target, F("0.2383"))
    assert to_the_cent(receipts) == F("20688307.14")


def test_normal_cost_contributions_of_chicago_and_administration() -> None:
    given = {
        "organization_type": "unit",
        "final_percent_of_adequacy": F("1.25"),
        "adequacy_target": F(1000),
        "local_capacity_percentage": F("0.9"),
        "trs_normal_cost_paid_by_state": F(3000),
        "pupils": F(40),
        "state_pension_contribution": F(7),
        "state_health_contribution": F(5),
        "general_administration_expenditure": F(30),
        "total_expenditure": F(800),
    }
    card = report_card.metrics(given)
    assert card["g_normal_cost"] == 3000
    assert card["g_normal_cost_per_pupil"] == 75
    assert card["h_pension"] is card["h_health"] is None  # blank elsewhere
    assert card["i_percent_of_adequacy"] == 125  # may exceed 100
    assert card["l_law"] == 30
    assert card["l_state_board"] == F("3.75")
    chicago = report_card.metrics({**given, "article_34": True})
    assert [chicago["h_pension"], chicago["h_health"]] == [7, 5]
    without = report_card.metrics({**given, "adequacy_target": F(0)})
    assert without["i_percent_of_adequacy"] is without["j_law"] is None
    assert without["j_state_board"] is without["k_real_receipts"] is None
    assert without["l_state_board"] == F("3.75")


def test_years_of_the_card() -> None:
    assert report_card.years_of_card(2024) == {
        "formula": 2024,
        "expenditures": 2023,  # 2022-23
        "tax_year": 2021,
    }
    assert report_card.eav_per_pupil(F(900), F(9)) == 100
    values = {2022: F(3), 2019: F(2), 2016: F(1)}
    assert report_card.five_years(values, 2022) == {
        2022: 3,
        2021: None,
        2020: None,
        2019: 2,
        2018: None,
        2017: None,
    }


def test_the_states_ratio_is_of_sums() -> None:
    districts = [
        {
            "organization_type": "unit",
            "final_resources": F(50),
            "adequacy_target": F(100),
            "local_capacity_percentage": F("0.2"),
            "trs_normal_cost_paid_by_state": F(10),
            "pupils": F(1),
        },
        {
            "organization_type": "unit",
            "final_resources": F(270),
            "adequacy_target": F(300),
            "local_capacity_percentage": F("0.6"),
            "trs_normal_cost_paid_by_state": F(10),
            "pupils": F(4),
        },
        {
            "organization_type": "regional_program",
            "final_resources": F(9),
            "adequacy_target": F(9),
            "local_capacity_percentage": F("0.1"),
        },
    ]
    assert report_card.of_the_state(districts, "i_percent_of_adequacy") == 80  # not 70
    assert report_card.of_the_state(districts, "j_law") == 50
    assert report_card.of_the_state(districts, "g_normal_cost_per_pupil") == 4
    assert report_card.of_the_state(districts, "l_state_board") is None


def made_like(unit_id: str, kind: str, *shares: str) -> dict[str, Any]:
    named = zip(report_card.SHARES, map(F, shares), strict=True)
    return {"unit_id": unit_id, "organization_type": kind, **dict(named)}


def test_similar_districts() -> None:
    own = made_like("a", "unit", "0.50", "0.15", "0.10")
    others = [
        made_like("e", "unit", "0.53", "0.15", "0.14"),  # 5 points: 3, 0, 4
        made_like("d", "unit", "0.50", "0.20", "0.10"),  # 5 points
        made_like("c", "unit", "0.49", "0.15", "0.10"),  # 1 point
        made_like("b", "elementary", "0.50", "0.15", "0.10"),  # another type
        own,
    ]
    assert report_card.squared_distance(own, others[0]) == 25
    assert report_card.similar(own, others) == ["c", "d", "e"]
    assert report_card.similar(own, others, 2) == ["c", "d"]
    assert report_card.median_and_rank(F(4), [F(1), F(4), F(7), F(9)]) == (F("5.5"), 3)


def test_percents_and_tiers_of_the_card_of_2018(published: Path) -> None:
    units = by_id(published / "fy2018.csv")
    compared = 0
    for unit_id, row in by_id(published / "report_card_2018.csv").items():
        if not row["percent_of_adequacy"]:
            continue
        unit = units[unit_id]
        given = {
            "organization_type": unit["organization_type"],
            "final_percent_of_adequacy": F(unit["final_percent_of_adequacy"]),
            "adequacy_target": F(unit["adequacy_target"]),
            "tier": F(unit["tier"]),
        }
        card = report_card.metrics(given)
        assert tenth(card["i_percent_of_adequacy"]) == F(row["percent_of_adequacy"]), row["name"]
        assert card["tier"] == F(row["tier"]), row["name"]
        compared += 1
    assert compared == 849


def administration(published: Path, year: int) -> list[dict[str, Any]]:
    return [
        {
            "organization_type": row["district_type"],
            "general_administration_expenditure": F(row["general_administration_expenditure"]),
            "total_expenditure": F(row["total_expenditure"]),
            "published": F(row["administrative_costs_percent"]),
        }
        for row in rows(published / f"report_card_{year}.csv")
        if row["total_expenditure"]
    ]


def test_administrative_costs_of_three_cards(published: Path) -> None:
    every = [each for year in (2018, 2020, 2021) for each in administration(published, year)]
    assert len(every) == 2549
    for each in every:
        assert tenth(report_card.metrics(each)["l_state_board"]) == each["published"]


@pytest.mark.parametrize(("year", "theirs"), [(2018, "3.1"), (2020, "3.1"), (2021, "3.0")])
def test_administrative_costs_of_the_state_are_of_sums(
    published: Path, year: int, theirs: str
) -> None:
    # The cards' one row without a district; the mean of the districts' percents is above 5.6.
    (state,) = [
        row["administrative_costs_percent"]
        for row in rows(published / f"report_card_{year}.csv")
        if row["administrative_costs_percent"] and not row["total_expenditure"]
    ]
    assert F(state) == F(theirs)
    every = administration(published, year)
    assert tenth(report_card.of_the_state(every, "l_state_board")) == F(theirs)
    assert total(each["published"] for each in every) / len(every) > F("5.6")


# --- Section 2: relief grants -----------------------------------------------------


def applicant(unit_id: str, kind: str, rate: str, eav: int, share: str) -> dict[str, Any]:
    return {
        "unit_id": unit_id,
        "organization_type": kind,
        "adjusted_operating_tax_rate": F(rate),
        "eav": F(eav),
        "local_capacity_percentage": F(share),
        "applied": True,
    }


def test_mattesons_grant_of_2020() -> None:
    share = F("0.2624")
    assert relief.multiplier(share) == F("0.93114624")
    grants = relief.paid_in_order(
        [relief.Claim("matteson", F(1), F(1972837), relief.multiplier(share))], F(53_650_000)
    )
    assert 1972837 * relief.multiplier(share) == pytest.approx(1836999.75, abs=0.005)
    assert grants["matteson"].grant == 1836999
    low, high = relief.implied_eav(F(1836999), "elementary", share) or (F(0), F(0))
    assert relief.reliefs_of(F(1836999), share) == range(1972837, 1972838)
    assert floor(low / 100_000) == floor(high / 100_000) == 3876  # 387.6 million
    grants = relief.grants_by_rank(
        [applicant("matteson", "elementary", "0.05", floor(high), "0.2624")], F(53_650_000)
    )
    assert list(grants["matteson"]) == [1, 1972837, 1836999]


def test_other_published_multipliers() -> None:
    # 4.71 of 6.5 million.
    assert round(F("4.71") / F("6.5"), 4) == F("0.7246")
    assert round(relief.multiplier(F("0.525")), 2) == F("0.72")
    assert round(relief.multiplier(F("0.5248")), 4) == F("0.7246")
    # 1.79 of 1.84 million, "98 percent", each rounded; by the share of FY2020.
    assert F("0.97") < F("1.79") / F("1.84") < F("0.98")
    assert F("0.97") < relief.multiplier(F("0.1555")) < F("0.98")


def test_the_pool_ends() -> None:
    claims = [
        relief.Claim("a", F(3), F(60), F("0.9")),
        relief.Claim("b", F(2), F(80), F("0.8")),
        relief.Claim("c", F(1), F(10), F("0.5")),
    ]
    grants = relief.paid_in_order(claims, F(100))
    assert list(grants["a"]) == [3, 60, 54]
    assert list(grants["b"]) == [2, F("57.50"), 46]
    assert list(grants["c"]) == [1, 0, 0]
    # A pool that ends exactly, and one for all.
    assert [each.grant for each in relief.paid_in_order(claims, F(54)).values()] == [54, 0, 0]
    assert [each.grant for each in relief.paid_in_order(claims, F(200)).values()] == [54, 64, 5]


def test_rank_by_the_simple_mean_of_the_type() -> None:
    districts = [
        # Units: mean 0.05; a 1.2 times, b 0.8 times, of any size.
        applicant("a", "unit", "0.06", 1_000_000, "0.5"),
        applicant("b", "unit", "0.04", 900_000_000, "0.5"),
        # High schools: mean 0.02, also of the one that did not apply; c 1.2 times: ties with a.
        applicant("c", "high_school", "0.024", 1_000_000, "0.2"),
        applicant("d", "high_school", "0.016", 1_000_000, "0.2") | {"applied": False},
        applicant("e", "elementary", "0.03", 1_000_333, "0.5") | {"intended_relief": F(2000)},
    ]
    grants = relief.grants_by_rank(districts, F(10_000_000))
    assert list(grants) == ["a", "c", "e", "b"]
    assert [each.ranked_by for each in grants.values()] == [F("1.2"), F("1.2"), 1, F("0.8")]
    assert list(grants["a"][1:]) == [5000, 3750]  # 1,000,000 x 0.01 x 0.5; x 0.75
    assert list(grants["c"][1:]) == [2480, 2380]  # x 0.0031 x 0.8; x 0.96 = 2,380.80
    assert list(grants["e"][1:]) == [2000, 1500]  # of 3,451.14 two thousand are meant
    assert list(grants["b"][1:]) == [4_500_000, 3_375_000]
    ends = relief.grants_by_rank(districts, F(6000))
    assert list(ends["c"][1:]) == [F(2250) / F("0.96"), 2250]
    assert ends["e"].grant == ends["b"].grant == 0


def test_threshold_of_2019() -> None:
    # Rates of 0.07, 0.063 (0.0436 x 13/9, say) and 0.05 as units; m is 1 for a share of 0.
    districts = [
        applicant("a", "unit", "0.07", 1_000_000, "0"),
        applicant("b", "elementary", str(F("0.063") * F(9, 13)), 1_000_000, "0"),
        applicant("c", "high_school", str(F("0.05") * F(4, 13)), 1_000_000, "0"),
        applicant("d", "unit", "0.09", 1_000_000, "0") | {"applied": False},
    ]
    # At 0.06: a all of 0.01 x 1,000,000 = 10,000; b 0.3 of 6,900 = 2,070; c none.
    threshold, grants = relief.grants_2019(districts, F(12_070))
    assert threshold == F("0.06")
    assert list(grants) == ["a", "b", "c"]
    assert list(grants["a"]) == [F("0.07"), 10_000, 10_000]
    assert list(grants["b"]) == [F("0.063"), 2070, 2070]
    assert list(grants["c"]) == [F("0.05"), 0, 0]
    # Below it a has all already, b 690 more a thousandth: 12,760 at 0.059.
    assert relief.grants_2019(districts, F(12_760))[0] == F("0.059")
    # Above it a falls by 1,000 a thousandth too: 10,380 at 0.061.
    assert relief.grants_2019(districts, F(10_380))[0] == F("0.061")
    # The share lessens the grant, not the relief: 1 - 0.6^2 = 0.64.
    threshold, grants = relief.grants_2019(
        [applicant("a", "unit", "0.07", 1_000_000, "0.6")], F(3200)
    )
    assert threshold == F("0.065")
    assert list(grants["a"][1:]) == [5000, 3200]


def test_threshold_of_2019_at_its_ends() -> None:
    one = [applicant("a", "unit", "0.07", 1_000_000, "0")]
    threshold, grants = relief.grants_2019(one, F(20_000))
    assert [threshold, grants["a"].grant] == [F("0.06"), 10_000]  # all have the most
    threshold, grants = relief.grants_2019(one, F(0))
    assert [threshold, grants["a"].grant] == [F("0.07"), 0]
    assert relief.grants_2019([one[0] | {"applied": False}], F(5)) == (None, {})
    # Between 0.04 and 0.06 nothing moves: the highest rate that spends it.
    apart = [*one, applicant("b", "unit", "0.04", 1_000_000, "0")]
    threshold, grants = relief.grants_2019(apart, F(10_000))
    assert threshold == F("0.06")
    assert [each.grant for each in grants.values()] == [10_000, 0]


@pytest.mark.parametrize("pool", range(1, 60_000, 3_571))
def test_grants_of_2019_sum_to_the_pool(pool: int) -> None:
    districts = [
        applicant(
            str(number),
            KINDS[number % 3],
            str(F(30 + 7 * number % 23, 1000)),
            1_000_000 + 77_777 * number,
            str(F(number % 9, 10)),
        )
        for number in range(12)
    ]
    threshold, grants = relief.grants_2019(districts, F(pool))
    assert threshold is not None
    most = relief.grants_at(districts, F(-1))
    assert total(each.grant for each in grants.values()) == min(F(pool), most)


def test_a_grant_in_the_base() -> None:
    assert relief.next_base(F("12240690.23"), F(0), F("1836999.00")) == F("14077689.23")
    assert relief.tax_year_of_eav(2022) == 2019

    def within(base_year: int, fiscal_year: int = 2024, **abated: bool) -> Fraction:
        return relief.within_base(F(5), fiscal_year, base_year, **abated)

    assert within(2024, first=True, second=True) == 0
    assert within(2025, first=True, second=False) == 5
    assert within(2026, first=True, second=False) == 0
    assert within(2030, first=True, second=True) == 5
    assert within(2025, first=False, second=False) == 0
    assert within(2021, 2019, first=True, second=False) == 5


def test_grants_of_2020_entered_the_base(published: Path) -> None:
    grants = by_id(published / "fy2020_property_tax_relief_grants.csv")
    before, after = by_id(published / "fy2020.csv"), by_id(published / "fy2022.csv")
    amounts = {unit_id: F(row["property_tax_relief_grant"]) for unit_id, row in grants.items()}
    assert len(amounts) == 37
    for unit_id, amount in amounts.items():
        # The year's total is base and tier funding together; FY2021 had no tier money.
        base = relief.next_base(F(before[unit_id]["total_state_contribution"]), F(0), amount)
        assert base == F(after[unit_id]["base_funding_minimum"]), grants[unit_id]["name"]
    # The specification has 51,465,541 and all whole dollars: one of them, DeKalb's, is not.
    assert total(amounts.values()) == F("51465541.40")
    assert [unit_id for unit_id, amount in amounts.items() if amount.denominator != 1] == [
        "1601942802600"
    ]
    assert amounts["1601942802600"] == F("4812835.40")


def test_intervention_money_entered_the_base_otherwise(published: Path) -> None:
    grants = by_id(published / "fy2020_property_tax_relief_grants.csv")
    before, after = by_id(published / "fy2020.csv"), by_id(published / "fy2022.csv")
    moved = {}
    for unit_id in before.keys() & after.keys() - grants.keys():
        gained = F(after[unit_id]["base_funding_minimum"]) - F(
            before[unit_id]["total_state_contribution"]
        )
        if abs(gained) >= 5_000:
            moved[unit_id] = gained
    assert moved == {"3404918702600": 7_468_612, "5008218902200": 6_904_840}


# Whose grant implies far less than the card's EAV: less relief was meant than the greatest.
MEANT_LESS = {"3404912701600", "1304120902700", "1304131802700"}


def test_eav_implied_by_the_grants_of_2020(published: Path) -> None:
    """Two cuts give every whole dollar, since m is at most 1; so the EAV is held to the card's.

    The card of 2020 has EAV per pupil of 2017, the tax year of these grants; attendance is
    somewhat less than enrollment.
    """
    units = by_id(published / "fy2020.csv")
    cards = by_id(published / "report_card_2020.csv")
    checked = 0
    for unit_id, row in by_id(published / "fy2020_property_tax_relief_grants.csv").items():
        unit = units[unit_id]
        share = F(unit["local_capacity_percentage"])
        grant = F(row["property_tax_relief_grant"])
        found = relief.implied_eav(grant, row["organization_type"], share)
        if unit_id == "1601942802600":  # no whole dollar
            assert found is None
            continue
        assert found is not None, row["name"]
        low, high = found
        for eav in (low, high - F(1, 1000)):
            most = floor(relief.greatest_abatement(eav, row["organization_type"], share))
            assert floor(most * relief.multiplier(share)) == grant, row["name"]
        attendance = low / F(cards[unit_id]["eav_per_pupil"])
        of_enrollment = attendance / F(unit["average_student_enrollment"])
        inside = F("0.83") < of_enrollment < F("1.02")
        assert inside == (unit_id not in MEANT_LESS), row["name"]
        checked += 1
    assert checked == 36


# --- Section 3: ceilings -----------------------------------------------------------


@pytest.mark.parametrize(
    ("fund", "without", "by_vote"),
    [
        ("education", ("0.92", "0.92", "1.84"), ("3.50", "3.50", "4.00")),
        ("operations_and_maintenance", ("0.25", "0.25", "0.50"), ("0.55", "0.55", "0.75")),
        ("capital_improvement", ("0", "0", "0"), ("0.75", "0.75", "0.75")),
        ("transportation", ("0.12", "0.12", "0.20"), ("9", "9", "9")),  # as voted
        ("summer_school", ("0", "0", "0"), ("0.15", "0.15", "0.15")),
        ("special_education", ("0.02", "0.02", "0.04"), ("0.40", "0.40", "0.80")),
        ("leasing_and_technology", ("0.05", "0.05", "0.05"), ("0.10", "0.10", "0.10")),
        ("area_vocational_building", ("0", "0", "0"), ("0.05", "0.05", "0.05")),
        ("fire_prevention_and_safety", ("0.05", "0.05", "0.05"), ("0.05", "0.05", "0.05")),
        ("working_cash", ("0.05", "0.05", "0.05"), ("0.05", "0.05", "0.05")),
    ],
)
def test_ceilings_without_a_vote_and_by_the_greatest(
    fund: str, without: tuple[str, ...], by_vote: tuple[str, ...]
) -> None:
    for kind, own, greatest in zip(KINDS, without, by_vote, strict=True):
        assert extension.ceiling(fund, kind) == F(own) / 100
        assert extension.ceiling(fund, kind, F("0.09")) == F(greatest) / 100


def test_ceilings_as_voted_and_none() -> None:
    assert extension.ceiling("education", "unit", F("0.025")) == F("0.025")
    assert extension.ceiling("education", "unit", F("0.01")) == F("0.0184")
    for fund in (
        "tort",
        "municipal_retirement",
        "social_security",
        "medicare",
        "bonds_and_interest",
    ):
        assert extension.ceiling(fund, "unit") is None
    # 0.92 % of 100 million is $920,000.
    ceiling = extension.ceiling("education", "elementary")
    assert not extension.is_over(F(920_000), F(100_000_000), ceiling)
    assert extension.is_over(F(920_001), F(100_000_000), ceiling)
    assert not extension.is_over(F(10**9), F(1), None)


def test_ceilings_per_thousand_of_the_national_profile() -> None:
    # Section 6, per $1,000.
    for fund, numbers in {
        "education": ("9.20", "35.00", "18.40", "40.00"),
        "operations_and_maintenance": ("2.50", "5.50", "5.00", "7.50"),
        "special_education": ("0.20", "4.00", "0.40", "8.00"),
    }.items():
        found = [
            extension.ceiling(fund, kind, voted)
            for kind in ("elementary", "unit")
            for voted in (None, F(1))
        ]
        assert found == [F(number) / 1000 for number in numbers]


def test_special_cases_of_ceilings() -> None:
    assert extension.new_units_education([F("0.021"), F("0.022")]) == F("0.043")
    assert extension.new_units_education([F("0.035"), F("0.035")]) == F("0.06")
    assert F("0.011") == extension.NEW_UNITS_OPERATIONS
    assert extension.exempt_from_education_ceiling(2016, ptell=True)
    assert not extension.exempt_from_education_ceiling(2015, ptell=True)
    assert not extension.exempt_from_education_ceiling(2020, ptell=False)
    assert extension.vote_in_force("capital_improvement", 2020, 2025)
    assert not extension.vote_in_force("capital_improvement", 2020, 2026)
    assert not extension.vote_in_force("area_vocational_building", 2020, 2025)
    assert extension.vote_in_force("education", 1970, 2026)


def test_chicago() -> None:
    assert extension.chicago_education(F(0)) == F("0.0357")
    assert extension.chicago_education(F("0.002")) == F("0.0337")
    assert extension.chicago_education(F("0.006")) == F("0.0307")  # no negative bracket
    assert extension.chicago_pension(2016) == F("0.00383")
    assert extension.chicago_pension(2017) == F("0.00567")
    assert extension.chicago_capital([F("0.025"), F("0.03")]) == {2003: 3_562_500, 2004: 7_944_375}
    # Not below 0.
    assert extension.chicago_capital([F("0.025"), F("-0.01")])[2004] == 3_562_500
    assert max(extension.chicago_capital([F("0.02")] * 28)) == 2030
    with pytest.raises(ValueError, match="2031"):
        extension.chicago_capital([F("0.02")] * 29)


# --- Section 3c: PTELL ---------------------------------------------------------------


def test_the_associations_textbook_case() -> None:
    base = extension.extension_base([F(5_000_000)])
    limitation = extension.extension_limitation(F("0.02"))
    rate = extension.limiting_rate(base, limitation, F(210_000_000), new_property=F(10_000_000))
    assert rate == F(5_100_000) / 200_000_000 == F("0.0255")
    assert extension.greatest_capped_extension(rate, F(210_000_000)) == 5_355_000


def test_elmhurst_in_levy_year_2025() -> None:
    grown = 141_291_879 * (1 + extension.limitation_of(2025))
    assert to_the_cent(grown) == F("145389343.49")
    without_new = grown / F("0.037343")
    assert round(without_new / 10_000) == 389_335  # 3,893.35 million
    eav = without_new + 30_000_000
    rate = extension.limiting_rate(F(141_291_879), F("0.029"), eav, new_property=F(30_000_000))
    assert rate == F("0.037343")
    assert floor(extension.greatest_capped_extension(rate, eav)) == 146_509_633


def test_published_changes_of_prices() -> None:
    assert round(F("225.672") / F("219.179") - 1, 5) == F("0.02962")
    assert extension.price_change(F("219.179"), F("225.672")) == F("0.030")
    assert extension.price_change(F("315.605"), F("324.054")) == F("0.027")
    assert extension.limitation_of(2012) == F("0.030")
    assert extension.limitation_of(2026) == F("0.027")
    assert extension.price_change(F(1000), F("1024.5")) == F("0.025")  # half up
    published = "3.0 1.7 1.5 0.8 0.7 2.1 2.1 1.9 2.3 1.4 5.0 5.0 3.4 2.9 2.7"
    found = [extension.limitation_of(year) * 100 for year in range(2012, 2027)]
    assert found == [F(each) for each in published.split()]
    with pytest.raises(KeyError):
        extension.limitation_of(2011)
    assert extension.extension_limitation(F("-0.01")) == 0
    assert extension.extension_limitation(F("0.02"), F("0.08")) == F("0.08")


def test_the_base_of_a_reduced_extension() -> None:
    assert extension.extension_base([F(100), F(90), F(120)]) == 100
    assert extension.extension_base([F(100), F(110), F(120)]) == 120
    assert extension.extension_base([F(100), F(110), F(120)], by_18_206=True) == 100
    assert extension.aggregate_extension([(F(5), True), (F(7), False), (F(1), True)]) == 6


def test_property_that_comes_and_goes() -> None:
    rate = extension.limiting_rate(
        F(100),
        F("0.05"),
        F(5000),
        new_property=F(300),
        recovered=F(200),
        annexed=F(400),
        disconnected=F(100),
    )
    assert rate == F(105) / 4200 == F("0.025")
    assert extension.voted_rate(rate) == rate
    assert extension.voted_rate(rate, voted=F("0.03")) == F("0.03")
    assert extension.voted_rate(rate, new_rate=F("0.002"), decrease=F("0.001")) == F("0.026")
    assert extension.rate_cut(F(1, 30), 6) == F("0.033333")


def test_capped_funds_are_reduced_alike() -> None:
    levies = [
        {"fund": "education", "levy": F(600), "capped": True, "ceiling": F("0.05")},
        {"fund": "operations", "levy": F(300), "capped": True, "ceiling": None},
        {"fund": "bonds", "levy": F(70), "capped": False, "ceiling": None},
    ]
    # 0.05 of 10,000 is 500, with 300 800: of 640 each has 0.8.
    assert extension.extensions(levies, F(10_000), F(640)) == {
        "education": 400,
        "operations": 240,
        "bonds": 70,
    }
    assert extension.extensions(levies, F(10_000), F(800)) == {
        "education": 500,
        "operations": 300,
        "bonds": 70,
    }
    assert extension.extensions(levies, F(20_000), None)["education"] == 600


def test_a_cut_by_the_voters() -> None:
    assert extension.greatest_cut(F("1.25"), F(1_000), F(900)) == 90  # of 150
    assert extension.greatest_cut(F("1.15"), F(1_000), F(900)) == 50  # of 90
    assert extension.greatest_cut(F("1.10"), F(1_000), F(900)) == 0
    assert extension.fiscal_year_of_18_206(2025) == 2025  # begun in 2024


# --- Section 4: facility tax -----------------------------------------------------------


def test_the_example_of_the_facility_tax() -> None:
    money = facility_tax.net(F(100_000_000), F("0.01"), F("0.02"), F("0.01"))
    assert money == 970_200
    assert facility_tax.distribution(money, {"a": F(600), "b": F(300), "c": F(100)}) == {
        "a": 582_120,
        "b": 291_060,
        "c": 97_020,
    }
    assert facility_tax.net_of_receipts(F(1_000_000), F("0.02"), F("0.01")) == 970_200


def test_what_lake_county_estimated() -> None:
    # $550 a pupil; 7,000 of some 70,000.
    pupils = {"woodland": F(7000), "others": F(63_000)}
    assert facility_tax.distribution(F(550 * 70_000), pupils)["woodland"] == 3_850_000


def test_cents_by_largest_remainder() -> None:
    alike = {"c": F(1), "a": F(1), "b": F(1)}
    # 100 cents: 33 1/3 each, the one that is left to the first id.
    assert facility_tax.distribution(F(1), alike) == {
        "a": F("0.34"),
        "b": F("0.33"),
        "c": F("0.33"),
    }
    # 10 cents of 1, 2, 4 sevenths: 1 3/7, 2 6/7, 5 5/7; b and c have the largest remainders.
    assert facility_tax.distribution(F("0.109"), {"a": F(1), "b": F(2), "c": F(4)}) == {
        "a": F("0.01"),
        "b": F("0.03"),
        "c": F("0.06"),
    }


def test_what_the_facility_tax_refuses() -> None:
    some = {"a": F(1)}
    for rate in ("0.0025", "0.005", "0.0075", "0.01"):
        assert facility_tax.refused("Lake", F(rate), some) == []
    for rate in ("0", "0.003", "0.0125"):
        assert facility_tax.refused("Lake", F(rate), some) == ["rate"]
    assert facility_tax.refused("Cook", F("0.01"), some) == ["Cook"]
    assert facility_tax.refused("COOK County", F("0.01"), {}) == ["Cook", "pupils"]


def test_the_question_on_the_ballot() -> None:
    pupils = {"a": 50, "b": 30, "c": 20}
    assert not facility_tax.goes_on_ballot({"a": True}, pupils)  # half
    assert facility_tax.goes_on_ballot({"a": True, "c": True}, pupils)
    assert facility_tax.passes(51, 49)
    assert not facility_tax.passes(50, 50)


# --- Section 5: reviews ------------------------------------------------------------------


FIRST = ("Commendable", "Commendable", "Targeted", "Comprehensive", "")
NEXT = ("Commendable", "Commendable", "Commendable", "Intensive", "")


def schools_of(unit_id: str, designations: tuple[str, ...]) -> list[dict[str, str]]:
    return [
        {"unit_id": unit_id, "school_id": f"{unit_id}{number}", "designation": each}
        for number, each in enumerate(designations)
    ]


def test_the_example_of_district_x() -> None:
    x = reviews.shares(schools_of("x", FIRST))["x"]
    assert (x["schools"], x["designated"], x["identified"]) == (5, 4, 2)
    assert (x["share"], x["share_of_all"]) == (F("0.50"), F("0.40"))
    assert (x["federal_i"], x["federal_ii"]) == (1, 1)
    after = reviews.shares(schools_of("x", NEXT))["x"]
    assert after["share"] == F("0.25")
    assert (after["federal_i"], after["federal_ii"]) == (1, 0)
    before, then = (
        {each["school_id"]: each["designation"] or None for each in schools_of("x", designations)}
        for designations in (FIRST, NEXT)
    )
    found = reviews.improved(before, then)
    assert found == ["x2"]
    assert F(len(found), after["designated"]) == F("0.25")
    # Not for the first time.
    assert reviews.improved(before, then, [{"x2": "Targeted"}]) == []
    assert reviews.improved(before, then, [{"x2": "Commendable"}, {}]) == ["x2"]


def test_better_places() -> None:
    before = dict.fromkeys("abc", "Comprehensive") | {"d": "Intensive", "e": "Targeted"}
    after = {"a": "Targeted", "b": "Intensive", "c": None, "d": "Targeted", "e": "Exemplary"}
    assert reviews.improved(before, after) == ["a", "e"]
    assert reviews.comparable(2022, 2023)
    assert not reviews.comparable(2019, 2022)
    assert not reviews.comparable(2025, 2026)


def test_ranks_of_districts() -> None:
    schools = [
        *schools_of("a", ("Targeted", "Commendable")),
        *schools_of("b", ("Targeted", "Comprehensive", "Exemplary", "Commendable")),
        *schools_of("c", ("Intensive",)),
        *schools_of("d", ("",)),
        *schools_of("e", ("Targeted", "Commendable")),
    ]
    found = reviews.shares(schools)
    assert reviews.ranked(found) == ["c", "b", "a", "e", "d"]
    assert found["d"]["share"] is None
    assert reviews.chosen(found, 1, F("0.5")) == ["c", "b", "a", "e"]
    assert reviews.chosen(found, 2, F(0)) == ["b"]


# --- Section 7 -----------------------------------------------------------------------------


def test_truth_in_taxation_and_the_debt_limit() -> None:
    assert not extension.needs_hearing(F(105), F(100))
    assert extension.needs_hearing(F("105.01"), F(100))
    assert not extension.needs_hearing(F("115.5"), F(100), F(10))
    assert [extension.debt_limit(F(1_000_000), kind) for kind in KINDS] == [
        69_000,
        69_000,
        138_000,
    ]


def test_the_chain_to_eav() -> None:
    assert extension.equalized(F(1000), F("2.5"), F(300)) == 2200
    assert extension.counted_of_increment_area(F(100), F(150), ended=False) == 100
    assert extension.counted_of_increment_area(F(100), F(90), ended=False) == 90
    assert extension.counted_of_increment_area(F(100), F(150), ended=True) == 150
    assert [extension.eav_less_abatement(F(10_000), F(69), kind) for kind in KINDS] == [
        7000,  # 69 / 0.023 = 3,000
        10_000 - F(69) / F("0.0105"),
        7700,
    ]
    assert extension.prorated({"a": F(30_000_000), "b": F(20_000_000)}) == {
        "a": 15_000_000,
        "b": 10_000_000,
    }
    assert extension.prorated({"a": F(3)}) == {"a": 3}


PROFILE = {
    "fund_balance_to_revenue": F("0.25"),
    "expenditure_to_revenue": F(1),
    "days_cash": F(180),
    "short_term_borrowing_left": F("0.75"),
    "long_term_borrowing_left": F("0.75"),
}


def test_financial_profile() -> None:
    assert financial.score(PROFILE) == 4
    some = {
        "fund_balance_to_revenue": F("0.24"),  # 3
        "expenditure_to_revenue": F("1.05"),  # 3
        "days_cash": F(89),  # 2
        "short_term_borrowing_left": F(1),  # 4
        "long_term_borrowing_left": F("0.24"),  # 1
    }
    # 1.05 + 1.05 + 0.2 + 0.4 + 0.1
    assert financial.score(some) == F("2.80")
    assert financial.designation(F("2.80")) == "Early Warning"
    worst = {name: F(-1) for name in PROFILE} | {"expenditure_to_revenue": F(2)}
    assert financial.score(worst) == 1
    assert [
        financial.designation(F(each))
        for each in ("4.00", "3.54", "3.53", "3.08", "3.07", "2.62", "2.61", "1.00")
    ] == ["Recognition"] * 2 + ["Review"] * 2 + ["Early Warning"] * 2 + ["Watch"] * 2


@pytest.mark.parametrize(
    ("indicator", "edges"),
    [
        ("fund_balance_to_revenue", ("0.25", "0.10", "0")),
        ("days_cash", ("180", "90", "30")),
        ("short_term_borrowing_left", ("0.75", "0.50", "0.25")),
        ("long_term_borrowing_left", ("0.75", "0.50", "0.25")),
    ],
)
def test_points_at_the_edges(indicator: str, edges: tuple[str, ...]) -> None:
    assert [financial.points(indicator, F(edge)) for edge in edges] == [4, 3, 2]
    assert [financial.points(indicator, F(edge) - F(1, 100)) for edge in edges] == [3, 2, 1]


def test_points_of_expenditure() -> None:
    edges = [F("1.00"), F("1.10"), F("1.20")]
    assert [financial.points("expenditure_to_revenue", edge) for edge in edges] == [4, 3, 2]
    above = [financial.points("expenditure_to_revenue", edge + F("0.01")) for edge in edges]
    assert above == [3, 2, 1]


def test_administrative_growth() -> None:
    assert financial.administrative_costs({2320: F(5), 2610: F(3), 1100: F(99)}) == 8
    assert financial.growth(F(100), F(105)) == F("0.05")
    assert financial.growth(F(0), F(105)) is None
    assert not financial.grows_too_much(F(100), F(105))
    assert financial.grows_too_much(F(100), F("105.01"))
    per_pupil = [F(each) for each in (400, 100, 300, 200, 500, 600, 700, 800)]
    assert financial.percentile_25(per_pupil) == 200
    assert financial.waivable(F(200), per_pupil)
    assert not financial.waivable(F(201), per_pupil)
