"""A site in a folder: made by several processes, written whole or not at all, and not twice.

Holds: Told, WrittenSite, write_site.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from hashlib import file_digest, sha256
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for
from os import PathLike
from pathlib import Path
from shutil import copyfile
from signal import SIG_DFL, SIG_IGN, SIGINT, signal
from threading import Thread, current_thread, main_thread
from typing import Any, Final, TypeAlias

from ebf.contents import digest_of
from ebf.data import DATA
from ebf.engine.record import check_one_state
from ebf.faults import (
    SHOWN,
    InputError,
    Place,
    check_type,
    contradiction,
    described,
    out_of_range,
)
from ebf.files import write_folder
from ebf.ledger import Ledger, check_ledger
from ebf.numbers import number_of
from ebf.reports.legislative import Coverage, Legislative, legislative
from ebf.reports.site.pages import Page, Site
from ebf.reports.site.places import Places
from ebf.reports.site.shared import shared
from ebf.show.charts.chart import LIBRARIES, check_libraries
from ebf.units.kept import ALWAYS_KEPT
from ebf.version import version

Told: TypeAlias = Callable[[int, int], object]
"""Told how many pages are made, and how many there are."""

_MANIFEST: Final = "site.json"
_SCHEMA: Final = "ebf/site/1"
_SYNCS_ALL: Final = hasattr(os, "sync")
"""Whether all files together can be written through to the disk, which waits once, not for each."""
_TOGETHER: Final = 8
"""Pages that a process is handed at a time."""


@dataclass(frozen=True)
class WrittenSite:
    """A site that was written: where, how many pages it has, and how many of them were made.

    The others were there, made from the same, and are taken over as they are.
    """

    folder: Path
    pages: int
    made: int


def write_site(
    ledger: Ledger,
    folder: str | PathLike[str],
    *,
    before: Ledger | None = None,
    coverage: Coverage | None = None,
    processes: int | None = None,
    progress: Told | None = None,
) -> WrittenSite:
    """Write a site of a state: a page a unit, county, legislative district, and the state.

    All is static and can be opened from disk: ``index.html`` has the way to every page, and a
    search by name and by any form of id. The numbers of each page stand beside it as JSON.

    The folder is written whole or not at all: beside its place first, then put there. A page
    that was made from the very same (the library, the ledgers, the coverage) and is as it was
    written is taken over. Where anything of them changed all pages are made anew, since one
    number moves the whole state.

    Args:
        ledger: Of one state, with all lines up to tier funding.
        folder: A new or empty folder, or one that holds such a site and nothing else.
        before: An earlier ledger, last year's, to set beside; a unit that it has not stands
            alone.
        coverage: The shares of units in legislative districts, as :func:`ebf.legislative` takes
            them. None: by the districts' numbers of the Base Calc sheet; without those either
            there are no pages of districts.
        processes: How many make pages; None is as many as there are cores, 1 this one. Several
            are new ones of Python's: a script calls this below ``if __name__ == "__main__"``.
        progress: Told after some pages how many are made, and of how many.

    Returns:
        Where it is, how many pages it has, and how many were made.

    Raises:
        InputError: for several scenarios, a ledger that lacks lines, or faults of the coverage;
            for a folder with anything else in it, which is left as it is; without the extra
            ``charts``.
        OSError: where the folder cannot be written.
    """
    check_libraries()
    many = _processes(processes)
    for name, each in (("ledger", ledger), ("before", before)):
        if each is not None:
            check_type(name, each, Ledger, "a ledger: ebf.calculate(...)")
            check_one_state(each)
    check_ledger(ledger)
    site = Site(Places(ledger, _districts(ledger, coverage)), before)
    target = Path(folder)
    old = _site_in(target)
    made_from = _digest(site)
    every = tuple(site.pages)
    kept = _kept(target, old) if old is not None and old.made_from == made_from else {}
    missing = [page for page in every if not {*page.files} <= kept.keys()]
    if progress is not None:
        progress(len(every) - len(missing), len(every))
    names = {name for page in every for name in page.files}
    if missing or not names.union(shared(site.places)) <= kept.keys():
        here = {name: each for name, each in kept.items() if name in names}
        write = partial(_write, site, made_from, target, here, missing, many, progress)
        write_folder(target, write)
    return WrittenSite(target, len(every), len(missing))


def _processes(said: int | None) -> int:
    """How many processes are meant."""
    if said is None:
        return _cores()
    check_type("processes", said, int, "a whole number, or None for as many as there are cores")
    if isinstance(said, bool) or said < 1:
        fault = out_of_range(Place(argument="processes"), described(said), "1 or more")
        raise InputError([fault])
    return said


def _cores() -> int:
    """The cores that this process may use, as far as the system says it."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _districts(ledger: Ledger, coverage: Coverage | None) -> Legislative | None:
    """The ledger by legislative district; None where nothing says who is in which."""
    if coverage is None:
        numbers = (each for name in ALWAYS_KEPT for each in _kept_cells(ledger, name))
        if not any(number_of(each) is not None for each in numbers):
            return None
    return legislative(ledger, coverage)


