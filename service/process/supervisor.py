"""The parent of several workers: starts, watches, replaces and ends them; serves nothing itself.

uvicorn's own is not used: it asks a thread of the worker whether that lives, which says yes while
the event loop hangs; it replaces a worker that ends at once in a busy circle; workers outlive a
parent that was killed, and a signal to the whole process group reaches each of them twice.
"""

import contextlib
import logging
import selectors
import socket
import time
from dataclasses import dataclass

from service.errors import BadSetting
from service.process.banner import Progress
from service.process.child import Child
from service.process.ending import REPEATED_S, Ending
from service.process.listener import Listener
from service.settings import PREFIX, Settings
from service.shared_numbers import make_memory, mark_ended

logger = logging.getLogger("service.supervisor")

_LOOK_EVERY_S = 0.5
_FROZEN_S = 5.0  # between two looks: then the whole machine stood still, not a worker
_SETTLED_S = 30.0  # after which the end of a worker counts as its first
_LONGEST_WAIT_S = 30.0
_SPARE_S = 8.0  # beyond what an orderly end may take


@dataclass(slots=True)
class _Slot:
    """The place of one worker: the one in it, or when the next is due."""

    number: int
    child: Child | None = None
    due: float = 0.0
    failures: int = 0


class Supervisor:
    """Keeps a number of workers running.

    Args:
        settings: Of the service.
        listener: Shared by the workers, so that whoever is free takes the next connection, and
            none is lost with a worker that is killed.
        progress: Told when the first worker has started, and when all are ready.
    """

    def __init__(self, settings: Settings, listener: Listener, progress: Progress) -> None:
        self._settings = settings
        self._listener = listener
        self._progress = progress
        self._slots = [_Slot(number) for number in range(settings.workers)]
        self._selector = selectors.DefaultSelector()
        self._told: list[tuple[int, float]] = []
        self._reported: set[str] = set()
        self._looked = time.monotonic()

    def run(self, ending: Ending) -> int:
        """Run until a signal says stop; return the exit code.

        Args:
            ending: Told to leave signals to the supervisor.

        Raises:
            BadSetting: A setting turned out to be wrong when the first worker started.
        """
        self._wake, woken = socket.socketpair()
        self._wake.setblocking(False)
        woken.setblocking(False)
        self._selector.register(woken, selectors.EVENT_READ)
        ending.leave_to(self._note_signal)
        self._environment = {f"{PREFIX}WORKERS": str(self._settings.workers)}
        self._memory = make_memory(self._settings.workers)
        try:
            return self._run(woken)
        finally:
            self._kill_all()

    def _run(self, woken: socket.socket) -> int:
        while not self._told:
            self._start_due()
            self._wait(woken)
            code = self._hear_all()
            if code is not None:
                return code
            self._look_for_hung()
        return self._end(woken)

    def _note_signal(self, number: int) -> None:
        self._told.append((number, time.monotonic()))
        with contextlib.suppress(BlockingIOError):
            self._wake.send(b"!")

    def _start_due(self) -> None:
        now = time.monotonic()
        for slot in self._slots:
            if slot.child is None and slot.due <= now:
                slot.child = Child(
                    self._listener,
                    self._environment,
                    self._memory,
                    slot.number,
                    replacing="ready" in self._reported,
                )
                self._selector.register(slot.child.channel, selectors.EVENT_READ)

    def _wait(self, woken: socket.socket) -> None:
        self._selector.select(_LOOK_EVERY_S)
        with contextlib.suppress(BlockingIOError):
            woken.recv(1024)

    def _hear_all(self) -> int | None:
        """Take in what workers say; return an exit code where none can start."""
        for slot in self._slots:
            if slot.child is None:
                continue
            messages = slot.child.read()
            for kind, text in messages or []:
                if kind == "refused" and "started" not in self._reported:
                    raise BadSetting(text)
                self._report(kind, text)
            if messages is None and not self._replace(slot):
                return 1
        return None

    def _report(self, kind: str, text: str) -> None:
        """Pass on what concerns all, once."""
        if kind in self._reported:
            return
        if kind == "started":
            self._progress.report_started()
        elif kind == "unready":
            self._progress.report_unready(text)
        elif kind == "ready":
            if not all(slot.child and "ready" in slot.child.said for slot in self._slots):
                return
            self._progress.report_ready()
        self._reported.add(kind)

    def _replace(self, slot: _Slot) -> bool:
        """Have another worker take the place of one that ended; return whether there is a point."""
        child = slot.child
        assert child is not None
        slot.child = None
        self._selector.unregister(child.channel)
        code = child.reap()
        if self._memory is not None:
            mark_ended(self._memory, slot.number)
        if "started" not in self._reported:
            logger.error("A worker ended with code %d before any had started", code)
            return False
        now = time.monotonic()
        settled = now - child.started > _SETTLED_S
        slot.failures = 1 if settled else slot.failures + 1
        wait_s = min(0.25 * 2**slot.failures, _LONGEST_WAIT_S) if slot.failures > 1 else 0.0
        slot.due = now + wait_s
        logger.error(
            "Worker %d ended with code %d; another takes its place in %g s",
            child.process.pid,
            code,
            wait_s,
        )
        return True

    def _look_for_hung(self) -> None:
        now = time.monotonic()
        frozen = now - self._looked > _FROZEN_S
        self._looked = now
        for child in self._children():
            if frozen:
                child.heard = now
            elif now - child.heard > self._settings.worker_timeout_s:
                logger.error("Worker %d says nothing: killing it", child.process.pid)
                child.heard = now
                child.process.kill()

    def _end(self, woken: socket.socket) -> int:
        """Let every worker end; return the exit code."""
        self._listener.close()
        for child in self._children():
            child.end()
        longest_s = self._settings.drain_s + self._settings.shutdown_timeout_s + _SPARE_S
        deadline = time.monotonic() + longest_s
        codes = []
        while any(slot.child for slot in self._slots) and time.monotonic() < deadline:
            self._wait(woken)
            number, when = self._told[-1]
            if when - self._told[0][1] > REPEATED_S:
                return 128 + number
            for slot in self._slots:
                if slot.child is not None and slot.child.read() is None:
                    self._selector.unregister(slot.child.channel)
                    codes.append(slot.child.reap())
                    slot.child = None
        late = len(self._children())
        if late:
            logger.error("%d workers did not end: killing them", late)
        return 1 if any(codes) else 0

    def _children(self) -> list[Child]:
        return [slot.child for slot in self._slots if slot.child is not None]

    def _kill_all(self) -> None:
        for child in self._children():
            child.process.kill()
            child.reap()
