"""Reads the bodies of requests within the limits: media, bytes, time."""

from typing import Any

from pydantic_core import from_json
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from service.errors import NotJson, UnsupportedMedia
from service.http.intake import Intake
from service.http.json_errors import describe_syntax
from service.http.number_literals import refuse_huge
from service.http.request_context import RequestContext
from service.wording import shorten

_JSON = b"application/json"
_ADVICE = "Send `Content-Type: application/json`"


def check_media(context: RequestContext, *others: str) -> None:
    """Refuse a body that is declared as something else than plain JSON.

    Args:
        context: The request.
        others: Other media types that are fine; an empty one stands for none declared.

    Raises:
        UnsupportedMedia: It is none of them, or compressed.
    """
    headers = context.headers
    declared = headers.get(b"content-type", b"")
    if declared != _JSON:
        media = declared.decode("latin-1").split(";")[0].strip().lower()
        # Insisting also keeps web pages of other origins out: without it a browser would let them
        # send bodies that look like a form's.
        if media not in ("application/json", *others) and not (
            media.startswith("application/") and media.endswith("+json")
        ):
            received = shorten(media) if media else "none"
            raise UnsupportedMedia(f"expected a body of JSON. Received: {received}. {_ADVICE}")
    encoding = headers.get(b"content-encoding")
    if encoding is not None and encoding.lower() != b"identity":
        raise UnsupportedMedia(
            "expected a body without Content-Encoding. "
            f"Received: {shorten(encoding.decode('latin-1'))}. Send it as it is"
        )


async def read_body(context: RequestContext, receive: Receive, intake: Intake) -> bytes:
    """Return the whole body.

    Raises:
        BodyTooLarge: It has more bytes than the settings allow.
        Overloaded: All pending bodies together would have too many bytes.
        ClientDisconnect: The client went away, or was too slow: its connection keeps the time.
    """
    declared = context.headers.get(b"content-length", b"")
    if declared.isdigit():
        # int() refuses thousands of digits in words of its own. Refused here, a body stays
        # unread: uvicorn throws away what still comes.
        intake.hold(context, int(declared[:19]))
    chunks: list[bytes] = []
    size_bytes = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        more = message.get("more_body", False)
        chunks.append(chunk)
        size_bytes += len(chunk)
        intake.hold(context, size_bytes)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def parse_json(content: bytes) -> Any:
    """Return JSON as Python objects; NaN and Infinity pass.

    Raises:
        NotJson: It is not JSON in UTF-8.
        NotFinite: It has a number of thousands of digits.
    """
    try:
        # Strings are rarely repeated in such bodies, but for keys and signs. NaN and Infinity
        # pass here so that they are refused where they stand, with the path of the field.
        return from_json(content, cache_strings="keys")
    except ValueError as error:
        refuse_huge(content)  # which is JSON, but of numbers that the parser does not take
        received = describe_syntax(content, error)
        raise NotJson(
            f"expected JSON in UTF-8. Received: {received}. Write it with a library for JSON"
        ) from error
