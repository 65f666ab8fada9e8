"""What a connection is told whose request never reaches the application, byte by byte."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from service.errors import RefusedConnection
from service.http.access_log import Client, log_request
from service.http.error_responses import refuse
from service.http.replies import NO_SNIFFING, NO_STORE
from service.http.request_context import RequestContext, RequestIds

Headers = Sequence[tuple[bytes, bytes]]

_ORIGIN = re.compile(r"https?://[^/]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Arriving:
    """What is known of a request that does not arrive whole.

    Attributes:
        client: Who sends it.
        method: Its method, empty where it is not known.
        target: As far as it came.
        headers: Those that came, names in lower case.
        seconds: For how long it has been arriving.
        context: Where the application knows of it, how.
    """

    client: Client = None
    method: str = ""
    target: bytes = b""
    headers: Headers = field(default_factory=list)
    seconds: float = 0.0
    context: RequestContext | None = None


class Refusals:
    """Refuses what never becomes a request: in the one shape, counted and logged.

    Args:
        count: Called with the code of each.
        logs: Whether each is logged.
    """

    def __init__(self, count: Callable[[str], None], *, logs: bool) -> None:
        self._count = count
        self._logs = logs
        self._ids = RequestIds()

    def write(
        self, error: RefusedConnection, asked: Arriving, default_headers: Headers = ()
    ) -> bytes:
        """Return a whole answer, the last of its connection.

        Args:
            error: What is wrong.
            asked: With what.
            default_headers: What every answer has.
        """
        context = asked.context or self._begin(asked)
        reply = refuse(error, context)
        self._count(context.refusal)
        if self._logs:
            duration_ms = round((perf_counter() - context.started) * 1000, 3)
            facts = {"status": reply.status, "duration_ms": duration_ms, "code": context.refusal}
            log_request(asked.method, asked.target, asked.client, context.request_id, facts)
        own = (b"x-request-id", context.request_id.encode("ascii")), NO_SNIFFING, NO_STORE
        headers = [*default_headers, *reply.headers, *own, (b"connection", b"close")]
        lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        body = b"" if asked.method == "HEAD" else reply.body  # RFC 9110, 9.3.2
        return STATUS_LINE[reply.status] + lines + b"\r\n" + body

    def _begin(self, asked: Arriving) -> RequestContext:
        path = _ORIGIN.sub("", asked.target.partition(b"?")[0].decode("latin-1"), count=1)
        headers = dict(asked.headers)
        request_id = self._ids.choose(headers)
        started = perf_counter() - asked.seconds
        return RequestContext(asked.method, path, headers, request_id, started)
