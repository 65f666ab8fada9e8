"""`python -m service.process.worker LISTENER CHANNEL`: one of several processes that serve.

Its parent starts it, with the numbers of open files: those of the listener that all workers share,
with commas between, and a channel. It tells its parent over the channel how far it is and, each
second, that its event loop runs; the end of the channel means that the service stops, or that the
parent is gone. With `--replacing` after them it accepts no connection before it is ready, since the
others are.
"""

import asyncio
import contextlib
import json
import signal
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator
from types import FrameType
from typing import NoReturn

from service.errors import BadSetting
from service.process.listener import Listener
from service.process.server import Server, abandon
from service.process.serving import serve
from service.settings import Settings, read_settings

_ALIVE_EVERY_S = 1.0
_SPARE_S = 5.0  # beyond what an orderly end may take


def main() -> int:
    """Serve until told to stop; return the exit code."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)  # until there is a server, which stops in an orderly way
    listener = Listener.take_over(map(int, sys.argv[1].split(",")))
    wire = socket.socket(fileno=int(sys.argv[2]))
    settings = read_settings()
    channel = _Channel(settings, wire)
    try:
        serve(settings, listener, channel, channel.accompany)
    except BadSetting as error:
        channel.send("refused", str(error))
        return 2
    return 0


def _stop(_: int, __: FrameType | None) -> NoReturn:
    raise SystemExit(0)


class _Channel:
    """The worker's end of the channel."""

    def __init__(self, settings: Settings, wire: socket.socket) -> None:
        self._longest_end_s = settings.drain_s + settings.shutdown_timeout_s + _SPARE_S
        self._wire = wire

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
        loop = asyncio.get_running_loop()
        watch = threading.Thread(target=self._watch, args=(loop, server), daemon=True)
        watch.start()
        living = asyncio.create_task(self._say_alive())
        yield
        living.cancel()

    async def _say_alive(self) -> None:
        while True:
            self.send("alive")
            await asyncio.sleep(_ALIVE_EVERY_S)

    def _watch(self, loop: asyncio.AbstractEventLoop, server: Server) -> None:
        """Wait for the end of the channel: in a thread, for a loop that hangs sees nothing."""
        with contextlib.suppress(OSError):
            while self._wire.recv(1024):
                pass
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(server.stop_for_all)
        time.sleep(self._longest_end_s)
        abandon(1)


if __name__ == "__main__":
    sys.exit(main())
