"""Bounds what is in progress: requests, and bytes of bodies that wait for their turn."""

from service.errors import Overloaded
from service.http.request_context import RequestContext
from tabuada.showing import count


class Admission:
    """Refuses at once what the service could not answer soon, so that memory stays bounded.

    Args:
        max_requests: How many requests may be in progress.
        max_pending_bytes: How many bytes of large bodies they may hold together.
    """

    def __init__(self, max_requests: int, max_pending_bytes: int) -> None:
        self._max_requests = max_requests
        self._max_pending_bytes = max_pending_bytes
        self.requests = 0
        self.pending_bytes = 0
        self.released_bytes = 0  # since somebody last looked

    def enter(self, context: RequestContext) -> None:
        """Count one request more.

        Raises:
            Overloaded: There are too many.
        """
        if self.requests >= self._max_requests:
            raise Overloaded(
                f"expected at most {count(self._max_requests, 'request')} at a time. "
                "Received: one more. Try again in a moment"
            )
        self.requests += 1
        context.admitted = True

    def hold(self, context: RequestContext, size_bytes: int) -> None:
        """Let a request hold more bytes.

        Raises:
            Overloaded: All of them together would hold too many.
        """
        if self.pending_bytes + size_bytes > self._max_pending_bytes:
            raise Overloaded(
                f"expected bodies of at most {count(self._max_pending_bytes, 'byte')} together. "
                "Received: more at a time. Try again in a moment"
            )
        self.pending_bytes += size_bytes
        context.held_bytes += size_bytes

    def leave(self, context: RequestContext) -> None:
        """Count one request less, if it was counted, and what it held."""
        self.requests -= context.admitted
        if context.held_bytes:
            self.pending_bytes -= context.held_bytes
            self.released_bytes += context.held_bytes
