"""The API's answers about the state as it is, or as a what-if in the query makes it.

Holds: UnitAsked, LineAsked, add_state.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Response

from ebf.doors.web.api.answering import Beside, Linked, Ours, answer_of
from ebf.doors.web.api.openapi import TAKES_WHAT_IF, of
from ebf.doors.web.bounds import MOST_NAME
from ebf.explain.explanation import Audit, Explanation
from ebf.law.parameters import Law
from ebf.ledger import Ledger
from ebf.reports.district_page.page import DistrictPage
from ebf.reports.state_units import UnitNumbers, Units, state_units, unit_numbers

_UNIT: Final = "The unit, by its id in any form or its name."
UnitAsked = Annotated[
    str, Path(max_length=MOST_NAME, description=_UNIT, examples=["1000196062600"])
]
LineAsked = Annotated[
    str, Path(max_length=MOST_NAME, description="A line or input.", examples=["tier_funding"])
]


def add_state(routes: APIRouter) -> None:
    """The routes."""
    for path, answer, kind, summary in (
        ("/state", _state, Ledger, "The state: tiers, statewide numbers, largest amounts"),
        ("/law", _law, Law, "The numbers of the law, by the names that a what-if changes"),
        ("/units", _units, Units, "The units: id, name, kind, county, tier, percent, money"),
        ("/units/{unit}", _unit, UnitNumbers, "A unit's numbers by column, with titles"),
        (
            "/units/{unit}/lines/{line}",
            _line,
            Explanation,
            "Where a number of a unit comes from, down to its counts",
        ),
        ("/units/{unit}/audit", _audit, Audit, "Every number of a unit by the law"),
        ("/units/{unit}/page", _page, DistrictPage, "The page of a district"),
    ):
        routes.add_api_route(
            path,
            answer,
            methods=["GET"],
            summary=summary,
            responses=of(kind),
            openapi_extra=TAKES_WHAT_IF,
        )


def _state(asked: Linked, served: Ours) -> Response:
    return answer_of(served.found(asked).after, served.note)


def _law(asked: Linked, served: Ours) -> Response:
    return answer_of(served.found(asked).after.law)


def _units(asked: Linked, served: Ours) -> Response:
    return answer_of(state_units(served.found(asked).after), served.note)


def _unit(unit: UnitAsked, asked: Linked, served: Ours) -> Response:
    return answer_of(unit_numbers(served.found(asked).after, unit), served.note)


def _line(
    unit: UnitAsked,
    line: LineAsked,
    asked: Beside,
    served: Ours,
    depth: Annotated[
        int | None,
        Query(ge=0, le=100, description="Levels of sources; left out: down to the counts."),
    ] = None,
) -> Response:
    ledger = served.found(asked).of_unit(unit)
    return answer_of(ledger.explain(unit, line, depth=depth), served.note)


def _audit(unit: UnitAsked, asked: Linked, served: Ours) -> Response:
    return answer_of(served.found(asked).of_unit(unit).audit(unit), served.note)


def _page(unit: UnitAsked, asked: Linked, served: Ours) -> Response:
    return answer_of(served.found(asked).page(unit), served.note)
