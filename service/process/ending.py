"""How a process ends: in an orderly way when it is told to, and at once where that hangs.

Python runs a signal's handler in the main thread, between two steps of its own code: not while that
waits for a lock, a disk or a network. So the signals that end a process are kept from all threads
and taken by one that does nothing else.
"""

import _thread
import contextlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import NoReturn

logger = logging.getLogger("service.process")

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP)
REPEATED_S = 0.5
"""Seconds in which the same wish may come twice: from the terminal, and passed on by a parent."""

_SPARE_S = 5.0  # beyond what an orderly end may take
_FLUSH_S = 1.0


def take_signals(tell: Callable[[int], None]) -> None:
    """Have another thread told of each signal that ends a process.

    To be called before any other thread starts, for threads begin with the mask of who starts
    them; and so do processes. `nohup` goes on meaning what it says.

    Args:
        tell: Called in that thread with the signal's number.
    """
    numbers = {n for n in _SIGNALS if n != signal.SIGHUP or signal.getsignal(n) != signal.SIG_IGN}
    for number in numbers:  # a thread that was there before would end the process else
        signal.signal(number, lambda number, _: tell(number))
    signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    thread = threading.Thread(target=_take, args=(numbers, tell), name="signals", daemon=True)
    thread.start()


def _take(numbers: set[signal.Signals], tell: Callable[[int], None]) -> NoReturn:
    while True:
        tell(signal.sigwait(numbers))


class Ending:
    """Ends this process."""

    def __init__(self) -> None:
        self._stop: Callable[[], None] | None = None
        self._longest_s = 0.0
        self._begun = False
        self._told_at: float | None = None
        self._tell: Callable[[int], None] | None = None

    def leave_to(self, tell: Callable[[int], None]) -> None:
        """Leave it to somebody else what a signal means."""
        self._tell = tell

    def prepare(self, stop: Callable[[], None], longest_s: float) -> None:
        """Say how to end in an orderly way; before that there is nothing to put in order.

        Args:
            stop: Begins it; called in any thread.
            longest_s: Seconds that it may take.
        """
        self._longest_s = longest_s + _SPARE_S
        self._stop = stop

    def tell(self, number: int) -> None:
        """End because of a signal; at once where it is not the first."""
        if self._tell is not None:
            return self._tell(number)
        now = time.monotonic()
        if self._told_at is None:
            self._told_at = now
            self.begin()
        elif now - self._told_at > REPEATED_S:
            abandon(128 + number)
        return None

    def begin(self, stop: Callable[[], None] | None = None) -> None:
        """End in an orderly way.

        Args:
            stop: Begins it, if it is not to be done as `prepare` was told.
        """
        stop = stop or self._stop
        if stop is None:
            abandon(0)
        if not self._begun:
            self._begun = True
            threading.Thread(target=self._end_late, name="end late", daemon=True).start()
        stop()

    def _end_late(self) -> None:
        time.sleep(self._longest_s)
        abandon(0, f"Not at its end {self._longest_s:g} s after it was told to stop: gone as it is")


def abandon(code: int, reason: str = "") -> NoReturn:
    """End the process at once, whatever its threads do.

    Args:
        code: Its exit code.
        reason: For the log.
    """
    # A thread that hangs may hold the lock of the log, or nobody reads it; and `Thread.start` would
    # wait for a thread that finds no memory to begin.
    flushed = threading.Lock()
    flushed.acquire()
    with contextlib.suppress(RuntimeError, MemoryError):
        _thread.start_new_thread(_flush, (reason, flushed))
        flushed.acquire(timeout=_FLUSH_S)
    os._exit(code)


def _flush(reason: str, flushed: threading.Lock) -> None:
    if reason:
        logger.error(reason)
    logging.shutdown()
    sys.stdout.flush()
    flushed.release()
