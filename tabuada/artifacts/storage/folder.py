"""A store in a folder: changes are prepared where no reader looks, and visible by one rename.

What a crashed writer left behind is removed by the next one.
"""

import contextlib
import errno
import fcntl
import os
import shutil
import uuid
from collections.abc import Collection, Iterator
from pathlib import Path

from tabuada.artifacts.storage.files import (
    copy_durably,
    name_files,
    read_plain,
    rename_unless_taken,
    sync_folder,
    verify_files,
    write_durably,
)
from tabuada.artifacts.storage.names import (
    STABLE,
    is_name,
    is_version,
    labels_path,
    manifest_path,
    signature_path,
    version_path,
)
from tabuada.artifacts.storage.storage import Seal, Storage, Survey
from tabuada.errors import StoreNotWritable
from tabuada.manifests.files import MANIFEST_NAME
from tabuada.manifests.manifest import FileRecord, Manifest

_STAGING = ".staging"
_ADVICE = {
    errno.ENOSPC: "Free some space",
    errno.EDQUOT: "Free some space or raise the quota",
    errno.EROFS: "Mount the store writable, or name another one",
    errno.EACCES: "Give this user the right to write there, or name another store",
    errno.EPERM: "Give this user the right to write there, or name another store",
}


class Folder:
    """A `Storage` on a local disk, or a network disk with `flock` and atomic renames.

    Reading never writes, so that a service can serve from a read-only volume.

    Args:
        root: The folder. It need not exist yet: it then holds nothing.

    Attributes:
        copies: See `Storage`.
    """

    copies: Storage | None = None

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def location(self) -> str:
        """See `Storage`."""
        return str(self._root)

    def locate(self, path: str) -> str:
        """See `Storage`."""
        return str(self._root / path)

    def list_names(self, path: str) -> list[str]:
        """See `Storage`."""
        try:
            return os.listdir(self._root / path)
        except (FileNotFoundError, NotADirectoryError):
            return []

    def list_versions(self, model: str) -> list[int]:
        """See `Storage`."""
        numbers = [int(name) for name in self.list_names(model) if is_version(name)]
        return sorted(number for number in numbers if self._is_published(model, number))

    def survey(self, model: str, watched: Collection[int]) -> Survey:
        """See `Storage`."""
        names = self.list_names(model)
        numbers = sorted(int(name) for name in names if is_version(name))
        versions = tuple(number for number in numbers if self._is_published(model, number))
        strays = tuple(str(number) for number in numbers if number not in versions)
        labels = self._list_labels(model) if "labels" in names else ()
        fingerprints = {v: self.fingerprint(model, v) for v in versions if v in watched}
        return Survey(versions, labels, fingerprints, strays, self._find_problem(model))

    def exists(self, path: str) -> bool:
        """See `Storage`."""
        return os.path.lexists(self._root / path)

    def read(self, path: str, max_bytes: int) -> bytes:
        """See `Storage`; no symbolic link is followed below the root."""
        return read_plain(self._root, path, max_bytes)

    def fetch(self, manifest: Manifest, content: bytes) -> Path:  # noqa: ARG002 -- lies there
        """See `Storage`."""
        folder = self._root / version_path(manifest.model, manifest.version)
        verify_files(folder, manifest.files)
        return folder

    def fingerprint(self, model: str, version: int) -> object:
        """See `Storage`."""
        signature = os.fspath(self._root / signature_path(model, version))
        paths = [signature] if os.path.lexists(signature) else []
        for parent, _, files in os.walk(self._root / version_path(model, version)):
            paths += sorted(os.path.join(parent, name) for name in files)
        return tuple(map(_describe_status, paths))

    def check_writable(self) -> None:
        """See `Storage`."""
        with self._explain(), self._stage():
            pass

    def add_version(self, model: str, source: Path, after: int, seal: Seal) -> bytes:
        """See `Storage`; a crash at any point leaves no version half visible."""
        with self._explain(), self._stage() as staged:
            files = _copy_tree(source, staged)
            folder = self._root / model
            folder.mkdir(exist_ok=True)
            sync_folder(self._root)
            version = after
            while True:
                version += 1
                content = seal(version, files)
                write_durably(staged / MANIFEST_NAME, content)
                sync_folder(staged)
                if rename_unless_taken(staged, folder / str(version)):
                    sync_folder(folder)
                    return content
                # Another publisher was first: the next number, then.

    def replace(self, path: str, content: bytes) -> None:
        """See `Storage`."""
        target = self._root / path
        with self._explain(), self._stage() as staged:
            write_durably(staged / target.name, content)
            target.parent.mkdir(exist_ok=True)
            (staged / target.name).replace(target)
            sync_folder(target.parent)

    def remove(self, path: str) -> None:
        """See `Storage`."""
        target = self._root / path
        with self._explain(), contextlib.suppress(FileNotFoundError):
            target.unlink()
            sync_folder(target.parent)

    def remove_version(self, model: str, version: int) -> None:
        """See `Storage`."""
        with self._explain(), self._stage() as staged:
            (self._root / version_path(model, version)).rename(staged / str(version))

    def _list_labels(self, model: str) -> tuple[str, ...]:
        """Return the names of labels; where nobody may look, the one that counts may be there."""
        try:
            return tuple(sorted(filter(is_name, self.list_names(labels_path(model)))))
        except OSError as error:
            return () if error.errno == errno.ELOOP else (STABLE,)

    def _is_published(self, model: str, version: int) -> bool:
        """Return whether a version has a manifest; where nobody may look, it is not gone."""
        try:
            return (self._root / manifest_path(model, version)).is_file()
        except OSError:
            return True

    def _find_problem(self, model: str) -> str | None:
        """Return what lies where a model's folder should, unless it is one or nothing."""
        path = self._root / model
        if path.is_dir() or not os.path.lexists(path):
            return None
        found = "no folder" if path.exists() else "a link that leads nowhere"
        return f"expected a folder of versions at {path}. Received: {found}. Remove or rename it"

    @contextlib.contextmanager
    def _stage(self) -> Iterator[Path]:
        """Hold a folder in the staging area; whatever is left in it goes in the end.

        Each folder has a lock file that its writer holds as long as it lives. The kernel lets go
        of a dead writer's lock, so the next writer knows what it may remove.
        """
        staging = self._root / _STAGING
        staging.mkdir(parents=True, exist_ok=True)
        folder = staging / uuid.uuid4().hex
        own = folder.with_suffix(".lock")
        with contextlib.ExitStack() as held:
            with _lock(staging / "lock", wait=True):  # nobody sweeps while this one takes its own
                _sweep(staging)
                held.enter_context(_lock(own, wait=False))
            try:
                folder.mkdir()
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
                own.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _explain(self) -> Iterator[None]:
        """Turn the system's refusal to write into an error that says what to do."""
        try:
            yield
        except OSError as error:
            raise StoreNotWritable(
                f"expected a writable store at {self._root}. Received: {error.strerror}. "
                f"{_ADVICE.get(error.errno or 0, 'Check the disk')}. Nothing was published"
            ) from error


