"""Looks at the store again and again, and knows what it held last, whatever happens to it."""

import logging
from collections.abc import Collection, Mapping
from functools import partial
from typing import NamedTuple

from service.versions.log_once import LogOnce
from service.versions.serial_executor import SerialExecutor
from service.versions.store_findings import StoreFindings
from service.versions.store_health import StoreHealth
from service.versions.store_reader import Listing, StoreReader, Watched
from service.versions.store_source import StoreSource
from tabuada.artifacts.store import Store

logger = logging.getLogger("service.versions")


class Look(NamedTuple):
    """What one look found.

    Attributes:
        found: What can be read, by model.
        gone: Models that were there at the look before, and are not now.
    """

    found: Mapping[str, Listing]
    gone: Collection[str]


class StoreLookout:
    """What is known of a store.

    Args:
        source: What is looked at.
        policies: Policy by model.
        timeout_s: Seconds that a look may take.
        log_once: Tells what is wrong.

    Attributes:
        listings: What was found last, by model; of one that answers also where it is gone since.
        health: Whether the store can be read.
    """

    def __init__(
        self,
        source: StoreSource,
        policies: Mapping[str, str],
        timeout_s: float,
        log_once: LogOnce,
    ) -> None:
        self.listings: dict[str, Listing] = {}
        self.health = StoreHealth()
        self._source = source
        self._policies = policies
        self._timeout_s = timeout_s
        self._log_once = log_once
        self._findings = StoreFindings(log_once)
        self._executor = SerialExecutor("look at the store")

    @property
    def problems(self) -> Mapping[str, str]:
        """Why models cannot be read, or their policies mean no version."""
        return self._findings.problems

    async def look(self, watched: Watched, answering: Collection[str]) -> Look | None:
        """Look once.

        Args:
            watched: Versions whose fingerprints are wanted.
            answering: Models that go on answering even where the store holds none of them.

        Returns:
            What is to be followed; None where nothing can be read, so that all stays as it is.
        """
        store, place = self._source.store, f"the store at {self._source.store.location}"
        try:
            with self.health.looking():
                look = await self._read(store, watched, answering)
        except OSError as error:
            self._log_once.tell(place, str(error))
            self.health.unreadable = True
            self._source.away = self._source.copies is not None
            return await self._look_at_copies(watched, answering)
        self._log_once.settle(place)
        self.health.unreadable = self.health.from_copies = self._source.away = False
        return look

    async def _look_at_copies(self, watched: Watched, answering: Collection[str]) -> Look | None:
        """Return what this machine has copies of, where nothing was known before."""
        copies = self._source.copies
        if copies is None or (self.listings and not self.health.from_copies):
            return None
        try:
            look = await self._read(copies, watched, answering)
        except OSError:
            return None
        if look.found and not self.health.from_copies:
            self.health.from_copies = True
            known = ", ".join(sorted(look.found))
            logger.warning("Serving verified copies of %s: %s", known, copies.location)
        return look

    async def _read(self, store: Store, watched: Watched, answering: Collection[str]) -> Look:
        """Read a store and take over what it holds; raises OSError where it cannot be read."""
        reader = StoreReader(store, self._policies)
        found, problems = await self._executor.run(
            partial(reader.list_store, watched), self._timeout_s
        )
        gone = self.listings.keys() - found.keys() - problems.keys()
        left = {m: old for m, old in self.listings.items() if m in problems or m in answering}
        self.listings = {**left, **found}
        self._findings.note(found, problems)
        newly = sorted(gone - self.health.gone)
        for model in newly:
            logger.warning("The store holds no version of %s any more", model)
        self.health.gone = gone & self.listings.keys()
        return Look(found, newly)
