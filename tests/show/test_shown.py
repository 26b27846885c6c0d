"""One way to show: every result in every form, whole, escaped, and by its schema."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from html.parser import HTMLParser
from importlib.metadata import version
from typing import Any
from xml.etree import ElementTree as ET

import depth
import pandas as pd
import pytest
from corruption import sheet, workbook_of
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt
from scipy.stats import norm
from states import ANY_AMOUNT, dollars, frame_of, unit_id

import ebf
from ebf.doors.command import app
from ebf.explain.explanation import Audit, Explanation
from ebf.show.answer import Shown
from ebf.show.as_html import html
from ebf.show.as_markdown import markdown
from ebf.show.as_text import text as plain_text
from ebf.show.document import Column, Document, Heading, Sentences, Table

HOSTILE = "<script>\x1b[31m & 'x'|\n1. \u202ey`*_$"
SHOWN = "<script>␛[31m & 'x'|␊1. �y`*_$"

ROWS = [dollars(1, 1_000, 600, 0.1), dollars(2, 2_000, 1_900, 0.2), dollars(3, 900, 990, 0.1)]
FRAME = frame_of(ROWS).assign(name=[HOSTILE, "Ben", "Cy"])
UNIT = unit_id(1)
LESS, MORE = 100, 150


@cache
def ledger_of(money: float) -> ebf.Ledger:
    return ebf.calculate(FRAME, ANY_AMOUNT.with_amounts(new_state_funds=money))


@cache
def sample() -> ebf.Ledger:
    return ebf.calculate(*ebf.sample())


UNCERTAIN = {"final_resources": ebf.Uncertain(norm(1, 0.02))}
RESULTS: Mapping[str, Callable[[], Shown]] = {
    "adequacy_gap": lambda: ebf.adequacy_gap(sample(), "1000196062600", {"nurse": 0.5}),
    "attribution": lambda: ebf.attribute(ledger_of(LESS), ledger_of(MORE)),
    "audit": lambda: ledger_of(LESS).audit(UNIT),
    "chart": lambda: ebf.compare(ledger_of(LESS), ledger_of(MORE)).chart(),
    "comparison": lambda: ebf.compare(ledger_of(LESS), ledger_of(MORE)),
    "data_impact": lambda: ebf.data_impact(
        FRAME, ANY_AMOUNT.with_amounts(new_state_funds=LESS), UNIT, {"final_resources": 650.0}
    ),
    "district_page": lambda: ledger_of(LESS).page(UNIT),
    "extension": lambda: ebf.extension(ebf.sample_table("levies"), 2025),
    "explanation": lambda: ledger_of(LESS).explain(UNIT, "tier_1_target_ratio"),
    "facility_tax": lambda: ebf.facility_tax(
        pd.DataFrame(
            {
                "unit_id": [UNIT],
                "name": [HOSTILE],
                "organization_type": ["unit"],
                "resident_pupils_in_county": [5],
            }
        ),
        county="Pike",
        receipts=100,
    ),
    "financial_profile": lambda: ebf.financial_profile(
        ebf.sample_table("financial_profile").iloc[:1].assign(unit_id=UNIT, name=HOSTILE), 2022
    ),
    "district_card": lambda: ebf.report_card(ledger_of(LESS)).district(UNIT),
    "inspection": lambda: ebf.inspect_workbook(workbook_of(sheet())),
    "law": lambda: ANY_AMOUNT,
    "ledger": lambda: ledger_of(LESS),
    "legislative": lambda: ebf.legislative(
        ledger_of(LESS),
        pd.DataFrame({"chamber": "House", "district": 1, "unit_id": [UNIT], "share": [0.5]}),
    ),
    "legislative_district": lambda: ebf.legislative(
        ledger_of(MORE),
        pd.DataFrame({"chamber": "House", "district": 1, "unit_id": [UNIT], "share": [0.5]}),
        before=ledger_of(LESS),
    ).district("House", 1),
    "levy_impact": lambda: ebf.levy(*ebf.sample(), "1000196062600", {"operating_tax_rate": 0.05}),
    "money_needed": lambda: ebf.money_needed(FRAME, ANY_AMOUNT, 0.61, 2024),
    "policy_profile": lambda: ebf.policy_profile(2018, 2022),
    "projection": lambda: ebf.project(FRAME, ANY_AMOUNT, 1, new_state_funds=LESS),
    "quick_facts": lambda: ebf.quick_facts(ledger_of(LESS)),
    "next_base": lambda: ebf.next_base(ledger_of(LESS)),
    "readings": ebf.readings,
    "reconciliation": lambda: ebf.reconcile(
        FRAME.assign(final_percent_of_adequacy=0.5), ANY_AMOUNT.with_amounts(new_state_funds=LESS)
    ),
    "reading_effects": lambda: ebf.reading_effects(
        FRAME, ANY_AMOUNT.with_amounts(new_state_funds=LESS)
    ),
    "report_card": lambda: ebf.report_card(ledger_of(LESS)),
    "response": lambda: ebf.response(
        FRAME,
        ANY_AMOUNT.with_amounts(new_state_funds=LESS),
        UNIT,
        "final_resources",
        values=[650.0],
    ),
    "reviews": lambda: ebf.reviews(ebf.sample_table("school_designations")),
    "releases": lambda: ebf.releases(
        *(ebf.State(FRAME, ledger_of(money).law) for money in (LESS, MORE))
    ),
    "relief_grants": lambda: ebf.relief_grants(
        ebf.sample_table("relief_grants").iloc[:1].assign(unit_id=UNIT, name=HOSTILE), 2022, 1e6
    ),
    "scenario": lambda: ebf.Scenario(
        HOSTILE, units={"final_resources": ebf.Change(add=5, units=[UNIT])}, new_state_funds=7
    ),
    "uncertainty": lambda: ebf.uncertainty(
        FRAME, ANY_AMOUNT.with_amounts(new_state_funds=LESS), UNCERTAIN, draws=3, seed=1
    ),
    "year_reached": lambda: ebf.year_reached(FRAME, ANY_AMOUNT, 0.61, new_state_funds=LESS),
}
NAMED = {
    "attribution",
    "chart",
    "comparison",
    "data_impact",
    "district_page",
    "ledger",
    "quick_facts",
    "releases",
    "relief_grants",
    "scenario",
} | {
    "audit",
    "explanation",
    "facility_tax",
    "financial_profile",
    "district_card",
    "legislative",
    "legislative_district",
    "reconciliation",
    "report_card",
    "response",
}
"""The results that show a name of a unit or a scenario."""

every_result = pytest.mark.parametrize("kind", RESULTS)


@cache
def result(kind: str) -> Shown:
    return RESULTS[kind]()


def visible(text: str) -> bool:
    return all(each == "\n" or unicodedata.category(each) not in {"Cc", "Cf"} for each in text)


def strictly(text: str) -> Any:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    return json.loads(text, parse_constant=refuse)


def test_every_public_result_is_here() -> None:
    public = [getattr(ebf, name) for name in ebf.__all__]
    shown = {each for each in public if isinstance(each, type) and issubclass(each, Shown)}
    assert {type(result(kind)) for kind in RESULTS} == shown | {Audit, Explanation}


class Words(HTMLParser):
    """The text of a page, without its tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found = ""
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.found += data


