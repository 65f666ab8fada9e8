"""The service over the versions that ship and the page's modules, for the tests of its page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import LATE_MS, start_browser
from tests.page.logic import LogicFile
from tests.page.node import Modules, open_modules
from tests.page.several import serve_several
from tests.service.serving import Server
from tests.shipped import copy_first_versions

expect.set_options(timeout=LATE_MS)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.File | None:
    """Collect what runs by `node --test` as well."""
    if file_path.name.endswith(".test.js"):
        return LogicFile.from_parent(parent, path=file_path)
    return None


@pytest.fixture(scope="session")
def several(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service with three versions of `mlp`."""
    with serve_several(tmp_path_factory.mktemp("several")) as server:
        yield server


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for all of these tests. It goes with the last of them: it holds an event loop."""
    with start_browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def modules() -> Iterator[Modules]:
    """The page's modules, without a browser."""
    with open_modules() as modules:
        yield modules


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running service over the first versions that shipped."""
    folder = tmp_path_factory.mktemp("site")
    copy_first_versions(folder / "artifacts")
    server = Server(folder / "artifacts", folder / "log", default_model="arithmetic")
    server.wait_ready()
    yield server
    server.stop()
