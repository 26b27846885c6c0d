"""Ways out: what is written is whole, or what was there stays as it was.

A full disk is the kernel's limit on the size of a file, which needs no rights. EBF_KILLS
is how many processes each writer is killed in by force; a few, where it is not set.
"""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import depth
import pandas as pd
import pytest
from typer.testing import CliRunner

import ebf
from ebf.data import DATA
from ebf.doors.command import app
from ebf.files import BESIDE, write_file, write_files

resource = pytest.importorskip("resource", reason="this system limits no process's files")

UNITS: Final = 6
MONEY: Final = (3e5, 4e5)
"""New money of the old output and of the new."""
NOBODY: Final = 65534

Write: TypeAlias = Callable[[Path, int], object]


# --- What is written, and what must not be touched --------------------------------


@cache
def units() -> pd.DataFrame:
    units = ebf.sample().units
    return units[units["organization_type"] != "regional_program"].iloc[:UNITS]


@cache
def prepared() -> pd.DataFrame:
    """The same units with what the distribution alone reads, since every column takes its time."""
    lines = ["average_student_enrollment", "adequacy_target", "final_resources"]
    lines += ["local_capacity_percentage", "base_funding_minimum"]
    found = ebf.calculate(units(), ebf.sample().law, lines=lines).units.reset_index()
    return found[["unit_id", "name", "organization_type", *lines]]


@cache
def ledger(which: int) -> ebf.Ledger:
    return ebf.calculate(prepared(), ebf.law(2022, new_state_funds=MONEY[which]))


def swept(folder: Path, which: int) -> None:
    ebf.sweep_to_parquet(prepared(), ebf.law(2022), {"new_state_funds": [MONEY[which]]}, folder)


def compared(file: Path, which: int) -> None:
    ebf.compare(ledger(1 - which), ledger(which)).to_csv(file)


FOLDERS: Final[Mapping[str, Write]] = {
    "csv": lambda folder, which: ledger(which).to_csv(folder),
    "parquet": lambda folder, which: ledger(which).to_parquet(folder),
}
WRITERS: Final[Mapping[str, Write]] = {
    **FOLDERS,
    "workbook": lambda folder, which: ledger(which).to_workbook(folder / "state.xlsx"),
    "comparison": lambda folder, which: compared(folder / "units.csv", which),
}
every_writer = pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS.keys())


def content(folder: Path) -> dict[str, bytes]:
    """Every file below the folder, hidden ones too."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@cache
def plain(write: Write, which: int) -> Mapping[str, bytes]:
    """What the writer writes where nothing is in its way."""
    with tempfile.TemporaryDirectory() as name:
        write(Path(name), which)
        return MappingProxyType(content(Path(name)))


def empty_rooms(folder: Path) -> list[Path]:
    return list(folder.rglob(f"{BESIDE}*"))


@contextmanager
def at_most(size: int) -> Iterator[None]:
    """No file may grow beyond the size, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def failing_at(monkeypatch: pytest.MonkeyPatch, name: str, nth: int, number: int) -> None:
    """Let a function of ``os`` fail at its nth call."""
    left, real = [nth], getattr(os, name)

    def call(*arguments: Any, **options: Any) -> Any:
        left[0] -= 1
        if not left[0]:
            raise OSError(number, os.strerror(number))
        return real(*arguments, **options)

    monkeypatch.setattr(os, name, call)


# --- A full disk -------------------------------------------------------------------


