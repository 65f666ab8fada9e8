"""One store with real small networks and one running service for the whole session."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tabuada.artifacts.publishing import set_label
from tabuada.artifacts.store import Store
from tests.service.serving import Server
from tests.service.tiny import TinyNetwork, fit_network, publish_tiny

StartServer = Callable[..., Server]

MAX_BODY_BYTES = 16 * 2**20


@pytest.fixture(scope="session")
def networks() -> dict[int, TinyNetwork]:
    """Three different networks, by the version of `mlp` they are published as."""
    return {version: fit_network(version) for version in (1, 2, 3)}


@pytest.fixture(scope="session")
def store(networks: dict[int, TinyNetwork], tmp_path_factory: pytest.TempPathFactory) -> Store:
    """`mlp` with versions 1 to 3, `stable` at 2, `canary` at 3; `arithmetic` with version 1."""
    folder = tmp_path_factory.mktemp("store")
    store = Store(folder / "artifacts")
    for version, network in networks.items():
        publish_tiny(store, folder / f"work{version}", network)
    set_label(store, "mlp", "stable", 2)
    set_label(store, "mlp", "canary", 3)
    publish_tiny(store, folder / "other", networks[1], model="arithmetic")
    return store


@pytest.fixture(scope="session")
def server(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The service, over that store."""
    log = tmp_path_factory.mktemp("server") / "log"
    server = Server(store.location, log, max_body_bytes=MAX_BODY_BYTES)
    server.wait_ready()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def client(server: Server) -> Iterator[httpx.Client]:
    """A client of that service."""
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield client


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[StartServer]:
    """Starts services of one test's own, and stops them after it."""
    started: list[Server] = []

    def start(artifacts: Path, *options: str, **settings: str | int | float) -> Server:
        log = tmp_path / f"log{len(started)}"
        started.append(Server(artifacts, log, *options, **settings))
        return started[-1]

    yield start
    for server in started:
        server.stop()
