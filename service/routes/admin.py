"""`/admin`: what is loaded, and which version answers; for keys of their own alone."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from service.components import Components, ComponentsDep
from service.http.body_schemas import STRICT
from service.http.error_schemas import ErrorBody
from service.versions.catalogue_state import ModelState
from tabuada.artifacts.publishing import remove_label, set_label

_REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorBody, "description": "No key of an administrator"},
    404: {"model": ErrorBody, "description": "No such model, version or label"},
    409: {"model": ErrorBody, "description": "The service may read the store, but not write to it"},
    422: {"model": ErrorBody, "description": "A field breaks its rule"},
}

_UNAUTHORIZED: dict[int | str, dict[str, Any]] = {401: _REFUSALS[401]}

router = APIRouter(prefix="/admin", tags=["admin"], max_body_size=1024)


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


@router.put("/models/{model}/labels/{label}", summary="Move a label", responses=_REFUSALS)
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
