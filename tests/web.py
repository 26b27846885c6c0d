"""The service as tests ask it: in this process, without a network."""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any

import httpx
from fastapi import FastAPI

import ebf
from ebf.doors.web.served import Served
from ebf.doors.web.service import service_of
from ebf.units.state import State

UNIT = "1000196062600"
LOW_INCOME = "low_income_count_first_preceding_year"
CLASS_SIZE = "core_teacher.low_income_k_3"
NOTE = "The units are invented."
API = "/api/v1"


@cache
def sample() -> State:
    return State(*ebf.sample())


@cache
def few() -> State:
    """Some units of the sample, for what is asked many times."""
    units, law = sample()
    districts = units[units["organization_type"].isin(["unit", "elementary", "high_school"])]
    some = districts["unit_id"].eq(UNIT) | (districts.index % 30 == 0)
    return State(districts[some].copy(), law.with_amounts(new_state_funds=6e6))


@cache
def served() -> Served:
    return Served(sample(), NOTE).prepare()


@cache
def app() -> FastAPI:
    """The sample, served once for all tests of a process."""
    return service_of(served())


@cache
def app_of_few() -> FastAPI:
    return service_of(Served(few(), NOTE))


def ask(method: str, path: str, *, of: FastAPI | None = None, **more: Any) -> httpx.Response:
    """What the service answers; paths are those of the API."""
    return asyncio.run(asked(method, path, of=of, **more))


async def asked(
    method: str, path: str, *, of: FastAPI | None = None, **more: Any
) -> httpx.Response:
    transport = httpx.ASGITransport(app=of or app())
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.request(method, f"{API}{path}", **more)


def get(path: str, **more: Any) -> httpx.Response:
    return ask("GET", path, **more)


def post(path: str, body: Any, **more: Any) -> httpx.Response:
    return ask("POST", path, json=body, **more)
