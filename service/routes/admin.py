"""`/admin`: what is loaded, and which version answers; for keys of their own alone."""

from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Body
from fastapi.openapi.models import Example
from pydantic import BaseModel, Field

from service.components import Components, ComponentsDep
from service.description.parameters import LabelPath, ModelPath
from service.http.body_schemas import STRICT
from service.http.error_schemas import ErrorBody
from service.versions.catalogue_state import ModelState
from tabuada.artifacts.publishing import remove_label, set_label

_REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorBody, "description": "The request brings no key of an administrator."},
    404: {"model": ErrorBody, "description": "There is no such model, version or label."},
    409: {
        "model": ErrorBody,
        "description": "The service may read the store of models, but not write to it.",
    },
    422: {"model": ErrorBody, "description": "A field breaks its rule."},
}

_EXAMPLES: dict[str, Example] = {"first": {"value": {"version": 1}}}
_ANSWER = "What is loaded now."
_UNAUTHORIZED: dict[int | str, dict[str, Any]] = {401: _REFUSALS[401]}

router = APIRouter(prefix="/admin", tags=["admin"], max_body_size=1024)


class LabelTarget(BaseModel):
    """Where a label is to point."""

    model_config = STRICT

    version: Annotated[int, Field(ge=1, lt=10**9)] = Field(description="A published version.")


class LoadedModels(BaseModel):
    """What the process that answers holds; of several, another may be one look behind."""

    models: list[ModelState] = Field(description="Each model, in order of name.")
    requests_in_progress: int = Field(description="How many requests are being answered.")
    pending_bytes: int = Field(description="Bytes of larger bodies that are being read or wait.")


@router.get(
    "/models",
    operation_id="get_loaded_models",
    summary="What is loaded, kept, loading and refused",
    response_description=_ANSWER,
    responses=_UNAUTHORIZED,
)
async def describe_models(components: ComponentsDep) -> LoadedModels:
    """Tells for each model its policy, what answers, and why a version was refused."""
    return _describe(components)


@router.post(
    "/refresh",
    operation_id="refresh_models",
    summary="Look at the store now",
    response_description=_ANSWER,
    responses=_UNAUTHORIZED,
)
async def refresh(components: ComponentsDep) -> LoadedModels:
    """Takes up new versions and moved labels at once, in the process that answers."""
    await components.catalogue.refresh()
    return _describe(components)


@router.put(
    "/models/{model}/labels/{label}",
    operation_id="move_label",
    summary="Move a label",
    response_description=_ANSWER,
    responses=_REFUSALS,
)
async def move_label(
    model: ModelPath,
    label: LabelPath,
    body: Annotated[LabelTarget, Body(openapi_examples=_EXAMPLES)],
    components: ComponentsDep,
) -> LoadedModels:
    """Points a label at a version: `stable` at an older one is how to go back to it."""
    store = components.catalogue.store
    await anyio.to_thread.run_sync(set_label, store, model, label, body.version)
    return await refresh(components)


@router.delete(
    "/models/{model}/labels/{label}",
    operation_id="remove_label",
    summary="Remove a label",
    response_description=_ANSWER,
    responses={status: _REFUSALS[status] for status in (401, 404, 409)},
)
async def drop_label(model: ModelPath, label: LabelPath, components: ComponentsDep) -> LoadedModels:
    """Forgets a label: without `stable`, the latest version answers."""
    await anyio.to_thread.run_sync(remove_label, components.catalogue.store, model, label)
    return await refresh(components)


def _describe(components: Components) -> LoadedModels:
    return LoadedModels(
        models=components.catalogue.describe(),
        requests_in_progress=components.intake.admission.requests,
        pending_bytes=components.intake.admission.pending_bytes,
    )
