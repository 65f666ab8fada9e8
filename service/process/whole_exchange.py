"""A small request to a direct route, and its answer, as a connection has them."""

from collections.abc import Sized
from typing import Any, Protocol

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.server import ServerState

from service.http.replies import Reply
from service.http.whole_requests import WholeRequest, WholeRequests
from service.process.at_once import encode_reply
from service.process.coalescing import CoalescingTransport


class Connection(Protocol):
    """What an exchange needs of the connection that it came by."""

    coalescing: CoalescingTransport
    flow: FlowControl
    server_state: ServerState

    @property
    def tasks(self) -> Sized:
        """Those of the requests in progress, of all connections."""

    def on_response_complete(self) -> None:
        """Go on with the next request."""


class _Nobody:
    """Stands for who waits for more of a body: nobody begins before it is here."""

    def set(self) -> None:
        """Tell nobody."""


_NOBODY = _Nobody()


class WholeExchange:
    """Stands where uvicorn's `RequestResponseCycle` stands for other requests.

    What connections and uvicorn's protocol look at has the same names there and here.

    Args:
        request: The request, but for its body.
        whole: Answers it.
        connection: What it came by.
        keep_alive: Whether that stays open after it.
    """

    __slots__ = (
        "_begun", "_connection", "_whole", "body", "disconnected", "keep_alive", "message_event",
        "more_body", "request", "response_complete", "response_started",
    )  # fmt: skip

    def __init__(
        self,
        request: WholeRequest,
        whole: WholeRequests,
        connection: Connection,
        *,
        keep_alive: bool,
    ) -> None:
        self.request = request
        self.keep_alive = keep_alive
        self.body = b""
        self.more_body = True
        self.disconnected = self.response_started = self.response_complete = False
        self.message_event = _NOBODY
        self._begun = False
        self._whole = whole
        self._connection = connection

    def answer_now(self) -> bool:
        """Answer, where nothing has to be waited for; return whether that was so."""
        connection = self._connection
        alone = not connection.tasks and not connection.flow.write_paused
        self._begun = True
        reply = self._whole.answer(self.request, self.body, alone=alone)
        if reply is None:
            return False
        self._write(reply)
        return True

    async def run_asgi(self, app: Any) -> None:  # noqa: ARG002 -- whatever other requests are for
        """Answer what `answer_now` could not, or was not asked for as it had to wait its turn."""
        flow, transport = self._connection.flow, self._connection.coalescing
        try:
            reply = None
            if not self._begun:
                reply = self._whole.answer(self.request, self.body, alone=False)
            if reply is None:
                reply = await self._whole.wait(self.request)
            if flow.write_paused and not self.disconnected:
                await flow.drain()
            self._write(reply)
        except BaseException:
            transport.close()
            raise

    def _write(self, reply: Reply) -> None:
        """Send the whole answer: right now where nobody else waits; see `write_at_once`."""
        if self.disconnected:
            return
        connection = self._connection
        transport = connection.coalescing
        write = transport.write_whole if len(connection.tasks) <= 1 else transport.write
        default_headers = connection.server_state.default_headers
        write(encode_reply(reply, default_headers, keep_alive=self.keep_alive))
        self.response_started = self.response_complete = True
        if not self.keep_alive:
            transport.close()
        connection.on_response_complete()
