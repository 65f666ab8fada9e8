"""Starts the real service for a benchmark, as `make serve` does."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Service:
    """A running service.

    Attributes:
        process: Its process id.
        url: Where it answers.
        client: Talks to it over connections that are kept open.
        start_s: Seconds from its start until it was ready.
    """

    process: int
    url: str
    client: httpx.Client
    start_s: float


@contextmanager
def start_service(artifacts: str | Path, **settings: str | float) -> Iterator[Service]:
    """Run the service on a free port, with every setting at its default but those given."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("TABUADA_")}
    chosen = {"port": 0, "artifacts": artifacts, **settings}
    environment = {**inherited, **{f"TABUADA_{k.upper()}": str(v) for k, v in chosen.items()}}
    started = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "service"],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        url = _wait_ready(server)
        start_s = time.perf_counter() - started
        with httpx.Client(base_url=url, timeout=120) as client:
            yield Service(server.pid, url, client, start_s)
    finally:
        server.terminate()
        server.wait(timeout=20)
        assert server.stdout
        server.stdout.close()


def _wait_ready(server: "subprocess.Popen[str]") -> str:
    assert server.stdout
    url = ""
    for line in server.stdout:
        if found := re.search(r"listens on (http://\S+)", line):
            url = found[1]
        if line.startswith("Ready"):
            return url
    raise SystemExit("expected the service to become ready. Received: its end")
