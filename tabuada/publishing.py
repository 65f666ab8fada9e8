"""Writing to the store: publish a version, sign it, move a label, prune old versions.

Every change is prepared where no reader looks and becomes visible by one rename. What a
crashed writer left behind is removed by the next one.
"""

import contextlib
import errno
import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tabuada.errors import CorruptArtifact, StoreNotWritable
from tabuada.files import copy_durably, find_files, sync_folder, write_durably
from tabuada.manifest import (
    FORMAT_VERSION,
    MANIFEST_NAME,
    MAX_MANIFEST_BYTES,
    Description,
    FileRecord,
    Manifest,
    check_path,
    parse_manifest,
)
from tabuada.store import LABELS_FOLDER, SIGNATURES_FOLDER, Store, check_name

_STAGING = ".staging"
_TAKEN = {errno.EEXIST, errno.ENOTEMPTY}


def publish(store: Store, source: Path, description: Description) -> Manifest:
    """Publish the files of a folder as the next version of a model.

    Copies them into the store's staging area, hashes them on the way, forces them to stable
    storage and renames the whole into place. Two publishers at once get two versions; a
    crash at any point leaves no version half visible.

    Args:
        store: Where to.
        source: Folder with the version's files; left as it is.
        description: What the manifest is to say.

    Returns:
        The manifest as published.

    Raises:
        StoreNotWritable: The store is read-only, full or out of reach.
        CorruptArtifact: The folder holds anything but plain files, or the manifest would be
            one that no reader accepts.
    """
    folder = store.model_folder(description.model)
    with _explain(store), _stage(store) as staged:
        files = _copy_tree(source, staged)
        folder.mkdir(exist_ok=True)
        sync_folder(store.root)
        version = max(store.versions(description.model), default=0)
        while True:
            version += 1
            manifest = Manifest(
                **dict(description),
                format_version=FORMAT_VERSION,
                version=version,
                created_at=datetime.now(UTC).isoformat(timespec="seconds"),
                files=files,
            )
            write_durably(staged / MANIFEST_NAME, _write_manifest(manifest))
            sync_folder(staged)
            try:
                staged.rename(folder / str(version))
            except OSError as error:
                if error.errno not in _TAKEN:
                    raise
                continue  # another publisher was first: the next number, then
            sync_folder(folder)
            return manifest


def check_writable(store: Store) -> None:
    """Find out, before long work, whether a store can be written to.

    Raises:
        StoreNotWritable: It is read-only, full or out of reach.
    """
    with _explain(store), _stage(store):
        pass


def set_label(store: Store, model: str, label: str, version: int) -> None:
    """Point a label at a version, atomically.

    Raises:
        InvalidName: A name is malformed.
        NotFound: No such model or version.
        StoreNotWritable: The store is read-only, full or out of reach.
    """
    store.resolve(model, version=version)
    pointer = store.model_folder(model) / LABELS_FOLDER / check_name(label)
    with _explain(store), _stage(store) as staged:
        write_durably(staged / "label", f"{version}\n".encode())
        pointer.parent.mkdir(exist_ok=True)
        (staged / "label").replace(pointer)
        sync_folder(pointer.parent)


def put_signature(store: Store, model: str, version: int, content: bytes) -> Path:
    """Put a signature beside its version, atomically, in place of an earlier one.

    Args:
        store: Where.
        model: The model.
        version: The version that was signed.
        content: A sigstore bundle, as `tabuada.signatures` makes it.

    Returns:
        Where it lies.

    Raises:
        NotFound: No such model or version.
        StoreNotWritable: The store is read-only, full or out of reach.
    """
    store.resolve(model, version=version)
    signature = store.model_folder(model) / SIGNATURES_FOLDER / f"{version}.sig"
    with _explain(store), _stage(store) as staged:
        write_durably(staged / "signature", content)
        signature.parent.mkdir(exist_ok=True)
        (staged / "signature").replace(signature)
        sync_folder(signature.parent)
    return signature


