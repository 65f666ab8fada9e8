"""Serves the application on a listener until told to stop, and then loses no request."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Iterable
from types import FrameType

import uvicorn

from service.components import Components
from service.process.acceptor import Acceptor
from service.process.connection import Connection
from service.process.connection_factory import ConnectionFactory
from service.process.connection_limits import QUIET_S, ConnectionLimits
from service.process.listener import Listener

logger = logging.getLogger("service.process")

_AT_ONCE = 64  # connections


class Server(uvicorn.Server):
    """uvicorn's server with our own connections, and an end in three steps.

    1. For `drain_s` everything is answered but readiness, with `Connection: close`.
    2. Nobody new may connect. Who has connected is answered.
    3. Connections that stay silent are closed, and so are all after `shutdown_timeout_s`.

    Args:
        config: What uvicorn needs to know.
        components: Those of the application: readiness is told of the end, metrics of refusals.
        listener: Where clients connect.

    Attributes:
        alone: No other process goes on to accept from the listener.
        replacing: The others are ready: it accepts nothing before it is.
        cut_off: Requests were not answered in time at the end.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        components: Components,
        listener: Listener,
    ) -> None:
        super().__init__(config)
        self._loop = asyncio.get_running_loop()
        self._settings = components.settings
        self._listener = listener
        self._lifecycle = components.lifecycle
        self._components = components
        self._limits = ConnectionLimits.of(components.settings, components.metrics.reject)
        self._leave_at: float | None = None
        self.alone = True
        self.replacing = False
        self.cut_off = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the application, then accept connections."""
        assert not sockets
        await super().startup(sockets=[])
        self._looking = self._loop.create_task(self._look())
        several = self._settings.workers > 1
        self._connection_factory = ConnectionFactory(
            self, self._limits, self._settings.max_connections
        )
        self._acceptor = Acceptor(
            self._listener, self._connection_factory.take, 1 if several else _AT_ONCE
        )
        if several:
            self._settling = self._loop.create_task(self._start_settled())
        else:
            self._acceptor.start()

    async def _start_settled(self) -> None:
        """Accept connections once the others could not answer them better."""
        catalogue = self._components.catalogue
        await catalogue.wait_looked()
        if self.replacing:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._settings.worker_timeout_s):
                    await catalogue.wait_ready()
        if self._leave_at is None:
            self._acceptor.start()

    async def on_tick(self, counter: int) -> bool:
        """Return whether clients have had their time to go elsewhere."""
        if not await super().on_tick(counter):
            return False
        if self._leave_at is None:
            self._leave_at = self._begin_leaving()
        return self._loop.time() >= self._leave_at

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer who has connected, then end the application."""
        assert not sockets
        if self._leave_at is None:  # stopped while it started
            self._begin_leaving()
        await self._acceptor.close(for_all=self.alone)
        try:
            async with asyncio.timeout(self._settings.shutdown_timeout_s):
                await self._wait_finished()
        except TimeoutError:
            self.cut_off = True
            await self._cut_off()
        self._looking.cancel()
        await self.lifespan.shutdown()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; uvicorn would be gone at the second time, which is for `Ending` to say."""
        del sig, frame
        self.should_exit = True

    def stop(self) -> None:
        """Begin to stop; may be called in any thread."""
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            self._loop.call_soon_threadsafe(self.handle_exit, 0, None)

    def stop_for_all(self) -> None:
        """Begin to stop as the other processes that share the listener do, too."""
        self.alone = True
        self.stop()

    def _connections(self) -> Iterable[Connection]:
        return [c for c in self.server_state.connections if isinstance(c, Connection)]

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(self._limits.look_every_s)
            now = self._loop.time()
            for connection in self._connections():
                connection.look(now)
            self._limits.unread.look(c.transport for c in self._connections())

    def _begin_leaving(self) -> float:
        """Tell clients to go elsewhere; return until when they may."""
        logger.info("Told to stop: no longer ready")
        self._lifecycle.stopping = True
        self._limits.leave(max(self._settings.drain_s, QUIET_S))
        for connection in self._connections():
            connection.prepare_leaving()
        return self._loop.time() + self._settings.drain_s

    async def _wait_finished(self) -> None:
        while (
            self.server_state.connections
            or self.server_state.tasks
            or self._connection_factory.opening
        ):
            await asyncio.sleep(0.02)

    async def _cut_off(self) -> None:
        tasks = list(self.server_state.tasks)
        timeout_s = self._settings.shutdown_timeout_s
        logger.error("Cut off %d requests, not answered within %d s", len(tasks), timeout_s)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1)
        for connection in self._connections():
            connection.transport.abort()
