"""The API described: the answers' own schemas in OpenAPI, and by their names.

Holds: ANSWERS, schema_named, of, TAKES_WHAT_IF, described_by.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from ebf.doors.web.refusals import Refused
from ebf.explain.explanation import Audit, Explanation
from ebf.faults import InputError, Place, unknown_name
from ebf.law.parameters import Law
from ebf.ledger import Ledger
from ebf.reports.district_page.page import DistrictPage
from ebf.reports.extension import Extension
from ebf.reports.reconciliation import Reconciliation
from ebf.reports.report_card import DistrictCard, ReportCard
from ebf.reports.state_units import UnitNumbers, Units
from ebf.reports.swept import Swept
from ebf.reports.what_if_answer import WhatIf
from ebf.show.answer import Shown
from ebf.what_if.attribution import Attribution
from ebf.what_if.comparison import Comparison

ANSWERS: Final = (
    Ledger,
    Law,
    Units,
    UnitNumbers,
    Explanation,
    Audit,
    DistrictPage,
    WhatIf,
    Comparison,
    Attribution,
    Swept,
    Reconciliation,
    ReportCard,
    DistrictCard,
    Extension,
)
"""What the API answers, each with a schema of its own."""

_COMPONENTS: Final = "#/components/schemas/"


@cache
def _schemas() -> Mapping[str, dict[str, Any]]:
    """Every answer's schema by its versioned name: ``ebf/audit/1``."""
    made = (each.json_schema() for each in ANSWERS)
    return MappingProxyType({each["properties"]["schema"]["const"]: each for each in made})


def schema_named(kind: str | None = None) -> dict[str, Any]:
    """The schema of that kind (``audit``), or the names of all; InputError for another."""
    known = {name.split("/")[1]: name for name in _schemas()}
    if kind is None:
        return {"schemas": sorted(known.values())}
    if kind not in known:
        place, allowed = Place("schemas", column=kind), ", ".join(sorted(known))
        raise InputError([unknown_name(place, "no such answer", allowed, known)])
    return _schemas()[known[kind]]


def _component(name: str) -> str:
    return name.replace("/", ".")


def of(*answers: type[Shown]) -> dict[int | str, dict[str, Any]]:
    """The responses of a route: its answer, and how it refuses."""
    names = [each.json_schema()["properties"]["schema"]["const"] for each in answers]
    refs = [{"$ref": f"{_COMPONENTS}{_component(name)}"} for name in names]
    schema = refs[0] if len(refs) == 1 else {"oneOf": refs}
    said = f"{' or '.join(names)}, as the library writes it."
    return ({200: _content(said, schema)} if names else {}) | _REFUSALS


def _content(said: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": said, "content": {"application/json": {"schema": schema}}}


_REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    413: {"model": Refused, "description": "A body of more bytes than are taken."},
    422: {"model": Refused, "description": "What was asked for cannot be: every fault at once."},
}

TAKES_WHAT_IF: Final[dict[str, Any]] = {
    "parameters": [
        {
            "name": "what_if",
            "in": "query",
            "required": False,
            "style": "form",
            "explode": True,
            "description": "A what-if as a link has it, an entry each: law.NAME=14, "
            "salaries.NAME=70000, units.COLUMN=300, unit.ID.COLUMN=300, counts.ID.COLUMN=488, "
            "new_state_funds.add=50000000; of units and money also .multiply and .add. "
            "Left out: the state as it is.",
            "schema": {
                "type": "object",
                "additionalProperties": {"type": "number"},
                "examples": [
                    {"law.core_teacher.low_income_k_3": 14, "new_state_funds.add": 50_000_000}
                ],
            },
        }
    ]
}
"""Of routes that take a what-if in their query."""


def described_by(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """What makes the description of an application, once."""

    @cache
    def described() -> dict[str, Any]:
        content = get_openapi(
            title=app.title,
            version=app.version,
            openapi_version=app.openapi_version,
            summary=app.summary,
            routes=app.routes,
        )
        components = content.setdefault("components", {}).setdefault("schemas", {})
        for name, schema in _schemas().items():
            components.update(_hoisted(_component(name), schema))
        return content

    return described


def _hoisted(component: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema and what it defines, as components that refer to each other."""
    own = {name: part for name, part in schema.items() if name not in {"$schema", "$defs"}}
    parts = {f"{component}.{name}": part for name, part in schema.get("$defs", {}).items()}
    return {name: _referring(part, component) for name, part in {component: own, **parts}.items()}


def _referring(part: Any, component: str) -> Any:
    """The part with its references to what the schema defines leading to components."""
    if isinstance(part, list):
        return [_referring(each, component) for each in part]
    if not isinstance(part, Mapping):
        return part
    return {
        key: f"{_COMPONENTS}{component}.{each.removeprefix('#/$defs/')}"
        if key == "$ref" and isinstance(each, str)
        else _referring(each, component)
        for key, each in part.items()
    }
