"""Report cards: the section's figures by hand, as published, and as the second computation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import depth
import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference.neighbors import report_card as reference
from refusal import all_faults

import ebf
from ebf.language.exact import fraction
from ebf.law.plain_names import plain_name
from ebf.law.report_card import REPORT_CARD

ONE, TWO, THREE, FOUR = "0100100102600", "0100100200400", "0100100301600", "1501629902500"
STANDING = ["adjusted_local_capacity_target", "final_resources"]
SHARES = list(reference.SHARES)
OURS = {
    "trs_normal_cost_paid_by_state": "g_normal_cost",
    "normal_cost_per_pupil": "g_normal_cost_per_pupil",
    "article_34_pension_contribution": "h_pension",
    "article_34_health_contribution": "h_health",
    "percent_of_adequacy_on_card": "i_percent_of_adequacy",
    "local_capacity_percent_by_law": "j_law",
    "local_capacity_percent_by_state_board": "j_state_board",
    "real_receipts_percent": "k_real_receipts",
    "administrative_costs_by_law": "l_law",
    "administrative_costs_percent": "l_state_board",
    "receipts_percent_of_adjusted_target": "receipts_of_adjusted_target",
}


def ledger(units: pd.DataFrame, year: int = 2022) -> ebf.Ledger:
    """The formula's percents of units whose targets and resources are handed over."""
    lines = ["final_percent_of_adequacy"]
    return ebf.calculate(units, ebf.law(year), lines=lines, given=STANDING)


def some(**columns: Any) -> pd.DataFrame:
    """Three districts, and Chicago."""
    return pd.DataFrame(
        {
            "unit_id": [ONE, TWO, THREE, FOUR],
            "name": ["A", "B", "C", "Chicago"],
            "organization_type": ["unit", "elementary", "high_school", "unit"],
            "article_34_district": [0, 0, 0, 1],
            "adequacy_target": [1000.0, 2000.0, 4000.0, 8000.0],
            "final_resources": [700.0, 2500.0, 3000.0, 5000.0],
            "local_capacity_percentage": [0.25, 0.9, 0.5, 0.4],
            "adjusted_local_capacity_target": [321.0, 1900.0, 2000.0, 3000.0],
            "real_receipts": [587.0, 1950.0, 1000.0, 3300.0],
            **columns,
        }
    )


FINANCES = pd.DataFrame(
    {
        "unit_id": [ONE, TWO, FOUR],
        "general_administration_expenditure": [30.0, 10.0, 100.0],
        "total_expenditure": [800.0, 200.0, 9000.0],
        "trs_normal_cost_paid_by_state": [3000.0, np.nan, 10.0],
        "pupils": [40.0, 10.0, 10.0],
        "state_pension_contribution": [np.nan, np.nan, 7.0],
        "state_health_contribution": [np.nan, np.nan, 5.0],
    }
)


# --- By hand ------------------------------------------------------------------------------


def matteson() -> ebf.ReportCard:
    """Its original sheet of FY2022; receipts are solved from the adjustment."""
    target = 8_399_469.20  # 0.2383 x 35,247,457.85, cut
    receipts = round((11_327_899.28 - target) / 0.2383 + target, 2)
    assert receipts == 20_688_307.14
    units = pd.DataFrame(
        {
            "unit_id": ["0701616200200"],
            "name": ["Matteson ESD 162"],
            "organization_type": ["elementary"],
            "adequacy_target": [35_247_457.85],
            "final_resources": [24_975_582.82],
            "local_capacity_percentage": [0.2383],
            "adjusted_local_capacity_target": [11_327_899.28],
            "real_receipts": [receipts],
        }
    )
    return ebf.report_card(ledger(units))


def test_matteson_on_the_card_of_2022() -> None:
    (row,) = matteson().frame.round(1).to_dict(orient="records")
    assert row["percent_of_adequacy_on_card"] == 70.9
    assert row["local_capacity_percent_by_law"] == 23.8
    assert row["local_capacity_percent_by_state_board"] == 32.1
    assert row["real_receipts_percent"] == 58.7
    assert row["receipts_percent_of_adjusted_target"] == 182.6
    assert "administrative_costs_percent" not in row


