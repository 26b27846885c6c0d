"""How quick and how steady `ebf serve` is under load: `python benchmarks/serve_load.py`.

Eight clients ask two workers what-ifs of the sample's 927 units, each another; the calculation
alone is timed in the same run. Then the workers' memory over more of them, and what comes of one
that is killed while it is asked. `--quick` asks a tenth.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import httpx

import ebf

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # what they share

from running import (
    CLIENTS,
    MOST_PUPILS,
    UNIT,
    WORKERS,
    ask,
    ask_through,
    body,
    serving,
    wait_for,
)

TIMED: Final = 1_000
REMEMBERED: Final = 5_000


def bare(times: int) -> list[float]:
    """The seconds of the calculation alone, prepared as the service has it."""
    prepared, took = ebf.prepare(*ebf.sample()), []
    for number in range(times):
        count = number % MOST_PUPILS
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
