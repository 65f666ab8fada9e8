"""Why a call to a service has no answer.

TabuadaError
└── ClientError
    ├── BadArgument        an argument that no request can be made of
    ├── Refused            the service says no, and why
    │   └── Unavailable    it says not now, and did so until the client gave up
    ├── DeadlineExceeded   no answer in the time that the call had
    ├── Unreachable        no connection, or one that was lost before the answer
    └── NotUnderstood      an answer that is none of this service's
"""

from tabuada.errors import TabuadaError


class ClientError(TabuadaError):
    """A call without an answer, with the reason as its message."""


class BadArgument(ClientError, ValueError):
    """An argument that no request can be made of; nothing was sent."""


class Refused(ClientError):
    """The service says no.

    Attributes:
        status: HTTP status.
        code: For programs, such as `division_by_zero`; None from a proxy in front of the service.
        field: Path of the place at fault, such as `expressions[3]`, or None for the whole.
    """

    def __init__(
        self, message: str, *, status: int, code: str | None, field: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.field = field


class Unavailable(Refused):
    """The service says not now, at the last attempt too.

    Attributes:
        retry_after_s: In how many seconds it asks to be asked again, None where it does not say.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str | None,
        field: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message, status=503, code=code, field=field)
        self.retry_after_s = retry_after_s


class DeadlineExceeded(ClientError, TimeoutError):
    """No answer in the time that the call had."""


class Unreachable(ClientError, ConnectionError):
    """No connection, or one that was lost before the whole answer, at the last attempt too."""


class NotUnderstood(ClientError):
    """An answer that is none of this service's, perhaps a proxy's or another release's.

    Attributes:
        status: HTTP status.
    """

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status
