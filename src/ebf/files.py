"""Files written whole or not at all, and what may be read of them."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

from ebf.faults import Fault, InputError, described

Writer: TypeAlias = Callable[[Path], object]


def readable(path: Any, most_bytes: int, allowed: str) -> Path:
    """The path of an ordinary file; InputError for all else, and for more bytes than that.

    A pipe might never end, nor a device; so they are not opened.
    """
    try:
        file = Path(path)
        found = file.stat()
    except (OSError, TypeError, ValueError) as error:
        where = str(path) if isinstance(path, (str, PathLike)) else described(path)
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError([Fault(where, "file", reason, allowed)]) from error
    if not stat.S_ISREG(found.st_mode):
        what = "a folder" if stat.S_ISDIR(found.st_mode) else "a pipe or device"
        raise InputError([Fault(str(file), "file", what, allowed)])
    if found.st_size > most_bytes:
        most = f"at most {most_bytes:,} bytes"
        raise InputError([Fault(str(file), "file", f"{found.st_size:,} bytes", most)])
    return file


def write_files(folder: str | PathLike[str], writers: Mapping[str, Writer]) -> None:
    """Write all files beside their places first, then move each into place.

    A fault or a kill while writing leaves what was there before. Raises OSError
    where the folder cannot be written.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target, prefix=".writing-") as beside:
        for name, write in writers.items():
            path = Path(beside, name)
            write(path)
            with path.open("rb+") as written:
                os.fsync(written.fileno())
        for name in writers:
            Path(beside, name).replace(target / name)
