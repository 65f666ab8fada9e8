"""Ports that are free now and stay so, whatever else runs on this machine."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def hold_port() -> Iterator[int]:
    """Hold a port of 127.0.0.1 on which nobody listens, and return its number.

    A server that is told this number may listen there, as `SO_REUSEADDR` allows; nobody who asks
    for any free port is given it.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield int(holder.getsockname()[1])
