"""Which versions are loaded, and which one a request means. Knows nothing of HTTP."""

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from service.errors import NotReady
from service.tasks.task import LoadedVersion
from service.versions.catalogue_events import CatalogueEvents, NoEvents
from service.versions.catalogue_state import ModelState
from service.versions.held_versions import HeldVersions
from service.versions.loaded_versions import Load, LoadedVersions
from service.versions.log_once import LogOnce
from service.versions.store_health import StoreHealth
from service.versions.store_lookout import StoreLookout
from service.versions.store_questions import StoreQuestions
from service.versions.store_reader import Listing, Watched
from service.versions.store_source import StoreSource
from tabuada.artifacts.store import Store
from tabuada.errors import NotFound, StoreUnreachable
from tabuada.manifests.manifest import Manifest

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
    _looked: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    def __post_init__(self) -> None:
        """Put the parts together."""
        self._source = StoreSource(self.store)
        self.questions = StoreQuestions(self._source, self.policies, self.load_timeout_s)
        self._log_once = LogOnce(logger)
        self._lookout = StoreLookout(
            self._source, self.policies, self.load_timeout_s, self._log_once
        )
        self._loaded = LoadedVersions(
            self._source,
            self.load,
            self.loaded_versions,
            self.load_timeout_s,
            self.events,
            self._log_once,
        )
        self._held = HeldVersions(self._loaded, self.events)

    @property
    def health(self) -> StoreHealth:
        """Whether the store can be read."""
        return self._lookout.health

    @property
    def _listings(self) -> Mapping[str, Listing]:
        return self._lookout.listings

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

    def get_held(self, model: str | None = None) -> LoadedVersion | None:
        """Return what a model answers with by default, None if nothing is loaded.

        Args:
            model: Its name; the default model where none is given.
        """
        return self._held.get(model or self.default_model)

    def find_held(self, model: str) -> int | None:
        """Return the version that a model answers with by default, None if none is loaded."""
        return self._held.find_version(model)

    def find_digest(self, model: str) -> str | None:
        """Return the digest of that version's manifest, None if none is loaded."""
        held = self._held.get(model)
        return None if held is None else held.digest

    def explain_unready(self) -> str | None:
        """Return why the default model cannot answer, None where it can."""
        return None if self._held.get(self.default_model) else self._explain(self.default_model)

    def describe(self) -> list[ModelState]:
        """Return what is held, kept, loading and refused of every model, in order of name."""
        models = sorted({*self._listings, *self._held, *self._lookout.problems})
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
        versions all vanish goes on answering with the one that is loaded, and so does every one
        while the store cannot be read. One that takes long to load is left behind: the next look
        does not wait for it.
        """
        look = await self._lookout.look(self._list_watched(), set(self._held))
        if look is not None:
            for model in look.gone:
                self.events.removed(model)
            self._loaded.follow(self._lookout.listings)
            for model, listing in look.found.items():
                self._held.follow(model, listing)
        await self._held.wait_adopted(_PATIENCE_S)

    def _list_watched(self) -> Watched:
        """Return what is in memory: should its files become others, it is to be noticed."""
        models = {*self._listings, *self._held}
        watched = {model: set(self._loaded.list_kept(model)) for model in models}
        for model in self._held:
            watched[model].add(self._held.find_version(model) or 0)
        return watched

    async def _get(self, model: str, version: int) -> LoadedVersion:
        return self.find_loaded(model, version) or await self._loaded.get((model, version))

    def find_loaded(self, model: str, version: int) -> LoadedVersion | None:
        """Return a version that is in memory, as it answers; None where it is not."""
        held = self._held.get(model)
        if held is not None and held.manifest.version == version:
            return held
        return self._loaded.find_kept((model, version))

    async def list_versions(self, model: str) -> tuple[int, ...]:
        """Return the published versions of a model, as last seen where the store does not answer.

        Raises:
            NotFound: No such model.
        """
        try:
            return (await self.questions.recall_model(model)).versions
        except (NotFound, StoreUnreachable):
            listing = self._listings.get(model)
            if listing is None:
                raise
            return listing.versions

    async def read_manifest(self, model: str, version: int) -> tuple[Manifest, str]:
        """Return a version's manifest and its digest: of what answers, else of what is stored.

        Raises:
            NotFound: No such version.
        """
        loaded = self.find_loaded(model, version)
        if loaded is not None:
            return loaded.manifest, loaded.digest
        return await self.questions.read_manifest(model, version)

    async def _resolve(self, model: str, label: str | None, listing: Listing | None) -> int:
        """Return the version that a label or the model's policy means, as far as is listed."""
        if label is not None:
            if listing is not None and label in listing.labels:
                return listing.labels[label]
            return await self._ask_store(model, self.questions.resolve(model, label))
        if listing is None:
            listing = await self._ask_store(model, self.questions.recall_model(model))
        if listing.default is None:
            raise NotReady(listing.explain_default(model))
        return listing.default

    async def _ask_store(self, model: str, answer: Awaitable[T]) -> T:
        try:
            return await answer
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
        listing, held = self._listings.get(model), self._held.get(model)
        return ModelState(
            model=model,
            policy=listing.policy if listing else self.policies.get(model, ""),
            default_version=listing.default if listing else None,
            serving_version=self.find_held(model),
            kept_versions=tuple(self._loaded.list_kept(model)),
            loading_versions=tuple(self._loaded.list_loading(model)),
            refused_versions=self._loaded.list_refused(model),
            problem=self._lookout.problems.get(model),
            serving_digest=None if held is None else held.digest,
        )