@every_writer
def test_a_full_disk_leaves_the_old_output(write: Write, tmp_path: Path) -> None:
    write(tmp_path, 1)
    largest = max(map(len, content(tmp_path).values()))
    write(tmp_path, 0)
    old = content(tmp_path)
    for size in (0, 1, largest // 2, largest - 1):
        with at_most(size), pytest.raises(OSError, match="too large") as caught:
            write(tmp_path, 1)
        assert Path(caught.value.filename).parent == tmp_path
        assert content(tmp_path) == old
        assert not empty_rooms(tmp_path)
    with at_most(largest):
        write(tmp_path, 1)
    assert content(tmp_path) != old


@every_writer
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_what_the_disk_refuses_late_leaves_the_old_output(
    number: int, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, 0)
    old = content(tmp_path)
    for nth, _ in enumerate(old, start=1):
        with monkeypatch.context() as patched:
            failing_at(patched, "fsync", nth, number)
            with pytest.raises(OSError, match=os.strerror(number)) as caught:
                write(tmp_path, 1)
        assert caught.value.errno == number
        assert Path(caught.value.filename).name in old
        assert content(tmp_path) == old
        assert not empty_rooms(tmp_path)


def test_parts_of_a_sweep_before_a_full_disk_stay_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at_most(1), pytest.raises(OSError, match="too large"):
        swept(tmp_path, 0)
    assert not list(tmp_path.iterdir())
    monkeypatch.setattr("ebf.what_if.batches.ROWS_IN_A_BATCH", UNITS)
    failing_at(monkeypatch, "fsync", 3, errno.ENOSPC)
    with pytest.raises(OSError, match="No space left") as caught:
        ebf.sweep_to_parquet(
            prepared(), ebf.law(2022), {"new_state_funds": [1e5, 2e5, 3e5, 4e5]}, tmp_path
        )
    assert caught.value.filename == str(tmp_path / "part-00000002.parquet")
    assert sorted(content(tmp_path)) == ["part-00000000.parquet", "part-00000001.parquet"]
    assert pd.read_parquet(tmp_path)["scenario"].nunique() == 2


# --- The commands -------------------------------------------------------------------


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("given")
    units().to_csv(folder / "units.csv", index=False)
    (folder / "more.toml").write_text("new_state_funds = 400_000\n")
    (folder / "staff.toml").write_text("nurse = 0.5\n")
    return {
        "units": str(folder / "units.csv"),
        "scenario": str(folder / "more.toml"),
        "actual": str(folder / "staff.toml"),
        "salaries": str(DATA / "sample" / "salaries.toml"),
        "unit": units()["unit_id"].iloc[0],
    }


COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "calculate": ("calculate {units}", "out"),
    "audit": ("audit {unit} {units} --line adequacy_target --depth 0", "audit.txt"),
    "workbook": ("workbook {units} --unit {unit}", "state.xlsx"),
    "compare": ("compare {units} --scenario {scenario}", "change.csv"),
    "compare as a page": ("compare {units} --scenario {scenario}", "change.html"),
    "sweep": ("sweep {units} --grid new_state_funds=1e5,2e5", "sweep.csv"),
    "sweep in parts": ("sweep {units} --grid new_state_funds=1e5,2e5", "parts"),
    "project": ("project {units} --years 1", "years.csv"),
    "gap": ("gap {unit} {units} --actual {actual}", "gap.csv"),
}
every_command = pytest.mark.parametrize(("words", "name"), COMMANDS.values(), ids=[*COMMANDS])


def command(words: str, given: Mapping[str, str], output: Path) -> list[str]:
    asked = [word.format_map(given) for word in words.split()]
    money = ["--new-state-funds", "300000", "--salaries", given["salaries"]]
    money += ["--fiscal-year", "2022"]
    return [*asked, *money, "--output", str(output)]


@every_command
def test_a_command_on_a_full_disk_says_so_in_a_line(
    words: str, name: str, given: Mapping[str, str], tmp_path: Path
) -> None:
    output = tmp_path / name
    asked = command(words, given, output)
    assert CliRunner().invoke(app, asked).exit_code == 0
    written = content(tmp_path)
    assert written
    if name == "parts":  # what is there is not written over, but refused
        assert CliRunner().invoke(app, asked).exit_code == 2
        assert content(tmp_path) == written
        for path in output.iterdir():
            path.unlink()
    old = {each: f"old {each}".encode() for each in content(tmp_path)}
    for each, earlier in old.items():
        (tmp_path / each).write_bytes(earlier)
    for size in (0, 100):
        with at_most(size):
            result = CliRunner().invoke(app, asked)
        assert result.exit_code == 1
        assert isinstance(result.exception, SystemExit)
        said = [line for line in result.stderr.splitlines() if "scenarios" not in line]  # progress
        assert len(said) == 1
        assert said[0].startswith(f"ebf: {output}")
        assert said[0].rstrip("]").endswith("File too large")
        assert content(tmp_path) == old
        assert not empty_rooms(tmp_path)


