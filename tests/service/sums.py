"""A network that a test can hold, and requests to it whose answers are known."""

import asyncio
import threading
from collections.abc import Coroutine

import numpy as np

from service.batching.batcher import Batcher
from tabuada.arithmetic.features import Features
from tabuada.arithmetic.operations import Floats

LIMIT_S = 20.0


class Network:
    """Sums each row, in whatever time the test lets it take.

    Attributes:
        batches: First column of every batch that was run.
        started: Released once for every run that begins.
    """

    def __init__(self, *, held: bool = False) -> None:
        self.batches: list[list[float]] = []
        self.started = threading.Semaphore(0)
        self.failing = False
        self._go = threading.Event()
        if not held:
            self._go.set()

    def release(self) -> None:
        """Let the run in flight and all later ones end."""
        self._go.set()

    def wait_started(self) -> None:
        """Wait for a run to begin; blocks the event loop too."""
        assert self.started.acquire(timeout=LIMIT_S)

    def __call__(self, features: Features) -> Floats:
        """Run a batch."""
        self.batches.append(features[:, 0].tolist())
        self.started.release()
        assert self._go.wait(LIMIT_S)
        if self.failing:
            raise OSError("device lost")
        values: Floats = features.sum(axis=1)
        return values


def make_rows(first: float, n: int = 1) -> Features:
    """Return n rows whose first column counts up from a number, so that each is known by it."""
    return np.column_stack((first + np.arange(n), np.full(n, 0.5)))


async def ask(batcher: Batcher, first: float, n: int = 1) -> None:
    """Ask for rows and check the answers."""
    values = await batcher.run(make_rows(first, n))
    assert values.tolist() == (first + 0.5 + np.arange(n)).tolist()


def run(coroutine: Coroutine[None, None, None]) -> None:
    """Run a test's coroutine, which must not hang."""
    asyncio.run(asyncio.wait_for(coroutine, LIMIT_S))
