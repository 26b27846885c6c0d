"""The pages of the state: what it comes to, every unit, the law, legislative districts.

Holds: state_page, changes_page, law_page, units_page, legislative_page, house_page, senate_page.
"""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette import status
from starlette.exceptions import HTTPException

from ebf.doors.web.pages.fields import (
    carried,
    law_fields,
    money_field,
)
from ebf.doors.web.pages.finding import MOST_FOUND, units_found
from ebf.doors.web.pages.own import Own
from ebf.doors.web.pages.page import changes, page, shown
from ebf.doors.web.pages.parts import (
    called,
    every_change,
    state_answer,
    state_figures,
    state_opening,
    without_titles,
)
from ebf.doors.web.pages.wanted import Answer, TheState, WhatIf
from ebf.doors.web.pages.ways import Ways
from ebf.doors.web.served import Found
from ebf.law.columns import KINDS
from ebf.law.plain_names import plain_code
from ebf.ledger import Ledger
from ebf.reports.legislative_district import DISTRICTS
from ebf.show.as_html import html_blocks

# --- The state -------------------------------------------------------------------------


def state_page(request: Request, own: TheState, found: Answer) -> HTMLResponse:
    """The state: what it comes to, what if, who wins and who loses."""
    asked, ways = found.asked, Ways(found.asked.query)
    groups = [money_field(own, asked), *law_fields(own, asked, None)]
    return page(
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
        **changes(own, asked),
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


def changes_page(request: Request, own: TheState, found: Answer) -> HTMLResponse:
    """Every unit before and after."""
    ways = Ways(found.asked.query)
    return page(
        request,
        "document.html",
        ways,
        title="Every unit, before and after",
        opening=state_opening(found),
        html={"content": html_blocks(every_change(found, ways))},
        **changes(own, found.asked),
    )


def law_page(request: Request, own: TheState, asked: WhatIf, about: str = "") -> HTMLResponse:
    """The numbers of the law, all or those that have some words, each to be changed."""
    groups = [*law_fields(own, asked, about)]
    return page(
        request,
        "law.html",
        Ways(asked.query),
        title=f"The numbers of the law, {own.ledger.law.known_as}",
        about=about,
        groups=groups,
        carried=carried(asked, groups),
        **changes(own, asked),
    )


def units_page(request: Request, own: TheState, asked: WhatIf, search: str = "") -> HTMLResponse:
    """The units that are searched for; all of them, where nothing is."""
    ledger = own.ledger
    found = units_found(ledger, search) if search.strip() else [*_by_name(ledger)]
    most = MOST_FOUND if search.strip() else len(found)
    kinds = {
        unit: ledger.table.text_at("organization_type", ledger.table.places[unit]) or ""
        for unit in found[:most]
    }
    return page(
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
        **changes(own, asked),
    )


def _by_name(ledger: Ledger) -> list[str]:
    return sorted(ledger.table.unit_ids, key=lambda unit: (called(ledger, unit).casefold(), unit))


def legislative_page(request: Request, own: TheState, found: Answer) -> HTMLResponse:
    """The House and Senate districts of the state."""
    ways = Ways(found.asked.query)
    said = own.served.districts_of(found)
    if said is None:
        return _without_shares(request, own, found)
    return page(
        request,
        "document.html",
        ways,
        title=said.title,
        opening="",
        html={"content": shown(without_titles(said.document.blocks), found.after, ways)},
        **changes(own, found.asked),
    )


def house_page(request: Request, own: TheState, found: Answer, number: str) -> HTMLResponse:
    """A House district."""
    return _district_page(request, own, found, "House", number)


def senate_page(request: Request, own: TheState, found: Answer, number: str) -> HTMLResponse:
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
    return page(
        request,
        "document.html",
        ways,
        title=district.title,
        opening="",
        html={"content": shown(without_titles(district.document.blocks), found.after, ways)},
        **changes(own, found.asked),
    )


def _without_shares(request: Request, own: Own, found: Found) -> HTMLResponse:
    """That nothing says which units are in which legislative district, and what would."""
    return page(
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
        **changes(own, found.asked),
    )
