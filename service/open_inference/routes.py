"""`/v2`: the Open Inference Protocol, with its extension for binary tensors."""

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Request, Response

from service.components import Components, ComponentsDep, ContextDep
from service.description.parameters import ModelPath, ProtocolVersionPath
from service.http.direct_route import answers_at_once
from service.http.error_schemas import PROTOCOL_INFER_REFUSALS, PROTOCOL_REFUSALS
from service.http.header_schemas import (
    ANSWER_HEADERS,
    DIGEST_HEADERS,
    MODEL_DIGEST,
    REQUEST_HEADERS,
)
from service.http.request_context import RequestContext
from service.open_inference.examples import INFERENCE_EXAMPLES
from service.open_inference.layout import Layout
from service.open_inference.quick_bodies import QuickLayout
from service.open_inference.rendering import render_tensors
from service.open_inference.schemas import (
    InferenceRequest,
    InferenceResponse,
    ModelMetadata,
    ModelReady,
    ServerLive,
    ServerMetadata,
    ServerReady,
)
from service.open_inference.tensor_route import HEADER_LENGTH, TensorRoute, Tensors
from service.tasks.calculation.answer import Answer
from service.tasks.calculation.data_plane import DataPlane
from service.tasks.calculation.finding import find_held_predictor, find_predictor, refuse_problem
from service.tasks.calculation.predictor import Predictor
from service.tasks.task import LoadedVersion
from service.wording import shorten
from tabuada.artifacts.storage.names import is_version
from tabuada.errors import NotFound, ProblemError
from tabuada.manifests.identity import shorten_digest

_MODEL = "/models/{model}"
_VERSION = "/models/{model}/versions/{version}"
_BINARY = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_INFER: dict[str, Any] = {
    "response_model": None,  # described below: JSON, or JSON and raw tensors
    "responses": {
        200: {
            "model": InferenceResponse,
            "content": _BINARY,
            "headers": ANSWER_HEADERS,
            "description": "The answers, in the order of the problems.",
        },
        **PROTOCOL_INFER_REFUSALS,
    },
    "openapi_extra": {
        # The header goes with binary tensors alone, which no parameter can say: whatever sends
        # all parameters would send it with JSON as well, and be refused.
        "requestBody": {
            "description": (
                "Tensors as JSON. Or as `application/octet-stream`: the JSON, then the elements "
                "of those inputs that have a `binary_data_size`; the header "
                f"`{HEADER_LENGTH}` says how many bytes of it all are JSON."
            ),
            "content": _BINARY,
        },
        "parameters": REQUEST_HEADERS,
    },
}

_METADATA: dict[int | str, dict[str, Any]] = {200: {"headers": DIGEST_HEADERS}, **PROTOCOL_REFUSALS}

if TYPE_CHECKING:  # what TensorRoute makes of what comes, which is what the description tells
    Problems = Layout | QuickLayout
else:
    Problems = Annotated[InferenceRequest, Body(openapi_examples=INFERENCE_EXAMPLES)]

_TAGS: list[str | Enum] = ["open inference protocol"]

router = APIRouter(prefix="/v2", tags=_TAGS)
infer_router = APIRouter(prefix="/v2", route_class=TensorRoute, tags=_TAGS)


@router.get(
    "",
    operation_id="get_server_metadata",
    summary="What the service is",
    response_description="The service, its version and its extensions.",
)
async def get_server(request: Request) -> ServerMetadata:
    """Names the service, its version and the protocol's extensions that it speaks."""
    return ServerMetadata(version=request.app.version)


@router.get(
    "/health/live",
    operation_id="check_server_live",
    summary="Whether the process lives, in the protocol's words",
    response_description="It lives.",
)
async def get_live() -> ServerLive:
    """Answers 200 as long as the process can answer at all."""
    return ServerLive()


@router.get(
    "/health/ready",
    operation_id="check_server_ready",
    response_description="It can answer.",
    summary="Whether the default model can answer, in the protocol's words",
    responses={503: PROTOCOL_REFUSALS[503]},
)
async def get_ready(components: ComponentsDep) -> ServerReady:
    """Answers 200 once a version of the default model is loaded."""
    components.check_ready()
    return ServerReady()


@router.get(
    _MODEL,
    operation_id="get_model_metadata",
    summary="What a model reads and answers",
    response_description="The tensors and the versions.",
    responses=_METADATA,
)
async def get_model(
    model: ModelPath, components: ComponentsDep, response: Response
) -> ModelMetadata:
    """Describes a model's tensors, and lists its published versions."""
    return await _describe(components, await components.catalogue.find(model), response)


