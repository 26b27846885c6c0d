"""Tax limits: the specification's examples, laws, and the second computation on random levies."""

from __future__ import annotations

import doctest
import sys
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import depth
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference.neighbors import extension as by_hand
from refusal import all_faults

import ebf
from ebf.language import vocabulary
from ebf.language.line import Line
from ebf.law.parameters import parameters_of
from ebf.law.reading import readings_of
from ebf.law.tax_limits import INPUTS, TAX_LIMITS
from ebf.law.tax_limits.funds import CITES

F = Fraction
SECTION = TAX_LIMITS.section
FUNDS = [fund for fund in CITES if fund != "teachers_pension"]
LAST = [f"capped_extension_{year}_preceding_levy_year" for year in ("first", "second", "third")]
ALTERNATIVES = [line for lines in TAX_LIMITS.alternatives.values() for line in lines]


def ptell(*last: float, **columns: Any) -> dict[str, Any]:
    """A unit district under PTELL, by its extensions of the last three years."""
    three = dict(zip(LAST, [*last, *[last[-1]] * 3], strict=False))
    return {"organization_type": "unit", "ptell_district": 1, **three, **columns}


def one(found: ebf.Extension, name: str) -> float:
    return float(found.ledger.units[name].iloc[0])


# --- The specification's examples ---------------------------------------------------------------


def test_the_associations_textbook_case() -> None:
    """5,000,000 x 1.02 / 200,000,000 = 2.550 %; x 210,000,000 = 5,355,000."""
    levies = ptell(5e6, current_eav=210e6, new_property=10e6, levy_education=6e6)
    found = ebf.extension(levies, 2025, amounts={"consumer_price_change": 0.02})
    assert found.ledger.exact.values["limiting_rate"].item() == F("0.0255")
    assert found.ledger.exact.values["greatest_capped_extension"].item() == 5_355_000
    assert found.frame["total_extension"].tolist() == [pytest.approx(5_355_000, abs=1e-6)]
    bound = found.bounds.reset_index().iloc[0]
    assert (bound["fund"], bound["bound"]) == ("capped funds", "limiting rate")
    assert bound["cite"] == "35 ILCS 200/18-185"
    assert bound["cut_off"] == pytest.approx(645_000)
    assert found.funds["binds"].tolist() == ["limiting rate"]


def test_what_is_not_capped_is_extended_whole_beside_what_is_reduced_alike() -> None:
    """6 + 4 million capped, the greatest 5,145,000: 51.45 % of each; bonds and tort whole."""
    levies = ptell(5e6, current_eav=1e9, levy_education=6e6, levy_municipal_retirement=4e6,
                   levy_bonds_and_interest=3e6, levy_tort=1e6, capped_tort=0)  # fmt: skip
    found = ebf.extension(levies, 2025).funds.droplevel(0)["extension"]
    assert found["education"] == pytest.approx(3_087_000)
    assert found["municipal_retirement"] == pytest.approx(2_058_000)
    assert (found["bonds_and_interest"], found["tort"]) == (3e6, 1e6)


def test_elmhurst_2025() -> None:
    """141,291,879 x 1.029 = 145,389,343.49; with 30 million new at 3.7343 %: 146,509,633."""
    old = 145_389_343.491 / 0.037343
    levies = ptell(141_291_879, current_eav=old + 30e6, new_property=30e6, levy_education=150e6)
    found = ebf.extension(levies, 2025)
    grown = one(found, "limiting_rate") * old
    assert grown == pytest.approx(145_389_343.49, abs=0.005)
    assert one(found, "limiting_rate") == pytest.approx(0.037343, abs=5e-9)
    assert found.frame["total_extension"].item() == pytest.approx(146_509_633, abs=1)


def test_the_price_change_by_index() -> None:
    """225.672/219.179 - 1 = 2.962 %, published 3.0; 324.054/315.605 - 1 = 2.677 %: 2.7."""
    base = ptell(1e6, current_eav=1e8, levy_education=2e6)
    by_index = ebf.extension(base, 2012, price_index=(219.179, 225.672))
    assert one(by_index, "extension_limitation") == pytest.approx(0.03)
    assert "index 219.179 to 225.672" in by_index.assumptions[0]
    later = ebf.extension(base, 2027, price_index=(315.605, 324.054))
    assert one(later, "extension_limitation") == pytest.approx(0.027)
    fallen = ebf.extension(base, 2027, price_index=(300.0, 290.0))
    assert one(fallen, "extension_limitation") == 0


LIMITATIONS = {  # section 3c, percent, capped at 5
    2012: 3.0, 2013: 1.7, 2014: 1.5, 2015: 0.8, 2016: 0.7, 2017: 2.1, 2018: 2.1, 2019: 1.9,
    2020: 2.3, 2021: 1.4, 2022: 5.0, 2023: 5.0, 2024: 3.4, 2025: 2.9, 2026: 2.7,
}  # fmt: skip


