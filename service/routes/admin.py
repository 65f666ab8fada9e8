"""`/admin`: what is loaded, and which version answers; for keys of their own alone."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from service.components import Components, ComponentsDep
from service.errors import BodyTooLarge
from service.http.body_schemas import STRICT
from service.http.error_schemas import REFUSALS, ErrorBody
from service.http.intake import Intake
from service.http.json_route import JsonRoute
from service.http.replies import Reply, reply_json
from service.http.request_context import RequestContext
from service.versions.catalogue_state import ModelState
from tabuada.artifacts.publishing import remove_label, set_label

_REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorBody, "description": "No key of an administrator"},
    404: {"model": ErrorBody, "description": "No such model, version or label"},
    409: {"model": ErrorBody, "description": "The service may read the store, but not write to it"},
    422: {"model": ErrorBody, "description": "A field breaks its rule"},
}

_BODY_REFUSALS: dict[int | str, dict[str, Any]] = {
    **_REFUSALS,
    **{status: REFUSALS[status] for status in (400, 408, 413, 415)},
}
_UNAUTHORIZED: dict[int | str, dict[str, Any]] = {401: _REFUSALS[401]}

_MOST_BYTES = 1024  # of a body that names a version


class _LabelRoute(JsonRoute):
    """The route of what is to become of a label, in a few bytes of JSON."""

    def parse(self, content: bytes, context: RequestContext, intake: Intake) -> Any:
        """Return the body, validated."""
        if len(content) > _MOST_BYTES:
            raise BodyTooLarge(
                f"expected a body of at most {_MOST_BYTES} bytes. Received: {len(content)}. "
                "Send the version alone"
            )
        return super().parse(content, context, intake)

    def render(self, answer: Any, context: RequestContext) -> Reply:  # noqa: ARG002 -- no model's
        """Return what is loaded as JSON."""
        return reply_json(200, self._write(answer), [])


router = APIRouter(prefix="/admin", tags=["admin"])
label_router = APIRouter(prefix="/admin", tags=["admin"], route_class=_LabelRoute)


class LabelTarget(BaseModel):
    """Where a label is to point."""

    model_config = STRICT

    version: Annotated[int, Field(ge=1, lt=10**9)] = Field(description="A published version")


class LoadedModels(BaseModel):
    """What one worker holds. With several, another one may be a look at the store behind."""

    models: list[ModelState]
    requests_in_progress: int
    pending_bytes: int = Field(description="Of larger bodies that are being read or wait")


@router.get(
    "/models", summary="What is loaded, kept, loading and refused", responses={401: _REFUSALS[401]}
)
async def describe_models(components: ComponentsDep) -> LoadedModels:
    """Tells for each model its policy, what answers, and why a version was refused."""
    return _describe(components)


@router.post("/refresh", summary="Look at the store now", responses=_UNAUTHORIZED)
async def refresh(components: ComponentsDep) -> LoadedModels:
    """Takes up new versions and moved labels at once, in the worker that answers."""
    await components.catalogue.refresh()
    return _describe(components)


@label_router.put(
    "/models/{model}/labels/{label}", summary="Move a label", responses=_BODY_REFUSALS
)
async def move_label(
    model: str, label: str, body: LabelTarget, components: ComponentsDep
) -> LoadedModels:
    """Points a label at a version: `stable` at an older one is how to go back to it."""
    catalogue = components.catalogue
    await catalogue.questions.ask(partial(set_label, catalogue.store, model, label, body.version))
    return await refresh(components)


@router.delete("/models/{model}/labels/{label}", summary="Remove a label", responses=_REFUSALS)
async def drop_label(model: str, label: str, components: ComponentsDep) -> LoadedModels:
    """Forgets a label: without `stable`, the latest version answers."""
    catalogue = components.catalogue
    await catalogue.questions.ask(partial(remove_label, catalogue.store, model, label))
    return await refresh(components)


def _describe(components: Components) -> LoadedModels:
    return LoadedModels(
        models=components.catalogue.describe(),
        requests_in_progress=components.intake.admission.requests,
        pending_bytes=components.intake.admission.pending_bytes,
    )
