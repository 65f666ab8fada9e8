"""The quick readers of bodies mean what validation means, wherever they take a body at all."""

import json
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from service.errors import BadField, NotJson, TooManyRows
from service.http.duplicate_names import refuse_duplicates
from service.http.json_text import parse_json
from service.open_inference import quick_bodies as quick_tensors
from service.open_inference.layout import lay_out
from service.open_inference.schemas import InferenceRequest
from service.tasks.calculation import quick_bodies as quick_rows
from service.tasks.calculation.columns import Columns, RepeatedSigns
from service.tasks.calculation.predict_schemas import PredictRequest

MAX_ROWS = 4
REFUSED = (NotJson, ValidationError, BadField, TooManyRows)
read_slowly = TypeAdapter(PredictRequest).validate_python
ROWS: dict[str, Any] = {
    "instances": [{"a": 4.93, "op": "+", "b": 4.02}, {"a": 7, "op": "÷", "b": -0.1}],
    "model": "mlp",
    "version": 3,
    "exact": True,
}
TENSORS: dict[str, Any] = {
    "id": "lesson",
    "inputs": [
        {"name": "op", "shape": [2], "datatype": "BYTES", "data": ["+", "÷"]},
        {"name": "a", "shape": [2, 1], "datatype": "FP64", "data": [4.93, 7]},
        {"name": "b", "shape": [2], "datatype": "FP64", "data": [4.02, -0.1]},
    ],
    "outputs": [{"name": "prediction"}],
}
VALUES = [
    "null", "true", '""', '"+"', '"twelve letters"', "0", "-0.0", "1e400", "1" + "0" * 400,
    "5e-324", "NaN", "-Infinity", "[]", "[1]", "[2, 1]", "[[1], [2]]", "{}", '"\\ud800"',
    '"FP64"', '"BYTES"', '"INT64"', '"a"', '"prediction"', "1000000000", '{"binary_data": false}',
    "0.1e1",
]  # fmt: skip
KEYS = ["a", "b", "op", "instances", "label", "version", "parameters", "extra", "outputs", "data"]


def spoil(content: Any, rng: random.Random) -> bytes:
    """Return a body with one or two members replaced, added, removed or repeated."""
    text = json.dumps(content, ensure_ascii=False)
    for _ in range(rng.choice((1, 1, 2))):
        tokens = list(walk(json.loads(text)) if is_json(text) else [])
        if tokens and rng.random() < 0.7:
            token = rng.choice(tokens)
            text = text.replace(json.dumps(token, ensure_ascii=False), rng.choice(VALUES), 1)
        else:
            place = rng.choice([i for i, c in enumerate(text) if c == "{"] or [0])
            added = f'"{rng.choice(KEYS)}": {rng.choice(VALUES)}, '
            text = text[: place + 1] + added + text[place + 1 :]
    body = bytearray(text.encode("utf-8", "surrogatepass"))
    if rng.random() < 0.2:
        body[rng.randrange(len(body))] = rng.randrange(256)
    return bytes(body)


def read_json(body: bytes) -> Any:
    """Return what the slow way reads, which refuses members that are there twice."""
    parsed = parse_json(body)
    refuse_duplicates(body, parsed)
    return parsed


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def walk(value: Any) -> Iterator[Any]:
    """Yield the values in some JSON that are no containers."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from walk(inner)
    else:
        yield value


def compare_columns(quick: Columns, slow: Columns) -> None:
    signs = slow.signs
    if isinstance(signs, RepeatedSigns):
        signs = [signs.distinct[row] for row in signs.rows]
    assert list(quick.signs) == list(signs)  # type: ignore[arg-type]
    for mine, other in ((quick.a, slow.a), (quick.b, slow.b)):
        assert np.array(mine, "<f8").tobytes() == np.array(other, "<f8").tobytes()


@pytest.mark.parametrize("seed", range(20))
def test_quick_rows_are_what_validation_reads(seed: int) -> None:
    rng = random.Random(seed)
    taken = 0
    for _ in range(300):
        body = spoil(ROWS, rng)
        quick = quick_rows.read_quickly(body, MAX_ROWS)
        if quick is None:
            continue
        taken += 1
        slow = read_slowly(read_json(body))  # takes it too
        for name in ("model", "version", "label", "exact", "rows"):
            assert getattr(quick, name) == getattr(slow, name), body
        compare_columns(quick.read_columns(), slow.read_columns())
        assert quick.locate(1, "b") == slow.locate(1, "b")
    assert taken > 3, "most of what is compared must be taken by both"


@pytest.mark.parametrize("seed", range(20))
def test_quick_tensors_are_what_validation_reads(seed: int) -> None:
    rng = random.Random(seed)
    taken = 0
    for _ in range(300):
        body = spoil(TENSORS, rng)
        quick = quick_tensors.read_quickly(body, MAX_ROWS)
        if quick is None:
            continue
        taken += 1
        request = InferenceRequest.model_validate(read_json(body))
        slow = lay_out(request, memoryview(b""), MAX_ROWS, MAX_ROWS)
        assert quick.rows == slow.rows
        assert (quick.outputs, quick.request_id) == (slow.outputs, slow.request_id), body
        compare_columns(quick.read_columns(), slow.read_columns())
        assert [quick.locate(1, name) for name in ("a", "op", "b")] == [
            slow.locate(1, name) for name in ("a", "op", "b")
        ]
    assert taken > 3, "most of what is compared must be taken by both"


@pytest.mark.parametrize(
    ("read", "content"),
    [(quick_rows.read_quickly, ROWS), (quick_tensors.read_quickly, TENSORS)],
    ids=["rows", "tensors"],
)
def test_quick_reader_takes_a_plain_body_and_leaves_one_of_too_many_rows(
    read: Any, content: Any
) -> None:
    body = json.dumps(content).encode()
    assert read(body, 2) is not None
    assert read(body, 1) is None


@pytest.mark.parametrize("read", [quick_rows.read_quickly, quick_tensors.read_quickly])
@pytest.mark.parametrize(
    "body", [b"", b"\xff", b'{"model": "\xff"}', b"[" * 100_000, b"{}", b'{"instances": []}']
)
def test_quick_reader_leaves_what_is_not_plain(read: Any, body: bytes) -> None:
    assert read(body, MAX_ROWS) is None
