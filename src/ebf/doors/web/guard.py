"""What stands before every request: its size, its id and its log, and what a browser may do.

Holds: LOG, Message, Receive, Send, Application, TooLargeError, Guard.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from hashlib import sha256
from time import perf_counter
from typing import Any, Final, TypeAlias
from uuid import uuid4

from ebf.doors.web.bounds import MOST_BODY

LOG: Final = logging.getLogger("ebf.web")

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
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
_OK, _NOT_MODIFIED, _TOO_LARGE = 200, 304, 413
_LONGEST_PATH: Final = 300


class TooLargeError(Exception):
    """A body that goes on beyond what is taken."""


class Guard:
    """An application that lets through what is bounded, and says what became of it.

    Every answer has a request id, which its line in the log has too; of the request the log has
    method and path alone, no query and no body. What a GET answers stands on the state that is
    served and on its address, so that its ETag is known before it is computed.
    """

    def __init__(self, app: Application, digest: str, uploads: Mapping[str, int]) -> None:
        """``digest`` is that of the state; ``uploads`` the bytes that paths so ending may have."""
        self._app, self._digest, self._uploads = app, digest, uploads

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, began = uuid4().hex, perf_counter()
        scope.setdefault("state", {})["request_id"] = request
        headers, path = dict(scope["headers"]), str(scope["path"])
        tag = self._tag(scope) if scope["method"] in {"GET", "HEAD"} else None
        status, most = 0, self._most(path)

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = [*_SAFE, (b"x-request-id", request.encode())]
                if tag is not None and status in {_OK, _NOT_MODIFIED}:
                    own += [(b"etag", tag), (b"cache-control", b"no-cache")]
                elif status != _OK or tag is None:
                    own += [(b"cache-control", b"no-store")]
                message = {**message, "headers": [*message.get("headers", ()), *own]}
            await send(message)

        try:
            if tag is not None and tag in _tags(headers.get(b"if-none-match", b"")):
                await _plainly(answer, _NOT_MODIFIED, "")
            elif _declared(headers) > most:
                await _refuse(answer, path, most)
            else:
                await self._app(scope, _bounded(receive, most), answer)
        except TooLargeError:
            if status:
                raise
            await _refuse(answer, path, most)
        finally:
            took = (perf_counter() - began) * 1000
            shown = path[:_LONGEST_PATH].encode("unicode_escape").decode()
            LOG.info("%s %s %s %d %.0f ms", request, scope["method"], shown, status, took)

    def _most(self, path: str) -> int:
        """How many bytes a body for a path may have."""
        ending = path.rpartition("/")[2]
        return self._uploads.get(ending, MOST_BODY)

    def _tag(self, scope: MutableMapping[str, Any]) -> bytes | None:
        """The ETag of what stands at an address; None where it can change."""
        if scope["path"] == "/health":
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
            raise TooLargeError
        return message

    return bounded


def _too_large(most: int) -> dict[str, Any]:
    """A body that is larger than what is taken, as a fault."""
    return {
        "kind": "too_large",
        "place": {"within": "request", "at": "body"},
        "found": f"more than {most:,} bytes",
        "allowed": f"up to {most:,} bytes",
        "words": f"request: body: found more than {most:,} bytes; allowed: up to {most:,} bytes",
    }


async def _refuse(send: Send, path: str, most: int) -> None:
    """Refuse a body: to programs as JSON, to people in words."""
    fault = _too_large(most)
    if path.startswith("/api/"):
        await _plainly(send, _TOO_LARGE, json.dumps({"faults": [fault]}), b"application/json")
    else:
        await _plainly(send, _TOO_LARGE, fault["words"], b"text/plain; charset=utf-8")


async def _plainly(send: Send, status: int, body: str, kind: bytes = b"") -> None:
    headers = [(b"content-type", kind)] if kind else []
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})
