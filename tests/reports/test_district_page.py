"""The page of one district: its sentences by hand, its links, its look in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from browser import (
    NARROW,
    WIDE,
    browser,
    inaccessible,
    needs_browser,
    opened,
    printed_pages,
    too_wide,
)
from states import ANY_AMOUNT, dollars, frame_of, unit_id

import ebf
from ebf.reports.district_page.page import DistrictPage
from ebf.show.document import Table
from ebf.units.isbe.base_calc import _OUTCOME, COLUMNS

UNIT = "1000196062600"
LOW_INCOME = "low_income_count_first_preceding_year"


@cache
def sample() -> ebf.Ledger:
    return ebf.calculate(*ebf.sample())


@cache
def page(unit: str = UNIT) -> DistrictPage:
    """A unit's page of the sample."""
    return sample().page(unit)


@cache
def by_hand() -> ebf.Ledger:
    """100 pupils each; 60 %, 95 % and 110 % of adequacy; 100 dollars of new money."""
    rows = [dollars(1, 1_000, 600, 0.1), dollars(2, 2_000, 1_900, 0.2), dollars(3, 900, 990, 0.1)]
    frame = frame_of(rows).assign(name=["Ada", "Ben", "Cy"])
    return ebf.calculate(frame, ANY_AMOUNT.with_amounts(new_state_funds=100))


@cache
def by_hand_of(number: int) -> DistrictPage:
    """The page of one of these units."""
    return by_hand().page(unit_id(number))


@cache
def words_of(shown: DistrictPage) -> str:
    return " ".join(shown.to_text().split())


def rows_of(shown: DistrictPage, name: str) -> tuple[tuple[Any, ...], ...]:
    """The rows of one of its tables."""
    (table,) = (x for x in shown.blocks if isinstance(x, Table) and x.name == name)
    return table.rows


# --- What it says ----------------------------------------------------------------------


def test_it_opens_with_one_sentence_and_what_is_paid() -> None:
    """50 of Tier 1's 50 dollars, 49 of Tier 2's 49: 99 dollars, 0.99 for each of 100 pupils."""
    words = words_of(by_hand_of(1))
    assert words.partition("===")[0].strip() == "Ada"
    assert (
        "Ada has 60.0 % of the money that Illinois' formula says its pupils' education takes: "
        "$600 of $1,000, $400 short. In FY2022, as a Tier 1 unit, it gets $99.00 of new state "
        "money, $0.99 a pupil."
    ) in words
    assert "Cy has 110.0 %" in (beyond := words_of(by_hand_of(3)))
    assert "$990 of $900, $90 more" in beyond


def test_it_says_where_it_stands_between_the_tiers() -> None:
    """50 dollars serve gaps of 50 / 0.3: (600 + 500 / 3) / 1,000 is the Tier 1 Target Ratio."""
    first, second, third = (words_of(by_hand_of(n)) for n in (1, 2, 3))
    assert "At 60.00 % it is in Tier 1; $167 more of resources would take it to Tier 2" in first
    assert (
        "At 95.00 % it is in Tier 3; $100 more of resources would take it to Tier 4; "
        "$100 less would take it below 90.00 %"
    ) in second
    assert "At 110.00 % it is in Tier 4; $90 less would take it below 100.00 %" in third


def test_it_says_what_adequacy_would_take() -> None:
    """0.9 x 1,000 - 600 is 300; 1,000 - 600 is 400; of 99 dollars a year about 3.0 and 4.0."""
    assert [list(row) for row in rows_of(by_hand_of(1), "to_adequacy")] == [
        ["90 %", 300.0, 3.0, "about 3.0"],
        ["100 %", 400.0, 4.0, "about 4.0"],
    ]
    assert "nothing is lacking" in words_of(by_hand_of(3))


