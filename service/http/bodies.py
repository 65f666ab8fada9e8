"""Reads the bodies of requests within the limits: media, bytes, time."""

import io

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from service.errors import UnsupportedMedia
from service.http.intake import Intake
from service.http.request_context import RequestContext
from service.wording import shorten

_JSON = b"application/json"
_ADVICE = "Send `Content-Type: application/json`"
_GZIP = ("gzip", "x-gzip")  # the latter is its old name (RFC 9110, section 8.4.1.3)
# Those that write the signs of JSON as UTF-8 does: what more of them there is, the parser finds.
_CHARSETS = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin1", "windows-1252"}


def check_media(context: RequestContext, *others: str) -> bool:
    """Refuse a body that is declared as something else than JSON, plain or compressed by gzip.

    Args:
        context: The request.
        others: Other media types that are fine; an empty one stands for none declared.

    Returns:
        Whether it is compressed.

    Raises:
        UnsupportedMedia: It is none of them, in another charset, or compressed in another way.
    """
    headers = context.headers
    declared = headers.get(b"content-type", b"")
    if declared != _JSON:
        _check_declared(declared.decode("latin-1"), others)
    encoding = headers.get(b"content-encoding")
    return encoding is not None and _is_gzip(encoding.decode("latin-1"))


def _check_declared(declared: str, others: tuple[str, ...]) -> None:
    media, *parameters = declared.split(";")
    media = media.strip().lower()
    if media in others:
        return
    # Insisting also keeps web pages of other origins out: without it a browser would let them
    # send bodies that look like a form's.
    if media != "application/json" and not (
        media.startswith("application/") and media.endswith("+json")
    ):
        received = shorten(media) if media else "none"
        raise UnsupportedMedia(f"expected a body of JSON. Received: {received}. {_ADVICE}")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        charset = value.strip().strip('"').lower()
        if name.strip().lower() == "charset" and charset not in _CHARSETS:
            raise UnsupportedMedia(
                f"expected JSON in UTF-8. Received: charset {shorten(charset)}. "
                f"Write it in UTF-8, and send `Content-Type: application/json`"
            )


def _is_gzip(encoding: str) -> bool:
    coding = encoding.strip().lower()
    if coding not in (*_GZIP, "identity"):
        raise UnsupportedMedia(
            "expected a body as it is, or compressed by gzip. "
            f"Received: {shorten(coding)}. "
            "Send it uncompressed, or with `Content-Encoding: gzip`"
        )
    return coding in _GZIP


async def read_body(
    context: RequestContext, receive: Receive, intake: Intake, max_bytes: int
) -> bytes:
    """Return the whole body.

    Args:
        context: The request.
        receive: Gives what arrives.
        intake: What a body may hold. It holds what has arrived, whatever was declared: who
            declares much and sends nothing must not keep others out.
        max_bytes: How many bytes it may have.

    Raises:
        BodyTooLarge: It has more, or says that it will.
        Overloaded: All pending bodies together would have too many bytes, or too many wait.
        ClientDisconnect: The client went away, or was too slow: its connection keeps the time.
    """
    declared = context.headers.get(b"content-length", b"")
    if declared.isdigit():
        # int() refuses thousands of digits in words of its own. Refused here, a body stays
        # unread: uvicorn throws away what still comes.
        intake.foresee(int(declared[:19]), max_bytes)
    chunk, more = await _receive(receive)
    intake.hold(context, len(chunk), max_bytes)
    if not more:
        return chunk
    # It grows in place, and becomes bytes without a copy: chunks in a list would take twice as
    # much for a moment, and leave holes in the memory.
    body = io.BytesIO()
    body.write(chunk)
    while more:
        chunk, more = await _receive(receive)
        intake.hold(context, body.tell() + len(chunk), max_bytes)
        body.write(chunk)
    return body.getvalue()


async def _receive(receive: Receive) -> tuple[bytes, bool]:
    """Return what has arrived, and whether there is more to come."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message.get("body", b""), message.get("more_body", False)
