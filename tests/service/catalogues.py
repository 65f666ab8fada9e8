"""A catalogue without a server around it, told what it tells, over real networks."""

import threading
from dataclasses import dataclass, field

from service.settings import Settings
from service.task_registry import LOADERS
from service.tasks.task import LoadedVersion
from service.versions.catalogue import Catalogue
from service.versions.loaded_versions import Load
from service.versions.loading import prepare_loading
from tabuada.artifacts.store import Store
from tabuada.manifests.identity import Identity


@dataclass
class Recorder:
    """Notes every event, as a name and what came with it."""

    events: list[tuple[object, ...]] = field(default_factory=list)

    def loaded(self, model: str, version: int, seconds: float) -> None:
        """See `CatalogueEvents`."""
        assert seconds > 0
        self.events.append(("loaded", model, version))

    def switched(self, model: str, old: Identity | None, new: Identity) -> None:
        """See `CatalogueEvents`; noted by number, where that changes, else by digest."""
        if old is not None and old.version == new.version:
            self.events.append(("replaced", model, old.digest, new.digest))
        else:
            self.events.append(
                ("switched", model, None if old is None else old.version, new.version)
            )

    def refused(self, model: str, version: int, reason: str) -> None:
        """See `CatalogueEvents`."""
        self.events.append(("refused", model, version, reason))

    def removed(self, model: str) -> None:
        """See `CatalogueEvents`."""
        self.events.append(("removed", model))

    def take(self) -> list[tuple[object, ...]]:
        """Return what was noted since the last time."""
        taken, self.events = self.events, []
        return taken


@dataclass
class Gate:
    """Holds up the loading of one version until it is opened, as a stalled disk would.

    Attributes:
        load: What loads.
        key: The model and version that are held up.
        opened: Set to let them through.
    """

    load: Load
    key: tuple[str, int]
    opened: threading.Event = field(default_factory=threading.Event)

    def __call__(self, store: Store, model: str, version: int) -> LoadedVersion:
        """Load a version, once it may."""
        if (model, version) == self.key:
            assert self.opened.wait(60)
        return self.load(store, model, version)


def make_catalogue(store: Store, **options: object) -> Catalogue:
    """Return a catalogue that loads as the service does; `mlp` is its default model."""
    settings = Settings(artifacts=store.location, default_model="mlp")
    given = {"load": prepare_loading(settings, LOADERS), "default_model": "mlp", **options}
    return Catalogue(store, **given)  # type: ignore[arg-type] # each test says what it needs
