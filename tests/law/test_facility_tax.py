"""The county school facility and resources tax: examples by hand, and a second computation."""

from __future__ import annotations

import doctest
import sys
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import depth
import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference.neighbors import facility_tax as second
from typer.testing import CliRunner

import ebf
from ebf.doors.command import app
from ebf.language.line import Line
from ebf.language.vocabulary import units
from ebf.law.facility_tax import FACILITY_TAX
from ebf.law.facility_tax.alternatives import ALTERNATIVES
from ebf.law.reading import readings_of

SECTION = "5-1006.7"
LINES = [*FACILITY_TAX.all_lines, *(each for lines in ALTERNATIVES.values() for each in lines)]
STEPS = (0.0025, 0.005, 0.0075, 0.01)
MONEY = "facility_tax_of_district"


def rows(*pupils: float, **columns: object) -> pd.DataFrame:
    """Districts with so many pupils, in one county."""
    return pd.DataFrame(
        {
            "unit_id": [f"{number:02d}00100102600" for number in range(1, len(pupils) + 1)],
            "organization_type": "unit",
            "resident_pupils_in_county": pupils,
            **columns,
        }
    )


def found(*pupils: float, **said: Any) -> ebf.FacilityTax:
    of_county: dict[str, Any] = {"county": "Adams", "rate": 0.01}
    return ebf.facility_tax(rows(*pupils), **of_county | said)


def money(answer: ebf.FacilityTax) -> list[float]:
    return answer.frame[MONEY].tolist()


def faults(**said: Any) -> list[ebf.Fault]:
    table = said.pop("table", rows(600, 300, 100))
    of_county: dict[str, Any] = {"county": "Adams", "rate": 0.01, "receipts": 1e6}
    with pytest.raises(ebf.InputError) as error:
        ebf.facility_tax(table, **of_county | said)
    return list(error.value.faults)


# --- By hand ------------------------------------------------------------------------------


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.full_name)
def test_every_line_has_a_worked_example_that_runs(line: Line) -> None:
    names = {**vars(sys.modules[line.function.__module__]), "units": units}
    example = doctest.DocTestParser().get_doctest(line.rule, names, line.name, None, 0)
    assert example.examples
    told: list[str] = []
    doctest.DocTestRunner(verbose=False).run(example, out=told.append)
    assert not told, "".join(told)


def test_the_example_of_the_specification() -> None:
    """100,000,000 at 1 %: 1,000,000 x 0.98 x 0.99 = 970,200; by 600, 300 and 100 pupils."""
    answer = found(600, 300, 100, taxable_sales=100_000_000)
    assert money(answer) == [582_120.0, 291_060.0, 97_020.0]
    assert answer.frame["facility_tax_per_pupil"].tolist() == [970.2, 970.2, 970.2]
    county = answer.counties.loc["Adams"]
    assert county["facility_tax_receipts"] == 1_000_000
    assert county["facility_tax_kept_by_state"] == 20_000
    assert county["facility_tax_kept_by_regional_office"] == 9_800
    assert county[MONEY] == 970_200
    assert money(found(600, 300, 100, rate=None, receipts=1_000_000)) == money(answer)
    exact = answer.ledger.exact
    assert exact.values[MONEY].ravel().tolist() == [582_120, 291_060, 97_020]


def test_what_lake_county_was_told() -> None:
    """About $550 a pupil: Woodland's 7,000 would have $3.85 million."""
    pupils = (7_000, 123_000)
    answer = found(*pupils, receipts=550 * 130_000, state_share_kept=0, regional_share_kept=0)
    assert answer.frame["facility_tax_per_pupil"].tolist() == [550, 550]
    assert money(answer)[0] == 3_850_000


def test_cents_left_go_to_the_largest_remainders() -> None:
    none = {"state_share_kept": 0, "regional_share_kept": 0}
    # a dollar by 1, 2, 3 of 6 pupils: 16 2/3, 33 1/3, 50 cents: the first has the cent left
    assert money(found(1, 2, 3, receipts=1, **none)) == [0.17, 0.33, 0.50]
    # by thirds 33 1/3 each: of equal remainders the first by its id
    assert money(found(1, 1, 1, receipts=1, **none)) == [0.34, 0.33, 0.33]
    # 6 cents by 100 and 300 of 400: 1.5 and 4.5, equal remainders of other sizes
    assert money(found(300, 100, receipts=0.06, **none)) == [0.05, 0.01]
    # who has no pupils has no cent
    assert money(found(0, 1, 1, 1, receipts=1, **none)) == [0, 0.34, 0.33, 0.33]
    # what is less than a cent stays
    assert money(found(1, receipts=0.019, **none)) == [0.01]


