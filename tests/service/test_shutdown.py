"""The end: readiness drops first, every request is answered, and then the process is gone."""

import asyncio
import json
import signal
import threading
import time

import httpx
import pytest

from tabuada.artifacts.store import Store
from tests.service.conftest import StartServer
from tests.service.refusal import check_protocol_refusal, check_refusal
from tests.service.traffic import read_all, stop_under_load, write_request


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
    ("drain_s", "rounds"),
    [
        (0, 1),
        pytest.param(0, 8, marks=pytest.mark.slow),
        pytest.param(1, 8, marks=pytest.mark.slow),
    ],
)
def test_signal_under_load_loses_no_request(
    start_server: StartServer, store: Store, drain_s: float, rounds: int
) -> None:
    for _ in range(rounds):
        server = start_server(store.location, drain_s=drain_s)
        server.wait_ready()
        traffic = asyncio.run(stop_under_load(server, 300))
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
    server = start_server(store.location)
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


def test_second_signal_stops_at_once(start_server: StartServer, store: Store) -> None:
    server = start_server(store.location, shutdown_timeout_s=1000)
    server.wait_ready()
    with server.connect() as connection:
        connection.sendall(write_request()[:-1])
        httpx.get(f"{server.url}/health/live")
        server.send()
        again = threading.Timer(1.0, server.send)
        again.start()
        assert server.wait() == 128 + signal.SIGTERM
        again.join()
