"""Writes to a disk that is full or read-only: `unshare --mount … python -m tests.tabuada.disks`.

Mounts a small file system in memory below the given folder, which only this process sees,
and prints what happened as JSON. The first argument is `full`, `crowded` or `read-only`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tabuada.artifacts.publishing import prune, publish, remove_label, set_label
from tabuada.artifacts.store import Store
from tabuada.errors import StoreNotWritable
from tests.tabuada.samples import describe, list_staging, write_files

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_FILES = {"model.onnx": b"\1" * 10_000, "model.savedmodel/index": b"", "scaler.json": b"{}"}


def mount(folder: Path, options: str) -> None:
    """Mount a file system in memory, or change the options of the one that is there."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)


def describe_state(store: Store) -> dict[str, object]:
    """Return what a reader sees, every version verified, and what the writer left."""
    for version in store.versions("mlp"):
        store.open("mlp", version)
    return {
        "versions": store.versions("mlp"),
        "labels": store.labels("mlp"),
        "staging": list_staging(store),
    }


def attempt(store: Store, write: Callable[[], object]) -> dict[str, object]:
    """Return what a write led to: the message of its refusal, if any, and the store's state."""
    try:
        write()
        refusal = None
    except StoreNotWritable as error:
        refusal = str(error)
    return {"refusal": refusal, **describe_state(store)}


def publish_into_growing_room(store: Store, source: Path, disk: Path) -> list[object]:
    """Try to label and to publish with no free page, then one, and so on until both succeed."""
    filler = disk / "filler"
    outcomes: list[object] = []
    for pages in range(100):
        filler.unlink(missing_ok=True)
        status = os.statvfs(disk)
        filler.write_bytes(b"\1" * ((status.f_bfree - pages) * _PAGE_BYTES))
        labelling = attempt(store, lambda: set_label(store, "mlp", "stable", 1))
        publishing = attempt(store, lambda: publish(store, source, describe()))
        outcomes += [labelling, publishing]
        if publishing["refusal"] is None:
            break
    return outcomes


def publish_into_growing_inodes(store: Store, source: Path, disk: Path) -> list[object]:
    """Try to publish with room for no further file, then one, and so on until it succeeds."""
    outcomes: list[object] = []
    for inodes in range(100):
        used = os.statvfs(disk).f_files - os.statvfs(disk).f_ffree
        mount(disk, f"remount,nr_inodes={used + inodes}")
        outcomes.append(attempt(store, lambda: publish(store, source, describe())))
        if store.versions("mlp") != [1]:
            break
    return outcomes


def write_to_read_only(store: Store, source: Path, disk: Path) -> list[object]:
    """Try every kind of write on a disk mounted read-only."""
    set_label(store, "mlp", "canary", 1)
    mount(disk, "remount,ro")
    return [
        attempt(store, lambda: publish(store, source, describe())),
        attempt(store, lambda: publish(store, source, describe("arithmetic"))),
        attempt(store, lambda: set_label(store, "mlp", "stable", 1)),
        attempt(store, lambda: remove_label(store, "mlp", "canary")),
        attempt(store, lambda: prune(store, "mlp", 1)),
    ]


if __name__ == "__main__":
    kind, root = sys.argv[1], Path(sys.argv[2])
    disk = root / "disk"
    disk.mkdir()
    mount(disk, "size=1m")
    store, source = Store(disk / "artifacts"), write_files(root / "source", _FILES)
    publish(store, source, describe())
    act = {
        "full": publish_into_growing_room,
        "crowded": publish_into_growing_inodes,
        "read-only": write_to_read_only,
    }[kind]
    sys.stdout.write(json.dumps(act(store, source, disk)))
