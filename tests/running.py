"""`ebf serve` as it runs: its workers, what they are asked, how one is killed meanwhile."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx

UNIT: Final = "1000196062600"
COLUMN: Final = "low_income_count_first_preceding_year"
CLIENTS, WORKERS = 8, 2
MOST_PUPILS: Final = 400
_SECONDS: Final = 180


class Service(NamedTuple):
    """A running service: its address, and the process that keeps its workers."""

    url: str
    process: subprocess.Popen[bytes]

    @property
    def workers(self) -> list[int]:
        """The processes that answer, by what the system says of them."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        ids = map(int, children.read_text().split())
        return [each for each in ids if "spawn_main" in _command(each)]

    @property
    def memory(self) -> list[float]:
        """Resident megabytes of each worker, the larger first."""
        return sorted(map(_resident, self.workers), reverse=True)


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:  # it has ended
        return ""


def _resident(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    (kilobytes,) = [line.split()[1] for line in lines if line.startswith("VmRSS")]
    return int(kilobytes) / 1024


@contextmanager
def serving(*options: str, workers: int = WORKERS) -> Iterator[Service]:
    """`ebf serve` of the sample on a free port, ready to answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "ebf", "serve", "--port", str(port)]
    with subprocess.Popen(  # noqa: S603 - this Python, and options of our own
        [*command, "--workers", str(workers), *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        service = Service(f"http://127.0.0.1:{port}", process)
        try:
            wait_for(lambda: is_up(service.url) and len(service.workers) == workers)
            yield service
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_for(holds: Callable[[], bool], seconds: float = _SECONDS) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            message = "the service is not as it should be in time"
            raise TimeoutError(message)
        time.sleep(0.1)


def is_up(url: str) -> bool:
    """Whether it answers."""
    try:
        return httpx.get(f"{url}/health", timeout=5).is_success
    except httpx.TransportError:
        return False


def body(number: int) -> dict[str, Any]:
    """One what-if of many, each another."""
    return {"counts": {UNIT: {COLUMN: round(number % MOST_PUPILS + number / 1e5, 5)}}}


def ask(url: str, numbers: Sequence[int], clients: int = CLIENTS) -> list[float]:
    """The seconds that each of many what-ifs took, asked by several clients at a time."""

    def client(mine: Sequence[int]) -> list[float]:
        took = []
        with httpx.Client(base_url=url, timeout=_SECONDS) as asking:
            for number in mine:
                began = time.perf_counter()
                asking.post("/api/v1/what-if", json=body(number)).raise_for_status()
                took.append(time.perf_counter() - began)
        return took

    with ThreadPoolExecutor(clients) as threads:
        each = threads.map(client, [numbers[n::clients] for n in range(clients)])
        return [seconds for took in each for seconds in took]


def ask_through(url: str, numbers: Sequence[int], kill: Callable[[], None]) -> int:
    """Ask while a worker is killed; how many answers were lost with it."""
    with ThreadPoolExecutor(CLIENTS) as threads:

        def one(number: int) -> bool:
            try:
                return httpx.post(f"{url}/api/v1/what-if", json=body(number)).is_success
            except httpx.TransportError:
                return False

        answers = [threads.submit(one, number) for number in numbers]
        kill()
        return sum(not each.result() for each in answers)
