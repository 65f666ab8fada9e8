"""Looks at connections without reading from them."""

import select
from typing import Any


def has_arrived(transport: Any) -> bool:
    """Return whether something has arrived that was not read yet: closing would lose it."""
    events = _poll(transport, select.POLLIN)
    return bool(events) and not events & (select.POLLHUP | select.POLLERR)


def has_hung_up(transport: Any) -> bool:
    """Return whether the client is gone, so that nobody would read an answer."""
    return bool(_poll(transport, 0) & (select.POLLHUP | select.POLLERR))


def _poll(transport: Any, wanted: int) -> int:
    waiting = select.poll()
    waiting.register(transport.get_extra_info("socket").fileno(), wanted)
    found = waiting.poll(0)
    return found[0][1] if found else 0
