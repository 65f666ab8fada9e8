"""What the service says on standard output: where it is, and how to ask it."""

import socket
import sys
from typing import Protocol

from service.process.listener import Listener
from service.settings import Settings

_LOCAL = {"0.0.0.0": "127.0.0.1", "127.0.0.1": "127.0.0.1", "::": "::1", "::1": "::1"}


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

    def __init__(self, settings: Settings, listener: Listener) -> None:
        host = _find_host(settings.host, listener).replace("%", "%25")  # RFC 6874
        self.address = f"http://[{host}]" if ":" in host else f"http://{host}"
        self.address += f":{listener.port}"

    def report_started(self) -> None:
        """Say where the service is."""
        _say(f"Tabuada listens on {self.address}")

    def report_unready(self, reason: str) -> None:
        """Say why it is not ready."""
        _say(f"Not ready: {reason}")

    def report_ready(self) -> None:
        """Say how to ask it."""
        _say(
            f"Ready. Documentation: {self.address}/docs\n"
            f"Try:\n  curl {self.address}/predict -H 'Content-Type: application/json' "
            """-d '{"instances": [{"a": 4.93, "op": "+", "b": 4.02}]}'"""
        )


def _find_host(host: str, listener: Listener) -> str:
    """Return a host that reaches the service from this machine, and from others if any does."""
    own = {_LOCAL[address] for address in listener.addresses if address in _LOCAL}
    if len(own) < len(listener.addresses):
        return host  # one that others know as well
    if listener.takes_both() and "::" in listener.addresses:
        own.add("127.0.0.1")
    try:
        named = {info[4][0] for info in socket.getaddrinfo("localhost", listener.port)}
    except OSError:
        named = set()
    return "localhost" if named and named <= own else min(own)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
