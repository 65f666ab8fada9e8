"""A store emptied, removed, frozen and replaced under load: no answer is lost, and none lies."""

import asyncio
import contextlib
import hashlib
import shutil
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from tabuada.artifacts.store import Store
from tests.frozen import frozen
from tests.mounts import fill, forbid_writing, small
from tests.service.conftest import StartServer
from tests.service.refusal import check_refusal
from tests.service.replacing import overwrite_files, prepare_version, replace_whole
from tests.service.serving import Server
from tests.service.test_predict import Networks, as_columns, make_rows
from tests.service.tiny import TinyNetwork, check_answers, publish_tiny
from tests.service.traffic import Traffic

ROWS = make_rows(20)
ROUTES = (
    "/models/mlp/versions/2",
    "/models/mlp/versions/2/files/MODEL_CARD.md",
    "/v2/models/mlp",
    "/v2/models/mlp/versions/2",
)
_IN_A_ROW = 20  # as many answers in a row say that every worker knows


@pytest.fixture
def own_store(tmp_path: Path, networks: Networks) -> Store:
    """`mlp` with versions 1 and 2."""
    store = Store(tmp_path / "artifacts")
    for version in (1, 2):
        publish_tiny(store, tmp_path / f"work{version}", networks[version])
    return store


def wait_until_all(holds: Callable[[], bool], server: Server) -> None:
    """Wait until something holds many times in a row, over a connection each."""
    end, row = time.monotonic() + 60, 0
    while row < _IN_A_ROW:
        assert time.monotonic() < end, server.log()
        row = row + 1 if holds() else 0


def tell_store(server: Server) -> str | None:
    answer = httpx.get(f"{server.url}/health/ready")
    assert answer.status_code == 200, answer.text
    told: str | None = answer.json().get("store")
    return told


def wait_until_told(server: Server, store: str | None) -> None:
    """Wait until every worker says so of its store."""
    wait_until_all(lambda: tell_store(server) == store, server)


@contextlib.contextmanager
def emptied(folder: Path) -> Iterator[None]:
    (folder / "mlp").rename(folder.parent / "kept")
    yield
    (folder.parent / "kept").rename(folder / "mlp")


@contextlib.contextmanager
def removed(folder: Path) -> Iterator[None]:
    folder.rename(folder.parent / "kept")
    yield
    folder.rmdir() if folder.exists() else None
    (folder.parent / "kept").rename(folder)


FAULTS = {"gone": (emptied, removed), "unreadable": (frozen,)}


@pytest.mark.parametrize("workers", [1, pytest.param(3, marks=pytest.mark.slow)])
def test_store_that_goes_away_costs_no_answer(
    start_server: StartServer, own_store: Store, workers: int
) -> None:
    server = start_server(own_store.location, workers=workers, load_timeout_s=2)
    server.wait_ready()
    kept = {"expressions": ["1 + 1"], "version": 1}

    async def go_through() -> Traffic:
        traffic = Traffic(server.port)
        traffic.start(kept=4, fresh=4, pausing=4, between_s=0.05)
        await traffic.wait_answered(100)
        for told, faults in FAULTS.items():
            for fault in faults:
                wait_until_all(
                    lambda: httpx.post(f"{server.url}/predict", json=kept).is_success, server
                )
                with fault(Path(own_store.location)):
                    await asyncio.to_thread(wait_until_told, server, told)
                    await traffic.wait_answered(100)
                    answer = httpx.post(f"{server.url}/predict", json=kept)
                    assert (answer.status_code, answer.json()["version"]) == (200, 1)
                await asyncio.to_thread(wait_until_told, server, None)
        await traffic.stop()
        return traffic

    traffic = asyncio.run(go_through())
    assert (traffic.lost, traffic.refused) == ({}, 0)
    assert "Traceback" not in server.log()
    assert server.stop() == 0


@pytest.mark.parametrize("workers", [1, pytest.param(3, marks=pytest.mark.slow)])
def test_store_that_takes_nothing_more_costs_nothing(
    start_server: StartServer, own_store: Store, tmp_path: Path, workers: int
) -> None:
    place = tmp_path / "small"
    place.mkdir()
    with small(place, "4m"):
        shutil.copytree(own_store.location, place / "artifacts")
        server = start_server(place / "artifacts", workers=workers)
        server.wait_ready()

        async def go_through() -> Traffic:
            traffic = Traffic(server.port)
            traffic.start(kept=4, fresh=4, pausing=4)
            for harm in (fill, forbid_writing):
                harm(place)
                await traffic.wait_answered(300)
                for route in ROUTES:
                    assert httpx.get(f"{server.url}{route}").status_code == 200
            await traffic.stop()
            return traffic

        traffic = asyncio.run(go_through())
        assert (traffic.lost, traffic.refused) == ({}, 0)
        assert tell_store(server) is None
        assert "WARNING" not in server.log()
        assert server.stop() == 0


