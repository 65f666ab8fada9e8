"""One request and what became of it: what headers, metrics and log lines tell of it."""

import functools
import itertools
import math
import os
import re
import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from service.errors import BadField
from service.http.replies import Headers
from service.http.union_tags import UnionTags
from service.wording import shorten
from tabuada.manifests.identity import shorten_digest

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that the current task answers; log lines carry it."""

TARGET = "tabuada.target"
"""In a scope: what was asked for as it arrived, where it is not the path and the query."""

CUT_OFF = "tabuada.cut_off"
"""In a scope: that its connection refused the rest of it, and has counted and logged that."""

_OWN_ID = re.compile(rb"[A-Za-z0-9._:/+=@-]{1,128}")
_KEY = "tabuada.context"
_TIMEOUT = b"x-request-timeout"
_NO_TAGS = UnionTags()


@dataclass(slots=True)
class RequestContext:
    """One request on its way through the service.

    Attributes:
        method: Its HTTP method.
        path: Its path, without the query.
        headers: By lower-case name; of repeated ones the last.
        request_id: The client's own where it sent a decent one, else a new one.
        started: When it began, on the clock of `time.perf_counter`.
        route: The address as the description has it, such as `/models/{model}`.
        model: The model that answered.
        version: Its version.
        digest: Of that version's manifest: which one it is, whatever its number.
        refusal: The code of the error, where it was refused.
        timeout_s: How long it is willing to wait for its turn.
        admitted: Whether it counts among those in progress.
        held_bytes: How much of the budget for pending bodies it holds.
        union_tags: What stands in the places of its errors and in no request.
        content: Its JSON, where an error may have to say how a number was written.
        read_as: The numbers that were rounded, by their places: what was read instead.
    """

    method: str
    path: str
    headers: Mapping[bytes, bytes]
    request_id: str
    started: float = field(default_factory=time.perf_counter)
    route: str = ""
    model: str = ""
    version: int = 0
    digest: str = ""
    refusal: str = ""
    timeout_s: float = math.inf
    admitted: bool = False
    held_bytes: int = 0
    union_tags: UnionTags = _NO_TAGS
    content: bytes = b""
    read_as: Mapping[str, float] | None = None

    def describe(self, seconds: float) -> dict[str, Any]:
        """Return what a line of the access log tells beyond the request itself."""
        facts = {
            "route": self.route, "duration_ms": round(seconds * 1000, 3), "model": self.model,
            "version": self.version, "code": self.refusal,
        }  # fmt: skip
        return {name: fact for name, fact in facts.items() if fact}

    def model_headers(self) -> Headers:
        """Return the headers that tell who answered."""
        return _name_version(self.version, self.digest)


@functools.lru_cache(maxsize=1024)  # made once for each version that answers
def _name_version(version: int, digest: str) -> Headers:
    return [
        (b"x-model-version", b"%d" % version),
        (b"x-model-digest", shorten_digest(digest).encode()),
    ]


class RequestIds:
    """Gives every request an id: the one it came with, or a new one."""

    def __init__(self) -> None:
        # Random once, then counted: as unique as a random one each, at a tenth of its cost.
        self._prefix = os.urandom(6).hex()
        self._numbers = itertools.count(1)

    def choose(self, headers: Mapping[bytes, bytes]) -> str:
        """Return the id of a request with these headers."""
        own = headers.get(b"x-request-id")
        if own is not None and _OWN_ID.fullmatch(own):
            return own.decode("ascii")
        return f"{self._prefix}-{next(self._numbers):x}"


def read_timeout(headers: Mapping[bytes, bytes]) -> float:
    """Return how many seconds a request is willing to wait for its turn.

    Raises:
        BadField: It asks for something that is no time.
    """
    asked = headers.get(_TIMEOUT)
    if asked is None:
        return math.inf
    text = asked.decode("latin-1")
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        raise BadField(
            f"expected seconds, such as 0.5. Received: {shorten(text)}. "
            "Write digits, or leave it out",
            field="X-Request-Timeout",
        )
    return float(text)


def attach_context(scope: Any, ids: RequestIds) -> RequestContext:
    """Open the exchange of an HTTP request and leave it in its scope."""
    headers = dict(scope["headers"])
    context = RequestContext(scope["method"], scope["path"], headers, ids.choose(headers))
    scope[_KEY] = context
    return context


def find_context(scope: Any) -> RequestContext:
    """Return the exchange of the request with this scope."""
    context: RequestContext = scope[_KEY]
    return context


def look_for_context(scope: Any) -> RequestContext | None:
    """Return the exchange of the request with this scope, None where it was not opened yet."""
    return scope.get(_KEY)  # type: ignore[no-any-return]


def find_target(scope: Any) -> bytes:
    """Return what the request with this scope asked for, as it arrived."""
    target: bytes | None = scope.get(TARGET)
    if target is not None:
        return target
    path: bytes = scope["raw_path"]
    query: bytes = scope["query_string"]
    return b"%b?%b" % (path, query) if query else path
