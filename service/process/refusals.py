"""What a connection is told whose request never reaches the application, byte by byte."""

from collections.abc import Sequence

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from service.errors import RefusedConnection
from service.http.error_responses import refuse
from service.http.request_context import RequestContext


def write_refusal(
    error: RefusedConnection, path: str, default_headers: Sequence[tuple[bytes, bytes]] = ()
) -> tuple[bytes, str]:
    """Return a whole answer in the project's shape, the last of its connection, and its code.

    Args:
        error: What is wrong.
        path: What was asked for, as far as it is known: errors have another shape below `/v2`.
        default_headers: What every answer has.
    """
    context = RequestContext(method="", path=path, headers={}, request_id="")
    reply = refuse(error, context)
    headers = [*default_headers, *reply.headers, (b"connection", b"close")]
    lines = b"".join(b"%b: %b\r\n" % header for header in headers)
    return STATUS_LINE[reply.status] + lines + b"\r\n" + reply.body, context.refusal
