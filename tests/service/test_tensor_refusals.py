"""Bad tensors below `/v2`: a 4xx that says where, never a 500."""

import json
import struct
from typing import Any

import httpx
import numpy as np
import pytest

from tests.service.refusal import JSON, check_protocol_refusal
from tests.service.tensors import (
    BINARY,
    INFER,
    LENGTH,
    WHOLE,
    as_tensors,
    describe,
    describe_binary,
    pack,
    pack_signs,
    replace,
)

A, OP, B = as_tensors(WHOLE)["inputs"]

JSON_CASES: dict[str, tuple[dict[str, Any], str]] = {
    "no inputs": ({}, "inputs: "),
    "empty inputs": ({"inputs": []}, "inputs: "),
    "missing input": ({"inputs": [A, OP]}, "inputs: expected the inputs a, op, b"),
    "unknown input": ({"inputs": [A, OP, B, describe("c", [1])]}, "inputs: "),
    "input twice": ({"inputs": [A, OP, B, B]}, "inputs: "),
    "many inputs": ({"inputs": [A] * 10_000}, "inputs: "),
    "inputs as an object": ({"inputs": {"a": A}}, "inputs: expected a list"),
    "input as a number": ({"inputs": [1]}, "inputs[0]: expected an object"),
    "long name": ({"inputs": [A, OP, {**B, "name": "b" * 10_000}]}, "inputs: "),
    "name as a number": (replace(0, name=1), "inputs[0].name: "),
    "unknown datatype": (replace(0, datatype="FP128"), "inputs[0].datatype: "),
    "long datatype": (replace(0, datatype="F" * 10_000), "inputs[0].datatype: "),
    "no datatype": (replace(0, datatype=None), "inputs[0].datatype: "),
    "numbers as BYTES": (replace(0, datatype="BYTES"), "inputs[0].datatype: "),
    "numbers as BOOL": (replace(0, datatype="BOOL"), "inputs[0].datatype: "),
    "signs as numbers": (replace(1, datatype="INT8"), "inputs[1].datatype: "),
    "no shape": (replace(0, shape=None), "inputs[0].shape: "),
    "no dimension": (replace(0, shape=[]), "inputs[0].shape: "),
    "three dimensions": (replace(0, shape=[4, 1, 1]), "inputs[0].shape: "),
    "wide": (replace(0, shape=[2, 2]), "inputs[0].shape: expected [n] or [n, 1]"),
    "no rows": (replace(0, shape=[0], data=[]), "inputs[0].shape: "),
    "negative": (replace(0, shape=[-1]), "inputs[0].shape[0]: "),
    "fraction": (replace(0, shape=[4.5]), "inputs[0].shape[0]: "),
    "shape as a boolean": (replace(1, shape=[True], data=["+"]), "inputs[1].shape[0]: "),
    "shape too small": (replace(0, shape=[3]), "inputs: expected as many rows"),
    "shape unlike data": (replace(0, data=[1, 2, 3]), "inputs[0].data: expected 4 elements"),
    "length of op": (replace(1, shape=[2], data=["+", "-"]), "inputs: expected as many rows"),
    "no data": (replace(0, data=None), "inputs[0]: expected either data"),
    "data as text": (replace(0, data="3 9 6 8"), "inputs[0].data: expected a list"),
    "number as text": (replace(0, data=[3, "9", 6, 8]), "inputs[0].data[1]: expected a number"),
    "number as a boolean": (replace(2, data=[4, 2, 7, True]), "inputs[2].data[3]: "),
    "number as null": (replace(2, data=[4, None, 7, 4]), "inputs[2].data[1]: "),
    "number as an object": (replace(2, data=[{}] * 4), "inputs[2].data[0]: "),
    "ragged": (replace(0, data=[[3], [9, 6], 8]), "inputs[0].data: expected 4 elements"),
    "half nested": (replace(0, data=[[3], 9, 6, 8]), "inputs[0].data[0]: "),
    "nested twice": (replace(0, data=[[[3]], [[9]], [[6]], [[8]]]), "inputs[0].data[0]: "),
    "fraction as INT32": (replace(0, datatype="INT32", data=[1.5, 2, 3, 4]), "inputs[0].data[0]"),
    "past INT8": (replace(0, datatype="INT8", data=[1, 300, 3, 4]), "inputs[0].data[1]: "),
    "below UINT8": (replace(0, datatype="UINT8", data=[-1, 2, 3, 4]), "inputs[0].data[0]: "),
    "past FP32": (replace(0, datatype="FP32", data=[1, 2, 1e300, 4]), "inputs[0].data[2]: "),
    "huge integer": (replace(0, data=[10**400, 2, 3, 4]), "inputs[0].data[0]: "),
    "past the network": (replace(0, data=[1, 2, 1e300, 4]), "inputs[0].data[2]: "),
    "division by zero": (replace(2, data=[1, 2, 3, 0]), "inputs[2].data[3]: "),
    "unknown operation": (replace(1, data=["+", "-", "^", "^"]), "inputs[1].data[2]: "),
    "unknown operation for all": (replace(1, shape=[1], data=["%"]), "inputs[1].data[0]: "),
    "operation as a number": (replace(1, data=["+", 1, "*", "/"]), "inputs[1].data[1]: "),
    "operation as a list": (replace(1, data=["+", ["-"], "*", "/"]), "inputs[1].data[1]: "),
    "empty operation": (replace(1, data=["+", "", "*", "/"]), "inputs[1].data[1]: "),
    "long operation": (replace(1, data=["+" * 10_000, "-", "*", "/"]), "inputs[1].data[0]: "),
    "binary without bytes": (
        replace(0, data=None, parameters={"binary_data_size": 32}), "inputs: expected 32 bytes"
    ),
    "data and binary": (replace(0, parameters={"binary_data_size": 0}), "inputs[0]: "),
    "negative size": (
        replace(0, data=None, parameters={"binary_data_size": -1}), "binary_data_size: "
    ),
    "size past all": (
        replace(0, data=None, parameters={"binary_data_size": 10**30}), "inputs: expected 1000000"
    ),
    "size as text": (
        replace(0, data=None, parameters={"binary_data_size": "32"}), "binary_data_size: "
    ),
    "shared memory": (
        replace(0, data=None, parameters={"shared_memory_region": "x"}), "inputs[0]: "
    ),
    "parameters as a list": (replace(0, parameters=[]), "inputs[0].parameters: "),
    "unknown output": ({**as_tensors(WHOLE), "outputs": [{"name": "exact"}]}, "outputs[0].name: "),
    "output twice": (
        {**as_tensors(WHOLE), "outputs": [{"name": "prediction"}] * 2}, "outputs[1].name: "
    ),
    "binary_data as text": (
        {
            **as_tensors(WHOLE),
            "outputs": [{"name": "prediction", "parameters": {"binary_data": "yes"}}],
        },
        "binary_data: ",
    ),
    "id as a number": ({**as_tensors(WHOLE), "id": 7}, "id: "),
}  # fmt: skip


