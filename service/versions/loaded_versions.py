"""The versions in memory: each loaded once for all who ask, kept a while, refused where bad."""

import asyncio
import logging
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from service.errors import VersionUnavailable
from service.tasks.task import LoadedVersion
from service.versions.catalogue_events import CatalogueEvents
from service.versions.log_once import LogOnce
from service.versions.serial_executor import SerialExecutor
from service.versions.store_reader import Listing
from service.versions.store_source import StoreSource
from tabuada.artifacts.storage.names import check_name
from tabuada.artifacts.store import Store
from tabuada.errors import NotFound, StoreError
from tabuada.manifests.identity import shorten_digest

logger = logging.getLogger("service.versions")

Load = Callable[[Store, str, int], LoadedVersion]
Key = tuple[str, int]
_RETRY_AFTER = 10  # times the seconds that a version had, before it gets them again


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a version is not loaded, and until when.

    Attributes:
        reason: For whoever runs the service; may name files.
        fingerprint: Of the files at fault: others are tried at once. None where the files
            did not arrive in time.
        retry_at: When to try again whatever the files are, on the monotonic clock; else None.
    """

    reason: str
    fingerprint: object
    retry_at: float | None = None


@dataclass
class LoadedVersions:
    """Loads versions and keeps those that were used last.

    Which version is in memory is known by the digest of its manifest. The fingerprint that was
    taken before it was read tells when its number has other files, so that they are read anew.

    Attributes:
        source: Where the versions are.
        load: Opens, verifies, loads and tests one version; raises StoreError or OSError.
        capacity: How many are kept.
        timeout_s: Seconds that loading one may take.
        events: Is told what is loaded and what is refused.
        log_once: Tells what is refused.
    """

    source: StoreSource
    load: Load
    capacity: int
    timeout_s: float
    events: CatalogueEvents
    log_once: LogOnce
    _kept: OrderedDict[Key, LoadedVersion] = field(default_factory=OrderedDict, init=False)
    _loading: dict[Key, asyncio.Task[LoadedVersion]] = field(default_factory=dict, init=False)
    _refused: dict[Key, Refusal] = field(default_factory=dict, init=False)
    _fingerprints: "weakref.WeakKeyDictionary[LoadedVersion, object]" = field(
        default_factory=weakref.WeakKeyDictionary, init=False
    )
    _executor: SerialExecutor = field(default_factory=partial(SerialExecutor, "load"), init=False)

    async def get(self, key: Key) -> LoadedVersion:
        """Return a version, loading it if need be.

        Raises:
            NotFound: No such version.
            InvalidName: The model's name is malformed.
            VersionUnavailable: It cannot be loaded.
        """
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return kept
        return await self.load_anew(key)

    async def load_anew(self, key: Key) -> LoadedVersion:
        """Return a version as it lies in the store now; raises as `get` does."""
        # A client that goes away must not take the loading from the others.
        return await asyncio.shield(self._begin(key))

    def find_kept(self, key: Key) -> LoadedVersion | None:
        """Return a version that is kept, as it is, None where it is not."""
        return self._kept.get(key)

    def is_current(self, key: Key, loaded: LoadedVersion, fingerprint: object) -> bool:
        """Return whether the files of a version in memory are still those that were read.

        Args:
            key: The version.
            loaded: It.
            fingerprint: Of the files in the store now; None where nobody looked.
        """
        if fingerprint is None:
            return True
        if self._fingerprints.get(loaded) != fingerprint:
            return False
        if self._refused.pop(key, None):  # what had replaced it is gone again
            self.log_once.settle(_name(key))
        return True

    def follow(self, listings: Mapping[str, Listing]) -> None:
        """Drop what the store no longer holds, and load anew what lies there with other files.

        What is loaded anew stays as it is until then, and after that if it is refused.
        """
        published = {(m, v) for m, listing in listings.items() for v in listing.versions}
        for versions in (self._kept, self._refused):
            for key in [key for key in versions if key not in published]:
                versions.pop(key)
        for (model, version), kept in self._kept.items():
            fingerprint = listings[model].fingerprints.get(version)
            if not self.is_current((model, version), kept, fingerprint):
                self._begin((model, version))

    def keep(self, key: Key, loaded: LoadedVersion) -> None:
        """Keep a version as the one used last, and let go of those used longest ago."""
        self._kept[key] = loaded
        self._kept.move_to_end(key)
        while len(self._kept) > self.capacity:
            self._kept.popitem(last=False)

    def drop(self, key: Key) -> None:
        """Keep a version no longer. Requests that hold it are answered all the same."""
        self._kept.pop(key, None)

    def list_kept(self, model: str) -> list[int]:
        """Return the versions of a model that are kept, the one used last first."""
        return [version for name, version in reversed(self._kept) if name == model]

    def list_loading(self, model: str) -> list[int]:
        """Return the versions of a model that are being loaded."""
        return [version for name, version in self._loading if name == model]

    def list_refused(self, model: str) -> dict[int, str]:
        """Return the versions of a model that were refused, with the reasons."""
        return {key[1]: refusal.reason for key, refusal in self._refused.items() if key[0] == model}

    def _begin(self, key: Key) -> "asyncio.Task[LoadedVersion]":
        task = self._loading.get(key)
        if task is None:
            task = asyncio.create_task(self._load(key))
            self._loading[key] = task
            task.add_done_callback(lambda done: self._finish(key, done))
        return task

    async def settle(self, timeout_s: float) -> None:
        """Wait for what is being loaded, but no longer than that."""
        await self._executor.settle(timeout_s)

    def _finish(self, key: Key, task: asyncio.Task[LoadedVersion]) -> None:
        del self._loading[key]
        if not task.cancelled():
            task.exception()  # seen, even where every client that waited has gone

    async def _load(self, key: Key) -> LoadedVersion:
        check_name(key[0])
        unavailable = VersionUnavailable(
            f"expected a version of {key[0]} that can be loaded. Received: version {key[1]}, "
            "whose files are damaged or cannot be read. Ask for another version"
        )
        found: object = None
        store = self.source.choose()  # one for all: what is read is what was looked at
        try:
            found = await self._look(store, key)
            if self._is_refused(key, found):
                raise unavailable
            begun = time.perf_counter()
            loaded = await self._executor.run(partial(self.load, store, *key), self.timeout_s)
        except NotFound:
            raise
        except TimeoutError as error:
            retry_s = _RETRY_AFTER * self.timeout_s
            reason = f"{error}. It is tried again in {retry_s:g} s"
            self._refuse(key, Refusal(reason, None, time.monotonic() + retry_s))
            raise unavailable from error
        except (StoreError, OSError, MemoryError) as error:
            # What the system refused may work a moment later; damaged files will not.
            for_now = None if isinstance(error, StoreError) else 0.0
            self._refuse(key, Refusal(str(error), found, for_now))
            raise unavailable from error
        self._fingerprints[loaded] = found
        self._accept(key, loaded, time.perf_counter() - begun)
        return loaded

    async def _look(self, store: Store, key: Key) -> object:
        """Return the fingerprint of a version, without touching one that did not answer."""
        refusal = self._refused.get(key)
        if refusal and refusal.fingerprint is None and not _is_over(refusal):
            return None
        return await self._executor.run(partial(store.storage.fingerprint, *key), self.timeout_s)

    def _is_refused(self, key: Key, found: object) -> bool:
        refusal = self._refused.get(key)
        return refusal is not None and refusal.fingerprint == found and not _is_over(refusal)

    def _refuse(self, key: Key, refusal: Refusal) -> None:
        self._refused[key] = refusal
        if self.log_once.tell(_name(key), refusal.reason):
            self.events.refused(*key, refusal.reason)

    def _accept(self, key: Key, loaded: LoadedVersion, seconds: float) -> None:
        self._refused.pop(key, None)
        self.log_once.settle(_name(key))
        logger.debug("Loaded %s", _name(key))
        kept = self._kept.get(key)
        if kept is not None and kept.digest != loaded.digest:
            logger.info(
                "%s was replaced in the store: %s answers for it instead of %s",
                _name(key), shorten_digest(loaded.digest), shorten_digest(kept.digest),
            )  # fmt: skip
        # Called when the last request that holds it is answered and nobody keeps it any more.
        weakref.finalize(loaded, logger.debug, "Let go of %s", _name(key)).atexit = False
        self.keep(key, loaded)
        self.events.loaded(*key, seconds)


def _is_over(refusal: Refusal) -> bool:
    return refusal.retry_at is not None and time.monotonic() >= refusal.retry_at


def _name(key: Key) -> str:
    return f"{key[0]} version {key[1]}"
