"""Which versions are loaded, and which one a request means. Knows nothing of HTTP."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from service.errors import NotReady
from service.tasks.task import LoadedVersion
from service.versions.catalogue_events import CatalogueEvents, NoEvents
from service.versions.catalogue_state import ModelState
from service.versions.held_versions import HeldVersions
from service.versions.loaded_versions import Load, LoadedVersions
from service.versions.log_once import LogOnce
from service.versions.serial_executor import SerialExecutor
from service.versions.store_reader import Listing, StoreReader
from tabuada.artifacts.store import Store
from tabuada.errors import NotFound

logger = logging.getLogger("service.versions")

T = TypeVar("T")

_PATIENCE_S = 2.0  # a look at the store waits that long for what it started
_FAREWELL_S = 2.0  # and the end of the process for what is being loaded


@dataclass
class Catalogue:
    """The loaded versions of every model in a store.

    The version that a model answers with by default is always held; others are loaded when
    asked for, and the least recently used ones let go. A version that answered before stays
    among those, so that going back to it costs nothing. All methods run on the event loop;
    reading and loading happen in threads that neither predictions nor shutdown wait for.

    Attributes:
        store: Where the versions are.
        load: Opens, verifies, loads and tests one version; raises StoreError or OSError.
        default_model: The model of requests that name none.
        loaded_versions: How many versions besides the held ones stay in memory.
        policies: Which version answers by default, by model; see `service.versions.version_policy`.
        load_timeout_s: Seconds after which a version that is not loaded is refused.
        events: Is told what happens to versions.
    """

    store: Store
    load: Load
    default_model: str
    loaded_versions: int = 8
    policies: Mapping[str, str] = field(default_factory=dict)
    load_timeout_s: float = 60.0
    events: CatalogueEvents = field(default_factory=NoEvents)
    _listings: dict[str, Listing] = field(default_factory=dict, init=False)
    _problems: dict[str, str] = field(default_factory=dict, init=False)
    _looked: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    def __post_init__(self) -> None:
        """Put the parts together."""
        self.reader = StoreReader(self.store, self.policies)
        self._log_once = LogOnce(logger)
        self._store_executor = SerialExecutor("look at the store")
        self._loaded = LoadedVersions(
            self.store,
            self.load,
            self.loaded_versions,
            self.load_timeout_s,
            self.events,
            self._log_once,
        )
        self._held = HeldVersions(self._loaded, self.events)

    async def find(
        self, model: str | None = None, *, version: int | None = None, label: str | None = None
    ) -> LoadedVersion:
        """Return the loaded version that a request means, loading it if need be.

        Args:
            model: The model; the default one if None.
            version: That very version.
            label: The version this label points to.

        Raises:
            NotReady: The model has no version yet that could answer by default.
            NotFound: No such model, version or label.
            InvalidName: A name is malformed.
            VersionUnavailable: The version is published, but cannot be loaded.
        """
        model = model or self.default_model
        held = self._held.get(model)
        if version is None and label is None and held is not None:
            return held
        if version is not None:
            return await self._get(model, version)
        listing = self._listings.get(model)
        try:
            return await self._get(model, await self._resolve(model, label, listing))
        except NotFound:
            if listing is None:
                raise
        # What was listed is gone, or was not there yet: the store itself knows.
        return await self._get(model, await self._resolve(model, label, None))

    def find_held(self, model: str) -> int | None:
        """Return the version that a model answers with by default, None if none is loaded."""
        return self._held.find_version(model)

    def explain_unready(self) -> str | None:
        """Return why the default model cannot answer, None where it can."""
        return None if self._held.get(self.default_model) else self._explain(self.default_model)

    def describe(self) -> list[ModelState]:
        """Return what is held, kept, loading and refused of every model, in order of name."""
        models = sorted({*self._listings, *self._held, *self._problems})
        return [self._describe(model) for model in models]

    async def wait_looked(self) -> None:
        """Wait until the store was looked at once."""
        await self._looked.wait()

    async def wait_ready(self) -> None:
        """Wait until the default model can answer."""
        await self._held.wait_for(self.default_model)

    async def watch(self, interval_s: float) -> None:
        """Look at the store again and again, for ever."""
        try:
            while True:
                try:
                    await self.refresh()
                except Exception:  # the watch must outlive whatever one look ran into
                    logger.exception("Looking at the store failed; trying again")
                self._looked.set()
                await asyncio.sleep(interval_s)
        finally:
            self._held.cancel()
            await self._loaded.settle(_FAREWELL_S)

    async def refresh(self) -> None:
        """Look at the store once: adopt new default versions, forget removed ones.

        A version that cannot be loaded changes nothing but a line in the log. A model whose
        versions all vanish goes on answering with the one that is loaded. One that takes long
        to load is left behind: the next look does not wait for it.
        """
        try:
            found, problems = await self._store_executor.run(
                self.reader.list_store, self.load_timeout_s
            )
        except OSError as error:
            self._log_once.tell(f"the store at {self.store.location}", str(error))
            return
        self._log_once.settle(f"the store at {self.store.location}")
        self._note(found, problems)
        for model, listing in found.items():
            self._held.follow(model, listing)
        await self._held.wait_adopted(_PATIENCE_S)

    def _note(self, found: dict[str, Listing], problems: dict[str, str]) -> None:
        """Take over what the store holds now, and tell what is wrong or gone."""
        kept = {model: old for model, old in self._listings.items() if model in problems}
        unmet = {model: listing.explain_default(model) for model, listing in found.items()}
        gone = self._listings.keys() - found.keys() - problems.keys()
        self._listings = {**kept, **found}
        self._problems = {**problems, **{model: text for model, text in unmet.items() if text}}
        for model, problem in self._problems.items():
            self._log_once.tell(model, problem)
        for model in found.keys() - self._problems.keys():
            self._log_once.settle(model)
        for model in sorted(gone):
            logger.warning("The store holds no version of %s any more", model)
            self.events.removed(model)
        self._loaded.retain(
            {(model, v) for model, entry in self._listings.items() for v in entry.versions}
        )

    async def _get(self, model: str, version: int) -> LoadedVersion:
        held = self._held.get(model)
        if held is not None and held.manifest.version == version:
            return held
        return await self._loaded.get((model, version))

    async def _resolve(self, model: str, label: str | None, listing: Listing | None) -> int:
        """Return the version that a label or the model's policy means, as far as is listed."""
        if label is not None:
            if listing is not None and label in listing.labels:
                return listing.labels[label]
            resolve = partial(self.store.resolve, model, label=label)
            return await self._ask_store(model, resolve)
        if listing is None:
            listing = await self._ask_store(model, partial(self.reader.list_model, model))
        if listing.default is None:
            raise NotReady(listing.explain_default(model))
        return listing.default

    async def _ask_store(self, model: str, look: Callable[[], T]) -> T:
        try:
            return await self._store_executor.run(look, self.load_timeout_s)
        except NotFound as error:
            reason = self.explain_unready()
            if error.kind == "model" and model == self.default_model and reason:
                raise NotReady(reason) from error
            raise

    def _explain(self, model: str) -> str:
        listing = self._listings.get(model)
        if listing is None:
            return (
                f"expected a published version of {model}. Received: none yet in "
                "the store. Train one, or publish one: it is picked up by itself"
            )
        refused = listing.default in self._loaded.list_refused(model)
        found = (
            "one that was refused. Look into the log, which says why"
            if refused
            else "one that is not loaded yet. Try again in a moment"
        )
        return listing.explain_default(model) or (
            f"expected version {listing.default} of {model} to be loaded. Received: {found}"
        )

    def _describe(self, model: str) -> ModelState:
        listing = self._listings.get(model)
        return ModelState(
            model=model,
            policy=listing.policy if listing else self.policies.get(model, ""),
            default_version=listing.default if listing else None,
            serving_version=self.find_held(model),
            kept_versions=tuple(self._loaded.list_kept(model)),
            loading_versions=tuple(self._loaded.list_loading(model)),
            refused_versions=self._loaded.list_refused(model),
            problem=self._problems.get(model),
        )
