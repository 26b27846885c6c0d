"""Legislative districts: by hand, as a law of sums, and the published shares of FY2022."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import depth
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusal import all_faults

import ebf
from ebf.law.funding.b_cost_factors import COST_FACTORS
from ebf.law.names import columns_of

ONE, TWO, THREE = "0100100102600", "0100100200400", "0100100301600"
COLUMNS = ["chamber", "district", "unit_id", "share"]
FTE = [name for factor in COST_FACTORS if columns_of(name := f"{factor.name}_fte")]
DOLLARS = ["tier_funding", "base_funding_paid", "total_state_contribution"]
GAP, POSITIONS = "gap_to_tier_2_target_ratio", "positions_short_at_full_funding"


def coverage(*rows: Sequence[Any]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


HALVES = coverage(
    ("House", 1, ONE, 0.25),
    ("House", 2, ONE, 0.75),
    ("House", 2, TWO, 1),
    ("House", 3, THREE, 1),
    ("Senate", 1, ONE, 1),
    ("Senate", 1, TWO, 1),
    ("Senate", 2, THREE, 1),
)


@cache
def three(
    *,
    staff: bool = True,
    numbers: bool = False,
    tiers: tuple[int, ...] = (1, 3, 4),
    money: tuple[float, ...] = (1000.01, 20.02, 3.03),
) -> ebf.Ledger:
    """Units at 60 %, 95 % and 110 % of adequacy; 40 nurses and 10 librarians in each."""
    positions = dict.fromkeys((column for name in FTE for column in columns_of(name)), 0.0)
    positions |= {columns_of("nurse_fte")[-1]: 40.0, columns_of("librarian_fte")[0]: 10.0}
    frame = pd.DataFrame(
        {
            "unit_id": [ONE, TWO, THREE],
            "name": ["A", "B", "C"],
            "organization_type": ["unit", "elementary", "high_school"],
            "average_student_enrollment": [100.0, 200.0, 300.0],
            "adequacy_target": [1e6, 2e6, 3e6],
            "final_resources": [6e5, 1.9e6, 3.3e6],
            "tier": tiers,
            "tier_funding": money,
            "base_funding_paid": [4e5, 5e5, 6e5],
            **(positions if staff else {}),
            **({"representative_number": [1, 2, 998]} if numbers else {}),
        }
    )
    stand_in = ["tier", "tier_funding", "base_funding_paid", *(FTE if staff else [])]
    wanted = ["final_percent_of_adequacy", "in_distribution", "total_state_contribution", *stand_in]
    return ebf.calculate(frame, ebf.law(2022), lines=wanted, given=stand_in)


@cache
def sample() -> ebf.Ledger:
    return ebf.calculate(*ebf.sample())


def row_of(frame: pd.DataFrame, chamber: str, which: object) -> pd.Series:
    """The row of a district or unit."""
    row: pd.Series = frame.T[chamber, which]
    return row


def assert_adds_up(found: ebf.Legislative) -> None:
    """The rows of each chamber come to the state, to the cent."""
    amounts = found.frame.loc[:, [not str(name).startswith("units") for name in found.frame]]
    state = found.state[amounts.columns].to_list()
    for chamber, sums in amounts.groupby("chamber").sum().iterrows():
        assert sums.to_list() == pytest.approx(state, rel=1e-12, abs=0.005), chamber


# --- By hand -----------------------------------------------------------------------------


def test_a_unit_is_split_by_its_shares() -> None:
    """House 1 has a quarter of A, House 2 the rest of it and all of B."""
    found = ebf.legislative(three(), HALVES)
    one, two, three_ = (row_of(found.frame, "House", number) for number in (1, 2, 3))
    assert one["tier_funding"] == pytest.approx(250.0025)
    assert two["tier_funding"] == pytest.approx(750.0075 + 20.02)
    assert two["base_funding_paid"] == pytest.approx(3e5 + 5e5)
    assert two["total_state_contribution"] == pytest.approx(800_000 + 750.0075 + 20.02)
    assert two["average_student_enrollment"] == 275
    assert two["average_student_enrollment_tier_1"] == 75
    assert two["average_student_enrollment_tier_3"] == 200
    assert (one["units"], two["units"], three_["units"]) == (1, 2, 1)
    assert two[[f"units_tier_{code}" for code in (1, 2, 3, 4, 0)]].tolist() == [1, 0, 1, 0, 0]
    assert found.frame["units"].dtype == int
    assert found.state["units"] == 3
    assert found.sums.empty
    assert found.left_out == (
        "House: 115 of 118 districts, in which no unit was handed over.",
        "Senate: 57 of 59 districts, in which no unit was handed over.",
    )
    assert_adds_up(found)


def test_the_gap_and_the_positions_short() -> None:
    """A lacks 900,000 - 600,000, and 40 % of 50 positions; B 5 % of 50; C nothing."""
    frame = ebf.legislative(three(), HALVES).frame
    assert row_of(frame, "House", 1)[GAP] == pytest.approx(75_000)
    assert row_of(frame, "Senate", 1)[GAP] == pytest.approx(300_000)
    assert row_of(frame, "House", 1)[POSITIONS] == pytest.approx(5)
    assert row_of(frame, "Senate", 1)[POSITIONS] == pytest.approx(20 + 2.5)
    assert row_of(frame, "Senate", 2)[[GAP, POSITIONS]].tolist() == [0, 0]


def test_shares_rounded_to_two_decimals_are_divided_by_their_sum() -> None:
    """Three thirds are 0.33 each: 0.99 is 1 but for rounding, of 0.015 at most."""
    thirds = [("Senate", number, ONE, 0.33) for number in (1, 2, 3)]
    rest = [("Senate", 1, TWO, 1), ("Senate", 1, THREE, 1)]
    found = ebf.legislative(three(), coverage(*thirds, *rest))
    assert row_of(found.frame, "Senate", 2)["tier_funding"] == pytest.approx(1000.01 / 3)
    row = row_of(found.sums, "Senate", ONE)
    assert row[["districts", "sum_of_shares", "share_in_no_district"]].tolist() == [3, 0.99, 0]
    assert any("are divided by their sum: 1." in each for each in found.assumptions)
    assert "House: all 118 districts" in found.left_out[0]
    assert_adds_up(found)


@pytest.mark.parametrize(("shares", "rest"), [((0.5, 0.48), 0.02), ((0.98,), 0.02), ((), 1)])
def test_what_lies_in_no_district_is_a_row_of_its_own(
    shares: tuple[float, ...], rest: float
) -> None:
    parts = [("House", number, ONE, share) for number, share in enumerate(shares, start=1)]
    others = [("House", 1, TWO, 1), ("House", 1, THREE, 1)]
    found = ebf.legislative(three(), coverage(*parts, *others))
    none = row_of(found.frame, "House", 0)
    assert none["units"] == 1
    assert none["tier_funding"] == pytest.approx(rest * 1000.01)
    assert found.sums.index.tolist() == [("House", ONE)]
    assert found.sums["tier_funding_in_no_district"].tolist() == [none["tier_funding"]]
    said = f"in no district handed over: 1, with ${rest * 1000.01:,.2f} of new money."
    assert any(said in each for each in found.assumptions)
    assert "in no district handed over" in found.to_text(200)
    assert_adds_up(found)


def test_a_share_of_0_counts_for_nothing() -> None:
    more = pd.concat([HALVES, coverage(("House", 118, ONE, 0))])
    found = ebf.legislative(three(), more)
    assert (row_of(found.frame, "House", 118) == 0).all()
    assert "Rows with a share of 0, which count for nothing: 1." in found.assumptions


def test_without_positions_they_are_left_out_and_so_is_all_else_that_is_not_there() -> None:
    found = ebf.legislative(three(staff=False), HALVES)
    assert POSITIONS not in found.frame
    assert any(each.startswith(f"{POSITIONS}: the ledger has no pos") for each in found.left_out)
    few = three().units[["organization_type", "adequacy_target"]]
    bare = ebf.calculate(few, ebf.law(2022), lines=["adequacy_target"])
    left = ebf.legislative(bare, HALVES)
    assert left.frame.columns.tolist() == ["units"]
    for name in ("units by tier", "pupils", "pupils by tier", *DOLLARS, GAP, POSITIONS):
        assert any(each.startswith(f"{name}: the ledger has no") for each in left.left_out)


def test_the_sheets_own_numbers_stand_in_for_shares() -> None:
    """998 is no district of the House: the State Board's number for several."""
    found = ebf.legislative(three(numbers=True))
    assert found.frame.index.tolist() == [("House", 0), ("House", 1), ("House", 2)]
    assert found.frame["tier_funding"].tolist() == [3.03, 1000.01, 20.02]
    assert found.sums.index.tolist() == [("House", THREE)]
    assert "wholly in the districts of its representative_number" in found.assumptions[0]
    assert "Senate: all 59 districts, in which no unit was handed over." in found.left_out


