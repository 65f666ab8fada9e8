"""Answers small requests to direct routes that are here whole: no application is asked for them.

The server hands them over with their bodies. So there is nothing to await before the answer, and
where a network runs on the spot there is nothing to await at all: no task, no events, no messages,
which together take longer than a small network does.
"""

from dataclasses import dataclass
from typing import Any

from service.http.access_log import Client
from service.http.bodies import check_media
from service.http.direct_route import Components, DirectRoutes, Match
from service.http.entrance import Entrance
from service.http.error_responses import refuse
from service.http.replies import Headers, Reply
from service.http.request_context import REQUEST_ID, RequestContext, RequestIds

# Those that say something of the body, or of the connection, that needs the long way.
_UNUSUAL = frozenset({b"content-encoding", b"expect", b"transfer-encoding", b"upgrade"})


@dataclass(slots=True)
class WholeRequest:
    """One of them.

    Attributes:
        match: The route that it is for.
        target: What it asks for, as it arrived.
        client: Who asks.
        context: What becomes of it.
        body: What its route made of its body, once that is here.
    """

    match: Match
    target: bytes
    client: Client
    context: RequestContext
    body: Any = None


class WholeRequests:
    """Answers them, and tells of them as the middleware does of others.

    Args:
        entrance: Lets them in.
        components: Those of the application.
        direct: The routes.
        ids: Names them.
    """

    def __init__(
        self, entrance: Entrance, components: Components, direct: DirectRoutes, ids: RequestIds
    ) -> None:
        self._entrance = entrance
        self._components = components
        self._direct = direct
        self._ids = ids

    def open(self, target: bytes, headers: Headers, client: Client) -> WholeRequest | None:
        """Return a request that can be answered here once its body has come; None for others.

        Args:
            target: What it asks for, with POST.
            headers: Its own, with names in lower case.
            client: Who asks.
        """
        path = target.decode("latin-1")  # one with a query or an escape is found nowhere
        match = self._direct.find(path)
        if match is None or not match.route.takes_whole or "%" in path or "?" in path:
            return None
        named = dict(headers)
        length = named.get(b"content-length", b"")
        if not length.isdigit() or len(length) > 9 or not _UNUSUAL.isdisjoint(named):
            return None
        if int(length) > self._components.intake.inline_bytes:
            return None
        context = RequestContext("POST", path, named, self._ids.choose(named))
        context.route = match.route.path
        return WholeRequest(match, target, client, context)

    def answer(self, request: WholeRequest, content: bytes, *, alone: bool) -> Reply | None:
        """Return the answer to a request; None where it has to be waited for.

        Args:
            request: The request.
            content: Its body.
            alone: Whether no other request is being answered.
        """
        context, route = request.context, request.match.route
        before = REQUEST_ID.set(context.request_id)
        reply = None
        try:
            self._entrance.check_host(context)
            self._entrance.let_in(context)
            check_media(context, *route.other_media)
            request.body = route.parse(content, context, self._components.intake)
            if alone:
                reply = route.answer_at_once(request.body, context, self._components, request.match)
        except Exception as error:  # the last place where it can be answered in shape
            reply = refuse(error, context)
        finally:
            REQUEST_ID.reset(before)
        return None if reply is None else self._finish(request, reply)

    async def wait(self, request: WholeRequest) -> Reply:
        """Return the answer to a request that `answer` left open."""
        context, route = request.context, request.match.route
        REQUEST_ID.set(context.request_id)
        try:
            reply = await route.answer_soon(request.body, context, self._components, request.match)
        except Exception as error:
            reply = refuse(error, context)
        except BaseException:  # cancelled: nobody is answered
            self._entrance.leave(context)
            raise
        return self._finish(request, reply)

    def _finish(self, request: WholeRequest, reply: Reply) -> Reply:
        context = request.context
        self._entrance.leave(context)
        self._entrance.tell(context, reply.status, request.target, request.client)
        return self._entrance.complete(reply, context)
