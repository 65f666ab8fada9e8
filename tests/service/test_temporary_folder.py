"""The temporary folder, full, gone or read-only: metrics may be lost, never a worker."""

import asyncio
import resource
import shutil
from pathlib import Path

import httpx
import pytest

from tabuada.artifacts.store import Store
from tests.mounts import full
from tests.service.conftest import StartServer
from tests.service.serving import Server
from tests.service.test_workers import find_workers
from tests.service.traffic import Traffic


def count_predictions(server: Server) -> float:
    lines = httpx.get(f"{server.url}/metrics").text.splitlines()
    found = 'tabuada_requests_total{method="POST",route="/predict",status="200"}'
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(found))


def check_unharmed(server: Server, workers: set[int]) -> None:
    """Have many clients ask a service; nothing may be lost, and no worker end."""

    async def ask() -> Traffic:
        traffic = Traffic(server.port)
        traffic.start()
        await traffic.wait_answered(300)
        await traffic.stop()
        return traffic

    before = count_predictions(server)
    traffic = asyncio.run(ask())
    assert traffic.lost == {}
    assert traffic.refused == 0
    assert find_workers(server) == workers
    assert count_predictions(server) == before + traffic.answered
    assert "ended with code" not in server.log()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where programs started from here put temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def test_workers_count_together_without_a_temporary_folder(
    start_server: StartServer, store: Store, folder: Path
) -> None:
    server = start_server(store.location, workers=3)
    server.wait_ready()
    assert list(folder.iterdir()) == []
    workers = find_workers(server)
    assert len(workers) == 3
    folder.rmdir()
    check_unharmed(server, workers)
    assert server.stop() == 0
    assert not folder.exists()


@pytest.mark.parametrize("workers", [1, 3])
def test_full_temporary_folder_costs_nothing(
    start_server: StartServer, store: Store, folder: Path, workers: int
) -> None:
    with full(folder):
        server = start_server(store.location, workers=workers)
        server.wait_ready()
        check_unharmed(server, find_workers(server))
        assert [file.name for file in folder.iterdir()] == ["fill"]
        assert server.stop() == 0


def test_memory_that_cannot_be_had_costs_metrics_alone(
    start_server: StartServer, store: Store
) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, limits[1]))  # inherited
    try:
        # An option has it be a process of its own, started from here: it inherits the limit.
        server = start_server(store.location, "-X", "utf8", workers=2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    server.wait_ready()
    assert "No memory to share metrics in ([Errno 27] File too large)" in server.log()
    workers = find_workers(server)
    for _ in range(20):
        answer = httpx.post(f"{server.url}/predict", json={"expressions": ["1+1"]})
        assert answer.status_code == 200
    assert httpx.get(f"{server.url}/metrics").status_code == 200
    assert find_workers(server) == workers
    assert server.stop() == 0


def test_folders_of_a_killed_service_are_none(
    start_server: StartServer, store: Store, folder: Path
) -> None:
    server = start_server(store.location, workers=2)
    server.wait_ready()
    server.process.kill()
    server.wait()
    assert list(folder.iterdir()) == []
    shutil.rmtree(folder)
