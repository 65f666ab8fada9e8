"""A door in front of the service, as proxies are: it lets requests pass, or answers itself."""

import contextlib
import re
import socket
import threading
import time
from collections.abc import Callable
from typing import Self

Reaction = bytes | Callable[[socket.socket], None]


class Door:
    """Listens on a port of its own. The first connections meet reactions, the rest the service.

    Attributes:
        url: Where it is.
        reactions: What the next connections meet: bytes that they are answered with once their
            request is read, or what is done with them. Each connection is closed after that.
        requests: The requests that were answered here.
        times: When each connection came, on the clock of `time.monotonic`.

    Args:
        port: Of the service.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._listen)]
        self._open: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.reactions: list[Reaction] = []
        self.requests: list[bytes] = []
        self.times: list[float] = []

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes what waits in accept
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def is_idle(self, timeout_s: float) -> bool:
        """Return whether every connection has ended, or does within a time."""
        end = time.monotonic() + timeout_s
        for thread in self._threads[1:]:
            thread.join(max(0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads[1:])

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.times.append(time.monotonic())
            self._open.append(connection)
            reaction = self.reactions.pop(0) if self.reactions else self._pass
            thread = threading.Thread(target=self._react, args=(connection, reaction))
            self._threads.append(thread)
            thread.start()

    def _react(self, connection: socket.socket, reaction: Reaction) -> None:
        with connection, contextlib.suppress(OSError):
            if callable(reaction):
                reaction(connection)
            else:
                self.requests.append(read_request(connection))
                connection.sendall(reaction)

    def _pass(self, connection: socket.socket) -> None:
        """Hand bytes on in both directions until both sides have ended."""
        with socket.create_connection(("127.0.0.1", self._target)) as service:
            self._open.append(service)
            back = threading.Thread(target=_copy, args=(service, connection))
            back.start()
            _copy(connection, service)
            back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(65536):
            target.sendall(chunk)
        target.shutdown(socket.SHUT_WR)


def read_request(connection: socket.socket) -> bytes:
    """Return a whole request."""
    content = b""
    while b"\r\n\r\n" not in content:
        content += _receive(connection)
    length = re.search(rb"\r\ncontent-length: (\d+)", content.lower())
    whole = content.index(b"\r\n\r\n") + 4 + (int(length[1]) if length else 0)
    while len(content) < whole:
        content += _receive(connection)
    return content


def _receive(connection: socket.socket) -> bytes:
    chunk = connection.recv(65536)
    if not chunk:
        raise ConnectionResetError
    return chunk


def write_answer(status: int, body: bytes = b"", *headers: str) -> bytes:
    """Return an answer as it goes over the wire, the last one of its connection."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def reset(connection: socket.socket) -> None:
    """Read a request and break the connection off, as a process does that is killed."""
    read_request(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
