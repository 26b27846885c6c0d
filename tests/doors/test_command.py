"""The command line: what it prints, writes, and refuses."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from states import dollars, frame_of
from typer.testing import CliRunner

import ebf
from ebf.__main__ import main
from ebf.data import DATA
from ebf.doors.command import app
from ebf.law.funding import FUNDING
from ebf.law.statutes import STATUTES
from ebf.units.isbe.base_calc import read_base_calc


def run(*arguments: str) -> Any:
    """The command; of FY2022, where it takes a table that does not say its year."""
    year = ["--fiscal-year", "2022"] if "--fiscal-year" not in arguments else []
    takes_table = any(each.endswith((".csv", ".parquet")) for each in arguments)
    return CliRunner().invoke(app, [*arguments, *(year if takes_table else [])])


def is_whole_page(file: Path) -> bool:
    page = file.read_text(encoding="utf-8")
    is_page = page.startswith("<!DOCTYPE html>") and page.endswith("</html>\n")
    return is_page and '<meta charset="utf-8">' in page and "<title>" in page


@pytest.fixture
def state(tmp_path: Path) -> Path:
    file = tmp_path / "state.csv"
    file.write_text(
        "unit_id,name,organization_type,average_student_enrollment,adequacy_target,"
        "final_resources,local_capacity_percentage\n"
        "0100100102600,=HYPERLINK(A),unit,100,1000000,600000,0.2\n"
        "0100100200400,[bold]B[/bold],elementary,200,2000000,1900000,\n"
        "0100100301600,C,high_school,300,3000000,3100000,\n"
    )
    return file


def test_without_a_file_the_sample_state_which_says_that_it_is_invented() -> None:
    result = run("calculate")
    assert result.exit_code == 0, result.output
    for part in ("Tier 1", "Tier 4", "Tier 1 Target Ratio", "Statewide adequacy", "Largest"):
        assert part in result.output
    assert "invented" in result.output.splitlines()[-1]
    assert "300,000,000.00" in result.output


def test_a_file_to_a_folder(state: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run("calculate", str(state), "--new-state-funds", "300000", "--output", str(out))
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in out.iterdir()) == ["statewide.json", "units.csv"]
    units = ebf.read_units(out / "units.csv").set_index("unit_id")
    assert list(units["name"]) == ["=HYPERLINK(A)", "[bold]B[/bold]", "C"]
    assert list(units["tier"]) == [2, 3, 4]
    statewide = json.loads((out / "statewide.json").read_text())
    assert (statewide["fiscal_year"], statewide["new_state_funds"]) == (2022, 300000)
    assert "[bold]B[/bold]" in result.output


def test_a_picture_by_its_ending_and_what_it_shows_on_the_screen(tmp_path: Path) -> None:
    scenario, out = tmp_path / "more.toml", tmp_path / "who.svg"
    scenario.write_text('name = "more"\nnew_state_funds = 400e6\n', encoding="utf-8")
    result = run("compare", "--scenario", str(scenario), "--output", str(out))
    assert result.exit_code == 0, result.output
    assert out.read_text(encoding="utf-8").startswith("<svg ")
    assert "gain $100M, 0 lose $0" in result.output  # 400 after 300 million
    assert "invented" in result.output
    refused = run("legislative", "--output", str(tmp_path / "x.svg"))
    assert refused.exit_code == 2
    assert ".csv" in refused.stderr
    assert ".svg, .png" not in refused.stderr


def test_bad_input_writes_nothing_and_ends_with_2(state: Path, tmp_path: Path) -> None:
    state.write_text(state.read_text().replace("0.2", "1.2").replace("2000000", "much"))
    out = tmp_path / "out"
    result = run("calculate", str(state), "--output", str(out))
    assert result.exit_code == 2
    assert not out.exists()
    faults = result.stderr.splitlines()
    assert len(faults) == 2
    assert all(fault.startswith("ebf: 01001") for fault in faults)


def test_old_output_stays_whole_where_the_new_is_refused(state: Path, tmp_path: Path) -> None:
    out, money = tmp_path / "out", ("--new-state-funds", "1e5")
    assert run("calculate", str(state), *money, "--output", str(out)).exit_code == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    state.write_text(state.read_text().replace("unit,", "onit,"))
    assert run("calculate", str(state), "--output", str(out)).exit_code == 2
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_folder_that_cannot_be_written(state: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    money = ("--new-state-funds", "1e5")
    result = run("calculate", str(state), *money, "--output", str(tmp_path / "taken"))
    assert result.exit_code == 1
    assert "Traceback" not in result.output


def test_some_lines_and_amounts_from_a_file(tmp_path: Path) -> None:
    amounts = tmp_path / "amounts.toml"
    amounts.write_text("[tier_1]\ngap_share = 0.5\n")
    result = run(
        "calculate", "--lines", "tier_1_allocation_rate, nurse_fte", "--amounts", str(amounts)
    )
    assert result.exit_code == 0, result.output
    assert "50.00 %" in result.output
    assert "nurse_fte_elementary" in result.output
    assert "Largest" not in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("calculate", "missing.csv"), "missing.csv"),
        (("calculate", "state.txt"), ".csv, .parquet or .xlsx"),
        (("calculate", "--fiscal-year", "2031"), "2018 to 2027"),
        (("calculate", "--lines", "tier_fundin"), "tier_funding"),
        (("calculate", "--salaries", "missing.toml"), "missing.toml"),
        (("calculate", "--amounts", "missing.toml"), "missing.toml"),
        (("calculate", "--new-state-funds", "-5"), "0 or more"),
        (("law", "2031"), "2018 to 2027"),
        (("lines", "--fiscal-year", "2031"), "2018 to 2027"),
    ],
)
def test_what_cannot_be_done_ends_with_2(arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_lines_lists_every_line_and_counts_them() -> None:
    result = run("lines", "--fiscal-year", "2022")
    assert result.exit_code == 0
    printed = result.output.replace("\n", " ")
    assert f"{len(FUNDING.lines(2022))} lines:" in printed
    assert "34 cost factors" in printed
    assert "verified 2,696 of 2,696" in printed


def test_law_shows_values_sources_and_what_is_not_known() -> None:
    result = run("law", "2023")
    assert result.exit_code == 0
    assert "not known" in result.output
    assert "904.17" in result.output


def test_as_a_module_in_a_process_of_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ebf", "calculate"], capture_output=True, text=True, check=True
    )
    assert "Tier 1 Target Ratio" in done.stdout


def test_importing_the_library_loads_no_extra() -> None:
    script = (
        "import sys, ebf; ebf.calculate(*ebf.sample());"
        "print({'typer', 'rich', 'python_calamine'} & set(sys.modules))"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


# --- Files in ------------------------------------------------------------------------


def test_csv_with_a_byte_order_mark_and_cents_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_bytes("\ufeffunit_id,adequacy_target\n0100100102600,123456789.29\n".encode())
    units = ebf.read_units(file)
    assert units["unit_id"].item() == "0100100102600"
    assert units["adequacy_target"].item() == 123456789.29


@pytest.mark.parametrize(
    "content",
    [b"", b"a,a\n1,2\n", b"a,b\n1\xff,2\n", b'a,b\n"1,2\n'],
    ids=["empty", "twice", "encoding", "quote"],
)
def test_a_csv_that_cannot_be_read(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "units.csv"
    file.write_bytes(content)
    with pytest.raises(ebf.InputError):
        ebf.read_units(file)


def test_parquet_there_and_back(tmp_path: Path) -> None:
    ledger = ebf.calculate(*ebf.sample())
    ledger.to_parquet(tmp_path)
    back = ebf.read_units(tmp_path / "units.parquet")
    pd.testing.assert_frame_equal(back, ledger.units)
    again = ebf.calculate(back, ebf.law(2022)).units["tier_funding"]
    assert again.equals(ledger.units["tier_funding"])
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(ebf.InputError):
        ebf.read_units(tmp_path / "broken.parquet")


def test_csv_there_and_back(tmp_path: Path) -> None:
    ledger = ebf.calculate(*ebf.sample())
    ledger.to_csv(tmp_path)
    back = ebf.read_units(tmp_path / "units.csv")
    again = ebf.calculate(back, ebf.law(2022)).units["tier_funding"]
    assert again.equals(ledger.units["tier_funding"])


def test_a_fault_while_writing_leaves_the_old_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = ebf.calculate(*ebf.sample())
    ledger.to_csv(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_csv", full)
    with pytest.raises(OSError, match="No space"):
        ledger.to_csv(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


# --- The State Board's sheet -----------------------------------------------------------


def test_a_workbook_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "calc.xlsx").write_bytes(b"PK no")
    with pytest.raises(ebf.InputError):
        read_base_calc(tmp_path / "calc.xlsx")


def test_a_sheet_by_a_name_that_is_not_there(published: Path) -> None:
    with pytest.raises(ebf.InputError, match="one of 2022, 2018, 2020"):
        read_base_calc(published / "base_calc.xlsx", "2019")
    result = run("calculate", str(published / "base_calc.xlsx"))
    assert result.exit_code == 2


# --- audit and workbook -------------------------------------------------------------

UNIT = "0100100102600"
FUNDS = ("--new-state-funds", "300000")


def test_audit_states_every_line_of_a_unit(state: Path) -> None:
    result = run("audit", UNIT, str(state), *FUNDS)
    assert result.exit_code == 0, result.output
    assert "(g) The distribution" in result.output
    assert "= 1 if " not in result.output.splitlines()[0]
    assert result.output.count("\nTier funding [18-8.15(g)(1)]") == 1
    assert "=HYPERLINK(A)" in result.output


def test_audit_of_one_line_asks_only_for_what_the_line_needs(tmp_path: Path) -> None:
    file = tmp_path / "units.csv"
    file.write_text(
        f"unit_id,organization_type,final_resources,adequacy_target\n{UNIT},unit,900000,1000000\n"
    )
    result = run("audit", UNIT, str(file), "--line", "final_percent_of_adequacy")
    assert result.exit_code == 0, result.output
    assert "= $900,000 ÷ $1,000,000\n" in result.output
    asked = run("audit", UNIT, str(file), "--line", "final_percent_of_adequacy", "--expressions")
    assert "= divide(900000, 1000000)\n" in asked.output
    assert "÷" not in asked.output
    assert "column of the table of units" in result.output


@pytest.mark.parametrize(
    ("form", "ending", "beginning"),
    [
        ("text", "txt", "Tier of"),
        ("markdown", "md", "# Tier of"),
        ("html", "html", "<!DOCTYPE html>"),
        ("json", "json", "{"),
    ],
)
def test_audit_writes_every_format_to_a_file_or_to_the_screen(
    form: str, ending: str, beginning: str, state: Path, tmp_path: Path
) -> None:
    asked = ("audit", UNIT, str(state), *FUNDS, "--line", "tier", "--depth", "0")
    shown = run(*asked, "--format", form)
    assert shown.output.startswith(beginning)
    file = tmp_path / "out" / f"tier.{ending}"
    assert run(*asked, "--output", str(file)).exit_code == 0
    assert run(*asked, "--format", form, "--output", str(file)).exit_code == 0
    assert file.read_text(encoding="utf-8") == shown.output
    if form == "json":
        assert json.loads(shown.output)["steps"][0]["results"][0]["value"] == 2


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("9900100102600",), "nearest known"),
        ((UNIT, "--line", "tier_fundin"), "nearest known: tier_funding"),
        ((UNIT, "--line", "nurse_cost"), "nurse_cost_elementary"),
    ],
)
def test_audit_refuses_what_it_cannot_explain(
    asked: tuple[str, ...], message: str, state: Path, tmp_path: Path
) -> None:
    file = tmp_path / "audit.txt"
    unit_id, *options = asked
    result = run("audit", unit_id, str(state), *FUNDS, *options, "--output", str(file))
    assert result.exit_code == 2
    assert message in result.stderr
    assert not file.exists()


def test_workbook_writes_all_units_or_those_asked_for(state: Path, tmp_path: Path) -> None:
    for units, count in (((), 3), (("--unit", UNIT, "--unit", "0100100301600"), 2)):
        file = tmp_path / "state.xlsx"
        result = run("workbook", str(state), *FUNDS, "--output", str(file), *units)
        assert result.exit_code == 0, result.output
        inputs = pd.read_excel(file, sheet_name="Inputs", header=2, engine="calamine").iloc[2:]
        assert len(inputs) == count
    assert run("workbook", str(state)).exit_code == 2


def test_workbook_of_bad_input_is_not_written(state: Path, tmp_path: Path) -> None:
    file = tmp_path / "state.xlsx"
    result = run("workbook", str(state), "--output", str(file), "--unit", "x")
    assert result.exit_code == 2
    assert not file.exists()


# --- compare and sweep ---------------------------------------------------------------


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    file = tmp_path / "more.toml"
    file.write_text(
        "new_state_funds = 400_000\n[units]\n"
        f"final_resources = {{ add = 1000, units = ['{UNIT}'] }}\n"
        "[law]\ntier_1.gap_share = 0.4\n"
    )
    return file


def test_compare_shows_what_a_scenario_does(state: Path, scenario: Path, tmp_path: Path) -> None:
    asked = ("compare", str(state), *FUNDS, "--scenario", str(scenario))
    result = run(*asked)
    assert result.exit_code == 0, result.output
    after = ebf.Scenario(
        "more",
        law={"tier_1.gap_share": 0.4},
        units={"final_resources": ebf.Change(add=1000, units=[UNIT])},
        new_state_funds=400_000,
    ).calculate(ebf.read_units(state), ebf.law(2022))
    before = ebf.calculate(ebf.read_units(state), ebf.law(2022, new_state_funds=300_000))
    change = after.units["tier_funding"] - before.units["tier_funding"]
    assert f"{change[change > 0].sum():,.2f}" in result.output
    page, table = tmp_path / "page.html", tmp_path / "units.csv"
    assert run(*asked, "--output", str(page)).exit_code == 0
    assert is_whole_page(page)
    assert run(*asked, "--output", str(table)).exit_code == 0
    written = pd.read_csv(table, dtype={"unit_id": str}).set_index("unit_id")
    assert written["change"].tolist() == change.round(2).tolist()
    assert written["name"].iloc[0] == "'=HYPERLINK(A)"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[law]\ntier_1.gap_shar = 1\n", "tier_1.gap_share"),
        ("[unit]\nx = 1\n", "nearest known: units"),
        ("[units]\nfinal_resources = { times = 2 }\n", "multiply"),
        ("[units]\nfinal_resources = 'much'\n", "a number"),
        ("[units]\nfinal_resources = { add = 1, multiply = 2 }\n", "one of value"),
    ],
)
def test_compare_refuses_a_scenario_that_it_cannot_read(
    text: str, message: str, state: Path, tmp_path: Path
) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(text)
    result = run("compare", str(state), *FUNDS, "--scenario", str(file))
    assert result.exit_code == 2, result.output
    assert message in result.stderr


def test_sweep_prints_or_writes_every_combination(state: Path, tmp_path: Path) -> None:
    grid = ("--grid", "new_state_funds=1e5:3e5:3", "--grid", "tier_1.gap_share=0.3,0.4")
    asked = ("sweep", str(state), *grid, "--lines", "tier_1_target_ratio")
    shown = run(*asked)
    assert shown.exit_code == 0, shown.output
    table, folder = tmp_path / "ratio.csv", tmp_path / "parts"
    assert run(*asked, "--output", str(table)).exit_code == 0
    assert run(*asked, "--output", str(folder)).exit_code == 0
    written = pd.read_csv(table, dtype=str).astype(float)  # floats whole, in any pandas
    assert written["new_state_funds"].tolist() == [1e5, 1e5, 2e5, 2e5, 3e5, 3e5]
    for row in written.itertuples():
        law = ebf.law(2022, {"tier_1.gap_share": row[3]})
        alone = ebf.calculate(ebf.read_units(state), law.with_amounts(new_state_funds=row[2]))
        assert row[4] == alone.statewide["tier_1_target_ratio"]
    parts = pd.read_parquet(folder)
    assert parts["tier_1_target_ratio"].tolist() == written["tier_1_target_ratio"].tolist()


@pytest.mark.parametrize("grid", ["new_state_funds", "new_state_funds=1:2", "tier_1.shar=0.5"])
def test_sweep_refuses_a_grid_that_is_none(grid: str, state: Path, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    result = run("sweep", str(state), *FUNDS, "--grid", grid, "--output", str(file))
    assert result.exit_code == 2
    assert not file.exists()


@pytest.mark.parametrize("ending", ["txt", "md", "html", "htm", "json", "csv"])
def test_the_ending_of_a_file_says_its_form(
    ending: str, state: Path, scenario: Path, tmp_path: Path
) -> None:
    beginnings = {
        "txt": "tier_funding: before and after\n==",
        "md": "# tier\\_funding: before and after\n",
        "html": "<!DOCTYPE html>\n<html",
        "htm": "<!DOCTYPE html>\n<html",
        "json": '{\n "schema": "ebf/comparison/1",\n "version": ',
        "csv": "unit_id,name,",
    }
    file = tmp_path / f"found.{ending.upper()}"
    asked = ("compare", str(state), *FUNDS, "--scenario", str(scenario))
    assert run(*asked, "--output", str(file)).exit_code == 0
    assert file.read_text(encoding="utf-8").startswith(beginnings[ending])


@pytest.mark.parametrize(
    "asked",
    [
        ("audit", UNIT),
        ("compare", "--scenario", "none.toml"),
        ("project", "--years", "1"),
        ("gap", UNIT, "--actual", "none.toml"),
    ],
)
@pytest.mark.parametrize(("name", "found"), [("x.docx", "'.docx'"), ("x", "'x', no ending")])
def test_an_ending_that_is_no_form_is_refused_by_name(
    asked: tuple[str, ...], name: str, found: str, tmp_path: Path
) -> None:
    result = run(*asked, "--output", str(tmp_path / name))
    assert result.exit_code == 2
    assert f"--output: found {found}" in result.stderr
    assert ".txt, .md, .html, .htm, .json" in result.stderr
    assert (".csv" in result.stderr) == (asked[0] != "audit")
    assert not (tmp_path / name).exists()


def test_a_format_that_the_file_does_not_end_in_is_refused(state: Path, tmp_path: Path) -> None:
    file = tmp_path / "tier.txt"
    asked = ("audit", UNIT, str(state), *FUNDS, "--format", "html", "--output", str(file))
    result = run(*asked)
    assert result.exit_code == 2
    assert "--format: found html" in result.stderr
    assert not file.exists()


def test_data_say_that_the_sample_is_invented_too(tmp_path: Path) -> None:
    file = tmp_path / "years.json"
    asked = ("project", "--years", "1", "--level", "0.6", "--by-year", "2023")
    assert run(*asked, "--output", str(file)).exit_code == 0
    found = json.loads(file.read_text(encoding="utf-8"))
    assert [each["schema"] for each in found] == ["ebf/projection/1", "ebf/money_needed/1"]
    assert all("invented" in each["note"] for each in found)


# --- project and gap -----------------------------------------------------------------


def test_project_shows_the_years_and_the_money_needed(state: Path, tmp_path: Path) -> None:
    asked = ("project", str(state), *FUNDS, "--years", "2", "--growth", "adequacy_target=0.01")
    result = run(*asked, "--level", "0.65", "--by-year", "2025")
    assert result.exit_code == 0, result.output
    found = ebf.project(
        ebf.read_units(state),
        ebf.law(2022),
        2,
        new_state_funds=300_000,
        growth=ebf.Growth(adequacy_target=0.01),
    )
    needed = ebf.money_needed(
        ebf.read_units(state), ebf.law(2022), 0.65, 2025, growth=ebf.Growth(adequacy_target=0.01)
    )
    assert found.to_text() in result.output
    assert needed.to_text() in result.output
    page, table = tmp_path / "years.html", tmp_path / "years.csv"
    assert run(*asked, "--output", str(page)).exit_code == 0
    assert is_whole_page(page)
    assert run(*asked, "--output", str(table)).exit_code == 0
    assert pd.read_csv(table)["fiscal_year"].tolist() == [2022, 2023, 2024]


def test_a_page_has_the_money_needed_and_that_the_sample_is_invented(tmp_path: Path) -> None:
    page, table = tmp_path / "years.html", tmp_path / "years.csv"
    asked = ("project", "--years", "1", "--level", "0.6", "--by-year", "2023")
    assert run(*asked, "--output", str(page)).exit_code == 0
    written = page.read_text(encoding="utf-8")
    assert "of new money a year" in written
    assert "invented" in written
    beside = run(*asked, "--output", str(table)).output  # what a table of years has no place for
    assert "of new money a year" in beside
    assert "invented" in beside
    assert pd.read_csv(table)["fiscal_year"].tolist() == [2022, 2023]


def test_amounts_of_several_scenarios_are_counted_and_not_projected(
    state: Path, tmp_path: Path
) -> None:
    amounts = tmp_path / "amounts.toml"
    amounts.write_text("new_state_funds = [300000, 400000]\n")
    for asked in ((), ("--lines", "tier_1_target_ratio")):
        shown = run("calculate", str(state), "--amounts", str(amounts), *asked)
        assert shown.exit_code == 0, shown.output
        assert "2 scenarios" in shown.output
    refused = run("project", str(state), "--amounts", str(amounts), "--years", "1")
    assert refused.exit_code == 2
    assert "new_state_funds: found 2 scenarios" in refused.stderr


def test_a_state_without_the_numbers_of_a_summary_shows_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "paid.csv"
    file.write_text(
        "unit_id,name,organization_type,tier,tier_funding,base_funding_paid\n"
        "0100100102600,A,unit,1,5.5,10\n"
        "0100100200400,,elementary,2,7,20\n"
    )
    given = [
        each for name in ("tier", "tier_funding", "base_funding_paid") for each in ("--given", name)
    ]
    shown = run("calculate", str(file), *given)
    assert shown.exit_code == 0, shown.output
    assert "Taken as handed over" in shown.output
    (contribution,) = (each for each in shown.output.splitlines() if "total_state" in each)
    assert all(number in contribution for number in ("42.50", "15.50", "27.00"))


def test_a_unit_without_a_name_and_a_tier_of_a_file(state: Path) -> None:
    rows = state.read_text().replace("[bold]B[/bold]", "").splitlines()
    given = [f"{row},{last}" for row, last in zip(rows, ("tier", 2, 3, 4), strict=True)]
    state.write_text("\n".join(given))
    shown = run("calculate", str(state), *FUNDS)
    assert shown.exit_code == 0, shown.output
    assert "nan" not in shown.output
    assert "2.0 " not in shown.output.partition("Largest")[2]


def test_the_workbooks_own_money_gives_way_to_what_is_asked_for(published: Path) -> None:
    sheet = (str(published / "base_calc.xlsx"), "--sheet", "2022")
    asked = run("calculate", *sheet, "--new-state-funds", "350000000", "--lines", "new_state_funds")
    assert asked.exit_code == 0, asked.output
    assert "350,000,000" in asked.output
    assert "300,000,000" in run("calculate", *sheet, "--lines", "new_state_funds").output
    sweep = run(
        "sweep", *sheet, "--grid", "new_state_funds=3e8,4e8", "--lines", "tier_1_allocation"
    )
    assert sweep.exit_code == 0, sweep.output
    assert "400000000" in sweep.output
    assert run("project", *sheet, "--years", "1").exit_code == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--years", "2", "--level", "0.9"), "--by-year: found left out"),
        (("--years", "2", "--by-year", "2024"), "--level: found left out"),
        (("--years", "2", "--growth", "salarys=0.1"), "nearest known: salaries"),
        (("--years", "2", "--growth", "salaries=much"), "NAME=0.02"),
        (("--years", "2", "--growth", "salaries=-1"), "salaries"),
        (("--years", "-2"), "years"),
    ],
)
def test_project_refuses_what_cannot_be(
    options: tuple[str, ...], message: str, state: Path
) -> None:
    result = run("project", str(state), *FUNDS, *options)
    assert result.exit_code == 2, result.output
    assert message in result.stderr


def test_gap_sets_actual_staff_against_the_formula(tmp_path: Path) -> None:
    actual, table = tmp_path / "staff.toml", tmp_path / "gap.csv"
    actual.write_text("nurse = 0.5\n")
    asked = ("gap", "1000196062600", "--actual", str(actual))
    result = run(*asked)
    assert result.exit_code == 0, result.output
    assert "Nurses" in result.output
    assert "Left out" in result.output
    assert "invented" in result.output.splitlines()[-1]
    assert run(*asked, "--output", str(table)).exit_code == 0
    nurse = pd.read_csv(table).set_index("cost_factor").loc["nurse"]
    assert nurse["actual_fte"] == 0.5
    assert nurse["fte_short"] == pytest.approx(nurse["formula_fte"] - 0.5)
    actual.write_text("nurs = 0.5\n")
    refused = run(*asked)
    assert refused.exit_code == 2
    assert "nearest known: nurse" in refused.stderr


def test_legislative_rolls_up_to_districts(state: Path, tmp_path: Path) -> None:
    shares, table = tmp_path / "shares.csv", tmp_path / "districts.csv"
    shares.write_text("chamber,district,unit_id,share\nHouse,7,0100100102600,1\n")
    asked = ("legislative", str(state), *FUNDS, "--coverage", str(shares))
    result = run(*asked)
    assert result.exit_code == 0, result.output
    assert "House, units that are in no district handed over: 2" in result.output
    assert run(*asked, "--output", str(table)).exit_code == 0
    found = pd.read_csv(table).set_index(["chamber", "district"])
    assert found["units"].tolist() == [2, 1]
    page = tmp_path / "districts.html"
    assert run(*asked, "--output", str(page)).exit_code == 0
    assert is_whole_page(page)
    over = run(*asked, "--output", str(shares))
    assert over.exit_code == 2
    assert "which is read" in over.stderr
    shares.write_text("chamber,district,unit_id,share\nHouse,119,0100100102600,1\n")
    refused = run(*asked)
    assert refused.exit_code == 2
    assert "district: found 119; allowed: a district of the House, 1 to 118" in refused.stderr


def test_report_cards_of_all_and_of_one(state: Path, tmp_path: Path) -> None:
    finances, table = tmp_path / "finances.csv", tmp_path / "card.csv"
    finances.write_text(
        "unit_id,general_administration_expenditure,total_expenditure\n0100100102600,30,800\n"
    )
    asked = ("report-card", str(state), *FUNDS, "--finances", str(finances))
    assert run(*asked, "--output", str(table)).exit_code == 0
    assert pd.read_csv(table)["administrative_costs_percent"].dropna().tolist() == [3.75]
    one = run(*asked, "--unit", "0100100102600", "--earlier", f"2021={state}")
    assert one.exit_code == 0, one.output
    assert "Years not in hand: 2020, 2019, 2018, 2017." in one.output
    refused = run(*asked, "--earlier", "state.csv")
    assert "found state.csv; allowed: a year and its file: 2020=state.csv" in refused.stderr
    cards = tmp_path / "cards.csv"
    cards.write_text(
        "RCDTS,District Type,General Administration,Total Expenditures\n"
        "010010010260000,UNIT,30,800\n"
    )
    alone = ("report-card", "--finances", str(cards))
    assert "no year" in CliRunner().invoke(app, alone).stderr
    taken = run(*alone, "--fiscal-year", "2021")
    assert taken.exit_code == 0, taken.output
    assert "report cards of 2021: 1 districts" in taken.output  # nothing of the sample state
    assert "invented" not in taken.output
    since = run(*asked, "--unit", "0100100102600", "--earlier", f"2021={cards}")
    rows = [each.split() for each in since.output.splitlines()]
    assert ["administrative_costs_percent", "3.8", "3.8"] in rows  # that year's, and the card's
    kept = cards.read_text()
    over = CliRunner().invoke(app, [*asked, "--earlier", f"2021={cards}", "--output", str(cards)])
    assert (over.exit_code, cards.read_text()) == (2, kept)
    assert "which is read" in over.stderr
    many = CliRunner().invoke(app, ["report-card", "--similar", "3"])
    assert many.exit_code == 2
    assert "--similar: found 3; allowed: with --unit" in many.stderr
    sample = run("report-card", "--unit", "Larkspurfirth", "--similar", "3")
    assert len([each for each in sample.output.splitlines() if "Unit District 9" in each]) <= 4
    assert "The finances are invented." in " ".join(sample.output.split())


def test_reviews_of_a_file_and_of_the_sample(state: Path, tmp_path: Path) -> None:
    schools, table = tmp_path / "schools.csv", tmp_path / "reviews.csv"
    schools.write_text(
        "school_id,unit_id,year,designation\n1,0100100102600,2024,Targeted\n"
        "2,0100100102600,2024,Exemplary\n3,0100100102600,2024,\n"
    )
    asked = ("reviews", str(schools))

    def alone(*more: str) -> Any:
        return CliRunner().invoke(app, [*asked, *more])

    assert alone("--least-number", "1", "--output", str(table)).exit_code == 0
    found = pd.read_csv(table)
    assert found["share_identified"].tolist() == [0.5]
    assert found["for_review"].tolist() == [True]
    assert alone("--output", str(schools)).exit_code == 2
    beside = run(*asked, "--state", str(state), "--fiscal-year", "2021")
    assert beside.exit_code == 0, beside.output
    assert "those of FY2021" in " ".join(beside.output.split())
    refused = alone("--year", "2021")
    assert refused.exit_code == 2
    assert "another scale" in refused.stderr
    for option in (("--fiscal-year", "2024"), ("--sheet", "Data")):
        refused = alone(*option)
        assert refused.exit_code == 2
        assert f"{option[0]}: found {option[1]}; allowed: with --state" in refused.stderr
    assert "The schools are invented." in run("reviews").output


def test_the_law_about_some_words_alone() -> None:
    found = run("law", "2022", "--about", "CLASS size low-income K-3")
    assert found.exit_code == 0, found.output
    (row,) = [each for each in found.output.splitlines() if each.startswith("core_teacher")]
    assert row.split()[:2] == ["core_teacher.low_income_k_3", "15"]
    refused = run("law", "2022", "--about", "klass")
    assert refused.exit_code == 2
    assert "--about: found 'klass'" in refused.stderr


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("94", "--district: found 94; allowed: a chamber and the number of a district: 'House 94'"),
        ("House of 94.5", "--district: found House of 94.5"),
        ("Assembly 4", "chamber: found 'Assembly'; allowed: House or Senate"),
        ("Senate 60", "number: found 60; allowed: a district of the Senate, 1 to 59"),
    ],
)
def test_what_is_no_legislative_district(
    asked: str, message: str, state: Path, tmp_path: Path
) -> None:
    shares = tmp_path / "shares.csv"
    shares.write_text("chamber,district,unit_id,share\nHouse,7,0100100102600,1\n")
    given = (str(state), *FUNDS, "--coverage", str(shares))
    refused = run("legislative", *given, "--district", asked)
    assert refused.exit_code == 2
    assert message in refused.stderr
    taken = run("legislative", *given, "--district", "house district 7")
    assert taken.output.startswith("House District 7, FY2022: new money\n")


def test_legislative_needs_shares_or_numbers(published: Path) -> None:
    refused = run("legislative")
    assert refused.exit_code == 2
    assert "coverage" in refused.stderr
    taken = run("legislative", str(published / "base_calc.xlsx"), "--sheet", "2022")
    assert taken.exit_code == 0, taken.output
    assert "wholly in the districts of its" in taken.output


def test_without_typer_the_command_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typer", None)
    monkeypatch.delitem(sys.modules, "ebf.doors.command")
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == "ebf: typer is missing: pip install 'illinois-ebf[command]'"


def test_illustrative_salaries_of_a_file_are_said_to_be(two_units: Path, tmp_path: Path) -> None:
    file = tmp_path / "salaries.toml"
    text = (DATA / "sample" / "salaries.toml").read_text()
    file.write_text(re.sub(r"(?s)illustrative = \[.*?\]", 'illustrative = ["assistant"]', text))
    units = tmp_path / "units.csv"
    ebf.sample().units.iloc[:20].to_csv(units, index=False)
    asked = ("--salaries", str(file), "--new-state-funds", "1e6")
    result = run("calculate", str(units), *asked)
    assert result.exit_code == 0, result.output
    assert "Illustrative salaries: assistant\n" in result.output
    unread = run("calculate", str(two_units), "--salaries", str(file))
    assert unread.exit_code == 2
    assert "salaries: found nothing reads it" in unread.stderr


@pytest.fixture
def two_units(tmp_path: Path) -> Path:
    """Two units in a file."""
    file = tmp_path / "state.csv"
    rows = (dollars(1, 1e9, 5e8, 0.5, 1e5), dollars(2, 1e9, 9.5e8, 0.5, 1e5))
    frame_of(rows).to_csv(file, index=False)
    return file


def test_a_projection_goes_on_with_the_years_own_new_money(two_units: Path) -> None:
    """$300 million in FY2022; that of FY2023 is not known."""
    own, same = (
        run("project", str(two_units), "--years", "1", *money)
        for money in ([], ["--new-state-funds", "300000000"])
    )
    other = run("project", str(two_units), "--years", "1", "--new-state-funds", "200000000")
    assert own.exit_code == same.exit_code == other.exit_code == 0
    assert own.output == same.output != other.output
    unknown = run("project", str(two_units), "--years", "1", "--fiscal-year", "2023")
    assert unknown.exit_code == 2
    assert "new_state_funds: found no known value for FY2023" in unknown.stderr


def test_two_releases_of_a_file(two_units: Path, tmp_path: Path) -> None:
    """The second unit's base is new: a cell of an input, and no unit's tier funding."""
    revised, page, cells = (tmp_path / name for name in ("revised.csv", "page.html", "cells.csv"))
    amounts = tmp_path / "amounts.toml"
    amounts.write_text("new_state_funds = 3e5\n")
    rows = (dollars(1, 1e9, 5e8, 0.5, 1e5), dollars(2, 1e9, 9.5e8, 0.5, 1e5, base=7))
    frame_of(rows).to_csv(revised, index=False)
    for output in (page, cells):
        asked = (str(two_units), str(revised), "--amounts", str(amounts), "--output", str(output))
        result = run("releases", *asked)
        assert result.exit_code == 0, result.output
    assert is_whole_page(page)
    assert "state.csv, SHA-256 " in page.read_text(encoding="utf-8")
    assert str(tmp_path) not in page.read_text(encoding="utf-8")
    found = pd.read_csv(cells)
    assert found["column"].tolist() == ["base_funding_minimum"]
    assert found["change"].tolist() == [7]
    same = run("releases", str(two_units), str(two_units), "--amounts", str(amounts))
    assert "Two releases of FY2022: the same, nothing differs" in same.output


def test_two_releases_are_not_written_over(two_units: Path) -> None:
    before = two_units.read_bytes()
    result = run("releases", str(two_units), str(two_units), "--output", str(two_units))
    assert result.exit_code == 2
    assert "which is read" in result.stderr
    assert two_units.read_bytes() == before


def test_extension_of_a_file_and_of_the_invented_districts(tmp_path: Path) -> None:
    shown = CliRunner().invoke(app, ["extension"])
    assert shown.exit_code == 0, shown.output
    assert "The districts are invented." in shown.output
    assert "levy year 2025" in shown.output
    file, table = tmp_path / "levies.csv", tmp_path / "funds.csv"
    ebf.sample_table("levies").to_csv(file, index=False)
    asked = ["extension", str(file), "--levy-year", "2027"]
    refused = CliRunner().invoke(app, asked)
    assert refused.exit_code == 2
    assert "known: levy year 2012 to levy year 2026" in refused.stderr
    index = ["--price-index", "315.605,324.054", "--rate-decimals", "6", "--output", str(table)]
    taken = CliRunner().invoke(app, [*asked, *index])
    assert taken.exit_code == 0, taken.output
    assert {"levy", "ceiling", "extension", "binds"} <= {*pd.read_csv(table)}
    for wrong, words in (
        (["extension", str(file)], "--levy-year"),
        ([*asked, "--price-index", "315"], "--price-index"),
    ):
        refused = CliRunner().invoke(app, wrong)
        assert refused.exit_code == 2
        assert words in refused.stderr


def test_extension_of_one_of_several_sheets(tmp_path: Path) -> None:
    file, levies = tmp_path / "levies.xlsx", ebf.sample_table("levies")
    with pd.ExcelWriter(file) as book:
        for name, some in (("first", levies), ("second", levies.iloc[:1])):
            some.to_excel(book, sheet_name=name, index=False)
    asked = ["extension", str(file), "--levy-year", "2025"]
    taken = CliRunner().invoke(app, [*asked, "--sheet", "second"])
    assert taken.exit_code == 0, taken.output
    assert "Quarry Hill" in taken.output
    assert "Ironbridge" not in taken.output
    for wrong in (asked, [*asked, "--sheet", "third"], ["extension", "--sheet", "second"]):
        assert CliRunner().invoke(app, wrong).exit_code == 2


def test_levy_of_a_rate_or_of_a_file(tmp_path: Path) -> None:
    unit, file, page = "1000196062600", tmp_path / "levy.csv", tmp_path / "levy.html"
    file.write_text("levy_education,levy_tort,current_eav,name\n800000,200000,45000000,My own\n")
    result = CliRunner().invoke(app, ["levy", unit, "--levies", str(file), "--output", str(page)])
    assert result.exit_code == 0, result.output
    assert is_whole_page(page)
    for wrong in ([], ["--rate", "0.03", "--levies", str(file)]):
        refused = CliRunner().invoke(app, ["levy", unit, *wrong])
        assert refused.exit_code == 2
        assert "--levies FILE or --rate RATE" in refused.stderr
    file.write_text("levy_education\n800000\n900000\n")
    refused = CliRunner().invoke(app, ["levy", unit, "--levies", str(file)])
    assert refused.exit_code == 2
    assert "found 2 rows; allowed: the row of one district" in refused.stderr


def test_relief_of_a_file_and_of_the_invented_districts(tmp_path: Path) -> None:
    shown = CliRunner().invoke(app, ["relief"])
    assert shown.exit_code == 0, shown.output
    assert "The table is invented" in shown.output
    file, table = tmp_path / "districts.csv", tmp_path / "applicants.csv"
    ebf.sample_table("relief_grants").to_csv(file, index=False)
    asked = ["relief", str(file), "--fiscal-year", "2020", "--output", str(table)]
    taken = CliRunner().invoke(app, asked)
    assert taken.exit_code == 0, taken.output
    assert "invented" not in taken.output
    assert pd.read_csv(table)["relief_grant"].sum() == 7_570_856.0
    book = tmp_path / "districts.xlsx"
    with pd.ExcelWriter(book) as sheets:
        pd.DataFrame({"a": ["Notes"]}).to_excel(sheets, sheet_name="Notes", index=False)
        ebf.sample_table("relief_grants").to_excel(sheets, sheet_name="Data", index=False)
    asked = ["relief", str(book), "--sheet", "Data", "--fiscal-year", "2020"]
    assert "$7,570,856.00" in CliRunner().invoke(app, asked).output
    for wrong, words in (
        (["relief", str(file)], "--fiscal-year"),
        (["relief", str(file), "--fiscal-year", "2022"], "known: FY2019, FY2020"),
        (["relief", str(file), "--fiscal-year", "2020", "--output", str(file)], "which is read"),
        (["relief", "--sheet", "Data"], "--sheet: found Data; allowed: with a workbook"),
    ):
        refused = CliRunner().invoke(app, wrong)
        assert refused.exit_code == 2
        assert words in refused.stderr


@pytest.mark.parametrize("statute", STATUTES)
def test_lines_numbers_and_readings_of_every_statute_are_listed(statute: str) -> None:
    year = str(STATUTES[statute].years[-1])
    listed = {
        "lines": ["lines", "--fiscal-year", year, "--statute", statute],
        "law": ["law", year, "--statute", statute],
        "readings": ["readings", "--statute", statute],
    }
    for name, asked in listed.items():
        if (name, statute) == ("readings", FUNDING.section):
            continue  # it computes what each moves, tried elsewhere
        result = CliRunner().invoke(app, asked)
        assert result.exit_code == 0, result.output
        assert len(result.output.splitlines()) > 5
    refused = CliRunner().invoke(app, ["readings", "--statute", "2-3.170", "--fiscal-year", "2022"])
    assert refused.exit_code == 2
    assert "--statute" in refused.stderr
