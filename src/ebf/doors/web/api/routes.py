"""The JSON API, version 1: the library's own answers, each with its schema, over HTTP.

Holds: Version, Health, api, health.
"""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Path, Response
from pydantic import BaseModel

from ebf.doors.web.api.answering import Ours
from ebf.doors.web.api.openapi import of, schema_named
from ebf.doors.web.api.state import add_state
from ebf.doors.web.api.tables import add_tables
from ebf.doors.web.api.what_if import add_what_ifs
from ebf.doors.web.bounds import MOST_NAME
from ebf.doors.web.guard import HEALTH
from ebf.version import version


class Version(BaseModel):
    """What answers, and of which state: ``digest`` tells one from another."""

    version: str
    fiscal_year: int
    digest: str


class Health(BaseModel):
    """That the service answers."""

    status: str


def api() -> APIRouter:
    """The routes."""
    routes = APIRouter()
    add_state(routes)
    add_what_ifs(routes)
    add_tables(routes)
    routes.add_api_route(
        "/schemas",
        _schemas,
        methods=["GET"],
        summary="The names of the schemas of all answers",
        response_model=dict[str, list[str]],
    )
    routes.add_api_route(
        "/schemas/{kind}",
        _schema,
        methods=["GET"],
        summary="The JSON schema of an answer",
        response_model=dict[str, Any],
        responses=of(),
    )
    routes.add_api_route("/version", _version, methods=["GET"], summary="Version and state")
    return routes


def health(app: FastAPI) -> None:
    """The route by which a supervisor sees that the service answers."""
    app.add_api_route(HEALTH, _health, methods=["GET"], summary="Whether the service answers")


def _schemas() -> dict[str, Any]:
    return schema_named()


def _schema(
    kind: Annotated[str, Path(max_length=MOST_NAME, examples=["what_if"])],
) -> Response:
    return Response(json.dumps(schema_named(kind), indent=1), media_type="application/json")


def _version(served: Ours) -> Version:
    year = served.state.law.fiscal_year
    return Version(version=version(), fiscal_year=year, digest=served.digest)


def _health() -> Health:
    return Health(status="ok")
