"""The command ``ebf``, also as ``python -m ebf``."""

from __future__ import annotations

import errno
import os
import signal
import sys
from io import TextIOWrapper

FULL_OR_GONE = {errno.EPIPE, errno.ENOSPC, errno.EIO}
KILLED = 128
"""An exit status from here on names the signal that ended the process."""


def main() -> None:
    """Run the command; without its libraries say how to install them."""
    signal.signal(signal.SIGTERM, _leave)
    if isinstance(sys.stdout, TextIOWrapper):  # what the screen's encoding lacks is shown as "?"
        sys.stdout.reconfigure(errors="replace")
    try:
        from ebf.doors.command import app  # noqa: PLC0415 - typer and rich are an extra
    except ModuleNotFoundError as error:
        sys.exit(f"ebf: {error.name} is missing: pip install 'illinois-ebf[command]'")
    try:
        app(prog_name="ebf")
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left unprinted
        where = "standard output: " if error.errno in FULL_OR_GONE else ""
        sys.exit(f"ebf: {where}{error.strerror or error}")


def _leave(number: int, _: object) -> None:
    """An end that was asked for: what is being written is cleared away."""
    sys.exit(KILLED + number)


if __name__ == "__main__":
    main()
