"""What the routes of the API share: what is served, the what-if of a link, answers written.

Holds: served_by, Ours, Linked, Beside, answer_of.
"""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

from fastapi import Depends, Request, Response

from ebf.doors.web.asked import Asked
from ebf.doors.web.served import Served
from ebf.show.answer import Shown

_DEPTH: Final = "depth"


def served_by(request: Request) -> Served:
    """What the application of a request serves."""
    served: Served = request.app.state.served
    return served


def _linked(request: Request) -> Asked:
    """The what-if of a query."""
    return Asked.of_query(request.query_params.multi_items())


def _beside(request: Request) -> Asked:
    """The what-if of a query that has a depth too."""
    pairs = request.query_params.multi_items()
    return Asked.of_query((key, text) for key, text in pairs if key != _DEPTH)


Ours: TypeAlias = Annotated[Served, Depends(served_by)]
Linked: TypeAlias = Annotated[Asked, Depends(_linked)]
Beside: TypeAlias = Annotated[Asked, Depends(_beside)]


def answer_of(shown: Shown, note: str = "") -> Response:
    """An answer as the library writes it."""
    return Response(shown.to_json(note), media_type="application/json")
