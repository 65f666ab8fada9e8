"""Takes connections off the listener, and at the end every one that the kernel has made."""

import asyncio
import logging
import socket
from collections.abc import Callable
from functools import partial

from service.process.listener import Listener, refuse_newcomers

logger = logging.getLogger("service.process")

_PAUSE_S = 0.2  # while there are no files or no memory for another connection
_HANDSHAKE_S = 0.2  # in which connections end that have begun when nobody new may begin

TakeConnection = Callable[[socket.socket], None]


class Acceptor:
    """Accepts connections.

    Not asyncio's: that one takes as many as there are, so that of several workers the first to
    wake up has them all; and it closes the listener while some are waiting.

    Args:
        listener: Where they arrive; other processes may share it.
        take: Called with each.
        at_once: How many to take before looking at anything else.
    """

    def __init__(self, listener: Listener, take: TakeConnection, at_once: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._listener = listener
        self._take = take
        self._at_once = at_once
        self._resuming: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to accept."""
        self._resuming = None
        for one in self._listener.sockets:
            self._loop.add_reader(one, partial(self._accept, one))

    async def close(self, *, for_all: bool) -> None:
        """Stop accepting, without losing a connection.

        Args:
            for_all: Nobody goes on to accept from the listener; if not, others take what is left.
        """
        if for_all and refuse_newcomers(self._listener):
            await asyncio.sleep(_HANDSHAKE_S)
        if self._resuming is not None:
            self._resuming.cancel()
        self._ignore()
        if for_all:
            for one in self._listener.sockets:
                while self._accept_one(one):
                    pass
        self._listener.close()

    def _ignore(self) -> None:
        for one in self._listener.sockets:
            self._loop.remove_reader(one)

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(self._at_once):
            if not self._accept_one(listening):
                return

    def _accept_one(self, listening: socket.socket) -> bool:
        """Accept one; return whether there may be more."""
        try:
            connection, _ = listening.accept()
        except (BlockingIOError, InterruptedError):
            return False
        except ConnectionError:  # gone before it was taken
            return True
        except OSError as error:
            logger.error("Cannot accept connections for the moment: %s", error)
            self._ignore()
            if self._resuming is None:
                self._resuming = self._loop.call_later(_PAUSE_S, self.start)
            return False
        connection.setblocking(False)
        self._take(connection)
        return True
