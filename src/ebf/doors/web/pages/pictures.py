"""Pictures and files: charts, a what-if as a scenario, and what all pages share.

Holds: scenario_of_state, picture_of_state, standing_picture, why_picture, shared.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Final

from fastapi import Response
from starlette import status
from starlette.exceptions import HTTPException

from ebf.doors.web.pages.page import download
from ebf.doors.web.pages.scenario_file import scenario_file
from ebf.doors.web.pages.wanted import Answer, UnitId, WhatIf
from ebf.explain.charts import adequacy_picture
from ebf.faults import InputError
from ebf.reports.district_page.page import attributed
from ebf.show.as_html import shared_style
from ebf.show.charts.chart import Chart

_SHARED: Final = {"app.css": "text/css", "app.js": "text/javascript", "page.css": "text/css"}
_SVG: Final = "image/svg+xml"


# --- Files and pictures ------------------------------------------------------------------


def scenario_of_state(asked: WhatIf) -> Response:
    """The what-if as a file of a scenario."""
    return download(scenario_file(asked), "scenario.toml", "application/toml")


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
    return _svg(adequacy_picture(found.after, unit_id).svg)


def why_picture(found: Answer, unit_id: UnitId) -> Response:
    """Why a unit's new money changes."""
    split = attributed(found.before, found.after, unit_id)
    if isinstance(split, InputError):
        raise split
    return _drawn(split.chart(unit_id))


def _drawn(chart: Chart) -> Response:
    return _svg(chart.to_svg())


def _svg(drawn: str) -> Response:
    return Response(drawn, media_type=_SVG)


def shared(name: str) -> Response:
    """A file that all pages share."""
    if name not in _SHARED:
        raise HTTPException(status.HTTP_404_NOT_FOUND)
    is_style = name == "page.css"
    content = (
        shared_style() if is_style else (files("ebf.doors.web.pages") / "static" / name).read_text()
    )
    return Response(content, media_type=_SHARED[name])
