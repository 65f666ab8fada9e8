"""A bounded queue of work that takes long: each waits for its turn, for a bounded time."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio

from service.errors import DeadlineExceeded, Overloaded


class WorkQueue:
    """Lets a bounded number work at a time, and a bounded number wait for it, in order.

    Args:
        turns: How many may work at a time.
        max_waiting: How many may wait.
        observe_wait: Told the seconds that each one waited.
    """

    def __init__(self, turns: int, max_waiting: int, observe_wait: Callable[[float], None]) -> None:
        self._limiter = anyio.CapacityLimiter(turns)
        self._max_waiting = max_waiting
        self._observe_wait = observe_wait

    @asynccontextmanager
    async def turn(self, timeout_s: float) -> AsyncIterator[None]:
        """Wait for a turn, and hold it.

        Raises:
            Overloaded: Too many wait already.
            DeadlineExceeded: The turn did not come in time.
        """
        if self._limiter.statistics().tasks_waiting >= self._max_waiting:
            raise Overloaded(
                f"expected at most {self._max_waiting} large requests to wait. "
                "Received: one more. Try again in a moment"
            )
        started = time.perf_counter()
        with anyio.move_on_after(timeout_s) as waiting:
            await self._limiter.acquire()
        if waiting.cancelled_caught:
            raise DeadlineExceeded(
                f"expected to begin within {timeout_s:g} s. Received: too much work before this "
                "request. Try again in a moment, or ask for less at a time"
            )
        self._observe_wait(time.perf_counter() - started)
        try:
            yield
        finally:
            self._limiter.release()
