"""The route of bodies that are JSON, or JSON and then raw tensors."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from service.dependencies import Parts
from service.errors import BadField
from service.http.bodies import check_media, parse_json, read_body
from service.http.request_context import find_context
from service.wording import shorten

HEADER_LENGTH = "Inference-Header-Content-Length"

# tritonclient declares nothing where all is JSON, and aiohttp under it always binary data.
_OTHER_MEDIA = ("application/octet-stream", "")


class ParsedRequest(Request):
    """A request whose body was read and parsed already.

    Args:
        request: The request as it came.
        head: Its JSON.
        binary: What follows the JSON; `request.state.binary` for the endpoint.
    """

    def __init__(self, request: Request, head: bytes, binary: memoryview) -> None:
        # However it was declared, it is declared as FastAPI wants it.
        headers = [pair for pair in request.scope["headers"] if pair[0] != b"content-type"]
        declared = [*headers, (b"content-type", b"application/json")]
        super().__init__({**request.scope, "headers": declared}, request.receive)
        self._head = head
        self._parsed = parse_json(head)
        self.state.binary = binary

    async def body(self) -> bytes:
        """Return the JSON as it came."""
        return self._head

    async def json(self) -> Any:
        """Return the JSON as Python objects."""
        return self._parsed


class InferenceRoute(APIRoute):
    """A route that reads JSON and what follows it before FastAPI validates the JSON."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, with the reading put before it where there is a body."""
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle

        async def read_and_handle(request: Request) -> Response:
            parts: Parts = request.app.state.parts
            context = find_context(request.scope)
            check_media(context, *_OTHER_MEDIA)
            content = await read_body(context, request.receive, parts)
            if len(content) <= parts.settings.inline_bytes:
                return await handle(_split(request, content))
            async with parts.large_bodies.turn(context.timeout_s):
                return await handle(_split(request, content))

        return read_and_handle


def _split(request: Request, content: bytes) -> ParsedRequest:
    """Part the JSON of a body from the raw tensors; these are not copied."""
    length = _read_length(request, len(content))
    return ParsedRequest(request, content[:length], memoryview(content)[length:])


def _read_length(request: Request, received: int) -> int:
    """Return how many bytes of the body are JSON."""
    declared = request.headers.get(HEADER_LENGTH)
    if declared is None:
        return received
    # int() refuses thousands of digits in words of its own.
    if not declared.isdecimal() or len(declared) > 18 or int(declared) > received:
        raise BadField(
            f"expected how many bytes of the body's {received} are JSON. "
            f"Received: {shorten(declared)}",
            field=HEADER_LENGTH,
        )
    return int(declared)
