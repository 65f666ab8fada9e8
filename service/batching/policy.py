"""Whether and where the rows of several requests are run as one batch. Knows nothing of HTTP.

The rule is that of Triton and TensorFlow Serving without a delay: an idle batcher runs at once;
what arrives while a run is in flight becomes the next batch. A long run takes place in a thread.
A short one, for which that costs more than the run itself, takes place on the event loop: what
arrives meanwhile waits in the sockets, and the loop reads it all at its next turn.
"""

from collections.abc import Callable
from dataclasses import dataclass

from service.batching.batcher import Batcher, Observe
from service.batching.loop_batcher import LoopBatcher
from service.batching.thread_batcher import ThreadBatcher
from service.runtimes.runtime import Runtime
from tabuada.arithmetic.features import Features
from tabuada.arithmetic.operations import Floats


@dataclass(frozen=True, slots=True)
class Batching:
    """How requests are run together.

    Attributes:
        enabled: Whether they are.
        max_batch_rows: Rows of one batch; a request with more is run alone.
        max_queued_rows: Rows that may wait for their turn.
    """

    enabled: bool
    max_batch_rows: int
    max_queued_rows: int


def prepare_batcher(
    batching: Batching,
    runtime: Runtime,
    run: Callable[[Features], Floats],
    observe: Observe | None = None,
) -> Batcher | None:
    """Return what runs requests to a runtime together, None where each is to run by itself."""
    if not batching.enabled:
        return None
    if runtime.blocks_loop:
        return ThreadBatcher(run, batching.max_batch_rows, batching.max_queued_rows, observe)
    return LoopBatcher(run, batching.max_batch_rows, observe)
