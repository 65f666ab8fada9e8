"""The first that every request meets: who it is, whether it may enter, and what became of it."""

import logging
import time
from collections.abc import Iterable

from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

from service.dependencies import Parts
from service.http.error_responses import refuse
from service.http.exchange import (
    REQUEST_ID,
    Exchange,
    RequestIds,
    attach_exchange,
    read_timeout,
)
from service.http.json_route import JsonRoute
from service.http.keys import ADMIN
from service.http.replies import Headers, Reply, write_reply

access_logger = logging.getLogger("service.access")
logger = logging.getLogger("service.front")

_OPEN = ("/health/", "/v2/health/", "/static/")
_OPEN_PAGES = ("/", "/docs", "/redoc", "/openapi.json")
_NO_SNIFFING = (b"x-content-type-options", b"nosniff")
_NO_STORE = (b"cache-control", b"no-store")


class Front:
    """Lets requests in, has them answered, and tells metrics and log what became of them.

    Routes of JSON are answered by themselves, past FastAPI's stack of middleware and its router,
    unless telemetry is on, which needs them: the answers are the same.

    Args:
        app: What answers everything else.
        parts: The parts of the application.
        direct: The routes of JSON to answer by themselves.
    """

    def __init__(self, app: FastAPI, parts: Parts, direct: Iterable[JsonRoute]) -> None:
        self.state = app.state
        self._app = app
        self._parts = parts
        self._direct = {route.path: route for route in direct}
        self._ids = RequestIds()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = attach_exchange(scope, self._ids)
        REQUEST_ID.set(exchange.request_id)
        route = self._direct.get(exchange.path) if exchange.method == "POST" else None
        try:
            self._let_in(exchange)
            if route is None:
                status = await self._pass_on(scope, receive, send, exchange)
            else:
                reply = await route.answer(scope, receive, self._parts)
                status = await _send(reply, scope, send, exchange)
        except Exception as error:  # the last place where it can be answered in shape
            status = await _send(refuse(error, exchange), scope, send, exchange)
        finally:
            self._parts.admission.leave(exchange)
        self._tell(exchange, status)

    def _let_in(self, exchange: Exchange) -> None:
        """Refuse those without a key where one is asked for, and more than can be answered."""
        path, parts = exchange.path, self._parts
        if path.startswith(_OPEN):
            return  # a busy service is not a dead one
        if path.startswith(ADMIN):
            parts.admin_keys.check(exchange.headers)
        elif path not in _OPEN_PAGES:
            parts.api_keys.check(exchange.headers)
        exchange.timeout_s = read_timeout(exchange.headers)
        parts.admission.enter(exchange)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send, exchange: Exchange) -> int:
        """Let FastAPI answer; return the status."""
        status = 0

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *_common_headers(exchange, message)]
            await send(message)

        try:
            await self._app(scope, receive, send_on)
        except Exception:  # Starlette raises what it could not foresee, answered or not
            if not status:
                raise
            if not exchange.refusal:
                logger.exception("An error of the service's own, after its answer had begun")
        route = scope.get("route")
        exchange.route = exchange.route or getattr(route, "path", None) or "unmatched"
        return status

    def _tell(self, exchange: Exchange, status: int) -> None:
        seconds = time.perf_counter() - exchange.started
        route = exchange.route or "unmatched"
        self._parts.metrics.observe_request(route, exchange.method, status, seconds)
        if exchange.refusal:
            self._parts.metrics.reject(exchange.refusal)
        if self._parts.settings.access_log:
            self._log(exchange, status, seconds)

    def _log(self, exchange: Exchange, status: int, seconds: float) -> None:
        facts = exchange.describe(status, seconds)
        line = f"{exchange.method} {exchange.path} {status} {facts['duration_ms']} ms"
        access_logger.info(line, extra={"facts": facts})


async def _send(reply: Reply, scope: Scope, send: Send, exchange: Exchange) -> int:
    reply.headers.extend(_stamp(exchange))
    if exchange.method != "POST":
        reply.headers.append(_NO_STORE)  # nobody stores the answer to a POST anyway
    await write_reply(reply, scope, send)
    return reply.status


def _stamp(exchange: Exchange) -> Headers:
    """Return the headers that every answer has."""
    return [(b"x-request-id", exchange.request_id.encode("ascii")), _NO_SNIFFING]


def _common_headers(exchange: Exchange, start: Message) -> Headers:
    """Return the headers that an answer of FastAPI's lacks."""
    present = {name for name, _ in start["headers"]}
    own = _stamp(exchange)
    if exchange.model:
        own += exchange.model_headers()
    if not exchange.path.startswith("/static/"):
        own.append(_NO_STORE)
    return [header for header in own if header[0] not in present]
