"""Evaluates a loaded version block by block, beside the event loop. Knows nothing of HTTP."""

import threading
import time
from collections.abc import Iterable, Iterator

import anyio.to_thread
import numpy as np

from service.tasks.calculation.predictor import Predictor
from service.work_queue import WorkQueue
from tabuada.arithmetic.error_statistics import ErrorAccumulator, ErrorReport
from tabuada.arithmetic.operations import Floats, OperationSet
from tabuada.arithmetic.problems import (
    DomainOperands,
    Operands,
    Problems,
    UniformOperands,
    iterate_problems,
)
from tabuada.errors import ProblemError


class Abandoned(Exception):
    """Nobody waits for the evaluation any more."""


def draw_problems(
    predictor: Predictor,
    n: int,
    *,
    signs: list[str] | None = None,
    interval: tuple[float, float] | None = None,
    min_divisor: float | None = None,
    seed: int = 0,
) -> Iterator[Problems]:
    """Draw problems for a version, in blocks.

    Args:
        predictor: The version that is to answer them.
        n: How many in all.
        signs: Operations to pose, taking turns; all that the version knows if None.
        interval: Where operands come from; where each operation was trained if None.
        min_divisor: Least magnitude of a divisor; 0.1, or as trained, if None.
        seed: The same seed draws the same problems.

    Returns:
        Blocks of problems posed in the version's operations, n in all.

    Raises:
        UnknownOperation: The version does not know a sign; `index` says which.
        EmptyDomain: No operand can be drawn.
        ValueError: An operation is named twice.
    """
    known = predictor.operations
    positions = np.arange(len(known), dtype=np.int8) if signs is None else known.encode(signs)
    posed = OperationSet(known.symbols[position] for position in positions)
    operands: Operands
    if interval is None:
        domains = predictor.manifest.signature.domains
        operands = DomainOperands(tuple(domains[position] for position in positions), min_divisor)
    else:
        operands = UniformOperands(*interval, 0.1 if min_divisor is None else min_divisor)
    blocks = iterate_problems(posed, n, operands, seed)
    return (Problems(known, block.a, positions[block.op], block.b) for block in blocks)


class Evaluator:
    """Runs evaluations one at a time, each in a thread, so that predictions go on meanwhile.

    Args:
        queue: Where they wait for their turn; those of a network that takes long wait for it alone.
    """

    def __init__(self, queue: WorkQueue) -> None:
        self._queue = queue

    async def evaluate(
        self,
        predictor: Predictor,
        blocks: Iterable[Problems],
        expected: Floats | None,
        timeout_s: float,
    ) -> ErrorReport:
        """Answer problems and compare; when cancelled, the thread stops at its next block.

        Args:
            predictor: The version that answers.
            blocks: n problems in all.
            expected: What they should give, shape (n,); the exact values if None.
            timeout_s: How long to wait for the turn.

        Raises:
            Overloaded: Too many wait already.
            DeadlineExceeded: The turn did not come in time.
            DivisionByZero: A divisor is zero; `index` says which.
            NotRepresentable: A value or a statistic is not finite; `index` may say which.
            EmptyDomain: No operand can be drawn.
            RunTimedOut: The network took too long.
        """
        abandoned = threading.Event()
        try:
            async with (predictor.turns or self._queue).turn(timeout_s):
                return await anyio.to_thread.run_sync(
                    compute_report, predictor, blocks, expected, abandoned, abandon_on_cancel=True
                )
        finally:
            abandoned.set()


def compute_report(
    predictor: Predictor,
    blocks: Iterable[Problems],
    expected: Floats | None,
    abandoned: threading.Event,
) -> ErrorReport:
    """Answer problems block by block and compare; the arguments are those of `evaluate`.

    Raises:
        Abandoned: `abandoned` was set meanwhile.
    """
    accumulator = ErrorAccumulator(predictor.operations)
    start, began = 0, time.perf_counter()
    for block in blocks:
        if abandoned.is_set():
            raise Abandoned
        predictor.check_time(began)
        try:
            stop = start + len(block)
            exact = block.exact() if expected is None else expected[start:stop]
            accumulator.add(block, exact, predictor.predict(block))
        except ProblemError as error:
            if error.index is not None:
                error.index += start  # of the block, now of the whole
            raise
        start = stop
    return accumulator.report()