def test_the_shares_kept_are_the_callers_where_he_says_so() -> None:
    assert money(found(1, receipts=1e6, state_share_kept=0.1, regional_share_kept=0)) == [9e5]
    other = found(1, receipts=1e6, readings={1: "both_of_receipts"})
    assert money(other) == [970_000]
    assert any("both_of_receipts" in each for each in other.assumptions)
    unknown = faults(fiscal_year=2022)
    assert [each.place.argument for each in unknown] == ["state_share_kept", "regional_share_kept"]
    assert (unknown[0].found, unknown[0].allowed) == (
        "no known value for FY2022",
        "known: FY2023 on",
    )
    assert unknown[0].fix == "supply it: state_share_kept=... (--state-share-kept)"
    known = found(1, receipts=1e6, state_share_kept=0.02, regional_share_kept=0, fiscal_year=2022)
    assert money(known) == [980_000]
    with pytest.raises(ebf.InputError, match="facility_tax_for_districts: found -500000"):
        found(
            1,
            receipts=1e6,
            state_share_kept=0.8,
            regional_share_kept=0.7,
            readings={1: "both_of_receipts"},
        )


@pytest.mark.parametrize(("resolved", "goes"), [([1, 0, 0], True), ([0, 1, 1], False)])
def test_the_ballot_takes_more_than_half_of_the_pupils(resolved: list[int], goes: bool) -> None:  # noqa: FBT001 - a case
    table = rows(501, 300, 199, resolved=resolved)
    answer = ebf.facility_tax(table, county="Adams", receipts=1e6)
    assert answer.counties.loc["Adams", "facility_tax_on_ballot"] == goes
    half = rows(500, 300, 200, resolved=resolved)
    on_half = ebf.facility_tax(half, county="Adams", receipts=1e6).counties
    assert not on_half.loc["Adams", "facility_tax_on_ballot"]
    assert "no column resolved" in found(1, receipts=1).left_out[0]


def test_a_district_in_two_counties_has_a_row_in_each() -> None:
    answer = ebf.facility_tax(ebf.sample_table("facility_tax"), rate=0.01)
    assert answer.frame.loc[("Adams", "0100100302600"), MONEY] == 97_020
    # Hancock: 31,250,000 x 0.01 x 0.98 x 0.99 = 303,187.50; by 250 of 847 pupils 89,488.636
    assert answer.frame.loc[("Hancock", "0100100302600"), MONEY] == 89_488.64
    assert answer.counties[MONEY].tolist() == [970_200, 303_187.50]
    assert answer.shared.index.tolist() == ["0100100302600"]
    assert answer.shared[MONEY].tolist() == [186_508.64]
    assert [*answer.ledgers] == ["Adams", "Hancock"]
    with pytest.raises(ebf.InputError, match="2 counties; allowed: the answer of one county"):
        _ = answer.ledger
    table = ebf.sample_table("facility_tax").drop(columns="taxable_sales")
    rates = {"Adams": 0.01, "hancock county": 0.005}
    each = ebf.facility_tax(table, rate=rates, taxable_sales={"Adams": 1e8, "Hancock": 31_250_000})
    assert each.counties[MONEY].tolist() == [970_200, 151_593.75]
    with pytest.raises(ebf.InputError, match="receipts: found one number for 2 counties"):
        ebf.facility_tax(table, rate=0.01, receipts=1e6)
    one = ebf.facility_tax(ebf.sample_table("facility_tax"), county="HANCOCK", rate=0.01)
    assert one.ledger.units[MONEY].sum() == pytest.approx(303_187.50)
    assert one.shared.empty


# --- Refused ------------------------------------------------------------------------------


def test_what_the_law_has_no_tax_for_is_refused() -> None:
    (fault,) = faults(county="Cook")
    assert (fault.found, fault.allowed, fault.cite) == (
        "Cook",
        "any county but Cook",
        "55 ILCS 5/5-1006.7",
    )
    for rate in (0.003, 0.0125, 0.0, 0.00251):
        (fault,) = faults(rate=rate)
        assert (fault.place.argument, fault.found) == ("rate", f"{rate:.15g}")
        assert "by steps of 0.25 %, at most 1 %" in fault.allowed
    (fault,) = faults(table=rows(0, 0))
    assert (fault.place.column, fault.found) == ("resident_pupils_in_county", "no pupils")
    (fault,) = faults(table=rows(1, 1).assign(organization_type=["unit", "regional_program"]))
    assert (fault.place.unit, fault.found) == ("0200100102600", "regional_program")


