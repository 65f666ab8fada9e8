"""The service of the service's own tests, and both clients of it."""

from collections.abc import Iterator

import pytest

from tests.service.conftest import networks as networks  # noqa: PLC0414 -- a fixture
from tests.service.conftest import server as server  # noqa: PLC0414 -- a fixture
from tests.service.conftest import start_server as start_server  # noqa: PLC0414 -- a fixture
from tests.service.conftest import store as store  # noqa: PLC0414 -- a fixture
from tests.service.serving import Server
from tests.tabuada.client.asking import Ask
from tests.tabuada.client.door import Door


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of whoever runs the tests takes part in them."""
    for name in ("TABUADA_URL", "TABUADA_API_KEY", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")


@pytest.fixture(params=["synchronous", "asynchronous"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Calls a method of a client, in one way and in the other."""
    return Ask(asynchronous=request.param == "asynchronous")


@pytest.fixture
def door(server: Server) -> Iterator[Door]:
    """A door in front of the service."""
    with Door(server.port) as door:
        yield door
