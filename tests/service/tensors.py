"""Requests of the Open Inference Protocol, built by hand."""

import json
import struct
from typing import Any

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.service.test_predict import Rows

LENGTH = "Inference-Header-Content-Length"
INFER = "/v2/models/mlp/infer"
WHOLE: Rows = [(3, "+", 4), (9, "-", 2), (6, "*", 7), (8, "/", 4)]
BINARY = {"Content-Type": "application/octet-stream"}

# As the protocol names them, against NumPy's own names.
DTYPES = {
    "FP64": "<f8", "FP32": "<f4", "FP16": "<f2",
    "INT64": "<i8", "INT32": "<i4", "INT16": "<i2", "INT8": "i1",
    "UINT64": "<u8", "UINT32": "<u4", "UINT16": "<u2", "UINT8": "u1",
}  # fmt: skip


def describe(
    name: str, data: Any, datatype: str = "FP64", shape: list[int] | None = None
) -> dict[str, Any]:
    return {"name": name, "shape": shape or [len(data)], "datatype": datatype, "data": data}


def as_tensors(rows: Rows) -> dict[str, Any]:
    a, op, b = (list(column) for column in zip(*rows, strict=True))
    return {"inputs": [describe("a", a), describe("op", op, "BYTES"), describe("b", b)]}


def replace(index: int, **members: Any) -> dict[str, Any]:
    """Return a good request with members of one input set; None takes one away."""
    body = as_tensors(WHOLE)
    tensor = {**body["inputs"][index], **members}
    body["inputs"][index] = {name: value for name, value in tensor.items() if value is not None}
    return body


def pack_signs(signs: list[str]) -> bytes:
    encoded = [sign.encode() for sign in signs]
    return b"".join(struct.pack("<I", len(sign)) + sign for sign in encoded)


def describe_binary(name: str, shape: list[int], datatype: str, raw: bytes) -> dict[str, Any]:
    parameters = {"binary_data_size": len(raw)}
    return {"name": name, "shape": shape, "datatype": datatype, "parameters": parameters}


def pack(rows: Rows, datatype: str = "FP64", **members: Any) -> tuple[bytes, dict[str, str]]:
    """Return the body and the headers of a request whose tensors are all binary."""
    a, op, b = (list(column) for column in zip(*rows, strict=True))
    raw_a, raw_b = (np.array(column, DTYPES[datatype]).tobytes() for column in (a, b))
    raw_op, shape = pack_signs(op), [len(rows)]
    head = json.dumps(
        {
            "inputs": [
                describe_binary("a", shape, datatype, raw_a),
                describe_binary("op", shape, "BYTES", raw_op),
                describe_binary("b", shape, datatype, raw_b),
            ],
            **members,
        }
    ).encode()
    return head + raw_a + raw_op + raw_b, {LENGTH: str(len(head)), **BINARY}


def unpack(answer: httpx.Response) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the JSON of an answer, and its outputs by name wherever they stand."""
    assert answer.status_code == 200, answer.text
    length = int(answer.headers.get(LENGTH, len(answer.content)))
    is_binary = LENGTH in answer.headers
    media = "application/octet-stream" if is_binary else "application/json"
    assert answer.headers["content-type"] == media
    head = json.loads(answer.content[:length], parse_constant=pytest.fail)
    outputs, position = {}, length
    for output in head["outputs"]:
        dtype = {"FP64": "<f8", "BOOL": "?"}[output["datatype"]]
        if "parameters" in output:
            size = output["parameters"]["binary_data_size"]
            raw = answer.content[position : position + size]
            outputs[output["name"]] = np.frombuffer(raw, dtype)
            position += size
        else:
            outputs[output["name"]] = np.array(output["data"], dtype)
        assert list(outputs[output["name"]].shape) == output["shape"]
    assert position == len(answer.content)
    return head, outputs
