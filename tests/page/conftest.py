"""The service over the versions that ship, for the tests of its page."""

from collections.abc import Iterator

import pytest

from tests.service.serving import ROOT, Server


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running service."""
    log = tmp_path_factory.mktemp("site") / "log"
    server = Server(ROOT / "artifacts", log, default_model="arithmetic")
    server.wait_ready()
    yield server
    server.stop()
