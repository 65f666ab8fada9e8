"""The route of requests and answers that are JSON, without what FastAPI does between the two."""

import inspect
from collections.abc import Mapping
from typing import Any, get_type_hints

import anyio.to_thread
from fastapi import Request
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.types import Receive, Scope, Send

from service.dependencies import Parts
from service.errors import TooManyRows
from service.http.bodies import check_media, parse_json, read_body
from service.http.replies import Reply, reply_json, send_reply
from service.http.request_context import RequestContext, find_context

Answer = Mapping[str, Any]


class JsonRoute(APIRoute):
    """A route whose body and answer are JSON, described by FastAPI and answered directly.

    FastAPI reads the endpoint's signature for the OpenAPI description, but what it does at every
    request (solving dependencies, stacks of contexts, validating what was validated) takes three
    times as long as reading, computing and answering a small one. It also knows no limit of rows
    and calls every failure "an error parsing the body". The endpoint takes `body` and `parts`,
    and `request` if it likes; it returns a typed dict with `model` and `version`.
    """

    def __init__(self, path: str, endpoint: Any, **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        parameters = set(inspect.signature(endpoint).parameters)
        assert {"body", "parts"} <= parameters <= {"body", "parts", "request"}, parameters
        self._wants_request = "request" in parameters
        hints = get_type_hints(endpoint, include_extras=True)
        self._read = TypeAdapter(hints["body"]).validator.validate_python
        self._write = TypeAdapter(hints["return"]).serializer.to_json

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that the router found to be for this route."""
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)
            return
        reply = await self.answer(scope, receive, scope["app"].state.parts)
        await send_reply(reply, send)  # as messages: FastAPI's telemetry looks at them

    async def answer(self, scope: Scope, receive: Receive, parts: Parts) -> Reply:
        """Return the answer to a request; whoever calls it answers what it raises."""
        context = find_context(scope)
        context.route = self.path
        check_media(context)
        content = await read_body(context, receive, parts)
        if len(content) <= parts.settings.inline_bytes:
            answer = await self._call(self._validate(content, parts), scope, receive, parts)
        else:
            answer = await self._call_in_turn(content, scope, receive, parts)
        return self._render(answer, context)

    async def _call_in_turn(
        self, content: bytes, scope: Scope, receive: Receive, parts: Parts
    ) -> Answer:
        """Parse and answer a large body when its turn comes: until then it is mere bytes."""
        async with parts.large_bodies.turn(find_context(scope).timeout_s):
            body = await anyio.to_thread.run_sync(self._validate, content, parts)
            return await self._call(body, scope, receive, parts)

    async def _call(self, body: Any, scope: Scope, receive: Receive, parts: Parts) -> Answer:
        if self._wants_request:
            request = Request(scope, receive)
            answered: Answer = await self.endpoint(body=body, parts=parts, request=request)
        else:
            answered = await self.endpoint(body=body, parts=parts)
        return answered

    def _validate(self, content: bytes, parts: Parts) -> Any:
        parsed = parse_json(content)
        _check_rows(parsed, parts.settings.max_json_rows)
        return self._read(parsed)

    def _render(self, answer: Answer, context: RequestContext) -> Reply:
        context.model, context.version = answer["model"], answer["version"]
        return reply_json(200, self._write(answer), context.model_headers())


def _check_rows(parsed: Any, limit: int) -> None:
    """Refuse too many rows before a single one is validated."""
    if not isinstance(parsed, dict):
        return
    for name, value in parsed.items():
        if isinstance(value, list) and len(value) > limit:
            raise TooManyRows(
                f"expected at most {limit} rows. Received: {len(value)}. "
                "Send them in several requests",
                field=name[:80],
            )