@pytest.mark.parametrize("year", LIMITATIONS)
def test_the_limitation_of_every_year(year: int) -> None:
    found = ebf.extension(ptell(1e6, current_eav=1e8, levy_tort=1e5), year)
    assert one(found, "extension_limitation") == pytest.approx(LIMITATIONS[year] / 100)
    uncapped = {2022: 0.07, 2023: 0.065}.get(year, LIMITATIONS[year] / 100)
    assert found.ledger.law.value("consumer_price_change").item() == pytest.approx(uncapped)


def test_which_funds_are_capped_and_which_make_the_operating_rate() -> None:
    """All but bonds are capped; all but bonds, summer school and two of buildings operate."""
    votes = {f"referendum_rate_{fund}": 0.0001 for fund in
             ("capital_improvement", "summer_school", "area_vocational_building")}  # fmt: skip
    since = dict.fromkeys(("levies_since_referendum_capital_improvement",
                           "levies_since_referendum_area_vocational_building"), 0)  # fmt: skip
    within = {"capital_improvement", "summer_school", "area_vocational_building"}
    rows = [
        {"unit_id": f"{place:013d}", **ptell(1e9, current_eav=1e8), f"levy_{fund}": 1e4}
        for place, fund in enumerate(FUNDS)
    ]
    found = ebf.extension(pd.DataFrame(rows).assign(**votes, **since), 2025)
    assert found.funds["capped"].tolist() == [fund != "bonds_and_interest" for fund in FUNDS]
    units = found.ledger.units
    for fund, rate, aggregate in zip(
        FUNDS, units["operating_rate_of_levy"], units["levy_without_debt_service"], strict=True
    ):
        assert rate == pytest.approx(1e-4 * (fund not in {*within, "bonds_and_interest"})), fund
        assert aggregate == (0 if fund == "bonds_and_interest" else 1e4), fund


def test_chicagos_capital_improvement() -> None:
    """2.5 %, then 3 %: 3,562,500; then 3,562,500 + 146,062,500 x 0.03 = 7,944,375."""
    chicago = {
        "organization_type": "unit",
        "article_34_district": 1,
        "current_eav": 9e10,
        "levy_capital_improvement": 1e9,
    }
    ceilings, last = [], 0.0
    for year, change in ((2012, 0.025), (2013, 0.03)):
        found = ebf.extension(
            {**chicago, "capital_improvement_ceiling_last_year": last,
             "price_change_before_levy": change}, year,
        )  # fmt: skip
        last = one(found, "extension_capital_improvement")
        ceilings.append(last)
        assert found.bounds["cite"].tolist() == ["34-53.5"]
    assert ceilings == [pytest.approx(3_562_500), pytest.approx(7_944_375)]
    by_second = by_hand.chicago_capital([F("0.025"), F("0.03")])
    assert [*by_second.values()] == [3_562_500, 7_944_375]


@pytest.mark.parametrize(
    ("year", "authority", "education", "pension"),
    [(2016, 0.0, "0.0357", "0.00383"), (2017, 0.002, "0.0337", "0.00567"),
     (2025, 0.006, "0.0307", "0.00567")],
)  # fmt: skip
def test_chicagos_rates(year: int, authority: float, education: str, pension: str) -> None:
    chicago = {"organization_type": "unit", "article_34_district": 1, "current_eav": 1e10}
    levies = {"school_finance_authority_rate": authority, "levy_education": 1e9,
              "levy_teachers_pension": 1e9}  # fmt: skip
    found = ebf.extension({**chicago, **levies}, year)
    rates = found.ledger.exact.values["fund_tax_rate"][0, 0]
    by_fund = dict(zip(CITES, rates, strict=True))
    assert (by_fund["education"], by_fund["teachers_pension"]) == (F(education), F(pension))
    assert by_fund["education"] == by_hand.chicago_education(F(str(authority)))
    assert by_fund["teachers_pension"] == by_hand.chicago_pension(year)
    assert {*found.bounds["bound"]} == {"Chicago's ceiling"}


PERCENT_WITHOUT = {  # section 3a, elementary / high school / unit
    "education": ("0.92", "0.92", "1.84"),
    "operations_and_maintenance": ("0.25", "0.25", "0.50"),
    "capital_improvement": ("0", "0", "0"),
    "transportation": ("0.12", "0.12", "0.20"),
    "summer_school": ("0", "0", "0"),
    "special_education": ("0.02", "0.02", "0.04"),
    "leasing_and_technology": ("0.05", "0.05", "0.05"),
    "area_vocational_building": ("0", "0", "0"),
    "fire_prevention_and_safety": ("0.05", "0.05", "0.05"),
    "working_cash": ("0.05", "0.05", "0.05"),
}
PERCENT_VOTED = {
    "education": ("3.50", "3.50", "4.00"),
    "operations_and_maintenance": ("0.55", "0.55", "0.75"),
    "capital_improvement": ("0.75", "0.75", "0.75"),
    "transportation": ("20", "20", "20"),  # as voted
    "summer_school": ("0.15", "0.15", "0.15"),
    "special_education": ("0.40", "0.40", "0.80"),
    "leasing_and_technology": ("0.10", "0.10", "0.10"),
    "area_vocational_building": ("0.05", "0.05", "0.05"),
}


