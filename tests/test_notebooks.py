"""The notebooks: their form in the repository, and what they may use. `.ci/notebooks` runs them."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from checkout import ROOT

import ebf

FOLDER = ROOT / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LINK = re.compile(r"\]\((?P<path>[^)\s:#]+)\)")
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(path: Path, kind: str) -> list[str]:
    content = json.loads(path.read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == kind]


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    import notebook_files  # noqa: PLC0415 - stands in docs/

    return notebook_files


def test_there_is_one_for_each_of_the_analysts_questions() -> None:
    assert [path.stem for path in NOTEBOOKS] == [
        "a_reform",
        "between_two_years",
        "full_funding",
        "levy",
        "one_district",
        "reconciled",
        "reproduce_a_year",
        "uncertainty",
    ]


@every_notebook
def test_a_notebook_stands_in_its_one_form_without_outputs(path: Path, files: Any) -> None:
    text = path.read_text(encoding="utf-8")
    assert files.normal(text) == text, "python docs/notebook_files.py brings it into its form"
    content = json.loads(text)
    assert (content["nbformat"], content["nbformat_minor"]) == (4, 5)
    assert 8 <= len(content["cells"]) <= 25
    ids = [cell["id"] for cell in content["cells"]]
    assert len({*ids}) == len(ids)
    assert all(re.fullmatch(r"[\w-]{1,64}", each) for each in ids)


def test_what_running_made_is_taken_out(files: Any) -> None:
    code = {"cell_type": "code", "id": "a", "source": "1\n", "execution_count": 3}
    run = code | {"metadata": {"collapsed": True}, "outputs": [{"output_type": "stream"}]}
    metadata = {"kernelspec": {"name": "mine"}, "widgets": {}}
    text = json.dumps({"cells": [run], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})
    content = json.loads(files.normal(text))
    (cell,) = content["cells"]
    assert (cell["source"], cell["outputs"], cell["execution_count"]) == (["1"], [], None)
    assert cell["metadata"] == {}
    assert content["metadata"]["kernelspec"]["name"] == "python3"
    assert "widgets" not in content["metadata"]


@every_notebook
def test_a_notebook_begins_with_a_question_and_ends_with_what_it_rests_on(path: Path) -> None:
    words = cells(path, "markdown")
    title = words[0].partition("\n")[0]
    assert title.startswith("# ")
    assert title.endswith("?")
    assert "## What this rests on" in words[-1] or "## What this rests on" in words[-2]
    assert "**On the state's file" in words[-1]
    for text in words:
        for found in LINK.finditer(text):
            assert (FOLDER / found["path"]).is_file(), found[0]


def of_the_library(tree: ast.AST) -> Iterator[str]:
    """The names taken of `ebf`, and the modules imported from within it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            if ast.unparse(node.value) == "ebf" or node.attr.startswith("_"):
                yield node.attr
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (each for each in ast.unparse(node).split() if each.startswith("ebf."))


@every_notebook
def test_a_notebook_uses_public_names_and_checks_what_must_hold(path: Path) -> None:
    tree = ast.parse("\n".join(cells(path, "code")))
    used = {*of_the_library(tree)}
    assert used
    assert used <= {*ebf.__all__}
    assert any(isinstance(node, ast.Assert) for node in ast.walk(tree))


def test_a_private_name_would_be_found() -> None:
    tree = ast.parse("import ebf.show\nfrom ebf.law import x\nledger._plan\nebf.hidden")
    assert {*of_the_library(tree)} == {"ebf.show", "ebf.law", "_plan", "hidden"}


def test_the_shortest_of_them_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the file that it makes it finds every number equal, and the planted one."""
    monkeypatch.delenv("EBF_STATE_FILE", raising=False)
    names: dict[str, Any] = {}
    for cell in cells(FOLDER / "reconciled.ipynb", "code"):
        exec(cell, names)  # noqa: S102 - our own text
    assert names["found"].counts["differ"] == 0
    assert names["mistaken"].differences["column"].tolist() == ["adequacy_target"]
    # 10,000 of core investments, at a Regionalization Factor of 0.9
    assert names["mistaken"].differences["difference"].tolist() == pytest.approx([-9000])


def test_the_site_has_a_page_of_each() -> None:
    pages = (ROOT / "docs" / "pages_of_notebooks.py").read_text(encoding="utf-8")
    assert all(f'"{path.stem}"' in pages for path in NOTEBOOKS)