def test_every_figure_by_hand() -> None:
    card = ebf.report_card(ledger(some()), FINANCES)
    first = card.frame.loc[ONE]
    assert first["percent_of_adequacy_on_card"] == 70
    assert first["local_capacity_percent_by_law"] == 25
    assert first["local_capacity_percent_by_state_board"] == pytest.approx(32.1)
    assert first["real_receipts_percent"] == pytest.approx(58.7)
    assert first["receipts_percent_of_adjusted_target"] == pytest.approx(100 * 587 / 321)
    assert (first["normal_cost_per_pupil"], first["trs_normal_cost_paid_by_state"]) == (75, 3000)
    assert (first["administrative_costs_by_law"], first["administrative_costs_percent"]) == (
        *(30, 3.75),
    )
    assert first[["article_34_pension_contribution", "article_34_health_contribution"]].isna().all()
    chicago = card.frame.loc[FOUR]
    assert chicago["article_34_pension_contribution"] == 7
    assert chicago["article_34_health_contribution"] == 5
    assert card.frame.loc[TWO, "percent_of_adequacy_on_card"] == 125  # it may exceed 100
    assert (
        card.frame.loc[TWO, ["trs_normal_cost_paid_by_state", "normal_cost_per_pupil"]].isna().all()
    )
    assert card.frame["administrative_costs_percent"].isna().tolist() == [False, False, True, False]
    assert "administrative_costs_percent: blank of 1 of 4 districts." in card.left_out


def test_the_states_values_are_ratios_of_sums_and_say_so() -> None:
    state = ebf.report_card(ledger(some()), FINANCES).state
    value = state["value"]
    assert value["percent_of_adequacy_on_card"] == pytest.approx(100 * 11_200 / 15_000)
    # 250 + 1,800 + 2,000 + 3,200 of 15,000
    assert value["local_capacity_percent_by_law"] == pytest.approx(100 * 7_250 / 15_000)
    assert value["local_capacity_percent_by_state_board"] == pytest.approx(100 * 7_221 / 15_000)
    assert value["real_receipts_percent"] == pytest.approx(100 * 6_837 / 15_000)
    assert value["administrative_costs_percent"] == pytest.approx(
        1.4
    )  # 140 of 10,000; not the mean
    assert value["normal_cost_per_pupil"] == 3010 / 50  # without the one that lacks the cost
    assert state["districts"]["normal_cost_per_pupil"] == 2
    says = state["rests_on"]
    assert (
        says.pop("administrative_costs_percent")
        == "a ratio of sums, the State Board's to one decimal"
    )
    assert {*says} == {"a ratio of sums, not published"}


def test_without_a_target_there_is_no_percent() -> None:
    units = some(adequacy_target=[0.0, 2000.0, 4000.0, 8000.0], final_resources=[0.0, 1, 1, 1])
    card = ebf.report_card(ledger(units), FINANCES)
    names = [
        "percent_of_adequacy_on_card",
        "local_capacity_percent_by_law",
        "local_capacity_percent_by_state_board",
        "real_receipts_percent",
    ]
    assert card.frame.loc[ONE, names].isna().all()
    assert card.frame.loc[ONE, "administrative_costs_percent"] == 3.75


def test_the_years_that_figures_are_of() -> None:
    shown = ebf.report_card(ledger(some(), 2024), FINANCES).to_text()
    assert (
        "administrative_costs_percent           10-17a(2)(L)              school year 2022-23"
        in shown
    )
    assert "percent_of_adequacy_on_card            10-17a(2)(I)              FY2024" in shown
    assert "trs_normal_cost_paid_by_state          10-17a(2)(G)              FY2023" in shown
    of_property = FINANCES.assign(
        eav_of_card_tax_year=[900.0, np.nan, 0], nine_month_average_daily_attendance=[9.0, 5, 0]
    )
    card = ebf.report_card(ledger(some(), 2024), of_property)
    assert card.frame.loc[ONE, "eav_per_pupil_on_card"] == 100
    assert card.frame.loc[[TWO, FOUR], "eav_per_pupil_on_card"].isna().all()
    assert "tax year 2021" in card.to_text()


