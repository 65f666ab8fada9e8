"""The port: taken before anything is loaded, and given up without losing a connection."""

import ctypes
import logging
import resource
import socket
import struct

from service.errors import BadSetting
from service.settings import PREFIX, Settings

logger = logging.getLogger("service.process")

_BACKLOG = 2048
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


def listen(settings: Settings) -> socket.socket:
    """Take the port, so that a busy one is told at once.

    Raises:
        BadSetting: The address is unknown or taken.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadSetting(
            f"expected a free address. Received: {settings.host} port {settings.port}: {reason}. "
            f"Stop what listens there, or set {PREFIX}HOST or {PREFIX}PORT"
        ) from error
    # Accepted connections inherit it; asyncio would not set it on a listener that came from
    # outside, and each answer would wait 40 ms for the client's delayed acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.setblocking(False)
    return listener


def refuse_newcomers(listener: socket.socket) -> bool:
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
        listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, argument)
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