def test_the_steps_are_worked_in_words_with_the_units_numbers() -> None:
    text = by_hand_of(1).to_text()
    for said in (
        "Tier 1 target ratio × Adequacy Target − Final Resources, since the unit is in Tier 1",  # noqa: RUF001 - typeset
        "= 0.766667 × $1,000 − $600",  # noqa: RUF001 - typeset
        "= $166.67 × 0.3",  # noqa: RUF001 - typeset
        "= (0.9 × $1,000 − $600 − $50) × (1 − 0.1)",  # noqa: RUF001 - typeset
        "= $225",
    ):
        assert said in " ".join(text.split()) or said in text


@pytest.mark.parametrize("kind", sorted(set(ebf.sample().units["organization_type"])))
def test_every_kind_of_unit_has_a_page_in_words(kind: str) -> None:
    units = sample().units
    unit = units.index[units["organization_type"] == kind][0]
    shown = page(unit)
    text = shown.to_markdown().replace("as if ", "").replace(", if nothing else", "")
    assert not re.search(r"==|0\.0000000|\b(if|else|True|False|nan|None)\b", text)
    assert not re.search(r"[a-z]_[a-z]", text), "a name of data among the words"
    links = Links(shown.to_html())
    assert links.to
    assert set(links.to) <= set(links.ids)
    assert len(links.ids) == len(set(links.ids))