def remove_label(store: Store, model: str, label: str) -> None:
    """Remove a label, whatever it holds and whether or not its version is still there.

    Raises:
        InvalidName: A name is malformed.
        NotFound: No such model or label.
        StoreNotWritable: The store is read-only or out of reach.
    """
    pointer = store.model_folder(model) / LABELS_FOLDER / check_name(label)
    if not os.path.lexists(pointer):
        store.resolve(model, label=label)  # says which models or labels there are
    # Not resolved where it is there: it may be damaged, or its version gone.
    with _explain(store), contextlib.suppress(FileNotFoundError):
        pointer.unlink()
        sync_folder(pointer.parent)


def prune(store: Store, model: str, keep: int) -> list[int]:
    """Remove all but the latest versions, and their signatures; labelled ones stay.

    The latest version always stays, so that its number is never given out again.

    Args:
        store: Where.
        model: The model.
        keep: How many of the latest versions stay, at least 1.

    Returns:
        The versions removed, ascending.

    Raises:
        NotFound: No such model.
        ValueError: `keep` is less than 1.
        StoreNotWritable: The store is read-only or out of reach.
    """
    if keep < 1:
        raise ValueError(f"expected to keep at least 1 version. Received: keep={keep}")
    store.resolve(model)
    labelled = set(store.labels(model).values())
    removed = [v for v in store.versions(model)[:-keep] if v not in labelled]
    folder = store.model_folder(model)
    with _explain(store), _stage(store) as staged:
        for version in removed:
            (folder / str(version)).rename(staged / str(version))
            # Last: a reader must not meet a version whose signature is gone already.
            (folder / SIGNATURES_FOLDER / f"{version}.sig").unlink(missing_ok=True)
    return removed


def _write_manifest(manifest: Manifest) -> bytes:
    """Return a manifest as bytes, once it is certain that readers accept them."""
    content = manifest.model_dump_json(indent=1).encode() + b"\n"
    if len(content) > MAX_MANIFEST_BYTES:
        raise CorruptArtifact(
            f"expected a {MANIFEST_NAME} of at most {MAX_MANIFEST_BYTES} bytes. "
            f"Received: {len(content)}. Put long tables into files of the version"
        )
    parse_manifest(content)  # a hyperparameter that is not finite, for one, comes out as null
    return content


def _copy_tree(source: Path, target: Path) -> dict[str, FileRecord]:
    """Copy a folder's files and force the copies, and the folders, to stable storage."""
    records = {}
    folders = {target}
    for path in find_files(source):
        relative = path.relative_to(source).as_posix()
        try:
            copy = target / check_path(relative)
        except ValueError as error:
            raise CorruptArtifact(f"{error} in {source}") from error
        copy.parent.mkdir(parents=True, exist_ok=True)
        folders |= {parent for parent in copy.parents if parent.is_relative_to(target)}
        records[relative] = copy_durably(path, copy)
    for folder in folders:
        sync_folder(folder)
    return records


@contextlib.contextmanager
def _stage(store: Store) -> Iterator[Path]:
    """Hold a folder in the staging area; whatever is left in it goes in the end.

    Each folder has a lock file that its writer holds as long as it lives. The kernel lets go
    of a dead writer's lock, so the next writer knows what it may remove.
    """
    staging = store.root / _STAGING
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


@contextlib.contextmanager
def _explain(store: Store) -> Iterator[None]:
    """Turn the system's refusal to write into an error that says what to do."""
    advice = {
        errno.ENOSPC: "Free some space",
        errno.EDQUOT: "Free some space or raise the quota",
        errno.EROFS: "Mount the store writable, or name another one",
        errno.EACCES: "Give this user the right to write there, or name another store",
        errno.EPERM: "Give this user the right to write there, or name another store",
    }
    try:
        yield
    except OSError as error:
        raise StoreNotWritable(
            f"expected a writable store at {store.root}. Received: {error.strerror}. "
            f"{advice.get(error.errno or 0, 'Check the disk')}. Nothing was published"
        ) from error
