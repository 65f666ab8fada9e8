"""One call from its first attempt to its answer: what to send and how long to wait.

It does neither itself. `converse` yields what is to be done and is sent what came of it, so that
the synchronous client and the asynchronous one share every rule of deadlines and retries.
"""

import itertools
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass

from tabuada.client.calls import AnswerT, Call
from tabuada.client.errors import DeadlineExceeded, Unavailable, Unreachable
from tabuada.client.options import ClientOptions
from tabuada.client.outcomes import (
    BUSY,
    Lost,
    Outcome,
    Response,
    explain_busy,
    explain_lost,
    read_answer,
)
from tabuada.client.retries import choose_wait

SHORTEST_S = 0.001
"""The least time for an attempt: a socket with a time of 0 does not wait, and fails otherwise."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request to send; its whole answer must have come after `timeout_s`."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Pause:
    """Time to wait."""

    seconds: float


def converse(
    call: Call[AnswerT], options: ClientOptions, timeout_s: float
) -> Generator[Attempt | Pause, Outcome | None, AnswerT]:
    """Have a call answered.

    Args:
        call: What to ask.
        options: Where, and how often.
        timeout_s: Seconds that the call has, all attempts and pauses together.

    Yields:
        What is to be done. Sent back is what came of an attempt, and None after a pause.

    Raises:
        ClientError: There is no answer.
    """
    deadline = time.monotonic() + timeout_s
    failure: Unavailable | Unreachable | None = None
    for attempt in itertools.count(1):
        outcome = yield _prepare(call, max(SHORTEST_S, deadline - time.monotonic()))
        if isinstance(outcome, Response) and outcome.status != BUSY:
            return read_answer(call, outcome, options.url)
        if isinstance(outcome, Response):
            failure = explain_busy(outcome, attempt)
            wait_s = choose_wait(attempt, failure.retry_after_s)
        elif isinstance(outcome, Lost):
            failure = explain_lost(outcome, options.url, attempt)
            wait_s = choose_wait(attempt, None)
        else:
            raise DeadlineExceeded(
                f"expected an answer from {options.url} within {timeout_s:g} s. Received: none. "
                "Ask for less at a time, or give it longer"
            ) from failure
        if attempt == options.attempts or time.monotonic() + wait_s >= deadline:
            raise failure
        yield Pause(wait_s)
    raise AssertionError("attempts are counted without end")


def _prepare(call: Call[AnswerT], timeout_s: float) -> Attempt:
    headers = {}
    if call.body is not None:
        # Only these wait for a turn in the service, which they need not do longer than the client.
        headers = {"Content-Type": "application/json", "X-Request-Timeout": f"{timeout_s:.3f}"}
    return Attempt(call.method, call.path, headers, call.body, timeout_s)
