"""A business manager has the state's file and her own counts, and wants her board page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from checkout import ROOT
from hononegah import own_counts
from typer.testing import CliRunner

from ebf.doors.command import app

SALARIES = ROOT / "data" / "sample" / "salaries.toml"


def run(*arguments: object) -> Any:
    return CliRunner().invoke(app, [*map(str, arguments)])


def filled_in(file: Path, numbers: Mapping[str, float]) -> None:
    """The blank file with some of its columns filled in, as in a spreadsheet."""
    blank = pd.read_csv(file, dtype={"unit_id": str})
    assert {*numbers} <= {*blank}, "the blank file asks for them"
    blank.assign(**numbers).to_csv(file, index=False)


@pytest.fixture
def mine(published: Path, tmp_path: Path) -> Path:
    """Blank files of her district, which she asks for by a word of its name."""
    made = run("template", "HONONEGAH", published / "base_calc.xlsx", "--sheet", 2022,
               "--output", tmp_path / "mine")  # fmt: skip
    assert made.exit_code == 0, made.output
    return tmp_path / "mine"


def page_of(published: Path, mine: Path, output: Path) -> Any:
    return run(
        "page", "HONONEGAH", published / "base_calc.xlsx", "--sheet", 2022,
        "--salaries", SALARIES, "--counts", mine / "counts.csv",
        "--staff", mine / "staff.toml", "--output", output,
    )  # fmt: skip


def test_her_counts_come_to_what_the_state_published(published: Path, mine: Path) -> None:
    """The published 11,871,239.35 of core investments, from her counts; nothing changes."""
    filled_in(mine / "counts.csv", own_counts(353))
    made = page_of(published, mine, mine / "page.txt")
    assert made.exit_code == 0, made.output
    words = " ".join((mine / "page.txt").read_text(encoding="utf-8").split())
    assert "HONONEGAH COMM H S DIST 207 has 68.7 % of the money" in words
    assert "$24,997,288.32 (the state's file: $24,997,288.32)" in words
    assert "($11,871,239.35 + " in words
    assert "It is the same to the cent: $179,750.72." in words
    assert "(C) Instructional facilitators 9.77" in words  # 1,955.33 / 200
    assert "They do not suffice for these, which are as the state's file has them" in words


def test_a_hundred_more_low_income_pupils_and_her_staff_are_on_the_page(
    published: Path, mine: Path
) -> None:
    """453 of the latest year stand above the mean: 3.62 intervention teachers at 125 pupils."""
    filled_in(mine / "counts.csv", own_counts(453))
    staff = (mine / "staff.toml").read_text(encoding="utf-8")
    (mine / "staff.toml").write_text(staff.replace("# nurse = ", "nurse = 2.0"), encoding="utf-8")
    made = page_of(published, mine, mine / "page.html")
    assert made.exit_code == 0, made.output
    html = (mine / "page.html").read_text(encoding="utf-8")
    assert html.startswith("<!DOCTYPE html>")
    for never in ("http://", "https://", "<script", str(mine)):
        assert never not in html
    assert "(V)(i) Low-income intervention teachers</th>" in html
    assert ">3.62</td>" in html
    assert ">2.60</td>" in html  # nurses: 1,955.33 / 750
    assert ">0.60</td>" in html  # of them short
    assert "Why new money changed" in html


def test_what_is_missing_is_asked_for_by_name(published: Path, mine: Path) -> None:
    """Without salaries nothing is priced: refused, or held and said, never computed as 0."""
    filled_in(mine / "counts.csv", own_counts(453))
    made = run("page", "HONONEGAH", published / "base_calc.xlsx", "--sheet", 2022,
               "--counts", mine / "counts.csv")  # fmt: skip
    words = " ".join(made.output.split())
    assert "Core investments" in words
    assert "as the state's file has them" in words
