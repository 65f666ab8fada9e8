"""Stores on S3, on Google Cloud Storage, and in memory."""

import uuid
from pathlib import Path

import pytest

from tabuada.artifacts.publishing import publish
from tabuada.artifacts.store import Store
from tests.s3 import BUCKET, S3Server
from tests.tabuada.samples import describe


@pytest.fixture
def url(s3: S3Server) -> str:  # noqa: ARG001 -- it has to run
    """A folder of its own in a bucket."""
    return f"s3://{BUCKET}/{uuid.uuid4().hex}/store"


@pytest.fixture(params=["s3", "gs", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path, url: str) -> Store:
    """An empty store."""
    if request.param == "memory":
        url = f"memory://{uuid.uuid4().hex}/store"
    elif request.param == "gs":
        url = url.replace("s3://", "gs://")
    return Store(url, tmp_path / "cache")


@pytest.fixture
def bucket(url: str, tmp_path: Path) -> Store:
    """An empty store in a bucket."""
    return Store(url, tmp_path / "cache")


@pytest.fixture
def published(bucket: Store, source: Path) -> Store:
    """A store in a bucket with versions 1 and 2 of `mlp`."""
    for _ in range(2):
        publish(bucket, source, describe())
    return bucket