def test_ids_of_every_form_other_columns_and_files(tmp_path: Path) -> None:
    ids = {ONE: 100100102600, TWO: "01-001-0020-04-00", THREE: "010010030160000"}
    forms = HALVES.assign(
        unit_id=HALVES["unit_id"].map(ids), chamber=HALVES["chamber"].str.upper(), students=7
    )
    expected = ebf.legislative(three(), HALVES)
    forms.to_csv(tmp_path / "shares.csv", index=False)
    written = (tmp_path / "shares.csv").read_bytes()
    every: list[Any] = [forms.sample(frac=1, random_state=1), tmp_path / "shares.csv"]
    for each in (*every, str(tmp_path / "shares.csv"), written, BytesIO(written)):
        assert ebf.legislative(three(), each) == expected


# --- Before and after --------------------------------------------------------------------


def before() -> ebf.Ledger:
    """A has 100 less and is in Tier 2, B has 10 more."""
    return three(tiers=(2, 3, 4), money=(900.01, 30.02, 3.03))


def test_what_a_bill_changes_of_every_district() -> None:
    """House 2 has three quarters of the 100 more of A, and all of the 10 less of B."""
    found = ebf.legislative(three(), HALVES, before=before())
    two = row_of(found.frame, "House", 2)
    assert two["tier_funding_before"] == pytest.approx(0.75 * 900.01 + 30.02)
    assert two["tier_funding_change"] == pytest.approx(65)
    assert two[["units_tier_1_change", "units_tier_2_change"]].tolist() == [1, -1]
    assert two["units_change"] == 0
    assert found.state["tier_funding_change"] == pytest.approx(90)
    alone = ebf.legislative(three(), HALVES).frame
    assert found.frame[[*alone]].equals(alone)
    assert_adds_up(found)


