"""`python -m service.process.worker LISTENER CHANNEL MEMORY PLACE`: one of several that serve.

Its parent starts it, with the numbers of open files: those of the listener that all workers share,
with commas between, a channel, and the memory of their metrics (-1 where there is none), in which
it has a place. It tells its parent over the channel how far it is and, each second, that its event
loop runs; the end of the channel means that the service stops, or that the parent is gone. With
`--replacing` after them it accepts no connection before it is ready, since the others are.
"""

import asyncio
import contextlib
import json
import socket
import sys
import threading
from collections.abc import AsyncIterator

from service.errors import BadSetting
from service.process.ending import Ending, take_signals
from service.process.listener import Listener
from service.process.server import Server
from service.process.serving import serve
from service.settings import read_settings
from service.shared_numbers import SharedNumbers

_ALIVE_EVERY_S = 1.0


def main() -> int:
    """Serve until told to stop; return the exit code."""
    ending = Ending()
    take_signals(ending.tell)  # which the parent has kept from it since it began
    listener = Listener.take_over(map(int, sys.argv[1].split(",")))
    wire = socket.socket(fileno=int(sys.argv[2]))
    memory, place = map(int, sys.argv[3:5])
    settings = read_settings()
    channel = _Channel(wire, ending)
    try:
        serve(
            settings,
            listener,
            channel,
            ending,
            accompany=channel.accompany,
            numbers=None if memory < 0 else SharedNumbers(memory, place),
        )
    except BadSetting as error:
        channel.send("refused", str(error))
        return 2
    return 0


class _Channel:
    """The worker's end of the channel."""

    def __init__(self, wire: socket.socket, ending: Ending) -> None:
        self._wire = wire
        self._ending = ending
        self._server: Server | None = None
        # In a thread, for a loop that hangs sees nothing.
        threading.Thread(target=self._watch, name="parent", daemon=True).start()

    def send(self, kind: str, text: str = "") -> None:
        with contextlib.suppress(OSError):  # a parent that is gone, or too busy to read
            self._wire.send(json.dumps([kind, text]).encode() + b"\n", socket.MSG_DONTWAIT)

    def report_started(self) -> None:
        self.send("started")

    def report_unready(self, reason: str) -> None:
        self.send("unready", reason)

    def report_ready(self) -> None:
        self.send("ready")

    @contextlib.asynccontextmanager
    async def accompany(self, server: Server) -> AsyncIterator[None]:
        """Say that the loop runs, and stop the server when the parent wants or has ended."""
        server.alone = False
        server.replacing = "--replacing" in sys.argv
        self._server = server
        living = asyncio.create_task(self._say_alive())
        yield
        living.cancel()

    async def _say_alive(self) -> None:
        while True:
            self.send("alive")
            await asyncio.sleep(_ALIVE_EVERY_S)

    def _watch(self) -> None:
        """Wait for the end of the channel."""
        with contextlib.suppress(OSError):
            while self._wire.recv(1024):
                pass
        self._ending.begin(self._server.stop_for_all if self._server else None)


if __name__ == "__main__":
    sys.exit(main())