class Links(HTMLParser):
    """The anchors of a page and what its links lead to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.to: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if "id" in said:
            self.ids.append(said["id"] or "")
        if tag == "a":
            assert (said["href"] or "").startswith("#"), said
            self.to.append((said["href"] or "")[1:])


def test_the_cost_factors_come_to_the_target() -> None:
    """Each after the Regionalization Factor; what it moves beyond them is said below them."""
    rows = rows_of(page(), "cost_factors")
    moved = float(re.search(r"makes \$([\d,.]+) less", words_of(page()))[1].replace(",", ""))  # type: ignore[index]
    total = sum(float(row[-1]) for row in rows)
    assert total - moved == pytest.approx(page().adequacy_target, abs=0.02)
    assert rows[0][0] == "(A) Core teachers"


def test_one_more_pupil_is_the_state_solved_anew() -> None:
    columns = [f"low_income_count_{year}_preceding_year" for year in ("first", "second", "third")]
    changes = {name: ebf.Change(add=1) for name in columns}
    expected = ebf.data_impact(*ebf.sample(), UNIT, changes).frame["change_re_solved"]
    (row,) = (row for row in rows_of(page(), "one_more") if "low-income" in str(row[0]))
    assert row[1:3] == pytest.approx((expected["adequacy_target"], expected["tier_funding"]))
    assert row[1] > 0


def test_how_many_more_until_the_tier_below_is_tried_in_the_state() -> None:
    """One fewer is still in the tier; with so many it is in the one below; else none is named."""
    units = sample().units
    ranked = units["final_percent_of_adequacy"].sort_values()
    rich, near = str(ranked.index[-1]), str(ranked[ranked >= 1].index[0])
    assert all(row[-1] is None for row in rows_of(page(rich), "one_more"))
    assert "as many more as it has pupils do not suffice" in words_of(page(rich))
    (row,) = (r for r in rows_of(page(near), "one_more") if "low-income" in str(r[0]))
    columns = [f"low_income_count_{year}_preceding_year" for year in ("first", "second", "third")]
    for many, tier in ((row[-1] - 1, 4), (row[-1], 3)):
        changes = {name: ebf.Change(add=many) for name in columns}
        after = ebf.data_impact(*ebf.sample(), near, changes).re_solved
        assert after.units["tier"][near] == tier


def test_on_an_edge_it_has_what_it_takes_and_any_less_is_too_little() -> None:
    rows = [
        dollars(1, 1_000, 500, 0.1),
        dollars(2, 1_000, 1_000, 0.1),
        dollars(3, 1_000, 999.6, 0.1),
    ]
    ledger = ebf.calculate(frame_of(rows), ANY_AMOUNT.with_amounts(new_state_funds=10))
    on_it = words_of(ledger.page(unit_id(2)))
    assert "$1,000 of $1,000, no more and no less." in on_it
    assert "At 100.00 % it is in Tier 4; any less would take it below 100.00 %" in on_it
    assert "$1 more of resources would take it to Tier 4" in words_of(ledger.page(unit_id(3)))


def test_without_a_tier_1_none_is_spoken_of() -> None:
    """1,000 dollars would lift the first unit beyond 90 %."""
    much = by_hand().law.with_amounts(new_state_funds=1_000)
    ledger = ebf.calculate(by_hand().units[[*BY_HAND]].reset_index(), much)
    assert "no unit is in Tier 1" in words_of(ledger.page(unit_id(1)))
    assert "no unit is in Tier 1" not in words_of(by_hand_of(1))


def test_a_percent_is_not_rounded_into_another_tier() -> None:
    """899.96 and 9,999.96 dollars: 90.0 % and 100.0 % in one decimal, and below both."""
    rows = [dollars(1, 1_000, 500, 0.1), dollars(2, 1_000, 899.96, 0.1)]
    rows.append(dollars(3, 10_000, 9_999.96, 0.1))
    ledger = ebf.calculate(frame_of(rows), ANY_AMOUNT.with_amounts(new_state_funds=10))
    below_90, below_100 = (words_of(ledger.page(unit_id(n))) for n in (2, 3))
    assert "has 89.996 % of the money" in below_90
    assert "At 89.996 % it is in Tier 2" in below_90
    assert "Percent of adequacy: 89.996 %" in below_90
    assert "has 99.9996 % of the money" in below_100


def test_the_floor_of_tier_2_is_said_where_it_is_what_is_paid() -> None:
    units = sample().units.query("tier == 2")
    paid_more = str(units.query("tier_2_funding_step_2 > tier_2_funding_step_1").index[0])
    paid_a_part = str(units.query("tier_2_funding_step_2 == tier_2_funding_step_1").index[0])
    said = "No less a pupil than any Tier 3 unit has"
    assert said in (words := words_of(page(paid_more)))
    assert "A part of what it lacks to 90 %" not in words
    assert said not in words_of(page(paid_a_part))


def test_what_is_not_so_of_every_kind_is_said_of_those_of_which_it_is() -> None:
    units = sample().units
    program, laboratory = (
        words_of(page(units.index[units["organization_type"] == kind][0]))
        for kind in ("regional_program", "laboratory_school")
    )
    assert "counted by grade each March." in program
    assert "counts of its own low-income pupils move nothing" in program
    assert "one more low-income" not in program
    for said in (program, laboratory):
        assert "It has no property to tax" in said
    assert "counted by grade each October and March." in laboratory


def test_a_year_for_which_another_stands_moves_nothing() -> None:
    """FY2022's latest year, 2020-21, for which 2019-20 stands where that is greater."""
    assert "in the latest year alone moves nothing" in words_of(page())
    october, march = (f"{each}_enrollment_first_preceding_year_grade_4" for each in DATES)
    changes = {name: ebf.Change(add=1) for name in (october, march)}
    moved = ebf.data_impact(*ebf.sample(), UNIT, changes).frame["change_re_solved"]
    assert moved["tier_funding"] == 0


DATES = ("october", "march")


def test_similar_districts_are_of_its_kind_and_it_is_the_first() -> None:
    names = [str(row[0]) for row in rows_of(page(), "similar")]
    units = sample().units.set_index("name")
    assert names[0] == page().name
    assert len(names) == len(set(names)) == 7
    assert set(units.loc[names, "organization_type"]) == {"unit"}


def test_what_cannot_be_said_is_said_so() -> None:
    words = words_of(by_hand_of(1))
    assert "has the target and not the counts" in words
    assert "no counts of pupils, so this cannot be computed" in words
    assert "number of pupils, for want of their shares" in words


def test_it_says_where_it_is_not_computed_as_the_state_does() -> None:
    units, law = ebf.sample()
    otherwise = ebf.calculate(units, law.with_readings({1: "whole"}), rounding=False)
    words = words_of(otherwise.page(UNIT))
    assert "Without the state's rounding" in words
    assert "By another reading of the law, 1 whole: Every pupil counts whole." in words
    assert "Without the state's rounding" not in words_of(page())


