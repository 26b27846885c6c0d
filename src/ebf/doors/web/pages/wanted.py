"""What a page is asked for: the what-if of its address, and the unit of its path.

Holds: ElsewhereError, own_of, TheState, said_in, WhatIf, Answer, UnitId.
"""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Depends, Request
from starlette import status
from starlette.exceptions import HTTPException

from ebf.doors.web.asked import Asked
from ebf.doors.web.pages.own import Own
from ebf.doors.web.pages.ways import Ways
from ebf.doors.web.served import Found
from ebf.faults import InputError

_OWN_KEYS: Final = frozenset({"search", "about"})
"""What a query says beside the what-if."""


class ElsewhereError(Exception):
    """A request that is answered at another address."""

    def __init__(self, address: str) -> None:
        """The address."""
        super().__init__(address)
        self.address = address


def own_of(request: Request) -> Own:
    """What the served state has."""
    own: Own = request.app.state.own
    return own


TheState = Annotated[Own, Depends(own_of)]


def said_in(request: Request) -> list[tuple[str, str]]:
    """What the query says of the what-if."""
    return [pair for pair in request.query_params.multi_items() if pair[0] not in _OWN_KEYS]


def _asked(request: Request, own: TheState) -> Asked:
    """The what-if of the query, as short as it can be said: there the answer is."""
    said = said_in(request)
    asked = Asked.of_query(own.kept(said))
    if urlencode(said) != asked.query:
        more = [pair for pair in request.query_params.multi_items() if pair[0] in _OWN_KEYS]
        raise ElsewhereError(Ways(asked.query).to(request.url.path, more))
    return asked


WhatIf = Annotated[Asked, Depends(_asked)]


def _found(asked: WhatIf, own: TheState) -> Found:
    return own.served.found(asked)


Answer = Annotated[Found, Depends(_found)]


def _unit(request: Request, unit: str, own: TheState) -> str:
    """The unit of the path, by its id; in another form, or by its name, it is led to that."""
    try:
        unit_id = own.ledger.unit_id(unit)
    except InputError as error:
        raise HTTPException(status.HTTP_404_NOT_FOUND, str(error.faults[0])) from error
    if unit_id != unit:
        part = "/".join(request.url.path.split("/")[3:])
        raise ElsewhereError(Ways(request.url.query).unit(unit_id, f"/{part}" if part else ""))
    return unit_id


UnitId = Annotated[str, Depends(_unit)]