def process(arguments: list[str], **options: Any) -> subprocess.Popen[str]:
    """A command, which heeds an interrupt also where these tests, in the background, do not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(  # noqa: S603 - our own interpreter
            [sys.executable, "-m", "ebf", *arguments],
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options},
        )
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_screen_redirected_to_a_full_disk_says_so_in_a_line() -> None:
    """The text in one piece, and the tables row by row."""
    audit = ["audit", units()["unit_id"].iloc[0], "--line", "adequacy_target", "--depth", "0"]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        running = [process(each, stdout=full) for each in (audit, ["lines"])]
        for each in running:
            _, said = each.communicate(timeout=60)
            assert said == "ebf: standard output: No space left on device\n"
            assert each.returncode == 1


# --- Ends that are asked for --------------------------------------------------------


def test_an_end_that_is_asked_for_clears_away_what_was_being_written(tmp_path: Path) -> None:
    (tmp_path / "given").mkdir()
    some, salaries = tmp_path / "given" / "units.csv", DATA / "sample" / "salaries.toml"
    ebf.sample().units.iloc[:60].to_csv(some, index=False)
    asked = ["workbook", str(some), "--salaries", str(salaries), "--new-state-funds", "1e7"]
    asked += ["--fiscal-year", "2022"]
    signals = {signal.SIGTERM: 128 + signal.SIGTERM, signal.SIGINT: 128 + signal.SIGINT}
    for number, status in signals.items():
        folder = tmp_path / number.name
        folder.mkdir()
        (folder / "state.xlsx").write_bytes(b"old")
        each = process([*asked, "--output", str(folder / "state.xlsx")])
        until = time.monotonic() + 120
        while not empty_rooms(folder) and each.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        assert empty_rooms(folder), each.communicate()
        each.send_signal(number)
        _, said = each.communicate(timeout=60)
        assert each.returncode == status, said
        assert "Traceback" not in said
        assert content(folder) == {"state.xlsx": b"old"}
        assert not empty_rooms(folder)


@pytest.mark.parametrize("name", ["mkdir", "rmdir"])
def test_an_end_as_the_hidden_folder_is_made_or_removed_leaves_none(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As under load, where the signal comes before the next step."""
    (tmp_path / "file").write_text("old")
    real, before = getattr(os, name), signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))

    def call(path: Any, *arguments: Any, **options: Any) -> None:
        of_folder = BESIDE in str(path)
        if name == "mkdir" or not of_folder:
            real(path, *arguments, **options)
        if of_folder:
            monkeypatch.undo()
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(os, name, call)
    try:
        with pytest.raises(SystemExit):
            write_file(tmp_path / "file", lambda beside: beside.write_text("new"))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert not empty_rooms(tmp_path)
    assert (tmp_path / "file").read_text() in {"old", "new"}


def test_a_break_while_writing_clears_away_what_was_being_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")

    def broken(path: Path) -> None:
        path.write_text("new")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_file(tmp_path / "file", broken)
    assert content(tmp_path) == {"file": b"old"}
    assert not empty_rooms(tmp_path)


# --- Ends by force ------------------------------------------------------------------


