"""Bad input: the right 4xx, one error shape, never a 500."""

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests.service.conftest import MAX_BODY_BYTES
from tests.service.serving import Server

JSON = {"Content-Type": "application/json"}
ROW = {"a": 1, "op": "+", "b": 2}


def check_refusal(answer: httpx.Response, status: int, code: str, field: str | None) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = json.loads(answer.text, parse_constant=pytest.fail)
    assert set(body) == {"error"}
    error = body["error"]
    assert set(error) == ({"code", "message", "field"} if field else {"code", "message"}), error
    assert error["code"] == code, error
    assert error.get("field") == field, error
    assert len(error["message"]) < 500
    message: str = error["message"]
    assert message.startswith("expected "), message
    return message


def row(**changes: object) -> str:
    return json.dumps({"instances": [ROW, {**ROW, **changes}]})


PREDICT_CASES = {
    "nan": ('{"instances":[{"a":NaN,"op":"+","b":1}]}', "not_finite", "instances[0].a"),
    "infinity": ('{"a":[1,-Infinity],"op":"+","b":[1,2]}', "not_finite", "a[1]"),
    "1e400": ('{"a":[1],"op":"+","b":[1e400]}', "not_finite", "b[0]"),
    "huge integer": (f'{{"a":[1{"0" * 400}],"op":"+","b":[1]}}', "not_finite", "a[0]"),
    "unknown operation": (row(op="^"), "unknown_operation", "instances[1].op"),
    "unknown operation, columns": ('{"a":[1],"op":["%"],"b":[2]}', "unknown_operation", "op[0]"),
    "unknown operation for all": ('{"a":[1],"op":"%","b":[2]}', "unknown_operation", "op"),
    "long operation": (row(op="+" * 10_000), "invalid_request", "instances[1].op"),
    "operation of no letters": (row(op=""), "invalid_request", "instances[1].op"),
    "division by zero": (row(op="/", b=0), "division_by_zero", "instances[1].b"),
    "division by minus zero": (row(op="÷", b=-0.0), "division_by_zero", "instances[1].b"),
    "division by zero, columns": ('{"a":[1],"op":"/","b":[0]}', "division_by_zero", "b[0]"),
    "division by zero, typed": ('{"expressions":["1:0"]}', "division_by_zero", "expressions[0]"),
    "lengths of a and b": ('{"a":[1,2],"op":"+","b":[1]}', "invalid_request", None),
    "length of op": ('{"a":[1,2],"op":["+"],"b":[1,2]}', "invalid_request", None),
    "no rows": ('{"instances":[]}', "empty_list", "instances"),
    "no columns": ('{"a":[],"op":"+","b":[]}', "empty_list", "a"),
    "no operations": ('{"a":[1],"op":[],"b":[1]}', "empty_list", "op"),
    "no expressions": ('{"expressions":[]}', "empty_list", "expressions"),
    "not an expression": (
        '{"expressions":["1+1","drop table"]}', "malformed_expression", "expressions[1]"
    ),
    "long expression": (
        json.dumps({"expressions": ["1" * 10_000 + "+1"]}), "malformed_expression", "expressions[0]"
    ),
    "expression past float64": (
        '{"expressions":["1e999 + 1"]}', "malformed_expression", "expressions[0]"
    ),
    "number as a string": (row(a="1"), "invalid_request", "instances[1].a"),
    "number as a boolean": (row(a=True), "invalid_request", "instances[1].a"),
    "number as null": (row(b=None), "invalid_request", "instances[1].b"),
    "operation as a number": ('{"a":[1],"op":5,"b":[2]}', "invalid_request", "op"),
    "missing member": ('{"instances":[{"a":1,"op":"+"}]}', "invalid_request", "instances[0].b"),
    "unknown member": (row(c=1), "invalid_request", "instances[1].c"),
    "unknown option": ('{"expressions":["1+1"],"x":1}', "invalid_request", "x"),
    "row as a list": ('{"instances":[[1,"+",2]]}', "invalid_request", "instances[0]"),
    "rows as an object": ('{"instances":{}}', "invalid_request", "instances"),
    "no form": ("{}", "invalid_request", None),
    "two forms": ('{"expressions":["1+1"],"instances":[]}', "invalid_request", None),
    "a list": ("[]", "invalid_request", None),
    "a string": ('"1+1"', "invalid_request", None),
    "null": ("null", "invalid_request", None),
    "version and label": (
        '{"expressions":["1+1"],"version":1,"label":"stable"}', "invalid_request", None
    ),
    "version zero": ('{"expressions":["1+1"],"version":0}', "invalid_request", "version"),
    "version as a string": ('{"expressions":["1+1"],"version":"1"}', "invalid_request", "version"),
    "exact as a string": ('{"expressions":["1+1"],"exact":"yes"}', "invalid_request", "exact"),
    "operand past float32": ('{"a":[1,1e300],"op":"*","b":[1,2]}', "not_representable", "a[1]"),
    "exact value past float64": (
        '{"a":[1e300],"op":"*","b":[1e300],"exact":true}', "not_representable", "a[0]"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "code", "field"), PREDICT_CASES.values(), ids=PREDICT_CASES)
