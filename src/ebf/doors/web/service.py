"""The service: pages for people and answers as JSON, of one state.

Holds: LOOPBACK, service, service_of.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.middleware.trustedhost import TrustedHostMiddleware

from ebf.doors.web.api import api
from ebf.doors.web.bounds import MOST_AT_ONCE, MOST_COUNTS, MOST_UPLOAD
from ebf.doors.web.guard import LOG, Guard
from ebf.doors.web.pages import failed_page, pages, refused_page
from ebf.doors.web.served import Served
from ebf.faults import Fault, InputError, Place, described, malformed
from ebf.law.parameters import Law
from ebf.units.state import State
from ebf.version import version

if TYPE_CHECKING:
    from ebf.reports.legislative import Coverage

LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]", "testserver")
"""Hosts that a browser on this machine asks for; other names are refused, so that no page of
another host can read what is served here."""
_UPLOADS: Final = {"file": MOST_UPLOAD, "counts": MOST_COUNTS}
"""How paths end that take a file, and its most bytes."""
_UNPROCESSABLE, _FAILED = 422, 500


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
    pages(app)
    app.add_exception_handler(InputError, _refused)
    app.add_exception_handler(ValidationError, _refused)
    app.add_exception_handler(RequestValidationError, _refused)
    app.add_exception_handler(Exception, _failed)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*hosts])
    app.add_middleware(Guard, digest=served.digest, uploads=_UPLOADS)
    return app


async def _refused(request: Request, error: Exception) -> Response:
    """Every fault with its kind and place, and in words: as JSON, or as a page."""
    faults = [*_faults_of(error)]
    if request.url.path.startswith("/api/"):
        found = [asdict(each) | {"words": str(each)} for each in faults]
        return JSONResponse({"faults": found}, status_code=_UNPROCESSABLE)
    return refused_page(request, faults, _UNPROCESSABLE)


def _faults_of(error: Exception) -> Iterable[Fault]:
    """The faults of a refusal, or of what pydantic refuses."""
    if isinstance(error, (ValidationError, RequestValidationError)):
        return [fault for each in error.errors() for fault in _faults_in(each)]
    return error.faults if isinstance(error, InputError) else ()


def _faults_in(error: Any) -> Iterable[Fault]:
    """A fault of pydantic's, as ours."""
    own = error.get("ctx", {}).get("error")
    if isinstance(own, InputError):
        return own.faults
    where = ".".join(map(str, error["loc"])) or "body"
    return [malformed(Place("request", at=where), described(error.get("input")), error["msg"])]


async def _failed(request: Request, error: Exception) -> Response:
    """What no test has found: in the log with its id, and nothing of it to the outside."""
    LOG.error("%s failed", request.state.request_id, exc_info=error)
    if not request.url.path.startswith("/api/"):
        return failed_page(request, _FAILED)
    said = {"faults": [], "failed": "an error of the service, which its log has by this id"}
    return JSONResponse(said | {"request_id": request.state.request_id}, status_code=_FAILED)
