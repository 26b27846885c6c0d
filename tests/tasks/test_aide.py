"""A legislator's aide: what a bill does to the units of one House district, by the shell alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from checkout import ROOT
from published import units_of
from typer.testing import CliRunner

from ebf.doors.command import app

PAGE = ROOT / "docs" / "legislative_districts.md"
LARKSPURFIRTH, CITY, FEATHERWICK = "1000196062600", "0904794752600", "0302295002600"
SHARES = f"""\
chamber,district,unit_id,share
House,94,{LARKSPURFIRTH},0.25
House,93,{LARKSPURFIRTH},0.75
House,94,{CITY},1
House,94,{FEATHERWICK},0.4
"""
MORE = 50_000_000


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """The shell in a folder with the bill, as the page has it, and with shares of House 94."""
    monkeypatch.chdir(tmp_path)
    (bill,) = re.findall(r"(?s)```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"))
    Path("bill.toml").write_text(bill)
    Path("shares.csv").write_text(SHARES)
    return lambda *said: CliRunner().invoke(app, said)


def taken(result: Any) -> str:
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def table(file: str) -> pd.DataFrame:
    return pd.read_csv(file, dtype={"unit_id": str})


def test_the_bill_and_the_units_of_house_district_94(shell: Callable[..., Any]) -> None:
    """The class size by its words, the bill as a file, then the district, unit by unit."""
    name = "core_teacher.low_income_k_3"
    assert f" {name} 15 " in taken(shell("law", "2022", "--about", "class size low-income K-3"))
    bill = Path("bill.toml").read_text()
    assert f"{name} = 14" in bill
    assert "new_state_funds = { add = 50_000_000 }" in bill

    asked = ("legislative", "--scenario", "bill.toml", "--coverage", "shares.csv")
    one = ("--district", "House 94", "--output")
    taken(shell(*asked, *one, "house_94.csv"))
    units = table("house_94.csv").set_index("unit_id")
    assert units["share"].to_dict() == {LARKSPURFIRTH: 0.25, CITY: 1, FEATHERWICK: 0.4}
    change = units["after"] - units["before"]
    assert units["change"].to_list() == pytest.approx(change.to_list(), abs=0.005)
    assert units["change_in_district"].to_list() == pytest.approx(
        (change * units["share"]).to_list(), abs=0.005
    )

    taken(shell(*asked, *one, "house_94.json"))
    found = json.loads(Path("house_94.json").read_text())
    totals = {row["what"]: row["value"] for row in found["tables"]["totals"]["rows"]}
    of_it = totals["change in the district"]
    assert of_it == pytest.approx(units["change_in_district"].sum(), abs=0.005)
    assert totals["change of all units of the state"] == pytest.approx(MORE, abs=10)  # cents a unit
    said = found["about"]["in_words"]
    assert said.startswith(f"The 3 units of House District 94 get ${of_it:,.2f} more new money")
    assert "The state has $50,000,000.00 more new money to distribute." in said

    taken(shell(*asked, "--output", "all.csv"))
    every = table("all.csv").set_index("district")["tier_funding_change"]
    assert every[94] == pytest.approx(of_it, abs=0.005)
    assert every.sum() == pytest.approx(MORE, abs=10)


def test_what_the_class_size_adds_to_one_adequacy_target(shell: Callable[..., Any]) -> None:
    """Larkspurfirth, by hand: 129.82 pupils in K-3, 0.61120931438403 low-income (docs/audit.md).

    129.82 x 0.6112... = 79.3471...; the other 50.4728... stay at 20 pupils a teacher. Positions
    are cut to two decimals. Salaries are those of the sample, the Regionalization Factor 0.9.
    """
    before, after = Decimal("7.81"), Decimal("8.19")  # 5.2898 + 2.5236; 5.6676 + 2.5236
    teachers = (after - before) * 65_442
    # a fifth of the teachers of K-3 and 4-8 (7.16), a third of those of 9-12 (6.18), both cut
    specialists = Decimal("0.2") * (after - before) * 65_442
    more_specialists = Decimal("5.12") - Decimal("5.05")  # 5.129794, 5.053794
    daily = Decimal(68_735) / 180 * Decimal("0.3333")
    substitutes = (after - before + more_specialists) * Decimal("10.032") * daily
    benefits = Decimal("0.3") * (teachers + specialists)
    target = Decimal("0.9") * (teachers + specialists + substitutes) + benefits

    asked = ("compare", "--scenario", "bill.toml", "--line", "adequacy_target")
    taken(shell(*asked, "--output", "found.csv"))
    found = table("found.csv").set_index("unit_id")["change"].to_dict()
    assert found[LARKSPURFIRTH] == pytest.approx(float(target), abs=0.02)


def test_the_state_boards_own_sheet(shell: Callable[..., Any], published: Path) -> None:
    """It has sums in place of pupils: the class size is refused, with what to do; money is not.

    No unit moves into or out of Tier 3 by the money: each gets 350/300 of what was published.
    """
    sheet = (str(published / "base_calc.xlsx"), "--sheet", "2022")
    one = ("--district", "House 94")
    refused = shell("legislative", *sheet, "--scenario", "bill.toml", *one)
    assert refused.exit_code == 2
    assert "core_teacher.low_income_k_3: found nothing reads it" in refused.stderr
    assert "handed over in its place: core_investments" in refused.stderr
    assert "take a file of raw counts" in refused.stderr
    assert "the State Board's full-calculation workbook" in refused.stderr

    Path("money.toml").write_text(Path("bill.toml").read_text().partition("[law]")[0])
    shares = ("--coverage", str(published / "legislative_districts.csv"))
    asked = ("legislative", *sheet, *shares, "--scenario", "money.toml", *one)
    taken(shell(*asked, "--output", "units.csv"))
    units = table("units.csv").set_index("unit_id")
    own = pd.read_csv(shares[1], dtype={"unit_id": str}).set_index("unit_id")
    own = own[(own["chamber"] == "House") & (own["district"] == 94)]
    assert units["share"].to_dict() == own["share"].to_dict()
    paid = units_of(published, 2022)["tier_funding"]
    assert units["before"].to_dict() == paid[units.index].to_dict()
    in_tier_3 = units[(units["tier_before"] == 3) & (units["tier_after"] == 3)]
    expected = (paid[in_tier_3.index] * 50 / 300).to_list()
    assert in_tier_3["change"].to_list() == pytest.approx(expected, abs=0.02)
    assert len(in_tier_3) >= 3