def test_every_ceiling_of_every_kind_without_a_vote_and_by_one() -> None:
    without = {f"levy_{fund}": 1e8 for fund in PERCENT_WITHOUT}
    voted = {f"levy_{fund}": 1e8 for fund in PERCENT_VOTED}
    for place, kind in enumerate(by_hand.KINDS):
        district = {"organization_type": kind, "current_eav": 1e8}
        found = ebf.extension({**district, **without}, 2025).ledger.exact.values["fund_tax_rate"]
        rates = dict(zip(CITES, found[0, 0], strict=True))
        assert {f: rates[f] for f in PERCENT_WITHOUT} == {
            fund: F(percent[place]) / 100 for fund, percent in PERCENT_WITHOUT.items()
        }
        votes = {f"referendum_rate_{fund}": 0.2 for fund in PERCENT_VOTED}
        since = {f"levies_since_referendum_{fund}": 4 for fund in PERCENT_VOTED}
        found = ebf.extension({**district, **voted, **votes, **since}, 2025).ledger.exact.values[
            "fund_tax_rate"
        ]
        rates = dict(zip(CITES, found[0, 0], strict=True))
        assert {f: rates[f] for f in PERCENT_VOTED} == {
            fund: F(percent[place]) / 100 for fund, percent in PERCENT_VOTED.items()
        }


@pytest.mark.parametrize(
    ("fund", "lasts"), [("capital_improvement", 6), ("area_vocational_building", 5)]
)
def test_a_vote_runs_out(fund: str, lasts: int) -> None:
    levies = {"organization_type": "unit", "current_eav": 1e8, f"levy_{fund}": 1e6,
              f"referendum_rate_{fund}": 0.0005}  # fmt: skip
    for since, extended in ((lasts - 1, 50_000), (lasts, 0)):
        found = ebf.extension({**levies, f"levies_since_referendum_{fund}": since}, 2025)
        assert one(found, "total_extension") == pytest.approx(extended)
    assert found.bounds["bound"].tolist() == ["the referendum has run out"]
    (fault,) = all_faults(lambda: ebf.extension(levies, 2025))
    assert fault.place.column == f"levies_since_referendum_{fund}"
    assert str(lasts) in fault.allowed


def test_a_unit_of_coterminous_districts() -> None:
    """Predecessors' 5.2 % and 1.10 % for two levies; of 6.5 % at most 6.00 %."""
    levies = {"organization_type": "unit", "current_eav": 1e8, "levy_education": 9e6,
              "levy_operations_and_maintenance": 9e6,
              "formed_of_coterminous_districts": 1}  # fmt: skip
    for before, rate in ((0.052, 5_200_000), (0.065, 6_000_000), (0.01, 1_840_000)):
        found = ebf.extension({**levies, "predecessors_education_rate": before}, 2025)
        assert one(found, "extension_education") == pytest.approx(rate)
        assert one(found, "extension_operations_and_maintenance") == pytest.approx(1_100_000)
        expected = max(by_hand.new_units_education([F(str(before))]), F("0.0184"))
        assert F(rate, 10**8) == expected
    assert "ceiling of a unit formed of coterminous districts" in found.bounds["bound"].tolist()
    missing, kind = all_faults(
        lambda: ebf.extension(levies | {"organization_type": "elementary"}, 2025)
    )
    assert (missing.place.column, kind.place.column) == (
        "formed_of_coterminous_districts", "predecessors_education_rate"
    )  # fmt: skip


def test_a_ptell_district_may_exceed_the_education_ceiling_from_2016_on() -> None:
    levies = ptell(9e6, current_eav=3e8, levy_education=9e6)
    assert one(ebf.extension(levies, 2015), "total_extension") == pytest.approx(5_520_000)
    assert one(ebf.extension(levies, 2016), "total_extension") == pytest.approx(9_000_000)
    assert not by_hand.exempt_from_education_ceiling(2015, ptell=True)
    assert by_hand.exempt_from_education_ceiling(2016, ptell=True)


