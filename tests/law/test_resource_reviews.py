"""Reviews and improved designations: by hand, as laws, and as the second computation."""

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
from reference.neighbors import reviews as reference
from refusal import all_faults

import ebf
from ebf.law.plain_names import plain_name
from ebf.law.resource_reviews import RESOURCE_REVIEWS
from ebf.law.resource_reviews.designations import SCALES

X, Y, Z = "0100100102600", "0100100202600", "0100100302600"
OF_ALL = "share_identified_of_all"
COLUMNS = ["school_id", "unit_id", "year", "designation"]


def table(*rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def of_year(year: int, unit: str, *said: str | None) -> list[tuple[Any, ...]]:
    """The schools of a district, named by their order."""
    return [(f"{unit[:11]}{place:04}", unit, year, each) for place, each in enumerate(said)]


BEFORE = of_year(2024, X, "Commendable", "Commendable", "Targeted", "Comprehensive", None)
AFTER = of_year(2025, X, "Commendable", "Commendable", "Commendable", "Intensive", None)


# --- By hand ------------------------------------------------------------------------------


def test_district_x() -> None:
    """Identified 2 of 4 designated, 2 of 5 in all; next year one improved, and 1 of 4."""
    first = ebf.reviews(table(*BEFORE)).frame.loc[X]
    assert (first["identified_schools"], first["designated_schools"]) == (2, 4)
    assert (first["share_identified"], first["share_identified_of_all"]) == (0.5, 0.4)
    assert first["schools_of_comprehensive_support"] == first["schools_of_targeted_support"] == 1
    assert "improved_schools" not in first
    found = ebf.reviews(table(*BEFORE, *AFTER))
    after = found.frame.loc[X]
    assert (found.year, after["improved_schools"], after["share_identified"]) == (2025, 1, 0.25)
    assert found.improved.reset_index().to_numpy().tolist() == [
        [f"{X[:11]}0002", X, "Targeted", "Commendable"]
    ]
    (left, *_) = found.left_out
    assert "2022, 2023 are not in hand" in left


def test_the_first_time_needs_the_years_before() -> None:
    earlier = of_year(2023, X, "Commendable", None, "Intensive", None, None)
    still = of_year(2022, X, "Commendable", None, "Targeted", None, None)
    found = ebf.reviews(table(*still, *earlier, *BEFORE, *AFTER))
    assert found.frame.loc[X, "improved_schools"] == 0
    assert not [each for each in found.left_out if "first time" in each]
    of_2022 = ebf.reviews(table(*still, *earlier), year=2022)
    assert "improved_schools" not in of_2022.frame
    assert "Improved schools: 2022 is the first year of its scale" in of_2022.left_out[0]
    without = ebf.reviews(table(*still, *BEFORE), year=2024)
    assert "Improved schools: the designations of 2023 are not in hand." in without.left_out


def test_who_stays_falls_or_loses_the_designation_has_not_improved() -> None:
    before = of_year(2022, X, "Targeted", "Targeted", "Targeted", "Comprehensive", "Commendable")
    after = of_year(2023, X, "Targeted", "Comprehensive", None, "Targeted", "Exemplary")
    found = ebf.reviews(table(*before, *after))
    assert [*found.improved.index] == [f"{X[:11]}0003"]


@pytest.mark.parametrize(
    "form",
    [
        lambda each: f"{each[:2]}-{each[2:5]}-{each[5:9]}-{each[9:11]}-{each[11:]}",
        int,
        float,
        lambda each: f" {int(each)}.0",
    ],
)
def test_a_school_is_the_same_in_whatever_form_its_id_is(form: Any) -> None:
    said = [(form(school), *rest) for school, *rest in BEFORE]
    found = ebf.reviews(table(*said, *AFTER))
    assert [*found.improved.index] == [f"{X[:11]}0002"]
    twice = all_faults(lambda: ebf.reviews(table(*BEFORE, *said)))
    assert len(twice) == len(BEFORE)
    assert all("2 rows of 2024" in str(fault) for fault in twice)


def test_ids_of_one_s_own_stay_as_they_are() -> None:
    rows = [("a-1", X, 2024, "Targeted"), (7.0, X, 2024, "Targeted")]
    better = [("a-1", X, 2025, "Exemplary"), ("7", X, 2025, "Exemplary")]
    assert [*ebf.reviews(table(*rows, *better)).improved.index] == ["7", "a-1"]


def test_a_year_that_is_none_is_one_fault() -> None:
    rows = [(school, unit, "2023-24", said) for school, unit, _, said in BEFORE]
    faults = all_faults(lambda: ebf.reviews(table(*rows, *rows)))
    assert {fault.place.column for fault in faults} == {"year"}


def test_who_has_no_row_of_the_year_is_said() -> None:
    gone = of_year(2024, Y, "Targeted", "Exemplary")
    found = ebf.reviews(table(*BEFORE[:-1], *gone, *AFTER[:3]))
    assert "Districts with rows of other years, and none of 2025: 1." in found.left_out
    assert "Schools identified in 2024 without a row of 2025: 2." in found.left_out
    whole = ebf.reviews(table(*BEFORE, *AFTER))
    assert not [each for each in whole.left_out if "row" in each]


def test_other_scales_are_not_compared() -> None:
    old = of_year(2019, X, "Lowest-Performing", "Underperforming")
    for year in (2018, 2019, 2020, 2021, 2026):
        with pytest.raises(ebf.InputError, match=r"of another scale .*not compared"):
            ebf.reviews(table(*old, *BEFORE), year=year)
    with pytest.raises(ebf.InputError, match="of another scale"):
        ebf.reviews(table(*BEFORE, *of_year(2026, X, "Developing")))
    found = ebf.reviews(table(*old, *BEFORE), year=2024)
    assert found.frame.loc[X, "identified_schools"] == 2


def test_districts_are_ranked_by_share_then_number_then_id() -> None:
    rows = [
        *of_year(2025, Z, "Targeted", "Commendable"),
        *of_year(2025, Y, "Targeted", "Comprehensive", "Exemplary", "Exemplary"),
        *of_year(2025, X, None, None),
        *of_year(2025, "0100100402600", "Targeted", "Commendable"),
        *of_year(2025, "0100100502600", "Commendable"),
    ]
    found = ebf.reviews(table(*rows), least_number=2)
    assert [*found.frame.index] == [Y, Z, "0100100402600", "0100100502600", X]
    assert found.frame["review_rank"].tolist() == [1, 2, 3, 4, 5]
    assert found.frame["for_review"].tolist() == [True, False, False, False, False]
    assert found.frame["share_identified"].isna().tolist() == [False] * 4 + [True]
    assert "Shares of districts without a designated school: 1." in found.left_out
    alone = ebf.reviews(table(*rows))
    assert "for_review" not in alone.frame
    assert "publishes no threshold" in " ".join(alone.left_out)


def test_what_the_ledger_has_stands_beside() -> None:
    units = pd.DataFrame(
        {
            "unit_id": [X, Y],
            "name": ["A", "B"],
            "organization_type": ["unit", "elementary"],
            "average_student_enrollment": [100.0, 50.0],
            "adequacy_target": [1000.0, 2000.0],
            "final_resources": [700.0, 1900.0],
        }
    )
    money = ebf.law(2022, new_state_funds=100)
    ledger = ebf.calculate(units, money, lines=["final_percent_of_adequacy"])
    rows = table(*BEFORE, *of_year(2024, Y, "Targeted"))
    found = ebf.reviews(rows, ledger)
    assert found.frame["name"].tolist() == ["B", "A"]
    assert found.frame["final_percent_of_adequacy"].tolist() == [0.95, 0.7]
    assert found.frame["gap_per_pupil"].tolist() == [0, 2]  # 900 - 700 of 100 pupils
    assert "those of FY2022, designations of the cards of 2024" in " ".join(found.assumptions)
    assert "the ledger has no tier" in " ".join(found.left_out)
    with pytest.raises(ebf.InputError, match=Z):
        ebf.reviews(table(*of_year(2024, Z, "Targeted")), ledger)
    with pytest.raises(ebf.InputError, match=r"one by 18-8\.15"):
        ebf.reviews(rows, found.ledger)


# --- As laws, and as the second computation ------------------------------------------------


@st.composite
def schools(draw: st.DrawFn) -> pd.DataFrame:
    """Schools of some districts in the years of one scale."""
    rows = []
    for year in (2022, 2023, 2024, 2025):
        for place in range(draw(st.integers(1 if year == 2025 else 0, 9))):
            said = draw(st.sampled_from([None, *SCALES[year]]))
            unit = (X, Y, Z)[place % 3]
            rows.append((f"{unit[:11]}{place:04}", unit, year, said))
    return table(*rows)


def as_map(frame: pd.DataFrame, year: int) -> dict[str, str | None]:
    rows = frame[frame["year"] == year]
    return dict(zip(rows["school_id"], rows["designation"], strict=True))


@depth.REVIEWS
@given(schools(), st.integers(0, 3), st.integers(0, 4), st.randoms())
def test_as_the_second_computation_in_whatever_order(
    frame: pd.DataFrame, number: int, quarter: int, random: Any
) -> None:
    turned = frame.sample(frac=1, random_state=random.randrange(99))
    found = ebf.reviews(turned, least_number=number, least_share=quarter / 4)
    frame = frame.astype(object).where(frame.notna(), None)
    now = frame[frame["year"] == 2025]
    names = ("school_id", "unit_id", "year", "designation")
    rows = [dict(zip(names, row, strict=True)) for row in now.itertuples(index=False, name=None)]
    theirs = reference.shares(rows)
    assert [*found.frame.index] == reference.ranked(theirs)
    chosen = reference.chosen(theirs, number, Fraction(quarter, 4))
    assert [*found.frame.index[found.frame["for_review"]]] == chosen
    for unit, other in theirs.items():
        row = found.frame.loc[unit]
        assert row["schools_of_district"] == other["schools"]
        assert row["designated_schools"] == other["designated"]
        assert row["schools_of_comprehensive_support"] == other["federal_i"]
        assert row["schools_of_targeted_support"] == other["federal_ii"]
        assert [row[name.lower()] for name in reference.IDENTIFIED] == [*other["by_class"].values()]
        for name, share in (("share_identified", "share"), (OF_ALL, "share_of_all")):
            value = other[share]
            assert np.isnan(row[name]) if value is None else row[name] == float(value)
    if as_map(frame, 2024):
        past = [as_map(frame, 2022), as_map(frame, 2023)]
        better = reference.improved(as_map(frame, 2024), as_map(frame, 2025), past)
        assert sorted(found.improved.index) == better
        assert found.frame["improved_schools"].sum() == len(better)
    exact = found.ledger.exact.units
    pd.testing.assert_frame_equal(exact, found.ledger.units, check_exact=False, rtol=1e-12)


# --- What is refused ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (("s", X, 2024, "Superb"), "designation", "Commendable"),
        (("s", X, 2022, "Intensive"), "designation", "of 2022"),
        (("s", X, 2021, "Targeted"), "designation", "none: a blank"),
        (("s", X, 1999, "Targeted"), "year", "2018 to 2026"),
        (("s", "12", 2024, "Targeted"), "unit_id", "13 characters"),
        ((None, X, 2024, "Targeted"), "school_id", "the id of a school"),
        ((BEFORE[0][0], X, 2024, "Targeted"), "school_id", "one row a school and year"),
    ],
)
def test_faults_of_the_table(row: tuple[Any, ...], column: str, words: str) -> None:
    faults = all_faults(lambda: ebf.reviews(table(*BEFORE, row)))
    (fault,) = faults
    assert fault.place.column == column
    assert words in str(fault)
    more = table(*BEFORE, row, ("t", "?", 2024, "?"))
    assert len(all_faults(lambda: ebf.reviews(more))) == 3  # all at once


