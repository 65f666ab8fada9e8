"""Ways to make a service hold, hold up or compute much, each against one of its bounds."""

import contextlib
import gzip
import json
import select
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack

import httpx

from tests.service.bound_asking import (
    announce_tensors,
    ask_and_read_nothing,
    ask_int8,
    post,
    read_metric,
    say,
)
from tests.service.refusal import JSON, check_protocol_refusal, check_refusal
from tests.service.serving import Server
from tests.service.tensors import INFER
from tests.service.traffic import wait_until, write_request

ADMIN_KEY = "k" * 20
ROWS = 500
LIMITS: dict[str, str | int | float] = {
    "max_connections": 40,
    "max_header_bytes": 4096,
    "max_headers": 20,
    "header_timeout_s": 2,
    "keep_alive_s": 4,
    "max_requests": 20,
    "max_body_bytes": 5 * 2**20,
    "body_timeout_s": 5,
    "max_pending_bytes": 7 * 2**20,
    "max_json_bytes": 3 * 2**20,
    "max_json_rows": ROWS,
    "max_binary_rows": 1_200_000,
    "max_gzip_ratio": 20,
    "work_turns": 1,
    "max_waiting": 1,
    "predict_wait_s": 0.2,
    "evaluate_wait_s": 0.2,
    "max_sample_rows": 600_000,
    "write_timeout_s": 2,
    "max_unread_bytes": 10_000_000,
    "admin_keys": ADMIN_KEY,
}
LONG = {"sample": {"n": 600_000}}
SMALL = {"expressions": ["1 + 1"]}
CHUNKS = (
    b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n1\r\n \r\n"
)
GOOD = json.dumps(SMALL).encode()


def try_connections(server: Server) -> None:
    with ExitStack() as stack:
        answers = []
        for _ in range(60):
            connection = stack.enter_context(server.connect())
            connection.setblocking(False)
            answers.append(connection)
        wait_until(lambda: any(_peek(connection) for connection in answers))
        told = next(content for content in map(_peek, answers) if content)
        assert told.startswith(b"HTTP/1.1 503 "), told
        assert b'"too_many_connections"' in told
    wait_until(lambda: _is_answered(server))


def _peek(connection: socket.socket) -> bytes:
    try:
        return connection.recv(4096, socket.MSG_PEEK)
    except BlockingIOError:
        return b""


def _is_answered(server: Server) -> bool:
    try:
        return httpx.get(f"{server.url}/health/live").status_code == 200
    except httpx.HTTPError:
        return False


def try_header_bytes(server: Server) -> None:
    answer = say(server, b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100_000)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b'"headers_too_large"' in answer
    for more in (b";" + b"x" * 100_000, b"\r\nX: " + b"a" * 100_000):  # extension, trailer
        assert b'"headers_too_large"' in say(server, CHUNKS + b"0" + more)