def test_a_year_before_without_the_unit_is_refused_as_that() -> None:
    rows = [dollars(2, 2_000, 1_900, 0.2), dollars(3, 900, 990, 0.1)]
    before = ebf.calculate(frame_of(rows), ANY_AMOUNT.with_amounts(new_state_funds=100))
    with pytest.raises(ebf.InputError, match=r"before.*found not in it"):
        by_hand().page(unit_id(1), before=before)


def test_a_later_year_is_no_year_before() -> None:
    later = by_hand().law.with_amounts(new_state_funds=100)
    earlier = ebf.calculate(
        by_hand().units[[*BY_HAND]].reset_index(), ebf.law(2020, new_state_funds=100)
    )
    assert later.fiscal_year == 2022
    with pytest.raises(ebf.InputError, match=r"found FY2022.*a year before it"):
        earlier.page(unit_id(1), before=by_hand())


def test_last_year_stands_beside_and_the_change_has_causes() -> None:
    more = by_hand().law.with_amounts(new_state_funds=150)
    after = ebf.calculate(by_hand().units[[*BY_HAND]].reset_index(), more)
    words = words_of(after.page(unit_id(1), before=by_hand()))
    assert "Percent of adequacy: 60.00 % (before: 60.00 %)" in words
    assert "Why new money changed: before and now" in words
    gain = after.units["tier_funding"][unit_id(1)] - 99
    assert f"${gain:,.2f} more than before" in words


BY_HAND = (
    "name",
    "organization_type",
    "average_student_enrollment",
    "adequacy_target",
    "final_resources",
    "local_capacity_percentage",
    "base_funding_minimum",
)

# --- A district's own counts -----------------------------------------------------------


def own_counts_of(
    unit: str,
    otherwise: dict[str, float],
    *,
    only: list[str] | None = None,
    hold_rest: bool = False,
) -> Any:
    """The sample as the Base Calc sheet has it, and a unit's own counts, some otherwise."""
    units, law = ebf.sample()
    found = sample().units
    names = [each for each in COLUMNS if each not in {"unit_id", *_OUTCOME}]
    given = found[[each for each in (*names, "local_capacity_percentage") if each in found]]
    row = units[units["unit_id"] == unit].drop(columns=["name", "county"]).assign(**otherwise)
    counts = row[["unit_id", *(only or row.columns.drop("unit_id"))]]
    return ebf.own_counts(given.reset_index(), law, unit, counts, hold_rest=hold_rest)


@cache
def of_own_counts() -> Any:
    """A district's own counts, one otherwise, and its percentage as the state has it."""
    percentage = float(sample().units["local_capacity_percentage"][UNIT])
    return own_counts_of(UNIT, {LOW_INCOME: 300.0, "local_capacity_percentage": percentage})


def test_a_page_of_the_states_file_with_own_counts_has_every_step() -> None:
    impact = of_own_counts()
    words = words_of(impact.page({"nurse": 0.5}))
    after = impact.re_solved.units.loc[UNIT]
    assert f"${after['adequacy_target']:,.2f} (the state's file: $5,696,199.58)" in words
    assert "(G) Nurses 0.55 29,432.70 0.50 0.05 2,675.70" in words
    assert "cannot be computed" not in words
    assert "the state's rates as they are" in words


def test_what_own_counts_compute_is_not_said_to_be_handed_over() -> None:
    assert "Core investments" not in words_of(of_own_counts().page()).partition("rests on")[2]


def test_what_nothing_moves_is_not_said_to_be_worth_nothing() -> None:
    """A program's counts, without those of its region: every line of the file is held."""
    program = sample().units.query("organization_type == 'regional_program'").index[0]
    march = "march_enrollment_first_preceding_year_grade_9"
    own = own_counts_of(str(program), {march: 90.0}, hold_rest=True)
    words = words_of(own.page())
    assert "One more moves nothing that is computed here. Held as they are:" in words
    assert "school year's enrollment counts" not in words


