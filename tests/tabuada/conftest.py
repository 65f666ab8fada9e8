"""A store in a temporary folder, and a folder of files to publish."""

import shutil
from pathlib import Path

import pytest

from tabuada.artifacts.publishing import publish
from tabuada.artifacts.store import Store
from tests.tabuada.samples import describe, write_files


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_files(tmp_path / "source")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "artifacts")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with versions 1 and 2 of `mlp`, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    source = write_files(folder / "source")
    for _ in range(2):
        publish(Store(folder / "artifacts"), source, describe())
    return folder / "artifacts"


@pytest.fixture
def published(store: Store, template: Path) -> Store:
    """A store with versions 1 and 2 of `mlp`."""
    shutil.copytree(template, store.location)
    return store
