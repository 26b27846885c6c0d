"""A cosmic-ray worker that forks to run the tests, so that numpy and the rest load once."""

from __future__ import annotations

import os
import shlex
import signal
import sys
import tempfile
import time
from pathlib import Path

import cosmic_ray.mutating
import numpy  # noqa: F401, ICN001 - loaded once, like the next
import pandas  # noqa: F401, ICN001
import pyarrow  # noqa: F401, ICN001
import pydantic  # noqa: F401
import pytest
import python_calamine  # noqa: F401
import scipy.stats  # noqa: F401
import typer.testing  # noqa: F401
import xlsxwriter  # noqa: F401
from aiohttp import web
from cosmic_ray.distribution.http import handle_mutate_and_test
from cosmic_ray.work_item import TestOutcome


def run_tests(command: str, timeout: float) -> tuple[TestOutcome, str]:
    """What cosmic-ray's function of this name does, with pytest in forks of this process."""
    said = ""
    for paragraph in command.strip().split("\n\n"):
        passed, said = _in_a_fork(shlex.split(paragraph), timeout)
        if not passed:
            return TestOutcome.KILLED, said
    return TestOutcome.SURVIVED, said


def _in_a_fork(arguments: list[str], timeout: float) -> tuple[bool, str]:
    """Whether the tests pass, and what pytest said."""
    with tempfile.NamedTemporaryFile() as output:
        child = os.fork()
        if not child:
            os.setsid()
            sys.dont_write_bytecode = True
            for stream in (1, 2):
                os.dup2(output.fileno(), stream)
            try:
                os._exit(pytest.main(arguments))
            finally:
                os._exit(1)
        until = time.monotonic() + timeout
        while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0):
            if time.monotonic() > until:
                os.killpg(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return False, "timeout"
            time.sleep(0.01)
        return not ended[1], Path(output.name).read_text(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    assert not any(name.partition(".")[0] == "ebf" for name in sys.modules)
    cosmic_ray.mutating.run_tests = run_tests
    app = web.Application()
    app.add_routes([web.post("/", handle_mutate_and_test)])
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]))  # it runs what it is told
