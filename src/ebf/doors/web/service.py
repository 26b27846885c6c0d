"""The service: pages for people and answers as JSON, of one state.

Holds: LOOPBACK, service, service_of.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import pandas as pd
from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from ebf.doors.web.api.openapi import described_by
from ebf.doors.web.api.routes import api, health
from ebf.doors.web.bounds import MOST_AT_ONCE, MOST_COUNTS, MOST_TABLE, MOST_UPLOAD
from ebf.doors.web.guard import Guard, TooLargeError, is_for_programs
from ebf.doors.web.pages.routes import missing_page, pages, refused_page
from ebf.doors.web.refusals import faults_as_json, faults_of
from ebf.doors.web.served import Served
from ebf.faults import Fault, FaultKind, InputError, Place, malformed
from ebf.law.parameters import Law
from ebf.units.state import State
from ebf.version import version

if TYPE_CHECKING:
    from ebf.reports.legislative import Coverage

LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]", "testserver")
"""Hosts that a browser on this machine asks for; other names are refused, so that no page of
another host can read what is served here."""
_LARGER: Final = {
    "/file": MOST_UPLOAD,
    "/counts": MOST_COUNTS,
    "/api/v1/report-card": MOST_TABLE,
    "/api/v1/extension": MOST_TABLE,
}
"""Bytes of a body by how its path ends, where they are more than those of a what-if."""
_BAD_REQUEST, _UNPROCESSABLE = 400, 422


def service(
    units: pd.DataFrame,
    law: Law,
    *,
    coverage: Coverage | None = None,
    note: str = "",
    hosts: Iterable[str] = LOOPBACK,
) -> FastAPI:
    """An ASGI application of a state: pages under ``/``, JSON under ``/api/v1``.

    Args:
        units: As :func:`ebf.calculate` takes it, of one state.
        law: The numbers of its fiscal year.
        coverage: Units' shares in legislative districts, as :func:`ebf.legislative` takes them.
        note: What is to be said beside every number.
        hosts: Names by which it may be asked for.

    Needs the extra ``serve``. Raises InputError as :func:`ebf.calculate`.
    """
    return service_of(Served(State(units, law), note, coverage), hosts)


def service_of(served: Served, hosts: Iterable[str] = LOOPBACK) -> FastAPI:
    """The application of what is served."""
    served.prepare()

    @asynccontextmanager
    async def few_at_once(_: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = MOST_AT_ONCE
        yield

    app = FastAPI(
        title="Illinois Evidence-Based Funding",
        summary="105 ILCS 5/18-8.15, line by line and to the cent",
        version=version(),
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # it would load scripts of other hosts
        redoc_url=None,
        lifespan=few_at_once,
    )
    app.state.served = served
    app.include_router(api(), prefix="/api/v1")
    health(app)
    pages(app)
    app.add_exception_handler(InputError, _refused)
    app.add_exception_handler(ValidationError, _refused)
    app.add_exception_handler(RequestValidationError, _refused)
    app.add_exception_handler(HTTPException, _not_there)
    app.openapi = described_by(app)  # type: ignore[method-assign]  # FastAPI's way to extend it
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*hosts])
    app.add_middleware(Guard, digest=served.digest, larger=_LARGER)
    return app


async def _refused(request: Request, error: Exception) -> Response:
    """Every fault with its kind and place, and in words: as JSON, or as a page."""
    return _said(request, faults_of(error), _UNPROCESSABLE)


async def _not_there(request: Request, error: Exception) -> Response:
    """What HTTP itself refuses: a path or method that is none, a body that cannot be read."""
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    if isinstance(error, TooLargeError):
        return _said(request, [error.fault], error.status_code)
    if not is_for_programs(request.url.path):
        return missing_page(request, error)
    place, found = Place("request", at=request.url.path), f"{request.method}: {error.detail}"
    if error.status_code == _BAD_REQUEST:  # FastAPI's word for JSON that is too deep or too long
        fault = malformed(Place("request", at="body"), str(error.detail), "JSON")
        return _said(request, [fault], _UNPROCESSABLE)
    allowed = "a path and a method of GET /api/v1/openapi.json"
    fault = Fault(FaultKind.UNKNOWN_NAME, place, found, allowed)
    answer = _said(request, [fault], error.status_code)
    answer.headers.update(error.headers or {})
    return answer


def _said(request: Request, faults: Sequence[Fault], status: int) -> Response:
    """Faults in the form of what was asked for."""
    if is_for_programs(request.url.path):
        content = faults_as_json(faults)
        return Response(content, status, media_type="application/json")
    return refused_page(request, faults, status)