def test_so_is_the_calculation_itself() -> None:
    own = ebf.law(2026, statute=SECTION)
    table = rows(600, 400, taxable_sales=1e6, facility_tax_rate=0.003)
    with pytest.raises(ebf.InputError, match="facility_tax_steps: found -1"):
        ebf.calculate(table, own)
    with pytest.raises(ebf.InputError, match="no number"):
        ebf.calculate(rows(0, 0, facility_tax_receipts=1e6), own)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"receipts": None}, "neither sales nor receipts"),
        ({"taxable_sales": 1e6}, "receipts too"),
        ({"receipts": None, "taxable_sales": 1e6, "rate": None}, "no rate"),
        ({"receipts": -1}, "-1"),
        ({"rate": True}, "True"),
        ({"rate": float("inf")}, "inf"),
        ({"county": []}, "no name"),
        ({"state_share_kept": [0.02, 0.03]}, "several scenarios"),
        ({"county": None}, "no such column"),
        ({"county": "Adam"}, "'Adam'"),
        ({"receipts": {"Pike": 1e6}}, "no county of the rows"),
        ({"receipts": {"Adams": 1e6, "adams county": 2e6}}, "the county twice"),
        ({"table": rows(1).assign(facility_tax_receipts=1.0)}, "a column and an argument"),
        ({"table": rows(1).assign(county="Pike")}, "no row of it"),
        ({"table": rows(1).assign(county=None)}, "blank"),
        ({"table": rows(1).assign(county=float("nan"))}, "blank"),
        ({"county": ["Adams", "Pike"]}, "no such column, and 2 counties"),
        ({"table": rows(1).assign(budget=1)}, "unknown column"),
        ({"table": rows(1).drop(columns="resident_pupils_in_county")}, "no such column"),
        ({"table": rows(1, float("nan"))}, "blank"),
        ({"table": rows(1, -2)}, "-2"),
    ],
)
def test_wrong_and_missing_input_is_named(said: Mapping[str, Any], words: str) -> None:
    assert words in [each.found for each in faults(**said)]


def test_a_column_of_ones_own_may_be_kept_as_its_fault_says(tmp_path: Path) -> None:
    file = tmp_path / "districts.csv"
    rows(1).assign(budget=1).to_csv(file, index=False)
    (fault,) = faults(table=ebf.read_units(file))
    assert fault.allowed == f"an input, or a line by its name (ebf lines --statute {SECTION})"
    assert "ebf.read_units(..., keep=[...])" in fault.fix
    assert "--keep" not in fault.fix  # which the command does not have
    kept = ebf.read_units(file, keep=["budget"])
    assert money(ebf.facility_tax(kept, county="Adams", rate=0.01, receipts=100)) == [97.02]


def test_a_column_that_is_there_twice_is_refused() -> None:
    twice = pd.concat([rows(1), rows(1)[["resident_pupils_in_county"]]], axis="columns")
    (fault,) = faults(table=twice)
    assert (fault.place.column, fault.found) == ("resident_pupils_in_county", "the column twice")


def test_a_county_is_called_as_its_first_row_writes_it() -> None:
    table = rows(1, 2).assign(county=["De Kalb", "DEKALB COUNTY"])
    assert [*ebf.facility_tax(table, rate=0.01, receipts=1e6).ledgers] == ["De Kalb"]


def test_all_faults_are_told_at_once_with_their_county() -> None:
    table = ebf.sample_table("facility_tax").assign(organization_type=["x", *["unit"] * 5])
    with pytest.raises(ebf.InputError) as error:
        ebf.facility_tax(table, rate=0.003)
    said = [each.place.words for each in error.value.faults]
    assert said == [
        ("Adams County: arguments", "rate"),
        ("Adams County: 0100100102600", "organization_type"),
        ("Hancock County: arguments", "rate"),
    ]


# --- Against the second computation, and laws ------------------------------------------------

PUPILS = st.lists(st.integers(0, 20_000), min_size=1, max_size=8).filter(any)
CENTS = st.integers(0, 10**10)


@depth.FINANCE
@given(PUPILS, CENTS, st.sampled_from(STEPS), st.sampled_from(["0", "0.02", "0.05"]))
def test_it_is_as_computed_by_another_hand(
    pupils: list[int], cents: int, rate: float, share: str
) -> None:
    answer = found(*pupils, taxable_sales=cents / 100, rate=rate, state_share_kept=float(share))
    by_id = dict(zip(answer.frame.loc["Adams"].index, map(Fraction, pupils), strict=True))
    sales = Fraction(cents, 100), Fraction(str(rate))
    net = second.net(*sales, Fraction(share), Fraction("0.01"))
    expected = second.distribution(net, by_id)
    exact = answer.ledger.exact
    assert exact.values[MONEY].ravel().tolist() == [*expected.values()]
    assert exact.values["facility_tax_for_districts"].item() == net
    assert money(answer) == [float(each) for each in expected.values()]


