"""Asks thousands of times over one connection, for less than the service takes to answer."""

from collections.abc import Mapping
from http.client import HTTPConnection, RemoteDisconnected

from tests.service.unharmed import DEADLINE_S


class Asker:
    """A client of the standard library: httpx takes five times as long for a request.

    Args:
        port: Where the service listens.
    """

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=DEADLINE_S)

    def post(self, path: str, content: bytes, headers: Mapping[str, str]) -> tuple[int, str, bytes]:
        """Send a body, and return status, media type and body of the answer."""
        encoded = {name: value.encode("latin-1") for name, value in headers.items()}
        for attempt in range(2):
            try:
                self._connection.request("POST", path, content, encoded)
                answer = self._connection.getresponse()
            except (BrokenPipeError, ConnectionResetError, RemoteDisconnected):
                self._connection.close()  # the service had closed it after the answer before
                if attempt:
                    raise
            else:
                return answer.status, answer.headers["Content-Type"], answer.read()
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
