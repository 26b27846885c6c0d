"""What tests share."""

from __future__ import annotations

import gc
import zipfile
from collections import OrderedDict
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from checkout import PUBLISHED, needs


@pytest.fixture(scope="session")
def published() -> Path:
    """The folder of the state board's published records."""
    needs("published", PUBLISHED.is_dir(), "the state's published records are not on this machine")
    return PUBLISHED


@pytest.fixture(scope="session", autouse=True)
def commands_made_once() -> Iterator[None]:
    """Typer makes every command anew for each one that is run, which takes longer than most do."""
    from typer.main import get_command  # noqa: PLC0415 - after pytest's settings of warnings

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("typer.testing._get_command", cache(get_command))
        yield


@pytest.fixture(scope="session", autouse=True)
def sheets_read_once() -> Iterator[None]:
    """The same bytes have the same rows: openpyxl reads a sheet of them once for all tests."""
    from ebf.units.sheets import Book  # noqa: PLC0415 - after pytest's settings of warnings

    read = Book.rows
    known: OrderedDict[bytes, list[tuple[Any, ...]]] = OrderedDict()

    def rows(book: Book, name: str) -> list[tuple[Any, ...]]:
        try:
            key = _bytes_of(book, name)
        except Exception:  # noqa: BLE001 - a broken file, which is for the reader to refuse
            return read(book, name)
        if key not in known:
            known[key] = read(book, name)
        known.move_to_end(key)
        while len(known) > SHEETS_KEPT:
            known.popitem(last=False)
        return [*known[key]]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Book, "rows", rows)
        yield


SHEETS_KEPT = 60
"""As many as some of the State Board's full workbooks have; those asked for last."""


def _bytes_of(book: Any, name: str) -> bytes:
    """A digest of what the rows of a sheet are read from: its part, and what is no sheet's."""
    own = book._values[name]._worksheet_path  # noqa: SLF001 - openpyxl's name of the part
    digest = sha256(b"%d" % (book._written is None))  # noqa: SLF001
    with book.file.open("rb") as opened, zipfile.ZipFile(opened) as parts:
        for part in sorted(parts.namelist()):
            if part == own or not part.startswith(("xl/worksheets/", "docProps/")):
                digest.update(part.encode() + sha256(parts.read(part)).digest())
    return digest.digest()


def pytest_collection_finish() -> None:
    """What was imported stays to the end: the collector of garbage need not look at it again."""
    gc.freeze()


def pytest_configure(config: pytest.Config) -> None:
    """Files begin in the order of ``LONGEST``, where pytest-xdist would sort them otherwise."""
    if hasattr(config.option, "loadscopereorder"):  # since pytest-xdist 3.8
        config.option.loadscopereorder = False


LONGEST = (
    "test_workbook",
    "test_outputs",
    "test_exact",
    "test_concurrency",
    "test_properties",
    "test_reference",
    "test_sweep",
    "test_audit",
    "test_bad_files",
    "test_sensitivity",
)
"""Files that take longest, which begin first, so that no process ends long after another."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what tests recorded for the summary, in whichever process they ran."""
    for report in terminalreporter.getreports("passed"):
        for name, words in report.user_properties:
            if name == "summary":
                terminalreporter.write_sep("-", report.nodeid)
                terminalreporter.write_line(str(words))
