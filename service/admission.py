"""Bounds how many requests are in progress at a time."""

from starlette.types import ASGIApp, Receive, Scope, Send

from service.error_responses import respond
from service.errors import Overloaded

_ALWAYS = ("/health/", "/v2/health/")  # a busy service is not a dead one


class Admission:
    """Answers 503 at once where more requests are in progress than allowed.

    uvicorn's own limit would answer in plain text, and refuse health checks too.

    Args:
        app: What answers.
        max_requests: How many may be in progress.
    """

    def __init__(self, app: ASGIApp, max_requests: int) -> None:
        self._app = app
        self._max_requests = max_requests
        self._in_progress = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or refuse it."""
        if scope["type"] != "http" or scope["path"].startswith(_ALWAYS):
            await self._app(scope, receive, send)
        elif self._in_progress >= self._max_requests:
            refusal = Overloaded(
                f"expected at most {self._max_requests} requests at a time. "
                "Received: one more. Try again in a moment"
            )
            await respond(refusal, scope["path"])(scope, receive, send)
        else:
            self._in_progress += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._in_progress -= 1