def test_predict_refuses_what_breaks_a_rule(
    client: httpx.Client, body: str, code: str, field: str | None
) -> None:
    answer = client.post("/predict", content=body, headers=JSON)
    check_refusal(answer, 422, code, field)


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


def test_compressed_body_is_refused(client: httpx.Client) -> None:
    headers = {**JSON, "Content-Encoding": "gzip"}
    answer = client.post("/predict", content=b"\x1f\x8b", headers=headers)
    check_refusal(answer, 415, "unsupported_media_type", None)


@pytest.mark.parametrize("media", ["application/json; charset=utf-8", "application/vnd.x+json"])
def test_body_declared_as_some_json_is_read(client: httpx.Client, media: str) -> None:
    headers = {"Content-Type": media}
    answer = client.post("/predict", content=b'{"expressions":["1+1"]}', headers=headers)
    assert answer.status_code == 200


ONE_TOO_MANY = 100_001


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"instances": [ROW] * ONE_TOO_MANY}, "instances"),
        ({"a": [1] * ONE_TOO_MANY, "op": "+", "b": [1] * ONE_TOO_MANY}, "a"),
        ({"a": [1], "op": ["+"] * ONE_TOO_MANY, "b": [1]}, "op"),
        ({"expressions": ["1+1"] * ONE_TOO_MANY}, "expressions"),
    ],
    ids=["instances", "columns", "operations", "expressions"],
)
def test_too_many_rows_are_refused(
    client: httpx.Client, body: dict[str, object], field: str
) -> None:
    message = check_refusal(client.post("/predict", json=body), 413, "too_many_rows", field)
    assert "100000" in message


def test_body_declared_too_large_is_refused_unread(server: Server) -> None:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
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


def test_body_that_never_ends_is_refused_in_time(server: Server) -> None:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(
            b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b'Content-Length: 100\r\n\r\n{"inst'
        )
        assert connection.recv(4096).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("path", ["/predict", "/evaluate"])
@pytest.mark.parametrize(
    ("choice", "code", "field"),
    [
        ({"model": "nope"}, "unknown_model", "model"),
        ({"version": 9}, "unknown_version", "version"),
        ({"version": 999_999_999}, "unknown_version", "version"),
        ({"label": "nope"}, "unknown_label", "label"),
        ({"model": "arithmetic", "label": "stable"}, "unknown_label", "label"),
        ({"model": "../mlp"}, "invalid_name", None),
        ({"model": ".staging"}, "invalid_name", None),
        ({"model": "m" * 10_000}, "invalid_name", None),
        ({"model": "a\x00b", "version": 1}, "invalid_name", None),
        ({"label": "../stable"}, "invalid_name", None),
    ],
    ids=str,
)
def test_unknown_choice_is_not_found(
    client: httpx.Client, path: str, choice: dict[str, object], code: str, field: str | None
) -> None:
    source = {"expressions": ["1+1"]} if path == "/predict" else {"sample": {"n": 1}}
    answer = client.post(path, json={**source, **choice})
    check_refusal(answer, 404, code, field)


