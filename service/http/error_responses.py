"""The one table from errors to statuses, and the answers that come of it."""

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from service.errors import (
    BadField,
    BodyTooLarge,
    BodyTooSlow,
    DeadlineExceeded,
    HeadersTooLarge,
    HeadersTooSlow,
    IncompleteRequest,
    InvalidHost,
    MalformedHttp,
    NotFinite,
    NotGzip,
    NotJson,
    NotReady,
    Overloaded,
    RefusedProblem,
    RefusedRequest,
    RunTimedOut,
    ServiceError,
    TooManyConnections,
    TooManyHeaders,
    TooManyPipelined,
    TooManyRows,
    TooSmall,
    Unauthorized,
    UnknownCoding,
    UnknownMethod,
    UnmetExpectation,
    UnsupportedMedia,
    UnsupportedVersion,
    VersionUnavailable,
    WrongHost,
)
from service.http.advice import add_advice
from service.http.error_schemas import ErrorBody, ErrorDetail, ProtocolErrorBody
from service.http.json_places import find_literal
from service.http.number_literals import shorten_number
from service.http.replies import Headers, Reply, reply_json
from service.http.request_context import RequestContext, find_context
from service.http.union_tags import write_path
from tabuada.errors import (
    DivisionByZero,
    EmptyDomain,
    InvalidName,
    MalformedExpression,
    NotFound,
    NotRepresentable,
    StoreError,
    StoreNotWritable,
    StoreUnreachable,
    TabuadaError,
    UnknownOperation,
    WrongTask,
)
from tabuada.rules import describe_error
from tabuada.showing import show

logger = logging.getLogger("service.errors")

STATUSES: dict[type[Exception], tuple[int, str]] = {
    MalformedHttp: (400, "malformed_http"),
    IncompleteRequest: (400, "incomplete_request"),
    InvalidHost: (400, "invalid_host"),
    NotJson: (400, "not_json"),
    NotGzip: (400, "not_gzip"),
    TooManyPipelined: (400, "too_many_pipelined"),
    Unauthorized: (401, "unauthorized"),
    InvalidName: (404, "invalid_name"),
    NotFound: (404, "unknown_{kind}"),
    BodyTooSlow: (408, "body_too_slow"),
    HeadersTooSlow: (408, "headers_too_slow"),
    BodyTooLarge: (413, "body_too_large"),
    TooManyRows: (413, "too_many_rows"),
    UnsupportedMedia: (415, "unsupported_media_type"),
    UnmetExpectation: (417, "unmet_expectation"),
    WrongHost: (421, "wrong_host"),
    BadField: (422, "invalid_request"),
    NotFinite: (422, "not_finite"),
    TooSmall: (422, "too_small"),
    UnknownOperation: (422, "unknown_operation"),
    DivisionByZero: (422, "division_by_zero"),
    MalformedExpression: (422, "malformed_expression"),
    EmptyDomain: (422, "empty_domain"),
    WrongTask: (422, "wrong_task"),
    NotRepresentable: (422, "not_representable"),
    HeadersTooLarge: (431, "headers_too_large"),
    TooManyHeaders: (431, "too_many_headers"),
    UnknownMethod: (501, "unknown_method"),
    UnknownCoding: (501, "unknown_transfer_coding"),
    NotReady: (503, "not_ready"),
    VersionUnavailable: (503, "version_unavailable"),
    TooManyConnections: (503, "too_many_connections"),
    Overloaded: (503, "overloaded"),
    DeadlineExceeded: (503, "deadline_exceeded"),
    RunTimedOut: (504, "run_timed_out"),
    StoreNotWritable: (409, "store_not_writable"),
    StoreError: (503, "store_unavailable"),
    StoreUnreachable: (503, "store_unavailable"),
    UnsupportedVersion: (505, "unsupported_version"),
    ClientDisconnect: (499, "client_gone"),  # nobody reads it, but the log and the metrics do
}
"""Status and code of each error; a class that is not listed has those of its parent."""

_HTTP_CODES = {404: "not_found", 405: "method_not_allowed"}
_MORE_HEADERS: dict[int, Headers] = {
    401: [(b"www-authenticate", b"Bearer")],
    503: [(b"retry-after", b"1")],  # in seconds
}
_LATER = "Try again in a moment, or ask the operator, whose log says more"
_MOST_SEARCHED = 2**16  # bytes of a body in which a number is looked up again
_PROTOCOL = "/v2"  # below it, errors have the shape of the Open Inference Protocol


def add_error_handlers(app: FastAPI) -> None:
    """Make every error of an app come out in the one shape."""
    invalid = (RequestValidationError, ValidationError)
    for kind in (ServiceError, TabuadaError, *invalid, ClientDisconnect, Exception):
        app.add_exception_handler(kind, _answer_listed)
    app.add_exception_handler(HTTPException, _answer_http)


