"""Runs the real service as a process of its own, as `make serve` does."""

import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.service.forked import Copy, can_copy, copy_service

ROOT = Path(__file__).parents[2]
_START_S = 90.0  # bounds a failure; it takes less than one


class Server:
    """One running service.

    Args:
        artifacts: The store it serves from.
        log: File that its standard error goes to.
        options: Options for the interpreter. With one, or from another folder, it is started by
            `python -m service`; else it is a copy of one that was, which takes a tenth of the time.
        settings: Settings beyond those, by lower-case name.

    Attributes:
        root: The folder that it runs from.
    """

    root = ROOT

    def __init__(
        self, artifacts: str | Path, log: Path, *options: str, **settings: str | int | float
    ) -> None:
        chosen = {
            "port": 0,
            "poll_interval_s": 0.1,
            "drain_s": 0,
            "artifacts": artifacts,
            "default_model": "mlp",
            **settings,
        }
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("TABUADA_")}
        environment = {f"TABUADA_{name.upper()}": str(value) for name, value in chosen.items()}
        environment = {**inherited, **environment}
        self._log = log
        self.process: subprocess.Popen[bytes] | Copy
        with log.open("wb") as stderr:
            if can_copy(environment) and not options and self.root == ROOT:
                self.process = copy_service(environment, stderr.fileno())
            else:
                self.process = subprocess.Popen(
                    [sys.executable, *options, "-m", "service"],
                    cwd=self.root,
                    env=environment,
                    stdout=subprocess.PIPE,
                    stderr=stderr,
                )
        self.banner = ""
        self.wait_for_line("Tabuada listens on")
        found = re.search(r"http://\S+", self.banner)
        assert found, self.banner
        self.url = found[0]
        self.port = int(self.url.rsplit(":", 1)[1])

    def wait_for_line(self, text: str, timeout_s: float = _START_S) -> None:
        """Read standard output until it holds a text."""
        assert self.process.stdout is not None
        end = time.monotonic() + timeout_s
        while text not in self.banner:
            left_s = max(0, end - time.monotonic())
            ready, _, _ = select.select([self.process.stdout], [], [], left_s)
            line = os.read(self.process.stdout.fileno(), 4096).decode() if ready else ""
            assert line, f"no {text!r} in {self.banner!r}; log: {self.log()}"
            self.banner += line

    def wait_ready(self, timeout_s: float = _START_S) -> None:
        """Wait until it says that it is ready."""
        self.wait_for_line("-d '{", timeout_s)

    def log(self) -> str:
        """Return its standard error so far."""
        return self._log.read_text()

    def send(self, number: int = signal.SIGTERM) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def wait(self, timeout_s: float = 60) -> int:
        """Wait for its end and return the exit code."""
        return self.process.wait(timeout_s)

    def connect(self) -> socket.socket:
        """Return a plain connection to it."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(timeout=60)
        finally:
            if self.process.poll() is None:
                self.process.kill()
            assert self.process.stdout is not None
            self.process.stdout.close()

    def wait_for_version(self, version: int, model: str = "mlp") -> None:
        """Wait until a version answers by default."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            listed = httpx.get(f"{self.url}/models/{model}")
            if listed.status_code == 200 and listed.json().get("serving_version") == version:
                return
            time.sleep(0.05)
        raise AssertionError(f"version {version} never answered; log: {self.log()}")


def run_service(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the service to its end, which has to come by itself.

    It listens before all else, so a port that is taken would be all that it tells of.
    """
    return subprocess.run(
        [sys.executable, "-m", "service", *arguments],
        cwd=ROOT,
        env={**os.environ, "TABUADA_PORT": "0", **environment},
        capture_output=True,
        text=True,
        timeout=240,  # what imports TensorFlow may take long
        check=False,
    )
