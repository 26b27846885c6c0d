"""Actual staff and dollars against the cost factors: by hand, and on the sample state."""

from __future__ import annotations

from functools import cache

import depth
import pandas as pd
import pytest
from district import SALARIES

import ebf
from ebf.law.funding.b_cost_factors import COST_FACTORS
from ebf.reports.adequacy_gap import AdequacyGap, adequacy_gap

DISTRICT, HIGH_SCHOOL = "0100100102600", "0200100101600"
GRADES = ("kindergarten", *(f"grade_{grade}" for grade in range(1, 13)))


@cache
def small(name: str | None = None) -> ebf.Ledger:
    """A district of 100 pupils a grade, and a high school district of 100 a grade."""
    frame = pd.DataFrame(
        {
            "unit_id": [DISTRICT, HIGH_SCHOOL],
            "name": [name, name],
            "organization_type": ["unit", "high_school"],
            "prekindergarten_special_education": [0.0, 0.0],
            **{grade: [100.0, 0.0] for grade in GRADES[:9]},
            **{grade: [100.0, 100.0] for grade in GRADES[9:]},
            "low_income_count": [0.0, 0.0],
            "english_learner_count": [0.0, 0.0],
            "prior_year_tier": [3, 3],
            "regionalization_factor": [0.9, 1.0],
        }
    )
    return ebf.calculate(frame, ebf.law(2022, salaries=SALARIES), lines=["adequacy_target"])


@cache
def sample() -> ebf.Ledger:
    return ebf.calculate(*ebf.sample())


def formula_of(ledger: ebf.Ledger, unit_id: str, *, by_band: bool) -> dict[str, float]:
    """What the formula itself gives the unit, in FTE or in dollars after regionalization."""
    row: pd.Series = ledger.units.T[unit_id]
    actual: dict[str, float] = {}
    for factor in COST_FACTORS:
        fte = [name for name in row.index if _is_of(name, f"{factor.name}_fte")]
        costs = [name for name in row.index if _is_of(name, factor.cost)]
        if fte and by_band:
            actual |= {name: float(row[name]) for name in fte}
        elif fte:
            actual[factor.name] = float(row[fte].sum())
        else:
            times = float(row["regionalization_factor"]) if factor.letter == "E" else 1.0
            actual[factor.name] = float(row[costs].sum()) * times
    return actual


def _is_of(column: str, line: str) -> bool:
    bands = ("elementary", "middle", "high", "k_3", "4_8", "9_12")
    return column in {line, *(f"{line}_{band}" for band in bands)}


# --- By hand -----------------------------------------------------------------------------


def test_nurses_in_all_by_hand() -> None:
    """600, 300 and 400 pupils over 750: 0.80, 0.40, 0.53 of 52,000, 52,000 and 53,000."""
    row = adequacy_gap(small(), DISTRICT, {"nurse": 1}).frame.loc["nurse"]
    assert (row["letter"], row["title"], row["cite"]) == ("(G)", "Nurses", "18-8.15(b)(2)(G)")
    assert row["formula_fte"] == 1.73
    assert row["actual_fte"] == 1
    assert row["fte_short"] == 0.73
    assert row["formula_dollars_before_regionalization"] == pytest.approx(90_490)
    assert row["regionalization_factor"] == 0.9
    assert row["formula_dollars_after_regionalization"] == pytest.approx(81_441)
    assert row["actual_dollars"] == pytest.approx(81_441 / 1.73)
    assert row["dollars_short"] == round(81_441 * 0.73 / 1.73, 2)


def test_nurses_by_band_by_hand() -> None:
    """The high schools lack 0.53 at 53,000, the elementary schools have 0.20 more at 52,000."""
    actual = {"nurse_fte_elementary": 1.0, "nurse_fte_middle": 0.4, "nurse_fte_high": 0.0}
    row = adequacy_gap(small(), DISTRICT, actual).frame.loc["nurse"]
    assert row["fte_short"] == pytest.approx(0.33)
    assert row["dollars_short"] == pytest.approx((0.53 * 53_000 - 0.2 * 52_000) * 0.9)


def test_specialists_are_of_the_whole_unit() -> None:
    """Core teachers 400 / 20 + 500 / 25, and 400 / 25 = 16 in the high schools; 13.3328 in all."""
    row = adequacy_gap(small(), DISTRICT, {"specialist_teacher_fte": 13}).frame.loc[
        "specialist_teacher"
    ]
    assert row["formula_fte"] == 13.33
    assert row["fte_short"] == 0.33
    # 8 x 60,000 + 5.3328 x 70,000, at the mean of them for 13
    assert row["formula_dollars_before_regionalization"] == 853_296
    assert row["dollars_short"] == round(853_296 * 0.9 * 0.33 / 13.33, 2)
    with pytest.raises(ebf.InputError, match="specialist_teacher_fte_high: found unknown"):
        adequacy_gap(small(), DISTRICT, {"specialist_teacher_fte_high": 1})


