"""What handlers need, defined once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, TypeVar

from fastapi import Depends, Request

from service.errors import NotReady
from service.http.assets import Assets
from service.http.intake import Intake
from service.http.keys import KeyRing
from service.http.request_context import RequestContext, find_context
from service.lifecycle import Lifecycle
from service.metrics import Metrics
from service.settings import Settings
from service.versions.catalogue import Catalogue

PlaneT = TypeVar("PlaneT")


@dataclass(frozen=True, slots=True)
class Components:
    """The components of one application.

    Attributes:
        settings: As the operator chose them.
        catalogue: The loaded versions.
        metrics: What is told to Prometheus.
        intake: How requests and their bodies are let in.
        planes: The data planes of the tasks, by class.
        api_keys: The keys of requests.
        admin_keys: The keys of administrators.
        assets: The files that pages load.
        lifecycle: Where the process is in its life.
    """

    settings: Settings
    catalogue: Catalogue
    metrics: Metrics
    intake: Intake
    planes: Mapping[type, object]
    api_keys: KeyRing
    admin_keys: KeyRing
    assets: Assets
    lifecycle: Lifecycle = field(default_factory=Lifecycle)

    @property
    def access_log(self) -> bool:
        """Whether each request is logged."""
        return self.settings.access_log

    def find_plane(self, kind: type[PlaneT]) -> PlaneT:
        """Return the data plane of a task, by its class."""
        plane = self.planes[kind]
        assert isinstance(plane, kind)
        return plane

    def explain_unready(self) -> str | None:
        """Return why clients should not come now, None where they should."""
        if self.lifecycle.stopping:
            return "expected a service that stays. Received: it is shutting down. Ask another one"
        return self.catalogue.explain_unready()

    def look(self) -> None:
        """Bring the gauges up to date."""
        self.metrics.look(
            self.intake.admission.requests,
            ready=not self.explain_unready(),
            store_problem=self.catalogue.health.problem,
        )

    def check_ready(self) -> None:
        """Let clients come.

        Raises:
            NotReady: They should not; the message says why.
        """
        reason = self.explain_unready()
        if reason:
            raise NotReady(reason)


async def _get_components(request: Request) -> Components:
    components: Components = request.app.state.components
    return components


async def _get_context(request: Request) -> RequestContext:
    return find_context(request.scope)


# One for all: FastAPI spends about 60 µs on solving each dependency, a tenth of a small request.
ComponentsDep = Annotated[Components, Depends(_get_components)]
ContextDep = Annotated[RequestContext, Depends(_get_context)]