@router.get(
    _VERSION,
    operation_id="get_version_metadata",
    summary="What a version reads and answers",
    response_description="The tensors and the versions.",
    responses=_METADATA,
)
async def get_version(
    model: ModelPath, version: ProtocolVersionPath, components: ComponentsDep, response: Response
) -> ModelMetadata:
    """Describes the tensors of a version, and lists the model's published versions."""
    return await _describe(components, await _find(components, model, version), response)


@router.get(
    f"{_MODEL}/ready",
    operation_id="check_model_ready",
    summary="Whether a model answers",
    response_description="It answers.",
    responses=PROTOCOL_REFUSALS,
)
async def get_model_ready(model: ModelPath, components: ComponentsDep) -> ModelReady:
    """Answers 200 where the version that the model means by default is loaded or can be."""
    await components.catalogue.find(model)
    return ModelReady(name=model)


@router.get(
    f"{_VERSION}/ready",
    operation_id="check_version_ready",
    summary="Whether a version answers",
    response_description="It answers.",
    responses=PROTOCOL_REFUSALS,
)
async def get_version_ready(
    model: ModelPath, version: ProtocolVersionPath, components: ComponentsDep
) -> ModelReady:
    """Answers 200 where the version is loaded, verified and tested, loading it if need be."""
    await _find(components, model, version)
    return ModelReady(name=model)


def _infer_at_once(
    model: str, body: Layout | QuickLayout, components: Components, context: RequestContext
) -> Tensors | None:
    """Answer what `infer_with_model` does, where nothing has to be waited for."""
    predictor = find_held_predictor(components.catalogue, model)
    if predictor is None:
        return None
    context.digest = predictor.digest
    plane, render = components.find_plane(DataPlane), _prepare(predictor, body)
    return plane.answer_at_once(predictor, body, render)


def _prepare(predictor: Predictor, layout: Layout | QuickLayout) -> Callable[[Answer], Tensors]:
    """Return what turns the answer of a version into tensors."""
    manifest = predictor.manifest

    def render(answer: Answer) -> Tensors:
        head, binary = render_tensors(manifest, layout.outputs, layout.request_id, answer)
        return Tensors(manifest.model, manifest.version, head, binary)

    return render


@infer_router.post(
    f"{_MODEL}/infer",
    operation_id="infer",
    summary="Answer tensors of problems with a model",
    **_INFER,
)
@answers_at_once(_infer_at_once)
async def infer_with_model(
    model: ModelPath, body: Problems, components: ComponentsDep, context: ContextDep
) -> Tensors:
    """Takes problems column by column, as tensors `a`, `op` and `b` of n elements.

    The signs `× x · − ÷ :` stand for `* * * - / /`, and one sign may stand for all rows. Problems
    outside the trained range are answered all the same, and marked in `out_of_domain`.
    """  # noqa: RUF002 -- the signs that people type
    predictor = await find_predictor(components.catalogue, model)
    context.digest = predictor.digest
    return await _answer(components, predictor, body)


@infer_router.post(
    f"{_VERSION}/infer",
    operation_id="infer_with_version",
    summary="Answer tensors of problems with a version",
    **_INFER,
)
async def infer_with_version(
    model: ModelPath,
    version: ProtocolVersionPath,
    body: Problems,
    components: ComponentsDep,
    context: ContextDep,
) -> Tensors:
    """Does what the address without a version does, with that very version."""
    number = _read_version(version)
    predictor = await find_predictor(components.catalogue, model, version=number)
    context.digest = predictor.digest
    return await _answer(components, predictor, body)


async def _find(components: Components, model: str, version: str) -> LoadedVersion:
    return await components.catalogue.find(model, version=_read_version(version))


def _read_version(version: str) -> int:
    if not is_version(version):
        raise NotFound(
            f"expected a version, such as 1. Received: {shorten(version)}. Look them up at /models",
            kind="version",
        )
    return int(version)


async def _describe(
    components: Components, loaded: LoadedVersion, response: Response
) -> ModelMetadata:
    model = loaded.manifest.model
    versions = [str(version) for version in await components.catalogue.list_versions(model)]
    response.headers[MODEL_DIGEST] = shorten_digest(loaded.digest)
    return ModelMetadata(name=model, versions=versions, platform=loaded.platform)


async def _answer(
    components: Components, predictor: Predictor, layout: Layout | QuickLayout
) -> Tensors:
    plane, render = components.find_plane(DataPlane), _prepare(predictor, layout)
    try:
        return await plane.answer(predictor, layout, render)
    except ProblemError as error:
        raise refuse_problem(error, layout.locate) from error
