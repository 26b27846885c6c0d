"""Property Tax Relief Grants: the law's examples by hand, its laws, and the second computation."""

from __future__ import annotations

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
from reference.neighbors import relief

import ebf
from ebf.language.exact import fraction

SECTION = "2-3.170"
KINDS = ("unit", "elementary", "high_school")
COLUMNS = ["adjusted_operating_tax_rate", "real_eav", "local_capacity_percentage", "applied"]


def districts(*rows: tuple[Any, ...], **more: Any) -> pd.DataFrame:
    """A row a district: type, rate, EAV, percentage, and whether it applied."""
    frame = pd.DataFrame(rows, columns=["organization_type", *COLUMNS])
    ids = [f"01001{place:03}002600"[:13] for place in range(len(rows))]
    return frame.assign(unit_id=ids, **more)


def amounts(found: ebf.ReliefGrants, name: str) -> list[float]:
    """Of every district, by its id."""
    return found.ledger.units.sort_index()[name].tolist()


# --- By hand ------------------------------------------------------------------------------


def test_matteson_in_fy2020() -> None:
    """Relief of 1,972,837 by its EAV; 1,836,999.75 of it cut to the published grant."""
    eav = 1_972_837 / (0.0069 * 0.7376)
    found = ebf.relief_grants(
        districts(("elementary", 0.05, round(eav + 0.05, 2), 0.2624, 1)), 2020
    )
    assert amounts(found, "property_tax_multiplier") == [0.93114624]
    assert amounts(found, "relief_granted") == [1_972_837]
    assert amounts(found, "relief_grant") == [1_836_999]
    assert found.pool == 53_650_000
    assert found.state["relief_pool_left"] == 53_650_000 - 1_836_999


def test_the_pool_ends() -> None:
    """100 in it: the first has 54 of 60, the second what is left, 46 of 57.50, the third none."""
    frame = districts(
        ("unit", 0.06, 1e6, 0.5, 1),
        ("unit", 0.05, 1e6, 0.5, 1),
        ("unit", 0.04, 1e6, 0.5, 1),
        relief_applied_for=[60.0, 80.0, 10.0],
        property_tax_multiplier=[0.9, 0.8, 0.7],
    )
    own = ebf.law(2022, statute=SECTION, relief_pool=100)
    stand_in = ["relief_applied_for", "property_tax_multiplier"]
    units = ebf.calculate(frame, own, given=stand_in).units
    assert units["relief_grant"].tolist() == [54, 46, 0]
    assert units["relief_granted"].round(9).tolist() == [60, 57.5, 0]
    assert units["rank_of_applicant"].tolist() == [1, 2, 3]


def test_once_the_pool_was_too_small_there_is_no_relief_even_for_a_grant_of_0() -> None:
    """Relief of 2 would come to a grant of 0.9997, cut to 0: the pool does not reach it."""
    frame = districts(("unit", 0.01, 1000.0, 0.0, 1), ("unit", 0.01, 1000.0, 0.7072, 1))
    empty = ebf.relief_grants(frame, 2022, pool=0)
    assert amounts(empty, "relief_applied_for") == [10, 2]
    assert amounts(empty, "relief_granted") == [0, 0]
    assert amounts(ebf.relief_grants(frame, 2022, pool=10), "relief_granted") == [10, 2]


def test_rank_is_by_the_rate_against_the_mean_of_the_type() -> None:
    """Means 0.05 and 0.03, of all districts; 1.2, 1.2 (by id), 0.8; the fourth did not apply."""
    found = ebf.relief_grants(
        districts(
            ("unit", 0.06, 1e6, 0.5, 1),
            ("unit", 0.04, 1e6, 0.5, 1),
            ("high_school", 0.036, 1e6, 0.2, 1),
            ("high_school", 0.024, 1e6, 0.2, 0),
        ),
        2023,
        pool=6_000,
    )
    assert amounts(found, "rank_of_applicant") == [1, 3, 2, 0]
    # 1,000,000 x 0.01 x 0.5 x 0.75; x 0.0031 x 0.8 = 2,480 x 0.96, cut; what 6,000 has left
    assert amounts(found, "relief_grant") == [3_750, 0, 2_250, 0]
    full = ebf.relief_grants(found.ledger.units[["organization_type", *COLUMNS]], 2023, pool=1e6)
    assert amounts(full, "relief_grant") == [3_750, 3_750, 2_380, 0]


