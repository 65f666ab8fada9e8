"""Which versions are loaded, and which one a request means. Knows nothing of HTTP."""

import asyncio
import functools
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import anyio
import anyio.to_thread

from service.errors import NotReady, VersionUnavailable
from service.predictor import Predictor
from service.shelf import Listing, fingerprint, list_store
from tabuada.errors import NotFound, StoreError
from tabuada.store import Store

logger = logging.getLogger("service.catalogue")

Load = Callable[[str, int], Predictor]
_Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class _Refusal:
    fingerprint: object
    message: str


@dataclass
class Catalogue:
    """The loaded versions of every model in a store.

    The version that a model answers with by default is always held; others are loaded when
    asked for, and the least recently used ones let go. All methods run on the event loop;
    reading and loading happen in threads.

    Attributes:
        store: Where the versions are.
        load: Opens, verifies, loads and tests one version; raises StoreError or OSError.
        default_model: The model of requests that name none.
        loaded_versions: How many versions besides the held ones stay in memory.
    """

    store: Store
    load: Load
    default_model: str
    loaded_versions: int = 8
    _listings: dict[str, Listing] = field(default_factory=dict, init=False)
    _held: dict[str, Predictor] = field(default_factory=dict, init=False)
    _recent: OrderedDict[_Key, Predictor] = field(default_factory=OrderedDict, init=False)
    _loading: dict[_Key, asyncio.Task[Predictor]] = field(default_factory=dict, init=False)
    _refused: dict[_Key, _Refusal] = field(default_factory=dict, init=False)
    _complaints: dict[str, str] = field(default_factory=dict, init=False)
    _looked: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _ready: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    async def find(
        self, model: str | None = None, *, version: int | None = None, label: str | None = None
    ) -> Predictor:
        """Return the loaded version that a request means, loading it if need be.

        Args:
            model: The model; the default one if None.
            version: That very version.
            label: The version this label points to.

        Raises:
            NotReady: The default model has no version yet.
            NotFound: No such model, version or label.
            InvalidName: A name is malformed.
            VersionUnavailable: The version is published, but cannot be loaded.
        """
        model = model or self.default_model
        if version is None and label is None and model in self._held:
            return self._held[model]
        if version is None:
            version = await self._resolve(model, label)
        held = self._held.get(model)
        if held is not None and held.manifest.version == version:
            return held
        key = (model, version)
        if key in self._recent:
            self._recent.move_to_end(key)
            return self._recent[key]
        return await self._load_once(key)

    def find_held(self, model: str) -> int | None:
        """Return the version that a model answers with by default, None if none is loaded."""
        held = self._held.get(model)
        return None if held is None else held.manifest.version

    def explain_unready(self) -> str | None:
        """Return why the default model cannot answer, None where it can."""
        if self.default_model in self._held:
            return None
        listing = self._listings.get(self.default_model)
        if listing is None:
            return (
                f"expected a published version of {self.default_model}. Received: none yet in "
                f"the store. Train one, or publish one: it is picked up by itself"
            )
        return (
            f"expected version {listing.default} of {self.default_model} to be loaded. "
            "Received: not yet, or it was refused: the log says why"
        )

    async def wait_looked(self) -> None:
        """Wait until the store was looked at once."""
        await self._looked.wait()

    async def wait_ready(self) -> None:
        """Wait until the default model can answer."""
        await self._ready.wait()

    async def watch(self, interval_s: float) -> None:
        """Look at the store again and again, for ever."""
        while True:
            try:
                await self.refresh()
            except Exception:  # the watch must outlive whatever one look ran into
                logger.exception("Looking at the store failed; trying again")
            self._looked.set()
            await asyncio.sleep(interval_s)

    async def refresh(self) -> None:
        """Look at the store once: adopt new default versions, forget removed ones.

        A version that cannot be loaded changes nothing but a line in the log. A model whose
        versions all vanish goes on answering with the one that is loaded.
        """
        try:
            listings, problems = await anyio.to_thread.run_sync(list_store, self.store)
        except OSError as error:
            self._complain(f"the store at {self.store.root}", str(error))
            return
        for model, problem in problems.items():
            self._complain(model, problem)
        self._listings = {**self._keep_unreadable(set(problems)), **listings}
        for key in list(self._recent):
            if key[1] not in listings.get(key[0], Listing((), {}, 0)).versions:
                del self._recent[key]
        for model, listing in listings.items():
            if self.find_held(model) != listing.default:
                await self._adopt(model, listing.default)

    def _keep_unreadable(self, models: set[str]) -> dict[str, Listing]:
        return {model: kept for model, kept in self._listings.items() if model in models}

    async def _adopt(self, model: str, version: int) -> None:
        try:
            predictor = await self._load_once((model, version))
        except (VersionUnavailable, StoreError):
            return  # it was logged where it happened
        self._held[model] = predictor
        logger.info("%s now answers with version %d", model, version)
        if model == self.default_model:
            self._ready.set()

    async def _resolve(self, model: str, label: str | None) -> int:
        listing = self._listings.get(model)
        if listing is not None and label in listing.labels:
            return listing.labels[label]
        try:
            resolve = functools.partial(self.store.resolve, model, label=label)
            return await anyio.to_thread.run_sync(resolve)
        except NotFound as error:
            reason = self.explain_unready()
            if error.kind == "model" and model == self.default_model and reason:
                raise NotReady(reason) from error
            raise

    async def _load_once(self, key: _Key) -> Predictor:
        """Load a version, together with everyone else who asks for it meanwhile."""
        task = self._loading.get(key)
        if task is None:
            task = asyncio.create_task(self._load(key))
            self._loading[key] = task
            task.add_done_callback(lambda done: self._finish(key, done))
        # A client that goes away must not take the loading from the others.
        return await asyncio.shield(task)

    def _finish(self, key: _Key, task: asyncio.Task[Predictor]) -> None:
        del self._loading[key]
        if not task.cancelled():
            task.exception()  # seen, even where every client that waited has gone

    async def _load(self, key: _Key) -> Predictor:
        folder = self.store.model_folder(key[0]) / str(key[1])
        refusal = self._refused.get(key)
        found: object = None
        subject = f"{key[0]} version {key[1]}"
        try:
            found = await anyio.to_thread.run_sync(fingerprint, folder)
            if refusal is not None and refusal.fingerprint == found:
                raise VersionUnavailable(refusal.message)
            predictor = await anyio.to_thread.run_sync(self.load, *key)
        except NotFound:
            raise
        except (StoreError, OSError, MemoryError) as error:
            self._complain(subject, str(error))
            message = (
                f"expected a version of {key[0]} that can be loaded. Received: version {key[1]}, "
                "whose files are damaged or cannot be read. Ask for another version"
            )
            if isinstance(error, StoreError):  # for good, until somebody repairs the files
                self._refused[key] = _Refusal(found, message)
            raise VersionUnavailable(message) from error
        self._refused.pop(key, None)
        self._complaints.pop(subject, None)
        logger.debug("Loaded %s", subject)
        self._recent[key] = predictor
        while len(self._recent) > self.loaded_versions:
            self._recent.popitem(last=False)
        return predictor

    def _complain(self, subject: str, problem: str) -> None:
        """Log a problem, but not again at every look at the store."""
        if self._complaints.get(subject) != problem:
            self._complaints[subject] = problem
            logger.error("Refused %s: %s", subject, problem)