def test_programs_and_laboratory_schools_have_no_such_card() -> None:
    units = some(organization_type=["unit", "regional_program", "laboratory_school", "unit"])
    card = ebf.report_card(ledger(units))
    assert list(card.frame.index) == [ONE, FOUR]
    assert "Units that are no districts, and have no such card: 2." in card.left_out
    with pytest.raises(ebf.InputError, match=TWO):
        card.district(TWO)


def test_five_years_before_and_what_is_not_in_hand() -> None:
    before = some(final_resources=[500.0, 2500.0, 3000.0, 5000.0])
    before_that = ebf.report_card(ledger(some(), 2019))
    earlier: dict[int, Any] = {2020: ledger(before, 2020), 2019: before_that}
    card = ebf.report_card(ledger(some()), earlier=earlier)
    years = card.district("A").years.loc["percent_of_adequacy_on_card"].to_dict()
    assert [*years] == ["2022", "2021", "2020", "2019", "2018", "2017"]
    assert [years[year] for year in ("2022", "2020", "2019")] == [70, 50, 70]
    assert np.isnan([years[year] for year in ("2021", "2018", "2017")]).all()
    assert "Years not in hand: 2021, 2018, 2017." in card.district("A").left_out
    wrong: list[tuple[Any, str]] = [
        ([ledger(some())], "2017 to 2021"),
        ({2019: ledger(some(), 2020)}, "each under its own year"),
        ([ledger(some(), 2020)] * 2, "two of 2020"),
        ([5], "ledgers or cards"),
    ]
    for handed, said in wrong:
        with pytest.raises(ebf.InputError, match=said):
            ebf.report_card(ledger(some()), earlier=handed)


def like(unit: str, kind: str, *shares: float) -> dict[str, Any]:
    named = dict(zip(SHARES, shares, strict=True))
    spent = {"general_administration_expenditure": float(unit[6]), "total_expenditure": 100.0}
    return {"unit_id": unit, "name": unit[6], "organization_type": kind, **named, **spent}


SIMILAR = pd.DataFrame(
    [
        like("0100104002600", "unit", 0.50, 0.15, 0.10),
        like("0100109002600", "unit", 0.53, 0.15, 0.14),  # 5 points: 3, 0, 4
        like("0100107002600", "unit", 0.50, 0.20, 0.10),  # 5 points
        like("0100101002600", "unit", 0.49, 0.15, 0.10),  # 1 point
        like("0100102000400", "elementary", 0.50, 0.15, 0.10),  # another type
    ]
)


def test_similar_districts_with_their_median_and_rank() -> None:
    card = ebf.report_card(finances=SIMILAR, year=2021)
    own = card.district("0100104002600")
    assert list(own.similar["name"]) == ["1", "7", "9"]
    assert own.similar["distance"].tolist() == [1, 5, 5]
    names = ["value", "median_of_similar", "rank", "similar_with_it"]
    (percent,) = own.frame.loc[["administrative_costs_percent"], names].to_numpy(float).tolist()
    assert percent == pytest.approx([4, 7, 3, 3])
    two = card.district("0100104002600", similar=2)
    assert list(two.similar["name"]) == ["1", "7"]
    assert two.frame.loc["administrative_costs_percent", "median_of_similar"] == 4
    with pytest.raises(ebf.InputError, match="1 or more"):
        card.district("0100104002600", similar=0)
    lone = ebf.report_card(finances=SIMILAR.drop(columns=SHARES[0]), year=2021)
    assert "Similar districts: the finances have not all" in " ".join(lone.district("4").left_out)


# --- As laws, and as the second computation ------------------------------------------------


DOLLARS = st.integers(1, 10**9).map(lambda cents: cents / 100)
OFTEN_BLANK = st.none() | DOLLARS
SHARE = st.integers(0, 1000).map(lambda part: part / 1000)


