"""What the service says on standard output: where it is, and how to ask it."""

import socket
import sys
from typing import Protocol

from service.settings import Settings

_LOCAL = {"0.0.0.0", "127.0.0.1", "::", "::1"}  # what `localhost` reaches


class Progress(Protocol):
    """Told how far the start of a server has come."""

    def report_started(self) -> None:
        """It answers, if only that it is not ready."""

    def report_unready(self, reason: str) -> None:
        """It has looked at the store once, and cannot answer with the default model yet."""

    def report_ready(self) -> None:
        """The default model answers."""


class Banner:
    """Says it on standard output.

    Args:
        settings: Name the host.
        listener: Knows the port.
    """

    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        port = listener.getsockname()[1]
        host = "localhost" if settings.host in _LOCAL else settings.host
        self._address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def report_started(self) -> None:
        """Say where the service is."""
        _say(f"Tabuada listens on {self._address}")

    def report_unready(self, reason: str) -> None:
        """Say why it is not ready."""
        _say(f"Not ready: {reason}")

    def report_ready(self) -> None:
        """Say how to ask it."""
        _say(
            f"Ready. Documentation: {self._address}/docs\n"
            f"Try:\n  curl {self._address}/predict -H 'Content-Type: application/json' "
            """-d '{"instances": [{"a": 4.93, "op": "+", "b": 4.02}]}'"""
        )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
