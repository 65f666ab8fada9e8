"""Real disks that are full or read-only: a clear refusal, nothing lost, nothing half visible."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

_UNSHARE = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]


def write_to(kind: str, folder: Path) -> list[dict[str, Any]]:
    """Return what writing to a disk of that kind led to, step by step."""
    probe = [*_UNSHARE, "mount", "-t", "tmpfs", "tmpfs", str(folder)]
    try:
        allowed = subprocess.run(probe, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("no unshare on this machine: mounting a disk of one's own needs it")
    if allowed.returncode:
        pytest.skip(f"this machine lets nobody mount a disk of one's own: {allowed.stderr.strip()}")
    script = [*_UNSHARE, sys.executable, "-m", "tests.tabuada.disks", kind, str(folder)]
    finished = subprocess.run(script, capture_output=True, text=True, timeout=120, check=False)
    assert finished.returncode == 0, finished.stderr
    outcomes: list[dict[str, Any]] = json.loads(finished.stdout)
    return outcomes


@pytest.mark.parametrize("kind", ["full", "crowded"], ids=["no room", "no inodes"])
def test_write_to_a_full_disk_is_refused_and_leaves_the_store_whole(
    tmp_path: Path, kind: str
) -> None:
    outcomes = write_to(kind, tmp_path)
    refused = [outcome for outcome in outcomes if outcome["refusal"]]
    for outcome in refused:
        assert "expected a writable store at" in outcome["refusal"]
        assert "No space left on device. Free some space. Nothing was" in outcome["refusal"]
        assert outcome["versions"] == [1]
    assert len(refused) >= 3, "the disk must fill up at different steps"
    assert all(outcome["staging"] == [] for outcome in outcomes)
    assert outcomes[0]["refusal"]
    assert outcomes[-1]["refusal"] is None
    assert outcomes[-1]["versions"] == [1, 2]


def test_label_on_a_full_disk_is_refused_then_set(tmp_path: Path) -> None:
    outcomes = write_to("full", tmp_path)[::2]
    labels = [(bool(outcome["refusal"]), outcome["labels"]) for outcome in outcomes]
    assert labels[0] == (True, {})
    assert labels[-1] == (False, {"stable": 1})
    assert set(map(str, labels)) == {str(labels[0]), str(labels[-1])}


def test_write_to_a_read_only_disk_is_refused_and_reading_goes_on(tmp_path: Path) -> None:
    outcomes = write_to("read-only", tmp_path)
    assert len(outcomes) == 5
    for outcome in outcomes:
        assert "Read-only file system. Mount the store writable" in outcome["refusal"]
        assert (outcome["versions"], outcome["labels"]) == ([1], {"canary": 1})
        assert outcome["staging"] == []