@pytest.mark.parametrize(("body", "said"), JSON_CASES.values(), ids=JSON_CASES)
def test_infer_refuses_what_breaks_a_rule(
    client: httpx.Client, body: dict[str, Any], said: str
) -> None:
    check_protocol_refusal(client.post(INFER, json=body), 422, said)


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_operand_that_is_not_finite_is_refused_in_json(client: httpx.Client, word: str) -> None:
    content = json.dumps(as_tensors(WHOLE)).replace("9", word)
    answer = client.post(INFER, content=content, headers=JSON)
    check_protocol_refusal(answer, 422, "inputs[0].data[1]: expected a finite number")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("datatype", ["FP64", "FP32", "FP16"])
def test_operand_that_is_not_finite_is_refused_in_binary(
    client: httpx.Client, datatype: str, value: float
) -> None:
    content, headers = pack([(1, "+", 2), (1, "+", value)], datatype)
    answer = client.post(INFER, content=content, headers=headers)
    check_protocol_refusal(answer, 422, "inputs[2].data[1]: expected a finite number")


SIGNS = pack_signs(["+", "-", "*", "/"])

BINARY_CASES: dict[str, tuple[bytes, str]] = {
    "signs too few": (SIGNS[:-5], "inputs[1].data[3]: "),
    "signs too many": (SIGNS + SIGNS[:5], "inputs[1].data: expected 20 bytes"),
    "sign cut short": (SIGNS[:-1], "inputs[1].data[3]: "),
    "no signs": (b"", "inputs[1].data[0]: "),
    "length past the end": (b"\xff\xff\xff\xff+" * 4, "inputs[1].data[0]: "),
    "empty sign": (b"\0\0\0\0" * 5, "inputs[1].data[0]: "),
    "long sign": (struct.pack("<I", 99) + b"+" * 99 + SIGNS[5:], "inputs[1].data[0]: "),
    "no UTF-8": (SIGNS[:-1] + b"\xb7", "inputs[1].data[3]: "),
    "no UTF-8, longer": (SIGNS[:15] + b"\2\0\0\0\xff\xfe", "inputs[1].data[3]: "),
    "sign and a zero": (SIGNS[:15] + b"\2\0\0\0/\0", "inputs[1].data[3]: "),
    "unknown": (SIGNS[:-1] + b"^", "inputs[1].data[3]: expected an operation out of"),
    "unknown, longer": (SIGNS[:15] + pack_signs(["**"]), "inputs[1].data[3]: "),
    "big-endian": (b"\0\0\0\1+" * 4, "inputs[1].data[0]: "),
}


@pytest.mark.parametrize(("raw", "said"), BINARY_CASES.values(), ids=BINARY_CASES)
def test_binary_signs_that_break_a_rule_are_refused(
    client: httpx.Client, raw: bytes, said: str
) -> None:
    op = describe_binary("op", [4], "BYTES", raw)
    head = json.dumps({"inputs": [A, op, B]}).encode()
    answer = client.post(INFER, content=head + raw, headers={**BINARY, LENGTH: str(len(head))})
    check_protocol_refusal(answer, 422, said)


@pytest.mark.parametrize("datatype", ["FP64", "FP32", "INT8"])
@pytest.mark.parametrize("size", [0, 3, 25, 33])
def test_binary_numbers_of_a_wrong_size_are_refused(
    client: httpx.Client, datatype: str, size: int
) -> None:
    raw = b"\1" * size
    head = json.dumps({"inputs": [describe_binary("a", [4], datatype, raw), OP, B]}).encode()
    answer = client.post(INFER, content=head + raw, headers={**BINARY, LENGTH: str(len(head))})
    check_protocol_refusal(answer, 422, "inputs[0].data: expected ", f"Received: {size}")
