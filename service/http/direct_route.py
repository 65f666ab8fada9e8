"""A route that FastAPI describes, and that is answered without what FastAPI does in between."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple, Protocol, TypeVar, get_type_hints

import anyio.to_thread
from fastapi import Request
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from service.http.bodies import check_media, read_body
from service.http.gzip_bodies import open_large, open_small
from service.http.intake import Intake
from service.http.replies import Reply, send_reply
from service.http.request_context import RequestContext, find_context

EndpointT = TypeVar("EndpointT")


class Components(Protocol):
    """What a route needs of the application's components; its endpoint may need more."""

    @property
    def intake(self) -> Intake:
        """How bodies are read."""


class Match(NamedTuple):
    """A direct route that a request is for.

    Attributes:
        route: The route.
        parameters: Those in its path.
    """

    route: "DirectRoute"
    parameters: Mapping[str, str]


AtOnce = Callable[..., Any]
"""What stands in for an endpoint where nothing has to be waited for: it takes the same, and returns
the same, or None where it has to be waited for after all."""

_AT_ONCE: dict[Any, AtOnce] = {}


def answers_at_once(stand_in: AtOnce) -> Callable[[EndpointT], EndpointT]:
    """Return a decorator of an endpoint that has somebody to stand in for it."""

    def note(endpoint: EndpointT) -> EndpointT:
        _AT_ONCE[endpoint] = stand_in
        return endpoint

    return note


class DirectRoute(APIRoute):
    """A route whose request has a body, read here and answered by the endpoint alone.

    FastAPI reads the endpoint's signature for the OpenAPI description, but what it does at every
    request (solving dependencies, stacks of contexts, validating what was validated) takes three
    times as long as reading, computing and answering a small one. It also knows no limit of rows
    and calls every failure "an error parsing the body". The endpoint takes `body`, `components`,
    what parameters the path has, and `context` and `request` if it likes.
    """

    other_media: ClassVar[tuple[str, ...]] = ()
    """Media types beside JSON that are fine; an empty one stands for none declared."""

    def __init__(self, path: str, endpoint: Any, **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        self._wanted = set(inspect.signature(endpoint).parameters)
        known = {"body", "components", "context", "request", *self.param_convertors}
        assert {"body", "components"} <= self._wanted <= known, self._wanted
        self._hints = get_type_hints(endpoint, include_extras=True)
        self._at_once = _AT_ONCE.get(endpoint)
        self.takes_whole = "request" not in self._wanted

    def limit(self, context: RequestContext, intake: Intake) -> int:  # noqa: ARG002 -- others do
        """Return how many bytes the body of a request may have."""
        return intake.max_json_bytes

    def parse(self, content: bytes, context: RequestContext, intake: Intake) -> Any:
        """Return a body as the endpoint wants it; for a large one, in a thread."""
        raise NotImplementedError

    def render(self, answer: Any, context: RequestContext) -> Reply:
        """Return what the endpoint returned as it goes over the wire."""
        raise NotImplementedError

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that the router found to be for this route."""
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)
            return
        components: Components = scope["app"].state.components
        reply = await self.answer(scope, receive, components, scope["path_params"])
        await send_reply(reply, send)  # as messages: FastAPI's telemetry looks at them

    async def answer(
        self, scope: Scope, receive: Receive, components: Components, parameters: Mapping[str, str]
    ) -> Reply:
        """Return the answer to a request; whoever calls it answers what it raises."""
        context, intake = find_context(scope), components.intake
        context.route = self.path
        zipped = check_media(context, *self.other_media)
        max_bytes = self.limit(context, intake)
        content = await read_body(context, receive, intake, max_bytes)
        given = self._give(context, components, parameters)
        if "request" in self._wanted:
            given["request"] = Request(scope, receive)
        if zipped and len(content) <= intake.inline_bytes:
            opened = open_small(content, intake.inline_bytes)
            if opened is not None:
                content, zipped = opened, False
        if not zipped and len(content) <= intake.inline_bytes:
            answer = await self.endpoint(body=self.parse(content, context, intake), **given)
            return self.render(answer, context)
        # Parsed and answered when its turn comes: until then it is mere bytes.
        async with intake.large_bodies.turn(context.timeout_s):
            if zipped:
                content = await open_large(context, content, intake, max_bytes)
            body = await anyio.to_thread.run_sync(self.parse, content, context, intake)
            del content
            answer = await self.endpoint(body=body, **given)
            del body
            return await anyio.to_thread.run_sync(self.render, answer, context)

    def answer_at_once(
        self, body: Any, context: RequestContext, components: Components, match: "Match"
    ) -> Reply | None:
        """Return the answer to a small request, None where it has to be waited for."""
        if self._at_once is None:
            return None
        answer = self._at_once(body=body, **self._give(context, components, match.parameters))
        return None if answer is None else self.render(answer, context)

    async def answer_soon(
        self, body: Any, context: RequestContext, components: Components, match: "Match"
    ) -> Reply:
        """Return the answer to a small request; whoever calls it answers what it raises."""
        given = self._give(context, components, match.parameters)
        return self.render(await self.endpoint(body=body, **given), context)

    def _give(
        self, context: RequestContext, components: Components, parameters: Mapping[str, str]
    ) -> dict[str, Any]:
        """Return what an endpoint takes besides its body."""
        given = {"components": components, **parameters}
        if "context" in self._wanted:
            given["context"] = context
        return given


class DirectRoutes:
    """Finds the direct route that a request is for.

    Args:
        routes: All of them, each for POST.
    """

    def __init__(self, routes: list[DirectRoute]) -> None:
        self._fixed = {route.path: Match(route, {}) for route in routes if "{" not in route.path}
        self._others = [route for route in routes if "{" in route.path]

    def find(self, path: str) -> Match | None:
        """Return the route of a path, None where there is none."""
        found = self._fixed.get(path)
        if found is not None:
            return found
        for route in self._others:
            matched = route.path_regex.match(path)
            if matched:
                return Match(route, matched.groupdict())
        return None
