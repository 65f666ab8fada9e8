"""Starts services as copies of one process that has imported everything, and done nothing else.

Of the second of processor time that `python -m service` takes to start, imports are nine tenths,
and tests start more than a hundred. A copy is a process of its own, with the environment and the
outputs it is given, in which `service.__main__.main` begins as it always does.
"""

import atexit
import contextlib
import gc
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

_ROOT = Path(__file__).parents[2]
_ENDED = struct.Struct("i")
_ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("TABUADA_")}
# What an interpreter and the service's imports look at; the rest is read when it is needed.
_READ_EARLY = ("PYTHON", "PYDANTIC_", "OPENBLAS_", "OMP_", "OTEL_", "LD_", "LC_", "LANG", "MALLOC_")


class Copy:
    """A process that was copied: what `subprocess.Popen` is for one that was started.

    Args:
        pid: Its number.
        stdout: Its standard output.
        ended: Gives the exit code, once it has one.
    """

    def __init__(self, pid: int, stdout: int, ended: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.stdout = open(stdout, "rb", buffering=0)  # noqa: SIM115 -- closed by whoever reads it
        self._ended = open(ended, "rb", buffering=0)  # noqa: SIM115 -- closed when it was read

    def poll(self) -> int | None:
        """Return the exit code if it has ended."""
        return self._look(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, and return the exit code: minus the signal that ended it."""
        code = self._look(timeout)
        if code is None:
            assert timeout is not None
            raise subprocess.TimeoutExpired("service", timeout)
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal, if it has not ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it has, this very moment
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def _look(self, timeout_s: float | None) -> int | None:
        if self.returncode is None and select.select([self._ended], [], [], timeout_s)[0]:
            content = self._ended.read(_ENDED.size)
            assert content, "the process that services are copied from has gone"
            (self.returncode,) = _ENDED.unpack(content)
            self._ended.close()
        return self.returncode


class Original:
    """The process that copies are made of. It ends with the one that started it."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._door, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.service.forked", str(theirs.fileno())],
                cwd=_ROOT,
                env=_ENVIRONMENT,
                pass_fds=[theirs.fileno()],
            )
        atexit.register(self.close)

    def copy(self, environment: Mapping[str, str], stderr: int) -> Copy:
        """Start a service in an environment; what it prints can be read."""
        (reading, printing), (hearing, telling) = os.pipe(), os.pipe()
        message = json.dumps(dict(environment)).encode()
        with self._asking:  # several threads may start services
            try:
                socket.send_fds(self._door, [message], [printing, stderr, telling])
            finally:
                os.close(printing)
                os.close(telling)
            answer = self._door.recv(_ENDED.size)
        assert answer, f"no service to copy: exit code {self._process.wait(60)}"
        return Copy(_ENDED.unpack(answer)[0], reading, hearing)

    def close(self) -> None:
        """End it, and copies that nobody stopped."""
        self._door.close()
        self._process.wait()


_originals: list[Original] = []


def can_copy(environment: Mapping[str, str]) -> bool:
    """Return whether a copy is what a start in an environment would be: imports read variables."""

    def keep(variables: Mapping[str, str]) -> dict[str, str]:
        return {k: v for k, v in variables.items() if k.startswith(_READ_EARLY)}

    return keep(environment) == keep(_ENVIRONMENT)


def copy_service(environment: Mapping[str, str], stderr: int) -> Copy:
    """Start a service as a copy.

    Args:
        environment: All of its variables.
        stderr: Descriptor that its standard error goes to.
    """
    if not _originals:
        _originals.append(Original())
    return _originals[0].copy(environment, stderr)


def _import_service() -> None:
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as the service has it when it imports NumPy
    import uvicorn.loops.uvloop  # noqa: PLC0415, F401

    import service.__main__  # noqa: PLC0415
    import service.process.serving  # noqa: PLC0415, F401

    # What ONNX Runtime imports starts a thread, which no copy would have.
    assert len(os.listdir("/proc/self/task")) == 1
    gc.collect()
    gc.freeze()


def _serve_copies(door: socket.socket) -> bool:
    """Make copies until nobody asks any more; return whether this is one of them."""
    running: dict[int, int] = {}
    waking, woken = socket.socketpair()
    woken.setblocking(False)
    signal.set_wakeup_fd(woken.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for those who can clean up
    while True:
        ready, _, _ = select.select([door, waking], [], [])
        if waking in ready:
            waking.recv(4096)
            _tell_ended(running)
        if door not in ready:
            continue
        message, files, _, _ = socket.recv_fds(door, 2**16, 3)
        if not message:
            for pid in running:
                os.kill(pid, signal.SIGKILL)
            return False
        if (pid := os.fork()) == 0:
            signal.set_wakeup_fd(-1)
            for kept in (door, waking, woken):
                kept.close()
            for descriptor in running.values():
                os.close(descriptor)
            _take_over(json.loads(message), files)
            return True
        running[pid] = files.pop()
        for descriptor in files:
            os.close(descriptor)
        door.send(_ENDED.pack(pid))


def _tell_ended(running: dict[int, int]) -> None:
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            pid, status = found
            descriptor = running.pop(pid)
            with contextlib.suppress(BrokenPipeError):
                os.write(descriptor, _ENDED.pack(os.waitstatus_to_exitcode(status)))
            os.close(descriptor)


def _take_over(environment: dict[str, str], files: list[int]) -> None:
    """Become what a fresh start would be."""
    for descriptor, place in zip(files, (1, 2), strict=False):
        os.dup2(descriptor, place)
    for descriptor in files:
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = [str(_ROOT / "service" / "__main__.py")]


def _main() -> NoReturn:
    _import_service()
    with socket.socket(fileno=int(sys.argv[1])) as door:
        is_copy = _serve_copies(door)
    if not is_copy:
        sys.exit(0)
    from service.__main__ import main  # noqa: PLC0415

    sys.exit(main())


if __name__ == "__main__":
    _main()
