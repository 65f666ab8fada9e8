"""Connections are held to terms: what arrives, how much of it, how fast, and how it is refused."""

import json
import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from tabuada.artifacts.store import Store
from tests.service.conftest import StartServer
from tests.service.serving import Server
from tests.service.traffic import read_all, wait_until, write_request
from tests.service.unharmed import look_at

_MAX_HEADER_BYTES = 4096
_LIVE = b"GET /health/live HTTP/1.1\r\nHost: x\r\n"
_LONG = json.dumps({"sample": {"n": 100_000}}).encode()


@pytest.fixture(scope="module")
def strict(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service with short times and small limits."""
    server = Server(
        store.location,
        tmp_path_factory.mktemp("strict") / "log",
        max_header_bytes=_MAX_HEADER_BYTES,
        max_headers=20,
        header_timeout_s=1,
        keep_alive_s=2,
        write_timeout_s=1,
        body_timeout_s=1.5,
    )
    server.wait_ready()
    yield server
    assert server.stop() == 0
    assert "Traceback" not in server.log(), server.log()


def check_refused(answer: bytes, status: int, code: str) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode()), answer
    assert b"\r\nconnection: close" in head
    assert b"\r\ncontent-type: application/json" in head
    error = json.loads(body)["error"]
    assert set(error) == {"code", "message"}
    assert error["code"] == code
    assert error["message"].startswith("expected ")


def can_send(connection: socket.socket, content: bytes) -> bool:
    """Send something; return whether the server still holds the connection."""
    try:
        connection.send(content)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (_LIVE + b"X: " + b"a" * 5000 + b"\r\n\r\n", 431, "headers_too_large"),
        (_LIVE + b"X: " + b"a" * 100_000, 431, "headers_too_large"),
        (b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\n\r\n", 431, "headers_too_large"),
        (b"GET /" + b"a" * 5000, 431, "headers_too_large"),
        (b"\r\n" * 5000, 431, "headers_too_large"),
        (_LIVE + b"X: 1\r\n" * 20 + b"\r\n", 431, "too_many_headers"),
        (b"hello, are you there?\r\n\r\n", 400, "malformed_http"),
        (b"GET / HTTP/1.1\r\nNo colon\r\n\r\n", 400, "malformed_http"),
        (b"GET http://[ HTTP/1.1\r\n\r\n", 400, "malformed_http"),
        (_LIVE + b"Content-Length: many\r\n\r\n", 400, "malformed_http"),
        (_LIVE + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "malformed_http"),
        (
            b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
            400,
            "malformed_http",
        ),
        (_LIVE + b"X: ", 408, "headers_too_slow"),
        (b"G", 408, "headers_too_slow"),
    ],
)
def test_connection_refuses_what_is_no_request(
    strict: Server, sent: bytes, status: int, code: str
) -> None:
    with strict.connect() as connection:
        connection.sendall(sent)
        check_refused(read_all(connection), status, code)


def test_refusal_below_v2_has_the_shape_of_the_protocol(strict: Server) -> None:
    with strict.connect() as connection:
        connection.sendall(b"GET /v2/models/mlp?x=1 HTTP/1.1\r\nX: " + b"a" * 5000)
        answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"].startswith("expected ")


@pytest.mark.parametrize("pieces", [1, 50])
def test_headers_up_to_the_limit_pass(strict: Server, pieces: int) -> None:
    request = _LIVE + b"Connection: close\r\nX: "
    request += b"a" * (_MAX_HEADER_BYTES - len(request) - 4) + b"\r\n\r\n"
    size = -(-len(request) // pieces)
    with strict.connect() as connection:
        for start in range(0, len(request), size):
            connection.sendall(request[start : start + size])
        assert read_all(connection).startswith(b"HTTP/1.1 200 ")


def test_body_is_not_counted_among_the_headers(strict: Server) -> None:
    body = json.dumps({"expressions": ["1+1"] * 2000}).encode()
    with strict.connect() as connection:
        connection.sendall(write_request(body) * 3 + _LIVE + b"Connection: close\r\n\r\n")
        assert read_all(connection).count(b"HTTP/1.1 200 ") == 4


def test_silent_connections_are_closed(strict: Server) -> None:
    with strict.connect() as fresh, strict.connect() as idle:
        idle.sendall(_LIVE + b"\r\n")
        started = time.monotonic()
        assert read_all(fresh) == b""
        assert read_all(idle).count(b"HTTP/1.1 200 ") == 1
        assert time.monotonic() - started >= 1.8


def test_pipelined_requests_are_answered_before_a_refusal(strict: Server) -> None:
    evaluation = write_request(_LONG, "/evaluate")
    for refused, status in (
        (b"nonsense\r\n\r\n", b"400"),
        (_LIVE + b"X: " + b"a" * 5000 + b"\r\n\r\n", b"431"),
    ):
        with strict.connect() as connection:
            connection.sendall(evaluation + write_request() + refused)
            answers = read_all(connection).split(b"HTTP/1.1 ")[1:]
        assert [answer[:3] for answer in answers] == [b"200", b"200", status]
        assert b"overall" in answers[0]
        assert b"predictions" in answers[1]


def test_pipelined_body_that_breaks_is_refused_in_its_turn(strict: Server) -> None:
    broken = b"POST /predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
    with strict.connect() as connection:
        connection.sendall(write_request(_LONG, "/evaluate") + broken)
        answers = read_all(connection).split(b"HTTP/1.1 ")[1:]
    assert [answer[:3] for answer in answers] == [b"200", b"400"]


def test_too_many_pipelined_requests_are_refused(strict: Server) -> None:
    with strict.connect() as connection:
        connection.sendall(write_request(_LONG, "/evaluate") + (_LIVE + b"\r\n") * 1000)
        answers = read_all(connection).split(b"HTTP/1.1 ")[1:]
    assert [answer[:3] for answer in answers] == [b"200"] * (len(answers) - 1) + [b"400"]
    assert len(answers) < 100


def test_offer_of_another_protocol_is_passed_over(strict: Server) -> None:
    offer = _LIVE + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    with strict.connect() as connection:
        connection.sendall(offer * 3 + _LIVE + b"Connection: close\r\n\r\n")
        assert read_all(connection).count(b"HTTP/1.1 200 ") == 4


def test_connections_beyond_the_limit_are_told_so(start_server: StartServer, store: Store) -> None:
    server = start_server(store.location, max_connections=10)
    server.wait_ready()
    held = [server.connect() for _ in range(10)]
    # The kernel may finish the last of these after another one that came later.
    wait_until(lambda: httpx.get(f"{server.url}/health/live").status_code == 503)
    refused = httpx.get(f"{server.url}/health/live")
    assert refused.status_code == 503
    assert refused.json()["error"]["code"] == "too_many_connections"
    assert refused.headers["retry-after"] == "1"
    for connection in held:
        connection.close()
    while httpx.get(f"{server.url}/health/live").status_code == 503:
        pass


def test_body_that_goes_on_after_its_answer_is_cut_off(strict: Server) -> None:
    with strict.connect() as connection:
        request = write_request(b"").replace(b"Content-Length: 0", b"Content-Length: 999999999")
        connection.sendall(request)
        assert b" 413 " in connection.recv(65536)
        wait_until(lambda: not can_send(connection, b"x"))


def test_client_that_reads_nothing_is_cut_off(strict: Server) -> None:
    files = look_at(strict).descriptors
    body = json.dumps({"instances": [{"a": 1.5, "op": "+", "b": 2.5}] * 50_000}).encode()
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(20)
        connection.connect(("127.0.0.1", strict.port))
        connection.sendall(write_request(body))
        connection.setblocking(False)
        wait_until(lambda: look_at(strict).descriptors == files + 1)
        for _ in range(20):
            if can_send(connection, write_request(body)):
                time.sleep(0.05)
        wait_until(lambda: look_at(strict).descriptors == files)


def test_endless_headers_take_no_memory(strict: Server) -> None:
    httpx.get(f"{strict.url}/health/live")
    before = look_at(strict).memory_mib
    for _ in range(5):
        with strict.connect() as connection:
            connection.sendall(_LIVE + b"X: ")
            pieces = 0
            while can_send(connection, b"a" * 65536):
                pieces += 1
                assert pieces < 1000
            assert look_at(strict).memory_mib - before < 8


def test_dripping_clients_are_closed_while_others_are_answered(strict: Server) -> None:
    files = look_at(strict).descriptors
    dripping = [strict.connect() for _ in range(200)]
    bodies = [strict.connect() for _ in range(20)]
    for connection in bodies:
        connection.sendall(write_request()[:-60])
    ended = 0
    with httpx.Client(base_url=strict.url) as client:
        for byte in _LIVE * 3:
            for connection in [*dripping, *bodies]:
                ended += not can_send(connection, bytes([byte]))
            assert client.post("/predict", json={"expressions": ["1+1"]}).status_code == 200
            if ended > 1000:
                break
            time.sleep(0.02)
    wait_until(lambda: look_at(strict).descriptors <= files)
    for connection in dripping:
        connection.close()
    for connection in bodies:
        connection.close()
