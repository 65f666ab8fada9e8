"""Runs batches of rows in a thread, for networks whose runs take long."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from service.batching.batcher import Batcher, Observe, Queue, Run
from service.errors import DeadlineExceeded, Overloaded, RunTimedOut
from tabuada.arithmetic.features import Features
from tabuada.arithmetic.operations import Floats
from tabuada.showing import count

LONGEST_WAITS = 3.0
"""How many of the longest runs a request may wait for."""

_SPARE_S = 2.0  # in which a run that is ended must come back


class ThreadBatcher(Batcher):
    """Runs batches in a thread of its own, which ends with the batcher.

    Args:
        run: As of `Batcher`; ends after a time, with an error where it must.
        max_batch_rows: As of `Batcher`.
        max_queued_rows: Rows that may wait while another run is in flight.
        observe: As of `Batcher`.
        max_waiting: Requests that may wait meanwhile, however small they are.
        run_timeout_s: Seconds after which a run should have ended.
    """

    def __init__(
        self,
        run: Callable[[Features], Floats],
        max_batch_rows: int,
        max_queued_rows: int,
        observe: Observe | None = None,
        *,
        max_waiting: int | None = None,
        run_timeout_s: float = 10.0,
    ) -> None:
        super().__init__(run, max_batch_rows, observe)
        self._max_queued_rows = max_queued_rows
        self._max_waiting = max_queued_rows if max_waiting is None else max_waiting
        self._max_wait_s = LONGEST_WAITS * run_timeout_s
        self._longest_run_s = 2 * run_timeout_s + _SPARE_S  # of a request in blocks, the last one
        self._stuck = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="batcher")

    def _make_room(self, rows: int) -> None:
        if self._stuck:
            raise self._describe_stuck()
        if self._busy and self._queued_rows + rows > self._max_queued_rows:
            raise Overloaded(
                f"expected at most {count(self._max_queued_rows, 'row')} to wait for their turn. "
                f"Received: {rows} more than {self._queued_rows}. Try again in a moment"
            )
        if self._busy and len(self._queue) >= self._max_waiting:
            raise Overloaded(
                f"expected at most {self._max_waiting} requests to wait for this network. "
                "Received: one more. Try again in a moment"
            )

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._refuse_late()
        batch = self._take_batch()
        self._busy = bool(batch)
        if batch:
            giving_up = loop.call_later(self._longest_run_s, self._give_up, batch)
            self._thread.submit(self._run_in_thread, batch, loop, giving_up)

    def _refuse_late(self) -> None:
        """Refuse those at the head of the queue that have waited too long, and run none of them."""
        before = time.perf_counter() - self._max_wait_s
        while self._queue:
            answer, waiting = next(iter(self._queue.items()))
            if waiting.since >= before:
                return
            del self._queue[answer]
            self._queued_rows -= len(waiting.features)
            if not answer.done():
                answer.set_exception(
                    DeadlineExceeded(
                        f"expected to begin within {self._max_wait_s:g} s. Received: too much "
                        "work before this request. Try again in a moment"
                    )
                )

    def _run_in_thread(
        self, batch: Queue, loop: asyncio.AbstractEventLoop, giving_up: asyncio.TimerHandle
    ) -> None:
        outcome, run = self._compute(list(batch.values()))
        loop.call_soon_threadsafe(self._finish, batch, outcome, run, loop, giving_up)

    def _finish(
        self,
        batch: Queue,
        outcome: Floats | Exception,
        run: Run,
        loop: asyncio.AbstractEventLoop,
        giving_up: asyncio.TimerHandle,
    ) -> None:
        giving_up.cancel()
        self._stuck = False
        self._begin(loop)  # first, so that the network never waits for the delivery
        self._deliver(batch, outcome, run)

    def _give_up(self, batch: Queue) -> None:
        """Answer all that wait for a run that could not be ended, and take nobody else meanwhile.

        No other thread is started in its place: each might end like this one.
        """
        self._stuck = True
        waiting = [*batch, *self._queue]
        self._queue.clear()
        self._queued_rows = 0
        for answer in waiting:
            if not answer.done():
                answer.set_exception(self._describe_stuck())

    def _describe_stuck(self) -> RunTimedOut:
        return RunTimedOut(
            f"expected the network to run within {self._longest_run_s:g} s. Received: a run that "
            "has not come back, and cannot be ended. Ask for another version"
        )