@pytest.fixture(scope="module")
def processes() -> Any:
    """Processes that have what they write at hand, and no threads."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["outputs_at_hand", "xlsxwriter", "pyarrow.parquet"])
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", os.pathsep.join(map(str, sys.path)))  # for this module
        begin = context.Process(target=int)
        begin.start()
        begin.join()
    return context


def write_on_and_on(name: str, folder: Path, begun: Event) -> None:
    """Write the old and the new output by turns until killed."""
    for which in (0, 1):
        WRITERS[name](folder, which)
    begun.set()
    while True:
        for which in (0, 1):
            WRITERS[name](folder, which)


def pair_holds(folder: Path) -> bool:
    """Whether statewide.json is of the units beside it."""
    (file,) = folder.glob("units.*")
    statewide = json.loads((folder / "statewide.json").read_text())
    return bool(statewide["units_sha256"] == sha256(file.read_bytes()).hexdigest())


def is_whole(found: Mapping[str, bytes], either: tuple[dict[str, bytes], ...]) -> bool:
    """Whether every file is the old or the new one, and no other is there."""
    return {*found} == {*either[0]} and all(
        found[name] in {each[name] for each in either} for name in found
    )


@every_writer
def test_a_process_killed_at_any_moment_leaves_whole_files(
    write: Write, processes: Any, tmp_path: Path
) -> None:
    name = next(name for name, each in WRITERS.items() if each is write)
    either = []
    started = time.monotonic()
    for which in (0, 1):
        write(tmp_path / str(which), which)
        either.append(content(tmp_path / str(which)))
    assert either[0] != either[1]
    length = time.monotonic() - started
    folder = tmp_path / "out"
    for kill in range(depth.KILLS):
        begun = processes.Event()
        writing = processes.Process(target=write_on_and_on, args=(name, folder, begun))
        writing.start()
        assert begun.wait(60)
        time.sleep(random.Random(kill).uniform(0, length))  # noqa: S311 - any moment will do
        writing.kill()
        writing.join(60)
        assert writing.exitcode == -signal.SIGKILL
        shown = {n: each for n, each in content(folder).items() if not n.startswith(BESIDE)}
        assert is_whole(shown, (either[0], either[1]))
        if name in FOLDERS:
            assert pair_holds(folder) == (shown in either)
    write(folder, 0)
    shown = {n: each for n, each in content(folder).items() if not n.startswith(BESIDE)}
    assert shown == either[0]


def kill_before_the_second_move(name: str, folder: Path) -> None:
    left, move = [2], Path.replace

    def replace(self: Path, target: Path) -> Path:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return move(self, target)

    Path.replace = replace  # type: ignore[method-assign, assignment]
    WRITERS[name](folder, 1)


@pytest.mark.parametrize("name", FOLDERS)
def test_a_kill_between_two_files_can_be_told_and_is_mended_by_the_next_run(
    name: str, processes: Any, tmp_path: Path
) -> None:
    WRITERS[name](tmp_path, 0)
    old = content(tmp_path)
    assert pair_holds(tmp_path)
    writing = processes.Process(target=kill_before_the_second_move, args=(name, tmp_path))
    writing.start()
    writing.join(60)
    assert writing.exitcode == -signal.SIGKILL
    mixed = content(tmp_path)
    assert [each for each in old if mixed[each] != old[each]] == [f"units.{name}"]
    assert not pair_holds(tmp_path)
    left_behind = empty_rooms(tmp_path)
    assert left_behind
    assert all(each.name.startswith(".") for each in left_behind)
    WRITERS[name](tmp_path, 1)
    assert pair_holds(tmp_path)
    again = ebf.read_units(tmp_path / f"units.{name}")
    assert len(again) == UNITS


def test_what_a_killed_sweep_leaves_is_not_taken_for_a_part(tmp_path: Path) -> None:
    room = tmp_path / f"{BESIDE}x"
    room.mkdir()
    (room / "part-00000000.parquet").write_bytes(b"PAR1 no")
    swept(tmp_path, 0)
    assert len(pd.read_parquet(tmp_path)) == UNITS


# --- Two at once ---------------------------------------------------------------------


def write_often(name: str, folder: Path, which: int, begun: Event) -> None:
    WRITERS[name](folder, which)
    begun.wait(60)
    for _ in range(depth.WRITTEN):
        WRITERS[name](folder, which)


@pytest.mark.parametrize("name", ["csv", "parquet", "comparison"])
def test_of_two_that_write_the_same_output_one_is_there_whole(
    name: str, processes: Any, tmp_path: Path
) -> None:
    first, second = (dict(plain(WRITERS[name], which)) for which in (0, 1))
    folder, begun = tmp_path / "out", processes.Event()
    both = [
        processes.Process(target=write_often, args=(name, folder, which, begun)) for which in (0, 1)
    ]
    for each in both:
        each.start()
    begun.set()
    seen = 0
    while any(each.is_alive() for each in both):
        for path in folder.glob("[!.]*"):
            assert path.read_bytes() in {first[path.name], second[path.name]}
            seen += 1
        time.sleep(0.001)  # for those who write
    assert seen
    assert [each.exitcode for each in both] == [0, 0]
    found = content(folder)
    assert is_whole(found, (first, second))
    if name in FOLDERS:
        assert pair_holds(folder) == (found in (first, second))


# --- Places --------------------------------------------------------------------------


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that others may enter."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def without_rights() -> Iterator[None]:
    """As a user that files' modes are for; root's are every file."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@every_writer