def test_dollars_by_hand() -> None:
    """Gifted: 90 a pupil and not regionalized; 400 pupils."""
    row = adequacy_gap(small(), HIGH_SCHOOL, {"gifted_cost": 40_000}).frame.loc["gifted"]
    assert row["formula_dollars_after_regionalization"] == 36_000
    assert row["dollars_short"] == -4_000
    assert pd.isna(row["formula_fte"])
    assert pd.isna(row["fte_short"])


def test_totals_are_of_what_is_given_alone() -> None:
    """Nurses 0.53 short by 0.03 at 53,000; principals 400 / 600 = 0.66, 0.34 over at 99,000."""
    found = adequacy_gap(
        small(), HIGH_SCHOOL, {"nurse_fte_high": 0.5, "principal": 1, "gifted": 30_000}
    )
    fte, dollars = found.totals.loc["positions, FTE"], found.totals.iloc[1]
    assert fte["cost_factors"] == 2
    assert fte["formula"] == pytest.approx(1.19)
    assert fte["net_short"] == pytest.approx(-0.31)
    assert (fte["sum_of_shorts"], fte["sum_of_overs"]) == pytest.approx((0.03, -0.34))
    assert dollars["cost_factors"] == 3
    assert dollars["sum_of_shorts"] == pytest.approx(0.03 * 53_000 + 6_000)
    assert dollars["sum_of_overs"] == pytest.approx(-0.34 * 99_000)
    assert dollars["formula"] == pytest.approx(0.53 * 53_000 + 0.66 * 99_000 + 36_000)
    assert found.left_out[0].startswith("The totals leave out 31 of the 34 cost factors")
    assert "(N) Professional development" in found.left_out[0]
    assert "Nurses" not in found.left_out[0]


def test_a_position_that_the_formula_does_not_give_is_priced_at_the_salary() -> None:
    """No low-income pupils, so no such teachers; one costs the K-12 teacher's 65,000 x 0.9."""
    name = "low_income_intervention_teacher"
    row = adequacy_gap(small(), DISTRICT, {name: 2.0}).frame.loc[name]
    assert row["fte_short"] == -2
    assert row["dollars_short"] == pytest.approx(-2 * 65_000 * 0.9)


def test_a_band_without_pupils_is_priced_at_its_own_salary() -> None:
    actual = {"nurse_fte_high": 0.53, "nurse_fte_elementary": 1.0}
    row = adequacy_gap(small(), HIGH_SCHOOL, actual).frame.loc["nurse"]
    assert row["dollars_short"] == pytest.approx(-52_000)


def test_without_any_price_dollars_are_left_out_and_named() -> None:
    """A unit without pupils has no counselors or specialists, and the spans' salaries differ."""
    units = sample().units
    unit_id = str(units.index[units["organization_type"] == "specially_funded"][0])
    actual = {"school_counselor": 1, "specialist_teacher": 1, "library_aide": 1}
    found = adequacy_gap(sample(), unit_id, actual)
    assert found.frame["fte_short"]["school_counselor"] == -1
    assert pd.isna(found.frame["dollars_short"]["school_counselor"])
    assert pd.isna(found.frame["dollars_short"]["specialist_teacher"])
    assert not pd.isna(found.frame["dollars_short"]["library_aide"])
    assert found.totals["cost_factors"].tolist() == [3, 1]
    said = "want of one price for all bands: (B) Specialist teachers, (F) School counselors."
    assert any(said in each for each in found.left_out)


# --- Properties --------------------------------------------------------------------------


def some_units() -> list[str]:
    """Some units of each kind and Chicago, which has the most of all."""
    units = sample().units
    some = units.groupby("organization_type").head(depth.GAP_UNITS).index.tolist()
    return [*map(str, some), str(units["average_student_enrollment"].idxmax())]


@pytest.mark.parametrize("by_band", [True, False])
def test_what_the_formula_gives_has_no_gap(by_band: bool) -> None:  # noqa: FBT001
    for unit_id in some_units():
        found = adequacy_gap(sample(), unit_id, formula_of(sample(), unit_id, by_band=by_band))
        assert (found.frame["fte_short"].dropna() == 0).all(), unit_id
        assert (found.frame["dollars_short"] == 0).all(), unit_id
        assert (found.totals[["net_short", "sum_of_shorts", "sum_of_overs"]] == 0).all().all()
        assert found.left_out == ()
        assert found.totals["cost_factors"].tolist() == [24, 34]


def test_nothing_actual_lacks_all_that_the_formula_gives() -> None:
    for unit_id in some_units():
        nothing = dict.fromkeys((factor.name for factor in COST_FACTORS), 0.0)
        frame = adequacy_gap(sample(), unit_id, nothing).frame
        after = frame["formula_dollars_after_regionalization"]
        assert frame["dollars_short"].to_list() == pytest.approx(after.to_list(), abs=0.0051)
        assert frame["fte_short"].equals(frame["formula_fte"])


def test_the_cost_factors_and_the_salary_part_add_up_to_the_adequacy_target() -> None:
    units = sample().units
    part = units["per_student_investments_subject_to_regionalization"]
    moved = part * (units["regionalization_factor"] - 1)
    for unit_id in some_units():
        found = adequacy_gap(sample(), unit_id, {})
        after = found.frame["formula_dollars_after_regionalization"].sum()
        target = units["adequacy_target"][unit_id]
        assert target - 1e-4 <= after + moved[unit_id] < target + 0.0101, unit_id
        said = f"${moved[unit_id]:,.2f}".replace("$-", "-$")
        assert any(said in each for each in found.assumptions)


