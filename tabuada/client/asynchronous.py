"""The client for asynchronous programs: the same calls with the same options, awaited."""

from typing import Self

import anyio
import httpx

from tabuada.client.answers import Evaluation, ModelSummary, Predictions, Readiness
from tabuada.client.attempts import Attempt, Pause, converse
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


class AsyncClient:
    """Asks one service, with any number of calls at a time. Use it in an `async with` statement.

    Its methods are those of `Client`, where they are described.

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
        with explain_environment():
            self._http = httpx.AsyncClient(
                base_url=self._options.url, headers=self._options.headers, limits=LIMITS
            )
        # In front of httpx, in whose pool calls must not wait: see LIMITS.
        self._turns = anyio.Semaphore(CONNECTIONS)

    async def predict(
        self,
        question: Question,
        *,
        model: str | None = None,
        version: int | None = None,
        label: str | None = None,
        exact: bool = False,
        timeout_s: float | None = None,
    ) -> Predictions:
        """Have problems answered by a network."""
        return await self._run(call_predict(question, model, version, label, exact), timeout_s)

    async def evaluate(
        self,
        problems: Sample | Labelled | None = None,
        *,
        model: str | None = None,
        version: int | None = None,
        label: str | None = None,
        timeout_s: float | None = None,
    ) -> Evaluation:
        """Measure how far a network is off."""
        call = call_evaluate(problems or Sample(), model, version, label)
        return await self._run(call, timeout_s)

    async def models(self, *, timeout_s: float | None = None) -> tuple[ModelSummary, ...]:
        """Return every model of the store, in order of name."""
        return await self._run(call_models(), timeout_s)

    async def manifest(
        self, model: str, version: int, *, timeout_s: float | None = None
    ) -> Manifest:
        """Return what a version says about itself."""
        return await self._run(call_manifest(model, version), timeout_s)

    async def ready(self, *, timeout_s: float | None = None) -> Readiness:
        """Return which version of the default model answers, once one does."""
        return await self._run(call_ready(), timeout_s)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _run(self, call: Call[AnswerT], timeout_s: float | None) -> AnswerT:
        time_s = self._options.timeout_s if timeout_s is None else check_timeout(timeout_s)
        steps = converse(call, self._options, time_s)
        outcome: Outcome | None = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as end:
                answer: AnswerT = end.value
                return answer
            outcome = await self._take(step)

    async def _take(self, step: Attempt | Pause) -> Outcome | None:
        if isinstance(step, Pause):
            await anyio.sleep(step.seconds)
            return None
        try:
            with anyio.fail_after(step.timeout_s):  # httpx bounds each reading, not all together
                async with self._turns:
                    return await self._send(step)
        except (TimeoutError, httpx.TimeoutException):
            return TimedOut()
        except httpx.RequestError as error:
            return Lost(str(error) or type(error).__name__)

    async def _send(self, attempt: Attempt) -> Response:
        response = await self._http.request(
            attempt.method,
            attempt.path,
            headers=attempt.headers,
            content=attempt.body,
            timeout=attempt.timeout_s,
        )
        return Response(response.status_code, response.headers, response.content)
