"""A store on object storage does what a store in a folder does."""

import sys
from pathlib import Path

import pytest

from tabuada.artifacts.publishing import check_writable, prune, publish, remove_label, set_label
from tabuada.artifacts.store import Store
from tabuada.errors import (
    BadLocation,
    CorruptArtifact,
    NotFound,
    StoreNotWritable,
    StoreUnreachable,
)
from tests.s3 import S3Server
from tests.tabuada.samples import FILES, describe

LOADED_WITH_IT = ("bucket", "remote_files", "object_stores")


def read_whole(store: Store, model: str = "mlp") -> list[int]:
    """Return the versions of a model after verifying every file of each."""
    versions = store.versions(model)
    for version in versions:
        artifact = store.open(model, version)
        assert {path: artifact.read(path) for path in artifact.manifest.files} == FILES
    return versions


def test_remote_store_gives_back_what_was_published(store: Store, source: Path) -> None:
    assert (store.models(), store.versions("mlp"), store.labels("mlp")) == ([], [], {})
    check_writable(store)
    numbers = [publish(store, source, describe(name)).version for name in ("b", "mlp", "mlp")]
    assert numbers == [1, 1, 2]
    assert store.models() == ["b", "mlp"]
    assert read_whole(store) == [1, 2]
    assert store.manifest("mlp", 2).hyperparameters == describe().hyperparameters
    with pytest.raises(NotFound, match="out of: 1, 2"):
        store.open("mlp", 3)


def test_remote_labels_move_and_go(store: Store, source: Path) -> None:
    for _ in range(2):
        publish(store, source, describe())
    set_label(store, "mlp", "stable", 1)
    assert store.resolve("mlp") == 1
    set_label(store, "mlp", "stable", 2)
    set_label(store, "mlp", "canary", 1)
    assert store.labels("mlp") == {"canary": 1, "stable": 2}
    remove_label(store, "mlp", "stable")
    assert store.labels("mlp") == {"canary": 1}
    with pytest.raises(NotFound, match="expected a label"):
        remove_label(store, "mlp", "stable")


def test_remote_prune_keeps_the_latest_and_the_labelled(store: Store, source: Path) -> None:
    for _ in range(4):
        publish(store, source, describe())
    set_label(store, "mlp", "stable", 2)
    assert prune(store, "mlp", keep=1) == [1, 3]
    assert read_whole(store) == [2, 4]
    left = [name for name in store.storage.list_names("mlp") if name.isdigit()]
    assert sorted(left) == ["2", "4"]
    assert publish(store, source, describe()).version == 5


def test_remote_version_is_downloaded_once(published: Store, s3: S3Server, tmp_path: Path) -> None:
    first = published.open("mlp", 1)
    with s3.disturbed() as network:
        network.refuse_reads_of = "/model.onnx"
        assert published.open("mlp", 1).folder == first.folder
        with pytest.raises(StoreUnreachable):
            Store(published.location, tmp_path / "another cache").open("mlp", 1)


def test_remote_version_damaged_in_the_cache_is_downloaded_again(published: Store) -> None:
    folder = published.open("mlp", 1).folder
    (folder / "model.onnx").write_bytes(b"damaged")
    (folder / "scaler.json").unlink()
    assert published.open("mlp", 1).read("model.onnx") == FILES["model.onnx"]


@pytest.mark.parametrize("content", [b"damaged", b"\0" * len(FILES["model.onnx"]), None])
def test_remote_version_damaged_in_the_bucket_is_refused_with_its_address(
    published: Store, content: bytes | None
) -> None:
    if content is None:
        published.storage.remove("mlp/1/model.onnx")
    else:
        published.storage.replace("mlp/1/model.onnx", content)
    with pytest.raises(CorruptArtifact, match=rf"{published.location}/mlp/1.*model\.onnx"):
        published.open("mlp", 1)
    assert published.open("mlp", 2).read("model.onnx") == FILES["model.onnx"]


@pytest.mark.parametrize(
    "url", ["s3://", "nothing://bucket/folder", "memory://"], ids=["no bucket", "protocol", "none"]
)
def test_store_at_a_place_that_is_none_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(BadLocation, match="expected the URL of a store"):
        Store(url, tmp_path)


def test_store_without_the_libraries_names_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for module in ("obstore", *(f"tabuada.artifacts.storage.{name}" for name in LOADED_WITH_IT)):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(BadLocation, match=r"pip install '.+\[storage\]'$"):
        Store("s3://bucket/folder", tmp_path)


def test_store_that_does_not_answer_is_unreachable_and_no_empty_one(
    published: Store, s3: S3Server, tmp_path: Path
) -> None:
    store = Store(published.location, tmp_path / "other")
    with s3.disturbed() as network:
        network.down = True
        for look in (store.models, lambda: store.versions("mlp"), lambda: store.open("mlp", 1)):
            with pytest.raises(StoreUnreachable, match=f"store at {store.location} to answer"):
                look()
        with pytest.raises(StoreNotWritable, match="Nothing was published"):
            check_writable(store)
    assert read_whole(store) == [1, 2]


def test_store_that_overwrites_is_not_written_to(bucket: Store, s3: S3Server, source: Path) -> None:
    with s3.disturbed() as network:
        network.ignore_conditions = True
        with pytest.raises(StoreNotWritable, match="Received: one that overwrites"):
            publish(bucket, source, describe())
    assert bucket.storage.list_names("") == []
