"""A real small network without any training library: random features, fitted by least squares.

Its answers are known twice: from ONNX Runtime, and from `forward`, a NumPy pass that shares
nothing with the service but the weights.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from tabuada.arithmetic.error_statistics import summarize_errors
from tabuada.arithmetic.features import FeatureEncoder, Scaler
from tabuada.arithmetic.operations import OperationSet
from tabuada.arithmetic.problems import UniformOperands, sample_problems
from tabuada.artifacts.publishing import publish
from tabuada.artifacts.store import Store
from tabuada.manifests.calculation import (
    CalculationDescription,
    CalculationProbe,
    CalculationSignature,
)
from tabuada.manifests.manifest import Manifest

Floats = NDArray[np.float64]
OPERATIONS = ("+", "-", "*", "/")
_SCALE = 5.75


@dataclass(frozen=True)
class TinyNetwork:
    """One hidden layer of ReLU units over two scaled operands and a one-hot operation.

    Attributes:
        hidden: Weights into the layer, shape (6, units), float32.
        bias: Their biases, shape (units,), float32.
        out: Weights out of it, shape (units, 1), float32.
    """

    hidden: NDArray[np.float32]
    bias: NDArray[np.float32]
    out: NDArray[np.float32]

    def forward(self, rows: list[tuple[float, str, float]]) -> Floats:
        """Answer problems in NumPy, in float64 throughout."""
        features = np.zeros((len(rows), 2 + len(OPERATIONS)))
        for line, (a, symbol, b) in zip(features, rows, strict=True):
            line[:2] = a / _SCALE, b / _SCALE
            line[2 + OPERATIONS.index(symbol)] = 1
        hidden = np.maximum(features @ self.hidden + self.bias, 0)
        answers: Floats = hidden @ self.out[:, 0].astype(np.float64)
        return answers

    def to_onnx(self) -> bytes:
        """Return the network as an ONNX model."""
        units = len(self.bias)
        graph = helper.make_graph(
            [
                helper.make_node("Gemm", ["features", "hidden", "bias"], ["sums"]),
                helper.make_node("Relu", ["sums"], ["units"]),
                helper.make_node("MatMul", ["units", "out"], ["value"]),
            ],
            "tiny",
            [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", 6])],
            [helper.make_tensor_value_info("value", TensorProto.FLOAT, ["n", 1])],
            [
                numpy_helper.from_array(self.hidden.reshape(6, units), "hidden"),
                numpy_helper.from_array(self.bias, "bias"),
                numpy_helper.from_array(self.out.reshape(units, 1), "out"),
            ],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
        onnx.checker.check_model(model)
        content: bytes = model.SerializeToString()
        return content


def fit_network(seed: int = 0, units: int = 96) -> TinyNetwork:
    """Fit a network to all four operations on [-10, 10]; each seed gives another one."""
    rng = np.random.default_rng(seed)
    problems = sample_problems(OperationSet(OPERATIONS), 4000, UniformOperands(-10, 10, 1.0), seed)
    encoder = FeatureEncoder(_scaler(), problems.operations, "float64")
    hidden = rng.normal(size=(6, units)).astype(np.float32)
    bias = rng.normal(size=units).astype(np.float32)
    layer = np.maximum(encoder.encode(problems) @ hidden + bias, 0)
    out, *_ = np.linalg.lstsq(layer, problems.exact(), rcond=1e-6)
    return TinyNetwork(hidden, bias, out.astype(np.float32)[:, None])


def publish_tiny(
    store: Store, folder: Path, network: TinyNetwork, model: str = "mlp", lie: float = 0.0
) -> Manifest:
    """Publish a network.

    Args:
        store: Where to.
        folder: A folder to work in; what lies in it is published too.
        network: The network.
        model: Name of the model.
        lie: Added to what the manifest promises; anything but 0 makes a bad version.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(network.to_onnx())
    (folder / "scaler.json").write_text(_scaler().model_dump_json())
    card = folder / "MODEL_CARD.md"
    if not card.exists():
        card.write_text(f"# {model}: só para testes\n", encoding="utf-8")
    operands = UniformOperands(-10, 10)
    operations = OperationSet(OPERATIONS)
    problems = sample_problems(operations, 400, operands, 7)
    rows = [
        (float(a), problems.symbol(i), float(b))
        for i, (a, b) in enumerate(zip(problems.a, problems.b, strict=True))
    ]
    promised = network.forward(rows) + lie
    description = CalculationDescription(
        model=model,
        family="tiny",
        answers_by="approximation",
        signature=CalculationSignature.of(
            operations, "float32", tuple(operands.domain(symbol) for symbol in OPERATIONS)
        ),
        metrics=summarize_errors(problems, problems.exact(), promised),
        hyperparameters={"units": len(network.bias)},
        config={},
        seed=0,
        libraries={"numpy": np.__version__},
        source_revision="unknown",
        probe=CalculationProbe(
            a=tuple(row[0] for row in rows[::8]),
            op=tuple(row[1] for row in rows[::8]),
            b=tuple(row[2] for row in rows[::8]),
            predictions=tuple(promised[::8].tolist()),
            tolerance=1e-3,
        ),
    )
    return publish(store, folder, description)


def check_answers(answers: list[float], expected: Floats) -> None:
    """Compare a service's answers with a forward pass.

    float32 may lose that much to float64 in these networks; any two of them are far more apart.
    """
    np.testing.assert_allclose(answers, expected, rtol=1e-4, atol=1e-3)


def _scaler() -> Scaler:
    return Scaler(kind="standard", mean=(0.0, 0.0), scale=(_SCALE, _SCALE))
