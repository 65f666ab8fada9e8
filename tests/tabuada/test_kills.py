"""Writers killed with SIGKILL between any two steps: what readers and the next writer find."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tabuada.artifacts.publishing import publish, set_label
from tabuada.artifacts.store import Store
from tests.tabuada.samples import describe, list_staging, write_files

FILES = {"model.onnx": b"network", "model.savedmodel/index": b""}


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: thousands of fsyncs would wear out a disk."""
    memory = Path("/dev/shm")
    parent = memory if os.access(memory, os.W_OK) else tmp_path
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        yield Path(folder)


@pytest.fixture
def template(scratch: Path) -> Path:
    """An empty store's folder, beside a folder of files to publish."""
    write_files(scratch / "template" / "source", FILES)
    folder = scratch / "template" / "artifacts"
    folder.mkdir()
    return folder


def publish_twice(template: Path) -> None:
    for _ in range(2):
        publish(Store(template), template.parent / "source", describe())


def kill_everywhere(action: str, template: Path, scratch: Path) -> Iterator[Store]:
    """Yield the stores that killed writers left behind, the last one by a writer that lived."""
    script = [sys.executable, "-m", "tests.tabuada.kills", action, str(template), str(scratch)]
    finished = subprocess.run(script, check=True, capture_output=True, timeout=120)
    died_before = json.loads(finished.stdout)
    assert died_before.pop() == "nothing"
    expected = {"publish": {"write", "fsync", "rename", "mkdir", "flock", "unlink"}}
    assert set(died_before) >= expected.get(action, {"unlink"})
    return (Store(scratch / str(step)) for step in range(1, len(died_before) + 2))


def read_whole(store: Store) -> list[int]:
    """Return the versions of a store after verifying every file of each."""
    versions = store.versions("mlp")
    for version in versions:
        artifact = store.open("mlp", version)
        assert {path: artifact.read(path) for path in artifact.manifest.files} == FILES
    return versions


@pytest.mark.parametrize("before", [[], [1, 2]], ids=["empty store", "store in use"])
def test_publish_killed_anywhere_shows_the_old_or_one_whole_new_version(
    template: Path, scratch: Path, before: list[int]
) -> None:
    if before:
        publish_twice(template)
    seen = []
    for store in kill_everywhere("publish", template, scratch):
        versions = read_whole(store)
        seen.append(versions)
        following = publish(store, template.parent / "source", describe()).version
        assert following == len(versions) + 1
        assert read_whole(store) == [*versions, following]
        assert list_staging(store) == []
    after = [*before, len(before) + 1]
    turn = seen.index(after)
    assert seen == [before] * turn + [after] * (len(seen) - turn)
    assert turn > 0


@pytest.mark.parametrize("before", [{}, {"stable": 1}], ids=["first", "moved"])
def test_set_label_killed_anywhere_shows_the_old_or_the_new(
    template: Path, scratch: Path, before: dict[str, int]
) -> None:
    publish_twice(template)
    for label, version in before.items():
        set_label(Store(template), "mlp", label, version)
    seen = []
    for store in kill_everywhere("set_label", template, scratch):
        seen.append(store.labels("mlp"))
        set_label(store, "mlp", "canary", 1)
        assert store.labels("mlp") == {"canary": 1, **seen[-1]}
        assert list_staging(store) == []
        assert read_whole(store) == [1, 2]
    turn = seen.index({"stable": 2})
    assert seen == [before] * turn + [{"stable": 2}] * (len(seen) - turn)
    assert turn > 0


def test_remove_label_killed_anywhere_shows_it_or_not(template: Path, scratch: Path) -> None:
    publish_twice(template)
    set_label(Store(template), "mlp", "stable", 1)
    seen = [store.labels("mlp") for store in kill_everywhere("remove_label", template, scratch)]
    turn = seen.index({})
    assert seen == [{"stable": 1}] * turn + [{}] * (len(seen) - turn)


def test_prune_killed_anywhere_leaves_whole_versions_only(template: Path, scratch: Path) -> None:
    for _ in range(2):
        publish_twice(template)
    set_label(Store(template), "mlp", "stable", 2)
    seen = []
    for store in kill_everywhere("prune", template, scratch):
        seen.append(read_whole(store))
        assert store.resolve("mlp") == 2
        assert publish(store, template.parent / "source", describe()).version == 5
        assert list_staging(store) == []
    assert [versions for i, versions in enumerate(seen) if versions not in seen[:i]] == [
        [1, 2, 3, 4],
        [2, 3, 4],
        [2, 4],
    ]
