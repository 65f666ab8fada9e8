"""`/admin`: what is loaded, and which version answers; for keys of their own alone."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Body
from fastapi.openapi.models import Example
from pydantic import BaseModel, Field

from service.components import Components, ComponentsDep
from service.description.parameters import LabelPath, ModelPath
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
    401: {"model": ErrorBody, "description": "The request brings no key of an administrator."},
    404: {"model": ErrorBody, "description": "There is no such model, version or label."},
    409: {
        "model": ErrorBody,
        "description": "The service may read the store of models, but not write to it.",
    },
    422: {"model": ErrorBody, "description": "A field breaks its rule."},
}

_BODY_REFUSALS: dict[int | str, dict[str, Any]] = {
    **_REFUSALS,
    **{status: REFUSALS[status] for status in (400, 408, 413, 415)},
}
_EXAMPLES: dict[str, Example] = {"first": {"value": {"version": 1}}}
_ANSWER = "What is loaded now."
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


@label_router.put(
    "/models/{model}/labels/{label}",
    operation_id="move_label",
    summary="Move a label",
    response_description=_ANSWER,
    responses=_BODY_REFUSALS,
)
async def move_label(
    model: ModelPath,
    label: LabelPath,
    body: Annotated[LabelTarget, Body(openapi_examples=_EXAMPLES)],
    components: ComponentsDep,
) -> LoadedModels:
    """Points a label at a version: `stable` at an older one is how to go back to it."""
    catalogue = components.catalogue
    await catalogue.questions.ask(partial(set_label, catalogue.store, model, label, body.version))
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
    catalogue = components.catalogue
    await catalogue.questions.ask(partial(remove_label, catalogue.store, model, label))
    return await refresh(components)


def _describe(components: Components) -> LoadedModels:
    return LoadedModels(
        models=components.catalogue.describe(),
        requests_in_progress=components.intake.admission.requests,
        pending_bytes=components.intake.admission.pending_bytes,
    )
