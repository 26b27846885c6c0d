"""The pages of a unit: what it comes to, for its board, every number, the walk, its own counts.

Holds: unit_page, board_page, board_file, audit_page, line_page, state_line_page, upload_counts,
counts_of_unit.
"""

from __future__ import annotations

from typing import Final

from fastapi import Request, Response, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette import status
from starlette.exceptions import HTTPException

from ebf.doors.web.asked import Asked
from ebf.doors.web.pages.fields import (
    carried,
    counts_fields,
    unit_fields,
)
from ebf.doors.web.pages.own import Own
from ebf.doors.web.pages.page import changes, download, page
from ebf.doors.web.pages.parts import (
    called,
    unit_answer,
    unit_figures,
    unit_opening,
    without_titles,
)
from ebf.doors.web.pages.scenario_file import counts_file
from ebf.doors.web.pages.walk import walk
from ebf.doors.web.pages.wanted import Answer, ElsewhereError, TheState, UnitId, WhatIf, said_in
from ebf.doors.web.pages.ways import Ways
from ebf.doors.web.served import Found
from ebf.explain.explanation import Explanation
from ebf.faults import InputError, Place, malformed
from ebf.law.names import column_of, columns_of, name_behind
from ebf.law.plain_names import plain_column
from ebf.ledger import Ledger
from ebf.reports.own_counts import counts_in
from ebf.show.as_html import html_blocks
from ebf.show.document import Paragraph
from ebf.units.csv_and_parquet import read_units

_OTHER_FILES: Final = (b"PK", b"PAR1")
"""How workbooks and Parquet files begin, which can unpack to far more than they are."""
_NOT_BEFORE: Final = "The state's file has the sum of it alone: it is not computed there."


# --- A unit ------------------------------------------------------------------------------


def unit_page(request: Request, own: TheState, found: Answer, unit_id: UnitId) -> HTMLResponse:
    """A unit: what it comes to, its numbers to be changed, and why."""
    asked, ways = found.asked, Ways(found.asked.query)
    groups = unit_fields(own, asked, unit_id)
    counts = counts_fields(own, asked, unit_id)
    return page(
        request,
        "unit.html",
        ways,
        unit_id=unit_id,
        title=called(found.after, unit_id),
        unit=unit_id,
        opening=unit_opening(found, unit_id),
        html={
            "figures": html_blocks([unit_figures(found, unit_id, ways)]),
            "answer": html_blocks(unit_answer(found, unit_id, ways)),
        },
        groups=groups,
        counts=counts,
        carried=carried(asked, [*groups, *counts]),
        **changes(own, asked),
    )


def board_page(own: TheState, found: Answer, unit_id: UnitId) -> HTMLResponse:
    """The page that a board is shown."""
    return HTMLResponse(_board(own, found, unit_id))


def board_file(own: TheState, found: Answer, unit_id: UnitId) -> HTMLResponse:
    """The same, to be kept."""
    headers = {"content-disposition": f'attachment; filename="{unit_id}.html"'}
    return HTMLResponse(_board(own, found, unit_id), headers=headers)


def _board(own: Own, found: Found, unit_id: str) -> str:
    del own
    before = None if found.is_nothing else found.before
    counted = found.counted
    if counted is not None and unit_id not in counted.table.places:
        counted = None
    held = found.held if counted is not None else ()
    return found.after.page(unit_id, before=before, counted=counted, held=held).to_html()


def audit_page(request: Request, own: TheState, found: Answer, unit_id: UnitId) -> HTMLResponse:
    """Every number of a unit, line by line of the law."""
    ways = Ways(found.asked.query)
    said = found.of_unit(unit_id).audit(unit_id)
    return page(
        request,
        "document.html",
        ways,
        unit_id=unit_id,
        title=said.title,
        unit=unit_id,
        opening="",
        html={"content": html_blocks(without_titles(said.document.blocks))},
        **changes(own, found.asked),
    )


def line_page(
    request: Request, own: TheState, found: Answer, unit_id: UnitId, line: str
) -> HTMLResponse:
    """The walk of a line of a unit: after a what-if, and before it."""
    ways = Ways(found.asked.query)
    name = name_behind(line)
    if columns_of(name) and column_of(name).statewide:
        raise ElsewhereError(ways.to(f"/lines/{name}"))
    after = _explained(found.ledger_of(unit_id, name), unit_id, name)
    before = None if found.is_nothing else _explained(found.before, unit_id, name, is_there=False)
    return _walk_page(request, own, found, after, before, unit_id)


def state_line_page(request: Request, own: TheState, found: Answer, line: str) -> HTMLResponse:
    """The walk of a line of the state: one number for all units."""
    name = name_behind(line)
    if not columns_of(name) or not column_of(name).statewide:
        words = f"{line}: no line with one number for the state; a unit's page has its own lines."
        raise HTTPException(status.HTTP_404_NOT_FOUND, words)
    any_unit = own.ledger.table.unit_ids[0]
    after = _explained(found.after, any_unit, name)
    before = None if found.is_nothing else _explained(found.before, any_unit, name, is_there=False)
    return _walk_page(request, own, found, after, before, None)


def _explained(
    ledger: Ledger, unit_id: str, name: str, *, is_there: bool = True
) -> Explanation | None:
    """A line explained; None, where it may be missing and is."""
    try:
        return ledger.explain(unit_id, name, depth=0)
    except InputError as error:
        if is_there:
            raise HTTPException(status.HTTP_404_NOT_FOUND, str(error.faults[0])) from error
        return None


def _walk_page(
    request: Request,
    own: Own,
    found: Found,
    after: Explanation | None,
    before: Explanation | None,
    unit_id: str | None,
) -> HTMLResponse:
    ways = Ways(found.asked.query)
    sides = [
        (title, html_blocks(walk(said, ways, unit_id, prefix)))
        for title, said, prefix in (("Now", after, "now-"), ("Before", before, "before-"))
        if said is not None
    ]
    if before is None and not found.is_nothing:
        sides.append(("Before", html_blocks([Paragraph(_NOT_BEFORE)])))
    line = after.asked if after is not None else ""
    whose = "the state" if unit_id is None else called(found.after, unit_id)
    return page(
        request,
        "line.html",
        ways,
        unit_id=unit_id,
        title=f"{plain_column(line)} of {whose}",
        unit=unit_id,
        sides=sides,
        **changes(own, found.asked),
    )


def upload_counts(
    request: Request, own: TheState, unit_id: UnitId, counts: UploadFile
) -> RedirectResponse:
    """A file of own counts, answered by the link that has its numbers; nothing of it is kept."""
    asked = Asked.of_query(own.kept(said_in(request)))
    content = counts.file.read()
    if content.startswith(_OTHER_FILES) or not content.strip():
        found = "another kind of file" if content else "no file, or an empty one"
        fault = malformed(
            Place("request", at="counts"), found, "counts.csv, as ebf template has it"
        )
        raise InputError([fault])
    numbers = counts_in(read_units(content), unit_id)
    said = Asked.of_query(
        [
            *asked.model_copy(update={"counts": {}}).pairs,
            *((f"counts.{unit_id}.{name}", repr(value)) for name, value in numbers.items()),
        ]
    )
    return RedirectResponse(Ways(said.query).unit(unit_id), status.HTTP_303_SEE_OTHER)


def counts_of_unit(own: TheState, asked: WhatIf, unit_id: UnitId) -> Response:
    """The own counts of a what-if as a file."""
    return download(counts_file(own.ledger, asked, unit_id), "counts.csv", "text/csv")
