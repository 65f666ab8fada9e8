"""Requests byte by byte, good and broken, and whatever comes back."""

import select
import socket
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urlsplit

from tests.service.serving import Server
from tests.service.unharmed import DEADLINE_S

_AT_ONCE_S = 0.02

GOOD = b'{"a":[1,2],"op":"+","b":[3,4]}'
_START = b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
_GET = b"GET /health/live HTTP/1.1\r\n"
_CHUNKED = b"Transfer-Encoding: chunked\r\n"
_CHUNKS = b"1e\r\n" + GOOD + b"\r\n0\r\n\r\n"


def post(*headers: bytes, body: bytes = GOOD) -> bytes:
    """Return a request to `/predict` with these header lines, and its length only if among them."""
    return _START + b"".join(header + b"\r\n" for header in headers) + b"\r\n" + body


def get(*headers: bytes, target: bytes = b"/health/live", method: bytes = b"GET") -> bytes:
    """Return a request without a body."""
    lines = b"".join(header + b"\r\n" for header in headers)
    return method + b" " + target + b" HTTP/1.1\r\nHost: x\r\n" + lines + b"\r\n"


def chunked(*chunks: bytes) -> bytes:
    """Return a request to `/predict` whose body comes in chunks."""
    return _START + _CHUNKED + b"\r\n" + b"".join(chunks)


LENGTH = b"Content-Length: 30"

ODD = {
    "length once": post(LENGTH),
    "chunks": chunked(_CHUNKS),
    "a byte a chunk": chunked(*(b"1\r\n%c\r\n" % byte for byte in GOOD), b"0\r\n\r\n"),
    "trailer": chunked(b"1e\r\n" + GOOD + b"\r\n0\r\nX: y\r\n\r\n"),
    "expect": post(b"Expect: 100-continue", LENGTH),
    "expect nonsense": post(b"Expect: nonsense", LENGTH),
    "type twice": post(b"Content-Type: text/plain", LENGTH),
    "empty lines first": b"\r\n\r\n" + post(LENGTH),
    "absolute address": get(target=b"http://x/health/live"),
    "old version": b"GET /health/live HTTP/1.0\r\n\r\n",
    "body of a GET": get(b"Content-Length: 5") + b"hello",
    "empty body": post(b"Content-Length: 0", body=b""),
}
"""Unusual, but HTTP: each is answered."""

