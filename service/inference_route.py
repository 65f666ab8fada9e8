"""The route of bodies that are JSON, or JSON and then raw tensors."""

from fastapi import Request

from service.bodies import BodyRoute, ParsedRequest, check_media, parse_json, read_body
from service.errors import BadField
from service.settings import Settings
from service.wording import shorten

HEADER_LENGTH = "Inference-Header-Content-Length"

# tritonclient declares nothing where all is JSON, and aiohttp under it always binary data.
_OTHER_MEDIA = ("application/octet-stream", "")


class InferenceRoute(BodyRoute):
    """A route whose body is JSON, and what follows it as `request.state.binary`."""

    async def read(self, request: Request, settings: Settings) -> ParsedRequest:
        """Read JSON and keep what follows it; see `BodyRoute.read`."""
        check_media(request, *_OTHER_MEDIA)
        content = memoryview(await read_body(request, settings))
        length = _read_length(request, len(content))
        head = bytes(content[:length])
        parsed = ParsedRequest(_declare_json(request), head, parse_json(head))
        parsed.state.binary = content[length:]  # a view: large tensors are not copied
        return parsed


def _declare_json(request: Request) -> Request:
    """Return a request as FastAPI wants it to be declared, however it was."""
    headers = [pair for pair in request.scope["headers"] if pair[0] != b"content-type"]
    declared = [*headers, (b"content-type", b"application/json")]
    return Request({**request.scope, "headers": declared}, request.receive)


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