def test_the_units_of_one_district_before_and_after() -> None:
    found = ebf.legislative(three(), HALVES, before=before()).district("house", 2)
    assert found.units.index.tolist() == [ONE, TWO]
    assert found.units["name"].tolist() == ["A", "B"]
    assert found.units["share"].tolist() == [0.75, 1]
    assert found.units[["tier_before", "tier_after"]].to_numpy().tolist() == [[2, 1], [3, 3]]
    assert found.units["final_percent_of_adequacy_after"].tolist() == pytest.approx([0.6, 0.95])
    assert found.units["before"].tolist() == [900.01, 30.02]
    assert found.units["change"].tolist() == pytest.approx([100, -10])
    assert found.units["change_per_student"].tolist() == pytest.approx([1, -0.05])
    assert found.units["change_in_district"].tolist() == pytest.approx([75, -10])
    assert found.totals["pupils in the district"] == 275
    assert found.totals["units that move tier"] == 1
    assert found.totals["change in the district, per pupil"] == pytest.approx(65 / 275)
    assert found.totals["change of its whole units"] == pytest.approx(90)
    assert found.in_words == (
        "The 2 units of House District 2 get $65.00 more new money, counted by their shares in it: "
        "$770.03 instead of $705.03. The state has as much to distribute as before. "
        "1 unit moves tier: A (Tier 2 to Tier 1)."
    )
    assert found.in_words in " ".join(found.to_text().split())
    said = "Units of which a part is elsewhere: 1; of their change $25.00 is not the district's."
    assert said in found.left_out


