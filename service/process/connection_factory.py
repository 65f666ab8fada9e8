"""Receives accepted connections, and turns those away that are too many."""

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from uvicorn.protocols.utils import get_remote_addr

from service.errors import TooManyConnections
from service.http.access_log import Client
from service.process.connection import Connection
from service.process.connection_limits import LINGER_BYTES, LINGER_S, ConnectionLimits
from service.process.listener import allow_connections
from service.process.refusals import Arriving
from tabuada.showing import count

logger = logging.getLogger("service.process")

_MAX_CROWDED = 256  # turned away with an answer at a time; others are just closed


class ConnectionFactory:
    """Gives each connection the protocol that it gets.

    Args:
        server: Whose connections they are; its application has started.
        limits: What each is held to.
        max_connections: How many may be open.

    Attributes:
        opening: Those that are accepted and have no protocol yet.
    """

    def __init__(
        self, server: uvicorn.Server, limits: ConnectionLimits, max_connections: int
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._server = server
        self._limits = limits
        self._max_connections = allow_connections(max_connections)
        self._crowded = 0
        self.opening: set[asyncio.Task[object]] = set()

    def take(self, accepted: socket.socket) -> None:
        """Begin to talk over an accepted connection."""
        make: Callable[[], asyncio.Protocol] = self._make_connection
        count = len(self._server.server_state.connections) + len(self.opening)
        if count >= self._max_connections:
            if self._crowded >= _MAX_CROWDED:
                accepted.close()
                return
            make = self._make_crowded
            self._crowded += 1
        task = self._loop.create_task(self._loop.connect_accepted_socket(make, accepted))
        self.opening.add(task)
        task.add_done_callback(self._finish_opening)

    def _finish_opening(self, task: "asyncio.Task[object]") -> None:
        self.opening.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        level = logging.DEBUG if isinstance(error, OSError) else logging.ERROR
        logger.log(level, "A connection ended as it began", exc_info=error)

    def _make_connection(self) -> Connection:
        server = self._server
        return Connection(
            self._limits,
            whole=getattr(server.config.app, "whole", None),
            config=server.config,
            server_state=server.server_state,
            app_state=server.lifespan.state,
            _loop=self._loop,
        )

    def _make_crowded(self) -> "_Crowded":
        return _Crowded(self._write_crowded, self._forget_crowded)

    def _write_crowded(self, client: Client) -> bytes:
        refusal = TooManyConnections(
            f"expected at most {count(self._max_connections, 'connection')}. Received: one more. "
            "Try again in a moment"
        )
        default_headers = self._server.server_state.default_headers
        return self._limits.refusals.write(refusal, Arriving(client), default_headers)

    def _forget_crowded(self) -> None:
        self._crowded -= 1


class _Crowded(asyncio.Protocol):
    """A connection too many: told so, whatever it asks, and closed.

    Closing at once would reset the connection as soon as its request arrives, and many clients
    would never look at the answer: what they send is thrown away for a moment instead.
    """

    def __init__(self, write: Callable[[Client], bytes], forget: Callable[[], None]) -> None:
        self._write = write
        self._forget = forget
        self._thrown_away = 0

    def connection_made(self, transport: Any) -> None:  # uvloop's is none of asyncio's
        self._transport = transport
        transport.write(self._write(get_remote_addr(transport)))
        transport.write_eof()
        self._closing = asyncio.get_running_loop().call_later(LINGER_S, transport.abort)

    def data_received(self, data: bytes) -> None:
        self._thrown_away += len(data)
        if self._thrown_away > LINGER_BYTES:
            self._transport.abort()

    def connection_lost(self, _: Exception | None) -> None:
        self._closing.cancel()
        self._forget()