EVALUATE_CASES: dict[str, tuple[dict[str, object], int, str, str | None]] = {
    "nothing": ({}, 422, "invalid_request", None),
    "both": ({"instances": [ROW], "sample": {}}, 422, "invalid_request", None),
    "lengths": ({"instances": [ROW], "expected": [1, 2]}, 422, "invalid_request", None),
    "no expected": ({"instances": [ROW]}, 422, "invalid_request", "expected"),
    "no rows": ({"instances": [], "expected": []}, 422, "empty_list", "instances"),
    "zero divisor": (
        {"instances": [ROW, {**ROW, "op": "/", "b": 0}], "expected": [3, 1]},
        422, "division_by_zero", "instances[1].b",
    ),
    "past float32": (
        {"instances": [ROW, {**ROW, "a": 1e300}], "expected": [3, 1]},
        422, "not_representable", "instances[1]",
    ),
    "statistic past float64": (
        {"instances": [ROW], "expected": [1e308]}, 422, "not_representable", None
    ),
    "none of n": ({"sample": {"n": 0}}, 422, "invalid_request", "sample.n"),
    "n as a fraction": ({"sample": {"n": 1.5}}, 422, "invalid_request", "sample.n"),
    "n too large": ({"sample": {"n": 1_000_001}}, 422, "invalid_request", "sample.n"),
    "operation": (
        {"sample": {"operations": ["+", "^"]}}, 422, "unknown_operation", "sample.operations[1]"
    ),
    "operation twice": (
        {"sample": {"operations": ["x", "*"]}}, 422, "invalid_request", "sample.operations"
    ),
    "no operation": ({"sample": {"operations": []}}, 422, "empty_list", "sample.operations"),
    "range reversed": ({"sample": {"range": [1, 0]}}, 422, "empty_domain", "sample.range"),
    "range of one end": ({"sample": {"range": [1]}}, 422, "invalid_request", "sample.range"),
    "range without divisors": (
        {"sample": {"range": [-0.01, 0.01]}}, 422, "empty_domain", "sample.range"
    ),
    "range too wide": (
        {"sample": {"range": [-1.7e308, 1.7e308]}}, 422, "empty_domain", "sample.range"
    ),
    "range past float32": (
        {"sample": {"range": [1e300, 1e301]}}, 422, "not_representable", "sample"
    ),
    "min_divisor below zero": (
        {"sample": {"min_divisor": -1}}, 422, "invalid_request", "sample.min_divisor"
    ),
    "seed below zero": ({"sample": {"seed": -1}}, 422, "invalid_request", "sample.seed"),
    "unknown member": ({"sample": {"m": 1}}, 422, "invalid_request", "sample.m"),
    "too many rows": (
        {"instances": [ROW] * ONE_TOO_MANY, "expected": [3] * ONE_TOO_MANY},
        413, "too_many_rows", "instances",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status", "code", "field"), EVALUATE_CASES.values(), ids=EVALUATE_CASES
)
def test_evaluate_refuses_what_breaks_a_rule(
    client: httpx.Client, body: dict[str, object], status: int, code: str, field: str | None
) -> None:
    check_refusal(client.post("/evaluate", json=body), status, code, field)


@pytest.mark.parametrize(
    ("request_line", "status", "code", "field"),
    [
        ("GET /nope", 404, "not_found", None),
        ("GET /static/nope.js", 404, "not_found", None),
        ("GET /static/..%2f..%2fpyproject.toml", 404, "not_found", None),
        ("GET /predict", 405, "method_not_allowed", None),
        ("DELETE /models/mlp", 405, "method_not_allowed", None),
        ("GET /models/nope", 404, "unknown_model", "model"),
        ("GET /models/..%2f", 404, "not_found", None),
        ("GET /models/NOPE", 404, "invalid_name", None),
        ("GET /models/mlp/versions/9", 404, "unknown_version", "version"),
        ("GET /models/mlp/versions/0", 404, "unknown_version", "version"),
        ("GET /models/mlp/versions/one", 422, "invalid_request", "version"),
        (f"GET /models/mlp/versions/{10**30}", 404, "unknown_version", "version"),
    ],
)
def test_address_that_leads_nowhere_is_refused(
    client: httpx.Client, request_line: str, status: int, code: str, field: str | None
) -> None:
    method, path = request_line.split()
    answer = client.request(method, path)
    check_refusal(answer, status, code, field)
    assert (status == 405) == ("allow" in answer.headers)


def test_refusals_leave_nothing_in_the_log(client: httpx.Client, server: Server) -> None:
    client.post("/predict", content=b"{", headers=JSON)
    assert "Traceback" not in server.log()
