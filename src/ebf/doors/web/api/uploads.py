"""An uploaded file, read in a process of its own that is ended when it takes too long.

Holds: FileAsked, BusyError.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path
from subprocess import DEVNULL
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore
from typing import Final

from anyio import move_on_after, open_process

from ebf.doors.web.api.reading_process import ANSWER, ASKED, FAULTS, UPLOAD
from ebf.doors.web.bounds import MOST_READ, UPLOAD_SECONDS
from ebf.doors.web.refusals import faults_as_json, faults_from_json
from ebf.faults import Fault, InputError, Place, too_large, unreadable

_ROOMS: Final = BoundedSemaphore(MOST_READ)


@dataclass(frozen=True)
class FileAsked:
    """What is said of a file; ``name`` is what it is called in words, and never opened."""

    name: str
    sheet: str | None = None
    fiscal_year: int | None = None
    new_state_funds: float | None = None


class BusyError(Exception):
    """As many files are read as are at a time; come back in some seconds."""

    seconds = 10

    @property
    def content(self) -> str:
        """It as JSON."""
        found, allowed = "others, which are read", f"{MOST_READ} files at a time"
        return faults_as_json([too_large(Place("upload", at="file"), found, allowed)])


async def reconciled(chunks: AsyncIterator[bytes], asked: FileAsked) -> str:
    """The reconciliation of a file, as JSON.

    The file lies in a folder of its own, which is gone when this returns.

    Raises InputError with what is wrong with it; BusyError while others are read.
    """
    if not _ROOMS.acquire(blocking=False):
        raise BusyError
    try:
        with TemporaryDirectory(prefix="ebf-") as folder, move_on_after(UPLOAD_SECONDS) as time:
            return await _read(chunks, asked, Path(folder))
    finally:
        _ROOMS.release()
    assert time.cancelled_caught  # noqa: S101 - there is no other way here
    found, allowed = f"more than {UPLOAD_SECONDS} seconds", "a file that is read sooner"
    raise InputError([too_large(_place(asked), found, allowed)])


async def _read(chunks: AsyncIterator[bytes], asked: FileAsked, folder: Path) -> str:
    with (folder / UPLOAD).open("wb") as file:
        async for chunk in chunks:
            file.write(chunk)
    (folder / ASKED).write_text(json.dumps(asdict(asked)))
    command = [sys.executable, "-m", "ebf.doors.web.api.reading_process", str(folder)]
    # leaving the block, for want of time too, ends the process
    async with await open_process(command, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL) as child:
        await child.wait()
    if (folder / ANSWER).exists():
        return (folder / ANSWER).read_text(encoding="utf-8")
    if (folder / FAULTS).exists():
        raise InputError(faults_from_json((folder / FAULTS).read_text(encoding="utf-8")))
    raise InputError([_broken(asked)])


def _place(asked: FileAsked) -> Place:
    return Place(file=asked.name)


def _broken(asked: FileAsked) -> Fault:
    """A file that ended its process: by its memory, or by what no test has found."""
    return unreadable(_place(asked), "what cannot be read", "a workbook or a table as .csv")
