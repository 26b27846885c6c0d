"""Files: written whole or not at all; which are read, and how much of them; TOML.

Holds: Writer, BESIDE, write_file, write_files, readable, refusing_broken, check_unpacked,
check_cells, read_toml, flat, flattened.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from os import PathLike
from pathlib import Path
from secrets import token_hex
from shutil import copymode, rmtree
from typing import Any, Final, Self, TypeAlias
from weakref import finalize

from ebf.faults import InputError, Place, described, repeated, too_large, unreadable
from ebf.numbers import Amount

Writer: TypeAlias = Callable[[Path], object]

# --- Written -----------------------------------------------------------------

BESIDE = ".writing-"
"""How the hidden folders begin in which files are written; one that stays behind a process
killed by force may be deleted."""


def write_file(path: str | PathLike[str], write: Writer) -> None:
    """Write one file as :func:`write_files` does."""
    place = Path(path)
    write_files(place.parent, {place.name: write})


def write_files(folder: str | PathLike[str], writers: Mapping[str, Writer]) -> None:
    """Write all files beside their places first, then move each into place.

    A fault or a kill while writing leaves what was there before. Links are followed,
    and a file that is replaced keeps its mode. Raises OSError, naming the file, where
    it cannot be written.
    """
    written: dict[Path, Path] = {}
    with ExitStack() as rooms:
        for name, write in writers.items():
            with _naming(Path(folder, name)) as path:
                place = _place(path)
                beside = rooms.enter_context(_Room(place.parent)).path / name
                write(beside)
                with beside.open("rb+") as file:
                    os.fsync(file.fileno())
                if place.exists():
                    copymode(place, beside)
            written[place] = beside
        for place, beside in written.items():
            with _naming(place):
                beside.replace(place)


class _Room:
    """A hidden folder in a folder, made here and removed with all that is in it.

    That it is to be removed is known before it is made, and whatever ends the process in between
    or while it is removed: tempfile's own folders stay where a signal comes just as they are made.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / f"{BESIDE}{token_hex(8)}"
        self._remove = finalize(self, rmtree, self.path, ignore_errors=True)
        self.path.mkdir(0o700)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._remove()
        finally:
            rmtree(self.path, ignore_errors=True)


def _place(path: Path) -> Path:
    """Where the file stands, links followed; an OSError where it cannot be replaced."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = path.stat().st_mode
    except FileExistsError:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from None
    except FileNotFoundError:
        return path.resolve()
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(mode):
        raise OSError(errno.ENOTSUP, "a device or pipe, not a file that can be replaced")
    path.open("rb+").close()  # a move would replace a file that may not be written
    return path.resolve()


@contextmanager
def _naming(path: Path) -> Iterator[Path]:
    """Any OSError names the file that was to be written, not the one beside it."""
    try:
        yield path
    except OSError as error:
        reason = error.strerror or str(error)
        raise OSError(error.errno or errno.EIO, reason, str(path)) from error


# --- Read --------------------------------------------------------------------

# The limits keep a file from filling the memory, however it was made. They are far above
# what a state needs; a table larger than them is handed over as a DataFrame.
_MOST_BYTES: Final = 100_000_000
"""Bytes of a file, and of all that it unpacks to."""
_MOST_CELLS: Final = 3_000_000
"""Cells of a table: fifteen states with every column."""


def readable(path: Any, allowed: str, most_bytes: int = _MOST_BYTES) -> Path:
    """The path of an ordinary file; InputError for all else, and for more bytes than that.

    A pipe might never end, nor a device; so they are not opened.
    """
    try:
        file = Path(path)
        found = file.stat()
    except (OSError, TypeError, ValueError) as error:
        where = str(path) if isinstance(path, (str, PathLike)) else described(path)
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError([unreadable(Place(file=where), reason, allowed)]) from error
    if not stat.S_ISREG(found.st_mode):
        what = "a folder" if stat.S_ISDIR(found.st_mode) else "a pipe or device"
        raise InputError([unreadable(Place(file=str(file)), what, allowed)])
    if found.st_size > most_bytes:
        most = f"at most {most_bytes:,} bytes"
        raise InputError([too_large(Place(file=str(file)), f"{found.st_size:,} bytes", most)])
    return file


@contextmanager
def refusing_broken(file: Path) -> Iterator[None]:
    """Whatever fails while the file is read is an InputError that names it."""
    try:
        yield
    except (InputError, ImportError):
        raise
    except Exception as error:  # a broken file fails in its library's own ways
        found = f"{type(error).__name__}: {error}"
        raise InputError(
            [unreadable(Place(file=str(file)), found, "a whole, readable file")]
        ) from error


def check_unpacked(file: Path, size: int) -> None:
    """Refuse a file that unpacks to so many bytes."""
    if size > _MOST_BYTES:
        found, allowed = f"{size:,} bytes unpacked", f"at most {_MOST_BYTES:,}"
        raise InputError([too_large(Place(file=str(file)), found, allowed)])


def check_cells(file: Path, count: int) -> None:
    """Refuse a table of so many cells."""
    if count > _MOST_CELLS:
        found, allowed = f"{count:,} cells or more", f"at most {_MOST_CELLS:,}"
        fix = "hand over a DataFrame"
        raise InputError([too_large(Place(file=str(file)), found, allowed, fix=fix)])


# --- TOML ---------------------------------------------------------------------

_MOST_BYTES_OF_TOML: Final = 1_000_000
_MOST_PARTS: Final = 50
"""Parts of a dotted key, of which tomllib keeps every beginning: many would fill the memory."""
_TEXT_OR_COMMENT: Final = re.compile(r""""(?:[^"\\\n]|\\.)*+"?|'[^'\n]*+'?|#[^\n]*+""")
_BETWEEN_KEYS: Final = re.compile(r"[=,\[\]{}\n]")


def read_toml(path: str | PathLike[str]) -> dict[str, Any]:
    """The content of a TOML file; InputError where it cannot be read."""
    file = readable(path, "a TOML file", _MOST_BYTES_OF_TOML)
    try:
        text = file.read_text(encoding="utf-8")
        keys = _BETWEEN_KEYS.split(_TEXT_OR_COMMENT.sub("", text))
        if max(each.count(".") for each in keys) >= _MOST_PARTS:
            message = f"a key of more than {_MOST_PARTS} parts"
            raise ValueError(message)  # noqa: TRY301 - one fault for all that is no such file
        return tomllib.loads(text)
    except (OSError, ValueError, RecursionError) as error:  # whole numbers may be too long, too
        raise InputError([unreadable(Place(file=str(path)), str(error), "a TOML file")]) from error


def flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Amount]]:
    """The values of nested tables, by dotted names."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def flattened(path: Path, tree: Mapping[str, Any]) -> dict[str, Amount]:
    """The values of nested tables of a file, by dotted names; InputError for a name twice."""
    pairs = list(flat(tree))
    twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    if twice:
        raise InputError(
            repeated(Place(file=str(path), column=name), "the name twice", "once") for name in twice
        )
    return dict(pairs)
