"""How quick and how steady `ebf serve` is under load: `python benchmarks/serve_load.py`.

Eight clients ask two workers what-ifs of the sample's 927 units, each another; the calculation
alone is timed in the same run. Then the workers' memory over more of them, and what comes of one
that is killed while it is asked. `--quick` asks a tenth.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx

import ebf

UNIT: Final = "1000196062600"
COLUMN: Final = "low_income_count_first_preceding_year"
CLIENTS, WORKERS = 8, 2
TIMED, REMEMBERED = 1_000, 5_000
_MOST_PUPILS: Final = 400
_SECONDS: Final = 60


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


def wait_for(holds: Any, seconds: float = _SECONDS) -> None:
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
    return {"counts": {UNIT: {COLUMN: round(number % _MOST_PUPILS + number / 1e5, 5)}}}


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


def ask_through(url: str, numbers: Sequence[int], kill: Any) -> int:
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


def bare(times: int) -> list[float]:
    """The seconds of the calculation alone, prepared as the service has it."""
    prepared, took = ebf.prepare(*ebf.sample()), []
    for number in range(times):
        count = number % _MOST_PUPILS
        patch = ebf.UnitPatch(unit_id=UNIT, low_income_count_first_preceding_year=count)
        began = time.perf_counter()
        prepared.with_units([patch]).calculate()
        took.append(time.perf_counter() - began)
    return took


def at(took: Sequence[float], percent: int) -> float:
    """Milliseconds within which so many percent are done."""
    return statistics.quantiles(took, n=100)[percent - 1] * 1_000


def main() -> None:
    """All of it, a line a figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the requests")
    share = 10 if parser.parse_args().quick else 1
    say = print
    with serving() as service:
        ask(service.url, range(100_000, 100_000 + 5 * CLIENTS))  # every worker's first are slower
        began = time.perf_counter()
        took = ask(service.url, range(TIMED // share))
        seconds = time.perf_counter() - began
        alone = bare(200 // share)
        say(f"{len(took):,} what-ifs, {CLIENTS} clients, {WORKERS} workers, {os.cpu_count()} cores")
        say(f"p50 {at(took, 50):.0f} ms, p95 {at(took, 95):.0f} ms, p99 {at(took, 99):.0f} ms")
        say(f"throughput {len(took) / seconds:.1f} a second")
        one_client = ask(service.url, range(50_000, 50_000 + 100 // share), clients=1)
        of_bare, of_one = statistics.median(alone), statistics.median(one_client)
        say(f"calculation alone {of_bare * 1_000:.1f} ms (median)")
        say(f"one client {of_one * 1_000:.1f} ms (median): {of_one / of_bare:.1f} times that")
        ask(service.url, range(20_000, 20_000 + 1_000 // share))
        first = service.memory
        ask(service.url, range(30_000, 30_000 + REMEMBERED // share))
        then = " and ".join(f"{each:.0f}" for each in service.memory)
        before = " and ".join(f"{each:.0f}" for each in first)
        say(f"memory {before} MB, {then} MB after {REMEMBERED // share:,} more")
        killed = service.workers[0]
        expected = httpx.post(f"{service.url}/api/v1/what-if", json=body(7)).text
        lost = ask_through(
            service.url, range(40_000, 40_100), lambda: os.kill(killed, signal.SIGKILL)
        )
        wait_for(lambda: len({*service.workers} - {killed}) == WORKERS)
        same = all(
            httpx.post(f"{service.url}/api/v1/what-if", json=body(7)).text == expected
            for _ in range(20)
        )
        say(f"a worker killed: {lost} of 100 answers lost, back again, the same answers: {same}")


if __name__ == "__main__":
    main()
