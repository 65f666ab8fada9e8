"""A cache that is full, read-only, emptied, removed or frozen costs no answer, and no version."""

import asyncio
import contextlib
import ctypes
import os
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tabuada.artifacts.publishing import set_label
from tabuada.artifacts.store import Store
from tests.frozen import frozen
from tests.s3 import BUCKET, S3Server
from tests.service.conftest import StartServer
from tests.service.test_object_storage import ask
from tests.service.test_predict import Networks
from tests.service.tiny import publish_tiny
from tests.service.traffic import Traffic

_DETACH = 2


@pytest.fixture
def bucket(s3: S3Server, networks: Networks, tmp_path: Path) -> Store:  # noqa: ARG001 -- has to run
    """A store in a bucket: `mlp` with version 1."""
    store = Store(f"s3://{BUCKET}/{uuid.uuid4().hex}", tmp_path / "cache of the publisher")
    publish_tiny(store, tmp_path / "work", networks[1])
    return store


@contextlib.contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """Put a small file system in memory over a folder; skip the test where nobody may mount."""
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("no mount on this machine")
    if done.returncode:
        pytest.skip(f"this machine lets nobody mount: {done.stderr.strip()}")
    try:
        yield
    finally:
        ctypes.CDLL(None).umount2(os.fsencode(folder), _DETACH)


def full(folder: Path) -> contextlib.AbstractContextManager[None]:
    return mounted(folder, "size=4k")


def read_only(folder: Path) -> contextlib.AbstractContextManager[None]:
    return mounted(folder, "ro")


@contextlib.contextmanager
def emptied(folder: Path) -> Iterator[None]:
    for path in folder.iterdir():
        shutil.rmtree(path)
    yield


@contextlib.contextmanager
def removed(folder: Path) -> Iterator[None]:
    shutil.rmtree(folder)
    yield


@contextlib.contextmanager
def file_in_its_place(folder: Path) -> Iterator[None]:
    shutil.rmtree(folder)
    folder.touch()
    yield


Fault = Callable[[Path], contextlib.AbstractContextManager[None]]


@pytest.mark.parametrize(
    "case",
    [
        (full, 1),
        pytest.param((emptied, 1), marks=pytest.mark.slow),
        pytest.param((file_in_its_place, 1), marks=pytest.mark.slow),
        pytest.param((read_only, 1), marks=pytest.mark.slow),
        pytest.param((removed, 1), marks=pytest.mark.slow),
        pytest.param((full, 3), marks=pytest.mark.slow),
    ],
    ids=lambda case: f"{case[0].__name__}, {case[1]} workers",
)
def test_cache_that_fails_under_load_costs_no_answer_and_no_version(
    bucket: Store,
    start_server: StartServer,
    networks: Networks,
    tmp_path: Path,
    case: tuple[Fault, int],
) -> None:
    (fault, workers), cache = case, tmp_path / "cache"
    server = start_server(bucket.location, cache=cache, workers=workers)
    server.wait_ready()

    async def go_through() -> Traffic:
        traffic = Traffic(server.port)
        traffic.start(kept=2, fresh=2, pausing=2, between_s=0.05)
        with fault(cache):
            await traffic.wait_answered(50)
            await asyncio.to_thread(publish_tiny, bucket, tmp_path / "work2", networks[2])
            await asyncio.to_thread(server.wait_for_version, 2)
            await traffic.wait_answered(50)
        await traffic.stop()
        return traffic

    traffic = asyncio.run(go_through())
    assert (traffic.lost, traffic.refused) == ({}, 0)
    ask(server, networks[2])
    assert "Traceback" not in server.log()
    assert server.stop() == 0


@pytest.mark.parametrize("fault", [full, pytest.param(read_only, marks=pytest.mark.slow)])
def test_service_starts_without_a_cache_that_takes_anything(
    bucket: Store, start_server: StartServer, networks: Networks, tmp_path: Path, fault: Fault
) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    with fault(cache):
        server = start_server(bucket.location, cache=cache)
        server.wait_ready()
        ask(server, networks[1])
        assert "The cache takes no version" in server.log()
        assert server.stop() == 0


def test_frozen_cache_stops_nothing_that_is_loaded(
    bucket: Store, start_server: StartServer, networks: Networks, tmp_path: Path
) -> None:
    publish_tiny(bucket, tmp_path / "work2", networks[2])
    cache = tmp_path / "cache"
    server = start_server(bucket.location, cache=cache, load_timeout_s=2)
    server.wait_ready()
    set_label(bucket, "mlp", "stable", 1)
    server.wait_for_version(1)
    with frozen(cache):
        set_label(bucket, "mlp", "stable", 2)  # which is in memory: going back to it reads nothing
        server.wait_for_version(2)
        ask(server, networks[2])
        assert "store" not in httpx.get(f"{server.url}/health/ready").json()
        assert server.stop() == 0
    assert "Traceback" not in server.log()
