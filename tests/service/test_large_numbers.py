"""What is told of numbers and of names in small bodies is told of large ones, with their places."""

import json
from typing import Any

import httpx
import pytest

from service.errors import BadField, NotJson
from service.http.json_text import PIECE_BYTES
from service.http.large_json import read_large
from service.http.long_lists import LongList, LongLists
from service.http.number_literals import MAX_TOLD
from tests.service.refusal import JSON, check_protocol_refusal, check_refusal, check_wording
from tests.service.tensors import INFER

PAST = 2**53 + 1  # which float64 rounds to 2**53
ROWS = 8000
FAR = 7500  # some pieces down


def write_rows(far: str, tail: str = "") -> bytes:
    rows = ['{"a":0.12345678901234567,"op":"+","b":4.9372846192837461}'] * ROWS
    rows[FAR] = far
    return f'{{"instances":[{",".join(rows)}]{tail}}}'.encode()


def write_columns(far: str, tail: str = "") -> bytes:
    a = ["4.9372846192837461"] * ROWS
    a[FAR] = far
    return f'{{"a":[{",".join(a)}],"op":"+","b":[{",".join(["1"] * ROWS)}]{tail}}}'.encode()


def write_tensors(far: str) -> bytes:
    a = ["4.9372846192837461"] * ROWS
    a[FAR] = far
    shape = f'"shape":[{ROWS}]'
    ones = ",".join(["1"] * ROWS)
    return (
        f'{{"inputs":[{{"name":"a","datatype":"FP64",{shape},"data":[{",".join(a)}]}},'
        f'{{"name":"op","datatype":"BYTES","shape":[1],"data":["+"]}},'
        f'{{"name":"b","datatype":"FP64",{shape},"data":[{ones}]}}]}}'
    ).encode()


def ask(client: httpx.Client, body: bytes, path: str = "/predict") -> httpx.Response:
    assert len(body) > PIECE_BYTES
    return client.post(path, content=body, headers=JSON)


@pytest.mark.parametrize(
    ("body", "read_as"),
    [
        (write_rows(f'{{"a":{PAST},"op":"+","b":1}}'), {f"instances[{FAR}].a": float(2**53)}),
        (write_rows(f'{{"a":1,"op":":","b":{PAST}}}'), {f"instances[{FAR}].b": float(2**53)}),
        (write_columns(str(PAST)), {f"a[{FAR}]": float(2**53)}),
        (write_columns("1.0000000000000000001"), {f"a[{FAR}]": 1.0}),
        (write_columns("1.0000000000000001", ',"exact":true'), {f"a[{FAR}]": 1.0}),
        (write_columns("1.0000000000000001"), None),
        (write_columns("1"), None),
    ],
)
def test_rounded_number_far_down_is_told_with_its_place(
    client: httpx.Client, body: bytes, read_as: dict[str, float] | None
) -> None:
    answer = ask(client, body)
    assert answer.status_code == 200, answer.text
    assert answer.json().get("read_as") == read_as


def test_of_many_rounded_numbers_the_first_are_told(client: httpx.Client) -> None:
    for count in (MAX_TOLD + 20, ROWS):
        body = json.dumps({"a": [PAST] * count, "op": "+", "b": [0] * count}).encode()
        answer = client.post("/predict", content=body, headers=JSON)
        assert answer.status_code == 200, answer.text
        assert [*answer.json()["read_as"]] == [f"a[{i}]" for i in range(MAX_TOLD)]


@pytest.mark.parametrize("build", [write_columns, write_tensors])
@pytest.mark.parametrize("written", ["1e400", "-1e-400", "9" * 400, "9" * 5000])
def test_number_beyond_float64_far_down_is_refused(
    client: httpx.Client, build: Any, written: str
) -> None:
    if build is write_tensors:
        answer = ask(client, build(written), INFER)
        check_protocol_refusal(answer, 422, f"inputs[0].data[{FAR}]: expected a", "float64")
        return
    code = "too_small" if "e-" in written else "not_finite"
    check_refusal(ask(client, build(written)), 422, code, f"a[{FAR}]")


def test_whole_number_that_a_tensor_would_round_is_refused_far_down(client: httpx.Client) -> None:
    answer = ask(client, write_tensors(str(PAST)), INFER)
    check_protocol_refusal(answer, 422, f"inputs[0].data[{FAR}]", str(PAST), str(2**53))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (write_rows('{"a":1,"op":"+","b":1,"a":2}'), f"instances[{FAR}].a"),
        (write_rows('{"a":1,"op":":","op":"+","b":1}'), f"instances[{FAR}].op"),
        (write_columns("1", ',"exact":true,"exact":false'), "exact"),
        (write_columns("1", ',"a":[1]'), "a"),
        (write_columns("1", ',"a":1'), "a"),
        (write_columns("1", f',"a":[{"1," * PIECE_BYTES}1]'), "a"),
    ],
)
def test_member_that_is_there_twice_is_refused_with_its_place(
    client: httpx.Client, body: bytes, field: str
) -> None:
    message = check_refusal(ask(client, body), 422, "invalid_request", field)
    assert f'"{field.rpartition(".")[2]}" twice' in message


def read_to_the_end(content: bytes) -> None:
    read = read_large(content, LongLists(frozenset({("a",)})))
    assert isinstance(read["a"], LongList)
    read["a"].read(list)


@pytest.mark.parametrize(
    "spoiled",
    [
        b'{"a":[' + b"1," * PIECE_BYTES + tail
        for tail in (
            b"1", b"]}", b"1 2]}", b"1]", b"\xff]}", b"1]}}", b"1],1:2}", b'"\n"]}', b"nul]}",
        )
    ]
    + [
        b" " * (PIECE_BYTES + 1),
        b"[" * (2 * PIECE_BYTES),
        b"\xff\xfe" + b"[" * PIECE_BYTES,
        b'{"a":' + b"9" * (2 * PIECE_BYTES) + b"}",
        b'{"' + b"a" * (2 * PIECE_BYTES) + b'":1}',
        b'{"a":"' + b"a" * (2 * PIECE_BYTES) + b'"}',
        b"{" + b'"a":1,' * PIECE_BYTES + b'"b":1}',
    ],
)  # fmt: skip
def test_large_text_that_is_no_json_is_refused_in_our_words(spoiled: bytes) -> None:
    with pytest.raises((NotJson, BadField)) as caught:
        read_to_the_end(spoiled)
    check_wording(str(caught.value))
    assert len(str(caught.value)) < 500
