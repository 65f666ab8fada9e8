"""The client for synchronous programs."""

import threading
import time
from typing import Self

import httpx

from tabuada.client.answers import Evaluation, ModelSummary, Predictions, Readiness
from tabuada.client.attempts import SHORTEST_S, Attempt, Pause, converse
from tabuada.client.calls import (
    AnswerT,
    Call,
    call_evaluate,
    call_manifest,
    call_models,
    call_predict,
    call_ready,
)
from tabuada.client.options import (
    CONNECTIONS,
    DEFAULT_ATTEMPTS,
    DEFAULT_TIMEOUT_S,
    LIMITS,
    check_timeout,
    choose_options,
    explain_environment,
)
from tabuada.client.outcomes import Lost, Outcome, Response, TimedOut
from tabuada.client.questions import Labelled, Question, Sample
from tabuada.manifests.manifest import Manifest


class Client:
    """Asks one service; threads may share it. Close it, or use it in a `with` statement.

    What the service refuses for now (503), and connections that are lost, are tried again: not
    before the service asked for it, in growing and random intervals, within the time of the call.
    Each method raises a `ClientError` where there is no answer.

    Args:
        url: Where the service is; `TABUADA_URL`, else http://localhost:8000, where not given.
        api_key: One of its keys, where it asks for one; `TABUADA_API_KEY` where not given.
        timeout_s: Seconds that a call has for all its attempts, where it names no other time.
        attempts: How often a call is tried at most; None for as often as it has time.

    Raises:
        BadArgument: One of them breaks its rule.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        api_key: str | None = None,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        attempts: int | None = DEFAULT_ATTEMPTS,
    ) -> None:
        self._options = choose_options(url, api_key, timeout_s, attempts)
        # It follows no redirection, which would hand the key on to another host.
        with explain_environment():
            self._http = httpx.Client(
                base_url=self._options.url, headers=self._options.headers, limits=LIMITS
            )
        # In front of httpx, in whose pool calls must not wait: see LIMITS.
        self._turns = threading.BoundedSemaphore(CONNECTIONS)

    def predict(
        self,
        question: Question,
        *,
        model: str | None = None,
        version: int | None = None,
        label: str | None = None,
        exact: bool = False,
        timeout_s: float | None = None,
    ) -> Predictions:
        """Have problems answered by a network.

        Args:
            question: n problems, as texts, as rows `(a, sign, b)` or as `Columns`.
            model: Model that answers; the service's default one where not given.
            version: That very version of it.
            label: The version that this label points to, in place of a version.
            exact: Whether to get the exact values and the errors too.
            timeout_s: Seconds that this call has.
        """
        return self._run(call_predict(question, model, version, label, exact), timeout_s)

    def evaluate(
        self,
        problems: Sample | Labelled | None = None,
        *,
        model: str | None = None,
        version: int | None = None,
        label: str | None = None,
        timeout_s: float | None = None,
    ) -> Evaluation:
        """Measure how far a network is off.

        Args:
            problems: What to measure on; 10,000 that the service draws where not given.
            model: Model that answers; the service's default one where not given.
            version: That very version of it.
            label: The version that this label points to, in place of a version.
            timeout_s: Seconds that this call has.
        """
        return self._run(call_evaluate(problems or Sample(), model, version, label), timeout_s)

    def models(self, *, timeout_s: float | None = None) -> tuple[ModelSummary, ...]:
        """Return every model of the store, in order of name."""
        return self._run(call_models(), timeout_s)

    def manifest(self, model: str, version: int, *, timeout_s: float | None = None) -> Manifest:
        """Return what a version says about itself."""
        return self._run(call_manifest(model, version), timeout_s)

    def ready(self, *, timeout_s: float | None = None) -> Readiness:
        """Return which version of the default model answers, once one does."""
        return self._run(call_ready(), timeout_s)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, call: Call[AnswerT], timeout_s: float | None) -> AnswerT:
        time_s = self._options.timeout_s if timeout_s is None else check_timeout(timeout_s)
        steps = converse(call, self._options, time_s)
        outcome: Outcome | None = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as end:
                answer: AnswerT = end.value
                return answer
            outcome = self._take(step)

    def _take(self, step: Attempt | Pause) -> Outcome | None:
        if isinstance(step, Pause):
            time.sleep(step.seconds)
            return None
        deadline = time.monotonic() + step.timeout_s
        if not self._turns.acquire(timeout=step.timeout_s):
            return TimedOut()
        try:
            return self._send(step, deadline)
        except httpx.TimeoutException:
            return TimedOut()
        except httpx.RequestError as error:
            return Lost(str(error) or type(error).__name__)
        finally:
            self._turns.release()

    def _send(self, attempt: Attempt, deadline: float) -> Response | TimedOut:
        content = bytearray()
        with self._http.stream(
            attempt.method,
            attempt.path,
            headers=attempt.headers,
            content=attempt.body,
            timeout=max(SHORTEST_S, deadline - time.monotonic()),
        ) as response:
            # httpx bounds each reading from the socket, not all of them together.
            for chunk in response.iter_bytes():
                content += chunk
                if time.monotonic() > deadline:
                    return TimedOut()
        return Response(response.status_code, response.headers, bytes(content))
