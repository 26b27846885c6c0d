"""The pages: a state in a browser, what if, and the walk down to the counts.

Holds: ElsewhereError, State, WhatIf, Answer, UnitId, pages, refused_page, failed_page, state_page,
changes_page, law_page, units_page, unit_page, board_page, board_file, audit_page, line_page,
state_line_page, upload_counts, counts_of_unit, legislative_page, house_page, senate_page,
scenario_of_state, picture_of_state, standing_picture, why_picture, shared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, FastAPI, Request, Response, UploadFile
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from starlette import status
from starlette.exceptions import HTTPException

from ebf.doors.web.asked import Asked, key_in
from ebf.doors.web.fields import (
    carried,
    counts_fields,
    law_fields,
    money_field,
    unit_fields,
)
from ebf.doors.web.finding import MOST_FOUND, units_found
from ebf.doors.web.own import Own
from ebf.doors.web.parts import (
    called,
    every_change,
    linked,
    rests_on,
    state_answer,
    state_figures,
    state_opening,
    unit_answer,
    unit_figures,
    unit_opening,
    without_titles,
)
from ebf.doors.web.scenario_file import counts_file, scenario_file
from ebf.doors.web.served import Found
from ebf.doors.web.walk import walk
from ebf.doors.web.ways import Ways
from ebf.doors.web.writing import written_page
from ebf.explain.charts import adequacy_chart
from ebf.explain.explanation import Explanation
from ebf.faults import Fault, InputError, Place, by_cause, malformed
from ebf.law.columns import KINDS
from ebf.law.names import column_of, columns_of, name_behind
from ebf.law.plain_names import plain_code, plain_column
from ebf.ledger import Ledger
from ebf.reports.district_page.page import attributed
from ebf.reports.legislative_district import DISTRICTS
from ebf.reports.own_counts import counts_in
from ebf.show.as_html import html_blocks
from ebf.show.charts.chart import Chart
from ebf.show.document import Block, Paragraph
from ebf.units.csv_and_parquet import read_units

_OWN_KEYS: Final = frozenset({"search", "about"})
"""What a query says beside the what-if."""
_SHARED: Final = {"app.css": "text/css", "app.js": "text/javascript", "page.css": "text/css"}
_SVG: Final = "image/svg+xml"
_NOT_BEFORE: Final = "The state's file has the sum of it alone: it is not computed there."


class ElsewhereError(Exception):
    """A request that is answered at another address."""

    def __init__(self, address: str) -> None:
        """The address."""
        super().__init__(address)
        self.address = address


# --- What is asked ---------------------------------------------------------------------


def _own(request: Request) -> Own:
    own: Own = request.app.state.own
    return own


State = Annotated[Own, Depends(_own)]


def _said(request: Request) -> list[tuple[str, str]]:
    """What the query says of the what-if."""
    return [pair for pair in request.query_params.multi_items() if pair[0] not in _OWN_KEYS]


def _asked(request: Request, own: State) -> Asked:
    """The what-if of the query, as short as it can be said: there the answer is."""
    said = _said(request)
    asked = Asked.of_query(own.kept(said))
    if urlencode(said) != asked.query:
        more = [pair for pair in request.query_params.multi_items() if pair[0] in _OWN_KEYS]
        raise ElsewhereError(Ways(asked.query).to(request.url.path, more))
    return asked


WhatIf = Annotated[Asked, Depends(_asked)]


def _found(asked: WhatIf, own: State) -> Found:
    return own.served.found(asked)


Answer = Annotated[Found, Depends(_found)]


def _unit(request: Request, unit: str, own: State) -> str:
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
    app.add_exception_handler(HTTPException, _missing)


async def _elsewhere(_: Request, error: Exception) -> Response:
    address = error.address if isinstance(error, ElsewhereError) else "/"
    return RedirectResponse(address, status.HTTP_303_SEE_OTHER)


async def _missing(request: Request, error: Exception) -> Response:
    """What is not there: a page that says so; of the API as its own errors are."""
    known = error if isinstance(error, HTTPException) else HTTPException(status.HTTP_404_NOT_FOUND)
    if request.url.path.startswith("/api/"):
        return await http_exception_handler(request, known)
    said = known.detail
    if said == HTTPException(known.status_code).detail:
        said = f"No page has the address {request.url.path}."
    return _page(
        request, "missing.html", Ways(), known.status_code, title="Not found", words=[said]
    )


def refused_page(request: Request, faults: Sequence[Fault], code: int) -> HTMLResponse:
    """A page that says what is wrong, with what was asked as a form, to mend it."""
    own = _own(request)
    said = own.kept(_said(request))
    return _page(
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


def failed_page(request: Request, code: int) -> HTMLResponse:
    """A page that says that the service failed, and by which id its log has it."""
    words = [f"An error of the service, which its log has as {request.state.request_id}."]
    return _page(request, "missing.html", Ways(), code, title="It failed", words=words)


def _page(
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
    own = _own(request)
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


def _changes(own: Own, asked: Asked) -> dict[str, Any]:
    """What every page says of the what-if."""
    return {"asked": asked, "told": [*own.told(asked)]}


def _shown(blocks: Iterable[Block], ledger: Ledger, ways: Ways) -> str:
    """Blocks as HTML, units and districts in tables leading to their pages."""
    return html_blocks(linked(each, ledger, ways) for each in blocks)


# --- The state -------------------------------------------------------------------------


def state_page(request: Request, own: State, found: Answer) -> HTMLResponse:
    """The state: what it comes to, what if, who wins and who loses."""
    asked, ways = found.asked, Ways(found.asked.query)
    groups = [money_field(own, asked), *law_fields(own, asked, None)]
    return _page(
        request,
        "state.html",
        ways,
        title=f"Evidence-Based Funding, FY{own.ledger.fiscal_year}",
        opening=state_opening(found),
        html={
            "figures": html_blocks([state_figures(found, ways)]),
            "answer": html_blocks(state_answer(found, ways)),
        },
        groups=groups,
        carried=carried(asked, groups),
        pictures=_pictures(found),
        **_changes(own, asked),
    )


def _pictures(found: Found) -> list[tuple[str, str]]:
    """The pictures of the state, each with what it shows."""
    shown = [
        ("/charts/adequacy.svg", "How many units have which percent of adequacy, by tier"),
        ("/charts/money.svg", "Where the new money goes, by tier"),
    ]
    if not found.is_nothing:
        shown.insert(0, ("/charts/changes.svg", "The units that gain and that lose the most"))
    return shown


def changes_page(request: Request, own: State, found: Answer) -> HTMLResponse:
    """Every unit before and after."""
    ways = Ways(found.asked.query)
    return _page(
        request,
        "document.html",
        ways,
        title="Every unit, before and after",
        opening=state_opening(found),
        html={"content": html_blocks(every_change(found, ways))},
        **_changes(own, found.asked),
    )


def law_page(request: Request, own: State, asked: WhatIf, about: str = "") -> HTMLResponse:
    """The numbers of the law, all or those that have some words, each to be changed."""
    groups = [*law_fields(own, asked, about)]
    return _page(
        request,
        "law.html",
        Ways(asked.query),
        title=f"The numbers of the law, {own.ledger.law.known_as}",
        about=about,
        groups=groups,
        carried=carried(asked, groups),
        **_changes(own, asked),
    )


def units_page(request: Request, own: State, asked: WhatIf, search: str = "") -> HTMLResponse:
    """The units that are searched for; all of them, where nothing is."""
    ledger = own.ledger
    found = units_found(ledger, search) if search.strip() else [*_by_name(ledger)]
    most = MOST_FOUND if search.strip() else len(found)
    kinds = {
        unit: ledger.table.text_at("organization_type", ledger.table.places[unit]) or ""
        for unit in found[:most]
    }
    return _page(
        request,
        "units.html",
        Ways(asked.query),
        title="Find a district",
        search=search,
        units=[
            (unit, called(ledger, unit), plain_code(kind) if kind in KINDS else kind)
            for unit, kind in kinds.items()
        ],
        more=len(found) - len(kinds),
        **_changes(own, asked),
    )


def _by_name(ledger: Ledger) -> list[str]:
    return sorted(ledger.table.unit_ids, key=lambda unit: (called(ledger, unit).casefold(), unit))


# --- A unit ------------------------------------------------------------------------------


def unit_page(request: Request, own: State, found: Answer, unit_id: UnitId) -> HTMLResponse:
    """A unit: what it comes to, its numbers to be changed, and why."""
    asked, ways = found.asked, Ways(found.asked.query)
    groups = unit_fields(own, asked, unit_id)
    counts = counts_fields(own, asked, unit_id)
    return _page(
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
        **_changes(own, asked),
    )


def board_page(own: State, found: Answer, unit_id: UnitId) -> HTMLResponse:
    """The page that a board is shown."""
    return HTMLResponse(_board(own, found, unit_id))


def board_file(own: State, found: Answer, unit_id: UnitId) -> HTMLResponse:
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


def audit_page(request: Request, own: State, found: Answer, unit_id: UnitId) -> HTMLResponse:
    """Every number of a unit, line by line of the law."""
    ways = Ways(found.asked.query)
    said = found.ledger_of_all(unit_id).audit(unit_id)
    return _page(
        request,
        "document.html",
        ways,
        unit_id=unit_id,
        title=said.title,
        unit=unit_id,
        opening="",
        html={"content": html_blocks(without_titles(said.document.blocks))},
        **_changes(own, found.asked),
    )


def line_page(
    request: Request, own: State, found: Answer, unit_id: UnitId, line: str
) -> HTMLResponse:
    """The walk of a line of a unit: after a what-if, and before it."""
    ways = Ways(found.asked.query)
    name = name_behind(line)
    if columns_of(name) and column_of(name).statewide:
        raise ElsewhereError(ways.to(f"/lines/{name}"))
    after = _explained(found.ledger_of(unit_id, name), unit_id, name)
    before = None if found.is_nothing else _explained(found.before, unit_id, name, is_there=False)
    return _walk_page(request, own, found, after, before, unit_id)


def state_line_page(request: Request, own: State, found: Answer, line: str) -> HTMLResponse:
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
    return _page(
        request,
        "line.html",
        ways,
        unit_id=unit_id,
        title=f"{plain_column(line)} of {whose}",
        unit=unit_id,
        sides=sides,
        **_changes(own, found.asked),
    )


def upload_counts(
    request: Request, own: State, unit_id: UnitId, counts: UploadFile
) -> RedirectResponse:
    """A file of own counts, answered by the link that has its numbers; nothing of it is kept."""
    asked = Asked.of_query(own.kept(_said(request)))
    content = counts.file.read()
    if content[:2] == b"PK" or not content.strip():
        found = "a workbook" if content else "no file, or an empty one"
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


def counts_of_unit(own: State, asked: WhatIf, unit_id: UnitId) -> Response:
    """The own counts of a what-if as a file."""
    return _file(counts_file(own.ledger, asked, unit_id), "counts.csv", "text/csv")


# --- Legislative districts ---------------------------------------------------------------


def legislative_page(request: Request, own: State, found: Answer) -> HTMLResponse:
    """The House and Senate districts of the state."""
    ways = Ways(found.asked.query)
    said = own.served.districts_of(found)
    if said is None:
        return _without_shares(request, own, found)
    return _page(
        request,
        "document.html",
        ways,
        title=said.title,
        opening="",
        html={"content": _shown(without_titles(said.document.blocks), found.after, ways)},
        **_changes(own, found.asked),
    )


def house_page(request: Request, own: State, found: Answer, number: str) -> HTMLResponse:
    """A House district."""
    return _district_page(request, own, found, "House", number)


def senate_page(request: Request, own: State, found: Answer, number: str) -> HTMLResponse:
    """A Senate district."""
    return _district_page(request, own, found, "Senate", number)


def _district_page(
    request: Request, own: Own, found: Found, chamber: str, number: str
) -> HTMLResponse:
    """The units of a legislative district, before and after."""
    ways = Ways(found.asked.query)
    most = DISTRICTS[chamber]
    if not number.isdecimal() or not 1 <= int(number) <= most:
        words = f"The {chamber} has the districts 1 to {most}."
        raise HTTPException(status.HTTP_404_NOT_FOUND, words)
    said = own.served.districts_of(found)
    if said is None:
        return _without_shares(request, own, found)
    district = said.district(chamber, int(number))
    return _page(
        request,
        "document.html",
        ways,
        title=district.title,
        opening="",
        html={"content": _shown(without_titles(district.document.blocks), found.after, ways)},
        **_changes(own, found.asked),
    )


def _without_shares(request: Request, own: Own, found: Found) -> HTMLResponse:
    """That nothing says which units are in which legislative district, and what would."""
    return _page(
        request,
        "document.html",
        Ways(found.asked.query),
        title="House and Senate districts",
        opening=(
            "Nothing of this state says which units are in which legislative district. Serve it "
            "with a table of shares: ebf serve --coverage shares.csv, with the columns chamber, "
            "district, unit_id and share; or serve the State Board's Base Calc sheet, which has "
            "numbers of districts."
        ),
        html={"content": ""},
        **_changes(own, found.asked),
    )


# --- Files and pictures ------------------------------------------------------------------


def scenario_of_state(asked: WhatIf) -> Response:
    """The what-if as a file of a scenario."""
    return _file(scenario_file(asked), "scenario.toml", "application/toml")


def _file(content: str, name: str, kind: str) -> PlainTextResponse:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return PlainTextResponse(content, headers=headers, media_type=kind)


def picture_of_state(found: Answer, picture: str) -> Response:
    """A picture of the state."""
    match picture:
        case "adequacy":
            return _drawn(found.adequacy_chart)
        case "money":
            return _drawn(found.money_chart)
        case "changes":
            return _drawn(found.changes_chart)
    raise HTTPException(status.HTTP_404_NOT_FOUND)


def standing_picture(found: Answer, unit_id: UnitId) -> Response:
    """Where a unit stands among all."""
    return _drawn(adequacy_chart(found.after, unit_id))


def why_picture(found: Answer, unit_id: UnitId) -> Response:
    """Why a unit's new money changes."""
    split = attributed(found.before, found.after, unit_id)
    if isinstance(split, InputError):
        raise split
    return _drawn(split.chart(unit_id))


def _drawn(chart: Chart) -> Response:
    return Response(chart.to_svg(), media_type=_SVG)


def shared(name: str) -> Response:
    """A file that all pages share."""
    if name not in _SHARED:
        raise HTTPException(status.HTTP_404_NOT_FOUND)
    folder = files("ebf.show") if name == "page.css" else files("ebf.doors.web") / "static"
    return Response((folder / name).read_bytes(), media_type=_SHARED[name])
