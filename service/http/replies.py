"""Whole answers, as they go over the wire."""

from typing import Any, NamedTuple

from starlette.types import Scope, Send

Headers = list[tuple[bytes, bytes]]

AT_ONCE = "tabuada.answer_at_once"
"""In the state of a scope: what writes a whole answer at once, where the server can do that."""


NO_SNIFFING = (b"x-content-type-options", b"nosniff")
"""The header that keeps browsers from taking an answer for something else than it says."""

NO_STORE = (b"cache-control", b"no-store")
"""The header that keeps caches from keeping an answer."""


class Reply(NamedTuple):
    """One whole answer.

    A tuple takes a tenth of the time that Starlette's response does, on a path where that counts.

    Attributes:
        status: HTTP status.
        headers: Names in lower case and values; without those that every answer has.
        body: The content.
    """

    status: int
    headers: Headers
    body: bytes


def reply_json(status: int, body: bytes, headers: Headers) -> Reply:
    """Return an answer whose content is JSON, with these headers besides."""
    return reply_bytes(status, b"application/json", body, headers)


def reply_bytes(status: int, media_type: bytes, body: bytes, headers: Headers) -> Reply:
    """Return an answer with some content, with these headers besides."""
    size = b"%d" % len(body)
    own = [(b"content-type", media_type), (b"content-length", size)]
    return Reply(status, own + headers, body)


async def write_reply(reply: Reply, scope: Scope, send: Send) -> None:
    """Send an answer at once where the server can do that."""
    write = scope.get("state", {}).get(AT_ONCE)
    if write is None or not write(reply):
        await send_reply(reply, send)


async def send_reply(reply: Reply, send: Send) -> None:
    """Send an answer as messages, for whoever looks at them on their way."""
    start: dict[str, Any] = {
        "type": "http.response.start",
        "status": reply.status,
        "headers": reply.headers,
    }
    await send(start)
    await send({"type": "http.response.body", "body": reply.body})