@st.composite
def states(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Units, and their finances with blanks in them."""
    count = draw(st.integers(1, 7))
    units, finances = [], []
    for place in range(count):
        unit = f"01001{place:03}02600"
        target = draw(DOLLARS)
        total = draw(OFTEN_BLANK)
        kinds = ["unit", "elementary", "high_school", "regional_program"]
        units.append(
            {
                "unit_id": unit,
                "organization_type": draw(st.sampled_from(kinds[: 3 if place else 1])),
                "article_34_district": float(place == 0 and draw(st.booleans())),
                "adequacy_target": target,
                "final_resources": draw(SHARE) * 2 * target,
                "local_capacity_percentage": draw(st.integers(0, 9000)) / 10_000,
                "adjusted_local_capacity_target": draw(DOLLARS),
                "real_receipts": draw(DOLLARS),
            }
        )
        chicago = units[-1]["article_34_district"]
        finances.append(
            {
                "unit_id": unit,
                "total_expenditure": total,
                "general_administration_expenditure": total and total * draw(SHARE),
                "trs_normal_cost_paid_by_state": draw(OFTEN_BLANK),
                "pupils": draw(OFTEN_BLANK),
                "state_pension_contribution": draw(DOLLARS) if chicago else None,
                "state_health_contribution": draw(DOLLARS) if chicago else None,
                **{name: draw(SHARE) for name in SHARES},
            }
        )
    return pd.DataFrame(units), pd.DataFrame(finances)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    names = [*map(str, frame)]
    rows = frame.astype(object).itertuples(index=False, name=None)
    return [dict(zip(names, row, strict=True)) for row in rows]


def exactly(row: dict[str, Any]) -> dict[str, Any]:
    """A row as the second computation takes it."""
    blank = {k: None if isinstance(v, float) and np.isnan(v) else v for k, v in row.items()}
    found = {name: fraction(value) for name, value in blank.items()}
    return {**found, "article_34": found.pop("article_34_district")}


def same(ours: float, theirs: Any) -> bool:
    return (
        bool(np.isnan(ours)) if theirs is None else ours == pytest.approx(float(theirs), rel=1e-12)
    )


@depth.REPORT_CARDS
@given(states())
def test_as_the_second_computation_and_as_fractions(
    handed: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    units, finances = handed
    made = ledger(units)
    card = ebf.report_card(made, finances)
    known = made.units.reset_index()[[*units, "final_percent_of_adequacy"]].merge(finances)
    rows = [exactly(row) for row in records(known)]
    for row in rows:
        metrics = reference.metrics(row)
        for name, theirs in OURS.items():
            if name in card.frame:
                assert same(card.frame.loc[row["unit_id"], name], metrics[theirs]), name
    for name, theirs in OURS.items():
        if name in card.state.index:
            of_state = reference.of_the_state(rows, theirs)
            assert same(card.state["value"].to_dict()[name], of_state), name
    own = rows[0]
    found = card.district(own["unit_id"], similar=3)
    assert [*found.similar.index] == reference.similar(own, rows, 3)
    exact = card.ledger.exact.units
    pd.testing.assert_frame_equal(exact, card.ledger.units, check_exact=False, rtol=1e-12)


@depth.REPORT_CARDS
@given(states(), st.randoms())
def test_results_do_not_depend_on_the_order_of_rows(
    handed: tuple[pd.DataFrame, pd.DataFrame], random: Any
) -> None:
    units, finances = handed
    turned = [frame.sample(frac=1, random_state=random.randrange(99)) for frame in handed]
    card, other = (
        ebf.report_card(ledger(units), finances),
        ebf.report_card(ledger(turned[0]), turned[1]),
    )
    pd.testing.assert_frame_equal(card.state, other.state)
    pd.testing.assert_frame_equal(card.frame.sort_index(), other.frame.sort_index())


# --- As published ---------------------------------------------------------------------------


def test_the_card_of_2018_from_that_years_ledger(published: Path) -> None:
    """Percents, tiers and administrative costs of every district with a figure."""
    state = ebf.read(published / "base_calc.xlsx", sheet="2018")
    cards = ebf.read_report_card(published / "report_card_2018.csv", 2018)
    card = ebf.report_card(ebf.calculate(*state), cards)
    assert card.published.to_dict(orient="index") == {
        "percent_of_adequacy_on_card": {"compared": 849, "same": 849},
        "administrative_costs_percent": {"compared": 849, "same": 849},
        "tier": {"compared": 849, "same": 849},
    }
    assert card.differing.empty
    moved = cards.assign(percent_of_adequacy=cards["percent_of_adequacy"] + 0.1)
    moved.attrs = cards.attrs
    other = ebf.report_card(ebf.calculate(*state), moved)
    same_still = other.published["same"].to_dict()["percent_of_adequacy_on_card"]
    assert same_still < 849
    assert len(other.differing) == 849 - same_still


@pytest.mark.parametrize(
    ("year", "districts", "of_state"), [(2018, 849, 3.1), (2020, 850, 3.1), (2021, 850, 3.0)]
)
def test_administrative_costs_as_published(
    published: Path, year: int, districts: int, of_state: float
) -> None:
    """2,549 of 2,549, and the state's, a ratio of sums."""
    card = ebf.report_card(finances=published / f"report_card_{year}.csv", year=year)
    costs = card.published.loc["administrative_costs_percent"]
    assert (costs["compared"], costs["same"]) == (districts, districts)
    state = card.state.loc["administrative_costs_percent"]
    assert round(state["value"], 1) == state["published"] == of_state


# --- The State Board's file -----------------------------------------------------------------

SHEET = [
    ["Report Card", "", "", "", "", "", "", ""],
    [
        "% EBF Capacity to Meet Expectations",
        "RCDTS",
        "Level",
        "District Type",
        "District",
        "$ General Administration 2020-21",
        "Other",
        "Total Expenditures (2020-21)",
    ],
    ["70.9", "01-001-0010-26-0000", "District", "UNIT", "Payson", "$30", "x", "1,800"],
    ["*", "010010020260000", "District", "ELEMENTARY", "Liberty", "*", "x", "*"],
    ["", "010010030260000", "District", "UNIT", "No figures", "", "x", ""],
    ["70.9", "010010010260001", "School", "UNIT", "Payson", "30", "x", "800"],
    ["", "", "Statewide", "", "", "", "", "5000"],
]


def csv_of(rows: list[list[str]]) -> bytes:
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode()


def test_the_file_is_read_whatever_stands_where(tmp_path: Path) -> None:
    found = ebf.read_report_card(csv_of(SHEET[1:]), 2022)
    assert list(found["unit_id"]) == [ONE, "0100100202600"]
    assert list(found["organization_type"]) == ["unit", "elementary"]
    assert found.loc[0, "total_expenditure"] == 1800
    assert found.loc[0, "percent_of_adequacy"] == 70.9
    assert found.loc[1].isna().sum() == 3
    about = found.attrs["report_card"]
    assert (about["schools"], about["without_figures"]) == (1, 1)
    assert about["state"] == {"total_expenditure": 5000}
    assert "tier" in about["lacking"]
    book = openpyxl.Workbook()
    first, second = book.active, book.create_sheet("Finance")
    assert first is not None
    for row in SHEET:
        first.append(row[:5])
        second.append([row[1], row[2], *row[5:]])
    book.create_sheet("Notes").append(["nothing"])
    book.save(tmp_path / "card.xlsx")
    pd.testing.assert_frame_equal(
        ebf.read_report_card(tmp_path / "card.xlsx", 2022), found, check_like=True
    )
    with pytest.raises(ebf.InputError, match="one of Sheet, Finance, Notes"):
        ebf.read_report_card(tmp_path / "card.xlsx", 2022, sheet="Money")


def test_shares_of_enrollment_are_read_from_percents() -> None:
    """In the words of the data set of 2018, and of those since."""
    for heading in ("Student Enrollment - Low Income %", "% Student Enrollment - Low Income"):
        file = f"RCDTS,District Type,{heading}\n010010010260000,UNIT,23.5\n"
        found = ebf.read_report_card(file.encode(), 2021)
        assert found["low_income_share"].tolist() == [0.235]


def test_fractions_are_not_taken_for_percents() -> None:
    head = "RCDTS,District Type,Percent of Adequacy,Low Income %,EL %\n"
    rows = "010010010260000,UNIT,{},{},{}\n010010020260000,UNIT,{},,{}\n"

    def read(*cells: str) -> pd.DataFrame:
        return ebf.read_report_card((head + rows.format(*cells)).encode(), 2022)

    faults = all_faults(lambda: read("0.594", "0.45", "0.02", "2.01", "0.01"))
    assert [(fault.place.column, fault.found) for fault in faults] == [
        ("percent_of_adequacy", "2.01 at most"),
        ("low_income_share", "0.45 at most"),
    ]
    assert "59.4; fractions: multiply them by 100" in str(faults[0])
    found = read("59.4", "45", "0.2", "", "0")
    assert found["english_learner_share"].tolist() == [0.002, 0]


def test_a_tier_is_one_of_the_formula() -> None:
    rows = "RCDTS,District Type,Tier\n010010010260000,UNIT,{}\n"
    for said in ("5", "1.5"):
        (fault,) = all_faults(lambda: ebf.read_report_card(rows.format(said).encode(), 2022))  # noqa: B023
        assert (fault.place.column, fault.found) == ("tier", f"'{said}'")
    assert ebf.read_report_card(rows.format("Tier 4").encode(), 2022)["tier"].tolist() == [4]


def test_every_fault_of_the_file_is_named_at_once() -> None:
    wrong = [
        SHEET[1],
        ["a lot", "010010010260000", "District", "UNIT", "Payson", "30", "x", "20"],
        ["5", "010010010260000", "District", "UNIT", "Payson", "30", "x", "200"],
        ["5", "12", "District", "PRIVATE", "Payson", "30", "x", "200"],
    ]
    faults = all_faults(lambda: ebf.read_report_card(csv_of(wrong), 2022))
    assert {(fault.place.line, fault.place.column, fault.kind.value) for fault in faults} == {
        (2, "percent_of_adequacy", "wrong_type"),
        (2, "general_administration_expenditure", "contradiction"),
        (3, "unit_id", "repeated"),
        (4, "unit_id", "malformed"),
        (4, "organization_type", "out_of_range"),
    }
    bare = all_faults(lambda: ebf.read_report_card(b"Name,Notes\na,b\n", 2022))
    assert [fault.place.words[1] for fault in bare] == ["unit_id", "organization_type", "headings"]
    twice = b"RCDTS,District Type,Tier,EBF Tier\n010010010260000,UNIT,1,1\n"
    (fault,) = all_faults(lambda: ebf.read_report_card(twice, 2022))
    assert fault.found == "the column twice: Tier and EBF Tier"
    with pytest.raises(ebf.InputError, match="2018 to"):
        ebf.read_report_card(csv_of(SHEET[1:]), 1999)


def test_the_file_is_taken_for_finances_by_its_heading(tmp_path: Path) -> None:
    path = tmp_path / "card.csv"
    path.write_bytes(csv_of(SHEET[1:]))
    card = ebf.report_card(finances=path, year=2022)
    assert card.frame.loc[ONE, "administrative_costs_percent"] == pytest.approx(100 * 30 / 1800)
    assert card.frame.loc[ONE, "percent_of_adequacy_on_card"] == pytest.approx(70.9)
    assert "to one decimal" in " ".join(card.assumptions)
    with pytest.raises(ebf.InputError, match="no year"):
        ebf.report_card(finances=path)
    with pytest.raises(ebf.InputError, match="2022 of the ledger, 2021 of"):
        ebf.report_card(ledger(some()), ebf.read_report_card(path, 2021))
    of_bytes = ebf.report_card(finances=path.read_bytes(), year=2021)
    assert of_bytes.title == ebf.report_card(finances=path, year=2021).title
    joined = ebf.report_card(ledger(some()), path)
    assert "Districts of the card that the ledger has not: 1." in joined.left_out


# --- What is refused ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "column", "words"),
    [
        ({"notes": 1}, "notes", "unknown column"),
        ({"unit_id": [ONE, TWO, "0100100999999"]}, "unit_id", "a unit of the ledger"),
        (
            {"unit_id": [ONE, ONE, FOUR]},
            "unit_id",
            f"{ONE}: unit_id: found 2 rows; allowed: one row a district",
        ),
        ({"total_expenditure": [800, np.nan, 9000]}, "total_expenditure", "leave both blank"),
        ({"total_expenditure": [800, 5, 9000]}, "general_administration_expenditure", "at most"),
        ({"state_pension_contribution": [1, 0, 7]}, "state_pension_contribution", "Article 34"),
        ({"pupils": [-1, 10, 10]}, "pupils", "0 or more"),
        ({"pupils": ["many", 10, 10]}, "pupils", "a finite number"),
        ({"low_income_share": [23.5, 0.1, 0.1]}, "low_income_share", "23.5 % is 0.235"),
        ({"organization_type": ["unit", "unit", "unit"]}, "organization_type", "as in the ledger"),
        ({"article_34_district": 0}, "article_34_district", "of the ledger alone"),
    ],
)
def test_faults_of_the_finances(changed: dict[str, Any], column: str, words: str) -> None:
    faults = all_faults(lambda: ebf.report_card(ledger(some()), FINANCES.assign(**changed)))
    (fault,) = faults
    assert fault.place.column == column
    assert words in str(fault)


