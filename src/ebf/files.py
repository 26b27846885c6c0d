"""Files: written whole or not at all; which are read, and how much of them; TOML.

Holds: Writer, BESIDE, write_file, write_files, write_folder, Source, known_sources, HandedOver,
File, source_in, readable, format_of, refusing_broken, check_unpacked, check_cells, read_toml,
flat, flattened.
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
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO, TextIOWrapper
from os import PathLike
from pathlib import Path
from secrets import token_hex
from shutil import copymode, rmtree
from typing import IO, Any, Final, Literal, Self, TypeAlias, overload
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


def write_folder(folder: str | PathLike[str], write: Writer) -> None:
    """Let a folder be written in a hidden one beside its place, then put it there.

    A fault or a kill while writing leaves what was there before. It is then replaced with all
    that is in it, which the caller has looked at: in one step where the system can exchange two
    folders (Linux), else in two, and a kill between them leaves the old one in the hidden folder.
    Links are followed, and the mode stays. Raises OSError, naming the folder, where it cannot be
    written.
    """
    with _naming(Path(folder)) as path:
        path.parent.mkdir(parents=True, exist_ok=True)
        place = path.resolve()
        with _Room(place.parent) as room:
            fresh = room.path / "fresh"
            fresh.mkdir()
            write(fresh)
            if place.exists():
                copymode(place, fresh)
                _exchange(fresh, place)
            else:
                fresh.rename(place)


_HERE: Final = -100
_EXCHANGE: Final = 2
"""Of Linux: paths are from the folder of the process; the two change places."""


def _exchange(fresh: Path, place: Path) -> None:
    """Put a folder in the place of another, which then lies where it was, or beside."""
    from ctypes import CDLL  # noqa: PLC0415 - import ebf stays quick

    try:
        renameat2 = CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):  # another system has none
        is_done = False
    else:
        paths = os.fsencode(fresh), os.fsencode(place)
        is_done = renameat2(_HERE, paths[0], _HERE, paths[1], _EXCHANGE) == 0
    if is_done:
        return
    old = fresh.with_name("old")
    place.rename(old)
    try:
        fresh.rename(place)
    except BaseException:
        old.rename(place)
        raise


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


_DIGEST_SHOWN: Final = 8


@dataclass(frozen=True)
class Source:
    """The file that units were read from: its name and SHA-256, of a workbook the sheet.

    ``released`` is when the sheet says that it was prepared, in its own words.
    """

    file: str
    sha256: str
    sheet: str | None = None
    released: str | None = None

    def __str__(self) -> str:
        """In a sentence; of the digest as much as tells files apart."""
        sheet = "" if self.sheet is None else f", sheet {self.sheet}"
        released = "" if self.released is None else f", released {self.released}"
        return f"{self.file}{sheet}{released}, SHA-256 {self.sha256[:_DIGEST_SHOWN]}…"


def known_sources(**sources: Source | None) -> dict[str, Source]:
    """The files of what was read from one, by what they are to a result."""
    return {name: each for name, each in sources.items() if each is not None}


# The limits keep a file from filling the memory, however it was made. They are far above
# what a state needs; a table larger than them is handed over as a DataFrame.
_MOST_BYTES: Final = 100_000_000
"""Bytes of a file, and of all that it unpacks to."""
_MOST_CELLS: Final = 3_000_000
"""Cells of a table: fifteen states with every column."""


@dataclass(frozen=True)
class HandedOver:
    """The bytes of an open file or an upload, read as a file is."""

    name: str
    content: bytes = field(repr=False)

    @property
    def suffix(self) -> str:
        """The ending of its name."""
        return Path(self.name).suffix

    @overload
    def open(self, mode: Literal["rb"]) -> IO[bytes]: ...
    @overload
    def open(self, *, encoding: str, newline: str | None) -> IO[str]: ...
    def open(
        self, mode: str = "r", *, encoding: str | None = None, newline: str | None = None
    ) -> IO[Any]:
        """Its bytes or its text, from the first on."""
        content = BytesIO(self.content)
        return content if mode == "rb" else TextIOWrapper(content, encoding, newline=newline)

    def __str__(self) -> str:
        """Its name."""
        return self.name


File: TypeAlias = Path | HandedOver


def source_in(file: File, sheet: str | None, released: str | None = None) -> Source:
    """A file as the source of what was read from it."""
    with file.open("rb") as opened:
        return Source(file.name, sha256(opened.read()).hexdigest(), sheet, released)


_LONGEST_PATH: Final = 4_096


def readable(path: Any, allowed: str, most_bytes: int = _MOST_BYTES) -> File:
    """An ordinary file by its path, or what is in an open one; InputError for all else.

    A pipe might never end, nor a device; so they are not opened. Bytes are the content of a
    file, but where they can only be a path.
    """
    if isinstance(path, (bytes, bytearray, memoryview)):
        content = bytes(path)
        if content and len(content) <= _LONGEST_PATH and not re.search(rb"[\r\n\0]", content):
            path = os.fsdecode(content)
        else:
            return _handed_over("bytes", content, allowed, most_bytes)
    elif hasattr(path, "read") or (hasattr(path, "read_bytes") and not isinstance(path, PathLike)):
        return _handed_over(*_content(path, allowed, most_bytes), allowed, most_bytes)
    try:
        file = Path(path)
        file = file.expanduser() if file.parts[:1] and file.parts[0].startswith("~") else file
        found = file.stat()
    except TypeError as error:
        how = f"the path of {allowed}, its bytes, or such a file opened as 'rb'"
        raise InputError([unreadable(Place(file=described(path)), described(path), how)]) from error
    except (OSError, ValueError, RuntimeError) as error:  # no home for ~ is a RuntimeError
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError([unreadable(Place(file=str(path)), reason, allowed)]) from error
    if not stat.S_ISREG(found.st_mode):
        what = "a folder" if stat.S_ISDIR(found.st_mode) else "a pipe or device"
        raise InputError([unreadable(Place(file=str(file)), what, allowed)])
    _check_size(str(file), found.st_size, most_bytes)
    return file


def _content(opened: Any, allowed: str, most_bytes: int) -> tuple[str, bytes]:
    """The name of an open file, and what is left to read of it."""
    said = getattr(opened, "name", None)
    name = Path(said).name if isinstance(said, str) else "the open file"
    try:
        can_read = hasattr(opened, "read")
        content = opened.read(most_bytes + 1) if can_read else opened.read_bytes()
    except Exception as error:
        raise InputError([unreadable(Place(file=name), str(error), allowed)]) from error
    if isinstance(content, str):
        return name, content.encode()
    if not isinstance(content, bytes):
        if hasattr(content, "close"):  # what is to be awaited
            content.close()
        fix = "an upload is handed over as upload.file, or as the bytes of await upload.read()"
        found = f"what reads as {type(content).__name__}"
        raise InputError([unreadable(Place(file=name), found, "bytes", fix=fix)])
    return name, content


def _handed_over(name: str, content: bytes, allowed: str, most_bytes: int) -> HandedOver:
    _check_size(name, len(content), most_bytes)
    if not content:
        fix = "an open file that was read before is at its end: file.seek(0)"
        raise InputError([unreadable(Place(file=name), "nothing to read", allowed, fix=fix)])
    return HandedOver(name, content)


def _check_size(name: str, size: int, most_bytes: int) -> None:
    if size > most_bytes:
        most = f"at most {most_bytes:,} bytes"
        raise InputError([too_large(Place(file=name), f"{size:,} bytes", most)])


_CSV, _PARQUET, _WORKBOOK = ".csv", ".parquet", ".xlsx"
_READ_AS: Final = {_CSV: _CSV, _PARQUET: _PARQUET, _WORKBOOK: _WORKBOOK, ".xlsm": _WORKBOOK}
_BEGINNINGS: Final[dict[bytes, tuple[str, str]]] = {
    b"PAR1": (_PARQUET, ""),
    b"%PDF": ("a PDF", "take the table from its source, as .xlsx or .csv"),
    b"\x1f\x8b": ("a file packed by gzip", "unpack it"),
    b"\x7b\x5c\x72\x74": ("a document of a word processor", "save the table as .csv"),
}
_IN_ARCHIVES: Final = {
    b"xl/workbook.xml": (_WORKBOOK, ""),
    b"xl/workbook.bin": ("an .xlsb file", "save it as .xlsx"),
    b"opendocument.spreadsheet": ("an .ods file", "save it as .xlsx"),
    b"word/document.xml": ("a .docx file", "save its table as .xlsx or .csv"),
    b"Index/Document.iwa": ("a .numbers file", "export it as .xlsx or .csv"),
}
_ZIP: Final = b"PK\x03\x04"
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def format_of(file: File, allowed: str) -> str:
    """``.csv``, ``.parquet`` or ``.xlsx``, by what is in the file and by its ending.

    Raises InputError for another ending, for another format, and for one under the ending of
    another: each with what to save it as.
    """
    ending = file.suffix.lower()
    with refusing_broken(file), file.open("rb") as opened:
        content = opened.read(_LONGEST_PATH)
        if content.startswith((_ZIP, _OLD_OFFICE)):  # what they hold stands at their end
            content += opened.read()
    found, fix = _found_in(content)
    place = Place(file=str(file))
    if fix:
        raise InputError([unreadable(place, found, allowed, fix=fix)])
    if isinstance(file, HandedOver) and ending not in _READ_AS:
        return found or _CSV
    if ending not in _READ_AS:
        said = f"a file ending in {ending!r}" if ending else "a file without an ending"
        fix = f"name it {file.name}{found}" if found and not ending else ""
        fix = "a table with commas is named .csv" if _is_text(content) else fix
        raise InputError([unreadable(place, said, allowed, fix=fix)])
    expected = _READ_AS[ending]
    if found not in {"", expected} or (not found and expected == _WORKBOOK and _is_text(content)):
        what = f"a {found} file" if found else "text"
        fix = f"name it as it is: {found or _CSV}"
        raise InputError([unreadable(place, what, f"what ends in {ending}", fix=fix)])
    return expected


def _found_in(content: bytes) -> tuple[str, str]:
    """The format that the bytes show, empty where they show none; and what to do about it."""
    for beginning, said in _BEGINNINGS.items():
        if content.startswith(beginning):
            return said
    if content.startswith(_ZIP):
        for name, said in _IN_ARCHIVES.items():
            if name in content:
                return said
        return "a .zip archive that is no workbook", "unpack it, and hand over the file in it"
    if content.startswith(_OLD_OFFICE):
        is_locked = "EncryptedPackage".encode("utf-16-le") in content
        locked = "a workbook with a password", "save it without one, as .xlsx"
        return locked if is_locked else ("an .xls file", "save it as .xlsx")
    if re.match(rb"(?i)(\xef\xbb\xbf)?\s*<(!doctype html|html|table|\?xml)", content):
        return "a web page, or XML", "open it in a spreadsheet program, and save it as .xlsx"
    return "", ""


def _is_text(content: bytes) -> bool:
    return bool(content) and not re.search(rb"[\0-\x08\x0e-\x1f]", content[:_LONGEST_PATH])


@contextmanager
def refusing_broken(file: File) -> Iterator[None]:
    """Whatever fails while the file is read is an InputError that names it."""
    try:
        yield
    except (InputError, ImportError):
        raise
    except Exception as error:  # a broken file fails in its library's own ways
        reason = getattr(error, "strerror", None) or str(error) or "what no library can read"
        allowed, fix = "a whole, readable file", "open it in its program, and save it anew"
        raise InputError([unreadable(Place(file=str(file)), reason, allowed, fix=fix)]) from error


def check_unpacked(file: File, size: int) -> None:
    """Refuse a file that unpacks to so many bytes."""
    if size > _MOST_BYTES:
        found, allowed = f"{size:,} bytes unpacked", f"at most {_MOST_BYTES:,}"
        raise InputError([too_large(Place(file=str(file)), found, allowed)])


def check_cells(file: File, count: int) -> None:
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


def read_toml(path: str | PathLike[str] | bytes | IO[bytes]) -> dict[str, Any]:
    """The content of a TOML file; InputError where it cannot be read."""
    file = readable(path, "a TOML file", _MOST_BYTES_OF_TOML)
    place = Place(file=str(file))
    try:
        with file.open("rb") as opened:
            text = _decoded(opened.read(), place)
        keys = _BETWEEN_KEYS.split(_TEXT_OR_COMMENT.sub("", text))
        if max(each.count(".") for each in keys) >= _MOST_PARTS:
            message = f"a key of more than {_MOST_PARTS} parts"
            raise ValueError(message)  # noqa: TRY301 - one fault for all that is no such file
        return tomllib.loads(text)
    except InputError:
        raise
    except (OSError, ValueError, RecursionError) as error:  # whole numbers may be too long, too
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError([unreadable(place, reason, "a TOML file")]) from error


def _decoded(content: bytes, place: Place) -> str:
    """The text, its lines ended as Python's are; a byte-order mark is none of it."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        is_wide = content[:2] in {b"\xff\xfe", b"\xfe\xff"}
        byte = f"the byte {content[error.start]:#04x}, which is not UTF-8"
        found = "UTF-16" if is_wide else byte
        raise InputError(
            [unreadable(place, found, "a TOML file in UTF-8", fix="save it as UTF-8")]
        ) from error
    if "\0" in text:
        found = "a character of code 0, as in UTF-16"
        raise InputError([unreadable(place, found, "a TOML file in UTF-8", fix="save it as UTF-8")])
    return text.replace("\r\n", "\n").replace("\r", "\n")


def flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Amount]]:
    """The values of nested tables, by dotted names."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def flattened(path: File, tree: Mapping[str, Any]) -> dict[str, Amount]:
    """The values of nested tables of a file, by dotted names; InputError for a name twice."""
    pairs = list(flat(tree))
    twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    if twice:
        raise InputError(
            repeated(Place(file=str(path), column=name), "the name twice", "once") for name in twice
        )
    return dict(pairs)
