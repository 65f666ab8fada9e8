"""Runs batches of rows in a thread, for networks whose runs take long."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from service.batching.batcher import Batcher, Observe, Queue, Run
from service.errors import Overloaded
from tabuada.arithmetic.features import Features
from tabuada.arithmetic.operations import Floats
from tabuada.showing import count


class ThreadBatcher(Batcher):
    """Runs batches in a thread of its own, which ends with the batcher.

    Args:
        run: As of `Batcher`.
        max_batch_rows: As of `Batcher`.
        max_queued_rows: Rows that may wait while another run is in flight.
        observe: As of `Batcher`.
    """

    def __init__(
        self,
        run: Callable[[Features], Floats],
        max_batch_rows: int,
        max_queued_rows: int,
        observe: Observe | None = None,
    ) -> None:
        super().__init__(run, max_batch_rows, observe)
        self._max_queued_rows = max_queued_rows
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="batcher")

    def _make_room(self, rows: int) -> None:
        if self._busy and self._queued_rows + rows > self._max_queued_rows:
            raise Overloaded(
                f"expected at most {count(self._max_queued_rows, 'row')} to wait for their turn. "
                f"Received: {rows} more than {self._queued_rows}. Try again in a moment"
            )

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        batch = self._take_batch()
        self._busy = bool(batch)
        if batch:
            self._thread.submit(self._run_in_thread, batch, loop)

    def _run_in_thread(self, batch: Queue, loop: asyncio.AbstractEventLoop) -> None:
        outcome, run = self._compute(list(batch.values()))
        loop.call_soon_threadsafe(self._finish, batch, outcome, run, loop)

    def _finish(
        self,
        batch: Queue,
        outcome: Floats | Exception,
        run: Run,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._begin(loop)  # first, so that the network never waits for the delivery
        self._deliver(batch, outcome, run)
