"""The JSON API, version 1: the library's own answers, each with its schema, over HTTP.

Holds: served_by, Ours, api, answer_of, what_if.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from ebf.doors.web.asked import Asked
from ebf.doors.web.served import Served
from ebf.show.answer import Shown


def served_by(request: Request) -> Served:
    """What the application of a request serves."""
    served: Served = request.app.state.served
    return served


Ours = Annotated[Served, Depends(served_by)]


def api() -> APIRouter:
    """The routes."""
    routes = APIRouter()
    routes.add_api_route("/what-if", what_if, methods=["POST"])
    return routes


def answer_of(shown: Shown, note: str) -> Response:
    """An answer as the library writes it."""
    return Response(shown.to_json(note), media_type="application/json")


def what_if(asked: Asked, served: Ours) -> Response:
    """Who gains and who loses new money by a what-if, the whole state solved anew."""
    return answer_of(served.found(asked).comparison, served.note)