BROKEN = {
    "noise": bytes(range(256)) * 4 + b"\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x01" * 500,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0" * 20,
    "HTTP/0.9": b"GET /predict\r\n\r\n",
    "HTTP/9.9": b"GET /health/live HTTP/9.9\r\nHost: x\r\n\r\n",
    "no host": _GET + b"\r\n",
    "two hosts": _GET + b"Host: a\r\nHost: b\r\n\r\n",
    "host of no shape": _GET + b"Host: [::1<script>\r\n\r\n",
    "host of no shape, no such page": b"GET /nope HTTP/1.1\r\nHost: ]:x:y@\r\n\r\n",
    "no length": post(),
    "negative length": post(b"Content-Length: -1"),
    "hexadecimal length": post(b"Content-Length: 0x1e"),
    "signed length": post(b"Content-Length: +30"),
    "length past all": post(b"Content-Length: " + b"9" * 30),
    "length past 64 bits": post(b"Content-Length: 18446744073709551616"),
    "two lengths": post(LENGTH, b"Content-Length: 31"),
    "length in a list": post(b"Content-Length: 30, 30"),
    "length too small": post(b"Content-Length: 10"),
    "length too large": post(b"Content-Length: 100"),
    "length and chunks": post(LENGTH, b"Transfer-Encoding: chunked", body=_CHUNKS),
    "no such coding": post(b"Transfer-Encoding: xchunked", body=_CHUNKS),
    "not the last coding": post(b"Transfer-Encoding: chunked, gzip", body=_CHUNKS),
    "two codings": post(b"Transfer-Encoding: gzip, chunked", body=_CHUNKS),
    "chunk without a size": chunked(b"zz\r\n" + GOOD + b"\r\n0\r\n\r\n"),
    "chunk of negative size": chunked(b"-1\r\n" + GOOD + b"\r\n0\r\n\r\n"),
    "chunk past 64 bits": chunked(b"F" * 17 + b"\r\n" + GOOD),
    "chunk of 64 bits": chunked(b"F" * 16 + b"\r\n" + GOOD),
    "chunk too short": chunked(b"5\r\n" + GOOD + b"\r\n0\r\n\r\n"),
    "chunk size of zeros": chunked(b"0" * 100_000 + b"1e\r\n" + GOOD + b"\r\n0\r\n\r\n"),
    "chunk with extensions": chunked(b"1e;" + b"a=b;" * 20_000 + b"\r\n" + GOOD + b"\r\n0\r\n\r\n"),
    "endless trailer": chunked(b"0\r\n" + b"X: " + b"y" * 200_000 + b"\r\n\r\n"),
    "header without a colon": get(b"nonsense"),
    "header without a name": get(b": v"),
    "header folded": get(b"X: a\r\n b"),
    "header with a zero": get(b"X: a\0b"),
    "header with a lone return": get(b"X: a\rY: b"),
    "space before the colon": get(b"X : a"),
    "name not in ASCII": get(b"X\xff: a"),
    "value not in ASCII": get(b"X-Request-ID: \xff\xfe", b"Authorization: Bearer \x80"),
    "large header": get(b"X: " + b"a" * 1_000_000),
    "many headers": get(*(b"X%d: a" % index for index in range(5000))),
    "long path": get(target=b"/" + b"a" * 100_000),
    "long query": get(target=b"/health/live?" + b"a" * 60_000),
    "address without end": b"GET " + b"/" * 100_000,
    "encoded zero": get(target=b"/models/%00"),
    "encoded noise": get(target=b"/models/%ff%fe"),
    "broken encoding": get(target=b"/models/%zz%2"),
    "bare noise": get(target=b"/models/\xc3\xa9\xff"),
    "out of the tree": get(target=b"/static/../../service/app.py"),
    "out of the tree, encoded": get(target=b"/static/..%2f..%2fapp.py"),
    "out of the tree of models": get(target=b"/models/..%2f..%2fetc/versions/1"),
    "host in the address": get(target=b"http://evil:99999/health/live"),
    "long method": get(method=b"A" * 2000),
    "no such method": get(method=b"FOO"),
    "method in small letters": get(method=b"get"),
    "method of another protocol": get(method=b"PROPFIND", target=b"/predict"),
    "TRACE": get(method=b"TRACE", target=b"/predict"),
    "CONNECT": get(method=b"CONNECT", target=b"x:443"),
    "line feeds only": post(LENGTH).replace(b"\r\n", b"\n"),
    "returns only": post(LENGTH).replace(b"\r\n", b"\r"),
    "space first": b" " + post(LENGTH),
    "WebSocket": get(
        b"Connection: Upgrade",
        b"Upgrade: websocket",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ),
}
"""Not HTTP, or what no client of this service has any business with: refused or hung up on."""


@dataclass(frozen=True)
class Answer:
    """One answer."""

    status: int
    media: str
    content: bytes
    closes: bool


def exchange(
    server: Server, request: bytes, *, answers: int = 1, stop: bool = False
) -> list[Answer]:
    """Send bytes and return the answers to them, fewer where the service hangs up.

    Args:
        server: Who is asked.
        request: The bytes.
        answers: How many to wait for.
        stop: Whether to say that nothing more will be sent, should no answer come at once.

    Raises:
        TimeoutError: Neither an answer nor the end came in time.
    """
    address = urlsplit(server.url)
    received: list[Answer] = []
    target = address.hostname, address.port
    with socket.create_connection(target, timeout=DEADLINE_S) as connection:
        try:
            connection.sendall(request)
            if stop and not select.select([connection], [], [], _AT_ONCE_S)[0]:
                connection.shutdown(socket.SHUT_WR)
        except ConnectionError:
            pass  # refused before all was said; the answer may have come all the same
        with connection.makefile("rb") as stream:
            while len(received) < answers:
                answer = _read(stream)
                if answer is None:
                    break
                received.append(answer)
    return received


def _read(stream: BinaryIO) -> Answer | None:
    """Return the next answer, None where there comes none."""
    try:
        version, _, rest = stream.readline().partition(b" ")
    except ConnectionResetError:
        return None
    if not version:
        return None
    assert version == b"HTTP/1.1", version
    status = int(rest[:3])
    headers = {}
    while (line := stream.readline().rstrip(b"\r\n")) != b"":
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    if status == 100:
        return _read(stream)
    return Answer(
        status=status,
        media=headers.get("content-type", ""),
        content=stream.read(int(headers["content-length"])),
        closes=headers.get("connection") == "close",
    )
