"""Clients that have said all they have to say, and those that are gone."""

import json
import socket
import struct
import time

import pytest

from tests.service.serving import Server
from tests.service.traffic import read_all, wait_until, write_request
from tests.service.unharmed import look_at

EVALUATION = write_request(json.dumps({"sample": {"n": 200_000}}).encode(), "/evaluate")
LARGE = write_request(json.dumps({"expressions": ["1 + 1"] * 90_000, "exact": True}).encode())


def say_all(server: Server, content: bytes) -> bytes:
    """Send something and close the sending side; return what comes until the server closes."""
    with server.connect() as connection:
        connection.sendall(content)
        connection.shutdown(socket.SHUT_WR)
        return read_all(connection)


@pytest.mark.parametrize(
    ("content", "count"),
    [
        (write_request(), 1),
        (write_request() * 3, 3),
        (EVALUATION, 1),
        (EVALUATION + write_request() * 5 + EVALUATION, 7),
        (LARGE, 1),
        (LARGE + write_request(), 2),
        (b"GET /static/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n", 1),
    ],
    ids=["one", "pipelined", "slow", "slow among others", "large", "large first", "file"],
)
def test_half_closed_client_gets_all_its_answers(
    server: Server, content: bytes, count: int
) -> None:
    # Of one that takes its time the client may be asked whether it is still there.
    answers = say_all(server, content).replace(b"HTTP/1.1 100 Continue\r\n\r\n", b"")
    assert answers.count(b"HTTP/1.1 200 ") == count
    rest = answers
    for _ in range(count):  # each of them whole
        head, _, rest = rest.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        assert len(rest) >= length
        rest = rest[length:]
    assert rest == b""


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"", write_request()[:-1]), (b"", b"GET /health/li"), (b"", b"\r\nG"),
     (write_request(), write_request()[:-1]), (EVALUATION, b"GET / HTTP/1.1\r\nHost"),
     (EVALUATION + write_request(), write_request()[:-1])],
)  # fmt: skip
def test_half_a_request_is_refused_after_the_answers(
    server: Server, before: bytes, after: bytes
) -> None:
    answers = say_all(server, before + after)
    assert answers.count(b"HTTP/1.1 200 ") == before.count(b"POST ")
    last = answers.rpartition(b"HTTP/1.1 ")[2]
    assert last.startswith(b"400 ")
    assert b'"code":"incomplete_request"' in last


@pytest.mark.parametrize("content", [b"", b"\r\n", write_request()], ids=["new", "lines", "idle"])
def test_idle_half_closed_connection_is_closed(server: Server, content: bytes) -> None:
    before = look_at(server).descriptors
    with server.connect() as connection:
        if content.strip():
            connection.sendall(content)
            assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        else:
            connection.sendall(content)
        started = time.monotonic()
        connection.shutdown(socket.SHUT_WR)
        assert read_all(connection) == b""
        assert time.monotonic() - started < 30, "kept as long as an idle one"
    wait_until(lambda: look_at(server).descriptors <= before)


def test_client_that_vanishes_while_it_waits_leaves_nothing(server: Server) -> None:
    before = look_at(server).descriptors
    for says_all in (False, True):
        for _ in range(3):
            with server.connect() as connection:
                reset = struct.pack("ii", 1, 0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
                connection.sendall(EVALUATION * 3)
                if says_all:
                    connection.shutdown(socket.SHUT_WR)
    wait_until(lambda: look_at(server).descriptors <= before)
    assert say_all(server, write_request()).startswith(b"HTTP/1.1 200 ")


def test_client_that_ends_without_reading_leaves_nothing(server: Server) -> None:
    before = look_at(server).descriptors
    for content in (EVALUATION, LARGE, LARGE + write_request()[:-1]):
        with server.connect() as connection:
            connection.sendall(content)
    wait_until(lambda: look_at(server).descriptors <= before)
