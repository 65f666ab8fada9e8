"""The cache of versions on the disk."""

import hashlib
import os
import time
from pathlib import Path

import pytest

from tabuada.artifacts.storage.cache import VersionCache
from tabuada.errors import CorruptArtifact
from tabuada.manifests.manifest import FileRecord, Manifest
from tests.tabuada.samples import describe

SIZE = 1000


def describe_version(version: int) -> tuple[Manifest, bytes]:
    """Return the manifest of a version with one file, and its bytes."""
    content = bytes([version]) * SIZE
    record = FileRecord(size_bytes=SIZE, sha256=hashlib.sha256(content).hexdigest())
    manifest = Manifest(
        **dict(describe()),
        format_version=1,
        version=version,
        created_at="2026-01-01T00:00:00+00:00",
        files={"model.onnx": record},
    )
    return manifest, manifest.model_dump_json().encode()


def get(cache: VersionCache, version: int, content: bytes | None = None) -> Path:
    """Get a version from a cache; whoever downloads gets its content, or another one."""
    manifest, own = describe_version(version)

    def download(folder: Path) -> None:
        (folder / "model.onnx").write_bytes(content or bytes([version]) * SIZE)

    return cache.get(manifest, own, download)


def test_cache_lets_go_of_what_was_used_longest_ago(tmp_path: Path) -> None:
    room_for_two = 2 * (SIZE + len(describe_version(1)[1])) + 100
    cache = VersionCache(tmp_path / "cache", max_bytes=room_for_two)
    folders = {version: get(cache, version) for version in (1, 2)}
    os.utime(folders[1], (1, 1))
    os.utime(folders[2], (2, 2))
    get(cache, 1)  # used again
    folders[3] = get(cache, 3)
    assert [version for version, folder in folders.items() if folder.exists()] == [1, 3]
    assert (folders[1] / "model.onnx").read_bytes() == bytes([1]) * SIZE


def test_cache_keeps_what_is_larger_than_its_room(tmp_path: Path) -> None:
    folder = get(VersionCache(tmp_path / "cache", max_bytes=1), 1)
    assert (folder / "model.onnx").stat().st_size == SIZE


def test_cache_keeps_no_download_that_is_not_what_was_published(tmp_path: Path) -> None:
    cache = VersionCache(tmp_path / "cache")
    with pytest.raises(CorruptArtifact):
        get(cache, 1, b"x" * SIZE)
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [".staging"]
    assert list((tmp_path / "cache" / ".staging").iterdir()) == []
    assert (get(cache, 1) / "model.onnx").exists()


def test_cache_removes_what_a_download_that_was_killed_left(tmp_path: Path) -> None:
    staging = tmp_path / "cache" / ".staging"
    for name, age_s in (("old", 7 * 86_400), ("of a process that still runs", 60)):
        (staging / name).mkdir(parents=True)
        (staging / name / "model.onnx").write_bytes(b"half")
        os.utime(staging / name, (time.time() - age_s,) * 2)
    get(VersionCache(tmp_path / "cache"), 1)
    assert [path.name for path in staging.iterdir()] == ["of a process that still runs"]