def test_faults_of_the_arguments() -> None:
    pupils = FINANCES[["unit_id", "pupils"]].assign(organization_type="unit")
    programs = SIMILAR.assign(organization_type="regional_program")
    chicago = ("state_pension_contribution", "state_health_contribution")
    made, card = ledger(some()), ebf.report_card
    calls: list[tuple[Any, str]] = [
        (card, "no year"),
        (lambda: card(year=2022), "neither"),
        (lambda: card(5), "a ledger"),  # type: ignore[arg-type]
        (lambda: card(made, year=2021), "one year"),
        (lambda: card(made, year="x"), "the year of a report card"),  # type: ignore[arg-type]
        (lambda: card(made, year=1999), "the year of a report card"),
        (lambda: card(made, 5), "a pandas DataFrame"),  # type: ignore[arg-type]
        (lambda: card(made, pd.DataFrame({"a": [1]})), "no such column"),
        (lambda: card(matteson().ledger), "one by 18-8.15"),
        (lambda: card(finances=pupils, year=2022), "nothing that a card shows"),
        (lambda: card(finances=programs, year=2022), "have no such card"),
        (
            lambda: card(
                finances=FINANCES.drop(columns=[*chicago]).assign(
                    article_34_district=1, organization_type="unit"
                ),
                year=2022,
            ),
            "found 3 districts; allowed: 1 for one district",
        ),
    ]
    for call, said in calls:
        with pytest.raises(ebf.InputError, match=said):
            call()


