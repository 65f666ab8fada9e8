"""The port: taken before anything is loaded, and given up without losing a connection."""

import ctypes
import errno
import logging
import resource
import socket
import struct
from collections.abc import Iterable, Sequence
from typing import Any

from service.errors import BadSetting
from service.settings import PREFIX, Settings

logger = logging.getLogger("service.process")

Address = tuple[int, tuple[Any, ...]]

_BACKLOG = 2048
_TRIES = 20  # to find a port that is free on every address
_MISSING = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)  # a name's address that the machine lacks
_OTHER_FILES = 256  # besides connections: models, logs, threads' pipes
_SO_ATTACH_FILTER = 26  # of <asm/socket.h>; Python does not name it
# Classic BPF over the TCP header: 0 bytes of a segment with SYN and without ACK, all of others.
_DROP_SYN = (
    (0x30, 0, 0, 13),  # A = flags
    (0x54, 0, 0, 0x12),  # A &= SYN | ACK
    (0x15, 0, 1, 0x02),  # where it is SYN alone
    (0x06, 0, 0, 0),  # drop
    (0x06, 0, 0, 0xFFFFFFFF),  # keep
)


class Listener:
    """One port, on one address or on several.

    Args:
        sockets: That listen, one an address.
    """

    def __init__(self, sockets: Sequence[socket.socket]) -> None:
        self.sockets = tuple(sockets)

    @classmethod
    def take_over(cls, files: Iterable[int]) -> "Listener":
        """Return the listener that a parent has opened, by the numbers of its open files."""
        return cls([socket.socket(fileno=number) for number in files])

    @property
    def port(self) -> int:
        """The port, the same on every address."""
        return int(self.sockets[0].getsockname()[1])

    @property
    def addresses(self) -> list[str]:
        """The addresses: numbers, such as `127.0.0.1` and `::`."""
        return [str(one.getsockname()[0]) for one in self.sockets]

    def takes_both(self) -> bool:
        """Return whether clients of IPv4 and of IPv6 reach it over one address."""
        return any(
            one.family == socket.AF_INET6
            and not one.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)
            for one in self.sockets
        )

    def filenos(self) -> list[int]:
        """Return the numbers of its open files."""
        return [one.fileno() for one in self.sockets]

    def close(self) -> None:
        """Give the port up."""
        for one in self.sockets:
            one.close()


def listen(settings: Settings) -> Listener:
    """Take the port on every address of the host, so that a busy one is told at once.

    Raises:
        BadSetting: The host is unknown, or the port taken.
    """
    try:
        sockets = open_all(_find_addresses(settings.host, settings.port))
    except socket.gaierror as error:
        raise BadSetting(
            f"expected {PREFIX}HOST to be an address or a name of this machine. "
            f"Received: {settings.host}: {error.strerror}. Set it to 127.0.0.1, to 0.0.0.0 or :: "
            f"for every address, or to one of them, and the port in {PREFIX}PORT"
        ) from error
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadSetting(
            f"expected a free address. Received: {settings.host} port {settings.port}: {reason}. "
            f"Stop what listens there, or set {PREFIX}HOST or {PREFIX}PORT"
        ) from error
    for one in sockets:
        # Accepted connections inherit it; asyncio would not set it on a listener that came from
        # outside, and each answer would wait 40 ms for the client's delayed acknowledgement.
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        one.setblocking(False)
    return Listener(sockets)


def _find_addresses(host: str, port: int) -> list[Address]:
    """Return the addresses of a host, each once: a name such as localhost often has two."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return list(dict.fromkeys((family, address) for family, _, _, _, address in found))


def open_all(addresses: Sequence[Address]) -> list[socket.socket]:
    """Listen on every address that this machine has, on the same port.

    Raises:
        OSError: It has none of them, or the port of one is taken.
    """
    for left in reversed(range(_TRIES)):
        sockets: list[socket.socket] = []
        try:
            _open_each(addresses, sockets)
        except OSError as error:
            for one in sockets:
                one.close()
            # The port was free on one address and is taken on the next.
            any_port = addresses[0][1][1] == 0
            if not (any_port and sockets and left and error.errno == errno.EADDRINUSE):
                raise
        else:
            return sockets
    raise AssertionError("the last try ends in one way or the other")


def _open_each(addresses: Sequence[Address], sockets: list[socket.socket]) -> None:
    missing: OSError | None = None
    for family, address in addresses:
        port = sockets[0].getsockname()[1] if sockets else address[1]
        try:
            sockets.append(_open(family, (address[0], port, *address[2:])))
        except OSError as error:
            if error.errno not in _MISSING:
                raise
            missing = error
    if not sockets and missing is not None:
        raise missing


def _open(family: int, address: tuple[Any, ...]) -> socket.socket:
    both = family == socket.AF_INET6 and socket.has_dualstack_ipv6()  # where it is `::`
    return socket.create_server(address, family=family, backlog=_BACKLOG, dualstack_ipv6=both)


def refuse_newcomers(listener: Listener) -> bool:
    """Let nobody new connect, whichever process asks; return False where that cannot be done.

    Closing a listener resets what the kernel has connected and nobody accepted yet. Accepting
    until nothing is left does not help while new ones arrive. From here on the kernel drops the
    first packet of a connection, so that the client tries again in a second, and by then is
    refused or finds another server; what is connected already can be accepted in peace.
    """
    program = b"".join(struct.pack("HBBI", *instruction) for instruction in _DROP_SYN)
    memory = ctypes.create_string_buffer(program, len(program))
    argument = struct.pack("HP", len(_DROP_SYN), ctypes.addressof(memory))
    try:
        for one in listener.sockets:
            one.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, argument)
    except OSError:  # another kernel than Linux
        return False
    return True


def allow_connections(wanted: int) -> int:
    """Raise the limit of open files for so many connections; return how many it allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = wanted + _OTHER_FILES
    if hard != resource.RLIM_INFINITY:
        files = min(files, hard)
    if soft != resource.RLIM_INFINITY and soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    allowed = max(files - _OTHER_FILES, 1)
    if allowed < wanted:
        logger.warning("The limit of open files allows %d connections, not %d", allowed, wanted)
    return allowed
