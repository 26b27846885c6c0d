"""A levy put into the state: by hand from the rate to the percent; and what is refused."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd
import pytest
from refusal import all_faults
from sample_states import one_of
from states import ANY_AMOUNT, dollars, frame_of

import ebf

UNIT = "1000196062600"
CENT = 0.01


@cache
def state() -> ebf.State:
    """A part of the sample with the unit, and money for it."""
    units, law = ebf.sample()
    some = one_of(24, units)
    own = units[units["unit_id"] == UNIT]
    both = pd.concat([some[some["unit_id"] != UNIT], own], ignore_index=True)
    return ebf.State(both, law.with_amounts(new_state_funds=1e7))


@cache
def before() -> dict[Any, Any]:
    return ebf.calculate(*state()).units.T[UNIT].to_dict()


def cut(amount: float) -> float:
    return int(amount * 100 + 1e-6) / 100


@cache
def found(rate: float = 0.05) -> ebf.LevyImpact:
    return ebf.levy(*state(), UNIT, {"operating_tax_rate": rate})


def test_from_the_rate_to_the_percent_by_hand() -> None:
    """Receipts = adjusted EAV x (rate - transportation's); above the target a share counts."""
    was = before()
    receipts = cut(was["adjusted_eav"] * (0.05 - was["transportation_rate"]))
    target, share = was["local_capacity_target"], was["local_capacity_percentage"]
    assert receipts > target
    adjusted = cut(target + (receipts - target) * share)
    resources = (
        adjusted
        + was["corporate_personal_property_replacement_tax"]
        + was["adjusted_base_funding_minimum"]
    )
    column = found().frame["re_solved"]
    assert column["real_receipts"] == pytest.approx(receipts, abs=CENT)
    assert column["adjusted_local_capacity_target"] == pytest.approx(adjusted, abs=CENT)
    percent = column["final_percent_of_adequacy"]
    assert percent == pytest.approx(resources / was["adequacy_target"], abs=1e-8)
    assert found().frame.loc["final_resources", "change_re_solved"] == pytest.approx(
        found().effect.loc["adjusted_local_capacity_target", "re_solved"]
    )


def test_a_dollar_less_extended_takes_its_share_from_receipts_and_target() -> None:
    was, effect = before(), found().effect["re_solved"]
    extended = (0.05 - was["operating_tax_rate"]) * was["real_eav_first_preceding_tax_year"]
    assert effect.iloc[0] == pytest.approx(extended)
    each = effect["real_receipts, for each dollar extended"]
    assert each == pytest.approx(
        was["adjusted_eav"] / was["real_eav_first_preceding_tax_year"], 1e-6
    )
    of_target = effect["adjusted_local_capacity_target, for each dollar extended"]
    assert of_target == pytest.approx(each * was["local_capacity_percentage"], 1e-5)
    assert effect["tier_funding"] >= 0 >= extended


def test_levies_of_funds_make_the_operating_rate_of_2019() -> None:
    """1.84 % + 0.50 % + 0.20 % + tort 1.00 %; bonds do not count: 3.54 %, on the table's EAV."""
    eav = before()["original_eav_first_preceding_tax_year"]
    levies = {
        "levy_education": 0.02 * eav,
        "levy_operations_and_maintenance": 0.005 * eav,
        "levy_transportation": 0.002 * eav,
        "levy_tort": 0.01 * eav,
        "levy_bonds_and_interest": 0.007 * eav,
    }
    of_funds = ebf.levy(*state(), UNIT, levies)
    assert of_funds.levy_year == 2019
    assert of_funds.frame.loc["operating_tax_rate", "re_solved"] == pytest.approx(0.0354)
    assert of_funds.extension is not None
    assert of_funds.extension.bounds["bound"].tolist() == ["ceiling without a referendum"]
    by_rate = found(0.0354).frame["re_solved"].tolist()
    assert of_funds.frame["re_solved"].tolist() == pytest.approx(by_rate)
    on_more = ebf.levy(*state(), UNIT, {"levy_tort": 1e5, "current_eav": 1e7})
    assert on_more.frame.loc["operating_tax_rate", "re_solved"] == pytest.approx(0.01)
    page = of_funds.to_text()
    assert "What binds" in page
    assert "From the levy to state money" in page


def test_a_district_under_ptell_needs_its_last_extensions() -> None:
    units = state().units
    own = units[(units["ptell_district"] == 1) & (units["organization_type"] == "elementary")]
    unit, eav = (
        str(own["unit_id"].iloc[0]),
        float(own["original_eav_first_preceding_tax_year"].iloc[0]),
    )
    levies = {"levy_education": 0.03 * eav}
    last = [f"capped_extension_{year}_preceding_levy_year" for year in ("first", "second", "third")]
    assert refused(levies, unit) == {*last}
    assert refused({**levies, "ptell_district": None}, unit) == {*last}
    limited = ebf.levy(*state(), unit, {**levies, **dict.fromkeys(last, 0.02 * eav)})
    rate = limited.frame.loc["operating_tax_rate", "re_solved"]
    assert rate == pytest.approx(0.02 * 1.019)  # 2019's price change is 1.9 %
    assert limited.extension is not None
    assert limited.extension.bounds["bound"].tolist() == ["limiting rate"]
    kept = f"keeps the table's, ptell_limiting_rate {own['ptell_limiting_rate'].iloc[0]:.6f}"
    assert f"Its limiting rate is {0.02 * 1.019:.6f}; the formula's" in " ".join(
        limited.assumptions
    )
    assert kept in " ".join(limited.assumptions)


def test_the_same_rate_changes_nothing() -> None:
    same = found(float(before()["operating_tax_rate"]))
    assert same.frame["change_re_solved"].abs().max() == 0
    assert not [name for name in same.effect.index if "for each dollar" in name]


def test_the_fiscal_years_that_read_it() -> None:
    """FY2022 reads the rates of tax year 2019, and the EAV of 2017 to 2019."""
    assert [*found().reached.index] == ["FY2022", "FY2022", "FY2023", "FY2023", "FY2023", "FY2024"]
    assert "since levy year 2015 (FY2018)" in found().assumptions[0]


def refused(levies: dict[str, Any], unit: str = UNIT) -> set[str | None]:
    return {f.place.column for f in all_faults(lambda: ebf.levy(*state(), unit, levies))}


def test_what_is_refused() -> None:
    assert refused({"operating_tax_rate": 3.5}) == {"operating_tax_rate"}
    assert refused({"operating_tax_rate": None}) == {"operating_tax_rate"}
    assert refused({"operating_tax_rate": 0.03, "levy_tort": 5.0}) == {"levy_tort"}
    assert refused({"levy_mice": 5.0, "levy_tort": 5.0}) == {"levy_mice"}
    assert refused({}) == {"levy_education"}
    units = state().units
    program = units.loc[units["organization_type"] == "regional_program", "unit_id"].iloc[0]
    assert refused({"operating_tax_rate": 0.03}, str(program)) == {"organization_type"}
    others = {"unit_id": "0100100102600", "organization_type": "elementary"}
    assert refused({**others, "levy_tort": 5.0}) == {*others}
    assert not before()["ptell_district"]
    assert refused({"levy_tort": 5.0, "ptell_district": 1}) == {"ptell_district"}
    assert refused({"levy_tort": 5.0, "article_34_district": True}) == {"article_34_district"}
    ebf.levy(*state(), UNIT, {"levy_tort": 5.0, "ptell_district": 0})


def test_a_table_of_results_is_refused_with_what_stands_in_the_way() -> None:
    units = frame_of([dollars(1, 1_000_000, 600_000, 0.2)])
    law = ANY_AMOUNT.with_amounts(new_state_funds=1e5)
    unit = str(ebf.calculate(units, law).units.index[0])
    (fault,) = all_faults(lambda: ebf.levy(units, law, unit, {"operating_tax_rate": 0.03}))
    assert fault.place.column == "operating_tax_rate"
    assert fault.found == "given in the table: final_resources"
    assert "ebf.read_full_calc" in fault.fix