def _kept_cells(ledger: Ledger, name: str) -> Sequence[Any]:
    cells = ledger.table.kept.get(name)
    found: list[Any] = [] if cells is None else cells.ravel().tolist()
    return found


# --- What is there ---------------------------------------------------------------------


@dataclass(frozen=True)
class _Manifest:
    """What a site says of itself: a digest of what it was made from, and of every file."""

    made_from: str
    files: Mapping[str, str]

    @property
    def text(self) -> str:
        """As it is written."""
        about = {"schema": _SCHEMA, "version": version(), "made_from": self.made_from}
        return json.dumps(about | {"files": dict(sorted(self.files.items()))}, indent=1) + "\n"


def _site_in(folder: Path) -> _Manifest | None:
    """What the site in a folder says of itself; None where there is nothing.

    Raises InputError where there is anything that is not of a site: nothing of it is lost.
    """
    place = Place(argument="folder", file=str(folder))
    fix = "name another folder, or move what is in it away"
    if not folder.exists():
        return None
    if not folder.is_dir():
        raise InputError([contradiction(place, "a file", "a folder", fix="name another")])
    there = sorted(_files_in(folder))
    if not there:
        return None
    manifest = _manifest_in(folder)
    if manifest is None:
        found = f"a folder with {there[0]} in it, which is no site written before"
        allowed = "a new or empty folder, or a site to write anew"
        raise InputError([contradiction(place, found, allowed, fix=fix)])
    strange = [name for name in there if name not in manifest.files and name != _MANIFEST]
    if strange:
        some = ", ".join(strange[:SHOWN])
        found = f"a site with files that are not of it: {some}"
        fix = "move them away, or name another folder"
        raise InputError([contradiction(place, found, "a site and nothing else", fix=fix)])
    return manifest


def _files_in(folder: Path) -> Iterator[str]:
    """Everything in a folder that is no folder, or an empty one."""
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_dir() or not any(path.iterdir()):
            yield path.relative_to(folder).as_posix()


def _manifest_in(folder: Path) -> _Manifest | None:
    """What a site says of itself; None for what is none."""
    try:
        said = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        is_one = said["schema"] == _SCHEMA
        files = {str(name): str(digest) for name, digest in said["files"].items()}
        return _Manifest(str(said["made_from"]), files) if is_one else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _kept(folder: Path, manifest: _Manifest) -> dict[str, str]:
    """The files of a site that are as they were written, with their digests."""
    return {
        name: said for name, said in manifest.files.items() if _digest_at(folder / name) == said
    }


def _digest_at(path: Path) -> str | None:
    if path.is_symlink() or not path.is_file():
        return None
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _digest(site: Site) -> str:
    """A digest of all that the pages are made from, the library among it."""
    districts = site.places.districts
    ledgers = [each.digest for each in (site.places.ledger, site.before) if each is not None]
    parts = None if districts is None else [_rows(districts), districts.assumptions]
    return digest_of([_SCHEMA, _library(), ledgers, parts])


def _rows(districts: Legislative) -> list[Any]:
    """The shares of the units in the districts, a row each."""
    return [*districts.parts.reset_index().itertuples(index=False, name=None)]


def _library() -> list[str]:
    """The versions of what makes pages, and a digest of the code, which a checkout changes."""
    versions = [version(), *map(_version, LIBRARIES)]
    code = Path(__file__).parents[2]
    made = sha256()
    for folder in dict.fromkeys((code, DATA)):
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".py", ".css", ".js", ".toml", ".json"}:
                made.update(f"{path.relative_to(folder)}".encode())
                made.update(path.read_bytes())
    return [*versions, made.hexdigest()]


