"""Small file systems of a test's own: full ones, and such as may only be read."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


def _mount(*arguments: str | Path) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"this machine lets nobody mount: {done.stderr.decode().strip()}")


@contextlib.contextmanager
def small(folder: Path, size: str = "64k") -> Iterator[None]:
    """Put a small empty file system over a folder; skip the test where nobody may mount."""
    _mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@contextlib.contextmanager
def full(folder: Path) -> Iterator[None]:
    """Put a file system over a folder that holds one file, `fill`, and takes no more."""
    with small(folder):
        fill(folder)
        yield


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Put an empty file system over a folder that takes nothing."""
    with small(folder):
        forbid_writing(folder)
        yield


def fill(folder: Path) -> None:
    """Write until there is no room."""
    with contextlib.suppress(OSError), (folder / "fill").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def forbid_writing(folder: Path) -> None:
    """Have a file system that was mounted here take no more."""
    _mount("-o", "remount,ro", folder)
