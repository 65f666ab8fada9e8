"""What an application is told of a request, over real connections and asyncio's own event loop."""

import asyncio
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from service.http.request_context import find_target
from service.process.connection import Connection
from service.process.connection_limits import ConnectionLimits
from service.settings import Settings

CHUNKED = b"Transfer-Encoding: chunked\r\n"


class Application:
    """Notes the scope and the body of each request, and answers all of them."""

    def __init__(self, *, early: bool = False) -> None:
        self.seen: list[tuple[dict[str, Any], bytes]] = []
        self._early = early

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Note one request and answer it."""
        body, more = b"", not self._early
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body, more = body + message["body"], message["more_body"]
        await asyncio.sleep(0.05)  # so that the client has its time to go
        self.seen.append((scope, body))
        headers = [(b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok"})


def ask(application: Application, *pieces: bytes, ends: bool = False) -> bytes:
    """Send some bytes piece by piece, and return everything that comes back."""

    async def talk() -> bytes:
        loop = asyncio.get_running_loop()
        config = uvicorn.Config(application, log_config=None)
        config.load()
        limits = ConnectionLimits.of(Settings(), lambda _: None)
        options: dict[str, Any] = {"config": config, "server_state": ServerState()}
        server = await loop.create_server(
            lambda: Connection(limits, app_state={}, _loop=loop, **options), "127.0.0.1", 0
        )
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.01)
            if ends:
                writer.write_eof()
            content = await asyncio.wait_for(reader.read(), 60)
            writer.close()
            return content

    return asyncio.run(talk())


def get(target: bytes, *headers: bytes, version: bytes = b"1.1", method: bytes = b"GET") -> bytes:
    lines = b"".join(header + b"\r\n" for header in headers)
    return b"%b %b HTTP/%b\r\n%bConnection: close\r\n\r\n" % (method, target, version, lines)


@pytest.mark.parametrize(
    ("request_bytes", "path", "hosts"),
    [
        (get(b"/a?b", b"Host: x"), "/a", [b"x"]),
        (get(b"http://other:80/a?b", b"Host: x"), "/a", [b"other:80"]),
        (get(b"http://other/a", version=b"1.0"), "/a", [b"other"]),
        (get(b"http://other", b"Host: x"), "/", [b"other"]),
        (get(b"*", b"Host: x", method=b"OPTIONS"), "*", [b"x"]),
        (get(b"http://other", b"Host: x", method=b"OPTIONS"), "*", [b"other"]),
    ],
)
def test_application_is_told_which_address_of_which_host(
    request_bytes: bytes, path: str, hosts: list[bytes]
) -> None:
    application = Application()
    assert ask(application, request_bytes).startswith(b"HTTP/1.1 200 ")
    ((scope, _),) = application.seen
    assert scope["path"] == path
    assert [value for name, value in scope["headers"] if name == b"host"] == hosts
    assert find_target(scope) == request_bytes.split()[1]


def test_application_is_told_no_trailers() -> None:
    application = Application()
    head = b"POST / HTTP/1.1\r\nHost: x\r\nX-A:  1 \t\r\n" + CHUNKED
    chunks = b"2\r\nab\r\n2;x=y\r\ncd\r\n0\r\nX-A: 2\r\nX-B: 3\r\n\r\n"
    last = head + b"Connection: close\r\n\r\n" + chunks
    ask(application, head + b"\r\n" + chunks, *(bytes([byte]) for byte in last))
    assert [body for _, body in application.seen] == [b"abcd", b"abcd"]
    for scope, _ in application.seen:
        assert [pair for pair in scope["headers"] if pair[0].startswith(b"x-")] == [(b"x-a", b"1")]


@pytest.mark.parametrize(("version", "offered"), [(b"1.0", False), (b"1.1", True)])
def test_application_is_not_told_of_codings_that_need_chunks(version: bytes, offered: bool) -> None:
    application = Application()
    ask(application, get(b"/", b"Host: x", b"Accept-Encoding: gzip", version=version))
    names = [name for name, _ in application.seen[0][0]["headers"]]
    assert (b"accept-encoding" in names) == offered


def test_client_that_has_said_all_is_answered() -> None:
    application = Application()
    request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    answers = ask(application, request * 3, ends=True)
    assert answers.count(b"HTTP/1.1 200 ") == 3
    assert answers.count(b"\r\nconnection: close\r\n") == 1


def test_request_that_ends_halfway_reaches_no_application() -> None:
    application = Application()
    request = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab"
    answer = ask(application, request, ends=True)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b'"code":"incomplete_request"' in answer
    assert application.seen == []


def test_answered_request_gets_no_second_answer_when_its_body_breaks() -> None:
    application = Application(early=True)
    head = b"POST / HTTP/1.1\r\nHost: x\r\n" + CHUNKED + b"\r\n"
    answers = ask(application, head, *[b"1\r\na\r\n"] * 20, b"zz\r\n")
    assert answers.count(b"HTTP/1.1 ") == 1