def test_a_folder_that_may_not_be_written(write: Write, folder: Path) -> None:
    write(folder, 0)
    old = content(folder)
    folder.chmod(0o555)
    with without_rights(), pytest.raises(PermissionError) as caught:
        write(folder, 1)
    folder.chmod(0o755)
    assert Path(caught.value.filename).name in old
    assert content(folder) == old


@every_writer
def test_a_file_that_may_not_be_written_is_not_replaced(write: Write, folder: Path) -> None:
    write(folder, 0)
    old = content(folder)
    folder.chmod(0o777)
    for name in old:
        (folder / name).chmod(0o666)
    for name in old:
        (folder / name).chmod(0o444)
        with without_rights(), pytest.raises(PermissionError) as caught:
            write(folder, 1)
        assert caught.value.filename == str(folder / name)
        assert content(folder) == old
        assert not empty_rooms(folder)
        (folder / name).chmod(0o666)


@every_writer
def test_a_folder_in_the_place_of_a_file_is_refused_before_any_is_moved(
    write: Write, tmp_path: Path
) -> None:
    write(tmp_path, 0)
    last = [*content(tmp_path)][-1]
    for name in content(tmp_path):
        (tmp_path / name).rename(tmp_path / "aside")
        (tmp_path / name).mkdir()
        old = content(tmp_path)
        with pytest.raises(IsADirectoryError) as caught:
            write(tmp_path, 1)
        assert caught.value.filename == str(tmp_path / name)
        assert content(tmp_path) == old
        assert not empty_rooms(tmp_path)
        (tmp_path / name).rmdir()
        (tmp_path / "aside").rename(tmp_path / name)
    assert (tmp_path / last).is_file()


