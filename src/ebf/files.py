"""Files written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import TypeAlias

Writer: TypeAlias = Callable[[Path], object]


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
