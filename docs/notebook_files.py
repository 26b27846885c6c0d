"""The notebooks as files: where they are, and their one form in the repository.

`python docs/notebook_files.py` brings them into it: without what running them made.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent / "notebooks"
METADATA: Final = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebooks() -> list[Path]:
    """Every notebook, in the order of names."""
    return sorted(FOLDER.glob("*.ipynb"))


def normal(text: str) -> str:
    """A notebook's text in the form that the repository has: no outputs, counts or metadata."""
    cells = [_cell(cell) for cell in json.loads(text)["cells"]]
    made = {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    return f"{json.dumps(made, indent=1, ensure_ascii=False)}\n"


def _cell(cell: dict[str, Any]) -> dict[str, Any]:
    source = "".join(cell["source"]).strip("\n").splitlines(keepends=True)
    kept = {"cell_type": cell["cell_type"], "id": cell["id"], "metadata": {}, "source": source}
    not_run: dict[str, Any] = {"execution_count": None, "outputs": []}
    made = kept | not_run if cell["cell_type"] == "code" else kept
    return dict(sorted(made.items()))


if __name__ == "__main__":
    for path in notebooks():
        path.write_text(normal(path.read_text(encoding="utf-8")), encoding="utf-8")
