"""One service over the versions that ship, with everything that it can describe."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.description.cases import ADMIN_KEY
from tests.service.serving import Server
from tests.shipped import copy_first_versions

Description = dict[str, Any]


@pytest.fixture(scope="package")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The service, which administrators may use too."""
    folder = tmp_path_factory.mktemp("described")
    copy_first_versions(folder / "artifacts")
    server = Server(
        folder / "artifacts",
        folder / "log",
        default_model="arithmetic",
        admin_keys=ADMIN_KEY,
    )
    server.wait_ready()
    yield server
    server.stop()


@pytest.fixture(scope="package")
def description(described: Server) -> Description:
    """What it says of itself."""
    answer = httpx.get(f"{described.url}/openapi.json")
    assert answer.status_code == 200
    found: Description = answer.json()
    return found
