"""What may mean two things is refused, or answered with what was read; never guessed in silence."""

import json
from fractions import Fraction
from typing import Any

import httpx
import numpy as np
import pytest

from tests.service.refusal import JSON, check_protocol_refusal, check_refusal
from tests.service.tensors import INFER

PAST = 2**53 + 1  # the least whole number that float64 does not hold
ROW = '{"a":1,"op":"+","b":2}'
MANY = f"{ROW}," * 2000


def fill(body: str) -> str:
    return body.replace("ROW", ROW).replace("PAST", str(PAST))


TWICE = {
    "rows": ("/predict", fill('{"instances":[ROW],"instances":[ROW]}'), "instances"),
    "row": ("/predict", fill('{"instances":[ROW,{"a":1,"op":"+","b":2,"a":1}]}'), "instances[1].a"),
    "row with a sign of its colon": (
        "/predict", '{"instances":[{"a":1,"op":":","b":2,"op":":"}]}', "instances[0].op"
    ),
    "written in two ways": (
        "/predict", '{"instances":[{"a":1,"op":"\\u003a","b":2,"\\u0061":3}]}', "instances[0].a"
    ),
    "columns": ("/predict", '{"a":[1],"a":[2],"op":"+","b":[2]}', "a"),
    "expressions": ("/predict", '{"expressions":["1+1"],"exact":true,"exact":false}', "exact"),
    "default said twice": (
        "/predict", fill('{"instances":[ROW],"exact":false,"exact":false}'), "exact"
    ),
    "many rows": (
        "/predict",
        f'{{"instances":[{MANY}' + '{"a":1,"op":"+","b":2,"b":3}]}',
        "instances[2000].b",
    ),
    "sample": ("/evaluate", '{"sample":{"n":1,"seed":1,"n":2}}', "sample.n"),
    "labelled": (
        "/evaluate", fill('{"instances":[ROW],"expected":[3],"expected":[4]}'), "expected"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("path", "body", "field"), TWICE.values(), ids=TWICE)
def test_name_that_stands_twice_is_refused_with_its_place(
    client: httpx.Client, path: str, body: str, field: str
) -> None:
    answer = client.post(path, content=body, headers=JSON)
    message = check_refusal(answer, 422, "invalid_request", field)
    assert f'"{field.rpartition(".")[2]}" twice' in message


def infer(client: httpx.Client, a: str, datatype: str = "FP64", more: str = "") -> httpx.Response:
    body = (
        f'{{"inputs":[{{"name":"a","shape":[1],"datatype":"{datatype}","data":[{a}]{more}}},'
        '{"name":"op","shape":[1],"datatype":"BYTES","data":["-"]},'
        '{"name":"b","shape":[1],"datatype":"FP64","data":[1]}]}'
    )
    return client.post(INFER, content=body, headers=JSON)


@pytest.mark.parametrize("more", [',"name":"a"', ',"data":[2]', ',"parameters":{"x":1,"x":2}'])
def test_name_that_stands_twice_in_a_tensor_is_refused(client: httpx.Client, more: str) -> None:
    check_protocol_refusal(infer(client, "1", more=more), 422, "inputs[0].", "twice")


@pytest.mark.parametrize("text", ['{"a":1}', "a:b", ":", '"a":1,"a":2', "\\", '\\":'])
def test_colons_in_texts_are_no_members(client: httpx.Client, text: str) -> None:
    quoted = json.dumps(text)
    body = f'{{"id":{quoted},"inputs":{json.dumps(make_tensors())}}}'
    answer = client.post(INFER, content=body, headers=JSON)
    assert answer.status_code == 200, answer.text
    assert answer.json()["id"] == text


def make_tensors() -> list[dict[str, Any]]:
    return [
        {"name": "a", "shape": [2], "datatype": "FP64", "data": [6, 4]},
        {"name": "op", "shape": [2], "datatype": "BYTES", "data": [":", ":"]},
        {"name": "b", "shape": [2], "datatype": "FP64", "data": [3, 2]},
    ]


READ_AS = {
    "columns": (
        fill('{"a":[1,PAST],"op":"+","b":[0,0]}'), {"a[1]": float(2**53)}
    ),
    "rows": (fill('{"instances":[{"a":1,"op":"+","b":-PAST}]}'), {"instances[0].b": -float(2**53)}),
    "decimals": (
        '{"a":[0.1234567890123456789],"op":"+","b":[1.0000000000000001],"exact":true}',
        {"a[0]": 0.12345678901234568, "b[0]": 1.0},
    ),
    "decimals in no library's words": (
        '{"a":[0.1234567890123456789, 12345.6789012345678],"op":"+","b":[1.0000000000000001,1]}',
        {"a[0]": 0.12345678901234568, "a[1]": 12345.678901234568},
    ),
    "a name that is escaped": (
        '{"a":[1.0000000000000001],"op":"+","b":[1],"ex\\u0061ct":true}', {"a[0]": 1.0}
    ),
    "whole numbers beside decimals": (
        fill('{"instances":[{"a":0.1,"op":"+","b":0.12345678901234567},{"a":PAST,"op":"+","b":1}]}'),
        {"instances[1].a": float(2**53)},
    ),
    "expressions": (
        fill('{"expressions":["1 + 1","PAST + 0","1.0000000000000001 - 1"]}'),
        {"expressions[1]": "9007199254740992 + 0", "expressions[2]": "1 - 1"},
    ),
    "a point or a thousand": (
        '{"expressions":["1.234 + 1","1,234 * 2","1.234 + 0.5","0,125 * 8"]}',
        {"expressions[0]": "1.234 + 1", "expressions[1]": "1.234 * 2"},
    ),
    "one long dash or two hyphens": (
        '{"expressions":["5 \u2014 3","5 \u2013 3"]}', {"expressions[0]": "5 - 3"}
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "read_as"), READ_AS.values(), ids=READ_AS)
def test_what_may_be_meant_otherwise_is_answered_with_what_was_read(
    client: httpx.Client, body: str, read_as: dict[str, float | str]
) -> None:
    answer = client.post("/predict", content=body, headers=JSON)
    assert answer.status_code == 200, answer.text
    assert answer.json()["read_as"] == read_as


@pytest.mark.parametrize(
    "body",
    [
        '{"a":[0.30000000000000004, 1e22, 9007199254740992],"op":"+","b":[5e-324,-0.0,1e-07]}',
        '{"a":[0.10000000000000001,100000000000000000000000],"op":"*","b":[1,1.50]}',
        '{"a":[1.0000000000000001,-0.012345678901234561],"op":"-","b":[1e-05,12.345678901234561]}',
        '{"expressions":["4.93 + 4.02","1.5 - 2.25","1,5 - 2,25","1234.5 * 2"]}',
    ],
)
def test_what_is_read_as_written_is_answered_without_a_word(
    client: httpx.Client, body: str
) -> None:
    answer = client.post("/predict", content=body, headers=JSON)
    assert answer.status_code == 200, answer.text
    assert "read_as" not in answer.json()


@pytest.mark.parametrize("written", [str(PAST), "1.0000000000000001", "0.1234567890123456789"])
def test_exact_is_that_of_what_was_read(client: httpx.Client, written: str) -> None:
    body = f'{{"a":[{written}],"op":"-","b":[1],"exact":true}}'
    answer = client.post("/predict", content=body, headers=JSON).json()
    (read,) = answer["read_as"].values()
    assert answer["exact"] == [float(Fraction(read) - 1)]


def test_evaluation_says_what_was_read(client: httpx.Client) -> None:
    body = fill('{"instances":[{"a":PAST,"op":"+","b":0}],"expected":[1]}')
    answer = client.post("/evaluate", content=body, headers=JSON).json()
    assert answer["read_as"] == {"instances[0].a": float(2**53)}
    seeded = fill('{"sample":{"n":4,"seed":PAST}}')
    assert "read_as" not in client.post("/evaluate", content=seeded, headers=JSON).json()


HUGE = "9" * 401
BEYOND = {
    "1e400": ("1e400", "not_finite", "too large"),
    "minus 1e309": ("-1E+309", "not_finite", "too large"),
    "401 digits": (HUGE, "not_finite", "too large"),
    "5001 digits": ("1" + "0" * 5000, "not_finite", "too large"),
    "1e-400": ("1e-400", "too_small", "too small"),
    "400 zeros": ("-0." + "0" * 400 + "7", "too_small", "too small"),
}


@pytest.mark.parametrize(("written", "code", "said"), BEYOND.values(), ids=BEYOND)
def test_number_beyond_float64_is_refused_for_what_it_is(
    client: httpx.Client, written: str, code: str, said: str
) -> None:
    body = f'{{"a":[1,{written}],"op":"/","b":[2,3]}}'
    answer = client.post("/predict", content=body, headers=JSON)
    message = check_refusal(answer, 422, code, "a[1]")
    assert said in message
    assert f"Received: {written[:15]}"[:30] in message
    divided = client.post(
        "/predict", content=f'{{"instances":[{{"a":1,"op":"/","b":{written}}}]}}', headers=JSON
    )
    check_refusal(divided, 422, code, "instances[0].b")
    check_protocol_refusal(infer(client, written), 422, "inputs[0].data[0]", said)


@pytest.mark.parametrize(
    ("expression", "said"),
    [("1e400 + 1", "too large"), ("1 / 1e-400", "too small"), ("0x10", "hexadecimal"),
     ("1.000,5 + 1", "thousands"), ("1.234 + 1,5", "thousands"), ("1_000 + 1", "thousands"),
     ("\u0663 + 1", "U+0663"), ("1\u00ad+ 2", "U+00AD"), ("\u00bd + 1", "0.5")],
)  # fmt: skip
def test_expression_that_may_mean_two_things_is_refused_with_what_to_type(
    client: httpx.Client, expression: str, said: str
) -> None:
    answer = client.post("/predict", json={"expressions": ["1 + 1", expression]})
    assert said in check_refusal(answer, 422, "malformed_expression", "expressions[1]")


@pytest.mark.parametrize(
    ("sign", "symbol"),
    [("\u2013", "-"), ("\u22c5", "*"), ("\u2215", "/"), ("\uff0b", "+"), ("\u2217", "*")],
)
def test_sign_of_a_word_processor_is_read_in_every_form(
    client: httpx.Client, sign: str, symbol: str
) -> None:
    asked = [
        {"instances": [{"a": 6, "op": sign, "b": 3}]},
        {"a": [6], "op": sign, "b": [3]},
        {"expressions": [f"6\u00a0{sign}\u202f3"]},
        {"a": [6], "op": [symbol], "b": [3]},
    ]
    answers = [client.post("/predict", json=body).json() for body in asked]
    assert len({json.dumps(answer) for answer in answers}) == 1
    assert len(answers[0]["predictions"]) == 1


@pytest.mark.parametrize("datatype", ["INT64", "UINT64", "FP64"])
@pytest.mark.parametrize("whole", [PAST, 2**63 - 1, 2**53 + 3])
def test_whole_number_that_float64_rounds_is_refused_in_tensors(
    client: httpx.Client, datatype: str, whole: int
) -> None:
    nearest = str(int(float(whole)))
    answer = infer(client, str(whole), datatype)
    check_protocol_refusal(answer, 422, "inputs[0].data[0]", str(whole), nearest)


@pytest.mark.parametrize("whole", [2**53, 2**53 + 2, 2**62, -(2**63)])
def test_whole_number_that_float64_holds_is_taken_in_tensors(
    client: httpx.Client, whole: int
) -> None:
    assert infer(client, str(whole), "INT64").status_code == 200


@pytest.mark.parametrize("dtype", [np.int64, np.uint64])
def test_whole_number_that_float64_rounds_is_refused_in_raw_tensors(
    client: httpx.Client, dtype: type[np.integer[Any]]
) -> None:
    name = np.dtype(dtype).name.upper()
    raw = np.array([3, PAST], dtype).tobytes()
    b = np.array([1, 1], "<f8").tobytes()
    head = {
        "inputs": [
            {"name": "a", "shape": [2], "datatype": name, "parameters": {"binary_data_size": 16}},
            {"name": "op", "shape": [1], "datatype": "BYTES", "data": ["+"]},
            {"name": "b", "shape": [2], "datatype": "FP64", "parameters": {"binary_data_size": 16}},
        ]
    }
    written = json.dumps(head).encode()
    headers = {
        "Content-Type": "application/octet-stream",
        "Inference-Header-Content-Length": str(len(written)),
    }
    answer = client.post(INFER, content=written + raw + b, headers=headers)
    check_protocol_refusal(answer, 422, "inputs[0].data[1]", str(PAST), str(2**53))
