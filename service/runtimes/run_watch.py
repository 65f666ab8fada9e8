"""Ends the runs of networks that take too long, from a thread beside them."""

import threading
import time
import weakref
from collections.abc import Callable

from service.errors import RunTimedOut

DEFAULT_TIMEOUT_S = 10.0

_watches: "weakref.WeakSet[RunWatch]" = weakref.WeakSet()


class EndableRun:
    """One run at a time, and what ends it.

    Args:
        tool: What the runtime runs it with.
        end: Makes the runtime give the run up, with an error of its own.

    Attributes:
        since: When it began, on the monotonic clock.
        ended: It was ended.
    """

    __slots__ = ("_end", "ended", "since", "tool")

    def __init__(self, tool: object, end: Callable[[], None]) -> None:
        self.tool = tool
        self._end = end
        self.since = 0.0
        self.ended = False

    def end(self) -> None:
        """End the run."""
        self.ended = True
        self._end()


class RunWatch:
    """Knows the runs in progress, and ends each that takes too long.

    A run costs neither a timer nor another thread: it stands in a set while it lasts, at which one
    thread for all networks looks a few times a second.

    Args:
        timeout_s: Seconds that a run may take.
    """

    def __init__(self, timeout_s: float = DEFAULT_TIMEOUT_S) -> None:
        self.timeout_s = timeout_s
        self._reusable_s = timeout_s / 2
        self._running: set[EndableRun] = set()
        pause_s = min(timeout_s / 10, 0.5)
        threading.Thread(
            target=_watch, args=(weakref.ref(self), pause_s), name="end runs", daemon=True
        ).start()
        _watches.add(self)

    def begin(self, free: list[EndableRun], make: Callable[[], EndableRun]) -> EndableRun:
        """Begin a run.

        Args:
            free: Where those lie that a run may use which begins.
            make: Makes one where none is there.
        """
        try:
            run = free.pop()
        except IndexError:
            run = make()
        run.since = time.monotonic()
        self._running.add(run)
        return run

    def finish(self, run: EndableRun, free: list[EndableRun]) -> None:
        """Finish a run, whatever came of it."""
        self._running.discard(run)
        # One that the thread may be about to end must not end the next run instead.
        if time.monotonic() - run.since < self._reusable_s:
            free.append(run)

    def describe(self) -> RunTimedOut:
        """Return the error of a run that was ended."""
        return RunTimedOut(
            f"expected the network to answer within {self.timeout_s:g} s. Received: nothing, and "
            "its run was ended. Ask for fewer rows or with other numbers, or another version"
        )

    def look(self) -> None:
        """End what takes too long."""
        now = time.monotonic()
        for run in self._running.copy():
            if not run.ended and now - run.since > self.timeout_s:
                run.end()

    @property
    def busy(self) -> bool:
        """Whether a run is in progress."""
        return bool(self._running)


def is_running() -> bool:
    """Return whether any network of this process runs."""
    return any(watch.busy for watch in _watches)


def _watch(watched: "weakref.ref[RunWatch]", pause_s: float) -> None:
    """Look at the runs until nobody needs that any more."""
    while (watch := watched()) is not None:
        watch.look()
        del watch
        time.sleep(pause_s)
