"""The pages of docs/: what they show is what the commands print."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).parents[1] / "docs"


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
