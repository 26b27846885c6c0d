"""What tests share."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from functools import cache
from pathlib import Path

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
