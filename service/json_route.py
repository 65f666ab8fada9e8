"""Reads JSON bodies within the limits, before FastAPI validates them."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic_core import from_json

from service.errors import BodyTooLarge, BodyTooSlow, NotJson, TooManyRows, UnsupportedMedia
from service.settings import Settings
from service.wording import shorten

_ADVICE = "Send `Content-Type: application/json`"


class JsonRequest(Request):
    """A request whose body was read and parsed already."""

    def __init__(self, request: Request, content: bytes, parsed: Any) -> None:
        super().__init__(request.scope, request.receive)
        self._content = content
        self._parsed = parsed

    async def body(self) -> bytes:
        """Return the body as it came."""
        return self._content

    async def json(self) -> Any:
        """Return the body as Python objects."""
        return self._parsed


class JsonRoute(APIRoute):
    """A route whose body is JSON within the limits of the settings.

    FastAPI's own reading knows no limit of rows, accepts any size before it looks, and calls
    every failure "an error parsing the body".
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, with the reading put before it where there is a body."""
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle

        async def read_and_handle(request: Request) -> Response:
            settings: Settings = request.app.state.parts.settings
            _check_media(request)
            content = await _read_body(request, settings)
            parsed = _parse(content)
            _check_rows(parsed, settings.max_json_rows)
            return await handle(JsonRequest(request, content, parsed))

        return read_and_handle


def _check_media(request: Request) -> None:
    media = request.headers.get("content-type", "").split(";")[0].strip().lower()
    # Insisting also keeps web pages of other origins out: without it a browser would let them
    # send bodies that look like a form's.
    if media != "application/json" and not (
        media.startswith("application/") and media.endswith("+json")
    ):
        received = shorten(media) if media else "none"
        raise UnsupportedMedia(f"expected a body of JSON. Received: {received}. {_ADVICE}")
    encoding = request.headers.get("content-encoding", "identity")
    if encoding.lower() != "identity":
        raise UnsupportedMedia(
            f"expected a body without Content-Encoding. Received: {shorten(encoding)}"
        )


async def _read_body(request: Request, settings: Settings) -> bytes:
    limit = settings.max_body_bytes
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(limit)  # unread: uvicorn throws away what still comes
    content = bytearray()
    try:
        async with asyncio.timeout(settings.body_timeout_s):
            async for chunk in request.stream():
                if len(content) + len(chunk) > limit:
                    raise _too_large(limit)
                content += chunk
    except TimeoutError as error:
        raise BodyTooSlow(
            f"expected the whole body within {settings.body_timeout_s:g} s. "
            f"Received: {len(content)} bytes of it"
        ) from error
    return bytes(content)


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(
        f"expected a body of at most {limit} bytes. Received: more. Send it in several requests"
    )


def _parse(content: bytes) -> Any:
    try:
        # Strings are rarely repeated in such bodies, but for keys and signs. NaN and Infinity
        # pass here so that they are refused where they stand, with the path of the field.
        return from_json(content, cache_strings="keys")
    except ValueError as error:
        reason = str(error) if content else "an empty body"
        raise NotJson(f"expected JSON in UTF-8. Received: {reason}") from error


def _check_rows(parsed: Any, limit: int) -> None:
    """Refuse too many rows before a single one is validated."""
    if not isinstance(parsed, dict):
        return
    for name, value in parsed.items():
        if isinstance(value, list) and len(value) > limit:
            raise TooManyRows(
                f"expected at most {limit} rows. Received: {len(value)}. "
                "Send them in several requests",
                field=name[:80],
            )