def test_faults_of_columns_and_arguments() -> None:
    rows = table(*BEFORE)
    lacking = all_faults(lambda: ebf.reviews(rows.rename(columns={"designation": "Designation"})))
    assert [fault.place.column for fault in lacking] == ["designation", "Designation"]
    calls: list[tuple[Any, str]] = [
        (lambda: ebf.reviews(rows.head(0)), "no rows"),
        (lambda: ebf.reviews(5), "a pandas DataFrame"),  # type: ignore[arg-type]
        (lambda: ebf.reviews(rows, 5), "a ledger"),  # type: ignore[arg-type]
        (lambda: ebf.reviews(rows, year=2023), "no row of 2023"),
        (lambda: ebf.reviews(rows, year="x"), "a whole number: 2025"),  # type: ignore[arg-type]
        (lambda: ebf.reviews(rows, least_share=25), "25 % is 0.25"),
        (lambda: ebf.reviews(rows, least_number=-1), "0 or more"),
    ]
    for call, said in calls:
        with pytest.raises(ebf.InputError, match=said):
            call()


def test_no_threshold_is_in_hand_for_any_year() -> None:
    for year in RESOURCE_REVIEWS.years:
        own = ebf.law(year, statute="1111")
        assert not own.in_force
        with pytest.raises(ebf.InputError, match="supply it"):
            own.value("least_identified_share")


