"""Runs batches of rows on the event loop, for networks whose runs take less than a thread costs."""

import asyncio
import time

from service.batching.batcher import Batcher, Run, describe_failure
from tabuada.arithmetic.features import Features
from tabuada.arithmetic.operations import Floats

_LOOKS = 64  # requests alone before the next ones run on the spot; one in as many looks again

_ENOUGH_ROWS = 64  # from which on a row costs as much in a run of 64 as in one of 1,024


class LoopBatcher(Batcher):
    """Runs batches on the event loop, as soon as it has read all that had arrived.

    The loop does not wait in between. Yet even its next turn costs a request that is alone
    a tenth or two of its time: while requests come one at a time they are run on the spot, and
    only one in 64 looks whether it has company again. So are those of many rows, for which a
    longer run takes as much more time as it has more rows. Rows never wait for more than one run,
    so that none are refused.
    """

    _alone = 0  # requests in a row that had no company

    def runs_now(self, rows: int) -> bool:
        """Return whether company would not help, or none is to be expected."""
        if rows >= _ENOUGH_ROWS:
            return True
        return not self._busy and self._alone >= _LOOKS and self._alone % _LOOKS != 0

    async def run(self, features: Features) -> Floats:
        """Run one request's rows; see `Batcher.run`."""
        if self.runs_now(len(features)):
            return self.run_now(features)
        return await super().run(features)

    def run_now(self, features: Features) -> Floats:
        """Run one request's rows on the spot."""
        if len(features) < _ENOUGH_ROWS:
            self._alone += 1
        started = time.perf_counter()
        try:
            values = self._run(features)
        except Exception as error:
            raise describe_failure(error) from error
        if self._observe is not None:
            self._observe(Run(len(features), (), time.perf_counter() - started))
        return values

    def _make_room(self, rows: int) -> None:
        if self._queue and self._queued_rows + rows > self._max_batch_rows:
            self._run_batch()

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        self._busy = True
        loop.call_soon(self._run_batch)

    def _run_batch(self) -> None:
        """Run all that waits: one batch, as a request that would not fit runs it before."""
        batch = self._take_batch()
        if batch:
            self._alone = self._alone + 1 if len(batch) == 1 else 0
            self._deliver(batch, *self._compute(list(batch.values())))
        self._busy = False
