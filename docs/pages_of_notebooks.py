"""The pages of the site made from the notebooks: with their outputs, where they were run before."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import nbformat
from nbconvert import MarkdownExporter
from notebook_files import notebooks
from pages_of_files import ROOT

RUN: Final = ROOT / "build" / "notebooks"
"""Where `.ci/notebooks` leaves them, run."""
ORDER: Final = (
    "reproduce_a_year",
    "one_district",
    "a_reform",
    "between_two_years",
    "full_funding",
    "uncertainty",
    "reconciled",
    "levy",
)
_NOT_RUN: Final = "This page has code alone: `.ci/notebooks` was not run before the site was built."
_INDEX: Final = """# Notebooks

Each answers one question from beginning to end, on the invented state of the sample, and on the
State Board's file where you have it: set `EBF_STATE_FILE`, or `STATE_FILE` in the first cell. What
they claim of numbers they compute.

"""


def navigation() -> list[str | dict[str, str]]:
    """The entries of the section, in the order of an analyst's questions."""
    return ["notebooks/index.md", *(f"notebooks/{path.stem}.md" for path in _in_order())]


def pages() -> list[tuple[str, str]]:
    """Every page with its place: the list of questions, and a page a notebook."""
    listed = "".join(f"- [{_question(path)}]({path.stem}.md)\n" for path in _in_order())
    made = [(f"notebooks/{path.stem}.md", page(path, RUN / path.name)) for path in _in_order()]
    return [("notebooks/index.md", _INDEX + listed), *made]


def page(path: Path, run: Path) -> str:
    """A notebook as a page: as it was run, if it is the same still; else its code alone."""
    notebook = nbformat.read(path, as_version=4)
    made = nbformat.read(run, as_version=4) if run.exists() else notebook
    is_run = made is not notebook and _sources(made) == _sources(notebook)
    text, _ = MarkdownExporter().from_notebook_node(made if is_run else notebook)
    title, _, rest = text.strip().partition("\n")
    file = f"[As a notebook]({path.name}){{ .md-button download }}"
    note = "" if is_run else f"*{_NOT_RUN}*\n\n"
    return f"{title}\n\n{note}{rest.replace('.ipynb)', '.md)')}\n\n{file}\n"


def _in_order() -> list[Path]:
    """The notebooks in the order of questions; those that have no place in it last."""
    places = {name: place for place, name in enumerate(ORDER)}
    return sorted(notebooks(), key=lambda path: places.get(path.stem, len(places)))


def _sources(notebook: nbformat.NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells]


def _question(path: Path) -> str:
    first: str = nbformat.read(path, as_version=4).cells[0].source
    return first.partition("\n")[0].removeprefix("# ")
