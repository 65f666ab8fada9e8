"""Reads requests: uvicorn's protocol, bounded where uvicorn bounds nothing."""

import math
from functools import partial
from typing import Any

import httptools
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from service.errors import RefusedConnection, TooManyPipelined
from service.http.replies import AT_ONCE
from service.http.request_context import TARGET
from service.http.whole_requests import WholeRequests
from service.process.at_once import write_at_once
from service.process.chunked import ChunkedBody, measure_headers
from service.process.coalescing import CoalescingTransport
from service.process.connection_limits import LINGER_BYTES, ConnectionLimits
from service.process.heads import ALL, NOTED, read_head
from service.process.malformed import explain, look_at_line, refuse_other_protocols
from service.process.upgrades import pass_over_offer
from service.process.whole_exchange import WholeExchange

_MAX_PIPELINED = 64
_PIECE_BYTES = 2**12  # looked at together, where what is no content has to be counted


# How far the request that is arriving has come; answering is another matter. Plain numbers: they
# are looked at several times a request, and a member of an enumeration takes 50 ns to look up.
BETWEEN, HEAD, BODY, REFUSED = range(4)


class RequestReader(HttpToolsProtocol):
    """Holds what a client sends to the rules of HTTP and to the limits.

    Args:
        limits: What it is held to.
        whole: Answers small requests that are here whole, past the application.
        options: What uvicorn's protocol takes.
    """

    def __init__(
        self, limits: ConnectionLimits, *, whole: WholeRequests | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self._limits = limits
        self._whole = whole
        self.cycle: Any  # uvicorn's, or a WholeExchange
        self._before: Any = None  # the one before that which arrives
        self._stage = BETWEEN
        self._deadline = math.inf
        self._head_bytes = 0  # of the request that is arriving; too few after a pipelined one
        self._piece_bytes = 0
        self._line: bytes | None = b""  # of a head that is not there yet, None where not known
        self._noted: list[tuple[bytes, bytes]] = []
        self._usual: list[tuple[bytes, bytes]] | None = None  # that were found good
        self._chunked: ChunkedBody | None = None
        self._thrown_away = 0
        self._linger_bytes = LINGER_BYTES
        self.coalescing: CoalescingTransport

    @property
    def busy(self) -> bool:
        """Whether an answer is due."""
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def is_behind_others(self) -> bool:
        """Whether the request that arrives has to wait for the answers to those before it."""
        return self._before is not None and not self._before.response_complete

    def refuse(self, error: RefusedConnection) -> None:
        """Refuse what arrives, and read no more."""
        raise NotImplementedError

    def close_after_answer(self) -> None:
        """Close once everything that arrived is answered."""
        raise NotImplementedError

    def data_received(self, data: bytes) -> None:
        """Take the next bytes of a request."""
        stage, cycle = self._stage, self.cycle
        if stage == REFUSED:
            self._throw_away(len(data))
            return
        if stage != BODY and (b"pgrade" in data or b"PGRADE" in data):
            data = pass_over_offer(data)
        self._piece_bytes = len(data)
        if self._piece_bytes > _PIECE_BYTES and (stage != BODY or self._chunked is not None):
            self._take_in_pieces(data)
            return
        if stage != BODY:
            self._head_bytes += self._piece_bytes
        try:
            if self._usual is None and stage == BETWEEN:
                refuse_other_protocols(data)
            self.parser.feed_data(data)
            if self._stage != BETWEEN or self._head_bytes > self._limits.max_header_bytes:
                self._look_at_part(data, new=stage == BODY or cycle is not self.cycle)
        except httptools.HttpParserUpgrade as upgrade:
            # Answered as if it had not asked for another protocol; what follows is read as well.
            if self.scope["method"] == "CONNECT":
                self.close_after_answer()
            elif rest := data[upgrade.args[0] :]:
                self.data_received(rest)
        except RefusedConnection as error:
            self.refuse(error)
        except httptools.HttpParserError as error:
            cause = error.__context__  # it came out of one of the callbacks
            if not isinstance(cause, RefusedConnection):
                new = stage == BODY or cycle is not self.cycle or self._line is None
                line = b"" if new else (self._line or b"") + data
                cause = explain(error, line, in_body=self._stage == BODY)
            self.refuse(cause)

    def _throw_away(self, count: int) -> None:
        self._thrown_away += count
        if self._thrown_away > self._linger_bytes:
            self.transport.abort()

    def _take_in_pieces(self, data: bytes) -> None:
        """Take much at a time piece by piece, up to where it is nothing but content."""
        start = 0
        while start < len(data):
            content = self._stage == BODY and self._chunked is None
            end = len(data) if content else start + _PIECE_BYTES
            self.data_received(data[start:end])
            start = end

    def _look_at_part(self, data: bytes, *, new: bool) -> None:
        """Look at what came of a request that is not there yet.

        Args:
            data: The last that came.
            new: Whether they begin with something else, so that nobody knows where it begins.
        """
        if self._chunked is not None:
            self._chunked.count(len(data))
        if self._stage == BODY:
            return
        self._limits.check_header_bytes(self._head_bytes)
        if new:
            start = data.rfind(self.parser.get_method() + b" " + self.url) if self.url else -1
            data = data[start:] if start >= 0 else b""
            self._head_bytes = len(data)
            self._line = b"" if data else None
        if self._line is not None:
            self._line = None if look_at_line(self._line + data) else self._line + data

    def on_message_begin(self) -> None:
        """Note that a request begins."""
        super().on_message_begin()
        self._stage = HEAD
        self._noted = []
        self._line = b""
        self._deadline = self.loop.time() + self._limits.header_timeout_s

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header, or a trailer."""
        name = name.lower()
        header = (name, value.rstrip())  # the parser leaves spaces after it
        if name in NOTED:
            self._noted.append(header)
        self.headers.append(header)

    def on_headers_complete(self) -> None:
        """Check what was counted, and start to answer."""
        most = self._head_bytes + self._piece_bytes
        if most > self._limits.max_header_bytes or self._line is None:
            self._limits.check_header_bytes(measure_headers(self.headers) + len(self.url) + 16)
        if len(self.headers) > self._limits.max_headers:
            self._limits.check_header_count(len(self.headers))
        if len(self.pipeline) >= _MAX_PIPELINED:
            raise TooManyPipelined(
                f"expected at most {_MAX_PIPELINED} requests ahead of their answers. "
                "Received: one more. Read the answers meanwhile",
            )
        plain = self.url.startswith(b"/") and b"#" not in self.url  # nearly all are
        if self._noted == self._usual and plain and self.parser.get_http_version() == "1.1":
            if self._whole is None or not self._begin_whole(self._whole):
                super().on_headers_complete()
        else:
            self._begin_unusual(plain)
        if type(self.cycle) is not WholeExchange:
            at_once = partial(write_at_once, self.cycle, self.coalescing, self.tasks)
            self.scope["state"][AT_ONCE] = at_once
        self._stage = BODY
        self._deadline = self.loop.time() + self._limits.body_timeout_s

    def _begin_whole(self, whole: WholeRequests) -> bool:
        """Take in a request that is answered once it is here whole; return whether it is one."""
        if self.parser.get_method() != b"POST":
            return False
        request = whole.open(self.url, self.headers, self.client)
        if request is None:
            return False
        keep_alive = self.parser.should_keep_alive()
        self._before = self.cycle
        self.cycle = WholeExchange(request, whole, self, keep_alive=keep_alive)
        return True

    def _answer_whole(self, exchange: WholeExchange) -> None:
        """Answer a request that is here whole, once those before it are answered."""
        if self.is_behind_others:
            self.flow.pause_reading()
            self.pipeline.appendleft((exchange, self.app))  # type: ignore[arg-type]
        elif not exchange.answer_now():
            self._start_asgi_task(exchange, self.app)  # type: ignore[arg-type]

    def _begin_unusual(self, plain: bool) -> None:
        """Start to answer a request whose head was not seen to be good before."""
        target, version = self.url, self.parser.get_http_version()
        head = read_head(self.parser.get_method(), target, version, self._noted)
        if plain and version == "1.1" and len(self._noted) == 1:
            self._usual = self._noted
        if version == "1.0":  # it knows no chunks, which an answer compressed as it goes needs
            self.headers[:] = [pair for pair in self.headers if pair[0] != b"accept-encoding"]
        if head.host is not None:
            others = [pair for pair in self.headers if pair[0] != b"host"]
            self.headers[:] = [(b"host", head.host), *others]
        self.expect_100_continue = head.continues
        self.url = b"/" if head.address == ALL else head.address
        super().on_headers_complete()
        if not plain:
            self.scope[TARGET] = target  # type: ignore[literal-required]
        if head.address == ALL:
            self.scope["path"], self.scope["raw_path"] = "*", ALL
        if head.chunked:
            self._chunked = ChunkedBody(self._limits)
            self.headers = self._chunked.trailers  # and no headers of the request

    def on_chunk_header(self) -> None:
        """Note that a chunk begins."""
        if self._chunked is not None:
            self._chunked.chunks += 1

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        if self._chunked is not None:
            self._chunked.content_bytes += len(body)
        cycle = self.cycle
        if not cycle.response_complete:
            cycle.body += body
            if len(cycle.body) > HIGH_WATER_LIMIT:
                self.flow.pause_reading()
            cycle.message_event.set()

    def on_message_complete(self) -> None:
        """Note that a request arrived whole."""
        if self._chunked is not None:
            self._chunked.end()
            self._chunked = None
        cycle = self.cycle
        if not cycle.response_complete:
            cycle.more_body = False
            cycle.message_event.set()
        self._stage = BETWEEN
        self._head_bytes = 0
        if self._limits.leaving:
            self.close_after_answer()
        elif cycle.response_complete:  # before the request had come whole
            self._deadline = self.loop.time() + self._limits.keep_alive_s
        if type(cycle) is WholeExchange:
            self._answer_whole(cycle)
