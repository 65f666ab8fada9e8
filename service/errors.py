"""The errors of the service itself; those of the domain are in `tabuada.errors`.

No HTTP codes: `service/http/error_responses.py` holds the one table that maps both trees.

ServiceError
├── BadSetting           a setting that breaks its rule
├── NotReady             no version of a model can answer by default yet
├── VersionUnavailable   a published version that cannot be loaded
├── Overloaded           more at a time than the service takes
├── DeadlineExceeded     a request whose turn did not come in time
├── RunTimedOut          a run of a network that took too long, and was ended
├── Unauthorized         a request without a key that fits
├── WrongHost            a request for a host that the service does not answer for
├── RefusedConnection    bytes that never become a request
│   ├── MalformedHttp        bytes that break HTTP/1.1
│   ├── IncompleteRequest    a request that ends before it is whole
│   ├── InvalidHost          no Host, several, or one that is none
│   ├── UnsupportedVersion   another version of HTTP than 1.1 and 1.0
│   ├── UnknownMethod        a method that the service does not know
│   ├── UnknownCoding        a body in another transfer coding than chunked
│   ├── UnmetExpectation     an expectation of something else than 100-continue
│   ├── HeadersTooSlow       headers that did not arrive in time
│   ├── BodyTooSlow          a body that did not arrive in time
│   ├── HeadersTooLarge      more bytes of address and headers than a request may have
│   ├── TooManyHeaders       more headers than a request may have
│   ├── TooManyPipelined     more requests ahead of their answers than a connection may have
│   └── TooManyConnections   more connections than the service takes
├── RefusedProblem       a problem of the domain at a known place of a request
└── RefusedRequest       a request that cannot be read
    ├── NotJson              a body that is not JSON in UTF-8
    ├── NotGzip              a body that is declared to be compressed by gzip, and is not
    ├── UnsupportedMedia     a body declared as something else than JSON, plain or by gzip
    ├── BodyTooLarge         more bytes than a body may have
    ├── TooManyRows          more rows than a body may have
    └── BadField             a field that breaks its rule
        ├── NotFinite            a number too large for float64
        └── TooSmall             a number so small that float64 has but zero for it
"""

from tabuada.errors import ProblemError


class ServiceError(Exception):
    """Anything the service refuses to do, with the reason as its message."""


class BadSetting(ServiceError):
    """A setting that breaks its rule; the message names it, the rule and the value."""


class NotReady(ServiceError):
    """No version of a model can answer by default yet; one may in a moment."""


class VersionUnavailable(ServiceError):
    """A published version that cannot be loaded; the log says why."""


class Overloaded(ServiceError):
    """More at a time than the service takes: requests, bytes or work that waits."""


class DeadlineExceeded(ServiceError):
    """A request whose turn did not come in time."""


class RunTimedOut(ServiceError):
    """A run of a network that took too long, and was ended."""


class Unauthorized(ServiceError):
    """A request without a key that fits."""


class WrongHost(ServiceError):
    """A request for a host that the service does not answer for."""


class RefusedConnection(ServiceError):
    """Bytes that never become a request; the connection ends with this as its last answer."""


class MalformedHttp(RefusedConnection):
    """Bytes that break HTTP/1.1."""


class IncompleteRequest(RefusedConnection):
    """A request that ends before it is whole."""


class InvalidHost(RefusedConnection):
    """A request with no Host, with several, or with one that is none."""


class UnsupportedVersion(RefusedConnection):
    """A request in another version of HTTP than 1.1 and 1.0."""


class UnknownMethod(RefusedConnection):
    """A request with a method that the service does not know."""


class UnknownCoding(RefusedConnection):
    """A body in another transfer coding than chunked."""


class UnmetExpectation(RefusedConnection):
    """A request that expects something else than 100-continue."""


class HeadersTooSlow(RefusedConnection):
    """Headers that did not arrive in time."""


class BodyTooSlow(RefusedConnection):
    """A body that did not arrive in time."""


class HeadersTooLarge(RefusedConnection):
    """More bytes of address and headers than a request may have."""


class TooManyHeaders(RefusedConnection):
    """More headers than a request may have."""


class TooManyPipelined(RefusedConnection):
    """More requests ahead of their answers than a connection may have."""


class TooManyConnections(RefusedConnection):
    """More connections than the service takes."""


class RefusedProblem(ServiceError):
    """A problem that cannot be read or answered, at a known place of the request.

    Attributes:
        problem: What the domain found wrong.
        field: Path of the place, such as `instances[3].b`, or None for the whole.
    """

    def __init__(self, problem: ProblemError, field: str | None) -> None:
        super().__init__(str(problem))
        self.problem = problem
        self.field = field


class RefusedRequest(ServiceError):
    """A request that cannot be read.

    Attributes:
        field: Path of the place at fault, or None for the whole.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotJson(RefusedRequest):
    """A body that is not JSON in UTF-8."""


class NotGzip(RefusedRequest):
    """A body that is declared to be compressed by gzip, and is not."""


class UnsupportedMedia(RefusedRequest):
    """A body declared as something else than JSON, plain or compressed by gzip."""


class BodyTooLarge(RefusedRequest):
    """More bytes than a body may have."""


class TooManyRows(RefusedRequest):
    """More rows than a body may have."""


class BadField(RefusedRequest):
    """A field that breaks its rule."""


class NotFinite(BadField):
    """A number too large for float64."""


class TooSmall(BadField):
    """A number other than zero, but so small that float64 has but zero for it."""
