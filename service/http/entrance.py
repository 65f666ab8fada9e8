"""The entrance: who may come in, what every answer tells, and who is told what became of it."""

import time
from typing import Protocol

from service.http.access_log import Client, log_request
from service.http.front import Front
from service.http.intake import Intake
from service.http.keys import ADMIN, KeyRing
from service.http.replies import NO_SNIFFING, NO_STORE, Headers, Reply
from service.http.request_context import RequestContext, read_timeout
from service.metrics import Metrics

_PROBES = ("/health/", "/v2/health/")  # asked by address, by whoever watches over machines
_OPEN = (*_PROBES, "/static/")
_OPEN_PAGES = ("/", "/docs", "/redoc", "/openapi.json")


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


class Entrance:
    """Lets requests in, and tells metrics and log what became of them.

    Args:
        components: Those of the application.
        front: Who may ask.
    """

    def __init__(self, components: Components, front: Front) -> None:
        self._components = components
        self.origins = front.origins or None
        # None where nothing is set: then a request pays for none of them.
        self._hosts = front.hosts or None

    def check_host(self, context: RequestContext) -> None:
        """Refuse a request for another host.

        Raises:
            WrongHost: It is for one.
        """
        if self._hosts is not None and not context.path.startswith(_PROBES):
            self._hosts.check(context.headers)

    def let_in(self, context: RequestContext) -> None:
        """Refuse those without a key where one is asked for, and more than can be answered.

        Raises:
            Unauthorized: It brings no key that fits.
            Overloaded: Too many are being answered.
        """
        path, components = context.path, self._components
        if path.startswith(_OPEN):
            return  # a busy service is not a dead one
        if path.startswith(ADMIN):
            components.admin_keys.check(context.headers)
        elif path not in _OPEN_PAGES:
            components.api_keys.check(context.headers)
        context.timeout_s = read_timeout(context.headers)
        components.intake.admission.enter(context)

    def leave(self, context: RequestContext) -> None:
        """Let others in, in place of a request that was answered."""
        self._components.intake.admission.leave(context)

    def complete(self, reply: Reply, context: RequestContext) -> Reply:
        """Return a whole answer with the headers that every answer has."""
        reply.headers.extend(self.sign(context))
        reply.headers.append(NO_SNIFFING)
        reply.headers.append(NO_STORE)
        return reply

    def sign(self, context: RequestContext) -> Headers:
        """Return what tells an answer's client whose it is."""
        own = [(b"x-request-id", context.request_id.encode("ascii"))]
        if self.origins is not None:
            own += self.origins.describe(context.headers)
        return own

    def tell(self, context: RequestContext, status: int, target: bytes, client: Client) -> None:
        """Tell metrics, and the log where it is kept, what became of a request.

        Args:
            context: The request.
            status: Of its answer.
            target: What it asked for, as it arrived.
            client: Who asked.
        """
        if context.refusal:
            self._components.metrics.reject(context.refusal)
        seconds = time.perf_counter() - context.started
        route = context.route or "unmatched"
        self._components.metrics.observe_request(route, context.method, status, seconds)
        if self._components.access_log:
            facts = {"status": status, **context.describe(seconds)}
            log_request(context.method, target, client, context.request_id, facts)
