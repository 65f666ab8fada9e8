"""Gives memory back to the system once large requests are answered."""

import ctypes
from collections.abc import Callable

import anyio.to_thread

from service.http.admission import Admission


def _find_trim() -> Callable[[int], int] | None:
    """Return glibc's `malloc_trim`; None where the C library is another one."""
    try:
        return ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return None


class Trimmer:
    """Has the allocator give back what it keeps for the next large request.

    It keeps tens of megabytes in each of its arenas, and a limit on a container's memory counts
    them. Asked for while requests come it would only have to take them again.

    Args:
        admission: Knows what larger bodies held.
    """

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self._trim = _find_trim()

    async def look(self) -> None:
        """Give memory back if large bodies were answered, and none is in progress."""
        admission = self._admission
        if self._trim is None or not admission.released_bytes or admission.pending_bytes:
            return
        admission.released_bytes = 0
        await anyio.to_thread.run_sync(self._trim, 0)