async def _answer_listed(request: Request, error: Exception) -> Response:
    return _to_response(refuse(error, find_context(request.scope)))


async def _answer_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    context = find_context(request.scope)
    code = _HTTP_CODES.get(error.status_code, "refused")
    messages = {
        404: f"expected an address listed at /docs. Received: {show(context.path)}. "
        "Look it up there, or at /openapi.json",
        405: f"expected another method for this address. Received: {context.method[:20]}. "
        "Take one that the header Allow names",
        413: "expected a shorter body. Received: more bytes than this address takes. "
        "Send only what its description lists",
    }
    # What a framework says of others is its own: it speaks of its parts, not of the request.
    message = messages.get(
        error.status_code,
        f"expected a request as /docs describes it. Received: another one, which ends in the "
        f"status {error.status_code}. Compare it with the description",
    )
    # Starlette's Allow is that of one route; the middleware knows those of the whole address.
    given = (error.headers or {}).items()
    headers = [(k.lower().encode(), v.encode()) for k, v in given if k.lower() != "allow"]
    return _to_response(_build(context, error.status_code, code, message, headers=headers))


def _to_response(reply: Reply) -> Response:
    response = Response(reply.body, reply.status)
    response.raw_headers = reply.headers
    return response


def refuse(error: Exception, context: RequestContext) -> Reply:
    """Return the answer to an error: as the table has it, or as one of the service's own.

    Args:
        error: What was raised.
        context: The request; remembers the code of the error.
    """
    if isinstance(error, ValidationError | RequestValidationError):
        return _refuse_invalid(error, context)
    field = error.field if isinstance(error, RefusedProblem | RefusedRequest) else None
    cause: Exception = error.problem if isinstance(error, RefusedProblem) else error
    listed = (STATUSES[kind] for kind in type(cause).__mro__ if kind in STATUSES)
    status, code = next(listed, (500, "internal_error"))
    if status == 500:
        logger.error("An error of the service's own", exc_info=error)
        message = (
            "expected to answer. Received: an error of the service's own, which is in its log. "
            "Tell the operator the X-Request-ID of this answer"
        )
        return _build(context, status, code, message)
    if isinstance(cause, NotFound):
        code = code.format(kind=cause.kind)
        field = field or cause.kind
    message = str(error)
    if code == "store_unavailable":
        logger.error("The store cannot be used: %s", error)
    if isinstance(cause, StoreUnreachable):  # in the words of whatever speaks to it
        message = f"expected a store that answers. Received: none. {_LATER}"
    return _build(context, status, code, message, field=field)


def _refuse_invalid(
    error: ValidationError | RequestValidationError, context: RequestContext
) -> Reply:
    first: dict[str, Any] = dict(error.errors()[0])
    place = first["loc"]
    if isinstance(error, RequestValidationError):
        place = place[1:]  # FastAPI says first whether it is in the body, path or query
    code = "invalid_request"
    if first["type"] == "float_type" and type(first["input"]) is int:
        first = {**first, "type": "finite_number"}  # an integer past float64
    if first["type"] == "finite_number":
        code = "not_finite"
    elif first["type"] == "too_short" and first["ctx"]["actual_length"] == 0:
        code = "empty_list"
    place = context.union_tags.strip(place)
    message = describe_error(first, _find_received(first, place, context))
    return _build(context, 422, code, message, field=write_path(place))


def _find_received(
    error: Mapping[str, Any], place: tuple[int | str, ...], context: RequestContext
) -> str | None:
    """Return a number as the client wrote it; None where what was made of it tells as much."""
    if type(error.get("input")) not in (int, float) or len(context.content) > _MOST_SEARCHED:
        return None
    literal = find_literal(context.content, place)
    return None if literal is None else shorten_number(literal)


def _build(
    context: RequestContext,
    status: int,
    code: str,
    message: str,
    *,
    field: str | None = None,
    headers: Headers | None = None,
) -> Reply:
    context.refusal = code
    message = add_advice(code, message)
    reply = build_error(context.path, status, code, message, field)
    return reply._replace(headers=reply.headers + (headers or []))


def build_error(path: str, status: int, code: str, message: str, field: str | None = None) -> Reply:
    """Return an error in the shape that goes with the path that was asked for."""
    body: BaseModel
    if path == _PROTOCOL or path.startswith(f"{_PROTOCOL}/"):
        body = ProtocolErrorBody(error=f"{field}: {message}" if field else message)
    else:
        body = ErrorBody(error=ErrorDetail(code=code, message=message, field=field))
    content = body.model_dump_json(exclude_none=True).encode()
    return reply_json(status, content, _MORE_HEADERS.get(status, []))
