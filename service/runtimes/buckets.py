"""Fixed batch sizes, so that nothing is compiled or tuned for a new shape while serving."""

from collections.abc import Callable

import numpy as np

from tabuada.arithmetic.features import Features
from tabuada.arithmetic.operations import Floats

BUCKETS = (1, 4, 16, 64, 256, 1024)
"""Rows of each size, ascending: at most four times the rows asked are run."""


def choose_bucket(rows: int) -> int:
    """Return the least bucket that holds that many rows, the largest one if none does."""
    return next((bucket for bucket in BUCKETS if bucket >= rows), BUCKETS[-1])


def pad(features: Features, rows: int) -> Features:
    """Return features with their last row repeated until there are that many.

    A row that is asked anyway cannot fail where the others do not, as one of zeros might.

    Args:
        features: Shape (n, f), 0 < n <= rows.
        rows: How many rows come out.
    """
    missing = rows - len(features)
    return np.concatenate((features, np.repeat(features[-1:], missing, axis=0)))


def run_in_buckets(run: Callable[[Features], Floats], features: Features) -> Floats:
    """Run a network on any number of rows, in batches of the buckets' sizes only.

    Args:
        run: Features of shape (bucket, f) to values, as many as rows.
        features: Shape (n, f).

    Returns:
        Shape (n,), float64.
    """
    values = np.empty(len(features))
    for start in range(0, len(features), BUCKETS[-1]):
        block = features[start : start + BUCKETS[-1]]
        bucket = choose_bucket(len(block))
        ran = run(block if len(block) == bucket else pad(block, bucket))
        values[start : start + len(block)] = ran.reshape(bucket)[: len(block)]
    return values
