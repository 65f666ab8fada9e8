"""Keeps the time in which bodies must arrive."""

import asyncio
import time
from typing import Any

from service.errors import BodyTooSlow

_LOOK_S = 0.25
_Task = asyncio.Task[Any]


class BodyClock:
    """Interrupts those who wait too long for the rest of a body.

    One look at all of them every quarter of a second, since a timer for each would take more
    time than reading a small body does.

    Args:
        timeout_s: How long a body may take.
    """

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._ends: dict[_Task, float] = {}
        self._late: set[_Task] = set()

    def running(self) -> "_Reading":
        """Return a context that interrupts the current task once it takes too long.

        Leaving the context so raises BodyTooSlow.
        """
        return _Reading(self._ends, self._late, self._timeout_s)

    async def run(self) -> None:
        """Look at the waiting ones, for ever."""
        while True:
            await asyncio.sleep(min(_LOOK_S, self._timeout_s / 4))
            now = time.monotonic()
            for task, end in self._ends.items():
                if end < now and task not in self._late:
                    self._late.add(task)
                    task.cancel()


class _Reading:
    """One body that is being read."""

    __slots__ = ("_ends", "_late", "_task", "_timeout_s")

    def __init__(self, ends: dict[_Task, float], late: set[_Task], timeout_s: float) -> None:
        self._ends = ends
        self._late = late
        self._timeout_s = timeout_s
        task = asyncio.current_task()
        assert task is not None
        self._task = task

    def __enter__(self) -> None:
        self._ends[self._task] = time.monotonic() + self._timeout_s

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        task = self._task
        del self._ends[task]
        if task in self._late:
            self._late.discard(task)
            if kind is asyncio.CancelledError:
                task.uncancel()
                raise BodyTooSlow(
                    f"expected the whole body within {self._timeout_s:g} s. "
                    "Received: a part of it. Send it faster, or in several requests"
                )