def test_one_unit_that_has_less_and_one_that_has_the_same() -> None:
    found = ebf.legislative(before(), HALVES, before=three())
    assert found.district("House", 1).in_words == (
        "The unit of House District 1 gets $25.00 less new money, counted by its share in it: "
        "$225.00 instead of $250.00. The state has as much to distribute as before. "
        "1 unit moves tier: A (Tier 1 to Tier 2)."
    )
    assert found.district("Senate", 2).in_words == (
        "The unit of Senate District 2 gets as much new money as before: $3.03. The state has as "
        "much to distribute as before. None moves tier."
    )


def test_a_district_of_one_ledger_alone() -> None:
    found = ebf.legislative(three(), HALVES).district("House", 2)
    assert found.units["tier_funding_in_district"].tolist() == pytest.approx([750.0075, 20.02])
    assert found.in_words == (
        "The 2 units of House District 2 get $770.03 of new money, counted by their shares in it, "
        "of $1,023.06 in the state."
    )


def test_a_district_in_which_no_unit_is() -> None:
    more = pd.concat([HALVES, coverage(("House", 118, ONE, 0))])
    for compared in (None, before()):
        found = ebf.legislative(three(), more, before=compared).district("House", 118)
        assert found.units.empty
        assert found.in_words.startswith("No unit that was handed over is in House District 118")
    some = HALVES[HALVES["chamber"] == "House"]
    none = ebf.legislative(three(), some).district("Senate", 1)
    assert none.left_out == ("Senate: nothing was handed over of any district.",)


def test_a_district_by_the_sheets_own_numbers_says_so() -> None:
    found = ebf.legislative(three(numbers=True)).district("House", 1)
    assert found.units["share"].tolist() == [1]
    assert any("wholly in the districts of its rep" in each for each in found.assumptions)
    said = "no district of the House that was handed over, of which some may be in this one: 1."
    assert any(said in each for each in found.left_out)


@pytest.mark.parametrize(
    ("asked", "argument", "allowed"),
    [
        (("Assembly", 1), "chamber", "House or Senate"),
        ((94, 1), "chamber", "House or Senate"),
        (("House", 119), "number", "a district of the House, 1 to 118"),
        (("House", 0), "number", "a district of the House, 1 to 118"),
        (("Senate", None), "number", "a district of the Senate, 1 to 59"),
    ],
)
def test_what_is_no_district(asked: Any, argument: str, allowed: str) -> None:
    (fault,) = all_faults(lambda: ebf.legislative(three(), HALVES).district(*asked))
    assert (fault.place.argument, fault.allowed) == (argument, allowed)


def test_a_ledger_before_of_other_units_or_without_new_money() -> None:
    (fault,) = all_faults(lambda: ebf.legislative(three(), HALVES, before=sample()))
    assert (fault.kind, fault.place.argument) == (ebf.FaultKind.CONTRADICTION, "before")
    few = three().units[["organization_type", "adequacy_target"]]
    bare = ebf.calculate(few, ebf.law(2022), lines=["adequacy_target"])
    (fault,) = all_faults(lambda: ebf.legislative(three(), HALVES, before=bare))
    assert (fault.place.argument, fault.place.column) == ("before", "tier_funding")
    (fault,) = all_faults(lambda: ebf.legislative(bare, HALVES).district("House", 1))
    assert (fault.kind, fault.place.column) == (ebf.FaultKind.NOT_COMPUTED, "tier_funding")


# --- Sums --------------------------------------------------------------------------------


hundredths = st.lists(st.integers(0, 50), min_size=1, max_size=2).flatmap(
    lambda parts: st.just(parts) | st.just([*parts, 100 - sum(parts)])
)
"""Shares in one to three districts, of which the last may be all that the others leave."""


