"""What comes of an attempt, and what it means."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from tabuada.client.calls import AnswerT, Call
from tabuada.client.errors import NotUnderstood, Refused, Unavailable, Unreachable
from tabuada.client.retries import read_retry_after
from tabuada.rules import describe_error
from tabuada.showing import show

BUSY = 503


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer; the names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class Lost:
    """No connection, or one that ended before the whole answer."""

    reason: str


@dataclass(frozen=True, slots=True)
class TimedOut:
    """No whole answer in time."""


Outcome = Response | Lost | TimedOut


class _Detail(BaseModel):
    code: str | None
    message: str
    field: str | None = None

    def describe(self) -> str:
        """Return the message with its place."""
        return f"{self.field}: {self.message}" if self.field else self.message


class _ErrorBody(BaseModel):
    error: _Detail


def read_answer(call: Call[AnswerT], response: Response, url: str) -> AnswerT:
    """Return the answer that a response brings.

    Args:
        call: What was asked.
        response: What came.
        url: Where the service is.

    Raises:
        Refused: The service says no.
        NotUnderstood: It is no answer of this service's.
    """
    detail = _read_detail(response)
    if response.status == 200:
        try:
            return call.read(response.content)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "the whole"
            received = f"one that fails at {where}: {describe_error(first)}"
    elif detail.code is not None:
        raise Refused(
            detail.describe(), status=response.status, code=detail.code, field=detail.field
        )
    else:
        received = detail.message
    raise NotUnderstood(
        f"expected an answer of Tabuada's from {url}{call.path}. Received: {received}. "
        "Look whether the URL is that of the service, and both are of one release",
        status=response.status,
    )


def explain_lost(lost: Lost, url: str, attempts: int) -> Unreachable:
    """Return the error for a service that could not be reached, for now perhaps."""
    return Unreachable(
        f"expected a service at {url}. Received: {lost.reason} (attempts: {attempts}). "
        "Start it with `make serve`, or name another URL"
    )


def explain_busy(response: Response, attempts: int) -> Unavailable:
    """Return the error for a service that says not now."""
    detail = _read_detail(response)
    return Unavailable(
        f"{detail.describe()} (attempts: {attempts})",
        code=detail.code,
        field=detail.field,
        retry_after_s=read_retry_after(response.headers.get("retry-after")),
    )


def _read_detail(response: Response) -> _Detail:
    """Return what an error says; without a code where it is not in this service's shape."""
    try:
        return _ErrorBody.model_validate_json(response.content).error
    except ValidationError:
        shown = response.content[:60].decode("utf-8", "replace")
        return _Detail(code=None, message=f"status {response.status}, {show(shown)}")