@every_writer
def test_a_file_in_the_place_of_the_folder(write: Write, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(NotADirectoryError):
        write(tmp_path / "taken", 0)
    with pytest.raises(NotADirectoryError):
        write(tmp_path / "taken" / "below", 0)
    assert content(tmp_path) == {"taken": b"a file"}


@every_writer
def test_missing_folders_are_made_whatever_their_names(write: Write, tmp_path: Path) -> None:
    names = ["two words", "Schüler 学 é", "-output", "x" * 250, "a'b\"c", "%s {}", "tab\tnew\nline"]
    folder = tmp_path.joinpath(*names)
    write(folder, 0)
    assert content(folder) == plain(write, 0)


def test_a_file_of_the_longest_name(tmp_path: Path) -> None:
    file = tmp_path / ("x" * 250 + ".xlsx")
    ledger(0).to_workbook(file)
    assert [*content(tmp_path)] == [file.name]
    with pytest.raises(OSError, match="too long"):
        ledger(0).to_workbook(tmp_path / ("x" * 251 + ".xlsx"))


@every_writer
def test_links_are_followed_and_stay_links(write: Write, tmp_path: Path) -> None:
    real, out = tmp_path / "real", tmp_path / "out"
    new = plain(write, 1)
    for made in (True, False):
        for place in (real, out):
            place.mkdir(exist_ok=True)
        for name in new:
            if made:
                (real / name).write_bytes(b"old")
            (out / name).unlink(missing_ok=True)
            (out / name).symlink_to(Path("..", "real", name))
        write(out, 1)
        assert all((out / name).is_symlink() for name in new)
        assert content(real) == new
        assert not empty_rooms(tmp_path)
        for name in new:
            (real / name).unlink()
    linked = tmp_path / "linked"
    linked.symlink_to(real, target_is_directory=True)
    write(linked, 1)
    assert linked.is_symlink()
    assert content(real) == new


@every_writer
def test_a_link_to_itself_or_to_nowhere_is_refused(write: Write, tmp_path: Path) -> None:
    write(tmp_path, 0)
    name = max(content(tmp_path))
    for target in (name, Path("missing", "file")):
        (tmp_path / name).unlink()
        (tmp_path / name).symlink_to(target)
        with pytest.raises(OSError, match=r"symbolic links|No such") as caught:
            write(tmp_path, 1)
        assert caught.value.filename == str(tmp_path / name)
        assert (tmp_path / name).is_symlink()
        assert not empty_rooms(tmp_path)


@pytest.mark.parametrize("name", ["units.csv", "statewide.json"])
def test_a_pipe_or_device_is_not_replaced(name: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(OSError, match="device or pipe") as caught:
        ledger(0).to_csv(tmp_path)
    assert caught.value.filename == str(tmp_path / name)
    assert stat.S_ISFIFO((tmp_path / name).stat().st_mode)
    assert not content(tmp_path)


@pytest.mark.parametrize("path", [".", "..", "/", "here/.."])
def test_a_path_that_names_a_folder(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(IsADirectoryError):
        write_file(path, lambda beside: beside.write_text("no"))
    assert not content(tmp_path)


@every_writer
def test_who_reads_the_old_output_reads_it_to_its_end(write: Write, tmp_path: Path) -> None:
    write(tmp_path, 0)
    old = content(tmp_path)
    opened = {name: (tmp_path / name).open("rb") for name in old}
    write(tmp_path, 1)
    assert {name: file.read() for name, file in opened.items()} == old
    for file in opened.values():
        file.close()
    assert content(tmp_path) != old


@every_writer
def test_a_replaced_file_keeps_its_mode_and_a_new_one_has_the_users(
    write: Write, tmp_path: Path
) -> None:
    (tmp_path / "plain").touch()
    write(tmp_path / "out", 0)
    for path in (tmp_path / "out").iterdir():
        assert path.stat().st_mode == (tmp_path / "plain").stat().st_mode
        path.chmod(0o640)
    write(tmp_path / "out", 1)
    assert {oct(path.stat().st_mode & 0o777) for path in (tmp_path / "out").iterdir()} == {"0o640"}


def test_the_same_ledger_gives_the_same_bytes(tmp_path: Path) -> None:
    for time_written in ("first", "second"):
        for name, write in WRITERS.items():
            write(tmp_path / time_written / name, 0)
        time.sleep(1.1)  # a workbook's dates have seconds
    assert content(tmp_path / "first") == content(tmp_path / "second")


def test_files_are_moved_when_all_are_written(tmp_path: Path) -> None:
    def look(path: Path) -> None:
        assert not [*tmp_path.glob("[!.]*")]
        path.write_text(path.name)

    write_files(tmp_path, dict.fromkeys("abc", look))
    assert content(tmp_path) == {name: name.encode() for name in "abc"}