# --- Explained, and laid out ----------------------------------------------------------------


def test_every_line_is_explained_and_laid_out(tmp_path: Path) -> None:
    finances = FINANCES.assign(
        eav_of_card_tax_year=[900.0, 1, 1], nine_month_average_daily_attendance=[9.0, 5, 1]
    )
    made = ebf.report_card(ledger(some()), finances).ledger
    computed = {line.name for line in made.steps}
    assert computed == {line.name for line in REPORT_CARD.all_lines}
    audit = made.audit(FOUR).to_text()
    assert all(f"{plain_name(name)} [10-17a" in audit for name in computed)
    steps = made.explain(ONE, "administrative_costs_percent").steps
    assert steps[0].results[0].numbers == "100 * divide(30, 800)"
    made.to_workbook(tmp_path / "card.xlsx")
    sheets = openpyxl.load_workbook(tmp_path / "card.xlsx")
    assert {"(2) District", "(2) State", "Statewide"} & {*sheets.sheetnames}
    assert {each.evidence.kind for each in REPORT_CARD.all_lines} == {"verified", "guide", "law"}


def test_the_sample_is_invented_and_shows_itself_in_every_form() -> None:
    finances = ebf.sample_table("report_card_finances")
    assert finances["name"].str.endswith("(invented)").all()
    card = ebf.report_card(ebf.calculate(*ebf.sample()), finances)
    for each in (card, card.district("Larkspurfirth")):
        assert all("Left out" in form for form in (each.to_text(), each.to_html()))
        assert '"left_out"' in each.to_json()
    shown = card.to_text()
    of_pupils = next(line for line in shown.splitlines() if "$948.01" in line)
    assert of_pupils.split()[2] == "61"  # districts are counted, not dollars
    assert "851.0" not in shown
