"""Many clients at a time, which know of each request whether it was answered."""

import asyncio
import contextlib
import json
import random
import re
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.service.serving import Server

_BODY = json.dumps({"instances": [{"a": 4.93, "op": "+", "b": 4.02}]}).encode()
_ANSWER_S = 60.0


def write_request(body: bytes = _BODY, path: str = "/predict", *headers: str) -> bytes:
    """Return a POST as it goes over the wire."""
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: x",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def announce(
    server: Server,
    size_bytes: int,
    path: str = "/predict",
    sent_bytes: int = 0,
    header: str = "Content-Type: application/json",
) -> socket.socket:
    """Begin a request and keep its body back, all or the rest of it."""
    connection = server.connect()
    connection.sendall(
        f"POST {path} HTTP/1.1\r\nHost: x\r\n{header}\r\n"
        f"Content-Length: {size_bytes}\r\n\r\n".encode()
        + sent_bytes * b" "
    )
    return connection


def wait_until(reached: Callable[[], bool], timeout_s: float = 60) -> None:
    """Wait for something that comes of other work."""
    end = time.monotonic() + timeout_s
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.02)


def read_all(connection: socket.socket) -> bytes:
    """Return what comes until the server closes, in an orderly way or not."""
    content = b""
    with contextlib.suppress(ConnectionResetError):
        while chunk := connection.recv(65536):
            content += chunk
    return content


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, bytes, bytes]:
    """Return status, headers and body of the next answer, each of them whole."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = re.search(rb"\r\ncontent-length: (\d+)", head)
    assert length, head
    return int(head.split()[1]), head, await reader.readexactly(int(length[1]))


@dataclass
class Traffic:
    """Clients of one server, until they are told to stop or cannot connect any more.

    Attributes:
        port: Of the server.
        leaves_when_refused: Whether a client ends when it cannot connect.
        answered: Requests with a whole answer of status 200.
        refused: Connections that could not be made; nothing was sent.
        lost: What happened to requests without a whole answer of that status, by the client's port.
    """

    port: int
    leaves_when_refused: bool = True
    answered: int = 0
    refused: int = 0
    lost: dict[int, str] = field(default_factory=dict)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _clients: list["asyncio.Task[None]"] = field(default_factory=list)

    def start(
        self, *, kept: int = 8, fresh: int = 8, pausing: int = 16, between_s: float = 0.0
    ) -> None:
        """Start clients.

        Args:
            kept: Ask over connections that they keep, one request after the other.
            fresh: Make a connection for each request.
            pausing: Keep connections, and pause before each request.
            between_s: The longest time that the others leave between two requests. What takes
                seconds of its own goes on beside a few hundred requests a second as beside
                thousands, which take all of the machine.
        """
        kinds = [(kept, True, between_s), (fresh, False, between_s), (pausing, True, 0.4)]
        for count, keep, pause_s in kinds:
            self._clients += [asyncio.create_task(self._run(keep, pause_s)) for _ in range(count)]

    async def finish(self) -> None:
        """Wait until every client has stopped by itself."""
        await asyncio.wait_for(asyncio.gather(*self._clients), 60)

    async def stop(self) -> None:
        """Let every client have its last answer."""
        self._stopping.set()
        await self.finish()

    async def wait_answered(self, more: int) -> None:
        """Wait until so many more requests were answered."""
        goal = self.answered + more
        async with asyncio.timeout(60):
            while self.answered < goal:
                await asyncio.sleep(0.01)

    async def _run(self, keep: bool, pause_s: float) -> None:
        while not self._stopping.is_set():
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                self.refused += 1
                if self.leaves_when_refused:
                    return
                await asyncio.sleep(0.05)
                continue
            try:
                while await self._ask(reader, writer, keep, pause_s):
                    pass
            finally:
                writer.close()

    async def _ask(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        keep: bool,
        pause_s: float,
    ) -> bool:
        """Ask once; return whether to go on over this connection."""
        await asyncio.sleep(random.random() * pause_s)
        if self._stopping.is_set() or reader.at_eof():
            return False  # closed while nothing was asked
        extra = () if keep else ("Connection: close",)
        writer.write(write_request(_BODY, "/predict", *extra))
        try:
            status, head, _ = await asyncio.wait_for(read_answer(reader), _ANSWER_S)
        except (OSError, EOFError, TimeoutError) as error:
            self.lost[writer.get_extra_info("sockname")[1]] = repr(error)
            return False
        if status != 200:
            self.lost[writer.get_extra_info("sockname")[1]] = str(status)
        self.answered += 1
        return keep and b"\r\nconnection: close\r\n" not in head


async def stop_under_load(server: Server, answered: int, number: int = signal.SIGTERM) -> Traffic:
    """Send a service its signal once so many requests were answered; return what became of all."""
    traffic = Traffic(server.port)
    traffic.start()
    await traffic.wait_answered(answered)
    server.send(number)
    await traffic.finish()
    return traffic
