"""Reads the bodies of requests within the limits, before FastAPI validates them."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic_core import from_json

from service.errors import BodyTooLarge, BodyTooSlow, NotJson, UnsupportedMedia
from service.settings import Settings
from service.wording import shorten

_ADVICE = "Send `Content-Type: application/json`"


class ParsedRequest(Request):
    """A request whose body was read and parsed already.

    Args:
        request: The request as it came.
        content: Its JSON.
        parsed: The same as Python objects.
    """

    def __init__(self, request: Request, content: bytes, parsed: Any) -> None:
        super().__init__(request.scope, request.receive)
        self._content = content
        self._parsed = parsed

    async def body(self) -> bytes:
        """Return the JSON as it came."""
        return self._content

    async def json(self) -> Any:
        """Return the JSON as Python objects."""
        return self._parsed


class BodyRoute(APIRoute):
    """A route that reads bodies in its own way before FastAPI validates them."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, with the reading put before it where there is a body."""
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle

        async def read_and_handle(request: Request) -> Response:
            return await handle(await self.read(request, request.app.state.parts.settings))

        return read_and_handle

    async def read(self, request: Request, settings: Settings) -> ParsedRequest:
        """Read a body within the limits of the settings; each kind of route has its own way."""
        raise NotImplementedError


def check_media(request: Request, *others: str) -> None:
    """Refuse a body that is declared as something else than plain JSON.

    Args:
        request: The request.
        others: Other media types that are fine; an empty one stands for none declared.

    Raises:
        UnsupportedMedia: It is none of them, or compressed.
    """
    media = request.headers.get("content-type", "").split(";")[0].strip().lower()
    # Insisting also keeps web pages of other origins out: without it a browser would let them
    # send bodies that look like a form's.
    if media not in ("application/json", *others) and not (
        media.startswith("application/") and media.endswith("+json")
    ):
        received = shorten(media) if media else "none"
        raise UnsupportedMedia(f"expected a body of JSON. Received: {received}. {_ADVICE}")
    encoding = request.headers.get("content-encoding", "identity")
    if encoding.lower() != "identity":
        raise UnsupportedMedia(
            f"expected a body without Content-Encoding. Received: {shorten(encoding)}"
        )


async def read_body(request: Request, settings: Settings) -> bytearray:
    """Return the whole body.

    Raises:
        BodyTooLarge: It has more bytes than the settings allow.
        BodyTooSlow: It did not arrive in time.
    """
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
    return content


def parse_json(content: bytes) -> Any:
    """Return JSON as Python objects; NaN and Infinity pass.

    Raises:
        NotJson: It is not JSON in UTF-8.
    """
    try:
        # Strings are rarely repeated in such bodies, but for keys and signs. NaN and Infinity
        # pass here so that they are refused where they stand, with the path of the field.
        return from_json(content, cache_strings="keys")
    except ValueError as error:
        reason = str(error) if content else "an empty body"
        raise NotJson(f"expected JSON in UTF-8. Received: {reason}") from error


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(
        f"expected a body of at most {limit} bytes. Received: more. Send it in several requests"
    )
