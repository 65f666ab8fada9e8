"""Several workers: one is replaced while the others answer, and all end together."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tabuada.artifacts.store import Store
from tests.service.conftest import StartServer
from tests.service.serving import Server, run_service
from tests.service.traffic import Traffic, stop_under_load

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads /proc")


def find_workers(server: Server) -> set[int]:
    parent = server.process.pid
    return {int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()}


def find_clients(worker: int, port: int) -> set[int]:
    """Return the ports at the other end of a worker's connections."""
    files = [os.readlink(file) for file in Path(f"/proc/{worker}/fd").iterdir()]
    inodes = {file[8:-1] for file in files if file.startswith("socket:")}
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {
        int(row[2].split(":")[1], 16)
        for row in rows
        if row[9] in inodes and int(row[1].split(":")[1], 16) == port
    }


def wait_until(reached: Callable[[], bool], timeout_s: float = 60) -> None:
    end = time.monotonic() + timeout_s
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.02)


def wait_replaced(server: Server, gone: int) -> None:
    wait_until(lambda: gone not in (now := find_workers(server)) and len(now) == 2)


def is_state(process: int, state: str) -> bool:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == state


def has_ended(process: int) -> bool:
    return not Path(f"/proc/{process}/cmdline").exists() or is_state(process, "Z")


@pytest.fixture
def pair(start_server: StartServer, store: Store) -> Server:
    """A service of two workers."""
    server = start_server(store.location, workers=2, drain_s=0.2)
    server.wait_ready()
    return server


def test_workers_answer_over_one_port_and_end_in_order(pair: Server) -> None:
    assert len(find_workers(pair)) == 2
    assert pair.banner.count("Tabuada listens on") == pair.banner.count("Ready. ") == 1
    assert httpx.get(f"{pair.url}/health/ready").status_code == 200
    workers = find_workers(pair)
    pair.send()
    assert pair.wait() == 0
    assert all(has_ended(worker) for worker in workers)
    assert "Traceback" not in pair.log()


def test_killed_worker_takes_only_its_own_requests_along(pair: Server) -> None:
    async def kill_under_load() -> tuple[Traffic, set[int]]:
        traffic = Traffic(pair.port)
        traffic.start(between_s=0.1)
        await traffic.wait_answered(200)
        os.kill(killed, signal.SIGSTOP)  # so that it accepts nobody while we look
        wait_until(lambda: is_state(killed, "T"))
        clients = find_clients(killed, pair.port)
        os.kill(killed, signal.SIGKILL)
        await traffic.wait_answered(200)
        await asyncio.to_thread(wait_replaced, pair, killed)
        await traffic.wait_answered(200)
        await traffic.stop()
        return traffic, clients

    killed = min(find_workers(pair))
    traffic, clients = asyncio.run(kill_under_load())
    assert set(traffic.lost) <= clients, traffic.lost
    assert traffic.refused == 0
    assert pair.stop() == 0


def test_stopped_worker_is_replaced_and_no_request_lost(pair: Server) -> None:
    async def recycle() -> Traffic:
        traffic = Traffic(pair.port)
        traffic.start(between_s=0.1)
        await traffic.wait_answered(200)
        os.kill(old, signal.SIGTERM)
        await asyncio.to_thread(wait_replaced, pair, old)
        await traffic.wait_answered(200)
        await traffic.stop()
        return traffic

    old = min(find_workers(pair))
    traffic = asyncio.run(recycle())
    assert traffic.lost == {}
    assert traffic.refused == 0
    assert pair.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_workers_end_with_their_parent_and_lose_no_request(pair: Server, number: int) -> None:
    async def end_under_load() -> Traffic:
        traffic = Traffic(pair.port)
        traffic.start()
        await traffic.wait_answered(300)
        pair.send(number)
        await traffic.finish()
        return traffic

    workers = find_workers(pair)
    traffic = asyncio.run(end_under_load())
    assert traffic.lost == {}
    assert pair.wait() == (-number if number == signal.SIGKILL else 0)
    wait_until(lambda: all(has_ended(worker) for worker in workers))


@pytest.mark.slow
@pytest.mark.parametrize("drain_s", [0, 1])
def test_several_workers_lose_no_request_again_and_again(
    start_server: StartServer, store: Store, drain_s: float
) -> None:
    for _ in range(3):
        server = start_server(store.location, workers=3, drain_s=drain_s)
        server.wait_ready()
        traffic = asyncio.run(stop_under_load(server, 500))
        assert traffic.lost == {}
        assert server.wait() == 0


@pytest.mark.slow
def test_hung_worker_is_replaced(start_server: StartServer, store: Store) -> None:
    server = start_server(store.location, workers=2, worker_timeout_s=5)
    server.wait_ready()
    hung = min(find_workers(server))
    os.kill(hung, signal.SIGSTOP)
    wait_replaced(server, hung)
    assert "says nothing" in server.log()
    assert server.stop() == 0


def test_second_signal_kills_workers(start_server: StartServer, store: Store) -> None:
    server = start_server(store.location, workers=2, shutdown_timeout_s=1000)
    server.wait_ready()
    workers = find_workers(server)
    with server.connect() as connection:
        connection.sendall(b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
        httpx.get(f"{server.url}/health/live")
        server.send()
        time.sleep(1)
        server.send()
        assert server.wait() == 128 + signal.SIGTERM
    assert all(has_ended(worker) for worker in workers)


def test_worker_that_cannot_start_ends_the_service(store: Store, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\nif 'service.process.worker' in sys.orig_argv:\n    os._exit(9)\n"
    )
    result = run_service(
        "--workers=2",
        PYTHONPATH=str(tmp_path),
        TABUADA_PORT="0",
        TABUADA_ARTIFACTS=str(store.location),
    )
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.count("ended with code 9 before any had started") == 1


def test_metrics_count_what_every_worker_did(pair: Server) -> None:
    def count() -> dict[str, float]:
        lines = httpx.get(f"{pair.url}/metrics").text.splitlines()
        found = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name: float(value) for name, _, value in found}

    predictions = 'tabuada_requests_total{method="POST",route="/predict",status="200"}'
    for _ in range(100):  # each over a connection of its own, which any worker may take
        httpx.post(f"{pair.url}/predict", json={"expressions": ["1+1"]})
    counted = count()
    assert counted[predictions] == 100
    assert counted["tabuada_worker_starts_total"] == 2
    killed = min(find_workers(pair))
    os.kill(killed, signal.SIGKILL)
    wait_replaced(pair, killed)
    wait_until(lambda: count()["tabuada_worker_starts_total"] == 3)
    assert count()[predictions] == 100
    assert pair.stop() == 0
