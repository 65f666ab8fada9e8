"""Writing to the store: publish a version, sign it, move a label, prune old versions.

Every change becomes visible all at once, whatever happens meanwhile: see `.storage`.
"""

from datetime import UTC, datetime
from pathlib import Path

from tabuada.artifacts.storage.names import label_path, signature_path
from tabuada.artifacts.store import Store
from tabuada.errors import CorruptArtifact
from tabuada.manifests.files import MANIFEST_NAME
from tabuada.manifests.manifest import (
    FORMAT_VERSION,
    MAX_MANIFEST_BYTES,
    Description,
    FileRecord,
    Manifest,
)
from tabuada.manifests.parsing import parse_manifest
from tabuada.manifests.registry import MANIFESTS


def publish(store: Store, source: Path, description: Description) -> Manifest:
    """Publish the files of a folder as the next version of a model.

    Two publishers at once get two versions; a crash at any point leaves no version half visible.

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

    def seal(version: int, files: dict[str, FileRecord]) -> bytes:
        manifest = MANIFESTS[description.task](
            **dict(description),
            format_version=FORMAT_VERSION,
            version=version,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            files=files,
        )
        return _write_manifest(manifest)

    latest = max(store.versions(description.model), default=0)
    return parse_manifest(store.storage.add_version(description.model, source, latest, seal))


def check_writable(store: Store) -> None:
    """Find out, before long work, whether a store can be written to.

    Raises:
        StoreNotWritable: It is read-only, full or out of reach.
    """
    store.storage.check_writable()


def set_label(store: Store, model: str, label: str, version: int) -> None:
    """Point a label at a version, atomically.

    Raises:
        InvalidName: A name is malformed.
        NotFound: No such model or version.
        StoreNotWritable: The store is read-only, full or out of reach.
    """
    store.resolve(model, version=version)
    store.storage.replace(label_path(model, label), f"{version}\n".encode())


def put_signature(store: Store, model: str, version: int, content: bytes) -> str:
    """Put a signature beside its version, atomically, in place of an earlier one.

    Args:
        store: Where.
        model: The model.
        version: The version that was signed.
        content: A sigstore bundle, as `tabuada.artifacts.signatures` makes it.

    Returns:
        Where it lies.

    Raises:
        NotFound: No such model or version.
        StoreNotWritable: The store is read-only, full or out of reach.
    """
    store.resolve(model, version=version)
    path = signature_path(model, version)
    store.storage.replace(path, content)
    return store.storage.locate(path)


def remove_label(store: Store, model: str, label: str) -> None:
    """Remove a label, whatever it holds and whether or not its version is still there.

    Raises:
        InvalidName: A name is malformed.
        NotFound: No such model or label.
        StoreNotWritable: The store is read-only or out of reach.
    """
    path = label_path(model, label)
    if not store.storage.exists(path):
        store.resolve(model, label=label)  # says which models or labels there are
    # Not resolved where it is there: it may be damaged, or its version gone.
    store.storage.remove(path)


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
    check_writable(store)
    for version in removed:
        store.storage.remove_version(model, version)
        # Last: a reader must not meet a version whose signature is gone already.
        store.storage.remove(signature_path(model, version))
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
