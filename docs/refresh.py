"""Write anew what the commands and examples of pages print: `python docs/refresh.py docs/*.md`."""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import shlex
import sys
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from ebf.doors.command import app

BLOCK = re.compile(r"(?m)^```console\n\$ ebf (?P<command>.*)\n(?P<output>(?:(?!```).*\n)*)```$")
PYTHON = re.compile(r"(?ms)^```pycon\n(?P<examples>.*?)^```$")


def printed(command: str) -> str:
    """What the command prints."""
    return CliRunner().invoke(app, shlex.split(command), catch_exceptions=False).output


def rerun(examples: str, names: dict[str, Any]) -> str:
    """Examples with what they print now; ``names`` is what the page has defined."""
    lines = []
    for example in doctest.DocTestParser().get_examples(examples):
        first, *more = example.source.rstrip("\n").split("\n")
        lines += [f">>> {first}", *(f"... {each}" for each in more)]
        told = io.StringIO()
        with contextlib.redirect_stdout(told):
            exec(compile(example.source, "page", "single"), names)  # noqa: S102 - our own page
        lines += told.getvalue().splitlines()
    return "\n".join(lines)


def refreshed(page: str) -> str:
    """The page with the output of every command and example as it is now."""
    names: dict[str, Any] = {}
    page = BLOCK.sub(
        lambda block: f"```console\n$ ebf {block['command']}\n{printed(block['command'])}```", page
    )
    return PYTHON.sub(lambda block: f"```pycon\n{rerun(block['examples'], names)}\n```", page)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(refreshed(path.read_text(encoding="utf-8")), encoding="utf-8")
