"""HTTP row by row: what the manual says of methods, versions, headers and targets."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from service.errors import RefusedConnection
from service.http.error_responses import STATUSES
from tests.service.serving import Server
from tests.service.test_manual import MANUAL
from tests.service.traffic import read_all

SECTION = MANUAL.partition("## What is refused on purpose")[2].partition("\n## ")[0]
BODY = b'{"a":[1,2],"op":"+","b":[3,4]}'
CHUNKS = b"1e\r\n" + BODY + b"\r\n0\r\n\r\n"
# Codes of refusals that never reach the application, with their statuses.
CONNECTION = {STATUSES[kind] for kind in RefusedConnection.__subclasses__()}


@dataclass(frozen=True)
class Row:
    """One row of a table: what is sent, and what comes of it (0 and "" where nothing special)."""

    sent: tuple[str, ...]
    told: str
    status: int
    code: str

    @property
    def refusal(self) -> tuple[int, str]:
        """Status and code."""
        return self.status, self.code


def read_table(heading: str) -> list[Row]:
    _, _, rest = SECTION.partition(f"| {heading} | answer | code |\n| --- | --- | --- |\n")
    lines = itertools.takewhile(lambda line: line.startswith("|"), rest.splitlines())
    rows = []
    for line in lines:
        sent, told, code = (cell.strip() for cell in line.strip("|").split("|"))
        status = re.match(r"\d{3}", told)
        spans = tuple(re.findall(r"`([^`]+)`", sent))
        rows.append(Row(spans, sent, int(status[0]) if status else 0, code.strip("`")))
    assert len(rows) > 2, heading
    return rows


METHODS = [(method, row) for row in read_table("method") for method in row.sent]
VERSIONS = [(version, row) for row in read_table("version") for version in row.sent]
HEADERS = read_table("headers")
TARGETS = read_table("target")


def write_request(method: str, version: str, row: Row, target: str = "/predict") -> bytes:
    lines = [] if row.told.startswith("no ") else list(row.sent)
    if not any(line.startswith("Host:") for line in lines) and lines:
        lines.append("Host: x")
    body = b""
    if any(line.startswith("Transfer-Encoding") for line in lines):
        body = CHUNKS
    elif any(line.startswith("Content-Length") for line in lines):
        body = BODY
    head = [f"{method} {target} {version}", *lines, "Content-Type: application/json"]
    return "\r\n".join([*head, "Connection: close", "", ""]).encode() + body


def ask(server: Server, request: bytes) -> tuple[int, str, bytes]:
    """Return status and code of the last answer to a request, and its head."""
    with server.connect() as connection:
        connection.sendall(request)
        head, _, body = read_all(connection).rpartition(b"\r\n\r\n")
    status = re.findall(rb"HTTP/1\.1 (\d{3}) ", head)
    assert status, (request, head, body)
    code = re.search(rb'"code":"(\w+)"', body)
    return int(status[-1]), code[1].decode() if code else "", head.lower()


def check_refusal_headers(head: bytes) -> None:
    for line in (
        rb"date: \w", rb"x-request-id: [\w.:/+=@-]{1,128}\r", rb"x-content-type-options: nosniff\r",
        rb"cache-control: no-store\r", rb"connection: close", rb"content-type: application/json\r",
    ):  # fmt: skip
        assert len(re.findall(rb"\r\n" + line, head + b"\r")) == 1, (line, head)


def list_refusals(method: str, version: str, version_row: Row, row: Row) -> set[tuple[int, str]]:
    """Return how a request may be refused, for each reason there is."""
    reasons = {row.refusal for name, row in METHODS if name == method and row.status == 501}
    reasons |= {version_row.refusal} if version_row.status else set()
    old = version != "HTTP/1.1"
    if row.status and not (old and row.told.startswith("no ")):
        reasons.add(row.refusal)
    if old and any(line.startswith("Transfer-Encoding") for line in row.sent):
        reasons.add((400, "malformed_http"))
    return reasons


def combine() -> Iterator[tuple[str, str, Row, Row]]:
    """Yield each method, version and header with two others of each of the other kinds."""
    for (method, _), (version, version_row), row in itertools.product(METHODS, VERSIONS, HEADERS):
        usual = [method == "POST", version == "HTTP/1.1", row.sent == ("Content-Length: 30",)]
        if sum(usual) >= 1:
            yield method, version, version_row, row


def test_table_of_methods_versions_and_headers_is_true(server: Server) -> None:
    count = 0
    for method, version, version_row, row in combine():
        request = write_request(method, version, row)
        status, code, head = ask(server, request)
        reasons = list_refusals(method, version, version_row, row)
        if reasons and method == "HEAD" and version != "RTSP/1.0":  # which is no HTTP
            assert status in {reason for reason, _ in reasons}, (request, status, code)
            assert code == "", "a body"
        elif reasons:
            assert (status, code) in reasons, (request, status, code)
        if reasons:
            check_refusal_headers(head)
        else:
            assert (status, code) not in CONNECTION, (request, status, code)
            assert status < 500, (request, status, code)
        count += 1
    assert count > 300


@pytest.mark.parametrize(("method", "row"), METHODS, ids=[method for method, _ in METHODS])
def test_method_is_answered_as_the_table_says(server: Server, method: str, row: Row) -> None:
    status, code, head = ask(server, write_request(method, "HTTP/1.1", HEADERS[0], "/admin-not"))
    if row.status == 501:
        assert (status, code) == row.refusal
    status, code, head = ask(server, write_request(method, "HTTP/1.1", HEADERS[0], "/predict"))
    if status == 405:
        assert b"\r\nallow: " in head
        assert method != "POST"


@pytest.mark.parametrize("row", TARGETS, ids=[row.sent[0] for row in TARGETS])
def test_target_is_answered_as_the_table_says(server: Server, row: Row) -> None:
    method, _, target = row.sent[0].partition(" ")
    status, code, head = ask(server, write_request(method, "HTTP/1.1", HEADERS[0], target))
    if row.code:
        assert (status, code) == row.refusal
        check_refusal_headers(head)
    else:
        assert status == (row.status or 200)
    assert (b"\r\nallow: " in head) == (target == "*" and method == "OPTIONS")


def test_table_names_every_refusal_of_a_connection() -> None:
    told = {row.refusal for _, row in [*METHODS, *VERSIONS]}
    for heading in ("headers", "target", "what else ends a connection"):
        told |= {row.refusal for row in read_table(heading)}
    assert told >= CONNECTION


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /health/live\r\n",
        b"GET / HTTP/2.0\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.2\r\n",
        b"GET / garbage\r\n",
        b"FETCH / HTTP/1.1\r\n",
        b"POST /predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
    ],
)
@pytest.mark.parametrize("drips", [False, True])
def test_refusal_comes_at_once(server: Server, request_bytes: bytes, drips: bool) -> None:
    # Long before the ten seconds of headers: the connection would be told 408.
    pieces = [bytes([byte]) for byte in request_bytes] if drips else [request_bytes]
    with server.connect() as connection:
        for piece in pieces:
            try:
                connection.sendall(piece)
            except OSError:
                break  # refused already
        answer = read_all(connection)
    assert answer[9:12] in (b"400", b"501", b"505"), answer


@pytest.mark.parametrize(
    ("last", "status"),
    [
        (b"GET /x\r\n", b"505"),
        (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", b"505"),
        (b"GET / HTTP/1.1\r\n\r\n", b"400"),
        (b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", b"501"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", b"501"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nExpect: y\r\n\r\n", b"417"),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_refusal_comes_in_its_turn(
    server: Server, last: bytes, status: bytes, together: bool
) -> None:
    good = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
    with server.connect() as connection:
        connection.sendall(good * 3 + (last if together else b""))
        if not together:
            while connection.recv(65536).count(b"HTTP/1.1 200 ") < 1:
                pass
            connection.sendall(last)
        *before, refused = re.findall(rb"HTTP/1\.1 (\d{3}) ", read_all(connection))
    assert refused == status
    assert set(before) <= {b"200"}
    assert not together or len(before) == 3


@pytest.mark.parametrize(
    "connection",
    ["close", "Close", "keep-alive, close", "close, TE", " ,close", "foo,\tCLOSE ",
     "keep-alive\r\nConnection: close", "close\r\nConnection: keep-alive"],
)  # fmt: skip
def test_connection_is_closed_as_it_is_asked(server: Server, connection: str) -> None:
    request = f"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: {connection}\r\n\r\n"
    with server.connect() as client:
        client.sendall(request.encode() * 2)  # what comes after it is not answered
        answer = read_all(client)
    assert answer.count(b"HTTP/1.1 200 ") == 1
    assert b"\r\nconnection: close\r\n" in answer


@pytest.mark.parametrize("target", ["/static/swagger-ui-bundle.js", "/openapi.json", "/metrics"])
def test_http_1_0_gets_no_chunks(server: Server, target: str) -> None:
    request = f"GET {target} HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n"
    with server.connect() as connection:
        connection.sendall(request.encode())
        head, _, body = read_all(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"transfer-encoding" not in head.lower()
    length = re.search(rb"\r\ncontent-length: (\d+)", head.lower())
    assert length
    assert len(body) == int(length[1])


@pytest.mark.parametrize(
    ("version", "expectation", "continued"),
    [
        ("1.1", "100-continue", True),
        ("1.1", "100-Continue", True),
        ("1.0", "100-continue", False),
        ("1.1", "", False),
    ],
)
def test_expectation_is_met_where_the_version_has_it(
    server: Server, version: str, expectation: str, continued: bool
) -> None:
    head = (
        f"POST /predict HTTP/{version}\r\nHost: x\r\nExpect: {expectation}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n"
        "Connection: close\r\n\r\n"
    )
    with server.connect() as connection:
        connection.sendall(head.encode())
        if continued:
            assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(BODY)
        answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"100 Continue" not in answer


def test_spaces_around_a_value_are_not_part_of_it(server: Server) -> None:
    request = (
        b"GET /health/live HTTP/1.1\r\nHost:  x \t\r\nX-Request-ID: \t mine  \r\n"
        b"Connection: close\r\n\r\n"
    )
    _, _, head = ask(server, request)
    assert b"\r\nx-request-id: mine\r\n" in head
