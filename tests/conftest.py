"""Settings and parts for all tests."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.s3 import S3Server

# As `python -m trainer` sets them, before anything imports TensorFlow: the same sums in the
# same order, and no start-up notes among the results.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")


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
