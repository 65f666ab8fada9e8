"""Writes a whole answer at once, where uvicorn would write it in two messages."""

from collections.abc import Collection

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from service.http.replies import Headers, Reply
from service.process.coalescing import CoalescingTransport


def write_at_once(
    cycle: RequestResponseCycle,
    transport: CoalescingTransport,
    tasks: Collection[object],
    reply: Reply,
) -> bool:
    """Answer a request.

    It does what the cycle's `send` does with the two messages of an answer, but for looking at
    each header for characters that none of ours have. Where nobody else waits it is sent right now:
    a seventh of the time of a small request. Where others wait, their answers are made first, and
    all are sent at the end of the event loop's turn: to send each right now would wake its client,
    which takes the processor from the rest, and costs a fifth of the answers a second.

    Args:
        cycle: The request, whose answer has not begun.
        transport: Its connection's.
        tasks: Those of the requests that are in progress, this one among them.
        reply: The whole answer; its headers name its length.

    Returns:
        Whether it was written; if not, it is to be sent in the ordinary way.
    """
    if cycle.response_started or cycle.disconnected or cycle.flow.write_paused:
        return False
    if cycle.scope["method"] == "HEAD":  # its answer is without its body
        return False
    write = transport.write_whole if len(tasks) <= 1 else transport.write
    write(encode_reply(reply, cycle.default_headers, keep_alive=cycle.keep_alive))
    cycle.waiting_for_100_continue = False
    cycle.response_started = cycle.response_complete = True
    cycle.message_event.set()
    if not cycle.keep_alive:
        transport.close()
    cycle.on_response()
    return True


def encode_reply(reply: Reply, default_headers: Headers, *, keep_alive: bool) -> bytes:
    """Return a whole answer as it goes over the wire.

    Args:
        reply: The answer; its headers name its length.
        default_headers: Those that the server adds to each answer.
        keep_alive: Whether the connection stays open after it.
    """
    lines = [b"%b: %b\r\n" % header for header in (*default_headers, *reply.headers)]
    if not keep_alive:
        lines.append(b"connection: close\r\n")
    return b"".join((STATUS_LINE[reply.status], *lines, b"\r\n", reply.body))
