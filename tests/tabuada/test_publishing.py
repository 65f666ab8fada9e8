"""Publishing, labelling and pruning, alone and many at once."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tabuada.artifacts.publishing import prune, publish, remove_label, set_label
from tabuada.artifacts.store import Store
from tabuada.errors import CorruptArtifact, InvalidName, NotFound, StoreNotWritable
from tabuada.manifests.files import MANIFEST_NAME
from tests.tabuada.samples import FILES, describe, list_staging


def test_publish_numbers_versions_from_one_for_each_model(store: Store, source: Path) -> None:
    numbers = [publish(store, source, describe(name)).version for name in ("b", "b", "a", "b")]
    assert numbers == [1, 2, 1, 3]


def test_publish_records_size_and_digest_of_every_file(store: Store, source: Path) -> None:
    manifest = publish(store, source, describe())
    found = {path: (record.size_bytes, record.sha256) for path, record in manifest.files.items()}
    assert found == {
        path: (len(content), hashlib.sha256(content).hexdigest()) for path, content in FILES.items()
    }
    assert manifest == store.manifest("mlp", 1)


def test_publish_leaves_the_source_and_clears_the_staging(store: Store, source: Path) -> None:
    publish(store, source, describe())
    assert {
        path.relative_to(source).as_posix(): path.read_bytes()
        for path in source.rglob("*")
        if path.is_file()
    } == FILES
    assert list_staging(store) == []


def test_publish_never_touches_what_is_published(published: Store, source: Path) -> None:
    folder = Path(published.location) / "mlp" / "2"
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    (source / "model.onnx").write_bytes(b"another")
    publish(published, source, describe())
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_publish_passes_over_a_number_that_something_else_has(
    published: Store, source: Path
) -> None:
    (Path(published.location) / "mlp" / "3").mkdir()
    (Path(published.location) / "mlp" / "3" / "notes.txt").write_text("not a version")
    assert publish(published, source, describe()).version == 4


def make_link(folder: Path) -> None:
    (folder / "link").symlink_to("/etc/hostname")


def make_folder_link(folder: Path) -> None:
    (folder / "link").symlink_to("model.savedmodel")


@pytest.mark.parametrize(
    "add",
    [
        make_link,
        make_folder_link,
        lambda folder: os.mkfifo(folder / "pipe"),
        lambda folder: (folder / MANIFEST_NAME).write_text("{}"),
        lambda folder: (folder / "C:model.onnx").write_text(""),
        lambda folder: (folder / "back\\slash").write_text(""),
    ],
    ids=["link", "link to a folder", "pipe", "manifest", "colon", "backslash"],
)
def test_publish_refuses_what_no_reader_would_accept(
    published: Store, source: Path, add: Callable[[Path], None]
) -> None:
    add(source)
    with pytest.raises(CorruptArtifact):
        publish(published, source, describe())
    assert published.versions("mlp") == [1, 2]
    assert list_staging(published) == []


@pytest.mark.parametrize(
    "changes",
    [{"hyperparameters": {"rate": float("nan")}}, {"config": {"notes": "x" * 5 * 2**20}}],
    ids=["not finite", "too large"],
)
def test_publish_refuses_a_description_no_reader_would_accept(
    published: Store, source: Path, changes: dict[str, object]
) -> None:
    with pytest.raises(CorruptArtifact):
        publish(published, source, describe().model_copy(update=changes))
    assert published.versions("mlp") == [1, 2]


def test_publishers_at_once_get_consecutive_versions_all_valid(published: Store) -> None:
    script = [sys.executable, "-m", "tests.tabuada.rivals", str(published.location), "8"]
    finished = subprocess.run(script, check=True, capture_output=True, timeout=60)
    numbers = json.loads(finished.stdout)
    assert sorted(numbers) == list(range(3, 11))
    for number in numbers:
        artifact = published.open("mlp", number)
        assert artifact.read("publisher").decode() == str(artifact.manifest.seed)
    assert list_staging(published) == []


def test_label_moves_and_goes(published: Store) -> None:
    set_label(published, "mlp", "stable", 1)
    set_label(published, "mlp", "canary", 2)
    assert published.labels("mlp") == {"canary": 2, "stable": 1}
    set_label(published, "mlp", "stable", 2)
    assert published.resolve("mlp", label="stable") == 2
    remove_label(published, "mlp", "stable")
    assert published.labels("mlp") == {"canary": 2}
    assert list_staging(published) == []


def test_label_replaces_a_damaged_one(published: Store) -> None:
    set_label(published, "mlp", "stable", 1)
    (Path(published.location) / "mlp" / "labels" / "stable").write_text("damaged")
    set_label(published, "mlp", "stable", 2)
    assert published.resolve("mlp") == 2


@pytest.mark.parametrize("content", ["3\n", "damaged", ""], ids=["gone", "damaged", "empty"])
def test_label_that_leads_nowhere_can_be_removed(published: Store, content: str) -> None:
    set_label(published, "mlp", "canary", 1)
    set_label(published, "mlp", "stable", 2)
    (Path(published.location) / "mlp" / "labels" / "stable").write_text(content)
    remove_label(published, "mlp", "stable")
    assert published.labels("mlp") == {"canary": 1}
    assert published.resolve("mlp") == 2


def test_label_of_a_model_without_versions_can_be_removed(published: Store) -> None:
    set_label(published, "mlp", "stable", 2)
    for version in (1, 2):
        shutil.rmtree(Path(published.location) / "mlp" / str(version))
    remove_label(published, "mlp", "stable")
    assert published.labels("mlp") == {}
    with pytest.raises(NotFound, match="expected a model"):
        remove_label(published, "mlp", "stable")


@pytest.mark.parametrize("label", ["../1/manifest.json", "Stable", ""])
def test_label_of_a_malformed_name_removes_nothing(published: Store, label: str) -> None:
    with pytest.raises(InvalidName):
        remove_label(published, "mlp", label)
    assert published.versions("mlp") == [1, 2]


def test_label_needs_a_version(published: Store) -> None:
    with pytest.raises(NotFound, match="expected a version"):
        set_label(published, "mlp", "stable", 3)
    with pytest.raises(NotFound, match="expected a model"):
        set_label(published, "other", "stable", 1)
    with pytest.raises(NotFound, match="expected a label"):
        remove_label(published, "mlp", "stable")


def test_label_read_while_it_moves_is_always_one_of_the_two(published: Store) -> None:
    set_label(published, "mlp", "stable", 1)
    script = (
        "import sys; from tabuada.artifacts.publishing import set_label; "
        "from tabuada.artifacts.store import Store"
    )
    move = "[set_label(Store(sys.argv[1]), 'mlp', 'stable', i % 2 + 1) for i in range(100)]"
    with subprocess.Popen([sys.executable, "-c", f"{script}\n{move}", published.location]) as mover:
        seen = set()
        while mover.poll() is None:
            seen.add(published.resolve("mlp"))
        assert mover.returncode == 0
    assert seen == {1, 2}


def test_prune_keeps_the_latest_and_the_labelled(published: Store, source: Path) -> None:
    for _ in range(4):
        publish(published, source, describe())
    set_label(published, "mlp", "stable", 2)
    assert prune(published, "mlp", keep=2) == [1, 3, 4]
    assert published.versions("mlp") == [2, 5, 6]
    for version in (2, 5, 6):
        published.open("mlp", version)
    assert list_staging(published) == []
    assert publish(published, source, describe()).version == 7


@pytest.mark.parametrize("keep", [2, 3, 100])
def test_prune_of_few_versions_removes_none(published: Store, keep: int) -> None:
    assert prune(published, "mlp", keep) == []
    assert published.versions("mlp") == [1, 2]


@pytest.mark.parametrize("keep", [0, -1])
def test_prune_refuses_to_keep_none(published: Store, keep: int) -> None:
    with pytest.raises(ValueError, match=f"at least 1 version. Received: keep={keep}"):
        prune(published, "mlp", keep)
    assert published.versions("mlp") == [1, 2]


def test_prune_of_an_unknown_model_is_refused(published: Store) -> None:
    with pytest.raises(NotFound):
        prune(published, "other", 1)


def test_publish_into_a_file_says_that_it_is_not_writable(tmp_path: Path, source: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreNotWritable, match=r"expected a writable store.*Nothing was published"):
        publish(Store(tmp_path / "file" / "artifacts"), source, describe())
