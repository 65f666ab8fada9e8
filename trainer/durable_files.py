"""Writes files of a run so that a crash, or a power cut, leaves each whole or not there."""

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tabuada.artifacts.storage.files import find_files, sync_folder, write_durably


def write_json(path: Path, content: Any) -> None:
    """Write JSON.

    Args:
        path: The file.
        content: What JSON can hold: no infinite number, and none that is no number.
    """
    write_bytes(path, (json.dumps(content, indent=1, allow_nan=False) + "\n").encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file."""
    with _replacing(path) as temporary:
        write_durably(temporary, content)


def save_file(path: Path, save: Callable[[Path], object]) -> None:
    """Write a file by a function of a library's, which is given another path to write to.

    Args:
        path: The file.
        save: Writes it; the path has the same suffix.
    """
    with _replacing(path) as temporary:
        save(temporary)
        sync_file(temporary)


def sync_tree(folder: Path) -> None:
    """Force all files below a folder to stable storage, whoever wrote them."""
    folders = {folder}
    for path in find_files(folder):
        sync_file(path)
        folders |= {parent for parent in path.parents if parent.is_relative_to(folder)}
    for each in folders:
        sync_folder(each)


def sync_file(path: Path) -> None:
    """Force a file's content to stable storage."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """Give a path beside the file, and put what is written there in the file's place."""
    temporary = path.with_name(f".writing-{path.name}")
    try:
        yield temporary
        temporary.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno:  # of a full disk the system names no file
            error.filename = os.fspath(path)
        raise
    sync_folder(path.parent)
