"""Every fiscal year from raw counts to dollars, unknown amounts supplied."""

from __future__ import annotations

import pytest
from sample_states import law_of, units_of

import ebf
from ebf.law.years import YEARS


@pytest.mark.parametrize("year", YEARS)
def test_a_year_from_raw_counts_to_dollars(year: int) -> None:
    money = 0.0 if year == 2021 else 310e6
    ledger = ebf.calculate(
        units_of(year),
        law_of(year).with_amounts(
            salaries=ebf.sample().law.salaries.of_year(year), new_state_funds=money
        ),
    )
    units = ledger.units
    outside = {"specially_funded"} | ({"regional_program"} if year < 2020 else set())
    assert ((units["tier"] == 0) == units["organization_type"].isin(outside)).all()
    assert 0 <= money - units["tier_funding"].sum() < 0.01 * len(units)
    assert (units["total_state_contribution"] >= units["base_funding_minimum"] - 0.01).all()
    assert (units.loc[units["tier"] > 0, "adequacy_target"] > 0).all()
    assert not ledger.not_computed
    for line in ledger.steps:  # a statewide line has one value, any other one for every unit
        assert (ledger.values[line.name].shape[1] == 1) == line.statewide, line.name
    technology = units.filter(like="computer_technology_cost").to_numpy().sum()
    doubled = technology > 1.2 * 285.5 * units["average_student_enrollment"].sum()
    assert doubled == (year > 2018)


def test_new_money_that_is_not_known_to_the_cent_is_asked_for() -> None:
    for year in (2019, 2023, 2024, 2025):
        with pytest.raises(ebf.InputError) as caught:
            ebf.calculate(
                units_of(year),
                law_of(year).with_amounts(salaries=ebf.sample().law.salaries.of_year(year)),
            )
        (fault,) = caught.value.faults
        assert fault.place.words[1] == "new_state_funds"
        assert fault.fix == f"give ebf.law({year}, new_state_funds=...) (--new-state-funds)"
