"""The how-to of a service: its code runs as it stands, and answers what the library does."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from checkout import ROOT

import ebf

UNIT = "1000196062600"
LONGEST = 30
"""Lines of the how-to's code."""


@pytest.fixture(scope="module")
def code() -> str:
    (block,) = re.findall(r"(?ms)^```python\n(.*?)^```$", (ROOT / "docs/service.md").read_text())
    return str(block)


@pytest.fixture(scope="module")
def change(code: str) -> Callable[[dict[str, Any]], httpx.Response]:
    """What the service answers to a change."""
    names: dict[str, Any] = {}
    exec(compile(code, "service.py", "exec"), names)  # noqa: S102 - our own page

    async def answer(body: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(app=names["app"])
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.post("/what-if", json=body)

    return lambda body: asyncio.run(answer(body))


def test_the_code_is_short(code: str) -> None:
    assert len([line for line in code.splitlines() if line.strip()]) < LONGEST


def test_a_change_is_answered_with_who_it_moves_and_with_its_audit(
    change: Callable[[dict[str, Any]], httpx.Response],
) -> None:
    answer = change({"unit_id": UNIT, "low_income_count_first_preceding_year": 300})
    assert answer.status_code == 200
    units, law = ebf.sample()
    changed = units.set_index("unit_id")
    assert changed.loc[UNIT, "low_income_count_first_preceding_year"] != 300
    changed.loc[UNIT, "low_income_count_first_preceding_year"] = 300
    after = ebf.calculate(changed, law)
    before = ebf.calculate(units, law)
    assert answer.json() == {
        "comparison": json.loads(ebf.compare(before, after).to_json()),
        "audit": json.loads(after.explain(UNIT, "tier_funding").to_json()),
    }
    assert answer.json()["audit"]["fiscal_year"] == 2022


@pytest.mark.parametrize(
    ("body", "kind", "place"),
    [
        ({"unit_id": "0100100102699", "operating_tax_rate": 0.03}, "unknown_unit", "unit"),
        ({"unit_id": UNIT, "final_resources": 1e6}, "unsuitable_name", "column"),
        ({"unit_id": UNIT, "low_income_count_first_preceding_year": None}, "missing", "column"),
        ({"unit_id": UNIT}, "missing", "unit"),
    ],
)
def test_what_is_wrong_is_said_with_its_kind_and_place(
    change: Callable[[dict[str, Any]], httpx.Response], body: dict[str, Any], kind: str, place: str
) -> None:
    answer = change(body)
    assert answer.status_code == 422
    (fault,) = answer.json()["faults"]
    assert fault["kind"] == kind
    assert fault["place"][place] in {*body, *body.values()}
    assert fault["words"].startswith(fault["place"][place]) or place == "column"


def test_a_value_out_of_its_bounds_is_no_patch(
    change: Callable[[dict[str, Any]], httpx.Response],
) -> None:
    answer = change({"unit_id": UNIT, "low_income_count_first_preceding_year": -1})
    assert answer.status_code == 422
    assert "low_income_count_first_preceding_year: found -1" in answer.text
