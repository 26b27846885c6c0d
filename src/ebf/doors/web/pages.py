"""The pages: a state in a browser, what if, and the walk down to the counts.

Holds: pages, refused_page.
"""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from ebf.faults import Fault, by_cause


def pages(app: FastAPI) -> None:
    """The routes of an application."""
    del app


def refused_page(request: Request, faults: Sequence[Fault], status: int) -> HTMLResponse:
    """A page that says what is wrong."""
    del request
    return HTMLResponse("\n".join(by_cause(faults)), status)
