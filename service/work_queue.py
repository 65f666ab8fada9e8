"""A bounded queue of work that takes long: each waits for its turn, for a bounded time."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio

from service.errors import DeadlineExceeded, Overloaded
from tabuada.showing import count


class WorkQueue:
    """Lets a bounded number work at a time, and a bounded number wait for it, in order.

    Args:
        turns: How many may work at a time.
        max_waiting: How many may wait.
        max_wait_s: How long each of them may wait; so soon the queue is empty after a rush.
        observe_wait: Told the seconds that each one waited.
    """

    def __init__(
        self,
        turns: int,
        max_waiting: int,
        max_wait_s: float,
        observe_wait: Callable[[float], None] | None = None,
    ) -> None:
        self._limiter = anyio.CapacityLimiter(turns)
        self._max_waiting = max_waiting
        self._max_wait_s = max_wait_s
        self._observe_wait = observe_wait

    def check_room(self) -> None:
        """Refuse what could not even wait.

        Raises:
            Overloaded: Too many wait already.
        """
        if self._limiter.statistics().tasks_waiting >= self._max_waiting:
            raise Overloaded(
                f"expected at most {count(self._max_waiting, 'large request')} to wait. "
                "Received: one more. Try again in a moment"
            )

    @asynccontextmanager
    async def turn(self, timeout_s: float) -> AsyncIterator[None]:
        """Wait for a turn, and hold it.

        Args:
            timeout_s: How long to wait at most, where that is less than anyone may wait.

        Raises:
            Overloaded: Too many wait already.
            DeadlineExceeded: The turn did not come in time.
        """
        started = time.perf_counter()
        try:
            self._limiter.acquire_nowait()
        except anyio.WouldBlock:
            await self._wait(min(timeout_s, self._max_wait_s))
        if self._observe_wait is not None:
            self._observe_wait(time.perf_counter() - started)
        try:
            yield
        finally:
            self._limiter.release()

    async def _wait(self, timeout_s: float) -> None:
        self.check_room()
        with anyio.move_on_after(timeout_s) as waiting:
            await self._limiter.acquire()
        if waiting.cancelled_caught:
            raise DeadlineExceeded(
                f"expected to begin within {timeout_s:g} s. Received: too much work before this "
                "request. Try again in a moment, or ask for less at a time"
            )