def _version(library: str) -> str:
    with suppress(PackageNotFoundError):
        return version_of(library.replace("vl_convert", "vl-convert-python"))
    return "unknown"


# --- Writing ---------------------------------------------------------------------------


def _write(
    site: Site,
    made_from: str,
    target: Path,
    kept: Mapping[str, str],
    missing: Sequence[Page],
    processes: int,
    progress: Told | None,
    fresh: Path,
) -> None:
    """Write all of a site into a fresh folder."""
    files = dict(kept)
    for name in kept:
        (fresh / name).parent.mkdir(exist_ok=True)
        _take_over(target / name, fresh / name)
    for name, content in shared(site.places).items():
        files[name] = _put(fresh / name, content)
    done = len(kept) // 2
    for found in _made(site, fresh, missing, processes):
        files |= found
        done += len(found) // 2
        if progress is not None:
            progress(done, len(kept) // 2 + len(missing))
    _put(fresh / _MANIFEST, _Manifest(made_from, files).text)
    if _SYNCS_ALL:
        os.sync()


def _take_over(there: Path, here: Path) -> None:
    """A file of the old site in the new: the same one, or where a disk cannot, a copy."""
    try:
        os.link(there, here)
    except OSError:
        copyfile(there, here)


def _put(path: Path, content: str) -> str:
    """Write a file; the digest of it."""
    written = content.encode()
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        file.write(written)
        if not _SYNCS_ALL:
            file.flush()
            os.fsync(file.fileno())
    return sha256(written).hexdigest()


def _made(
    site: Site, fresh: Path, pages: Sequence[Page], processes: int
) -> Iterator[dict[str, str]]:
    """The files of the pages, made here or by several processes, some at a time."""
    some = [pages[at : at + _TOGETHER] for at in range(0, len(pages), _TOGETHER)]
    if processes == 1 or len(some) <= 1:
        yield from (_files(site, fresh, each) for each in some)
        return
    begin = (_begin, (site, fresh))
    spawn = get_context("spawn")  # a fork would have locks that no thread of it opens
    pool = ProcessPoolExecutor(min(processes, len(some)), spawn, *begin)
    try:
        waiting: set[Future[dict[str, str]]]
        with _interrupts_ignored():
            waiting = {pool.submit(_work, each) for each in some}
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for each in done:
                yield each.result()
    except BrokenProcessPool as error:
        error.add_note(
            "a process that makes pages ended, or could not begin: a script calls "
            'ebf.write_site below `if __name__ == "__main__":`, or with processes=1'
        )
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _files(site: Site, fresh: Path, pages: Sequence[Page]) -> dict[str, str]:
    """The files of some pages with their digests, written."""
    found: dict[str, str] = {}
    for page in pages:
        try:
            contents = page.content(site)
        except InputError as error:
            raise _named(error, page) from error
        except Exception as error:
            error.add_note(f"on the page {page.files[0]}")
            raise
        for name, content in zip(page.files, contents, strict=True):
            found[name] = _put(fresh / name, content)
    return found


def _named(error: InputError, page: Page) -> InputError:
    """The faults, each with the unit that the page is of."""
    if page.unit_id is None:
        return error
    return InputError(
        replace(fault, place=replace(fault.place, unit=fault.place.unit or page.unit_id))
        for fault in error.faults
    )


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """What begins here never hears of an interrupt: this process does, and ends the others."""
    if current_thread() is not main_thread():  # which may not say so
        yield
        return
    before = signal(SIGINT, SIG_IGN)
    try:
        yield
    finally:
        signal(SIGINT, before if before is not None else SIG_DFL)


# --- In another process ------------------------------------------------------------------

_given: list[tuple[Site, Path]] = []
"""What a process of a pool was given at its beginning."""


def _begin(site: Site, fresh: Path) -> None:
    """Keep what every page is made from; leave interrupts to the first process."""
    signal(SIGINT, SIG_IGN)
    _given[:] = [(site, fresh)]
    Thread(target=_end_with_the_first, daemon=True).start()


def _end_with_the_first() -> None:
    """End this process where the one that began it was killed."""
    first = parent_process()
    if first is not None:
        wait_for([first.sentinel])
        os._exit(1)


def _work(pages: Sequence[Page]) -> dict[str, str]:
    ((site, fresh),) = _given
    return _files(site, fresh, pages)
