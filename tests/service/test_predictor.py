"""A loaded version: the features that it makes, and the tolerances of its self-test."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from service.runtimes.runtime import prepare_runtime
from service.tasks.calculation.columns import Columns
from service.tasks.calculation.predictor import Predictor, load_predictor
from tabuada.arithmetic.error_statistics import summarize_errors
from tabuada.arithmetic.features import AddedInputs, FeatureEncoder, Scaler
from tabuada.arithmetic.operations import Floats, OperationSet
from tabuada.arithmetic.problems import Problems, UniformOperands, sample_problems
from tabuada.artifacts.publishing import publish
from tabuada.artifacts.store import Store
from tabuada.errors import CorruptArtifact
from tabuada.manifests.calculation import (
    CalculationDescription,
    CalculationProbe,
    CalculationSignature,
)

OPERATIONS = OperationSet("+-*/")
OPERANDS = UniformOperands(-1000, 1000, min_divisor=10)
PROBLEMS = sample_problems(OPERATIONS, 40, OPERANDS, seed=5)
PLAIN = Scaler(kind="standard", mean=(3.0, -2.0), scale=(577.0, 580.0))
ADDED = PLAIN.model_copy(
    update={
        "added": (AddedInputs(function="asinh", size=10, mean=(0.2, 0.1), scale=(3.1, 3.0)),),
    }
)
WEIGHTS = np.array([1.5, -2.0, 0.5, 1.0, -1.0, 2.0, 0.25, -0.75])


def answer(scaler: Scaler, problems: Problems) -> Floats:
    """Answer as the network does, without the service's code: a sum of weighted features."""
    one_hot = np.eye(4)[problems.op]
    operands = np.column_stack((problems.a, problems.b))
    columns = [(operands - PLAIN.mean) / np.array(PLAIN.scale), one_hot]
    columns += [
        (np.arcsinh(operands / added.size) - added.mean) / np.array(added.scale)
        for added in scaler.added
    ]
    features = np.hstack(columns)
    answers: Floats = features @ WEIGHTS[: features.shape[1]]
    return answers


def build_onnx(width: int) -> bytes:
    weights = WEIGHTS[:width, np.newaxis].astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["features", "weights"], ["value"])],
        "weighted",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", width])],
        [helper.make_tensor_value_info("value", TensorProto.FLOAT, ["n", 1])],
        [numpy_helper.from_array(weights, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString()
    return content


def load(
    folder: Path,
    scaler: Scaler,
    *,
    added_inputs: int,
    lie: Floats | float = 0.0,
    tolerances: tuple[float, ...] | None = None,
) -> Predictor:
    """Publish a network that weighs its features, and load it.

    Args:
        folder: To work in.
        scaler: What `scaler.json` holds.
        added_inputs: How many features the network reads behind the operation.
        lie: Added to what the probe promises, shape (40,).
        tolerances: Of the probe's rows.
    """
    (folder / "work").mkdir()
    (folder / "work" / "model.onnx").write_bytes(build_onnx(6 + added_inputs))
    (folder / "work" / "scaler.json").write_text(scaler.model_dump_json())
    answers = answer(scaler, PROBLEMS)
    description = CalculationDescription(
        model="weighted",
        family="weighted",
        answers_by="approximation",
        signature=CalculationSignature.of(
            OPERATIONS,
            "float32",
            tuple(OPERANDS.domain(symbol) for symbol in OPERATIONS.symbols),
            added_inputs,
        ),
        metrics=summarize_errors(PROBLEMS, PROBLEMS.exact(), answers),
        hyperparameters={},
        config={},
        seed=0,
        libraries={},
        source_revision="unknown",
        probe=CalculationProbe(
            a=tuple(PROBLEMS.a.tolist()),
            op=tuple(map(PROBLEMS.symbol, range(40))),
            b=tuple(PROBLEMS.b.tolist()),
            predictions=tuple((answers + lie).tolist()),
            tolerance=1e-5 if tolerances is None else max(tolerances),
            tolerances=tolerances,
        ),
    )
    store = Store(folder / "store")
    publish(store, folder / "work", description)
    return load_predictor(store.open("weighted", 1), prepare_runtime("onnx", 1))


@pytest.mark.parametrize(("scaler", "added"), [(PLAIN, 0), (ADDED, 2)], ids=["plain", "added"])
def test_version_answers_from_the_features_that_its_scaler_makes(
    tmp_path: Path, scaler: Scaler, added: int
) -> None:
    predictor = load(tmp_path, scaler, added_inputs=added)
    expected = answer(scaler, PROBLEMS)
    np.testing.assert_allclose(predictor.predict(PROBLEMS), expected, rtol=1e-5, atol=1e-5)
    signs = [PROBLEMS.symbol(row) for row in range(40)]
    for n in (1, 5, 40):  # one by one, few and many take roads of their own
        columns = Columns(PROBLEMS.a[:n].tolist(), signs[:n], PROBLEMS.b[:n].tolist())
        at_once = predictor.answer_at_once(columns)
        assert at_once is not None
        np.testing.assert_allclose(at_once.predictions, expected[:n], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("scaler", "added"), [(PLAIN, 2), (ADDED, 0)], ids=["too few features", "too many features"]
)
def test_version_whose_scaler_makes_other_features_than_its_network_reads_is_refused(
    tmp_path: Path, scaler: Scaler, added: int
) -> None:
    with pytest.raises(CorruptArtifact, match="expected as many features from") as refused:
        load(tmp_path, scaler, added_inputs=added)
    made, read = 6 + 2 * len(scaler.added), 6 + added
    assert f"as the network reads: {read}. Received: {made}." in str(refused.value)


def test_self_test_allows_each_row_its_own_tolerance(tmp_path: Path) -> None:
    lie = np.zeros(40)
    lie[7] = 0.5
    tolerances = [1e-5] * 40
    tolerances[7] = 0.6
    assert load(tmp_path, PLAIN, added_inputs=0, lie=lie, tolerances=tuple(tolerances))


def test_self_test_refuses_a_row_beyond_its_own_tolerance(tmp_path: Path) -> None:
    lie = np.zeros(40)
    lie[7] = 0.5  # within what another row may be off
    tolerances = [0.6] * 40
    tolerances[7] = 1e-5
    with pytest.raises(CorruptArtifact, match="expected weighted version 1 to answer"):
        load(tmp_path, PLAIN, added_inputs=0, lie=lie, tolerances=tuple(tolerances))


def test_network_reads_the_features_of_the_trainer_and_of_the_service_alike() -> None:
    features = FeatureEncoder(ADDED, OPERATIONS, "float64").encode(PROBLEMS)
    np.testing.assert_allclose(features @ WEIGHTS, answer(ADDED, PROBLEMS), rtol=1e-12)
