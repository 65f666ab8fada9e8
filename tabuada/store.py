"""The store of published versions, as readers see it."""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from tabuada.errors import CorruptArtifact, InvalidName, NotFound, NotTrusted
from tabuada.files import read_plain, read_verified, verify_plain
from tabuada.manifest import MANIFEST_NAME, MAX_MANIFEST_BYTES, Manifest, parse_manifest

LABELS_FOLDER = "labels"
SIGNATURES_FOLDER = "signatures"
MAX_SIGNATURE_BYTES = 4 * 2**20
_VERSION = re.compile(r"[1-9][0-9]{0,8}")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}")


@dataclass(frozen=True, slots=True)
class Artifact:
    """One opened version: its manifest, and its files, verified again at every read.

    Attributes:
        folder: Where it lies.
        manifest: What it says about itself.
        manifest_sha256: Digest of the very bytes that the manifest was parsed from.
    """

    folder: Path
    manifest: Manifest
    manifest_sha256: str

    def read(self, path: str) -> bytes:
        """Return the content of one file, exactly as it was published.

        Args:
            path: Relative POSIX path, as in the manifest.

        Raises:
            CorruptArtifact: The file is not listed, missing or changed.
        """
        record = self.manifest.files.get(path)
        if record is None:
            raise CorruptArtifact(
                f"expected {path} among the files of {self.folder}. "
                f"Received: {', '.join(sorted(self.manifest.files))}"
            )
        return read_verified(self.folder, path, record)

    def verify(self) -> None:
        """Check size and digest of every file.

        Raises:
            CorruptArtifact: One is missing or changed.
        """
        for path, record in self.manifest.files.items():
            verify_plain(self.folder, path, record)


class Store:
    """Versions of models below one folder: `<root>/<model>/<version>/`.

    Reading never writes, so that a service can serve from a read-only volume.

    Args:
        root: The folder. It need not exist yet: it then holds no model.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self.root = Path(root)

    def models(self) -> list[str]:
        """Return the models that have a version, in order of name."""
        names = (name for name in _list(self.root) if _NAME.fullmatch(name))
        return sorted(name for name in names if self.versions(name))

    def versions(self, model: str) -> list[int]:
        """Return the published versions of a model, ascending; empty where there is none.

        Raises:
            InvalidName: The name cannot be a model's.
        """
        folder = self.model_folder(model)
        numbers = filter(is_version, _list(folder))
        return sorted(int(name) for name in numbers if (folder / name / MANIFEST_NAME).is_file())

    def labels(self, model: str) -> dict[str, int]:
        """Return the labels of a model with the versions they point to, in order of name.

        Raises:
            CorruptArtifact: A label does not hold a version number.
        """
        folder = self.model_folder(model)
        names = sorted(name for name in _list(folder / LABELS_FOLDER) if _NAME.fullmatch(name))
        return {name: _read_label(folder, name) for name in names}

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
        labels = self.labels(model) if version is None else {}
        versions = self.versions(model)
        if not versions:
            known = ", ".join(self.models()) or "none published yet"
            raise NotFound(f"expected a model out of: {known}. Received: {model}", kind="model")
        if label is not None and label not in labels:
            known = ", ".join(labels) or "no label set"
            raise NotFound(
                f"expected a label of {model} out of: {known}. Received: {check_name(label)}",
                kind="label",
            )
        if version is None:
            version = labels.get(label or "stable", versions[-1])
        if version not in versions:
            known = ", ".join(map(str, versions[-20:]))
            raise NotFound(
                f"expected a version of {model} out of: {known}. Received: {version}",
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
        return self._find(model, version).manifest

    def open(self, model: str, version: int) -> Artifact:
        """Open a version after checking every file of it.

        Raises:
            NotFound: No such version.
            UnsupportedFormat: A format version that this code does not read.
            CorruptArtifact: A file is missing, changed, behind a link or outside the folder.
        """
        artifact = self._find(model, version)
        artifact.verify()
        return artifact

    def read_signature(self, model: str, version: int) -> bytes:
        """Return the signature of a version as it lies there, valid or not.

        Raises:
            InvalidName: The name cannot be a model's.
            NotTrusted: There is none.
            CorruptArtifact: It is no plain file, behind a link or too large.
        """
        relative = f"{SIGNATURES_FOLDER}/{version}.sig"
        folder = self.model_folder(model)
        if not os.path.lexists(folder / relative):
            raise NotTrusted(
                f"expected a signature of {model} version {version} in {folder / relative}. "
                f"Received: none. Sign it: python -m trainer sign {model} {version} --key FILE"
            )
        return read_plain(self.root, f"{model}/{relative}", MAX_SIGNATURE_BYTES)

    def model_folder(self, model: str) -> Path:
        """Return the folder of a model, which need not exist.

        Raises:
            InvalidName: The name cannot be a model's.
        """
        return self.root / check_name(model)

    def _find(self, model: str, version: int) -> Artifact:
        """Return a version of which nothing but the manifest was looked at."""
        folder = self.model_folder(model) / str(self.resolve(model, version=version))
        content = read_plain(self.root, f"{model}/{version}/{MANIFEST_NAME}", MAX_MANIFEST_BYTES)
        manifest = parse_manifest(content)
        if (manifest.model, manifest.version) != (model, version):
            raise CorruptArtifact(
                f"expected the manifest of {model} version {version} in {folder}. "
                f"Received: that of {manifest.model} version {manifest.version}"
            )
        return Artifact(folder, manifest, hashlib.sha256(content).hexdigest())


def is_version(text: str) -> bool:
    """Return whether a text is the number of a version as folders and requests write it."""
    return bool(_VERSION.fullmatch(text))


def check_name(name: str) -> str:
    """Return the name of a model or label if it is well formed.

    Raises:
        InvalidName: It is not.
    """
    if not _NAME.fullmatch(name):
        raise InvalidName(
            "expected a name of at most 63 lower-case letters, digits, _ and -, beginning with "
            f"a letter. Received: {name[:80]!r}"
        )
    return name


def _list(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _read_label(folder: Path, name: str) -> int:
    content = read_plain(folder, f"{LABELS_FOLDER}/{name}", max_bytes=32)
    if not re.fullmatch(rb"[1-9][0-9]{0,8}\n?", content):
        raise CorruptArtifact(
            f"expected a version number in label {name} of {folder}. Received: {content!r}"
        )
    return int(content)
