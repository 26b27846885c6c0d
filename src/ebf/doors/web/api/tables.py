"""The API's answers to tables and files that are handed over: cards, levies, reconciliation.

Holds: Cell, Row, Rows, Finances, LeviesAsked, add_tables.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, TypeAlias

import pandas as pd
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from ebf.doors.web.api.answering import Ours, answer_of
from ebf.doors.web.api.openapi import of
from ebf.doors.web.api.uploads import BusyError, FileAsked, reconciled
from ebf.doors.web.asked import Name
from ebf.doors.web.bounds import MOST_CHANGES, MOST_NAME, MOST_ROWS
from ebf.doors.web.refusals import Refused
from ebf.reports.extension import Extension, extension
from ebf.reports.reconciliation import Reconciliation
from ebf.reports.report_card import DistrictCard, ReportCard, report_card
from ebf.units.ids import ID

_COLUMNS: Final = 400
_STRICT: Final = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
Cell: TypeAlias = float | Name | None
Row: TypeAlias = Annotated[dict[Name, Cell], Field(min_length=1, max_length=_COLUMNS)]
"""A row of a table by the names of its columns; null is a blank."""
Rows: TypeAlias = Annotated[tuple[Row, ...], Field(min_length=1, max_length=MOST_ROWS)]


class Finances(BaseModel):
    """The finances of districts, as ``ebf.report_card`` takes them, beside the state."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        **_STRICT,
        json_schema_extra={
            "examples": [
                {
                    "finances": [
                        {
                            ID: "1000196062600",
                            "general_administration_expenditure": 400_000,
                            "total_expenditure": 6_000_000,
                        }
                    ],
                    "district": "1000196062600",
                }
            ]
        },
    )

    finances: Rows
    district: Name | None = Field(default=None, description="The card of one district alone.")


class LeviesAsked(BaseModel):
    """Districts' levies, as ``ebf.extension`` takes them; they are not of the state served."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        **_STRICT,
        json_schema_extra={
            "examples": [
                {
                    "levy_year": 2025,
                    "levies": [
                        {
                            "organization_type": "unit",
                            "current_eav": 210_000_000,
                            "levy_education": 5_000_000,
                            "levy_transportation": 500_000,
                        }
                    ],
                }
            ]
        },
    )

    levy_year: int
    levies: Rows = Field(description="A row a district; of one alone unit_id may be left out.")
    rate_decimals: int | None = None
    price_index: tuple[float, float] | None = Field(
        default=None, description="The index of the December before and of the last."
    )
    amounts: dict[Name, float] = Field(default={}, max_length=MOST_CHANGES)
    readings: dict[int, Name] = Field(default={}, max_length=MOST_CHANGES)


def add_tables(routes: APIRouter) -> None:
    """The routes."""
    routes.add_api_route(
        "/report-card",
        _report_card,
        methods=["POST"],
        summary="The money on districts' report cards, of finances beside the state",
        responses=of(ReportCard, DistrictCard),
    )
    routes.add_api_route(
        "/extension",
        _extension,
        methods=["POST"],
        summary="What may be extended of districts' levies, and what binds",
        responses=of(Extension),
    )
    routes.add_api_route(
        "/reconcile/file",
        _reconcile,
        methods=["POST"],
        summary="Every published number of a file against the same one from its own parts",
        responses=of(Reconciliation) | {503: {"model": Refused, "description": "Others are read."}},
        openapi_extra={
            "requestBody": {
                "required": True,
                "description": "The file itself: a Base Calc sheet or a table, .xlsx or .csv.",
                "content": {"application/octet-stream": {"schema": {}}},
            }
        },
    )


def _report_card(asked: Finances, served: Ours) -> Response:
    found = report_card(served.ledger, pd.DataFrame([*asked.finances]))
    shown = found if asked.district is None else found.district(asked.district)
    return answer_of(shown, served.note)


def _extension(asked: LeviesAsked) -> Response:
    first = asked.levies[0]
    is_one = len(asked.levies) == 1 and ID not in first
    levies: Any = first if is_one else pd.DataFrame([*asked.levies])
    found = extension(
        levies,
        asked.levy_year,
        rate_decimals=asked.rate_decimals,
        price_index=asked.price_index,
        amounts=asked.amounts or None,
        readings=asked.readings or None,
    )
    return answer_of(found)


async def _reconcile(
    request: Request,
    sheet: Annotated[str | None, Query(max_length=MOST_NAME, description="Of a workbook.")] = None,
    fiscal_year: Annotated[int | None, Query(description="Of a file that says none.")] = None,
    new_state_funds: Annotated[
        float | None, Query(allow_inf_nan=False, description="Of a file that has none, dollars.")
    ] = None,
    name: Annotated[
        str | None, Query(max_length=MOST_NAME, description="What the answer calls the file.")
    ] = None,
) -> Response:
    asked = FileAsked(name or "the upload", sheet, fiscal_year, new_state_funds)
    try:
        content = await reconciled(request.stream(), asked)
    except BusyError as busy:
        headers = {"retry-after": str(busy.seconds)}
        return Response(busy.content, 503, headers, "application/json")
    return Response(content, media_type="application/json")