def test_fy2019_by_its_threshold() -> None:
    """Rates of 7 % and 6.3 %, EAV of a million: the grants are 12,070 at 6.0465 %."""
    frame = districts(
        ("unit", 0.07, 1e6, 0.0, 1), ("unit", 0.063, 1e6, 0.0, 1), ("unit", 0.05, 1e6, 0.0, 1)
    )
    found = ebf.relief_grants(frame, 2019, pool=12_070)
    # from 6 % to 6.3 % both rise: 1,000,000 x (0.07 - t) + 1,000,000 x (0.063 - t) = 12,070
    assert found.state["relief_threshold"] == pytest.approx(0.060465)
    assert amounts(found, "relief_grant") == pytest.approx([9_535, 2_535, 0])
    assert found.ledger.exact.units["relief_grant"].sum() == pytest.approx(12_070, abs=1e-9)


def test_what_fy2019_does_not_read_is_said() -> None:
    rows = districts(("unit", 0.07, 1e6, 0.5, 1), intended_relief=[100.0], abated_second_year=[0.0])
    found = ebf.relief_grants(rows, 2019, pool=1e6)
    assert amounts(found, "relief_granted") == [10_000]
    said = " ".join(found.left_out)
    assert "intended_relief: handed over, and not read" in said
    assert "abated_second_year: handed over, and not read" in said
    assert "means" not in said
    of_2022 = ebf.relief_grants(rows, 2022, pool=1e6)
    assert amounts(of_2022, "relief_granted") == [100]
    assert "not read" not in " ".join(of_2022.left_out)
    bare = ebf.relief_grants(rows.drop(columns=["intended_relief", "abated_second_year"]), 2019)
    assert not any("second levy" in each or "intended" in each for each in bare.assumptions)
    assert not any("not read" in each for each in bare.left_out)


def test_a_percentage_of_more_decimals_than_the_states_is_said() -> None:
    found = ebf.relief_grants(districts(("unit", 0.07, 1e9, 0.26244, 1)), 2022, pool=1e9)
    assert any("more than 4 decimals, which the State's do not have: 1." in each
               for each in found.assumptions)  # fmt: skip
    plain = ebf.relief_grants(ebf.sample_table("relief_grants"), 2022, pool=6e6)
    assert not any("decimals" in each for each in plain.assumptions)


def test_a_smaller_relief_may_be_meant_and_blank_is_the_greatest() -> None:
    rows = [("unit", 0.06, 1e6, 0.5, 1)] * 2
    found = ebf.relief_grants(districts(*rows, intended_relief=[2_000.9, None]), 2022, pool=1e6)
    assert amounts(found, "relief_granted") == [2_000, 5_000]
    assert amounts(found, "relief_grant") == [1_500, 3_750]


def test_the_second_levy_decides_whether_the_grant_stays() -> None:
    rows = [("unit", 0.06, 1e6, 0.5, 1)] * 3
    frame = districts(*rows, abated_first_year=[1, 1, 0], abated_second_year=[1, 0, 1])
    found = ebf.relief_grants(frame, 2022, pool=1e6)
    assert amounts(found, "relief_grant_in_next_base") == [3_750, 3_750, 0]
    assert amounts(found, "relief_grant_in_later_bases") == [3_750, 0, 0]
    of_2019 = ebf.relief_grants(frame, 2019, pool=1e6)  # one levy had to be abated
    assert amounts(of_2019, "relief_grant_in_later_bases") == [7_500, 7_500, 0]


# --- Laws, and the second computation --------------------------------------------------------

RATES = st.integers(100, 900).map(lambda each: each / 10_000)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        RATES,
        st.integers(1_000, 10**9).map(float),
        st.integers(0, 9_000).map(lambda each: each / 10_000),
        st.sampled_from([1, 1, 0]),
    ),
    min_size=1,
    max_size=12,
).filter(lambda rows: any(row[-1] for row in rows))


def by_hand(frame: pd.DataFrame) -> list[dict[str, Any]]:
    exact = frame.assign(**{name: frame[name].map(fraction) for name in COLUMNS[:3]})
    rows = exact.assign(eav=exact["real_eav"]).to_dict("records")
    return [{str(name): cell for name, cell in row.items()} for row in rows]


