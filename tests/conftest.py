"""Settings and parts for all tests."""

import gc
import os
import ssl
from collections.abc import Iterator
from types import FunctionType
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.schedule import find_group, find_rank

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.s3 import S3Server

gc.disable()  # until all tests are collected, see `pytest_collection_finish`

# As `python -m trainer` sets them, before anything imports TensorFlow: the same sums in the
# same order, and no start-up notes among the results.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

# Hundreds of processes start here. Each would look through all that is installed for plug-ins of
# Pydantic's, of which there are none.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

# No setting of whoever runs the tests takes part in them, and no proxy.
for _name in [name for name in os.environ if name.startswith("TABUADA_")]:
    if _name != "TABUADA_TEST_SEED":
        del os.environ[_name]
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "localhost,127.0.0.1"

# httpx gives up after 5 s where it is told nothing, and a busy machine may need them. Its functions
# read all certificates anew for each request, which takes longer than most requests here.
_certificates = ssl.create_default_context()
for _ask in (httpx.Client.__init__, httpx.AsyncClient.__init__, *vars(httpx).values()):
    _defaults = _ask.__kwdefaults__ if isinstance(_ask, FunctionType) else None
    if _defaults and "verify" in _defaults:
        _defaults["timeout"] = 60.0
        if _ask.__name__ != "__init__":
            _defaults["verify"] = _certificates


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put those first that take longest."""
    items.sort(key=lambda item: find_rank(find_group(item.nodeid)))


def pytest_collection_finish() -> None:
    """Spare the garbage collector what is there for good: modules and thousands of tests.

    Looking through all of it again and again took a third of the time of a search: Keras has it
    done before each network.
    """
    gc.freeze()
    gc.enable()


class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Gives each process whole groups, in the order of collection."""

    def _split_scope(self, nodeid: str) -> str:
        return find_group(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> GroupScheduling:
    """Return what hands tests to processes; see xdist's documentation of this hook."""
    return GroupScheduling(config, log)


@pytest.fixture(scope="session")
def one_thread() -> None:
    """TensorFlow as the trainer sets it up, which it allows before its first computation only."""
    from trainer.fitting import configure_tensorflow  # noqa: PLC0415 -- imports TensorFlow

    configure_tensorflow()


@pytest.fixture(scope="session")
def s3() -> "Iterator[S3Server]":
    """A real S3 server, which this process and its children find in their environment."""
    from tests.s3 import serve_s3  # noqa: PLC0415 -- takes seconds to import

    with serve_s3() as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """A real browser, for one module: it holds an event loop, where others need their own."""
    from tests.browser import start_browser  # noqa: PLC0415 -- takes a while to import

    with start_browser() as browser:
        yield browser
