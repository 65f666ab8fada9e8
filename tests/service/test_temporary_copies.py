"""What loading copies into the temporary folder: a folder that fails costs no answer."""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tabuada.artifacts.signatures import sign_version
from tabuada.artifacts.store import Store
from tests.frozen import frozen
from tests.keys import make_key
from tests.mounts import full, read_only
from tests.service.conftest import StartServer
from tests.service.saved_models import export_saved_model
from tests.service.serving import Server
from tests.service.test_catalogue import ask_version, wait_until
from tests.service.test_predict import Networks
from tests.service.test_temporary_folder import check_unharmed, folder
from tests.service.test_workers import find_workers
from tests.service.tiny import publish_tiny

__all__ = ["folder"]  # a fixture


@contextlib.contextmanager
def gone(folder: Path) -> Iterator[None]:
    folder.rmdir()
    yield
    folder.mkdir()


Fault = Callable[[Path], contextlib.AbstractContextManager[None]]


FAULTS: dict[str, tuple[Fault, str]] = {
    "full": (full, "No space left on device"),
    "read-only": (read_only, "Read-only file system"),
    "gone": (gone, "No such file or directory"),
    "frozen": (frozen, "not done within 1 s"),
}


def check_taken_after(
    fault: str, folder: Path, server: Server, publish_second: Callable[[], object]
) -> None:
    """Have version 2 appear while the folder fails: version 1 answers, then version 2 does."""
    server.wait_ready(timeout_s=240)
    workers = find_workers(server)
    fail, said = FAULTS[fault]
    with fail(folder):
        publish_second()
        wait_until(said, server)
        check_unharmed(server, workers)
        assert ask_version(server) == 1
    server.wait_for_version(2)
    end = time.monotonic() + 60
    while list(folder.glob("tabuada-*")):  # of workers that are still loading
        assert time.monotonic() < end
        time.sleep(0.05)
    assert "Traceback" not in server.log()
    assert server.stop() == 0


@pytest.fixture
def works(tmp_path: Path) -> list[Path]:
    """Where two versions are put together."""
    return [tmp_path / "work1", tmp_path / "work2"]


@pytest.fixture
def publish(tmp_path: Path, networks: Networks, works: list[Path]) -> Callable[[int], Store]:
    """Publishes a version of `mlp` in a store of the test's own."""
    store = Store(tmp_path / "artifacts")

    def publish(version: int) -> Store:
        publish_tiny(store, works[version - 1], networks[version])
        return store

    return publish


@pytest.mark.parametrize(
    ("fault", "workers"),
    [("full", 1), *(pytest.param(fault, 3, marks=pytest.mark.slow) for fault in FAULTS)],
)
def test_signed_version_is_taken_once_its_signature_can_be_copied(
    start_server: StartServer,
    publish: Callable[[int], Store],
    folder: Path,
    fault: str,
    workers: int,
) -> None:
    key = make_key(folder.parent, "ours")
    store = publish(1)
    sign_version(store, "mlp", 1, key.private)
    server = start_server(store.location, verify_key=key.public, workers=workers, load_timeout_s=1)
    publish(2)
    check_taken_after(fault, folder, server, lambda: sign_version(store, "mlp", 2, key.private))


@pytest.mark.slow
def test_network_for_tensorflow_is_taken_once_it_can_be_copied(
    start_server: StartServer,
    publish: Callable[[int], Store],
    folder: Path,
    works: list[Path],
    networks: Networks,
) -> None:
    for version, work in enumerate(works, 1):
        export_saved_model(networks[version], work)
    server = start_server(publish(1).location, runtime="tensorflow")
    check_taken_after("full", folder, server, lambda: publish(2))
