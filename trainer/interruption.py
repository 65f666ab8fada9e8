"""What Ctrl-C and SIGTERM do to a command: it ends in order, and at once when asked again."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from types import FrameType

INTERRUPTED = "\nInterrupted. The same command goes on where it stopped."

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_SHOW_CURSOR = "\x1b[?25h"  # which progress bars hide


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt where a signal asks the block to end.

    A second signal, in the block or while the process comes to its end, ends the process there and
    then: no file is half written at any time, so that nothing is lost by it. Without this, a second
    Ctrl-C would interrupt the tidying up of the first, with a traceback.
    """
    before = [signal.signal(number, _end_in_order) for number in _SIGNALS]
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is not _end_now:
            for number, handler in zip(_SIGNALS, before, strict=True):
                signal.signal(number, handler)


def check_interruption() -> None:
    """Raise KeyboardInterrupt where a signal has asked for it, and the first was lost.

    Python drops what is raised while it calls back from tidying up its own objects. Whoever works
    for long asks here now and then.
    """
    if signal.getsignal(signal.SIGINT) is _end_now:
        raise KeyboardInterrupt


def _end_in_order(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    for each in _SIGNALS:
        signal.signal(each, _end_now)
    raise KeyboardInterrupt


def _end_now(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    # Not by way of `sys.stderr`, which may be in the middle of a line.
    said = INTERRUPTED + "\n" + (_SHOW_CURSOR if sys.stderr.isatty() else "")
    os.write(2, said.encode())
    os._exit(130)
