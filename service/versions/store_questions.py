"""Questions of requests to a store, which may be slow, silent or gone. Knows nothing of HTTP."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from service.versions.serial_executor import SerialExecutor
from service.versions.store_reader import Listing, StoreReader
from service.versions.store_source import StoreSource
from tabuada.artifacts.store import Store
from tabuada.errors import StoreUnreachable, TabuadaError
from tabuada.manifests.manifest import Manifest

T = TypeVar("T")

_ANSWER_S = 10.0
_PATIENCE_S = 0.05  # a bucket takes that long: questions to it go side by side
_MAX_HANGING = 32


class StoreQuestions:
    """Asks a store in threads that nothing waits for: a disk that hangs keeps no process alive.

    Args:
        source: What is asked.
        policies: Policy by model.
        timeout_s: Seconds that an answer may take; less where that is more than a client waits.
    """

    def __init__(self, source: StoreSource, policies: Mapping[str, str], timeout_s: float) -> None:
        self._source = source
        self._policies = policies
        self._timeout_s = min(timeout_s, _ANSWER_S)
        self._executor = SerialExecutor("ask the store", _PATIENCE_S, _MAX_HANGING)

    async def list_models(self) -> dict[str, Listing]:
        """Return what the store itself holds, by model."""
        reader = StoreReader(self._source.store, self._policies)
        listings, _ = await self.ask(reader.list_store)
        return listings

    async def list_model(self, model: str) -> Listing:
        """Return what the store itself holds of a model.

        Raises:
            NotFound: No such model.
        """
        reader = StoreReader(self._source.store, self._policies)
        return await self.ask(partial(reader.list_model, model))

    async def recall_model(self, model: str) -> Listing:
        """Return what can be read of a model now: of the store, or of its copies.

        Raises:
            NotFound: No such model.
        """
        reader = StoreReader(self._source.choose(), self._policies)
        return await self.ask(partial(reader.list_model, model))

    async def resolve(self, model: str, label: str) -> int:
        """Return the version that a label points to.

        Raises:
            NotFound: No such model or label.
        """
        return await self.ask(partial(self._source.choose().resolve, model, label=label))

    async def read_manifest(self, model: str, version: int) -> tuple[Manifest, str]:
        """Return a version's manifest and its digest.

        Raises:
            NotFound: No such version.
        """
        return await self.ask(partial(self._source.choose().read_manifest, model, version))

    async def ask_any(self, work: Callable[[Store], T]) -> T:
        """Return what a piece of work with the store returns, or with its copies; see `ask`."""
        return await self.ask(partial(work, self._source.choose()))

    async def ask(self, work: Callable[[], T]) -> T:
        """Return what a piece of work with the store returns.

        Raises:
            StoreUnreachable: It did not answer in time, or refused.
            TabuadaError: What the work itself raises.
        """
        try:
            return await self._executor.run(work, self._timeout_s)
        except TabuadaError:
            raise
        except OSError as error:
            raise StoreUnreachable(
                "expected the store to be readable. Received: "
                f"{error.strerror or error}. Ask again in a moment; the log says more"
            ) from error