@st.composite
def splits(draw: st.DrawFn) -> pd.DataFrame:
    """Shares of some units of the sample in either chamber."""
    units = draw(st.lists(st.sampled_from(sample().table.unit_ids), unique=True, min_size=1))
    rows = [
        (chamber, draw(st.integers(0, 18)) * 3 + number, unit, share / 100)
        for unit in units
        for chamber in ("House", "Senate")
        for number, share in enumerate(draw(hundredths), start=1)
    ]
    return coverage(*rows).drop_duplicates(COLUMNS[:3])


@given(shares=splits())
@depth.LEGISLATIVE
def test_every_chamber_adds_up_to_the_state_however_units_are_split(shares: pd.DataFrame) -> None:
    found = ebf.legislative(sample(), shares)
    assert_adds_up(found)
    for name in DOLLARS:
        assert found.state[name] == pytest.approx(sample().units[name].sum(), abs=0.005)
    gap = sample().statewide["statewide_gap_to_tier_2_target_ratio"]
    assert found.state[GAP] == pytest.approx(gap, abs=0.005)
    assert (found.frame["units"] == found.frame.filter(regex="^units_").sum(axis=1)).all()
    shuffled = shares.sample(frac=1, random_state=1)
    assert ebf.legislative(sample(), shuffled) == found


# --- What was published ------------------------------------------------------------------


def of_sheet(published: Path, year: int) -> ebf.Ledger:
    return ebf.calculate(*ebf.read(published / "base_calc.xlsx", sheet=str(year)))


def test_the_published_shares_of_fy2022(published: Path) -> None:
    """Of 922 units 71 programs and laboratory schools, and three districts, have no row.

    The shares of 50 in the House and 53 in the Senate lack more than rounding, Chicago's most.
    """
    found = ebf.legislative(of_sheet(published, 2022), published / "legislative_districts.csv")
    assert_adds_up(found)
    assert found.state["tier_funding"] == pytest.approx(299_999_995.51, abs=0.005)
    assert found.frame.groupby("chamber").size().tolist() == [119, 60]
    for chamber, short, rounded in (("House", 50, 16), ("Senate", 53, 13)):
        sums = found.sums.loc[chamber]
        absent = sums[sums["districts"] == 0]
        kinds = absent["organization_type"].value_counts()
        assert kinds["regional_program"] + kinds["laboratory_school"] == 71
        assert {"3204625600400", "3204630201600", "4507912201900"} <= {*absent.index}
        assert len(absent) == 74
        rest = sums["share_in_no_district"]
        assert ((rest > 0) & (rest < 1)).sum() == short
        assert (rest == 0).sum() == rounded
    assert row_of(found.sums, "House", "1501629902500")["sum_of_shares"] == pytest.approx(0.82)


@pytest.mark.parametrize("year", [2018, 2020, 2022])
def test_the_numbers_of_the_published_sheets(published: Path, year: int) -> None:
    """In FY2018 Chicago has 998 and 98, which no district has."""
    found = ebf.legislative(of_sheet(published, year))
    assert_adds_up(found)
    chicago = [] if year > 2018 else [("House", "1501629902500"), ("Senate", "1501629902500")]
    assert found.sums.index.tolist() == chicago


# --- Faults ------------------------------------------------------------------------------


def test_every_fault_at_once_by_its_cause() -> None:
    wrong = coverage(
        ("House", 1, ONE, 0.8),
        ("House", 2, ONE, 0.3),
        ("Senate", 60, ONE, 1),
        ("Senate", 1.5, TWO, 1),
        ("Assembly", 1, TWO, 1),
        ("House", 1, TWO, 68),
        ("House", 2, TWO, None),
        ("House", 3, THREE, 0.5),
        ("House", 3, THREE, 0.5),
        ("Senate", 1, "0100100402600", 1),
        ("Senate", 1, "1501629", 1),
        ("Senate", 1, None, 1),
    )
    faults = all_faults(lambda: ebf.legislative(three(), wrong))
    found = [
        (fault.kind.value, fault.place.unit, fault.place.column, fault.found) for fault in faults
    ]
    assert sorted(found, key=str) == sorted(
        [
            ("malformed", None, "unit_id", "'1501629'"),
            ("malformed", None, "unit_id", "blank"),
            ("unknown_unit", "0100100402600", "unit_id", "'0100100402600'"),
            ("out_of_range", ONE, "district", "60"),
            ("out_of_range", TWO, "district", "1.5"),
            ("out_of_range", TWO, "chamber", "'Assembly'"),
            ("out_of_range", TWO, "share", "68"),
            ("out_of_range", TWO, "share", "blank"),
            ("repeated", THREE, "district", "2 rows of House district 3"),
            ("contradiction", ONE, "share", "a sum of 1.1"),
        ],
        key=str,
    )