@pytest.mark.parametrize(
    ("last", "petition", "base"),
    [((100.0, 90.0, 120.0), 0, 100.0), ((90.0, 100.0, 120.0), 0, 120.0),
     ((90.0, 100.0, 80.0), 0, 100.0), ((90.0, 100.0, 120.0), 1, 90.0)],
)  # fmt: skip
def test_the_base_is_the_highest_of_three_where_it_was_reduced(
    last: tuple[float, ...], petition: int, base: float
) -> None:
    levies = ptell(*last, current_eav=1e5, levy_education=5.0, reduced_by_petition=petition)
    assert one(ebf.extension(levies, 2025), "capped_extension_base") == base
    reference = by_hand.extension_base([F(each) for each in last], by_18_206=bool(petition))
    assert reference == base
    adjusted = ebf.extension({**levies, "extension_base_adjustment": -4.0}, 2025)
    assert one(adjusted, "capped_extension_base") == base - 4
    other = ebf.extension(levies, 2025, readings={11: "highest_of_three"})
    assert one(other, "capped_extension_base") == (90 if petition else max(last))


def test_votes_on_the_limiting_rate() -> None:
    """By the formula 1,029,000 / 98,000,000 = 1.05 %."""
    levies = ptell(1e6, current_eav=1e8, new_property=2e6, levy_education=5e6)
    assert one(ebf.extension(levies, 2025), "limiting_rate") == pytest.approx(0.0105)
    voted = ebf.extension({**levies, "voted_limiting_rate": 0.02}, 2025)
    assert one(voted, "limiting_rate") == 0.02
    assert voted.bounds["bound"].tolist() == ["voted limiting rate"]
    assert voted.bounds["cite"].tolist() == ["35 ILCS 200/18-190"]
    moved = {"new_rates_voted": 0.001, "rate_decrease_voted": 0.0003}
    assert one(ebf.extension({**levies, **moved}, 2025), "limiting_rate") == pytest.approx(0.0112)
    limitation = {"voted_extension_limitation": 0.08}
    found = ebf.extension({**levies, **limitation}, 2025)
    assert one(found, "limiting_rate") == pytest.approx(1_080_000 / 98_000_000)


def test_annexed_disconnected_and_recovered_property() -> None:
    moved = {"new_property": 3e6, "recovered_tax_increment": 2e6, "annexed_property": 1e6,
             "disconnected_property": 5e6}  # fmt: skip
    found = ebf.extension(ptell(1e6, current_eav=1e8, levy_education=5e6, **moved), 2025)
    assert one(found, "eav_without_growth") == 99_000_000
    assert one(found, "limiting_rate") == pytest.approx(1_029_000 / 99_000_000)


def test_rates_are_cut_where_asked_for() -> None:
    """1,029,000 / 98,000,000 = 0.0105 exactly; 1/3 %: 0.003333 on 99,999,900 of EAV."""
    levies = {"organization_type": "unit", "current_eav": 99_999_900, "levy_tort": 333_333.0}
    assert one(ebf.extension(levies, 2025), "total_extension") == 333_333.0
    cut = ebf.extension(levies, 2025, rate_decimals=5)
    assert one(cut, "fund_tax_rate_tort") == pytest.approx(0.00333)
    assert one(cut, "total_extension") == pytest.approx(0.00333 * 99_999_900)
    assert "1/100,000" in cut.assumptions[1]
    limited = ptell(1e6, current_eav=98_765_432, levy_education=5e6)
    rate = F(1_029_000, 98_765_432)
    found = ebf.extension(limited, 2025, rate_decimals=6).ledger.exact.values["limiting_rate"]
    assert found.item() == by_hand.rate_cut(rate, 6)
    for wrong in (0, 13, True, "4"):
        with pytest.raises(ebf.InputError, match="rate_decimals"):
            ebf.extension(levies, 2025, rate_decimals=wrong)  # type: ignore[arg-type]


def test_the_cut_by_petition() -> None:
    """At 115 %: 5 points of 40 million are 2 million, a tenth of education 900,000."""
    levies = {"organization_type": "unit", "current_eav": 1e9, "levy_education": 9e6,
              "final_percent_of_adequacy": 1.15, "adequacy_target": 4e7}  # fmt: skip
    for percent, target, cut in ((1.15, 4e7, 900_000), (1.11, 4e7, 400_000), (1.1, 4e7, 0)):
        of = {**levies, "final_percent_of_adequacy": percent, "adequacy_target": target}
        found = ebf.extension(of, 2025)
        assert one(found, "greatest_cut_by_petition") == pytest.approx(cut, abs=1e-6)
        assert by_hand.greatest_cut(F(str(percent)), F(target), F(9_000_000)) == cut
    tenth = ebf.extension({**levies, "final_percent_of_adequacy": 1.11}, 2025,
                          readings={14: "tenth_alone"})  # fmt: skip
    assert one(tenth, "greatest_cut_by_petition") == pytest.approx(900_000)