@depth.RELIEF
@given(ROWS, st.integers(0, 10**8))
def test_grants_by_rank_are_those_of_the_second_computation(
    rows: list[tuple[Any, ...]], pool: int
) -> None:
    frame = districts(*rows)
    found = ebf.relief_grants(frame, 2022, pool=pool)
    expected = relief.grants_by_rank(by_hand(frame), Fraction(pool))
    units = found.ledger.units
    for unit_id, each in expected.items():
        assert units.loc[unit_id, "relief_grant"] == float(each.grant)
        assert units.loc[unit_id, "relief_granted"] == pytest.approx(float(each.relief))
    assert list(found.frame.index) == list(expected)
    paid = found.frame["relief_grant"]
    assert paid.sum() <= pool
    assert found.state["relief_pool_left"] == pool - paid.sum()
    exact = found.ledger.exact.units
    assert exact["relief_grant"].tolist() == units["relief_grant"].tolist()


@depth.RELIEF
@given(ROWS, st.integers(1, 10**8))
def test_grants_by_threshold_come_to_the_pool(rows: list[tuple[Any, ...]], pool: int) -> None:
    frame = districts(*rows)
    found = ebf.relief_grants(frame, 2019, pool=pool)
    threshold, expected = relief.grants_2019(by_hand(frame), Fraction(pool))
    exact = found.ledger.exact.values
    places = found.ledger.table.places
    assert threshold == exact["relief_threshold"].item()
    for unit_id, each in expected.items():
        assert exact["relief_grant"][0, places[unit_id], 0] == each.grant
    fast = found.ledger.units["relief_grant"]
    nearest = [float(each) for each in exact["relief_grant"].ravel()]
    assert fast.to_numpy() == pytest.approx(np.array(nearest), rel=1e-9, abs=1e-4)


@depth.RELIEF
@given(ROWS, st.integers(0, 10**7), st.randoms())
def test_the_order_of_rows_decides_nothing(rows: Any, pool: int, chance: Any) -> None:
    frame = districts(*rows)
    order = [*range(len(frame))]
    chance.shuffle(order)
    one, other = (
        ebf.relief_grants(each, 2024, pool=pool).ledger.units["relief_grant"].sort_index()
        for each in (frame, frame.iloc[order])
    )
    assert one.equals(other)


# --- Published --------------------------------------------------------------------------------


def test_published_grants_imply_eav_that_gives_them_again(published: Path) -> None:
    """36 of FY2020's 37 grants are whole dollars, and the EAV that each implies gives it again."""
    read = {"unit_id": str}
    grants = pd.read_csv(published / "fy2020_property_tax_relief_grants.csv", dtype=read)
    state = pd.read_csv(published / "fy2020.csv", dtype=read).set_index("unit_id")
    wanted = grants.rename(columns={"property_tax_relief_grant": "relief_grant"}).join(
        state[["local_capacity_percentage"]], on="unit_id"
    )
    implied = ebf.implied_eav(wanted)
    known = wanted.set_index("unit_id").join(implied).dropna(subset=["eav_from"])
    whole = wanted["relief_grant"] % 1 == 0
    percentage = wanted["local_capacity_percentage"].notna()
    assert (len(wanted), whole.sum()) == (37, 36)
    assert len(known) == (whole & percentage).sum() > 30
    for eav in ("eav_from", "eav_below"):
        column = known[eav] + (0.01 if eav == "eav_from" else -0.01)
        frame = known.reset_index()[["unit_id", "organization_type", "local_capacity_percentage"]]
        frame = frame.assign(
            real_eav=column.to_numpy(), adjusted_operating_tax_rate=0.05, applied=1
        )
        found = ebf.relief_grants(frame, 2020).ledger.units
        assert found["relief_grant"].tolist() == known["relief_grant"].tolist()


# --- Audit, workbook, faults -----------------------------------------------------------------


