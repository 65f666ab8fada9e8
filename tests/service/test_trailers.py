"""What comes with a body in chunks besides its content: bounded, and never a header."""

import json
import socket
from collections.abc import Iterator

import pytest

from tabuada.artifacts.store import Store
from tests.service.serving import Server
from tests.service.test_connections import can_send
from tests.service.traffic import read_all, write_request
from tests.service.unharmed import look_at

KEY = "a-key-of-the-tests-0123"
BODY = b'{"a":[1,2],"op":"+","b":[3,4]}'
MAX_HEADERS = 20
MAX_BYTES = 4096
_SPARE_MIB = 8


@pytest.fixture(scope="module")
def locked(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service with keys and small limits, which logs every request."""
    server = Server(
        store.location,
        tmp_path_factory.mktemp("locked") / "log",
        api_keys=KEY,
        max_headers=MAX_HEADERS,
        max_header_bytes=MAX_BYTES,
        access_log="true",
    )
    server.wait_ready()
    yield server
    assert server.stop() == 0
    assert "Traceback" not in server.log(), server.log()


def begin(*headers: str, key: str = KEY) -> bytes:
    lines = [
        "POST /predict HTTP/1.1", "Host: x", "Content-Type: application/json", f"X-API-Key: {key}",
        "Transfer-Encoding: chunked", *headers,
    ]  # fmt: skip
    return "\r\n".join([*lines, "", ""]).encode()


def write_chunks(body: bytes = BODY, extension: bytes = b"", trailers: bytes = b"") -> bytes:
    return b"%x%b\r\n%b\r\n0%b\r\n%b\r\n" % (len(body), extension, body, extension, trailers)


def ask(server: Server, request: bytes, piece: int = 10**9) -> tuple[int, str, bytes]:
    """Send a request, piece by piece; return status, code and head of its answer."""
    with server.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(request), piece):
            if not can_send(connection, request[start : start + piece]):
                break
        head, _, body = read_all(connection).partition(b"\r\n\r\n")
    error = json.loads(body).get("error", {}) if body else {}
    return int(head.split()[1]), error.get("code", ""), head.lower()


EXTRAS = [
    (b"", b"", 200, ""),
    (b";a=b", b"", 200, ""),
    (b"", b"X-A: b\r\n", 200, ""),
    (b"", b"X: 1\r\n" * MAX_HEADERS, 200, ""),
    (b"", b"X: 1\r\n" * (MAX_HEADERS + 1), 431, "too_many_headers"),
    (b"", b"X: " + b"a" * (MAX_BYTES - 100) + b"\r\n", 200, ""),
    (b"", b"X: " + b"a" * MAX_BYTES + b"\r\n", 431, "headers_too_large"),
    (b"", b"X" * MAX_BYTES + b": a\r\n", 431, "headers_too_large"),
    (b"", b"X: 1\r\nnonsense\r\n", 400, "malformed_http"),
    (b";a=" + b"b" * 3 * MAX_BYTES, b"", 431, "headers_too_large"),
    (b';a="' + b"b" * 3 * MAX_BYTES + b'"', b"", 431, "headers_too_large"),
]


@pytest.mark.parametrize("piece", [1, 7, 10**9])
@pytest.mark.parametrize("extras", EXTRAS, ids=range(len(EXTRAS)))
def test_extensions_and_trailers_are_counted_like_headers(
    locked: Server, extras: tuple[bytes, bytes, int, str], piece: int
) -> None:
    extension, trailers, status, code = extras
    request = begin("Connection: close") + write_chunks(BODY, extension, trailers)
    assert ask(locked, request, piece)[:2] == (status, code)


@pytest.mark.parametrize("piece", [1, 10**9])
@pytest.mark.parametrize(
    ("trailer", "statuses"),
    [
        (f"X-API-Key: {KEY}", {401}),
        (f"Authorization: Bearer {KEY}", {401}),
        ("X-Request-ID: of-a-trailer", {200}),
        ("X-Request-Timeout: nonsense", {200}),
        ("Content-Type: text/plain", {200}),
        ("Content-Encoding: gzip", {200}),
        ("Host: other", {200}),
        ("Expect: 200-ok", {200}),
        ("Upgrade: h2c\r\nConnection: upgrade", {200}),
        # The parser refuses those that would change how the body is read.
        ("Content-Length: 1", {200, 400}),
        ("Transfer-Encoding: gzip", {200, 400}),
    ],
)
def test_trailer_is_no_header(locked: Server, trailer: str, statuses: set[int], piece: int) -> None:
    key = "another-key-0123456789" if 401 in statuses else KEY
    chunks = write_chunks(trailers=f"{trailer}\r\n".encode())
    answered, _, head = ask(locked, begin("Connection: close", key=key) + chunks, piece)
    assert answered in statuses
    assert b"of-a-trailer" not in head


def test_requests_after_trailers_are_answered(locked: Server) -> None:
    pair = begin() + write_chunks(trailers=b"X: 1\r\n" * 10) + begin() + write_chunks()
    last = write_request(BODY, "/predict", f"X-API-Key: {KEY}", "Connection: close")
    with locked.connect() as connection:
        connection.sendall(pair * 5 + last)
        assert read_all(connection).count(b"HTTP/1.1 200 ") == 11


def test_many_small_chunks_are_no_extensions(locked: Server) -> None:
    body = b'{"expressions":[' + b",".join([b'"1+1"'] * 5000) + b"]}"
    for size in (1, 3, 1000):
        parts = [body[start : start + size] for start in range(0, len(body), size)]
        chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
        assert ask(locked, begin("Connection: close") + chunks)[0] == 200
        if size == 1000:
            assert ask(locked, begin("Connection: close") + chunks, 100)[0] == 200


@pytest.mark.parametrize("key", [KEY, "another-key-0123456789"], ids=["key", "no key"])
@pytest.mark.parametrize(
    ("start", "more"),
    [
        (b"0\r\n", b"X-1: " + b"v" * 200 + b"\r\n"),
        (b"0\r\nX: ", b"v" * 200),
        (b"1;a=", b"v" * 200),
        (b"", b'1;a="' + b"v" * 200 + b'"\r\n \r\n'),
    ],
    ids=["trailers", "one trailer", "one extension", "extensions"],
)
@pytest.mark.parametrize("megabytes", [12, pytest.param(400, marks=pytest.mark.slow)])
def test_endless_extras_take_no_memory(
    locked: Server, key: str, start: bytes, more: bytes, megabytes: int
) -> None:
    ask(locked, begin("Connection: close") + write_chunks())
    before = look_at(locked).memory_mib
    block = more * (2**16 // len(more))
    sent = 0
    while sent < megabytes * 2**20:
        with locked.connect() as connection:
            connection.sendall(begin(key=key) + b"2\r\n{}\r\n" + start)
            while sent < megabytes * 2**20 and can_send(connection, block):
                sent += len(block)
            sent += len(block)  # so that it ends where nothing is taken
            assert look_at(locked).memory_mib - before < _SPARE_MIB
