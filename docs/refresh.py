"""Write anew what the commands of a page print: `python docs/refresh.py docs/audit.md`."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

from typer.testing import CliRunner

from ebf.command import app

BLOCK = re.compile(r"(?m)^```console\n\$ ebf (?P<command>.*)\n(?P<output>(?:(?!```).*\n)*)```$")


def printed(command: str) -> str:
    """What the command prints."""
    return CliRunner().invoke(app, shlex.split(command), catch_exceptions=False).output


def refreshed(page: str) -> str:
    """The page with the output of every command as it is now."""
    return BLOCK.sub(
        lambda block: f"```console\n$ ebf {block['command']}\n{printed(block['command'])}```", page
    )


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(refreshed(path.read_text(encoding="utf-8")), encoding="utf-8")
