"""What a store needs of the place where its files lie."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tabuada.manifests.manifest import FileRecord, Manifest

Seal = Callable[[int, dict[str, FileRecord]], bytes]
"""Returns the manifest of a version, given its number and the records of its files."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What lies below a model's name at one moment.

    Attributes:
        versions: Those that have a manifest, ascending.
        labels: The names of labels.
        fingerprints: By version, of those that were asked for; see `Storage.fingerprint`.
        strays: Names of versions where none is, such as a file, a pipe or a link to nowhere.
        problem: What lies there instead of a model's folder, None where nothing or a folder does.
    """

    versions: tuple[int, ...]
    labels: tuple[str, ...] = ()
    fingerprints: Mapping[int, object] = field(default_factory=dict)
    strays: tuple[str, ...] = ()
    problem: str | None = None


class Storage(Protocol):
    """A place for versions, labels and signatures.

    Paths are relative to it, with `/` between their parts, and made of checked names. Reading
    raises StoreUnreachable, or another OSError, where the place does not answer; writing raises
    StoreNotWritable, and changes all of what it was to change or nothing.
    """

    @property
    def location(self) -> str:
        """The place as people name it."""

    @property
    def copies(self) -> "Storage | None":
        """The versions that this machine has copies of, for when the place is out of reach."""

    def locate(self, path: str) -> str:
        """Return where a path lies, as people name it."""

    def list_names(self, path: str) -> list[str]:
        """Return the names right below a path; none where nothing is there."""

    def list_versions(self, model: str) -> list[int]:
        """Return the versions of a model that have a manifest, ascending."""

    def survey(self, model: str, watched: Collection[int]) -> Survey:
        """Return what lies below a model's name, with the fingerprints of the watched versions."""

    def exists(self, path: str) -> bool:
        """Return whether a file is there, readable or not."""

    def read(self, path: str, max_bytes: int) -> bytes:
        """Return the content of a small file.

        Raises:
            CorruptArtifact: It is missing, no plain file or too large.
        """

    def fetch(self, manifest: Manifest, content: bytes) -> Path:
        """Return a folder of this machine with the files of a version, each as the manifest says.

        Args:
            manifest: Of the version.
            content: The manifest's own bytes.

        Raises:
            CorruptArtifact: Files are missing, or not what the manifest says.
        """

    def fingerprint(self, model: str, version: int) -> object:
        """Return what changes when a file of a version is repaired or replaced, or it is signed."""

    def check_writable(self) -> None:
        """Raise StoreNotWritable where nothing can be written."""

    def add_version(self, model: str, source: Path, after: int, seal: Seal) -> bytes:
        """Add the files of a folder as a version, visible all at once.

        Args:
            model: The model.
            source: The folder; left as it is.
            after: The greatest number that is known to be taken.
            seal: Makes the manifest; called again where another writer took the number.

        Returns:
            The manifest.

        Raises:
            CorruptArtifact: The folder holds anything but plain files.
            StoreNotWritable: Nothing was published.
        """

    def replace(self, path: str, content: bytes) -> None:
        """Write a small file, in place of an earlier one, so that it is whole at any moment."""

    def remove(self, path: str) -> None:
        """Remove a small file that may be gone already."""

    def remove_version(self, model: str, version: int) -> None:
        """Remove a version; it is gone at once, its files perhaps a moment later."""
