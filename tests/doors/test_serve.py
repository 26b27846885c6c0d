"""`ebf serve` as it runs: workers answer alike, keep their memory, come back when killed."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from functools import cache

import httpx
import pytest
from checkout import needs
from depth import ASKED_OF_WORKERS
from running import COLUMN, UNIT, WORKERS, Service, ask, ask_through, body, serving, wait_for

import ebf

MOST_GROWTH = 40
"""Megabytes that a worker may have more after it was asked much: what it keeps fills up first."""


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    needs("linux", sys.platform == "linux", "processes are told by /proc, which Linux has")
    with serving() as running:
        yield running


@cache
def expected() -> float:
    """The unit's new money by the what-if of 7, without the service."""
    units, law = ebf.sample()
    change = ebf.Change(value=body(7)["counts"][UNIT][COLUMN], units=[UNIT])
    ledger = ebf.Scenario("what-if", units={COLUMN: change}).calculate(units, law)
    return float(ledger.units["tier_funding"][UNIT])


def money(service: Service) -> float:
    answer = httpx.post(f"{service.url}/api/v1/what-if", json=body(7), timeout=60)
    rows = {each["line"]: each for each in answer.json()["tables"]["unit"]["rows"]}
    return float(rows["tier_funding"]["after"])


def test_memory_is_what_it_was_after_many_what_ifs(service: Service) -> None:
    half = ASKED_OF_WORKERS // 2
    ask(service.url, range(half))
    before = service.memory
    ask(service.url, range(half, 2 * half))
    for then, now in zip(before, service.memory, strict=True):
        assert now - then < MOST_GROWTH


def test_a_killed_worker_comes_back_and_answers_as_before(service: Service) -> None:
    assert money(service) == expected()
    killed = service.workers[0]
    ask_through(service.url, range(20), lambda: os.kill(killed, signal.SIGKILL))
    wait_for(lambda: len({*service.workers} - {killed}) == WORKERS)
    assert [money(service) for _ in range(2 * WORKERS)] == [expected()] * 2 * WORKERS
