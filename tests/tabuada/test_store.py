"""The store as readers see it: what it finds, and every way an artifact may lie."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tabuada.artifacts.publishing import publish, set_label
from tabuada.artifacts.store import Store
from tabuada.errors import (
    CorruptArtifact,
    InvalidName,
    NotFound,
)
from tests.tabuada.samples import FILES, describe


def version_folder(store: Store, version: int = 2) -> Path:
    return Path(store.location) / "mlp" / str(version)


def test_store_that_does_not_exist_holds_no_model(store: Store) -> None:
    assert store.models() == []
    assert store.versions("mlp") == []
    assert store.labels("mlp") == {}
    with pytest.raises(NotFound, match="none published yet") as caught:
        store.resolve("mlp")
    assert caught.value.kind == "model"


def test_store_gives_back_what_was_published(published: Store) -> None:
    artifact = published.open("mlp", 2)
    assert {path: artifact.read(path) for path in artifact.manifest.files} == FILES
    assert artifact.manifest.hyperparameters == describe().hyperparameters
    assert artifact.manifest.metrics == describe().metrics


def test_store_lists_versions_as_numbers(published: Store, source: Path) -> None:
    for _ in range(9):
        publish(published, source, describe())
    publish(published, source, describe("arithmetic"))
    assert published.versions("mlp") == list(range(1, 12))
    assert published.models() == ["arithmetic", "mlp"]


@pytest.mark.parametrize(
    "name", ["0", "01", "-1", "1.0", "+3", "1e3", "3 ", "٣", "9" * 10, "3.tmp", "labels", ".3"]
)
def test_store_lists_no_folder_that_is_no_version(published: Store, name: str) -> None:
    shutil.copytree(version_folder(published), Path(published.location) / "mlp" / name)
    assert published.versions("mlp") == [1, 2]


def test_store_lists_no_folder_without_a_manifest(published: Store) -> None:
    (Path(published.location) / "mlp" / "3").mkdir()
    (Path(published.location) / "empty").mkdir()
    (Path(published.location) / "file").write_text("")
    assert published.versions("mlp") == [1, 2]
    assert published.models() == ["mlp"]


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../mlp", "mlp/1", "/mlp", "MLP", "mlp\n", "1mlp", ".staging", "a" * 64, "é"],
)
def test_store_refuses_a_name_that_is_none(published: Store, name: str) -> None:
    calls: list[Callable[[], object]] = [
        lambda: published.versions(name),
        lambda: published.labels(name),
        lambda: published.resolve(name),
        lambda: published.manifest(name, 1),
        lambda: published.open(name, 1),
        lambda: set_label(published, "mlp", name, 1),
    ]
    for call in calls:
        with pytest.raises(InvalidName, match=r"lower-case letters.*Received"):
            call()


def test_store_resolves_version_then_label_then_stable_then_latest(published: Store) -> None:
    assert published.resolve("mlp") == 2
    set_label(published, "mlp", "canary", 2)
    assert published.resolve("mlp") == 2
    set_label(published, "mlp", "stable", 1)
    assert published.resolve("mlp") == 1
    assert published.resolve("mlp", label="canary") == 2
    assert published.resolve("mlp", version=2) == 2


@pytest.mark.parametrize(
    ("arguments", "kind", "known"),
    [
        ({"model": "other"}, "model", "mlp"),
        ({"model": "mlp", "version": 3}, "version", "1, 2"),
        ({"model": "mlp", "version": 0}, "version", "1, 2"),
        ({"model": "mlp", "version": -1}, "version", "1, 2"),
        ({"model": "mlp", "label": "canary"}, "label", "stable"),
    ],
    ids=["model", "version", "version 0", "version -1", "label"],
)
def test_store_names_what_it_holds_when_asked_for_more(
    published: Store, arguments: dict[str, Any], kind: str, known: str
) -> None:
    set_label(published, "mlp", "stable", 1)
    with pytest.raises(NotFound, match=f"out of: {known}") as caught:
        published.resolve(**arguments)
    assert caught.value.kind == kind


def test_store_refuses_a_label_whose_version_is_gone(published: Store) -> None:
    set_label(published, "mlp", "stable", 1)
    shutil.rmtree(version_folder(published, 1))
    with pytest.raises(NotFound, match="expected a version"):
        published.resolve("mlp")
    assert published.resolve("mlp", version=2) == 2


@pytest.mark.parametrize(
    "content", [b"", b"0", b"x", b"1\n2\n", b"-1", b"1.0", b" 1", b"1" * 10, b"1" * 10**6], ids=repr
)
def test_store_refuses_a_label_without_a_version(published: Store, content: bytes) -> None:
    set_label(published, "mlp", "stable", 1)
    (Path(published.location) / "mlp" / "labels" / "stable").write_bytes(content)
    with pytest.raises(CorruptArtifact) as caught:
        published.resolve("mlp")
    assert len(str(caught.value)) < 500
    assert published.resolve("mlp", version=1) == 1
