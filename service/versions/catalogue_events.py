"""What a catalogue tells whoever counts: versions loaded, switched to, refused, gone."""

from typing import Protocol

from tabuada.manifests.identity import Identity


class CatalogueEvents(Protocol):
    """Is told what happens to versions. Its methods run on the event loop and must not wait."""

    def loaded(self, model: str, version: int, seconds: float) -> None:
        """A version was read, verified, loaded, warmed and tested, in that many seconds."""

    def switched(self, model: str, old: Identity | None, new: Identity) -> None:
        """A model answers with another version by default; `old` is None for its first.

        Both may have one number: then the version was replaced in the store.
        """

    def refused(self, model: str, version: int, reason: str) -> None:
        """A version cannot be loaded; told once for each reason, as the log is."""

    def removed(self, model: str) -> None:
        """The store holds no version of a model any more; what is loaded goes on answering."""


class NoEvents:
    """Listens to nothing."""

    def loaded(self, model: str, version: int, seconds: float) -> None:
        """See `CatalogueEvents`."""

    def switched(self, model: str, old: Identity | None, new: Identity) -> None:
        """See `CatalogueEvents`."""

    def refused(self, model: str, version: int, reason: str) -> None:
        """See `CatalogueEvents`."""

    def removed(self, model: str) -> None:
        """See `CatalogueEvents`."""
