"""What pages of other origins may ask, where an operator named any: CORS, by the Fetch standard."""

from collections.abc import Iterable, Mapping

from service.http.replies import Headers

_SENT = (
    "Authorization, Content-Encoding, Content-Type, If-None-Match, "
    "Inference-Header-Content-Length, Traceparent, Tracestate, X-API-Key, X-Request-ID, "
    "X-Request-Timeout"
)
_READ = (
    "ETag, Inference-Header-Content-Length, Retry-After, X-Model-Digest, X-Model-Version, "
    "X-Request-ID"
)
_KEPT_S = 600  # for which a browser keeps a permission: what is set anew is to count soon
_VARY = (b"vary", b"Origin")


class Origins:
    """Lets pages of some origins read the answers.

    No cookie is ever read here, so none is allowed for: keys come in headers that a page's own code
    sends, which is what it must be let do.

    Args:
        origins: Such as `https://school.example`; none lets no other origin in.
    """

    def __init__(self, origins: Iterable[str]) -> None:
        self._origins = frozenset(origin.encode("ascii") for origin in origins)

    def __bool__(self) -> bool:
        return bool(self._origins)

    def describe(self, headers: Mapping[bytes, bytes]) -> Headers:
        """Return what an answer tells the browser of who asks.

        Args:
            headers: Of the request, by lower-case name.
        """
        origin = headers.get(b"origin")
        if origin not in self._origins:
            return [_VARY]  # for caches: another origin's answer is another one
        return [
            _VARY,
            (b"access-control-allow-origin", origin),
            (b"access-control-expose-headers", _READ.encode()),
        ]

    def hear(self, headers: Mapping[bytes, bytes]) -> bool:
        """Return whether a browser asks, for a page that may, before it sends a request.

        Args:
            headers: Of the request, by lower-case name.
        """
        return (
            b"access-control-request-method" in headers and headers.get(b"origin") in self._origins
        )

    def permit(self, allow: str) -> Headers:
        """Return what the answer to such a question adds.

        Args:
            allow: The methods of the address.
        """
        return [
            (b"access-control-allow-methods", allow.encode()),
            (b"access-control-allow-headers", _SENT.encode()),
            (b"access-control-max-age", b"%d" % _KEPT_S),
        ]
