"""Versions of a remote store on the local disk, so that each is downloaded once."""

import contextlib
import hashlib
import os
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from tabuada.artifacts.storage.files import rename_unless_taken, verify_files
from tabuada.errors import CorruptArtifact
from tabuada.manifests.files import MANIFEST_NAME
from tabuada.manifests.manifest import Manifest

_STAGING = ".staging"
_ABANDONED_AFTER_S = 24 * 3600.0
_DIGEST = re.compile(r"[0-9a-f]{64}")


class VersionCache:
    """Folders of versions, each named by the digest of its manifest, which names all digests.

    Processes may share it: a version appears by one rename. Nothing in it is trusted: every file
    is verified each time a version is asked for.

    Args:
        root: Where; made at the first download.
        max_bytes: Size from which on the versions used longest ago are removed.
    """

    def __init__(self, root: Path, max_bytes: int = 2**30) -> None:
        self._root = root
        self._max_bytes = max_bytes

    def get(self, manifest: Manifest, content: bytes, download: Callable[[Path], None]) -> Path:
        """Return the folder of a version, downloading it where it is missing or damaged.

        Args:
            manifest: Of the version.
            content: The manifest's own bytes.
            download: Puts the files into an empty folder.

        Raises:
            CorruptArtifact: What was downloaded is not what the manifest says.
        """
        folder = self._root / hashlib.sha256(content).hexdigest()
        if folder.exists():
            with contextlib.suppress(CorruptArtifact, OSError):
                verify_files(folder, manifest.files)
                with contextlib.suppress(OSError):  # read-only: it is as good as ever
                    os.utime(folder)  # used now
                return folder
        with self._stage() as staged:
            if os.path.lexists(folder):  # damaged, or no folder at all
                folder.rename(staged / "damaged")
            fresh = staged / "fresh"
            fresh.mkdir()
            download(fresh)
            verify_files(fresh, manifest.files)
            (fresh / MANIFEST_NAME).write_bytes(content)
            rename_unless_taken(fresh, folder)  # another process that was first has the same files
            self._make_room(folder, staged)
        return folder

    def _make_room(self, newest: Path, staged: Path) -> None:
        """Remove the versions used longest ago, as long as all of them take too much room."""
        folders = [path for path in self._root.iterdir() if _DIGEST.fullmatch(path.name)]
        sizes = {folder: _measure(folder) for folder in folders}
        total = sum(sizes.values())
        for folder in sorted(folders, key=_find_last_use):
            if total <= self._max_bytes or folder == newest:
                return
            with contextlib.suppress(OSError):  # another process was first, or it is none of ours
                folder.rename(staged / folder.name)
            total -= sizes[folder]

    @contextlib.contextmanager
    def _stage(self) -> Iterator[Path]:
        staging = self._root / _STAGING
        staging.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in staging.iterdir():
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _ABANDONED_AFTER_S:
                    shutil.rmtree(path, ignore_errors=True)
        staged = staging / uuid.uuid4().hex
        staged.mkdir()
        try:
            yield staged
        finally:
            shutil.rmtree(staged, ignore_errors=True)


def _find_last_use(folder: Path) -> float:
    try:
        return folder.lstat().st_mtime
    except OSError:
        return 0.0


def _measure(folder: Path) -> int:
    """Return the bytes of a folder's files; 0 where another process is just removing it."""
    try:
        return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())
    except OSError:
        return 0
