"""The shape of an error over HTTP, for clients and for the OpenAPI description."""

from typing import Any

from pydantic import BaseModel, Field


class ErrorDetail(BaseModel):
    """What went wrong, and where."""

    code: str = Field(description="For programs: stable from release to release.")
    message: str = Field(
        description="For people: what was expected, what was received, and what to do."
    )
    field: str | None = Field(
        None,
        description="The place at fault, such as `instances[3].b`; absent where it is the whole.",
    )


class ErrorBody(BaseModel):
    """The body of every answer that is not a success."""

    error: ErrorDetail = Field(description="The error.")


class ProtocolErrorBody(BaseModel):
    """The body of every answer below `/v2` that is not a success."""

    error: str = Field(
        description="The place at fault, what was expected, what was received, and what to do."
    )


RETRY_LATER: dict[str, Any] = {
    "Retry-After": {
        "description": "Seconds after which to try again.",
        "schema": {"type": "integer", "minimum": 1},
        "required": True,
    }
}
"""What the OpenAPI description says of the headers of every 503."""

REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorBody, "description": description}
    for status, description in {
        400: "The body is not JSON.",
        401: "The service asks for an API key, and the request brings none that fits.",
        404: "There is no such model, version or label.",
        408: "The body did not arrive in time.",
        413: "The body has too many rows or bytes.",
        415: "The body is not declared as JSON.",
        422: "A field breaks its rule, or a problem has no answer.",
        503: "No version is loaded, or it is too much at a time: try again after `Retry-After`.",
        504: "The network took too long, and its run was ended.",
    }.items()
}
"""What the OpenAPI description says of the errors of a request with a body."""
REFUSALS[503]["headers"] = RETRY_LATER

PROTOCOL_INFER_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {**refusal, "model": ProtocolErrorBody} for status, refusal in REFUSALS.items()
}
"""The same below `/v2`."""

PROTOCOL_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: PROTOCOL_INFER_REFUSALS[status] for status in (404, 503)
}
"""What it says below `/v2` of the errors of a request without one."""
