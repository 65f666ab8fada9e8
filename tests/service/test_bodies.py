"""Bodies that cannot be read: not JSON, not declared as such, too large, too slow."""

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from tabuada.artifacts.store import Store
from tests.service.conftest import MAX_BODY_BYTES, StartServer
from tests.service.refusal import JSON, check_refusal
from tests.service.serving import Server

NOT_JSON = {
    "empty": b"",
    "text": b"4.93 + 4.02",
    "cut short": b'{"instances": [{"a": 1',
    "form": b"a=1&op=%2B&b=2",
    "invalid UTF-8": b'{"expressions":["\xff\xfe"]}',
    "half a surrogate": b'{"expressions":["\\ud800"]}',
    "deep nesting": b"[" * 1_000_000,
    "deep objects": b'{"a":' * 1_000_000,
    "endless integer": b'{"a":[' + b"9" * 1_000_000 + b"]}",
    "two values": b'{"expressions":["1+1"]} {}',
    "a pickle": b"\x80\x04\x95\x00",
}


@pytest.mark.parametrize("path", ["/predict", "/evaluate"])
@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_body_that_is_not_json_is_refused(client: httpx.Client, body: bytes, path: str) -> None:
    check_refusal(client.post(path, content=body, headers=JSON), 400, "not_json", None)


def test_million_bad_rows_are_refused_at_the_first(client: httpx.Client) -> None:
    body = json.dumps({"instances": [1] * 100_000})
    answer = client.post("/predict", content=body, headers=JSON)
    check_refusal(answer, 422, "invalid_request", "instances[0]")


@pytest.mark.parametrize("media", [None, "text/plain", "application/x-www-form-urlencoded", "json"])
def test_body_not_declared_as_json_is_refused_with_advice(
    client: httpx.Client, media: str | None
) -> None:
    headers = {} if media is None else {"Content-Type": media}
    answer = client.post("/predict", content=json.dumps({"expressions": ["1+1"]}), headers=headers)
    message = check_refusal(answer, 415, "unsupported_media_type", None)
    assert "Content-Type: application/json" in message


@pytest.mark.parametrize("coding", ["deflate", "br", "zstd", "gzip, gzip", "compress", ""])
def test_body_of_another_coding_is_refused_by_its_name(client: httpx.Client, coding: str) -> None:
    headers = {**JSON, "Content-Encoding": coding}
    answer = client.post("/predict", content=b"\x1f\x8b", headers=headers)
    message = check_refusal(answer, 415, "unsupported_media_type", None)
    assert json.dumps(coding) in message
    assert "`Content-Encoding: gzip`" in message


@pytest.mark.parametrize("media", ["application/json; charset=utf-8", "application/vnd.x+json"])
def test_body_declared_as_some_json_is_read(client: httpx.Client, media: str) -> None:
    headers = {"Content-Type": media}
    answer = client.post("/predict", content=b'{"expressions":["1+1"]}', headers=headers)
    assert answer.status_code == 200


def test_body_declared_too_large_is_refused_unread(server: Server) -> None:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        connection.sendall(
            f"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            f"Content-Length: {MAX_BODY_BYTES + 1}\r\n\r\n".encode()
        )
        assert connection.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_body_too_large_is_refused(client: httpx.Client) -> None:
    answer = client.post("/predict", content=b" " * (MAX_BODY_BYTES + 1), headers=JSON)
    check_refusal(answer, 413, "body_too_large", None)


def test_body_too_large_in_chunks_is_refused(client: httpx.Client) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 2**20 + 1):
            yield b" " * 2**20

    answer = client.post("/predict", content=chunks(), headers=JSON)
    check_refusal(answer, 413, "body_too_large", None)


def test_body_that_never_ends_is_refused_in_time(start_server: StartServer, store: Store) -> None:
    with start_server(store.location, body_timeout_s=0.5).connect() as connection:
        connection.sendall(
            b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b'Content-Length: 100\r\n\r\n{"inst'
        )
        assert connection.recv(4096).startswith(b"HTTP/1.1 408 ")
