"""Files that are swapped while a version is verified: what was verified is what runs."""

import random
import shutil
import threading
import time
from pathlib import Path

import pytest

from tabuada.artifacts.signatures import TrustedKeys
from tabuada.artifacts.store import Store
from tabuada.errors import CorruptArtifact, NotTrusted, StoreError
from tests.tabuada.samples import FILES
from tests.tabuada.signatures.forging import folder_of, forge


@pytest.fixture
def twins(signed: Store, tmp_path: Path) -> tuple[Path, Path]:
    """The folder of version 2 as it was signed, and a forged one to put in its place."""
    good, evil = tmp_path / "good", tmp_path / "evil"
    for copy in (good, evil):
        shutil.copytree(folder_of(signed), copy)
    forge(evil)
    return good, evil


def swap(store: Store, source: Path) -> None:
    shutil.rmtree(folder_of(store))
    shutil.copytree(source, folder_of(store))


def test_version_swapped_for_the_signed_one_before_the_check_is_refused(
    signed: Store, trusted: TrustedKeys, twins: tuple[Path, Path]
) -> None:
    good, evil = twins
    swap(signed, evil)
    artifact = signed.open("mlp", 2)
    swap(signed, good)
    with pytest.raises(NotTrusted, match="changed while they were verified"):
        trusted.check(signed, artifact)


def test_version_swapped_after_the_check_hands_out_nothing_else(
    signed: Store, trusted: TrustedKeys, twins: tuple[Path, Path]
) -> None:
    artifact = signed.open("mlp", 2)
    trusted.check(signed, artifact)
    swap(signed, twins[1])
    with pytest.raises(CorruptArtifact):
        artifact.read("model.onnx")
    assert artifact.read("scaler.json") == FILES["scaler.json"]


def test_version_swapped_all_the_time_never_hands_out_what_was_not_signed(
    signed: Store, trusted: TrustedKeys, twins: tuple[Path, Path]
) -> None:
    done = threading.Event()
    pauses = random.Random(7)

    def swap_folders() -> None:
        folder, evil, kept = folder_of(signed), twins[1], twins[1].with_name("kept")
        while not done.is_set():
            folder.rename(kept)
            evil.rename(folder)
            time.sleep(pauses.uniform(0, 0.01))
            folder.rename(evil)
            kept.rename(folder)
            time.sleep(pauses.uniform(0, 0.03))

    swapping = threading.Thread(target=swap_folders)
    swapping.start()
    refused = 0
    try:
        for _ in range(300):
            try:
                artifact = signed.open("mlp", 2)
                trusted.check(signed, artifact)
                assert artifact.read("model.onnx") == FILES["model.onnx"]
            except (StoreError, OSError):
                refused += 1
    finally:
        done.set()
        swapping.join()
    assert refused > 0, "the swaps must have met some of the checks"