def test_a_series_is_as_good_as_a_mapping_and_blanks_are_not_given() -> None:
    actual = {"nurse": 1.0, "principal": None, "gifted": float("nan")}
    found = adequacy_gap(small(), DISTRICT, actual)
    of_series = adequacy_gap(small(), DISTRICT, pd.Series(actual, dtype=object))
    pd.testing.assert_frame_equal(found.frame, of_series.frame)
    assert found.frame["actual_dollars"].notna().sum() == 1
    assert found.frame["dollars_short"].notna().sum() == 1


def test_exact_arithmetic_finds_the_same() -> None:
    actual = {"nurse": 1.0, "gifted": 5.0}
    fast = adequacy_gap(small(), DISTRICT, actual).frame
    pd.testing.assert_frame_equal(fast, adequacy_gap(small().exact, DISTRICT, actual).frame)


def test_the_34_cost_factors_are_shown_in_the_order_of_the_law() -> None:
    frame = adequacy_gap(small(), DISTRICT, {}).frame
    assert len(frame) == 34
    assert list(frame.index) == [factor.name for factor in COST_FACTORS]
    assert frame["formula_fte"].notna().sum() == 24
    regionalized = frame[frame["regionalization_factor"] == 0.9]["letter"].str[:3]
    assert {*regionalized} == {f"({letter})" for letter in "ABCDEFGHIJKLVWX"}


# --- Faults ------------------------------------------------------------------------------


def test_every_fault_at_once() -> None:
    actual: dict[str, object] = {
        "nurs": 1,
        "principal": -1,
        "librarian": "two",
        "gifted": float("inf"),
        "school_counselor": 2,
        "school_counselor_fte_high": 1,
        "assessments": True,
    }
    with pytest.raises(ebf.InputError) as caught:
        adequacy_gap(small(), "010010010260", actual)  # type: ignore[arg-type]
    faults = {fault.place.words[1]: fault for fault in caught.value.faults}
    assert {*faults} == {
        "nurs",
        "principal",
        "librarian",
        "gifted",
        "school_counselor_fte_high",
        "assessments",
        "unit_id",
    }
    assert faults["nurs"].fix == "nearest known: nurse"
    assert faults["unit_id"].fix == f"nearest known: {DISTRICT}"
    assert "twice" in faults["school_counselor_fte_high"].found


def test_a_band_left_out_where_the_formula_gives_positions() -> None:
    with pytest.raises(ebf.InputError) as caught:
        adequacy_gap(small(), DISTRICT, {"nurse_fte_high": 1})
    columns = [fault.place.words[1] for fault in caught.value.faults]
    assert columns == ["nurse_fte_elementary", "nurse_fte_middle"]
    alone = adequacy_gap(small(), HIGH_SCHOOL, {"nurse_fte_high": 1})
    assert alone.frame["fte_short"]["nurse"] == -0.47


def test_lines_not_computed() -> None:
    frame = small().units[["organization_type"]].assign(adequacy_target=1000.0)
    ledger = ebf.calculate(frame, ebf.law(2022), lines=["adequacy_target"])
    with pytest.raises(ebf.InputError) as caught:
        adequacy_gap(ledger, DISTRICT, {"nurse": -1})
    columns = {fault.place.words[1] for fault in caught.value.faults}
    assert {"nurse", "nurse_fte", "nurse_cost", "gifted_cost", "regionalization_factor"} <= columns


def test_what_is_no_mapping_is_refused() -> None:
    with pytest.raises(ebf.InputError, match="a mapping or Series"):
        adequacy_gap(small(), DISTRICT, [1, 2])  # type: ignore[arg-type]


def test_what_is_no_number_is_refused_as_it_was_found() -> None:
    with pytest.raises(ebf.InputError) as caught:
        adequacy_gap(small(), DISTRICT, {"nurse": [1, 2], "gifted": 1j})  # type: ignore[dict-item]
    found = {fault.place.words[1]: (fault.found, fault.allowed) for fault in caught.value.faults}
    assert found == {
        "nurse": ("[1, 2]", "FTE: a finite number, 0 or more"),
        "gifted": ("1j", "dollars: a finite number, 0 or more"),
    }


# --- What is shown -----------------------------------------------------------------------


def test_text_and_html_show_the_sentences_and_escape_names() -> None:
    found: AdequacyGap = adequacy_gap(small("<i>x</i>\n"), DISTRICT, {"nurse": 1})
    text, html = str(found), found._repr_html_()
    assert text == found.to_text()
    assert text.startswith(f"Adequacy gap, FY2022: {DISTRICT} <i>x</i>␊\n")
    assert "<i>" not in html
    for sentence in (*found.assumptions, *found.left_out):
        assert sentence in " ".join(text.split())
        assert sentence in html
    assert "Left out" in html
    assert "Totals, only of the cost factors given" in html
    assert "English learner summer-school teachers" in html