def _describe_status(path: str) -> tuple[object, ...]:
    """Return what changes when a file is written, replaced, or given other rights.

    The time of the last change of status is among it: whoever copies files may set the others back.
    """
    try:
        status = os.lstat(path)
    except OSError as error:  # it went while others were looked at
        return (path, error.errno)
    return (path, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def _copy_tree(source: Path, target: Path) -> dict[str, FileRecord]:
    """Copy a folder's files and force the copies, and the folders, to stable storage."""
    records = {}
    folders = {target}
    for relative, path in name_files(source).items():
        copy = target / relative
        copy.parent.mkdir(parents=True, exist_ok=True)
        folders |= {parent for parent in copy.parents if parent.is_relative_to(target)}
        records[relative] = copy_durably(path, copy)
    for folder in folders:
        sync_folder(folder)
    return records


def _sweep(staging: Path) -> None:
    """Remove what writers that no longer live left in the staging area."""
    for path in sorted(staging.iterdir()):
        own = path.with_suffix(".lock")
        if path.name == "lock":
            continue
        with contextlib.suppress(BlockingIOError), _lock(own, wait=False):
            shutil.rmtree(own.with_suffix(""), ignore_errors=True)
            own.unlink(missing_ok=True)


@contextlib.contextmanager
def _lock(path: Path, *, wait: bool) -> Iterator[None]:
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
