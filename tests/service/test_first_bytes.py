"""A body that begins as text in UTF-16, or as gzip writes it, is called by its name."""

import gzip
import json

import httpx
import pytest

from service.http.first_bytes import name_contents
from tests.service.refusal import JSON, check_protocol_refusal, check_refusal
from tests.service.tensors import INFER, WHOLE, as_tensors

GOOD = {"instances": [{"a": 4.93, "op": "+", "b": 4.02}]}
MARK = b"\xef\xbb\xbf"
TEXT = json.dumps(GOOD)
LONG = TEXT + " " * 100_000
UTF16, UTF32 = "text in UTF-16", "text in UTF-32"
STRANGE = {
    "utf-16": (TEXT.encode("utf-16"), UTF16),
    "utf-16-le": (TEXT.encode("utf-16-le"), UTF16),
    "utf-16-be": (TEXT.encode("utf-16-be"), UTF16),
    "utf-32": (TEXT.encode("utf-32"), UTF32),
    "utf-32-le": (TEXT.encode("utf-32-le"), UTF32),
    "utf-32-be": (TEXT.encode("utf-32-be"), UTF32),
    "long utf-16": (LONG.encode("utf-16"), UTF16),
    "gzip": (gzip.compress(TEXT.encode()), "a body that gzip compressed"),
    "zstd": (b"\x28\xb5\x2f\xfd" + b"1" * 40, "a body that Zstandard compressed"),
    "zip": (b"PK\x03\x04" + b"1" * 40, "a ZIP archive"),
}


@pytest.mark.parametrize(
    ("path", "body"),
    [("/predict", GOOD), ("/evaluate", {"sample": {"n": 9}}), (INFER, as_tensors(WHOLE))],
)
@pytest.mark.parametrize("padding", [0, 40_000, 100_000])
def test_byte_order_mark_is_passed_over(
    client: httpx.Client, path: str, body: object, padding: int
) -> None:
    content = MARK + json.dumps(body).encode() + b" " * padding
    answer = client.post(path, content=content, headers=JSON)
    assert answer.status_code == 200, answer.text
    assert answer.json() == client.post(path, json=body).json()


@pytest.mark.parametrize(("content", "name"), STRANGE.values(), ids=STRANGE)
def test_body_that_is_no_json_is_named_with_what_to_do(
    client: httpx.Client, content: bytes, name: str
) -> None:
    answer = client.post("/predict", content=content, headers=JSON)
    message = check_refusal(answer, 400, "not_json", None)
    assert f"Received: {name}. " in message
    assert "UTF-8" in message.partition("Received")[2] or "gzip" in message.partition("Received")[2]
    check_protocol_refusal(client.post(INFER, content=content, headers=JSON), 400, name)


@pytest.mark.parametrize("content", [b"", b" ", b"\n\t ", MARK, b" " * 100_000])
def test_empty_body_is_called_empty(client: httpx.Client, content: bytes) -> None:
    answer = client.post("/predict", content=content, headers=JSON)
    assert "Received: an empty body" in check_refusal(answer, 400, "not_json", None)


@pytest.mark.parametrize("charset", ["utf-16", "UTF-16LE", '"utf-16"', "utf-32", "ebcdic", "\x80"])
def test_charset_other_than_utf8_is_refused_by_its_name(client: httpx.Client, charset: str) -> None:
    headers = {b"Content-Type": f"application/json; charset={charset}".encode("latin-1")}
    answer = client.post("/predict", content=TEXT.encode(), headers=headers)
    message = check_refusal(answer, 415, "unsupported_media_type", None)
    assert "Received: charset" in message
    if charset.isascii():
        assert charset.strip('"').lower() in message


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', "us-ascii", "ISO-8859-1"])
def test_charset_that_writes_json_as_utf8_does_is_taken(client: httpx.Client, charset: str) -> None:
    headers = {"Content-Type": f"application/json; charset={charset}"}
    assert client.post("/predict", content=TEXT.encode(), headers=headers).status_code == 200


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"[]", b"1", b'"', TEXT.encode(), b"1 + 1"])
def test_json_is_named_nothing_else(content: bytes) -> None:
    assert name_contents(content) is None
