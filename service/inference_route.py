"""The route of bodies that are JSON, or JSON and then raw tensors."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from service.bodies import ParsedRequest, check_media, parse_json, read_body
from service.errors import BadField
from service.settings import Settings
from service.wording import shorten

HEADER_LENGTH = "Inference-Header-Content-Length"

# tritonclient declares nothing where all is JSON, and aiohttp under it always binary data.
_OTHER_MEDIA = ("application/octet-stream", "")


class InferenceRoute(APIRoute):
    """A route whose body is JSON, and what follows it as `request.state.binary`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, with the reading put before it where there is a body."""
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle

        async def read_and_handle(request: Request) -> Response:
            settings: Settings = request.app.state.parts.settings
            check_media(request, *_OTHER_MEDIA)
            content = memoryview(await read_body(request, settings))
            length = _read_length(request, len(content))
            head = bytes(content[:length])
            parsed = ParsedRequest(request, head, parse_json(head))
            parsed.state.binary = content[length:]  # a view: large tensors are not copied
            return await handle(parsed)

        return read_and_handle


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
