"""Which version something is: the digest of its manifest, whatever its number."""

from typing import NamedTuple

from tabuada.manifests.manifest import Manifest

_SHOWN = 16


class Identity(NamedTuple):
    """A version that answers, as it is told to people, logs and metrics.

    Attributes:
        version: Its number, which another one may have had before.
        digest: SHA-256 of its manifest, which names the digests of all its files.
        created_at: When it was published, ISO 8601.
    """

    version: int
    digest: str
    created_at: str

    @classmethod
    def of(cls, manifest: Manifest, digest: str) -> "Identity":
        """Return that of a version, given its manifest and the digest of that."""
        return cls(manifest.version, digest, manifest.created_at)

    @property
    def short(self) -> str:
        """The start of the digest."""
        return shorten_digest(self.digest)

    def precedes(self, other: "Identity") -> bool:
        """Return whether it is older than another one: by number, then by when it was published."""
        return (self.version, self.created_at) < (other.version, other.created_at)


def shorten_digest(digest: str) -> str:
    """Return as much of a digest as tells versions of one model apart."""
    return digest[:_SHOWN]
