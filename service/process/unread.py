"""What clients have asked for and not taken: a budget for the whole process."""

from collections.abc import Callable, Iterable
from typing import Protocol


class Outgoing(Protocol):
    """What answers go out through."""

    def get_write_buffer_size(self) -> int:
        """Return how many bytes are to be sent yet."""

    def abort(self) -> None:
        """Close at once."""


class UnreadAnswers:
    """Ends connections whose clients do not read, once all of them hold too much memory.

    Those go first that took nothing for the longest time. One is always let go on, however long
    its answer is.

    Args:
        max_bytes: How much the answers may hold that are not taken.
        count_refusal: Called with a code for each connection that is ended.
    """

    def __init__(self, max_bytes: int, count_refusal: Callable[[str], None]) -> None:
        self._max_bytes = max_bytes
        self._count_refusal = count_refusal
        # What each one has yet to send, and holds; the one that took nothing for longest is first.
        self._left: dict[Outgoing, tuple[int, int]] = {}
        self.held_bytes = 0

    def note(self, outgoing: Outgoing) -> None:
        """Look at what has not been sent of what was just written."""
        self._measure(outgoing)
        while self.held_bytes > self._max_bytes and len(self._left) > 1:
            slowest = next(iter(self._left))
            self._forget(slowest)
            self._count_refusal("answer_unread")
            slowest.abort()

    def look(self, open_ones: Iterable[Outgoing]) -> None:
        """Look at all that are open; the others hold nothing any more."""
        still = set(open_ones)
        for gone in [outgoing for outgoing in self._left if outgoing not in still]:
            self._forget(gone)
        for outgoing in still:
            self.note(outgoing)

    def _measure(self, outgoing: Outgoing) -> None:
        left = outgoing.get_write_buffer_size()
        if not left:
            self._forget(outgoing)
            return
        before, held = self._left.get(outgoing, (0, 0))
        if left < before:  # it took some
            del self._left[outgoing]
        # An answer stays in memory as a whole until its last byte is sent.
        self._left[outgoing] = left, max(held, left)
        self.held_bytes += max(held, left) - held

    def _forget(self, outgoing: Outgoing) -> None:
        _, held = self._left.pop(outgoing, (0, 0))
        self.held_bytes -= held
