"""Runs, one after the other, what may take long or hang, in threads that nobody depends on."""

import asyncio
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")

_MAX_HANGING = 8

_executors: "weakref.WeakSet[SerialExecutor]" = weakref.WeakSet()


class SerialExecutor:
    """Runs one piece of work at a time, each in a thread of its own.

    The threads are daemons and not those of anyio's pool: a disk that does not answer must
    neither take the threads from the predictions nor keep the process from ending. They have
    the priority of all others. A lower one would stay with the threads that a runtime starts
    while it loads, which later compute the answers; and a thread that waits for a processor
    while it holds the interpreter's lock makes everyone wait.

    Args:
        name: Of its threads.
        patience_s: Seconds after which the next piece may begin beside one that is not done.
        max_hanging: How many of those there may be; what comes then is refused at once.
    """

    def __init__(self, name: str, patience_s: float = 2.0, max_hanging: int = _MAX_HANGING) -> None:
        self._name = name
        self._patience_s = patience_s
        self._max_hanging = max_hanging
        self._turn = asyncio.Lock()
        self._running: set[Future[object]] = set()
        _executors.add(self)

    async def run(self, work: Callable[[], T], timeout_s: float) -> T:
        """Run a piece of work once it is its turn, and return what it returns.

        Args:
            work: What to call.
            timeout_s: Seconds it may take, without those it waits for its turn. Nothing can
                end it: what it returns after that is let go.

        Raises:
            TimeoutError: It took longer, or too many before it still do.
        """
        async with self._turn:
            if len(self._running) >= self._max_hanging:
                raise TimeoutError(f"{self._max_hanging} earlier ones have not come back")
            begun = time.monotonic()
            outcome = asyncio.wrap_future(self._start(work))
            outcome.add_done_callback(_see)
            await asyncio.wait({outcome}, timeout=min(self._patience_s, timeout_s))
        left_s = max(0.0, begun + timeout_s - time.monotonic())
        if not outcome.done():
            await asyncio.wait({outcome}, timeout=left_s)
        if not outcome.done():
            raise TimeoutError(f"not done within {timeout_s:g} s")
        return outcome.result()

    async def settle(self, timeout_s: float) -> None:
        """Wait until everything that runs is done, but no longer than that.

        A thread inside a runtime's own code must not meet the end of the interpreter.
        """
        end = time.monotonic() + timeout_s
        while self._running and time.monotonic() < end:
            await asyncio.sleep(0.01)

    def _start(self, work: Callable[[], T]) -> "Future[T]":
        outcome: Future[T] = Future()
        outcome.set_running_or_notify_cancel()  # from here on nobody can cancel it
        self._running.add(outcome)  # type: ignore[arg-type] # only looked at

        def run() -> None:
            try:
                outcome.set_result(work())
            except BaseException as error:  # belongs to whoever waits, whatever it is
                outcome.set_exception(error)
            finally:
                self._running.discard(outcome)

        threading.Thread(target=run, name=self._name, daemon=True).start()
        return outcome


def is_working() -> bool:
    """Return whether any executor of this process runs something, hanging or not."""
    return any(executor._running for executor in _executors)


def _see(outcome: "asyncio.Future[T]") -> None:
    """Take note of how it ended, even where whoever asked has stopped waiting."""
    if not outcome.cancelled():
        outcome.exception()
