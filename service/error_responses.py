"""The shape of an error over HTTP, and the one table from errors to statuses."""

import logging
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from service.errors import (
    BadField,
    BodyTooLarge,
    BodyTooSlow,
    NotJson,
    NotReady,
    Overloaded,
    RefusedProblem,
    RefusedRequest,
    ServiceError,
    TooManyRows,
    UnsupportedMedia,
    VersionUnavailable,
)
from service.schemas import BODY_TAGS, VALUE_TAGS
from service.wording import describe_error
from tabuada.errors import (
    DivisionByZero,
    EmptyDomain,
    InvalidName,
    MalformedExpression,
    NotFound,
    NotRepresentable,
    StoreError,
    TabuadaError,
    UnknownOperation,
)

logger = logging.getLogger("service.errors")

STATUSES: dict[type[Exception], tuple[int, str]] = {
    NotJson: (400, "not_json"),
    InvalidName: (404, "invalid_name"),
    NotFound: (404, "unknown_{kind}"),
    BodyTooSlow: (408, "body_too_slow"),
    BodyTooLarge: (413, "body_too_large"),
    TooManyRows: (413, "too_many_rows"),
    UnsupportedMedia: (415, "unsupported_media_type"),
    BadField: (422, "invalid_request"),
    UnknownOperation: (422, "unknown_operation"),
    DivisionByZero: (422, "division_by_zero"),
    MalformedExpression: (422, "malformed_expression"),
    EmptyDomain: (422, "empty_domain"),
    NotRepresentable: (422, "not_representable"),
    NotReady: (503, "not_ready"),
    VersionUnavailable: (503, "version_unavailable"),
    Overloaded: (503, "overloaded"),
    StoreError: (503, "store_unavailable"),
}
"""Status and code of each error; a class that is not listed has those of its parent."""

_HTTP_CODES = {404: "not_found", 405: "method_not_allowed"}
_RETRY_AFTER_S = "1"
_PROTOCOL = "/v2"


class ErrorDetail(BaseModel):
    """What went wrong.

    The member `field` is absent where no single field is at fault.
    """

    code: str = Field(description="For programs: stable from release to release")
    message: str = Field(description="For people: what was expected, received, and what to do")
    field: str | None = Field(None, description="Path of the place, such as `instances[3].b`")


class ErrorBody(BaseModel):
    """The body of every answer that is not a success."""

    error: ErrorDetail


class ProtocolErrorBody(BaseModel):
    """The body of every answer below `/v2` that is not a success."""

    error: str = Field(description="What was expected, received, and what to do")


REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorBody, "description": description}
    for status, description in {
        400: "Not JSON",
        404: "No such model, version or label",
        408: "The body did not arrive in time",
        413: "Too many rows or bytes",
        415: "Not declared as JSON",
        422: "A field breaks its rule, or a problem has no answer",
        503: "No version is loaded, or too many requests at a time; try again",
    }.items()
}
"""What the OpenAPI description says of the errors of a request with a body."""

PROTOCOL_INFER_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {**refusal, "model": ProtocolErrorBody} for status, refusal in REFUSALS.items()
}
"""The same below `/v2`."""

PROTOCOL_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: PROTOCOL_INFER_REFUSALS[status] for status in (404, 422, 503)
}
"""What it says below `/v2` of the errors of a request without one."""


def add_error_handlers(app: FastAPI) -> None:
    """Make every error of an app come out in the one shape."""
    for kind in (ServiceError, TabuadaError):
        app.add_exception_handler(kind, _answer_listed)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(ClientDisconnect, _answer_nobody)
    app.add_exception_handler(Exception, _answer_unexpected)


def build_response(
    path: str, status: int, code: str, message: str, field: str | None = None, **headers: str
) -> Response:
    """Return an error as it goes over the wire to whoever asked for a path."""
    body: BaseModel
    if path == _PROTOCOL or path.startswith(f"{_PROTOCOL}/"):  # the Open Inference Protocol's shape
        body = ProtocolErrorBody(error=f"{field}: {message}" if field else message)
    else:
        body = ErrorBody(error=ErrorDetail(code=code, message=message, field=field))
    if status == 503:
        headers["Retry-After"] = _RETRY_AFTER_S
    content = body.model_dump_json(exclude_none=True)
    return Response(content, status, headers, media_type="application/json")


def respond(error: Exception, path: str) -> Response:
    """Return the answer to an error of the table, for a request of a path."""
    field = error.field if isinstance(error, RefusedProblem | RefusedRequest) else None
    cause: Exception = error.problem if isinstance(error, RefusedProblem) else error
    status, code = next(STATUSES[kind] for kind in type(cause).__mro__ if kind in STATUSES)
    if isinstance(cause, NotFound):
        code = code.format(kind=cause.kind)
        field = field or cause.kind
    return build_response(path, status, code, str(error), field)


async def _answer_listed(request: Request, error: Exception) -> Response:
    response = respond(error, request.scope["path"])
    if isinstance(error, StoreError) and response.status_code == 503:
        logger.error("The store cannot be used: %s", error)
    return response


async def _answer_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    code = "invalid_request"
    if first["type"] == "float_type" and type(first["input"]) is int:
        first = {**first, "type": "finite_number"}  # an integer past float64
    if first["type"] == "finite_number":
        code = "not_finite"
    elif first["type"] == "too_short" and first["ctx"]["actual_length"] == 0:
        code = "empty_list"
    path, field = request.scope["path"], find_path(first["loc"])
    return build_response(path, 422, code, describe_error(first), field)


async def _answer_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _HTTP_CODES.get(error.status_code, "refused")
    messages = {
        404: f"expected an address listed at /docs. Received: {request.url.path[:200]!r}",
        405: f"expected another method for this address. Received: {request.method[:20]}",
    }
    message = messages.get(error.status_code, str(error.detail))
    headers: dict[str, Any] = dict(error.headers or {})
    return build_response(request.scope["path"], error.status_code, code, message, **headers)


async def _answer_nobody(_: Request, __: Exception) -> Response:
    return Response(status_code=400)  # the client has gone: nobody reads this


async def _answer_unexpected(request: Request, __: Exception) -> Response:
    # Starlette raises it again after this answer, and uvicorn logs it with its traceback.
    message = "expected to answer. Received: an error of the service's own, which is in its log"
    return build_response(request.scope["path"], 500, "internal_error", message)


def find_path(location: tuple[int | str, ...]) -> str | None:
    """Return the place of a validation error as a path, such as `instances[3].b`.

    Args:
        location: As pydantic gives it: `body`, `path` or `query` first, and among the fields
            the tags of unions, which no client has ever sent.
    """
    path = ""
    for position, part in enumerate(location[1:]):
        if isinstance(part, int):
            path += f"[{part}]"
        elif not (part in VALUE_TAGS or (position == 0 and part in BODY_TAGS)):
            path += f".{part}" if path else part
    return path or None
