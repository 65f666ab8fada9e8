"""One connection: what is due on it by when, how it is refused, and how it ends."""

import logging
import math
from typing import Any

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from service.errors import (
    BodyTooSlow,
    HeadersTooSlow,
    IncompleteRequest,
    RefusedConnection,
)
from service.http.request_context import CUT_OFF, find_target, look_for_context
from service.process.coalescing import CoalescingTransport
from service.process.connection_limits import LINGER_S, ConnectionLimits
from service.process.polling import has_arrived, has_hung_up
from service.process.refusals import Arriving
from service.process.request_reader import BETWEEN, BODY, HEAD, REFUSED, RequestReader
from service.process.whole_exchange import WholeExchange

logger = logging.getLogger("service.connections")

_PROGRESS_BYTES = 2**20


class Connection(RequestReader):
    """Holds a client to the limits.

    No timers: what a connection has to do by when is one number, which `look` compares with the
    clock as often as the server looks at all of its connections.

    Args:
        limits: What it is held to.
        options: What the reader of requests and uvicorn's protocol take.
    """

    def __init__(self, limits: ConnectionLimits, **options: Any) -> None:
        super().__init__(limits, **options)
        self._answering: RequestResponseCycle | None = None
        self._refusal: bytes | None = None  # to be said after the answers before it
        self._last: RequestResponseCycle | None = None  # told to close, though the client did not
        self._ended = False  # the client says nothing more
        self._sounded = False  # and was asked whether it is still there
        self._unread_bytes = 0
        self._unread_deadline = math.inf

    def connection_made(self, transport: Any) -> None:
        """Begin."""
        unread = self._limits.unread
        self.coalescing = CoalescingTransport(transport, self.loop, self._linger, unread)
        super().connection_made(self.coalescing)  # type: ignore[arg-type]
        self._deadline = self.loop.time() + self._limits.first_s

    def connection_lost(self, exc: Exception | None) -> None:
        """End what is being answered; uvicorn tells only the request that came last."""
        if self._answering is not None:
            self._answering.disconnected = True
            self._answering.message_event.set()
        self.pipeline.clear()
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Answer a client that says nothing more; return whether to go on with it."""
        self._ended = True
        arriving = self._stage == BODY and self.busy and not self.cycle.response_started
        if self._stage == HEAD or arriving:
            self.refuse(
                IncompleteRequest(
                    "expected a whole request. Received: a part of it, and then the end. "
                    "Send as many bytes as the headers announce"
                )
            )
        elif self._stage != REFUSED and self.busy:
            self.close_after_answer()
        if self.busy:
            return True
        self.transport.close()
        return False

    def on_response_complete(self) -> None:
        """Go on with the next request, which may be here already."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self._stage == REFUSED and self._refusal is None:
            return  # it lingers
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self._refusal is not None:
            self._say_refusal()
        else:
            idle = self._stage == BETWEEN
            self._deadline = self.loop.time() + (
                self._limits.keep_alive_s if idle else self._limits.header_timeout_s
            )

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def prepare_leaving(self) -> None:
        """Answer what was asked, say so in that answer, and go when nothing more is asked."""
        if self._stage == BETWEEN and self.busy:
            self.close_after_answer()
        elif self._stage == BETWEEN:
            self._deadline = min(self._deadline, self.loop.time() + self._limits.keep_alive_s)

    def look(self, now: float) -> None:
        """Do what is due."""
        if self._ended and self.busy:
            if has_hung_up(self.transport):
                self.transport.abort()
                return
            self._sound_out()
        unread = self.transport.get_write_buffer_size()
        if unread:
            self._look_at_unread(unread, now)
        elif self._unread_bytes:
            self._unread_bytes = 0
        if now < self._deadline:
            return
        if self._stage == BODY and self.busy:
            self._look_at_body(now)
        elif self.busy:
            return
        elif self._stage == HEAD:
            self.refuse(
                HeadersTooSlow(
                    f"expected the headers within {self._limits.header_timeout_s:g} s. "
                    "Received: a part of them. Send them faster"
                )
            )
        elif self._stage == BETWEEN:
            if unread:  # its client is idle only once it has taken the answer
                self._deadline = now + self._limits.keep_alive_s
            elif not has_arrived(self.transport):
                self.transport.close()
        else:
            self.transport.abort()

    def _sound_out(self) -> None:
        """Ask, once, whether a client that says nothing more is there: it may have gone for good.

        The two look alike until something is sent. An interim answer means nothing to a client that
        waits (RFC 9110, 15.2), and is sent back by the system of one that is gone.
        """
        waits = self._answering
        if self._sounded or waits is None or waits.response_started:
            return
        self._sounded = True
        if isinstance(waits, WholeExchange) or waits.scope["http_version"] == "1.1":
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _look_at_body(self, now: float) -> None:
        if self.flow.read_paused:  # its turn has not come: not the client's fault
            self._deadline = now + self._limits.body_timeout_s
            return
        self.refuse(
            BodyTooSlow(
                f"expected the whole body within {self._limits.body_timeout_s:g} s. "
                "Received: a part of it. Send it faster, or in several requests"
            )
        )

    def _look_at_unread(self, unread: int, now: float) -> None:
        taken = self._unread_bytes - unread
        if not self._unread_bytes or taken >= _PROGRESS_BYTES:
            self._unread_deadline = now + self._limits.write_timeout_s
        elif now >= self._unread_deadline:
            self._limits.count_refusal("answer_unread")
            self.transport.abort()
            return
        else:
            unread = max(unread, self._unread_bytes)
        self._unread_bytes = unread

    def close_after_answer(self) -> None:
        """Close once everything that arrived is answered, and say so in the last answer."""
        cycle = self.cycle
        if not self.busy:  # answered before it had come whole
            self.transport.close()
            return
        if self._last is not None and not self._last.response_started:
            self._last.keep_alive = True  # another request came behind it
        if cycle.keep_alive:
            cycle.keep_alive = False
            self._last = cycle

    def refuse(self, error: RefusedConnection) -> None:
        """Say what is wrong once everything before it is answered, and read no more."""
        logger.debug("Refused a connection of %s: %s", self.client, error)
        if self._stage == BODY and not self.busy:  # answered already, and nobody asked for more
            self._stage = REFUSED
            self.transport.write_eof()
            self._deadline = self.loop.time() + LINGER_S
            return
        asked = self._describe_arriving()
        default_headers = self.server_state.default_headers
        self._refusal = self._limits.refusals.write(error, asked, default_headers)
        if self._stage == BODY and self.busy:
            self._forget_arriving()
        self._stage = REFUSED
        if not self.busy:
            self._say_refusal()

    def _describe_arriving(self) -> Arriving:
        now = self.loop.time()
        if self._stage == HEAD:
            seconds = now + self._limits.header_timeout_s - self._deadline
            method = self.parser.get_method().decode("ascii") if self.url else ""
            return Arriving(self.client, method, self.url, self.headers, seconds)
        if self._stage == BODY and self.busy:
            seconds = now + self._limits.body_timeout_s - self._deadline
            if isinstance(self.cycle, WholeExchange):
                asked = self.cycle.request
                return Arriving(
                    self.client, "POST", asked.target, self.headers, seconds, asked.context
                )
            scope = self.cycle.scope
            method, target, headers = scope["method"], find_target(scope), [*scope["headers"]]
            scope[CUT_OFF] = True
            context = look_for_context(scope)
            return Arriving(self.client, method, target, headers, seconds, context)
        return Arriving(self.client)

    def _forget_arriving(self) -> None:
        """Forget the request whose body cannot be read further; the refusal is its answer."""
        cycle = self.cycle
        if self.pipeline and self.pipeline[0][0] is cycle:
            self.pipeline.popleft()  # not started; those before it still are to be answered
        elif isinstance(cycle, WholeExchange) and self.is_behind_others:
            pass  # the same
        elif cycle.response_started:
            self.transport.abort()
        else:
            cycle.disconnected = cycle.response_complete = True
            cycle.message_event.set()

    def _linger(self) -> bool:
        """Stay for a moment where closing would reset a client that still sends its body.

        The reset would overtake the answer, which most often says that the body is not wanted.
        """
        if self._stage != BODY or self._ended:
            return False
        self._stage = REFUSED
        self._linger_bytes = self._limits.max_body_bytes
        self._deadline = self.loop.time() + LINGER_S
        return True

    def _say_refusal(self) -> None:
        """Write the last answer; throw away what still comes, or a reset would overtake it."""
        if self._refusal is None or self.transport.is_closing():
            return
        self.transport.write(self._refusal)
        self._refusal = None
        if self._ended:
            self.transport.close()
            return
        self.transport.write_eof()
        if self.cycle is not None:
            self.cycle.response_complete = True  # so is one that was forgotten before it began
        self._deadline = self.loop.time() + LINGER_S
