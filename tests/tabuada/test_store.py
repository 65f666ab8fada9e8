"""The store as readers see it: what it finds, and every way an artifact may lie."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tabuada.errors import (
    CorruptArtifact,
    InvalidName,
    NotFound,
    StoreError,
    UnsupportedFormat,
)
from tabuada.manifest import MANIFEST_NAME, MAX_MANIFEST_BYTES
from tabuada.publishing import publish, set_label
from tabuada.store import Store
from tests.tabuada.samples import FILES, describe


def version_folder(store: Store, version: int = 2) -> Path:
    return store.model_folder("mlp") / str(version)


def edit_manifest(store: Store, edit: Callable[[dict[str, Any]], object]) -> None:
    path = version_folder(store) / MANIFEST_NAME
    facts = json.loads(path.read_bytes())
    edit(facts)
    path.write_text(json.dumps(facts))


def replace_by_link(path: Path, target: Path) -> None:
    """Put a link where a file or folder was, leading to the very same content."""
    shutil.move(path, target)
    path.symlink_to(target)


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
    shutil.copytree(version_folder(published), published.model_folder("mlp") / name)
    assert published.versions("mlp") == [1, 2]


def test_store_lists_no_folder_without_a_manifest(published: Store) -> None:
    (published.model_folder("mlp") / "3").mkdir()
    (published.root / "empty").mkdir()
    (published.root / "file").write_text("")
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
    (published.model_folder("mlp") / "labels" / "stable").write_bytes(content)
    with pytest.raises(CorruptArtifact) as caught:
        published.resolve("mlp")
    assert len(str(caught.value)) < 500
    assert published.resolve("mlp", version=1) == 1


@pytest.mark.parametrize("path", FILES)
def test_artifact_with_a_file_missing_is_refused(published: Store, path: str) -> None:
    (version_folder(published) / path).unlink()
    with pytest.raises(CorruptArtifact, match=f"readable file.*{path}.*No such file"):
        published.open("mlp", 2)


@pytest.mark.parametrize("path", [path for path, content in FILES.items() if content])
@pytest.mark.parametrize("cut", [1, None], ids=["one byte short", "empty"])
def test_artifact_with_a_file_truncated_is_refused(
    published: Store, path: str, cut: int | None
) -> None:
    file = version_folder(published) / path
    os.truncate(file, file.stat().st_size - cut if cut else 0)
    with pytest.raises(CorruptArtifact, match="the file was cut short"):
        published.open("mlp", 2)


@pytest.mark.parametrize("path", FILES)
def test_artifact_with_a_file_grown_is_refused(published: Store, path: str) -> None:
    with (version_folder(published) / path).open("ab") as file:
        file.write(b"\0")
    with pytest.raises(CorruptArtifact, match="expected at most"):
        published.open("mlp", 2)


@pytest.mark.parametrize("path", [path for path, content in FILES.items() if content])
@pytest.mark.parametrize("position", [0, -1], ids=["first byte", "last byte"])
def test_artifact_with_a_byte_changed_is_refused(
    published: Store, path: str, position: int
) -> None:
    file = version_folder(published) / path
    content = bytearray(file.read_bytes())
    content[position] ^= 1
    file.write_bytes(content)
    with pytest.raises(CorruptArtifact, match="the file was changed after publishing"):
        published.open("mlp", 2)


def test_artifact_is_verified_again_at_every_read(published: Store) -> None:
    artifact = published.open("mlp", 2)
    (version_folder(published) / "model.onnx").write_bytes(b"another network")
    with pytest.raises(CorruptArtifact):
        artifact.read("model.onnx")


def test_artifact_does_not_read_what_its_manifest_does_not_list(published: Store) -> None:
    (version_folder(published) / "late.txt").write_text("added later")
    artifact = published.open("mlp", 2)
    for path in ("late.txt", "../1/model.onnx", "manifest.json"):
        with pytest.raises(CorruptArtifact, match="among the files"):
            artifact.read(path)


@pytest.mark.parametrize("path", ["model.onnx", MANIFEST_NAME])
def test_artifact_damaged_leaves_the_others_served(published: Store, path: str) -> None:
    (version_folder(published) / path).write_text("damaged")
    with pytest.raises(CorruptArtifact):
        published.open("mlp", 2)
    published.open("mlp", 1)


@pytest.mark.parametrize("path", ["model.onnx", "model.savedmodel", MANIFEST_NAME])
def test_artifact_with_a_link_inside_is_refused(
    published: Store, tmp_path: Path, path: str
) -> None:
    replace_by_link(version_folder(published) / path, tmp_path / "elsewhere")
    with pytest.raises(CorruptArtifact, match=r"no symbolic link.*Received"):
        published.open("mlp", 2)


@pytest.mark.parametrize("part", ["mlp/2", "mlp"])
def test_artifact_behind_a_link_is_refused(published: Store, tmp_path: Path, part: str) -> None:
    replace_by_link(published.root / part, tmp_path / "elsewhere")
    with pytest.raises(CorruptArtifact, match="no symbolic link"):
        published.open("mlp", 2)


@pytest.mark.parametrize("part", ["labels/stable", "labels"])
def test_label_behind_a_link_is_refused(published: Store, tmp_path: Path, part: str) -> None:
    set_label(published, "mlp", "stable", 1)
    replace_by_link(published.model_folder("mlp") / part, tmp_path / "elsewhere")
    with pytest.raises(CorruptArtifact, match="no symbolic link"):
        published.resolve("mlp")


def test_store_reached_through_a_link_is_served(published: Store, tmp_path: Path) -> None:
    replace_by_link(published.root, tmp_path / "elsewhere")
    assert published.open("mlp", 2).read("model.keras") == FILES["model.keras"]


@pytest.mark.parametrize("path", ["model.onnx", MANIFEST_NAME])
def test_artifact_with_a_pipe_or_folder_for_a_file_is_refused(published: Store, path: str) -> None:
    file = version_folder(published) / path
    file.unlink()
    os.mkfifo(file)  # must neither be read nor waited for
    with pytest.raises(StoreError):
        published.open("mlp", 2)
    file.unlink()
    file.mkdir()
    with pytest.raises(StoreError):
        published.open("mlp", 2)


@pytest.mark.parametrize(
    "path", ["../1/model.onnx", "/etc/hostname", "model.savedmodel/../../1/model.onnx", "..\\x"]
)
def test_artifact_whose_manifest_leads_outside_is_refused(published: Store, path: str) -> None:
    edit_manifest(
        published, lambda facts: facts["files"].update({path: facts["files"]["model.onnx"]})
    )
    with pytest.raises(CorruptArtifact, match="a path inside the version's folder"):
        published.open("mlp", 2)


@pytest.mark.parametrize("path", ["a" * 300, "a/" * 3000 + "a", "model.onnx/a"], ids=len)
def test_artifact_whose_manifest_names_an_impossible_file_is_refused(
    published: Store, path: str
) -> None:
    edit_manifest(
        published, lambda facts: facts["files"].update({path: facts["files"]["model.onnx"]})
    )
    with pytest.raises(CorruptArtifact, match="expected a readable file"):
        published.open("mlp", 2)


@pytest.mark.parametrize("changes", [{"version": 1}, {"version": 3}, {"model": "other"}], ids=str)
def test_artifact_with_the_manifest_of_another_version_is_refused(
    published: Store, changes: dict[str, Any]
) -> None:
    edit_manifest(published, lambda facts: facts.update(changes))
    with pytest.raises(CorruptArtifact, match=r"manifest of mlp version 2.*Received: that of"):
        published.open("mlp", 2)


def test_artifact_of_an_unknown_format_is_unsupported(published: Store) -> None:
    edit_manifest(published, lambda facts: facts.update(format_version=2))
    with pytest.raises(UnsupportedFormat, match="Received: 2"):
        published.open("mlp", 2)
    assert published.versions("mlp") == [1, 2], "its number must never be given out again"


@pytest.mark.parametrize(
    "content",
    [b"", b"not JSON", b"\xff" * 10, b"[" * 10**6, b" " * (MAX_MANIFEST_BYTES + 1)],
    ids=["empty", "text", "bytes", "deep", "huge"],
)
def test_artifact_whose_manifest_is_none_is_refused(published: Store, content: bytes) -> None:
    (version_folder(published) / MANIFEST_NAME).write_bytes(content)
    with pytest.raises(CorruptArtifact) as caught:
        published.open("mlp", 2)
    assert len(str(caught.value)) < 500
