"""The pages: a state in a browser, what if, and the walk down to the counts.

Holds: pages, missing_page, refused_page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette import status
from starlette.exceptions import HTTPException

from ebf.doors.web.asked import key_in
from ebf.doors.web.pages.own import Own
from ebf.doors.web.pages.page import page
from ebf.doors.web.pages.pictures import (
    picture_of_state,
    scenario_of_state,
    shared,
    standing_picture,
    why_picture,
)
from ebf.doors.web.pages.state import (
    changes_page,
    house_page,
    law_page,
    legislative_page,
    senate_page,
    state_page,
    units_page,
)
from ebf.doors.web.pages.unit import (
    audit_page,
    board_file,
    board_page,
    counts_of_unit,
    line_page,
    state_line_page,
    unit_page,
    upload_counts,
)
from ebf.doors.web.pages.wanted import ElsewhereError, own_of, said_in
from ebf.doors.web.pages.ways import Ways
from ebf.faults import Fault, by_cause

# --- The routes ------------------------------------------------------------------------


def pages(app: FastAPI) -> None:
    """The routes of an application."""
    app.state.own = Own(app.state.served).prepare()
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    answers: dict[str, Callable[..., Response]] = {
        "/": state_page,
        "/changes": changes_page,
        "/law": law_page,
        "/units": units_page,
        "/units/{unit}": unit_page,
        "/units/{unit}/page": board_page,
        "/units/{unit}/page.html": board_file,
        "/units/{unit}/audit": audit_page,
        "/units/{unit}/lines/{line}": line_page,
        "/units/{unit}/counts.csv": counts_of_unit,
        "/units/{unit}/stands.svg": standing_picture,
        "/units/{unit}/why.svg": why_picture,
        "/lines/{line}": state_line_page,
        "/legislative": legislative_page,
        "/house/{number}": house_page,
        "/senate/{number}": senate_page,
        "/scenario.toml": scenario_of_state,
        "/charts/{picture}.svg": picture_of_state,
        "/static/{name}": shared,
    }
    for path, answer in answers.items():
        routes.add_api_route(path, answer, methods=["GET"])
    routes.add_api_route("/units/{unit}/counts", upload_counts, methods=["POST"])
    app.include_router(routes)
    app.add_exception_handler(ElsewhereError, _elsewhere)


async def _elsewhere(_: Request, error: Exception) -> Response:
    address = error.address if isinstance(error, ElsewhereError) else "/"
    return RedirectResponse(address, status.HTTP_303_SEE_OTHER)


def missing_page(request: Request, known: HTTPException) -> HTMLResponse:
    """A page that says that there is none."""
    said, title = known.detail, HTTPException(known.status_code).detail
    if said == HTTPException(status.HTTP_404_NOT_FOUND).detail:
        said = f"No page has the address {request.url.path}."
    return page(
        request,
        "missing.html",
        Ways(),
        known.status_code,
        title=title,
        words=[said],
    )


def refused_page(request: Request, faults: Sequence[Fault], code: int) -> HTMLResponse:
    """A page that says what is wrong, with what was asked as a form, to mend it."""
    own = own_of(request)
    said = own.kept(said_in(request))
    return page(
        request,
        "refused.html",
        Ways(),
        code,
        title="This cannot be answered",
        words=by_cause(faults),
        said=[(key, _called(own, key), text) for key, text in said],
        path=request.url.path if request.method == "GET" else request.url.path.rpartition("/")[0],
    )


def _called(own: Own, said: str) -> str:
    """What a key of a link is of; one that is none by itself."""
    key = key_in(said)
    return said if key is None else own.called(key)
