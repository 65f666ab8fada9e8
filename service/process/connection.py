"""One connection: uvicorn's protocol, bounded where uvicorn bounds nothing."""

import logging
import math
import select
from functools import partial
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from service.errors import (
    BodyTooSlow,
    HeadersTooLarge,
    HeadersTooSlow,
    MalformedHttp,
    RefusedConnection,
    TooManyHeaders,
    TooManyPipelined,
)
from service.http.replies import AT_ONCE
from service.process.at_once import write_at_once
from service.process.coalescing import CoalescingTransport
from service.process.connection_limits import LINGER_BYTES, LINGER_S, ConnectionLimits
from service.process.refusals import write_refusal
from service.process.upgrades import pass_over_offer
from tabuada.showing import count

logger = logging.getLogger("service.connections")

_MAX_PIPELINED = 64
_PROGRESS_BYTES = 2**20


# How far the request that is arriving has come; answering is another matter. Plain numbers: they
# are looked at several times a request, and a member of an enumeration takes 50 ns to look up.
_BETWEEN, _HEAD, _BODY, _REFUSED = range(4)


class Connection(HttpToolsProtocol):
    """Holds a client to the limits.

    No timers: what a connection has to do by when is one number, which `look` compares with the
    clock as often as the server looks at all of its connections.

    Args:
        limits: What it is held to.
        options: What uvicorn's protocol takes.
    """

    def __init__(self, limits: ConnectionLimits, **options: Any) -> None:
        super().__init__(**options)
        self._limits = limits
        self._stage = _BETWEEN
        self._head_bytes = 0  # of the request that is arriving; too few after a pipelined one
        self._chunk_bytes = 0
        self._thrown_away = 0
        self._linger_bytes = LINGER_BYTES
        self._deadline = math.inf
        self._answering: RequestResponseCycle | None = None
        self._refusal: bytes | None = None  # to be said after the answers before it
        self._last: RequestResponseCycle | None = None  # told to close, though the client did not
        self._unread_bytes = 0
        self._unread_deadline = math.inf

    @property
    def busy(self) -> bool:
        """Whether an answer is due."""
        return self.cycle is not None and not self.cycle.response_complete

    def connection_made(self, transport: Any) -> None:
        """Begin."""
        self._coalescing = CoalescingTransport(transport, self.loop, self._linger)
        super().connection_made(self._coalescing)  # type: ignore[arg-type]
        self._deadline = self.loop.time() + self._limits.first_s

    def connection_lost(self, exc: Exception | None) -> None:
        """End what is being answered; uvicorn tells only the request that came last."""
        if self._answering is not None:
            self._answering.disconnected = True
            self._answering.message_event.set()
        self.pipeline.clear()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take the next bytes of a request."""
        if self._stage == _REFUSED:
            self._thrown_away += len(data)
            if self._thrown_away > self._linger_bytes:
                self.transport.abort()
            return
        self._chunk_bytes = len(data)
        if self._stage != _BODY:
            self._head_bytes += len(data)
            data = pass_over_offer(data)
        try:
            self.parser.feed_data(data)
            if self._stage != _BODY and self._head_bytes > self._limits.max_header_bytes:
                self._check_head_bytes(self._head_bytes)
        except httptools.HttpParserUpgrade as upgrade:
            # Answered as if it had not asked for another protocol; what follows is read as well.
            if rest := data[upgrade.args[0] :]:
                self.data_received(rest)
        except RefusedConnection as error:
            self._refuse(error)
        except httptools.HttpParserError as error:
            cause = error.__context__ or error  # the former came out of one of the callbacks
            if not isinstance(cause, RefusedConnection):
                cause = MalformedHttp("expected a request of HTTP/1.1. Received: other bytes")
            self._refuse(cause)

    def on_message_begin(self) -> None:
        """Note that a request begins."""
        super().on_message_begin()
        self._stage = _HEAD
        self._deadline = self.loop.time() + self._limits.header_timeout_s

    def on_headers_complete(self) -> None:
        """Check what was counted, and start to answer."""
        if self._head_bytes + self._chunk_bytes > self._limits.max_header_bytes:
            exact = sum(len(name) + len(value) + 4 for name, value in self.headers)
            self._check_head_bytes(exact + len(self.url) + 16)
        if len(self.headers) > self._limits.max_headers:
            raise TooManyHeaders(
                f"expected at most {count(self._limits.max_headers, 'header')}. "
                f"Received: {len(self.headers)}. Send fewer",
            )
        if len(self.pipeline) >= _MAX_PIPELINED:
            raise TooManyPipelined(
                f"expected at most {_MAX_PIPELINED} requests ahead of their answers. "
                "Received: one more. Read the answers meanwhile",
            )
        super().on_headers_complete()
        whole = partial(write_at_once, self.cycle, self._coalescing, self.tasks)
        self.scope["state"][AT_ONCE] = whole
        self._stage = _BODY
        self._deadline = self.loop.time() + self._limits.body_timeout_s

    def on_message_complete(self) -> None:
        """Note that a request arrived whole."""
        super().on_message_complete()
        self._stage = _BETWEEN
        self._head_bytes = 0
        if self._limits.leaving:
            self._close_after_answer()
        elif self.cycle.response_complete:  # before the request had come whole
            self._deadline = self.loop.time() + self._limits.keep_alive_s

    def on_response_complete(self) -> None:
        """Go on with the next request, which may be here already."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self._stage == _REFUSED and self._refusal is None:
            return  # it lingers
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self._refusal is not None:
            self._say_refusal()
        else:
            idle = self._stage == _BETWEEN
            self._deadline = self.loop.time() + (
                self._limits.keep_alive_s if idle else self._limits.header_timeout_s
            )

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def prepare_leaving(self) -> None:
        """Answer what was asked, say so in that answer, and go when nothing more is asked."""
        if self._stage == _BETWEEN and self.busy:
            self._close_after_answer()
        elif self._stage == _BETWEEN:
            self._deadline = min(self._deadline, self.loop.time() + self._limits.keep_alive_s)

    def look(self, now: float) -> None:
        """Do what is due."""
        unread = self.transport.get_write_buffer_size()
        if unread:
            self._look_at_unread(unread, now)
        elif self._unread_bytes:
            self._unread_bytes = 0
        if now < self._deadline:
            return
        if self._stage == _BODY and self.busy:
            self._look_at_body(now)
        elif self.busy:
            return
        elif self._stage == _HEAD:
            self._refuse(
                HeadersTooSlow(
                    f"expected the headers within {self._limits.header_timeout_s:g} s. "
                    "Received: a part of them. Send them faster"
                )
            )
        elif self._stage == _BETWEEN and not unread:
            if not self._has_waiting():
                self.transport.close()
        else:
            self.transport.abort()

    def _look_at_body(self, now: float) -> None:
        if self.flow.read_paused:  # its turn has not come: not the client's fault
            self._deadline = now + self._limits.body_timeout_s
            return
        self._refuse(
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

    def _check_head_bytes(self, count: int) -> None:
        if count > self._limits.max_header_bytes:
            raise HeadersTooLarge(
                f"expected at most {self._limits.max_header_bytes} bytes of address and headers. "
                "Received: more. Send what is long in the body",
            )

    def _close_after_answer(self) -> None:
        cycle = self.cycle
        if not self.busy:  # answered before it had come whole
            self.transport.close()
            return
        if self._last is not None and not self._last.response_started:
            self._last.keep_alive = True  # another request came behind it
        if cycle.keep_alive:
            cycle.keep_alive = False
            self._last = cycle

    def _has_waiting(self) -> bool:
        """Whether a request has arrived that was not looked at: closing would lose it."""
        waiting = select.poll()
        waiting.register(self.transport.get_extra_info("socket").fileno(), select.POLLIN)
        found = waiting.poll(0)
        return bool(found) and not found[0][1] & (select.POLLHUP | select.POLLERR)

    def _refuse(self, error: RefusedConnection) -> None:
        """Say what is wrong once everything before it is answered, and read no more."""
        path = ""
        if self._stage != _BETWEEN:
            path = self.url.split(b"?")[0].decode("latin-1")
        self._refusal, code = write_refusal(error, path, self.server_state.default_headers)
        self._limits.count_refusal(code)
        logger.debug("Refused a connection of %s: %s", self.client, error)
        if self._stage == _BODY and self.busy:
            self._forget_arriving()
        self._stage = _REFUSED
        if not self.busy:
            self._say_refusal()

    def _forget_arriving(self) -> None:
        """Forget the request whose body cannot be read further; the refusal is its answer."""
        cycle = self.cycle
        if self.pipeline and self.pipeline[0][0] is cycle:
            self.pipeline.popleft()  # not started; those before it still are to be answered
        elif cycle.response_started:
            self.transport.abort()
        else:
            cycle.disconnected = cycle.response_complete = True
            cycle.message_event.set()

    def _linger(self) -> bool:
        """Stay for a moment where closing would reset a client that still sends its body.

        The reset would overtake the answer, which most often says that the body is not wanted.
        """
        if self._stage != _BODY:
            return False
        self._stage = _REFUSED
        self._linger_bytes = self._limits.max_body_bytes
        self._deadline = self.loop.time() + LINGER_S
        return True

    def _say_refusal(self) -> None:
        """Write the last answer; throw away what still comes, or a reset would overtake it."""
        if self._refusal is None or self.transport.is_closing():
            return
        self.transport.write(self._refusal)
        self.transport.write_eof()
        self._refusal = None
        if self.cycle is not None:
            self.cycle.response_complete = True  # so is one that was forgotten before it began
        self._deadline = self.loop.time() + LINGER_S
