"""Small requests that are answered past the application: the same answers as by the long way."""

import json
import re
import socket
import time
from pathlib import Path

import pytest

from service.app import create_app
from service.settings import Settings
from tabuada.artifacts.store import Store
from tests.service.conftest import StartServer
from tests.service.serving import Server
from tests.service.traffic import read_all, write_request

SETTLE = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"  # the second head alike goes the short way
ROW = {"a": 4.93, "op": "+", "b": 4.02}
TENSORS = [
    {"name": name, "datatype": kind, "shape": [1], "data": [value]}
    for name, kind, value in (("a", "FP64", 4.93), ("op", "BYTES", "+"), ("b", "FP64", 4.02))
]
INFER = "/v2/models/mlp/infer"
REQUESTS = {
    "rows": ("/predict", {"instances": [ROW]}),
    "many rows": ("/predict", {"instances": [ROW] * 100}),
    "columns": ("/predict", {"a": [1, 2], "op": "*", "b": [3, 4]}),
    "expressions": ("/predict", {"expressions": ["1,5 + 2"]}),
    "exact": ("/predict", {"instances": [ROW], "exact": True}),
    "outside": ("/predict", {"instances": [{**ROW, "a": 1e6}]}),
    "a version": ("/predict", {"instances": [ROW], "version": 1}),
    "a label": ("/predict", {"instances": [ROW], "label": "canary"}),
    "another model": ("/predict", {"instances": [ROW], "model": "arithmetic"}),
    "no such model": ("/predict", {"instances": [ROW], "model": "none"}),
    "division by zero": ("/predict", {"expressions": ["1 + 1", "1 / 0"]}),
    "no operation": ("/predict", {"instances": [{**ROW, "op": "?"}]}),
    "no expression": ("/predict", {"expressions": ["one"]}),
    "no form": ("/predict", {}),
    "rounded": ("/predict", {"a": [9007199254740993], "op": "+", "b": [1]}),
    "tensors": (INFER, {"inputs": TENSORS}),
    "tensors of a version": ("/v2/models/mlp/versions/1/infer", {"inputs": TENSORS}),
    "tensors of none": ("/v2/models/none/infer", {"inputs": TENSORS}),
    "no tensors": (INFER, {"inputs": []}),
    "an evaluation": ("/evaluate", {"sample": {"n": 10, "seed": 1}}),
}


def write_chunked(body: bytes, path: str) -> bytes:
    """Return a request that has to go the long way."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    chunk = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    return head.encode() + b"Transfer-Encoding: chunked\r\n\r\n" + chunk


def read_answers(connection: socket.socket, count: int) -> list[tuple[bytes, bytes]]:
    """Return heads and bodies of the next answers, but for what differs between any two."""
    content = b""
    answers: list[tuple[bytes, bytes]] = []
    while len(answers) < count:
        head, end, rest = content.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        if not end or len(rest) < int(length[1] if length else 0):
            content += connection.recv(2**16)
            continue
        size = int(length[1]) if length else 0
        lines = [
            line
            for line in head.split(b"\r\n")
            if not line.lower().startswith((b"date:", b"x-request-id:"))
        ]
        answers.append((b"\r\n".join(lines), rest[:size]))
        content = rest[size:]
    return answers


@pytest.mark.parametrize("name", REQUESTS)
def test_answer_is_the_same_by_the_short_way(server: Server, name: str) -> None:
    path, asked = REQUESTS[name]
    body = json.dumps(asked).encode()
    with server.connect() as connection:
        connection.sendall(SETTLE + write_request(body, path))
        _, short = read_answers(connection, 2)
        connection.sendall(write_chunked(body, path))
        (long,) = read_answers(connection, 1)
        assert short == long
        connection.sendall(write_request(body, path) * 3 + write_chunked(body, path))
        assert read_answers(connection, 4) == [long] * 4


def test_request_that_is_alone_gets_the_answer_of_those_in_company(server: Server) -> None:
    bodies = [json.dumps({"instances": [{**ROW, "a": row / 10}]}).encode() for row in range(80)]
    with server.connect() as connection:
        connection.sendall(SETTLE)
        read_answers(connection, 1)
        alone = []
        for body in 2 * bodies:  # after 64 they are run on the spot
            connection.sendall(write_request(body))
            alone += read_answers(connection, 1)
        assert alone[:80] == alone[80:]
        for body in bodies[:60]:
            connection.sendall(write_request(body))
        assert read_answers(connection, 60) == alone[:60]


@pytest.mark.parametrize("cut", [1, 40, 150])
def test_body_may_come_in_pieces(server: Server, cut: int) -> None:
    request = write_request()
    with server.connect() as connection:
        connection.sendall(SETTLE)
        read_answers(connection, 1)
        for piece in (request[:-cut], request[-cut:], request):
            connection.sendall(piece)
            time.sleep(0.02)
        first, second = read_answers(connection, 2)
    assert first == second
    assert first[0].startswith(b"HTTP/1.1 200 ")


def test_half_a_body_is_refused_after_the_answers_before_it(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(SETTLE + write_request() * 2 + write_request()[:-1])
        connection.shutdown(socket.SHUT_WR)
        answers = read_all(connection)
    assert re.findall(rb"HTTP/1\.1 (\d+) ", answers) == [b"200", b"200", b"200", b"400"]
    assert b'"code":"incomplete_request"' in answers


def test_body_that_drips_is_refused(store: Store, start_server: StartServer) -> None:
    server = start_server(store.location, body_timeout_s=0.5)
    server.wait_ready()
    request = write_request(
        b'{"instances":[{"a":1,"op":"+","b":2}]}', "/predict", "X-Request-ID: me"
    )
    with server.connect() as connection:
        connection.sendall(SETTLE + write_request() + request[:-1])
        answers = read_all(connection)
    assert re.findall(rb"HTTP/1\.1 (\d+) ", answers) == [b"200", b"200", b"408"]
    assert b'"code":"body_too_slow"' in answers
    assert answers.lower().count(b"x-request-id: me\r\n") == 1


def test_connection_is_closed_where_the_client_asks_for_it(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(SETTLE + write_request(b"{", "/predict", "Connection: close"))
        answers = read_all(connection).lower()
    assert re.findall(rb"http/1\.1 (\d+) ", answers) == [b"200", b"400"]
    assert answers.count(b"\r\nconnection: close\r\n") == 1


SMALL = [(b"host", b"x"), (b"content-type", b"application/json"), (b"content-length", b"2")]


@pytest.mark.parametrize(
    ("target", "headers", "taken"),
    [
        (b"/predict", SMALL, True),
        (b"/v2/models/m/infer", SMALL, True),
        (b"/v2/models/m/versions/1/infer", SMALL, True),
        (b"/predict", [*SMALL, (b"x-request-id", b"a"), (b"authorization", b"Bearer b")], True),
        (b"/evaluate", SMALL, False),  # it looks whether its client is still there
        (b"/predict?", SMALL, False),
        (b"/predict?a=b", SMALL, False),
        (b"/pr%65dict", SMALL, False),
        (b"/v2/models/%6d/infer", SMALL, False),
        (b"/models", SMALL, False),
        (b"/predict", SMALL[:2], False),
        (b"/predict", [*SMALL[:2], (b"content-length", b"9999999")], False),
        (b"/predict", [*SMALL[:2], (b"content-length", b"9" * 5000)], False),
        (b"/predict", [*SMALL, (b"content-encoding", b"gzip")], False),
        (b"/predict", [*SMALL, (b"expect", b"100-continue")], False),
        (b"/predict", [*SMALL, (b"upgrade", b"h2c")], False),
        (b"/predict", [*SMALL, (b"transfer-encoding", b"chunked")], False),
    ],
)
def test_short_way_is_for_small_plain_requests(
    tmp_path: Path, target: bytes, headers: list[tuple[bytes, bytes]], *, taken: bool
) -> None:
    whole = create_app(Settings(artifacts=str(tmp_path))).whole
    assert whole is not None
    assert (whole.open(target, headers, ("127.0.0.1", 1)) is not None) == taken


@pytest.mark.parametrize("settings", [{"telemetry": True}, {"root_path": "/tabuada"}])
def test_long_way_is_for_what_needs_all_of_the_application(
    tmp_path: Path, settings: dict[str, object]
) -> None:
    whole = create_app(Settings(artifacts=str(tmp_path), **settings)).whole  # type: ignore[arg-type]
    assert whole is None or whole.open(b"/predict", SMALL, ("127.0.0.1", 1)) is None