def test_truth_in_taxation() -> None:
    """105 % of 1,000,000 + 40,000 abated is 1,092,000; debt service does not count."""
    levies = {"organization_type": "unit", "current_eav": 1e9, "levy_bonds_and_interest": 5e5,
              "extended_last_year": 1e6, "abated_last_year": 4e4}  # fmt: skip
    for levy, needed in ((1_092_000.0, False), (1_092_001.0, True)):
        found = ebf.extension({**levies, "levy_education": levy}, 2025)
        assert found.frame["notice_needed"].tolist() == [needed]
        assert by_hand.needs_hearing(F(levy), F(1_000_000), F(40_000)) == needed
    del levies["extended_last_year"]
    without = ebf.extension({**levies, "levy_education": 5.0, "abated_last_year": None}, 2025)
    assert "notice_needed" not in without.frame
    assert any("extended_last_year" in words for words in without.left_out)


@pytest.mark.parametrize("kind", by_hand.KINDS)
def test_the_debt_limit(kind: str) -> None:
    levies = {"organization_type": kind, "current_eav": 1e8, "levy_tort": 1.0,
              "debt_outstanding": 8e6}  # fmt: skip
    found = ebf.extension(levies, 2025)
    limit = {"unit": 13_800_000}.get(kind, 6_900_000)
    assert found.frame["debt_limit"].tolist() == [pytest.approx(limit)]
    assert found.frame["debt_room"].tolist() == [pytest.approx(limit - 8_000_000)]
    assert by_hand.debt_limit(F(10**8), kind) == limit


def test_eav_from_assessed_value() -> None:
    """50 million x 1.02 - 1 million, less 3 - 2 million of an increment area."""
    chain = {"assessed_value": 5e7, "equalizer": 1.02, "exemptions": 1e6,
             "increment_areas_initial_eav": 2e6, "increment_areas_current_eav": 3e6}  # fmt: skip
    found = ebf.extension({"organization_type": "unit", "levy_tort": 1.0, **chain}, 2025)
    assert found.frame["current_eav"].tolist() == [pytest.approx(49_000_000)]
    assert "EAV is computed from assessed value." in found.assumptions
    assert by_hand.equalized(F(50_000_000), F("1.02"), F(10**6)) == 50_000_000
    assert by_hand.counted_of_increment_area(F(2), F(3), ended=False) == 2


# --- Any levies -----------------------------------------------------------------------------------


def _rates(most: int) -> st.SearchStrategy[float]:
    return st.integers(0, most).map(lambda each: each / 10_000)