def test_counts_that_compute_nothing_are_told_what_is_lacking() -> None:
    with pytest.raises(ebf.InputError, match="low_income_count_second_preceding_year"):
        own_counts_of(UNIT, {LOW_INCOME: 300.0}, hold_rest=True, only=[LOW_INCOME])


def test_own_counts_of_another_state_are_refused() -> None:
    impact = of_own_counts()
    with pytest.raises(ebf.InputError, match="as the ledger of the state has it"):
        sample().page(UNIT, counted=impact.counted)


# --- What is refused -------------------------------------------------------------------


def test_what_is_no_whole_ledger_is_refused_by_name() -> None:
    few = ebf.calculate(*ebf.sample(), lines=["tier"])
    with pytest.raises(ebf.InputError, match="tier_funding"):
        few.page(UNIT)
    with pytest.raises(ebf.InputError, match="found 'nobody'"):
        sample().page("nobody")


# --- The State Board's file ------------------------------------------------------------


def test_the_states_own_file_makes_a_page_to_the_published_cent(published: Path) -> None:
    """Payson, FY2022, as published: 6,470,609.22; 4,531,662.73; Tier 2; 41,748.29."""
    ledger = ebf.calculate(*ebf.read(published / "base_calc.xlsx", sheet="2022"))
    words = words_of(ledger.page("0100100102600"))
    assert "has 70.0 % of the money" in words
    assert "$4,531,663 of $6,470,609, $1,938,946 short" in words
    assert "as a Tier 2 unit, it gets $41,748.29" in words
    assert "Recovered from published results, not published itself" in words
    assert "SHA-256" in words


# --- In a browser ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def started() -> Iterator[Any]:
    needs_browser()
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    made = {"page": page().to_html(), "own": of_own_counts().page({"nurse": 0.5}).to_html()}
    for name, html in made.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in made}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_it_reads_in_a_browser(
    started: Any, files: dict[str, Path], width: int, *, dark: bool
) -> None:
    with opened(started, files["page"], width, dark=dark) as shown:
        assert too_wide(shown) == []
        if (width == WIDE) == dark:  # light and dark differ in colors alone
            colors_alone = ["color-contrast"] if dark else None
            assert inaccessible(shown, without="#every-number", rules=colors_alone) == []
        assert shown.locator("#every-number").get_attribute("open") is None


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_key_numbers_of_billions_stay_in_their_boxes(
    started: Any, tmp_path: Path, width: int
) -> None:
    rows = [dollars(1, 5_690_931_380.55, 3_735_707_116.47, 0.1), dollars(2, 900, 990, 0.1)]
    ledger = ebf.calculate(frame_of(rows), ANY_AMOUNT.with_amounts(new_state_funds=100))
    file = tmp_path / "large.html"
    file.write_text(ledger.page(unit_id(1)).to_html(), encoding="utf-8")
    with opened(started, file, width) as shown:
        beyond = "all => all.filter(each => each.scrollWidth > each.clientWidth).length"
        assert shown.locator(".figures > div").evaluate_all(beyond) == 0


def test_an_explanation_reads_in_a_browser(started: Any, tmp_path: Path) -> None:
    file = tmp_path / "explanation.html"
    file.write_text(by_hand().explain(unit_id(1), "tier").to_html(), encoding="utf-8")
    with opened(started, file, NARROW) as shown:
        assert too_wide(shown) == []
        assert inaccessible(shown) == []


@pytest.mark.parametrize("which", ["page", "own"])
def test_it_prints_on_two_sheets(started: Any, files: dict[str, Path], which: str) -> None:
    with opened(started, files[which], WIDE) as shown:
        assert 1 <= printed_pages(shown) <= 2


def test_a_link_opens_the_audit_where_it_leads(started: Any, files: dict[str, Path]) -> None:
    with opened(started, files["page"], WIDE) as shown:
        shown.get_by_role("link", name="Final Resources").first.click()
        assert shown.locator("#a-final_resources").is_visible()
