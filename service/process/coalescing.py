"""Writes what belongs together at once."""

import asyncio
from collections.abc import Callable
from typing import Any

from service.process.unread import UnreadAnswers

_FLUSH_BYTES = 2**16


class CoalescingTransport:
    """A transport that sends the head and the body of an answer with one call of the system.

    uvicorn writes them one after the other, and each write goes out at once: the second one takes
    a tenth of the time that a small request costs. What is written in one turn of the event loop
    is sent together at its end.

    Args:
        transport: What sends.
        loop: The event loop.
        linger: Asked before closing; where it says yes, only the sending ends for now.
        unread: Told of long answers.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        loop: asyncio.AbstractEventLoop,
        linger: Callable[[], bool],
        unread: UnreadAnswers,
    ) -> None:
        self._transport = transport
        self._loop = loop
        self._linger = linger
        self._unread = unread
        self._parts: list[bytes] = []
        self._send = transport.write
        self.is_closing = transport.is_closing

    def write(self, data: bytes) -> None:
        """Send some bytes soon, and in order."""
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(data)
        if len(data) > _FLUSH_BYTES:
            self._flush()

    def write_whole(self, data: bytes) -> None:
        """Send some bytes now, to which nothing belongs that comes later."""
        self._parts.append(data)
        self._flush()

    def write_eof(self) -> None:
        """Send what is left, and nothing after it."""
        self._flush()
        self._transport.write_eof()

    def close(self) -> None:
        """Close once everything is sent."""
        self._flush()
        if not self._linger():
            self._transport.close()
        elif not self.is_closing():
            self._transport.write_eof()

    def abort(self) -> None:
        """Close at once."""
        self._parts.clear()
        self._transport.abort()

    def get_write_buffer_size(self) -> int:
        """Return how many bytes are to be sent yet."""
        return sum(map(len, self._parts)) + self._transport.get_write_buffer_size()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def _flush(self) -> None:
        parts = self._parts
        if parts:
            self._parts = []
            if not self.is_closing():
                data = b"".join(parts)
                self._send(data)
                if len(data) > _FLUSH_BYTES:
                    self._unread.note(self)
