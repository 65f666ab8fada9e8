"""Counts what a body in chunks brings besides its content."""

from service.process.connection_limits import ConnectionLimits

_FRAME_BYTES = 20  # of a chunk's size, in up to 16 digits, and the ends of both its lines


class ChunkedBody:
    """Holds the extensions and trailers of one body in chunks to the limits of headers.

    Args:
        limits: What they are held to.

    Attributes:
        trailers: Those that came so far, as pairs of bytes; nobody reads them.
        content_bytes: Bytes of content since the last count.
        chunks: Chunks that began since.
    """

    __slots__ = ("_extra_bytes", "_limits", "_started", "chunks", "content_bytes", "trailers")

    def __init__(self, limits: ConnectionLimits) -> None:
        self._limits = limits
        self._extra_bytes = 0
        self._started = False
        self.trailers: list[tuple[bytes, bytes]] = []
        self.content_bytes = 0
        self.chunks = 0

    def count(self, size: int) -> None:
        """Count bytes that came, those of content and of chunks' sizes among them.

        Raises:
            HeadersTooLarge: Those of extensions and trailers are too many.
            TooManyHeaders: So are the trailers.
        """
        if self._started:
            extra = size - self.content_bytes - _FRAME_BYTES * self.chunks
            self._extra_bytes = max(0, self._extra_bytes + extra)
            self._limits.check_header_bytes(self._extra_bytes)
            self._limits.check_header_count(len(self.trailers))
        self._started = True  # the first were those of the head as well
        self.content_bytes = self.chunks = 0

    def end(self) -> None:
        """Hold the trailers that came to the limits; raises as `count` does."""
        if self.trailers:
            self._limits.check_header_count(len(self.trailers))
            self._limits.check_header_bytes(measure_headers(self.trailers))


def measure_headers(headers: list[tuple[bytes, bytes]]) -> int:
    """Return how many bytes some headers, or trailers, took at least."""
    return sum(len(name) + len(value) + 4 for name, value in headers)
