"""Bodies that gzip compressed are read as others are, within the same limits."""

import gzip
import json
import zlib
from collections.abc import Iterator

import httpx
import pytest

from tests.service.conftest import MAX_BODY_BYTES
from tests.service.refusal import JSON, check_protocol_refusal, check_refusal
from tests.service.tensors import INFER, WHOLE, as_tensors, pack

GZIP = {**JSON, "Content-Encoding": "gzip"}
FEW = {"a": [1.5] * 10, "op": "+", "b": [2.5] * 10}
MANY = {"a": [n / 7 for n in range(50_000)], "op": "+", "b": [n / 9 for n in range(50_000)]}


@pytest.mark.parametrize("body", [FEW, MANY], ids=["few", "many"])
@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZIP"])
def test_compressed_body_is_answered_as_it_is_plain(
    client: httpx.Client, body: dict[str, object], coding: str
) -> None:
    plain = client.post("/predict", json=body)
    content = gzip.compress(json.dumps(body).encode())
    answer = client.post("/predict", content=content, headers={**JSON, "Content-Encoding": coding})
    assert answer.status_code == 200, answer.text
    assert answer.json() == plain.json()


def test_every_route_with_a_body_takes_it_compressed(client: httpx.Client) -> None:
    evaluation = gzip.compress(json.dumps({"sample": {"n": 10}}).encode())
    assert client.post("/evaluate", content=evaluation, headers=GZIP).status_code == 200
    tensors = gzip.compress(json.dumps(as_tensors(WHOLE)).encode())
    plain = client.post(INFER, json=as_tensors(WHOLE)).json()
    assert client.post(INFER, content=tensors, headers=GZIP).json() == plain
    content, headers = pack(WHOLE)
    answer = client.post(
        INFER, content=gzip.compress(content), headers={**headers, "Content-Encoding": "gzip"}
    )
    assert answer.status_code == 200, answer.text


def test_body_compressed_in_parts_and_sent_in_chunks_is_read(client: httpx.Client) -> None:
    text = json.dumps(MANY).encode()
    parts = [gzip.compress(text[start : start + 200_000]) for start in range(0, len(text), 200_000)]

    def chunks() -> Iterator[bytes]:
        yield from parts

    answer = client.post("/predict", content=chunks(), headers=GZIP)
    assert answer.json() == client.post("/predict", json=MANY).json()


WHOLE_BODY = gzip.compress(json.dumps(FEW).encode())
BROKEN = {
    "empty": b"",
    "plain": json.dumps(FEW).encode(),
    "of zlib": zlib.compress(json.dumps(FEW).encode()),
    "cut short": WHOLE_BODY[:-12],
    "without its sum": WHOLE_BODY[:-8],
    "a wrong sum": WHOLE_BODY[:-8] + b"12345678",
    "more behind it": WHOLE_BODY + b"more",
    "head alone": WHOLE_BODY[:10],
    "thousands of members": gzip.compress(b"") * 1500 + WHOLE_BODY,
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_what_gzip_did_not_write_is_refused(client: httpx.Client, content: bytes) -> None:
    check_refusal(client.post("/predict", content=content, headers=GZIP), 400, "not_gzip", None)
    check_protocol_refusal(client.post(INFER, content=content, headers=GZIP), 400, "gzip")


def test_compressed_text_that_is_no_json_is_refused_as_such(client: httpx.Client) -> None:
    for text in (b"", b"1 + 1", b'{"a":'):
        answer = client.post("/predict", content=gzip.compress(text), headers=GZIP)
        check_refusal(answer, 400, "not_json", None)


@pytest.mark.parametrize("size_bytes", [MAX_BODY_BYTES + 1, 300 * 2**20])
def test_body_that_decompresses_to_too_much_is_refused(
    client: httpx.Client, size_bytes: int
) -> None:
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = b" " * 2**20
    content = b"".join(bomb.compress(block) for _ in range(size_bytes // 2**20 + 1)) + bomb.flush()
    message = check_refusal(
        client.post("/predict", content=content, headers=GZIP), 413, "body_too_large", None
    )
    assert "decompressed" in message
    assert "200 times" in message


def test_body_within_a_body_is_opened_once(client: httpx.Client) -> None:
    answer = client.post("/predict", content=gzip.compress(WHOLE_BODY), headers=GZIP)
    assert "gzip compressed" in check_refusal(answer, 400, "not_json", None)