# --- Explained, and laid out ----------------------------------------------------------------


def test_every_line_is_explained_and_laid_out(tmp_path: Path) -> None:
    found = ebf.reviews(table(*BEFORE, *AFTER), least_number=1, least_share=0.25)
    made = found.ledger
    computed = {line.name for line in made.steps}
    assert computed == {line.name for line in RESOURCE_REVIEWS.all_lines}
    audit = made.audit(X).to_text()
    assert all(f"{plain_name(name)} [1111(d)(3)(A)(ii)" in audit for name in computed)
    made.to_workbook(tmp_path / "reviews.xlsx")
    book = openpyxl.load_workbook(tmp_path / "reviews.xlsx")
    assert "(d) Identified schools" in book.sheetnames
    assert book["Read me"]["A1"].value.startswith("Illinois Resource Allocation Reviews, ESSA 1111")


def test_the_sample_is_invented_and_shows_itself() -> None:
    sample = ebf.sample_table("school_designations")
    assert sample["school_name"].str.endswith("(invented)").all()
    found = ebf.reviews(sample, ebf.calculate(*ebf.sample()))
    assert len(found.improved) == found.ledger.statewide["improved_schools_of_state"] > 0
    assert {"tier", "gap_per_pupil", "final_percent_of_adequacy"} <= {*found.frame}
    assert "Schools that improved" in found.to_html()
