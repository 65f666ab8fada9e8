"""The store of published versions, as readers see it."""

import hashlib
import os
import re
from collections.abc import Collection, Iterable
from pathlib import Path

from tabuada.artifacts.artifact import Artifact
from tabuada.artifacts.storage.files import check_content
from tabuada.artifacts.storage.locations import open_storage
from tabuada.artifacts.storage.names import (
    STABLE,
    check_name,
    is_name,
    label_path,
    labels_path,
    manifest_path,
    signature_path,
    version_path,
)
from tabuada.artifacts.storage.storage import Storage, Survey
from tabuada.errors import CorruptArtifact, NotFound, NotTrusted, StoreError, StoreUnreachable
from tabuada.manifests.manifest import MAX_MANIFEST_BYTES, Manifest
from tabuada.manifests.parsing import parse_manifest
from tabuada.showing import show

MAX_SIGNATURE_BYTES = 4 * 2**20


class Store:
    """Versions of models in one place: `<location>/<model>/<version>/`.

    Reading never writes there, so that a service can serve from what it may only read.

    Args:
        location: A folder, which need not exist yet: the store then holds no model. Or a URL that
            fsspec knows, such as `s3://bucket/folder`.
        cache: Folder of this machine for the versions of a URL; see `open_storage`.

    Attributes:
        storage: Where the files lie.

    Raises:
        BadLocation: The URL cannot be used, or the library for it is not installed.
    """

    def __init__(self, location: str | os.PathLike[str], cache: Path | None = None) -> None:
        self.storage: Storage = open_storage(location, cache)

    def find_copies(self) -> "Store | None":
        """Return what this machine has copies of, as a store; None where versions lie here."""
        copies = self.storage.copies
        return None if copies is None else Store.of(copies)

    @classmethod
    def of(cls, storage: Storage) -> "Store":
        """Return the store whose files lie in a storage."""
        store = cls.__new__(cls)
        store.storage = storage
        return store

    @property
    def location(self) -> str:
        """Where the store is, as people name it."""
        return self.storage.location

    def models(self) -> list[str]:
        """Return the models that have a version, in order of name."""
        return [name for name in self.list_names() if self._has_versions(name)]

    def list_names(self) -> list[str]:
        """Return the names that may be models', in order: what lies there need not be one."""
        return sorted(filter(is_name, self.storage.list_names("")))

    def survey(self, model: str, watched: Collection[int] = ()) -> Survey:
        """Return what lies below a model's name; see `Survey`.

        Args:
            model: The name.
            watched: Versions whose fingerprints are wanted.

        Raises:
            InvalidName: The name cannot be a model's.
        """
        return self.storage.survey(check_name(model), watched)

    def versions(self, model: str) -> list[int]:
        """Return the published versions of a model, ascending; empty where there is none.

        Raises:
            InvalidName: The name cannot be a model's.
        """
        return self.storage.list_versions(check_name(model))

    def labels(self, model: str) -> dict[str, int]:
        """Return the labels of a model with the versions they point to, in order of name.

        Raises:
            CorruptArtifact: A label does not hold a version number.
        """
        labels, broken = self.read_labels(model, self._list_labels(model))
        for error in broken.values():
            raise error
        return labels

    def read_labels(
        self, model: str, names: Iterable[str]
    ) -> tuple[dict[str, int], dict[str, StoreError | OSError]]:
        """Return where labels point to, and of those that cannot be read what they hold instead."""
        labels, broken = {}, {}
        for name in names:
            try:
                labels[name] = self._read_label(model, name)
            except (StoreError, OSError) as error:
                broken[name] = error
        return labels, broken

    def resolve(self, model: str, *, version: int | None = None, label: str | None = None) -> int:
        """Return the version that a request means.

        Args:
            model: The model.
            version: That very version.
            label: The version this label points to. With neither, it is the version labelled
                `stable` where there is one, else the latest.

        Raises:
            InvalidName: A name is malformed.
            NotFound: No such model, version or label.
        """
        # In this order: a label is set after its version is there, never before.
        names = self._list_labels(model) if version is None else []
        labels, broken = self.read_labels(model, names)
        if (label or STABLE) in broken:
            raise broken[label or STABLE]
        versions = self.versions(model)
        if not versions:
            known = ", ".join(self.models()) or "none published yet"
            raise NotFound(
                f"expected a model out of: {known}. Received: {model}. Name one of these",
                kind="model",
            )
        if label is not None and label not in labels:
            known = ", ".join(labels) or "no label set"
            raise NotFound(
                f"expected a label of {model} out of: {known}. Received: {check_name(label)}. "
                "Name one of these, or a version",
                kind="label",
            )
        if version is None:
            version = labels.get(label or STABLE, versions[-1])
        if version not in versions:
            known = ", ".join(map(str, versions[-20:]))
            raise NotFound(
                f"expected a version of {model} out of: {known}. Received: {show(version)}. "
                "Name one of these",
                kind="version",
            )
        return version

    def manifest(self, model: str, version: int) -> Manifest:
        """Return the manifest of a version, without looking at its other files.

        Raises:
            NotFound: No such version.
            UnsupportedFormat: A format version that this code does not read.
            CorruptArtifact: The manifest cannot be read or speaks of another version.
        """
        return self._read_manifest(model, version)[0]

    def read_manifest(self, model: str, version: int) -> tuple[Manifest, str]:
        """Return the manifest of a version and its digest, which is the version's identity.

        Raises:
            Exception: Those of `manifest`.
        """
        manifest, content = self._read_manifest(model, version)
        return manifest, hashlib.sha256(content).hexdigest()

    def open(self, model: str, version: int) -> Artifact:
        """Open a version after checking every file of it.

        Raises:
            NotFound: No such version.
            UnsupportedFormat: A format version that this code does not read.
            CorruptArtifact: A file is missing, changed, behind a link or outside the folder.
        """
        manifest, content = self._read_manifest(model, version)
        folder = self.storage.fetch(manifest, content)
        return Artifact(folder, manifest, hashlib.sha256(content).hexdigest())

    def read_file(self, manifest: Manifest, path: str) -> bytes:
        """Return one file of a version as it was published, without looking at the others.

        Args:
            manifest: Of the version.
            path: Relative POSIX path, one of those in the manifest.

        Raises:
            CorruptArtifact: The file is missing, changed, too large or behind a link.
        """
        record = manifest.files[path]
        place = f"{version_path(manifest.model, manifest.version)}/{path}"
        content = self.storage.read(place, record.size_bytes)
        check_content(self.storage.locate(place), record, content)
        return content

    def read_signature(self, model: str, version: int) -> bytes:
        """Return the signature of a version as it lies there, valid or not.

        Raises:
            InvalidName: The name cannot be a model's.
            NotTrusted: There is none.
            CorruptArtifact: It is no plain file, behind a link or too large.
        """
        path = signature_path(model, version)
        if not self.storage.exists(path):
            raise NotTrusted(
                f"expected a signature of {model} version {version} in "
                f"{self.storage.locate(path)}. "
                f"Received: none. Sign it: python -m trainer sign {model} {version} --key FILE"
            )
        return self.storage.read(path, MAX_SIGNATURE_BYTES)

    def locate(self, model: str, version: int) -> str:
        """Return where the files of a version lie, as people name it.

        Raises:
            InvalidName: The name cannot be a model's.
        """
        return self.storage.locate(version_path(model, version))

    def _read_manifest(self, model: str, version: int) -> tuple[Manifest, bytes]:
        """Return a manifest and its bytes."""
        path = manifest_path(model, self.resolve(model, version=version))
        content = self.storage.read(path, MAX_MANIFEST_BYTES)
        manifest = parse_manifest(content)
        if (manifest.model, manifest.version) != (model, version):
            raise CorruptArtifact(
                f"expected the manifest of {model} version {version} in "
                f"{self.storage.locate(path)}. "
                f"Received: that of {manifest.model} version {manifest.version}. "
                "Restore the one that belongs there"
            )
        return manifest, content

    def _has_versions(self, name: str) -> bool:
        """Return whether a name is that of a model; what cannot be looked at is none."""
        try:
            return bool(self.versions(name))
        except StoreUnreachable:
            raise
        except OSError:
            return False

    def _list_labels(self, model: str) -> list[str]:
        return sorted(filter(is_name, self.storage.list_names(labels_path(model))))

    def _read_label(self, model: str, label: str) -> int:
        path = label_path(model, label)
        content = self.storage.read(path, max_bytes=32)
        if not re.fullmatch(rb"[1-9][0-9]{0,8}\n?", content):
            raise CorruptArtifact(
                f"expected a version number in {self.storage.locate(path)}. "
                f"Received: {show(content)}. Set the label again"
            )
        return int(content)
