"""The JSON API: every route answers what the library does, and refuses in words."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import httpx
import pandas as pd
import pytest
from depth import ASKED_AT_ONCE, THREADS
from jsonschema import Draft202012Validator
from web import (
    API,
    CLASS_SIZE,
    LOW_INCOME,
    NOTE,
    UNIT,
    app,
    app_of_few,
    ask,
    asked,
    few,
    get,
    post,
    sample,
    served,
)

import ebf
from ebf.doors.web.asked import Asked
from ebf.doors.web.bounds import MOST_BODY, MOST_CHANGES, MOST_SWEPT
from ebf.doors.web.service import service
from ebf.reports.state_units import state_units, unit_numbers
from ebf.reports.swept import swept

BILL = {"law": {CLASS_SIZE: 14}, "new_state_funds": {"add": 50_000_000}}
LINK = f"law.{CLASS_SIZE}=14&new_state_funds.add=50000000"
SCENARIO = ebf.Scenario("what-if", law={CLASS_SIZE: 14}, new_state_funds=ebf.Change(add=50_000_000))
FINANCES = [
    {
        "unit_id": UNIT,
        "general_administration_expenditure": 400_000,
        "total_expenditure": 6_000_000,
    }
]
LEVY = {"organization_type": "unit", "current_eav": 210_000_000, "levy_education": 5_000_000}


@cache
def before() -> ebf.Ledger:
    return ebf.calculate(*sample())


@cache
def after() -> ebf.Ledger:
    """By the bill, without the service."""
    return SCENARIO.calculate(*sample())


def read(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def faults(answer: httpx.Response, status: int = 422) -> Any:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()["faults"]


# --- Answers ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/state", lambda: before().to_json(NOTE)),
        (f"/state?{LINK}", lambda: after().to_json(NOTE)),
        ("/law", lambda: f"{sample().law.to_json()}"),
        (f"/law?{LINK}", lambda: f"{after().law.to_json()}"),
        (f"/units?{LINK}", lambda: state_units(after()).to_json(NOTE)),
        (f"/units/{UNIT}", lambda: unit_numbers(before(), UNIT).to_json(NOTE)),
        ("/units/Larkspurfirth/audit", lambda: before().audit(UNIT).to_json(NOTE)),
        (f"/units/{UNIT}/audit?{LINK}", lambda: after().audit(UNIT).to_json(NOTE)),
        (
            f"/units/10-001-9606-26-00/lines/tier_funding?depth=1&{LINK}",
            lambda: after().explain(UNIT, "tier_funding", depth=1).to_json(NOTE),
        ),
    ],
)
def test_the_state_as_it_is_or_as_a_link_makes_it(path: str, expected: Any) -> None:
    answer = get(path)
    assert read(answer) == json.loads(expected())


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/compare", BILL, lambda: ebf.compare(before(), after())),
        (
            "/compare",
            {"before": BILL, "after": {}, "line": "adequacy_target"},
            lambda: ebf.compare(after(), before(), "adequacy_target"),
        ),
        (
            "/attribute",
            {"after": BILL, "unit": "Larkspurfirth"},
            lambda: ebf.attribute(before(), after(), unit_id=UNIT),
        ),
        (
            "/sweep",
            {"grid": {CLASS_SIZE: [14, 15]}, "lines": ["tier_funding"], "units": ["Larkspurfirth"]},
            lambda: swept(ebf.sweep(*sample(), {CLASS_SIZE: [14, 15]}), before(), [UNIT]),
        ),
        (
            "/report-card",
            {"finances": FINANCES, "district": UNIT},
            lambda: ebf.report_card(before(), pd.DataFrame(FINANCES)).district(UNIT),
        ),
    ],
)
def test_a_body_is_answered_as_the_library_does(path: str, body: Any, expected: Any) -> None:
    assert read(post(path, body)) == json.loads(expected().to_json(NOTE))


def test_levies_are_of_who_hands_them_over_and_no_note_of_the_state_is_theirs() -> None:
    found = read(post("/extension", {"levy_year": 2025, "levies": [LEVY]}))
    assert found == json.loads(ebf.extension(LEVY, 2025).to_json())
    (row,) = found["tables"]["districts"]["rows"]
    # 17-2: the educational fund of a unit district has up to 1.84 % of 210,000,000
    assert (row["levy"], row["total_extension"]) == (5_000_000, 3_864_000)
    assert "note" not in found


def test_the_page_of_a_link_stands_beside_the_state_as_it_is() -> None:
    old, new = ebf.calculate(*few()), SCENARIO.calculate(*few())
    found = read(get(f"/units/{UNIT}/page?{LINK}", of=app_of_few()))
    assert found == json.loads(new.page(UNIT, before=old).to_json(NOTE))


def test_a_what_if_in_short_says_what_the_whole_does() -> None:
    answer = post("/what-if?unit=Larkspurfirth", BILL)
    found = read(answer)
    assert len(answer.content) < 20_000
    assert found["schema"] == "ebf/what_if/1"
    rows = {each["line"]: each for each in found["tables"]["unit"]["rows"]}
    for ledger, side in ((before(), "before"), (after(), "after")):
        of_unit = ledger.units.loc[UNIT]
        assert {line: row[side] for line, row in rows.items()} == {
            line: of_unit[line] for line in rows
        }
    summary = ebf.compare(before(), after()).summary
    assert found["about"]["gain"] == summary["winners"]
    assert found["about"]["sum_of_losses"] == summary["sum of losses"]
    assert found["about"]["link"] == LINK
    assert any("core_teacher.low_income_k_3 becomes 14" in each for each in said(found))


def said(found: Any) -> list[str]:
    return [*found["sentences"]["assumptions"], *found["sentences"]["left_out"]]


def test_a_link_and_its_body_are_one() -> None:
    asked_for = Asked.model_validate(BILL)
    assert asked_for.query == LINK
    pairs = [tuple(each.split("=")) for each in LINK.split("&")]
    assert Asked.of_query((key, value) for key, value in pairs).scenario == asked_for.scenario


def test_own_counts_move_the_unit_and_are_in_the_link() -> None:
    body = {"counts": {UNIT: {LOW_INCOME: 300}}}
    found = read(post("/what-if", body))
    assert found["about"]["unit_id"] == UNIT
    assert found["about"]["link"] == f"counts.{UNIT}.{LOW_INCOME}=300"
    own = ebf.own_counts(*sample(), UNIT, pd.DataFrame([{"unit_id": UNIT, LOW_INCOME: 300}]))
    expected = own.re_solved.units.loc[UNIT, "tier_funding"]
    rows = {each["line"]: each for each in found["tables"]["unit"]["rows"]}
    assert rows["tier_funding"]["after"] == expected


def test_counts_that_nothing_reads_are_named() -> None:
    body = {"counts": {UNIT: {LOW_INCOME: 300, "low_income_count": 5}}}
    (sentence,) = [each for each in said(read(post("/what-if", body))) if "Without effect" in each]
    assert sentence.endswith(": low_income_count.")


def test_what_no_line_reads_is_refused_beside_own_counts_too() -> None:
    body = {"counts": {UNIT: {LOW_INCOME: 300}}, "law": {"tier_1.no_such": 1}}
    (fault,) = faults(post("/what-if", body))
    assert (fault["kind"], fault["place"]["column"]) == ("unknown_name", "tier_1.no_such")


def test_version_health_and_head() -> None:
    found = read(get("/version"))
    assert found["fiscal_year"] == 2022
    assert found["digest"] == served().digest
    head = ask("HEAD", "/version")
    assert head.status_code == 200
    assert not head.content
    assert head.headers["etag"] == get("/version").headers["etag"]


# --- Described --------------------------------------------------------------------------


@cache
def described() -> Any:
    return read(get("/openapi.json"))


def _validator(schema: Any) -> Draft202012Validator:
    return Draft202012Validator(
        {**schema, "components": described()["components"]}  # where its references lead
    )


def _operations() -> list[tuple[str, str, Any]]:
    return [
        (method, path, each)
        for path, item in described()["paths"].items()
        for method, each in item.items()
        if path.startswith(API)
    ]


def test_every_route_has_a_summary_an_answers_schema_and_its_refusals() -> None:
    operations = _operations()
    assert len(operations) == 17
    for method, path, each in operations:
        assert each["summary"], path
        (schema,) = [x["schema"] for x in each["responses"]["200"]["content"].values()]
        assert schema, path
        if "requestBody" in each or "{" in path:
            assert method == "post" or "422" in each["responses"]


def test_every_example_holds_to_its_schema_and_works_on_the_sample() -> None:
    tried = 0
    for method, path, each in _operations():
        content = each.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            continue
        schema = content["schema"]
        named = [schema, *schema.get("oneOf", [])]
        for ref in (x["$ref"] for x in named if "$ref" in x):
            part = described()["components"]["schemas"][ref.rpartition("/")[2]]
            assert part["examples"], path
            for example in part["examples"]:
                _validator(schema).validate(example)
                answer = ask(method.upper(), path.removeprefix(API), json=example)
                of_answer = each["responses"]["200"]["content"]["application/json"]["schema"]
                _validator(of_answer).validate(read(answer))
                tried += 1
    assert tried >= 8


@pytest.mark.parametrize("kind", ["ledger", "audit", "what_if", "swept", "units"])
def test_schemas_are_named_with_their_versions(kind: str) -> None:
    assert f"ebf/{kind}/1" in read(get("/schemas"))["schemas"]
    schema = read(get(f"/schemas/{kind}"))
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["schema"]["const"] == f"ebf/{kind}/1"


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("ledger", "/state"),
        ("law", "/law"),
        ("units", "/units"),
        ("unit_numbers", f"/units/{UNIT}"),
        ("audit", f"/units/{UNIT}/audit"),
        ("explanation", f"/units/{UNIT}/lines/tier"),
    ],
)
def test_answers_hold_to_their_schemas(kind: str, path: str) -> None:
    Draft202012Validator(read(get(f"/schemas/{kind}"))).validate(read(get(path)))


# --- Refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind", "place"),
    [
        ({"law": {"tier_1.no_such": 1}}, "unknown_name", {"column": "tier_1.no_such"}),
        ({"laws": {}}, "malformed", {"at": "body.laws"}),
        ([1], "malformed", {"at": "body"}),
        ({"law": {CLASS_SIZE: -1}}, "out_of_range", {"column": CLASS_SIZE}),
        ({"law": {CLASS_SIZE: "fourteen"}}, "malformed", {"at": f"body.law.{CLASS_SIZE}"}),
        ({"counts": {"Nowhere": {LOW_INCOME: 1}}}, "unknown_unit", {"unit": "Nowhere"}),
        ({"counts": {UNIT: {}}}, "malformed", {"at": f"body.counts.{UNIT}"}),
        ({"counts": {"a.b": {LOW_INCOME: 1}}}, "malformed", {"at": "body.counts.a.b.[key]"}),
        ({"new_state_funds": {"add": 1, "units": [UNIT]}}, "unsuitable_name", {}),
        ({"new_state_funds": {"add": 1, "multiply": 2}}, None, {}),
        ({"units": {LOW_INCOME: []}}, None, {}),
        ({"units": {LOW_INCOME: {"value": 9_999, "units": [UNIT]}}}, "contradiction", {}),
        ({"units": {LOW_INCOME: [{"value": 3}, {"value": 4}]}}, "repeated", {"column": LOW_INCOME}),
    ],
)
def test_every_fault_has_its_kind_and_place(body: Any, kind: str | None, place: Any) -> None:
    found = faults(post("/what-if", body))
    assert found
    if kind is not None:
        assert found[0]["kind"] == kind
    assert {**found[0]["place"], **place} == found[0]["place"]
    assert found[0]["words"]


@pytest.mark.parametrize(
    "content",
    [
        b'{"law": {"a": NaN}}',
        b'{"law": {"a": Infinity}}',
        b'{"law": {"a": 1e999}}',
        b'{"law": {"a": ' + b"9" * 5_000 + b"}}",
        b"[" * 60_000,
        b'{"law": {"\\ud800": 1}}',
        b"\xff\xfe",
        b"{",
        b"",
    ],
)
def test_what_is_no_json_of_numbers_is_refused(content: bytes) -> None:
    answer = ask("POST", "/what-if", content=content, headers={"content-type": "application/json"})
    assert faults(answer)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/what-if", {"law": {f"a{n}": 1 for n in range(MOST_CHANGES + 1)}}),
        ("/sweep", {"grid": {CLASS_SIZE: [14] * 21, "new_state_funds": [3e8] * 10}}),
        ("/sweep", {"grid": {"new_state_funds": [3e8] * 100}}),  # all units of 100 states
    ],
)
def test_more_than_is_taken_is_refused(path: str, body: Any) -> None:
    assert MOST_CHANGES <= 200
    assert MOST_SWEPT <= 200
    (fault,) = faults(post(path, body))
    assert fault["kind"] == "too_large"


def test_a_body_of_more_bytes_is_refused_by_what_it_says_and_by_what_it_is() -> None:
    async def streamed() -> AsyncIterator[bytes]:
        for _ in range(MOST_BODY // 1024 + 2):
            yield b" " * 1024

    for content in (b" " * (MOST_BODY + 1), streamed()):
        answer = ask(
            "POST", "/what-if", content=content, headers={"content-type": "application/json"}
        )
        (fault,) = faults(answer, 413)
        assert fault["kind"] == "too_large"


@pytest.mark.parametrize(
    "path",
    [
        "/no/such/path",
        "/units/..%2f..%2f..%2fetc%2fpasswd",
        "/../../../etc/passwd",
        "/schemas/..%2f..%2fetc%2fpasswd",
    ],
)
def test_no_path_leads_to_a_file(path: str) -> None:
    answer = get(path)
    assert answer.status_code in {404, 422}
    assert "root:" not in answer.text


def test_another_method_is_refused_with_those_that_are_not() -> None:
    answer = ask("DELETE", "/state")
    assert faults(answer, 405)
    assert answer.headers["allow"] == "GET"


def test_another_host_is_refused() -> None:
    answer = get("/version", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400


# --- The same state for all -------------------------------------------------------------


def test_what_a_browser_has_already_is_not_sent_again() -> None:
    tag = get("/state").headers["etag"]
    again = get("/state", headers={"if-none-match": f'"other", W/{tag}'})
    assert (again.status_code, again.content) == (304, b"")
    other = get(f"/state?{LINK}", headers={"if-none-match": tag})
    assert other.status_code == 200
    assert other.headers["etag"] != tag


def test_another_state_law_or_note_has_other_tags() -> None:
    units, law = few()
    more = service(units, law.with_amounts(new_state_funds=7e6), note=NOTE)
    changed = units.assign(**{LOW_INCOME: units[LOW_INCOME] / 2})
    apps = [app_of_few(), more, service(changed, law, note=NOTE), service(units, law, note="")]
    assert len({get("/version", of=each).headers["etag"] for each in apps}) == len(apps)


def test_many_threads_each_get_their_own_answer() -> None:
    served_app = app_of_few()
    asked_for = [{"law": {CLASS_SIZE: 14 + n / 64}} for n in range(ASKED_AT_ONCE)]

    def answers(bodies: list[Any]) -> list[httpx.Response]:
        async def together() -> list[httpx.Response]:
            each = (asked("POST", "/compare", of=served_app, json=body) for body in bodies)
            return await asyncio.gather(*each)

        return asyncio.run(together())

    some = [asked_for[n::THREADS] for n in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as threads:
        found = [*threads.map(answers, some)]
    old = ebf.calculate(*few())
    for bodies, theirs in zip(some, found, strict=True):
        for body, answer in zip(bodies, theirs, strict=True):
            new = ebf.Scenario.from_mapping({"name": "what-if", **body}).calculate(*few())
            assert read(answer) == json.loads(ebf.compare(old, new).to_json(NOTE))


# --- The log ----------------------------------------------------------------------------


def test_the_log_has_the_id_and_nothing_of_what_was_asked(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO, "ebf.web"):
        answer = post("/what-if?unit=Secretville", {"law": {"secret.name": 1}})
    (line,) = [each.getMessage() for each in caplog.records if each.name == "ebf.web"]
    assert answer.headers["x-request-id"] in line
    assert "POST /api/v1/what-if 422" in line
    assert "secret" not in line.lower()


def test_what_fails_is_said_by_its_id_and_the_log_has_where_alone(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        message = "secret"
        raise RuntimeError(message)

    monkeypatch.setattr("ebf.doors.web.api.state.state_units", fails)
    with caplog.at_level(logging.INFO, "ebf.web"):
        answer = get("/units")
    assert answer.status_code == 500
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert answer.headers["content-security-policy"]
    failed, _ = [each.getMessage() for each in caplog.records if each.name == "ebf.web"]
    assert answer.headers["x-request-id"] in failed
    assert "RuntimeError" in failed
    assert "secret" not in failed.replace('message = "secret"', "")


def test_served_is_as_it_was() -> None:
    """What all the requests before left behind."""
    assert served().ledger == before()
    assert app().state.served is served()
