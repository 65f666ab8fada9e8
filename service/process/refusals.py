"""What a connection is told whose request never reaches the application, byte by byte."""

from collections.abc import Sequence

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from service.error_responses import build_error


def write_refusal(
    path: str,
    status: int,
    code: str,
    message: str,
    default_headers: Sequence[tuple[bytes, bytes]] = (),
) -> bytes:
    """Return a whole answer with an error in the project's shape, after which the server closes."""
    reply = build_error(path, status, code, message)
    headers = [*default_headers, *reply.headers, (b"connection", b"close")]
    lines = b"".join(b"%b: %b\r\n" % header for header in headers)
    return STATUS_LINE[status] + lines + b"\r\n" + reply.body
