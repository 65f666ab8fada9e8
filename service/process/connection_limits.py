"""What every connection is held to."""

from collections.abc import Callable
from dataclasses import dataclass

from service.errors import HeadersTooLarge, TooManyHeaders
from service.process.refusals import Refusals
from service.process.unread import UnreadAnswers
from service.settings import Settings

LINGER_S = 1.0
"""Seconds in which a refused client may read its refusal, while what it sends is thrown away."""

LINGER_BYTES = 2**20
"""How much that may be."""

QUIET_S = 0.5
"""Seconds of silence, at least, after which a connection is taken for idle while stopping."""


@dataclass(slots=True)
class ConnectionLimits:
    """Limits of the connections of one process; `leaving` holds them all to leave soon.

    Attributes:
        max_header_bytes: Bytes of a request line and its headers.
        max_headers: How many headers a request may have.
        header_timeout_s: Seconds in which they must have arrived whole.
        max_body_bytes: Bytes that a request's body may have.
        body_timeout_s: Seconds in which a body must have arrived whole.
        keep_alive_s: Seconds that a connection may be idle.
        write_timeout_s: Seconds in which a client must take an answer, or the next MiB of it.
        unread: What clients have not taken of their answers, all together.
        count_refusal: Called with the code of each refusal.
        refusals: Writes those of connections.
        leaving: Answers say `Connection: close`, so that clients go elsewhere.
    """

    max_header_bytes: int
    max_headers: int
    header_timeout_s: float
    max_body_bytes: int
    body_timeout_s: float
    keep_alive_s: float
    write_timeout_s: float
    unread: UnreadAnswers
    count_refusal: Callable[[str], None]
    refusals: Refusals
    leaving: bool = False

    @classmethod
    def of(cls, settings: Settings, count_refusal: Callable[[str], None]) -> "ConnectionLimits":
        """Return the limits that the settings name."""
        return cls(
            settings.max_header_bytes,
            settings.max_headers,
            settings.header_timeout_s,
            settings.max_body_bytes,
            settings.body_timeout_s,
            settings.keep_alive_s,
            settings.write_timeout_s,
            UnreadAnswers(settings.max_unread_bytes, count_refusal),
            count_refusal,
            Refusals(count_refusal, logs=settings.access_log),
        )

    @property
    def first_s(self) -> float:
        """Seconds in which a new connection must begin its first request."""
        return (
            min(self.header_timeout_s, self.keep_alive_s) if self.leaving else self.header_timeout_s
        )

    @property
    def look_every_s(self) -> float:
        """Seconds between two looks at all connections, short beside every limit."""
        shortest = min(
            self.header_timeout_s,
            self.body_timeout_s,
            self.keep_alive_s,
            self.write_timeout_s,
            LINGER_S,
        )
        return min(max(shortest / 8, 0.02), 0.25)

    def check_header_bytes(self, count: int) -> None:
        """Hold a request to the bytes of its address and headers, or of its trailers.

        Raises:
            HeadersTooLarge: There are more.
        """
        if count > self.max_header_bytes:
            raise HeadersTooLarge(
                f"expected at most {self.max_header_bytes} bytes of address and headers, and of "
                "trailers. Received: more. Send what is long in the body",
            )

    def check_header_count(self, count: int) -> None:
        """Hold a request to the number of its headers, or of its trailers.

        Raises:
            TooManyHeaders: There are more.
        """
        if count > self.max_headers:
            raise TooManyHeaders(
                f"expected at most {self.max_headers} headers, and as many trailers. "
                f"Received: {count}. Send fewer",
            )

    def leave(self, quiet_s: float) -> None:
        """Hold every connection to leave: idle ones after so many seconds of silence."""
        self.leaving = True
        self.keep_alive_s = min(self.keep_alive_s, quiet_s)
