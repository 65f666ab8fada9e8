"""Passes over offers to speak another protocol."""

import re

_OFFER = re.compile(rb"(\r\n)u(pgrade[ \t]*:)", re.IGNORECASE)


def pass_over_offer(data: bytes) -> bytes:
    """Return the head of a request without its offer to upgrade, if it has one.

    The offer may be declined by answering as if it was not there (RFC 9110, 7.8). llhttp takes it
    for the end of HTTP and skips the body, which Java's client sends with it. The header is
    renamed, since a header that nobody knows changes nothing else. One that comes in two pieces
    is missed: its request is refused as one without a body.

    Args:
        data: Bytes as they came, outside a body.
    """
    head, end, rest = data.partition(b"\r\n\r\n")
    return _OFFER.sub(rb"\1x\2", head) + end + rest
