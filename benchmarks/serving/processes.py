"""Starts a server in a session of its own, says what it holds, and leaves nothing of it behind."""

import http.client
import os
import re
import signal
import socket
import subprocess
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_TAG = "BENCHMARK_RUN"  # inherited by whatever a server starts, even where that detaches itself
_START_S = 90.0
_STOP_S = 15.0
_KIB = re.compile(r"^(Rss|Anonymous):\s+(\d+) kB", re.M)


class NotStarted(Exception):
    """A server does not come up, or does not answer as it should."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server that was started.

    Attributes:
        process: What was started.
        tag: What its environment and that of all its descendants carries.
        port: Where it is asked.
        started: When, by `time.perf_counter`.
        log: What it printed.
    """

    process: "subprocess.Popen[bytes]"
    tag: str
    port: int
    started: float
    log: Path

    def post(self, path: str, body: bytes, timeout_s: float = 60) -> tuple[int, bytes]:
        """Ask once; return status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)
        try:
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def wait_ready(self, path: str, body: bytes) -> float:
        """Ask until there is a good answer; return the seconds since the start.

        Raises:
            NotStarted: There is none in time, or the process has ended.
        """
        last = "no connection"
        while time.perf_counter() - self.started < _START_S:
            if self.process.poll() is not None:
                raise NotStarted(f"it ended with {self.process.returncode}. {self.read_end()}")
            with suppress(OSError, http.client.HTTPException):
                status, answer = self.post(path, body)
                if status == 200:
                    return time.perf_counter() - self.started
                last = f"{status} {answer[:200]!r}"
            time.sleep(0.02)
        raise NotStarted(f"no good answer in {_START_S:.0f} s, but {last}. {self.read_end()}")

    def read_end(self) -> str:
        """Return the end of what it printed."""
        lines = self.log.read_text("utf-8", "replace").strip().splitlines()
        return "It printed: " + " / ".join(line.strip() for line in lines[-4:])[-600:]

    def measure_memory_mib(self) -> float:
        """Return the resident memory of all its processes, pages that they share counted once."""
        return measure_memory_mib(find_tagged(self.tag))


@contextmanager
def start_server(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, port: int, log: Path
) -> Iterator[Running]:
    """Run a command until the block is left, and then stop all that came of it."""
    tag = uuid.uuid4().hex
    with log.open("wb") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**environment, _TAG: tag},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Running(process, tag, port, started, log)
    finally:
        stop(process, tag)


def stop(process: "subprocess.Popen[bytes]", tag: str) -> None:
    """Ask a server's group to end, then end whatever is left of it."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_STOP_S)
    deadline = time.monotonic() + _STOP_S
    while (left := find_tagged(tag)) and time.monotonic() < deadline:
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.1)
    process.wait(_STOP_S)


def find_tagged(tag: str) -> list[int]:
    """Return the processes of one start, wherever they have moved to."""
    mark = f"{_TAG}={tag}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            if state != "Z" and mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


def measure_memory_mib(processes: Sequence[int]) -> float:
    """Return the resident memory of some processes in MiB, what they share counted once.

    That of one process is its RSS. Anonymous pages count in proportion, which adds up to once;
    of each part of a file the largest share that one process has in memory. The proportional
    set size alone would also be shared with strangers that have the same libraries loaded.
    """
    anonymous = 0
    files: defaultdict[str, int] = defaultdict(int)
    for pid in processes:
        with suppress(OSError):
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            anonymous += int(re.findall(r"^Pss_Anon:\s+(\d+) kB", rollup, re.M)[0])
            for place, kib in _read_files(Path(f"/proc/{pid}/smaps").read_text()):
                files[place] = max(files[place], kib)
    return (anonymous + sum(files.values())) / 1024


def _read_files(smaps: str) -> Iterator[tuple[str, int]]:
    """Yield the parts of files that a process has mapped, and their KiB in memory."""
    mappings = re.split(r"^[0-9a-f]+-[0-9a-f]+ \S+ ([0-9a-f]+ \S+ \d+).*\n", smaps, flags=re.M)
    for place, content in zip(mappings[1::2], mappings[2::2], strict=True):
        sizes = {name: int(size) for name, size in _KIB.findall(content)}
        yield place, sizes["Rss"] - sizes["Anonymous"]


def take_free_ports(count: int) -> list[int]:
    """Return ports that nothing listens on, all different."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for listener in sockets:
            listener.bind(("127.0.0.1", 0))
        return [int(listener.getsockname()[1]) for listener in sockets]
