"""The roll-forward of base funding: by hand, and from one published year to another."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from published import distributed, units_of
from refusal import all_faults
from states import ANY_AMOUNT, dollars, frame_of, unit_id

import ebf

ONE, TWO = unit_id(1), unit_id(2)


def two(**columns: float) -> ebf.Ledger:
    """A Tier 1 unit that is paid 100,000 of new money, and one in Tier 4."""
    rows = (dollars(1, 1e6, 5e5, 0.1, base=2e5), dollars(2, 1e6, 1.2e6, 0.5, base=4e5))
    return ebf.calculate(
        frame_of(rows).assign(**columns), ANY_AMOUNT.with_amounts(new_state_funds=1e5)
    )


def test_base_and_new_money_are_carried_on_and_what_is_added_is_added() -> None:
    ledger = two()
    money = ledger.units["tier_funding"]
    found = ebf.next_base(
        ledger,
        relief_grants={ONE: 10},
        intervention_money=pd.Series({TWO: 5.5}),
        corrections={ONE: -3},
    )
    assert found.fiscal_year == 2023
    assert found.units["prior_year_base_funding_minimum"].tolist() == [2e5, 4e5]
    assert found.units["prior_year_tier_funding"].equals(money.rename("prior_year_tier_funding"))
    expected = [round(2e5 + money[ONE] + 10 - 3, 2), round(4e5 + money[TWO] + 5.5, 2)]
    assert found.units["base_funding_minimum"].tolist() == expected


def test_its_columns_are_inputs_of_the_next_year() -> None:
    found = ebf.next_base(two(), corrections={TWO: 7}).units
    carried = found.drop(columns="base_funding_minimum")
    carried = carried.assign(organization_type="unit", average_student_enrollment=100)
    law = ebf.law(2023)
    again = ebf.calculate(carried, law, lines=["base_funding_minimum"]).units
    assert again["base_funding_minimum"].round(2).equals(found["base_funding_minimum"])


def test_a_reduced_base_stays_reduced() -> None:
    short = two(
        base_funding_shortfall=30_000,
        first_year_base_funding_minimum=1_000,
        prior_year_average_student_enrollment=100,
    )
    assert short.units["base_funding_paid"].tolist() == [2e5, 3.7e5]
    found = ebf.next_base(short)
    assert found.units["prior_year_base_funding_minimum"].tolist() == [2e5, 3.7e5]
    assert "what a shortfall took" in found.assumptions[0]


def test_all_that_is_wrong_is_said_at_once() -> None:
    nobody = unit_id(9)
    faults = all_faults(
        lambda: ebf.next_base(
            two(),
            relief_grants={ONE: -1, nobody: 5},
            corrections={ONE: "much", TWO: float("nan")},  # type: ignore[dict-item]
        )
    )
    assert [fault.place.words for fault in faults] == [
        (ONE, "property_tax_relief_grant"),
        (nobody, "property_tax_relief_grant"),
        (ONE, "base_funding_correction"),
        (TWO, "base_funding_correction"),
    ]


def test_what_the_next_year_has_no_place_for_is_refused() -> None:
    ledger = ebf.calculate(
        frame_of((dollars(1, 1e6, 5e5, 0.1),)), ebf.law(2018, new_state_funds=1e5)
    )
    (fault,) = all_faults(lambda: ebf.next_base(ledger, relief_grants={ONE: 5}))
    assert str(fault).endswith("found FY2019; allowed: part of the base from FY2020 on")
    targets = ebf.calculate(*ebf.sample(), lines=["adequacy_target"])
    faults = all_faults(lambda: ebf.next_base(targets))
    assert {fault.place.words for fault in faults} == {
        ("ledger", "base_funding_paid"),
        ("ledger", "tier_funding"),
    }


INTERVENTION = {"3404918702600": 7_468_612.00, "5008218902200": 6_904_840.00}
"""North Chicago 187 and East St. Louis 189: what FY2022's bases have beyond all else."""
CORRECTED = {"1601942402600", "2106100102600", "4003101002600", "4005600902600"}


def test_from_fy2020_to_fy2022_every_base_is_the_published_but_for_four_corrections(
    published: Path,
) -> None:
    """FY2021 had no new money; 37 districts had relief grants, two intervention money."""
    table = pd.read_csv(published / "fy2020_property_tax_relief_grants.csv", dtype={"unit_id": str})
    grants = table.set_index("unit_id")["property_tax_relief_grant"]
    assert len(grants) == 37
    of_2021 = ebf.next_base(distributed(published, 2020), relief_grants=grants)
    before = units_of(published, 2020)
    columns = ["organization_type", "average_student_enrollment", "adequacy_target"]
    columns += ["final_resources", "local_capacity_percentage"]
    table_2021 = before[columns].join(of_2021.units["base_funding_minimum"])
    ledger_2021 = ebf.calculate(table_2021, ebf.law(2021))
    assert (ledger_2021.units["tier_funding"] == 0).all()
    found = ebf.next_base(ledger_2021, intervention_money=INTERVENTION)
    theirs = units_of(published, 2022)["base_funding_minimum"]
    apart = (found.units["base_funding_minimum"] - theirs.reindex(found.units.index)).abs()
    assert len(apart) == 921
    assert {*apart.index[apart > 0.005]} == CORRECTED
    assert apart.max() < 4_000