def test_it_is_audited_and_laid_out(tmp_path: Path) -> None:
    for year in (2019, 2022):
        found = ebf.relief_grants(ebf.sample_table("relief_grants"), year, pool=6_000_000)
        unit = "0701620201700"
        steps = {step.line for each in found.ledger.audit(unit).sections for step in each.steps}
        assert steps == {line.name for line in found.ledger.steps}
        found.ledger.to_workbook(tmp_path / "relief.xlsx")
        book = openpyxl.load_workbook(tmp_path / "relief.xlsx")
        of_year = "FY2019" if year == 2019 else "FY2020 on"
        assert {"Inputs", "Relief", "The base", of_year} <= {*book.sheetnames}
        assert book.sheetnames[0] == "Read me"
        assert not {"One district", "Units"} & {*book.sheetnames}
        first = book["Read me"]["A1"].value
        assert first.startswith(
            f"Illinois Property Tax Relief Grants, 105 ILCS 5/2-3.170, FY{year}"
        )
        book.close()
    explained = found.ledger.explain(unit, "mean_rate_of_type").to_text()
    assert "3 units of the kind high school district" in explained


def test_an_order_has_no_derivative() -> None:
    found = ebf.relief_grants(ebf.sample_table("relief_grants"), 2022, pool=6_000_000)
    with pytest.raises(ebf.InputError, match="grants_ranked_before orders the units"):
        found.ledger.sensitivity("0701620201700", "relief_grant")
    moved = found.ledger.sensitivity("0701620201700", "greatest_abatement").set_index("column")
    # 2,210,000,000 x 0.0031 for one more of the part not in its percentage, which falls
    assert moved["derivative"]["local_capacity_percentage"] == pytest.approx(-6_851_000)


def test_faults_are_named_all_at_once() -> None:
    frame = districts(("hybrid", 0.06, 1e6, 0.5, 1), ("regional_program", 0.0, 0.0, 0.1, 1))
    with pytest.raises(ebf.InputError) as error:
        ebf.relief_grants(frame, 2022, pool=1e6)
    assert [(each.place.words[1], each.found) for each in error.value.faults] == [
        ("organization_type", "hybrid"),
        ("organization_type", "regional_program"),
    ]
    with pytest.raises(ebf.InputError, match="relief_rate"):
        ebf.calculate(frame.iloc[:1], ebf.law(2022, statute=SECTION, relief_pool=1e6))
    with pytest.raises(ebf.InputError, match="no known value for FY2022; allowed: known: FY2019"):
        ebf.relief_grants(districts(("unit", 0.06, 1e6, 0.5, 1)), 2022)
    with pytest.raises(ebf.InputError, match="no applicant"):
        ebf.relief_grants(districts(("unit", 0.06, 1e6, 0.5, 0)), 2022, pool=1e6)
    with pytest.raises(ebf.InputError, match="a whole number from 2019 to 2027"):
        ebf.relief_grants(districts(("unit", 0.06, 1e6, 0.5, 1)), 2018, pool=1e6)
    wrong = districts(("unit", 6.0, 1e6, 50, 1), bus_money=[1.0], intended_relief=[0.0])
    with pytest.raises(ebf.InputError) as error:
        ebf.relief_grants(wrong, 2022, pool=1e6)
    named = {each.place.words[1] for each in error.value.faults}
    assert {"bus_money", "adjusted_operating_tax_rate", "local_capacity_percentage"} <= named
    assert "intended_relief" in named
    with pytest.raises(ebf.InputError) as error:
        ebf.relief_grants(wrong[["unit_id", "organization_type", "applied"]], 2022, pool=1e6)
    missing = {each.place.words[1] for each in error.value.faults}
    assert {"real_eav", "local_capacity_percentage", "adjusted_operating_tax_rate"} <= missing


def test_who_applied_is_asked_for_and_checked_like_any_flag() -> None:
    frame = districts(("unit", 0.06, 1e6, 0.5, 1), ("elementary", 0.05, 1e6, 0.5, 0))
    with pytest.raises(ebf.InputError, match="applied: found no such column; allowed: 1 for every"):
        ebf.relief_grants(frame.drop(columns="applied"), 2022, pool=1e6)
    for word in ("yes", "TRUE", 2):
        with pytest.raises(ebf.InputError, match=f"applied: found '?{word}.*from 0 to 1"):
            ebf.relief_grants(frame.assign(applied=[word, 0]), 2022, pool=1e6)
    for flag in ("1.0", True, 1.0, "1"):
        said = pd.Series([flag, None], dtype=object)
        assert len(ebf.relief_grants(frame.assign(applied=said), 2022, pool=1e6).frame) == 1
        funded = frame.assign(organization_type="specially_funded", applied=said)
        with pytest.raises(ebf.InputError, match="organization_type: found specially_funded"):
            ebf.relief_grants(funded, 2022, pool=1e6)
    with pytest.raises(ebf.InputError, match="applied"):
        ebf.relief_grants(pd.concat([frame, frame[["applied"]]], axis=1), 2022, pool=1e6)


