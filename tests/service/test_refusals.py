"""Bad input: the right 4xx, one error shape, never a 500."""

import json

import httpx
import pytest

from tests.service.refusal import JSON, ROW, check_refusal
from tests.service.serving import Server


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
