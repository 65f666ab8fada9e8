"""Kills writers between any two of their steps.

`python -m tests.tabuada.kills ACTION STORE SCRATCH`: for n = 1, 2, … copies the store into the
scratch folder, carries the action out in a child, and has that child kill itself just before
its nth call that reaches the system, until a child gets through. Prints, as JSON, the call
that each child died before. The code under test knows nothing of it: the interpreter's
profiler sees every call, those of fsync and write included, which raise no audit event.
A process of its own, since forking wants a single thread.
"""

import io
import itertools
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from tabuada.artifacts.publishing import prune, publish, remove_label, set_label
from tabuada.artifacts.store import Store
from tests.tabuada.samples import describe

DESCRIPTION = describe()
ACTIONS: dict[str, Callable[[Store, Path], object]] = {
    "publish": lambda store, source: publish(store, source, DESCRIPTION),
    "set_label": lambda store, _: set_label(store, "mlp", "stable", 2),
    "remove_label": lambda store, _: remove_label(store, "mlp", "stable"),
    "prune": lambda store, _: prune(store, "mlp", 1),
}


def reaches_the_system(call: Any) -> bool:
    """Return whether a function written in C works on files."""
    owner = getattr(call, "__self__", None)
    return isinstance(owner, io.IOBase) or call.__module__ in {"posix", "fcntl", "io", "_io"}


def die_before(step: int, report: int) -> None:
    """Have this process kill itself before its nth call that reaches the system."""
    calls = itertools.count(1)

    def watch(_frame: FrameType, event: str, call: Any) -> None:
        if event == "c_call" and reaches_the_system(call) and next(calls) == step:
            os.write(report, call.__name__.encode())
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)


def kill_everywhere(action: str, template: Path, scratch: Path) -> list[str]:
    """Return the calls that children died before; store n is left as the nth child left it."""
    died_before = []
    for step in itertools.count(1):
        store = Store(shutil.copytree(template, scratch / str(step)))
        report_out, report_in = os.pipe()
        child = os.fork()
        if child == 0:
            die_before(step, report_in)
            ACTIONS[action](store, template.parent / "source")
            sys.setprofile(None)
            os._exit(0)
        os.close(report_in)
        _, status = os.waitpid(child, 0)
        with open(report_out) as report:
            died_before.append(report.read() or "nothing")
        if os.WIFEXITED(status):
            return died_before
    raise AssertionError("unreachable")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(kill_everywhere(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))