@depth.FINANCE
@given(PUPILS, CENTS)
def test_cents_add_up_and_nobody_with_more_pupils_gets_less(pupils: list[int], cents: int) -> None:
    answer = found(*pupils, rate=None, receipts=cents / 100)
    paid = [round(each * 100) for each in money(answer)]
    assert sum(paid) == answer.ledger.statewide["facility_tax_cents"]
    assert answer.counties[MONEY].item() == sum(paid) / 100
    in_order = sorted(zip(pupils, paid, strict=True))
    assert [each for _, each in in_order] == sorted(paid)


@depth.FINANCE
@given(PUPILS, st.lists(st.booleans(), min_size=8, max_size=8))
def test_the_ballot_is_as_computed_by_another_hand(pupils: list[int], said: list[bool]) -> None:
    resolved = said[: len(pupils)]
    table = rows(*pupils, resolved=resolved)
    answer = ebf.facility_tax(table, county="Pike", receipts=1e6)
    ids = table["unit_id"]
    goes = second.goes_on_ballot(
        dict(zip(ids, resolved, strict=True)), dict(zip(ids, pupils, strict=True))
    )
    assert answer.counties["facility_tax_on_ballot"].item() == goes


@pytest.mark.parametrize("rate", [*STEPS, 0.0, 0.001, 0.0026, 0.0125])
def test_rates_are_refused_as_by_another_hand(rate: float) -> None:
    is_step = second.is_step(Fraction(str(rate)))
    assert is_step == (rate in STEPS)
    if is_step:
        assert found(1, receipts=1, rate=rate).counties["facility_tax_rate"].item() == rate


# --- Explained, laid out, shown ----------------------------------------------------------------


def test_every_line_is_explained_and_laid_out(tmp_path: Path) -> None:
    table = rows(7, 2, 4, resolved=[1, 0, 0])
    answer = ebf.facility_tax(table, county="Pike", rate=0.005, taxable_sales=1_234_567)
    ledger = answer.ledger
    assert {each.name for each in ledger.steps} == {each.name for each in FACILITY_TAX.all_lines}
    sections = ledger.audit("0200100102600").sections
    assert [each.title.partition(":")[0] for each in sections] == [
        "The tax",
        "The distribution",
        "The ballot",
    ]
    for line in FACILITY_TAX.all_lines:
        assert ledger.explain("0200100102600", line.name).steps[0].line == line.name
    exact = ledger.exact.values
    kinds = {type(each) for name in ledger.computed for each in exact[name].flat}
    assert kinds <= {Fraction, int, bool, np.int64, np.bool_}
    ledger.to_workbook(tmp_path / "tax.xlsx")
    book = openpyxl.load_workbook(tmp_path / "tax.xlsx")
    assert {"The distribution", "Statewide"} <= {*book.sheetnames}


def test_every_line_that_rests_on_a_reading_has_one() -> None:
    numbers = {number for line in LINES for number in line.evidence.readings}
    assert numbers == {*readings_of(FACILITY_TAX)}
    assert {line.evidence.kind.value for line in LINES} == {"law"}
    assert FACILITY_TAX.act + FACILITY_TAX.section == "55 ILCS 5/5-1006.7"


def test_the_command_and_its_files(tmp_path: Path) -> None:
    def run(*said: str) -> Any:
        return CliRunner().invoke(app, ["facility-tax", *said])

    shown = run("--rate", "0.01")
    assert shown.exit_code == 0, shown.output
    assert "582,120.00" in shown.output
    assert "invented" in shown.output.splitlines()[-1]
    file = tmp_path / "tax.csv"
    ebf.sample_table("facility_tax").replace({"name": {"Cedar Bend": "=Cedar"}}, regex=True).to_csv(
        file, index=False
    )
    written = tmp_path / "found.csv"
    of_one = (str(file), "--county", "adams", "--rate", "0.01", "--output", str(written))
    assert run(*of_one).exit_code == 0
    content = pd.read_csv(written, dtype={"unit_id": str})
    assert content[MONEY].tolist() == [582_120, 291_060, 97_020]
    assert content["name"][1].startswith("'=Cedar")
    for ending in ("json", "html", "md", "txt"):
        page = tmp_path / f"tax.{ending}"
        assert run("--rate", "0.01", "--output", str(page)).exit_code == 0
        assert "582" in page.read_text(encoding="utf-8")
    refused = run("--rate", "0.003")
    assert refused.exit_code == 2
    assert refused.stderr.startswith("ebf: Adams County: arguments: rate: found 0.003")
    assert run("--rate", "0.01", "--sheet", "x").exit_code == 2
    assert run(str(file), "--rate", "0.01", "--output", str(file)).exit_code == 2
