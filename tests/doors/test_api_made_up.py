"""Requests that schemathesis makes up of the API's own description: none fails, all conform."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import pytest
from checkout import REQUIRED
from depth import API_CALLS
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

if "schemathesis" not in REQUIRED:
    reason = "schemathesis, of the extra check, makes up requests: it is not installed"
    pytest.importorskip("schemathesis", reason=reason)

import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from web import CLASS_SIZE, LOW_INCOME, UNIT, app_of_few

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ONCE = {"/api/v1/schemas", "/api/v1/version", "/health"}
"""Routes that nothing is asked of."""
HEAVY = {"/api/v1/units/{unit}/page": 4, "/api/v1/reconcile/file": 100}
"""Of the requests that others get, heavy routes get one of so many."""

NUMBERS = st.sampled_from([14, 15, 0, -1, 1e13, 20.5])
WHAT_IFS = st.fixed_dictionaries(
    {},
    optional={
        "law": st.dictionaries(st.sampled_from([CLASS_SIZE, "no.such"]), NUMBERS, max_size=2),
        "units": st.dictionaries(
            st.sampled_from([LOW_INCOME, "operating_tax_rate", "tier"]),
            st.fixed_dictionaries({"value": NUMBERS, "units": st.just([UNIT])}) | NUMBERS,
            max_size=2,
        ),
        "new_state_funds": NUMBERS | st.fixed_dictionaries({"add": NUMBERS}),
        "counts": st.fixed_dictionaries({UNIT: st.fixed_dictionaries({LOW_INCOME: NUMBERS})}),
    },
)
"""What-ifs of names that there are, which made up ones hardly ever have."""
KNOWN = {
    "unit": st.sampled_from([UNIT, "Larkspurfirth", "10-001-9606-26-00", "of"]),
    "line": st.sampled_from(["tier_funding", "adequacy_target", "nurse_cost_high", LOW_INCOME]),
    "kind": st.sampled_from(["audit", "what_if", "units"]),
}
BODIES = {
    "/api/v1/what-if": WHAT_IFS,
    "/api/v1/compare": WHAT_IFS | st.fixed_dictionaries({"before": WHAT_IFS, "after": WHAT_IFS}),
    "/api/v1/attribute": st.fixed_dictionaries(
        {"after": WHAT_IFS}, optional={"unit": KNOWN["unit"], "line": KNOWN["line"]}
    ),
}


@cache
def operations() -> dict[str, Any]:
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app_of_few())
    every: Any = schema.get_all_operations()
    found = [each.ok() for each in every]
    return {each.path: each for each in found}


def calls(path: str) -> int:
    """How many requests a route gets of each mode."""
    if path in ONCE:
        return 1
    many = len(operations()) - len(ONCE) - len(HEAVY)
    each = API_CALLS / (2 * many)
    return round(each / HEAVY[path]) if path in HEAVY else max(1, round(each))


@pytest.mark.parametrize("path", [each for each in operations() if calls(each)])
@pytest.mark.parametrize("mode", list(GenerationMode), ids=str)
def test_no_request_fails_and_every_answer_is_as_described(path: str, mode: GenerationMode) -> None:
    if path in ONCE and mode is GenerationMode.NEGATIVE:
        return  # there is nothing to get wrong
    answered: Counter[int] = Counter()

    @settings(
        max_examples=calls(path),
        deadline=None,
        database=None,
        suppress_health_check=[*HealthCheck],
        phases=[Phase.generate],
    )
    @given(case=operations()[path].as_strategy(generation_mode=mode), data=st.data())
    def run(case: Any, data: Any) -> None:
        if mode is GenerationMode.POSITIVE and data.draw(st.booleans()):
            named = {name: data.draw(KNOWN[name]) for name in case.path_parameters or {}}
            case.path_parameters = named or case.path_parameters
            if path in BODIES:
                case.body = data.draw(BODIES[path])
        answered[case.call_and_validate(checks=CHECKS).status_code] += 1

    run()
    assert sum(answered.values()) >= calls(path)
