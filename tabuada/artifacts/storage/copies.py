"""What a cache knows of the store that it holds versions of, for when that is out of reach.

Beside the cached folders lie the manifests, labels and signatures that were read last, in the
layout of a store. A replica that starts while its bucket does not answer serves from there. Nothing
in it is trusted: every file is verified, and the signature where one is asked for.
"""

import contextlib
import hashlib
import os
import queue
import shutil
import threading
import uuid
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path

from tabuada.artifacts.storage.files import read_plain, verify_files
from tabuada.artifacts.storage.folder import Folder
from tabuada.artifacts.storage.names import labels_path, manifest_path, signature_path, version_path
from tabuada.errors import CorruptArtifact
from tabuada.manifests.files import MANIFEST_NAME
from tabuada.manifests.manifest import MAX_MANIFEST_BYTES, Manifest

KNOWN = ".known"
_MAX_WAITING = 1000


class Copies(Folder):
    """A `Storage` of the verified versions of a remote store that this machine has; read only.

    Writing to it costs nothing but itself: a disk that is full or read-only leaves it as it was,
    and nobody waits for one that hangs, since a thread of its own writes.

    Args:
        url: Of the remote store.
        cache: Folder of this machine with versions, each named by the digest of its manifest.
    """

    def __init__(self, url: str, cache: Path) -> None:
        name = hashlib.sha256(url.encode()).hexdigest()[:16]
        super().__init__(cache / KNOWN / name)
        self._url = url
        self._cache = cache
        self._noted: dict[str, bytes] = {}
        self._held: dict[str, tuple[object, object]] = {}
        self._work: queue.Queue[Callable[[], object]] = queue.Queue(_MAX_WAITING)
        self._writer: threading.Thread | None = None

    @property
    def location(self) -> str:
        """See `Storage`."""
        return f"{self._url}, as {self._cache} has it"

    def fetch(self, manifest: Manifest, content: bytes) -> Path:
        """See `Storage`."""
        folder = self._find_cached(content)
        verify_files(folder, manifest.files)
        return folder

    def fingerprint(self, model: str, version: int) -> object:
        """See `Storage`; never that of the remote store itself."""
        return ("a copy", super().fingerprint(model, version))

    def keep(self, path: str, content: bytes) -> None:
        """Remember a small file of the remote store, as well as can be."""
        if self._noted.get(path) != content:
            self._later(partial(self._keep, path, content))

    def note(self, path: str, content: bytes) -> None:
        """Remember a label or a signature that was read; manifests are kept with their files."""
        if path.split("/")[1:2] in (["labels"], ["signatures"]):
            self.keep(path, content)

    def retain(self, model: str, versions: Collection[int], labels: Collection[str]) -> None:
        """Forget what the remote store no longer holds."""
        held = (tuple(versions), tuple(labels))
        if self._held.get(model) != held:
            self._held[model] = held
            self._later(partial(self._retain, model, versions, labels))

    def _later(self, work: Callable[[], object]) -> None:
        with contextlib.suppress(queue.Full):  # the disk hangs
            self._work.put_nowait(work)
        if self._writer is None:
            self._writer = threading.Thread(target=self._write_all, name="copies", daemon=True)
            self._writer.start()

    def _write_all(self) -> None:
        while True:
            work = self._work.get()
            with contextlib.suppress(OSError):
                work()

    def _keep(self, path: str, content: bytes) -> None:
        self._write(self._root / path, content)
        self._noted[path] = content

    def _retain(self, model: str, versions: Collection[int], labels: Collection[str]) -> None:
        for version in super().list_versions(model):
            if version not in versions:
                shutil.rmtree(self._root / version_path(model, version), ignore_errors=True)
                self._forget(manifest_path(model, version), signature_path(model, version))
        for name in self.list_names(labels_path(model)):
            if name not in labels:
                self._forget(f"{labels_path(model)}/{name}")

    def _is_published(self, model: str, version: int) -> bool:
        """Return whether all of a version is here."""
        if not super()._is_published(model, version):
            return False
        try:
            content = read_plain(self._root, manifest_path(model, version), MAX_MANIFEST_BYTES)
            return (self._find_cached(content) / MANIFEST_NAME).is_file()
        except (CorruptArtifact, OSError):
            return False

    def _find_cached(self, content: bytes) -> Path:
        return self._cache / hashlib.sha256(content).hexdigest()

    def _forget(self, *paths: str) -> None:
        for path in paths:
            self._noted.pop(path, None)
            with contextlib.suppress(OSError):
                (self._root / path).unlink()

    def _write(self, target: Path, content: bytes) -> None:
        """Write a file by a rename: other processes may write the same one, and read it."""
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = target.with_name(f".{uuid.uuid4().hex}")
        try:
            fresh.write_bytes(content)
            os.replace(fresh, target)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise
