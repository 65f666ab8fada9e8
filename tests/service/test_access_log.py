"""The access log: one line a request, whoever asks for what, and nobody can write it but us."""

import io
import json
import logging
import logging.config
import re
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from service.http.access_log import escape, log_request
from service.logs import configure_logging
from service.settings import Settings
from tabuada.artifacts.store import Store
from tests.service.conftest import StartServer
from tests.service.traffic import read_all, wait_until, write_request

FORGED = b"/nowhere%0a2026-11-25%2000:00:00,000%20ERROR%20service.keys:%20forged%1b[31m"
PLAIN = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO service\.access: (-|[A-Z]+) (-|[!-~]+) (\d{3}) "
    r"[\d.]+ ms \[([\w.:/+=@-]{1,128})\] (\d+\.\d+\.\d+\.\d+:\d+)"
)
# What is sent, and what the line of it tells.
ASKED = [
    (b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n" % FORGED, "GET", FORGED.decode(), 404),
    (b"GET /a?b=%1b%0a HTTP/1.1\r\nHost: x\r\n\r\n", "GET", "/a?b=%1b%0a", 404),
    (b"GET http://a/b HTTP/1.1\r\nHost: x\r\n\r\n", "GET", "http://a/b", 404),
    (b"GET /a\\b HTTP/1.1\r\nHost: x\r\n\r\n", "GET", r"/a\x5cb", 404),
    (b"GET /a HTTP/1.1\r\nHost: x\r\nX-Request-ID: a\x1b[31m\r\n\r\n", "GET", "/a", 400),
    (b"GET /a HTTP/1.1\r\nHost: x\r\nX-Request-ID: \xff] forged\r\n\r\n", "GET", "/a", 404),
    (b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "OPTIONS", "*", 200),
    (b"GET /a HTTP/1.1\r\n\r\n", "GET", "/a", 400),
    (b"GET /a HTTP/2.0\r\n\r\n", "GET", "/a", 505),
    (b"GET /a HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 20_000, "GET", "/a", 431),
    (b"GET /\x1b[31m HTTP/1.1\r\nHost: x\r\n\r\n", "-", "-", 400),
    (b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n", "-", "-", 400),
    (b"FORGE\x1b[31m / HTTP/1.1\r\nHost: x\r\n\r\n", "-", "-", 400),
    (b"FORGE / HTTP/1.1\r\nHost: x\r\n\r\n", "-", "-", 501),
    (b"\x16\x03\x01\nforged", "-", "-", 400),
    (write_request(b"{}") + b"", "POST", "/predict", 422),
    (write_request(b"{}")[:-1], "POST", "/predict", 400),
    (write_request(b"{}", "/predict", "Expect: x"), "POST", "/predict", 417),
    (b"POST /predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "POST",
     "/predict", 400),
]  # fmt: skip


@pytest.mark.parametrize(
    ("target", "written"),
    [
        (b"/a?b=c&d", "/a?b=c&d"),
        (b"/%0a%1b", "/%0a%1b"),
        (b"/a b\n\r\t\x00\x1b\x7f", r"/a\x20b\x0a\x0d\x09\x00\x1b\x7f"),
        (b"/\xe2\x80\xae\xff", r"/\xe2\x80\xae\xff"),
        (b"/\\x0a", r"/\x5cx0a"),
        (b"/" + b"a" * 5000, "/" + "a" * 999 + "..."),
        (b"", ""),
    ],
)
def test_target_is_written_in_printable_ascii(target: bytes, written: str) -> None:
    assert escape(target) == written


@pytest.fixture
def json_lines() -> Iterator[io.StringIO]:
    """The log in JSON of this process."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logging.config.dictConfig(configure_logging(Settings(log_format="json")))
    stream = io.StringIO()
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize(
    ("client", "name"),
    [(("10.0.0.1", 80), "10.0.0.1:80"), (("::1", 80), "[::1]:80"), (None, "")],
)
def test_json_line_tells_what_the_plain_one_does(
    json_lines: io.StringIO, client: tuple[str, int] | None, name: str
) -> None:
    facts: dict[str, Any] = {"status": 404, "duration_ms": 1.5, "code": "not_found"}
    log_request("GET", FORGED + b"\n\x1b", client, "an-id", facts)
    (line,) = json_lines.getvalue().splitlines()
    told = json.loads(line)
    expected = {"method": "GET", "target": FORGED.decode() + r"\x0a\x1b", "request_id": "an-id"}
    assert {**expected, **facts, "client": name}.items() <= told.items()
    assert "\x1b" not in line


def test_each_request_and_refusal_is_one_line(start_server: StartServer, store: Store) -> None:
    server = start_server(store.location, access_log="true", max_connections=10)
    server.wait_ready()
    ids, ports = [], []
    for sent, *_ in ASKED:
        with server.connect() as connection:
            ports.append(connection.getsockname()[1])
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            head = read_all(connection).partition(b"\r\n\r\n")[0].lower()
        (request_id,) = re.findall(rb"\r\nx-request-id: (.+?)(?:\r|$)", head)
        ids.append(request_id.decode())
    assert server.stop() == 0
    lines = [line for line in server.log().splitlines() if "service.access" in line]
    assert "uvicorn.access" not in server.log()
    assert "\x1b" not in server.log()
    assert "forged" not in {line.split(": ")[0] for line in server.log().splitlines()}
    assert len(lines) == len(ASKED)
    for line, request_id, port, (_, method, target, status) in zip(
        lines, ids, ports, ASKED, strict=True
    ):
        found = PLAIN.fullmatch(line)
        assert found, line
        assert found.groups() == (method, target, str(status), request_id, f"127.0.0.1:{port}")


def test_refusals_are_counted_and_logged_once(start_server: StartServer, store: Store) -> None:
    server = start_server(
        store.location, log_format="json", access_log="true", max_connections=5,
        header_timeout_s=1, body_timeout_s=1,
    )  # fmt: skip
    server.wait_ready()
    with server.connect() as headers, server.connect() as body:
        headers.sendall(b"GET /slow HTTP/1.1\r\nX-Request-ID: slow-headers\r\nX: ")
        body.sendall(write_request(b"{}", "/predict", "X-Request-ID: slow-body")[:-1])
        for connection, own in ((headers, b"slow-headers"), (body, b"slow-body")):
            answer = read_all(connection)
            assert answer.startswith(b"HTTP/1.1 408 ")
            assert b"\r\nx-request-id: %b\r\n" % own in answer
    held = [server.connect() for _ in range(5)]
    crowded = b""
    while not crowded:
        with server.connect() as connection:
            connection.settimeout(0.2)
            try:
                crowded = read_all(connection)
            except TimeoutError:  # the kernel finished it before one of the five
                continue
    assert b"\r\nretry-after: 1\r\n" in crowded
    for line in (b"date: ", b"x-request-id: ", b"x-content-type-options: nosniff"):
        assert crowded.lower().count(b"\r\n" + line) == 1
    for connection in held:
        connection.close()

    def read_codes() -> list[tuple[str, int]]:
        told = [json.loads(line) for line in server.log().splitlines()]
        return sorted((line["code"], line["status"]) for line in told if "code" in line)

    expected = [("body_too_slow", 408), ("headers_too_slow", 408), ("too_many_connections", 503)]
    wait_until(lambda: set(read_codes()) == set(expected))
    assert [code for code in read_codes() if code[1] == 408] == expected[:2]
    while (counted := httpx.get(f"{server.url}/metrics")).status_code == 503:
        pass  # the five are not gone yet
    metrics = counted.text
    assert 'tabuada_rejections_total{code="body_too_slow"} 1.0' in metrics
    assert 'tabuada_rejections_total{code="headers_too_slow"} 1.0' in metrics
    assert "client_gone" not in metrics
