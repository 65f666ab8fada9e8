"""One version, opened."""

from dataclasses import dataclass
from pathlib import Path

from tabuada.artifacts.storage.files import read_verified, verify_files
from tabuada.errors import CorruptArtifact
from tabuada.manifests.manifest import Manifest


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
        """Check size and digest of every file once more.

        Raises:
            CorruptArtifact: One is missing or changed.
        """
        verify_files(self.folder, self.manifest.files)
