"""The version that each model answers with by default, and the change to another one."""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field

from service.errors import VersionUnavailable
from service.tasks.task import LoadedVersion
from service.versions.catalogue_events import CatalogueEvents
from service.versions.loaded_versions import Key, LoadedVersions
from service.versions.store_reader import Listing
from tabuada.errors import StoreError
from tabuada.manifests.identity import Identity, shorten_digest

logger = logging.getLogger("service.versions")


@dataclass
class HeldVersions:
    """Holds one version of each model, and follows what its policy means.

    Attributes:
        loaded: Where versions come from. One that answered before goes back there, so that
            going back to it costs nothing as long as it is kept.
        events: Is told of each change.
    """

    loaded: LoadedVersions
    events: CatalogueEvents
    _held: dict[str, LoadedVersion] = field(default_factory=dict, init=False)
    _arrived: dict[str, asyncio.Event] = field(default_factory=dict, init=False)
    _adopting: dict[str, tuple[Listing, asyncio.Task[None]]] = field(
        default_factory=dict, init=False
    )

    def __iter__(self) -> Iterator[str]:
        """Return the models that have one."""
        return iter(self._held)

    def get(self, model: str) -> LoadedVersion | None:
        """Return what a model answers with by default, None before its first."""
        return self._held.get(model)

    def find_version(self, model: str) -> int | None:
        """Return the number of that version, None before its first."""
        held = self._held.get(model)
        return None if held is None else held.manifest.version

    async def wait_for(self, model: str) -> None:
        """Wait until a model has a version."""
        await self._arrived.setdefault(model, asyncio.Event()).wait()

    def follow(self, model: str, listing: Listing) -> None:
        """Begin to adopt what the policy of a model means, unless that is under way."""
        if model in self._adopting:
            wanted, task = self._adopting[model]
            if wanted.candidates == listing.candidates:
                return
            task.cancel()  # what is being loaded is loaded to its end, and kept
        task = asyncio.create_task(self._adopt(model, listing))
        self._adopting[model] = (listing, task)
        task.add_done_callback(lambda done: self._finish(model, done))

    async def wait_adopted(self, timeout_s: float) -> None:
        """Wait for all that is under way, but no longer than that."""
        if self._adopting:
            await asyncio.wait([task for _, task in self._adopting.values()], timeout=timeout_s)

    def cancel(self) -> None:
        """Adopt nothing any more."""
        for _, task in self._adopting.values():
            task.cancel()

    def _finish(self, model: str, task: asyncio.Task[None]) -> None:
        if self._adopting[model][1] is task:
            del self._adopting[model]
        if not task.cancelled() and task.exception():
            logger.error("Adopting a version of %s failed", model, exc_info=task.exception())

    async def _adopt(self, model: str, listing: Listing) -> None:
        for version in listing.candidates:
            held, key = self._held.get(model), (model, version)
            if held is None or held.manifest.version != version:
                try:
                    self._switch(model, await self.loaded.get(key))
                except (VersionUnavailable, StoreError):
                    continue  # it was logged where it happened
                return
            if self.loaded.is_current(key, held, listing.fingerprints.get(version)):
                self.loaded.log_once.settle(_name_replacement(key))
            else:
                await self._renew(key, held)
            return

    async def _renew(self, key: Key, held: LoadedVersion) -> None:
        """Answer with what lies in the store now under the number of what answers, if it is sound.

        If it is not, what is loaded goes on: it was checked, and nothing better is there.
        """
        subject = _name_replacement(key)
        try:
            loaded = await self.loaded.load_anew(key)
        except (VersionUnavailable, StoreError):
            digest = shorten_digest(held.digest)
            self.loaded.log_once.tell(
                subject, f"the one with the digest {digest} goes on answering"
            )
            return
        self.loaded.log_once.settle(subject)
        if self._held.get(key[0]) is held:
            self._switch(key[0], loaded)

    def _switch(self, model: str, loaded: LoadedVersion) -> None:
        """Answer with another version; requests that hold the old one are answered with it."""
        old, new = self._held.get(model), _identify(loaded)
        self._held[model] = loaded
        self.loaded.drop((model, new.version))
        if old is not None and old.manifest.version != new.version:
            self.loaded.keep((model, old.manifest.version), old)
        if old is None or old.digest != new.digest:
            logger.info("%s now answers with version %d, %s", model, new.version, new.short)
            self.events.switched(model, None if old is None else _identify(old), new)
        self._arrived.setdefault(model, asyncio.Event()).set()


def _name_replacement(key: Key) -> str:
    return f"what lies in the store as {key[0]} version {key[1]} now"


def _identify(loaded: LoadedVersion) -> Identity:
    return Identity.of(loaded.manifest, loaded.digest)