@st.composite
def districts(draw: st.DrawFn) -> dict[str, Any]:
    """A district outside Chicago, with any levies, votes, property and history."""
    eav = draw(st.integers(10**6, 10**9))
    under = draw(st.booleans())
    row: dict[str, Any] = {
        "organization_type": draw(st.sampled_from(by_hand.KINDS)),
        "ptell_district": int(under),
        "current_eav": float(eav),
    }
    for fund in draw(st.lists(st.sampled_from(FUNDS), min_size=1, max_size=6, unique=True)):
        row[f"levy_{fund}"] = float(draw(st.integers(0, eav // 25)))
        if by_hand.EVERY[fund][1] not in {None, by_hand.UNLIMITED} and draw(st.booleans()):
            row[f"referendum_rate_{fund}"] = draw(_rates(450))
            row[f"levies_since_referendum_{fund}"] = draw(st.integers(0, 8))
    if under:
        grown = ("new_property", "recovered_tax_increment", "annexed_property",
                 "disconnected_property")  # fmt: skip
        row |= {name: float(draw(st.integers(0, eav // 10))) for name in grown}
        row |= {name: float(draw(st.integers(1, eav // 20))) for name in LAST}
        row["reduced_by_petition"] = draw(st.integers(0, 1))
        votes = dict.fromkeys(("voted_extension_limitation", "voted_limiting_rate"), 0.0)
        row |= votes | {draw(st.sampled_from([*votes])): draw(st.just(0.0) | _rates(500))}
        row["new_rates_voted"] = draw(st.just(0.0) | _rates(50))
        row["capped_tort"] = draw(st.integers(0, 1))
    return row


def limiting_rate_by_hand(row: Mapping[str, Any], year: int) -> Fraction:
    grown = {"new_property": "new_property", "recovered": "recovered_tax_increment",
             "annexed": "annexed_property", "disconnected": "disconnected_property"}  # fmt: skip
    voted = F(str(row["voted_extension_limitation"])) or None
    formula = by_hand.limiting_rate(
        by_hand.extension_base(
            [F(row[name]) for name in LAST], by_18_206=bool(row["reduced_by_petition"])
        ),
        by_hand.limitation_of(year, voted),
        F(row["current_eav"]),
        **{argument: F(row[name]) for argument, name in grown.items()},
    )
    replaced = F(str(row["voted_limiting_rate"])) or None
    return by_hand.voted_rate(formula, voted=replaced, new_rate=F(str(row["new_rates_voted"])))


def extended_by_hand(row: Mapping[str, Any], year: int) -> dict[str, Fraction]:
    kind, under = row["organization_type"], bool(row["ptell_district"])
    levies = []
    for fund in FUNDS:
        voted = F(str(row.get(f"referendum_rate_{fund}", 0))) or None
        since = int(row.get(f"levies_since_referendum_{fund}", 0))
        if not by_hand.vote_in_force(fund, year - since, year):
            voted = None
        ceiling = by_hand.ceiling(fund, kind, voted)
        if fund == "education" and by_hand.exempt_from_education_ceiling(year, ptell=under):
            ceiling = None
        usual = fund != "bonds_and_interest"
        capped = under and bool(row.get(f"capped_{fund}", usual))
        levy = F(row.get(f"levy_{fund}", 0))
        levies.append({"fund": fund, "levy": levy, "capped": capped, "ceiling": ceiling})
    eav = F(row["current_eav"])
    greatest = limiting_rate_by_hand(row, year) * eav if under else None
    return by_hand.extensions(levies, eav, greatest)


@depth.TAX_LIMITS
@given(district=districts(), year=st.integers(2012, 2026))
def test_any_levy_is_extended_as_by_the_second_computation(
    district: dict[str, Any], year: int
) -> None:
    found = ebf.extension(district, year)
    expected = extended_by_hand(district, year)
    exact = dict(zip(CITES, found.ledger.exact.values["extension"][0, 0], strict=True))
    assert {fund: exact[fund] for fund in FUNDS} == expected
    if district["ptell_district"]:
        rate = found.ledger.exact.values["limiting_rate"].item()
        assert rate == limiting_rate_by_hand(district, year)
    for fund in FUNDS:
        nearly = pytest.approx(float(expected[fund]), rel=1e-12, abs=1e-6)
        assert one(found, f"extension_{fund}") == nearly


@depth.TAX_LIMITS
@given(district=districts(), year=st.integers(2012, 2026))
def test_the_laws_of_extensions(district: dict[str, Any], year: int) -> None:
    """Nothing is extended that was not levied, above a ceiling, or above the greatest together."""
    ledger = ebf.extension(district, year).ledger
    exact = {name: values[0, 0] for name, values in ledger.exact.values.items()}
    reduced = exact["share_of_capped_levies"][0]
    for place, fund in enumerate(CITES):
        extended, levy = exact["extension"][place], exact["levy"][place]
        assert 0 <= extended <= levy
        if exact["fund_has_ceiling"][place]:
            assert extended <= exact["fund_ceiling_in_dollars"][place]
        within = exact["levy_within_ceiling"][place]
        assert extended == (within * reduced if exact["capped"][place] else within), fund
    capped = sum(x for x, is_capped in zip(exact["extension"], exact["capped"], strict=True)
                 if is_capped)  # fmt: skip
    if district["ptell_district"]:
        greatest = exact["greatest_capped_extension"][0]
        assert capped == min(greatest, exact["capped_levy"][0])
        voted = exact["voted_limiting_rate"][0] or exact["new_rates_voted"][0]
        if not voted:  # what was there last year pays no more than the limitation lets it
            of_old = exact["limiting_rate"][0] * exact["eav_without_growth"][0]
            assert of_old == exact["capped_extension_base"][0] * (
                1 + exact["extension_limitation"][0]
            )
    assert exact["total_extension"][0] == sum(exact["extension"])


# --- Whole tables, explanations, workbooks ---------------------------------------------------


def test_the_sample_is_extended_explained_and_laid_out(tmp_path: Path) -> None:
    found = ebf.extension(ebf.sample_table("levies"), 2025)
    assert len(found.frame) == 4
    unit = found.frame.index[2]
    audit = found.ledger.audit(unit)
    assert {each.subsection for each in audit.sections} == {
        "17-2", "34-53", "18-185", "18-55", "19-1"
    }  # fmt: skip
    words = " ".join(audit.to_text(10_000).split())
    assert "= Limiting rate \u00d7 Current EAV, since the district is under PTELL" in words
    explained = found.ledger.explain(unit, "greatest_capped_extension")
    assert [step.line for step in explained.steps][:2] == [
        "greatest_capped_extension", "limiting_rate"
    ]  # fmt: skip
    found.ledger.to_workbook(tmp_path / "levies.xlsx")
    book = openpyxl.load_workbook(tmp_path / "levies.xlsx")
    assert {"Inputs", "(17-2) Ceilings", "(18-185) Extension limitation"} <= {*book.sheetnames}
    title = "Illinois Tax Rates and Extensions, 35 ILCS 200/18-185, levy year 2025: 4 units"
    assert book["Read me"]["A1"].value == title


@pytest.mark.parametrize(
    "line", [*TAX_LIMITS.all_lines, *ALTERNATIVES], ids=lambda line: line.function.__name__
)
def test_every_line_has_a_worked_example_that_runs(line: Line) -> None:
    module = vars(sys.modules[line.function.__module__])
    names = {**module, "units": vocabulary.units, "bands": vocabulary.bands}
    example = doctest.DocTestParser().get_doctest(line.rule, names, line.name, None, 0)
    assert example.examples, "no worked example"
    printed: list[str] = []
    assert not doctest.DocTestRunner(verbose=False).run(example, out=printed.append).failed, printed


def test_lines_and_readings_name_each_other_and_every_number_is_read() -> None:
    cited = {number for line in TAX_LIMITS.all_lines for number in line.evidence.readings}
    readings = readings_of(TAX_LIMITS)
    assert cited == {*readings}
    read = {name for line in (*TAX_LIMITS.all_lines, *ALTERNATIVES) for name in line.reads}
    assert {*parameters_of(SECTION), *INPUTS} <= read
    for number, reading in readings.items():
        for each in reading.alternatives.values():
            assert all(line.evidence.readings == (number,) for line in each.lines)


# --- What is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [2011, 2027])
def test_a_year_whose_price_change_is_not_known_says_how_to_supply_it(year: int) -> None:
    levies = ptell(1e6, current_eav=1e8, levy_education=5e6)
    (fault,) = all_faults(lambda: ebf.extension(levies, year))
    assert fault.place.column == "consumer_price_change"
    assert fault.allowed == "known: levy year 2012 to levy year 2026"
    assert "price_index=" in fault.fix
    assert "amounts={'consumer_price_change': ...}" in fault.fix
    ebf.extension(levies, year, price_index=(300.0, 303.0))
    supplied = ebf.extension(levies, year, amounts={"consumer_price_change": 0.01})
    assert one(supplied, "extension_limitation") == 0.01


BASE = {"organization_type": "unit", "current_eav": 1e8, "levy_education": 1e6}
CHICAGO = {**BASE, "article_34_district": 1}
ASSESSED = {"assessed_value": 5e7, "equalizer": 2.0, "levy_education": 1e7}


@pytest.mark.parametrize(
    ("levies", "columns"),
    [
        ({**BASE, "organization_type": "hybrid"}, {"organization_type"}),
        ({**BASE, "current_eav": 0}, {"current_eav"}),
        ({**BASE, "levy_teachers_pension": 5.0}, {"levy_teachers_pension"}),
        ({**CHICAGO, "levy_transportation": 5.0}, {"levy_transportation"}),
        ({**CHICAGO, "organization_type": "elementary"}, {"article_34_district"}),
        (
            {**CHICAGO, "levy_capital_improvement": 5.0},
            {"capital_improvement_ceiling_last_year", "price_change_before_levy"},
        ),
        (
            {
                **CHICAGO,
                "capital_improvement_ceiling_last_year": 3562500,
                "price_change_before_levy": 3,
            },
            {"price_change_before_levy"},
        ),
        ({**CHICAGO, "referendum_rate_education": 0.01}, {"referendum_rate_education"}),
        ({**BASE, "referendum_rate_working_cash": 0.01}, {"referendum_rate_working_cash"}),
        ({**BASE, "ptell_district": 1}, {*LAST}),
        (ptell(0.0, current_eav=1e8, levy_education=1e6), {LAST[0]}),
        (ptell(1e6, current_eav=1e8, levy_tort=1.0, new_property=1e8), {"eav_without_growth"}),
        ({"organization_type": "unit", **ASSESSED, "assessed_value": 0}, {"current_eav"}),
        ({"organization_type": "unit", **ASSESSED, "exemptions": 1e8}, {"current_eav"}),
        (ptell(1e6, **ASSESSED, new_property=1e8), {"eav_without_growth"}),
        ({**BASE, "exemptions": 1e6}, {"exemptions"}),
        ({**BASE, "assessed_value": 3e7}, {"assessed_value"}),
        ({**BASE, "increment_areas_current_eav": 1e6}, {"increment_areas_current_eav"}),
        ({**BASE, "predecessors_education_rate": 0.05}, {"predecessors_education_rate"}),
        ({**BASE, "voted_limiting_rate": 0.01}, {"voted_limiting_rate"}),
        ({**BASE, **dict.fromkeys(LAST, 1e6)}, {*LAST}),
        (
            {
                **ptell(1e6, current_eav=1e8, levy_bonds_and_interest=5.0),
                "rate_decrease_voted": 0.011,
            },
            {"limiting_rate"},
        ),
        ({**BASE, "new_property": 1e6, "ptell_district": None}, {"new_property"}),
        ({**BASE, "disconnected_property": 1e6}, {"disconnected_property"}),
        (
            {
                **ptell(1e6, current_eav=1e9, levy_tort=5.0),
                "voted_limiting_rate": 0.01,
                "voted_extension_limitation": 0.06,
            },
            {"voted_extension_limitation"},
        ),
        ({**BASE, "capped_tort": 1}, {"capped_tort"}),
        ({**BASE, "school_finance_authority_rate": 0.01}, {"school_finance_authority_rate"}),
        (
            {**ptell(1e6, current_eav=1e9, levy_teachers_pension=5.0), "article_34_district": 1},
            {"capped_teachers_pension"},
        ),
        ({**BASE, "levy_mice": 5.0}, {"levy_mice"}),
        ({**BASE, "levy_tort": -5.0}, {"levy_tort"}),
        ({**BASE, "levy_tort": "many"}, {"levy_tort"}),
        ({"organization_type": "unit", "current_eav": 1e8}, {"levy_education"}),
    ],
)
def test_what_has_no_rule_or_is_not_known_is_refused(
    levies: dict[str, Any], columns: set[str]
) -> None:
    faults = all_faults(lambda: ebf.extension(levies, 2025))
    assert {fault.place.column for fault in faults} == columns


def test_a_column_that_is_there_twice_is_refused() -> None:
    twice = pd.DataFrame([["0100100102600", "unit", 1e8, 5.0, 6.0]])
    twice.columns = pd.Index(["unit_id", "organization_type", "current_eav", *["levy_tort"] * 2])
    (fault,) = all_faults(lambda: ebf.extension(twice, 2025))
    assert (fault.place.column, fault.found) == ("levy_tort", "the column twice")


def test_a_misspelt_fund_alone_is_named() -> None:
    levies = {"organization_type": "unit", "current_eav": 1e8, "levy_educaton": 5.0}
    faults = all_faults(lambda: ebf.extension(levies, 2025))
    assert {fault.place.column for fault in faults} == {"levy_education", "levy_educaton"}
    assert "nearest known: levy_education" in [fault.fix for fault in faults]


def test_blank_text_is_no_levy_and_the_usual_flag() -> None:
    both = pd.DataFrame([{**BASE, **dict.fromkeys(LAST, 1e6), "ptell_district": 1}] * 2)
    both = both.assign(unit_id=["0100100102600", "0100100202600"])
    found = ebf.extension(both.assign(levy_tort=["", "5"], capped_tort=[" ", "0"]), 2025)
    assert found.ledger.units["levy_tort"].tolist() == [0.0, 5.0]
    assert found.ledger.units["capped_tort"].tolist() == [1.0, 0.0]
    words = both.assign(
        levy_tort=pd.Categorical(["5", None]), capped_tort=pd.Categorical([1, None])
    )
    assert ebf.extension(words, 2025).ledger.units["levy_tort"].tolist() == [5.0, 0.0]
    wrong = both.assign(levy_tort=["", "many"])
    (fault,) = all_faults(lambda: ebf.extension(wrong, 2025))
    assert (fault.place.unit, fault.place.column) == ("0100100202600", "levy_tort")


def test_every_fault_is_told_at_once() -> None:
    levies = {**BASE, "organization_type": "hybrid", "current_eav": 0, "levy_mice": 5.0,
              "ptell_district": 1}  # fmt: skip
    found = {fault.place.column for fault in all_faults(lambda: ebf.extension(levies, 2025))}
    assert found == {"organization_type", "current_eav", "levy_mice", *LAST}


def test_a_price_change_in_percent_says_what_is_allowed() -> None:
    (fault,) = all_faults(lambda: ebf.extension({**CHICAGO, "price_change_before_levy": 2.5}, 2025))
    assert fault.allowed == "a finite number, -1 or more, up to 1"
    fallen = ebf.extension({**CHICAGO, "price_change_before_levy": -0.01}, 2025)
    assert one(fallen, "capital_improvement_ceiling") == 0


@pytest.mark.parametrize(
    ("kind", "chicago", "fund"),
    [("hybrid", 0, "education"), ("unit", 1, "working_cash"), ("unit", 0, "teachers_pension")],
)
def test_the_statute_itself_refuses_what_no_rule_covers(kind: str, chicago: int, fund: str) -> None:
    levies = {f"levy_{each}": [0.0] for each in CITES} | {f"levy_{fund}": [7.0]}
    district = {"unit_id": "0100100102600", "organization_type": kind, "current_eav": 1e8}
    frame = pd.DataFrame({**levies, **district, "article_34_district": chicago})
    with pytest.raises(ebf.InputError, match=f"levy_covered_by_rules_{fund}: found -7"):
        ebf.calculate(frame, ebf.law(2025, statute=SECTION))


def test_a_wrong_index_is_refused() -> None:
    levies = ptell(1e6, current_eav=1e8, levy_education=5e6)
    for wrong in ((1.0,), (0.0, 300.0), ("a", "b"), 300.0, (300.0, float("inf"))):
        with pytest.raises(ebf.InputError, match="price_index"):
            ebf.extension(levies, 2025, price_index=wrong)  # type: ignore[arg-type]
    with pytest.raises(ebf.InputError, match="consumer_price_change too"):
        ebf.extension(levies, 2025, price_index=(300.0, 309.0),
                      amounts={"consumer_price_change": 0.02})  # fmt: skip
