"""Runs a network on many rows, block by block."""

import time
from collections.abc import Callable

import numpy as np

from service.errors import RunTimedOut
from service.runtimes.runtime import Runtime
from tabuada.arithmetic.features import Features
from tabuada.arithmetic.operations import Floats

BLOCK_ROWS = 1024
"""Rows that fit the caches; this bounds what wide layers hold at a time."""


def run_in_blocks(runtime: Runtime, longest_s: float, features: Features) -> Floats:
    """Run a network on any number of rows; see `fill`."""
    if len(features) <= BLOCK_ROWS:
        return runtime.predict(features)
    return fill(len(features), longest_s, lambda rows: runtime.predict(features[rows]))


def check_time(started: float, longest_s: float) -> None:
    """Raise RunTimedOut so many seconds after a time by `time.perf_counter`."""
    if time.perf_counter() - started > longest_s:
        raise RunTimedOut(
            f"expected this network to answer within {longest_s:g} s. Received: a part of the "
            "answers by then. Ask for fewer rows at a time, or another version"
        )


def fill(n: int, longest_s: float, predict: Callable[[slice], Floats]) -> Floats:
    """Return n values, predicted block by block.

    Raises:
        RunTimedOut: There are blocks left after so many seconds.
    """
    if n <= BLOCK_ROWS:
        return predict(slice(n))
    values = np.empty(n)
    started = time.perf_counter()
    for start in range(0, n, BLOCK_ROWS):
        check_time(started, longest_s)
        rows = slice(start, start + BLOCK_ROWS)
        values[rows] = predict(rows)
    return values