def test_an_array_for_an_id_is_refused() -> None:
    cell = pd.Series([pd.array([1, 2])], dtype=object)
    (fault,) = all_faults(lambda: ebf.legislative(three(), HALVES.head(1).assign(unit_id=cell)))
    assert (fault.kind, fault.place.column) == (ebf.FaultKind.MALFORMED, "unit_id")


def test_more_than_rounding_explains_is_a_fault_and_less_is_not() -> None:
    two = [("House", number, ONE, 0.505) for number in (1, 2)]
    assert row_of(ebf.legislative(three(), coverage(*two)).frame, "House", 1)["units"] == 1
    (fault,) = all_faults(
        lambda: ebf.legislative(three(), coverage(*two[:1], ("House", 2, ONE, 0.51)))
    )
    assert str(fault) == (
        f"{ONE}: share: found a sum of 1.015; allowed: shares in the House that sum to 1, "
        "but for rounding to two decimals"
    )


def test_columns_that_are_missing_or_twice_and_no_rows() -> None:
    lacking = HALVES.rename(columns={"share": "shares"}).drop(columns="chamber")
    faults = all_faults(lambda: ebf.legislative(three(), lacking))
    assert [fault.place.column for fault in faults] == ["chamber", "share"]
    assert faults[1].fix == "nearest known: shares"
    twice = pd.concat([HALVES, HALVES[["share"]]], axis=1)
    (fault,) = all_faults(lambda: ebf.legislative(three(), twice))
    assert fault.kind is ebf.FaultKind.REPEATED
    (fault,) = all_faults(lambda: ebf.legislative(three(), HALVES.head(0)))
    assert fault.found == "no rows"


def test_a_ledger_without_numbers_needs_the_shares() -> None:
    (fault,) = all_faults(lambda: ebf.legislative(three()))
    assert fault.place.argument == "coverage"
    assert "hand over coverage" in fault.fix


@pytest.mark.parametrize(("number", "found"), [(0, "0"), (1.5, "1.5"), ("Smith", "'Smith'")])
def test_numbers_of_the_ledger_that_are_none(number: object, found: str) -> None:
    frame = pd.DataFrame(
        {
            "unit_id": [ONE],
            "organization_type": "unit",
            "adequacy_target": 1e6,
            "senator_number": [number],
        }
    )
    ledger = ebf.calculate(frame, ebf.law(2022), lines=["adequacy_target"])
    (fault,) = all_faults(lambda: ebf.legislative(ledger))
    assert (fault.place.unit, fault.place.column, fault.found) == (ONE, "senator_number", found)


def test_numbers_that_no_district_has_alone() -> None:
    frame = pd.DataFrame(
        {
            "unit_id": [ONE],
            "organization_type": "unit",
            "adequacy_target": 1e6,
            "senator_number": [98],
        }
    )
    ledger = ebf.calculate(frame, ebf.law(2022), lines=["adequacy_target"])
    (fault,) = all_faults(lambda: ebf.legislative(ledger))
    assert fault.found == "no number that a district has"


def test_several_scenarios_and_what_is_no_table() -> None:
    many = ebf.calculate(
        *ebf.sample()._replace(law=ebf.sample().law.with_amounts(new_state_funds=[1e8, 2e8]))
    )
    (fault,) = all_faults(lambda: ebf.legislative(many, HALVES))
    assert fault.kind is ebf.FaultKind.SEVERAL_SCENARIOS
    (fault,) = all_faults(lambda: ebf.legislative(three(), 5))  # type: ignore[arg-type]
    assert (fault.place.argument, fault.found) == ("coverage", "int")
