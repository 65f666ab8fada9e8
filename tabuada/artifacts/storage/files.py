"""Reading without following links, and writing that survives a crash."""

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from io import BufferedReader
from pathlib import Path

from tabuada.errors import CorruptArtifact
from tabuada.manifests.manifest import FileRecord, check_path

_CHUNK_BYTES = 2**20


def find_files(folder: Path) -> Iterator[Path]:
    """Yield every file below a folder, in order of name, refusing anything but plain files.

    Raises:
        CorruptArtifact: A symbolic link, device or socket lies in it.
    """
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        path = Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            yield from find_files(path)
        elif entry.is_file(follow_symlinks=False):
            yield path
        else:
            raise CorruptArtifact(f"expected plain files and folders only. Received: {path}")


def name_files(folder: Path) -> dict[str, Path]:
    """Return every file below a folder by the path that a manifest gives it.

    Raises:
        CorruptArtifact: Anything but plain files lies in it, or one whose name no reader accepts.
    """
    try:
        return {check_path(p.relative_to(folder).as_posix()): p for p in find_files(folder)}
    except ValueError as error:
        raise CorruptArtifact(f"{error} in {folder}") from error


def copy_durably(source: Path, target: Path) -> FileRecord:
    """Copy a file to a new one on stable storage, and say what was written."""
    digest = hashlib.sha256()
    size = 0
    with source.open("rb") as reader, target.open("xb") as writer:
        while chunk := reader.read(_CHUNK_BYTES):
            writer.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    return FileRecord(size_bytes=size, sha256=digest.hexdigest())


def describe_content(content: bytes) -> FileRecord:
    """Return the size and the digest of a file's content."""
    return FileRecord(size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


def write_durably(path: Path, content: bytes) -> None:
    """Write a file and force it to stable storage."""
    with path.open("wb") as writer:
        writer.write(content)
        writer.flush()
        os.fsync(writer.fileno())


def sync_folder(folder: Path) -> None:
    """Force a folder's entries to stable storage, so that a rename in it outlives a crash."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_plain(root: Path, relative: str, max_bytes: int | None = None) -> bytes:
    """Read a file below a folder without following any symbolic link on the way.

    Args:
        root: The folder; may itself be reached through a link.
        relative: POSIX path below it, without `..`.
        max_bytes: Greatest size accepted.

    Raises:
        CorruptArtifact: The file is missing, no plain file, behind a link or too large.
    """
    with _open_plain(root, relative, max_bytes) as reader:
        return reader.read(max_bytes)  # it may have grown since it was looked at


def read_verified(root: Path, relative: str, record: FileRecord) -> bytes:
    """Read a file and make sure that it is the one that was recorded.

    Raises:
        CorruptArtifact: It is missing or differs in size or digest.
    """
    content = read_plain(root, relative, max_bytes=record.size_bytes)
    check_content(root / relative, record, content)
    return content


def check_content(name: object, record: FileRecord, content: bytes) -> None:
    """Make sure that a file's content is the one that was recorded.

    Args:
        name: Of the file, as people read it.
        record: What was recorded.
        content: What was read.

    Raises:
        CorruptArtifact: It differs in size or digest.
    """
    found = describe_content(content)
    _check_size(name, record, found.size_bytes)
    _check_digest(name, record, found.sha256)


def verify_plain(root: Path, relative: str, record: FileRecord) -> None:
    """Make sure that a file is the one that was recorded, holding little of it in memory.

    Raises:
        CorruptArtifact: It is missing or differs in size or digest.
    """
    with _open_plain(root, relative, record.size_bytes) as reader:
        _check_size(root / relative, record, os.fstat(reader.fileno()).st_size)
        _check_digest(root / relative, record, hashlib.file_digest(reader, "sha256").hexdigest())


def verify_files(root: Path, records: Mapping[str, FileRecord]) -> None:
    """Make sure that files are those that were recorded; raises as `verify_plain` does."""
    for path, record in records.items():
        verify_plain(root, path, record)


def rename_unless_taken(source: Path, target: Path) -> bool:
    """Rename a folder unless something has the name already; return whether it was renamed."""
    try:
        source.rename(target)
    except OSError as error:
        if error.errno not in {errno.EEXIST, errno.ENOTEMPTY}:
            raise
        return False
    return True


@contextlib.contextmanager
def _open_plain(root: Path, relative: str, max_bytes: int | None) -> Iterator[BufferedReader]:
    path = root
    for part in relative.split("/"):
        path = path / part
        if os.path.islink(path):  # unlike Path.is_symlink, says no to a name too long to exist
            raise CorruptArtifact(f"expected no symbolic link in an artifact. Received: {path}")
    try:
        # Without waiting for a writer, should a pipe lie there.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise CorruptArtifact(
            f"expected a readable file. Received: {path}: {error.strerror}"
        ) from error
    try:
        status = os.fstat(descriptor)  # before open(), which refuses a folder in its own way
        if not stat.S_ISREG(status.st_mode):
            raise CorruptArtifact(f"expected a plain file. Received: {path}")
        if max_bytes is not None and status.st_size > max_bytes:
            raise CorruptArtifact(
                f"expected at most {max_bytes} bytes. Received: {path} with {status.st_size}"
            )
        with open(descriptor, "rb", closefd=False) as reader:
            yield reader
    finally:
        os.close(descriptor)


def _check_size(name: object, record: FileRecord, size_bytes: int) -> None:
    if size_bytes != record.size_bytes:
        raise CorruptArtifact(
            f"expected {record.size_bytes} bytes in {name}. "
            f"Received: {size_bytes}: the file was cut short. Restore or republish it"
        )


def _check_digest(name: object, record: FileRecord, found: str) -> None:
    if found != record.sha256:
        raise CorruptArtifact(
            f"expected sha256 {record.sha256} for {name}. Received: {found}: "
            "the file was changed after publishing. Restore or republish it"
        )
