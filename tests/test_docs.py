"""The pages of docs/: what they show is what the commands print."""

from __future__ import annotations

import doctest
import importlib.util
import re
from collections import Counter
from pathlib import Path
from types import ModuleType

import depth
import pytest
from checkout import ROOT
from corruption import sheet, workbook_of
from sample_states import one_of

import ebf
from ebf.doors.command import app
from ebf.language.evidence import Kind

DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def refresh() -> ModuleType:
    """The script that writes the pages anew."""
    spec = importlib.util.spec_from_file_location("refresh", DOCS / "refresh.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_module_lists_what_it_holds(refresh: ModuleType) -> None:
    stale = [
        file.name
        for file in refresh.modules()
        if file.read_text(encoding="utf-8") != refresh.held(file.read_text(encoding="utf-8"))
    ]
    assert not stale, "`python docs/refresh.py` writes the lists anew"


def test_the_page_of_the_house_has_every_room_and_module(refresh: ModuleType) -> None:
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    rooms = {each.parent.name for each in refresh.SOURCES.glob("*/__init__.py")}
    assert {found["room"] for found in refresh.MODULES.finditer(page)} == rooms
    for found in refresh.MODULES.finditer(page):
        assert refresh.listed(found["room"]) in found.group(), "`python docs/refresh.py`"
    assert all(f"| `{room}/` |" in page for room in rooms)


def test_the_page_of_readings_has_every_one_and_what_its_alternatives_move(
    refresh: ModuleType,
) -> None:
    page = (DOCS / "readings.md").read_text(encoding="utf-8")
    assert f"<!-- readings -->\n{refresh.readings_listed()}\n<!-- end -->" in page, (
        "`python docs/refresh.py`"
    )


def test_the_readmes_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Block after block, in a folder with the files that it names."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"(?ms)^```python\n(.*?)^```$", text)
    assert len(blocks) == text.count("```python") > 4
    monkeypatch.chdir(tmp_path)
    units, law = ebf.sample()
    some = one_of(depth.SAMPLE_IN_WORKBOOKS, units)
    monkeypatch.setattr(
        ebf, "sample", lambda: ebf.State(some, law.with_amounts(new_state_funds=300e6))
    )
    Path("amounts.toml").write_text("gifted = 90\n[tier_1]\nshare = 0.5\n", encoding="utf-8")
    Path("FY22-EBF-Full-Calc-Revised.xlsx").write_bytes(workbook_of(sheet()))
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "README.md", "exec"), names)  # noqa: S102 - our own page
    assert {"units.csv", "statewide.json"} == {each.name for each in Path("out").iterdir()}
    assert Path("state.xlsx").is_file()


def test_the_readme_says_how_sure_how_many_lines_are() -> None:
    kinds = Counter(line.evidence.kind for line in ebf.law(2022).lines.values())
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    verified, guide, law = (kinds[kind] for kind in Kind)
    said = f"as read: {verified}, {guide} and {law} of FY2022's {kinds.total()}."
    assert said in text


def test_the_readme_names_every_command_and_every_page_for_users() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = [each.name for each in app.registered_commands]
    unnamed = [name for name in commands if not re.search(rf"(?m)^ebf {name}\b", text)]
    assert commands
    assert not unnamed
    of_the_house = {"architecture.md", "mutation.md", "service.md", "words.md"}
    assert not [page for page in PAGES if f"docs/{page}" not in text and page not in of_the_house]
    said = text[text.index("## What it does not do") :]
    assert not [title for title in ("Relief", "tax-rate", "report card") if title in said]


@pytest.mark.parametrize("page", ["audit.md"])
def test_a_page_shows_what_its_commands_print(page: str, refresh: ModuleType) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    blocks = list(refresh.BLOCK.finditer(text))
    assert len(blocks) == text.count("$ ebf ")
    assert blocks
    for block in blocks:
        shown, printed = map(of_any_width, (block["output"], refresh.printed(block["command"])))
        assert shown == printed, block["command"]


def of_any_width(words: str) -> str:
    """The words without what versions of rich set their tables with: the last column's width."""
    return re.sub(r"(?<=\S) +", " ", re.sub("─+", "─", words))


PAGES = sorted(page.name for page in DOCS.glob("*.md"))


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page_give_what_it_shows(page: str, refresh: ModuleType) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    blocks = refresh.PYTHON.findall(text)
    assert len(blocks) == text.count("```pycon")
    example = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, page, page, 0)
    told: list[str] = []
    flags = doctest.NORMALIZE_WHITESPACE
    doctest.DocTestRunner(optionflags=flags, verbose=False).run(example, out=told.append)
    assert not told, "".join(told)
