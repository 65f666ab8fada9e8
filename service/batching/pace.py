"""How a network runs, as its runs at loading show. Knows nothing of HTTP."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

_TRIES = 5
_HOPELESS = 100  # times what is allowed: other programs do not hold a run up for so long
_QUICK_S = 0.02  # for the largest batch: so long may everything else wait for it
_QUICK_S_A_ROW = 0.002  # for a single row: there may be many of them, one after the other


@dataclass(frozen=True, slots=True)
class Pace:
    """How a network runs.

    Attributes:
        steady: How long a run takes depends on how many rows there are, not on what they hold.
        quick: No run takes long enough to be worth another thread.
    """

    steady: bool
    quick: bool


def is_quick(run: Callable[[int], object], sizes: tuple[int, ...]) -> bool:
    """Return whether runs take so little that everything else may wait for them.

    Args:
        run: Runs so many rows. Each size is run twice at least: a runtime may take note of a size
            at the first run and prepare for it at the second, as ONNX Runtime does with memory.
        sizes: Rows.
    """
    quick = True
    for rows in sizes:
        allowed_s = _QUICK_S_A_ROW if rows == 1 else _QUICK_S
        quick &= _time_least(run, rows, allowed_s) <= allowed_s
    return quick


def _time_least(run: Callable[[int], object], rows: int, allowed_s: float) -> float:
    """Return what the quickest of a few runs took: the others may have waited for a processor."""
    least_s = math.inf
    for tried in range(_TRIES):
        started = time.perf_counter()
        run(rows)
        least_s = min(least_s, time.perf_counter() - started)
        if tried > 0 and not allowed_s < least_s < _HOPELESS * allowed_s:
            break
    return least_s
