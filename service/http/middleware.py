"""The first that every request meets: who it is, whether it may enter, and what became of it."""

import logging
import time
from typing import Protocol

from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

from service.http.access_log import log_request
from service.http.direct_route import DirectRoutes
from service.http.error_responses import refuse
from service.http.intake import Intake
from service.http.keys import ADMIN, KeyRing
from service.http.replies import NO_SNIFFING, NO_STORE, Headers, Reply, write_reply
from service.http.request_context import (
    CUT_OFF,
    REQUEST_ID,
    RequestContext,
    RequestIds,
    attach_context,
    find_target,
    read_timeout,
)
from service.metrics import Metrics

logger = logging.getLogger("service.middleware")

_OPEN = ("/health/", "/v2/health/", "/static/")
_ALL = "*"  # the service as a whole, which OPTIONS may ask about
_OPEN_PAGES = ("/", "/docs", "/redoc", "/openapi.json", _ALL)
_ALL_METHODS = [
    (b"allow", b"DELETE, GET, HEAD, OPTIONS, POST, PUT"),
    (b"content-length", b"0"),  # RFC 9110, 9.3.7
]


class Components(Protocol):
    """What every request needs of the application's components."""

    @property
    def intake(self) -> Intake:
        """How requests and their bodies are let in."""

    @property
    def api_keys(self) -> KeyRing:
        """The keys of requests."""

    @property
    def admin_keys(self) -> KeyRing:
        """The keys of administrators."""

    @property
    def metrics(self) -> Metrics:
        """Told of every request."""

    @property
    def access_log(self) -> bool:
        """Whether each request is logged."""


class Middleware:
    """Lets requests in, has them answered, and tells metrics and log what became of them.

    Direct routes are answered by themselves, past FastAPI's stack of middleware and its router,
    unless telemetry is on, which needs them: the answers are the same.

    Args:
        app: What answers everything else.
        components: Those of the application.
        direct: The routes to answer by themselves.
    """

    def __init__(self, app: FastAPI, components: Components, direct: DirectRoutes) -> None:
        self.state = app.state
        self._app = app
        self._components = components
        self._direct = direct
        self._ids = RequestIds()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        context = attach_context(scope, self._ids)
        REQUEST_ID.set(context.request_id)
        found = self._direct.find(context.path) if context.method == "POST" else None
        try:
            self._let_in(context)
            if found is None:
                status = await self._pass_on(scope, receive, send, context)
            else:
                reply = await found.route.answer(scope, receive, self._components, found.parameters)
                status = await _send(reply, scope, send, context)
        except Exception as error:  # the last place where it can be answered in shape
            status = await _send(refuse(error, context), scope, send, context)
        finally:
            self._components.intake.admission.leave(context)
        self._tell(context, status, scope)

    def _let_in(self, context: RequestContext) -> None:
        """Refuse those without a key where one is asked for, and more than can be answered."""
        path, components = context.path, self._components
        if path.startswith(_OPEN):
            return  # a busy service is not a dead one
        if path.startswith(ADMIN):
            components.admin_keys.check(context.headers)
        elif path not in _OPEN_PAGES:
            components.api_keys.check(context.headers)
        context.timeout_s = read_timeout(context.headers)
        components.intake.admission.enter(context)

    async def _pass_on(
        self, scope: Scope, receive: Receive, send: Send, context: RequestContext
    ) -> int:
        """Let FastAPI answer; return the status."""
        if context.path == _ALL:
            return await _send(Reply(200, [*_ALL_METHODS], b""), scope, send, context)
        status = 0

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *_common_headers(context, message)]
            await send(message)

        try:
            await self._app(scope, receive, send_on)
        except Exception:  # Starlette raises what it could not foresee, answered or not
            if not status:
                raise
            if not context.refusal:
                logger.exception("An error of the service's own, after its answer had begun")
        route = scope.get("route")
        context.route = context.route or getattr(route, "path", None) or "unmatched"
        return status

    def _tell(self, context: RequestContext, status: int, scope: Scope) -> None:
        if CUT_OFF in scope:  # its connection has told of it
            return
        if context.refusal:
            self._components.metrics.reject(context.refusal)
        seconds = time.perf_counter() - context.started
        route = context.route or "unmatched"
        self._components.metrics.observe_request(route, context.method, status, seconds)
        if self._components.access_log:
            facts = {"status": status, **context.describe(seconds)}
            log_request(
                context.method, find_target(scope), scope.get("client"), context.request_id, facts
            )


async def _send(reply: Reply, scope: Scope, send: Send, context: RequestContext) -> int:
    reply.headers.extend(_stamp(context))
    if context.method != "POST":
        reply.headers.append(NO_STORE)  # nobody stores the answer to a POST anyway
    await write_reply(reply, scope, send)
    return reply.status


def _stamp(context: RequestContext) -> Headers:
    """Return the headers that every answer has."""
    return [(b"x-request-id", context.request_id.encode("ascii")), NO_SNIFFING]


def _common_headers(context: RequestContext, start: Message) -> Headers:
    """Return the headers that an answer of FastAPI's lacks."""
    present = {name for name, _ in start["headers"]}
    own = _stamp(context)
    if context.model:
        own += context.model_headers()
    if not context.path.startswith("/static/"):
        own.append(NO_STORE)
    return [header for header in own if header[0] not in present]
