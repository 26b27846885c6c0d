"""The command that serves a state to browsers and to other programs: serve.

Holds: serve_command, worker.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ebf.doors.options import Given, of_a_state
from ebf.faults import require

if TYPE_CHECKING:
    from fastapi import FastAPI

_ASKED: Final = "EBF_SERVE"
"""Of a worker's environment: what the command was asked for, as JSON."""
_WAITING, _KEEP_SECONDS = 64, 5


@of_a_state
def serve_command(
    given: Given,
    *,
    coverage: Annotated[
        Path | None,
        typer.Option(help="Units' shares in legislative districts, as of ebf legislative."),
    ] = None,
    host: Annotated[
        str, typer.Option(help="Address to listen at; other than loopback: any may ask.")
    ] = "127.0.0.1",
    name: Annotated[
        list[str] | None,
        typer.Option(help="A name by which it may be asked for, beside localhost; repeated."),
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen at.")] = 8018,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that answer.")] = 1,
) -> None:
    """Serve a state: pages at http://127.0.0.1:8018, JSON under /api/v1. Stop it by Ctrl+C."""
    require("fastapi", "serve")
    import uvicorn  # noqa: PLC0415 - of an extra

    asked: dict[str, Any] = {"given": asdict(given), "coverage": coverage, "names": name or []}
    _ = given.state  # what is wrong with it is said here, once
    os.environ[_ASKED] = json.dumps(asked, default=str)
    typer.echo(f"http://{host}:{port}  {given.note}".rstrip())
    uvicorn.run(
        "ebf.doors.serve_command:worker",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        limit_concurrency=_WAITING,
        timeout_keep_alive=_KEEP_SECONDS,
        server_header=False,
        access_log=False,  # the service has a log of its own, without queries
        log_config=None,
    )


def worker() -> FastAPI:
    """The application of a process that answers, by what the command was asked for."""
    from ebf.doors.web.served import Served  # noqa: PLC0415 - of an extra
    from ebf.doors.web.service import LOOPBACK, service_of  # noqa: PLC0415 - of an extra

    asked = json.loads(os.environ[_ASKED])
    said = asked["given"]
    for each in ("file", "salaries", "amounts"):
        said[each] = None if said[each] is None else Path(said[each])
    given = Given(**said)
    served = Served(given.state, given.note, asked["coverage"])
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    return service_of(served, [*LOOPBACK, *asked["names"]])
