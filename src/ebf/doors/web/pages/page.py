"""A page: a template, with what every page says.

Holds: page, changes, shown, download.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, PlainTextResponse
from starlette import status

from ebf.doors.web.asked import Asked
from ebf.doors.web.pages.own import Own
from ebf.doors.web.pages.parts import (
    linked,
    rests_on,
)
from ebf.doors.web.pages.wanted import own_of
from ebf.doors.web.pages.ways import Ways
from ebf.doors.web.pages.writing import written_page
from ebf.ledger import Ledger
from ebf.show.as_html import html_blocks
from ebf.show.document import Block


def page(
    request: Request,
    template: str,
    ways: Ways,
    code: int = status.HTTP_200_OK,
    *,
    unit_id: str | None = None,
    html: Mapping[str, str] | None = None,
    **content: Any,
) -> HTMLResponse:
    """A page of a template, with what every page says."""
    own = own_of(request)
    ledger = own.ledger
    written = written_page(
        template,
        html or {},
        ways=ways,
        year=ledger.fiscal_year,
        notes=[*rests_on(ledger, own.served.note, unit_id)],
        **content,
    )
    return HTMLResponse(written, code)


def changes(own: Own, asked: Asked) -> dict[str, Any]:
    """What every page says of the what-if."""
    return {"asked": asked, "told": [*own.told(asked)]}


def shown(blocks: Iterable[Block], ledger: Ledger, ways: Ways) -> str:
    """Blocks as HTML, units and districts in tables leading to their pages."""
    return html_blocks(linked(each, ledger, ways) for each in blocks)


def download(content: str, name: str, kind: str) -> PlainTextResponse:
    """A file to be kept."""
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return PlainTextResponse(content, headers=headers, media_type=kind)
