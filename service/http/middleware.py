"""The first that every request meets: who it is, whether it may enter, and what became of it."""

import logging

from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

from service.http.direct_route import DirectRoutes
from service.http.entrance import Components, Entrance
from service.http.error_responses import refuse
from service.http.front import Front, redirect_to_root, take_off
from service.http.replies import NO_SNIFFING, NO_STORE, Headers, Reply, write_reply
from service.http.request_context import (
    CUT_OFF,
    REQUEST_ID,
    RequestContext,
    RequestIds,
    attach_context,
    find_target,
)
from service.http.whole_requests import WholeRequests

logger = logging.getLogger("service.middleware")


class Middleware:
    """Lets requests in, has them answered, and tells metrics and log what became of them.

    Direct routes are answered by themselves, past FastAPI's stack of middleware and its router,
    unless telemetry is on, which needs them: the answers are the same.

    Args:
        app: What answers everything else.
        components: Those of the application.
        direct: The routes to answer by themselves.
        front: The addresses of the application, and who may ask for them.

    Attributes:
        whole: Answers small requests to direct routes, where the server hands them over whole;
            None where the long way is needed.
    """

    def __init__(
        self, app: FastAPI, components: Components, direct: DirectRoutes, front: Front
    ) -> None:
        self.state = app.state
        self._app = app
        self._components = components
        self._direct = direct
        self._methods = front.methods
        # None where nothing is set: then a request pays for none of them.
        self._root_path = front.root_path or None
        self._entrance = Entrance(components, front)
        self._ids = RequestIds()
        self.whole: WholeRequests | None = None
        if self._root_path is None:
            self.whole = WholeRequests(self._entrance, components, direct, self._ids)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._root_path is not None:
            take_off(self._root_path, scope)
        context = attach_context(scope, self._ids)
        REQUEST_ID.set(context.request_id)
        found = self._direct.find(context.path) if context.method == "POST" else None
        try:
            self._entrance.check_host(context)
            if found is not None:
                self._entrance.let_in(context)
                reply = await found.route.answer(scope, receive, self._components, found.parameters)
                status = await self._send(reply, scope, send, context)
            else:
                status = await self._answer_others(scope, receive, send, context)
        except Exception as error:  # the last place where it can be answered in shape
            status = await self._send(refuse(error, context), scope, send, context)
        finally:
            self._entrance.leave(context)
        if CUT_OFF not in scope:  # else its connection has told of it
            self._entrance.tell(context, status, find_target(scope), scope.get("client"))

    async def _answer_others(
        self, scope: Scope, receive: Receive, send: Send, context: RequestContext
    ) -> int:
        """Answer what goes to no direct route; return the status."""
        if context.method == "OPTIONS":
            # No work, and no key: a browser that asks whether it may send one brings none.
            reply = self._describe(context)
            if reply is not None:
                return await self._send(reply, scope, send, context)
        elif not context.path:  # the prefix, without the slash that the page's links need
            return await self._send(redirect_to_root(self._root_path, scope), scope, send, context)
        else:
            self._entrance.let_in(context)
        return await self._pass_on(scope, receive, send, context)

    def _describe(self, context: RequestContext) -> Reply | None:
        """Return the answer to OPTIONS, None where there is no such address."""
        address = self._methods.find(context.path)
        if address is self._methods.server:
            context.route = address.route
            headers = [(b"allow", address.allow.encode()), (b"content-length", b"0")]
            return Reply(200, headers, b"")
        origins = self._entrance.origins
        if origins is not None and not origins.hear(context.headers):
            origins = None
        if address is None and origins is not None:
            address = self._methods.server  # else a page could not even read that there is none
        if address is None:
            return None
        context.route = address.route
        permissions = origins.permit(address.allow) if origins is not None else []
        return Reply(204, [(b"allow", address.allow.encode()), *permissions], b"")

    async def _pass_on(
        self, scope: Scope, receive: Receive, send: Send, context: RequestContext
    ) -> int:
        """Let FastAPI answer; return the status."""
        status = 0
        is_head = context.method == "HEAD"
        if is_head:  # what GET answers, but for its content
            scope = {**scope, "method": "GET"}

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = self._complete(message, context)
            elif is_head and "body" in message:
                message["body"] = b""
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

    def _complete(self, start: Message, context: RequestContext) -> Headers:
        """Return the headers of an answer of FastAPI's, with those that every answer has."""
        present = {name for name, _ in start["headers"]}
        own = [NO_SNIFFING, NO_STORE]
        if context.model:
            own += context.model_headers()
        if start["status"] == 405 and (address := self._methods.find(context.path)):
            own.append((b"allow", address.allow.encode()))
        missing = [header for header in own if header[0] not in present]
        return [*start["headers"], *missing, *self._entrance.sign(context)]

    async def _send(self, reply: Reply, scope: Scope, send: Send, context: RequestContext) -> int:
        await write_reply(self._entrance.complete(reply, context), scope, send)
        return reply.status
