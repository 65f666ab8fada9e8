"""`/v2`: the Open Inference Protocol, with its extension for binary tensors."""

from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Body, Request, Response

from service.dependencies import Parts, PartsOf
from service.http.error_schemas import PROTOCOL_INFER_REFUSALS, PROTOCOL_REFUSALS
from service.http.inference_route import HEADER_LENGTH, InferenceRoute
from service.http.request_context import find_context
from service.metrics import Metrics
from service.predictions.inference import infer, infer_soon
from service.predictions.predictor import Predictor
from service.predictions.tensor_layout import Layout, lay_out
from service.schemas.examples import INFERENCE_EXAMPLES
from service.schemas.headers import ANSWER_HEADERS, REQUEST_HEADERS
from service.schemas.infer import (
    InferenceRequest,
    InferenceResponse,
    ModelMetadata,
    ModelReady,
    ServerLive,
    ServerMetadata,
    ServerReady,
)
from service.wording import shorten
from tabuada.artifacts.names import is_version
from tabuada.errors import NotFound

_MODEL = "/models/{model}"
_VERSION = "/models/{model}/versions/{version}"
_BINARY = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_INFER: dict[str, Any] = {
    "responses": {
        200: {
            "model": InferenceResponse,
            "content": _BINARY,
            "headers": ANSWER_HEADERS,
            "description": "The answers",
        },
        **PROTOCOL_INFER_REFUSALS,
    },
    "openapi_extra": {
        "requestBody": {"content": _BINARY},
        "parameters": [
            {
                "name": HEADER_LENGTH,
                "in": "header",
                "description": "Bytes of JSON before the binary tensors",
                "schema": {"type": "integer", "minimum": 1},
            },
            *REQUEST_HEADERS,
        ],
    },
}

Problems = Annotated[InferenceRequest, Body(openapi_examples=INFERENCE_EXAMPLES)]

router = APIRouter(prefix="/v2", route_class=InferenceRoute, tags=["open inference protocol"])


@router.get("", summary="What the service is")
async def get_server(request: Request) -> ServerMetadata:
    """Names the service, its version and the protocol's extensions that it speaks."""
    return ServerMetadata(version=request.app.version)


@router.get("/health/live", summary="Whether the process lives, in the protocol's words")
async def get_live() -> ServerLive:
    """Answers 200 as long as the process can answer at all."""
    return ServerLive()


@router.get(
    "/health/ready",
    summary="Whether the default model can answer, in the protocol's words",
    responses={503: PROTOCOL_REFUSALS[503]},
)
async def get_ready(parts: PartsOf) -> ServerReady:
    """Answers 200 once a version of the default model is loaded."""
    parts.check_ready()
    return ServerReady()


@router.get(_MODEL, summary="What a model reads and answers", responses=PROTOCOL_REFUSALS)
async def get_model(model: str, parts: PartsOf) -> ModelMetadata:
    """Describes a model's tensors, and lists its published versions."""
    return await _describe(parts, await parts.catalogue.find(model))


@router.get(_VERSION, summary="What a version reads and answers", responses=PROTOCOL_REFUSALS)
async def get_version(model: str, version: str, parts: PartsOf) -> ModelMetadata:
    """Describes the tensors of a version, and lists the model's published versions."""
    return await _describe(parts, await _find(parts, model, version))


@router.get(f"{_MODEL}/ready", summary="Whether a model answers", responses=PROTOCOL_REFUSALS)
async def get_model_ready(model: str, parts: PartsOf) -> ModelReady:
    """Answers 200 where the version that the model means by default is loaded or can be."""
    await parts.catalogue.find(model)
    return ModelReady(name=model)


@router.get(f"{_VERSION}/ready", summary="Whether a version answers", responses=PROTOCOL_REFUSALS)
async def get_version_ready(model: str, version: str, parts: PartsOf) -> ModelReady:
    """Answers 200 where the version is loaded, verified and tested, loading it if need be."""
    await _find(parts, model, version)
    return ModelReady(name=model)


@router.post(f"{_MODEL}/infer", summary="Answer tensors of problems with a model", **_INFER)
async def infer_with_model(
    model: str, body: Problems, request: Request, parts: PartsOf
) -> Response:
    """Takes problems column by column, as tensors `a`, `op` and `b` of n elements.

    The signs `× x · − ÷ :` stand for `* * * - / /`, and one sign may stand for all rows. Problems
    outside the trained range are answered all the same, and marked in `out_of_domain`.
    """  # noqa: RUF002 -- the signs that people type
    return await _answer(parts, await parts.catalogue.find(model), body, request)


@router.post(f"{_VERSION}/infer", summary="Answer tensors of problems with a version", **_INFER)
async def infer_with_version(
    model: str, version: str, body: Problems, request: Request, parts: PartsOf
) -> Response:
    """Does what the address without a version does, with that very version."""
    return await _answer(parts, await _find(parts, model, version), body, request)


async def _find(parts: Parts, model: str, version: str) -> Predictor:
    if not is_version(version):
        raise NotFound(
            f"expected a version, such as 1. Received: {shorten(version)}", kind="version"
        )
    return await parts.catalogue.find(model, version=int(version))


async def _describe(parts: Parts, predictor: Predictor) -> ModelMetadata:
    model = predictor.manifest.model
    listing = await anyio.to_thread.run_sync(parts.catalogue.reader.list_model, model)
    versions = [str(version) for version in listing.versions]
    return ModelMetadata(name=model, versions=versions, platform=predictor.platform)


async def _answer(
    parts: Parts, predictor: Predictor, body: InferenceRequest, request: Request
) -> Response:
    settings = parts.settings
    layout = lay_out(body, request.state.binary, settings.max_json_rows, settings.max_binary_rows)
    manifest = predictor.manifest
    context = find_context(request.scope)
    context.model, context.version = manifest.model, manifest.version
    if layout.rows > settings.inline_rows:
        return await anyio.to_thread.run_sync(_infer, predictor, layout, body.id, parts.metrics)
    # Not in a thread: that costs more than a small network.
    return _build_response(*await infer_soon(predictor, layout, body.id, parts.metrics))


def _infer(
    predictor: Predictor, layout: Layout, request_id: str | None, metrics: Metrics
) -> Response:
    return _build_response(*infer(predictor, layout, request_id, metrics))


def _build_response(response: InferenceResponse, binary: list[memoryview]) -> Response:
    head = response.model_dump_json(exclude_none=True).encode()
    if not binary:
        return Response(head, media_type="application/json")
    headers = {HEADER_LENGTH: str(len(head))}
    content = b"".join([head, *binary])
    return Response(content, headers=headers, media_type="application/octet-stream")
