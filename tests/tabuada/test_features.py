"""Features against scikit-learn's scaler and one-hot encoder."""

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from tabuada.arithmetic.features import AddedInputs, FeatureEncoder, Scaler
from tabuada.arithmetic.operations import OperationSet
from tabuada.arithmetic.problems import Problems, UniformOperands, sample_problems

OPERATIONS = OperationSet("*+/")
PROBLEMS = sample_problems(OPERATIONS, 999, UniformOperands(-10, 3), seed=1)
OPERANDS = np.column_stack((PROBLEMS.a, PROBLEMS.b))

OPS = np.arange(len(OPERANDS)).astype(np.int8) % 4


def fit_scaler() -> tuple[Scaler, StandardScaler]:
    reference = StandardScaler().fit(OPERANDS)
    scaler = Scaler(kind="standard", mean=tuple(reference.mean_), scale=tuple(reference.scale_))
    return scaler, reference


def test_scaler_agrees_with_scikit_learn_to_the_last_digit() -> None:
    scaler, reference = fit_scaler()
    assert np.array_equal(scaler.transform(OPERANDS, OPS), reference.transform(OPERANDS))


def test_scaler_survives_json_unchanged() -> None:
    scaler, _ = fit_scaler()
    assert Scaler.model_validate_json(scaler.model_dump_json()) == scaler


def test_scaler_identity_changes_nothing() -> None:
    assert np.array_equal(Scaler(kind="identity").transform(OPERANDS, OPS), OPERANDS)


@pytest.mark.parametrize(
    "text",
    [
        '{"kind": "standard", "mean": [0, 0], "scale": [1, 0]}',
        '{"kind": "standard", "mean": [0, 0], "scale": [1, -1]}',
        '{"kind": "standard", "mean": [0, NaN], "scale": [1, 1]}',
        '{"kind": "standard", "mean": [0, 0], "scale": [1, Infinity]}',
        '{"kind": "standard", "mean": [0], "scale": [1, 1]}',
        '{"kind": "robust"}',
        '{"kind": "identity", "mean": [[0, 0]], "scale": [[1, 1]]}',
        '{"kind": "by_operation", "mean": [0, 0], "scale": [1, 1]}',
        '{"kind": "by_operation", "mean": [[0, 0], [0, 0]], "scale": [[1, 1]]}',
        '{"kind": "by_operation", "mean": [[0, 0]], "scale": [[1, 0]]}',
        '{"kind": "by_operation"}',
        '{"kind": "identity", "added": {"function": "asinh"}}',
        "[]",
    ],
)
def test_scaler_refuses_what_is_no_scaler(text: str) -> None:
    with pytest.raises(ValidationError):
        Scaler.model_validate_json(text)


@pytest.mark.parametrize(
    "change",
    [
        {"function": "exp"},
        {"function": None},
        {"size": 0},
        {"size": float("inf")},
        {"mean": [0]},
        {"mean": [0, float("nan")]},
        {"scale": [1, 0]},
        {"scale": None},
    ],
    ids=str,
)
def test_scaler_refuses_added_inputs_that_are_none(change: dict[str, Any]) -> None:
    added = {"function": "asinh", "size": 1, "mean": [0, 0], "scale": [1, 1]}
    Scaler.model_validate({"kind": "identity", "added": [added]})
    with pytest.raises(ValidationError):
        Scaler.model_validate({"kind": "identity", "added": [added | change]})


def test_scaler_ignores_members_it_does_not_know() -> None:
    assert Scaler.model_validate_json('{"kind": "identity", "clip": 3}') == Scaler(kind="identity")


def test_scaler_by_operation_scales_each_operation_by_its_own() -> None:
    rows = [OPERANDS[position == OPS] for position in range(4)]
    references = [StandardScaler().fit(operands) for operands in rows]
    scaler = Scaler(
        kind="by_operation",
        mean=tuple(tuple(reference.mean_) for reference in references),
        scale=tuple(tuple(reference.scale_) for reference in references),
    )
    assert Scaler.model_validate_json(scaler.model_dump_json()) == scaler
    scaled = scaler.transform(OPERANDS, OPS)
    for position, (operands, reference) in enumerate(zip(rows, references, strict=True)):
        assert np.array_equal(scaled[position == OPS], reference.transform(operands))
        assert scaler.of(position) == (*reference.mean_, *reference.scale_)


def test_encoder_refuses_a_scaler_of_other_operations() -> None:
    scaler = Scaler(kind="by_operation", mean=((0, 0),) * 2, scale=((1, 1),) * 2)
    with pytest.raises(ValueError, match=r"expected a scaler of 3 operations\. Received: one of 2"):
        FeatureEncoder(scaler, OPERATIONS)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_encoder_puts_operands_first_then_one_column_an_operation(dtype: str) -> None:
    scaler, reference = fit_scaler()
    features = FeatureEncoder(scaler, OPERATIONS, dtype).encode(PROBLEMS)
    one_hot = OneHotEncoder(categories=[list(range(3))], sparse_output=False)
    expected = np.hstack(
        (reference.transform(OPERANDS), one_hot.fit_transform(PROBLEMS.op.reshape(-1, 1)))
    ).astype(dtype)
    assert features.dtype == dtype
    assert np.array_equal(features, expected)


def test_encoder_puts_added_inputs_last_in_the_order_of_the_scaler() -> None:
    scaler, reference = fit_scaler()
    sizes = (0.1, 3.0)
    fits = [StandardScaler().fit(np.arcsinh(OPERANDS / size)) for size in sizes]
    added = tuple(
        AddedInputs(function="asinh", size=size, mean=tuple(fit.mean_), scale=tuple(fit.scale_))
        for size, fit in zip(sizes, fits, strict=True)
    )
    scaler = scaler.model_copy(update={"added": added})
    assert Scaler.model_validate_json(scaler.model_dump_json()) == scaler
    encoder = FeatureEncoder(scaler, OPERATIONS, "float64")
    features = encoder.encode(PROBLEMS)
    assert features.shape == (len(OPERANDS), encoder.width) == (999, 9)
    assert np.array_equal(features[:, :2], reference.transform(OPERANDS))
    assert np.array_equal(features[:, 2:5], np.eye(3)[PROBLEMS.op])
    for start, size, fit in zip((5, 7), sizes, fits, strict=True):
        expected = fit.transform(np.arcsinh(OPERANDS / size))
        assert np.array_equal(features[:, start : start + 2], expected)


def test_encoder_width_is_two_and_one_an_operation() -> None:
    encoder = FeatureEncoder(Scaler(kind="identity"), OPERATIONS)
    assert encoder.width == encoder.encode(PROBLEMS).shape[1] == 5


def test_encoder_of_no_problems_gives_no_rows() -> None:
    nothing = Problems(OPERATIONS, np.empty(0), np.empty(0, np.int8), np.empty(0))
    encoded = FeatureEncoder(Scaler(kind="identity"), OPERATIONS).encode(nothing)
    assert encoded.shape == (0, 5)


def test_encoder_makes_what_its_dtype_cannot_hold_infinite_without_a_warning() -> None:
    problems = Problems(OPERATIONS, np.array([1e300]), np.zeros(1, np.int8), np.array([-1e300]))
    encoder = FeatureEncoder(Scaler(kind="identity"), OPERATIONS)
    assert encoder.encode(problems)[0, :2].tolist() == [np.inf, -np.inf]
