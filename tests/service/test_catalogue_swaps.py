"""Twenty changes of version under load: every answer is that of the version it names."""

import asyncio
import itertools
from pathlib import Path

import httpx
import pytest

from tabuada.artifacts.publishing import set_label
from tabuada.artifacts.store import Store
from tests.service.conftest import StartServer
from tests.service.serving import Server
from tests.service.test_predict import Networks, as_columns, make_rows
from tests.service.tiny import check_answers, publish_tiny

SWAPS = 20
CLIENTS = 6


@pytest.fixture
def own_store(tmp_path: Path, networks: Networks) -> Store:
    """`mlp` with version 1, `stable` at it."""
    store = Store(tmp_path / "artifacts")
    publish_tiny(store, tmp_path / "work1", networks[1])
    set_label(store, "mlp", "stable", 1)
    return store


class Crowd:
    """Clients that ask all the time, each over a connection of its own, and check the answers.

    Attributes:
        seen: What each client saw: the version of every answer.
    """

    def __init__(self, server: Server, networks: Networks) -> None:
        self._url = f"{server.url}/predict"
        self._rows = make_rows(20)
        self._expected = [network.forward(self._rows) for _, network in sorted(networks.items())]
        self._done = False
        self.seen: list[list[int]] = [[] for _ in range(CLIENTS)]

    async def __aenter__(self) -> "Crowd":
        self._asking = [asyncio.create_task(self._ask(seen)) for seen in self.seen]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._done = True
        await asyncio.gather(*self._asking)

    async def wait_for(self, version: int) -> None:
        """Wait until a version answered every client."""
        while not all(seen and seen[-1] == version for seen in self.seen):
            assert not any(task.done() for task in self._asking)
            await asyncio.sleep(0.005)

    async def _ask(self, seen: list[int]) -> None:
        async with httpx.AsyncClient(timeout=60) as client:
            while not self._done:
                answer = await client.post(self._url, json=as_columns(self._rows))
                assert answer.status_code == 200, answer.text
                version = answer.json()["version"]
                # Versions that follow each other are never the same network.
                check_answers(answer.json()["predictions"], self._expected[version % 3 - 1])
                seen.append(version)


def test_no_request_fails_or_is_mixed_up_through_20_swaps(
    start_server: StartServer, own_store: Store, tmp_path: Path, networks: Networks
) -> None:
    server = start_server(own_store.location, poll_interval_s=0.05)
    server.wait_ready()
    history = [1]

    def publish_next() -> int:
        number = max(own_store.versions("mlp")) + 1
        network = networks[(number - 1) % 3 + 1]
        return publish_tiny(own_store, tmp_path / f"work{number}", network).version

    async def swap() -> list[list[int]]:
        async with Crowd(server, networks) as crowd:
            await crowd.wait_for(1)
            for number in range(SWAPS):
                back = number % 2 == 1
                version = history[-2] if back else await asyncio.to_thread(publish_next)
                await asyncio.to_thread(set_label, own_store, "mlp", "stable", version)
                history.append(version)
                await asyncio.wait_for(crowd.wait_for(version), 60)
            return crowd.seen

    for seen in asyncio.run(swap()):
        assert [version for version, _ in itertools.groupby(seen)] == history
    log = server.log()
    assert log.count("mlp now answers with version") == SWAPS + 1
    assert "Traceback" not in log
    assert "ERROR" not in log
