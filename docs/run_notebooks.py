"""The notebooks, run from first cell to last: `python docs/run_notebooks.py build/notebooks`.

Each stands in the folder then with its outputs. A cell that fails, or warns, ends the run with its
traceback. Names after the folder are those of the notebooks to run; without any, all.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from notebook_files import notebooks

_QUIET: Final = "--log-level=ERROR"
"""For the kernel, which else says each time that it listens on this machine."""
LONGEST_CELL: Final = 120
"""Seconds after which a cell is given up."""
AT_ONCE: Final = 2
"""Notebooks that are run beside each other, each in a process of its own."""
_STRICT: Final = """
import warnings

warnings.simplefilter("error")
warnings.filterwarnings("ignore", category=PendingDeprecationWarning)  # the kernel's own
"""
"""What is run first: whoever reads the notebook needs no such cell."""


def run(path: Path, folder: Path) -> str:
    """Run a notebook; how long that took. What it made stands in the folder."""
    begun = time.perf_counter()
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(_STRICT))
    try:
        NotebookClient(notebook, timeout=LONGEST_CELL, extra_arguments=[_QUIET]).execute()
    except CellExecutionError as error:
        message = f"{path.name} failed\n{error}"
        raise SystemExit(message) from None
    del notebook.cells[0]
    nbformat.write(notebook, folder / path.name)
    return f"{path.name:28}{time.perf_counter() - begun:6.1f} s"


if __name__ == "__main__":
    _, out, *names = sys.argv
    made = Path(out)
    made.mkdir(parents=True, exist_ok=True)
    asked = [path for path in notebooks() if not names or path.stem in names]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for said in pool.map(partial(run, folder=made), asked):
            print(said, flush=True)  # noqa: T201 - for who runs it