def test_any_library_s_table_is_taken_as_elsewhere() -> None:
    frame = districts(("unit", 0.06, 1e6, 0.5, 1))

    class Other:
        """A frame of another library."""

        def to_pandas(self) -> pd.DataFrame:
            return frame

    found = ebf.relief_grants(Other(), 2022, pool=1e6)  # type: ignore[arg-type]
    assert amounts(found, "relief_grant") == [3750]
    with pytest.raises(ebf.InputError, match="districts: found dict; allowed: a pandas DataFrame"):
        ebf.relief_grants({"unit_id": ["a"]}, 2022, pool=1e6)  # type: ignore[arg-type]


def test_columns_of_one_statute_are_unknown_to_another() -> None:
    with pytest.raises(ebf.InputError, match=r"applied.*unknown column"):
        ebf.calculate(ebf.sample().units.assign(applied=1), ebf.sample().law)
    with pytest.raises(ebf.InputError, match="relief_pool"):
        ebf.law(2022, relief_pool=1e6)
    assert "relief_pool" not in ebf.law(2020).in_force
    assert ebf.readings(SECTION)[4].title.startswith("Applicants of the same rank")


def test_implied_eav_refuses_what_it_cannot_undo() -> None:
    known = {"unit_id": ["a", "b"], "organization_type": ["unit", "hybrid"]}
    with pytest.raises(ebf.InputError, match="relief_grant"):
        ebf.implied_eav(pd.DataFrame(known))
    grants = pd.DataFrame({**known, "relief_grant": 1.0, "local_capacity_percentage": 0.5})
    with pytest.raises(ebf.InputError, match="hybrid"):
        ebf.implied_eav(grants)
    with pytest.raises(ebf.InputError, match="FY2020 on"):
        ebf.implied_eav(grants.iloc[:1], 2019)
    blank = grants.iloc[:1].assign(relief_grant=100.4)
    assert ebf.implied_eav(blank)["eav_from"].isna().all()


@pytest.mark.parametrize(
    ("name", "said", "words"),
    [
        ("relief_grant", "1,836,999", "found '1,836,999'; allowed: whole dollars"),
        ("relief_grant", -5, "found -5; allowed: whole dollars, 0 or more"),
        ("relief_grant", float("inf"), "found inf"),
        ("local_capacity_percentage", 26.24, r"found 26.24; allowed: a share .*26.24 % is 0.2624"),
        ("local_capacity_percentage", -0.1, "found -0.1; allowed: a share from 0 to 1"),
    ],
)
def test_implied_eav_refuses_what_no_grant_or_share_can_be(
    name: str, said: Any, words: str
) -> None:
    grants = pd.DataFrame(
        {
            "unit_id": ["a"],
            "organization_type": ["elementary"],
            "relief_grant": [1_836_999],
            "local_capacity_percentage": [0.2624],
        }
    )
    with pytest.raises(ebf.InputError, match=f"a: {name}: {words}"):
        ebf.implied_eav(grants.assign(**{name: pd.Series([said])}))
    as_text = ebf.implied_eav(grants.assign(relief_grant="1836999").set_index("unit_id"))
    assert as_text.equals(ebf.implied_eav(grants))
    assert as_text.loc["a", "relief_from"] == 1_972_837
    blank = pd.Series([None], dtype=object)
    assert ebf.implied_eav(grants.assign(**{name: blank})).isna().all(axis=None)
    assert ebf.implied_eav(grants.assign(local_capacity_percentage=1.0)).isna().all(axis=None)
    with pytest.raises(ebf.InputError, match="grants: found list"):
        ebf.implied_eav([1])  # type: ignore[arg-type]
    with pytest.raises(ebf.InputError, match="fiscal_year: found '2022'"):
        ebf.implied_eav(grants, "2022")  # type: ignore[arg-type]
