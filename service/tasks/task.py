"""What the service needs to know of a task: how its versions are loaded, and who asks them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from fastapi import APIRouter

from service.batching.batcher import Observe
from service.batching.policy import Batching
from service.metrics import Metrics
from service.runtimes.runtime import OpenRuntime
from service.settings import Settings
from tabuada.artifacts.artifact import Artifact
from tabuada.manifests.manifest import Manifest


class LoadedVersion(Protocol):
    """A version in memory, as far as those who load, keep and swap versions know it."""

    @property
    def manifest(self) -> Manifest:
        """What the version says about itself."""

    @property
    def digest(self) -> str:
        """The digest of that manifest's bytes: which version it is, whatever its number."""

    @property
    def platform(self) -> str:
        """What the Open Inference Protocol calls that which runs it."""


LoadVersion = Callable[[Artifact, OpenRuntime, Batching | None, Observe | None], LoadedVersion]
"""Loads a verified version and makes sure that it answers as its manifest promises.

It raises CorruptArtifact where it does not, or cannot be loaded.
"""


@dataclass(frozen=True, slots=True)
class Task:
    """A task.

    Attributes:
        name: What manifests call it.
        load: Loads a version.
        prepare: Makes its data plane: what its routes ask for answers.
        routers: Its routes.
    """

    name: str
    load: LoadVersion
    prepare: Callable[[Settings, Metrics], object]
    routers: Sequence[APIRouter]
