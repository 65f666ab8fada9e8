"""Whether and where the rows of several requests are run as one batch. Knows nothing of HTTP.

The rule is that of Triton and TensorFlow Serving without a delay: an idle batcher runs at once;
what arrives while a run is in flight becomes the next batch. A long run takes place in a thread,
and so does one that may be long for some values. A short one, for which that costs more than the
run itself, takes place on the event loop: what arrives meanwhile waits in the sockets, and the loop
reads it all at its next turn.
"""

from collections.abc import Callable
from dataclasses import dataclass

from service.batching.batcher import Batcher, Observe
from service.batching.loop_batcher import LoopBatcher
from service.batching.pace import Pace
from service.batching.thread_batcher import LONGEST_WAITS, ThreadBatcher
from service.work_queue import WorkQueue
from tabuada.arithmetic.features import Features
from tabuada.arithmetic.operations import Floats


@dataclass(frozen=True, slots=True)
class Batching:
    """How requests are run together.

    Attributes:
        enabled: Whether they are.
        max_batch_rows: Rows of one batch; a request with more is run alone.
        max_queued_rows: Rows that may wait for their turn.
        max_waiting: Requests that may wait for a network whose runs might not end.
        run_timeout_s: Seconds after which a run is ended.
    """

    enabled: bool
    max_batch_rows: int
    max_queued_rows: int
    max_waiting: int = 64
    run_timeout_s: float = 10.0

    def prepare_turns(self) -> WorkQueue:
        """Return where what a thread is to compute waits for a network that takes long."""
        return WorkQueue(1, self.max_waiting, LONGEST_WAITS * self.run_timeout_s)


def prepare_batcher(
    batching: Batching,
    pace: Pace,
    run: Callable[[Features], Floats],
    observe: Observe | None = None,
) -> Batcher | None:
    """Return what runs requests to a network, None where each may run by itself, on the spot.

    Of a network that is not steady, each request is run alone: one whose run does not end takes
    nobody's answer along.
    """
    if not pace.quick:
        together = batching.enabled and pace.steady
        return ThreadBatcher(
            run,
            batching.max_batch_rows if together else 1,
            batching.max_queued_rows,
            observe,
            max_waiting=batching.max_queued_rows if pace.steady else batching.max_waiting,
            run_timeout_s=batching.run_timeout_s,
        )
    return LoopBatcher(run, batching.max_batch_rows, observe) if batching.enabled else None
