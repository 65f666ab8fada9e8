"""The end: readiness drops first, every request is answered, and then the process is gone."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from tabuada.artifacts.store import Store
from tests.service.conftest import StartServer
from tests.service.refusal import check_protocol_refusal, check_refusal
from tests.service.serving import ROOT
from tests.service.traffic import read_all, stop_under_load, write_request

PYTHON = sys.executable
# What any library might do: the event loop waits for what never comes.
HANGING = """
import os, sys, threading
if "service" in sys.orig_argv:
    import importlib.abc
    class Finder(importlib.abc.MetaPathFinder):
        def find_spec(self, name, path, target=None):
            if name == "service.routes.health":
                sys.meta_path.remove(self)
                import service.components
                def hang(self):
                    open(os.path.join(os.path.dirname(__file__), "hangs"), "w").close()
                    lock = threading.Lock(); lock.acquire(); lock.acquire()
                service.components.Components.check_ready = hang
    sys.meta_path.insert(0, Finder())
"""


def test_signal_drops_readiness_first(start_server: StartServer, store: Store) -> None:
    server = start_server(store.location, drain_s=3)
    server.wait_ready()
    with httpx.Client(base_url=server.url) as client:
        assert "connection" not in client.get("/health/ready").headers
        server.send()
        while (unready := client.get("/health/ready")).status_code == 200:
            pass
        assert "shutting down" in check_refusal(unready, 503, "not_ready", None)
        check_protocol_refusal(client.get("/v2/health/ready"), 503, "shutting down")
        assert client.get("/health/live").status_code == 200
        answer = client.post("/predict", json={"expressions": ["1+1"]})
    assert answer.status_code == 200
    assert answer.headers["connection"] == "close"
    assert server.wait() == 0


@pytest.mark.parametrize(
    ("drain_s", "rounds", "number"),
    [
        (0, 1, signal.SIGTERM),
        (0, 1, signal.SIGHUP),
        pytest.param(0, 1, signal.SIGQUIT, marks=pytest.mark.slow),
        pytest.param(0, 4, signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param(1, 4, signal.SIGTERM, marks=pytest.mark.slow),
    ],
)
def test_signal_under_load_loses_no_request(
    start_server: StartServer, store: Store, drain_s: float, rounds: int, number: int
) -> None:
    for _ in range(rounds):
        server = start_server(store.location, drain_s=drain_s)
        server.wait_ready()
        traffic = asyncio.run(stop_under_load(server, 300, number))
        assert traffic.lost == {}
        assert server.wait() == 0


def test_connections_that_wait_to_be_accepted_are_answered(
    start_server: StartServer, store: Store
) -> None:
    server = start_server(store.location)
    server.wait_ready()
    server.send(signal.SIGSTOP)
    waiting = [server.connect() for _ in range(100)]
    for connection in waiting[::2]:
        connection.sendall(write_request())
    server.send()
    server.send(signal.SIGCONT)
    time.sleep(0.2)
    for connection in waiting[1::2]:  # connected before it stopped, and asks only now
        connection.sendall(write_request())
    for connection in waiting:
        assert read_all(connection).startswith(b"HTTP/1.1 200 ")
        connection.close()
    assert server.wait() == 0


def test_signal_lets_a_body_arrive(start_server: StartServer, store: Store) -> None:
    server = start_server(store.location)
    server.wait_ready()
    request = write_request()
    with server.connect() as connection:
        connection.sendall(request[:-10])
        httpx.get(f"{server.url}/health/live")
        server.send()
        for byte in request[-10:]:
            time.sleep(0.1)
            connection.sendall(bytes([byte]))
        assert read_all(connection).startswith(b"HTTP/1.1 200 ")
    assert server.wait() == 0


def test_signal_lets_pipelined_requests_be_answered(
    start_server: StartServer, store: Store
) -> None:
    server = start_server(store.location, shutdown_timeout_s=120)  # on a busy machine too
    server.wait_ready()
    evaluation = write_request(json.dumps({"sample": {"n": 1_000_000}}).encode(), "/evaluate")
    with server.connect() as connection:
        connection.sendall(evaluation + write_request() * 2)
        httpx.get(f"{server.url}/health/live")
        server.send()
        answers = read_all(connection)
    assert answers.count(b"HTTP/1.1 200 ") == 3
    assert answers.count(b"\r\nconnection: close\r\n") == 1
    assert server.wait() == 0


def test_request_without_end_is_cut_off(start_server: StartServer, store: Store) -> None:
    server = start_server(store.location, shutdown_timeout_s=1)
    server.wait_ready()
    with server.connect() as connection:
        connection.sendall(write_request()[:-1])
        httpx.get(f"{server.url}/health/live")
        server.send()
        assert server.wait() == 0
    assert "Cut off 1 requests" in server.log()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_second_signal_stops_at_once(start_server: StartServer, store: Store, number: int) -> None:
    server = start_server(store.location, shutdown_timeout_s=1000)
    server.wait_ready()
    with server.connect() as connection:
        connection.sendall(write_request()[:-1])
        httpx.get(f"{server.url}/health/live")
        server.send()
        again = threading.Timer(1.0, server.send, [number])
        again.start()
        assert server.wait() == 128 + number
        again.join()


def read_masks(process: int) -> dict[str, set[int]]:
    """Return which signals a process keeps, catches and ignores."""
    found = {}
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        name, _, mask = line.partition(":")
        if name in ("SigBlk", "SigCgt", "SigIgn"):
            found[name] = {n for n in range(1, 65) if int(mask, 16) >> (n - 1) & 1}
    return found


def test_signal_while_it_starts_exits_0(store: Store, tmp_path: Path) -> None:
    """Sent as soon as the process takes it for its own, long before it listens."""
    environment = {**os.environ, "TABUADA_ARTIFACTS": str(store.location), "TABUADA_PORT": "0"}
    for workers in ("1", "2"):
        with (tmp_path / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "service", "--workers", workers],
                cwd=ROOT, env=environment, stdout=log, stderr=log,
            )  # fmt: skip
        while process.poll() is None and signal.SIGHUP not in read_masks(process.pid)["SigBlk"]:
            time.sleep(0.001)
        process.send_signal(signal.SIGHUP)
        assert process.wait(60) == 0
        assert "Traceback" not in (tmp_path / "log").read_text()


def test_nohup_means_what_it_says(
    start_server: StartServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("nohup"))
    server = start_server(store.location, PYTHON)
    server.wait_ready()
    server.send(signal.SIGHUP)
    assert httpx.post(f"{server.url}/predict", json={"expressions": ["1+1"]}).status_code == 200
    time.sleep(0.5)
    assert httpx.get(f"{server.url}/health/ready").status_code == 200
    assert server.stop() == 0


def test_signal_ends_a_service_whose_event_loop_hangs(
    start_server: StartServer, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(HANGING)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    server = start_server(store.location, drain_s=0, shutdown_timeout_s=1)
    server.wait_ready()
    with server.connect() as connection:
        connection.sendall(b"GET /health/ready HTTP/1.1\r\nHost: hang\r\n\r\n")
        while not (tmp_path / "hangs").exists():
            time.sleep(0.01)
        server.send()
        assert server.wait() == 0
    assert "Not at its end" in server.log()


@pytest.mark.slow
def test_service_whose_event_loop_hangs_for_long_ends(
    start_server: StartServer, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(HANGING)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    server = start_server(store.location, worker_timeout_s=5)
    server.wait_ready()
    with server.connect() as connection:
        connection.sendall(b"GET /health/ready HTTP/1.1\r\nHost: hang\r\n\r\n")
        assert server.wait() == 1
    assert "The event loop has said nothing for 5 s" in server.log()
