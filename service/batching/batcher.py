"""Runs rows of several requests as one batch: the queue and the answers. Knows nothing of HTTP."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from service.errors import RunTimedOut
from tabuada.arithmetic.features import Features
from tabuada.arithmetic.operations import Floats


class Run(NamedTuple):
    """One run of a network, as metrics want to know it.

    Attributes:
        rows: Rows that were run together.
        waits_s: Seconds that each request in it waited for its turn; nothing of those that
            never had to queue.
        compute_s: Seconds that the run took.
    """

    rows: int
    waits_s: Sequence[float]
    compute_s: float


Observe = Callable[[Run], None]
"""Told of every run; may be called in any thread, and must not raise."""


class RunFailed(RuntimeError):
    """A run broke; every request of its batch gets one of its own, with the same cause."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request in the queue.

    Attributes:
        features: Its rows.
        since: When it came, by `time.perf_counter`.
    """

    features: Features
    since: float


Queue = OrderedDict["asyncio.Future[Floats]", Waiting]
"""Requests by where their answers go: first in, first out, and any may leave."""


def describe_failure(error: Exception) -> RunFailed | RunTimedOut:
    """Return one failure an answer: one that many tasks raise would gather all their traces."""
    failure: RunFailed | RunTimedOut
    if isinstance(error, RunTimedOut):
        failure = RunTimedOut(str(error))
    else:
        failure = RunFailed(f"expected a batch to run. Received: {error!r}")
    failure.__cause__ = error
    return failure


class Batcher:
    """Runs feature rows of several requests together; see `ThreadBatcher` and `LoopBatcher`.

    Everything but the run itself happens on one event loop.

    Args:
        run: Features of shape (n, f) to values of shape (n,), for any n.
        max_batch_rows: Rows of one batch; a request with more is run alone.
        observe: Told of every run, on the event loop.
    """

    def __init__(
        self,
        run: Callable[[Features], Floats],
        max_batch_rows: int,
        observe: Observe | None = None,
    ) -> None:
        self._run = run
        self._max_batch_rows = max_batch_rows
        self._observe = observe
        self._queue: Queue = OrderedDict()
        self._queued_rows = 0
        self._busy = False  # a run is in flight, or about to begin

    async def run(self, features: Features) -> Floats:
        """Run one request's rows, together with those of others where there are any.

        A request that is cancelled while it waits leaves the queue and is never run.

        Args:
            features: Shape (n, f).

        Returns:
            Shape (n,), the values of these rows.

        Raises:
            Overloaded: Too many rows wait already.
            RunTimedOut: The run took too long.
            RunFailed: The run broke; the cause says how.
        """
        loop = asyncio.get_running_loop()
        self._make_room(len(features))
        answer: asyncio.Future[Floats] = loop.create_future()
        self._queue[answer] = Waiting(features, time.perf_counter())
        self._queued_rows += len(features)
        if not self._busy:
            self._begin(loop)
        try:
            return await answer
        finally:
            left = self._queue.pop(answer, None)
            if left is not None:  # cancelled before its turn came
                self._queued_rows -= len(left.features)

    def runs_now(self, rows: int) -> bool:  # noqa: ARG002 -- others look at it
        """Return whether so many rows of a request that comes now are for `run_now`."""
        return False

    def run_now(self, features: Features) -> Floats:
        """Run one request's rows on the spot; see `run`."""
        raise NotImplementedError

    def _make_room(self, rows: int) -> None:
        """Make sure that so many more rows may wait."""
        raise NotImplementedError

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin a run of what waits, if anything does."""
        raise NotImplementedError

    def _take_batch(self) -> Queue:
        """Take from the head of the queue what fits one batch, and one request at least."""
        batch: Queue = OrderedDict()
        rows = 0
        while self._queue:
            answer, waiting = next(iter(self._queue.items()))
            taken = rows + len(waiting.features)
            if batch and taken > self._max_batch_rows:
                break
            del self._queue[answer]
            self._queued_rows -= len(waiting.features)
            if not answer.done():  # cancelled a moment ago: its task has yet to see it
                batch[answer] = waiting
                rows = taken
        return batch

    def _compute(self, batch: list[Waiting]) -> tuple[Floats | Exception, Run]:
        """Run a batch; return its values, or what went wrong instead."""
        parts = [waiting.features for waiting in batch]
        started = time.perf_counter()
        outcome: Floats | Exception
        try:
            features = parts[0] if len(parts) == 1 else np.concatenate(parts)
            outcome = self._run(features)
            if outcome.shape != (len(features),):  # else the answers would be mixed up
                raise ValueError(f"expected {len(features)} values. Received: {outcome.shape}")
        except Exception as error:  # whatever it is, those who wait for it must learn of it
            outcome = error
        compute_s = time.perf_counter() - started
        waits_s = [started - waiting.since for waiting in batch]
        return outcome, Run(sum(map(len, parts)), waits_s, compute_s)

    def _deliver(self, batch: Queue, outcome: Floats | Exception, run: Run) -> None:
        start = 0
        for answer, waiting in batch.items():
            stop = start + len(waiting.features)
            if answer.done():  # its client has left meanwhile
                pass
            elif isinstance(outcome, Exception):
                answer.set_exception(describe_failure(outcome))
            else:
                answer.set_result(outcome[start:stop])
            start = stop
        if self._observe is not None:
            self._observe(run)