def try_headers(server: Server) -> None:
    answer = say(server, b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: a\r\n" * 30 + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b'"too_many_headers"' in answer
    assert b'"too_many_headers"' in say(server, CHUNKS + b"0\r\n" + b"X: a\r\n" * 30 + b"\r\n")


def try_header_time(server: Server) -> None:
    assert say(server, b"GET / HTTP/1.1\r\nHost: x\r\n").startswith(b"HTTP/1.1 408 ")


def try_silence(server: Server) -> None:
    answer = say(server, b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")  # and then nothing
    assert answer.startswith(b"HTTP/1.1 200 ")


def try_pipelined(server: Server) -> None:
    evaluation = write_request(json.dumps(LONG).encode(), "/evaluate")
    answer = say(server, evaluation + b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n" * 100)
    assert b'"too_many_pipelined"' in answer


def try_requests(server: Server) -> None:
    with ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(announce_tensors(server, 10))
        wait_until(lambda: httpx.get(f"{server.url}/models").status_code == 503)
        assert httpx.get(f"{server.url}/health/live").status_code == 200


def try_body_bytes(server: Server) -> None:
    with announce_tensors(server, 6 * 2**20) as connection:
        assert connection.recv(4096).startswith(b"HTTP/1.1 413 ")


def try_body_time(server: Server) -> None:
    with announce_tensors(server, 100, 10) as connection:
        assert connection.recv(4096).startswith(b"HTTP/1.1 408 ")


def try_pending_bytes(server: Server) -> None:
    with ExitStack() as stack:
        size = 4 * 2**20
        both = [stack.enter_context(announce_tensors(server, size)) for _ in range(2)]
        for connection in both:
            connection.settimeout(10)
            with contextlib.suppress(OSError):  # refused meanwhile
                connection.sendall(b" " * (size - 1))
        (refused, *_), _, _ = select.select(both, [], [], 60)  # whose bytes came last
        assert refused.recv(4096).startswith(b"HTTP/1.1 503 ")


def try_json_bytes(server: Server) -> None:
    check_refusal(post(server, b" " * (3 * 2**20 + 1)), 413, "body_too_large", None)
    check_protocol_refusal(post(server, b" " * (3 * 2**20 + 1), INFER), 413)
    head = {"Inference-Header-Content-Length": str(3 * 2**20 + 1)}
    check_protocol_refusal(post(server, b" " * (4 * 2**20), INFER, **head), 413)


def try_json_rows(server: Server) -> None:
    for name, unit in (("a", b"[]"), ("instances", b"{}"), ("expressions", b'""')):
        for count in (ROWS + 1, 400_000):
            body = b'{"%b":[%b]}' % (name.encode(), b",".join([unit] * count))
            message = check_refusal(post(server, body), 413, "too_many_rows", name)
            assert f"Received: {count}" in message
    data = b",".join([b"[]"] * 400_000)
    tensor = '"datatype":"FP64","shape":[1]'
    body = b'{"inputs":[%b]}' % b",".join(
        b'{"name":"%b",%b,"data":[%b]}' % (name, tensor.encode(), elements)
        for name, elements in ((b"a", data), (b"op", b'"+"'), (b"b", b"1"))
    ).replace(b'"op","datatype":"FP64"', b'"op","datatype":"BYTES"')
    check_protocol_refusal(post(server, body, INFER), 413, "Received: 400000")


def try_json_shapes(server: Server) -> None:
    long = 2 * 2**20
    bodies = {
        b'{"model":"' + b"a" * long + b'"}': ("expected a string of at most 65536", "model"),
        b'{"' + b"a" * long + b'":1}': ("expected a name of at most 65536", None),
        b"{" + b'"a":1,' * (long // 6) + b'"a":1}': ("expected at most 256 members", None),
        b'{"x":[' + b"1," * (long // 2) + b"1]}": ("expected at most 10000 elements", "x"),
        b"{%b}" % b",".join(b'"%d":[%b1]' % (i, b"1," * 15_000) for i in range(60)): (
            "expected at most 1048576 bytes beside", None,
        ),
    }  # fmt: skip
    for body, (words, field) in bodies.items():
        message = check_refusal(post(server, body), 422, "invalid_request", field)
        assert message.startswith(words), message
    for body in (b"[" * long, b'{"a":' * (long // 5), b'{"a":[' + b"9" * long + b"]}"):
        check_refusal(post(server, body), 400, "not_json", None)


def try_binary_rows(server: Server) -> None:
    content, headers = ask_int8(1_200_001)
    answer = httpx.post(f"{server.url}{INFER}", content=content, headers=headers, timeout=60)
    check_protocol_refusal(answer, 413, "expected at most 1200000 rows of binary data")


def try_gzip(server: Server) -> None:
    bomb = gzip.compress(GOOD + b" " * (2 * 2**20))
    answer = post(server, bomb, **{"Content-Encoding": "gzip"})
    assert "decompressed" in check_refusal(answer, 413, "body_too_large", None)
    spread = gzip.compress(GOOD + b" " * 900_000)  # little, whatever its ratio
    assert post(server, spread, **{"Content-Encoding": "gzip"}).status_code == 200


def try_turns(server: Server) -> None:
    """One at a time is worked on, one waits, and for no longer than it may."""
    body = b'{"a":[%b],"op":"+","b":[1]}' % b" ".join([b" " * 100] * 25_000)
    answers: list[int] = []
    asking = [
        threading.Thread(target=lambda: answers.append(post(server, body).status_code))
        for _ in range(12)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert set(answers) <= {422, 503}
    assert 422 in answers


def try_evaluations(server: Server) -> None:
    """One computes, one waits for as long as it may, the next is refused at once."""
    answers: list[httpx.Response] = []
    asking = [
        threading.Thread(
            target=lambda: answers.append(post(server, json.dumps(LONG).encode(), "/evaluate"))
        )
        for _ in range(4)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    codes = {x.json()["error"]["code"] for x in answers if x.status_code != 200}
    assert codes <= {"overloaded", "deadline_exceeded"}
    assert codes
    assert 200 in {x.status_code for x in answers}


def try_sample_rows(server: Server) -> None:
    body = json.dumps({"sample": {"n": 600_001}}).encode()
    check_refusal(post(server, body, "/evaluate"), 422, "invalid_request", "sample.n")


def try_unread(server: Server) -> None:
    """A client that reads nothing is cut off; many of them are, before their time."""
    unread = 'tabuada_rejections_total{code="answer_unread"}'
    before = read_metric(server, unread)
    with ask_and_read_nothing(server, 1_200_000):
        wait_until(lambda: read_metric(server, unread) == before + 1)


def try_unread_together(server: Server) -> None:
    unread = 'tabuada_rejections_total{code="answer_unread"}'
    before = read_metric(server, unread)
    with ExitStack() as stack:
        first = stack.enter_context(ask_and_read_nothing(server, 1_200_000))
        second = stack.enter_context(ask_and_read_nothing(server, 1_200_000))
        wait_until(lambda: read_metric(server, unread) == before + 1)
        # The one that took nothing for longest has gone, whichever was answered first.
        readable, _, _ = select.select([first, second], [], [], 60)
        assert readable
        assert post(server, GOOD).status_code == 200


def try_admin(server: Server) -> None:
    body = b'{"version":' + b" " * 2000 + b"1}"
    answer = httpx.put(
        f"{server.url}/admin/models/mlp/labels/x",
        content=body,
        headers={**JSON, "X-API-Key": ADMIN_KEY},
    )
    assert answer.status_code == 413, answer.text


TRIES: dict[str, Callable[[Server], None]] = {
    "MAX_CONNECTIONS": try_connections,
    "MAX_HEADER_BYTES": try_header_bytes,
    "MAX_HEADERS": try_headers,
    "HEADER_TIMEOUT_S": try_header_time,
    "KEEP_ALIVE_S": try_silence,
    "fixed: pipelined": try_pipelined,
    "MAX_REQUESTS": try_requests,
    "MAX_BODY_BYTES": try_body_bytes,
    "BODY_TIMEOUT_S": try_body_time,
    "MAX_PENDING_BYTES": try_pending_bytes,
    "MAX_JSON_BYTES": try_json_bytes,
    "MAX_JSON_ROWS": try_json_rows,
    "fixed: json": try_json_shapes,
    "MAX_BINARY_ROWS": try_binary_rows,
    "MAX_GZIP_RATIO": try_gzip,
    "WORK_TURNS": try_turns,
    "MAX_WAITING": try_evaluations,
    "EVALUATE_WAIT_S": try_evaluations,
    "MAX_SAMPLE_ROWS": try_sample_rows,
    "WRITE_TIMEOUT_S": try_unread,
    "MAX_UNREAD_BYTES": try_unread_together,
    "fixed: admin": try_admin,
}
