"""Disks that are full, for tests: small ones of their own, or a limit where none can be mounted."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mount_small_disk(folder: Path, size: str = "64m", *, writable: bool = True) -> Iterator[None]:
    """Mount a disk in memory, or skip the test where this is not allowed."""
    folder.mkdir()
    options = f"size={size}" + ("" if writable else ",ro")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "none", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def fill(disk: Path, free_bytes: int) -> Iterator[None]:
    """Leave so much of a disk free, while the block lasts."""
    state = os.statvfs(disk)
    filler = disk / "filler"
    with filler.open("wb") as file:
        for _ in range(max(0, state.f_bavail * state.f_frsize - free_bytes) // 4096):
            file.write(bytes(4096))
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def limit_files(size_bytes: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size, while the block lasts."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