@every_result
def test_a_page_is_whole_and_has_the_piece_for_notebooks(kind: str) -> None:
    found = result(kind)
    page, piece = found.to_html(), found._repr_html_()
    assert page.startswith('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta ')
    assert page.endswith("</html>\n")
    if kind != "chart":  # in a notebook it is the picture and its table, which say the rest
        assert piece in page
    assert "<html" not in piece
    assert visible(page)
    assert "<script" not in page
    assert (SHOWN in Words(piece).found) == (kind in NAMED)


class Cells(HTMLParser):
    """The texts of a page's cells and items."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tag = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.tag = tag
        if tag in {"td", "th", "li", "caption"}:
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        del tag
        self.tag = ""

    def handle_data(self, data: str) -> None:
        if self.tag in {"td", "th", "li", "caption"}:
            self.found[-1] += data


def texts_of_markdown(markdown: str) -> list[str]:
    """The texts of its cells and items, and of the bold lines above tables."""
    said, within = [], ""
    for token in MarkdownIt("commonmark").enable(["table"]).parse(markdown):
        if token.type.endswith("_open"):
            within = token.type.removesuffix("_open")
        assert token.type != "html_block", token.content
        if token.type == "inline":
            kinds = {child.type for child in token.children or ()}
            is_caption = kinds == {"text", "strong_open", "strong_close"}
            assert kinds <= {"text"} or is_caption, token.content
            if within in {"td", "th"} or is_caption or token.level == 3:
                said.append("".join(child.content for child in token.children or ()))
    return said


@every_result
def test_markdown_says_what_html_says(kind: str) -> None:
    found = result(kind)
    if kind in {"audit", "explanation", "district_page"}:
        pytest.skip("their own tests compare the whole of them")
    markdown = found.to_markdown()
    assert visible(markdown)
    assert texts_of_markdown(markdown) == Cells(found.to_html()).found


@every_result
@pytest.mark.parametrize("width", depth.spread([60, 80, 200]))
def test_text_is_as_wide_as_asked_and_folds_no_number(kind: str, width: int) -> None:
    found = result(kind)
    text = found.to_text(width)
    assert visible(text)
    assert max(map(len, text.splitlines())) <= width
    in_words = {
        cell
        for block in found.document.blocks
        if isinstance(block, Table)
        for row in block.shown
        for cell, column in zip(row, block.columns, strict=True)
        if block.is_number(block.columns.index(column))
    }
    assert all(cell in text for cell in in_words)


@every_result
def test_json_is_by_its_schema_and_says_version_and_year(kind: str) -> None:
    found = result(kind)
    schema = found.json_schema()
    Draft202012Validator.check_schema(schema)
    written = strictly(found.to_json())
    Draft202012Validator(schema).validate(written)
    assert list(written)[:3] == ["schema", "version", "fiscal_year"]
    assert written["schema"] == f"ebf/{kind}/1"
    assert written["version"] == version("illinois-ebf")
    years = {
        "extension": None,  # a levy year is no fiscal year
        "inspection": 2018,
        "facility_tax": 2027,
        "readings": None,
        "next_base": 2023,
        "scenario": None,
        "projection": 2023,
        "money_needed": 2024,
        "year_reached": 2023,
        "reviews": 2024,
    }
    assert written["fiscal_year"] == years.get(kind, 2022)
    assert strictly(found.to_json("invented"))["note"] == "invented"
    for wrong in ({**written, "schema": "ebf/other/1"}, {**written, "sort": 1} | {"version": 1}):
        assert not Draft202012Validator(schema).is_valid(wrong)


@every_result
def test_it_is_a_line_in_a_list(kind: str) -> None:
    found = result(kind)
    assert repr(found) == f"<{type(found).__name__}: {found.title}>"
    assert len(repr(found)) < 200
    text = str(found)
    assert text == found.to_text() or (kind == "law" and found.to_text().startswith(text))


def test_data_have_every_row_and_digit_where_text_has_the_first() -> None:
    rows = [dollars(n, 1e6 * n, 0.95e6 * n, 0.5) for n in range(1, 15)]
    before, after = (
        ebf.calculate(frame_of(rows), ANY_AMOUNT.with_amounts(new_state_funds=money))
        for money in (0, 1e7)
    )
    found = ebf.compare(before, after)
    winners = strictly(found.to_json())["tables"]["winners"]
    assert winners["title"] == "Largest gains"
    assert winners["measures"]["change_per_student"] == "dollars per student"
    assert [row["change"] for row in winners["rows"]] == found.winners["change"].tolist()
    assert len(winners["rows"]) == 14
    assert "Largest gains (the first 10 of 14; 4 are not shown)\n" in found.to_text()
    statewide = strictly(found.to_json())["tables"]["statewide"]["rows"]
    by_line = {row["line"]: row for row in statewide}
    assert by_line["tier_1_target_ratio"]["measure"] == "ratio"
    assert by_line["tier_1_target_ratio"]["after"] == after.statewide["tier_1_target_ratio"]


def test_single_values_stand_in_data_by_their_names() -> None:
    about = strictly(result("money_needed").to_json())["about"]
    assert about["level"] == 0.61
    assert about["by_year"] == 2024
    assert about["new_state_funds"] == result("money_needed").new_state_funds  # type: ignore[attr-defined]


# --- The ledger, the law, a scenario ---------------------------------------------------


def test_a_ledger_shows_what_the_command_prints() -> None:
    from typer.testing import CliRunner  # noqa: PLC0415 - here alone

    printed = CliRunner().invoke(app, ["calculate"]).output
    text = str(sample())
    assert printed.startswith(text.rstrip("\n"))
    assert "Tier 1 Target Ratio" in text
    page = ET.fromstring(sample()._repr_html_())  # noqa: S314 - our own text
    assert [each.text for each in page.iter("caption")] == [
        "By tier", "The state", "Largest amounts (the first 10 of 927; 917 are not shown)",
    ]  # fmt: skip
    assert len(str(sample())) < 3_000
    assert len(repr(sample())) < 100


def test_the_summary_adds_up_by_hand() -> None:
    tables = strictly(ledger_of(LESS).to_json())["tables"]
    tiers = {row["tier"]: row for row in tables["tiers"]["rows"]}
    paid = ledger_of(LESS).units["tier_funding"]
    assert tiers["State"]["units"] == 3
    assert tiers["State"]["new_money"] == pytest.approx(paid.sum())
    assert tiers["Tier 1"]["units"] == 1  # 60 % of adequacy; then 95 % and 110 %
    assert tiers["Tier 3"]["units"] == tiers["Tier 4"]["units"] == 1
    assert tables["units"]["rows"][0]["unit"] == UNIT
    assert tables["statewide"]["rows"][2]["value"] == pytest.approx(3_490 / 3_900)


def test_a_ledger_of_some_lines_shows_those_that_no_other_reads() -> None:
    lines = ["nurse_fte", "adequacy_target"]
    units, law = ebf.sample().units, ebf.law(2022)
    found = ebf.calculate(units, law.with_amounts(salaries=ebf.sample().law.salaries), lines=lines)
    rows = {row["line"]: row for row in strictly(found.to_json())["tables"]["lines"]["rows"]}
    assert list(rows) == ["adequacy_target"]
    targets = found.units["adequacy_target"]
    assert rows["adequacy_target"] == {
        "line": "adequacy_target",
        "value or sum": pytest.approx(targets.sum()),
        "least": targets.min(),
        "greatest": targets.max(),
        "measure": "dollars",
    }


def test_a_ledger_of_scenarios_says_how_many() -> None:
    found = ebf.calculate(FRAME, ANY_AMOUNT.with_amounts(new_state_funds=[100.0, 200.0]))
    assert "2 scenarios" in str(found)
    assert not strictly(found.to_json())["tables"]
    assert "2 scenarios" not in str(found.scenario(1))


def test_a_law_is_short_as_text_and_whole_on_a_page() -> None:
    law = ebf.law(2024, student_activities_elementary=100, new_state_funds=[1e8, 2e8])
    assert repr(law) == "<Law: FY2024: 123 numbers, 2 supplied, 3 not known>"
    text = str(law)
    supplied, unknown = text.split("Supplied by the caller\n")[1].split("Not known")
    assert supplied.split("\n")[:2] == ["- student_activities_elementary", "- new_state_funds"]
    assert "- pension_credit" in unknown
    assert len(text.splitlines()) < 15
    page = ET.fromstring(law._repr_html_())  # noqa: S314 - our own text
    rows = [[cell.text or "" for cell in row] for row in page.iter("tr")]
    assert len(rows) == 1 + len(law.table())
    by_name = {row[0]: row for row in rows}
    assert by_name["tier_1.gap_share"][1] == "0.3"  # all its digits, as the law has it
    assert by_name["new_state_funds"][1] == "[100000000.0, 200000000.0]"


def test_a_scenario_says_its_changes() -> None:
    found = ebf.Scenario(
        "more",
        law={"tier_1.gap_share": 0.4, "tier_2.share": [0.3, 0.4]},
        units={
            "final_resources": [ebf.Change(add=1_000, units=["a", "b"]), ebf.Change(multiply=1.1)],
            "tier": 2,
        },
        salaries={"teacher.k_12": 70_000},
        new_state_funds=4e8,
    )
    assert strictly(found.to_json())["sentences"]["changes"] == [
        "The law: tier_1.gap_share becomes 0.4.",
        "The law: tier_2.share becomes 0.3, 0.4.",
        "Salaries: teacher.k_12 becomes 70,000.",
        "Units: final_resources has 1,000 added for a, b.",
        "Units: final_resources is multiplied by 1.1 for all units.",
        "Units: tier becomes 2 for all units.",
        "New State Funds become 400,000,000 dollars.",
    ]
    assert "everything stays as it is" in str(ebf.Scenario("same"))
    many = ebf.Scenario("many", units={"tier": ebf.Change(value=1, units=list("abcdefghijkl"))})
    assert "becomes 1 for 12 units" in str(many)
    assert "tier_1.share becomes 'much'" in str(ebf.Scenario("odd", law={"tier_1.share": "much"}))


# --- Documents -------------------------------------------------------------------------


def test_headings_of_numbers_wrap_where_numbers_do_not() -> None:
    """Else a page is as wide as its headings: money runs out of the window."""
    style = ledger_of(LESS).to_html().partition("<style>")[2].partition("</style>")[0]
    kept_on_a_line = re.findall(r"^(.*) \{.*white-space: nowrap", style, re.MULTILINE)
    assert kept_on_a_line == [".ebf td"]
    assert (
        ".ebf .stacks td::before { text-align: left; font-weight: 400; white-space: normal; }"
        in style
    )


def test_a_wide_table_is_folded_into_pieces_with_their_labels() -> None:
    frame = pd.DataFrame(
        {f"amount_{n}": [1234.5 * n, None] for n in range(1, 9)},
        index=pd.Index(["first", "second"], name="what"),
    )
    document = Document((Heading(1, "t"), Table.of("wide", "Wide", frame, "dollars")))
    text = plain_text(document, 36)
    assert [line.split()[0] for line in text.splitlines() if line.startswith(("fir", "sec"))] == [
        "first", "second", "first", "second", "first", "second",
    ]  # fmt: skip
    assert re.search(r"^second$", text, re.MULTILINE)  # a blank is nothing


def test_text_that_is_empty_is_shown_as_nothing_and_a_flag_in_a_word() -> None:
    frame = pd.DataFrame({"note": ["", "x"], "held": [True, False]}, index=["a", "b"])
    (first, second) = Table.of("t", "T", frame).shown
    assert (first, second) == (("a", "", "yes"), ("b", "x", "no"))


def test_what_would_be_a_list_in_a_list_stays_text() -> None:
    sentences = ("1. one", "- two", "+ three", "  12) four", "#five", "6 six")
    document = Document((Heading(1, "t"), Sentences("said", "Said", sentences)))
    assert texts_of_markdown(markdown(document)) == [each.strip() for each in sentences]


def test_a_table_without_rows_is_data_alone() -> None:
    empty = Table("none", "None", (Column("what"), Column("value")), ())
    document = Document((Heading(1, "Title"), empty))
    for text in (
        plain_text(document, 80),
        markdown(document),
        html(document),
    ):
        assert "None" not in text


def test_a_heading_cannot_leave_the_style_that_says_it() -> None:
    """A narrow screen has it before each cell, between quotes that nothing in it ends."""
    hostile = "a'; background: url(x) \\';\"><b>\n"
    columns = (Column("of"), Column(hostile), Column("c"))
    written = html(Document((Heading(1, "t"), Table("t", "t", columns, (("r", 1.0, "w"),)))))
    (style,) = re.findall(r'<table class="stacks" style="([^"]*)">', written)
    assert style == r"--2:'a\'; background: url(x) \\\';&quot;&gt;&lt;b&gt;␊';--3:'c'"
    assert "<tr><th>r</th><td>1</td>" in written
    assert '<td class="words">w</td>' in written
