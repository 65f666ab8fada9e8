"""`make run` as a newcomer gives it: a fresh clone in an empty folder, one command."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import httpx
import pytest

from tests.ports import hold_port
from tests.readme import ENGLISH, ROOT

LIMIT_S = 45 * 60  # for all of it; a bare and busy machine installs TensorFlow meanwhile
STOP_S = 120
LEFT_S = 60.0
QUESTION = {"expressions": ["4.93 + 4.02"], "model": "mlp"}


class Running:
    """`make run` in a folder, in a process group of its own, as a terminal would start it.

    Args:
        folder: The clone.
        log: File that takes all it prints.
        port: Where it is to listen.
        end: When to give up, as `time.monotonic` counts.
    """

    def __init__(self, folder: Path, log: IO[bytes], port: int, end: float) -> None:
        # Neither settings of this machine nor the options of the make that runs the tests.
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TABUADA_", "MAKE", "MFLAGS"))
        }
        self._folder = folder
        self._log = Path(log.name)
        self._end = end
        self._process = subprocess.Popen(
            shlex.split(next(line for line in ENGLISH.commands if line == "make run")),
            cwd=folder,
            env=environment | {"TABUADA_PORT": str(port), "PYTHON": sys.executable},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def output(self) -> str:
        """All it has printed so far."""
        return self._log.read_text("utf-8", errors="replace")

    def wait_until(self, what: str, is_so: Callable[[], bool], pause_s: float = 0.2) -> None:
        """Wait until something is so, while it goes on running."""
        while not is_so():
            assert self._process.poll() is None, f"it ended before {what}:\n{self.output}"
            assert time.monotonic() < self._end, f"no {what} in time:\n{self.output}"
            time.sleep(pause_s)

    def wait_for_text(self, pattern: str) -> re.Match[str]:
        """Wait until it has printed what a pattern describes."""
        self.wait_until(repr(pattern), lambda: re.search(pattern, self.output) is not None)
        found = re.search(pattern, self.output)
        assert found
        return found

    def interrupt(self) -> list[str]:
        """Press Ctrl-C, and return what is left running once all has had its time to end."""
        os.killpg(self._process.pid, signal.SIGINT)
        self._process.wait(timeout=STOP_S)
        end = time.monotonic() + LEFT_S
        while (left := self.list_left()) and time.monotonic() < end:
            time.sleep(0.05)
        return left

    def list_left(self) -> list[str]:
        """Return the command of each process that works in the folder, whoever started it."""
        left = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it has just ended, is a zombie, or is another user's
                if (process / "cwd").resolve(strict=True).is_relative_to(self._folder):
                    left.append((process / "cmdline").read_text().replace("\0", " "))
        return left

    def kill(self) -> None:
        """End all of it, whatever state it is in."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


Start = Callable[[], Running]
AskVersion = Callable[[], int | None]


@pytest.fixture
def port() -> Iterator[int]:
    with hold_port() as number:
        yield number


@pytest.fixture
def start(tmp_path: Path, port: int) -> Iterator[Start]:
    """Starts `make run` in one fresh clone of what is committed; ends it after the test."""
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    end = time.monotonic() + LIMIT_S
    started: list[Running] = []

    def run() -> Running:
        with (tmp_path / f"output{len(started)}").open("wb") as log:
            started.append(Running(clone.resolve(), log, port, end))
        return started[-1]

    yield run
    for running in started:
        running.kill()


@pytest.fixture
def ask_version(port: int) -> Iterator[AskVersion]:
    """Asks which version answers: None where nobody listens, or nothing is ready to answer."""
    with httpx.Client(base_url=f"http://localhost:{port}", timeout=60) as client:

        def ask() -> int | None:
            try:
                answer = client.post("/predict", json=QUESTION)
            except httpx.TransportError:
                return None
            if answer.status_code == 503:
                return None
            assert answer.status_code == 200, answer.text
            version: int = answer.json()["version"]
            return version

        yield ask


@pytest.mark.slow
def test_make_run_serves_at_once_and_then_what_it_trained(
    start: Start, port: int, ask_version: AskVersion
) -> None:
    running = start()
    running.wait_until("an answer", lambda: ask_version() is not None)
    assert ask_version() == 2
    assert "Published" not in running.output

    printed = running.wait_for_text(r"(?m)^  (curl .+)$")[1]
    assert f"Tabuada listens on http://localhost:{port}\n" in running.output
    docs = re.search(rf"http://localhost:{port}/docs", running.output)
    assert docs
    assert httpx.get(docs[0]).status_code == 200

    # Asked all the while, it always answers: by the old version, then by the new one.
    running.wait_until("a newer version", lambda: ask_version() != 2)
    assert ask_version() == 3
    running.wait_for_text("Published mlp version 3 in ")
    running.wait_for_text("Ctrl-C ends it")
    result = subprocess.run(
        ["sh", "-c", f"{printed} --fail --silent --show-error"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith('{"model":"arithmetic","version":1,"predictions":[8.95]')

    assert running.interrupt() == []
    assert ask_version() is None

    # In the midst of training too: Ctrl-C ends service, trainer and the trainer's workers.
    running = start()
    running.wait_for_text(r"(?m)^  trial \d+ \(1/")
    assert any("forkserver" in command for command in running.list_left())
    assert ask_version() == 3
    assert running.interrupt() == []
    assert ask_version() is None
    assert "Traceback" not in running.output
