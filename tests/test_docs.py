"""The pages of docs/: what they show is what the commands print."""

from __future__ import annotations

import doctest
import importlib.util
from types import ModuleType

import pytest
from checkout import ROOT

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


@pytest.mark.parametrize("page", ["audit.md"])
def test_a_page_shows_what_its_commands_print(page: str, refresh: ModuleType) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    blocks = list(refresh.BLOCK.finditer(text))
    assert len(blocks) == text.count("$ ebf ")
    assert blocks
    for block in blocks:
        assert block["output"] == refresh.printed(block["command"]), block["command"]


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
