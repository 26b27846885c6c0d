"""What stands before every request: its size, its id and its log, and what a browser may do.

Holds: LOG, HEALTH, Message, Receive, Send, Header, Application, TooLargeError, TruncatedError,
is_for_programs, Guard.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from hashlib import sha256
from time import perf_counter
from traceback import format_tb
from typing import Any, Final, TypeAlias
from uuid import uuid4

from starlette.exceptions import HTTPException

from ebf.doors.web.bounds import MOST_BODY
from ebf.doors.web.refusals import faults_as_json
from ebf.faults import Fault, Place, too_large

LOG: Final = logging.getLogger("ebf.web")
HEALTH: Final = "/health"

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Header: TypeAlias = tuple[bytes, bytes]
Application: TypeAlias = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

_SAFE: Final = (
    (
        b"content-security-policy",
        (
            b"default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
            b"script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
            b"frame-ancestors 'none'"
        ),
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
_OK, _NOT_MODIFIED, _TOO_LARGE, _FAILED = 200, 304, 413, 500
_LONGEST_PATH: Final = 300


class TooLargeError(HTTPException):
    """A body that goes on beyond what is taken."""

    def __init__(self, most: int) -> None:
        """``most`` are the bytes that are taken."""
        self.fault: Fault = too_large(
            Place("request", at="body"), f"more than {most:,} bytes", f"up to {most:,} bytes"
        )
        super().__init__(_TOO_LARGE, str(self.fault))


class TruncatedError(Exception):
    """An answer that broke off behind its beginning; the connection is closed."""


class _Answer:
    """Where an answer is sent, with the headers that all have; what became of it."""

    def __init__(
        self, send: Send, ids: tuple[Header, ...], tag: bytes | None, *, is_bodiless: bool
    ) -> None:
        self._send, self._ids, self.tag, self._is_bodiless = send, ids, tag, is_bodiless
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message.get("headers", ()), *_SAFE, *self._ids, *self._kept()]
            message = {**message, "headers": headers}
        elif self._is_bodiless:
            message = {**message, "body": b""}
        await self._send(message)

    def _kept(self) -> tuple[Header, ...]:
        """What may be kept of it: an answer under its tag, asked about each time."""
        if self.tag is not None and self.status in {_OK, _NOT_MODIFIED}:
            return ((b"etag", self.tag), (b"cache-control", b"no-cache"))
        return ((b"cache-control", b"no-store"),)


def is_for_programs(path: str) -> bool:
    """Whether what stands at a path is read by programs."""
    return path.startswith("/api/") or path == HEALTH


class Guard:
    """An application that lets through what is bounded, and says what became of it.

    Every answer has a request id, which its line in the log has too; of the request the log has
    method and path alone, no query and no body. What a GET answers stands on the state that is
    served and on its address, so that its ETag is known before it is computed. HEAD is GET
    without its body.
    """

    def __init__(self, app: Application, digest: str, larger: Mapping[str, int]) -> None:
        """``digest`` is that of the state; paths that end as ``larger`` says may have as much."""
        self._app, self._digest, self._larger = app, digest, larger

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, began, method = uuid4().hex, perf_counter(), scope["method"]
        scope = {**scope, "method": "GET" if method == "HEAD" else method}
        scope.setdefault("state", {})["request_id"] = request
        path = str(scope["path"])
        tag = self._tag(scope) if scope["method"] == "GET" else None
        ids = ((b"x-request-id", request.encode()), (b"x-state-digest", self._digest.encode()))
        answer = _Answer(send, ids, tag, is_bodiless=method == "HEAD")
        try:
            await self._answered(scope, receive, answer)
        except Exception as error:  # noqa: BLE001 - what no test has found
            # where it failed, and nothing of what was asked: an error's words may have some of it
            where = "".join(format_tb(error.__traceback__))
            LOG.error("%s failed: %s\n%s", request, type(error).__name__, where)  # noqa: TRY400
            if answer.status:
                raise TruncatedError(request) from None
            await _refuse(answer, path, _FAILED, *_failed(request))
        finally:
            took = (perf_counter() - began) * 1000
            shown = path[:_LONGEST_PATH].encode("unicode_escape").decode()
            LOG.info("%s %s %s %d %.0f ms", request, method, shown, answer.status, took)

    async def _answered(
        self, scope: MutableMapping[str, Any], receive: Receive, answer: _Answer
    ) -> None:
        """What is as it was, and what is too large, is not asked of the application."""
        headers, path = dict(scope["headers"]), str(scope["path"])
        mosts = [most for ending, most in self._larger.items() if path.endswith(ending)]
        most = max(mosts, default=MOST_BODY)
        if answer.tag is not None and answer.tag in _tags(headers.get(b"if-none-match", b"")):
            await _plainly(answer, _NOT_MODIFIED, "")
        elif _declared(headers) > most:
            fault = TooLargeError(most).fault
            await _refuse(answer, path, _TOO_LARGE, faults_as_json([fault]), str(fault))
        else:
            await self._app(scope, _bounded(receive, most), answer)

    def _tag(self, scope: MutableMapping[str, Any]) -> bytes | None:
        """The ETag of what stands at an address; None where it can change."""
        if scope["path"] == HEALTH:
            return None
        asked = b"\0".join((scope["path"].encode(), scope["query_string"]))
        return b'"%s"' % sha256(self._digest.encode() + asked).hexdigest().encode()


def _tags(header: bytes) -> set[bytes]:
    return {each.strip().removeprefix(b"W/") for each in header.split(b",")}


def _declared(headers: dict[bytes, bytes]) -> int:
    """How long a body says that it is."""
    said = headers.get(b"content-length", b"0")
    return int(said) if said.isdigit() else 0


def _bounded(receive: Receive, most: int) -> Receive:
    """The body, up to so many bytes, whatever it says of itself."""
    taken = 0

    async def bounded() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise TooLargeError(most)
        return message

    return bounded


def _failed(request: str) -> tuple[str, str]:
    """That the service failed, for programs and for people."""
    said = "an error of the service, which its log has by this id"
    written = json.dumps({"faults": [], "failed": said, "request_id": request})
    return written, f"{said[0].upper()}{said[1:]}: {request}"


async def _refuse(send: Send, path: str, status: int, data: str, words: str) -> None:
    """Refuse before the application is asked: programs as JSON, people in words."""
    if is_for_programs(path):
        await _plainly(send, status, data, b"application/json")
    else:
        await _plainly(send, status, words, b"text/plain; charset=utf-8")


async def _plainly(send: Send, status: int, body: str, kind: bytes = b"") -> None:
    headers = [(b"content-type", kind)] if kind else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})
