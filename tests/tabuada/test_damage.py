"""Every way an artifact may lie: damaged, replaced, linked elsewhere or leading outside."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tabuada.artifacts.publishing import set_label
from tabuada.artifacts.store import Store
from tabuada.errors import (
    CorruptArtifact,
    StoreError,
    UnsupportedFormat,
)
from tabuada.manifests.files import MANIFEST_NAME
from tabuada.manifests.manifest import MAX_MANIFEST_BYTES
from tests.tabuada.samples import FILES


def version_folder(store: Store, version: int = 2) -> Path:
    return Path(store.location) / "mlp" / str(version)


def edit_manifest(store: Store, edit: Callable[[dict[str, Any]], object]) -> None:
    path = version_folder(store) / MANIFEST_NAME
    facts = json.loads(path.read_bytes())
    edit(facts)
    path.write_text(json.dumps(facts))


def replace_by_link(path: Path, target: Path) -> None:
    """Put a link where a file or folder was, leading to the very same content."""
    shutil.move(path, target)
    path.symlink_to(target)


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
    replace_by_link(Path(published.location) / part, tmp_path / "elsewhere")
    with pytest.raises(CorruptArtifact, match="no symbolic link"):
        published.open("mlp", 2)


@pytest.mark.parametrize("part", ["labels/stable", "labels"])
def test_label_behind_a_link_is_refused(published: Store, tmp_path: Path, part: str) -> None:
    set_label(published, "mlp", "stable", 1)
    replace_by_link(Path(published.location) / "mlp" / part, tmp_path / "elsewhere")
    with pytest.raises(CorruptArtifact, match="no symbolic link"):
        published.resolve("mlp")


def test_store_reached_through_a_link_is_served(published: Store, tmp_path: Path) -> None:
    replace_by_link(Path(published.location), tmp_path / "elsewhere")
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
    edit_manifest(published, lambda facts: facts.update(format_version=3))
    with pytest.raises(UnsupportedFormat, match="Received: 3"):
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