def test_frozen_store_refuses_questions_in_time_and_does_not_delay_the_end(
    start_server: StartServer, own_store: Store
) -> None:
    server = start_server(own_store.location, load_timeout_s=1)
    server.wait_ready()
    with frozen(Path(own_store.location)):
        for path in ("/models", "/models/mlp/versions/1"):
            answer = httpx.get(f"{server.url}{path}", timeout=60)
            check_refusal(answer, 503, "store_unavailable", None)
        manifest = httpx.get(f"{server.url}/models/mlp/versions/2")  # of what is loaded
        assert (manifest.status_code, manifest.json()["version"]) == (200, 2)
        assert httpx.get(f"{server.url}/v2/models/mlp").json()["versions"] == ["1", "2"]
        begun = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - begun < 30
    assert "Traceback" not in server.log()


class Askers:
    """Clients that compare every answer with the network that its digest names.

    Attributes:
        seen: The digests of the answers, in order.
    """

    def __init__(self, server: Server, networks: dict[str, TinyNetwork]) -> None:
        self._url = f"{server.url}/predict"
        self._expected = {digest: n.forward(ROWS) for digest, n in networks.items()}
        self._done = False
        self.seen: list[str] = []

    async def __aenter__(self) -> "Askers":
        self._asking = [asyncio.create_task(self._ask()) for _ in range(4)]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._done = True
        await asyncio.gather(*self._asking)

    async def wait_for_all(self, digest: str) -> None:
        """Wait until many answers in a row are of one version."""
        while self.seen[-_IN_A_ROW:] != [digest] * _IN_A_ROW:
            assert not any(task.done() for task in self._asking)
            await asyncio.sleep(0.005)

    async def _ask(self) -> None:
        while not self._done:  # over a new connection each, which any worker may take
            async with httpx.AsyncClient(timeout=60) as client:
                answer = await client.post(self._url, json=as_columns(ROWS))
            assert answer.status_code == 200, answer.text
            digest = answer.headers["x-model-digest"]
            check_answers(answer.json()["predictions"], self._expected[digest])
            self.seen.append(digest)


@pytest.mark.parametrize("workers", [1, pytest.param(3, marks=pytest.mark.slow)])
def test_version_replaced_under_load_is_taken_over_by_every_worker_and_route(
    start_server: StartServer, own_store: Store, tmp_path: Path, networks: Networks, workers: int
) -> None:
    place = Path(own_store.location) / "mlp/2"
    shutil.copytree(place, tmp_path / "first")
    others = [
        prepare_version(tmp_path / f"other{number}", networks[number], version=2)
        for number in (1, 3)
    ]
    prepared = [tmp_path / "first", *others]
    digests = [
        hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest() for folder in prepared
    ]
    server = start_server(own_store.location, workers=workers)
    server.wait_ready()
    known = {d[:16]: networks[n] for d, n in zip(digests, (2, 1, 3), strict=True)}

    def is_told(digest: str) -> bool:
        """Return whether the routes that tell of version 2 tell of this one."""
        told = httpx.get(f"{server.url}/models/mlp").json()["serving_digest"]
        headers = [httpx.get(f"{server.url}{r}").headers["x-model-digest"] for r in ROUTES]
        return {told[:16], *headers} == {digest[:16]}

    async def replace() -> None:
        async with Askers(server, known) as askers:
            await asyncio.wait_for(askers.wait_for_all(digests[0][:16]), 60)
            turns = [(1, replace_whole), (2, overwrite_files), (0, replace_whole)]
            for number, put in turns:
                await asyncio.to_thread(put, place, prepared[number])
                await asyncio.wait_for(askers.wait_for_all(digests[number][:16]), 60)
                told = partial(is_told, digests[number])
                await asyncio.to_thread(wait_until_all, told, server)

    asyncio.run(replace())
    assert "Traceback" not in server.log()
    shown = httpx.get(f"{server.url}/metrics").text
    active = [line for line in shown.splitlines() if line.startswith("tabuada_active_digest{")]
    assert sorted(line.rpartition(" ")[2] for line in active) == ["0.0", "0.0", f"{workers}.0"]
